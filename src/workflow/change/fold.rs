//! What a change means for the room where cards wait: the fold shows something else now, and what became urgent comes out.

use std::collections::BTreeSet;

use chrono::TimeDelta;

use crate::domain::At;
use crate::domain::effect::NewEffect;
use crate::domain::effect::new::Room;
use crate::domain::id::CardId;
use crate::domain::id::ItemId;
use crate::store::Tx;
use crate::store::card::CardRow;
use crate::store::card::Entry;
use crate::store::fold as folds;
use crate::store::fold::Stale;
use crate::store::outbox;
use crate::workflow::Desk;
use crate::workflow::Result;

/// Several that come together are one change.
const GATHERED_MS: i64 = 1_500;
/// The message changes not more often than this.
pub(in crate::workflow) const APART_SECONDS: i64 = 10;

impl Desk {
    /// Something about what waits in these rooms changed.
    pub(in crate::workflow) async fn fold_changed(
        &self,
        tx: &mut Tx,
        rooms: impl IntoIterator<Item = (&str, &str)>,
        now: At,
    ) -> Result<()> {
        let rooms: BTreeSet<(&str, &str)> = rooms.into_iter().collect();
        if rooms.is_empty() {
            return Ok(());
        }
        for stale in folds::changed(tx, &rooms.into_iter().collect::<Vec<_>>()).await? {
            let soon = now + TimeDelta::milliseconds(GATHERED_MS);
            let again = stale.shown_at.map(|at| at + TimeDelta::seconds(APART_SECONDS));
            let run_at = again.map_or(soon, |at| at.max(soon));
            let effect = keep(&stale, run_at, now);
            // It may stand there already, for when the room opens.
            outbox::put(tx, std::slice::from_ref(&effect), now).await?;
            outbox::hurry(tx, &effect.key, run_at).await?;
        }
        Ok(())
    }

    /// Of these cards, what waits and is urgent by now comes out; what waits and changed is told anew. What was put away asks
    /// its room like any card, now that somebody has to see it.
    pub(super) async fn unfold(
        &self,
        tx: &mut Tx,
        cards: &mut [CardRow],
        urgent: &BTreeSet<ItemId>,
        woken: &BTreeSet<CardId>,
        now: At,
    ) -> Result<Vec<NewEffect>> {
        let folded = cards.iter().filter(|card| card.entry == Entry::Folded);
        let rooms: Vec<(String, String)> = folded
            .clone()
            .map(|card| (card.chat.clone(), card.room.clone()))
            .collect();
        if rooms.is_empty() {
            return Ok(Vec::new());
        }
        let out: Vec<CardId> = folded
            .filter(|card| urgent.contains(&card.item) || woken.contains(&card.id))
            .map(|card| card.id)
            .collect();
        let mut posts = Vec::new();
        for (id, generation) in folds::take_out(tx, &out).await? {
            for card in cards.iter_mut().filter(|card| card.id == id) {
                card.entry = Entry::Open;
                card.generation = generation;
                posts.push(NewEffect::post_card(card.again(generation), now));
            }
        }
        let rooms = rooms.iter().map(|(chat, room)| (chat.as_str(), room.as_str()));
        self.fold_changed(tx, rooms, now).await?;
        Ok(posts)
    }
}

fn keep(stale: &Stale, run_at: At, now: At) -> NewEffect {
    let Stale {
        chat, room, number, ..
    } = stale;
    NewEffect::keep_fold(Room { chat, room }, *number, run_at, now)
}
