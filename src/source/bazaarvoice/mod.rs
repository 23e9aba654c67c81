//! Bazaarvoice: what customers say of products and ask about them, at retailers and brands. Reviews are answered at once,
//! questions by way of moderators; both are answered as often as somebody writes, so we look before we write. Fields after
//! its OpenAPI descriptions (Conversations 5.4, Response 1).

mod api;
mod fault;
mod list;
mod reply;
mod settings;
#[cfg(test)]
mod tests;
mod wire;

use std::time::Duration;

use async_trait::async_trait;
use chrono::TimeDelta;
use secrecy::ExposeSecret as _;
use serde_json::Value;
use url::Url;

use crate::domain::At;
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
use crate::source::bazaarvoice::api::Api;
use crate::source::bazaarvoice::settings::BazaarvoiceSettings;
pub use crate::source::bazaarvoice::settings::KIND;
use crate::source::bazaarvoice::settings::Responder;
use crate::source::bazaarvoice::wire::Content;
use crate::source::http;
use crate::source::http::Http;
use crate::source::kind::About;
use crate::source::listing;
use crate::source::listing::Habits;
use crate::source::listing::Place;

/// No longest answer is documented; a refusal says so in Bazaarvoice's own words.
const OF_REVIEWS: ReplyCaps = ReplyCaps {
    mode: ReplyMode::Api,
    limit: None,
    edit: true,
    delete: true,
    moderated: false,
    retry: Retry::Append,
};

/// What was submitted is out of our hands.
const OF_QUESTIONS: ReplyCaps = ReplyCaps {
    edit: false,
    delete: false,
    moderated: true,
    ..OF_REVIEWS
};

pub struct Bazaarvoice {
    about: About,
    places: Vec<Place>,
    budgets: [Budget; 1],
    api: Api,
}

/// Fails with settings that can never work.
pub fn open(about: About, settings: BazaarvoiceSettings) -> Result<Bazaarvoice, PortError> {
    let base = http::address("base_url", &settings.base_url)?;
    let http = Http::open()?;
    let token = settings.reply.as_ref().map(|reply| token(&http, &base, reply));
    let contents = match settings.questions {
        true => [Content::Review, Content::Question].as_slice(),
        false => &[Content::Review],
    };
    let whole = |content: &Content| Place {
        id: content.list().to_owned(),
        scope: content.scope(&settings.client),
        is_whole: true,
    };
    Ok(Bazaarvoice {
        about,
        places: contents.iter().map(whole).collect(),
        budgets: [Budget {
            calls: Calls::All,
            most: settings.calls_per_minute,
            per: TimeDelta::minutes(1),
        }],
        api: Api {
            token: token.transpose()?,
            http,
            base,
            settings,
        },
    })
}

fn token(http: &Http, base: &Url, reply: &Responder) -> Result<AccessToken, PortError> {
    let mut url = http::under(base, &["auth", "v1", "oauth2", "token"])?;
    url.query_pairs_mut()
        .append_pair("passkey", reply.passkey.expose_secret());
    let client = Client {
        id: reply.client_id.clone(),
        secret: reply.client_secret.clone(),
        shown: Shown::InForm,
    };
    let ask = Ask::refresh_token(url, client, reply.refresh_token.clone()).explained(remedy);
    Ok(AccessToken::new(http.clone(), Grant::Asked(ask)))
}

#[async_trait]
impl ReviewSource for Bazaarvoice {
    fn name(&self) -> &str {
        &self.about.name
    }

    fn label(&self) -> &str {
        &self.about.label
    }

    fn poll_every(&self) -> Option<Duration> {
        Some(Duration::from_secs(60 * self.api.settings.poll_minutes))
    }

    fn budgets(&self) -> &[Budget] {
        &self.budgets
    }

    async fn fetch(&self, cursor: Option<Value>, now: At) -> Result<Page, PortError> {
        if let Some(token) = &self.api.token {
            // It ends when nobody uses it for seven days. Reading needs none, so that a refusal waits until it matters.
            let _kept = token.get(now).await;
        }
        let settings = &self.api.settings;
        let habits = Habits {
            overlap: TimeDelta::hours(settings.overlap_hours),
            sweep: TimeDelta::hours(settings.sweep_hours),
            backfill: TimeDelta::days(self.about.backfill_days),
        };
        listing::step(self, &self.places, habits, cursor, now).await
    }

    async fn hook(&self, _call: &HookCall, _now: At) -> Result<HookNews, HookRefusal> {
        Err(HookRefusal::NotHere)
    }

    async fn publish(&self, call: &ReplyCall) -> Result<Published, PortError> {
        reply::publish(self, call).await
    }

    async fn look(&self, call: &ReplyCall) -> Result<Option<SourceReply>, PortError> {
        reply::look(self, call).await
    }

    async fn check(&self, now: At) -> Vec<Flaw> {
        let mut flaws = Vec::new();
        for place in &self.places {
            let content = Content::of_scope(&place.scope);
            if let Err(error) = self.api.list(content, 0, 1, now).await {
                let of = match content {
                    Content::Review => "the reviews",
                    Content::Question => "the questions",
                };
                flaws.push(Flaw::of(of, &error, &READ));
            }
        }
        if let Some(token) = &self.api.token
            && let Err(error) = token.get(now).await
        {
            flaws.push(Flaw::of("the access token", &error, &ANSWER));
        }
        flaws
    }
}

const READ: Remedies = Remedies {
    denied: "compare the passkey with the one of the Conversations API in the Bazaarvoice Portal, API key management; \
             staging and production have different ones, and where it is for reviews only, write questions = false",
    gone: UNUSUAL,
    later: "try again in a minute; if it stays so, check the way out to Bazaarvoice",
    never: UNUSUAL,
};
const ANSWER: Remedies = Remedies {
    denied: "compare the four secrets of [source.reply] with those of the Response API; staging and production have \
             different ones",
    ..READ
};
const UNUSUAL: &str = "compare base_url with the default, and ask Bazaarvoice whether the passkey is one without \
                       syndication: with it, nothing is listed but one product at a time";

/// What an error of the token's address means.
fn remedy(error: &str) -> Option<&'static str> {
    match error {
        "invalid_grant" => Some(
            "Bazaarvoice does not take the refresh token any more: it ends when it is not used for seven days; let the \
             client in again and store the new one",
        ),
        "invalid_client" | "unauthorized_client" => Some(
            "Bazaarvoice does not know client_id with this client_secret: compare both with what it gave you for the \
             Response API",
        ),
        _ => None,
    }
}
