//! A setting from a chat as an edit of the file's text: comments and order stay, and what comes out is read by the same
//! parser as everything that people write themselves.

use toml_edit::ArrayOfTables;
use toml_edit::DocumentMut;
use toml_edit::Item;
use toml_edit::Table;
use toml_edit::TableLike;
use toml_edit::Value;

use crate::config::DEFAULTS;
use crate::config::route::DEFAULT;
use crate::domain::press::setting::Key;
use crate::domain::press::setting::Setting;
use crate::domain::press::setting::SettingKind;
use crate::domain::press::setting::time_of_day;
use crate::reader::fault::Fault;
use crate::reader::fault::Gravity;
use crate::reader::suggest::meant;

#[cfg(test)]
mod tests;

/// What a route can ask of an item.
const CONDITIONS: [&str; 7] = [
    "source", "tone", "kind", "stars", "language", "subject", "keyword",
];

/// The text with the settings in it. Those whose place another one makes come after it.
pub fn patch(text: &str, settings: &[&Setting]) -> Result<String, Fault> {
    let mut doc = read(text)?;
    let mut sorted: Vec<(u8, &Setting)> = settings.iter().map(|s| (rank(&doc, &s.key), *s)).collect();
    sorted.sort_by_key(|(rank, _)| *rank);
    for (_, setting) in sorted {
        apply(&mut doc, setting)?;
    }
    Ok(doc.to_string())
}

/// Everything that can be set, with what the text says.
pub fn values(text: &str) -> Vec<(Key, String)> {
    let Ok(doc) = read(text) else {
        return Vec::new();
    };
    let mut keys = Vec::new();
    let mut add = |kind: SettingKind, name: String| keys.push(Key { kind, name });
    names(&doc, "source").for_each(|name| add(SettingKind::Route, name));
    add(SettingKind::Deadline, DEFAULT.to_owned());
    for name in names(&doc, "route").chain(names(&doc, "policy")) {
        add(SettingKind::Deadline, name);
    }
    names(&doc, "channel").for_each(|name| add(SettingKind::Language, name));
    names(&doc, "digest").for_each(|name| add(SettingKind::Digest, name));
    keys.dedup();
    keys.into_iter()
        .filter_map(|key| value(&doc, &key).map(|value| (key, value)))
        .collect()
}

fn value(doc: &DocumentMut, key: &Key) -> Option<String> {
    let name = &key.name;
    match key.kind {
        SettingKind::Route => {
            let own = entries(doc, "route").into_iter().find(|r| is_only_for(*r, name));
            let to = own.or_else(|| section(doc, "default_route"))?.get("to")?;
            Some(strings(to).join(" "))
        }
        SettingKind::Deadline => match promise(doc, name).ok()? {
            Promise::Default => text_of(section(doc, "default_route")?, "deadline", "default_route"),
            Promise::Entry(list, at) => text_of(*entries(doc, list).get(at)?, "deadline", list),
        },
        SettingKind::Language => text_of(entry(doc, "channel", name)?, "language", "channel"),
        SettingKind::Digest => text_of(entry(doc, "digest", name)?, "schedule", "digest"),
    }
}

/// What others make room for comes later: a route from a chat promises what the default route does, and has a deadline
/// of its own only once it is there.
fn rank(doc: &DocumentMut, key: &Key) -> u8 {
    match key.kind {
        SettingKind::Language | SettingKind::Digest => 0,
        SettingKind::Deadline if key.name == DEFAULT => 0,
        SettingKind::Deadline if promise(doc, &key.name).is_ok() => 0,
        SettingKind::Route => 1,
        SettingKind::Deadline => 2,
    }
}

