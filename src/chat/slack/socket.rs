//! Socket Mode, for teams without a public address. slack-morphism keeps the connections; the frames are ours, raw,
//! because its typed decoding would acknowledge and lose what it does not know. Its measured weak spots are guarded
//! here: it reconnects without a pause, never gives up a connection that hangs, and cannot tell that one is deaf.

use std::sync::Arc;
use std::sync::OnceLock;
use std::sync::Weak;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::AtomicI64;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering;
use std::time::Duration;

use async_trait::async_trait;
use chrono::TimeDelta;
use secrecy::ExposeSecret as _;
use secrecy::SecretString;
use serde_json::Value;
use serde_json::json;
use sha2::Digest as _;
use slack_morphism::SlackClientSocketModeConfig;
use slack_morphism::SlackSocketModeClientListener;
use slack_morphism::SlackSocketModeWssClientId;
use slack_morphism::clients_manager::SlackSocketModeClientsManager;
use slack_morphism::clients_manager::SlackSocketModeClientsManagerFactory;
use slack_morphism::hyper_tokio::SlackHyperListenerEnvironment;
use tokio::sync::Mutex;
use tokio::time::sleep;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::chat::slack::NAME;
use crate::chat::slack::api;
use crate::chat::slack::check;
use crate::chat::slack::door::Door;
use crate::chat::slack::greet;
use crate::domain::show::closure::Closed;
use crate::domain::show::closure::Closure;
use crate::port::PortError;
use crate::port::shared::Pace;
use crate::telemetry::meter;

/// A connection that has not said hello by then hangs.
const HELLO: Duration = Duration::from_secs(30);
/// The library pings Slack this often and counts a missing pong.
const PING_SECONDS: u64 = 5;
const MISSED_PINGS: u64 = 3;
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// Without a connection for so long, Slack is asked why: the library keeps the reason to itself.
const WHY: Duration = Duration::from_secs(10);
/// Slack will not have this token until a person changes something.
const REFUSED_SECONDS: i64 = 300;
/// Pauses between connections that end at once: 1, 2, 4 … seconds.
const LONGEST_PAUSE: u64 = 60;
/// Slack closes a connection about ten seconds after it has said so.
const LINGER: Duration = Duration::from_secs(20);
const STOP: Duration = Duration::from_secs(5);

pub struct Socket {
    pub door: Door,
    pub api_url: String,
    pub app_token: SecretString,
    /// Connections of this process; Slack allows ten for all replicas together.
    pub connections: u32,
    /// Where it is written down that Slack refuses the line, for all who have this token and for whoever asks.
    pub pace: Arc<dyn Pace>,
}

/// Why a set of connections has to be made anew.
enum Ended {
    Stopped,
    /// It was up in between.
    Lost,
    NeverUp,
    /// Slack will not have us, however often we come.
    Refused(String),
}

/// What the frames tell about the line, for the watchdog and for `/health/ready`.
#[derive(Default)]
pub struct Line {
    hellos: AtomicU32,
    /// Connections that ended since the last press or quiet minute.
    ends: AtomicU32,
    last_end: AtomicI64,
}

impl Line {
    pub fn is_up(&self) -> bool {
        self.up() > 0
    }

    /// Connections on which Slack has said hello.
    pub fn up(&self) -> u32 {
        self.hellos.load(Ordering::Relaxed)
    }
}

/// All connections of one round, each with a manager of its own, because the library's cannot end one of several without
/// opening it again.
struct Set {
    door: Door,
    api_url: String,
    app_token: SecretString,
    line: Arc<Line>,
    /// None once the round is over.
    open: Mutex<Option<Vec<Held>>>,
}

type Manager = Arc<dyn SlackSocketModeClientsManager + Send + Sync>;
/// A connection that is held, and what comes over it.
type Held = (Manager, Arc<Frames>);

/// One connection, from its first frame to its last.
struct Frames {
    door: Door,
    line: Arc<Line>,
    set: Weak<Set>,
    manager: OnceLock<Weak<dyn SlackSocketModeClientsManager + Send + Sync>>,
    is_up: AtomicBool,
    /// Another one takes its place.
    is_relieved: AtomicBool,
    /// Nothing comes over it any more.
    gone: CancellationToken,
}

impl Socket {
    /// Holds the line until stopped. Every round is a fresh set of connections.
    pub async fn run(self, line: Arc<Line>, stop: CancellationToken) -> Result<(), PortError> {
        let mut failures: u32 = 0;
        while !stop.is_cancelled() {
            if self.is_refused().await {
                tokio::select! {
                    () = stop.cancelled() => {}
                    () = sleep(LOOK_EVERY) => {}
                }
                continue;
            }
            let manager = self.connect(&line).await?;
            let ended = self.watch(&line, &stop).await;
            if timeout(STOP, manager.shutdown()).await.is_err() {
                tracing::warn!("the old connections did not close in time");
            }
            match ended {
                Ended::Stopped => return Ok(()),
                Ended::Lost => failures = 0,
                Ended::NeverUp => failures += 1,
                Ended::Refused(why) => {
                    self.refused(&why).await;
                    continue;
                }
            }
            if failures > 0
                && let Some(why) = check::line(&self.api_url, &self.app_token).await
            {
                tracing::error!(why = why.text, remedy = why.remedy, "Slack gives no line");
            }
            meter::reconnected(NAME, "silent");
            tracing::warn!(line.failures = failures, "the line to Slack is made anew");
            pause(failures, &stop).await;
        }
        Ok(())
    }

