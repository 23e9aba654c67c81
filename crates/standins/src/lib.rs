//! Stand-ins for the far side, with memory and with faults on demand: a Slack, a Discord, a Google review API and a
//! shop's review site. They speak the platforms' wire formats and know nothing of the bot, so the bot's real clients
//! are what every story test and the demo run. Time comes in from outside, so a test can make it stand still.
//!
#![doc = include_str!("../README.md")]

use std::sync::Arc;

use chrono::{DateTime, Utc};

pub mod appstore;
pub mod bazaarvoice;
pub mod chat;
pub mod discord;
pub mod etrusted;
pub mod google;
pub mod judgeme;
pub mod play;
mod png;
pub mod samples;
pub mod shop;
pub mod sites;
pub mod slack;
#[cfg(test)]
mod tests;
pub mod trustpilot;
pub mod woocommerce;

/// Where the stand-ins read the time.
pub type Now = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;
