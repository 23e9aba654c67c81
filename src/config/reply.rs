//! The pace of answering.

use crate::domain::promise::rules::ClockStops;
use crate::reader::table::Table;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reply {
    /// Seconds in which Send can be taken back; 0 sends at once.
    pub undo_seconds: i64,
    /// Minutes until a claim ends by itself.
    pub claim_minutes: i64,
    pub clock_stops: ClockStops,
    /// How long warnings wait for others that go to the same people.
    pub gather_seconds: i64,
}

pub fn read(table: Table) -> Option<Reply> {
    let undo_seconds = table.integer("undo_seconds", 0..=600);
    let claim_minutes = table.integer("claim_minutes", 1..=1440);
    let stops = [
        ("visible", ClockStops::Visible),
        ("accepted", ClockStops::Accepted),
    ];
    let clock_stops = table.choice("clock_stops", &stops);
    let gather_seconds = table.integer("gather_seconds", 0..=3600);
    table.close();
    Some(Reply {
        undo_seconds: undo_seconds?,
        claim_minutes: claim_minutes?,
        clock_stops: clock_stops?,
        gather_seconds: gather_seconds?,
    })
}
