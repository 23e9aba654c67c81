//! The App Store as a page and the controls have it.

use std::sync::Arc;

use async_trait::async_trait;
use axum::Router;
use serde_json::Value;
use serde_json::json;

use super::AppStore;
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
impl Site for AppStore {
    fn word(&self) -> &'static str {
        "appstore"
    }

    fn name(&self) -> &'static str {
        "App Store"
    }

    fn mark(&self) -> &'static str {
        "AS"
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
        self.write(written.author, written.stars.unwrap_or(0), "", written.text)
    }

    fn edit(&self, id: &str, stars: Option<u8>, text: &str) -> Result<(), Refusal> {
        self.edit(id, stars, text)
    }

    fn remove(&self, id: &str) -> Result<(), Refusal> {
        self.remove(id)
    }

    fn places(&self) -> Value {
        let state = hold(&self.state);
        let (now, delay) = ((self.now)(), self.settings.delay);
        let items = state.reviews.iter().map(|review| {
            let shown = Shown {
                id: &review.id,
                author: &review.author,
                stars: Some(review.stars),
                text: &review.text,
                created: review.created,
                updated: None,
                removed: review.removed,
                reply: review
                    .response
                    .as_ref()
                    .map(|r| (r.text.as_str(), r.at, r.is_public(now, delay))),
                publications: review.responses,
            };
            (self.settings.app.id.as_str(), shown.json())
        });
        places(std::slice::from_ref(&self.settings.app), items)
    }

    fn written(&self) -> Vec<Known> {
        let state = hold(&self.state);
        let known = state.reviews.iter().map(|review| Known {
            id: review.id.clone(),
            author: review.author.clone(),
            place: name_of(std::slice::from_ref(&self.settings.app), &self.settings.app.id),
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
