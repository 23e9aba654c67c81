//! What a hot path costs must not grow with what lies in the tables. Times say little on a busy machine, blocks do not
//! lie: each path runs with a thousand items and again with a hundred thousand, and looks at as many blocks of tables and
//! indexes, but for the few that a deeper index has.

#![expect(
    clippy::disallowed_methods,
    reason = "rows are made by hand, as many as would take a team years; what reads and writes them is the product"
)]

use std::sync::Arc;

use chrono::DateTime;
use chrono::TimeDelta;
use chrono::Utc;
use sqlx::AssertSqlSafe;
use zeitnah::app::App;
use zeitnah::app::Parts;
use zeitnah::config::Config;
use zeitnah::domain::id::ItemId;
use zeitnah::domain::id::LeaseToken;
use zeitnah::domain::people::person::PersonId;
use zeitnah::domain::press::action::Actor;
use zeitnah::domain::press::action::Ask;
use zeitnah::domain::press::action::ItemRef;
use zeitnah::domain::press::action::Outcome;
use zeitnah::domain::press::action::Press;
use zeitnah::domain::press::action::Verb;
use zeitnah::port::chat::Delivery;
use zeitnah::port::chat::Inbox;
use zeitnah::port::clock::Clock;
use zeitnah::port::clock::FakeClock;
use zeitnah::port::source::HookCall;
use zeitnah::source::signature::Secret;
use zeitnah::store::Store;
use zeitnah::store::item;
use zeitnah::store::item::Filter;
use zeitnah::store::outbox;
use zeitnah::store::outbox::Settled;
use zeitnah::workflow::HookAnswer;

use crate::database;
use crate::desk::friday;

/// From the first to the last: at each the planner weighs differently.
const FEW: i64 = 1_000;
const MORE: [i64; 2] = [20_000, 100_000];
/// The server settles on a plan with the sixth time that a statement runs.
const WARM: usize = 7;
const MEASURED: i64 = 5;
const LOOKS: usize = 3;
/// A level more in each index that is looked at, and a block that happened to be full.
const DEEPER_TENTHS: i64 = 13;
const FULL_BLOCKS: i64 = 8;
const ROOMS: i64 = 20;
const SECRET: &str = "whsec_Zm9ydW0tbmV3LXNlY3JldC1ub3QtYS1zZWNyZXQ=";

struct World {
    app: App,
    clock: FakeClock,
    /// Looks at the figures; the product has one connection of its own.
    store: Store,
    url: String,
    items: i64,
    /// Presses, pushes and looks so far: each has an item of its own.
    used: i64,
}

impl World {
    async fn open() -> Self {
        let url = database::fresh_as_served().await;
        let store = Store::open(&url, 2).await.unwrap();
        let clock = FakeClock::at(friday());
        let config = Config::parse("blocks", &settings(), &|_: &str| Some(SECRET.to_owned())).unwrap();
        let own = Store::open(&url, 1).await.unwrap();
        let parts = Parts::of(&config, own, Arc::new(clock.clone())).unwrap();
        let world = Self {
            app: App::assemble(parts).unwrap(),
            clock,
            store,
            url,
            items: 0,
            used: 0,
        };
        // What the server itself reads meanwhile would count as ours.
        world
            .run(
                "DO $$ DECLARE r record; BEGIN
                 FOR r IN SELECT oid::regclass AS t FROM pg_class
                     WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace LOOP
                     EXECUTE format('ALTER TABLE %s SET (autovacuum_enabled = off)', r.t); END LOOP; END $$",
            )
            .await;
        world
    }

