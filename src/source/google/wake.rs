//! Pub/Sub says "look now". Who may say it is written in a token that Google signs for our subscription's service
//! account; what the message says is not documented exactly, so it is not read: everything is fetched again.

use std::collections::HashMap;

use chrono::TimeDelta;
use jsonwebtoken::Algorithm;
use jsonwebtoken::DecodingKey;
use jsonwebtoken::Validation;
use jsonwebtoken::decode;
use jsonwebtoken::decode_header;
use serde::Deserialize;
use serde_json::Value;
use tokio::sync::Mutex;
use url::Url;

use crate::domain::At;
use crate::port::PortError;
use crate::port::source::HookCall;
use crate::port::source::HookNews;
use crate::port::source::HookRefusal;
use crate::source::google::PushSettings;
use crate::source::http::Deed;
use crate::source::http::Http;

const ISSUERS: [&str; 2] = ["https://accounts.google.com", "accounts.google.com"];
const LEEWAY_SECONDS: i64 = 60;
const KEYS_LAST: TimeDelta = TimeDelta::hours(1);
/// Strangers can name keys that do not exist; so often we ask for them.
const ASK_AGAIN: TimeDelta = TimeDelta::minutes(1);

pub struct Doorkeeper {
    settings: PushSettings,
    certs: Url,
    http: Http,
    keys: Mutex<Keys>,
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
    pub fn new(settings: PushSettings, certs: Url, http: Http) -> Self {
        Self {
            settings,
            certs,
            http,
            keys: Mutex::default(),
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

    async fn key(&self, kid: &str, now: At) -> Result<DecodingKey, HookRefusal> {
        let mut keys = self.keys.lock().await;
        let fresh = keys.fetched.is_some_and(|at| now - at < KEYS_LAST);
        if let Some(key) = keys.by_id.get(kid).filter(|_| fresh) {
            return Ok(key.clone());
        }
        if keys.asked.is_none_or(|at| now - at >= ASK_AGAIN) {
            keys.asked = Some(now);
            match self.fetch(now).await {
                Ok(by_id) => {
                    *keys = Keys {
                        by_id,
                        fetched: Some(now),
                        asked: Some(now),
                    }
                }
                Err(e) => return Err(HookRefusal::Later(format!("Google's keys cannot be had: {e}"))),
            }
        } else if !fresh {
            return Err(HookRefusal::Later(
                "Google's keys cannot be had at the moment".to_owned(),
            ));
        }
        keys.by_id
            .get(kid)
            .cloned()
            .ok_or_else(|| unsigned("the bearer token is signed with an unknown key"))
    }

    async fn fetch(&self, now: At) -> Result<HashMap<String, DecodingKey>, PortError> {
        let answer = self
            .http
            .call(self.http.get(self.certs.clone()), Deed::Read, now)
            .await?;
        if !answer.is_success() {
            return Err(answer.error());
        }
        let jwks: Jwks = answer.json()?;
        Ok(jwks.keys.into_iter().filter_map(usable).collect())
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
