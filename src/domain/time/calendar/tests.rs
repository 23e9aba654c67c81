//! A calendar against a clock on the wall: somebody who looks at it each minute, asks nothing but "is it open now?" and
//! counts. In every zone, around clock changes most of all. ZEITNAH_LONG=n does n times as much.

use chrono::DateTime;
use chrono::Offset;
use chrono::TimeZone;
use chrono::Utc;
use chrono_tz::TZ_VARIANTS;
use proptest::prelude::*;
use proptest::test_runner::Config;
use proptest::test_runner::RngSeed;
use proptest::test_runner::TestCaseResult;
use proptest::test_runner::TestRunner;

use super::*;

const BERLIN: Tz = Tz::Europe__Berlin;
const NINE_TO_FIVE: &[Window] = &[(540, 1020)];

fn utc(text: &str) -> At {
    text.parse().unwrap()
}

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn span(text: &str) -> TimeDelta {
    let (hours, minutes) = text.split_once(':').unwrap();
    TimeDelta::hours(hours.parse().unwrap()) + TimeDelta::minutes(minutes.parse().unwrap())
}

/// The same hours from Monday up to a weekday.
fn days_of(count: usize, windows: &[Window]) -> [Vec<Window>; 7] {
    std::array::from_fn(|day| if day < count { windows.to_vec() } else { vec![] })
}

fn calendar(zone: Tz, week: [Vec<Window>; 7], holidays: &[&str], yearly: &[(u32, u32)]) -> Calendar {
    let holidays = holidays.iter().map(|day| (date(day), format!("on {day}")));
    let yearly = yearly
        .iter()
        .map(|day| (*day, format!("each {}-{}", day.0, day.1)));
    Calendar::new("office", zone, week, holidays.collect(), yearly.collect())
}

fn office() -> Calendar {
    calendar(BERLIN, days_of(5, NINE_TO_FIVE), &["2026-04-06"], &[(12, 25)])
}

fn due(calendar: &Calendar, from: &str, open: &str) -> String {
    let at = calendar.add(utc(from), span(open)).unwrap();
    at.with_timezone(&calendar.zone).format("%a %F %T %z").to_string()
}

#[test]
fn four_hours_of_a_friday_afternoon_end_on_the_next_day_that_is_worked() {
    // The clocks go forward that weekend.
    assert_eq!(
        due(&office(), "2026-03-27T15:30:17Z", "4:00"),
        "Mon 2026-03-30 12:30:17 +0200"
    );
    // Easter Monday is a holiday.
    assert_eq!(
        due(&office(), "2026-04-03T14:30:17Z", "4:00"),
        "Tue 2026-04-07 12:30:17 +0200"
    );
    // What comes in at night counts from the morning, and the last minute of the day is one of the day.
    assert_eq!(
        due(&office(), "2026-04-08T01:00:00Z", "8:00"),
        "Wed 2026-04-08 17:00:00 +0200"
    );
    assert_eq!(
        due(&office(), "2026-04-08T01:00:00Z", "8:01"),
        "Thu 2026-04-09 09:01:00 +0200"
    );
    // No time at all passes at once, also at night.
    assert_eq!(
        due(&office(), "2026-04-08T01:00:00Z", "0:00"),
        "Wed 2026-04-08 03:00:00 +0200"
    );
}

#[test]
fn an_hour_that_comes_twice_is_worked_twice_and_one_that_is_skipped_never() {
    let always = calendar(BERLIN, days_of(7, &[(0, DAY)]), &[], &[]);
    let night = calendar(BERLIN, days_of(7, &[(90, 210)]), &[], &[]);
    let hours =
        |calendar: &Calendar, from: &str, to: &str| calendar.between(utc(from), utc(to)).num_minutes();
    let (autumn, spring) = (
        ("2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"),
        ("2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"),
    );
    assert_eq!(hours(&always, autumn.0, autumn.1), 25 * 60);
    assert_eq!(hours(&always, spring.0, spring.1), 23 * 60);
    assert_eq!(
        (
            hours(&night, autumn.0, autumn.1),
            hours(&night, spring.0, spring.1)
        ),
        (180, 60)
    );
    assert_eq!(
        always
            .stretches(utc(autumn.0), utc("2027-10-25T00:00:00Z"))
            .count(),
        1,
        "24:00 is no gap"
    );
    // Half an hour: Lord Howe. A whole day: Samoa skipped the 30th of December 2011.
    let lord_howe = calendar(Tz::Australia__Lord_Howe, days_of(7, &[(60, 180)]), &[], &[]);
    assert_eq!(
        hours(&lord_howe, "2026-04-04T12:00:00Z", "2026-04-05T12:00:00Z"),
        150
    );
    assert_eq!(
        lord_howe.clock_changes(utc("2026-04-04T15:00:00Z"), utc("2026-10-03T15:30:00Z")),
        [(utc("2026-04-04T15:00:00Z"), -30)]
    );
    let samoa = calendar(Tz::Pacific__Apia, days_of(5, NINE_TO_FIVE), &["2011-12-30"], &[]);
    let week = (utc("2011-12-28T10:00:00Z"), utc("2012-01-02T10:00:00Z"));
    assert_eq!(
        samoa.clock_changes(week.0, week.1),
        [(utc("2011-12-30T10:00:00Z"), 24 * 60)]
    );
    assert_eq!(
        samoa.holidays_between(week.0, week.1),
        [],
        "nobody had that Friday"
    );
}

