//! Items at which a look failed for a reason of their own: they are left alone for a while, so that the others are looked
//! at in time. Each replica keeps its own list, because it only saves work: who forgets it fails once more.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;

use chrono::TimeDelta;

use crate::domain::At;
use crate::domain::id::ItemId;

const FIRST_WAIT_MINUTES: i64 = 1;
const LONGEST_WAIT_MINUTES: i64 = 60;

#[derive(Default)]
pub struct Aside(Mutex<BTreeMap<ItemId, Failed>>);

#[derive(Debug, Clone, Copy)]
struct Failed {
    wait: TimeDelta,
    until: At,
}

impl Aside {
    /// Those whose time to be tried again has not come.
    pub fn now(&self, now: At) -> Vec<ItemId> {
        let failed = self.hold();
        let waiting = failed.iter().filter(|(_, failed)| failed.until > now);
        waiting.map(|(item, _)| *item).collect()
    }

    /// Leaves it alone, longer each time. True when it had not failed before.
    pub fn put(&self, item: ItemId, now: At) -> bool {
        let mut failed = self.hold();
        let before = failed.get(&item).copied();
        let wait = before.map_or(TimeDelta::minutes(FIRST_WAIT_MINUTES), |before| {
            (before.wait * 2).min(TimeDelta::minutes(LONGEST_WAIT_MINUTES))
        });
        let until = now + wait;
        failed.insert(item, Failed { wait, until });
        before.is_none()
    }

    /// It went well. True when it had failed before.
    pub fn forget(&self, item: ItemId) -> bool {
        self.hold().remove(&item).is_some()
    }

    fn hold(&self) -> MutexGuard<'_, BTreeMap<ItemId, Failed>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_failed_waits_longer_each_time_and_is_forgotten_once_it_goes_well() {
        let mut now: At = "2026-11-20T09:00:00Z".parse().unwrap();
        let (aside, item) = (Aside::default(), ItemId::new(now));
        assert!(aside.put(item, now), "for the first time");
        for minutes in [1, 2, 4, 8, 16, 32, 60, 60] {
            let until = now + TimeDelta::minutes(minutes);
            assert_eq!(aside.now(until - TimeDelta::microseconds(1)), [item], "{minutes}");
            assert!(aside.now(until).is_empty(), "{minutes}");
            now = until;
            assert!(!aside.put(item, now), "said once");
        }
        assert!(aside.forget(item) && !aside.forget(item));
        assert!(aside.now(now).is_empty());
        assert!(aside.put(item, now), "and again for the first time");
    }
}
