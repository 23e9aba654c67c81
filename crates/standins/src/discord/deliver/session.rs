//! Gateway sessions: who listens, what they missed, how they end. Every session gets every event, as several
//! connections of one bot do at Discord.

use std::collections::VecDeque;

use serde_json::Value;
use serde_json::json;
use tokio::sync::mpsc;

use super::Outcome;
use crate::discord::Discord;
use crate::discord::fault::Kind;
use crate::discord::permission::Permission;
use crate::discord::state::World;

const GUILDS: u64 = 1;
pub const GUILD_MEMBERS: u64 = 1 << 1;
const GUILD_MESSAGES: u64 = 1 << 9;
const DIRECT_MESSAGES: u64 = 1 << 12;
/// Members, presences, contents.
const PRIVILEGED: u64 = GUILD_MEMBERS | 1 << 8 | 1 << 15;
/// What exists at all.
const INTENTS: u64 = 0x1fff | 1 << 13 | 1 << 14 | 1 << 15 | 1 << 16 | 1 << 20 | 1 << 21 | 1 << 24 | 1 << 25;
const KEPT: usize = 1_000;

/// How a connection ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Without a word.
    Drop,
    /// Asked to come again, the session kept.
    Reconnect,
    /// With a code after which nobody should come again.
    Refused(u16),
}

pub enum Out {
    Text(String),
    Close(u16, &'static str),
    Drop,
}

#[derive(Default)]
pub struct Gateway {
    pub sessions: Vec<Session>,
    pub identified: u64,
    /// How often somebody came who was refused.
    pub refused: u64,
}

impl Gateway {
    /// Those that are open now; others may be resumed.
    pub fn connections(&self) -> usize {
        let open = self.sessions.iter().filter(|session| session.frames.is_some());
        open.count()
    }
}

pub struct Session {
    pub id: String,
    intents: u64,
    seq: u64,
    events: VecDeque<(u64, String)>,
    frames: Option<mpsc::UnboundedSender<Out>>,
    connection: u64,
}

impl Session {
    fn send(&mut self, name: &str, data: &Value) {
        self.seq += 1;
        let frame = json!({ "op": 0, "t": name, "s": self.seq, "d": data }).to_string();
        self.events.push_back((self.seq, frame.clone()));
        if self.events.len() > KEPT {
            self.events.pop_front();
        }
        if let Some(frames) = &self.frames {
            // Who is gone gets it when resuming.
            let _gone = frames.send(Out::Text(frame));
        }
    }
}

impl World {
    /// An event for every session that wants it.
    fn dispatch(&mut self, intent: Option<u64>, name: &str, data: &Value) {
        if self.faults.suffers(Kind::DeafSocket).is_some() {
            // The socket stays open and what happens meanwhile is told when the session is resumed.
            for session in &mut self.gateway.sessions {
                let frames = session.frames.take();
                if intent.is_none_or(|bit| session.intents & bit != 0) {
                    session.send(name, data);
                }
                session.frames = frames;
            }
            return;
        }
        for session in &mut self.gateway.sessions {
            if intent.is_none_or(|bit| session.intents & bit != 0) {
                session.send(name, data);
            }
        }
    }

    /// Something about a channel or thread the bot sees.
    pub fn tell_channel(&mut self, name: &str, channel: &str) {
        let Some(found) = self.channel(channel) else {
            return;
        };
        if found.with.is_some() || !self.may(self.bot(), found, Permission::ViewChannel) {
            return;
        }
        let data = self.channel_json(found);
        self.dispatch(Some(GUILDS), name, &data);
    }

    pub fn tell_guild(&mut self, name: &str, data: Value) {
        self.dispatch(Some(GUILDS), name, &data);
    }

    pub fn tell_message(&mut self, name: &str, mut data: Value) {
        let channel = data["channel_id"].as_str().unwrap_or_default();
        let direct = self
            .channel(channel)
            .is_some_and(|channel| channel.with.is_some());
        if !direct {
            data["guild_id"] = json!(self.settings.guild_id);
        }
        let intent = if direct { DIRECT_MESSAGES } else { GUILD_MESSAGES };
        self.dispatch(Some(intent), name, &data);
    }

    /// Takes a message away and tells who listens.
    pub fn take_back(&mut self, channel: &str, message: &str) -> bool {
        let private = self
            .message(channel, message)
            .is_some_and(|m| m.only_for.is_some());
        let gone = self.remove(channel, message);
        if gone && !private {
            self.tell_message("MESSAGE_DELETE", json!({ "id": message, "channel_id": channel }));
        }
        gone
    }

    pub fn gateway_url(&self) -> String {
        let base = self.base.clone().unwrap_or_default();
        format!("{}/discord/gateway", base.replacen("http", "ws", 1))
    }

