//! Faults on demand and a log of the calls, the same for every review site: the bot's way of handling a bad far
//! side can only be tried when the far side can be bad at will.

use std::collections::VecDeque;
use std::io;
use std::sync::Arc;
use std::sync::Mutex;
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::extract::State;
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;
use chrono::DateTime;
use chrono::Utc;
use serde_json::Value;
use serde_json::json;
use tokio::sync::watch;

use super::hold;
use crate::Now;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    RateLimit {
        retry_after: u64,
    },
    ServerError {
        status: u16,
    },
    /// Applied, then the connection is cut: the caller cannot know.
    AnswerLost,
    /// Cut before anything was applied: to the caller it looks just the same.
    RequestLost,
    Slow {
        ms: u64,
    },
    UnauthorizedOnce,
    Deny,
    Quota,
}

impl Fault {
    pub const NAMES: [&str; 8] = [
        "rate_limit",
        "server_error",
        "answer_lost",
        "request_lost",
        "slow",
        "unauthorized_once",
        "deny",
        "quota",
    ];

    pub fn name(self) -> &'static str {
        match self {
            Fault::RateLimit { .. } => "rate_limit",
            Fault::ServerError { .. } => "server_error",
            Fault::AnswerLost => "answer_lost",
            Fault::RequestLost => "request_lost",
            Fault::Slow { .. } => "slow",
            Fault::UnauthorizedOnce => "unauthorized_once",
            Fault::Deny => "deny",
            Fault::Quota => "quota",
        }
    }

    pub fn named(name: &str, detail: Detail) -> Option<Fault> {
        Some(match name {
            "rate_limit" => Fault::RateLimit {
                retry_after: detail.retry_after.unwrap_or(2),
            },
            "server_error" => Fault::ServerError {
                status: detail.status.unwrap_or(503),
            },
            "answer_lost" => Fault::AnswerLost,
            "request_lost" => Fault::RequestLost,
            "slow" => Fault::Slow {
                ms: detail.ms.unwrap_or(3000),
            },
            "unauthorized_once" => Fault::UnauthorizedOnce,
            "deny" => Fault::Deny,
            "quota" => Fault::Quota,
            _ => return None,
        })
    }

    /// A lost answer only hurts when something was changed, so it waits for a write; the poll that happens to come
    /// first must not use it up.
    fn natural_aim(self) -> Aim {
        if self == Fault::AnswerLost {
            Aim::Writes
        } else {
            Aim::All
        }
    }
}

/// What a fault may be told beyond its name.
#[derive(Debug, Clone, Copy, Default)]
pub struct Detail {
    pub retry_after: Option<u64>,
    pub status: Option<u16>,
    pub ms: Option<u64>,
}

/// Which calls a fault waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aim {
    All,
    Reads,
    Writes,
}

impl Aim {
    pub fn named(name: &str) -> Option<Aim> {
        match name {
            "all" => Some(Aim::All),
            "reads" => Some(Aim::Reads),
            "writes" => Some(Aim::Writes),
            _ => None,
        }
    }

    fn hits(self, method: &Method) -> bool {
        match self {
            Aim::All => true,
            Aim::Reads => method == Method::GET,
            Aim::Writes => method != Method::GET,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Aim::All => "all",
            Aim::Reads => "reads",
            Aim::Writes => "writes",
        }
    }
}

struct Queued {
    fault: Fault,
    aim: Aim,
    left: u32,
}

/// One call that reached the site. `status` is `None` when the connection was cut.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    pub at: DateTime<Utc>,
    pub method: String,
    pub path: String,
    pub status: Option<u16>,
    pub fault: Option<&'static str>,
}

/// The site's front door: counts changes, keeps the queue of faults and the log of calls.
pub struct Door {
    now: Now,
    refuse: fn(Fault) -> Response,
    queue: Mutex<VecDeque<Queued>>,
    calls: Mutex<Vec<Call>>,
    revision: watch::Sender<u64>,
}

impl Door {
    pub fn new(now: Now, refuse: fn(Fault) -> Response) -> Arc<Door> {
        Arc::new(Door {
            now,
            refuse,
            queue: Mutex::default(),
            calls: Mutex::default(),
            revision: watch::Sender::new(0),
        })
    }

