//! Keeping the sums that digests are read from: what was added is folded into them now and then, and on demand they
//! are held against what happened, or counted anew from it.

use chrono::TimeDelta;

use crate::domain::At;
use crate::store::Store;
use crate::store::StoreError;
use crate::store::stats;
use crate::workflow::Desk;
use crate::workflow::Result;

/// Deltas in one transaction. What is read is right however many wait; it only takes longer.
const AT_ONCE: i64 = 20_000;

impl Desk {
    /// One batch. True when there may be more, and nobody else is at it.
    pub async fn fold(&self) -> Result<bool> {
        let mut tx = self.store.begin().await?;
        let folded = stats::fold(&mut tx, AT_ONCE).await?;
        tx.commit().await.map_err(StoreError::from)?;
        Ok(folded.is_some_and(|n| i64::try_from(n) == Ok(AT_ONCE)))
    }
}

/// The days of which anything is known, oldest first.
pub async fn days(store: &Store, now: At) -> Result<Vec<At>> {
    let mut tx = store.begin_reading().await?;
    let Some((first, end)) = stats::history(&mut tx, now).await? else {
        return Ok(Vec::new());
    };
    let days = (0..(end - first).num_days()).map(|n| first + TimeDelta::days(n));
    Ok(days.collect())
}

/// Holds the sums of one day against what happened, and changes nothing: channel, length and beginning of those that
/// differ.
pub async fn verify(store: &Store, day: At) -> Result<Vec<(String, &'static str, At)>> {
    let mut tx = store.begin_reading().await?;
    Ok(stats::differences(&mut tx, day).await?)
}

/// Counts one day anew, while the bot goes on.
pub async fn recount(store: &Store, day: At) -> Result<()> {
    let mut tx = store.begin().await?;
    stats::rebuild(&mut tx, day).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(())
}
