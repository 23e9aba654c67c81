//! What would have been sent: all that waits for the same addressee goes out in one message, and what was dealt with
//! while it waited does not go out. Messages leave in the order of time as soon as no later item can add to them, so
//! only what is still to come is kept.

use std::collections::BTreeMap;

use chrono::DurationRound;
use chrono::TimeDelta;
use chrono::Timelike;

use crate::domain::At;
use crate::domain::effect::Addressee;
use crate::domain::people::person::Mention;
use crate::domain::promise::backtest::Count;
use crate::domain::promise::backtest::Load;
use crate::domain::promise::backtest::Named;
use crate::domain::promise::backtest::Sort;
use crate::domain::promise::backtest::Worst;
use crate::domain::promise::recipients::Book;

/// One thing that one addressee would have had to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    pub to: Addressee,
    pub sort: Sort,
    /// The end of the addressee's quiet hours, or when it happened.
    pub not_before: At,
    /// When a message leaves for it at the latest.
    pub run_at: At,
    /// Whether it is moot, from each of these instants on; the first one is `not_before`.
    pub moot: Vec<(At, bool)>,
}

impl Notice {
    fn is_moot(&self, at: At) -> bool {
        let turn = self.moot.iter().rfind(|(from, _)| *from <= at);
        turn.is_some_and(|(_, moot)| *moot)
    }
}

/// Night for everybody who has not said otherwise.
const NIGHT: (u32, u32) = (20, 7);

#[derive(Debug, Default)]
pub struct Post {
    /// A message for each notice; most find that an earlier one took it along.
    due: BTreeMap<(At, u64), Addressee>,
    waiting: BTreeMap<Addressee, Vec<Notice>>,
    put: u64,
    pub messages: u64,
    pub pings: u64,
    pub night_pings: u64,
    pub told: BTreeMap<Sort, Count>,
    load: BTreeMap<Named, Hours>,
    worst: Option<Worst>,
}

/// How often somebody was called, by the hour of their day.
#[derive(Debug, Default)]
struct Hours {
    by_hour: [u64; 24],
    /// The hour that runs, and how often in it.
    current: Option<(At, u64)>,
}

impl Post {
    pub fn put(&mut self, notice: Notice) {
        self.put += 1;
        self.due.insert((notice.run_at, self.put), notice.to.clone());
        self.waiting.entry(notice.to.clone()).or_default().push(notice);
    }

    /// Everything leaves that leaves before this instant.
    pub fn leave_before(&mut self, frontier: At, book: Book) {
        while let Some(first) = self.due.first_entry().filter(|first| first.key().0 < frontier) {
            let at = first.key().0;
            let to = first.remove();
            self.leave(&to, at, book);
        }
    }

    fn leave(&mut self, to: &Addressee, at: At, book: Book) {
        let Some(waiting) = self.waiting.get_mut(to) else {
            return;
        };
        let (taken, left): (Vec<Notice>, Vec<Notice>) = std::mem::take(waiting)
            .into_iter()
            .partition(|notice| notice.not_before <= at);
        if left.is_empty() {
            self.waiting.remove(to);
        } else {
            *waiting = left;
        }
        let mut any = false;
        for notice in taken {
            let count = self.told.entry(notice.sort).or_default();
            if notice.is_moot(at) {
                count.moot += 1;
            } else {
                count.told += 1;
                any = true;
            }
        }
        if any {
            self.sent(to, at, book);
        }
    }

    fn sent(&mut self, to: &Addressee, at: At, book: Book) {
        self.messages += 1;
        let (zone, quiet) = book.home(to);
        let hour = at.with_timezone(&zone).hour();
        let (from, until) = NIGHT;
        let is_night = hour >= from || hour < until || quiet.is_some_and(|q| q.ends(at, zone).is_some());
        let single;
        let (chat, pinged) = match to {
            Addressee::Person(person) => {
                single = [Mention::Person(person.user.clone())];
                (&person.chat, single.as_slice())
            }
            Addressee::Room { chat, ping, .. } => (chat, ping.as_slice()),
        };
        for mention in pinged {
            self.pings += 1;
            self.night_pings += u64::from(is_night);
            let named = Named {
                chat: chat.clone(),
                mention: mention.clone(),
            };
            let hours = self.load.entry(named.clone()).or_default();
            if let Some(n) = usize::try_from(hour)
                .ok()
                .and_then(|hour| hours.by_hour.get_mut(hour))
            {
                *n += 1;
            }
            let begun = at.duration_trunc(TimeDelta::hours(1)).unwrap_or(at);
            let pings = match hours.current {
                Some((same, n)) if same == begun => n + 1,
                _ => 1,
            };
            hours.current = Some((begun, pings));
            if self.worst.as_ref().is_none_or(|worst| worst.pings < pings) {
                self.worst = Some(Worst {
                    who: named,
                    hour: begun,
                    pings,
                });
            }
        }
    }

    /// How many still wait for a later time.
    pub fn waiting(&self) -> u64 {
        self.waiting.values().map(|waiting| waiting.len() as u64).sum()
    }

    /// Who would have been called how often, the most called first.
    pub fn load(self) -> (Vec<Load>, Option<Worst>) {
        let mut load: Vec<Load> = self
            .load
            .into_iter()
            .map(|(who, hours)| Load {
                who,
                pings: hours.by_hour.iter().sum(),
                by_hour: hours.by_hour,
            })
            .collect();
        load.sort_by(|a, b| b.pings.cmp(&a.pings).then_with(|| a.who.cmp(&b.who)));
        (load, self.worst)
    }
}
