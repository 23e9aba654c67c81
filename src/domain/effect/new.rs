//! Every effect is made here and nowhere else: what keeps it from being done twice (its key), what it waits for (its
//! serial), with whom it shares a limit (its pace) and what goes first (its lane) are decided once for each kind.

use chrono::TimeDelta;

use crate::domain::At;
use crate::domain::effect::Addressee;
use crate::domain::effect::AlertTo;
use crate::domain::effect::Effect;
use crate::domain::effect::Lane;
use crate::domain::effect::NewEffect;
use crate::domain::id::CardId;
use crate::domain::id::EffectId;
use crate::domain::id::EventId;
use crate::domain::id::ItemId;
use crate::domain::id::ReplyId;
use crate::domain::people::person::Mention;
use crate::domain::people::person::PersonId;
use crate::domain::say::text::Seg;
use crate::domain::show::row::Told;

/// A source is asked a minute after it took an answer whether customers can see it.
const FOLLOW_MINUTES: i64 = 1;

/// A room of a chat, by the chat's own id.
#[derive(Debug, Clone, Copy)]
pub struct Room<'a> {
    pub chat: &'a str,
    pub room: &'a str,
}

/// A card that stands in a room or shall.
#[derive(Debug, Clone, Copy)]
pub struct Card<'a> {
    pub id: CardId,
    pub item: ItemId,
    pub room: Room<'a>,
    /// Counts deliberate new messages after somebody deleted one.
    pub generation: i32,
}

/// Whom a private sentence is for, and where it is said.
#[derive(Debug, Clone, Copy)]
pub struct Listener<'a> {
    pub chat: &'a str,
    pub room: &'a str,
    pub user: &'a str,
    pub thread: Option<&'a str>,
    /// Where a press can be answered, as long as the chat allows it.
    pub answer_to: Option<&'a str>,
}

/// One message at a time in each room, at the pace that the room takes.
pub fn room_key(chat: &str, room: &str) -> String {
    format!("room:{chat}:{room}")
}

/// Each approval has its own key, so each can publish once.
pub fn publish_key(reply: ReplyId, approval: i32) -> String {
    format!("publish:{reply}:{approval}")
}

/// Whatever we do to an item's reply at the source happens one after the other.
fn publish_serial(item: ItemId) -> String {
    format!("publish:{item}")
}

fn source_pace(source: &str) -> String {
    format!("source:{source}")
}

impl NewEffect {
    /// What has a serial, a pace and a lane of its own says so; everything else begins here.
    fn of(key: String, effect: Effect, serial: String, now: At) -> Self {
        Self {
            id: EffectId::new(now),
            key,
            effect,
            item: None,
            lane: Lane::Normal,
            serial,
            pace: None,
            run_at: now,
        }
    }

    /// In a room's line, at the room's pace.
    fn in_room(key: String, effect: Effect, serial: String, now: At) -> Self {
        Self {
            pace: Some(serial.clone()),
            ..Self::of(key, effect, serial, now)
        }
    }

    fn about(self, item: ItemId) -> Self {
        Self {
            item: Some(item),
            ..self
        }
    }

    fn urgent(self) -> Self {
        Self {
            lane: Lane::Urgent,
            ..self
        }
    }

    fn at(self, run_at: At) -> Self {
        Self { run_at, ..self }
    }

    pub fn post_card(card: Card<'_>, now: At) -> Self {
        let key = format!("card:{}:{}", card.id, card.generation);
        let post = Effect::PostCard { card: card.id };
        Self::in_room(key, post, card.room.key(), now).about(card.item)
    }

    /// The card as of this version of its item. People look at the card that they pressed; new cards can wait for that.
    pub fn edit_card(card: Card<'_>, version: i64, now: At) -> Self {
        let which = format!("{}:{version}", card.generation);
        Self::edit((card.id, card.item), card.room.chat, &which, now).urgent()
    }

