//! What people do over HTTP, and every way of answering it.

use std::time::Duration;

use chrono::TimeDelta;
use serde_json::Value;
use serde_json::json;

use super::super::Fault;
use super::super::Kind;
use super::super::Settings;
use super::ANNA;
use super::App;
use super::BEN;
use super::LEADS;
use super::REVIEWS;
use super::Stage;
use super::form;
use super::stage;
use super::staged;
use super::whisper;

#[tokio::test]
async fn an_address_is_taken_only_when_it_checks_signatures() {
    let stage = stage().await;
    let app = stage.app(&[]).await;
    assert!(app.requests().is_empty());
    // Somebody who believes everything.
    let careless = axum::Router::new().fallback(|| async { axum::Json(json!({ "type": 1 })) });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, careless).await });
    let refused = stage.discord.register_interactions_url(&url).await.unwrap_err();
    assert!(refused.contains("wrong signature"), "{refused}");
    assert!(
        stage
            .discord
            .register_interactions_url("http://127.0.0.1:1")
            .await
            .is_err()
    );
}

#[tokio::test]
async fn a_press_tells_who_where_and_what() {
    let stage = stage().await;
    let app = stage.app(&[]).await;
    let id = stage.card().await;
    let outcome = stage.discord.press(ANNA, REVIEWS, &id, "Claim").await;
    assert_eq!(
        (outcome.acked, outcome.answer, outcome.error),
        (true, Some(6), None)
    );
    let payload = app.last();
    assert_eq!(payload["type"], 3);
    assert_eq!(payload["data"]["custom_id"], "claim:42");
    assert_eq!(payload["member"]["user"]["id"], ANNA);
    assert_eq!(payload["member"]["roles"], json!([LEADS]));
    assert_eq!(
        (&payload["channel_id"], &payload["message"]["id"]),
        (&json!(REVIEWS), &json!(id))
    );
    assert!(payload["attachment_size_limit"].is_number());
    assert!(payload.get("user").is_none());
    for (what, why) in [
        ("Later", "disabled"),
        ("Open", "link"),
        ("Nothing", "no `Nothing`"),
        ("more:42", "chosen"),
    ] {
        let refused = stage.discord.press(ANNA, REVIEWS, &id, what).await.error.unwrap();
        assert!(refused.contains(why), "{what}: {refused}");
    }
    assert_eq!(app.requests().len(), 1);
}

#[tokio::test]
async fn choices_come_with_what_they_mean() {
    let stage = stage().await;
    let app = stage.app(&[]).await;
    let id = stage.card().await;
    assert!(
        stage
            .discord
            .choose(ANNA, REVIEWS, &id, "More", &["Spam"])
            .await
            .acked
    );
    assert_eq!(app.last()["data"]["values"], json!(["spam"]));
    assert!(
        stage
            .discord
            .choose(ANNA, REVIEWS, &id, "assign:42", &[BEN])
            .await
            .acked
    );
    let data = app.last()["data"].clone();
    assert_eq!(
        (&data["values"], &data["component_type"]),
        (&json!([BEN]), &json!(5))
    );
    assert_eq!(data["resolved"]["users"][BEN]["username"], "ben");
    for (menu, options) in [
        ("more:42", vec!["Nothing"]),
        ("more:42", vec![]),
        ("assign:42", vec!["5"]),
    ] {
        assert!(
            !stage
                .discord
                .choose(ANNA, REVIEWS, &id, menu, &options)
                .await
                .acked
        );
    }
}

