//! Exports as people have them: any encoding, tables, JSON, workbooks, archives, several files at once. They are read one row
//! at a time, whatever their size; a bad row is a row with a reason and never the end of the file. First all of it is looked
//! through (`survey`), because what a column means can only be told from the whole column; then it is read.

mod book;
mod column;
mod cursor;
mod date;
mod document;
mod encoding;
mod field;
mod identity;
mod item;
mod lines;
mod name;
mod part;
mod record;
mod shape;
mod stars;
mod survey;
mod table;
#[cfg(test)]
mod tests;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use chrono_tz::Tz;

use crate::domain::At;
use crate::domain::item::Incoming;
use crate::source::file::column::OrderBy;
use crate::source::file::cursor::Cursor;
use crate::source::file::field::FIELDS;
use crate::source::file::field::Field;
use crate::source::file::item::Reading;
use crate::source::file::record::Cells;
use crate::source::file::survey::Prepared;
use crate::source::kind::Settings;

pub use crate::port::export::About;
pub use crate::port::export::FileRow;
pub use crate::port::export::Held;
pub use crate::port::export::Order;
pub use crate::port::export::Skipped;
pub use crate::port::export::Told;
pub use crate::source::file::part::Handed;

/// A row beyond this is a bad row.
pub const LARGEST_ROW: usize = 1024 * 1024;

/// Why nothing of it can be read.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    #[error("the file cannot be read: {0}")]
    Io(#[from] io::Error),
    #[error("{0} cannot be read: {1}")]
    Away(String, io::Error),
    #[error("{0} is {1}: {2}")]
    NotThis(String, String, String),
    #[error("the archive is damaged at {0}: fetch it again")]
    Damaged(String),
    #[error("the file is empty: a table begins with a line of column names")]
    NoHeader,
    #[error("the first line is not a line of column names: {0}")]
    BadHeader(String),
    #[error("{0}: {1}")]
    In(String, Box<FileError>),
    #[error("{label}: {why}; it has {has}. Say which column is which, for example --map body={example:?}")]
    Unknown {
        label: String,
        why: String,
        has: String,
        example: String,
    },
    #[error("no {0:?} among the encodings; there is utf-8, utf-16le, utf-16be, windows-1252, iso-8859-15, …")]
    NoEncoding(String),
    #[error("there is no field {field:?} for --map; there is: {}", words())]
    NoField { field: String },
    #[error("no column {0:?} is in any of the files")]
    NoColumn(String),
    #[error("there is nothing to read in {0}")]
    Nothing(String),
}

/// The words for the fields.
pub fn words() -> String {
    FIELDS.iter().map(|n| n.word).collect::<Vec<_>>().join(", ")
}

/// The words for the fields, each with the names that we know for it.
pub fn known() -> impl Iterator<Item = (&'static str, &'static [&'static str])> {
    FIELDS.iter().map(|n| (n.word, n.names))
}

/// The names of the exports that are known by their header.
pub fn shapes() -> Vec<&'static str> {
    let mut names: Vec<&str> = shape::SHAPES.iter().map(|s| s.name).collect();
    names.dedup();
    names
}

/// What whoever imports knows better.
#[derive(Debug, Clone)]
pub struct Wish {
    columns: column::Wish,
    encoding: Option<encoding::EncodingFound>,
    /// Where a clock without an offset stands.
    pub zone: Tz,
    pub now: At,
    /// What the texts are in where they say nothing.
    pub language: Option<String>,
}

impl Wish {
    pub fn new(zone: Tz, now: At) -> Self {
        Self {
            columns: column::Wish::default(),
            encoding: None,
            zone,
            now,
            language: None,
        }
    }

    /// `body`, `Review Content`; a column named `-` means that there is none.
    pub fn map(&mut self, field: &str, column: &str) -> Result<(), FileError> {
        let found = Field::named(field).ok_or_else(|| FileError::NoField {
            field: field.to_owned(),
        })?;
        let column = (column.trim() != "-").then(|| column.to_owned());
        self.columns.map.retain(|(known, _)| *known != found);
        self.columns.map.push((found, column));
        Ok(())
    }

    pub fn scale(&mut self, min: f64, max: f64) {
        self.columns.scale = Some((min, max));
    }

    /// `10`, `0-10`; `6-1` for school marks, of which one is the best. False: it is no scale.
    pub fn scaled(&mut self, scale: &str) -> bool {
        let (min, max) = scale.split_once('-').unwrap_or(("1", scale));
        let number = |text: &str| text.trim().replace(',', ".").parse::<f64>().ok();
        match (number(min), number(max)) {
            (Some(min), Some(max)) if min != max => {
                self.scale(min, max);
                true
            }
            _ => false,
        }
    }

