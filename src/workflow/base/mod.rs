//! What everything else here stands on, and what knows of no verb: the tools of a desk and the rules as they hold, what is
//! shared by replicas, a sentence to one person, word to the admins.
//!
//! It names no other room. A new verb belongs here only if every room may need it and it changes no item.

pub mod alarm;
pub mod aside;
pub mod follow;
pub mod gather;
pub mod live;
pub mod shared;
pub(in crate::workflow) mod whisper;
