//! Strangers call `POST /hook/{source}` over real HTTP. What they get for an answer is their documentation, so each
//! one is a snapshot: status, code, sentence.

use serde_json::Value;
use serde_json::json;
use standins::shop::webhook;
use zeitnah::port::clock::Clock;
use zeitnah::telemetry::Scrape;

use crate::desk::ANNA;
use crate::desk::CARE;
use crate::desk::Desk;
use crate::desk::FORUM_SECRETS;
use crate::desk::Wish;
use crate::tune;

fn item(id: &str, stars: u8, text: &str) -> Value {
    json!({ "id": id, "rating": stars, "body": text, "author": { "name": "Rolf" } })
}

fn items(all: &[Value]) -> String {
    json!({ "type": "items", "data": all }).to_string()
}

/// How many items the database holds.
async fn kept(desk: &Desk) -> i64 {
    count(desk, "SELECT count(*) FROM item").await
}

async fn count(desk: &Desk, sql: &str) -> i64 {
    desk.row(sql).await
}

fn told((status, answer): (u16, Value)) -> String {
    format!("{status} {}", serde_json::to_string_pretty(&answer).unwrap())
}

#[tokio::test]
async fn one_item_is_taken_and_becomes_one_card() {
    let desk = Desk::open().await;
    let answer = desk
        .push("d1", item("r1", 2, "Der Griff ist locker.").to_string())
        .await;
    insta::assert_snapshot!("hook_one", told(answer));
    let card = desk.card();
    assert!(desk.text(&card).contains("Der Griff ist locker."));
    assert_eq!(desk.slack.messages(CARE).len(), 1);
    desk.finish().await;
}

#[tokio::test]
async fn a_field_that_nobody_reads_is_named_in_the_answer_and_the_item_is_taken() {
    let desk = Desk::open().await;
    let body = r#"{"id":"r1","rating":2,"body":"Der Griff ist locker.","updated_at":"2026-11-20T08:00:00Z"}"#;
    let (status, answer) = desk.push("d1", body).await;
    assert_eq!(
        (status, &answer["new"], &answer["ignored"]),
        (200, &json!(1), &json!(["updated_at"]))
    );
    let again = desk.push("d1", body).await;
    assert_eq!(again, (status, answer), "the same answer to the same delivery");
    let (_, plain) = desk.push("d2", item("r2", 2, "Alles gut.").to_string()).await;
    assert_eq!(plain.get("ignored"), None);
    desk.everything();
    desk.finish().await;
}

#[tokio::test]
async fn a_batch_of_five_hundred_is_one_call_and_501_are_too_many() {
    let desk = Desk::with(Wish {
        tune: tune::boundless,
        ..Wish::default()
    })
    .await;
    let all: Vec<Value> = (0..501).map(|n| item(&format!("r{n}"), 4, "Gut.")).collect();
    insta::assert_snapshot!("hook_501", told(desk.push("d1", items(&all)).await));
    assert_eq!(kept(&desk).await, 0, "all or nothing");
    let (status, answer) = desk.push("d2", items(&all[..500])).await;
    assert_eq!(
        (status, &answer["accepted"], &answer["new"]),
        (200, &json!(500), &json!(500))
    );
    assert_eq!(kept(&desk).await, 500);
    assert_eq!(desk.slack.see(CARE).len(), 500, "each has exactly one card");
    desk.finish().await;
}

#[tokio::test]
async fn the_same_delivery_gets_the_same_answer_from_every_replica() {
    let desk = Desk::with(Wish {
        replicas: 2,
        ..Wish::default()
    })
    .await;
    let body = items(&[item("r1", 2, "Eins."), json!(7)]);
    let at = desk.clock.now().timestamp().to_string();
    let signature = webhook::sign(FORUM_SECRETS[0], "d1", desk.clock.now(), body.as_bytes()).unwrap();
    let headers = [
        ("webhook-id", "d1"),
        ("webhook-timestamp", at.as_str()),
        ("webhook-signature", signature.as_str()),
    ];
    let first = desk.deliver(0, "forum", &headers, body.clone()).await;
    assert_eq!(first.0, 200);
    assert_eq!(desk.deliver(0, "forum", &headers, body.clone()).await, first);
    assert_eq!(desk.deliver(1, "forum", &headers, body.clone()).await, first);
    assert_eq!(kept(&desk).await, 1);
    assert_eq!(desk.slack.see(CARE).len(), 1);
    desk.finish().await;
}

