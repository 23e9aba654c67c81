//! Who is on call, in one of three ways: people who take turns, weekly shifts, or a calendar file.

use chrono::Datelike;
use chrono::NaiveDate;
use chrono::TimeDelta;
use chrono::Weekday;
use chrono_tz::Tz;

use crate::chat::KINDS;
use crate::chat::kind::ChatKind;
use crate::config::channel::mention;
use crate::config::chats;
use crate::config::duration;
use crate::config::hours::Hours;
use crate::config::hours::weekday;
use crate::config::ics;
use crate::config::ics::When;
use crate::config::name;
use crate::config::zone::zone;
use crate::domain::people::person::Mention;
use crate::domain::promise::rota::Event;
use crate::domain::promise::rota::Plan;
use crate::domain::promise::rota::Rota;
use crate::domain::promise::rota::Shift;
use crate::domain::promise::rota::Turns;
use crate::domain::time::calendar::DAY;
use crate::domain::time::calendar::minute;
use crate::reader::reading::Placed;
use crate::reader::table::Table;

const WAYS: [&str; 3] = ["people", "shifts", "file"];

pub fn read(table: Table) -> Option<Placed<Rota>> {
    let line = table.line;
    let name = name::name(&table);
    if table.entry("time_zone").is_none() {
        table.missing("time_zone", "\"Europe/Berlin\"");
    }
    let zone = zone(&table, "time_zone");
    let chat = chat(&table);
    let way = way(&table);
    // All are read, so that no way's settings count as unknown.
    let turns = turns(&table, chat).map(Plan::Turns);
    let shifts = shifts(&table, chat).map(Plan::Shifts);
    // A faulty zone has been told already; the file is looked at all the same.
    let events = events(&table, chat, zone.unwrap_or(Tz::UTC)).map(Plan::Events);
    let accept = match table.has("accept_within") {
        true => duration::minutes(&table, "accept_within").map(Some),
        false => {
            table.entry("accept_within");
            Some(None)
        }
    };
    table.close();
    Some(Placed {
        value: Rota {
            name: name?.value,
            chat: chat.name.to_owned(),
            zone: zone?,
            accept_minutes: accept?.filter(|minutes| *minutes > 0),
            plan: match way? {
                "people" => turns?,
                "shifts" => shifts?,
                _ => events?,
            },
        },
        line,
    })
}

/// The only one that is written, and nothing that belongs to another one.
fn way(table: &Table) -> Option<&'static str> {
    let given: Vec<&str> = WAYS.into_iter().filter(|way| table.has(way)).collect();
    let [way] = given[..] else {
        let what = match given[..] {
            [] => "this rota has nobody in it",
            _ => "this rota is written in several ways",
        };
        let remedy = "write exactly one of people, shifts and file; use one [[rota]] for each";
        table.reading.fault(table.line, what, remedy);
        return None;
    };
    let owned = [
        ("turn", "people"),
        ("starts", "people"),
        ("hand_over", "people"),
        ("names", "file"),
    ];
    for (key, owner) in owned
        .into_iter()
        .filter(|(key, owner)| *owner != way && table.has(key))
    {
        let what = format!("`rota.{key}` is for {owner} only");
        table.fault(key, what, format!("take it out, or write {owner}"));
    }
    WAYS.into_iter().find(|known| *known == way)
}

/// The chat that the first id looks like; the others are then read as ids of the same one.
fn chat(table: &Table) -> &'static ChatKind {
    let listed = |key| {
        table
            .entry(key)
            .and_then(|entry| entry.value.as_array())
            .and_then(|list| list.first())
    };
    let first = listed("people")
        .or_else(|| listed("shifts"))
        .map(|value| value.get_ref());
    let named = || {
        let names = table.entry("names")?.value.as_table()?;
        names.values().next().map(|value| value.get_ref())
    };
    let first = first
        .or_else(named)
        .and_then(|value| value.as_str())
        .unwrap_or_default();
    let id = first.rsplit(char::is_whitespace).next().unwrap_or_default();
    let (word, id) = id.split_once(':').unwrap_or_default();
    // A group's word says it, or the id: whichever does not fit the chat that is meant without either.
    let fits = |chat: &&&ChatKind| chat.ids.group_word == word || (chat.ids.claims)(id);
    KINDS.iter().rfind(fits).copied().unwrap_or(chats::usual())
}

fn turns(table: &Table, chat: &'static ChatKind) -> Option<Turns> {
    // Asked for in any case, because the defaults have them.
    let turn = table.choice("turn", &[("weekly", true), ("daily", false)]);
    let hand_over = hand_over(table);
    let starts = starts(table);
    if !table.has("people") {
        table.entry("people");
        return None;
    }
    let given = table.list("people")?;
    if given.is_empty() {
        table.fault(
            "people",
            "`rota.people` is empty",
            "write for example people = [\"user:U0123ABC\"]",
        );
    }
    let people: Vec<Option<Mention>> = given
        .iter()
        .map(|one| mention(table, "people", one, chat))
        .collect();
    let people: Vec<Mention> = people.into_iter().collect::<Option<_>>()?;
    let (weekly, (day, minute), starts) = (turn?, hand_over?, starts?);
    if !weekly && day.is_some() {
        let what = "`rota.hand_over` names a weekday, but these people change each day";
        table.fault(
            "hand_over",
            what,
            "write hand_over = \"09:00\", or turn = \"weekly\"",
        );
        return None;
    }
    (!people.is_empty()).then(|| Turns {
        people,
        starts,
        weekday: weekly.then(|| day.unwrap_or(starts.weekday())),
        minute,
    })
}

