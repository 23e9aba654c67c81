//! Several replicas on a database of their own with one chat, items whose cards stand, and timers by the million.

#![expect(
    clippy::disallowed_methods,
    reason = "a measurement makes rows and counts them by hand; nothing of it is built into the product"
)]

use std::sync::Arc;
use std::time::Duration;

use chrono::DateTime;
use chrono::TimeDelta;
use chrono::Utc;
use sqlx::AssertSqlSafe;
use standins::Now;
use standins::shop;
use standins::slack;
use standins::slack::Slack;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use zeitnah::app::App;
use zeitnah::app::Parts;
use zeitnah::config::Config;
use zeitnah::domain::promise::practice;
use zeitnah::port::clock::Clock;
use zeitnah::port::clock::SystemClock;
use zeitnah::store::Store;
use zeitnah::store::timer;
use zeitnah::worker;

const CARE: &str = "C0CARE";
const ANNA: &str = "U0ANNA";
/// Items of which nothing has to be said, each with its share of the pending timers.
const QUIET: i64 = 50_000;
/// Before the deadline of 24 hours, as the settings below say.
const WARNED: TimeDelta = TimeDelta::hours(22);

pub const DUE_UNFIRED: &str = "SELECT count(*) FROM timer WHERE fired_at IS NULL AND at <= now()";
pub const REMINDED: &str = "SELECT count(*) FROM item_event WHERE what = 'reminded'";
pub const REMINDED_ITEMS: &str = "SELECT count(DISTINCT item_id) FROM item_event WHERE what = 'reminded'";
pub const NOTICES: &str = "SELECT count(*) FROM notice";
pub const OTHER_EVENTS: &str = "SELECT count(*) FROM item_event WHERE what NOT IN ('received', 'reminded')";

