//! The HTTP side: paths, parameters and error bodies as Google documents them.

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

use super::Paging;
use super::Play;
use super::access;
use super::access::admit;
use super::state::timestamp;
use crate::sites::Refusal;
use crate::sites::faults::Fault;
use crate::sites::faults::exposed;
use crate::sites::faults::logged;
use crate::sites::hold;

const REPLY_CHARS: usize = 350;
const PAGE: usize = 10;
const LARGEST_PAGE: usize = 100;

pub fn router(play: Arc<Play>) -> Router {
    let door = play.door.clone();
    let of_app = "/play/androidpublisher/v3/applications/{package}/reviews";
    let reviews = Router::new()
        .route(of_app, get(list))
        .route(&format!("{of_app}/{{review}}"), get(one).post(reply))
        .layer(from_fn_with_state(door.clone(), exposed));
    let sign_in = Router::new()
        .route("/play/token", post(access::token))
        .layer(from_fn_with_state(door, logged));
    reviews.merge(sign_in).with_state(play)
}

/// A "no" in Google's words.
pub(super) struct Problem(StatusCode, &'static str, &'static str, String);

impl Problem {
    fn invalid(message: &str) -> Problem {
        Problem(
            StatusCode::BAD_REQUEST,
            "INVALID_ARGUMENT",
            "badRequest",
            message.into(),
        )
    }

    pub(super) fn not_found(message: &str) -> Problem {
        Problem(StatusCode::NOT_FOUND, "NOT_FOUND", "notFound", message.into())
    }

    pub(super) fn unauthenticated() -> Problem {
        let message = "Request had invalid authentication credentials. Expected OAuth 2 access token.";
        Problem(
            StatusCode::UNAUTHORIZED,
            "UNAUTHENTICATED",
            "authError",
            message.into(),
        )
    }
}

impl From<Refusal> for Problem {
    fn from(_: Refusal) -> Problem {
        Problem::not_found("Review not found.")
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let Problem(code, status, reason, message) = self;
        let errors = json!([{"message": message, "domain": "global", "reason": reason}]);
        let error = json!({"code": code.as_u16(), "message": message, "errors": errors, "status": status});
        (code, Json(json!({"error": error}))).into_response()
    }
}

/// What a fault that refuses looks like here.
pub fn refuse(fault: Fault) -> Response {
    let problem = |code, status, reason, message: &str| Problem(code, status, reason, message.into());
    match fault {
        Fault::RateLimit { retry_after } => {
            let message = "Quota exceeded for quota metric 'Reviews requests'.";
            let no = problem(
                StatusCode::TOO_MANY_REQUESTS,
                "RESOURCE_EXHAUSTED",
                "rateLimitExceeded",
                message,
            );
            ([("retry-after", retry_after.to_string())], no).into_response()
        }
        Fault::Quota => {
            let no = problem(
                StatusCode::FORBIDDEN,
                "PERMISSION_DENIED",
                "quotaExceeded",
                "Quota exceeded.",
            );
            no.into_response()
        }
        Fault::ServerError { status } => {
            let code = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            problem(
                code,
                "UNAVAILABLE",
                "backendError",
                "The service is currently unavailable.",
            )
            .into_response()
        }
        Fault::UnauthorizedOnce => Problem::unauthenticated().into_response(),
        Fault::Deny => {
            let message = "The caller does not have permission";
            problem(
                StatusCode::FORBIDDEN,
                "PERMISSION_DENIED",
                "permissionDenied",
                message,
            )
            .into_response()
        }
        // These three never ask for a refusal.
        Fault::AnswerLost | Fault::RequestLost | Fault::Slow { .. } => {
            StatusCode::IM_A_TEAPOT.into_response()
        }
    }
}

async fn list(
    State(play): State<Arc<Play>>,
    Path(package): Path<String>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Result<Json<Value>, Problem> {
    admit(&play, &headers, &package)?;
    let known = ["maxResults", "token", "startIndex", "translationLanguage"];
    if let Some(unknown) = query.keys().find(|key| !known.contains(&key.as_str())) {
        return Err(Problem::invalid(&format!("Unknown name \"{unknown}\"")));
    }
    let start = match query.get("token").filter(|t| !t.is_empty()) {
        None => 0,
        Some(token) => offset(token).ok_or_else(|| Problem::invalid("Invalid page token."))?,
    };
    let size = match query.get("maxResults").map(|s| s.parse::<usize>()) {
        None | Some(Ok(0)) => PAGE,
        Some(Ok(n)) => n.min(LARGEST_PAGE),
        Some(Err(_)) => return Err(Problem::invalid("Invalid value at 'max_results'")),
    };
    let state = hold(&play.state);
    let shown = state.shown((play.now)());
    let page = shown.iter().skip(start).take(size);
    let page: Vec<Value> = page.map(|review| review.wire()).collect();
    // Without anything in the window the object is empty.
    let mut answer = json!({});
    if !page.is_empty() {
        answer["reviews"] = json!(page);
    }
    let more = start + size < shown.len();
    let next = match play.settings.paging {
        Paging::Documented => more.then_some(start + size),
        Paging::NoToken => None,
        Paging::Repeating => more.then_some(size),
    };
    if let Some(next) = next {
        answer["tokenPagination"] = json!({"nextPageToken": format!("Eg{next}")});
    }
    Ok(Json(answer))
}

fn offset(token: &str) -> Option<usize> {
    token.strip_prefix("Eg")?.parse().ok()
}

async fn one(
    State(play): State<Arc<Play>>,
    Path((package, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Json<Value>, Problem> {
    admit(&play, &headers, &package)?;
    here(&play, &id).map(Json)
}

/// What left the window is not found, as if it had never been.
fn here(play: &Play, id: &str) -> Result<Value, Problem> {
    let state = hold(&play.state);
    let shown = state.shown((play.now)());
    let review = shown
        .iter()
        .find(|review| review.id == id)
        .ok_or(Refusal::NoSuchItem)?;
    Ok(review.wire())
}

/// `POST …/reviews/{reviewId}:reply`
async fn reply(
    State(play): State<Arc<Play>>,
    Path((package, call)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, Problem> {
    admit(&play, &headers, &package)?;
    let id = call
        .strip_suffix(":reply")
        .ok_or_else(|| Problem::not_found("Method not found."))?;
    here(&play, id)?;
    let body: Value =
        serde_json::from_slice(&body).map_err(|_| Problem::invalid("Invalid JSON payload received."))?;
    let mut fields = body.as_object().into_iter().flatten();
    if let Some((unknown, _)) = fields.find(|(key, _)| *key != "replyText") {
        return Err(Problem::invalid(&format!("Unknown name \"{unknown}\"")));
    }
    let text = body["replyText"].as_str().unwrap_or_default();
    if text.trim().is_empty() {
        return Err(Problem::invalid("The reply text must not be empty."));
    }
    if text.chars().count() > REPLY_CHARS {
        return Err(Problem::invalid("The reply text is too long."));
    }
    let (text, now) = (stripped(text), (play.now)());
    hold(&play.state).reply(id, &text, now)?;
    play.door.touch();
    Ok(Json(
        json!({"result": {"replyText": text, "lastEdited": timestamp(now)}}),
    ))
}

/// HTML tags are taken out.
fn stripped(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('<') {
        let tag = after.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/' || c == '!');
        match after.split_once('>').filter(|_| tag) {
            Some((_, behind)) => {
                out.push_str(before);
                rest = behind;
            }
            None => {
                out.push_str(before);
                out.push('<');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}
