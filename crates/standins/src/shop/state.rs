//! What the shop remembers, and the changes it knows: plain data, told the time.

use std::collections::BTreeMap;

use chrono::DateTime;
use chrono::Utc;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Value;
use serde_json::json;

use super::Product;
use crate::sites::Refusal;
use crate::sites::millis;
use crate::sites::outbox::Outbox;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    Review,
    Question,
    Comment,
    Mention,
    Message,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    pub id: String,
    pub body: String,
    pub language: Option<String>,
    pub revision: Option<u64>,
    pub published: DateTime<Utc>,
    pub edited: Option<DateTime<Utc>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    pub id: String,
    pub product: String,
    pub kind: Kind,
    pub author: String,
    pub stars: Option<u8>,
    pub text: String,
    pub created: DateTime<Utc>,
    pub edited: Option<DateTime<Utc>>,
    pub removed: Option<DateTime<Utc>>,
    pub reply: Option<Reply>,
    /// How often a reply became public here, edits not counted.
    pub publications: u32,
}

impl Item {
    /// The item as the bot receives it.
    pub fn wire(&self, product: &Product, public_url: &str) -> Value {
        json!({
            "id": self.id,
            "kind": self.kind,
            "rating": self.stars.map(|n| json!({"value": n, "min": 1, "max": 5})),
            "title": null,
            "body": self.text,
            "author": {"id": author_id(&self.author), "name": self.author},
            "subject": {
                "kind": "product", "id": product.id, "name": product.name, "url": product.url, "sku": product.sku,
            },
            "votes": {"up": 0, "down": 0},
            "permalink": format!("{public_url}/#shop/{}", self.id),
            "published_at": millis(self.created),
            "edited_at": self.edited.map(millis),
            "verified": (self.kind == Kind::Review).then_some("purchase"),
        })
    }

    pub fn overview(&self, public_url: &str) -> Value {
        let reply = self.reply.as_ref().map(|r| {
            let edited = r.edited.map(millis);
            json!({"text": r.body, "published": millis(r.published), "edited": edited, "url": self.reply_url(public_url)})
        });
        json!({
            "id": self.id, "kind": self.kind, "author": self.author, "stars": self.stars, "text": self.text,
            "created": millis(self.created), "edited": self.edited.map(millis), "removed": self.removed.map(millis),
            "reply": reply, "publications": self.publications,
        })
    }

    pub fn reply_url(&self, public_url: &str) -> String {
        format!("{public_url}/#shop/{}", self.id)
    }
}

/// The same name is the same customer, so the bot can tell who has written before.
fn author_id(name: &str) -> String {
    let name: String = name
        .to_lowercase()
        .chars()
        .map(|c| if c.is_alphanumeric() { c } else { '-' })
        .collect();
    format!("customer-{name}")
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct State {
    /// In the order of writing.
    pub items: Vec<Item>,
    /// `webhook-id` of a publication and the answer it was given.
    pub answered: BTreeMap<String, Value>,
    /// `webhook-id` of a call about an escalation, and what it said.
    #[serde(default)]
    pub called: BTreeMap<String, Value>,
    pub outbox: Outbox,
}

impl State {
    pub fn write(
        &mut self,
        product: &str,
        author: &str,
        kind: Kind,
        stars: Option<u8>,
        text: &str,
        now: DateTime<Utc>,
    ) -> Result<String, Refusal> {
        let fits = match kind {
            Kind::Review => stars.is_some_and(|n| (1..=5).contains(&n)),
            Kind::Question | Kind::Comment | Kind::Mention | Kind::Message => stars.is_none(),
        };
        if !fits {
            return Err(Refusal::Stars);
        }
        let id = format!("it-{:04}", self.items.len() + 1);
        self.items.push(Item {
            id: id.clone(),
            product: product.into(),
            kind,
            author: author.into(),
            stars,
            text: text.into(),
            created: now,
            edited: None,
            removed: None,
            reply: None,
            publications: 0,
        });
        Ok(id)
    }

    pub fn edit(
        &mut self,
        id: &str,
        stars: Option<u8>,
        text: &str,
        now: DateTime<Utc>,
    ) -> Result<(), Refusal> {
        let item = self.find_mut(id)?;
        if stars.is_some_and(|n| item.kind != Kind::Review || !(1..=5).contains(&n)) {
            return Err(Refusal::Stars);
        }
        item.stars = stars.or(item.stars);
        item.text = text.into();
        item.edited = Some(now);
        Ok(())
    }

    pub fn remove(&mut self, id: &str, now: DateTime<Utc>) -> Result<(), Refusal> {
        self.find_mut(id)?.removed = Some(now);
        Ok(())
    }

    pub fn find(&self, id: &str) -> Result<&Item, Refusal> {
        self.items
            .iter()
            .find(|i| i.id == id && i.removed.is_none())
            .ok_or(Refusal::NoSuchItem)
    }

    pub fn find_mut(&mut self, id: &str) -> Result<&mut Item, Refusal> {
        self.items
            .iter_mut()
            .find(|i| i.id == id && i.removed.is_none())
            .ok_or(Refusal::NoSuchItem)
    }

    /// The item that carries this reply.
    pub fn replied(&mut self, reply_id: &str) -> Option<&mut Item> {
        self.items
            .iter_mut()
            .find(|i| i.removed.is_none() && i.reply.as_ref().is_some_and(|r| r.id == reply_id))
    }
}
