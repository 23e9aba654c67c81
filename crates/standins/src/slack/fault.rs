//! Things that go wrong on demand. A fault waits in a queue until a call or a delivery meets it, so a test can
//! say beforehand exactly which one will break and how often.

use serde::{Deserialize, Serialize};

use super::Slack;
use super::state::World;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// 429 with `Retry-After`; nothing was done.
    RateLimit,
    /// A 5xx with an HTML page, as load balancers send; nothing was done.
    ServerError,
    /// The work is done, then the answer breaks off.
    AnswerLost,
    /// Nothing is done and the connection is cut.
    RequestLost,
    /// The work is done and the answer takes its time.
    Slow,
    /// Done, and answered with `fatal_error` all the same.
    FatalError,
    MissingScope,
    /// `invalid_auth`, as after somebody revoked the token.
    RefusedToken,
    /// The next file that is brought is looked into after `ms`, or never.
    StuckFile,
    /// The channel is archived under the bot's feet; healing brings it back.
    ArchivedChannel,
    /// A person deletes the newest (or the named) message of the bot.
    DeleteMessage,
    DisconnectSockets,
    /// The socket stays open and nothing arrives.
    DeafSocket,
    /// The next delivery arrives twice, on two sockets if there are two.
    DuplicateDelivery,
    /// Signed 6 minutes off.
    ClockSkew,
    BadSignature,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fault {
    #[serde(rename = "name")]
    pub kind: Kind,
    /// Only for calls of this method; for any when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// How often; once when absent. A deaf socket stays deaf until healed unless counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ms: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ts: Option<String>,
}

impl Fault {
    pub fn new(kind: Kind) -> Self {
        Self {
            kind,
            method: None,
            count: None,
            retry_after: None,
            status: None,
            ms: None,
            channel: None,
            ts: None,
        }
    }

    pub fn rate_limit(method: &str, retry_after: u64) -> Self {
        Self {
            retry_after: Some(retry_after),
            ..Self::new(Kind::RateLimit).on(method)
        }
    }

    pub fn server_error(method: &str, status: u16) -> Self {
        Self {
            status: Some(status),
            ..Self::new(Kind::ServerError).on(method)
        }
    }

    pub fn answer_lost(method: &str) -> Self {
        Self::new(Kind::AnswerLost).on(method)
    }

    pub fn request_lost(method: &str) -> Self {
        Self::new(Kind::RequestLost).on(method)
    }

    pub fn slow(method: &str, ms: u64) -> Self {
        Self {
            ms: Some(ms),
            ..Self::new(Kind::Slow).on(method)
        }
    }

    pub fn fatal_error(method: &str) -> Self {
        Self::new(Kind::FatalError).on(method)
    }

    pub fn archived_channel(channel: &str) -> Self {
        Self {
            channel: Some(channel.to_owned()),
            ..Self::new(Kind::ArchivedChannel)
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
        self.method.as_deref().is_none_or(|wanted| wanted == method)
    }

    fn strikes_calls(&self) -> bool {
        match self.kind {
            Kind::RateLimit
            | Kind::ServerError
            | Kind::AnswerLost
            | Kind::RequestLost
            | Kind::Slow
            | Kind::FatalError
            | Kind::MissingScope
            | Kind::RefusedToken
            | Kind::ArchivedChannel => true,
            Kind::StuckFile
            | Kind::DeleteMessage
            | Kind::DisconnectSockets
            | Kind::DeafSocket
            | Kind::DuplicateDelivery
            | Kind::ClockSkew
            | Kind::BadSignature => false,
        }
    }
}

impl World {
    /// The first waiting fault that this call runs into, used up by one.
    pub fn strike_call(&mut self, method: &str) -> Option<Fault> {
        let at = self
            .faults
            .iter()
            .position(|fault| fault.strikes_calls() && fault.meets(method))?;
        Some(self.use_up(at))
    }

    pub fn strike_delivery(&mut self, kind: Kind) -> bool {
        let found = self.faults.iter().position(|fault| fault.kind == kind);
        found.map(|at| self.use_up(at)).is_some()
    }

    /// The first waiting fault of a kind, used up by one.
    pub fn strike(&mut self, kind: Kind) -> Option<Fault> {
        let at = self.faults.iter().position(|fault| fault.kind == kind)?;
        Some(self.use_up(at))
    }

    fn use_up(&mut self, at: usize) -> Fault {
        let fault = self.faults[at].clone();
        match fault.count.unwrap_or(1) {
            0 | 1 => drop(self.faults.remove(at)),
            u32::MAX => {}
            more => self.faults[at].count = Some(more - 1),
        }
        fault
    }
}

impl Slack {
    /// Queues a fault; what happens to the workspace itself happens at once.
    pub fn fault(&self, fault: Fault) {
        match (fault.kind, &fault.channel) {
            (Kind::DisconnectSockets, _) => {
                self.disconnect_sockets(super::Disconnect::RefreshRequested);
            }
            (Kind::DeleteMessage, _) => self.change(|world, _| {
                if let Some((channel, ts)) = world.newest_of_bot(&fault) {
                    world.remove(&channel, &ts);
                }
            }),
            (Kind::ArchivedChannel, Some(channel)) => self.change(|world, _| {
                world.set_archived(channel, true);
                world.archived_by_fault.insert(channel.clone());
            }),
            (Kind::DeafSocket, _) => self.change(|world, _| {
                let count = Some(fault.count.unwrap_or(u32::MAX));
                world.faults.push(Fault {
                    count,
                    ..fault.clone()
                });
            }),
            _ => self.change(|world, _| world.faults.push(fault.clone())),
        }
    }

    /// Ends every fault; what it broke in the workspace (an archived channel) is put right too.
    pub fn heal(&self) {
        self.change(|world, _| {
            world.faults.clear();
            for channel in std::mem::take(&mut world.archived_by_fault) {
                world.set_archived(&channel, false);
            }
        });
    }

    pub fn faults(&self) -> Vec<Fault> {
        self.look().faults.clone()
    }
}

impl World {
    fn newest_of_bot(&self, fault: &Fault) -> Option<(String, String)> {
        self.messages
            .iter()
            .filter(|(channel, _)| fault.channel.as_ref().is_none_or(|wanted| wanted == *channel))
            .flat_map(|(_, messages)| messages)
            .filter(|m| !m.deleted && m.bot_id.is_some())
            .filter(|m| fault.ts.as_ref().is_none_or(|wanted| *wanted == m.ts))
            .max_by(|a, b| a.ts.cmp(&b.ts))
            .map(|m| (m.channel.clone(), m.ts.clone()))
    }

    pub fn remove(&mut self, channel: &str, ts: &str) -> bool {
        let Some(message) = self.message_mut(channel, ts).filter(|m| !m.deleted) else {
            return false;
        };
        message.deleted = true;
        message.version += 1;
        true
    }

    pub fn set_archived(&mut self, channel: &str, archived: bool) {
        for known in self.channels.iter_mut().filter(|c| c.id == channel) {
            known.archived = archived;
        }
    }
}
