//! A shop's reviews as a list, the newest first. Nothing says when one was changed, so how far back each walk reads is how
//! far back a change is seen at once; the walk to the end sees the others.

use std::collections::BTreeMap;

use async_trait::async_trait;
use serde_json::Value;

use crate::domain::At;
use crate::port::PortError;
use crate::source::listing::Listed;
use crate::source::listing::Lists;
use crate::source::listing::Place;
use crate::source::listing::Row;
use crate::source::woocommerce::Woo;
use crate::source::woocommerce::api::Listing;
use crate::source::woocommerce::api::PAGE_SIZE;
use crate::source::woocommerce::reply::is_answer;
use crate::source::woocommerce::wire;
use crate::source::woocommerce::wire::Comment;

#[async_trait]
impl Lists for Woo {
    async fn page(&self, _place: &Place, page: Option<&str>, now: At) -> Result<Listed, PortError> {
        let page: usize = page.and_then(|page| page.parse().ok()).unwrap_or(1);
        let Listing { reviews, total } = self.api.reviews(page, PAGE_SIZE, now).await?;
        let Some(total) = total else {
            if reviews.is_empty() {
                return Ok(Listed {
                    rows: None,
                    next: None,
                    is_short: true,
                });
            }
            return Err(PortError::later(NO_TOTAL));
        };
        let is_short = reviews.len() < PAGE_SIZE;
        let rows = self.rows(reviews, now).await?;
        Ok(Listed {
            rows: Some(rows),
            next: (page * PAGE_SIZE < total).then(|| (page + 1).to_string()),
            is_short,
        })
    }
}

pub const NO_TOTAL: &str =
    "the shop's answer has no header X-WP-Total, so nobody can tell where its list ends";

impl Woo {
    async fn rows(&self, reviews: Vec<Value>, now: At) -> Result<Vec<Row>, PortError> {
        let about = reviews.iter().filter_map(wire::product_id).collect();
        let products = self.shelf.of(&self.api, about, now).await?;
        let mut answers = self.answers(&reviews, now).await?;
        let rows = reviews.into_iter().map(|value| {
            let (id, reviewer) = (wire::id(&value), wire::reviewer(&value));
            let at = wire::written(&value);
            let item = wire::review(value, &self.about.name, &products, self.api.settings.caps());
            let answers = id.and_then(|id| answers.remove(&id)).unwrap_or_default();
            // The newest first: that is the one that stands for the shop now.
            let answer = answers.into_iter().find(|comment| is_answer(comment, reviewer));
            Row {
                id: id.map(|id| id.to_string()),
                at,
                item: item.map(|mut item| {
                    item.reply = answer.map(|comment| comment.reply);
                    item
                }),
            }
        });
        Ok(rows.collect())
    }

    /// What stands below each of them, as far as somebody is configured who may read it.
    async fn answers(&self, reviews: &[Value], now: At) -> Result<BTreeMap<u64, Vec<Comment>>, PortError> {
        let ids: Vec<u64> = reviews.iter().filter_map(wire::id).collect();
        let mut below: BTreeMap<u64, Vec<Comment>> = BTreeMap::new();
        if self.api.settings.reply.is_some() && !ids.is_empty() {
            for comment in self.api.comments(&ids, now).await? {
                below.entry(comment.parent).or_default().push(comment);
            }
        }
        Ok(below)
    }
}
