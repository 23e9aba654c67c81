//! A platform that calls us and signs nothing: what it names is there at once, and what somebody else says in its place is not.

use serde_json::Value;

use crate::desk::ANNA;
use crate::desk::CARE;
use crate::desk::Desk;
use crate::desk::Wish;
use crate::far::trustpilot;
use crate::far::way::Aim;
use crate::far::way::Trouble;

async fn team() -> Desk {
    let desk = Desk::with(Wish {
        only: Some(trustpilot::calling),
        ..Wish::default()
    })
    .await;
    // The first poll finds nothing, and the next one is a day away.
    desk.tick().await;
    desk.settle().await;
    desk
}

/// The platform calls; no clock moves, so nobody polls.
async fn calls(desk: &Desk) {
    desk.far.as_ref().unwrap().tick().await;
    desk.settle().await;
}

#[tokio::test]
async fn what_a_call_names_is_read_and_is_there_at_once() {
    let desk = team().await;
    let far = desk.far.clone().unwrap();
    let id = far.write(2, "Drei Tage später als versprochen.");
    calls(&desk).await;
    let card = desk.card();
    assert!(desk.text(&card).contains("Drei Tage später als versprochen."));
    desk.minutes(2).await;
    far.edit(&id, 1, "Nie angekommen.");
    calls(&desk).await;
    assert!(desk.text(&card).contains("Nie angekommen."));
    far.remove(&id);
    calls(&desk).await;
    assert!(
        !desk.text(&card).contains("gelöscht"),
        "one answer may be a hiccup"
    );
    desk.minutes(11).await;
    assert!(desk.text(&card).contains("⌫ Bei far gelöscht"));
    assert_eq!(desk.slack.see(CARE).len(), 1, "one item, one card");
    desk.thread(&card);
    desk.finish().await;
}

#[tokio::test]
async fn what_is_gone_for_one_answer_only_was_never_gone() {
    let desk = team().await;
    let far = desk.far.clone().unwrap();
    let id = far.write(2, "Der Deckel fehlt.");
    calls(&desk).await;
    let card = desk.card();
    let before = desk.text(&card);
    far.edit(&id, 2, "Der Deckel fehlt immer noch.");
    desk.way.strike(Aim::Reads, Trouble::Status(404));
    calls(&desk).await;
    assert!(desk.way.is_clear() && desk.text(&card) == before);
    desk.minutes(11).await;
    desk.minutes(11).await;
    assert!(!desk.text(&card).contains("gelöscht"));
    let missed: i64 = desk
        .row("SELECT count(*) FROM item WHERE missed_at IS NOT NULL")
        .await;
    assert_eq!(missed, 0, "it was looked for, and found");
    calls(&desk).await;
    desk.finish().await;
}

#[tokio::test]
async fn a_stranger_who_calls_changes_nothing() {
    let desk = team().await;
    let far = desk.far.clone().unwrap();
    let id = far.write(4, "Alles gut.");
    calls(&desk).await;
    let card = desk.card();
    let before = desk.text(&card);
    let mut told = Vec::new();
    for call in far.forged(&id) {
        let token = call.token.map(|token| format!("/{token}")).unwrap_or_default();
        let url = format!("{}/hook/far{token}", desk.hooks[0]);
        let answer = desk.http.post(url).body(call.body).send().await.unwrap();
        told.push(answer.status().as_u16());
        desk.settle().await;
    }
    assert_eq!(
        told,
        [401, 401, 204, 204],
        "who knows the address is heard, and not believed"
    );
    assert_eq!(desk.text(&card), before);
    desk.finish().await;
}

#[tokio::test]
async fn what_cannot_be_read_when_it_is_named_is_found_by_reading_on() {
    let desk = team().await;
    let far = desk.far.clone().unwrap();
    let id = far.write(2, "Zu lang gewartet.");
    desk.way.strike(Aim::Reads, Trouble::Status(503));
    calls(&desk).await;
    assert!(desk.way.is_clear() && desk.slack.see(CARE).is_empty());
    desk.tick().await;
    desk.settle().await;
    assert!(desk.text(&desk.card()).contains("Zu lang gewartet."));
    let call = far.forged(&id).pop().unwrap();
    desk.way.strike(Aim::Reads, Trouble::Status(503));
    let url = format!("{}/hook/far/{}", desk.hooks[0], call.token.unwrap());
    let answer = desk.http.post(url).body(call.body).send().await.unwrap();
    assert_eq!(answer.status(), 503, "whoever calls again is told to");
    let told: Value = answer.json().await.unwrap();
    assert_eq!(told["error"]["code"], "later");
    desk.settle().await;
    desk.whispers(ANNA);
    desk.finish().await;
}
