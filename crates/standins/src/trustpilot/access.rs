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
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use url::form_urlencoded;

use super::Trustpilot;
use super::api::Problem;
use crate::sites::hold;

/// `POST …/accesstoken`: client credentials of OAuth 2, as Basic. Numbers are strings there.
pub async fn token(State(trustpilot): State<Arc<Trustpilot>>, headers: HeaderMap, body: Bytes) -> Response {
    let known = &trustpilot.settings;
    let basic = STANDARD.encode(format!("{}:{}", known.api_key, known.api_secret));
    let no = |code: StatusCode, error: &str| (code, Json(json!({ "error": error }))).into_response();
    if header(&headers, "authorization") != Some(format!("Basic {basic}").as_str()) {
        return no(StatusCode::UNAUTHORIZED, "invalid_client");
    }
    let form: HashMap<String, String> = form_urlencoded::parse(&body).into_owned().collect();
    if form.get("grant_type").map(String::as_str) != Some("client_credentials") {
        return no(StatusCode::BAD_REQUEST, "unsupported_grant_type");
    }
    let token = hold(&trustpilot.state).issue_token((trustpilot.now)());
    Json(json!({
        "access_token": token,
        "expires_in": "359999",
        "token_type": "BearerToken",
        "status": "approved",
    }))
    .into_response()
}

pub fn admit(trustpilot: &Trustpilot, headers: &HeaderMap) -> Result<(), Problem> {
    let now = (trustpilot.now)();
    let mut state = hold(&trustpilot.state);
    if !state.count(now) {
        return Err(Problem(StatusCode::TOO_MANY_REQUESTS, "Too many requests."));
    }
    let token = header(headers, "authorization").and_then(|v| v.strip_prefix("Bearer "));
    let is_known = token.is_some_and(|token| state.token_is_good(token, now));
    let key = header(headers, "apikey");
    if !is_known || key != Some(trustpilot.settings.api_key.as_str()) {
        return Err(Problem(StatusCode::UNAUTHORIZED, "Unauthorized."));
    }
    Ok(())
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}
