//! The App Store's words in ours. Every field may be missing and every enum may grow: what is not understood costs that
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
use crate::domain::say::language;
use crate::source::appstore::settings::App;
use crate::source::json;
use crate::source::json::instant;
use crate::source::json::text;

/// A page of reviews, or one: `data` is a list or an object, and the replies stand beside it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Document<T> {
    /// None: it says nothing, which is not the same as an empty list.
    pub data: Option<T>,
    pub included: Vec<Value>,
    pub links: Links,
    pub meta: Value,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Links {
    pub next: Option<String>,
}

/// A review that could not be understood.
#[derive(Debug, PartialEq, Eq)]
pub struct Odd {
    pub why: String,
}

/// Territories in which one language is spoken, for words that are too few to tell.
const SPOKEN: &[(&[&str], &str)] = &[
    (&["DEU", "AUT", "LIE"], "de"),
    (&["USA", "GBR", "IRL", "AUS", "NZL"], "en"),
    (&["FRA", "MCO"], "fr"),
    (&["ITA", "SMR"], "it"),
    (&["ESP", "MEX", "ARG", "CHL", "COL", "PER"], "es"),
    (&["PRT", "BRA"], "pt"),
    (&["NLD"], "nl"),
    (&["POL"], "pl"),
    (&["CZE"], "cs"),
    (&["DNK"], "da"),
    (&["SWE"], "sv"),
    (&["TUR"], "tr"),
];

impl<T> Document<T> {
    /// How many there are in all, as Apple counts them.
    pub fn total(&self) -> Option<u64> {
        self.meta["paging"]["total"].as_u64()
    }
}

/// `included` has the replies of the whole page.
pub fn review(mut value: Value, included: &[Value], app: &App, caps: ReplyCaps) -> Result<Incoming, Odd> {
    let Some(native_id) = id(&value) else {
        return Err(Odd {
            why: "a review without id".to_owned(),
        });
    };
    let response = response_of(&value, included).cloned();
    let said = &value["attributes"];
    let (title, body) = (text(&said["title"]), text(&said["body"]));
    let incoming = Incoming {
        scope: app.id.clone(),
        native_id,
        kind: ItemKind::Review,
        rating: said["rating"].as_f64().and_then(Rating::of_five),
        language: spoken(title.as_deref(), body.as_deref(), &said["territory"]),
        title,
        body,
        author: Author {
            native_id: None,
            name: text(&said["reviewerNickname"]),
            anonymous: false,
        },
        subject: Some(Subject {
            kind: "app".to_owned(),
            id: app.id.clone(),
            name: Some(app.name.clone()),
            url: Some(format!("https://apps.apple.com/app/id{}", app.id)),
        }),
        verified: None,
        details: Details {
            country: text(&said["territory"]),
            ..Details::default()
        },
        votes: Votes::default(),
        permalink: None,
        published_at: created(&value),
        // That it was edited is not said; it is seen by its words.
        edited_at: None,
        removed: false,
        caps,
        reply: response.as_ref().and_then(reply),
        raw: Value::Null,
    };
    if let Some(response) = response {
        value["response"] = response;
    }
    Ok(Incoming {
        raw: json::storable(value),
        ..incoming
    })
}

pub fn id(value: &Value) -> Option<String> {
    let id = value["id"].as_str()?;
    (!id.trim().is_empty() && id.len() <= 1000 && !id.chars().any(char::is_control)).then(|| id.to_owned())
}

/// It carries the offset of Cupertino.
pub fn created(value: &Value) -> Option<At> {
    instant(&value["attributes"]["createdDate"])
}

/// The reply that a review names, among those that came with it.
pub fn response_of<'a>(review: &Value, included: &'a [Value]) -> Option<&'a Value> {
    let id = review["relationships"]["response"]["data"]["id"].as_str()?;
    let is_it = |value: &&Value| value["type"] == "customerReviewResponses" && value["id"] == id;
    included.iter().find(is_it)
}

pub fn reply(response: &Value) -> Option<SourceReply> {
    let said = &response["attributes"];
    Some(SourceReply {
        native_id: id(response),
        body: text(&said["responseBody"])?,
        at: instant(&said["lastModifiedDate"]),
        standing: standing(response),
        by: None,
    })
}

/// A state that we do not know is followed until we do.
pub fn standing(response: &Value) -> Standing {
    match response["attributes"]["state"].as_str() {
        None | Some("PUBLISHED") => Standing::Visible,
        Some(_) => Standing::Pending,
    }
}

/// Nobody declares it. What the words do not tell, the store of the country does, where it has one language.
fn spoken(title: Option<&str>, body: Option<&str>, territory: &Value) -> Option<String> {
    let words: Vec<&str> = [title, body].into_iter().flatten().collect();
    if language::detect(&words.join("\n")).is_some() {
        return None;
    }
    let territory = territory.as_str()?;
    let found = SPOKEN.iter().find(|(all, _)| all.contains(&territory));
    found.map(|(_, language)| (*language).to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_state_that_apple_invents_is_followed() {
        let state = |state: &str| standing(&json!({ "attributes": { "state": state } }));
        assert_eq!(state("PUBLISHED"), Standing::Visible);
        assert_eq!(state("PENDING_PUBLISH"), Standing::Pending);
        assert_eq!(state("IN_REVIEW"), Standing::Pending);
    }

    #[test]
    fn a_territory_speaks_only_where_the_words_do_not() {
        let of = |body: &str, territory: &str| spoken(None, Some(body), &json!(territory));
        assert_eq!(of("Ok", "DEU").as_deref(), Some("de"));
        assert_eq!(of("Ok", "CHE"), None, "it has four");
        assert_eq!(of("Ok", "ZZZ"), None);
        let english = "The app has been crashing since the last update and nobody answers me.";
        assert_eq!(of(english, "DEU"), None, "what is heard is believed");
    }

    proptest! {
        #[test]
        fn any_json_is_a_review_or_an_odd_one(value in crate::source::tests::any_json()) {
            let app = App { id: "1".into(), name: "Example".into() };
            let _read = review(value.clone(), std::slice::from_ref(&value), &app, ReplyCaps::none());
            let around = json!({ "id": "x", "attributes": value });
            let _inside = review(around, &[], &app, ReplyCaps::none());
            let _reply = (reply(&value), created(&value));
        }
    }
}
