//! Rooms that are forums: one post per card, with a tag that says how far it is, put away when it is dealt with. A forum
//! takes no plain messages, so what is about no single card stands in two posts of its own that are used again and again.
//! No nonce tells a repeated post here: what may be there already is looked for before it is made.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::PoisonError;
use std::sync::RwLock;

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::Value;
use serde_json::json;

use crate::chat::discord::DiscordChat;
use crate::chat::discord::LOOK_BACK_SECONDS;
use crate::chat::discord::THREAD_MINUTES;
use crate::chat::discord::api;
use crate::chat::discord::api::Call;
use crate::chat::discord::api::Trouble;
use crate::chat::discord::markdown;
use crate::chat::discord::message;
use crate::chat::discord::snowflake;
use crate::domain::At;
use crate::domain::lang::Lang;
use crate::domain::say::words;
use crate::domain::show::card::Card;
use crate::domain::show::card::Stage;
use crate::port::PortError;
use crate::port::chat::Body;
use crate::port::chat::Post;

/// Forums, and media channels, which are forums that look otherwise.
const KINDS: [u64; 2] = [15, 16];
const NAME_UNITS: usize = 100;
const TAGS: usize = 20;
const TAGS_OF_POST: usize = 5;
/// Flags of a forum and of a post.
const REQUIRE_TAG: u64 = 1 << 4;
const PINNED: u64 = 1 << 1;
/// What is missing is looked for again, and made, this often.
const AGAIN: TimeDelta = TimeDelta::minutes(5);
/// What is dealt with and was taken out to be looked at goes away again after an hour by itself.
const OVER_MINUTES: i64 = 60;
/// Nobody else makes the same while one is at it.
const MAKING: TimeDelta = TimeDelta::seconds(30);
/// A post that somebody has locked is tried again seldom: it takes a person to open it.
const LOCKED_SECONDS: i64 = 600;
/// What is put away is listed a hundred at a time; older ones than these are not looked for.
const PAGES: usize = 5;

/// How far a post is, or what it is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    Stage(Stage),
    Shared,
}

impl Purpose {
    pub const ALL: [Self; 5] = [
        Self::Stage(Stage::Open),
        Self::Stage(Stage::Taken),
        Self::Stage(Stage::Answered),
        Self::Stage(Stage::Handled),
        Self::Shared,
    ];

    pub fn name(self, lang: Lang) -> String {
        let key = match self {
            Self::Stage(Stage::Open) => "tag-open",
            Self::Stage(Stage::Taken) => "tag-taken",
            Self::Stage(Stage::Answered) => "tag-answered",
            Self::Stage(Stage::Handled) => "tag-handled",
            Self::Shared => "tag-overview",
        };
        lang.text(key, &[])
    }

    /// Somebody may have written it in either language, and large or small.
    fn is_called(self, name: &str) -> bool {
        let name = name.trim().to_lowercase();
        [Lang::De, Lang::En]
            .into_iter()
            .any(|lang| self.name(lang).to_lowercase() == name)
    }
}

/// A tag of a forum that is one of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    pub id: String,
    pub purpose: Purpose,
    /// Only for those who may manage threads.
    pub is_moderated: bool,
}

/// What we have to know of a forum.
#[derive(Debug, Clone)]
pub struct Forum {
    pub tags: Vec<Tag>,
    /// As Discord lists all of them, for when ours are added.
    listed: Vec<Value>,
    /// When it was last tried to get what is missing.
    tried_at: Option<At>,
}

impl Forum {
    /// None where the channel takes messages.
    pub fn read(channel: &Value) -> Option<Self> {
        let kind = channel.get("type").and_then(Value::as_u64);
        kind.filter(|kind| KINDS.contains(kind))?;
        let listed = channel.get("available_tags").and_then(Value::as_array);
        let listed = listed.cloned().unwrap_or_default();
        let ours = |tag: &Value| {
            let name = tag.get("name").and_then(Value::as_str)?;
            Some(Tag {
                id: tag.get("id").and_then(Value::as_str)?.to_owned(),
                purpose: Purpose::ALL.into_iter().find(|purpose| purpose.is_called(name))?,
                is_moderated: tag.get("moderated").and_then(Value::as_bool) == Some(true),
            })
        };
        Some(Self {
            tags: listed.iter().filter_map(ours).collect(),
            listed,
            tried_at: None,
        })
    }

