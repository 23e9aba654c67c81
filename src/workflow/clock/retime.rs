//! What is promised has changed, in the configuration or by a setting: the open items' deadlines are computed anew, some
//! at a time, by one replica. Those that come or change meanwhile follow the new promise anyway. After a setting this is
//! done twice, at once and when every replica has surely heard of it: one that had not may have written an old deadline.

use std::collections::hash_map::DefaultHasher;
use std::hash::Hash;
use std::hash::Hasher;

use chrono::TimeDelta;
use serde::Deserialize;
use serde::Serialize;
use uuid::Uuid;

use crate::domain::id::ItemId;
use crate::store::StoreError;
use crate::store::item;
use crate::store::leader;
use crate::store::timer;
use crate::workflow::Desk;
use crate::workflow::Result;
use crate::workflow::change::write::Change;

const NAME: &str = "deadlines";
const AT_ONCE: i64 = 100;
const LEASE_SECONDS: i64 = 60;
/// Each replica looks for changed settings once a second.
const HEARD_SECONDS: i64 = 10;

/// How far it has come, for whoever goes on with it.
#[derive(Debug, Serialize, Deserialize)]
struct Progress {
    /// Tells promises from other promises.
    promises: u64,
    /// The last item that was looked at; none when all were.
    after: Option<ItemId>,
}

impl Desk {
    /// The next few items. True when nothing is left to do.
    pub async fn retime(&self, me: Uuid) -> Result<bool> {
        let (pool, now) = (self.store.pool(), self.now());
        let until = now + TimeDelta::seconds(LEASE_SECONDS);
        let Some(word) = leader::take(pool, NAME, me, now, until).await? else {
            return Ok(false);
        };
        let heard = self.is_heard();
        let promises = self.promises(heard);
        let known: Option<Progress> = word.and_then(|word| serde_json::from_value(word).ok());
        let known = known.filter(|known| known.promises == promises);
        let after = match known {
            Some(Progress { after: None, .. }) => {
                leader::release(pool, NAME, me, now).await?;
                return Ok(heard);
            }
            Some(known) => known.after,
            None => None,
        };
        let ids = item::open_after(pool, after, AT_ONCE).await?;
        for id in &ids {
            let mut tx = self.store.begin().await?;
            let Some(mut locked) = item::lock(&mut tx, *id).await? else {
                continue;
            };
            let mut change = Change::of(*id, now);
            if self.look(&mut tx, &mut locked, &mut change).await? {
                self.write(&mut tx, &mut locked, change).await?;
            } else {
                timer::set(&mut tx, &change.into_timers()).await?;
            }
            tx.commit().await.map_err(StoreError::from)?;
        }
        let is_whole = i64::try_from(ids.len()) != Ok(AT_ONCE);
        let progress = Progress {
            promises,
            after: ids.last().copied().filter(|_| !is_whole),
        };
        let word = serde_json::to_value(progress).map_err(|e| StoreError::odd("leader", "state", NAME, e))?;
        leader::note(pool, NAME, me, &word).await?;
        Ok(is_whole && heard)
    }

    /// Every replica that runs knows the rules that we have.
    fn is_heard(&self) -> bool {
        let changed = self.rules.since().at;
        changed.is_none_or(|at| self.now() >= at + TimeDelta::seconds(HEARD_SECONDS))
    }

    fn promises(&self, heard: bool) -> u64 {
        let rules = self.rules.now();
        let round = (self.rules.since().seq, heard);
        let routes = rules.routes.iter().chain([&rules.fallback]);
        let routes: Vec<_> = routes.map(|r| (&r.name, &r.to, &r.policy, &r.owner)).collect();
        let channels: Vec<_> = rules
            .channels
            .values()
            .map(|c| (&c.name, &c.calendar, c.quiet))
            .collect();
        let mut hasher = DefaultHasher::new();
        // All that a deadline follows from, as it prints itself.
        format!(
            "{routes:?}{channels:?}{:?}{:?}{:?}{round:?}",
            rules.calendars, rules.chains, rules.clock_stops
        )
        .hash(&mut hasher);
        hasher.finish()
    }
}
