//! What a chat's stand-in is made of, whichever platform it plays: a clock from outside, a memory behind a lock, a number
//! that grows with each change, faults that wait, a page that asks, and an address.

pub mod control;
pub mod fault;

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::http::{HeaderMap, header};
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::Now;
use fault::{Break, Fault, Plan};

/// Connections that do not come by then do not come.
const PATIENCE: Duration = Duration::from_secs(10);

/// What a platform remembers, and what only it can do.
pub trait Platform: Sized + Send + 'static {
    type Break: Break;
    /// What outlives a restart.
    type Kept: Serialize + DeserializeOwned;

    fn faults(&mut self) -> &mut Plan<Self::Break>;

    /// Where the stand-in is reached: addresses that it hands out carry it, so it is remembered once known.
    fn base(&mut self) -> &mut Option<String>;

    /// The bot's connections.
    fn connections(&self) -> usize;

    fn keep(&self) -> Self::Kept;

    fn take_up(&mut self, kept: Self::Kept);

    /// What the demo page draws.
    fn drawn(far: &Far<Self>) -> Value;

    fn breaks(far: &Far<Self>, fault: Fault<Self::Break>);

    fn heals(far: &Far<Self>);

    /// A file of somebody's device, before they send it with a form.
    fn holds(far: &Far<Self>, user: &str, name: &str, bytes: &[u8]) -> String;

    fn router(far: Arc<Far<Self>>) -> Router;
}

/// One workspace or server. Shared by the routes, the tests and the demo page.
pub struct Far<W> {
    now: Now,
    world: Mutex<W>,
    revision: watch::Sender<u64>,
    pub(crate) http: reqwest::Client,
}

impl<W> Far<W> {
    pub(crate) fn of(now: Now, world: W) -> Arc<Self> {
        // reqwest is built without a crypto provider of its own; whoever comes first installs one.
        let _already_there = rustls::crypto::ring::default_provider().install_default();
        Arc::new(Self {
            now,
            world: Mutex::new(world),
            revision: watch::Sender::new(0),
            // Without a certificate store there is only plain HTTP, which is all a stand-in needs.
            http: reqwest::Client::builder()
                .connect_timeout(Duration::from_secs(2))
                .timeout(Duration::from_secs(20))
                .build()
                .unwrap_or_default(),
        })
    }

    pub fn now(&self) -> DateTime<Utc> {
        (self.now)()
    }

    /// A panicking test must not hide the state from the assertions that follow it.
    pub(crate) fn look(&self) -> MutexGuard<'_, W> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Every change goes through here, so that whoever watches the page learns of it.
    pub(crate) fn change<T>(&self, change: impl FnOnce(&mut W, DateTime<Utc>) -> T) -> T {
        let now = self.now();
        let made = change(&mut self.look(), now);
        self.revision.send_modify(|revision| *revision += 1);
        made
    }

    pub fn revision(&self) -> u64 {
        *self.revision.borrow()
    }

    /// For whoever waits for the next change.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.revision.subscribe()
    }
}

impl<W: Platform> Far<W> {
    /// Serves on a free local port and answers with the address, `http://127.0.0.1:PORT`. The bot's base URL is that with
    /// the platform's own path behind it.
    pub async fn serve(self: &Arc<Self>) -> io::Result<String> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let base = format!("http://{}", listener.local_addr()?);
        self.set_base(&base);
        let app = W::router(Arc::clone(self));
        tokio::spawn(async move { axum::serve(listener, app).await });
        Ok(base)
    }

    /// For a server that somebody else runs.
    pub fn set_base(&self, base: &str) {
        *self.look().base() = Some(base.trim_end_matches('/').to_owned());
    }

    /// The bot found its way here by this address, so addresses that are handed out may use it too.
    pub(crate) fn learn_base(&self, headers: &HeaderMap) {
        let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
        if let Some(host) = host {
            *self.look().base() = Some(format!("http://{host}"));
        }
    }

    pub fn faults(&self) -> Vec<Fault<W::Break>> {
        self.look().faults().waiting().to_vec()
    }

    /// How many connections the bot holds.
    pub fn connections(&self) -> usize {
        self.look().connections()
    }

    /// Waits until that many connections are there; `false` when they do not come.
    pub async fn connected(&self, count: usize) -> bool {
        let mut revisions = self.changes();
        let arrive = revisions.wait_for(|_| self.connections() >= count);
        tokio::time::timeout(PATIENCE, arrive)
            .await
            .is_ok_and(|seen| seen.is_ok())
    }

    /// All that outlives a restart as one JSON value, so that a restarted demo goes on where it was.
    pub fn export(&self) -> Value {
        // Everything in it is plain data with text keys, so this cannot fail.
        serde_json::to_value(self.look().keep()).unwrap_or(Value::Null)
    }

    /// Takes the place of all there is; on an error nothing changes.
    pub fn import(&self, snapshot: Value) -> Result<(), serde_json::Error> {
        let kept: W::Kept = serde_json::from_value(snapshot)?;
        self.change(|world, _| world.take_up(kept));
        Ok(())
    }
}
