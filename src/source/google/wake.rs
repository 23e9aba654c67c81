//! Pub/Sub says "look now". Who may say it is written in a token that Google signs for our subscription's service
//! account; what the message says is not documented exactly, so it is not read: everything is fetched again.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Duration;

use chrono::TimeDelta;
use jsonwebtoken::Algorithm;
use jsonwebtoken::DecodingKey;
use jsonwebtoken::Validation;
use jsonwebtoken::decode;
use jsonwebtoken::decode_header;
use serde::Deserialize;
use serde_json::Value;
use tokio::time::timeout;
use url::Url;

use crate::domain::At;
use crate::port::PortError;
use crate::port::source::HookCall;
use crate::port::source::HookNews;
use crate::port::source::HookRefusal;
use crate::source::google::settings::PubSub;
use crate::source::http::Access;
use crate::source::http::Http;

const ISSUERS: [&str; 2] = ["https://accounts.google.com", "accounts.google.com"];
const LEEWAY_SECONDS: i64 = 60;
const KEYS_LAST: TimeDelta = TimeDelta::hours(1);
/// Strangers can name keys that do not exist; so often we ask for them.
const ASK_AGAIN: TimeDelta = TimeDelta::minutes(1);
/// Google's answer may take so long, and whoever needs what another call asks for waits so long for it.
const ANSWER: Duration = Duration::from_secs(5);
const WAIT: Duration = Duration::from_secs(2);
/// Google has three or four at a time.
const MOST_KEYS: usize = 32;

pub struct Doorkeeper {
    settings: PubSub,
    certs: Url,
    http: Http,
    keys: Mutex<Keys>,
    /// Held by the one call that asks Google.
    asking: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct Keys {
    by_id: HashMap<String, DecodingKey>,
    fetched: Option<At>,
    asked: Option<At>,
}

#[derive(Deserialize)]
struct Jwks {
    keys: Vec<Jwk>,
}

/// Only what RS256 needs; keys of other kinds lack it and are passed over.
#[derive(Deserialize)]
struct Jwk {
    kid: Option<String>,
    kty: Option<String>,
    n: Option<String>,
    e: Option<String>,
}

#[derive(Deserialize)]
struct Claims {
    exp: i64,
    #[serde(default)]
    email: String,
    #[serde(default)]
    email_verified: bool,
}

impl Doorkeeper {
    pub fn new(settings: PubSub, certs: Url, http: Http) -> Self {
        Self {
            settings,
            certs,
            http,
            keys: Mutex::default(),
            asking: tokio::sync::Mutex::default(),
        }
    }

    pub async fn admit(&self, call: &HookCall, now: At) -> Result<HookNews, HookRefusal> {
        let token = call.header("authorization").and_then(bearer);
        let token =
            token.ok_or_else(|| unsigned("the Authorization header with a bearer token is missing"))?;
        let header = decode_header(token).map_err(|_| unsigned("the bearer token is not a JWT"))?;
        if header.alg != Algorithm::RS256 {
            return Err(unsigned("the bearer token is not signed with RS256"));
        }
        let kid = header
            .kid
            .ok_or_else(|| unsigned("the bearer token names no key"))?;
        let key = self.key(&kid, now).await?;
        self.believe(token, &key, now)?;
        // Pub/Sub writes the id twice, as messageId and message_id.
        let envelope: Value = serde_json::from_slice(&call.body).unwrap_or_default();
        let message = &envelope["message"];
        match message["messageId"].as_str().or(message["message_id"].as_str()) {
            Some(_) => Ok(HookNews::WakeUp),
            None => Err(HookRefusal::Malformed(
                "expected a Pub/Sub push with message.messageId".to_owned(),
            )),
        }
    }

