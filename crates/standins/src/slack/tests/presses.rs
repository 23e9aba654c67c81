//! Presses, choices, commands and events over HTTP.

use serde_json::json;

use super::{ANNA, REVIEWS, card, stage};

#[tokio::test]
async fn a_press_arrives_in_slacks_shape() {
    let stage = stage().await;
    let bot = stage.bot(&[]).await;
    let ts = stage.post_card().await;
    let outcome = stage.slack.press(ANNA, REVIEWS, &ts, "Claim & go").await;
    assert!(outcome.acked, "{outcome:?}");
    let payload = bot.payload();
    assert_eq!(payload["type"], "block_actions");
    assert_eq!(payload["user"]["id"], ANNA);
    assert_eq!(payload["container"]["message_ts"], json!(ts));
    assert_eq!(payload["actions"][0]["value"], "v1");
    assert_eq!(payload["actions"][0]["block_id"], "acts");
    // Escaped on the way back, as Slack does.
    assert_eq!(payload["actions"][0]["text"]["text"], "Claim &amp; go");
    assert_eq!(
        payload["message"]["blocks"][1]["elements"][0]["text"]["text"],
        "Claim &amp; go"
    );
}

#[tokio::test]
async fn a_choice_carries_its_option() {
    let stage = stage().await;
    let bot = stage.bot(&[]).await;
    let ts = stage.post_card().await;
    assert!(stage.slack.choose(ANNA, REVIEWS, &ts, "more", "Spam").await.acked);
    assert_eq!(bot.payload()["actions"][0]["selected_option"]["value"], "spam");
    let nothing = stage.slack.choose(ANNA, REVIEWS, &ts, "more", "Love").await;
    assert_eq!(
        nothing.error.as_deref(),
        Some("there is no option `Love`; there is Snooze, Spam")
    );
}

#[tokio::test]
async fn an_outdated_client_presses_what_is_gone() {
    let stage = stage().await;
    let bot = stage.bot(&[]).await;
    let ts = stage.post_card().await;
    let seen = stage.slack.messages(REVIEWS)[0].blocks.clone();
    let update = json!({ "channel": REVIEWS, "ts": ts, "text": "t", "blocks": [card()[0]] });
    assert_eq!(stage.call("chat.update", update).await["ok"], true);
    assert!(
        stage
            .slack
            .press(ANNA, REVIEWS, &ts, "claim")
            .await
            .error
            .is_some()
    );
    assert!(
        stage
            .slack
            .press_as_seen(ANNA, REVIEWS, &ts, &seen, "claim")
            .await
            .acked
    );
    assert_eq!(bot.payload()["actions"][0]["action_id"], "claim");
}

#[tokio::test]
async fn nobody_answering_is_a_failure_people_see() {
    let stage = stage().await;
    let ts = stage.post_card().await;
    let outcome = stage.slack.press(ANNA, REVIEWS, &ts, "claim").await;
    assert!(!outcome.acked);
    assert_eq!(stage.slack.failures()[0].user, ANNA);
}

#[tokio::test]
async fn the_response_url_works_five_times() {
    let stage = stage().await;
    let bot = stage.bot(&[]).await;
    let ts = stage.post_card().await;
    assert!(stage.slack.press(ANNA, REVIEWS, &ts, "claim").await.acked);
    let url = bot.payload()["response_url"].as_str().unwrap().to_owned();
    let answer = |body: serde_json::Value| stage.http.post(&url).json(&body).send();
    for _ in 0..4 {
        assert_eq!(answer(json!({ "text": "only you" })).await.unwrap().status(), 200);
    }
    answer(json!({ "text": "new", "replace_original": true }))
        .await
        .unwrap();
    let refused = answer(json!({ "text": "more" })).await.unwrap();
    assert_eq!(
        (
            refused.status().as_u16(),
            refused.text().await.unwrap().contains("used_url")
        ),
        (404, true)
    );
    assert_eq!(stage.slack.ephemerals(ANNA).len(), 4);
    assert_eq!(stage.slack.messages(REVIEWS)[0].text, "new");
}

#[tokio::test]
async fn a_command_shows_what_came_back() {
    let stage = stage().await;
    let bot = stage
        .bot(&[json!({ "response_type": "ephemeral", "text": "taken" })])
        .await;
    let outcome = stage.slack.command(ANNA, REVIEWS, "/zeitnah", "take 42-3").await;
    assert!(outcome.acked);
    assert_eq!(stage.slack.ephemerals(ANNA)[0].text, "taken");
    let (_, body) = bot.requests().pop().unwrap();
    assert!(
        body.contains("command=%2Fzeitnah") && body.contains("text=take+42-3"),
        "{body}"
    );
}

#[tokio::test]
async fn an_event_is_tried_again_with_its_number() {
    let stage = stage().await;
    let bot = stage.bot(&[json!(500)]).await;
    let first = stage
        .slack
        .event(json!({ "type": "app_home_opened", "user": ANNA, "channel": "D1", "event_ts": "1.0" }))
        .await;
    assert_eq!((first.acked, stage.slack.unacked_events()), (false, 1));
    let again = stage.slack.retry_events().await;
    assert!(again[0].acked);
    let (headers, _) = bot.requests().pop().unwrap();
    assert_eq!(headers["x-slack-retry-num"], "1");
    assert_eq!(headers["x-slack-retry-reason"], "http_error");
    assert_eq!(stage.slack.unacked_events(), 0);
}

#[tokio::test]
async fn archiving_tells_the_bot() {
    let stage = stage().await;
    let bot = stage.bot(&[]).await;
    assert!(stage.slack.archive(REVIEWS).await.acked);
    let (_, body) = bot.requests().pop().unwrap();
    assert!(body.contains("channel_archive"));
}

#[tokio::test]
async fn the_page_can_do_what_people_do() {
    let stage = stage().await;
    let bot = stage.bot(&[]).await;
    let ts = stage.post_card().await;
    let control = |path: &str| format!("{}/control/slack/{path}", stage.base);
    let body = json!({ "user": ANNA, "channel": REVIEWS, "ts": ts, "action_id": "more", "value": "spam" });
    let done: serde_json::Value = stage
        .http
        .post(control("choose"))
        .json(&body)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(done, json!({ "ok": true, "acked": true, "error": null }));
    assert_eq!(bot.payload()["actions"][0]["selected_option"]["value"], "spam");
    let state: serde_json::Value = stage
        .http
        .get(control("state"))
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(state["channels"][0]["messages"][0]["ts"], json!(ts));
    let revision = state["revision"].as_u64().unwrap();
    let wait = stage
        .http
        .get(control(&format!("wait?since={}", revision - 1)))
        .send()
        .await
        .unwrap();
    let wait: serde_json::Value = wait.json().await.unwrap();
    assert_eq!(wait["revision"], revision);
    for fault in [
        json!({ "name": "slow", "ms": 5 }),
        json!({ "name": "deaf_socket" }),
    ] {
        let put = stage
            .http
            .post(control("fault"))
            .json(&fault)
            .send()
            .await
            .unwrap();
        assert_eq!(put.json::<serde_json::Value>().await.unwrap()["ok"], true);
    }
    assert_eq!(stage.slack.faults().len(), 2);
}
