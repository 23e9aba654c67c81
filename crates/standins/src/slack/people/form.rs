//! Filling in, sending and closing forms. Slack's client checks first (required fields, lengths), then the bot
//! is asked, and the form obeys its answer.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::input::{entered, find};
use crate::slack::api::{fit, show};
use crate::slack::deliver::Parcel;
use crate::slack::kit::length;
use crate::slack::state::World;
use crate::slack::{Outcome, Slack};
use crate::slack::{entries, payload};

impl Slack {
    /// Fills in fields, by action id or by the label above them, and sends the form.
    pub async fn submit(&self, user: &str, view: &str, fields: &[(&str, &str)]) -> Outcome {
        let filled = self.change(|world, _| world.fill(user, view, fields));
        self.send_form(user, view, filled).await
    }

    /// Fills in fields and leaves the form open.
    pub fn enter(&self, user: &str, view: &str, fields: &[(&str, &str)]) -> Result<(), String> {
        self.change(|world, _| world.fill(user, view, fields))
    }

    /// As `submit`, with `state.values` as Slack's client would have it.
    pub async fn submit_values(&self, user: &str, view: &str, values: &Value) -> Outcome {
        let filled = self.change(|world, _| {
            let mut files = Vec::new();
            let open = world.open_view_mut(user, view)?;
            for (block, fields) in values.as_object().into_iter().flatten() {
                for (id, entry) in fields.as_object().into_iter().flatten() {
                    let slot = &mut open.values[block][id];
                    let kind = slot["type"].clone();
                    *slot = entry.clone();
                    slot["type"] = kind;
                    for file in slot["files"].as_array_mut().into_iter().flatten() {
                        let id = file["id"].as_str().unwrap_or_default().to_owned();
                        files.push((block.clone(), id));
                    }
                }
            }
            // The page only knows a file's id.
            for (block, id) in files {
                let shown = world.handed(&id)?;
                let slots = world.open_view_mut(user, view)?.values[&block].as_object_mut();
                for slot in slots.into_iter().flat_map(|s| s.values_mut()) {
                    for file in slot["files"].as_array_mut().into_iter().flatten() {
                        if file["id"] == *id {
                            *file = shown.clone();
                        }
                    }
                }
            }
            Ok(())
        });
        self.send_form(user, view, filled).await
    }

    async fn send_form(&self, user: &str, view: &str, filled: Result<(), String>) -> Outcome {
        let payload = filled.and_then(|()| {
            self.change(|world, now| {
                world.client_check(user, view)?;
                let open = world.open_view(user, view)?.clone();
                Ok(payload::view_submission(world, now, &open))
            })
        });
        let payload = match payload {
            Ok(payload) => payload,
            Err(why) => return Outcome::refused(why),
        };
        let outcome = self
            .deliver_for(user, "sending the form", &Parcel::Interaction(payload))
            .await;
        if outcome.acked {
            let body = outcome.body.clone().unwrap_or(Value::Null);
            let obeyed = self.change(|world, now| world.obey(now, user, view, &body));
            if let Err(why) = obeyed {
                return Outcome {
                    error: Some(why),
                    ..outcome
                };
            }
        }
        outcome
    }

    /// Closes the form on top. The bot hears of it only when it asked to.
    pub async fn close_view(&self, user: &str) -> Outcome {
        let closed = self.change(|world, _| {
            let stack = world.views.get_mut(user).filter(|stack| !stack.is_empty())?;
            let top = stack.pop()?;
            let all = top.view["clear_on_close"] == true;
            if all {
                stack.clear();
            }
            let told = top.view["notify_on_close"] == true;
            Some(told.then(|| payload::view_closed(world, &top, all)))
        });
        match closed {
            None => Outcome::refused(format!("{user} has no form open")),
            Some(None) => Outcome {
                acked: true,
                ..Outcome::default()
            },
            Some(Some(payload)) => self.deliver(&Parcel::Interaction(payload)).await,
        }
    }
}

