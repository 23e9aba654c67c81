//! Interactions as Discord writes them for the app: a command, a press, a form, a word half typed.

use chrono::DateTime;
use chrono::Utc;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use super::json;
use super::state::Interaction;
use super::state::Message;
use super::state::World;

pub const COMMAND: u8 = 2;
pub const COMPONENT: u8 = 3;
pub const AUTOCOMPLETE: u8 = 4;
pub const FORM: u8 = 5;

/// What a person does, before it is written down.
pub struct Deed<'a> {
    pub kind: u8,
    pub user: &'a str,
    pub channel: &'a str,
    /// What the component stands in, or what the form came from.
    pub message: Option<&'a Message>,
    pub data: Value,
}

impl World {
    /// Remembers the interaction and returns its payload.
    pub fn interaction(&mut self, now: DateTime<Utc>, deed: Deed<'_>) -> Value {
        let id = self.id(now);
        let token = format!("aW50ZXJhY3Rpb246{id}");
        let metadata = json!({
            "id": id,
            "type": deed.kind,
            "user": self.user_json(deed.user),
            "authorizing_integration_owners": { "0": self.settings.guild_id },
        });
        let payload = self.payload(&id, &token, &deed);
        self.interactions.insert(
            token.clone(),
            Interaction {
                id,
                token,
                kind: deed.kind,
                user: deed.user.to_owned(),
                channel: deed.channel.to_owned(),
                source: deed.message.map(|message| message.id.clone()),
                metadata,
                at: now,
                expired: false,
                answered: None,
                original: None,
                choices: Vec::new(),
            },
        );
        payload
    }

    fn payload(&self, id: &str, token: &str, deed: &Deed<'_>) -> Value {
        let channel = self.channel(deed.channel);
        let of = |user: &str| channel.map_or(0, |channel| self.permissions(user, channel));
        let direct = channel.is_some_and(|channel| channel.with.is_some());
        let mut payload = json!({
            "id": id,
            "application_id": self.settings.application_id,
            "type": deed.kind,
            "token": token,
            "version": 1,
            "data": deed.data,
            "channel_id": deed.channel,
            "channel": channel.map(|channel| {
                let mut shown = self.channel_json(channel);
                shown["permissions"] = json!(of(deed.user).to_string());
                shown
            }),
            "app_permissions": of(self.bot()).to_string(),
            "locale": "de",
            "entitlements": [],
            "authorizing_integration_owners": { "0": self.settings.guild_id },
            "context": if direct { 1 } else { 0 },
            "attachment_size_limit": 10_485_760,
        });
        match self.user(deed.user) {
            Some(user) if !direct => {
                let mut member = self.member_json(user);
                member["user"] = json::user(user);
                member["permissions"] = json!(of(deed.user).to_string());
                payload["member"] = member;
                payload["guild_id"] = json!(self.settings.guild_id);
                payload["guild_locale"] = json!("de");
                payload["guild"] = json!({ "id": self.settings.guild_id, "locale": "de", "features": [] });
            }
            _ => payload["user"] = self.user_json(deed.user),
        }
        if let Some(message) = deed.message {
            payload["message"] = self.message_json(message);
        }
        payload
    }

    /// A file that somebody hands in: its address holds for a while and needs no token.
    fn held_json(&self, id: &str) -> Option<Value> {
        let (name, _) = self.held.get(id)?;
        let base = self.base.clone().unwrap_or_default();
        let plain: String = url::form_urlencoded::byte_serialize(name.as_bytes()).collect();
        let address = format!("{base}/discord/ephemeral-attachments/{id}/{plain}?ex=1&is=1&hm=1");
        Some(json!({
            "id": id, "filename": name, "size": self.files.get(id).map_or(0, Vec::len), "url": address,
            "proxy_url": address, "ephemeral": true,
        }))
    }

    /// The people, roles and files that ids in a choice mean.
    pub fn resolved(&self, ids: &[String]) -> Value {
        let (mut users, mut members, mut roles, mut channels) =
            (Map::new(), Map::new(), Map::new(), Map::new());
        for id in ids {
            if let Some(user) = self.user(id) {
                users.insert(id.clone(), json::user(user));
                members.insert(id.clone(), self.member_json(user));
                members[id]["permissions"] = json!(self.base_permissions(user).to_string());
            } else if let Some(role) = self.role(id) {
                roles.insert(id.clone(), json::role(role));
            } else if let Some(channel) = self.channel(id) {
                let mut shown = self.channel_json(channel);
                shown["permissions"] = json!("0");
                channels.insert(id.clone(), shown);
            }
        }
        let attachments: Map<String, Value> = ids
            .iter()
            .filter_map(|id| Some((id.clone(), self.held_json(id)?)))
            .collect();
        let all = [
            ("attachments", attachments),
            ("users", users),
            ("members", members),
            ("roles", roles),
            ("channels", channels),
        ];
        let there = all.into_iter().filter(|(_, of)| !of.is_empty());
        Value::Object(
            there
                .map(|(key, of)| (key.to_owned(), Value::Object(of)))
                .collect(),
        )
    }
}
