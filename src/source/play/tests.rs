//! A Google Play that pages oddly, refuses single answers, shows a week and forgets the rest.

use chrono::TimeDelta;
use secrecy::SecretString;
use serde_json::Value;
use serde_json::json;

use crate::domain::At;
use crate::domain::id::ReplyId;
use crate::port::PortError;
use crate::port::source::Page;
use crate::port::source::ReplyAction;
use crate::port::source::ReplyCall;
use crate::port::source::ReviewSource;
use crate::source::jwt;
use crate::source::kind::About;
use crate::source::play::Play;
use crate::source::play::open;
use crate::source::play::settings;
use crate::source::play::settings::App;
use crate::source::play::settings::PlaySettings;
use crate::source::tests::Asked;
use crate::source::tests::Far;
use crate::source::tests::Says;
use crate::source::tests::at;
use crate::source::tests::read;
use crate::source::tests::service_account;

macro_rules! fixture {
    ($name:literal) => {
        serde_json::from_str::<Value>(include_str!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/fixtures/source/play/",
            $name
        )))
        .unwrap()
    };
}

fn now() -> At {
    at("2026-11-21T09:00:00Z")
}

fn given(url: &str, key: SecretString) -> PlaySettings {
    PlaySettings {
        app: App {
            id: "com.example.shop".into(),
            name: "Example Shop".into(),
        },
        key,
        base_url: url.into(),
        token_url: format!("{url}/token"),
        poll_minutes: 15,
        overlap_hours: 24,
    }
}

fn about() -> About {
    About {
        name: "play".into(),
        label: "Google Play".into(),
        backfill_days: 400,
    }
}

fn app(url: &str) -> Play {
    open(about(), given(url, service_account().into())).unwrap()
}

/// Grants a token and answers the rest with `says`.
async fn google(says: impl Fn(&Asked, usize) -> Says + Send + Sync + 'static) -> Far {
    Far::open(move |asked, n| match asked.path.as_str() {
        "/token" => Says::Json(200, json!({ "access_token": "t", "expires_in": 3599 })),
        _ => says(asked, n),
    })
    .await
}

fn pages(asked: &Asked, _: usize) -> Says {
    match asked.query.contains("token=EgIIAg") {
        true => Says::Json(200, fixture!("last.json")),
        false => Says::Json(200, fixture!("page.json")),
    }
}

/// An answer to a review that was changed `days` ago.
fn thanks(days: i64) -> ReplyCall {
    let modified = (now() - TimeDelta::days(days)).timestamp().to_string();
    ReplyCall {
        what: ReplyAction::Create {
            body: "Danke für den Hinweis!".into(),
        },
        key: ReplyId::new(now()),
        scope: "com.example.shop".into(),
        native_id: "gp:AOqpTOH7x1".into(),
        reply_native_id: None,
        language: None,
        revision: 1,
        raw: json!({ "comments": [{ "userComment": { "lastModified": { "seconds": modified } } }] }),
        at: now(),
    }
}

