//! What makes the stand-ins a demo: customers who write by themselves, a clock that can be moved, and a memory on
//! disk, so that a demo that was stopped goes on where it was.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::AtomicI64;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::Json;
use axum::Router;
use axum::extract::State;
use axum::routing::get;
use axum::routing::post;
use chrono::DateTime;
use chrono::TimeDelta;
use chrono::Utc;
use serde::Deserialize;
use serde_json::Value;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::Now;
use super::google::Google;
use super::page;
use super::samples;
use super::shop::Shop;
use super::sites;
use super::slack;
use super::slack::Slack;

/// Sentences that the page shows.
const LOG_LINES: usize = 50;
const ROUND: Duration = Duration::from_millis(500);

/// The wall clock, moved.
pub struct Shift {
    wall: Now,
    seconds: AtomicI64,
}

impl Shift {
    pub fn new(wall: Now) -> Arc<Self> {
        Arc::new(Self {
            wall,
            seconds: AtomicI64::new(0),
        })
    }

    pub fn now(&self) -> DateTime<Utc> {
        (self.wall)() + TimeDelta::seconds(self.seconds.load(Ordering::Relaxed))
    }

    /// Forward only: nothing that happened may come to lie in the future.
    pub fn advance(&self, seconds: i64) {
        self.seconds.fetch_add(seconds.max(0), Ordering::Relaxed);
    }
}

pub struct Demo {
    pub clock: Arc<Shift>,
    pub slack: Arc<Slack>,
    pub google: Arc<Google>,
    pub shop: Arc<Shop>,
    /// Where the memory is kept.
    pub file: PathBuf,
    story: Mutex<Story>,
}

#[derive(Default)]
struct Story {
    /// Samples that were written already.
    written: usize,
    /// Seconds of the story that have passed.
    begun: Option<DateTime<Utc>>,
    log: VecDeque<String>,
    saved: String,
}

impl Demo {
    pub fn new(
        clock: Arc<Shift>,
        slack: Arc<Slack>,
        google: Arc<Google>,
        shop: Arc<Shop>,
        file: PathBuf,
    ) -> Arc<Self> {
        Arc::new(Self {
            clock,
            slack,
            google,
            shop,
            file,
            story: Mutex::default(),
        })
    }

    /// Goes on where an earlier demo was. A memory that cannot be read is left alone and told.
    pub fn remember(&self) -> std::io::Result<()> {
        let text = match std::fs::read_to_string(&self.file) {
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(()),
            read => read?,
        };
        let mut memory: Value = serde_json::from_str(&text)?;
        self.slack.import(memory["slack"].take())?;
        self.google.import(memory["google"].take())?;
        self.shop.import(memory["shop"].take())?;
        self.clock.advance(memory["shift"].as_i64().unwrap_or(0));
        let mut story = self.story.lock().unwrap_or_else(PoisonError::into_inner);
        story.written = memory["written"]
            .as_u64()
            .and_then(|n| usize::try_from(n).ok())
            .unwrap_or(0);
        story.begun = memory["begun"].as_str().and_then(|at| at.parse().ok());
        Ok(())
    }

    /// Writes the memory if it changed; first beside the old one, so that a cut never leaves half of it.
    pub fn save(&self) -> std::io::Result<()> {
        let (written, begun) = {
            let story = self.story.lock().unwrap_or_else(PoisonError::into_inner);
            (story.written, story.begun)
        };
        let memory = json!({
            "slack": self.slack.export(),
            "google": self.google.export(),
            "shop": self.shop.export(),
            "shift": self.clock.seconds.load(Ordering::Relaxed),
            "written": written,
            "begun": begun,
        })
        .to_string();
        let mut story = self.story.lock().unwrap_or_else(PoisonError::into_inner);
        if story.saved == memory {
            return Ok(());
        }
        let beside = self.file.with_extension("new");
        std::fs::write(&beside, &memory)?;
        std::fs::rename(&beside, &self.file)?;
        story.saved = memory;
        Ok(())
    }

    pub fn tell(&self, sentence: String) {
        let mut story = self.story.lock().unwrap_or_else(PoisonError::into_inner);
        story.log.push_back(sentence);
        if story.log.len() > LOG_LINES {
            story.log.pop_front();
        }
    }

    /// Serves page and stand-ins, lets customers write and keeps the memory, until stopped.
    pub async fn run(self: Arc<Self>, listener: TcpListener, stop: CancellationToken) -> std::io::Result<()> {
        let router = slack::router(self.slack.clone())
            .merge(sites::router(self.google.clone(), self.shop.clone()))
            .merge(page::router())
            .merge(self.clone().router());
        let served = stop.clone();
        let serving = tokio::spawn(async move {
            let quit = served.clone();
            // Long polls and open sockets of a page would hold a graceful end up for ever.
            tokio::select! {
                done = axum::serve(listener, router) => done,
                () = quit.cancelled() => Ok(()),
            }
        });
        while !stop.is_cancelled() {
            self.round().await;
            tokio::select! {
                () = stop.cancelled() => {}
                () = sleep(ROUND) => {}
            }
        }
        self.save()?;
        serving.await.unwrap_or(Ok(()))
    }

    async fn round(&self) {
        let now = self.clock.now();
        let due = {
            let mut story = self.story.lock().unwrap_or_else(PoisonError::into_inner);
            let begun = *story.begun.get_or_insert(now);
            let all = samples::samples();
            let passed = u64::try_from((now - begun).num_seconds()).unwrap_or(0);
            let due: Vec<_> = all
                .into_iter()
                .skip(story.written)
                .take_while(|s| u64::from(s.after) <= passed)
                .collect();
            story.written += due.len();
            due
        };
        for sample in due {
            if sample.write(&self.google, &self.shop).is_ok() {
                self.tell(format!("{} writes something.", sample.author));
            }
        }
        self.google.tick().await;
        self.shop.tick().await;
        if let Err(error) = self.save() {
            tracing::warn!(error = %error, "the demo's memory could not be written");
        }
    }

    fn router(self: Arc<Self>) -> Router {
        Router::new()
            .route("/control/demo/state", get(state))
            .route("/control/demo/advance", post(advance))
            .with_state(self)
    }
}

async fn state(State(demo): State<Arc<Demo>>) -> Json<Value> {
    let story = demo.story.lock().unwrap_or_else(PoisonError::into_inner);
    Json(json!({ "log": story.log, "speed": 1, "now": demo.clock.now() }))
}

#[derive(Deserialize)]
struct Advance {
    seconds: i64,
}

async fn advance(State(demo): State<Arc<Demo>>, Json(asked): Json<Advance>) -> Json<Value> {
    let seconds = asked.seconds.clamp(0, 7 * 24 * 3600);
    demo.clock.advance(seconds);
    demo.tell(format!("The clock was moved by {} minutes.", seconds / 60));
    Json(json!({ "ok": true, "now": demo.clock.now() }))
}
