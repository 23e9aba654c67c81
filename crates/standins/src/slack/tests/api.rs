//! The Web API: who may call what, and what becomes of messages.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::super::Settings;
use super::{REVIEWS, card, stage, staged};

fn error(answer: &Value) -> &str {
    answer["error"].as_str().unwrap_or_else(|| panic!("{answer}"))
}

#[tokio::test]
async fn strangers_are_refused_in_slacks_words() {
    let stage = stage().await;
    let url = format!("{}/slack/api/auth.test", stage.base);
    let anonymous: Value = stage.http.post(&url).send().await.unwrap().json().await.unwrap();
    let wrong: Value = stage
        .http
        .get(&url)
        .bearer_auth("xoxb-other")
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(error(&anonymous), "not_authed");
    assert_eq!(error(&wrong), "invalid_auth");
    assert_eq!(error(&stage.call("no.such", json!({})).await), "unknown_method");
    assert_eq!(stage.call("auth.test", json!({})).await["user_id"], "U0ZEITNAH");
}

#[tokio::test]
async fn a_missing_scope_says_what_is_needed() {
    let stage = stage().await;
    stage.slack.set_scope("usergroups:read", false);
    let answer = stage.send("usergroups.list", json!({})).await.unwrap();
    let scopes = answer.headers()["x-oauth-scopes"].to_str().unwrap().to_owned();
    let body: Value = answer.json().await.unwrap();
    assert_eq!(
        (error(&body), body["needed"].as_str()),
        ("missing_scope", Some("usergroups:read"))
    );
    assert!(scopes.contains("chat:write") && !scopes.contains("usergroups:read"));
}

#[tokio::test]
async fn other_servers_may_lack_a_method() {
    let settings = Settings {
        absent: ["usergroups.list".to_owned()].into(),
        ..Settings::default()
    };
    let stage = staged(settings).await;
    assert_eq!(
        error(&stage.call("usergroups.list", json!({})).await),
        "unknown_method"
    );
}

#[tokio::test]
async fn channels_refuse_as_slack_does() {
    let stage = stage().await;
    stage.slack.add_channel("C0OTHER", "other", &[]);
    stage
        .slack
        .change_channel("C0OTHER", |channel| channel.members.clear());
    stage.slack.add_channel("C0SECRET", "secret", &[]);
    stage.slack.change_channel("C0SECRET", |channel| {
        channel.members.clear();
        channel.private = true;
    });
    let post = |channel: &str| json!({ "channel": channel, "text": "x" });
    assert_eq!(
        error(&stage.call("chat.postMessage", post("C0NONE")).await),
        "channel_not_found"
    );
    assert_eq!(
        error(&stage.call("chat.postMessage", post("C0OTHER")).await),
        "not_in_channel"
    );
    assert_eq!(
        error(&stage.call("chat.postMessage", post("C0SECRET")).await),
        "channel_not_found"
    );
    let _nobody_listens = stage.slack.archive(REVIEWS).await;
    assert_eq!(
        error(&stage.call("chat.postMessage", post(REVIEWS)).await),
        "is_archived"
    );
}

#[tokio::test]
async fn text_alone_takes_the_blocks_away_and_metadata_stays() {
    let stage = stage().await;
    let label = json!({ "event_type": "zeitnah_card", "event_payload": { "k": "1" } });
    let body = json!({ "channel": REVIEWS, "text": "a", "blocks": card(), "metadata": label });
    let ts = stage.call("chat.postMessage", body).await["ts"]
        .as_str()
        .unwrap()
        .to_owned();
    let updated = stage
        .call(
            "chat.update",
            json!({ "channel": REVIEWS, "ts": ts, "text": "b" }),
        )
        .await;
    assert_eq!(updated["ok"], true);
    let message = &stage.slack.messages(REVIEWS)[0];
    assert!(message.blocks.is_empty());
    assert_eq!(message.metadata, Some(label));

    let long = "x".repeat(4001);
    let answer = stage
        .call(
            "chat.update",
            json!({ "channel": REVIEWS, "ts": ts, "text": long }),
        )
        .await;
    assert_eq!(error(&answer), "msg_too_long");
}

#[tokio::test]
async fn rich_text_alone_cannot_become_something_else() {
    let stage = stage().await;
    let rich = json!([{ "type": "rich_text", "elements": [
        { "type": "rich_text_section", "elements": [{ "type": "text", "text": "hi" }] },
    ] }]);
    let body = json!({ "channel": REVIEWS, "text": "a", "blocks": rich });
    let ts = stage.call("chat.postMessage", body).await["ts"].clone();
    let update = json!({ "channel": REVIEWS, "ts": ts, "text": "a", "blocks": card() });
    assert_eq!(error(&stage.call("chat.update", update).await), "block_mismatch");
}

#[tokio::test]
async fn people_are_not_edited_and_the_deleted_is_gone() {
    let stage = stage().await;
    let said = stage.slack.say(super::ANNA, REVIEWS, None, "mine");
    let body = json!({ "channel": REVIEWS, "ts": said, "text": "yours" });
    assert_eq!(
        error(&stage.call("chat.update", body.clone()).await),
        "cant_update_message"
    );
    assert!(stage.slack.delete_message(REVIEWS, &said));
    assert_eq!(error(&stage.call("chat.update", body).await), "message_not_found");
    assert_eq!(
        error(
            &stage
                .call("chat.postMessage", json!({ "channel": REVIEWS }))
                .await
        ),
        "no_text"
    );
}

