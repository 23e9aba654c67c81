//! Bringing to the app what people did: over the gateway, or as a signed request. An answer within three seconds is
//! what counts; anything else a person sees as a failure.

mod gateway;
mod http;
mod session;

use std::time::Duration;
use std::time::Instant;

use serde_json::Value;

use super::Discord;
use super::fault::Kind;

pub use gateway::routes;
pub use session::Ending;
pub use session::GUILD_MEMBERS;
pub use session::Gateway;

/// What became of one thing a person did.
#[must_use]
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Outcome {
    pub acked: bool,
    /// The type of the first answer: 4 message, 5 and 6 later, 7 update, 8 choices, 9 form.
    pub answer: Option<u64>,
    /// The HTTP status; none over the gateway.
    pub status: Option<u16>,
    /// What is offered while somebody types.
    pub choices: Vec<Value>,
    /// Real time from sending to answer.
    pub took: Duration,
    /// Why it did not work: nothing to press, nobody there, no answer.
    pub error: Option<String>,
}

impl Outcome {
    pub fn refused(why: impl Into<String>) -> Self {
        Self {
            error: Some(why.into()),
            ..Self::default()
        }
    }
}

impl Discord {
    /// Brings an interaction and waits for its first answer.
    pub(super) async fn deliver(&self, payload: &Value) -> Outcome {
        let started = Instant::now();
        let token = payload["token"].as_str().unwrap_or_default();
        let (url, twice, within) = self.change(|world, _| {
            let twice = world.faults.strike(Kind::DuplicateDelivery).is_some();
            (
                world.settings.interactions_url.clone(),
                twice,
                world.settings.ack_within,
            )
        });
        let sent = match &url {
            Some(url) => {
                let send = || self.over_http(url, payload, token);
                match twice {
                    // At the same time, so that two replicas really meet over it. One answer is enough.
                    true => {
                        let (one, other) = futures::join!(send(), send());
                        if one.error.is_none() { one } else { other }
                    }
                    false => send().await,
                }
            }
            None => self.over_gateway(payload, twice),
        };
        let outcome = match sent.error {
            Some(_) if self.answered(token).is_none() => sent,
            _ => {
                self.wait_for_answer(sent, token, within.saturating_sub(started.elapsed()))
                    .await
            }
        };
        // Whoever answers now is too late, whatever the clock says.
        self.change(|world, _| {
            if let Some(found) = world.interactions.get_mut(token) {
                found.expired = true;
            }
        });
        Outcome {
            took: started.elapsed(),
            ..outcome
        }
    }

    async fn wait_for_answer(&self, sent: Outcome, token: &str, within: Duration) -> Outcome {
        let mut revisions = self.changes();
        let arrive = revisions.wait_for(|_| self.answered(token).is_some());
        // Whether time ran out shows in what is there afterwards.
        let _in_time = tokio::time::timeout(within, arrive).await.is_ok();
        let answer = self.answered(token);
        let choices = self
            .look()
            .interactions
            .get(token)
            .map(|found| found.choices.clone());
        Outcome {
            acked: answer.is_some(),
            answer,
            choices: choices.unwrap_or_default(),
            error: answer.is_none().then(|| "not answered in time".to_owned()),
            ..sent
        }
    }

    fn answered(&self, token: &str) -> Option<u64> {
        self.look()
            .interactions
            .get(token)
            .and_then(|found| found.answered)
    }

    /// Delivers for a person, who sees when nothing comes back.
    pub(super) async fn deliver_for(&self, user: &str, what: &str, payload: &Value) -> Outcome {
        let outcome = self.deliver(payload).await;
        let Some(reason) = outcome.error else {
            return outcome;
        };
        let error = format!("{} ({reason})", shown(payload));
        self.change(|world, now| world.fail(now, user, format!("{what}: {error}")));
        Outcome {
            error: Some(error),
            ..outcome
        }
    }

    /// Interactions go there from now on, and never to the gateway; `None` brings them back.
    pub fn set_interactions_url(&self, url: Option<&str>) {
        self.change(|world, _| world.settings.interactions_url = url.map(str::to_owned));
    }
}

/// What a person reads when nothing comes back.
fn shown(payload: &Value) -> &'static str {
    match payload["type"].as_u64() {
        Some(2) => "The application did not respond",
        Some(4) => "Loading options failed",
        Some(5) => "Something went wrong. Try again.",
        _ => "This interaction failed",
    }
}
