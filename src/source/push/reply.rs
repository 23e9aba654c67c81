//! How a reply reaches a shop that pushes to us: the same signed scheme in the other direction. The reply's id is the
//! idempotency key, so a shop that has seen it answers as before instead of showing it twice.

use chrono::SecondsFormat;
use reqwest::RequestBuilder;
use reqwest::header::CONTENT_TYPE;
use serde::Deserialize;
use serde_json::json;
use url::Url;

use crate::domain::At;
use crate::domain::item::SourceReply;
use crate::domain::item::Standing;
use crate::domain::item::caps::Limit;
use crate::port::PortError;
use crate::port::source::Published;
use crate::port::source::ReplyAction;
use crate::port::source::ReplyCall;
use crate::source::http;
use crate::source::http::Access;
use crate::source::http::Answer;
use crate::source::http::Http;
use crate::source::signature::Secret;

/// Where replies go.
#[derive(Debug)]
pub struct Desk {
    pub http: Http,
    pub url: Url,
    pub secret: Secret,
    pub limit: Option<Limit>,
}

/// What a shop answers. Everything may be missing: a plain 200 means "it is there".
#[derive(Debug, Default, Deserialize)]
struct Answered {
    id: Option<String>,
    url: Option<String>,
    state: Option<String>,
    #[serde(alias = "reason")]
    message: Option<String>,
}

/// Why a shop does not take it: at the top, or in an `error`.
#[derive(Debug, Default, Deserialize)]
struct Refused {
    #[serde(default)]
    code: String,
    message: Option<String>,
    error: Option<Box<Self>>,
}

#[derive(Debug, Deserialize)]
struct Found {
    #[serde(alias = "reply_id")]
    id: Option<String>,
    #[serde(default)]
    body: String,
    #[serde(alias = "published_at")]
    at: Option<At>,
    state: Option<String>,
    #[serde(alias = "reason")]
    message: Option<String>,
}

impl Refused {
    fn flat(self) -> Self {
        self.error.map_or(Self { error: None, ..self }, |inner| *inner)
    }
}

impl Desk {
    pub async fn publish(&self, call: &ReplyCall) -> Result<Published, PortError> {
        if let (Some(limit), Some(body)) = (self.limit, call.body())
            && let Some(over) = limit.excess(body)
        {
            return Err(PortError::never(format!(
                "the reply is {over} over the limit of {}",
                limit.max
            )));
        }
        let mut data = json!({
            "reply_id": reply_id(call),
            "item_id": call.native_id,
            "language": call.language,
            "revision": call.revision,
        });
        if let Some(body) = call.body() {
            data["body"] = json!(body);
        }
        let kind = match call.what {
            ReplyAction::Create { .. } => "reply.publish",
            ReplyAction::Edit { .. } => "reply.edit",
            ReplyAction::Delete => "reply.delete",
        };
        let timestamp = call.at.to_rfc3339_opts(SecondsFormat::Millis, true);
        let body = json!({ "type": kind, "timestamp": timestamp, "data": data })
            .to_string()
            .into_bytes();
        let request = self.signed(self.http.post(self.url.clone()), call, &body);
        let request = request.header(CONTENT_TYPE, "application/json").body(body);
        let answer = self.http.call(request, Access::Write, call.at).await?;
        read_published(&answer, reply_id(call))
    }

    pub async fn look(&self, call: &ReplyCall) -> Result<Option<SourceReply>, PortError> {
        let url = http::under(&self.url, &[&reply_id(call)])?;
        let request = self.signed(self.http.get(url), call, b"");
        let answer = self.http.call(request, Access::Read, call.at).await?;
        match answer.status {
            404 => Ok(None),
            405 | 501 => Err(PortError::never("this source cannot look a reply up")),
            _ if !answer.is_success() => Err(answer.error()),
            _ => {
                let found: Found = answer.json()?;
                let standing = standing(found.state.as_deref(), found.message);
                Ok(Some(SourceReply {
                    native_id: found.id,
                    body: found.body,
                    at: found.at,
                    standing,
                    by: None,
                }))
            }
        }
    }

    fn signed(&self, request: RequestBuilder, call: &ReplyCall, body: &[u8]) -> RequestBuilder {
        let headers = self.secret.headers(&call.key.to_string(), call.at, body);
        headers
            .into_iter()
            .fold(request, |request, (name, value)| request.header(name, value))
    }
}

/// A new reply has our id until the shop has given its own; whoever changes or looks up a reply names that one.
fn reply_id(call: &ReplyCall) -> String {
    call.reply_native_id
        .clone()
        .unwrap_or_else(|| call.key.to_string())
}

/// A shop that gives no id of its own knows the reply by `ours`.
fn read_published(answer: &Answer, ours: String) -> Result<Published, PortError> {
    let said = |answer: &Answer| {
        serde_json::from_slice::<Refused>(&answer.body)
            .unwrap_or_default()
            .flat()
    };
    match answer.status {
        200..=299 => {
            let silent = answer.body.trim_ascii().is_empty();
            let done: Answered = if silent {
                Answered::default()
            } else {
                answer.json()?
            };
            let standing = standing(done.state.as_deref(), done.message);
            Ok(Published {
                native_id: done.id.or(Some(ours)),
                url: done.url,
                standing,
            })
        }
        // It was understood and not taken: a "no" to the author, in the shop's words.
        422 => match said(answer) {
            no if no.code == "rejected" => Ok(Published {
                native_id: None,
                url: None,
                standing: standing(Some("rejected"), no.message),
            }),
            _ => Err(answer.error()),
        },
        409 if said(answer).code == "already_answered" => Err(PortError::never(
            "the item already has an answer at the source, and it is not this one",
        )),
        _ => Err(answer.error()),
    }
}

/// A word that we do not know is not "visible": nobody would look again.
fn standing(state: Option<&str>, message: Option<String>) -> Standing {
    match state {
        None | Some("visible" | "published") => Standing::Visible,
        Some("rejected") => Standing::Rejected(message.unwrap_or_default()),
        Some(_) => Standing::Pending,
    }
}
