//! A service outside that is told when a chain gets to it: a pager, a ticket system, a script of one's own.

use async_trait::async_trait;
use serde_json::Value;

use crate::domain::At;
use crate::port::PortError;

#[async_trait]
pub trait Webhook: Send + Sync {
    /// Tells it. The same `id` twice is the same call, so whoever does not know whether it arrived calls again.
    async fn call(&self, id: &str, at: At, body: &Value) -> Result<(), PortError>;
}
