//! Discord's calls to us in HTTP mode. The signature is checked over the raw bytes before anything else looks at them,
//! by serenity's verifier, which does not look at the time; that is done here.

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::response::Response;
use axum::routing::post;
use serenity::interactions_endpoint::Verifier;

use crate::chat::discord::NAME;
use crate::chat::discord::door::Door;
use crate::domain::At;
use crate::port::PortError;
use crate::telemetry::meter;

/// An older call is a replay, in seconds.
const WINDOW: i64 = 300;

#[derive(Clone)]
pub struct Http {
    pub door: Door,
    pub verifier: Verifier,
}

/// The public key as the developer portal shows it: 64 hexadecimal digits.
pub fn verifier(public_key: &str) -> Result<Verifier, PortError> {
    let bytes = hex::decode(public_key)
        .ok()
        .and_then(|b| <[u8; 32]>::try_from(b).ok());
    let key = bytes.and_then(|bytes| Verifier::try_new(bytes).ok());
    key.ok_or_else(|| PortError::never("[discord] public_key is not a key"))
}

pub fn routes(http: Http) -> Router {
    Router::new()
        .route("/discord/interactions", post(take))
        .with_state(http)
}

async fn take(State(http): State<Http>, headers: HeaderMap, body: Bytes) -> Response {
    if let Err(why) = verify(&http.verifier, &headers, &body, http.door.clock.now()) {
        // Discord itself sends bad ones now and then, to see that they are refused.
        tracing::warn!(why, "a call that claims to be Discord was refused");
        meter::called(NAME, "refused");
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let taken = http.door.take(body.to_vec()).await;
    meter::called(NAME, if taken.is_ok() { "taken" } else { "failed" });
    match taken {
        Ok(answer) => axum::Json(answer).into_response(),
        Err(error) => {
            tracing::error!(error = %error, "a delivery could not be kept");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

pub fn verify(verifier: &Verifier, headers: &HeaderMap, body: &[u8], now: At) -> Result<(), &'static str> {
    let header = |name: &str| headers.get(name).and_then(|v| v.to_str().ok());
    let signature = header("x-signature-ed25519").ok_or("no signature")?;
    let timestamp = header("x-signature-timestamp").ok_or("no timestamp")?;
    let signed = verifier.verify(signature, timestamp, body);
    signed.map_err(|()| "the signature does not match")?;
    let sent: i64 = timestamp.parse().map_err(|_| "the timestamp is no number")?;
    let age = now.timestamp().checked_sub(sent);
    if age.is_none_or(|age| age.abs() > WINDOW) {
        return Err("the timestamp is outside the window");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use chrono::DateTime;
    use ed25519_dalek::Signer as _;
    use ed25519_dalek::SigningKey;

    use super::*;

    const BODY: &[u8] = br#"{"type":1}"#;

    fn check(
        key: &SigningKey,
        timestamp: &str,
        signed: &[u8],
        body: &[u8],
        now: i64,
    ) -> Result<(), &'static str> {
        let public = hex::encode(SigningKey::from_bytes(&[7; 32]).verifying_key().as_bytes());
        let signature = key.sign(&[timestamp.as_bytes(), signed].concat());
        let mut headers = HeaderMap::new();
        headers.insert(
            "x-signature-ed25519",
            HeaderValue::from_str(&hex::encode(signature.to_bytes())).unwrap(),
        );
        headers.insert("x-signature-timestamp", HeaderValue::from_str(timestamp).unwrap());
        verify(
            &verifier(&public).unwrap(),
            &headers,
            body,
            DateTime::from_timestamp(now, 0).unwrap(),
        )
    }

    #[test]
    fn only_discords_own_calls_of_now_are_taken() {
        let ours = SigningKey::from_bytes(&[7; 32]);
        let other = SigningKey::from_bytes(&[8; 32]);
        let sent = 1_795_251_600;
        let stamp = sent.to_string();
        assert_eq!(check(&ours, &stamp, BODY, BODY, sent + 299), Ok(()));
        assert!(check(&ours, &stamp, BODY, BODY, sent + 301).is_err(), "a replay");
        assert!(check(&ours, &stamp, BODY, BODY, sent - 301).is_err());
        assert!(check(&ours, &stamp, BODY, br#"{"type":2}"#, sent).is_err());
        assert!(check(&other, &stamp, BODY, BODY, sent).is_err());
        assert!(check(&ours, "-9223372036854775808", BODY, BODY, sent).is_err());
        assert!(
            verify(
                &verifier(&"0".repeat(64)).unwrap(),
                &HeaderMap::new(),
                BODY,
                DateTime::UNIX_EPOCH
            )
            .is_err()
        );
        for odd in ["", "12", "zz"] {
            assert!(verifier(odd).is_err());
        }
    }
}
