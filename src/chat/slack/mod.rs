//! Slack. Outgoing calls go through slack-morphism's client with our own bodies and our own sorting of errors; what
//! comes in is decoded leniently into our own types from the bytes that were stored first, because strict types lose
//! or refuse real payloads.

pub mod api;
pub mod blocks;
pub mod check;
pub mod door;
mod file;
pub mod greet;
pub mod http;
pub mod inbound;
mod kind;
pub mod segments;
pub mod settings;
pub mod socket;
pub mod upload;
pub mod view;

use std::sync::Arc;
use std::sync::RwLock;

use async_trait::async_trait;
use secrecy::SecretString;
use serde_json::Value;
use serde_json::json;

use crate::chat::slack::api::Api;
pub use crate::chat::slack::kind::KIND;
pub use crate::chat::slack::settings::Settings;
use crate::chat::slack::settings::Way;
use crate::domain::At;
use crate::domain::people::rights::Circle;
use crate::domain::press::action::Press;
use crate::domain::press::form::Form;
use crate::domain::promise::rules::Named;
use crate::domain::say::text::Seg;
use crate::domain::say::text::flat;
use crate::domain::show::home::Home;
use crate::domain::show::row::Told;
use crate::port::PortError;
use crate::port::chat::Abilities;
use crate::port::chat::Body;
use crate::port::chat::ChatPlatform;
use crate::port::chat::Finding;
use crate::port::chat::Greeting;
use crate::port::chat::Lookup;
use crate::port::chat::Picture;
use crate::port::chat::Post;
use crate::port::chat::Profile;

pub const NAME: &str = "slack";

/// What the app asks for, each with its reason. `bot-manifest.yaml` is held against this by a test.
pub const SCOPES: &[(&str, &str)] = &[
    ("chat:write", "cards, notes, private answers"),
    ("commands", "/zeitnah"),
    ("channels:read", "name, archived, shared, members"),
    ("groups:read", "the same for private channels"),
    ("usergroups:read", "rights and pings"),
    ("users:read", "names and time zones"),
    ("im:write", "direct messages on escalation"),
    ("files:write", "the chart of a digest"),
    (
        "files:read",
        "the file that an admin hands in with /zeitnah import, and whether Slack has taken in the chart of a digest",
    ),
];

pub const COMMANDS: &[&str] = &["/zeitnah"];

pub const EVENTS: &[&str] = &[
    "app_uninstalled",
    "tokens_revoked",
    "channel_archive",
    "channel_unarchive",
    "group_archive",
    "group_unarchive",
    "channel_id_changed",
    "member_joined_channel",
    "member_left_channel",
    "subteam_members_changed",
    "subteam_updated",
    "app_home_opened",
];

/// Who we are there; known after the first `auth.test`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Identity {
    pub team: String,
    pub bot_user: String,
    /// For example `https://team.slack.com/`.
    pub url: String,
}

pub struct SlackChat {
    api: Api,
    read_back: bool,
    /// Where a line is asked for and with which token, where we hold one.
    line: Option<(String, SecretString)>,
    identity: Arc<RwLock<Identity>>,
}

impl SlackChat {
    pub fn open(settings: &Settings) -> Result<Self, PortError> {
        let line = match &settings.way {
            Way::Socket { app_token, .. } => Some((settings.api_url.clone(), app_token.clone())),
            Way::Http { .. } => None,
        };
        Ok(Self {
            read_back: settings.read_back,
            line,
            ..Self::asking(&settings.api_url, &settings.bot_token)?
        })
    }

    /// For whoever only asks, and hears of no press.
    pub fn asking(api_url: &str, bot_token: &SecretString) -> Result<Self, PortError> {
        Ok(Self {
            api: Api::open(api_url, bot_token)?,
            read_back: false,
            line: None,
            identity: Arc::default(),
        })
    }

    /// Asks Slack who we are. Needed before presses can be told from those of another company's people.
    async fn ask_who_we_are(&self) -> Result<(), PortError> {
        let answer = self.api.read("auth.test", &[]).await?;
        let word = |key: &str| {
            answer
                .get(key)
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        let identity = Identity {
            team: word("team_id"),
            bot_user: word("user_id"),
            url: word("url"),
        };
        *self
            .identity
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner) = identity;
        Ok(())
    }

    /// A delivery whose payload and key are known already.
    pub(crate) fn decode(&self, key: String, payload: Option<&Value>) -> Press {
        inbound::decode(key, payload, &self.identity().team)
    }

    pub fn identity(&self) -> Identity {
        self.identity
            .read()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .clone()
    }

    /// Opens a form within the few seconds that a press allows.
    pub async fn show(&self, opener: &str, form: &Form) -> Result<(), PortError> {
        let body = json!({ "trigger_id": opener, "view": view::modal(form) });
        self.api.write("views.open", &body).await.map(|_| ())
    }

