//! Filling in, sending and closing forms. Discord's client checks first (required fields, lengths), then the app is
//! asked; what it does not answer in time stays open with an error.

use chrono::DateTime;
use chrono::Utc;
use serde_json::Value;
use serde_json::json;

use crate::discord::Discord;
use crate::discord::Outcome;
use crate::discord::form::length;
use crate::discord::payload::Deed;
use crate::discord::payload::FORM;
use crate::discord::state::Modal;
use crate::discord::state::World;

impl Discord {
    /// The form in front of somebody.
    pub fn modal(&self, user: &str) -> Option<Modal> {
        self.look().modals.get(user).cloned()
    }

    /// Fills in fields, by custom id or by the label above them, and sends the form. What is not named keeps what
    /// the form came with; several choices are separated by line breaks.
    pub async fn submit(&self, user: &str, fields: &[(&str, &str)]) -> Outcome {
        let payload = self.change(|world, now| world.form_payload(now, user, fields));
        let (id, payload) = match payload {
            Ok(made) => made,
            Err(why) => return Outcome::refused(why),
        };
        let outcome = self.deliver_for(user, "sending the form", &payload).await;
        if outcome.acked {
            self.change(|world, _| {
                // A press may have opened another one meanwhile.
                if world.modals.get(user).is_some_and(|open| open.id == id) {
                    world.modals.remove(user);
                }
            });
        }
        outcome
    }

    /// The app never hears of it.
    pub fn close_modal(&self, user: &str) -> bool {
        self.change(|world, _| world.modals.remove(user).is_some())
    }
}

impl World {
    fn form_payload(
        &mut self,
        now: DateTime<Utc>,
        user: &str,
        fields: &[(&str, &str)],
    ) -> Result<(String, Value), String> {
        let modal = self
            .modals
            .get(user)
            .cloned()
            .ok_or_else(|| format!("{user} has no form open"))?;
        let mut left: Vec<&(&str, &str)> = fields.iter().collect();
        let mut sent = Vec::new();
        let mut ids = Vec::new();
        for (n, component) in modal.components.iter().enumerate() {
            let number = n + 1;
            let (inner, label) = match component["type"].as_u64() {
                Some(1) => (&component["components"][0], &component["components"][0]["label"]),
                Some(18) => (&component["component"], &component["label"]),
                _ => {
                    sent.push(json!({ "type": component["type"], "id": number }));
                    continue;
                }
            };
            let at = left
                .iter()
                .position(|(what, _)| inner["custom_id"] == **what || *label == **what);
            let given = at.map(|at| left.remove(at).1);
            let mut entry = self.entry(inner, given, label.as_str().unwrap_or_default(), &mut ids)?;
            entry["type"] = inner["type"].clone();
            entry["custom_id"] = inner["custom_id"].clone();
            entry["id"] = json!(100 + number);
            sent.push(match component["type"].as_u64() {
                Some(1) => json!({ "type": 1, "id": number, "components": [entry] }),
                _ => json!({ "type": 18, "id": number, "component": entry }),
            });
        }
        if let Some((what, _)) = left.first() {
            return Err(format!("the form has no field `{what}`"));
        }
        let mut data = json!({ "custom_id": modal.custom_id, "components": sent });
        if !ids.is_empty() {
            data["resolved"] = self.resolved(&ids);
        }
        let message = modal
            .message
            .as_deref()
            .and_then(|id| self.message(&modal.channel, id))
            .cloned();
        let deed = Deed {
            kind: FORM,
            user,
            channel: &modal.channel,
            message: message.as_ref(),
            data,
        };
        Ok((modal.id.clone(), self.interaction(now, deed)))
    }

    /// The id of a file that somebody holds, by itself or by its name.
    fn holds(&self, file: &str) -> Option<&str> {
        let mut held = self.held.iter().rev();
        let found = held.find(|(id, (name, _))| id.as_str() == file || name == file);
        found.map(|(id, _)| id.as_str())
    }

    fn entry(
        &self,
        field: &Value,
        given: Option<&str>,
        label: &str,
        ids: &mut Vec<String>,
    ) -> Result<Value, String> {
        let kind = field["type"].as_u64().unwrap_or(0);
        let required = field["required"] != false;
        if kind == 23 {
            let checked = given.map_or(field["default"] == true, |given| given == "true");
            return Ok(json!({ "value": checked }));
        }
        if kind == 4 {
            let text = given.or_else(|| field["value"].as_str()).unwrap_or_default();
            let long = length(text) as u64;
            let least = field["min_length"].as_u64().unwrap_or(0).max(u64::from(required));
            let most = field["max_length"].as_u64().unwrap_or(4000);
            return match () {
                () if long == 0 && !required => Ok(json!({ "value": "" })),
                () if long < least => Err(format!("{label}: at least {least} characters")),
                () if long > most => Err(format!("{label}: at most {most} characters")),
                () => Ok(json!({ "value": text })),
            };
        }
        if kind == 19 {
            let given = given.unwrap_or_default();
            let found: Vec<&str> = given.lines().filter_map(|file| self.holds(file)).collect();
            return match found.is_empty() && (required || !given.is_empty()) {
                true => Err(format!("{label}: This field is required")),
                false => {
                    ids.extend(found.iter().map(|id| (*id).to_owned()));
                    Ok(json!({ "values": found }))
                }
            };
        }
        let preset = |o: &&Value| o["default"] == true;
        let offered = field["options"].as_array().into_iter().flatten();
        let defaults: Vec<&str> = offered
            .filter(preset)
            .filter_map(|o| o["value"].as_str())
            .collect();
        let options: Vec<&str> = match given {
            Some(given) => given.lines().collect(),
            None => defaults,
        };
        if options.is_empty() && !required {
            return Ok(json!({ "values": [] }));
        }
        let values = self
            .chosen(field, &options)
            .map_err(|why| format!("{label}: {why}"))?;
        if (5..=8).contains(&kind) {
            ids.extend(values.iter().cloned());
        }
        Ok(match kind {
            // One of a group of buttons.
            21 => json!({ "value": values.first() }),
            _ => json!({ "values": values }),
        })
    }
}
