//! What the site remembers, and the changes it knows: plain data, told the time.

use std::collections::BTreeMap;
use std::collections::VecDeque;

use chrono::DateTime;
use chrono::TimeDelta;
use chrono::Utc;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Value;
use serde_json::json;

use crate::sites::Place;
use crate::sites::Refusal;
use crate::sites::millis;
use crate::sites::outbox::Outbox;

/// A hundred hours.
const TOKEN_SECONDS: i64 = 360_000;
const CALLS: usize = 833;
const SPAN: TimeDelta = TimeDelta::minutes(5);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    pub text: String,
    pub author: String,
    pub created: DateTime<Utc>,
    pub updated: Option<DateTime<Utc>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    pub id: String,
    pub unit: String,
    pub author: String,
    pub stars: u8,
    pub title: String,
    pub text: String,
    pub reference: String,
    pub created: DateTime<Utc>,
    pub updated: Option<DateTime<Utc>>,
    pub reply: Option<Reply>,
    pub posts: u32,
}

impl Review {
    /// A review of the private interface: with what the customer told the company.
    pub fn wire(&self, unit: &Place) -> Value {
        json!({
            "links": [],
            "id": self.id,
            "consumer": {
                "links": [],
                "id": format!("c{}", self.id),
                "displayName": self.author,
                "displayLocation": null,
                "numberOfReviews": 1,
            },
            "businessUnit": {
                "links": [],
                "id": unit.id,
                "identifyingName": "gartenshop.example",
                "displayName": unit.name,
            },
            "location": null,
            "stars": self.stars,
            "title": self.title,
            "text": self.text,
            "language": "de",
            "createdAt": millis(self.created),
            "experiencedAt": millis(self.created),
            "updatedAt": self.updated.map(millis),
            "companyReply": self.reply.as_ref().map(Reply::wire),
            "isVerified": true,
            "source": "InvitationLinkApi",
            "numberOfLikes": 0,
            "status": "active",
            "reportData": null,
            "complianceLabels": [],
            "countsTowardsTrustScore": true,
            "invitation": null,
            "businessUnitHistory": [],
            "reviewVerificationLevel": "invited",
            "referenceId": self.reference,
            "referralEmail": format!("{}@customer.example", self.id),
            "tags": [],
        })
    }
}

impl Reply {
    fn wire(&self) -> Value {
        json!({
            "text": self.text,
            "authorBusinessUserId": self.author,
            "authorBusinessUserName": "Anna Berger",
            "createdAt": millis(self.created),
            "updatedAt": self.updated.map(millis),
        })
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
    /// When the last calls came.
    pub called: VecDeque<DateTime<Utc>>,
    pub outbox: Outbox,
}

impl State {
    pub fn write(
        &mut self,
        unit: &str,
        author: &str,
        stars: u8,
        title: &str,
        text: &str,
        now: DateTime<Utc>,
    ) -> Result<String, Refusal> {
        let stars = checked(stars)?;
        self.written += 1;
        let id = format!("673c1f0a9b1e4d00{:08x}", self.written);
        self.reviews.push(Review {
            id: id.clone(),
            unit: unit.into(),
            author: author.into(),
            stars,
            title: title.into(),
            text: text.into(),
            reference: format!("DE-2026-{}", 4_710 + self.written),
            created: now,
            updated: None,
            reply: None,
            posts: 0,
        });
        Ok(id)
    }

    pub fn edit(&mut self, id: &str, stars: u8, text: &str, now: DateTime<Utc>) -> Result<(), Refusal> {
        let stars = checked(stars)?;
        let review = self.find_mut(id)?;
        review.stars = stars;
        review.text = text.into();
        review.updated = Some(now);
        Ok(())
    }

    pub fn remove(&mut self, id: &str) -> Result<(), Refusal> {
        self.find(id)?;
        self.reviews.retain(|review| review.id != id);
        Ok(())
    }

    /// There is room for one, so another one takes its place.
    pub fn reply(&mut self, id: &str, author: &str, text: &str, now: DateTime<Utc>) -> Result<(), Refusal> {
        let review = self.find_mut(id)?;
        review.posts += 1;
        let before = review.reply.take();
        review.reply = Some(Reply {
            text: text.into(),
            author: author.into(),
            created: before.as_ref().map_or(now, |reply| reply.created),
            updated: before.map(|_| now),
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

    /// Counts a call; false when there were too many.
    pub fn count(&mut self, now: DateTime<Utc>) -> bool {
        while self.called.front().is_some_and(|at| *at + SPAN <= now) {
            self.called.pop_front();
        }
        let has_room = self.called.len() < CALLS;
        if has_room {
            self.called.push_back(now);
        }
        has_room
    }
}

fn checked(stars: u8) -> Result<u8, Refusal> {
    (1..=5).contains(&stars).then_some(stars).ok_or(Refusal::Stars)
}
