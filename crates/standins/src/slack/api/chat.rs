//! Posting, changing and taking back messages, with the edges that hurt: blocks that vanish when only text is
//! sent, kinds of blocks that cannot follow each other, repeats.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::content::content;
use super::conversations::reachable;
use super::files;
use super::history::message_json;
use crate::slack::kit::length;
use crate::slack::state::{Ephemeral, Message, World};
use crate::slack::wire::{Answer, Args, Refused, normal};

/// The old 40,000 no longer counts for updates.
const UPDATE_TEXT: usize = 4_000;

pub fn post(world: &mut World, now: DateTime<Utc>, args: &Args) -> Answer {
    let channel = postable(world, now, args)?;
    let content = content(world, args)?;
    if content.is_empty() {
        return Err("no_text".into());
    }
    files::judge(world, now, content.blocks.as_deref().unwrap_or_default())?;
    let thread = thread_of(world, &channel, args)?;
    let client_msg_id = args.word("client_msg_id");
    if let Some(id) = &client_msg_id {
        refuse_repeat(world, &channel, id)?;
    }
    let ts = world.ts(now);
    let message = Message {
        ts: ts.clone(),
        channel: channel.clone(),
        user: world.settings.bot_user.clone(),
        bot_id: Some(world.settings.bot_id.clone()),
        text: normal(&content.text.unwrap_or_default()),
        blocks: content.blocks.unwrap_or_default(),
        metadata: content.metadata.flatten(),
        thread_ts: thread,
        broadcast: args.flag("reply_broadcast").unwrap_or(false),
        client_msg_id,
        edited: None,
        deleted: false,
        handling: content.handling,
        version: 1,
        seen: false,
    };
    let shown = message_json(world, &message, true);
    world.put(message);
    Ok(json!({ "channel": channel, "ts": ts, "message": shown }))
}

fn refuse_repeat(world: &World, channel: &str, id: &str) -> Result<(), Refused> {
    let earlier = world
        .messages
        .get(channel)
        .and_then(|list| list.iter().find(|m| m.client_msg_id.as_deref() == Some(id)));
    match earlier {
        Some(_) if !world.settings.refuses_repeats => Ok(()),
        Some(message) if message.deleted => Err("duplicate_message_not_found".into()),
        Some(_) => Err("duplicate_message".into()),
        None => Ok(()),
    }
}

fn thread_of(world: &World, channel: &str, args: &Args) -> Result<Option<String>, Refused> {
    let Some(ts) = args.word("thread_ts") else {
        return Ok(None);
    };
    let parent = world
        .message(channel, &ts)
        .filter(|m| !m.deleted)
        .ok_or("thread_not_found")?;
    // A reply to a reply lands in the thread of its parent.
    Ok(Some(parent.thread_ts.clone().unwrap_or(ts)))
}

pub fn update(world: &mut World, now: DateTime<Utc>, args: &Args) -> Answer {
    let channel = postable(world, now, args)?;
    let ts = args.word("ts").ok_or("message_not_found")?;
    let content = content(world, args)?;
    let bot = world.settings.bot_id.clone();
    let user = world.settings.bot_user.clone();
    let message = world
        .message_mut(&channel, &ts)
        .filter(|message| !message.deleted)
        .ok_or("message_not_found")?;
    if message.bot_id.as_ref() != Some(&bot) {
        return Err("cant_update_message".into());
    }
    if content
        .text
        .as_deref()
        .is_some_and(|text| length(text) > UPDATE_TEXT)
    {
        return Err("msg_too_long".into());
    }
    if content.is_empty() && content.metadata.is_none() {
        return Err("no_text".into());
    }
    let rich = |blocks: &[Value]| blocks.iter().all(|block| block["type"] == "rich_text");
    if let Some(blocks) = &content.blocks
        && !message.blocks.is_empty()
        && rich(&message.blocks)
        && !rich(blocks)
    {
        return Err("block_mismatch".into());
    }
    let text = content.text.as_deref().map(normal);
    // Only words of a message without blocks carry the "edited" mark.
    if content.blocks.is_none() && text.as_ref().is_some_and(|text| *text != message.text) {
        message.edited = Some(format!("{}.000000", now.timestamp()));
    }
    if text.is_some() || content.blocks.is_some() {
        message.blocks = content.blocks.unwrap_or_default();
        message.text = text.unwrap_or_default();
        message.handling = content.handling;
        // Unlike posting, updating lets Slack's client rules loose on the text unless told otherwise.
        message.handling.parse.get_or_insert_with(|| "client".to_owned());
    }
    if let Some(metadata) = content.metadata {
        message.metadata = metadata;
    }
    message.version += 1;
    let message = message.clone();
    let mut shown = message_json(world, &message, true);
    shown["user"] = json!(user);
    Ok(json!({ "channel": channel, "ts": ts, "text": message.text, "message": shown }))
}

pub fn delete(world: &mut World, now: DateTime<Utc>, args: &Args) -> Answer {
    let channel = reachable(world, now, args)?;
    let ts = args.word("ts").ok_or("message_not_found")?;
    let message = world
        .message(&channel, &ts)
        .filter(|m| !m.deleted)
        .ok_or("message_not_found")?;
    if message.bot_id.as_ref() != Some(&world.settings.bot_id) {
        return Err("cant_delete_message".into());
    }
    world.remove(&channel, &ts);
    Ok(json!({ "channel": channel, "ts": ts }))
}

pub fn post_ephemeral(world: &mut World, now: DateTime<Utc>, args: &Args) -> Answer {
    let channel = postable(world, now, args)?;
    let user = args.word("user").ok_or("user_not_found")?;
    let content = content(world, args)?;
    if content.is_empty() {
        return Err("no_text".into());
    }
    if world.user(&user).is_none_or(|user| user.deleted) {
        return Err("user_not_found".into());
    }
    if !world.channel(&channel).is_some_and(|c| c.members.contains(&user)) {
        return Err("user_not_in_channel".into());
    }
    let ts = world.ts(now);
    world.ephemerals.push(Ephemeral {
        ts: ts.clone(),
        channel,
        user,
        thread_ts: args.word("thread_ts"),
        text: normal(&content.text.unwrap_or_default()),
        blocks: content.blocks.unwrap_or_default(),
        deleted: false,
        seen: false,
    });
    Ok(json!({ "message_ts": ts }))
}

pub fn permalink(world: &mut World, now: DateTime<Utc>, args: &Args) -> Answer {
    let channel = reachable(world, now, args)?;
    let ts = args.word("message_ts").ok_or("message_not_found")?;
    world
        .message(&channel, &ts)
        .filter(|m| !m.deleted)
        .ok_or("message_not_found")?;
    let domain = &world.settings.team_domain;
    let link = format!(
        "https://{domain}.slack.com/archives/{channel}/p{}",
        ts.replace('.', "")
    );
    Ok(json!({ "channel": channel, "permalink": link }))
}

fn postable(world: &mut World, now: DateTime<Utc>, args: &Args) -> Result<String, Refused> {
    let id = reachable(world, now, args)?;
    let channel = world.channel(&id).ok_or("channel_not_found")?;
    if channel.archived {
        return Err("is_archived".into());
    }
    let public = !channel.private && world.settings.scopes.contains("chat:write.public");
    match channel.members.contains(&world.settings.bot_user) || public {
        true => Ok(id),
        false => Err("not_in_channel".into()),
    }
}