impl World {
    fn fill(&mut self, user: &str, view: &str, fields: &[(&str, &str)]) -> Result<(), String> {
        let blocks = self.open_view(user, view)?.view["blocks"].clone();
        for (what, given) in fields {
            let (block, element) = find(&blocks, None, what)?;
            let entry = entered(self, element, given)?;
            let id = element["action_id"].as_str().unwrap_or_default();
            self.open_view_mut(user, view)?.values[block][id] = entry;
        }
        Ok(())
    }

    /// What Slack's client refuses by itself; the bot never hears of it.
    fn client_check(&mut self, user: &str, view: &str) -> Result<(), String> {
        let open = self.open_view_mut(user, view)?;
        let mut errors = BTreeMap::new();
        let blocks = open.view["blocks"].clone();
        for block in blocks
            .as_array()
            .into_iter()
            .flatten()
            .filter(|b| b["type"] == "input")
        {
            let id = block["block_id"].as_str().unwrap_or_default();
            let element = &block["element"];
            let action = element["action_id"].as_str().unwrap_or_default();
            if let Some(error) = complaint(block, &open.values[id][action]) {
                errors.insert(id.to_owned(), error);
            }
        }
        let first = errors
            .iter()
            .next()
            .map(|(block, error)| format!("{block}: {error}"));
        open.errors = errors;
        first.map_or(Ok(()), Err)
    }

    fn obey(&mut self, now: DateTime<Utc>, user: &str, view: &str, body: &Value) -> Result<(), String> {
        let done = match body["response_action"].as_str() {
            None => {
                self.close(user, view);
                Ok(())
            }
            Some("clear") => {
                self.views.remove(user);
                Ok(())
            }
            Some("errors") => self.complain(user, view, &body["errors"]),
            Some("update") => self.replace_view(user, view, &body["view"]),
            Some("push") => fit(self, body["view"].clone())
                .map_err(|no| no.body().to_string())
                .map(|fitted| {
                    show(self, user, fitted, true);
                }),
            Some(other) => Err(format!("`{other}` is no response_action")),
        };
        if let Err(why) = &done {
            self.fail(now, user, format!("sending the form: {why}"));
        }
        done
    }

    fn close(&mut self, user: &str, view: &str) {
        if let Some(stack) = self.views.get_mut(user) {
            stack.retain(|open| open.id != view);
        }
    }

    fn complain(&mut self, user: &str, view: &str, errors: &Value) -> Result<(), String> {
        let open = self.open_view_mut(user, view)?;
        let blocks = open.view["blocks"].as_array().cloned().unwrap_or_default();
        let errors: BTreeMap<String, String> = serde_json::from_value(errors.clone())
            .map_err(|_| "errors must be texts by block id".to_owned())?;
        let is_input = |id: &String| {
            blocks
                .iter()
                .any(|b| b["block_id"] == *id && b["type"] == "input")
        };
        if let Some(unknown) = errors.keys().find(|id| !is_input(id)) {
            return Err(format!("the form has no input block `{unknown}`"));
        }
        open.errors = errors;
        Ok(())
    }

    fn replace_view(&mut self, user: &str, view: &str, with: &Value) -> Result<(), String> {
        let fitted = fit(self, with.clone()).map_err(|no| no.body().to_string())?;
        let hash = self.name("hash");
        let open = self.open_view_mut(user, view)?;
        open.values = entries::values(&fitted["blocks"], &open.values);
        open.view = fitted;
        open.hash = hash;
        open.errors.clear();
        Ok(())
    }
}

fn complaint(block: &Value, entry: &Value) -> Option<String> {
    let empty = entry.as_object().is_none_or(|fields| {
        fields
            .iter()
            .filter(|(key, _)| key.as_str() != "type")
            .all(|(_, value)| matches!(value, Value::Null) || *value == json!("") || *value == json!([]))
    });
    if empty {
        let optional = block["optional"] == true;
        return (!optional).then(|| "Please complete this required field.".to_owned());
    }
    let typed = length(entry["value"].as_str()?) as u64;
    let limit = |key: &str| block["element"][key].as_u64();
    match (limit("min_length"), limit("max_length").unwrap_or(3000)) {
        (Some(min), _) if typed < min => Some(format!("Please enter at least {min} characters.")),
        (_, max) if typed > max => Some(format!("Please enter no more than {max} characters.")),
        _ => None,
    }
}
