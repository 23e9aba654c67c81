//! A stand-in Slack that the bot's real clients cannot tell from the real one: Web API, Socket Mode, signed
//! requests, Block Kit checks and rate limits, with a memory. Tests and the demo page play the people in it
//! and break it on demand.

mod api;
mod control;
mod deliver;
mod drawing;
mod entries;
mod fault;
mod kit;
mod payload;
mod people;
mod rate;
mod read;
mod response_url;
mod serve;
mod settings;
mod snapshot;
mod state;
#[cfg(test)]
mod tests;
mod wire;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use chrono::{DateTime, Utc};
use tokio::sync::watch;

use super::Now;
use state::World;

pub use deliver::{Disconnect, Outcome};
pub use fault::{Fault, Kind};
pub use read::{Formatted, Ping, Style};
pub use settings::{Mode, SCOPES, SUBSCRIPTIONS, Settings};
pub use state::{ApiCall, Channel, Ephemeral, Failure, Group, Handling, Message, OpenView, StoredFile, User};

/// One workspace. Shared by the routes, the tests and the demo page.
pub struct Slack {
    now: Now,
    world: Mutex<World>,
    revision: watch::Sender<u64>,
    http: reqwest::Client,
}

impl Slack {
    pub fn new(now: Now, settings: Settings) -> Arc<Self> {
        // reqwest is built without a crypto provider of its own; whoever comes first installs one.
        let _already_there = rustls::crypto::ring::default_provider().install_default();
        Arc::new(Self {
            now,
            world: Mutex::new(World::new(settings)),
            revision: watch::Sender::new(0),
            // Without a certificate store there is only plain HTTP, which is all a stand-in needs.
            http: reqwest::Client::builder()
                .connect_timeout(std::time::Duration::from_secs(2))
                .timeout(std::time::Duration::from_secs(20))
                .build()
                .unwrap_or_default(),
        })
    }

    pub fn now(&self) -> DateTime<Utc> {
        (self.now)()
    }

    /// A panicking test must not hide the state from the assertions that follow it.
    fn look(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Every change goes through here, so that whoever watches the page learns of it.
    fn change<T>(&self, change: impl FnOnce(&mut World, DateTime<Utc>) -> T) -> T {
        let now = self.now();
        let made = change(&mut self.look(), now);
        self.revision.send_modify(|revision| *revision += 1);
        made
    }

    pub fn revision(&self) -> u64 {
        *self.revision.borrow()
    }

    /// For whoever waits for the next change.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.revision.subscribe()
    }
}

/// Everything below `/slack` (what the bot talks to) and `/control/slack` (what the demo page talks to).
pub fn router(slack: Arc<Slack>) -> Router {
    Router::new()
        .merge(api::routes())
        .merge(deliver::routes())
        .merge(response_url::routes())
        .merge(control::routes())
        .with_state(slack)
}