    pub fn tag(&self, purpose: Purpose) -> Option<&Tag> {
        self.tags.iter().find(|tag| tag.purpose == purpose)
    }

    pub fn missing(&self) -> Vec<Purpose> {
        let missing = Purpose::ALL
            .into_iter()
            .filter(|purpose| self.tag(*purpose).is_none());
        missing.collect()
    }

    pub fn has_room_for(&self, more: usize) -> bool {
        self.listed.len() + more <= TAGS
    }

    fn is_ours(&self, id: &str) -> bool {
        self.tags.iter().any(|tag| tag.id == id)
    }
}

/// Whether a post without a tag is refused.
pub fn requires_tag(channel: &Value) -> bool {
    let flags = channel.get("flags").and_then(Value::as_u64);
    flags.is_some_and(|flags| flags & REQUIRE_TAG != 0)
}

/// What stands in a forum and is no card: what has to be read, and whoever is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Shared {
    Overview,
    Notices,
}

impl Shared {
    fn of(body: &Body) -> Self {
        match body {
            Body::Digest(_) => Self::Overview,
            Body::Card(_) | Body::Note(_) => Self::Notices,
        }
    }

    fn key(self) -> &'static str {
        match self {
            Self::Overview => "forum-overview",
            Self::Notices => "forum-notices",
        }
    }

    fn is_called(self, name: &str) -> bool {
        [Lang::De, Lang::En]
            .into_iter()
            .any(|lang| lang.text(self.key(), &[]) == name)
    }
}

/// What was learnt about rooms; it goes stale, and then Discord says no.
#[derive(Default)]
pub struct Known {
    /// None: it takes messages.
    rooms: RwLock<HashMap<String, Option<Arc<Forum>>>>,
    shared: RwLock<HashMap<(String, Shared), String>>,
}

impl Known {
    /// A conversation with one person is no forum.
    pub fn is_plain(&self, room: &str) {
        self.learn(room, None);
    }

    fn room(&self, room: &str) -> Option<Option<Arc<Forum>>> {
        let rooms = self.rooms.read().unwrap_or_else(PoisonError::into_inner);
        rooms.get(room).cloned()
    }

    fn learn(&self, room: &str, forum: Option<Arc<Forum>>) {
        let mut rooms = self.rooms.write().unwrap_or_else(PoisonError::into_inner);
        rooms.insert(room.to_owned(), forum);
    }

    fn forget(&self, room: &str) {
        let mut rooms = self.rooms.write().unwrap_or_else(PoisonError::into_inner);
        rooms.remove(room);
    }

    fn shared(&self, room: &str, which: Shared) -> Option<String> {
        let shared = self.shared.read().unwrap_or_else(PoisonError::into_inner);
        shared.get(&(room.to_owned(), which)).cloned()
    }

    fn share(&self, room: &str, which: Shared, post: Option<&str>) {
        let mut shared = self.shared.write().unwrap_or_else(PoisonError::into_inner);
        match post {
            Some(post) => shared.insert((room.to_owned(), which), post.to_owned()),
            None => shared.remove(&(room.to_owned(), which)),
        };
    }
}

/// Where a message of ours stands. In a forum each post is a place of its own, and the id that we keep says which:
/// `post/message`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PostPlace<'a> {
    pub channel: &'a str,
    pub message: &'a str,
    pub is_post: bool,
}

impl<'a> PostPlace<'a> {
    pub fn of(room: &'a str, message: &'a str) -> Self {
        match message.split_once('/') {
            Some((channel, message)) => Self {
                channel,
                message,
                is_post: true,
            },
            None => Self {
                channel: room,
                message,
                is_post: false,
            },
        }
    }
}

fn kept(post: &str, message: &str) -> String {
    format!("{post}/{message}")
}

fn id(value: &Value) -> Option<&str> {
    value.get("id").and_then(Value::as_str)
}

