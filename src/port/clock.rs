//! Time comes in by the door. In tests it stands still until somebody moves it, for every replica at once.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Instant;

use crate::domain::At;

pub trait Clock: Send + Sync {
    fn now(&self) -> At;

    /// What it would say if it followed nobody.
    fn own(&self) -> At {
        self.now()
    }

    /// Somebody's clock that all replicas follow was asked at `before` by our own, and had answered `theirs` at `after`.
    fn follow(&self, _before: At, _theirs: At, _after: At) {}
}

pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the wall clock"
    )]
    fn now(&self) -> At {
        // Postgres keeps microseconds; a time that changes by being stored would break comparisons.
        chrono::SubsecRound::trunc_subsecs(chrono::Utc::now(), 6)
    }
}

/// Goes on from the moment in which it was made, whatever happens to the wall clock meanwhile.
pub struct SteadyClock {
    made_at: At,
    made: Instant,
}

impl SteadyClock {
    pub fn new() -> Self {
        Self {
            made_at: SystemClock.now(),
            made: Instant::now(),
        }
    }
}

impl Default for SteadyClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SteadyClock {
    fn now(&self) -> At {
        let since = chrono::TimeDelta::from_std(self.made.elapsed()).unwrap_or_default();
        chrono::SubsecRound::trunc_subsecs(self.made_at + since, 6)
    }
}

/// Follows the clock that all replicas share, the database's: leases, timers and what is reaped go by one time, however
/// far the machines are apart. It never goes back by little; who is told a time far behind believes it, because standing
/// still for so long would be worse.
pub struct SharedClock {
    own: Arc<dyn Clock>,
    state: Mutex<Following>,
}

#[derive(Default)]
struct Following {
    ahead: chrono::TimeDelta,
    said: Option<At>,
}

/// So far behind what was said before, it stands still until the others have caught up.
const STANDS_STILL: chrono::TimeDelta = chrono::TimeDelta::seconds(30);

impl SharedClock {
    pub fn over(own: Arc<dyn Clock>) -> Self {
        Self {
            own,
            state: Mutex::default(),
        }
    }
}

impl Clock for SharedClock {
    fn now(&self) -> At {
        let own = self.own.now();
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let now = own + state.ahead;
        let now = match state.said {
            Some(said) if said > now && said - now < STANDS_STILL => said,
            Some(_) | None => now,
        };
        state.said = Some(now);
        now
    }

    fn own(&self) -> At {
        self.own.now()
    }

    fn follow(&self, before: At, theirs: At, after: At) {
        // It was asked for somewhere in between.
        let middle = before + (after - before) / 2;
        let ahead = chrono::TimeDelta::microseconds((theirs - middle).num_microseconds().unwrap_or_default());
        self.state.lock().unwrap_or_else(PoisonError::into_inner).ahead = ahead;
    }
}

/// Stands still until moved.
#[derive(Clone)]
pub struct FakeClock(Arc<Mutex<At>>);

impl FakeClock {
    pub fn at(now: At) -> Self {
        Self(Arc::new(Mutex::new(now)))
    }

    pub fn set(&self, now: At) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = now;
    }

    pub fn advance(&self, by: chrono::TimeDelta) {
        let mut now = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *now += by;
    }
}

impl Clock for FakeClock {
    fn now(&self) -> At {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    fn at(seconds: i64) -> At {
        At::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
    }

    #[test]
    fn it_says_what_the_other_one_says_and_never_goes_back_by_little() {
        let own = FakeClock::at(at(300));
        let clock = SharedClock::over(Arc::new(own.clone()));
        assert_eq!(clock.now(), at(300));
        // Five minutes ahead of the others: that is believed at once, because it is far.
        clock.follow(at(300), at(1), at(302));
        assert_eq!((clock.now(), clock.own()), (at(0), at(300)));
        own.advance(TimeDelta::seconds(60));
        assert_eq!(clock.now(), at(60));
        // A little behind by now: it waits for the others.
        clock.follow(at(360), at(58), at(360));
        assert_eq!(clock.now(), at(60));
        own.advance(TimeDelta::seconds(1));
        assert_eq!(clock.now(), at(60));
        own.advance(TimeDelta::seconds(3));
        assert_eq!(clock.now(), at(62));
        // And ahead is ahead.
        clock.follow(at(364), at(70), at(364));
        assert_eq!(clock.now(), at(70));
    }
}
