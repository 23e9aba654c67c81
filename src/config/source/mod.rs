//! Where items come from. What all kinds share is here; each kind has a file for the rest.

pub mod google;
pub mod push;

use crate::config::name;
use crate::config::reading::Placed;
use crate::config::table::Table;
use crate::domain::practice;

#[derive(Debug, Clone)]
pub struct Source {
    pub name: String,
    /// What people call it.
    pub label: String,
    pub kind: Kind,
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
        },
        line,
    })
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