fn is_archived(thread: &Value) -> bool {
    thread
        .pointer("/thread_metadata/archived")
        .and_then(Value::as_bool)
        == Some(true)
}

fn applied(thread: &Value) -> Vec<String> {
    let tags = thread.get("applied_tags").and_then(Value::as_array);
    let tags = tags.into_iter().flatten().filter_map(Value::as_str);
    tags.map(str::to_owned).collect()
}

impl DiscordChat {
    /// What kind of room it is, asked once.
    pub(super) async fn forum(&self, room: &str) -> Result<Option<Arc<Forum>>, Trouble> {
        match self.rooms.room(room) {
            Some(known) => Ok(known),
            None => match self.read_room(room).await {
                // What is wrong with it shows as soon as something is posted there.
                Err(Trouble::No { .. }) => Ok(None),
                read => read,
            },
        }
    }

    async fn read_room(&self, room: &str) -> Result<Option<Arc<Forum>>, Trouble> {
        let path = format!("/channels/{room}");
        let channel = self.api.get(path, "get channel", room).await?;
        let forum = Forum::read(&channel).map(Arc::new);
        self.rooms.learn(room, forum.clone());
        Ok(forum)
    }

    /// The forum with a tag for this purpose, where there is one or one can be made.
    async fn with_tag(&self, room: &str, forum: Arc<Forum>, purpose: Purpose) -> Result<Arc<Forum>, Trouble> {
        let now = self.api.now();
        if forum.tag(purpose).is_some() || forum.tried_at.is_some_and(|at| now - at < AGAIN) {
            return Ok(forum);
        }
        // Somebody may have made it meanwhile: a person, or another replica.
        let read = self.read_room(room).await?;
        let Some(mut forum) = read.map(Arc::unwrap_or_clone) else {
            return Ok(forum);
        };
        forum.tried_at = Some(now);
        if forum.tag(purpose).is_none()
            && let Some(with) = self.add_tags(room, &forum).await?
        {
            forum = with;
        }
        let forum = Arc::new(forum);
        self.rooms.learn(room, Some(forum.clone()));
        Ok(forum)
    }

    /// Makes those that are missing, where the bot may.
    async fn add_tags(&self, room: &str, forum: &Forum) -> Result<Option<Forum>, Trouble> {
        let missing = forum.missing();
        if !forum.has_room_for(missing.len()) {
            return Ok(None);
        }
        // The whole list is replaced, so two who add to it would take each other's tags away.
        self.alone(&format!("discord:tags:{room}")).await?;
        let lang = self.locale(room).lang;
        let new = missing
            .iter()
            .map(|purpose| json!({ "name": purpose.name(lang) }));
        let list: Vec<Value> = forum.listed.iter().cloned().chain(new).collect();
        let body = json!({ "available_tags": list });
        let call = Call {
            body: Some(&body),
            ..Call::new(Method::PATCH, format!("/channels/{room}"), "add tags", room)
        };
        match self.api.call(&call).await {
            Ok(channel) => Ok(Forum::read(&channel)),
            Err(Trouble::No { why, .. }) => {
                tracing::warn!(
                    why,
                    "the tags of a forum cannot be made; `zeitnah check` says which are missing"
                );
                Ok(None)
            }
            Err(trouble) => Err(trouble),
        }
    }

    /// A card as a post of its own.
    pub(super) async fn start_card(
        &self,
        post: &Post,
        card: &Card,
        forum: Arc<Forum>,
    ) -> Result<String, Trouble> {
        let purpose = Purpose::Stage(card.stage);
        let message = message::in_post(message::create(post, None));
        let title = words::short_line(&card.title, NAME_UNITS);
        let made = match self
            .start(&post.room, &title, purpose, &message, forum.clone())
            .await
        {
            // Somebody's words that this server does not want in a title; in the card they stand all the same.
            Err(no) if no.code() == api::TITLE_BLOCKED => {
                let title = words::short_line(&card.head, NAME_UNITS);
                self.start(&post.room, &title, purpose, &message, forum).await?
            }
            made => made?,
        };
        if card.is_over
            && let Err(trouble) = self.change_post(&made, &resting()).await
        {
            // It will be found, and put away when it is edited.
            return Err(PortError::unclear(trouble.why()).into());
        }
        Ok(kept(&made, &made))
    }

