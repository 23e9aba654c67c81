//! What one can do at once about a digest: take what is overdue, take the oldest, see the lists.

use crate::domain::action::Listing;
use crate::domain::errand::Errand;
use crate::domain::errand::Offer;
use crate::domain::practice;
use crate::domain::rules::Channel;
use crate::domain::text::Lang;
use crate::store::StoreError;
use crate::store::digest as rows;
use crate::workflow::Desk;
use crate::workflow::Result;

impl Desk {
    /// As of now, not of the digest's end. What is overdue has its buttons where it is listed.
    pub(in crate::workflow) async fn digest_offers(&self, channel: &Channel) -> Result<Vec<Offer>> {
        let lang = channel.voice.lang;
        let now = self.now();
        let mut tx = self.store.begin_reading().await?;
        let (open, late) = rows::waiting(&mut tx, &channel.name, practice::NAME, now).await?;
        tx.rollback().await.map_err(StoreError::from)?;
        if open == 0 {
            return Ok(Vec::new());
        }
        let mut offers = Vec::new();
        if late > 0 {
            offers.push(list(Listing::Overdue, lang));
        }
        offers.push(Offer::errand(Errand::Oldest, lang.text("button-oldest", &[])));
        offers.push(list(Listing::Open, lang));
        Ok(offers)
    }
}

pub(in crate::workflow) fn list(listing: Listing, lang: Lang) -> Offer {
    let key = format!("button-list-{}", listing.as_str());
    let first = Errand::List {
        listing,
        page: 0,
        everywhere: false,
    };
    Offer::errand(first, lang.text(&key, &[]))
}