    /// Answers IDENTIFY: the session's greeting, or the code to close with.
    pub fn identify(
        &mut self,
        data: &Value,
        id: String,
        connection: u64,
        frames: mpsc::UnboundedSender<Out>,
    ) -> Result<(), (u16, &'static str)> {
        self.gateway.identified += 1;
        let token = data["token"].as_str().unwrap_or_default();
        if token.strip_prefix("Bot ").unwrap_or(token) != self.settings.bot_token {
            return Err((4004, "Authentication failed."));
        }
        let intents = data["intents"].as_u64().ok_or((4013, "Invalid intent(s)."))?;
        if intents & !INTENTS != 0 {
            return Err((4013, "Invalid intent(s)."));
        }
        if intents & PRIVILEGED & !self.settings.privileged_intents != 0 {
            return Err((4014, "Disallowed intent(s)."));
        }
        let mut session = Session {
            id,
            intents,
            seq: 0,
            events: VecDeque::new(),
            frames: Some(frames),
            connection,
        };
        let ready = json!({
            "v": 10,
            "user": self.user_json(self.bot()),
            "guilds": [{ "id": self.settings.guild_id, "unavailable": true }],
            "session_id": session.id,
            "resume_gateway_url": self.gateway_url(),
            "shard": data.get("shard").cloned().unwrap_or_else(|| json!([0, 1])),
            "application": { "id": self.settings.application_id, "flags": 0 },
            "presences": [],
            "relationships": [],
            "private_channels": [],
            "user_settings": {},
            "session_type": "normal",
        });
        session.send("READY", &ready);
        if intents & GUILDS != 0 {
            session.send("GUILD_CREATE", &self.guild_create());
        }
        self.gateway.sessions.push(session);
        Ok(())
    }

    pub fn guild_create(&self) -> Value {
        let mut guild = self.guild_json();
        let seen = |thread: bool| -> Vec<Value> {
            let those = self
                .channels
                .iter()
                .filter(|c| c.with.is_none() && c.thread.is_some() == thread);
            let awake = those.filter(|c| c.thread.as_ref().is_none_or(|t| !t.archived));
            let seen = awake.filter(|c| self.may(self.bot(), c, Permission::ViewChannel));
            seen.map(|c| self.channel_json(c)).collect()
        };
        let bot = self.user(self.bot()).map(|bot| {
            let mut member = self.member_json(bot);
            member["user"] = super::super::json::user(bot);
            member
        });
        for (key, value) in [
            ("channels", json!(seen(false))),
            ("threads", json!(seen(true))),
            ("members", json!(bot.into_iter().collect::<Vec<_>>())),
            ("joined_at", json!("2026-01-01T00:00:00.000000+00:00")),
            ("large", json!(false)),
            ("unavailable", json!(false)),
            (
                "member_count",
                json!(self.users.iter().filter(|u| !u.away).count()),
            ),
            ("voice_states", json!([])),
            ("presences", json!([])),
            ("stage_instances", json!([])),
            ("guild_scheduled_events", json!([])),
            ("soundboard_sounds", json!([])),
        ] {
            guild[key] = value;
        }
        guild
    }

    /// Whether the session goes on; what was missed is sent then.
    pub fn resume(&mut self, data: &Value, connection: u64, frames: mpsc::UnboundedSender<Out>) -> bool {
        if self.faults.strike(Kind::InvalidSession).is_some() {
            self.gateway
                .sessions
                .retain(|session| data["session_id"] != *session.id);
            return false;
        }
        let seq = data["seq"].as_u64().unwrap_or(0);
        let token = data["token"].as_str().unwrap_or_default();
        let known = token.strip_prefix("Bot ").unwrap_or(token) == self.settings.bot_token;
        let mut all = self.gateway.sessions.iter_mut();
        let Some(session) = all.find(|s| known && data["session_id"] == *s.id) else {
            return false;
        };
        let oldest = session.events.front().map_or(1, |(n, _)| *n);
        if seq > session.seq || seq + 1 < oldest {
            return false;
        }
        for (_, frame) in session.events.iter().filter(|(n, _)| *n > seq) {
            let _gone = frames.send(Out::Text(frame.clone()));
        }
        if let Some(before) = session.frames.replace(frames) {
            let _gone = before.send(Out::Close(4000, "Resumed elsewhere."));
        }
        session.connection = connection;
        session.send("RESUMED", &json!({ "_trace": [] }));
        true
    }

    /// A connection is gone. Who said goodbye properly has no session any more.
    pub fn disconnected(&mut self, connection: u64, goodbye: bool) {
        let of = |session: &Session| session.connection == connection;
        if goodbye {
            self.gateway.sessions.retain(|session| !of(session));
        }
        for session in self.gateway.sessions.iter_mut().filter(|s| of(s)) {
            session.frames = None;
        }
    }
}

impl Discord {
    /// To every session; the answer comes by REST.
    pub(super) fn over_gateway(&self, payload: &Value, twice: bool) -> Outcome {
        self.change(|world, _| {
            if world.gateway.sessions.is_empty() {
                return Outcome::refused("the app is not connected");
            }
            for _ in 0..=usize::from(twice) {
                world.dispatch(None, "INTERACTION_CREATE", payload);
            }
            Outcome::default()
        })
    }

    pub fn end_connections(&self, how: Ending) {
        self.change(|world, _| {
            for session in &mut world.gateway.sessions {
                let Some(frames) = session.frames.take() else {
                    continue;
                };
                let ends = match how {
                    Ending::Reconnect => {
                        let frame = json!({ "op": 7, "d": null, "s": null, "t": null }).to_string();
                        let _gone = frames.send(Out::Text(frame));
                        Out::Close(4000, "Please reconnect.")
                    }
                    Ending::Refused(code) => Out::Close(code, "Refused."),
                    Ending::Drop => Out::Drop,
                };
                let _gone = frames.send(ends);
            }
        });
    }

    /// How often somebody wanted a line that is refused.
    pub fn refused(&self) -> u64 {
        self.look().gateway.refused
    }

    /// How often somebody identified; Discord allows a thousand a day.
    pub fn identified(&self) -> u64 {
        self.look().gateway.identified
    }
}
