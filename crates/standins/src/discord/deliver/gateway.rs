//! The gateway's WebSocket, version 10 in JSON: hello, identify or resume, heartbeats, events, and the codes with
//! which Discord closes.

use std::collections::HashMap;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;
use std::time::Duration;
use std::time::Instant;

use axum::Router;
use axum::extract::Query;
use axum::extract::State;
use axum::extract::ws::CloseFrame;
use axum::extract::ws::Message as Frame;
use axum::extract::ws::WebSocket;
use axum::extract::ws::WebSocketUpgrade;
use axum::response::Response;
use axum::routing::get;
use serde_json::Value;
use serde_json::json;
use tokio::sync::mpsc;

use super::session::Out;
use crate::discord::Discord;
use crate::discord::fault::Kind;

const SENDS: usize = 120;
const SENDS_IN: Duration = Duration::from_secs(60);

static CONNECTIONS: AtomicU64 = AtomicU64::new(1);

pub fn routes() -> Router<Arc<Discord>> {
    Router::new()
        .route("/discord/gateway", get(connect))
        .route("/discord/gateway/", get(connect))
}

async fn connect(
    State(discord): State<Arc<Discord>>,
    Query(query): Query<HashMap<String, String>>,
    upgrade: WebSocketUpgrade,
) -> Response {
    let version = query.get("v").cloned();
    let packed = query.contains_key("compress") || query.get("encoding").is_some_and(|how| how != "json");
    upgrade.on_upgrade(move |socket| async move {
        match version.as_deref() {
            // Packed frames are more than a stand-in needs; who asks for them should notice.
            Some("10") if !packed => discord.attend(socket).await,
            _ => close(socket, 4012, "Invalid API version.").await,
        }
    })
}

async fn close(mut socket: WebSocket, code: u16, reason: &'static str) {
    let frame = CloseFrame {
        code,
        reason: reason.into(),
    };
    // Whether the other side still listens does not matter any more.
    let _gone = socket.send(Frame::Close(Some(frame))).await;
}

struct Talk {
    connection: u64,
    frames: mpsc::UnboundedSender<Out>,
    known: bool,
    received: VecDeque<Instant>,
}

impl Discord {
    async fn attend(&self, mut socket: WebSocket) {
        let (sender, mut frames) = mpsc::unbounded_channel();
        let mut talk = Talk {
            connection: CONNECTIONS.fetch_add(1, Ordering::Relaxed),
            frames: sender,
            known: false,
            received: VecDeque::new(),
        };
        let beat = self.look().settings.heartbeat;
        let hello =
            json!({ "op": 10, "d": { "heartbeat_interval": beat.as_millis() }, "s": null, "t": null });
        if socket.send(Frame::Text(hello.to_string().into())).await.is_err() {
            return;
        }
        let silence = tokio::time::sleep(beat * 2);
        tokio::pin!(silence);
        let mut goodbye = false;
        loop {
            tokio::select! {
                out = frames.recv() => match out {
                    Some(Out::Text(text)) => {
                        if socket.send(Frame::Text(text.into())).await.is_err() {
                            break;
                        }
                    }
                    Some(Out::Close(code, reason)) => {
                        close(socket, code, reason).await;
                        break;
                    }
                    Some(Out::Drop) | None => break,
                },
                received = socket.recv() => match received {
                    Some(Ok(Frame::Text(text))) => {
                        if self.heard(&mut talk, text.as_str()) {
                            silence.as_mut().reset(tokio::time::Instant::now() + beat * 2);
                        }
                    }
                    Some(Ok(Frame::Binary(bytes))) => {
                        if self.heard(&mut talk, &String::from_utf8_lossy(&bytes)) {
                            silence.as_mut().reset(tokio::time::Instant::now() + beat * 2);
                        }
                    }
                    Some(Ok(Frame::Close(frame))) => {
                        goodbye = frame.is_some_and(|frame| matches!(frame.code, 1000 | 1001));
                        break;
                    }
                    Some(Err(_)) | None => break,
                    Some(Ok(_)) => {}
                },
                () = &mut silence => {
                    close(socket, 4009, "Session timed out.").await;
                    break;
                }
            }
        }
        self.change(|world, _| world.disconnected(talk.connection, goodbye));
    }

    /// Whether it was a heartbeat.
    fn heard(&self, talk: &mut Talk, text: &str) -> bool {
        let now = Instant::now();
        talk.received.push_back(now);
        while talk.received.front().is_some_and(|at| now - *at > SENDS_IN) {
            talk.received.pop_front();
        }
        let out = |out: Out| {
            let _gone = talk.frames.send(out);
        };
        if talk.received.len() > SENDS {
            out(Out::Close(4008, "Rate limited."));
            return false;
        }
        let Ok(frame) = serde_json::from_str::<Value>(text) else {
            out(Out::Close(4002, "Error while decoding payload."));
            return false;
        };
        let refused = self.look().line_refused();
        if let (Some(2 | 6), Some(code)) = (frame["op"].as_u64(), refused) {
            self.change(|world, _| world.gateway.refused += 1);
            out(Out::Close(code, "Refused."));
            return false;
        }
        match frame["op"].as_u64() {
            Some(1) => {
                if self.look().faults.suffers(Kind::DeafSocket).is_none() {
                    out(Out::Text(
                        json!({ "op": 11, "d": null, "s": null, "t": null }).to_string(),
                    ));
                }
                return true;
            }
            Some(2 | 6) if talk.known => out(Out::Close(4005, "Already authenticated.")),
            Some(2) => {
                let begun = self.change(|world, now| {
                    let id = format!("{:x}", md(&world.id(now)));
                    world.identify(&frame["d"], id, talk.connection, talk.frames.clone())
                });
                match begun {
                    Ok(()) => talk.known = true,
                    Err((code, reason)) => out(Out::Close(code, reason)),
                }
            }
            Some(6) => {
                let frames = talk.frames.clone();
                talk.known = self.change(|world, _| world.resume(&frame["d"], talk.connection, frames));
                if !talk.known {
                    out(Out::Text(
                        json!({ "op": 9, "d": false, "s": null, "t": null }).to_string(),
                    ));
                }
            }
            // Presence, voice and lists of members are nothing a stand-in has to do anything about.
            Some(3 | 4 | 8) if talk.known => {}
            Some(3 | 4 | 8) => out(Out::Close(4003, "Not authenticated.")),
            _ => out(Out::Close(4001, "Unknown opcode.")),
        }
        false
    }
}

/// Session ids look like hashes.
fn md(id: &str) -> u128 {
    let seed = id.parse::<u128>().unwrap_or(1);
    seed.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835)
}
