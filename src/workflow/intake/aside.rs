//! What comes about an item that this version cannot read is kept, and taken up when it can be.

use uuid::Uuid;

use crate::domain::item::Incoming;
use crate::store::StoreError;
use crate::store::Tx;
use crate::store::item;
use crate::store::source;
use crate::workflow::Desk;
use crate::workflow::Result;
use crate::workflow::intake::ingest::Batch;
use crate::workflow::intake::ingest::Tally;

/// Of what was set aside, in one round.
const ASIDE_AT_ONCE: i64 = 1000;

impl Desk {
    /// The others of its batch go on. What a source told is kept and taken up when the item can be read; a file can be
    /// brought again.
    pub(super) async fn keep_aside(
        &self,
        tx: &mut Tx,
        of: Batch<'_>,
        incoming: &Incoming,
        why: &StoreError,
    ) -> Result<()> {
        let kept = (!of.manner.is_file()).then_some(incoming);
        let (id, why) = (&incoming.native_id, why.to_string());
        source::aside(tx, of.source, id, &why, kept, of.now).await?;
        Ok(())
    }

    /// Takes up what was set aside, in the order in which it came, as far as it can be read now. Returns how much.
    pub async fn take_up_aside(&self) -> Result<usize> {
        let mut taken = 0;
        for id in source::all_aside(self.store.pool(), ASIDE_AT_ONCE).await? {
            match self.take_up(id).await {
                Ok(done) => taken += usize::from(done),
                Err(error) if error.is_of_item() => {
                    tracing::debug!(error = %error, "what was set aside stays so");
                }
                Err(error) => return Err(error),
            }
        }
        Ok(taken)
    }

    async fn take_up(&self, id: Uuid) -> Result<bool> {
        let now = self.now();
        let mut tx = self.store.begin().await?;
        let Some(kept) = source::lock_aside(&mut tx, id).await? else {
            return Ok(false);
        };
        let (scopes, ids) = ([kept.incoming.scope.clone()], [kept.incoming.native_id.clone()]);
        let known = item::lock_known(&mut tx, &kept.source, &scopes, &ids).await?;
        if !known.unread.is_empty() {
            return Ok(false);
        }
        // Whoever told it again since then is believed.
        let versions = item::versions(&mut tx, &known.locked).await?;
        let since = versions.values().filter_map(|known| known.as_of).max();
        let tally = match since.is_some_and(|at| at > kept.seen_at) {
            true => Tally::default(),
            false => {
                self.ingest(&mut tx, &kept.source, vec![kept.incoming], now)
                    .await?
            }
        };
        if tally.aside > 0 {
            return Ok(false);
        }
        source::take_up(&mut tx, id).await?;
        tx.commit().await.map_err(StoreError::from)?;
        tally.tell(&kept.source);
        Ok(true)
    }
}