#[tokio::test]
async fn whispers_are_for_one_and_updates_for_all() {
    let stage = stage().await;
    let update = json!({ "type": 7, "data": { "content": "claimed", "components": [] } });
    stage.app(&[whisper("only you"), update]).await;
    let id = stage.card().await;
    assert!(stage.discord.press(ANNA, REVIEWS, &id, "Claim").await.acked);
    let seen = stage.discord.see_ephemerals(ANNA);
    assert_eq!((seen.len(), seen[0].content.as_str()), (1, "only you"));
    assert!(stage.discord.ephemerals(BEN).is_empty());
    assert_eq!(stage.discord.messages(REVIEWS).len(), 1);
    assert!(stage.discord.press(ANNA, REVIEWS, &id, "Claim").await.acked);
    let card = stage.discord.see_message(REVIEWS, &id).unwrap();
    assert_eq!(
        (card.content.as_str(), card.components.len(), card.embeds.len()),
        ("claimed", 0, 1)
    );
    // The bot cannot read or change by id what only one person sees.
    let path = format!("/channels/{REVIEWS}/messages/{}", seen[0].id);
    assert_eq!(stage.call("GET", &path, Value::Null).await.0, 404);
}

#[tokio::test]
async fn a_form_is_checked_filled_in_and_sent() {
    let stage = stage().await;
    let app = stage.app(&[form(), whisper("sent")]).await;
    let id = stage.card().await;
    assert_eq!(
        stage.discord.press(ANNA, REVIEWS, &id, "Claim").await.answer,
        Some(9)
    );
    let open = stage.discord.modal(ANNA).unwrap();
    assert_eq!(stage.discord.visible_modal(&open), "Reply\nText\n[]\nTone\n[ ▾]");
    for fields in [vec![], vec![("Text", "ab")], vec![("text", "x"), ("no", "y")]] {
        assert!(!stage.discord.submit(ANNA, &fields).await.acked, "{fields:?}");
    }
    assert_eq!(app.requests().len(), 1);
    let outcome = stage
        .discord
        .submit(ANNA, &[("Text", "Thank you"), ("Tone", "Warm")])
        .await;
    assert!(outcome.acked, "{outcome:?}");
    let payload = app.last();
    assert_eq!(
        (&payload["type"], &payload["data"]["custom_id"]),
        (&json!(5), &json!("reply:42"))
    );
    let sent = &payload["data"]["components"];
    assert_eq!(sent[0]["component"]["value"], "Thank you");
    assert_eq!(sent[1]["component"]["values"], json!(["warm"]));
    assert_eq!(payload["message"]["id"], id);
    assert!(stage.discord.modal(ANNA).is_none());
}

#[tokio::test]
async fn a_form_that_nobody_takes_stays_open() {
    let stage = stage().await;
    stage.app(&[form(), json!(500), form()]).await;
    let id = stage.card().await;
    assert!(stage.discord.press(ANNA, REVIEWS, &id, "Claim").await.acked);
    let lost = stage.discord.submit(ANNA, &[("text", "Thank you")]).await;
    assert!(lost.error.unwrap().contains("Something went wrong"));
    assert!(stage.discord.modal(ANNA).is_some());
    // A form is no answer to a form.
    let refused = stage.discord.submit(ANNA, &[("text", "Thank you")]).await;
    assert!(refused.error.unwrap().contains("Value must be one of"));
    assert!(stage.discord.close_modal(ANNA));
    assert!(!stage.discord.submit(ANNA, &[]).await.acked);
}

#[tokio::test]
async fn who_does_not_answer_is_a_failure_in_front_of_a_person() {
    let stage = stage().await;
    stage
        .app(&[
            json!(503),
            json!({ "type": 4, "data": { "content": "" } }),
            json!({ "type": 8, "data": { "choices": [] } }),
        ])
        .await;
    let id = stage.card().await;
    for reason in ["503", "empty message", "Value must be one of"] {
        let outcome = stage.discord.press(ANNA, REVIEWS, &id, "Claim").await;
        let error = outcome.error.unwrap();
        assert!(
            !outcome.acked && error.starts_with("This interaction failed") && error.contains(reason),
            "{error}"
        );
    }
    assert_eq!(stage.discord.failures().len(), 3);
    stage.discord.set_interactions_url(None);
    let nobody = stage.discord.press(ANNA, REVIEWS, &id, "Claim").await;
    assert!(nobody.error.unwrap().contains("not connected"));
}

/// An app that says 202 and uses the callback; what it got last.
async fn callbacks(stage: &Stage) -> App {
    stage.app(&[json!(202), json!(202), json!(202), json!(202)]).await
}

