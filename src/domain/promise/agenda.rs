//! What the clock asks for: what is to be said now, and when somebody has to look again. Computed from the log each
//! time, so that a timer that came late, twice or for nothing changes nothing.

use crate::domain::At;
use crate::domain::item::event::Event;
use crate::domain::item::event::EventKind;
use crate::domain::item::handling::Handling;
use crate::domain::item::policy::Mark;
use crate::domain::item::policy::Metric;
use crate::domain::item::sla;
use crate::domain::item::sla::Origin;
use crate::domain::item::sla::Run;
use crate::domain::item::sla::Terms;
use crate::domain::people::person::Mention;
use crate::domain::people::person::PersonId;
use crate::domain::promise::chain::Chain;
use crate::domain::promise::chain::Next;
use crate::domain::promise::chain::Recipient;
use crate::domain::promise::chain::Starts;
use crate::domain::promise::chain::Step;
use crate::domain::promise::rota::Rota;
use crate::domain::promise::route::Route;
use crate::domain::promise::rules::Rules;
use crate::domain::time::calendar::Quiet;

#[derive(Debug, Clone, PartialEq, Eq)]
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
        /// It was told before, and nobody has the item any more since.
        again: bool,
        /// When the chain's first step comes, if it is because of this.
        step: Option<At>,
    },
    Step(Next),
    /// The holder's shift is over: whoever is on call next is asked to take it.
    Offer {
        rota: String,
        of: PersonId,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Look {
    Warn,
    Due,
    Step,
    Shift,
}

/// More rounds of looking than any chain has steps that are due in the same instant.
pub const ROUNDS: usize = 8;

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
    pub rules: &'a Rules,
}

impl<'a> Plan<'a> {
    pub fn of(rules: &'a Rules, route: &'a Route, origin: Origin) -> Self {
        let chain = route.policy.chain.as_ref();
        let mut channels = route.to.iter().filter_map(|name| rules.channel(name));
        let quiet = channels.find_map(|c| Some((c.quiet?, c.locale.zone)));
        Self {
            terms: rules.terms(route),
            chain: chain.and_then(|name| rules.chains.get(name)),
            quiet: quiet.filter(|_| !route.policy.at_night),
            origin,
            has_owner: route.owner.is_some(),
            rules,
        }
    }
}

