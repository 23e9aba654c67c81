//! The demo's bot: what `zeitnah serve` runs, with the demo's settings and the demo's clock. It hears from its keeper on
//! standard input; when that ends, the keeper is dead, and so is the far side: there is nothing left to finish.

use std::sync::Arc;

use clap::Args;
use tokio::io::AsyncBufReadExt;
use tokio::io::BufReader;
use tokio::io::Lines;
use tokio::io::Stdin;
use tokio_util::sync::CancellationToken;

use super::bot;
use super::parts;
use crate::app::App;
use crate::cli::Failure;
use crate::cli::Outcome;
use crate::cli::environment;
use crate::cli::tell;
use crate::demo::Shift;
use crate::port::clock::Clock;
use crate::port::clock::SystemClock;
use crate::store::Store;
use crate::telemetry;

/// The hidden command.
pub const COMMAND: &str = "demo-bot";
/// What it says when it works.
pub const READY: &str = "ready";
/// What it is told when it shall finish what it has begun; everything else that it is told is the clock.
pub const STOP: &str = "stop";

#[derive(Args)]
pub struct Options {
    /// Where the stand-ins are.
    #[arg(long)]
    far: String,
    #[arg(long)]
    port: u16,
}

pub async fn run(options: Options) -> Outcome {
    telemetry::start(telemetry::Format::Text, "warn");
    let clock = Shift::new(Arc::new(|| SystemClock.now()));
    let mut orders = BufReader::new(tokio::io::stdin()).lines();
    // Nothing is done before the clock is right.
    match orders.next_line().await? {
        Some(ahead) => keep_time(&clock, &ahead),
        None => return Ok(()),
    }
    let url = environment("DATABASE_URL").ok_or_else(|| Failure::Say("DATABASE_URL is not set".into()))?;
    let store = Store::open(&url, 16).await?;
    let app = App::assemble(parts(&options.far, store, clock.clone())?)?;
    let listener = bot::socket(options.port)?.listen(1024)?;
    // The first press must not meet a bot that does not know yet who may press. A chat that is away is no reason to
    // wait: the app asks again.
    if let Err(error) = app.introduce().await {
        tracing::warn!(error = %error, "the chat does not answer yet");
    }
    let stop = CancellationToken::new();
    let running = app.run(listener, stop.clone());
    tell(READY);
    tokio::select! {
        done = running => Ok(done?),
        () = abandoned(orders, clock, stop) => Ok(()),
    }
}

/// Returns only when nobody is there any more; a graceful end is the app's own.
async fn abandoned(mut orders: Lines<BufReader<Stdin>>, clock: Arc<Shift>, stop: CancellationToken) {
    while let Ok(Some(order)) = orders.next_line().await {
        if order == STOP {
            stop.cancel();
            return std::future::pending().await;
        }
        keep_time(&clock, &order);
    }
}

fn keep_time(clock: &Shift, ahead: &str) {
    match ahead.parse() {
        Ok(seconds) => clock.set(seconds),
        Err(_) => tracing::warn!("an order of the demo was not understood"),
    }
}
