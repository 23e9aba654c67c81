//! Socket Mode: up to ten connections, each thing that happened to any one of them, acknowledged by envelope id
//! on whichever connection the bot likes.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::ws::{Message as Frame, WebSocket, WebSocketUpgrade};
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::{Value, json};
use tokio::sync::{mpsc, oneshot};

use super::{Outcome, Parcel};
use crate::slack::Slack;
use crate::slack::fault::Kind;
use crate::slack::state::World;

const MOST: usize = 10;
const PING: Duration = Duration::from_secs(5);

/// Why Slack ends a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disconnect {
    /// About ten seconds before the end; the connection still works.
    Warning,
    RefreshRequested,
    LinkDisabled,
    TooManyWebsockets,
}

impl Disconnect {
    fn name(self) -> &'static str {
        match self {
            Self::Warning => "warning",
            Self::RefreshRequested => "refresh_requested",
            Self::LinkDisabled => "link_disabled",
            Self::TooManyWebsockets => "too_many_websockets",
        }
    }
}

#[derive(Default)]
pub struct Sockets {
    open: Vec<Socket>,
    next: usize,
    waiting: HashMap<String, Waiting>,
}

struct Socket {
    id: String,
    frames: mpsc::UnboundedSender<Out>,
}

struct Waiting {
    socket: String,
    ack: oneshot::Sender<Option<Value>>,
}

enum Out {
    Text(String),
    Close,
    /// Without a word, as when the network drops it.
    Cut,
}

impl Sockets {
    pub fn is_empty(&self) -> bool {
        self.open.is_empty()
    }

    pub fn connections(&self) -> usize {
        self.open.len()
    }
}

pub fn routes() -> Router<Arc<Slack>> {
    Router::new().route("/slack/socket", get(connect))
}

async fn connect(
    State(slack): State<Arc<Slack>>,
    Query(query): Query<HashMap<String, String>>,
    upgrade: WebSocketUpgrade,
) -> Response {
    let ticket = query.get("ticket").map(String::as_str).unwrap_or_default();
    if !slack.change(|world, _| world.tickets.remove(ticket)) {
        return (StatusCode::UNAUTHORIZED, "used_ticket").into_response();
    }
    upgrade.on_upgrade(move |socket| async move { slack.attend(socket).await })
}

impl Slack {
    async fn attend(&self, mut socket: WebSocket) {
        let (sender, mut frames) = mpsc::unbounded_channel();
        let id = self.change(|world, now| world.welcome(sender, &now.to_rfc3339()));
        let mut ping = tokio::time::interval(PING);
        ping.tick().await;
        loop {
            let sent = tokio::select! {
                out = frames.recv() => match out {
                    Some(Out::Text(text)) => socket.send(Frame::Text(text.into())).await,
                    Some(Out::Close) | None => {
                        // Whether the other side still listens does not matter any more.
                        let _gone = socket.send(Frame::Close(None)).await;
                        break;
                    }
                    Some(Out::Cut) => break,
                },
                received = socket.recv() => match received {
                    Some(Ok(Frame::Text(text))) => {
                        self.acknowledged(text.as_str());
                        Ok(())
                    }
                    Some(Ok(Frame::Close(_)) | Err(_)) | None => break,
                    Some(Ok(_)) => Ok(()),
                },
                _ = ping.tick() => socket.send(Frame::Ping("Ping from sandbox".into())).await,
            };
            if sent.is_err() {
                break;
            }
        }
        self.change(|world, _| {
            world.sockets.open.retain(|socket| socket.id != id);
            // Whoever waits for an acknowledgement on this connection waits in vain.
            world.sockets.waiting.retain(|_, waiting| waiting.socket != id);
        });
    }

    fn acknowledged(&self, text: &str) {
        let Ok(frame) = serde_json::from_str::<Value>(text) else {
            return;
        };
        let envelope = frame["envelope_id"].as_str().unwrap_or_default();
        let waiting = self.look().sockets.waiting.remove(envelope);
        if let Some(waiting) = waiting {
            let payload = frame.get("payload").filter(|payload| !payload.is_null()).cloned();
            // Too late is the same as never.
            let _late = waiting.ack.send(payload);
        }
    }

