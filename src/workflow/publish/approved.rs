//! What is to be done with an approved reply at its source. Each approval has a key of its own, so each can publish once; all
//! that is about one item's reply runs one after the other.

use chrono::TimeDelta;

use crate::domain::At;
use crate::domain::effect::Effect;
use crate::domain::effect::Lane;
use crate::domain::effect::NewEffect;
use crate::domain::id::EffectId;
use crate::domain::id::ItemId;
use crate::domain::id::ReplyId;
use crate::domain::item::Item;

/// Each approval has its own key, so each can publish once.
pub(in crate::workflow) fn publish_key(reply: ReplyId, approval: i32) -> String {
    format!("publish:{reply}:{approval}")
}

pub(in crate::workflow) fn publish(
    item: &Item,
    reply: ReplyId,
    approval: i32,
    run_at: At,
    now: At,
) -> NewEffect {
    NewEffect {
        id: EffectId::new(now),
        key: publish_key(reply, approval),
        effect: Effect::PublishReply { reply },
        item: Some(item.id),
        lane: Lane::Urgent,
        serial: publish_serial(item.id),
        pace: Some(format!("source:{}", item.source)),
        run_at,
    }
}

/// Whatever we do to an item's reply at the source happens one after the other.
fn publish_serial(item: ItemId) -> String {
    format!("publish:{item}")
}

/// The first look.
pub(super) fn follow(item: &Item, reply: ReplyId, now: At) -> NewEffect {
    NewEffect {
        id: EffectId::new(now),
        key: format!("follow:{reply}:{}", now.timestamp_micros()),
        effect: Effect::FollowReply { reply, since: now },
        item: Some(item.id),
        lane: Lane::Normal,
        serial: publish_serial(item.id),
        pace: Some(format!("source:{}", item.source)),
        run_at: now + TimeDelta::minutes(1),
    }
}
