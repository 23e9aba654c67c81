//! One way to call Discord: a time limit on everything, limits by the headers' buckets and kept by all replicas, and
//! every failure sorted. serenity's own client is not used for this: it has no time limits, keeps limits by process
//! and route, forgets Retry-After where its limiter is off, and calls on after a 401.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Duration;

use chrono::TimeDelta;
use reqwest::Method;
use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use reqwest::multipart::Form;
use reqwest::multipart::Part;
use secrecy::ExposeSecret;
use secrecy::SecretString;
use serde_json::Value;
use sha2::Digest as _;
use tokio::time::Instant;

use crate::chat::discord::NAME;
use crate::chat::discord::made_at;
use crate::chat::discord::markdown;
use crate::chat::discord::turn;
use crate::domain::At;
use crate::domain::say::quoted::Obstacle;
use crate::domain::show::closure::Closed;
use crate::domain::show::closure::Closure;
use crate::port::PortError;
use crate::port::Why;
use crate::port::clock::Clock;
use crate::port::shared::Pace;
use crate::telemetry::meter;

const CALL: Duration = Duration::from_secs(15);
const CONNECT: Duration = Duration::from_secs(5);
/// One try at the first answer to a press, which has three seconds in all. Longer than Discord takes, and short enough
/// for another one.
const FIRST: Duration = Duration::from_millis(1000);
const FIRST_AT_LEAST: Duration = Duration::from_millis(250);
const FIRST_AGAIN: Duration = Duration::from_millis(100);
/// Discord asks for this form; others are turned away at the door.
const AGENT: &str = concat!(
    "DiscordBot (https://zeitnah.invalid, ",
    env!("CARGO_PKG_VERSION"),
    ")"
);

/// Fifty a second for the whole bot: forty at an even pace and ten ahead can never be more.
const EVERY: TimeDelta = TimeDelta::milliseconds(25);
const AHEAD: i32 = 10;
const GLOBAL: &str = "discord:global";
/// A token that was refused is not shown again at once: thousands of refusals close the address for everybody.
const REFUSED_TOKEN_SECONDS: i64 = 300;
/// Nor is a room that was closed to us knocked at all the time.
const CLOSED_ROOM_SECONDS: i64 = 20;
/// Old messages may be edited a few times only; so long they are left alone when Discord does not say how long.
const OLD_MESSAGE_SECONDS: i64 = 300;
/// From this age on that limit counts. It is not written down anywhere, so we stay clear of it: a few edits at once, as
/// people press, then what changes meanwhile is shown together.
const OLD_MESSAGE: TimeDelta = TimeDelta::hours(1);
const OLD_EDITS_APART: TimeDelta = TimeDelta::seconds(30);
const OLD_EDITS_AHEAD: i32 = 4;

/// Where Discord keeps what people attach.
const ATTACHMENTS: [&str; 2] = ["cdn.discordapp.com", "media.discordapp.net"];

pub const UNKNOWN_CHANNEL: u64 = 10003;
pub const UNKNOWN_MESSAGE: u64 = 10008;
pub const UNKNOWN_WEBHOOK: u64 = 10015;
pub const UNKNOWN_INTERACTION: u64 = 10062;
pub const UNKNOWN_TAG: u64 = 10087;
pub const TOO_MANY_EDITS: u64 = 30046;
/// It is a forum.
pub const NO_MESSAGES: u64 = 40058;
pub const ALREADY_ANSWERED: u64 = 40060;
/// A forum wants a tag on each post, and there is none that the bot may give it.
pub const NEEDS_TAG: [u64; 2] = [40066, 40067];
pub const NO_ACCESS: u64 = 50001;
pub const NO_PERMISSION: u64 = 50013;
/// They take no direct messages, or share no server with the bot any more.
pub const NO_DIRECT: [u64; 3] = [10013, 50007, 50278];
pub const ARCHIVED: u64 = 50083;
pub const HAS_THREAD: u64 = 160_004;
pub const LOCKED: u64 = 160_005;
pub const TOO_MANY_THREADS: u64 = 160_006;
pub const TITLE_BLOCKED: u64 = 200_001;

