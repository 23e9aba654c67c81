//! Small stories under rules that nobody had then.

use std::collections::BTreeMap;

use super::*;
use crate::domain::id::EventId;
use crate::domain::id::ItemId;
use crate::domain::item::Author;
use crate::domain::item::Details;
use crate::domain::item::Item;
use crate::domain::item::ItemKind;
use crate::domain::item::Rating;
use crate::domain::item::Tone;
use crate::domain::item::Votes;
use crate::domain::item::caps::ReplyCaps;
use crate::domain::item::handling::Handling;
use crate::domain::item::handling::Reason;
use crate::domain::item::policy::Mark;
use crate::domain::item::policy::Policy;
use crate::domain::lang::Lang;
use crate::domain::people::person::PersonId;
use crate::domain::promise::backtest::past::Words;
use crate::domain::promise::chain::Chain;
use crate::domain::promise::chain::Condition;
use crate::domain::promise::chain::Recipient;
use crate::domain::promise::chain::Starts;
use crate::domain::promise::chain::Step;
use crate::domain::promise::recipients::Preference;
use crate::domain::promise::route::Route;
use crate::domain::promise::route::When;
use crate::domain::promise::rules::Channel;
use crate::domain::promise::rules::ClockStops;
use crate::domain::promise::rules::Keep;
use crate::domain::promise::rules::Rules;
use crate::domain::say::text::Locale;
use crate::domain::time::calendar::Quiet;

/// Monday, 16 November 2026; in Berlin it is an hour later.
fn at(time: &str) -> At {
    on(16, time)
}

fn on(day: u32, time: &str) -> At {
    format!("2026-11-{day:02}T{time}:00Z").parse().unwrap()
}

fn anna() -> PersonId {
    PersonId::new("chat", "anna")
}

fn ben() -> PersonId {
    PersonId::new("chat", "ben")
}

fn item(first_seen: At) -> Item {
    Item {
        id: ItemId::new(first_seen),
        number: 1,
        source: "shop".into(),
        scope: "s".into(),
        native_id: "1".into(),
        kind: ItemKind::Review,
        tone: Tone::Complaint,
        rating: Rating::of_five(1.0),
        title: None,
        body: Some("Defekt.".into()),
        language: Some("de".into()),
        author: Author::default(),
        subject: None,
        verified: None,
        details: Details::default(),
        votes: Votes::default(),
        permalink: None,
        published_at: None,
        edited_at: None,
        first_seen_at: first_seen,
        revision: 1,
        fingerprint: vec![],
        caps: ReplyCaps::none(),
        route: "before".into(),
        handling: Handling::Open,
        escalation: None,
        deadline: None,
        overdue_at: None,
        raised_at: None,
        reply: None,
        is_answer_sent: false,
        version: 1,
    }
}

/// An item with what happened to it; that it reached us comes first by itself.
struct Story {
    item: Item,
    earlier: Vec<Words>,
    log: Vec<Event>,
}

impl Story {
    fn from(first_seen: At) -> Self {
        let story = Self {
            item: item(first_seen),
            earlier: vec![],
            log: vec![],
        };
        let received = EventKind::Received {
            route: "before".into(),
            answered: false,
            past: None,
        };
        story.then(first_seen, None, received)
    }

    fn then(mut self, at: At, by: Option<PersonId>, what: EventKind) -> Self {
        self.log.push(Event {
            id: EventId::new(at),
            item: self.item.id,
            at,
            by,
            what,
        });
        self
    }

    fn answered(self, at: At) -> Self {
        let visible = EventKind::Visible {
            minutes: None,
            in_time: None,
        };
        self.then(at, Some(anna()), visible)
    }

    fn claimed(self, at: At, by: PersonId, until: At) -> Self {
        self.then(at, Some(by), EventKind::Claimed { until })
    }

    fn past(&self) -> Past<'_> {
        Past {
            item: &self.item,
            earlier: &self.earlier,
            log: &self.log,
        }
    }
}

fn channel(name: &str, quiet: Option<&str>) -> Channel {
    Channel {
        name: name.into(),
        chat: "chat".into(),
        room: name.to_uppercase(),
        locale: Locale {
            lang: Lang::De,
            zone: chrono_tz::Tz::Europe__Berlin,
        },
        responsible: vec![Mention::Group(name.into())],
        calendar: None,
        quiet: quiet.map(|text| Quiet::parse(text).unwrap()),
        budget: None,
    }
}

fn route(name: &str, policy: Policy) -> Route {
    Route {
        name: name.into(),
        when: When::default(),
        to: vec!["care".into()],
        policy,
        owner: None,
    }
}

