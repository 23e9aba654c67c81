//! REST's front desk: who calls, may they, are they too fast, does something break just now, is what they send in
//! order. Only then does a route get to see the server.

mod channels;
mod commands;
mod forum;
mod guild;
mod interactions;
mod messages;
mod route;
mod session;
mod threads;
mod write;

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::Path;
use axum::extract::RawQuery;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::Method;
use axum::http::header;
use axum::response::IntoResponse;
use axum::response::Response;
use axum::routing::any;
use axum::routing::get;
use chrono::DateTime;
use chrono::Utc;
use serde_json::Value;
use serde_json::json;

use super::Discord;
use super::fault::Fault;
use super::fault::Kind;
use super::multipart;
use super::multipart::Sent;
use super::rate::Bucketed;
use super::rate::INVALID_MOST;
use super::refused::Answer;
use super::refused::Refused;
use super::refused::Reply;
use super::state::ApiCall;
use super::state::World;
use crate::png;
use route::Access;
use route::Route;

pub use messages::Draft;

pub fn routes() -> Router<Arc<Discord>> {
    Router::new()
        .route("/discord/api/v10/{*path}", any(call))
        .route("/discord/attachments/{id}/{name}", get(attachment))
        .route("/discord/ephemeral-attachments/{id}/{name}", get(handed))
}

/// As Discord has it where nobody has paid for more.
const MOST_IN_FILE: usize = 10 * 1024 * 1024;
const MOST_IN_REQUEST: usize = 25 * 1024 * 1024;

/// For the demo page, which shows what a member of the server would see.
async fn attachment(State(discord): State<Arc<Discord>>, Path((id, _)): Path<(String, String)>) -> Response {
    let bytes = discord.look().files.get(&id).cloned();
    match bytes.filter(|bytes| png::size(bytes).is_some()) {
        Some(bytes) => ([(header::CONTENT_TYPE, "image/png")], bytes).into_response(),
        None => axum::http::StatusCode::NOT_FOUND.into_response(),
    }
}

/// What somebody handed in, for whoever has the address.
async fn handed(State(discord): State<Arc<Discord>>, Path((id, _)): Path<(String, String)>) -> Response {
    let (bytes, fault) = discord.change(|world, _| {
        let bytes = world
            .files
            .get(&id)
            .filter(|_| world.held.contains_key(&id))
            .cloned();
        (bytes, world.faults.strike_call("download").is_some())
    });
    match bytes.filter(|_| !fault) {
        Some(bytes) => ([(header::CONTENT_TYPE, "application/octet-stream")], bytes).into_response(),
        None if fault => axum::http::StatusCode::BAD_GATEWAY.into_response(),
        None => axum::http::StatusCode::NOT_FOUND.into_response(),
    }
}

/// A request as a route sees it.
#[derive(Debug, Default)]
pub struct Call {
    /// What stands in the places of the path, in order.
    pub places: Vec<String>,
    pub query: BTreeMap<String, String>,
    pub body: Value,
    pub files: Vec<Sent>,
}

impl Call {
    pub fn place(&self, at: usize) -> &str {
        self.places.get(at).map_or("", String::as_str)
    }
}

/// What comes back, with what the headers tell about the rate.
pub struct Told {
    pub answer: Answer,
    pub bucket: Option<Bucketed>,
    /// Of a 429: `user` or `global`.
    pub scope: &'static str,
}

impl From<Answer> for Told {
    fn from(answer: Answer) -> Self {
        Self {
            answer,
            bucket: None,
            scope: "user",
        }
    }
}

impl From<Refused> for Told {
    fn from(refused: Refused) -> Self {
        Err(refused).into()
    }
}

async fn call(
    State(discord): State<Arc<Discord>>,
    Path(path): Path<String>,
    method: Method,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    discord.learn_base(&headers);
    let (fault, told) = discord.change(|world, now| {
        let found = route::find(&method, &path);
        let (name, place) = match &found {
            Ok((route, places)) => (route.name, places.first().cloned()),
            Err(_) => ("unknown", None),
        };
        let (fault, told) = match found {
            Ok((route, places)) => {
                let query = pairs(query.as_deref());
                let call = Call {
                    places,
                    query,
                    body: Value::Null,
                    files: Vec::new(),
                };
                attend(world, now, route, call, &headers, &body)
            }
            Err(refused) => (None, refused.into()),
        };
        let refused = told.answer.as_ref().err();
        let (status, code) = said(fault.as_ref(), &told.answer);
        if matches!(status, 401 | 403 | 429) {
            world.rates.count_invalid(now);
        }
        if let Some(refused) = refused.filter(|refused| refused.is_odd()) {
            let what = refused.body();
            world.odd.push(format!("{method} {path}: {what}"));
        }
        world.calls.push(ApiCall {
            at: now,
            name: name.to_owned(),
            channel: place,
            status,
            code,
        });
        (fault, told)
    });
    write::write(fault.as_ref(), told).await
}

/// What the log says. A lost answer is no error of the call: the work was done.
fn said(fault: Option<&Fault>, answer: &Answer) -> (u16, Option<u32>) {
    match (fault.map(|fault| fault.kind), answer) {
        (Some(Kind::ServerError), _) => (fault.and_then(|f| f.status).unwrap_or(502), None),
        (Some(Kind::RequestLost), _) => (0, None),
        (_, Ok(reply)) => (reply.status, None),
        (_, Err(refused)) => (refused.status, Some(refused.code)),
    }
}

fn pairs(query: Option<&str>) -> BTreeMap<String, String> {
    let pairs = url::form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    pairs
        .map(|(key, value)| (key.into_owned(), value.into_owned()))
        .collect()
}

