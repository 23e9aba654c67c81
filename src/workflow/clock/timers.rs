//! Timers are due: look again. Whether anything follows is decided by what is true now, in the transaction that
//! writes it, so nobody is reminded of what was answered meanwhile. Many are fired in one transaction, because nearly all
//! of them find nothing to say.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::domain::At;
use crate::domain::id::ItemId;
use crate::domain::id::ReplyId;
use crate::domain::id::TimerId;
use crate::domain::item::Item;
use crate::domain::item::event::EventKind;
use crate::domain::item::handling::Handling;
use crate::domain::people::person::Mention;
use crate::store::StoreError;
use crate::store::Tx;
use crate::store::event;
use crate::store::item;
use crate::store::item::Locked;
use crate::store::reply;
use crate::store::timer;
use crate::store::timer::Due;
use crate::store::timer::NewTimer;
use crate::telemetry::meter;
use crate::workflow::Desk;
use crate::workflow::Result;
use crate::workflow::change::deadline::Known;
use crate::workflow::change::deadline::is_under_way;
use crate::workflow::change::write::Change;

/// Timers of one transaction: enough that a thousand due in a second are a few dozen statements, few enough that a press
/// on one of their items does not have to wait noticeably.
const AT_ONCE: i64 = 200;

/// What one round of firing came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Round {
    pub fired: usize,
    /// There may be more that is due now.
    pub more: bool,
}

impl Desk {
    /// Fires what is due, until nothing is. Returns how many were fired by us.
    pub async fn tick(&self) -> Result<usize> {
        let mut fired = 0;
        let mut at_once = None;
        loop {
            let round = self.fire_some(&mut at_once).await?;
            fired += round.fired;
            if !round.more {
                return Ok(fired);
            }
        }
    }

    /// When a timer is due next, or since when one has been.
    pub async fn next_timer(&self) -> Result<Option<At>> {
        let aside = self.aside.now(self.now());
        Ok(timer::next(self.store.pool(), &aside).await?)
    }

    /// Fires some of what is due: as many as went well `at_once` before, if that is known. When one item spoils it for
    /// the others, it is found by halving, left aside, and said once.
    pub async fn fire_some(&self, at_once: &mut Option<i64>) -> Result<Round> {
        let now = self.now();
        let limit = at_once.unwrap_or(AT_ONCE);
        let mut taken = Vec::new();
        match self.fire(limit, now, &mut taken).await {
            Ok(fired) => {
                *at_once = Some((limit * 2).min(AT_ONCE));
                // What somebody else has locked stays due; going on only for that would be waiting in circles.
                let more = fired > 0 && i64::try_from(taken.len()) == Ok(limit);
                Ok(Round { fired, more })
            }
            Err(error) if !error.is_of_item() && !error.is_conflict() => Err(error),
            Err(_) if limit > 1 => {
                *at_once = Some(limit / 2);
                Ok(Round { fired: 0, more: true })
            }
            Err(error) if error.is_conflict() => Ok(Round {
                fired: 0,
                more: false,
            }),
            Err(error) => {
                let Some(due) = taken.first() else {
                    return Err(error);
                };
                if self.aside.put(due.item, now) {
                    tracing::error!(item.id = %due.item, timer.kind = due.kind, error = %error,
                        "the timers of an item cannot be fired and are tried again later");
                }
                Ok(Round { fired: 0, more: true })
            }
        }
    }

    /// Takes timers, then the items that nobody else has locked, then their cards in one order: whoever keeps to this
    /// never waits in a circle, and for the first two nobody waits at all. What was not ours to decide stays due.
    async fn fire(&self, limit: i64, now: At, taken: &mut Vec<Due>) -> Result<usize> {
        let mut tx = self.store.begin().await?;
        let done = match self.fire_in(&mut tx, limit, now, taken).await {
            Ok(done) => done,
            Err(error) => {
                // Awaited, because what is locked still would be passed by when it is tried again. If even that fails,
                // the connection ends, and the locks with it.
                tx.rollback().await.ok();
                return Err(error);
            }
        };
        tx.commit().await.map_err(StoreError::from)?;
        let committed = self.now();
        let fired = taken.iter().filter(|due| done.contains(&due.id));
        for due in fired {
            if let Some(kind) = timer::KINDS.into_iter().find(|kind| *kind == due.kind) {
                meter::fired(kind, committed - due.at);
            }
            if self.aside.forget(due.item) {
                tracing::info!(item.id = %due.item, "the timers of an item can be fired again");
            }
        }
        Ok(done.len())
    }

