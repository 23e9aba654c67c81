//! What must happen outside, written down in the transaction that decided it and carried out by a worker later. The
//! JSON of each variant is nailed by `tests/stored`, because rows outlive releases.

mod kind;
pub mod new;

use serde::Deserialize;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::domain::At;
use crate::domain::id::CardId;
use crate::domain::id::EffectId;
use crate::domain::id::EventId;
use crate::domain::id::ItemId;
use crate::domain::id::ReplyId;
use crate::domain::item::manner::Unanswered;
use crate::domain::people::person::Mention;
use crate::domain::people::person::PersonId;
use crate::domain::say::text::Seg;
use crate::domain::show::row::Told;

pub use kind::EffectKind;
pub use kind::KindName;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "v1", rename_all = "snake_case")]
pub enum Effect {
    PostCard {
        card: CardId,
    },
    EditCard {
        card: CardId,
    },
    /// A line in the card's thread; pings only whom it names.
    PostNote {
        card: CardId,
        event: EventId,
        ping: Vec<Mention>,
    },
    /// The same news where somebody looks: a channel or a direct message of an escalation target.
    Alert {
        card: CardId,
        event: EventId,
        to: AlertTo,
    },
    /// All that waits to be told to somebody, in one message.
    Notify {
        to: Addressee,
    },
    /// A step of a chain calls a service outside.
    CallWebhook {
        webhook: String,
        event: EventId,
    },
    /// A sentence that only one person sees.
    Whisper {
        /// Empty in what an earlier release wrote: `new::whispered_in` knows where.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        chat: String,
        room: String,
        user: String,
        thread: Option<String>,
        answer_to: Option<String>,
        #[serde(flatten)]
        told: Told,
    },
    /// A sentence for all in a room.
    TellRoom {
        chat: String,
        room: String,
        text: Vec<Seg>,
    },
    /// What concerns one person, where their chat has a place for it.
    ShowHome {
        person: PersonId,
    },
    /// What waits in a room's fold: lets in what the room takes, and says what still waits.
    KeepFold {
        chat: String,
        room: String,
    },
    PublishReply {
        reply: ReplyId,
    },
    /// Look whether a reply under moderation became visible.
    FollowReply {
        reply: ReplyId,
        since: At,
    },
    /// Somebody handed in a file: fetch it and show what it would come to.
    ReadFile {
        file: i64,
    },
    /// They want it: bring in the next rows of it.
    BringIn {
        file: i64,
        #[serde(default, skip_serializing_if = "Unanswered::is_by_age")]
        unanswered: Unanswered,
    },
    /// What it brought goes again.
    TakeBack {
        file: i64,
    },
    SendDigest {
        digest: String,
        room: String,
        slot: String,
        from: At,
        to: At,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlertTo {
    Room { room: String, ping: Vec<Mention> },
    Person(String),
}

/// Who is told what the clock asks for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Addressee {
    Person(PersonId),
    /// Where the cards are, with these named.
    Room {
        chat: String,
        room: String,
        ping: Vec<Mention>,
    },
}

impl Addressee {
    pub fn chat(&self) -> &str {
        match self {
            Self::Person(person) => &person.chat,
            Self::Room { chat, .. } => chat,
        }
    }

    /// One message at a time.
    pub fn serial(&self) -> String {
        match self {
            Self::Person(person) => format!("notify:{person}"),
            Self::Room { chat, room, .. } => format!("room:{chat}:{room}"),
        }
    }
}

/// Urgent before normal before digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lane {
    Urgent = 0,
    Normal = 1,
    Digest = 2,
}

/// An effect to be written down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEffect {
    pub id: EffectId,
    /// Unique: the same key is never done twice. The row is not kept for ever, so a key is made of something that
    /// happens once, like an event, or is counted elsewhere, like a reply's approval.
    pub key: String,
    pub effect: Effect,
    pub item: Option<ItemId>,
    pub lane: Lane,
    /// Effects with the same serial run one after the other.
    pub serial: String,
    /// Effects with the same pace share a rate limit.
    pub pace: Option<String>,
    pub run_at: At,
}

impl Effect {
    pub fn kind(&self) -> EffectKind {
        match self {
            Self::PostCard { .. } => EffectKind::PostCard,
            Self::EditCard { .. } => EffectKind::EditCard,
            Self::PostNote { .. } => EffectKind::PostNote,
            Self::Alert { .. } => EffectKind::Alert,
            Self::Notify { .. } => EffectKind::Notify,
            Self::CallWebhook { .. } => EffectKind::CallWebhook,
            Self::Whisper { .. } => EffectKind::Whisper,
            Self::TellRoom { .. } => EffectKind::TellRoom,
            Self::ShowHome { .. } => EffectKind::ShowHome,
            Self::KeepFold { .. } => EffectKind::KeepFold,
            Self::PublishReply { .. } => EffectKind::PublishReply,
            Self::FollowReply { .. } => EffectKind::FollowReply,
            Self::ReadFile { .. } => EffectKind::ReadFile,
            Self::BringIn { .. } => EffectKind::BringIn,
            Self::TakeBack { .. } => EffectKind::TakeBack,
            Self::SendDigest { .. } => EffectKind::SendDigest,
        }
    }
}

/// Waits between tries, in seconds; the last one repeats.
const SCHEDULE: [i64; 7] = [2, 5, 15, 30, 30, 30, 30];
/// A hint may make us wait longer than our own schedule, but not for ever.
const LONGEST_HINT: i64 = 3600;

/// When to try again after the `attempt`-th try failed. `hint` is the far side's own Retry-After, in seconds.
pub fn next_try(now: At, attempt: i32, hint: Option<i64>, jitter: f64) -> At {
    let step = usize::try_from(attempt.max(1) - 1)
        .unwrap_or(0)
        .min(SCHEDULE.len() - 1);
    let own = SCHEDULE[step];
    match hint {
        // The far side knows best when it has room again; a little jitter keeps replicas from coming back as one.
        Some(hint) => now + millis(hint.clamp(1, LONGEST_HINT) as f64 + 0.25 * jitter),
        None => now + millis(own as f64 * (1.0 + 0.25 * jitter)),
    }
}

fn millis(seconds: f64) -> chrono::TimeDelta {
    chrono::TimeDelta::milliseconds((seconds * 1000.0) as i64)
}

/// Reads the JSON of a row; a row of a newer release is an error with an address, not a panic.
pub fn decode<T: DeserializeOwned>(body: serde_json::Value) -> Result<T, serde_json::Error> {
    serde_json::from_value(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_hints_are_kept() {
        let now = At::UNIX_EPOCH;
        let wait = |attempt, hint| (next_try(now, attempt, hint, 0.0) - now).num_seconds();
        assert_eq!(
            [wait(1, None), wait(2, None), wait(3, None), wait(99, None)],
            [2, 5, 15, 30]
        );
        assert_eq!(wait(1, Some(30)), 30);
        assert_eq!(wait(1, Some(0)), 1);
        assert_eq!(wait(1, Some(999_999)), LONGEST_HINT);
    }
}
