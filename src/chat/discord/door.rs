//! Where interactions come in, by either way: write the bytes down, judge, answer within three seconds. A form has to be
//! the first answer, so what a press comes to is awaited as long as that allows; what takes longer is promised first and
//! told when it is there.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use serde_json::json;
use tokio::sync::oneshot;
use tokio::time::Instant;
use tokio::time::sleep;
use tokio::time::timeout;
use tokio::time::timeout_at;
use tokio_util::task::TaskTracker;

use crate::chat::discord::DiscordChat;
use crate::chat::discord::NAME;
use crate::chat::discord::form;
use crate::chat::discord::form::Shown;
use crate::chat::discord::inbound;
use crate::chat::discord::inbound::InteractionKind;
use crate::chat::discord::turn::Answering;
use crate::domain::press::action::Ask;
use crate::domain::press::action::Outcome;
use crate::domain::press::action::Press;
use crate::domain::say::text::Seg;
use crate::domain::say::words;
use crate::port::PortError;
use crate::port::chat::ChatPlatform;
use crate::port::chat::Delivery;
use crate::port::chat::Inbox;
use crate::port::chat::Kept;
use crate::port::chat::Repeat;
use crate::port::clock::Clock;
use crate::telemetry::meter;

/// Discord waits three seconds, and the answer has to travel.
const PATIENCE: Duration = Duration::from_millis(2300);
/// An answer that goes its own way may be tried again until then.
const ANSWER_WITHIN: Duration = Duration::from_millis(2900);
/// What we answer a call with has left us and not arrived yet.
const TRAVEL: Duration = Duration::from_millis(80);
/// Whether somebody has a role may be asked for so long; without an answer they have none.
const VOUCHING: Duration = Duration::from_millis(800);
/// So often a repeated delivery looks what the first one came to.
const LOOK_AGAIN: Duration = Duration::from_millis(50);
/// Further pages follow the first; it may not have arrived yet.
const PAGE_TRIES: usize = 4;
const PAGE_PAUSE: Duration = Duration::from_millis(700);

#[derive(Clone)]
pub struct Door {
    pub chat: Arc<DiscordChat>,
    pub inbox: Arc<dyn Inbox>,
    pub clock: Arc<dyn Clock>,
    /// Presses that are still worked on after their first answer.
    pub work: TaskTracker,
}

/// An interaction that is written down and ours to work on.
pub struct Arrived {
    kept: Kept,
    press: Press,
    value: Value,
    deadline: Instant,
    /// It came before, and only its first answer is given again.
    again: bool,
}

impl Arrived {
    /// Where its first answer goes in gateway mode.
    pub fn callback(&self) -> Option<(String, String)> {
        let word = |key: &str| self.value.get(key).and_then(Value::as_str).map(str::to_owned);
        Some((word("id")?, word("token")?))
    }

    /// Until when its first answer may be tried again.
    pub fn answer_by(&self) -> Instant {
        self.deadline + (ANSWER_WITHIN - PATIENCE)
    }

    pub fn is_form(&self) -> bool {
        self.kind() == InteractionKind::Submission
    }

    fn kind(&self) -> InteractionKind {
        inbound::kind(&self.value)
    }
}

impl Door {
    /// Takes one signed call; the answer is its body. An error means that nothing may be answered: a form then stays
    /// open on its person's screen, with the text in it.
    pub async fn take(&self, raw: Vec<u8>) -> Result<Value, PortError> {
        let value = inbound::payload(&raw).unwrap_or(Value::Null);
        match inbound::kind(&value) {
            InteractionKind::Ping => return Ok(json!({ "type": 1 })),
            InteractionKind::Typing => return Ok(self.suggest(&raw, &value).await),
            InteractionKind::Command
            | InteractionKind::Button
            | InteractionKind::Submission
            | InteractionKind::Other => {}
        }
        let came = Instant::now();
        let is_form = inbound::kind(&value) == InteractionKind::Submission;
        let (key, press) = (inbound::key(&raw), self.chat.read(&raw));
        let answering = self.answering(&raw);
        let answer = match self.keep(raw).await {
            Ok(Some(arrived)) => self.first(Arc::new(arrived)).await,
            Ok(None) => self.same_again(key, press, value.clone(), came + PATIENCE).await,
            Err(error) if is_form => Err(error),
            Err(error) => {
                tracing::error!(error = %error, "a press could not be kept");
                Ok(self.regret(&value))
            }
        };
        meter::acknowledged(NAME, is_form, came.elapsed());
        // What follows waits until this has left.
        tokio::spawn(async move {
            sleep(TRAVEL).await;
            drop(answering);
        });
        answer
    }

    /// Until it is dropped, nothing follows up on this interaction.
    pub fn answering(&self, raw: &[u8]) -> Answering {
        let value = inbound::payload(raw).unwrap_or(Value::Null);
        let interaction = value.get("id").and_then(Value::as_str).unwrap_or_default();
        self.chat.turns.begin(interaction)
    }

