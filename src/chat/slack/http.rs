//! Slack's calls to us in HTTP mode. The signature is checked over the raw bytes before anything else looks at them;
//! slack-morphism's verifier reads the wall clock itself, so the few lines are here, with the time as an argument.

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::response::Response;
use axum::routing::post;
use hmac::Hmac;
use hmac::KeyInit;
use hmac::Mac;
use secrecy::ExposeSecret;
use secrecy::SecretString;
use serde_json::Value;
use serde_json::json;

use crate::chat::slack::NAME;
use crate::chat::slack::door::Door;
use crate::domain::At;
use crate::telemetry::meter;

/// Slack's own window against replays, in seconds.
const WINDOW: i64 = 300;

#[derive(Clone)]
pub struct Http {
    pub door: Door,
    /// The current one and, for a day after it was regenerated, the one before.
    pub signing_secrets: Vec<SecretString>,
}

pub fn routes(http: Http) -> Router {
    Router::new()
        .route("/slack/events", post(take))
        .route("/slack/interactions", post(take))
        .route("/slack/commands", post(take))
        .with_state(http)
}

async fn take(State(http): State<Http>, headers: HeaderMap, body: Bytes) -> Response {
    if let Err(why) = verify(&http.signing_secrets, &headers, &body, http.door.clock.now()) {
        tracing::warn!(error = why, "a call that claims to be Slack was refused");
        meter::called(NAME, "refused");
        return StatusCode::UNAUTHORIZED.into_response();
    }
    if let Some(challenge) = challenge(&body) {
        return axum::Json(json!({ "challenge": challenge })).into_response();
    }
    let taken = http.door.take(body.to_vec()).await;
    meter::called(NAME, if taken.is_ok() { "taken" } else { "failed" });
    match taken {
        Ok(None) => StatusCode::OK.into_response(),
        Ok(Some(answer)) => axum::Json(answer).into_response(),
        Err(error) => {
            tracing::error!(error = %error, "a delivery could not be kept");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

fn challenge(body: &[u8]) -> Option<String> {
    let value: Value = serde_json::from_slice(body).ok()?;
    (value.get("type")?.as_str()? == "url_verification")
        .then(|| value.get("challenge")?.as_str().map(str::to_owned))?
}

/// `v0=` + HMAC-SHA256 of `v0:{timestamp}:{raw body}`, compared in constant time, against every secret that is valid.
pub fn verify(
    secrets: &[SecretString],
    headers: &HeaderMap,
    body: &[u8],
    now: At,
) -> Result<(), &'static str> {
    let header = |name: &str| headers.get(name).and_then(|v| v.to_str().ok());
    let timestamp = header("x-slack-request-timestamp").ok_or("no timestamp")?;
    let signature = header("x-slack-signature")
        .and_then(|s| s.strip_prefix("v0="))
        .ok_or("no signature")?;
    let signature = hex::decode(signature).map_err(|_| "the signature is not hexadecimal")?;
    let sent: i64 = timestamp.parse().map_err(|_| "the timestamp is no number")?;
    let mut matches = false;
    for secret in secrets.iter().filter(|s| !s.expose_secret().is_empty()) {
        let mut mac = Hmac::<sha2::Sha256>::new_from_slice(secret.expose_secret().as_bytes())
            .map_err(|_| "the secret cannot be used")?;
        mac.update(b"v0:");
        mac.update(timestamp.as_bytes());
        mac.update(b":");
        mac.update(body);
        matches |= mac.verify_slice(&signature).is_ok();
    }
    if !matches {
        return Err("the signature does not match");
    }
    if now
        .timestamp()
        .checked_sub(sent)
        .is_none_or(|age| age.abs() > WINDOW)
    {
        return Err("the timestamp is outside the window");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use chrono::DateTime;

    use super::*;

    /// The example of Slack's own documentation.
    const SECRET: &str = "8f742231b10e8888abcd99yyyzzz85a5";
    const BODY: &str = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
    const SIGNATURE: &str = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503";

    fn headers(timestamp: &str, signature: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(
            "x-slack-request-timestamp",
            HeaderValue::from_str(timestamp).unwrap(),
        );
        headers.insert("x-slack-signature", HeaderValue::from_str(signature).unwrap());
        headers
    }

    fn check(secrets: &[&str], headers: &HeaderMap, body: &str, now: i64) -> Result<(), &'static str> {
        let secrets: Vec<SecretString> = secrets.iter().map(|s| SecretString::from(*s)).collect();
        verify(
            &secrets,
            headers,
            body.as_bytes(),
            DateTime::from_timestamp(now, 0).unwrap(),
        )
    }

    #[test]
    fn slacks_own_example_is_taken_and_everything_else_is_not() {
        let sent = 1_531_420_618;
        let good = headers("1531420618", SIGNATURE);
        assert_eq!(check(&[SECRET], &good, BODY, sent), Ok(()));
        assert_eq!(
            check(&["other", SECRET], &good, BODY, sent + 299),
            Ok(()),
            "rotation"
        );
        assert!(check(&[SECRET], &good, BODY, sent + 301).is_err());
        assert!(check(&[SECRET], &good, BODY, sent - 301).is_err());
        assert!(check(&[SECRET], &good, &BODY.replace("roadrunner", "coyote"), sent).is_err());
        assert!(check(&["other"], &good, BODY, sent).is_err());
        assert!(
            check(&[""], &good, BODY, sent).is_err(),
            "an empty secret verifies nothing"
        );
        assert!(
            check(&[], &good, BODY, sent).is_err(),
            "no secret verifies nothing"
        );
        assert!(check(&[SECRET], &HeaderMap::new(), BODY, sent).is_err());
        assert!(check(&[SECRET], &headers("1531420619", SIGNATURE), BODY, sent).is_err());
        assert!(check(&[SECRET], &headers("-9223372036854775808", SIGNATURE), BODY, sent).is_err());
    }
}