async fn pressed(
    stage: &Stage,
    app: &App,
    id: &str,
) -> (tokio::task::JoinHandle<super::super::Outcome>, Value) {
    let discord = stage.discord.clone();
    let message = id.to_owned();
    let before = app.requests().len();
    let press = tokio::spawn(async move { discord.press(ANNA, REVIEWS, &message, "Claim").await });
    while app.requests().len() == before {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    (press, app.last())
}

fn callback(payload: &Value) -> String {
    let text = |key: &str| payload[key].as_str().unwrap().to_owned();
    format!("/interactions/{}/{}/callback", text("id"), text("token"))
}

#[tokio::test]
async fn the_callback_answers_once() {
    let stage = stage().await;
    let app = callbacks(&stage).await;
    let id = stage.card().await;
    let (press, payload) = pressed(&stage, &app, &id).await;
    let path = format!("{}?with_response=true", callback(&payload));
    let (status, told) = stage.call("POST", &path, whisper("hi")).await;
    assert_eq!(
        (status, &told["resource"]["message"]["content"]),
        (200, &json!("hi"))
    );
    assert!(press.await.unwrap().acked);
    let (status, again) = stage.call("POST", &callback(&payload), whisper("again")).await;
    assert_eq!((status, &again["code"]), (400, &json!(40060)));
    let (status, unknown) = stage
        .call("POST", "/interactions/1/none/callback", whisper("x"))
        .await;
    assert_eq!((status, &unknown["code"]), (404, &json!(10062)));
    assert_eq!(stage.discord.ephemerals(ANNA).len(), 1);
}

#[tokio::test]
async fn who_comes_after_the_patience_is_unknown() {
    let settings = Settings {
        ack_within: Duration::from_secs(2),
        ..Settings::default()
    };
    let stage = staged(settings).await;
    let app = callbacks(&stage).await;
    let id = stage.card().await;
    let (press, payload) = pressed(&stage, &app, &id).await;
    assert!(
        press
            .await
            .unwrap()
            .error
            .unwrap()
            .contains("not answered in time")
    );
    let (status, late) = stage.call("POST", &callback(&payload), whisper("late")).await;
    assert_eq!((status, &late["code"]), (404, &json!(10062)));
}

#[tokio::test]
async fn a_token_lives_for_a_quarter_of_an_hour() {
    let stage = stage().await;
    let app = callbacks(&stage).await;
    let id = stage.card().await;
    let (press, payload) = pressed(&stage, &app, &id).await;
    let token = payload["token"].as_str().unwrap();
    let hook = format!("/webhooks/{}/{token}", stage.discord.settings().application_id);
    // Nothing before the first answer.
    assert_eq!(
        stage.call("POST", &hook, json!({ "content": "early" })).await.1["code"],
        10015
    );
    let later = json!({ "type": 5, "data": { "flags": 64 } });
    assert_eq!(stage.call("POST", &callback(&payload), later).await.0, 204);
    assert_eq!(press.await.unwrap().answer, Some(5));
    let waiting = &stage.discord.ephemerals(ANNA)[0];
    assert_eq!(waiting.flags & 128, 128);

    let original = format!("{hook}/messages/@original");
    let (status, edited) = stage.call("PATCH", &original, json!({ "content": "done" })).await;
    assert_eq!(
        (status, &edited["id"], &edited["flags"]),
        (200, &json!(waiting.id), &json!(64))
    );
    let (status, more) = stage.call("POST", &hook, json!({ "content": "for all" })).await;
    assert_eq!((status, stage.discord.messages(REVIEWS).len()), (200, 2));
    let path = format!("{hook}/messages/{}", more["id"].as_str().unwrap());
    assert_eq!(
        stage
            .call("PATCH", &path, json!({ "content": "changed" }))
            .await
            .0,
        200
    );
    assert_eq!(stage.call("DELETE", &path, Value::Null).await.0, 204);
    assert_eq!(stage.call("DELETE", &original, Value::Null).await.0, 204);
    assert!(stage.discord.ephemerals(ANNA).is_empty());
    // Somebody else's message is not this token's.
    let card = stage.card().await;
    assert_eq!(
        stage
            .call("GET", &format!("{hook}/messages/{card}"), Value::Null)
            .await
            .0,
        404
    );

    stage.clock.advance(TimeDelta::minutes(16));
    assert_eq!(
        stage.call("POST", &hook, json!({ "content": "x" })).await.1["code"],
        50027
    );
}

#[tokio::test]
async fn the_first_word_after_a_deferral_takes_its_place() {
    let stage = stage().await;
    let app = callbacks(&stage).await;
    let id = stage.card().await;
    let (press, payload) = pressed(&stage, &app, &id).await;
    assert_eq!(
        stage
            .call("POST", &callback(&payload), json!({ "type": 5 }))
            .await
            .0,
        204
    );
    assert!(press.await.unwrap().acked);
    let hook = format!(
        "/webhooks/{}/{}",
        stage.discord.settings().application_id,
        payload["token"].as_str().unwrap()
    );
    stage.call("POST", &hook, json!({ "content": "one" })).await;
    stage.call("POST", &hook, json!({ "content": "two" })).await;
    let said: Vec<String> = stage
        .discord
        .messages(REVIEWS)
        .into_iter()
        .skip(1)
        .map(|m| m.content)
        .collect();
    assert_eq!(said, ["one", "two"]);
}

#[tokio::test]
async fn a_locked_thread_takes_no_presses() {
    let stage = stage().await;
    let app = stage.app(&[]).await;
    let id = stage.card().await;
    let path = format!("/channels/{REVIEWS}/messages/{id}/threads");
    stage.call("POST", &path, json!({ "name": "t" })).await;
    let (_, inside) = stage
        .call("POST", &format!("/channels/{id}/messages"), super::card())
        .await;
    let inside = inside["id"].as_str().unwrap();
    stage.discord.set_thread(&id, true, true);
    let refused = stage.discord.press(ANNA, &id, inside, "Claim").await;
    assert!(refused.error.unwrap().contains("locked"));
    assert!(app.requests().is_empty());
    // One that only sleeps is woken by the client first.
    stage.discord.set_thread(&id, true, false);
    assert!(stage.discord.press(ANNA, &id, inside, "Claim").await.acked);
    assert!(!stage.discord.channel(&id).unwrap().thread.unwrap().archived);
}

#[tokio::test]
async fn a_press_on_what_is_not_there_any_more() {
    let stage = stage().await;
    let app = stage
        .app(&[json!({ "type": 7, "data": { "content": "gone" } })])
        .await;
    let id = stage.card().await;
    let seen = stage.discord.message(REVIEWS, &id).unwrap().components;
    let path = format!("/channels/{REVIEWS}/messages/{id}");
    stage.call("PATCH", &path, json!({ "components": [] })).await;
    assert!(!stage.discord.press(ANNA, REVIEWS, &id, "Claim").await.acked);
    stage.discord.delete_message(REVIEWS, &id);
    let outcome = stage
        .discord
        .press_as_seen(ANNA, REVIEWS, &id, &seen, "Claim")
        .await;
    assert!(outcome.error.unwrap().contains("Unknown Message"));
    assert_eq!(app.requests().len(), 1);
}

#[tokio::test]
async fn deliveries_go_wrong_on_demand() {
    let stage = stage().await;
    let app = stage.app(&[]).await;
    let id = stage.card().await;
    stage.discord.fault(Fault::new(Kind::DuplicateDelivery));
    assert!(stage.discord.press(ANNA, REVIEWS, &id, "Claim").await.acked);
    let requests = app.requests();
    assert_eq!((requests.len(), &requests[0]["id"]), (2, &requests[1]["id"]));
    stage.discord.fault(Fault::new(Kind::BadSignature));
    let refused = stage.discord.press(ANNA, REVIEWS, &id, "Claim").await;
    assert!(refused.error.unwrap().contains("401"));
    assert!(stage.discord.press(ANNA, REVIEWS, &id, "Claim").await.acked);
}
