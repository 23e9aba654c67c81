//! The life of an item, as states that carry exactly their own facts. A move that is not possible is a refusal with
//! the sentence's facts in it, never a panic and never a silent nothing.

use serde::Deserialize;
use serde::Serialize;

use crate::domain::At;
use crate::domain::people::person::PersonId;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Handling {
    Open,
    /// A lease with an end that everybody sees.
    Claimed {
        by: PersonId,
        until: At,
        /// They hand it over, or their shift is over: whoever takes it now accepts it.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        offered: bool,
        /// The colleague to whom it was handed by name, while it waits for them.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to: Option<PersonId>,
    },
    Snoozed {
        by: PersonId,
        until: At,
        why: Option<String>,
        /// It is the customer's turn: their next word ends it, too.
        #[serde(default)]
        for_customer: bool,
    },
    /// `by` is nobody when the answer was given outside.
    Answered {
        by: Option<PersonId>,
        at: At,
    },
    /// `by` is nobody when it is history that came with a file.
    Handled {
        by: Option<PersonId>,
        at: At,
        reason: Reason,
        note: Option<String>,
    },
    /// The customer or the platform took it away.
    Removed {
        at: At,
    },
}

/// Why an item needs no answer from us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    NoNeed,
    Elsewhere,
    Spam,
    Duplicate,
    Other,
    /// It was over before we knew it. Nobody can say so in a form.
    Past,
}

impl Reason {
    /// What a person can say.
    pub const ALL: [Self; 5] = [
        Self::NoNeed,
        Self::Elsewhere,
        Self::Spam,
        Self::Duplicate,
        Self::Other,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoNeed => "no_need",
            Self::Elsewhere => "elsewhere",
            Self::Spam => "spam",
            Self::Duplicate => "duplicate",
            Self::Other => "other",
            Self::Past => "past",
        }
    }

    pub fn parse(s: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|r| r.as_str() == s)
    }
}

/// Somebody asked for help; a mark on the item, whatever its state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Escalation {
    pub by: PersonId,
    pub at: At,
    /// What the configured target is called.
    pub to: String,
    pub why: String,
}

/// Why a press does nothing. Each becomes one private sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// Somebody else holds the lease.
    Taken {
        by: PersonId,
        until: At,
    },
    /// It was answered or marked handled in the meantime.
    Answered {
        by: Option<PersonId>,
        at: At,
    },
    Handled {
        by: Option<PersonId>,
        at: At,
    },
    Removed {
        at: At,
    },
    /// The reply is on its way and cannot be changed now.
    OnItsWay,
    /// Nothing there to take back, change or confirm.
    NothingThere,
    /// The source takes no replies.
    NoReplyHere,
    /// The button belonged to an older state.
    Stale,
}

