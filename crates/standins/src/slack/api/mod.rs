//! The Web API's front desk: who calls, may they, are they too fast, does something break just now. Only then
//! does a method get to see the workspace.

mod chat;
mod content;
mod conversations;
mod files;
mod history;
mod people;
mod session;
mod views;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use chrono::{DateTime, Utc};
use futures::stream;
use serde_json::{Value, json};

use super::Slack;
use super::fault::{Fault, Kind};
use super::state::{ApiCall, World};
use super::wire::{Answer, Args, Refused};

pub use content::{Content, content};
pub use files::handed as handed_file;
pub use history::message_json;
pub use views::{fit, show, view_json};

pub fn routes() -> Router<Arc<Slack>> {
    Router::new()
        .route("/slack/api/{method}", get(call).post(call))
        .route("/slack/upload/{ticket}", post(files::upload))
        .route("/slack/files/{id}", get(files::show))
        .route("/slack/files/{id}/{name}", get(files::download))
}

type Work = fn(&mut World, DateTime<Utc>, &Args) -> Answer;

/// What a method does, and the scopes of which one must be there.
fn method(world: &World, name: &str, args: &Args) -> Option<(Work, Vec<String>)> {
    let of_channel = |what: &str| vec![format!("{}:{what}", conversations::kind(world, args))];
    let plain = |scope: &str| vec![scope.to_owned()];
    Some(match name {
        "api.test" => (session::api_test as Work, vec![]),
        "auth.test" => (session::auth_test, vec![]),
        "apps.connections.open" => (session::connections_open, vec![]),
        "chat.postMessage" => (chat::post, plain("chat:write")),
        "chat.update" => (chat::update, plain("chat:write")),
        "chat.delete" => (chat::delete, plain("chat:write")),
        "chat.postEphemeral" => (chat::post_ephemeral, plain("chat:write")),
        "chat.getPermalink" => (chat::permalink, vec![]),
        "conversations.info" => (conversations::info, of_channel("read")),
        "conversations.list" => (conversations::list, conversations::list_scopes(args)),
        "conversations.members" => (conversations::members, of_channel("read")),
        "conversations.history" => (history::history, of_channel("history")),
        "conversations.replies" => (history::replies, of_channel("history")),
        "conversations.join" => (conversations::join, plain("channels:join")),
        "conversations.open" => (conversations::open, plain("im:write")),
        "users.info" => (people::info, plain("users:read")),
        "users.list" => (people::list, plain("users:read")),
        "usergroups.list" => (people::groups, plain("usergroups:read")),
        "usergroups.users.list" => (people::group_users, plain("usergroups:read")),
        "views.open" => (views::open, vec![]),
        "views.push" => (views::push, vec![]),
        "views.update" => (views::update, vec![]),
        "views.publish" => (views::publish, vec![]),
        "files.getUploadURLExternal" => (files::get_upload_url, plain("files:write")),
        "files.completeUploadExternal" => (files::complete, plain("files:write")),
        "files.info" => (files::info, plain("files:read")),
        _ => return None,
    })
}

async fn call(
    State(slack): State<Arc<Slack>>,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    slack.learn_base(&headers);
    let (fault, answer, scopes) = slack.change(|world, now| {
        let args = Args::read(&headers, query.as_deref(), &body);
        let (fault, answer) = match &args {
            Ok(args) => attend(world, now, &name, token(&headers, args), args),
            Err(refused) => (None, Err(refused.clone())),
        };
        let channel = args.ok().and_then(|args| args.word("channel"));
        let error = error_of(fault.as_ref(), &answer);
        world.calls.push(ApiCall {
            at: now,
            method: name.clone(),
            channel,
            error,
        });
        let scopes: Vec<&str> = world.settings.scopes.iter().map(String::as_str).collect();
        (fault, answer, scopes.join(","))
    });
    let mut response = write(fault.as_ref(), answer).await;
    if let Ok(scopes) = HeaderValue::from_str(&scopes) {
        response.headers_mut().insert("x-oauth-scopes", scopes);
    }
    response
}

/// What the log says. A lost answer is no error of the call: the work was done.
fn error_of(fault: Option<&Fault>, answer: &Answer) -> Option<String> {
    match fault.map(|fault| fault.kind) {
        Some(Kind::ServerError) => Some("server_error".to_owned()),
        Some(Kind::RequestLost) => Some("request_lost".to_owned()),
        _ => answer.as_ref().err().map(|refused| refused.error.clone()),
    }
}

fn token(headers: &HeaderMap, args: &Args) -> Option<String> {
    let bearer = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "));
    bearer.map(str::to_owned).or_else(|| args.word("token"))
}

