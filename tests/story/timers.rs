//! Timers by the hundred: replicas share them, none is lost or fires twice, what cannot be looked at keeps nobody else
//! waiting, and what is not due costs nothing.

use chrono::TimeDelta;
use zeitnah::domain::promise::practice;
use zeitnah::domain::promise::rules::Rules;
use zeitnah::port::clock::Clock;
use zeitnah::store::Store;
use zeitnah::store::timer;

use crate::desk::Desk;
use crate::desk::Wish;

const FIRED: &str = "SELECT count(*) FROM timer WHERE fired_at IS NOT NULL";
const DUE: &str = "SELECT count(*) FROM timer WHERE fired_at IS NULL AND at <= '2026-11-21 07:00Z'";
const REMINDED: &str = "SELECT count(*) FROM item_event WHERE what = 'reminded'";
const REMINDED_ITEMS: &str = "SELECT count(DISTINCT item_id) FROM item_event WHERE what = 'reminded'";
const NOTICES: &str = "SELECT count(*) FROM notice";

fn without_digests(rules: &mut Rules) {
    rules.digests.clear();
}

/// So many items that arrived in one moment, and every replica at the moment in which all of them are to be warned about.
async fn team(replicas: usize, items: usize) -> Desk {
    let desk = Desk::with(Wish {
        replicas,
        tune: without_digests,
        ..Wish::default()
    })
    .await;
    let one = desk.apps[0].desk.clone();
    let channel = one.rules.channel("care").unwrap();
    let now = desk.clock.now();
    let batch = (0..items).map(|n| {
        let mut incoming = practice::incoming(channel, format!("n-{n}"), now);
        incoming.scope = "shop".to_owned();
        incoming.subject = None;
        incoming
    });
    let mut tx = desk.store.begin().await.unwrap();
    one.ingest(&mut tx, "shop", batch.collect(), now).await.unwrap();
    tx.commit().await.unwrap();
    desk.settle().await;
    desk.clock.advance(TimeDelta::hours(22));
    desk
}

/// Every replica fires at once what is due.
async fn fire(desk: &Desk) -> Vec<usize> {
    let ticks = desk
        .apps
        .iter()
        .map(|app| async { app.desk.tick().await.unwrap() });
    futures::future::join_all(ticks).await
}

async fn sql(desk: &Desk, sql: &str) {
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_owned()))
        .execute(desk.store.pool())
        .await
        .unwrap();
}

async fn end(desk: Desk) {
    desk.tick().await;
    // The messages that gather what is due.
    desk.minutes(2).await;
    desk.everything();
    desk.finish().await;
}

#[tokio::test]
async fn three_replicas_share_what_is_due_and_each_warning_is_written_once() {
    let desk = team(3, 450).await;
    // Some were due for other reasons, too, and find nothing more to say.
    sql(
        &desk,
        "INSERT INTO timer (id, item_id, kind, at)
         SELECT gen_random_uuid(), id, 'step', '2026-11-21 06:59Z' FROM item WHERE number % 3 = 0",
    )
    .await;
    let wanted = 450 + 150;
    let shares = fire(&desk).await;
    let first: usize = shares.iter().sum();
    // What one replica passed by because another one was at its item comes with the next round.
    let rest: usize = fire(&desk).await.iter().sum();
    assert_eq!(first + rest, wanted, "{shares:?}");
    assert_eq!(desk.row::<i64>(FIRED).await, wanted as i64);
    assert_eq!(desk.row::<i64>(DUE).await, 0);
    assert_eq!(desk.row::<i64>(REMINDED).await, 450);
    assert_eq!(desk.row::<i64>(REMINDED_ITEMS).await, 450);
    assert_eq!(desk.row::<i64>(NOTICES).await, 450);
    let shown: i64 = desk
        .row(
            "SELECT count(*) FROM card JOIN item ON item.id = item_id WHERE wanted = version AND version = 2",
        )
        .await;
    assert_eq!(shown, 450, "each card wants what its item has become");
    end(desk).await;
}

