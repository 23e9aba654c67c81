//! `zeitnah import SOURCE FILE`: a file's rows become items, a batch and its progress in one transaction. Killed and
//! started again it goes on where it was; a bad row is kept in a rejects file with its reason and stops nothing.

use std::fs::File;
use std::fs::OpenOptions;
use std::io::Read;
use std::io::Seek;
use std::io::SeekFrom;
use std::io::Write;
use std::path::Path;
use std::path::PathBuf;

use clap::Args;
use indicatif::ProgressBar;
use indicatif::ProgressStyle;
use sha2::Digest as _;

use crate::app::App;
use crate::app::parts::source_settings;
use crate::cli::Failure;
use crate::cli::Outcome;
use crate::cli::desk;
use crate::cli::load;
use crate::cli::say;
use crate::config::Config;
use crate::domain::item::Incoming;
use crate::source::file::Format;
use crate::source::file::Row;
use crate::source::file::Rows;
use crate::store::StoreError;
use crate::store::import;
use crate::store::import::Progress;

/// Rows in one transaction.
const BATCH: usize = 100;
/// Reasons that are printed; all of them are in the rejects file.
const SHOWN: u64 = 20;

#[derive(Args)]
pub struct Options {
    /// The source's name in [[source]].
    source: String,
    /// CSV (with a line of column names) or JSON Lines.
    file: PathBuf,
    /// Read the file from its beginning though it was read before; rows that are known change nothing.
    #[arg(long)]
    again: bool,
}

pub async fn run(asked: Option<&Path>, options: Options) -> Outcome {
    let config = load(asked)?;
    let app = desk(&config).await?;
    let mut import = Import::begin(&config, &app, options).await?;
    import.read().await?;
    import.report();
    Ok(())
}

struct Import<'a> {
    app: &'a App,
    options: Options,
    settings: crate::source::Settings,
    progress: Progress,
    bar: ProgressBar,
    rejects: Rejects,
}

impl<'a> Import<'a> {
    async fn begin(config: &Config, app: &'a App, options: Options) -> Result<Self, Failure> {
        let source = config
            .sources
            .iter()
            .find(|s| s.name == options.source)
            .ok_or_else(|| {
                let names: Vec<&str> = config.sources.iter().map(|s| s.name.as_str()).collect();
                Failure::Say(format!(
                    "there is no source {:?}; there is: {}",
                    options.source,
                    names.join(", ")
                ))
            })?;
        let (fingerprint, size) = fingerprint(&options.file)?;
        let known = import::progress(app.desk.store.pool(), &options.source, &fingerprint).await?;
        let progress = match known.filter(|_| !options.again) {
            Some(progress) => progress,
            None => {
                let now = app.desk.now();
                let name = options.file.to_string_lossy();
                Progress {
                    number: import::begin(app.desk.store.pool(), &options.source, &fingerprint, &name, now)
                        .await?,
                    ..Progress::default()
                }
            }
        };
        match progress.rows {
            0 => {}
            rows => say(&format!("Going on after row {rows}.")),
        }
        let bar = ProgressBar::new(size);
        let look = "{bar:40} {bytes}/{total_bytes} {eta} {msg}";
        bar.set_style(ProgressStyle::with_template(look).unwrap_or_else(|_| ProgressStyle::default_bar()));
        let rejects = Rejects::beside(&options.file, progress.counts.rejected_bytes)?;
        let settings = source_settings(source);
        Ok(Self {
            app,
            settings,
            progress,
            bar,
            rejects,
            options,
        })
    }

