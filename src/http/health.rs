//! Alive and ready, for whoever keeps us running: we are not stopping, the database answers, the outbox moves, the
//! chats' lines are up. The world learns whether and why not; the figures are for operators.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::SecondsFormat;
use chrono::TimeDelta;
use serde_json::Value;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::domain::show::closure::Closed;
use crate::domain::show::closure::Shut;
use crate::http::lately::Lately;
use crate::port::chat::Sockets;
use crate::workflow::Desk;
use crate::workflow::Pulse;

/// What could be tried for longer than this and was not waits for somebody.
const STUCK_SECONDS: i64 = 120;
/// A balancer may ask each second.
const GOOD_FOR: TimeDelta = TimeDelta::milliseconds(900);
const PATIENCE: Duration = Duration::from_secs(2);
/// By this a replica that starts at the same address knows that it only has to wait.
pub const STOPPING: &str = "we are stopping";

/// A chat's name and how its sockets are now.
pub type Line = (String, Arc<dyn Fn() -> Sockets + Send + Sync>);

pub struct Health {
    pub desk: Arc<Desk>,
    pub lines: Vec<Line>,
    stopping: CancellationToken,
    pulse: Lately<Option<Pulse>>,
}

impl Health {
    pub fn new(desk: Arc<Desk>, lines: Vec<Line>, stopping: CancellationToken) -> Self {
        Self {
            desk,
            lines,
            stopping,
            pulse: Lately::new(GOOD_FOR, PATIENCE),
        }
    }

    /// How things stand, by the database; none when it does not answer.
    pub async fn pulse(&self) -> Option<Pulse> {
        // Why it does not, the loops that cannot work without it say in the log.
        let ask = async { self.desk.pulse().await.ok() };
        self.pulse.get(&*self.desk.clock, ask, || None).await
    }

    pub fn sockets(&self) -> impl Iterator<Item = (&str, Sockets)> {
        self.lines.iter().map(|(chat, line)| (chat.as_str(), line()))
    }

    /// Chats to which we hold no line, because they call us.
    pub fn called(&self) -> impl Iterator<Item = &str> {
        let chats = self.desk.chats.keys().map(String::as_str);
        chats.filter(|chat| self.lines.iter().all(|(held, _)| held != chat))
    }

    /// Why nobody should be sent to us now.
    fn reasons(&self, pulse: Option<&Pulse>) -> Vec<String> {
        let mut why = Vec::new();
        if self.stopping.is_cancelled() {
            why.push(STOPPING.to_owned());
        }
        match pulse.map(|p| p.outbox_age.num_seconds()) {
            None => why.push("the database does not answer".to_owned()),
            Some(age) if age >= STUCK_SECONDS => {
                why.push(format!(
                    "the outbox is stuck: what could be done {age} s ago is not done"
                ));
            }
            Some(_) => {}
        }
        let refused = |chat: &str| {
            let mut closed = pulse.into_iter().flat_map(|p| &p.closed);
            closed.find(|(shut, _)| shut.closure.what == Closed::Line && shut.closure.chat == chat)
        };
        for (chat, sockets) in self.sockets().filter(|(_, s)| s.up == 0 && s.wanted > 0) {
            why.push(format!(
                "none of {} sockets to {chat} is connected",
                sockets.wanted
            ));
            // It may be another token that is refused; then there is a socket.
            if let Some((Shut { until, .. }, _)) = refused(chat) {
                let until = until.format("%H:%M:%S");
                why.push(format!(
                    "{chat} refuses the line; it is asked again at {until} UTC"
                ));
            }
        }
        why
    }
}

pub async fn live() -> &'static str {
    "ok\n"
}

/// For the world.
pub async fn ready(State(health): State<Arc<Health>>) -> (StatusCode, Json<Value>) {
    let pulse = health.pulse().await;
    let (status, body) = judged(&health, pulse.as_ref());
    (status, Json(body))
}

/// The same for operators, with all that we know.
pub async fn ready_in_full(State(health): State<Arc<Health>>) -> (StatusCode, Json<Value>) {
    let pulse = health.pulse().await;
    let (status, mut body) = judged(&health, pulse.as_ref());
    let sockets: serde_json::Map<String, Value> = health
        .sockets()
        .map(|(chat, s)| (chat.to_owned(), json!({ "up": s.up, "wanted": s.wanted })))
        .collect();
    body["database"] = json!(pulse.is_some());
    body["sockets"] = Value::Object(sockets);
    if let Some(Pulse {
        backlog,
        outbox_age,
        sources,
        unread,
        closed,
        ..
    }) = &pulse
    {
        body["outbox"] = json!({
            "due": backlog.due,
            "waiting": backlog.waiting,
            "newer": backlog.newer,
            "sending": backlog.sending,
            "unknown": backlog.unknown,
            "dead": backlog.dead,
            "age_s": outbox_age.num_seconds(),
        });
        let read = sources.iter().map(|s| {
            let lag = s.lag.map(|l| l.num_seconds());
            (s.name.clone(), json!({ "lag_s": lag, "failures": s.failures }))
        });
        body["sources"] = Value::Object(read.collect());
        let waiting = unread
            .by_table()
            .into_iter()
            .map(|(table, n)| (table.to_owned(), json!(n)));
        body["unread"] = Value::Object(waiting.collect());
        let shut = closed.iter().map(|(Shut { closure, until }, _)| {
            json!({
                "chat": closure.chat,
                "what": closure.what,
                "name": closure.name,
                "until": until.to_rfc3339_opts(SecondsFormat::Secs, true),
                "why": closure.why,
            })
        });
        body["closed"] = Value::Array(shut.collect());
    }
    (status, Json(body))
}

fn judged(health: &Health, pulse: Option<&Pulse>) -> (StatusCode, Value) {
    let reasons = health.reasons(pulse);
    let status = if reasons.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    let body = json!({ "ready": reasons.is_empty(), "reasons": reasons });
    (status, body)
}