    fn believe(&self, token: &str, key: &DecodingKey, now: At) -> Result<(), HookRefusal> {
        let mut validation = Validation::new(Algorithm::RS256);
        validation.set_audience(&[&self.settings.audience]);
        validation.set_issuer(&ISSUERS);
        validation.set_required_spec_claims(&["exp", "aud", "iss"]);
        // The library would ask the wall clock.
        validation.validate_exp = false;
        let claims = decode::<Claims>(token, key, &validation);
        let claims = claims
            .map_err(|e| unsigned(format!("the bearer token is not valid: {e}")))?
            .claims;
        if now.timestamp() > claims.exp.saturating_add(LEEWAY_SECONDS) {
            return Err(unsigned("the bearer token has expired"));
        }
        if !claims.email_verified || claims.email != self.settings.service_account {
            return Err(unsigned("the bearer token is of another account"));
        }
        Ok(())
    }

    /// The lock is held for a look at what is known, never while Google is asked; and only one call asks at a time.
    async fn key(&self, kid: &str, now: At) -> Result<DecodingKey, HookRefusal> {
        let known = || {
            let keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
            let age = keys.fetched.map(|at| now - at);
            let found = keys.by_id.get(kid).cloned();
            (found, age)
        };
        match known() {
            (Some(key), Some(age)) if age < KEYS_LAST => return Ok(key),
            (None, Some(age)) if age < KEYS_LAST && self.asking.try_lock().is_err() => {
                return Err(unsigned("the bearer token is signed with an unknown key"));
            }
            _ => {}
        }
        let Ok(asking) = timeout(WAIT, self.asking.lock()).await else {
            return match known() {
                // Somebody asks for newer ones; until then these are as good as a minute ago.
                (Some(key), Some(age)) if age < KEYS_LAST * 2 => Ok(key),
                _ => Err(HookRefusal::Later("Google's keys are being asked for".to_owned())),
            };
        };
        let may_ask = {
            let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
            let fresh = keys.fetched.is_some_and(|at| now - at < KEYS_LAST);
            if let Some(key) = keys.by_id.get(kid).filter(|_| fresh) {
                return Ok(key.clone());
            }
            let may_ask = keys.asked.is_none_or(|at| now - at >= ASK_AGAIN);
            if may_ask {
                keys.asked = Some(now);
            } else if !fresh {
                return Err(HookRefusal::Later(
                    "Google's keys cannot be had at the moment".to_owned(),
                ));
            }
            may_ask
        };
        if may_ask {
            let by_id = match timeout(ANSWER, self.fetch(now)).await {
                Ok(Ok(by_id)) => by_id,
                Ok(Err(e)) => return Err(HookRefusal::Later(format!("Google's keys cannot be had: {e}"))),
                Err(_) => {
                    return Err(HookRefusal::Later(
                        "Google's keys did not come in time".to_owned(),
                    ));
                }
            };
            let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
            keys.by_id = by_id;
            keys.fetched = Some(now);
        }
        drop(asking);
        known()
            .0
            .ok_or_else(|| unsigned("the bearer token is signed with an unknown key"))
    }

    async fn fetch(&self, now: At) -> Result<HashMap<String, DecodingKey>, PortError> {
        let answer = self
            .http
            .call(self.http.get(self.certs.clone()), Access::Read, now)
            .await?;
        if !answer.is_success() {
            return Err(answer.error());
        }
        let jwks: Jwks = answer.json()?;
        Ok(jwks.keys.into_iter().filter_map(usable).take(MOST_KEYS).collect())
    }
}

fn usable(jwk: Jwk) -> Option<(String, DecodingKey)> {
    let key = DecodingKey::from_rsa_components(&jwk.n?, &jwk.e?).ok()?;
    (jwk.kty.as_deref() == Some("RSA")).then_some((jwk.kid?, key))
}

fn bearer(header: &str) -> Option<&str> {
    let (scheme, token) = header.trim().split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn unsigned(why: impl Into<String>) -> HookRefusal {
    HookRefusal::Unsigned(why.into())
}
