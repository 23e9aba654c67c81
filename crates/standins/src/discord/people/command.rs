//! Commands: typed with a slash, chosen from a message's menu, and half typed.

use chrono::DateTime;
use chrono::Utc;
use serde_json::Value;
use serde_json::json;

use crate::discord::Discord;
use crate::discord::Outcome;
use crate::discord::payload::AUTOCOMPLETE;
use crate::discord::payload::COMMAND;
use crate::discord::payload::Deed;
use crate::discord::permission::Permission;
use crate::discord::state::World;

const CHAT: u64 = 1;
const ON_MESSAGE: u64 = 3;

impl Discord {
    /// What the app registered.
    pub fn commands(&self) -> Vec<Value> {
        self.look().commands.clone()
    }

    /// A slash command: `/name sub option:value option:value`. The slash may be left out.
    pub async fn command(&self, user: &str, channel: &str, text: &str) -> Outcome {
        let payload = self.change(|world, now| world.chat_command(now, user, channel, text, None));
        self.bring(user, text, payload).await
    }

    /// What is offered while somebody types into `focused`; the rest of the command as in `command`.
    pub async fn autocomplete(
        &self,
        user: &str,
        channel: &str,
        text: &str,
        focused: (&str, &str),
    ) -> Outcome {
        let payload = self.change(|world, now| world.chat_command(now, user, channel, text, Some(focused)));
        self.bring(user, text, payload).await
    }

    /// A command from the menu of a message.
    pub async fn message_command(&self, user: &str, channel: &str, message: &str, name: &str) -> Outcome {
        let payload = self.change(|world, now| world.menu_command(now, user, channel, message, name));
        self.bring(user, name, payload).await
    }

    async fn bring(&self, user: &str, what: &str, payload: Result<Value, String>) -> Outcome {
        match payload {
            Ok(payload) => self.deliver_for(user, what, &payload).await,
            Err(why) => Outcome::refused(why),
        }
    }
}

impl World {
    /// The command that this person may use here: the server's own before the one of everywhere.
    fn registered(&self, user: &str, channel: &str, name: &str, kind: u64) -> Result<Value, String> {
        let found = self.channel(channel).ok_or("there is no such channel")?;
        let direct = found.with.is_some();
        let bits = self.permissions(user, found);
        if !direct && bits & Permission::UseApplicationCommands.bit() == 0 {
            return Err(format!("{user} may not use commands there"));
        }
        let fits =
            |c: &&Value| c["type"] == kind && c["name"] == *name && (!direct || c["guild_id"].is_null());
        let mut all: Vec<&Value> = self.commands.iter().filter(fits).collect();
        all.sort_by_key(|c| c["guild_id"].is_null());
        let command = all
            .first()
            .ok_or_else(|| format!("there is no command `{name}`"))?;
        let contexts = command["contexts"].as_array();
        let here = u64::from(direct);
        if contexts.is_some_and(|contexts| !contexts.iter().any(|c| *c == here)) {
            return Err(format!("there is no command `{name}` here"));
        }
        let needed = command["default_member_permissions"]
            .as_str()
            .and_then(|bits| bits.parse::<u64>().ok());
        let admin = bits & Permission::Administrator.bit() != 0;
        match needed {
            // Nothing at all means administrators only.
            Some(0) if !admin => Err(format!("{user} may not use `{name}`")),
            Some(needed) if bits & needed != needed && !admin => Err(format!("{user} may not use `{name}`")),
            _ => Ok((*command).clone()),
        }
    }

    fn chat_command(
        &mut self,
        now: DateTime<Utc>,
        user: &str,
        channel: &str,
        text: &str,
        focused: Option<(&str, &str)>,
    ) -> Result<Value, String> {
        let text = text.trim().trim_start_matches('/');
        let (name, mut rest) = text.split_once(' ').unwrap_or((text, ""));
        let command = self.registered(user, channel, name, CHAT)?;
        // Down to the command that has values: name, group, sub-command.
        let mut path: Vec<Value> = Vec::new();
        let mut level = command.clone();
        while has_inner(&level) {
            let (word, after) = rest.trim_start().split_once(' ').unwrap_or((rest.trim(), ""));
            let options = level["options"].as_array().cloned().unwrap_or_default();
            let inner = options.into_iter().find(|o| o["name"] == *word);
            level = inner.ok_or_else(|| format!("`{name}` has no `{word}`"))?;
            path.push(level.clone());
            rest = after;
        }
        let mut ids = Vec::new();
        let mut options = self.values(&level, rest, focused, &mut ids)?;
        for step in path.iter().rev() {
            options = vec![json!({ "name": step["name"], "type": step["type"], "options": options })];
        }
        let mut data =
            json!({ "id": command["id"], "name": command["name"], "type": CHAT, "options": options });
        if !command["guild_id"].is_null() {
            data["guild_id"] = command["guild_id"].clone();
        }
        if !ids.is_empty() {
            data["resolved"] = self.resolved(&ids);
        }
        let kind = if focused.is_some() { AUTOCOMPLETE } else { COMMAND };
        self.may_touch(now, user, channel)?;
        Ok(self.interaction(
            now,
            Deed {
                kind,
                user,
                channel,
                message: None,
                data,
            },
        ))
    }