    /// Open items with their cards and logs, each with an effect that was carried out long ago and one that waits for its
    /// room: as after a day on which everybody wrote.
    async fn grow(&mut self, items: i64) {
        let (from, to, now) = (self.items, items - 1, self.clock.now());
        let id = |sort: &str| format!("('00000000-0000-700{sort}-8000-' || lpad(to_hex(k), 12, '0'))::uuid");
        let (item, card) = (id("0"), id("3"));
        let at = format!("('{now}'::timestamptz - (1 + k) * interval '1 second')");
        let due = format!("('{now}'::timestamptz + interval '1 day' + k * interval '1 second')");
        let room = format!("'C0R' || k % {ROOMS}");
        let effect = |sort: &str, kind: &str, state: &str, settled: &str| {
            format!(
                "INSERT INTO effect (id, key, kind, body, item_id, lane, serial, pace, state, run_at, created_at, settled_at)
                 SELECT {id}, '{kind}:{state}:' || k, '{kind}', jsonb_build_object('v1', 'post_card', 'card', {card}),
                     {item}, 1, 'room:slack:' || {room}, 'room:slack:' || {room}, '{state}', {at}, {at}, {settled}
                 FROM generate_series({from}::bigint, {to}) k;",
                id = id(sort)
            )
        };
        self.run(&format!(
            "ALTER TABLE item DISABLE TRIGGER USER; ALTER TABLE item_event DISABLE TRIGGER USER;
             INSERT INTO item (id, source, scope, native_id, kind, tone, rating, body, author, votes, first_seen_at,
                 published_at, last_seen_at, fingerprint, caps, raw, route, handling, deadline, due_at)
             SELECT {item}, 'shop', 's', k::text, 'review', 'complaint', '{{\"value\": 2, \"min\": 1, \"max\": 5}}',
                 'Die Klinge klemmt nach zwei Wochen.', '{{\"native_id\": null, \"name\": \"Jule\"}}',
                 '{{\"up\": null, \"down\": null}}', {at}, {at}, {at}, '\\x00',
                 '{{\"mode\": \"none\", \"limit\": null, \"retry\": \"append\"}}', '{{}}', 'default',
                 '{{\"state\": \"open\"}}', jsonb_build_object('metric', 'first_answer', 'base', 'published', 'from', {at},
                 'due', {due}), {due}
             FROM generate_series({from}::bigint, {to}) k;
             INSERT INTO item_event (id, item_id, at, what, detail)
             SELECT {event}, {item}, {at}, 'received', '{{\"what\": \"received\", \"route\": \"default\"}}'
             FROM generate_series({from}::bigint, {to}) k;
             ALTER TABLE item ENABLE TRIGGER USER; ALTER TABLE item_event ENABLE TRIGGER USER;
             INSERT INTO card (id, item_id, channel, chat, room, message_id, wanted, shown, watched, posted_at)
             SELECT {card}, {item}, 'r' || k % {ROOMS}, 'slack', {room}, '1.' || k, 1, 1, true, {at}
             FROM generate_series({from}::bigint, {to}) k;
             INSERT INTO timer (id, item_id, kind, at) SELECT {timer}, {item}, 'due', {due}
             FROM generate_series({from}::bigint, {to}) k;
             {done} {waits}",
            event = id("1"),
            timer = id("2"),
            done = effect("4", "edit_card", "done", &at),
            waits = effect("5", "post_card", "ready", "NULL"),
        ))
        .await;
        self.items = items;
    }

