//! What has become of a promise: a pure function of the item's log, the policy and the calendar. Nothing here is
//! remembered, so nothing can drift; timers only mean "look again", and the item's row only keeps the result.

#[cfg(test)]
mod tests;

use chrono::TimeDelta;
use serde::Deserialize;
use serde::Serialize;

use crate::domain::At;
use crate::domain::item::event::Event;
use crate::domain::item::event::EventKind;
use crate::domain::item::handling::Reason;
use crate::domain::item::policy::ClockStops;
use crate::domain::item::policy::From;
use crate::domain::item::policy::Mark;
use crate::domain::item::policy::Metric;
use crate::domain::item::policy::Pause;
use crate::domain::item::policy::Policy;
use crate::domain::time::calendar::Calendar;

/// Why the clock started when it did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Base {
    Published,
    FirstSeen,
    /// It reached us when the time since its publication was already over: the team gets the full time from then,
    /// and is not blamed for the platform.
    LateArrival,
    /// The customer wrote again, or the case was opened again.
    Reopened,
}

/// The deadline that counts now, as the item's row keeps it for cards and lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deadline {
    #[serde(default)]
    pub metric: Metric,
    pub base: Base,
    pub from: At,
    pub due: At,
}

impl Deadline {
    pub fn is_met_at(&self, at: At) -> bool {
        at <= self.due
    }
}

/// What is known about an item besides its log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Origin {
    pub published: Option<At>,
    pub first_seen: At,
}

/// In which time a target is counted, and what ends it.
#[derive(Debug, Clone, Copy)]
pub struct Terms<'a> {
    pub policy: &'a Policy,
    /// `None` counts all hours.
    pub calendar: Option<&'a Calendar>,
    pub stops: ClockStops,
}

/// One run of one clock, from what started it to what ended it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    pub metric: Metric,
    pub base: Base,
    pub from: At,
    pub target: TimeDelta,
    /// In order, without overlaps.
    pub gaps: Vec<Gap>,
    pub end: Option<End>,
}

/// A time that is not counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gap {
    pub from: At,
    /// `None`: it lasts.
    pub to: Option<At>,
    pub why: Pause,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct End {
    pub at: At,
    pub how: Ending,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// By our answer, which can still be rejected.
    Answered,
    /// By somebody's word that nothing is left to do, or an answer that was not given through us.
    Settled,
    /// Nobody is owed it any more.
    Cancelled,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    Pending,
    /// The last warning before the deadline has come.
    DueSoon,
    Overdue,
    Met,
    Missed,
    Cancelled,
}

/// All clocks that have ever run for an item, in the order in which they started.
pub fn runs<'e>(terms: Terms, origin: Origin, log: impl IntoIterator<Item = &'e Event>) -> Vec<Run> {
    let mut fold = Fold {
        terms,
        origin,
        runs: Vec::new(),
        was_answered: false,
    };
    for event in log {
        fold.take(event);
    }
    fold.runs
}

/// The clock that people have to know about: the running one that ends first, else the one that ended last.
pub fn leading<'r>(terms: Terms, runs: &'r [Run]) -> Option<(&'r Run, At)> {
    let due = |run: &'r Run| Some((run, run.due(terms)?));
    let mut running = runs.iter().filter(|run| run.end.is_none()).peekable();
    if running.peek().is_some() {
        return running
            .filter_map(due)
            .min_by_key(|(run, due)| (*due, run.metric));
    }
    let mut answers = runs.iter().filter(|run| run.metric != Metric::Resolution);
    answers.next_back().or(runs.last()).and_then(due)
}

/// The leading clock as the row keeps it.
pub fn deadline(terms: Terms, runs: &[Run]) -> Option<Deadline> {
    leading(terms, runs).map(|(run, due)| Deadline {
        metric: run.metric,
        base: run.base,
        from: run.from,
        due,
    })
}

struct Fold<'a> {
    terms: Terms<'a>,
    origin: Origin,
    runs: Vec<Run>,
    /// The first answer was given, so from now on it is the next one.
    was_answered: bool,
}

