//! What the workflows need from the outside, in our nouns. An adapter sorts its own failures into these five; nobody
//! else reads status codes.

pub mod chat;
pub mod clock;
pub mod source;

/// Why a call outside did not do what was asked, sorted by what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PortError {
    /// It was not done; try again, not before `after` seconds if given.
    #[error("later: {why}")]
    Later { why: String, after: Option<i64> },
    /// It was not done, and the same request will never succeed.
    #[error("never: {why}")]
    Never { why: String },
    /// What it was about is not there any more.
    #[error("gone: {why}")]
    Gone { why: String },
    /// We may not; somebody has to change rights or tokens.
    #[error("denied: {why}")]
    Denied { why: String },
    /// It may or may not have been done: look before doing it again.
    #[error("unclear: {why}")]
    Unknown { why: String },
}

impl PortError {
    pub fn later(why: impl Into<String>) -> Self {
        Self::Later {
            why: why.into(),
            after: None,
        }
    }

    pub fn never(why: impl Into<String>) -> Self {
        Self::Never { why: why.into() }
    }

    pub fn unknown(why: impl Into<String>) -> Self {
        Self::Unknown { why: why.into() }
    }
}
