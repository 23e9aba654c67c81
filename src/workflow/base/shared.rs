//! Rate limits and leads that replicas share, kept in the database because it is all that they have in common.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::TimeDelta;
use serde_json::Value;
use uuid::Uuid;

use crate::domain::At;
use crate::domain::show::closure::Closure;
use crate::port::PortError;
use crate::port::clock::Clock;
use crate::port::shared::Lead;
use crate::port::shared::Pace;
use crate::store::Store;
use crate::store::StoreError;
use crate::store::leader;
use crate::store::outbox;

/// Whoever asked for a lead within this time still waits for it.
const WAITS_SECONDS: i64 = 10;

/// One replica's part in it.
#[derive(Clone)]
pub struct Shared {
    pub store: Store,
    pub clock: Arc<dyn Clock>,
    /// This replica, among those that could lead.
    pub me: Uuid,
}

#[async_trait]
impl Pace for Shared {
    async fn used_up(&self, keys: &[String]) -> Result<Option<At>, PortError> {
        let until = outbox::used_up(self.store.pool(), keys, self.clock.now()).await;
        until.map_err(away)
    }

    async fn close(&self, key: &str, until: At) -> Result<(), PortError> {
        outbox::slow_down(self.store.pool(), key, until)
            .await
            .map_err(away)
    }

    async fn shut(&self, key: &str, until: At, closure: &Closure) -> Result<(), PortError> {
        outbox::shut(self.store.pool(), key, until, closure)
            .await
            .map_err(away)
    }

    async fn spend(&self, key: &str, every: TimeDelta, burst: i32) -> Result<Option<At>, PortError> {
        let wait = outbox::spend(self.store.pool(), key, every, burst, self.clock.now()).await;
        wait.map_err(away)
    }
}

#[async_trait]
impl Lead for Shared {
    async fn take(&self, name: &str, seconds: i64) -> Result<Option<Option<Value>>, PortError> {
        let now = self.clock.now();
        let until = now + TimeDelta::seconds(seconds);
        let taken = leader::take(self.store.pool(), name, self.me, now, until)
            .await
            .map_err(away)?;
        if taken.is_none() {
            leader::ask(self.store.pool(), name, self.me, now)
                .await
                .map_err(away)?;
        }
        Ok(taken)
    }

    async fn note(&self, name: &str, word: &Value) -> Result<bool, PortError> {
        leader::note(self.store.pool(), name, self.me, word)
            .await
            .map_err(away)
    }

    async fn release(&self, name: &str) -> Result<bool, PortError> {
        let now = self.clock.now();
        let asked = leader::release(self.store.pool(), name, self.me, now)
            .await
            .map_err(away)?;
        Ok(asked.is_some_and(|at| now - at < TimeDelta::seconds(WAITS_SECONDS)))
    }
}

fn away(error: StoreError) -> PortError {
    PortError::later(error.to_string())
}
