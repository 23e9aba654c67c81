//! A rota against somebody who reads the plan and looks at the clock on the wall each minute.

use chrono::Timelike;
use chrono_tz::TZ_VARIANTS;
use proptest::prelude::*;
use proptest::test_runner::Config;
use proptest::test_runner::RngSeed;
use proptest::test_runner::TestRunner;

use super::*;

const BERLIN: Tz = Tz::Europe__Berlin;

fn utc(text: &str) -> At {
    text.parse().unwrap()
}

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn person(name: &str) -> Mention {
    Mention::Person(name.into())
}

fn rota(plan: Plan) -> Rota {
    Rota {
        name: "night".into(),
        chat: "chat".into(),
        zone: BERLIN,
        accept_minutes: None,
        plan,
    }
}

fn turns(people: &[&str], starts: &str, weekday: Option<Weekday>) -> Rota {
    rota(Plan::Turns(Turns {
        people: people.iter().map(|name| person(name)).collect(),
        starts: date(starts),
        weekday,
        minute: 540,
    }))
}

fn shift(days: std::ops::RangeInclusive<usize>, from: u16, to: u16, who: &str) -> Shift {
    Shift {
        days: std::array::from_fn(|day| days.contains(&day)),
        from: from * 60,
        to: to * 60,
        who: person(who),
    }
}

fn event(start: &str, rule: Option<&str>, hours: i64, who: &str) -> Event {
    let start = NaiveDateTime::parse_from_str(start, "%Y-%m-%d %H:%M").unwrap();
    let starts = match rule {
        Some(rule) => Recurrence::by_rule(start, rule, BERLIN).unwrap(),
        None => Recurrence::once(start).unwrap(),
    };
    Event {
        who: person(who),
        zone: BERLIN,
        starts,
        length: TimeDelta::hours(hours),
    }
}

/// `A B`, and when the answer changes.
fn told(rota: &Rota, at: &str) -> (String, String) {
    let who = rota.on_duty(utc(at)).into_iter().map(|who| match who {
        Mention::Person(id) | Mention::Group(id) => id,
    });
    let change = rota
        .next_change(utc(at))
        .map(|at| at.with_timezone(&BERLIN).format("%a %F %H:%M").to_string());
    (who.collect::<Vec<_>>().join(" "), change.unwrap_or_default())
}

fn is(who: &str, change: &str) -> (String, String) {
    (who.into(), change.into())
}

#[test]
fn people_take_turns_by_the_week_at_the_same_local_time() {
    let weekly = turns(&["A", "B", "C"], "2026-01-05", Some(Weekday::Mon));
    assert_eq!(
        told(&weekly, "2026-01-05T07:59:59Z"),
        is("", "Mon 2026-01-05 09:00")
    );
    assert_eq!(
        told(&weekly, "2026-01-05T08:00:00Z"),
        is("A", "Mon 2026-01-12 09:00")
    );
    assert_eq!(
        told(&weekly, "2026-03-28T12:00:00Z"),
        is("C", "Mon 2026-03-30 09:00")
    );
    assert_eq!(
        told(&weekly, "2026-03-30T06:59:59Z"),
        is("C", "Mon 2026-03-30 09:00")
    );
    assert_eq!(
        told(&weekly, "2026-03-30T07:00:00Z"),
        is("A", "Mon 2026-04-06 09:00")
    );
    assert_eq!(told(&weekly, "2036-01-07T12:00:00Z").1, "Mon 2036-01-14 09:00");
    // Who begins in the middle of a week has a short one.
    let midweek = turns(&["A", "B"], "2026-01-07", Some(Weekday::Mon));
    assert_eq!(
        told(&midweek, "2026-01-06T12:00:00Z"),
        is("", "Wed 2026-01-07 09:00")
    );
    assert_eq!(
        told(&midweek, "2026-01-07T12:00:00Z"),
        is("A", "Mon 2026-01-12 09:00")
    );
    assert_eq!(
        told(&midweek, "2026-01-12T12:00:00Z"),
        is("B", "Mon 2026-01-19 09:00")
    );
    assert_eq!(
        told(
            &turns(&["A", "A", "B"], "2026-01-05", None),
            "2026-01-05T12:00:00Z"
        ),
        is("A", "Wed 2026-01-07 09:00")
    );
    assert_eq!(
        told(&turns(&["A"], "2026-01-05", None), "2026-01-05T12:00:00Z"),
        is("A", "")
    );
    assert_eq!(
        told(&turns(&[], "2026-01-05", None), "2026-01-05T12:00:00Z"),
        is("", "")
    );
    assert_eq!(
        told(&turns(&["A"], "2026-06-01", None), "2026-01-05T12:00:00Z"),
        is("", ""),
        "in more than sixty days"
    );
}

