//! Posting, changing, reading and taking back messages, with the edges that hurt: repeats told by their nonce,
//! edits of old messages, threads that sleep.

use chrono::DateTime;
use chrono::TimeDelta;
use chrono::Utc;
use serde_json::Value;
use serde_json::json;

use super::Call;
use super::too_old;
use crate::discord::form;
use crate::discord::form::Content;
use crate::discord::form::EPHEMERAL;
use crate::discord::form::NEWER;
use crate::discord::multipart::Attachment;
use crate::discord::multipart::Sent;
use crate::discord::permission::Permission;
use crate::discord::refused::Answer;
use crate::discord::refused::Refused;
use crate::discord::refused::Reply;
use crate::discord::state::Message;
use crate::discord::state::World;
use crate::png;

const OLD: TimeDelta = TimeDelta::hours(1);

/// What a new message has besides its content.
#[derive(Debug, Default)]
pub struct Draft<'a> {
    /// Where it has one already: a post's first message has the post's.
    pub id: Option<String>,
    pub channel: &'a str,
    pub kind: u8,
    pub only_for: Option<String>,
    pub interaction: Option<Value>,
}

pub fn create(world: &mut World, now: DateTime<Utc>, call: &Call) -> Answer {
    let channel = world.visible(call.place(0))?.clone();
    if channel.forum.is_some() {
        return Err(Refused::new(
            400,
            40058,
            "Cannot send a message in a forum channel",
        ));
    }
    let manages = world.may(world.bot(), &channel, Permission::ManageThreads);
    world.need(
        &channel,
        match channel.thread.is_some() {
            true => Permission::SendMessagesInThreads,
            false => Permission::SendMessages,
        },
    )?;
    let content = form::message(&call.body, "", false)?;
    if content.is_empty() {
        return Err(Refused::empty_message());
    }
    if content.flags.is_some_and(|flags| flags & EPHEMERAL != 0) {
        // Only answers to interactions can be for one person.
        return Err(Refused::invalid_form(json!({ "flags": { "_errors": [
            { "code": "MESSAGE_FLAGS_INVALID", "message": "These flags cannot be set here." },
        ] } })));
    }
    if content.embeds.as_ref().is_some_and(|embeds| !embeds.is_empty()) {
        world.need(&channel, Permission::EmbedLinks)?;
    }
    let attachments = attached(&call.body, &call.files)?;
    if !attachments.is_empty() {
        world.need(&channel, Permission::AttachFiles)?;
    }
    if channel
        .with
        .as_deref()
        .and_then(|id| world.user(id))
        .is_some_and(|user| user.closed || user.away)
    {
        return Err(Refused::new(403, 50007, "Cannot send messages to this user"));
    }
    if let Some(earlier) = world.said_before(now, &channel.id, &content)? {
        return Ok(earlier.into());
    }
    if let Some(id) = &content.reply_to
        && world.message(&channel.id, id).is_none()
    {
        return Err(Refused::invalid_form(json!({ "message_reference": { "_errors": [
            { "code": "REPLIES_UNKNOWN_MESSAGE", "message": "Unknown message" },
        ] } })));
    }
    world.wake(now, &channel.id, manages)?;
    let kind = if content.reply_to.is_some() { 19 } else { 0 };
    let draft = Draft {
        channel: &channel.id,
        kind,
        ..Draft::default()
    };
    let mut message = world.write(now, draft, content);
    if !attachments.is_empty() {
        message.attachments = world.attach(now, attachments);
        if let Some(kept) = world.message_mut(&message.channel, &message.id) {
            kept.attachments = message.attachments.clone();
        }
    }
    Ok(world.message_json(&message).into())
}

/// Which file it is about: the official description has ids as strings, and Discord takes numbers, too.
fn number(about: &Value) -> Option<u64> {
    let id = &about["id"];
    id.as_u64().or_else(|| id.as_str()?.parse().ok())
}

/// Each file with what the body says about it. What the body names must have come.
fn attached<'a>(body: &Value, files: &'a [Sent]) -> Result<Vec<(&'a Sent, Option<String>)>, Refused> {
    let wrong = |at: String, message: &str| {
        let mut errors = json!({});
        errors["attachments"][at] =
            json!({ "_errors": [{ "code": "ATTACHMENT_NOT_FOUND", "message": message }] });
        Err(Refused::invalid_form(errors))
    };
    let told = body["attachments"].as_array().map_or(&[][..], Vec::as_slice);
    for (n, about) in told.iter().enumerate() {
        let id = number(about);
        if !files.iter().any(|file| Some(file.n) == id) {
            return wrong(n.to_string(), "Attachment data for id was not found.");
        }
        let length = about["description"]
            .as_str()
            .map_or(0, |text| text.encode_utf16().count());
        if length > 1024 {
            return wrong(n.to_string(), "Must be 1024 or fewer in length.");
        }
    }
    let said = |n: u64| {
        let about = told.iter().find(|about| number(about) == Some(n))?;
        about["description"].as_str().map(str::to_owned)
    };
    Ok(files.iter().map(|file| (file, said(file.n))).collect())
}