    /// Makes a post and says which. Twice is twice.
    async fn start(
        &self,
        room: &str,
        title: &str,
        purpose: Purpose,
        message: &Value,
        forum: Arc<Forum>,
    ) -> Result<String, Trouble> {
        let forum = self.with_tag(room, forum, purpose).await?;
        let tag = forum.tag(purpose);
        let made = self.start_with(room, title, tag, message).await;
        let made = match (made, tag) {
            (Err(no), Some(_)) if no.code() == api::UNKNOWN_TAG => {
                // Somebody took it away since.
                self.rooms.forget(room);
                let forum = self.read_room(room).await?;
                let tag = forum.as_ref().and_then(|forum| forum.tag(purpose));
                self.start_with(room, title, tag, message).await
            }
            (Err(no), Some(tag)) if tag.is_moderated && no.code() == api::NO_PERMISSION => {
                self.start_with(room, title, None, message).await
            }
            (Err(no), _) if api::NEEDS_TAG.contains(&no.code()) => {
                // Somebody is told, and what they do about it is seen at the next try.
                self.rooms.forget(room);
                Err(no)
            }
            (made, _) => made,
        };
        let made = made?;
        match id(&made) {
            Some(id) => Ok(id.to_owned()),
            None => Err(PortError::unclear("Discord made a post without saying which").into()),
        }
    }

    async fn start_with(
        &self,
        room: &str,
        title: &str,
        tag: Option<&Tag>,
        message: &Value,
    ) -> Result<Value, Trouble> {
        let tags: Vec<&str> = tag.iter().map(|tag| tag.id.as_str()).collect();
        let body = json!({
            "name": title,
            "auto_archive_duration": THREAD_MINUTES,
            "applied_tags": tags,
            "message": message,
        });
        let call = Call {
            body: Some(&body),
            // It may be the tag alone that is not allowed.
            room: tag.is_none_or(|tag| !tag.is_moderated).then_some(room),
            ..Call::new(
                Method::POST,
                format!("/channels/{room}/threads"),
                "start post",
                room,
            )
        };
        self.api.call(&call).await
    }

    /// Makes the card of a post show what is true now.
    pub(super) async fn edit_in_post(
        &self,
        room: &str,
        place: PostPlace<'_>,
        body: &Value,
        card: Option<&Card>,
    ) -> Result<(), Trouble> {
        let post = self.read_post(room, place.channel).await?;
        if is_archived(&post) {
            // Nothing in it can be changed before it is taken out.
            self.take_out(place.channel).await?;
        }
        let call = Call {
            body: Some(body),
            message: Some(place.message),
            ..self.inside(Method::PATCH, room, place, "edit message")
        };
        let edited = match self.api.call(&call).await {
            // Another replica has put it away in between.
            Err(no) if no.code() == api::ARCHIVED => {
                self.take_out(place.channel).await?;
                self.api.call(&call).await
            }
            done => done,
        };
        match edited {
            Ok(_) => {}
            Err(no) if no.code() == api::UNKNOWN_MESSAGE && place.channel == place.message => {
                // Without its first message it is nobody's post any more: another one takes its place.
                self.put_away(place.channel).await;
                return Err(no);
            }
            Err(no) => return Err(no),
        }
        let Some(card) = card else { return Ok(()) };
        match self.arrange(room, place.channel, &post, false, card).await {
            Err(no) if no.code() == api::ARCHIVED => self.tidy_once(room, place.channel, card).await,
            done => done,
        }
    }

    /// A post as it should be with this card, after a line took it out.
    pub(super) async fn tidy_post(&self, room: &str, post: &str, card: &Card) -> Result<(), Trouble> {
        match self.tidy_once(room, post, card).await {
            // Another replica has put it away between the look and the change.
            Err(no) if no.code() == api::ARCHIVED => self.tidy_once(room, post, card).await,
            done => done,
        }
    }

    async fn tidy_once(&self, room: &str, post: &str, card: &Card) -> Result<(), Trouble> {
        let thread = self.read_post(room, post).await?;
        let away = is_archived(&thread);
        self.arrange(room, post, &thread, away, card).await
    }

