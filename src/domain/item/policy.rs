//! What a route promises: how long a customer waits for the first answer, for the next one, for the end of the case;
//! in which time that is counted, what stops the clock, and who is warned when. It only says what was promised; what
//! has become of it is worked out in `sla`.

use chrono::TimeDelta;
use serde::Deserialize;
use serde::Serialize;

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    #[default]
    FirstAnswer,
    /// After the customer wrote again.
    NextAnswer,
    /// Until nothing is left to do, over all that the customer wrote.
    Resolution,
}

impl Metric {
    pub const ALL: [Self; 3] = [Self::FirstAnswer, Self::NextAnswer, Self::Resolution];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::FirstAnswer => "first_answer",
            Self::NextAnswer => "next_answer",
            Self::Resolution => "resolution",
        }
    }
}

/// When the first clock of an item starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum From {
    #[default]
    Published,
    FirstSeen,
}

/// What stops the clock for a while, where the policy says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pause {
    /// The source looks at our answer before customers see it.
    Moderation,
    /// It is the customer's turn.
    Customer,
}

impl Pause {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Moderation => "moderation",
            Self::Customer => "customer",
        }
    }
}

/// When somebody is warned before a deadline, in the time that the target is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// So many percent of the target are used up, 1 to 99.
    Used(u8),
    /// So many minutes of the target are left.
    Left(i64),
}

impl Mark {
    /// The time that is used up at this mark. `None`: the target is too short for it.
    pub fn used(self, target: TimeDelta) -> Option<TimeDelta> {
        let used = match self {
            Self::Used(percent) => target * i32::from(percent) / 100,
            Self::Left(minutes) => target - TimeDelta::minutes(minutes),
        };
        (used > TimeDelta::zero() && used < target).then_some(used)
    }
}

/// Which hours count.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Hours {
    /// Those of the channel's calendar; all where it has none.
    #[default]
    Usual,
    All,
    /// Those of the calendar of this name, unless the channel has its own.
    Of(String),
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Policy {
    /// Minutes; `None` is no promise.
    pub first_answer: Option<i64>,
    /// Minutes. Without it, the next answer is owed as soon as the first.
    pub next_answer: Option<i64>,
    /// Minutes.
    pub resolution: Option<i64>,
    pub from: From,
    pub hours: Hours,
    pub pauses: Vec<Pause>,
    pub marks: Vec<Mark>,
    /// What happens step by step when nobody answers.
    pub chain: Option<String>,
    /// Whether people are called in their quiet hours, too.
    pub at_night: bool,
}

impl Policy {
    pub fn minutes(&self, metric: Metric) -> Option<i64> {
        match metric {
            Metric::FirstAnswer => self.first_answer,
            Metric::NextAnswer => self.next_answer.or(self.first_answer),
            Metric::Resolution => self.resolution,
        }
    }

    pub fn pauses_for(&self, pause: Pause) -> bool {
        self.pauses.contains(&pause)
    }
}

/// When a customer counts as answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClockStops {
    Visible,
    Accepted,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_lies_inside_its_target_or_nowhere() {
        let day = TimeDelta::hours(24);
        assert_eq!(Mark::Used(50).used(day), Some(TimeDelta::hours(12)));
        assert_eq!(
            Mark::Used(80).used(TimeDelta::minutes(1)),
            Some(TimeDelta::seconds(48))
        );
        assert_eq!(Mark::Left(120).used(day), Some(TimeDelta::hours(22)));
        assert_eq!(Mark::Left(1440).used(day), None, "that would be at the start");
        assert_eq!(Mark::Left(2000).used(day), None);
    }

    #[test]
    fn the_next_answer_is_owed_as_soon_as_the_first_if_nothing_else_is_said() {
        let mut policy = Policy {
            first_answer: Some(60),
            ..Policy::default()
        };
        assert_eq!(policy.minutes(Metric::NextAnswer), Some(60));
        policy.next_answer = Some(30);
        assert_eq!(policy.minutes(Metric::NextAnswer), Some(30));
        assert_eq!(policy.minutes(Metric::Resolution), None);
    }
}
