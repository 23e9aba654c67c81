//! Discord. Messages are built with serenity's builders and its verifier checks signed calls; what comes in is decoded
//! leniently into our own types from the bytes that were stored first, and calls and the gateway are our own few lines,
//! because serenity's lose answers, limits and sessions in ways that a bot with replicas cannot live with.

pub mod api;
pub mod check;
pub mod commands;
pub mod door;
pub mod form;
pub mod forum;
pub mod gateway;
pub mod http;
pub mod inbound;
mod kind;
pub mod markdown;
pub mod message;
pub mod settings;
pub mod token;
pub mod turn;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::RwLock;
use std::time::Duration;

use async_trait::async_trait;
use chrono::TimeDelta;
use reqwest::Method;
use secrecy::SecretString;
use serde_json::Value;
use serde_json::json;
use serenity::model::permissions::Permissions;
use tokio::time::Instant;

use crate::chat::discord::api::Api;
use crate::chat::discord::api::Call;
use crate::chat::discord::api::Trouble;
use crate::chat::discord::forum::PostPlace;
pub use crate::chat::discord::kind::KIND;
pub use crate::chat::discord::settings::Settings;
use crate::chat::discord::turn::Turns;
use crate::chat::fetch;
use crate::domain::At;
use crate::domain::lang::Lang;
use crate::domain::people::rights::Circle;
use crate::domain::press::action::Press;
use crate::domain::promise::rules::Named;
use crate::domain::say::text::Locale;
use crate::domain::say::text::Seg;
use crate::domain::say::words;
use crate::domain::show::card::Card;
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
use crate::port::clock::Clock;
use crate::port::shared::Pace;

pub const NAME: &str = "discord";

/// Midnight of 2015-01-01: Discord's ids count milliseconds from here.
const EPOCH_MS: i64 = 1_420_070_400_000;
/// A press that was not answered yet cannot be followed up; it is a moment too early, not too late.
const FRESH_SECONDS: i64 = 10;
/// The answer that is followed may still be on its way; so it is asked again within a second.
const FOLLOW_AGAIN: [Duration; 3] = [
    Duration::from_millis(150),
    Duration::from_millis(300),
    Duration::from_millis(600),
];
/// A thread that nobody writes in hides after a week; it comes back with the next line.
const THREAD_MINUTES: i64 = 10_080;
const THREAD_NAME_UNITS: usize = 100;
const LOOK_BACK_SECONDS: i64 = 10;
/// What says no to a line in a thread and nothing about one in the channel.
const NO_THREAD: [u64; 4] = [
    api::ARCHIVED,
    api::LOCKED,
    api::TOO_MANY_THREADS,
    api::NO_PERMISSION,
];

/// What the bot asks for, each with its reason, and nothing else.
pub const PERMISSIONS: &[(Permissions, &str, &str)] = &[
    (
        Permissions::VIEW_CHANNEL,
        "View Channels",
        "see the channels that it is asked to post in",
    ),
    (
        Permissions::SEND_MESSAGES,
        "Send Messages",
        "post cards and digests",
    ),
    (Permissions::EMBED_LINKS, "Embed Links", "a card is an embed"),
    (
        Permissions::ATTACH_FILES,
        "Attach Files",
        "a digest carries its chart",
    ),
    (
        Permissions::READ_MESSAGE_HISTORY,
        "Read Message History",
        "look for its own message after an answer got lost",
    ),
    (
        Permissions::CREATE_PUBLIC_THREADS,
        "Create Public Threads",
        "a card's story stands in a thread below it",
    ),
    (
        Permissions::SEND_MESSAGES_IN_THREADS,
        "Send Messages in Threads",
        "write that story",
    ),
];

/// All of them in one number, as an invitation carries them.
pub fn permissions() -> u64 {
    PERMISSIONS.iter().fold(0, |all, (one, _, _)| all | one.bits())
}

/// Who we are there; known after the first call.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Identity {
    pub application: String,
    pub bot: String,
}

