//! Who may do what where: the roles' bits, then the channel's exceptions, in Discord's order.

use super::refused::Refused;
use super::state::Channel;
use super::state::User;
use super::state::World;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permission {
    Administrator,
    ManageChannels,
    ManageMessages,
    ViewChannel,
    SendMessages,
    EmbedLinks,
    AttachFiles,
    ReadMessageHistory,
    MentionEveryone,
    UseApplicationCommands,
    ManageThreads,
    CreatePublicThreads,
    SendMessagesInThreads,
}

impl Permission {
    pub const fn bit(self) -> u64 {
        1 << match self {
            Self::Administrator => 3,
            Self::ManageChannels => 4,
            Self::ViewChannel => 10,
            Self::SendMessages => 11,
            Self::ManageMessages => 13,
            Self::EmbedLinks => 14,
            Self::AttachFiles => 15,
            Self::ReadMessageHistory => 16,
            Self::MentionEveryone => 17,
            Self::UseApplicationCommands => 31,
            Self::ManageThreads => 34,
            Self::CreatePublicThreads => 35,
            Self::SendMessagesInThreads => 38,
        }
    }
}

impl Permission {
    /// By Discord's name for it.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "ADMINISTRATOR" => Self::Administrator,
            "MANAGE_CHANNELS" => Self::ManageChannels,
            "MANAGE_MESSAGES" => Self::ManageMessages,
            "VIEW_CHANNEL" => Self::ViewChannel,
            "SEND_MESSAGES" => Self::SendMessages,
            "EMBED_LINKS" => Self::EmbedLinks,
            "ATTACH_FILES" => Self::AttachFiles,
            "READ_MESSAGE_HISTORY" => Self::ReadMessageHistory,
            "MENTION_EVERYONE" => Self::MentionEveryone,
            "USE_APPLICATION_COMMANDS" => Self::UseApplicationCommands,
            "MANAGE_THREADS" => Self::ManageThreads,
            "CREATE_PUBLIC_THREADS" => Self::CreatePublicThreads,
            "SEND_MESSAGES_IN_THREADS" => Self::SendMessagesInThreads,
            _ => return None,
        })
    }
}

/// What a new server gives to everybody, `@everyone` pings included: a bot has to be quiet by itself.
pub const EVERYONE: u64 = Permission::ViewChannel.bit()
    | Permission::SendMessages.bit()
    | Permission::EmbedLinks.bit()
    | Permission::ReadMessageHistory.bit()
    | Permission::MentionEveryone.bit()
    | Permission::UseApplicationCommands.bit()
    | Permission::CreatePublicThreads.bit()
    | Permission::SendMessagesInThreads.bit();

impl World {
    /// Server-wide.
    pub fn base_permissions(&self, user: &User) -> u64 {
        let of_role = |id: &str| self.role(id).map_or(0, |role| role.permissions);
        let own = user.roles.iter().map(|id| of_role(id));
        own.fold(of_role(&self.settings.guild_id), |all, bits| all | bits)
    }

    /// In a channel; a thread has its parent's.
    pub fn permissions(&self, user: &str, channel: &Channel) -> u64 {
        if channel.with.is_some() {
            return u64::MAX >> 1;
        }
        let Some(user) = self.user(user).filter(|user| !user.away) else {
            return 0;
        };
        let base = self.base_permissions(user);
        if base & Permission::Administrator.bit() != 0 {
            return u64::MAX >> 1;
        }
        let place = channel.parent.as_deref().filter(|_| channel.thread.is_some());
        let place = place.and_then(|id| self.channel(id)).unwrap_or(channel);
        let everyone = place.overwrites.iter().find(|o| o.id == self.settings.guild_id);
        let own = place.overwrites.iter().find(|o| o.id == user.id);
        let (mut allow, mut deny) = (0, 0);
        for overwrite in place.overwrites.iter().filter(|o| user.roles.contains(&o.id)) {
            allow |= overwrite.allow;
            deny |= overwrite.deny;
        }
        let mut bits = base;
        if let Some(o) = everyone {
            bits = bits & !o.deny | o.allow;
        }
        bits = bits & !deny | allow;
        if let Some(o) = own {
            bits = bits & !o.deny | o.allow;
        }
        // Who does not see a channel can do nothing in it.
        if bits & Permission::ViewChannel.bit() == 0 {
            return 0;
        }
        bits
    }

    pub fn may(&self, user: &str, channel: &Channel, permission: Permission) -> bool {
        self.permissions(user, channel) & permission.bit() != 0
    }

    /// The channel, if the bot sees it.
    pub fn visible(&self, channel: &str) -> Result<&Channel, Refused> {
        let found = self.channel(channel).ok_or_else(Refused::unknown_channel)?;
        match self.may(self.bot(), found, Permission::ViewChannel) {
            true => Ok(found),
            false => Err(Refused::missing_access()),
        }
    }

    pub fn need(&self, channel: &Channel, permission: Permission) -> Result<(), Refused> {
        match self.may(self.bot(), channel, permission) {
            true => Ok(()),
            false => Err(Refused::missing_permissions()),
        }
    }
}
