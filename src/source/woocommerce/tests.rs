//! A shop that counts its pages, keeps answers for its moderators, takes the same words once and calls about everything.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
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
use crate::domain::item::caps::ReplyMode;
use crate::port::PortError;
use crate::port::source::HookCall;
use crate::port::source::HookNews;
use crate::port::source::HookRefusal;
use crate::port::source::ReplyAction;
use crate::port::source::ReplyCall;
use crate::port::source::ReviewSource;
use crate::source::kind::About;
use crate::source::tests::Asked;
use crate::source::tests::Far;
use crate::source::tests::Says;
use crate::source::tests::at;
use crate::source::tests::read;
use crate::source::woocommerce::Woo;
use crate::source::woocommerce::open;
use crate::source::woocommerce::settings;
use crate::source::woocommerce::settings::Replier;
use crate::source::woocommerce::settings::WooSettings;

macro_rules! fixture {
    ($name:literal) => {
        serde_json::from_str::<Value>(include_str!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/fixtures/source/woocommerce/",
            $name
        )))
        .unwrap()
    };
}

const REVIEWS: &str = "/wp-json/wc/v3/products/reviews";
const PRODUCTS: &str = "/wp-json/wc/v3/products";
const COMMENTS: &str = "/wp-json/wp/v2/comments";

fn now() -> At {
    at("2026-11-21T09:00:00Z")
}

fn given(url: &str) -> WooSettings {
    WooSettings {
        url: url.into(),
        consumer_key: "ck_1".into(),
        consumer_secret: "cs_s3cret".into(),
        poll_minutes: 5,
        overlap_hours: 168,
        reply: Some(Replier {
            user: "service".into(),
            password: "abcd EFGH".into(),
        }),
        webhook_secret: Some("shared".to_owned().into()),
    }
}

fn about() -> About {
    About {
        name: "garden".into(),
        label: "Gartenshop".into(),
        backfill_days: 400,
    }
}

fn woo(url: &str) -> Woo {
    open(about(), given(url)).unwrap()
}

fn counted(total: usize, list: Value) -> Says {
    Says::With(vec![("x-wp-total", total.to_string())], list)
}

/// The shop of the fixtures.
fn usual(asked: &Asked, _: usize) -> Says {
    match asked.path.as_str() {
        REVIEWS => counted(3, fixture!("reviews.json")),
        PRODUCTS => counted(2, fixture!("products.json")),
        COMMENTS if asked.method == "POST" => Says::Json(201, fixture!("comments.json")[1].clone()),
        COMMENTS => counted(3, fixture!("comments.json")),
        path if path.starts_with(REVIEWS) => Says::Json(200, fixture!("reviews.json")[0].clone()),
        path => Says::Json(404, json!({ "code": "rest_no_route", "message": path })),
    }
}

fn call(what: ReplyAction) -> ReplyCall {
    ReplyCall {
        what,
        key: ReplyId::new(now()),
        scope: "garden".into(),
        native_id: "2203".into(),
        reply_native_id: None,
        language: None,
        revision: 1,
        raw: Value::Null,
        at: now(),
    }
}

fn says(body: &str) -> ReplyCall {
    call(ReplyAction::Create { body: body.into() })
}

fn writes(asked: &[Asked]) -> Vec<&Asked> {
    asked.iter().filter(|asked| asked.method != "GET").collect()
}

#[tokio::test]
async fn reviews_become_items_with_their_products_and_answers() {
    let far = Far::open(usual).await;
    let page = woo(&far.url).fetch(None, now()).await.unwrap();
    let [bottle, box_] = page.items.as_slice() else {
        panic!("{page:?}")
    };
    assert_eq!(
        (bottle.scope.as_str(), bottle.native_id.as_str()),
        ("garden", "2203")
    );
    assert_eq!(
        bottle.body.as_deref(),
        Some("Gut.\nNur der Verschluss tropft, Stufe <2>.\n\nTrotzdem danke.")
    );
    assert_eq!(bottle.author.name.as_deref(), Some("Müller & Sohn"));
    assert_eq!(bottle.rating.map(Rating::stars), Some(4));
    assert_eq!(bottle.published_at, Some(at("2026-11-20T08:15:00Z")));
    assert_eq!((bottle.edited_at, &bottle.verified), (None, &None));
    let subject = bottle.subject.as_ref().unwrap();
    assert_eq!(
        (subject.id.as_str(), subject.name.as_deref()),
        ("323", Some("Trinkflasche – grün"))
    );
    assert_eq!(
        bottle.permalink.as_deref(),
        Some("https://shop.example/product/trinkflasche/#comment-2203")
    );
    let answer = bottle.reply.as_ref().unwrap();
    assert_eq!(
        answer.body, "Danke, <2> ist bekannt.",
        "what the customer added is no answer"
    );
    assert_eq!(answer.standing, Standing::Pending);
    assert_eq!(answer.by.as_deref(), Some("Kundenservice"));
    assert!(!bottle.raw.to_string().contains("example.org"));

    assert_eq!(box_.rating, None, "0 stars are none");
    assert_eq!(box_.verified.as_deref(), Some("buyer"));
    assert_eq!(box_.reply, None, "a guest answers for nobody");
    assert_eq!(page.odd.len(), 1);
    assert_eq!(
        page.complete, None,
        "one has no id, so nobody knows what is missing"
    );
}