fn rules(policy: Policy, quiet: Option<&str>) -> Rules {
    let channels = [channel("care", quiet), channel("leads", None)];
    Rules {
        channels: channels.map(|c| (c.name.clone(), c)).into(),
        routes: vec![],
        fallback: route("all", policy),
        grants: vec![],
        targets: vec![],
        digests: vec![],
        rotas: BTreeMap::new(),
        labels: BTreeMap::new(),
        claim_minutes: 15,
        keep: Keep {
            deliveries: 14,
            history: 90,
        },
        undo_seconds: 30,
        clock_stops: ClockStops::Visible,
        calendars: BTreeMap::new(),
        chains: BTreeMap::new(),
        gather_seconds: 60,
        post_every_ms: BTreeMap::new(),
    }
}

/// Ten hours, and a warning when half and when four fifths of them are used up.
fn ten_hours() -> Policy {
    Policy {
        first_answer: Some(600),
        marks: vec![Mark::Used(50), Mark::Used(80)],
        ..Policy::default()
    }
}

fn report_of(rules: &Rules, own: &BTreeMap<PersonId, Preference>, stories: &[Story]) -> Report {
    let book = Book { rules, own };
    let mut backtest = Backtest::new(book, at("00:00"), on(20, "00:00"));
    for story in stories {
        backtest.take(&story.past());
    }
    backtest.finish()
}

fn report(rules: &Rules, stories: &[Story]) -> Report {
    report_of(rules, &BTreeMap::new(), stories)
}

/// What was called when.
fn calls(rules: &Rules, story: &Story) -> Vec<(At, &'static str)> {
    let own = BTreeMap::new();
    let book = Book { rules, own: &own };
    let walked = walk(book, &story.past(), on(20, "00:00"));
    walked.calls.iter().map(|e| (e.at, e.what.as_str())).collect()
}

fn would(report: &Report) -> [u64; 3] {
    [Sort::Warning, Sort::Deadline, Sort::Step].map(|sort| report.calls[&sort].would)
}

fn promise(report: &Report) -> Promise {
    report.promises[0].promise
}

#[test]
fn what_was_answered_before_the_second_mark_is_warned_about_once() {
    let rules = rules(ten_hours(), None);
    let story = Story::from(at("06:00")).answered(at("13:59"));
    assert_eq!(calls(&rules, &story), [(at("11:00"), "reminded")]);
    let report = report(&rules, &[story]);
    assert_eq!((would(&report), report.messages), ([1, 0, 0], 1));
    assert_eq!(promise(&report).met, 1);
    let late = Story::from(at("06:00")).answered(at("16:01"));
    assert_eq!(
        calls(&rules, &late),
        [
            (at("11:00"), "reminded"),
            (at("14:00"), "reminded"),
            (at("16:00"), "overdue")
        ]
    );
    let two = self::report(&rules, &[late, Story::from(at("06:30"))]);
    let promise = promise(&two);
    assert_eq!((promise.met, promise.missed, promise.overdue), (0, 1, 1));
    assert_eq!((promise.breached(), promise.percent()), (2, Some(100.0)));
}

#[test]
fn quiet_hours_put_a_call_off_and_an_answer_meanwhile_drops_it() {
    let rules = rules(ten_hours(), Some("20:00-07:00"));
    // Half of the time is over at 21:00 in Berlin, four fifths at midnight, all of it at 2 in the morning.
    let open = Story::from(at("15:00"));
    let one = report(&rules, &[open]);
    assert_eq!(would(&one), [2, 1, 0], "the clock knows no night");
    assert_eq!(
        (one.messages, one.pings, one.night_pings),
        (1, 1, 0),
        "all at seven"
    );
    assert_eq!(
        one.calls[&Sort::Warning].moot,
        2,
        "the deadline says it all by then"
    );
    assert_eq!(one.load[0].by_hour[7], 1);
    let answered = Story::from(at("15:00")).answered(on(17, "05:59"));
    let none = report(&rules, &[answered]);
    assert_eq!(
        (would(&none), none.messages, none.pings),
        ([2, 1, 0], 0, 0),
        "nobody had to know it any more"
    );
    assert_eq!(none.calls[&Sort::Deadline].moot, 1);
    assert_eq!(promise(&none).missed, 1);
}

#[test]
fn a_policy_that_calls_at_night_shows_what_that_costs() {
    let policy = Policy {
        at_night: true,
        ..ten_hours()
    };
    let rules = rules(policy, Some("20:00-07:00"));
    let report = report(&rules, &[Story::from(at("15:00"))]);
    assert_eq!((report.messages, report.pings, report.night_pings), (3, 3, 3));
    let hours = report.load[0].by_hour;
    assert_eq!((hours[21], hours[0], hours[2]), (1, 1, 1));
}

