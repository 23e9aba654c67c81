//! An export is looked at, brought in and taken back, from a terminal or from a chat: what both have in common is here.

pub mod preview;
pub mod rows;
pub mod shown;
pub mod steps;
pub mod undo;

use chrono_tz::Tz;

use crate::workflow::Desk;

/// So many open posts come as cards of their own; more wait in the room's fold from the beginning.
pub const CARDS: u64 = 5;

impl Desk {
    /// The clock of the channel where the source's posts go: a time without an offset is meant by it.
    pub fn zone_of(&self, source: &str) -> Tz {
        let mut channels = self.rules.channels_of(source);
        channels.next().map_or(Tz::UTC, |channel| channel.locale.zone)
    }
}
