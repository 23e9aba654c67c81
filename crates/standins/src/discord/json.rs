//! How Discord writes down what it has: users, members, roles, channels, messages.

use chrono::DateTime;
use chrono::SecondsFormat;
use chrono::Utc;
use serde_json::Value;
use serde_json::json;

use super::form::EPHEMERAL;
use super::mention::Ping;
use super::multipart::Attachment;
use super::state::Channel;
use super::state::DIRECT;
use super::state::Message;
use super::state::Role;
use super::state::Tag;
use super::state::User;
use super::state::World;
use super::state::made;

const HAS_THREAD: u64 = 1 << 5;
/// Of a thread.
pub const PINNED: u64 = 1 << 1;
/// Of a forum.
const REQUIRE_TAG: u64 = 1 << 4;

pub fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, false)
}

pub fn user(user: &User) -> Value {
    json!({
        "id": user.id,
        "username": user.name,
        "global_name": (!user.bot).then_some(&user.display_name),
        "discriminator": if user.bot { "0042" } else { "0" },
        "avatar": null,
        "bot": user.bot,
        "public_flags": 0,
    })
}

pub fn role(role: &Role) -> Value {
    json!({
        "id": role.id,
        "name": role.name,
        "color": 0,
        "colors": { "primary_color": 0, "secondary_color": null, "tertiary_color": null },
        "hoist": false,
        "icon": null,
        "unicode_emoji": null,
        "position": u8::from(role.name != "@everyone"),
        "permissions": role.permissions.to_string(),
        "managed": role.managed,
        "mentionable": role.mentionable,
        "flags": 0,
    })
}

fn tag(tag: &Tag) -> Value {
    json!({
        "id": tag.id,
        "name": tag.name,
        "moderated": tag.moderated,
        "emoji_id": null,
        "emoji_name": tag.emoji,
    })
}

fn is_shown(message: &Message, file: &Attachment) -> bool {
    let wanted = format!("attachment://{}", file.filename);
    message
        .embeds
        .iter()
        .any(|embed| embed["image"]["url"] == wanted.as_str())
}

impl World {
    pub fn user_json(&self, id: &str) -> Value {
        let unknown = json!({ "id": id, "username": "deleted", "discriminator": "0", "avatar": null, "global_name": null });
        self.user(id).map_or(unknown, user)
    }

    /// Without the user, as messages have it.
    pub fn member_json(&self, of: &User) -> Value {
        json!({
            "nick": null,
            "avatar": null,
            "banner": null,
            "roles": of.roles,
            "joined_at": "2026-01-01T00:00:00.000000+00:00",
            "premium_since": null,
            "deaf": false,
            "mute": false,
            "pending": false,
            "flags": 0,
            "communication_disabled_until": null,
        })
    }

    pub fn channel_json(&self, channel: &Channel) -> Value {
        let mut shown = json!({
            "id": channel.id,
            "type": channel.kind,
            "last_message_id": self.messages.get(&channel.id).and_then(|all| all.last()).map(|m| &m.id),
            "flags": 0,
        });
        if channel.kind == DIRECT {
            let with = channel.with.as_deref().unwrap_or_default();
            shown["recipients"] = json!([self.user_json(with)]);
            return shown;
        }
        shown["guild_id"] = json!(self.settings.guild_id);
        shown["name"] = json!(channel.name);
        shown["parent_id"] = json!(channel.parent);
        shown["rate_limit_per_user"] = json!(0);
        shown["nsfw"] = json!(false);
        let Some(thread) = &channel.thread else {
            shown["position"] = json!(0);
            shown["topic"] = Value::Null;
            shown["permission_overwrites"] = channel.overwrites.iter().map(|o| self.overwrite(o)).collect();
            if let Some(forum) = &channel.forum {
                shown["available_tags"] = forum.tags.iter().map(tag).collect();
                shown["flags"] = json!(if forum.requires_tag { REQUIRE_TAG } else { 0 });
                shown["default_reaction_emoji"] = Value::Null;
                shown["default_sort_order"] = Value::Null;
                shown["default_forum_layout"] = json!(0);
            }
            return shown;
        };
        let said = self
            .messages
            .get(&channel.id)
            .map_or(0, |all| all.iter().filter(|m| !m.deleted).count());
        shown["owner_id"] = json!(thread.owner);
        shown["message_count"] = json!(said);
        shown["total_message_sent"] = json!(said);
        shown["member_count"] = json!(1);
        shown["thread_metadata"] = json!({
            "archived": thread.archived,
            "locked": thread.locked,
            "auto_archive_duration": thread.auto_archive,
            "archive_timestamp": instant(thread.changed),
            "create_timestamp": made(&channel.id).map(instant),
        });
        if self.forum_of(channel).is_some() {
            shown["applied_tags"] = json!(thread.tags);
            shown["flags"] = json!(if thread.pinned { PINNED } else { 0 });
        }
        shown
    }

