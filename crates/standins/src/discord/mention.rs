//! Whom a message calls: what stands in its content, less what `allowed_mentions` and the author's permissions
//! take away. Embeds never call anybody.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde::Serialize;
use serde_json::Value;

use super::permission::Permission;
use super::state::World;

/// Who is called. The id may belong to nobody: a live mention is a ping waiting for its owner.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "kind", content = "id", rename_all = "snake_case")]
pub enum Ping {
    User(String),
    Role(String),
    Here,
    Everyone,
}

impl World {
    /// The mentions of a text that are let through.
    pub fn pings(&self, author: &str, channel: &str, content: &str, allowed: &Value) -> BTreeSet<Ping> {
        let everyone = self
            .channel(channel)
            .is_some_and(|channel| self.may(author, channel, Permission::MentionEveryone));
        let named = |ping: &Ping| let_through(ping, allowed);
        let possible = |ping: &Ping| match ping {
            Ping::User(_) => true,
            Ping::Role(id) => everyone || self.role(id).is_none_or(|role| role.mentionable),
            Ping::Here | Ping::Everyone => everyone,
        };
        let found = mentions(content).into_iter();
        found.filter(|ping| named(ping) && possible(ping)).collect()
    }
}

fn let_through(ping: &Ping, allowed: &Value) -> bool {
    // Nothing said means that everything calls.
    if allowed.is_null() {
        return true;
    }
    let listed = |key: &str, word: &str| {
        let mut list = allowed[key].as_array().into_iter().flatten();
        list.any(|entry| *entry == *word)
    };
    match ping {
        Ping::User(id) => listed("parse", "users") || listed("users", id),
        Ping::Role(id) => listed("parse", "roles") || listed("roles", id),
        Ping::Here | Ping::Everyone => listed("parse", "everyone"),
    }
}

/// Every mention in a text, outside of code. A backslash before it does not help: it changes only how it looks.
pub fn mentions(content: &str) -> BTreeSet<Ping> {
    let mut found = BTreeSet::new();
    let plain = without_code(content);
    for (at, c) in plain.char_indices() {
        let rest = &plain[at..];
        match c {
            '<' => found.extend(token(rest)),
            '@' if rest.starts_with("@everyone") => {
                found.insert(Ping::Everyone);
            }
            '@' if rest.starts_with("@here") => {
                found.insert(Ping::Here);
            }
            _ => {}
        }
    }
    found
}

fn token(text: &str) -> Option<Ping> {
    let inner = &text[1..text.find('>')?];
    let id = |text: &str| (15..=20).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    if let Some(role) = inner.strip_prefix("@&") {
        return id(role).then(|| Ping::Role(role.to_owned()));
    }
    let user = inner.strip_prefix("@!").or_else(|| inner.strip_prefix('@'))?;
    id(user).then(|| Ping::User(user.to_owned()))
}

fn without_code(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('`') {
        plain.push_str(&rest[..at]);
        rest = &rest[at..];
        let ticks = rest.len() - rest.trim_start_matches('`').len();
        let fence = &rest[..ticks];
        match rest[ticks..].find(fence) {
            // A single open tick, or nothing between, is no code.
            Some(end) if end > 0 => {
                plain.push(' ');
                rest = &rest[ticks + end + ticks..];
            }
            _ => {
                plain.push_str(fence);
                rest = &rest[ticks..];
            }
        }
    }
    plain.push_str(rest);
    plain
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn mentions_are_found_outside_of_code() {
        let text =
            "<@80351110224678912> <@!80351110224678913> <@&165511591545143296> @here `@everyone` \\@everyone";
        assert_eq!(
            mentions(text).into_iter().collect::<Vec<_>>(),
            [
                Ping::User("80351110224678912".into()),
                Ping::User("80351110224678913".into()),
                Ping::Role("165511591545143296".into()),
                Ping::Here,
                Ping::Everyone,
            ]
        );
        assert!(mentions("```\n@everyone\n```").is_empty());
        assert_eq!(mentions("` @here").len(), 1);
    }

    #[test]
    fn nothing_said_lets_everything_through_and_an_empty_list_nothing() {
        let user = Ping::User("80351110224678912".into());
        assert!(let_through(&user, &Value::Null));
        assert!(!let_through(&user, &json!({ "parse": [] })));
        assert!(!let_through(
            &Ping::Everyone,
            &json!({ "users": ["80351110224678912"] })
        ));
        assert!(let_through(
            &user,
            &json!({ "parse": [], "users": ["80351110224678912"] })
        ));
        assert!(let_through(&Ping::Here, &json!({ "parse": ["everyone"] })));
    }
}