    /// The tag and the place that go with the card. Tags that are not ours stay.
    async fn arrange(
        &self,
        room: &str,
        post: &str,
        read: &Value,
        away: bool,
        card: &Card,
    ) -> Result<(), Trouble> {
        let purpose = Purpose::Stage(card.stage);
        let Some(forum) = self.forum(room).await? else {
            return Ok(());
        };
        let forum = self.with_tag(room, forum, purpose).await?;
        let before = applied(read);
        let others = before.iter().filter(|id| !forum.is_ours(id)).cloned();
        let own = forum.tag(purpose).map(|tag| tag.id.clone());
        let tags: Vec<String> = own.into_iter().chain(others).take(TAGS_OF_POST).collect();
        let same = tags.len() == before.len() && tags.iter().all(|id| before.contains(id));
        let minutes = if card.is_over {
            OVER_MINUTES
        } else {
            THREAD_MINUTES
        };
        let lasts = read.pointer("/thread_metadata/auto_archive_duration");
        if same && away == card.is_over && lasts.and_then(Value::as_i64) == Some(minutes) {
            return Ok(());
        }
        if away {
            self.take_out(post).await?;
        }
        let alone = json!({ "archived": card.is_over, "auto_archive_duration": minutes });
        let mut body = alone.clone();
        if !same {
            body["applied_tags"] = json!(tags);
        }
        match self.change_post(post, &body).await {
            Err(no) if no.code() == api::UNKNOWN_TAG => {
                self.rooms.forget(room);
                Err(PortError::later(no.why()).into())
            }
            // It may be the tag alone that is not allowed.
            Err(no) if no.code() == api::NO_PERMISSION && !same => {
                match self.change_post(post, &alone).await {
                    Ok(_) => told(no),
                    Err(no) => left_so(no),
                }
            }
            Err(no) => left_so(no),
            Ok(_) => Ok(()),
        }
    }

    async fn read_post(&self, room: &str, post: &str) -> Result<Value, Trouble> {
        let call = Call {
            room: Some(room),
            inside: true,
            ..Call::new(Method::GET, format!("/channels/{post}"), "get post", post)
        };
        self.api.call(&call).await
    }

    async fn take_out(&self, post: &str) -> Result<(), Trouble> {
        match self.change_post(post, &json!({ "archived": false })).await {
            Ok(_) => Ok(()),
            Err(Trouble::No { code, why, .. })
                if [api::NO_PERMISSION, api::LOCKED, api::ARCHIVED].contains(&code) =>
            {
                Err(PortError::Later {
                    why: format!("{why}: somebody has locked the post").into(),
                    after: Some(LOCKED_SECONDS),
                }
                .into())
            }
            Err(no) => Err(no),
        }
    }

    async fn put_away(&self, post: &str) {
        let body = json!({ "archived": true, "applied_tags": [] });
        if let Err(trouble) = self.change_post(post, &body).await {
            tracing::warn!(error = %PortError::from(trouble), "a post that lost its card cannot be put away");
        }
    }

    async fn change_post(&self, post: &str, body: &Value) -> Result<Value, Trouble> {
        let call = Call {
            body: Some(body),
            ..Call::new(Method::PATCH, format!("/channels/{post}"), "change post", post)
        };
        self.api.call(&call).await
    }

