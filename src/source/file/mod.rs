//! Files that somebody exported: CSV and JSON Lines. They are read one row at a time, whatever their size; a bad row
//! is a row with a reason and never the end of the file; and every row says where the next one begins, so that an
//! import that was interrupted goes on there.
//!
//! A row must be UTF-8. Guessing would put wrong letters into customers' names, so a row that is not is a bad row and
//! says how to convert the file.

mod csv;
mod lines;
#[cfg(test)]
mod tests;

use std::io;
use std::io::BufRead as _;
use std::io::BufReader;
use std::io::Read;
use std::path::Path;

use crate::domain::item::Incoming;
use crate::source::Settings;
use crate::source::file::csv::Columns;
use crate::source::file::lines::Lines;
use crate::source::json;
use crate::source::push::item;

/// A row beyond this is a bad row.
pub const LARGEST_ROW: usize = 1024 * 1024;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Csv,
    JsonLines,
}

/// Why a file cannot be read at all.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    #[error("the file cannot be read: {0}")]
    Io(#[from] io::Error),
    #[error("the file is UTF-16: save it as UTF-8")]
    Utf16,
    #[error("the file is empty: a CSV file begins with a line of column names")]
    NoHeader,
    #[error("the first line is not a line of column names: {0}")]
    BadHeader(String),
    #[error("no column `id`: without it the same row would be a new item each time")]
    NoId,
    #[error("the column `{0}` stands there twice")]
    Twice(String),
    #[error("the file is shorter than {0} bytes: it is not the file that was begun")]
    Shorter(u64),
}

/// One row of the file.
#[derive(Debug)]
pub struct Row {
    /// Where it begins, from 1. In CSV a row may go over several lines.
    pub line: u64,
    /// Bytes from the beginning of the file to the end of this row: `resume_at` for the next one.
    pub end_offset: u64,
    pub parsed: Result<Incoming, String>,
    /// The row as it came, without its line end; of a row that is too large only the beginning.
    pub raw: Vec<u8>,
}

/// The rows of a file, in order. An error ends them.
pub struct Rows<R> {
    lines: Lines<BufReader<R>>,
    shape: Shape,
    settings: Settings,
    source: String,
}

enum Shape {
    Csv(Columns),
    JsonLines,
}

impl Format {
    /// By the name's ending, else by how the file begins.
    pub fn of(path: &Path, beginning: &[u8]) -> Self {
        let ending = path
            .extension()
            .and_then(|e| e.to_str())
            .unwrap_or_default()
            .to_ascii_lowercase();
        let first = beginning
            .strip_prefix(lines::BOM)
            .unwrap_or(beginning)
            .trim_ascii_start()
            .first();
        match ending.as_str() {
            "csv" | "tsv" => Self::Csv,
            "jsonl" | "ndjson" => Self::JsonLines,
            _ if first == Some(&b'{') => Self::JsonLines,
            _ => Self::Csv,
        }
    }
}

impl<R: Read> Rows<R> {
    /// Rows behind byte `resume_at` (0, or a row's `end_offset`). The file is always given from its beginning: the
    /// column names stand there. Scope and caps of the items are those of `source` with these settings.
    pub fn open(
        file: R,
        format: Format,
        resume_at: u64,
        source: &str,
        settings: &Settings,
    ) -> Result<Self, FileError> {
        let mut file = BufReader::new(file);
        if matches!(file.fill_buf()?, [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..]) {
            return Err(FileError::Utf16);
        }
        let mut lines = Lines::new(file)?;
        let shape = match format {
            Format::JsonLines => Shape::JsonLines,
            Format::Csv => Shape::Csv(Columns::read(&mut lines)?),
        };
        if resume_at > lines.offset() {
            lines.skip_to(resume_at)?;
        }
        Ok(Self {
            lines,
            shape,
            settings: settings.clone(),
            source: source.to_owned(),
        })
    }

    /// The CSV line of column names as it came, for the head of a rejects file.
    pub fn header(&self) -> Option<&[u8]> {
        match &self.shape {
            Shape::Csv(columns) => Some(columns.raw()),
            Shape::JsonLines => None,
        }
    }

    fn row(&mut self) -> io::Result<Option<Row>> {
        loop {
            let piece = match &self.shape {
                Shape::Csv(columns) => self.lines.record(columns.delimiter())?,
                Shape::JsonLines => self.lines.line()?,
            };
            let Some(piece) = piece else { return Ok(None) };
            if piece.raw.trim_ascii().is_empty() && piece.fault.is_none() {
                continue;
            }
            let parsed = match piece.fault {
                Some(why) => Err(why),
                None => self.parse(&piece.raw).and_then(|incoming| self.placed(incoming)),
            };
            return Ok(Some(Row {
                line: piece.line,
                end_offset: piece.end,
                parsed,
                raw: piece.raw,
            }));
        }
    }

    fn parse(&self, raw: &[u8]) -> Result<Incoming, String> {
        let text = |raw| {
            std::str::from_utf8(raw).map_err(|e| {
                let at = e.valid_up_to();
                format!("not UTF-8 at byte {at} of the row: convert the file, for example with iconv -f WINDOWS-1252 -t UTF-8")
            })
        };
        match &self.shape {
            Shape::Csv(columns) => columns.item(text(raw)?),
            Shape::JsonLines => item::read(json::strict(text(&json::repaired(raw))?)?, ""),
        }
    }

    fn placed(&self, incoming: Incoming) -> Result<Incoming, String> {
        let scope = self.settings.scope_for(&self.source, &incoming)?;
        let caps = self.settings.caps_for(&incoming);
        Ok(Incoming {
            scope,
            caps,
            ..incoming
        })
    }
}

impl<R: Read> Iterator for Rows<R> {
    type Item = io::Result<Row>;

    fn next(&mut self) -> Option<Self::Item> {
        self.row().transpose()
    }
}
