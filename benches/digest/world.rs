//! A database of its own with as much history as is wanted: four channels, the same number of items each day, most of
//! them answered. Rows are made by the server; only what they count for is counted by the product.

#![expect(
    clippy::disallowed_methods,
    reason = "a measurement makes rows and counts them by hand; nothing of it is built into the product"
)]

use std::sync::Arc;

use chrono::DateTime;
use chrono::DurationRound;
use chrono::TimeDelta;
use chrono::Utc;
use sqlx::AssertSqlSafe;
use zeitnah::app::App;
use zeitnah::app::Parts;
use zeitnah::config::Config;
use zeitnah::port::clock::Clock;
use zeitnah::port::clock::FakeClock;
use zeitnah::port::clock::SystemClock;
use zeitnah::store::Store;
use zeitnah::workflow::Asked;
use zeitnah::workflow::stats;

const A_DAY: i64 = 2_740;
/// The newest of those that nobody has answered are open, the others were handled.
const OPEN: i64 = 2_000;
/// Days that are really counted: what is usual in a month is read from the four before it.
const COUNTED: usize = 160;

pub struct World {
    app: App,
    store: Store,
    database: String,
    now: DateTime<Utc>,
    items: i64,
}

impl World {
    pub async fn open(server: &str) -> Self {
        let database = format!("zeitnah_bench_{}", std::process::id());
        let url = Store::ensure(server, &database).await.unwrap();
        let store = Store::open(&url, 4).await.unwrap();
        store.migrate().await.unwrap();
        let bare = "DO $$ DECLARE r record; BEGIN
            FOR r IN SELECT conrelid::regclass AS t, conname FROM pg_constraint WHERE contype = 'f' LOOP
                EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', r.t, r.conname); END LOOP;
            FOR r IN SELECT oid::regclass AS t FROM pg_class
                WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace LOOP
                EXECUTE format('ALTER TABLE %s SET UNLOGGED', r.t);
                EXECUTE format('ALTER TABLE %s SET (autovacuum_enabled = off)', r.t); END LOOP; END $$";
        // Rows are made faster so; how they are read does not change. What the server itself reads meanwhile would count as
        // ours.
        sqlx::raw_sql(bare).execute(store.pool()).await.unwrap();
        let config = Config::parse("bench", &settings(), &secret).unwrap();
        // Eight in the morning in Berlin, so that no day of a digest is a day in UTC.
        let today = SystemClock.now().duration_trunc(TimeDelta::days(1)).unwrap();
        let now = today + TimeDelta::hours(7);
        let own = Store::open(&url, 1).await.unwrap();
        let clock = Arc::new(FakeClock::at(now));
        let app = App::assemble(Parts::of(&config, own, clock).unwrap()).unwrap();
        Self {
            app,
            store,
            database,
            now,
            items: 0,
        }
    }

