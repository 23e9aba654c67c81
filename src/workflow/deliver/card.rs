//! A card comes into its room and is kept as its item is.

use crate::domain::effect::NewEffect;
use crate::domain::id::CardId;
use crate::domain::item::handling::Handling;
use crate::port::PortError;
use crate::port::chat::Body;
use crate::port::chat::Post;
use crate::store::card as cards;
use crate::store::card::CardRow;
use crate::store::outbox;
use crate::store::outbox::Leased;
use crate::store::outbox::Settled;
use crate::workflow::Desk;
use crate::workflow::Result;
use crate::workflow::base::settle::there;
use crate::workflow::deliver::post::Posted;

impl Desk {
    pub(super) async fn post_card(&self, leased: &Leased, id: CardId) -> Result<()> {
        let Some((row, item, card)) = self.card(id).await? else {
            return self.settle(leased, Settled::Done).await;
        };
        if row.message.is_some() || matches!(item.handling, Handling::Removed { .. }) {
            return self.settle(leased, Settled::Moot).await;
        }
        if !self.enters(leased, &row, &item).await? {
            return Ok(());
        }
        let post = Post {
            key: format!("card:{id}"),
            generation: row.generation,
            room: row.room.clone(),
            thread: None,
            body: Body::Card(Box::new(card)),
        };
        match self.post(leased, &row.chat, &post).await? {
            Posted::At(message) => {
                self.stands_at(leased, row, message, item.version, Settled::Done)
                    .await
            }
            // What it shows is what was true at that try.
            Posted::Found(message) => self.stands_at(leased, row, message, 0, there(leased)).await,
            Posted::Somewhere => {
                // A card that nobody can edit would lie for ever: a second one is the lesser evil.
                let now = self.now();
                let mut tx = self.store.begin().await?;
                if let Some(generation) = cards::anew(&mut tx, id, row.generation).await? {
                    tracing::warn!(card.id = %id, "posted again because nobody can tell where the first one stands");
                    let again = NewEffect::post_card(row.again(generation), now);
                    outbox::put(&mut tx, &[again], now).await?;
                }
                self.settle_in(tx, leased, Settled::Done).await
            }
            Posted::Gone(why) => self.settle(leased, self.patiently(leased, why)).await,
            Posted::Not(how) | Posted::No(how) => self.settle(leased, how).await,
        }
    }

    /// The card has a message now. If the item is further than what that shows, an edit follows.
    async fn stands_at(
        &self,
        leased: &Leased,
        row: CardRow,
        message: String,
        shown: i64,
        how: Settled,
    ) -> Result<()> {
        let now = self.now();
        let mut tx = self.store.begin().await?;
        let wanted = cards::posted(&mut tx, row.id, &message, shown, now).await?;
        if wanted > shown {
            let row = CardRow {
                message: Some(message),
                ..row
            };
            outbox::put(&mut tx, &[NewEffect::edit_card(row.named(), wanted, now)], now).await?;
        }
        self.settle_in(tx, leased, how).await
    }

    pub(super) async fn edit(&self, leased: &Leased, id: CardId) -> Result<()> {
        let Some((row, item, card)) = self.card(id).await? else {
            return self.settle(leased, Settled::Done).await;
        };
        let Some(message) = &row.message else {
            return self.settle(leased, Settled::Done).await;
        };
        if row.shown >= item.version {
            // Another edit has shown it already.
            return self.settle(leased, Settled::Moot).await;
        }
        let now = self.now();
        let key = format!("card:{id}");
        match self
            .chat(&row.chat)?
            .edit(&row.room, message, &key, &Body::Card(Box::new(card)))
            .await
        {
            Ok(()) => {
                let mut tx = self.store.begin().await?;
                let wanted = cards::edited(&mut tx, id, item.version, now).await?;
                if wanted > item.version {
                    outbox::put(&mut tx, &[NewEffect::edit_card(row.named(), wanted, now)], now).await?;
                }
                self.settle_in(tx, leased, Settled::Done).await
            }
            Err(PortError::Gone { .. }) => {
                let mut tx = self.store.begin().await?;
                if let Some(generation) = cards::lost(&mut tx, id, message).await? {
                    let again = NewEffect::post_card(row.again(generation), now);
                    outbox::put(&mut tx, &[again], now).await?;
                }
                self.settle_in(tx, leased, Settled::Done).await
            }
            // Showing the newest state twice is showing it once.
            Err(PortError::Unclear { why }) => self.settle(leased, self.patiently(leased, why)).await,
            Err(e) => {
                self.heed(leased, &e).await?;
                self.complain(&row.chat, &row.room, &e).await?;
                self.settle(leased, self.verdict(leased, &e)).await
            }
        }
    }
}