    /// `None`: it came before, by another connection or to another replica.
    pub async fn keep(&self, raw: Vec<u8>) -> Result<Option<Arrived>, PortError> {
        let deadline = Instant::now() + PATIENCE;
        let delivery = Delivery {
            chat: NAME.into(),
            key: inbound::key(&raw),
            raw: raw.clone(),
            at: self.clock.now(),
        };
        let kept = match timeout_at(deadline, self.inbox.keep(delivery)).await {
            Ok(kept) => kept?,
            Err(_) => return Err(PortError::later("the database took too long")),
        };
        let Some(kept) = kept else { return Ok(None) };
        Ok(Some(Arrived {
            kept,
            press: self.chat.read(&raw),
            value: inbound::payload(&raw).unwrap_or(Value::Null),
            deadline,
            again: false,
        }))
    }

    /// The answer that the other delivery of the same gets, here or on another replica. Whichever of the two Discord takes,
    /// it is the same.
    async fn same_again(
        &self,
        key: String,
        press: Press,
        value: Value,
        deadline: Instant,
    ) -> Result<Value, PortError> {
        let promised = promise(&value);
        let kept = Kept {
            chat: NAME.into(),
            key,
            at: self.clock.now(),
        };
        let arrived = Arc::new(Arrived {
            kept,
            press,
            value,
            deadline,
            again: true,
        });
        while Instant::now() < deadline {
            match timeout_at(deadline, self.inbox.repeated(NAME, &arrived.kept.key)).await {
                Ok(Ok(Repeat::CameTo(outcome))) => return Ok(self.answer(&arrived, outcome)),
                Ok(Ok(Repeat::Waiting)) => sleep(LOOK_AGAIN).await,
                Ok(Ok(Repeat::Over) | Err(_)) | Err(_) => break,
            }
        }
        Ok(promised)
    }

    /// What to answer first. Whatever happens to this answer, the press is worked on.
    pub async fn first(&self, arrived: Arc<Arrived>) -> Result<Value, PortError> {
        let (tell, told) = oneshot::channel();
        let (door, press) = (self.clone(), arrived.clone());
        self.work.spawn(async move {
            let outcome = door.judge(&press).await;
            if let Err(outcome) = tell.send(outcome) {
                door.tell_later(&press, outcome).await;
            }
        });
        match timeout_at(arrived.deadline, told).await {
            Ok(Ok(Ok(outcome))) => Ok(self.answer(&arrived, outcome)),
            // Kept and not finished: another replica, or we, will pick it up when its lease ends.
            Ok(Ok(Err(error))) => {
                tracing::warn!(error = %error, "a press could not be finished yet");
                match arrived.kind() {
                    InteractionKind::Submission => Err(error),
                    _ => Ok(promise(&arrived.value)),
                }
            }
            Ok(Err(_)) | Err(_) => Ok(promise(&arrived.value)),
        }
    }

    async fn judge(&self, arrived: &Arrived) -> Result<Outcome, PortError> {
        let mut press = arrived.press.clone();
        let by = &mut press.by;
        if by.vouched.is_none() && !by.outsider && !by.person.user.is_empty() {
            // From a conversation outside the server: it says who presses, but not which roles they have.
            match timeout(VOUCHING, self.chat.circles_of(&by.person.user)).await {
                Ok(Ok(circles)) => by.vouched = Some(circles),
                Ok(Err(error)) => tracing::debug!(error = %error, "roles could not be read"),
                Err(_) => tracing::debug!("roles could not be read in time"),
            }
        }
        self.inbox.act(&arrived.kept, press).await
    }

    fn answer(&self, arrived: &Arc<Arrived>, outcome: Outcome) -> Value {
        let value = &arrived.value;
        // What was asked in a private message is answered in it; but a list stays, because there is more in it to do.
        let in_place = inbound::is_private(value) && !inbound::is_list(value);
        match outcome {
            Outcome::Told => promise(value),
            Outcome::Done => match (arrived.kind(), in_place) {
                (InteractionKind::Button | InteractionKind::Submission, true) => {
                    let key = match arrived.press.ask {
                        Ask::Nothing => "told-cancelled",
                        _ => "told-done",
                    };
                    json!({ "type": 7, "data": form::sentence(&self.say(arrived, key)) })
                }
                (InteractionKind::Button, false) => json!({ "type": 6 }),
                (InteractionKind::Submission, false) if value.get("message").is_some() => {
                    json!({ "type": 6 })
                }
                _ => json!({ "type": 4, "data": form::sentence(&self.say(arrived, "told-done")) }),
            },
            Outcome::Open(shown) | Outcome::Next(shown) => match form::show(&shown) {
                Shown::Modal(modal) if arrived.kind() != InteractionKind::Submission => {
                    json!({ "type": 9, "data": modal })
                }
                // A modal cannot follow a modal.
                Shown::Modal(_) => {
                    let again = std::collections::BTreeMap::new();
                    let locale = self.inbox.locale(NAME, &arrived.press.room);
                    let pages = form::faults(locale, &shown.token, &again, &again);
                    self.pages(arrived, pages, in_place)
                }
                Shown::Messages(pages) => self.pages(arrived, pages, in_place),
            },
            Outcome::Faults(sentences) => self.pages(arrived, self.faults(arrived, &sentences), in_place),
        }
    }