    /// Older and older items, until there are so many.
    pub async fn grow(&mut self, items: i64) {
        let (from, to) = (self.items, items - 1);
        let now = self.now;
        let id = |sort: &str| format!("('00000000-0000-700{sort}-8000-' || lpad(to_hex(k), 12, '0'))::uuid");
        let at = format!(
            "('{now}'::timestamptz - k * interval '{} us')",
            86_400_000_000 / A_DAY
        );
        let answered = "k % 10 < 8";
        let is_open = format!("(NOT ({answered}) AND k < {OPEN} * 5)");
        let (item, event, answer, card) = (id("0"), id("1"), id("2"), id("3"));
        let by = "CASE k % 3 WHEN 0 THEN 'slack:U0ANNA' ELSE 'slack:U0BEN' END";
        self.run(format!(
            "SET session_replication_role = replica;
             INSERT INTO item (id, source, scope, native_id, kind, tone, rating, body, author, subject, votes, first_seen_at,
                 published_at, last_seen_at, fingerprint, caps, raw, route, handling, deadline, due_at)
             SELECT {item}, CASE k % 3 WHEN 0 THEN 'shop' ELSE 'forum' END, 's', k::text, 'review',
                 (ARRAY['complaint', 'complaint', 'suggestion', 'praise', 'praise'])[1 + k * 7919 % 5],
                 jsonb_build_object('value', 1 + k * 7919 % 5, 'min', 1, 'max', 5), 'Die Klinge klemmt nach zwei Wochen.',
                 '{{\"native_id\": null, \"name\": \"Jule\"}}',
                 jsonb_build_object('kind', 'product', 'id', 'p' || k * 31 % 200, 'name', 'Produkt ' || k * 31 % 200),
                 jsonb_build_object('up', CASE WHEN k % 50 = 0 THEN k % 17 END, 'down', NULL), {at}, {at}, {at}, '\\x00',
                 '{{\"mode\": \"none\", \"limit\": null, \"retry\": \"append\"}}', '{{}}', 'default',
                 CASE WHEN {answered} THEN jsonb_build_object('state', 'answered', 'by', 'slack:U0ANNA', 'at', {at})
                     WHEN {is_open} THEN '{{\"state\": \"open\"}}' ELSE jsonb_build_object('state', 'handled', 'by',
                     'slack:U0ANNA', 'at', {at}, 'reason', 'spam', 'note', NULL) END,
                 jsonb_build_object('metric', 'first_answer', 'base', 'published', 'from', {at}, 'due', {at} + interval '1 day'),
                 {at} + interval '1 day'
             FROM generate_series({from}::bigint, {to}) k;
             INSERT INTO item_event (id, item_id, at, what, detail)
             SELECT {event}, {item}, {at}, 'received', '{{\"what\": \"received\", \"route\": \"default\"}}'
             FROM generate_series({from}::bigint, {to}) k;
             INSERT INTO item_event (id, item_id, at, by_person, what, detail)
             SELECT {answer}, {item}, {at} + k * 613 % 1500 * interval '1 minute', {by},
                 CASE WHEN {answered} THEN 'visible' ELSE 'handled' END,
                 CASE WHEN {answered} THEN jsonb_build_object('what', 'visible', 'minutes', k * 613 % 1500, 'in_time',
                     k * 613 % 1500 < 1440) ELSE '{{\"what\": \"handled\", \"reason\": \"spam\"}}' END
             FROM generate_series({from}::bigint, {to}) k WHERE NOT {is_open};
             INSERT INTO card (id, item_id, channel, chat, room, message_id, wanted, shown, watched)
             SELECT {card}, {item}, 'c' || k % 4, 'slack', 'C0123C' || k % 4, '1.' || k, 1, 1, {is_open}
             FROM generate_series({from}::bigint, {to}) k;
             RESET session_replication_role"
        ))
        .await;
        for table in ["item", "item_event", "card"] {
            self.run(format!("VACUUM (ANALYZE) {table}")).await;
        }
        self.items = items;
    }

    /// The days that a digest can read are counted; sums older than these are copies of them, as many as there would
    /// be. Returns how many days there are, and how many of them were counted.
    pub async fn count_anew(&self) -> (usize, usize) {
        let days = stats::days(&self.store, self.now).await.unwrap();
        let counted = days.len().min(COUNTED);
        for day in days.iter().rev().take(counted) {
            stats::recount(&self.store, *day).await.unwrap();
        }
        if let Some(first) = days.iter().rev().nth(counted - 1) {
            self.run(format!(
                "INSERT INTO stat_bucket SELECT channel, span, at - n * interval '{COUNTED} days', counts
                 FROM stat_bucket, generate_series(1, {}) n
                 WHERE at >= '{first}' AND at < '{first}'::timestamptz + interval '{COUNTED} days' ON CONFLICT DO NOTHING",
                days.len() / COUNTED
            ))
            .await;
        }
        self.run("VACUUM (ANALYZE) stat_bucket".to_owned()).await;
        self.run("VACUUM (ANALYZE) stat_delta".to_owned()).await;
        // What a connection has read it tells when it has been idle for ten seconds; it would count as a digest's.
        tokio::time::sleep(std::time::Duration::from_secs(11)).await;
        (days.len(), counted)
    }

    /// Days of the last so many on which the sums are not what happened.
    pub async fn wrong_days(&self, last: usize) -> usize {
        let days = stats::days(&self.store, self.now).await.unwrap();
        let mut wrong = 0;
        for day in days.iter().rev().take(last) {
            wrong += usize::from(!stats::verify(&self.store, *day).await.unwrap().is_empty());
        }
        wrong
    }

    /// As it is written when its time comes. Returns how many new items it tells of.
    pub async fn digest(&self, length: TimeDelta) -> i64 {
        let desk = &self.app.desk;
        let channel = desk.channel("c0").unwrap();
        let asked = Asked {
            from: self.now - length,
            who_answered: true,
            ..Asked::lately(channel, None, self.now)
        };
        let numbers = desk.numbers(&asked).await.unwrap();
        zeitnah::domain::show::digest::write(&numbers, asked.from, asked.to, channel.locale);
        numbers.now.new_total()
    }

