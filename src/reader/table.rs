//! A section of the file on top of its defaults, read setting by setting. A wrong value is noted and becomes `None`,
//! so that the rest of the section is still looked at. What was never asked for is unknown, so the list of known
//! settings cannot differ from the settings that are read.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use toml::Spanned;
use toml::de::DeString;
use toml::de::DeTable;
use toml::de::DeValue;

use crate::reader::reading::Placed;
use crate::reader::reading::Reading;
use crate::reader::suggest::meant;

pub struct Table<'a> {
    pub reading: &'a Reading<'a>,
    /// `source.reply`; empty for the file itself.
    path: String,
    /// Of its header; 0 when the file has none.
    pub line: usize,
    given: Option<&'a DeTable<'a>>,
    preset: Option<&'a DeTable<'a>>,
    /// Defaults of whatever kind it is, below those of its own kind.
    shared: Option<&'a DeTable<'a>>,
    asked: RefCell<BTreeSet<&'static str>>,
}

#[derive(Clone, Copy)]
pub struct Entry<'a> {
    pub value: &'a DeValue<'a>,
    pub line: usize,
    /// It comes from the defaults, not from the person.
    pub is_preset: bool,
}

impl<'a> Table<'a> {
    pub fn root(reading: &'a Reading<'a>, given: &'a DeTable<'a>, preset: &'a DeTable<'a>) -> Self {
        Self::at(reading, String::new(), 0, Some(given), Some(preset))
    }

    fn at(
        reading: &'a Reading<'a>,
        path: String,
        line: usize,
        given: Option<&'a DeTable<'a>>,
        preset: Option<&'a DeTable<'a>>,
    ) -> Self {
        Self {
            reading,
            path,
            line,
            given,
            preset,
            shared: None,
            asked: RefCell::default(),
        }
    }

