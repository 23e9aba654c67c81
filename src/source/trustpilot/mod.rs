//! Trustpilot: what customers say of a company. The list is sorted by when a review was written, so what was changed does not
//! come up again; it calls us, but signs nothing; and calls are counted by the year. So it is read seldom and with an overlap,
//! to its end now and then, and what a call names is read by its id. Field names: developers.trustpilot.com.

mod api;
mod called;
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
use crate::domain::item::Incoming;
use crate::domain::item::SourceReply;
use crate::domain::item::caps::ReplyCaps;
use crate::domain::item::caps::ReplyMode;
use crate::domain::item::caps::Retry;
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
use crate::source::access::Ask;
use crate::source::access::Client;
use crate::source::access::Grant;
use crate::source::access::Shown;
use crate::source::http;
use crate::source::kind::About;
use crate::source::listing;
use crate::source::listing::Habits;
use crate::source::place::Place;
use crate::source::trustpilot::api::Api;
pub use crate::source::trustpilot::settings::KIND;
use crate::source::trustpilot::settings::TrustpilotSettings;

/// How long an answer may be is documented nowhere. There is room for one, and it stands there at once.
const CAPS: ReplyCaps = ReplyCaps {
    mode: ReplyMode::Api,
    limit: None,
    edit: true,
    delete: true,
    moderated: false,
    retry: Retry::Upsert,
};

/// Documented for all of its interfaces.
const SHORT: Budget = Budget {
    calls: Calls::All,
    most: 833,
    per: TimeDelta::minutes(5),
};

pub struct Trustpilot {
    about: About,
    settings: TrustpilotSettings,
    places: Vec<listing::Place>,
    budgets: Vec<Budget>,
    api: Api,
}

/// Fails with settings that can never work.
pub fn open(about: About, settings: TrustpilotSettings) -> Result<Trustpilot, PortError> {
    let base = http::address("base_url", &settings.base_url)?;
    let token_url = http::address("token_url", &settings.token_url)?;
    settings.hook_token.as_ref().map(called::token).transpose()?;
    let http = http::Http::open()?;
    let client = Client {
        id: settings.api_key.clone(),
        secret: settings.api_secret.clone(),
        shown: Shown::AsBasic,
    };
    let grant = Grant::Asked(Ask::client_credentials(token_url, client).explained(remedy));
    let yearly = (settings.calls_a_year > 0).then(|| Budget {
        calls: Calls::All,
        most: settings.calls_a_year,
        per: TimeDelta::days(365),
    });
    let whole = |unit: &Place| listing::Place {
        id: unit.id.clone(),
        scope: unit.id.clone(),
        is_whole: true,
    };
    Ok(Trustpilot {
        places: settings.business_units.iter().map(whole).collect(),
        budgets: [SHORT].into_iter().chain(yearly).collect(),
        api: Api {
            token: AccessToken::new(http.clone(), grant),
            http,
            base,
            key: settings.api_key.clone(),
        },
        about,
        settings,
    })
}

impl Trustpilot {
    fn unit(&self, id: &str) -> Option<&Place> {
        self.settings.business_units.iter().find(|unit| unit.id == id)
    }
}

#[async_trait]
impl ReviewSource for Trustpilot {
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
        &self.budgets
    }

    async fn fetch(&self, cursor: Option<Value>, now: At) -> Result<Page, PortError> {
        let habits = Habits {
            overlap: TimeDelta::hours(self.settings.overlap_hours),
            sweep: TimeDelta::hours(self.settings.sweep_hours),
            backfill: TimeDelta::days(self.about.backfill_days),
        };
        listing::step(self, &self.places, habits, cursor, now).await
    }

    async fn hook(&self, call: &HookCall, _now: At) -> Result<HookNews, HookRefusal> {
        let scopes = self.places.iter().map(|place| place.id.clone()).collect();
        called::admit(call, self.settings.hook_token.as_ref(), scopes)
    }

    async fn read(&self, native_id: &str, now: At) -> Result<Incoming, PortError> {
        let review = self.api.review(native_id, now).await?;
        // Somebody else's review is none of ours, whoever named it.
        let unit = wire::unit(&review).and_then(|id| self.unit(id));
        unit.and_then(|unit| wire::review(review.clone(), unit))
            .ok_or_else(|| PortError::never("a review of none of the configured business units"))
    }

    async fn publish(&self, call: &ReplyCall) -> Result<Published, PortError> {
        reply::publish(self, call).await
    }

    async fn look(&self, call: &ReplyCall) -> Result<Option<SourceReply>, PortError> {
        reply::look(self, call).await
    }

    async fn check(&self, now: At) -> Vec<Flaw> {
        // Without a token every business unit would say the same.
        if let Err(error) = self.api.token.get(now).await {
            return vec![Flaw::of("the access token", &error, &REMEDIES)];
        }
        let mut flaws = Vec::new();
        for unit in &self.settings.business_units {
            if let Err(error) = self.api.list(&unit.id, 1, 1, now).await {
                flaws.push(Flaw::of(&format!("business unit {}", unit.id), &error, &REMEDIES));
            }
        }
        flaws
    }
}

/// What an error of the token's address means.
fn remedy(error: &str) -> Option<&'static str> {
    match error {
        "invalid_client" | "unauthorized_client" => Some(
            "Trustpilot does not know api_key with this api_secret: compare both with the API application in the \
             business account",
        ),
        _ => None,
    }
}

const REMEDIES: Remedies = Remedies {
    denied: "compare api_key and api_secret with the API application in Trustpilot's business account; its user must be \
             allowed to read and answer the reviews of this business unit",
    gone: "compare the id in business_units with the one that Trustpilot's \"Find a business unit\" gives",
    later: "try again in a minute; if it stays so, check the way out to Trustpilot",
    never: "compare base_url and token_url with the defaults",
};
