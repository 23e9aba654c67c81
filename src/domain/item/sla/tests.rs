//! A promise against somebody who sits beside it with a watch: each minute they look whether the clock runs, count,
//! and write down when the target is used up. In every zone, over random stories. ZEITNAH_LONG=n does n times as much.

use std::collections::BTreeMap;

use chrono::Datelike;
use chrono::Timelike;
use chrono_tz::TZ_VARIANTS;
use chrono_tz::Tz;
use proptest::prelude::*;
use proptest::test_runner::Config;
use proptest::test_runner::RngSeed;
use proptest::test_runner::TestCaseError;
use proptest::test_runner::TestRunner;

use super::*;
use crate::domain::id::EventId;
use crate::domain::id::ItemId;

fn at(text: &str) -> At {
    text.parse().unwrap()
}

fn event(at: At, what: EventKind) -> Event {
    Event {
        id: EventId::new(at),
        item: ItemId::new(At::UNIX_EPOCH),
        at,
        by: None,
        what,
    }
}

fn received(text: &str) -> Event {
    let what = EventKind::Received {
        route: "r".into(),
        answered: false,
        past: None,
    };
    event(at(text), what)
}

fn visible(text: &str) -> Event {
    let what = EventKind::Visible {
        minutes: None,
        in_time: None,
    };
    event(at(text), what)
}

fn office() -> Calendar {
    let week = std::array::from_fn(|day| if day < 5 { vec![(9 * 60, 17 * 60)] } else { vec![] });
    Calendar::new(
        "office",
        Tz::Europe__Berlin,
        week,
        BTreeMap::new(),
        BTreeMap::new(),
    )
}

fn policy(minutes: i64) -> Policy {
    Policy {
        first_answer: Some(minutes),
        ..Policy::default()
    }
}

fn terms<'a>(policy: &'a Policy, calendar: Option<&'a Calendar>) -> Terms<'a> {
    Terms {
        policy,
        calendar,
        stops: ClockStops::Visible,
    }
}

fn origin(published: Option<&str>, first_seen: &str) -> Origin {
    Origin {
        published: published.map(at),
        first_seen: at(first_seen),
    }
}

#[test]
fn the_clock_starts_with_the_customer_not_with_us() {
    let day = policy(1440);
    let of = |published: Option<&str>, seen: &str| {
        let origin = origin(published, seen);
        deadline(
            terms(&day, None),
            &runs(terms(&day, None), origin, &[received(seen)]),
        )
        .unwrap()
    };
    let d = of(Some("2026-03-02T00:00:00Z"), "2026-03-02T03:00:00Z");
    assert_eq!((d.base, d.due), (Base::Published, at("2026-03-03T00:00:00Z")));
    let d = of(None, "2026-03-02T03:00:00Z");
    assert_eq!((d.base, d.due), (Base::FirstSeen, at("2026-03-03T03:00:00Z")));
    // EventKind arrives too late gets the full time.
    let d = of(Some("2026-03-01T00:00:00Z"), "2026-03-02T00:00:00Z");
    assert_eq!((d.base, d.due), (Base::LateArrival, at("2026-03-03T00:00:00Z")));
    // A platform from the future gives no extra time.
    let d = of(Some("2026-03-02T09:00:00Z"), "2026-03-02T03:00:00Z");
    assert_eq!((d.base, d.due), (Base::FirstSeen, at("2026-03-03T03:00:00Z")));
}

#[test]
fn four_working_hours_from_friday_afternoon_end_on_monday() {
    let (four, office) = (policy(240), office());
    let terms = terms(&four, Some(&office));
    // 2026-11-20 is a Friday; 16:30 in Berlin is 15:30 UTC.
    let log = [received("2026-11-20T15:30:00Z")];
    let runs = runs(terms, origin(None, "2026-11-20T15:30:00Z"), &log);
    assert_eq!(deadline(terms, &runs).unwrap().due, at("2026-11-23T11:30:00Z"));
    let sunday = at("2026-11-22T12:00:00Z");
    assert_eq!(
        runs[0].used(terms, sunday),
        TimeDelta::minutes(30),
        "it stands at the weekend"
    );
}

fn accepted() -> EventKind {
    EventKind::Accepted {
        minutes: None,
        in_time: None,
    }
}

