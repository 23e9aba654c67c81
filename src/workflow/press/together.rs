//! Presses that come while others are judged are judged together, in one transaction: a day on which everybody presses costs
//! hardly more statements than a quiet one. Only what needs nothing but the state machine goes so; whoever has no right, is
//! refused, or whose item somebody else has in hand is judged alone, as any press is.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::domain::id::ItemId;
use crate::domain::lang::Lang;
use crate::domain::people::person::PersonId;
use crate::domain::press::action::Ask;
use crate::domain::press::action::ItemRef;
use crate::domain::press::action::Outcome;
use crate::domain::press::action::Press;
use crate::domain::press::action::Verb;
use crate::port::chat::Kept;
use crate::store::StoreError;
use crate::store::card;
use crate::store::inbox;
use crate::store::item;
use crate::store::item::Locked;
use crate::store::person;
use crate::workflow::Desk;
use crate::workflow::Result;
use crate::workflow::base::queue::Pressed;
use crate::workflow::base::role::trusted_since;
use crate::workflow::change::write::Change;
use crate::workflow::press::judge::Case;
use crate::workflow::press::judge::Judged;
use crate::workflow::press::judge::Verdict;

/// Beyond these, a press that nobody watches on a screen waits in the database and not in our memory.
const ENOUGH: usize = 1_000;

/// What may be judged together: verb and item.
fn plain(press: &Press) -> Option<(Verb, ItemId)> {
    match press.ask {
        Ask::Do {
            verb,
            item: ItemRef::Id(item),
        } if verb.is_plain() => Some((verb, item)),
        _ => None,
    }
}

pub(super) fn is_plain(press: &Press) -> bool {
    plain(press).is_some()
}

impl Desk {
    pub(super) fn has_enough(&self) -> bool {
        self.presses.waiting() >= ENOUGH
    }

    /// None: it has to be judged alone.
    pub(super) async fn together(&self, kept: &Kept, press: &Press) -> Option<Judged> {
        let (verb, item) = plain(press)?;
        let pressed = Pressed {
            kept: kept.clone(),
            press: press.clone(),
            verb,
            item,
        };
        let changed = self
            .presses
            .join(pressed, |few| async move {
                let changed = self.judge_all(&few).await.unwrap_or_else(|error| {
                    tracing::debug!(error = %error, "presses that came together are judged one by one");
                    BTreeSet::new()
                });
                few.iter().map(|one| changed.contains(&one.item)).collect()
            })
            .await;
        changed.unwrap_or(false).then(|| Judged::done("changed"))
    }

    /// Those that changed their items. Of the others nothing was written.
    async fn judge_all(&self, few: &[Pressed]) -> Result<BTreeSet<ItemId>> {
        let Some(first) = few.first() else {
            return Ok(BTreeSet::new());
        };
        let now = self.now();
        let chat = &first.kept.chat;
        let mut tx = self.store.begin().await?;
        let mut met: BTreeMap<&PersonId, &str> = BTreeMap::new();
        met.extend(
            few.iter()
                .map(|one| (&one.press.by.person, one.press.by.name.as_str())),
        );
        person::met_all(&mut tx, &met).await?;
        let mut vouched: BTreeSet<&PersonId> = BTreeSet::new();
        for Pressed { press, .. } in few {
            if vouched.insert(&press.by.person) {
                self.vouch(&mut tx, press).await?;
            }
        }
        let may = self.who_may_now(&mut tx, few).await?;
        let ids: Vec<ItemId> = may.iter().copied().collect();
        let mut changed: Vec<(Locked, Change)> = Vec::new();
        let mut done: Vec<&Pressed> = Vec::new();
        let late = card::late(&mut tx, &ids, now).await?;
        for locked in item::lock_free(&mut tx, &ids).await? {
            let Some(one) = few.iter().find(|one| one.item == locked.id) else {
                continue;
            };
            // What an answer allows is asked where it is read; of a card that cannot be edited now its person is told.
            if locked.reply.is_some() || late.contains(&locked.id) {
                continue;
            }
            let mut case = Case {
                press: &one.press,
                locale: self.locale(&one.press.chat, &one.press.room),
                locked,
                reply: None,
                now,
            };
            if let Verdict::Changed(mut change, None) = self.decide(&mut tx, &mut case, one.verb).await? {
                if change.asks_clock() {
                    self.look(&mut tx, &mut case.locked, &mut change).await?;
                }
                changed.push((case.locked, *change));
                done.push(one);
            }
        }
        if done.is_empty() {
            tx.rollback().await.map_err(StoreError::from)?;
            return Ok(BTreeSet::new());
        }
        let (mut items, changes): (Vec<Locked>, Vec<Change>) = changed.into_iter().unzip();
        let mut changes: Vec<(&mut Locked, Change)> = items.iter_mut().zip(changes).collect();
        self.write_all(&mut tx, &mut changes, now).await?;
        let spoken: BTreeMap<&PersonId, Lang> = done
            .iter()
            .filter_map(|one| {
                let channel = self.rules.channel_of_room(&one.press.chat, &one.press.room)?;
                Some((&one.press.by.person, channel.locale.lang))
            })
            .collect();
        let otherwise = person::spoken(&mut tx, &spoken).await?;
        self.homes_changed(&mut tx, &otherwise, now).await?;
        let keys: Vec<String> = done.iter().map(|one| one.kept.key.clone()).collect();
        if !inbox::finish_all(&mut tx, chat, &keys, &Outcome::Done, now).await? {
            // Another replica had one of them; whoever judges it alone will see.
            tx.rollback().await.map_err(StoreError::from)?;
            return Ok(BTreeSet::new());
        }
        tx.commit().await.map_err(StoreError::from)?;
        Ok(done.iter().map(|one| one.item).collect())
    }

    /// The items whose presses come from somebody with the right to it.
    async fn who_may_now(&self, tx: &mut crate::store::Tx, few: &[Pressed]) -> Result<BTreeSet<ItemId>> {
        let Some(first) = few.first() else {
            return Ok(BTreeSet::new());
        };
        let items: Vec<ItemId> = few.iter().map(|one| one.item).collect();
        let mut rooms: BTreeMap<ItemId, Vec<String>> = BTreeMap::new();
        for card in card::of_items(tx, &items).await? {
            rooms.entry(card.item).or_default().push(card.channel);
        }
        let users: BTreeSet<&String> = few.iter().map(|one| &one.press.by.person.user).collect();
        let users: Vec<String> = users.into_iter().cloned().collect();
        let since = trusted_since(self.now());
        let circles = person::circles_of_each(tx, &first.kept.chat, &users, since).await?;
        let may = few.iter().filter(|one| {
            let by = &one.press.by;
            let Some(own) = rooms.get(&one.item) else {
                return false;
            };
            let channels = self.channels_among(&one.press, own.clone());
            let known = circles.get(&by.person.user).map_or(&[][..], Vec::as_slice);
            let role = self.role_of(by, &channels, known);
            role.is_some_and(|role| role >= one.verb.needs())
        });
        Ok(may.map(|one| one.item).collect())
    }
}