    pub fn touch(&self) {
        self.revision.send_modify(|n| *n += 1);
    }

    pub fn revision(&self) -> watch::Receiver<u64> {
        self.revision.subscribe()
    }

    pub fn queue(&self, fault: Fault, aim: Option<Aim>, count: u32) {
        let aim = aim.unwrap_or_else(|| fault.natural_aim());
        hold(&self.queue).push_back(Queued {
            fault,
            aim,
            left: count,
        });
        self.touch();
    }

    pub fn heal(&self) {
        hold(&self.queue).clear();
        self.touch();
    }

    pub fn has(&self, fault: &str) -> bool {
        hold(&self.queue).iter().any(|q| q.fault.name() == fault)
    }

    /// Takes back what has not struck yet.
    pub fn forget(&self, fault: &str) {
        let mut queue = hold(&self.queue);
        let before = queue.len();
        queue.retain(|q| q.fault.name() != fault);
        if queue.len() != before {
            drop(queue);
            self.touch();
        }
    }

    pub fn calls(&self) -> Vec<Call> {
        hold(&self.calls).clone()
    }

    /// How many calls there were, and which faults struck those after the first `seen`.
    pub fn struck_since(&self, seen: usize) -> (usize, Vec<&'static str>) {
        let calls = hold(&self.calls);
        let struck = calls.iter().skip(seen).filter_map(|call| call.fault);
        (calls.len(), struck.collect())
    }

    pub fn waiting(&self, site: &str) -> Vec<Value> {
        let queue = hold(&self.queue);
        queue
            .iter()
            .map(|q| json!({"site": site, "name": q.fault.name(), "on": q.aim.name(), "count": q.left}))
            .collect()
    }

    fn take(&self, method: &Method) -> Option<Fault> {
        let mut queue = hold(&self.queue);
        let at = queue.iter().position(|q| q.aim.hits(method))?;
        let queued = queue.get_mut(at)?;
        let fault = queued.fault;
        queued.left = queued.left.saturating_sub(1);
        if queued.left == 0 {
            queue.remove(at);
        }
        drop(queue);
        self.touch();
        Some(fault)
    }

    fn note(
        &self,
        at: DateTime<Utc>,
        method: &Method,
        path: String,
        status: Option<u16>,
        fault: Option<Fault>,
    ) {
        let call = Call {
            at,
            method: method.to_string(),
            path,
            status,
            fault: fault.map(Fault::name),
        };
        hold(&self.calls).push(call);
    }
}

/// Middleware of the calls that faults may hit.
pub async fn exposed(State(door): State<Arc<Door>>, request: Request, next: Next) -> Response {
    let fault = door.take(request.method());
    answer(&door, fault, request, next).await
}

/// Middleware of the calls that are only logged (tokens, keys): a fault queued for the reviews must not be used up
/// by the sign-in before them.
pub async fn logged(State(door): State<Arc<Door>>, request: Request, next: Next) -> Response {
    answer(&door, None, request, next).await
}

async fn answer(door: &Door, fault: Option<Fault>, request: Request, next: Next) -> Response {
    let at = (door.now)();
    let method = request.method().clone();
    let path = request.uri().to_string();
    let answer = match fault {
        None => Some(next.run(request).await),
        Some(Fault::Slow { ms }) => {
            tokio::time::sleep(Duration::from_millis(ms)).await;
            Some(next.run(request).await)
        }
        Some(Fault::AnswerLost) => {
            next.run(request).await;
            None
        }
        Some(Fault::RequestLost) => None,
        Some(
            refusal @ (Fault::RateLimit { .. }
            | Fault::ServerError { .. }
            | Fault::UnauthorizedOnce
            | Fault::Deny
            | Fault::Quota),
        ) => Some((door.refuse)(refusal)),
    };
    door.note(
        at,
        &method,
        path,
        answer.as_ref().map(|a| a.status().as_u16()),
        fault,
    );
    answer.unwrap_or_else(cut)
}

/// A body that fails before its first byte makes the server drop the connection with nothing sent, not even the
/// status line: what a cut cable looks like from the other end.
fn cut() -> Response {
    let broken =
        futures::stream::once(async { Err::<Vec<u8>, _>(io::Error::other("connection cut on demand")) });
    Response::new(Body::from_stream(broken))
}
