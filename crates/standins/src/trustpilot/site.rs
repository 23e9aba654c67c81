//! Trustpilot as a page and the controls have it.

use std::sync::Arc;

use async_trait::async_trait;
use axum::Router;
use serde_json::Value;
use serde_json::json;

use super::Trustpilot;
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

#[async_trait]
impl Site for Trustpilot {
    fn word(&self) -> &'static str {
        "trustpilot"
    }

    fn name(&self) -> &'static str {
        "Trustpilot"
    }

    fn mark(&self) -> &'static str {
        "TP"
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
        self.write(
            written.place,
            written.author,
            written.stars.unwrap_or(0),
            "",
            written.text,
        )
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
                author: &review.author,
                stars: Some(review.stars),
                text: &review.text,
                created: review.created,
                updated: review.updated,
                removed: None,
                reply: review
                    .reply
                    .as_ref()
                    .map(|r| (r.text.as_str(), r.updated.unwrap_or(r.created), true)),
                publications: review.posts,
            };
            (review.unit.as_str(), shown.json())
        });
        places(&self.settings.business_units, items)
    }

    fn written(&self) -> Vec<Known> {
        let state = hold(&self.state);
        let known = state.reviews.iter().map(|review| Known {
            id: review.id.clone(),
            author: review.author.clone(),
            place: name_of(&self.settings.business_units, &review.unit),
        });
        known.collect()
    }

    async fn tick(&self) {
        self.tick().await;
    }

    fn export(&self) -> Value {
        json!(*hold(&self.state))
    }

    fn import(&self, memory: Value) -> Result<(), serde_json::Error> {
        *hold(&self.state) = serde_json::from_value(memory)?;
        self.door.touch();
        Ok(())
    }
}
