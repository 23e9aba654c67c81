//! The shop seen from outside: a real client over a real socket, on a clock that stands still.

#![expect(clippy::disallowed_methods, reason = "the far side is in this process")]

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::AtomicU16;
use std::sync::atomic::Ordering;

use axum::Router;
use axum::http::HeaderMap;
use axum::http::StatusCode;
use axum::routing::post;
use reqwest::Client;
use reqwest::Response;
use serde_json::Value;
use serde_json::json;

use super::Kind;
use super::Settings;
use super::Shop;
use super::webhook;
use crate::sites::Refusal;
use crate::sites::faults::Fault;
use crate::sites::hold;
use crate::sites::outbox::Standing;
use crate::sites::tests::Clock;
use crate::sites::tests::open;

struct Site {
    shop: Arc<Shop>,
    clock: Clock,
    base: String,
}

impl Site {
    async fn open() -> Site {
        let clock = Clock::stopped();
        let shop = Shop::new(clock.now(), Settings::default());
        let base = open(super::router(shop.clone())).await;
        Site { shop, clock, base }
    }

    async fn send(&self, webhook_id: &str, event: &str, data: Value) -> Result<Response, reqwest::Error> {
        let body = json!({"type": event, "timestamp": "2026-11-21T09:00:00Z", "data": data}).to_string();
        let request = Client::new().post(format!("{}/shop/replies", self.base));
        self.signed(request, webhook_id, &body).body(body).send().await
    }

    fn signed(&self, request: reqwest::RequestBuilder, id: &str, body: &str) -> reqwest::RequestBuilder {
        let secret = Settings::default().reply_secret;
        let at = self.clock.at();
        request
            .header("webhook-id", id)
            .header("webhook-timestamp", at.timestamp())
            .header(
                "webhook-signature",
                webhook::sign(&secret, id, at, body.as_bytes()).unwrap(),
            )
    }

    async fn back(&self, reply: &str) -> Response {
        let request = Client::new().get(format!("{}/shop/replies/{reply}", self.base));
        self.signed(request, "read-1", "").send().await.unwrap()
    }

    fn question(&self) -> String {
        self.shop
            .write("p-haubentaucher", "Svenja", Kind::Question, None, "Packmaß?")
            .unwrap()
    }
}

async fn code(answer: Response) -> (u16, String) {
    let status = answer.status().as_u16();
    let body: Value = answer.json().await.unwrap();
    (
        status,
        body["error"]["code"].as_str().unwrap_or_default().to_owned(),
    )
}

fn reply(id: &str, item: &str, body: &str) -> Value {
    json!({"reply_id": id, "item_id": item, "body": body, "revision": 1})
}

#[tokio::test]
async fn a_reply_is_published_once_however_often_it_is_sent() {
    let site = Site::open().await;
    let item = site.question();
    let first = site
        .send("k1", "reply.publish", reply("r1", &item, "42 × 16 cm."))
        .await
        .unwrap();
    assert_eq!(first.status(), 201);
    let first: Value = first.json().await.unwrap();
    let again = site
        .send("k1", "reply.publish", reply("r1", &item, "42 × 16 cm."))
        .await
        .unwrap();
    assert_eq!(again.status(), 200);
    assert_eq!(again.json::<Value>().await.unwrap(), first);
    assert_eq!(
        site.send("k2", "reply.publish", reply("r1", &item, "42 × 16 cm."))
            .await
            .unwrap()
            .status(),
        200
    );
    let other = site
        .send("k3", "reply.publish", reply("r2", &item, "Ja."))
        .await
        .unwrap();
    assert_eq!(code(other).await, (409, "already_answered".into()));
    let seen = site.shop.public(&item).unwrap();
    assert_eq!(
        (seen.reply.as_deref(), seen.publications),
        (Some("42 × 16 cm."), 1)
    );
}

