//! What replicas have to agree on for one far side: rate limits that they use up together, and who of them holds a
//! line of which there may be only one.

use async_trait::async_trait;
use chrono::TimeDelta;
use serde_json::Value;

use crate::domain::At;
use crate::domain::show::closure::Closure;
use crate::port::PortError;

#[async_trait]
pub trait Pace: Send + Sync {
    /// Until when one of these is used up; none means go on.
    async fn used_up(&self, keys: &[String]) -> Result<Option<At>, PortError>;

    /// Keeps every replica from it until then.
    async fn close(&self, key: &str, until: At) -> Result<(), PortError>;

    /// The same, with what it is that is closed, so that people can be shown it.
    async fn shut(&self, key: &str, until: At, closure: &Closure) -> Result<(), PortError>;

    /// Takes one call of a limit of `every` between two, with `burst` of them ahead; none means go on.
    async fn spend(&self, key: &str, every: TimeDelta, burst: i32) -> Result<Option<At>, PortError>;
}

#[async_trait]
pub trait Lead: Send + Sync {
    /// Takes or keeps the lead for `seconds`. `None`: another replica has it. Else what the last leader left.
    async fn take(&self, name: &str, seconds: i64) -> Result<Option<Option<Value>>, PortError>;

    /// Leaves word for the next leader. False: we are not the leader any more.
    async fn note(&self, name: &str, word: &Value) -> Result<bool, PortError>;

    /// Lets go. True when another replica waits for it.
    async fn release(&self, name: &str) -> Result<bool, PortError>;
}
