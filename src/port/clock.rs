//! Time comes in by the door. In tests it stands still until somebody moves it, for every replica at once.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;

use crate::domain::At;

pub trait Clock: Send + Sync {
    fn now(&self) -> At;
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
