//! An App Store that publishes late, pages by links to other hosts, and never says that a review was edited.

use chrono::TimeDelta;
use serde_json::Value;
use serde_json::json;

use crate::domain::At;
use crate::domain::id::ReplyId;
use crate::domain::item::Standing;
use crate::port::PortError;
use crate::port::source::Page;
use crate::port::source::ReplyAction;
use crate::port::source::ReplyCall;
use crate::port::source::ReviewSource;
use crate::source::appstore::AppStore;
use crate::source::appstore::open;
use crate::source::appstore::settings;
use crate::source::appstore::settings::App;
use crate::source::appstore::settings::AppStoreSettings;
use crate::source::jwt;
use crate::source::kind::About;
use crate::source::tests::Asked;
use crate::source::tests::Far;
use crate::source::tests::Says;
use crate::source::tests::at;
use crate::source::tests::read;

macro_rules! fixture {
    ($name:literal) => {
        serde_json::from_str::<Value>(include_str!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/fixtures/source/appstore/",
            $name
        )))
        .unwrap()
    };
}

const REVIEW: &str = "00000157-a1b2-4c3d-9e00-1234abcd0001";

fn now() -> At {
    at("2026-11-21T09:00:00Z")
}

fn given(url: &str) -> AppStoreSettings {
    AppStoreSettings {
        app: App {
            id: "1234567890".into(),
            name: "Example Shop".into(),
        },
        issuer_id: "69a6de70".into(),
        key_id: "2X9R4HXF34".into(),
        key: jwt::tests::ec_pem().into(),
        base_url: url.into(),
        poll_minutes: 15,
        overlap_days: 14,
        sweep_hours: 24,
    }
}

fn about() -> About {
    About {
        name: "ios".into(),
        label: "App Store".into(),
        backfill_days: 400,
    }
}

fn store(far: &Far) -> AppStore {
    open(about(), given(&far.url)).unwrap()
}

fn pages(asked: &Asked, _: usize) -> Says {
    match asked.query.contains("cursor=AQ.2") {
        true => Says::Json(200, fixture!("last.json")),
        false => Says::Json(200, fixture!("page.json")),
    }
}

fn call(what: ReplyAction) -> ReplyCall {
    ReplyCall {
        what,
        key: ReplyId::new(now()),
        scope: "1234567890".into(),
        native_id: REVIEW.into(),
        reply_native_id: None,
        language: None,
        revision: 1,
        raw: Value::Null,
        at: now(),
    }
}

fn thanks() -> ReplyCall {
    call(ReplyAction::Create {
        body: "Danke für den Hinweis!".into(),
    })
}

/// A review with a reply, alone.
fn one() -> Value {
    let page = fixture!("page.json");
    json!({ "data": page["data"][0], "included": page["included"], "links": page["links"] })
}

/// Reads until there is no more.
async fn round(store: &AppStore, mut cursor: Option<Value>, now: At) -> Vec<Page> {
    let mut pages = Vec::new();
    loop {
        let page = store.fetch(cursor, now).await.unwrap();
        cursor = Some(page.cursor.clone());
        let more = page.more;
        pages.push(page);
        assert!(pages.len() < 20, "it never ends");
        if !more {
            return pages;
        }
    }
}

#[tokio::test]
async fn reviews_become_items_with_the_reply_that_they_name() {
    let far = Far::open(pages).await;
    let page = store(&far).fetch(None, now()).await.unwrap();
    let asked = far.asked().remove(0);
    assert_eq!(asked.path, "/v1/apps/1234567890/customerReviews");
    assert_eq!(asked.query, "sort=-createdDate&include=response&limit=200");
    let [whole, half] = page.items.as_slice() else {
        panic!("{page:?}")
    };
    assert_eq!(
        (whole.scope.as_str(), whole.native_id.as_str()),
        ("1234567890", REVIEW)
    );
    assert_eq!(
        (whole.title.as_deref(), whole.author.name.as_deref()),
        (Some("Login kaputt"), Some("hafenblick"))
    );
    assert_eq!(
        (whole.published_at, whole.edited_at),
        (Some(at("2026-11-19T14:41:02Z")), None)
    );
    let reply = whole.reply.as_ref().unwrap();
    assert_eq!(
        (reply.native_id.as_deref(), &reply.standing, reply.at),
        (
            Some("resp-77"),
            &Standing::Pending,
            Some(at("2026-11-19T16:00:00Z"))
        )
    );
    assert_eq!(whole.details.country.as_deref(), Some("DEU"));
    assert_eq!(
        (half.body.as_deref(), half.language.as_deref(), &half.reply),
        (Some("Top"), Some("de"), &None)
    );
    assert_eq!((page.odd.len(), page.odd[0].index, page.more), (1, 2, true));
}

