//! Forums: channels that take posts and no messages. A post is a thread whose first message has the thread's id. Its tags
//! come from the forum's own list, and a repeat is a second post: here no nonce helps.

use std::collections::BTreeSet;

use chrono::DateTime;
use chrono::Utc;
use serde_json::Value;
use serde_json::json;

use super::Call;
use super::Draft;
use super::threads;
use crate::discord::form;
use crate::discord::form::Form;
use crate::discord::permission::Permission;
use crate::discord::refused::Answer;
use crate::discord::refused::Refused;
use crate::discord::refused::Reply;
use crate::discord::state::Channel;
use crate::discord::state::Forum;
use crate::discord::state::PUBLIC_THREAD;
use crate::discord::state::Tag;
use crate::discord::state::Thread;
use crate::discord::state::World;

const TAGS_OF_POST: usize = 5;
const TAGS: usize = 20;
const TAG_UNITS: usize = 20;
const LONGEST_SLOWMODE: i64 = 21_600;

pub fn start(world: &mut World, now: DateTime<Utc>, call: &Call) -> Answer {
    let parent = world.visible(call.place(0))?.clone();
    let Some(forum) = parent.forum.clone() else {
        // A thread without a message, which the bot has no use for.
        let message = "Cannot execute action on this channel type";
        return Err(Refused::new(400, 50024, message));
    };
    // Nothing else is asked for, not even the right to create threads.
    world.need(&parent, Permission::SendMessages)?;
    let body = &call.body;
    let mut form = Form::default();
    let name = form
        .text(body, "", "name", (1, 100), true)
        .unwrap_or_default()
        .trim()
        .to_owned();
    let auto_archive = threads::duration(&mut form, body).unwrap_or(4320);
    form.number(body, "", "rate_limit_per_user", 0, LONGEST_SLOWMODE);
    if !body["message"].is_object() {
        form.required("message");
    }
    let tags = applied(&mut form, body).unwrap_or_default();
    form.finish()?;
    let content = form::message(&body["message"], "message", false)?;
    if content.is_empty() {
        return Err(Refused::empty_message());
    }
    if content.embeds.as_ref().is_some_and(|embeds| !embeds.is_empty()) {
        world.need(&parent, Permission::EmbedLinks)?;
    }
    let manages = world.may(world.bot(), &parent, Permission::ManageThreads);
    tags_of(&forum, &tags, &[], manages)?;
    if forum.requires_tag && tags.is_empty() {
        let message = "A tag is required to create a forum post in this channel";
        return Err(Refused::new(400, 40067, message));
    }
    if forum.blocked.iter().any(|word| name.contains(word)) {
        let message = "Title was blocked by automatic moderation";
        return Err(Refused::new(400, 200_001, message));
    }
    if world.active_threads() >= threads::MOST_ACTIVE {
        return Err(Refused::too_many_threads());
    }
    let id = world.id(now);
    let thread = Channel {
        id: id.clone(),
        kind: PUBLIC_THREAD,
        name,
        parent: Some(parent.id),
        overwrites: Vec::new(),
        thread: Some(Thread {
            owner: world.bot().to_owned(),
            archived: false,
            locked: false,
            auto_archive,
            changed: now,
            tags,
            pinned: false,
        }),
        forum: None,
        with: None,
    };
    world.channels.push(thread.clone());
    world.tell_channel("THREAD_CREATE", &id);
    let draft = Draft {
        id: Some(id.clone()),
        channel: &id,
        ..Draft::default()
    };
    let message = world.write(now, draft, content);
    let mut shown = world.channel_json(&thread);
    shown["message"] = world.message_json(&message);
    Ok(Reply::created(shown))
}

/// The ids that a request names, each once.
pub fn applied(form: &mut Form, body: &Value) -> Option<Vec<String>> {
    body.get("applied_tags").filter(|tags| !tags.is_null())?;
    let list = form.list(body, "", "applied_tags", (0, TAGS_OF_POST));
    let mut out = Vec::new();
    for (n, id) in list.iter().enumerate() {
        match id.as_str().filter(|_| form::is_snowflake(id)) {
            Some(id) => out.push(id.to_owned()),
            None => {
                let at = format!("applied_tags.{n}");
                form.fault(&at, "NUMBER_TYPE_COERCE", "Value is not snowflake.");
            }
        }
    }
    if out.iter().collect::<BTreeSet<_>>().len() < out.len() {
        form.fault(
            "applied_tags",
            "SET_TYPE_ALREADY_CONTAINS_VALUE",
            "The set already contains this value",
        );
    }
    Some(out)
}

