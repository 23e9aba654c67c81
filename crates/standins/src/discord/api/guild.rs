//! The server, its roles and its people.

use chrono::DateTime;
use chrono::Utc;
use serde_json::Value;
use serde_json::json;

use super::Call;
use crate::discord::deliver::GUILD_MEMBERS;
use crate::discord::json;
use crate::discord::permission::Permission;
use crate::discord::refused::Answer;
use crate::discord::refused::Refused;
use crate::discord::state::World;

fn known(world: &World, call: &Call) -> Result<(), Refused> {
    match call.place(0) == world.settings.guild_id {
        true => Ok(()),
        false => Err(Refused::new(404, 10004, "Unknown Guild")),
    }
}

pub fn get(world: &mut World, _: DateTime<Utc>, call: &Call) -> Answer {
    known(world, call)?;
    Ok(world.guild_json().into())
}

/// All channels that are no threads, also those the bot does not see.
pub fn channels(world: &mut World, _: DateTime<Utc>, call: &Call) -> Answer {
    known(world, call)?;
    let shown: Vec<Value> = world
        .channels
        .iter()
        .filter(|c| c.with.is_none() && c.thread.is_none())
        .map(|c| world.channel_json(c))
        .collect();
    Ok(json!(shown).into())
}

pub fn active_threads(world: &mut World, _: DateTime<Utc>, call: &Call) -> Answer {
    known(world, call)?;
    let shown: Vec<Value> = world
        .channels
        .iter()
        .filter(|c| c.thread.as_ref().is_some_and(|thread| !thread.archived))
        .filter(|c| world.may(world.bot(), c, Permission::ViewChannel))
        .map(|c| world.channel_json(c))
        .collect();
    Ok(json!({ "threads": shown, "members": [], "has_more": false }).into())
}

pub fn roles(world: &mut World, _: DateTime<Utc>, call: &Call) -> Answer {
    known(world, call)?;
    let shown: Vec<Value> = world.roles.iter().map(json::role).collect();
    Ok(json!(shown).into())
}

pub fn member(world: &mut World, _: DateTime<Utc>, call: &Call) -> Answer {
    known(world, call)?;
    let user = world
        .user(call.place(1))
        .ok_or_else(|| Refused::new(404, 10013, "Unknown User"))?;
    if user.away {
        return Err(Refused::new(404, 10007, "Unknown Member"));
    }
    let mut member = world.member_json(user);
    member["user"] = json::user(user);
    Ok(member.into())
}

/// Only for apps that were given the intent for it.
pub fn members(world: &mut World, _: DateTime<Utc>, call: &Call) -> Answer {
    known(world, call)?;
    if world.settings.privileged_intents & GUILD_MEMBERS == 0 {
        return Err(Refused::missing_access());
    }
    let limit = call
        .query
        .get("limit")
        .and_then(|n| n.parse().ok())
        .unwrap_or(1_usize);
    let after = call
        .query
        .get("after")
        .and_then(|id| id.parse().ok())
        .unwrap_or(0_u64);
    let newer = |id: &str| id.parse::<u64>().is_ok_and(|id| id > after);
    let shown: Vec<Value> = world
        .users
        .iter()
        .filter(|user| !user.away && newer(&user.id))
        .take(limit.min(1000))
        .map(|user| {
            let mut member = world.member_json(user);
            member["user"] = json::user(user);
            member
        })
        .collect();
    Ok(json!(shown).into())
}
