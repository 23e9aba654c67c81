//! The sums that digests are read from, under any history: they are always what a recount says, whoever folds or
//! counts anew meanwhile, and whatever was never committed is not in them.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use chrono::TimeDelta;
use proptest::prelude::*;
use serde_json::Value;
use sqlx::AssertSqlSafe;
use sqlx::Row as _;
use zeitnah::domain::At;
use zeitnah::domain::item::Rating;
use zeitnah::domain::item::Tone;
use zeitnah::domain::item::stats::Counts;
use zeitnah::domain::item::stats::Fact;
use zeitnah::domain::item::stats::Span;
use zeitnah::domain::item::stats::Subject;
use zeitnah::store::Store;
use zeitnah::store::StoreError;
use zeitnah::store::stats;

use crate::database;

const CHANNELS: [&str; 3] = ["care", "leads", "it's"];
const ITEMS: u8 = 8;
/// Seconds of all that happens.
const STAGE: i64 = 3 * 86_400;

#[derive(Debug, Clone)]
enum What {
    /// A customer writes, and it is shown in these channels.
    Arrive {
        item: u8,
        channels: u8,
        says: Says,
    },
    /// The customer changes it.
    Edit {
        item: u8,
        says: Says,
    },
    /// A channel gets a card later; two cards in one channel are one.
    Show {
        item: u8,
        channel: u8,
    },
    /// One or several things in one statement.
    Happen {
        item: u8,
        events: Vec<u8>,
        late: u32,
    },
    Fold {
        limit: i64,
    },
    Recount {
        day: i64,
    },
}

#[derive(Debug, Clone, Copy)]
struct Says {
    source: u8,
    value: u8,
    of_ten: bool,
    subject: u8,
}

/// And whether it is committed.
#[derive(Debug, Clone)]
struct Step {
    what: What,
    at: i64,
    kept: bool,
}

fn says() -> impl Strategy<Value = Says> {
    (0..4_u8, 0..12_u8, any::<bool>(), 0..4_u8).prop_map(|(source, value, of_ten, subject)| Says {
        source,
        value,
        of_ten,
        subject,
    })
}

fn step() -> impl Strategy<Value = Step> {
    let item = 0..ITEMS;
    let what = prop_oneof![
        5 => (item.clone(), 0..8_u8, says()).prop_map(|(item, channels, says)| What::Arrive { item, channels, says }),
        2 => (item.clone(), says()).prop_map(|(item, says)| What::Edit { item, says }),
        2 => (item.clone(), 0..3_u8).prop_map(|(item, channel)| What::Show { item, channel }),
        6 => (item, prop::collection::vec(0..12_u8, 1..4), 0..90_000_u32)
            .prop_map(|(item, events, late)| What::Happen { item, events, late }),
        2 => (1..40_i64).prop_map(|limit| What::Fold { limit }),
        1 => (-1..5_i64).prop_map(|day| What::Recount { day }),
    ];
    (what, 0..STAGE, prop::bool::weighted(0.8)).prop_map(|(what, at, kept)| Step { what, at, kept })
}

fn base() -> At {
    "2026-11-19T22:00:00Z".parse().unwrap()
}

fn after(seconds: i64) -> At {
    base() + TimeDelta::seconds(seconds)
}

impl Says {
    fn source(self) -> &'static str {
        ["google", "shop", "forum", "practice"][usize::from(self.source)]
    }

    fn rating(self) -> Option<Rating> {
        let value = f64::from(self.value);
        if self.of_ten {
            Rating::new(value - 0.75, 0.0, 10.0)
        } else {
            Rating::of_five(value / 2.0)
        }
    }

    fn tone(self) -> Tone {
        Tone::of(zeitnah::domain::item::ItemKind::Review, self.rating())
    }

    fn subject(self) -> Value {
        match self.subject {
            0 => Value::Null,
            n => {
                serde_json::json!({ "kind": "product", "id": format!("p{}", n / 2), "name": (n > 1).then(|| format!("N{n}")), "url": null })
            }
        }
    }

    fn columns(self) -> String {
        let or_null = |v: Value| {
            if v.is_null() {
                "NULL".to_owned()
            } else {
                format!("'{v}'::jsonb")
            }
        };
        format!(
            "'{}', {}, {}",
            self.tone().as_str(),
            or_null(serde_json::to_value(self.rating()).unwrap()),
            or_null(self.subject())
        )
    }
}

