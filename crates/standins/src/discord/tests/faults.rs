//! Faults on demand: what breaks, how it looks from outside, and that it ends.

use serde_json::Value;
use serde_json::json;

use super::super::Fault;
use super::super::Kind;
use super::REVIEWS;
use super::Stage;
use super::stage;

const CREATE: &str = "create_message";

async fn sent(stage: &Stage) -> reqwest::Result<reqwest::Response> {
    let path = format!("/channels/{REVIEWS}/messages");
    stage
        .request("POST", &path)
        .json(&json!({ "content": "x" }))
        .send()
        .await
}

#[tokio::test]
async fn a_lost_answer_has_done_its_work_and_a_lost_request_has_not() {
    let stage = stage().await;
    stage.discord.fault(Fault::answer_lost(CREATE));
    assert!(sent(&stage).await.unwrap().bytes().await.is_err());
    assert_eq!(stage.discord.messages(REVIEWS).len(), 1);
    stage.discord.fault(Fault::request_lost(CREATE));
    let broken = match sent(&stage).await {
        Err(_) => true,
        Ok(response) => response.bytes().await.is_err(),
    };
    assert!(broken);
    assert_eq!(stage.discord.messages(REVIEWS).len(), 1);
    assert_eq!(sent(&stage).await.unwrap().status(), 200);
}

#[tokio::test]
async fn servers_fail_with_pages() {
    let stage = stage().await;
    stage.discord.fault(Fault::server_error(CREATE, 503).times(2));
    for _ in 0..2 {
        let answer = sent(&stage).await.unwrap();
        assert_eq!(answer.status(), 503);
        assert!(answer.text().await.unwrap().starts_with("<html>"));
    }
    assert_eq!(sent(&stage).await.unwrap().status(), 200);
}

#[tokio::test]
async fn a_fault_waits_for_its_route() {
    let stage = stage().await;
    stage.discord.fault(Fault::rate_limit("edit_message", 2.5));
    let id = stage.card().await;
    let path = format!("/channels/{REVIEWS}/messages/{id}");
    let refused = stage
        .request("PATCH", &path)
        .json(&json!({ "content": "y" }))
        .send()
        .await
        .unwrap();
    assert_eq!(refused.headers()["retry-after"], "3");
    assert_eq!(refused.json::<Value>().await.unwrap()["retry_after"], 2.5);
    stage.discord.fault(Fault::new(Kind::OldEdit));
    let (status, old) = stage.call("PATCH", &path, json!({ "content": "y" })).await;
    assert_eq!((status, &old["code"]), (429, &json!(30046)));
    stage.discord.fault(Fault {
        global: true,
        ..Fault::rate_limit(CREATE, 1.0)
    });
    let global = sent(&stage).await.unwrap();
    assert_eq!(global.headers()["x-ratelimit-scope"], "global");
}

#[tokio::test]
async fn rights_go_missing_until_healed() {
    let stage = stage().await;
    stage.discord.fault(Fault::new(Kind::Unauthorized).always());
    assert_eq!(sent(&stage).await.unwrap().status(), 401);
    assert_eq!(sent(&stage).await.unwrap().status(), 401);
    stage.discord.heal();
    stage.discord.fault(Fault::new(Kind::Forbidden));
    assert_eq!(sent(&stage).await.unwrap().status(), 403);
    assert_eq!(sent(&stage).await.unwrap().status(), 200);
    assert_eq!(stage.discord.invalid_requests(), 3);
    let calls: Vec<(u16, Option<u32>)> = stage
        .discord
        .calls()
        .iter()
        .map(|call| (call.status, call.code))
        .collect();
    assert_eq!(
        calls,
        [(401, Some(0)), (401, Some(0)), (403, Some(50013)), (200, None)]
    );
}

#[tokio::test]
async fn somebody_deletes_the_newest_card() {
    let stage = stage().await;
    let first = stage.card().await;
    stage.card().await;
    stage.discord.fault(Fault::new(Kind::DeleteMessage));
    let left: Vec<String> = stage
        .discord
        .messages(REVIEWS)
        .into_iter()
        .map(|m| m.id)
        .collect();
    assert_eq!(left, [first]);
}

#[tokio::test]
async fn slow_is_slow() {
    let stage = stage().await;
    stage.discord.fault(Fault::slow(CREATE, 150));
    let begun = std::time::Instant::now();
    assert_eq!(sent(&stage).await.unwrap().status(), 200);
    assert!(begun.elapsed().as_millis() >= 150);
}