#[tokio::test]
async fn each_call_carries_a_short_token_of_ours() {
    let far = Far::open(pages).await;
    let store = store(&far);
    for minutes in [0, 12, 14] {
        let now = now() + TimeDelta::minutes(minutes);
        store.fetch(None, now).await.unwrap();
    }
    let asked = far.asked();
    let token = |n: usize| asked[n].header("authorization").strip_prefix("Bearer ").unwrap();
    let header = jsonwebtoken::decode_header(token(0)).unwrap();
    assert_eq!(header.kid.as_deref(), Some("2X9R4HXF34"));
    let claims = jsonwebtoken::dangerous::insecure_decode::<Value>(token(0))
        .unwrap()
        .claims;
    assert_eq!(
        (&claims["iss"], &claims["aud"]),
        (&json!("69a6de70"), &json!("appstoreconnect-v1"))
    );
    let lasts = claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap();
    assert_eq!(lasts, 15 * 60);
    assert_eq!(token(0), token(1), "it is used until it ends");
    assert_ne!(token(0), token(2));
}

#[tokio::test]
async fn no_call_follows_a_link_to_another_host() {
    let far = Far::open(pages).await;
    assert_eq!(round(&store(&far), None, now()).await.len(), 2);
    let asked = far.asked();
    assert_eq!(asked[1].path, asked[0].path);
    assert_eq!(
        asked[1].query,
        "sort=-createdDate&include=response&limit=200&cursor=AQ.2"
    );
    let relative = Far::open(|asked, n| {
        let mut page = fixture!("page.json");
        page["links"]["next"] = json!("/v1/apps/1234567890/customerReviews?cursor=AQ.2");
        match asked.query.contains("cursor") {
            true => pages(asked, n),
            false => Says::Json(200, page),
        }
    })
    .await;
    assert_eq!(round(&store(&relative), None, now()).await.len(), 2);
}

#[tokio::test]
async fn the_last_days_are_read_again_and_everything_once_a_day() {
    let far = Far::open(|asked, _| {
        let mut page = match asked.query.contains("cursor") {
            true => fixture!("last.json"),
            false => fixture!("page.json"),
        };
        page["data"]
            .as_array_mut()
            .unwrap()
            .retain(|review| review["id"].is_string());
        Says::Json(200, page)
    })
    .await;
    let store = store(&far);
    let first = round(&store, None, now()).await;
    let walk = first[1].complete.as_ref().unwrap();
    assert_eq!((walk.ids.len(), walk.since), (3, now()));
    let soon = round(
        &store,
        Some(first[1].cursor.clone()),
        now() + TimeDelta::minutes(15),
    )
    .await;
    let ids: Vec<_> = soon.iter().flat_map(|p| &p.items).map(|i| &i.native_id).collect();
    assert!(ids.iter().any(|id| *id == REVIEW), "{ids:?}");
    assert!(soon.iter().all(|page| page.complete.is_none()));
    let tomorrow = now() + TimeDelta::hours(24);
    let again = round(&store, Some(first[1].cursor.clone()), tomorrow).await;
    assert_eq!(again.iter().filter(|page| page.complete.is_some()).count(), 1);
}

#[tokio::test]
async fn a_listing_that_is_not_whole_is_not_called_complete() {
    let nameless = Far::open(pages).await;
    let short = Far::open(|_, _| {
        let mut page = fixture!("last.json");
        page["meta"]["paging"]["total"] = json!(2);
        Says::Json(200, page)
    })
    .await;
    let silent = Far::open(|_, _| Says::Json(200, json!({}))).await;
    let strange = Far::open(|_, _| {
        let mut page = fixture!("last.json");
        page["links"]["next"] = json!("https://elsewhere.example/");
        Says::Json(200, page)
    })
    .await;
    let repeating = Far::open(|_, _| {
        let mut page = fixture!("last.json");
        page["links"]["next"] = json!("/x?cursor=AQ.2");
        Says::Json(200, page)
    })
    .await;
    for far in [&nameless, &short, &silent, &strange, &repeating] {
        let pages = round(&store(far), None, now()).await;
        assert!(pages.iter().all(|page| page.complete.is_none()), "{pages:?}");
    }
    for far in [&strange, &repeating] {
        let pages = round(&store(far), None, now()).await;
        let cursor = &pages.last().unwrap().cursor;
        assert!(cursor["created"].is_null(), "what lies behind is read next time");
    }
}

