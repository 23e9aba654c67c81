//! What one can do at once about a digest: take what is overdue, take the oldest, see the lists.

use crate::domain::At;
use crate::domain::action::Listing;
use crate::domain::action::Verb;
use crate::domain::errand::Errand;
use crate::domain::errand::Offer;
use crate::domain::practice;
use crate::domain::rules::Channel;
use crate::domain::text::Lang;
use crate::store::StoreError;
use crate::store::digest as rows;
use crate::store::item;
use crate::workflow::Desk;
use crate::workflow::Result;

/// One row of buttons in every chat.
const TAKES: usize = 5;

impl Desk {
    /// As of now, not of the digest's end: whoever was faster has it, and needs no button any more.
    pub(crate) async fn digest_offers(&self, channel: &Channel, to: At) -> Result<Vec<Offer>> {
        let lang = channel.voice.lang;
        let now = self.now();
        let mut tx = self.store.begin_reading().await?;
        let (open, _) = rows::waiting(&mut tx, &channel.name, practice::NAME, now).await?;
        let late = item::waiting(&mut tx, &channel.name, practice::NAME, to, true, 4 * TAKES as i64).await?;
        tx.rollback().await.map_err(StoreError::from)?;
        if open == 0 {
            return Ok(Vec::new());
        }
        let mut offers: Vec<Offer> = late
            .iter()
            .filter(|item| item.handling.holder(now).is_none())
            .take(TAKES)
            .map(|item| {
                let number = [("number", item.number.to_string().into())];
                Offer::item(Verb::Take, item.id, lang.text("button-take-number", &number))
            })
            .collect();
        if !late.is_empty() {
            offers.push(list(Listing::Overdue, lang));
        }
        offers.push(Offer::errand(Errand::Oldest, lang.text("button-oldest", &[])));
        offers.push(list(Listing::Open, lang));
        Ok(offers)
    }
}

pub(crate) fn list(listing: Listing, lang: Lang) -> Offer {
    let key = format!("button-list-{}", listing.as_str());
    Offer::errand(Errand::List { listing, page: 0 }, lang.text(&key, &[]))
}
