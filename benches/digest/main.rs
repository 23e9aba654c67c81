//! What a digest of a day and of a month costs after four days, a year and ten years of the same daily work, against a
//! real Postgres at DATABASE_URL: `cargo bench --bench digest`. Time, and blocks that were looked at, by table. It asserts
//! that the sums are right; about speed it asserts nothing, because machines differ. Ten million take 20 GB of disk;
//! `ZEITNAH_SIZES=10000,1000000` takes other sizes, growing.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a measurement speaks to a terminal and may stop"
)]

#[path = "../frame/mod.rs"]
mod frame;
mod world;

use std::time::Instant;

use chrono::TimeDelta;

use self::frame::build;
use self::frame::load;
use self::frame::report;
use self::world::World;

/// Items in all, at the same number a day: what differs is for how long it went on.
const SIZES: [i64; 3] = [10_000, 1_000_000, 10_000_000];
const RUNS: usize = 20;

#[tokio::main]
async fn main() {
    rustls::crypto::ring::default_provider().install_default().ok();
    let Ok(server) = std::env::var("DATABASE_URL") else {
        println!("set DATABASE_URL to a PostgreSQL server; a database `zeitnah_bench_*` is made there");
        return;
    };
    println!("{}; load of the machine before: {}", build(), load());
    let mut world = World::open(&server).await;
    let asked = std::env::var("ZEITNAH_SIZES").unwrap_or_default();
    let asked: Vec<i64> = asked.split(',').filter_map(|n| n.trim().parse().ok()).collect();
    let sizes = if asked.is_empty() { SIZES.to_vec() } else { asked };
    for size in sizes {
        let began = Instant::now();
        world.grow(size).await;
        let made = began.elapsed();
        let began = Instant::now();
        let (days, counted) = world.count_anew().await;
        println!(
            "\n{size} items over {days} days, made in {:.0} s, {counted} days counted anew in {:.0} s; {}",
            made.as_secs_f64(),
            began.elapsed().as_secs_f64(),
            world.sizes().await
        );
        for (what, length) in [("day", TimeDelta::days(1)), ("month", TimeDelta::days(30))] {
            let (new, blocks) = world.blocks(length).await;
            let mut took = Vec::new();
            for _ in 0..RUNS {
                let began = Instant::now();
                assert_eq!(world.digest(length).await, new, "the same each time");
                took.push(began.elapsed());
            }
            report(&format!("a digest of a {what}, {new} new"), &mut took);
            println!("  blocks: {blocks}");
        }
        assert_eq!(world.wrong_days(40).await, 0, "the sums are what happened");
    }
    for (what, plan) in world.plans().await {
        println!("\n{what}:\n{plan}");
    }
    world.close(&server).await;
    println!("load of the machine after: {}", load());
}
