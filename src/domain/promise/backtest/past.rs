//! What customers and people did with an item, without what the clock said about it: who held it when, whether it was
//! still owed an answer, how it read. The log is the only witness; the row says how it ended.

use crate::domain::At;
use crate::domain::item::Item;
use crate::domain::item::Rating;
use crate::domain::item::Tone;
use crate::domain::item::event::Event;
use crate::domain::item::event::EventKind;
use crate::domain::item::handling::Handling;
use crate::domain::item::handling::Reason;
use crate::domain::people::person::PersonId;
use crate::domain::promise::route::View;
use crate::domain::promise::rules::ClockStops;

/// What the customer had written until they changed it.
#[derive(Debug, Clone, PartialEq)]
pub struct Words {
    pub rating: Option<Rating>,
    pub title: Option<String>,
    pub body: Option<String>,
    pub until: At,
}

/// One item and all that happened to it.
#[derive(Debug, Clone, Copy)]
pub struct Past<'a> {
    pub item: &'a Item,
    /// Oldest first; empty where nothing was changed.
    pub earlier: &'a [Words],
    /// Oldest first.
    pub log: &'a [Event],
}

impl<'a> Past<'a> {
    /// How it read when it reached us: that is what its route was chosen by.
    pub fn first_view(&self) -> View<'a> {
        let now = View::of(self.item);
        match self.earlier.first() {
            Some(words) => View {
                rating: words.rating,
                title: words.title.as_deref(),
                body: words.body.as_deref(),
                ..now
            },
            None => now,
        }
    }

    /// The item as it was then.
    pub fn item_at(&self, at: At, handling: &Handling) -> Item {
        let mut item = self.item.clone();
        if let Some(words) = self.earlier.iter().find(|words| words.until > at) {
            item.rating = words.rating;
            item.tone = Tone::of(item.kind, words.rating);
        }
        item.handling = handling.clone();
        item
    }
}

/// The policy's own doings: another policy would have done others.
pub fn is_call(what: &EventKind) -> bool {
    matches!(
        what,
        EventKind::Reminded { .. }
            | EventKind::Overdue { .. }
            | EventKind::Stepped { .. }
            | EventKind::Assigned { .. }
    )
}

/// How it stood with the item from an instant on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    pub at: At,
    pub handling: Handling,
    /// Our answer had left the house.
    pub out: bool,
}

impl Moment {
    pub fn is_open(&self) -> bool {
        self.handling.is_open() && !self.out
    }

    pub fn is_held(&self) -> bool {
        self.handling.holder(self.at).is_some()
    }
}

/// A lease lasts until the log says otherwise: prolonging it leaves no trace there.
const HELD: At = At::MAX_UTC;

/// How it stood, from the first event on.
pub fn moments<'e>(item: &Item, log: impl IntoIterator<Item = &'e Event>, stops: ClockStops) -> Vec<Moment> {
    let mut out: Vec<Moment> = Vec::new();
    let mut now = Moment {
        at: item.first_seen_at,
        handling: Handling::Open,
        out: false,
    };
    // The last lease that was written down, and since when our answer is on its way.
    let mut lease: Option<At> = None;
    let mut sent: Option<At> = None;
    for event in log {
        now.at = event.at.max(now.at);
        // No lease is declared over while the answer is on its way, when nobody has to hold the item.
        let is_over = lease
            .zip(sent)
            .is_some_and(|(lease, sent)| sent <= lease && lease <= now.at);
        if is_over && matches!(now.handling, Handling::Claimed { .. }) {
            now.handling = Handling::Open;
        }
        step(&mut now, event, stops);
        match &event.what {
            EventKind::Claimed { until }
            | EventKind::TakenOver { until, .. }
            | EventKind::Offered { until, .. } => {
                lease = Some(*until);
            }
            EventKind::Sent { .. } | EventKind::SentAgain => sent = Some(event.at),
            _ => {}
        }
        sent = sent.filter(|_| now.out);
        out.push(now.clone());
    }
    if let Handling::Claimed { .. } = now.handling {
        let kept = match &item.handling {
            Handling::Claimed { until, .. } => Some(*until),
            _ => lease,
        };
        if let Some(over) = kept.filter(|over| *over > now.at) {
            now.at = over;
            now.handling = Handling::Open;
            out.push(now);
        }
    }
    out
}

