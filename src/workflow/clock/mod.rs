//! What happens because time went on: due timers, and promises that have changed meanwhile.
//!
//! It names `base`, `views` and `change`. A new verb belongs here if nobody asked for it but the clock.

pub mod retime;
pub mod timers;
