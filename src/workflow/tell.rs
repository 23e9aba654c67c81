//! A change to an item and all that follows from it, written together: the log, the cards that are stale now, the
//! lines in their threads. Every workflow that changes an item ends here, so none can forget a card.

use crate::domain::At;
use crate::domain::effect::Effect;
use crate::domain::effect::Lane;
use crate::domain::effect::NewEffect;
use crate::domain::event::Event;
use crate::domain::event::What;
use crate::domain::id::CardId;
use crate::domain::id::EffectId;
use crate::domain::id::EventId;
use crate::domain::id::ItemId;
use crate::domain::id::TimerId;
use crate::domain::person::Mention;
use crate::domain::person::PersonId;
use crate::store::Tx;
use crate::store::card;
use crate::store::card::CardRow;
use crate::store::card::NewCard;
use crate::store::event;
use crate::store::item;
use crate::store::item::Locked;
use crate::store::outbox;
use crate::store::timer;
use crate::store::timer::NewTimer;
use crate::workflow::Desk;
use crate::workflow::Result;

/// What happened to one item in one transaction.
pub struct Change {
    now: At,
    item: ItemId,
    events: Vec<(Event, Vec<Mention>)>,
    effects: Vec<NewEffect>,
    timers: Vec<NewTimer>,
}

impl Change {
    pub fn of(item: ItemId, now: At) -> Self {
        Self {
            now,
            item,
            events: Vec::new(),
            effects: Vec::new(),
            timers: Vec::new(),
        }
    }

    pub fn event(&mut self, by: Option<&PersonId>, what: What) -> EventId {
        self.event_with_ping(by, what, Vec::new())
    }

    /// The thread's line names these, and only these, loudly.
    pub fn event_with_ping(&mut self, by: Option<&PersonId>, what: What, ping: Vec<Mention>) -> EventId {
        let id = EventId::new(self.now);
        self.events.push((
            Event {
                id,
                item: self.item,
                at: self.now,
                by: by.cloned(),
                what,
            },
            ping,
        ));
        id
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
    pub async fn write(&self, tx: &mut Tx, locked: &mut Locked, change: Change) -> Result<Vec<CardRow>> {
        let Change {
            now,
            events,
            mut effects,
            timers,
            ..
        } = change;
        item::save(tx, locked).await?;
        let log: Vec<Event> = events.iter().map(|(e, _)| e.clone()).collect();
        event::append(tx, &log).await?;
        timer::set(tx, &timers).await?;
        let watched = locked.0.handling.is_open();
        let mut cards = card::want(tx, locked.0.id, locked.0.version, watched).await?;
        if cards.is_empty() && locked.0.handling.is_open() {
            // It came answered, so nobody had to see it. Now somebody has to.
            let (new, posts) = self.deal(&locked.0.route, locked.0.id, now);
            card::insert(tx, &new).await?;
            effects.extend(posts);
            cards = card::of_item(tx, locked.0.id).await?;
        }
        for card in &cards {
            // A card that is not posted yet will be posted as it is then.
            if card.message.is_some() {
                effects.push(edit_card(card, locked.0.version, now));
            }
            for (event, ping) in events.iter().filter(|(e, _)| e.what.is_told()) {
                effects.push(note(card, event, ping, now));
            }
        }
        outbox::put(tx, &effects, now).await?;
        Ok(cards)
    }

    /// A card in each room of the route, to be posted.
    pub(crate) fn deal(&self, route: &str, item: ItemId, now: At) -> (Vec<NewCard<'_>>, Vec<NewEffect>) {
        let rooms = self.rules.route(route).to.iter();
        let rooms = rooms.filter_map(|name| self.rules.channel(name));
        rooms
            .map(|channel| {
                let id = CardId::new(now);
                let card = NewCard {
                    id,
                    item,
                    channel: &channel.name,
                    chat: &channel.chat,
                    room: &channel.room,
                };
                (card, post_card(id, item, &channel.chat, &channel.room, 0, now))
            })
            .unzip()
    }
}

pub fn post_card(card: CardId, item: ItemId, chat: &str, room: &str, generation: i32, now: At) -> NewEffect {
    NewEffect {
        id: EffectId::new(now),
        key: format!("card:{card}:{generation}"),
        effect: Effect::PostCard { card },
        item: Some(item),
        lane: Lane::Normal,
        serial: room_key(chat, room),
        pace: Some(room_key(chat, room)),
        run_at: now,
    }
}

pub fn edit_card(card: &CardRow, version: i64, now: At) -> NewEffect {
    NewEffect {
        id: EffectId::new(now),
        key: format!("edit:{}:{}:{version}", card.id, card.generation),
        effect: Effect::EditCard { card: card.id },
        item: Some(card.item),
        // People look at the card that they pressed; new cards can wait for that.
        lane: Lane::Urgent,
        serial: format!("card:{}", card.id),
        pace: Some(format!("edit:{}", card.chat)),
        run_at: now,
    }
}

fn note(card: &CardRow, event: &Event, ping: &[Mention], now: At) -> NewEffect {
    NewEffect {
        id: EffectId::new(now),
        key: format!("note:{}:{}", card.id, event.id),
        effect: Effect::PostNote {
            card: card.id,
            event: event.id,
            ping: ping.to_vec(),
        },
        item: Some(card.item),
        lane: if ping.is_empty() {
            Lane::Normal
        } else {
            Lane::Urgent
        },
        serial: room_key(&card.chat, &card.room),
        pace: Some(room_key(&card.chat, &card.room)),
        run_at: now,
    }
}

/// One message at a time in each room, at the pace that the room takes.
pub fn room_key(chat: &str, room: &str) -> String {
    format!("room:{chat}:{room}")
}
