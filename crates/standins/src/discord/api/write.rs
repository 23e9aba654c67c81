//! Answers on the wire: JSON with the headers of the rate, and the ways in which an answer can go wrong.

use std::time::Duration;

use axum::body::Body;
use axum::body::Bytes;
use axum::http::HeaderMap;
use axum::http::HeaderName;
use axum::http::HeaderValue;
use axum::http::StatusCode;
use axum::http::header;
use axum::response::Html;
use axum::response::IntoResponse;
use axum::response::Response;
use futures::stream;

use super::Told;
use crate::discord::fault::Fault;
use crate::discord::fault::Kind;
use crate::discord::rate::Bucketed;
use crate::discord::refused::Refused;

pub async fn write(fault: Option<&Fault>, told: Told) -> Response {
    match fault.map(|fault| (fault.kind, fault)) {
        Some((Kind::ServerError, fault)) => {
            let status = fault.status.and_then(|code| StatusCode::from_u16(code).ok());
            let page = "<html><body><h1>Something went wrong</h1></body></html>";
            return (status.unwrap_or(StatusCode::BAD_GATEWAY), Html(page)).into_response();
        }
        Some((Kind::RequestLost, _)) => return cut(None),
        Some((Kind::AnswerLost, _)) => return cut(Some(Bytes::from_static(b"{\"id\":\"13"))),
        Some((Kind::Slow, fault)) => {
            tokio::time::sleep(Duration::from_millis(fault.ms.unwrap_or(2_000))).await;
        }
        _ => {}
    }
    let mut response = match &told.answer {
        Ok(reply) => {
            let status = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::OK);
            match &reply.body {
                Some(body) => (status, axum::Json(body)).into_response(),
                None => status.into_response(),
            }
        }
        Err(refused) if refused.code == 1015 => {
            let page = "<html><body>error code: 1015</body></html>";
            (StatusCode::TOO_MANY_REQUESTS, Html(page)).into_response()
        }
        Err(refused) => {
            let status = StatusCode::from_u16(refused.status).unwrap_or(StatusCode::BAD_REQUEST);
            let mut response = (status, axum::Json(refused.body())).into_response();
            if refused.status == 429 {
                wait(response.headers_mut(), refused, told.scope);
            }
            response
        }
    };
    if let Some(bucket) = &told.bucket {
        rate(response.headers_mut(), bucket);
    }
    response
}

fn put(headers: &mut HeaderMap, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(HeaderName::from_static(name), value);
    }
}

fn wait(headers: &mut HeaderMap, refused: &Refused, scope: &str) {
    let seconds = refused
        .fields
        .get("retry_after")
        .and_then(serde_json::Value::as_f64);
    // The header has whole seconds; coming back a moment early would only be refused again.
    put(
        headers,
        "retry-after",
        &format!("{:.0}", seconds.unwrap_or(1.0).ceil().max(1.0)),
    );
    put(headers, "x-ratelimit-scope", scope);
    if scope == "global" {
        put(headers, "x-ratelimit-global", "true");
    }
}

fn rate(headers: &mut HeaderMap, bucket: &Bucketed) {
    let reset = bucket.reset.timestamp_millis();
    put(headers, "x-ratelimit-limit", &bucket.limit.to_string());
    put(headers, "x-ratelimit-remaining", &bucket.left.to_string());
    put(
        headers,
        "x-ratelimit-reset",
        &format!("{}.{:03}", reset / 1000, reset % 1000),
    );
    put(
        headers,
        "x-ratelimit-reset-after",
        &format!("{:.3}", bucket.after),
    );
    put(headers, "x-ratelimit-bucket", &bucket.bucket);
}

/// An answer that breaks off after its first part, or before anything was said at all. hyper closes the
/// connection when the body fails; the pause lets the first part out before it does.
fn cut(first: Option<Bytes>) -> Response {
    let broken = || std::io::Error::other("the connection was cut on purpose");
    let body = match first {
        None => Body::from_stream(stream::once(async move { Err::<Bytes, _>(broken()) })),
        Some(first) => Body::from_stream(stream::unfold(Some(first), move |first| async move {
            if let Some(bytes) = first {
                return Some((Ok(bytes), None));
            }
            tokio::task::yield_now().await;
            Some((Err(broken()), None))
        })),
    };
    let mut response = Response::new(body);
    let kind = HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}