#[tokio::test]
async fn each_interface_is_asked_with_its_own_key_and_much_at_a_time() {
    let far = Far::open(usual).await;
    let shop = woo(&far.url);
    let page = shop.fetch(None, now()).await.unwrap();
    let asked = far.asked();
    let paths: Vec<&str> = asked.iter().map(|asked| asked.path.as_str()).collect();
    assert_eq!(paths, [REVIEWS, PRODUCTS, COMMENTS]);
    let basic = |user: &str| format!("Basic {}", STANDARD.encode(user));
    assert_eq!(asked[0].header("authorization"), basic("ck_1:cs_s3cret"));
    assert_eq!(asked[1].header("authorization"), basic("ck_1:cs_s3cret"));
    assert_eq!(asked[2].header("authorization"), basic("service:abcd EFGH"));
    assert_eq!(
        asked[0].query,
        "status=approved&orderby=date_gmt&order=desc&per_page=100&page=1"
    );
    assert!(
        asked[1].query.starts_with("include=322%2C323&"),
        "{}",
        asked[1].query
    );
    assert!(
        asked[2]
            .query
            .starts_with("parent=2203%2C2201&status=all&context=edit&")
    );

    shop.fetch(Some(page.cursor), now()).await.unwrap();
    let again: Vec<String> = far.asked().into_iter().map(|asked| asked.path).collect();
    assert_eq!(
        again,
        [REVIEWS, COMMENTS],
        "what a product is called is known for a day"
    );
}

#[tokio::test]
async fn without_the_right_to_read_products_reviews_go_by_their_numbers() {
    let far = Far::open(|asked, n| match asked.path.as_str() {
        PRODUCTS => Says::Json(403, json!({ "code": "woocommerce_rest_cannot_view" })),
        _ => usual(asked, n),
    })
    .await;
    let page = woo(&far.url).fetch(None, now()).await.unwrap();
    let subject = page.items[0].subject.clone().unwrap();
    assert_eq!((subject.id.as_str(), subject.name), ("323", None));
}

/// Something between us and the shop takes headers out: then a short list may be a cut one.
#[tokio::test]
async fn a_list_that_does_not_say_how_long_it_is_is_not_believed() {
    let far = Far::open(|asked, _| match asked.path.as_str() {
        REVIEWS if asked.query.contains("page=1") => Says::Json(200, fixture!("reviews.json")),
        _ => Says::Json(200, json!([])),
    })
    .await;
    let shop = woo(&far.url);
    let refused = shop.fetch(None, now()).await;
    assert!(
        matches!(&refused, Err(PortError::Later { why, .. }) if why.ours.contains("X-WP-Total")),
        "{refused:?}"
    );
    let flaws = shop.check(now()).await;
    assert!(
        flaws.iter().any(|flaw| flaw.what.contains("X-WP-Total")),
        "{flaws:?}"
    );
}

#[tokio::test]
async fn an_answer_is_a_comment_below_the_review_and_nothing_in_it_is_markup() {
    let far = Far::open(usual).await;
    let published = woo(&far.url).publish(&says("Danke & <bis> bald")).await.unwrap();
    assert_eq!(published.native_id.as_deref(), Some("2205"));
    assert_eq!(
        published.standing,
        Standing::Pending,
        "the shop keeps it for its moderators"
    );
    let asked = far.asked();
    let [write] = writes(&asked)[..] else {
        panic!("{asked:?}")
    };
    assert_eq!(
        write.json(),
        json!({ "post": 323, "parent": 2203, "content": "Danke &amp; &lt;bis&gt; bald" })
    );
}

#[tokio::test]
async fn the_same_words_are_not_written_twice() {
    let far = Far::open(usual).await;
    let published = woo(&far.url)
        .publish(&says("Danke, <2> ist bekannt."))
        .await
        .unwrap();
    assert_eq!(
        published.native_id.as_deref(),
        Some("2205"),
        "an earlier try brought it there"
    );
    assert!(writes(&far.asked()).is_empty());
}

