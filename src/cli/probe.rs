//! `zeitnah probe --last 90d --config new.toml`: what a configuration would have done with what really happened. It
//! reads the database and writes nothing.

use std::collections::BTreeMap;
use std::path::Path;

use chrono::TimeDelta;
use chrono_tz::Tz;
use clap::Args;

use crate::cli::Failure;
use crate::cli::Outcome;
use crate::cli::current;
use crate::cli::load;
use crate::cli::say;
use crate::cli::store;
use crate::cli::tell;
use crate::config::duration;
use crate::domain::At;
use crate::domain::item::policy::Metric;
use crate::domain::people::person::Mention;
use crate::domain::people::person::PersonId;
use crate::domain::promise::backtest::Load;
use crate::domain::promise::backtest::Named;
use crate::domain::promise::backtest::Report;
use crate::domain::promise::backtest::Sort;
use crate::port::clock::Clock as _;
use crate::port::clock::SystemClock;
use crate::store::person;
use crate::store::setting;
use crate::workflow::holding;
use crate::workflow::probe::probe;

/// More names than anybody compares.
const SHOWN: usize = 10;

#[derive(Args)]
pub struct Options {
    /// How far back to begin, for example 90d, 36h or 1d12h; at most 366 days.
    #[arg(long, value_parser = span)]
    last: TimeDelta,
    /// The instant at which the time ends, for example 2026-11-21T08:00:00+01:00 (default: now).
    #[arg(long)]
    until: Option<At>,
    /// Print all figures as JSON.
    #[arg(long)]
    json: bool,
}

pub async fn run(asked: Option<&Path>, options: Options) -> Outcome {
    let now = SystemClock.now();
    let until = options.until.unwrap_or(now);
    if until > now {
        return Err(Failure::Say(format!(
            "nothing has happened yet at {}; --until must not lie ahead",
            until.to_rfc3339()
        )));
    }
    let from = until
        .checked_sub_signed(options.last)
        .ok_or_else(|| Failure::Say("that is before all time; give a later --until".to_owned()))?;
    let config = load(asked)?;
    let store = store(&config).await?;
    current(&store).await?;
    let latest = setting::latest(store.pool()).await?;
    let edition = config.written.under(&holding(&latest)).map_err(|faults| {
        faults.iter().for_each(|fault| say(&fault.to_string()));
        Failure::Said
    })?;
    for (key, fault) in &edition.left_out {
        say(&format!("left out: {key}, set from a chat: {}", fault.what));
    }
    let rules = edition.config.rules();
    let report = probe(&store, &rules, from, until).await?;
    if options.json {
        let json = serde_json::to_string_pretty(&report)?;
        tell(&json);
        return Ok(());
    }
    let zone = rules.channels.values().next().map_or(Tz::UTC, |c| c.locale.zone);
    let people: Vec<PersonId> = report.load.iter().filter_map(|l| person_of(&l.who)).collect();
    let names = person::names(store.pool(), &people).await?;
    for line in lines(&report, zone, &names) {
        tell(&line);
    }
    Ok(())
}

/// A time that looking back over makes sense.
fn span(text: &str) -> Result<TimeDelta, String> {
    match duration::parse(text) {
        Some(minutes) if minutes > 0 => Ok(TimeDelta::minutes(minutes)),
        _ => Err("write for example 90d, 36h or 1d12h; at most 366d".to_owned()),
    }
}

fn lines(report: &Report, zone: Tz, names: &BTreeMap<PersonId, String>) -> Vec<String> {
    let moment = |at: At| at.with_timezone(&zone).format("%a %Y-%m-%d %H:%M").to_string();
    let (from, until) = (moment(report.from), moment(report.until));
    if report.items == 0 {
        return vec![
            format!(
                "Nothing arrived from {from} to {until} ({zone}), so there is nothing to try these rules on."
            ),
            "Look further back with a longer --last.".to_owned(),
        ];
    }
    let items = counted(report.items, "item");
    let mut out = vec![
        format!("{items} arrived from {from} to {until} ({zone})."),
        "What these rules would have done with them by then, beside what the log says was done:".to_owned(),
        String::new(),
        row("", "would have", "really"),
    ];
    for sort in Sort::ALL {
        let count = report.calls.get(&sort).copied().unwrap_or_default();
        out.push(row(
            plural(sort),
            &count.would.to_string(),
            &count.really.to_string(),
        ));
    }
    let moot: u64 = report.calls.values().map(|count| count.moot).sum();
    for (label, n) in [
        ("messages for them", report.messages),
        ("pings in these messages", report.pings),
        ("  at night, or in quiet hours", report.night_pings),
        ("dropped, dealt with meanwhile", moot),
        ("still held by quiet hours", report.waiting),
    ] {
        out.push(row(label, &n.to_string(), ""));
    }
    out.push(String::new());
    out.extend(promises(report));
    out.extend(loads(report, zone, names));
    out.push(
        "People are taken as they were: nobody answers sooner here because of a warning that never came."
            .to_owned(),
    );
    out.push(
        "Night is 20:00 to 07:00 by the clock of whoever is called. Nothing was sent or changed.".to_owned(),
    );
    out
}