/// `mon 09:00` or `09:00`.
fn hand_over(table: &Table) -> Option<(Option<Weekday>, u16)> {
    let given = table.string("hand_over")?;
    let (day, time) = match given.value.split_once(char::is_whitespace) {
        Some((day, time)) => (Some(weekday(day)), time),
        None => (None, given.value.as_str()),
    };
    let found = match (day, minute(time).filter(|minute| *minute < DAY)) {
        (None, Some(minute)) => Some((None, minute)),
        (Some(Some(day)), Some(minute)) => u8::try_from(day)
            .ok()
            .and_then(|day| Weekday::try_from(day).ok())
            .map(|day| (Some(day), minute)),
        _ => None,
    };
    if found.is_none() {
        let what = format!("`rota.hand_over` = {:?} is no time to hand over", given.value);
        table
            .reading
            .fault(given.line, what, "write \"mon 09:00\", or \"09:00\"");
    }
    found
}

fn starts(table: &Table) -> Option<NaiveDate> {
    if !table.has("starts") {
        table.entry("starts");
        if table.has("people") {
            table.missing("starts", "\"2026-01-05\"");
        }
        return None;
    }
    let given = table.string("starts")?;
    let years = NaiveDate::from_yo_opt(1970, 1)..NaiveDate::from_yo_opt(2100, 1);
    let found = given
        .value
        .parse()
        .ok()
        .filter(|date| years.contains(&Some(*date)));
    if found.is_none() {
        let what = format!("`rota.starts` = {:?} is no date", given.value);
        table.reading.fault(
            given.line,
            what,
            "write it like \"2026-01-05\"; the first of people begins then",
        );
    }
    found
}

/// `mon-fri 06:00-14:00 user:U0123ABC`.
fn shifts(table: &Table, chat: &'static ChatKind) -> Option<Vec<Shift>> {
    table.entry("shifts")?;
    let given = table.list("shifts")?;
    if given.is_empty() {
        let remedy = "write for example shifts = [\"mon-fri 06:00-14:00 user:U0123ABC\"]";
        table.fault("shifts", "`rota.shifts` is empty", remedy);
        return None;
    }
    let all: Vec<Option<Shift>> = given.iter().map(|one| shift(table, one, chat)).collect();
    all.into_iter().collect()
}

fn shift(table: &Table, given: &Placed<String>, chat: &'static ChatKind) -> Option<Shift> {
    let (hours, who) = given
        .value
        .rsplit_once(char::is_whitespace)
        .unwrap_or((&given.value, ""));
    if !who.contains(':') || hours.is_empty() || minute(who.split('-').next().unwrap_or_default()).is_some() {
        let what = format!("`rota.shifts`: {:?} names nobody", given.value);
        let remedy = "write for example \"mon-fri 06:00-14:00 user:U0123ABC\"";
        table.reading.fault(given.line, what, remedy);
        return None;
    }
    let who = Placed {
        value: who.to_owned(),
        line: given.line,
    };
    let who = mention(table, "shifts", &who, chat);
    match Hours::parse(hours) {
        Ok(Hours { days, from, to }) => Some(Shift {
            days,
            from,
            to,
            who: who?,
        }),
        Err(why) => {
            table
                .reading
                .fault(given.line, format!("`rota.shifts`: {why}"), why.remedy());
            None
        }
    }
}

/// The events of a calendar file, by whom their titles mean.
fn events(table: &Table, chat: &'static ChatKind, zone: Tz) -> Option<Vec<Event>> {
    let names = table.entry("names").and_then(|_| names(table, chat));
    table.entry("file")?;
    if table.entry("names").is_none() {
        table.missing("names", "{ \"Anna\" = \"user:U0123ABC\" }");
    }
    let given = table.string("file")?;
    let file = ics::load(table, &given, zone)?;
    let names = names?;
    let mut out = vec![];
    let mut odd = file.odd;
    let mut strangers: Vec<String> = vec![];
    for event in file.events {
        let Some((_, who)) = names.iter().find(|(name, _)| *name == event.name) else {
            // Each once, however often they come.
            if !strangers.contains(&event.name) {
                strangers.push(event.name.clone());
                odd.push((event.name, "`rota.names` has nobody of this name".to_owned()));
            }
            continue;
        };
        let (starts, zone, length) = match event.when {
            When::Times { starts, zone, length } => (starts, zone, length),
            When::Days { starts, days } => (starts, zone, TimeDelta::days(days)),
        };
        let who = who.clone();
        out.push(Event {
            who,
            zone,
            starts,
            length,
        });
    }
    ics::warn(table, &given, odd);
    if out.is_empty() {
        let what = format!("{:?} holds no event of anybody in `rota.names`", given.value);
        let remedy = "write the titles of its events into names = { \"Title\" = \"user:…\" }";
        table.reading.fault(given.line, what, remedy);
        return None;
    }
    Some(out)
}

fn names(table: &Table, chat: &'static ChatKind) -> Option<Vec<(String, Mention)>> {
    let given = table.named_strings("names")?;
    let one = |(name, who): (String, Placed<String>)| Some((name, mention(table, "names", &who, chat)?));
    let all: Vec<Option<(String, Mention)>> = given.into_iter().map(one).collect();
    all.into_iter().collect()
}