/// Between our look and our writing an earlier try may come through: WordPress itself takes the same words once.
#[tokio::test]
async fn a_comment_that_came_first_is_found_and_counts_as_ours() {
    let far = Far::open(|asked, n| match (asked.method.as_str(), asked.path.as_str()) {
        ("POST", COMMENTS) => Says::Json(409, json!({ "code": "comment_duplicate" })),
        // The first look saw nothing.
        ("GET", COMMENTS) if n < 2 => counted(0, json!([])),
        _ => usual(asked, n),
    })
    .await;
    let published = woo(&far.url)
        .publish(&says("Danke, <2> ist bekannt."))
        .await
        .unwrap();
    assert_eq!(published.native_id.as_deref(), Some("2205"));
}

#[tokio::test]
async fn a_flood_is_waited_out_and_a_closed_product_is_a_no() {
    for (status, code, wanted) in [(400, "comment_flood", true), (403, "rest_comment_closed", false)] {
        let far = Far::open(move |asked, n| match asked.method.as_str() {
            "POST" => Says::Json(status, json!({ "code": code })),
            _ => usual(asked, n),
        })
        .await;
        let refused = woo(&far.url).publish(&says("Danke.")).await.unwrap_err();
        let waits = matches!(refused, PortError::Later { after: Some(15), .. });
        assert_eq!((waits, refused.is_no()), (wanted, !wanted), "{refused:?}");
    }
}

#[tokio::test]
async fn a_review_in_the_trash_is_gone_and_nobody_answers_it() {
    for status in ["trash", "spam"] {
        let far = Far::open(move |asked, n| match asked.path.as_str() {
            COMMENTS => usual(asked, n),
            _ => {
                let mut review = fixture!("reviews.json")[0].clone();
                review["status"] = json!(status);
                Says::Json(200, review)
            }
        })
        .await;
        let shop = woo(&far.url);
        let looked = shop.look(&says("Danke.")).await;
        assert!(matches!(looked, Err(PortError::Gone { .. })), "{looked:?}");
        let published = shop.publish(&says("Danke.")).await;
        assert!(matches!(published, Err(PortError::Gone { .. })), "{published:?}");
        assert!(writes(&far.asked()).is_empty());
    }
}

#[tokio::test]
async fn looking_finds_our_own_words_among_others() {
    let far = Far::open(|asked, n| match asked.path.as_str() {
        COMMENTS => {
            let mut all = fixture!("comments.json");
            let mut newer = all[1].clone();
            newer["id"] = json!(2299);
            newer["content"]["raw"] = json!("Von einer Kollegin.");
            all.as_array_mut().unwrap().insert(0, newer);
            counted(4, all)
        }
        _ => usual(asked, n),
    })
    .await;
    let shop = woo(&far.url);
    let look = async |body: &str| shop.look(&says(body)).await.unwrap().unwrap().body;
    assert_eq!(look("Danke, <2> ist bekannt.").await, "Danke, <2> ist bekannt.");
    assert_eq!(look("Noch nie gesagt.").await, "Von einer Kollegin.");
}

#[tokio::test]
async fn an_answer_is_changed_and_taken_back_by_its_own_number() {
    let far = Far::open(|asked, _| match asked.method.as_str() {
        "DELETE" => Says::Json(404, json!({ "code": "rest_comment_invalid_id" })),
        _ => Says::Json(200, fixture!("comments.json")[1].clone()),
    })
    .await;
    let shop = woo(&far.url);
    let known = |what| ReplyCall {
        reply_native_id: Some("2205".into()),
        ..call(what)
    };
    shop.publish(&known(ReplyAction::Edit { body: "Neu".into() }))
        .await
        .unwrap();
    shop.publish(&known(ReplyAction::Delete)).await.unwrap();
    let asked = far.asked();
    assert_eq!(asked[0].path, format!("{COMMENTS}/2205"));
    assert_eq!(asked[0].json(), json!({ "content": "Neu" }));
    assert_eq!(
        (asked[1].method.as_str(), asked[1].query.as_str()),
        ("DELETE", "force=true")
    );
    let unknown = shop.publish(&call(ReplyAction::Delete)).await;
    assert!(matches!(unknown, Err(PortError::Never { .. })), "{unknown:?}");
}

