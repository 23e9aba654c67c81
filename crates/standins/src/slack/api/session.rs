//! Who am I, and where is my socket.

use chrono::{DateTime, Utc};
use serde_json::json;

use crate::slack::state::World;
use crate::slack::wire::{Answer, Args};

pub fn api_test(_: &mut World, _: DateTime<Utc>, args: &Args) -> Answer {
    match args.word("error") {
        Some(error) => Err(error.as_str().into()),
        None => Ok(json!({})),
    }
}

pub fn auth_test(world: &mut World, _: DateTime<Utc>, _: &Args) -> Answer {
    let settings = &world.settings;
    Ok(json!({
        "url": format!("https://{}.slack.com/", settings.team_domain),
        "team": settings.team_name,
        "user": settings.bot_name,
        "team_id": settings.team_id,
        "user_id": settings.bot_user,
        "bot_id": settings.bot_id,
        "is_enterprise_install": false,
    }))
}

pub fn connections_open(world: &mut World, _: DateTime<Utc>, _: &Args) -> Answer {
    let ticket = world.name("ticket");
    world.tickets.insert(ticket.clone());
    let base = world.base.clone().unwrap_or_default();
    let host = base.strip_prefix("http://").unwrap_or(&base);
    Ok(json!({ "url": format!("ws://{host}/slack/socket?ticket={ticket}") }))
}