fn attend(
    world: &mut World,
    now: DateTime<Utc>,
    route: &Route,
    call: Call,
    headers: &HeaderMap,
    body: &[u8],
) -> (Option<Fault>, Told) {
    if let Err(refused) = admit(world, route, headers, now) {
        return (None, refused.into());
    }
    let fault = world.faults.strike_call(route.name);
    match fault.as_ref().map(|fault| fault.kind) {
        Some(Kind::ServerError | Kind::RequestLost) => return (fault, Ok(Reply::empty()).into()),
        Some(Kind::Unauthorized) => return (fault, Refused::unauthorized().into()),
        Some(Kind::Forbidden) => return (fault, Refused::missing_permissions().into()),
        Some(Kind::OldEdit) => {
            let wait = fault.as_ref().and_then(|fault| fault.retry_after).unwrap_or(20.0);
            return (fault, too_old(world, wait).into());
        }
        Some(Kind::RateLimit) => {
            let wait = fault.as_ref().and_then(|fault| fault.retry_after).unwrap_or(1.0);
            let global = fault.as_ref().is_some_and(|fault| fault.global);
            return (fault, limited(world, wait, global, None));
        }
        _ => {}
    }
    let bucket = match slow_down(world, now, route, &call) {
        Ok(bucket) => bucket,
        Err(told) => return (fault, *told),
    };
    let answer = read(world, route, headers, body).and_then(|(body, files)| {
        let call = Call { body, files, ..call };
        (route.work)(world, now, &call)
    });
    let told = Told {
        answer,
        bucket,
        scope: "user",
    };
    (fault, told)
}

fn admit(world: &World, route: &Route, headers: &HeaderMap, now: DateTime<Utc>) -> Result<(), Refused> {
    if world.rates.invalid(now) >= INVALID_MOST {
        // Cloudflare's page, not Discord's JSON.
        return Err(Refused::new(429, 1015, "banned"));
    }
    let text = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let agent = text(header::USER_AGENT).unwrap_or_default();
    if !agent.starts_with("DiscordBot (") {
        return Err(Refused::new(403, 40333, "internal network error"));
    }
    let token = text(header::AUTHORIZATION).unwrap_or_default();
    match route.access {
        Access::Open => Ok(()),
        Access::Bot if token.strip_prefix("Bot ") == Some(&world.settings.bot_token) => Ok(()),
        Access::Bot => Err(Refused::unauthorized()),
    }
}

fn slow_down(
    world: &mut World,
    now: DateTime<Utc>,
    route: &Route,
    call: &Call,
) -> Result<Option<Bucketed>, Box<Told>> {
    if !world.settings.rate_limits || route.name == "callback" {
        return Ok(None);
    }
    if route.access == Access::Bot
        && let Err(wait) = world.rates.take_global(now)
    {
        return Err(Box::new(limited(world, wait, true, None)));
    }
    match world.rates.take(route.name, &route.major(call), now) {
        Ok(bucket) => Ok(Some(bucket)),
        Err(bucket) => {
            let wait = bucket.after;
            Err(Box::new(limited(world, wait, false, Some(bucket))))
        }
    }
}

fn limited(world: &mut World, wait: f64, global: bool, bucket: Option<Bucketed>) -> Told {
    world.rates.limited += 1;
    let refused = Refused::new(429, 0, "You are being rate limited.")
        .with("retry_after", json!((wait * 1000.0).round() / 1000.0))
        .with("global", json!(global));
    Told {
        answer: Err(refused),
        bucket,
        scope: if global { "global" } else { "user" },
    }
}

/// Too many edits of messages older than an hour.
pub fn too_old(world: &mut World, wait: f64) -> Refused {
    world.rates.limited += 1;
    let message = "Maximum number of edits to messages older than 1 hour reached. Try again later.";
    Refused::new(429, 30046, message)
        .with("retry_after", json!((wait * 1000.0).round() / 1000.0))
        .with("global", json!(false))
}

/// The body as JSON, judged by the official description where a test has it.
fn read(
    world: &mut World,
    route: &Route,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<(Value, Vec<Sent>), Refused> {
    if body.is_empty() {
        return Ok((json!({}), Vec::new()));
    }
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    // Only messages bring files.
    let brought = kind
        .and_then(multipart::boundary)
        .filter(|_| route.name == "create_message");
    let (body, files) = match brought {
        Some(boundary) => {
            if body.len() > MOST_IN_REQUEST {
                return Err(Refused::new(413, 40005, "Request entity too large"));
            }
            let parts = multipart::read(boundary, body)
                .ok_or_else(|| Refused::new(400, 50109, "The request body contains an invalid form."))?;
            (parts.payload, parts.files)
        }
        None if kind.is_some_and(|kind| kind.starts_with("application/json")) => (body.to_vec(), Vec::new()),
        None => {
            let message = "Expected \"Content-Type\" header to be one of {'application/json'}.";
            return Err(Refused::new(400, 50035, message));
        }
    };
    if files.iter().any(|file| file.bytes.len() > MOST_IN_FILE) {
        return Err(Refused::new(413, 40005, "Request entity too large"));
    }
    let body: Value = serde_json::from_slice(&body)
        .map_err(|_| Refused::new(400, 50109, "The request body contains invalid JSON."))?;
    let judge = world.settings.judge.clone();
    let complaints = judge.map_or_else(Vec::new, |judge| judge.complaints(&route.told(), &body));
    if complaints.is_empty() {
        return Ok((body, files));
    }
    let errors: Vec<Value> = complaints
        .iter()
        .map(|complaint| json!({ "code": "OFFICIAL_DESCRIPTION", "message": complaint }))
        .collect();
    Err(Refused::invalid_form(json!({ "_errors": errors })))
}