    async fn direct_room(&self, user: &str) -> Result<String, PortError> {
        let answer = self
            .api
            .write("conversations.open", &json!({ "users": user }))
            .await?;
        let room = answer.pointer("/channel/id").and_then(Value::as_str);
        room.map(str::to_owned)
            .ok_or_else(|| PortError::unclear("conversations.open answered without a channel"))
    }
}

#[async_trait]
impl ChatPlatform for SlackChat {
    fn name(&self) -> &str {
        NAME
    }

    fn can(&self) -> Abilities {
        Abilities {
            keeps_limits: false,
            longest_typed: view::INPUT_UNITS,
            homes: true,
            pictures_first: true,
            members: true,
        }
    }

    async fn greet(&self) -> Greeting {
        let greeting = match self.api.greet().await {
            Ok(greeting) => {
                let lacking = greeting.scopes.iter().flat_map(check::lacking);
                Greeting::Taken(lacking.map(|name| check::scope(name, &[])).collect())
            }
            Err(PortError::Denied { why }) => {
                return Greeting::refused(
                    format!("Slack does not take the bot token: {why}"),
                    "copy the Bot User OAuth Token (xoxb-…) of the installed app again, and see `zeitnah check`",
                );
            }
            Err(error) => Greeting::Silent(error),
        };
        if let Some((api_url, app_token)) = &self.line
            && let Err(PortError::Denied { why }) = greet::line(api_url, app_token).await
        {
            return Greeting::refused(
                format!("Slack does not take the app-level token: {why}"),
                "make one with connections:write under \"Basic Information\" (xapp-…), and see `zeitnah check`",
            );
        }
        greeting
    }

    async fn introduce(&self) -> Result<(), PortError> {
        self.ask_who_we_are().await
    }

    async fn post(&self, post: &Post) -> Result<Option<String>, PortError> {
        let body = blocks::message(post);
        let Some(answer) = self.api.write_once("chat.postMessage", &body).await? else {
            return Ok(None);
        };
        match answer.get("ts").and_then(Value::as_str) {
            Some(ts) => Ok(Some(ts.to_owned())),
            None => Err(PortError::unclear("chat.postMessage answered without ts")),
        }
    }

    async fn upload(&self, picture: &Picture) -> Result<String, PortError> {
        upload::upload(&self.api, picture).await
    }

    async fn can_show(&self, uploaded: &str) -> Result<bool, PortError> {
        upload::is_processed(&self.api, uploaded).await
    }

    async fn edit(&self, room: &str, message: &str, key: &str, body: &Body) -> Result<(), PortError> {
        self.api
            .write("chat.update", &blocks::update(room, message, key, body))
            .await
            .map(|_| ())
    }

    async fn find(&self, post: &Post, since: At) -> Result<Lookup, PortError> {
        if !self.read_back {
            return Ok(Lookup::CannotLook);
        }
        let oldest = (since - chrono::TimeDelta::minutes(5)).timestamp().to_string();
        let mut args = vec![
            ("channel", post.room.as_str()),
            ("oldest", oldest.as_str()),
            ("inclusive", "true"),
            ("include_all_metadata", "true"),
            ("limit", "200"),
        ];
        let method = match &post.thread {
            Some(thread) => {
                args.push(("ts", thread));
                "conversations.replies"
            }
            None => "conversations.history",
        };
        let wanted = blocks::mark(post);
        match self.api.read(method, &args).await {
            Ok(answer) => {
                let messages = answer.get("messages").and_then(Value::as_array);
                // The oldest one, should there ever be two.
                let found = messages.into_iter().flatten().filter(|m| {
                    m.pointer("/metadata/event_payload/k").and_then(Value::as_str) == Some(wanted.as_str())
                });
                let ts = found.filter_map(|m| m.get("ts").and_then(Value::as_str)).min();
                Ok(ts.map_or(Lookup::NotThere, |ts| Lookup::At(ts.to_owned())))
            }
            Err(PortError::Denied { .. } | PortError::Never { .. }) => Ok(Lookup::CannotLook),
            Err(PortError::Gone { .. }) => Ok(Lookup::NotThere),
            Err(e) => Err(e),
        }
    }

    async fn stands(&self, room: &str, message: &str) -> Result<bool, PortError> {
        let args = [("channel", room), ("message_ts", message)];
        match self.api.read("chat.getPermalink", &args).await {
            Ok(_) => Ok(true),
            Err(PortError::Gone { .. }) => Ok(false),
            Err(e) => Err(e),
        }
    }

    fn link(&self, room: &str, message: &str) -> Option<String> {
        let url = self.identity().url;
        let base = url.strip_suffix('/').unwrap_or(&url);
        (!base.is_empty()).then(|| format!("{base}/archives/{room}/p{}", message.replace('.', "")))
    }

