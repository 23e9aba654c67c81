//! A review site as customers, moderators and onlookers have it, whatever it speaks with the bot: all that the controls, a
//! page and a demo need of one, so that a new site is a line in their lists.

use std::sync::Arc;

use async_trait::async_trait;
use axum::Router;
use chrono::DateTime;
use chrono::Utc;
use serde_json::Value;
use serde_json::json;

use super::Place;
use super::Refusal;
use super::faults::Door;
use super::millis;
use crate::shop::Kind;

/// What a customer writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written<'a> {
    pub place: &'a str,
    pub author: &'a str,
    pub kind: Kind,
    pub stars: Option<u8>,
    pub text: &'a str,
}

/// Something that was written, by whom and where, for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    pub id: String,
    pub author: String,
    pub place: String,
}

/// What a moderator says of a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    Approve,
    Reject,
}

/// An item as a page shows it.
#[derive(Debug, Clone, Copy)]
pub struct Shown<'a> {
    pub id: &'a str,
    pub author: &'a str,
    pub stars: Option<u8>,
    pub text: &'a str,
    pub created: DateTime<Utc>,
    pub updated: Option<DateTime<Utc>>,
    pub removed: Option<DateTime<Utc>>,
    /// Its words, since when, and whether customers read it already.
    pub reply: Option<(&'a str, DateTime<Utc>, bool)>,
    /// How often an answer became public.
    pub publications: u32,
}

impl Shown<'_> {
    pub fn json(&self) -> Value {
        let reply = self.reply.map(|(text, at, is_public)| {
            let state = (!is_public).then_some("PENDING");
            json!({ "text": text, "updated": millis(at), "state": state })
        });
        json!({
            "id": self.id, "author": self.author, "stars": self.stars, "text": self.text,
            "created": millis(self.created), "updated": self.updated.map(millis), "removed": self.removed.map(millis),
            "reply": reply, "publications": self.publications,
        })
    }
}

/// Places with what was written there; `items` are in the order of writing and say where they belong.
pub fn places<'a>(places: &[Place], items: impl DoubleEndedIterator<Item = (&'a str, Value)>) -> Value {
    let items: Vec<(&str, Value)> = items.rev().collect();
    let all = places.iter().map(|place| {
        let here = items.iter().filter(|(at, _)| *at == place.id);
        json!({ "id": place.id, "name": place.name, "items": here.map(|(_, item)| item).collect::<Vec<_>>() })
    });
    all.collect()
}

/// What people call a place.
pub fn name_of(places: &[Place], id: &str) -> String {
    let place = places.iter().find(|place| place.id == id);
    place.map_or_else(|| id.to_owned(), |place| place.name.clone())
}

#[async_trait]
pub trait Site: Send + Sync {
    /// Its word in addresses, lists and memories.
    fn word(&self) -> &'static str;

    /// What customers call it.
    fn name(&self) -> &'static str;

    /// Its initials, in place of a picture that would belong to somebody.
    fn mark(&self) -> &'static str;

    /// What can be written there.
    fn kinds(&self) -> &'static [Kind];

    /// Its API.
    fn router(self: Arc<Self>) -> Router;

    fn door(&self) -> &Door;

    /// Says the id of what was written.
    fn write(&self, written: Written<'_>) -> Result<String, Refusal>;

    /// Keeps the stars when none are given.
    fn edit(&self, id: &str, stars: Option<u8>, text: &str) -> Result<(), Refusal>;

    fn remove(&self, id: &str) -> Result<(), Refusal>;

    /// Whether somebody there judges replies.
    fn judges(&self) -> bool {
        false
    }

    /// Judges the reply below an item, where replies are judged.
    fn judge(&self, _id: &str, _verdict: Verdict) -> Result<(), Refusal> {
        Err(Refusal::NoReply)
    }

    /// `[{"id", "name", "items": [{"id", "author", "stars", "text", "created", "reply", …}]}]`: each place with what was
    /// written there, newest first.
    fn places(&self) -> Value;

    /// Everything that was ever written, in its order.
    fn written(&self) -> Vec<Known>;

    /// What falls to it by itself: it judges replies and calls the bot.
    async fn tick(&self);

    fn export(&self) -> Value;

    fn import(&self, memory: Value) -> Result<(), serde_json::Error>;
}

/// The one with this word.
pub fn of<'a>(sites: &'a [Arc<dyn Site>], word: &str) -> Option<&'a Arc<dyn Site>> {
    sites.iter().find(|site| site.word() == word)
}

/// Counts what changed at all of them.
pub fn revision(sites: &[Arc<dyn Site>]) -> u64 {
    sites.iter().map(|site| *site.door().revision().borrow()).sum()
}