#[test]
fn shifts_meet_overlap_and_cross_midnight() {
    let shifts = rota(Plan::Shifts(vec![
        shift(0..=4, 6, 14, "A"),
        shift(0..=4, 13, 22, "B"),
        shift(4..=4, 22, 30, "C"),
        shift(5..=6, 0, 24, "D"),
    ]));
    assert_eq!(
        told(&shifts, "2026-11-20T11:00:00Z"),
        is("A", "Fri 2026-11-20 13:00")
    );
    assert_eq!(
        told(&shifts, "2026-11-20T12:00:00Z"),
        is("A B", "Fri 2026-11-20 14:00")
    );
    assert_eq!(
        told(&shifts, "2026-11-20T21:00:00Z"),
        is("C", "Sat 2026-11-21 00:00")
    );
    assert_eq!(
        told(&shifts, "2026-11-20T23:00:00Z"),
        is("C D", "Sat 2026-11-21 06:00")
    );
    assert_eq!(
        told(&shifts, "2026-11-21T05:00:00Z"),
        is("D", "Mon 2026-11-23 00:00"),
        "midnight between is no change"
    );
    assert_eq!(
        told(&shifts, "2026-11-22T23:00:00Z"),
        is("", "Mon 2026-11-23 06:00")
    );
}

#[test]
fn a_hand_over_in_the_night_of_the_clocks_comes_once() {
    let nights = |from: u16, to: u16| {
        let one = |from, to, who: &str| Shift {
            days: [true; 7],
            from,
            to,
            who: person(who),
        };
        rota(Plan::Shifts(vec![one(from, to, "A"), one(to, from + 1440, "B")]))
    };
    // 02:30 is skipped: B comes at 03:00, which is 01:00 UTC.
    let at = nights(60, 150);
    assert_eq!(told(&at, "2026-03-29T00:30:00Z"), is("A", "Sun 2026-03-29 03:00"));
    assert_eq!(told(&at, "2026-03-29T01:00:00Z"), is("B", "Mon 2026-03-30 01:00"));
    // 02:30 comes twice: B comes the first time, at 00:30 UTC, and stays.
    assert_eq!(
        at.next_change(utc("2026-10-25T00:00:00Z")),
        Some(utc("2026-10-25T00:30:00Z"))
    );
    assert_eq!(told(&at, "2026-10-25T01:00:00Z"), is("B", "Mon 2026-10-26 01:00"));
}

