//! The append-only log of an item: who, what, when, why. Everything that people are told about an item's past is
//! derived from it, so a new kind of happening is a variant here and nothing is remembered twice.

use serde::Deserialize;
use serde::Serialize;

use crate::domain::At;
use crate::domain::id::EventId;
use crate::domain::id::ItemId;
use crate::domain::item::handling::Reason;
use crate::domain::item::policy::Mark;
use crate::domain::item::policy::Metric;
use crate::domain::people::person::Mention;
use crate::domain::people::person::PersonId;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    pub id: EventId,
    pub item: ItemId,
    pub at: At,
    pub by: Option<PersonId>,
    pub what: EventKind,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum EventKind {
    Received {
        route: String,
        /// It was answered before we knew it.
        #[serde(default)]
        answered: bool,
        /// It is history: when it was taken over from a file. Nobody owes it anything, so no clock runs for it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        past: Option<At>,
    },
    /// The customer changed it; the text before the change is kept in `item_revision`.
    Edited {
        /// Of the words after the change.
        revision: i32,
        stars_before: Option<u8>,
        stars_now: Option<u8>,
    },
    RemovedAtSource,
    BackAtSource,
    /// An answer that was not given through us stands at the source.
    AnsweredElsewhere {
        /// When, if the source says so.
        #[serde(default)]
        given: Option<At>,
        #[serde(default)]
        in_time: Option<bool>,
        /// Its words, and whose they are, as far as the source told.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        words: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        author: Option<String>,
    },
    Claimed {
        until: At,
    },
    TakenOver {
        from: PersonId,
        until: At,
    },
    Released,
    ClaimEnded {
        of: PersonId,
        /// Not their time was over: they may not answer here any more.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        lost_right: bool,
    },
    Drafted,
    Sent {
        until: At,
    },
    /// Our answer did not leave.
    TakenBack {
        /// Whose it was, where nobody took it back: what it answers had changed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        of: Option<PersonId>,
    },
    /// The source has our answer and looks at it before customers do. Where that stops the clock, it is told as of
    /// `Visible`.
    Accepted {
        #[serde(default)]
        minutes: Option<i64>,
        #[serde(default)]
        in_time: Option<bool>,
    },
    /// `minutes` since the clock started; none when it only replaced an earlier answer.
    Visible {
        minutes: Option<i64>,
        in_time: Option<bool>,
    },
    Rejected {
        why: String,
    },
    Failed {
        why: String,
        /// It was to change an answer, and that one still stands.
        #[serde(default)]
        earlier_stands: bool,
    },
    Unclear,
    ConfirmedThere,
    SentAgain,
    Handled {
        reason: Reason,
        note: Option<String>,
    },
    Reopened {
        by_customer: bool,
    },
    Snoozed {
        until: At,
        why: Option<String>,
        /// It is the customer's turn.
        #[serde(default)]
        for_customer: bool,
    },
    Woke,
    Escalated {
        to: String,
        why: String,
    },
    /// Somebody was warned before a deadline.
    Reminded {
        due: At,
        #[serde(default)]
        metric: Metric,
        #[serde(default)]
        mark: Option<Mark>,
    },
    Overdue {
        due: At,
        #[serde(default)]
        metric: Metric,
        /// Who had it then, and was therefore told alone.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        holder: Option<PersonId>,
        /// It had been told before, and since then whoever had it let it go.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        again: bool,
    },
    /// A step of an escalation chain.
    Stepped {
        chain: String,
        round: u32,
        step: u32,
        /// Whom it called; nobody, where its condition did not hold.
        called: Vec<Called>,
        /// Whom it looked for and did not find.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        missing: Vec<Missing>,
        /// Our name of the channel that got a card because of it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        widened: Option<String>,
        /// It is urgent from here on.
        #[serde(default)]
        raised: bool,
        /// Our name of the webhook that it called.
        #[serde(default)]
        webhook: Option<String>,
    },
    /// It concerns somebody personally, who was told at once.
    Assigned {
        to: PersonId,
        /// The word that it was recognised by, if it was one.
        word: Option<String>,
    },
    /// Somebody has seen the escalation and takes care of it until then.
    Acknowledged {
        until: At,
    },
    /// The shift of whoever holds it is over; the next one has to accept it by then.
    Offered {
        rota: String,
        of: PersonId,
        until: At,
        /// Who was asked.
        called: Vec<Called>,
        /// It was handed to this colleague by name, and no shift is over.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to: Option<PersonId>,
        /// What they should know.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        why: Option<String>,
    },
    /// Nobody did, so everybody may take it again.
    NotAccepted {
        of: PersonId,
        /// The colleague to whom it had been handed by name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to: Option<PersonId>,
    },
}