#[test]
fn holidays_are_named_where_they_cost_hours() {
    let office = calendar(
        BERLIN,
        days_of(5, NINE_TO_FIVE),
        &["2026-12-24", "2026-12-26", "2026-12-25"],
        &[(12, 25), (2, 29)],
    );
    let named = |from: &str, to: &str| -> Vec<String> {
        let found = office.holidays_between(utc(from), utc(to));
        found.into_iter().map(|(_, name)| name).collect()
    };
    // The 26th is a Saturday; what is written with a year is the nearer name.
    assert_eq!(
        named("2026-12-01T00:00:00Z", "2027-01-05T00:00:00Z"),
        ["on 2026-12-24", "on 2026-12-25"]
    );
    // Local days: 23:30 UTC is the next day in Berlin.
    assert_eq!(
        named("2026-12-23T23:30:00Z", "2026-12-23T23:30:01Z"),
        ["on 2026-12-24"]
    );
    assert_eq!(
        named("2026-12-23T22:00:00Z", "2026-12-23T23:00:00Z"),
        Vec::<String>::new()
    );
    assert_eq!(
        named("2026-12-24T12:00:00Z", "2026-12-24T12:00:00Z"),
        Vec::<String>::new()
    );
    // The leap day comes only in leap years.
    assert_eq!(
        named("2028-02-01T00:00:00Z", "2028-04-01T00:00:00Z"),
        ["each 2-29"]
    );
    assert_eq!(
        named("2027-02-01T00:00:00Z", "2027-04-01T00:00:00Z"),
        Vec::<String>::new()
    );
}

#[test]
fn whoever_never_works_is_told_so_and_time_has_ends() {
    let never = calendar(BERLIN, days_of(0, &[]), &[], &[]);
    assert_eq!(
        never.add(utc("2026-01-01T00:00:00Z"), TimeDelta::seconds(1)),
        None
    );
    let always = calendar(BERLIN, days_of(7, &[(0, DAY)]), &[], &[]);
    let first = utc("2026-01-01T00:00:00Z");
    assert_eq!(always.add(first, FARTHEST), Some(first + FARTHEST));
    assert_eq!(always.add(first, FARTHEST + TimeDelta::seconds(1)), None);
    for end in [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC] {
        let _ = (always.is_open(end), always.add(end, span("4:00")));
        let _ = (always.clock_changes(end, end), always.holidays_between(end, end));
        let quiet = Quiet { from: 1200, to: 420 };
        let _ = quiet.ends(end, BERLIN);
    }
    assert_eq!(
        always.between(first, first - TimeDelta::days(1)),
        TimeDelta::zero()
    );
}

#[test]
fn a_week_is_told_in_few_words() {
    let mut week = days_of(5, NINE_TO_FIVE);
    week[2] = vec![(780, 1020), (540, 720)];
    week[6] = vec![(600, 660), (660, 840), (700, 10)];
    let told = calendar(BERLIN, week, &[], &[]).grouped_hours();
    let shown = told.iter().map(|(first, last, windows)| {
        let windows: Vec<String> = windows
            .iter()
            .map(|w| format!("{}-{}", written(w.0), written(w.1)))
            .collect();
        format!("{first}-{last} {}", windows.join(","))
    });
    assert_eq!(
        shown.collect::<Vec<_>>(),
        [
            "0-1 09:00-17:00",
            "2-2 09:00-12:00,13:00-17:00",
            "3-4 09:00-17:00",
            "6-6 10:00-14:00"
        ]
    );
}

#[test]
fn times_of_day_are_read_as_people_write_them() {
    let read = ["9:00", "09:05", "0:00", "24:00", " 7:30 "].map(minute);
    assert_eq!(read, [Some(540), Some(545), Some(0), Some(1440), Some(450)]);
    for wrong in [
        "",
        "9",
        "9:0",
        "9:60",
        "24:01",
        "25:00",
        "-1:00",
        "+9:00",
        "9:00:00",
        "９:00",
        "999999:00",
    ] {
        assert_eq!(minute(wrong), None, "{wrong}");
    }
}

