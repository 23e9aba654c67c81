//! Carries out effects: leases a few, runs them side by side, and leases more as soon as one is done. NOTIFY wakes
//! it; a poll at least once a second is the net under that.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::workflow::Desk;
use crate::workflow::Leased;
use crate::workflow::Result;

/// Effects under way at once in one replica.
pub const SIDE_BY_SIDE: usize = 16;
/// Often enough that two of them may fail before a lease runs out.
const RENEW_EVERY: Duration = Duration::from_secs(4);
const LONGEST_NAP: Duration = Duration::from_secs(1);
const SHORTEST_NAP: Duration = Duration::from_millis(5);

/// What is being carried out. It outlives the loop that began it: when the database is away the loop fails and starts
/// again, and what was begun goes on all the while, because a cut would leave its outcome unknown.
#[derive(Clone)]
pub struct Hands {
    tasks: TaskTracker,
    free: Arc<Semaphore>,
    done: Arc<Notify>,
}

impl Hands {
    /// Whoever waits for the tracker's tasks waits for what is under way.
    pub fn of(tasks: &TaskTracker) -> Self {
        Self {
            tasks: tasks.clone(),
            free: Arc::new(Semaphore::new(SIDE_BY_SIDE)),
            done: Arc::default(),
        }
    }

    fn free(&self) -> usize {
        self.free.available_permits()
    }

    async fn take(&self, desk: Arc<Desk>, effect: Leased) {
        // Only this loop takes any, and never more than are free; closed they never are.
        let hand = self.free.clone().acquire_owned().await.ok();
        let done = self.done.clone();
        self.tasks.spawn(async move {
            let ended = tokio::select! {
                ended = desk.perform(&effect) => ended,
                () = hold_on(&desk, &effect) => Ok(()),
            };
            if let Err(error) = ended {
                // Its lease runs out, and then it is looked up.
                tracing::error!(effect.kind = effect.effect.kind(), error = %error, "an effect broke off");
            }
            drop(hand);
            done.notify_one();
        });
    }
}

/// Keeps the lease for as long as somebody is at it. Never ends: what was begun is finished also where the lease was lost,
/// which whoever settles it finds out.
async fn hold_on(desk: &Desk, effect: &Leased) {
    loop {
        sleep(RENEW_EVERY).await;
        match desk.hold_on(effect).await {
            Ok(true) => {}
            Ok(false) => return std::future::pending().await,
            Err(error) => {
                tracing::warn!(effect.key = effect.key, error = %error, "a lease could not be renewed");
            }
        }
    }
}

pub async fn run(desk: Arc<Desk>, stop: CancellationToken, hands: Hands) -> Result<()> {
    // Listening begins before the first look, so nothing written in between is missed.
    let mut ears = desk.store.listen().await?;
    loop {
        let free = hands.free();
        let leased = if stop.is_cancelled() || free == 0 {
            Vec::new()
        } else {
            desk.lease(i64::try_from(free).unwrap_or(1)).await?
        };
        let got = leased.len();
        for effect in leased {
            hands.take(desk.clone(), effect).await;
        }
        if got > 0 && hands.free() > 0 {
            // There may be more: what was leased has blocked its own serials only.
            continue;
        }
        if stop.is_cancelled() {
            return Ok(());
        }
        let nap = nap(&desk).await?;
        tokio::select! {
            () = stop.cancelled() => {}
            () = hands.done.notified() => {}
            heard = ears.hear() => heard?,
            () = sleep(nap) => {}
        }
    }
}

async fn nap(desk: &Desk) -> Result<Duration> {
    let Some(next) = desk.next_effect().await? else {
        return Ok(LONGEST_NAP);
    };
    let until = (next - desk.now()).to_std().unwrap_or(SHORTEST_NAP);
    Ok(until.clamp(SHORTEST_NAP, LONGEST_NAP))
}

/// Everything that may run now, and what follows from it, until nothing is due. For tests and one-off commands.
pub async fn until_quiet(desk: &Arc<Desk>) -> Result<usize> {
    let mut done = 0;
    loop {
        match round(desk).await? {
            0 => return Ok(done),
            more => done += more,
        }
    }
}

/// What may run at this moment, and how many that was.
pub async fn round(desk: &Arc<Desk>) -> Result<usize> {
    let leased = desk.lease(i64::try_from(SIDE_BY_SIDE).unwrap_or(1)).await?;
    let got = leased.len();
    let mut under_way = JoinSet::new();
    for effect in leased {
        let desk = desk.clone();
        under_way.spawn(async move { desk.perform(&effect).await });
    }
    while let Some(ended) = under_way.join_next().await {
        if let Ok(Err(error)) = ended {
            tracing::warn!(error = %error, "an effect broke off");
        }
    }
    Ok(got)
}
