//! The rooms that cards are shown in, and how we speak there.

use std::ops::RangeInclusive;

use crate::chat::KINDS;
use crate::chat::id::IdForm;
use crate::chat::kind::ChatKind;
use crate::config::Names;
use crate::config::chats;
use crate::config::duration;
use crate::config::name;
use crate::config::zone::zone;
use crate::domain::lang::Lang;
use crate::domain::people::person::Mention;
use crate::domain::promise::rules::Channel;
use crate::domain::promise::rules::Named;
use crate::domain::say::text::Locale;
use crate::domain::show::fold::Budget;
use crate::domain::time::calendar::Quiet;
use crate::reader::reading::Placed;
use crate::reader::reading::Reading;
use crate::reader::table::Table;

/// What a `noise_budget` may be.
const MESSAGES: RangeInclusive<i64> = 1..=1000;
const MINUTES: RangeInclusive<i64> = 1..=24 * 60;

pub fn read(table: Table, names: &Names) -> Option<Placed<Channel>> {
    let line = table.line;
    let name = name::name(&table);
    let (chat, room) = room(&table);
    if let Some(room) = &room {
        let named = Named::Room(room.clone());
        table.reading.named(table.line_of(chat.name), chat.name, named);
    }
    let lang = table.choice("language", &[("de", Lang::De), ("en", Lang::En)]);
    let zone = zone(&table, "time_zone");
    let responsible = responsible(&table, chat);
    let calendar = table.entry("calendar").map(|_| table.string("calendar"));
    let calendar = calendar.map(|c| c.filter(|c| table.refers("calendar", "calendar", c, &names.calendars)));
    let quiet = table.entry("quiet").map(|_| quiet(&table));
    let budget = budget(&table);
    table.close();
    let locale = Locale {
        lang: lang?,
        zone: zone?,
    };
    Some(Placed {
        value: Channel {
            name: name?.value,
            chat: chat.name.to_owned(),
            room: room?,
            locale,
            responsible: responsible?,
            calendar: match calendar {
                Some(calendar) => Some(calendar?.value),
                None => None,
            },
            quiet: match quiet {
                Some(quiet) => Some(quiet?),
                None => None,
            },
            budget: budget?,
        },
        line,
    })
}

fn quiet(table: &Table) -> Option<Quiet> {
    let given = table.string("quiet")?;
    let found = Quiet::parse(&given.value).filter(|quiet| quiet.from != quiet.to);
    if found.is_none() {
        let what = format!("`channel.quiet` = {:?} are no quiet hours", given.value);
        let remedy =
            "write two times of day, for example \"20:00-07:00\"; without the setting every hour is fine";
        table.reading.fault(given.line, what, remedy);
    }
    found
}

/// The inner `None` is no budget.
fn budget(table: &Table) -> Option<Option<Budget>> {
    let given = table.string("noise_budget")?;
    if given.value == "none" {
        return Some(None);
    }
    let read = || {
        let (messages, span) = given.value.split_once(" in ")?;
        let messages = messages.parse().ok().filter(|n| MESSAGES.contains(n))?;
        let minutes = duration::parse(span).filter(|n| MINUTES.contains(n))?;
        Some(Budget { messages, minutes })
    };
    let found = read();
    if found.is_none() {
        let what = format!("`channel.noise_budget` = {:?} is no budget", given.value);
        let remedy = "write how many messages in which time, 1 to 1000 in 1m to 24h, for example \"30 in 10m\", or \"none\"";
        table.reading.fault(given.line, what, remedy);
    }
    found.map(Some)
}

/// A channel is in one chat; an item that is to be seen in several gets a channel in each.
fn room(table: &Table) -> (&'static ChatKind, Option<String>) {
    let given: Vec<&ChatKind> = KINDS
        .iter()
        .copied()
        .filter(|chat| table.has(chat.name))
        .collect();
    let chat = given.last().copied().unwrap_or(chats::usual());
    match given.len() {
        0 => table.missing(chat.name, &format!("{:?}", chat.ids.room.example)),
        1 => {}
        count => several(table, &given, count),
    }
    (chat, chat.ids.room.of(table, chat.name))
}

fn several(table: &Table, given: &[&'static ChatKind], count: usize) {
    let titles: Vec<String> = given.iter().map(|chat| format!("in {}", chat.title)).collect();
    let each: Vec<String> = given
        .iter()
        .map(|chat| format!("one with {}", chat.name))
        .collect();
    let what = format!("this channel is {}", titles.join(" and "));
    let remedy = format!(
        "write {} [[channel]], {}, and name {} in the `to` of a route",
        chats::count(count),
        each.join(" and "),
        if count == 2 { "both" } else { "all" }
    );
    if let Some(last) = given.last() {
        table.fault(last.name, what, remedy);
    }
}

fn responsible(table: &Table, chat: &'static ChatKind) -> Option<Vec<Mention>> {
    let given = table.list("responsible")?;
    let one = |given| mention(table, "responsible", given, chat);
    let all: Vec<Option<Mention>> = given.iter().map(one).collect();
    all.into_iter().collect()
}

/// Somebody who is pinged: `user:…`, or a group by the word that the chat has for it.
pub fn mention(table: &Table, key: &str, given: &Placed<String>, chat: &'static ChatKind) -> Option<Mention> {
    let named = |form: &IdForm, id: &str| {
        let id = Placed {
            value: id.to_owned(),
            line: given.line,
        };
        form.read(table, &id)
    };
    match given.value.split_once(':') {
        Some((word, group)) if word == chat.ids.group_word => {
            let group = named(&chat.ids.group, group)?;
            table
                .reading
                .named(given.line, chat.name, Named::Group(group.clone()));
            Some(Mention::Group(group))
        }
        Some(("user", user)) => {
            let user = named(&chat.ids.person, user)?;
            table
                .reading
                .named(given.line, chat.name, Named::Person(user.clone()));
            Some(Mention::Person(user))
        }
        _ => {
            let what = format!("`{}` does not know {:?}", table.dotted(key), given.value);
            table.reading.fault(given.line, what, chat.said.mention);
            None
        }
    }
}

/// Two of our channels in one room could not be told apart by a press. Looked at before reading, so that a fault
/// elsewhere in the channel does not hide this one.
pub fn one_room_each(reading: &Reading, channels: &[Table]) {
    for chat in KINDS {
        once(reading, channels, chat.name, chat.ids.room.what);
    }
}

fn once(reading: &Reading, channels: &[Table], key: &'static str, what: &'static str) {
    let rooms = channels.iter().filter_map(|table| table.entry(key));
    let rooms = rooms.filter_map(|room| {
        Some(Placed {
            value: room.value.as_str()?.to_owned(),
            line: room.line,
        })
    });
    reading.unique(what, &rooms.collect::<Vec<_>>());
}
