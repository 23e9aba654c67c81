//! Things that go wrong on demand. A fault waits in a queue until a call or a delivery meets it, so a test can
//! say beforehand exactly which one will break and how often.

use serde::Deserialize;
use serde::Serialize;

use super::Discord;
use super::deliver::Ending;
use super::state::World;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// 429 with everything that belongs to it; nothing was done.
    RateLimit,
    /// A 5xx with an HTML page, as load balancers send; nothing was done.
    ServerError,
    /// The work is done, then the answer breaks off.
    AnswerLost,
    /// Nothing is done and the connection is cut.
    RequestLost,
    /// The work is done and the answer takes its time.
    Slow,
    /// The token does not count.
    Unauthorized,
    /// A permission is missing.
    Forbidden,
    /// 30046: too many edits of messages older than an hour.
    OldEdit,
    /// A person deletes the newest (or the named) message of the bot.
    DeleteMessage,
    /// A moderator archives and locks the newest (or the named) thread; healing opens it again.
    LockThread,
    /// The connections break; they can be resumed.
    DisconnectSockets,
    /// Discord asks every connection to come again.
    Reconnect,
    /// The next resume is refused, and the connections break.
    InvalidSession,
    /// The connections end with this code (4004 when absent), and nobody gets another one until healed.
    RefusedLine,
    /// The socket stays open, nothing arrives and no heartbeat is answered.
    DeafSocket,
    /// The next delivery arrives twice.
    DuplicateDelivery,
    /// Signed 6 minutes off.
    ClockSkew,
    BadSignature,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fault {
    #[serde(rename = "name")]
    pub kind: Kind,
    /// Only for calls of this name, `create_message` and so on; for any when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// How often; once when absent. A deaf socket stays deaf until healed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<f64>,
    /// The 429 is of the whole bot, not of one route.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub global: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ms: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

impl Fault {
    pub fn new(kind: Kind) -> Self {
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

    pub fn rate_limit(method: &str, retry_after: f64) -> Self {
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
            | Kind::Unauthorized
            | Kind::Forbidden
            | Kind::OldEdit => true,
            Kind::DeleteMessage
            | Kind::LockThread
            | Kind::DisconnectSockets
            | Kind::Reconnect
            | Kind::InvalidSession
            | Kind::RefusedLine
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
        // Too many edits are a thing of edits only.
        let fits = |fault: &Fault| fault.kind != Kind::OldEdit || method == "edit_message";
        let at = self
            .faults
            .iter()
            .position(|fault| fault.strikes_calls() && fault.meets(method) && fits(fault))?;
        Some(self.use_up(at))
    }

    pub fn strike_delivery(&mut self, kind: Kind) -> bool {
        let found = self.faults.iter().position(|fault| fault.kind == kind);
        found.map(|at| self.use_up(at)).is_some()
    }

    /// With which code the line is refused now.
    pub fn line_refused(&self) -> Option<u16> {
        let refused = self.faults.iter().find(|fault| fault.kind == Kind::RefusedLine);
        refused.map(|fault| fault.status.unwrap_or(4004))
    }

    /// Whether it lies there, without using it up.
    pub fn suffers(&self, kind: Kind) -> bool {
        self.faults.iter().any(|fault| fault.kind == kind)
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

    fn newest_of_bot(&self, fault: &Fault) -> Option<(String, String)> {
        self.messages
            .iter()
            .filter(|(channel, _)| fault.channel.as_ref().is_none_or(|wanted| wanted == *channel))
            .flat_map(|(_, messages)| messages)
            .filter(|m| !m.deleted && m.author == self.bot() && m.only_for.is_none())
            .filter(|m| fault.message.as_ref().is_none_or(|wanted| *wanted == m.id))
            .max_by_key(|m| m.id.parse::<u64>().unwrap_or(0))
            .map(|m| (m.channel.clone(), m.id.clone()))
    }

    fn newest_thread(&self, fault: &Fault) -> Option<String> {
        let threads = self.channels.iter().filter(|c| c.thread.is_some());
        threads
            .filter(|c| fault.channel.as_ref().is_none_or(|wanted| *wanted == c.id))
            .max_by_key(|c| c.id.parse::<u64>().unwrap_or(0))
            .map(|c| c.id.clone())
    }
}

impl Discord {
    /// Queues a fault; what happens to the server itself happens at once.
    pub fn fault(&self, fault: Fault) {
        match fault.kind {
            Kind::DisconnectSockets => self.end_connections(Ending::Drop),
            Kind::Reconnect => self.end_connections(Ending::Reconnect),
            Kind::InvalidSession => {
                self.change(|world, _| world.faults.push(fault));
                self.end_connections(Ending::Drop);
            }
            Kind::DeleteMessage => {
                let newest = self.look().newest_of_bot(&fault);
                if let Some((channel, message)) = newest {
                    self.delete_message(&channel, &message);
                }
            }
            Kind::LockThread => {
                let newest = self.look().newest_thread(&fault);
                if let Some(thread) = newest {
                    self.set_thread(&thread, true, true);
                    let fault = Fault {
                        channel: Some(thread),
                        ..fault
                    };
                    self.change(|world, _| world.faults.push(fault));
                }
            }
            Kind::RefusedLine => {
                let code = fault.status.unwrap_or(4004);
                self.change(|world, _| world.faults.push(fault.always()));
                self.end_connections(Ending::Refused(code));
            }
            Kind::DeafSocket => self.change(|world, _| world.faults.push(fault.always())),
            _ => self.change(|world, _| world.faults.push(fault)),
        }
    }

    /// Ends every fault; what it broke in the server (a locked thread) is put right too.
    pub fn heal(&self) {
        let ended = self.change(|world, _| std::mem::take(&mut world.faults));
        for fault in ended.iter().filter(|fault| fault.kind == Kind::LockThread) {
            if let Some(thread) = &fault.channel {
                self.set_thread(thread, false, false);
            }
        }
    }

    pub fn faults(&self) -> Vec<Fault> {
        self.look().faults.clone()
    }
}
