//! When a digest is due. People write five fields with Unix weekdays and expect each local slot once; the cron crate
//! wants six fields, counts Sunday as 1, skips a local time in the spring gap and repeats it in autumn. So the
//! expression is translated, slots are counted in local time without any zone, and only then become instants.

use std::str::FromStr;

use chrono::DateTime;
use chrono::LocalResult;
use chrono::NaiveDateTime;
use chrono::TimeDelta;
use chrono::TimeZone;
use chrono::Utc;
use chrono_tz::Tz;

use crate::domain::At;

#[derive(Debug, Clone)]
pub struct Schedule {
    /// Unix cron: when day of month and weekday are both given, either may match, hence up to two.
    parts: Vec<cron::Schedule>,
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
    #[error("{0:?} is no schedule: {1}")]
    Expression(String, String),
}

/// One time on the wall, and the instant that it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot {
    pub local: NaiveDateTime,
    pub at: At,
}

const DAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

impl Schedule {
    pub fn parse(expression: &str, zone: Tz) -> Result<Self, NotASchedule> {
        let fields: Vec<&str> = expression.split_whitespace().collect();
        let [minute, hour, day, month, weekday] = fields[..] else {
            return Err(NotASchedule::Fields(expression.to_owned(), fields.len()));
        };
        let weekdays = weekdays(weekday)?;
        let compile = |day: &str, weekday: &str| {
            cron::Schedule::from_str(&format!("0 {minute} {hour} {day} {month} {weekday}"))
                .map_err(|e| NotASchedule::Expression(expression.to_owned(), e.to_string()))
        };
        let parts = match (day, weekday) {
            (_, "*") => vec![compile(day, "*")?],
            ("*", _) => vec![compile("*", &weekdays)?],
            _ => vec![compile(day, "*")?, compile("*", &weekdays)?],
        };
        Ok(Self { parts, zone })
    }

    /// The last slot that has come by `now`.
    pub fn latest(&self, now: At) -> Option<Slot> {
        // One hour on top: in autumn a local time that looks later may already have come.
        let local = now.with_timezone(&self.zone).naive_local() + TimeDelta::hours(2);
        let mut before = local;
        // A gap or a repeated hour moves a slot by at most a few hours, so a few steps back are enough.
        for _ in 0..1000 {
            let slot = self.slot(self.parts.iter().filter_map(|p| previous(p, before)).max()?);
            if slot.at <= now {
                return Some(slot);
            }
            before = slot.local;
        }
        None
    }

    /// The next slots after `now`, for people to check what they wrote.
    pub fn upcoming(&self, now: At, count: usize) -> Vec<Slot> {
        let mut out: Vec<Slot> = Vec::new();
        let mut after = now.with_timezone(&self.zone).naive_local() - TimeDelta::hours(2);
        while out.len() < count {
            let Some(local) = self
                .parts
                .iter()
                .filter_map(|p| p.after(&after.and_utc()).next())
                .min()
            else {
                break;
            };
            let slot = self.slot(local.naive_utc());
            if slot.at > now {
                out.push(slot);
            }
            after = slot.local;
        }
        out
    }

