//! Odd values, everywhere: each is answered, and none with a fault of ours.

use serde_json::Value;
use serde_json::json;

use super::ANNA;
use super::REVIEWS;
use super::Stage;
use super::card;
use super::form;
use super::staged;
use super::whisper;
use crate::discord::Settings;
use crate::tests::variants;

const ODD_PLACES: [&str; 6] = [
    "0",
    "-1",
    "abc",
    "99999999999999999999999999",
    "%00",
    "%F0%9F%98%80",
];

async fn free() -> Stage {
    staged(Settings {
        rate_limits: false,
        ..Settings::default()
    })
    .await
}

impl Stage {
    async fn answers(&self, verb: &str, path: &str, body: &Value) {
        let request = self.request(verb, path).json(body);
        let sent = request.send().await;
        let status = sent.map(|response| response.status().as_u16());
        assert!(
            status.as_ref().is_ok_and(|status| *status < 500),
            "{verb} {path} {body}: {status:?}"
        );
    }
}

fn command() -> Value {
    json!({ "name": "zeitnah", "type": 1, "description": "Reviews", "description_localizations": { "de": "Beiträge" },
        "default_member_permissions": "0", "contexts": [0], "integration_types": [0], "options": [
            { "type": 1, "name": "take", "description": "Take it", "options": [
                { "type": 3, "name": "number", "description": "Number", "required": true, "autocomplete": true,
                    "min_length": 1, "max_length": 9 },
                { "type": 4, "name": "days", "description": "Days", "min_value": 1, "max_value": 9,
                    "choices": [{ "name": "one", "value": 1 }] }] }] })
}

#[tokio::test]
async fn no_body_brings_it_down() {
    let stage = free().await;
    let id = stage.card().await;
    let app = stage.discord.settings().application_id;
    let guild = stage.discord.settings().guild_id;
    let message = {
        let mut message = card();
        message["content"] = json!("**Hello** <@1300000000000000101> `x`");
        message["nonce"] = json!("n-1");
        message["enforce_nonce"] = json!(true);
        message["message_reference"] = json!({ "message_id": id, "fail_if_not_exists": false });
        message["attachments"] = json!([{ "id": 0, "description": "chart" }]);
        message["flags"] = json!(4);
        message
    };
    let thread = json!({ "name": "Thread", "auto_archive_duration": 60, "rate_limit_per_user": 5 });
    for (verb, path, body) in [
        ("POST", format!("/channels/{REVIEWS}/messages"), message.clone()),
        ("PATCH", format!("/channels/{REVIEWS}/messages/{id}"), message),
        (
            "POST",
            format!("/channels/{REVIEWS}/messages/{id}/threads"),
            thread,
        ),
        (
            "PATCH",
            format!("/channels/{id}"),
            json!({ "archived": true, "locked": true, "name": "x", "auto_archive_duration": 60 }),
        ),
        (
            "POST",
            "/users/@me/channels".into(),
            json!({ "recipient_id": ANNA }),
        ),
        ("POST", format!("/applications/{app}/commands"), command()),
        (
            "POST",
            format!("/applications/{app}/guilds/{guild}/commands"),
            command(),
        ),
        (
            "PUT",
            format!("/applications/{app}/guilds/{guild}/commands"),
            json!([command()]),
        ),
        (
            "POST",
            format!("/webhooks/{app}/token"),
            whisper("Hi")["data"].clone(),
        ),
        (
            "PATCH",
            format!("/webhooks/{app}/token/messages/@original"),
            whisper("Hi")["data"].clone(),
        ),
        ("POST", "/interactions/1/token/callback".into(), form()),
    ] {
        for body in variants(&body) {
            stage.answers(verb, &path, &body).await;
        }
    }
    // It still works, and whatever was taken can be looked at.
    stage.card().await;
    let seen = stage
        .call(
            "GET",
            &format!("/channels/{REVIEWS}/messages?limit=100"),
            Value::Null,
        )
        .await;
    assert_eq!(seen.0, 200);
    stage.discord.state();
}

#[tokio::test]
async fn no_address_brings_it_down() {
    let stage = free().await;
    let app = stage.discord.settings().application_id;
    for odd in ODD_PLACES {
        for (verb, path) in [
            ("GET", format!("/channels/{odd}")),
            ("GET", format!("/channels/{odd}/messages")),
            ("GET", format!("/channels/{REVIEWS}/messages/{odd}")),
            ("PATCH", format!("/channels/{REVIEWS}/messages/{odd}")),
            ("DELETE", format!("/channels/{REVIEWS}/messages/{odd}")),
            ("POST", format!("/channels/{REVIEWS}/messages/{odd}/threads")),
            ("GET", format!("/guilds/{odd}/members")),
            ("GET", format!("/guilds/{odd}/members/{odd}")),
            ("GET", format!("/users/{odd}")),
            ("DELETE", format!("/applications/{app}/commands/{odd}")),
            ("POST", format!("/interactions/{odd}/{odd}/callback")),
            ("PATCH", format!("/webhooks/{odd}/{odd}/messages/{odd}")),
        ] {
            stage.answers(verb, &path, &json!({ "content": "x" })).await;
        }
        for name in ["limit", "before", "after", "around", "wait", "with_counts"] {
            stage
                .answers(
                    "GET",
                    &format!("/channels/{REVIEWS}/messages?{name}={odd}"),
                    &Value::Null,
                )
                .await;
            stage
                .answers(
                    "GET",
                    &format!(
                        "/guilds/{}/members?{name}={odd}",
                        stage.discord.settings().guild_id
                    ),
                    &Value::Null,
                )
                .await;
        }
    }
}

/// What an app answers a press with.
#[tokio::test]
async fn no_answer_of_an_app_brings_it_down() {
    let stage = free().await;
    for answer in [
        whisper("Hi"),
        form(),
        json!({ "type": 8, "data": { "choices": [{ "name": "a", "value": "b" }] } }),
    ] {
        let answers = variants(&answer);
        let _app = stage.app(&answers).await;
        let card = stage.card().await;
        for _ in &answers {
            let _outcome = stage.discord.press(ANNA, REVIEWS, &card, "claim:42").await;
            stage.discord.close_modal(ANNA);
        }
        stage.discord.state();
    }
}

/// What the page asks of it.
#[tokio::test]
async fn no_page_brings_it_down() {
    let stage = free().await;
    let card = stage.card().await;
    let body = json!({ "user": ANNA, "channel": REVIEWS, "message": card, "custom_id": "claim:42", "values": ["a"],
        "text": "/zeitnah take number:1", "option": "number", "typed": "1", "modal": "m", "permission": "SendMessages",
        "given": true, "archived": true, "locked": false, "name": "slow", "ms": 1, "count": 1, "retry_after": 1 });
    for what in [
        "press",
        "choose",
        "submit",
        "close",
        "command",
        "autocomplete",
        "say",
        "read",
        "archive",
        "permission",
        "fault",
    ] {
        for body in variants(&body) {
            let url = format!("{}/control/discord/{what}", stage.base);
            let sent = stage.http.post(url).json(&body).send().await;
            assert!(sent.is_ok_and(|r| r.status().as_u16() < 500), "{what} {body}");
        }
        stage.discord.heal();
    }
    stage.discord.state();
}
