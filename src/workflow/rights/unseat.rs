//! Whoever may not answer any more holds nothing: what they had is free at once, not when their time is over, and what
//! is overdue of it is told to those who may. A right ends with a group that somebody leaves, and with a line of the
//! configuration; the latter shows when a replica has started with it.

use std::hash::DefaultHasher;
use std::hash::Hash;
use std::hash::Hasher;

use chrono::TimeDelta;
use serde::Deserialize;
use serde::Serialize;
use uuid::Uuid;

use crate::domain::At;
use crate::domain::id::ItemId;
use crate::domain::item::Item;
use crate::domain::item::event::EventKind;
use crate::domain::item::handling::Handling;
use crate::domain::people::person::PersonId;
use crate::domain::people::rights::Circle;
use crate::domain::people::rights::Role;
use crate::domain::press::action::Actor;
use crate::store::StoreError;
use crate::store::Tx;
use crate::store::card;
use crate::store::item;
use crate::store::item::Filter;
use crate::store::item::Locked;
use crate::store::leader;
use crate::store::person;
use crate::workflow::Desk;
use crate::workflow::Result;
use crate::workflow::base::role::trusted_since;
use crate::workflow::change::deadline::is_out;
use crate::workflow::change::write::Change;

/// Nobody holds more at a time; what is beyond it ends when its time is over.
const HELD: i64 = 200;
const HELD_BY_ALL: i64 = 5000;
const NAME: &str = "rights";
const LEASE_SECONDS: i64 = 60;
/// A group that is read later than this is never read: its chat tells with each press who is in it.
const SOON_MINUTES: i64 = 10;

impl Desk {
    /// Frees what somebody holds where they have lost the right to answer. An answer that is on its way goes its way.
    pub(in crate::workflow) async fn unseat(&self, tx: &mut Tx, actor: &Actor, now: At) -> Result<()> {
        let me = &actor.person;
        let held = Filter::HeldBy {
            person: &me.to_string(),
        };
        let held = item::list(self.store.pool(), held, HELD).await?;
        let mut ids: Vec<ItemId> = held
            .iter()
            .filter(|item| holds(item, me))
            .map(|item| item.id)
            .collect();
        ids.sort();
        for id in ids {
            let Some(mut locked) = item::lock(tx, id).await? else {
                continue;
            };
            if !holds(&locked, me)
                || is_out(tx, &locked).await?
                || self.may_answer(tx, actor, id, &[], now).await?
            {
                continue;
            }
            self.set_free(tx, &mut locked, me, now).await?;
        }
        Ok(())
    }

    /// The same for everybody, once for each set of rights that the file gives. True when nothing is left to do.
    pub async fn unseat_by_file(&self, me: Uuid) -> Result<bool> {
        let (pool, now) = (self.store.pool(), self.now());
        let until = now + TimeDelta::seconds(LEASE_SECONDS);
        let Some(word) = leader::take(pool, NAME, me, now, until).await? else {
            return Ok(false);
        };
        let rights = self.rights();
        let known: Option<Looked> = word.and_then(|word| serde_json::from_value(word).ok());
        if known.is_some_and(|known| known.rights == rights) {
            leader::release(pool, NAME, me, now).await?;
            return Ok(true);
        }
        // Who is in a group that the file names anew is not known before it was read.
        let mut unknown = Vec::new();
        for chat in self.chats.keys() {
            let keys: Vec<String> = self.rules.circles(chat).iter().map(Circle::key).collect();
            let soon = now + TimeDelta::minutes(SOON_MINUTES);
            let unread = person::circles_unread(pool, chat, &keys, soon).await?;
            if unread.iter().any(|circle| circle.is_soon) {
                leader::release(pool, NAME, me, now).await?;
                return Ok(false);
            }
            unknown.extend(unread.into_iter().map(|circle| (chat.clone(), circle.key)));
        }
        for id in item::claimed(pool, HELD_BY_ALL).await? {
            let mut tx = self.store.begin().await?;
            let locked = match item::lock(&mut tx, id).await {
                Ok(Some(locked)) => locked,
                Ok(None) => continue,
                Err(error) if error.is_of_rows() => {
                    tracing::debug!(error = %error, "whoever can read it looks who holds it");
                    continue;
                }
                Err(error) => return Err(error.into()),
            };
            if self.frees_by_file(&mut tx, locked, &unknown, now).await? {
                tx.commit().await.map_err(StoreError::from)?;
            }
        }
        let word = serde_json::to_value(Looked { rights });
        let word = word.map_err(|e| StoreError::odd("leader", "state", NAME, e))?;
        leader::note(pool, NAME, me, &word).await?;
        leader::release(pool, NAME, me, now).await?;
        Ok(true)
    }

    /// `unknown` are the circles of which nobody can say who is in them: whoever may be in one keeps what they hold.
    async fn frees_by_file(
        &self,
        tx: &mut Tx,
        mut locked: Locked,
        unknown: &[(String, String)],
        now: At,
    ) -> Result<bool> {
        let Handling::Claimed { by, .. } = &locked.handling else {
            return Ok(false);
        };
        let by = by.clone();
        if !self.chats.contains_key(&by.chat) || is_out(tx, &locked).await? {
            return Ok(false);
        }
        let actor = Actor {
            person: by.clone(),
            name: String::new(),
            outsider: false,
            vouched: None,
        };
        let id = locked.id;
        let theirs = unknown.iter().filter(|(chat, _)| *chat == by.chat);
        let maybe: Vec<&str> = theirs.map(|(_, key)| key.as_str()).collect();
        if self.may_answer(tx, &actor, id, &maybe, now).await?
            || self.was_asked(tx, &actor, None, id, now).await?
        {
            return Ok(false);
        }
        self.set_free(tx, &mut locked, &by, now).await?;
        Ok(true)
    }

    async fn set_free(&self, tx: &mut Tx, locked: &mut Locked, of: &PersonId, now: At) -> Result<()> {
        locked.handling = Handling::Open;
        let mut change = Change::of(locked.id, now);
        change.event(
            None,
            EventKind::ClaimEnded {
                of: of.clone(),
                lost_right: true,
            },
        );
        self.write(tx, locked, change).await?;
        Ok(())
    }

    /// Tells rights from other rights.
    fn rights(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        format!("{:?}", self.rules.now().grants).hash(&mut hasher);
        hasher.finish()
    }

    /// `maybe` are circles that count as if they were in them, where no delivery says who is in which.
    async fn may_answer(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        item: ItemId,
        maybe: &[&str],
        now: At,
    ) -> Result<bool> {
        let person = &actor.person;
        let cards = card::of_item(tx, item).await?;
        let channels: Vec<String> = cards.into_iter().map(|card| card.channel).collect();
        let since = trusted_since(now);
        let mut circles = person::circles_of(tx, &person.chat, &person.user, since).await?;
        circles.extend(maybe.iter().map(|key| (*key).to_owned()));
        let role = self.role_of(actor, &channels, &circles);
        Ok(role.is_some_and(|role| role >= Role::Responder))
    }
}

/// The rights by which it was looked who holds what.
#[derive(Debug, Serialize, Deserialize)]
struct Looked {
    rights: u64,
}

fn holds(item: &Item, me: &PersonId) -> bool {
    matches!(&item.handling, Handling::Claimed { by, .. } if by == me)
}
