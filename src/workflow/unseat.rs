//! Whoever may not answer any more holds nothing: what they had is free at once, not when their time is over, and what
//! is overdue of it is told to those who may.

use crate::domain::At;
use crate::domain::action::Actor;
use crate::domain::event::What;
use crate::domain::handling::Handling;
use crate::domain::id::ItemId;
use crate::domain::item::Item;
use crate::domain::person::PersonId;
use crate::domain::rights;
use crate::domain::rights::Role;
use crate::store::Tx;
use crate::store::card;
use crate::store::item;
use crate::store::item::Filter;
use crate::store::person;
use crate::workflow::Desk;
use crate::workflow::Result;
use crate::workflow::refresh::trusted_since;
use crate::workflow::remind::is_out;
use crate::workflow::tell::Change;

/// Nobody holds more at a time; what is beyond it ends when its time is over.
const HELD: i64 = 200;

impl Desk {
    /// Frees what somebody holds where they have lost the right to answer. An answer that is on its way goes its way.
    pub(crate) async fn unseat(&self, tx: &mut Tx, actor: &Actor, now: At) -> Result<()> {
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
            if !holds(&locked.0, me)
                || is_out(tx, &locked.0).await?
                || self.may_answer(tx, actor, id, now).await?
            {
                continue;
            }
            locked.0.handling = Handling::Open;
            let mut change = Change::of(id, now);
            change.event(
                None,
                What::ClaimEnded {
                    of: me.clone(),
                    lost_right: true,
                },
            );
            self.write(tx, &mut locked, change).await?;
        }
        Ok(())
    }

    async fn may_answer(&self, tx: &mut Tx, actor: &Actor, item: ItemId, now: At) -> Result<bool> {
        let person = &actor.person;
        let cards = card::of_item(tx, item).await?;
        let channels: Vec<String> = cards.into_iter().map(|card| card.channel).collect();
        let since = trusted_since(now);
        let circles = person::circles_of(tx, &person.chat, &person.user, since).await?;
        let role = rights::role(&self.rules.grants, actor, &channels, |circle| {
            let vouched = actor.vouched.as_ref();
            vouched.map_or_else(|| circles.contains(&circle.key()), |here| here.contains(circle))
        });
        Ok(role.is_some_and(|role| role >= Role::Responder))
    }
}

fn holds(item: &Item, me: &PersonId) -> bool {
    matches!(&item.handling, Handling::Claimed { by, .. } if by == me)
}
