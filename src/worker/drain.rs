//! Carries out effects: leases a few, runs them side by side, and leases more as soon as one is done. NOTIFY wakes
//! it; a poll at least once a second is the net under that.

use std::sync::Arc;
use std::time::Duration;
use std::time::Instant;

use tokio::sync::Notify;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::sleep;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::workflow::Desk;
use crate::workflow::LEASE_SECONDS;
use crate::workflow::Leased;
use crate::workflow::Result;

/// Effects under way at once in one replica.
pub const SIDE_BY_SIDE: usize = 16;
/// Often enough that two of them may fail before a lease runs out.
const RENEW_EVERY: Duration = Duration::from_secs(4);
const LEASE: Duration = Duration::from_secs(LEASE_SECONDS.unsigned_abs());
const _: () = assert!(RENEW_EVERY.as_secs() * 3 < LEASE.as_secs());
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
                () = hold_on(|| desk.hold_on(&effect), RENEW_EVERY, LEASE) => {
                    tracing::warn!(effect.key = effect.key, "the lease was lost; who has it next looks what became of it");
                    Ok(())
                }
            };
            if let Err(error) = ended {
                // Its lease runs out, and then it is looked up.
                tracing::error!(effect.kind = effect.effect.kind().as_str(), error = %error, "an effect broke off");
            }
            drop(hand);
            done.notify_one();
        });
    }
}

/// Keeps the lease for as long as somebody is at it, and ends when it is lost: an effect may be several calls, and none
/// may begin once somebody else looks what became of them. Whoever cannot ask has lost it when it runs out.
async fn hold_on<F>(renew: impl Fn() -> F, every: Duration, lease: Duration)
where
    F: Future<Output = Result<bool>>,
{
    let mut ends = Instant::now() + lease;
    loop {
        sleep(every).await;
        let asked = Instant::now();
        match timeout(ends.saturating_duration_since(asked), renew()).await {
            Ok(Ok(true)) => {
                ends = asked + lease;
                continue;
            }
            Ok(Ok(false)) => return,
            Ok(Err(error)) => tracing::warn!(error = %error, "a lease could not be renewed"),
            Err(_) => {}
        }
        if Instant::now() >= ends {
            return;
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

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;
    use crate::workflow::WorkflowError;

    /// How often a lease was renewed before it was held to be lost.
    async fn asked(answers: Vec<Option<bool>>, lease: Duration) -> usize {
        let (count, answers) = (answers.len(), RefCell::new(answers.into_iter()));
        let renew = || {
            let answer = answers.borrow_mut().next().expect("nobody asks again");
            async move { answer.ok_or_else(|| WorkflowError::Export("away".to_owned())) }
        };
        hold_on(renew, Duration::ZERO, lease).await;
        count - answers.borrow().len()
    }

    #[tokio::test]
    async fn a_lease_is_held_until_somebody_else_has_it_or_nobody_can_say_in_time() {
        let long = Duration::from_secs(3600);
        assert_eq!(asked(vec![Some(true), Some(true), Some(false)], long).await, 3);
        // The database is away for a moment, and back before the lease has run out.
        assert_eq!(
            asked(vec![None, None, Some(true), None, Some(false)], long).await,
            5
        );
        // It is away for longer than the lease: nothing may go on.
        assert_eq!(asked(vec![Some(true), None, Some(true)], Duration::ZERO).await, 2);
    }

    #[tokio::test]
    async fn a_database_that_does_not_answer_is_not_waited_for_longer_than_the_lease() {
        hold_on(
            std::future::pending::<Result<bool>>,
            Duration::ZERO,
            Duration::ZERO,
        )
        .await;
    }
}
