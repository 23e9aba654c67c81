//! A stand-in for the reviews of the Play Developer API on the documented wire format: a service account that signs itself in,
//! a window of seven days, odd paging, one reply per review that nobody can take back.

mod access;
mod api;
mod site;
mod state;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::sync::Mutex;

use chrono::TimeDelta;
use serde_json::json;

pub use api::router;
pub use state::Reply;
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

/// What was written or changed longer ago is not shown.
pub const WINDOW: TimeDelta = TimeDelta::days(7);

/// How the listing goes on: as it is documented, or as people report it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paging {
    Documented,
    /// There would be more, and nothing says how to come to it.
    NoToken,
    /// Each page names the first page's successor.
    Repeating,
}

#[derive(Debug, Clone)]
pub struct Settings {
    pub app: Place,
    pub service_account: String,
    pub paging: Paging,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            app: Place::new("com.example.garden", "Gartenhelfer"),
            service_account: "care@sandbox.iam.gserviceaccount.com".into(),
            paging: Paging::Documented,
        }
    }
}

pub struct Play {
    now: Now,
    settings: Settings,
    state: Mutex<State>,
    door: Arc<Door>,
}

/// A review as people see it in the store, and how often any reply to it was ever put there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Public {
    pub author: String,
    pub stars: u8,
    pub text: Option<String>,
    pub reply: Option<String>,
    pub replies: u32,
}

impl Play {
    pub fn new(now: Now, settings: Settings) -> Arc<Play> {
        Arc::new(Play {
            door: Door::new(now.clone(), api::refuse),
            now,
            settings,
            state: Mutex::default(),
        })
    }

    /// The key file that Google Cloud hands out for the service account.
    pub fn key_file(&self) -> String {
        let account = &self.settings.service_account;
        json!({
            "type": "service_account", "project_id": "sandbox", "private_key_id": access::KEY_ID,
            "private_key": access::private_key(), "client_email": account, "client_id": "104000000000000002071",
            "token_uri": "https://oauth2.googleapis.com/token",
        })
        .to_string()
    }

    /// A customer writes a review; without words it is a rating only, which the interface does not show.
    pub fn write(&self, author: &str, stars: u8, title: &str, text: &str) -> Result<String, Refusal> {
        let id = hold(&self.state).write(author, stars, title, text, (self.now)())?;
        self.door.touch();
        Ok(id)
    }

    /// Keeps the stars when none are given.
    pub fn edit(&self, review: &str, stars: Option<u8>, text: &str) -> Result<(), Refusal> {
        hold(&self.state).edit(review, stars, text, (self.now)())?;
        self.door.touch();
        Ok(())
    }

    pub fn remove(&self, review: &str) -> Result<(), Refusal> {
        hold(&self.state).remove(review, (self.now)())?;
        self.door.touch();
        Ok(())
    }

    /// A colleague answers in the Play Console.
    pub fn answer(&self, review: &str, text: &str) -> Result<(), Refusal> {
        hold(&self.state).reply(review, text, (self.now)())?;
        self.door.touch();
        Ok(())
    }

    /// `None` once the customer has removed it. The store knows no window.
    pub fn public(&self, review: &str) -> Option<Public> {
        let state = hold(&self.state);
        let review = state.find(review).ok()?;
        Some(Public {
            author: review.author.clone(),
            stars: review.stars,
            text: review.text.clone(),
            reply: review.reply.as_ref().map(|r| r.text.clone()),
            replies: review.replies,
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

    /// Ends every access token now, as if its hour were over.
    pub fn expire_tokens(&self) {
        hold(&self.state).tokens.clear();
    }
}
