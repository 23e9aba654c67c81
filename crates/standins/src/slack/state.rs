//! What the stand-in remembers. Plain data behind one lock: every request and every thing a person does reads
//! and writes here, and nothing here ever waits.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::deliver::Sockets;
use super::fault::Kind;
use super::rate::Rates;
use super::settings::Settings;
use crate::chat::fault::Plan;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct User {
    pub id: String,
    pub name: String,
    pub real_name: String,
    pub tz: String,
    pub team_id: String,
    pub deleted: bool,
    pub is_bot: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Group {
    pub id: String,
    pub handle: String,
    pub name: String,
    pub users: Vec<String>,
    pub disabled: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Channel {
    pub id: String,
    pub name: String,
    pub created: i64,
    pub private: bool,
    pub archived: bool,
    pub is_ext_shared: bool,
    /// Everybody in it, the bot too if it was invited.
    pub members: Vec<String>,
    /// Set for a direct message: the person on the other side.
    pub with: Option<String>,
}

/// The arguments that decide what Slack makes of a text: whether words become mentions, whether links unfurl.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Handling {
    pub parse: Option<String>,
    pub link_names: bool,
    pub plain: bool,
    pub unfurl_links: Option<bool>,
    pub unfurl_media: Option<bool>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Message {
    pub ts: String,
    pub channel: String,
    pub user: String,
    pub bot_id: Option<String>,
    pub text: String,
    pub blocks: Vec<Value>,
    pub metadata: Option<Value>,
    pub thread_ts: Option<String>,
    pub broadcast: bool,
    pub client_msg_id: Option<String>,
    pub edited: Option<String>,
    pub deleted: bool,
    pub handling: Handling,
    /// Bumped by every change, so a test can tell a repaired card from an untouched one.
    pub version: u32,
    pub seen: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ephemeral {
    pub ts: String,
    pub channel: String,
    pub user: String,
    pub thread_ts: Option<String>,
    pub text: String,
    pub blocks: Vec<Value>,
    pub deleted: bool,
    pub seen: bool,
}

/// A file that somebody brings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StoredFile {
    pub id: String,
    /// The secret part of its address.
    pub ticket: String,
    pub name: String,
    pub length: u64,
    pub title: Option<String>,
    pub asked: DateTime<Utc>,
    #[serde(with = "in_text")]
    pub bytes: Vec<u8>,
    /// When its bringer said that it is all.
    pub done: Option<DateTime<Utc>>,
    /// From when on a message may show it.
    pub ready: Option<DateTime<Utc>>,
    /// Whoever handed it in, if it was a person.
    #[serde(default)]
    pub by: Option<String>,
}

/// Bytes in JSON, for a demo that goes on where it was.
mod in_text {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use serde::de::Error as _;
    use serde::{Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&STANDARD.encode(bytes))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
        let text = String::deserialize(from)?;
        STANDARD.decode(text).map_err(D::Error::custom)
    }
}

/// A modal as it stands on somebody's screen.
#[derive(Debug, Clone, PartialEq)]
pub struct OpenView {
    pub id: String,
    pub user: String,
    pub root: String,
    pub previous: Option<String>,
    pub hash: String,
    /// As the bot sent it, block ids filled in.
    pub view: Value,
    /// `state.values`: what has been typed and chosen so far.
    pub values: Value,
    pub errors: BTreeMap<String, String>,
}

#[derive(Debug, Clone)]
pub struct Trigger {
    pub user: String,
    pub at: DateTime<Utc>,
    pub used: bool,
    pub view: Option<String>,
}

#[derive(Debug, Clone)]
pub struct ResponseUrl {
    pub user: String,
    pub channel: String,
    pub ts: Option<String>,
    pub ephemeral: bool,
    pub at: DateTime<Utc>,
    pub uses: u32,
}

/// Something that went wrong in front of a person's eyes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Failure {
    pub at: DateTime<Utc>,
    pub user: String,
    pub what: String,
}

/// One Web API call as it was answered; `error` is `None` for `ok: true`.
#[derive(Debug, Clone, PartialEq)]
pub struct ApiCall {
    pub at: DateTime<Utc>,
    pub method: String,
    pub channel: Option<String>,
    pub error: Option<String>,
}

#[derive(Debug, Clone)]
pub struct PendingEvent {
    pub payload: Value,
    pub attempt: u32,
    pub reason: &'static str,
}

