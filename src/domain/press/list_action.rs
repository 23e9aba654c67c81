//! What a button can ask that is about no single item, and the buttons that stand with a sentence, a digest or a home. As
//! with items, the button carries what is asked and nothing else: rights and lists are looked at when it is pressed.

use serde::Deserialize;
use serde::Serialize;

use crate::domain::id::ItemId;
use crate::domain::item::manner::Unanswered;
use crate::domain::lang::Lang;
use crate::domain::press::verb;
use crate::domain::press::verb::Listing;
use crate::domain::press::verb::Verb;
use crate::domain::time::calendar::Quiet;

const VERSION: &str = "z1e";
/// Nobody turns more pages; a number beyond it was not made by us.
const MOST_PAGES: u32 = 9_999;
/// Before the page of a list of all rooms.
const ALL: &str = "all-";

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ListAction {
    /// The first page is 0. Of the room where it is pressed, or of all that whoever presses may see.
    List {
        listing: Listing,
        page: u32,
        #[serde(default, skip_serializing_if = "is_here")]
        everywhere: bool,
    },
    /// A page of what whoever presses found in their search of this number.
    Found {
        number: i64,
        page: u32,
    },
    /// The same words as in the search of this number, in all rooms that whoever presses may see.
    Wider {
        number: i64,
    },
    /// Take what waits the longest.
    Oldest,
    /// What concerns me: what I hold, how the team does, what I have set.
    Home,
    /// My quiet hours: the usual ones, or none.
    Quiet {
        on: bool,
    },
    /// My quiet hours: these.
    Rest {
        hours: Quiet,
    },
    /// How I am spoken to where nobody else reads.
    Speak {
        lang: Lang,
    },
    /// The day's numbers, directly, or no longer.
    Daily {
        on: bool,
    },
    /// A file that was handed in: bring it in, leave it, or take back what it brought.
    BringIn {
        file: i64,
        #[serde(default, skip_serializing_if = "Unanswered::is_by_age")]
        unanswered: Unanswered,
    },
    LeaveOut {
        file: i64,
    },
    TakeBack {
        file: i64,
    },
    /// The rows of a file that were not taken. The first page is 0.
    Rejected {
        file: i64,
        page: u32,
    },
}

/// What a button that is offered does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActionTarget {
    Item(Verb, ItemId),
    #[serde(rename = "errand")]
    ListAction(ListAction),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuickAction {
    pub deed: ActionTarget,
    pub label: String,
}

fn is_here(everywhere: &bool) -> bool {
    !everywhere
}

impl QuickAction {
    pub fn item(verb: Verb, item: ItemId, label: String) -> Self {
        Self {
            deed: ActionTarget::Item(verb, item),
            label,
        }
    }

    pub fn list_action(list_action: ListAction, label: String) -> Self {
        Self {
            deed: ActionTarget::ListAction(list_action),
            label,
        }
    }
}

impl ActionTarget {
    pub fn token(self) -> String {
        match self {
            Self::Item(verb, item) => verb::token(verb, item),
            Self::ListAction(list_action) => list_action.token(),
        }
    }
}

impl ListAction {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::List { .. } => "list",
            Self::Found { .. } => "found",
            Self::Wider { .. } => "wider",
            Self::Oldest => "oldest",
            Self::Home => "home",
            Self::Quiet { .. } | Self::Rest { .. } => "quiet",
            Self::Speak { .. } => "speak",
            Self::Daily { .. } => "daily",
            Self::BringIn { unanswered, .. } => match unanswered {
                Unanswered::ByAge => "bring-in",
                Unanswered::Open => "bring-in-open",
                Unanswered::Past => "bring-in-past",
            },
            Self::LeaveOut { .. } => "leave-out",
            Self::TakeBack { .. } => "take-back",
            Self::Rejected { .. } => "rejected",
        }
    }

    /// `z1e.<what>`, with the page or the switch behind it.
    pub fn token(self) -> String {
        match self {
            Self::List {
                listing,
                page,
                everywhere,
            } => {
                let all = if everywhere { ALL } else { "" };
                format!("{VERSION}.{}.{all}{page}", listing.as_str())
            }
            Self::Wider { number } => format!("{VERSION}.wider.{number}"),
            Self::Found { number, page } => format!("{VERSION}.found.{page}-{number}"),
            Self::Rejected { file, page } => format!("{VERSION}.rejected.{page}-{file}"),
            Self::Oldest | Self::Home => format!("{VERSION}.{}", self.as_str()),
            Self::BringIn { file, .. } | Self::LeaveOut { file } | Self::TakeBack { file } => {
                format!("{VERSION}.{}.{file}", self.as_str())
            }
            Self::Quiet { on } => format!("{VERSION}.quiet.{}", if on { "on" } else { "off" }),
            Self::Rest { hours } => format!("{VERSION}.quiet.{hours}"),
            Self::Speak { lang } => format!("{VERSION}.speak.{}", lang.as_str()),
            Self::Daily { on } => format!("{VERSION}.daily.{}", if on { "on" } else { "off" }),
        }
    }

    /// What stands behind it (the mark of a message) is nobody's business here.
    pub fn read(token: &str) -> Option<Self> {
        let mut parts = token.split('.');
        if parts.next() != Some(VERSION) {
            return None;
        }
        let (what, rest) = (parts.next()?, parts.next());
        match (what, rest) {
            ("oldest", _) => Some(Self::Oldest),
            ("home", _) => Some(Self::Home),
            ("quiet", Some("on")) => Some(Self::Quiet { on: true }),
            ("quiet", Some("off")) => Some(Self::Quiet { on: false }),
            ("quiet", Some(hours)) => Some(Self::Rest {
                hours: Quiet::parse(hours)?,
            }),
            ("speak", Some(lang)) => Some(Self::Speak {
                lang: Lang::parse(lang)?,
            }),
            ("daily", Some("on")) => Some(Self::Daily { on: true }),
            ("daily", Some("off")) => Some(Self::Daily { on: false }),
            ("found", Some(rest)) => {
                let (of, number) = rest.split_once('-')?;
                let number = digits(number)?;
                let page = page(of)?;
                Some(Self::Found { number, page })
            }
            ("rejected", Some(rest)) => {
                let (of, file) = rest.split_once('-')?;
                Some(Self::Rejected {
                    file: digits(file)?,
                    page: page(of)?,
                })
            }
            ("bring-in" | "bring-in-open" | "bring-in-past", Some(file)) => Some(Self::BringIn {
                file: digits(file)?,
                unanswered: match what {
                    "bring-in-open" => Unanswered::Open,
                    "bring-in-past" => Unanswered::Past,
                    _ => Unanswered::ByAge,
                },
            }),
            ("leave-out", Some(file)) => Some(Self::LeaveOut { file: digits(file)? }),
            ("take-back", Some(file)) => Some(Self::TakeBack { file: digits(file)? }),
            ("wider", Some(number)) => Some(Self::Wider {
                number: digits(number)?,
            }),
            (listing, Some(of)) => {
                let (everywhere, of) = match of.strip_prefix(ALL) {
                    Some(of) => (true, of),
                    None => (false, of),
                };
                Some(Self::List {
                    listing: Listing::parse(listing)?,
                    page: page(of)?,
                    everywhere,
                })
            }
            _ => None,
        }
    }
}