/// A call that Discord refused, or that did not come to an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// A clear no with Discord's own code.
    No {
        status: u16,
        code: u64,
        why: String,
    },
    Port(PortError),
}

impl Trouble {
    pub fn code(&self) -> u64 {
        match self {
            Self::No { code, .. } => *code,
            Self::Port(_) => 0,
        }
    }

    pub fn why(&self) -> &str {
        match self {
            Self::No { why, .. } => why,
            Self::Port(error) => &error.why().ours,
        }
    }

    /// Discord says that there is nothing here for us, not only not this.
    pub fn closes_room(&self) -> bool {
        matches!(self.code(), UNKNOWN_CHANNEL | NO_ACCESS)
    }
}

impl From<PortError> for Trouble {
    fn from(error: PortError) -> Self {
        Self::Port(error)
    }
}

impl From<Trouble> for PortError {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Port(error) => error,
            Trouble::No { status, code, why } => match (status, code) {
                (_, UNKNOWN_MESSAGE) => Self::gone(why),
                (_, ARCHIVED) => Self::later(Why::from(why).by(Obstacle::Archived)),
                // What is told where it was noticed: nothing is sent with this token until it is looked at again.
                (_, LOCKED) | (401, _) => Self::later(why),
                // A person's own choice, and no right that we lack.
                (_, code) if NO_DIRECT.contains(&code) => Self::never(why),
                // Somebody has to give back a right or a channel.
                (403, _) | (_, UNKNOWN_CHANNEL | NO_ACCESS | NO_PERMISSION | TOO_MANY_THREADS) => {
                    Self::denied(why)
                }
                (_, code) if NEEDS_TAG.contains(&code) => Self::denied(why),
                (404, _) => Self::gone(why),
                _ => Self::never(why),
            },
        }
    }
}

/// One call. `route` and `major` name the limit that it falls under.
pub struct Call<'a> {
    pub method: Method,
    pub path: String,
    pub route: &'static str,
    pub major: &'a str,
    pub query: &'a [(&'a str, String)],
    pub body: Option<&'a Value>,
    /// A file that goes with the body, and what it is called.
    pub file: Option<(&'static str, &'a [u8])>,
    /// The room whose closing closes this call too.
    pub room: Option<&'a str>,
    /// It is about one post of the room: that there is none says nothing about the room.
    pub inside: bool,
    /// The message whose own limit on edits counts.
    pub message: Option<&'a str>,
    /// Interactions carry their own token and have their own limits.
    pub with_token: bool,
    /// Asks although the token was refused a moment ago: somebody may have put it right.
    pub knocks: bool,
}

impl<'a> Call<'a> {
    pub fn new(method: Method, path: String, route: &'static str, major: &'a str) -> Self {
        Self {
            method,
            path,
            route,
            major,
            query: &[],
            body: None,
            file: None,
            room: None,
            inside: false,
            message: None,
            with_token: true,
            knocks: false,
        }
    }
}

pub struct Api {
    http: reqwest::Client,
    base: String,
    token: SecretString,
    pace: Arc<dyn Pace>,
    clock: Arc<dyn Clock>,
    paced: bool,
    /// Which bucket a route turned out to be in.
    buckets: Mutex<HashMap<&'static str, String>>,
}