/// Whether a post that had some tags may get these.
pub fn tags_of(forum: &Forum, tags: &[String], before: &[String], manages: bool) -> Result<(), Refused> {
    for id in tags {
        if !forum.tags.iter().any(|tag| tag.id == *id) {
            return Err(Refused::new(404, 10087, "Unknown tag"));
        }
    }
    let changed = tags.iter().filter(|id| !before.contains(id));
    let mut changed = changed.chain(before.iter().filter(|id| !tags.contains(id)));
    let is_moderated = |id: &&String| forum.tags.iter().any(|tag| tag.id == **id && tag.moderated);
    match !manages && changed.any(|id| is_moderated(&id)) {
        true => Err(Refused::missing_permissions()),
        false => Ok(()),
    }
}

/// The newest archived first.
pub fn archived(world: &mut World, _: DateTime<Utc>, call: &Call) -> Answer {
    let channel = world.visible(call.place(0))?.clone();
    world.need(&channel, Permission::ReadMessageHistory)?;
    let mut form = Form::default();
    let limit = match call.query.get("limit").map(|text| text.parse::<usize>()) {
        None => 50,
        Some(Ok(limit @ 2..=100)) => limit,
        Some(_) => {
            form.fault(
                "limit",
                "NUMBER_TYPE_MAX",
                "int value should be between 2 and 100.",
            );
            0
        }
    };
    let before = call
        .query
        .get("before")
        .map(|text| DateTime::parse_from_rfc3339(text));
    if let Some(Err(_)) = before {
        form.fault(
            "before",
            "DATE_TIME_TYPE_PARSE",
            "Could not parse. Should be ISO8601.",
        );
    }
    form.finish()?;
    let before = before.and_then(Result::ok);
    let mut found: Vec<(DateTime<Utc>, &Channel)> = world
        .channels
        .iter()
        .filter(|c| c.parent.as_ref() == Some(&channel.id))
        .filter_map(|c| Some((c.thread.as_ref().filter(|t| t.archived)?.changed, c)))
        .filter(|(at, _)| before.is_none_or(|before| *at < before))
        .collect();
    found.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    let shown: Vec<Value> = found
        .iter()
        .take(limit)
        .map(|(_, c)| world.channel_json(c))
        .collect();
    Ok(json!({ "threads": shown, "members": [], "has_more": found.len() > limit }).into())
}

/// Of a forum only its tags: the bot has no business in changing channels.
pub fn modify(
    world: &mut World,
    now: DateTime<Utc>,
    channel: &Channel,
    forum: &Forum,
    body: &Value,
) -> Answer {
    world.need(channel, Permission::ManageChannels)?;
    let mut form = Form::default();
    let list = form.list(body, "", "available_tags", (0, TAGS)).to_vec();
    let mut tags: Vec<Tag> = Vec::new();
    for (n, given) in list.iter().enumerate() {
        let at = format!("available_tags.{n}");
        let name = form.text(given, &at, "name", (1, TAG_UNITS), true);
        let known = given["id"]
            .as_str()
            .and_then(|id| forum.tags.iter().find(|tag| tag.id == id));
        if !given["id"].is_null() && known.is_none() {
            form.fault(&form::join(&at, "id"), "INVALID", "Unknown tag");
        }
        tags.push(Tag {
            id: known.map_or_else(|| world.id(now), |tag| tag.id.clone()),
            name: name.unwrap_or_default().trim().to_owned(),
            moderated: given["moderated"].as_bool().unwrap_or(false),
            emoji: given["emoji_name"].as_str().map(str::to_owned),
        });
    }
    form.finish()?;
    let names: BTreeSet<&str> = tags.iter().map(|tag| tag.name.as_str()).collect();
    if names.len() < tags.len() {
        return Err(Refused::new(400, 40061, "Tag names must be unique"));
    }
    if body.get("available_tags").is_some()
        && let Some(known) = world.channel_mut(&channel.id).and_then(|c| c.forum.as_mut())
    {
        known.tags = tags;
    }
    world.forget_tags(&channel.id);
    world.tell_channel("CHANNEL_UPDATE", &channel.id);
    threads::get(world, &channel.id)
}

impl World {
    /// The forum that a post stands in.
    pub fn forum_of(&self, post: &Channel) -> Option<&Forum> {
        let parent = self.channel(post.parent.as_deref()?)?;
        parent.forum.as_ref()
    }

    /// A tag that is none any more disappears from all posts.
    pub fn forget_tags(&mut self, forum: &str) {
        let Some(kept) = self.channel(forum).and_then(|c| c.forum.clone()) else {
            return;
        };
        let posts = self
            .channels
            .iter_mut()
            .filter(|c| c.parent.as_deref() == Some(forum));
        for thread in posts.filter_map(|post| post.thread.as_mut()) {
            thread.tags.retain(|id| kept.tags.iter().any(|tag| tag.id == *id));
        }
    }

    pub fn active_threads(&self) -> usize {
        let threads = self.channels.iter().filter_map(|c| c.thread.as_ref());
        threads.filter(|thread| !thread.archived).count()
    }
}
