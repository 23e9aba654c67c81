//! What the store remembers, and the changes it knows: plain data, told the time.

use std::cmp::Reverse;

use chrono::DateTime;
use chrono::FixedOffset;
use chrono::SecondsFormat;
use chrono::TimeDelta;
use chrono::Utc;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Value;
use serde_json::json;

use crate::sites::Refusal;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Response {
    pub id: String,
    pub text: String,
    pub at: DateTime<Utc>,
}

impl Response {
    pub fn is_public(&self, now: DateTime<Utc>, delay: TimeDelta) -> bool {
        self.at + delay <= now
    }

    /// `CustomerReviewResponseV1` of the API.
    pub fn wire(&self, review: &str, is_public: bool) -> Value {
        let state = if is_public { "PUBLISHED" } else { "PENDING_PUBLISH" };
        json!({
            "type": "customerReviewResponses", "id": self.id,
            "attributes": {
                "responseBody": self.text, "lastModifiedDate": in_cupertino(self.at), "state": state,
            },
            "relationships": {"review": {"data": {"type": "customerReviews", "id": review}}},
        })
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    pub id: String,
    pub author: String,
    pub stars: u8,
    pub title: String,
    pub text: String,
    pub created: DateTime<Utc>,
    pub removed: Option<DateTime<Utc>>,
    pub response: Option<Response>,
    pub responses: u32,
}

impl Review {
    /// `CustomerReview` of the API.
    pub fn wire(&self) -> Value {
        let response = self
            .response
            .as_ref()
            .map(|r| json!({"data": {"type": "customerReviewResponses", "id": r.id}}));
        let mut review = json!({
            "type": "customerReviews", "id": self.id,
            "attributes": {
                "rating": self.stars, "title": self.title, "body": self.text, "reviewerNickname": self.author,
                "createdDate": in_cupertino(self.created), "territory": "DEU",
            },
            "relationships": {},
        });
        if let Some(response) = response {
            review["relationships"]["response"] = response;
        }
        review
    }
}

/// Dates carry the offset of Cupertino, in winter.
fn in_cupertino(at: DateTime<Utc>) -> String {
    match FixedOffset::west_opt(8 * 3600) {
        Some(offset) => at
            .with_timezone(&offset)
            .to_rfc3339_opts(SecondsFormat::Secs, false),
        None => at.to_rfc3339(),
    }
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
    pub responded: u64,
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
        let id = format!("00000157-0000-4000-8000-{:012}", self.reviews.len() + 1);
        self.reviews.push(Review {
            id: id.clone(),
            author: author.into(),
            stars: checked(stars)?,
            title: title.into(),
            text: text.into(),
            created: now,
            removed: None,
            response: None,
            responses: 0,
        });
        Ok(id)
    }

    pub fn edit(&mut self, id: &str, stars: Option<u8>, text: &str) -> Result<(), Refusal> {
        let stars = stars.map(checked).transpose()?;
        let review = self.find_mut(id)?;
        review.stars = stars.unwrap_or(review.stars);
        review.text = text.into();
        Ok(())
    }

    pub fn remove(&mut self, id: &str, now: DateTime<Utc>) -> Result<(), Refusal> {
        self.find_mut(id)?.removed = Some(now);
        Ok(())
    }

    /// The one response: a second one takes the place of the first.
    pub fn respond(&mut self, id: &str, text: &str, now: DateTime<Utc>) -> Result<Response, Refusal> {
        let response = Response {
            id: format!("resp-{}", self.responded + 1),
            text: text.to_owned(),
            at: now,
        };
        let review = self.find_mut(id)?;
        review.responses += 1;
        review.response = Some(response.clone());
        self.responded += 1;
        Ok(response)
    }

    pub fn take_back(&mut self, response: &str) -> Result<(), Refusal> {
        let of = |review: &&mut Review| review.response.as_ref().is_some_and(|r| r.id == response);
        let review = self.reviews.iter_mut().find(of).ok_or(Refusal::NoReply)?;
        review.response = None;
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

    /// What is there, newest first.
    pub fn listed(&self) -> Vec<&Review> {
        let all = self.reviews.iter().enumerate();
        let mut listed: Vec<(usize, &Review)> = all.filter(|(_, r)| r.removed.is_none()).collect();
        listed.sort_by_key(|(n, r)| Reverse((r.created, *n)));
        listed.into_iter().map(|(_, r)| r).collect()
    }
}
