//! Who may call: the service account's own signature is exchanged for an access token, and every call carries it. The key lies
//! open in the source: whoever trusts it has told the bot to trust a sandbox.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::response::Response;
use chrono::DateTime;
use chrono::Utc;
use jsonwebtoken::Algorithm;
use jsonwebtoken::DecodingKey;
use jsonwebtoken::Validation;
use jsonwebtoken::decode;
use serde::Deserialize;
use serde_json::json;
use url::form_urlencoded;

use super::Play;
use super::api::Problem;
use crate::sites::hold;

pub const KEY_ID: &str = "sandbox-key-1";
const PRIVATE: &str = include_str!("test-key-not-a-secret.pem");
const PUBLIC: &[u8] = include_bytes!("test-key-public.der");
const GRANT: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
pub const SCOPE: &str = "https://www.googleapis.com/auth/androidpublisher";
const LONGEST: i64 = 3600;

#[derive(Deserialize)]
struct Claims {
    iss: String,
    scope: String,
    aud: String,
    iat: i64,
    exp: i64,
}

/// PKCS #8 in PEM, as the key file has it.
pub fn private_key() -> String {
    PRIVATE.replace("SANDBOX TEST KEY, NOT A SECRET", "PRIVATE KEY")
}

/// `POST /play/token`: the JWT bearer grant (RFC 7523).
pub async fn token(State(play): State<Arc<Play>>, body: Bytes) -> Response {
    let form: HashMap<String, String> = form_urlencoded::parse(&body).into_owned().collect();
    let said = |key: &str| form.get(key).map(String::as_str).unwrap_or_default();
    let no = |error: &str, why: &str| {
        let body = json!({"error": error, "error_description": why});
        (StatusCode::BAD_REQUEST, Json(body)).into_response()
    };
    if said("grant_type") != GRANT {
        return no("unsupported_grant_type", "Invalid grant_type");
    }
    let now = (play.now)();
    match believed(said("assertion"), &play.settings.service_account, now) {
        Err(why) => no("invalid_grant", why),
        Ok(scope) if scope != SCOPE => no(
            "invalid_scope",
            "Invalid OAuth scope or ID token audience provided.",
        ),
        Ok(_) => {
            let token = hold(&play.state).issue_token(now);
            Json(json!({"access_token": token, "expires_in": 3599, "token_type": "Bearer"})).into_response()
        }
    }
}

/// The scope that the assertion asks for.
fn believed(assertion: &str, account: &str, now: DateTime<Utc>) -> Result<String, &'static str> {
    let mut validation = Validation::new(Algorithm::RS256);
    // The library would ask the wall clock.
    validation.validate_exp = false;
    validation.validate_aud = false;
    validation.set_required_spec_claims(&["exp", "aud", "iss"]);
    let read = decode::<Claims>(assertion, &DecodingKey::from_rsa_der(PUBLIC), &validation);
    let read = read.map_err(|_| "Invalid JWT Signature.")?;
    let (header, claims) = (read.header, read.claims);
    let now = now.timestamp();
    if header.kid.as_deref().is_some_and(|kid| kid != KEY_ID) || claims.iss != account {
        return Err("Invalid grant: account not found");
    }
    if !claims.aud.ends_with("/token") {
        return Err("Invalid JWT: Failed audience check.");
    }
    if claims.iat > now || claims.exp <= now || claims.exp - claims.iat > LONGEST {
        return Err(
            "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe.",
        );
    }
    Ok(claims.scope)
}

/// Who may call, and for which app.
pub fn admit(play: &Play, headers: &HeaderMap, package: &str) -> Result<(), Problem> {
    let token = headers
        .get("authorization")
        .and_then(|v| v.to_str().ok()?.strip_prefix("Bearer "));
    if !token.is_some_and(|t| hold(&play.state).token_is_good(t, (play.now)())) {
        return Err(Problem::unauthenticated());
    }
    if package != play.settings.app.id {
        return Err(Problem::not_found(&format!("Package not found: {package}.")));
    }
    Ok(())
}