pub struct DiscordChat {
    api: Api,
    server: String,
    locales: RwLock<BTreeMap<String, Locale>>,
    identity: RwLock<Identity>,
    rooms: forum::Known,
    /// Presses whose first answer is not out yet.
    pub turns: Turns,
}

impl DiscordChat {
    pub fn open(settings: &Settings, pace: Arc<dyn Pace>, clock: Arc<dyn Clock>) -> Result<Self, PortError> {
        let token = settings.bot_token.clone();
        Ok(Self {
            api: Api::open(&settings.api_url, token, pace, clock, settings.paced)?,
            server: settings.server.clone(),
            locales: RwLock::default(),
            identity: RwLock::default(),
            rooms: forum::Known::default(),
            turns: Turns::default(),
        })
    }

    pub fn identity(&self) -> Identity {
        self.identity
            .read()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .clone()
    }

    async fn known(&self) -> Result<Identity, PortError> {
        let known = self.identity();
        if !known.bot.is_empty() {
            return Ok(known);
        }
        let app = self
            .api
            .get("/applications/@me".into(), "get application", "")
            .await?;
        let bot = self.api.get("/users/@me".into(), "get user", "@me").await?;
        let word = |value: &Value| value.get("id").and_then(Value::as_str).map(str::to_owned);
        let (Some(application), Some(bot)) = (word(&app), word(&bot)) else {
            return Err(PortError::later("Discord did not say who we are"));
        };
        let identity = Identity { application, bot };
        *self
            .identity
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner) = identity.clone();
        Ok(identity)
    }

    fn locale(&self, room: &str) -> Locale {
        let locales = self
            .locales
            .read()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let known = locales.get(room).or_else(|| locales.values().next());
        known.copied().unwrap_or(Locale {
            lang: Lang::default(),
            zone: chrono_tz::Tz::UTC,
        })
    }

    async fn create(&self, place: &str, room: &str, body: &Value) -> Result<Value, Trouble> {
        self.create_with(place, room, body, None).await
    }

    async fn create_with(
        &self,
        place: &str,
        room: &str,
        body: &Value,
        picture: Option<&Picture>,
    ) -> Result<Value, Trouble> {
        let path = format!("/channels/{place}/messages");
        // Files need a right of their own: whoever may not send one may still send words.
        let route = match picture {
            Some(_) => "create message with a file",
            None => "create message",
        };
        let call = Call {
            body: Some(body),
            file: picture.map(|picture| (message::PICTURE, &picture.png[..])),
            // A thread that is not there yet says nothing about its room.
            room: (place == room).then_some(room),
            ..Call::new(Method::POST, path, route, place)
        };
        self.api.call(&call).await
    }

    /// A line in the card's thread, which is made when the first line comes. Where there can be none, because it is
    /// locked, or there are too many, or the bot may not, the line answers the card in the channel.
    async fn create_in_thread(&self, post: &Post, card: &str, body: &Value) -> Result<Value, Trouble> {
        let room = post.room.as_str();
        let place = PostPlace::of(room, card);
        if place.is_post {
            return self.create_in_post(post, place, body).await;
        }
        let first = match self.create(card, room, body).await {
            Err(no) if no.code() == api::UNKNOWN_CHANNEL => match self.start_thread(post, card).await {
                Ok(()) => self.create(card, room, body).await,
                Err(no) => Err(no),
            },
            done => done,
        };
        match first {
            Err(no) if NO_THREAD.contains(&no.code()) => {
                tracing::warn!(
                    code = no.code(),
                    "no thread can be had; the line stands in the channel"
                );
                self.create(room, room, &message::create(post, Some(card))).await
            }
            done => done,
        }
    }

    /// The same in a forum, where the card's post is the thread; else where it calls people.
    async fn create_in_post(
        &self,
        post: &Post,
        place: PostPlace<'_>,
        body: &Value,
    ) -> Result<Value, Trouble> {
        let room = post.room.as_str();
        match self.create(place.channel, room, body).await {
            Err(no) if no.code() == api::UNKNOWN_CHANNEL => Err(PortError::gone(no.why()).into()),
            Err(no) if NO_THREAD.contains(&no.code()) => {
                tracing::warn!(
                    code = no.code(),
                    "nothing can be written into a post; the line stands among the forum's notices"
                );
                let Some(forum) = self.forum(room).await? else {
                    return Err(no);
                };
                let elsewhere = self.elsewhere(post, place);
                let body = message::create(&elsewhere, None);
                self.call_in_forum(room, &body, forum).await
            }
            done => done,
        }
    }

    /// A line that does not stand where it belongs says what it is about.
    fn elsewhere(&self, post: &Post, place: PostPlace<'_>) -> Post {
        let mut post = Post {
            thread: None,
            ..post.clone()
        };
        if let Body::Note(note) = &mut post.body {
            note.text.push(Seg::Text("\n".to_owned()));
            note.text.push(Seg::Link {
                label: note.about.clone(),
                url: self.address(place),
            });
        }
        post
    }

    fn address(&self, place: PostPlace<'_>) -> String {
        let PostPlace { channel, message, .. } = place;
        format!("https://discord.com/channels/{}/{channel}/{message}", self.server)
    }

    async fn start_thread(&self, post: &Post, card: &str) -> Result<(), Trouble> {
        let room = post.room.as_str();
        let about = match &post.body {
            Body::Note(note) => words::short_line(&note.about, THREAD_NAME_UNITS),
            Body::Card(_) | Body::Digest(_) => String::new(),
        };
        let name = if about.is_empty() {
            "zeitnah".to_owned()
        } else {
            about
        };
        let body = json!({ "name": name, "auto_archive_duration": THREAD_MINUTES });
        let path = format!("/channels/{room}/messages/{card}/threads");
        let call = Call {
            body: Some(&body),
            room: Some(room),
            ..Call::new(Method::POST, path, "start thread", room)
        };
        match self.api.call(&call).await {
            Ok(_) => Ok(()),
            // Another line was faster, or an answer got lost.
            Err(no) if no.code() == api::HAS_THREAD => Ok(()),
            Err(no) => Err(no),
        }
    }

    async fn look_in_room(&self, post: &Post, since: At, bot: &str) -> Result<Option<String>, Trouble> {
        let Some(_) = self.forum(&post.room).await? else {
            return self.look(&post.room, post, since, bot).await;
        };
        match (&post.thread, &post.body) {
            (None, Body::Card(_)) => self.find_card(post, since, bot).await,
            (None, _) => self.find_in_forum(post, since, bot).await,
            (Some(card), _) => {
                let elsewhere = self.elsewhere(post, PostPlace::of(&post.room, card));
                self.find_in_forum(&elsewhere, since, bot).await
            }
        }
    }

    async fn look(&self, place: &str, post: &Post, since: At, bot: &str) -> Result<Option<String>, Trouble> {
        let after = snowflake(since - TimeDelta::seconds(LOOK_BACK_SECONDS));
        let query = [("after", after), ("limit", "100".to_owned())];
        let call = Call {
            query: &query,
            ..Call::new(
                Method::GET,
                format!("/channels/{place}/messages"),
                "get messages",
                place,
            )
        };
        let answer = self.api.call(&call).await?;
        let ours =
            answer.as_array().into_iter().flatten().filter(|m| {
                m.pointer("/author/id").and_then(Value::as_str) == Some(bot) && message::is(m, post)
            });
        // The oldest one, should there ever be two.
        Ok(ours
            .filter_map(|m| m.get("id").and_then(Value::as_str))
            .min_by_key(|id| markdown::id_number(id))
            .map(str::to_owned))
    }

    /// More private words for a press, while its token lives.
    pub async fn follow_up(&self, answer_to: &str, body: &Value) -> Result<(), PortError> {
        let Some((interaction, path, token)) = way_back(answer_to) else {
            return Err(PortError::never("no way back to the press"));
        };
        let call = Call {
            body: Some(body),
            with_token: false,
            ..Call::new(Method::POST, path, "follow up", token)
        };
        self.turns.wait(interaction).await;
        let mut pauses = FOLLOW_AGAIN.iter();
        loop {
            match self.api.call(&call).await {
                Ok(_) => return Ok(()),
                Err(no) if no.code() == api::UNKNOWN_WEBHOOK && self.is_fresh(interaction) => {
                    let Some(pause) = pauses.next() else {
                        return Err(PortError::later("the press is not answered yet"));
                    };
                    turn::pause(*pause).await;
                }
                Err(no) => return Err(no.into()),
            }
        }
    }

    fn is_fresh(&self, interaction: &str) -> bool {
        let made = markdown::id_number(interaction).and_then(made_at);
        made.is_some_and(|at| self.api.now() - at < TimeDelta::seconds(FRESH_SECONDS))
    }

    /// The address that the developer portal tells Discord to call; without one, presses come by the gateway.
    pub async fn endpoint(&self) -> Result<Option<String>, PortError> {
        let path = "/applications/@me".to_owned();
        let app = self.api.get(path, "get application", "").await?;
        let url = app.get("interactions_endpoint_url").and_then(Value::as_str);
        Ok(url.filter(|url| !url.is_empty()).map(str::to_owned))
    }

    /// The first answer to an interaction that came by the gateway.
    pub async fn answer(
        &self,
        interaction: &str,
        token: &str,
        body: &Value,
        until: Instant,
    ) -> Result<(), Trouble> {
        self.api.answer(interaction, token, body, until).await
    }

    /// Discord refuses the line to whoever has this token; nobody who has it asks again before then.
    pub async fn refuse_line(&self, until: At, why: &str) -> Result<(), PortError> {
        self.api.refuse_line(until, why).await
    }

    pub async fn line_refused_until(&self) -> Result<Option<At>, PortError> {
        self.api.line_refused_until().await
    }

    /// Where the gateway is, and how many sessions may still be begun.
    pub async fn gateway(&self) -> Result<Value, PortError> {
        let answer = self.api.get("/gateway/bot".into(), "get gateway", "").await;
        Ok(answer?)
    }

    pub fn token(&self) -> &SecretString {
        self.api.token()
    }

    /// The circles of one person, for presses that come from outside the server and say nothing about it.
    pub async fn circles_of(&self, user: &str) -> Result<Vec<Circle>, PortError> {
        let path = format!("/guilds/{}/members/{user}", self.server);
        let member = self.api.get(path, "get member", &self.server).await?;
        Ok(inbound::circles(&member, &self.server))
    }

    async fn direct_room(&self, user: &str) -> Result<String, Trouble> {
        let body = json!({ "recipient_id": user });
        let call = Call {
            body: Some(&body),
            ..Call::new(
                Method::POST,
                "/users/@me/channels".into(),
                "open conversation",
                "",
            )
        };
        // Asked twice, Discord answers with the same one: nothing about it is unclear.
        let answer = self.api.call(&call).await?;
        let room = answer.get("id").and_then(Value::as_str);
        room.inspect(|room| self.rooms.is_plain(room))
            .map(str::to_owned)
            .ok_or_else(|| PortError::unclear("Discord opened a conversation without an id").into())
    }

    async fn say_directly(&self, user: &str, told: &Told) -> Result<(), Trouble> {
        let room = self.direct_room(user).await?;
        self.create(&room, "", &message::direct(told)).await.map(drop)
    }

    /// Somebody takes no direct messages: a line that calls them, and says nothing of what it is about.
    async fn call_in_thread(&self, room: &str, card: &str, user: &str) -> Result<(), PortError> {
        let text = self.locale(room).say("told-no-direct", &[]);
        let body = message::call(user, &text);
        let made = match self.create(card, room, &body).await {
            Err(no) if [api::UNKNOWN_CHANNEL, api::NO_MESSAGES].contains(&no.code()) => {
                match self.forum(room).await? {
                    Some(forum) => self.call_in_forum(room, &body, forum).await,
                    None => self.create(room, room, &body).await,
                }
            }
            done => done,
        };
        Ok(made.map(drop)?)
    }
}