fn page(text: &str) -> Option<u32> {
    digits(text).filter(|page| *page <= MOST_PAGES)
}

/// A sign is nothing that we write.
fn digits<T: std::str::FromStr>(text: &str) -> Option<T> {
    let plain = text.bytes().all(|b| b.is_ascii_digit());
    text.parse().ok().filter(|_| plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::At;

    #[test]
    fn an_list_action_comes_back_as_it_went_whatever_mark_it_carries() {
        let lists = Listing::ALL.iter().flat_map(|listing| {
            [(0, false), (1, true), (77, false)].map(|(page, everywhere)| ListAction::List {
                listing: *listing,
                page,
                everywhere,
            })
        });
        let others = [
            ListAction::Found { number: 1, page: 0 },
            ListAction::Found {
                number: i64::MAX,
                page: 9,
            },
            ListAction::Wider { number: i64::MAX },
            ListAction::Oldest,
            ListAction::Home,
            ListAction::Quiet { on: true },
            ListAction::Quiet { on: false },
            ListAction::Rest {
                hours: Quiet::parse("22:00-06:30").unwrap(),
            },
            ListAction::Speak { lang: Lang::De },
            ListAction::Speak { lang: Lang::En },
            ListAction::Daily { on: true },
            ListAction::Daily { on: false },
            ListAction::BringIn {
                file: 1,
                unanswered: Unanswered::ByAge,
            },
            ListAction::BringIn {
                file: 2,
                unanswered: Unanswered::Open,
            },
            ListAction::BringIn {
                file: 3,
                unanswered: Unanswered::Past,
            },
            ListAction::LeaveOut { file: i64::MAX },
            ListAction::TakeBack { file: 7 },
            ListAction::Rejected { file: 7, page: 3 },
        ];
        for list_action in lists.chain(others) {
            assert_eq!(ListAction::read(&list_action.token()), Some(list_action));
            assert_eq!(
                ListAction::read(&format!("{}.0aB-_9xY1234", list_action.token())),
                Some(list_action)
            );
            assert_eq!(
                verb::read_token(&list_action.token()),
                None,
                "it is no verb of an item"
            );
        }
        let item = ActionTarget::Item(Verb::Take, ItemId::new(At::UNIX_EPOCH));
        assert_eq!(ListAction::read(&item.token()), None);
        for odd in [
            "",
            "z1e",
            "z1e.",
            "z1e.open",
            "z1e.open.x",
            "z1e.open.all",
            "z1e.open.all-",
            "z1e.open.all-all-1",
            "z1e.wider",
            "z1e.wider.x",
            "z1e.bring-in.-1",
            "z1e.take-back",
            "z1e.rejected.1",
            "z1e.open.99999999",
            "z1e.dance.1",
            "z1e.found.1",
            "z1e.found.1-",
            "z1e.found.-1-1",
            "z1e.found.1--1",
            "z1e.found.1-99999999999999999999",
            "z1e.found.99999-1",
            "z1e.found.1-1' or 1=1",
            "z1e.quiet.",
            "z1e.quiet.25:00-07:00",
            "z1e.quiet.00:00-24:00",
            "z1e.speak.fr",
            "z1e.speak",
            "z1e.daily.maybe",
            "z2e.home",
        ] {
            assert_eq!(ListAction::read(odd), None, "{odd}");
        }
    }
}
