//! What the outbox and a push cost beside the least that a database can do for the same, by turns in one run, against a real
//! Postgres at DATABASE_URL: `cargo bench --bench outbox -- [WAITING]`. Prints a table; asserts nothing about speed, because
//! machines differ.
//!
//! - A drain beside a loop that takes rows with SKIP LOCKED and marks each as done: as many at once, no order, no lease.
//! - A lease with WAITING effects in a hundred rooms beside one with a hundred in as many.
//! - A push of a hundred reviews beside an INSERT of a hundred rows into a copy of `item`, and into copies of all that it
//!   writes.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a measurement speaks to a terminal and may stop; what it is held against is written by hand"
)]

#[path = "../frame/mod.rs"]
mod frame;

use std::sync::Arc;
use std::time::Duration;
use std::time::Instant;

use chrono::TimeDelta;
use futures::StreamExt as _;
use futures::stream;
use sqlx::AssertSqlSafe;
use zeitnah::app::App;
use zeitnah::app::Parts;
use zeitnah::config::Config;
use zeitnah::domain::id::LeaseToken;
use zeitnah::port::clock::Clock as _;
use zeitnah::port::clock::SystemClock;
use zeitnah::port::source::HookCall;
use zeitnah::source::signature::Secret;
use zeitnah::store::Store;
use zeitnah::store::outbox;
use zeitnah::store::outbox::Leased;
use zeitnah::store::outbox::Settled;
use zeitnah::worker::drain::SIDE_BY_SIDE;
use zeitnah::workflow::HookAnswer;

use self::frame::build;
use self::frame::load;
use self::frame::report;

const WAITING: i64 = 1_000_000;
const ROOMS: i64 = 100;
const DRAINED: i64 = 10_000;
const LEASES: usize = 300;
const PUSHES: usize = 60;
const BATCH: usize = 100;
const ROUNDS: usize = 3;
const SECRET: &str = "whsec_Zm9ydW0tbmV3LXNlY3JldC1ub3QtYS1zZWNyZXQ=";
const FILE: &str = r#"
[slack]
mode = "http"
[[channel]]
name = "care"
slack = "C0CARE"
language = "de"
time_zone = "Europe/Berlin"
[default_route]
to = ["care"]
deadline = "24h"
[[source]]
name = "shop"
kind = "push"
[[role]]
role = "responder"
slack_user = "U0ANNA"
"#;
/// What a push of new reviews writes.
const WRITTEN: [&str; 9] = [
    "item",
    "item_event",
    "card",
    "timer",
    "effect",
    "delivery",
    "findable",
    "spelling",
    "stat_delta",
];

#[tokio::main]
async fn main() {
    rustls::crypto::ring::default_provider().install_default().ok();
    let Ok(server) = std::env::var("DATABASE_URL") else {
        println!("set DATABASE_URL to a PostgreSQL server; databases `zeitnah_bench_*` are made there");
        return;
    };
    let waiting = std::env::args()
        .filter_map(|a| a.parse().ok())
        .next()
        .unwrap_or(WAITING);
    println!("{}; load of the machine before: {}", build(), load());
    let few = Base::open(&server, "few").await;
    let many = Base::open(&server, "many").await;
    drains(&few).await;
    pushes(&few).await;
    leases(&few, &many, waiting).await;
    few.close(&server).await;
    many.close(&server).await;
    println!("load of the machine after: {}", load());
}

struct Base {
    app: App,
    store: Store,
    name: String,
}

impl Base {
    async fn open(server: &str, what: &str) -> Self {
        let name = format!("zeitnah_bench_{what}_{}", std::process::id());
        let url = Store::ensure(server, &name).await.unwrap();
        let store = Store::open(&url, 20).await.unwrap();
        store.migrate().await.unwrap();
        let config = Config::parse("bench", FILE, &|_: &str| Some(SECRET.to_owned())).unwrap();
        let parts = Parts::of(&config, store.clone(), Arc::new(SystemClock)).unwrap();
        let app = App::assemble(parts).unwrap();
        Self { app, store, name }
    }

    async fn close(self, server: &str) {
        self.store.close().await;
        Store::forget(server, &self.name).await.unwrap();
    }

