//! The product's rules, pure: no await, no clock, no pool and no word of any platform. Whatever time it is comes in
//! as an argument, so each rule can be tested by saying what happened and when.
//!
//! Its nouns stand in rooms, each after those that it names; `tests/house.rs` holds the order.

pub mod id;
pub mod lang;

pub mod people;
pub mod time;

pub mod say;

pub mod item;

pub mod press;

pub mod show;

pub mod effect;

pub mod promise;

/// An instant, always UTC; local time appears only where people read it.
pub type At = chrono::DateTime<chrono::Utc>;
