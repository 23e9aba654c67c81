//! Two versions of one post reach us in the wrong order, or differ in a comma only.

use serde_json::Value;
use serde_json::json;

use crate::desk::ANNA;
use crate::desk::Desk;

fn version(stars: u8, text: &str, edited: Option<&str>) -> String {
    let mut item =
        json!({ "id": "r1", "rating": stars, "body": text, "published_at": "2026-11-20T07:00:00Z" });
    if let Some(edited) = edited {
        item["edited_at"] = Value::from(edited);
    }
    item.to_string()
}

async fn state(desk: &Desk) -> String {
    desk.row("SELECT state || ' ' || (rating ->> 'value')::float8::int || ' ' || body FROM item WHERE native_id = 'r1'")
        .await
}

#[tokio::test]
async fn a_late_push_neither_restores_old_words_nor_reopens_what_was_answered() {
    let desk = Desk::open().await;
    desk.push(
        "d1",
        version(5, "Nachtrag: Ersatz kam sofort.", Some("2026-11-20T08:30:00Z")),
    )
    .await;
    let card = desk.card();
    desk.press(ANNA, &card, "Erledigt").await;
    desk.submit(ANNA, &[("reason", "no_need")]).await;
    desk.seconds(2).await;
    assert_eq!(state(&desk).await, "handled 5 Nachtrag: Ersatz kam sofort.");

    for (delivery, edited) in [("d2", Some("2026-11-20T08:00:00Z")), ("d3", None)] {
        let (status, said) = desk.push(delivery, version(1, "Kaputt angekommen", edited)).await;
        assert_eq!(
            (status, &said["unchanged"], &said["older"]),
            (200, &json!(1), &json!(1)),
            "{said}"
        );
        assert_eq!(state(&desk).await, "handled 5 Nachtrag: Ersatz kam sofort.");
    }
    // Both in one delivery, the older one last.
    let both: Vec<Value> = [
        version(4, "Noch ein Nachtrag.", Some("2026-11-20T08:50:00Z")),
        version(1, "Kaputt angekommen", Some("2026-11-20T08:00:00Z")),
    ]
    .iter()
    .map(|v| serde_json::from_str(v).unwrap())
    .collect();
    desk.push("d4", json!({ "items": both }).to_string()).await;
    assert_eq!(
        state(&desk).await,
        "open 4 Noch ein Nachtrag.",
        "newer words are news"
    );
    desk.settle().await;
    desk.thread(&card);
    desk.finish().await;
}

#[tokio::test]
async fn a_comma_more_is_shown_and_gives_no_new_deadline() {
    let desk = Desk::open().await;
    desk.push("d1", version(2, "Deckel passt nicht und klappert", None))
        .await;
    let card = desk.card();
    desk.press(ANNA, &card, "Erledigt").await;
    desk.submit(ANNA, &[("reason", "no_need")]).await;
    desk.seconds(2).await;
    assert_eq!(state(&desk).await, "handled 2 Deckel passt nicht und klappert");
    let events = "SELECT count(*) FROM item_event WHERE what = 'reopened'";

    let (_, said) = desk
        .push("d2", version(2, "Deckel passt nicht,  und klappert!", None))
        .await;
    assert_eq!(said["changed"], json!(1), "{said}");
    assert_eq!(state(&desk).await, "handled 2 Deckel passt nicht,  und klappert!");
    assert_eq!(desk.row::<i64>(events).await, 0);
    desk.settle().await;
    assert!(desk.text(&card).contains("klappert!"), "{}", desk.text(&card));

    desk.push("d3", version(2, "Deckel passt, klappert nicht.", None))
        .await;
    assert_eq!(state(&desk).await, "open 2 Deckel passt, klappert nicht.");
    assert_eq!(desk.row::<i64>(events).await, 1, "other words are");
    desk.settle().await;
    desk.thread(&card);
    desk.finish().await;
}

/// An edit tells of more than words; what it leaves out stays as it was known.
#[tokio::test]
async fn an_edit_brings_its_author_and_its_purchase_and_takes_nothing_back() {
    let desk = Desk::open().await;
    let tell = |more: Value, body: &str| {
        let mut item = json!({ "id": "r1", "rating": 2, "body": body });
        let (into, more) = (item.as_object_mut().unwrap(), more.as_object().unwrap().clone());
        into.extend(more);
        item.to_string()
    };
    let known = async || {
        desk.row::<String>(
            "SELECT concat_ws(' · ', author ->> 'name', verified, subject ->> 'id', details ->> 'order', details ->> 'version') FROM item WHERE native_id = 'r1'",
        )
        .await
    };
    let first = json!({ "author": { "name": "Ann" }, "subject": { "kind": "product", "id": "p1" }, "details": { "order": 4711 } });
    desk.push("d1", tell(first, "Kaputt.")).await;
    assert_eq!(known().await, "Ann · p1 · 4711");
    let edit =
        json!({ "author": { "name": "Ann Smith" }, "verified": "purchase", "details": { "version": "4.2" } });
    desk.push("d2", tell(edit, "Kaputt angekommen.")).await;
    assert_eq!(known().await, "Ann Smith · purchase · p1 · 4711 · 4.2");
    desk.push("d3", tell(json!({}), "Doch nicht kaputt.")).await;
    assert_eq!(known().await, "Ann Smith · purchase · p1 · 4711 · 4.2");
    for card in desk.slack.see(crate::desk::CARE) {
        desk.thread(&card);
    }
    desk.finish().await;
}
