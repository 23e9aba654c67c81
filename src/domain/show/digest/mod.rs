//! What a channel, or one person, is told at the end of its day or the start of its next: one line that says it all,
//! then what is late, then numbers beside those of the period before, then what customers found most helpful.

mod lines;
pub mod period;
pub mod plan;
pub mod unusual;

use std::collections::BTreeMap;

use crate::domain::At;
use crate::domain::item::stats::Counts;
use crate::domain::say::text::Locale;
use crate::domain::say::text::Seg;
use crate::domain::say::words;
use crate::domain::show::chart;
use crate::domain::show::digest::lines::Room;
use crate::domain::show::digest::unusual::Unusual;
use crate::domain::show::row::ListRow;

/// A year and a day of numbers at most.
pub const MOST_DAYS: i64 = 366;

/// What every chat shows in one message; Discord has the least room, and escapes what could be a mark.
const MOST_UNITS: usize = 3900;

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Numbers {
    pub now: Counts,
    /// Of the period before, if that is long enough to compare with.
    pub before: Option<Counts>,
    /// What people call the sources.
    pub labels: BTreeMap<String, String>,
    pub open: i64,
    /// The first ones, oldest deadline first.
    pub overdue: Vec<ListRow>,
    /// When the first of them should have been answered.
    pub oldest: Option<At>,
    /// All of them.
    pub overdue_count: i64,
    /// The next ones that are not overdue yet.
    pub next: Vec<ListRow>,
    /// Of what was new, what most people found helpful: praise, then criticism.
    pub helpful: Vec<Helpful>,
    pub unusual: Vec<Unusual>,
    /// Who answered, where the team wants to read that: names and numbers, the most first.
    pub people: Option<Vec<(String, i64)>>,
    pub troubles: Vec<Trouble>,
    /// Of the one person whom it is for.
    pub mine: Option<Mine>,
    /// The days of the picture, oldest first.
    pub days: Vec<chart::Day>,
    /// The target for the first answer, where the channel has a single one that counts all hours.
    pub target_minutes: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Helpful {
    pub is_praise: bool,
    pub votes: i64,
    /// As the customer wrote them.
    pub words: String,
    pub number: i64,
    pub head: String,
    pub link: Option<String>,
}

/// A source that does not answer us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    pub label: String,
    /// When it answered for the last time.
    pub since: Option<At>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mine {
    /// How many they hold.
    pub held: i64,
    pub next: Option<At>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digest {
    pub headline: Vec<Seg>,
    /// Before the list.
    pub lead: Vec<Vec<Seg>>,
    /// What is listed, each with what can be done about it.
    pub rows: Vec<ListRow>,
    /// Below the list. None, if there is nothing to tell.
    pub lines: Vec<Vec<Seg>>,
}

impl Digest {
    /// All that it says, in the order in which it is read.
    pub fn all(&self) -> impl Iterator<Item = &Vec<Seg>> {
        let rows = self.rows.iter().map(|row| &row.line);
        let before = std::iter::once(&self.headline).chain(&self.lead);
        before.chain(rows).chain(&self.lines)
    }
}

impl Numbers {
    /// Nothing happened and nothing waits.
    fn is_quiet(&self) -> bool {
        self.now.is_empty() && self.open == 0
    }
}

pub fn write(numbers: &Numbers, from: At, to: At, locale: Locale) -> Digest {
    let rooms = Room::ALL.iter();
    let mut tried = rooms.map(|room| lines::write(numbers, from, to, locale, room));
    let fits = |digest: &Digest| digest.all().map(|line| units(line)).sum::<usize>() <= MOST_UNITS;
    let least = lines::write(numbers, from, to, locale, &Room::LEAST);
    tried.find(fits).unwrap_or(least)
}

/// How much room a line takes at most, with its break: a chat may put a backslash before each mark.
fn units(line: &[Seg]) -> usize {
    let text = |text: &str| words::utf16_len(text) + text.chars().filter(char::is_ascii_punctuation).count();
    let parts = line.iter().map(|seg| match seg {
        Seg::Text(s) => text(s),
        Seg::Strong(s) => text(s) + 4,
        // In short, the date and the time are a mark each.
        Seg::Time { fallback, .. } => words::utf16_len(fallback).max(40),
        Seg::Link { label, url } => text(label) + words::utf16_len(url) + 4,
        Seg::Ping(_) | Seg::Room { .. } => 30,
    });
    parts.sum::<usize>() + 1
}

#[cfg(test)]
mod tests;
