//! Alive and ready, for whoever keeps us running: the database answers, the outbox moves, the chat's line is up.

use std::sync::Arc;

use axum::Json;
use axum::extract::FromRef;
use axum::extract::State;
use axum::http::StatusCode;
use serde_json::Value;
use serde_json::json;

use crate::workflow::Desk;

/// Something that is due for longer than this waits for somebody.
const STUCK_SECONDS: i64 = 120;

/// Whether the chat's line is up; always, where the chat calls us.
pub type Line = Arc<dyn Fn() -> bool + Send + Sync>;

#[derive(Clone)]
pub struct Ready {
    pub desk: Arc<Desk>,
    pub line: Line,
}

impl FromRef<Ready> for Arc<Desk> {
    fn from_ref(ready: &Ready) -> Self {
        ready.desk.clone()
    }
}

pub async fn live() -> &'static str {
    "ok\n"
}

pub async fn ready(State(Ready { desk, line }): State<Ready>) -> (StatusCode, Json<Value>) {
    let (database, outbox) = match desk.backlog().await {
        Ok(backlog) => {
            let age = backlog.oldest.map_or(0, |at| (desk.now() - at).num_seconds());
            let outbox =
                json!({ "due": backlog.due, "unknown": backlog.unknown, "dead": backlog.dead, "age_s": age });
            (Ok(()), Some((age < STUCK_SECONDS, outbox)))
        }
        Err(error) => (Err(error.to_string()), None),
    };
    let chat = line();
    let fine = database.is_ok() && chat && outbox.as_ref().is_some_and(|(moves, _)| *moves);
    let status = if fine {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    let body = json!({
        "ready": fine,
        "database": database.is_ok(),
        "chat": chat,
        "outbox": outbox.map(|(_, o)| o),
    });
    (status, Json(body))
}