#[test]
fn an_answer_in_moderation_stops_the_clock_where_the_policy_says_so() {
    let log = [
        received("2026-03-02T08:00:00Z"),
        event(at("2026-03-02T09:00:00Z"), accepted()),
        event(
            at("2026-03-02T12:00:00Z"),
            EventKind::Rejected { why: "x".into() },
        ),
    ];
    let seen = origin(None, "2026-03-02T08:00:00Z");
    let mut four = policy(240);
    let counted = runs(terms(&four, None), seen, &log);
    assert_eq!(
        deadline(terms(&four, None), &counted).unwrap().due,
        at("2026-03-02T12:00:00Z")
    );
    four.pauses = vec![Pause::Moderation];
    let terms = terms(&four, None);
    assert_eq!(deadline(terms, &runs(terms, seen, &log[..2])), None, "it stands");
    let paused = runs(terms, seen, &log);
    assert_eq!(deadline(terms, &paused).unwrap().due, at("2026-03-02T15:00:00Z"));
}

#[test]
fn an_answer_that_is_taken_down_lets_the_old_clock_go_on_without_the_time_in_which_it_stood() {
    let four = policy(240);
    let terms = terms(&four, None);
    let log = [
        received("2026-03-02T08:00:00Z"),
        visible("2026-03-02T09:00:00Z"),
        event(
            at("2026-03-09T09:00:00Z"),
            EventKind::Rejected { why: "x".into() },
        ),
    ];
    let runs = runs(terms, origin(None, "2026-03-02T08:00:00Z"), &log);
    assert_eq!(runs.len(), 1);
    assert_eq!(deadline(terms, &runs).unwrap().due, at("2026-03-09T12:00:00Z"));
}

#[test]
fn who_writes_again_is_owed_the_next_answer_and_the_case_goes_on() {
    let mut policy = policy(240);
    policy.next_answer = Some(60);
    policy.resolution = Some(600);
    policy.pauses = vec![Pause::Customer];
    let terms = terms(&policy, None);
    let log = [
        received("2026-03-02T08:00:00Z"),
        visible("2026-03-02T09:00:00Z"),
        event(
            at("2026-03-05T10:00:00Z"),
            EventKind::Reopened { by_customer: true },
        ),
    ];
    let runs = runs(terms, origin(None, "2026-03-02T08:00:00Z"), &log);
    let first = at("2026-03-02T08:00:00Z");
    let state = |metric, now: &str| {
        let run = runs.iter().find(|r| r.metric == metric).unwrap();
        run.state(terms, first, at(now))
    };
    assert_eq!(state(Metric::FirstAnswer, "2026-03-06T00:00:00Z"), State::Met);
    assert_eq!(state(Metric::NextAnswer, "2026-03-05T10:59:59Z"), State::Pending);
    assert_eq!(state(Metric::NextAnswer, "2026-03-05T11:00:00Z"), State::Overdue);
    // One hour of the case was used before it was the customer's turn for three days.
    let case = runs.iter().find(|r| r.metric == Metric::Resolution).unwrap();
    assert_eq!(case.due(terms), Some(at("2026-03-05T19:00:00Z")));
    let shown = deadline(terms, &runs).unwrap();
    assert_eq!(
        (shown.metric, shown.due),
        (Metric::NextAnswer, at("2026-03-05T11:00:00Z"))
    );
}

#[test]
fn what_nobody_is_owed_any_more_is_neither_kept_nor_missed() {
    let day = policy(1440);
    let terms = terms(&day, None);
    let spam = EventKind::Handled {
        reason: Reason::Spam,
        note: None,
    };
    let seen = origin(None, "2026-03-02T08:00:00Z");
    for (what, state) in [
        (spam, State::Cancelled),
        (EventKind::RemovedAtSource, State::Cancelled),
        (
            EventKind::AnsweredElsewhere {
                given: None,
                in_time: None,
                words: None,
                author: None,
            },
            State::Met,
        ),
    ] {
        let log = [
            received("2026-03-02T08:00:00Z"),
            event(at("2026-03-02T09:00:00Z"), what),
        ];
        let runs = runs(terms, seen, &log);
        assert_eq!(
            runs[0].state(terms, seen.first_seen, at("2026-03-09T00:00:00Z")),
            state
        );
    }
}

#[test]
fn warnings_lie_in_the_time_that_is_counted() {
    let (mut four, office) = (policy(240), office());
    four.marks = vec![Mark::Used(50), Mark::Left(60), Mark::Used(75), Mark::Left(600)];
    let terms = terms(&four, Some(&office));
    let log = [received("2026-11-20T15:30:00Z")];
    let seen = origin(None, "2026-11-20T15:30:00Z");
    let runs = runs(terms, seen, &log);
    let warnings: Vec<At> = runs[0]
        .warnings(terms, seen.first_seen)
        .iter()
        .map(|(_, at)| *at)
        .collect();
    // Half is used up on Monday at 10:30 and three quarters at 11:30, which is also the last hour: one warning.
    assert_eq!(warnings, [at("2026-11-23T09:30:00Z"), at("2026-11-23T10:30:00Z")]);
}