#[async_trait]
impl ChatPlatform for DiscordChat {
    fn speak(&self, locales: BTreeMap<String, Locale>) {
        *self
            .locales
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner) = locales;
    }

    fn name(&self) -> &str {
        NAME
    }

    fn can(&self) -> Abilities {
        Abilities {
            keeps_limits: true,
            longest_typed: form::INPUT_UNITS,
            // Whoever wants to see it types /zeitnah home.
            homes: false,
            pictures_first: false,
            // The list needs an intent that reads everybody on the server; each press brings its own person's roles.
            members: false,
        }
    }

    /// Asked once although it may have refused the token a moment ago: whoever starts us may have put it right.
    async fn greet(&self) -> Greeting {
        let call = Call {
            knocks: true,
            ..Call::new(Method::GET, "/users/@me".into(), "get user", "@me")
        };
        match self.api.call(&call).await {
            Ok(_) => Greeting::Taken(vec![]),
            Err(Trouble::No { status: 401, why, .. }) => Greeting::refused(
                format!("Discord does not take the bot token: {why}"),
                "copy the token of the page \"Bot\" in the developer portal again, and see `zeitnah check`",
            ),
            Err(trouble) => Greeting::Silent(trouble.into()),
        }
    }

    async fn introduce(&self) -> Result<(), PortError> {
        let identity = self.known().await?;
        commands::register(&self.api, &identity.application, &self.server).await
    }

    async fn post(&self, post: &Post) -> Result<Option<String>, PortError> {
        let body = message::create(post, None);
        let forum = match &post.thread {
            Some(_) => None,
            None => self.forum(&post.room).await?,
        };
        let made = match (&post.thread, forum, &post.body) {
            (None, Some(forum), Body::Card(card)) => {
                return Ok(Some(self.start_card(post, card, forum).await?));
            }
            (None, Some(forum), _) => return Ok(Some(self.say_in_forum(post, &body, forum).await?)),
            (Some(card), ..) => self.create_in_thread(post, card, &body).await,
            (None, None, _) => {
                self.create_with(&post.room, &post.room, &body, message::picture(post))
                    .await
            }
        };
        match made {
            Ok(answer) => match answer.get("id").and_then(Value::as_str) {
                Some(id) => Ok(Some(id.to_owned())),
                None => Err(PortError::unclear("Discord took a message without saying which")),
            },
            // It knows the nonce, and somebody has deleted that message since.
            Err(no) if no.code() == api::UNKNOWN_MESSAGE && post.thread.is_none() => Ok(None),
            Err(no) => Err(no.into()),
        }
    }

    async fn edit(&self, room: &str, message: &str, key: &str, body: &Body) -> Result<(), PortError> {
        let place = PostPlace::of(room, message);
        let card = match body {
            Body::Card(card) => Some(&**card),
            Body::Note(_) | Body::Digest(_) => None,
        };
        let body = message::edit(body, key);
        if place.is_post {
            return match self.edit_in_post(room, place, &body, card).await {
                Err(Trouble::No {
                    code: api::UNKNOWN_CHANNEL,
                    why,
                    ..
                }) => Err(PortError::gone(why)),
                done => Ok(done?),
            };
        }
        let call = Call {
            body: Some(&body),
            message: Some(message),
            ..self.inside(Method::PATCH, room, place, "edit message")
        };
        Ok(self.api.call(&call).await.map(drop)?)
    }

    async fn find(&self, post: &Post, since: At) -> Result<Lookup, PortError> {
        let bot = self.known().await?.bot;
        let mut found = Ok(None);
        if let Some(card) = &post.thread {
            let place = PostPlace::of(&post.room, card);
            let thread = if place.is_post { place.channel } else { card };
            found = self.look(thread, post, since, &bot).await;
        }
        // No thread, no line in it; the room may hold it still.
        if matches!(found, Ok(None)) || found.as_ref().is_err_and(|no| no.code() == api::UNKNOWN_CHANNEL) {
            found = self.look_in_room(post, since, &bot).await;
        }
        match found {
            Ok(Some(message)) => Ok(Lookup::At(message)),
            Ok(None) => Ok(Lookup::NotThere),
            Err(no) if no.code() == api::UNKNOWN_CHANNEL => Ok(Lookup::NotThere),
            Err(no) if no.closes_room() || no.code() == api::NO_PERMISSION => Ok(Lookup::CannotLook),
            Err(no) => Err(no.into()),
        }
    }

    async fn tidy(&self, room: &str, message: &str, card: &Card) -> Result<(), PortError> {
        let place = PostPlace::of(room, message);
        if !place.is_post {
            return Ok(());
        }
        match self.tidy_post(room, place.channel, card).await {
            // Whoever edits it next notices.
            Err(no) if no.code() == api::UNKNOWN_CHANNEL => Ok(()),
            done => Ok(done?),
        }
    }

    async fn stands(&self, room: &str, message: &str) -> Result<bool, PortError> {
        let place = PostPlace::of(room, message);
        let call = self.inside(Method::GET, room, place, "get message");
        match self.api.call(&call).await {
            Ok(_) => Ok(true),
            Err(no) if no.code() == api::UNKNOWN_MESSAGE => Ok(false),
            // Somebody deleted the post, and the card with it.
            Err(no) if no.code() == api::UNKNOWN_CHANNEL && place.is_post => Ok(false),
            Err(no) => Err(no.into()),
        }
    }

    fn link(&self, room: &str, message: &str) -> Option<String> {
        Some(self.address(PostPlace::of(room, message)))
    }

    async fn whisper(
        &self,
        room: &str,
        user: &str,
        thread: Option<&str>,
        answer_to: Option<&str>,
        told: &Told,
    ) -> Result<(), PortError> {
        if let Some(way) = answer_to {
            match self.follow_up(way, &form::told(told)).await {
                // Too late for it, or never a way: a direct message reaches them as well.
                Err(error) if error.is_no() => {}
                done => return done,
            }
        }
        match (self.say_directly(user, told).await, thread) {
            (Err(no), Some(card)) if api::NO_DIRECT.contains(&no.code()) => {
                self.call_in_thread(room, card, user).await
            }
            // Where they pressed or typed; if that is a conversation with them, it is closed like all others.
            (Err(no), None) if api::NO_DIRECT.contains(&no.code()) && !room.is_empty() => {
                self.call_in_thread(room, room, user).await
            }
            (done, _) => Ok(done?),
        }
    }

    async fn direct(&self, user: &str) -> Result<String, PortError> {
        Ok(self.direct_room(user).await?)
    }

    async fn fetch(&self, place: &str, most: u64) -> Result<Vec<u8>, PortError> {
        let url = self.api.attachment(place)?;
        Ok(fetch::get(url, None, most).await?.bytes)
    }

    async fn profile(&self, user: &str) -> Result<Profile, PortError> {
        let path = format!("/guilds/{}/members/{user}", self.server);
        let member = self.api.get(path, "get member", &self.server).await?;
        let name = inbound::called(&member, user);
        if name == user {
            return Err(PortError::never("Discord answered without a name"));
        }
        // Discord tells nobody's time zone.
        Ok(Profile { name, zone: None })
    }

    fn read(&self, raw: &[u8]) -> Press {
        inbound::read(raw, &self.server)
    }

    async fn check(&self, named: &[Named]) -> Vec<Finding> {
        check::all(&self.api, &self.server, named).await
    }
}

/// The id that something made at this instant would have.
fn snowflake(at: At) -> String {
    let ms = (at.timestamp_millis() - EPOCH_MS).max(0);
    (i128::from(ms) << 22).to_string()
}

fn made_at(id: u64) -> Option<At> {
    let ms = i64::try_from(id >> 22).ok()?;
    chrono::DateTime::from_timestamp_millis(ms + EPOCH_MS)
}

/// `application/interaction/token` as written by `inbound`: the interaction, the address, the token.
fn way_back(answer_to: &str) -> Option<(&str, String, &str)> {
    let mut parts = answer_to.splitn(3, '/');
    let (application, interaction, token) = (parts.next()?, parts.next()?, parts.next()?);
    let plain = |s: &str| {
        !s.is_empty()
            && s.bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
    };
    (plain(application) && plain(token))
        .then(|| (interaction, format!("/webhooks/{application}/{token}"), token))
}
