//! Reading back: how the bot finds out whether a message whose answer was lost is there after all.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::conversations::{merge, paged, reachable};
use crate::slack::state::{Message, World};
use crate::slack::wire::{Answer, Args, Refused};

/// A message as the API shows it. Metadata comes without its payload unless it was asked for.
pub fn message_json(world: &World, message: &Message, all_metadata: bool) -> Value {
    let settings = &world.settings;
    let mut shown = json!({
        "type": "message",
        "user": message.user,
        "team": settings.team_id,
        "ts": message.ts,
        "text": message.text,
    });
    if message.bot_id.is_some() {
        let profile = json!({
            "id": settings.bot_id,
            "name": settings.bot_name,
            "app_id": settings.app_id,
            "team_id": settings.team_id,
            "deleted": false,
            "updated": 1_750_000_000,
        });
        let sender = json!({ "bot_id": settings.bot_id, "app_id": settings.app_id, "bot_profile": profile });
        merge(&mut shown, sender);
    }
    if !message.blocks.is_empty() {
        shown["blocks"] = json!(message.blocks);
    }
    if let Some(id) = &message.client_msg_id {
        shown["client_msg_id"] = json!(id);
    }
    if let Some(ts) = &message.edited {
        shown["edited"] = json!({ "user": message.user, "ts": ts });
    }
    match &message.metadata {
        Some(metadata) if all_metadata => shown["metadata"] = metadata.clone(),
        Some(metadata) => shown["metadata"] = json!({ "event_type": metadata["event_type"] }),
        None => {}
    }
    let replies = replies_to(world, message);
    match (&message.thread_ts, replies.last()) {
        (Some(parent), _) => {
            shown["thread_ts"] = json!(parent);
            let author = world.message(&message.channel, parent).map(|m| m.user.clone());
            shown["parent_user_id"] = json!(author);
        }
        (None, Some(last)) => {
            let mut people: Vec<&str> = replies.iter().map(|reply| reply.user.as_str()).collect();
            people.sort_unstable();
            people.dedup();
            let thread = json!({
                "thread_ts": message.ts,
                "reply_count": replies.len(),
                "reply_users_count": people.len(),
                "reply_users": people,
                "latest_reply": last.ts,
                "is_locked": false,
                "subscribed": false,
            });
            merge(&mut shown, thread);
        }
        (None, None) => {}
    }
    shown
}

pub fn replies_to<'a>(world: &'a World, message: &Message) -> Vec<&'a Message> {
    let list = world
        .messages
        .get(&message.channel)
        .map_or(&[][..], Vec::as_slice);
    list.iter()
        .filter(|m| !m.deleted && m.thread_ts.as_ref() == Some(&message.ts))
        .collect()
}

/// A deleted message stays as a tombstone while its thread lives.
fn tombstone(message: &Message) -> Value {
    json!({
        "type": "message",
        "subtype": "tombstone",
        "user": "USLACKBOT",
        "text": "This message was deleted.",
        "hidden": true,
        "ts": message.ts,
        "thread_ts": message.ts,
    })
}

struct Window {
    oldest: Option<String>,
    latest: Option<String>,
    inclusive: bool,
}

impl Window {
    fn of(args: &Args) -> Result<Self, Refused> {
        let bound = |key: &str, error: &str| match args.word(key) {
            None => Ok(None),
            Some(text) if text == "0" => Ok(None),
            Some(text) => padded(&text).map(Some).ok_or_else(|| Refused::from(error)),
        };
        Ok(Self {
            oldest: bound("oldest", "invalid_ts_oldest")?,
            latest: bound("latest", "invalid_ts_latest")?,
            inclusive: args.flag("inclusive").unwrap_or(false),
        })
    }

    fn holds(&self, ts: &str) -> bool {
        let Some(ts) = padded(ts) else {
            return false;
        };
        let after = self
            .oldest
            .as_ref()
            .is_none_or(|oldest| ts > *oldest || (self.inclusive && ts == *oldest));
        let before = self
            .latest
            .as_ref()
            .is_none_or(|latest| ts < *latest || (self.inclusive && ts == *latest));
        after && before
    }
}

/// Comparable as text, without the rounding of a float.
fn padded(ts: &str) -> Option<String> {
    let (seconds, fraction) = ts.split_once('.').unwrap_or((ts, ""));
    let seconds: u64 = seconds.parse().ok()?;
    let digits = fraction.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| format!("{seconds:012}.{:0<6.6}", fraction))
}

fn readable(world: &mut World, now: DateTime<Utc>, args: &Args) -> Result<String, Refused> {
    let id = reachable(world, now, args)?;
    let bot = &world.settings.bot_user;
    match world
        .channel(&id)
        .is_some_and(|channel| channel.members.contains(bot))
    {
        true => Ok(id),
        false => Err("not_in_channel".into()),
    }
}

pub fn history(world: &mut World, now: DateTime<Utc>, args: &Args) -> Answer {
    let channel = readable(world, now, args)?;
    let window = Window::of(args)?;
    let all = args.flag("include_all_metadata").unwrap_or(false);
    let found = world
        .messages
        .get(&channel)
        .map_or(&[][..], Vec::as_slice)
        .iter()
        .rev()
        .filter(|m| m.thread_ts.is_none() || m.broadcast)
        .filter(|m| window.holds(&m.ts))
        .filter_map(|m| match m.deleted {
            false => Some(message_json(world, m, all)),
            true if replies_to(world, m).is_empty() => None,
            true => Some(tombstone(m)),
        })
        .collect();
    paged("messages", found, args)
}

pub fn replies(world: &mut World, now: DateTime<Utc>, args: &Args) -> Answer {
    let channel = readable(world, now, args)?;
    let window = Window::of(args)?;
    let all = args.flag("include_all_metadata").unwrap_or(false);
    let ts = args.word("ts").ok_or("thread_not_found")?;
    let asked = world.message(&channel, &ts).ok_or("thread_not_found")?;
    let parent = match &asked.thread_ts {
        Some(parent) => world.message(&channel, parent).ok_or("thread_not_found")?,
        None => asked,
    };
    let replies = replies_to(world, parent);
    if parent.deleted && replies.is_empty() {
        return Err("thread_not_found".into());
    }
    let first = match parent.deleted {
        true => tombstone(parent),
        false => message_json(world, parent, all),
    };
    // The parent is always there, whatever the window says.
    let rest = replies
        .into_iter()
        .filter(|m| window.holds(&m.ts))
        .map(|m| message_json(world, m, all));
    paged("messages", std::iter::once(first).chain(rest).collect(), args)
}
