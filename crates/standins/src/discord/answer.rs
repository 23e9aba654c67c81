//! Answers to interactions, by whichever way they come: the first one within three seconds and of a type that fits,
//! later ones by the token for a quarter of an hour.

use chrono::DateTime;
use chrono::TimeDelta;
use chrono::Utc;
use serde_json::Value;
use serde_json::json;

use super::api::Draft;
use super::form;
use super::form::Content;
use super::form::EPHEMERAL;
use super::form::Form;
use super::form::LOADING;
use super::permission::Permission;
use super::refused::Refused;
use super::state::Interaction;
use super::state::Modal;
use super::state::World;

const FIRST: TimeDelta = TimeDelta::seconds(3);
const LIVES: TimeDelta = TimeDelta::minutes(15);
const MOST_CHOICES: usize = 25;

pub const MESSAGE: u64 = 4;
pub const LATER: u64 = 5;
pub const LATER_UPDATE: u64 = 6;
pub const UPDATE: u64 = 7;
pub const CHOICES: u64 = 8;
pub const MODAL: u64 = 9;

impl World {
    /// The first answer.
    pub fn answer(&mut self, now: DateTime<Utc>, token: &str, body: &Value) -> Result<(), Refused> {
        let found = self
            .interactions
            .get(token)
            .ok_or_else(Refused::unknown_interaction)?;
        if found.answered.is_some() {
            let message = "Interaction has already been acknowledged.";
            return Err(Refused::new(400, 40060, message));
        }
        if found.expired || now - found.at > FIRST {
            return Err(Refused::unknown_interaction());
        }
        let found = found.clone();
        let kind = body["type"].as_u64().unwrap_or(0);
        let fitting: &[u64] = match (found.kind, found.source.is_some()) {
            (4, _) => &[CHOICES],
            (3, _) => &[MESSAGE, LATER, LATER_UPDATE, UPDATE, MODAL],
            (5, true) => &[MESSAGE, LATER, LATER_UPDATE, UPDATE],
            (5, false) => &[MESSAGE, LATER],
            _ => &[MESSAGE, LATER, MODAL],
        };
        if !fitting.contains(&kind) {
            let allowed: Vec<String> = fitting.iter().map(u64::to_string).collect();
            let mut form = Form::default();
            form.choice("type", &allowed.join(", "));
            return form.finish();
        }
        let original = self.obey(now, &found, kind, &body["data"])?;
        if let Some(interaction) = self.interactions.get_mut(token) {
            interaction.answered = Some(kind);
            interaction.original = original;
        }
        Ok(())
    }

    /// Returns the message that `@original` means from now on.
    fn obey(
        &mut self,
        now: DateTime<Utc>,
        found: &Interaction,
        kind: u64,
        data: &Value,
    ) -> Result<Option<String>, Refused> {
        let ephemeral = data["flags"].as_u64().unwrap_or(0) & EPHEMERAL != 0;
        match kind {
            MESSAGE => {
                let content = self.said(data)?;
                self.enter_thread(now, found)?;
                Ok(Some(self.respond(now, found, content, ephemeral)))
            }
            LATER => {
                self.enter_thread(now, found)?;
                let loading = Content {
                    flags: Some(LOADING),
                    ..Content::default()
                };
                Ok(Some(self.respond(now, found, loading, ephemeral)))
            }
            UPDATE => {
                let source = found.source.clone().ok_or_else(Refused::unknown_message)?;
                let newer = self.is_newer(&found.channel, &source);
                let content = form::message(data, "", newer)?;
                self.rewrite(now, &found.channel, &source, content)?;
                Ok(Some(source))
            }
            CHOICES => {
                let choices = choices(data)?;
                if let Some(interaction) = self.interactions.get_mut(&found.token) {
                    interaction.choices = choices;
                }
                Ok(None)
            }
            MODAL => {
                form::modal(data)?;
                let id = self.id(now);
                let text = |key: &str| data[key].as_str().unwrap_or_default().to_owned();
                let modal = Modal {
                    id,
                    user: found.user.clone(),
                    custom_id: text("custom_id"),
                    title: text("title"),
                    components: data["components"].as_array().cloned().unwrap_or_default(),
                    channel: found.channel.clone(),
                    message: found.source.clone(),
                };
                self.modals.insert(found.user.clone(), modal);
                Ok(None)
            }
            // A deferred update shows nothing.
            _ => Ok(found.source.clone()),
        }
    }

