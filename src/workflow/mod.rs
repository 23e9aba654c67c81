//! What happens, one verb a file: load, decide by a pure rule, write down the change and what must follow from it,
//! answer. Nothing here waits and nothing here calls outside while a transaction is open.

pub mod act;
pub mod alarm;
pub mod aside;
pub mod commands;
mod decide;
pub mod digest;
mod directly;
pub mod errand;
mod find;
mod fold;
pub mod follow;
pub mod forget;
pub mod forms;
pub mod gather;
mod give;
pub mod home;
pub mod illustrate;
pub mod import;
pub mod ingest;
pub mod live;
pub mod look;
mod moderated;
#[cfg(feature = "demo")]
pub mod news;
pub mod notify;
pub mod offers;
pub mod perform;
pub mod practise;
pub mod prefer;
pub mod probe;
pub mod publish;
pub mod pulse;
pub mod receive;
pub mod reconcile;
pub mod refresh;
mod refuse;
pub mod remind;
pub mod retime;
pub mod settings;
pub mod several;
pub mod shared;
mod standing;
pub mod stats;
mod stepped;
pub mod story;
pub mod submit;
pub mod tell;
pub mod together;
mod unclear;
mod unseat;
mod webhook;
mod whisper;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::domain::At;
use crate::domain::id::ItemId;
use crate::port::PortError;
use crate::port::chat::ChatPlatform;
use crate::port::clock::Clock;
use crate::port::export::Exports;
use crate::port::rulebook::Rulebook;
use crate::port::source::ReviewSource;
use crate::port::webhook::Webhook;
use crate::store::Store;
use crate::store::StoreError;
pub use crate::store::outbox::Leased;
use crate::workflow::aside::Aside;
use crate::workflow::import::steps::AtHand;
use crate::workflow::live::Live;
use crate::workflow::together::Keeping;
use crate::workflow::together::Presses;

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
