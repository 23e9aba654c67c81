//! An import is taken back: what a run brought and nobody has touched since never was. What stands in a chat already
//! cannot be made never to have been; it is closed.

use crate::domain::id::ItemId;
use crate::domain::item::event::EventKind;
use crate::domain::item::handling::Handling;
use crate::domain::item::handling::Reason;
use crate::store::StoreError;
use crate::store::import;
use crate::store::item;
use crate::workflow::Desk;
use crate::workflow::Result;
use crate::workflow::change::write::Change;

/// Items in one transaction.
const AT_ONCE: i64 = 200;

/// What became of a run's items.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TakenBack {
    pub gone: usize,
    /// They had a card, which is closed now.
    pub closed: usize,
    /// Somebody did something with them.
    pub kept: usize,
}

impl Desk {
    /// `None`: there is no such run. Killed and called again it goes on.
    pub async fn undo_import(&self, run: i64) -> Result<Option<TakenBack>> {
        let now = self.now();
        let mut tx = self.store.begin().await?;
        if !import::undone(&mut tx, run, now).await? {
            return Ok(None);
        }
        tx.commit().await.map_err(StoreError::from)?;
        let mut done = TakenBack::default();
        let mut after: Option<ItemId> = None;
        loop {
            let mut tx = self.store.begin().await?;
            let items = import::untouched(&mut tx, run, after, AT_ONCE).await?;
            after = items.hidden.iter().chain(&items.shown).max().copied();
            if after.is_none() {
                break;
            }
            let rooms = import::take_back(&mut tx, &items.hidden).await?;
            let rooms = rooms.iter().map(|(chat, room)| (chat.as_str(), room.as_str()));
            self.fold_changed(&mut tx, rooms, now).await?;
            done.gone += items.hidden.len();
            for id in items.shown {
                let Some(mut locked) = item::lock(&mut tx, id).await? else {
                    continue;
                };
                if !locked.handling.is_open() {
                    continue;
                }
                let reason = Reason::Past;
                locked.handling = Handling::Handled {
                    by: None,
                    at: now,
                    reason,
                    note: None,
                };
                let mut change = Change::of(id, now);
                change.event(None, EventKind::Handled { reason, note: None });
                self.write(&mut tx, &mut locked, change).await?;
                done.closed += 1;
            }
            tx.commit().await.map_err(StoreError::from)?;
        }
        let left = import::left(self.store.pool(), run).await?;
        done.kept = usize::try_from(left).unwrap_or(0).saturating_sub(done.closed);
        Ok(Some(done))
    }
}