    /// A call about a message in a post.
    pub(super) fn inside<'a>(
        &self,
        method: Method,
        room: &'a str,
        place: PostPlace<'a>,
        route: &'static str,
    ) -> Call<'a> {
        let PostPlace {
            channel,
            message,
            is_post,
        } = place;
        Call {
            room: Some(room),
            inside: is_post,
            ..Call::new(
                method,
                format!("/channels/{channel}/messages/{message}"),
                route,
                channel,
            )
        }
    }

    /// A post that may have been made by an earlier try.
    pub(super) async fn find_card(
        &self,
        post: &Post,
        since: At,
        bot: &str,
    ) -> Result<Option<String>, Trouble> {
        let since = since - TimeDelta::seconds(LOOK_BACK_SECONDS);
        let after = markdown::id_number(&snowflake(since));
        let mut all = self.active(&post.room).await?;
        // Put away later than made: what is older than that is no use.
        all.extend(self.archived(&post.room, Some(since)).await?);
        let mut made: Vec<(u64, String)> = ours(&all, bot)
            .filter_map(|thread| Some((markdown::id_number(id(thread)?)?, id(thread)?.to_owned())))
            .filter(|(number, _)| after.is_none_or(|after| *number > after))
            .collect();
        made.sort();
        for (_, id) in made {
            let path = format!("/channels/{id}/messages/{id}");
            match self.api.get(path, "get message", &id).await {
                Ok(first) if message::is(&first, post) => return Ok(Some(kept(&id, &id))),
                Ok(_) => {}
                // Taken away since.
                Err(no) if [api::UNKNOWN_MESSAGE, api::UNKNOWN_CHANNEL].contains(&no.code()) => {}
                Err(no) => return Err(no),
            }
        }
        Ok(None)
    }

    async fn active(&self, room: &str) -> Result<Vec<Value>, Trouble> {
        let path = format!("/guilds/{}/threads/active", self.server);
        let mut answer = self.api.get(path, "get active threads", &self.server).await?;
        let threads = answer.get_mut("threads").and_then(Value::as_array_mut);
        let mut threads = threads.map(std::mem::take).unwrap_or_default();
        threads.retain(|thread| thread.get("parent_id").and_then(Value::as_str) == Some(room));
        Ok(threads)
    }

    /// What was put away, the newest first, not before `since`.
    async fn archived(&self, room: &str, since: Option<At>) -> Result<Vec<Value>, Trouble> {
        let mut out = Vec::new();
        let mut before: Option<String> = None;
        for _ in 0..PAGES {
            let limit = ("limit", "100".to_owned());
            let query: Vec<(&str, String)> = before
                .take()
                .map(|at| ("before", at))
                .into_iter()
                .chain([limit])
                .collect();
            let path = format!("/channels/{room}/threads/archived/public");
            let call = Call {
                query: &query,
                ..Call::new(Method::GET, path, "get archived threads", room)
            };
            let mut answer = self.api.call(&call).await?;
            let more = answer.get("has_more").and_then(Value::as_bool) == Some(true);
            let threads = answer.get_mut("threads").and_then(Value::as_array_mut);
            out.extend(threads.map(std::mem::take).unwrap_or_default());
            let last = out
                .last()
                .and_then(|thread: &Value| thread.pointer("/thread_metadata/archive_timestamp"));
            let last = last.and_then(Value::as_str).map(str::to_owned);
            let at = last
                .as_deref()
                .and_then(|at| chrono::DateTime::parse_from_rfc3339(at).ok());
            let is_enough = since.zip(at).is_some_and(|(since, at)| at < since);
            if !more || is_enough || last.is_none() {
                break;
            }
            before = last;
        }
        Ok(out)
    }

    /// Where something stands that is about no single card, if there is such a place.
    async fn find_shared(&self, room: &str, which: Shared) -> Result<Option<String>, Trouble> {
        if let Some(known) = self.rooms.shared(room, which) {
            return Ok(Some(known));
        }
        let bot = self.known().await?.bot;
        let named = |all: &[Value]| {
            let ours = ours(all, &bot).filter(|thread| {
                let name = thread.get("name").and_then(Value::as_str);
                name.is_some_and(|name| which.is_called(name))
            });
            let oldest = ours.filter_map(id).min_by_key(|id| markdown::id_number(id));
            oldest.map(str::to_owned)
        };
        let mut found = named(&self.active(room).await?);
        if found.is_none() {
            found = match self.archived(room, None).await {
                Ok(all) => named(&all),
                Err(no) if no.code() == api::NO_PERMISSION => None,
                Err(no) => return Err(no),
            };
        }
        if let Some(post) = &found {
            self.rooms.share(room, which, Some(post));
        }
        Ok(found)
    }

    async fn shared(&self, room: &str, which: Shared, forum: Arc<Forum>) -> Result<String, Trouble> {
        if let Some(post) = self.find_shared(room, which).await? {
            return Ok(post);
        }
        let key = which.key();
        self.alone(&format!("discord:{key}:{room}")).await?;
        let lang = self.locale(room).lang;
        let first = message::plain(&lang.text(&format!("{key}-first"), &[]));
        let post = self
            .start(room, &lang.text(key, &[]), Purpose::Shared, &first, forum)
            .await?;
        self.rooms.share(room, which, Some(&post));
        if which == Shared::Overview
            && let Err(trouble) = self.change_post(&post, &json!({ "flags": PINNED })).await
        {
            // It needs a right that the bot need not have, and there may be one that people have put there.
            tracing::debug!(error = %PortError::from(trouble), "the overview stands among the others");
        }
        Ok(post)
    }

    /// Only one makes it at a time. Whoever comes second waits: then it is there, or the first one has died or may not.
    async fn alone(&self, key: &str) -> Result<(), PortError> {
        match self.api.turn(key, MAKING).await? {
            None => Ok(()),
            Some(after) => Err(PortError::Later {
                why: "another replica is making this".into(),
                after: Some((after - self.api.now()).num_seconds().max(1)),
            }),
        }
    }

    /// Says something in a forum that is no card. Answers with the id by which it is known.
    pub(super) async fn say_in_forum(
        &self,
        post: &Post,
        body: &Value,
        forum: Arc<Forum>,
    ) -> Result<String, Trouble> {
        let which = Shared::of(&post.body);
        let room = post.room.as_str();
        let picture = message::picture(post);
        let place = self.shared(room, which, forum.clone()).await?;
        let made = match self.create_with(&place, room, body, picture).await {
            Err(no) if no.code() == api::UNKNOWN_CHANNEL => {
                // Somebody deleted it.
                self.rooms.share(room, which, None);
                let place = self.shared(room, which, forum).await?;
                let made = self.create_with(&place, room, body, picture).await;
                made.map(|made| (place, made))
            }
            made => made.map(|made| (place, made)),
        };
        match made {
            Ok((place, made)) => match id(&made) {
                Some(id) => Ok(kept(&place, id)),
                None => Err(PortError::unclear("Discord took a message without saying which").into()),
            },
            Err(Trouble::No { code, why, .. }) if [api::LOCKED, api::ARCHIVED].contains(&code) => {
                Err(PortError::denied(why).into())
            }
            Err(no) => Err(no),
        }
    }

    /// The same, where it stood.
    pub(super) async fn find_in_forum(
        &self,
        post: &Post,
        since: At,
        bot: &str,
    ) -> Result<Option<String>, Trouble> {
        let Some(place) = self.find_shared(&post.room, Shared::of(&post.body)).await? else {
            return Ok(None);
        };
        let found = self.look(&place, post, since, bot).await?;
        Ok(found.map(|message| kept(&place, &message)))
    }

    /// A line that calls somebody where there is no better place for it.
    pub(super) async fn call_in_forum(
        &self,
        room: &str,
        body: &Value,
        forum: Arc<Forum>,
    ) -> Result<Value, Trouble> {
        let place = self.shared(room, Shared::Notices, forum).await?;
        self.create(&place, room, body).await
    }
}

fn resting() -> Value {
    json!({ "archived": true, "auto_archive_duration": OVER_MINUTES })
}

fn ours<'a>(threads: &'a [Value], bot: &str) -> impl Iterator<Item = &'a Value> {
    let owned = move |thread: &&Value| thread.get("owner_id").and_then(Value::as_str) == Some(bot);
    threads.iter().filter(owned)
}

/// The card tells the truth; only its tag does not.
fn left_so(trouble: Trouble) -> Result<(), Trouble> {
    match trouble {
        Trouble::No {
            code: api::UNKNOWN_CHANNEL | api::ARCHIVED | api::LOCKED,
            ..
        }
        | Trouble::Port(_) => Err(trouble),
        no => told(no),
    }
}

fn told(no: Trouble) -> Result<(), Trouble> {
    tracing::warn!(
        why = no.why(),
        "a post's tag cannot be changed; `zeitnah check` says what is missing"
    );
    Ok(())
}
