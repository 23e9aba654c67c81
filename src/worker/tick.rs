//! What comes round: digests, presses that were left behind, who is in which group, cards that need repair,
//! rows that are old enough to go.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::domain::id::LeaseToken;
use crate::worker::wait;
use crate::workflow::Desk;
use crate::workflow::Result;
use crate::workflow::WorkflowError;

const EVERY: Duration = Duration::from_secs(1);
/// In ticks: often enough to repair a card within a minute of the fault's end, seldom enough for the chat's limits.
const RECONCILE: u64 = 15;
/// In ticks: what is old enough to be deleted does not become less by waiting.
const FORGET: u64 = 60;
/// In ticks: what waits to be folded is read all the same, so there is no hurry.
const FOLD: u64 = 20;

pub async fn run(desk: Arc<Desk>, stop: CancellationToken) -> Result<()> {
    let mut round: u64 = 0;
    let mut more_to_forget = false;
    let mut more_to_fold = false;
    let me = LeaseToken::new(desk.now()).0;
    let mut retimed = false;
    let mut unseated = false;
    let mut under = desk.rules.since();
    loop {
        // A setting may have changed what is promised.
        if under != desk.rules.since() {
            under = desk.rules.since();
            retimed = false;
            unseated = false;
        }
        let mut faults = Faults::default();
        if !retimed {
            retimed = faults.keep(desk.retime(me).await).unwrap_or(false);
        }
        if !unseated {
            unseated = faults.keep(desk.unseat_by_file(me).await).unwrap_or(false);
        }
        faults.keep(desk.schedule().await);
        faults.keep(desk.pick_up().await);
        faults.keep(desk.refresh().await);
        if round.is_multiple_of(RECONCILE) {
            faults.keep(desk.reconcile().await);
        }
        if round.is_multiple_of(FORGET) || more_to_forget {
            more_to_forget = faults.keep(desk.forget().await).unwrap_or(false);
        }
        if round.is_multiple_of(FOLD) || more_to_fold {
            more_to_fold = faults.keep(desk.fold().await).unwrap_or(false);
        }
        // The others have run; who starts again says it, and waits a moment.
        faults.first()?;
        round += 1;
        if !wait(EVERY, &stop).await {
            return Ok(());
        }
    }
}

/// What one thing fails at keeps none of the others from being done in the same round.
#[derive(Default)]
struct Faults(Option<WorkflowError>);

impl Faults {
    fn keep<T>(&mut self, done: Result<T>) -> Option<T> {
        match done {
            Ok(done) => Some(done),
            Err(error) => {
                self.0.get_or_insert(error);
                None
            }
        }
    }

    fn first(self) -> Result<()> {
        self.0.map_or(Ok(()), Err)
    }
}
