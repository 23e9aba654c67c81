//! Threads: one per message, asleep after a while, awake again when somebody writes, unless a moderator locked them.

use chrono::DateTime;
use chrono::TimeDelta;
use chrono::Utc;
use serde_json::Value;

use super::Call;
use super::forum;
use crate::discord::form::Form;
use crate::discord::json::PINNED;
use crate::discord::permission::Permission;
use crate::discord::refused::Answer;
use crate::discord::refused::Refused;
use crate::discord::refused::Reply;
use crate::discord::state::Channel;
use crate::discord::state::PUBLIC_THREAD;
use crate::discord::state::Thread;
use crate::discord::state::World;

pub const MOST_ACTIVE: usize = 1_000;

pub fn start(world: &mut World, now: DateTime<Utc>, call: &Call) -> Answer {
    let parent = world.visible(call.place(0))?.clone();
    let message = call.place(1);
    if parent.thread.is_some() || parent.with.is_some() || parent.forum.is_some() {
        return Err(Refused::new(
            400,
            50024,
            "Cannot execute action on this channel type",
        ));
    }
    world.need(&parent, Permission::CreatePublicThreads)?;
    world.need(&parent, Permission::ReadMessageHistory)?;
    let mut form = Form::default();
    let name = form
        .text(&call.body, "", "name", (1, 100), true)
        .unwrap_or_default();
    let auto_archive = duration(&mut form, &call.body).unwrap_or(4320);
    form.finish()?;
    let there = world
        .message(&parent.id, message)
        .filter(|m| m.only_for.is_none());
    there.ok_or_else(Refused::unknown_message)?;
    if world.channel(message).is_some() {
        let message = "A thread has already been created for this message";
        return Err(Refused::new(400, 160_004, message));
    }
    if world.active_threads() >= MOST_ACTIVE {
        return Err(Refused::too_many_threads());
    }
    let thread = Channel {
        id: message.to_owned(),
        kind: PUBLIC_THREAD,
        name: name.trim().to_owned(),
        parent: Some(parent.id),
        overwrites: Vec::new(),
        thread: Some(Thread {
            owner: world.bot().to_owned(),
            archived: false,
            locked: false,
            auto_archive,
            changed: now,
            tags: Vec::new(),
            pinned: false,
        }),
        forum: None,
        with: None,
    };
    world.channels.push(thread.clone());
    world.tell_channel("THREAD_CREATE", &thread.id);
    Ok(Reply::created(world.channel_json(&thread)))
}

pub fn duration(form: &mut Form, body: &Value) -> Option<u64> {
    let value = body
        .get("auto_archive_duration")
        .filter(|value| !value.is_null())?;
    let minutes = value
        .as_u64()
        .filter(|minutes| [60, 1440, 4320, 10080].contains(minutes));
    if minutes.is_none() {
        form.choice("auto_archive_duration", "60, 1440, 4320, 10080");
    }
    minutes
}

pub fn join(world: &mut World, _: DateTime<Utc>, call: &Call) -> Answer {
    let thread = world.visible(call.place(0))?;
    match &thread.thread {
        None => Err(Refused::new(
            400,
            50024,
            "Cannot execute action on this channel type",
        )),
        Some(state) if state.archived => Err(Refused::thread_archived()),
        Some(_) => Ok(Reply::empty()),
    }
}

