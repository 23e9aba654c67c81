//! A stand-in for the Google Business Profile reviews API on the documented wire format: OAuth, paging, one moderated
//! reply per review, signed Pub/Sub pushes. What customers do and what they see is called from Rust or the demo page.

mod access;
mod api;
mod push;
mod state;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::sync::Mutex;

use async_trait::async_trait;
use axum::Router;
use chrono::DateTime;
use chrono::TimeDelta;
use chrono::Utc;
use serde_json::Value;
use serde_json::json;

pub use api::router;
pub use state::Reply;
pub use state::ReplyState;
pub use state::Review;

use crate::Now;
use crate::samples;
use crate::shop::Kind;
use crate::sites::Place;
use crate::sites::Refusal;
use crate::sites::faults::Aim;
use crate::sites::faults::Call;
use crate::sites::faults::Door;
use crate::sites::faults::Fault;
use crate::sites::hold;
use crate::sites::outbox;
use crate::sites::outbox::Delivery;
use crate::sites::site::Known;
use crate::sites::site::Site;
use crate::sites::site::Verdict;
use crate::sites::site::Written;
use state::State;

/// How replies are moderated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moderation {
    /// Judged after this time: approved, or rejected when it carries a telephone number.
    After(TimeDelta),
    /// Stays PENDING until somebody calls `approve` or `reject`.
    Held,
}

/// Where new reviews are announced, as a Pub/Sub push subscription would.
#[derive(Debug, Clone)]
pub struct Push {
    pub url: String,
    pub audience: String,
    pub service_account: String,
    pub subscription: String,
}

#[derive(Debug, Clone)]
pub struct Settings {
    pub client_id: String,
    pub client_secret: String,
    pub refresh_token: String,
    pub account: String,
    pub locations: Vec<Place>,
    pub moderation: Moderation,
    pub push: Option<Push>,
    /// Where `reviewReplyUrl` points to.
    pub public_url: String,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            client_id: "sandbox-client".into(),
            client_secret: "sandbox-client-secret".into(),
            refresh_token: "sandbox-refresh-token".into(),
            account: "1071".into(),
            locations: samples::locations(),
            moderation: Moderation::After(TimeDelta::seconds(8)),
            push: None,
            public_url: "http://localhost:8080".into(),
        }
    }
}

pub struct Google {
    now: Now,
    settings: Settings,
    state: Mutex<State>,
    door: Arc<Door>,
    http: Option<reqwest::Client>,
}

/// A review as a customer sees it, and how often any reply to it was ever put there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Public {
    pub author: String,
    pub stars: u8,
    pub text: Option<String>,
    /// Only an approved reply is public.
    pub reply: Option<String>,
    pub puts: u32,
}

impl Google {
    pub fn new(now: Now, settings: Settings) -> Arc<Google> {
        Arc::new(Google {
            door: Door::new(now.clone(), api::refuse),
            now,
            settings,
            state: Mutex::default(),
            http: outbox::client(),
        })
    }

    /// A customer writes a review; an empty text makes it a rating only.
    pub fn write(&self, location: &str, author: &str, stars: u8, text: &str) -> Result<String, Refusal> {
        if !self.settings.locations.iter().any(|l| l.id == location) {
            return Err(Refusal::NoSuchPlace);
        }
        let now = (self.now)();
        let mut state = hold(&self.state);
        let id = state.write(location, author, stars, text, now)?;
        self.announce(&mut state, &id, "NEW_REVIEW");
        drop(state);
        self.door.touch();
        Ok(id)
    }

    /// A review that has been there for long; nobody is told of it any more.
    pub fn stock(&self, review: Review) {
        hold(&self.state).reviews.push(review);
        self.door.touch();
    }

    /// The answer to such a review, long since judged.
    pub fn answered(&self, review: &str, comment: &str, at: DateTime<Utc>) {
        let mut state = hold(&self.state);
        for review in state.reviews.iter_mut().filter(|r| r.id == review) {
            review.puts += 1;
            review.reply = Some(Reply {
                comment: comment.to_owned(),
                updated: at,
                state: ReplyState::Approved,
                policy_violation: None,
            });
        }
        drop(state);
        self.door.touch();
    }

    /// Keeps the stars when none are given.
    pub fn edit(&self, review: &str, stars: Option<u8>, text: &str) -> Result<(), Refusal> {
        let mut state = hold(&self.state);
        state.edit(review, stars, text, (self.now)())?;
        self.announce(&mut state, review, "UPDATED_REVIEW");
        drop(state);
        self.door.touch();
        Ok(())
    }

