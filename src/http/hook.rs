//! `POST /hook/{source}`: 2xx only when the rows are committed; every refusal says what, and to a verified sender
//! also where. Who can sign nothing calls `POST /hook/{source}/{token}`.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::Path;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::HeaderMap;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::response::Response;
use serde_json::json;

use crate::http::BODY_LIMIT;
use crate::port::source::HookCall;
use crate::port::source::HookRefusal;
use crate::workflow::Desk;
use crate::workflow::HookAnswer;

pub async fn take(
    desk: State<Arc<Desk>>,
    Path(source): Path<String>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    receive(desk, source, None, headers, body).await
}

pub async fn take_from_whoever_knows(
    desk: State<Arc<Desk>>,
    Path((source, token)): Path<(String, String)>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    receive(desk, source, Some(token), headers, body).await
}

async fn receive(
    State(desk): State<Arc<Desk>>,
    source: String,
    token: Option<String>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let body = match body {
        Ok(body) => body,
        Err(refusal) if refusal.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            let say = format!("the body is larger than {BODY_LIMIT} bytes; send fewer items at once");
            return no(StatusCode::PAYLOAD_TOO_LARGE, "too_large", &say);
        }
        Err(refusal) => return no(StatusCode::BAD_REQUEST, "unreadable", &refusal.body_text()),
    };
    let named = |(n, v): (&axum::http::HeaderName, &axum::http::HeaderValue)| {
        Some((n.as_str().to_owned(), v.to_str().ok()?.to_owned()))
    };
    let call = HookCall {
        token,
        headers: headers.iter().filter_map(named).collect(),
        body: body.to_vec(),
    };
    match desk.receive(&source, &call).await {
        Ok(HookAnswer::Receipt(receipt)) => {
            let status = if receipt.accepted == 0 && !receipt.rejected.is_empty() {
                StatusCode::UNPROCESSABLE_ENTITY
            } else {
                StatusCode::OK
            };
            (status, Json(receipt)).into_response()
        }
        Ok(HookAnswer::Awake) => StatusCode::NO_CONTENT.into_response(),
        // Some senders take nothing but 200 for somebody who is there.
        Ok(HookAnswer::Heard) => StatusCode::OK.into_response(),
        Ok(HookAnswer::Reused) => no(
            StatusCode::CONFLICT,
            "reused_id",
            "a delivery with this webhook-id came before and said something else, so nothing of this one was taken; \
             give each message an id of its own and repeat a message byte by byte",
        ),
        Ok(HookAnswer::UnknownSource) => no(
            StatusCode::NOT_FOUND,
            "unknown_source",
            "no source of this name is configured",
        ),
        Ok(HookAnswer::Refused(refusal)) => match refusal {
            HookRefusal::Unsigned(why) => no(StatusCode::UNAUTHORIZED, "bad_signature", &why),
            HookRefusal::Malformed(why) => no(StatusCode::BAD_REQUEST, "malformed", &why),
            HookRefusal::NotHere => no(
                StatusCode::NOT_FOUND,
                "no_hook",
                "this source is read, it takes no calls",
            ),
            HookRefusal::Later(why) => no(StatusCode::SERVICE_UNAVAILABLE, "later", &why),
        },
        Err(error) => {
            tracing::error!(source.name = source, error = %error, "a delivery could not be kept");
            no(
                StatusCode::SERVICE_UNAVAILABLE,
                "later",
                "nothing was kept; please send it again",
            )
        }
    }
}

fn no(status: StatusCode, code: &str, message: &str) -> Response {
    (
        status,
        Json(json!({ "error": { "code": code, "message": message } })),
    )
        .into_response()
}
