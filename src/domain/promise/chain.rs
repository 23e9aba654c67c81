//! What happens step by step when nobody answers: who is called, who sees it besides, what else is set in motion. How
//! far a chain has come is read from the item's log, so no process remembers it.

use chrono::TimeDelta;
use serde::Deserialize;
use serde::Serialize;

use crate::domain::At;
use crate::domain::item::Item;
use crate::domain::item::Rating;
use crate::domain::item::Tone;
use crate::domain::item::event::Called;
use crate::domain::item::event::Event;
use crate::domain::item::event::EventKind;
use crate::domain::item::event::Missing;
use crate::domain::people::person::Mention;
use crate::domain::people::person::PersonId;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chain {
    pub name: String,
    pub starts: Starts,
    /// Never empty.
    pub steps: Vec<Step>,
    /// How often all steps are gone through, at least once.
    pub rounds: u32,
    /// Minutes that "I have seen it" holds the chain.
    pub acknowledge_minutes: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Starts {
    /// With the deadline.
    Due,
    /// With the clock: for what must not wait.
    AtOnce,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Minutes after the step before, or after the start, in the time that the target is counted in.
    pub wait: i64,
    pub call: Vec<Recipient>,
    /// Our name of a channel that gets a card, too.
    pub widen: Option<String>,
    /// From here on it is urgent: it stands first, says so, and quiet hours hold nobody off.
    pub raise: bool,
    /// Our name of a webhook that is called.
    pub webhook: Option<String>,
    /// Where it calls whoever is on duty and nobody is, it waits until somebody is.
    pub wait_for_duty: bool,
    pub only: Condition,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recipient {
    /// Whoever has taken the item, or is its owner.
    Holder,
    /// Whom the rota of this name says.
    OnDuty(String),
    /// Whom the item's channels name as responsible.
    Channel,
    Named {
        chat: String,
        mention: Mention,
    },
    /// By a direct message.
    Direct(PersonId),
}

/// What must be true for a step to do anything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Condition {
    /// Somebody has the item, or nobody has.
    pub held: Option<bool>,
    pub tone: Vec<Tone>,
    pub stars: Option<(u8, u8)>,
}

impl Condition {
    pub fn holds(&self, item: &Item, now: At) -> bool {
        let stars = item.rating.map(Rating::stars);
        self.held
            .is_none_or(|held| item.handling.holder(now).is_some() == held)
            && (self.tone.is_empty() || self.tone.contains(&item.tone))
            && self
                .stars
                .is_none_or(|(low, high)| stars.is_some_and(|s| (low..=high).contains(&s)))
    }
}

/// Whom a step called, and whom it looked for without finding them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StepFound {
    pub called: Vec<Called>,
    pub missing: Vec<Missing>,
}

/// The step that comes next, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Next {
    pub round: u32,
    pub step: u32,
    pub at: At,
}

impl Chain {
    /// `start` is when it starts; somebody takes care of it until `held_until`; `forward` adds time as the target counts
    /// it.
    pub fn next<'e>(
        &self,
        start: At,
        log: impl IntoIterator<Item = &'e Event>,
        held_until: Option<At>,
        forward: impl Fn(At, TimeDelta) -> Option<At>,
    ) -> Option<Next> {
        let mut done: u32 = 0;
        let mut last = start;
        for event in log {
            if let EventKind::Stepped { chain, .. } = &event.what
                && *chain == self.name
                && event.at >= start
            {
                done += 1;
                last = event.at;
            }
        }
        let length = u32::try_from(self.steps.len()).ok().filter(|n| *n > 0)?;
        let (round, step) = (done / length, done % length);
        if round >= self.rounds {
            return None;
        }
        let wait = self.steps.get(usize::try_from(step).ok()?)?.wait;
        let at = forward(last, TimeDelta::minutes(wait))?;
        Some(Next {
            round,
            step,
            at: held_until.map_or(at, |until| at.max(until)),
        })
    }

    /// Whether this step is how people hear of the deadline: the first one of a chain that begins with it, without a
    /// wait.
    pub fn tells_deadline(&self, next: Next) -> bool {
        self.starts == Starts::Due
            && (next.round, next.step) == (0, 0)
            && self.steps.first().is_some_and(|step| step.wait == 0)
    }

    /// What the log says about a step; none where its condition did not hold.
    pub fn stepped(
        &self,
        next: Next,
        step: Option<&Step>,
        found: StepFound,
        widened: Option<String>,
    ) -> EventKind {
        EventKind::Stepped {
            chain: self.name.clone(),
            round: next.round,
            step: next.step,
            called: found.called,
            missing: found.missing,
            widened,
            raised: step.is_some_and(|step| step.raise),
            webhook: step.and_then(|step| step.webhook.clone()),
        }
    }

    pub fn step(&self, next: Next) -> Option<&Step> {
        self.steps.get(usize::try_from(next.step).ok()?)
    }
}
