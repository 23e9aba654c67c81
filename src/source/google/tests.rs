//! A Google that forgets tokens, asks to wait, loses answers and changes its mind about replies.

use chrono::TimeDelta;
use jsonwebtoken::Algorithm;
use jsonwebtoken::EncodingKey;
use jsonwebtoken::Header;
use jsonwebtoken::encode;
use serde_json::Value;
use serde_json::json;

use crate::domain::At;
use crate::domain::id::ReplyId;
use crate::domain::item::Standing;
use crate::port::PortError;
use crate::port::source::HookCall;
use crate::port::source::HookNews;
use crate::port::source::HookRefusal;
use crate::port::source::Page;
use crate::port::source::ReplyAction;
use crate::port::source::ReplyCall;
use crate::port::source::ReviewSource;
use crate::source::google::Google;
use crate::source::google::open;
use crate::source::google::settings;
use crate::source::google::settings::GoogleSettings;
use crate::source::google::settings::Location;
use crate::source::google::settings::PubSub;
use crate::source::kind::About;
use crate::source::tests::Asked;
use crate::source::tests::Far;
use crate::source::tests::Says;
use crate::source::tests::at;
use crate::source::tests::nowhere;
use crate::source::tests::read;

macro_rules! fixture {
    ($name:literal) => {
        serde_json::from_str::<Value>(include_str!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/fixtures/source/google/",
            $name
        )))
        .unwrap()
    };
}

fn now() -> At {
    at("2026-11-21T09:00:00Z")
}

fn given(url: &str, locations: &[&str]) -> GoogleSettings {
    let locations = locations.iter().map(|id| Location {
        id: (*id).to_owned(),
        name: "Filiale".to_owned(),
    });
    GoogleSettings {
        account: "1071".into(),
        locations: locations.collect(),
        client_id: "c".into(),
        client_secret: "s3cret".into(),
        refresh_token: "r3fresh".into(),
        base_url: url.into(),
        token_url: format!("{url}/token"),
        poll_minutes: 5,
        overlap_hours: 24,
        sweep_hours: 24,
        push: None,
    }
}

fn about() -> About {
    About {
        name: "google".into(),
        label: "Google".into(),
        backfill_days: 400,
    }
}

fn stores(url: &str, locations: &[&str]) -> Google {
    open(about(), given(url, locations)).unwrap()
}

/// Grants tokens t0, t1, ... and answers the rest with `says`.
async fn google(says: impl Fn(&Asked, usize) -> Says + Send + Sync + 'static) -> Far {
    Far::open(move |asked, n| match asked.path.as_str() {
        "/token" => Says::Json(
            200,
            json!({ "access_token": format!("t{n}"), "expires_in": 3599 }),
        ),
        _ => says(asked, n),
    })
    .await
}

fn reply(what: ReplyAction) -> ReplyCall {
    ReplyCall {
        what,
        key: ReplyId::new(now()),
        scope: "88213".into(),
        native_id: "AbFvOq_x1".into(),
        reply_native_id: None,
        language: None,
        revision: 1,
        raw: Value::Null,
        at: now(),
    }
}

fn thanks() -> ReplyCall {
    reply(ReplyAction::Create {
        body: "Danke für den Hinweis!".into(),
    })
}

/// Reads until there is no more.
async fn round(stores: &Google, mut cursor: Option<Value>, now: At) -> Vec<Page> {
    let mut pages = Vec::new();
    loop {
        let page = stores.fetch(cursor, now).await.unwrap();
        cursor = Some(page.cursor.clone());
        let more = page.more;
        pages.push(page);
        assert!(pages.len() < 20, "it never ends");
        if !more {
            return pages;
        }
    }
}

fn pages(asked: &Asked, _: usize) -> Says {
    match asked.query.contains("pageToken=CAE") {
        true => Says::Json(200, fixture!("last.json")),
        false => Says::Json(200, fixture!("page.json")),
    }
}

