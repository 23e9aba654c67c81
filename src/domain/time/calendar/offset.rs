//! Where a zone's clock keeps one distance from UTC. Within such a time local times are plain arithmetic, so nobody else
//! has to think about clocks that are changed.

use std::iter;

use chrono::NaiveDateTime;
use chrono::Offset;
use chrono::TimeDelta;
use chrono::TimeZone;
use chrono_tz::Tz;

use crate::domain::At;

/// No zone has ever changed its clock and changed it back within so short a time; a test looks at all of them.
const STEP: i64 = 24 * 60 * 60;

/// A time with one offset from UTC, never longer than a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Steady {
    pub from: At,
    pub to: At,
    pub offset: TimeDelta,
}

impl Steady {
    pub fn local_from(&self) -> NaiveDateTime {
        self.from.naive_utc() + self.offset
    }

    pub fn local_to(&self) -> NaiveDateTime {
        self.to.naive_utc() + self.offset
    }

    pub fn instant(&self, local: NaiveDateTime) -> At {
        (local - self.offset).and_utc()
    }
}

/// Nothing only at the ends of time, where a zone's offset does not fit any more.
pub fn local(zone: Tz, at: At) -> Option<NaiveDateTime> {
    at.naive_utc().checked_add_signed(offset(zone, at))
}

fn offset(zone: Tz, at: At) -> TimeDelta {
    let offset = zone.offset_from_utc_datetime(&at.naive_utc()).fix();
    TimeDelta::seconds(offset.local_minus_utc().into())
}

/// All of [from, to), in order. It ends early at the ends of time.
pub fn steady(zone: Tz, from: At, to: At) -> impl Iterator<Item = Steady> {
    let mut from = from;
    iter::from_fn(move || {
        if from >= to {
            return None;
        }
        let offset = offset(zone, from);
        let steady = Steady {
            from,
            to: end(zone, from, to, offset)?,
            offset,
        };
        let fits = |at: At| at.naive_utc().checked_add_signed(offset);
        fits(steady.from).and(fits(steady.to))?;
        from = steady.to;
        Some(steady)
    })
}

/// Where the offset changes, or `to`, or a step further.
fn end(zone: Tz, from: At, to: At, since: TimeDelta) -> Option<At> {
    let end = from
        .checked_add_signed(TimeDelta::seconds(STEP))
        .map_or(to, |end| end.min(to));
    if offset(zone, end) == since {
        return Some(end);
    }
    // Clocks are changed at whole seconds: the old offset still holds at `old`, and no longer at `new`.
    let (mut old, mut new) = (from.timestamp(), end.timestamp());
    while new - old > 1 {
        let middle = old + (new - old) / 2;
        match offset(zone, At::from_timestamp(middle, 0)?) == since {
            true => old = middle,
            false => new = middle,
        }
    }
    At::from_timestamp(new, 0)
}
