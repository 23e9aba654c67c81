//! The HTTP side: what is documented, and the one sentence for everything that is wrong with a token.

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

use super::Judgeme;
use crate::sites::faults::Fault;
use crate::sites::faults::exposed;
use crate::sites::hold;

const MOST: usize = 100;
/// Whoever asks for a page beyond gets this one.
const LAST_PAGE: usize = 100;
const OF_REVIEWS: &[&str] = &[
    "shop_domain",
    "page",
    "per_page",
    "rating",
    "reviewer_id",
    "product_id",
];

type Asked = Query<HashMap<String, String>>;

pub fn router(judgeme: Arc<Judgeme>) -> Router {
    let door = judgeme.door.clone();
    let base = "/judgeme/api/v1";
    Router::new()
        .route(&format!("{base}/reviews"), get(list))
        .route(&format!("{base}/reviews/{{id}}"), get(one))
        .route(&format!("{base}/replies"), post(reply))
        .layer(from_fn_with_state(door, exposed))
        .with_state(judgeme)
}

/// A "no" in Judge.me's words, which are one sentence.
pub struct Problem(StatusCode, &'static str);

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        (self.0, Json(json!({ "error": self.1 }))).into_response()
    }
}

const WRONG: Problem = Problem(
    StatusCode::UNAUTHORIZED,
    "Failed to authenticate. Shop domain or Api Token is wrong",
);

pub fn refuse(fault: Fault) -> Response {
    match fault {
        Fault::RateLimit { retry_after } => (
            [("retry-after", retry_after.to_string())],
            StatusCode::TOO_MANY_REQUESTS,
        )
            .into_response(),
        Fault::Quota => StatusCode::TOO_MANY_REQUESTS.into_response(),
        Fault::ServerError { status } => StatusCode::from_u16(status)
            .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
            .into_response(),
        Fault::UnauthorizedOnce => WRONG.into_response(),
        Fault::Deny => Problem(StatusCode::FORBIDDEN, "not enough permissions").into_response(),
        // These three never ask for a refusal.
        Fault::AnswerLost | Fault::RequestLost | Fault::Slow { .. } => {
            StatusCode::IM_A_TEAPOT.into_response()
        }
    }
}

fn admit(judgeme: &Judgeme, headers: &HeaderMap, query: &HashMap<String, String>) -> Result<(), Problem> {
    let token = headers.get("x-api-token").and_then(|v| v.to_str().ok());
    let shop = query.get("shop_domain").map(String::as_str);
    let known = &judgeme.settings;
    match (token, shop) == (Some(known.api_token.as_str()), Some(known.shop_domain.as_str())) {
        true => Ok(()),
        false => Err(WRONG),
    }
}

async fn list(
    State(judgeme): State<Arc<Judgeme>>,
    Query(query): Asked,
    headers: HeaderMap,
) -> Result<Json<Value>, Problem> {
    admit(&judgeme, &headers, &query)?;
    if query.keys().any(|name| !OF_REVIEWS.contains(&name.as_str())) {
        return Err(Problem(StatusCode::UNPROCESSABLE_ENTITY, "unknown parameter"));
    }
    let number = |name: &str| query.get(name).and_then(|n| n.parse::<usize>().ok());
    let page = number("page").unwrap_or(1).clamp(1, LAST_PAGE);
    let size = number("per_page").unwrap_or(10).clamp(1, MOST);
    let state = hold(&judgeme.state);
    let newest = state.reviews.iter().rev().skip((page - 1) * size).take(size);
    let reviews: Vec<Value> = newest.map(super::Review::wire).collect();
    Ok(Json(
        json!({ "current_page": page, "per_page": size, "reviews": reviews }),
    ))
}

async fn one(
    State(judgeme): State<Arc<Judgeme>>,
    Path(id): Path<u64>,
    Query(query): Asked,
    headers: HeaderMap,
) -> Result<Json<Value>, Problem> {
    admit(&judgeme, &headers, &query)?;
    let state = hold(&judgeme.state);
    let found = state
        .find(id)
        .ok_or(Problem(StatusCode::NOT_FOUND, "Review not found"))?;
    Ok(Json(json!({ "review": found.wire() })))
}

async fn reply(
    State(judgeme): State<Arc<Judgeme>>,
    Query(query): Asked,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, Problem> {
    admit(&judgeme, &headers, &query)?;
    let unfit = |why| Problem(StatusCode::UNPROCESSABLE_ENTITY, why);
    let body: Value = serde_json::from_slice(&body).map_err(|_| unfit("invalid JSON"))?;
    let known = ["review_id", "send_reply_email", "reply"];
    let is_known = body
        .as_object()
        .is_some_and(|fields| fields.keys().all(|name| known.contains(&name.as_str())));
    let (Some(review), Some(content), Some(_)) = (
        body["review_id"].as_u64(),
        body["reply"]["content"].as_str().filter(|c| !c.trim().is_empty()),
        body["send_reply_email"].as_bool(),
    ) else {
        return Err(unfit("review_id, send_reply_email and reply.content are needed"));
    };
    let mut state = hold(&judgeme.state);
    if !is_known || state.find(review).is_none() {
        return Err(unfit("Review not found"));
    }
    state.replies.push((review, content.to_owned()));
    drop(state);
    judgeme.door.touch();
    // What is said to that is not documented, so it says nothing that anybody could lean on.
    Ok(Json(json!({})))
}