impl Api {
    pub fn open(
        base: &str,
        token: SecretString,
        pace: Arc<dyn Pace>,
        clock: Arc<dyn Clock>,
        paced: bool,
    ) -> Result<Self, PortError> {
        let http = reqwest::Client::builder()
            .connect_timeout(CONNECT)
            .timeout(CALL)
            .user_agent(AGENT)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|e| PortError::never(format!("no HTTP client can be made: {e}")))?;
        Ok(Self {
            http,
            base: base.trim_end_matches('/').to_owned(),
            token,
            pace,
            clock,
            paced,
            buckets: Mutex::default(),
        })
    }

    /// Where an attachment lies: Discord's own hosts, or the stand-in's on its own host.
    pub fn attachment(&self, address: &str) -> Result<url::Url, PortError> {
        let home: Option<url::Url> = self.base.parse().ok();
        let url: url::Url = address
            .parse()
            .map_err(|_| PortError::never("the address of the file is none"))?;
        let is_theirs =
            url.scheme() == "https" && url.host_str().is_some_and(|host| ATTACHMENTS.contains(&host));
        let is_home = home.is_some_and(|home| home.origin() == url.origin());
        match is_theirs || is_home {
            true => Ok(url),
            false => Err(PortError::never("the address of the file is not Discord's")),
        }
    }

    pub fn token(&self) -> &SecretString {
        &self.token
    }

    pub fn now(&self) -> At {
        self.clock.now()
    }

    /// Whether it is ours to do something that only one may do at a time; else until when it is not.
    pub async fn turn(&self, key: &str, every: TimeDelta) -> Result<Option<At>, PortError> {
        self.pace.spend(key, every, 0).await
    }

    pub async fn get(&self, path: String, route: &'static str, major: &str) -> Result<Value, Trouble> {
        self.call(&Call::new(Method::GET, path, route, major)).await
    }

    pub async fn call(&self, call: &Call<'_>) -> Result<Value, Trouble> {
        if let Some(until) = self.pace.used_up(&self.keys(call)).await? {
            return Err(self.not_now(call, until).await?);
        }
        if let Some(until) = self.too_often(call).await? {
            return Err(self.not_yet(call, "waits, so that an old message is edited less often", until));
        }
        if self.paced
            && call.with_token
            && let Some(until) = self.pace.spend(GLOBAL, EVERY, AHEAD).await?
        {
            return Err(self.not_yet(call, "waits for the bot's turn", until));
        }
        let mut request = self
            .http
            .request(call.method.clone(), format!("{}{}", self.base, call.path));
        if call.with_token {
            request = request.header("authorization", format!("Bot {}", self.token.expose_secret()));
        }
        if !call.query.is_empty() {
            request = request.query(call.query);
        }
        request = match (call.body, call.file) {
            (Some(body), Some((name, bytes))) => request.multipart(with_file(body, name, bytes)?),
            (Some(body), None) => request.json(body),
            (None, _) => request,
        };
        let answered = match request.send().await {
            Ok(response) => response,
            Err(error) => return Err(lost(call, &error).into()),
        };
        let status = answered.status();
        let headers = answered.headers().clone();
        let body = match answered.bytes().await {
            Ok(body) => body,
            Err(error) => return Err(lost(call, &error).into()),
        };
        self.heed(call, &headers).await?;
        let value: Option<Value> = serde_json::from_slice(&body).ok();
        if status.is_success() {
            // 204 has no body.
            return match value {
                Some(value) => Ok(value),
                None if body.is_empty() => Ok(Value::Null),
                None => Err(unclear(call, format!("{} answered with no JSON", call.route)).into()),
            };
        }
        self.refused(call, status, &headers, value).await
    }

    /// Why nothing may be asked now. What was a no a moment ago is said again without asking again.
    async fn not_now(&self, call: &Call<'_>, until: At) -> Result<Trouble, PortError> {
        let Some(room) = call.room else {
            return Ok(self.not_yet(call, "waits for its turn", until));
        };
        let (status, route) = (403, call.route);
        if self.pace.used_up(&[room_key(room)]).await?.is_some() {
            let why = format!("{route}: the channel is closed to the bot");
            return Ok(Trouble::No {
                status,
                code: NO_ACCESS,
                why,
            });
        }
        if self.pace.used_up(&[right_key(room, route)]).await?.is_some() {
            let why = format!("{route}: the bot may not do this in the channel");
            return Ok(Trouble::No {
                status,
                code: NO_PERMISSION,
                why,
            });
        }
        Ok(self.not_yet(call, "waits for its turn", until))
    }

    /// Far sides say how long; our own steps would only make it longer.
    fn not_yet(&self, call: &Call<'_>, why: &str, until: At) -> Trouble {
        let left = (until - self.clock.now()).num_milliseconds();
        Trouble::Port(PortError::Later {
            why: format!("{} {why}", call.route).into(),
            after: Some((left + 999).div_euclid(1000).max(1)),
        })
    }

    /// Until when another edit of an old message waits.
    async fn too_often(&self, call: &Call<'_>) -> Result<Option<At>, PortError> {
        let Some(message) = call.message else {
            return Ok(None);
        };
        let made = markdown::id_number(message).and_then(made_at);
        if made.is_none_or(|at| self.clock.now() - at < OLD_MESSAGE) {
            return Ok(None);
        }
        let key = format!("discord:old:{message}");
        self.pace.spend(&key, OLD_EDITS_APART, OLD_EDITS_AHEAD).await
    }

    async fn refused(
        &self,
        call: &Call<'_>,
        status: StatusCode,
        headers: &HeaderMap,
        body: Option<Value>,
    ) -> Result<Value, Trouble> {
        let code = body.as_ref().and_then(|b| b.get("code")).and_then(Value::as_u64);
        if status == StatusCode::TOO_MANY_REQUESTS && code != Some(TOO_MANY_EDITS) {
            return Err(self.limited(call, headers, body.as_ref()).await?.into());
        }
        let Some(code) = code else {
            let why = format!("{}: HTTP {}", call.route, status.as_u16());
            return Err(match status.as_u16() {
                401 if call.with_token => self.no_token(why).await?,
                401 | 404 if !call.with_token => spent(0, why),
                // Not Discord, but somebody in between.
                400..=499 => Trouble::Port(PortError::later(why)),
                _ => unclear(call, why).into(),
            });
        };
        let said = body
            .as_ref()
            .and_then(|b| b.get("message"))
            .and_then(Value::as_str);
        let why = format!("{}: {} ({code})", call.route, said.unwrap_or("refused"));
        let status = status.as_u16();
        if status >= 500 {
            return Err(unclear(call, why).into());
        }
        if status == 401 {
            return Err(match call.with_token {
                true => self.no_token(why).await?,
                // Its own token has ended, which says nothing about the bot's.
                false => spent(code, why),
            });
        }
        let trouble = Trouble::No { status, code, why };
        let of_post = call.inside && code == UNKNOWN_CHANNEL;
        if let Some(room) = call.room.filter(|_| trouble.closes_room() && !of_post) {
            let closure = closure(Closed::Room, room, trouble.why());
            self.shut(&room_key(room), CLOSED_ROOM_SECONDS, closure).await?;
        }
        // Whoever may not post may still edit: what stands there goes on telling the truth.
        if let Some(room) = call.room.filter(|_| code == NO_PERMISSION) {
            let key = right_key(room, call.route);
            let closure = closure(Closed::Right, room, trouble.why());
            self.shut(&key, CLOSED_ROOM_SECONDS, closure).await?;
        }
        if let Some(message) = call.message.filter(|_| code == TOO_MANY_EDITS) {
            let seconds = asked_to_wait(headers, body.as_ref()).unwrap_or(OLD_MESSAGE_SECONDS as f64);
            let seconds = (seconds.ceil() as i64).clamp(1, 3600);
            let closure = closure(Closed::Message, message, trouble.why());
            self.shut(&message_key(message), seconds, closure).await?;
            return Err(Trouble::Port(PortError::Later {
                why: format!("{}; tried again after {seconds} s", trouble.why()).into(),
                after: Some(seconds),
            }));
        }
        Err(trouble)
    }

    /// No call goes out with this token for a while, from any replica.
    async fn no_token(&self, why: String) -> Result<Trouble, PortError> {
        tracing::error!(
            why,
            "Discord does not take the bot's token; nothing is sent for a while"
        );
        let closure = closure(Closed::Token, "", &why);
        self.shut(&self.token_key(), REFUSED_TOKEN_SECONDS, closure)
            .await?;
        Ok(Trouble::No {
            status: 401,
            code: 0,
            why,
        })
    }

    async fn limited(
        &self,
        call: &Call<'_>,
        headers: &HeaderMap,
        body: Option<&Value>,
    ) -> Result<PortError, PortError> {
        let seconds = asked_to_wait(headers, body).unwrap_or(60.0);
        let wait = TimeDelta::milliseconds((seconds.clamp(0.05, 3600.0) * 1000.0).ceil() as i64);
        let until = self.clock.now() + wait;
        let global = body.and_then(|b| b.get("global")).and_then(Value::as_bool) == Some(true)
            || headers.contains_key("x-ratelimit-global")
            // Without a body of Discord's own it is the network in front that has had enough of us.
            || body.is_none();
        meter::limited(NAME, call.route, wait.num_seconds().max(1));
        if global {
            tracing::warn!(wait_s = seconds, "Discord asks the whole bot to wait");
            let closure = closure(Closed::Bot, "", "the bot's limit");
            self.pace.shut(GLOBAL_CLOSED, until, &closure).await?;
        } else {
            let closure = closure(Closed::Call, call.route, "rate limit");
            for key in self.limits(call) {
                self.pace.shut(&key, until, &closure).await?;
            }
        }
        let whose = if global { "the bot's limit" } else { "rate limit" };
        Ok(PortError::Later {
            why: Why::from(format!("{}: {whose}", call.route)).by(Obstacle::Limit),
            after: Some(((wait.num_milliseconds() + 999) / 1000).max(1)),
        })
    }

    /// The headers say how much is left; with nothing left nobody calls before it is filled up again.
    async fn heed(&self, call: &Call<'_>, headers: &HeaderMap) -> Result<(), PortError> {
        if let Some(bucket) = headers.get("x-ratelimit-bucket").and_then(|v| v.to_str().ok()) {
            let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
            buckets.insert(call.route, bucket.to_owned());
        }
        let left = number(headers, "x-ratelimit-remaining");
        let after = number(headers, "x-ratelimit-reset-after");
        if let (Some(left), Some(after)) = (left, after)
            && left < 1.0
        {
            let wait = TimeDelta::milliseconds((after.clamp(0.0, 3600.0) * 1000.0).ceil() as i64);
            let until = self.clock.now() + wait;
            for key in self.limits(call) {
                self.pace.close(&key, until).await?;
            }
        }
        Ok(())
    }

    async fn shut(&self, key: &str, seconds: i64, closure: Closure) -> Result<(), PortError> {
        let until = self.clock.now() + TimeDelta::seconds(seconds);
        self.pace.shut(key, until, &closure).await
    }

    /// Nobody with this token tries to get the line again before then.
    pub async fn refuse_line(&self, until: At, why: &str) -> Result<(), PortError> {
        let closure = closure(Closed::Line, "", why);
        self.pace.shut(&self.line_key(), until, &closure).await
    }

    pub async fn line_refused_until(&self) -> Result<Option<At>, PortError> {
        self.pace.used_up(&[self.line_key()]).await
    }

    fn line_key(&self) -> String {
        format!("discord:line:{}", short_hash(self.token.expose_secret()))
    }

    /// Of this token only: whoever has put another one in its place need not wait.
    fn token_key(&self) -> String {
        format!("discord:token:{}", short_hash(self.token.expose_secret()))
    }

    /// All that must be free for this call.
    fn keys(&self, call: &Call<'_>) -> Vec<String> {
        let mut keys = self.limits(call);
        if call.with_token {
            keys.push(GLOBAL_CLOSED.to_owned());
        }
        if call.with_token && !call.knocks {
            keys.push(self.token_key());
        }
        keys.extend(call.message.map(message_key));
        if let Some(room) = call.room {
            keys.extend([room_key(room), right_key(room, call.route)]);
        }
        keys
    }

    /// The limit of its own that it falls under: by its route until the headers have told the bucket, then by both.
    fn limits(&self, call: &Call<'_>) -> Vec<String> {
        // An interaction's token opens a door: what is written down is only that it is another one.
        let major = if call.with_token {
            call.major.to_owned()
        } else {
            short_hash(call.major)
        };
        let buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let bucket = buckets.get(call.route).map(String::as_str);
        let names = std::iter::once(call.route).chain(bucket);
        names.map(|name| format!("discord:{name}:{major}")).collect()
    }

    /// The first answer to an interaction, in gateway mode: not limited, but every second counts. Tried again until
    /// then, because it is the only one; Discord says whether an earlier try arrived.
    pub async fn answer(
        &self,
        interaction: &str,
        token: &str,
        body: &Value,
        until: Instant,
    ) -> Result<(), Trouble> {
        let mut pause = FIRST_AGAIN;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            let time = left.clamp(FIRST_AT_LEAST, FIRST);
            let trouble = match self.answer_once(interaction, token, body, time).await {
                Ok(()) => return Ok(()),
                Err(no @ Trouble::No { .. }) => return Err(no),
                Err(unclear) => unclear,
            };
            if Instant::now() + pause >= until {
                return Err(trouble);
            }
            tracing::debug!(error = %PortError::from(trouble), "a first answer is sent again");
            turn::pause(pause).await;
            pause *= 2;
        }
    }

    async fn answer_once(
        &self,
        interaction: &str,
        token: &str,
        body: &Value,
        time: Duration,
    ) -> Result<(), Trouble> {
        let path = format!("/interactions/{interaction}/{token}/callback");
        let request = self
            .http
            .post(format!("{}{path}", self.base))
            .timeout(time)
            .json(body);
        let route = "answer interaction";
        let call = Call::new(Method::POST, String::new(), route, "");
        let answered = request.send().await.map_err(|e| lost(&call, &e))?;
        let status = answered.status();
        if status.is_success() {
            return Ok(());
        }
        let body: Option<Value> = answered.json().await.ok();
        let code = body.as_ref().and_then(|b| b.get("code")).and_then(Value::as_u64);
        let why = format!("{route}: HTTP {} ({})", status.as_u16(), code.unwrap_or(0));
        match code {
            // Another replica, or an earlier try of ours, was faster.
            Some(ALREADY_ANSWERED) => Ok(()),
            Some(code) if status.is_client_error() && status != StatusCode::TOO_MANY_REQUESTS => {
                Err(Trouble::No {
                    status: status.as_u16(),
                    code,
                    why,
                })
            }
            _ => Err(PortError::unclear(why).into()),
        }
    }
}