#[test]
fn quiet_hours_end_in_the_morning_also_when_they_began_before_midnight() {
    let night = Quiet::parse("20:00-07:00").unwrap();
    assert_eq!(night.to_string(), "20:00-07:00");
    let ends = |quiet: Quiet, at: &str| quiet.ends(utc(at), BERLIN).map(|at| at.to_rfc3339());
    assert_eq!(ends(night, "2026-11-20T18:59:59Z"), None);
    assert_eq!(
        ends(night, "2026-11-20T19:00:00Z").unwrap(),
        "2026-11-21T06:00:00+00:00"
    );
    assert_eq!(
        ends(night, "2026-11-21T05:59:59.5Z").unwrap(),
        "2026-11-21T06:00:00+00:00"
    );
    assert_eq!(ends(night, "2026-11-21T06:00:00Z"), None);
    // The clocks go forward at 2:00 and back at 3:00.
    assert_eq!(
        ends(night, "2026-03-28T22:00:00Z").unwrap(),
        "2026-03-29T05:00:00+00:00"
    );
    assert_eq!(
        ends(night, "2026-10-24T22:00:00Z").unwrap(),
        "2026-10-25T06:00:00+00:00"
    );
    let short = Quiet::parse("22:00-02:30").unwrap();
    assert_eq!(
        ends(short, "2026-03-29T00:59:00Z").unwrap(),
        "2026-03-29T01:00:00+00:00"
    );
    let evening = Quiet::parse("18:00-24:00").unwrap();
    assert_eq!(
        ends(evening, "2026-11-20T18:00:00Z").unwrap(),
        "2026-11-20T23:00:00+00:00"
    );
    assert_eq!(ends(Quiet { from: 60, to: 60 }, "2026-11-20T00:00:00Z"), None);
    assert_eq!(
        ends(Quiet { from: 0, to: 9999 }, "2026-11-20T00:00:00Z"),
        None,
        "never to be called: no end"
    );
    for wrong in [
        "",
        "20:00",
        "20:00-",
        "20-7",
        "24:00-07:00",
        "00:00-24:00",
        "20:00-07:00-08:00",
    ] {
        assert_eq!(Quiet::parse(wrong), None, "{wrong}");
    }
}

/// What a person with a watch knows: the zone, the hours and the holidays, and nothing of how we count.
#[derive(Debug, Clone)]
struct Wall {
    zone: Tz,
    week: [Vec<Window>; 7],
    holidays: BTreeMap<NaiveDate, String>,
    yearly: BTreeMap<(u32, u32), String>,
}

/// What that person wrote down between two instants.
#[derive(Debug, Default)]
struct Notes {
    open: Vec<Stretch>,
    holidays: BTreeMap<NaiveDate, String>,
    changes: Vec<(At, i64)>,
}

impl Wall {
    fn shows(&self, at: At) -> (NaiveDate, u16, i32) {
        let local = self.zone.from_utc_datetime(&at.naive_utc());
        let minute = local.hour() * 60 + local.minute();
        (
            local.date_naive(),
            minute.try_into().unwrap(),
            local.offset().fix().local_minus_utc(),
        )
    }

    fn holiday(&self, date: NaiveDate) -> Option<&String> {
        let once = self.holidays.get(&date);
        once.or_else(|| self.yearly.get(&(date.month(), date.day())))
    }

    fn hours(&self, date: NaiveDate) -> &[Window] {
        let day = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
            .iter()
            .position(|name| date.weekday().to_string() == *name);
        &self.week[day.unwrap()]
    }

    /// Looks at the clock at `from`, then at each full minute. Windows and clock changes begin with a full minute.
    fn watch(&self, from: At, to: At) -> Notes {
        let mut notes = Notes::default();
        let minute = TimeDelta::minutes(1);
        let mut at = DateTime::from_timestamp(from.timestamp().div_euclid(60) * 60, 0).unwrap();
        let mut before = self.shows(at - minute).2;
        let mut today = None;
        while at < to {
            let (date, now, offset) = self.shows(at);
            if today != Some(date) {
                today = Some(date);
                let name = self.holiday(date).filter(|_| !self.hours(date).is_empty());
                notes.holidays.extend(name.map(|name| (date, name.clone())));
            }
            let is_open =
                self.holiday(date).is_none() && self.hours(date).iter().any(|(a, b)| *a <= now && now < *b);
            let part = Stretch {
                from: at.max(from),
                to: (at + minute).min(to),
            };
            match notes.open.last_mut() {
                _ if !is_open => {}
                Some(last) if last.to == part.from => last.to = part.to,
                _ => notes.open.push(part),
            }
            if offset != before && at >= from {
                notes.changes.push((at, i64::from(offset - before) / 60));
            }
            before = offset;
            at += minute;
        }
        notes
    }

