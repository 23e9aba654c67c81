//! `zeitnah import SOURCE FILE…`: an export becomes items. First it says what it understood and what would happen; then rows
//! become items, a batch and its progress in one transaction. Killed and started again it goes on where it was; a bad row is
//! kept in a rejects file with its reason and stops nothing; what a run brought can be taken back.

mod known;
mod look;
mod rejects;
mod write;

use std::io::IsTerminal as _;
use std::io::Write as _;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;

use chrono::TimeDelta;
use clap::Args;
use clap::ValueEnum;
use indicatif::ProgressBar;
use indicatif::ProgressStyle;

use crate::app::App;
use crate::app::exports;
use crate::app::parts::source_settings;
use crate::cli::Failure;
use crate::cli::Outcome;
use crate::cli::desk;
use crate::cli::import::write::Import;
use crate::cli::load;
use crate::cli::say;
use crate::cli::tell;
use crate::config::Config;
use crate::config::source::Source;
use crate::domain::At;
use crate::port::export as port;
use crate::source::file::Export;
use crate::source::file::Looked;
use crate::source::file::Order;
use crate::source::file::Wish;
use crate::store::import;

/// All of it was understood and taken, but some rows were not.
const REFUSED: u8 = 3;

#[derive(Args)]
#[command(after_long_help = known::help())]
pub struct Options {
    /// The source's name in [[source]].
    #[arg(required_unless_present_any = ["list", "undo"])]
    source: Option<String>,
    /// Exports as they come: CSV, TSV, JSON, JSON Lines, Excel, ZIP, or a folder of these; any encoding.
    #[arg(required_unless_present_any = ["list", "undo"])]
    files: Vec<PathBuf>,
    /// Do not ask.
    #[arg(long, short)]
    yes: bool,
    /// Only say what was understood and what would happen.
    #[arg(long)]
    dry_run: bool,
    /// Read the files from their beginning though they were read before; rows that are known change nothing.
    #[arg(long)]
    again: bool,
    /// Which column is which, such as body="Review Content"; a `-` says that there is none. May be given several times.
    #[arg(long, value_name = "FIELD=COLUMN")]
    map: Vec<String>,
    /// The best rating, or the worst and the best: 10, 0-10.
    #[arg(long)]
    scale: Option<String>,
    /// What comes first in 10/11/2026, where the file does not say it itself.
    #[arg(long)]
    dates: Option<Dates>,
    /// In which encoding the files are, where it was guessed wrong: utf-8, windows-1252, utf-16le.
    #[arg(long)]
    encoding: Option<String>,
    /// Whether what nobody answered comes in as open or as history, whatever its age. Without it: history is what is older
    /// than the source's `backfill_days`.
    #[arg(long = "as", value_name = "WHAT")]
    comes_as: Option<ComesAs>,
    /// Say which imports there were.
    #[arg(long)]
    list: bool,
    /// Take back what the import with this number brought and nobody has touched since.
    #[arg(long, value_name = "NUMBER")]
    undo: Option<i64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Dates {
    /// Day, month, year.
    Dmy,
    /// Month, day, year.
    Mdy,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ComesAs {
    Open,
    History,
}

impl Options {
    /// How the rows are read, where whoever imports has a say.
    fn reading(&self) -> String {
        let (scale, dates) = (&self.scale, self.dates);
        format!(
            "{:?} {scale:?} {dates:?} {:?} {:?}",
            self.map, self.encoding, self.comes_as
        )
    }

    fn is_plain(&self) -> bool {
        let plain = self.map.is_empty() && self.scale.is_none() && self.dates.is_none();
        plain && self.encoding.is_none() && self.comes_as.is_none()
    }
}

pub async fn run(asked: Option<&Path>, options: Options) -> Outcome {
    let config = load(asked)?;
    let app = desk(&config).await?;
    if options.list {
        return list(&app).await;
    }
    if let Some(number) = options.undo {
        return undo(&app, number).await;
    }
    let source = source(&config, options.source.as_deref().unwrap_or_default())?;
    let now = app.desk.now();
    let wish = wish(&app, source, &options, now)?;
    let bar = bar(0);
    let export = Export::survey(&options.files, wish, |rows| {
        bar.set_message(format!("{rows} rows looked at"))
    });
    bar.finish_and_clear();
    let looked = Arc::new(Looked::through(export?, &source.name, source_settings(source)));
    let export: Arc<dyn port::Export> = looked.clone();
    look::say_understood(export.as_ref());
    let past_before = past_before(source, options.comes_as, now);
    let is_asked = std::io::stdin().is_terminal() && !options.yes;
    let counted = options.dry_run || is_asked;
    let preview = app
        .desk
        .preview(&export, &source.name, past_before, counted, now)
        .await?;
    look::say_preview(&preview, source);
    if let Some(nothing) = preview.nothing(export.as_ref()) {
        return Err(Failure::Say(look::said(&nothing)));
    }
    if options.dry_run {
        say("Nothing was written, because of --dry-run.");
        return Ok(());
    }
    if is_asked && !agreed()? {
        say("Nothing was written.");
        return Ok(());
    }
    let mut import = Import::begin(&app, &looked, source, &options, &preview, past_before).await?;
    import.read().await?;
    match import.report() {
        0 => Ok(()),
        _ => Err(Failure::Code(REFUSED)),
    }
}

fn source<'a>(config: &'a Config, name: &str) -> Result<&'a Source, Failure> {
    config.sources.iter().find(|s| s.name == name).ok_or_else(|| {
        let names: Vec<&str> = config.sources.iter().map(|s| s.name.as_str()).collect();
        Failure::Say(format!(
            "there is no source {name:?}; there is: {}",
            names.join(", ")
        ))
    })
}