    fn faults(
        &self,
        arrived: &Arrived,
        sentences: &std::collections::BTreeMap<String, String>,
    ) -> Vec<Value> {
        let locale = self.inbox.locale(NAME, &arrived.press.room);
        match &arrived.press.ask {
            Ask::Submit { form, values } => form::faults(locale, form, sentences, values),
            _ => {
                let all: Vec<&str> = sentences.values().map(String::as_str).collect();
                vec![form::sentence(&[Seg::Text(all.join(" "))])]
            }
        }
    }

    /// The first page is the answer; the others follow it.
    fn pages(&self, arrived: &Arc<Arrived>, pages: Vec<Value>, in_place: bool) -> Value {
        let mut pages = pages.into_iter();
        let first = pages.next().unwrap_or_else(|| form::sentence(&[]));
        let rest: Vec<Value> = pages.collect();
        if !rest.is_empty() && !arrived.again {
            let (door, arrived) = (self.clone(), arrived.clone());
            self.work
                .spawn(async move { door.send_pages(&arrived, rest).await });
        }
        json!({ "type": if in_place { 7 } else { 4 }, "data": first })
    }

    async fn send_pages(&self, arrived: &Arrived, pages: Vec<Value>) {
        let Some(way) = &arrived.press.answer_to else {
            return;
        };
        for page in pages {
            for _ in 0..PAGE_TRIES {
                match self.chat.follow_up(way, &page).await {
                    Err(PortError::Later { .. }) => sleep(PAGE_PAUSE).await,
                    Ok(()) => break,
                    Err(error) => {
                        // Whoever wants the rest presses again.
                        tracing::warn!(error = %error, "a page could not be shown");
                        return;
                    }
                }
            }
        }
    }

    /// The first answer is out: what it promised is told now.
    async fn tell_later(&self, arrived: &Arc<Arrived>, outcome: Result<Outcome, PortError>) {
        let pages = match outcome {
            Ok(Outcome::Told) => return,
            Ok(Outcome::Done) if arrived.kind() == InteractionKind::Command => {
                vec![form::sentence(&self.say(arrived, "told-done"))]
            }
            Ok(Outcome::Done) => return,
            Ok(Outcome::Faults(sentences)) => self.faults(arrived, &sentences),
            Ok(Outcome::Open(shown) | Outcome::Next(shown)) => match form::show(&shown) {
                Shown::Messages(pages) => pages,
                Shown::Modal(_) => {
                    if let Err(error) = self.inbox.missed(&arrived.kept, &arrived.press).await {
                        tracing::warn!(error = %error, "a form came too late, and that could not be told");
                    }
                    return;
                }
            },
            Err(error) => {
                tracing::warn!(error = %error, "a press could not be finished yet");
                return;
            }
        };
        self.send_pages(arrived, pages).await;
    }

    async fn suggest(&self, raw: &[u8], value: &Value) -> Value {
        let press = self.chat.read(raw);
        let typed = inbound::option(value);
        let found = match timeout(PATIENCE, self.inbox.suggest(&press, &typed)).await {
            Ok(Ok(found)) => found,
            Ok(Err(_)) | Err(_) => Vec::new(),
        };
        let choices: Vec<Value> = found
            .iter()
            .map(
                |(number, line)| json!({ "name": words::short_line(line, 100), "value": number.to_string() }),
            )
            .collect();
        json!({ "type": 8, "data": { "choices": choices } })
    }

    /// The answer to what is typed in gateway mode, with the way it goes.
    pub async fn suggestions(&self, raw: &[u8]) -> Option<(String, String, Value)> {
        let value = inbound::payload(raw).filter(|v| inbound::kind(v) == InteractionKind::Typing)?;
        let word = |key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
        let (id, token) = (word("id")?, word("token")?);
        Some((id, token, self.suggest(raw, &value).await))
    }

    /// The first answer did not get out in time. What was done is done; only a form has to be asked for again.
    pub async fn missed(&self, arrived: &Arrived) {
        if let Err(error) = self.inbox.missed(&arrived.kept, &arrived.press).await {
            tracing::warn!(error = %error, "an answer came too late, and that could not be told");
        }
    }

    fn say(&self, arrived: &Arrived, key: &str) -> Vec<Seg> {
        self.inbox.locale(NAME, &arrived.press.room).say(key, &[])
    }

    /// Nothing could be written down, so this cannot be an effect: say it directly, without promises.
    fn regret(&self, value: &Value) -> Value {
        let room = value
            .get("channel_id")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let text = self.inbox.locale(NAME, room).say("told-press-again", &[]);
        json!({ "type": 4, "data": form::sentence(&text) })
    }
}

/// "I have it": what follows comes by the interaction's own address.
fn promise(value: &Value) -> Value {
    match inbound::kind(value) {
        InteractionKind::Button => json!({ "type": 6 }),
        InteractionKind::Submission if value.get("message").is_some() => json!({ "type": 6 }),
        _ => json!({ "type": 5, "data": { "flags": form::EPHEMERAL } }),
    }
}
