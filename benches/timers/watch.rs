//! What another connection sees of timers that fall due: a timer counts as fired when it is gone from what is due, so
//! the commit is included, and the pause between two looks.

use std::collections::BTreeSet;
use std::time::Duration;

use chrono::DateTime;
use chrono::TimeDelta;
use chrono::Utc;
use zeitnah::port::clock::Clock;
use zeitnah::port::clock::SystemClock;

use crate::world::World;

const LOOK_EVERY: Duration = Duration::from_millis(20);
const PATIENCE: TimeDelta = TimeDelta::seconds(240);

pub struct Watched {
    /// From each timer's time until it was seen to be fired.
    pub seen: Vec<Duration>,
    pub backlog: usize,
}

pub async fn until_fired(world: &World, begins: DateTime<Utc>, seconds: i64) -> Watched {
    let mut coming = world.due_from(begins).await;
    coming.reverse();
    let mut open: BTreeSet<(DateTime<Utc>, uuid::Uuid)> = BTreeSet::new();
    let mut watched = Watched {
        seen: Vec::new(),
        backlog: 0,
    };
    loop {
        let now = SystemClock.now();
        while let Some(next) = coming.pop_if(|(at, _)| *at <= now) {
            open.insert(next);
        }
        let left: BTreeSet<_> = world.unfired(now).await.into_iter().collect();
        watched.backlog = watched.backlog.max(left.len());
        let looked = SystemClock.now();
        for (at, _) in open.difference(&left) {
            watched.seen.push((looked - *at).to_std().unwrap_or_default());
        }
        open.retain(|timer| left.contains(timer));
        if coming.is_empty() && open.is_empty() {
            return watched;
        }
        let patient = now < begins + TimeDelta::seconds(seconds) + PATIENCE;
        assert!(patient, "{} are due and not fired", open.len());
        tokio::time::sleep(LOOK_EVERY).await;
    }
}
