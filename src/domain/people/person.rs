//! Who did something. A person is known by the chat they pressed in; names are only for showing.

use std::fmt;
use std::str::FromStr;

use serde::Deserialize;
use serde::Serialize;

/// `chat:user`, for example `slack:U012AB3CD`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct PersonId {
    pub chat: String,
    pub user: String,
}

#[derive(Debug, thiserror::Error)]
#[error("a person is written chat:user, not {0:?}")]
pub struct NotAPerson(String);

impl PersonId {
    pub fn new(chat: impl Into<String>, user: impl Into<String>) -> Self {
        Self {
            chat: chat.into(),
            user: user.into(),
        }
    }
}

impl fmt::Display for PersonId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.chat, self.user)
    }
}

impl FromStr for PersonId {
    type Err = NotAPerson;

    fn from_str(s: &str) -> Result<Self, Self::Err> {
        match s.split_once(':') {
            Some((chat, user)) if !chat.is_empty() && !user.is_empty() => Ok(Self::new(chat, user)),
            _ => Err(NotAPerson(s.to_owned())),
        }
    }
}

impl From<PersonId> for String {
    fn from(id: PersonId) -> Self {
        id.to_string()
    }
}

impl TryFrom<String> for PersonId {
    type Error = NotAPerson;

    fn try_from(s: String) -> Result<Self, Self::Error> {
        s.parse()
    }
}

/// Who is to be pinged, by id and by nothing else: a ping is never made from text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mention {
    Person(String),
    Group(String),
}
