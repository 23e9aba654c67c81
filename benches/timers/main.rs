//! What a million pending timers cost and how late the due ones come, against a real Postgres at DATABASE_URL:
//! `cargo bench --bench timers`. Three replicas with the loops that they always run share one database and carry out
//! what follows in a stand-in chat. Asserts that nothing was lost and nothing was said twice; about speed it asserts
//! nothing, because machines differ.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a measurement speaks to a terminal and may stop"
)]

#[path = "../frame/mod.rs"]
mod frame;
mod watch;
mod world;

use std::time::Instant;

use self::frame::build;
use self::frame::load;
use self::frame::report;
use self::watch::Watched;
use self::world::World;

const PENDING: i64 = 1_000_000;
const SECONDS: i64 = 20;
const PER_SECOND: i64 = 1000;
/// Of so many timers that are due, one has something to say.
const SAYS: i64 = 10;
const REPLICAS: usize = 3;

#[tokio::main]
async fn main() {
    rustls::crypto::ring::default_provider().install_default().ok();
    let Ok(server) = std::env::var("DATABASE_URL") else {
        println!("set DATABASE_URL to a PostgreSQL server; a database `zeitnah_bench_*` is made there");
        return;
    };
    println!("{}; load of the machine before: {}", build(), load());
    let mut world = World::open(&server, REPLICAS).await;
    println!("PostgreSQL: {}", world.server().await);
    let warned = SECONDS * PER_SECOND / SAYS;
    world.write(warned).await;
    let began = Instant::now();
    world.pend(PENDING).await;
    println!(
        "{PENDING} timers pending, made in {:.0} s",
        began.elapsed().as_secs_f64()
    );
    idle(&world).await;
    due(&mut world, warned).await;
    idle(&world).await;
    world.close(&server).await;
    println!("load of the machine after: {}", load());
}

/// A look when nothing is due.
async fn idle(world: &World) {
    let mut took = Vec::new();
    for _ in 0..200 {
        let began = Instant::now();
        assert_eq!(world.tick().await, 0, "nothing is due");
        took.push(began.elapsed());
    }
    report("a tick with nothing due", &mut took);
    for (what, plan) in world.plans().await {
        println!("{what}:\n{plan}");
    }
}

async fn due(world: &mut World, warned: i64) {
    let begins = world.fall_due(SECONDS, PER_SECOND, SAYS).await;
    let all = SECONDS * PER_SECOND;
    println!("{all} timers due within {SECONDS} s, {warned} of them with a warning, {REPLICAS} replicas");
    world.start();
    let Watched { mut seen, backlog } = watch::until_fired(world, begins, SECONDS).await;
    world.stop().await;
    let mut late = world.lateness(begins).await;
    report("due to the look (fired_at - at)", &mut late);
    report("due to committed, seen from outside", &mut seen);
    println!("most that were due and not fired     {backlog:>9}");
    // One row for each timer, one warning for each item that had to be warned about, and nothing else happened.
    assert_eq!(late.len() as i64, all, "each is fired");
    assert_eq!(world.count(world::DUE_UNFIRED).await, 0, "none is lost");
    assert_eq!(
        world.count(world::REMINDED).await,
        warned,
        "each warning is written"
    );
    assert_eq!(
        world.count(world::REMINDED_ITEMS).await,
        warned,
        "none is written twice"
    );
    assert_eq!(
        world.count(world::NOTICES).await,
        warned,
        "one addressee for each"
    );
    assert_eq!(world.count(world::OTHER_EVENTS).await, 0, "nothing else was said");
    println!("lost 0, doubled 0");
}
