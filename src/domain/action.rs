//! What a person can ask for with a button, a form or a command, and the token that carries it. The token holds the
//! verb and the item, nothing else: a press is judged by what is true now, not by what the button once showed.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::Serialize;

use crate::domain::At;
use crate::domain::errand::Errand;
use crate::domain::id::ItemId;
use crate::domain::id::ReplyId;
use crate::domain::person::PersonId;
use crate::domain::rights::Circle;
use crate::domain::rights::Role;

macro_rules! verbs {
    ($($name:ident = $token:literal, $role:ident;)+) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum Verb { $($name,)+ }

        impl Verb {
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $token,)+ }
            }

            /// Who may: checked on each press, not only when the button is drawn.
            pub fn needs(self) -> Role {
                match self { $(Self::$name => Role::$role,)+ }
            }
        }
    };
}

verbs! {
    Reply = "reply", Responder;
    Take = "take", Responder;
    Release = "release", Responder;
    Escalate = "escalate", Responder;
    Handle = "handled", Responder;
    Snooze = "snooze", Responder;
    HandOver = "give", Responder;
    Acknowledge = "seen", Responder;
    Undo = "undo", Responder;
    ChangeReply = "change", Responder;
    ConfirmThere = "there", Responder;
    SendAgain = "again", Responder;
    Reopen = "reopen", Responder;
    FullText = "full", Viewer;
    Why = "why", Viewer;
    ViewReply = "view", Viewer;
    OpenSource = "open-at", Viewer;
    CopyText = "copy", Viewer;
}

impl Verb {
    /// It shows what the card shows in part or leads to: whoever sees the card may have it.
    pub fn is_on_card(self) -> bool {
        matches!(self, Self::FullText | Self::OpenSource)
    }

    /// Done at once, without a form that asks about one item.
    pub fn takes_several(self) -> bool {
        matches!(
            self,
            Self::Take | Self::Release | Self::Reopen | Self::Acknowledge | Self::Undo
        )
    }

    /// Needs nothing but the item: it changes it, or it is refused.
    pub fn is_plain(self) -> bool {
        matches!(
            self,
            Self::Take | Self::Release | Self::Reopen | Self::Acknowledge
        )
    }

    pub fn parse(token: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|v| v.as_str() == token)
    }
}

/// `z1.<verb>.<item>`: version, verb, item.
pub fn token(verb: Verb, item: ItemId) -> String {
    format!("z1.{}.{}", verb.as_str(), item)
}

pub fn read_token(token: &str) -> Option<(Verb, ItemId)> {
    let mut parts = token.splitn(3, '.');
    match (parts.next(), parts.next(), parts.next()) {
        (Some("z1"), Some(verb), Some(item)) => Some((Verb::parse(verb)?, item.parse().ok()?)),
        _ => None,
    }
}

/// Which form, about what; comes back when it is submitted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormToken {
    pub step: Step,
    pub item: ItemId,
    /// Where the card stands that it was opened from, for private answers.
    pub room: String,
    pub reply: Option<ReplyId>,
    /// What exactly was previewed: sending something else than was read is not possible.
    #[serde(default)]
    pub seal: Option<String>,
    /// Which of the customer's versions its person has read.
    #[serde(default)]
    pub read: Option<i32>,
    /// Until when the form took the case for its person, who had not taken it before.
    #[serde(default)]
    pub lease: Option<At>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    Write,
    Preview,
    Escalate,
    Handle,
    Snooze,
    HandOver,
    /// Yes, I am sure: send it once more.
    SendAgain,
    /// Nothing to submit.
    Read,
    /// A file, and for which source it is.
    Import,
}

impl FormToken {
    /// Of a form that is about no item; there is none of this id.
    pub fn about_nothing(step: Step, room: &str) -> Self {
        Self {
            step,
            item: ItemId(uuid::Uuid::nil()),
            room: room.to_owned(),
            reply: None,
            seal: None,
            read: None,
            lease: None,
        }
    }
}

impl Step {
    /// What submitting it does; whoever may not do that may not submit it.
    pub fn verb(self) -> Verb {
        match self {
            Self::Write | Self::Preview => Verb::Reply,
            Self::Escalate => Verb::Escalate,
            Self::Handle => Verb::Handle,
            Self::Snooze => Verb::Snooze,
            Self::HandOver => Verb::HandOver,
            Self::SendAgain => Verb::SendAgain,
            // A file is judged by its source's channels, and never as a deed with an item.
            Self::Read | Self::Import => Verb::FullText,
        }
    }
}

/// A file that somebody handed in; its bytes are still in the chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    pub name: String,
    pub size: u64,
    /// Where it can be fetched, in the chat's own words.
    pub place: String,
}

