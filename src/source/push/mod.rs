//! The source that anybody can be: `POST /hook/{source}`, signed by Standard Webhooks 1.0, with one item or a batch.
//! Whoever also names an address for replies gets them there, signed the same way. `schema/` holds the body's JSON
//! Schema and an example to run.

pub mod body;
pub mod item;
mod reply;
mod settings;
#[cfg(test)]
mod tests;

use std::time::Duration;

use async_trait::async_trait;
use secrecy::SecretString;
use serde_json::Value;

use crate::domain::At;
use crate::domain::item::Incoming;
use crate::domain::item::SourceReply;
use crate::port::PortError;
use crate::port::source::Flaw;
use crate::port::source::HookCall;
use crate::port::source::HookNews;
use crate::port::source::HookRefusal;
use crate::port::source::Page;
use crate::port::source::Published;
use crate::port::source::ReplyCall;
use crate::port::source::ReviewSource;
use crate::source::http;
use crate::source::http::Http;
use crate::source::kind::About;
use crate::source::kind::Settings as _;
pub use crate::source::push::settings::KIND;
use crate::source::push::settings::PushSettings;
use crate::source::signature;
use crate::source::signature::Secret;

pub struct Push {
    about: About,
    settings: PushSettings,
    secrets: Vec<Secret>,
    replies: Option<reply::Desk>,
}

/// Fails with a secret or an address that can never work.
pub fn open(about: About, settings: PushSettings) -> Result<Push, PortError> {
    let name = &about.name;
    let parse = |which: &str, secret: &SecretString| {
        Secret::parse(secret).map_err(|e| PortError::never(format!("source {name}, {which}: {e}")))
    };
    let secrets = settings
        .secrets
        .iter()
        .map(|s| parse("secrets", s))
        .collect::<Result<_, _>>()?;
    let replies = match &settings.reply {
        None => None,
        Some(reply) => {
            let url = http::address("reply.url", &reply.url)?;
            let secret = parse("reply.secret", &reply.secret)?;
            Some(reply::Desk {
                http: Http::open()?,
                url,
                secret,
                limit: reply.limit,
            })
        }
    };
    Ok(Push {
        about,
        settings,
        secrets,
        replies,
    })
}

impl Push {
    fn replies(&self) -> Result<&reply::Desk, PortError> {
        self.replies
            .as_ref()
            .ok_or_else(|| PortError::never("no address for replies is configured"))
    }
}

#[async_trait]
impl ReviewSource for Push {
    fn name(&self) -> &str {
        &self.about.name
    }

    fn label(&self) -> &str {
        &self.about.label
    }

    fn poll_every(&self) -> Option<Duration> {
        None
    }

    async fn fetch(&self, _cursor: Option<Value>, _now: At) -> Result<Page, PortError> {
        Err(PortError::never("this source calls us and cannot be read"))
    }

    async fn hook(&self, call: &HookCall, now: At) -> Result<HookNews, HookRefusal> {
        let delivery = signature::verify(&self.secrets, call, now);
        let delivery = delivery
            .map_err(|e| HookRefusal::Unsigned(e.to_string()))?
            .to_owned();
        let batch = body::read(&call.body).map_err(HookRefusal::Malformed)?;
        let placed = |(index, incoming): (usize, Incoming)| {
            let caps = self.settings.caps_for(&incoming);
            (
                index,
                Incoming {
                    // The sender's ids are unique at the sender.
                    scope: self.about.name.clone(),
                    caps,
                    ..incoming
                },
            )
        };
        let items = batch.items.into_iter().map(placed).collect();
        Ok(HookNews::Items {
            delivery,
            items,
            odd: batch.odd,
            unread: batch.unread,
            unread_count: batch.unread_count,
        })
    }

    async fn publish(&self, call: &ReplyCall) -> Result<Published, PortError> {
        self.replies()?.publish(call).await
    }

    async fn look(&self, call: &ReplyCall) -> Result<Option<SourceReply>, PortError> {
        self.replies()?.look(call).await
    }

    async fn check(&self, _now: At) -> Vec<Flaw> {
        let flaw = |what: &str, remedy: &str| Flaw {
            what: what.to_owned(),
            remedy: remedy.to_owned(),
        };
        let replies = self.replies.as_ref();
        let plain = replies.filter(|r| r.url.scheme() == "http" && !http::is_local(&r.url));
        let plain = plain.map(|_| {
            flaw(
                "replies go over http and can be read on the way",
                "write https:// in reply.url",
            )
        });
        let many = (self.secrets.len() > 3).then(|| {
            flaw(
                "it has more than three secrets",
                "after a rotation remove the old ones",
            )
        });
        plain.into_iter().chain(many).collect()
    }
}
