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
mod settings;
mod snapshot;
mod state;
#[cfg(test)]
mod tests;
mod wire;

use std::sync::Arc;

use axum::Router;
use serde_json::Value;

use super::Now;
use crate::chat::fault::Plan;
use crate::chat::{Far, Platform};
use snapshot::Snapshot;
use state::World;

pub use deliver::{Disconnect, Outcome};
pub use fault::{Fault, Kind};
pub use read::{Formatted, Ping, Style};
pub use settings::{Mode, SCOPES, SUBSCRIPTIONS, Settings};
pub use state::{ApiCall, Channel, Ephemeral, Failure, Group, Handling, Message, OpenView, StoredFile, User};

/// One workspace.
pub type Slack = Far<World>;

impl Slack {
    pub fn new(now: Now, settings: Settings) -> Arc<Self> {
        Far::of(now, World::new(settings))
    }
}

impl Platform for World {
    type Break = Kind;
    type Kept = Snapshot;

    fn faults(&mut self) -> &mut Plan<Kind> {
        &mut self.faults
    }

    fn base(&mut self) -> &mut Option<String> {
        &mut self.base
    }

    fn connections(&self) -> usize {
        self.sockets.connections()
    }

    fn keep(&self) -> Snapshot {
        Snapshot::of(self)
    }

    fn take_up(&mut self, kept: Snapshot) {
        kept.into_world(self);
    }

    fn drawn(far: &Slack) -> Value {
        far.state()
    }

    fn breaks(far: &Slack, fault: Fault) {
        far.fault(fault);
    }

    fn heals(far: &Slack) {
        far.heal();
    }

    fn holds(far: &Slack, user: &str, name: &str, bytes: &[u8]) -> String {
        far.hold_file(user, name, bytes)
    }

    fn router(far: Arc<Slack>) -> Router {
        router(far)
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