fn promises(report: &Report) -> Vec<String> {
    if report.promises.is_empty() {
        return vec![
            "No route that they take promises anything.".to_owned(),
            String::new(),
        ];
    }
    let widest = report.promises.iter().map(|p| p.route.chars().count()).max();
    let wide = widest.unwrap_or(0).max("route".len());
    let line = |route: &str, cells: [&str; 7]| {
        let [what, kept, late, overdue, broken, running, really] = cells;
        format!(
            "  {route:<wide$}  {what:<12}  {kept:>7}  {late:>7}  {overdue:>7}  {broken:>7}  {running:>7}  {really:>7}"
        )
    };
    let mut out = vec![
        "Promises, by the route that each item would have taken:".to_owned(),
        line(
            "route",
            [
                "promise", "kept", "late", "overdue", "broken", "running", "really",
            ],
        ),
    ];
    for p in &report.promises {
        let promise = &p.promise;
        let broken = promise
            .percent()
            .map_or_else(|| "-".to_owned(), |percent| format!("{percent:.1} %"));
        let numbers = [
            promise.met,
            promise.missed,
            promise.overdue,
            promise.running,
            promise.really_overdue,
        ]
        .map(|n| n.to_string());
        let [kept, late, overdue, running, really] = &numbers;
        let what = match p.metric {
            Metric::FirstAnswer => "first answer",
            Metric::NextAnswer => "next answer",
            Metric::Resolution => "resolution",
        };
        out.push(line(
            &p.route,
            [what, kept, late, overdue, &broken, running, really],
        ));
    }
    out.push(
        "(late: answered after the deadline; overdue: still owed; really: deadlines that the log saw pass, by the \
         route that the item really took)"
            .to_owned(),
    );
    out.push(String::new());
    out
}

fn loads(report: &Report, zone: Tz, names: &BTreeMap<PersonId, String>) -> Vec<String> {
    if report.load.is_empty() {
        return vec!["Nobody would have been called.".to_owned(), String::new()];
    }
    let called = |who: &Named| name(who, names);
    let shown: Vec<(String, &Load)> = report
        .load
        .iter()
        .take(SHOWN)
        .map(|l| (called(&l.who), l))
        .collect();
    let widest = shown.iter().map(|(name, _)| name.chars().count()).max();
    let wide = widest.unwrap_or(0);
    let highest = shown.iter().flat_map(|(_, load)| load.by_hour).max().unwrap_or(0);
    let cell = highest.to_string().len().max(2) + 1;
    let hours: Vec<String> = (0..24).map(|hour| format!("{hour:>cell$}")).collect();
    let mut out = vec![
        "Pings by the hour of the day, the most called first:".to_owned(),
        format!("  {:<wide$}  {:>5} {}", "", "all", hours.concat()),
    ];
    for (name, load) in &shown {
        let cells = load.by_hour.iter().map(|n| match n {
            0 => format!("{:>cell$}", "."),
            n => format!("{n:>cell$}"),
        });
        let cells: Vec<String> = cells.collect();
        out.push(format!("  {name:<wide$}  {:>5} {}", load.pings, cells.concat()));
    }
    let rest = report.load.len().saturating_sub(SHOWN);
    if rest > 0 {
        out.push(format!("  and {rest} more"));
    }
    if let Some(worst) = &report.worst {
        let hour = worst.hour.with_timezone(&zone).format("%a %Y-%m-%d %H:%M");
        let pings = counted(worst.pings, "ping");
        out.push(format!(
            "The fullest hour: {pings} for {}, from {hour} on.",
            called(&worst.who)
        ));
    }
    out.push(String::new());
    out
}

fn plural(sort: Sort) -> &'static str {
    match sort {
        Sort::Warning => "warnings",
        Sort::Deadline => "deadlines passed",
        Sort::Step => "steps of a chain",
        Sort::Personal => "told personally",
    }
}

fn row(label: &str, would: &str, really: &str) -> String {
    format!("  {label:<30}{would:>12}{really:>10}")
        .trim_end()
        .to_owned()
}

fn counted(n: u64, what: &str) -> String {
    match n {
        1 => format!("1 {what}"),
        n => format!("{n} {what}s"),
    }
}

fn person_of(who: &Named) -> Option<PersonId> {
    match &who.mention {
        Mention::Person(user) => Some(PersonId::new(who.chat.as_str(), user.as_str())),
        Mention::Group(_) => None,
    }
}

fn name(who: &Named, names: &BTreeMap<PersonId, String>) -> String {
    match &who.mention {
        Mention::Person(user) => {
            let known = person_of(who).and_then(|person| names.get(&person).cloned());
            known.unwrap_or_else(|| format!("user {user}"))
        }
        Mention::Group(group) => format!("group {group}"),
    }
}
