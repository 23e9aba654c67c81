//! A stand-in for the customer reviews of the App Store Connect API on the documented wire format: tokens that the caller signs,
//! JSON:API with its pages, one response per review that customers see a while later.

mod access;
mod api;
mod site;
mod state;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::sync::Mutex;

use chrono::TimeDelta;

pub use api::router;
pub use state::Response;
pub use state::Review;

use crate::Now;
use crate::sites::Place;
use crate::sites::Refusal;
use crate::sites::faults::Aim;
use crate::sites::faults::Call;
use crate::sites::faults::Door;
use crate::sites::faults::Fault;
use crate::sites::hold;
use state::State;

#[derive(Debug, Clone)]
pub struct Settings {
    pub app: Place,
    pub issuer_id: String,
    pub key_id: String,
    /// Between taking a response and showing it.
    pub delay: TimeDelta,
    /// Whether each page names itself as the next one.
    pub repeats: bool,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            app: Place::new("1071000001", "Gartenhelfer"),
            issuer_id: "69a6de70-0000-4000-8000-000000001071".into(),
            key_id: "SANDBOXKEY".into(),
            delay: TimeDelta::seconds(8),
            repeats: false,
        }
    }
}

pub struct AppStore {
    now: Now,
    settings: Settings,
    state: Mutex<State>,
    door: Arc<Door>,
}

/// A review as people see it in the store, and how often any response to it was ever put there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Public {
    pub author: String,
    pub stars: u8,
    pub text: String,
    /// Only a published one is public.
    pub response: Option<String>,
    pub responses: u32,
}

impl AppStore {
    pub fn new(now: Now, settings: Settings) -> Arc<AppStore> {
        Arc::new(AppStore {
            door: Door::new(now.clone(), api::refuse),
            now,
            settings,
            state: Mutex::default(),
        })
    }

    /// The file `AuthKey_….p8`.
    pub fn key_file(&self) -> String {
        access::private_key()
    }

    pub fn write(&self, author: &str, stars: u8, title: &str, text: &str) -> Result<String, Refusal> {
        let id = hold(&self.state).write(author, stars, title, text, (self.now)())?;
        self.door.touch();
        Ok(id)
    }

    /// Keeps the stars when none are given. Nothing but the words tells of it.
    pub fn edit(&self, review: &str, stars: Option<u8>, text: &str) -> Result<(), Refusal> {
        hold(&self.state).edit(review, stars, text)?;
        self.door.touch();
        Ok(())
    }

    pub fn remove(&self, review: &str) -> Result<(), Refusal> {
        hold(&self.state).remove(review, (self.now)())?;
        self.door.touch();
        Ok(())
    }

    /// `None` once the customer has removed it.
    pub fn public(&self, review: &str) -> Option<Public> {
        let now = (self.now)();
        let state = hold(&self.state);
        let review = state.find(review).ok()?;
        let response = review.response.as_ref();
        Some(Public {
            author: review.author.clone(),
            stars: review.stars,
            text: review.text.clone(),
            response: response
                .filter(|r| r.is_public(now, self.settings.delay))
                .map(|r| r.text.clone()),
            responses: review.responses,
        })
    }

    pub fn fault(&self, fault: Fault, count: u32) {
        self.door.queue(fault, None, count);
    }

    pub fn fault_on(&self, aim: Aim, fault: Fault, count: u32) {
        self.door.queue(fault, Some(aim), count);
    }

    pub fn calls(&self) -> Vec<Call> {
        self.door.calls()
    }
}