/// Somebody who was called, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Called {
    pub chat: String,
    pub mention: Mention,
}

/// Somebody whom a step would have called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Missing {
    /// Nobody has it.
    Holder,
    /// Nobody is on duty in the rota of this name.
    OnDuty(String),
    /// No room names anybody.
    Channel,
    /// A group of a chat in which the item has no card.
    Group,
}

impl EventKind {
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Received { .. } => "received",
            Self::Edited { .. } => "edited",
            Self::RemovedAtSource => "removed_at_source",
            Self::BackAtSource => "back_at_source",
            Self::AnsweredElsewhere { .. } => "answered_elsewhere",
            Self::Claimed { .. } => "claimed",
            Self::TakenOver { .. } => "taken_over",
            Self::Released => "released",
            Self::ClaimEnded { .. } => "claim_ended",
            Self::Drafted => "drafted",
            Self::Sent { .. } => "sent",
            Self::TakenBack { .. } => "taken_back",
            Self::Accepted { .. } => "accepted",
            Self::Visible { .. } => "visible",
            Self::Rejected { .. } => "rejected",
            Self::Failed { .. } => "failed",
            Self::Unclear => "unclear",
            Self::ConfirmedThere => "confirmed_there",
            Self::SentAgain => "sent_again",
            Self::Handled { .. } => "handled",
            Self::Reopened { .. } => "reopened",
            Self::Snoozed { .. } => "snoozed",
            Self::Woke => "woke",
            Self::Escalated { .. } => "escalated",
            Self::Reminded { .. } => "reminded",
            Self::Overdue { .. } => "overdue",
            Self::Stepped { .. } => "stepped",
            Self::Assigned { .. } => "assigned",
            Self::Acknowledged { .. } => "acknowledged",
            Self::Offered { .. } => "offered",
            Self::NotAccepted { .. } => "not_accepted",
        }
    }

    /// Somebody it is about, besides whoever did it.
    pub fn of(&self) -> Option<&PersonId> {
        match self {
            Self::TakenOver { from: of, .. }
            | Self::ClaimEnded { of, .. }
            | Self::Offered { of, .. }
            | Self::NotAccepted { of, .. } => Some(of),
            Self::TakenBack { of } => of.as_ref(),
            _ => None,
        }
    }

    /// To whom something was handed by name.
    pub fn to(&self) -> Option<&PersonId> {
        match self {
            Self::Offered { to, .. } | Self::NotAccepted { to, .. } => to.as_ref(),
            _ => None,
        }
    }

    /// Whether it can start, stop or hold a clock.
    pub fn moves_clock(&self) -> bool {
        match self {
            Self::Received { .. }
            | Self::Edited { .. }
            | Self::RemovedAtSource
            | Self::BackAtSource
            | Self::AnsweredElsewhere { .. }
            | Self::Claimed { .. }
            | Self::TakenOver { .. }
            | Self::Sent { .. }
            | Self::Accepted { .. }
            | Self::Visible { .. }
            | Self::Rejected { .. }
            | Self::Failed { .. }
            | Self::Handled { .. }
            | Self::Reopened { .. }
            | Self::Snoozed { .. }
            | Self::Woke => true,
            Self::Released
            | Self::ClaimEnded { .. }
            | Self::Drafted
            | Self::TakenBack { .. }
            | Self::Unclear
            | Self::ConfirmedThere
            | Self::SentAgain
            | Self::Escalated { .. }
            | Self::Reminded { .. }
            | Self::Overdue { .. }
            | Self::Stepped { .. }
            | Self::Assigned { .. }
            | Self::Acknowledged { .. }
            | Self::Offered { .. }
            | Self::NotAccepted { .. } => false,
        }
    }

    /// Whether nobody has the item any more because of it, so that somebody else may have to know.
    pub fn lets_go(&self) -> bool {
        matches!(
            self,
            Self::Released | Self::ClaimEnded { .. } | Self::NotAccepted { .. } | Self::Woke
        )
    }

    /// Whether the card's thread tells it. What the card itself shows at once (it arrived, a draft was saved, a lease
    /// was prolonged) would only be noise there, and a step that did nothing has nothing to say.
    pub fn is_told(&self) -> bool {
        match self {
            Self::Received { .. }
            | Self::Drafted
            | Self::Handled {
                reason: Reason::Past, ..
            } => false,
            Self::Stepped {
                called,
                missing,
                widened,
                raised,
                webhook,
                ..
            } => {
                *raised || webhook.is_some() || widened.is_some() || !called.is_empty() || !missing.is_empty()
            }
            _ => true,
        }
    }
}
