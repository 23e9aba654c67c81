//! How fast an export comes in, beside the same columns by COPY and by INSERTs of many rows in the same run, against a real
//! Postgres at DATABASE_URL: `cargo bench --bench import -- [ROWS]`. Prints a table; asserts nothing about speed, because
//! machines differ. Memory is that of this process, which reads the file and writes the rows.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a measurement speaks to a terminal and may stop; what it is held against is written by hand"
)]

#[path = "../frame/mod.rs"]
mod frame;
#[path = "../frame/team.rs"]
mod team;

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;
use std::time::Instant;

use chrono::TimeDelta;
use sqlx::AssertSqlSafe;
use zeitnah::app::App;
use zeitnah::app::Parts;
use zeitnah::config::Config;
use zeitnah::domain::item::manner::File;
use zeitnah::domain::item::manner::Manner;
use zeitnah::port::clock::Clock as _;
use zeitnah::port::clock::SystemClock;
use zeitnah::store::Store;
use zeitnah::store::import;
use zeitnah::store::import::Progress;
use zeitnah::workflow::import::rows::BATCH;
use zeitnah::workflow::import::rows::Batches;

use self::frame::build;
use self::frame::load;
use self::frame::report;
use self::team::memory;

const DATABASE: &str = "zeitnah_bench_import";
const ROWS: u64 = 20_000;
/// Of an INSERT that holds many.
const TUPLES: i64 = 500;
const SECRET: &str = "whsec_Zm9ydW0tbmV3LXNlY3JldC1ub3QtYS1zZWNyZXQ=";
const COLUMNS: &str = "id, source, scope, native_id, kind, tone, rating, title, body, language, author, subject, verified, \
    votes, permalink, published_at, edited_at, first_seen_at, last_seen_at, fingerprint, caps, raw, route, handling, \
    deadline, due_at, edition, as_of, import_run";

