//! Judge.me's words in ours. What is not understood costs that field, and only a review without an id costs the review.

use serde_json::Value;
use serde_json::json;

use crate::domain::At;
use crate::domain::item::Author;
use crate::domain::item::Details;
use crate::domain::item::Incoming;
use crate::domain::item::ItemKind;
use crate::domain::item::Rating;
use crate::domain::item::Subject;
use crate::domain::item::Votes;
use crate::source::json;
use crate::source::json::instant;
use crate::source::json::text;
use crate::source::judgeme::CAPS;

/// What says that somebody bought it; other words say that an address or an account was confirmed, or nothing.
const BOUGHT: [&str; 3] = ["buyer", "confirmed-buyer", "verified-purchase"];

pub fn review(value: Value, shop: &str) -> Result<Incoming, String> {
    let Some(native_id) = id(&value) else {
        return Err("a review without id".to_owned());
    };
    let reviewer = &value["reviewer"];
    let verified = value["verified"].as_str();
    let name = text(&reviewer["name"]);
    let published_at = created(&value);
    Ok(Incoming {
        scope: shop.to_owned(),
        native_id,
        kind: ItemKind::Review,
        rating: value["rating"].as_f64().and_then(Rating::of_five),
        title: text(&value["title"]),
        body: text(&value["body"]),
        language: None,
        author: Author {
            native_id: number(&reviewer["id"]),
            anonymous: name.is_none(),
            name,
        },
        subject: Some(subject(&value, shop)),
        verified: verified.filter(|word| BOUGHT.contains(word)).map(str::to_owned),
        details: Details::default(),
        votes: Votes::default(),
        permalink: None,
        published_at,
        edited_at: instant(&value["updated_at"]).filter(|at| published_at.is_some_and(|p| *at > p)),
        removed: !is_public(&value),
        caps: CAPS,
        // Judge.me takes answers and shows them to customers, and never to us.
        reply: None,
        raw: json::storable(without_contact(value)),
    })
}

fn subject(review: &Value, shop: &str) -> Subject {
    let handle = text(&review["product_handle"]);
    match number(&review["product_external_id"]) {
        Some(id) => Subject {
            kind: "product".to_owned(),
            id,
            name: text(&review["product_title"]),
            // Only where it is known how a shop's addresses are made.
            url: handle
                .filter(|_| shop.ends_with(".myshopify.com"))
                .map(|handle| format!("https://{shop}/products/{handle}")),
        },
        None => Subject {
            kind: "store".to_owned(),
            id: shop.to_owned(),
            name: None,
            url: None,
        },
    }
}

/// What nobody here needs: how to reach the customer, and from where they wrote.
fn without_contact(mut value: Value) -> Value {
    let reviewer = json!({ "id": value["reviewer"]["id"], "name": value["reviewer"]["name"] });
    if let Some(fields) = value.as_object_mut() {
        fields.remove("ip_address");
        if fields.contains_key("reviewer") {
            fields.insert("reviewer".to_owned(), reviewer);
        }
    }
    value
}

pub fn id(value: &Value) -> Option<String> {
    number(&value["id"])
}

pub fn created(value: &Value) -> Option<At> {
    instant(&value["created_at"])
}

/// Whether customers see it. What a shop has not looked at yet is told once it is published.
pub fn is_public(review: &Value) -> bool {
    let is_spam = review["curated"] == "spam";
    !is_spam && review["hidden"] != true && review["published"] != false
}

/// An id, which comes as a number or as a text.
fn number(value: &Value) -> Option<String> {
    match value {
        Value::Number(number) => number.as_u64().filter(|n| *n > 0).map(|n| n.to_string()),
        Value::String(text) => {
            let is_id = !text.is_empty() && text.len() <= 100 && text.bytes().all(|b| b.is_ascii_graphic());
            is_id.then(|| text.clone())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_what_customers_see_is_public() {
        for (review, wanted) in [
            (
                json!({ "curated": "ok", "published": true, "hidden": false }),
                true,
            ),
            (json!({ "curated": "not-yet", "published": false }), false),
            (json!({ "curated": "spam" }), false),
            (json!({ "hidden": true }), false),
            (json!({ "curated": "brand-new-word", "published": true }), true),
            (json!({}), true),
        ] {
            assert_eq!(is_public(&review), wanted, "{review}");
        }
    }

    proptest! {
        #[test]
        fn any_json_is_a_review_or_an_odd_one(value in crate::source::tests::any_json()) {
            let _read = (review(value.clone(), "a.example"), is_public(&value));
        }
    }
}
