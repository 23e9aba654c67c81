//! Where items come from. What all kinds share is here; each kind has a file for the rest.

pub mod google;
pub mod push;

use crate::config::name;
use crate::domain::promise::practice;
use crate::reader::reading::Placed;
use crate::reader::table::Table;

#[derive(Debug, Clone)]
pub struct Source {
    pub name: String,
    /// What people call it.
    pub label: String,
    pub kind: Kind,
    /// What is older is history: it comes in, but nobody has to answer it.
    pub backfill_days: i64,
    /// A field and the column of this source's exports that holds it.
    pub columns: Vec<(String, String)>,
    /// The best rating of its exports, or the worst and the best.
    pub scale: Option<String>,
    /// What its texts are in where nothing says so and it cannot be told.
    pub language: Option<String>,
}

#[derive(Debug, Clone)]
pub enum Kind {
    /// A site that sends us what is written there, signed by Standard Webhooks.
    Push(push::Push),
    /// Google Business Profile.
    Google(google::Google),
}

#[derive(Debug, Clone, Copy)]
enum Word {
    Push,
    Google,
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
    if !table.has("kind") {
        table.missing("kind", "\"google\" or \"push\"");
    }
    let word = table.choice("kind", &[("push", Word::Push), ("google", Word::Google)]);
    // Default variables are named after the source; without a name nothing can be looked up.
    let own = name.as_ref().map(|n| n.value.as_str());
    let kind = match word {
        Some(Word::Push) => {
            belongs_to(&table, &google::KEYS, "google");
            push::read(&table, own).map(Kind::Push)
        }
        Some(Word::Google) => {
            belongs_to(&table, &push::KEYS, "push");
            google::read(&table).map(Kind::Google)
        }
        None => None,
    };
    let backfill_days = table.integer("backfill_days", 0..=3650);
    let columns = columns(&table);
    let scale = table.string("scale").map(|scale| scale.value);
    let language = language(&table);
    // Without a kind every other setting would be unknown.
    if word.is_some() {
        table.close();
    }
    let name = name?.value;
    let label = label.map_or_else(|| name.clone(), |l| l.value);
    Some(Placed {
        value: Source {
            name,
            label,
            kind: kind?,
            backfill_days: backfill_days.unwrap_or(BACKFILL_DAYS),
            columns: columns?,
            scale,
            language,
        },
        line,
    })
}

/// Where the file does not say how far back.
const BACKFILL_DAYS: i64 = 30;

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
    let known = crate::domain::say::language::declared(&given.value);
    if known.is_none() {
        let what = format!("`source.language` = {:?} is no language", given.value);
        table.fault("language", what, "write its two letters, such as \"de\"");
    }
    known
}

fn belongs_to(table: &Table, keys: &[&'static str], kind: &str) {
    for key in keys.iter().filter(|key| table.has(key)) {
        table.entry(key);
        table.fault(
            key,
            format!("`source.{key}` is for kind = {kind:?} only"),
            "take it out, or change the kind",
        );
    }
}