fn id(item: u8) -> String {
    format!("'00000000-0000-7000-8000-0000000000{item:02x}'::uuid")
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn cards(item: u8, channels: impl IntoIterator<Item = u8>) -> String {
    let rows = channels.into_iter().map(|c| {
        let channel = quoted(CHANNELS[usize::from(c)]);
        format!(
            "(gen_random_uuid(), {}, {channel}, 'slack', gen_random_uuid()::text)",
            id(item)
        )
    });
    let rows = rows.collect::<Vec<_>>().join(", ");
    let exists = format!("EXISTS (SELECT FROM item WHERE id = {})", id(item));
    if rows.is_empty() {
        return String::new();
    }
    format!(
        "INSERT INTO card (id, item_id, channel, chat, room) SELECT * FROM (VALUES {rows}) v WHERE {exists};"
    )
}

fn sql(what: &What, at: At) -> String {
    let at_sql = format!("'{}'::timestamptz", at.to_rfc3339());
    match what {
        What::Arrive { item, channels, says } => {
            let of_mask = (0..3).filter(|c| channels & (1 << c) != 0);
            format!(
                "WITH new AS (INSERT INTO item (id, source, scope, native_id, kind, tone, rating, subject, author, votes,
                     first_seen_at, last_seen_at, fingerprint, caps, raw, route, handling)
                 VALUES ({}, '{}', 's', 'n{item}', 'review', {}, '{{}}', '{{}}', {at_sql}, {at_sql}, '\\x00', '{{}}', '{{}}',
                     'r', '{{\"state\": \"open\"}}') ON CONFLICT DO NOTHING RETURNING id)
                 INSERT INTO item_event (id, item_id, at, what, detail) SELECT gen_random_uuid(), id, {at_sql}, 'received',
                     '{{\"what\": \"received\", \"answered\": {}}}' FROM new; {}",
                id(*item),
                says.source(),
                says.columns(),
                channels == &0,
                cards(*item, of_mask)
            )
        }
        What::Edit { item, says } => format!(
            "UPDATE item SET (tone, rating, subject) = ROW({}) WHERE id = {}",
            says.columns(),
            id(*item)
        ),
        What::Show { item, channel } => cards(*item, [*channel, *channel]),
        What::Happen { item, events, late } => {
            let rows: Vec<String> = events
                .iter()
                .map(|event| {
                    let (what, detail) = happening(*event, at);
                    let by = if event % 2 == 0 { "'slack:U1'" } else { "NULL" };
                    format!("({by}, '{what}', '{detail}'::jsonb)")
                })
                .collect();
            format!(
                "INSERT INTO item_event (id, item_id, at, by_person, what, detail)
                 SELECT gen_random_uuid(), item.id, item.first_seen_at + interval '{late} seconds', by, what, detail
                 FROM item, (VALUES {}) v (by, what, detail) WHERE item.id = {}",
                rows.join(", "),
                id(*item)
            )
        }
        What::Fold { .. } | What::Recount { .. } => String::new(),
    }
}

fn happening(event: u8, at: At) -> (&'static str, Value) {
    use serde_json::json;
    let given = at - TimeDelta::hours(2);
    match event {
        0 => ("visible", json!({ "minutes": 7, "in_time": true })),
        1 => ("visible", json!({ "minutes": null, "in_time": null })),
        2 => ("accepted", json!({})),
        3 => ("accepted", json!({ "minutes": 1, "in_time": false })),
        4 => ("answered_elsewhere", json!({ "given": given, "in_time": true })),
        5 => ("answered_elsewhere", json!({ "given": null })),
        6 => ("handled", json!({ "reason": "spam" })),
        7 => ("claimed", json!({ "until": at })),
        8 => ("overdue", json!({ "due": given, "metric": "next_answer" })),
        9 => ("overdue", json!({ "due": given })),
        10 => (
            "overdue",
            json!({ "due": given, "metric": "first_answer", "again": true }),
        ),
        11 if at.timestamp() % 2 == 0 => ("overdue", json!({ "due": given, "metric": "resolution" })),
        _ => ("rejected", json!({ "why": "x" })),
    }
}

struct World {
    store: Store,
}

