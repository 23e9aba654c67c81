//! A review platform, as the workflows see it: it is read page by page, it may call us, and it may take replies.

use std::time::Duration;

use async_trait::async_trait;
use chrono::TimeDelta;
use serde_json::Value;

use crate::domain::At;
use crate::domain::id::ReplyId;
use crate::domain::item::Incoming;
use crate::domain::item::SourceReply;
use crate::domain::item::Standing;
use crate::domain::item::caps::Retry;
use crate::port::PortError;

/// A configured review platform.
#[async_trait]
pub trait ReviewSource: Send + Sync {
    /// Our name for it, as in configuration.
    fn name(&self) -> &str;

    /// What people call it.
    fn label(&self) -> &str;

    /// How often to read it; none when it only calls us.
    fn poll_every(&self) -> Option<Duration>;

    /// How many calls its platform takes; all replicas keep within it together.
    fn budgets(&self) -> &[Budget] {
        &[]
    }

    /// One page from `cursor` on. The cursor is the source's own business and is stored with the page's items in one
    /// transaction.
    async fn fetch(&self, cursor: Option<Value>, now: At) -> Result<Page, PortError>;

    /// Somebody called `POST /hook/{source}`.
    async fn hook(&self, call: &HookCall, now: At) -> Result<HookNews, HookRefusal>;

    /// One item as it is there now; `PortError::Gone` when it is not, `PortError::Never` for one that is none of ours. For
    /// sources whose calls only name items.
    async fn read(&self, native_id: &str, _now: At) -> Result<Incoming, PortError> {
        Err(PortError::never(format!(
            "{native_id} cannot be read on its own here"
        )))
    }

    /// Publishes, changes or removes a reply. `call.key` is the same for each try of the same approval.
    async fn publish(&self, call: &ReplyCall) -> Result<Published, PortError>;

    /// The reply that stands at the source now, whoever wrote it: `None` when there is none. For an item that is
    /// gone it is `PortError::Gone`. A source that cannot look says `PortError::Never`.
    async fn look(&self, call: &ReplyCall) -> Result<Option<SourceReply>, PortError>;

    /// For operators: what is wrong with the settings or the access, each with its remedy.
    async fn check(&self, now: At) -> Vec<Flaw>;
}

/// So many calls in any span of this length, counted one for each `fetch`, `read`, `look` and `publish`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    pub calls: Calls,
    pub most: i32,
    pub per: TimeDelta,
}

/// Which calls a platform counts together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Calls {
    Reads,
    Writes,
    All,
}

impl Calls {
    pub fn includes(self, other: Self) -> bool {
        self == Self::All || self == other
    }
}

/// One line of `zeitnah check` about a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    pub what: String,
    pub remedy: String,
}

/// What is to be done, by what sort of error it is.
#[derive(Debug, Clone, Copy)]
pub struct Remedies {
    pub denied: &'static str,
    pub gone: &'static str,
    /// Also where nobody knows whether it worked.
    pub later: &'static str,
    pub never: &'static str,
}

impl Flaw {
    pub fn of(what: &str, error: &PortError, remedies: &Remedies) -> Self {
        let remedy = match error {
            PortError::Denied { .. } => remedies.denied,
            PortError::Gone { .. } => remedies.gone,
            PortError::Later { .. } | PortError::Unclear { .. } => remedies.later,
            PortError::Never { .. } => remedies.never,
        };
        Self {
            what: format!("{what}: {}", error.why().text()),
            remedy: remedy.to_owned(),
        }
    }

    /// Where a refusal of `who` says itself what to do, behind a colon.
    pub fn told(error: &PortError, who: &str) -> Option<Self> {
        let PortError::Denied { why } = error else {
            return None;
        };
        let (what, remedy) = why
            .ours
            .split_once(": ")
            .filter(|(what, _)| what.starts_with(who))?;
        Some(Self {
            what: what.to_owned(),
            remedy: remedy.to_owned(),
        })
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    pub items: Vec<Incoming>,
    /// Items that could not be understood, each with a reason; they are kept and reported, not lost.
    pub odd: Vec<OddItem>,
    pub cursor: Value,
    /// Read on at once.
    pub more: bool,
    /// This page ends a listing that left nothing out.
    pub complete: Option<CompleteWalk>,
}

/// Everything a source lists in one scope. A known item that is missing here may be gone: look before believing it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompleteWalk {
    pub scope: String,
    /// The native ids that were listed, also of items that could not be understood.
    pub ids: Vec<String>,
    /// When the walk began: an item first seen after this is not missing, it is new.
    pub since: At,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OddItem {
    /// Where in the page or batch, from 0.
    pub index: usize,
    pub native_id: Option<String>,
    pub why: String,
}

/// A call from outside, exactly as it came.
#[derive(Debug, Clone, Default)]
pub struct HookCall {
    /// What stands behind the source's name in the address: who was not told the address does not know it.
    pub token: Option<String>,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl HookCall {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, v)| v.as_str())
    }
}

/// What a call told us.
#[derive(Debug, Clone, PartialEq)]
pub enum HookNews {
    /// `delivery` is the sender's own id of this delivery; the same one again is answered the same way.
    Items {
        delivery: String,
        items: Vec<(usize, Incoming)>,
        odd: Vec<OddItem>,
        /// Places of fields that were sent and are not used, the first of `unread_count`.
        unread: Vec<String>,
        unread_count: usize,
    },
    /// There is news of these items, says somebody who cannot prove who it is: each is read at the source before anything
    /// is believed. Each is in one of the scopes.
    Named { scopes: Vec<String>, ids: Vec<String> },
    /// Only "look now".
    WakeUp,
    /// The sender tries whether anybody answers here, or tells what is none of our business: nothing follows from it.
    Trial,
}

/// Why a call is not taken. Verified senders get the details, others learn only that they are not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HookRefusal {
    #[error("{0}")]
    Unsigned(String),
    #[error("{0}")]
    Malformed(String),
    #[error("this source takes no calls")]
    NotHere,
    /// We could not verify because something else was away; the sender should try again.
    #[error("{0}")]
    Later(String),
}

#[derive(Debug, Clone, PartialEq)]
pub struct ReplyCall {
    pub what: ReplyAction,
    /// The reply's id: the idempotency key where the source knows such a thing.
    pub key: ReplyId,
    pub scope: String,
    pub native_id: String,
    /// The reply at the source that is changed or removed.
    pub reply_native_id: Option<String>,
    pub language: Option<String>,
    pub revision: i32,
    /// When the source last told us about the item, as we stored it.
    pub raw: Value,
    pub at: At,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReplyAction {
    Create { body: String },
    Edit { body: String },
    Delete,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    pub native_id: Option<String>,
    pub url: Option<String>,
    pub standing: Standing,
}

impl ReplyCall {
    pub fn body(&self) -> Option<&str> {
        match &self.what {
            ReplyAction::Create { body } | ReplyAction::Edit { body } => Some(body),
            ReplyAction::Delete => None,
        }
    }
}

/// Whether a reply that was looked for and not found may be sent again without a person's word.
pub fn may_resend(retry: Retry) -> bool {
    match retry {
        Retry::Upsert | Retry::IdempotencyKey => true,
        Retry::Append => false,
    }
}
