//! A chat platform, as the workflows see it: it shows cards, notes and digests, opens forms, and hands in presses.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use chrono_tz::Tz;

use crate::domain::At;
use crate::domain::people::person::Mention;
use crate::domain::people::rights::Circle;
use crate::domain::press::action::Press;
use crate::domain::press::list_action::QuickAction;
use crate::domain::promise::rules::Named;
use crate::domain::say::text::Locale;
use crate::domain::say::text::Seg;
use crate::domain::show::card::Card;
use crate::domain::show::digest::Digest;
use crate::domain::show::home::Home;
use crate::domain::show::row::ListRow;
use crate::domain::show::row::Told;
use crate::port::PortError;

/// Something to be posted once. The key travels with the message, so that it can be found after a lost answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Post {
    pub key: String,
    /// Counts deliberate new messages for the same key (after somebody deleted the first one).
    pub generation: i32,
    pub room: String,
    pub thread: Option<String>,
    pub body: Body,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    Card(Box<Card>),
    Note(Note),
    Digest(Box<Page>),
}

/// A digest as it is sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    pub digest: Digest,
    pub picture: Option<Picture>,
    pub offers: Vec<QuickAction>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Picture {
    pub png: Arc<[u8]>,
    /// The same in words.
    pub alt: String,
    /// The chat's own id of it, where it takes pictures before messages.
    pub uploaded: Option<String>,
}

impl Body {
    pub fn has_picture(&self) -> bool {
        match self {
            Self::Digest(page) => page.picture.is_some(),
            Self::Card(_) | Self::Note(_) => false,
        }
    }
}

/// A line in a thread, or an alert where somebody looks.
#[derive(Debug, Clone, PartialEq)]
pub struct Note {
    /// The only pings there are.
    pub ping: Vec<Mention>,
    pub text: Vec<Seg>,
    /// Words of customers, or ours to them, shown exactly, below the text.
    pub quotes: Vec<Quote>,
    pub buttons: Vec<crate::domain::show::card::Button>,
    pub item: Option<crate::domain::id::ItemId>,
    /// Several items, a line each below the text.
    pub each: Vec<ListRow>,
    /// What it is about in a line, for chats whose threads have names.
    pub about: String,
}

/// Words that are shown exactly, under a line that says which they are where there are several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quote {
    pub label: Option<String>,
    pub words: String,
}

/// What a chat can do, and so what is asked of it. The only place that says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Abilities {
    /// It keeps the far side's limits itself, call by call and for all replicas. Else whoever is told to wait keeps everything
    /// of the same pace waiting.
    pub keeps_limits: bool,
    /// How long a text is, in UTF-16 units, that its forms let somebody type.
    pub longest_typed: usize,
    /// It has a place of its own for what concerns one person.
    pub homes: bool,
    /// A picture is brought before the message that shows it; else it comes with the message.
    pub pictures_first: bool,
    /// It tells who is in a group or a room. Else each press says which circles its person is in.
    pub members: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// What people call them.
    pub name: String,
    /// By which clock they live, where the chat tells.
    pub zone: Option<Tz>,
}

/// What looking for a post came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lookup {
    At(String),
    NotThere,
    /// The granted rights do not allow looking.
    CannotLook,
}

/// A configured chat platform.
#[async_trait]
pub trait ChatPlatform: Send + Sync {
    fn name(&self) -> &str;

    /// From now on we speak like this in these rooms, where the adapter says something without a decision.
    fn speak(&self, _locales: BTreeMap<String, Locale>) {}

    fn can(&self) -> Abilities;

    /// The first word at a start, said once: whether the chat takes our token.
    async fn greet(&self) -> Greeting;

    /// Finds out who we are there. Needed before the first press is judged.
    async fn introduce(&self) -> Result<(), PortError>;

    /// Posts and returns the message's id. `None`: the chat has this post from an earlier try, and does not say where.
    async fn post(&self, post: &Post) -> Result<Option<String>, PortError>;

    /// Makes a message show `body`, all of it. `Gone` when the message was deleted.
    async fn edit(&self, room: &str, message: &str, key: &str, body: &Body) -> Result<(), PortError>;

    /// Brings a picture where a message can show it, and says how the chat calls it there. Asked of a chat that takes
    /// pictures first.
    async fn upload(&self, _picture: &Picture) -> Result<String, PortError> {
        Err(PortError::never("this chat takes pictures with their message"))
    }

    /// Whether a picture that was brought can be shown by now.
    async fn can_show(&self, _uploaded: &str) -> Result<bool, PortError> {
        Ok(true)
    }

    /// Looks for a post that may have arrived, not older than `since`.
    async fn find(&self, post: &Post, since: At) -> Result<Lookup, PortError>;

    /// After a line below a card: where a chat puts away what is dealt with, a line takes it out, and it is put back as the
    /// card is now. Twice is once.
    async fn tidy(&self, _room: &str, _message: &str, _card: &Card) -> Result<(), PortError> {
        Ok(())
    }

    /// Whether the message still stands.
    async fn stands(&self, room: &str, message: &str) -> Result<bool, PortError>;

    /// The address of a message, if it can be told without asking.
    fn link(&self, room: &str, message: &str) -> Option<String>;

