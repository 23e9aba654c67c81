//! Odd values, everywhere: each is answered, and none with a fault of ours.

use serde_json::{Value, json};

use super::{ANNA, REVIEWS, Stage, card, staged};
use crate::slack::Settings;
use crate::tests::variants;

async fn free() -> Stage {
    staged(Settings {
        rate_limits: false,
        ..Settings::default()
    })
    .await
}

fn view() -> Value {
    json!({ "type": "modal", "callback_id": "reply", "title": { "type": "plain_text", "text": "Reply" },
        "submit": { "type": "plain_text", "text": "Send" }, "notify_on_close": true, "private_metadata": "x", "blocks": [
            { "type": "input", "block_id": "text", "label": { "type": "plain_text", "text": "Text" }, "element":
                { "type": "plain_text_input", "action_id": "t", "multiline": true, "min_length": 1, "max_length": 9 } },
            { "type": "rich_text", "elements": [{ "type": "rich_text_section", "elements": [
                { "type": "date", "timestamp": 1, "format": "{time}", "fallback": "x" },
                { "type": "text", "text": "x", "style": { "bold": true } }] }] }] })
}

#[tokio::test]
async fn no_body_brings_it_down() {
    let stage = free().await;
    let ts = stage.post_card().await;
    let message = json!({ "channel": REVIEWS, "text": "*Hi* <@U0ANNA>", "blocks": card(), "ts": ts, "thread_ts": ts,
        "reply_broadcast": true, "client_msg_id": "1", "metadata": { "event_type": "card", "event_payload": { "a": 1 } },
        "unfurl_links": false, "user": ANNA, "mrkdwn": true, "parse": "none", "link_names": false });
    let list = json!({ "channel": REVIEWS, "ts": ts, "user": ANNA, "users": ANNA, "limit": 5, "cursor": "x", "oldest": "1.0",
        "latest": "2.0", "inclusive": true, "types": "public_channel", "include_all_metadata": true, "file": "F1",
        "usergroup": "S0LEADS", "message_ts": ts });
    let views = json!({ "trigger_id": "t", "view_id": "V1", "hash": "h", "user_id": ANNA, "view": view() });
    let files = json!({ "filename": "a.png", "length": 5, "alt_text": "x", "files": [{ "id": "F1", "title": "x" }],
        "channel_id": REVIEWS, "thread_ts": ts });
    let cases = [
        (
            &[
                "chat.postMessage",
                "chat.update",
                "chat.postEphemeral",
                "chat.delete",
            ][..],
            message,
        ),
        (
            &[
                "conversations.info",
                "conversations.list",
                "conversations.members",
                "conversations.history",
                "conversations.replies",
                "conversations.open",
                "users.info",
                "users.list",
                "usergroups.list",
                "usergroups.users.list",
                "chat.getPermalink",
                "files.info",
            ][..],
            list,
        ),
        (
            &["views.open", "views.push", "views.update", "views.publish"][..],
            views,
        ),
        (
            &["files.getUploadURLExternal", "files.completeUploadExternal"][..],
            files,
        ),
    ];
    for (methods, body) in cases {
        for method in methods {
            for body in variants(&body) {
                let sent = stage.send(method, body.clone()).await;
                assert!(sent.is_ok_and(|r| r.status().as_u16() < 500), "{method} {body}");
            }
        }
    }
    stage.post_card().await;
    stage.slack.state();
}

/// What a bot answers a sent form or a press with.
#[tokio::test]
async fn no_answer_of_a_bot_brings_it_down() {
    let stage = free().await;
    let ts = stage.post_card().await;
    for answer in [
        json!({ "response_action": "update", "view": view() }),
        json!({ "response_action": "errors", "errors": { "text": "no" } }),
        json!({ "text": "Hi", "response_type": "ephemeral", "blocks": card() }),
    ] {
        let answers = variants(&answer);
        let _bot = stage.bot(&answers).await;
        for n in 0..answers.len() {
            let _outcome = match n % 2 {
                0 => stage.slack.press(ANNA, REVIEWS, &ts, "claim").await,
                _ => stage.slack.command(ANNA, REVIEWS, "/zeitnah", "open").await,
            };
        }
        stage.slack.state();
    }
}

/// What the page asks of it.
#[tokio::test]
async fn no_page_brings_it_down() {
    let stage = free().await;
    let ts = stage.post_card().await;
    let body = json!({ "user": ANNA, "channel": REVIEWS, "ts": ts, "action_id": "claim", "block_id": "acts", "value": "x",
        "view_id": "V1", "values": { "text": { "t": { "type": "plain_text_input", "value": "x" } } },
        "text": "/zeitnah open", "thread_ts": ts, "archived": false, "name": "slow", "ms": 1, "count": 1, "retry_after": 1 });
    for what in [
        "press", "choose", "submit", "close", "command", "home", "say", "archive", "fault", "delete",
    ] {
        for body in variants(&body) {
            let url = format!("{}/control/slack/{what}", stage.base);
            let sent = stage.http.post(url).json(&body).send().await;
            assert!(sent.is_ok_and(|r| r.status().as_u16() < 500), "{what} {body}");
        }
        stage.slack.heal();
    }
    stage.slack.state();
}