impl World {
    fn attach(&mut self, now: DateTime<Utc>, files: Vec<(&Sent, Option<String>)>) -> Vec<Attachment> {
        let mut out = Vec::new();
        for (file, description) in files {
            let id = self.id(now);
            let size = png::size(&file.bytes);
            self.files.insert(id.clone(), file.bytes.clone());
            out.push(Attachment {
                id,
                filename: file.name.clone(),
                description,
                size: file.bytes.len(),
                width: size.map(|(width, _)| width),
                height: size.map(|(_, height)| height),
            });
        }
        out
    }

    /// The message that the same nonce brought within the last minutes. That it is gone is an answer too.
    fn said_before(
        &self,
        now: DateTime<Utc>,
        channel: &str,
        content: &Content,
    ) -> Result<Option<Value>, Refused> {
        if !content.enforce_nonce {
            return Ok(None);
        }
        let recent = now - self.settings.nonce_window;
        let all = self.messages.get(channel).map_or(&[][..], Vec::as_slice);
        let nonce = content.nonce.as_ref().map(plain);
        let earlier = all
            .iter()
            .rev()
            .find(|m| m.nonce.as_ref().map(plain) == nonce && m.at > recent && m.author == self.bot());
        match earlier {
            None => Ok(None),
            Some(message) if message.deleted => Err(Refused::unknown_message()),
            Some(message) => Ok(Some(self.message_json(message))),
        }
    }

    /// Puts a message of the bot where it belongs. Nobody checks any more.
    pub fn write(&mut self, now: DateTime<Utc>, draft: Draft<'_>, content: Content) -> Message {
        let text = content.content.unwrap_or_default();
        let bot = self.bot().to_owned();
        let pings = match draft.only_for {
            // Whoever sees it alone is looking already.
            Some(_) => Default::default(),
            None => self.pings(&bot, draft.channel, &text, &content.allowed_mentions),
        };
        let ephemeral = if draft.only_for.is_some() { EPHEMERAL } else { 0 };
        let message = Message {
            id: draft.id.unwrap_or_else(|| self.id(now)),
            channel: draft.channel.to_owned(),
            author: bot,
            kind: draft.kind,
            content: text,
            embeds: content.embeds.unwrap_or_default(),
            attachments: Vec::new(),
            components: content.components.unwrap_or_default(),
            flags: content.flags.unwrap_or(0) & !EPHEMERAL | ephemeral,
            allowed_mentions: content.allowed_mentions,
            nonce: content.nonce,
            reply_to: content.reply_to,
            at: now,
            edited: None,
            deleted: false,
            only_for: draft.only_for,
            interaction: draft.interaction,
            pings,
            version: 1,
            seen: false,
            read_by: Default::default(),
        };
        self.put(message.clone());
        if message.only_for.is_none() {
            let shown = self.message_json(&message);
            self.tell_message("MESSAGE_CREATE", shown);
        }
        message
    }

    /// Changes what the content names and leaves the rest.
    pub fn rewrite(
        &mut self,
        now: DateTime<Utc>,
        channel: &str,
        id: &str,
        content: Content,
    ) -> Result<Value, Refused> {
        let message = self.message(channel, id).ok_or_else(Refused::unknown_message)?;
        let text = content.content.unwrap_or_else(|| message.content.clone());
        let (author, private) = (message.author.clone(), message.only_for.is_some());
        let pings = match private {
            true => Default::default(),
            false => self.pings(&author, channel, &text, &content.allowed_mentions),
        };
        let message = self
            .message_mut(channel, id)
            .ok_or_else(Refused::unknown_message)?;
        message.content = text;
        message.embeds = content.embeds.unwrap_or_else(|| message.embeds.clone());
        message.components = content.components.unwrap_or_else(|| message.components.clone());
        if let Some(flags) = content.flags {
            // What it is for and what it is made of cannot be taken back.
            message.flags = flags | message.flags & (EPHEMERAL | NEWER);
        }
        message.flags &= !form::LOADING;
        message.allowed_mentions = content.allowed_mentions;
        message.pings = pings;
        message.edited = Some(now);
        message.version += 1;
        message.seen = false;
        let message = message.clone();
        let shown = self.message_json(&message);
        if message.only_for.is_none() {
            self.tell_message("MESSAGE_UPDATE", shown.clone());
        }
        Ok(shown)
    }
}

/// Numbers and texts are the same nonce.
fn plain(nonce: &Value) -> String {
    nonce.as_str().map_or_else(|| nonce.to_string(), str::to_owned)
}

