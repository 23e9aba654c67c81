//! Talking, commands, and what else happens in a workspace that a bot may hear of.

use serde_json::{Value, json};

use crate::slack::api::view_json;
use crate::slack::deliver::Parcel;
use crate::slack::payload;
use crate::slack::state::{Handling, Message, PendingEvent, ResponseUrl, World};
use crate::slack::wire::{Args, normal};
use crate::slack::{Outcome, Slack};

/// Slack tries three times more.
const RETRIES: u32 = 3;

impl Slack {
    /// A person writes into a channel or a thread. Returns the ts.
    pub fn say(&self, user: &str, channel: &str, thread: Option<&str>, text: &str) -> String {
        self.change(|world, now| {
            let ts = world.ts(now);
            world.put(Message {
                ts: ts.clone(),
                channel: channel.to_owned(),
                user: user.to_owned(),
                bot_id: None,
                text: normal(text),
                blocks: Vec::new(),
                metadata: None,
                thread_ts: thread.map(str::to_owned),
                broadcast: false,
                client_msg_id: None,
                edited: None,
                deleted: false,
                handling: Handling::default(),
                version: 1,
                // The bot's words are what a test must look at, not its own.
                seen: true,
            });
            ts
        })
    }

    /// A line that begins with a slash, as it stands in the field: the command, and whatever follows it.
    pub async fn type_command(&self, user: &str, channel: &str, line: &str) -> Outcome {
        let line = line.trim();
        let (command, text) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let unknown = {
            let known = &self.look().settings.commands;
            let named = |c: &Value| {
                c["name"]
                    .as_str()
                    .is_some_and(|name| command.strip_prefix('/') == Some(name))
            };
            !known.is_empty() && !known.iter().any(named)
        };
        match unknown {
            true => Outcome::refused(format!("{command} is not a valid command")),
            false => self.command(user, channel, command, text.trim_start()).await,
        }
    }

    /// A slash command. What comes with the acknowledgement is shown to the person.
    pub async fn command(&self, user: &str, channel: &str, command: &str, text: &str) -> Outcome {
        let fields = self.change(|world, now| payload::command(world, now, user, channel, command, text));
        let outcome = self.deliver_for(user, command, &Parcel::Command(fields)).await;
        let args = match &outcome.body {
            Some(Value::String(text)) => Args::of(json!({ "text": text })),
            Some(body @ Value::Object(fields)) if !fields.is_empty() => Args::of(body.clone()),
            _ => return outcome,
        };
        let shown = self.change(|world, now| {
            let url = ResponseUrl {
                user: user.to_owned(),
                channel: channel.to_owned(),
                ts: None,
                ephemeral: true,
                at: now,
                uses: 0,
            };
            let shown = world.answer(now, &url, &args);
            if let Err(no) = &shown {
                world.fail(now, user, format!("{command}: {}", no.error));
            }
            shown
        });
        match shown {
            Ok(()) => outcome,
            Err(no) => Outcome {
                error: Some(no.error),
                ..outcome
            },
        }
    }

    /// Delivers an event (the inner `event` object). Unacknowledged ones wait for `retry_events`.
    pub async fn event(&self, event: Value) -> Outcome {
        let payload = self.change(|world, now| payload::event(world, now, event));
        self.bring_event(PendingEvent {
            payload,
            attempt: 0,
            reason: "",
        })
        .await
    }

    /// What Slack does at once, after a minute and after five; here when the test says so.
    pub async fn retry_events(&self) -> Vec<Outcome> {
        let waiting = self.change(|world, _| std::mem::take(&mut world.unacked_events));
        let mut outcomes = Vec::new();
        for event in waiting {
            let again = PendingEvent {
                attempt: event.attempt + 1,
                ..event
            };
            outcomes.push(self.bring_event(again).await);
        }
        outcomes
    }

    pub fn unacked_events(&self) -> usize {
        self.look().unacked_events.len()
    }

    async fn bring_event(&self, event: PendingEvent) -> Outcome {
        let outcome = self.deliver(&Parcel::Event(event.clone())).await;
        if !outcome.acked && !outcome.no_retry && event.attempt < RETRIES {
            let reason = if outcome.status.is_some() {
                "http_error"
            } else {
                "http_timeout"
            };
            self.change(|world, _| world.unacked_events.push(PendingEvent { reason, ..event }));
        }
        outcome
    }

    /// An event of something that happened anyway: only for who subscribed, and no harm if nobody is there.
    async fn happened(&self, event: Value) -> Outcome {
        let heard = {
            let world = self.look();
            let kind = event["type"].as_str().unwrap_or_default();
            let somebody = !world.sockets.is_empty() || world.settings.events_url.is_some();
            somebody && world.settings.subscriptions.contains(kind)
        };
        match heard {
            true => self.event(event).await,
            false => Outcome::default(),
        }
    }

    /// A person takes a message away. `false` when it is not there.
    pub fn delete_message(&self, channel: &str, ts: &str) -> bool {
        self.change(|world, _| world.remove(channel, ts))
    }

    /// A person turns to the bot's own tab. The bot hears of it if it listens, and may show something else there.
    pub async fn open_home(&self, user: &str) -> Outcome {
        let event = self.change(|world, now| {
            let channel = world.direct(user, now);
            let mut event = json!({
                "type": "app_home_opened",
                "user": user,
                "channel": channel,
                "tab": "home",
                "event_ts": format!("{}.000000", now.timestamp()),
            });
            if let Some(home) = world.homes.get(user).cloned() {
                event["view"] = view_json(world, &home);
            }
            event
        });
        self.happened(event).await
    }

    pub async fn archive(&self, channel: &str) -> Outcome {
        let event =
            self.change(|world, now| world.archival(channel, true, &format!("{}.000000", now.timestamp())));
        self.happened(event).await
    }

    pub async fn unarchive(&self, channel: &str) -> Outcome {
        let event =
            self.change(|world, now| world.archival(channel, false, &format!("{}.000000", now.timestamp())));
        self.happened(event).await
    }

    /// Changes who is in a user group, and tells the bot.
    pub async fn set_group_users(&self, group: &str, users: &[&str]) -> Outcome {
        let event = self.change(|world, now| {
            let before = world
                .group(group)
                .map(|group| group.users.clone())
                .unwrap_or_default();
            let after: Vec<String> = users.iter().map(|user| (*user).to_owned()).collect();
            for known in world.groups.iter_mut().filter(|known| known.id == group) {
                known.users.clone_from(&after);
            }
            let added: Vec<&String> = after.iter().filter(|user| !before.contains(user)).collect();
            let removed: Vec<&String> = before.iter().filter(|user| !after.contains(user)).collect();
            json!({
                "type": "subteam_members_changed",
                "subteam_id": group,
                "team_id": world.settings.team_id,
                "date_previous_update": now.timestamp(),
                "date_update": now.timestamp(),
                "added_users": added,
                "added_users_count": added.len(),
                "removed_users": removed,
                "removed_users_count": removed.len(),
            })
        });
        self.happened(event).await
    }
}

impl World {
    fn archival(&mut self, channel: &str, archived: bool, ts: &str) -> Value {
        self.set_archived(channel, archived);
        let private = self.channel(channel).is_some_and(|channel| channel.private);
        let kind = match (private, archived) {
            (false, true) => "channel_archive",
            (false, false) => "channel_unarchive",
            (true, true) => "group_archive",
            (true, false) => "group_unarchive",
        };
        json!({ "type": kind, "channel": channel, "user": "U0ADMIN", "event_ts": ts })
    }
}
