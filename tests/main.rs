//! One integration binary, so that the crate is linked once.

// Said for clippy: all of this may unwrap, also what is not marked as a test itself.
#![cfg(test)]

mod blocks;
mod browser;
mod clock;
mod contract;
mod cut;
mod database;
mod demo;
mod described;
mod desk;
mod far;
mod house;
mod lines;
mod manifest;
mod official;
mod outbox;
mod packaging;
mod probe;
mod queries;
mod readme;
mod seat;
mod sentences;
mod setup;
mod stats;
mod stopping;
mod stored;
mod story;
mod tongue;
mod tune;