pub struct World {
    replicas: Vec<App>,
    store: Store,
    database: String,
    url: String,
    quit: CancellationToken,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl World {
    pub async fn open(server: &str, replicas: usize) -> Self {
        let now: Now = Arc::new(|| SystemClock.now());
        let far = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", far.local_addr().unwrap());
        let settings = slack::Settings {
            rate_limits: false,
            ..Default::default()
        };
        let slack = Slack::new(now, settings);
        slack.add_user(ANNA, "Anna", "Anna Berger");
        slack.add_channel(CARE, "care", &[ANNA]);
        slack.set_base(&base);
        let quit = CancellationToken::new();
        let ends = quit.clone();
        let router = slack::router(slack);
        tokio::spawn(async move {
            tokio::select! {
                served = axum::serve(far, router) => served.unwrap(),
                () = ends.cancelled() => {}
            }
        });
        let database = format!("zeitnah_bench_{}", std::process::id());
        let url = Store::ensure(server, &database).await.unwrap();
        let store = Store::open(&url, 4).await.unwrap();
        store.migrate().await.unwrap();
        let config = Config::parse("bench", &settings_of(&base), &secret).unwrap();
        let mut apps = Vec::new();
        for _ in 0..replicas {
            let own = Store::open(&url, 16).await.unwrap();
            let parts = Parts::of(&config, own, Arc::new(SystemClock)).unwrap();
            let app = App::assemble(parts).unwrap();
            app.introduce().await.unwrap();
            apps.push(app);
        }
        Self {
            replicas: apps,
            store,
            database,
            url,
            quit,
            stop: CancellationToken::new(),
            tasks: TaskTracker::new(),
        }
    }

    /// Items with cards that stand in the chat.
    pub async fn write(&mut self, items: i64) {
        let desk = self.replicas[0].desk.clone();
        let channel = desk.rules.channel("care").unwrap();
        for first in (0..items).step_by(100) {
            let now = desk.now();
            let batch = (first..items.min(first + 100)).map(|n| {
                let mut incoming = practice::incoming(channel, format!("w-{n}"), now);
                incoming.scope = "shop".to_owned();
                incoming.subject = None;
                incoming
            });
            let mut tx = desk.store.begin().await.unwrap();
            desk.ingest(&mut tx, "shop", batch.collect(), now).await.unwrap();
            tx.commit().await.unwrap();
        }
        self.start();
        while self
            .count("SELECT count(*) FROM card WHERE message_id IS NULL")
            .await
            > 0
        {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        self.stop().await;
    }

    /// Half of the quiet items are handled, half are open and their time has not come.
    pub async fn pend(&self, timers: i64) {
        let handled = r#"{"state": "handled", "by": "slack:U0ANNA", "at": "2026-01-01T00:00:00Z", "reason": "no_need"}"#;
        self.run(format!(
            "INSERT INTO item (id, source, scope, native_id, kind, tone, rating, title, body, language, author, subject,
                 verified, votes, permalink, published_at, first_seen_at, last_seen_at, fingerprint, caps, raw, route,
                 handling, deadline, due_at)
             SELECT gen_random_uuid(), source, scope, 'q-' || g, kind, tone, rating, title, body, language, author,
                 subject, verified, votes, permalink, published_at, first_seen_at, last_seen_at, fingerprint, caps, raw,
                 route, CASE WHEN g % 2 = 0 THEN handling ELSE '{handled}'::jsonb END, deadline, due_at
             FROM item, generate_series(1, {QUIET}) g WHERE native_id = 'w-0';
             INSERT INTO item_event (id, item_id, at, what, detail)
             SELECT gen_random_uuid(), q.id, e.at, e.what, e.detail FROM item q, item_event e
             WHERE q.native_id LIKE 'q-%' AND e.item_id = (SELECT id FROM item WHERE native_id = 'w-0');
             INSERT INTO timer (id, item_id, kind, at)
             SELECT gen_random_uuid(), q.id, 'step', now() + interval '1 day' + g * interval '1 hour'
                 + substr(q.native_id, 3)::int * interval '50 ms'
             FROM item q, generate_series(1, {}) g WHERE q.native_id LIKE 'q-%'",
            timers / QUIET
        ))
        .await;
        for table in ["item", "item_event", "timer", "card"] {
            self.run(format!("VACUUM ANALYZE {table}")).await;
        }
        self.run("CHECKPOINT".to_owned()).await;
    }

    /// Timers one after the other at an even pace from soon on. One of `says` is an item's warning, the others find
    /// nothing to say. Returns when they begin.
    pub async fn fall_due(&self, seconds: i64, per_second: i64, says: i64) -> DateTime<Utc> {
        let begins = SystemClock.now() + TimeDelta::seconds(5);
        let all = seconds * per_second;
        let every = 1_000_000 / per_second;
        self.run(format!(
            "CREATE TEMP TABLE falls AS SELECT i.id, p, '{begins}'::timestamptz + p * interval '{every} us' AS at
             FROM generate_series(0, {all} - 1) p
             JOIN item i ON i.source = 'shop' AND i.scope = 'shop'
                 AND i.native_id = CASE WHEN p % {says} = 0 THEN 'w-' || p / {says} ELSE 'q-' || p + 1 END;
             -- Its deadline is counted from its publication.
             UPDATE item SET published_at = at - interval '{} s' FROM falls
             WHERE falls.id = item.id AND p % {says} = 0;
             INSERT INTO timer (id, item_id, kind, at) SELECT gen_random_uuid(), id, 'warn', at FROM falls;
             DROP TABLE falls",
            WARNED.num_seconds()
        ))
        .await;
        assert!(SystemClock.now() < begins, "the rows were made in time");
        begins
    }

    pub fn start(&self) {
        for app in &self.replicas {
            worker::start(&app.desk, &self.stop, &self.tasks);
        }
    }

    pub async fn stop(&mut self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
        self.tasks.reopen();
        self.stop = CancellationToken::new();
    }

    pub async fn tick(&self) -> usize {
        self.replicas[0].desk.tick().await.unwrap()
    }

    pub async fn due_from(&self, begins: DateTime<Utc>) -> Vec<(DateTime<Utc>, uuid::Uuid)> {
        self.timers(format!(
            "fired_at IS NULL AND at >= '{begins}' AND at < '{begins}'::timestamptz + interval '1 hour'"
        ))
        .await
    }

    pub async fn unfired(&self, now: DateTime<Utc>) -> Vec<(DateTime<Utc>, uuid::Uuid)> {
        self.timers(format!("fired_at IS NULL AND at <= '{now}'")).await
    }

    async fn timers(&self, which: String) -> Vec<(DateTime<Utc>, uuid::Uuid)> {
        sqlx::query_as(AssertSqlSafe(format!(
            "SELECT at, id FROM timer WHERE {which} ORDER BY at, id"
        )))
        .fetch_all(self.store.pool())
        .await
        .unwrap()
    }

    pub async fn lateness(&self, begins: DateTime<Utc>) -> Vec<Duration> {
        let sql = format!("SELECT at, fired_at FROM timer WHERE fired_at IS NOT NULL AND at >= '{begins}'");
        let rows: Vec<(DateTime<Utc>, DateTime<Utc>)> = sqlx::query_as(AssertSqlSafe(sql))
            .fetch_all(self.store.pool())
            .await
            .unwrap();
        rows.into_iter()
            .map(|(at, fired)| (fired - at).to_std().unwrap())
            .collect()
    }

    pub async fn count(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql)
            .fetch_one(self.store.pool())
            .await
            .unwrap()
    }