#[tokio::test]
async fn the_same_delivery_on_both_replicas_at_once_is_one_and_both_say_the_same() {
    let desk = Desk::with(Wish {
        replicas: 2,
        ..Wish::default()
    })
    .await;
    for round in 0..8 {
        let id = format!("d{round}");
        let body = items(&[item(&format!("r{round}"), 2, "Zugleich."), json!("kaputt")]);
        let at = desk.clock.now().timestamp().to_string();
        let signature = webhook::sign(FORUM_SECRETS[0], &id, desk.clock.now(), body.as_bytes()).unwrap();
        let headers = [
            ("webhook-id", id.as_str()),
            ("webhook-timestamp", at.as_str()),
            ("webhook-signature", signature.as_str()),
        ];
        let (one, two) = tokio::join!(
            desk.deliver(0, "forum", &headers, body.clone()),
            desk.deliver(1, "forum", &headers, body.clone())
        );
        assert_eq!(one.0, 200, "{one:?}");
        assert_eq!(one, two, "round {round}");
    }
    assert_eq!(kept(&desk).await, 8);
    assert_eq!(count(&desk, "SELECT count(*) FROM odd_item").await, 8);
    assert_eq!(desk.slack.see(CARE).len(), 8);
    desk.finish().await;
}

#[tokio::test]
async fn an_id_that_is_used_again_for_something_else_is_refused_and_counted() {
    let (scrape, recorder) = Scrape::open().unwrap();
    let _collecting = metrics::set_default_local_recorder(&recorder);
    let desk = Desk::with(Wish {
        replicas: 2,
        ..Wish::default()
    })
    .await;
    let body = items(&[item("r1", 2, "Eins.")]);
    let (first, _) = desk.push("d1", body.clone()).await;
    assert_eq!(first, 200);
    let other = desk.push("d1", items(&[item("r2", 1, "Zwei.")])).await;
    insta::assert_snapshot!("hook_reused", told(other));
    assert_eq!(kept(&desk).await, 1, "nothing of it is taken");
    assert_eq!(desk.push("d1", body.clone()).await.0, 200, "a repeat is a repeat");
    // Under an id of its own it is taken.
    assert_eq!(desk.push("d2", items(&[item("r2", 1, "Zwei.")])).await.0, 200);
    // One space more is another message: what is signed are bytes.
    assert_eq!(desk.push("d1", format!("{body} ")).await.0, 409);

    // What a version before kept has no hash: its id is believed, as it was then.
    sqlx::raw_sql("UPDATE delivery SET body_hash = NULL WHERE key = 'd1'")
        .execute(desk.store.pool())
        .await
        .unwrap();
    assert_eq!(desk.push("d1", items(&[item("r3", 1, "Drei.")])).await.0, 200);
    assert_eq!(kept(&desk).await, 2);
    let figures = scrape.page();
    assert!(
        figures.contains(r#"zeitnah_hook_deliveries_total{source="forum",result="reused_id"} 2"#),
        "{figures}"
    );
    assert_eq!(desk.slack.see(CARE).len(), 2);
    desk.finish().await;
}

#[tokio::test]
async fn the_same_item_again_changes_nothing_and_an_edited_one_is_recognised() {
    let desk = Desk::open().await;
    desk.push("d1", item("r1", 4, "Gute Schere.").to_string()).await;
    let card = desk.card();
    let (_, again) = desk.push("d2", item("r1", 4, "Gute Schere.").to_string()).await;
    assert_eq!(
        (&again["new"], &again["changed"], &again["unchanged"]),
        (&json!(0), &json!(0), &json!(1))
    );

    let mut votes = item("r1", 4, "Gute Schere.");
    votes["votes"] = json!({ "up": 12 });
    let (_, voted) = desk.push("d3", votes.to_string()).await;
    assert_eq!(voted["changed"], json!(0), "votes are no edit: {voted}");
    assert_eq!(
        count(&desk, "SELECT count(*) FROM item_event WHERE what = 'edited'").await,
        0
    );

    let (_, edited) = desk
        .push("d4", item("r1", 1, "Die Feder ist gebrochen.").to_string())
        .await;
    assert_eq!(edited["changed"], json!(1));
    assert!(desk.text(&card).contains("Die Feder ist gebrochen."));
    assert_eq!(
        desk.thread(&card),
        [
            "Die Bewertung wurde geändert: jetzt 1 statt 4 Sterne.\nVorher:\nGute Schere.\nJetzt:\nDie Feder ist gebrochen."
        ],
        "old beside new, where everybody sees it"
    );
    let before: String = desk.row("SELECT body FROM item_revision").await;
    assert_eq!(before, "Gute Schere.", "the customer's earlier words are kept");
    assert_eq!(desk.slack.messages(CARE).len(), 1);
    desk.finish().await;
}

#[tokio::test]
async fn what_is_handled_comes_back_when_it_gets_worse() {
    let desk = Desk::open().await;
    desk.push("d1", item("r1", 4, "Gute Schere.").to_string()).await;
    let card = desk.card();
    desk.press(ANNA, &card, "Erledigt").await;
    desk.submit(ANNA, &[]).await;
    assert!(desk.text(&card).contains("✔ Erledigt von Anna"));
    desk.push("d2", item("r1", 1, "Gute Schere.").to_string()).await;
    assert!(desk.text(&card).contains("· frei"), "{}", desk.text(&card));
    insta::assert_snapshot!("thread_worse", desk.thread(&card).join("\n"));
    desk.finish().await;
}

#[tokio::test]
async fn a_removed_item_is_said_to_be_gone_and_may_come_back() {
    let desk = Desk::open().await;
    desk.push("d1", item("r1", 2, "Der Griff ist locker.").to_string())
        .await;
    let card = desk.card();
    let gone = json!({ "type": "item.removed", "data": item("r1", 2, "Der Griff ist locker.") });
    let (status, answer) = desk.push("d2", gone.to_string()).await;
    assert_eq!((status, &answer["changed"]), (200, &json!(1)));
    assert!(
        desk.text(&card)
            .contains("⌫ Bei Gartenforum gelöscht Fr 20.11. 10:00")
    );
    assert_eq!(desk.buttons(&card), ["Ganzer Text"]);
    let (_, again) = desk.push("d3", gone.to_string()).await;
    assert_eq!(again["changed"], json!(0));
    let unknown = json!({ "id": "r9", "removed": true });
    let (_, never_seen) = desk.push("d4", unknown.to_string()).await;
    assert_eq!(never_seen["new"], json!(0), "what we never saw needs no card");
    desk.push("d5", item("r1", 2, "Der Griff ist locker.").to_string())
        .await;
    assert!(desk.text(&card).contains("· frei"));
    assert_eq!(
        desk.thread(&card),
        [
            "Der Beitrag wurde bei Gartenforum gelöscht.",
            "Der Beitrag ist bei Gartenforum wieder da."
        ]
    );
    desk.finish().await;
}

#[tokio::test]
async fn one_bad_item_keeps_the_others_and_is_named() {
    let desk = Desk::open().await;
    let body = r#"{"type":"items","data":[
        {"id":"r1","rating":5,"body":"Gut."},
        {"id":"r2","rating":9,"body":"Über der Skala."},
        {"id":"r3","body":7},
        {"rating":1},
        {"id":"r5","rating":1e999},
        {"id":"r6","a":1,"a":2},
        "Text",
        {"id":"r8","published_at":"gestern"},
        {"id":"r9","rating":1,"body":"Schlecht."}
    ]}"#;
    let answer = desk.push("d1", body).await;
    insta::assert_snapshot!("hook_mixed", told(answer));
    assert_eq!(kept(&desk).await, 2);
    assert_eq!(count(&desk, "SELECT count(*) FROM odd_item").await, 7);
    assert_eq!(desk.slack.see(CARE).len(), 2);
    let all_bad = desk.push("d2", items(&[json!(1)])).await;
    insta::assert_snapshot!("hook_all_bad", told(all_bad));
    desk.finish().await;
}