#[tokio::test]
async fn reviews_become_items_with_their_replies() {
    let far = google(pages).await;
    let page = stores(&far.url, &["88213"]).fetch(None, now()).await.unwrap();
    let asked = far.asked();
    assert_eq!(
        asked[0].body,
        "grant_type=refresh_token&client_id=c&client_secret=s3cret&refresh_token=r3fresh"
    );
    assert_eq!(asked[1].path, "/v4/accounts/1071/locations/88213/reviews");
    assert_eq!(asked[1].query, "pageSize=50&orderBy=updateTime+desc");
    assert_eq!(asked[1].header("authorization"), "Bearer t0");

    let [edited, bare, translated] = page.items.as_slice() else {
        panic!("{page:?}")
    };
    assert_eq!(
        (edited.scope.as_str(), edited.native_id.as_str()),
        ("88213", "AbFvOq_x1")
    );
    assert_eq!(edited.edited_at, Some(at("2026-11-20T16:02:11.120Z")));
    assert_eq!(
        edited.permalink.as_deref(),
        Some("https://business.google.example/reply/AbFvOq_x1")
    );
    assert_eq!(edited.reply.as_ref().unwrap().standing, Standing::Pending);
    assert_eq!(edited.caps.limit.unwrap().max, 4096);
    assert_eq!(edited.subject.as_ref().unwrap().name.as_deref(), Some("Filiale"));
    assert_eq!(
        (bare.body.as_deref(), bare.author.anonymous, bare.edited_at),
        (None, true, None)
    );
    assert_eq!(bare.rating.unwrap().stars(), 5);
    assert_eq!(
        (translated.body.as_deref(), translated.rating),
        (Some("Schöner Laden"), None)
    );
    assert_eq!(translated.native_id, "AbFvOq_x3", "the end of its name");
    let rejected = Standing::Rejected("PERSONAL_INFORMATION".into());
    assert_eq!(translated.reply.as_ref().unwrap().standing, rejected);
    assert_eq!((page.odd.len(), page.odd[0].index, page.more), (1, 3, true));
}

#[tokio::test]
async fn later_rounds_read_only_what_is_new_and_once_a_day_everything() {
    let far = google(|asked, n| match asked.query.contains("pageToken") {
        false => {
            let mut page = fixture!("page.json");
            page["reviews"].as_array_mut().unwrap().pop();
            Says::Json(200, page)
        }
        true => pages(asked, n),
    })
    .await;
    let stores = stores(&far.url, &["88213", "7"]);
    let first = round(&stores, None, now()).await;
    assert_eq!(first.len(), 4, "two pages for each of two locations");
    let walk = first[1].complete.as_ref().unwrap();
    assert_eq!((walk.scope.as_str(), walk.since), ("88213", now()));
    assert_eq!(walk.ids, ["AbFvOq_x1", "AbFvOq_x2", "AbFvOq_x3", "AbFvOq_x4"]);
    assert!(first[0].complete.is_none());

    let soon = now() + TimeDelta::minutes(5);
    let second = round(&stores, Some(first[3].cursor.clone()), soon).await;
    assert_eq!(
        second.len(),
        2,
        "one page each: the rest is older than the mark less 24 hours"
    );
    assert!(second.iter().all(|p| p.complete.is_none()));
    let tomorrow = now() + TimeDelta::hours(24);
    let third = round(&stores, Some(second[1].cursor.clone()), tomorrow).await;
    assert_eq!(third.iter().filter(|p| p.complete.is_some()).count(), 2);
}

#[tokio::test]
async fn a_listing_with_a_nameless_review_is_not_called_complete() {
    let far = google(pages).await;
    let pages = round(&stores(&far.url, &["88213"]), None, now()).await;
    assert!(pages.iter().all(|p| p.complete.is_none()));
}

#[tokio::test]
async fn a_page_token_that_google_forgot_begins_the_location_once_more() {
    let far = google(|asked, n| match asked.query.contains("pageToken") {
        true => Says::Json(400, json!({ "error": { "status": "INVALID_ARGUMENT" } })),
        false => pages(asked, n),
    })
    .await;
    let stores = stores(&far.url, &["88213"]);
    let first = stores.fetch(None, now()).await.unwrap();
    let again = stores.fetch(Some(first.cursor), now()).await.unwrap();
    assert!(again.items.is_empty() && again.more);
    let whole = stores.fetch(Some(again.cursor), now()).await.unwrap();
    assert_eq!(whole.items.len(), 3);
    assert!(matches!(
        stores.fetch(Some(whole.cursor), now()).await,
        Err(PortError::Never { .. })
    ));
}

#[tokio::test]
async fn who_starts_today_has_no_old_reviews_to_answer_first() {
    let far = google(|_, _| Says::Json(200, fixture!("last.json"))).await;
    let today = About {
        backfill_days: 0,
        ..about()
    };
    let stores = open(today, given(&far.url, &["88213"])).unwrap();
    let page = stores.fetch(None, now()).await.unwrap();
    assert_eq!((page.items.len(), page.odd.len()), (0, 0));
    assert_eq!(
        page.complete.unwrap().ids.len(),
        1,
        "it was seen, and counts as there"
    );
}