fn step(wait: i64, call: Vec<Recipient>) -> Step {
    Step {
        wait,
        call,
        widen: None,
        raise: false,
        webhook: None,
        wait_for_duty: false,
        only: Condition::default(),
    }
}

#[test]
fn a_chain_goes_on_until_somebody_answers() {
    let policy = Policy {
        marks: vec![],
        chain: Some("chain".into()),
        ..ten_hours()
    };
    let mut rules = rules(policy, None);
    let free = Condition {
        held: Some(false),
        ..Condition::default()
    };
    let group = Recipient::Named {
        chat: "chat".into(),
        mention: Mention::Group("on-call".into()),
    };
    let chain = Chain {
        name: "chain".into(),
        starts: Starts::Due,
        steps: vec![
            step(0, vec![Recipient::Holder, Recipient::Channel]),
            Step {
                widen: Some("leads".into()),
                ..step(30, vec![Recipient::Direct(ben()), group])
            },
            Step {
                only: free,
                ..step(60, vec![Recipient::Channel])
            },
        ],
        rounds: 1,
        acknowledge_minutes: 60,
    };
    rules.chains = [("chain".to_owned(), chain)].into();
    let open = Story::from(at("06:00"));
    assert_eq!(
        calls(&rules, &open),
        [
            (at("16:00"), "overdue"),
            (at("16:00"), "stepped"),
            (at("16:30"), "stepped"),
            (at("17:30"), "stepped"),
        ]
    );
    let all = report(&rules, &[open]);
    // The deadline itself calls nobody whom the chain calls; the last step calls both rooms.
    assert_eq!((would(&all), all.messages), ([0, 1, 3], 5));
    let taken = Story::from(at("06:00")).claimed(at("16:40"), anna(), at("16:55"));
    let held = report(&rules, &[taken]);
    assert_eq!(
        would(&held),
        [0, 2, 3],
        "the lease was over at 16:55, and whoever is responsible is told that nobody has it any more"
    );
    let taken = Story::from(at("06:00"))
        .claimed(at("16:40"), anna(), at("16:55"))
        .then(
            at("17:40"),
            None,
            EventKind::ClaimEnded {
                of: anna(),
                lost_right: false,
            },
        );
    let held = report(&rules, &[taken]);
    assert_eq!(
        would(&held),
        [0, 2, 2],
        "it was prolonged, says the log, and when it ended somebody was told"
    );
    let seen = EventKind::Acknowledged { until: at("18:00") };
    let seen = Story::from(at("06:00"))
        .then(at("16:10"), Some(anna()), seen)
        .answered(at("17:59"));
    assert_eq!(report(&rules, &[seen]).calls[&Sort::Step].would, 1);
}

#[test]
fn what_goes_to_the_same_people_in_the_same_minute_is_one_message() {
    let stories = |seconds: [i64; 3]| {
        seconds.map(|s| Story::from(at("06:00") + TimeDelta::seconds(s)).answered(at("12:00")))
    };
    let rules = rules(ten_hours(), None);
    let one = report(&rules, &stories([0, 20, 60]));
    assert_eq!((would(&one), one.messages, one.pings), ([3, 0, 0], 1, 1));
    assert_eq!(one.calls[&Sort::Warning].told, 3);
    let two = report(&rules, &stories([0, 20, 61]));
    assert_eq!(two.messages, 2, "a second later it is too late for the first one");
    let worst = two.worst.unwrap();
    assert_eq!((worst.pings, worst.hour), (2, at("11:00")));
}

#[test]
fn whoever_has_it_is_called_and_by_their_own_night() {
    let rules = rules(ten_hours(), None);
    let story = || Story::from(at("06:00")).claimed(at("10:00"), anna(), at("12:00"));
    let by_name = report(&rules, &[story().answered(at("12:00"))]);
    assert_eq!(by_name.load[0].who.mention, Mention::Person("anna".into()));
    let siesta = Preference {
        quiet: Quiet::parse("11:30-12:30"),
        zone: Some(chrono_tz::Tz::Europe__Berlin),
    };
    let own = [(anna(), siesta)].into();
    // The warning comes at noon in Berlin and waits half an hour.
    let later = report_of(&rules, &own, &[story().answered(at("11:31"))]);
    assert_eq!((later.messages, later.night_pings), (1, 0));
    let dropped = report_of(&rules, &own, &[story().answered(at("11:29"))]);
    assert_eq!((dropped.messages, dropped.calls[&Sort::Warning].moot), (0, 1));
}

