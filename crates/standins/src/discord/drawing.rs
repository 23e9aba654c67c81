//! The whole server as one JSON, in the shape the demo page is built against.

use chrono::DateTime;
use chrono::Utc;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use super::Discord;
use super::form::LOADING;
use super::json;
use super::state::Channel;
use super::state::Message;
use super::state::Modal;
use super::state::World;

impl Discord {
    /// What the demo page draws.
    pub fn state(&self) -> Value {
        // Before the world is read: a change in between is shown twice rather than never.
        let revision = self.revision();
        let now = self.now();
        let world = self.look();
        let users: Vec<Value> = world
            .users
            .iter()
            .map(|u| {
                json!({ "id": u.id, "name": u.name, "display_name": u.display_name, "bot": u.bot, "roles": u.roles, "away": u.away })
            })
            .collect();
        let roles: Vec<Value> = world
            .roles
            .iter()
            .map(|r| json!({ "id": r.id, "name": r.name, "mentionable": r.mentionable }))
            .collect();
        let (dms, channels): (Vec<&Channel>, Vec<&Channel>) = world
            .channels
            .iter()
            .filter(|c| c.thread.is_none())
            .partition(|c| c.with.is_some());
        let shown = |list: Vec<&Channel>| -> Vec<Value> {
            list.into_iter().map(|c| channel_state(&world, c, now)).collect()
        };
        let modals: Map<String, Value> = world
            .modals
            .iter()
            .map(|(user, modal)| (user.clone(), modal_state(modal)))
            .collect();
        json!({
            "now": now.to_rfc3339(),
            "guild": { "id": world.settings.guild_id, "name": world.settings.guild_name },
            "bot": world.settings.application_id,
            "users": users,
            "roles": roles,
            "channels": shown(channels),
            "dms": shown(dms),
            "modals": modals,
            "commands": world.commands,
            "failures": world.failures,
            "faults": world.faults,
            "odd": world.odd,
            "revision": revision,
        })
    }
}

fn channel_state(world: &World, channel: &Channel, now: DateTime<Utc>) -> Value {
    let all = world.messages.get(&channel.id).map_or(&[][..], Vec::as_slice);
    let messages: Vec<Value> = all.iter().map(|m| message_state(world, m, now)).collect();
    let mut unread = Map::new();
    for user in world.users.iter().filter(|user| !user.bot) {
        let new = |m: &&Message| {
            let theirs = m.only_for.as_ref().is_none_or(|only| *only == user.id);
            !m.deleted && theirs && !m.read_by.contains(&user.id)
        };
        unread.insert(user.id.clone(), json!(all.iter().filter(new).count()));
    }
    let mut shown = json!({
        "id": channel.id,
        "type": channel.kind,
        "name": channel.name,
        "messages": messages,
        "unread": unread,
    });
    if let Some(user) = &channel.with {
        shown["with"] = json!(user);
    }
    if let Some(thread) = &channel.thread {
        shown["archived"] = json!(thread.archived);
        shown["locked"] = json!(thread.locked);
    }
    shown
}

fn message_state(world: &World, message: &Message, now: DateTime<Utc>) -> Value {
    let mut shown = json!({
        "id": message.id,
        "author": message.author,
        "bot": message.author == world.settings.application_id,
        "type": message.kind,
        "content": message.content,
        "embeds": world.pictured(message),
        "components": message.components,
        "at": json::instant(message.at),
        "edited": message.edited.is_some(),
        "deleted": message.deleted,
        "loading": message.flags & LOADING != 0,
        "only_for": message.only_for,
        "reply_to": message.reply_to,
        "pings": message.pings,
        "text": world.words(message, now),
        "interaction": message.interaction.as_ref().map(|metadata| metadata["user"]["id"].clone()),
    });
    // A thread has the id of the message it hangs below.
    if let Some(thread) = world.channel(&message.id).filter(|c| c.thread.is_some()) {
        shown["thread"] = channel_state(world, thread, now);
    }
    shown
}

fn modal_state(modal: &Modal) -> Value {
    json!({
        "id": modal.id,
        "custom_id": modal.custom_id,
        "title": modal.title,
        "components": modal.components,
        "channel": modal.channel,
        "message": modal.message,
    })
}
