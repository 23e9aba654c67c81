//! What people type after the command, the same words in every chat.

use crate::domain::press::action::Ask;
use crate::domain::press::action::ItemRef;
use crate::domain::press::action::Listing;
use crate::domain::press::action::Named;
use crate::domain::press::action::Verb;
use crate::domain::press::list_action::ListAction;
use crate::domain::show::digest::MOST_DAYS;

/// Days of numbers where nobody says how many.
const WEEK: i64 = 7;
/// So many posts in one command; more is a mistake.
const AT_ONCE: usize = 20;

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
    let word = first.to_lowercase();
    let words: Vec<&str> = rest
        .split([' ', '\t', '\n', ',', ';'])
        .filter(|w| !w.is_empty())
        .collect();
    let first_number = words.first().and_then(|word| number(word));
    let alone = |ask: Ask| match words.is_empty() {
        true => ask,
        false => leftover(&word, &words),
    };
    match (word.as_str(), first_number) {
        ("" | "?", _) => Ask::Help { unknown: None },
        ("help" | "hilfe", _) => alone(Ask::Help { unknown: None }),
        ("open" | "list" | "offen", None) => alone(Ask::List(Listing::Open)),
        ("item" | "show" | "zeig", Some(number)) if words.len() == 1 => Ask::Show {
            item: ItemRef::Number(number),
        },
        ("item" | "show" | "zeig", Some(number)) => leftover(&format!("{word} {number}"), &words[1..]),
        ("item" | "show" | "zeig", None) => Ask::NoNumber {
            command: text.to_owned(),
        },
        ("give" | "weitergeben", Some(number)) if words.len() > 1 => Ask::Give {
            item: ItemRef::Number(number),
            to: Named {
                typed: words[1..].join(" "),
                known: None,
            },
        },
        ("import" | "hereinholen", _) => alone(Ask::Import),
        ("sources" | "quellen", _) => alone(Ask::Sources),
        ("digest" | "übersicht", _) => alone(Ask::Numbers { days: None }),
        ("stats" | "zahlen", _) => match (words.as_slice(), first_number) {
            ([], _) => Ask::Numbers { days: Some(WEEK) },
            ([_], Some(days @ 1..=MOST_DAYS)) => Ask::Numbers { days: Some(days) },
            _ => Ask::OddDays {
                typed: words.join(" "),
            },
        },
        ("home" | "start", _) => alone(Ask::ListAction(ListAction::Home)),
        ("mine" | "meine", _) => alone(Ask::List(Listing::Mine)),
        ("overdue" | "überfällig", _) => alone(Ask::List(Listing::Overdue)),
        (word, number) => {
            let verb = Verb::parse(word).or(match word {
                "open" | "list" | "offen" => Some(Verb::OpenSource),
                "handle" | "done" | "erledigt" => Some(Verb::Handle),
                "text" => Some(Verb::FullText),
                "weitergeben" => Some(Verb::HandOver),
                _ => None,
            });
            match (verb, number) {
                (Some(verb), Some(_)) => about(verb, word, &words),
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

/// What is typed behind a verb has to be numbers; whatever else stands there would be lost without a word.
fn about(verb: Verb, word: &str, words: &[&str]) -> Ask {
    let mut numbers = Vec::new();
    for (at, typed) in words.iter().enumerate() {
        match number(typed) {
            Some(number) if numbers.contains(&number) => {}
            Some(number) if numbers.len() < AT_ONCE => numbers.push(number),
            None if matches!(typed.to_lowercase().as_str(), "und" | "and" | "&" | "+") => {}
            Some(_) | None => {
                let known: Vec<String> = numbers.iter().map(i64::to_string).collect();
                return leftover(&format!("{word} {}", known.join(" ")), &words[at..]);
            }
        }
    }
    match numbers.as_slice() {
        [number] => Ask::Do {
            verb,
            item: ItemRef::Number(*number),
        },
        [first, ..] if !verb.takes_several() => Ask::OneOnly {
            command: word.to_owned(),
            number: *first,
        },
        _ => Ask::Several { verb, numbers },
    }
}

fn leftover(good: &str, odd: &[&str]) -> Ask {
    Ask::Leftover {
        good: good.to_owned(),
        odd: odd.join(" "),
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
        assert_eq!(typed("  TAKE   #42 "), take);
        assert_eq!(typed("take 42, 42 und #42"), take);
        assert_eq!(
            typed("done Z-7"),
            Ask::Do {
                verb: Verb::Handle,
                item: ItemRef::Number(7)
            }
        );
        let give = |who: &str| Ask::Give {
            item: ItemRef::Number(7),
            to: Named {
                typed: who.to_owned(),
                known: None,
            },
        };
        assert_eq!(typed("give 7 @Ben Kurz"), give("@Ben Kurz"));
        assert_eq!(typed("weitergeben #7 <@U0BEN|ben>"), give("<@U0BEN|ben>"));
        assert_eq!(
            typed("give 7"),
            Ask::Do {
                verb: Verb::HandOver,
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
        for odd in ["-3", "0", "367", "bald", "7 8", "99999999999999999999"] {
            let typed_days = odd.to_owned();
            assert_eq!(typed(&format!("stats {odd}")), Ask::OddDays { typed: typed_days });
        }
        assert_eq!(typed("stats"), Ask::Numbers { days: Some(WEEK) });
        assert_eq!(typed("digest"), Ask::Numbers { days: None });
        assert_eq!(typed("Import"), Ask::Import);
        assert_eq!(typed("Start"), Ask::ListAction(ListAction::Home));
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

    #[test]
    fn several_are_all_meant_and_what_is_not_understood_is_said() {
        let several = |verb, numbers: &[i64]| Ask::Several {
            verb,
            numbers: numbers.to_vec(),
        };
        assert_eq!(typed("take 1 2 3"), several(Verb::Take, &[1, 2, 3]));
        assert_eq!(typed("release 3, #1 und Z-2"), several(Verb::Release, &[3, 1, 2]));
        for (word, verb) in [
            ("handled", "handled"),
            ("snooze", "snooze"),
            ("Reply", "reply"),
            ("open", "open"),
        ] {
            let one = Ask::OneOnly {
                command: verb.to_owned(),
                number: 1,
            };
            assert_eq!(typed(&format!("{word} 1 2 3")), one);
        }
        let left = |good: &str, odd: &str| Ask::Leftover {
            good: good.to_owned(),
            odd: odd.to_owned(),
        };
        for (given, good, odd) in [
            ("take 42 now", "take 42", "now"),
            ("take 1 2 x 3", "take 1 2", "x 3"),
            ("reply 1 Danke für nichts", "reply 1", "Danke für nichts"),
            ("open sesame", "open", "sesame"),
            ("mine alle", "mine", "alle"),
            ("overdue 3", "overdue", "3"),
            ("home x", "home", "x"),
            ("sources shop", "sources", "shop"),
            ("digest 7", "digest", "7"),
            ("item 1 2", "item 1", "2"),
            ("hilfe bitte", "hilfe", "bitte"),
        ] {
            assert_eq!(typed(given), left(good, odd), "{given}");
        }
        let many: Vec<String> = (1..=21).map(|n| n.to_string()).collect();
        assert!(
            matches!(typed(&format!("take {}", many.join(" "))), Ask::Leftover { odd, .. } if odd == "21")
        );
    }
}