fn attend(
    world: &mut World,
    now: DateTime<Utc>,
    name: &str,
    token: Option<String>,
    args: &Args,
) -> (Option<Fault>, Answer) {
    let known = method(world, name, args).filter(|_| !world.settings.absent.contains(name));
    let Some((work, scopes)) = known else {
        let refused = Refused::from("unknown_method").with("req_method", json!(name));
        return (None, Err(refused));
    };
    if let Err(refused) = admit(world, name, token.as_deref()) {
        return (None, Err(refused));
    }
    let fault = world.faults.strike_call(name);
    match fault.as_ref().map(|fault| fault.kind) {
        Some(Kind::RateLimit) => {
            let wait = fault.as_ref().and_then(|fault| fault.retry_after);
            let wait = wait.map_or(1, |seconds| seconds.ceil() as u64);
            return (fault, Err(limited(world, wait)));
        }
        Some(Kind::ServerError | Kind::RequestLost) => return (fault, Ok(json!({}))),
        Some(Kind::MissingScope) => return (fault, Err(missing(world, &scopes))),
        Some(Kind::RefusedToken) => return (fault, Err("invalid_auth".into())),
        Some(Kind::ArchivedChannel) => {
            let channel = args.word("channel").unwrap_or_default();
            world.set_archived(&channel, true);
            world.archived_by_fault.insert(channel);
        }
        _ => {}
    }
    if !scopes.is_empty() && !scopes.iter().any(|scope| world.settings.scopes.contains(scope)) {
        return (fault, Err(missing(world, &scopes)));
    }
    if world.settings.rate_limits
        && let Err(wait) = world
            .rates
            .take(name, &args.word("channel").unwrap_or_default(), now)
    {
        return (fault, Err(limited(world, wait)));
    }
    let answer = work(world, now, args);
    match fault.as_ref().map(|fault| fault.kind) {
        Some(Kind::FatalError) => (fault, answer.and(Err("fatal_error".into()))),
        _ => (fault, answer),
    }
}

fn admit(world: &World, name: &str, token: Option<&str>) -> Result<(), Refused> {
    let settings = &world.settings;
    match token {
        _ if name == "api.test" => Ok(()),
        None => Err("not_authed".into()),
        Some(token) if name == "apps.connections.open" && token == settings.app_token => Ok(()),
        Some(token) if name == "apps.connections.open" && token == settings.bot_token => {
            Err("not_allowed_token_type".into())
        }
        Some(token) if token == settings.app_token => Err("not_allowed_token_type".into()),
        Some(token) if token == settings.bot_token && settings.revoked => Err("token_revoked".into()),
        Some(token) if token == settings.bot_token => Ok(()),
        Some(_) => Err("invalid_auth".into()),
    }
}

fn missing(world: &World, scopes: &[String]) -> Refused {
    let provided: Vec<&str> = world.settings.scopes.iter().map(String::as_str).collect();
    Refused::from("missing_scope")
        .with("needed", json!(scopes.join(",")))
        .with("provided", json!(provided.join(",")))
}

fn limited(world: &mut World, wait: u64) -> Refused {
    world.limited += 1;
    Refused::from("ratelimited").with("retry_after", json!(wait))
}

async fn write(fault: Option<&Fault>, answer: Answer) -> Response {
    match fault.map(|fault| (fault.kind, fault)) {
        Some((Kind::ServerError, fault)) => {
            let status = fault.status.and_then(|code| StatusCode::from_u16(code).ok());
            let page = "<html><body><h1>Something went wrong</h1></body></html>";
            return (status.unwrap_or(StatusCode::BAD_GATEWAY), Html(page)).into_response();
        }
        Some((Kind::RequestLost, _)) => return cut(None),
        Some((Kind::AnswerLost, _)) => return cut(Some(Bytes::from_static(b"{\"ok\":tr"))),
        Some((Kind::Slow, fault)) => {
            tokio::time::sleep(Duration::from_millis(fault.ms.unwrap_or(2_000))).await;
        }
        _ => {}
    }
    match answer {
        Ok(fields) => axum::Json(enveloped(fields)).into_response(),
        Err(refused) if refused.error == "ratelimited" => {
            let wait = refused
                .fields
                .get("retry_after")
                .and_then(Value::as_u64)
                .unwrap_or(1);
            let body = axum::Json(json!({ "ok": false, "error": "ratelimited" }));
            let headers = [(header::RETRY_AFTER, wait.to_string())];
            (StatusCode::TOO_MANY_REQUESTS, headers, body).into_response()
        }
        Err(refused) => axum::Json(refused.body()).into_response(),
    }
}

fn enveloped(fields: Value) -> Value {
    let mut body = serde_json::Map::from_iter([("ok".to_owned(), Value::Bool(true))]);
    if let Value::Object(fields) = fields {
        body.extend(fields);
    }
    Value::Object(body)
}

/// An answer that breaks off after its first part, or before anything was said at all. hyper closes the
/// connection when the body fails; the pause lets the first part out before it does.
fn cut(first: Option<Bytes>) -> Response {
    let broken = || std::io::Error::other("the connection was cut on purpose");
    let body = match first {
        None => Body::from_stream(stream::once(async move { Err::<Bytes, _>(broken()) })),
        Some(first) => Body::from_stream(stream::unfold(Some(first), move |first| async move {
            if let Some(bytes) = first {
                return Some((Ok(bytes), None));
            }
            tokio::task::yield_now().await;
            Some((Err(broken()), None))
        })),
    };
    let mut response = Response::new(body);
    let kind = HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}