fn apply(doc: &mut DocumentMut, setting: &Setting) -> Result<(), Fault> {
    let (key, value) = (&setting.key, setting.value.as_str());
    match key.kind {
        SettingKind::Route => route(doc, key, value),
        SettingKind::Deadline => match promise(doc, &key.name)? {
            Promise::Default => {
                let table = doc.get_mut("default_route").and_then(Item::as_table_like_mut);
                let table = table.ok_or_else(|| unknown(key, "[default_route]", &[]))?;
                put(table, "deadline", value.into());
                Ok(())
            }
            Promise::Entry(list, at) => at_of(doc, list, at, |table| put(table, "deadline", value.into()))
                .ok_or_else(|| unknown(key, list, &[])),
        },
        SettingKind::Language => named(doc, key, "channel", |table| put(table, "language", value.into())),
        SettingKind::Digest => {
            let was = entry(doc, "digest", &key.name).and_then(|d| text_of(d, "schedule", "digest"));
            let schedule = schedule(key, was.as_deref().unwrap_or_default(), value)?;
            named(doc, key, "digest", |table| {
                put(table, "schedule", schedule.into())
            })
        }
    }
}

/// A time of day keeps the days of the schedule; anything else is a schedule itself, for the parser to judge.
fn schedule(key: &Key, was: &str, value: &str) -> Result<String, Fault> {
    let Some((hour, minute)) = time_of_day(value) else {
        if value.split(' ').count() == 5 {
            return Ok(value.to_owned());
        }
        let what = format!("{value:?} is neither a time of day nor a schedule");
        let remedy =
            "write a time, for example 08:30, or five fields in quotes, for example \"30 8 * * 1-5\"";
        return Err(fault(key, what, remedy));
    };
    let fields: Vec<&str> = was.split_whitespace().collect();
    match fields[..] {
        [old_minute, old_hour, day, month, weekday] if is_number(old_minute) && is_number(old_hour) => {
            Ok(format!("{minute} {hour} {day} {month} {weekday}"))
        }
        // Not there at all, or not readable: the parser says it better.
        [] => Ok(format!("{minute} {hour} * * *")),
        _ => {
            let what = format!("{:?} comes several times a day ({was:?})", key.name);
            let remedy = format!("write all five fields in quotes, for example \"{minute} {hour} * * 1-5\"");
            Err(fault(key, what, remedy))
        }
    }
}

fn is_number(field: &str) -> bool {
    !field.is_empty() && field.len() <= 2 && field.bytes().all(|b| b.is_ascii_digit())
}

