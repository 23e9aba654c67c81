//! What people type after the command, the same words in every chat.

use crate::domain::action::Ask;
use crate::domain::action::ItemRef;
use crate::domain::action::Listing;
use crate::domain::action::Verb;
use crate::domain::errand::Errand;

/// Days of numbers where nobody says how many.
const WEEK: i64 = 7;

/// `take 42`, `reply #42`, `open`: what people type after the command.
pub fn typed(text: &str) -> Ask {
    let (first, rest) = text
        .trim()
        .split_once(char::is_whitespace)
        .unwrap_or((text.trim(), ""));
    if matches!(first.to_lowercase().as_str(), "quiet" | "ruhe") {
        return Ask::Quiet {
            hours: rest.trim().to_owned(),
        };
    }
    if matches!(first.to_lowercase().as_str(), "zone" | "zeitzone") {
        return Ask::Quiet {
            hours: format!("zone {}", rest.trim()),
        };
    }
    if matches!(first.to_lowercase().as_str(), "find" | "suche" | "search") {
        return Ask::Find {
            words: rest.trim().to_owned(),
        };
    }
    if matches!(first.to_lowercase().as_str(), "settings" | "einstellungen") {
        return Ask::Settings {
            typed: rest.trim().to_owned(),
        };
    }
    let mut typed = text.split_whitespace();
    let word = typed.next().unwrap_or_default().to_lowercase();
    let number = typed.next().and_then(number);
    match (word.as_str(), number) {
        ("" | "help" | "hilfe" | "?", _) => Ask::Help { unknown: None },
        ("open" | "list" | "offen", None) => Ask::List(Listing::Open),
        ("item" | "show" | "zeig", Some(number)) => Ask::Show {
            item: ItemRef::Number(number),
        },
        ("item" | "show" | "zeig", None) => Ask::NoNumber {
            command: text.to_owned(),
        },
        ("sources" | "quellen", _) => Ask::Sources,
        ("digest" | "übersicht", _) => Ask::Numbers { days: None },
        ("stats" | "zahlen", days) => Ask::Numbers {
            days: Some(days.unwrap_or(WEEK)),
        },
        ("home" | "start", _) => Ask::Errand(Errand::Home),
        ("mine" | "meine", _) => Ask::List(Listing::Mine),
        ("overdue" | "überfällig", _) => Ask::List(Listing::Overdue),
        (word, number) => {
            let verb = Verb::parse(word).or(match word {
                "open" => Some(Verb::OpenSource),
                "handle" | "done" | "erledigt" => Some(Verb::Handle),
                "text" => Some(Verb::FullText),
                _ => None,
            });
            match (verb, number) {
                (Some(verb), Some(number)) => Ask::Do {
                    verb,
                    item: ItemRef::Number(number),
                },
                (Some(_), None) => Ask::NoNumber {
                    command: text.to_owned(),
                },
                (None, _) => Ask::Help {
                    unknown: Some(text.to_owned()),
                },
            }
        }
    }
}

/// `42`, `#42`, `Z-42`; a minus alone is no number that stands on a card.
fn number(word: &str) -> Option<i64> {
    let digits = match word.strip_prefix(['#', 'Z', 'z']) {
        Some(rest) => rest.strip_prefix('-').unwrap_or(rest),
        None => word,
    };
    let plain = digits.bytes().all(|b| b.is_ascii_digit());
    digits.parse().ok().filter(|_| plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_type() {
        let take = Ask::Do {
            verb: Verb::Take,
            item: ItemRef::Number(42),
        };
        assert_eq!(typed("take 42"), take);
        assert_eq!(typed("  TAKE   #42 now"), take);
        assert_eq!(
            typed("done Z-7"),
            Ask::Do {
                verb: Verb::Handle,
                item: ItemRef::Number(7)
            }
        );
        assert_eq!(typed("open"), Ask::List(Listing::Open));
        assert_eq!(
            typed("find  Akku \"hält nicht\""),
            Ask::Find {
                words: "Akku \"hält nicht\"".to_owned()
            }
        );
        assert_eq!(
            typed("item #7"),
            Ask::Show {
                item: ItemRef::Number(7)
            }
        );
        assert_eq!(typed("stats 30"), Ask::Numbers { days: Some(30) });
        assert_eq!(typed("stats"), Ask::Numbers { days: Some(WEEK) });
        assert_eq!(typed("digest"), Ask::Numbers { days: None });
        assert_eq!(typed("Start"), Ask::Errand(Errand::Home));
        assert_eq!(
            typed("open 42"),
            Ask::Do {
                verb: Verb::OpenSource,
                item: ItemRef::Number(42)
            }
        );
        let quiet = |hours: &str| Ask::Quiet {
            hours: hours.to_owned(),
        };
        assert_eq!(
            typed(" Ruhe  20:00-07:00 Europe/Berlin "),
            quiet("20:00-07:00 Europe/Berlin")
        );
        assert_eq!(typed("quiet"), quiet(""));
        assert_eq!(typed("Zone Europe/Lisbon"), quiet("zone Europe/Lisbon"));
        assert_eq!(typed("zeitzone"), quiet("zone "));
        let settings = |typed: &str| Ask::Settings {
            typed: typed.to_owned(),
        };
        assert_eq!(typed("Settings  language care en "), settings("language care en"));
        assert_eq!(typed("einstellungen"), settings(""));
        assert_eq!(typed(""), Ask::Help { unknown: None });
        assert_eq!(
            typed("take"),
            Ask::NoNumber {
                command: "take".into()
            }
        );
        assert_eq!(
            typed("dance 42"),
            Ask::Help {
                unknown: Some("dance 42".into())
            }
        );
    }
}
