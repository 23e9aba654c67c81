//! Google Play's words in ours. Every field may be missing and every enum may grow: what is not understood costs that
//! field, and only a review without an id costs the review. Whatever else there is stays in `raw`.

use chrono::DateTime;
use chrono::TimeDelta;
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
use crate::domain::say::words;
use crate::source::json;
use crate::source::play::settings::App;

/// Without anything in the window it is an object without `reviews`; `pageInfo` is always null and not asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Listing {
    pub reviews: Vec<Value>,
    token_pagination: Option<TokenPagination>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct TokenPagination {
    next_page_token: Option<String>,
}

/// A review that could not be understood.
#[derive(Debug, PartialEq, Eq)]
pub struct Odd {
    pub native_id: Option<String>,
    pub why: String,
}

impl Listing {
    pub fn next(&self) -> Option<String> {
        let paging = self.token_pagination.as_ref()?;
        paging.next_page_token.clone().filter(|token| !token.is_empty())
    }
}

pub fn review(value: Value, app: &App, caps: ReplyCaps) -> Result<Incoming, Odd> {
    let odd = |native_id: Option<String>, why: &str| Odd {
        native_id,
        why: why.to_owned(),
    };
    let Some(native_id) = id(&value) else {
        return Err(odd(None, "a review without reviewId"));
    };
    let Some(said) = comment(&value, "userComment") else {
        return Err(odd(Some(native_id), "a review without a userComment"));
    };
    let (title, body) = title_and_body(said);
    Ok(Incoming {
        scope: app.id.clone(),
        native_id,
        kind: ItemKind::Review,
        rating: said["starRating"].as_f64().and_then(Rating::of_five),
        language: spoken(title.as_deref(), body.as_deref(), said),
        title,
        body,
        author: Author {
            native_id: None,
            name: value["authorName"].as_str().and_then(text),
            anonymous: false,
        },
        subject: Some(Subject {
            kind: "app".to_owned(),
            id: app.id.clone(),
            name: Some(app.name.clone()),
            url: Some(format!(
                "https://play.google.com/store/apps/details?id={}",
                app.id
            )),
        }),
        verified: None,
        details: Details {
            version: said["appVersionName"].as_str().and_then(text),
            device: device(said),
            ..Details::default()
        },
        votes: Votes {
            up: count(&said["thumbsUpCount"]),
            down: count(&said["thumbsDownCount"]),
        },
        permalink: None,
        // There is one time only, of writing or of the last change; what is known already keeps its first.
        published_at: instant(&said["lastModified"]),
        edited_at: None,
        removed: false,
        caps,
        reply: reply(&value),
        raw: json::storable(value),
    })
}

pub fn id(value: &Value) -> Option<String> {
    let id = value["reviewId"].as_str()?;
    (!id.trim().is_empty() && id.len() <= 1000 && !id.chars().any(char::is_control)).then(|| id.to_owned())
}

/// When the customer last touched it.
pub fn modified(value: &Value) -> Option<At> {
    instant(&comment(value, "userComment")?["lastModified"])
}

/// The developer's reply, if there is one. It is not moderated: it stands at once.
pub fn reply(value: &Value) -> Option<SourceReply> {
    let given = comment(value, "developerComment")?;
    Some(SourceReply {
        native_id: None,
        body: given["text"].as_str().and_then(text)?,
        at: instant(&given["lastModified"]),
        standing: Standing::Visible,
        by: None,
    })
}

/// `pa3q (Galaxy S25 Ultra)` is the maker's word and the one that people know it by. The system is told by its level only.
fn device(said: &Value) -> Option<String> {
    let product = said["deviceMetadata"]["productName"].as_str().and_then(text);
    let known = product
        .as_deref()
        .and_then(|name| name.strip_suffix(')')?.split_once('('));
    let name = known.and_then(|(_, name)| text(name)).or(product);
    let level = said["androidOsVersion"].as_u64();
    match (name, level) {
        (Some(name), Some(level)) => Some(format!("{name}, Android API {level}")),
        (name, None) => name,
        (None, Some(level)) => Some(format!("Android API {level}")),
    }
}

/// A review is a conversation in which each side has one entry; of several the last one is what stands there.
fn comment<'a>(value: &'a Value, side: &str) -> Option<&'a Value> {
    let all = value["comments"].as_array()?;
    all.iter().rev().map(|c| &c[side]).find(|c| c.is_object())
}

/// One string with a tab between the two. A translation, which we do not ask for, leaves the customer's words elsewhere.
fn title_and_body(said: &Value) -> (Option<String>, Option<String>) {
    let original = said["originalText"].as_str().filter(|t| !t.trim().is_empty());
    let whole = original.or(said["text"].as_str()).unwrap_or_default();
    match whole.split_once('\t') {
        Some((title, body)) => (text(title), text(body)),
        None => (None, text(whole)),
    }
}

