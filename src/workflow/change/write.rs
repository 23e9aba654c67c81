//! A change to an item and all that follows from it, written together: the log, the cards that are stale now, the
//! lines in their threads. Every workflow that changes an item ends here, so none can forget a card.

use std::collections::BTreeSet;

use chrono::TimeDelta;

use crate::domain::At;
use crate::domain::effect::Addressee;
use crate::domain::effect::NewEffect;
use crate::domain::effect::new;
use crate::domain::id::CardId;
use crate::domain::id::EventId;
use crate::domain::id::ItemId;
use crate::domain::id::NoticeId;
use crate::domain::id::TimerId;
use crate::domain::item::Item;
use crate::domain::item::event::Event;
use crate::domain::item::event::EventKind;
use crate::domain::people::person::Mention;
use crate::domain::people::person::PersonId;
use crate::domain::promise::rules::Channel;
use crate::domain::show::fold;
use crate::store::Tx;
use crate::store::card;
use crate::store::card::CardRow;
use crate::store::card::Entry;
use crate::store::card::NewCard;
use crate::store::card::Wanted;
use crate::store::event;
use crate::store::item;
use crate::store::item::Locked;
use crate::store::notice;
use crate::store::notice::NewNotice;
use crate::store::outbox;
use crate::store::timer;
use crate::store::timer::NewTimer;
use crate::workflow::Desk;
use crate::workflow::Result;

/// What happened to one item in one transaction.
pub struct Change {
    now: At,
    item: ItemId,
    events: Vec<Happened>,
    effects: Vec<NewEffect>,
    timers: Vec<NewTimer>,
    /// With the effect that sends them.
    notices: Vec<(NewNotice, NewEffect)>,
    /// The clock was asked already.
    pub(crate) looked: bool,
}

struct Happened {
    event: Event,
    /// Whom the thread's line calls.
    ping: Vec<Mention>,
    /// In the cards' threads.
    is_told: bool,
}

impl Change {
    pub fn of(item: ItemId, now: At) -> Self {
        Self {
            now,
            item,
            events: Vec::new(),
            effects: Vec::new(),
            timers: Vec::new(),
            notices: Vec::new(),
            looked: false,
        }
    }

    pub fn event(&mut self, by: Option<&PersonId>, what: EventKind) -> EventId {
        self.event_with_ping(by, what, Vec::new())
    }

    /// The thread's line names these, and only these, loudly.
    pub fn event_with_ping(&mut self, by: Option<&PersonId>, what: EventKind, ping: Vec<Mention>) -> EventId {
        let id = EventId::new(self.now);
        let is_told = what.is_told();
        self.events.push(Happened {
            event: Event {
                id,
                item: self.item,
                at: self.now,
                by: by.cloned(),
                what,
            },
            ping,
            is_told,
        });
        id
    }

    /// An event that no line tells, because another one does in the same instant.
    pub(crate) fn silent_event(&mut self, what: EventKind) {
        self.event(None, what);
        if let Some(last) = self.events.last_mut() {
            last.is_told = false;
        }
    }

    /// An event that these are told about, besides what the cards show.
    pub fn event_for(&mut self, what: EventKind, told: Vec<(Addressee, At)>, gathered: TimeDelta) -> EventId {
        let id = EventId::new(self.now);
        let is_told = told.is_empty() && what.is_told();
        self.events.push(Happened {
            event: Event {
                id,
                item: self.item,
                at: self.now,
                by: None,
                what,
            },
            ping: Vec::new(),
            is_told,
        });
        for (addressee, not_before) in told {
            let run_at = not_before.max(self.now + gathered);
            let message = NewEffect::notify(&addressee, id, run_at, self.now);
            let notice = NewNotice {
                id: NoticeId::new(self.now),
                addressee,
                item: self.item,
                event: id,
                not_before,
            };
            self.notices.push((notice, message));
        }
        id
    }

    /// The same where it happened to the item and not to its clock: whoever reads along learns it now, in each thread, and
    /// those who are called hear it when they may be.
    pub fn event_also_for(&mut self, what: EventKind, told: Vec<(Addressee, At)>) -> EventId {
        let id = self.event_for(what, told, TimeDelta::zero());
        if let Some(happened) = self.events.last_mut() {
            happened.is_told = happened.event.what.is_told();
        }
        id
    }

    pub fn now(&self) -> At {
        self.now
    }

    pub(crate) fn into_timers(self) -> Vec<NewTimer> {
        self.timers
    }

    /// What happened so far.
    pub fn log(&self) -> impl Iterator<Item = &Event> {
        self.events.iter().map(|h| &h.event)
    }

    /// Whether the clock has something to say because of it.
    pub fn asks_clock(&self) -> bool {
        self.log()
            .any(|event| event.what.moves_clock() || event.what.lets_go())
    }

    pub fn effect(&mut self, effect: NewEffect) {
        self.effects.push(effect);
    }

    pub fn timer(&mut self, kind: &'static str, at: At) {
        self.timers.push(NewTimer {
            id: TimerId::new(self.now),
            item: self.item,
            kind,
            at,
        });
    }
}