    async fn fire_in(
        &self,
        tx: &mut Tx,
        limit: i64,
        now: At,
        taken: &mut Vec<Due>,
    ) -> Result<BTreeSet<TimerId>> {
        *taken = timer::take(tx, now, &self.aside.now(now), limit).await?;
        if taken.is_empty() {
            return Ok(BTreeSet::new());
        }
        let mut items: Vec<ItemId> = Vec::new();
        let mut by_item: BTreeMap<ItemId, Vec<&Due>> = BTreeMap::new();
        for due in taken.iter() {
            let of_it = by_item.entry(due.item).or_default();
            if of_it.is_empty() {
                items.push(due.item);
            }
            of_it.push(due);
        }
        let free = item::lock_free(tx, &items).await?;
        let mut free: BTreeMap<ItemId, Locked> = free.into_iter().map(|l| (l.id, l)).collect();
        let mut logs = event::of_items(&mut **tx, &items).await?;
        let replies: Vec<ReplyId> = free.values().filter_map(|l| l.reply).collect();
        let states = reply::states(&mut **tx, &replies).await?;
        let mut ids: Vec<TimerId> = Vec::new();
        let mut looks: Vec<NewTimer> = Vec::new();
        let (mut changed_items, mut changes): (Vec<Locked>, Vec<Change>) = (Vec::new(), Vec::new());
        // In the order in which they fell due.
        for id in &items {
            let Some(mut locked) = free.remove(id) else {
                continue;
            };
            let known = Known {
                log: logs.remove(id).unwrap_or_default(),
                is_out: locked
                    .reply
                    .and_then(|r| states.get(&r))
                    .is_some_and(is_under_way),
            };
            let mut change = Change::of(*id, now);
            let mut changed = false;
            for due in by_item.remove(id).into_iter().flatten() {
                changed |= self
                    .ended(tx, &mut locked, due, known.is_out, &mut change)
                    .await?;
                ids.push(due.id);
            }
            changed |= self.look_at(tx, &mut locked, &known, &mut change).await?;
            if changed {
                changed_items.push(locked);
                changes.push(change);
            } else {
                looks.extend(change.into_timers());
            }
        }
        timer::fire(tx, &ids, now).await?;
        timer::set(tx, &looks).await?;
        if !changes.is_empty() {
            let mut all: Vec<(&mut Locked, Change)> = changed_items.iter_mut().zip(changes).collect();
            self.write_all(tx, &mut all, now).await?;
        }
        Ok(ids.into_iter().collect())
    }

    /// A lease or a snooze that is over. True when that changed something.
    async fn ended(
        &self,
        tx: &mut Tx,
        item: &mut Item,
        due: &Due,
        out: bool,
        change: &mut Change,
    ) -> Result<bool> {
        let now = change.now();
        match (due.kind.as_str(), item.handling.clone()) {
            (
                timer::CLAIM_ENDS,
                Handling::Claimed {
                    by,
                    until,
                    offered,
                    to,
                },
            ) => {
                // Prolonged, or the reply is under way: the lease has done its work.
                if until > now || out {
                    return Ok(false);
                }
                if offered {
                    self.not_accepted(tx, item, by, to, change).await?;
                } else {
                    item.handling = Handling::Open;
                    change.event(
                        None,
                        EventKind::ClaimEnded {
                            of: by,
                            lost_right: false,
                        },
                    );
                }
                Ok(true)
            }
            (timer::SNOOZE_ENDS, Handling::Snoozed { by, until, .. }) => {
                if until > now {
                    return Ok(false);
                }
                item.handling = Handling::Open;
                change.event_with_ping(None, EventKind::Woke, vec![Mention::Person(by.user)]);
                Ok(true)
            }
            (timer::CLAIM_ENDS | timer::SNOOZE_ENDS | timer::WARN | timer::DUE | timer::STEP, _) => Ok(false),
            (other, _) => {
                Err(StoreError::odd("timer", "kind", due.id, format!("{other:?} is unknown")).into())
            }
        }
    }
}