    pub(super) async fn over_socket(&self, parcel: &Parcel) -> Outcome {
        let sent = self.change(|world, _| {
            if world.sockets.is_empty() {
                return Err("no socket is connected");
            }
            if world.faults.strike(Kind::DeafSocket).is_some() {
                return Err("not acknowledged in time");
            }
            Ok((world.send(parcel), world.settings.ack_within))
        });
        let (ack, within) = match sent {
            Ok(sent) => sent,
            Err(why) => return Outcome::refused(why),
        };
        match tokio::time::timeout(within, ack).await {
            Ok(Ok(body)) => Outcome {
                acked: true,
                body,
                ..Outcome::default()
            },
            Ok(Err(_)) => Outcome::refused("the connection closed before the acknowledgement"),
            Err(_) => Outcome::refused("not acknowledged in time"),
        }
    }

    /// Sends every socket a disconnect frame and, but for the warning, closes it.
    pub fn disconnect_sockets(&self, why: Disconnect) {
        self.change(|world, _| {
            let frame = disconnect(why);
            for socket in &world.sockets.open {
                let _gone = socket.frames.send(Out::Text(frame.clone()));
                if why != Disconnect::Warning {
                    let _gone = socket.frames.send(Out::Close);
                }
            }
            if why != Disconnect::Warning {
                world.sockets.open.clear();
            }
        });
    }

    /// Closes the connection that has stood the longest, without a word.
    pub fn close_oldest_socket(&self) {
        self.change(|world, _| {
            if !world.sockets.is_empty() {
                let _gone = world.sockets.open.remove(0).frames.send(Out::Close);
            }
        });
    }

    /// All connections are gone, and whatever was on its way over them.
    pub fn cut_sockets(&self) {
        self.change(|world, _| {
            for socket in world.sockets.open.drain(..) {
                let _gone = socket.frames.send(Out::Cut);
            }
        });
    }
}

fn disconnect(why: Disconnect) -> String {
    let frame = json!({
        "type": "disconnect",
        "reason": why.name(),
        "debug_info": { "host": "applink-sandbox" },
    });
    frame.to_string()
}

impl World {
    fn welcome(&mut self, frames: mpsc::UnboundedSender<Out>, now: &str) -> String {
        let id = self.name("socket");
        if self.sockets.open.len() >= MOST {
            let _gone = frames.send(Out::Text(disconnect(Disconnect::TooManyWebsockets)));
            let _gone = frames.send(Out::Close);
            return id;
        }
        let hello = json!({
            "type": "hello",
            "num_connections": self.sockets.open.len() + 1,
            "connection_info": { "app_id": self.settings.app_id },
            "debug_info": {
                "host": "applink-sandbox",
                "started": now,
                "build_number": 1,
                "approximate_connection_time": 18_060,
            },
        });
        let _gone = frames.send(Out::Text(hello.to_string()));
        self.sockets.open.push(Socket {
            id: id.clone(),
            frames,
        });
        id
    }

    fn send(&mut self, parcel: &Parcel) -> oneshot::Receiver<Option<Value>> {
        let envelope_id = format!("{}-envelope", self.name("E"));
        let (kind, payload, accepts) = match parcel {
            Parcel::Interaction(payload) => ("interactive", payload, true),
            Parcel::Command(payload) => ("slash_commands", payload, true),
            Parcel::Event(event) => ("events_api", &event.payload, false),
        };
        let mut envelope = json!({
            "envelope_id": envelope_id,
            "type": kind,
            "payload": payload,
            "accepts_response_payload": accepts,
        });
        if let Parcel::Event(event) = parcel {
            envelope["retry_attempt"] = json!(event.attempt);
            envelope["retry_reason"] = json!(event.reason);
        }
        let (ack, acked) = oneshot::channel();
        let at = self.sockets.next % self.sockets.open.len().max(1);
        self.sockets.next = at + 1;
        if let Some(socket) = self.sockets.open.get(at) {
            let waiting = Waiting {
                socket: socket.id.clone(),
                ack,
            };
            self.sockets.waiting.insert(envelope_id, waiting);
            let _gone = socket.frames.send(Out::Text(envelope.to_string()));
        }
        acked
    }
}
