//! A card to practise with: an item of the practice source, for one channel, on its way like any other.

use crate::domain::id::ItemId;
use crate::domain::promise::practice;
use crate::store::StoreError;
use crate::store::card;
use crate::store::item;
use crate::workflow::Desk;
use crate::workflow::Result;

/// What was made, and what people call it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Practised {
    pub item: ItemId,
    pub number: i64,
}

impl Desk {
    /// One new item in the channel, each time.
    pub async fn practise(&self, channel: &str) -> Result<Practised> {
        let now = self.now();
        let channel = self.channel(channel)?;
        let incoming = practice::incoming(channel, ItemId::new(now).to_string(), now);
        let (scope, native_id) = (incoming.scope.clone(), incoming.native_id.clone());
        let mut tx = self.store.begin().await?;
        self.ingest(&mut tx, practice::NAME, vec![incoming], now).await?;
        let written = item::lock_known(
            &mut tx,
            practice::NAME,
            &[scope],
            std::slice::from_ref(&native_id),
        )
        .await?;
        let written = written
            .locked
            .first()
            .map(|locked| Practised {
                item: locked.id,
                number: locked.number,
            })
            .ok_or_else(|| {
                StoreError::odd("item", "native_id", native_id, "it was written and is not there")
            })?;
        tx.commit().await.map_err(StoreError::from)?;
        Ok(written)
    }

    /// Whether an item's card stands somewhere, and its address if the chat can tell. The inner `None` is a card whose
    /// address is not known.
    pub async fn shown(&self, item: ItemId) -> Result<Option<Option<String>>> {
        let mut tx = self.store.begin().await?;
        let cards = card::of_item(&mut tx, item).await?;
        let standing = cards.iter().find_map(|c| Some((c, c.message.as_deref()?)));
        let Some((card, message)) = standing else {
            return Ok(None);
        };
        Ok(Some(self.chat(&card.chat)?.link(&card.room, message)))
    }
}
