//! One item under other rules: from look to look through what really happened to it, with the calls that these rules
//! would have made. Decisions are the agenda's and the deadlines'; only time is made up here.

use std::collections::BTreeSet;

use chrono::TimeDelta;

use crate::domain::At;
use crate::domain::effect::Addressee;
use crate::domain::id::EventId;
use crate::domain::item::event::Event;
use crate::domain::item::event::EventKind;
use crate::domain::item::handling::Handling;
use crate::domain::item::policy::Metric;
use crate::domain::item::sla;
use crate::domain::item::sla::Run;
use crate::domain::item::sla::State;
use crate::domain::promise::agenda::Agenda;
use crate::domain::promise::agenda::Call;
use crate::domain::promise::agenda::Plan;
use crate::domain::promise::agenda::ROUNDS;
use crate::domain::promise::backtest::Sort;
use crate::domain::promise::backtest::past::Moment;
use crate::domain::promise::backtest::past::Past;
use crate::domain::promise::backtest::past::is_call;
use crate::domain::promise::backtest::past::moment;
use crate::domain::promise::backtest::past::moments;
use crate::domain::promise::backtest::post::Notice;
use crate::domain::promise::chain::Chain;
use crate::domain::promise::chain::Next;
use crate::domain::promise::recipients::Book;
use crate::domain::promise::recipients::Place;
use crate::domain::promise::recipients::Search;
use crate::domain::promise::recipients::Summoned;
use crate::domain::promise::route;
use crate::domain::promise::route::Route;

/// What would have become of one item.
#[derive(Debug)]
pub struct Walked<'a> {
    pub route: &'a Route,
    /// The warnings, deadlines and steps, in the order in which they would have come.
    pub calls: Vec<Event>,
    /// Who would have been told about them, and from when on.
    pub notices: Vec<Notice>,
    /// What became of each clock by then.
    pub clocks: Vec<(Metric, State)>,
}

/// Walks an item's past until an instant.
pub fn walk<'a>(book: Book<'a>, past: &Past<'a>, until: At) -> Walked<'a> {
    let rules = book.rules;
    let route = route::choose_for(&rules.routes, &rules.fallback, past.first_view());
    let origin = past.item.origin();
    let deeds: Vec<&Event> = past.log.iter().filter(|event| !is_call(&event.what)).collect();
    let mut places: Vec<Place> = Vec::new();
    for channel in route.to.iter().filter_map(|name| rules.channel(name)) {
        add(&mut places, Place::of(channel));
    }
    let mut walk = Walk {
        book,
        past,
        until,
        plan: Plan::of(rules, route, origin),
        route,
        moments: moments(past.item, deeds.iter().copied(), rules.clock_stops),
        places,
        log: Vec::new(),
        looks: BTreeSet::new(),
        notices: Vec::new(),
    };
    walk.through(&deeds);
    let runs = walk.runs();
    let terms = walk.plan.terms;
    let state = |run: &Run| (run.metric, run.state(terms, origin.first_seen, until));
    Walked {
        route,
        clocks: runs.iter().map(state).collect(),
        calls: walk
            .log
            .into_iter()
            .filter(|event| is_call(&event.what))
            .collect(),
        notices: walk.notices,
    }
}

/// One card in each room. True when this one is new.
fn add(places: &mut Vec<Place>, new: Place) -> bool {
    let is_new = !places
        .iter()
        .any(|p| (&p.chat, &p.room) == (&new.chat, &new.room));
    if is_new {
        places.push(new);
    }
    is_new
}

struct Walk<'w, 'a> {
    book: Book<'a>,
    past: &'w Past<'a>,
    until: At,
    plan: Plan<'a>,
    route: &'a Route,
    moments: Vec<Moment>,
    places: Vec<Place>,
    /// What happened so far, and what would have been said.
    log: Vec<Event>,
    /// When somebody looks again. A timer is never cancelled, so neither is a look.
    looks: BTreeSet<At>,
    notices: Vec<Notice>,
}

impl Walk<'_, '_> {
    fn through(&mut self, deeds: &[&Event]) {
        let mut deeds = deeds.iter().peekable();
        let mut last = At::MIN_UTC;
        loop {
            let deed = deeds.peek().map(|event| event.at);
            let Some(at) = deed.into_iter().chain(self.looks.first().copied()).min() else {
                return;
            };
            // Two replicas' clocks need not agree; the log's order does.
            let now = at.max(last);
            if now > self.until {
                return;
            }
            last = now;
            let mut looking = self.looks.remove(&at);
            while let Some(event) = deeds.next_if(|event| event.at <= now) {
                looking |= event.what.moves_clock() || event.what.lets_go();
                self.log.push((*event).clone());
            }
            if looking {
                self.look(now);
            }
        }
    }

    fn runs(&self) -> Vec<Run> {
        sla::runs(self.plan.terms, self.plan.origin, &self.log)
    }