fn closure(what: Closed, name: &str, why: &str) -> Closure {
    Closure {
        chat: NAME.to_owned(),
        what,
        name: name.to_owned(),
        why: why.to_owned(),
    }
}

/// The token of one press has ended: it is as if what it leads to were not there any more.
fn spent(code: u64, why: String) -> Trouble {
    Trouble::No {
        status: 404,
        code,
        why,
    }
}

/// In seconds, by the body, else by the header.
fn asked_to_wait(headers: &HeaderMap, body: Option<&Value>) -> Option<f64> {
    let said = body.and_then(|b| b.get("retry_after")).and_then(Value::as_f64);
    said.or_else(|| number(headers, "retry-after"))
}

/// The body as one part, the file as another.
fn with_file(body: &Value, name: &'static str, bytes: &[u8]) -> Result<Form, PortError> {
    let part = |part: Part, kind: &str| {
        part.mime_str(kind)
            .map_err(|_| PortError::never("a part of a kind that is none"))
    };
    let json = part(Part::text(body.to_string()), "application/json")?;
    let file = part(Part::bytes(bytes.to_vec()).file_name(name), "image/png")?;
    Ok(Form::new().part("payload_json", json).part("files[0]", file))
}

const GLOBAL_CLOSED: &str = "discord:closed";

fn room_key(room: &str) -> String {
    format!("discord:room:{room}")
}

fn right_key(room: &str, route: &str) -> String {
    format!("discord:right:{room}:{route}")
}

fn message_key(message: &str) -> String {
    format!("discord:message:{message}")
}

fn short_hash(text: &str) -> String {
    let hash = sha2::Sha256::digest(text.as_bytes());
    hex::encode(hash.get(..8).unwrap_or_default())
}

fn number(headers: &HeaderMap, name: &str) -> Option<f64> {
    headers.get(name)?.to_str().ok()?.trim().parse().ok()
}

fn unclear(call: &Call<'_>, why: String) -> PortError {
    if call.method == Method::GET {
        PortError::later(why)
    } else {
        PortError::unclear(why)
    }
}

/// reqwest's own words may carry the address, and an interaction's address carries its token.
fn lost(call: &Call<'_>, error: &reqwest::Error) -> PortError {
    if error.is_connect() {
        PortError::later(format!("{}: the connection was not made", call.route))
    } else if error.is_timeout() {
        unclear(call, format!("{}: no answer in time", call.route))
    } else {
        unclear(call, format!("{}: the connection was lost", call.route))
    }
}
