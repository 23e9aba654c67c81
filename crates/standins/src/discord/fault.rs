//! How Discord breaks, and what it breaks in the server itself.

use serde::Deserialize;
use serde::Serialize;

use super::Discord;
use super::deliver::Ending;
use super::state::World;
use crate::chat::fault;
use crate::chat::fault::Break;

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

pub type Fault = fault::Fault<Kind>;

impl Break for Kind {
    const RATE_LIMIT: Self = Self::RateLimit;
    const SERVER_ERROR: Self = Self::ServerError;
    const ANSWER_LOST: Self = Self::AnswerLost;
    const REQUEST_LOST: Self = Self::RequestLost;
    const SLOW: Self = Self::Slow;

    fn strikes(self, method: &str) -> bool {
        match self {
            Self::RateLimit
            | Self::ServerError
            | Self::AnswerLost
            | Self::RequestLost
            | Self::Slow
            | Self::Unauthorized
            | Self::Forbidden => true,
            // Too many edits are a thing of edits only.
            Self::OldEdit => method == "edit_message",
            Self::DeleteMessage
            | Self::LockThread
            | Self::DisconnectSockets
            | Self::Reconnect
            | Self::InvalidSession
            | Self::RefusedLine
            | Self::DeafSocket
            | Self::DuplicateDelivery
            | Self::ClockSkew
            | Self::BadSignature => false,
        }
    }
}

impl World {
    /// With which code the line is refused now.
    pub fn line_refused(&self) -> Option<u16> {
        let refused = self.faults.suffers(Kind::RefusedLine);
        refused.map(|fault| fault.status.unwrap_or(4004))
    }

    fn newest_of_bot(&self, fault: &Fault) -> Option<(String, String)> {
        self.messages
            .iter()
            .filter(|(channel, _)| fault.is_in(channel))
            .flat_map(|(_, messages)| messages)
            .filter(|m| !m.deleted && m.author == self.bot() && m.only_for.is_none())
            .filter(|m| fault.is_about(&m.id))
            .max_by_key(|m| m.id.parse::<u64>().unwrap_or(0))
            .map(|m| (m.channel.clone(), m.id.clone()))
    }

    fn newest_thread(&self, fault: &Fault) -> Option<String> {
        let threads = self.channels.iter().filter(|c| c.thread.is_some());
        threads
            .filter(|c| fault.is_in(&c.id))
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
        let ended = self.change(|world, _| world.faults.end());
        for fault in ended.iter().filter(|fault| fault.kind == Kind::LockThread) {
            if let Some(thread) = &fault.channel {
                self.set_thread(thread, false, false);
            }
        }
    }
}
