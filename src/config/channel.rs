//! The rooms that cards are shown in, and how we speak there.

use crate::config::CHAT;
use crate::config::name;
use crate::config::name::Sort;
use crate::config::reading::Placed;
use crate::config::reading::Reading;
use crate::config::table::Table;
use crate::config::zone::zone;
use crate::domain::person::Mention;
use crate::domain::rules::Channel;
use crate::domain::rules::Named;
use crate::domain::text::Lang;
use crate::domain::text::Voice;

pub fn read(table: Table) -> Option<Placed<Channel>> {
    let line = table.line;
    let name = name::name(&table);
    if !table.has("slack") {
        table.missing("slack", "\"C0123ABC\"");
    }
    let room = name::id_of(&table, "slack", Sort::Channel);
    if let Some(room) = &room {
        table
            .reading
            .named(table.line_of("slack"), Named::Room(room.clone()));
    }
    let lang = table.choice("language", &[("de", Lang::De), ("en", Lang::En)]);
    let zone = zone(&table, "time_zone");
    let responsible = responsible(&table);
    table.close();
    let voice = Voice {
        lang: lang?,
        zone: zone?,
    };
    let chat = CHAT.to_owned();
    Some(Placed {
        value: Channel {
            name: name?.value,
            chat,
            room: room?,
            voice,
            responsible: responsible?,
        },
        line,
    })
}

fn responsible(table: &Table) -> Option<Vec<Mention>> {
    let given = table.list("responsible")?;
    let all: Vec<Option<Mention>> = given.iter().map(|one| mention(table, one)).collect();
    all.into_iter().collect()
}

fn mention(table: &Table, given: &Placed<String>) -> Option<Mention> {
    let id = |id: &str| Placed {
        value: id.to_owned(),
        line: given.line,
    };
    match given.value.split_once(':') {
        Some(("group", group)) => {
            let group = name::id(table, &id(group), Sort::Group)?;
            table.reading.named(given.line, Named::Group(group.clone()));
            Some(Mention::Group(group))
        }
        Some(("user", user)) => {
            let user = name::id(table, &id(user), Sort::Person)?;
            table.reading.named(given.line, Named::Person(user.clone()));
            Some(Mention::Person(user))
        }
        _ => {
            let what = format!("`channel.responsible` does not know {:?}", given.value);
            table
                .reading
                .fault(given.line, what, "write \"group:S0123ABC\" or \"user:U0123ABC\"");
            None
        }
    }
}

/// Two of our channels in one room could not be told apart by a press. Looked at before reading, so that a fault
/// elsewhere in the channel does not hide this one.
pub fn one_room_each(reading: &Reading, channels: &[Table]) {
    let rooms = channels.iter().filter_map(|table| table.entry("slack"));
    let rooms = rooms.filter_map(|room| {
        Some(Placed {
            value: room.value.as_str()?.to_owned(),
            line: room.line,
        })
    });
    reading.unique("Slack channel", &rooms.collect::<Vec<_>>());
}
