//! The controls of the demo page and the stories: customers write, moderators judge, faults are queued. No part of any
//! platform's API, hence its own path.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::Router;
use axum::extract::Query;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::response::Response;
use axum::routing::get;
use axum::routing::post;
use serde::Deserialize;
use serde_json::Value;
use serde_json::json;
use tokio::time::Instant;
use tokio::time::timeout;

use super::Refusal;
use super::faults::Aim;
use super::faults::Detail;
use super::faults::Fault;
use crate::google::Google;
use crate::shop::Kind;
use crate::shop::Shop;

/// A long poll ends before proxies lose patience.
const LONGEST_WAIT: Duration = Duration::from_secs(20);
/// Moderation is a matter of time, not of events: look for it this often while somebody waits.
const LOOK: Duration = Duration::from_millis(500);

#[derive(Clone)]
struct Sites {
    google: Arc<Google>,
    shop: Arc<Shop>,
    now: crate::Now,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Site {
    Google,
    Shop,
}

pub fn router(google: Arc<Google>, shop: Arc<Shop>) -> Router {
    let now = google.clock();
    Router::new()
        .route("/control/sites/state", get(state))
        .route("/control/sites/wait", get(wait))
        .route("/control/sites/write", post(write))
        .route("/control/sites/edit", post(edit))
        .route("/control/sites/remove", post(remove))
        .route("/control/sites/moderate", post(moderate))
        .route("/control/sites/fault", post(fault))
        .route("/control/sites/heal", post(heal))
        .with_state(Sites { google, shop, now })
}

/// Counts what changed at both.
pub fn revision(google: &Google, shop: &Shop) -> u64 {
    *google.door().revision().borrow() + *shop.door().revision().borrow()
}

impl Sites {
    fn revision(&self) -> u64 {
        revision(&self.google, &self.shop)
    }

    fn state(&self) -> Value {
        // The overview may judge replies, so the revision is read after it.
        let (google, shop) = (self.google.overview(), self.shop.overview());
        let mut faults = self.google.door().waiting("google");
        faults.extend(self.shop.door().waiting("shop"));
        json!({
            "now": super::millis((self.now)()), "revision": self.revision(),
            "google": google, "shop": shop, "faults": faults,
        })
    }

    /// Whoever presses a button wants the push to leave now; the answer does not wait for the bot.
    fn tick(&self) {
        let sites = self.clone();
        tokio::spawn(async move {
            sites.google.tick().await;
            sites.shop.tick().await;
        });
    }
}

async fn state(State(sites): State<Sites>) -> Json<Value> {
    Json(sites.state())
}

#[derive(Deserialize)]
struct Since {
    #[serde(default)]
    since: u64,
}

async fn wait(State(sites): State<Sites>, Query(Since { since }): Query<Since>) -> Json<Value> {
    let end = Instant::now() + LONGEST_WAIT;
    let (mut google, mut shop) = (sites.google.door().revision(), sites.shop.door().revision());
    loop {
        google.borrow_and_update();
        shop.borrow_and_update();
        let state = sites.state();
        // A revision below the known one means a new process: that is news, too.
        if sites.revision() != since || Instant::now() >= end {
            return Json(state);
        }
        let change = async {
            tokio::select! { _ = google.changed() => {}, _ = shop.changed() => {} }
        };
        // Whether a change came or the look is due, the loop looks.
        timeout(LOOK, change).await.ok();
    }
}

fn said(outcome: Result<Value, Refusal>) -> Response {
    match outcome {
        Ok(more) => {
            let mut answer = json!({"ok": true});
            if let Some(id) = more.get("id") {
                answer["id"] = id.clone();
            }
            Json(answer).into_response()
        }
        Err(no) => refused(&no.to_string()),
    }
}

fn refused(why: &str) -> Response {
    (
        StatusCode::UNPROCESSABLE_ENTITY,
        Json(json!({"ok": false, "error": why})),
    )
        .into_response()
}

#[derive(Deserialize)]
struct Write {
    site: Site,
    place: String,
    author: String,
    stars: Option<u8>,
    kind: Option<Kind>,
    #[serde(default)]
    text: String,
}

async fn write(State(sites): State<Sites>, Json(w): Json<Write>) -> Response {
    let id = match w.site {
        Site::Google => sites
            .google
            .write(&w.place, &w.author, w.stars.unwrap_or(0), &w.text),
        Site::Shop => {
            let kind = w.kind.unwrap_or(if w.stars.is_some() {
                Kind::Review
            } else {
                Kind::Question
            });
            sites.shop.write(&w.place, &w.author, kind, w.stars, &w.text)
        }
    };
    sites.tick();
    said(id.map(|id| json!({"id": id})))
}

#[derive(Deserialize)]
struct Edit {
    site: Site,
    id: String,
    #[serde(default)]
    text: String,
    stars: Option<u8>,
}

async fn edit(State(sites): State<Sites>, Json(e): Json<Edit>) -> Response {
    let done = match e.site {
        Site::Google => sites.google.edit(&e.id, e.stars, &e.text),
        Site::Shop => sites.shop.edit(&e.id, e.stars, &e.text),
    };
    sites.tick();
    said(done.map(|()| Value::Null))
}

#[derive(Deserialize)]
struct Remove {
    site: Site,
    id: String,
}

async fn remove(State(sites): State<Sites>, Json(r): Json<Remove>) -> Response {
    let done = match r.site {
        Site::Google => sites.google.remove(&r.id),
        Site::Shop => sites.shop.remove(&r.id),
    };
    sites.tick();
    said(done.map(|()| Value::Null))
}

#[derive(Deserialize)]
struct Moderate {
    id: String,
    verdict: Verdict,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Verdict {
    Approve,
    Reject,
}

async fn moderate(State(sites): State<Sites>, Json(m): Json<Moderate>) -> Response {
    let done = match m.verdict {
        Verdict::Approve => sites.google.approve(&m.id),
        Verdict::Reject => sites.google.reject(&m.id),
    };
    said(done.map(|()| Value::Null))
}

#[derive(Deserialize)]
struct Order {
    site: Site,
    name: String,
    count: Option<u32>,
    retry_after: Option<u64>,
    status: Option<u16>,
    ms: Option<u64>,
    /// "all", "reads" or "writes"; each fault has its natural aim.
    on: Option<String>,
}

async fn fault(State(sites): State<Sites>, Json(o): Json<Order>) -> Response {
    let detail = Detail {
        retry_after: o.retry_after,
        status: o.status,
        ms: o.ms,
    };
    let Some(fault) = Fault::named(&o.name, detail) else {
        return refused(&format!("faults are: {}", Fault::NAMES.join(", ")));
    };
    let aim = o.on.as_deref().and_then(Aim::named);
    let door = match o.site {
        Site::Google => sites.google.door(),
        Site::Shop => sites.shop.door(),
    };
    door.queue(fault, aim, o.count.unwrap_or(1));
    said(Ok(Value::Null))
}

async fn heal(State(sites): State<Sites>) -> Response {
    sites.google.heal();
    sites.shop.heal();
    sites.tick();
    said(Ok(Value::Null))
}
