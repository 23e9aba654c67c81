//! The workflows with their tools, and what can go wrong with them.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::domain::At;
use crate::domain::id::ItemId;
use crate::domain::promise::rules::Channel;
use crate::port::PortError;
use crate::port::chat::ChatPlatform;
use crate::port::clock::Clock;
use crate::port::export::Exports;
use crate::port::rulebook::Rulebook;
use crate::port::source::ReviewSource;
use crate::port::webhook::Webhook;
use crate::store::Store;
use crate::store::StoreError;
use crate::workflow::base::aside::Aside;
use crate::workflow::base::at_hand::AtHand;
use crate::workflow::base::live::Live;
use crate::workflow::base::queue::Keeping;
use crate::workflow::base::queue::Presses;

/// The workflows with their tools. Any number of replicas have one each.
pub struct Desk {
    pub store: Store,
    pub clock: Arc<dyn Clock>,
    pub rules: Live,
    /// Where rules come from under settings; without it there are none from a chat.
    pub rulebook: Option<Arc<dyn Rulebook>>,
    /// Who reads files that somebody hands in; without it nobody can.
    pub exports: Option<Arc<dyn Exports>>,
    pub sources: BTreeMap<String, Arc<dyn ReviewSource>>,
    pub chats: BTreeMap<String, Arc<dyn ChatPlatform>>,
    /// Services outside that chains call.
    pub webhooks: BTreeMap<String, Arc<dyn Webhook>>,
    /// Items whose timers could not be fired.
    pub aside: Aside,
    /// Deliveries on their way into the database.
    pub keeping: Keeping,
    /// Presses that are about to be judged.
    pub presses: Presses,
    /// The file from a chat whose rows are coming in.
    pub at_hand: AtHand,
}

#[derive(Debug, thiserror::Error)]
pub enum WorkflowError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Port(#[from] PortError),
    #[error("item {0} is not there")]
    NoItem(ItemId),
    #[error("{what} {name:?} is not configured")]
    NotConfigured { what: &'static str, name: String },
    #[error("{0}")]
    Export(String),
}

pub type Result<T> = std::result::Result<T, WorkflowError>;

impl Desk {
    pub fn now(&self) -> At {
        self.clock.now()
    }

    pub fn chat(&self, name: &str) -> Result<&Arc<dyn ChatPlatform>> {
        self.chats.get(name).ok_or_else(|| WorkflowError::NotConfigured {
            what: "chat",
            name: name.to_owned(),
        })
    }

    pub fn source(&self, name: &str) -> Result<&Arc<dyn ReviewSource>> {
        self.sources
            .get(name)
            .ok_or_else(|| WorkflowError::NotConfigured {
                what: "source",
                name: name.to_owned(),
            })
    }
}

impl WorkflowError {
    /// It is about what was worked on, not about the database: other items may go well.
    pub fn is_of_item(&self) -> bool {
        match self {
            Self::Store(e) => e.is_of_rows(),
            Self::Port(_) | Self::NoItem(_) | Self::NotConfigured { .. } | Self::Export(_) => true,
        }
    }

    /// Two transactions met; the same again will do.
    pub fn is_conflict(&self) -> bool {
        match self {
            Self::Store(e) => e.is_conflict(),
            Self::Port(_) | Self::NoItem(_) | Self::NotConfigured { .. } | Self::Export(_) => false,
        }
    }
}

impl Desk {
    pub fn channel(&self, name: &str) -> Result<&Channel> {
        self.rules
            .channel(name)
            .ok_or_else(|| WorkflowError::NotConfigured {
                what: "channel",
                name: name.to_owned(),
            })
    }
}
