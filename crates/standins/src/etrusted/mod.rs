//! A stand-in for eTrusted's reviews on the documented wire format: lists read on from review to review, one answer for each
//! review, moderators. What customers and moderators do and what they see is called from Rust.

mod access;
mod api;
mod site;
mod state;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::sync::Mutex;

pub use api::router;
pub use state::Product;
pub use state::Review;
pub use state::Stage;

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
    pub client_id: String,
    pub client_secret: String,
    pub channels: Vec<Place>,
    /// Whether reviews wait for moderators before customers read them.
    pub held: bool,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            client_id: "sandbox-client".into(),
            client_secret: "sandbox-client-secret".into(),
            channels: vec![Place::new(
                "chl-3cd85eba-c280-441e-b90a-5760b8b80410",
                "Gartenshop",
            )],
            held: false,
        }
    }
}

pub struct Etrusted {
    now: Now,
    settings: Settings,
    state: Mutex<State>,
    door: Arc<Door>,
}

/// A review as a customer sees it, and how often any answer to it was ever saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Public {
    pub stars: u8,
    pub text: String,
    pub reply: Option<String>,
    pub saves: u32,
    /// E-mails that told the customer of an answer.
    pub mails: u32,
}

impl Etrusted {
    pub fn new(now: Now, settings: Settings) -> Arc<Etrusted> {
        Arc::new(Etrusted {
            door: Door::new(now.clone(), api::refuse),
            now,
            settings,
            state: Mutex::default(),
        })
    }

    /// A customer writes about a shop, or about something that they bought there.
    pub fn write(
        &self,
        channel: &str,
        product: Option<Product>,
        stars: u8,
        text: &str,
    ) -> Result<String, Refusal> {
        if !self.settings.channels.iter().any(|c| c.id == channel) {
            return Err(Refusal::NoSuchPlace);
        }
        let stage = match self.settings.held {
            true => Stage::Moderation,
            false => Stage::Approved,
        };
        let id = hold(&self.state).write(channel, product, stars, text, stage, (self.now)())?;
        self.door.touch();
        Ok(id)
    }

    pub fn edit(&self, review: &str, stars: u8, text: &str) -> Result<(), Refusal> {
        hold(&self.state).edit(review, stars, text, (self.now)())?;
        self.door.touch();
        Ok(())
    }

    pub fn remove(&self, review: &str) -> Result<(), Refusal> {
        hold(&self.state).remove(review)?;
        self.door.touch();
        Ok(())
    }

    /// Moderators decide, or look once more because somebody objected.
    pub fn moderate(&self, review: &str, stage: Stage) -> Result<(), Refusal> {
        hold(&self.state).moderate(review, stage, (self.now)())?;
        self.door.touch();
        Ok(())
    }

    /// None when it is not there, or not for customers.
    pub fn public(&self, review: &str) -> Option<Public> {
        let state = hold(&self.state);
        let review = state.find(review).ok()?;
        (review.stage == Stage::Approved).then(|| Public {
            stars: review.stars,
            text: review.text.clone(),
            reply: review.reply.as_ref().map(|reply| reply.comment.clone()),
            saves: review.saves,
            mails: review.mails,
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
}