    /// Trying on by the second changes nothing; ending would leave a replica that looks alive. So it is asked again
    /// seldom, and shown to whoever asks.
    async fn refused(&self, why: &str) {
        tracing::error!(
            why,
            remedy = "see \"Basic Information\" and \"Socket Mode\" in the app's settings, then restart with a token of it",
            "Slack refuses the line: no press reaches us; it is asked again in 5 minutes"
        );
        let until = self.door.clock.now() + TimeDelta::seconds(REFUSED_SECONDS);
        let closure = Closure {
            chat: NAME.to_owned(),
            what: Closed::Line,
            name: String::new(),
            why: why.to_owned(),
        };
        if let Err(error) = self.pace.shut(&self.key(), until, &closure).await {
            tracing::warn!(error = %error, "that the line is refused could not be written down");
        }
    }

    async fn is_refused(&self) -> bool {
        let until = self.pace.used_up(&[self.key()]).await;
        until.is_ok_and(|until| until.is_some())
    }

    /// Of this token only: whoever has put another one in its place need not wait.
    fn key(&self) -> String {
        let hash = sha2::Sha256::digest(self.app_token.expose_secret().as_bytes());
        format!("slack:line:{}", hex::encode(hash.get(..8).unwrap_or_default()))
    }

    async fn connect(&self, line: &Arc<Line>) -> Result<Arc<Set>, PortError> {
        let set = Arc::new(Set {
            door: self.door.clone(),
            api_url: self.api_url.clone(),
            app_token: self.app_token.clone(),
            line: line.clone(),
            open: Mutex::new(Some(Vec::new())),
        });
        for _ in 0..self.connections {
            set.open().await?;
        }
        Ok(set)
    }

    /// Returns when the line has to be made anew.
    async fn watch(&self, line: &Line, stop: &CancellationToken) -> Ended {
        let mut waited = Duration::ZERO;
        let mut was_up = false;
        loop {
            tokio::select! {
                () = stop.cancelled() => return Ended::Stopped,
                () = sleep(LOOK_EVERY) => {}
            }
            if line.is_up() {
                was_up = true;
                waited = Duration::ZERO;
            } else {
                waited += LOOK_EVERY;
            }
            if waited == WHY
                && let Err(PortError::Denied { why } | PortError::Never { why }) =
                    greet::line(&self.api_url, &self.app_token).await
            {
                return Ended::Refused(why.text());
            }
            match (waited >= HELLO, was_up) {
                (false, _) => {}
                (true, true) => return Ended::Lost,
                (true, false) => return Ended::NeverUp,
            }
        }
    }
}

async fn pause(failures: u32, stop: &CancellationToken) {
    let seconds = (1_u64 << failures.min(6)).min(LONGEST_PAUSE);
    tokio::select! {
        () = stop.cancelled() => {}
        () = sleep(Duration::from_secs(seconds)) => {}
    }
}

impl Set {
    /// Opens one more connection, unless the round is over.
    async fn open(self: &Arc<Self>) -> Result<(), PortError> {
        let client = Arc::new(api::client(&self.api_url)?);
        let environment = Arc::new(SlackHyperListenerEnvironment::new(client.clone()));
        let manager = client.http_api.connector.new_clients_manager(environment);
        let frames = Arc::new(Frames {
            door: self.door.clone(),
            line: self.line.clone(),
            set: Arc::downgrade(self),
            manager: OnceLock::new(),
            is_up: AtomicBool::new(false),
            is_relieved: AtomicBool::new(false),
            gone: CancellationToken::new(),
        });
        if frames.manager.set(Arc::downgrade(&manager)).is_err() {
            return Err(PortError::never("the manager was set twice"));
        }
        let config = SlackClientSocketModeConfig::new()
            .with_max_connections_count(1)
            .with_initial_backoff_in_seconds(0)
            .with_reconnect_timeout_in_seconds(5)
            .with_ping_interval_in_seconds(PING_SECONDS)
            .with_ping_failure_threshold_times(MISSED_PINGS);
        let token = api::token(&self.app_token);
        let registered = manager.register_new_token(&config, token, frames.clone()).await;
        registered.map_err(|e| PortError::later(format!("Socket Mode could not be set up: {e}")))?;
        match self.open.lock().await.as_mut() {
            Some(open) => open.push((manager.clone(), frames)),
            None => return Ok(()),
        }
        // Connecting has no time limit of its own; the watch notices when no hello comes.
        self.door.work.spawn(async move {
            if timeout(HELLO, manager.start()).await.is_err() {
                tracing::warn!("connecting to Slack takes too long");
            }
        });
        Ok(())
    }

