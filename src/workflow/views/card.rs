//! A card, built from the database as it is now.

use crate::domain::id::CardId;
use crate::domain::item::Item;
use crate::domain::item::handling::Handling;
use crate::domain::people::person::PersonId;
use crate::domain::say::text::Locale;
use crate::domain::show::card;
use crate::domain::show::card::Card;
use crate::domain::show::card::CardFacts;
use crate::store::card as cards;
use crate::store::card::CardRow;
use crate::store::item;
use crate::store::person;
use crate::store::reply;
use crate::workflow::Desk;
use crate::workflow::Result;
use crate::workflow::WorkflowError;
use crate::workflow::base::people::people_of;

impl Desk {
    /// The card as it should be now.
    pub(in crate::workflow) async fn card(&self, id: CardId) -> Result<Option<(CardRow, Item, Card)>> {
        self.card_in(id, None).await
    }

    /// The same for somebody who reads it in another place, where we speak otherwise than in its own.
    pub(in crate::workflow) async fn card_in(
        &self,
        id: CardId,
        locale: Option<Locale>,
    ) -> Result<Option<(CardRow, Item, Card)>> {
        let Some(row) = cards::get(self.store.pool(), id).await? else {
            return Ok(None);
        };
        let item = item::get(self.store.pool(), row.item)
            .await?
            .ok_or(WorkflowError::NoItem(row.item))?;
        let reply = match item.reply {
            Some(id) => reply::get(self.store.pool(), id).await?,
            None => None,
        };
        let mut people = people_of(&item.handling);
        let owner = self.owner(&item);
        people.extend(
            reply
                .as_ref()
                .map(|r| r.by.clone())
                .into_iter()
                .chain(owner.cloned()),
        );
        let names = person::names(self.store.pool(), &people).await?;
        let name = |p: &PersonId| names.get(p).cloned().unwrap_or_else(|| p.user.clone());
        let began = item
            .deadline
            .map_or(item.published_at.unwrap_or(item.first_seen_at), |d| d.from);
        let first_answer_minutes = match &item.handling {
            Handling::Answered { at, .. } => Some((*at - began).num_minutes()).filter(|m| *m >= 0),
            _ => None,
        };
        let card = card::build(&CardFacts {
            item: &item,
            reply: reply.as_ref(),
            source: self.rules.label(&item.source),
            locale: locale.unwrap_or_else(|| self.locale_of(&row)),
            name: &name,
            owner,
            first_answer_minutes,
        });
        Ok(Some((row, item, card)))
    }
}
