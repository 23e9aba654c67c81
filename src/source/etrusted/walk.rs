//! Two lists of each channel: by when a review was submitted, which is read on from review to review, and by when it was
//! changed. The second one's cursors are about submitting, too, so of it only the first page is of use.

use async_trait::async_trait;

use crate::domain::At;
use crate::port::PortError;
use crate::source::etrusted::Etrusted;
use crate::source::etrusted::api::Order;
use crate::source::etrusted::wire;
use crate::source::listing;
use crate::source::listing::Listed;
use crate::source::listing::Lists;
use crate::source::place::Place;

/// It would give 1,000; so many are read and kept in one go.
const PAGE_SIZE: usize = 100;
/// What no channel's id contains.
const EDITED: &str = " edited";

/// Both lists of a channel.
pub fn places(channel: &Place) -> [listing::Place; 2] {
    let whole = listing::Place {
        id: channel.id.clone(),
        scope: channel.id.clone(),
        is_whole: true,
    };
    let edited = listing::Place {
        id: format!("{}{EDITED}", channel.id),
        scope: channel.id.clone(),
        is_whole: false,
    };
    [whole, edited]
}

#[async_trait]
impl Lists for Etrusted {
    async fn page(&self, place: &listing::Place, page: Option<&str>, now: At) -> Result<Listed, PortError> {
        let order = match place.is_whole {
            true => Order::Submitted,
            false => Order::Edited,
        };
        let channel = self
            .channel(&place.scope)
            .ok_or_else(|| PortError::never("a channel that is not configured"))?;
        let listing = self.api.list(&channel.id, order, PAGE_SIZE, page, now).await?;
        let count = listing.items.as_ref().map_or(0, Vec::len);
        let rows = listing.items.map(|all| match order {
            Order::Submitted => all
                .into_iter()
                .map(|value| wire::submitted(value, channel))
                .collect(),
            // Below what was changed stands what never was.
            Order::Edited => all
                .into_iter()
                .filter_map(|value| wire::edited(value, channel))
                .collect(),
        });
        let after = listing.paging.cursor.after;
        Ok(Listed {
            next: after.filter(|after| order == Order::Submitted && !after.is_empty() && count > 0),
            is_short: count < PAGE_SIZE,
            rows,
        })
    }
}
