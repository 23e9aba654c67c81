//! What is over does not stay for ever, and what is needed stays: nothing happens twice because a row is gone.

use chrono::TimeDelta;
use zeitnah::domain::press::action::Ask;
use zeitnah::domain::press::form::FormStep;
use zeitnah::port::chat::Delivery;
use zeitnah::port::chat::Inbox as _;
use zeitnah::port::clock::Clock as _;
use zeitnah::store::inbox;

use crate::desk::ANNA;
use crate::desk::CARE;
use crate::desk::Desk;
use crate::desk::Wish;

async fn forget(desk: &Desk) {
    while desk.apps[0].desk.forget().await.unwrap() {}
}

async fn count(desk: &Desk, table: &str) -> i64 {
    desk.row(format!("SELECT count(*) FROM {table}")).await
}

#[tokio::test]
async fn presses_go_after_two_weeks_and_what_was_tried_after_three_months() {
    let desk = Desk::open().await;
    let review = desk.review(2, "Lange gewartet.").await;
    let card = desk.card();
    desk.press(ANNA, &card, "Antworten").await;
    desk.submit(ANNA, &[("text", "Das tut uns leid.")]).await;
    desk.submit(ANNA, &[]).await;
    let newest = "FROM inbox ORDER BY received_at DESC, position('preview'::bytea IN raw) > 0 DESC LIMIT 1";
    let send: Vec<u8> = desk.row(format!("SELECT raw {newest}")).await;
    let key: String = desk.row(format!("SELECT key {newest}")).await;
    desk.seconds(30).await;
    desk.minutes(1).await;
    assert_eq!(desk.google.public(&review).unwrap().puts, 1);
    desk.question("Kann man die Klinge nachschleifen?").await;
    let before = desk.apps[0].desk.story("1").await.unwrap().unwrap();
    assert!(before.iter().any(|l| l.contains("→ the reply to Google: done")));
    // One that a crash left behind is not over.
    let now = desk.clock.now();
    let left = inbox::New {
        chat: "slack",
        key: "left",
        raw: b"{}",
        at: now,
        lease_until: now + TimeDelta::days(365),
    };
    // Given twice, it is written once.
    let kept = inbox::keep(desk.store.pool(), &[left.clone(), left])
        .await
        .unwrap();
    assert_eq!(kept, [true, false]);

    desk.clock.advance(TimeDelta::days(13));
    let kept = count(&desk, "inbox").await;
    forget(&desk).await;
    assert_eq!(count(&desk, "inbox").await, kept);
    desk.clock.advance(TimeDelta::days(2));
    let effects = count(&desk, "effect").await;
    forget(&desk).await;
    assert_eq!(desk.rows::<String>("SELECT key FROM inbox").await, ["left"]);
    assert_eq!(count(&desk, "effect").await, effects);
    assert_eq!(count(&desk, "delivery").await, 1);

    desk.clock.advance(TimeDelta::days(80));
    forget(&desk).await;
    for table in ["delivery", "timer WHERE fired_at IS NOT NULL"] {
        assert_eq!(count(&desk, table).await, 0, "{table}");
    }
    let items: Vec<i64> = desk
        .rows("SELECT DISTINCT i.number FROM effect e JOIN item i ON i.id = e.item_id")
        .await;
    assert_eq!(items, [2], "the open item keeps what was tried for it");
    let orphans = "effect_attempt a WHERE NOT EXISTS (SELECT 1 FROM effect e WHERE e.id = a.effect_id)";
    assert_eq!(count(&desk, orphans).await, 0);
    assert_eq!(count(&desk, "item").await, 2, "items stay");
    let story = desk.apps[0].desk.story("1").await.unwrap().unwrap();
    assert!(
        story.iter().any(|l| l.contains("Anna sent the reply")),
        "{story:#?}"
    );
    assert!(
        story
            .iter()
            .any(|l| l.contains("is kept for 90 days after the item is done")),
        "{story:#?}"
    );

    // The form of that day comes once more, and nobody remembers that it came before.
    let (app, at) = (&desk.apps[0], desk.clock.now());
    let press = app.desk.chats["slack"].read(&send);
    assert!(matches!(&press.ask, Ask::Submit { form, .. } if form.step == FormStep::Preview));
    let delivery = Delivery {
        chat: "slack".to_owned(),
        key,
        raw: send,
        at,
    };
    let kept = app
        .desk
        .keep(delivery)
        .await
        .unwrap()
        .expect("it is taken for new");
    app.desk.act(&kept, press).await.unwrap();
    desk.settle().await;
    desk.seconds(30).await;
    desk.minutes(1).await;
    assert_eq!(
        desk.google.public(&review).unwrap().puts,
        1,
        "once published, once for ever"
    );

    desk.whispers(ANNA);
    for card in desk.slack.see(CARE) {
        desk.thread(&card);
    }
    desk.row::<i64>(
        "WITH gone AS (DELETE FROM inbox WHERE key = 'left' RETURNING 1) SELECT count(*) FROM gone",
    )
    .await;
    desk.finish().await;
}

