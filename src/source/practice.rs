//! The source that is always there and has no far side: `zeitnah card` puts an item into it, and what is answered stays
//! in our own table. So publishing is done by saying so, may be said twice, and there is nothing to look at elsewhere.

use std::time::Duration;

use async_trait::async_trait;
use serde_json::Value;

use crate::domain::At;
use crate::domain::item::SourceReply;
use crate::domain::item::Standing;
use crate::domain::promise::practice;
use crate::port::PortError;
use crate::port::source::Flaw;
use crate::port::source::HookCall;
use crate::port::source::HookNews;
use crate::port::source::HookRefusal;
use crate::port::source::Page;
use crate::port::source::Published;
use crate::port::source::ReplyCall;
use crate::port::source::ReviewSource;

pub struct Practice {
    pub label: String,
}

#[async_trait]
impl ReviewSource for Practice {
    fn name(&self) -> &str {
        practice::NAME
    }

    fn label(&self) -> &str {
        &self.label
    }

    fn poll_every(&self) -> Option<Duration> {
        None
    }

    async fn fetch(&self, _cursor: Option<Value>, _now: At) -> Result<Page, PortError> {
        Err(PortError::never(
            "there is nothing to read: items for practice are made here",
        ))
    }

    async fn hook(&self, _call: &HookCall, _now: At) -> Result<HookNews, HookRefusal> {
        Err(HookRefusal::NotHere)
    }

    /// The row that this call is about is all there will ever be.
    async fn publish(&self, call: &ReplyCall) -> Result<Published, PortError> {
        Ok(Published {
            native_id: call
                .reply_native_id
                .clone()
                .or_else(|| Some(call.key.to_string())),
            url: None,
            standing: Standing::Visible,
        })
    }

    /// Nothing stands anywhere else, so after an unclear end the same is simply done again.
    async fn look(&self, _call: &ReplyCall) -> Result<Option<SourceReply>, PortError> {
        Ok(None)
    }

    async fn check(&self, _now: At) -> Vec<Flaw> {
        Vec::new()
    }
}
