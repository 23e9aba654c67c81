//! Things that go wrong on demand. A fault waits in a queue until a call or a delivery meets it, so a test can say
//! beforehand exactly which one will break and how often. What can break is each platform's own.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// The ways in which one platform breaks. Some are every platform's.
pub trait Break: Copy + PartialEq + Serialize + DeserializeOwned + Send + 'static {
    const RATE_LIMIT: Self;
    const SERVER_ERROR: Self;
    const ANSWER_LOST: Self;
    const REQUEST_LOST: Self;
    const SLOW: Self;

    /// Whether calls of this name run into it; else it is about a delivery, or about the workspace itself.
    fn strikes(self, method: &str) -> bool;
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fault<K> {
    #[serde(rename = "name")]
    pub kind: K,
    /// Only for calls of this name; for any when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// How often; once when absent. A deaf socket stays deaf until healed unless counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u32>,
    /// Seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<f64>,
    /// The limit is of the whole bot, not of one route.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub global: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ms: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// The message's id, as the platform has it.
    #[serde(default, alias = "ts", skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

impl<K: Break> Fault<K> {
    pub fn new(kind: K) -> Self {
        Self {
            kind,
            method: None,
            count: None,
            retry_after: None,
            global: false,
            status: None,
            ms: None,
            channel: None,
            message: None,
        }
    }

    pub fn rate_limit(method: &str, retry_after: impl Into<f64>) -> Self {
        Self {
            retry_after: Some(retry_after.into()),
            ..Self::new(K::RATE_LIMIT).on(method)
        }
    }

    pub fn server_error(method: &str, status: u16) -> Self {
        Self {
            status: Some(status),
            ..Self::new(K::SERVER_ERROR).on(method)
        }
    }

    pub fn answer_lost(method: &str) -> Self {
        Self::new(K::ANSWER_LOST).on(method)
    }

    pub fn request_lost(method: &str) -> Self {
        Self::new(K::REQUEST_LOST).on(method)
    }

    pub fn slow(method: &str, ms: u64) -> Self {
        Self {
            ms: Some(ms),
            ..Self::new(K::SLOW).on(method)
        }
    }

    pub fn on(self, method: &str) -> Self {
        Self {
            method: Some(method.to_owned()),
            ..self
        }
    }

    pub fn times(self, count: u32) -> Self {
        Self {
            count: Some(count),
            ..self
        }
    }

    /// Until `heal`.
    pub fn always(self) -> Self {
        self.times(u32::MAX)
    }

    fn meets(&self, method: &str) -> bool {
        self.kind.strikes(method) && self.method.as_deref().is_none_or(|wanted| wanted == method)
    }

    /// Whether it is about this channel, or about any.
    pub(crate) fn is_in(&self, channel: &str) -> bool {
        self.channel.as_deref().is_none_or(|wanted| wanted == channel)
    }

    /// Whether it is about this message, or about any.
    pub(crate) fn is_about(&self, message: &str) -> bool {
        self.message.as_deref().is_none_or(|wanted| wanted == message)
    }
}

/// Faults that wait, the first one first.
#[derive(Debug, Clone, Serialize)]
#[serde(transparent)]
pub struct Plan<K>(Vec<Fault<K>>);

impl<K> Default for Plan<K> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<K: Break> Plan<K> {
    pub fn push(&mut self, fault: Fault<K>) {
        self.0.push(fault);
    }

    pub fn waiting(&self) -> &[Fault<K>] {
        &self.0
    }

    /// Ends all of them.
    pub fn end(&mut self) -> Vec<Fault<K>> {
        std::mem::take(&mut self.0)
    }

    /// The first waiting fault that this call runs into, used up by one.
    pub fn strike_call(&mut self, method: &str) -> Option<Fault<K>> {
        let at = self.0.iter().position(|fault| fault.meets(method))?;
        Some(self.use_up(at))
    }

    /// The first waiting fault of a kind, used up by one.
    pub fn strike(&mut self, kind: K) -> Option<Fault<K>> {
        let at = self.0.iter().position(|fault| fault.kind == kind)?;
        Some(self.use_up(at))
    }

    /// The first waiting fault of a kind, without using it up.
    pub fn suffers(&self, kind: K) -> Option<&Fault<K>> {
        self.0.iter().find(|fault| fault.kind == kind)
    }

    fn use_up(&mut self, at: usize) -> Fault<K> {
        let fault = self.0[at].clone();
        match fault.count.unwrap_or(1) {
            0 | 1 => drop(self.0.remove(at)),
            u32::MAX => {}
            more => self.0[at].count = Some(more - 1),
        }
        fault
    }
}
