//! Our own names and the chats' ids. Names go into links, tokens and variables, so they are plain; ids are easily mixed
//! up with names, so they are checked here instead of failing at the first post.

use crate::config::DISCORD;
use crate::config::SLACK;
use crate::domain::people::person::PersonId;
use crate::domain::promise::rules::Named;
use crate::reader::reading::Placed;
use crate::reader::table::Table;

const LONGEST_NAME: usize = 31;
const SNOWFLAKE: &str = "1300000000000000001";

/// What an id stands for. The first letter of a Slack id says it; Discord's are numbers, all alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    Channel,
    Person,
    Group,
    Server,
    TextChannel,
    Member,
    Role,
}

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

/// What people call it, its first letters, an example. Discord's ids have no letters.
fn looks(sort: Sort) -> (&'static str, &'static str, &'static str) {
    match sort {
        Sort::Channel => ("Slack channel", "CG", "C0123ABC"),
        Sort::Person => ("Slack person", "UW", "U0123ABC"),
        Sort::Group => ("Slack user group", "S", "S0123ABC"),
        Sort::Server => ("Discord server", "", SNOWFLAKE),
        Sort::TextChannel => ("Discord channel", "", SNOWFLAKE),
        Sort::Member => ("Discord person", "", SNOWFLAKE),
        Sort::Role => ("Discord role", "", SNOWFLAKE),
    }
}

/// In Slack `^[CGDUWST][A-Z0-9]{2,20}$` with the right first letter, in Discord 17 to 20 digits.
pub fn is_id(id: &str, sort: Sort) -> bool {
    let (_, letters, _) = looks(sort);
    if letters.is_empty() {
        return (17..=20).contains(&id.len())
            && id.bytes().all(|b| b.is_ascii_digit())
            && !id.starts_with('0');
    }
    let tail = id.get(1..).unwrap_or_default();
    (2..=20).contains(&tail.len())
        && tail.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit())
        && id.starts_with(|c| letters.contains(c))
}

pub fn id(table: &Table, given: &Placed<String>, sort: Sort) -> Option<String> {
    let (what, letters, example) = looks(sort);
    let id = &given.value;
    if is_id(id, sort) {
        return Some(id.clone());
    }
    let shown = if letters.is_empty() {
        "switch on Developer Mode in Discord, right-click it, \"Copy ID\""
    } else {
        "Slack shows it under \"copy link\" or in the profile"
    };
    let what = format!("{id:?} is no id of a {what}");
    table
        .reading
        .fault(given.line, what, format!("{shown}; it looks like {example:?}"));
    None
}

pub fn id_of(table: &Table, key: &'static str, sort: Sort) -> Option<String> {
    let given = table.string(key)?;
    id(table, &given, sort)
}

/// Somebody who gets direct messages: `user:U0123ABC`, or with a number.
pub fn person(table: &Table, key: &'static str) -> Option<PersonId> {
    let given = table.string(key)?;
    let Some(user) = given.value.strip_prefix("user:") else {
        let what = format!("`{}` does not know {:?}", table.dotted(key), given.value);
        table.fault(key, what, "write \"user:U0123ABC\", with a number in Discord");
        return None;
    };
    let (chat, sort) = of_chat(user);
    let user = Placed {
        value: user.to_owned(),
        line: given.line,
    };
    let id = id(table, &user, sort)?;
    table
        .reading
        .named(given.line, chat, Named::Confidant(id.clone()));
    Some(PersonId::new(chat, id))
}

/// Ids of people in Discord are numbers.
pub fn of_chat(user: &str) -> (&'static str, Sort) {
    if user.starts_with(|c: char| c.is_ascii_digit()) {
        (DISCORD, Sort::Member)
    } else {
        (SLACK, Sort::Person)
    }
}
