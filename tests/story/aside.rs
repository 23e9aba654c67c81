//! A newer version has worked on this database and is gone, or is still at it: what only it can read is left to it, and
//! keeps nobody waiting.

use chrono::TimeDelta;
use standins::shop::Kind;
use standins::slack::Fault;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use zeitnah::port::clock::Clock as _;
use zeitnah::store::preference;
use zeitnah::store::setting;
use zeitnah::telemetry::Scrape;
use zeitnah::worker::drain;
use zeitnah::worker::drain::Hands;
use zeitnah::workflow::holding;

use crate::desk::CARE;
use crate::desk::Desk;
use crate::desk::LEADS;
use crate::desk::SHEARS;
use crate::desk::Wish;
use crate::tune;

async fn sql(desk: &Desk, statement: impl Into<String>) {
    sqlx::raw_sql(sqlx::AssertSqlSafe(statement.into()))
        .execute(desk.store.pool())
        .await
        .unwrap();
}

async fn count(desk: &Desk, from: &str) -> i64 {
    desk.row(format!("SELECT count(*) FROM {from}")).await
}

/// A row of the outbox as a newer version might write it, due now and ahead of everything in the room.
async fn newer(desk: &Desk, key: &str, kind: &str, body: &str) {
    let now = desk.clock.now().to_rfc3339();
    let statement = format!(
        "INSERT INTO effect (id, key, kind, body, lane, serial, pace, run_at, created_at)
         VALUES (gen_random_uuid(), '{key}', '{kind}', '{body}', 0, 'room:slack:{CARE}', 'room:slack:{CARE}', '{now}',
             '{now}')"
    );
    sql(desk, statement).await;
}

fn ten() -> String {
    let all: Vec<_> = (0..10)
        .map(|n| serde_json::json!({ "id": format!("r{n}"), "rating": 2, "body": format!("Beitrag {n}") }))
        .collect();
    serde_json::json!({ "type": "items", "data": all }).to_string()
}