#[tokio::test]
async fn one_location_that_refuses_us_does_not_silence_the_others() {
    let far = google(|asked, _| match asked.path.contains("/7/") {
        true => Says::Json(403, fixture!("denied.json")),
        false => Says::Json(200, fixture!("last.json")),
    })
    .await;
    let some = stores(&far.url, &["7", "88213"]);
    let first = round(&some, None, now()).await;
    assert_eq!((first[0].odd.len(), first[1].items.len()), (1, 1));
    let second = round(&some, Some(first[1].cursor.clone()), now()).await;
    assert!(second[0].odd.is_empty(), "it is told once");
    assert!(some.check(now()).await[0].remedy.contains("owner or manager"));

    let none = stores(
        &google(|_, _| Says::Json(403, fixture!("denied.json"))).await.url,
        &["7", "8"],
    );
    let page = none.fetch(None, now()).await.unwrap();
    assert!(matches!(
        none.fetch(Some(page.cursor), now()).await,
        Err(PortError::Denied { .. })
    ));
}

#[tokio::test]
async fn a_strange_cursor_begins_anew() {
    let far = google(pages).await;
    let stores = stores(&far.url, &["88213"]);
    for cursor in [
        json!(7),
        json!({ "walk": { "location": "gone" } }),
        json!({ "locations": { "88213": {} } }),
    ] {
        assert_eq!(stores.fetch(Some(cursor), now()).await.unwrap().items.len(), 3);
    }
}

#[tokio::test]
async fn a_token_is_renewed_once_when_google_forgets_it_and_when_it_ends() {
    let far = google(|asked, n| match asked.header("authorization") {
        "Bearer t0" if n > 1 => Says::Json(401, json!({})),
        _ => Says::Json(200, fixture!("last.json")),
    })
    .await;
    let stores = stores(&far.url, &["88213"]);
    let tokens = |asked: Vec<Asked>| asked.iter().filter(|a| a.path == "/token").count();
    stores.fetch(None, now()).await.unwrap();
    assert_eq!(tokens(far.asked()), 1);
    stores.fetch(None, now()).await.unwrap();
    assert_eq!(tokens(far.asked()), 1, "a 401 brings a new one");
    stores
        .fetch(None, now() + TimeDelta::seconds(3538))
        .await
        .unwrap();
    assert_eq!(tokens(far.asked()), 0);
    stores
        .fetch(None, now() + TimeDelta::seconds(3539))
        .await
        .unwrap();
    assert_eq!(tokens(far.asked()), 1, "a minute before its end");

    let never = google(|_, _| Says::Json(401, json!({}))).await;
    let told = self::stores(&never.url, &["88213"]).fetch(None, now()).await;
    assert!(matches!(told, Err(PortError::Denied { .. })));
    assert_eq!(never.asked().len(), 4, "two tokens and two tries");
}

#[tokio::test]
async fn a_withdrawn_consent_says_what_to_do_and_no_secret() {
    let far = Far::open(|_, _| Says::Json(400, json!({ "error": "invalid_grant" }))).await;
    let told = stores(&far.url, &["88213"]).publish(&thanks()).await.unwrap_err();
    assert!(
        matches!(&told, PortError::Denied { why } if why.ours.contains("replace refresh_token")),
        "{told:?}"
    );
    let debug = format!("{:?} {told:?}", given(&far.url, &["1"]));
    assert!(!debug.contains("s3cret") && !debug.contains("r3fresh"), "{debug}");
    let away = stores(&nowhere().await, &["88213"]).publish(&thanks()).await;
    assert!(
        matches!(away, Err(PortError::Later { .. })),
        "without a token nothing was sent: {away:?}"
    );
}

#[tokio::test]
async fn google_asks_to_wait_and_is_obeyed() {
    let far = google(|_, _| Says::Wait(429, "17")).await;
    let told = stores(&far.url, &["88213"]).fetch(None, now()).await;
    assert!(matches!(told, Err(PortError::Later { after: Some(17), .. })));
    let far = google(|_, _| Says::Json(403, fixture!("limited.json"))).await;
    assert!(matches!(
        stores(&far.url, &["88213"]).fetch(None, now()).await,
        Err(PortError::Later { .. })
    ));
}

