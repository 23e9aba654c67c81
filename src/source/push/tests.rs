//! A shop that pushes, from its signed delivery to our signed reply.

use std::sync::LazyLock;

use proptest::prelude::*;
use secrecy::ExposeSecret as _;
use serde_json::Value;
use serde_json::json;

use crate::domain::At;
use crate::domain::id::ReplyId;
use crate::domain::item::Standing;
use crate::domain::item::caps::ReplyMode;
use crate::domain::item::caps::Retry;
use crate::port::PortError;
use crate::port::source::HookCall;
use crate::port::source::HookNews;
use crate::port::source::HookRefusal;
use crate::port::source::ReplyAction;
use crate::port::source::ReplyCall;
use crate::port::source::ReviewSource;
use crate::source::kind::About;
use crate::source::kind::Settings as _;
use crate::source::push::Push;
use crate::source::push::body;
use crate::source::push::item;
use crate::source::push::open;
use crate::source::push::settings;
use crate::source::push::settings::PushSettings;
use crate::source::push::settings::ReplyTo;
use crate::source::signature;
use crate::source::signature::Secret;
use crate::source::tests::Far;
use crate::source::tests::Says;
use crate::source::tests::any_json;
use crate::source::tests::at;
use crate::source::tests::nowhere;
use crate::source::tests::read;

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const REPLY_SECRET: &str = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

macro_rules! fixture {
    ($name:literal) => {
        include_str!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/fixtures/source/push/",
            $name
        ))
    };
}

fn shop(reply_url: Option<&str>) -> Push {
    let reply = reply_url.map(|url| ReplyTo {
        url: format!("{url}/replies?shop=1"),
        secret: REPLY_SECRET.into(),
        limit: None,
        edit: true,
        delete: true,
        moderated: false,
    });
    let settings = PushSettings {
        secrets: vec![SECRET.into()],
        secrets_from: String::new(),
        reply,
    };
    let about = About {
        name: "shop".into(),
        label: "Shop".into(),
        backfill_days: 30,
    };
    open(about, settings).unwrap()
}

fn now() -> At {
    at("2026-11-21T09:00:00Z")
}

fn signed(body: &str) -> HookCall {
    let headers = Secret::parse(&SECRET.into())
        .unwrap()
        .headers("msg_1", now(), body.as_bytes());
    HookCall {
        token: None,
        headers: headers.map(|(n, v)| (n.to_owned(), v)).to_vec(),
        body: body.into(),
    }
}

fn reply(what: ReplyAction) -> ReplyCall {
    ReplyCall {
        what,
        key: ReplyId::new(now()),
        scope: "shop".into(),
        native_id: "r-1001".into(),
        reply_native_id: None,
        language: Some("de".into()),
        revision: 2,
        raw: Value::Null,
        at: now(),
    }
}

fn thanks() -> ReplyCall {
    reply(ReplyAction::Create {
        body: "Danke!".into(),
    })
}

#[test]
fn a_sources_secrets_are_named_after_it() {
    let text =
        "[[source]]\nname = \"my-shop\"\nkind = \"push\"\n[source.reply]\nurl = \"https://shop.example/r\"\n";
    let given = read(text, |table| settings::read(table, Some("my-shop"))).unwrap();
    let reply = given.reply.unwrap();
    assert_eq!(given.secrets[0].expose_secret(), "source_my_shop_secret");
    assert_eq!(reply.secret.expose_secret(), "source_my_shop_reply_secret");
    assert_eq!(
        (reply.limit, reply.edit, reply.delete, reply.moderated),
        (None, false, false, false)
    );
}

#[tokio::test]
async fn a_whole_item_arrives_with_everything_it_says() {
    let news = shop(None)
        .hook(&signed(fixture!("bare.json")), now())
        .await
        .unwrap();
    let HookNews::Items {
        delivery,
        items,
        odd,
        unread,
        unread_count,
    } = news
    else {
        panic!("no items")
    };
    assert_eq!((delivery.as_str(), odd.len()), ("msg_1", 0));
    assert_eq!((unread, unread_count), (vec!["shop_specific".to_owned()], 1));
    let item = &items[0].1;
    assert_eq!(
        (
            item.scope.as_str(),
            item.native_id.as_str(),
            item.language.as_deref()
        ),
        ("shop", "r-1001", Some("de"))
    );
    assert_eq!(item.rating.unwrap().stars(), 4);
    assert_eq!(item.published_at, Some(at("2026-11-18T15:02:11Z")));
    assert_eq!(item.subject.as_ref().unwrap().id, "p-5");
    assert_eq!(item.reply.as_ref().unwrap().standing, Standing::Pending);
    assert_eq!(item.raw["shop_specific"]["order"], "o-1");
    assert_eq!(
        item.caps.mode,
        ReplyMode::DeepLink,
        "it has a link, and no address for replies"
    );
    assert_eq!(
        shop(Some("http://x")).settings.caps_for(item).retry,
        Retry::IdempotencyKey
    );
}

