//! One integration binary, so that the crate is linked once.

// Said for clippy: all of this may unwrap, also what is not marked as a test itself.
#![cfg(test)]

mod database;
mod desk;
mod house;
mod manifest;
mod outbox;
mod packaging;
mod sentences;
mod setup;
mod stopping;
mod story;
