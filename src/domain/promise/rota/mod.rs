//! Who is on call: people who take turns, weekly shifts, or the events of a calendar. Whatever it is written as, it is
//! answered from duties, each from one instant to another, so that overlaps and clock changes need no thought here. A
//! duty that begins or ends at a local time that the clocks skip does so at the next valid minute, at one that they
//! repeat the first time.

use std::collections::BTreeSet;

use chrono::Datelike;
use chrono::NaiveDate;
use chrono::NaiveDateTime;
use chrono::TimeDelta;
use chrono::Weekday;
use chrono_tz::Tz;

use crate::domain::At;
use crate::domain::people::person::Mention;
use crate::domain::time::calendar::local;
use crate::domain::time::recurrence::Recurrence;
use crate::domain::time::schedule::instant;

/// Who looks further ahead is told nothing.
const FARTHEST: TimeDelta = TimeDelta::days(60);
/// How far one look ahead goes: a week's change is found in the first.
const LOOK: TimeDelta = TimeDelta::days(10);
/// No shift is longer, and no zone further away from where it is.
const BACK: TimeDelta = TimeDelta::days(3);

#[derive(Debug, Clone, PartialEq)]
pub struct Rota {
    pub name: String,
    pub chat: String,
    pub zone: Tz,
    /// What somebody holds when their shift ends is handed over, and has to be accepted within so many minutes.
    pub accept_minutes: Option<i64>,
    pub plan: Plan,
}

/// When somebody's shift ends.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Leaving {
    /// It has, and they are not back.
    pub ended: Option<At>,
    /// It will.
    pub ends: Option<At>,
}

/// More changes than any rota has while somebody holds an item; who hands over by the minute is not followed for ever.
const CHANGES: usize = 200;

#[derive(Debug, Clone, PartialEq)]
pub enum Plan {
    Turns(Turns),
    Shifts(Vec<Shift>),
    Events(Vec<Event>),
}

/// One after the other, for ever.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turns {
    pub people: Vec<Mention>,
    /// The first begins on this date.
    pub starts: NaiveDate,
    /// With a weekday each turn takes a week and the first may be shorter; without one it takes a day.
    pub weekday: Option<Weekday>,
    /// The minute of the day at which they hand over.
    pub minute: u16,
}

/// The same each week.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shift {
    /// On which weekdays it begins, Monday first.
    pub days: [bool; 7],
    pub from: u16,
    /// Minutes since the midnight before `from`: beyond 1440 it ends on the day after.
    pub to: u16,
    pub who: Mention,
}

/// Of a calendar. Its times are local ones in its own zone.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    pub who: Mention,
    pub zone: Tz,
    pub starts: Recurrence,
    pub length: TimeDelta,
}

struct Duty<'a> {
    from: At,
    to: At,
    who: &'a Mention,
}

impl Rota {
    /// Everybody and every group that it ever names.
    pub fn named(&self) -> Vec<&Mention> {
        match &self.plan {
            Plan::Turns(turns) => turns.people.iter().collect(),
            Plan::Shifts(shifts) => shifts.iter().map(|shift| &shift.who).collect(),
            Plan::Events(events) => events.iter().map(|event| &event.who).collect(),
        }
    }

    /// Everybody who is on duty, in an order of their own; nobody in a gap.
    pub fn on_duty(&self, at: At) -> Vec<Mention> {
        let Some(soon) = at.checked_add_signed(TimeDelta::seconds(1)) else {
            return vec![];
        };
        among(&self.duties(at, soon), at).into_iter().cloned().collect()
    }

    /// The next instant after `at` at which the answer changes, if it does within sixty days.
    pub fn next_change(&self, at: At) -> Option<At> {
        let farthest = at.checked_add_signed(FARTHEST)?;
        let mut from = at;
        let now = self.duties(at, at + TimeDelta::seconds(1));
        let now = among(&now, at);
        while from < farthest {
            let to = (from + LOOK).min(farthest);
            // The duties that end exactly where this look begins were seen by the one before.
            let duties = self.duties(from, to + TimeDelta::seconds(1));
            let ends = duties.iter().flat_map(|duty| [duty.from, duty.to]);
            let ends: BTreeSet<At> = ends
                .filter(|end| (from..=to).contains(end) && *end > at)
                .collect();
            let change = ends.into_iter().find(|end| among(&duties, *end) != now);
            if change.is_some() {
                return change;
            }
            from = to;
        }
        None
    }

    /// When somebody is on duty next, as seen at `at`: at once, if somebody is. `None`: not within sixty days.
    pub fn staffed(&self, at: At) -> Option<At> {
        let farthest = at.checked_add_signed(FARTHEST)?;
        let mut from = at;
        while from <= farthest {
            if !self.on_duty(from).is_empty() {
                return Some(from);
            }
            from = self.next_change(from)?;
        }
        None
    }

