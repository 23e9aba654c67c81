//! A stand-in for Trustpilot's service reviews on the documented wire format: the private list by pages, one answer for each
//! review, calls to us that nobody signs. What customers do and what they see is called from Rust.

mod access;
mod api;
mod hook;
mod site;
mod state;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::sync::Mutex;

pub use api::router;
pub use hook::body;
pub use state::Review;

use crate::Now;
use crate::sites::Place;
use crate::sites::Refusal;
use crate::sites::faults::Aim;
use crate::sites::faults::Call;
use crate::sites::faults::Door;
use crate::sites::faults::Fault;
use crate::sites::hold;
use crate::sites::outbox;
use crate::sites::outbox::Delivery;
use state::State;

#[derive(Debug, Clone)]
pub struct Settings {
    pub api_key: String,
    pub api_secret: String,
    /// Who may answer.
    pub business_user: String,
    pub business_units: Vec<Place>,
    /// Where it calls when a review is written, changed or removed.
    pub hook_url: Option<String>,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            api_key: "sandbox-key".into(),
            api_secret: "sandbox-secret".into(),
            business_user: "5f2ab7e6f3c2a80001a9b1d4".into(),
            business_units: vec![Place::new("46d6a890000064000500e0c3", "Gartenshop")],
            hook_url: None,
        }
    }
}

pub struct Trustpilot {
    now: Now,
    settings: Settings,
    state: Mutex<State>,
    door: Arc<Door>,
    http: Option<reqwest::Client>,
}

/// A review as a customer sees it, and how often any answer to it was ever put there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Public {
    pub stars: u8,
    pub text: String,
    pub reply: Option<String>,
    pub posts: u32,
}

impl Trustpilot {
    pub fn new(now: Now, settings: Settings) -> Arc<Trustpilot> {
        Arc::new(Trustpilot {
            door: Door::new(now.clone(), api::refuse),
            now,
            settings,
            state: Mutex::default(),
            http: outbox::client(),
        })
    }

    pub fn write(
        &self,
        unit: &str,
        author: &str,
        stars: u8,
        title: &str,
        text: &str,
    ) -> Result<String, Refusal> {
        if !self.settings.business_units.iter().any(|u| u.id == unit) {
            return Err(Refusal::NoSuchPlace);
        }
        let mut state = hold(&self.state);
        let id = state.write(unit, author, stars, title, text, (self.now)())?;
        self.announce(&mut state, &id, "created");
        drop(state);
        self.door.touch();
        Ok(id)
    }

    /// The customer comes back to what they wrote.
    pub fn edit(&self, review: &str, stars: u8, text: &str) -> Result<(), Refusal> {
        let mut state = hold(&self.state);
        state.edit(review, stars, text, (self.now)())?;
        self.announce(&mut state, review, "updated");
        drop(state);
        self.door.touch();
        Ok(())
    }

    pub fn remove(&self, review: &str) -> Result<(), Refusal> {
        let mut state = hold(&self.state);
        self.announce(&mut state, review, "deleted");
        state.remove(review)?;
        drop(state);
        self.door.touch();
        Ok(())
    }

    /// A colleague answers on Trustpilot's own page; no call of ours.
    pub fn answer(&self, review: &str, text: &str) -> Result<(), Refusal> {
        hold(&self.state).reply(review, &self.settings.business_user, text, (self.now)())?;
        self.door.touch();
        Ok(())
    }

    /// `None` once the customer has removed it.
    pub fn public(&self, review: &str) -> Option<Public> {
        let state = hold(&self.state);
        let review = state.find(review).ok()?;
        Some(Public {
            stars: review.stars,
            text: review.text.clone(),
            reply: review.reply.as_ref().map(|reply| reply.text.clone()),
            posts: review.posts,
        })
    }

    pub fn fault_on(&self, aim: Aim, fault: Fault, count: u32) {
        self.door.queue(fault, Some(aim), count);
    }

    pub fn heal(&self) {
        self.door.heal();
    }

    pub fn calls(&self) -> Vec<Call> {
        self.door.calls()
    }

    /// Ends every access token now, as if its hundred hours were over.
    pub fn expire_tokens(&self) {
        hold(&self.state).tokens.clear();
    }

    pub fn deliveries(&self) -> Vec<Delivery> {
        hold(&self.state).outbox.deliveries.clone()
    }

    /// Calls what is due. The clock never runs by itself here.
    pub async fn tick(&self) {
        self.call_due().await;
    }
}
