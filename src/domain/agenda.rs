//! What the clock asks for: what is to be said now, and when somebody has to look again. Computed from the log each
//! time, so that a timer that came late, twice or for nothing changes nothing.

use crate::domain::At;
use crate::domain::calendar::Quiet;
use crate::domain::chain::Chain;
use crate::domain::chain::Next;
use crate::domain::chain::Starts;
use crate::domain::event::Event;
use crate::domain::event::What;
use crate::domain::policy::Mark;
use crate::domain::policy::Metric;
use crate::domain::sla;
use crate::domain::sla::Origin;
use crate::domain::sla::Run;
use crate::domain::sla::Terms;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Call {
    /// Its owner does not know yet.
    Assign,
    Warn {
        metric: Metric,
        mark: Mark,
        due: At,
    },
    Overdue {
        metric: Metric,
        due: At,
    },
    Step(Next),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Look {
    Warn,
    Due,
    Step,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Agenda {
    pub now: Vec<Call>,
    pub next: Option<(At, Look)>,
}

/// All that the agenda follows from.
#[derive(Clone, Copy)]
pub struct Plan<'a> {
    pub terms: Terms<'a>,
    pub chain: Option<&'a Chain>,
    /// When nobody is called where the item is shown.
    pub quiet: Option<(Quiet, chrono_tz::Tz)>,
    pub origin: Origin,
    /// Somebody is to be told as soon as it comes.
    pub has_owner: bool,
}

impl Plan<'_> {
    /// `log` is the whole log, oldest first.
    pub fn agenda(&self, runs: &[Run], log: &[&Event], now: At) -> Agenda {
        let mut agenda = Agenda::default();
        let is_known = |event: &&Event| matches!(event.what, What::Assigned { .. });
        if self.has_owner && !log.iter().any(is_known) {
            agenda.now.push(Call::Assign);
        }
        for run in runs.iter().filter(|run| run.end.is_none()) {
            self.of_run(run, log, now, &mut agenda);
        }
        if let Some(next) = self.step(runs, log) {
            if next.at <= now {
                agenda.now.push(Call::Step(next));
            } else {
                agenda.look(next.at, Look::Step);
            }
        }
        agenda
    }

    fn of_run(&self, run: &Run, log: &[&Event], now: At, agenda: &mut Agenda) {
        let Some(due) = run.due(self.terms) else { return };
        let metric = run.metric;
        if due <= now {
            let was_told = log.iter().any(|event| match &event.what {
                What::Overdue {
                    due: told,
                    metric: of,
                } => (*told, *of) == (due, metric),
                _ => false,
            });
            if !was_told {
                agenda.now.push(Call::Overdue { metric, due });
            }
            return;
        }
        agenda.look(due, Look::Due);
        let told = told_until(run, log);
        let marks = run.warnings(self.terms, self.origin.first_seen);
        if let Some((_, at)) = marks.iter().find(|(_, at)| *at > now) {
            agenda.look(*at, Look::Warn);
        }
        // Of several that came while nobody looked, the last one says it all.
        if let Some((mark, at)) = marks.into_iter().rfind(|(_, at)| *at <= now)
            && told.is_none_or(|told| told < at)
        {
            agenda.now.push(Call::Warn { metric, mark, due });
        }
    }

    fn step(&self, runs: &[Run], log: &[&Event]) -> Option<Next> {
        let chain = self.chain?;
        let (run, due) = sla::leading(self.terms, runs).filter(|(run, _)| run.end.is_none())?;
        let start = match chain.starts {
            Starts::Due => due,
            Starts::AtOnce => run.from.max(self.origin.first_seen),
        };
        let next = chain.next(start, log.iter().copied(), |from, span| {
            sla::forward(self.terms.calendar, from, span)
        })?;
        let raised = chain
            .steps
            .iter()
            .take(usize::try_from(next.step).ok()? + 1)
            .any(|s| s.raise)
            || next.round > 0 && chain.steps.iter().any(|s| s.raise);
        let quiet = self.quiet.filter(|_| !raised);
        let at = quiet.and_then(|(quiet, zone)| quiet.ends(next.at, zone));
        Some(Next {
            at: at.unwrap_or(next.at),
            ..next
        })
    }
}

impl Agenda {
    fn look(&mut self, at: At, what: Look) {
        if self.next.is_none_or(|next| (at, what) < next) {
            self.next = Some((at, what));
        }
    }
}

/// Until when whoever has to know was told about this run: by a warning, or by something that called them anyway (it
/// woke, its answer came back).
fn told_until(run: &Run, log: &[&Event]) -> Option<At> {
    let since = log.iter().filter(|event| event.at >= run.from);
    since
        .filter(|event| match &event.what {
            What::Reminded { metric, .. } => *metric == run.metric,
            What::Woke | What::Rejected { .. } | What::Failed { .. } => true,
            _ => false,
        })
        .map(|event| event.at)
        .max()
}
