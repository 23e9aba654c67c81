//! Judge.me as a page and the controls have it.

use std::sync::Arc;

use async_trait::async_trait;
use axum::Router;
use serde_json::Value;
use serde_json::json;

use super::Judgeme;
use super::number;
use crate::shop::Kind;
use crate::sites::Place;
use crate::sites::Refusal;
use crate::sites::faults::Door;
use crate::sites::hold;
use crate::sites::site::Known;
use crate::sites::site::Shown;
use crate::sites::site::Site;
use crate::sites::site::Written;
use crate::sites::site::name_of;
use crate::sites::site::places;

impl Judgeme {
    /// There is one shop.
    fn place(&self) -> Place {
        Place::new(&self.settings.shop_domain, "Gartenshop")
    }
}

#[async_trait]
impl Site for Judgeme {
    fn word(&self) -> &'static str {
        "judgeme"
    }

    fn name(&self) -> &'static str {
        "Judge.me"
    }

    fn mark(&self) -> &'static str {
        "JM"
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
        self.write(written.author, written.stars.unwrap_or(0), written.text)
    }

    fn edit(&self, id: &str, stars: Option<u8>, text: &str) -> Result<(), Refusal> {
        let known = hold(&self.state).find_mut(number(id)?)?.rating;
        self.edit(id, stars.unwrap_or(known), text)
    }

    fn remove(&self, id: &str) -> Result<(), Refusal> {
        self.remove(id)
    }

    fn places(&self) -> Value {
        let state = hold(&self.state);
        let items: Vec<Value> = state
            .reviews
            .iter()
            .map(|review| {
                let id = review.id.to_string();
                let below: Vec<&str> = state
                    .replies
                    .iter()
                    .filter(|(of, _)| *of == review.id)
                    .map(|(_, text)| text.as_str())
                    .collect();
                let shown = Shown {
                    id: &id,
                    author: &review.author,
                    stars: Some(review.rating),
                    text: &review.body,
                    created: review.created,
                    updated: Some(review.updated).filter(|at| *at != review.created),
                    removed: None,
                    reply: below.last().map(|text| (*text, review.created, true)),
                    publications: u32::try_from(below.len()).unwrap_or(u32::MAX),
                };
                shown.json()
            })
            .collect();
        let shop = self.place();
        let items = items.iter().map(|item| (shop.id.as_str(), item.clone()));
        places(std::slice::from_ref(&shop), items)
    }

    fn written(&self) -> Vec<Known> {
        let state = hold(&self.state);
        let known = state.reviews.iter().map(|review| Known {
            id: review.id.to_string(),
            author: review.author.clone(),
            place: name_of(&[self.place()], &self.settings.shop_domain),
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
