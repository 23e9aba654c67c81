//! Which item goes to which channel, and what is promised for it.

use crate::config::Names;
use crate::config::name;
use crate::config::policy;
use crate::config::policy::Policies;
use crate::config::stars::stars;
use crate::domain::item::ItemKind;
use crate::domain::item::Tone;
use crate::domain::people::person::PersonId;
use crate::domain::promise::route::Route;
use crate::domain::promise::route::When;
use crate::domain::say::language::declared;
use crate::reader::reading::Placed;
use crate::reader::table::Table;

pub use crate::domain::promise::route::DEFAULT;

pub fn read(table: Table, names: &Names, policies: &Policies) -> Option<Placed<Route>> {
    let line = table.line;
    let name = name::name(&table);
    if let Some(name) = name.as_ref().filter(|n| n.value == DEFAULT) {
        let remedy = "give it another name, or write it as [default_route]";
        table
            .reading
            .fault(name.line, "\"default\" is the name of [default_route]", remedy);
    }
    let when = when(&table, names);
    let (to, policy) = (to(&table, names), policy::of_route(&table, policies));
    let owner = owner(&table);
    table.close();
    Some(Placed {
        value: Route {
            name: name?.value,
            when: when?,
            to: to?,
            policy: policy?,
            owner: owner?,
        },
        line,
    })
}

pub fn read_default(table: Table, names: &Names, policies: &Policies) -> Option<Route> {
    let (to, policy) = (to(&table, names), policy::of_route(&table, policies));
    table.close();
    Some(Route {
        name: DEFAULT.to_owned(),
        when: When::default(),
        to: to?,
        policy: policy?,
        owner: None,
    })
}

/// A person whom everything on this route concerns; the inner `None` is nobody.
fn owner(table: &Table) -> Option<Option<PersonId>> {
    if table.entry("owner").is_none() {
        return Some(None);
    }
    name::person(table, "owner").map(Some)
}

fn when(table: &Table, names: &Names) -> Option<When> {
    let source = table.references("source", "source", &names.sources);
    let tone = table.choices("tone", &Tone::ALL.map(|t| (t.as_str(), t)));
    let kind = table.choices("kind", &ItemKind::ALL.map(|k| (k.as_str(), k)));
    let stars = stars(table, "stars");
    let language = languages(table);
    let values = |key| Some(table.list(key)?.into_iter().map(|v| v.value).collect());
    let (subject, keyword) = (values("subject"), values("keyword"));
    Some(When {
        source: source?,
        tone: tone?,
        kind: kind?,
        stars: stars?,
        language: language?,
        subject: subject?,
        keyword: keyword?,
    })
}

/// Only the language part is kept with an item, so `de-AT` would never match.
fn languages(table: &Table) -> Option<Vec<String>> {
    let given = table.list("language")?;
    let mut is_sound = true;
    for tag in &given {
        if declared(&tag.value).as_ref() != Some(&tag.value) {
            let what = format!("`route.language` does not know {:?}", tag.value);
            let remedy = match declared(&tag.value) {
                Some(part) => format!("write {part:?}"),
                None => "write the two letters of the language, for example \"de\" or \"en\"".to_owned(),
            };
            table.reading.fault(tag.line, what, remedy);
            is_sound = false;
        }
    }
    is_sound.then(|| given.into_iter().map(|tag| tag.value).collect())
}

fn to(table: &Table, names: &Names) -> Option<Vec<String>> {
    if table.entry("to").is_none() {
        table.missing("to", "[\"a-channel\"]");
    }
    let to = table.references("to", "channel", &names.channels)?;
    if to.is_empty() {
        let what = format!(
            "`{}` is empty, so nobody would see these items",
            table.dotted("to")
        );
        table.fault("to", what, "name a channel");
        return None;
    }
    Some(to)
}