    async fn run(&self, sql: &str) {
        let mut connection = self.store.pool().acquire().await.unwrap();
        for sql in ["SET statement_timeout = 0", sql] {
            sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))
                .execute(&mut *connection)
                .await
                .unwrap();
        }
    }

    async fn count(&self, sql: &str) -> i64 {
        sqlx::query_scalar(AssertSqlSafe(sql.to_owned()))
            .fetch_one(self.store.pool())
            .await
            .unwrap()
    }

    /// Cards that wait for their rooms, as after a day on which everybody wrote.
    async fn fill(&self, effects: i64) {
        let now = SystemClock.now();
        self.run(&format!(
            "INSERT INTO effect (id, key, kind, body, lane, serial, pace, run_at, created_at)
             SELECT gen_random_uuid(), 'post:' || gen_random_uuid(), 'post_card',
                 jsonb_build_object('v1', 'post_card', 'card', gen_random_uuid()), 1,
                 'room:slack:C' || k % {ROOMS}, 'room:slack:C' || k % {ROOMS}, at, at
             FROM generate_series(1, {effects}) k,
                 LATERAL (SELECT '{now}'::timestamptz - ({effects} - k) * interval '1 millisecond' AS at) a"
        ))
        .await;
        self.run("VACUUM (ANALYZE) effect").await;
    }

    async fn lease(&self) -> Vec<Leased> {
        let now = SystemClock.now();
        let until = now + TimeDelta::minutes(5);
        let limit = i64::try_from(SIDE_BY_SIDE).unwrap();
        let taken = outbox::lease(self.store.pool(), now, until, LeaseToken::new(now), limit)
            .await
            .unwrap();
        assert!(taken.odd.is_empty());
        taken.leased
    }

    async fn settle(&self, leased: &Leased) {
        let held = outbox::settle(self.store.pool(), leased, &Settled::Done, SystemClock.now()).await;
        assert!(held.unwrap());
    }
}

/// Leased, looked at by nobody, settled: all that the outbox itself costs. The chats' part is the chats'.
async fn drains(base: &Base) {
    let (mut ours, mut bare) = (Vec::new(), Vec::new());
    for round in 0..=ROUNDS {
        base.run("TRUNCATE effect CASCADE").await;
        base.fill(DRAINED).await;
        let began = Instant::now();
        let mut done = 0;
        while done < DRAINED {
            let leased = base.lease().await;
            done += i64::try_from(leased.len()).unwrap();
            stream::iter(&leased)
                .for_each_concurrent(SIDE_BY_SIDE, |one| base.settle(one))
                .await;
        }
        // The first round opens connections and plans statements.
        if round > 0 {
            ours.push(began.elapsed());
        }
        let began = bare_drain(base).await;
        if round > 0 {
            bare.push(began);
        }
    }
    let ours = rate("drain: lease and settle", DRAINED, &mut ours);
    let bare = rate("bare: SKIP LOCKED and done", DRAINED, &mut bare);
    println!("drain : bare                        {:>9.2}", ours / bare);
    base.run("TRUNCATE effect CASCADE; DROP TABLE bare").await;
}

async fn bare_drain(base: &Base) -> Duration {
    base.run(&format!(
        "DROP TABLE IF EXISTS bare;
         CREATE TABLE bare (id bigint PRIMARY KEY, body jsonb NOT NULL, state text NOT NULL, at timestamptz NOT NULL);
         CREATE INDEX ON bare (at) WHERE state = 'ready';
         INSERT INTO bare SELECT k, jsonb_build_object('v1', 'post_card', 'card', gen_random_uuid()), 'ready', '{}'
         FROM generate_series(1, {DRAINED}) k;",
        SystemClock.now()
    ))
    .await;
    base.run("VACUUM (ANALYZE) bare").await;
    let pool = base.store.pool();
    let began = Instant::now();
    let mut done = 0;
    while done < DRAINED {
        let rows: Vec<(i64, serde_json::Value)> = sqlx::query_as(
            "UPDATE bare SET state = 'sending' WHERE id IN (SELECT id FROM bare WHERE state = 'ready' AND at <= $1
                 ORDER BY at LIMIT $2 FOR UPDATE SKIP LOCKED) RETURNING id, body",
        )
        .bind(SystemClock.now())
        .bind(i64::try_from(SIDE_BY_SIDE).unwrap())
        .fetch_all(pool)
        .await
        .unwrap();
        done += i64::try_from(rows.len()).unwrap();
        stream::iter(rows)
            .for_each_concurrent(SIDE_BY_SIDE, |(id, _)| async move {
                let mut tx = pool.begin().await.unwrap();
                sqlx::query("UPDATE bare SET state = 'done' WHERE id = $1")
                    .bind(id)
                    .execute(&mut *tx)
                    .await
                    .unwrap();
                tx.commit().await.unwrap();
            })
            .await;
    }
    began.elapsed()
}

async fn leases(few: &Base, many: &Base, waiting: i64) {
    few.fill(ROOMS).await;
    many.fill(waiting).await;
    let (mut of_few, mut of_many) = (Vec::new(), Vec::new());
    for round in 0..LEASES {
        // What earlier rounds wrote is not what is measured.
        if round % 50 == 0 {
            few.run("VACUUM effect").await;
            many.run("VACUUM effect").await;
        }
        for (base, took) in [(few, &mut of_few), (many, &mut of_many)] {
            let began = Instant::now();
            let leased = base.lease().await;
            took.push(began.elapsed());
            assert_eq!(leased.len(), SIDE_BY_SIDE);
            base.run("UPDATE effect SET state = 'ready', lease_token = NULL, lease_until = NULL, attempts = 0, begun_at = NULL WHERE state = 'sending'")
                .await;
        }
    }
    report("lease, 100 wait in 100 rooms", &mut of_few);
    report(&format!("lease, {waiting} in 100 rooms"), &mut of_many);
    println!(
        "many : few                          {:>9.2}",
        median(&of_many) / median(&of_few)
    );
}