    fn look(&mut self, now: At) {
        let Some(moment) = moment(&self.moments, now).cloned() else {
            return;
        };
        for round in 0..ROUNDS {
            let log: Vec<&Event> = self.log.iter().collect();
            let agenda = self.plan.agenda(&self.runs(), &log, &moment.handling, now);
            let Agenda { now: mut calls, next } = agenda;
            // Who handed over to whom is taken as it was.
            calls.retain(|call| !moment.out && round + 1 < ROUNDS && !matches!(call, Call::Offer { .. }));
            if calls.is_empty() {
                self.looks.extend(next.map(|(at, _)| at));
                return;
            }
            for call in calls {
                self.say(call, &moment, now);
            }
        }
    }

    fn say(&mut self, call: Call, moment: &Moment, now: At) {
        let owner = self.route.owner.as_ref();
        let holder = moment.handling.holder(now).or(owner);
        match call {
            Call::Assign => {
                if let Some(owner) = owner {
                    let what = EventKind::Assigned {
                        to: owner.clone(),
                        word: None,
                    };
                    let whom = vec![Summoned::Person(owner.clone())];
                    self.tell(Sort::Personal, what, whom, TimeDelta::zero(), now);
                }
            }
            Call::Warn { metric, mark, due } => {
                let whom = self.book.responsible(holder, &self.places);
                let mark = Some(mark);
                let what = EventKind::Reminded { due, metric, mark };
                self.tell(Sort::Warning, what, whom, self.gathered(), now);
            }
            Call::Overdue {
                metric,
                due,
                again,
                step,
            } => {
                let item = self.past.item_at(now, &moment.handling);
                let (plan, places) = (&self.plan, &self.places);
                let (whom, by_step) = self.book.on_overdue(plan, step, &item, holder, places, now);
                let alone = moment.handling.holder(now).filter(|_| !by_step);
                let what = EventKind::Overdue {
                    due,
                    metric,
                    holder: alone.cloned(),
                    again,
                };
                self.tell(Sort::Deadline, what, whom, self.gathered(), now);
            }
            Call::Step(next) => {
                if let Some(chain) = self.plan.chain {
                    self.step(chain, next, &moment.handling, now);
                }
            }
            Call::Offer { .. } => {}
        }
    }

    fn step(&mut self, chain: &Chain, next: Next, handling: &Handling, now: At) {
        let item = self.past.item_at(now, handling);
        let holder = handling.holder(now).or(self.route.owner.as_ref());
        let step = chain.step(next).filter(|step| step.only.holds(&item, now));
        let search = step.map_or_else(Search::default, |step| {
            let tells_deadline = chain.tells_deadline(next);
            self.book
                .summoned(step, tells_deadline, holder, &self.places, now)
        });
        let widen = step.and_then(|step| step.widen.as_ref());
        let channel = widen.and_then(|name| self.book.rules.channel(name));
        let widened = channel.filter(|channel| add(&mut self.places, Place::of(channel)));
        let widened = widened.map(|channel| channel.name.clone());
        let what = chain.stepped(next, step, search.named(), widened);
        self.tell(Sort::Step, what, search.found, TimeDelta::zero(), now);
    }

    fn tell(&mut self, sort: Sort, what: EventKind, whom: Vec<Summoned>, gathered: TimeDelta, now: At) {
        for (to, not_before) in self.book.reached(&self.plan, whom, now) {
            let run_at = not_before.max(now + gathered);
            let moot = self.moot(&what, &to, not_before, run_at);
            self.notices.push(Notice {
                to,
                sort,
                not_before,
                run_at,
                moot,
            });
        }
        self.log.push(Event {
            id: EventId::new(now),
            item: self.past.item.id,
            at: now,
            by: None,
            what,
        });
    }

    /// From when on nobody would have to know it any more, or again, while it may be told.
    fn moot(&self, what: &EventKind, to: &Addressee, from: At, to_at: At) -> Vec<(At, bool)> {
        let alone = match (what, to) {
            (EventKind::Overdue { holder: Some(of), .. }, Addressee::Person(person)) if of == person => {
                Some(of)
            }
            _ => None,
        };
        let (due, only_if_free) = match (what, to) {
            (EventKind::Reminded { due, .. }, Addressee::Room { .. }) => (Some(*due), true),
            (EventKind::Reminded { due, .. }, Addressee::Person(_)) => (Some(*due), false),
            (EventKind::Overdue { .. }, Addressee::Room { .. }) => (None, true),
            _ => (None, false),
        };
        let mut turns: Vec<At> = vec![from];
        turns.extend(self.moments.iter().map(|moment| moment.at));
        turns.extend(due);
        turns.retain(|at| (from..=to_at).contains(at));
        turns.sort();
        turns.dedup();
        let is_moot = |at: At| {
            due.is_some_and(|due| due <= at)
                || moment(&self.moments, at).is_none_or(|m| {
                    !m.is_open()
                        || only_if_free && m.is_held()
                        || alone.is_some_and(|of| m.handling.holder(m.at) != Some(of))
                })
        };
        turns.into_iter().map(|at| (at, is_moot(at))).collect()
    }

    fn gathered(&self) -> TimeDelta {
        TimeDelta::seconds(self.book.rules.gather_seconds)
    }
}