/// Where a route or a policy says its deadline.
enum Promise {
    Default,
    /// The list and the place in it.
    Entry(&'static str, usize),
}

fn promise(doc: &DocumentMut, name: &str) -> Result<Promise, Fault> {
    let key = Key {
        kind: SettingKind::Deadline,
        name: name.to_owned(),
    };
    let place = |list: &str, name: &str| {
        let all = entries(doc, list);
        all.into_iter()
            .position(|t| string(t, "name").as_deref() == Some(name))
    };
    let of_policy = |policy: &str| match place("policy", policy) {
        Some(at) if policy == name => Ok(Promise::Entry("policy", at)),
        _ => {
            let what = format!("{name:?} takes its deadline from the policy {policy:?}");
            Err(fault(
                &key,
                what,
                format!("set it there, for all routes with it: deadline {policy} 4h"),
            ))
        }
    };
    if name == DEFAULT {
        let policy = section(doc, "default_route").and_then(|t| string(t, "policy"));
        return policy.map_or(Ok(Promise::Default), |policy| of_policy(&policy));
    }
    if let Some(at) = place("route", name) {
        let policy = entries(doc, "route").get(at).and_then(|t| string(*t, "policy"));
        return policy.map_or(Ok(Promise::Entry("route", at)), |policy| of_policy(&policy));
    }
    match place("policy", name) {
        Some(at) => Ok(Promise::Entry("policy", at)),
        None => {
            let mut all = vec![DEFAULT.to_owned()];
            all.extend(names(doc, "route").chain(names(doc, "policy")));
            Err(unknown(&key, "route or policy", &all))
        }
    }
}

/// A route for the source alone, behind all that are narrower, before the first that would take everything from it. It
/// promises what the default route does, because only the place was meant to change.
fn route(doc: &mut DocumentMut, key: &Key, value: &str) -> Result<(), Fault> {
    let source = key.name.as_str();
    let sources: Vec<String> = names(doc, "source").collect();
    if !sources.iter().any(|s| s == source) {
        return Err(unknown(key, "source", &sources));
    }
    let to: toml_edit::Array = value.split(' ').filter(|name| !name.is_empty()).collect();
    let routes = entries(doc, "route");
    if let Some(at) = routes.iter().position(|r| is_only_for(*r, source)) {
        at_of(doc, "route", at, |table| put(table, "to", to.into()));
        return Ok(());
    }
    let at = routes.iter().position(|r| takes_all_of(*r, source));
    let mut table = Table::new();
    table.insert("name", free_name(doc, source).into());
    table.insert("source", toml_edit::Array::from_iter([source]).into());
    table.insert("to", to.into());
    let usual = section(doc, "default_route").into_iter().flat_map(|t| t.iter());
    for (key, item) in usual.filter(|(key, _)| *key != "to") {
        if let Some(value) = item.as_value() {
            table.insert(key, Item::Value(value.clone().decorated(" ", "")));
        }
    }
    let last = last_position(doc.as_table());
    let list = doc
        .entry("route")
        .or_insert_with(|| Item::ArrayOfTables(ArrayOfTables::new()));
    if list.is_value() {
        let inline = std::mem::take(list);
        let tables = inline.into_array_of_tables();
        *list = Item::ArrayOfTables(tables.map_err(|_| unknown(key, "[[route]]", &[]))?);
    }
    let Some(list) = list.as_array_of_tables_mut() else {
        return Err(unknown(key, "[[route]]", &[]));
    };
    match at.and_then(|at| Some((at, list.get(at)?.position()))) {
        Some((at, position)) => {
            table.set_position(position);
            table.decor_mut().set_prefix("\n");
            list.insert(at, table);
        }
        None => {
            table.set_position(Some(last + 1));
            table.decor_mut().set_prefix("\n");
            list.push(table);
        }
    }
    Ok(())
}

/// The source's own, unless a route has it already.
fn free_name(doc: &DocumentMut, source: &str) -> String {
    let taken: Vec<String> = names(doc, "route").chain(names(doc, "policy")).collect();
    let free = |name: &String| name != DEFAULT && !taken.contains(name);
    let numbered = (2..).map(|n: usize| {
        let end = format!("-{n}");
        let kept: String = source.chars().take(31 - end.len()).collect();
        format!("{kept}{end}")
    });
    let mut all = std::iter::once(source.to_owned()).chain(numbered);
    all.find(free).unwrap_or_else(|| source.to_owned())
}

fn is_only_for(route: &dyn TableLike, source: &str) -> bool {
    let asks = CONDITIONS.iter().filter(|c| route.contains_key(c)).count();
    asks == 1 && route.get("source").is_some_and(|s| strings(s) == [source])
}

/// Apart from its source it asks for nothing.
fn takes_all_of(route: &dyn TableLike, source: &str) -> bool {
    let of_source = route.get("source").is_none_or(|list| {
        let list = strings(list);
        list.is_empty() || list.iter().any(|s| s == source)
    });
    of_source && !CONDITIONS.iter().any(|c| *c != "source" && route.contains_key(c))
}

fn last_position(table: &Table) -> isize {
    let inner = table.iter().map(|(_, item)| match item {
        Item::Table(table) => last_position(table),
        Item::ArrayOfTables(list) => list.iter().map(last_position).max().unwrap_or(0),
        Item::Value(_) | Item::None => 0,
    });
    inner.chain([table.position().unwrap_or(0)]).max().unwrap_or(0)
}

fn read(text: &str) -> Result<DocumentMut, Fault> {
    text.parse().map_err(|e: toml_edit::TomlError| Fault {
        gravity: Gravity::Fault,
        place: String::new(),
        what: format!("this is no TOML: {}", e.message()),
        remedy: "mend the file first".to_owned(),
    })
}

/// The entries of a list, written as `[[name]]` or in one line.
fn entries<'a>(doc: &'a DocumentMut, list: &str) -> Vec<&'a dyn TableLike> {
    match doc.get(list) {
        Some(Item::ArrayOfTables(tables)) => tables.iter().map(|t| t as &dyn TableLike).collect(),
        Some(Item::Value(Value::Array(array))) => array
            .iter()
            .filter_map(|v| v.as_inline_table().map(|t| t as &dyn TableLike))
            .collect(),
        _ => Vec::new(),
    }
}

