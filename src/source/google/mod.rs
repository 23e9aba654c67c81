//! Google Business Profile: the reviews of stores. There is no "since", only newest first; there is no event for a
//! removed review nor for a reply that was looked at. So it is walked page by page with an overlap, walked completely
//! now and then, and what is open is asked for by id. Field names: developers.google.com/my-business/reference/rest/v4.

mod api;
mod reply;
mod settings;
#[cfg(test)]
mod tests;
mod token;
mod wake;
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
use crate::source::google::api::Api;
use crate::source::google::settings::GoogleSettings;
pub use crate::source::google::settings::KIND;
use crate::source::google::wake::Doorkeeper;
use crate::source::http;
use crate::source::kind::About;

/// Google counts bytes, not characters.
const REPLY_LIMIT: Limit = Limit {
    unit: Unit::Bytes,
    max: 4096,
};

/// Every review can be answered, and once.
const CAPS: ReplyCaps = ReplyCaps {
    mode: ReplyMode::Api,
    limit: Some(REPLY_LIMIT),
    edit: true,
    delete: true,
    moderated: true,
    retry: Retry::Upsert,
};

/// Documented for each of Google's interfaces that list something.
const BUDGET: Budget = Budget {
    calls: Calls::All,
    most: 300,
    per: TimeDelta::minutes(1),
};

pub struct Google {
    about: About,
    settings: GoogleSettings,
    api: Api,
    doorkeeper: Option<Doorkeeper>,
}

/// Fails with settings that can never work.
pub fn open(about: About, settings: GoogleSettings) -> Result<Google, PortError> {
    let base = http::address("base_url", &settings.base_url)?;
    let token_url = http::address("token_url", &settings.token_url)?;
    let http = http::Http::open()?;
    let doorkeeper = match &settings.push {
        None => None,
        Some(push) => {
            let certs = http::address("push.certs_url", &push.certs_url)?;
            Some(Doorkeeper::new(push.clone(), certs, http.clone()))
        }
    };
    let token = AccessToken::new(http.clone(), token::grant(&settings, token_url));
    let api = Api {
        http,
        base,
        account: settings.account.clone(),
        token,
    };
    Ok(Google {
        about,
        settings,
        api,
        doorkeeper,
    })
}

#[async_trait]
impl ReviewSource for Google {
    fn name(&self) -> &str {
        &self.about.name
    }

    fn label(&self) -> &str {
        &self.about.label
    }

    fn poll_every(&self) -> Option<Duration> {
        Some(Duration::from_secs(60 * self.settings.poll_minutes))
    }

    fn budgets(&self) -> &'static [Budget] {
        &[BUDGET]
    }

    async fn fetch(&self, cursor: Option<Value>, now: At) -> Result<Page, PortError> {
        walk::step(self, cursor, now).await
    }

    async fn hook(&self, call: &HookCall, now: At) -> Result<HookNews, HookRefusal> {
        match &self.doorkeeper {
            Some(doorkeeper) => doorkeeper.admit(call, now).await,
            None => Err(HookRefusal::NotHere),
        }
    }

    async fn publish(&self, call: &ReplyCall) -> Result<Published, PortError> {
        reply::publish(&self.api, call).await
    }

    async fn look(&self, call: &ReplyCall) -> Result<Option<SourceReply>, PortError> {
        reply::look(&self.api, call).await
    }

    async fn check(&self, now: At) -> Vec<Flaw> {
        // Without a token every location would say the same.
        if let Err(error) = self.api.token.get(now).await {
            return vec![flaw("the refresh token", &error)];
        }
        let mut flaws = Vec::new();
        for location in &self.settings.locations {
            if let Err(error) = self.api.list(&location.id, 1, None, now).await {
                flaws.push(flaw(&format!("location {}", location.id), &error));
            }
        }
        flaws
    }
}

const REMEDIES: Remedies = Remedies {
    denied: "the Google user of the refresh token must be owner or manager of the location, the location must be verified, \
             and the project must be approved for the API",
    gone: "compare `account` and the location's id with those in the profile",
    later: "try again in a minute; if it stays so, check the way out to Google",
    never: "compare base_url and token_url with the defaults",
};

fn flaw(of: &str, error: &PortError) -> Flaw {
    // The token's own refusals say what to do.
    Flaw::told(error, "Google ").unwrap_or_else(|| Flaw::of(of, error, &REMEDIES))
}
