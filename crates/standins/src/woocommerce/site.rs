//! A WooCommerce shop as a page and the controls have it.

use std::sync::Arc;

use async_trait::async_trait;
use axum::Router;
use serde_json::Value;
use serde_json::json;

use super::Status;
use super::Type;
use super::WooCommerce;
use super::shown;
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
impl Site for WooCommerce {
    fn word(&self) -> &'static str {
        "woocommerce"
    }

    fn name(&self) -> &'static str {
        "WooCommerce"
    }

    fn mark(&self) -> &'static str {
        "WC"
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
            written.text,
        )
    }

    fn edit(&self, id: &str, stars: Option<u8>, text: &str) -> Result<(), Refusal> {
        self.edit(id, stars, text)
    }

    fn remove(&self, id: &str) -> Result<(), Refusal> {
        self.remove(id)
    }

    fn places(&self) -> Value {
        let state = hold(&self.state);
        let all = state.comments.iter().filter(|c| c.kind == Type::Review);
        let items: Vec<(String, Value)> = all
            .map(|review| {
                let (id, text) = (review.id.to_string(), shown(&review.content));
                let mut below = state.comments.iter().filter(|c| c.parent == review.id);
                let answer = below.next_back().map(|c| (shown(&c.content), c));
                let shown = Shown {
                    id: &id,
                    author: &review.author,
                    stars: Some(review.rating).filter(|stars| *stars > 0),
                    text: &text,
                    created: review.created,
                    updated: None,
                    removed: None,
                    reply: answer
                        .as_ref()
                        .map(|(text, c)| (text.as_str(), c.created, c.status == Status::Approved)),
                    publications: u32::try_from(
                        state.publications.iter().filter(|of| **of == review.id).count(),
                    )
                    .unwrap_or(u32::MAX),
                };
                (review.post.to_string(), shown.json())
            })
            .collect();
        let items = items.iter().map(|(place, item)| (place.as_str(), item.clone()));
        places(&self.settings.products, items)
    }

    fn written(&self) -> Vec<Known> {
        let state = hold(&self.state);
        let known = state
            .comments
            .iter()
            .filter(|c| c.kind == Type::Review)
            .map(|review| Known {
                id: review.id.to_string(),
                author: review.author.clone(),
                place: name_of(&self.settings.products, &review.post.to_string()),
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
