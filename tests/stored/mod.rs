//! What lies in the database outlives the release that wrote it: the JSON in its columns is nailed, and a database of each
//! release comes through the migrations with all that it held.

#![expect(
    clippy::disallowed_methods,
    reason = "rows as an earlier release wrote them are made by hand"
)]

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::path::Path;

use chrono::DateTime;
use chrono::TimeDelta;
use chrono::Utc;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sqlx::AssertSqlSafe;
use sqlx::migrate::Migrator;
use zeitnah::domain::effect::Addressee;
use zeitnah::domain::effect::Effect;
use zeitnah::domain::id::ItemId;
use zeitnah::domain::id::LeaseToken;
use zeitnah::domain::item::Author;
use zeitnah::domain::item::Incoming;
use zeitnah::domain::item::Rating;
use zeitnah::domain::item::Subject;
use zeitnah::domain::item::Votes;
use zeitnah::domain::item::caps::ReplyCaps;
use zeitnah::domain::item::event::EventKind;
use zeitnah::domain::item::handling::Escalation;
use zeitnah::domain::item::handling::Handling;
use zeitnah::domain::item::reply::ReplyState;
use zeitnah::domain::item::sla::Deadline;
use zeitnah::domain::press::list_action::ActionTarget;
use zeitnah::domain::show::row::Told;
use zeitnah::domain::time::calendar::Quiet;
use zeitnah::store::Store;
use zeitnah::store::event;
use zeitnah::store::item;
use zeitnah::store::outbox;
use zeitnah::store::reply;
use zeitnah::store::search;
use zeitnah::store::search::Hit;
use zeitnah::workflow::stats;

use crate::database;

/// Reads a row's JSON as a type, and says how that type is written now.
type Rewrite = fn(Value) -> Result<Value, serde_json::Error>;

fn rewrite<T: Serialize + DeserializeOwned>(json: Value) -> Result<Value, serde_json::Error> {
    serde_json::to_value(serde_json::from_value::<T>(json)?)
}

const TYPES: &[(&str, Rewrite)] = &[
    ("effect", rewrite::<Effect>),
    ("told", rewrite::<Told>),
    ("deed", rewrite::<ActionTarget>),
    ("what", rewrite::<EventKind>),
    ("handling", rewrite::<Handling>),
    ("escalation", rewrite::<Escalation>),
    ("reply", rewrite::<ReplyState>),
    ("deadline", rewrite::<Deadline>),
    ("addressee", rewrite::<Addressee>),
    ("caps", rewrite::<ReplyCaps>),
    ("rating", rewrite::<Rating>),
    ("author", rewrite::<Author>),
    ("subject", rewrite::<Subject>),
    ("votes", rewrite::<Votes>),
    ("quiet", rewrite::<Quiet>),
    ("hit", rewrite::<Hit>),
    ("incoming", rewrite::<Incoming>),
];

/// Types whose variants all have a name, where that name stands in the JSON, and the function that lists them.
const NAMED: &[(&str, &str, &str, &str)] = &[
    ("effect", "v1", "src/domain/effect/kind.rs", "pub fn as_str(self)"),
    ("what", "what", "src/domain/item/event.rs", "pub fn as_str(&self)"),
    (
        "handling",
        "state",
        "src/domain/item/handling.rs",
        "pub fn as_str(&self)",
    ),
    (
        "handling",
        "reason",
        "src/domain/item/handling.rs",
        "pub fn as_str(self)",
    ),
    (
        "reply",
        "state",
        "src/domain/item/reply.rs",
        "pub fn as_str(&self)",
    ),
];

struct Line {
    of: &'static str,
    is_old: bool,
    json: Value,
    text: String,
}

fn lines() -> Vec<Line> {
    let is_said = |line: &&str| !line.is_empty() && !line.starts_with('#');
    let read = |text: &str| {
        let (of, json) = text.split_once(' ').unwrap();
        let (of, _) = TYPES.iter().find(|(name, _)| *name == of).expect(text);
        let (is_old, json) = json.strip_prefix("< ").map_or((false, json), |json| (true, json));
        Line {
            of,
            is_old,
            json: serde_json::from_str(json).expect(text),
            text: text.to_owned(),
        }
    };
    include_str!("lines.txt")
        .lines()
        .filter(is_said)
        .map(read)
        .collect()
}

#[test]
fn what_any_release_wrote_is_read_and_what_is_written_stays_the_same() {
    let mut faults = Vec::new();
    for Line {
        of,
        is_old,
        json,
        text,
    } in lines()
    {
        let (_, rewrite) = TYPES.iter().find(|(name, _)| *name == of).unwrap();
        match rewrite(json.clone()) {
            Err(why) => faults.push(format!("{text}\n  cannot be read any more: {why}")),
            Ok(now) if !is_old && now != json => {
                faults.push(format!("{text}\n  is written otherwise now:\n  {now}"));
            }
            Ok(_) => {}
        }
    }
    assert!(
        faults.is_empty(),
        "Rows with this JSON lie in people's databases, and a replica of the release before reads what this one writes while \
         both run. A name that is stored is not changed: give the field or variant its old name for serde, or a new one \
         beside it.\n{}",
        faults.join("\n")
    );
}

