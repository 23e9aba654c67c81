//! Who can be asked for help.

use crate::config::DISCORD;
use crate::config::SLACK;
use crate::config::name;
use crate::config::name::Sort;
use crate::domain::people::person::Mention;
use crate::domain::promise::rules::Named;
use crate::domain::promise::rules::Target;
use crate::reader::reading::Placed;
use crate::reader::table::Table;

pub fn read(table: Table) -> Option<Placed<Target>> {
    let line = table.line;
    let name = name::name(&table);
    let label = table.string("label");
    let on = |keys: [&'static str; 3]| keys.iter().any(|key| table.has(key));
    let (slack, discord) = (
        on(["slack_group", "slack_users", "slack_channel"]),
        on(["discord_role", "discord_users", "discord_channel"]),
    );
    if slack && discord {
        let what = "this escalation is in Slack and in Discord";
        table
            .reading
            .fault(table.line, what, "write two [[escalation]], one for each");
    }
    // Both are read, so that neither's settings count as unknown.
    let on_slack = reached(&table, &IN_SLACK);
    let on_discord = reached(&table, &IN_DISCORD);
    let (chat, Reached { group, users, room }) = if discord {
        (DISCORD, on_discord)
    } else {
        (SLACK, on_slack)
    };
    let named = table.has("slack_group") || table.has("discord_role");
    if !named && users.as_ref().is_some_and(Vec::is_empty) {
        let what = "this escalation reaches nobody";
        table.reading.fault(
            table.line,
            what,
            "write slack_group = \"S0123ABC\" or slack_users = [\"U0123ABC\"], or discord_role or discord_users",
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
            chat: chat.to_owned(),
            ping,
            room,
        },
        line,
    })
}

/// The settings of one chat, and what sort of ids they hold.
struct Keys {
    chat: &'static str,
    group: (&'static str, Sort),
    users: (&'static str, Sort),
    room: (&'static str, Sort),
}

const IN_SLACK: Keys = Keys {
    chat: SLACK,
    group: ("slack_group", Sort::Group),
    users: ("slack_users", Sort::Person),
    room: ("slack_channel", Sort::Channel),
};

const IN_DISCORD: Keys = Keys {
    chat: DISCORD,
    group: ("discord_role", Sort::Role),
    users: ("discord_users", Sort::Member),
    room: ("discord_channel", Sort::TextChannel),
};

struct Reached {
    group: Option<String>,
    users: Option<Vec<Mention>>,
    room: Option<String>,
}

fn reached(table: &Table, keys: &Keys) -> Reached {
    let group = name::id_of(table, keys.group.0, keys.group.1);
    let room = name::id_of(table, keys.room.0, keys.room.1);
    let users = users(table, keys, room.is_none());
    for (key, named) in [
        (keys.group.0, group.clone().map(Named::Group)),
        (keys.room.0, room.clone().map(Named::Room)),
    ] {
        if let Some(named) = named {
            table.reading.named(table.line_of(key), keys.chat, named);
        }
    }
    Reached { group, users, room }
}

/// Without a room of their own, people are told directly.
fn users(table: &Table, keys: &Keys, directly: bool) -> Option<Vec<Mention>> {
    let (key, sort) = keys.users;
    let given = table.list(key)?;
    let user = |given: &Placed<String>| {
        let id = name::id(table, given, sort)?;
        let named = if directly { Named::Confidant } else { Named::Person };
        table.reading.named(given.line, keys.chat, named(id.clone()));
        Some(id)
    };
    let all: Vec<Option<String>> = given.iter().map(user).collect();
    all.into_iter().map(|id| id.map(Mention::Person)).collect()
}
