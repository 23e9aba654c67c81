//! WooCommerce's words in ours. What is not understood costs that field, and only a review without an id costs the review.
//! Texts come as HTML and times without a zone, which the field's name says: `_gmt`.

use std::collections::BTreeMap;

use chrono::NaiveDateTime;
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
use crate::domain::say::words;
use crate::source::html;
use crate::source::json;
use crate::source::push::item::link;

/// An address to write to is nothing that anybody here needs, and a picture's address is made from it.
const PERSONAL: &[&str] = &["reviewer_email", "reviewer_avatar_urls"];

/// What a review is about, by the product's id.
pub type Products = BTreeMap<u64, Product>;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Product {
    pub name: Option<String>,
    pub url: Option<String>,
}

/// A comment below a review.
#[derive(Debug, Clone, PartialEq)]
pub struct Comment {
    pub id: u64,
    pub parent: u64,
    /// The user who wrote it; 0 for whoever is not signed in.
    pub author: u64,
    pub reply: SourceReply,
    pub url: Option<String>,
    /// Somebody took it away, and it can still be asked for.
    pub is_trashed: bool,
}

pub fn review(value: Value, scope: &str, products: &Products, caps: ReplyCaps) -> Result<Incoming, String> {
    let Some(id) = id(&value) else {
        return Err("a review without id".to_owned());
    };
    let subject = product_id(&value).map(|id| {
        let product = products.get(&id).cloned().unwrap_or_default();
        Subject {
            kind: "product".to_owned(),
            id: id.to_string(),
            name: product.name,
            url: product.url,
        }
    });
    let page = subject.as_ref().and_then(|s| s.url.clone());
    Ok(Incoming {
        scope: scope.to_owned(),
        native_id: id.to_string(),
        kind: ItemKind::Review,
        // 0 is a review without stars.
        rating: value["rating"].as_f64().and_then(Rating::of_five),
        title: None,
        body: plain(&value["review"]),
        language: None,
        author: Author {
            native_id: reviewer(&value).map(|user| user.to_string()),
            name: plain(&value["reviewer"]),
            anonymous: false,
        },
        subject,
        verified: (value["verified"] == true).then(|| "buyer".to_owned()),
        details: Details::default(),
        votes: Votes::default(),
        permalink: page.and_then(|page| link(&format!("{page}#comment-{id}"))),
        published_at: written(&value),
        edited_at: None,
        removed: false,
        caps,
        reply: None,
        raw: json::storable(json::without(value, PERSONAL)),
    })
}

pub fn id(value: &Value) -> Option<u64> {
    value["id"].as_u64().filter(|id| *id > 0)
}

pub fn product_id(review: &Value) -> Option<u64> {
    review["product_id"].as_u64().filter(|id| *id > 0)
}

/// The user who wrote the review, where it was somebody signed in: only a link says so.
pub fn reviewer(review: &Value) -> Option<u64> {
    let href = review["_links"]["reviewer"][0]["href"].as_str()?;
    href.rsplit('/').next()?.parse().ok()
}

pub fn written(review: &Value) -> Option<At> {
    instant(&review["date_created_gmt"])
}

/// Whether customers cannot see it any more. What waits for a moderator may come back.
pub fn is_removed(review: &Value) -> bool {
    matches!(review["status"].as_str(), Some("trash" | "spam"))
}

pub fn product(value: &Value) -> Option<(u64, Product)> {
    let product = Product {
        name: plain(&value["name"]),
        url: value["permalink"].as_str().and_then(link),
    };
    Some((id(value)?, product))
}

pub fn comment(value: &Value) -> Option<Comment> {
    let id = id(value)?;
    let content = &value["content"];
    let body = plain(&content["raw"]).or_else(|| plain(&content["rendered"]))?;
    Some(Comment {
        id,
        parent: value["parent"].as_u64().unwrap_or_default(),
        author: value["author"].as_u64().unwrap_or_default(),
        reply: SourceReply {
            native_id: Some(id.to_string()),
            body,
            at: instant(&value["date_gmt"]),
            standing: standing(value),
            by: plain(&value["author_name"]),
        },
        url: value["link"].as_str().and_then(link),
        is_trashed: value["status"] == "trash",
    })
}

