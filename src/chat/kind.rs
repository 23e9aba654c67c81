//! What a chat is to the rest of the house, so that nobody else has to know which chats there are: its names, the forms of
//! its ids, how its section of the file is read and how it is opened, and what operators are told about it.

use std::any::Any;
use std::fmt;
use std::ops::RangeInclusive;
use std::pin::Pin;
use std::sync::Arc;

use async_trait::async_trait;
use axum::Router;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::chat::id::IdForm;
use crate::chat::setup::Setup;
use crate::port::PortError;
use crate::port::chat::ChatPlatform;
use crate::port::chat::Finding;
use crate::port::chat::Inbox;
use crate::port::chat::Sockets;
use crate::port::clock::Clock;
use crate::port::shared::Lead;
use crate::port::shared::Pace;
use crate::reader::secret::Origin;
use crate::reader::table::Table;

/// What each chat's `post_every_ms` may be.
pub const POST_EVERY_MS: RangeInclusive<i64> = 0..=60_000;

pub struct ChatKind {
    /// In rows and logs, and as the file's section.
    pub name: &'static str,
    /// What people call it.
    pub title: &'static str,
    /// Words that give it away. They stand in its folder and nowhere further in.
    pub marks: &'static [&'static str],
    /// Its section, with the defaults below it.
    pub read: fn(Table<'_>) -> Arc<dyn Section>,
    pub ids: Ids,
    pub keys: Keys,
    pub said: Said,
    pub setup: Setup,
    /// What its developer console asks for, as `zeitnah manifest` prints it.
    pub manifest: fn(Asked<'_>) -> String,
}

/// The forms of its ids.
pub struct Ids {
    pub room: IdForm,
    pub person: IdForm,
    pub group: IdForm,
    /// What stands before a group's id where somebody is named, as in `group:S0123ABC`.
    pub group_word: &'static str,
    /// Whether an id, of whatever sort, looks like one of this chat's.
    pub claims: fn(&str) -> bool,
    /// Where people are asked for a person's id by another chat's example: what this chat's ids are.
    pub differ: &'static str,
}

/// The settings outside its own section that are its own by name.
pub struct Keys {
    /// To whom a `[[role]]` is given, in the order in which they are told.
    pub rights: &'static [(&'static str, Grants)],
    /// Whom an `[[escalation]]` reaches: a group, people, a room.
    pub group: &'static str,
    pub users: &'static str,
    pub room: &'static str,
}

/// What sort of id a `[[role]]` names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grants {
    Group,
    Person,
    Room,
}

/// What the reader of the file and `zeitnah check` say about it.
pub struct Said {
    /// What to add where no chat is set up.
    pub add: &'static str,
    /// What to write where somebody is to be named.
    pub mention: &'static str,
    /// That its token is taken.
    pub taken: &'static str,
    /// That the bot can work in a room.
    pub room: &'static str,
}

/// What somebody who asks for a manifest says about it.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The application's id, where a link carries it.
    pub application: Option<&'a str>,
    /// Whether the commands are to be shown, too, where the bot registers them itself.
    pub commands: bool,
}

/// Its section as far as it could be read, and where its secrets come from: enough to ask the chat about the rest.
#[async_trait]
pub trait Section: Any + fmt::Debug + Send + Sync {
    fn kind(&self) -> &'static ChatKind;

    /// All of it, where nothing is missing.
    fn whole(&self) -> Option<Arc<dyn Settings>>;

    /// Where its token comes from.
    fn token(&self) -> &Origin;

    /// What can be said of its secrets without asking anybody: whether they are of the form that the chat hands out. A
    /// server that only speaks like the chat may hand out what it wants.
    fn secrets(&self) -> Vec<Remark>;

    /// The chat, opened beside whoever is at work to be asked a few things once. None: too little could be read.
    fn ask(&self) -> Option<Result<Arc<dyn ChatPlatform>, PortError>>;

    /// Whether presses reach us.
    async fn reached(&self, public_url: Option<&str>) -> Vec<Remark>;
}

/// A chat that is set up.
pub trait Settings: Any + fmt::Debug + Send + Sync {
    fn kind(&self) -> &'static ChatKind;

    /// How presses reach us, in the file's word.
    fn mode(&self) -> &'static str;

    /// Least milliseconds between two messages in one room.
    fn post_every_ms(&self) -> i64;

    fn open(&self, tools: Tools) -> Result<Opened, PortError>;
}

/// What replicas share.
#[derive(Clone)]
pub struct Tools {
    pub clock: Arc<dyn Clock>,
    pub pace: Arc<dyn Pace>,
    pub lead: Arc<dyn Lead>,
}

/// A chat in both directions. Cards can be shown as soon as it is opened; presses come once it has somebody to hand them to.
pub struct Opened {
    pub platform: Arc<dyn ChatPlatform>,
    pub connect: Box<dyn FnOnce(Inward) -> Result<Reach, PortError> + Send>,
}

/// To whom presses are handed, and who counts those that are worked on after their acknowledgement.
#[derive(Clone)]
pub struct Inward {
    pub inbox: Arc<dyn Inbox>,
    pub work: TaskTracker,
}

/// How presses reach us.
pub enum Reach {
    /// The chat calls us there.
    Called(Router),
    /// We call the chat and hold the line.
    Held(Line),
}

pub struct Line {
    pub sockets: Arc<dyn Fn() -> Sockets + Send + Sync>,
    /// Whether this process holds the line that all replicas share.
    pub leads: Arc<dyn Fn() -> bool + Send + Sync>,
    pub hold: Hold,
}

/// Holds a line until stopped.
pub type Holding = Pin<Box<dyn Future<Output = Result<(), PortError>> + Send>>;
pub type Hold = Box<dyn FnOnce(CancellationToken) -> Holding + Send + Sync>;

/// A line of `zeitnah check` about a chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// The setting that it is about.
    pub about: Option<Origin>,
    pub what: Heard,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    Good(String),
    Bad(Finding),
}

impl Remark {
    pub fn good(text: impl Into<String>) -> Self {
        Self {
            about: None,
            what: Heard::Good(text.into()),
        }
    }

    pub fn bad(about: Option<&Origin>, finding: Finding) -> Self {
        Self {
            about: about.cloned(),
            what: Heard::Bad(finding),
        }
    }
}

impl ChatKind {
    /// The form of the id that a `[[role]]` names.
    pub fn id(&self, grants: Grants) -> &IdForm {
        match grants {
            Grants::Group => &self.ids.group,
            Grants::Person => &self.ids.person,
            Grants::Room => &self.ids.room,
        }
    }

    /// Whether an `[[escalation]]` is in this chat.
    pub fn is_asked_by(&self, table: &Table) -> bool {
        let Keys {
            group, users, room, ..
        } = self.keys;
        [group, users, room].iter().any(|key| table.has(key))
    }
}

impl fmt::Debug for ChatKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// Whether an address is one of the chat's own, and not that of a server which only speaks like it.
pub fn is_at(url: Option<&str>, host: &str) -> bool {
    let url = url.and_then(|url| url::Url::parse(url).ok());
    url.as_ref().and_then(url::Url::host_str) == Some(host)
}
