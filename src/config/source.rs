//! Where items come from. What all kinds of sources share is read here; a kind reads the rest itself.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::config::name;
use crate::domain::promise::practice;
use crate::domain::say::language;
use crate::reader::reading::Placed;
use crate::reader::table::Table;
use crate::source::KINDS;
use crate::source::kind::About;
use crate::source::kind::Kind;
use crate::source::kind::Settings;

#[derive(Debug, Clone)]
pub struct Source {
    pub about: About,
    pub kind: &'static Kind,
    /// What only its kind has.
    pub settings: Arc<dyn Settings>,
    /// A field and the column of this source's exports that holds it.
    pub columns: Vec<(String, String)>,
    /// The best rating of its exports, or the worst and the best.
    pub scale: Option<String>,
    /// What its texts are in where nothing says so and it cannot be told.
    pub language: Option<String>,
}

pub fn read(table: Table) -> Option<Placed<Source>> {
    let line = table.line;
    let name = name::name(&table);
    if let Some(name) = name.as_ref().filter(|n| n.value == practice::NAME) {
        let what = format!(
            "{:?} is the name of the source that `zeitnah card` uses",
            name.value
        );
        table.reading.fault(name.line, what, "give it another name");
    }
    let label = table.string("label");
    let kind = kind(&table);
    let backfill_days = table.integer("backfill_days", 0..=3650);
    let columns = columns(&table);
    let scale = table.string("scale").map(|scale| scale.value);
    let language = language(&table);
    let own = name.as_ref().map(|n| n.value.as_str());
    let settings = kind.and_then(|kind| (kind.read)(&table, own));
    // Without a kind every other setting would be unknown.
    if let Some(kind) = kind {
        foreign(&table, kind);
        table.close();
    }
    let name = name?.value;
    let label = label.map_or_else(|| name.clone(), |l| l.value);
    Some(Placed {
        value: Source {
            about: About {
                name,
                label,
                backfill_days: backfill_days?,
            },
            kind: kind?,
            settings: settings?,
            columns: columns?,
            scale,
            language,
        },
        line,
    })
}

fn kind(table: &Table) -> Option<&'static Kind> {
    let words: Vec<(&str, &'static Kind)> = KINDS.iter().map(|kind| (kind.word, kind)).collect();
    if !table.has("kind") {
        table.missing("kind", &listed(KINDS.iter().map(|kind| kind.word)));
    }
    table.choice("kind", &words)
}

/// `columns = { body = "Review Content" }`. The fields are checked where exports are read.
fn columns(table: &Table) -> Option<Vec<(String, String)>> {
    if !table.has("columns") {
        table.entry("columns");
        return Some(Vec::new());
    }
    let named = table.named_strings("columns")?;
    Some(
        named
            .into_iter()
            .map(|(field, column)| (field, column.value))
            .collect(),
    )
}

fn language(table: &Table) -> Option<String> {
    let given = table.string("language")?;
    let known = language::declared(&given.value);
    if known.is_none() {
        let what = format!("`source.language` = {:?} is no language", given.value);
        table.fault("language", what, "write its two letters, such as \"de\"");
    }
    known
}

/// Settings that this kind does not ask for and another one does.
fn foreign(table: &Table, kind: &Kind) {
    let mut homes: BTreeMap<&'static str, Vec<&str>> = BTreeMap::new();
    for other in KINDS.iter().filter(|other| other.word != kind.word) {
        for key in Table::asked_by(|table| (other.read)(table, None).is_some()) {
            homes.entry(key).or_default().push(other.word);
        }
    }
    for (key, words) in homes {
        if table.has(key) && !table.was_asked(key) {
            table.entry(key);
            let what = format!("`source.{key}` is for kind = {} only", listed(words));
            table.fault(key, what, "take it out, or change the kind");
        }
    }
}

/// `"push" or "google"`.
fn listed<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let words: Vec<String> = words.into_iter().map(|word| format!("{word:?}")).collect();
    match words.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => words.concat(),
    }
}
