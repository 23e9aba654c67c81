//! What a person can ask for with a button, a form or a command, and the token that carries it. The token holds the
//! verb and the item, nothing else: a press is judged by what is true now, not by what the button once showed.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::Serialize;

use crate::domain::id::ItemId;
use crate::domain::press::list_action::ListAction;

// What was pressed is said in these words, each of which stands without it.
pub use crate::domain::people::rights::Actor;
pub use crate::domain::press::form::FormToken;
pub use crate::domain::press::verb::Listing;
pub use crate::domain::press::verb::Verb;
pub use crate::domain::press::verb::read_token;
pub use crate::domain::press::verb::token;

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
    ListAction(ListAction),
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

/// What a press comes to; the chat says it in its own way. It is kept beside the delivery, so that a repeat of it gets the
/// same answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Nothing is left to say.
    Done,
    /// A private sentence was written down as an effect and is on its way.
    Told,
    Open(crate::domain::press::form::Form),
    /// The form stays with these sentences at its fields.
    Faults(BTreeMap<String, String>),
    /// The form becomes the next one.
    Next(crate::domain::press::form::Form),
}
