//! eTrusted's words in ours. Every field may be missing and every enum may grow: what is not understood costs that field,
//! and only a review without an id costs the review.

use serde::Deserialize;
use serde_json::Value;

use crate::domain::At;
use crate::domain::item::Author;
use crate::domain::item::Details;
use crate::domain::item::Incoming;
use crate::domain::item::ItemKind;
use crate::domain::item::Rating;
use crate::domain::item::SourceReply;
use crate::domain::item::Standing;
use crate::domain::item::Subject;
use crate::domain::item::Votes;
use crate::domain::item::caps::ReplyCaps;
use crate::source::etrusted::CAPS;
use crate::source::json;
use crate::source::json::instant;
use crate::source::json::text;
use crate::source::listing::Row;
use crate::source::place::Place;
use crate::source::push::item::link;

/// Whom the customer is, beyond what stands on the page: nobody here needs it.
const PERSONAL: &[&str] = &["customer", "email", "mobile"];

#[derive(Debug, Deserialize)]
pub struct Listing {
    pub items: Option<Vec<Value>>,
    #[serde(default)]
    pub paging: Paging,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Paging {
    pub cursor: Ends,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Ends {
    /// The review behind which the next page begins.
    pub after: Option<String>,
}

/// A line of the list by when reviews were submitted.
pub fn submitted(value: Value, channel: &Place) -> Row {
    row(
        instant(&value["submittedAt"]).or_else(|| instant(&value["createdAt"])),
        value,
        channel,
    )
}

/// A line of the list by when reviews were changed, if this one was.
pub fn edited(value: Value, channel: &Place) -> Option<Row> {
    let at = instant(&value["editedAt"])?;
    Some(row(Some(at), value, channel))
}

fn row(at: Option<At>, value: Value, channel: &Place) -> Row {
    Row {
        id: id(&value),
        at,
        item: review(value, channel).ok_or_else(|| "a review without an id".to_owned()),
    }
}

/// The review, unless it has no id.
pub fn review(value: Value, channel: &Place) -> Option<Incoming> {
    let native_id = id(&value)?;
    let published_at = instant(&value["submittedAt"]).or_else(|| instant(&value["createdAt"]));
    let edited = instant(&value["editedAt"]);
    let stage = Stage::of(&value);
    Some(Incoming {
        scope: channel.id.clone(),
        native_id,
        kind: ItemKind::Review,
        rating: value["rating"].as_f64().and_then(Rating::of_five),
        title: text(&value["title"]),
        body: text(&value["comment"]),
        language: None,
        author: Author {
            native_id: None,
            name: name(&value["customer"]),
            anonymous: false,
        },
        subject: Some(subject(&value["product"], channel)),
        verified: (value["verificationType"].as_str() == Some("VERIFIED")).then(|| "verified".to_owned()),
        details: Details {
            order: text(&value["transaction"]["reference"]),
            ..Details::default()
        },
        votes: Votes::default(),
        permalink: None,
        published_at,
        edited_at: edited.filter(|at| published_at.is_some_and(|p| *at > p)),
        removed: stage == Stage::Refused,
        caps: ReplyCaps {
            moderated: stage != Stage::Shown,
            ..CAPS
        },
        reply: reply(&value),
        raw: json::storable(json::without(value, PERSONAL)),
    })
}

/// Who sees a review. It is held back while moderators look at it, after somebody objected, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    Shown,
    Held,
    Refused,
}

impl Stage {
    /// A stage that we do not know is followed until we do.
    pub fn of(review: &Value) -> Self {
        match review["state"].as_str() {
            None | Some("APPROVED") => Self::Shown,
            Some("REJECTED" | "DISCARDED") => Self::Refused,
            Some(_) => Self::Held,
        }
    }

    /// Customers read an answer where they read what it is about.
    pub fn of_reply(self) -> Standing {
        match self {
            Self::Shown => Standing::Visible,
            Self::Held | Self::Refused => Standing::Pending,
        }
    }
}

/// `rev-…`: it becomes a part of addresses.
pub fn id(value: &Value) -> Option<String> {
    let id = value["id"].as_str()?;
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    ((1..=200).contains(&id.len()) && id.chars().all(is_plain)).then(|| id.to_owned())
}

/// The shop's answer, if there is one.
pub fn reply(review: &Value) -> Option<SourceReply> {
    let reply = &review["reply"];
    Some(SourceReply {
        native_id: None,
        body: text(&reply["comment"])?,
        at: instant(&reply["updatedAt"]).or_else(|| instant(&reply["createdAt"])),
        standing: Stage::of(review).of_reply(),
        by: None,
    })
}

/// As on the page: the first name, and how the last one begins.
fn name(customer: &Value) -> Option<String> {
    let first = text(&customer["firstName"]);
    let last = text(&customer["lastName"]).and_then(|last| last.trim().chars().next());
    match (first, last) {
        (Some(first), Some(initial)) => Some(format!("{} {initial}.", first.trim())),
        (first, _) => first,
    }
}

fn subject(product: &Value, channel: &Place) -> Subject {
    let id = text(&product["sku"]).or_else(|| text(&product["id"]));
    match id {
        Some(id) => Subject {
            kind: "product".to_owned(),
            id,
            name: text(&product["name"]),
            url: product["url"].as_str().and_then(link),
        },
        None => Subject {
            kind: "company".to_owned(),
            id: channel.id.clone(),
            name: Some(channel.name.clone()),
            url: None,
        },
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_stage_that_nobody_knows_is_followed() {
        let stage = |state: &str| Stage::of(&json!({ "state": state }));
        assert_eq!(Stage::of(&json!({})), Stage::Shown);
        assert_eq!(stage("APPROVED"), Stage::Shown);
        for held in ["MODERATION", "SUBMITTED", "ENCHANTED"] {
            assert_eq!(stage(held), Stage::Held, "{held}");
        }
        for refused in ["REJECTED", "DISCARDED"] {
            assert_eq!(stage(refused), Stage::Refused, "{refused}");
        }
    }

    #[test]
    fn a_customer_has_the_name_that_stands_on_the_page() {
        let named = |customer: Value| name(&customer);
        let full = json!({ "firstName": " Jule ", "lastName": "Kern", "fullName": "Jule Kern" });
        assert_eq!(named(full).as_deref(), Some("Jule K."));
        assert_eq!(named(json!({ "firstName": "Jule" })).as_deref(), Some("Jule"));
        assert_eq!(named(json!({ "lastName": "Kern", "email": "j@k.example" })), None);
    }

    proptest! {
        #[test]
        fn any_json_is_a_review_or_none(value in crate::source::tests::any_json()) {
            let channel = Place { id: "chl-1".into(), name: "Gartenshop".into() };
            let read = submitted(value.clone(), &channel);
            prop_assert_eq!(read.id.is_some(), read.item.is_ok());
            let _edited = edited(value.clone(), &channel);
            let _reply = reply(&value);
        }
    }
}