// The person with the watch.

/// EventKind happens after so many minutes.
#[derive(Debug, Clone, Copy)]
enum Deed {
    SnoozeForCustomer,
    Snooze,
    Claim,
    Accept,
    Reject,
    Show,
    WriteAgain,
    Handle,
}

#[derive(Debug, Clone)]
struct Tale {
    zone: Tz,
    start: i64,
    target: i64,
    next: Option<i64>,
    pauses: Vec<Pause>,
    accepted: bool,
    /// Minutes of the day by weekday; `None` counts all hours.
    week: Option<Vec<(u16, u16)>>,
    holiday: u64,
    deeds: Vec<(i64, Deed)>,
}

fn tale() -> impl Strategy<Value = Tale> {
    let zone = (0..TZ_VARIANTS.len()).prop_map(|i| TZ_VARIANTS[i]);
    // 2020 to 2030, in minutes.
    let start = 26_297_280i64..31_556_160;
    let window = (0u16..1380, 1u16..600).prop_map(|(from, length)| (from, (from + length).min(1440)));
    let week = proptest::option::of(proptest::collection::vec(window, 7));
    let deed = prop_oneof![
        Just(Deed::SnoozeForCustomer),
        Just(Deed::Snooze),
        Just(Deed::Claim),
        Just(Deed::Accept),
        Just(Deed::Reject),
        Just(Deed::Show),
        Just(Deed::WriteAgain),
        Just(Deed::Handle),
    ];
    let deeds = proptest::collection::vec((1i64..2000, deed), 0..8);
    let pauses = proptest::sample::subsequence(vec![Pause::Moderation, Pause::Customer], 0..=2);
    let rest = (pauses, any::<bool>(), week, 0u64..14, deeds);
    (zone, start, 1i64..1500, proptest::option::of(1i64..1500), rest).prop_map(
        |(zone, start, target, next, (pauses, accepted, week, holiday, deeds))| Tale {
            zone,
            start,
            target,
            next,
            pauses,
            accepted,
            week,
            holiday,
            deeds,
        },
    )
}

/// Somebody's notes about one promise.
#[derive(Debug, Default)]
struct Notes {
    target: i64,
    used: i64,
    due: Option<i64>,
    ended: Option<(i64, bool)>,
}

/// The state of the item as a person would describe it; what counts is decided minute by minute.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Turn {
    Ours,
    Customers,
    Moderators,
    Over,
}

impl Tale {
    fn minute(n: i64) -> At {
        At::UNIX_EPOCH + TimeDelta::minutes(n)
    }

    fn holiday(&self) -> chrono::NaiveDate {
        let first = Self::minute(self.start).with_timezone(&self.zone).date_naive();
        first + chrono::Days::new(self.holiday)
    }

    fn works(&self, minute: i64) -> bool {
        let Some(week) = &self.week else { return true };
        let local = Self::minute(minute).with_timezone(&self.zone);
        let (from, to) = week[local.weekday().num_days_from_monday() as usize];
        let now = local.hour() * 60 + local.minute();
        local.date_naive() != self.holiday() && (u32::from(from)..u32::from(to)).contains(&now)
    }