    /// When the shift ends of somebody who was on duty at `since` or came later, as seen at `now`.
    pub fn leaving(&self, who: &Mention, since: At, now: At) -> Leaving {
        let mut leaving = Leaving::default();
        let mut at = since;
        let mut was_on = self.on_duty(at).contains(who);
        for _ in 0..CHANGES {
            let Some(change) = self.next_change(at).filter(|change| was_on || *change <= now) else {
                break;
            };
            let is_on = self.on_duty(change).contains(who);
            match (was_on, is_on) {
                (true, false) if change > now => {
                    leaving.ends = Some(change);
                    break;
                }
                (true, false) => leaving.ended = Some(change),
                (false, true) => leaving.ended = None,
                _ => {}
            }
            (at, was_on) = (change, is_on);
        }
        leaving
    }

    /// All that have a part in [from, to), and perhaps a few more.
    fn duties(&self, from: At, to: At) -> Vec<Duty<'_>> {
        let near = from.checked_sub_signed(BACK).zip(to.checked_add_signed(BACK));
        let Some((Some(first), Some(last))) =
            near.map(|(from, to)| (local(self.zone, from), local(self.zone, to)))
        else {
            return vec![];
        };
        let all = match &self.plan {
            Plan::Turns(turns) => turns.duties(self.zone, first.date(), last.date()),
            Plan::Shifts(shifts) => shifts
                .iter()
                .flat_map(|shift| shift.duties(self.zone, first.date(), last.date()))
                .collect(),
            Plan::Events(events) => events.iter().flat_map(|event| event.duties(from, to)).collect(),
        };
        all.into_iter().filter(|duty| duty.from < duty.to).collect()
    }
}

/// Whose duty it is at an instant, each once, people before groups.
fn among<'a>(duties: &[Duty<'a>], at: At) -> Vec<&'a Mention> {
    let now = duties.iter().filter(|duty| duty.from <= at && at < duty.to);
    let mut who: Vec<&Mention> = now.map(|duty| duty.who).collect();
    who.sort_by_key(|who| match who {
        Mention::Person(id) => (0, id),
        Mention::Group(id) => (1, id),
    });
    who.dedup();
    who
}

impl Turns {
    /// All that may touch these dates.
    fn duties(&self, zone: Tz, first: NaiveDate, last: NaiveDate) -> Vec<Duty<'_>> {
        let days = if self.weekday.is_some() { 7 } else { 1 };
        // Turns are counted from here; the first may begin later.
        let counted = match self.weekday {
            Some(day) => {
                let ahead = self.starts.weekday().days_since(day);
                self.starts - TimeDelta::days(ahead.into())
            }
            None => self.starts,
        };
        let begins = |turn: i64| {
            let date = counted + TimeDelta::days(turn * days);
            instant(zone, at(date.max(self.starts), self.minute))
        };
        let from = ((first - counted).num_days() / days - 1).max(0);
        let to = ((last - counted).num_days() / days + 1).max(0);
        let turns = (from..to).filter_map(|turn| {
            let count = i64::try_from(self.people.len()).ok().filter(|count| *count > 0)?;
            let whose = usize::try_from(turn % count).ok()?;
            Some(Duty {
                from: begins(turn),
                to: begins(turn + 1),
                who: self.people.get(whose)?,
            })
        });
        turns.collect()
    }
}

impl Shift {
    /// All that begin on these dates.
    fn duties(&self, zone: Tz, first: NaiveDate, last: NaiveDate) -> Vec<Duty<'_>> {
        let dates = first.iter_days().take_while(|date| *date <= last);
        let dates = dates.filter(|date| self.days[date.weekday().num_days_from_monday() as usize]);
        let duties = dates.map(|date| Duty {
            from: instant(zone, at(date, self.from)),
            to: instant(zone, at(date, self.to)),
            who: &self.who,
        });
        duties.collect()
    }
}

impl Event {
    /// All that have a part in [from, to), and perhaps a few more.
    fn duties(&self, from: At, to: At) -> Vec<Duty<'_>> {
        let back = from
            .checked_sub_signed(BACK)
            .and_then(|from| from.checked_sub_signed(self.length));
        let (Some(back), Some(to)) = (back, to.checked_add_signed(BACK)) else {
            return vec![];
        };
        let (Some(from), Some(to)) = (local(self.zone, back), local(self.zone, to)) else {
            return vec![];
        };
        let duties = self.starts.starts(from, to).into_iter().map(|start| Duty {
            from: instant(self.zone, start),
            to: instant(self.zone, start + self.length),
            who: &self.who,
        });
        duties.collect()
    }
}

fn at(date: NaiveDate, minute: u16) -> NaiveDateTime {
    NaiveDateTime::from(date) + TimeDelta::minutes(minute.into())
}

#[cfg(test)]
mod tests;
