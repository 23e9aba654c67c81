//! Our own names, which go into links, tokens and variables and so are plain, and people who are named by their ids.

use crate::config::chats;
use crate::domain::people::person::PersonId;
use crate::domain::promise::rules::Named;
use crate::reader::reading::Placed;
use crate::reader::table::Table;

const LONGEST_NAME: usize = 31;

/// The `name` of a channel, route, source and so on: `^[a-z0-9][a-z0-9-]{0,30}$`.
pub fn name(table: &Table) -> Option<Placed<String>> {
    let name = table.needed("name", "\"a-name\"")?;
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if name.value.len() <= LONGEST_NAME && name.value.chars().all(plain) && !name.value.starts_with('-') {
        return Some(name);
    }
    let what = format!("{:?} is no usable name", name.value);
    let remedy =
        format!("use up to {LONGEST_NAME} small letters, digits and hyphens, for example \"my-shop-2\"");
    table.reading.fault(name.line, what, remedy);
    None
}

/// The name that a table carries, right or wrong, so that others may refer to it without a second fault.
pub fn raw(table: &Table) -> Option<Placed<String>> {
    let entry = table.entry("name")?;
    entry.value.as_str().map(|name| Placed {
        value: name.trim().to_owned(),
        line: entry.line,
    })
}

/// Somebody who gets direct messages: `user:U0123ABC`, or as ids are in another chat.
pub fn person(table: &Table, key: &'static str) -> Option<PersonId> {
    let given = table.string(key)?;
    let Some(user) = given.value.strip_prefix("user:") else {
        let what = format!("`{}` does not know {:?}", table.dotted(key), given.value);
        let others = chats::each(|chat| format!(", with {} in {}", chat.ids.differ, chat.title));
        let example = chats::usual().ids.person.example;
        table.fault(
            key,
            what,
            format!("write \"user:{example}\"{}", others[1..].concat()),
        );
        return None;
    };
    let chat = chats::of_id(user);
    let user = Placed {
        value: user.to_owned(),
        line: given.line,
    };
    let id = chat.ids.person.read(table, &user)?;
    table
        .reading
        .named(given.line, chat.name, Named::Confidant(id.clone()));
    Some(PersonId::new(chat.name, id))
}
