//! The App Store: the reviews of an app. There is no "since", only newest first, and neither an event nor a time of an edit or
//! a removal. So it is walked page by page with an overlap of days, walked completely now and then, and what is open is asked
//! for by id. Field names: Apple's OpenAPI description of the App Store Connect API.

mod api;
mod reply;
mod settings;
#[cfg(test)]
mod tests;
mod walk;
mod wire;

use std::time::Duration;

use async_trait::async_trait;
use chrono::TimeDelta;
use serde_json::Value;
use tokio::sync::Mutex;

use crate::domain::At;
use crate::domain::item::SourceReply;
use crate::domain::item::caps::Limit;
use crate::domain::item::caps::ReplyCaps;
use crate::domain::item::caps::ReplyMode;
use crate::domain::item::caps::Retry;
use crate::domain::item::caps::Unit;
use crate::port::PortError;
use crate::port::source::Budget;
use crate::port::source::Calls;
use crate::port::source::Flaw;
use crate::port::source::HookCall;
use crate::port::source::HookNews;
use crate::port::source::HookRefusal;
use crate::port::source::Page;
use crate::port::source::Published;
use crate::port::source::Remedies;
use crate::port::source::ReplyCall;
use crate::port::source::ReviewSource;
use crate::source::access::AccessToken;
use crate::source::appstore::api::Api;
use crate::source::appstore::settings::AppStoreSettings;
pub use crate::source::appstore::settings::KIND;
use crate::source::http;
use crate::source::kind::About;

/// Not documented; several of its clients have run into it.
const REPLY_LIMIT: Limit = Limit {
    unit: Unit::Chars,
    max: 5_970,
};

/// Every review can be answered, and once. An answer is published a while after it was taken.
const CAPS: ReplyCaps = ReplyCaps {
    mode: ReplyMode::Api,
    limit: Some(REPLY_LIMIT),
    edit: true,
    delete: true,
    moderated: true,
    retry: Retry::Upsert,
};

/// What the documentation's example says for a key; Apple may change it at any time, and says so by 429.
const BUDGET: Budget = Budget {
    calls: Calls::All,
    most: 3_500,
    per: TimeDelta::hours(1),
};

pub struct AppStore {
    about: About,
    settings: AppStoreSettings,
    api: Api,
}

/// Fails with settings that can never work.
pub fn open(about: About, settings: AppStoreSettings) -> Result<AppStore, PortError> {
    let base = http::address("base_url", &settings.base_url)?;
    let http = http::Http::open()?;
    let token = AccessToken::new(http.clone(), api::grant(&settings)?);
    let api = Api {
        http,
        base,
        app: settings.app.id.clone(),
        token,
        turn: Mutex::new(()),
    };
    Ok(AppStore { about, settings, api })
}

#[async_trait]
impl ReviewSource for AppStore {
    fn name(&self) -> &str {
        &self.about.name
    }

    fn label(&self) -> &str {
        &self.about.label
    }

    fn poll_every(&self) -> Option<Duration> {
        Some(Duration::from_secs(60 * self.settings.poll_minutes))
    }

    fn budgets(&self) -> &[Budget] {
        &[BUDGET]
    }

    async fn fetch(&self, cursor: Option<Value>, now: At) -> Result<Page, PortError> {
        walk::step(self, cursor, now).await
    }

    async fn hook(&self, _call: &HookCall, _now: At) -> Result<HookNews, HookRefusal> {
        Err(HookRefusal::NotHere)
    }

    async fn publish(&self, call: &ReplyCall) -> Result<Published, PortError> {
        reply::publish(&self.api, call).await
    }

    async fn look(&self, call: &ReplyCall) -> Result<Option<SourceReply>, PortError> {
        reply::look(&self.api, call).await
    }

    async fn check(&self, now: At) -> Vec<Flaw> {
        let read = self.api.list(1, None, now).await;
        let flaw = read
            .err()
            .map(|error| Flaw::of(&format!("app {}", self.settings.app.id), &error, &REMEDIES));
        flaw.into_iter().collect()
    }
}

const REMEDIES: Remedies = Remedies {
    denied: "compare issuer_id and key_id with those in App Store Connect under Users and Access, Integrations; the key \
             must not be revoked, needs the role Customer Support or Admin, and this machine's clock must be right",
    gone: "compare the app's `id` with the Apple ID under App Information",
    later: "try again in a minute; if it stays so, check the way out to Apple",
    never: "compare base_url with the default",
};
