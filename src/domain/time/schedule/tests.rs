//! A schedule against somebody who looks at a clock on the wall each minute of a year, in every zone. ZEITNAH_LONG=n does n
//! times as much.

use std::collections::HashSet;

use chrono::Datelike;
use chrono::Timelike;
use chrono_tz::TZ_VARIANTS;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::Config;
use proptest::test_runner::RngSeed;
use proptest::test_runner::TestCaseResult;
use proptest::test_runner::TestRunner;

use super::*;

const BERLIN: Tz = Tz::Europe__Berlin;

fn utc(text: &str) -> At {
    text.parse().unwrap()
}

fn next(expression: &str, now: &str, count: usize) -> Vec<String> {
    let schedule = Schedule::parse(expression, BERLIN).unwrap();
    let slots = schedule.upcoming(utc(now), count);
    slots.iter().map(|s| s.at.to_rfc3339()).collect()
}

#[test]
fn weekdays_are_counted_as_in_unix() {
    // 2026-11-21 is a Saturday.
    for (expression, now, first) in [
        ("0 8 * * 1", "2026-11-21T00:00:00Z", "2026-11-23T07:00:00+00:00"),
        ("0 8 * * 7", "2026-11-21T00:00:00Z", "2026-11-22T07:00:00+00:00"),
        ("0 8 * * 0", "2026-11-21T00:00:00Z", "2026-11-22T07:00:00+00:00"),
        (
            "0 8 * * mon-fri",
            "2026-11-21T00:00:00Z",
            "2026-11-23T07:00:00+00:00",
        ),
        ("0 8 * * 5-7", "2026-11-21T08:00:00Z", "2026-11-22T07:00:00+00:00"),
        ("0 8 * * SUN", "2026-11-21T00:00:00Z", "2026-11-22T07:00:00+00:00"),
        (
            "0 8 * Nov-Feb fri-mon",
            "2026-03-01T00:00:00Z",
            "2026-11-01T07:00:00+00:00",
        ),
    ] {
        assert_eq!(next(expression, now, 1), [first], "{expression}");
    }
}

#[test]
fn where_both_name_days_either_will_do() {
    // The first of the month, and Mondays: 30 November, 1 and 7 December 2026.
    let either = next("0 8 1 * 1", "2026-11-29T00:00:00Z", 3);
    assert_eq!(either.len(), 3);
    assert_eq!(either[1], "2026-12-01T07:00:00+00:00");
    // A star names no days, with a step neither: odd days that are Mondays.
    assert_eq!(
        next("0 8 */2 * 1", "2026-11-29T00:00:00Z", 2),
        ["2026-12-07T07:00:00+00:00", "2026-12-21T07:00:00+00:00"]
    );
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
    // Four that are skipped together, and 03:00 itself, are one.
    assert_eq!(
        next("*/15 * * * *", "2026-03-29T00:46:00Z", 2),
        ["2026-03-29T01:00:00+00:00", "2026-03-29T01:15:00+00:00"]
    );
}

#[test]
fn wrong_expressions_say_what_is_wrong() {
    let why = |expression: &str| Schedule::parse(expression, BERLIN).unwrap_err().to_string();
    assert!(why("0 0 8 * * *").contains("has 6 fields"));
    assert!(why("0 8 * * 8").contains("\"8\" is no weekday"));
    assert_eq!(
        why("0 25 * * *"),
        "\"25\" is no hour; use 0 to 23, also as 1,3 or 1-5 or */2"
    );
    for odd in [
        "60 8 * * *",
        "0 8 0 * *",
        "0 8 32 * *",
        "0 8 * 13 *",
        "0 8 * foo *",
        "0 8 * * mon/2",
        "5/10 8 * * *",
        "*/0 8 * * *",
        "-1 8 * * *",
        "+1 8 * * *",
        "30-10 8 * * *",
        "1,,2 8 * * *",
        "0 8 L * *",
        "0 8 ? * *",
        "0 8 * * 1#2",
        "@daily 8 * * *",
        "0 ８ * * *",
    ] {
        assert!(Schedule::parse(odd, BERLIN).is_err(), "{odd}");
    }
}

#[test]
fn the_period_begins_with_the_slot_before() {
    let schedule = Schedule::parse("0 8 * * 1-5", BERLIN).unwrap();
    let monday = schedule.latest(utc("2026-11-23T09:00:00Z")).unwrap();
    assert_eq!(monday.at, utc("2026-11-23T07:00:00Z"));
    assert_eq!(schedule.before(monday).unwrap().at, utc("2026-11-20T07:00:00Z"));
}

/// A field as somebody may write it, with the numbers that it means to them.
type Written = (String, HashSet<u32>);