    async fn whisper(
        &self,
        room: &str,
        user: &str,
        thread: Option<&str>,
        answer_to: Option<&str>,
        told: &Told,
    ) -> Result<(), PortError> {
        let body = blocks::whisper(room, user, thread, told);
        let said = match room {
            // Pressed at home, where no room is.
            "" => Err(PortError::never("there is no room")),
            _ => self.api.whisper("chat.postEphemeral", &body).await,
        };
        match said {
            // Not in the room, or there is no room (a command in a direct message): the press's own way back.
            Err(error) if error.is_no() => {
                if let Some(url) = answer_to
                    && self.api.answer(url, &blocks::answer(told)).await.is_ok()
                {
                    return Ok(());
                }
                let room = self.direct_room(user).await?;
                self.api
                    .whisper("chat.postMessage", &blocks::direct(&room, told))
                    .await
            }
            done => done,
        }
    }

    async fn show_home(
        &self,
        user: &str,
        home: &Home,
        seal: Option<&str>,
    ) -> Result<Option<String>, PortError> {
        let mut body = json!({ "user_id": user, "view": blocks::home(home) });
        if let Some(seal) = seal {
            body["hash"] = json!(seal);
        }
        let answer = self.api.write("views.publish", &body).await?;
        let hash = answer.pointer("/view/hash").and_then(Value::as_str);
        Ok(hash.map(str::to_owned))
    }

    async fn direct(&self, user: &str) -> Result<String, PortError> {
        self.direct_room(user).await
    }

    async fn members(&self, circle: &Circle) -> Result<Vec<String>, PortError> {
        let mut out = Vec::new();
        let mut cursor = String::new();
        // 200 pages of 200: a circle beyond that is a mistake in configuration, not a team.
        for _ in 0..200 {
            let (method, list, args) = match circle {
                Circle::Group(id) => ("usergroups.users.list", "users", vec![("usergroup", id.as_str())]),
                Circle::Room(id) => (
                    "conversations.members",
                    "members",
                    vec![
                        ("channel", id.as_str()),
                        ("limit", "200"),
                        ("cursor", cursor.as_str()),
                    ],
                ),
            };
            let answer = self.api.read(method, &args).await?;
            let people = answer.get(list).and_then(Value::as_array).into_iter().flatten();
            out.extend(people.filter_map(Value::as_str).map(str::to_owned));
            let next = answer
                .pointer("/response_metadata/next_cursor")
                .and_then(Value::as_str)
                .unwrap_or_default();
            if next.is_empty() {
                break;
            }
            cursor = next.to_owned();
        }
        Ok(out)
    }

    async fn fetch(&self, place: &str, most: u64) -> Result<Vec<u8>, PortError> {
        file::fetch(&self.api, place, most).await
    }

    async fn profile(&self, user: &str) -> Result<Profile, PortError> {
        let answer = self.api.read("users.info", &[("user", user)]).await?;
        let places = [
            "/user/profile/display_name",
            "/user/real_name",
            "/user/profile/real_name",
            "/user/name",
        ];
        let names = places
            .iter()
            .filter_map(|p| answer.pointer(p))
            .filter_map(Value::as_str);
        let name = names
            .map(|n| crate::domain::say::words::short_line(n, 60))
            .find(|n| !n.is_empty());
        let zone = answer.pointer("/user/tz").and_then(Value::as_str);
        Ok(Profile {
            name: name.ok_or_else(|| PortError::never("users.info answered without a name"))?,
            zone: zone.and_then(|name| name.parse().ok()),
        })
    }

    fn read(&self, raw: &[u8]) -> Press {
        inbound::read(raw, &self.identity().team)
    }

    async fn check(&self, named: &[Named]) -> Vec<Finding> {
        check::all(&self.api, named).await
    }
}

/// Where somebody is named until the line has its length: no name is cut, and no word of others becomes one.
const NAMED: char = '\u{fffc}';

/// A sentence as one plain line, for `text` beside blocks: what a notification shows. It names whom the blocks name.
pub(crate) fn plain(text: &[Seg]) -> String {
    let mut line = String::new();
    let mut named = Vec::new();
    for seg in text {
        match seg {
            Seg::Ping(mention) => {
                if let Some(name) = segments::named(mention) {
                    line.push(NAMED);
                    named.push(name);
                }
            }
            other => line.push_str(&flat(std::slice::from_ref(other)).replace(NAMED, "")),
        }
    }
    let line = segments::escape(&crate::domain::say::words::short_line(
        &line.replace('\n', " "),
        290,
    ));
    let mut parts = line.split(NAMED);
    let first = parts.next().unwrap_or_default().to_owned();
    parts
        .zip(named)
        .fold(first, |line, (rest, name)| line + &name + rest)
}