    fn overwrite(&self, overwrite: &super::state::Overwrite) -> Value {
        json!({
            "id": overwrite.id,
            "type": u8::from(self.role(&overwrite.id).is_none()),
            "allow": overwrite.allow.to_string(),
            "deny": overwrite.deny.to_string(),
        })
    }

    /// Attachments that an embed shows stand in the embed, with an address of their own.
    fn attachments(&self, message: &Message) -> Vec<Value> {
        let own = message.attachments.iter().filter(|file| !is_shown(message, file));
        own.map(|file| {
            json!({
                "id": file.id, "filename": file.filename, "size": file.size, "description": file.description,
                "content_type": "image/png", "width": file.width, "height": file.height,
                "url": self.address(file), "proxy_url": self.address(file),
            })
        })
        .collect()
    }

    pub fn pictured(&self, message: &Message) -> Vec<Value> {
        let mut embeds = message.embeds.clone();
        for embed in &mut embeds {
            let named = embed["image"]["url"]
                .as_str()
                .and_then(|url| url.strip_prefix("attachment://"));
            let file = named.and_then(|name| message.attachments.iter().find(|file| file.filename == name));
            if let Some(file) = file {
                embed["image"] = json!({
                    "url": self.address(file), "width": file.width, "height": file.height,
                    "description": file.description,
                });
            }
        }
        embeds
    }

    fn address(&self, file: &Attachment) -> String {
        let base = self.base.clone().unwrap_or_default();
        format!("{base}/discord/attachments/{}/{}", file.id, file.filename)
    }

    pub fn message_json(&self, message: &Message) -> Value {
        let users: Vec<Value> = message
            .pings
            .iter()
            .filter_map(|ping| match ping {
                Ping::User(id) => self.user(id).map(user),
                _ => None,
            })
            .collect();
        let roles: Vec<&String> = message
            .pings
            .iter()
            .filter_map(|ping| match ping {
                Ping::Role(id) => Some(id),
                _ => None,
            })
            .collect();
        let everyone = message
            .pings
            .iter()
            .any(|p| matches!(p, Ping::Here | Ping::Everyone));
        let thread = self.channel(&message.id).filter(|thread| thread.thread.is_some());
        let mut shown = json!({
            "id": message.id,
            "channel_id": message.channel,
            "author": self.user_json(&message.author),
            "type": message.kind,
            "content": message.content,
            "timestamp": instant(message.at),
            "edited_timestamp": message.edited.map(instant),
            "tts": false,
            "mention_everyone": everyone,
            "mentions": users,
            "mention_roles": roles,
            "attachments": self.attachments(message),
            "embeds": self.pictured(message),
            "components": message.components,
            "pinned": false,
            "flags": message.flags | if thread.is_some() { HAS_THREAD } else { 0 },
        });
        if let Some(nonce) = &message.nonce {
            shown["nonce"] = nonce.clone();
        }
        if let Some(thread) = thread {
            shown["thread"] = self.channel_json(thread);
        }
        if let Some(id) = &message.reply_to {
            shown["message_reference"] = json!({
                "type": 0,
                "message_id": id,
                "channel_id": message.channel,
                "guild_id": self.settings.guild_id,
            });
        }
        if let Some(metadata) = &message.interaction {
            shown["interaction_metadata"] = metadata.clone();
            shown["application_id"] = json!(self.settings.application_id);
            shown["webhook_id"] = json!(self.settings.application_id);
        }
        shown
    }

    pub fn guild_json(&self) -> Value {
        json!({
            "id": self.settings.guild_id,
            "name": self.settings.guild_name,
            "icon": null,
            "splash": null,
            "discovery_splash": null,
            "owner_id": self.users.iter().find(|u| !u.bot).map_or(self.bot(), |u| u.id.as_str()),
            "afk_channel_id": null,
            "afk_timeout": 300,
            "verification_level": 1,
            "default_message_notifications": 1,
            "explicit_content_filter": 0,
            "roles": self.roles.iter().map(role).collect::<Vec<_>>(),
            "emojis": [],
            "stickers": [],
            "features": [],
            "mfa_level": 0,
            "application_id": null,
            "system_channel_id": null,
            "system_channel_flags": 0,
            "rules_channel_id": null,
            "vanity_url_code": null,
            "description": null,
            "banner": null,
            "premium_tier": 0,
            "premium_subscription_count": 0,
            "preferred_locale": "de",
            "public_updates_channel_id": null,
            "nsfw_level": 0,
            "premium_progress_bar_enabled": false,
            "safety_alerts_channel_id": null,
        })
    }

    pub fn application_json(&self) -> Value {
        json!({
            "id": self.settings.application_id,
            "name": self.settings.bot_name,
            "icon": null,
            "description": "",
            "summary": "",
            "bot_public": false,
            "bot_require_code_grant": false,
            "verify_key": self.settings.public_key(),
            "flags": 0,
            "interactions_endpoint_url": self.settings.interactions_url,
            "team": null,
            "owner": self.users.iter().find(|u| !u.bot).map(user),
        })
    }
}

impl Message {
    pub fn is_ephemeral(&self) -> bool {
        self.flags & EPHEMERAL != 0
    }
}