    /// A line as people type it below the file that they hand in: `Text = Review Content`, `Skala = 10`, `Tag zuerst`,
    /// `Zeichen = windows-1252`. False: it says nothing.
    pub fn said(&mut self, line: &str) -> bool {
        let line = line.trim();
        match name::plain(line).as_str() {
            "" => return true,
            "tag_zuerst" | "day_first" => {
                self.order(Order::DayFirst);
                return true;
            }
            "monat_zuerst" | "month_first" => {
                self.order(Order::MonthFirst);
                return true;
            }
            _ => {}
        }
        let Some((what, is)) = line.split_once('=').or_else(|| line.split_once(':')) else {
            return false;
        };
        let is = is.trim().trim_matches(['"', '„', '“', '”']).trim();
        if is.is_empty() {
            return false;
        }
        match name::plain(what).as_str() {
            "skala" | "scale" => self.scaled(is),
            "zeichen" | "encoding" | "characters" => self.encoding(is).is_ok(),
            _ => self.map(what.trim(), is).is_ok(),
        }
    }

    pub fn order(&mut self, order: Order) {
        self.columns.order = Some(order);
    }

    pub fn encoding(&mut self, label: &str) -> Result<(), FileError> {
        let found = encoding::EncodingFound::named(label);
        self.encoding = Some(found.ok_or_else(|| FileError::NoEncoding(label.to_owned()))?);
        Ok(())
    }
}

/// What was handed over, looked through.
pub struct Export {
    parts: Vec<Prepared>,
    pub skipped: Vec<Skipped>,
    wish: Wish,
}

impl Export {
    /// Finds the files and looks all of them through. `progress` is told the rows.
    pub fn survey(paths: &[PathBuf], wish: Wish, progress: impl Fn(u64)) -> Result<Self, FileError> {
        let handed: Vec<Handed> = paths.iter().cloned().map(Handed::Path).collect();
        Self::survey_handed(&handed, wish, progress)
    }

    /// The same with what may not lie in a file.
    pub fn survey_handed(handed: &[Handed], wish: Wish, progress: impl Fn(u64)) -> Result<Self, FileError> {
        let (parts, mut skipped) = part::find(handed)?;
        let mut prepared = Vec::new();
        let asked = parts.len();
        let mut rows = 0;
        for part in parts {
            let label = part.label.clone();
            let is_asked = part.asked;
            match survey::look(part, &wish, &mut |n| progress(rows + n)) {
                Ok(found) => {
                    rows += found.rows;
                    prepared.push(found);
                }
                // What only lay beside the export may be something else.
                Err(why) if !is_asked && asked > 1 => skipped.push(Skipped {
                    label,
                    why: why.to_string(),
                }),
                Err(why) if asked > 1 || !matches!(why, FileError::Unknown { .. }) => {
                    return Err(FileError::In(label, Box::new(why)));
                }
                Err(why) => return Err(why),
            }
        }
        if prepared.is_empty() {
            let names = handed.iter().map(Handed::label);
            return Err(FileError::Nothing(names.collect::<Vec<_>>().join(", ")));
        }
        for (_, column) in &wish.columns.map {
            let Some(column) = column else { continue };
            let plain = name::plain(column);
            let is_there = prepared
                .iter()
                .any(|p| p.columns.iter().any(|c| c.plain == plain));
            if !is_there {
                return Err(FileError::NoColumn(column.clone()));
            }
        }
        Ok(Self {
            parts: prepared,
            skipped,
            wish,
        })
    }

    /// What the name of a part is.
    pub fn label(&self, part: usize) -> &str {
        self.parts.get(part).map_or("", |p| p.part.label.as_str())
    }

    /// The line of column names of a part, for the head of a rejects file.
    pub fn header(&self, part: usize) -> Option<Vec<u8>> {
        self.parts.get(part)?.header()
    }

    /// The files as they were handed over, each by its content.
    pub fn fingerprints(&self) -> Result<Vec<String>, FileError> {
        let mut handed: Vec<&Handed> = self.parts.iter().map(|p| p.part.handed()).collect();
        handed.sort();
        handed.dedup();
        handed.into_iter().map(part::fingerprint).collect()
    }

    pub fn about(&self) -> Vec<About> {
        self.parts.iter().map(Prepared::about).collect()
    }

    pub fn held(&self) -> Held {
        let mut held = Held::default();
        for part in &self.parts {
            held.words |= part.holds(&[Field::Body, Field::Title, Field::Good, Field::Bad]);
            held.stars |= part.holds(&[Field::Rating]);
            held.dates |= part.holds(&[Field::Published]);
        }
        let named = |fields: &[Field]| {
            let none = |f: &Field| {
                self.wish
                    .columns
                    .map
                    .iter()
                    .any(|(field, column)| field == f && column.is_none())
            };
            fields.iter().any(none)
        };
        // Who says that there are none knows it.
        Held {
            words: held.words || named(&[Field::Body]),
            stars: held.stars || named(&[Field::Rating]) || self.parts.iter().any(Prepared::has_kinds),
            dates: held.dates || named(&[Field::Published]),
        }
    }

    /// Whether every column that says something is used, so that nothing can have been misunderstood.
    pub fn uses_all(&self) -> bool {
        self.parts.iter().all(|p| p.mapping.unused(&p.columns).is_empty())
    }

    /// The newest moment that stands in any of the files.
    pub fn as_of(&self) -> Option<At> {
        self.parts.iter().filter_map(|p| p.mapping.newest).max()
    }

