//! A stand-in for a shop's own review site: it pushes reviews and questions to the bot and takes the answers, both
//! signed by Standard Webhooks 1.0. The generic source for every site without an API of its own.

mod api;
mod state;
#[cfg(test)]
mod tests;
pub mod webhook;

use std::sync::Arc;
use std::sync::Mutex;

use async_trait::async_trait;
use axum::Router;
use chrono::TimeDelta;
use serde_json::Value;
use serde_json::json;

pub use api::router;
pub use state::Item;
pub use state::Kind;
pub use state::Reply;

use crate::Now;
use crate::samples;
use crate::sites::Refusal;
use crate::sites::faults::Aim;
use crate::sites::faults::Call;
use crate::sites::faults::Door;
use crate::sites::faults::Fault;
use crate::sites::hold;
use crate::sites::millis;
use crate::sites::outbox;
use crate::sites::outbox::Delivery;
use crate::sites::site::Known;
use crate::sites::site::Site;
use crate::sites::site::Written;
use state::State;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Product {
    pub id: String,
    pub name: String,
    pub url: String,
    pub sku: String,
}

#[derive(Debug, Clone)]
pub struct Settings {
    /// Where the bot listens; without it nothing is pushed.
    pub hook_url: Option<String>,
    /// Signs what the shop sends.
    pub hook_secret: String,
    /// Signs what the shop receives.
    pub reply_secret: String,
    pub products: Vec<Product>,
    /// Where permalinks point to.
    pub public_url: String,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            hook_url: None,
            hook_secret: "whsec_c2FuZGJveC1ob29rLXNlY3JldC1ub3QtYS1zZWNyZXQ=".into(),
            reply_secret: "whsec_c2FuZGJveC1yZXBseS1zZWNyZXQtbm90LWEtc2VjcmV0".into(),
            products: samples::products(),
            public_url: "http://localhost:8080".into(),
        }
    }
}

pub struct Shop {
    now: Now,
    settings: Settings,
    state: Mutex<State>,
    door: Arc<Door>,
    http: Option<reqwest::Client>,
}

/// An item as customers see it, and how often a reply ever became public on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Public {
    pub author: String,
    pub stars: Option<u8>,
    pub text: String,
    pub reply: Option<String>,
    pub publications: u32,
}

impl Shop {
    pub fn new(now: Now, settings: Settings) -> Arc<Shop> {
        Arc::new(Shop {
            door: Door::new(now.clone(), api::refuse),
            now,
            settings,
            state: Mutex::default(),
            http: outbox::client(),
        })
    }

    /// A customer writes: a review has stars, everything else has none. The push leaves at the next `tick`.
    pub fn write(
        &self,
        product: &str,
        author: &str,
        kind: Kind,
        stars: Option<u8>,
        text: &str,
    ) -> Result<String, Refusal> {
        if !self.settings.products.iter().any(|p| p.id == product) {
            return Err(Refusal::NoSuchPlace);
        }
        let mut state = hold(&self.state);
        let id = state.write(product, author, kind, stars, text, (self.now)())?;
        self.announce(&mut state, &id, "item.created");
        drop(state);
        self.door.touch();
        Ok(id)
    }

    /// Reviews that the shop has had for long and does not push: an import brings them.
    pub fn stock(&self, items: impl IntoIterator<Item = Item>) {
        hold(&self.state).items.extend(items);
        self.door.touch();
    }

    /// Keeps the stars when none are given.
    pub fn edit(&self, item: &str, stars: Option<u8>, text: &str) -> Result<(), Refusal> {
        let mut state = hold(&self.state);
        state.edit(item, stars, text, (self.now)())?;
        self.announce(&mut state, item, "item.updated");
        drop(state);
        self.door.touch();
        Ok(())
    }

    pub fn remove(&self, item: &str) -> Result<(), Refusal> {
        let mut state = hold(&self.state);
        self.announce(&mut state, item, "item.removed");
        state.remove(item, (self.now)())?;
        drop(state);
        self.door.touch();
        Ok(())
    }

    /// Sends items again as one batch, as a shop does after an import.
    pub fn push_batch(&self, items: &[String]) -> Result<(), Refusal> {
        let mut state = hold(&self.state);
        let found = items.iter().map(|id| Ok(self.wire(state.find(id)?)));
        let data = found.collect::<Result<Vec<Value>, Refusal>>()?;
        self.enqueue(&mut state, "items", json!(data));
        Ok(())
    }

    /// `None` once the customer has removed it.
    pub fn public(&self, item: &str) -> Option<Public> {
        let state = hold(&self.state);
        let item = state.find(item).ok()?;
        Some(Public {
            author: item.author.clone(),
            stars: item.stars,
            text: item.text.clone(),
            reply: item.reply.as_ref().map(|r| r.body.clone()),
            publications: item.publications,
        })
    }

    /// Everything ever written, in the order of writing, removed items too.
    pub fn items(&self) -> Vec<Item> {
        hold(&self.state).items.clone()
    }

    pub fn fault(&self, fault: Fault, count: u32) {
        self.door.queue(fault, None, count);
    }