    /// The card in other words, though nothing changed: behind all that is more urgent.
    pub fn reword_card(card: (CardId, ItemId), chat: &str, run_at: At, now: At) -> Self {
        let which = format!("said:{}", now.timestamp_millis());
        Self {
            lane: Lane::Digest,
            ..Self::edit(card, chat, &which, now).at(run_at)
        }
    }

    fn edit((card, item): (CardId, ItemId), chat: &str, which: &str, now: At) -> Self {
        let key = format!("edit:{card}:{which}");
        let serial = format!("card:{card}");
        Self {
            pace: Some(format!("edit:{chat}")),
            ..Self::of(key, Effect::EditCard { card }, serial, now).about(item)
        }
    }

    /// A line below a card.
    pub fn post_note(card: Card<'_>, event: EventId, ping: &[Mention], now: At) -> Self {
        let key = format!("note:{}:{event}", card.id);
        let note = Effect::PostNote {
            card: card.id,
            event,
            ping: ping.to_vec(),
        };
        let note = Self::in_room(key, note, card.room.key(), now).about(card.item);
        match ping {
            [] => note,
            _ => note.urgent(),
        }
    }

    /// A line below the card for somebody who could not be reached by `instead`.
    pub fn call_below(card: Card<'_>, event: EventId, user: &str, instead: &str, now: At) -> Self {
        let ping = [Mention::Person(user.to_owned())];
        Self {
            key: format!("{instead}:below"),
            ..Self::post_note(card, event, &ping, now)
        }
    }

    pub fn alert(card: Card<'_>, event: EventId, to: AlertTo, now: At) -> Self {
        let place = match &to {
            AlertTo::Room { room, .. } => room.clone(),
            AlertTo::Person(user) => format!("direct:{user}"),
        };
        let key = format!("alert:{event}:{place}");
        let alert = Effect::Alert {
            card: card.id,
            event,
            to,
        };
        let serial = room_key(card.room.chat, &place);
        Self::in_room(key, alert, serial, now).about(card.item).urgent()
    }

    /// All that waits for somebody, which `event` is the first of.
    pub fn notify(to: &Addressee, event: EventId, run_at: At, now: At) -> Self {
        let serial = to.serial();
        let key = format!("notify:{event}:{serial}");
        let notify = Effect::Notify { to: to.clone() };
        Self::in_room(key, notify, serial, now).urgent().at(run_at)
    }

    /// The same once more at a later time, because something of it could not be read.
    pub fn notify_again(to: &Addressee, event: EventId, run_at: At, now: At) -> Self {
        let again = Self::notify(to, event, run_at, now);
        Self {
            key: format!("{}:{}", again.key, run_at.timestamp()),
            ..again
        }
    }

    pub fn call_webhook(webhook: &str, item: ItemId, event: EventId, now: At) -> Self {
        let key = format!("webhook:{webhook}:{event}");
        let call = Effect::CallWebhook {
            webhook: webhook.to_owned(),
            event,
        };
        let serial = format!("webhook:{webhook}:{item}");
        Self::of(key, call, serial, now).about(item).urgent()
    }

    /// `what` is said once to its listener's chat.
    pub fn whisper(to: Listener<'_>, what: &str, told: Told, now: At) -> Self {
        let Listener { chat, user, .. } = to;
        let whisper = Effect::Whisper {
            chat: chat.to_owned(),
            room: to.room.to_owned(),
            user: user.to_owned(),
            thread: to.thread.map(str::to_owned),
            answer_to: to.answer_to.map(str::to_owned),
            told,
        };
        let (key, serial) = (format!("whisper:{chat}:{what}"), format!("whisper:{chat}:{user}"));
        Self {
            pace: Some(format!("whisper:{chat}")),
            ..Self::of(key, whisper, serial, now).urgent()
        }
    }

    /// A private sentence about an item.
    pub fn whisper_about(to: Listener<'_>, item: ItemId, what: &str, told: Told, now: At) -> Self {
        Self::whisper(to, what, told, now).about(item)
    }