fn step(now: &mut Moment, event: &Event, stops: ClockStops) {
    let at = event.at;
    let by = event.by.clone();
    match &event.what {
        EventKind::Received {
            past: Some(_),
            answered: false,
            ..
        } => {
            now.handling = Handling::Handled {
                by: None,
                at,
                reason: Reason::Past,
                note: None,
            }
        }
        EventKind::Received { answered: true, .. } => now.handling = Handling::Answered { by: None, at },
        EventKind::AnsweredElsewhere { .. } if now.handling.is_open() => {
            now.handling = Handling::Answered { by: None, at };
        }
        EventKind::Received { .. }
        | EventKind::Released
        | EventKind::ClaimEnded { .. }
        | EventKind::NotAccepted { .. }
        | EventKind::Reopened { .. }
        | EventKind::Woke => now.handling = Handling::Open,
        EventKind::Claimed { .. } | EventKind::TakenOver { .. } => hold(now, event.by.as_ref()),
        // By name it is handed over also by who had not taken it.
        EventKind::Offered { of, to: Some(_), .. } => hold(now, Some(of)),
        EventKind::Sent { .. } | EventKind::SentAgain => now.out = true,
        EventKind::TakenBack { of } => {
            now.out = false;
            // Whoever took back a change has the answer before it on the card.
            if now.handling.is_open() {
                hold(now, of.as_ref().or(event.by.as_ref()));
            }
        }
        EventKind::Accepted { .. } => {
            now.out = true;
            match (&now.handling, stops) {
                (handling, ClockStops::Accepted) if handling.is_open() => {
                    now.handling = Handling::Answered { by, at };
                }
                (Handling::Claimed { .. }, _) => now.handling = Handling::Open,
                _ => {}
            }
        }
        EventKind::Visible { .. } => {
            now.out = false;
            if now.handling.is_open() {
                now.handling = Handling::Answered { by, at };
            }
        }
        EventKind::Rejected { .. }
        | EventKind::Failed {
            earlier_stands: false,
            ..
        } => {
            now.out = false;
            if matches!(now.handling, Handling::Answered { .. } | Handling::Claimed { .. }) {
                now.handling = Handling::Open;
            }
        }
        EventKind::Failed { .. } | EventKind::Unclear | EventKind::ConfirmedThere => now.out = false,
        EventKind::Handled { reason, note } => {
            if let Some(by) = by {
                now.handling = Handling::Handled {
                    by: Some(by),
                    at,
                    reason: *reason,
                    note: note.clone(),
                };
            }
        }
        EventKind::Snoozed {
            until,
            why,
            for_customer,
        } => {
            if let Some(by) = by {
                now.handling = Handling::Snoozed {
                    by,
                    until: *until,
                    why: why.clone(),
                    for_customer: *for_customer,
                };
            }
        }
        EventKind::RemovedAtSource => {
            now.out = false;
            now.handling = Handling::Removed { at };
        }
        EventKind::BackAtSource => now.handling = Handling::Open,
        // Nothing about who owes whom what.
        _ => {}
    }
}

fn hold(now: &mut Moment, by: Option<&PersonId>) {
    if let Some(by) = by {
        now.handling = Handling::held(by, HELD);
    }
}

/// The moment that lasts at an instant.
pub fn moment(moments: &[Moment], at: At) -> Option<&Moment> {
    moments.get(moments.partition_point(|m| m.at <= at).checked_sub(1)?)
}
