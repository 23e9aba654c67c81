//! How Slack breaks, and what it breaks in the workspace itself.

use serde::{Deserialize, Serialize};

use super::Slack;
use super::state::World;
use crate::chat::fault;
use crate::chat::fault::Break;

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

pub type Fault = fault::Fault<Kind>;

impl Break for Kind {
    const RATE_LIMIT: Self = Self::RateLimit;
    const SERVER_ERROR: Self = Self::ServerError;
    const ANSWER_LOST: Self = Self::AnswerLost;
    const REQUEST_LOST: Self = Self::RequestLost;
    const SLOW: Self = Self::Slow;

    fn strikes(self, _method: &str) -> bool {
        match self {
            Self::RateLimit
            | Self::ServerError
            | Self::AnswerLost
            | Self::RequestLost
            | Self::Slow
            | Self::FatalError
            | Self::MissingScope
            | Self::RefusedToken
            | Self::ArchivedChannel => true,
            Self::StuckFile
            | Self::DeleteMessage
            | Self::DisconnectSockets
            | Self::DeafSocket
            | Self::DuplicateDelivery
            | Self::ClockSkew
            | Self::BadSignature => false,
        }
    }
}

impl Fault {
    pub fn fatal_error(method: &str) -> Self {
        Self::new(Kind::FatalError).on(method)
    }

    pub fn archived_channel(channel: &str) -> Self {
        Self {
            channel: Some(channel.to_owned()),
            ..Self::new(Kind::ArchivedChannel)
        }
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
            world.faults.end();
            for channel in std::mem::take(&mut world.archived_by_fault) {
                world.set_archived(&channel, false);
            }
        });
    }
}

impl World {
    fn newest_of_bot(&self, fault: &Fault) -> Option<(String, String)> {
        self.messages
            .iter()
            .filter(|(channel, _)| fault.is_in(channel))
            .flat_map(|(_, messages)| messages)
            .filter(|m| !m.deleted && m.bot_id.is_some())
            .filter(|m| fault.is_about(&m.ts))
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
