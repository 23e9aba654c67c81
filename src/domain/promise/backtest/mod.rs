//! What other rules would have done with what really happened: how many calls, to whom, at which hours, and which
//! promises would have been broken. What people did is taken as it was; nobody is assumed to have been quicker because
//! of a warning that never came.

pub mod past;
pub mod post;
#[cfg(test)]
mod tests;
pub mod walk;

use std::collections::BTreeMap;

use chrono::TimeDelta;
use serde::Serialize;

use crate::domain::At;
use crate::domain::item::event::Event;
use crate::domain::item::event::EventKind;
use crate::domain::item::policy::Metric;
use crate::domain::item::sla::State;
use crate::domain::people::person::Mention;
use crate::domain::promise::backtest::past::Past;
use crate::domain::promise::backtest::post::Post;
use crate::domain::promise::backtest::walk::Walked;
use crate::domain::promise::backtest::walk::walk;
use crate::domain::promise::recipients::Book;

/// What somebody is called about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    Warning,
    Deadline,
    Step,
    /// It concerned somebody personally.
    Personal,
}

impl Sort {
    pub const ALL: [Self; 4] = [Self::Warning, Self::Deadline, Self::Step, Self::Personal];

    fn of(what: &EventKind) -> Option<Self> {
        match what {
            EventKind::Reminded { .. } => Some(Self::Warning),
            EventKind::Overdue { .. } => Some(Self::Deadline),
            EventKind::Assigned { .. } => Some(Self::Personal),
            // A step whose condition did not hold is nothing that anybody noticed.
            EventKind::Stepped { called, .. } if !called.is_empty() => Some(Self::Step),
            _ => None,
        }
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Count {
    /// According to the log, in the same time and of the same items.
    pub really: u64,
    pub would: u64,
    /// To how many addressees.
    pub told: u64,
    /// Not told, because it was dealt with while it waited.
    pub moot: u64,
}

/// What became of the promises of one route.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Promise {
    pub met: u64,
    /// Answered, but too late.
    pub missed: u64,
    /// Not answered yet, and too late.
    pub overdue: u64,
    /// Neither over nor answered yet.
    pub running: u64,
    /// How often the log says that the deadline passed, under the name of this route.
    pub really_overdue: u64,
}

impl Promise {
    pub fn breached(&self) -> u64 {
        self.missed + self.overdue
    }

    /// Of those that are decided.
    pub fn percent(&self) -> Option<f64> {
        let decided = self.met + self.breached();
        (decided > 0).then(|| 100.0 * self.breached() as f64 / decided as f64)
    }

    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Somebody who is called, and where.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Named {
    pub chat: String,
    pub mention: Mention,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Load {
    pub who: Named,
    pub pings: u64,
    /// By the hour of their day.
    pub by_hour: [u64; 24],
}

/// The hour in which somebody would have been called most often.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Worst {
    pub who: Named,
    pub hour: At,
    pub pings: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PromiseRow {
    pub route: String,
    pub metric: Metric,
    #[serde(flatten)]
    pub promise: Promise,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    pub from: At,
    pub until: At,
    /// That reached us in that time.
    pub items: u64,
    pub calls: BTreeMap<Sort, Count>,
    pub messages: u64,
    pub pings: u64,
    pub night_pings: u64,
    /// Would wait for the end of somebody's quiet hours when the time is over.
    pub waiting: u64,
    pub promises: Vec<PromiseRow>,
    /// The most called first.
    pub load: Vec<Load>,
    pub worst: Option<Worst>,
}

/// Takes item by item, in the order in which they reached us, and adds up.
pub struct Backtest<'a> {
    book: Book<'a>,
    from: At,
    until: At,
    items: u64,
    calls: BTreeMap<Sort, Count>,
    promises: BTreeMap<(String, Metric), Promise>,
    post: Post,
}

impl<'a> Backtest<'a> {
    pub fn new(book: Book<'a>, from: At, until: At) -> Self {
        Self {
            book,
            from,
            until,
            items: 0,
            calls: Sort::ALL.map(|sort| (sort, Count::default())).into(),
            promises: BTreeMap::new(),
            post: Post::default(),
        }
    }

    pub fn take(&mut self, past: &Past<'_>) {
        self.items += 1;
        // Nothing that is said about this item or a later one is said before it is there.
        let frontier = past.item.first_seen_at.min(self.until);
        self.post.leave_before(frontier, self.book);
        let book = self.book;
        let Walked {
            route,
            calls,
            notices,
            clocks,
        } = walk(book, past, self.until);
        for event in &calls {
            self.count(event, |count| count.would += 1);
        }
        let until = self.until;
        for event in past.log.iter().filter(|event| event.at <= until) {
            self.count(event, |count| count.really += 1);
            if let EventKind::Overdue {
                metric, again: false, ..
            } = &event.what
            {
                self.promise(&past.item.route, *metric).really_overdue += 1;
            }
        }
        for (metric, state) in clocks {
            let promise = self.promise(&route.name, metric);
            match state {
                State::Met => promise.met += 1,
                State::Missed => promise.missed += 1,
                State::Overdue => promise.overdue += 1,
                State::Pending | State::DueSoon => promise.running += 1,
                State::Cancelled => {}
            }
        }
        for notice in notices {
            self.post.put(notice);
        }
    }

    fn count(&mut self, event: &Event, add: impl FnOnce(&mut Count)) {
        if let Some(sort) = Sort::of(&event.what) {
            add(self.calls.entry(sort).or_default());
        }
    }

    fn promise(&mut self, route: &str, metric: Metric) -> &mut Promise {
        self.promises.entry((route.to_owned(), metric)).or_default()
    }

    pub fn finish(mut self) -> Report {
        // What leaves at the very end belongs to it.
        self.post
            .leave_before(self.until + TimeDelta::nanoseconds(1), self.book);
        for (sort, told) in &self.post.told {
            let count = self.calls.entry(*sort).or_default();
            (count.told, count.moot) = (told.told, told.moot);
        }
        let promises = self.promises.into_iter().filter(|(_, p)| !p.is_empty());
        let promises = promises.map(|((route, metric), promise)| PromiseRow {
            route,
            metric,
            promise,
        });
        let (messages, pings, night_pings) = (self.post.messages, self.post.pings, self.post.night_pings);
        let waiting = self.post.waiting();
        let (load, worst) = self.post.load();
        Report {
            from: self.from,
            until: self.until,
            items: self.items,
            calls: self.calls,
            messages,
            pings,
            night_pings,
            waiting,
            promises: promises.collect(),
            load,
            worst,
        }
    }
}
