//! The demo page's side, over the wire.

use serde_json::Value;
use serde_json::json;

use super::ANNA;
use super::BEN;
use super::REVIEWS;
use super::Stage;
use super::form;
use super::stage;
use super::whisper;

impl Stage {
    async fn control(&self, what: &str, body: Value) -> Value {
        let url = format!("{}/control/discord/{what}", self.base);
        let sent = self.http.post(url).json(&body).send().await.unwrap();
        let text = sent.text().await.unwrap();
        serde_json::from_str(&text).unwrap_or_else(|_| panic!("{what}: {text}"))
    }

    async fn drawn(&self) -> Value {
        let url = format!("{}/control/discord/state", self.base);
        self.http.get(url).send().await.unwrap().json().await.unwrap()
    }
}

#[tokio::test]
async fn the_page_sees_everything_that_people_see() {
    let stage = stage().await;
    stage.app(&[whisper("psst"), form()]).await;
    let id = stage.card().await;
    stage
        .call(
            "POST",
            &format!("/channels/{REVIEWS}/messages/{id}/threads"),
            json!({ "name": "t" }),
        )
        .await;
    stage
        .call(
            "POST",
            &format!("/channels/{id}/messages"),
            json!({ "content": "inside" }),
        )
        .await;
    let press = json!({ "user": ANNA, "channel": REVIEWS, "message": id, "custom_id": "claim:42" });
    let done = stage.control("press", press.clone()).await;
    assert_eq!(
        done,
        json!({ "ok": true, "acked": true, "error": null, "choices": [] })
    );
    assert_eq!(stage.control("press", press).await["ok"], true);
    let state = stage.drawn().await;
    let channel = &state["channels"][0];
    assert_eq!(
        channel["messages"][0]["thread"]["messages"][0]["content"],
        "inside"
    );
    assert_eq!(channel["messages"][0]["embeds"][0]["title"], "★★☆☆☆ Review");
    assert_eq!(
        (
            &channel["messages"][1]["only_for"],
            &channel["messages"][1]["text"]
        ),
        (&json!(ANNA), &json!("psst"))
    );
    assert_eq!(
        (&channel["unread"][ANNA], &channel["unread"][BEN]),
        (&json!(2), &json!(1))
    );
    let modal = &state["modals"][ANNA];
    assert_eq!(modal["title"], "Reply");

    let values = json!({ "text": "Thank you", "tone": ["warm"] });
    let stale = stage
        .control("submit", json!({ "user": ANNA, "modal": "1", "values": values }))
        .await;
    assert_eq!(stale["ok"], false);
    let sent = json!({ "user": ANNA, "modal": modal["id"], "values": values });
    assert_eq!(stage.control("submit", sent).await["acked"], true);
    assert_eq!(stage.drawn().await["modals"], json!({}));
    stage
        .control("read", json!({ "user": ANNA, "channel": REVIEWS }))
        .await;
    assert_eq!(stage.drawn().await["channels"][0]["unread"][ANNA], 0);
}

#[tokio::test]
async fn the_page_breaks_and_heals_and_moderates() {
    let stage = stage().await;
    let id = stage.card().await;
    let fault = json!({ "name": "rate_limit", "method": "create_message", "retry_after": 3.0 });
    assert_eq!(stage.control("fault", fault).await["ok"], true);
    assert_eq!(
        stage.control("fault", json!({ "name": "earthquake" })).await["ok"],
        false
    );
    assert_eq!(stage.drawn().await["faults"][0]["name"], "rate_limit");
    stage.control("heal", json!({})).await;
    assert_eq!(stage.drawn().await["faults"], json!([]));

    assert_eq!(
        stage
            .control(
                "say",
                json!({ "user": ANNA, "channel": REVIEWS, "text": "hello" })
            )
            .await["ok"],
        true
    );
    stage
        .call(
            "POST",
            &format!("/channels/{REVIEWS}/messages/{id}/threads"),
            json!({ "name": "t" }),
        )
        .await;
    let lock = json!({ "channel": id, "archived": true, "locked": true });
    assert_eq!(stage.control("archive", lock).await["ok"], true);
    assert_eq!(
        stage.drawn().await["channels"][0]["messages"][0]["thread"]["locked"],
        true
    );
    let take = json!({ "channel": REVIEWS, "permission": "SEND_MESSAGES", "given": false });
    assert_eq!(stage.control("permission", take).await["ok"], true);
    assert_eq!(stage.post(super::card()).await.0, 403);
    let gone = json!({ "channel": REVIEWS, "message": id });
    assert_eq!(stage.control("delete", gone.clone()).await["ok"], true);
    assert_eq!(stage.control("delete", gone).await["ok"], false);
    assert_eq!(
        stage
            .control("channel/delete", json!({ "channel": REVIEWS }))
            .await["ok"],
        true
    );
    let nobody = json!({ "user": ANNA, "channel": REVIEWS, "text": "/zeitnah" });
    assert_eq!(stage.control("command", nobody).await["ok"], false);
}

#[tokio::test]
async fn whoever_waits_learns_of_a_change() {
    let stage = stage().await;
    let before = stage.drawn().await["revision"].clone();
    let url = format!("{}/control/discord/wait?since={before}", stage.base);
    let waiting = tokio::spawn(stage.http.get(url).send());
    stage.card().await;
    let told: Value = waiting.await.unwrap().unwrap().json().await.unwrap();
    assert!(told["revision"].as_u64() > before.as_u64());
}
