//! The places of a source in the file: each with its id at the platform and with what people call it.

use crate::reader::table::Table;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub id: String,
    /// What people call it.
    pub name: String,
}

/// How the ids of a platform's places look.
#[derive(Clone, Copy)]
pub struct Form {
    pub example: &'static str,
    pub fits: fn(&str) -> bool,
    /// Where to find the id.
    pub remedy: &'static str,
}

/// A list that must be there and must not be empty: `key = [{ id = "…", name = "…" }]`.
pub fn several(table: &Table, key: &'static str, form: Form) -> Option<Vec<Place>> {
    let tables = table.tables(key);
    let example = format!("[{{ id = \"{}\", name = \"…\" }}]", form.example);
    if !table.has(key) {
        table.missing(key, &example);
        return None;
    }
    let all: Vec<Option<Place>> = tables.into_iter().map(|table| one(table, form)).collect();
    let all: Vec<Place> = all.into_iter().collect::<Option<_>>()?;
    if all.is_empty() {
        let what = format!("`{}` names none", table.dotted(key));
        table.fault(key, what, format!("write {key} = {example}"));
        return None;
    }
    for (i, place) in all.iter().enumerate() {
        if all[..i].iter().any(|before| before.id == place.id) {
            let what = format!("`{}` has {:?} a second time", table.dotted(key), place.id);
            table.fault(key, what, "take one of them out");
        }
    }
    Some(all)
}

fn one(table: Table, form: Form) -> Option<Place> {
    let id = id(&table, "id", form);
    let name = table.needed("name", "\"Gartenshop\"");
    table.close();
    Some(Place {
        id: id?,
        name: name?.value,
    })
}

/// An id that must be there and look like one.
pub fn id(table: &Table, key: &'static str, form: Form) -> Option<String> {
    let given = table.needed(key, &format!("\"{}\"", form.example))?;
    if (form.fits)(&given.value) {
        return Some(given.value);
    }
    let what = format!(
        "`{}` = {:?} does not look like one",
        table.dotted(key),
        given.value
    );
    table.reading.fault(given.line, what, form.remedy);
    None
}