#[test]
fn one_bad_item_does_not_lose_the_others() {
    let batch = body::read(fixture!("batch.json").as_bytes()).unwrap();
    assert_eq!(batch.items.len(), 2);
    assert_eq!(
        (batch.odd[0].index, batch.odd[0].native_id.as_deref()),
        (1, Some("b"))
    );
    assert_eq!(
        batch.odd[0].why,
        "data[1].rating.value: expected a number, found string"
    );
    let last = &batch.items[1];
    assert_eq!(
        (last.0, last.1.permalink.as_deref()),
        (2, None),
        "a script is no link"
    );
    assert_eq!(last.1.raw["permalink"], "javascript:alert(1)");
}

#[test]
fn hostile_items_are_repaired_or_refused_one_by_one() {
    let batch = body::read(fixture!("hostile.json").as_bytes()).unwrap();
    let ids: Vec<_> = batch
        .items
        .iter()
        .map(|(i, item)| (*i, item.native_id.as_str()))
        .collect();
    assert_eq!(ids, [(0, "half"), (1, "nul"), (5, "good")]);
    assert_eq!(
        batch.items[0].1.body.as_deref(),
        Some("cut off \u{fffd} here, \\ud83d stays, 😀 too")
    );
    assert_eq!(batch.items[1].1.body.as_deref(), Some("abc"));
    assert_eq!(
        batch.items[1].1.raw["body"], "a\u{2400}b\u{7}c",
        "the place of the NUL is kept"
    );
    let whys: Vec<_> = batch.odd.iter().map(|o| o.why.as_str()).collect();
    assert_eq!(
        whys[0],
        "items[2].id: holds a control character, which an id must not"
    );
    assert!(whys[1].starts_with("items[3]: number out of range"), "{whys:?}");
    assert!(
        whys[2].starts_with("items[4]: the key \"body\" stands there twice"),
        "{whys:?}"
    );
}

#[test]
fn a_removed_item_needs_only_its_id() {
    let batch = body::read(fixture!("removed.json").as_bytes()).unwrap();
    assert!(batch.items[0].1.removed);
    assert!(
        !body::read(fixture!("created.json").as_bytes()).unwrap().items[0]
            .1
            .removed
    );
}