impl Fold<'_> {
    fn take(&mut self, event: &Event) {
        let at = event.at;
        // A snooze that waits for the customer lasts until anything else is done with the item.
        if event.what.moves_clock() {
            self.go_on(at, Pause::Customer);
        }
        match &event.what {
            EventKind::Received {
                answered,
                past: Some(_),
                ..
            } => self.was_answered |= *answered,
            EventKind::Received { answered, .. } => {
                self.start_first(at);
                if *answered {
                    self.end_answers(at, Ending::Settled);
                    self.end(Metric::Resolution, at, Ending::Settled);
                }
            }
            EventKind::Accepted { .. } => match self.terms.stops {
                ClockStops::Accepted => self.answered(at),
                ClockStops::Visible => self.hold(at, Pause::Moderation),
            },
            EventKind::Visible { .. } => {
                self.go_on(at, Pause::Moderation);
                self.answered(at);
            }
            EventKind::Rejected { .. }
            | EventKind::Failed {
                earlier_stands: false,
                ..
            } => {
                self.go_on(at, Pause::Moderation);
                self.unanswered(at);
            }
            EventKind::AnsweredElsewhere { given, .. } => {
                // We may hear of it late.
                let at = given.map_or(at, |given| given.min(at));
                self.was_answered = true;
                self.end_answers(at, Ending::Settled);
                self.end(Metric::Resolution, at, Ending::Settled);
            }
            EventKind::Handled { reason, .. } => {
                let how = match reason {
                    Reason::Elsewhere => Ending::Settled,
                    Reason::NoNeed | Reason::Spam | Reason::Duplicate | Reason::Other | Reason::Past => {
                        Ending::Cancelled
                    }
                };
                self.was_answered |= how == Ending::Settled;
                self.end_answers(at, how);
                self.end(Metric::Resolution, at, Ending::Settled);
            }
            EventKind::RemovedAtSource => {
                self.end_answers(at, Ending::Cancelled);
                self.end(Metric::Resolution, at, Ending::Cancelled);
            }
            EventKind::Reopened { .. } | EventKind::BackAtSource => self.start_again(at),
            EventKind::Snoozed {
                for_customer: true, ..
            } => self.hold(at, Pause::Customer),
            EventKind::Snoozed { .. }
            | EventKind::Failed { .. }
            | EventKind::Edited { .. }
            | EventKind::Claimed { .. }
            | EventKind::TakenOver { .. }
            | EventKind::Released
            | EventKind::ClaimEnded { .. }
            | EventKind::Drafted
            | EventKind::Sent { .. }
            | EventKind::TakenBack { .. }
            | EventKind::Unclear
            | EventKind::ConfirmedThere
            | EventKind::SentAgain
            | EventKind::Woke
            | EventKind::Escalated { .. }
            | EventKind::Reminded { .. }
            | EventKind::Overdue { .. }
            | EventKind::Stepped { .. }
            | EventKind::Assigned { .. }
            | EventKind::Acknowledged { .. }
            | EventKind::Offered { .. }
            | EventKind::NotAccepted { .. } => {}
        }
    }

    fn start_first(&mut self, at: At) {
        let Origin {
            published,
            first_seen,
        } = self.origin;
        let written = match self.terms.policy.from {
            // A platform's clock that runs ahead of ours must not give the team more time than promised.
            From::Published => published.filter(|at| *at <= first_seen),
            From::FirstSeen => None,
        };
        for metric in [Metric::FirstAnswer, Metric::Resolution] {
            let Some(target) = self.target(metric) else {
                continue;
            };
            let in_time = written.filter(|from| {
                let due = forward(self.terms.calendar, *from, target);
                due.is_none_or(|due| due > first_seen)
            });
            let (base, from) = match (in_time, written) {
                (Some(from), _) => (Base::Published, from),
                (None, Some(_)) => (Base::LateArrival, at),
                (None, None) => (Base::FirstSeen, at),
            };
            self.start(metric, base, from, target);
        }
    }

    fn start_again(&mut self, at: At) {
        self.end_answers(at, Ending::Cancelled);
        let metric = if self.was_answered {
            Metric::NextAnswer
        } else {
            Metric::FirstAnswer
        };
        if let Some(target) = self.target(metric) {
            self.start(metric, Base::Reopened, at, target);
        }
        // The case goes on: what was settled was not the end of it.
        let pauses = self.terms.policy.pauses_for(Pause::Customer);
        match self.last(Metric::Resolution) {
            Some(run) if run.end.is_some_and(|e| e.how != Ending::Cancelled) => {
                let end = run.end.take();
                if let Some(end) = end.filter(|_| pauses) {
                    run.gap(end.at, Some(at), Pause::Customer);
                }
            }
            Some(run) if run.end.is_none() => {}
            _ => {
                if let Some(target) = self.target(Metric::Resolution) {
                    self.start(Metric::Resolution, Base::Reopened, at, target);
                }
            }
        }
    }

    fn target(&self, metric: Metric) -> Option<TimeDelta> {
        self.terms.policy.minutes(metric).map(TimeDelta::minutes)
    }

    fn start(&mut self, metric: Metric, base: Base, from: At, target: TimeDelta) {
        self.runs.push(Run {
            metric,
            base,
            from,
            target,
            gaps: Vec::new(),
            end: None,
        });
    }

    fn last(&mut self, metric: Metric) -> Option<&mut Run> {
        self.runs.iter_mut().rev().find(|run| run.metric == metric)
    }

    fn running(&mut self) -> impl Iterator<Item = &mut Run> {
        self.runs.iter_mut().filter(|run| run.end.is_none())
    }

    fn answered(&mut self, at: At) {
        self.was_answered = true;
        self.end_answers(at, Ending::Answered);
        self.end(Metric::Resolution, at, Ending::Answered);
    }

    /// Our answer does not stand any more: what it had ended goes on, without the time in which it stood.
    fn unanswered(&mut self, at: At) {
        let counts =
            self.terms.stops == ClockStops::Accepted && !self.terms.policy.pauses_for(Pause::Moderation);
        for of_case in [false, true] {
            let mut runs = self.runs.iter_mut().rev();
            let Some(run) = runs.find(|run| (run.metric == Metric::Resolution) == of_case) else {
                continue;
            };
            let Some(end) = run.end.filter(|end| end.how == Ending::Answered) else {
                continue;
            };
            run.end = None;
            if !counts {
                run.gap(end.at, Some(at), Pause::Moderation);
            }
            if run.metric == Metric::FirstAnswer {
                self.was_answered = false;
            }
        }
    }

    fn end_answers(&mut self, at: At, how: Ending) {
        self.end(Metric::FirstAnswer, at, how);
        self.end(Metric::NextAnswer, at, how);
    }

    fn end(&mut self, metric: Metric, at: At, how: Ending) {
        for run in self.running().filter(|run| run.metric == metric) {
            let at = at.max(run.from);
            run.close(at);
            run.end = Some(End { at, how });
        }
    }

    fn hold(&mut self, at: At, why: Pause) {
        if self.terms.policy.pauses_for(why) {
            for run in self.running() {
                if run.gaps.last().is_none_or(|gap| gap.to.is_some()) {
                    run.gap(at, None, why);
                }
            }
        }
    }

    fn go_on(&mut self, at: At, why: Pause) {
        for run in self.running() {
            if run.gaps.last().is_some_and(|gap| gap.why == why) {
                run.close(at);
            }
        }
    }
}