/// Somebody whom a person named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    pub typed: String,
    /// Who that is, where the delivery itself says it.
    pub known: Option<Actor>,
}

/// Which item a person means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ItemRef {
    Id(ItemId),
    Number(i64),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ask {
    Do {
        verb: Verb,
        item: ItemRef,
    },
    /// The same with several, each judged by itself.
    Several {
        verb: Verb,
        numbers: Vec<i64>,
    },
    /// A command with something behind it that it does not take; `good` is what would have been understood.
    Leftover {
        good: String,
        odd: String,
    },
    /// Several numbers where a form asks about one.
    OneOnly {
        command: String,
        number: i64,
    },
    Submit {
        form: FormToken,
        values: BTreeMap<String, String>,
    },
    /// An item is handed to somebody who is named.
    Give {
        item: ItemRef,
        to: Named,
    },
    /// A form was put away without being sent.
    Closed {
        form: FormToken,
        values: BTreeMap<String, String>,
    },
    /// A button that asks "are you sure" was pressed in a chat that cannot ask by itself.
    Sure {
        verb: Verb,
        item: ItemRef,
    },
    /// A form that was sent and closed is opened again, with what was typed in it.
    Again {
        form: FormToken,
    },
    /// A slash command that is about no single item.
    List(Listing),
    /// A button that is about no single item.
    Errand(Errand),
    /// Items by their words.
    Find {
        words: String,
    },
    /// One item as its card shows it.
    Show {
        item: ItemRef,
    },
    /// How the sources do.
    Sources,
    /// The numbers of so many days, or since the last digest.
    Numbers {
        days: Option<i64>,
    },
    /// Numbers of something that is no number of days that we have.
    OddDays {
        typed: String,
    },
    /// When somebody does not want to be called, as they typed it.
    Quiet {
        hours: String,
    },
    /// What an admin wants to see or change, as they typed it.
    Settings {
        typed: String,
    },
    /// An admin wants to hand in an export.
    Import,
    /// The form for it was sent.
    HandIn {
        source: String,
        file: Option<Upload>,
        /// How it is to be read otherwise than it would be.
        said: String,
    },
    Help {
        unknown: Option<String>,
    },
    /// A command about one item that does not say which.
    NoNumber {
        command: String,
    },
    /// Somebody looks at the place where a chat shows what concerns them.
    HomeOpened,
    /// The chat told us that a room or a group changed.
    Changed(Change),
    /// Something we do not know; kept, answered politely, never lost.
    Odd {
        why: String,
    },
    /// Nothing to do, for example a link button that the chat reports as pressed.
    Nothing,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Listing {
    Open,
    Mine,
    Overdue,
    /// What waits in the room's fold.
    Folded,
}

impl Listing {
    pub const ALL: &[Self] = &[Self::Open, Self::Mine, Self::Overdue, Self::Folded];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Mine => "mine",
            Self::Overdue => "overdue",
            Self::Folded => "folded",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|l| l.as_str() == word)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Membership of this group or room is to be read again.
    Circle(String),
    /// Cards in this room are worth another try now.
    Room(String),
}

/// One use of a button, form or command, as far as it is understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Press {
    pub chat: String,
    /// The same delivery twice has the same key.
    pub key: String,
    pub by: Actor,
    pub ask: Ask,
    pub room: String,
    pub thread: Option<String>,
    /// Where a private answer can be sent besides the room.
    pub answer_to: Option<String>,
    /// Opens a form within three seconds, once.
    pub opener: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    pub person: PersonId,
    pub name: String,
    /// From another company's workspace.
    pub outsider: bool,
    /// The circles that this person is in, where the delivery itself says so; else what was read before counts.
    pub vouched: Option<Vec<Circle>>,
}

/// What a press comes to; the chat says it in its own way. It is kept beside the delivery, so that a repeat of it gets the
/// same answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Nothing is left to say.
    Done,
    /// A private sentence was written down as an effect and is on its way.
    Told,
    Open(crate::domain::form::Form),
    /// The form stays with these sentences at its fields.
    Faults(BTreeMap<String, String>),
    /// The form becomes the next one.
    Next(crate::domain::form::Form),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_comes_back_as_it_went() {
        let item = ItemId::new(At::UNIX_EPOCH);
        for verb in Verb::ALL {
            let token = token(*verb, item);
            assert!(token.len() <= 100, "fits every chat");
            assert_eq!(read_token(&token), Some((*verb, item)));
        }
        assert_eq!(read_token("z2.reply.x"), None);
        assert_eq!(read_token("z1.reply.not-an-id"), None);
        assert_eq!(read_token(""), None);
    }
}
