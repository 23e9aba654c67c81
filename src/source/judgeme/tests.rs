//! A Judge.me that takes answers and shows none, lists a hundred pages and no more, and signs what it tells.

use hmac::Hmac;
use hmac::KeyInit as _;
use hmac::Mac as _;
use serde_json::Value;
use serde_json::json;
use sha2::Sha256;

use crate::domain::At;
use crate::domain::id::ReplyId;
use crate::domain::item::Rating;
use crate::domain::item::Standing;
use crate::port::PortError;
use crate::port::source::HookCall;
use crate::port::source::HookNews;
use crate::port::source::HookRefusal;
use crate::port::source::ReplyAction;
use crate::port::source::ReplyCall;
use crate::port::source::ReviewSource;
use crate::source::judgeme::Judgeme;
use crate::source::judgeme::open;
use crate::source::judgeme::settings;
use crate::source::judgeme::settings::JudgemeSettings;
use crate::source::kind::About;
use crate::source::kind::Settings as _;
use crate::source::tests::Asked;
use crate::source::tests::Far;
use crate::source::tests::Says;
use crate::source::tests::at;
use crate::source::tests::read;

const SHOP: &str = "garten.myshopify.com";

fn page() -> Value {
    serde_json::from_str(include_str!(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/fixtures/source/judgeme/page.json"
    )))
    .unwrap()
}

fn now() -> At {
    at("2026-11-21T09:00:00Z")
}

fn given(url: &str) -> JudgemeSettings {
    JudgemeSettings {
        shop_domain: SHOP.into(),
        api_token: "t0ken".into(),
        base_url: url.into(),
        poll_minutes: 5,
        overlap_hours: 168,
        mail_reviewer: false,
        webhook_secret: Some("shared".to_owned().into()),
    }
}

fn judgeme(url: &str) -> Judgeme {
    let about = About {
        name: "stars".into(),
        label: "Judge.me".into(),
        backfill_days: 400,
    };
    open(about, given(url)).unwrap()
}

fn usual(asked: &Asked, _: usize) -> Says {
    match (asked.method.as_str(), asked.path.as_str()) {
        ("POST", "/replies") => Says::Json(200, json!({})),
        (_, "/reviews") => Says::Json(200, page()),
        (_, "/reviews/465077902") => Says::Json(200, json!({ "review": page()["reviews"][0] })),
        (_, "/reviews/465077900") => Says::Json(200, json!({ "review": page()["reviews"][2] })),
        _ => Says::Json(404, json!({ "error": "Review not found" })),
    }
}

fn call(id: &str, what: ReplyAction) -> ReplyCall {
    ReplyCall {
        what,
        key: ReplyId::new(now()),
        scope: SHOP.into(),
        native_id: id.into(),
        reply_native_id: None,
        language: None,
        revision: 1,
        raw: Value::Null,
        at: now(),
    }
}

fn thanks(id: &str) -> ReplyCall {
    call(
        id,
        ReplyAction::Create {
            body: "Danke.".into(),
        },
    )
}

#[tokio::test]
async fn published_reviews_become_items_and_nobodys_address_is_kept() {
    let far = Far::open(usual).await;
    let page = judgeme(&far.url).fetch(None, now()).await.unwrap();
    let [jacket, store] = page.items.as_slice() else {
        panic!("{page:?}")
    };
    assert_eq!(
        (jacket.scope.as_str(), jacket.native_id.as_str()),
        (SHOP, "465077902")
    );
    assert_eq!(jacket.title.as_deref(), Some("Zu klein"));
    assert_eq!(jacket.rating.map(Rating::stars), Some(2));
    assert_eq!(jacket.verified.as_deref(), Some("buyer"));
    assert_eq!(jacket.published_at, Some(at("2026-11-19T13:35:01Z")));
    assert_eq!(jacket.edited_at, Some(at("2026-11-20T09:00:00Z")));
    let subject = jacket.subject.as_ref().unwrap();
    assert_eq!(
        (subject.id.as_str(), subject.name.as_deref()),
        ("8302173290794", Some("Jacke"))
    );
    assert_eq!(
        subject.url.as_deref(),
        Some("https://garten.myshopify.com/products/jacke")
    );
    let raw = jacket.raw.to_string();
    assert!(
        !raw.contains("example.org") && !raw.contains("+49") && !raw.contains("192.0.2.7"),
        "{raw}"
    );

    assert_eq!(store.subject.as_ref().unwrap().kind, "store");
    assert_eq!((&store.verified, store.author.anonymous), (&None, true));
    let ids = page.complete.unwrap().ids;
    assert_eq!(
        ids,
        ["465077902", "465077901"],
        "what is not published is missing, and looked for"
    );

    let asked = far.asked();
    assert_eq!(asked[0].header("x-api-token"), "t0ken");
    assert_eq!(asked[0].query, format!("shop_domain={SHOP}&page=1&per_page=100"));
}

