//! Files as they are brought from outside: ask for an address, send the bytes there, say that it is all; then Slack takes a
//! while before a message may show them.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::png;
use crate::slack::Slack;
use crate::slack::fault::Kind;
use crate::slack::state::{ApiCall, StoredFile, World};
use crate::slack::wire::{Answer, Args, Refused};

/// What logs and faults call the step in between, which is no method.
const UPLOAD: &str = "upload";
const DOWNLOAD: &str = "download";

pub fn get_upload_url(world: &mut World, now: DateTime<Utc>, args: &Args) -> Answer {
    let name = args.word("filename").ok_or("invalid_arguments")?;
    let length = args
        .number("length")
        .filter(|n| *n > 0)
        .ok_or("invalid_arguments")?;
    let id = world.name("F");
    let ticket = world.name("upload");
    let base = world.base.clone().unwrap_or_default();
    world.files.push(StoredFile {
        id: id.clone(),
        ticket: ticket.clone(),
        name,
        length,
        title: None,
        asked: now,
        bytes: Vec::new(),
        done: None,
        ready: None,
        by: None,
    });
    Ok(json!({ "upload_url": format!("{base}/slack/upload/{ticket}"), "file_id": id }))
}

pub fn complete(world: &mut World, now: DateTime<Utc>, args: &Args) -> Answer {
    let files = match args.nested("files", "invalid_arguments")? {
        Some(Value::Array(files)) if !files.is_empty() => files,
        _ => return Err("invalid_arguments".into()),
    };
    let takes = match world.faults.strike(Kind::StuckFile) {
        None => Some(world.settings.files_take),
        Some(stuck) => stuck
            .ms
            .and_then(|ms| i64::try_from(ms).ok())
            .map(TimeDelta::milliseconds),
    };
    let mut shown = Vec::new();
    for wanted in &files {
        let id = wanted["id"].as_str().unwrap_or_default();
        let file = world
            .files
            .iter_mut()
            .find(|file| file.id == id)
            .ok_or("file_not_found")?;
        if file.bytes.is_empty() {
            return Err("file_not_found".into());
        }
        // Said twice, it is all twice, and nothing else.
        if file.done.is_none() {
            file.done = Some(now);
            file.ready = takes.map(|takes| now + takes);
        }
        file.title = wanted["title"].as_str().map(str::to_owned);
        shown.push(json!({ "id": file.id, "title": file.title }));
    }
    Ok(json!({ "files": shown }))
}

pub fn info(world: &mut World, now: DateTime<Utc>, args: &Args) -> Answer {
    let id = args.word("file").ok_or("file_not_found")?;
    let file = world
        .file(&id)
        .filter(|f| f.done.is_some())
        .ok_or("file_not_found")?;
    if file.by.is_some() {
        return Ok(json!({ "file": handed(world, file) }));
    }
    let size = png::size(&file.bytes).filter(|_| world.is_processed(file, now));
    // Before Slack has looked into it, these are empty.
    let kind = if size.is_some() { "image/png" } else { "" };
    let mut shown = json!({
        "id": file.id, "name": file.name, "title": file.title, "mimetype": kind, "size": file.bytes.len(),
        "filetype": if size.is_some() { "png" } else { "" },
    });
    if let Some((width, height)) = size {
        shown["original_w"] = json!(width);
        shown["original_h"] = json!(height);
    }
    Ok(json!({ "file": shown }))
}

/// A message that shows what is not there, or not yet, is refused as a whole.
pub fn judge(world: &World, now: DateTime<Utc>, blocks: &[Value]) -> Result<(), Refused> {
    for block in blocks.iter().filter(|b| b["type"] == "image") {
        let Some(named) = block.get("slack_file") else {
            continue;
        };
        let id = named["id"].as_str().unwrap_or_default();
        let ready = world.file(id).is_some_and(|file| world.is_processed(file, now));
        if !ready {
            return Err(
                Refused::from("invalid_blocks").messages(vec!["[ERROR] invalid slack file".to_owned()])
            );
        }
    }
    Ok(())
}

impl World {
    pub fn file(&self, id: &str) -> Option<&StoredFile> {
        self.files.iter().find(|file| file.id == id)
    }

    fn is_processed(&self, file: &StoredFile, now: DateTime<Utc>) -> bool {
        file.ready.is_some_and(|at| now >= at) && png::size(&file.bytes).is_some()
    }
}