    /// `what` is said once in the room.
    pub fn tell_room(room: Room<'_>, what: &str, text: Vec<Seg>, now: At) -> Self {
        let tell = Effect::TellRoom {
            chat: room.chat.to_owned(),
            room: room.room.to_owned(),
            text,
        };
        Self::in_room(
            format!("tell:{}:{}:{what}", room.chat, room.room),
            tell,
            room.key(),
            now,
        )
    }

    /// All that happens until it begins is in it: `begun` counts beginnings. Somebody looks at it.
    pub fn show_home(person: PersonId, begun: i64, run_at: At, now: At) -> Self {
        let (key, serial) = (format!("home:{person}:{begun}"), format!("home:{person}"));
        Self {
            pace: Some(format!("home:{}", person.chat)),
            ..Self::of(key, Effect::ShowHome { person }, serial, now)
                .urgent()
                .at(run_at)
        }
    }

    /// All that happens until it begins is in it: `number` counts beginnings. It makes room for what waits behind it.
    pub fn keep_fold(room: Room<'_>, number: i64, run_at: At, now: At) -> Self {
        let key = format!("fold:{}:{}:{number}", room.chat, room.room);
        let keep = Effect::KeepFold {
            chat: room.chat.to_owned(),
            room: room.room.to_owned(),
        };
        Self::in_room(key, keep, room.key(), now).urgent().at(run_at)
    }

    pub fn publish_reply(
        (item, source): (ItemId, &str),
        reply: ReplyId,
        approval: i32,
        run_at: At,
        now: At,
    ) -> Self {
        let publish = Effect::PublishReply { reply };
        Self {
            pace: Some(source_pace(source)),
            ..Self::of(publish_key(reply, approval), publish, publish_serial(item), now)
                .about(item)
                .urgent()
                .at(run_at)
        }
    }

    /// The first look.
    pub fn follow_reply((item, source): (ItemId, &str), reply: ReplyId, now: At) -> Self {
        let key = format!("follow:{reply}:{}", now.timestamp_micros());
        let follow = Effect::FollowReply { reply, since: now };
        Self {
            pace: Some(source_pace(source)),
            ..Self::of(key, follow, publish_serial(item), now)
                .about(item)
                .at(now + TimeDelta::minutes(FOLLOW_MINUTES))
        }
    }

    /// A step of what becomes of the file `number`; one step at a time.
    pub fn of_file(number: i64, what: &str, step: Effect, now: At) -> Self {
        Self::of(format!("file:{what}"), step, format!("file:{number}"), now)
    }

    /// To a room, or to one person.
    pub fn send_digest(to: Result<Room<'_>, &PersonId>, digest: Slot<'_>, now: At) -> Self {
        let Slot {
            name,
            place,
            slot,
            from,
            until,
        } = digest;
        let serial = match to {
            Ok(room) => room.key(),
            Err(person) => Addressee::Person(person.clone()).serial(),
        };
        let send = Effect::SendDigest {
            digest: name.to_owned(),
            room: place.to_owned(),
            slot: slot.to_owned(),
            from,
            to: until,
        };
        Self {
            lane: Lane::Digest,
            ..Self::in_room(format!("digest:{name}:{place}:{slot}"), send, serial, now)
        }
    }
}

/// Which digest, for where, and of which time.
#[derive(Debug, Clone, Copy)]
pub struct Slot<'a> {
    pub name: &'a str,
    /// As its slots are known by.
    pub place: &'a str,
    /// Local time.
    pub slot: &'a str,
    pub from: At,
    pub until: At,
}

impl Room<'_> {
    fn key(self) -> String {
        room_key(self.chat, self.room)
    }
}

/// The chat in which a private sentence is said: an earlier release wrote it into the effect's key only.
pub fn whispered_in<'a>(chat: &'a str, key: &'a str) -> &'a str {
    match chat {
        "" => key.split(':').nth(1).unwrap_or_default(),
        chat => chat,
    }
}
