//! What is over and was kept long enough is deleted, a few rows at a time: deliveries first, because they hold people's
//! names and words. Items and their log stay. Replicas take different rows, so it does not matter how many of them do it.

use chrono::TimeDelta;

use crate::store::digest;
use crate::store::import;
use crate::store::import_file;
use crate::store::inbox;
use crate::store::notice;
use crate::store::outbox;
use crate::store::search;
use crate::store::source;
use crate::store::timer;
use crate::telemetry::meter;
use crate::workflow::Desk;
use crate::workflow::Result;

/// Rows of one table in one statement: short enough that nobody waits for it.
const AT_ONCE: i64 = 500;
/// A limit of a chat that has been over for so long, by anybody's clock. Each press on Discord may leave one behind.
const LIMITS_HOURS: i64 = 1;
/// A file that somebody handed in waits so long for its decision.
const UNDECIDED_HOURS: i64 = 1;

impl Desk {
    /// One batch of each table. True when there may be more.
    pub async fn forget(&self) -> Result<bool> {
        let pool = self.store.pool();
        let keep = self.rules.keep;
        let deliveries = self.now() - TimeDelta::days(keep.deliveries);
        let history = self.now() - TimeDelta::days(keep.history);
        let undecided = self.now() - TimeDelta::hours(UNDECIDED_HOURS);
        let limits = self.now() - TimeDelta::hours(LIMITS_HOURS);
        let gone = [
            ("inbox", inbox::forget(pool, deliveries, AT_ONCE).await?),
            ("search", search::forget(pool, deliveries, AT_ONCE).await?),
            ("delivery", source::forget_answers(pool, history, AT_ONCE).await?),
            ("notice", notice::forget(pool, history, AT_ONCE).await?),
            ("effect", outbox::forget(pool, history, AT_ONCE).await?),
            ("timer", timer::forget(pool, history, AT_ONCE).await?),
            ("digest_slot", digest::forget(pool, history, AT_ONCE).await?),
            ("odd_item", source::forget_odd(pool, history, AT_ONCE).await?),
            ("rate", outbox::forget_limits(pool, limits, AT_ONCE).await?),
            (
                "import_file",
                import_file::forget(pool, undecided, history, AT_ONCE).await?,
            ),
            ("import_run", import::forget(pool, history, AT_ONCE).await?),
        ];
        for (table, rows) in gone {
            meter::forgotten(table, rows);
        }
        Ok(gone.iter().any(|(_, rows)| i64::try_from(*rows) == Ok(AT_ONCE)))
    }
}