fn at_of(doc: &mut DocumentMut, list: &str, at: usize, edit: impl FnOnce(&mut dyn TableLike)) -> Option<()> {
    match doc.get_mut(list)? {
        Item::ArrayOfTables(tables) => edit(tables.get_mut(at)?),
        Item::Value(Value::Array(array)) => edit(array.get_mut(at)?.as_inline_table_mut()?),
        _ => return None,
    }
    Some(())
}

fn named(
    doc: &mut DocumentMut,
    key: &Key,
    list: &str,
    edit: impl FnOnce(&mut dyn TableLike),
) -> Result<(), Fault> {
    let all: Vec<String> = names(doc, list).collect();
    let at = entries(doc, list)
        .into_iter()
        .position(|t| string(t, "name").as_deref() == Some(&key.name));
    at.and_then(|at| at_of(doc, list, at, edit))
        .ok_or_else(|| unknown(key, list, &all))
}

fn entry<'a>(doc: &'a DocumentMut, list: &str, name: &str) -> Option<&'a dyn TableLike> {
    let all = entries(doc, list);
    all.into_iter()
        .find(|t| string(*t, "name").as_deref() == Some(name))
}

fn section<'a>(doc: &'a DocumentMut, name: &str) -> Option<&'a dyn TableLike> {
    doc.get(name)?.as_table_like()
}

fn names<'a>(doc: &'a DocumentMut, list: &str) -> impl Iterator<Item = String> + use<'a> {
    entries(doc, list).into_iter().filter_map(|t| string(t, "name"))
}

fn string(table: &dyn TableLike, key: &str) -> Option<String> {
    table.get(key)?.as_str().map(|s| s.trim().to_owned())
}

fn strings(item: &Item) -> Vec<String> {
    let list = item.as_array().into_iter().flatten();
    list.filter_map(|v| v.as_str().map(|s| s.trim().to_owned()))
        .collect()
}

/// As it is written, else as it is by default.
fn text_of(table: &dyn TableLike, key: &str, list: &str) -> Option<String> {
    string(table, key).or_else(|| {
        let defaults = read(DEFAULTS).ok()?;
        let preset = section(&defaults, list).or_else(|| entries(&defaults, list).first().copied())?;
        string(preset, key)
    })
}

/// In place of what stands there, with the comment behind it.
fn put(table: &mut dyn TableLike, key: &str, mut value: Value) {
    match table.get_mut(key).and_then(Item::as_value_mut) {
        Some(old) => {
            *value.decor_mut() = old.decor().clone();
            *old = value;
        }
        None => {
            table.insert(key, Item::Value(value));
        }
    }
}

fn unknown(key: &Key, sort: &str, known: &[String]) -> Fault {
    let what = format!("there is no {sort} {:?}", key.name);
    fault(key, what, meant(&key.name, known.iter().map(String::as_str)))
}

fn fault(key: &Key, what: String, remedy: impl Into<String>) -> Fault {
    Fault {
        gravity: Gravity::Fault,
        place: key.to_string(),
        what,
        remedy: remedy.into(),
    }
}