    pub fn fault_on(&self, aim: Aim, fault: Fault, count: u32) {
        self.door.queue(fault, Some(aim), count);
    }

    pub fn heal(&self) {
        self.door.heal();
    }

    /// What its own service was told, each call once, in the order of their ids.
    pub fn called(&self) -> Vec<Value> {
        hold(&self.state).called.values().cloned().collect()
    }

    pub fn calls(&self) -> Vec<Call> {
        self.door.calls()
    }

    pub fn door(&self) -> &Door {
        &self.door
    }

    pub fn deliveries(&self) -> Vec<Delivery> {
        hold(&self.state).outbox.deliveries.clone()
    }

    /// Sends a delivery once more under its old `webhook-id`.
    pub fn resend(&self, delivery: &str) -> bool {
        hold(&self.state).outbox.resend(delivery, (self.now)())
    }

    fn wire(&self, item: &Item) -> Value {
        let product = self.settings.products.iter().find(|p| p.id == item.product);
        product
            .map(|p| item.wire(p, &self.settings.public_url))
            .unwrap_or_default()
    }

    fn announce(&self, state: &mut State, item: &str, event: &str) {
        if let Ok(item) = state.find(item) {
            let data = self.wire(item);
            self.enqueue(state, event, data);
        }
    }

    fn enqueue(&self, state: &mut State, event: &str, data: Value) {
        if self.settings.hook_url.is_none() {
            return;
        }
        let now = (self.now)();
        let id = format!("msg_shop{:06}", state.outbox.deliveries.len() + 1);
        let body = json!({"type": event, "timestamp": millis(now), "data": data});
        state.outbox.put(id, body.to_string(), now);
    }

    /// Pushes what is due. The clock never runs by itself here.
    pub async fn tick(&self) {
        let Some(url) = &self.settings.hook_url else {
            return;
        };
        let due = hold(&self.state).outbox.take_due((self.now)());
        for delivery in due {
            let now = (self.now)();
            let signature = webhook::sign(
                &self.settings.hook_secret,
                &delivery.id,
                now,
                delivery.body.as_bytes(),
            );
            let answer = match (&self.http, signature) {
                (Some(http), Some(signature)) => {
                    let request = http
                        .post(url)
                        .header("webhook-id", &delivery.id)
                        .header("webhook-timestamp", now.timestamp())
                        .header("webhook-signature", signature);
                    outbox::post(request.body(delivery.body)).await
                }
                (Some(_), None) | (None, _) => None,
            };
            hold(&self.state).outbox.settle(&delivery.id, answer, now, pause);
        }
    }

    pub fn export(&self) -> Value {
        json!(*hold(&self.state))
    }

    pub fn import(&self, state: Value) -> Result<(), serde_json::Error> {
        let mut state: State = serde_json::from_value(state)?;
        state.outbox.wake((self.now)());
        *hold(&self.state) = state;
        self.door.touch();
        Ok(())
    }
}

#[async_trait]
impl Site for Shop {
    fn word(&self) -> &'static str {
        "shop"
    }

    fn name(&self) -> &'static str {
        "Gartenshop"
    }

    fn mark(&self) -> &'static str {
        "GS"
    }

    fn kinds(&self) -> &'static [Kind] {
        &[Kind::Review, Kind::Question]
    }

    fn router(self: Arc<Self>) -> Router {
        router(self)
    }

    fn door(&self) -> &Door {
        &self.door
    }

    fn write(&self, written: Written<'_>) -> Result<String, Refusal> {
        let Written {
            place,
            author,
            kind,
            stars,
            text,
        } = written;
        self.write(place, author, kind, stars, text)
    }

    fn edit(&self, id: &str, stars: Option<u8>, text: &str) -> Result<(), Refusal> {
        self.edit(id, stars, text)
    }

    fn remove(&self, id: &str) -> Result<(), Refusal> {
        self.remove(id)
    }

    fn places(&self) -> Value {
        let state = hold(&self.state);
        let places = self.settings.products.iter().map(|product| {
            let items = state.items.iter().rev().filter(|i| i.product == product.id);
            let items: Vec<Value> = items.map(|i| i.overview(&self.settings.public_url)).collect();
            json!({"id": product.id, "name": product.name, "items": items})
        });
        places.collect()
    }

    fn written(&self) -> Vec<Known> {
        let places = &self.settings.products;
        let known = self.items().into_iter().map(|item| {
            let place = places.iter().find(|place| place.id == item.product);
            Known {
                id: item.id,
                author: item.author,
                place: place.map_or(item.product, |place| place.name.clone()),
            }
        });
        known.collect()
    }

    async fn tick(&self) {
        self.tick().await;
    }

    fn export(&self) -> Value {
        self.export()
    }

    fn import(&self, memory: Value) -> Result<(), serde_json::Error> {
        self.import(memory)
    }
}

/// The standard's schedule: the pause after the nth attempt.
fn pause(attempts: u32) -> Option<TimeDelta> {
    const SECONDS: [i64; 9] = [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400];
    let nth = usize::try_from(attempts.saturating_sub(1)).ok()?;
    SECONDS.get(nth).map(|s| TimeDelta::seconds(*s))
}