#[tokio::test]
async fn an_item_that_cannot_be_looked_at_keeps_no_other_waiting_and_comes_later() {
    // One that contradicts the rules, one that cannot even be read.
    for (spoil, repair) in [
        ("kind = 'nonsense'", "kind = 'review'"),
        ("votes = '[]'", r#"votes = '{"up": null, "down": null}'"#),
    ] {
        let desk = team(2, 250).await;
        sql(
            &desk,
            &format!("UPDATE item SET {spoil} WHERE number IN (7, 240)"),
        )
        .await;
        fire(&desk).await;
        fire(&desk).await;
        assert_eq!(desk.row::<i64>(REMINDED).await, 248, "{spoil}");
        assert_eq!(desk.row::<i64>(DUE).await, 2, "not lost: {spoil}");
        for app in &desk.apps {
            assert_eq!(
                app.desk.next_timer().await.unwrap(),
                Some(desk.clock.now() + TimeDelta::hours(2)),
                "nobody keeps asking for it: {spoil}"
            );
        }
        // Nothing helped meanwhile, and then somebody did.
        desk.clock.advance(TimeDelta::minutes(1));
        fire(&desk).await;
        fire(&desk).await;
        assert_eq!(desk.row::<i64>(REMINDED).await, 248);
        sql(
            &desk,
            &format!("UPDATE item SET {repair} WHERE number IN (7, 240)"),
        )
        .await;
        assert_eq!(
            fire(&desk).await,
            [0, 0],
            "its time to be tried again has not come"
        );
        desk.clock.advance(TimeDelta::minutes(2));
        fire(&desk).await;
        fire(&desk).await;
        assert_eq!(desk.row::<i64>(REMINDED).await, 250, "{spoil}");
        assert_eq!(desk.row::<i64>(REMINDED_ITEMS).await, 250);
        assert_eq!(desk.row::<i64>(DUE).await, 0);
        end(desk).await;
    }
}

#[tokio::test]
async fn a_timer_of_an_unknown_kind_stays_due_and_harms_nobody() {
    let desk = team(1, 3).await;
    sql(
        &desk,
        "UPDATE timer SET kind = 'odd' WHERE item_id = (SELECT id FROM item WHERE number = 1)",
    )
    .await;
    assert_eq!(fire(&desk).await, [2]);
    assert_eq!(desk.row::<i64>(REMINDED).await, 2);
    assert_eq!(desk.row::<i64>(DUE).await, 1);
    sql(&desk, "UPDATE timer SET kind = 'warn' WHERE kind = 'odd'").await;
    desk.clock.advance(TimeDelta::minutes(1));
    assert_eq!(fire(&desk).await, [1]);
    assert_eq!(desk.row::<i64>(REMINDED).await, 3);
    end(desk).await;
}

#[tokio::test]
async fn an_item_that_somebody_works_on_is_not_waited_for() {
    let desk = team(2, 3).await;
    let one = desk.apps[0].desk.clone();
    let mut press = one.store.begin().await.unwrap();
    let id: uuid::Uuid = desk.row("SELECT id FROM item WHERE number = 2").await;
    let held = zeitnah::store::item::lock(&mut press, zeitnah::domain::id::ItemId(id))
        .await
        .unwrap();
    assert!(held.is_some());
    let fired: usize = fire(&desk).await.iter().sum();
    assert_eq!(fired, 2);
    assert_eq!(desk.row::<i64>(DUE).await, 1, "it stays due");
    // Who only writes a row that names the item does not wait for whoever decides about it.
    sql(
        &desk,
        "SET statement_timeout = '2s';
         INSERT INTO timer (id, item_id, kind, at)
         SELECT gen_random_uuid(), id, 'step', '2026-11-21 06:00Z' FROM item WHERE number = 2;
         RESET statement_timeout",
    )
    .await;
    press.rollback().await.unwrap();
    let fired: usize = fire(&desk).await.iter().sum::<usize>() + fire(&desk).await.iter().sum::<usize>();
    assert_eq!(fired, 2);
    assert_eq!(desk.row::<i64>(REMINDED).await, 3);
    end(desk).await;
}

/// The statements themselves, as they were prepared, are explained.
#[tokio::test]
#[expect(
    clippy::disallowed_methods,
    reason = "a story looks past the store, with statements of its own"
)]
async fn what_is_not_due_costs_nothing_however_much_it_is() {
    let desk = team(1, 20).await;
    sql(
        &desk,
        "INSERT INTO timer (id, item_id, kind, at)
         SELECT gen_random_uuid(), item.id, 'due', '2027-01-01'::timestamptz + g * interval '1 s'
         FROM item, generate_series(1, 2500) g;
         ANALYZE timer",
    )
    .await;
    fire(&desk).await;
    desk.minutes(2).await;
    desk.everything();
    let now = desk.clock.now();
    let store = Store::open(&desk.database, 1).await.unwrap();
    timer::next(store.pool(), &[]).await.unwrap();
    let mut tx = store.begin().await.unwrap();
    assert!(timer::take(&mut tx, now, &[], 200).await.unwrap().is_empty());
    tx.commit().await.unwrap();
    let kinds = format!("'{{{}}}'", timer::KINDS.join(","));
    for (like, with) in [
        ("SELECT at FROM timer%", format!("'{{}}', {kinds}")),
        ("%SKIP LOCKED", format!("'{now}', '{{}}', 200, {kinds}")),
    ] {
        let name: String =
            sqlx::query_scalar("SELECT name FROM pg_prepared_statements WHERE statement LIKE $1")
                .bind(like)
                .fetch_one(store.pool())
                .await
                .unwrap();
        let sql = format!("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) EXECUTE {name}({with})");
        let plan: serde_json::Value = sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
            .fetch_one(store.pool())
            .await
            .unwrap();
        let text = plan.to_string();
        assert!(text.contains(r#""Index Name":"timer_due""#), "{plan:#}");
        assert!(
            !text.contains("Seq Scan") && !text.contains("\"Sort\""),
            "{plan:#}"
        );
        let top = &plan[0]["Plan"];
        let buffers = ["Shared Hit Blocks", "Shared Read Blocks"].map(|of| top[of].as_i64().unwrap());
        assert!(buffers.iter().sum::<i64>() <= 8, "{plan:#}");
    }
    store.close().await;
    desk.finish().await;
}
