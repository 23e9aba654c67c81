//! What a far side keeps closed to us for a while, and why: kept beside until when, because whoever asks why something
//! does not come asks another process than the one that knows.

use serde::Deserialize;
use serde::Serialize;

use crate::domain::At;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closure {
    pub chat: String,
    pub what: Closed,
    /// The room, the message or the call; empty where there is only one.
    #[serde(default)]
    pub name: String,
    /// In the far side's words, without anything secret.
    #[serde(default)]
    pub why: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Closed {
    /// Everything, because the token is not taken.
    Token,
    /// Everything, because we were too fast.
    Bot,
    /// The line by which presses come.
    Line,
    Room,
    /// One kind of call in a room, because a right is missing.
    Right,
    /// Edits of one message.
    Message,
    /// One kind of call.
    Call,
}

impl Closed {
    pub const ALL: [Self; 7] = [
        Self::Token,
        Self::Bot,
        Self::Line,
        Self::Room,
        Self::Right,
        Self::Message,
        Self::Call,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Bot => "bot",
            Self::Line => "line",
            Self::Room => "room",
            Self::Right => "right",
            Self::Message => "message",
            Self::Call => "call",
        }
    }
}

/// A closure that holds until then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shut {
    pub closure: Closure,
    pub until: At,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_read_by_the_next_release() {
        let row = serde_json::json!({ "chat": "c", "what": "message", "name": "1", "why": "too many" });
        let read: Closure = serde_json::from_value(row.clone()).unwrap();
        assert_eq!(serde_json::to_value(&read).unwrap(), row);
        for what in Closed::ALL {
            assert_eq!(serde_json::to_value(what).unwrap(), what.as_str());
        }
    }
}
