//! A press becomes a change. It is judged by the item's state and the person's rights as they are now, inside one
//! transaction that also marks the delivery as done; so the same press twice is one press, and of two people at once
//! one wins and the other is told.

use async_trait::async_trait;
use chrono::TimeDelta;
use futures::StreamExt as _;

use crate::domain::press::action::Ask;
use crate::domain::press::action::Outcome;
use crate::domain::press::action::Press;
use crate::domain::press::action::Verb;
use crate::domain::press::form::FormStep;
use crate::domain::say::text::Locale;
use crate::port::PortError;
use crate::port::chat::Delivery;
use crate::port::chat::Inbox;
use crate::port::chat::Kept;
use crate::port::chat::Repeat;
use crate::store::StoreError;
use crate::store::inbox;
use crate::telemetry::meter;
use crate::workflow::Desk;
use crate::workflow::Result;
use crate::workflow::WorkflowError;
use crate::workflow::base::queue::MOST;
use crate::workflow::base::turn::Turn;
use crate::workflow::press::together;

/// How long the replica that got a press has to finish it before another one tries.
const LEASE_SECONDS: i64 = 20;
/// The same when more wait than it can finish soon: whoever has time takes what is left.
const BUSY_LEASE_SECONDS: i64 = 3;
/// Presses that were left behind, taken at once; and how often in one round.
const PICKED_UP: i64 = 200;
const ROUNDS: usize = 10;

#[async_trait]
impl Inbox for Desk {
    async fn keep(&self, delivery: Delivery) -> std::result::Result<Option<Kept>, PortError> {
        let kept = self.keeping.join(delivery, |few| self.keep_together(few)).await;
        let cut = || PortError::later("whoever was writing it down broke off");
        kept.ok_or_else(cut)?.map_err(PortError::later)
    }

    async fn act(&self, kept: &Kept, press: Press) -> std::result::Result<Outcome, PortError> {
        let judged = match self.together(kept, &press).await {
            Some(judged) => Ok(judged),
            // On the heap: so many wait above that none of them should carry room for it.
            None => Box::pin(self.alone(kept, &press)).await,
        };
        let came_to = judged.as_ref().map_or("failed", |j| j.came_to);
        if let Some(verb) = verb_of(&press.ask) {
            meter::judged(verb, came_to, self.now() - kept.at);
        }
        judged
            .map(|j| j.outcome)
            .map_err(|e| PortError::later(e.to_string()))
    }

    fn leaves(&self, press: &Press) -> bool {
        self.has_enough() && together::is_plain(press)
    }

    async fn repeated(&self, chat: &str, key: &str) -> std::result::Result<Repeat, PortError> {
        let known = inbox::outcome(self.store.pool(), chat, key).await;
        Ok(match known.map_err(|e| PortError::later(e.to_string()))? {
            None => Repeat::Waiting,
            Some(Some(outcome)) => Repeat::CameTo(outcome),
            Some(None) => Repeat::Over,
        })
    }

    async fn missed(&self, kept: &Kept, press: &Press) -> std::result::Result<(), PortError> {
        let again = async {
            let mut tx = self.store.begin().await?;
            let locale = self.locale(&press.chat, &press.room);
            let text = locale.say("told-press-again", &[]);
            let press = Press {
                key: format!("{}:missed", kept.key),
                ..press.clone()
            };
            let turn = &mut Turn {
                tx: &mut tx,
                press: &press,
                locale,
                now: self.now(),
            };
            self.whisper(turn, text).await?;
            tx.commit().await.map_err(StoreError::from)?;
            Ok::<(), crate::workflow::WorkflowError>(())
        };
        again.await.map_err(|e| PortError::later(e.to_string()))
    }

    async fn suggest(
        &self,
        press: &Press,
        typed: &str,
    ) -> std::result::Result<Vec<(i64, String)>, PortError> {
        let found = self.suggestions(press, typed).await;
        found.map_err(|e| PortError::later(e.to_string()))
    }

    fn locale(&self, chat: &str, room: &str) -> Locale {
        self.locale(chat, room)
    }
}

impl Desk {
    /// Presses that a crash or a lost connection left behind. A form can no longer be opened for them; and a form that
    /// was sent in vain was said to be sent in vain, so it is not acted upon behind the person's back.
    pub async fn pick_up(&self) -> Result<usize> {
        let mut all = 0;
        for _ in 0..ROUNDS {
            let some = self.pick_some_up().await?;
            all += some;
            if i64::try_from(some).unwrap_or(PICKED_UP) < PICKED_UP {
                break;
            }
        }
        Ok(all)
    }

