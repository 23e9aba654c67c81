//! How an approved reply reaches its source, and what becomes of it there.
//!
//! It names `base`, `views` and `change`. A new verb belongs here if it is about our words at a source.

pub mod moderated;
pub mod send;
pub mod standing;
