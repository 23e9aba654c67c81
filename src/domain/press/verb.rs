//! The words for what can be done about one item and for what can be listed, as buttons, commands and figures carry them,
//! and who may.

use serde::Deserialize;
use serde::Serialize;

use crate::domain::id::ItemId;
use crate::domain::people::rights::Role;

macro_rules! verbs {
    ($($name:ident = $token:literal, $role:ident;)+) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum Verb { $($name,)+ }

        impl Verb {
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $token,)+ }
            }

            /// Who may: checked on each press, not only when the button is drawn.
            pub fn needs(self) -> Role {
                match self { $(Self::$name => Role::$role,)+ }
            }
        }
    };
}

verbs! {
    Reply = "reply", Responder;
    Take = "take", Responder;
    Release = "release", Responder;
    Escalate = "escalate", Responder;
    Handle = "handled", Responder;
    Snooze = "snooze", Responder;
    HandOver = "give", Responder;
    Acknowledge = "seen", Responder;
    Undo = "undo", Responder;
    ChangeReply = "change", Responder;
    ConfirmThere = "there", Responder;
    SendAgain = "again", Responder;
    Reopen = "reopen", Responder;
    FullText = "full", Viewer;
    Why = "why", Viewer;
    ViewReply = "view", Viewer;
    OpenSource = "open-at", Viewer;
    CopyText = "copy", Viewer;
}

impl Verb {
    /// It shows what the card shows in part or leads to: whoever sees the card may have it.
    pub fn is_on_card(self) -> bool {
        matches!(self, Self::FullText | Self::OpenSource)
    }

    /// Done at once, without a form that asks about one item.
    pub fn takes_several(self) -> bool {
        matches!(
            self,
            Self::Take | Self::Release | Self::Reopen | Self::Acknowledge | Self::Undo
        )
    }

    /// Needs nothing but the item: it changes it, or it is refused.
    pub fn is_plain(self) -> bool {
        matches!(
            self,
            Self::Take | Self::Release | Self::Reopen | Self::Acknowledge
        )
    }

    pub fn parse(token: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|v| v.as_str() == token)
    }
}

/// `z1.<verb>.<item>`: version, verb, item.
pub fn token(verb: Verb, item: ItemId) -> String {
    format!("z1.{}.{}", verb.as_str(), item)
}

pub fn read_token(token: &str) -> Option<(Verb, ItemId)> {
    let mut parts = token.splitn(3, '.');
    match (parts.next(), parts.next(), parts.next()) {
        (Some("z1"), Some(verb), Some(item)) => Some((Verb::parse(verb)?, item.parse().ok()?)),
        _ => None,
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Listing {
    Open,
    Mine,
    Overdue,
    /// What waits in the room's fold.
    Folded,
}

impl Listing {
    pub const ALL: &[Self] = &[Self::Open, Self::Mine, Self::Overdue, Self::Folded];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Mine => "mine",
            Self::Overdue => "overdue",
            Self::Folded => "folded",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|l| l.as_str() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::At;

    #[test]
    fn a_token_comes_back_as_it_went() {
        let item = ItemId::new(At::UNIX_EPOCH);
        for verb in Verb::ALL {
            let token = token(*verb, item);
            assert!(token.len() <= 100, "fits every chat");
            assert_eq!(read_token(&token), Some((*verb, item)));
        }
        assert_eq!(read_token("z2.reply.x"), None);
        assert_eq!(read_token("z1.reply.not-an-id"), None);
        assert_eq!(read_token(""), None);
    }
}
