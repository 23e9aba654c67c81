//! When a digest is due. People write five fields with Unix weekdays and expect each local slot once; the cron crate
//! wants six fields, counts Sunday as 1, skips a local time in the spring gap and repeats it in autumn. So the
//! expression is translated, slots are counted in local time without any zone, and only then become instants.

mod words;

use std::collections::BTreeSet;
use std::str::FromStr;

use chrono::DateTime;
use chrono::LocalResult;
use chrono::NaiveDateTime;
use chrono::Offset as _;
use chrono::TimeDelta;
use chrono::TimeZone;
use chrono::Utc;
use chrono_tz::Tz;

use crate::domain::At;
use crate::domain::time::schedule::words::Fields;

#[derive(Debug, Clone)]
pub struct Schedule {
    /// Unix cron: when day of month and weekday are both given, either may match, hence up to two.
    parts: Vec<cron::Schedule>,
    fields: Fields,
    pub zone: Tz,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotASchedule {
    #[error(
        "{0:?} has {1} fields; five are needed: minute hour day-of-month month weekday, for example `0 8 * * 1-5`"
    )]
    Fields(String, usize),
    #[error("{0:?} is no weekday; use 0 to 7 (0 and 7 are Sunday) or mon to sun")]
    Weekday(String),
    #[error("{given:?} is no {what}; use {range}, also as 1,3 or 1-5 or */2")]
    Field {
        given: String,
        what: &'static str,
        range: &'static str,
    },
    #[error("{0:?} is no schedule: {1}")]
    Expression(String, String),
}

/// Clocks are never set back by more than a day, and on a quarter of an hour.
const BACK_QUARTERS: i64 = 4 * 26;

/// One time on the wall, and the instant that it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot {
    pub local: NaiveDateTime,
    pub at: At,
}

/// One of the five fields: what it is called, what may stand in it, and names for its numbers.
struct Field {
    what: &'static str,
    range: &'static str,
    first: u32,
    last: u32,
    names: &'static [&'static str],
}

const MINUTE: Field = Field {
    what: "minute",
    range: "0 to 59",
    first: 0,
    last: 59,
    names: &[],
};
const HOUR: Field = Field {
    what: "hour",
    range: "0 to 23",
    first: 0,
    last: 23,
    names: &[],
};
const DAY: Field = Field {
    what: "day of the month",
    range: "1 to 31",
    first: 1,
    last: 31,
    names: &[],
};
const MONTH: Field = Field {
    what: "month",
    range: "1 to 12 or jan to dec",
    first: 1,
    last: 12,
    names: &[
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ],
};
/// Sunday has two numbers.
const WEEKDAY: Field = Field {
    what: "weekday",
    range: "0 to 7",
    first: 0,
    last: 7,
    names: &["sun", "mon", "tue", "wed", "thu", "fri", "sat"],
};

impl Schedule {
    pub fn parse(expression: &str, zone: Tz) -> Result<Self, NotASchedule> {
        let fields: Vec<&str> = expression.split_whitespace().collect();
        let [minute, hour, day, month, weekday] = fields[..] else {
            return Err(NotASchedule::Fields(expression.to_owned(), fields.len()));
        };
        let [minutes, hours, days, months] = [(MINUTE, minute), (HOUR, hour), (DAY, day), (MONTH, month)]
            .map(|(field, given)| field.listed(given));
        let (minutes, hours, days, months) = (minutes?, hours?, days?, months?);
        let weekdays = weekdays(weekday)?;
        let compile = |day: &str, weekday: &str| {
            cron::Schedule::from_str(&format!("0 {minutes} {hours} {day} {months} {weekday}"))
                .map_err(|e| NotASchedule::Expression(expression.to_owned(), e.to_string()))
        };
        // As every Unix cron has it: where both name days, either will do; a field that begins with a star names none.
        let parts = if day.starts_with('*') || weekday.starts_with('*') {
            vec![compile(&days, &weekdays)?]
        } else {
            vec![compile(&days, "*")?, compile("*", &weekdays)?]
        };
        // What was listed above is sound.
        let numbers = |field: Field, given: &str| field.numbers(given).unwrap_or_default();
        let sundays = numbers(WEEKDAY, weekday).into_iter().map(|day| day % 7);
        let fields = Fields {
            minutes: numbers(MINUTE, minute),
            hours: numbers(HOUR, hour),
            days: numbers(DAY, day),
            months: numbers(MONTH, month),
            weekdays: sundays.collect(),
            either: parts.len() > 1,
        };
        Ok(Self { parts, fields, zone })
    }

    /// The last slot that has come by `now`. Of several that the clocks skipped at once, it is the last one that counts
    /// for all of them.
    pub fn latest(&self, now: At) -> Option<Slot> {
        let mut before = self.furthest(now) + TimeDelta::seconds(1);
        loop {
            let slot = self.slot(self.parts.iter().filter_map(|p| previous(p, before)).max()?);
            if slot.at <= now {
                return Some(slot);
            }
            before = slot.local;
        }
    }

