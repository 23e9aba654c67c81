//! `zeitnah digest NAME --preview`: what the channel would read, for any instant; nothing is sent. Which one it is goes
//! to standard error, so that what is piped on is what a channel reads.

use std::path::Path;
use std::path::PathBuf;

use chrono::TimeDelta;
use clap::Args;

use crate::cli::Failure;
use crate::cli::Outcome;
use crate::cli::desk;
use crate::cli::load;
use crate::cli::say;
use crate::cli::tell;
use crate::domain::At;
use crate::domain::say::text::flat;
use crate::domain::show::chart::Chart;
use crate::picture;
use crate::workflow::Asked;

#[derive(Args)]
pub struct Options {
    /// Its name in [[digest]].
    name: String,
    /// Print instead of send; the only thing this command does.
    #[arg(long, required = true)]
    preview: bool,
    /// The last one before this instant, for example 2026-11-21T08:00:00+01:00 (default: now).
    #[arg(long)]
    at: Option<At>,
    /// In place of the last one the coming one, with what is known so far.
    #[arg(long)]
    next: bool,
    /// Also write its chart to this file, as PNG.
    #[arg(long, value_name = "FILE")]
    png: Option<PathBuf>,
}

pub async fn run(asked: Option<&Path>, options: Options) -> Outcome {
    let config = load(asked)?;
    let app = desk(&config).await?;
    let plan = app
        .desk
        .rules
        .digests
        .iter()
        .find(|p| p.name == options.name)
        .ok_or_else(|| {
            let names: Vec<&str> = app.desk.rules.digests.iter().map(|p| p.name.as_str()).collect();
            Failure::Say(format!(
                "there is no digest {:?}; there is: {}",
                options.name,
                names.join(", ")
            ))
        })?;
    let channel = app.desk.channel(&plan.channel)?;
    let now = options.at.unwrap_or_else(|| app.desk.now());
    let slot = if options.next {
        plan.schedule
            .upcoming(now, 1)
            .pop()
            .ok_or_else(|| Failure::Say("this schedule never comes again; correct it in [[digest]]".into()))?
    } else {
        plan.schedule.latest(now).ok_or_else(|| {
            Failure::Say("this schedule has never come yet; --next shows the coming one".into())
        })?
    };
    say(&format!(
        "{} of {} ({})",
        plan.name,
        slot.local.format("%a %Y-%m-%d %H:%M"),
        plan.schedule.zone
    ));
    let from = plan
        .schedule
        .before(slot)
        .map_or(slot.at - TimeDelta::days(1), |s| s.at);
    let asked = Asked::of(plan, channel, from, slot.at, app.desk.now());
    let (digest, chart) = app.desk.illustrated_digest(&asked).await?;
    for line in digest.all() {
        tell(&flat(line));
    }
    if let Some(file) = options.png {
        draw(&file, chart)?;
    }
    Ok(())
}

fn draw(file: &Path, chart: Option<Chart>) -> Outcome {
    let Some(chart) = chart else {
        tell("There is nothing to draw: nothing came in and nothing was answered.");
        return Ok(());
    };
    let name = file.display();
    let png =
        picture::png(&chart.svg).map_err(|e| Failure::Say(format!("the chart cannot be drawn: {e}")))?;
    std::fs::write(file, png).map_err(|e| Failure::Say(format!("{name} cannot be written: {e}")))?;
    tell(&format!("Chart: {name}\n{}", chart.alt));
    Ok(())
}