#[tokio::test]
async fn while_secrets_rotate_old_and_new_signatures_are_taken() {
    let desk = Desk::open().await;
    let now = desk.clock.now();
    let stamp = now.timestamp().to_string();
    for (n, secret) in FORUM_SECRETS.iter().enumerate() {
        let body = item(&format!("r{n}"), 5, "Gut.").to_string();
        let id = format!("d{n}");
        let signature = webhook::sign(secret, &id, now, body.as_bytes()).unwrap();
        let both = format!("v1,AAAA {signature}");
        let headers = [
            ("webhook-id", id.as_str()),
            ("webhook-timestamp", &stamp),
            ("webhook-signature", &both),
        ];
        assert_eq!(desk.deliver(0, "forum", &headers, body).await.0, 200);
    }
    assert_eq!(desk.slack.see(CARE).len(), 2);
    desk.finish().await;
}

#[tokio::test]
async fn who_is_not_who_they_say_is_refused_and_nothing_is_kept() {
    let desk = Desk::open().await;
    let body = item("r1", 1, "Gefälscht.").to_string();
    let now = desk.clock.now();
    let mut said = Vec::new();
    let mut call =
        async |what: &str, source: &str, at: chrono::DateTime<chrono::Utc>, secret: &str, headers: usize| {
            let stamp = at.timestamp().to_string();
            let signature = webhook::sign(secret, "d1", at, body.as_bytes()).unwrap();
            let all = [
                ("webhook-id", "d1"),
                ("webhook-timestamp", stamp.as_str()),
                ("webhook-signature", signature.as_str()),
            ];
            let answer = desk.deliver(0, source, &all[..headers], body.clone()).await;
            said.push(format!("## {what}\n{}", told(answer)));
        };
    let good = FORUM_SECRETS[0];
    let other = "whsec_c29tZWJvZHktZWxzZXMtc2VjcmV0LTEyMzQ1Ng==";
    call("unsigned", "forum", now, good, 0).await;
    call("no signature", "forum", now, good, 2).await;
    call("another secret", "forum", now, other, 3).await;
    call("too old", "forum", now - chrono::TimeDelta::seconds(301), good, 3).await;
    call(
        "from the future",
        "forum",
        now + chrono::TimeDelta::seconds(301),
        good,
        3,
    )
    .await;
    call("a secret of another source", "shop", now, good, 3).await;
    call("unknown source", "nowhere", now, good, 3).await;
    call("a source that is read", "google", now, good, 3).await;
    insta::assert_snapshot!("hook_refused", said.join("\n"));
    assert_eq!(kept(&desk).await, 0);
    assert!(
        said[2..].iter().all(|s| !s.contains("whsec_")),
        "no secret is ever said"
    );
    desk.finish().await;
}

