//! What the site remembers, and the changes it knows: plain data, told the time.

use std::collections::BTreeMap;

use chrono::DateTime;
use chrono::TimeDelta;
use chrono::Utc;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Value;
use serde_json::json;

use crate::sites::Refusal;
use crate::sites::millis;

const TOKEN_SECONDS: i64 = 300;

/// Where a review stands with its moderators.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Stage {
    Approved,
    Moderation,
    Rejected,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Product {
    pub sku: String,
    pub name: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    pub comment: String,
    pub created: DateTime<Utc>,
    pub updated: DateTime<Utc>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    pub id: String,
    pub channel: String,
    pub product: Option<Product>,
    pub stars: u8,
    pub text: String,
    pub stage: Stage,
    pub submitted: DateTime<Utc>,
    pub updated: DateTime<Utc>,
    pub edited: Option<DateTime<Utc>>,
    pub reply: Option<Reply>,
    pub saves: u32,
    pub mails: u32,
}

impl Review {
    pub fn wire(&self) -> Value {
        let mut review = json!({
            "_object": "review",
            "id": self.id,
            "accountRef": "acc-sandbox",
            "channelRef": self.channel,
            "inviteRef": format!("inv-{}", self.id),
            "rating": self.stars,
            "title": "Meine Bestellung",
            "comment": self.text,
            "createdAt": millis(self.submitted),
            "submittedAt": millis(self.submitted),
            "updatedAt": millis(self.updated),
            "feedbackType": "REVIEW",
            "state": self.stage,
            "type": if self.product.is_some() { "PRODUCT_REVIEW" } else { "SERVICE_REVIEW" },
            "verificationType": "VERIFIED",
            "customer": {
                "firstName": "Jule",
                "lastName": "Kern",
                "fullName": "Jule Kern",
                "email": "jule.kern@customer.example",
            },
            "transaction": { "reference": format!("DE-{}", self.id) },
            "questionnaire": { "id": "qre-1", "locale": "de_DE", "templateRef": "tpl-1" },
            "hasAttachments": false,
        });
        if let Some(product) = &self.product {
            let url = format!("https://shop.example/{}", product.sku);
            let id = format!("prd-{}", product.sku);
            review["product"] = json!({ "id": id, "sku": product.sku, "name": product.name, "url": url });
        }
        if let Some(edited) = self.edited {
            review["editedAt"] = json!(millis(edited));
        }
        if let Some(reply) = &self.reply {
            review["reply"] = json!({
                "comment": reply.comment,
                "createdAt": millis(reply.created),
                "updatedAt": millis(reply.updated),
                "sendNotification": false,
            });
        }
        review
    }
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct State {
    /// In the order of writing.
    pub reviews: Vec<Review>,
    pub written: usize,
    /// Access token and its end.
    pub tokens: BTreeMap<String, DateTime<Utc>>,
    pub issued: u64,
}

impl State {
    pub fn write(
        &mut self,
        channel: &str,
        product: Option<Product>,
        stars: u8,
        text: &str,
        stage: Stage,
        now: DateTime<Utc>,
    ) -> Result<String, Refusal> {
        let stars = checked(stars)?;
        self.written += 1;
        let id = format!("rev-7b37f77f-c816-439a-8418-{:012}", self.written);
        self.reviews.push(Review {
            id: id.clone(),
            channel: channel.into(),
            product,
            stars,
            text: text.into(),
            stage,
            submitted: now,
            updated: now,
            edited: None,
            reply: None,
            saves: 0,
            mails: 0,
        });
        Ok(id)
    }

    pub fn edit(&mut self, id: &str, stars: u8, text: &str, now: DateTime<Utc>) -> Result<(), Refusal> {
        let stars = checked(stars)?;
        let review = self.find_mut(id)?;
        review.stars = stars;
        review.text = text.into();
        review.updated = now;
        review.edited = Some(now);
        Ok(())
    }

    pub fn moderate(&mut self, id: &str, stage: Stage, now: DateTime<Utc>) -> Result<(), Refusal> {
        let review = self.find_mut(id)?;
        review.stage = stage;
        review.updated = now;
        Ok(())
    }

    pub fn remove(&mut self, id: &str) -> Result<(), Refusal> {
        self.find(id)?;
        self.reviews.retain(|review| review.id != id);
        Ok(())
    }

    /// There is room for one, so another one takes its place.
    pub fn reply(&mut self, id: &str, comment: &str, mail: bool, now: DateTime<Utc>) -> Result<(), Refusal> {
        let review = self.find_mut(id)?;
        review.saves += 1;
        review.mails += u32::from(mail);
        review.updated = now;
        let created = review.reply.as_ref().map_or(now, |reply| reply.created);
        review.reply = Some(Reply {
            comment: comment.into(),
            created,
            updated: now,
        });
        Ok(())
    }

    pub fn delete_reply(&mut self, id: &str) -> Result<(), Refusal> {
        let reply = self.find_mut(id)?.reply.take();
        reply.map(drop).ok_or(Refusal::NoReply)
    }

    pub fn find(&self, id: &str) -> Result<&Review, Refusal> {
        let mut all = self.reviews.iter();
        all.find(|review| review.id == id).ok_or(Refusal::NoSuchItem)
    }

    fn find_mut(&mut self, id: &str) -> Result<&mut Review, Refusal> {
        let mut all = self.reviews.iter_mut();
        all.find(|review| review.id == id).ok_or(Refusal::NoSuchItem)
    }

    pub fn issue_token(&mut self, now: DateTime<Utc>) -> String {
        self.issued += 1;
        let token = format!("sandbox-token-{}", self.issued);
        let end = now + TimeDelta::seconds(TOKEN_SECONDS);
        self.tokens.insert(token.clone(), end);
        token
    }

    pub fn token_is_good(&self, token: &str, now: DateTime<Utc>) -> bool {
        self.tokens.get(token).is_some_and(|end| now < *end)
    }
}

fn checked(stars: u8) -> Result<u8, Refusal> {
    (1..=5).contains(&stars).then_some(stars).ok_or(Refusal::Stars)
}
