//! The HTTP side: paths, parameters and error bodies as Apple documents them.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Json;
use axum::Router;
use axum::body::Bytes;
use axum::extract::Path;
use axum::extract::Query;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::response::IntoResponse;
use axum::response::Response;
use axum::routing::delete;
use axum::routing::get;
use axum::routing::post;
use serde_json::Value;
use serde_json::json;

use super::AppStore;
use super::Review;
use super::access::admit;
use crate::sites::Refusal;
use crate::sites::faults::Fault;
use crate::sites::faults::exposed;
use crate::sites::hold;

const RESPONSE_CHARS: usize = 5_970;
const PAGE: usize = 50;
const LARGEST_PAGE: usize = 200;

pub fn router(store: Arc<AppStore>) -> Router {
    let door = store.door.clone();
    Router::new()
        .route("/appstore/v1/apps/{app}/customerReviews", get(list))
        .route("/appstore/v1/customerReviews/{id}", get(one))
        .route("/appstore/v1/customerReviewResponses", post(respond))
        .route("/appstore/v1/customerReviewResponses/{id}", delete(take_back))
        .layer(from_fn_with_state(door, exposed))
        .with_state(store)
}

/// A "no" in Apple's words: status, code, title, detail.
pub(super) struct Problem(StatusCode, &'static str, &'static str, String);

impl Problem {
    fn parameter(detail: &str) -> Problem {
        Problem(
            StatusCode::BAD_REQUEST,
            "PARAMETER_ERROR.INVALID",
            "A parameter has an invalid value",
            detail.into(),
        )
    }

    fn entity(detail: &str) -> Problem {
        Problem(
            StatusCode::CONFLICT,
            "ENTITY_ERROR.ATTRIBUTE.INVALID",
            "The provided entity includes an attribute with an invalid value",
            detail.into(),
        )
    }

    pub(super) fn unauthorized() -> Problem {
        Problem(
            StatusCode::UNAUTHORIZED,
            "NOT_AUTHORIZED",
            "Authentication credentials are missing or invalid.",
            "Provide a properly configured and signed bearer token, and make sure that it has not expired."
                .into(),
        )
    }
}

impl From<Refusal> for Problem {
    fn from(_: Refusal) -> Problem {
        Problem(
            StatusCode::NOT_FOUND,
            "NOT_FOUND",
            "The specified resource does not exist",
            "There is no resource with this id.".into(),
        )
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let Problem(status, code, title, detail) = self;
        let error = json!({
            "id": "5b1c0f5e-0000-4000-8000-000000000001", "status": status.as_u16().to_string(), "code": code,
            "title": title, "detail": detail,
        });
        (status, Json(json!({"errors": [error]}))).into_response()
    }
}

/// What a fault that refuses looks like here.
pub fn refuse(fault: Fault) -> Response {
    let limited = || {
        Problem(
            StatusCode::TOO_MANY_REQUESTS,
            "RATE_LIMIT_EXCEEDED",
            "The request rate limit has been reached.",
            "We've received too many requests for this API. Please wait and try again or slow down your request rate."
                .into(),
        )
    };
    match fault {
        Fault::RateLimit { retry_after } => {
            ([("retry-after", retry_after.to_string())], limited()).into_response()
        }
        // The hidden limit: refused while the header shows that much is left.
        Fault::Quota => {
            let left = [("x-rate-limit", "user-hour-lim:3500;user-hour-rem:3391;")];
            (left, limited()).into_response()
        }
        Fault::ServerError { status } => {
            let code = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            let title = "An unexpected error occurred.";
            Problem(code, "UNEXPECTED_ERROR", title, title.into()).into_response()
        }
        Fault::UnauthorizedOnce => Problem::unauthorized().into_response(),
        Fault::Deny => Problem(
            StatusCode::FORBIDDEN,
            "FORBIDDEN_ERROR",
            "This request is forbidden for security reasons",
            "The API key in use does not allow this request".into(),
        )
        .into_response(),
        // These three never ask for a refusal.
        Fault::AnswerLost | Fault::RequestLost | Fault::Slow { .. } => {
            StatusCode::IM_A_TEAPOT.into_response()
        }
    }
}

/// Where we are called, for links.
fn host(headers: &HeaderMap) -> String {
    let host = headers.get("host").and_then(|host| host.to_str().ok());
    format!("http://{}/appstore", host.unwrap_or("localhost"))
}

