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
mod settings;
mod snapshot;
mod state;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use axum::Router;
use serde_json::Value;

use super::Now;
use crate::chat::Far;
use crate::chat::Platform;
use crate::chat::fault::Plan;
use snapshot::Snapshot;
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

/// One server (guild) with one app in it.
pub type Discord = Far<World>;

impl Discord {
    pub fn new(now: Now, settings: Settings) -> Arc<Self> {
        let world = World::new(settings, now());
        Far::of(now, world)
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
        self.gateway.connections()
    }

    fn keep(&self) -> Snapshot {
        Snapshot::of(self)
    }

    fn take_up(&mut self, kept: Snapshot) {
        kept.into_world(self);
    }

    fn drawn(far: &Discord) -> Value {
        far.state()
    }

    fn breaks(far: &Discord, fault: Fault) {
        far.fault(fault);
    }

    fn heals(far: &Discord) {
        far.heal();
    }

    fn holds(far: &Discord, user: &str, name: &str, bytes: &[u8]) -> String {
        far.hold_file(user, name, bytes)
    }

    fn router(far: Arc<Discord>) -> Router {
        router(far)
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