/// It may give ten at once whatever it was asked for, and says so.
#[tokio::test]
async fn the_list_goes_on_while_pages_are_full_by_its_own_count() {
    let far = Far::open(|asked, _| {
        let mut page = page();
        let first = asked.query.contains("page=1&");
        page["current_page"] = json!(if first { 1 } else { 2 });
        page["per_page"] = json!(3);
        if !first {
            page["reviews"] = json!([page["reviews"][1]]);
        }
        Says::Json(200, page)
    })
    .await;
    let judgeme = judgeme(&far.url);
    let first = judgeme.fetch(None, now()).await.unwrap();
    assert!(first.more && first.complete.is_none());
    let second = judgeme.fetch(Some(first.cursor), now()).await.unwrap();
    assert!(!second.more && second.complete.is_some());
}

#[tokio::test]
async fn a_list_that_is_cut_at_its_end_says_so_and_nothing_counts_as_removed() {
    let far = Far::open(|asked, _| {
        let number = asked.query.split("page=").nth(1).unwrap();
        let number: u64 = number.split('&').next().unwrap().parse().unwrap();
        let mut page = page();
        page["current_page"] = json!(number.min(100));
        page["per_page"] = json!(3);
        for (n, review) in page["reviews"].as_array_mut().unwrap().iter_mut().enumerate() {
            review["id"] = json!(1_000_000 - 10 * number - n as u64);
        }
        Says::Json(200, page)
    })
    .await;
    let judgeme = judgeme(&far.url);
    let (mut cursor, mut pages) = (None, Vec::new());
    loop {
        let page = judgeme.fetch(cursor.take(), now()).await.unwrap();
        cursor = Some(page.cursor.clone());
        let more = page.more;
        pages.push(page);
        assert!(pages.len() <= 100, "it never ends");
        if !more {
            break;
        }
    }
    assert_eq!(pages.len(), 100);
    assert!(pages.iter().all(|page| page.complete.is_none()));
    assert!(
        pages[99].odd[0].why.contains("no more than 100 pages"),
        "{:?}",
        pages[99].odd
    );
}

#[tokio::test]
async fn an_answer_is_sent_to_everybody_and_mailed_to_nobody() {
    let far = Far::open(usual).await;
    let published = judgeme(&far.url).publish(&thanks("465077902")).await.unwrap();
    assert_eq!(
        (published.native_id, published.standing),
        (None, Standing::Visible)
    );
    let asked = far.asked();
    assert_eq!(asked[1].query, format!("shop_domain={SHOP}"));
    assert_eq!(
        asked[1].json(),
        json!({ "review_id": 465_077_902, "send_reply_email": false, "reply": { "content": "Danke." } })
    );
}

#[tokio::test]
async fn a_review_that_nobody_sees_is_not_answered() {
    let far = Far::open(usual).await;
    let judgeme = judgeme(&far.url);
    for id in ["465077900", "1"] {
        let refused = judgeme.publish(&thanks(id)).await;
        assert!(
            matches!(refused, Err(PortError::Gone { .. })),
            "{id}: {refused:?}"
        );
        let looked = judgeme.look(&thanks(id)).await;
        assert!(matches!(looked, Err(PortError::Gone { .. })), "{id}: {looked:?}");
    }
    assert!(far.asked().iter().all(|asked| asked.method == "GET"));
}

#[tokio::test]
async fn what_stands_there_is_never_guessed() {
    let far = Far::open(usual).await;
    let judgeme = judgeme(&far.url);
    let looked = judgeme.look(&thanks("465077902")).await;
    assert!(matches!(looked, Err(PortError::Never { .. })), "{looked:?}");
    for what in [ReplyAction::Delete, ReplyAction::Edit { body: "x".into() }] {
        let refused = judgeme.publish(&call("465077902", what)).await;
        assert!(matches!(refused, Err(PortError::Never { .. })), "{refused:?}");
    }
}

