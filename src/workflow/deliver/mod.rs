//! How an effect is carried out in the chat, and what becomes of its outcome.
//!
//! It names every room but `press` and `upkeep`. A new kind of message belongs here, and its line in `dispatch`.

pub(in crate::workflow) mod directly;
pub mod dispatch;
pub(in crate::workflow) mod fold;
pub mod illustrate;
pub mod notify;
pub(in crate::workflow) mod stepped;
pub(in crate::workflow) mod webhook;
