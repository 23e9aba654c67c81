//! When, never what. Besides who keeps a connection, the only place that waits: each loop asks the desk to do what is due and
//! sleeps until something may be due again. Every loop survives its own failures and ends when asked to.

pub mod clock;
pub mod drain;
pub mod follow;
pub mod poll;
pub mod show;
pub mod tick;
pub mod timers;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use std::time::Instant;

use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::workflow::Desk;

/// After a loop failed, for example because the database was away.
const AFTER_FAILURE: Duration = Duration::from_secs(1);

/// A loop that ran for so long had recovered from its last failure.
const CALM: Duration = Duration::from_secs(60);

/// Starts all loops of one replica. They stop when `stop` is cancelled, each after what it has begun.
pub fn start(desk: &Arc<Desk>, stop: &CancellationToken, tasks: &TaskTracker) {
    let hands = drain::Hands::of(tasks);
    let run = move |desk, stop| drain::run(desk, stop, hands.clone());
    tasks.spawn(again("drain", stop.clone(), desk.clone(), run));
    tasks.spawn(again("clock", stop.clone(), desk.clone(), clock::run));
    tasks.spawn(again("follow", stop.clone(), desk.clone(), follow::run));
    tasks.spawn(again("timers", stop.clone(), desk.clone(), timers::run));
    tasks.spawn(again("tick", stop.clone(), desk.clone(), tick::run));
    for name in desk.sources.keys() {
        let name = name.clone();
        let run = move |desk, stop| poll::run(desk, name.clone(), stop);
        tasks.spawn(again("poll", stop.clone(), desk.clone(), run));
    }
}

/// Runs a loop until it ends because it was asked to; whatever else ends it, it is started again.
async fn again<F, R>(name: &'static str, stop: CancellationToken, desk: Arc<Desk>, run: R)
where
    F: Future<Output = crate::workflow::Result<()>> + Send,
    R: Fn(Arc<Desk>, CancellationToken) -> F,
{
    let mut failures: u32 = 0;
    while !stop.is_cancelled() {
        let begun = Instant::now();
        if let Err(error) = run(desk.clone(), stop.clone()).await {
            failures = if begun.elapsed() > CALM { 1 } else { failures + 1 };
            // The same each second would only hide what else is said.
            if failures.is_power_of_two() {
                tracing::error!(worker.name = name, worker.failures = failures, error = %error,
                    "the loop failed and starts again");
            }
        }
        wait(AFTER_FAILURE, &stop).await;
    }
}

/// A pause between two tries of something that has to work before anything else does.
pub async fn breathe(stop: &CancellationToken) {
    wait(Duration::from_secs(2), stop).await;
}

/// A pause that ends early when `unless` is asked for.
pub async fn pause(time: Duration, unless: &CancellationToken) {
    wait(time, unless).await;
}

/// Something small that has to be done again and again.
pub async fn every(time: Duration, stop: CancellationToken, what: impl Fn() + Send) {
    while wait(time, &stop).await {
        what();
    }
}

/// False when it was time to stop.
async fn wait(time: Duration, stop: &CancellationToken) -> bool {
    tokio::select! {
        () = stop.cancelled() => false,
        () = sleep(time) => true,
    }
}
