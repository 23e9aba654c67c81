//! Where presses come in, whichever way Slack delivers them: write the bytes down, acknowledge, then work. Only a
//! submitted form is judged before it is acknowledged, because the acknowledgement says what becomes of the form.

use std::sync::Arc;
use std::time::Duration;
use std::time::Instant;

use serde_json::Value;
use serde_json::json;
use tokio::time::sleep;
use tokio::time::timeout;
use tokio_util::task::TaskTracker;

use crate::chat::slack::NAME;
use crate::chat::slack::SlackChat;
use crate::chat::slack::blocks;
use crate::chat::slack::inbound;
use crate::chat::slack::segments;
use crate::chat::slack::view;
use crate::domain::press::action::Ask;
use crate::domain::press::action::Outcome;
use crate::domain::press::action::Press;
use crate::domain::press::form::FormStep;
use crate::port::PortError;
use crate::port::chat::ChatPlatform;
use crate::port::chat::Delivery;
use crate::port::chat::Inbox;
use crate::port::chat::Kept;
use crate::port::chat::Repeat;
use crate::port::clock::Clock;
use crate::telemetry::meter;

/// Slack waits three seconds; what takes longer is told before that.
const PATIENCE: Duration = Duration::from_millis(2500);

/// So often a repeated delivery looks what the first one came to.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// The block that says so at the top of a preview.
const SORRY: &str = "sorry";

#[derive(Clone)]
pub struct Door {
    pub chat: Arc<SlackChat>,
    pub inbox: Arc<dyn Inbox>,
    pub clock: Arc<dyn Clock>,
    /// Presses that are being worked on after their acknowledgement.
    pub work: TaskTracker,
}

impl Door {
    /// Takes one delivery. The answer is the acknowledgement's body; an error means that nothing was kept and the
    /// delivery must not be acknowledged.
    pub async fn take(&self, raw: Vec<u8>) -> Result<Option<Value>, PortError> {
        let came = Instant::now();
        // Decoded once; what cannot be decoded is kept all the same.
        let payload = inbound::payload(&raw);
        let value = payload.as_ref().unwrap_or(&Value::Null);
        let submission = inbound::is_submission(value);
        let taken = timeout(
            PATIENCE,
            self.keep_and_act(raw, payload.as_ref(), submission, came),
        )
        .await;
        meter::acknowledged(NAME, submission, came.elapsed());
        match taken {
            Ok(Ok(answer)) => Ok(answer),
            // The form stays open with the text in it.
            Ok(Err(_)) | Err(_) if submission => Ok(Some(self.sorry(value))),
            Ok(Err(error)) => {
                self.regret(value);
                Err(error)
            }
            Err(_) => {
                self.regret(value);
                Err(PortError::later("the database took too long"))
            }
        }
    }

    async fn keep_and_act(
        &self,
        raw: Vec<u8>,
        payload: Option<&Value>,
        submission: bool,
        came: Instant,
    ) -> Result<Option<Value>, PortError> {
        let key = inbound::key(&raw, payload);
        let delivery = Delivery {
            chat: NAME.into(),
            key: key.clone(),
            raw,
            at: self.clock.now(),
        };
        let Some(kept) = self.inbox.keep(delivery).await? else {
            // An empty acknowledgement would close a form without the step that comes next.
            return if submission {
                let first = self.chat.decode(key.clone(), payload);
                self.same_again(&key, step(&first)).await
            } else {
                Ok(None)
            };
        };
        let press = self.chat.decode(key, payload);
        if submission {
            let step = step(&press);
            return self.inbox.act(&kept, press).await.map(|came| answer(came, step));
        }
        if self.inbox.leaves(&press) {
            return Ok(None);
        }
        let door = self.clone();
        self.work
            .spawn(async move { door.work_on(&kept, press, came).await });
        Ok(None)
    }

    /// The answer that the same form got, on this replica or another, as soon as there is one.
    async fn same_again(&self, key: &str, step: Option<FormStep>) -> Result<Option<Value>, PortError> {
        loop {
            match self.inbox.repeated(NAME, key).await? {
                Repeat::CameTo(outcome) => return Ok(answer(outcome, step)),
                Repeat::Over => return Err(PortError::later("what the form came to was not kept")),
                Repeat::Waiting => sleep(LOOK_AGAIN).await,
            }
        }
    }

