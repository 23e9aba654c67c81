//! The gateway, for teams without a public address. One replica holds the line at a time, by a lease that another takes
//! over when it ends; session and sequence lie with the lease, so that whoever takes over resumes and no press is lost.
//! The connection is our own: serenity's shard cannot take over another process's session, ignores the address to
//! resume at, falls back to a fixed address, does not spread its heartbeats and can wait for ever for a close.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;
use std::time::Duration;

use chrono::TimeDelta;
use futures::SinkExt as _;
use futures::StreamExt as _;
use secrecy::ExposeSecret as _;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Value;
use serde_json::json;
use serenity::constants::Opcode;
use serenity::constants::close_codes::AUTHENTICATION_FAILED;
use serenity::constants::close_codes::DISALLOWED_GATEWAY_INTENTS;
use serenity::constants::close_codes::INVALID_GATEWAY_INTENTS;
use serenity::constants::close_codes::INVALID_SEQUENCE;
use serenity::constants::close_codes::INVALID_SHARD;
use serenity::constants::close_codes::NOT_AUTHENTICATED;
use serenity::constants::close_codes::SESSION_TIMEOUT;
use serenity::constants::close_codes::SHARDING_REQUIRED;
use serenity::model::gateway::GatewayIntents;
use tokio::net::TcpStream;
use tokio::time::Instant;
use tokio::time::sleep;
use tokio::time::sleep_until;
use tokio::time::timeout;
use tokio_tungstenite::MaybeTlsStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_util::sync::CancellationToken;

use crate::chat::discord::NAME;
use crate::chat::discord::api;
use crate::chat::discord::api::Trouble;
use crate::chat::discord::door::Door;
use crate::port::PortError;
use crate::port::shared::Lead;
use crate::telemetry::meter;

const LEAD: &str = "discord gateway";
/// A leader that died is followed within this and one more look. Not shorter: clocks of replicas may be some seconds
/// apart, and a database may need a moment.
const LEASE_SECONDS: i64 = 10;
const RENEW_EVERY: Duration = Duration::from_secs(2);
/// Whoever could not renew for so long may not be the leader any more.
const UNSURE: Duration = Duration::from_secs(7);
/// Whoever stands by looks so often: nobody hears presses between two leaders.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// A leader that stops listens on for so long at most, until the next one has taken the session over.
const HAND_OVER: Duration = Duration::from_secs(4);
/// Discord will not have this token, or what it asks for, until a person changes something. Each try costs one of a
/// thousand sessions a day.
const REFUSED_SECONDS: i64 = 300;
const CONNECT: Duration = Duration::from_secs(15);
const HELLO: Duration = Duration::from_secs(15);
/// Pauses between connections that end at once: 1, 2, 4 … seconds.
const LONGEST_PAUSE: u64 = 60;

/// The type of an answer that is a form.
const OPEN_FORM: u64 = 9;

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

pub struct Gateway {
    pub door: Door,
    pub lead: Arc<dyn Lead>,
}

/// For `/health/ready`: connected ourselves, or standing by while another replica is.
#[derive(Default)]
pub struct Line {
    connected: AtomicBool,
    standing_by: AtomicBool,
}

impl Line {
    /// Whether another replica holds it, and we wait for it to end.
    pub fn stands_by(&self) -> bool {
        self.standing_by.load(Ordering::Relaxed)
    }

    /// Whether this replica is the one that holds the line.
    pub fn is_held_here(&self) -> bool {
        self.connected.load(Ordering::Relaxed)
    }

    fn set(&self, connected: bool, standing_by: bool) {
        self.connected.store(connected, Ordering::Relaxed);
        self.standing_by.store(standing_by, Ordering::Relaxed);
    }
}

/// What the next leader needs to go on where this one stopped.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Session {
    id: String,
    url: String,
    seq: u64,
}

/// Whose the line is.
enum Taken {
    /// Ours, from where the last leader stopped.
    Lead(Session),
    /// Another replica's.
    By,
    /// Nobody's: Discord refuses it.
    Refused,
}