    fn calendar(&self) -> Calendar {
        Calendar::new(
            "oracle",
            self.zone,
            self.week.clone(),
            self.holidays.clone(),
            self.yearly.clone(),
        )
    }

    /// Everything the calendar says of these two instants, against the notes.
    fn agrees(&self, from: At, to: At, part: f64) -> TestCaseResult {
        let (calendar, notes) = (self.calendar(), self.watch(from, to));
        let total: TimeDelta = notes.open.iter().map(Stretch::length).sum();
        prop_assert_eq!(
            calendar.stretches(from, to).collect::<Vec<_>>(),
            notes.open.clone()
        );
        prop_assert_eq!(calendar.between(from, to), total);
        prop_assert_eq!(
            calendar.holidays_between(from, to),
            notes.holidays.into_iter().collect::<Vec<_>>()
        );
        prop_assert_eq!(calendar.clock_changes(from, to), notes.changes);
        let first = notes.open.first().map(|stretch| stretch.from);
        prop_assert_eq!(calendar.is_open(from), first == Some(from));
        for stretch in &notes.open {
            prop_assert!(calendar.is_open(stretch.from));
            prop_assert!(calendar.is_open(stretch.to - TimeDelta::nanoseconds(1)));
            prop_assert!(stretch.to == to || !calendar.is_open(stretch.to));
        }
        // All of it, a second more, and some of it.
        let some = TimeDelta::seconds((total.num_seconds() as f64 * part) as i64);
        for span in [total, some] {
            let mut left = span;
            let passed = notes.open.iter().find_map(|stretch| {
                let is_last = left <= stretch.length();
                let end = stretch.from + left;
                left -= stretch.length();
                is_last.then_some(end)
            });
            let passed = if span.is_zero() { Some(from) } else { passed };
            prop_assert_eq!(calendar.add(from, span), passed);
        }
        let more = calendar.add(from, total + TimeDelta::seconds(1));
        prop_assert!(more.is_none_or(|at| at > to));
        Ok(())
    }
}

/// A time of day: often a round one, often in the night, when the clocks are changed.
fn any_minute() -> impl Strategy<Value = u16> {
    prop_oneof![3 => (0..=48u16).prop_map(|half| half * 30), 2 => 0..=240u16, 2 => 0..=DAY, 1 => Just(0u16), 1 => Just(DAY)]
}

fn any_windows() -> impl Strategy<Value = Vec<Window>> {
    proptest::collection::vec(any_minute(), 0..=6).prop_map(|mut minutes| {
        minutes.sort_unstable();
        let pairs = minutes.chunks_exact(2).map(|pair| (pair[0], pair[1]));
        pairs.filter(|(from, to)| from < to).collect()
    })
}

/// A team, and holidays among the days from `first` on.
fn any_wall(zone: Tz, first: NaiveDate) -> impl Strategy<Value = Wall> {
    let week = proptest::array::uniform7(
        prop_oneof![3 => any_windows(), 1 => Just(vec![]), 1 => Just(vec![(0, DAY)])],
    );
    let days = proptest::collection::btree_set(0..8i64, 0..4);
    (week, days.clone(), days).prop_map(move |(week, once, yearly)| {
        let day = |ahead: i64| first + TimeDelta::days(ahead);
        let once = once
            .into_iter()
            .map(|ahead| (day(ahead), format!("once {ahead}")));
        let yearly = yearly.into_iter().map(|ahead| {
            let day = day(ahead);
            ((day.month(), day.day()), format!("yearly {ahead}"))
        });
        Wall {
            zone,
            week,
            holidays: once.collect(),
            yearly: yearly.collect(),
        }
    })
}

/// Days between 2020 and 2030 in which the zone's clock is changed.
fn changes(zone: Tz) -> Vec<i64> {
    let first = utc("2020-01-01T00:00:00Z");
    let offset = |day: i64| {
        zone.offset_from_utc_datetime(&(first + TimeDelta::days(day)).naive_utc())
            .fix()
    };
    let tens = (0..365)
        .map(|ten| ten * 10)
        .filter(|day| offset(*day) != offset(*day + 10));
    tens.flat_map(|ten| {
        (ten..ten + 10)
            .filter(|day| offset(*day) != offset(*day + 1))
            .collect::<Vec<_>>()
    })
    .collect()
}

