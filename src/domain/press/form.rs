//! A form as every chat can show it: words, choices, a text. What a form is about rides in its token, so no process
//! has to remember that somebody has it open.

use serde::Deserialize;
use serde::Serialize;

use crate::domain::At;
use crate::domain::id::ItemId;
use crate::domain::id::ReplyId;
use crate::domain::item::caps::Limit;
use crate::domain::press::verb::Verb;
use crate::domain::say::text::Seg;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Form {
    pub token: FormToken,
    pub title: String,
    /// No submit button: the form is only for reading.
    pub submit: Option<String>,
    pub close: String,
    pub parts: Vec<FormPart>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FormPart {
    /// Our own words.
    Say(Vec<Seg>),
    /// The customer's words, or ours to the customer, shown exactly.
    Quote(String),
    Rule,
    Text {
        key: String,
        label: String,
        hint: Option<String>,
        placeholder: Option<String>,
        initial: Option<String>,
        lines: Lines,
        /// How much the far side takes; the field takes no more where the chat can count like that.
        limit: Option<Limit>,
        required: bool,
    },
    Choice {
        key: String,
        label: String,
        options: Vec<(String, String)>,
        initial: Option<String>,
    },
    /// A file from the reader's device.
    File {
        key: String,
        label: String,
        hint: String,
    },
    Date {
        key: String,
        label: String,
        /// The next days, as value and as people write them.
        coming: Vec<(String, String)>,
        initial: Option<String>,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lines {
    One,
    Many,
}

/// Which form, about what; comes back when it is submitted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormToken {
    pub step: FormStep,
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
pub enum FormStep {
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
    pub fn about_nothing(step: FormStep, room: &str) -> Self {
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

impl FormStep {
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
