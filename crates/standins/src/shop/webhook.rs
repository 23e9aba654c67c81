//! Standard Webhooks 1.0: one scheme signs what the shop sends and checks what it receives.

use axum::http::HeaderMap;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::DateTime;
use chrono::Utc;
use hmac::Hmac;
use hmac::KeyInit;
use hmac::Mac;
use sha2::Sha256;

/// How far a timestamp may be from now, both ways.
const TOLERANCE_SECONDS: u64 = 300;

fn mac(secret: &str, id: &str, timestamp: &str, body: &[u8]) -> Option<Hmac<Sha256>> {
    let key = STANDARD.decode(secret.strip_prefix("whsec_")?).ok()?;
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).ok()?;
    mac.update(format!("{id}.{timestamp}.").as_bytes());
    mac.update(body);
    Some(mac)
}

/// The value of `webhook-signature`; none when the secret is not one.
pub fn sign(secret: &str, id: &str, at: DateTime<Utc>, body: &[u8]) -> Option<String> {
    let mac = mac(secret, id, &at.timestamp().to_string(), body)?;
    Some(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
}

/// Why a request was not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    Missing,
    Late,
    Forged,
}

/// The `webhook-id`, once the signature over the raw body holds.
pub fn verify<'h>(
    secret: &str,
    headers: &'h HeaderMap,
    body: &[u8],
    now: DateTime<Utc>,
) -> Result<&'h str, Doubt> {
    let header = |name: &str| {
        headers
            .get(name)
            .and_then(|v| v.to_str().ok())
            .ok_or(Doubt::Missing)
    };
    let id = header("webhook-id")?;
    let timestamp = header("webhook-timestamp")?;
    let seconds: i64 = timestamp.parse().map_err(|_| Doubt::Missing)?;
    let signatures = header("webhook-signature")?;
    if now.timestamp().abs_diff(seconds) > TOLERANCE_SECONDS {
        return Err(Doubt::Late);
    }
    // Several signatures stand side by side while a secret is being changed.
    for signature in signatures.split(' ').filter_map(|s| s.strip_prefix("v1,")) {
        let Ok(given) = STANDARD.decode(signature) else {
            continue;
        };
        if mac(secret, id, timestamp, body).is_some_and(|mac| mac.verify_slice(&given).is_ok()) {
            return Ok(id);
        }
    }
    Err(Doubt::Forged)
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::sign;

    /// The example of the standard's reference libraries.
    #[test]
    fn signs_like_the_reference() {
        let at = DateTime::from_timestamp(1_614_265_330, 0).unwrap();
        let body = br#"{"test": 2432232314}"#;
        let signature = sign(
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            at,
            body,
        );
        assert_eq!(
            signature.as_deref(),
            Some("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
        );
    }
}
