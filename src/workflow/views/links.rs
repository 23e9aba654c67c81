//! Where something stands in the chat, to go there by a click.

use crate::domain::item::Item;
use crate::store::Tx;
use crate::workflow::Desk;
use crate::workflow::Result;

impl Desk {
    /// Where its card stands, in this room if it has one there.
    pub(in crate::workflow) async fn link_of(
        &self,
        tx: &mut Tx,
        item: &Item,
        chat: &str,
        room: &str,
    ) -> Result<Option<String>> {
        let mut cards = crate::store::card::of_item(tx, item.id).await?;
        cards.retain(|card| card.chat == chat && card.message.is_some());
        cards.sort_by_key(|card| card.room != room);
        let Some(card) = cards.into_iter().next() else {
            return Ok(None);
        };
        let message = card.message.unwrap_or_default();
        Ok(self.chat(chat)?.link(&card.room, &message))
    }
}
