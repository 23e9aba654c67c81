//! When: working hours, quiet hours, and what comes back again.

pub mod calendar;
pub mod recurrence;
pub mod schedule;
pub mod snooze;
pub mod span;