impl Plan<'_> {
    /// `log` is the whole log, oldest first. Nothing is said about what nobody is owed any more, or while our answer is
    /// on its way.
    pub fn agenda(&self, runs: &[Run], log: &[&Event], handling: &Handling, now: At) -> Agenda {
        let mut agenda = self.of_clocks(runs, log, handling, now);
        self.of_shift(log, handling, now, &mut agenda);
        match handling {
            Handling::Open | Handling::Claimed { .. } => agenda,
            // A warning about something that was put aside on purpose is noise.
            Handling::Snoozed { .. } => {
                agenda.now.retain(|call| !matches!(call, Call::Warn { .. }));
                agenda
            }
            Handling::Answered { .. } | Handling::Handled { .. } | Handling::Removed { .. } => {
                Agenda::default()
            }
        }
    }

    /// The chain's next step as the log stands, however far away.
    pub fn next_step(&self, log: &[&Event]) -> Option<Next> {
        let runs = sla::runs(self.terms, self.origin, log.iter().copied());
        self.step(&runs, log)
    }

    fn of_clocks(&self, runs: &[Run], log: &[&Event], handling: &Handling, now: At) -> Agenda {
        let mut agenda = Agenda::default();
        let is_known = |event: &&Event| matches!(event.what, EventKind::Assigned { .. });
        if self.has_owner && !log.iter().any(is_known) {
            agenda.now.push(Call::Assign);
        }
        let next = self.step(runs, log);
        let by_step = |next: &Next| self.chain.is_some_and(|chain| chain.tells_deadline(*next));
        let first = next.filter(by_step).zip(sla::leading(self.terms, runs));
        let first = first.map(|(next, (_, due))| (due, next.at));
        for run in runs.iter().filter(|run| run.end.is_none()) {
            self.of_run(run, log, handling, first, now, &mut agenda);
        }
        if let Some(next) = next {
            if next.at <= now {
                agenda.now.push(Call::Step(next));
            } else {
                agenda.look(next.at, Look::Step);
            }
        }
        agenda
    }

    /// `first` is the deadline with which the chain begins, and when its first step comes.
    fn of_run(
        &self,
        run: &Run,
        log: &[&Event],
        handling: &Handling,
        first: Option<(At, At)>,
        now: At,
        agenda: &mut Agenda,
    ) {
        let Some(due) = run.due(self.terms) else { return };
        let metric = run.metric;
        if due <= now {
            let was_told = log.iter().any(|event| match &event.what {
                EventKind::Overdue {
                    due: told,
                    metric: of,
                    ..
                } => (*told, *of) == (due, metric),
                _ => false,
            });
            let is_called = |call: &Call| matches!(call, Call::Overdue { .. });
            let again = was_told && *handling == Handling::Open && was_let_go(log);
            // Of several clocks that are over, letting go is told once.
            if !was_told || again && !agenda.now.iter().any(is_called) {
                let step = first.filter(|(begins, _)| *begins == due && !again);
                agenda.now.push(Call::Overdue {
                    metric,
                    due,
                    again,
                    step: step.map(|(_, at)| at),
                });
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
        let forward = |from, span| sla::forward(self.terms.calendar, from, span);
        let next = chain.next(start, log.iter().copied(), self.held_until(log), forward)?;
        Some(Next {
            at: self.held_off(chain, next),
            ..next
        })
    }

    /// When a step comes at last: after quiet hours, and if it waits for whoever is on duty, when somebody is.
    fn held_off(&self, chain: &Chain, next: Next) -> At {
        let so_far = usize::try_from(next.step).unwrap_or(usize::MAX).saturating_add(1);
        let raised = chain.steps.iter().take(so_far).any(|s| s.raise)
            || next.round > 0 && chain.steps.iter().any(|s| s.raise);
        let quiet = self.quiet.filter(|_| !raised);
        let mut at = next.at;
        // A duty may begin in quiet hours, and those may end after it.
        for _ in 0..ROUNDS {
            let loud = quiet.and_then(|(quiet, zone)| quiet.ends(at, zone)).unwrap_or(at);
            let staffed = self.staffed(chain.step(next), loud).unwrap_or(loud);
            if staffed == at {
                break;
            }
            at = staffed;
        }
        at
    }

    /// `None`: it does not wait, or nobody will ever be on duty.
    fn staffed(&self, step: Option<&Step>, at: At) -> Option<At> {
        let step = step.filter(|step| step.wait_for_duty)?;
        let rotas = step.call.iter().filter_map(|whom| match whom {
            Recipient::OnDuty(rota) => self.rules.rotas.get(rota),
            _ => None,
        });
        rotas.filter_map(|rota| rota.staffed(at)).min()
    }

    /// Until when somebody takes care of it who has seen the last call: as long as they said, but not beyond their shift,
    /// if shifts are handed over.
    fn held_until(&self, log: &[&Event]) -> Option<At> {
        let seen = log.iter().rev().find_map(|event| match &event.what {
            EventKind::Acknowledged { until } => Some((event, *until)),
            _ => None,
        });
        let (event, until) = seen?;
        let Some(by) = &event.by else { return Some(until) };
        let ends = self.handing_over(&by.chat).filter_map(|rota| {
            let who = Mention::Person(by.user.clone());
            rota.leaving(&who, event.at, until).ended
        });
        Some(ends.min().map_or(until, |end| end.min(until)))
    }

    fn handing_over(&self, chat: &str) -> impl Iterator<Item = &Rota> {
        let rotas = self.rules.rotas.values();
        rotas.filter(move |rota| rota.accept_minutes.is_some() && rota.chat == chat)
    }

    /// Whoever holds it and was on call when they took it, or since, has a successor when that shift ends. Who was not keeps
    /// it.
    fn of_shift(&self, log: &[&Event], handling: &Handling, now: At, agenda: &mut Agenda) {
        let Handling::Claimed {
            by, offered: false, ..
        } = handling
        else {
            return;
        };
        let Some(holder) = handling.holder(now) else {
            return;
        };
        let held = log.iter().rfind(|event| {
            let holds = matches!(
                event.what,
                EventKind::Claimed { .. } | EventKind::TakenOver { .. } | EventKind::TakenBack { .. }
            );
            holds && event.by.as_ref() == Some(holder)
        });
        let Some(since) = held.map(|event| event.at) else {
            return;
        };
        let who = Mention::Person(by.user.clone());
        for rota in self.handing_over(&by.chat) {
            let leaving = rota.leaving(&who, since, now);
            if let Some(at) = leaving.ends {
                agenda.look(at, Look::Shift);
            }
            if leaving.ended.is_some() {
                agenda.now.push(Call::Offer {
                    rota: rota.name.clone(),
                    of: by.clone(),
                });
                return;
            }
        }
    }
}

impl Agenda {
    fn look(&mut self, at: At, what: Look) {
        if self.next.is_none_or(|next| (at, what) < next) {
            self.next = Some((at, what));
        }
    }
}

/// Whether nobody knows any more: since those who are responsible were told, somebody had the item or had put it aside.
/// Who holds it now, the caller knows.
fn was_let_go(log: &[&Event]) -> bool {
    let last = log.iter().rev().find_map(|event| match &event.what {
        EventKind::Overdue { holder, .. } => Some(holder.is_some()),
        EventKind::NotAccepted { .. } => Some(false),
        EventKind::Claimed { .. }
        | EventKind::TakenOver { .. }
        | EventKind::TakenBack { .. }
        | EventKind::Released
        | EventKind::ClaimEnded { .. }
        | EventKind::Snoozed { .. }
        | EventKind::Woke => Some(true),
        _ => None,
    });
    last == Some(true)
}

/// Until when whoever has to know was told about this run: by a warning, or by something that called them anyway (it
/// woke, its answer came back).
fn told_until(run: &Run, log: &[&Event]) -> Option<At> {
    let since = log.iter().filter(|event| event.at >= run.from);
    since
        .filter(|event| match &event.what {
            EventKind::Reminded { metric, .. } => *metric == run.metric,
            EventKind::Woke | EventKind::Rejected { .. } | EventKind::Failed { .. } => true,
            _ => false,
        })
        .map(|event| event.at)
        .max()
}
