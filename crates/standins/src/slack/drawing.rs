//! The whole workspace as one JSON, in the shape the demo page is built against.

use serde_json::{Map, Value, json};

use super::Slack;
use super::api::view_json;
use super::state::{Channel, Message, OpenView, World};

impl Slack {
    /// What the demo page draws.
    pub fn state(&self) -> Value {
        // Before the world is read: a change in between is shown twice rather than never.
        let revision = self.revision();
        let now = self.now();
        let world = self.look();
        let users: Vec<Value> = world
            .users
            .iter()
            .map(|u| json!({ "id": u.id, "name": u.name, "real_name": u.real_name, "team_id": u.team_id, "is_bot": u.is_bot }))
            .collect();
        let groups: Vec<Value> = world
            .groups
            .iter()
            .map(|g| json!({ "id": g.id, "handle": g.handle, "users": g.users }))
            .collect();
        let (dms, channels): (Vec<&Channel>, Vec<&Channel>) =
            world.channels.iter().partition(|c| c.with.is_some());
        let channels: Vec<Value> = channels.iter().map(|c| channel_state(&world, c)).collect();
        let dms: Vec<Value> = dms.iter().map(|c| channel_state(&world, c)).collect();
        let views: Map<String, Value> = world
            .views
            .iter()
            .map(|(user, stack)| {
                let shown = |open: &OpenView| {
                    json!({ "id": open.id, "view": view_json(&world, open), "errors": open.errors })
                };
                (user.clone(), stack.iter().map(shown).collect())
            })
            .collect();
        let homes: Map<String, Value> = world
            .homes
            .iter()
            .map(|(user, home)| {
                let shown = json!({ "id": home.id, "view": view_json(&world, home) });
                (user.clone(), shown)
            })
            .collect();
        json!({
            "now": now.to_rfc3339(),
            "homes": homes,
            "commands": world.settings.commands,
            "team": { "id": world.settings.team_id, "name": world.settings.team_name, "domain": world.settings.team_domain },
            "users": users,
            "groups": groups,
            "channels": channels,
            "dms": dms,
            "views": views,
            "failures": world.failures,
            "faults": world.faults,
            "revision": revision,
        })
    }
}

fn channel_state(world: &World, channel: &Channel) -> Value {
    let all = world.messages.get(&channel.id).map_or(&[][..], Vec::as_slice);
    let in_thread = |parent: &Message| -> Vec<Value> {
        let replies = all
            .iter()
            .filter(|m| !m.deleted && m.thread_ts.as_ref() == Some(&parent.ts));
        replies.map(|m| message_state(m, None)).collect()
    };
    let messages: Vec<Value> = all
        .iter()
        .filter(|m| m.thread_ts.is_none() || m.broadcast)
        .map(|m| message_state(m, Some(in_thread(m))))
        .collect();
    let ephemerals: Vec<Value> = world
        .ephemerals
        .iter()
        .filter(|e| e.channel == channel.id && !e.deleted)
        .map(|e| {
            json!({ "user": e.user, "ts": e.ts, "thread_ts": e.thread_ts, "text": e.text, "blocks": e.blocks })
        })
        .collect();
    let mut shown = json!({
        "id": channel.id,
        "name": channel.name,
        "archived": channel.archived,
        "ext_shared": channel.is_ext_shared,
        "members": channel.members,
        "messages": messages,
        "ephemerals": ephemerals,
    });
    if let Some(user) = &channel.with {
        shown["with"] = json!(user);
    }
    shown
}

/// With the addresses of the files that they show.
fn pictured(blocks: &[Value]) -> Vec<Value> {
    let mut blocks = blocks.to_vec();
    for block in &mut blocks {
        if let Some(id) = block["slack_file"]["id"].as_str().map(str::to_owned) {
            block["slack_file"]["url"] = json!(format!("/slack/files/{id}"));
        }
    }
    blocks
}

fn message_state(message: &Message, thread: Option<Vec<Value>>) -> Value {
    let mut shown = json!({
        "ts": message.ts,
        "user": message.user,
        "bot": message.bot_id.is_some(),
        "text": message.text,
        "blocks": pictured(&message.blocks),
        "edited": message.edited.is_some(),
        "deleted": message.deleted,
    });
    if let Some(thread) = thread {
        shown["thread"] = json!(thread);
    }
    shown
}