#[test]
fn a_document_that_is_wrong_as_a_whole_says_where() {
    let many: Vec<_> = (0..501).map(|i| json!({ "id": i.to_string() })).collect();
    let deep = format!(r#"{{"id":"x","title":{}{}}}"#, "[".repeat(900), "]".repeat(900));
    let faults = [
        ("{\"id\":".to_owned(), "the body is not JSON: EOF"),
        ("[]".to_owned(), "the body: expected an object"),
        ("\"x\"".to_owned(), "the body: expected an object"),
        (
            r#"{"items":[],"items":[]}"#.to_owned(),
            "the body: the key \"items\" stands there twice",
        ),
        (
            json!({ "items": many }).to_string(),
            "items: 501 items, at most 500",
        ),
        (r#"{"items":{}}"#.to_owned(), "items: expected an array"),
        (
            r#"{"type":"order.created","data":{}}"#.to_owned(),
            "type: expected item.created",
        ),
        (r#"{"type":7,"data":{}}"#.to_owned(), "type: expected a string"),
        (r#"{"type":"item.created"}"#.to_owned(), "data is missing"),
        (
            r#"{"type":"item.created","data":[]}"#.to_owned(),
            "data: expected an object, found an array",
        ),
        (" ".repeat(body::LARGEST_BODY + 1), "the body has 1048577 bytes"),
    ];
    for (text, why) in faults {
        let told = body::read(text.as_bytes()).unwrap_err();
        assert!(told.starts_with(why), "{told}");
    }
    assert!(
        body::read(b"{\"id\":\"\xff\"}")
            .unwrap_err()
            .contains("not UTF-8: the fault is at byte 7")
    );
    let odd = &body::read(deep.as_bytes()).unwrap().odd;
    assert!(odd[0].why.contains("recursion limit"), "{odd:?}");
}

#[tokio::test]
async fn nothing_is_read_before_the_signature_is_checked() {
    let mut call = signed("{broken");
    assert!(matches!(
        shop(None).hook(&call, now()).await,
        Err(HookRefusal::Malformed(_))
    ));
    call.body.push(b' ');
    let refusal = shop(None).hook(&call, now()).await.unwrap_err();
    assert_eq!(
        refusal,
        HookRefusal::Unsigned(signature::Unsigned::NoMatch.to_string())
    );
}

#[tokio::test]
async fn a_reply_goes_out_signed_and_with_its_id_as_key() {
    let far =
        Far::open(|_, _| Says::Json(201, json!({ "id": "a-1", "url": "https://shop.example/a-1" }))).await;
    let call = thanks();
    let done = shop(Some(&far.url)).publish(&call).await.unwrap();
    assert_eq!(
        (done.native_id.as_deref(), done.standing),
        (Some("a-1"), Standing::Visible)
    );
    let asked = far.asked().remove(0);
    assert_eq!((asked.method.as_str(), asked.path.as_str()), ("POST", "/replies"));
    assert_eq!(asked.header(signature::ID), call.key.to_string());
    assert_eq!(
        asked.header("user-agent"),
        concat!("zeitnah/", env!("CARGO_PKG_VERSION"))
    );
    let seen = HookCall {
        token: None,
        headers: asked.headers.clone(),
        body: asked.body.clone().into(),
    };
    assert!(signature::verify(&[Secret::parse(&REPLY_SECRET.into()).unwrap()], &seen, now()).is_ok());
    let sent = asked.json();
    assert_eq!(
        (&sent["type"], &sent["timestamp"]),
        (&json!("reply.publish"), &json!("2026-11-21T09:00:00.000Z"))
    );
    assert_eq!(sent["data"]["item_id"], "r-1001");
    assert_eq!(sent["data"]["revision"], 2);
}

#[tokio::test]
async fn what_the_shop_answers_is_sorted_by_what_to_do() {
    let far = Far::open(|_, n| match n {
        0 => Says::Json(200, json!({ "state": "pending" })),
        1 => Says::Json(422, json!({ "code": "rejected", "message": "no phone numbers" })),
        2 => Says::Json(
            422,
            json!({ "error": { "code": "too_long", "message": "at most 2000" } }),
        ),
        3 => Says::Json(409, json!({ "error": { "code": "already_answered" } })),
        4 => Says::Wait(429, "30"),
        5 => Says::Json(500, json!({})),
        6 => Says::Lost,
        7 => Says::Json(401, json!({})),
        8 => Says::Json(200, json!("what?")),
        _ => Says::Json(302, json!({})),
    })
    .await;
    let shop = shop(Some(&far.url));
    let mut told = Vec::new();
    for _ in 0..10 {
        told.push(shop.publish(&thanks()).await);
    }
    assert_eq!(told[0].as_ref().unwrap().standing, Standing::Pending);
    assert_eq!(
        told[1].as_ref().unwrap().standing,
        Standing::Rejected("no phone numbers".into())
    );
    assert!(matches!(&told[2], Err(PortError::Never { why }) if why.text().contains("too_long")));
    assert!(
        matches!(&told[3], Err(PortError::Never { why }) if why.text().contains("already has an answer"))
    );
    assert!(matches!(&told[4], Err(PortError::Later { after: Some(30), .. })));
    assert!(matches!(&told[5], Err(PortError::Unclear { .. })));
    assert!(
        matches!(&told[6], Err(PortError::Unclear { .. })),
        "{:?}",
        told[6]
    );
    assert!(matches!(&told[7], Err(PortError::Denied { .. })));
    assert!(matches!(&told[8], Err(PortError::Unclear { .. })));
    assert!(
        matches!(&told[9], Err(PortError::Never { why }) if !why.text().contains("shop=1")),
        "{:?}",
        told[9]
    );
}

#[tokio::test]
async fn a_change_names_the_reply_that_stands_there_and_has_its_own_key() {
    let far = Far::open(|_, _| Says::Json(200, json!({}))).await;
    let shop = shop(Some(&far.url));
    let first = thanks();
    let known = shop.publish(&first).await.unwrap().native_id;
    assert_eq!(
        known,
        Some(first.key.to_string()),
        "the shop gave no id of its own"
    );
    let change = ReplyCall {
        reply_native_id: known.clone(),
        ..reply(ReplyAction::Edit {
            body: "Besser".into(),
        })
    };
    shop.publish(&change).await.unwrap();
    shop.look(&change).await.unwrap();
    shop.publish(&ReplyCall {
        what: ReplyAction::Delete,
        ..change.clone()
    })
    .await
    .unwrap();
    let asked = far.asked();
    assert_eq!(
        (&asked[1].json()["type"], &asked[1].json()["data"]["reply_id"]),
        (&json!("reply.edit"), &json!(known))
    );
    assert_eq!(asked[1].header(signature::ID), change.key.to_string());
    assert_eq!(asked[2].path, format!("/replies/{}", first.key));
    let removed = asked[3].json();
    assert_eq!(
        (&removed["type"], removed["data"].get("body")),
        (&json!("reply.delete"), None)
    );
}

#[tokio::test]
async fn where_nobody_listens_nothing_was_done() {
    let told = shop(Some(&nowhere().await)).publish(&thanks()).await;
    assert!(matches!(told, Err(PortError::Later { .. })), "{told:?}");
}

#[tokio::test]
async fn a_reply_is_looked_up_by_our_own_id() {
    let far = Far::open(|_, n| match n {
        0 => Says::Json(
            200,
            json!({ "reply_id": "a-1", "body": "Danke!", "state": "rejected", "reason": "spam" }),
        ),
        1 => Says::Json(404, json!({})),
        2 => Says::Json(405, json!({})),
        _ => Says::Lost,
    })
    .await;
    let (shop, call) = (shop(Some(&far.url)), thanks());
    let found = shop.look(&call).await.unwrap().unwrap();
    assert_eq!(
        (found.body.as_str(), found.standing),
        ("Danke!", Standing::Rejected("spam".into()))
    );
    assert_eq!(far.asked()[0].path, format!("/replies/{}", call.key));
    assert_eq!(shop.look(&call).await.unwrap(), None);
    assert!(matches!(shop.look(&call).await, Err(PortError::Never { .. })));
    assert!(matches!(shop.look(&call).await, Err(PortError::Later { .. })));
}

static SCHEMA: LazyLock<jsonschema::Validator> = LazyLock::new(|| {
    let text = include_str!(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/schema/push-item.schema.json"
    ));
    jsonschema::validator_for(&serde_json::from_str(text).unwrap()).unwrap()
});

fn is_taken(value: &Value) -> bool {
    body::read(value.to_string().as_bytes()).is_ok_and(|batch| batch.odd.is_empty())
}

#[test]
fn the_schema_and_the_reader_agree() {
    let good = [
        fixture!("bare.json"),
        fixture!("created.json"),
        fixture!("removed.json"),
    ];
    let good = good.iter().map(|text| serde_json::from_str(text).unwrap());
    let more = [
        json!({ "items": [] }),
        json!({ "items": [{ "id": "a" }], "type": 5 }),
        json!({ "id": "ä".repeat(255), "rating": 4.5, "votes": { "up": 3.0 }, "unknown": {} }),
        json!({ "id": "a", "details": { "order": 4711, "version": "4.2", "device": null } }),
        json!({ "id": "a", "subject": { "sku": "s" }, "verified": "invited", "author": null }),
    ];
    for value in good.chain(more) {
        assert!(is_taken(&value) && SCHEMA.is_valid(&value), "{value}");
    }
    let bad = [
        serde_json::from_str(fixture!("batch.json")).unwrap(),
        json!([]),
        json!({}),
        json!({ "id": "" }),
        json!({ "id": 7 }),
        json!({ "id": "a\u{0}" }),
        json!({ "id": "a".repeat(256) }),
        json!({ "id": "a", "kind": "complaint" }),
        json!({ "id": "a", "rating": 0 }),
        json!({ "id": "a", "rating": "5" }),
        json!({ "id": "a", "title": "a".repeat(1001) }),
        json!({ "id": "a", "body": ["a"] }),
        json!({ "id": "a", "votes": { "up": -1 } }),
        json!({ "id": "a", "details": { "order": ["4711"] } }),
        json!({ "id": "a", "details": { "order": "4".repeat(201) } }),
        json!({ "id": "a", "votes": { "up": 1.5 } }),
        json!({ "id": "a", "published_at": "2026-11-21" }),
        json!({ "id": "a", "published_at": "2026-11-21T09:00:00" }),
        json!({ "id": "a", "subject": {} }),
        json!({ "id": "a", "reply": { "id": "b" } }),
        json!({ "id": "a", "reply": { "body": "b", "state": "gone" } }),
        json!({ "type": "items", "data": { "id": "a" } }),
        json!({ "type": "item.deleted", "data": { "id": "a" } }),
        json!({ "items": vec![json!({ "id": "a" }); 501] }),
    ];
    for value in bad {
        assert!(!is_taken(&value) && !SCHEMA.is_valid(&value), "{value}");
    }
}

/// A value of the right or the wrong type for any field.
fn any_cell() -> impl Strategy<Value = Value> {
    let nested = json!({ "id": "i", "name": "n", "body": "b", "value": 2, "up": 1, "order": 7 });
    let cells = [
        json!(null),
        json!(true),
        json!(3),
        json!(2.5),
        json!("x"),
        json!(" "),
        json!([]),
        json!({}),
        nested,
    ];
    proptest::sample::select(cells.to_vec())
}

proptest! {
    #[test]
    fn whatever_the_types_schema_and_reader_agree(
        cells in proptest::collection::btree_map(
            proptest::sample::select(vec![
                "id", "rating", "title", "body", "language", "author", "subject", "verified", "details", "votes",
                "permalink",
                "removed", "reply",
            ]),
            any_cell(),
            0..8,
        ),
    ) {
        let mut item: serde_json::Map<_, _> = cells.into_iter().map(|(k, v)| (k.to_owned(), v)).collect();
        item.entry("id").or_insert(json!("a"));
        let item = Value::Object(item);
        prop_assert_eq!(is_taken(&item), SCHEMA.is_valid(&item), "{}", item);
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _read = body::read(&bytes);
    }

    #[test]
    fn no_json_makes_it_panic(value in any_json(), key in "items|data|id|rating|author|subject|votes|reply") {
        let _item = item::read(value.clone(), "x");
        let mut whole = json!({ "id": "a", "type": "item.created" });
        whole[key] = value;
        let _read = body::read(whole.to_string().as_bytes());
    }
}

#[test]
fn fields_that_nobody_reads_are_named_by_their_place_and_lose_nothing() {
    let body = json!({ "items": [
        { "id": "1", "body": "x", "updated_at": "2026-11-21T09:00:00Z", "author": { "nick": "J." } },
        { "id": "2", "rating": { "value": 2, "scale": 5 }, "title": null },
    ] });
    let batch = body::read(body.to_string().as_bytes()).unwrap();
    assert_eq!(batch.items.len(), 2);
    assert_eq!(
        batch.unread,
        [
            "items[0].updated_at",
            "items[0].author.nick",
            "items[1].rating.scale"
        ]
    );
    let many: Vec<Value> = (0..100)
        .map(|n| json!({ "id": n.to_string(), "b": 1, "a": 1 }))
        .collect();
    let batch = body::read(json!({ "items": many }).to_string().as_bytes()).unwrap();
    assert_eq!(
        (batch.items.len(), batch.unread.len(), batch.unread_count),
        (100, 20, 200)
    );
}

/// What the schema names is what is read, so that nobody is told that a good field is none.
#[test]
fn each_field_of_the_schema_is_read() {
    let schema: Value = serde_json::from_str(include_str!("../../../schema/push-item.schema.json")).unwrap();
    let properties = &schema["$defs"]["item"]["properties"];
    let mut whole = json!({});
    for (name, of) in properties.as_object().unwrap() {
        let object = std::iter::once(of).chain(of["anyOf"].as_array().into_iter().flatten());
        let inner = object.filter_map(|one| one["properties"].as_object()).next();
        whole[name] = match inner {
            Some(inner) => inner.keys().map(|key| (key.clone(), json!(1))).collect(),
            None => json!(1),
        };
    }
    assert_eq!(item::unread(&whole, ""), Vec::<String>::new());
}
