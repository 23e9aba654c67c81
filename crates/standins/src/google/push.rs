//! Pub/Sub push: the documented envelope, signed with a token that the receiver can check against our own key
//! endpoint. The key lies open in the source: whoever trusts it has told the bot to trust a sandbox.

use axum::Json;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::DateTime;
use chrono::TimeDelta;
use chrono::Utc;
use jsonwebtoken::Algorithm;
use jsonwebtoken::EncodingKey;
use jsonwebtoken::Header;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::jwk::PublicKeyUse;
use serde_json::json;

use super::Google;
use super::Push;
use super::state::State;
use crate::sites::hold;
use crate::sites::millis;
use crate::sites::outbox;

const TEST_KEY: &str = include_str!("test-key-not-a-secret.pem");
const KEY_ID: &str = "sandbox-test-key";

fn key() -> Option<EncodingKey> {
    let body: String = TEST_KEY
        .lines()
        .filter(|line| !line.starts_with("-----"))
        .collect();
    Some(EncodingKey::from_rsa_der(&STANDARD.decode(body).ok()?))
}

/// `GET /google/certs`: the keys as Google's `oauth2/v3/certs` gives them.
pub async fn certs() -> Response {
    let jwk = key().and_then(|key| Jwk::from_encoding_key(&key, Algorithm::RS256).ok());
    let Some(mut jwk) = jwk else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    jwk.common.key_id = Some(KEY_ID.into());
    jwk.common.public_key_use = Some(PublicKeyUse::Signature);
    (
        [("cache-control", "public, max-age=3600")],
        Json(json!({"keys": [jwk]})),
    )
        .into_response()
}

fn token(push: &Push, now: DateTime<Utc>) -> Option<String> {
    let mut header = Header::new(Algorithm::RS256);
    header.kid = Some(KEY_ID.into());
    let claims = json!({
        "iss": "https://accounts.google.com", "aud": push.audience, "azp": "104000000000000001071",
        "sub": "104000000000000001071", "email": push.service_account, "email_verified": true,
        "iat": now.timestamp(), "exp": (now + TimeDelta::hours(1)).timestamp(),
    });
    jsonwebtoken::encode(&header, &claims, &key()?).ok()
}

/// Pub/Sub waits longer each time and gives up only after days.
fn pause(attempts: u32) -> Option<TimeDelta> {
    let seconds = 10_i64 << attempts.saturating_sub(1).min(6);
    (attempts < 1000).then(|| TimeDelta::seconds(seconds.min(600)))
}

impl Google {
    /// Queues the push that says "look again"; without a subscription there is none.
    pub(super) fn announce(&self, state: &mut State, review: &str, kind: &str) {
        let (Some(push), Ok(review)) = (&self.settings.push, state.find(review)) else {
            return;
        };
        let now = (self.now)();
        let place = format!("accounts/{}/locations/{}", self.settings.account, review.location);
        let data = json!({
            "type": kind, "location_name": place, "review_name": format!("{place}/reviews/{}", review.id),
        });
        let id = format!("{}", 9_000_000_001 + state.outbox.deliveries.len());
        let envelope = json!({
            "message": {
                "data": STANDARD.encode(data.to_string()), "messageId": id, "message_id": id,
                "publishTime": millis(now), "publish_time": millis(now), "attributes": {},
            },
            "subscription": push.subscription,
        });
        state.outbox.put(id, envelope.to_string(), now);
    }

    pub(super) async fn push_due(&self) {
        let Some(push) = &self.settings.push else {
            return;
        };
        let due = hold(&self.state).outbox.take_due((self.now)());
        for delivery in due {
            let now = (self.now)();
            let answer = match (&self.http, token(push, now)) {
                (Some(http), Some(token)) => {
                    outbox::post(http.post(&push.url).bearer_auth(token).body(delivery.body)).await
                }
                (Some(_), None) | (None, _) => None,
            };
            hold(&self.state).outbox.settle(&delivery.id, answer, now, pause);
        }
    }
}
