//! When a team works: weekly hours in its time zone, and the days on which it does not. Promises are counted in these
//! hours, so everything here must equal one sentence, the definition of `is_open`; the tests compare it minute by
//! minute. Hours that the clocks repeat count twice, hours that they skip not at all: that is what people work.

mod offset;
mod quiet;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::iter;

use chrono::Datelike;
use chrono::NaiveDate;
use chrono::NaiveDateTime;
use chrono::TimeDelta;
use chrono::Timelike;
use chrono_tz::Tz;

use crate::domain::At;
use crate::domain::time::calendar::offset::Steady;
pub use crate::domain::time::calendar::offset::local;
use crate::domain::time::calendar::offset::steady;
pub use crate::domain::time::calendar::quiet::Quiet;

/// Minutes of a local day: from the first, up to and without the second.
pub type Window = (u16, u16);

/// A whole day; 24:00 ends it.
pub const DAY: u16 = 24 * 60;

/// Whoever has no hour in ten years has none.
const FARTHEST: TimeDelta = TimeDelta::days(3653);

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    pub name: String,
    pub zone: Tz,
    /// Monday first; in order, none touching the next.
    week: [Vec<Window>; 7],
    holidays: BTreeMap<NaiveDate, String>,
    /// By month and day.
    yearly: BTreeMap<(u32, u32), String>,
}

/// Time without a break.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    pub from: At,
    pub to: At,
}

impl Stretch {
    pub fn length(&self) -> TimeDelta {
        self.to - self.from
    }
}

impl Calendar {
    /// Monday first. Windows are minutes of the day, from < to <= 1440.
    pub fn new(
        name: impl Into<String>,
        zone: Tz,
        week: [Vec<Window>; 7],
        holidays: BTreeMap<NaiveDate, String>,
        yearly: BTreeMap<(u32, u32), String>,
    ) -> Self {
        Self {
            name: name.into(),
            zone,
            week: week.map(merged),
            holidays,
            yearly,
        }
    }

    /// The definition everything else must equal: an instant is open iff its local time falls into a window of its local
    /// date's weekday and that date is no holiday.
    pub fn is_open(&self, at: At) -> bool {
        let Some(local) = local(self.zone, at) else {
            return false;
        };
        let second = local.num_seconds_from_midnight();
        let mut windows = self.windows(local.date()).iter();
        windows.any(|(from, to)| (u32::from(*from) * 60..u32::from(*to) * 60).contains(&second))
    }

    /// The instant at which `span` of open time has passed since `from`: the earliest, and `from` itself for none.
    /// Nothing if there is no such instant within ten years.
    pub fn add(&self, from: At, span: TimeDelta) -> Option<At> {
        if span <= TimeDelta::zero() {
            return Some(from);
        }
        let mut left = span;
        for piece in self.pieces(from, from.checked_add_signed(FARTHEST)?) {
            if left <= piece.length() {
                return Some(piece.from + left);
            }
            left -= piece.length();
        }
        None
    }

    /// Open time between two instants; none if they are in the wrong order.
    pub fn between(&self, from: At, to: At) -> TimeDelta {
        self.pieces(from, to).map(|piece| piece.length()).sum()
    }

    /// The open stretches in [from, to), in order, those that touch as one.
    pub fn stretches(&self, from: At, to: At) -> impl Iterator<Item = Stretch> {
        let mut pieces = self.pieces(from, to).peekable();
        iter::from_fn(move || {
            let mut stretch = pieces.next()?;
            while let Some(next) = pieces.next_if(|next| next.from == stretch.to) {
                stretch.to = next.to;
            }
            Some(stretch)
        })
    }

    /// The holidays' names by local date in the days that [from, to) touches, where the weekday would otherwise have
    /// hours.
    pub fn holidays_between(&self, from: At, to: At) -> Vec<(NaiveDate, String)> {
        let dates = steady(self.zone, from, to).flat_map(|steady| days(&steady));
        // A day is met again when an offset changes in it.
        let found = dates.filter_map(|date| Some((date, self.holiday(date)?.to_owned())));
        let found = found.filter(|(date, _)| !self.weekday(*date).is_empty());
        found.collect::<BTreeMap<_, _>>().into_iter().collect()
    }

