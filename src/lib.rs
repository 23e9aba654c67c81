//! zeitnah brings customer reviews and questions into the team's chat as cards, publishes the answers back
//! and keeps the deadlines. Data flows one way; each layer may name only the layers below it
//! (ARCHITECTURE.md has the map, `tests/house.rs` holds it).

pub mod app;
pub mod chat;
pub mod cli;
pub mod config;
#[cfg(feature = "demo")]
pub mod demo;
pub mod domain;
pub mod http;
pub mod picture;
pub mod port;
pub mod postgres;
pub mod reader;
pub mod source;
pub mod store;
pub mod telemetry;
pub mod webhook;
pub mod worker;
pub mod workflow;
