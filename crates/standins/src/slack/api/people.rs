//! Users and user groups.

use chrono::{DateTime, Offset, TimeZone, Utc};
use serde_json::{Value, json};

use super::conversations::paged;
use crate::slack::state::{Group, User, World};
use crate::slack::wire::{Answer, Args};

fn user_json(user: &User, now: DateTime<Utc>) -> Value {
    let offset = user.tz.parse::<chrono_tz::Tz>().map_or(0, |tz| {
        tz.offset_from_utc_datetime(&now.naive_utc())
            .fix()
            .local_minus_utc()
    });
    json!({
        "id": user.id,
        "team_id": user.team_id,
        "name": user.name,
        "deleted": user.deleted,
        "real_name": user.real_name,
        "tz": user.tz,
        "tz_label": user.tz,
        "tz_offset": offset,
        "profile": {
            "real_name": user.real_name,
            "real_name_normalized": user.real_name,
            "display_name": user.name,
            "display_name_normalized": user.name,
            "team": user.team_id,
        },
        "is_admin": false,
        "is_owner": false,
        "is_primary_owner": false,
        "is_restricted": false,
        "is_ultra_restricted": false,
        "is_bot": user.is_bot,
        "is_app_user": false,
        "updated": 1_750_000_000,
    })
}

pub fn info(world: &mut World, now: DateTime<Utc>, args: &Args) -> Answer {
    let id = args.word("user").ok_or("user_not_found")?;
    let user = world.user(&id).ok_or("user_not_found")?;
    Ok(json!({ "user": user_json(user, now) }))
}

pub fn list(world: &mut World, now: DateTime<Utc>, args: &Args) -> Answer {
    let users = world.users.iter().map(|user| user_json(user, now)).collect();
    let mut page = paged("members", users, args)?;
    page["cache_ts"] = json!(now.timestamp());
    Ok(page)
}

fn group_json(world: &World, group: &Group, with_users: bool) -> Value {
    let mut shown = json!({
        "id": group.id,
        "team_id": world.settings.team_id,
        "is_usergroup": true,
        "is_subteam": true,
        "name": group.name,
        "description": "",
        "handle": group.handle,
        "is_external": false,
        "date_create": 1_750_000_000,
        "date_update": 1_750_000_000,
        "date_delete": i64::from(group.disabled) * 1_750_000_000,
        "created_by": "U0ADMIN",
        "updated_by": "U0ADMIN",
        "prefs": { "channels": [], "groups": [] },
        "user_count": group.users.len(),
    });
    if with_users {
        shown["users"] = json!(group.users);
    }
    shown
}

pub fn groups(world: &mut World, _: DateTime<Utc>, args: &Args) -> Answer {
    let with_users = args.flag("include_users").unwrap_or(false);
    let disabled = args.flag("include_disabled").unwrap_or(false);
    let groups: Vec<Value> = world
        .groups
        .iter()
        .filter(|group| disabled || !group.disabled)
        .map(|group| group_json(world, group, with_users))
        .collect();
    Ok(json!({ "usergroups": groups }))
}

pub fn group_users(world: &mut World, _: DateTime<Utc>, args: &Args) -> Answer {
    let id = args.word("usergroup").ok_or("no_such_subteam")?;
    let disabled = args.flag("include_disabled").unwrap_or(false);
    let group = world.group(&id).filter(|group| disabled || !group.disabled);
    Ok(json!({ "users": group.ok_or("no_such_subteam")?.users }))
}