async fn pushes(base: &Base) {
    let mut ours = Vec::new();
    for n in 0..=PUSHES {
        let call = call(n);
        let began = Instant::now();
        let answer = base.app.desk.receive("shop", &call).await.unwrap();
        if n > 0 {
            ours.push(began.elapsed());
        }
        assert!(matches!(answer, HookAnswer::Receipt(r) if r.new == BATCH));
    }
    let all = copies(base, &WRITTEN).await;
    let mut of_all: Vec<Duration> = Vec::new();
    let mut of_item: Vec<Duration> = Vec::new();
    let mut written = 0;
    for (n, tables) in all.iter().enumerate() {
        let mut tx = base.store.pool().begin().await.unwrap();
        let began = Instant::now();
        for (table, insert) in tables {
            let this = Instant::now();
            let done = sqlx::raw_sql(AssertSqlSafe(insert.clone()))
                .execute(&mut *tx)
                .await
                .unwrap();
            written += done.rows_affected();
            if n > 0 && *table == "item" {
                of_item.push(this.elapsed());
            }
        }
        tx.commit().await.unwrap();
        if n > 0 {
            of_all.push(began.elapsed());
        }
    }
    report("push of 100 reviews", &mut ours);
    report("INSERT of 100 rows into a copy", &mut of_item);
    report("INSERT of all that a push wrote", &mut of_all);
    println!(
        "rows that a push wrote              {:>9}",
        written / all.len() as u64
    );
    println!(
        "INSERT : push                       {:>9.2} (one table) {:.2} (all)",
        median(&of_item) / median(&ours),
        median(&of_all) / median(&ours)
    );
}

/// For each push, one INSERT for each table that it wrote to, with the same values into a table with the same indexes.
async fn copies<'a>(base: &Base, tables: &[&'a str]) -> Vec<Vec<(&'a str, String)>> {
    let mut all = vec![Vec::new(); PUSHES + 1];
    for table in tables {
        base.run(&format!("CREATE TABLE copy_{table} (LIKE {table} INCLUDING ALL)"))
            .await;
        let columns: String = sqlx::query_scalar(
            "SELECT string_agg(column_name, ', ' ORDER BY ordinal_position) FROM information_schema.columns
             WHERE table_name = $1 AND table_schema = 'public' AND is_generated = 'NEVER' AND is_identity = 'NO'",
        )
        .bind(table)
        .fetch_one(base.store.pool())
        .await
        .unwrap();
        let rows = base.count(&format!("SELECT count(*) FROM {table}")).await;
        let each = rows / i64::try_from(PUSHES + 1).unwrap();
        let values = columns.split(',').map(|_| "%L").collect::<Vec<_>>().join(",");
        for (n, into) in all.iter_mut().enumerate() {
            let from = each * i64::try_from(n).unwrap();
            let sql = format!(
                "SELECT string_agg(format('({values})', {columns}), ',') FROM (SELECT * FROM {table} ORDER BY ctid OFFSET {from} LIMIT {each}) t"
            );
            let tuples: Option<String> = sqlx::query_scalar(AssertSqlSafe(sql))
                .fetch_one(base.store.pool())
                .await
                .unwrap();
            if let Some(tuples) = tuples {
                into.push((
                    *table,
                    format!("INSERT INTO copy_{table} ({columns}) VALUES {tuples}"),
                ));
            }
        }
    }
    all
}

fn call(n: usize) -> HookCall {
    let now = SystemClock.now();
    let items: Vec<serde_json::Value> = (0..BATCH)
        .map(|k| {
            serde_json::json!({
                "id": format!("r-{n}-{k}"), "kind": "review", "rating": k % 5 + 1, "title": format!("Titel {k}"),
                "body": format!("Die Schere schneidet gut, aber der Griff ist nach {k} Tagen locker. Wer hilft mir da?"),
                "author": {"name": format!("Rolf {k}")}, "published_at": now.to_rfc3339(),
            })
        })
        .collect();
    let body = serde_json::json!({ "items": items }).to_string();
    let secret = Secret::parse(&SECRET.to_owned().into()).unwrap();
    let headers = secret.headers(&format!("d{n}"), now, body.as_bytes());
    HookCall {
        token: None,
        headers: headers
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
        body: body.into_bytes(),
    }
}

fn rate(what: &str, n: i64, took: &mut [Duration]) -> f64 {
    took.sort();
    let each = n as f64 / took[took.len() / 2].as_secs_f64();
    println!("{what:<35} {each:>9.0} per second, median of {}", took.len());
    each
}

fn median(took: &[Duration]) -> f64 {
    let mut sorted = took.to_vec();
    sorted.sort();
    sorted[sorted.len() / 2].as_secs_f64()
}
