//! What the stand-in remembers. Plain data behind one lock: every request and every thing a person does reads
//! and writes here, and nothing here ever waits.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::collections::HashMap;

use chrono::DateTime;
use chrono::Utc;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Value;

use super::deliver::Gateway;
use super::fault::Kind;
use super::mention::Ping;
use super::multipart::Attachment;
use super::permission;
use super::rate::Rates;
use super::settings::Settings;
use crate::chat::fault::Plan;

pub const TEXT: u8 = 0;
pub const DIRECT: u8 = 1;
pub const PUBLIC_THREAD: u8 = 11;
pub const FORUM: u8 = 15;

/// Discord counts milliseconds from the beginning of 2015.
const EPOCH_MS: i64 = 1_420_070_400_000;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct User {
    pub id: String,
    pub name: String,
    pub display_name: String,
    pub roles: Vec<String>,
    pub bot: bool,
    /// Takes no direct messages from this server.
    pub closed: bool,
    /// Not in the server (any more).
    pub away: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Role {
    pub id: String,
    pub name: String,
    pub permissions: u64,
    pub mentionable: bool,
    pub managed: bool,
}

/// For one role or one member.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Overwrite {
    pub id: String,
    pub allow: u64,
    pub deny: u64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Thread {
    pub owner: String,
    pub archived: bool,
    pub locked: bool,
    pub auto_archive: u64,
    pub changed: DateTime<Utc>,
    /// Of a forum's post, by their ids.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Stands above all others of its forum.
    #[serde(default)]
    pub pinned: bool,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Tag {
    pub id: String,
    pub name: String,
    /// Only for those who may manage threads.
    pub moderated: bool,
    pub emoji: Option<String>,
}

/// What a channel has that takes posts and no messages.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Forum {
    pub tags: Vec<Tag>,
    /// A post without a tag is refused.
    pub requires_tag: bool,
    /// Words that the server's moderation takes in no title.
    #[serde(default)]
    pub blocked: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Channel {
    pub id: String,
    pub kind: u8,
    pub name: String,
    pub parent: Option<String>,
    pub overwrites: Vec<Overwrite>,
    pub thread: Option<Thread>,
    #[serde(default)]
    pub forum: Option<Forum>,
    /// Set for a direct message: the person on the other side.
    pub with: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Message {
    pub id: String,
    pub channel: String,
    pub author: String,
    /// 0 said, 19 reply, 20 answer to a command.
    pub kind: u8,
    pub content: String,
    pub embeds: Vec<Value>,
    #[serde(default)]
    pub attachments: Vec<Attachment>,
    pub components: Vec<Value>,
    pub flags: u64,
    /// As it was sent; null when it was left out, which means that everything pings.
    pub allowed_mentions: Value,
    pub nonce: Option<Value>,
    pub reply_to: Option<String>,
    pub at: DateTime<Utc>,
    pub edited: Option<DateTime<Utc>>,
    pub deleted: bool,
    /// The one person who sees an ephemeral message.
    pub only_for: Option<String>,
    /// Which interaction it answers.
    pub interaction: Option<Value>,
    pub pings: BTreeSet<Ping>,
    /// Bumped by every change, so a test can tell a repaired card from an untouched one.
    pub version: u32,
    pub seen: bool,
    /// Who had it on their screen.
    pub read_by: BTreeSet<String>,
}

/// A form as it stands on somebody's screen.
#[derive(Debug, Clone, PartialEq)]
pub struct Modal {
    pub id: String,
    pub user: String,
    pub custom_id: String,
    pub title: String,
    pub components: Vec<Value>,
    pub channel: String,
    /// The message whose button opened it.
    pub message: Option<String>,
}

#[derive(Debug, Clone)]
pub struct Interaction {
    pub id: String,
    pub token: String,
    /// 1 ping, 2 command, 3 component, 4 autocomplete, 5 form.
    pub kind: u8,
    pub user: String,
    pub channel: String,
    /// The message of the pressed component.
    pub source: Option<String>,
    pub metadata: Value,
    pub at: DateTime<Utc>,
    /// The person's patience is over.
    pub expired: bool,
    /// The type of the first answer.
    pub answered: Option<u64>,
    /// The message that `@original` means.
    pub original: Option<String>,
    pub choices: Vec<Value>,
}

/// Something that went wrong in front of a person's eyes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Failure {
    pub at: DateTime<Utc>,
    pub user: String,
    pub what: String,
}

/// One request as it was answered.
#[derive(Debug, Clone, PartialEq)]
pub struct ApiCall {
    pub at: DateTime<Utc>,
    pub name: String,
    pub channel: Option<String>,
    pub status: u16,
    /// Discord's own code; none when it went well.
    pub code: Option<u32>,
}

pub struct World {
    pub settings: Settings,
    pub users: Vec<User>,
    pub roles: Vec<Role>,
    pub channels: Vec<Channel>,
    pub messages: BTreeMap<String, Vec<Message>>,
    pub commands: Vec<Value>,
    /// Creations since the server began; Discord allows 200 a day.
    pub created_commands: u32,
    pub interactions: HashMap<String, Interaction>,
    pub modals: BTreeMap<String, Modal>,
    /// What was attached, by the attachment's id.
    pub files: BTreeMap<String, Vec<u8>>,
    /// What people have on their devices to hand in: name and who, by the id that it gets.
    pub held: BTreeMap<String, (String, String)>,
    pub failures: Vec<Failure>,
    pub calls: Vec<ApiCall>,
    pub odd: Vec<String>,
    pub faults: Plan<Kind>,
    pub rates: Rates,
    pub gateway: Gateway,
    /// Where this server is reached, learnt from `Discord::serve` or from a Host header.
    pub base: Option<String>,
    pub last_id: u64,
}

impl World {
    pub fn new(settings: Settings, now: DateTime<Utc>) -> Self {
        let role = |id: &str, name: &str, permissions: u64, managed: bool| Role {
            id: id.to_owned(),
            name: name.to_owned(),
            permissions,
            mentionable: false,
            managed,
        };
        let mut world = Self {
            users: Vec::new(),
            roles: vec![role(&settings.guild_id, "@everyone", permission::EVERYONE, false)],
            channels: Vec::new(),
            messages: BTreeMap::new(),
            commands: Vec::new(),
            created_commands: 0,
            interactions: HashMap::new(),
            modals: BTreeMap::new(),
            files: BTreeMap::new(),
            held: BTreeMap::new(),
            failures: Vec::new(),
            calls: Vec::new(),
            odd: Vec::new(),
            faults: Plan::default(),
            rates: Rates::default(),
            gateway: Gateway::default(),
            base: None,
            last_id: 0,
            settings,
        };
        let id = world.id(now);
        let own = role(
            &id,
            &world.settings.bot_name,
            world.settings.bot_permissions,
            true,
        );
        world.roles.push(own);
        world.users.push(User {
            id: world.settings.application_id.clone(),
            name: world.settings.bot_name.clone(),
            display_name: world.settings.bot_name.clone(),
            roles: vec![id],
            bot: true,
            closed: false,
            away: false,
        });
        world
    }

    /// A snowflake of the outside clock: unique and growing even while that stands still.
    pub fn id(&mut self, now: DateTime<Utc>) -> String {
        let ms = u64::try_from(now.timestamp_millis() - EPOCH_MS).unwrap_or(0);
        self.last_id = (ms << 22).max(self.last_id + 1);
        self.last_id.to_string()
    }

    pub fn bot(&self) -> &str {
        &self.settings.application_id
    }

    pub fn channel(&self, id: &str) -> Option<&Channel> {
        self.channels.iter().find(|channel| channel.id == id)
    }

    pub fn channel_mut(&mut self, id: &str) -> Option<&mut Channel> {
        self.channels.iter_mut().find(|channel| channel.id == id)
    }

    pub fn user(&self, id: &str) -> Option<&User> {
        self.users.iter().find(|user| user.id == id)
    }

    pub fn user_name(&self, id: &str) -> String {
        self.user(id)
            .map_or_else(|| id.to_owned(), |user| user.display_name.clone())
    }

    pub fn role(&self, id: &str) -> Option<&Role> {
        self.roles.iter().find(|role| role.id == id)
    }

    /// What is there, deleted ones not.
    pub fn message(&self, channel: &str, id: &str) -> Option<&Message> {
        let mut all = self.messages.get(channel)?.iter();
        all.find(|m| m.id == id && !m.deleted)
    }

    pub fn message_mut(&mut self, channel: &str, id: &str) -> Option<&mut Message> {
        let mut all = self.messages.get_mut(channel)?.iter_mut();
        all.find(|m| m.id == id && !m.deleted)
    }

    pub fn put(&mut self, message: Message) {
        self.messages
            .entry(message.channel.clone())
            .or_default()
            .push(message);
    }

    pub fn remove(&mut self, channel: &str, id: &str) -> bool {
        let Some(message) = self.message_mut(channel, id) else {
            return false;
        };
        message.deleted = true;
        message.version += 1;
        true
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
        let id = self.id(now);
        self.channels.push(Channel {
            id: id.clone(),
            kind: DIRECT,
            name: self.user_name(user),
            parent: None,
            overwrites: Vec::new(),
            thread: None,
            forum: None,
            with: Some(user.to_owned()),
        });
        id
    }
}

/// When a snowflake was made.
pub fn made(id: &str) -> Option<DateTime<Utc>> {
    let ms = i64::try_from(id.parse::<u64>().ok()? >> 22).ok()?;
    DateTime::from_timestamp_millis(ms + EPOCH_MS)
}
