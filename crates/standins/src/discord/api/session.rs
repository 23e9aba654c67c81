//! Who the bot is, and where its gateway is.

use chrono::DateTime;
use chrono::Utc;
use serde_json::Value;
use serde_json::json;

use super::Call;
use crate::discord::json;
use crate::discord::refused::Answer;
use crate::discord::refused::Refused;
use crate::discord::state::World;

pub fn gateway(world: &mut World, _: DateTime<Utc>, _: &Call) -> Answer {
    let url = world.gateway_url();
    Ok(json!({ "url": url }).into())
}

pub fn gateway_bot(world: &mut World, _: DateTime<Utc>, _: &Call) -> Answer {
    let url = world.gateway_url();
    let left = 1000_u64.saturating_sub(world.gateway.identified);
    let limit = json!({ "total": 1000, "remaining": left, "reset_after": 86_400_000, "max_concurrency": 1 });
    Ok(json!({ "url": url, "shards": 1, "session_start_limit": limit }).into())
}

pub fn me(world: &mut World, _: DateTime<Utc>, _: &Call) -> Answer {
    let mut me = world.user_json(world.bot());
    for (key, value) in [
        ("verified", json!(true)),
        ("mfa_enabled", json!(true)),
        ("locale", json!("en-US")),
    ] {
        me[key] = value;
    }
    me["email"] = Value::Null;
    Ok(me.into())
}

pub fn user(world: &mut World, _: DateTime<Utc>, call: &Call) -> Answer {
    let found = world.user(call.place(0)).map(json::user);
    found
        .map(Into::into)
        .ok_or_else(|| Refused::new(404, 10013, "Unknown User"))
}

pub fn guilds(world: &mut World, _: DateTime<Utc>, _: &Call) -> Answer {
    let permissions = world
        .user(world.bot())
        .map_or(0, |bot| world.base_permissions(bot));
    let guild = json!({
        "id": world.settings.guild_id,
        "name": world.settings.guild_name,
        "icon": null,
        "banner": null,
        "owner": false,
        "permissions": permissions.to_string(),
        "features": [],
    });
    Ok(json!([guild]).into())
}

pub fn application(world: &mut World, _: DateTime<Utc>, _: &Call) -> Answer {
    Ok(world.application_json().into())
}
