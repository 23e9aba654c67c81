//! Notices within a second that somebody has changed a setting. On its own, because everything else that comes round may
//! wait for a chat or have much to do.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::worker::wait;
use crate::workflow::Desk;
use crate::workflow::Result;

const LOOK_EVERY: Duration = Duration::from_secs(1);

pub async fn run(desk: Arc<Desk>, stop: CancellationToken) -> Result<()> {
    loop {
        desk.follow().await?;
        if !wait(LOOK_EVERY, &stop).await {
            return Ok(());
        }
    }
}