impl World {
    async fn live(&self, step: &Step) {
        let mut tx = self.store.begin().await.unwrap();
        let done: Result<(), StoreError> = match &step.what {
            What::Fold { limit } => stats::fold(&mut tx, *limit).await.map(|_| ()),
            What::Recount { day } => {
                let day = Span::Day.begin(base()) + TimeDelta::days(*day);
                stats::rebuild(&mut tx, day).await
            }
            what => {
                let statement = sql(what, after(step.at));
                // Whoever changes an item holds it.
                let lock = "SELECT id FROM item ORDER BY id FOR NO KEY UPDATE;";
                let all = AssertSqlSafe(format!("{lock} {statement}"));
                sqlx::raw_sql(all)
                    .execute(&mut *tx)
                    .await
                    .map(|_| ())
                    .map_err(Into::into)
            }
        };
        done.unwrap();
        if step.kept {
            tx.commit().await.unwrap();
        }
    }

    async fn sums(&self, channel: &str, periods: &[(At, At)]) -> Vec<Counts> {
        let mut tx = self.store.begin_reading().await.unwrap();
        stats::sums(&mut tx, channel, periods).await.unwrap()
    }

    /// The sums are the recount's, and no day differs.
    async fn agrees(&self, periods: &[(At, At)]) {
        for channel in CHANNELS {
            let sums = self.sums(channel, periods).await;
            for ((from, to), sum) in periods.iter().zip(sums) {
                assert_eq!(
                    sum,
                    self.recount(channel, *from, *to).await,
                    "{channel} {from} {to}"
                );
            }
        }
        let mut tx = self.store.begin_reading().await.unwrap();
        for day in -1..6 {
            let day = Span::Day.begin(base()) + TimeDelta::days(day);
            assert_eq!(stats::differences(&mut tx, day).await.unwrap(), [], "{day}");
        }
    }

    /// From items, their log and their cards, one after the other, without any of what the sums are made with.
    #[expect(
        clippy::disallowed_methods,
        reason = "a recount looks past the store, with statements of its own"
    )]
    async fn recount(&self, channel: &str, from: At, to: At) -> Counts {
        let pool = self.store.pool();
        let mut counts = Counts::default();
        let mut broken = 0;
        let shown: BTreeSet<uuid::Uuid> = sqlx::query_scalar("SELECT item_id FROM card WHERE channel = $1")
            .bind(channel)
            .fetch_all(pool)
            .await
            .unwrap()
            .into_iter()
            .collect();
        let items = sqlx::query(
            "SELECT id, source, tone, rating, subject, first_seen_at FROM item WHERE source <> 'practice'",
        )
        .fetch_all(pool)
        .await
        .unwrap();
        let mut seen: BTreeMap<uuid::Uuid, At> = BTreeMap::new();
        for row in items.iter().filter(|row| shown.contains(&row.get("id"))) {
            let at: At = row.get("first_seen_at");
            seen.insert(row.get("id"), at);
            if at < from || at >= to {
                continue;
            }
            let rating: Option<Value> = row.get("rating");
            let rating: Option<Rating> = rating.map(|r| serde_json::from_value(r).unwrap());
            let source: String = row.get("source");
            let subject: Option<Value> = row.get("subject");
            let text = |v: &Value| v.as_str().map(str::to_owned);
            let fact = Fact::New {
                tone: Tone::parse(row.get("tone")).unwrap(),
                stars: rating.map_or(0, |r| i16::from(r.stars())),
                subject: subject.map(|s| Subject {
                    source: source.clone(),
                    kind: text(&s["kind"]).unwrap(),
                    id: text(&s["id"]).unwrap(),
                    name: text(&s["name"]),
                }),
                source,
            };
            counts.count(fact, 1);
        }
        let log = sqlx::query("SELECT item_id, at, by_person, what, detail FROM item_event ORDER BY seq")
            .fetch_all(pool)
            .await
            .unwrap();
        let mut answered: BTreeSet<uuid::Uuid> = BTreeSet::new();
        // Whose deadline passed since their last answer that was judged.
        let mut late: BTreeSet<uuid::Uuid> = BTreeSet::new();
        for row in log {
            let item: uuid::Uuid = row.get("item_id");
            let Some(first_seen) = seen.get(&item) else {
                continue;
            };
            let (at, what): (At, &str) = (row.get("at"), row.get("what"));
            let detail: Value = row.get("detail");
            let counts_here = at >= from && at < to;
            let is_answer = match what {
                "answered_elsewhere" => true,
                "visible" | "accepted" => detail["minutes"].is_i64(),
                "received" => {
                    if detail["answered"] == true {
                        answered.insert(item);
                    }
                    false
                }
                "handled" => {
                    if counts_here {
                        counts.count(Fact::Handled, 1);
                    }
                    false
                }
                "overdue" if detail["again"] != true && detail["metric"] != "resolution" => {
                    late.insert(item);
                    if counts_here {
                        broken += 1;
                    }
                    false
                }
                _ => false,
            };
            if !is_answer {
                continue;
            }
            let given: At = detail["given"]
                .as_str()
                .map_or(at, |given| given.parse().unwrap());
            let minutes = (given.min(at) - *first_seen).num_minutes().max(0);
            let first = answered.insert(item);
            let mut in_time = detail["in_time"].as_bool();
            if in_time.is_some() && late.remove(&item) {
                in_time = in_time.filter(|kept| *kept);
            }
            if counts_here {
                let fact = Fact::Answered {
                    by: row.get("by_person"),
                    minutes: first.then_some(minutes),
                    in_time,
                };
                counts.count(fact, 1);
            }
        }
        // Promises that broke are no answers.
        for (in_time, n) in [(Some(false), broken), (None, -broken)] {
            let fact = Fact::Answered {
                by: None,
                minutes: None,
                in_time,
            };
            counts.count(fact, n);
        }
        counts
    }
}

