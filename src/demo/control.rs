//! What the page asks of the demo and tells it to do.

use std::sync::Arc;
use std::time::Duration;
use std::time::Instant;

use axum::Json;
use axum::Router;
use axum::extract::Query;
use axum::extract::State;
use axum::routing::get;
use axum::routing::post;
use futures::future::select_all;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Value;
use serde_json::json;
use tokio::time::timeout;

use super::Demo;
use super::faults;
use crate::domain::lang::Lang;
use standins::sites::faults::Door;
use standins::sites::site;

/// A long poll ends before proxies lose patience.
const LONGEST_WAIT: Duration = Duration::from_secs(20);
/// What changes by time alone is looked for this often while somebody waits.
const LOOK: Duration = Duration::from_millis(500);
const LONGEST_STEP: i64 = 7 * 24 * 3600;

pub fn router(demo: Arc<Demo>) -> Router {
    Router::new()
        .route("/control/demo/state", get(state))
        .route("/control/demo/wait", get(wait))
        .route("/control/demo/any", get(any))
        .route("/control/demo/advance", post(advance))
        .route("/control/demo/hold", post(hold))
        .route("/control/demo/fault", post(fault))
        .route("/control/demo/heal", post(heal))
        .with_state(demo)
}

impl Demo {
    fn state(&self) -> Value {
        // Read first: a change in between is then seen twice, and never missed.
        let revision = *self.board.revision().borrow();
        let seen = self.board.look().clone();
        let faults = faults::NAMES.map(|name| {
            json!({
                "name": name, "of": faults::place(name),
                "de": faults::label(name, Lang::De), "en": faults::label(name, Lang::En),
                "hint_de": faults::hint(name, Lang::De), "hint_en": faults::hint(name, Lang::En),
                "active": seen.faults.contains(&name),
            })
        });
        json!({
            "revision": revision, "now": self.clock.now(), "bot": seen.bot, "next": seen.next,
            "leaving": seen.leaving, "rooms": seen.rooms, "people": seen.people, "lines": seen.lines, "faults": faults, "chats": ["slack", "discord"],
        })
    }
}

async fn state(State(demo): State<Arc<Demo>>) -> Json<Value> {
    Json(demo.state())
}

#[derive(Deserialize)]
struct Since {
    #[serde(default)]
    since: u64,
}

async fn wait(State(demo): State<Arc<Demo>>, Query(Since { since }): Query<Since>) -> Json<Value> {
    let mut revisions = demo.board.revision();
    // A revision below the known one means a new process: that is news, too.
    let news = revisions.wait_for(|revision| *revision != since);
    // Nothing new in time is an answer too.
    let _in_time = timeout(LONGEST_WAIT, news).await.is_ok();
    Json(demo.state())
}

/// How far each part is, by its count of changes; what somebody knows of it, when they ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Revisions {
    demo: Option<u64>,
    slack: Option<u64>,
    discord: Option<u64>,
    sites: Option<u64>,
}

impl Demo {
    fn revisions(&self) -> Revisions {
        Revisions {
            demo: Some(*self.board.revision().borrow()),
            slack: Some(self.slack.revision()),
            discord: Some(self.discord.revision()),
            sites: Some(site::revision(&self.sites)),
        }
    }
}

/// Waits until any part is not as it is known to be: one connection for a page, however much it shows.
async fn any(State(demo): State<Arc<Demo>>, Query(known): Query<Revisions>) -> Json<Revisions> {
    let end = Instant::now() + LONGEST_WAIT;
    let mut changes = vec![
        demo.board.revision(),
        demo.slack.changes(),
        demo.discord.changes(),
    ];
    changes.extend(demo.doors().map(Door::revision));
    loop {
        for change in &mut changes {
            change.mark_unchanged();
        }
        // Some judge replies when somebody looks.
        for site in &demo.sites {
            let _looked = site.places();
        }
        let now = demo.revisions();
        if now != known || Instant::now() >= end {
            return Json(now);
        }
        let next = select_all(changes.iter_mut().map(|change| Box::pin(change.changed())));
        // Whether a change came or the look is due, the loop looks.
        timeout(LOOK, next).await.ok();
    }
}

#[derive(Deserialize)]
struct Advance {
    seconds: Option<i64>,
    to: Option<String>,
}

fn no(why: &str) -> Json<Value> {
    Json(json!({ "ok": false, "error": why }))
}

async fn advance(State(demo): State<Arc<Demo>>, Json(asked): Json<Advance>) -> Json<Value> {
    let seconds = match (asked.seconds, asked.to.as_deref()) {
        (Some(seconds), None) => seconds.clamp(0, LONGEST_STEP),
        (None, Some("next_deadline")) => {
            let now = demo.clock.now();
            let Some(next) = demo.board.look().next.clone().filter(|next| next.at > now) else {
                return no("no deadline is waiting");
            };
            // Rounded up, or the deadline would still lie ahead by a blink.
            ((next.at - now).num_seconds() + 1).min(LONGEST_STEP)
        }
        _ => return no("say either seconds or to: next_deadline"),
    };
    demo.advance(seconds);
    Json(json!({ "ok": true, "now": demo.clock.now() }))
}

#[derive(Deserialize)]
struct Hold {
    seconds: i64,
}

async fn hold(State(demo): State<Arc<Demo>>, Json(asked): Json<Hold>) -> Json<Value> {
    demo.hold(asked.seconds);
    Json(json!({ "ok": true }))
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

async fn fault(State(demo): State<Arc<Demo>>, Json(asked): Json<Named>) -> Json<Value> {
    match demo.inject(&asked.name).await {
        true => Json(json!({ "ok": true })),
        false => no(&format!("faults are: {}", faults::NAMES.join(", "))),
    }
}

async fn heal(State(demo): State<Arc<Demo>>) -> Json<Value> {
    demo.heal().await;
    Json(json!({ "ok": true }))
}
