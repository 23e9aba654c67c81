//! The HTTP side: replies come in signed, and are public the moment they are accepted.

use std::sync::Arc;

use axum::Json;
use axum::Router;
use axum::body::Bytes;
use axum::extract::Path;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::response::IntoResponse;
use axum::response::Response;
use axum::routing::get;
use axum::routing::post;
use serde::Deserialize;
use serde_json::Value;
use serde_json::json;

use super::Reply;
use super::Shop;
use super::webhook;
use super::webhook::Doubt;
use crate::sites::Refusal;
use crate::sites::faults::Fault;
use crate::sites::faults::exposed;
use crate::sites::has_phone_number;
use crate::sites::hold;
use crate::sites::millis;

const REPLY_CHARACTERS: usize = 2000;

pub fn router(shop: Arc<Shop>) -> Router {
    Router::new()
        .route("/shop/replies", post(receive))
        .route("/shop/replies/{reply_id}", get(read))
        .route("/shop/calls", post(be_called))
        .layer(from_fn_with_state(shop.door.clone(), exposed))
        .with_state(shop)
}

/// A "no" in the shop's words.
struct Problem(StatusCode, &'static str, &'static str);

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        (
            self.0,
            Json(json!({"error": {"code": self.1, "message": self.2}})),
        )
            .into_response()
    }
}

impl From<Doubt> for Problem {
    fn from(doubt: Doubt) -> Problem {
        let why = match doubt {
            Doubt::Missing => "webhook-id, webhook-timestamp and webhook-signature are needed",
            Doubt::Late => "the timestamp is more than five minutes from now",
            Doubt::Forged => "no signature fits the body",
        };
        Problem(StatusCode::UNAUTHORIZED, "bad_signature", why)
    }
}

impl From<Refusal> for Problem {
    fn from(_: Refusal) -> Problem {
        Problem(
            StatusCode::NOT_FOUND,
            "not_found",
            "there is no such item here (any more)",
        )
    }
}

const ANSWERED: Problem = Problem(
    StatusCode::CONFLICT,
    "already_answered",
    "the item has a reply already",
);
const NO_REPLY: Problem = Problem(StatusCode::NOT_FOUND, "not_found", "there is no such reply");

/// What a fault that refuses looks like here.
pub fn refuse(fault: Fault) -> Response {
    let problem = match fault {
        Fault::RateLimit { retry_after } => {
            let problem = Problem(StatusCode::TOO_MANY_REQUESTS, "rate_limited", "too many requests");
            return ([("retry-after", retry_after.to_string())], problem).into_response();
        }
        Fault::Quota => Problem(
            StatusCode::TOO_MANY_REQUESTS,
            "quota",
            "the day's replies are used up",
        ),
        Fault::ServerError { status } => {
            let code = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            Problem(code, "server_error", "something broke on our side")
        }
        Fault::UnauthorizedOnce => Doubt::Forged.into(),
        Fault::Deny => Problem(
            StatusCode::FORBIDDEN,
            "denied",
            "replies are switched off for this account",
        ),
        // These three never ask for a refusal.
        Fault::AnswerLost | Fault::RequestLost | Fault::Slow { .. } => {
            Problem(StatusCode::IM_A_TEAPOT, "never", "never")
        }
    };
    problem.into_response()
}

#[derive(Deserialize)]
struct Message {
    #[serde(rename = "type")]
    event: String,
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    reply_id: String,
    #[serde(default)]
    item_id: String,
    #[serde(default)]
    body: String,
    language: Option<String>,
    revision: Option<u64>,
}

async fn receive(
    State(shop): State<Arc<Shop>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let id = webhook::verify(&shop.settings.reply_secret, &headers, &body, (shop.now)())?;
    let Ok(message) = serde_json::from_slice::<Message>(&body) else {
        return Err(Problem(
            StatusCode::BAD_REQUEST,
            "malformed",
            "type and data.reply_id are needed",
        ));
    };
    let answer = match message.event.as_str() {
        "reply.publish" => publish(&shop, id, message.data),
        "reply.edit" => edit(&shop, message.data),
        "reply.delete" => delete(&shop, &message.data),
        _ => Err(Problem(StatusCode::BAD_REQUEST, "malformed", "unknown type")),
    };
    shop.door.touch();
    answer
}

