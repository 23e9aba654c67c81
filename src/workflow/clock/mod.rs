//! What happens because time went on: due timers, schedules, and promises that are others now.
//!
//! It names `base`, `views` and `change`. A new verb belongs here if only the clock asks for it.

pub mod retime;
pub mod schedule;
pub mod timers;
