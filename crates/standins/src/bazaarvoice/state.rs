//! What the site remembers, and the changes it knows: plain data, told the time.

use std::collections::BTreeMap;

use chrono::DateTime;
use chrono::TimeDelta;
use chrono::Utc;
use serde::Deserialize;
use serde::Serialize;

use crate::shop::Kind;
use crate::sites::Refusal;

/// As documented.
const TOKEN_MINUTES: i64 = 60;

/// Where an answer stands with the moderators.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Stage {
    Submitted,
    Approved,
    Rejected,
}

/// A review or a question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    pub id: String,
    pub kind: Kind,
    pub product: String,
    pub author: String,
    pub stars: u8,
    pub text: String,
    pub submitted: DateTime<Utc>,
    pub modified: DateTime<Utc>,
    pub is_syndicated: bool,
}

/// A client's response to a review.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Response {
    pub id: String,
    pub review: String,
    pub department: String,
    pub text: String,
    pub created: DateTime<Utc>,
    pub updated: DateTime<Utc>,
}

/// Anybody's answer to a question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    pub id: String,
    pub question: String,
    pub user: String,
    pub nickname: String,
    pub text: String,
    pub submitted: DateTime<Utc>,
    pub stage: Stage,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct State {
    /// In the order of writing.
    pub items: Vec<Item>,
    pub responses: Vec<Response>,
    pub answers: Vec<Answer>,
    /// Below which item something became public, each time.
    pub publications: Vec<String>,
    pub written: u64,
    /// Access token and its end.
    pub tokens: BTreeMap<String, DateTime<Utc>>,
    pub issued: u64,
}

impl State {
    pub fn put(&mut self, item: Item) -> String {
        let id = (29_917_000 + self.next()).to_string();
        self.items.push(Item {
            id: id.clone(),
            ..item
        });
        id
    }

    pub fn find(&self, id: &str) -> Result<&Item, Refusal> {
        let mut all = self.items.iter();
        all.find(|item| item.id == id).ok_or(Refusal::NoSuchItem)
    }

    pub fn find_mut(&mut self, id: &str) -> Result<&mut Item, Refusal> {
        let mut all = self.items.iter_mut();
        all.find(|item| item.id == id).ok_or(Refusal::NoSuchItem)
    }

    /// As many as are written stand there.
    pub fn respond(&mut self, review: &str, department: &str, text: &str, now: DateTime<Utc>) -> Response {
        let response = Response {
            id: format!("0b6f7ad2-54b1-4c0e-9a1e-{:012}", self.next()),
            review: review.into(),
            department: department.into(),
            text: text.into(),
            created: now,
            updated: now,
        };
        self.responses.push(response.clone());
        self.publications.push(review.into());
        response
    }

    pub fn submit(&mut self, answer: Answer) -> Answer {
        let id = (41_003_000 + self.next()).to_string();
        let answer = Answer { id, ..answer };
        self.answers.push(answer.clone());
        answer
    }

    pub fn judge(&mut self, question: &str, stage: Stage, now: DateTime<Utc>) -> Result<(), Refusal> {
        let mut waiting = self.answers.iter_mut().rev();
        let answer = waiting.find(|a| a.question == question && a.stage == Stage::Submitted);
        answer.ok_or(Refusal::NoReply)?.stage = stage;
        if stage == Stage::Approved {
            self.publications.push(question.to_owned());
            if let Ok(question) = self.find_mut(question) {
                question.modified = now;
            }
        }
        Ok(())
    }

    pub fn published(&self, id: &str) -> u32 {
        let count = self.publications.iter().filter(|of| *of == id).count();
        u32::try_from(count).unwrap_or(u32::MAX)
    }

    pub fn issue_token(&mut self, now: DateTime<Utc>) -> String {
        self.issued += 1;
        let token = format!("sandbox-access-{}", self.issued);
        self.tokens
            .insert(token.clone(), now + TimeDelta::minutes(TOKEN_MINUTES));
        token
    }

    pub fn token_is_good(&self, token: &str, now: DateTime<Utc>) -> bool {
        self.tokens.get(token).is_some_and(|until| now < *until)
    }

    fn next(&mut self) -> u64 {
        self.written += 1;
        self.written
    }
}
