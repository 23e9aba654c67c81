//! The demo page's side, as far as it is the same for each chat: everything as one JSON, a long poll for changes, faults
//! that are put and healed, and files that somebody holds. What people do is each platform's own.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Query, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use super::fault::Fault;
use super::{Far, Platform};

/// More than the bot takes, so that it can say so.
const LARGEST: usize = 64 * 1024 * 1024;
const LONGEST_WAIT: Duration = Duration::from_secs(20);

pub fn routes<W: Platform>() -> Router<Arc<Far<W>>> {
    Router::new()
        .route("/file", post(file::<W>).layer(DefaultBodyLimit::max(LARGEST)))
        .route("/fault", post(fault::<W>))
        .route("/heal", post(heal::<W>))
        .route("/state", get(state::<W>))
        .route("/wait", get(wait::<W>))
}

/// What a page is answered where nothing reaches the bot.
pub fn done(ok: bool, error: &str) -> Json<Value> {
    let error = (!ok).then_some(error);
    Json(json!({ "ok": ok, "acked": false, "error": error }))
}

#[derive(Deserialize)]
struct Held {
    user: String,
    name: String,
}

async fn file<W: Platform>(
    State(far): State<Arc<Far<W>>>,
    Query(held): Query<Held>,
    body: Bytes,
) -> Json<Value> {
    Json(json!({ "ok": true, "id": W::holds(&far, &held.user, &held.name, &body) }))
}

async fn fault<W: Platform>(State(far): State<Arc<Far<W>>>, Json(fault): Json<Value>) -> Json<Value> {
    match serde_json::from_value::<Fault<W::Break>>(fault) {
        Ok(fault) => {
            W::breaks(&far, fault);
            done(true, "")
        }
        Err(error) => done(false, &error.to_string()),
    }
}

async fn heal<W: Platform>(State(far): State<Arc<Far<W>>>) -> Json<Value> {
    W::heals(&far);
    done(true, "")
}

#[derive(Deserialize)]
struct Since {
    #[serde(default)]
    since: u64,
}

async fn wait<W: Platform>(State(far): State<Arc<Far<W>>>, Query(since): Query<Since>) -> Json<Value> {
    let mut revisions = far.changes();
    let newer = revisions.wait_for(|revision| *revision > since.since);
    // Nothing new in time is an answer too.
    let _in_time = tokio::time::timeout(LONGEST_WAIT, newer).await.is_ok();
    Json(json!({ "revision": far.revision() }))
}

async fn state<W: Platform>(State(far): State<Arc<Far<W>>>) -> Json<Value> {
    Json(W::drawn(&far))
}