#[tokio::test]
async fn without_somebody_who_answers_people_do_it_in_the_shop() {
    let far = Far::open(usual).await;
    let mut settings = given(&far.url);
    settings.reply = None;
    let shop = open(about(), settings).unwrap();
    let page = shop.fetch(None, now()).await.unwrap();
    assert_eq!(page.items[0].caps.mode, ReplyMode::DeepLink);
    assert_eq!(page.items[0].reply, None);
    assert!(far.asked().iter().all(|asked| asked.path != COMMENTS));
    let looked = shop.look(&says("Danke.")).await;
    assert!(matches!(looked, Err(PortError::Never { .. })), "{looked:?}");
}

fn hook(headers: &[(&str, &str)], body: &[u8]) -> HookCall {
    let headers = headers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned()));
    HookCall {
        headers: headers.collect(),
        token: None,
        body: body.to_vec(),
    }
}

fn signature(secret: &str, body: &[u8]) -> String {
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    STANDARD.encode(mac.chain_update(body).finalize().into_bytes())
}

#[tokio::test]
async fn only_a_call_that_the_shop_signed_wakes_us() {
    let shop = woo("https://shop.example");
    let body = br#"{"id":323,"name":"Trinkflasche"}"#;
    let good = signature("shared", body);
    let topic = "x-wc-webhook-topic";
    let name = "x-wc-webhook-signature";
    let answer = async |headers: &[(&str, &str)], body: &[u8]| shop.hook(&hook(headers, body), now()).await;

    let signed = [(name, good.as_str()), (topic, "product.updated")];
    assert_eq!(answer(&signed, body).await, Ok(HookNews::WakeUp));
    let order = [(name, good.as_str()), (topic, "order.created")];
    assert_eq!(
        answer(&order, body).await,
        Ok(HookNews::Trial),
        "it is none of our business"
    );
    let foreign = signature("guessed", body);
    let hex = "00".repeat(32);
    for (given, body) in [
        (foreign.as_str(), body.as_slice()),
        (good.as_str(), br#"{"id":324,"name":"Trinkflasche"}"#.as_slice()),
        ("", body.as_slice()),
        ("!!!", body.as_slice()),
        (hex.as_str(), body.as_slice()),
    ] {
        let answered = answer(&[(name, given), (topic, "product.updated")], body).await;
        assert!(
            matches!(answered, Err(HookRefusal::Unsigned(_))),
            "{given}: {answered:?}"
        );
    }
    let bare = answer(&[(topic, "product.updated")], body).await;
    assert!(matches!(bare, Err(HookRefusal::Unsigned(_))), "{bare:?}");
}

#[tokio::test]
async fn the_shops_first_try_is_answered_and_nothing_follows_from_it() {
    let shop = woo("https://shop.example");
    let answer = async |body: &[u8]| shop.hook(&hook(&[], body), now()).await;
    assert_eq!(answer(b"webhook_id=14").await, Ok(HookNews::Trial));
    for body in [
        b"webhook_id=".as_slice(),
        b"webhook_id=14&x=1",
        b"webhook_id=1234567890123456789012",
        b"",
    ] {
        assert!(matches!(answer(body).await, Err(HookRefusal::Unsigned(_))));
    }
    let mut settings = given("https://shop.example");
    settings.webhook_secret = None;
    let deaf = open(about(), settings).unwrap();
    assert_eq!(
        deaf.hook(&hook(&[], b"webhook_id=14"), now()).await,
        Err(HookRefusal::NotHere)
    );
}

#[tokio::test]
async fn what_is_wrong_is_told_with_its_remedy() {
    let far = Far::open(|asked, n| match asked.path.as_str() {
        "/wp-json/wp/v2/users/me" => Says::Json(200, json!({ "id": 7, "capabilities": { "read": true } })),
        REVIEWS => Says::Json(401, json!({ "code": "woocommerce_rest_cannot_view" })),
        _ => usual(asked, n),
    })
    .await;
    let flaws = woo(&far.url).check(now()).await;
    assert_eq!(flaws.len(), 2, "{flaws:?}");
    assert!(flaws[0].remedy.contains("REST API"), "{flaws:?}");
    assert_eq!(flaws[1].what, "the user service may not moderate comments");

    let open = woo("http://shop.example").check(now()).await;
    assert!(open[0].what.contains("over http"), "{open:?}");
}

#[test]
fn the_file_says_who_answers_and_where() {
    let text = r#"
        [[source]]
        name = "my-shop"
        kind = "woocommerce"
        url = "https://shop.example/"
        [source.reply]
        user = "service"
    "#;
    let settings = read(text, |table| settings::read(table, Some("my-shop"))).unwrap();
    assert_eq!(settings.url, "https://shop.example");
    assert_eq!((settings.poll_minutes, settings.overlap_hours), (5, 168));
    assert_eq!(settings.reply.as_ref().map(|r| r.user.as_str()), Some("service"));
    assert!(settings.webhook_secret.is_none());
}