#[tokio::test]
async fn a_digest_that_comes_once_a_year_is_not_sent_twice_for_it() {
    let desk = Desk::with(Wish {
        tune: |rules| {
            let zone = rules.channels["care"].locale.zone;
            rules.digests[0].schedule =
                zeitnah::domain::time::schedule::Schedule::parse("0 8 23 11 *", zone).unwrap();
        },
        ..Wish::default()
    })
    .await;
    desk.tick().await;
    desk.hours(72).await;
    assert_eq!(count(&desk, "digest_slot").await, 1);
    let sent = desk.slack.see(CARE).len();
    desk.clock.advance(TimeDelta::days(200));
    forget(&desk).await;
    desk.tick().await;
    assert_eq!(desk.slack.see(CARE).len(), sent);
    desk.clock.advance(TimeDelta::days(165));
    desk.tick().await;
    assert_eq!(desk.slack.see(CARE).len(), sent + 1, "next year's");
    forget(&desk).await;
    assert_eq!(count(&desk, "digest_slot").await, 1);
    desk.finish().await;
}

#[tokio::test]
async fn the_same_delivery_after_its_answer_is_gone_changes_nothing() {
    let desk = Desk::open().await;
    desk.question("Kann man die Klinge nachschleifen?").await;
    let card = desk.card();
    let body = desk.shop.deliveries()[0].body.clone();
    desk.clock.advance(TimeDelta::days(91));
    forget(&desk).await;
    assert_eq!(count(&desk, "delivery").await, 0);
    let now = desk.clock.now();
    let secret = standins::shop::Settings::default().hook_secret;
    let signature = standins::shop::webhook::sign(&secret, "msg_again", now, body.as_bytes()).unwrap();
    let stamp = now.timestamp().to_string();
    let headers = [
        ("webhook-id", "msg_again"),
        ("webhook-timestamp", stamp.as_str()),
        ("webhook-signature", signature.as_str()),
    ];
    let (status, answer) = desk.deliver(0, "shop", &headers, body).await;
    assert_eq!((status, &answer["unchanged"]), (200, &1.into()), "{answer}");
    assert_eq!(desk.slack.see(CARE).len(), 1);
    desk.thread(&card);
    desk.finish().await;
}

#[tokio::test]
async fn two_replicas_share_the_deleting() {
    let desk = Desk::with(Wish {
        replicas: 2,
        ..Wish::default()
    })
    .await;
    let now = desk.clock.now();
    desk.row::<i64>(format!(
        "WITH old AS (INSERT INTO inbox (chat, key, raw, received_at, lease_until, done_at)
             SELECT 'slack', 'old-' || n, 'x', '{now}', '{now}', '{now}' FROM generate_series(1, 1700) n RETURNING 1)
         SELECT count(*) FROM old"
    ))
    .await;
    desk.clock.advance(TimeDelta::days(15));
    let both = desk
        .apps
        .iter()
        .map(|app| async { while app.desk.forget().await.unwrap() {} });
    futures::future::join_all(both).await;
    // Each takes what the other has not locked, so one more round finds the rest.
    forget(&desk).await;
    assert_eq!(count(&desk, "inbox").await, 0);
    desk.finish().await;
}
