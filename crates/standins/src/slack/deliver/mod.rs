//! Bringing to the bot what people did: over any one of its sockets, or as a signed request. What comes back
//! within three seconds is an acknowledgement; anything else a person sees as a failure.

mod http;
mod socket;

use std::pin::pin;
use std::time::{Duration, Instant};

use futures::future::{Either, select};
use serde_json::Value;

use super::Slack;
use super::fault::Kind;
use super::settings::Mode;
use super::state::{PendingEvent, World};

pub use socket::{Disconnect, Sockets, routes};

/// What became of one thing a person did.
#[must_use]
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Outcome {
    pub acked: bool,
    /// The HTTP status; none over a socket.
    pub status: Option<u16>,
    /// What came with the acknowledgement.
    pub body: Option<Value>,
    /// Real time from sending to acknowledgement.
    pub took: Duration,
    /// Why it did not work: nothing to press, nobody there, no acknowledgement.
    pub error: Option<String>,
    pub(super) no_retry: bool,
}

impl Outcome {
    pub fn refused(why: impl Into<String>) -> Self {
        Self {
            error: Some(why.into()),
            ..Self::default()
        }
    }
}

#[derive(Debug, Clone)]
pub enum Parcel {
    Interaction(Value),
    Command(Value),
    Event(PendingEvent),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Socket,
    Http,
}

impl World {
    fn way(&self) -> Way {
        match self.settings.mode {
            Mode::Socket => Way::Socket,
            Mode::Http => Way::Http,
            Mode::Auto if self.sockets.is_empty() => Way::Http,
            Mode::Auto => Way::Socket,
        }
    }
}

impl Slack {
    pub(super) async fn deliver(&self, parcel: &Parcel) -> Outcome {
        let started = Instant::now();
        let (way, twice) = self.change(|world, _| {
            (
                world.way(),
                world.faults.strike(Kind::DuplicateDelivery).is_some(),
            )
        });
        let send = || async move {
            match way {
                Way::Socket => self.over_socket(parcel).await,
                Way::Http => self.over_http(parcel).await,
            }
        };
        let outcome = match twice {
            // At the same time, so that two replicas really meet over it; what is acknowledged first counts.
            true => match select(pin!(send()), pin!(send())).await {
                Either::Left((first, other)) | Either::Right((first, other)) => {
                    let second = other.await;
                    if first.acked { first } else { second }
                }
            },
            false => send().await,
        };
        Outcome {
            took: started.elapsed(),
            ..outcome
        }
    }

    /// Delivers for a person, who sees when nothing comes back.
    pub(super) async fn deliver_for(&self, user: &str, what: &str, parcel: &Parcel) -> Outcome {
        let outcome = self.deliver(parcel).await;
        if let Some(error) = &outcome.error {
            self.change(|world, now| world.fail(now, user, format!("{what}: {error}")));
        }
        outcome
    }

    pub fn set_mode(&self, mode: Mode) {
        self.change(|world, _| world.settings.mode = mode);
    }

    pub fn set_request_urls(&self, events: &str, interactions: &str, commands: &str) {
        self.change(|world, _| {
            world.settings.events_url = Some(events.to_owned());
            world.settings.interactions_url = Some(interactions.to_owned());
            world.settings.commands_url = Some(commands.to_owned());
        });
    }
}