async fn list(
    State(store): State<Arc<AppStore>>,
    Path(app): Path<String>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Result<Json<Value>, Problem> {
    admit(&store, &headers)?;
    if app != store.settings.app.id {
        return Err(Refusal::NoSuchPlace.into());
    }
    let known = ["sort", "limit", "include", "cursor"];
    if let Some(unknown) = query.keys().find(|key| !known.contains(&key.as_str())) {
        return Err(Problem::parameter(&format!(
            "The parameter '{unknown}' can not be used with this request"
        )));
    }
    if query.get("sort").is_none_or(|sort| sort != "-createdDate") {
        return Err(Problem::parameter("This store sorts by -createdDate only"));
    }
    let limit = match query.get("limit").map(|limit| limit.parse::<usize>()) {
        None => PAGE,
        Some(Ok(limit @ 1..=LARGEST_PAGE)) => limit,
        Some(_) => return Err(Problem::parameter("limit is from 1 to 200")),
    };
    let start = match query.get("cursor") {
        None => 0,
        Some(cursor) => offset(cursor).ok_or_else(|| Problem::parameter("The cursor is not valid"))?,
    };
    let state = hold(&store.state);
    let listed = state.listed();
    let page: Vec<&Review> = listed.iter().copied().skip(start).take(limit).collect();
    let mut answer = json!({
        "data": page.iter().map(|review| review.wire()).collect::<Vec<_>>(),
        "meta": {"paging": {"total": listed.len(), "limit": limit}},
    });
    if query.get("include").is_some_and(|include| include == "response") {
        answer["included"] = page
            .iter()
            .filter_map(|review| included(&store, review))
            .collect();
    }
    let this = format!(
        "{}/v1/apps/{app}/customerReviews?sort=-createdDate&include=response&limit={limit}",
        host(&headers)
    );
    answer["links"] = json!({"self": this});
    if start + limit < listed.len() {
        let next = if store.settings.repeats {
            limit
        } else {
            start + limit
        };
        answer["links"]["next"] = json!(format!("{this}&cursor=AQ.{next}"));
    }
    Ok(Json(answer))
}

fn offset(cursor: &str) -> Option<usize> {
    cursor.strip_prefix("AQ.")?.parse().ok()
}

fn included(store: &AppStore, review: &Review) -> Option<Value> {
    let response = review.response.as_ref()?;
    let is_public = response.is_public((store.now)(), store.settings.delay);
    Some(response.wire(&review.id, is_public))
}

async fn one(
    State(store): State<Arc<AppStore>>,
    Path(id): Path<String>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Result<Json<Value>, Problem> {
    admit(&store, &headers)?;
    let state = hold(&store.state);
    let review = state.find(&id)?;
    let mut answer = json!({
        "data": review.wire(), "links": {"self": format!("{}/v1/customerReviews/{id}", host(&headers))},
    });
    if query.get("include").is_some_and(|include| include == "response") {
        answer["included"] = included(&store, review).into_iter().collect();
    }
    Ok(Json(answer))
}

async fn respond(
    State(store): State<Arc<AppStore>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    admit(&store, &headers)?;
    let body: Value = serde_json::from_slice(&body)
        .map_err(|_| Problem::parameter("The request body is not valid JSON"))?;
    let data = &body["data"];
    let of = &data["relationships"]["review"]["data"];
    let (Some(id), Some(text)) = (of["id"].as_str(), data["attributes"]["responseBody"].as_str()) else {
        return Err(Problem::entity("responseBody and review are required"));
    };
    if data["type"] != "customerReviewResponses" || of["type"] != "customerReviews" {
        return Err(Problem::entity("The type does not fit this request"));
    }
    if text.trim().is_empty() || text.chars().count() > RESPONSE_CHARS {
        return Err(Problem::entity("responseBody has from 1 to 5970 characters"));
    }
    // A review that is not there is a relationship that cannot be made.
    let response = hold(&store.state).respond(id, text, (store.now)()).map_err(|_| {
        Problem(
            StatusCode::CONFLICT,
            "ENTITY_ERROR.RELATIONSHIP.INVALID",
            "The provided entity includes a relationship with an invalid value",
            "The review does not exist".into(),
        )
    })?;
    store.door.touch();
    let is_public = response.is_public((store.now)(), store.settings.delay);
    let this = format!("{}/v1/customerReviewResponses/{}", host(&headers), response.id);
    let answer = json!({"data": response.wire(id, is_public), "links": {"self": this}});
    Ok((StatusCode::CREATED, Json(answer)).into_response())
}

async fn take_back(
    State(store): State<Arc<AppStore>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    admit(&store, &headers)?;
    hold(&store.state).take_back(&id)?;
    store.door.touch();
    Ok(StatusCode::NO_CONTENT)
}
