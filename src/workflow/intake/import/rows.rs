//! The rows of an export on their way into the database: read on a thread of their own while those before them are written,
//! and each batch in one transaction with how far it has come.

use std::sync::Arc;

use tokio::sync::mpsc;

use crate::domain::At;
use crate::domain::item::Incoming;
use crate::domain::item::manner::Manner;
use crate::port::export::Export;
use crate::port::export::FileRow;
use crate::port::export::Told;
use crate::store::Tx;
use crate::store::import::Progress;
use crate::workflow::Desk;
use crate::workflow::Result;
use crate::workflow::WorkflowError;

/// Rows in one transaction: a handful of statements, and a kill costs no more than these.
pub const BATCH: usize = 1_000;
/// Batches that are read ahead.
const AHEAD: usize = 2;

/// A row that was not taken, as it stands in its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    pub part: usize,
    pub line: u64,
    pub why: String,
    pub raw: Vec<u8>,
}

/// Rows in batches.
pub struct Batches {
    told: mpsc::Receiver<std::result::Result<Vec<FileRow>, String>>,
}

impl Batches {
    /// Those after `skip`.
    pub fn of(export: &Arc<dyn Export>, skip: u64, size: usize) -> Self {
        let (tell, told) = mpsc::channel(AHEAD);
        let export = export.clone();
        tokio::task::spawn_blocking(move || {
            let mut batch = Vec::with_capacity(size);
            for row in export.rows(skip) {
                match row {
                    Ok(row) => batch.push(row),
                    Err(why) => {
                        // Nobody may listen any more; then nobody misses it.
                        tell.blocking_send(Err(why)).ok();
                        return;
                    }
                }
                if batch.len() == size {
                    let full = std::mem::replace(&mut batch, Vec::with_capacity(size));
                    if tell.blocking_send(Ok(full)).is_err() {
                        return;
                    }
                }
            }
            if !batch.is_empty() {
                tell.blocking_send(Ok(batch)).ok();
            }
        });
        Self { told }
    }

    pub async fn next(&mut self) -> Result<Option<Vec<FileRow>>> {
        let batch = self.told.recv().await;
        batch.transpose().map_err(WorkflowError::Export)
    }
}

impl Desk {
    /// One batch becomes items. `progress` is what it will be once `tx` is committed; how far it has come is not written yet.
    pub async fn take_rows(
        &self,
        tx: &mut Tx,
        source: &str,
        rows: Vec<FileRow>,
        manner: &Manner,
        progress: &mut Progress,
        now: At,
    ) -> Result<Vec<Refused>> {
        progress.rows += rows.len() as u64;
        let mut items: Vec<Incoming> = Vec::with_capacity(rows.len());
        let mut places: Vec<(usize, u64, Vec<u8>)> = Vec::with_capacity(rows.len());
        let mut refused = Vec::new();
        for row in rows {
            match row.parsed {
                Ok(Told::Item(incoming)) => {
                    items.push(*incoming);
                    places.push((row.part, row.line, row.raw));
                }
                Ok(Told::Answer | Told::LeftOut(_)) => {}
                Err(why) => refused.push(Refused {
                    part: row.part,
                    line: row.line,
                    why,
                    raw: row.raw,
                }),
            }
        }
        let tally = self.take_in(tx, source, items, manner, now).await?;
        for other in &tally.others {
            if let Some((part, line, raw)) = places.get(*other) {
                refused.push(Refused {
                    part: *part,
                    line: *line,
                    why: "its id is that of somebody else's post, with another author and another date: give it an id of its own".to_owned(),
                    raw: raw.clone(),
                });
            }
        }
        let counts = &mut progress.counts;
        counts.bad += refused.len() as u64;
        counts.new += tally.new as u64;
        counts.changed += tally.changed as u64;
        counts.same += tally.same as u64;
        counts.older += tally.older as u64;
        counts.answered += tally.answered as u64;
        counts.past += tally.past as u64;
        Ok(refused)
    }
}