    async fn run(&self, sql: &str) {
        let mut connection = self.store.pool().acquire().await.unwrap();
        let told = "SELECT pg_stat_force_next_flush()";
        // What was looked at for this is told before anything is measured.
        for sql in [
            "SET statement_timeout = 0",
            sql,
            "VACUUM (ANALYZE)",
            told,
            "SELECT 1",
        ] {
            sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))
                .execute(&mut *connection)
                .await
                .unwrap();
        }
    }

    fn next(&mut self) -> i64 {
        self.used += 1;
        self.used
    }

    /// Somebody takes an item that nobody has touched.
    async fn press(&mut self) {
        let n = self.next();
        let press = Press {
            chat: "slack".into(),
            key: format!("press:{n}"),
            by: Actor {
                person: PersonId::new("slack", "U0ANNA"),
                name: "Anna".into(),
                outsider: false,
                vouched: None,
            },
            ask: Ask::Do {
                verb: Verb::Take,
                item: ItemRef::Id(ItemId(uuid::Uuid::from_u128(
                    0x0000_0000_0000_7000_8000_0000_0000_0000 + u128::try_from(n).unwrap(),
                ))),
            },
            room: format!("C0R{}", n % ROOMS),
            thread: None,
            answer_to: None,
            opener: None,
        };
        let delivery = Delivery {
            chat: "slack".into(),
            key: press.key.clone(),
            raw: b"{}".to_vec(),
            at: self.clock.now(),
        };
        let kept = self.app.desk.keep(delivery).await.unwrap().unwrap();
        assert_eq!(self.app.desk.act(&kept, press).await.unwrap(), Outcome::Done);
    }

    /// A shop hands in one new review.
    async fn push(&mut self) {
        let n = self.next();
        let now = self.clock.now();
        let body = format!(
            r#"{{"items": [{{"id": "new-{n}", "kind": "review", "rating": 2, "body": "Der Griff ist locker.",
                "published_at": "{}"}}]}}"#,
            now.to_rfc3339()
        );
        let secret = Secret::parse(&SECRET.to_owned().into()).unwrap();
        let headers = secret.headers(&format!("d{n}"), now, body.as_bytes());
        let call = HookCall {
            token: None,
            headers: headers
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
            body: body.into_bytes(),
        };
        let answer = self.app.desk.receive("shop", &call).await.unwrap();
        let HookAnswer::Receipt(receipt) = answer else {
            panic!("{answer:?}");
        };
        assert_eq!((receipt.new, receipt.rejected.len()), (1, 0));
    }

    /// A worker takes what it has hands for, carries it out, and asks when to look again.
    async fn drain(&mut self) {
        let (pool, now) = (self.app.desk.store.pool(), self.clock.now());
        let until = now + TimeDelta::seconds(60);
        let taken = outbox::lease(pool, now, until, LeaseToken::new(now), 4)
            .await
            .unwrap();
        assert_eq!((taken.leased.len(), taken.odd.len()), (4, 0));
        for leased in taken.leased {
            let mut tx = self.app.desk.store.begin().await.unwrap();
            assert!(
                outbox::settle(&mut *tx, &leased, &Settled::Done, now)
                    .await
                    .unwrap()
            );
            tx.commit().await.unwrap();
        }
        outbox::next(pool, now).await.unwrap();
        outbox::reap(pool, now).await.unwrap();
    }

    /// One deadline passes.
    async fn look(&mut self) {
        let n = self.next();
        let due: DateTime<Utc> = self.clock.now();
        sqlx::raw_sql(AssertSqlSafe(format!(
            "UPDATE timer SET at = '{due}' WHERE id = ('00000000-0000-7002-8000-' || lpad(to_hex({n}), 12, '0'))::uuid"
        )))
        .execute(self.store.pool())
        .await
        .unwrap();
        assert_eq!(self.app.desk.tick().await.unwrap(), 1);
        self.app.desk.next_timer().await.unwrap();
    }

    /// The first lines of what is open in a channel.
    async fn list(&mut self) {
        let channels = ["r1".to_owned()];
        let filter = Filter::Open {
            channels: Some(&channels),
        };
        let items = item::list(self.app.desk.store.pool(), filter, 5).await.unwrap();
        assert_eq!(items.len(), 5);
    }

    /// The figures of a connection are told when it is asked to, after its transaction.
    async fn told(&self) -> Vec<(String, i64)> {
        for sql in ["SELECT pg_stat_force_next_flush()", "SELECT 1"] {
            sqlx::query(sql)
                .execute(self.app.desk.store.pool())
                .await
                .unwrap();
        }
        let looked = "SELECT relname::text, (coalesce(heap_blks_read, 0) + coalesce(heap_blks_hit, 0)
                 + coalesce(idx_blks_read, 0) + coalesce(idx_blks_hit, 0) + coalesce(toast_blks_read, 0)
                 + coalesce(toast_blks_hit, 0) + coalesce(tidx_blks_read, 0) + coalesce(tidx_blks_hit, 0))::bigint
             FROM pg_statio_user_tables ORDER BY 1";
        sqlx::query_as::<_, (String, i64)>(looked)
            .fetch_all(self.store.pool())
            .await
            .unwrap()
    }
}

