//! Ids are types of their own, so that a reply can never be looked up by an item's id. They are UUIDv7 made from the
//! clock that is passed in: sorted by id is sorted by time, in tests with a standing clock too.

use serde::Deserialize;
use serde::Serialize;
use uuid::Uuid;

use crate::domain::At;

fn v7(now: At) -> Uuid {
    let seconds = u64::try_from(now.timestamp()).unwrap_or(0);
    Uuid::new_v7(uuid::Timestamp::from_unix(
        uuid::NoContext,
        seconds,
        now.timestamp_subsec_nanos(),
    ))
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            pub fn new(now: At) -> Self {
                Self(v7(now))
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;

            fn from_str(s: &str) -> Result<Self, Self::Err> {
                s.parse().map(Self)
            }
        }
    )+};
}

ids! {
    /// A review, question, comment or message from outside.
    ItemId;
    /// What one channel shows of an item.
    CardId;
    /// One answer of ours, from draft to visible.
    ReplyId;
    /// Something to be done outside.
    EffectId;
    /// A line of an item's history.
    EventId;
    /// "Look again at this time".
    TimerId;
    /// One thing that somebody has to be told.
    NoticeId;
    /// The right to finish an effect; whoever lost it may not.
    LeaseToken;
}
