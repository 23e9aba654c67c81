//! A stand-in for a WooCommerce shop and the WordPress below it, on their documented wire formats: reviews with key and
//! secret, answers as comments with an application password, webhooks that only tell that a product changed.

mod access;
mod api;
mod comments;
mod hook;
mod site;
mod state;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::sync::Mutex;

use chrono::DateTime;
use chrono::Utc;

pub use api::router;
pub use state::Comment;
pub use state::Status;

use crate::Now;
use crate::sites::Place;
use crate::sites::Refusal;
use crate::sites::faults::Call;
use crate::sites::faults::Door;
use crate::sites::faults::Fault;
use crate::sites::hold;
use crate::sites::outbox;
use state::State;
use state::Type;
use state::kept;
use state::shown;

#[derive(Debug, Clone)]
pub struct Settings {
    pub consumer_key: String,
    pub consumer_secret: String,
    /// Who answers, and with what application password.
    pub user: String,
    pub password: String,
    /// Whether that user may moderate comments.
    pub moderates: bool,
    pub products: Vec<Place>,
    /// Where "product.updated" goes to.
    pub webhook: Option<Webhook>,
    /// Where links point to.
    pub public_url: String,
}

#[derive(Debug, Clone)]
pub struct Webhook {
    pub url: String,
    pub secret: String,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            consumer_key: "ck_sandbox".into(),
            consumer_secret: "cs_sandbox".into(),
            user: "service".into(),
            password: "abcd EFGH 1234 ijkl MNOP 6789".into(),
            moderates: true,
            products: vec![Place::new("322", "Brotdose"), Place::new("323", "Trinkflasche")],
            webhook: None,
            public_url: "https://shop.example".into(),
        }
    }
}

/// The user who answers here; customers are guests.
const SERVICE: u64 = 7;

pub struct WooCommerce {
    now: Now,
    settings: Settings,
    state: Mutex<State>,
    door: Arc<Door>,
    hooks: hook::Hooks,
}

/// A review as customers see it, and how often an answer became visible below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Public {
    pub text: String,
    pub stars: u8,
    pub replies: Vec<String>,
    pub publications: usize,
}

impl WooCommerce {
    pub fn new(now: Now, settings: Settings) -> Arc<WooCommerce> {
        Arc::new(WooCommerce {
            door: Door::new(now.clone(), api::refuse),
            hooks: hook::Hooks::new(outbox::client()),
            now,
            settings,
            state: Mutex::default(),
        })
    }

    /// Whoever bought it writes a review; 0 stars are none.
    pub fn write(&self, product: &str, author: &str, stars: u8, text: &str) -> Result<String, Refusal> {
        let known = self.settings.products.iter().find(|p| p.id == product);
        let post = known
            .and_then(|p| p.id.parse().ok())
            .ok_or(Refusal::NoSuchPlace)?;
        if stars > 5 {
            return Err(Refusal::Stars);
        }
        let id = self.put(Comment {
            id: 0,
            kind: Type::Review,
            post,
            parent: 0,
            user: 0,
            author: author.into(),
            content: kept(text),
            rating: stars,
            verified: true,
            status: Status::Approved,
            created: (self.now)(),
        });
        self.hooks.changed(post);
        Ok(id.to_string())
    }

    /// A colleague answers on the shop's own page.
    pub fn answer(&self, review: &str, user: u64, author: &str, text: &str) -> Result<String, Refusal> {
        let review = hold(&self.state).find(number(review)?)?.clone();
        let id = self.put(Comment {
            kind: Type::Comment,
            parent: review.id,
            user,
            author: author.into(),
            content: kept(text),
            rating: 0,
            verified: false,
            status: Status::Approved,
            created: (self.now)(),
            ..review
        });
        Ok(id.to_string())
    }

    pub fn edit(&self, id: &str, stars: Option<u8>, text: &str) -> Result<(), Refusal> {
        self.change(id, |comment| {
            comment.rating = stars.unwrap_or(comment.rating);
            comment.content = kept(text);
        })
    }

    /// For good; `judge` puts it into the trash.
    pub fn remove(&self, id: &str) -> Result<(), Refusal> {
        let id = number(id)?;
        let mut state = hold(&self.state);
        state.find(id)?;
        state.comments.retain(|c| c.id != id);
        drop(state);
        self.door.touch();
        Ok(())
    }

    pub fn judge(&self, id: &str, status: Status) -> Result<(), Refusal> {
        self.change(id, |comment| comment.status = status)
    }

    /// `None` once it is gone.
    pub fn public(&self, review: &str) -> Option<Public> {
        let state = hold(&self.state);
        let found = state.find(number(review).ok()?).ok()?;
        let below = |c: &&Comment| c.parent == found.id && c.status == Status::Approved;
        Some(Public {
            text: shown(&found.content),
            stars: found.rating,
            replies: state
                .comments
                .iter()
                .filter(below)
                .map(|c| shown(&c.content))
                .collect(),
            publications: state.publications.iter().filter(|id| **id == found.id).count(),
        })
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

    fn put(&self, comment: Comment) -> u64 {
        let id = hold(&self.state).add(comment);
        self.door.touch();
        id
    }

    fn change(&self, id: &str, change: impl FnOnce(&mut Comment)) -> Result<(), Refusal> {
        change(hold(&self.state).find_mut(number(id)?)?);
        self.door.touch();
        Ok(())
    }
}

fn number(id: &str) -> Result<u64, Refusal> {
    id.parse().map_err(|_| Refusal::NoSuchItem)
}