/// Reads until there is no more.
async fn round(app: &Play, mut cursor: Option<Value>, now: At) -> Vec<Page> {
    let mut pages = Vec::new();
    loop {
        let page = app.fetch(cursor, now).await.unwrap();
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
async fn reviews_become_items_with_title_votes_and_reply() {
    let far = google(pages).await;
    let page = app(&far.url).fetch(None, now()).await.unwrap();
    let asked = far.asked();
    assert_eq!(
        asked[1].path,
        "/androidpublisher/v3/applications/com.example.shop/reviews"
    );
    assert_eq!(asked[1].query, "maxResults=100");
    assert_eq!(asked[1].header("authorization"), "Bearer t");
    let [whole, half] = page.items.as_slice() else {
        panic!("{page:?}")
    };
    assert_eq!(
        (whole.scope.as_str(), whole.native_id.as_str()),
        ("com.example.shop", "gp:AOqpTOH7x1")
    );
    assert_eq!(whole.title.as_deref(), Some("Absturz"));
    assert_eq!(
        whole.body.as_deref(),
        Some("Seit 4.2 stürzt die App beim Scannen ab.")
    );
    assert_eq!(
        (whole.language.as_deref(), whole.author.name.as_deref()),
        (None, Some("Marta")),
        "the words themselves tell it"
    );
    assert_eq!(whole.details.version.as_deref(), Some("4.2.1"));
    assert_eq!(
        whole.details.device.as_deref(),
        Some("Beispieltelefon 5, Android API 36")
    );
    assert_eq!((whole.votes.up, whole.votes.down), (Some(3), Some(1)));
    assert_eq!(whole.published_at, Some(at("2026-11-20T16:02:11.12Z")));
    assert_eq!(whole.raw["comments"][0]["userComment"]["appVersionName"], "4.2.1");
    let reply = whole.reply.as_ref().unwrap();
    assert_eq!(
        (reply.body.as_str(), reply.at),
        ("Danke, wir sehen es uns an.", Some(at("2026-11-20T17:02:11Z")))
    );
    let subject = whole.subject.as_ref().unwrap();
    assert_eq!(
        (subject.kind.as_str(), subject.name.as_deref()),
        ("app", Some("Example Shop"))
    );
    assert_eq!(
        (
            half.title.as_deref(),
            half.body.as_deref(),
            half.rating.unwrap().stars()
        ),
        (None, Some("Gute App"), 5)
    );
    assert_eq!((half.votes.up, &half.reply), (None, &None));
    let [odd] = page.odd.as_slice() else {
        panic!("{page:?}")
    };
    assert_eq!((odd.index, odd.native_id.as_deref()), (2, Some("gp:AOqpTOH7x3")));
    assert!(page.more);
}

#[tokio::test]
async fn each_poll_reads_until_behind_the_mark() {
    let far = google(pages).await;
    let app = app(&far.url);
    let first = round(&app, None, now()).await;
    assert_eq!(first.len(), 2);
    assert_eq!(first[1].items[0].native_id, "gp:AOqpTOH7x4");
    let soon = now() + TimeDelta::minutes(15);
    let second = round(&app, Some(first[1].cursor.clone()), soon).await;
    assert_eq!(
        second.len(),
        1,
        "its second review is older than the mark less 24 hours"
    );
}

/// What people report: no token where there is more, the same one again, one that goes round in a circle.
#[tokio::test]
async fn an_odd_listing_ends_and_a_repeated_page_moves_no_mark() {
    let without = |token: Option<&'static str>| {
        move |_: &Asked, _: usize| {
            let mut page = fixture!("page.json");
            page["pageInfo"] = Value::Null;
            page["tokenPagination"] = token.map_or(Value::Null, |t| json!({ "nextPageToken": t }));
            Says::Json(200, page)
        }
    };
    let far = google(without(None)).await;
    let pages = round(&app(&far.url), None, now()).await;
    assert_eq!((pages.len(), &pages[0].cursor["walk"]), (1, &Value::Null));
    assert!(!pages[0].cursor["updated"].is_null());

    let far = google(without(Some("EgIIAg"))).await;
    let pages = round(&app(&far.url), None, now()).await;
    assert_eq!(pages.len(), 2);
    assert!(
        pages[1].cursor["updated"].is_null(),
        "what lies behind is read next time"
    );
    // It stays so for weeks: Google is asked and answers, so nothing fell out of the window unread.
    let mut cursor = pages[1].cursor.clone();
    cursor["read"] = json!(now());
    for days in [5, 10, 15] {
        let pages = round(&app(&far.url), Some(cursor), now() + TimeDelta::days(days)).await;
        let odd = pages.iter().flat_map(|page| &page.odd);
        let told: Vec<&str> = odd.map(|odd| odd.why.as_str()).collect();
        assert!(told.iter().all(|why| !why.contains("7 days")), "{told:?}");
        cursor = pages[pages.len() - 1].cursor.clone();
    }

    let far = google(|asked, _| {
        let next = if asked.query.contains("token=A") { "B" } else { "A" };
        let mut page = fixture!("page.json");
        page["tokenPagination"]["nextPageToken"] = json!(next);
        Says::Json(200, page)
    })
    .await;
    let pages = round(&app(&far.url), None, now()).await;
    assert_eq!(pages.len(), 3, "the first, A and B");

    let far = google(|_, _| Says::Json(200, json!({}))).await;
    let page = app(&far.url).fetch(None, now()).await.unwrap();
    assert_eq!((page.items.len(), page.odd.len(), page.more), (0, 0, false));
    assert_eq!(page.complete, None, "an empty window removes nothing");
}

#[tokio::test]
async fn a_page_token_that_google_forgot_begins_once_more() {
    let far = google(|asked, n| match asked.query.contains("token=") {
        true => Says::Json(400, json!({ "error": { "status": "INVALID_ARGUMENT" } })),
        false => pages(asked, n),
    })
    .await;
    let app = app(&far.url);
    let first = app.fetch(None, now()).await.unwrap();
    let again = app.fetch(Some(first.cursor), now()).await.unwrap();
    assert!(again.items.is_empty() && again.more);
    let whole = app.fetch(Some(again.cursor), now()).await.unwrap();
    assert_eq!(whole.items.len(), 2);
    let refused = app.fetch(Some(whole.cursor), now()).await;
    assert!(matches!(refused, Err(PortError::Never { .. })), "{refused:?}");
}

#[tokio::test]
async fn a_gap_longer_than_the_window_is_told_with_what_is_missing() {
    let far = google(|_, _| Says::Json(200, fixture!("last.json"))).await;
    let app = app(&far.url);
    let first = app.fetch(None, now()).await.unwrap();
    assert!(first.odd.is_empty(), "whoever begins has lost nothing");
    let week = now() + TimeDelta::days(7);
    let in_time = app.fetch(Some(first.cursor.clone()), week).await.unwrap();
    assert!(in_time.odd.is_empty());
    let late = app
        .fetch(Some(first.cursor), week + TimeDelta::hours(30))
        .await
        .unwrap();
    assert_eq!(
        late.odd[0].why,
        "nothing was read since 2026-11-21 09:00 UTC, and Google Play shows 7 days only: import the reviews until \
         2026-11-22 15:00 UTC from the Play Console"
    );
    let again = app
        .fetch(Some(late.cursor), week + TimeDelta::hours(31))
        .await
        .unwrap();
    assert!(again.odd.is_empty(), "it is told once");
}

#[tokio::test]
async fn a_reply_is_posted_and_stands_at_once() {
    let far = google(|asked, _| match asked.method.as_str() {
        "POST" => Says::Json(200, fixture!("replied.json")),
        _ => Says::Json(200, fixture!("page.json")["reviews"][0].clone()),
    })
    .await;
    let app = app(&far.url);
    app.publish(&thanks(1)).await.unwrap();
    let posted = far.asked().pop().unwrap();
    assert_eq!(
        (posted.method.as_str(), posted.path.as_str()),
        (
            "POST",
            "/androidpublisher/v3/applications/com.example.shop/reviews/gp:AOqpTOH7x1:reply"
        )
    );
    assert_eq!(posted.json(), json!({ "replyText": "Danke für den Hinweis!" }));
    let stands = app.look(&thanks(1)).await.unwrap().unwrap();
    assert_eq!(stands.body, "Danke, wir sehen es uns an.");
    far.asked();
    for what in [
        ReplyAction::Delete,
        ReplyAction::Edit {
            body: "ä".repeat(351),
        },
        ReplyAction::Create {
            body: "Siehe <a href=x>hier</a>".into(),
        },
    ] {
        let call = ReplyCall { what, ..thanks(1) };
        let refused = app.publish(&call).await;
        assert!(matches!(refused, Err(PortError::Never { .. })), "{refused:?}");
    }
    assert!(far.asked().is_empty(), "none of them left");
}

#[tokio::test]
async fn what_is_not_found_is_gone_only_inside_the_window() {
    let far = google(|_, _| Says::Json(404, json!({ "error": { "status": "NOT_FOUND" } }))).await;
    let app = app(&far.url);
    let nothing_known = ReplyCall {
        raw: Value::Null,
        ..thanks(1)
    };
    for (call, is_gone) in [(thanks(5), true), (thanks(8), false), (nothing_known, false)] {
        for told in [
            app.look(&call).await.map(drop),
            app.publish(&call).await.map(drop),
        ] {
            let told = told.unwrap_err();
            assert_eq!(matches!(told, PortError::Gone { .. }), is_gone, "{told:?}");
            assert!(is_gone || told.why().ours.contains("Play Console"), "{told:?}");
        }
    }
}

#[tokio::test]
async fn one_refused_item_is_told_apart_from_a_limit() {
    let far = google(|_, _| Says::Json(403, fixture!("denied.json"))).await;
    let refused = app(&far.url).publish(&thanks(1)).await;
    assert!(matches!(refused, Err(PortError::Denied { .. })), "{refused:?}");
    let far = google(|_, _| Says::Json(403, fixture!("limited.json"))).await;
    let refused = app(&far.url).publish(&thanks(1)).await;
    assert!(matches!(refused, Err(PortError::Later { .. })), "{refused:?}");
}

#[tokio::test]
async fn a_lost_answer_is_unclear() {
    let far = google(|_, _| Says::Lost).await;
    let lost = app(&far.url).publish(&thanks(1)).await;
    assert!(matches!(lost, Err(PortError::Unclear { .. })), "{lost:?}");
}

#[tokio::test]
async fn check_says_what_to_do() {
    let far = Far::open(|_, _| Says::Json(400, json!({ "error": "invalid_grant" }))).await;
    let flaws = app(&far.url).check(now()).await;
    assert!(flaws[0].remedy.contains("make a new key"), "{flaws:?}");
    let far = google(|_, _| Says::Json(403, fixture!("denied.json"))).await;
    let flaws = app(&far.url).check(now()).await;
    assert!(flaws[0].remedy.contains("Users and permissions"), "{flaws:?}");
    let far = google(|_, _| Says::Json(404, json!({}))).await;
    let flaws = app(&far.url).check(now()).await;
    assert!(flaws[0].remedy.contains("package name"), "{flaws:?}");
    let far = google(pages).await;
    assert_eq!(app(&far.url).check(now()).await, []);
}

#[test]
fn a_file_that_is_no_key_does_not_open_and_is_not_shown() {
    let bad = [
        "s3cret".to_owned(),
        json!({ "client_email": "a@b", "private_key": "s3cret" }).to_string(),
        json!({ "private_key": jwt::tests::rsa_pem() }).to_string(),
    ];
    for key in bad {
        let settings = given("https://google.example", key.into());
        let told = open(about(), settings.clone()).err().unwrap();
        let told = format!("{told:?} {settings:?}");
        assert!(told.contains("key") && !told.contains("s3cret"), "{told}");
    }
}

#[test]
fn the_file_names_a_package_and_nothing_else() {
    let of = |app: &str| {
        let file = format!("[[source]]\nname = \"p\"\nkind = \"play\"\napp = {app}\n");
        read(&file, settings::read)
    };
    let app = of(r#"{ id = "com.example.shop_2", name = "Shop" }"#).unwrap().app;
    assert_eq!(app.id, "com.example.shop_2");
    for bad in [
        r#"{ id = "shop", name = "Shop" }"#,
        r#"{ id = "com..shop", name = "Shop" }"#,
        r#"{ id = "com.example/shop", name = "Shop" }"#,
        r#"{ id = "com.example.shop" }"#,
        "\"com.example.shop\"",
    ] {
        assert!(of(bad).is_none(), "{bad}");
    }
}
