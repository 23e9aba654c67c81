//! Forms: opened by a trigger, filled in, sent, and obedient to the answer.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{ANNA, Bot, REVIEWS, Stage, stage};

fn form(title: &str) -> Value {
    json!({
        "type": "modal",
        "callback_id": "reply",
        "private_metadata": "item 7",
        "title": { "type": "plain_text", "text": title },
        "submit": { "type": "plain_text", "text": "Send" },
        "blocks": [
            { "type": "input", "block_id": "words", "label": { "type": "plain_text", "text": "Your reply" },
              "element": { "type": "plain_text_input", "action_id": "text", "max_length": 10 } },
            { "type": "input", "block_id": "who", "optional": true, "label": { "type": "plain_text", "text": "Ask" },
              "element": { "type": "users_select", "action_id": "person" } },
        ],
    })
}

async fn opened(stage: &Stage, bot: &Bot) -> String {
    let ts = stage.post_card().await;
    assert!(stage.slack.press(ANNA, REVIEWS, &ts, "claim").await.acked);
    let trigger = bot.payload()["trigger_id"].clone();
    let answer = stage
        .call(
            "views.open",
            json!({ "trigger_id": trigger, "view": form("Reply") }),
        )
        .await;
    answer["view"]["id"]
        .as_str()
        .unwrap_or_else(|| panic!("{answer}"))
        .to_owned()
}

#[tokio::test]
async fn a_form_is_filled_by_its_labels_and_closes() {
    let stage = stage().await;
    let bot = stage.bot(&[]).await;
    let view = opened(&stage, &bot).await;
    let sent = stage
        .slack
        .submit(ANNA, &view, &[("Your reply", "Sorry <3"), ("person", "ben")])
        .await;
    assert!(sent.acked && sent.error.is_none(), "{sent:?}");
    let values = bot.payload()["view"]["state"]["values"].clone();
    assert_eq!(
        values["words"]["text"],
        json!({ "type": "plain_text_input", "value": "Sorry <3" })
    );
    assert_eq!(values["who"]["person"]["selected_user"], "U0BEN");
    assert!(stage.slack.views(ANNA).is_empty());
}

#[tokio::test]
async fn slacks_client_does_not_send_what_is_incomplete() {
    let stage = stage().await;
    let bot = stage.bot(&[]).await;
    let view = opened(&stage, &bot).await;
    let before = bot.requests().len();
    let empty = stage.slack.submit(ANNA, &view, &[]).await;
    assert_eq!(
        empty.error.as_deref(),
        Some("words: Please complete this required field.")
    );
    let long = stage.slack.submit(ANNA, &view, &[("text", "12345678901")]).await;
    assert_eq!(
        long.error.as_deref(),
        Some("words: Please enter no more than 10 characters.")
    );
    assert_eq!(bot.requests().len(), before);
}

#[tokio::test]
async fn errors_stay_with_the_form_and_unknown_ones_are_a_fault_of_the_bot() {
    let stage = stage().await;
    let errors = |block: &str| json!({ "response_action": "errors", "errors": { block: "too rude" } });
    let bot = stage
        .bot(&[Value::Null, errors("words"), errors("nowhere")])
        .await;
    let view = opened(&stage, &bot).await;
    assert!(stage.slack.submit(ANNA, &view, &[("text", "grr")]).await.acked);
    let open = stage.slack.view(ANNA).unwrap();
    assert_eq!(open.errors["words"], "too rude");
    assert!(stage.slack.visible_view(&open).contains("! too rude"));
    let wrong = stage.slack.submit(ANNA, &view, &[("text", "grr")]).await;
    assert_eq!(
        wrong.error.as_deref(),
        Some("the form has no input block `nowhere`")
    );
}

#[tokio::test]
async fn a_form_can_become_another_and_carry_one_on_top() {
    let stage = stage().await;
    let answer = |action: &str| json!({ "response_action": action, "view": form(action) });
    let clear = json!({ "response_action": "clear" });
    let bot = stage
        .bot(&[Value::Null, answer("update"), answer("push"), clear])
        .await;
    let view = opened(&stage, &bot).await;
    let hash = stage.slack.view(ANNA).unwrap().hash;
    assert!(stage.slack.submit(ANNA, &view, &[("text", "one")]).await.acked);
    let updated = stage.slack.view(ANNA).unwrap();
    assert_eq!((updated.id == view, updated.hash == hash), (true, false));
    assert_eq!(updated.view["title"]["text"], "update");

    let stale = json!({ "view_id": view, "hash": hash, "view": form("late") });
    assert_eq!(stage.call("views.update", stale).await["error"], "hash_conflict");

    assert!(stage.slack.submit(ANNA, &view, &[("text", "two")]).await.acked);
    let stack = stage.slack.views(ANNA);
    assert_eq!(
        (stack.len(), stack[1].previous.as_deref()),
        (2, Some(view.as_str()))
    );
    assert!(
        stage
            .slack
            .submit(ANNA, &stack[1].id, &[("text", "three")])
            .await
            .acked
    );
    assert!(stage.slack.views(ANNA).is_empty());
}

#[tokio::test]
async fn a_trigger_opens_once_and_not_for_long() {
    let stage = stage().await;
    let bot = stage.bot(&[]).await;
    opened(&stage, &bot).await;
    let used = bot.payload()["trigger_id"].clone();
    let open = |trigger: &Value| json!({ "trigger_id": trigger, "view": form("Reply") });
    assert_eq!(
        stage.call("views.open", open(&used)).await["error"],
        "trigger_exchanged"
    );
    assert_eq!(
        stage.call("views.open", open(&json!("1.2"))).await["error"],
        "invalid_trigger"
    );
    let ts = stage.slack.messages(REVIEWS)[0].ts.clone();
    assert!(stage.slack.press(ANNA, REVIEWS, &ts, "claim").await.acked);
    stage.clock.advance(TimeDelta::seconds(4));
    let late = bot.payload()["trigger_id"].clone();
    assert_eq!(
        stage.call("views.open", open(&late)).await["error"],
        "expired_trigger_id"
    );
}

#[tokio::test]
async fn a_form_nobody_acknowledges_stays_open() {
    let stage = stage().await;
    let bot = stage.bot(&[Value::Null, json!(500)]).await;
    let view = opened(&stage, &bot).await;
    let sent = stage.slack.submit(ANNA, &view, &[("text", "kept")]).await;
    assert_eq!((sent.acked, sent.status), (false, Some(500)));
    assert_eq!(
        stage.slack.view(ANNA).unwrap().values["words"]["text"]["value"],
        "kept"
    );
    assert_eq!(stage.slack.failures().len(), 1);
}