pub struct World {
    pub settings: Settings,
    pub users: Vec<User>,
    pub groups: Vec<Group>,
    pub channels: Vec<Channel>,
    pub messages: BTreeMap<String, Vec<Message>>,
    pub ephemerals: Vec<Ephemeral>,
    pub views: BTreeMap<String, Vec<OpenView>>,
    /// What each person's tab of the bot shows.
    pub homes: BTreeMap<String, OpenView>,
    pub files: Vec<StoredFile>,
    pub triggers: HashMap<String, Trigger>,
    pub response_urls: HashMap<String, ResponseUrl>,
    pub failures: Vec<Failure>,
    pub calls: Vec<ApiCall>,
    pub faults: Plan<Kind>,
    pub archived_by_fault: BTreeSet<String>,
    pub rates: Rates,
    pub limited: u64,
    pub unacked_events: Vec<PendingEvent>,
    pub sockets: Sockets,
    pub tickets: BTreeSet<String>,
    /// Where this server is reached, learnt from `serve` or from a Host header.
    pub base: Option<String>,
    pub serial: u64,
    pub last_ts: (i64, u32),
}

impl World {
    pub fn new(settings: Settings) -> Self {
        let bot = User {
            id: settings.bot_user.clone(),
            name: settings.bot_name.clone(),
            real_name: settings.bot_name.clone(),
            tz: "Europe/Berlin".to_owned(),
            team_id: settings.team_id.clone(),
            deleted: false,
            is_bot: true,
        };
        Self {
            settings,
            users: vec![bot],
            groups: Vec::new(),
            channels: Vec::new(),
            messages: BTreeMap::new(),
            ephemerals: Vec::new(),
            views: BTreeMap::new(),
            homes: BTreeMap::new(),
            files: Vec::new(),
            triggers: HashMap::new(),
            response_urls: HashMap::new(),
            failures: Vec::new(),
            calls: Vec::new(),
            faults: Plan::default(),
            archived_by_fault: BTreeSet::new(),
            rates: Rates::default(),
            limited: 0,
            unacked_events: Vec::new(),
            sockets: Sockets::default(),
            tickets: BTreeSet::new(),
            base: None,
            serial: 0,
            last_ts: (0, 0),
        }
    }

    /// A short name nobody else has, in Slack's look.
    pub fn name(&mut self, prefix: &str) -> String {
        self.serial += 1;
        format!("{prefix}{:07}", self.serial)
    }

    /// Unique and growing even while a test's clock stands still: history is sorted and paged by it.
    pub fn ts(&mut self, now: DateTime<Utc>) -> String {
        let second = now.timestamp();
        let (last, fraction) = self.last_ts;
        self.last_ts = match () {
            () if second > last => (second, 100),
            () if fraction >= 999_900 => (last + 1, 100),
            () => (last, fraction + 100),
        };
        format!("{}.{:06}", self.last_ts.0, self.last_ts.1)
    }

    pub fn channel(&self, id: &str) -> Option<&Channel> {
        self.channels.iter().find(|channel| channel.id == id)
    }

    pub fn user(&self, id: &str) -> Option<&User> {
        self.users.iter().find(|user| user.id == id)
    }

    pub fn user_name(&self, id: &str) -> String {
        self.user(id)
            .map_or_else(|| id.to_owned(), |user| user.name.clone())
    }

    pub fn group(&self, id: &str) -> Option<&Group> {
        self.groups.iter().find(|group| group.id == id)
    }

    pub fn message(&self, channel: &str, ts: &str) -> Option<&Message> {
        self.messages.get(channel)?.iter().find(|m| m.ts == ts)
    }

    pub fn message_mut(&mut self, channel: &str, ts: &str) -> Option<&mut Message> {
        self.messages.get_mut(channel)?.iter_mut().find(|m| m.ts == ts)
    }

    pub fn put(&mut self, message: Message) {
        self.messages
            .entry(message.channel.clone())
            .or_default()
            .push(message);
    }

    pub fn fail(&mut self, at: DateTime<Utc>, user: &str, what: impl Into<String>) {
        self.failures.push(Failure {
            at,
            user: user.to_owned(),
            what: what.into(),
        });
    }

    /// The direct message with a person, made when nobody has opened it yet.
    pub fn direct(&mut self, user: &str, now: DateTime<Utc>) -> String {
        if let Some(open) = self.channels.iter().find(|c| c.with.as_deref() == Some(user)) {
            return open.id.clone();
        }
        let id = format!("D{}", user.trim_start_matches(['U', 'W']));
        self.channels.push(Channel {
            id: id.clone(),
            name: self.user_name(user),
            created: now.timestamp(),
            private: true,
            archived: false,
            is_ext_shared: false,
            members: vec![user.to_owned(), self.settings.bot_user.clone()],
            with: Some(user.to_owned()),
        });
        id
    }
}
