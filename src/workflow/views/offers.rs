//! What one can do at once about a digest: take what is overdue, take the oldest, see the lists.

use crate::domain::lang::Lang;
use crate::domain::press::action::Listing;
use crate::domain::press::list_action::ListAction;
use crate::domain::press::list_action::QuickAction;
use crate::domain::promise::practice;
use crate::domain::promise::rules::Channel;
use crate::store::StoreError;
use crate::store::digest as rows;
use crate::workflow::Desk;
use crate::workflow::Result;

impl Desk {
    /// As of now, not of the digest's end. What is overdue has its buttons where it is listed.
    pub(in crate::workflow) async fn digest_offers(&self, channel: &Channel) -> Result<Vec<QuickAction>> {
        let lang = channel.locale.lang;
        let now = self.now();
        let mut tx = self.store.begin_reading().await?;
        let waiting = rows::waiting(&mut tx, &channel.name, practice::NAME, now, (0, 0)).await?;
        let (open, late) = (waiting.open, waiting.overdue_count);
        tx.rollback().await.map_err(StoreError::from)?;
        if open == 0 {
            return Ok(Vec::new());
        }
        let mut offers = Vec::new();
        if late > 0 {
            offers.push(list(Listing::Overdue, lang));
        }
        offers.push(QuickAction::list_action(
            ListAction::Oldest,
            lang.text("button-oldest", &[]),
        ));
        offers.push(list(Listing::Open, lang));
        Ok(offers)
    }
}

pub(in crate::workflow) fn list(listing: Listing, lang: Lang) -> QuickAction {
    let key = format!("button-list-{}", listing.as_str());
    let first = ListAction::List {
        listing,
        page: 0,
        everywhere: false,
    };
    QuickAction::list_action(first, lang.text(&key, &[]))
}