    /// How the database does what each look asks for: the statements as they were prepared, explained.
    pub async fn plans(&self) -> Vec<(&'static str, String)> {
        let store = Store::open(&self.url, 1).await.unwrap();
        let now = SystemClock.now();
        timer::next(store.pool(), &[]).await.unwrap();
        let mut tx = store.begin().await.unwrap();
        timer::take(&mut tx, now, &[], 200).await.unwrap();
        tx.commit().await.unwrap();
        let mut plans = Vec::new();
        for (what, like, with) in [
            (
                "when the next is due",
                "%ORDER BY at, id LIMIT 1",
                "'{}'".to_owned(),
            ),
            (
                "those that are due",
                "%SKIP LOCKED",
                format!("'{now}', '{{}}', 200"),
            ),
        ] {
            let sql = "SELECT name FROM pg_prepared_statements WHERE statement LIKE $1";
            let name: String = sqlx::query_scalar(sql)
                .bind(like)
                .fetch_one(store.pool())
                .await
                .unwrap();
            let sql = format!("EXPLAIN (ANALYZE, BUFFERS, TIMING OFF) EXECUTE {name}({with})");
            let lines: Vec<String> = sqlx::query_scalar(AssertSqlSafe(sql))
                .fetch_all(store.pool())
                .await
                .unwrap();
            plans.push((what, lines.join("\n")));
        }
        store.close().await;
        plans
    }

    pub async fn server(&self) -> String {
        let sql = "SELECT current_setting('server_version') || ', fsync ' || current_setting('fsync')
            || ', synchronous_commit ' || current_setting('synchronous_commit')";
        sqlx::query_scalar(sql)
            .fetch_one(self.store.pool())
            .await
            .unwrap()
    }

    async fn run(&self, sql: String) {
        let mut connection = self.store.pool().acquire().await.unwrap();
        sqlx::raw_sql("SET statement_timeout = 0")
            .execute(&mut *connection)
            .await
            .unwrap();
        sqlx::raw_sql(AssertSqlSafe(sql))
            .execute(&mut *connection)
            .await
            .unwrap();
        sqlx::raw_sql("RESET statement_timeout")
            .execute(&mut *connection)
            .await
            .unwrap();
    }

    pub async fn close(self, server: &str) {
        self.quit.cancel();
        for app in &self.replicas {
            app.desk.store.close().await;
        }
        self.store.close().await;
        Store::forget(server, &self.database).await.unwrap();
    }
}

fn secret(name: &str) -> Option<String> {
    let (slack, shop) = (slack::Settings::default(), shop::Settings::default());
    match name {
        "SLACK_BOT_TOKEN" => Some(slack.bot_token),
        "SLACK_SIGNING_SECRET" => Some(slack.signing_secret),
        "SOURCE_SHOP_SECRET" => Some(shop.hook_secret),
        "SOURCE_SHOP_REPLY_SECRET" => Some(shop.reply_secret),
        "DATABASE_URL" => Some("postgres://bench".into()),
        _ => None,
    }
}

fn settings_of(base: &str) -> String {
    format!(
        r#"
[slack]
mode = "http"
api_url = "{base}/slack/api"
post_every_ms = 0
[[channel]]
name = "care"
slack = "{CARE}"
responsible = ["user:{ANNA}"]
language = "de"
time_zone = "Europe/Berlin"
[default_route]
to = ["care"]
deadline = "24h"
warn = ["2h"]
[[source]]
name = "shop"
kind = "push"
[source.reply]
url = "{base}/shop/replies"
[[role]]
role = "responder"
slack_user = "{ANNA}"
"#
    )
}