#[tokio::test]
async fn a_reply_is_put_and_followed_until_customers_see_it() {
    let far = google(|asked, n| match (asked.method.as_str(), n) {
        ("PUT", _) => Says::Json(200, fixture!("replied.json")),
        ("DELETE", _) => Says::Json(200, json!({})),
        (_, 2) => Says::Json(
            200,
            json!({ "reviewId": "x", "reviewReply": fixture!("replied.json") }),
        ),
        (_, 3) => {
            let mut seen = fixture!("replied.json");
            seen["reviewReplyState"] = json!("APPROVED");
            Says::Json(200, json!({ "reviewId": "x", "reviewReply": seen }))
        }
        (_, 5) => Says::Json(200, json!({ "reviewId": "x" })),
        _ => Says::Json(404, json!({ "error": { "status": "NOT_FOUND" } })),
    })
    .await;
    let stores = stores(&far.url, &["88213"]);
    assert_eq!(
        stores.publish(&thanks()).await.unwrap().standing,
        Standing::Pending
    );
    let put = far.asked().pop().unwrap();
    assert_eq!(
        put.path,
        "/v4/accounts/1071/locations/88213/reviews/AbFvOq_x1/reply"
    );
    assert_eq!(put.json(), json!({ "comment": "Danke für den Hinweis!" }));
    assert_eq!(
        stores.look(&thanks()).await.unwrap().unwrap().standing,
        Standing::Pending
    );
    assert_eq!(
        stores.look(&thanks()).await.unwrap().unwrap().standing,
        Standing::Visible
    );
    assert!(stores.publish(&reply(ReplyAction::Delete)).await.is_ok());
    assert_eq!(stores.look(&thanks()).await.unwrap(), None);
    assert!(matches!(
        stores.look(&thanks()).await,
        Err(PortError::Gone { .. })
    ));
}

#[tokio::test]
async fn a_lost_answer_is_unclear_and_a_long_text_never_leaves() {
    let far = google(|_, n| {
        if n == 1 {
            Says::Lost
        } else {
            Says::Json(503, json!({}))
        }
    })
    .await;
    let stores = stores(&far.url, &["88213"]);
    for _ in 0..2 {
        assert!(matches!(
            stores.publish(&thanks()).await,
            Err(PortError::Unclear { .. })
        ));
    }
    far.asked();
    let long = reply(ReplyAction::Edit {
        body: "ä".repeat(2049),
    });
    assert!(
        matches!(stores.publish(&long).await, Err(PortError::Never { why }) if why.ours.contains("2 bytes over"))
    );
    let odd = ReplyCall {
        native_id: "..".into(),
        ..thanks()
    };
    assert!(matches!(stores.publish(&odd).await, Err(PortError::Never { .. })));
    assert!(far.asked().is_empty());
}

fn claims() -> Value {
    json!({
        "iss": "https://accounts.google.com", "aud": "https://bot.example/hook/google", "sub": "1",
        "email": "push@p.iam.gserviceaccount.com", "email_verified": true,
        "iat": now().timestamp(), "exp": now().timestamp() + 3600,
    })
}

fn pushed(claims: &Value, kid: &str) -> HookCall {
    let key = EncodingKey::from_rsa_der(include_bytes!(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/fixtures/source/google/pubsub-test-key.der"
    )));
    let header = Header {
        kid: Some(kid.into()),
        ..Header::new(Algorithm::RS256)
    };
    let token = encode(&header, claims, &key).unwrap();
    let body = fixture!("pushed.json").to_string().into_bytes();
    HookCall {
        token: None,
        headers: vec![("authorization".into(), format!("Bearer {token}"))],
        body,
    }
}

fn woken(url: &str) -> Google {
    let push = PubSub {
        audience: "https://bot.example/hook/google".into(),
        service_account: "push@p.iam.gserviceaccount.com".into(),
        certs_url: format!("{url}/certs"),
    };
    let settings = GoogleSettings {
        push: Some(push),
        ..given(url, &["88213"])
    };
    open(about(), settings).unwrap()
}