impl Handling {
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Claimed { .. } => "claimed",
            Self::Snoozed { .. } => "snoozed",
            Self::Answered { .. } => "answered",
            Self::Handled { .. } => "handled",
            Self::Removed { .. } => "removed",
        }
    }

    /// Whether somebody still owes the customer something.
    pub fn is_open(&self) -> bool {
        matches!(self, Self::Open | Self::Claimed { .. } | Self::Snoozed { .. })
    }

    pub fn holder(&self, now: At) -> Option<&PersonId> {
        match self {
            Self::Claimed { by, until, .. } if *until > now => Some(by),
            _ => None,
        }
    }

    /// The colleague to whom it was handed by name and who has not accepted it yet.
    pub fn waits_for(&self) -> Option<&PersonId> {
        match self {
            Self::Claimed { to, .. } => to.as_ref(),
            _ => None,
        }
    }

    /// Everything but being done; the answer to "may anybody still work on this?".
    pub fn still_open(&self) -> Result<(), Refusal> {
        match self {
            Self::Open | Self::Claimed { .. } | Self::Snoozed { .. } => Ok(()),
            Self::Answered { by, at } => Err(Refusal::Answered {
                by: by.clone(),
                at: *at,
            }),
            Self::Handled { by, at, .. } => Err(Refusal::Handled {
                by: by.clone(),
                at: *at,
            }),
            Self::Removed { at } => Err(Refusal::Removed { at: *at }),
        }
    }

    /// Hand it to a colleague: allowed when nobody else holds it. It stays with whoever gives it until it is accepted.
    pub fn give(&self, by: &PersonId, to: &PersonId, until: At, now: At) -> Result<Self, Refusal> {
        self.claim(by, until, now)?;
        Ok(Self::Claimed {
            by: by.clone(),
            until,
            offered: true,
            to: Some(to.clone()),
        })
    }

    /// Take it: allowed when it is open and nobody else holds it, or whoever does hands it over. Taking again prolongs
    /// one's own lease.
    pub fn claim(&self, by: &PersonId, until: At, now: At) -> Result<Self, Refusal> {
        self.still_open()?;
        match self {
            Self::Claimed {
                by: holder,
                until: held,
                offered: false,
                ..
            } if holder != by && *held > now => Err(Refusal::Taken {
                by: holder.clone(),
                until: *held,
            }),
            _ => Ok(Self::held(by, until)),
        }
    }

    pub fn held(by: &PersonId, until: At) -> Self {
        Self::Claimed {
            by: by.clone(),
            until,
            offered: false,
            to: None,
        }
    }

    /// It waits for somebody to accept it.
    pub fn is_offered(&self) -> bool {
        matches!(self, Self::Claimed { offered: true, .. })
    }

    pub fn release(&self, by: &PersonId) -> Result<Self, Refusal> {
        self.still_open()?;
        match self {
            Self::Claimed {
                by: holder, until, ..
            } if holder != by => Err(Refusal::Taken {
                by: holder.clone(),
                until: *until,
            }),
            Self::Claimed { .. } => Ok(Self::Open),
            _ => Err(Refusal::Stale),
        }
    }

    pub fn handle(
        &self,
        by: &PersonId,
        reason: Reason,
        note: Option<String>,
        now: At,
    ) -> Result<Self, Refusal> {
        self.still_open()?;
        Ok(Self::Handled {
            by: Some(by.clone()),
            at: now,
            reason,
            note,
        })
    }

    pub fn snooze(
        &self,
        by: &PersonId,
        until: At,
        why: Option<String>,
        for_customer: bool,
    ) -> Result<Self, Refusal> {
        self.still_open()?;
        Ok(Self::Snoozed {
            by: by.clone(),
            until,
            why,
            for_customer,
        })
    }

    pub fn reopen(&self) -> Result<Self, Refusal> {
        match self {
            Self::Answered { .. } | Self::Handled { .. } => Ok(Self::Open),
            Self::Removed { at } => Err(Refusal::Removed { at: *at }),
            Self::Open | Self::Claimed { .. } | Self::Snoozed { .. } => Err(Refusal::Stale),
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    fn at(minute: i64) -> At {
        At::UNIX_EPOCH + TimeDelta::minutes(minute)
    }

    fn anna() -> PersonId {
        PersonId::new("chat", "anna")
    }

    fn ben() -> PersonId {
        PersonId::new("chat", "ben")
    }

    #[test]
    fn a_claim_is_a_lease() {
        let claimed = Handling::Open.claim(&anna(), at(15), at(0)).unwrap();
        assert_eq!(
            claimed.claim(&ben(), at(20), at(5)),
            Err(Refusal::Taken {
                by: anna(),
                until: at(15)
            })
        );
        assert!(
            claimed.claim(&anna(), at(20), at(5)).is_ok(),
            "one's own lease is prolonged"
        );
        assert!(
            claimed.claim(&ben(), at(31), at(16)).is_ok(),
            "an expired lease holds nobody off"
        );
        assert_eq!(
            claimed.release(&ben()),
            Err(Refusal::Taken {
                by: anna(),
                until: at(15)
            })
        );
    }

    #[test]
    fn what_is_done_cannot_be_taken_but_reopened() {
        let done = Handling::Answered {
            by: Some(anna()),
            at: at(3),
        };
        assert_eq!(
            done.claim(&ben(), at(9), at(4)),
            Err(Refusal::Answered {
                by: Some(anna()),
                at: at(3)
            })
        );
        assert_eq!(done.reopen(), Ok(Handling::Open));
        assert_eq!(Handling::Open.reopen(), Err(Refusal::Stale));
        assert_eq!(
            Handling::Removed { at: at(1) }.reopen(),
            Err(Refusal::Removed { at: at(1) })
        );
    }
}
