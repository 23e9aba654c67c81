//! A card is never a lie for long. Chat is a cache: whatever it lost, shows late or never got is found here and made
//! an effect again.

use chrono::TimeDelta;

use crate::domain::effect::NewEffect;
use crate::port::PortError;
use crate::store::StoreError;
use crate::store::card;
use crate::store::fold;
use crate::store::outbox;
use crate::workflow::Desk;
use crate::workflow::Result;

/// A card that nobody touched for this long is looked at.
const PROBE_AFTER_SECONDS: i64 = 45;
/// Looks at once: with the tick's rhythm this stays below what chats allow per minute.
const PROBES: i64 = 10;
const REPAIRS: i64 = 100;

impl Desk {
    /// Makes effects of what is not as it should be. Returns how many cards were repaired.
    pub async fn reconcile(&self) -> Result<usize> {
        let now = self.now();
        let given_up = now - TimeDelta::seconds(PROBE_AFTER_SECONDS);
        let revived = outbox::revive_cards(self.store.pool(), given_up, now).await?;
        let mut effects = Vec::new();
        for (stale, version) in card::stale(self.store.pool(), REPAIRS).await? {
            effects.push(NewEffect::edit_card(stale.named(), version, now));
        }
        let mut tx = self.store.begin().await?;
        for bare in card::unposted(self.store.pool(), REPAIRS).await? {
            // The effect of its generation is over; the same key would be the same effect.
            if let Some(generation) = card::anew(&mut tx, bare.id, bare.generation).await? {
                effects.push(NewEffect::post_card(bare.again(generation), now));
            }
        }
        outbox::put(&mut tx, &effects, now).await?;
        let forgotten = fold::forgotten(&mut tx).await?;
        self.fold_changed(
            &mut tx,
            forgotten.iter().map(|(c, r)| (c.as_str(), r.as_str())),
            now,
        )
        .await?;
        tx.commit().await.map_err(StoreError::from)?;
        self.homes_behind().await?;
        let found = revived + effects.len() + self.probe().await?;
        self.take_up_aside().await?;
        Ok(found)
    }

    /// Looks whether cards of open items still stand, those first that nobody looked at for longest.
    async fn probe(&self) -> Result<usize> {
        let now = self.now();
        let mut tx = self.store.begin().await?;
        let before = now - TimeDelta::seconds(PROBE_AFTER_SECONDS);
        let cards = card::to_probe(&mut tx, before, now, PROBES).await?;
        tx.commit().await.map_err(StoreError::from)?;
        let mut lost = 0;
        for row in cards {
            let Some(message) = &row.message else { continue };
            match self.chat(&row.chat)?.stands(&row.room, message).await {
                Ok(true) => {}
                Ok(false) => {
                    let mut tx = self.store.begin().await?;
                    if let Some(generation) = card::lost(&mut tx, row.id, message).await? {
                        let again = NewEffect::post_card(row.again(generation), now);
                        outbox::put(&mut tx, &[again], now).await?;
                        lost += 1;
                    }
                    tx.commit().await.map_err(StoreError::from)?;
                }
                // The next round looks again; a room that is away is not a card that is away.
                Err(PortError::Later { .. } | PortError::Unclear { .. }) => break,
                // Nor does a room that is closed to us say anything about the others.
                Err(PortError::Denied { .. } | PortError::Never { .. } | PortError::Gone { .. }) => {}
            }
        }
        Ok(lost)
    }
}
