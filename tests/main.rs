//! One integration binary, so that the crate is linked once.

// Said for clippy: all of this may unwrap, also what is not marked as a test itself.
#![cfg(test)]
#![expect(
    clippy::disallowed_methods,
    reason = "a test looks into the database in its own words"
)]

mod database;
mod desk;
mod house;
mod manifest;
mod outbox;
mod story;
