//! Who may call: the sign-in and the check that every call passes.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::response::Response;
use serde_json::json;
use url::form_urlencoded;

use super::Google;
use super::api::Problem;
use super::api::denied;
use super::api::unauthenticated;
use crate::sites::Refusal;
use crate::sites::hold;

/// `POST /google/token`: the refresh token grant of OAuth 2.
pub async fn token(State(google): State<Arc<Google>>, body: Bytes) -> Response {
    let form: HashMap<String, String> = form_urlencoded::parse(&body).into_owned().collect();
    let said = |key: &str| form.get(key).map(String::as_str).unwrap_or_default();
    let no = |code: StatusCode, error: &str, why: &str| {
        (code, Json(json!({"error": error, "error_description": why}))).into_response()
    };
    let known = &google.settings;
    if said("client_id") != known.client_id || said("client_secret") != known.client_secret {
        return no(
            StatusCode::UNAUTHORIZED,
            "invalid_client",
            "The OAuth client was not found.",
        );
    }
    if said("grant_type") != "refresh_token" {
        return no(
            StatusCode::BAD_REQUEST,
            "unsupported_grant_type",
            "Invalid grant_type",
        );
    }
    if said("refresh_token") != known.refresh_token {
        return no(
            StatusCode::BAD_REQUEST,
            "invalid_grant",
            "Token has been expired or revoked.",
        );
    }
    let token = hold(&google.state).issue_token((google.now)());
    let scope = "https://www.googleapis.com/auth/business.manage";
    Json(json!({"access_token": token, "expires_in": 3599, "scope": scope, "token_type": "Bearer"}))
        .into_response()
}

/// Who may call, and for which location.
pub fn admit(google: &Google, headers: &HeaderMap, account: &str, location: &str) -> Result<(), Problem> {
    let token = headers
        .get("authorization")
        .and_then(|v| v.to_str().ok()?.strip_prefix("Bearer "));
    google.settle();
    if !token.is_some_and(|t| hold(&google.state).token_is_good(t, (google.now)())) {
        return Err(unauthenticated());
    }
    if account != google.settings.account {
        return Err(denied());
    }
    if !google.settings.locations.iter().any(|l| l.id == location) {
        return Err(Refusal::NoSuchPlace.into());
    }
    Ok(())
}
