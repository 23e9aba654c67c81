//! The address every press and command brings along: five answers within half an hour, without a token and
//! whether or not the bot may post in the channel.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use chrono::{DateTime, TimeDelta, Utc};

use super::Slack;
use super::api::{Content, content};
use super::state::{Ephemeral, Message, ResponseUrl, World};
use super::wire::{Args, Refused, normal};

const USES: u32 = 5;
const LIVES: TimeDelta = TimeDelta::minutes(30);

pub fn routes() -> Router<Arc<Slack>> {
    Router::new().route("/slack/response/{token}", post(respond))
}

async fn respond(
    State(slack): State<Arc<Slack>>,
    Path(token): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if headers.contains_key(AUTHORIZATION) {
        // It needs none, and whoever can be sent elsewhere gives it away.
        return (StatusCode::BAD_REQUEST, "a token has no business here").into_response();
    }
    let done = Args::read(&headers, None, &body)
        .and_then(|args| slack.change(|world, now| world.respond(now, &token, &args)));
    match done {
        Ok(()) => "ok".into_response(),
        Err(refused) => (StatusCode::NOT_FOUND, axum::Json(refused.body())).into_response(),
    }
}

impl World {
    fn respond(&mut self, now: DateTime<Utc>, token: &str, args: &Args) -> Result<(), Refused> {
        let url = self.response_urls.get_mut(token).ok_or("invalid_url")?;
        if now - url.at > LIVES {
            return Err("expired_url".into());
        }
        if url.uses >= USES {
            return Err("used_url".into());
        }
        url.uses += 1;
        let url = url.clone();
        self.answer(now, &url, args)
    }

    /// Also what the body of a command's acknowledgement does.
    pub fn answer(&mut self, now: DateTime<Utc>, url: &ResponseUrl, args: &Args) -> Result<(), Refused> {
        if args.flag("delete_original") == Some(true) {
            return self.replace(url, None);
        }
        let content = content(self, args)?;
        if content.is_empty() {
            return Err("no_text".into());
        }
        if args.flag("replace_original") == Some(true) {
            return self.replace(url, Some(content));
        }
        let ts = self.ts(now);
        let text = normal(&content.text.unwrap_or_default());
        let blocks = content.blocks.unwrap_or_default();
        match args.word("response_type").as_deref() {
            Some("in_channel") => self.put(Message {
                ts,
                channel: url.channel.clone(),
                user: self.settings.bot_user.clone(),
                bot_id: Some(self.settings.bot_id.clone()),
                text,
                blocks,
                metadata: None,
                thread_ts: args.word("thread_ts"),
                broadcast: false,
                client_msg_id: None,
                edited: None,
                deleted: false,
                handling: content.handling,
                version: 1,
                seen: false,
            }),
            _ => self.ephemerals.push(Ephemeral {
                ts,
                channel: url.channel.clone(),
                user: url.user.clone(),
                thread_ts: args.word("thread_ts"),
                text,
                blocks,
                deleted: false,
                seen: false,
            }),
        }
        Ok(())
    }

    /// `None` takes the original away.
    fn replace(&mut self, url: &ResponseUrl, content: Option<Content>) -> Result<(), Refused> {
        let ts = url.ts.clone().ok_or("no_original")?;
        let text = |content: &Content| normal(content.text.as_deref().unwrap_or_default());
        if url.ephemeral {
            let found = self
                .ephemerals
                .iter_mut()
                .find(|e| e.ts == ts && e.user == url.user);
            let original = found.ok_or("message_not_found")?;
            original.deleted = content.is_none();
            if let Some(content) = content {
                original.text = text(&content);
                original.blocks = content.blocks.unwrap_or_default();
                original.seen = false;
            }
            return Ok(());
        }
        let Some(content) = content else {
            return match self.remove(&url.channel, &ts) {
                true => Ok(()),
                false => Err("message_not_found".into()),
            };
        };
        let found = self.message_mut(&url.channel, &ts).filter(|m| !m.deleted);
        let original = found.ok_or("message_not_found")?;
        original.text = text(&content);
        original.blocks = content.blocks.unwrap_or_default();
        original.version += 1;
        Ok(())
    }
}
