//! Fetching from sources that are asked: one replica at a time, page by page, the page and the cursor in one transaction.

use chrono::TimeDelta;

use crate::port::PortError;
use crate::store::item;
use crate::store::source;
use crate::telemetry::meter;
use crate::workflow::Desk;
use crate::workflow::Result;
use crate::workflow::intake::ingest::Tally;

/// How long one page may take before another replica tries.
const PAGE_LEASE_SECONDS: i64 = 120;

impl Desk {
    /// Reads one page of a source if it is due. `None`: it is not, or another replica is at it.
    pub async fn poll(&self, name: &str) -> Result<Option<Tally>> {
        let now = self.now();
        let from = self.source(name)?;
        let Some(every) = from.poll_every() else {
            return Ok(None);
        };
        let lease = now + TimeDelta::seconds(PAGE_LEASE_SECONDS);
        let Some(cursor) = source::take(self.store.pool(), name, now, lease).await? else {
            return Ok(None);
        };
        match from.fetch(cursor, now).await {
            Ok(page) => {
                let mut tx = self.store.begin().await?;
                let tally = self.ingest(&mut tx, name, page.items, now).await?;
                self.keep_odd(&mut tx, name, &page.odd, now).await?;
                if let Some(walk) = &page.complete {
                    item::mark_missing(&mut tx, name, &walk.scope, &walk.ids, walk.since, now).await?;
                }
                let every = TimeDelta::from_std(every).unwrap_or(TimeDelta::minutes(5));
                let next = if page.more { now } else { now + every };
                if source::read_on(&mut tx, name, &page.cursor, next, now).await? {
                    self.can_read_again(&mut tx, name, now).await?;
                }
                tx.commit().await.map_err(crate::store::StoreError::from)?;
                meter::polled(name, true);
                tally.tell(name);
                Ok(Some(tally))
            }
            Err(error) => {
                let failures = source::failures(self.store.pool(), name).await?;
                let wait = match &error {
                    PortError::Later {
                        after: Some(seconds), ..
                    } => (*seconds).clamp(1, 3600),
                    PortError::Denied { .. } => 300,
                    PortError::Later { after: None, .. }
                    | PortError::Never { .. }
                    | PortError::Gone { .. }
                    | PortError::Unclear { .. } => 10 << failures.clamp(0, 5),
                };
                meter::polled(name, false);
                if matches!(error, PortError::Later { after: Some(_), .. }) {
                    meter::limited(name, "read", wait);
                }
                tracing::warn!(source.name = name, error = %error, wait_s = wait, "source could not be read");
                let next = now + TimeDelta::seconds(wait);
                let failing = source::failed(self.store.pool(), name, &error.to_string(), next, now).await?;
                self.cannot_read(name, &error, failing, now).await?;
                Ok(None)
            }
        }
    }
}