    /// The log that the story leaves, and what the person with the watch noted.
    fn live(&self) -> (Vec<Event>, Vec<Notes>) {
        let mut log = vec![event(
            Self::minute(self.start),
            EventKind::Received {
                route: "r".into(),
                answered: false,
                past: None,
            },
        )];
        let mut notes = vec![Notes {
            target: self.target,
            ..Notes::default()
        }];
        let mut turn = Turn::Ours;
        let mut pending = false;
        let mut deeds = Vec::new();
        let mut when = self.start;
        for (wait, deed) in &self.deeds {
            when += wait;
            deeds.push((when, *deed));
        }
        let pauses = |pause| self.pauses.contains(&pause);
        for minute in self.start..when + 6000 {
            for (_, deed) in deeds.iter().filter(|(at, _)| *at == minute) {
                let open = turn != Turn::Over;
                let what = match deed {
                    Deed::SnoozeForCustomer | Deed::Snooze if open && !pending => {
                        let for_customer = matches!(deed, Deed::SnoozeForCustomer);
                        turn = if for_customer && pauses(Pause::Customer) {
                            Turn::Customers
                        } else {
                            Turn::Ours
                        };
                        EventKind::Snoozed {
                            until: Self::minute(minute + 99_999),
                            why: None,
                            for_customer,
                        }
                    }
                    Deed::Claim if open && !pending => {
                        turn = Turn::Ours;
                        EventKind::Claimed {
                            until: Self::minute(minute + 15),
                        }
                    }
                    Deed::Accept if open && !pending => {
                        pending = true;
                        if self.accepted {
                            turn = Turn::Over;
                            end(&mut notes, minute, true);
                        } else if pauses(Pause::Moderation) {
                            turn = Turn::Moderators;
                        } else {
                            turn = Turn::Ours;
                        }
                        accepted()
                    }
                    Deed::Reject if pending && !self.accepted => {
                        pending = false;
                        turn = Turn::Ours;
                        EventKind::Rejected { why: "x".into() }
                    }
                    Deed::Show if open || pending => {
                        if open {
                            end(&mut notes, minute, true);
                        }
                        (turn, pending) = (Turn::Over, false);
                        EventKind::Visible {
                            minutes: None,
                            in_time: None,
                        }
                    }
                    Deed::Handle if open && !pending => {
                        turn = Turn::Over;
                        end(&mut notes, minute, false);
                        EventKind::Handled {
                            reason: Reason::NoNeed,
                            note: None,
                        }
                    }
                    Deed::WriteAgain if !open && !pending => {
                        turn = Turn::Ours;
                        let answered = notes.iter().any(|n| n.ended.is_some_and(|(_, by_us)| by_us));
                        let next = self.next.filter(|_| answered).unwrap_or(self.target);
                        notes.push(Notes {
                            target: next,
                            ..Notes::default()
                        });
                        EventKind::Reopened { by_customer: true }
                    }
                    _ => continue,
                };
                log.push(event(Self::minute(minute), what));
            }
            if let Some(last) = notes.last_mut()
                && turn == Turn::Ours
                && last.due.is_none()
                && self.works(minute)
            {
                last.used += 1;
                if last.used == last.target {
                    last.due = Some(minute + 1);
                }
            }
        }
        (log, notes)
    }
}

fn end(notes: &mut [Notes], minute: i64, by_us: bool) {
    if let Some(last) = notes.last_mut().filter(|n| n.ended.is_none()) {
        last.ended = Some((minute, by_us));
    }
}

fn agrees(tale: &Tale) -> Result<(), TestCaseError> {
    let (log, notes) = tale.live();
    let policy = Policy {
        first_answer: Some(tale.target),
        next_answer: tale.next,
        from: From::FirstSeen,
        pauses: tale.pauses.clone(),
        ..Policy::default()
    };
    let calendar = tale.week.as_ref().map(|week| {
        let holidays = BTreeMap::from([(tale.holiday(), "day off".to_owned())]);
        let week = std::array::from_fn(|day| vec![week[day]]);
        Calendar::new("c", tale.zone, week, holidays, BTreeMap::new())
    });
    let stops = if tale.accepted {
        ClockStops::Accepted
    } else {
        ClockStops::Visible
    };
    let terms = Terms {
        policy: &policy,
        calendar: calendar.as_ref(),
        stops,
    };
    let first_seen = Tale::minute(tale.start);
    let origin = Origin {
        published: None,
        first_seen,
    };
    let runs = runs(terms, origin, &log);
    prop_assert_eq!(runs.len(), notes.len(), "{:?}", log);
    let last = Tale::minute(tale.start) + TimeDelta::days(400);
    for (run, notes) in runs.iter().zip(&notes) {
        let state = run.state(terms, first_seen, last);
        match notes.ended {
            Some((_, false)) => prop_assert_eq!(state, State::Cancelled),
            Some((ended, true)) => {
                let in_time = notes.due.is_none_or(|due| ended <= due);
                let expected = if in_time { State::Met } else { State::Missed };
                prop_assert_eq!(state, expected, "{:?} {:?} {:?}", run, notes, log);
            }
            // EventKind the watch saw in its time; longer it did not look.
            None => {
                if let Some(due) = notes.due {
                    prop_assert_eq!(run.due(terms), Some(Tale::minute(due)), "{:?} {:?}", run, log);
                    prop_assert_eq!(run.state(terms, first_seen, Tale::minute(due)), State::Overdue);
                    let before = Tale::minute(due) - TimeDelta::seconds(1);
                    prop_assert_ne!(run.state(terms, first_seen, before), State::Overdue);
                }
            }
        }
    }
    Ok(())
}

#[test]
fn a_deadline_is_when_a_person_with_a_watch_says_it_is_in_every_zone() {
    let long: u32 = std::env::var("ZEITNAH_LONG")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(1);
    let mut runner = TestRunner::new(Config {
        cases: 300 * long,
        rng_seed: RngSeed::Fixed(5),
        failure_persistence: None,
        ..Config::default()
    });
    runner.run(&tale(), |tale| agrees(&tale)).unwrap();
}
