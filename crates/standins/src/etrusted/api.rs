//! The HTTP side: paths, parameters and bodies as eTrusted documents them. What it says to a fault is documented nowhere; only
//! the status is.

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
use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use super::Etrusted;
use super::Review;
use super::access;
use super::access::admit;
use crate::sites::Refusal;
use crate::sites::faults::Fault;
use crate::sites::faults::exposed;
use crate::sites::faults::logged;
use crate::sites::hold;

const COUNT: usize = 10;
const MOST: usize = 1000;
/// What the list can be asked for.
const PARAMETERS: &[&str] = &[
    "channels",
    "after",
    "before",
    "submittedAfter",
    "submittedBefore",
    "count",
    "rating",
    "status",
    "type",
    "hasReply",
    "additionalInformation",
    "ignoreStatements",
    "query",
    "sku",
    "orderBy",
];

pub fn router(etrusted: Arc<Etrusted>) -> Router {
    let door = etrusted.door.clone();
    let review = "/etrusted/reviews/{review}";
    let reviews = Router::new()
        .route("/etrusted/reviews", get(list))
        .route(review, get(one))
        .route(&format!("{review}/reply"), post(reply).delete(delete_reply))
        .layer(from_fn_with_state(door.clone(), exposed));
    let sign_in = Router::new()
        .route("/etrusted/oauth/token", post(access::token))
        .layer(from_fn_with_state(door, logged));
    reviews.merge(sign_in).with_state(etrusted)
}

pub(super) struct Problem(pub StatusCode, pub &'static str);

impl From<Refusal> for Problem {
    fn from(_: Refusal) -> Problem {
        Problem(StatusCode::NOT_FOUND, "Not Found")
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        (self.0, Json(json!({ "message": self.1 }))).into_response()
    }
}

/// What a fault that refuses looks like here.
pub fn refuse(fault: Fault) -> Response {
    let slower = Problem(StatusCode::TOO_MANY_REQUESTS, "Too Many Requests");
    match fault {
        Fault::RateLimit { retry_after } => {
            ([("retry-after", retry_after.to_string())], slower).into_response()
        }
        Fault::Quota => slower.into_response(),
        Fault::ServerError { status } => {
            let code = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            Problem(code, "Service Unavailable").into_response()
        }
        Fault::UnauthorizedOnce => Problem(StatusCode::UNAUTHORIZED, "Unauthorized").into_response(),
        Fault::Deny => Problem(StatusCode::FORBIDDEN, "Forbidden").into_response(),
        // These three never ask for a refusal.
        Fault::AnswerLost | Fault::RequestLost | Fault::Slow { .. } => {
            StatusCode::IM_A_TEAPOT.into_response()
        }
    }
}

/// Where in the order of writing a review stands.
fn place(reviews: &[Review], id: &str) -> Result<usize, Problem> {
    let at = reviews.iter().position(|review| review.id == id);
    at.ok_or(Problem(StatusCode::BAD_REQUEST, "There is no such review."))
}

/// Sorted by when they were submitted, unless by when they were changed; and read on by submitting, however it is sorted.
async fn list(
    State(etrusted): State<Arc<Etrusted>>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Result<Json<Value>, Problem> {
    admit(&etrusted, &headers)?;
    let invalid = |why| Problem(StatusCode::BAD_REQUEST, why);
    if query.keys().any(|key| !PARAMETERS.contains(&key.as_str())) {
        return Err(invalid("There is no such parameter."));
    }
    let count = match query.get("count").map(|n| n.parse::<usize>()) {
        None => COUNT,
        Some(Ok(n)) if (1..=MOST).contains(&n) => n,
        Some(_) => return Err(invalid("count is a number from 1 to 1000.")),
    };
    let channels: Vec<&str> = query
        .get("channels")
        .map(|channels| channels.split(',').collect())
        .unwrap_or_default();
    let known = |id: &&str| etrusted.settings.channels.iter().any(|c| c.id == **id);
    if !channels.iter().all(known) {
        return Err(Refusal::NoSuchPlace.into());
    }
    let state = hold(&etrusted.state);
    let all = &state.reviews;
    let older = query.get("after").map(|id| place(all, id)).transpose()?;
    let newer = query.get("before").map(|id| place(all, id)).transpose()?;
    let of = all.iter().enumerate().filter(|(n, review)| {
        (channels.is_empty() || channels.contains(&review.channel.as_str()))
            && older.is_none_or(|at| *n < at)
            && newer.is_none_or(|at| *n > at)
    });
    let mut found: Vec<&Review> = of.map(|(_, review)| review).collect();
    found.reverse();
    match query.get("orderBy").map_or("submittedAt", String::as_str) {
        "submittedAt" => {}
        "updatedAt" => found.sort_by_key(|r| std::cmp::Reverse(r.updated)),
        "editedAt" | "lastEditedAt" => found.sort_by_key(|r| std::cmp::Reverse(r.edited)),
        _ => return Err(invalid("orderBy is one of four dates.")),
    }
    let total = found.len();
    let page: Vec<&Review> = found.into_iter().take(count).collect();
    let mut cursor = json!({ "before": page.first().map(|r| &r.id) });
    if total > page.len() {
        cursor["after"] = json!(page.last().map(|r| &r.id));
    }
    let items: Vec<Value> = page.iter().map(|review| review.wire()).collect();
    let paging = json!({ "count": items.len(), "cursor": cursor, "links": {} });
    Ok(Json(
        json!({ "totalElements": total, "paging": paging, "items": items }),
    ))
}

async fn one(
    State(etrusted): State<Arc<Etrusted>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Json<Value>, Problem> {
    admit(&etrusted, &headers)?;
    Ok(Json(hold(&etrusted.state).find(&id)?.wire()))
}

async fn reply(
    State(etrusted): State<Arc<Etrusted>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, Problem> {
    admit(&etrusted, &headers)?;
    let invalid = |why| Problem(StatusCode::BAD_REQUEST, why);
    let body: Map<String, Value> =
        serde_json::from_slice(&body).map_err(|_| invalid("The body is no object."))?;
    let known = ["comment", "sendNotification"];
    if body.keys().any(|key| !known.contains(&key.as_str())) {
        return Err(invalid("There is no such field."));
    }
    let comment = body.get("comment").and_then(Value::as_str).unwrap_or_default();
    if comment.trim().is_empty() {
        return Err(invalid("comment is empty."));
    }
    let mail = body.get("sendNotification").and_then(Value::as_bool);
    hold(&etrusted.state).reply(&id, comment, mail.unwrap_or(false), (etrusted.now)())?;
    etrusted.door.touch();
    Ok(Json(json!({ "comment": comment })))
}

async fn delete_reply(
    State(etrusted): State<Arc<Etrusted>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    admit(&etrusted, &headers)?;
    hold(&etrusted.state).delete_reply(&id)?;
    etrusted.door.touch();
    Ok(StatusCode::NO_CONTENT)
}
