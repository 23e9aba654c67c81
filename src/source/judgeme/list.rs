//! The reviews of a shop as a list. Judge.me documents no order; it gives the newest first. Should that ever change, the
//! walk to the end finds once a day what the short ones miss, and webhooks tell it at once.

use async_trait::async_trait;
use serde_json::Value;

use crate::domain::At;
use crate::port::PortError;
use crate::source::judgeme::Judgeme;
use crate::source::judgeme::api::Listing;
use crate::source::judgeme::api::PAGE_SIZE;
use crate::source::judgeme::wire;
use crate::source::listing::Listed;
use crate::source::listing::Lists;
use crate::source::listing::Place;
use crate::source::listing::Row;

/// Whoever asks for a page beyond gets this one again.
const LAST_PAGE: usize = 100;

#[async_trait]
impl Lists for Judgeme {
    async fn page(&self, _place: &Place, page: Option<&str>, now: At) -> Result<Listed, PortError> {
        let page: usize = page.and_then(|page| page.parse().ok()).unwrap_or(1);
        let Listing {
            current_page,
            per_page,
            reviews,
        } = self.api.reviews(page, PAGE_SIZE, now).await?;
        let is_other = current_page.is_some_and(|current| current != page);
        let Some(reviews) = reviews.filter(|_| !is_other) else {
            return Ok(Listed {
                rows: None,
                next: None,
                is_short: true,
            });
        };
        let is_short = reviews.len() < per_page.unwrap_or(PAGE_SIZE).min(PAGE_SIZE);
        let mut rows: Vec<Row> = reviews
            .into_iter()
            .filter(wire::is_public)
            .map(|review| self.row(review))
            .collect();
        let is_cut = !is_short && page >= LAST_PAGE;
        if is_cut {
            // What nobody can name keeps the rest from being taken for removed.
            rows.push(Row {
                id: None,
                at: None,
                item: Err(format!(
                    "Judge.me lists no more than {LAST_PAGE} pages; older reviews stay unread"
                )),
            });
        }
        Ok(Listed {
            rows: Some(rows),
            next: (!is_short && !is_cut).then(|| (page + 1).to_string()),
            is_short,
        })
    }
}

impl Judgeme {
    fn row(&self, review: Value) -> Row {
        Row {
            id: wire::id(&review),
            at: wire::created(&review),
            item: wire::review(review, &self.api.settings.shop_domain),
        }
    }
}
