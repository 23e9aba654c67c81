//! A file that somebody brings, as the workflows see it: how it was understood, and its rows as items. Who reads it knows
//! encodings, tables and shapes; who takes it in knows none of them.

use std::sync::Arc;

use chrono_tz::Tz;

use crate::domain::At;
use crate::domain::item::Incoming;

/// How one of the files was understood.
#[derive(Debug, Clone, PartialEq)]
pub struct About {
    pub label: String,
    /// The export that it is known as.
    pub shape: Option<&'static str>,
    /// Empty where the file says it itself.
    pub encoding: &'static str,
    /// "a table separated by semicolons".
    pub form: String,
    /// The fields with their columns.
    pub used: Vec<(&'static str, String)>,
    pub unused: Vec<String>,
    pub order: Option<(Order, String)>,
    pub scale: (f64, f64),
    pub rows: u64,
    /// Ids that a spreadsheet has shortened, so that two people may have one.
    pub shortened: u64,
}

/// What comes first in 10/11/2026.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    DayFirst,
    MonthFirst,
}

/// A file that lay beside others and is none that we read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    pub label: String,
    pub why: String,
}

/// Whether a field that nearly every export has is found in any row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Held {
    pub words: bool,
    pub stars: bool,
    pub dates: bool,
}

/// One row of a file.
#[derive(Debug)]
pub struct FileRow {
    /// Which of the files, from 0.
    pub part: usize,
    /// Where it begins, from 1. In a table a row may go over several lines.
    pub line: u64,
    pub parsed: Result<Told, String>,
    /// The row as it came, in UTF-8 and without its line end; of a row that is too large only the beginning.
    pub raw: Vec<u8>,
}

/// What a row tells.
#[derive(Debug, Clone, PartialEq)]
pub enum Told {
    Item(Box<Incoming>),
    /// An answer to another row, which has it.
    Answer,
    /// It is no post for anybody: why.
    LeftOut(&'static str),
}

/// The rows one after the other; an error ends them.
pub type Rows<'a> = Box<dyn Iterator<Item = Result<FileRow, String>> + 'a>;

/// Files that were looked through, for one source.
pub trait Export: Send + Sync {
    fn about(&self) -> Vec<About>;
    fn skipped(&self) -> Vec<Skipped>;
    fn held(&self) -> Held;
    /// Whether every column that says something is used, so that nothing can have been misunderstood.
    fn uses_all(&self) -> bool;
    /// The newest moment that stands in any of the files.
    fn as_of(&self) -> Option<At>;
    /// Whether the files have a place for when something was changed.
    fn dates_changes(&self) -> bool;
    fn rows_in_all(&self) -> u64;
    /// What the name of a part is.
    fn label(&self, part: usize) -> String;
    /// The rows of all files after so many.
    fn rows(&self, after: u64) -> Rows<'_>;
    /// By which the same content is known, whatever its name.
    fn fingerprint(&self) -> Result<String, String>;
}

/// Why a file cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    pub why: String,
    /// Whoever hands it in can say which of its columns is which.
    pub by_columns: bool,
}

/// Who reads exports.
pub trait Exports: Send + Sync {
    /// The sources that an export can be for.
    fn sources(&self) -> Vec<String>;

    /// How old what nobody answered may be to be owed an answer, in days.
    fn backfill_days(&self, source: &str) -> i64;

    /// The first line of what somebody typed about a file that says nothing about how it is to be read.
    fn not_understood(&self, said: &str) -> Option<String>;

    /// Looks all of it through, which takes its time. What cannot be read is said with what to do about it. `said` is what
    /// somebody typed about it.
    fn look(
        &self,
        source: &str,
        name: &str,
        bytes: Arc<[u8]>,
        said: &str,
        zone: Tz,
        now: At,
    ) -> Result<Arc<dyn Export>, Unread>;
}