/// The bytes. The address is secret enough: no token is asked for.
pub async fn upload(State(slack): State<Arc<Slack>>, Path(ticket): Path<String>, body: Bytes) -> Response {
    let (fault, status) = slack.change(|world, now| {
        let fault = world.faults.strike_call(UPLOAD);
        let works = !matches!(
            fault.as_ref().map(|f| f.kind),
            Some(Kind::ServerError | Kind::RequestLost | Kind::RateLimit)
        );
        let status = match world.files.iter_mut().find(|f| f.ticket == ticket) {
            None => 404,
            // What was announced is what comes, once.
            Some(file) if u64::try_from(body.len()).ok() != Some(file.length) => 400,
            Some(file) => {
                if works {
                    file.bytes = body.to_vec();
                }
                200
            }
        };
        let status = match fault.as_ref().map(|f| (f.kind, f.status)) {
            Some((Kind::ServerError, status)) => status.unwrap_or(502),
            Some((Kind::RateLimit, _)) => 429,
            Some((Kind::RequestLost | Kind::AnswerLost, _)) => 0,
            _ => status,
        };
        world.calls.push(ApiCall {
            at: now,
            method: UPLOAD.to_owned(),
            channel: None,
            error: (status != 200).then(|| format!("http_{status}")),
        });
        (fault, status)
    });
    if let Some(ms) = fault
        .filter(|f| f.kind == Kind::Slow)
        .map(|f| f.ms.unwrap_or(2_000))
    {
        tokio::time::sleep(Duration::from_millis(ms)).await;
    }
    match StatusCode::from_u16(status) {
        Ok(StatusCode::OK) => "OK".into_response(),
        Ok(status) => (status, Html("<html><body>no</body></html>")).into_response(),
        Err(_) => super::cut(None),
    }
}

/// A person's file, as a form and `files.info` tell of it.
pub fn handed(world: &World, file: &StoredFile) -> Value {
    let base = world.base.clone().unwrap_or_default();
    let address = format!("{base}/slack/files/{}/{}", file.id, encoded(&file.name));
    let kind = file
        .name
        .rsplit_once('.')
        .map_or("", |(_, ending)| ending)
        .to_lowercase();
    let mimetype = match kind.as_str() {
        "csv" => "text/csv",
        "json" => "application/json",
        "html" => "text/html",
        "zip" => "application/zip",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        _ => "text/plain",
    };
    json!({
        "id": file.id, "created": file.asked.timestamp(), "name": file.name, "title": file.name, "user": file.by,
        "mimetype": mimetype, "filetype": kind, "size": file.length, "mode": "hosted", "is_external": false,
        "is_public": false, "url_private": address, "url_private_download": address,
    })
}

fn encoded(name: &str) -> String {
    url::form_urlencoded::byte_serialize(name.as_bytes()).collect()
}

/// What a person handed in, for whoever has the token and the scope; to all others Slack shows the way to its sign-in page.
pub async fn download(
    State(slack): State<Arc<Slack>>,
    Path((id, _)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let bearer = headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok());
    let (bytes, fault) = slack.change(|world, now| {
        let fault = world.faults.strike_call(DOWNLOAD);
        let knows =
            bearer == Some(&format!("Bearer {}", world.settings.bot_token)) && !world.settings.revoked;
        let may = knows && world.settings.scopes.contains("files:read");
        let file = world.file(&id).filter(|f| f.by.is_some());
        let bytes = file.filter(|_| may).map(|f| f.bytes.clone());
        world.calls.push(ApiCall {
            at: now,
            method: DOWNLOAD.to_owned(),
            channel: None,
            error: bytes.is_none().then(|| "http_302".to_owned()),
        });
        (bytes, fault)
    });
    match (fault.map(|f| (f.kind, f.status)), bytes) {
        (Some((Kind::ServerError, status)), _) => StatusCode::from_u16(status.unwrap_or(502))
            .unwrap_or(StatusCode::BAD_GATEWAY)
            .into_response(),
        (Some((Kind::RateLimit, _)), _) => StatusCode::TOO_MANY_REQUESTS.into_response(),
        (Some((Kind::RequestLost | Kind::AnswerLost, _)), _) => super::cut(None),
        (_, Some(bytes)) => ([(header::CONTENT_TYPE, "application/octet-stream")], bytes).into_response(),
        (_, None) => (
            StatusCode::FOUND,
            [(header::LOCATION, "https://example.slack.com/?redir=files")],
        )
            .into_response(),
    }
}

/// For the demo page, which shows what a person in the workspace would see.
pub async fn show(State(slack): State<Arc<Slack>>, Path(id): Path<String>) -> Response {
    let bytes = slack.look().file(&id).map(|file| file.bytes.clone());
    match bytes.filter(|bytes| png::size(bytes).is_some()) {
        Some(bytes) => ([(header::CONTENT_TYPE, "image/png")], bytes).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
