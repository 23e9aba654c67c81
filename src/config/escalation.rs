//! Who can be asked for help.

use crate::chat::KINDS;
use crate::chat::kind::ChatKind;
use crate::config::chats;
use crate::config::name;
use crate::domain::people::person::Mention;
use crate::domain::promise::rules::Named;
use crate::domain::promise::rules::Target;
use crate::reader::reading::Placed;
use crate::reader::table::Table;

pub fn read(table: Table) -> Option<Placed<Target>> {
    let line = table.line;
    let name = name::name(&table);
    let label = table.string("label");
    let asked: Vec<&ChatKind> = KINDS
        .iter()
        .copied()
        .filter(|chat| chat.is_asked_by(&table))
        .collect();
    if asked.len() > 1 {
        let places: Vec<String> = asked.iter().map(|chat| format!("in {}", chat.title)).collect();
        let what = format!("this escalation is {}", places.join(" and "));
        let remedy = format!("write {} [[escalation]], one for each", chats::count(asked.len()));
        table.reading.fault(table.line, what, remedy);
    }
    // All are read, so that no chat's settings count as unknown.
    let mut reached: Vec<(&ChatKind, Reached)> =
        KINDS.iter().map(|chat| (*chat, reached(&table, chat))).collect();
    let last = reached.iter().rposition(|(chat, _)| chat.is_asked_by(&table));
    let (chat, Reached { group, users, room }) = reached.swap_remove(last.unwrap_or(0));
    let named = KINDS.iter().any(|chat| table.has(chat.keys.group));
    if !named && users.as_ref().is_some_and(Vec::is_empty) {
        let what = "this escalation reaches nobody";
        table.reading.fault(table.line, what, somebody());
    }
    table.close();
    let ping: Vec<Mention> = group.map(Mention::Group).into_iter().chain(users?).collect();
    let name = name?.value;
    let label = label.map_or_else(|| name.clone(), |l| l.value);
    Some(Placed {
        value: Target {
            name,
            label,
            chat: chat.name.to_owned(),
            ping,
            room,
        },
        line,
    })
}

/// What to write for somebody to be reached: an example, and by which settings in the other chats.
fn somebody() -> String {
    let usual = chats::usual();
    let (keys, ids) = (&usual.keys, &usual.ids);
    let others = chats::each(|chat| format!(", or {} or {}", chat.keys.group, chat.keys.users));
    format!(
        "write {} = {:?} or {} = [{:?}]{}",
        keys.group,
        ids.group.example,
        keys.users,
        ids.person.example,
        others[1..].concat()
    )
}

struct Reached {
    group: Option<String>,
    users: Option<Vec<Mention>>,
    room: Option<String>,
}

fn reached(table: &Table, chat: &'static ChatKind) -> Reached {
    let keys = &chat.keys;
    let group = chat.ids.group.of(table, keys.group);
    let room = chat.ids.room.of(table, keys.room);
    let users = users(table, chat, room.is_none());
    for (key, named) in [
        (keys.group, group.clone().map(Named::Group)),
        (keys.room, room.clone().map(Named::Room)),
    ] {
        if let Some(named) = named {
            table.reading.named(table.line_of(key), chat.name, named);
        }
    }
    Reached { group, users, room }
}

/// Without a room of their own, people are told directly.
fn users(table: &Table, chat: &'static ChatKind, directly: bool) -> Option<Vec<Mention>> {
    let given = table.list(chat.keys.users)?;
    let user = |given: &Placed<String>| {
        let id = chat.ids.person.read(table, given)?;
        let named = if directly { Named::Confidant } else { Named::Person };
        table.reading.named(given.line, chat.name, named(id.clone()));
        Some(id)
    };
    let all: Vec<Option<String>> = given.iter().map(user).collect();
    all.into_iter().map(|id| id.map(Mention::Person)).collect()
}