    fn values(
        &self,
        level: &Value,
        rest: &str,
        focused: Option<(&str, &str)>,
        ids: &mut Vec<String>,
    ) -> Result<Vec<Value>, String> {
        let known = level["options"].as_array().map_or(&[][..], Vec::as_slice);
        let mut given = split(rest, known)?;
        if let Some((name, text)) = focused {
            given.retain(|(other, _)| other != name);
            given.push((name.to_owned(), text.to_owned()));
        }
        let mut out = Vec::new();
        for option in known {
            let name = option["name"].as_str().unwrap_or_default();
            let Some((_, text)) = given.iter().find(|(other, _)| other == name) else {
                if option["required"] == true && focused.is_none() {
                    return Err(format!("`{name}` is required"));
                }
                continue;
            };
            let mut entry = json!({ "name": name, "type": option["type"] });
            if focused.is_some_and(|(focus, _)| focus == name) {
                if option["autocomplete"] != true {
                    return Err(format!("`{name}` offers nothing"));
                }
                entry["value"] = json!(text);
                entry["focused"] = json!(true);
            } else {
                entry["value"] = self.value(option, text, ids)?;
            }
            out.push(entry);
        }
        Ok(out)
    }

    fn value(&self, option: &Value, text: &str, ids: &mut Vec<String>) -> Result<Value, String> {
        let name = option["name"].as_str().unwrap_or_default();
        if let Some(choices) = option["choices"].as_array().filter(|choices| !choices.is_empty()) {
            let number = text.parse::<f64>().ok();
            let same = |value: &Value| number.is_some() && value.as_f64() == number;
            let fits = |c: &&Value| c["name"] == *text || c["value"] == *text || same(&c["value"]);
            let found = choices.iter().find(fits).map(|c| c["value"].clone());
            return found.ok_or_else(|| format!("`{name}` has no choice `{text}`"));
        }
        let no = || format!("`{text}` does not fit `{name}`");
        let within = |number: f64| {
            let least = option["min_value"].as_f64().is_none_or(|least| number >= least);
            least && option["max_value"].as_f64().is_none_or(|most| number <= most)
        };
        match option["type"].as_u64() {
            Some(3) => {
                let long = text.chars().count() as u64;
                let least = option["min_length"].as_u64().is_none_or(|least| long >= least);
                let most = long <= option["max_length"].as_u64().unwrap_or(6000);
                if least && most { Ok(json!(text)) } else { Err(no()) }
            }
            Some(4) => {
                let number: i32 = text.parse().map_err(|_| no())?;
                within(f64::from(number)).then(|| json!(number)).ok_or_else(no)
            }
            Some(5) => text.parse::<bool>().map(|flag| json!(flag)).map_err(|_| no()),
            Some(10) => {
                let number: f64 = text.parse().map_err(|_| no())?;
                within(number).then(|| json!(number)).ok_or_else(no)
            }
            _ => {
                let id: String = text.chars().filter(char::is_ascii_digit).collect();
                let known =
                    self.user(&id).is_some() || self.role(&id).is_some() || self.channel(&id).is_some();
                ids.push(id.clone());
                known.then(|| json!(id)).ok_or_else(no)
            }
        }
    }

    fn menu_command(
        &mut self,
        now: DateTime<Utc>,
        user: &str,
        channel: &str,
        message: &str,
        name: &str,
    ) -> Result<Value, String> {
        let command = self.registered(user, channel, name, ON_MESSAGE)?;
        self.may_touch(now, user, channel)?;
        let found = self.message(channel, message).filter(|m| m.only_for.is_none());
        let shown = found
            .map(|m| self.message_json(m))
            .ok_or("there is no such message")?;
        let mut data = json!({
            "id": command["id"],
            "name": command["name"],
            "type": ON_MESSAGE,
            "target_id": message,
            "resolved": { "messages": { message: shown } },
        });
        if !command["guild_id"].is_null() {
            data["guild_id"] = command["guild_id"].clone();
        }
        Ok(self.interaction(
            now,
            Deed {
                kind: COMMAND,
                user,
                channel,
                message: None,
                data,
            },
        ))
    }
}

/// Groups and sub-commands.
fn has_inner(level: &Value) -> bool {
    let mut options = level["options"].as_array().into_iter().flatten();
    options.any(|o| matches!(o["type"].as_u64(), Some(1 | 2)))
}

/// `option:value option:value`; a value reaches to the next option that the command knows.
fn split(text: &str, known: &[Value]) -> Result<Vec<(String, String)>, String> {
    let mut found: Vec<(String, String)> = Vec::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let named = word
            .split_once(':')
            .filter(|(name, _)| known.iter().any(|o| o["name"] == *name));
        match (named, found.last_mut()) {
            (Some((name, value)), _) => found.push((name.to_owned(), value.to_owned())),
            (None, Some((_, value))) => {
                if !value.is_empty() {
                    value.push(' ');
                }
                value.push_str(word);
            }
            (None, None) => return Err(format!("`{word}` is no option")),
        }
    }
    Ok(found)
}
