//! Google Business Profile: the reviews of stores. There is no "since", only newest first; there is no event for a
//! removed review nor for a reply that was looked at. So it is walked page by page with an overlap, walked completely
//! now and then, and what is open is asked for by id. Field names: developers.google.com/my-business/reference/rest/v4.

mod api;
mod reply;
#[cfg(test)]
mod tests;
mod token;
mod wake;
mod walk;
mod wire;

use std::time::Duration;

use async_trait::async_trait;
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::Value;

use crate::domain::At;
use crate::domain::item::Incoming;
use crate::domain::item::SourceReply;
use crate::domain::item::caps::Limit;
use crate::domain::item::caps::ReplyCaps;
use crate::domain::item::caps::ReplyMode;
use crate::domain::item::caps::Retry;
use crate::domain::item::caps::Unit;
use crate::port::PortError;
use crate::port::source::Flaw;
use crate::port::source::HookCall;
use crate::port::source::HookNews;
use crate::port::source::HookRefusal;
use crate::port::source::Page;
use crate::port::source::Published;
use crate::port::source::ReplyCall;
use crate::port::source::ReviewSource;
use crate::source::google::api::Api;
use crate::source::google::token::Token;
use crate::source::google::wake::Doorkeeper;
use crate::source::http;

/// Google counts bytes, not characters.
const REPLY_LIMIT: Limit = Limit {
    unit: Unit::Bytes,
    max: 4096,
};

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// What people call it.
    pub label: String,
    #[serde(default = "default_base")]
    pub base_url: String,
    #[serde(default = "default_token")]
    pub token_url: String,
    pub client_id: String,
    pub client_secret: SecretString,
    pub refresh_token: SecretString,
    /// The number behind `accounts/`.
    pub account: String,
    pub locations: Vec<Location>,
    #[serde(default = "default_poll")]
    pub poll_minutes: u32,
    /// How far behind the newest known change each walk reads on.
    #[serde(default = "default_overlap")]
    pub overlap_hours: u32,
    /// How often everything is listed to notice removed reviews; 0 is only once, at the very beginning.
    #[serde(default = "default_sweep")]
    pub sweep_hours: u32,
    /// Reviews that nobody touched for this long when the source is first read are history and stay there.
    #[serde(default = "default_backfill")]
    pub backfill_days: u32,
    #[serde(default)]
    pub push: Option<PushSettings>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Location {
    /// The number behind `locations/`.
    pub id: String,
    #[serde(default)]
    pub name: Option<String>,
}

/// The Pub/Sub push subscription that wakes us up.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PushSettings {
    pub audience: String,
    /// The e-mail address of the service account that signs the calls.
    pub service_account: String,
    #[serde(default = "default_certs")]
    pub certs_url: String,
}

impl Settings {
    /// Every review can be answered, and once.
    pub fn caps(&self) -> ReplyCaps {
        ReplyCaps {
            mode: ReplyMode::Api,
            limit: Some(REPLY_LIMIT),
            edit: true,
            delete: true,
            moderated: true,
            retry: Retry::Upsert,
        }
    }

    /// A review's id is unique in its location, so an imported one must say which location it is about.
    pub fn scope_for(&self, incoming: &Incoming) -> Result<String, String> {
        let told = incoming
            .subject
            .as_ref()
            .map(|s| s.id.trim_start_matches("locations/"));
        match (told, self.locations.as_slice()) {
            (Some(id), all) if all.iter().any(|l| l.id == id) => Ok(id.to_owned()),
            (None, [only]) => Ok(only.id.clone()),
            _ => Err("the subject's id must be one of the configured locations".to_owned()),
        }
    }
}

pub struct Google {
    name: String,
    settings: Settings,
    api: Api,
    doorkeeper: Option<Doorkeeper>,
}

