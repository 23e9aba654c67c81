//! The rooms that cards are shown in, and how we speak there.

use std::ops::RangeInclusive;

use crate::config::DISCORD;
use crate::config::Names;
use crate::config::SLACK;
use crate::config::duration;
use crate::config::name;
use crate::config::name::Sort;
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
        table.reading.named(table.line_of(chat), chat, named);
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
            chat: chat.to_owned(),
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

/// A channel is in one chat; an item that is to be seen in both gets a channel in each.
fn room(table: &Table) -> (&'static str, Option<String>) {
    if !table.has("discord") {
        if !table.has("slack") {
            table.missing("slack", "\"C0123ABC\"");
        }
        return (SLACK, name::id_of(table, "slack", Sort::Channel));
    }
    if table.has("slack") {
        let remedy = "write two [[channel]], one with slack and one with discord, and name both in the `to` of a route";
        table.fault("discord", "this channel is in Slack and in Discord", remedy);
    }
    (DISCORD, name::id_of(table, "discord", Sort::TextChannel))
}

fn responsible(table: &Table, chat: &'static str) -> Option<Vec<Mention>> {
    let given = table.list("responsible")?;
    let one = |given| mention(table, "responsible", given, chat);
    let all: Vec<Option<Mention>> = given.iter().map(one).collect();
    all.into_iter().collect()
}

/// Somebody who is pinged: `user:…`, and `group:…` or `role:…` as the chat calls it.
pub fn mention(table: &Table, key: &str, given: &Placed<String>, chat: &'static str) -> Option<Mention> {
    let id = |id: &str| Placed {
        value: id.to_owned(),
        line: given.line,
    };
    match given.value.split_once(':') {
        Some(("role", role)) if chat == DISCORD => group(table, &id(role), Sort::Role, chat),
        Some(("user", user)) if chat == DISCORD => person(table, &id(user), Sort::Member, chat),
        Some(("group", group)) if chat == SLACK => self::group(table, &id(group), Sort::Group, chat),
        Some(("user", user)) => person(table, &id(user), Sort::Person, chat),
        _ => {
            let what = format!("`{}` does not know {:?}", table.dotted(key), given.value);
            let remedy = if chat == DISCORD {
                "write \"role:…\" or \"user:…\" with the id from Discord"
            } else {
                "write \"group:S0123ABC\" or \"user:U0123ABC\""
            };
            table.reading.fault(given.line, what, remedy);
            None
        }
    }
}

fn group(table: &Table, given: &Placed<String>, sort: Sort, chat: &'static str) -> Option<Mention> {
    let group = name::id(table, given, sort)?;
    table.reading.named(given.line, chat, Named::Group(group.clone()));
    Some(Mention::Group(group))
}

fn person(table: &Table, given: &Placed<String>, sort: Sort, chat: &'static str) -> Option<Mention> {
    let user = name::id(table, given, sort)?;
    table.reading.named(given.line, chat, Named::Person(user.clone()));
    Some(Mention::Person(user))
}

/// Two of our channels in one room could not be told apart by a press. Looked at before reading, so that a fault
/// elsewhere in the channel does not hide this one.
pub fn one_room_each(reading: &Reading, channels: &[Table]) {
    once(reading, channels, "slack", "Slack channel");
    once(reading, channels, "discord", "Discord channel");
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