    /// The settings that `read` asks a section for, whatever stands in it.
    pub fn asked_by<T>(read: impl FnOnce(&Table) -> T) -> BTreeSet<&'static str> {
        let unset = |_: &str| None;
        let reading = Reading::new("", "", &unset);
        let table = Table::at(&reading, String::new(), 0, None, None);
        read(&table);
        table.asked.into_inner()
    }

    pub fn was_asked(&self, key: &str) -> bool {
        self.asked.borrow().contains(key)
    }

    /// `slack.mode`.
    pub fn dotted(&self, key: &str) -> String {
        if self.path.is_empty() {
            key.to_owned()
        } else {
            format!("{}.{key}", self.path)
        }
    }

    pub fn is_given(&self) -> bool {
        self.given.is_some()
    }

    /// The person wrote it, whatever the defaults say.
    pub fn has(&self, key: &str) -> bool {
        self.given.is_some_and(|t| t.contains_key(key))
    }

    /// Where `key` stands, or else the section.
    pub fn line_of(&self, key: &str) -> usize {
        let span = self.given.and_then(|t| t.get(key)).map(|v| v.span());
        span.map_or(self.line, |span| self.reading.line(&span))
    }

    pub fn fault(&self, key: &str, what: impl Into<String>, remedy: impl Into<String>) {
        self.reading.fault(self.line_of(key), what, remedy);
    }

    pub fn entry(&self, key: &'static str) -> Option<Entry<'a>> {
        self.asked.borrow_mut().insert(key);
        let find = |table: Option<&'a DeTable<'a>>| table.and_then(|t| t.get(key)).map(|v| v.get_ref());
        let line = self.line_of(key);
        match find(self.given) {
            Some(value) => Some(Entry {
                value,
                line,
                is_preset: false,
            }),
            None => find(self.preset)
                .or_else(|| find(self.shared))
                .map(|value| Entry {
                    value,
                    line,
                    is_preset: true,
                }),
        }
    }

    pub fn wrong_type(&self, key: &str, entry: Entry, remedy: impl Into<String>) {
        let what = format!("`{}` is {}", self.dotted(key), sort(entry.value));
        self.reading.fault(entry.line, what, remedy);
    }

    pub fn missing(&self, key: &str, example: &str) {
        let what = format!("`{}` is missing", self.dotted(key));
        self.reading
            .fault(self.line, what, format!("write {key} = {example}"));
    }

    pub fn string(&self, key: &'static str) -> Option<Placed<String>> {
        let entry = self.entry(key)?;
        let text = entry.value.as_str();
        match text.map(str::trim) {
            Some("") => {
                let what = format!("`{}` is empty", self.dotted(key));
                self.reading.fault(
                    entry.line,
                    what,
                    "write something between the quotes, or take it out",
                );
            }
            Some(value) => {
                return Some(Placed {
                    value: value.to_owned(),
                    line: entry.line,
                });
            }
            None => self.wrong_type(key, entry, format!("write it in quotes: {key} = \"…\"")),
        }
        None
    }

    pub fn needed(&self, key: &'static str, example: &str) -> Option<Placed<String>> {
        if self.entry(key).is_none() {
            self.missing(key, example);
        }
        self.string(key)
    }

    pub fn integer(&self, key: &'static str, range: RangeInclusive<i64>) -> Option<i64> {
        let entry = self.entry(key)?;
        let remedy = format!("write a whole number from {} to {}", range.start(), range.end());
        let Some(number) = entry.value.as_integer() else {
            self.wrong_type(key, entry, remedy);
            return None;
        };
        let value = i64::from_str_radix(number.as_str(), number.radix())
            .ok()
            .filter(|n| range.contains(n));
        if value.is_none() {
            self.reading.fault(
                entry.line,
                format!("`{}` = {number} is out of range", self.dotted(key)),
                remedy,
            );
        }
        value
    }

    pub fn flag(&self, key: &'static str) -> Option<bool> {
        let entry = self.entry(key)?;
        let value = entry.value.as_bool();
        if value.is_none() {
            self.wrong_type(key, entry, "write true or false, without quotes");
        }
        value
    }

    /// One of a few words.
    pub fn choice<T: Copy>(&self, key: &'static str, words: &[(&str, T)]) -> Option<T> {
        let word = self.string(key)?;
        self.one_of(key, &word, words)
    }

    pub fn choices<T: Copy>(&self, key: &'static str, words: &[(&str, T)]) -> Option<Vec<T>> {
        let given = self.list(key)?;
        let found: Vec<Option<T>> = given.iter().map(|word| self.one_of(key, word, words)).collect();
        found.into_iter().collect()
    }

    fn one_of<T: Copy>(&self, key: &str, word: &Placed<String>, words: &[(&str, T)]) -> Option<T> {
        let found = words
            .iter()
            .find(|(name, _)| *name == word.value)
            .map(|(_, value)| *value);
        if found.is_none() {
            let what = format!("`{}` does not know {:?}", self.dotted(key), word.value);
            self.reading.fault(
                word.line,
                what,
                meant(&word.value, words.iter().map(|(name, _)| *name)),
            );
        }
        found
    }

    /// Strings in brackets; each has its own line.
    pub fn list(&self, key: &'static str) -> Option<Vec<Placed<String>>> {
        let entry = self.entry(key)?;
        let remedy = format!("write a list of strings: {key} = [\"…\", \"…\"]");
        let Some(array) = entry.value.as_array() else {
            self.wrong_type(key, entry, remedy);
            return None;
        };
        let mut out = Vec::new();
        let mut is_whole = true;
        for value in array {
            let line = if entry.is_preset {
                entry.line
            } else {
                self.reading.line(&value.span())
            };
            match value.get_ref().as_str().map(str::trim).filter(|s| !s.is_empty()) {
                Some(text) => out.push(Placed {
                    value: text.to_owned(),
                    line,
                }),
                None => {
                    let what = format!("`{}` has an element that is no text", self.dotted(key));
                    self.reading.fault(line, what, remedy.clone());
                    is_whole = false;
                }
            }
        }
        is_whole.then_some(out)
    }

    /// A section whose settings people name themselves, each with a string: `{ "Anna" = "…" }`.
    pub fn named_strings(&self, key: &'static str) -> Option<Vec<(String, Placed<String>)>> {
        let entry = self.entry(key)?;
        let remedy = format!("write {key} = {{ \"…\" = \"…\" }}");
        let Some(table) = entry.value.as_table() else {
            self.wrong_type(key, entry, remedy);
            return None;
        };
        let read = |(name, value): (&'a Spanned<DeString<'a>>, &'a Spanned<DeValue<'a>>)| {
            let line = self.reading.line(&value.span());
            let Some(text) = value.get_ref().as_str() else {
                let what = format!("`{}` has an element that is no text", self.dotted(key));
                self.reading.fault(line, what, remedy.clone());
                return None;
            };
            let placed = Placed {
                value: text.trim().to_owned(),
                line,
            };
            Some((name.get_ref().trim().to_owned(), placed))
        };
        let all: Vec<Option<(String, Placed<String>)>> = table.iter().map(read).collect();
        all.into_iter().collect()
    }

    /// Names of things that must exist, as `known` has them.
    pub fn references(&self, key: &'static str, sort: &str, known: &[String]) -> Option<Vec<String>> {
        let names = self.list(key)?;
        let found: Vec<bool> = names
            .iter()
            .map(|name| self.refers(key, sort, name, known))
            .collect();
        found
            .iter()
            .all(|f| *f)
            .then(|| names.into_iter().map(|n| n.value).collect())
    }

    pub fn refers(&self, key: &str, sort: &str, name: &Placed<String>, known: &[String]) -> bool {
        let found = known.contains(&name.value);
        if !found {
            let what = format!(
                "`{}` names the {sort} {:?}, which does not exist",
                self.dotted(key),
                name.value
            );
            self.reading.fault(
                name.line,
                what,
                meant(&name.value, known.iter().map(String::as_str)),
            );
        }
        found
    }

    /// A section that has defaults, so it exists even when nobody wrote it.
    pub fn section(&self, key: &'static str) -> Table<'a> {
        let entry = self.entry(key);
        let given = entry.filter(|e| !e.is_preset).and_then(|e| {
            if e.value.as_table().is_none() {
                self.wrong_type(key, e, format!("write it as a section: [{}]", self.dotted(key)));
            }
            e.value.as_table()
        });
        let preset = self
            .preset
            .and_then(|t| t.get(key))
            .and_then(|v| v.get_ref().as_table());
        Self::at(self.reading, self.dotted(key), self.line_of(key), given, preset)
    }

    /// A section that means something by being there.
    pub fn optional(&self, key: &'static str) -> Option<Table<'a>> {
        let section = self.section(key);
        self.has(key).then_some(section)
    }

    /// `[[channel]]` and lists of `{ … }`. Each entry starts from the default entry of its kind.
    pub fn tables(&self, key: &'static str) -> Vec<Table<'a>> {
        let Some(entry) = self.entry(key).filter(|e| !e.is_preset) else {
            return vec![];
        };
        let remedy = format!("write each with two brackets: [[{}]]", self.dotted(key));
        let Some(array) = entry.value.as_array() else {
            self.wrong_type(key, entry, remedy);
            return vec![];
        };
        let mut out = Vec::new();
        for value in array {
            let line = self.reading.line(&value.span());
            match value.get_ref().as_table() {
                Some(given) => {
                    let [preset, shared] = self.preset_entries(key, given);
                    out.push(Self {
                        shared,
                        ..Self::at(self.reading, self.dotted(key), line, Some(given), preset)
                    });
                }
                None => self.wrong_type(
                    key,
                    Entry {
                        value: value.get_ref(),
                        line,
                        is_preset: false,
                    },
                    &*remedy,
                ),
            }
        }
        out
    }

    /// The default entry for what is given, and the one that holds for any kind.
    fn preset_entries(&self, key: &str, given: &DeTable) -> [Option<&'a DeTable<'a>>; 2] {
        let kind = |table: &DeTable| {
            table
                .get("kind")
                .and_then(|k| k.get_ref().as_str())
                .map(str::to_owned)
        };
        let presets = self
            .preset
            .and_then(|t| t.get(key))
            .and_then(|p| p.get_ref().as_array());
        let presets = || {
            presets
                .into_iter()
                .flatten()
                .filter_map(|p| p.get_ref().as_table())
        };
        let own = kind(given);
        let find = |wanted: Option<&String>| presets().find(|p| kind(p).as_ref() == wanted);
        let shared = find(None);
        [own.as_ref().and_then(|own| find(Some(own))).or(shared), shared]
    }

    /// All has been asked for; what else was written is unknown.
    pub fn close(self) {
        let given = self.given.into_iter().flat_map(|t| t.iter());
        let given = given
            .map(|(key, _)| (key.get_ref().to_string(), self.reading.line(&key.span())))
            .collect();
        self.reading.close(&self.path, &self.asked.borrow(), given);
    }
}

fn sort(value: &DeValue) -> &'static str {
    match value {
        DeValue::String(_) => "text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number with a point",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a section",
    }
}