/// Fails with settings that can never work.
pub fn open(name: String, mut settings: Settings) -> Result<Google, PortError> {
    let base = http::address("base_url", &settings.base_url)?;
    let token_url = http::address("token_url", &settings.token_url)?;
    bare(&mut settings.account, "accounts/");
    settings
        .locations
        .iter_mut()
        .for_each(|l| bare(&mut l.id, "locations/"));
    if settings.locations.is_empty() {
        return Err(PortError::never(format!(
            "source {name}: at least one of `locations` is needed"
        )));
    }
    let mut ids: Vec<&str> = settings.locations.iter().map(|l| l.id.as_str()).collect();
    ids.sort_unstable();
    if let Some(twice) = ids.windows(2).find(|pair| pair[0] == pair[1]) {
        return Err(PortError::never(format!(
            "source {name}: the location {} stands there twice",
            twice[0]
        )));
    }
    let http = http::Http::open()?;
    let doorkeeper = match &settings.push {
        None => None,
        Some(push) => {
            let certs = http::address("push.certs_url", &push.certs_url)?;
            Some(Doorkeeper::new(push.clone(), certs, http.clone()))
        }
    };
    let token = Token::new(&settings, token_url, http.clone());
    let api = Api {
        http,
        base,
        account: settings.account.clone(),
        token,
    };
    Ok(Google {
        name,
        settings,
        api,
        doorkeeper,
    })
}

#[async_trait]
impl ReviewSource for Google {
    fn name(&self) -> &str {
        &self.name
    }

    fn label(&self) -> &str {
        &self.settings.label
    }

    fn poll_every(&self) -> Option<Duration> {
        Some(Duration::from_secs(
            60 * u64::from(self.settings.poll_minutes.max(1)),
        ))
    }

    async fn fetch(&self, cursor: Option<Value>, now: At) -> Result<Page, PortError> {
        walk::step(&self.settings, &self.api, cursor, now).await
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
            return vec![flaw("the refresh token", error)];
        }
        let mut flaws = Vec::new();
        for location in &self.settings.locations {
            if let Err(error) = self.api.list(&location.id, 1, None, now).await {
                flaws.push(flaw(&format!("location {}", location.id), error));
            }
        }
        flaws
    }
}

fn flaw(of: &str, error: PortError) -> Flaw {
    match error {
        // The token's own refusals say what to do.
        PortError::Denied { why } if why.contains(": ") && why.starts_with("Google ") => {
            let (what, remedy) = why.split_once(": ").unwrap_or((&why, ""));
            Flaw {
                what: what.to_owned(),
                remedy: remedy.to_owned(),
            }
        }
        PortError::Denied { why } => Flaw {
            what: format!("{of}: {why}"),
            remedy: "the Google user of the refresh token must be owner or manager of the location, the location must \
                     be verified, and the project must be approved for the API"
                .to_owned(),
        },
        PortError::Gone { why } => Flaw {
            what: format!("{of}: {why}"),
            remedy: "compare `account` and the location's id with those in the profile".to_owned(),
        },
        PortError::Later { why, .. } | PortError::Unclear { why } => Flaw {
            what: format!("{of}: {why}"),
            remedy: "try again in a minute; if it stays so, check the way out to Google".to_owned(),
        },
        PortError::Never { why } => Flaw {
            what: format!("{of}: {why}"),
            remedy: "compare base_url and token_url with the defaults".to_owned(),
        },
    }
}

/// People paste whole resource names.
fn bare(id: &mut String, prefix: &str) {
    if let Some((_, last)) = id.rsplit_once(prefix) {
        *id = last.to_owned();
    }
}

fn default_base() -> String {
    "https://mybusiness.googleapis.com".to_owned()
}

fn default_token() -> String {
    "https://oauth2.googleapis.com/token".to_owned()
}

fn default_certs() -> String {
    "https://www.googleapis.com/oauth2/v3/certs".to_owned()
}

fn default_poll() -> u32 {
    5
}

fn default_overlap() -> u32 {
    24
}

fn default_backfill() -> u32 {
    30
}

fn default_sweep() -> u32 {
    24
}