#[tokio::test]
async fn bad_blocks_come_back_with_a_pointer() {
    let stage = stage().await;
    let body = json!({ "channel": REVIEWS, "blocks": [{ "type": "section", "text": { "type": "mrkdwn", "text": "" } }] });
    let answer = stage.call("chat.postMessage", body).await;
    assert_eq!(error(&answer), "invalid_blocks");
    assert_eq!(
        answer["response_metadata"]["messages"][0],
        "[ERROR] must be more than 0 characters [json-pointer:/blocks/0/text/text]"
    );
}

#[tokio::test]
async fn a_repeat_is_refused_also_after_deletion() {
    let stage = stage().await;
    let body =
        json!({ "channel": REVIEWS, "text": "x", "client_msg_id": "1b4e28ba-2fa1-11d2-883f-0016d3cca427" });
    let ts = stage.call("chat.postMessage", body.clone()).await["ts"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(
        error(&stage.call("chat.postMessage", body.clone()).await),
        "duplicate_message"
    );
    stage.slack.delete_message(REVIEWS, &ts);
    assert_eq!(
        error(&stage.call("chat.postMessage", body).await),
        "duplicate_message_not_found"
    );
}

#[tokio::test]
async fn the_fourth_post_at_once_has_to_wait() {
    let stage = stage().await;
    for _ in 0..3 {
        stage.post("x").await;
    }
    let refused = stage
        .send("chat.postMessage", json!({ "channel": REVIEWS, "text": "x" }))
        .await
        .unwrap();
    assert_eq!(refused.status(), 429);
    assert_eq!(refused.headers()["retry-after"], "1");
    assert_eq!(stage.slack.limited(), 1);
    stage.clock.advance(TimeDelta::seconds(1));
    stage.post("x").await;
    assert_eq!(stage.slack.messages(REVIEWS).len(), 4);
}

#[tokio::test]
async fn history_pages_by_cursor_and_hides_metadata_unless_asked() {
    let stage = stage().await;
    stage.slack.set_rate_limits(false);
    let label = json!({ "event_type": "zeitnah_card", "event_payload": { "k": "1" } });
    for n in 0..5 {
        let body = json!({ "channel": REVIEWS, "text": format!("m{n}"), "metadata": label });
        stage.call("chat.postMessage", body).await;
    }
    let first = stage
        .call("conversations.history", json!({ "channel": REVIEWS, "limit": 3 }))
        .await;
    let cursor = &first["response_metadata"]["next_cursor"];
    let rest = json!({ "channel": REVIEWS, "limit": 3, "cursor": cursor, "include_all_metadata": true });
    let rest = stage.call("conversations.history", rest).await;
    let texts = |page: &Value| -> Vec<String> {
        page["messages"]
            .as_array()
            .unwrap()
            .iter()
            .map(|m| m["text"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(texts(&first), ["m4", "m3", "m2"]);
    assert_eq!(texts(&rest), ["m1", "m0"]);
    assert_eq!(first["messages"][0]["metadata"].get("event_payload"), None);
    assert_eq!(rest["messages"][0]["metadata"]["event_payload"]["k"], "1");

    let oldest = &rest["messages"][0]["ts"];
    let exclusive = stage
        .call(
            "conversations.history",
            json!({ "channel": REVIEWS, "oldest": oldest }),
        )
        .await;
    let inclusive = json!({ "channel": REVIEWS, "oldest": oldest, "inclusive": true });
    let inclusive = stage.call("conversations.history", inclusive).await;
    assert_eq!((texts(&exclusive).len(), texts(&inclusive).len()), (3, 4));
}

#[tokio::test]
async fn replies_hang_below_their_parent() {
    let stage = stage().await;
    let parent = stage.post("parent").await;
    stage
        .call(
            "chat.postMessage",
            json!({ "channel": REVIEWS, "text": "reply", "thread_ts": parent }),
        )
        .await;
    assert_eq!(stage.slack.messages(REVIEWS).len(), 1);
    assert_eq!(stage.slack.thread(REVIEWS, &parent).len(), 1);
    let thread = stage
        .call(
            "conversations.replies",
            json!({ "channel": REVIEWS, "ts": parent }),
        )
        .await;
    assert_eq!(thread["messages"][0]["reply_count"], 1);
    assert_eq!(thread["messages"][1]["thread_ts"], json!(parent));
    let lost = json!({ "channel": REVIEWS, "text": "x", "thread_ts": "1.000100" });
    assert_eq!(
        error(&stage.call("chat.postMessage", lost).await),
        "thread_not_found"
    );
}

#[tokio::test]
async fn a_whisper_reaches_members_only() {
    let stage = stage().await;
    stage.slack.add_user("U0GUEST", "guest", "Guest");
    let whisper = |user: &str| json!({ "channel": REVIEWS, "user": user, "text": "psst" });
    assert_eq!(
        stage.call("chat.postEphemeral", whisper(super::ANNA)).await["ok"],
        true
    );
    assert_eq!(
        error(&stage.call("chat.postEphemeral", whisper("U0GUEST")).await),
        "user_not_in_channel"
    );
    assert_eq!(
        error(&stage.call("chat.postEphemeral", whisper("U0NONE")).await),
        "user_not_found"
    );
    assert_eq!(stage.slack.unread().len(), 1);
    stage.slack.see_ephemerals(super::ANNA);
    assert!(stage.slack.unread().is_empty());
}

#[tokio::test]
async fn a_snapshot_brings_everything_back() {
    let one = stage().await;
    one.post("kept").await;
    let snapshot = one.slack.export();
    let two = stage().await;
    two.slack.import(snapshot).unwrap();
    assert_eq!(two.slack.messages(REVIEWS), one.slack.messages(REVIEWS));
    assert_ne!(two.post("next").await, one.slack.messages(REVIEWS)[0].ts);
}
