//! How an approved reply reaches its source, and what the source then says about it.
//!
//! It names `base`, `views` and `change`. A new verb belongs here if it is about our words at a source.

pub(in crate::workflow) mod moderated;
pub mod send;
pub(in crate::workflow) mod standing;

pub(in crate::workflow) use send::found;
