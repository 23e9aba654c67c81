//! `zeitnah check`: all faults at once, each with its place and its remedy. Green means that it will work. A fault in one
//! section hides nothing that can be looked at without it.

mod chat;
mod closed;
mod database;
mod hours;
mod report;
mod settings;
mod sources;

use std::io::IsTerminal as _;
use std::path::Path;

use clap::Args;

use crate::cli::Failure;
use crate::cli::Outcome;
use crate::cli::check::report::Report;
use crate::cli::environment;
use crate::cli::tell;
use crate::config::Config;
use crate::config::Gravity;
use crate::config::Sections;
use crate::domain::show::digest::plan::DigestPlan;
use crate::port::clock::Clock;
use crate::port::clock::SystemClock;

const FILE: &str = "Configuration";
const DIGESTS: &str = "Digests";

#[derive(Args)]
pub struct Options {
    /// Look at the file, the variables and the secrets only: ask neither the database nor a chat nor a source.
    #[arg(long)]
    offline: bool,
    /// For programs: one JSON document in place of sentences.
    #[arg(long)]
    json: bool,
}

pub async fn run(asked: Option<&Path>, options: Options) -> Outcome {
    let sections = Sections::load(&Config::path(asked, &environment), &environment);
    let mut report = Report::default();
    file(&sections, &mut report);
    if options.offline {
        chat::look_at_secrets(&sections, &mut report);
    } else {
        database::look(&sections, &mut report).await;
        closed::look(&sections, &mut report).await;
        chat::look(&sections, &mut report).await;
    }
    sources::look(&sections, options.offline, &mut report).await;
    sources::look_at_webhooks(&sections, &mut report);
    hours::look(&sections, SystemClock.now(), &mut report);
    // Of what was set from a chat it is said last, but the digests come when it says.
    let mut set = Report::default();
    let rules = match options.offline {
        true => None,
        false => settings::look(&sections, &mut set).await,
    };
    match rules {
        Some(rules) => digests(rules.digests.iter(), &mut report),
        None => digests(sections.digests.iter().map(|placed| &placed.value), &mut report),
    }
    report.append(set);
    if options.json {
        tell(&report.json());
    } else {
        let colour = std::io::stdout().is_terminal() && environment("NO_COLOR").is_none_or(|v| v.is_empty());
        tell(report.text(colour, !options.offline).trim_end());
    }
    if report.is_green() {
        Ok(())
    } else {
        Err(Failure::Said)
    }
}

fn file(sections: &Sections, report: &mut Report) {
    for fault in &sections.faults {
        report.of_file(FILE, fault);
    }
    if sections.faults.iter().all(|f| f.gravity == Gravity::Warning) {
        report.good(FILE, sections.path.clone());
    }
}

/// The next times of each, for people to see whether they mean what they wrote.
fn digests<'a>(plans: impl Iterator<Item = &'a DigestPlan>, report: &mut Report) {
    let now = SystemClock.now();
    for plan in plans {
        let next: Vec<String> = plan
            .schedule
            .upcoming(now, 3)
            .iter()
            .map(|slot| slot.local.format("%a %Y-%m-%d %H:%M").to_string())
            .collect();
        let place = match &plan.to {
            Some(person) => format!("about channel {}, to {person} alone", plan.channel),
            None => format!("in channel {}", plan.channel),
        };
        report.good(
            DIGESTS,
            format!(
                "{} {place}: next at {} ({})",
                plan.name,
                next.join(", "),
                plan.schedule.zone
            ),
        );
    }
}