/// How many times as much as usual.
fn long() -> u32 {
    std::env::var("ZEITNAH_LONG")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(1)
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
fn it_counts_what_a_person_with_a_watch_counts_in_every_zone() {
    let first = utc("2020-01-01T00:00:00Z");
    for (zone, seed) in TZ_VARIANTS.into_iter().zip(1..) {
        let changes = changes(zone);
        let near = proptest::sample::select(if changes.is_empty() { vec![1500] } else { changes });
        let day = prop_oneof![1 => 0..3652i64, 3 => near];
        let case = (day, 0..2 * 86400i64, 1..3 * 86400i64, 0.0..1.0).prop_flat_map(
            move |(day, before, length, part)| {
                let from = first + TimeDelta::days(day + 1) - TimeDelta::seconds(before);
                let to = from + TimeDelta::seconds(length);
                (
                    any_wall(zone, from.date_naive() - TimeDelta::days(1)),
                    Just((from, to, part)),
                )
            },
        );
        let outcome =
            runner(2 * long(), seed).run(&case, |(wall, (from, to, part))| wall.agrees(from, to, part));
        assert!(outcome.is_ok(), "{zone}: {}", outcome.unwrap_err());
    }
}

#[test]
fn it_counts_years_without_losing_a_minute() {
    // The usual run has time for a year of one zone, one that moved to another offset in it.
    let (zones, days) = match long() {
        1 => (vec![Tz::America__Scoresbysund], 366),
        _ => (TZ_VARIANTS.to_vec(), 3653),
    };
    let from = utc("2023-10-01T00:00:17Z");
    let from = if days == 366 {
        from
    } else {
        utc("2020-01-01T00:00:17Z")
    };
    for (zone, seed) in zones.into_iter().zip(1..) {
        let run = runner(1, seed).run(&any_wall(zone, from.date_naive()), |wall| {
            wall.agrees(from, from + TimeDelta::days(days), 0.7)
        });
        assert!(run.is_ok(), "{zone}: {}", run.unwrap_err());
    }
}

#[test]
fn quiet_hours_end_when_the_clock_on_the_wall_says_so_in_every_zone() {
    let first = utc("2020-01-01T00:00:00Z");
    for (zone, seed) in TZ_VARIANTS.into_iter().zip(1..) {
        let changes = changes(zone);
        let near = proptest::sample::select(if changes.is_empty() { vec![1500] } else { changes });
        let case = (near, 0..2 * 86400i64, any_minute(), any_minute());
        let outcome = runner(long(), seed).run(&case, |(day, second, from, to)| {
            let quiet = Quiet { from: from % DAY, to };
            let at = first + TimeDelta::days(day) + TimeDelta::seconds(second);
            let is_quiet = |at: At| {
                let local = zone.from_utc_datetime(&at.naive_utc());
                let now = local.hour() * 60 + local.minute();
                let mut hour = u32::from(quiet.from);
                let mut left = (u32::from(to) + 1440 - hour) % 1440;
                // Minute by minute from the first to the last.
                while left > 0 {
                    if hour == now {
                        return true;
                    }
                    (hour, left) = ((hour + 1) % 1440, left - 1);
                }
                false
            };
            let expected = is_quiet(at).then(|| {
                let minute = at.timestamp().div_euclid(60) * 60;
                let mut minutes =
                    (1..2 * 1440).map(|n| DateTime::from_timestamp(minute + n * 60, 0).unwrap());
                minutes.find(|at| !is_quiet(*at))
            });
            prop_assert_eq!(quiet.ends(at, zone), expected.flatten());
            Ok(())
        });
        assert!(outcome.is_ok(), "{zone}: {}", outcome.unwrap_err());
    }
}

#[test]
fn no_clock_is_changed_and_changed_back_within_a_step() {
    // Else a whole change could be overlooked. Looked at each quarter of an hour in the long run, else twice a day.
    let step = if long() > 1 { 15 } else { 12 * 60 };
    for zone in TZ_VARIANTS {
        let offset = |at: At| zone.offset_from_utc_datetime(&at.naive_utc()).fix();
        let (mut at, end) = (utc("2020-01-01T00:00:00Z"), utc("2030-12-31T00:00:00Z"));
        let (mut last, mut since) = (offset(at), at - TimeDelta::days(30));
        while at < end {
            if offset(at) != last {
                assert!(at - since > TimeDelta::days(2), "{zone} {at}");
                (last, since) = (offset(at), at);
            }
            at += TimeDelta::minutes(step);
        }
    }
}
