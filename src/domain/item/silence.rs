//! When a source is silent for unusually long: measured against its own past, because one shop gets a review an hour and
//! another one a month. A broken connection that answers politely looks like customers who have nothing to say.

use chrono::TimeDelta;

use crate::domain::At;

/// Less than these many arrivals say nothing about what is usual.
pub const LEAST_ARRIVALS: usize = 20;
/// Nor do fewer days.
const LEAST_DAYS: i64 = 14;
/// Whoever waits a day for it is not late: answers are owed within as much.
const LEAST_HOURS: i64 = 24;
/// What comes together is one arrival.
const TOGETHER_MINUTES: i64 = 15;

/// Nothing came since then, and it was never quiet for even half as long before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Silence {
    pub since: At,
    /// The longest time without anything, before.
    pub longest: TimeDelta,
}

/// `arrivals` are the last ones, newest first. None where nothing is unusual, or too little is known to say so.
pub fn of(arrivals: &[At], now: At) -> Option<Silence> {
    let mut moments: Vec<At> = Vec::new();
    for at in arrivals {
        if moments
            .last()
            .is_none_or(|last| *last - *at > TimeDelta::minutes(TOGETHER_MINUTES))
        {
            moments.push(*at);
        }
    }
    let (first, last) = (moments.last()?, moments.first()?);
    if moments.len() < LEAST_ARRIVALS || *last - *first < TimeDelta::days(LEAST_DAYS) {
        return None;
    }
    let longest = moments.windows(2).map(|pair| pair[0] - pair[1]).max()?;
    let quiet = now - *last;
    let is_long = quiet > longest * 2 && quiet > TimeDelta::hours(LEAST_HOURS);
    is_long.then_some(Silence {
        since: *last,
        longest,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn now() -> At {
        "2026-11-20T09:00:00Z".parse().unwrap()
    }

    /// `n` arrivals `apart` from each other, the last one `quiet` ago; newest first.
    fn regular(n: i32, apart: TimeDelta, quiet: TimeDelta) -> Vec<At> {
        (0..n).map(|k| now() - quiet - apart * k).collect()
    }

    #[test]
    fn more_than_twice_its_longest_pause_is_unusual() {
        let (day, days) = (TimeDelta::days(1), TimeDelta::days);
        assert_eq!(of(&regular(30, day, days(2)), now()), None);
        let silence = of(&regular(30, day, days(2) + TimeDelta::minutes(1)), now()).unwrap();
        assert_eq!(silence.longest, day);
        assert_eq!(silence.since, now() - days(2) - TimeDelta::minutes(1));
    }

    #[test]
    fn a_weekend_on_which_nobody_writes_is_usual() {
        let mut arrivals = regular(60, TimeDelta::hours(8), TimeDelta::hours(100));
        assert!(of(&arrivals, now()).is_some());
        // A week ago it was quiet for as long as a weekend.
        for at in arrivals.iter_mut().skip(20) {
            *at -= TimeDelta::hours(62);
        }
        assert_eq!(of(&arrivals, now()), None);
    }

    #[test]
    fn too_little_is_known_of_a_new_source() {
        assert_eq!(of(&[], now()), None);
        assert_eq!(
            of(&regular(19, TimeDelta::days(1), TimeDelta::days(90)), now()),
            None
        );
        // Many within a few days, as after a first connection.
        assert_eq!(
            of(&regular(200, TimeDelta::hours(1), TimeDelta::days(90)), now()),
            None
        );
    }

    #[test]
    fn a_batch_is_one_arrival() {
        let arrivals: Vec<At> = (0..500)
            .map(|k| now() - TimeDelta::days(90) - TimeDelta::seconds(k))
            .collect();
        assert_eq!(of(&arrivals, now()), None);
    }

    #[test]
    fn an_hourly_source_is_not_missed_before_a_day_is_over() {
        let arrivals = regular(500, TimeDelta::hours(1), TimeDelta::hours(24));
        assert_eq!(of(&arrivals, now()), None);
        let arrivals = regular(500, TimeDelta::hours(1), TimeDelta::hours(25));
        assert!(of(&arrivals, now()).is_some());
    }

    proptest! {
        /// Whoever is said to be silent stays so until something comes, and then is not any more.
        #[test]
        fn it_ends_with_the_next_arrival_only(gaps in prop::collection::vec(1_i64..5_000, 20..60), quiet in 1_i64..40_000) {
            let mut at = now() - TimeDelta::minutes(quiet);
            let mut arrivals = vec![at];
            for gap in gaps {
                at -= TimeDelta::minutes(gap);
                arrivals.push(at);
            }
            if of(&arrivals, now()).is_some() {
                prop_assert!(of(&arrivals, now() + TimeDelta::days(3)).is_some());
                arrivals.insert(0, now());
                prop_assert_eq!(of(&arrivals, now()), None);
            }
        }
    }
}