    /// Blocks of tables and indexes that one digest looks at, in memory or not.
    pub async fn blocks(&self, length: TimeDelta) -> (i64, String) {
        let looked = "SELECT relname::text, (coalesce(heap_blks_read, 0) + coalesce(heap_blks_hit, 0) + coalesce(idx_blks_read, 0)
                 + coalesce(idx_blks_hit, 0) + coalesce(toast_blks_read, 0) + coalesce(toast_blks_hit, 0)
                 + coalesce(tidx_blks_read, 0) + coalesce(tidx_blks_hit, 0))::bigint
             FROM pg_statio_user_tables ORDER BY 1";
        let read = || async {
            sqlx::query_as::<_, (String, i64)>(looked)
                .fetch_all(self.store.pool())
                .await
                .unwrap()
        };
        // The second time, with what the server keeps of the statements; the figures of a connection are told when it
        // is asked to, after its transaction.
        self.digest(length).await;
        let flush = || async {
            sqlx::query("SELECT pg_stat_force_next_flush()")
                .execute(self.app.desk.store.pool())
                .await
                .unwrap();
            sqlx::query("SELECT 1")
                .execute(self.app.desk.store.pool())
                .await
                .unwrap();
        };
        flush().await;
        let before = read().await;
        let new = self.digest(length).await;
        flush().await;
        let after = read().await;
        let used: Vec<(String, i64)> = before
            .into_iter()
            .zip(after)
            .map(|((table, before), (_, after))| (table, after - before))
            .filter(|(_, n)| *n > 0)
            .collect();
        let all: i64 = used.iter().map(|(_, n)| n).sum();
        let by: Vec<String> = used.iter().map(|(table, n)| format!("{table} {n}")).collect();
        (new, format!("{all} ({})", by.join(", ")))
    }

    /// How the database does the two that read most, explained as they were prepared.
    pub async fn plans(&self) -> Vec<(&'static str, String)> {
        let mut plans = Vec::new();
        let day = self.now - TimeDelta::days(1);
        let now = self.now;
        for (what, like, with) in [
            (
                "sums",
                "%FROM stat_bucket s%",
                format!("'c0', '{{0}}', '{{quarter}}', '{{\"{day}\"}}', '{{\"{now}\"}}'"),
            ),
            (
                "what waits",
                "%AS \"overdue!\"%",
                format!("'c0', 'practice', '{now}', 3, 3"),
            ),
            (
                "most helpful",
                "%DISTINCT ON (tone)%",
                format!("'c0', 'practice', '{day}', '{now}'"),
            ),
        ] {
            let sql = "SELECT name FROM pg_prepared_statements WHERE statement LIKE $1 AND name LIKE 'sqlx%'";
            let name: Option<String> = sqlx::query_scalar(sql)
                .bind(like)
                .fetch_optional(self.app.desk.store.pool())
                .await
                .unwrap();
            let Some(name) = name else { continue };
            let sql = format!("EXPLAIN (ANALYZE, BUFFERS, TIMING OFF) EXECUTE {name}({with})");
            let lines: Vec<String> = sqlx::query_scalar(AssertSqlSafe(sql))
                .fetch_all(self.app.desk.store.pool())
                .await
                .unwrap();
            plans.push((what, lines.join("\n")));
        }
        plans
    }

    pub async fn sizes(&self) -> String {
        let sql = "SELECT 'database ' || pg_size_pretty(pg_database_size(current_database())) || ', sums '
            || pg_size_pretty(pg_total_relation_size('stat_bucket')) || ' in ' || (SELECT count(*) FROM stat_bucket) || ' rows'";
        sqlx::query_scalar(sql)
            .fetch_one(self.store.pool())
            .await
            .unwrap()
    }

    async fn run(&self, sql: String) {
        let mut connection = self.store.pool().acquire().await.unwrap();
        for sql in [
            "SET statement_timeout = 0".to_owned(),
            sql,
            "RESET statement_timeout".to_owned(),
        ] {
            sqlx::raw_sql(AssertSqlSafe(sql))
                .execute(&mut *connection)
                .await
                .unwrap();
        }
    }

    pub async fn close(self, server: &str) {
        self.app.desk.store.close().await;
        self.store.close().await;
        Store::forget(server, &self.database).await.unwrap();
    }
}

fn secret(_: &str) -> Option<String> {
    Some("whsec_Zm9ydW0tbmV3LXNlY3JldC1ub3QtYS1zZWNyZXQ=".to_owned())
}

fn settings() -> String {
    let channels: String = (0..4)
        .map(|n| {
            format!(
                "[[channel]]\nname = \"c{n}\"\nslack = \"C0123C{n}\"\nlanguage = \"de\"\ntime_zone = \"Europe/Berlin\"\n"
            )
        })
        .collect();
    format!(
        r#"
[slack]
mode = "http"
{channels}
[default_route]
to = ["c0", "c1", "c2", "c3"]
deadline = "24h"
[[source]]
name = "shop"
kind = "push"
[[source]]
name = "forum"
kind = "push"
[[role]]
role = "responder"
slack_user = "U0ANNA"
"#
    )
}