/// A service of the shop's own that is told about escalations. It believes nobody without a signature, and the same
/// call twice is one call.
async fn be_called(
    State(shop): State<Arc<Shop>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, Problem> {
    let id = webhook::verify(&shop.settings.reply_secret, &headers, &body, (shop.now)())?;
    let Ok(body) = serde_json::from_slice::<Value>(&body) else {
        return Err(Problem(StatusCode::BAD_REQUEST, "malformed", "JSON is needed"));
    };
    let mut state = hold(&shop.state);
    let again = state.called.insert(id.to_owned(), body).is_some();
    drop(state);
    shop.door.touch();
    Ok(if again {
        StatusCode::OK
    } else {
        StatusCode::ACCEPTED
    })
}

fn judge(body: &str) -> Result<(), Problem> {
    let no = |code, why| Err(Problem(StatusCode::UNPROCESSABLE_ENTITY, code, why));
    if body.chars().count() > REPLY_CHARACTERS {
        return no("too_long", "a reply has at most 2000 characters");
    }
    if body.trim().is_empty() {
        return no("rejected", "a reply needs words");
    }
    if has_phone_number(body) {
        return no("rejected", "telephone numbers are not allowed in replies");
    }
    Ok(())
}

fn publish(shop: &Shop, webhook_id: &str, data: Data) -> Result<Response, Problem> {
    let now = (shop.now)();
    let mut state = hold(&shop.state);
    if let Some(answer) = state.answered.get(webhook_id) {
        return Ok((StatusCode::OK, Json(answer.clone())).into_response());
    }
    let item = state.find_mut(&data.item_id)?;
    let answer = json!({"id": data.reply_id, "url": item.reply_url(&shop.settings.public_url)});
    let first = match &item.reply {
        // The same reply under a new webhook-id is still the same reply.
        Some(reply) if reply.id == data.reply_id && reply.body == data.body => false,
        Some(_) => return Err(ANSWERED),
        None => true,
    };
    judge(&data.body)?;
    if first {
        item.publications += 1;
        item.reply = Some(Reply {
            id: data.reply_id,
            body: data.body,
            language: data.language,
            revision: data.revision,
            published: now,
            edited: None,
        });
    }
    state.answered.insert(webhook_id.into(), answer.clone());
    let code = if first {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    Ok((code, Json(answer)).into_response())
}

fn edit(shop: &Shop, data: Data) -> Result<Response, Problem> {
    let now = (shop.now)();
    judge(&data.body)?;
    let mut state = hold(&shop.state);
    let item = state.replied(&data.reply_id).ok_or(NO_REPLY)?;
    let url = item.reply_url(&shop.settings.public_url);
    let reply = item.reply.as_mut().ok_or(NO_REPLY)?;
    // The same edit twice is one edit.
    if reply.body != data.body {
        reply.body = data.body;
        reply.edited = Some(now);
    }
    reply.revision = data.revision.or(reply.revision);
    Ok(Json(json!({"id": data.reply_id, "url": url})).into_response())
}

fn delete(shop: &Shop, data: &Data) -> Result<Response, Problem> {
    let mut state = hold(&shop.state);
    state.replied(&data.reply_id).ok_or(NO_REPLY)?.reply = None;
    Ok(Json(json!({"id": data.reply_id})).into_response())
}

async fn read(
    State(shop): State<Arc<Shop>>,
    Path(reply_id): Path<String>,
    headers: HeaderMap,
) -> Result<Json<Value>, Problem> {
    webhook::verify(&shop.settings.reply_secret, &headers, b"", (shop.now)())?;
    let mut state = hold(&shop.state);
    let item = state.replied(&reply_id).ok_or(NO_REPLY)?;
    let reply = item.reply.as_ref().ok_or(NO_REPLY)?;
    Ok(Json(json!({
        "reply_id": reply_id, "item_id": item.id, "body": reply.body, "published_at": millis(reply.published),
        "url": item.reply_url(&shop.settings.public_url),
    })))
}