    async fn whisper(
        &self,
        room: &str,
        user: &str,
        thread: Option<&str>,
        answer_to: Option<&str>,
        told: &Told,
    ) -> Result<(), PortError>;

    /// Shows one person what concerns them, in a place of its own. `seal` is what the last one was answered with; where
    /// something else stands there by now, nothing is done and it is `Gone`. Answers with the new seal, if there is one.
    /// Asked of a chat that has homes.
    async fn show_home(
        &self,
        _user: &str,
        _home: &Home,
        _seal: Option<&str>,
    ) -> Result<Option<String>, PortError> {
        Err(PortError::never("this chat has no homes"))
    }

    /// A room for direct messages with one person.
    async fn direct(&self, user: &str) -> Result<String, PortError>;

    /// Who is in a group or a room now. Asked of a chat that tells.
    async fn members(&self, _circle: &Circle) -> Result<Vec<String>, PortError> {
        Err(PortError::never("this chat tells nobody who is in a group"))
    }

    /// The bytes of a file that somebody handed in, if they are no more than `most`. `Never`: there is nothing to fetch.
    async fn fetch(&self, _place: &str, _most: u64) -> Result<Vec<u8>, PortError> {
        Err(PortError::never("this chat hands in no files"))
    }

    /// What the chat says about this person.
    async fn profile(&self, user: &str) -> Result<Profile, PortError>;

    /// Reads a stored delivery again, for presses that a crash left behind.
    fn read(&self, raw: &[u8]) -> Press;

    /// For operators: what is wrong with our access and with each of what configuration names.
    async fn check(&self, named: &[Named]) -> Vec<Finding>;
}

/// What the first word with a chat came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Greeting {
    /// It takes our token; what we lack there all the same.
    Taken(Vec<Finding>),
    /// With this token it never will.
    Refused(Finding),
    /// It does not answer, and may later.
    Silent(PortError),
}

impl Greeting {
    pub fn refused(text: impl Into<String>, remedy: &str) -> Self {
        Self::Refused(Finding::fault(None, text, remedy))
    }
}

/// The connections of a chat that we call. A replica that stands by for another one's wants none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sockets {
    pub up: u32,
    pub wanted: u32,
}

/// One line of `zeitnah check`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub grave: Gravity,
    /// Which of what was named it is about; else it is about our access.
    pub about: Option<Named>,
    pub text: String,
    pub remedy: String,
}

impl Finding {
    pub fn fault(about: Option<&Named>, text: impl Into<String>, remedy: &str) -> Self {
        Self::new(Gravity::Fault, about, text.into(), remedy)
    }

    pub fn warning(about: Option<&Named>, text: impl Into<String>, remedy: &str) -> Self {
        Self::new(Gravity::Warning, about, text.into(), remedy)
    }

    fn new(grave: Gravity, about: Option<&Named>, text: String, remedy: &str) -> Self {
        Self {
            grave,
            about: about.cloned(),
            text,
            remedy: remedy.to_owned(),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gravity {
    /// Works, with less.
    Warning,
    /// Will not work.
    Fault,
}

/// The door: what a chat adapter hands presses to.
#[async_trait]
pub trait Inbox: Send + Sync {
    /// Writes the delivery down before anything else. `None`: it came before.
    async fn keep(&self, delivery: Delivery) -> Result<Option<Kept>, PortError>;

    /// Judges a kept press now. Only after this may a form's answer go back.
    async fn act(
        &self,
        kept: &Kept,
        press: Press,
    ) -> Result<crate::domain::press::action::Outcome, PortError>;

    /// Whether to leave this press to whoever has time, because more wait here than can be finished soon. It is kept, and
    /// `act` need not be called.
    fn leaves(&self, _press: &Press) -> bool {
        false
    }

    /// What became of a delivery that came before: whoever got it first answers, and every repeat is answered the same.
    async fn repeated(&self, chat: &str, key: &str) -> Result<Repeat, PortError>;

    /// A form came too late to be opened: the person is asked to press again.
    async fn missed(&self, kept: &Kept, press: &Press) -> Result<(), PortError>;

    /// What somebody may mean who has typed the beginning of a number or a name after a command: number and line.
    async fn suggest(&self, press: &Press, typed: &str) -> Result<Vec<(i64, String)>, PortError>;

    /// How we speak in a room, for the few sentences that are said without a decision.
    fn locale(&self, chat: &str, room: &str) -> Locale;
}

/// One delivery from a chat, as bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    pub chat: String,
    pub key: String,
    pub raw: Vec<u8>,
    pub at: At,
}

/// A delivery that is known already.
#[derive(Debug, Clone, PartialEq)]
#[expect(
    clippy::large_enum_variant,
    reason = "one lives for the length of an acknowledgement, and is never kept in numbers"
)]
pub enum Repeat {
    /// Somebody still works on it.
    Waiting,
    CameTo(crate::domain::press::action::Outcome),
    /// It is over, and what it came to was not kept: it was sent in vain, or an older version was at it.
    Over,
}

/// Proof that a delivery is written down and that we are the ones to work on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    pub chat: String,
    pub key: String,
    pub at: At,
}
