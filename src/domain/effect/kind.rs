//! What an effect does, by name: in the outbox's rows, in what is told about tries, in figures.

/// Everything that this version knows how to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EffectKind {
    PostCard,
    EditCard,
    PostNote,
    Alert,
    Notify,
    CallWebhook,
    Whisper,
    TellRoom,
    ShowHome,
    KeepFold,
    PublishReply,
    FollowReply,
    ReadFile,
    BringIn,
    TakeBack,
    SendDigest,
}

/// The kind of a row, which a newer version may have written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KindName {
    Known(EffectKind),
    Newer(String),
}

impl EffectKind {
    pub const ALL: [Self; 16] = [
        Self::PostCard,
        Self::EditCard,
        Self::PostNote,
        Self::Alert,
        Self::Notify,
        Self::CallWebhook,
        Self::Whisper,
        Self::TellRoom,
        Self::ShowHome,
        Self::KeepFold,
        Self::PublishReply,
        Self::FollowReply,
        Self::ReadFile,
        Self::BringIn,
        Self::TakeBack,
        Self::SendDigest,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::PostCard => "post_card",
            Self::EditCard => "edit_card",
            Self::PostNote => "post_note",
            Self::Alert => "alert",
            Self::Notify => "notify",
            Self::CallWebhook => "call_webhook",
            Self::Whisper => "whisper",
            Self::TellRoom => "tell_room",
            Self::ShowHome => "show_home",
            Self::KeepFold => "keep_fold",
            Self::PublishReply => "publish_reply",
            Self::FollowReply => "follow_reply",
            Self::ReadFile => "read_file",
            Self::BringIn => "bring_in",
            Self::TakeBack => "take_back",
            Self::SendDigest => "send_digest",
        }
    }

    /// As rows name them.
    pub fn names() -> Vec<String> {
        Self::ALL.map(|kind| kind.as_str().to_owned()).into()
    }
}

impl From<String> for KindName {
    fn from(name: String) -> Self {
        let known = EffectKind::ALL.into_iter().find(|kind| kind.as_str() == name);
        known.map_or(Self::Newer(name), Self::Known)
    }
}
