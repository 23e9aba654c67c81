//! What the site remembers, and the changes it knows: plain data, told the time.

use std::collections::BTreeMap;

use chrono::DateTime;
use chrono::TimeDelta;
use chrono::Utc;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Value;
use serde_json::json;

use super::Moderation;
use crate::sites::Refusal;
use crate::sites::has_phone_number;
use crate::sites::millis;
use crate::sites::outbox::Outbox;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum ReplyState {
    Pending,
    Approved,
    Rejected,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    pub comment: String,
    pub updated: DateTime<Utc>,
    pub state: ReplyState,
    pub policy_violation: Option<String>,
}

impl Reply {
    pub fn is_public(&self) -> bool {
        self.state == ReplyState::Approved
    }

    /// `ReviewReply` of the API.
    pub fn wire(&self) -> Value {
        let mut reply = json!({
            "comment": self.comment,
            "updateTime": millis(self.updated),
            "reviewReplyState": self.state,
        });
        if let Some(violation) = &self.policy_violation {
            reply["policyViolation"] = json!(violation);
        }
        reply
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    pub id: String,
    pub location: String,
    pub author: String,
    pub stars: u8,
    pub text: Option<String>,
    pub created: DateTime<Utc>,
    pub updated: DateTime<Utc>,
    pub removed: Option<DateTime<Utc>>,
    pub reply: Option<Reply>,
    pub puts: u32,
}

impl Review {
    /// `Review` of the API. A review without words has no `comment` key at all.
    pub fn wire(&self, account: &str, public_url: &str) -> Value {
        let mut review = json!({
            "name": format!("accounts/{account}/locations/{}/reviews/{}", self.location, self.id),
            "reviewId": self.id,
            "reviewer": {"displayName": self.author, "isAnonymous": false},
            "starRating": enum_of(self.stars),
            "createTime": millis(self.created),
            "updateTime": millis(self.updated),
            "reviewReplyUrl": format!("{public_url}/#google/{}", self.id),
        });
        if let Some(text) = &self.text {
            review["comment"] = json!(text);
        }
        if let Some(reply) = &self.reply {
            review["reviewReply"] = reply.wire();
        }
        review
    }

    pub fn overview(&self) -> Value {
        let reply = self.reply.as_ref().map(|r| {
            json!({
                "text": r.comment, "state": r.state, "policy_violation": r.policy_violation,
                "updated": millis(r.updated), "public": r.is_public(),
            })
        });
        json!({
            "id": self.id, "author": self.author, "stars": self.stars, "text": self.text,
            "created": millis(self.created), "updated": millis(self.updated), "removed": self.removed.map(millis),
            "reply": reply, "puts": self.puts,
        })
    }
}

fn enum_of(stars: u8) -> &'static str {
    match stars {
        1 => "ONE",
        2 => "TWO",
        3 => "THREE",
        4 => "FOUR",
        5 => "FIVE",
        _ => "STAR_RATING_UNSPECIFIED",
    }
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
    pub outbox: Outbox,
}

impl State {
    pub fn write(
        &mut self,
        location: &str,
        author: &str,
        stars: u8,
        text: &str,
        now: DateTime<Utc>,
    ) -> Result<String, Refusal> {
        let id = format!("AbFvOq{:04}", self.reviews.len() + 1);
        self.reviews.push(Review {
            id: id.clone(),
            location: location.into(),
            author: author.into(),
            stars: checked(stars)?,
            text: words(text),
            created: now,
            updated: now,
            removed: None,
            reply: None,
            puts: 0,
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
        review.updated = now;
        Ok(())
    }

    pub fn remove(&mut self, id: &str, now: DateTime<Utc>) -> Result<(), Refusal> {
        self.find_mut(id)?.removed = Some(now);
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

    pub fn judge(&mut self, id: &str, verdict: ReplyState, violation: Option<&str>) -> Result<(), Refusal> {
        let reply = self.find_mut(id)?.reply.as_mut().ok_or(Refusal::NoReply)?;
        reply.state = verdict;
        reply.policy_violation = violation.map(str::to_owned);
        Ok(())
    }

    /// Every put is judged afresh, an unchanged text too.
    pub fn put_reply(&mut self, id: &str, comment: &str, now: DateTime<Utc>) -> Result<(), Refusal> {
        let review = self.find_mut(id)?;
        review.puts += 1;
        review.reply = Some(Reply {
            comment: comment.into(),
            updated: now,
            state: ReplyState::Pending,
            policy_violation: None,
        });
        Ok(())
    }

    pub fn delete_reply(&mut self, id: &str) -> Result<(), Refusal> {
        self.find_mut(id)?
            .reply
            .take()
            .map(|_| ())
            .ok_or(Refusal::NoReply)
    }

    /// Judges the replies whose time has come; says whether any was.
    pub fn settle(&mut self, now: DateTime<Utc>, moderation: Moderation) -> bool {
        let wait = match moderation {
            Moderation::Held => return false,
            Moderation::After(wait) => wait,
        };
        let mut any = false;
        for reply in self.reviews.iter_mut().filter_map(|r| r.reply.as_mut()) {
            if reply.state == ReplyState::Pending && reply.updated + wait <= now {
                any = true;
                if has_phone_number(&reply.comment) {
                    reply.state = ReplyState::Rejected;
                    reply.policy_violation = Some("PHONE_NUMBER".into());
                } else {
                    reply.state = ReplyState::Approved;
                }
            }
        }
        any
    }

    pub fn issue_token(&mut self, now: DateTime<Utc>) -> String {
        self.issued += 1;
        let token = format!("ya29.sandbox-{}", self.issued);
        self.tokens.insert(token.clone(), now + TimeDelta::seconds(3599));
        token
    }

    pub fn token_is_good(&self, token: &str, now: DateTime<Utc>) -> bool {
        self.tokens.get(token).is_some_and(|end| now < *end)
    }
}
