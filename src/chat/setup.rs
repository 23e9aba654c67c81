//! What `zeitnah init` asks about a chat, how it reads the answers, and what it writes for it. Answers are read as kindly as
//! they can be read without guessing; an error is what to write instead.

use crate::chat::kind::ChatKind;

/// A channel that shows cards.
#[derive(Debug, Clone)]
pub struct Room {
    pub chat: &'static ChatKind,
    pub id: String,
    /// The server that it is on, where a chat has such.
    pub server: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// Whoever is in the channel, or on the server where the chat tells nobody who is in a channel.
    Channel,
    Group(String),
    Person(String),
}

pub struct Setup {
    /// How a channel is named, behind "in Slack".
    pub channel: &'static str,
    /// Where its id is found, behind a fault.
    pub found: &'static str,
    /// What the flag for it takes.
    pub flag: &'static str,
    /// None: this names no channel of this chat.
    pub room: fn(&str) -> Option<Result<Room, String>>,
    pub who_asked: &'static str,
    /// What the flag for it takes.
    pub who_flag: &'static str,
    pub who: fn(&str) -> Result<Who, String>,
    pub lines: fn(&Room) -> Lines,
    /// To whom a `[[role]]` is given.
    pub right: fn(&Room, &Who) -> String,
}

/// What stands in the file, and what is to be done next.
pub struct Lines {
    /// The secrets, and where they are found.
    pub tokens: &'static str,
    /// Its section.
    pub section: String,
    /// Where the channel is, in its `[[channel]]`.
    pub channel: String,
    /// How people and groups are named.
    pub pings: &'static str,
    /// To whom a role can be given.
    pub circles: &'static str,
    /// What to do before the first start.
    pub first: &'static str,
    /// The secrets, to be set in a shell.
    pub exports: &'static str,
}
