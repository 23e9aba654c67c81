//! Broken on demand: what was done, what was not, and what the client gets to see.

use serde_json::{Value, json};

use super::super::{Fault, Kind};
use super::{ANNA, REVIEWS, stage};

const POST: &str = "chat.postMessage";

fn post() -> Value {
    json!({ "channel": REVIEWS, "text": "x" })
}

#[tokio::test]
async fn a_lost_answer_leaves_the_message_there() {
    let stage = stage().await;
    stage.slack.fault(Fault::answer_lost(POST));
    let answer = stage.send(POST, post()).await;
    let read = match answer {
        Ok(response) => response.text().await,
        Err(error) => Err(error),
    };
    assert!(read.is_err(), "{read:?}");
    assert_eq!(stage.slack.messages(REVIEWS).len(), 1);
}

#[tokio::test]
async fn a_lost_request_leaves_nothing() {
    let stage = stage().await;
    stage.slack.fault(Fault::request_lost(POST));
    assert!(stage.send(POST, post()).await.is_err());
    assert!(stage.slack.messages(REVIEWS).is_empty());
    assert_eq!(stage.call(POST, post()).await["ok"], true);
}

#[tokio::test]
async fn servers_fail_with_a_page_of_html() {
    let stage = stage().await;
    stage.slack.fault(Fault::server_error(POST, 503).times(2));
    for _ in 0..2 {
        let answer = stage.send(POST, post()).await.unwrap();
        assert_eq!(answer.status(), 503);
        assert!(answer.text().await.unwrap().starts_with("<html>"));
    }
    assert_eq!(stage.call(POST, post()).await["ok"], true);
    assert_eq!(stage.slack.messages(REVIEWS).len(), 1);
}

#[tokio::test]
async fn a_fault_waits_for_its_method() {
    let stage = stage().await;
    stage.slack.fault(Fault::rate_limit("chat.update", 30));
    let ts = stage.post("x").await;
    let refused = stage
        .send(
            "chat.update",
            json!({ "channel": REVIEWS, "ts": ts, "text": "y" }),
        )
        .await
        .unwrap();
    assert_eq!(refused.status(), 429);
    assert_eq!(refused.headers()["retry-after"], "30");
}

#[tokio::test]
async fn a_fatal_error_has_done_its_work() {
    let stage = stage().await;
    stage.slack.fault(Fault::fatal_error(POST));
    assert_eq!(stage.call(POST, post()).await["error"], "fatal_error");
    assert_eq!(stage.slack.messages(REVIEWS).len(), 1);
}

#[tokio::test]
async fn healing_brings_an_archived_channel_back() {
    let stage = stage().await;
    stage.slack.fault(Fault::archived_channel(REVIEWS));
    assert_eq!(stage.call(POST, post()).await["error"], "is_archived");
    stage.slack.heal();
    assert_eq!(stage.call(POST, post()).await["ok"], true);
}

#[tokio::test]
async fn a_scope_can_go_missing_for_one_call() {
    let stage = stage().await;
    stage.slack.fault(Fault::new(Kind::MissingScope));
    let refused = stage.call(POST, post()).await;
    assert_eq!(
        (refused["error"].as_str(), refused["needed"].as_str()),
        (Some("missing_scope"), Some("chat:write"))
    );
    assert_eq!(stage.call(POST, post()).await["ok"], true);
}

#[tokio::test]
async fn somebody_deletes_the_newest_card() {
    let stage = stage().await;
    stage.post_card().await;
    stage.slack.fault(Fault::new(Kind::DeleteMessage));
    assert!(stage.slack.messages(REVIEWS).is_empty());
}

#[tokio::test]
async fn a_delivery_can_come_twice_and_wrongly_signed() {
    let stage = stage().await;
    let bot = stage.bot(&[]).await;
    let ts = stage.post_card().await;
    stage.slack.fault(Fault::new(Kind::DuplicateDelivery));
    assert!(stage.slack.press(ANNA, REVIEWS, &ts, "claim").await.acked);
    let requests = bot.requests();
    assert_eq!(requests.len(), 2);
    assert_eq!(requests[0].1, requests[1].1);

    stage.slack.fault(Fault::new(Kind::BadSignature));
    stage.slack.fault(Fault::new(Kind::ClockSkew));
    assert!(stage.slack.press(ANNA, REVIEWS, &ts, "claim").await.acked);
    let skewed = &bot.requests()[2].0;
    let now = stage.slack.now().timestamp();
    assert_eq!(
        skewed["x-slack-request-timestamp"],
        (now - 360).to_string().as_str()
    );
}