    /// Google announces no removal; the review is just no longer there.
    pub fn remove(&self, review: &str) -> Result<(), Refusal> {
        hold(&self.state).remove(review, (self.now)())?;
        self.door.touch();
        Ok(())
    }

    pub fn approve(&self, review: &str) -> Result<(), Refusal> {
        self.judge(review, ReplyState::Approved, None)
    }

    pub fn reject(&self, review: &str) -> Result<(), Refusal> {
        self.judge(review, ReplyState::Rejected, Some("OFF_TOPIC"))
    }

    fn judge(&self, review: &str, verdict: ReplyState, violation: Option<&str>) -> Result<(), Refusal> {
        hold(&self.state).judge(review, verdict, violation)?;
        self.door.touch();
        Ok(())
    }

    /// `None` once the customer has removed it.
    pub fn public(&self, review: &str) -> Option<Public> {
        self.settle();
        let state = hold(&self.state);
        let review = state.find(review).ok()?;
        Some(Public {
            author: review.author.clone(),
            stars: review.stars,
            text: review.text.clone(),
            reply: review
                .reply
                .as_ref()
                .filter(|r| r.is_public())
                .map(|r| r.comment.clone()),
            puts: review.puts,
        })
    }

    /// Every review ever written, in the order of writing, removed ones too.
    pub fn reviews(&self) -> Vec<Review> {
        self.settle();
        hold(&self.state).reviews.clone()
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

    pub fn calls(&self) -> Vec<Call> {
        self.door.calls()
    }

    pub fn clock(&self) -> Now {
        self.now.clone()
    }

    pub fn door(&self) -> &Door {
        &self.door
    }

    /// Ends every access token now, as if its hour were over.
    pub fn expire_tokens(&self) {
        hold(&self.state).tokens.clear();
    }

    pub fn deliveries(&self) -> Vec<Delivery> {
        hold(&self.state).outbox.deliveries.clone()
    }

    /// Sends a push once more: Pub/Sub promises at least once, not once.
    pub fn resend(&self, delivery: &str) -> bool {
        hold(&self.state).outbox.resend(delivery, (self.now)())
    }

    /// Judges what is due and pushes what is due. The clock never runs by itself here.
    pub async fn tick(&self) {
        self.settle();
        self.push_due().await;
    }

    /// Moderation happens while nobody looks, so every look comes after it.
    fn settle(&self) {
        if hold(&self.state).settle((self.now)(), self.settings.moderation) {
            self.door.touch();
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
impl Site for Google {
    fn word(&self) -> &'static str {
        "google"
    }

    fn name(&self) -> &'static str {
        "Google"
    }

    fn mark(&self) -> &'static str {
        "G"
    }

    fn kinds(&self) -> &'static [Kind] {
        &[Kind::Review]
    }

    fn router(self: Arc<Self>) -> Router {
        router(self)
    }

    fn door(&self) -> &Door {
        &self.door
    }

    fn write(&self, written: Written<'_>) -> Result<String, Refusal> {
        let stars = written.stars.unwrap_or(0);
        self.write(written.place, written.author, stars, written.text)
    }

    fn edit(&self, id: &str, stars: Option<u8>, text: &str) -> Result<(), Refusal> {
        self.edit(id, stars, text)
    }

    fn remove(&self, id: &str) -> Result<(), Refusal> {
        self.remove(id)
    }

    fn judges(&self) -> bool {
        true
    }

    fn judge(&self, id: &str, verdict: Verdict) -> Result<(), Refusal> {
        match verdict {
            Verdict::Approve => self.approve(id),
            Verdict::Reject => self.reject(id),
        }
    }

    fn places(&self) -> Value {
        self.settle();
        let state = hold(&self.state);
        let places = self.settings.locations.iter().map(|place| {
            let reviews = state.reviews.iter().rev().filter(|r| r.location == place.id);
            json!({"id": place.id, "name": place.name, "items": reviews.map(Review::overview).collect::<Vec<_>>()})
        });
        places.collect()
    }

    fn written(&self) -> Vec<Known> {
        let places = &self.settings.locations;
        let known = self.reviews().into_iter().map(|review| {
            let place = places.iter().find(|place| place.id == review.location);
            Known {
                id: review.id,
                author: review.author,
                place: place.map_or(review.location, |place| place.name.clone()),
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
