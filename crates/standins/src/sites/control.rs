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
use futures::future::select_all;
use serde::Deserialize;
use serde_json::Value;
use serde_json::json;
use tokio::time::Instant;
use tokio::time::timeout;

use super::Refusal;
use super::faults::Aim;
use super::faults::Detail;
use super::faults::Fault;
use super::site;
use super::site::Site;
use super::site::Verdict;
use super::site::Written;
use crate::shop::Kind;

/// A long poll ends before proxies lose patience.
const LONGEST_WAIT: Duration = Duration::from_secs(20);
/// Moderation is a matter of time, not of events: look for it this often while somebody waits.
const LOOK: Duration = Duration::from_millis(500);

#[derive(Clone)]
struct Sites {
    all: Arc<[Arc<dyn Site>]>,
    now: crate::Now,
}

pub fn router(sites: Vec<Arc<dyn Site>>, now: crate::Now) -> Router {
    Router::new()
        .route("/control/sites/state", get(state))
        .route("/control/sites/wait", get(wait))
        .route("/control/sites/write", post(write))
        .route("/control/sites/edit", post(edit))
        .route("/control/sites/remove", post(remove))
        .route("/control/sites/moderate", post(moderate))
        .route("/control/sites/fault", post(fault))
        .route("/control/sites/heal", post(heal))
        .with_state(Sites {
            all: sites.into(),
            now,
        })
}

impl Sites {
    fn state(&self) -> Value {
        // A look may judge replies, so the revision is read after it.
        let sites: Vec<Value> = self
            .all
            .iter()
            .map(|site| {
                json!({
                    "word": site.word(), "name": site.name(), "mark": site.mark(), "kinds": site.kinds(),
                    "judges": site.judges(),
                    "places": site.places(),
                })
            })
            .collect();
        let faults = self.all.iter().flat_map(|site| site.door().waiting(site.word()));
        json!({
            "now": super::millis((self.now)()), "revision": site::revision(&self.all),
            "sites": sites, "faults": faults.collect::<Vec<_>>(),
        })
    }

    /// Whoever presses a button wants the push to leave now; the answer does not wait for the bot.
    fn tick(&self) {
        let all = self.all.clone();
        tokio::spawn(async move {
            for site in all.iter() {
                site.tick().await;
            }
        });
    }

    fn with(&self, word: &str, deed: impl FnOnce(&dyn Site) -> Result<Value, Refusal>) -> Response {
        let Some(site) = site::of(&self.all, word) else {
            let known: Vec<&str> = self.all.iter().map(|site| site.word()).collect();
            return refused(&format!("sites are: {}", known.join(", ")));
        };
        let done = deed(&**site);
        self.tick();
        said(done)
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
    let mut revisions: Vec<_> = sites.all.iter().map(|site| site.door().revision()).collect();
    loop {
        for revision in &mut revisions {
            revision.mark_unchanged();
        }
        let state = sites.state();
        // A revision below the known one means a new process: that is news, too.
        if site::revision(&sites.all) != since || Instant::now() >= end || revisions.is_empty() {
            return Json(state);
        }
        let change = select_all(revisions.iter_mut().map(|revision| Box::pin(revision.changed())));
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
    site: String,
    place: String,
    author: String,
    stars: Option<u8>,
    kind: Option<Kind>,
    #[serde(default)]
    text: String,
}

async fn write(State(sites): State<Sites>, Json(w): Json<Write>) -> Response {
    sites.with(&w.site, |site| {
        // Who gives no stars and does not say either asks, where one can.
        let may_ask = w.stars.is_none() && site.kinds().contains(&Kind::Question);
        let kind = w
            .kind
            .unwrap_or(if may_ask { Kind::Question } else { Kind::Review });
        let written = Written {
            place: &w.place,
            author: &w.author,
            kind,
            stars: w.stars,
            text: &w.text,
        };
        site.write(written).map(|id| json!({"id": id}))
    })
}

#[derive(Deserialize)]
struct Edit {
    site: String,
    id: String,
    #[serde(default)]
    text: String,
    stars: Option<u8>,
}

async fn edit(State(sites): State<Sites>, Json(e): Json<Edit>) -> Response {
    sites.with(&e.site, |site| {
        site.edit(&e.id, e.stars, &e.text).map(|()| Value::Null)
    })
}

#[derive(Deserialize)]
struct Remove {
    site: String,
    id: String,
}

async fn remove(State(sites): State<Sites>, Json(r): Json<Remove>) -> Response {
    sites.with(&r.site, |site| site.remove(&r.id).map(|()| Value::Null))
}

#[derive(Deserialize)]
struct Moderate {
    site: String,
    id: String,
    verdict: Verdict,
}

async fn moderate(State(sites): State<Sites>, Json(m): Json<Moderate>) -> Response {
    sites.with(&m.site, |site| site.judge(&m.id, m.verdict).map(|()| Value::Null))
}

#[derive(Deserialize)]
struct Order {
    site: String,
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
    sites.with(&o.site, |site| {
        site.door().queue(fault, aim, o.count.unwrap_or(1));
        Ok(Value::Null)
    })
}

async fn heal(State(sites): State<Sites>) -> Response {
    for site in sites.all.iter() {
        site.door().heal();
    }
    sites.tick();
    said(Ok(Value::Null))
}
