//! Reads one source again and again. Whether it is due, and whether another replica is at it, the database knows.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::worker::wait;
use crate::workflow::Desk;
use crate::workflow::Result;

/// How soon a wake-up call from the source is noticed.
const LOOK_EVERY: Duration = Duration::from_secs(1);

pub async fn run(desk: Arc<Desk>, name: String, stop: CancellationToken) -> Result<()> {
    loop {
        // A page that was read may have another behind it.
        while !stop.is_cancelled() && desk.poll(&name).await?.is_some() {}
        desk.look_for_missing(&name).await?;
        desk.look_for_silence(&name).await?;
        if !wait(LOOK_EVERY, &stop).await {
            return Ok(());
        }
    }
}
