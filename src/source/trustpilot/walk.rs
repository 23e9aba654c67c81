//! Trustpilot's list by page numbers: sorted by when a review was written, never by when it was changed.

use async_trait::async_trait;

use crate::domain::At;
use crate::port::PortError;
use crate::source::listing;
use crate::source::listing::Listed;
use crate::source::listing::Lists;
use crate::source::trustpilot::Trustpilot;
use crate::source::trustpilot::wire;

/// The most that Trustpilot gives at once.
const PAGE_SIZE: usize = 100;

#[async_trait]
impl Lists for Trustpilot {
    async fn page(&self, place: &listing::Place, page: Option<&str>, now: At) -> Result<Listed, PortError> {
        let unit = self
            .unit(&place.id)
            .ok_or_else(|| PortError::never("a business unit that is not configured"))?;
        let number: u32 = page.and_then(|page| page.parse().ok()).unwrap_or(1);
        let listing = self.api.list(&unit.id, number, PAGE_SIZE, now).await?;
        let rows: Option<Vec<_>> = listing
            .reviews
            .map(|all| all.into_iter().map(|value| wire::row(value, unit)).collect());
        let count = rows.as_ref().map_or(0, Vec::len);
        Ok(Listed {
            rows,
            // Where it ends is said by an empty page alone.
            next: (count > 0).then(|| (number + 1).to_string()),
            is_short: count < PAGE_SIZE,
        })
    }
}