async fn lives(steps: &[Step], periods: &[(At, At)]) {
    let database = database::fresh().await;
    let world = World {
        store: Store::open(&database, 8).await.unwrap(),
    };
    for step in steps {
        world.live(step).await;
    }
    world.agrees(periods).await;
    // Counted anew, folded to the end: nothing changes.
    for recounted in [true, false] {
        let mut tx = world.store.begin().await.unwrap();
        while stats::fold(&mut tx, 7).await.unwrap() == Some(7) {}
        if recounted {
            let (mut day, end) = stats::history(&mut tx, after(STAGE))
                .await
                .unwrap()
                .unwrap_or((base(), base()));
            while day < end {
                stats::rebuild(&mut tx, day).await.unwrap();
                day += TimeDelta::days(1);
            }
        }
        tx.commit().await.unwrap();
        world.agrees(periods).await;
    }
    world.store.close().await;
    database::drop(&database).await;
}

/// An import of years is no dearer by the row than one of a day: a batch looks at none of the cards that are there.
#[tokio::test]
#[expect(
    clippy::disallowed_methods,
    reason = "what PostgreSQL tells of this transaction is no query of ours"
)]
async fn a_batch_of_new_cards_reads_none_of_those_that_are_there() {
    let database = database::empty().await;
    let store = Store::open(&database, 1).await.unwrap();
    store.migrate().await.unwrap();
    let cards = |from: u32, to: u32| {
        format!(
            r#"WITH new AS (INSERT INTO item (id, source, scope, native_id, kind, tone, author, votes, first_seen_at,
                   last_seen_at, fingerprint, caps, raw, route, handling)
               SELECT gen_random_uuid(), 'shop', 'shop', 'n-' || n, 'review', 'praise', '{{}}', '{{}}', now(), now(), '',
                   '{{}}', '{{}}', 'default', '{{"state": "handled"}}' FROM generate_series({from}, {to}) n RETURNING id)
               INSERT INTO card (id, item_id, channel, chat, room)
               SELECT gen_random_uuid(), id, 'care', 'slack', 'C0CARE' FROM new"#
        )
    };
    let read =
        "SELECT coalesce(sum(seq_tup_read), 0)::bigint FROM pg_stat_xact_user_tables WHERE relname = 'card'";
    let run = |sql: String| sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(store.pool());
    run(cards(1, 5_000)).await.unwrap();
    run("ANALYZE card, item, item_event".to_owned()).await.unwrap();
    let mut tx = store.begin().await.unwrap();
    let before: i64 = sqlx::query_scalar(read).fetch_one(&mut *tx).await.unwrap();
    sqlx::raw_sql(sqlx::AssertSqlSafe(cards(5_001, 6_000)))
        .execute(&mut *tx)
        .await
        .unwrap();
    let after: i64 = sqlx::query_scalar(read).fetch_one(&mut *tx).await.unwrap();
    assert_eq!(after - before, 0);
    let counted: i64 = sqlx::query_scalar("SELECT count(*) FROM stat_delta WHERE measure = 'new'")
        .fetch_one(&mut *tx)
        .await
        .unwrap();
    assert_eq!(counted, 6_000);
    tx.rollback().await.unwrap();
    store.close().await;
    database::drop(&database).await;
}

