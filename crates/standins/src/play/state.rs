//! What the store remembers, and the changes it knows: plain data, told the time.

use std::collections::BTreeMap;

use chrono::DateTime;
use chrono::TimeDelta;
use chrono::Utc;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Value;
use serde_json::json;

use super::WINDOW;
use crate::sites::Refusal;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    pub text: String,
    pub at: DateTime<Utc>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    pub id: String,
    pub author: String,
    pub stars: u8,
    pub title: String,
    pub text: Option<String>,
    pub modified: DateTime<Utc>,
    pub removed: Option<DateTime<Utc>>,
    pub reply: Option<Reply>,
    pub replies: u32,
}

impl Review {
    /// `Review` of the API.
    pub fn wire(&self) -> Value {
        let text = self.text.as_deref().unwrap_or_default();
        let mut comments = vec![json!({"userComment": {
            "text": format!("{}\t{text}", self.title), "lastModified": timestamp(self.modified),
            "starRating": self.stars, "reviewerLanguage": "de", "device": "pa3q", "androidOsVersion": 36,
            "appVersionCode": 4021, "appVersionName": "4.2.1", "thumbsUpCount": 0, "thumbsDownCount": 0,
            "deviceMetadata": {"productName": "pa3q (Sandbox S1)", "manufacturer": "Sandbox", "deviceClass": "phone"},
        }})];
        if let Some(reply) = &self.reply {
            comments.push(json!({"developerComment": {
                "text": reply.text, "lastModified": timestamp(reply.at),
            }}));
        }
        json!({"reviewId": self.id, "authorName": self.author, "comments": comments})
    }

    /// In the window, not removed, and with words.
    fn is_shown(&self, now: DateTime<Utc>) -> bool {
        self.removed.is_none() && self.text.is_some() && self.modified > now - WINDOW
    }
}

/// Seconds are a string.
pub fn timestamp(at: DateTime<Utc>) -> Value {
    json!({"seconds": at.timestamp().to_string(), "nanos": at.timestamp_subsec_nanos()})
}

fn words(text: &str) -> Option<String> {
    (!text.trim().is_empty()).then(|| text.to_owned())
}

fn checked(stars: u8) -> Result<u8, Refusal> {
    if (1..=5).contains(&stars) {
        Ok(stars)
    } else {
        Err(Refusal::Stars)
    }
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct State {
    /// In the order of writing.
    pub reviews: Vec<Review>,
    /// Access token and its end.
    pub tokens: BTreeMap<String, DateTime<Utc>>,
    pub issued: u64,
}

impl State {
    pub fn write(
        &mut self,
        author: &str,
        stars: u8,
        title: &str,
        text: &str,
        now: DateTime<Utc>,
    ) -> Result<String, Refusal> {
        let id = format!("gp:AOqpTOH{:04}", self.reviews.len() + 1);
        self.reviews.push(Review {
            id: id.clone(),
            author: author.into(),
            stars: checked(stars)?,
            title: title.into(),
            text: words(text),
            modified: now,
            removed: None,
            reply: None,
            replies: 0,
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
        let stars = stars.map(checked).transpose()?;
        let review = self.find_mut(id)?;
        review.stars = stars.unwrap_or(review.stars);
        review.text = words(text);
        review.modified = now;
        Ok(())
    }

    pub fn remove(&mut self, id: &str, now: DateTime<Utc>) -> Result<(), Refusal> {
        self.find_mut(id)?.removed = Some(now);
        Ok(())
    }

    /// The one reply: a second one takes the place of the first.
    pub fn reply(&mut self, id: &str, text: &str, now: DateTime<Utc>) -> Result<(), Refusal> {
        let review = self.find_mut(id)?;
        review.replies += 1;
        review.reply = Some(Reply {
            text: text.to_owned(),
            at: now,
        });
        Ok(())
    }

    pub fn find(&self, id: &str) -> Result<&Review, Refusal> {
        self.reviews
            .iter()
            .find(|r| r.id == id && r.removed.is_none())
            .ok_or(Refusal::NoSuchItem)
    }

    fn find_mut(&mut self, id: &str) -> Result<&mut Review, Refusal> {
        self.reviews
            .iter_mut()
            .find(|r| r.id == id && r.removed.is_none())
            .ok_or(Refusal::NoSuchItem)
    }

    /// What the interface shows now, newest change first.
    pub fn shown(&self, now: DateTime<Utc>) -> Vec<&Review> {
        let mut shown: Vec<(usize, &Review)> = self
            .reviews
            .iter()
            .enumerate()
            .filter(|(_, r)| r.is_shown(now))
            .collect();
        shown.sort_by_key(|(n, r)| std::cmp::Reverse((r.modified, *n)));
        shown.into_iter().map(|(_, r)| r).collect()
    }

    pub fn issue_token(&mut self, now: DateTime<Utc>) -> String {
        self.issued += 1;
        let token = format!("ya29.c.sandbox-{}", self.issued);
        self.tokens.insert(token.clone(), now + TimeDelta::seconds(3599));
        token
    }

    pub fn token_is_good(&self, token: &str, now: DateTime<Utc>) -> bool {
        self.tokens.get(token).is_some_and(|end| now < *end)
    }
}
