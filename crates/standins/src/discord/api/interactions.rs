//! Answering interactions over REST: the callback, and the messages that belong to a token.

use chrono::DateTime;
use chrono::Utc;

use super::Call;
use crate::discord::answer;
use crate::discord::form;
use crate::discord::refused::Answer;
use crate::discord::refused::Refused;
use crate::discord::refused::Reply;
use crate::discord::state::Interaction;
use crate::discord::state::World;

pub fn callback(world: &mut World, now: DateTime<Utc>, call: &Call) -> Answer {
    let (id, token) = (call.place(0), call.place(1));
    if world.interactions.get(token).is_none_or(|found| found.id != id) {
        return Err(Refused::unknown_interaction());
    }
    world.answer(now, token, &call.body)?;
    let wanted = call
        .query
        .get("with_response")
        .is_some_and(|text| text == "true" || text == "1");
    match world.interactions.get(token) {
        Some(found) if wanted => Ok(answer::told(world, found).into()),
        _ => Ok(Reply::empty()),
    }
}

fn found(world: &World, now: DateTime<Utc>, call: &Call) -> Result<Interaction, Refused> {
    world.by_token(now, call.place(0), call.place(1))
}

pub fn follow_up(world: &mut World, now: DateTime<Utc>, call: &Call) -> Answer {
    let found = found(world, now, call)?;
    world.follow_up(now, &found, &call.body).map(Into::into)
}

fn original(found: &Interaction) -> Result<String, Refused> {
    found.original.clone().ok_or_else(Refused::unknown_message)
}

/// Only what this token brought: its answer, its follow-ups, and the message it was pressed on.
fn own(world: &World, found: &Interaction, id: &str) -> Result<String, Refused> {
    let message = world
        .message(&found.channel, id)
        .ok_or_else(Refused::unknown_message)?;
    let theirs = found.original.as_deref() == Some(id)
        || message
            .interaction
            .as_ref()
            .is_some_and(|metadata| metadata["id"] == *found.id);
    match theirs {
        true => Ok(id.to_owned()),
        false => Err(Refused::unknown_message()),
    }
}

pub fn get_original(world: &mut World, now: DateTime<Utc>, call: &Call) -> Answer {
    let found = found(world, now, call)?;
    show(world, &found, &original(&found)?)
}

pub fn edit_original(world: &mut World, now: DateTime<Utc>, call: &Call) -> Answer {
    let found = found(world, now, call)?;
    let id = original(&found)?;
    change(world, now, &found, &id, call)
}

pub fn delete_original(world: &mut World, now: DateTime<Utc>, call: &Call) -> Answer {
    let found = found(world, now, call)?;
    let id = original(&found)?;
    take_back(world, &found, &id)
}

pub fn get(world: &mut World, now: DateTime<Utc>, call: &Call) -> Answer {
    let found = found(world, now, call)?;
    let id = own(world, &found, call.place(2))?;
    show(world, &found, &id)
}

pub fn edit(world: &mut World, now: DateTime<Utc>, call: &Call) -> Answer {
    let found = found(world, now, call)?;
    let id = own(world, &found, call.place(2))?;
    change(world, now, &found, &id, call)
}

pub fn delete(world: &mut World, now: DateTime<Utc>, call: &Call) -> Answer {
    let found = found(world, now, call)?;
    let id = own(world, &found, call.place(2))?;
    take_back(world, &found, &id)
}

fn show(world: &World, found: &Interaction, id: &str) -> Answer {
    let message = world
        .message(&found.channel, id)
        .ok_or_else(Refused::unknown_message)?;
    Ok(world.message_json(message).into())
}

fn change(world: &mut World, now: DateTime<Utc>, found: &Interaction, id: &str, call: &Call) -> Answer {
    let content = form::message(&call.body, "", world.is_newer(&found.channel, id))?;
    world.rewrite(now, &found.channel, id, content).map(Into::into)
}

fn take_back(world: &mut World, found: &Interaction, id: &str) -> Answer {
    match world.take_back(&found.channel, id) {
        true => Ok(Reply::empty()),
        false => Err(Refused::unknown_message()),
    }
}