#[tokio::main]
async fn main() {
    rustls::crypto::ring::default_provider().install_default().ok();
    let Ok(server) = std::env::var("DATABASE_URL") else {
        println!("set DATABASE_URL to a PostgreSQL server; the database `{DATABASE}` is made there");
        return;
    };
    let rows = std::env::args()
        .filter_map(|a| a.parse().ok())
        .next()
        .unwrap_or(ROWS);
    println!("{}; load of the machine before: {}", build(), load());
    let database = fresh(&server).await;
    let file = team::file("[slack]", "slack = \"C0CARE\"", "slack_user = \"U0ANNA\"", "");
    let config = Config::parse("bench", &file, &|_: &str| Some(SECRET.to_owned())).unwrap();
    let store = Store::open(&database, 4).await.unwrap();
    let app = App::assemble(Parts::of(&config, store, Arc::new(SystemClock)).unwrap()).unwrap();
    let desk = app.desk.clone();
    let now = SystemClock.now();

    let text = table(rows);
    println!("{rows} rows, {} MB of CSV", text.len() / 1_000_000);
    let began = Instant::now();
    let exports = desk.exports.clone().unwrap();
    let zone = desk.zone_of("shop");
    let export = exports
        .look("shop", "bench.csv", text.into_bytes().into(), "", zone, now)
        .unwrap();
    say("looked through", rows, began.elapsed());

    let run = import::begin(desk.store.pool(), "shop", "bench", "bench.csv", now)
        .await
        .unwrap();
    let manner = Manner::File(File {
        run,
        as_of: now,
        dates_changes: false,
        past_before: Some(now - TimeDelta::days(30)),
        folded: true,
    });
    let mut progress = Progress {
        number: run,
        ..Progress::default()
    };
    let (began, mut least, mut most) = (Instant::now(), f64::MAX, 0.0_f64);
    let mut took = Vec::new();
    let mut batches = Batches::of(&export, 0, BATCH);
    while let Some(batch) = batches.next().await.unwrap() {
        let batch_began = Instant::now();
        let mut tx = desk.store.begin().await.unwrap();
        let refused = desk
            .take_rows(&mut tx, "shop", batch, &manner, &mut progress, now)
            .await
            .unwrap();
        assert!(refused.is_empty(), "{refused:?}");
        import::advance(&mut tx, &progress, now).await.unwrap();
        tx.commit().await.unwrap();
        took.push(batch_began.elapsed());
        // From the tenth part on, when all is warm.
        if progress.rows > rows / 10 {
            least = least.min(memory());
            most = most.max(memory());
        }
    }
    assert_eq!(progress.counts.new, rows);
    let ours = say("import", rows, began.elapsed());
    report("a batch of 1,000 rows", &mut took);
    println!("memory from a tenth on                {least:>9.1} to {most:.1} MB");

    let pool = desk.store.pool();
    let run = |sql: String| async move { sqlx::raw_sql(AssertSqlSafe(sql)).execute(pool).await.unwrap() };
    run("CREATE TABLE bench_item (LIKE item INCLUDING DEFAULTS INCLUDING GENERATED INCLUDING INDEXES INCLUDING IDENTITY)".to_owned()).await;
    let tuples: String = COLUMNS.split(',').map(|_| "%L").collect::<Vec<_>>().join(",");
    let mut inserts: Vec<String> = Vec::new();
    for from in (0..i64::try_from(rows).unwrap()).step_by(usize::try_from(TUPLES).unwrap()) {
        let sql = format!(
            "SELECT string_agg(format('({tuples})', {COLUMNS}), ',') FROM (SELECT * FROM item ORDER BY number OFFSET {from} LIMIT {TUPLES}) i"
        );
        let values: String = sqlx::query_scalar(AssertSqlSafe(sql))
            .fetch_one(pool)
            .await
            .unwrap();
        inserts.push(format!("INSERT INTO bench_item ({COLUMNS}) VALUES {values}"));
    }
    let began = Instant::now();
    for insert in inserts {
        run(insert).await;
    }
    let inserted = say("INSERT of 500 rows each", rows, began.elapsed());

    let mut copied: Vec<u8> = Vec::new();
    let mut out = pool.acquire().await.unwrap();
    {
        use futures::TryStreamExt as _;
        let mut stream = out
            .copy_out_raw(&format!("COPY (SELECT {COLUMNS} FROM item) TO STDOUT"))
            .await
            .unwrap();
        while let Some(piece) = stream.try_next().await.unwrap() {
            copied.extend_from_slice(&piece);
        }
    }
    run("TRUNCATE bench_item".to_owned()).await;
    let began = Instant::now();
    let mut into = out
        .copy_in_raw(&format!("COPY bench_item ({COLUMNS}) FROM STDIN"))
        .await
        .unwrap();
    into.send(copied.as_slice()).await.unwrap();
    into.finish().await.unwrap();
    say("COPY", rows, began.elapsed());
    println!(
        "of the INSERT                         {:>9.0} %",
        ours / inserted * 100.0
    );
    println!("load of the machine after: {}", load());
}

fn say(what: &str, rows: u64, took: Duration) -> f64 {
    let each = rows as f64 / took.as_secs_f64();
    println!("{what:<37} {each:>9.0} rows/s {:>9.1} s", took.as_secs_f64());
    each
}

/// Of ten posts one is new; each has some twenty words of five thousand.
fn table(rows: u64) -> String {
    let mut out = String::from("id,published_at,rating,title,body,author,product\n");
    let mut seed: u64 = 1;
    for n in 0..rows {
        let at = SystemClock.now() - TimeDelta::days(if n % 10 == 0 { 3 } else { 400 });
        let _ = write!(
            out,
            "r-{n},{},{},Titel {},",
            at.format("%Y-%m-%d %H:%M"),
            n % 5 + 1,
            n % 97
        );
        for _ in 0..20 {
            seed = seed
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let mut word = (seed >> 33) % 5_000;
            for _ in 0..4 {
                out.push(char::from(b'a' + u8::try_from(word % 26).unwrap()));
                word /= 26;
            }
            out.push(' ');
        }
        let _ = writeln!(out, "die Sonne,Leute {n},Produkt {}", n % 50);
    }
    out
}

async fn fresh(server: &str) -> String {
    Store::forget(server, DATABASE).await.unwrap();
    let url = Store::ensure(server, DATABASE).await.unwrap();
    let store = Store::open(&url, 1).await.unwrap();
    store.migrate().await.unwrap();
    store.close().await;
    url
}