/// A history that an earlier release counted is, once the migration was there, what a recount says.
#[tokio::test]
async fn what_was_counted_before_is_counted_right_after_the_migration() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let steps = prop::collection::vec(step(), 300)
        .new_tree(&mut runner)
        .unwrap()
        .current();
    let database = database::empty().await;
    let world = World {
        store: Store::open(&database, 4).await.unwrap(),
    };
    let all = &zeitnah::store::MIGRATOR;
    let some = |take: fn(i64) -> bool| sqlx::migrate::Migrator {
        migrations: all
            .iter()
            .filter(|m| take(m.version))
            .cloned()
            .collect::<Vec<_>>()
            .into(),
        ignore_missing: true,
        ..sqlx::migrate::Migrator::DEFAULT
    };
    some(|version| version < 14)
        .run(world.store.pool())
        .await
        .unwrap();
    for step in &steps {
        match step.what {
            // Whoever counts anew does so by the rules that are in the database.
            What::Recount { .. } => {}
            What::Fold { .. }
            | What::Arrive { .. }
            | What::Edit { .. }
            | What::Show { .. }
            | What::Happen { .. } => {
                world.live(step).await;
            }
        }
    }
    let whole = [(after(-90_000), after(STAGE + 200_000))];
    some(|_| true).run(world.store.pool()).await.unwrap();
    world.agrees(&whole).await;
    let (kept, decided) = world.sums("care", &whole).await[0].in_time();
    assert!(
        0 < kept && kept < decided,
        "{kept} of {decided}: some were kept and some broke"
    );
    world.store.close().await;
    database::drop(&database).await;
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}

fn periods() -> impl Strategy<Value = Vec<(At, At)>> {
    // Some begin on the dot, most do not.
    let at = (-90_000..STAGE + 90_000, any::<bool>())
        .prop_map(|(s, dot)| after(if dot { s.div_euclid(900) * 900 } else { s }));
    prop::collection::vec((at.clone(), at).prop_map(|(a, b)| (a.min(b), a.max(b))), 1..5)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_sums_are_what_a_recount_says_after_any_history(
        steps in prop::collection::vec(step(), 1..60), periods in periods()
    ) {
        runtime().block_on(lives(&steps, &periods));
    }
}

/// Several replicas write, fold and count anew at the same time, and somebody reads all the while.
#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn replicas_that_count_at_the_same_time_count_once() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut histories = prop::collection::vec(prop::collection::vec(step(), 150), 3)
        .new_tree(&mut runner)
        .unwrap()
        .current();
    let database = database::fresh().await;
    let periods = [
        (after(-90_000), after(STAGE + 200_000)),
        (after(40_000), after(99_999)),
    ];
    let replicas = std::mem::take(&mut histories).into_iter().map(|steps| {
        let database = database.clone();
        tokio::spawn(async move {
            let world = World {
                store: Store::open(&database, 4).await.unwrap(),
            };
            for (no, step) in steps.iter().enumerate() {
                world.live(step).await;
                if no % 10 == 0 {
                    // One moment's truth, also while others write: whole and part were read together.
                    let whole = (periods[0].0, periods[0].1);
                    let split = [whole, (whole.0, after(5000)), (after(5000), whole.1)];
                    let mut sums = world.sums("care", &split).await.into_iter();
                    let (all, mut first, second) =
                        (sums.next().unwrap(), sums.next().unwrap(), sums.next().unwrap());
                    first.add(second);
                    assert_eq!(all, first);
                }
            }
            world.store.close().await;
        })
    });
    for replica in futures::future::join_all(replicas).await {
        replica.unwrap();
    }
    let world = World {
        store: Store::open(&database, 4).await.unwrap(),
    };
    world.agrees(&periods).await;
    assert!(
        world.sums("care", &periods[..1]).await[0].answered() > 10,
        "something happened"
    );
    world.store.close().await;
    database::drop(&database).await;
}
