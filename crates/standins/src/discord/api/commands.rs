//! The commands an app has registered: everywhere, or in this server.

use chrono::DateTime;
use chrono::Utc;
use serde_json::Value;
use serde_json::json;

use super::Call;
use crate::discord::form;
use crate::discord::refused::Answer;
use crate::discord::refused::Refused;
use crate::discord::refused::Reply;
use crate::discord::state::World;

/// New ones a day; changing one is free.
const CREATIONS: u32 = 200;

fn own(world: &World, call: &Call) -> Result<(), Refused> {
    match call.place(0) == world.settings.application_id {
        true => Ok(()),
        false => Err(Refused::new(404, 10002, "Unknown Application")),
    }
}

fn guild(world: &World, call: &Call) -> Result<Value, Refused> {
    own(world, call)?;
    match call.place(1) == world.settings.guild_id {
        true => Ok(json!(world.settings.guild_id)),
        false => Err(Refused::missing_access()),
    }
}

pub fn list(world: &mut World, _: DateTime<Utc>, call: &Call) -> Answer {
    own(world, call)?;
    Ok(shown(world, &Value::Null).into())
}

pub fn list_in_guild(world: &mut World, _: DateTime<Utc>, call: &Call) -> Answer {
    let guild = guild(world, call)?;
    Ok(shown(world, &guild).into())
}

fn shown(world: &World, scope: &Value) -> Value {
    let those = world.commands.iter().filter(|c| c["guild_id"] == *scope);
    those.map(out).collect()
}

/// A command of everywhere has no server.
fn out(command: &Value) -> Value {
    let mut command = command.clone();
    if command["guild_id"].is_null()
        && let Some(fields) = command.as_object_mut()
    {
        fields.remove("guild_id");
    }
    command
}

pub fn overwrite(world: &mut World, now: DateTime<Utc>, call: &Call) -> Answer {
    own(world, call)?;
    replace(world, now, &Value::Null, call)
}

pub fn overwrite_in_guild(world: &mut World, now: DateTime<Utc>, call: &Call) -> Answer {
    let guild = guild(world, call)?;
    replace(world, now, &guild, call)
}

fn replace(world: &mut World, now: DateTime<Utc>, scope: &Value, call: &Call) -> Answer {
    let wanted = form::commands(&call.body)?;
    let (before, others) = std::mem::take(&mut world.commands)
        .into_iter()
        .partition::<Vec<_>, _>(|c| c["guild_id"] == *scope);
    world.commands = others;
    for command in wanted {
        if let Err(refused) = put(world, now, scope, &before, command) {
            world.commands.retain(|c| c["guild_id"] != *scope);
            world.commands.extend(before);
            return Err(refused);
        }
    }
    Ok(shown(world, scope).into())
}

pub fn create(world: &mut World, now: DateTime<Utc>, call: &Call) -> Answer {
    own(world, call)?;
    add(world, now, &Value::Null, call)
}

pub fn create_in_guild(world: &mut World, now: DateTime<Utc>, call: &Call) -> Answer {
    let guild = guild(world, call)?;
    add(world, now, &guild, call)
}

fn same(a: &Value, b: &Value) -> bool {
    let kind = |c: &Value| c["type"].as_u64().unwrap_or(1);
    a["name"] == b["name"] && kind(a) == kind(b)
}

fn add(world: &mut World, now: DateTime<Utc>, scope: &Value, call: &Call) -> Answer {
    form::command(&call.body)?;
    let there = |c: &Value| c["guild_id"] == *scope && same(c, &call.body);
    let before: Vec<Value> = world.commands.iter().filter(|c| there(c)).cloned().collect();
    world.commands.retain(|c| !there(c));
    let made = put(world, now, scope, &before, call.body.clone())?;
    // A name that was there is changed, not created.
    match before.is_empty() {
        true => Ok(Reply::created(made)),
        false => Ok(made.into()),
    }
}

fn put(
    world: &mut World,
    now: DateTime<Utc>,
    scope: &Value,
    before: &[Value],
    mut command: Value,
) -> Result<Value, Refused> {
    let known = before.iter().find(|c| same(c, &command));
    let id = match known {
        Some(known) => known["id"].clone(),
        None if world.created_commands >= CREATIONS => {
            let message = "Max number of daily application command creates has been reached (200)";
            return Err(Refused::new(400, 30034, message));
        }
        None => {
            world.created_commands += 1;
            json!(world.id(now))
        }
    };
    let version = world.id(now);
    command["id"] = id;
    command["application_id"] = json!(world.settings.application_id);
    command["guild_id"] = scope.clone();
    command["version"] = json!(version);
    for (key, value) in [
        ("type", json!(1)),
        ("description", json!("")),
        ("default_member_permissions", Value::Null),
        ("nsfw", json!(false)),
    ] {
        if command[key].is_null() {
            command[key] = value;
        }
    }
    if let Some(bits) = command["default_member_permissions"].as_u64() {
        command["default_member_permissions"] = json!(bits.to_string());
    }
    world.commands.push(command.clone());
    Ok(out(&command))
}

pub fn delete(world: &mut World, _: DateTime<Utc>, call: &Call) -> Answer {
    own(world, call)?;
    remove(world, &Value::Null, call.place(1))
}

pub fn delete_in_guild(world: &mut World, _: DateTime<Utc>, call: &Call) -> Answer {
    let guild = guild(world, call)?;
    remove(world, &guild, call.place(2))
}

fn remove(world: &mut World, scope: &Value, id: &str) -> Answer {
    let before = world.commands.len();
    world
        .commands
        .retain(|c| c["guild_id"] != *scope || c["id"] != *id);
    match world.commands.len() < before {
        true => Ok(Reply::empty()),
        false => Err(Refused::new(404, 10063, "Unknown application command")),
    }
}