#[tokio::test]
async fn an_effect_that_cannot_be_read_is_set_aside_and_its_room_goes_on() {
    let mut desk = Desk::with(Wish {
        replicas: 2,
        tune: tune::boundless,
        ..Wish::default()
    })
    .await;
    newer(&desk, "newer:1", "post_card", r#"{"v1": "post_card", "deck": 7}"#).await;
    newer(&desk, "newer:2", "sing", r#"{"v1": "sing", "song": "morning"}"#).await;
    newer(&desk, "newer:3", "post_note", r#"{"v2": {}}"#).await;
    let (status, _) = desk.push("d1", ten()).await;
    assert_eq!(status, 200);
    assert_eq!(
        desk.slack.see(CARE).len(),
        10,
        "at once, without a lease that runs out"
    );
    assert_eq!(
        count(&desk, "effect WHERE state IN ('sending', 'unknown', 'dead')").await,
        0,
        "nothing honest became unclear, and nothing is given up"
    );
    assert_eq!(count(&desk, "effect WHERE unread_since IS NOT NULL").await, 2);
    assert_eq!(count(&desk, "effect_attempt WHERE outcome <> 'done'").await, 0);

    // It is a matter for operators, and says nothing about whether we work.
    let (scrape, recorder) = Scrape::open().unwrap();
    let _collecting = metrics::set_default_local_recorder(&recorder);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let operators = format!("http://{}", listener.local_addr().unwrap());
    desk.apps[0].watched_at(Some(listener), scrape);
    tokio::spawn(desk.apps[0].answer_operators(CancellationToken::new()).unwrap());
    desk.minutes(4).await;
    let text = async |path: &str| {
        desk.clock.advance(TimeDelta::seconds(1));
        let answer = desk.http.get(format!("{operators}{path}")).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    };
    let (_, figures) = text("/metrics").await;
    assert!(
        figures.contains("zeitnah_rows_unread{table=\"effect\"} 0"),
        "a newer replica may be just about to take them: {figures}"
    );
    desk.minutes(3).await;
    let (status, ready) = text("/health/ready").await;
    assert_eq!(status, 200, "{ready}");
    let ready: serde_json::Value = serde_json::from_str(&ready).unwrap();
    assert_eq!(
        ready["unread"],
        serde_json::json!({ "effect": 3, "timer": 0, "inbox": 0, "odd_item": 0 })
    );
    let (_, figures) = text("/metrics").await;
    assert!(
        figures.contains("zeitnah_rows_unread{table=\"effect\"} 3"),
        "{figures}"
    );
    for (state, n) in [("unknown", 0), ("due", 0), ("newer", 1)] {
        let line = format!("zeitnah_effects{{state=\"{state}\"}} {n}\n");
        assert!(figures.contains(&line), "{line}{figures}");
    }
    assert_eq!(
        (&ready["outbox"]["due"], &ready["outbox"]["newer"]),
        (&0.into(), &1.into())
    );

    // Whoever can read it does it.
    let card: String = desk.row("SELECT id::text FROM card ORDER BY id LIMIT 1").await;
    sql(
        &desk,
        format!(
            r#"UPDATE effect SET body = '{{"v1": "post_card", "card": "{card}"}}' WHERE key = 'newer:1'"#
        ),
    )
    .await;
    desk.minutes(11).await;
    assert_eq!(
        count(
            &desk,
            "effect WHERE key = 'newer:1' AND state = 'done' AND unread_since IS NULL"
        )
        .await,
        1
    );
    sql(&desk, "DELETE FROM effect WHERE key IN ('newer:2', 'newer:3')").await;
    desk.finish().await;
}

#[tokio::test]
async fn an_effect_about_an_item_that_cannot_be_read_is_set_aside_too() {
    let desk = Desk::open().await;
    for text in ["Die Klinge ist stumpf.", "Und Ersatzfedern?"] {
        desk.shop
            .write(SHEARS, "Rolf", Kind::Question, None, text)
            .unwrap();
    }
    desk.shop.tick().await;
    let caps: String = desk.row("SELECT caps::text FROM item WHERE number = 1").await;
    sql(
        &desk,
        "UPDATE item SET caps = '{\"mode\": \"telepathy\"}' WHERE number = 1",
    )
    .await;
    desk.settle().await;
    assert_eq!(desk.slack.see(CARE).len(), 1, "the other one comes at once");
    assert_eq!(
        count(&desk, "effect WHERE state = 'ready' AND unread_since IS NOT NULL").await,
        1
    );
    // Lists show what can be read.
    let open = desk.command(crate::desk::ANNA, "open").await;
    assert!(open.contains("Nr. 2 ·") && !open.contains("Nr. 1 ·"), "{open}");
    sql(&desk, format!("UPDATE item SET caps = '{caps}' WHERE number = 1")).await;
    desk.minutes(1).await;
    assert_eq!(desk.slack.see(CARE).len(), 2);
    assert_eq!(count(&desk, "effect_attempt WHERE outcome <> 'done'").await, 0);
    desk.finish().await;
}

/// What comes about such an item waits for whoever can read it; what comes with it does not.
#[tokio::test]
async fn a_delivery_about_an_item_that_cannot_be_read_keeps_nothing_else_waiting() {
    let desk = Desk::open().await;
    let items = |all: &[(&str, &str)]| {
        let all: Vec<_> = all
            .iter()
            .map(|(id, body)| serde_json::json!({ "id": id, "rating": 2, "body": body }))
            .collect();
        serde_json::json!({ "type": "items", "data": all }).to_string()
    };
    let body = async || {
        desk.row::<String>("SELECT body FROM item WHERE native_id = 'r1'")
            .await
    };
    desk.push("d1", items(&[("r1", "Die Klinge ist stumpf.")])).await;
    let caps: String = desk.row("SELECT caps::text FROM item WHERE number = 1").await;
    let spoil = "UPDATE item SET caps = '{\"mode\": \"telepathy\"}' WHERE number = 1";
    let mend = format!("UPDATE item SET caps = '{caps}' WHERE number = 1");
    sql(&desk, spoil).await;
    let (status, said) = desk
        .push(
            "d2",
            items(&[("r1", "Und rostig ist sie."), ("r2", "Und Ersatzfedern?")]),
        )
        .await;
    assert_eq!(status, 200, "{said}");
    assert_eq!((&said["new"], &said["aside"]), (&1.into(), &1.into()), "{said}");
    assert_eq!(desk.slack.see(CARE).len(), 2, "the other one comes at once");
    desk.minutes(6).await;
    assert_eq!(desk.apps[0].desk.pulse().await.unwrap().unread.told, 1);
    assert_eq!(body().await, "Die Klinge ist stumpf.");

    sql(&desk, mend.clone()).await;
    desk.minutes(1).await;
    assert_eq!(body().await, "Und rostig ist sie.", "it was not lost");
    assert_eq!(desk.apps[0].desk.pulse().await.unwrap().unread.told, 0);
    assert_eq!(count(&desk, "odd_item").await, 1, "that it was odd is kept");

    // The same when it is not the item itself but its story.
    let detail: String = desk
        .row("SELECT detail::text FROM item_event ORDER BY seq LIMIT 1")
        .await;
    let change = async |detail: &str| {
        // Nobody else may.
        let statement = format!(
            "ALTER TABLE item_event DISABLE TRIGGER USER; UPDATE item_event SET detail = '{detail}'
             WHERE seq = (SELECT min(seq) FROM item_event); ALTER TABLE item_event ENABLE TRIGGER USER"
        );
        sql(&desk, statement).await;
    };
    change(r#"{"what": "sung"}"#).await;
    let (status, said) = desk
        .push(
            "d3",
            items(&[("r1", "Sie klemmt auch."), ("r3", "Und ein Etui?")]),
        )
        .await;
    assert_eq!(status, 200, "{said}");
    assert_eq!((&said["new"], &said["aside"]), (&1.into(), &1.into()), "{said}");
    desk.minutes(1).await;
    desk.minutes(1).await;
    assert_eq!(
        count(&desk, "odd_item").await,
        2,
        "looked at again and again, it is kept once"
    );
    assert_eq!(
        body().await,
        "Und rostig ist sie.",
        "and nothing of it was written"
    );
    change(&detail).await;
    desk.minutes(1).await;
    assert_eq!(body().await, "Sie klemmt auch.");

    // What was set aside is older than what came when it could be read again. However long it waits, it is not forgotten
    // with the rows that only tell that something was odd.
    sql(&desk, spoil).await;
    desk.push("d4", items(&[("r1", "Dazwischen.")])).await;
    sql(
        &desk,
        "UPDATE odd_item SET seen_at = seen_at - interval '10 years'",
    )
    .await;
    while desk.apps[0].desk.forget().await.unwrap() {}
    assert_eq!(count(&desk, "odd_item").await, 1, "the one that waits");
    sql(&desk, mend).await;
    desk.clock.advance(TimeDelta::seconds(1));
    desk.push("d5", items(&[("r1", "Inzwischen geht es.")])).await;
    desk.minutes(1).await;
    assert_eq!(body().await, "Inzwischen geht es.");
    assert_eq!(count(&desk, "odd_item WHERE incoming IS NOT NULL").await, 0);
    for card in desk.slack.see(CARE) {
        desk.thread(&card);
    }
    desk.finish().await;
}

/// A person's row that cannot be read is nobody else's trouble.
#[tokio::test]
async fn rows_of_a_person_that_cannot_be_read_keep_no_list_from_being_read() {
    let desk = Desk::open().await;
    desk.question("Kann man die Klinge nachschleifen?").await;
    let now = desk.clock.now();
    let before = (now - TimeDelta::hours(1)).to_rfc3339();
    let now = now.to_rfc3339();
    sql(
        &desk,
        format!(
            "INSERT INTO preference (person, quiet, zone, digest) VALUES
               ('somebody', NULL, NULL, 'care'),
               ('slack:U0ANNA', '{{\"when\": \"never\"}}', 'Mars/Olympus', 'care');
             INSERT INTO home (person, opened_at, wanted, shown, shown_at)
               VALUES ('somebody', '{now}', 1, 1, '{before}')"
        ),
    )
    .await;
    let daily = preference::daily(desk.store.pool()).await.unwrap();
    assert_eq!(daily.len(), 1, "{daily:?}");
    assert_eq!(daily[0].own.quiet, None, "as if she had set none");
    let mut tx = desk.store.begin().await.unwrap();
    let people = preference::people(&mut tx).await.unwrap();
    assert!(people.iter().all(|one| one.chat == "slack"), "{people:?}");
    let anna = people.into_iter().find(|one| one.user == crate::desk::ANNA);
    let set = preference::of(&mut tx, &[anna.unwrap()]).await.unwrap();
    assert_eq!(set.len(), 1);
    tx.rollback().await.unwrap();
    desk.minutes(5).await;
    assert_eq!(desk.slack.see(CARE).len(), 1, "and the round goes on");
    sql(&desk, "DELETE FROM preference; DELETE FROM home").await;
    desk.finish().await;
}

/// The chat, or the webhook, is no longer in the file: it is the same to whatever waits behind it.
#[tokio::test]
async fn an_effect_for_a_chat_that_is_not_here_is_set_aside() {
    let desk = Desk::open().await;
    newer(
        &desk,
        "whisper:matrix:1",
        "whisper",
        r#"{"v1": "whisper", "room": "!r", "user": "@u", "thread": null, "answer_to": null, "text": []}"#,
    )
    .await;
    let (status, _) = desk.push("d1", ten()).await;
    assert_eq!(status, 200);
    assert_eq!(count(&desk, "effect WHERE state = 'sending'").await, 0);
    assert_eq!(
        count(
            &desk,
            "effect WHERE key = 'whisper:matrix:1' AND state = 'ready' AND unread_since IS NOT NULL"
        )
        .await,
        1
    );
    sql(&desk, "DELETE FROM effect WHERE key = 'whisper:matrix:1'").await;
    desk.slack.see(CARE);
    desk.finish().await;
}

#[tokio::test]
async fn a_timer_of_a_kind_that_is_not_known_keeps_the_others_of_its_item_going() {
    let desk = Desk::open().await;
    desk.question("Kann man die Klinge nachschleifen?").await;
    let now = desk.clock.now().to_rfc3339();
    sql(
        &desk,
        format!("INSERT INTO timer (id, item_id, kind, at) SELECT gen_random_uuid(), id, 'sparkle', '{now}' FROM item"),
    )
    .await;
    let due: chrono::DateTime<chrono::Utc> = desk.row("SELECT due_at FROM item").await;
    desk.clock.set(due + TimeDelta::seconds(1));
    desk.tick().await;
    assert_eq!(count(&desk, "item WHERE overdue_at IS NOT NULL").await, 1);
    assert_eq!(
        count(&desk, "timer WHERE kind = 'sparkle' AND fired_at IS NULL").await,
        1
    );
    let pulse = desk.apps[0].desk.pulse().await.unwrap();
    assert_eq!(pulse.unread.timers, 1);
    assert_eq!(pulse.timer_age, TimeDelta::zero(), "ours are all fired");
    let card = desk.card();
    desk.thread(&card);
    desk.notified();
    desk.slack.see(LEADS);
    sql(&desk, "DELETE FROM timer WHERE kind = 'sparkle'").await;
    desk.finish().await;
}

#[tokio::test]
async fn what_somebody_is_told_leaves_out_what_cannot_be_read_and_tells_it_later() {
    let desk = Desk::open().await;
    for text in ["Die Klinge ist stumpf.", "Und Ersatzfedern?"] {
        desk.question(text).await;
    }
    let due: chrono::DateTime<chrono::Utc> = desk.row("SELECT max(due_at) FROM item").await;
    desk.clock.set(due + TimeDelta::seconds(1));
    // The clock's news are written down, and then a newer version changes what one of them is about.
    desk.apps[0].desk.tick().await.unwrap();
    let waiting = count(&desk, "notice WHERE settled_at IS NULL").await;
    assert!(waiting >= 2, "{waiting}");
    let caps: String = desk.row("SELECT caps::text FROM item WHERE number = 1").await;
    sql(
        &desk,
        "UPDATE item SET caps = '{\"mode\": \"telepathy\"}' WHERE number = 1",
    )
    .await;
    desk.settle().await;
    desk.seconds(10).await;
    let of = async |number: i32, how: &str| {
        count(
            &desk,
            &format!(
                "notice n JOIN item i ON i.id = n.item_id WHERE i.number = {number} AND n.settled_at IS {how}"
            ),
        )
        .await
    };
    assert_eq!(
        (of(2, "NULL").await, of(1, "NOT NULL").await),
        (0, 0),
        "the other was told"
    );
    assert!(of(1, "NULL").await > 0, "and this one was not forgotten");
    sql(&desk, format!("UPDATE item SET caps = '{caps}' WHERE number = 1")).await;
    desk.minutes(2).await;
    desk.minutes(2).await;
    assert_eq!(of(1, "NULL").await, 0, "now it was told");
    for card in desk.slack.see(CARE) {
        desk.thread(&card);
    }
    desk.notified();
    desk.finish().await;
}

#[tokio::test]
async fn presses_of_a_chat_that_is_not_here_do_not_stand_before_those_of_one_that_is() {
    let desk = Desk::open().await;
    let now = desk.clock.now();
    let past = (now - TimeDelta::minutes(10)).to_rfc3339();
    sql(
        &desk,
        format!(
            "INSERT INTO inbox (chat, key, raw, received_at, lease_until)
             SELECT 'matrix', n::text, '\\x7b7d', '{past}', '{past}' FROM generate_series(1, 60) AS n"
        ),
    )
    .await;
    let joined = r#"{"type":"event_callback","event_id":"Ev1","event":{"type":"member_joined_channel","channel":"C0CARE","user":"U0ANNA"}}"#;
    let late = (now - TimeDelta::minutes(1)).to_rfc3339();
    sql(
        &desk,
        format!(
            "INSERT INTO inbox (chat, key, raw, received_at, lease_until)
             VALUES ('slack', 'left', convert_to('{joined}', 'UTF8'), '{late}', '{late}')"
        ),
    )
    .await;
    assert_eq!(desk.apps[0].desk.pick_up().await.unwrap(), 1);
    assert_eq!(
        count(&desk, "inbox WHERE chat = 'slack' AND done_at IS NULL").await,
        0
    );
    assert_eq!(desk.apps[0].desk.pulse().await.unwrap().unread.presses, 60);
    sql(&desk, "DELETE FROM inbox WHERE chat = 'matrix'").await;
    desk.finish().await;
}

#[tokio::test]
async fn a_setting_holds_whoever_set_it_and_one_that_is_not_known_is_left_alone() {
    let desk = Desk::open().await;
    let now = desk.clock.now().to_rfc3339();
    sql(
        &desk,
        format!(
            "INSERT INTO setting (key, value, by_person, at) VALUES ('language care', 'en', 'somebody', '{now}'),
                 ('mood care', 'sunny', 'slack:U0ANNA', '{now}')"
        ),
    )
    .await;
    let latest = setting::latest(desk.store.pool()).await.unwrap();
    assert_eq!(latest.len(), 2);
    assert_eq!(latest[0].by.user, "somebody");
    let held = holding(&latest);
    assert_eq!(held.len(), 1);
    assert_eq!(held[0].value, "en");
    desk.finish().await;
}

/// What only a newer version can count waits for it; everything else is counted as ever.
#[tokio::test]
async fn a_number_that_cannot_be_counted_keeps_no_digest_from_coming() {
    let desk = Desk::open().await;
    desk.review(2, "Die Klinge ist stumpf.").await;
    let now = desk.clock.now().to_rfc3339();
    sql(
        &desk,
        format!(
            "INSERT INTO stat_delta (channel, at, measure, source, tone, n)
             VALUES ('care', '{now}', 'laughed', 'google', NULL, 1), ('care', '{now}', 'new', 'google', 'irony', 1)"
        ),
    )
    .await;
    // Of whole quarters of an hour, sums are kept.
    desk.minutes(20).await;
    let told = desk.command(crate::desk::ANNA, "digest").await;
    assert!(told.contains("2 neue Beiträge"), "{told}");
    desk.apps[0].desk.fold().await.unwrap();
    let waits = "stat_delta WHERE measure = 'laughed' OR tone = 'irony'";
    assert_eq!(count(&desk, waits).await, 2, "for whoever can count it");
    assert_eq!(count(&desk, "stat_delta").await, 2, "and nothing else does");
    sql(&desk, "DELETE FROM stat_delta").await;
    for card in desk.slack.see(CARE) {
        desk.thread(&card);
    }
    desk.finish().await;
}

/// The loop that takes effects fails while it has some in hand, and what it has in hand is finished.
#[tokio::test]
async fn a_fault_of_the_database_does_not_break_off_what_is_under_way() {
    let desk = Desk::open().await;
    desk.slack.fault(Fault::slow("chat.postMessage", 3_000));
    desk.shop
        .write(SHEARS, "Rolf", Kind::Question, None, "Und Ersatzfedern?")
        .unwrap();
    desk.shop.tick().await;
    let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
    let working = desk.apps[0].desk.clone();
    let running = tokio::spawn(drain::run(working, stop.clone(), Hands::of(&tasks)));
    while desk.slack.messages(CARE).is_empty() {
        tokio::task::yield_now().await;
    }
    sql(
        &desk,
        "CREATE FUNCTION away() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION USING ERRCODE = '57P01'; END $$;
         CREATE TRIGGER away BEFORE UPDATE ON effect FOR EACH ROW WHEN (NEW.state = 'sending') EXECUTE FUNCTION away()",
    )
    .await;
    // For another room, so that it does not wait behind the first.
    desk.shop
        .write(SHEARS, "Rolf", Kind::Question, None, "Mein Anwalt fragt.")
        .unwrap();
    desk.shop.tick().await;
    assert!(running.await.unwrap().is_err(), "the loop fails");
    assert_eq!(
        count(&desk, "effect WHERE state = 'sending'").await,
        1,
        "with one in hand"
    );
    sql(&desk, "DROP TRIGGER away ON effect").await;
    tasks.close();
    tasks.wait().await;
    assert_eq!(count(&desk, "effect WHERE state = 'sending'").await, 0);
    assert_eq!(count(&desk, "effect_attempt WHERE outcome = 'done'").await, 1);
    desk.settle().await;
    assert_eq!(desk.slack.see(CARE).len(), 2);
    assert_eq!(desk.slack.see(LEADS).len(), 1);
    desk.finish().await;
}
