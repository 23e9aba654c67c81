//! Presses and choices. A press is possible on what a person SEES, which may be older than what is there.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::input::{entered, find};
use crate::slack::deliver::Parcel;
use crate::slack::entries::values;
use crate::slack::payload::{Stage, block_actions};
use crate::slack::state::{OpenView, World};
use crate::slack::{Outcome, Slack};

/// What is pressed, and what is chosen in it.
#[derive(Clone, Copy)]
pub struct Move<'a> {
    pub user: &'a str,
    pub block: Option<&'a str>,
    pub what: &'a str,
    pub choice: Option<&'a str>,
}

impl Slack {
    /// Presses a button of the message as it is now, by action id or by the words on it.
    pub async fn press(&self, user: &str, channel: &str, ts: &str, what: &str) -> Outcome {
        let made = Move {
            user,
            block: None,
            what,
            choice: None,
        };
        self.on_message(made, channel, ts, None).await
    }

    /// Presses what an outdated client still shows: `seen` are the blocks as they once were.
    pub async fn press_as_seen(
        &self,
        user: &str,
        channel: &str,
        ts: &str,
        seen: &[Value],
        what: &str,
    ) -> Outcome {
        let made = Move {
            user,
            block: None,
            what,
            choice: None,
        };
        self.on_message(made, channel, ts, Some(seen)).await
    }

    /// Chooses in a menu, by the option's words or value.
    pub async fn choose(&self, user: &str, channel: &str, ts: &str, what: &str, option: &str) -> Outcome {
        let made = Move {
            user,
            block: None,
            what,
            choice: Some(option),
        };
        self.on_message(made, channel, ts, None).await
    }

    /// Presses a button of the person's own tab as it is now.
    pub async fn press_at_home(&self, user: &str, what: &str) -> Outcome {
        match self.home(user) {
            Some(home) => self.press_in_view(user, &home.id, what).await,
            None => Outcome::refused(format!("{user} has no home yet")),
        }
    }

    pub async fn press_in_view(&self, user: &str, view: &str, what: &str) -> Outcome {
        self.in_view(
            Move {
                user,
                block: None,
                what,
                choice: None,
            },
            view,
        )
        .await
    }

    pub async fn choose_in_view(&self, user: &str, view: &str, what: &str, option: &str) -> Outcome {
        self.in_view(
            Move {
                user,
                block: None,
                what,
                choice: Some(option),
            },
            view,
        )
        .await
    }

    pub(in crate::slack) async fn on_message(
        &self,
        made: Move<'_>,
        channel: &str,
        ts: &str,
        seen: Option<&[Value]>,
    ) -> Outcome {
        let payload = self.change(|world, now| world.message_press(now, made, channel, ts, seen));
        self.bring(made, payload).await
    }

    pub(in crate::slack) async fn in_view(&self, made: Move<'_>, view: &str) -> Outcome {
        let payload = self.change(|world, now| world.view_press(now, made, view));
        self.bring(made, payload).await
    }

    async fn bring(&self, made: Move<'_>, payload: Result<Value, String>) -> Outcome {
        match payload {
            Ok(payload) => {
                let what = format!("pressing `{}`", made.what);
                self.deliver_for(made.user, &what, &Parcel::Interaction(payload))
                    .await
            }
            Err(why) => Outcome::refused(why),
        }
    }
}

impl World {
    fn message_press(
        &mut self,
        now: DateTime<Utc>,
        made: Move<'_>,
        channel: &str,
        ts: &str,
        seen: Option<&[Value]>,
    ) -> Result<Value, String> {
        let ephemeral = self
            .ephemerals
            .iter()
            .find(|e| e.ts == ts && e.user == made.user && !e.deleted);
        if let Some(whisper) = ephemeral.cloned() {
            let blocks = json!(whisper.blocks);
            let (action, state) = self.action(now, made, &blocks, &Value::Null)?;
            let thread_ts = whisper.thread_ts.as_deref();
            let stage = Stage::Ephemeral {
                channel: &whisper.channel,
                ts,
                thread_ts,
            };
            return Ok(block_actions(self, now, made.user, &stage, action, &state));
        }
        let message = self
            .message(channel, ts)
            .filter(|message| !message.deleted || seen.is_some())
            .cloned()
            .ok_or_else(|| format!("there is no message {ts} in {channel}"))?;
        let blocks = seen.unwrap_or(&message.blocks);
        let (action, state) = self.action(now, made, &json!(blocks), &Value::Null)?;
        let stage = Stage::Message {
            message: &message,
            blocks,
        };
        Ok(block_actions(self, now, made.user, &stage, action, &state))
    }

    fn view_press(&mut self, now: DateTime<Utc>, made: Move<'_>, view: &str) -> Result<Value, String> {
        let open = self.open_view(made.user, view)?.clone();
        let (action, state) = self.action(now, made, &open.view["blocks"], &open.values)?;
        if let Ok(shown) = self.open_view_mut(made.user, view) {
            shown.values = state.clone();
        }
        let now_open = OpenView {
            values: state.clone(),
            ..open
        };
        Ok(block_actions(
            self,
            now,
            made.user,
            &Stage::View(&now_open),
            action,
            &state,
        ))
    }

    /// `actions[0]`, and `state.values` after it.
    fn action(
        &mut self,
        now: DateTime<Utc>,
        made: Move<'_>,
        blocks: &Value,
        before: &Value,
    ) -> Result<(Value, Value), String> {
        let (block, element) = find(blocks, made.block, made.what)?;
        let mut action = json!({
            "type": element["type"],
            "action_id": element["action_id"],
            "block_id": block,
            "action_ts": format!("{}.{:06}", now.timestamp(), now.timestamp_subsec_micros()),
        });
        for key in ["text", "value", "style", "placeholder", "confirm", "url"] {
            if let Some(value) = element.get(key).filter(|value| !value.is_null()) {
                action[key] = value.clone();
            }
        }
        let mut state = values(blocks, before);
        match made.choice {
            None if element["type"] == "button" => {}
            None => return Err(format!("`{}` has to be chosen in, not pressed", made.what)),
            Some(choice) => {
                let entry = entered(self, element, choice)?;
                for (key, value) in entry.as_object().into_iter().flatten() {
                    action[key] = value.clone();
                }
                let id = element["action_id"].as_str().unwrap_or_default();
                if !state[block][id].is_null() {
                    state[block][id] = entry;
                }
            }
        }
        Ok((action, state))
    }

    pub fn open_view(&self, user: &str, view: &str) -> Result<&OpenView, String> {
        let stack = self.views.get(user).map_or(&[][..], Vec::as_slice);
        let found = stack
            .iter()
            .chain(self.homes.get(user))
            .find(|open| open.id == view);
        found.ok_or_else(|| format!("{user} has no view {view} open"))
    }

    pub fn open_view_mut(&mut self, user: &str, view: &str) -> Result<&mut OpenView, String> {
        let stack = self.views.get_mut(user).map_or(&mut [][..], Vec::as_mut_slice);
        let home = self.homes.get_mut(user);
        let found = stack.iter_mut().chain(home).find(|open| open.id == view);
        found.ok_or_else(|| format!("{user} has no view {view} open"))
    }
}
