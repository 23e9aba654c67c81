//! Keeps our clock by the one that all replicas share.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::worker::wait;
use crate::workflow::Desk;
use crate::workflow::Result;

/// Clocks drift apart by far less than a millisecond within this time.
const ASK_EVERY: Duration = Duration::from_secs(30);

pub async fn run(desk: Arc<Desk>, stop: CancellationToken) -> Result<()> {
    loop {
        desk.set_clock().await?;
        if !wait(ASK_EVERY, &stop).await {
            return Ok(());
        }
    }
}
