//! HTTP mode: a signed POST to the request URL, form-encoded for interactions and commands, JSON for events.

use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use super::{Outcome, Parcel};
use crate::slack::Slack;
use crate::slack::fault::Kind;

/// Enough to fall out of the five minutes a receiver may tolerate.
const SKEW_SECONDS: i64 = 6 * 60;

struct Letter {
    url: Option<String>,
    kind: &'static str,
    body: String,
    timestamp: i64,
    signature: String,
    retry: Option<(u32, &'static str)>,
    within: Duration,
}

/// `v0=` and the HMAC of `v0:{timestamp}:{body}`.
pub fn signature(secret: &str, timestamp: i64, body: &str) -> String {
    // A key of any length is fine for HMAC, so the error never comes.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else {
        return String::new();
    };
    mac.update(format!("v0:{timestamp}:{body}").as_bytes());
    format!("v0={}", hex::encode(mac.finalize().into_bytes()))
}

impl Slack {
    pub(super) async fn over_http(&self, parcel: &Parcel) -> Outcome {
        let letter = self.letter(parcel);
        let Some(url) = &letter.url else {
            return Outcome::refused("there is no request URL and no socket");
        };
        let mut request = self
            .http
            .post(url)
            .timeout(letter.within)
            .header("content-type", letter.kind)
            .header("user-agent", "Slackbot 1.0 (+https://api.slack.com/robots)")
            .header("x-slack-request-timestamp", letter.timestamp.to_string())
            .header("x-slack-signature", &letter.signature);
        if let Some((attempt, reason)) = letter.retry {
            request = request
                .header("x-slack-retry-num", attempt.to_string())
                .header("x-slack-retry-reason", reason);
        }
        let response = match request.body(letter.body).send().await {
            Ok(response) => response,
            Err(error) if error.is_timeout() => {
                return Outcome::refused("not acknowledged in time");
            }
            Err(_) => return Outcome::refused("the app did not answer"),
        };
        let status = response.status();
        let no_retry = response
            .headers()
            .get("x-slack-no-retry")
            .is_some_and(|value| value == "1");
        let Ok(text) = response.text().await else {
            return Outcome::refused("not acknowledged in time");
        };
        let body = match text.is_empty() {
            true => None,
            false => Some(serde_json::from_str(&text).unwrap_or(Value::String(text))),
        };
        Outcome {
            acked: status.is_success(),
            status: Some(status.as_u16()),
            body,
            error: (!status.is_success()).then(|| format!("the app answered {status}")),
            no_retry,
            ..Outcome::default()
        }
    }

    fn letter(&self, parcel: &Parcel) -> Letter {
        self.change(|world, now| {
            let urls = &world.settings;
            let form = "application/x-www-form-urlencoded";
            let (url, kind, body, retry) = match parcel {
                Parcel::Interaction(payload) => (
                    &urls.interactions_url,
                    form,
                    encoded(&json!({ "payload": payload.to_string() })),
                    None,
                ),
                Parcel::Command(fields) => (&urls.commands_url, form, encoded(fields), None),
                Parcel::Event(event) => {
                    let retry = (event.attempt > 0).then_some((event.attempt, event.reason));
                    (
                        &urls.events_url,
                        "application/json",
                        event.payload.to_string(),
                        retry,
                    )
                }
            };
            let url = url.clone();
            let skew = if world.faults.strike(Kind::ClockSkew).is_some() {
                SKEW_SECONDS
            } else {
                0
            };
            let timestamp = now.timestamp() - skew;
            let secret = match world.faults.strike(Kind::BadSignature).is_some() {
                true => "somebody else's secret".to_owned(),
                false => world.settings.signing_secret.clone(),
            };
            let signature = signature(&secret, timestamp, &body);
            Letter {
                url,
                kind,
                body,
                timestamp,
                signature,
                retry,
                within: world.settings.ack_within,
            }
        })
    }

    /// What Slack does when a request URL is entered: `true` when the challenge came back.
    pub async fn verify_events_url(&self) -> bool {
        let payload = json!({
            "token": "verification-token",
            "challenge": "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P",
            "type": "url_verification",
        });
        let challenge = payload["challenge"].clone();
        let parcel = Parcel::Event(crate::slack::state::PendingEvent {
            payload,
            attempt: 0,
            reason: "",
        });
        let body = self.over_http(&parcel).await.body;
        body.is_some_and(|body| body == challenge || body["challenge"] == challenge)
    }
}

fn encoded(fields: &Value) -> String {
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    for (key, value) in fields.as_object().into_iter().flatten() {
        match value {
            Value::String(text) => form.append_pair(key, text),
            other => form.append_pair(key, &other.to_string()),
        };
    }
    form.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example from Slack's own page.
    #[test]
    fn signs_as_slack_documents_it() {
        let body = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
        assert_eq!(
            signature("8f742231b10e8888abcd99yyyzzz85a5", 1_531_420_618, body),
            "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
        );
    }
}