/// What the file, then the command line, say about the export.
fn wish(app: &App, source: &Source, options: &Options, now: At) -> Result<Wish, Failure> {
    let mut wish = exports::wish(source, app.desk.zone_of(&source.name), now).map_err(Failure::Say)?;
    for map in &options.map {
        let (field, column) = map.split_once('=').ok_or_else(|| {
            Failure::Say(format!(
                "--map {map:?}: write FIELD=COLUMN, such as body=\"Review Content\""
            ))
        })?;
        wish.map(field.trim(), column)?;
    }
    if let Some(scale) = &options.scale {
        exports::scaled(&mut wish, scale).map_err(Failure::Say)?;
    }
    match options.dates {
        Some(Dates::Dmy) => wish.order(Order::DayFirst),
        Some(Dates::Mdy) => wish.order(Order::MonthFirst),
        None => {}
    }
    if let Some(label) = &options.encoding {
        wish.encoding(label)?;
    }
    Ok(wish)
}

/// What was written before this, and nobody answered, is history.
fn past_before(source: &Source, comes_as: Option<ComesAs>, now: At) -> Option<At> {
    match comes_as {
        Some(ComesAs::Open) => None,
        // Nothing is written later than tomorrow.
        Some(ComesAs::History) => Some(now + TimeDelta::days(1)),
        None => Some(now - TimeDelta::days(source.backfill_days)),
    }
}

fn agreed() -> Result<bool, Failure> {
    let mut stderr = std::io::stderr();
    stderr.write_all(b"Bring this in? [y/N] ")?;
    stderr.flush()?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    Ok(matches!(
        answer.trim().to_lowercase().as_str(),
        "y" | "yes" | "j" | "ja"
    ))
}

fn bar(length: u64) -> ProgressBar {
    let bar = match length {
        0 => ProgressBar::new_spinner(),
        length => ProgressBar::new(length),
    };
    let look = if length == 0 {
        "{spinner} {msg}"
    } else {
        "{bar:40} {pos}/{len} rows {eta} {msg}"
    };
    bar.set_style(ProgressStyle::with_template(look).unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar
}

async fn list(app: &App) -> Outcome {
    let runs = import::list(app.desk.store.pool(), 50).await?;
    if runs.is_empty() {
        say("There was no import yet.");
    }
    for run in runs {
        let counts = run.counts;
        let state = match run.undone_at {
            Some(at) => format!("; taken back at {}", at.format("%Y-%m-%d %H:%M UTC")),
            None => String::new(),
        };
        tell(&format!(
            "{:>4}  {}  {}  {}: {} new, {} changed, {} known, {} bad{state}",
            run.number,
            run.began_at
                .unwrap_or(run.updated_at)
                .format("%Y-%m-%d %H:%M UTC"),
            run.source,
            run.name
                .unwrap_or_else(|| "(an earlier release did not keep the name)".to_owned()),
            counts.new,
            counts.changed,
            counts.same,
            counts.bad
        ));
    }
    Ok(())
}

async fn undo(app: &App, number: i64) -> Outcome {
    let Some(done) = app.desk.undo_import(number).await? else {
        return Err(Failure::Say(format!(
            "there is no import {number}; `zeitnah import --list` says which there were"
        )));
    };
    say(&format!(
        "Import {number} is taken back: {} posts are gone.",
        done.gone
    ));
    if done.closed > 0 {
        say(&format!(
            "{} had a card already: they are closed, because a chat's message cannot be made never to have been.",
            done.closed
        ));
    }
    if done.kept > 0 {
        say(&format!(
            "{} stay, because somebody has done something with them since, or the source has told of them itself.",
            done.kept
        ));
    }
    Ok(())
}