#[test]
fn events_repeat_overlap_move_and_span_the_night() {
    let mut weekly = event("2026-11-02 18:00", Some("FREQ=WEEKLY;BYDAY=MO,TU"), 14, "A");
    weekly
        .starts
        .except(NaiveDateTime::parse_from_str("2026-11-23 18:00", "%Y-%m-%d %H:%M").unwrap());
    let plan = rota(Plan::Events(vec![
        weekly,
        event("2026-11-23 20:00", None, 12, "B"),
        event("2026-11-24 20:00", None, 24 * 70, "C"),
    ]));
    assert_eq!(
        told(&plan, "2026-11-17T06:59:00Z"),
        is("A", "Tue 2026-11-17 08:00")
    );
    assert_eq!(
        told(&plan, "2026-11-18T12:00:00Z"),
        is("", "Mon 2026-11-23 20:00")
    );
    assert_eq!(
        told(&plan, "2026-11-24T21:00:00Z"),
        is("A C", "Wed 2026-11-25 08:00")
    );
    let long = rota(Plan::Events(vec![event("2026-11-01 00:00", None, 24 * 59, "A")]));
    assert_eq!(
        told(&long, "2026-11-01T12:00:00Z"),
        is("A", "Wed 2026-12-30 00:00")
    );
    let longer = rota(Plan::Events(vec![event("2026-11-01 00:00", None, 24 * 90, "A")]));
    assert_eq!(told(&longer, "2026-11-01T12:00:00Z"), is("A", ""));
    for end in [At::MIN_UTC, At::MAX_UTC] {
        for rota in [
            &plan,
            &turns(&["A"], "2026-01-05", None),
            &turns(&["A"], "2026-01-05", Some(Weekday::Mon)),
        ] {
            let _ = (rota.on_duty(end), rota.next_change(end));
        }
    }
}

#[test]
fn a_years_long_calendar_is_answered_quickly() {
    let week = |n: usize| event("2016-01-04 08:00", Some("FREQ=DAILY"), 12, &format!("P{n}"));
    let plan = rota(Plan::Events((0..20).map(week).collect()));
    let began = std::time::Instant::now();
    assert_eq!(plan.on_duty(utc("2026-11-20T12:00:00Z")).len(), 20);
    assert!(began.elapsed().as_secs() < 2, "{:?}", began.elapsed());
}

/// Each minute of a few days: who is on duty by the clock on the wall, which remembers what it has already shown.
fn watched(rota: &Rota, from: At, minutes: i64) -> Vec<Vec<String>> {
    let zone = rota.zone;
    let Plan::Shifts(shifts) = &rota.plan else {
        panic!("only shifts are watched")
    };
    // Begins well before, so that every shift that is on was seen to begin. A shift is on once its first minute, or a
    // later one, has been shown, and over once its last has.
    let start = from - TimeDelta::days(4);
    let mut farthest = start.with_timezone(&zone).naive_local() - TimeDelta::days(1);
    let mut out = vec![];
    for minute in 0..(4 * 1440 + minutes) {
        let now = start + TimeDelta::minutes(minute);
        farthest = farthest.max(now.with_timezone(&zone).naive_local());
        if now < from {
            continue;
        }
        let mut who = BTreeSet::new();
        for shift in shifts {
            for back in 0..4 {
                let date = farthest.date() - TimeDelta::days(back);
                let begins = date.and_hms_opt(0, 0, 0).unwrap() + TimeDelta::minutes(shift.from.into());
                let ends = date.and_hms_opt(0, 0, 0).unwrap() + TimeDelta::minutes(shift.to.into());
                if shift.days[date.weekday() as usize] && begins <= farthest && farthest < ends {
                    who.insert(format!("{:?}", shift.who));
                }
            }
        }
        out.push(who.into_iter().collect());
    }
    out
}

#[test]
fn it_says_what_a_person_with_a_plan_and_a_watch_says_in_every_zone() {
    let shift = (
        proptest::array::uniform7(any::<bool>()),
        0..1440u16,
        1..=1440u16,
        0..3u8,
    );
    let shift = shift.prop_map(|(days, from, length, who)| Shift {
        days,
        from,
        to: from + length,
        who: person(&who.to_string()),
    });
    let shifts = proptest::collection::vec(shift, 1..4);
    // Half of all cases lie in nights in which Europe or America change their clocks.
    let day = prop_oneof![
        0..3652i64,
        Just(2276i64),
        Just(2486i64),
        Just(2258i64),
        Just(2496i64)
    ];
    for (zone, seed) in TZ_VARIANTS.into_iter().zip(1..).step_by(2) {
        let mut runner = TestRunner::new(Config {
            cases: 1,
            rng_seed: RngSeed::Fixed(seed),
            failure_persistence: None,
            ..Config::default()
        });
        let outcome = runner.run(&(shifts.clone(), day.clone()), |(shifts, day)| {
            let rota = Rota {
                zone,
                ..rota(Plan::Shifts(shifts))
            };
            let from = utc("2020-01-01T00:00:00Z") + TimeDelta::days(day);
            let watched = watched(&rota, from, 1440);
            let said = |minute: usize| -> Vec<String> {
                let at = from + TimeDelta::minutes(minute as i64);
                let who: BTreeSet<String> = rota.on_duty(at).iter().map(|who| format!("{who:?}")).collect();
                who.into_iter().collect()
            };
            for minute in (0..watched.len()).step_by(37) {
                prop_assert_eq!(said(minute), watched[minute].clone(), "minute {}", minute);
            }
            let change = watched.iter().position(|who| *who != watched[0]);
            let told = rota
                .next_change(from)
                .filter(|at| *at < from + TimeDelta::days(1));
            prop_assert_eq!(
                told,
                change.map(|minute| from + TimeDelta::minutes(minute as i64))
            );
            Ok(())
        });
        assert!(outcome.is_ok(), "{zone}: {}", outcome.unwrap_err());
    }
}