    async fn work_on(&self, kept: &Kept, press: Press, came: Instant) {
        let opener = press.opener.clone();
        match self.inbox.act(kept, press.clone()).await {
            Ok(Outcome::Open(form)) => {
                let Some(opener) = opener else { return };
                let shown = self.chat.show(&opener, &form).await;
                meter::form_opened(NAME, shown.is_ok(), came.elapsed());
                if let Err(error) = shown {
                    tracing::warn!(error = %error, "a form could not be opened");
                    if let Err(error) = self.inbox.missed(kept, &press).await {
                        tracing::warn!(error = %error, "nor could that be told");
                    }
                }
            }
            Ok(Outcome::Done | Outcome::Told | Outcome::Faults(_) | Outcome::Next(_)) => {}
            // Kept and not finished: another replica, or we, will pick it up when its lease ends.
            Err(error) => tracing::warn!(error = %error, "a press could not be finished yet"),
        }
    }

    /// Nothing could be written down, so this cannot be an effect: say it directly, once, without promises.
    fn regret(&self, value: &Value) {
        let url = value
            .get("response_url")
            .and_then(Value::as_str)
            .map(str::to_owned);
        let Some(url) = url else { return };
        let room = value
            .pointer("/channel/id")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let text = self.inbox.locale(NAME, room).say("told-press-again", &[]);
        let chat = self.chat.clone();
        self.work.spawn(async move {
            if let Err(error) = chat.api.answer(&url, &blocks::answer(&text.into())).await {
                tracing::debug!(error = %error, "regret not delivered");
            }
        });
    }

    fn sorry(&self, value: &Value) -> Value {
        let press = self.chat.read(value.to_string().as_bytes());
        let locale = self.inbox.locale(NAME, &press.room);
        let text = locale.lang.text("fault-later", &[]);
        let field = match press.ask {
            Ask::Submit { values, .. } => values.into_keys().next(),
            _ => None,
        };
        match field.or_else(|| first_field(value)) {
            Some(field) => json!({ "response_action": "errors", "errors": { field: text } }),
            // A preview has no field to put a fault at.
            None => {
                let sorry = blocks::sentence(&locale.say("told-press-again", &[]));
                json!({ "response_action": "update", "view": same_view(value, sorry) })
            }
        }
    }
}

fn first_field(value: &Value) -> Option<String> {
    let blocks = value.pointer("/view/blocks").and_then(Value::as_array)?;
    let input = blocks
        .iter()
        .find(|b| b.get("type").and_then(Value::as_str) == Some("input"))?;
    input.get("block_id").and_then(Value::as_str).map(str::to_owned)
}

/// The view as we once sent it, with `first` above it: without what only Slack may set, and with the texts that Slack
/// hands back escaped as they were.
fn same_view(value: &Value, first: Vec<Value>) -> Value {
    let view = value.get("view").and_then(Value::as_object);
    let kept = [
        "type",
        "callback_id",
        "private_metadata",
        "title",
        "submit",
        "close",
        "blocks",
    ];
    let fields = view
        .into_iter()
        .flatten()
        .filter(|(k, v)| kept.contains(&k.as_str()) && !v.is_null());
    let mut view = Value::Object(fields.map(|(k, v)| (k.clone(), as_sent(v))).collect());
    if let Some(blocks) = view.get_mut("blocks").and_then(Value::as_array_mut) {
        // Pressed in vain twice, it is said once.
        blocks.retain(|b| b.get("block_id").and_then(Value::as_str) != Some(SORRY));
        blocks.splice(
            0..0,
            first.into_iter().map(|mut block| {
                block["block_id"] = json!(SORRY);
                block
            }),
        );
    }
    view
}

fn as_sent(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let inner = fields.iter().map(|(key, value)| {
                let value = match value {
                    Value::String(text) if key == "text" => json!(segments::unescape(text)),
                    other => as_sent(other),
                };
                (key.clone(), value)
            });
            Value::Object(inner.collect())
        }
        Value::Array(list) => Value::Array(list.iter().map(as_sent).collect()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}

/// The step of the form that was sent.
fn step(press: &Press) -> Option<FormStep> {
    match &press.ask {
        Ask::Submit { form, .. } => Some(form.step),
        _ => None,
    }
}

fn answer(outcome: Outcome, sent: Option<FormStep>) -> Option<Value> {
    match outcome {
        // All steps of the form close, whatever is left to say is said elsewhere.
        Outcome::Done | Outcome::Told => Some(json!({ "response_action": "clear" })),
        Outcome::Faults(faults) => Some(json!({ "response_action": "errors", "errors": faults })),
        Outcome::Next(form) | Outcome::Open(form) => {
            // A preview lies above what was written, so that closing it leads back there.
            let above = sent == Some(FormStep::Write) && form.token.step == FormStep::Preview;
            let action = if above { "push" } else { "update" };
            Some(json!({ "response_action": action, "view": view::modal(&form) }))
        }
    }
}
