//! The HTTP side: paths, parameters and bodies as Trustpilot documents them. What it says to a fault is documented nowhere;
//! only the status is.

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
use axum::routing::get;
use axum::routing::post;
use serde_json::Value;
use serde_json::json;

use super::Review;
use super::Trustpilot;
use super::access;
use super::access::admit;
use crate::sites::Place;
use crate::sites::Refusal;
use crate::sites::faults::Fault;
use crate::sites::faults::exposed;
use crate::sites::faults::logged;
use crate::sites::hold;

const PER_PAGE: usize = 20;
const MOST_PER_PAGE: usize = 100;
/// What the private list can be asked for.
const PARAMETERS: &[&str] = &[
    "stars",
    "language",
    "page",
    "perPage",
    "orderBy",
    "tagGroup",
    "tagValue",
    "responded",
    "startDateTime",
    "endDateTime",
    "source",
    "username",
    "referenceId",
    "referralEmail",
    "findReviewer",
    "reported",
    "internalLocationId",
];

pub fn router(trustpilot: Arc<Trustpilot>) -> Router {
    let door = trustpilot.door.clone();
    let review = "/trustpilot/v1/private/reviews/{review}";
    let reviews = Router::new()
        .route("/trustpilot/v1/private/business-units/{unit}/reviews", get(list))
        .route(review, get(one))
        .route(&format!("{review}/reply"), post(reply).delete(delete_reply))
        .layer(from_fn_with_state(door.clone(), exposed));
    let sign_in = Router::new()
        .route(
            "/trustpilot/v1/oauth/oauth-business-users-for-applications/accesstoken",
            post(access::token),
        )
        .layer(from_fn_with_state(door, logged));
    reviews.merge(sign_in).with_state(trustpilot)
}

pub(super) struct Problem(pub StatusCode, pub &'static str);

impl From<Refusal> for Problem {
    fn from(_: Refusal) -> Problem {
        Problem(StatusCode::NOT_FOUND, "Not found.")
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        (self.0, Json(json!({ "message": self.1 }))).into_response()
    }
}

/// What a fault that refuses looks like here.
pub fn refuse(fault: Fault) -> Response {
    let slower = Problem(StatusCode::TOO_MANY_REQUESTS, "Too many requests.");
    match fault {
        Fault::RateLimit { retry_after } => {
            ([("retry-after", retry_after.to_string())], slower).into_response()
        }
        Fault::Quota => slower.into_response(),
        Fault::ServerError { status } => {
            let code = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            Problem(code, "The service is unavailable.").into_response()
        }
        Fault::UnauthorizedOnce => Problem(StatusCode::UNAUTHORIZED, "Unauthorized.").into_response(),
        Fault::Deny => Problem(StatusCode::FORBIDDEN, "Forbidden.").into_response(),
        // These three never ask for a refusal.
        Fault::AnswerLost | Fault::RequestLost | Fault::Slow { .. } => {
            StatusCode::IM_A_TEAPOT.into_response()
        }
    }
}

fn unit<'a>(trustpilot: &'a Trustpilot, id: &str) -> Result<&'a Place, Problem> {
    let mut units = trustpilot.settings.business_units.iter();
    Ok(units.find(|unit| unit.id == id).ok_or(Refusal::NoSuchPlace)?)
}

async fn list(
    State(trustpilot): State<Arc<Trustpilot>>,
    Path(of): Path<String>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Result<Json<Value>, Problem> {
    admit(&trustpilot, &headers)?;
    let place = unit(&trustpilot, &of)?;
    let invalid = |why| Problem(StatusCode::BAD_REQUEST, why);
    if query.keys().any(|key| !PARAMETERS.contains(&key.as_str())) {
        return Err(invalid("There is no such parameter."));
    }
    let number = |key: &str, default: usize| match query.get(key).map(|n| n.parse::<usize>()) {
        None => Ok(default),
        Some(Ok(n)) if n > 0 => Ok(n),
        Some(_) => Err(invalid("page and perPage are numbers from 1.")),
    };
    let (page, per_page) = (number("page", 1)?, number("perPage", PER_PAGE)?);
    if per_page > MOST_PER_PAGE {
        return Err(invalid("perPage is 100 at most."));
    }
    let state = hold(&trustpilot.state);
    let mut found: Vec<&Review> = state.reviews.iter().filter(|r| r.unit == of).collect();
    match query.get("orderBy").map_or("createdat.desc", String::as_str) {
        "createdat.desc" => found.reverse(),
        "createdat.asc" => {}
        "stars.desc" => found.sort_by_key(|r| std::cmp::Reverse(r.stars)),
        "stars.asc" => found.sort_by_key(|r| r.stars),
        _ => return Err(invalid("orderBy is createdat or stars, asc or desc.")),
    }
    let page = found
        .into_iter()
        .skip((page - 1).saturating_mul(per_page))
        .take(per_page);
    let reviews: Vec<Value> = page.map(|review| review.wire(place)).collect();
    Ok(Json(json!({ "links": [], "reviews": reviews })))
}

async fn one(
    State(trustpilot): State<Arc<Trustpilot>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Json<Value>, Problem> {
    admit(&trustpilot, &headers)?;
    let state = hold(&trustpilot.state);
    let review = state.find(&id)?;
    Ok(Json(review.wire(unit(&trustpilot, &review.unit)?)))
}

async fn reply(
    State(trustpilot): State<Arc<Trustpilot>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<(StatusCode, Json<Value>), Problem> {
    admit(&trustpilot, &headers)?;
    let invalid = |why| Problem(StatusCode::BAD_REQUEST, why);
    let body: Value = serde_json::from_slice(&body).map_err(|_| invalid("The body is no JSON."))?;
    let known = ["authorBusinessUserId", "message", "submittedAt"];
    let is_known =
        |fields: &serde_json::Map<String, Value>| fields.keys().all(|key| known.contains(&key.as_str()));
    if !body.as_object().is_some_and(is_known) {
        return Err(invalid("There is no such field."));
    }
    let author = body["authorBusinessUserId"].as_str().unwrap_or_default();
    if author != trustpilot.settings.business_user {
        return Err(invalid("authorBusinessUserId is none of the business users."));
    }
    let message = body["message"].as_str().unwrap_or_default();
    if message.trim().is_empty() {
        return Err(invalid("message is empty."));
    }
    hold(&trustpilot.state).reply(&id, author, message, (trustpilot.now)())?;
    trustpilot.door.touch();
    Ok((StatusCode::CREATED, Json(json!({}))))
}

async fn delete_reply(
    State(trustpilot): State<Arc<Trustpilot>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    admit(&trustpilot, &headers)?;
    hold(&trustpilot.state).delete_reply(&id)?;
    trustpilot.door.touch();
    Ok(StatusCode::NO_CONTENT)
}
