//! What can be set from a chat: a handful of values of the configuration, each known by what it is about. A setting is
//! an edit of the file's text, so whether it makes sense is for whoever reads the file to say.

use std::fmt;
use std::str::FromStr;

/// Longer than any name or value that makes sense; what is longer was pasted by accident.
const LONGEST: usize = 200;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SettingKind {
    /// Which channels get what comes from a source, as far as no narrower route takes it.
    Route,
    /// The first answer's, of a route or a policy.
    Deadline,
    /// Of a channel.
    Language,
    /// When a digest comes.
    Digest,
}

impl SettingKind {
    pub const ALL: [Self; 4] = [Self::Route, Self::Deadline, Self::Language, Self::Digest];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Route => "route",
            Self::Deadline => "deadline",
            Self::Language => "language",
            Self::Digest => "digest",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        match word.to_lowercase().as_str() {
            "route" | "weg" => Some(Self::Route),
            "deadline" | "frist" => Some(Self::Deadline),
            "language" | "sprache" => Some(Self::Language),
            "digest" | "zusammenfassung" => Some(Self::Digest),
            _ => None,
        }
    }
}

/// `route shop`: the last word about each key holds.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    pub kind: SettingKind,
    pub name: String,
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind.as_str(), self.name)
    }
}

impl FromStr for Key {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let known = text.split_once(' ').and_then(|(kind, name)| {
            Some(Self {
                kind: SettingKind::parse(kind)?,
                name: name.to_owned(),
            })
        });
        known.ok_or_else(|| format!("{text:?} is nothing that can be set"))
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    pub key: Key,
    pub value: String,
}

/// What somebody wants who typed something after `settings`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    List,
    Set(Setting),
    /// What the file says holds again.
    Reset(Key),
    ResetAll,
    Odd,
}

/// `language care en`, `reset language care`, `reset all`, or nothing to see what holds.
pub fn wanted(typed: &str) -> Wanted {
    if typed.chars().count() > LONGEST || typed.chars().any(char::is_control) {
        return Wanted::Odd;
    }
    // Phones and chats set the quotes that people type.
    let plain: String = typed
        .chars()
        .map(|c| match c {
            '"' | '“' | '”' | '„' | '‟' | '«' | '»' => ' ',
            c => c,
        })
        .collect();
    let words: Vec<&str> = plain.split_whitespace().collect();
    match words[..] {
        [] => Wanted::List,
        [reset, all] if is_reset(reset) && matches!(all.to_lowercase().as_str(), "all" | "alles") => {
            Wanted::ResetAll
        }
        [reset, kind, name] if is_reset(reset) => key(kind, name).map_or(Wanted::Odd, Wanted::Reset),
        [kind, name, ref value @ ..] if !value.is_empty() => match key(kind, name) {
            Some(key) => {
                let value = meant(key.kind, &value.join(" ").to_lowercase());
                Wanted::Set(Setting { key, value })
            }
            None => Wanted::Odd,
        },
        _ => Wanted::Odd,
    }
}

/// `8:30`, as hour and minute.
pub fn time_of_day(value: &str) -> Option<(u8, u8)> {
    let (hour, minute) = value.split_once(':')?;
    let sound = is_short_number(hour) && is_short_number(minute) && minute.len() == 2;
    let (hour, minute) = (hour.parse::<u8>().ok()?, minute.parse::<u8>().ok()?);
    (sound && hour < 24 && minute < 60).then_some((hour, minute))
}

fn is_short_number(text: &str) -> bool {
    (1..=2).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
}

fn is_reset(word: &str) -> bool {
    matches!(word.to_lowercase().as_str(), "reset" | "zurück")
}

/// All names are small, and phones begin every word with a capital.
fn key(kind: &str, name: &str) -> Option<Key> {
    Some(Key {
        kind: SettingKind::parse(kind)?,
        name: name.to_lowercase(),
    })
}

fn meant(kind: SettingKind, value: &str) -> String {
    let short = match (kind, value) {
        (SettingKind::Language, "deutsch" | "german") => "de",
        (SettingKind::Language, "englisch" | "english") => "en",
        (SettingKind::Deadline, "keine" | "off") => "none",
        (_, value) => value,
    };
    short.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(kind: SettingKind, name: &str, value: &str) -> Wanted {
        Wanted::Set(Setting {
            key: Key {
                kind,
                name: name.into(),
            },
            value: value.into(),
        })
    }

    #[test]
    fn what_people_type() {
        assert_eq!(wanted(""), Wanted::List);
        assert_eq!(
            wanted("language care en"),
            set(SettingKind::Language, "care", "en")
        );
        assert_eq!(
            wanted(" Sprache  Care  Deutsch "),
            set(SettingKind::Language, "care", "de")
        );
        assert_eq!(
            wanted("frist default 4h"),
            set(SettingKind::Deadline, "default", "4h")
        );
        assert_eq!(
            wanted("route shop care leads"),
            set(SettingKind::Route, "shop", "care leads")
        );
        assert_eq!(
            wanted("digest morning „30 7 * * 1-5“"),
            set(SettingKind::Digest, "morning", "30 7 * * 1-5")
        );
        let care = Key {
            kind: SettingKind::Language,
            name: "care".into(),
        };
        assert_eq!(wanted("reset language care"), Wanted::Reset(care));
        assert_eq!(wanted("zurück alles"), Wanted::ResetAll);
    }

    #[test]
    fn what_is_none_of_these_changes_nothing() {
        let long = format!("language care {}", "e".repeat(LONGEST));
        for odd in [
            "language",
            "language care",
            "colour care red",
            "reset",
            "reset care",
            "reset language care now",
            "reset colour care",
            "language care en\n[[role]]",
            "\u{0}",
            &long,
        ] {
            assert_eq!(wanted(odd), Wanted::Odd, "{odd:?}");
        }
    }

    #[test]
    fn a_key_is_read_as_it_is_written() {
        for kind in SettingKind::ALL {
            let key = Key {
                kind,
                name: "care".into(),
            };
            assert_eq!(key.to_string().parse(), Ok(key));
        }
        assert!("colour care".parse::<Key>().is_err());
        assert!("language".parse::<Key>().is_err());
    }
}
