//! A timer is due: look again. Whether anything follows is decided by what is true now, in the transaction that
//! writes it, so nobody is reminded of what was answered meanwhile.

use crate::domain::At;
use crate::domain::event::What;
use crate::domain::handling::Handling;
use crate::domain::item::Item;
use crate::domain::person::Mention;
use crate::domain::person::PersonId;
use crate::domain::practice;
use crate::domain::reply::ReplyState;
use crate::store::StoreError;
use crate::store::Tx;
use crate::store::card;
use crate::store::item;
use crate::store::item::Locked;
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
        if self
            .look_again(&mut tx, &mut locked, due, &mut change, now)
            .await?
        {
            self.write(&mut tx, &mut locked, change).await?;
        }
        tx.commit().await.map_err(StoreError::from)?;
        if let Some(kind) = timer::KINDS.into_iter().find(|kind| *kind == due.kind) {
            meter::fired(kind, now - due.at);
        }
        Ok(true)
    }

    /// True when the look changed something.
    async fn look_again(
        &self,
        tx: &mut Tx,
        locked: &mut Locked,
        due: &Due,
        change: &mut Change,
        now: At,
    ) -> Result<bool> {
        match due.kind.as_str() {
            timer::CLAIM_ENDS => {
                let Handling::Claimed { by, until } = locked.0.handling.clone() else {
                    return Ok(false);
                };
                // Prolonged, or the reply is under way: the lease has done its work.
                if until > now || is_out(tx, &locked.0).await? {
                    return Ok(false);
                }
                locked.0.handling = Handling::Open;
                change.event(None, What::ClaimEnded { of: by });
                Ok(true)
            }
            timer::SNOOZE_ENDS => {
                let Handling::Snoozed { by, until, .. } = locked.0.handling.clone() else {
                    return Ok(false);
                };
                if until > now {
                    return Ok(false);
                }
                locked.0.handling = Handling::Open;
                change.event_with_ping(None, What::Woke, vec![Mention::Person(by.user)]);
                Ok(true)
            }
            timer::REMIND | timer::DUE => self.warn(tx, locked, due, change, now).await,
            other => Err(StoreError::odd("timer", "kind", due.id, format!("{other:?} is unknown")).into()),
        }
    }

    async fn warn(
        &self,
        tx: &mut Tx,
        locked: &mut Locked,
        due: &Due,
        change: &mut Change,
        now: At,
    ) -> Result<bool> {
        let item = &mut locked.0;
        let Some(deadline) = item.deadline.filter(|_| item.handling.is_open()) else {
            return Ok(false);
        };
        // Nobody waits for the answer to a practice item, so nobody is called.
        if item.source == practice::NAME || is_out(tx, item).await? {
            return Ok(false);
        }
        let ping = self.whom_to_name(tx, item, now).await?;
        if due.kind == timer::REMIND {
            // A reminder of a deadline that was moved, or of something put aside on purpose, is noise; and one that
            // comes after the deadline (nobody ran in between) is overtaken by the deadline itself.
            let put_aside = matches!(item.handling, Handling::Snoozed { .. });
            if deadline.remind != Some(due.at) || put_aside || now >= deadline.due {
                return Ok(false);
            }
            change.event_with_ping(None, What::Reminded { due: deadline.due }, ping);
            return Ok(true);
        }
        if deadline.due != due.at || item.overdue_at.is_some() {
            return Ok(false);
        }
        item.overdue_at = Some(now);
        change.event_with_ping(None, What::Overdue { due: deadline.due }, ping);
        Ok(true)
    }

    /// The one who holds it, else those whom the channel names.
    pub(crate) async fn whom_to_name(&self, tx: &mut Tx, item: &Item, now: At) -> Result<Vec<Mention>> {
        if let Some(PersonId { user, .. }) = item.handling.holder(now) {
            return Ok(vec![Mention::Person(user.clone())]);
        }
        let cards = card::of_item(tx, item.id).await?;
        let mut ping: Vec<Mention> = Vec::new();
        for mention in cards
            .iter()
            .filter_map(|c| self.rules.channel(&c.channel))
            .flat_map(|c| &c.responsible)
        {
            if !ping.contains(mention) {
                ping.push(mention.clone());
            }
        }
        Ok(ping)
    }
}

/// Our answer has left the house: nobody can do anything about the deadline now.
async fn is_out(tx: &mut Tx, item: &Item) -> Result<bool> {
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