fn words(first: u32, last: u32, names: &'static [&'static str]) -> impl Strategy<Value = Written> {
    let one = move |n: u32, named: bool| match names.get((n - first) as usize) {
        Some(name) if named => (*name).to_owned(),
        _ => n.to_string(),
    };
    let single =
        (first..=last, any::<bool>()).prop_map(move |(n, named)| (one(n, named), HashSet::from([n])));
    let range =
        (first..=last, first..=last, any::<bool>(), 1..6usize).prop_map(move |(a, b, named, step)| {
            let (from, to) = (a.min(b), a.max(b));
            let tail = if step > 1 {
                format!("/{step}")
            } else {
                String::new()
            };
            let text = format!("{}-{}{tail}", one(from, named), one(to, named));
            (text, (from..=to).step_by(step).collect())
        });
    let part = prop_oneof![3 => single, 2 => range];
    proptest::collection::vec(part, 1..4).prop_map(|parts| {
        let text = parts
            .iter()
            .map(|(text, _)| text.as_str())
            .collect::<Vec<_>>()
            .join(",");
        (text, parts.into_iter().flat_map(|(_, numbers)| numbers).collect())
    })
}

fn field(first: u32, last: u32, names: &'static [&'static str], star: u32) -> impl Strategy<Value = Written> {
    let all = Just(("*".to_owned(), (first..=last).collect()));
    let stepped =
        (2..9usize).prop_map(move |step| (format!("*/{step}"), (first..=last).step_by(step).collect()));
    prop_oneof![star => all, 1 => stepped, 6 => words(first, last, names)]
}

#[derive(Debug, Clone)]
struct Plan {
    text: String,
    minutes: HashSet<u32>,
    hours: HashSet<u32>,
    days: (bool, HashSet<u32>),
    months: HashSet<u32>,
    weekdays: (bool, HashSet<u32>),
}

impl Plan {
    /// Asked of one time on the wall, and of nothing else.
    fn is_on(&self, local: NaiveDateTime) -> bool {
        if !self.minutes.contains(&local.minute()) || !self.hours.contains(&local.hour()) {
            return false;
        }
        let day = self.days.1.contains(&local.day());
        let weekday = local.weekday().num_days_from_sunday();
        let weekday = self.weekdays.1.contains(&weekday) || weekday == 0 && self.weekdays.1.contains(&7);
        let fits = match (self.days.0, self.weekdays.0) {
            (false, false) => day || weekday,
            _ => day && weekday,
        };
        fits && self.months.contains(&local.month())
    }
}

/// `often`: how much of an hour and a day may be named; a year of every minute would take a while.
fn plans(often: bool) -> impl Strategy<Value = Plan> {
    let minutes = match often {
        true => field(0, 59, &[], 1).boxed(),
        false => words(0, 59, &[]).boxed(),
    };
    let hours = match often {
        // Where clocks change.
        true => prop_oneof![2 => field(0, 23, &[], 4), 2 => words(0, 4, &[])].boxed(),
        false => words(0, 23, &[]).boxed(),
    };
    let days = field(1, 31, &[], 8);
    let months = field(1, 12, MONTH.names, 12);
    // Where only Sunday is written as 0 and as 7.
    let weekdays = prop_oneof![
        6 => Just(("*".to_owned(), (0..=6).collect::<HashSet<u32>>())),
        4 => words(0, 6, WEEKDAY.names),
        2 => words(0, 7, &[]),
    ];
    (minutes, hours, days, months, weekdays).prop_map(|(minutes, hours, days, months, weekdays)| Plan {
        text: format!("{} {} {} {} {}", minutes.0, hours.0, days.0, months.0, weekdays.0),
        minutes: minutes.1,
        hours: hours.1,
        days: (days.0.starts_with('*'), days.1),
        months: months.1,
        weekdays: (weekdays.0.starts_with('*'), weekdays.1),
    })
}

/// Somebody who looks at the wall each minute: what the clock shows for the first time, and what it went over.
fn watched(plan: &Plan, zone: Tz, from: At, to: At) -> Vec<At> {
    let minute = TimeDelta::minutes(1);
    let on_the_wall = |at: At| at.with_timezone(&zone).naive_local();
    // Everything up to here was shown before; a day is more than any clock was ever set back.
    let mut furthest = (1..=24 * 60)
        .map(|n| on_the_wall(from - minute * n))
        .max()
        .unwrap();
    let mut out = Vec::new();
    let mut at = from;
    while at < to {
        let shows = on_the_wall(at);
        let mut local = furthest + minute;
        let mut runs = false;
        while local <= shows {
            runs |= plan.is_on(local);
            local += minute;
        }
        if runs {
            out.push(at);
        }
        furthest = furthest.max(shows);
        at += minute;
    }
    out
}