pub fn edit(world: &mut World, now: DateTime<Utc>, call: &Call) -> Answer {
    let channel = world.visible(call.place(0))?.clone();
    let message = world
        .message(&channel.id, call.place(1))
        .filter(|m| m.only_for.is_none());
    let message = message.ok_or_else(Refused::unknown_message)?;
    if message.author != world.bot() {
        return Err(Refused::new(
            403,
            50005,
            "Cannot edit a message authored by another user",
        ));
    }
    let (id, at, flags) = (message.id.clone(), message.at, message.flags);
    let content = form::message(&call.body, "", flags & NEWER != 0)?;
    let left = Content {
        content: content.content.clone().or_else(|| Some(message.content.clone())),
        embeds: content.embeds.clone().or_else(|| Some(message.embeds.clone())),
        components: content
            .components
            .clone()
            .or_else(|| Some(message.components.clone())),
        ..Content::default()
    };
    if left.is_empty() {
        return Err(Refused::empty_message());
    }
    if let Some(thread) = &channel.thread {
        if thread.archived {
            return Err(Refused::thread_archived());
        }
        if thread.locked && !world.may(world.bot(), &channel, Permission::ManageThreads) {
            return Err(Refused::new(400, 160_005, "Thread is locked"));
        }
    }
    if now - at > OLD
        && world.settings.rate_limits
        && let Err(wait) = world.rates.take_old_edit(&channel.id, now)
    {
        return Err(too_old(world, wait));
    }
    world.rewrite(now, &channel.id, &id, content).map(Into::into)
}

pub fn get(world: &mut World, _: DateTime<Utc>, call: &Call) -> Answer {
    let channel = world.visible(call.place(0))?;
    world.need(channel, Permission::ReadMessageHistory)?;
    let message = world
        .message(&channel.id, call.place(1))
        .filter(|m| m.only_for.is_none());
    let message = message.ok_or_else(Refused::unknown_message)?;
    Ok(world.message_json(message).into())
}

pub fn delete(world: &mut World, _: DateTime<Utc>, call: &Call) -> Answer {
    let channel = world.visible(call.place(0))?.clone();
    let message = world
        .message(&channel.id, call.place(1))
        .filter(|m| m.only_for.is_none());
    let message = message.ok_or_else(Refused::unknown_message)?;
    if message.author != world.bot() {
        world.need(&channel, Permission::ManageMessages)?;
    }
    if channel.thread.as_ref().is_some_and(|thread| thread.archived) {
        return Err(Refused::thread_archived());
    }
    world.take_back(&channel.id, call.place(1));
    Ok(Reply::empty())
}

/// Newest first. Without the permission to read history there is nothing, and no error.
pub fn list(world: &mut World, _: DateTime<Utc>, call: &Call) -> Answer {
    let channel = world.visible(call.place(0))?;
    let number = |key: &str| call.query.get(key).map(|text| text.parse::<u64>());
    let limit = match number("limit") {
        None => 50,
        Some(Ok(limit @ 1..=100)) => limit,
        Some(_) => {
            return Err(Refused::invalid_form(json!({ "limit": { "_errors": [
                { "code": "NUMBER_TYPE_MAX", "message": "int value should be between 1 and 100." },
            ] } })));
        }
    };
    let limit = usize::try_from(limit).unwrap_or(50);
    if world.need(channel, Permission::ReadMessageHistory).is_err() {
        return Ok(json!([]).into());
    }
    let all = world.messages.get(&channel.id).map_or(&[][..], Vec::as_slice);
    let there = all.iter().filter(|m| !m.deleted && m.only_for.is_none());
    let mut found: Vec<(u64, &Message)> = there.map(|m| (m.id.parse().unwrap_or(0), m)).collect();
    found.sort_by_key(|(id, _)| *id);
    let bound = |key: &str| number(key).and_then(Result::ok);
    let kept: Vec<&Message> = if let Some(around) = bound("around") {
        let at = found.partition_point(|(id, _)| *id < around);
        let from = at.saturating_sub(limit / 2);
        found.iter().skip(from).take(limit).map(|(_, m)| *m).collect()
    } else if let Some(after) = bound("after") {
        // The first ones after it, still newest first.
        found
            .iter()
            .filter(|(id, _)| *id > after)
            .take(limit)
            .map(|(_, m)| *m)
            .collect()
    } else {
        let before = bound("before").unwrap_or(u64::MAX);
        let mut newest: Vec<&Message> = found
            .iter()
            .rev()
            .filter(|(id, _)| *id < before)
            .take(limit)
            .map(|(_, m)| *m)
            .collect();
        newest.reverse();
        newest
    };
    let shown: Vec<Value> = kept.into_iter().rev().map(|m| world.message_json(m)).collect();
    Ok(json!(shown).into())
}
