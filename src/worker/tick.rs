//! What comes round: digests, presses that were left behind, who is in which group, cards that need repair,
//! rows that are old enough to go.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::domain::id::LeaseToken;
use crate::worker::wait;
use crate::workflow::Desk;
use crate::workflow::Result;

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
    let mut under = desk.rules.since();
    loop {
        // A setting may have changed what is promised.
        if under != desk.rules.since() {
            under = desk.rules.since();
            retimed = false;
        }
        if !retimed {
            retimed = desk.retime(me).await?;
        }
        desk.schedule().await?;
        desk.pick_up().await?;
        desk.refresh().await?;
        if round.is_multiple_of(RECONCILE) {
            desk.reconcile().await?;
        }
        if round.is_multiple_of(FORGET) || more_to_forget {
            more_to_forget = desk.forget().await?;
        }
        if round.is_multiple_of(FOLD) || more_to_fold {
            more_to_fold = desk.fold().await?;
        }
        round += 1;
        if !wait(EVERY, &stop).await {
            return Ok(());
        }
    }
}
