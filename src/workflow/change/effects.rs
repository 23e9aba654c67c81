//! What a change asks to be done outside, with the key that makes it happen once and the serial that keeps its place.

use crate::domain::At;
use crate::domain::effect::Addressee;
use crate::domain::effect::Effect;
use crate::domain::effect::Lane;
use crate::domain::effect::NewEffect;
use crate::domain::id::CardId;
use crate::domain::id::EffectId;
use crate::domain::id::EventId;
use crate::domain::id::ItemId;
use crate::domain::person::Mention;
use crate::domain::rules::Channel;
use crate::store::card::CardRow;
use crate::store::card::NewCard;

pub(super) fn call_webhook(webhook: &str, item: ItemId, event: EventId, now: At) -> NewEffect {
    NewEffect {
        id: EffectId::new(now),
        key: format!("webhook:{webhook}:{event}"),
        effect: Effect::CallWebhook {
            webhook: webhook.to_owned(),
            event,
        },
        item: Some(item),
        lane: Lane::Urgent,
        serial: format!("webhook:{webhook}:{item}"),
        pace: None,
        run_at: now,
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
    (card, post_card(id, item, &channel.chat, &channel.room, 0, now))
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

pub(in crate::workflow) fn notify(to: &Addressee, event: EventId, run_at: At, now: At) -> NewEffect {
    let serial = to.serial();
    NewEffect {
        id: EffectId::new(now),
        key: format!("notify:{event}:{serial}"),
        effect: Effect::Notify { to: to.clone() },
        item: None,
        lane: Lane::Urgent,
        pace: Some(serial.clone()),
        serial,
        run_at,
    }
}

/// A line below a card.
pub(in crate::workflow) fn note_below(
    card: &CardRow,
    event: EventId,
    ping: &[Mention],
    now: At,
) -> NewEffect {
    NewEffect {
        id: EffectId::new(now),
        key: format!("note:{}:{event}", card.id),
        effect: Effect::PostNote {
            card: card.id,
            event,
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