    async fn close(&self, ended: &Manager) {
        let mut open = self.open.lock().await;
        let ended = open.as_mut().and_then(|open| {
            let at = open.iter().position(|(manager, _)| Arc::ptr_eq(manager, ended));
            at.map(|at| open.remove(at))
        });
        drop(open);
        if let Some((manager, frames)) = ended {
            frames.went();
            manager.shutdown().await;
        }
    }

    /// The round is over, for what comes late, too.
    async fn shutdown(&self) {
        let open = self.open.lock().await.take();
        for (manager, frames) in open.into_iter().flatten() {
            frames.went();
            manager.shutdown().await;
        }
    }
}

impl Frames {
    /// Slack (or the network) ends a connection: open another, but not as fast as we can. Where Slack has said so
    /// beforehand it still brings presses over the old one, and they are answered until it is closed from there.
    fn relieve(&self, announced: bool) {
        if self.is_relieved.swap(true, Ordering::Relaxed) {
            return;
        }
        let now = self.door.clock.now().timestamp();
        let quiet = now - self.line.last_end.swap(now, Ordering::Relaxed) > 60;
        if quiet {
            self.line.ends.store(0, Ordering::Relaxed);
        }
        let ends = self.line.ends.fetch_add(1, Ordering::Relaxed);
        let wait = if ends == 0 {
            0
        } else {
            (1_u64 << (ends - 1).min(6)).min(LONGEST_PAUSE)
        };
        let manager = self.manager.get().and_then(Weak::upgrade);
        let (Some(set), Some(manager)) = (self.set.upgrade(), manager) else {
            return;
        };
        let gone = self.gone.clone();
        if !announced {
            self.went();
        }
        tokio::spawn(async move {
            let last = async {
                // Cancelled when it is closed from there, or at once where nothing comes any more.
                let _over = timeout(LINGER, gone.cancelled()).await;
                set.close(&manager).await;
            };
            let next = async {
                sleep(Duration::from_secs(wait)).await;
                if let Err(error) = set.open().await {
                    tracing::error!(error = %error, "a new connection to Slack could not be set up");
                }
            };
            tokio::join!(last, next);
        });
    }

    /// Counted once, whichever way its end is noticed.
    fn went(&self) {
        self.gone.cancel();
        if self.is_up.swap(false, Ordering::Relaxed) {
            self.line.hellos.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

impl Drop for Frames {
    fn drop(&mut self) {
        self.went();
    }
}

#[async_trait]
impl SlackSocketModeClientListener for Frames {
    /// The library reads no further frame until this returns, so it does as little as can be: keep and answer.
    async fn on_message(&self, _client_id: &SlackSocketModeWssClientId, body: String) -> Option<String> {
        let frame: Value = match serde_json::from_str(&body) {
            Ok(frame) => frame,
            Err(error) => {
                tracing::error!(error = %error, "a frame that is no JSON");
                return None;
            }
        };
        match frame.get("type").and_then(Value::as_str) {
            Some("hello") => {
                if !self.gone.is_cancelled() && !self.is_up.swap(true, Ordering::Relaxed) {
                    self.line.hellos.fetch_add(1, Ordering::Relaxed);
                }
                return None;
            }
            Some("disconnect") => {
                let reason = frame.get("reason").and_then(Value::as_str).unwrap_or("?");
                tracing::info!(line.reason = word(reason), "Slack ends a connection");
                meter::reconnected(NAME, word(reason));
                self.relieve(matches!(reason, "warning" | "refresh_requested"));
                return None;
            }
            _ => {}
        }
        let envelope = frame.get("envelope_id").and_then(Value::as_str)?.to_owned();
        match self.door.take(body.into_bytes()).await {
            Ok(Some(payload))
                if frame.get("accepts_response_payload").and_then(Value::as_bool) != Some(false) =>
            {
                Some(json!({ "envelope_id": envelope, "payload": payload }).to_string())
            }
            Ok(_) => Some(json!({ "envelope_id": envelope }).to_string()),
            // Not acknowledged: events come again; a person sees that the press did not work.
            Err(error) => {
                tracing::error!(error = %error, "a delivery could not be kept");
                None
            }
        }
    }

    async fn on_error(&self, _error: Box<dyn std::error::Error + Send + Sync>) {
        // Its text may hold whole bodies; the end of the connection is told by on_disconnect.
        tracing::warn!("an error on the line to Slack");
    }

    async fn on_disconnect(&self, _client_id: &SlackSocketModeWssClientId) {
        if !self.is_relieved.load(Ordering::Relaxed) {
            meter::reconnected(NAME, "lost");
        }
        self.relieve(false);
        self.went();
    }
}

/// Slack's own reasons; anything new is one word, so that the figures stay few.
fn word(reason: &str) -> &'static str {
    match reason {
        "warning" => "warning",
        "refresh_requested" => "refresh_requested",
        "link_disabled" => "link_disabled",
        _ => "other",
    }
}