#[tokio::test]
async fn a_body_that_cannot_be_read_says_where_and_keeps_nothing() {
    let desk = Desk::open().await;
    let mut said = Vec::new();
    let bodies: [(&str, Vec<u8>); 12] = [
        ("nothing", b"".to_vec()),
        ("broken", br#"{"id":"r1","#.to_vec()),
        ("an array", b"[]".to_vec()),
        ("a word", b"\"x\"".to_vec()),
        ("not UTF-8", b"{\"id\":\"r\xff\"}".to_vec()),
        (
            "two equal keys",
            br#"{"type":"items","type":"items","data":[]}"#.to_vec(),
        ),
        ("unknown type", br#"{"type":"item.exploded","data":{}}"#.to_vec()),
        ("type is no string", br#"{"type":7,"data":{}}"#.to_vec()),
        ("no data", br#"{"type":"items"}"#.to_vec()),
        (
            "data is no array",
            br#"{"type":"items","data":{"id":"r1"}}"#.to_vec(),
        ),
        (
            "data is an array",
            br#"{"type":"item.created","data":[]}"#.to_vec(),
        ),
        ("a form", b"payload=x".to_vec()),
    ];
    for (n, (what, body)) in bodies.into_iter().enumerate() {
        let answer = desk.push(&format!("d{n}"), body).await;
        said.push(format!("## {what}\n{}", told(answer)));
    }
    insta::assert_snapshot!("hook_malformed", said.join("\n"));
    assert_eq!(kept(&desk).await, 0);
    desk.finish().await;
}

#[tokio::test]
async fn a_body_beyond_one_mebibyte_is_refused_by_its_size() {
    let desk = Desk::open().await;
    let mut body = item("r1", 5, "Gut.").to_string().into_bytes();
    body.resize(1024 * 1024, b' ');
    assert_eq!(desk.push("d1", body.clone()).await.0, 200, "exactly the limit");
    body.push(b' ');
    insta::assert_snapshot!("hook_oversize", told(desk.push("d2", body).await));
    assert_eq!(desk.slack.see(CARE).len(), 1);
    desk.finish().await;
}

#[tokio::test]
async fn half_an_emoji_and_a_nul_are_repaired_not_refused() {
    let desk = Desk::open().await;
    let body = br#"{"id":"r1","body":"Gut \ud83d aber \u0000 laut","author":{"name":"R\u0000olf"},"extra":"\u0000"}"#;
    let (status, _) = desk.push("d1", body.to_vec()).await;
    assert_eq!(status, 200);
    let stored: String = desk.row("SELECT body FROM item").await;
    assert_eq!(stored, "Gut \u{fffd} aber  laut");
    assert!(desk.text(&desk.card()).contains("von Rolf"));
    insta::assert_snapshot!(
        "hook_nul_in_id",
        told(desk.push("d2", br#"{"id":"r\u0000 2"}"#.to_vec()).await)
    );
    desk.finish().await;
}

#[tokio::test]
async fn the_shop_takes_a_question_away_and_the_card_says_so() {
    let desk = Desk::open().await;
    let id = desk.question("Passt der Akku?").await;
    let card = desk.card();
    desk.shop.remove(&id).unwrap();
    desk.shop.tick().await;
    desk.settle().await;
    assert!(desk.text(&card).contains("⌫ Bei Gartenshop gelöscht"));
    desk.thread(&card);
    desk.finish().await;
}

#[tokio::test]
async fn what_was_answered_before_we_knew_it_gets_its_card_when_it_opens_again() {
    let desk = Desk::open().await;
    let mut answered = item("r1", 4, "Gute Schere.");
    answered["reply"] = json!({ "body": "Danke, Rolf." });
    desk.push("d1", answered.to_string()).await;
    assert!(desk.slack.messages(CARE).is_empty(), "nobody owes anything");
    answered["body"] = json!("Die Feder ist gebrochen.");
    answered["rating"] = json!(1);
    answered.as_object_mut().unwrap().remove("reply");
    desk.push("d2", answered.to_string()).await;
    desk.minutes(1).await;
    let card = desk.card();
    assert!(desk.text(&card).contains("· frei"), "{}", desk.text(&card));
    assert_eq!(desk.slack.messages(CARE).len(), 1);
    desk.press(ANNA, &card, "Übernehmen").await;
    desk.thread(&card);
    desk.finish().await;
}
