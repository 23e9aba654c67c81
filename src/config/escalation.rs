//! Who can be asked for help.

use crate::config::CHAT;
use crate::config::name;
use crate::config::name::Sort;
use crate::config::reading::Placed;
use crate::config::table::Table;
use crate::domain::person::Mention;
use crate::domain::rules::Named;
use crate::domain::rules::Target;

pub fn read(table: Table) -> Option<Placed<Target>> {
    let line = table.line;
    let name = name::name(&table);
    let label = table.string("label");
    let group = name::id_of(&table, "slack_group", Sort::Group);
    let room = name::id_of(&table, "slack_channel", Sort::Channel);
    let users = users(&table, room.is_none());
    for (key, named) in [
        ("slack_group", group.clone().map(Named::Group)),
        ("slack_channel", room.clone().map(Named::Room)),
    ] {
        if let Some(named) = named {
            table.reading.named(table.line_of(key), named);
        }
    }
    if !table.has("slack_group") && users.as_ref().is_some_and(Vec::is_empty) {
        let what = "this escalation reaches nobody";
        table.reading.fault(
            table.line,
            what,
            "write slack_group = \"S0123ABC\" or slack_users = [\"U0123ABC\"]",
        );
    }
    table.close();
    let ping: Vec<Mention> = group.map(Mention::Group).into_iter().chain(users?).collect();
    let name = name?.value;
    let label = label.map_or_else(|| name.clone(), |l| l.value);
    Some(Placed {
        value: Target {
            name,
            label,
            chat: CHAT.to_owned(),
            ping,
            room,
        },
        line,
    })
}

/// Without a room of their own, people are told directly.
fn users(table: &Table, directly: bool) -> Option<Vec<Mention>> {
    let given = table.list("slack_users")?;
    let user = |given: &Placed<String>| {
        let id = name::id(table, given, Sort::Person)?;
        let named = if directly { Named::Confidant } else { Named::Person };
        table.reading.named(given.line, named(id.clone()));
        Some(id)
    };
    let all: Vec<Option<String>> = given.iter().map(user).collect();
    all.into_iter().map(|id| id.map(Mention::Person)).collect()
}
