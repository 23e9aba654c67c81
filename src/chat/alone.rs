//! Whoever asks a chat a few things once, beside those who are at work: limits are nobody's but its own.

use async_trait::async_trait;
use chrono::TimeDelta;

use crate::domain::At;
use crate::domain::show::closure::Closure;
use crate::port::PortError;
use crate::port::shared::Pace;

pub struct Alone;

#[async_trait]
impl Pace for Alone {
    async fn used_up(&self, _keys: &[String]) -> Result<Option<At>, PortError> {
        Ok(None)
    }

    async fn close(&self, _key: &str, _until: At) -> Result<(), PortError> {
        Ok(())
    }

    async fn shut(&self, _key: &str, _until: At, _closure: &Closure) -> Result<(), PortError> {
        Ok(())
    }

    async fn spend(&self, _key: &str, _every: TimeDelta, _burst: i32) -> Result<Option<At>, PortError> {
        Ok(None)
    }
}