/// Threads, and the tags of a forum.
pub fn modify(world: &mut World, now: DateTime<Utc>, call: &Call) -> Answer {
    let channel = world.visible(call.place(0))?.clone();
    if let Some(forum) = &channel.forum {
        return forum::modify(world, now, &channel, forum, &call.body);
    }
    let Some(thread) = channel.thread.clone() else {
        return Err(Refused::missing_permissions());
    };
    let body = &call.body;
    let mut form = Form::default();
    let name = form.text(body, "", "name", (1, 100), false).map(str::to_owned);
    let auto_archive = duration(&mut form, body);
    for key in ["archived", "locked"] {
        if !matches!(body[key], Value::Null | Value::Bool(_)) {
            form.fault(key, "BOOLEAN_TYPE_CONVERT", "Must be either true or false.");
        }
    }
    let tags = forum::applied(&mut form, body);
    let flags = form.number(body, "", "flags", 0, i64::from(i32::MAX));
    form.finish()?;
    let archived = body["archived"].as_bool().unwrap_or(thread.archived);
    let locked = body["locked"].as_bool().unwrap_or(thread.locked);
    let manages = world.may(world.bot(), &channel, Permission::ManageThreads);
    let owns = thread.owner == world.bot();
    if thread.archived && archived {
        return Err(Refused::thread_archived());
    }
    let pinned = flags.map_or(thread.pinned, |flags| flags & PINNED as i64 != 0);
    match world.forum_of(&channel) {
        Some(forum) => forum::tags_of(
            forum,
            tags.as_deref().unwrap_or(&thread.tags),
            &thread.tags,
            manages,
        )?,
        None if tags.is_some() || flags.is_some() => {
            let message = "Cannot execute action on this channel type";
            return Err(Refused::new(400, 50024, message));
        }
        None => {}
    }
    let others = || {
        world
            .channels
            .iter()
            .filter(|c| c.parent == channel.parent && c.id != channel.id)
    };
    if pinned && !thread.pinned && others().any(|c| c.thread.as_ref().is_some_and(|t| t.pinned)) {
        let message = "Maximum number of pinned threads in a forum channel has been reached";
        return Err(Refused::new(400, 30047, message));
    }
    let allowed = match () {
        () if manages => true,
        () if thread.locked || locked != thread.locked || pinned != thread.pinned => false,
        () if name.is_some()
            || auto_archive.is_some()
            || tags.is_some()
            || (archived && !thread.archived) =>
        {
            owns
        }
        // Waking it up is for everybody who may write in it.
        () => world.may(world.bot(), &channel, Permission::SendMessagesInThreads),
    };
    if !allowed {
        return Err(Refused::missing_permissions());
    }
    if let Some(known) = world.channel_mut(&channel.id) {
        known.name = name.unwrap_or_else(|| known.name.clone());
        known.thread = Some(Thread {
            archived,
            locked,
            auto_archive: auto_archive.unwrap_or(thread.auto_archive),
            tags: tags.unwrap_or(thread.tags),
            // Who puts it away takes it down.
            pinned: pinned && !archived,
            changed: if archived == thread.archived {
                thread.changed
            } else {
                now
            },
            owner: thread.owner,
        });
    }
    world.tell_channel("THREAD_UPDATE", &channel.id);
    get(world, &channel.id)
}

pub fn get(world: &World, id: &str) -> Answer {
    let channel = world.channel(id).ok_or_else(Refused::unknown_channel)?;
    Ok(world.channel_json(channel).into())
}

impl World {
    /// Whether words can come into it now; a sleeping thread wakes up by them.
    pub fn wake(&mut self, now: DateTime<Utc>, channel: &str, manages: bool) -> Result<(), Refused> {
        let found = self.channel_mut(channel).ok_or_else(Refused::unknown_channel)?;
        let Some(thread) = &mut found.thread else {
            return Ok(());
        };
        match (thread.archived, thread.locked && !manages) {
            (true, true) => return Err(Refused::thread_archived()),
            (false, true) => return Err(Refused::new(400, 160_005, "Thread is locked")),
            (false, false) => return Ok(()),
            (true, false) => {
                thread.archived = false;
                thread.changed = now;
            }
        }
        self.tell_channel("THREAD_UPDATE", channel);
        Ok(())
    }

    /// Threads in which nobody wrote for their time.
    pub fn tired(&self, now: DateTime<Utc>) -> Vec<String> {
        let tired = |channel: &&Channel| -> bool {
            let Some(thread) = &channel.thread else {
                return false;
            };
            let last = self
                .messages
                .get(&channel.id)
                .and_then(|all| all.last())
                .map(|m| m.at);
            let last = last.unwrap_or(thread.changed).max(thread.changed);
            let minutes = i64::try_from(thread.auto_archive).unwrap_or(i64::MAX >> 16);
            !thread.archived && !thread.pinned && last + TimeDelta::minutes(minutes) <= now
        };
        let tired = self.channels.iter().filter(tired);
        tired.map(|channel| channel.id.clone()).collect()
    }

    /// They fall asleep.
    pub fn doze(&mut self, tired: Vec<String>, now: DateTime<Utc>) {
        for id in tired {
            if let Some(thread) = self.channel_mut(&id).and_then(|c| c.thread.as_mut()) {
                thread.archived = true;
                thread.changed = now;
            }
            self.tell_channel("THREAD_UPDATE", &id);
        }
    }
}
