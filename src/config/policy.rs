//! What is promised to customers: `[[policy]]` by name for several routes, or the same settings in a route itself.

use crate::config::Names;
use crate::config::duration;
use crate::config::name;
use crate::domain::item::policy::From;
use crate::domain::item::policy::Hours;
use crate::domain::item::policy::Mark;
use crate::domain::item::policy::Pause;
use crate::domain::item::policy::Policy;
use crate::reader::reading::Placed;
use crate::reader::table::Table;

/// The settings that a route may have itself, or leave to a policy.
const SETTINGS: [&str; 9] = [
    "deadline",
    "next_answer",
    "resolution",
    "clock",
    "calendar",
    "pause",
    "warn",
    "chain",
    "at_night",
];

/// No calendar's name, so that a promise can count all hours where the channel has a calendar.
pub const ALL_HOURS: &str = "all-hours";

/// A policy as it is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    pub name: String,
    pub policy: Policy,
}

/// What routes may refer to.
pub struct Policies<'a> {
    /// All that are written down.
    pub names: &'a [String],
    /// Those that are sound.
    pub sound: &'a [Placed<Named>],
    pub all: &'a Names,
}

pub fn read(table: Table, names: &Names) -> Option<Placed<Named>> {
    let line = table.line;
    let name = name::name(&table);
    let policy = settings(&table, names);
    table.close();
    Some(Placed {
        value: Named {
            name: name?.value,
            policy: policy?,
        },
        line,
    })
}

pub fn of_route(table: &Table, policies: &Policies) -> Option<Policy> {
    // Read in any case, so that none of them counts as unknown.
    let own = settings(table, policies.all);
    if !table.has("policy") {
        table.entry("policy");
        return own;
    }
    let named = table.string("policy")?;
    // Both at once: whoever mends the one should not hear of the other afterwards.
    let is_known = table.refers("policy", "policy", &named, policies.names);
    if let Some(key) = SETTINGS.iter().find(|key| table.has(key)) {
        let what = format!(
            "`{}` stands beside a policy, which says that, too",
            table.dotted(key)
        );
        table.fault(
            key,
            what,
            "say it in one place: in the policy, or in the route without one",
        );
        return None;
    }
    if !is_known {
        return None;
    }
    let found = policies.sound.iter().find(|p| p.value.name == named.value);
    found.map(|p| p.value.policy.clone())
}

fn settings(table: &Table, names: &Names) -> Option<Policy> {
    let some = |minutes: i64| (minutes > 0).then_some(minutes);
    let first_answer = duration::minutes(table, "deadline");
    let next_answer = optional(table, "next_answer");
    let resolution = duration::minutes(table, "resolution");
    let from = table.choice(
        "clock",
        &[("published", From::Published), ("first_seen", From::FirstSeen)],
    );
    let hours = hours(table, names);
    let pauses = table.choices(
        "pause",
        &[("moderation", Pause::Moderation), ("customer", Pause::Customer)],
    );
    let marks = marks(table, first_answer.and_then(some));
    let chain = chain(table, names);
    let at_night = table.flag("at_night");
    Some(Policy {
        first_answer: some(first_answer?),
        next_answer: next_answer?,
        resolution: some(resolution?),
        from: from?,
        hours: hours?,
        pauses: pauses?,
        marks: marks?,
        chain: chain?,
        at_night: at_night?,
    })
}

/// What has no default: the inner `None` is "not said".
fn optional(table: &Table, key: &'static str) -> Option<Option<i64>> {
    match table.entry(key) {
        Some(_) => duration::minutes(table, key).map(|minutes| (minutes > 0).then_some(minutes)),
        None => Some(None),
    }
}

fn chain(table: &Table, names: &Names) -> Option<Option<String>> {
    if table.entry("chain").is_none() {
        return Some(None);
    }
    let name = table.string("chain")?;
    let is_known = table.refers("chain", "chain", &name, &names.chains);
    is_known.then_some(Some(name.value))
}

fn hours(table: &Table, names: &Names) -> Option<Hours> {
    if table.entry("calendar").is_none() {
        return Some(Hours::Usual);
    }
    let name = table.string("calendar")?;
    if name.value == ALL_HOURS {
        return Some(Hours::All);
    }
    let is_known = table.refers("calendar", "calendar", &name, &names.calendars);
    is_known.then_some(Hours::Of(name.value))
}

fn marks(table: &Table, target: Option<i64>) -> Option<Vec<Mark>> {
    let given = table.list("warn")?;
    let own = table.has("warn");
    let mut out = Vec::new();
    let mut is_sound = true;
    for one in &given {
        let mark = match one.value.strip_suffix('%') {
            Some(percent) => percent
                .trim()
                .parse::<u8>()
                .ok()
                .filter(|n| (1..=99).contains(n))
                .map(Mark::Used),
            None => duration::parse(&one.value).filter(|n| *n > 0).map(Mark::Left),
        };
        let Some(mark) = mark else {
            let what = format!("`{}` does not know {:?}", table.dotted("warn"), one.value);
            let remedy = "write how much of the time is used up, \"50%\", or how much is left, \"2h\"";
            table.reading.fault(one.line, what, remedy);
            is_sound = false;
            continue;
        };
        if let (Mark::Left(left), Some(target)) = (mark, target)
            && left >= target
            && own
        {
            let (left, target) = (duration::written(left), duration::written(target));
            let what =
                format!("a warning {left} before the deadline would come before a clock of {target} starts");
            let remedy = "write less, or \"50%\"";
            table.reading.fault(one.line, what, remedy);
            is_sound = false;
        }
        out.push(mark);
    }
    is_sound.then_some(out)
}
