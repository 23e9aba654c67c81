//! Trusted Shops as a page and the controls have it.

use std::sync::Arc;

use async_trait::async_trait;
use axum::Router;
use serde_json::Value;
use serde_json::json;

use super::Etrusted;
use super::Stage;
use crate::shop::Kind;
use crate::sites::Refusal;
use crate::sites::faults::Door;
use crate::sites::hold;
use crate::sites::site::Known;
use crate::sites::site::Shown;
use crate::sites::site::Site;
use crate::sites::site::Written;
use crate::sites::site::name_of;
use crate::sites::site::places;

/// Who writes here is always the same person, whatever name is given.
const CUSTOMER: &str = "Jule K.";

#[async_trait]
impl Site for Etrusted {
    fn word(&self) -> &'static str {
        "etrusted"
    }

    fn name(&self) -> &'static str {
        "Trusted Shops"
    }

    fn mark(&self) -> &'static str {
        "TS"
    }

    fn kinds(&self) -> &'static [Kind] {
        &[Kind::Review]
    }

    fn router(self: Arc<Self>) -> Router {
        super::router(self)
    }

    fn door(&self) -> &Door {
        &self.door
    }

    fn write(&self, written: Written<'_>) -> Result<String, Refusal> {
        self.write(written.place, None, written.stars.unwrap_or(0), written.text)
    }

    fn edit(&self, id: &str, stars: Option<u8>, text: &str) -> Result<(), Refusal> {
        let known = hold(&self.state).find(id)?.stars;
        self.edit(id, stars.unwrap_or(known), text)
    }

    fn remove(&self, id: &str) -> Result<(), Refusal> {
        self.remove(id)
    }

    fn places(&self) -> Value {
        let state = hold(&self.state);
        let items = state.reviews.iter().map(|review| {
            let shown = Shown {
                id: &review.id,
                author: CUSTOMER,
                stars: Some(review.stars),
                text: &review.text,
                created: review.submitted,
                updated: review.edited,
                removed: None,
                reply: review
                    .reply
                    .as_ref()
                    .map(|r| (r.comment.as_str(), r.updated, review.stage == Stage::Approved)),
                publications: review.saves,
            };
            (review.channel.as_str(), shown.json())
        });
        places(&self.settings.channels, items)
    }

    fn written(&self) -> Vec<Known> {
        let state = hold(&self.state);
        let known = state.reviews.iter().map(|review| Known {
            id: review.id.clone(),
            author: CUSTOMER.to_owned(),
            place: name_of(&self.settings.channels, &review.channel),
        });
        known.collect()
    }

    async fn tick(&self) {}

    fn export(&self) -> Value {
        json!(*hold(&self.state))
    }

    fn import(&self, memory: Value) -> Result<(), serde_json::Error> {
        *hold(&self.state) = serde_json::from_value(memory)?;
        self.door.touch();
        Ok(())
    }
}
