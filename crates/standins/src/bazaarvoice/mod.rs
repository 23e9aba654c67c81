//! A stand-in for Bazaarvoice on its documented wire formats: reviews and questions of the Conversations API, answers that
//! moderators look at, and the Response API with its tokens. What customers and moderators do is called from Rust.

mod access;
mod api;
mod response;
mod site;
mod state;
mod submit;
#[cfg(test)]
mod tests;
mod wire;

use std::sync::Arc;
use std::sync::Mutex;

use chrono::DateTime;
use chrono::TimeDelta;
use chrono::Utc;

pub use api::router;
pub use state::Stage;

use crate::Now;
use crate::shop::Kind;
use crate::sites::Place;
use crate::sites::Refusal;
use crate::sites::faults::Call;
use crate::sites::faults::Door;
use crate::sites::faults::Fault;
use crate::sites::hold;
use crate::sites::site::Verdict;
use state::State;

#[derive(Debug, Clone)]
pub struct Settings {
    /// Its name at Bazaarvoice.
    pub client: String,
    pub passkey: String,
    /// Of the Response API.
    pub response_passkey: String,
    pub client_id: String,
    pub client_secret: String,
    pub refresh_token: String,
    /// Who answers questions.
    pub user: String,
    pub products: Vec<Place>,
    /// The product whose reviews its manufacturer collected.
    pub syndicated: String,
    /// How long moderators take; none: until somebody judges.
    pub moderated: Option<TimeDelta>,
    /// How much later customers see a client's response than the Response API does.
    pub lag: TimeDelta,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            client: "gartenmarkt".into(),
            passkey: "sandbox-conversations".into(),
            response_passkey: "sandbox-response".into(),
            client_id: "sandbox-client".into(),
            client_secret: "sandbox-client-secret".into(),
            refresh_token: "sandbox-refresh".into(),
            user: "service-gartenmarkt".into(),
            products: vec![
                Place::new("SKU-1002", "Mixer Brausewind"),
                Place::new("SKU-2040", "Wasserkocher Silberreiher"),
            ],
            syndicated: "SKU-2040".into(),
            moderated: Some(TimeDelta::seconds(20)),
            lag: TimeDelta::minutes(10),
        }
    }
}

pub struct Bazaarvoice {
    now: Now,
    settings: Settings,
    state: Mutex<State>,
    door: Arc<Door>,
}

/// What customers see below an item, and how often an answer became public there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Public {
    pub replies: Vec<String>,
    pub publications: u32,
}

impl Bazaarvoice {
    pub fn new(now: Now, settings: Settings) -> Arc<Bazaarvoice> {
        Arc::new(Bazaarvoice {
            door: Door::new(now.clone(), api::refuse),
            now,
            settings,
            state: Mutex::default(),
        })
    }

    pub fn review(&self, product: &str, author: &str, stars: u8, text: &str) -> Result<String, Refusal> {
        if !(1..=5).contains(&stars) {
            return Err(Refusal::Stars);
        }
        self.put(Kind::Review, product, author, stars, text)
    }

    pub fn ask(&self, product: &str, author: &str, text: &str) -> Result<String, Refusal> {
        self.put(Kind::Question, product, author, 0, text)
    }

    pub fn edit(&self, id: &str, stars: Option<u8>, text: &str) -> Result<(), Refusal> {
        let now = self.clock();
        let mut state = hold(&self.state);
        let item = state.find_mut(id)?;
        item.stars = stars.unwrap_or(item.stars);
        item.text = text.into();
        item.modified = now;
        drop(state);
        self.door.touch();
        Ok(())
    }

    pub fn remove(&self, id: &str) -> Result<(), Refusal> {
        let mut state = hold(&self.state);
        state.find(id)?;
        state.items.retain(|item| item.id != id);
        drop(state);
        self.door.touch();
        Ok(())
    }

    /// Moderators look at the newest answer to a question.
    pub fn judge(&self, question: &str, verdict: Verdict) -> Result<(), Refusal> {
        let now = self.clock();
        let stage = match verdict {
            Verdict::Approve => Stage::Approved,
            Verdict::Reject => Stage::Rejected,
        };
        hold(&self.state).judge(question, stage, now)?;
        self.door.touch();
        Ok(())
    }

    /// `None` once it is gone.
    pub fn public(&self, id: &str) -> Option<Public> {
        let state = hold(&self.state);
        state.find(id).ok()?;
        let responses = state.responses.iter().filter(|r| r.review == id).map(|r| &r.text);
        let answers = state.answers.iter().filter(|a| a.question == id);
        let shown = answers.filter(|a| a.stage == Stage::Approved).map(|a| &a.text);
        Some(Public {
            replies: responses.chain(shown).cloned().collect(),
            publications: state.published(id),
        })
    }

    /// What was ever submitted as an answer to a question, whatever became of it.
    pub fn submitted(&self, question: &str) -> usize {
        let state = hold(&self.state);
        state.answers.iter().filter(|a| a.question == question).count()
    }

    pub fn fault(&self, fault: Fault, count: u32) {
        self.door.queue(fault, None, count);
    }

    pub fn calls(&self) -> Vec<Call> {
        self.door.calls()
    }

    /// The time by which everything here happens.
    pub fn clock(&self) -> DateTime<Utc> {
        (self.now)()
    }

    fn put(&self, kind: Kind, product: &str, author: &str, stars: u8, text: &str) -> Result<String, Refusal> {
        if !self.settings.products.iter().any(|p| p.id == product) {
            return Err(Refusal::NoSuchPlace);
        }
        let is_syndicated = kind == Kind::Review && product == self.settings.syndicated;
        let now = self.clock();
        let id = hold(&self.state).put(state::Item {
            id: String::new(),
            kind,
            product: product.into(),
            author: author.into(),
            stars,
            text: text.into(),
            submitted: now,
            modified: now,
            is_syndicated,
        });
        self.door.touch();
        Ok(id)
    }
}