    fn said(&self, data: &Value) -> Result<Content, Refused> {
        let content = form::message(data, "", false)?;
        match content.is_empty() {
            true => Err(Refused::empty_message()),
            false => Ok(content),
        }
    }

    pub fn is_newer(&self, channel: &str, message: &str) -> bool {
        self.message(channel, message)
            .is_some_and(|m| m.flags & form::NEWER != 0)
    }

    /// A thread wakes up by an answer; one that is locked takes none.
    fn enter_thread(&mut self, now: DateTime<Utc>, found: &Interaction) -> Result<(), Refused> {
        let channel = self
            .channel(&found.channel)
            .ok_or_else(Refused::unknown_channel)?;
        let manages = self.may(self.bot(), channel, Permission::ManageThreads);
        self.wake(now, &found.channel, manages)
            .map_err(|_| Refused::thread_archived())
    }

    fn respond(
        &mut self,
        now: DateTime<Utc>,
        found: &Interaction,
        content: Content,
        ephemeral: bool,
    ) -> String {
        let draft = Draft {
            id: None,
            channel: &found.channel,
            // An answer to a command is of a kind of its own.
            kind: if found.kind == 2 { 20 } else { 0 },
            only_for: ephemeral.then(|| found.user.clone()),
            interaction: Some(found.metadata.clone()),
        };
        self.write(now, draft, content).id
    }

    /// The interaction of a token, while it may still be used.
    pub fn by_token(&self, now: DateTime<Utc>, app: &str, token: &str) -> Result<Interaction, Refused> {
        let unknown = || Refused::new(404, 10015, "Unknown Webhook");
        let found = self
            .interactions
            .get(token)
            .filter(|_| app == self.settings.application_id);
        let found = found.ok_or_else(unknown)?;
        if found.answered.is_none() {
            return Err(unknown());
        }
        if now - found.at > LIVES {
            return Err(Refused::new(401, 50027, "Invalid Webhook Token"));
        }
        Ok(found.clone())
    }

    /// One more message after the first answer; the first one after a deferral takes its place.
    pub fn follow_up(
        &mut self,
        now: DateTime<Utc>,
        found: &Interaction,
        body: &Value,
    ) -> Result<Value, Refused> {
        let content = self.said(body)?;
        let ephemeral = content.flags.is_some_and(|flags| flags & EPHEMERAL != 0);
        let waiting = found.original.as_ref().filter(|id| {
            let original = self.message(&found.channel, id);
            original.is_some_and(|m| m.flags & LOADING != 0)
        });
        if let Some(id) = waiting.cloned() {
            let content = Content {
                flags: None,
                ..content
            };
            return self.rewrite(now, &found.channel, &id, content);
        }
        self.enter_thread(now, found)?;
        let id = self.respond(now, found, content, ephemeral);
        let message = self
            .message(&found.channel, &id)
            .ok_or_else(Refused::unknown_message)?;
        Ok(self.message_json(message))
    }
}

fn choices(data: &Value) -> Result<Vec<Value>, Refused> {
    let mut form = Form::default();
    let list = form.list(data, "data", "choices", (0, MOST_CHOICES)).to_vec();
    if !data["choices"].is_array() {
        form.required("data.choices");
    }
    for (n, choice) in list.iter().enumerate() {
        let at = format!("data.choices.{n}");
        form.text(choice, &at, "name", (1, 100), true);
        match &choice["value"] {
            Value::String(_) => {
                form.text(choice, &at, "value", (1, 100), true);
            }
            Value::Number(_) => {}
            _ => form.required(&format!("{at}.value")),
        }
    }
    form.finish()?;
    Ok(list)
}

/// What `with_response` brings back.
pub fn told(world: &World, found: &Interaction) -> Value {
    let mut interaction = json!({ "id": found.id, "type": found.kind });
    let original = found
        .original
        .as_ref()
        .filter(|_| matches!(found.answered, Some(MESSAGE | LATER | UPDATE)));
    let message = original.and_then(|id| world.message(&found.channel, id));
    let mut resource = json!({ "type": found.answered });
    if let Some(message) = message {
        interaction["response_message_id"] = json!(message.id);
        interaction["response_message_loading"] = json!(message.flags & LOADING != 0);
        interaction["response_message_ephemeral"] = json!(message.is_ephemeral());
        resource["message"] = world.message_json(message);
    }
    json!({ "interaction": interaction, "resource": resource })
}
