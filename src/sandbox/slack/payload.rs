//! What Slack sends when people do something, field by field in Slack's shapes. Texts inside go out escaped,
//! as the real one hands them back; a bot that copies them into a new message escapes twice, and should notice.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use super::api::{message_json, view_json};
use super::state::{Message, OpenView, ResponseUrl, Trigger, World};
use super::wire::{literal, normal};

/// `state.values`: one entry for everything that holds a value, keeping what was entered before.
pub fn values(blocks: &Value, before: &Value) -> Value {
    let mut values = Map::new();
    for (block, element) in elements(blocks) {
        let (Some(id), Some(fresh)) = (element["action_id"].as_str(), initial(element)) else {
            continue;
        };
        let kept = &before[block][id];
        let entry = if kept["type"] == element["type"] {
            kept.clone()
        } else {
            fresh
        };
        let of_block = values.entry(block).or_insert_with(|| json!({}));
        of_block[id] = entry;
    }
    Value::Object(values)
}

fn initial(element: &Value) -> Option<Value> {
    let kind = element["type"].as_str()?;
    let (key, value) = match kind {
        "plain_text_input" | "email_text_input" | "url_text_input" | "number_input" => {
            ("value", element["initial_value"].clone())
        }
        "static_select" | "external_select" | "radio_buttons" => {
            ("selected_option", element["initial_option"].clone())
        }
        "checkboxes" | "multi_static_select" | "multi_external_select" => {
            ("selected_options", list(&element["initial_options"]))
        }
        "users_select" => ("selected_user", element["initial_user"].clone()),
        "channels_select" => ("selected_channel", element["initial_channel"].clone()),
        "conversations_select" => (
            "selected_conversation",
            element["initial_conversation"].clone(),
        ),
        "multi_users_select" => ("selected_users", list(&element["initial_users"])),
        "multi_channels_select" => ("selected_channels", list(&element["initial_channels"])),
        "multi_conversations_select" => (
            "selected_conversations",
            list(&element["initial_conversations"]),
        ),
        "datepicker" => ("selected_date", element["initial_date"].clone()),
        "timepicker" => ("selected_time", element["initial_time"].clone()),
        "datetimepicker" => ("selected_date_time", element["initial_date_time"].clone()),
        "rich_text_input" => ("rich_text_value", element["initial_value"].clone()),
        _ => return None,
    };
    Some(json!({ "type": kind, key: value }))
}

fn list(value: &Value) -> Value {
    if value.is_array() {
        value.clone()
    } else {
        json!([])
    }
}

/// Every interactive element with the id of the block it stands in.
pub fn elements(blocks: &Value) -> Vec<(&str, &Value)> {
    let mut found = Vec::new();
    for block in blocks.as_array().into_iter().flatten() {
        let id = block["block_id"].as_str().unwrap_or_default();
        let inner: Vec<&Value> = match block["type"].as_str() {
            Some("actions") => block["elements"].as_array().into_iter().flatten().collect(),
            Some("section") => block.get("accessory").into_iter().collect(),
            Some("input") => block.get("element").into_iter().collect(),
            Some("card") => block["actions"].as_array().into_iter().flatten().collect(),
            Some("container") => {
                found.extend(elements(&block["child_blocks"]));
                Vec::new()
            }
            _ => Vec::new(),
        };
        found.extend(
            inner
                .into_iter()
                .filter(|e| e["type"] != "image")
                .map(|element| (id, element)),
        );
    }
    found
}

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
    let team = world
        .user(user)
        .map_or(&settings.team_id, |user| &user.team_id);
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
    json!({
        "token": "verification-token",
        "team_id": settings.team_id,
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