fn compare(plan: &Plan, zone: Tz, from: At, to: At) -> TestCaseResult {
    let schedule = Schedule::parse(&plan.text, zone);
    prop_assert!(schedule.is_ok(), "{}: {:?}", plan.text, schedule.err());
    let schedule = schedule.unwrap();
    let expected = watched(plan, zone, from, to);
    let mut found: Vec<Slot> = Vec::new();
    let mut now = from - TimeDelta::seconds(1);
    'all: loop {
        let more = schedule.upcoming(now, 100);
        let Some(last) = more.last() else { break };
        now = last.at;
        for slot in more {
            if slot.at >= to {
                break 'all;
            }
            found.push(slot);
        }
    }
    let at: Vec<At> = found.iter().map(|s| s.at).collect();
    prop_assert_eq!(
        &at,
        &expected,
        "{} in {} from {} to {}",
        plan.text,
        zone,
        from,
        to
    );
    let locals: HashSet<NaiveDateTime> = found.iter().map(|s| s.local).collect();
    prop_assert_eq!(locals.len(), found.len(), "each slot has a name of its own");
    // Whoever asks at any instant finds the slot that has come last, by the same name; and the one before it.
    let each = (found.len() / 50).max(1);
    for pair in found.windows(2).step_by(each) {
        let [one, other] = pair else { continue };
        // Also while a repeated hour is gone through again.
        let later = (0..16).map(|n| one.at + TimeDelta::minutes(15 * n) + TimeDelta::seconds(1));
        let asked = later.filter(|at| *at < other.at);
        for asked in asked.chain([one.at, other.at - TimeDelta::seconds(1)]) {
            prop_assert_eq!(
                schedule.latest(asked),
                Some(*one),
                "{} in {} at {}",
                plan.text,
                zone,
                asked
            );
        }
        prop_assert_eq!(schedule.before(*other), Some(*one), "{} in {}", plan.text, zone);
    }
    Ok(())
}

fn long() -> u32 {
    let asked = std::env::var("ZEITNAH_LONG");
    asked.ok().and_then(|n| n.parse().ok()).unwrap_or(1)
}

fn runner(cases: u32, seed: u64) -> TestRunner {
    TestRunner::new(Config {
        cases,
        rng_seed: RngSeed::Fixed(seed),
        failure_persistence: None,
        ..Config::default()
    })
}

#[test]
fn a_year_of_any_expression_is_what_the_wall_says() {
    let case = (plans(false), 0..TZ_VARIANTS.len(), 2020i32..2031);
    let result = runner(8 * long(), 6).run(&case, |(plan, zone, year)| {
        let from = utc(&format!("{year}-01-01T00:00:00Z"));
        compare(&plan, TZ_VARIANTS[zone], from, from + TimeDelta::days(366))
    });
    result.unwrap_or_else(|e| panic!("{e}"));
}

#[test]
fn where_clocks_change_each_slot_comes_once_in_every_zone() {
    // Years in which zones did odd things: Casey by three hours, Troll by two, Lord Howe by half an hour.
    let years = [2021, 2026];
    let changes: Vec<(Tz, At)> = TZ_VARIANTS
        .into_iter()
        .flat_map(|zone| years.into_iter().flat_map(move |year| changes(zone, year)))
        .collect();
    assert!(changes.len() > 500, "{}", changes.len());
    let mut runner = runner(1, 66);
    for _ in 0..long() {
        for (zone, at) in &changes {
            let tree = plans(true).new_tree(&mut runner).unwrap();
            let (from, to) = (*at - TimeDelta::hours(30), *at + TimeDelta::hours(30));
            if let Err(why) = compare(&tree.current(), *zone, from, to) {
                panic!("{why}");
            }
        }
    }
}

#[test]
fn a_day_that_a_zone_left_out_comes_with_the_next() {
    // Samoa had no 30 December 2011.
    let plan = Plan {
        text: "0 8 * * *".into(),
        minutes: HashSet::from([0]),
        hours: HashSet::from([8]),
        days: (true, (1..=31).collect()),
        months: (1..=12).collect(),
        weekdays: (true, (0..=6).collect()),
    };
    let (from, to) = (utc("2011-12-27T00:00:00Z"), utc("2012-01-03T00:00:00Z"));
    compare(&plan, Tz::Pacific__Apia, from, to).unwrap();
    let schedule = Schedule::parse("0 8 * * *", Tz::Pacific__Apia).unwrap();
    let slots = schedule.upcoming(utc("2011-12-29T19:00:00Z"), 2);
    // Midnight of the 31st, for the day that was not; then its own eight o'clock.
    assert_eq!(slots[0].at, utc("2011-12-30T10:00:00Z"));
    assert_eq!(slots[1].at, utc("2011-12-30T18:00:00Z"));
}

/// The hours of a year after which a zone's clocks show something else.
fn changes(zone: Tz, year: i32) -> Vec<(Tz, At)> {
    let first = utc(&format!("{year}-01-01T00:00:00Z"));
    let offset = |at: At| zone.offset_from_utc_datetime(&at.naive_utc()).fix();
    let days = (0..365).map(|n| first + TimeDelta::days(n));
    let changed = days.filter(|day| offset(*day) != offset(*day + TimeDelta::days(1)));
    changed
        .flat_map(|day| (0..24).map(move |n| day + TimeDelta::hours(n)))
        .filter(|hour| offset(*hour) != offset(*hour + TimeDelta::hours(1)))
        .map(|hour| (zone, hour))
        .collect()
}
