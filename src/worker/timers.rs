//! Fires timers when they are due. On its own, because what else comes round may wait for a chat. While nothing is due,
//! it asks once in a second when the next one is.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::worker::wait;
use crate::workflow::Desk;
use crate::workflow::Result;

const LONGEST_NAP: Duration = Duration::from_secs(1);
/// What falls due within this time is fired together.
const SHORTEST_NAP: Duration = Duration::from_millis(100);

pub async fn run(desk: Arc<Desk>, stop: CancellationToken) -> Result<()> {
    let mut at_once = None;
    loop {
        let nap = match desk.next_timer().await? {
            None => LONGEST_NAP,
            Some(at) => match (at - desk.now()).to_std() {
                Ok(left) if !left.is_zero() => left.clamp(SHORTEST_NAP, LONGEST_NAP),
                Ok(_) | Err(_) => {
                    while !stop.is_cancelled() && desk.fire_some(&mut at_once).await?.more {}
                    SHORTEST_NAP
                }
            },
        };
        if !wait(nap, &stop).await {
            return Ok(());
        }
    }
}
