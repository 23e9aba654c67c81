//! A timer is due: look again. Whether anything follows is decided by what is true now, in the transaction that
//! writes it, so nobody is reminded of what was answered meanwhile.

use crate::domain::At;
use crate::domain::event::What;
use crate::domain::handling::Handling;
use crate::domain::item::Item;
use crate::domain::person::Mention;
use crate::domain::reply::ReplyState;
use crate::store::StoreError;
use crate::store::Tx;
use crate::store::item;
use crate::store::reply;
use crate::store::timer;
use crate::store::timer::Due;
use crate::telemetry::meter;
use crate::workflow::Desk;
use crate::workflow::Result;
use crate::workflow::tell::Change;

const AT_ONCE: i64 = 200;

impl Desk {
    /// Fires what is due. Returns how many were fired by us.
    pub async fn tick(&self) -> Result<usize> {
        let mut fired = 0;
        for due in timer::due(self.store.pool(), self.now(), AT_ONCE).await? {
            fired += usize::from(self.fire(&due).await?);
        }
        Ok(fired)
    }

    async fn fire(&self, due: &Due) -> Result<bool> {
        let now = self.now();
        let mut tx = self.store.begin().await?;
        let Some(mut locked) = item::lock(&mut tx, due.item).await? else {
            return Ok(false);
        };
        if !timer::fire(&mut tx, due.id, now).await? {
            return Ok(false);
        }
        let mut change = Change::of(due.item, now);
        let out = is_out(&mut tx, &locked.0).await?;
        let mut changed = ended(&mut locked.0, due, out, &mut change, now)?;
        changed |= self.look(&mut tx, &mut locked, &mut change).await?;
        if changed {
            self.write(&mut tx, &mut locked, change).await?;
        } else {
            self.wait_on(&mut tx, change).await?;
        }
        tx.commit().await.map_err(StoreError::from)?;
        if let Some(kind) = timer::KINDS.into_iter().find(|kind| *kind == due.kind) {
            meter::fired(kind, now - due.at);
        }
        Ok(true)
    }
}

/// A lease or a snooze that is over. True when that changed something.
fn ended(item: &mut Item, due: &Due, out: bool, change: &mut Change, now: At) -> Result<bool> {
    match (due.kind.as_str(), item.handling.clone()) {
        (timer::CLAIM_ENDS, Handling::Claimed { by, until }) => {
            // Prolonged, or the reply is under way: the lease has done its work.
            if until > now || out {
                return Ok(false);
            }
            item.handling = Handling::Open;
            change.event(None, What::ClaimEnded { of: by });
            Ok(true)
        }
        (timer::SNOOZE_ENDS, Handling::Snoozed { by, until, .. }) => {
            if until > now {
                return Ok(false);
            }
            item.handling = Handling::Open;
            change.event_with_ping(None, What::Woke, vec![Mention::Person(by.user)]);
            Ok(true)
        }
        (timer::CLAIM_ENDS | timer::SNOOZE_ENDS | timer::WARN | timer::DUE | timer::STEP, _) => Ok(false),
        (other, _) => Err(StoreError::odd("timer", "kind", due.id, format!("{other:?} is unknown")).into()),
    }
}

/// Our answer has left the house: nobody can do anything about the deadline now.
pub(crate) async fn is_out(tx: &mut Tx, item: &Item) -> Result<bool> {
    let Some(id) = item.reply else { return Ok(false) };
    let state = reply::get(&mut **tx, id).await?.map(|r| r.state);
    Ok(state.is_some_and(|s| match s {
        ReplyState::Queued { .. } | ReplyState::Sending | ReplyState::Pending { .. } => true,
        ReplyState::Draft
        | ReplyState::Visible { .. }
        | ReplyState::Rejected { .. }
        | ReplyState::Failed { .. }
        | ReplyState::Unknown { .. }
        | ReplyState::Withdrawn => false,
    }))
}