#[tokio::test]
async fn only_googles_own_call_wakes_us_up() {
    let far = Far::open(|_, _| Says::Json(200, fixture!("certs.json"))).await;
    let google = woken(&far.url);
    let call = pushed(&claims(), "test-1");
    assert_eq!(google.hook(&call, now()).await, Ok(HookNews::WakeUp));
    assert_eq!(
        google.hook(&call, now() + TimeDelta::seconds(3660)).await,
        Ok(HookNews::WakeUp)
    );
    assert_eq!(far.asked().len(), 2, "the keys are asked for again after an hour");

    let refused = |changes: Value| {
        let mut claims = claims();
        for (key, value) in changes.as_object().unwrap() {
            claims[key] = value.clone();
        }
        pushed(&claims, "test-1")
    };
    let mut forged = call.clone();
    forged.headers[0].1 = forged.headers[0].1.replace(".ey", ".eyJ4IjoxfQ.ey");
    let bad = [
        (refused(json!({ "aud": "https://other.example" })), now()),
        (refused(json!({ "iss": "https://evil.example" })), now()),
        (
            refused(json!({ "email": "other@p.iam.gserviceaccount.com" })),
            now(),
        ),
        (refused(json!({ "email_verified": false })), now()),
        (call.clone(), now() + TimeDelta::seconds(3661)),
        (pushed(&claims(), "unknown"), now()),
        (forged, now()),
        (
            HookCall {
                headers: Vec::new(),
                ..call.clone()
            },
            now(),
        ),
    ];
    for (call, now) in bad {
        let told = google.hook(&call, now).await;
        assert!(matches!(told, Err(HookRefusal::Unsigned(_))), "{told:?}");
    }
    let empty = HookCall {
        body: b"{}".to_vec(),
        ..call
    };
    assert!(matches!(
        google.hook(&empty, now()).await,
        Err(HookRefusal::Malformed(_))
    ));
    assert_eq!(
        stores(&far.url, &["1"]).hook(&empty, now()).await,
        Err(HookRefusal::NotHere)
    );
}

#[tokio::test]
async fn unknown_keys_are_asked_for_once_a_minute_and_missing_ones_mean_later() {
    let far = Far::open(|_, n| match n {
        0 => Says::Json(503, json!({})),
        _ => Says::Json(200, fixture!("certs.json")),
    })
    .await;
    let google = woken(&far.url);
    let call = pushed(&claims(), "test-1");
    for _ in 0..3 {
        assert!(matches!(
            google.hook(&call, now()).await,
            Err(HookRefusal::Later(_))
        ));
    }
    assert_eq!(far.asked().len(), 1);
    let later = now() + TimeDelta::seconds(61);
    assert_eq!(google.hook(&call, later).await, Ok(HookNews::WakeUp));
    for _ in 0..3 {
        let told = google.hook(&pushed(&claims(), "unknown"), later).await;
        assert!(matches!(told, Err(HookRefusal::Unsigned(_))));
    }
    assert_eq!(far.asked().len(), 1);
}

#[tokio::test]
async fn whoever_is_known_does_not_wait_for_the_keys_of_a_stranger() {
    let far = Far::open(|_, n| match n {
        0 => Says::Json(200, fixture!("certs.json")),
        _ => Says::Never,
    })
    .await;
    let google = woken(&far.url);
    let call = pushed(&claims(), "test-1");
    assert_eq!(google.hook(&call, now()).await, Ok(HookNews::WakeUp));
    // A stranger names a key that nobody has, and Google does not answer.
    let later = now() + TimeDelta::seconds(61);
    let unknown = pushed(&claims(), "unknown");
    let stranger = google.hook(&unknown, later);
    tokio::pin!(stranger);
    let waiting = std::time::Duration::from_millis(300);
    assert!(tokio::time::timeout(waiting, &mut stranger).await.is_err());
    let known = google.hook(&call, later);
    let told = tokio::time::timeout(std::time::Duration::from_secs(1), known).await;
    assert_eq!(told.expect("at once"), Ok(HookNews::WakeUp));
    // A second stranger does not ask, and does not wait either.
    let second = google.hook(&unknown, later);
    let told = tokio::time::timeout(std::time::Duration::from_secs(1), second).await;
    assert!(matches!(told.expect("at once"), Err(HookRefusal::Unsigned(_))));
    assert!(matches!(stranger.await, Err(HookRefusal::Later(_))));
    assert_eq!(
        far.asked().len(),
        2,
        "the keys at first, and once for the stranger"
    );
}

#[test]
fn an_address_that_can_never_work_does_not_open() {
    let settings = given("google.example", &["1"]);
    assert!(open(about(), settings).is_err());
}

/// Files that repeat the defaults of an earlier release say the version of the interface, too.
#[test]
fn reviews_are_read_at_the_documented_address() {
    const FILE: &str = r#"
[[source]]
name = "g"
kind = "google"
account = "1071"
locations = [{ id = "88213", name = "Filiale Ost" }]
"#;
    for line in ["", "base_url = \"https://mybusiness.googleapis.com/v4\"\n"] {
        let settings = read(&format!("{FILE}{line}"), settings::read).unwrap();
        let url = open(about(), settings)
            .unwrap()
            .api
            .reviews("88213", &[])
            .unwrap();
        assert_eq!(
            url.as_str(),
            "https://mybusiness.googleapis.com/v4/accounts/1071/locations/88213/reviews"
        );
    }
}
