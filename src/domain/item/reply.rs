//! Our answer to a customer, from the first draft until customers can see it. A reply leaves only by form, preview
//! and send; after an unclear outcome it is looked up, never sent again blindly.

use serde::Deserialize;
use serde::Serialize;

use crate::domain::At;
use crate::domain::id::ItemId;
use crate::domain::id::ReplyId;
use crate::domain::people::person::PersonId;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum ReplyState {
    Draft,
    /// Sent by a person, still within the time in which it can be taken back.
    Queued {
        until: At,
    },
    /// Handed to the source, no word yet.
    Sending,
    /// The source took it and looks at it before customers see it.
    Pending {
        since: At,
    },
    Visible {
        at: At,
    },
    Rejected {
        why: String,
    },
    /// The source said no in a way that trying again does not change.
    Failed {
        why: String,
    },
    /// Nobody knows whether it arrived: a person decides.
    Unknown {
        since: At,
    },
    /// Taken back before it left, or replaced by a newer one.
    Withdrawn,
}

impl ReplyState {
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Queued { .. } => "queued",
            Self::Sending => "sending",
            Self::Pending { .. } => "pending",
            Self::Visible { .. } => "visible",
            Self::Rejected { .. } => "rejected",
            Self::Failed { .. } => "failed",
            Self::Unknown { .. } => "unknown",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// Between "send" and a word from the source nothing may change it.
    pub fn is_on_its_way(&self) -> bool {
        matches!(self, Self::Queued { .. } | Self::Sending | Self::Unknown { .. })
    }

    /// The text can be written on: it never reached customers.
    pub fn is_writable(&self) -> bool {
        matches!(self, Self::Draft | Self::Rejected { .. } | Self::Failed { .. })
    }

    pub fn stands_at_source(&self) -> bool {
        matches!(self, Self::Pending { .. } | Self::Visible { .. })
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    pub id: ReplyId,
    pub item: ItemId,
    pub body: String,
    pub by: PersonId,
    pub state: ReplyState,
    /// Which of the customer's versions it answers.
    pub answers: i32,
    /// The reply that this one changes at the source, if it is a change.
    pub changes: Option<ReplyId>,
    pub native_id: Option<String>,
    pub url: Option<String>,
    pub created_at: At,
    pub sent_at: Option<At>,
}