    /// The next slots after `now`, for people to check what they wrote.
    pub fn upcoming(&self, now: At, count: usize) -> Vec<Slot> {
        let mut out: Vec<Slot> = Vec::new();
        let mut after = now.with_timezone(&self.zone).naive_local() - TimeDelta::minutes(1);
        loop {
            let next = self
                .parts
                .iter()
                .filter_map(|p| p.after(&after.and_utc()).next())
                .min();
            let Some(slot) = next.map(|local| self.slot(local.naive_utc())) else {
                return out;
            };
            let full = out.len() == count;
            match out.last_mut() {
                // Skipped together, they come together, once.
                Some(last) if last.at == slot.at => *last = slot,
                _ if slot.at <= now => {}
                _ if full => return out,
                _ => out.push(slot),
            }
            after = slot.local;
        }
    }

    /// The slot before this one, where its period begins.
    pub fn before(&self, slot: Slot) -> Option<Slot> {
        let mut local = slot.local;
        loop {
            let earlier = self.slot(self.parts.iter().filter_map(|p| previous(p, local)).max()?);
            if earlier.at < slot.at {
                return Some(earlier);
            }
            local = earlier.local;
        }
    }

    /// No clock on a wall has shown a later time by `now`: where they were set back a while ago, they had been further.
    fn furthest(&self, now: At) -> NaiveDateTime {
        let offsets = (0..=BACK_QUARTERS).map(|n| {
            let then = now - TimeDelta::minutes(15 * n);
            self.zone
                .offset_from_utc_datetime(&then.naive_utc())
                .fix()
                .local_minus_utc()
        });
        let furthest = offsets.max().unwrap_or(0);
        now.naive_utc() + TimeDelta::seconds(i64::from(furthest))
    }

    fn slot(&self, local: NaiveDateTime) -> Slot {
        Slot {
            local,
            at: instant(self.zone, local),
        }
    }
}

fn previous(part: &cron::Schedule, before: NaiveDateTime) -> Option<NaiveDateTime> {
    part.after(&before.and_utc())
        .next_back()
        .map(|at: DateTime<Utc>| at.naive_utc())
}

/// A time that the clocks skip in spring comes at the next valid minute; one that they repeat comes the first time.
pub fn instant(zone: Tz, local: NaiveDateTime) -> At {
    let mut probe = local;
    for _ in 0..(26 * 60) {
        match zone.from_local_datetime(&probe) {
            LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => return at.with_timezone(&Utc),
            LocalResult::None => probe += TimeDelta::minutes(1),
        }
    }
    local.and_utc()
}

/// `1-5`, `mon-fri`, `0,6`, `*/2`, `5-7`: all as a list of names, which mean the same to everybody.
fn weekdays(given: &str) -> Result<String, NotASchedule> {
    if given == "*" {
        return Ok("*".to_owned());
    }
    let days = WEEKDAY
        .numbers(given)
        .ok_or_else(|| NotASchedule::Weekday(given.to_owned()))?;
    let on = |(n, name): (usize, &&'static str)| {
        let n = u32::try_from(n).ok()?;
        (days.contains(&n) || n == 0 && days.contains(&7)).then_some(*name)
    };
    let named: Vec<&str> = WEEKDAY.names.iter().enumerate().filter_map(on).collect();
    Ok(named.join(","))
}

impl Field {
    /// All of them one by one, which mean the same to everybody.
    fn listed(&self, given: &str) -> Result<String, NotASchedule> {
        let numbers = self.numbers(given).ok_or_else(|| NotASchedule::Field {
            given: given.to_owned(),
            what: self.what,
            range: self.range,
        })?;
        if numbers.len() == (self.first..=self.last).count() {
            return Ok("*".to_owned());
        }
        let numbers: Vec<String> = numbers.iter().map(u32::to_string).collect();
        Ok(numbers.join(","))
    }

    fn numbers(&self, given: &str) -> Option<BTreeSet<u32>> {
        let mut numbers = BTreeSet::new();
        for part in given.split(',') {
            let (range, step) = match part.split_once('/') {
                Some((range, step)) => (range, Some(step.parse::<usize>().ok().filter(|s| *s > 0)?)),
                None => (part, None),
            };
            let (from, to) = match range.split_once('-') {
                _ if range == "*" => (self.first, self.top()),
                Some((from, to)) => (self.number(from)?, self.number(to)?),
                // A step needs somewhere to go.
                None if step.is_some() => return None,
                None => (self.number(range)?, self.number(range)?),
            };
            if from > to && self.names.is_empty() {
                return None;
            }
            let all: Vec<u32> = if from > to {
                // fri-mon and nov-feb go over the end.
                (from..=self.top()).chain(self.first..=to).collect()
            } else {
                (from..=to).collect()
            };
            numbers.extend(all.into_iter().step_by(step.unwrap_or(1)));
        }
        Some(numbers)
    }

    /// The last of those that are all different.
    fn top(&self) -> u32 {
        match self.first {
            0 if self.last == 7 => 6,
            _ => self.last,
        }
    }

    fn number(&self, word: &str) -> Option<u32> {
        let named = self.names.iter().position(|name| name.eq_ignore_ascii_case(word));
        match named.and_then(|n| u32::try_from(n).ok()) {
            Some(n) => Some(self.first + n),
            None if word.bytes().all(|b| b.is_ascii_digit()) => {
                let n = word.parse::<u32>().ok()?;
                (self.first..=self.last).contains(&n).then_some(n)
            }
            None => None,
        }
    }
}

#[cfg(test)]
mod tests;
