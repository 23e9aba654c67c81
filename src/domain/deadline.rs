//! Until when a customer is owed an answer: a pure function of when the item was written, when it reached us and the
//! route's target. Timers only mean "look again"; what is due is always computed from this.

use chrono::TimeDelta;
use serde::Deserialize;
use serde::Serialize;

use crate::domain::At;

/// A route's promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// Minutes until the answer is due.
    pub minutes: i64,
    /// Minutes before that when the team is reminded once.
    pub remind_before: i64,
    pub from: From,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum From {
    Published,
    FirstSeen,
}

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

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deadline {
    pub base: Base,
    pub from: At,
    pub due: At,
    pub remind: Option<At>,
    pub target: Target,
}

impl Target {
    pub fn deadline(self, published: Option<At>, first_seen: At) -> Deadline {
        let written = match self.from {
            // A platform's clock that runs ahead of ours must not give the team more time than promised.
            From::Published => published.filter(|at| *at <= first_seen),
            From::FirstSeen => None,
        };
        match written {
            Some(at) if at + TimeDelta::minutes(self.minutes) > first_seen => {
                self.counted(Base::Published, at)
            }
            Some(_) => self.counted(Base::LateArrival, first_seen),
            None => self.counted(Base::FirstSeen, first_seen),
        }
    }

    pub fn counted(self, base: Base, from: At) -> Deadline {
        let due = from + TimeDelta::minutes(self.minutes);
        let remind = due - TimeDelta::minutes(self.remind_before);
        Deadline {
            base,
            from,
            due,
            remind: (self.remind_before > 0 && remind > from).then_some(remind),
            target: self,
        }
    }
}

impl Deadline {
    pub fn is_met_at(&self, at: At) -> bool {
        at <= self.due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Target = Target {
        minutes: 1440,
        remind_before: 120,
        from: From::Published,
    };

    fn at(hour: i64) -> At {
        At::UNIX_EPOCH + TimeDelta::hours(hour)
    }

    #[test]
    fn the_clock_starts_with_the_customer_not_with_us() {
        let d = DAY.deadline(Some(at(0)), at(3));
        assert_eq!((d.base, d.due, d.remind), (Base::Published, at(24), Some(at(22))));
        assert_eq!(DAY.deadline(None, at(3)).due, at(27));
    }

    #[test]
    fn what_arrives_too_late_gets_the_full_time() {
        let d = DAY.deadline(Some(at(0)), at(24));
        assert_eq!((d.base, d.due), (Base::LateArrival, at(48)));
    }

    #[test]
    fn a_platform_from_the_future_gives_no_extra_time() {
        let d = DAY.deadline(Some(at(9)), at(3));
        assert_eq!((d.base, d.due), (Base::FirstSeen, at(27)));
    }
}
