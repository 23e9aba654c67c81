//! Secrets never stand in the file: it is copied, mailed and put into git. The file says where each one is.

use std::fs;
use std::hash::BuildHasher as _;
use std::hash::Hasher as _;
use std::hash::RandomState;

use secrecy::SecretString;
use toml::de::DeTable;

use crate::reader::fault::unread;
use crate::reader::table::Entry;
use crate::reader::table::Table;

/// A secret that must be there.
pub fn needed(table: &Table, key: &'static str) -> Option<SecretString> {
    let entry = table.entry(key)?;
    resolve(table, key, entry, place(table, key, entry)?)
}

/// A secret that need not be there; once written down it must exist.
pub fn optional(table: &Table, key: &'static str) -> Option<SecretString> {
    table.entry(key).and_then(|_| needed(table, key))
}

/// A secret that this mode does not use: only how it is written is checked.
pub fn unused(table: &Table, key: &'static str) {
    if let Some(entry) = table.entry(key) {
        place(table, key, entry);
    }
}

/// Several at once, because a secret is changed by knowing the old and the new one for a while.
pub fn several(table: &Table, key: &'static str, name: &str) -> Option<Vec<SecretString>> {
    let entry = table.entry(key)?;
    let Some(array) = entry.value.as_array().filter(|a| !a.is_empty()) else {
        table.wrong_type(
            key,
            entry,
            format!("write a list: {key} = [{{ env = \"NAME\" }}]"),
        );
        return None;
    };
    let mut out = Vec::new();
    for value in array {
        let line = if entry.is_preset {
            entry.line
        } else {
            table.reading.line(&value.span())
        };
        let one = Entry {
            value: value.get_ref(),
            line,
            is_preset: entry.is_preset,
        };
        out.push(place(table, key, one).and_then(|p| resolve(table, key, one, p.named(name))));
    }
    out.into_iter().collect()
}

/// As `needed`, with the default variable named after the source.
pub fn needed_of(table: &Table, key: &'static str, name: &str) -> Option<SecretString> {
    let entry = table.entry(key)?;
    resolve(table, key, entry, place(table, key, entry)?.named(name))
}

/// Where a secret is, for people: the variable or the file, and the line that says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    pub name: String,
    pub line: usize,
}

/// Whatever is wrong with how it is written has been told when it was read.
pub fn origin(table: &Table, key: &'static str) -> Origin {
    let given = table.entry(key);
    let place = given.and_then(|e| e.value.as_table());
    let name = place.and_then(|t| only(t, "env").or_else(|| only(t, "file")));
    Origin {
        name: name.unwrap_or(key).to_owned(),
        line: table.line_of(key),
    }
}

/// As `origin`, of several.
pub fn origins(table: &Table, key: &'static str, name: &str) -> String {
    let given = table.entry(key).and_then(|e| e.value.as_array());
    let places = given.into_iter().flatten().filter_map(|v| v.get_ref().as_table());
    let own = |variable: &str| Place::Env(variable.to_owned()).named(name).told();
    let names = places.filter_map(|t| {
        only(t, "env")
            .map(own)
            .or_else(|| only(t, "file").map(str::to_owned))
    });
    names.collect::<Vec<_>>().join(", ")
}

enum Place {
    Env(String),
    File(String),
}

impl Place {
    fn told(self) -> String {
        match self {
            Self::Env(name) | Self::File(name) => name,
        }
    }

    /// `SOURCE_{NAME}_SECRET` for the source `my-shop` is SOURCE_MY_SHOP_SECRET.
    fn named(self, name: &str) -> Self {
        let name = name.to_uppercase().replace('-', "_");
        match self {
            Self::Env(variable) => Self::Env(variable.replace("{NAME}", &name)),
            Self::File(path) => Self::File(path),
        }
    }
}

fn place(table: &Table, key: &str, entry: Entry) -> Option<Place> {
    let dotted = table.dotted(key);
    let form = format!("write {key} = {{ env = \"NAME\" }} or {{ file = \"/path\" }}");
    if entry.value.as_str().is_some() {
        // Not repeated here: it may be the secret.
        let what = format!("`{dotted}` is written into the file, where a secret must not be");
        table.reading.fault(
            entry.line,
            what,
            format!("{form}, and change the secret if anybody saw it"),
        );
        return None;
    }
    let Some(given) = entry.value.as_table() else {
        table.wrong_type(key, entry, form);
        return None;
    };
    let text = |word: &str| only(given, word).map(str::to_owned);
    let place = text("env")
        .map(Place::Env)
        .or_else(|| text("file").map(Place::File));
    if place.is_none() {
        table.reading.fault(
            entry.line,
            format!("`{dotted}` does not say where the secret is"),
            form,
        );
    }
    place
}

fn only<'a>(table: &'a DeTable, word: &str) -> Option<&'a str> {
    let value = table.get(word)?.get_ref().as_str()?;
    (table.len() == 1 && !value.is_empty()).then_some(value)
}

/// Stands for a secret that nobody is going to use: of the form that sources ask for, and nobody knows it.
fn stand_in() -> SecretString {
    let chance = || RandomState::new().build_hasher().finish();
    let digits: String = (0..4).map(|_| format!("{:016x}", chance())).collect();
    SecretString::from(format!("whsec_{digits}"))
}

fn resolve(table: &Table, key: &str, entry: Entry, place: Place) -> Option<SecretString> {
    let dotted = table.dotted(key);
    if !table.reading.uses.includes(&dotted) {
        return Some(stand_in());
    }
    let (found, what, remedy) = match place {
        Place::Env(name) => (
            (table.reading.env)(&name),
            format!("the environment variable {name} is not set (`{dotted}`)"),
            format!("set {name}, or write {key} = {{ env = \"OTHER_NAME\" }} or {{ file = \"/path\" }}"),
        ),
        Place::File(path) => {
            let read = fs::read_to_string(&path);
            let why = read.as_ref().err().map_or("it is empty".to_owned(), unread);
            let what = format!("the secret file {path} cannot be used (`{dotted}`): {why}");
            (
                read.ok(),
                what,
                "make it readable for this process, with the secret and nothing else".to_owned(),
            )
        }
    };
    // Editors and `kubectl create secret` leave a line end that is no part of the secret.
    let found = found.map(|s| s.trim().to_owned()).filter(|s| !s.is_empty());
    if found.is_none() {
        table.reading.fault(entry.line, what, remedy);
    }
    found.map(SecretString::from)
}
