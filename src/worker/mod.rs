//! When, never what. The only place that waits: each loop asks the desk to do what is due and sleeps until something
//! may be due again. Every loop survives its own failures and ends when asked to.

pub mod drain;
pub mod poll;
pub mod show;
pub mod tick;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::workflow::Desk;

/// After a loop failed, for example because the database was away.
const AFTER_FAILURE: Duration = Duration::from_secs(1);

/// Starts all loops of one replica. They stop when `stop` is cancelled, each after what it has begun.
pub fn start(desk: &Arc<Desk>, stop: &CancellationToken, tasks: &TaskTracker) {
    tasks.spawn(again("drain", stop.clone(), desk.clone(), drain::run));
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
    while !stop.is_cancelled() {
        if let Err(error) = run(desk.clone(), stop.clone()).await {
            tracing::error!(worker = name, error = %error, "the loop failed and starts again");
        }
        wait(AFTER_FAILURE, &stop).await;
    }
}

/// A pause between two tries of something that has to work before anything else does.
pub async fn breathe(stop: &CancellationToken) {
    wait(Duration::from_secs(2), stop).await;
}

/// False when it was time to stop.
async fn wait(time: Duration, stop: &CancellationToken) -> bool {
    tokio::select! {
        () = stop.cancelled() => false,
        () = sleep(time) => true,
    }
}
