//! Google Play: the reviews of an app. Its interface is a window of a week: newest change first, no event, no deletion, and
//! one time for writing and changing. So it is walked page by page with an overlap, an edited review is the same one with
//! other words, and what is not there says nothing. Field names: the discovery document of androidpublisher v3.

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
use crate::source::http;
use crate::source::kind::About;
use crate::source::play::api::Api;
pub use crate::source::play::settings::KIND;
use crate::source::play::settings::PlaySettings;

/// "Approximately", says the documentation.
const REPLY_LIMIT: Limit = Limit {
    unit: Unit::Chars,
    max: 350,
};

/// Every review can be answered, and once; a later answer replaces the earlier one.
const CAPS: ReplyCaps = ReplyCaps {
    mode: ReplyMode::Api,
    limit: Some(REPLY_LIMIT),
    edit: true,
    delete: false,
    moderated: false,
    retry: Retry::Upsert,
};

/// Documented for each app: lists and single reads together, and replies.
const BUDGETS: &[Budget] = &[
    Budget {
        calls: Calls::Reads,
        most: 200,
        per: TimeDelta::hours(1),
    },
    Budget {
        calls: Calls::Writes,
        most: 2_000,
        per: TimeDelta::days(1),
    },
];

/// What was written or changed longer ago is not listed.
const WINDOW: TimeDelta = TimeDelta::days(7);
/// So long a review is surely shown if it is there; where exactly the window ends is not documented.
const SEEN: TimeDelta = TimeDelta::days(6);

pub struct Play {
    about: About,
    settings: PlaySettings,
    api: Api,
}

/// Fails with settings that can never work.
pub fn open(about: About, settings: PlaySettings) -> Result<Play, PortError> {
    let base = http::address("base_url", &settings.base_url)?;
    let token_url = http::address("token_url", &settings.token_url)?;
    let http = http::Http::open()?;
    let token = AccessToken::new(http.clone(), api::grant(&settings.key, token_url)?);
    let api = Api {
        http,
        base,
        app: settings.app.id.clone(),
        token,
    };
    Ok(Play { about, settings, api })
}

#[async_trait]
impl ReviewSource for Play {
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
        BUDGETS
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
        if let Err(error) = self.api.token.get(now).await {
            return vec![flaw("the service account", &error)];
        }
        let read = self.api.list(1, None, now).await;
        let of = format!("app {}", self.settings.app.id);
        read.err().map(|error| flaw(&of, &error)).into_iter().collect()
    }
}

const REMEDIES: Remedies = Remedies {
    denied: "invite the service account's address in the Play Console under Users and permissions, and give it for this \
             app the right to reply to reviews; a new right may take a day",
    gone: "compare the app's `id` with the package name in the Play Console",
    later: "try again in a minute; if it stays so, check the way out to Google",
    never: "compare base_url and token_url with the defaults",
};

fn flaw(of: &str, error: &PortError) -> Flaw {
    // The token's own refusals say what to do.
    Flaw::told(error, "Google ").unwrap_or_else(|| Flaw::of(of, error, &REMEDIES))
}
