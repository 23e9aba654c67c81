//! What Slack sends when people do something, field by field in Slack's shapes. Texts inside go out escaped,
//! as the real one hands them back; a bot that copies them into a new message escapes twice, and should notice.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::api::{message_json, view_json};
use super::state::{Message, OpenView, ResponseUrl, Trigger, World};
use super::wire::{literal, normal};

/// Where a press happened.
pub enum Stage<'a> {
    Message {
        message: &'a Message,
        blocks: &'a [Value],
    },
    /// Slack sends no message along for what only one person saw.
    Ephemeral {
        channel: &'a str,
        ts: &'a str,
        thread_ts: Option<&'a str>,
    },
    View(&'a OpenView),
}

pub fn block_actions(
    world: &mut World,
    now: DateTime<Utc>,
    user: &str,
    stage: &Stage<'_>,
    action: Value,
    values: &Value,
) -> Value {
    let mut payload = frame(world, "block_actions", user);
    let view = match stage {
        Stage::View(open) => Some(open.id.clone()),
        _ => None,
    };
    payload["trigger_id"] = json!(trigger(world, now, user, view));
    payload["actions"] = json!([escaped(&action)]);
    let in_channel = |channel: &str, ts: &str, thread: Option<&str>, ephemeral: bool| {
        let mut container = json!({
            "type": "message",
            "message_ts": ts,
            "channel_id": channel,
            "is_ephemeral": ephemeral,
        });
        if let Some(thread) = thread {
            container["thread_ts"] = json!(thread);
        }
        container
    };
    match stage {
        Stage::View(open) => {
            payload["container"] = json!({ "type": "view", "view_id": open.id });
            payload["view"] = escaped_view(&view_json(world, open));
            return payload;
        }
        Stage::Message { message, blocks } => {
            let thread = message.thread_ts.as_deref();
            payload["container"] = in_channel(&message.channel, &message.ts, thread, false);
            let mut shown = message_json(world, message, true);
            shown["blocks"] = escaped(&json!(blocks));
            payload["message"] = shown;
            add_channel(
                world,
                now,
                &mut payload,
                user,
                &message.channel,
                &message.ts,
                false,
            );
        }
        Stage::Ephemeral {
            channel,
            ts,
            thread_ts,
        } => {
            payload["container"] = in_channel(channel, ts, *thread_ts, true);
            add_channel(world, now, &mut payload, user, channel, ts, true);
        }
    }
    payload["state"] = json!({ "values": values });
    payload
}

fn add_channel(
    world: &mut World,
    now: DateTime<Utc>,
    payload: &mut Value,
    user: &str,
    channel: &str,
    ts: &str,
    ephemeral: bool,
) {
    let name = channel_name(world, channel);
    payload["channel"] = json!({ "id": channel, "name": name });
    payload["response_url"] = json!(response_url(world, now, user, channel, Some(ts), ephemeral));
}

pub fn channel_name(world: &World, channel: &str) -> String {
    match world.channel(channel) {
        Some(channel) if channel.with.is_some() => "directmessage".to_owned(),
        Some(channel) if channel.private => "privategroup".to_owned(),
        Some(channel) => channel.name.clone(),
        None => String::new(),
    }
}

pub fn view_submission(world: &mut World, now: DateTime<Utc>, open: &OpenView) -> Value {
    let mut payload = frame(world, "view_submission", &open.user);
    payload["trigger_id"] = json!(trigger(world, now, &open.user, Some(open.id.clone())));
    payload["view"] = escaped_view(&view_json(world, open));
    payload["response_urls"] = json!([]);
    payload
}

pub fn view_closed(world: &World, open: &OpenView, cleared: bool) -> Value {
    let mut payload = frame(world, "view_closed", &open.user);
    payload["view"] = escaped_view(&view_json(world, open));
    payload["is_cleared"] = json!(cleared);
    payload
}

fn frame(world: &World, kind: &str, user: &str) -> Value {
    let settings = &world.settings;
    let name = world.user_name(user);
    let team = world.user(user).map_or(&settings.team_id, |user| &user.team_id);
    json!({
        "type": kind,
        "user": { "id": user, "username": name, "name": name, "team_id": team },
        "api_app_id": settings.app_id,
        "token": "verification-token",
        "team": { "id": settings.team_id, "domain": settings.team_domain },
        "enterprise": null,
        "is_enterprise_install": false,
    })
}

pub fn command(
    world: &mut World,
    now: DateTime<Utc>,
    user: &str,
    channel: &str,
    command: &str,
    text: &str,
) -> Value {
    let url = response_url(world, now, user, channel, None, true);
    let trigger = trigger(world, now, user, None);
    let settings = &world.settings;
    let team = world.user(user).map_or(&settings.team_id, |user| &user.team_id);
    json!({
        "token": "verification-token",
        "team_id": team,
        "team_domain": settings.team_domain,
        "channel_id": channel,
        "channel_name": channel_name(world, channel),
        "user_id": user,
        "user_name": world.user_name(user),
        "command": command,
        "text": text,
        "api_app_id": settings.app_id,
        "is_enterprise_install": "false",
        "response_url": url,
        "trigger_id": trigger,
    })
}

pub fn event(world: &mut World, now: DateTime<Utc>, event: Value) -> Value {
    let id = world.name("Ev");
    let settings = &world.settings;
    json!({
        "token": "verification-token",
        "team_id": settings.team_id,
        "api_app_id": settings.app_id,
        "event": event,
        "type": "event_callback",
        "event_id": id,
        "event_time": now.timestamp(),
        "authorizations": [{
            "enterprise_id": null,
            "team_id": settings.team_id,
            "user_id": settings.bot_user,
            "is_bot": true,
            "is_enterprise_install": false,
        }],
        "is_ext_shared_channel": false,
        "event_context": format!("4-{id}"),
    })
}

fn trigger(world: &mut World, now: DateTime<Utc>, user: &str, view: Option<String>) -> String {
    let id = format!("{}.{}", now.timestamp_millis(), world.name("trigger"));
    let fresh = Trigger {
        user: user.to_owned(),
        at: now,
        used: false,
        view,
    };
    world.triggers.insert(id.clone(), fresh);
    id
}

fn response_url(
    world: &mut World,
    now: DateTime<Utc>,
    user: &str,
    channel: &str,
    ts: Option<&str>,
    ephemeral: bool,
) -> String {
    let token = world.name("R");
    let fresh = ResponseUrl {
        user: user.to_owned(),
        channel: channel.to_owned(),
        ts: ts.map(str::to_owned),
        ephemeral,
        at: now,
        uses: 0,
    };
    world.response_urls.insert(token.clone(), fresh);
    let base = world.base.clone().unwrap_or_default();
    format!("{base}/slack/response/{token}")
}

fn escaped_view(view: &Value) -> Value {
    let mut view = view.clone();
    for key in ["blocks", "title", "submit", "close"] {
        view[key] = escaped(&view[key]);
    }
    view
}

/// Texts of blocks the way Slack hands them back. What a person typed (`value`) stays as typed.
fn escaped(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let marked = fields
                .get("type")
                .is_some_and(|kind| kind == "mrkdwn" || kind == "markdown");
            let inner = fields.iter().map(|(key, value)| {
                let value = match value {
                    Value::String(text) if key == "text" && marked => json!(normal(text)),
                    Value::String(text) if key == "text" => json!(literal(text)),
                    other => escaped(other),
                };
                (key.clone(), value)
            });
            Value::Object(inner.collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(escaped).collect()),
        other => other.clone(),
    }
}