fn settings() -> String {
    let rooms: String = (0..ROOMS)
        .map(|n| {
            format!(
                "[[channel]]\nname = \"r{n}\"\nslack = \"C0R{n}\"\nlanguage = \"de\"\ntime_zone = \"Europe/Berlin\"\n"
            )
        })
        .collect();
    format!(
        r#"
[slack]
mode = "http"
{rooms}
[default_route]
to = ["r0"]
deadline = "24h"
[[source]]
name = "shop"
kind = "push"
[[role]]
role = "responder"
slack_user = "U0ANNA"
"#
    )
}

#[derive(Debug, Clone, Copy)]
enum Path {
    Press,
    Push,
    Drain,
    Look,
    List,
}

impl Path {
    const ALL: [Self; 5] = [Self::Press, Self::Push, Self::Drain, Self::Look, Self::List];
}

impl World {
    async fn walk(&mut self, path: Path) {
        match path {
            Path::Press => self.press().await,
            Path::Push => self.push().await,
            Path::Drain => self.drain().await,
            Path::Look => self.look().await,
            Path::List => self.list().await,
        }
    }

    /// Blocks that a path looks at each time, and of which tables they are: the fewest of some looks, for what was written just
    /// before is read past until nobody can see it any more, and how long that is depends on what else runs.
    async fn blocks(&mut self, path: Path) -> (i64, String) {
        let mut fewest = self.blocks_once(path).await;
        for _ in 1..LOOKS {
            let again = self.blocks_once(path).await;
            if again.0 < fewest.0 {
                fewest = again;
            }
        }
        fewest
    }

    async fn blocks_once(&mut self, path: Path) -> (i64, String) {
        for _ in 0..WARM {
            self.walk(path).await;
        }
        let before = self.told().await;
        for _ in 0..MEASURED {
            self.walk(path).await;
        }
        let after = self.told().await;
        let used: Vec<(String, i64)> = before
            .into_iter()
            .zip(after)
            .map(|((table, before), (_, after))| (table, (after - before) / MEASURED))
            .filter(|(_, n)| *n > 0)
            .collect();
        let by: Vec<String> = used.iter().map(|(table, n)| format!("{table} {n}")).collect();
        (used.iter().map(|(_, n)| n).sum(), by.join(", "))
    }
}

/// One world for all of them: it takes longer to grow than to walk in.
#[tokio::test]
async fn a_press_a_push_a_drain_a_deadline_and_a_list_cost_the_same_at_any_size() {
    let mut world = World::open().await;
    world.grow(FEW).await;
    let mut few = Vec::new();
    for path in Path::ALL {
        few.push(world.blocks(path).await);
    }
    let mut faults = Vec::new();
    for many in MORE {
        world.grow(many).await;
        for (path, (few, of_few)) in Path::ALL.into_iter().zip(&few) {
            let (blocks, of) = world.blocks(path).await;
            let told = format!(
                "{path:?} looks at {few} blocks with {FEW} items ({of_few}), at {blocks} with {many} ({of})"
            );
            println!("{told}");
            if blocks * 10 > few * DEEPER_TENTHS + FULL_BLOCKS * 10 {
                faults.push(told);
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
    world.app.desk.store.close().await;
    world.store.close().await;
    database::drop(&world.url).await;
}
