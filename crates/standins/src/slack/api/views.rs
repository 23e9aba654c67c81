//! Modals. A trigger opens one view, once, within three seconds; after that the form belongs to the person.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Map, Value, json};

use super::content::named;
use super::conversations::merge;
use crate::slack::entries;
use crate::slack::kit::{self, Flaw};
use crate::slack::state::{OpenView, Trigger, World};
use crate::slack::wire::{Answer, Args, Refused};

const TRIGGER_LIVES: TimeDelta = TimeDelta::seconds(3);
const STACK: usize = 3;
const BYTES: usize = 250_000;

pub fn open(world: &mut World, now: DateTime<Utc>, args: &Args) -> Answer {
    let view = checked(world, args)?;
    let trigger = spend(world, now, args)?;
    let opened = show(world, &trigger.user, view, false);
    Ok(json!({ "view": view_json(world, &opened) }))
}

pub fn push(world: &mut World, now: DateTime<Utc>, args: &Args) -> Answer {
    let view = checked(world, args)?;
    let trigger = spend(world, now, args)?;
    let stack = world.views.get(&trigger.user).map_or(0, Vec::len);
    match (stack, &trigger.view) {
        (0, _) | (_, None) => Err("not_found".into()),
        (STACK.., _) => Err("push_limit_reached".into()),
        _ => {
            let opened = show(world, &trigger.user, view, true);
            Ok(json!({ "view": view_json(world, &opened) }))
        }
    }
}

pub fn update(world: &mut World, _: DateTime<Utc>, args: &Args) -> Answer {
    let view = checked(world, args)?;
    let (id, external) = (args.word("view_id"), args.word("external_id"));
    let hash = args.word("hash");
    let fresh = world.name("hash");
    let opened = world
        .views
        .values_mut()
        .flatten()
        .find(|open| match (&id, &external) {
            (Some(id), _) => open.id == *id,
            (None, Some(external)) => open.view["external_id"] == json!(external),
            (None, None) => false,
        })
        .ok_or("not_found")?;
    if hash.is_some_and(|hash| hash != opened.hash) {
        return Err("hash_conflict".into());
    }
    opened.values = entries::values(&view["blocks"], &opened.values);
    opened.view = view;
    opened.hash = fresh;
    opened.errors.clear();
    let opened = opened.clone();
    Ok(json!({ "view": view_json(world, &opened) }))
}

/// The tab that one person has of the bot. What the bot says stands there must stand there, if it says so.
pub fn publish(world: &mut World, _: DateTime<Utc>, args: &Args) -> Answer {
    let user = args.word("user_id").ok_or("invalid_arguments")?;
    let known = world.user(&user).filter(|user| !user.deleted && !user.is_bot);
    if known.is_none() {
        return Err("user_not_found".into());
    }
    let view = args
        .nested("view", "invalid_arguments")?
        .filter(|view| view["type"] == "home")
        .ok_or("invalid_arguments")?;
    let view = kept(world, view)?;
    let there = world.homes.get(&user);
    if let Some(hash) = args.word("hash")
        && there.is_none_or(|there| there.hash != hash)
    {
        return Err("hash_conflict".into());
    }
    let id = there.map(|there| there.id.clone());
    let id = id.unwrap_or_else(|| world.name("V"));
    let home = OpenView {
        root: id.clone(),
        previous: None,
        id,
        user: user.clone(),
        hash: world.name("hash"),
        values: entries::values(&view["blocks"], &Value::Null),
        view,
        errors: std::collections::BTreeMap::new(),
    };
    world.homes.insert(user, home.clone());
    Ok(json!({ "view": view_json(world, &home) }))
}

fn checked(world: &mut World, args: &Args) -> Result<Value, Refused> {
    let view = args
        .nested("view", "invalid_arguments")?
        .ok_or("invalid_arguments")?;
    fit(world, view)
}

/// A view with its ids filled in, or Slack's reason why not.
pub fn fit(world: &mut World, view: Value) -> Result<Value, Refused> {
    if view["type"] == "home" {
        return Err("invalid_arguments".into());
    }
    kept(world, view)
}

fn kept(world: &mut World, view: Value) -> Result<Value, Refused> {
    if view.to_string().len() > BYTES {
        return Err("view_too_large".into());
    }
    match kit::view(&view) {
        Ok(()) => {}
        Err(Flaw::TooLong) => return Err("view_too_large".into()),
        Err(Flaw::Invalid(messages)) => {
            return Err(Refused::from("invalid_arguments").messages(messages));
        }
    }
    let mut view = view;
    if let Some(Value::Array(blocks)) = view.get("blocks").cloned() {
        view["blocks"] = Value::Array(named(world, blocks));
    }
    Ok(view)
}

fn spend(world: &mut World, now: DateTime<Utc>, args: &Args) -> Result<Trigger, Refused> {
    let id = args.word("trigger_id").ok_or("invalid_trigger")?;
    let trigger = world.triggers.get_mut(&id).ok_or("invalid_trigger")?;
    if trigger.used {
        return Err("trigger_exchanged".into());
    }
    if now - trigger.at > TRIGGER_LIVES {
        return Err("expired_trigger_id".into());
    }
    trigger.used = true;
    Ok(trigger.clone())
}

/// Puts a view before a person: on top of what is open, or in its place.
pub fn show(world: &mut World, user: &str, view: Value, on_top: bool) -> OpenView {
    let id = world.name("V");
    let hash = world.name("hash");
    let stack = world.views.entry(user.to_owned()).or_default();
    if !on_top {
        stack.clear();
    }
    let opened = OpenView {
        root: stack.first().map_or_else(|| id.clone(), |first| first.id.clone()),
        previous: stack.last().map(|last| last.id.clone()),
        id,
        user: user.to_owned(),
        hash,
        values: entries::values(&view["blocks"], &Value::Null),
        view,
        errors: std::collections::BTreeMap::new(),
    };
    stack.push(opened.clone());
    opened
}

pub fn view_json(world: &World, open: &OpenView) -> Value {
    let settings = &world.settings;
    let mut shown = json!({
        "submit": null,
        "close": null,
        "private_metadata": "",
        "callback_id": "",
        "external_id": "",
        "clear_on_close": false,
        "notify_on_close": false,
    });
    merge(&mut shown, open.view.clone());
    let about = json!({
        "id": open.id,
        "team_id": settings.team_id,
        "state": { "values": open.values },
        "hash": open.hash,
        "root_view_id": open.root,
        "previous_view_id": open.previous,
        "app_id": settings.app_id,
        "app_installed_team_id": settings.team_id,
        "bot_id": settings.bot_id,
    });
    merge(&mut shown, about);
    Value::Object(shown.as_object().cloned().unwrap_or_else(Map::new))
}
