//! An export is looked at, brought in and taken back, from a terminal or from a chat: what both have in common is here.

pub mod preview;
pub mod rows;
pub mod shown;
pub mod steps;
pub mod undo;

use chrono_tz::Tz;

use crate::domain::item::ItemKind;
use crate::domain::promise::route;
use crate::domain::promise::route::View;
use crate::workflow::Desk;

/// So many open posts come as cards of their own; more wait in the room's fold from the beginning.
pub const CARDS: u64 = 5;

impl Desk {
    /// The clock of the channel where the source's posts go: a time without an offset is meant by it.
    pub fn zone_of(&self, source: &str) -> Tz {
        let rules = &self.rules;
        let view = View {
            source,
            kind: ItemKind::Review,
            rating: None,
            title: None,
            body: None,
            subject: None,
            language: None,
        };
        let route = route::choose_for(&rules.routes, &rules.fallback, view);
        let mut channels = route.to.iter().filter_map(|name| rules.channel(name));
        channels.next().map_or(Tz::UTC, |channel| channel.locale.zone)
    }
}
