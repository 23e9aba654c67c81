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

use super::Etrusted;
use super::api::Problem;
use crate::sites::hold;

/// For what tokens are given; another audience gets none.
const AUDIENCE: &str = "https://api.etrusted.com";

/// `POST /oauth/token`: client credentials of OAuth 2, with an audience.
pub async fn token(State(etrusted): State<Arc<Etrusted>>, body: Bytes) -> Response {
    let form: HashMap<String, String> = form_urlencoded::parse(&body).into_owned().collect();
    let said = |key: &str| form.get(key).map(String::as_str).unwrap_or_default();
    let no = |code: StatusCode, error: &str| (code, Json(json!({ "error": error }))).into_response();
    let known = &etrusted.settings;
    if said("grant_type") != "client_credentials" {
        return no(StatusCode::BAD_REQUEST, "unsupported_grant_type");
    }
    if said("client_id") != known.client_id || said("client_secret") != known.client_secret {
        return no(StatusCode::UNAUTHORIZED, "invalid_client");
    }
    if said("audience") != AUDIENCE {
        return no(StatusCode::FORBIDDEN, "access_denied");
    }
    let token = hold(&etrusted.state).issue_token((etrusted.now)());
    Json(json!({ "access_token": token, "expires_in": 300, "token_type": "Bearer" })).into_response()
}

pub fn admit(etrusted: &Etrusted, headers: &HeaderMap) -> Result<(), Problem> {
    let token = headers.get("authorization").and_then(|v| v.to_str().ok());
    let token = token.and_then(|v| v.strip_prefix("Bearer "));
    let now = (etrusted.now)();
    let is_known = token.is_some_and(|token| hold(&etrusted.state).token_is_good(token, now));
    is_known
        .then_some(())
        .ok_or(Problem(StatusCode::UNAUTHORIZED, "Unauthorized"))
}
