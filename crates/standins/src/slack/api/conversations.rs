//! Channels as the bot sees them. A private channel it was not invited to does not exist for it.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::slack::state::{Channel, World};
use crate::slack::wire::{Answer, Args, Refused};

/// The scope family of the channel asked for.
pub fn kind(world: &World, args: &Args) -> &'static str {
    let id = args.word("channel").unwrap_or_default();
    match world.channel(&id) {
        Some(channel) if channel.with.is_some() => "im",
        Some(channel) if channel.private => "groups",
        _ => "channels",
    }
}

pub fn list_scopes(args: &Args) -> Vec<String> {
    let types = args.word("types").unwrap_or_else(|| "public_channel".to_owned());
    let scope = |kind: &str| match kind.trim() {
        "private_channel" => "groups:read",
        "im" => "im:read",
        "mpim" => "mpim:read",
        _ => "channels:read",
    };
    types.split(',').map(|kind| scope(kind).to_owned()).collect()
}

/// The channel named by id, by `#name` or by the person on the other side.
pub fn reachable(world: &mut World, now: DateTime<Utc>, args: &Args) -> Result<String, Refused> {
    let asked = args.word("channel").ok_or("channel_not_found")?;
    if world.user(&asked).is_some_and(|user| !user.is_bot) {
        return Ok(world.direct(&asked, now));
    }
    let name = asked.trim_start_matches('#');
    let bot = &world.settings.bot_user;
    world
        .channels
        .iter()
        .find(|c| c.id == asked || (c.with.is_none() && c.name == name))
        .filter(|c| !c.private || c.members.contains(bot))
        .map(|c| c.id.clone())
        .ok_or_else(|| "channel_not_found".into())
}

pub fn channel_json(world: &World, channel: &Channel) -> Value {
    let direct = channel.with.is_some();
    let mut shown = json!({
        "id": channel.id,
        "created": channel.created,
        "is_archived": channel.archived,
        "is_im": direct,
        "is_org_shared": false,
        "is_ext_shared": channel.is_ext_shared,
        "is_shared": channel.is_ext_shared,
        "context_team_id": world.settings.team_id,
        "updated": channel.created * 1000,
    });
    let more = match &channel.with {
        Some(user) => json!({ "user": user, "is_user_deleted": false }),
        None => json!({
            "name": channel.name,
            "name_normalized": channel.name,
            "is_channel": !channel.private,
            "is_group": channel.private,
            "is_mpim": false,
            "is_private": channel.private,
            "is_general": false,
            "is_member": channel.members.contains(&world.settings.bot_user),
            "is_pending_ext_shared": false,
            "num_members": channel.members.len(),
            "topic": { "value": "", "creator": "", "last_set": 0 },
            "purpose": { "value": "", "creator": "", "last_set": 0 },
        }),
    };
    merge(&mut shown, more);
    shown
}

pub fn merge(into: &mut Value, more: Value) {
    if let (Some(into), Value::Object(more)) = (into.as_object_mut(), more) {
        into.extend(more);
    }
}

pub fn info(world: &mut World, now: DateTime<Utc>, args: &Args) -> Answer {
    let id = reachable(world, now, args)?;
    let channel = world.channel(&id).ok_or("channel_not_found")?;
    Ok(json!({ "channel": channel_json(world, channel) }))
}

pub fn list(world: &mut World, _: DateTime<Utc>, args: &Args) -> Answer {
    let types = args.word("types").unwrap_or_else(|| "public_channel".to_owned());
    let wanted = |kind: &str| types.split(',').any(|asked| asked.trim() == kind);
    let skip_archived = args.flag("exclude_archived").unwrap_or(false);
    let bot = &world.settings.bot_user;
    let found: Vec<Value> = world
        .channels
        .iter()
        .filter(|c| !(skip_archived && c.archived))
        .filter(|c| match (&c.with, c.private) {
            (Some(_), _) => wanted("im"),
            (None, true) => wanted("private_channel") && c.members.contains(bot),
            (None, false) => wanted("public_channel"),
        })
        .map(|c| channel_json(world, c))
        .collect();
    paged("channels", found, args)
}

pub fn members(world: &mut World, now: DateTime<Utc>, args: &Args) -> Answer {
    let id = reachable(world, now, args)?;
    let channel = world.channel(&id).ok_or("channel_not_found")?;
    let members = channel.members.iter().map(|member| json!(member)).collect();
    paged("members", members, args)
}

pub fn join(world: &mut World, now: DateTime<Utc>, args: &Args) -> Answer {
    let id = reachable(world, now, args)?;
    let bot = world.settings.bot_user.clone();
    let channel = world
        .channels
        .iter_mut()
        .find(|c| c.id == id)
        .ok_or("channel_not_found")?;
    match (&channel.with, channel.private, channel.archived) {
        (Some(_), ..) | (_, true, _) => return Err("method_not_supported_for_channel_type".into()),
        (.., true) => return Err("is_archived".into()),
        _ if channel.members.contains(&bot) => {}
        _ => channel.members.push(bot),
    }
    info(world, now, args)
}

pub fn open(world: &mut World, now: DateTime<Utc>, args: &Args) -> Answer {
    let asked = args
        .word("users")
        .or(args.word("channel"))
        .ok_or("users_list_not_supplied")?;
    let id = match asked.split(',').count() {
        1 if asked.starts_with('D') => asked,
        1 => {
            world
                .user(&asked)
                .filter(|user| !user.deleted)
                .ok_or("user_not_found")?;
            world.direct(&asked, now)
        }
        _ => return Err("method_not_supported_for_channel_type".into()),
    };
    let channel = world.channel(&id).ok_or("channel_not_found")?;
    let shown = match args.flag("return_im").unwrap_or(false) {
        true => channel_json(world, channel),
        false => json!({ "id": id }),
    };
    Ok(json!({ "channel": shown, "no_op": false, "already_open": false }))
}

/// Slack's cursors are opaque; here they are the number of items already seen.
pub fn paged(key: &str, items: Vec<Value>, args: &Args) -> Answer {
    let limit = args.number("limit").unwrap_or(100);
    if !(1..=1000).contains(&limit) {
        return Err("invalid_limit".into());
    }
    let limit = usize::try_from(limit).unwrap_or(100);
    let start = match args.word("cursor") {
        None => 0,
        Some(cursor) => cursor
            .strip_prefix("after:")
            .and_then(|seen| seen.parse::<usize>().ok())
            .ok_or("invalid_cursor")?,
    };
    let more = items.len() > start.saturating_add(limit);
    let page: Vec<Value> = items.into_iter().skip(start).take(limit).collect();
    let cursor = match more {
        true => format!("after:{}", start + limit),
        false => String::new(),
    };
    Ok(json!({ key: page, "has_more": more, "response_metadata": { "next_cursor": cursor } }))
}
