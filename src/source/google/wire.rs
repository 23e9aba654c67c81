//! Google's words in ours. Every field may be missing and every enum may grow: what is not understood costs that
//! field, and only a review without an id costs the review.

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
use crate::domain::say::words;
use crate::source::google::settings::Location;
use crate::source::json;
use crate::source::json::instant;
use crate::source::json::text;
use crate::source::push::item::link;

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Listing {
    pub reviews: Vec<Value>,
    pub next_page_token: Option<String>,
}

/// A review that could not be understood.
#[derive(Debug, PartialEq, Eq)]
pub struct Odd {
    pub native_id: Option<String>,
    pub why: String,
}

pub fn review(value: Value, location: &Location, caps: ReplyCaps) -> Result<Incoming, Odd> {
    let Some(native_id) = id(&value) else {
        return Err(Odd {
            native_id: None,
            why: "a review without reviewId".to_owned(),
        });
    };
    let reviewer = &value["reviewer"];
    let published_at = instant(&value["createTime"]);
    Ok(Incoming {
        scope: location.id.clone(),
        native_id,
        kind: ItemKind::Review,
        rating: stars(&value["starRating"]),
        title: None,
        body: text(&value["comment"]).map(|c| original(&c).to_owned()),
        language: None,
        author: Author {
            native_id: None,
            name: text(&reviewer["displayName"]),
            anonymous: reviewer["isAnonymous"].as_bool().unwrap_or(false),
        },
        subject: Some(Subject {
            kind: "store".to_owned(),
            id: location.id.clone(),
            name: Some(location.name.clone()),
            url: None,
        }),
        verified: None,
        details: Details::default(),
        votes: Votes::default(),
        permalink: value["reviewReplyUrl"].as_str().and_then(link),
        published_at,
        edited_at: updated(&value).filter(|at| published_at.is_some_and(|p| *at > p)),
        removed: false,
        caps,
        reply: reply(&value["reviewReply"]),
        raw: json::storable(value),
    })
}

/// The review's own id; older answers have it only as the end of the name.
pub fn id(value: &Value) -> Option<String> {
    let name = value["name"].as_str().and_then(|n| n.rsplit('/').next());
    let id = value["reviewId"].as_str().or(name)?;
    (!id.trim().is_empty() && id.len() <= 1000 && !id.chars().any(char::is_control)).then(|| id.to_owned())
}

pub fn updated(value: &Value) -> Option<At> {
    instant(&value["updateTime"])
}

/// The business reply, if there is one.
pub fn reply(value: &Value) -> Option<SourceReply> {
    let body = value.as_object()?.get("comment").and_then(text)?;
    Some(SourceReply {
        native_id: None,
        body: original(&body).to_owned(),
        at: instant(&value["updateTime"]),
        standing: standing(value),
        by: None,
    })
}

/// Without a state it stands: before 2026 there was none. A state that we do not know is followed until we do.
pub fn standing(reply: &Value) -> Standing {
    match reply["reviewReplyState"].as_str() {
        None | Some("APPROVED" | "ACTIVE") => Standing::Visible,
        Some("REJECTED") => Standing::Rejected(match &reply["policyViolation"] {
            Value::Null => "Google gave no reason".to_owned(),
            Value::String(reason) => words::short_line(reason, 200),
            other => words::short_line(&other.to_string(), 200),
        }),
        Some(_) => Standing::Pending,
    }
}

/// Google puts its translation into the customer's words, before or behind them. A customer who writes the markers
/// in the middle of a line keeps the text.
fn original(comment: &str) -> &str {
    const TRANSLATED: &str = "(Translated by Google)";
    const ORIGINAL: &str = "(Original)";
    let at_line = |marker: &str| {
        comment
            .match_indices(marker)
            .map(|(at, _)| at)
            .find(|at| *at == 0 || comment[..*at].ends_with('\n'))
    };
    let text = match (at_line(TRANSLATED), at_line(ORIGINAL)) {
        (Some(0), Some(original)) => &comment[original + ORIGINAL.len()..],
        (Some(translated), None) if translated > 0 => &comment[..translated],
        _ => return comment,
    };
    let text = text.trim();
    if text.is_empty() { comment } else { text }
}

fn stars(value: &Value) -> Option<Rating> {
    let stars = match value.as_str()?.to_ascii_uppercase().as_str() {
        "ONE" => 1.0,
        "TWO" => 2.0,
        "THREE" => 3.0,
        "FOUR" => 4.0,
        "FIVE" => 5.0,
        _ => return None,
    };
    Rating::of_five(stars)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn only_the_customers_own_words_are_kept() {
        let kept = [
            ("(Translated by Google) Nice\n\n(Original)\nSchön", "Schön"),
            (
                "(Translated by Google) Nice\r\n\r\n(Original)\r\nSchön\r\nhier",
                "Schön\r\nhier",
            ),
            ("Schön\n\n(Translated by Google)\nNice", "Schön"),
            (
                "I saw (Translated by Google) there",
                "I saw (Translated by Google) there",
            ),
            ("(Original) recipe!", "(Original) recipe!"),
            ("(Translated by Google) Nice", "(Translated by Google) Nice"),
        ];
        for (comment, words) in kept {
            assert_eq!(original(comment), words);
        }
    }

    #[test]
    fn a_state_that_google_invents_is_followed() {
        let state = |state: &str| standing(&json!({ "reviewReplyState": state }));
        assert_eq!(state("APPROVED"), Standing::Visible);
        assert_eq!(state("ACTIVE"), Standing::Visible);
        assert_eq!(state("UNDER_REVIEW"), Standing::Pending);
        assert_eq!(standing(&json!({})), Standing::Visible);
        let rejected = json!({ "reviewReplyState": "REJECTED", "policyViolation": "PROFANITY" });
        assert_eq!(standing(&rejected), Standing::Rejected("PROFANITY".into()));
    }

    proptest! {
        #[test]
        fn any_json_is_a_review_or_an_odd_one(value in crate::source::tests::any_json()) {
            let location = Location { id: "1".into(), name: "Ost".into() };
            let _read = review(value.clone(), &location, ReplyCaps::none());
            let _reply = (reply(&value), standing(&value));
        }

        #[test]
        fn any_comment_keeps_some_words(comment in "(\\(Translated by Google\\)|\\(Original\\)|\n|ä| ){0,8}") {
            prop_assert_eq!(original(&comment).trim().is_empty(), comment.trim().is_empty());
        }
    }
}
