//! The HTTP side: paths, parameters and error bodies as Google documents them.

use std::cmp::Reverse;
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
use axum::routing::put;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use serde_json::json;

use super::Google;
use super::Review;
use super::access;
use super::access::admit;
use super::push;
use crate::sites::Refusal;
use crate::sites::faults::Fault;
use crate::sites::faults::exposed;
use crate::sites::faults::logged;
use crate::sites::hold;

const REPLY_BYTES: usize = 4096;
const PAGE: usize = 50;

pub fn router(google: Arc<Google>) -> Router {
    let door = google.door.clone();
    let of_location = "/google/v4/accounts/{account}/locations/{location}/reviews";
    let reviews = Router::new()
        .route(of_location, get(list))
        .route(&format!("{of_location}/{{review}}"), get(one))
        .route(
            &format!("{of_location}/{{review}}/reply"),
            put(put_reply).delete(delete_reply),
        )
        .layer(from_fn_with_state(door.clone(), exposed));
    let sign_in = Router::new()
        .route("/google/token", post(access::token))
        .route("/google/certs", get(push::certs))
        .layer(from_fn_with_state(door, logged));
    reviews.merge(sign_in).with_state(google)
}

/// A "no" in Google's words.
pub(super) struct Problem(StatusCode, &'static str, String);

impl Problem {
    fn invalid(message: &str) -> Problem {
        Problem(StatusCode::BAD_REQUEST, "INVALID_ARGUMENT", message.into())
    }
}

impl From<Refusal> for Problem {
    fn from(_: Refusal) -> Problem {
        Problem(
            StatusCode::NOT_FOUND,
            "NOT_FOUND",
            "Requested entity was not found.".into(),
        )
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        error(self.0, self.1, &self.2, json!([]))
    }
}

fn error(code: StatusCode, status: &str, message: &str, details: Value) -> Response {
    let error = json!({"code": code.as_u16(), "message": message, "status": status, "details": details});
    (code, Json(json!({"error": error}))).into_response()
}

/// What a fault that refuses looks like here.
pub fn refuse(fault: Fault) -> Response {
    let quota = json!([
        {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "RATE_LIMIT_EXCEEDED", "domain": "googleapis.com"},
        {"@type": "type.googleapis.com/google.rpc.QuotaFailure",
         "violations": [{"subject": "project:sandbox", "description": "Queries per day"}]}
    ]);
    match fault {
        Fault::RateLimit { retry_after } => {
            let answer = error(
                StatusCode::TOO_MANY_REQUESTS,
                "RESOURCE_EXHAUSTED",
                "Too many requests.",
                json!([]),
            );
            ([("retry-after", retry_after.to_string())], answer).into_response()
        }
        Fault::Quota => error(
            StatusCode::TOO_MANY_REQUESTS,
            "RESOURCE_EXHAUSTED",
            "Quota exceeded.",
            quota,
        ),
        Fault::ServerError { status } => {
            let code = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            let name = if status == 503 { "UNAVAILABLE" } else { "INTERNAL" };
            error(code, name, "The service is currently unavailable.", json!([]))
        }
        Fault::UnauthorizedOnce => unauthenticated().into_response(),
        Fault::Deny => denied().into_response(),
        // These three never ask for a refusal.
        Fault::AnswerLost | Fault::RequestLost | Fault::Slow { .. } => {
            StatusCode::IM_A_TEAPOT.into_response()
        }
    }
}

pub(super) fn unauthenticated() -> Problem {
    let message = "Request had invalid authentication credentials. Expected OAuth 2 access token.";
    Problem(StatusCode::UNAUTHORIZED, "UNAUTHENTICATED", message.into())
}

pub(super) fn denied() -> Problem {
    Problem(
        StatusCode::FORBIDDEN,
        "PERMISSION_DENIED",
        "The caller does not have permission".into(),
    )
}

async fn list(
    State(google): State<Arc<Google>>,
    Path((account, location)): Path<(String, String)>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Result<Json<Value>, Problem> {
    admit(&google, &headers, &account, &location)?;
    let start = match query.get("pageToken").filter(|t| !t.is_empty()) {
        None => 0,
        Some(token) => offset(token).ok_or_else(|| Problem::invalid("Invalid page token."))?,
    };
    // More than the most is brought down to the most, as Google's API rules ask for.
    let size = match query.get("pageSize").map(|s| s.parse::<usize>()) {
        None | Some(Ok(0)) => PAGE,
        Some(Ok(n)) => n.min(PAGE),
        Some(Err(_)) => return Err(Problem::invalid("Invalid page size.")),
    };
    let state = hold(&google.state);
    let mut found: Vec<(usize, &Review)> = state
        .reviews
        .iter()
        .enumerate()
        .filter(|(_, r)| r.location == location && r.removed.is_none())
        .collect();
    match query
        .get("orderBy")
        .map(String::as_str)
        .unwrap_or("updateTime desc")
    {
        "updateTime desc" => found.sort_by_key(|(n, r)| Reverse((r.updated, *n))),
        "rating" => found.sort_by_key(|(_, r)| r.stars),
        "rating desc" => found.sort_by_key(|(_, r)| Reverse(r.stars)),
        _ => return Err(Problem::invalid("Invalid orderBy.")),
    }
    let total = found.len();
    // Google leaves out what is empty: a location without reviews answers `{}`.
    let mut answer = json!({});
    if total > 0 {
        let stars: usize = found.iter().map(|(_, r)| usize::from(r.stars)).sum();
        answer = json!({"averageRating": tenths(stars, total), "totalReviewCount": total});
    }
    let page = found.iter().skip(start).take(size);
    let page: Vec<Value> = page
        .map(|(_, r)| r.wire(&account, &google.settings.public_url))
        .collect();
    if !page.is_empty() {
        answer["reviews"] = json!(page);
    }
    if start + size < total {
        answer["nextPageToken"] = json!(URL_SAFE_NO_PAD.encode(format!("after:{}", start + size)));
    }
    Ok(Json(answer))
}

/// The mean, cut to one digit after the point without leaving whole numbers before the last step.
fn tenths(sum: usize, count: usize) -> f64 {
    let tenths = (sum * 10 + count / 2) / count.max(1);
    u32::try_from(tenths).map(f64::from).unwrap_or_default() / 10.0
}

fn offset(token: &str) -> Option<usize> {
    let plain = String::from_utf8(URL_SAFE_NO_PAD.decode(token).ok()?).ok()?;
    plain.strip_prefix("after:")?.parse().ok()
}

type ReviewPath = Path<(String, String, String)>;

fn here(google: &Google, location: &str, id: &str) -> Result<Review, Problem> {
    let review = hold(&google.state).find(id)?.clone();
    if review.location == location {
        Ok(review)
    } else {
        Err(Refusal::NoSuchItem.into())
    }
}

async fn one(
    State(google): State<Arc<Google>>,
    Path((account, location, id)): ReviewPath,
    headers: HeaderMap,
) -> Result<Json<Value>, Problem> {
    admit(&google, &headers, &account, &location)?;
    let review = here(&google, &location, &id)?;
    Ok(Json(review.wire(&account, &google.settings.public_url)))
}

async fn put_reply(
    State(google): State<Arc<Google>>,
    Path((account, location, id)): ReviewPath,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, Problem> {
    admit(&google, &headers, &account, &location)?;
    here(&google, &location, &id)?;
    let body: Value =
        serde_json::from_slice(&body).map_err(|_| Problem::invalid("Invalid JSON payload received."))?;
    let comment = body["comment"].as_str().unwrap_or_default();
    if comment.trim().is_empty() {
        return Err(Problem::invalid("The reply comment must not be empty."));
    }
    if comment.len() > REPLY_BYTES {
        return Err(Problem::invalid("The reply comment must not exceed 4096 bytes."));
    }
    hold(&google.state).put_reply(&id, comment, (google.now)())?;
    google.door.touch();
    // Without a delay the verdict is there at once.
    google.settle();
    let review = here(&google, &location, &id)?;
    Ok(Json(review.reply.map(|r| r.wire()).unwrap_or_default()))
}

async fn delete_reply(
    State(google): State<Arc<Google>>,
    Path((account, location, id)): ReviewPath,
    headers: HeaderMap,
) -> Result<Json<Value>, Problem> {
    admit(&google, &headers, &account, &location)?;
    here(&google, &location, &id)?;
    hold(&google.state).delete_reply(&id)?;
    google.door.touch();
    Ok(Json(json!({})))
}
