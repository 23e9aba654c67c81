//! A stand-in for Judge.me: a list that ends at its hundredth page, answers that are taken and never shown again but to
//! customers, and webhooks signed over the whole review.

mod api;
mod hook;
mod site;
mod state;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::sync::Mutex;

pub use api::router;
pub use state::Curated;
pub use state::Review;

use crate::Now;
use crate::sites::Refusal;
use crate::sites::faults::Call;
use crate::sites::faults::Door;
use crate::sites::faults::Fault;
use crate::sites::hold;
use crate::sites::outbox;
use state::State;

#[derive(Debug, Clone)]
pub struct Settings {
    pub shop_domain: String,
    pub api_token: String,
    pub webhook: Option<Webhook>,
}

#[derive(Debug, Clone)]
pub struct Webhook {
    pub url: String,
    pub secret: String,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            shop_domain: "garten.myshopify.com".into(),
            api_token: "sandbox-private-token".into(),
            webhook: None,
        }
    }
}

pub struct Judgeme {
    now: Now,
    settings: Settings,
    state: Mutex<State>,
    door: Arc<Door>,
    http: Option<reqwest::Client>,
    /// Event and review, still to be told.
    news: Mutex<Vec<(&'static str, u64)>>,
}

impl Judgeme {
    pub fn new(now: Now, settings: Settings) -> Arc<Judgeme> {
        Arc::new(Judgeme {
            door: Door::new(now.clone(), api::refuse),
            now,
            settings,
            state: Mutex::default(),
            http: outbox::client(),
            news: Mutex::default(),
        })
    }

    pub fn write(&self, author: &str, stars: u8, text: &str) -> Result<String, Refusal> {
        if !(1..=5).contains(&stars) {
            return Err(Refusal::Stars);
        }
        let id = hold(&self.state).write(author, stars, text, (self.now)());
        self.tell("review/created", id);
        Ok(id.to_string())
    }

    pub fn edit(&self, id: &str, stars: u8, text: &str) -> Result<(), Refusal> {
        self.change(id, |review| {
            review.rating = stars;
            review.body = text.into();
        })
    }

    /// The shop's people publish it, take it for spam, or have not looked yet.
    pub fn curate(&self, id: &str, curated: Curated) -> Result<(), Refusal> {
        self.change(id, |review| review.curated = curated)
    }

    /// No webhook tells that.
    pub fn remove(&self, id: &str) -> Result<(), Refusal> {
        let id = number(id)?;
        let mut state = hold(&self.state);
        state.find_mut(id)?;
        state.reviews.retain(|review| review.id != id);
        drop(state);
        self.door.touch();
        Ok(())
    }

    /// What customers read below it. What was removed is still remembered.
    pub fn replies(&self, id: &str) -> Vec<String> {
        let state = hold(&self.state);
        let below = state
            .replies
            .iter()
            .filter(|(review, _)| review.to_string() == id);
        below.map(|(_, content)| content.clone()).collect()
    }

    pub fn fault(&self, fault: Fault, count: u32) {
        self.door.queue(fault, None, count);
    }

    pub fn calls(&self) -> Vec<Call> {
        self.door.calls()
    }

    fn change(&self, id: &str, change: impl FnOnce(&mut Review)) -> Result<(), Refusal> {
        let id = number(id)?;
        let mut state = hold(&self.state);
        let review = state.find_mut(id)?;
        change(review);
        review.updated = (self.now)();
        drop(state);
        self.tell("review/updated", id);
        Ok(())
    }

    fn tell(&self, event: &'static str, id: u64) {
        hold(&self.news).push((event, id));
        self.door.touch();
    }
}

fn number(id: &str) -> Result<u64, Refusal> {
    id.parse().map_err(|_| Refusal::NoSuchItem)
}