    /// Whether the files have a place for when something was changed.
    pub fn dates_changes(&self) -> bool {
        self.parts.iter().any(|p| p.mapping.has(Field::Edited))
    }

    pub fn rows_in_all(&self) -> u64 {
        self.parts.iter().map(|p| p.rows).sum()
    }

    /// All rows of all files. Scope and caps of the items are those of `source` with these settings. An error ends them.
    pub fn rows<'a>(&'a self, source: &'a str, settings: &'a dyn Settings) -> Rows<'a> {
        Rows {
            export: self,
            source,
            settings,
            part: 0,
            open: None,
            skip: 0,
        }
    }
}

pub struct Rows<'a> {
    export: &'a Export,
    source: &'a str,
    settings: &'a dyn Settings,
    part: usize,
    open: Option<(Cursor, Reading<'a>)>,
    /// So many are known already, and not looked at.
    skip: u64,
}

impl Rows<'_> {
    fn row(&mut self) -> Result<Option<FileRow>, FileError> {
        loop {
            let Some(prepared) = self.export.parts.get(self.part) else {
                return Ok(None);
            };
            if self.open.is_none() {
                let cursor = Cursor::open(prepared)?;
                self.open = Some((cursor, Reading::of(prepared, &self.export.wish)));
            }
            let Some((cursor, reading)) = &mut self.open else {
                return Ok(None);
            };
            let Some(entry) = cursor.entry()? else {
                self.open = None;
                self.part += 1;
                continue;
            };
            if entry.cells.as_ref().is_ok_and(Cells::is_empty) {
                continue;
            }
            if let Some(left) = self.skip.checked_sub(1) {
                self.skip = left;
                continue;
            }
            let parsed = match &entry.cells {
                Err(why) => Err(why.clone()),
                Ok(cells) => reading
                    .told(cells, &entry, cursor.names())
                    .and_then(|told| match told {
                        Told::Item(incoming) => self.placed(*incoming).map(|i| Told::Item(Box::new(i))),
                        told => Ok(told),
                    }),
            };
            return Ok(Some(FileRow {
                part: self.part,
                line: entry.line,
                parsed,
                raw: entry.raw,
            }));
        }
    }

    fn placed(&self, incoming: Incoming) -> Result<Incoming, String> {
        let scope = self.settings.scope_for(self.source, &incoming)?;
        let caps = self.settings.caps_for(&incoming);
        Ok(Incoming {
            scope,
            caps,
            ..incoming
        })
    }
}

impl Iterator for Rows<'_> {
    type Item = Result<FileRow, FileError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.row().transpose()
    }
}

/// How the order of day and month was found.
fn order_said(order: Order, by: OrderBy) -> Option<(Order, String)> {
    let why = match by {
        OrderBy::Needless => return None,
        OrderBy::Asked => "as you said".to_owned(),
        OrderBy::Seen(1) => "one date can be read in this way only".to_owned(),
        OrderBy::Seen(n) => format!("{n} dates can be read in this way only"),
        OrderBy::Future => "read the other way, some would lie in the future".to_owned(),
        OrderBy::Country => "no date says so, the team's time zone does".to_owned(),
    };
    Some((order, why))
}

/// An export with whom it is for.
pub struct Looked {
    export: Export,
    source: String,
    settings: Arc<dyn Settings>,
}

impl Looked {
    pub fn through(export: Export, source: &str, settings: Arc<dyn Settings>) -> Self {
        Self {
            export,
            source: source.to_owned(),
            settings,
        }
    }

    /// The line of column names of a part, for the head of a rejects file.
    pub fn header(&self, part: usize) -> Option<Vec<u8>> {
        self.export.header(part)
    }

    pub fn fingerprints(&self) -> Result<Vec<String>, FileError> {
        self.export.fingerprints()
    }
}

impl crate::port::export::Export for Looked {
    fn about(&self) -> Vec<About> {
        self.export.about()
    }

    fn skipped(&self) -> Vec<Skipped> {
        self.export.skipped.clone()
    }

    fn held(&self) -> Held {
        self.export.held()
    }

    fn uses_all(&self) -> bool {
        self.export.uses_all()
    }

    fn as_of(&self) -> Option<At> {
        self.export.as_of()
    }

    fn dates_changes(&self) -> bool {
        self.export.dates_changes()
    }

    fn rows_in_all(&self) -> u64 {
        self.export.rows_in_all()
    }

    fn label(&self, part: usize) -> String {
        self.export.label(part).to_owned()
    }

    fn rows(&self, after: u64) -> crate::port::export::Rows<'_> {
        let rows = Rows {
            skip: after,
            ..self.export.rows(&self.source, self.settings.as_ref())
        };
        Box::new(rows.map(|row| row.map_err(|e| e.to_string())))
    }

    fn fingerprint(&self) -> Result<String, String> {
        let mut files = self.export.fingerprints().map_err(|e| e.to_string())?;
        match files.as_mut_slice() {
            [file] => Ok(std::mem::take(file)),
            files => Ok(files.join(" ")),
        }
    }
}