#[test]
fn turns_follow_each_other_without_a_gap_in_every_zone() {
    for zone in TZ_VARIANTS {
        let mut rota = turns(&["A", "B", "C"], "2011-12-01", None);
        rota.zone = zone;
        let mut at = utc("2011-12-03T00:00:00Z");
        let mut last = rota.on_duty(at);
        for _ in 0..40 {
            let next = rota.next_change(at).unwrap();
            assert!(
                next > at && next - at <= TimeDelta::hours(48),
                "{zone} {at} {next}"
            );
            assert_eq!(rota.on_duty(next - TimeDelta::seconds(1)), last, "{zone} {next}");
            let local = next.with_timezone(&zone);
            // Samoa and Tokelau skipped a whole day.
            assert!(
                local.hour() == 9 || local.date_naive() == date("2011-12-31"),
                "{zone} {local}"
            );
            let who = rota.on_duty(next);
            assert!(who.len() == 1 && who != last, "{zone} {next}");
            (at, last) = (next, who);
        }
    }
}

#[test]
fn a_shift_ends_when_somebody_is_not_on_duty_any_more() {
    let early = shift(0..=6, 6, 14, "anna");
    let late = shift(0..=6, 14, 22, "ben");
    let twice = shift(0..=0, 14, 18, "anna");
    let rota = rota(Plan::Shifts(vec![early, late, twice]));
    let leaving = |who, since: &str, now: &str| rota.leaving(&person(who), utc(since), utc(now));
    // A Friday in winter: 6:00 in Berlin is 5:00 UTC.
    let friday = |hour: u32| format!("2026-11-20T{hour:02}:00:00Z");
    let before = leaving("anna", &friday(9), &friday(12));
    assert_eq!((before.ended, before.ends), (None, Some(utc(&friday(13)))));
    let after = leaving("anna", &friday(9), &friday(20));
    assert_eq!((after.ended, after.ends), (Some(utc(&friday(13))), None));
    // Who takes it when they are not on duty hands nothing over, until a shift of theirs begins and ends.
    assert_eq!(leaving("ben", &friday(9), &friday(12)), Leaving::default());
    assert_eq!(
        leaving("ben", &friday(9), &friday(13)).ends,
        Some(utc(&friday(21)))
    );
    // On Monday the second shift follows the first: nothing ends at 14:00, and Tuesday morning they are back.
    let monday = leaving("anna", "2026-11-23T09:00:00Z", "2026-11-23T13:30:00Z");
    assert_eq!(
        (monday.ended, monday.ends),
        (None, Some(utc("2026-11-23T17:00:00Z")))
    );
    let tuesday = leaving("anna", "2026-11-23T09:00:00Z", "2026-11-24T06:00:00Z");
    assert_eq!(
        (tuesday.ended, tuesday.ends),
        (None, Some(utc("2026-11-24T13:00:00Z")))
    );
    assert_eq!(leaving("carla", &friday(9), &friday(20)), Leaving::default());
}
