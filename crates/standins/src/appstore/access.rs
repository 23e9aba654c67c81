//! Who may call: each call carries a token that the caller signed with the key of its account. The key lies open in the source:
//! whoever trusts it has told the bot to trust a sandbox.

use axum::http::HeaderMap;
use jsonwebtoken::Algorithm;
use jsonwebtoken::DecodingKey;
use jsonwebtoken::Validation;
use jsonwebtoken::decode;
use serde::Deserialize;

use super::AppStore;
use super::api::Problem;

const PRIVATE: &str = include_str!("test-key-not-a-secret.pem");
const PUBLIC: &[u8] = include_bytes!("test-key-public.der");
const AUDIENCE: &str = "appstoreconnect-v1";
/// Twenty minutes; a token that lasts longer is refused.
const LONGEST: i64 = 20 * 60;

#[derive(Deserialize)]
struct Claims {
    iss: String,
    iat: i64,
    exp: i64,
}

/// PKCS #8 in PEM, as it is downloaded.
pub fn private_key() -> String {
    PRIVATE.replace("SANDBOX TEST KEY, NOT A SECRET", "PRIVATE KEY")
}

pub fn admit(store: &AppStore, headers: &HeaderMap) -> Result<(), Problem> {
    let token = headers
        .get("authorization")
        .and_then(|v| v.to_str().ok()?.strip_prefix("Bearer "));
    let mut validation = Validation::new(Algorithm::ES256);
    // The library would ask the wall clock.
    validation.validate_exp = false;
    validation.set_audience(&[AUDIENCE]);
    validation.set_required_spec_claims(&["exp", "aud", "iss"]);
    let key = DecodingKey::from_ec_der(PUBLIC);
    let read = token.and_then(|token| decode::<Claims>(token, &key, &validation).ok());
    let now = (store.now)().timestamp();
    let is_good = read.is_some_and(|read| {
        let (header, claims) = (read.header, read.claims);
        header.kid.as_deref() == Some(store.settings.key_id.as_str())
            && claims.iss == store.settings.issuer_id
            && claims.iat <= now
            && claims.exp > now
            && claims.exp - now <= LONGEST
    });
    is_good.then_some(()).ok_or_else(Problem::unauthorized)
}