#[tokio::test]
async fn a_reply_can_be_read_back_changed_and_taken_away() {
    let site = Site::open().await;
    let item = site.question();
    assert_eq!(site.back("r1").await.status(), 404);
    site.send("k1", "reply.publish", reply("r1", &item, "Ja."))
        .await
        .unwrap();
    let read: Value = site.back("r1").await.json().await.unwrap();
    assert_eq!(
        (read["item_id"].as_str(), read["body"].as_str()),
        (Some(item.as_str()), Some("Ja."))
    );
    let edit = json!({"reply_id": "r1", "body": "Ja, quer."});
    assert_eq!(site.send("k2", "reply.edit", edit).await.unwrap().status(), 200);
    assert_eq!(
        site.shop.public(&item).unwrap().reply.as_deref(),
        Some("Ja, quer.")
    );
    let gone = json!({"reply_id": "r1"});
    assert_eq!(
        site.send("k3", "reply.delete", gone.clone())
            .await
            .unwrap()
            .status(),
        200
    );
    assert_eq!(site.send("k4", "reply.delete", gone).await.unwrap().status(), 404);
    assert_eq!(site.back("r1").await.status(), 404);
    assert_eq!(site.shop.public(&item).unwrap().publications, 1);
}

#[tokio::test]
async fn the_shop_refuses_what_it_must() {
    let site = Site::open().await;
    let item = site.question();
    let long = site
        .send("k1", "reply.publish", reply("r1", &item, &"ß".repeat(2001)))
        .await
        .unwrap();
    assert_eq!(code(long).await, (422, "too_long".into()));
    let phone = site
        .send("k2", "reply.publish", reply("r1", &item, "Tel. 089 1234567"))
        .await
        .unwrap();
    assert_eq!(code(phone).await, (422, "rejected".into()));
    let nowhere = site
        .send("k3", "reply.publish", reply("r1", "it-9999", "Ja."))
        .await
        .unwrap();
    assert_eq!(code(nowhere).await, (404, "not_found".into()));
    let request = Client::new().post(format!("{}/shop/replies", site.base));
    let forged = site
        .signed(request, "k4", "{}")
        .body(r#"{"type":"reply.publish"}"#)
        .send()
        .await
        .unwrap();
    assert_eq!(code(forged).await, (401, "bad_signature".into()));
    assert_eq!(site.shop.public(&item).unwrap().publications, 0);
    assert_eq!(
        site.shop.write("nowhere", "A", Kind::Question, None, "?"),
        Err(Refusal::NoSuchPlace)
    );
    assert_eq!(
        site.shop.write("p-zaunkoenig", "A", Kind::Review, None, "!"),
        Err(Refusal::Stars)
    );
}

#[tokio::test]
async fn every_fault_shows_its_own_face() {
    let site = Site::open().await;
    let item = site.question();
    let faces = [
        (Fault::RateLimit { retry_after: 7 }, 429, "rate_limited"),
        (Fault::Quota, 429, "quota"),
        (Fault::ServerError { status: 500 }, 500, "server_error"),
        (Fault::UnauthorizedOnce, 401, "bad_signature"),
        (Fault::Deny, 403, "denied"),
    ];
    for (fault, status, name) in faces {
        site.shop.fault(fault, 1);
        let answer = site
            .send("k1", "reply.publish", reply("r1", &item, "Ja."))
            .await
            .unwrap();
        assert_eq!(code(answer).await, (status, name.into()));
    }
    site.shop.fault(Fault::RequestLost, 1);
    assert!(
        site.send("k1", "reply.publish", reply("r1", &item, "Ja."))
            .await
            .is_err()
    );
    assert_eq!(site.shop.public(&item).unwrap().publications, 0);
    site.shop.fault(Fault::AnswerLost, 1);
    assert!(
        site.send("k1", "reply.publish", reply("r1", &item, "Ja."))
            .await
            .is_err()
    );
    assert_eq!(site.shop.public(&item).unwrap().publications, 1);
    site.shop.fault(Fault::Slow { ms: 1 }, 1);
    assert_eq!(
        site.send("k1", "reply.publish", reply("r1", &item, "Ja."))
            .await
            .unwrap()
            .status(),
        200
    );
    assert_eq!(site.shop.public(&item).unwrap().publications, 1);
}

/// A receiver that keeps what it got and answers as told.
async fn receiver() -> (String, Arc<AtomicU16>, Arc<Mutex<Vec<(HeaderMap, String)>>>) {
    let says = Arc::new(AtomicU16::new(204));
    let got: Arc<Mutex<Vec<(HeaderMap, String)>>> = Arc::default();
    let (speak, keep) = (says.clone(), got.clone());
    let hook = Router::new().route(
        "/hook/shop",
        post(async move |headers: HeaderMap, body: String| {
            hold(&keep).push((headers, body));
            StatusCode::from_u16(speak.load(Ordering::Relaxed)).unwrap()
        }),
    );
    (format!("{}/hook/shop", open(hook).await), says, got)
}

#[tokio::test]
async fn a_push_is_signed_and_tried_again_on_the_schedule() {
    let (url, says, got) = receiver().await;
    let clock = Clock::stopped();
    let settings = Settings {
        hook_url: Some(url),
        ..Settings::default()
    };
    let shop = Shop::new(clock.now(), settings.clone());
    let item = shop
        .write(
            "p-igelfreund",
            "Gerlinde W.",
            Kind::Review,
            Some(2),
            "Akku schwach.",
        )
        .unwrap();
    says.store(500, Ordering::Relaxed);
    shop.tick().await;
    clock.advance(4);
    shop.tick().await;
    assert_eq!(hold(&got).len(), 1);
    clock.advance(1);
    shop.tick().await;
    clock.advance(300);
    says.store(202, Ordering::Relaxed);
    shop.tick().await;
    clock.advance(86_400);
    shop.tick().await;

    let got = hold(&got).clone();
    assert_eq!(got.len(), 3);
    for (headers, body) in &got {
        assert_eq!(headers["webhook-id"], got[0].0["webhook-id"]);
        let sent: i64 = headers["webhook-timestamp"].to_str().unwrap().parse().unwrap();
        let sent = chrono::DateTime::from_timestamp(sent, 0).unwrap();
        assert!(webhook::verify(&settings.hook_secret, headers, body.as_bytes(), sent).is_ok());
    }
    let body: Value = serde_json::from_str(&got[0].1).unwrap();
    assert_eq!(body["type"], "item.created");
    assert_eq!(body["data"]["id"], item);
    assert_eq!(body["data"]["rating"], json!({"value": 2, "min": 1, "max": 5}));
    assert_eq!(body["data"]["subject"]["sku"], "HS-4000");
    assert_eq!(body["data"]["verified"], "purchase");
    assert_eq!(body["data"]["edited_at"], Value::Null);
}

#[tokio::test]
async fn edits_removals_batches_and_repeats_are_pushed_until_the_receiver_is_gone() {
    let (url, says, got) = receiver().await;
    let clock = Clock::stopped();
    let shop = Shop::new(
        clock.now(),
        Settings {
            hook_url: Some(url),
            ..Settings::default()
        },
    );
    let item = shop
        .write("p-gratwander", "jo", Kind::Review, Some(2), "naht auf")
        .unwrap();
    shop.edit(&item, Some(4), "Naht ersetzt, danke.").unwrap();
    shop.push_batch(std::slice::from_ref(&item)).unwrap();
    shop.remove(&item).unwrap();
    shop.tick().await;
    assert!(shop.resend("msg_shop000001"));
    says.store(410, Ordering::Relaxed);
    shop.tick().await;
    let types: Vec<Value> = hold(&got)
        .iter()
        .map(|(_, b)| serde_json::from_str::<Value>(b).unwrap()["type"].clone())
        .collect();
    assert_eq!(
        types,
        [
            "item.created",
            "item.updated",
            "items",
            "item.removed",
            "item.created"
        ]
    );
    shop.write("p-gratwander", "jo", Kind::Question, None, "?")
        .unwrap();
    assert_eq!(shop.deliveries().last().unwrap().standing, Standing::GivenUp);
    assert_eq!(shop.public(&item), None);

    let again = Shop::new(clock.now(), Settings::default());
    again.import(shop.export()).unwrap();
    assert_eq!(again.items(), shop.items());
}