impl Desk {
    /// Saves the item and writes down all that follows. Returns its cards, for effects that name them.
    pub async fn write(&self, tx: &mut Tx, locked: &mut Locked, mut change: Change) -> Result<Vec<CardRow>> {
        if !change.looked && change.asks_clock() {
            self.look(tx, locked, &mut change).await?;
        }
        let now = change.now;
        self.write_all(tx, &mut [(locked, change)], now).await
    }

    /// The same for several items, each with one change and each looked at where that was needed, in a handful of
    /// statements however many there are.
    pub(in crate::workflow) async fn write_all(
        &self,
        tx: &mut Tx,
        changes: &mut [(&mut Locked, Change)],
        now: At,
    ) -> Result<Vec<CardRow>> {
        let mut changed: Vec<&mut Locked> = changes.iter_mut().map(|(locked, _)| &mut **locked).collect();
        item::save(tx, &mut changed).await?;
        let log = changes.iter().flat_map(|(_, change)| change.log().cloned());
        event::append(tx, &log.collect::<Vec<Event>>()).await?;
        let mut messages: Vec<Vec<NewEffect>> = Vec::new();
        let mut waiting: Vec<NewNotice> = Vec::new();
        let mut timers: Vec<NewTimer> = Vec::new();
        for (_, change) in changes.iter_mut() {
            let (notices, calls): (Vec<NewNotice>, Vec<NewEffect>) = change.notices.drain(..).unzip();
            waiting.extend(notices);
            messages.push(calls);
            timers.append(&mut change.timers);
        }
        notice::put(tx, &waiting).await?;
        timer::set(tx, &timers).await?;
        let wanted: Vec<Wanted> = changes.iter().map(|(locked, _)| wanted(locked)).collect();
        let (mut all, woken) = card::want(tx, &wanted).await?;
        let urgent: BTreeSet<ItemId> = changes
            .iter()
            .map(|(locked, _)| &**locked)
            .filter(|item| item.handling.is_open() && fold::is_urgent(item, self.owner(item).is_some()))
            .map(|item| item.id)
            .collect();
        let mut effects: Vec<NewEffect> = self.unfold(tx, &mut all, &urgent, &woken, now).await?;
        for ((item, change), messages) in changes.iter_mut().zip(messages) {
            effects.append(&mut change.effects);
            if item.handling.is_open() && !all.iter().any(|card| card.item == item.id) {
                // It came answered, so nobody had to see it. Now somebody has to.
                let (new, posts) = self.deal(&item.route, item.id, now);
                card::insert(tx, &new).await?;
                effects.extend(posts);
                all.extend(card::of_item(tx, item.id).await?);
            }
            for card in all
                .iter()
                .filter(|card| card.item == item.id && card.entry != Entry::Folded)
            {
                // A card that is not posted yet will be posted as it is then.
                if card.message.is_some() {
                    effects.push(NewEffect::edit_card(card.named(), item.version, now));
                }
                for Happened { event, ping, .. } in change.events.iter().filter(|h| h.is_told) {
                    effects.push(NewEffect::post_note(card.named(), event.id, ping, now));
                }
            }
            // What happened stands in the thread before anybody is called because of it.
            effects.extend(messages);
        }
        outbox::put(tx, &effects, now).await?;
        let concerned: BTreeSet<PersonId> = changes
            .iter()
            .flat_map(|(locked, change)| concerned(locked, change))
            .collect();
        self.homes_changed(tx, &concerned.into_iter().collect::<Vec<_>>(), now)
            .await?;
        Ok(all)
    }

    /// A card in each room of the route, to be posted.
    pub(in crate::workflow) fn deal(
        &self,
        route: &str,
        item: ItemId,
        now: At,
    ) -> (Vec<NewCard<'_>>, Vec<NewEffect>) {
        let rooms = self.rules.route(route).to.iter();
        let rooms = rooms.filter_map(|name| self.rules.channel(name));
        rooms.map(|channel| card_in(channel, item, now)).unzip()
    }
}

/// In whose homes the item stands now, or stood before.
fn concerned(item: &Item, change: &Change) -> Vec<PersonId> {
    let mut people: Vec<PersonId> = item.handling.holder(change.now).into_iter().cloned().collect();
    for event in change.log() {
        people.extend(event.by.iter().cloned());
        match &event.what {
            EventKind::TakenOver { from, .. } => people.push(from.clone()),
            EventKind::ClaimEnded { of, .. } => people.push(of.clone()),
            _ => {}
        }
    }
    people
}

fn wanted(item: &Item) -> Wanted {
    Wanted {
        item: item.id,
        version: item.version,
        watched: item.handling.is_open(),
    }
}

/// A card in one room, to be posted.
pub fn card_in(channel: &Channel, item: ItemId, now: At) -> (NewCard<'_>, NewEffect) {
    let id = CardId::new(now);
    let card = NewCard {
        id,
        item,
        channel: &channel.name,
        chat: &channel.chat,
        room: &channel.room,
        folded_at: None,
        watched: true,
        listed: false,
    };
    let first = new::Card {
        id,
        item,
        room: new::Room {
            chat: &channel.chat,
            room: &channel.room,
        },
        generation: 0,
    };
    (card, NewEffect::post_card(first, now))
}