impl Run {
    fn gap(&mut self, from: At, to: Option<At>, why: Pause) {
        self.gaps.push(Gap { from, to, why });
    }

    /// Ends a gap that lasts.
    fn close(&mut self, at: At) {
        if let Some(gap) = self.gaps.last_mut().filter(|gap| gap.to.is_none()) {
            gap.to = Some(at);
        }
    }

    /// The times that are counted, in order; the last one has no end unless a gap lasts.
    pub fn counted(&self) -> Vec<(At, Option<At>)> {
        let mut out = Vec::new();
        let mut from = Some(self.from);
        for gap in &self.gaps {
            if let Some(from) = from.filter(|from| *from < gap.from) {
                out.push((from, Some(gap.from)));
            }
            from = gap.to.map(|to| to.max(from.unwrap_or(to)));
        }
        out.extend(from.map(|from| (from, None)));
        out
    }

    /// The instant at which so much of the target is used up. `None` while a gap lasts that it does not reach before.
    pub fn reaches(&self, terms: Terms, used: TimeDelta) -> Option<At> {
        let mut left = used;
        for (from, to) in self.counted() {
            let Some(to) = to else {
                return forward(terms.calendar, from, left);
            };
            let here = between(terms.calendar, from, to);
            if left <= here {
                return forward(terms.calendar, from, left);
            }
            left -= here;
        }
        None
    }

    /// `None` while the clock stands still.
    pub fn due(&self, terms: Terms) -> Option<At> {
        self.reaches(terms, self.target)
    }

    /// How much of the target is used up by then.
    pub fn used(&self, terms: Terms, at: At) -> TimeDelta {
        let at = self.end.map_or(at, |end| end.at.min(at));
        let counted = self.counted().into_iter();
        counted
            .map(|(from, to)| between(terms.calendar, from, to.map_or(at, |to| to.min(at))))
            .sum()
    }

    /// When somebody is warned, in order. What had passed before the item reached us is no news to anybody.
    pub fn warnings(&self, terms: Terms, first_seen: At) -> Vec<(Mark, At)> {
        let marks = terms.policy.marks.iter();
        let mut out: Vec<(Mark, At)> = marks
            .filter_map(|mark| Some((*mark, self.reaches(terms, mark.used(self.target)?)?)))
            .filter(|(_, at)| *at > first_seen && *at > self.from)
            .collect();
        out.sort_by_key(|(_, at)| *at);
        out.dedup_by_key(|(_, at)| *at);
        out
    }

    pub fn state(&self, terms: Terms, first_seen: At, now: At) -> State {
        let due = self.due(terms);
        match self.end.filter(|end| end.at <= now) {
            Some(End {
                how: Ending::Cancelled,
                ..
            }) => State::Cancelled,
            // An answer at the very deadline is in time.
            Some(end) if due.is_none_or(|due| end.at <= due) => State::Met,
            Some(_) => State::Missed,
            None if due.is_some_and(|due| due <= now) => State::Overdue,
            None => match self.warnings(terms, first_seen).last() {
                Some((_, at)) if *at <= now => State::DueSoon,
                _ => State::Pending,
            },
        }
    }
}

/// Adds time as a target counts it. `None`: never, as far as anybody can see.
pub fn forward(calendar: Option<&Calendar>, from: At, span: TimeDelta) -> Option<At> {
    match calendar {
        Some(calendar) => calendar.add(from, span),
        None => from.checked_add_signed(span),
    }
}

fn between(calendar: Option<&Calendar>, from: At, to: At) -> TimeDelta {
    match calendar {
        Some(calendar) => calendar.between(from, to),
        None => (to - from).max(TimeDelta::zero()),
    }
}
