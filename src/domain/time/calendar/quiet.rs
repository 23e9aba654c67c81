//! The hours in which somebody does not want to be called.

use std::fmt;

use chrono::TimeDelta;
use chrono::Timelike;
use chrono_tz::Tz;
use serde::Deserialize;
use serde::Serialize;

use crate::domain::At;
use crate::domain::time::calendar::DAY;
use crate::domain::time::calendar::minute;
use crate::domain::time::calendar::offset::Steady;
use crate::domain::time::calendar::offset::steady;
use crate::domain::time::calendar::written;

/// Minutes of the local day, which may cross midnight; `from` == `to` is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quiet {
    pub from: u16,
    pub to: u16,
}

impl Quiet {
    /// `20:00-07:00`. Not the whole day: somebody who must never be called is not to be named at all.
    pub fn parse(text: &str) -> Option<Self> {
        let (from, to) = text.split_once('-')?;
        let (from, to) = (minute(from)?, minute(to)?);
        (from < DAY && (from, to) != (0, DAY)).then_some(Self { from, to })
    }

    /// Whether this minute of the day lies in them.
    pub fn has(self, minute: u16) -> bool {
        match self.from <= self.to {
            true => (self.from..self.to).contains(&minute),
            false => minute >= self.from || minute < self.to,
        }
    }

    /// When they end, if `at` lies in them. In the night in which the clocks are changed: the first instant at which the
    /// clock on the wall shows another time than theirs.
    pub fn ends(self, at: At, zone: Tz) -> Option<At> {
        let farthest = at.checked_add_signed(TimeDelta::days(3))?;
        for steady in steady(zone, at, farthest) {
            let Some(end) = self.end(&steady) else {
                return (steady.from > at).then_some(steady.from);
            };
            if end < steady.to {
                return Some(end);
            }
        }
        None
    }

    /// The end of the hours that a time with one offset begins in, as if it went on for ever.
    fn end(self, steady: &Steady) -> Option<At> {
        let now = steady.local_from().time();
        let second = i64::from(now.num_seconds_from_midnight());
        let (from, to, day) = (
            i64::from(self.from) * 60,
            i64::from(self.to) * 60,
            i64::from(DAY) * 60,
        );
        let is_quiet = match from <= to {
            // A whole day would have no end.
            true => to - from < day && (from..to).contains(&second),
            false => second >= from || second < to,
        };
        let left = TimeDelta::seconds((to - second).rem_euclid(day));
        let since_second = TimeDelta::nanoseconds(now.nanosecond().into());
        is_quiet.then(|| steady.from + left - since_second)
    }
}

impl fmt::Display for Quiet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", written(self.from), written(self.to))
    }
}
