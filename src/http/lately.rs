//! An answer that is asked for often and computed seldom, so that watching cannot hurt what is watched: everybody who
//! asks within a short time gets the same one, and nobody waits for it longer than a limit.

use std::time::Duration;

use chrono::TimeDelta;
use tokio::sync::Mutex;
use tokio::time::timeout;

use crate::domain::At;
use crate::port::clock::Clock;

pub struct Lately<T> {
    good_for: TimeDelta,
    patience: Duration,
    last: Mutex<Option<(At, T)>>,
}

impl<T: Clone> Lately<T> {
    pub fn new(good_for: TimeDelta, patience: Duration) -> Self {
        Self {
            good_for,
            patience,
            last: Mutex::new(None),
        }
    }

    /// The last answer if it is fresh, else what `ask` says; `late` when that takes too long.
    pub async fn get(&self, clock: &dyn Clock, ask: impl Future<Output = T>, late: impl FnOnce() -> T) -> T {
        let mut last = self.last.lock().await;
        if let Some((at, answer)) = &*last {
            let age = clock.now() - *at;
            // A clock that was set back makes nothing fresh.
            if age >= TimeDelta::zero() && age < self.good_for {
                return answer.clone();
            }
        }
        let answer = timeout(self.patience, ask).await.unwrap_or_else(|_| late());
        // Not when it was asked for: whoever waited meanwhile takes this one.
        *last = Some((clock.now(), answer.clone()));
        answer
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicU32;
    use std::sync::atomic::Ordering;

    use super::*;
    use crate::port::clock::FakeClock;

    #[tokio::test]
    async fn whoever_asks_in_time_gets_the_same_answer() {
        let clock = FakeClock::at(At::UNIX_EPOCH);
        let lately = Lately::new(TimeDelta::seconds(1), Duration::from_secs(1));
        let asked = AtomicU32::new(0);
        let ask = || async { asked.fetch_add(1, Ordering::Relaxed) };
        let get = || lately.get(&clock, ask(), || 99);
        let first = futures::future::join_all([get(), get(), get()]).await;
        assert_eq!(first, [0, 0, 0]);
        clock.advance(TimeDelta::seconds(1));
        assert_eq!(get().await, 1);
        clock.advance(TimeDelta::seconds(-60));
        assert_eq!(get().await, 2, "a clock that was set back");
    }

    #[tokio::test]
    async fn nobody_waits_longer_than_the_limit() {
        let clock = FakeClock::at(At::UNIX_EPOCH);
        let lately = Lately::new(TimeDelta::seconds(1), Duration::from_millis(10));
        let never = || futures::future::pending::<u32>();
        assert_eq!(lately.get(&clock, never(), || 99).await, 99);
        // The failure, too, is asked for only now and then.
        assert_eq!(lately.get(&clock, async { 1 }, || 98).await, 99);
    }
}