#[test]
fn what_the_rules_of_that_time_said_changes_nothing_but_is_counted_beside() {
    let rules = rules(ten_hours(), None);
    let said = |story: Story| {
        story
            .then(
                at("09:00"),
                None,
                EventKind::Reminded {
                    due: at("10:00"),
                    metric: Metric::FirstAnswer,
                    mark: None,
                },
            )
            .then(
                at("10:00"),
                None,
                EventKind::Overdue {
                    due: at("10:00"),
                    metric: Metric::FirstAnswer,
                    holder: None,
                    again: false,
                },
            )
    };
    let story = said(Story::from(at("06:00"))).answered(at("15:00"));
    let plain = Story::from(at("06:00")).answered(at("15:00"));
    assert_eq!(calls(&rules, &story), calls(&rules, &plain));
    let report = report(&rules, &[story]);
    assert_eq!(Sort::ALL.map(|s| report.calls[&s].really), [1, 1, 0, 0]);
    let before = report.promises.iter().find(|p| p.route == "before").unwrap();
    assert_eq!(before.promise.really_overdue, 1);
}

#[test]
fn the_route_is_chosen_by_what_the_customer_wrote_first() {
    let mut rules = rules(ten_hours(), None);
    let none = Policy::default();
    rules.routes = vec![Route {
        when: When {
            tone: vec![Tone::Praise],
            ..When::default()
        },
        ..route("praise", none)
    }];
    let mut story = Story::from(at("06:00"));
    assert_eq!(calls(&rules, &story).len(), 3);
    story.earlier.push(Words {
        rating: Rating::of_five(5.0),
        title: None,
        body: Some("Super.".into()),
        until: at("09:00"),
    });
    assert!(calls(&rules, &story).is_empty(), "praise is owed nothing");
}

#[test]
fn while_the_answer_is_under_way_and_when_it_is_over_nobody_is_called() {
    let rules = rules(ten_hours(), None);
    let rejected = Story::from(at("06:00"))
        .claimed(at("10:30"), anna(), at("10:45"))
        .then(at("10:40"), Some(anna()), EventKind::Sent { until: at("10:41") })
        .then(
            at("10:41"),
            Some(anna()),
            EventKind::Accepted {
                minutes: None,
                in_time: None,
            },
        )
        .then(
            at("18:00"),
            Some(anna()),
            EventKind::Rejected {
                why: "telephone".into(),
            },
        );
    assert_eq!(calls(&rules, &rejected), [(at("18:00"), "overdue")]);
    let handled = EventKind::Handled {
        reason: Reason::Spam,
        note: None,
    };
    let spam = Story::from(at("06:00")).then(at("08:00"), Some(anna()), handled);
    let report = report(&rules, &[spam]);
    assert_eq!(would(&report), [0, 0, 0]);
    assert!(report.promises.is_empty(), "what nobody is owed is no promise");
    let asleep = EventKind::Snoozed {
        until: on(17, "08:00"),
        why: None,
        for_customer: false,
    };
    let asleep = Story::from(at("06:00")).then(at("08:00"), Some(anna()), asleep);
    assert_eq!(
        calls(&rules, &asleep),
        [(at("16:00"), "overdue")],
        "no warning about what was put aside"
    );
}

#[test]
fn a_reply_that_left_while_the_lease_lasted_leaves_no_holder_behind() {
    let story = Story::from(at("06:00"))
        .claimed(at("10:30"), anna(), at("10:45"))
        .then(at("10:40"), Some(anna()), EventKind::Sent { until: at("10:41") })
        .then(at("13:00"), None, EventKind::Unclear);
    let moments = past::moments(&story.item, &story.log, ClockStops::Visible);
    let then = |time| past::moment(&moments, at(time)).unwrap();
    assert!(then("10:35").is_held());
    assert!(!then("10:41").is_open());
    assert!(then("13:00").is_open() && !then("13:00").is_held());
    assert_eq!(past::moment(&moments, at("05:59")), None);
}

#[test]
fn clocks_of_two_replicas_that_disagree_stop_nothing() {
    let rules = rules(ten_hours(), None);
    let story = Story::from(at("06:00"))
        .claimed(at("11:30"), anna(), at("11:45"))
        .then(at("11:29"), Some(anna()), EventKind::Released);
    assert_eq!(
        calls(&rules, &story),
        [
            (at("11:00"), "reminded"),
            (at("14:00"), "reminded"),
            (at("16:00"), "overdue")
        ]
    );
}

#[test]
fn what_waits_when_the_time_is_over_is_said_so() {
    let rules = rules(ten_hours(), Some("20:00-07:00"));
    let own = BTreeMap::new();
    let book = Book {
        rules: &rules,
        own: &own,
    };
    let mut backtest = Backtest::new(book, at("00:00"), at("22:00"));
    backtest.take(&Story::from(at("15:00")).past());
    let report = backtest.finish();
    assert_eq!(
        (would(&report), report.messages, report.waiting),
        ([1, 0, 0], 0, 1)
    );
    assert_eq!(promise(&report).running, 1);
}