/// It is the device's language, so it is believed where the words themselves do not tell.
fn spoken(title: Option<&str>, body: Option<&str>, said: &Value) -> Option<String> {
    let words: Vec<&str> = [title, body].into_iter().flatten().collect();
    match language::detect(&words.join("\n")) {
        Some(_) => None,
        None => said["reviewerLanguage"].as_str().map(str::to_owned),
    }
}

fn text(text: &str) -> Option<String> {
    let text = words::stored(text);
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

fn count(value: &Value) -> Option<i32> {
    value.as_i64().and_then(|n| i32::try_from(n).ok())
}

/// Seconds are a string, because JSON's numbers are too small for them.
fn instant(value: &Value) -> Option<At> {
    let seconds = &value["seconds"];
    let seconds = seconds.as_i64().or_else(|| seconds.as_str()?.parse().ok())?;
    let nanos = value["nanos"].as_i64().unwrap_or(0).clamp(0, 999_999_999);
    let whole: At = DateTime::from_timestamp(seconds, 0)?;
    whole.checked_add_signed(TimeDelta::nanoseconds(nanos))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::source::tests::at;

    #[test]
    fn a_title_stands_before_the_tab() {
        let read = |said: Value| title_and_body(&said);
        let both = |title: &str, body: &str| (Some(title.to_owned()), Some(body.to_owned()));
        assert_eq!(
            read(json!({ "text": "Absturz\tBeim Scannen." })),
            both("Absturz", "Beim Scannen.")
        );
        assert_eq!(
            read(json!({ "text": "\tBeim Scannen." })),
            (None, Some("Beim Scannen.".into()))
        );
        assert_eq!(
            read(json!({ "text": "Beim Scannen." })),
            (None, Some("Beim Scannen.".into()))
        );
        assert_eq!(read(json!({ "text": "A\tb\tc" })), both("A", "b\tc"));
        assert_eq!(read(json!({ "text": " \t " })), (None, None));
        assert_eq!(
            read(json!({ "text": "Crash\tWhile scanning.", "originalText": "Absturz\tBeim Scannen." })),
            both("Absturz", "Beim Scannen.")
        );
        assert_eq!(
            read(json!({ "text": "Beim Scannen.", "originalText": "" })),
            (None, Some("Beim Scannen.".into()))
        );
    }

    #[test]
    fn a_device_is_called_what_people_call_it() {
        let named = |said: Value| device(&said);
        let product =
            |name: &str| json!({ "deviceMetadata": { "productName": name }, "androidOsVersion": 36 });
        assert_eq!(
            named(product("pa3q (Galaxy S25 Ultra)")).unwrap(),
            "Galaxy S25 Ultra, Android API 36"
        );
        assert_eq!(named(product("pa3q ()")).unwrap(), "pa3q (), Android API 36");
        assert_eq!(named(product("pa3q")).unwrap(), "pa3q, Android API 36");
        assert_eq!(
            named(json!({ "androidOsVersion": 36 })).unwrap(),
            "Android API 36"
        );
        assert_eq!(named(json!({ "device": "pa3q" })), None);
    }

    #[test]
    fn a_device_speaks_only_where_the_words_do_not() {
        let said = json!({ "reviewerLanguage": "de_DE" });
        assert_eq!(spoken(None, Some("Ok"), &said).as_deref(), Some("de_DE"));
        let english = "The app has been crashing since the last update and nobody answers me.";
        assert_eq!(spoken(None, Some(english), &said), None);
    }

    #[test]
    fn seconds_are_a_string_or_a_number() {
        let then = Some(at("2026-11-20T16:02:11.12Z"));
        for seconds in [json!("1795190531"), json!(1_795_190_531)] {
            assert_eq!(
                instant(&json!({ "seconds": seconds, "nanos": 120_000_000 })),
                then
            );
        }
        assert_eq!(instant(&json!({ "seconds": "soon" })), None);
        assert_eq!(
            instant(&json!({ "seconds": "9223372036854775807", "nanos": 1 })),
            None
        );
    }

    proptest! {
        #[test]
        fn any_json_is_a_review_or_an_odd_one(value in crate::source::tests::any_json()) {
            let app = App { id: "com.example".into(), name: "Example".into() };
            let _read = review(value.clone(), &app, ReplyCaps::none());
            let around = json!({ "reviewId": "x", "comments": [{ "userComment": value }] });
            let _inside = review(around, &app, ReplyCaps::none());
            let _reply = (reply(&value), modified(&value));
        }
    }
}
