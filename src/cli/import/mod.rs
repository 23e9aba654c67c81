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

use clap::Args;
use clap::ValueEnum;
use indicatif::ProgressBar;
use indicatif::ProgressStyle;

use crate::app::App;
use crate::app::exports;
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
use crate::domain::item::manner::Unanswered;
use crate::port::export as port;
use crate::source::file::Export;
use crate::source::file::Looked;
use crate::source::file::Order;
use crate::source::file::Wish;
use crate::store::import;
use crate::store::import::Run;

/// All of it was understood and taken, but some rows were not.
const REFUSED: u8 = 3;
/// Ctrl-C, as shells say it.
const STOPPED: u8 = 130;

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
    /// The best rating, or the worst and the best: 10, 0-10; 6-1 for school marks.
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
        return undo(&app, number, options.yes).await;
    }
    let source = source(&config, options.source.as_deref().unwrap_or_default())?;
    let now = app.desk.now();
    let wish = wish(&app, source, &options, now)?;
    let bar = bar(0);
    let export = Export::survey(&options.files, wish, |rows| {
        bar.set_message(format!("{rows} rows looked at"))
    });
    bar.finish_and_clear();
    let looked = Arc::new(Looked::through(
        export?,
        &source.about.name,
        source.settings.clone(),
    ));
    let export: Arc<dyn port::Export> = looked.clone();
    look::say_understood(export.as_ref());
    let unanswered = match options.comes_as {
        None => Unanswered::ByAge,
        Some(ComesAs::Open) => Unanswered::Open,
        Some(ComesAs::History) => Unanswered::Past,
    };
    let past_before = unanswered.past_before(source.about.backfill_days, now);
    let is_asked = std::io::stdin().is_terminal() && !options.yes;
    let counted = options.dry_run || is_asked;
    let preview = app
        .desk
        .preview(&export, &source.about.name, past_before, counted, now)
        .await?;
    let nothing = preview.nothing(export.as_ref());
    let zone = app.desk.zone_of(&source.about.name);
    look::say_preview(&preview, source, zone, nothing.is_some());
    if let Some(nothing) = nothing {
        return Err(Failure::Say(look::said(&nothing)));
    }
    if options.dry_run {
        say("Nothing was written, because of --dry-run.");
        return Ok(());
    }
    // Nobody is asked about nothing. Where rows are bad, their rejects file may not be there yet.
    if is_asked && preview.is_known() && preview.bad == 0 {
        return Ok(());
    }
    if is_asked && !agreed("Bring this in?")? {
        say("Nothing was written.");
        return Ok(());
    }
    let mut import = Import::begin(&app, &looked, source, &options, &preview, past_before).await?;
    if !import.read().await? {
        import.say_stopped();
        return Err(Failure::Code(STOPPED));
    }
    match import.report() {
        0 => Ok(()),
        _ => Err(Failure::Code(REFUSED)),
    }
}

fn source<'a>(config: &'a Config, name: &str) -> Result<&'a Source, Failure> {
    config
        .sources
        .iter()
        .find(|s| s.about.name == name)
        .ok_or_else(|| {
            let names: Vec<&str> = config.sources.iter().map(|s| s.about.name.as_str()).collect();
            Failure::Say(format!(
                "there is no source {name:?}; there is: {}",
                names.join(", ")
            ))
        })
}

/// What the file, then the command line, say about the export.
fn wish(app: &App, source: &Source, options: &Options, now: At) -> Result<Wish, Failure> {
    let mut wish = exports::wish(source, app.desk.zone_of(&source.about.name), now).map_err(Failure::Say)?;
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

fn agreed(question: &str) -> Result<bool, Failure> {
    let mut stderr = std::io::stderr();
    write!(stderr, "{question} [y/N] ")?;
    stderr.flush()?;
    let mut answer = String::new();
    // Whoever ends the input has typed no end of line.
    if std::io::stdin().read_line(&mut answer)? == 0 {
        say("");
    }
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
    let runs = import::list(app.desk.store.pool(), None, 50).await?;
    if runs.is_empty() {
        say("There was no import yet.");
    }
    for run in runs {
        tell(&about(&run));
    }
    Ok(())
}

/// A run in one line.
fn about(run: &Run) -> String {
    let counts = run.counts;
    let state = match run.undone_at {
        Some(at) => format!("; taken back at {}", at.format("%Y-%m-%d %H:%M UTC")),
        None if run.is_unfinished() => format!(
            "; stopped after {} of {} rows, the same command goes on from there",
            run.rows, counts.in_all
        ),
        None => String::new(),
    };
    format!(
        "{:>4}  {}  {}  {}: {} new, {} changed, {} known, {} bad{state}",
        run.number,
        run.began_at
            .unwrap_or(run.updated_at)
            .format("%Y-%m-%d %H:%M UTC"),
        run.source,
        run.name
            .as_deref()
            .unwrap_or("(an earlier release did not keep the name)"),
        counts.new,
        counts.changed,
        counts.same,
        counts.bad
    )
}

async fn undo(app: &App, number: i64, yes: bool) -> Outcome {
    let unknown = || {
        Failure::Say(format!(
            "there is no import {number}; `zeitnah import --list` says which there were"
        ))
    };
    let runs = import::list(app.desk.store.pool(), Some(number), 1).await?;
    let run = runs.first().ok_or_else(unknown)?;
    // A number is typed wrong easily, and what goes is gone.
    if run.undone_at.is_none() && !yes && std::io::stdin().is_terminal() {
        say(&about(run));
        if !agreed("Take back what it brought?")? {
            say("Nothing was taken back.");
            return Ok(());
        }
    }
    let done = app.desk.undo_import(number).await?.ok_or_else(unknown)?;
    let gone = match done.gone {
        0 if done.closed + done.kept == 0 => " Nothing of it was left.".to_owned(),
        0 => String::new(),
        1 => " 1 post is gone.".to_owned(),
        gone => format!(" {gone} posts are gone."),
    };
    say(&format!("Import {number} is taken back.{gone}"));
    match done.closed {
        0 => {}
        1 => say(
            "One had a card already: it is closed, because a chat's message cannot be made never to have been.",
        ),
        closed => say(&format!(
            "{closed} had a card already: they are closed, because a chat's message cannot be made never to have been."
        )),
    }
    match done.kept {
        0 => {}
        1 => say(
            "One stays, because somebody has done something with it since, or the source has told of it itself.",
        ),
        kept => say(&format!(
            "{kept} stay, because somebody has done something with them since, or the source has told of them itself."
        )),
    }
    Ok(())
}
