//! What the workflows need from the outside, in our nouns. An adapter sorts its own failures into these five; nobody
//! else reads status codes. Displayed, a failure is fit for a log; its `why` is for people and the database.

pub mod chat;
pub mod clock;
pub mod export;
pub mod rulebook;
pub mod shared;
pub mod source;
pub mod webhook;

pub use crate::domain::say::quoted::Why;

/// Why a call outside did not do what was asked, sorted by what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PortError {
    /// It was not done; try again, not before `after` seconds if given.
    #[error("later: {why}")]
    Later { why: Why, after: Option<i64> },
    /// It was not done, and the same request will never succeed.
    #[error("never: {why}")]
    Never { why: Why },
    /// What it was about is not there any more.
    #[error("gone: {why}")]
    Gone { why: Why },
    /// We may not; somebody has to change rights or tokens.
    #[error("denied: {why}")]
    Denied { why: Why },
    /// It may or may not have been done: look before doing it again.
    #[error("unclear: {why}")]
    Unclear { why: Why },
}

impl PortError {
    /// A clear no: it was not done, and the same way will not do it later. Another way may.
    pub fn is_no(&self) -> bool {
        match self {
            Self::Denied { .. } | Self::Gone { .. } | Self::Never { .. } => true,
            Self::Later { .. } | Self::Unclear { .. } => false,
        }
    }

    pub fn later(why: impl Into<Why>) -> Self {
        Self::Later {
            why: why.into(),
            after: None,
        }
    }

    pub fn denied(why: impl Into<Why>) -> Self {
        Self::Denied { why: why.into() }
    }

    pub fn gone(why: impl Into<Why>) -> Self {
        Self::Gone { why: why.into() }
    }

    pub fn never(why: impl Into<Why>) -> Self {
        Self::Never { why: why.into() }
    }

    pub fn unclear(why: impl Into<Why>) -> Self {
        Self::Unclear { why: why.into() }
    }

    pub fn why(&self) -> &Why {
        match self {
            Self::Later { why, .. }
            | Self::Never { why }
            | Self::Gone { why }
            | Self::Denied { why }
            | Self::Unclear { why } => why,
        }
    }
}
