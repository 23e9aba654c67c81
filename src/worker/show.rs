//! Waits until an item's card stands, for a command that shows one and ends. Where no replica runs, this is the hands
//! meanwhile.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;

use crate::domain::id::ItemId;
use crate::worker::drain;
use crate::workflow::Desk;
use crate::workflow::Result;

const LOOK_EVERY: Duration = Duration::from_millis(200);
/// A person waits at a terminal.
const LOOKS: u32 = 100;

/// None when it does not stand yet; then whether its address is known.
pub async fn until_shown(desk: &Arc<Desk>, item: ItemId, alone: bool) -> Result<Option<Option<String>>> {
    for _ in 0..LOOKS {
        if let Some(link) = desk.shown(item).await? {
            return Ok(Some(link));
        }
        if !alone || drain::round(desk).await? == 0 {
            sleep(LOOK_EVERY).await;
        }
    }
    desk.shown(item).await
}