#[test]
fn each_kind_that_is_stored_has_its_line() {
    let all = lines();
    for (of, key, file, listed) in NAMED {
        let source = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap();
        let (_, body) = source.split_once(listed).expect(file);
        let (body, _) = body.split_once("\n    }\n").unwrap();
        let wanted: BTreeSet<&str> = body
            .lines()
            .filter_map(|arm| arm.split_once("=> \"")?.1.strip_suffix("\","))
            .collect();
        assert!(wanted.len() > 3, "{file} lists its kinds in `{listed}`");
        let kept: BTreeSet<&str> = all
            .iter()
            .filter(|line| line.of == *of)
            .filter_map(|line| line.json[key].as_str())
            .collect();
        assert_eq!(
            kept, wanted,
            "a line of tests/stored/lines.txt for each {key} of {of}"
        );
    }
}

/// How far each release that people run had come.
const RELEASED: [i64; 4] = [1, 6, 10, 12];

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// The migrations up to one, as that release had them.
async fn migrate_to(store: &Store, version: i64) {
    let all = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    let mut migrator = Migrator::new(all.as_path()).await.unwrap();
    migrator.migrations.to_mut().retain(|m| m.version <= version);
    migrator.run(store.pool()).await.unwrap();
}

async fn rows(store: &Store) -> BTreeMap<String, Vec<BTreeMap<String, Value>>> {
    let tables: Vec<String> = sqlx::query_scalar(
        "SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'
             AND table_name <> '_sqlx_migrations' ORDER BY 1",
    )
    .fetch_all(store.pool())
    .await
    .unwrap();
    let mut all = BTreeMap::new();
    for table in tables {
        let sql = format!("SELECT to_jsonb(t) FROM {table} t ORDER BY to_jsonb(t)::text");
        let rows: Vec<Value> = sqlx::query_scalar(AssertSqlSafe(sql))
            .fetch_all(store.pool())
            .await
            .unwrap();
        let rows = rows.into_iter().map(|row| serde_json::from_value(row).unwrap());
        all.insert(table, rows.collect());
    }
    all
}

#[tokio::test]
async fn a_database_of_each_release_comes_through_the_migrations_with_all_that_it_held() {
    for version in RELEASED {
        let url = database::empty().await;
        let store = Store::open(&url, 2).await.unwrap();
        migrate_to(&store, version).await;
        sqlx::raw_sql(include_str!("rows.sql"))
            .execute(store.pool())
            .await
            .unwrap();
        let before = rows(&store).await;
        store.migrate().await.unwrap();
        let after = rows(&store).await;
        for (table, rows) in &before {
            // What is derived is made anew, and held against what happened below.
            if table.starts_with("stat_") || table == "findable" || table == "spelling" {
                continue;
            }
            let now = &after[table];
            assert_eq!(rows.len(), now.len(), "{version}: {table}");
            for row in rows {
                let kept = |other: &BTreeMap<String, Value>| {
                    row.iter().all(|(column, value)| other.get(column) == Some(value))
                };
                assert!(
                    now.iter().any(kept),
                    "{version}: {table}: {row:?} is not in {now:?}"
                );
            }
        }
        reads(&store, version).await;
        store.close().await;
        database::drop(&url).await;
    }
}

/// The product goes on with it.
async fn reads(store: &Store, version: i64) {
    let now = at("2026-03-04T12:00:00Z");
    let ids: Vec<uuid::Uuid> = sqlx::query_scalar("SELECT id FROM item ORDER BY number")
        .fetch_all(store.pool())
        .await
        .unwrap();
    let mut states = Vec::new();
    for id in ids {
        let item = item::get(store.pool(), ItemId(id)).await.unwrap().unwrap();
        assert!(!event::of_item(store.pool(), item.id).await.unwrap().is_empty());
        states.push(item.handling.as_str());
    }
    assert_eq!(states, ["open", "claimed", "answered", "removed"], "{version}");
    let mut tx = store.begin().await.unwrap();
    let answered = ItemId("00000000-0000-7000-8000-000000000003".parse().unwrap());
    let sent = reply::sent(&mut *tx, answered).await;
    assert_eq!(sent.unwrap().len(), 1, "{version}");
    let hits = search::by_words(&mut tx, None, "Klinge", 9).await.unwrap();
    assert_eq!(
        hits.len(),
        2,
        "{version}: found in a customer's words and in an answer of ours"
    );
    tx.rollback().await.unwrap();
    for day in stats::days(store, now).await.unwrap() {
        stats::recount(store, day).await.unwrap();
        assert_eq!(stats::verify(store, day).await.unwrap(), [], "{version}: {day}");
    }
    let taken = outbox::lease(
        store.pool(),
        now,
        now + TimeDelta::minutes(1),
        LeaseToken::new(now),
        9,
    )
    .await
    .unwrap();
    assert_eq!(
        (taken.leased.len(), taken.odd.len()),
        (2, 0),
        "{version}: what waited still waits"
    );
    assert!(taken.leased.iter().any(|one| one.unclear), "{version}");
}
