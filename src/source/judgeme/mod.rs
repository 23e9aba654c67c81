//! Judge.me: the reviews of a shop and its products. They are listed, told by webhooks, and answered; which answers stand
//! there Judge.me tells nobody, so after a lost answer a person decides. Fields after its OpenAPI description
//! (judge.me/api/docs).

mod api;
mod hook;
mod list;
mod settings;
#[cfg(test)]
mod tests;
mod wire;

use std::time::Duration;

use async_trait::async_trait;
use chrono::TimeDelta;
use serde_json::Value;

use crate::domain::At;
use crate::domain::item::SourceReply;
use crate::domain::item::Standing;
use crate::domain::item::caps::ReplyCaps;
use crate::domain::item::caps::ReplyMode;
use crate::domain::item::caps::Retry;
use crate::port::PortError;
use crate::port::source::Flaw;
use crate::port::source::HookCall;
use crate::port::source::HookNews;
use crate::port::source::HookRefusal;
use crate::port::source::Page;
use crate::port::source::Published;
use crate::port::source::Remedies;
use crate::port::source::ReplyAction;
use crate::port::source::ReplyCall;
use crate::port::source::ReviewSource;
use crate::source::http;
use crate::source::judgeme::api::Api;
use crate::source::judgeme::settings::JudgemeSettings;
pub use crate::source::judgeme::settings::KIND;
use crate::source::kind::About;
use crate::source::listing;
use crate::source::listing::Habits;
use crate::source::listing::Place;

/// No longest answer is documented; a refusal says so in Judge.me's own words.
const CAPS: ReplyCaps = ReplyCaps {
    mode: ReplyMode::Api,
    limit: None,
    edit: false,
    delete: false,
    moderated: false,
    retry: Retry::Append,
};

/// How often everything is listed, to notice what was removed.
const SWEEP: TimeDelta = TimeDelta::hours(24);

/// No budget: Judge.me documents no limit of calls.
pub struct Judgeme {
    about: About,
    api: Api,
}

/// Fails with settings that can never work.
pub fn open(about: About, settings: JudgemeSettings) -> Result<Judgeme, PortError> {
    let base = http::address("base_url", &settings.base_url)?;
    let http = http::Http::open()?;
    let api = Api { http, base, settings };
    Ok(Judgeme { about, api })
}

#[async_trait]
impl ReviewSource for Judgeme {
    fn name(&self) -> &str {
        &self.about.name
    }

    fn label(&self) -> &str {
        &self.about.label
    }

    fn poll_every(&self) -> Option<Duration> {
        Some(Duration::from_secs(60 * self.api.settings.poll_minutes))
    }

    async fn fetch(&self, cursor: Option<Value>, now: At) -> Result<Page, PortError> {
        let shop = Place {
            id: self.api.settings.shop_domain.clone(),
            scope: self.api.settings.shop_domain.clone(),
            is_whole: true,
        };
        let habits = Habits {
            overlap: TimeDelta::hours(self.api.settings.overlap_hours),
            sweep: SWEEP,
            backfill: TimeDelta::days(self.about.backfill_days),
        };
        listing::step(self, &[shop], habits, cursor, now).await
    }

    async fn hook(&self, call: &HookCall, _now: At) -> Result<HookNews, HookRefusal> {
        let settings = &self.api.settings;
        match &settings.webhook_secret {
            Some(secret) => hook::admit(secret, &settings.shop_domain, call),
            None => Err(HookRefusal::NotHere),
        }
    }

    async fn publish(&self, call: &ReplyCall) -> Result<Published, PortError> {
        let ReplyAction::Create { body } = &call.what else {
            return Err(PortError::never("Judge.me changes and removes no answers"));
        };
        self.api.review(&call.native_id, call.at).await?;
        match self.api.answer(&call.native_id, body, call.at).await {
            Ok(()) => Ok(Published {
                native_id: None,
                url: None,
                standing: Standing::Visible,
            }),
            // The same token has just read the review, so it is this answer that is not wanted, not the account.
            Err(PortError::Denied { why }) => Err(PortError::Never { why }),
            Err(error) => Err(error),
        }
    }

    /// Only whether the review is still there can be told.
    async fn look(&self, call: &ReplyCall) -> Result<Option<SourceReply>, PortError> {
        self.api.review(&call.native_id, call.at).await?;
        Err(PortError::never(
            "Judge.me tells nobody which answers stand there",
        ))
    }

    async fn check(&self, now: At) -> Vec<Flaw> {
        let Err(error) = self.api.reviews(1, 1, now).await else {
            return Vec::new();
        };
        vec![Flaw::of("the reviews", &error, &REMEDIES)]
    }
}

const REMEDIES: Remedies = Remedies {
    // One sentence of Judge.me stands for both.
    denied: "compare shop_domain and the private token (not the public one) with Settings, Integrations, View API tokens; \
             for Shopify it is the first name that the shop was given",
    gone: UNUSUAL,
    later: "try again in a minute; if it stays so, look at status.judge.me",
    never: UNUSUAL,
};
const UNUSUAL: &str = "compare base_url with the default";