    /// The clock changes in [from, to), and by how many minutes the local clock jumped.
    pub fn clock_changes(&self, from: At, to: At) -> Vec<(At, i64)> {
        clock_changes(self.zone, from, to)
    }

    /// The week for people: first and last weekday (0 is Monday) of those in a row that have the same hours.
    pub fn grouped_hours(&self) -> Vec<(u8, u8, Vec<Window>)> {
        let mut out: Vec<(u8, u8, Vec<Window>)> = vec![];
        for (day, windows) in (0..).zip(&self.week) {
            match out.last_mut() {
                Some((_, last, same)) if *last + 1 == day && same == windows => *last = day,
                _ if windows.is_empty() => {}
                _ => out.push((day, day, windows.clone())),
            }
        }
        out
    }

    /// The holiday's name, if the date is one.
    pub fn holiday(&self, date: NaiveDate) -> Option<&str> {
        let yearly = || self.yearly.get(&(date.month(), date.day()));
        self.holidays.get(&date).or_else(yearly).map(String::as_str)
    }

    /// The hours of a date; none on a holiday.
    pub fn windows(&self, date: NaiveDate) -> &[Window] {
        match self.holiday(date) {
            Some(_) => &[],
            None => self.weekday(date),
        }
    }

    fn weekday(&self, date: NaiveDate) -> &[Window] {
        &self.week[date.weekday().num_days_from_monday() as usize]
    }

    /// What is open in [from, to), in order, cut wherever a day ends or an offset changes.
    fn pieces(&self, from: At, to: At) -> impl Iterator<Item = Stretch> {
        steady(self.zone, from, to).flat_map(move |steady| {
            days(&steady).flat_map(move |date| {
                let windows = self.windows(date).iter();
                windows.filter_map(move |window| cut(&steady, date, *window))
            })
        })
    }
}

/// The clock changes of a zone in [from, to), and by how many minutes its local clock jumped.
pub fn clock_changes(zone: Tz, from: At, to: At) -> Vec<(At, i64)> {
    // What stood a moment before tells whether it changes right at the beginning.
    let Some(before) = from.checked_sub_signed(TimeDelta::seconds(1)) else {
        return vec![];
    };
    let mut last = None;
    let mut out = vec![];
    for steady in steady(zone, before, to) {
        let jump = steady.offset - last.unwrap_or(steady.offset);
        if !jump.is_zero() {
            out.push((steady.from, jump.num_minutes()));
        }
        last = Some(steady.offset);
    }
    out
}

/// The local dates of a time with one offset.
fn days(steady: &Steady) -> impl Iterator<Item = NaiveDate> + use<> {
    let last = steady.local_to();
    let first = steady.local_from().date();
    first
        .iter_days()
        .take_while(move |date| NaiveDateTime::from(*date) < last)
}

/// What of a date's window falls into a time with one offset.
fn cut(steady: &Steady, date: NaiveDate, (from, to): Window) -> Option<Stretch> {
    let midnight = NaiveDateTime::from(date);
    let from = midnight.checked_add_signed(TimeDelta::minutes(from.into()))?;
    let to = midnight.checked_add_signed(TimeDelta::minutes(to.into()))?;
    let from = from.max(steady.local_from());
    let to = to.min(steady.local_to());
    (from < to).then(|| Stretch {
        from: steady.instant(from),
        to: steady.instant(to),
    })
}

/// In order and without overlap, whatever order they were written in.
fn merged(mut windows: Vec<Window>) -> Vec<Window> {
    windows.retain(|(from, to)| from < to && *to <= DAY);
    windows.sort_unstable();
    let mut out: Vec<Window> = Vec::with_capacity(windows.len());
    for (from, to) in windows {
        match out.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(to),
            _ => out.push((from, to)),
        }
    }
    out
}

/// `09:00`; the end of a day is `24:00`.
pub fn written(minute: u16) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

/// A time of day as people write it, `9:00` or `09:00`, up to `24:00`.
pub fn minute(text: &str) -> Option<u16> {
    let number = |digits: &str| -> Option<u16> {
        let are_digits = (1..=2).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        digits.parse().ok().filter(|_| are_digits)
    };
    let (hour, minute) = text.trim().split_once(':')?;
    let (hour, minute) = (number(hour)?, number(minute).filter(|_| minute.len() == 2)?);
    (minute < 60 && hour * 60 + minute <= DAY).then_some(hour * 60 + minute)
}
