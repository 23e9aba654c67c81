//! Somebody who cannot prove who it is says that there is news of some items. Nothing of it is believed: each item is read at
//! its source, and what the source then says is taken in, or is looked for once more before it counts as gone.

use crate::domain::At;
use crate::domain::id::ItemId;
use crate::port::PortError;
use crate::port::source::HookRefusal;
use crate::store::StoreError;
use crate::store::item;
use crate::store::source;
use crate::workflow::Desk;
use crate::workflow::Result;
use crate::workflow::intake::receive::HookAnswer;

/// Whoever names more at once costs us no more calls than this; the rest is found by reading on.
const MOST_READ: usize = 20;

impl Desk {
    pub(super) async fn look_at_named(
        &self,
        name: &str,
        scopes: &[String],
        ids: &[String],
        now: At,
    ) -> Result<HookAnswer> {
        let from = self.source(name)?;
        let (mut found, mut gone) = (Vec::new(), Vec::new());
        for id in ids.iter().take(MOST_READ) {
            match from.read(id, now).await {
                Ok(incoming) => found.push(incoming),
                Err(PortError::Gone { .. }) => gone.push(id.clone()),
                // None of ours, or nothing that can be understood: whoever said so is owed no reason.
                Err(PortError::Never { .. }) => {}
                Err(error) => {
                    tracing::warn!(source.name = name, error = %error, "what a call named could not be read");
                    // Some do not call again.
                    source::wake(self.store.pool(), name, now).await?;
                    let why = "what this call names cannot be read at the moment".to_owned();
                    return Ok(HookAnswer::Refused(HookRefusal::Later(why)));
                }
            }
        }
        let mut tx = self.store.begin().await?;
        let tally = self.ingest(&mut tx, name, found, now).await?;
        let places = gone
            .iter()
            .flat_map(|id| scopes.iter().map(move |scope| (scope, id)));
        let (scopes, gone): (Vec<String>, Vec<String>) =
            places.map(|(scope, id)| (scope.clone(), id.clone())).unzip();
        // One answer may be a hiccup of the platform: it is asked once more, as about what a whole listing lacked.
        let known = item::lock_known(&mut tx, name, &scopes, &gone).await?.locked;
        let missed: Vec<ItemId> = known.iter().map(|item| item.id).collect();
        item::missed(&mut tx, &missed, now).await?;
        tx.commit().await.map_err(StoreError::from)?;
        tally.tell(name);
        if ids.len() > MOST_READ {
            source::wake(self.store.pool(), name, now).await?;
        }
        Ok(HookAnswer::Awake)
    }
}
