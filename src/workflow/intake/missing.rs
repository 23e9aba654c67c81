//! What a source does not list any more is asked for by its id, before it counts as gone.

use chrono::TimeDelta;

use crate::domain::id::ReplyId;
use crate::port::PortError;
use crate::port::source::ReplyAction;
use crate::port::source::ReplyCall;
use crate::store::item;
use crate::workflow::Desk;
use crate::workflow::Result;

/// Between missing in a listing and being looked for, so that a platform's hiccup is not a deletion.
const MISSING_MINUTES: i64 = 10;
const MISSING_AT_ONCE: i64 = 20;

impl Desk {
    /// Items that a whole listing lacked are looked at one by one, a while later; gone is only what the source
    /// itself then says is gone. Returns how many were looked at.
    pub async fn look_for_missing(&self, name: &str) -> Result<usize> {
        let now = self.now();
        let before = now - TimeDelta::minutes(MISSING_MINUTES);
        let ids = item::missing(self.store.pool(), name, before, MISSING_AT_ONCE).await?;
        let looked = ids.len();
        for id in ids {
            let Some(known) = item::get(self.store.pool(), id).await? else {
                continue;
            };
            let call = ReplyCall {
                what: ReplyAction::Delete,
                key: ReplyId::new(now),
                scope: known.scope.clone(),
                native_id: known.native_id.clone(),
                reply_native_id: None,
                language: None,
                revision: known.revision,
                raw: serde_json::Value::Null,
                at: now,
            };
            let gone = match self.source(name)?.look(&call).await {
                Err(PortError::Gone { .. }) => true,
                Ok(_) | Err(PortError::Never { .. }) => false,
                // Away, or our rights are gone: that says nothing about the review.
                Err(_) => return Ok(looked),
            };
            let mut tx = self.store.begin().await?;
            if let Some(mut locked) = item::lock(&mut tx, id).await? {
                if gone {
                    self.gone(&mut tx, &mut locked, now).await?;
                }
                item::found_again(&mut tx, id).await?;
            }
            tx.commit().await.map_err(crate::store::StoreError::from)?;
        }
        Ok(looked)
    }
}