    async fn pick_some_up(&self) -> Result<usize> {
        let now = self.now();
        // What came from a chat that only a newer version knows, or another replica's file, is left to it.
        let chats: Vec<String> = self.chats.keys().cloned().collect();
        let left = inbox::left(
            self.store.pool(),
            &chats,
            now,
            now + TimeDelta::seconds(LEASE_SECONDS),
            PICKED_UP,
        )
        .await?;
        let count = left.len();
        // Side by side, so that they are judged together.
        let finished = left.into_iter().map(|delivery| self.finish_left(delivery));
        futures::stream::iter(finished)
            .for_each_concurrent(MOST, |finished| finished)
            .await;
        Ok(count)
    }

    async fn finish_left(&self, delivery: inbox::Left) {
        let Ok(chat) = self.chat(&delivery.chat) else {
            return;
        };
        let mut press = chat.read(&delivery.raw);
        press.key.clone_from(&delivery.key);
        press.opener = None;
        let kept = Kept {
            chat: delivery.chat,
            key: delivery.key,
            at: delivery.received_at,
        };
        let done = match &press.ask {
            Ask::Submit { form, values } => self.keep_what_was_typed(&kept, &press, form, values).await,
            _ => self
                .act(&kept, press)
                .await
                .map(drop)
                .map_err(WorkflowError::from),
        };
        if let Err(error) = done {
            tracing::warn!(error = %error, "a press that was left behind could not be finished yet");
        }
    }

    /// Writes down at once what came at once.
    async fn keep_together(&self, few: Vec<Delivery>) -> Vec<std::result::Result<Option<Kept>, String>> {
        let seconds = if self.has_enough() {
            BUSY_LEASE_SECONDS
        } else {
            LEASE_SECONDS
        };
        let new = few.iter().map(|d| inbox::New {
            chat: &d.chat,
            key: &d.key,
            raw: &d.raw,
            at: d.at,
            lease_until: d.at + TimeDelta::seconds(seconds),
        });
        match inbox::keep(self.store.pool(), &new.collect::<Vec<_>>()).await {
            Ok(first) => {
                let kept = few.into_iter().zip(first).map(|(delivery, first)| {
                    let Delivery { chat, key, at, .. } = delivery;
                    Ok(first.then_some(Kept { chat, key, at }))
                });
                kept.collect()
            }
            Err(error) => few.iter().map(|_| Err(error.to_string())).collect(),
        }
    }
}

/// What was pressed, in a word; none for what no person did.
fn verb_of(ask: &Ask) -> Option<&'static str> {
    Some(match ask {
        Ask::Do { verb, .. } => verb.as_str(),
        Ask::Submit { form, .. } => match form.step {
            FormStep::Write => "form_write",
            FormStep::Preview => "form_send",
            FormStep::Escalate => "form_escalate",
            FormStep::Handle => "form_handled",
            FormStep::Snooze => "form_snooze",
            FormStep::HandOver => "form_give",
            FormStep::SendAgain => "form_send_again",
            FormStep::Read => "form_read",
            FormStep::Import => "form_import",
        },
        Ask::Give { .. } => Verb::HandOver.as_str(),
        Ask::Closed { .. } => "form_closed",
        Ask::Sure { .. } => "sure",
        Ask::Again { .. } => "form_again",
        Ask::List(_) => "list",
        Ask::ListAction(list_action) => list_action.as_str(),
        Ask::Import => "import",
        Ask::HandIn { .. } => "form_import",
        Ask::Find { .. } => "find",
        Ask::Show { .. } => "item",
        Ask::Sources => "sources",
        Ask::Numbers { .. } => "stats",
        Ask::Quiet { .. } => "quiet",
        Ask::Settings { .. } => "settings",
        Ask::Several { verb, .. } => verb.as_str(),
        Ask::Help { .. }
        | Ask::NoNumber { .. }
        | Ask::Leftover { .. }
        | Ask::OneOnly { .. }
        | Ask::OddDays { .. } => "help",
        Ask::Odd { .. } => "odd",
        Ask::Changed(_) | Ask::HomeOpened | Ask::Nothing => return None,
    })
}
