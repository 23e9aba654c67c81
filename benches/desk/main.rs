//! What one replica costs and how fast it is, against the stand-ins in the same process and a real Postgres at
//! DATABASE_URL: `cargo bench --bench desk`. Prints a table; asserts nothing about speed, because machines differ.
//! Presses are timed as the chat sees them, from sending one to its acknowledgement, for each chat by each way.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a measurement speaks to a terminal and may stop"
)]

#[path = "../frame/mod.rs"]
mod frame;
#[path = "../frame/team.rs"]
mod team;
mod world;

use std::time::Duration;
use std::time::Instant;

use self::frame::build;
use self::frame::load;
use self::frame::report;
use self::team::memory;
use self::world::Way;
use self::world::World;

const PRESSES_PER_SECOND: u64 = 50;
const PRESSES: usize = 1000;
/// Items of one push.
const BATCH: usize = 100;

#[tokio::main]
async fn main() {
    rustls::crypto::ring::default_provider().install_default().ok();
    let Ok(server) = std::env::var("DATABASE_URL") else {
        println!("set DATABASE_URL to a PostgreSQL server; databases `zeitnah_bench_*` are made there");
        return;
    };
    println!("{}; load of the machine before: {}", build(), load());

    let began = Instant::now();
    let world = World::open(&server, Way::SlackHttp).await;
    println!(
        "start to ready                      {:>9.1} ms",
        millis(began.elapsed())
    );
    push_batches(&world).await;
    item_to_card(&world).await;
    world.close(&server).await;

    for way in Way::ALL {
        let world = World::open(&server, way).await;
        presses(&world).await;
        world.close(&server).await;
    }
    println!("memory of this process              {:>9.1} MB", memory());
    println!("load of the machine after: {}", load());
}

async fn push_batches(world: &World) {
    // The first one opens connections and compiles statements.
    let mut took = Vec::new();
    for round in 0..11 {
        let ids: Vec<String> = (0..BATCH).map(|n| world.write(round * BATCH + n)).collect();
        world.shop.push_batch(&ids).unwrap();
        let began = Instant::now();
        world.shop.tick().await;
        took.push(began.elapsed());
    }
    report("push of 100 items, committed", &mut took[1..]);
    let began = Instant::now();
    world.shown(11 * BATCH).await;
    println!(
        "1,100 cards posted, no pace         {:>9.1} ms more",
        millis(began.elapsed())
    );
}

async fn item_to_card(world: &World) {
    let mut took = Vec::new();
    for n in 0..60 {
        let before = world.cards().len();
        world.write(n);
        let began = Instant::now();
        world.shop.tick().await;
        world.shown(before + 1).await;
        took.push(began.elapsed());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    report("item pushed to card posted, idle", &mut took);
}

/// Each card is taken once, while what earlier presses caused is carried out.
async fn presses(world: &World) {
    for round in 0..PRESSES / BATCH {
        let ids: Vec<String> = (0..BATCH).map(|n| world.write(round * BATCH + n)).collect();
        world.shop.push_batch(&ids).unwrap();
        world.shop.tick().await;
    }
    world.shown(PRESSES).await;
    let cards = world.cards();
    let mut tick = tokio::time::interval(Duration::from_millis(1000 / PRESSES_PER_SECOND));
    let mut under_way = Vec::new();
    for card in cards.into_iter().take(PRESSES) {
        tick.tick().await;
        under_way.push(tokio::spawn(world.press(card)));
    }
    let mut took = Vec::new();
    for press in under_way {
        took.push(press.await.unwrap());
    }
    report(
        &format!("{}, {PRESSES_PER_SECOND} presses/s", world.way.name()),
        &mut took,
    );
}

fn millis(took: Duration) -> f64 {
    took.as_secs_f64() * 1000.0
}
