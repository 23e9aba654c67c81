//! Who may call: a passkey in the address, and for responses somebody's token besides.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::Query;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::StatusCode;
use axum::response::Html;
use axum::response::IntoResponse;
use axum::response::Response;
use serde_json::json;
use url::form_urlencoded;

use super::Bazaarvoice;
use super::api::Asked;
use super::api::Problem;
use crate::sites::hold;

/// The doorkeeper's page, before any interface is asked.
pub fn inactive() -> Response {
    (StatusCode::FORBIDDEN, Html("<h1>Developer Inactive</h1>")).into_response()
}

/// Its own interfaces say it with status 200.
pub fn keyed(of: &Bazaarvoice, query: &HashMap<String, String>, name: &str) -> Result<(), Problem> {
    match query.get(name) == Some(&of.settings.passkey) {
        true => Ok(()),
        false => Err(Problem(
            "ERROR_PARAM_INVALID_API_KEY",
            "The passKey provided is invalid.".to_owned(),
        )),
    }
}

/// `POST /auth/v1/oauth2/token?passkey=`: what is left of a three-legged sign-in.
pub async fn token(State(of): State<Arc<Bazaarvoice>>, Query(query): Asked, body: Bytes) -> Response {
    let form: HashMap<String, String> = form_urlencoded::parse(&body).into_owned().collect();
    let said = |key: &str| form.get(key).map(String::as_str).unwrap_or_default();
    let no = |code: StatusCode, error: &str| (code, Json(json!({ "error": error }))).into_response();
    let known = &of.settings;
    if query.get("passkey") != Some(&known.response_passkey) {
        return inactive();
    }
    if said("grant_type") != "refresh_token" {
        return no(StatusCode::BAD_REQUEST, "unsupported_grant_type");
    }
    if said("client_id") != known.client_id || said("client_secret") != known.client_secret {
        return no(StatusCode::UNAUTHORIZED, "invalid_client");
    }
    if said("refresh_token") != known.refresh_token {
        return no(StatusCode::BAD_REQUEST, "invalid_grant");
    }
    let token = hold(&of.state).issue_token(of.clock());
    Json(json!({ "access_token": token, "expires_in": 3600, "token_type": "bearer" })).into_response()
}

/// A no, as it is sent; boxed, because most calls end well.
pub struct Refused(Box<Response>);

impl From<Response> for Refused {
    fn from(response: Response) -> Self {
        Self(Box::new(response))
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        *self.0
    }
}

/// Both the passkey and the token of the Response API.
pub fn admit(of: &Bazaarvoice, query: &HashMap<String, String>, headers: &HeaderMap) -> Result<(), Refused> {
    if query.get("passkey") != Some(&of.settings.response_passkey) {
        return Err(inactive().into());
    }
    let token = headers.get("authorization").and_then(|v| v.to_str().ok());
    let token = token.and_then(|v| v.strip_prefix("Bearer "));
    let now = of.clock();
    match token.is_some_and(|token| hold(&of.state).token_is_good(token, now)) {
        true => Ok(()),
        false => Err(unauthorized().into()),
    }
}

pub fn unauthorized() -> Response {
    let body = json!({ "code": 401, "message": "Credentials are required to access this resource." });
    (StatusCode::UNAUTHORIZED, Json(body)).into_response()
}
