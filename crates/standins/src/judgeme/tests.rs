//! Judge.me seen from outside: a real client over a real socket, on a clock that stands still.

use std::future::IntoFuture;
use std::sync::Arc;

use chrono::DateTime;
use serde_json::Value;
use serde_json::json;

use super::Curated;
use super::Judgeme;
use super::Settings;
use super::api;
use super::hook;

fn judgeme() -> Arc<Judgeme> {
    let at = DateTime::parse_from_rfc3339("2026-11-19T13:35:01Z")
        .unwrap()
        .to_utc();
    Judgeme::new(Arc::new(move || at), Settings::default())
}

async fn ask(judgeme: &Arc<Judgeme>, token: &str, call: &str, body: Option<Value>) -> (u16, Value) {
    let (method, path) = call.split_once(' ').unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let serving = tokio::spawn(axum::serve(listener, api::router(judgeme.clone())).into_future());
    let client = crate::sites::outbox::client().unwrap();
    let address = format!("{base}/judgeme/api/v1{path}");
    let request = client
        .request(method.parse().unwrap(), address)
        .header("x-api-token", token);
    let request = match body {
        Some(body) => request.json(&body),
        None => request,
    };
    let answer = request.send().await.unwrap();
    let status = answer.status().as_u16();
    let said = answer.bytes().await.unwrap();
    serving.abort();
    (status, serde_json::from_slice(&said).unwrap_or_default())
}

const TOKEN: &str = "sandbox-private-token";
const SHOP: &str = "shop_domain=garten.myshopify.com";

#[tokio::test]
async fn a_wrong_token_and_a_wrong_shop_are_told_alike() {
    let judgeme = judgeme();
    let right = format!("GET /reviews?{SHOP}");
    assert_eq!(ask(&judgeme, TOKEN, &right, None).await.0, 200);
    let token = ask(&judgeme, "guessed", &right, None).await;
    let shop = ask(&judgeme, TOKEN, "GET /reviews?shop_domain=other.example", None).await;
    assert_eq!(token, shop);
    assert_eq!(token.0, 401);
}

#[tokio::test]
async fn beyond_the_last_page_comes_the_last_page_again() {
    let judgeme = judgeme();
    for n in 0..101 {
        judgeme.write("Jana", 5, &format!("{n}")).unwrap();
    }
    let page = async |page: usize| {
        let call = format!("GET /reviews?{SHOP}&per_page=1&page={page}");
        ask(&judgeme, TOKEN, &call, None).await.1
    };
    assert_eq!(page(1).await["reviews"][0]["body"], "100", "the newest first");
    let last = page(100).await;
    assert_eq!(last["current_page"], 100);
    assert_eq!(page(101).await, last);
}

#[tokio::test]
async fn an_answer_is_taken_as_often_as_it_is_sent_and_shown_to_customers_only() {
    let judgeme = judgeme();
    let id = judgeme.write("Jana", 2, "Fällt klein aus.").unwrap();
    let number: u64 = id.parse().unwrap();
    let call = format!("POST /replies?{SHOP}");
    let good = json!({ "review_id": number, "send_reply_email": false, "reply": { "content": "Danke." } });
    for _ in 0..2 {
        assert_eq!(ask(&judgeme, TOKEN, &call, Some(good.clone())).await.0, 200);
    }
    assert_eq!(judgeme.replies(&id), ["Danke.", "Danke."]);
    let (_, review) = ask(&judgeme, TOKEN, &format!("GET /reviews/{id}?{SHOP}"), None).await;
    assert!(!review.to_string().contains("Danke."));
    for body in [
        json!({ "review_id": number, "reply": { "content": "x" } }),
        json!({ "review_id": number, "send_reply_email": false, "reply": { "content": " " } }),
        json!({ "review_id": 1, "send_reply_email": false, "reply": { "content": "x" } }),
        json!({ "review_id": number, "send_reply_email": false, "reply": { "content": "x" }, "more": 1 }),
    ] {
        assert_eq!(ask(&judgeme, TOKEN, &call, Some(body)).await.0, 422);
    }
}

#[test]
fn what_a_shop_takes_for_spam_is_not_published() {
    let judgeme = judgeme();
    let id = judgeme.write("Jana", 2, "x").unwrap();
    judgeme.curate(&id, Curated::NotYet).unwrap();
    let told = judgeme.told("review/updated", &id).unwrap();
    assert_eq!(told["review"]["curated"], "not-yet");
    assert_eq!(told["review"]["published"], false);
}

/// Made with `openssl dgst -sha256 -hmac secret`.
#[test]
fn signs_like_openssl() {
    assert_eq!(
        hook::sign("secret", br#"{"id":322}"#),
        "4d8ca0b8a57d68e099952fcf2752cab35e13a9684dcb598a461cd65aaf158f0a"
    );
}
