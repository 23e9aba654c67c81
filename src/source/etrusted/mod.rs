//! eTrusted (Trusted Shops): what customers say of a shop and of what they bought there. Reviews are listed by when they were
//! submitted and moderated later, so it is read with an overlap, and to its end now and then; what customers change has a list
//! of its own. Field names: developers.etrusted.com/reference.

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
use crate::port::source::ReplyCall;
use crate::port::source::ReviewSource;
use crate::source::access::AccessToken;
use crate::source::access::Ask;
use crate::source::access::Client;
use crate::source::access::Grant;
use crate::source::access::Shown;
use crate::source::etrusted::api::Api;
use crate::source::etrusted::api::Order;
use crate::source::etrusted::settings::EtrustedSettings;
pub use crate::source::etrusted::settings::KIND;
use crate::source::http;
use crate::source::kind::About;
use crate::source::listing;
use crate::source::listing::Habits;
use crate::source::place::Place;

/// How long an answer may be is documented nowhere. There is room for one; `moderated` is said of each review.
const CAPS: ReplyCaps = ReplyCaps {
    mode: ReplyMode::Api,
    limit: None,
    edit: true,
    delete: true,
    moderated: false,
    retry: Retry::Upsert,
};

/// For what a token is asked, wherever the interface itself is.
const AUDIENCE: &str = "https://api.etrusted.com";

pub struct Etrusted {
    about: About,
    settings: EtrustedSettings,
    places: Vec<listing::Place>,
    api: Api,
}

/// Fails with settings that can never work.
pub fn open(about: About, settings: EtrustedSettings) -> Result<Etrusted, PortError> {
    let base = http::address("base_url", &settings.base_url)?;
    let token_url = http::address("token_url", &settings.token_url)?;
    let http = http::Http::open()?;
    let client = Client {
        id: settings.client_id.clone(),
        secret: settings.client_secret.clone(),
        shown: Shown::InForm,
    };
    let ask = Ask::client_credentials(token_url, client)
        .with("audience", AUDIENCE)
        .explained(remedy);
    Ok(Etrusted {
        places: settings.channels.iter().flat_map(walk::places).collect(),
        api: Api {
            token: AccessToken::new(http.clone(), Grant::Asked(ask)),
            http,
            base,
        },
        about,
        settings,
    })
}

impl Etrusted {
    fn channel(&self, id: &str) -> Option<&Place> {
        self.settings.channels.iter().find(|channel| channel.id == id)
    }
}

#[async_trait]
impl ReviewSource for Etrusted {
    fn name(&self) -> &str {
        &self.about.name
    }

    fn label(&self) -> &str {
        &self.about.label
    }

    fn poll_every(&self) -> Option<Duration> {
        Some(Duration::from_secs(60 * self.settings.poll_minutes))
    }

    async fn fetch(&self, cursor: Option<Value>, now: At) -> Result<Page, PortError> {
        let habits = Habits {
            overlap: TimeDelta::hours(self.settings.overlap_hours),
            sweep: TimeDelta::hours(self.settings.sweep_hours),
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
        // Without a token every channel would say the same.
        if let Err(error) = self.api.token.get(now).await {
            return vec![Flaw::of("the access token", &error, &REMEDIES)];
        }
        let mut flaws = Vec::new();
        for channel in &self.settings.channels {
            if let Err(error) = self.api.list(&channel.id, Order::Submitted, 1, None, now).await {
                flaws.push(Flaw::of(&format!("channel {}", channel.id), &error, &REMEDIES));
            }
        }
        flaws
    }
}

/// What an error of the token's address means.
fn remedy(error: &str) -> Option<&'static str> {
    match error {
        "invalid_client" | "unauthorized_client" | "access_denied" => Some(
            "eTrusted does not know client_id with this client_secret: compare both with Settings, API Clients in the \
             Control Centre, and look whether the client is enabled",
        ),
        _ => None,
    }
}

const REMEDIES: Remedies = Remedies {
    denied: "compare client_id and client_secret with Settings, API Clients in the Control Centre; the client must be \
             enabled and allowed to read and answer the reviews of this channel",
    gone: "compare the id in channels with the one that the Control Centre shows",
    later: "try again in a minute; if it stays so, check the way out to eTrusted",
    never: "compare base_url and token_url with the defaults",
};
