//! A stand-in Discord that the bot's real clients cannot tell from the real one: REST, gateway with resume, signed
//! HTTP interactions, the checks of every request, rate limits, with a memory. Tests and the demo page play the
//! people in it and break it on demand.

mod answer;
mod api;
mod control;
mod deliver;
mod drawing;
mod fault;
mod form;
mod json;
mod mention;
mod multipart;
mod payload;
mod people;
mod permission;
mod rate;
mod read;
mod refused;
mod serve;
mod settings;
mod snapshot;
mod state;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;
use std::time::Duration;

use axum::Router;
use chrono::DateTime;
use chrono::Utc;
use tokio::sync::watch;

use super::Now;
use state::World;

pub use deliver::Outcome;
pub use fault::Fault;
pub use fault::Kind;
pub use mention::Ping;
pub use permission::Permission;
pub use read::Formatted;
pub use read::Style;
pub use settings::Judge;
pub use settings::Settings;
pub use state::ApiCall;
pub use state::Channel;
pub use state::Failure;
pub use state::Forum;
pub use state::Message;
pub use state::Modal;
pub use state::Role;
pub use state::Tag;
pub use state::User;

/// One server (guild) with one app in it. Shared by the routes, the tests and the demo page.
pub struct Discord {
    now: Now,
    world: Mutex<World>,
    revision: watch::Sender<u64>,
    http: reqwest::Client,
}

impl Discord {
    pub fn new(now: Now, settings: Settings) -> Arc<Self> {
        // reqwest is built without a crypto provider of its own; whoever comes first installs one.
        let _already_there = rustls::crypto::ring::default_provider().install_default();
        let world = World::new(settings, now());
        Arc::new(Self {
            now,
            world: Mutex::new(world),
            revision: watch::Sender::new(0),
            // Without a certificate store there is only plain HTTP, which is all a stand-in needs.
            http: reqwest::Client::builder()
                .connect_timeout(Duration::from_secs(2))
                .timeout(Duration::from_secs(20))
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

/// Everything below `/discord` (what the bot talks to) and `/control/discord` (what the demo page talks to).
pub fn router(discord: Arc<Discord>) -> Router {
    Router::new()
        .merge(api::routes())
        .merge(deliver::routes())
        .merge(control::routes())
        .with_state(discord)
}
