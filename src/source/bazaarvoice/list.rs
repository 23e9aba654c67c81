//! The two lists of a client, what was changed last at the top. Moderators publish late and out of order, but publishing
//! changes an item, so it comes up; what was removed is found by the walks to the end.

use async_trait::async_trait;
use serde_json::Value;

use crate::domain::At;
use crate::port::PortError;
use crate::source::bazaarvoice::Bazaarvoice;
use crate::source::bazaarvoice::api::PAGE_SIZE;
use crate::source::bazaarvoice::wire;
use crate::source::bazaarvoice::wire::Content;
use crate::source::bazaarvoice::wire::Listing;
use crate::source::listing::Listed;
use crate::source::listing::Lists;
use crate::source::listing::Place;
use crate::source::listing::Row;

/// Nothing is listed behind this.
const DEEPEST: usize = 300_000;

#[async_trait]
impl Lists for Bazaarvoice {
    async fn page(&self, place: &Place, page: Option<&str>, now: At) -> Result<Listed, PortError> {
        let content = Content::of_scope(&place.scope);
        let offset: usize = page.and_then(|page| page.parse().ok()).unwrap_or(0);
        let listing = self.api.list(content, offset, PAGE_SIZE, now).await;
        let listing = listing.map_err(|error| of_list(content, error))?;
        let is_other = listing.offset.is_some_and(|told| told != offset);
        let Listing {
            results: Some(results),
            total_results: Some(total),
            includes,
            ..
        } = listing
        else {
            return match listing.results {
                Some(_) => Ok(nothing()),
                None => Err(PortError::later("Bazaarvoice's answer holds no list")),
            };
        };
        if is_other {
            return Ok(nothing());
        }
        let count = results.len();
        let mut rows: Vec<Row> = results
            .into_iter()
            .map(|value| self.row(content, value, &includes))
            .collect();
        let next = offset + count;
        let goes_on = count > 0 && next < total;
        if goes_on && next > DEEPEST {
            // What nobody can name keeps the rest from being taken for removed.
            rows.push(Row {
                id: None,
                at: None,
                item: Err(format!(
                    "Bazaarvoice lists no more than {DEEPEST}; older ones stay unread"
                )),
            });
        }
        Ok(Listed {
            rows: Some(rows),
            next: (goes_on && next <= DEEPEST).then(|| next.to_string()),
            is_short: count < PAGE_SIZE,
        })
    }

    /// One passkey opens both lists.
    fn is_of_all(&self, error: &PortError) -> bool {
        matches!(error, PortError::Denied { .. })
    }
}

impl Bazaarvoice {
    fn row(&self, content: Content, value: Value, includes: &Value) -> Row {
        Row {
            id: wire::id(&value),
            at: wire::changed(&value),
            item: wire::item(content, value, includes, &self.api.settings),
        }
    }
}

/// It was no list, or not the one that was asked for.
fn nothing() -> Listed {
    Listed {
        rows: None,
        next: None,
        is_short: true,
    }
}

/// A client without questions may still have reviews.
fn of_list(content: Content, error: PortError) -> PortError {
    match (content, error) {
        (Content::Question, PortError::Denied { why }) if why.text().contains("ERROR_ACCESS_DENIED") => {
            PortError::Never { why }
        }
        (_, error) => error,
    }
}