/// A status that we do not know is followed until we do.
fn standing(comment: &Value) -> Standing {
    match comment["status"].as_str() {
        None | Some("approved") => Standing::Visible,
        Some("spam") => Standing::Rejected("the shop took it for spam".to_owned()),
        Some("trash") => Standing::Rejected("it lies in the shop's trash".to_owned()),
        Some(_) => Standing::Pending,
    }
}

/// Our words as the HTML that WordPress keeps: nothing in them is markup.
pub fn markup(body: &str) -> String {
    html_escape::encode_text(body).into_owned()
}

/// The same as it is read back.
pub fn as_kept(body: &str) -> Option<String> {
    plain(&Value::from(markup(body)))
}

fn plain(value: &Value) -> Option<String> {
    // WordPress puts a line's end behind each break that stands for one.
    let text = &value.as_str()?.replace("<br />\n", "<br />");
    let text = words::stored(&html::words(text).unwrap_or_else(|| text.to_owned()));
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

fn instant(value: &Value) -> Option<At> {
    let text = value.as_str()?;
    let naive = text.parse::<NaiveDateTime>().map(|at| at.and_utc());
    naive.ok().or_else(|| text.parse().ok())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::source::tests::at;

    fn read(value: Value) -> Incoming {
        review(value, "shop", &Products::new(), ReplyCaps::none()).unwrap()
    }

    #[test]
    fn times_without_a_zone_are_utc_and_others_what_they_say() {
        let written = |text: &str| written(&json!({ "date_created_gmt": text }));
        assert_eq!(written("2026-11-18T16:59:17"), Some(at("2026-11-18T16:59:17Z")));
        assert_eq!(
            written("2026-11-18T17:59:17+01:00"),
            Some(at("2026-11-18T16:59:17Z"))
        );
        assert_eq!(written("gestern"), None);
    }

    #[test]
    fn no_stars_are_no_rating_and_not_the_worst_one() {
        let stars = |rating: Value| {
            read(json!({ "id": 1, "rating": rating }))
                .rating
                .map(Rating::stars)
        };
        assert_eq!(stars(json!(0)), None);
        assert_eq!(stars(json!(1)), Some(1));
        assert_eq!(stars(json!(5)), Some(5));
        assert_eq!(stars(json!(6)), None);
        assert_eq!(stars(json!("ELEVEN")), None);
    }

    #[test]
    fn what_we_write_is_read_back_as_it_was() {
        for body in [
            "Größe < 40 & mehr",
            "Zeile 1\nZeile 2",
            "<b> bleibt stehen",
            "a &amp; b",
            "5 > 3",
        ] {
            let kept = json!({ "id": 1, "content": { "raw": markup(body) } });
            assert_eq!(comment(&kept).unwrap().reply.body, body);
        }
        let loose = "Eins  \n\n\n<zwei> ";
        let kept = json!({ "id": 1, "content": { "raw": markup(loose) } });
        assert_eq!(comment(&kept).map(|c| c.reply.body), as_kept(loose));
    }

    #[test]
    fn nobodys_address_is_kept() {
        let item = read(
            json!({ "id": 1, "reviewer": "O&#8217;Neil", "reviewer_email": "a@b.example",
            "reviewer_avatar_urls": { "24": "https://pictures.example/hash" } }),
        );
        assert_eq!(item.author.name.as_deref(), Some("O’Neil"));
        assert_eq!(item.raw, json!({ "id": 1, "reviewer": "O&#8217;Neil" }));
    }

    proptest! {
        #[test]
        fn any_json_is_a_review_or_an_odd_one(value in crate::source::tests::any_json()) {
            let _read = review(value.clone(), "shop", &Products::new(), ReplyCaps::none());
            let _others = (comment(&value), product(&value), is_removed(&value), reviewer(&value));
        }
    }
}