/// Why a connection is over.
#[derive(Debug)]
enum End {
    /// Go on with the same session.
    Resume(&'static str),
    /// The session is gone.
    Fresh(&'static str),
    LostLead,
    Stopped,
    /// Discord will not have us, however often we come.
    Refused(u16),
}

impl Gateway {
    /// Holds the line, or waits for it, until stopped.
    pub async fn run(self, line: Arc<Line>, stop: CancellationToken) -> Result<(), PortError> {
        while !stop.is_cancelled() {
            match self.take().await {
                Ok(Taken::Lead(session)) => {
                    self.hold(session, &line, &stop).await;
                    line.set(false, false);
                }
                Ok(Taken::Refused) => {
                    line.set(false, false);
                    wait(LOOK_EVERY, &stop).await;
                }
                Ok(Taken::By) => {
                    line.set(false, true);
                    wait(LOOK_EVERY, &stop).await;
                }
                Err(error) => {
                    line.set(false, false);
                    tracing::warn!(error = %error, "it cannot be told who holds the line to Discord");
                    wait(LOOK_EVERY, &stop).await;
                }
            }
        }
        Ok(())
    }

    async fn take(&self) -> Result<Taken, PortError> {
        if self.door.chat.line_refused_until().await?.is_some() {
            return Ok(Taken::Refused);
        }
        Ok(match self.lead.take(LEAD, LEASE_SECONDS).await? {
            Some(word) => {
                let session = word.and_then(|w| serde_json::from_value(w).ok());
                Taken::Lead(session.unwrap_or_default())
            }
            None => Taken::By,
        })
    }

    /// As the leader: connection after connection.
    async fn hold(&self, mut session: Session, line: &Line, stop: &CancellationToken) {
        let mut failures: u32 = 0;
        loop {
            let end = match self.open(&session).await {
                Ok((socket, beat)) => {
                    let end = self.listen(socket, beat, &mut session, line, stop).await;
                    if line.connected.swap(false, Ordering::Relaxed) {
                        failures = 0;
                    }
                    match &end {
                        End::Resume(_) => meter::reconnected(NAME, "resume"),
                        End::Fresh(_) => meter::reconnected(NAME, "new_session"),
                        End::LostLead | End::Stopped | End::Refused(_) => {}
                    }
                    end
                }
                Err(error) => {
                    tracing::warn!(error = %error, "the line to Discord could not be made");
                    End::Resume("not connected")
                }
            };
            match end {
                End::Stopped => {
                    self.leave_word(&session).await;
                    self.let_go().await;
                    return;
                }
                End::LostLead => {
                    tracing::warn!("another replica holds the line to Discord now");
                    return;
                }
                End::Refused(code) => {
                    self.refused(code).await;
                    self.let_go().await;
                    return;
                }
                End::Resume(why) => tracing::info!(why, "the line to Discord is made anew"),
                End::Fresh(why) => {
                    tracing::info!(why, "the session with Discord is over; a new one begins");
                    session = Session::default();
                }
            }
            let pause = Duration::from_secs((1_u64 << failures.min(6)).min(LONGEST_PAUSE));
            failures += 1;
            // The lead is kept while waiting, in steps that are shorter than its lease.
            let until = Instant::now() + pause;
            while Instant::now() < until && !stop.is_cancelled() {
                wait((until - Instant::now()).min(RENEW_EVERY), stop).await;
                match self.lead.take(LEAD, LEASE_SECONDS).await {
                    Ok(Some(_)) | Err(_) => {}
                    Ok(None) => return,
                }
            }
        }
    }

    /// Trying on would only cost sessions; ending would leave a replica that looks alive. So it is asked again seldom, by
    /// one replica of all, and shown to whoever asks.
    async fn refused(&self, code: u16) {
        let why = format!("the line was ended with code {code}: {}", meaning(code));
        tracing::error!(
            code,
            why,
            remedy = "see [discord] bot_token and the bot's page in the developer portal, then restart",
            "Discord refuses the line: no press reaches us; it is asked again in 5 minutes"
        );
        let until = self.door.clock.now() + TimeDelta::seconds(REFUSED_SECONDS);
        if let Err(error) = self.door.chat.refuse_line(until, &why).await {
            tracing::warn!(error = %error, "that the line is refused could not be written down");
        }
    }

    /// True when another replica waits for the lead.
    async fn let_go(&self) -> bool {
        match self.lead.release(LEAD).await {
            Ok(awaited) => awaited,
            Err(error) => {
                tracing::debug!(error = %error, "the lead ends by itself");
                false
            }
        }
    }

    /// Connects and says who we are, or where we were. Returns the socket and how often it wants a heartbeat.
    async fn open(&self, session: &Session) -> Result<(Socket, Duration), PortError> {
        let url = if session.id.is_empty() || session.url.is_empty() {
            self.address().await?
        } else {
            session.url.clone()
        };
        let url = format!("{}/?v=10&encoding=json", url.trim_end_matches('/'));
        let connected = timeout(CONNECT, tokio_tungstenite::connect_async(url)).await;
        let (mut socket, _) = connected
            .map_err(|_| PortError::later("connecting takes too long"))?
            .map_err(|_| PortError::later("the connection was not made"))?;
        let hello = timeout(HELLO, next_frame(&mut socket)).await;
        let hello = hello.map_err(|_| PortError::later("no hello"))?;
        let beat = hello
            .as_ref()
            .ok()
            .and_then(|(frame, _)| frame.pointer("/d/heartbeat_interval"))
            .and_then(Value::as_u64)
            .ok_or_else(|| PortError::later("a hello without a heartbeat"))?;
        let token = self.door.chat.token().expose_secret();
        let first = if session.id.is_empty() {
            json!({ "op": Opcode::Identify, "d": {
                "token": token,
                "intents": GatewayIntents::GUILDS.bits(),
                "properties": { "os": std::env::consts::OS, "browser": "zeitnah", "device": "zeitnah" },
            }})
        } else {
            json!({ "op": Opcode::Resume, "d": { "token": token, "session_id": session.id, "seq": session.seq } })
        };
        send(&mut socket, &first).await?;
        Ok((socket, Duration::from_millis(beat.clamp(50, 600_000))))
    }

    /// Where the gateway is now; there is no second guess.
    async fn address(&self) -> Result<String, PortError> {
        let answer = self.door.chat.gateway().await?;
        let left = answer
            .pointer("/session_start_limit/remaining")
            .and_then(Value::as_u64);
        if left == Some(0) {
            // One more would cost the token.
            tracing::error!("Discord allows no further sessions today");
            return Err(PortError::later("no session is left"));
        }
        let url = answer.get("url").and_then(Value::as_str);
        url.map(str::to_owned)
            .ok_or_else(|| PortError::later("Discord did not say where its gateway is"))
    }

    async fn listen(
        &self,
        mut socket: Socket,
        beat: Duration,
        session: &mut Session,
        line: &Line,
        stop: &CancellationToken,
    ) -> End {
        // Somewhere in the first interval, so that thousands of bots do not beat as one after an outage.
        let jitter = u64::from(std::process::id()) % 997;
        let mut next_beat = Instant::now() + beat.mul_f64(jitter as f64 / 997.0);
        let mut next_look = Instant::now() + RENEW_EVERY;
        let mut sure = Instant::now();
        let mut acknowledged = true;
        // Told to stop, and another replica takes over.
        let mut leaves_at: Option<Instant> = None;
        loop {
            tokio::select! {
                () = stop.cancelled(), if leaves_at.is_none() => {
                    self.leave_word(session).await;
                    if !self.let_go().await {
                        return End::Stopped;
                    }
                    leaves_at = Some(Instant::now() + HAND_OVER);
                }
                () = sleep_until(leaves_at.unwrap_or(sure)), if leaves_at.is_some() => return End::Stopped,
                () = sleep_until(next_beat) => {
                    if !acknowledged {
                        return End::Resume("a heartbeat was not answered");
                    }
                    acknowledged = false;
                    next_beat = Instant::now() + beat;
                    if send(&mut socket, &json!({ "op": Opcode::Heartbeat, "d": session.seq })).await.is_err() {
                        return End::Resume("a heartbeat could not be sent");
                    }
                }
                () = sleep_until(next_look), if leaves_at.is_none() => {
                    next_look = Instant::now() + RENEW_EVERY;
                    match self.lead.take(LEAD, LEASE_SECONDS).await {
                        Ok(Some(_)) => {
                            sure = Instant::now();
                            self.leave_word(session).await;
                        }
                        Ok(None) => return End::LostLead,
                        Err(_) if sure.elapsed() > UNSURE => return End::LostLead,
                        Err(_) => {}
                    }
                }
                frame = next_frame(&mut socket) => {
                    let (frame, raw) = match frame {
                        Ok(frame) => frame,
                        // The next leader has the session.
                        Err(_) if leaves_at.is_some() => return End::Stopped,
                        Err(end) => return end,
                    };
                    match opcode(&frame) {
                        Some(Opcode::Dispatch) => {
                            if let Err(end) = self.dispatch(&frame, raw, session, line).await {
                                return end;
                            }
                        }
                        Some(Opcode::Heartbeat) => next_beat = Instant::now(),
                        Some(Opcode::Reconnect) => return End::Resume("Discord asks for it"),
                        Some(Opcode::InvalidSession) if frame.get("d").and_then(Value::as_bool) == Some(true) => {
                            return End::Resume("the session was not taken");
                        }
                        Some(Opcode::InvalidSession) => return End::Fresh("the session is not known"),
                        Some(Opcode::HeartbeatAck) => acknowledged = true,
                        // What is new is not for us.
                        _ => {}
                    }
                }
            }
        }
    }

    /// The sequence moves on only over what is written down: what is not comes again when the session is resumed.
    async fn dispatch(
        &self,
        frame: &Value,
        raw: Vec<u8>,
        session: &mut Session,
        line: &Line,
    ) -> Result<(), End> {
        match frame.get("t").and_then(Value::as_str) {
            Some("READY") => {
                let word = |key: &str| {
                    let found = frame.pointer(key).and_then(Value::as_str);
                    found.unwrap_or_default().to_owned()
                };
                session.id = word("/d/session_id");
                session.url = word("/d/resume_gateway_url");
                line.set(true, false);
                tracing::info!("the line to Discord is up");
            }
            Some("RESUMED") => {
                line.set(true, false);
                tracing::info!("the line to Discord goes on");
            }
            Some("INTERACTION_CREATE") => self.interaction(raw).await?,
            Some("CHANNEL_UPDATE") => self.changed(raw).await,
            _ => {}
        }
        if let Some(seq) = frame.get("s").and_then(Value::as_u64) {
            session.seq = seq;
        }
        if frame.get("t").and_then(Value::as_str) == Some("READY") {
            self.leave_word(session).await;
        }
        Ok(())
    }

    async fn interaction(&self, raw: Vec<u8>) -> Result<(), End> {
        let came = Instant::now();
        if let Some((id, token, answer)) = self.door.suggestions(&raw).await {
            let chat = self.door.chat.clone();
            self.door.work.spawn(async move {
                let until = came + Duration::from_secs(3);
                if let Err(trouble) = chat.answer(&id, &token, &answer, until).await {
                    tracing::debug!(error = %PortError::from(trouble), "suggestions came too late");
                }
            });
            return Ok(());
        }
        let answering = self.door.answering(&raw);
        let arrived = match self.door.keep(raw).await {
            Ok(Some(arrived)) => Arc::new(arrived),
            Ok(None) => return Ok(()),
            Err(error) => {
                tracing::error!(error = %error, "a press could not be kept; it is asked for again");
                return Err(End::Resume("a press could not be kept"));
            }
        };
        let door = self.door.clone();
        self.door.work.spawn(async move {
            let Ok(answer) = door.first(arrived.clone()).await else {
                // Without an answer a form stays open on its person's screen, with the text in it.
                return;
            };
            let Some((id, token)) = arrived.callback() else {
                return;
            };
            let opens = answer.get("type").and_then(Value::as_u64) == Some(OPEN_FORM);
            let by = arrived.answer_by();
            let answered = door.chat.answer(&id, &token, &answer, by).await;
            drop(answering);
            meter::acknowledged(NAME, arrived.is_form(), came.elapsed());
            if opens {
                meter::form_opened(NAME, answered.is_ok(), came.elapsed());
            }
            let Err(trouble) = answered else {
                return;
            };
            let too_late = matches!(&trouble, Trouble::No { code, .. } if *code == api::UNKNOWN_INTERACTION);
            tracing::warn!(error = %PortError::from(trouble), too_late, "a press could not be answered");
            // What a message would have said the card says as well; a form has to be asked for again.
            if opens {
                door.missed(&arrived).await;
            }
        });
        Ok(())
    }

    /// A channel changed, its permissions maybe: what waits for it is worth another try. Lost, it costs half a minute.
    async fn changed(&self, raw: Vec<u8>) {
        match self.door.keep(raw).await {
            Ok(Some(arrived)) => {
                let door = self.door.clone();
                self.door.work.spawn(async move {
                    if let Err(error) = door.first(Arc::new(arrived)).await {
                        tracing::debug!(error = %error, "a change of a channel was not noted");
                    }
                });
            }
            Ok(None) => {}
            Err(error) => tracing::debug!(error = %error, "a change of a channel was not kept"),
        }
    }

    async fn leave_word(&self, session: &Session) {
        let word = serde_json::to_value(session).unwrap_or_default();
        if let Err(error) = self.lead.note(LEAD, &word).await {
            tracing::debug!(error = %error, "the session was not noted");
        }
    }
}

/// In words, for whoever has to change it.
fn meaning(code: u16) -> &'static str {
    match code {
        AUTHENTICATION_FAILED => "the bot token is not taken",
        DISALLOWED_GATEWAY_INTENTS => "the bot may not hear what it asks for",
        INVALID_GATEWAY_INTENTS => "the bot asks for what does not exist",
        INVALID_SHARD | SHARDING_REQUIRED => "the bot is on too many servers for one line",
        _ => "this version of the gateway is not served any more",
    }
}

fn opcode(frame: &Value) -> Option<Opcode> {
    let number = frame.get("op").and_then(Value::as_u64)?;
    u8::try_from(number).ok().map(Opcode::from)
}

/// The next frame that is one, with its bytes as they came.
async fn next_frame(socket: &mut Socket) -> Result<(Value, Vec<u8>), End> {
    loop {
        match socket.next().await {
            Some(Ok(Message::Text(text))) => match serde_json::from_str(&text) {
                Ok(frame) => return Ok((frame, text.as_bytes().to_vec())),
                Err(_) => tracing::error!("a frame that is no JSON"),
            },
            Some(Ok(Message::Close(close))) => {
                let code = close.map_or(1006, |c| u16::from(c.code));
                return Err(match code {
                    // The one in the middle that serenity does not know is about the version of the API.
                    AUTHENTICATION_FAILED | INVALID_SHARD..=DISALLOWED_GATEWAY_INTENTS => End::Refused(code),
                    NOT_AUTHENTICATED | INVALID_SEQUENCE | SESSION_TIMEOUT => {
                        End::Fresh("Discord ended the session")
                    }
                    _ => End::Resume("Discord ended the connection"),
                });
            }
            Some(Ok(_)) => {}
            Some(Err(_)) | None => return Err(End::Resume("the connection was lost")),
        }
    }
}

async fn send(socket: &mut Socket, frame: &Value) -> Result<(), PortError> {
    let sent = timeout(CONNECT, socket.send(Message::text(frame.to_string()))).await;
    match sent {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) | Err(_) => Err(PortError::later("a frame could not be sent")),
    }
}

async fn wait(time: Duration, stop: &CancellationToken) {
    tokio::select! {
        () = stop.cancelled() => {}
        () = sleep(time) => {}
    }
}
