//! A form as every chat can show it: words, choices, a text. What a form is about rides in its token, so no process
//! has to remember that somebody has it open.

use serde::Deserialize;
use serde::Serialize;

use crate::domain::action::FormToken;
use crate::domain::caps::Limit;
use crate::domain::text::Seg;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Form {
    pub token: FormToken,
    pub title: String,
    /// No submit button: the form is only for reading.
    pub submit: Option<String>,
    pub close: String,
    pub parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
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