    async fn read(&mut self) -> Outcome {
        let mut beginning = [0_u8; 512];
        let read = open(&self.options.file)?.read(&mut beginning)?;
        let format = Format::of(&self.options.file, &beginning[..read]);
        let file = open(&self.options.file)?;
        let mut rows = Rows::open(file, format, 0, &self.options.source, &self.settings)?;
        self.rejects.header = rows.header().map(<[u8]>::to_vec);
        let mut batch = Vec::new();
        for _ in 0..self.progress.rows {
            rows.next().transpose()?;
        }
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
        let Some(last) = batch.last() else { return Ok(()) };
        let end = last.end_offset;
        let mut progress = Progress {
            rows: self.progress.rows + batch.len() as u64,
            ..self.progress.clone()
        };
        let mut items: Vec<Incoming> = Vec::new();
        for row in batch {
            match row.parsed {
                Ok(incoming) => items.push(incoming),
                Err(why) => {
                    progress.counts.bad += 1;
                    if progress.counts.bad <= SHOWN {
                        self.bar
                            .suspend(|| say(&format!("{}:{}: {why}", self.options.file.display(), row.line)));
                    }
                    self.rejects.keep(row.line, &why, &row.raw)?;
                }
            }
        }
        progress.counts.rejected_bytes = self.rejects.flushed()?;
        let desk = &self.app.desk;
        let now = desk.now();
        let mut tx = desk.store.begin().await?;
        let tally = desk.ingest(&mut tx, &self.options.source, items, now).await?;
        progress.counts.new += tally.new as u64;
        progress.counts.changed += tally.changed as u64;
        progress.counts.same += tally.same as u64;
        import::advance(&mut tx, &progress, now).await?;
        tx.commit().await.map_err(StoreError::from)?;
        self.progress = progress;
        self.bar.set_position(end);
        self.bar.set_message(format!("{} new", self.progress.counts.new));
        Ok(())
    }

    fn report(&self) {
        let c = self.progress.counts;
        say(&format!(
            "{} new, {} changed, {} known, {} bad.",
            c.new, c.changed, c.same, c.bad
        ));
        if c.bad > 0 {
            say(&format!(
                "The bad rows are kept, each with its reason, in {}.",
                self.rejects.path.display()
            ));
        }
    }
}

fn open(path: &Path) -> Result<File, Failure> {
    File::open(path).map_err(|e| Failure::Say(format!("{} cannot be read: {e}", path.display())))
}

fn fingerprint(path: &Path) -> Result<(String, u64), Failure> {
    let mut file = open(path)?;
    let mut hash = sha2::Sha256::new();
    let mut size = 0;
    let mut piece = vec![0; 64 * 1024];
    loop {
        let read = file.read(&mut piece)?;
        if read == 0 {
            return Ok((hex::encode(hash.finalize()), size));
        }
        size += read as u64;
        hash.update(&piece[..read]);
    }
}

/// `FILE.rejects`: the reason as a comment line, then the row as it came, under the file's own column names.
struct Rejects {
    path: PathBuf,
    header: Option<Vec<u8>>,
    /// What the database knows of; the rest belongs to a batch that never was.
    kept: u64,
    file: Option<File>,
}

impl Rejects {
    fn beside(file: &Path, kept: u64) -> Result<Self, Failure> {
        let mut name = file.file_name().unwrap_or_default().to_owned();
        name.push(".rejects");
        Ok(Self {
            path: file.with_file_name(name),
            header: None,
            kept,
            file: None,
        })
    }

    fn keep(&mut self, line: u64, why: &str, raw: &[u8]) -> std::io::Result<()> {
        let file = match &mut self.file {
            Some(file) => file,
            None => {
                let mut file = OpenOptions::new()
                    .create(true)
                    .truncate(false)
                    .write(true)
                    .open(&self.path)?;
                // Somebody may have put a device or a pipe there.
                if file.metadata()?.is_file() {
                    file.set_len(self.kept)?;
                }
                file.seek(SeekFrom::End(0))?;
                if let Some(header) = self.header.as_ref().filter(|_| self.kept == 0) {
                    file.write_all(header)?;
                    file.write_all(b"\n")?;
                }
                self.file.insert(file)
            }
        };
        writeln!(file, "# line {line}: {}", why.replace('\n', " "))?;
        file.write_all(raw)?;
        file.write_all(b"\n")
    }

    /// Everything is on disk; how much that is.
    fn flushed(&mut self) -> std::io::Result<u64> {
        let Some(file) = &mut self.file else {
            return Ok(self.kept);
        };
        file.sync_data()?;
        self.kept = file.metadata()?.len();
        Ok(self.kept)
    }
}
