//! Trustpilot's words in ours. Every field may be missing: what is not understood costs that field, and only a review
//! without an id costs the review.

use serde::Deserialize;
use serde_json::Value;

use crate::domain::item::Author;
use crate::domain::item::Details;
use crate::domain::item::Incoming;
use crate::domain::item::ItemKind;
use crate::domain::item::Rating;
use crate::domain::item::SourceReply;
use crate::domain::item::Standing;
use crate::domain::item::Subject;
use crate::domain::item::Votes;
use crate::domain::say::language;
use crate::source::json;
use crate::source::json::instant;
use crate::source::json::text;
use crate::source::listing::Row;
use crate::source::place::Place;
use crate::source::trustpilot::CAPS;

/// Whom the customer is, beyond what stands on the page: the private list says it, and nobody here needs it.
const PERSONAL: &[&str] = &["referralEmail", "email"];
/// Where customers read a review.
const PAGE: &str = "https://www.trustpilot.com/reviews/";

#[derive(Debug, Deserialize)]
pub struct Listing {
    pub reviews: Option<Vec<Value>>,
}

/// What a call of theirs says.
#[derive(Debug, Deserialize)]
pub struct Events {
    pub events: Vec<Value>,
}

pub fn row(value: Value, unit: &Place) -> Row {
    Row {
        id: id(&value),
        at: instant(&value["createdAt"]),
        item: review(value, unit).ok_or_else(|| "a review without an id".to_owned()),
    }
}

/// The review, unless it has no id.
pub fn review(value: Value, unit: &Place) -> Option<Incoming> {
    let consumer = &value["consumer"];
    let native_id = id(&value)?;
    let published_at = instant(&value["createdAt"]);
    let updated = instant(&value["updatedAt"]);
    Some(Incoming {
        scope: unit.id.clone(),
        kind: ItemKind::Review,
        rating: value["stars"].as_f64().and_then(Rating::of_five),
        title: text(&value["title"]),
        body: text(&value["text"]),
        language: value["language"].as_str().and_then(language::declared),
        author: Author {
            native_id: text(&consumer["id"]),
            name: text(&consumer["displayName"]),
            anonymous: false,
        },
        subject: Some(Subject {
            kind: "company".to_owned(),
            id: unit.id.clone(),
            name: Some(unit.name.clone()),
            url: None,
        }),
        verified: verified(&value),
        details: Details {
            order: text(&value["referenceId"]),
            ..Details::default()
        },
        votes: Votes {
            up: value["numberOfLikes"]
                .as_i64()
                .and_then(|n| i32::try_from(n).ok()),
            down: None,
        },
        permalink: Some(format!("{PAGE}{native_id}")),
        published_at,
        edited_at: updated.filter(|at| published_at.is_some_and(|p| *at > p)),
        removed: false,
        caps: CAPS,
        reply: reply(&value),
        raw: json::storable(json::without(value, PERSONAL)),
        native_id,
    })
}

/// Letters and digits only: it becomes a part of addresses.
pub fn id(value: &Value) -> Option<String> {
    let id = value["id"].as_str()?;
    let is_sound = (1..=100).contains(&id.len()) && id.chars().all(|c| c.is_ascii_alphanumeric());
    is_sound.then(|| id.to_owned())
}

pub fn unit(value: &Value) -> Option<&str> {
    value["businessUnit"]["id"].as_str()
}

/// The company's answer, if there is one.
pub fn reply(review: &Value) -> Option<SourceReply> {
    let reply = &review["companyReply"];
    Some(SourceReply {
        native_id: None,
        body: text(&reply["text"])?,
        at: instant(&reply["updatedAt"]).or_else(|| instant(&reply["createdAt"])),
        standing: Standing::Visible,
        by: text(&reply["authorBusinessUserName"]),
    })
}

fn verified(review: &Value) -> Option<String> {
    match review["isVerified"].as_bool() {
        Some(true) => Some("verified".to_owned()),
        Some(false) | None => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_json_is_a_review_or_none(value in crate::source::tests::any_json()) {
            let unit = Place { id: "1".into(), name: "Gartenshop".into() };
            let read = row(value.clone(), &unit);
            prop_assert_eq!(read.id.is_some(), read.item.is_ok());
            let _reply = reply(&value);
        }
    }
}
