//! The writing part of an import: a batch of rows and how far it has come, in one transaction.

use std::path::PathBuf;

use indicatif::ProgressBar;
use sha2::Digest as _;

use crate::app::App;
use crate::cli::Failure;
use crate::cli::Outcome;
use crate::cli::import::CARDS;
use crate::cli::import::Options;
use crate::cli::import::bar;
use crate::cli::import::look::Preview;
use crate::cli::import::rejects::Rejects;
use crate::cli::say;
use crate::config::source::Source;
use crate::domain::At;
use crate::domain::item::Incoming;
use crate::domain::manner::File;
use crate::domain::manner::Manner;
use crate::source::Settings;
use crate::source::file::Export;
use crate::source::file::Row;
use crate::source::file::Told;
use crate::store::StoreError;
use crate::store::import;
use crate::store::import::Progress;

/// Rows in one transaction.
const BATCH: usize = 500;
/// Reasons that are printed; all of them are in the rejects file.
const SHOWN: u64 = 20;

pub struct Import<'a> {
    app: &'a App,
    export: &'a Export,
    source: &'a str,
    settings: Settings,
    manner: Manner,
    progress: Progress,
    bar: ProgressBar,
    rejects: Rejects,
}

impl<'a> Import<'a> {
    pub async fn begin(
        app: &'a App,
        export: &'a Export,
        source: &'a Source,
        settings: Settings,
        options: &Options,
        preview: &Preview,
        past_before: Option<At>,
    ) -> Result<Self, Failure> {
        let now = app.desk.now();
        let pool = app.desk.store.pool();
        let file = fingerprint(export, options)?;
        let rows = export.rows_in_all();
        let known = import::progress(pool, &source.name, &file).await?;
        let progress = match known.filter(|_| !options.again) {
            Some(progress) => {
                match progress.rows {
                    0 => {}
                    done if done >= rows => {
                        say("This file was read before, to its end; --again reads it once more.");
                    }
                    done => say(&format!("Going on after row {done}.")),
                }
                progress
            }
            None => {
                let names: Vec<String> = options.files.iter().map(|f| f.display().to_string()).collect();
                Progress {
                    number: import::begin(pool, &source.name, &file, &names.join(", "), now).await?,
                    ..Progress::default()
                }
            }
        };
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
        let bar = bar(rows.max(1));
        bar.set_position(progress.rows);
        Ok(Self {
            app,
            export,
            source: &source.name,
            settings,
            manner,
            progress,
            bar,
            rejects,
        })
    }

    pub async fn read(&mut self) -> Outcome {
        let settings = self.settings.clone();
        let export = self.export;
        let mut rows = export.rows(self.source, &settings);
        for _ in 0..self.progress.rows {
            rows.next().transpose()?;
        }
        let mut batch = Vec::with_capacity(BATCH);
        while let Some(row) = rows.next().transpose()? {
            batch.push(row);
            if batch.len() == BATCH {
                self.take(std::mem::take(&mut batch)).await?;
            }
        }
        self.take(batch).await?;
        self.bar.finish_and_clear();
        Ok(())
    }

    /// One batch: the rejects are on disk before the progress that covers them is in the database.
    async fn take(&mut self, batch: Vec<Row>) -> Outcome {
        if batch.is_empty() {
            return Ok(());
        }
        let mut progress = Progress {
            rows: self.progress.rows + batch.len() as u64,
            ..self.progress.clone()
        };
        let mut items: Vec<Incoming> = Vec::new();
        // Where each item's row stands, for the rejects file.
        let mut places: Vec<(usize, u64, Vec<u8>)> = Vec::new();
        for row in batch {
            match row.parsed {
                Ok(Told::Item(incoming)) => {
                    items.push(*incoming);
                    places.push((row.part, row.line, row.raw));
                }
                Ok(Told::Answer | Told::LeftOut(_)) => {}
                Err(why) => self.refuse(&mut progress, row.part, row.line, &why, &row.raw)?,
            }
        }
        let app = self.app;
        let desk = &app.desk;
        let now = desk.now();
        let mut tx = desk.store.begin().await?;
        let tally = desk
            .take_in(&mut tx, self.source, items, &self.manner, now)
            .await?;
        for other in &tally.others {
            if let Some((part, line, raw)) = places.get(*other) {
                let why = "its id is that of somebody else's post, with another author and another date: give it an id of its own";
                self.refuse(&mut progress, *part, *line, why, raw)?;
            }
        }
        let counts = &mut progress.counts;
        counts.rejected_bytes = self.rejects.flushed()?;
        counts.new += tally.new as u64;
        counts.changed += tally.changed as u64;
        counts.same += tally.same as u64;
        counts.older += tally.older as u64;
        counts.answered += tally.answered as u64;
        counts.past += tally.past as u64;
        import::advance(&mut tx, &progress, now).await?;
        tx.commit().await.map_err(StoreError::from)?;
        self.progress = progress;
        self.bar.set_position(self.progress.rows);
        self.bar.set_message(format!("{} new", self.progress.counts.new));
        Ok(())
    }

    fn refuse(&mut self, progress: &mut Progress, part: usize, line: u64, why: &str, raw: &[u8]) -> Outcome {
        progress.counts.bad += 1;
        let export = self.export;
        if progress.counts.bad <= SHOWN {
            self.bar
                .suspend(|| say(&format!("{}:{line}: {why}", export.label(part))));
        }
        let head = || (export.label(part).to_owned(), export.header(part));
        self.rejects.keep(part, head, line, why, raw)?;
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
                "Of the new ones {} are open, {} came answered and {} are history: {closed} without card and deadline.",
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
fn fingerprint(export: &Export, options: &Options) -> Result<String, Failure> {
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