#[tokio::test]
async fn a_reply_is_created_replaced_and_taken_back() {
    let far = Far::open(|asked, _| match asked.method.as_str() {
        "POST" => Says::Json(201, fixture!("responded.json")),
        "DELETE" => Says::Json(200, Value::Null),
        _ => Says::Json(200, one()),
    })
    .await;
    let store = store(&far);
    let published = store.publish(&thanks()).await.unwrap();
    assert_eq!(
        (published.native_id.as_deref(), published.standing),
        (Some("resp-78"), Standing::Pending)
    );
    let posted = far.asked().pop().unwrap();
    assert_eq!(posted.path, "/v1/customerReviewResponses");
    assert_eq!(
        posted.json(),
        json!({ "data": {
            "type": "customerReviewResponses",
            "attributes": { "responseBody": "Danke für den Hinweis!" },
            "relationships": { "review": { "data": { "type": "customerReviews", "id": REVIEW } } },
        }})
    );
    let stands = store.look(&thanks()).await.unwrap().unwrap();
    assert_eq!(stands.body, "Danke, das beheben wir in 3.1.2.");
    store.publish(&call(ReplyAction::Delete)).await.unwrap();
    let taken = far.asked().pop().unwrap();
    assert_eq!(
        (taken.method.as_str(), taken.path.as_str()),
        ("DELETE", "/v1/customerReviewResponses/resp-77"),
        "the one that stands there, whichever we wrote"
    );
    let long = call(ReplyAction::Edit {
        body: "ä".repeat(5_971),
    });
    let refused = store.publish(&long).await;
    assert!(matches!(refused, Err(PortError::Never { .. })), "{refused:?}");
    assert!(far.asked().is_empty());
}

#[tokio::test]
async fn a_conflict_is_gone_only_if_the_review_is() {
    for (status, is_gone) in [(404, true), (200, false)] {
        let far = Far::open(move |asked, _| match asked.method.as_str() {
            "POST" => Says::Json(409, json!({ "errors": [] })),
            _ => Says::Json(status, one()),
        })
        .await;
        let refused = store(&far).publish(&thanks()).await.unwrap_err();
        assert_eq!(matches!(refused, PortError::Gone { .. }), is_gone, "{refused:?}");
        assert!(refused.is_no());
    }
}

#[tokio::test]
async fn a_reply_that_is_gone_already_is_taken_back() {
    let far = Far::open(|asked, _| match asked.method.as_str() {
        "DELETE" => Says::Json(404, json!({ "errors": [] })),
        _ => Says::Json(200, one()),
    })
    .await;
    assert!(store(&far).publish(&call(ReplyAction::Delete)).await.is_ok());
    let bare = Far::open(|_, _| Says::Json(200, json!({ "data": { "id": REVIEW }, "links": {} }))).await;
    assert!(store(&bare).publish(&call(ReplyAction::Delete)).await.is_ok());
    assert_eq!(bare.asked().len(), 1, "there is nothing to take back");
}

#[tokio::test]
async fn a_limit_is_later_whatever_is_left_of_the_quota() {
    let far = Far::open(|_, _| Says::Json(429, fixture!("limited.json"))).await;
    for told in [
        store(&far).fetch(None, now()).await.map(drop),
        store(&far).publish(&thanks()).await.map(drop),
    ] {
        assert!(matches!(told, Err(PortError::Later { .. })), "{told:?}");
    }
}

#[tokio::test]
async fn calls_go_out_one_after_the_other() {
    let far = Far::open(|_, _| Says::Json(200, one())).await;
    let store = store(&far);
    let held = store.api.turn.lock().await;
    let call = thanks();
    let look = store.look(&call);
    tokio::pin!(look);
    let waiting = std::time::Duration::from_millis(200);
    assert!(tokio::time::timeout(waiting, &mut look).await.is_err());
    assert!(far.asked().is_empty(), "it waits for its turn");
    drop(held);
    assert!(look.await.is_ok());
}

#[tokio::test]
async fn check_says_what_to_do() {
    for (status, part) in [
        (401, "issuer_id and key_id"),
        (403, "Customer Support"),
        (404, "Apple ID"),
    ] {
        let far = Far::open(move |_, _| Says::Json(status, json!({ "errors": [] }))).await;
        let flaws = store(&far).check(now()).await;
        assert!(flaws[0].remedy.contains(part), "{flaws:?}");
    }
    let far = Far::open(pages).await;
    assert_eq!(store(&far).check(now()).await, []);
}

#[test]
fn a_file_that_is_no_key_does_not_open_and_is_not_shown() {
    for key in ["s3cret".to_owned(), jwt::tests::rsa_pem()] {
        let settings = AppStoreSettings {
            key: key.into(),
            ..given("https://apple.example")
        };
        let told = open(about(), settings.clone()).err().unwrap();
        let told = format!("{told:?} {settings:?}");
        assert!(told.contains("AuthKey_") && !told.contains("s3cret"), "{told}");
    }
}

#[test]
fn the_file_names_a_number() {
    let of = |app: &str| {
        let ids = "issuer_id = \"69a6de70\"\nkey_id = \"2X9R4HXF34\"";
        let file = format!("[[source]]\nname = \"i\"\nkind = \"appstore\"\napp = {app}\n{ids}\n");
        read(&file, settings::read)
    };
    assert_eq!(of(r#"{ id = "12", name = "Shop" }"#).unwrap().app.id, "12");
    for bad in [r#"{ id = "id12", name = "Shop" }"#, r#"{ id = "12" }"#, "12"] {
        assert!(of(bad).is_none(), "{bad}");
    }
}