    /// The slot before this one, where its period begins.
    pub fn before(&self, slot: Slot) -> Option<Slot> {
        self.parts
            .iter()
            .filter_map(|p| previous(p, slot.local))
            .max()
            .map(|local| self.slot(local))
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
fn weekdays(field: &str) -> Result<String, NotASchedule> {
    if field == "*" {
        return Ok("*".to_owned());
    }
    let unknown = || NotASchedule::Weekday(field.to_owned());
    let mut days = [false; 7];
    for part in field.split(',') {
        let (range, step) = match part.split_once('/') {
            Some((range, step)) => (
                range,
                step.parse::<usize>()
                    .ok()
                    .filter(|s| *s > 0)
                    .ok_or_else(unknown)?,
            ),
            None => (part, 1),
        };
        let (from, to) = match range.split_once('-') {
            _ if range == "*" => (0, 6),
            Some((from, to)) => (
                weekday(from).ok_or_else(unknown)?,
                weekday(to).ok_or_else(unknown)?,
            ),
            None => {
                let day = weekday(range).ok_or_else(unknown)?;
                (day, day)
            }
        };
        // fri-mon goes over the week's end.
        let to = if to < from { to + 7 } else { to };
        for day in (from..=to).step_by(step) {
            days[day % 7] = true;
        }
    }
    Ok((0..7)
        .filter(|d| days[*d])
        .map(|d| DAYS[d])
        .collect::<Vec<_>>()
        .join(","))
}

fn weekday(word: &str) -> Option<usize> {
    match word.parse::<usize>() {
        Ok(n) => (n <= 7).then_some(n),
        Err(_) => DAYS.iter().position(|d| d.eq_ignore_ascii_case(word)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const BERLIN: Tz = Tz::Europe__Berlin;

    fn utc(text: &str) -> At {
        text.parse().unwrap()
    }

    fn next(expression: &str, now: &str, count: usize) -> Vec<String> {
        let schedule = Schedule::parse(expression, BERLIN).unwrap();
        schedule
            .upcoming(utc(now), count)
            .iter()
            .map(|s| s.at.to_rfc3339())
            .collect()
    }

    #[test]
    fn weekdays_are_counted_as_in_unix() {
        // 2026-11-21 is a Saturday.
        assert_eq!(
            next("0 8 * * 1", "2026-11-21T00:00:00Z", 1),
            ["2026-11-23T07:00:00+00:00"]
        );
        assert_eq!(
            next("0 8 * * 7", "2026-11-21T00:00:00Z", 1),
            ["2026-11-22T07:00:00+00:00"]
        );
        assert_eq!(
            next("0 8 * * mon-fri", "2026-11-21T00:00:00Z", 1),
            ["2026-11-23T07:00:00+00:00"]
        );
        assert_eq!(
            next("0 8 * * 5-7", "2026-11-21T08:00:00Z", 1),
            ["2026-11-22T07:00:00+00:00"]
        );
        assert_eq!(next("0 8 1 * 1", "2026-11-29T00:00:00Z", 2).len(), 2);
    }

    #[test]
    fn a_skipped_hour_comes_once_and_a_repeated_hour_comes_once() {
        // Spring: 02:30 does not exist on 2026-03-29 in Berlin; 03:00 CEST is 01:00 UTC.
        assert_eq!(
            next("30 2 * * *", "2026-03-28T12:00:00Z", 2),
            ["2026-03-29T01:00:00+00:00", "2026-03-30T00:30:00+00:00"]
        );
        // Autumn: 02:30 happens twice on 2026-10-25; the first is 00:30 UTC.
        assert_eq!(
            next("30 2 * * *", "2026-10-24T12:00:00Z", 2),
            ["2026-10-25T00:30:00+00:00", "2026-10-26T01:30:00+00:00"]
        );
    }

    #[test]
    fn wrong_expressions_say_what_is_wrong() {
        assert!(matches!(
            Schedule::parse("0 0 8 * * *", BERLIN),
            Err(NotASchedule::Fields(_, 6))
        ));
        assert!(matches!(
            Schedule::parse("0 8 * * 8", BERLIN),
            Err(NotASchedule::Weekday(_))
        ));
        assert!(matches!(
            Schedule::parse("0 25 * * *", BERLIN),
            Err(NotASchedule::Expression(..))
        ));
    }

    #[test]
    fn the_period_begins_with_the_slot_before() {
        let schedule = Schedule::parse("0 8 * * 1-5", BERLIN).unwrap();
        let monday = schedule.latest(utc("2026-11-23T09:00:00Z")).unwrap();
        assert_eq!(monday.at, utc("2026-11-23T07:00:00Z"));
        assert_eq!(schedule.before(monday).unwrap().at, utc("2026-11-20T07:00:00Z"));
    }

    proptest! {
        // The oracle walks minute by minute over real time and takes each local minute the first time it is seen.
        #[test]
        fn the_latest_slot_is_the_one_a_clock_on_the_wall_would_say(day in 0i64..730, minute in 0i64..1440, hour in 0u32..24, past in 0u32..60) {
            let start = utc("2025-06-01T00:00:00Z") + TimeDelta::days(day);
            let now = start + TimeDelta::minutes(minute);
            let schedule = Schedule::parse(&format!("{past} {hour} * * *"), BERLIN).unwrap();
            let latest = schedule.latest(now).unwrap();
            prop_assert!(latest.at <= now);
            let following = schedule.upcoming(latest.at, 1)[0];
            prop_assert!(following.at > now, "{:?} {:?} {}", latest, following, now);
        }
    }
}