#[tokio::test]
async fn an_answer_that_is_refused_is_told_in_their_words_and_is_no_fault_of_the_account() {
    for (status, error) in [(422, "Content is too long"), (403, "not enough permissions")] {
        let far = Far::open(move |asked, n| match asked.method.as_str() {
            "POST" => Says::Json(status, json!({ "error": error })),
            _ => usual(asked, n),
        })
        .await;
        let refused = judgeme(&far.url).publish(&thanks("465077902")).await;
        assert!(
            matches!(&refused, Err(PortError::Never { why }) if why.text().contains(error)),
            "{refused:?}"
        );
    }
}

fn told(event: &str, shop: &str, review: usize) -> Vec<u8> {
    let review = page()["reviews"][review].clone();
    json!({ "event": event, "platform": "shopify", "shop_domain": shop, "review": review })
        .to_string()
        .into_bytes()
}

fn signed(name: &str, secret: &str, body: Vec<u8>) -> HookCall {
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    let signature = hex::encode(mac.chain_update(&body).finalize().into_bytes());
    HookCall {
        headers: vec![(name.to_owned(), signature)],
        body,
        ..HookCall::default()
    }
}

const HEADER: &str = "judgeme-hmac-sha256";

#[tokio::test]
async fn a_signed_call_brings_the_review_itself() {
    let judgeme = judgeme("https://api.example");
    let hook = async |call: HookCall| judgeme.hook(&call, now()).await;
    let news = hook(signed(HEADER, "shared", told("review/created", SHOP, 0)))
        .await
        .unwrap();
    let HookNews::Items { delivery, items, .. } = news else {
        panic!("{news:?}")
    };
    assert_eq!(items[0].1.native_id, "465077902");
    assert!(!items[0].1.removed);
    assert_eq!(delivery.len(), 64);

    let renamed = signed("x-judgeme-hmac-sha256", "shared", told("review/updated", SHOP, 2));
    let HookNews::Items {
        delivery: other,
        items,
        ..
    } = hook(renamed).await.unwrap()
    else {
        panic!()
    };
    assert!(items[0].1.removed, "the shop took it for spam");
    assert_ne!(other, delivery);

    for body in [
        told("review/created_fail", SHOP, 0),
        told("review/created", "another.myshopify.com", 0),
    ] {
        assert_eq!(hook(signed(HEADER, "shared", body)).await, Ok(HookNews::Trial));
    }
}

#[tokio::test]
async fn nobody_else_is_believed() {
    let judgeme = judgeme("https://api.example");
    let body = told("review/created", SHOP, 0);
    let good = signed(HEADER, "shared", body.clone());
    let with = |value: &str| HookCall {
        headers: vec![(HEADER.to_owned(), value.to_owned())],
        ..good.clone()
    };
    let mut changed = good.clone();
    changed.body = told("review/created", SHOP, 1);
    let bare = HookCall {
        headers: Vec::new(),
        ..good.clone()
    };
    let wrong = signed(HEADER, "guessed", body);
    for call in [
        wrong,
        changed,
        bare,
        with(""),
        with("zz"),
        with(&good.headers[0].1[..62]),
    ] {
        let answered = judgeme.hook(&call, now()).await;
        assert!(matches!(answered, Err(HookRefusal::Unsigned(_))), "{answered:?}");
    }
    let rubbish = judgeme
        .hook(&signed(HEADER, "shared", b"[1]".to_vec()), now())
        .await;
    assert!(matches!(rubbish, Err(HookRefusal::Malformed(_))), "{rubbish:?}");
}

#[tokio::test]
async fn a_wrong_token_is_told_with_its_remedy() {
    let far = Far::open(|_, _| {
        Says::Json(
            401,
            json!({ "error": "Failed to authenticate. Shop domain or Api Token is wrong" }),
        )
    })
    .await;
    let flaws = judgeme(&far.url).check(now()).await;
    assert!(flaws[0].remedy.contains("the private token"), "{flaws:?}");
}

#[test]
fn the_shops_domain_is_read_however_it_was_copied() {
    let text = |domain: &str| {
        format!(
            "[[source]]\nname = \"stars\"\nkind = \"judgeme\"\nshop_domain = \"{domain}\"\n[source.webhook]\n"
        )
    };
    let domain = |given: &str| {
        let read = read(&text(given), |table| settings::read(table, Some("stars")));
        read.map(|settings| settings.shop_domain)
    };
    assert_eq!(domain("https://Garten.myshopify.com/").as_deref(), Some(SHOP));
    assert_eq!(domain("garten"), None);
    assert_eq!(domain("garten.myshopify.com/admin"), None);
    let settings = read(&text(SHOP), |table| settings::read(table, Some("stars"))).unwrap();
    assert!(settings.webhook_secret.is_some() && !settings.mail_reviewer);
    assert!(settings.secrets().is_none());
}
