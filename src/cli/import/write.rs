//! The writing part of an import: a batch of rows and how far it has come, in one transaction.

use std::path::PathBuf;
use std::pin::pin;
use std::sync::Arc;

use indicatif::ProgressBar;
use sha2::Digest as _;

use crate::app::App;
use crate::cli::Failure;
use crate::cli::Outcome;
use crate::cli::import::Options;
use crate::cli::import::bar;
use crate::cli::import::rejects::Rejects;
use crate::cli::say;
use crate::config::source::Source;
use crate::domain::At;
use crate::domain::item::manner::File;
use crate::domain::item::manner::Manner;
use crate::port::export::Export;
use crate::port::export::FileRow;
use crate::source::file::Looked;
use crate::store::StoreError;
use crate::store::import;
use crate::store::import::Progress;
use crate::workflow::import::CARDS;
use crate::workflow::import::preview::Preview;
use crate::workflow::import::rows::BATCH;
use crate::workflow::import::rows::Batches;
use crate::workflow::import::rows::Refused;

/// Reasons that are printed; all of them are in the rejects file.
const SHOWN: u64 = 20;

pub struct Import<'a> {
    app: &'a App,
    export: Arc<Looked>,
    source: &'a str,
    manner: Manner,
    progress: Progress,
    bar: ProgressBar,
    rejects: Rejects,
    /// An earlier call has done all of it.
    was_done: bool,
}

impl<'a> Import<'a> {
    pub async fn begin(
        app: &'a App,
        export: &Arc<Looked>,
        source: &'a Source,
        options: &Options,
        preview: &Preview,
        past_before: Option<At>,
    ) -> Result<Self, Failure> {
        let now = app.desk.now();
        let pool = app.desk.store.pool();
        let file = fingerprint(export, options)?;
        let rows = export.rows_in_all();
        let known = import::progress(pool, &source.about.name, &file).await?;
        let mut was_done = false;
        let mut progress = match known.filter(|_| !options.again) {
            Some(progress) => {
                match progress.rows {
                    0 => {}
                    done if done >= rows => {
                        was_done = true;
                        say(
                            "This file was read before, to its end; --again reads it once more. It brought then:",
                        );
                    }
                    done => say(&format!("Going on after row {done} of {rows}.")),
                }
                progress
            }
            None => {
                let names: Vec<String> = options.files.iter().map(|f| f.display().to_string()).collect();
                Progress {
                    number: import::begin(pool, &source.about.name, &file, &names.join(", "), now).await?,
                    ..Progress::default()
                }
            }
        };
        progress.counts.in_all = rows;
        let manner = Manner::File(File {
            run: progress.number,
            as_of: export.as_of().unwrap_or(now),
            dates_changes: export.dates_changes(),
            past_before,
            folded: preview.open > CARDS,
        });
        let beside = options
            .files
            .first()
            .cloned()
            .unwrap_or_else(|| PathBuf::from("import"));
        let rejects = Rejects::beside(&beside, progress.counts.rejected_bytes);
        let bar = if was_done {
            ProgressBar::hidden()
        } else {
            bar(rows.max(1))
        };
        bar.set_position(progress.rows);
        Ok(Self {
            app,
            export: export.clone(),
            source: &source.about.name,
            manner,
            progress,
            bar,
            rejects,
            was_done,
        })
    }

    /// False: somebody pressed Ctrl-C, and the batch that was at work is the last one.
    pub async fn read(&mut self) -> Result<bool, Failure> {
        if self.was_done {
            return Ok(true);
        }
        let export: Arc<dyn Export> = self.export.clone();
        let mut batches = Batches::of(&export, self.progress.rows, BATCH);
        let mut stop = pin!(tokio::signal::ctrl_c());
        // Where signals cannot be heard, nobody can send one either.
        let (mut is_stopped, mut is_deaf) = (false, false);
        while !is_stopped && let Some(rows) = batches.next().await? {
            let mut take = pin!(self.take(rows));
            tokio::select! {
                done = &mut take => done?,
                heard = &mut stop, if !is_deaf => {
                    take.await?;
                    is_stopped = heard.is_ok();
                    is_deaf = !is_stopped;
                }
            }
        }
        self.bar.finish_and_clear();
        Ok(self.progress.rows >= export.rows_in_all() || !is_stopped)
    }

    /// What is in, and how to go on or back.
    pub fn say_stopped(&self) {
        let Progress { number, rows, counts } = &self.progress;
        say(&format!(
            "Stopped after {rows} of {} rows; {} posts are in. The same command goes on from there; `zeitnah import --undo \
             {number}` takes it back.",
            counts.in_all, counts.new
        ));
    }

    /// One batch: the rejects are on disk before the progress that covers them is in the database.
    async fn take(&mut self, rows: Vec<FileRow>) -> Outcome {
        let mut progress = self.progress.clone();
        let app = self.app;
        let desk = &app.desk;
        let now = desk.now();
        let mut tx = desk.store.begin().await?;
        let refused = desk
            .take_rows(&mut tx, self.source, rows, &self.manner, &mut progress, now)
            .await?;
        let before = progress.counts.bad - refused.len() as u64;
        for (n, row) in (before..).zip(&refused) {
            self.refuse(n, row)?;
        }
        progress.counts.rejected_bytes = self.rejects.flushed()?;
        import::advance(&mut tx, &progress, now).await?;
        tx.commit().await.map_err(StoreError::from)?;
        self.progress = progress;
        self.bar.set_position(self.progress.rows);
        self.bar.set_message(format!("{} new", self.progress.counts.new));
        Ok(())
    }

    /// `n` bad rows were there before it.
    fn refuse(&mut self, n: u64, row: &Refused) -> Outcome {
        let Refused { part, line, why, raw } = row;
        let export = &self.export;
        let label = export.label(*part);
        if n < SHOWN {
            self.bar.suspend(|| say(&format!("{label}:{line}: {why}")));
        }
        let head = || (label.clone(), export.header(*part));
        self.rejects.keep(*part, head, *line, why, raw)?;
        Ok(())
    }

    /// Says what was done; how many rows were not taken.
    pub fn report(&self) -> u64 {
        let c = self.progress.counts;
        say(&format!(
            "{} new, {} changed, {} known, {} bad.",
            c.new, c.changed, c.same, c.bad
        ));
        let closed = c.answered + c.past;
        if closed > 0 {
            say(&format!(
                "Of the new ones: {} open, {} answered already, {} history; {closed} without card and deadline.",
                c.new - closed.min(c.new),
                c.answered,
                c.past
            ));
        }
        if c.older > 0 {
            say(&format!(
                "{} rows differ from what is known and are not newer: what is known was kept.",
                c.older
            ));
        }
        if c.bad > 0 {
            say(&format!(
                "The bad rows are kept, each with its reason, in {}.",
                self.rejects.path.display()
            ));
        }
        if c.new > 0 {
            say(&format!(
                "`zeitnah import --undo {}` takes it back.",
                self.progress.number
            ));
        }
        c.bad
    }
}

/// The files by their content, and how they are read: files that were renamed are the same files.
fn fingerprint(export: &Looked, options: &Options) -> Result<String, Failure> {
    let mut hash = sha2::Sha256::new();
    let mut files = export.fingerprints()?;
    files.sort();
    if let ([file], true) = (files.as_slice(), options.is_plain()) {
        return Ok(file.clone());
    }
    for file in files {
        hash.update(file.as_bytes());
    }
    hash.update(options.reading().as_bytes());
    Ok(hex::encode(hash.finalize()))
}
