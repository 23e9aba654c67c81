//! Looking a file through before it is read: its encoding, its form, what stands in each column, and the answers that have rows
//! of their own.

use std::collections::HashMap;
use std::io::Read as _;
use std::sync::Arc;

use crate::port::export::About;
use crate::source::file::FileError;
use crate::source::file::Wish;
use crate::source::file::book;
use crate::source::file::column::Column;
use crate::source::file::column::Mapping;
use crate::source::file::cursor;
use crate::source::file::cursor::Cursor;
use crate::source::file::cursor::Layout;
use crate::source::file::document;
use crate::source::file::document::Document;
use crate::source::file::document::JsonPath;
use crate::source::file::document::List;
use crate::source::file::encoding;
use crate::source::file::encoding::EncodingFound;
use crate::source::file::field;
use crate::source::file::field::Field;
use crate::source::file::name;
use crate::source::file::order_said;
use crate::source::file::part::FilePart;
use crate::source::file::part::Form;
use crate::source::file::record::Cells;
use crate::source::file::table;
use crate::source::json;

/// So much of a file tells what its form is.
const BEGINNING: u64 = 256 * 1024;
/// How often somebody is told how far it is.
const TELLING: u64 = 5_000;

/// An answer that has a row, or an entry, of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub body: String,
    pub at: Option<String>,
    /// Whether the date's name says that it is UTC.
    pub utc: bool,
    pub by: Option<String>,
}

/// A file that was looked through.
pub struct Prepared {
    pub part: FilePart,
    pub encoding: EncodingFound,
    pub layout: Layout,
    pub columns: Vec<Column>,
    pub mapping: Mapping,
    pub rows: u64,
    /// By the id of what they answer, or by their own where items refer to it.
    pub answers: HashMap<String, Answer>,
}

pub fn look(part: FilePart, wish: &Wish, progress: &mut dyn FnMut(u64)) -> Result<Prepared, FileError> {
    let (encoding, layout, included) = form(&part, wish)?;
    let mut cursor = Cursor::of(&part, encoding, &layout)?;
    let mut columns: Vec<Column> = Vec::new();
    let mut rows = 0;
    while let Some(entry) = cursor.entry()? {
        let Ok(cells) = &entry.cells else {
            rows += 1;
            continue;
        };
        if cells.is_empty() {
            continue;
        }
        rows += 1;
        if rows % TELLING == 0 {
            progress(rows);
        }
        for (name, plain) in cursor.names().all.iter().skip(columns.len()) {
            columns.push(Column::new(name, plain));
        }
        for (number, cell) in cells.iter() {
            if let Some(column) = columns.get_mut(number) {
                let zone = if field::is_utc(&column.plain) {
                    chrono_tz::UTC
                } else {
                    wish.zone
                };
                column.look(cell, zone, wish.now);
            }
        }
    }
    for (name, plain) in cursor.names().all.iter().skip(columns.len()) {
        columns.push(Column::new(name, plain));
    }
    let mapping = Mapping::of(&columns, &wish.columns, wish.zone).map_err(FileError::BadHeader)?;
    let known = [
        Field::Rating,
        Field::Body,
        Field::Title,
        Field::Published,
        Field::Good,
        Field::Bad,
    ];
    let found = known.iter().filter(|f| mapping.has(**f)).count();
    if found == 0 || (found == 1 && !mapping.has(Field::Id)) {
        let names: Vec<&str> = columns
            .iter()
            .map(|c| c.name.as_str())
            .filter(|n| !n.is_empty())
            .collect();
        // Whoever named one has to hear that it is not there.
        let mut named = wish
            .columns
            .map
            .iter()
            .rev()
            .filter_map(|(_, column)| column.as_ref());
        let missed = named.find(|column| !columns.iter().any(|c| c.plain == name::plain(column)));
        return Err(FileError::Unknown {
            label: part.label,
            why: missed.map_or_else(
                || "none of its columns is known as words, stars and date".to_owned(),
                |column| format!("it has no column {column:?}"),
            ),
            has: match names.len() {
                0 => "no columns".to_owned(),
                1..=12 => names.join(", "),
                more => format!("{} and {} more", names[..12].join(", "), more - 12),
            },
            example: likely_words(&columns),
        });
    }
    let mut prepared = Prepared {
        part,
        encoding,
        layout,
        columns,
        mapping,
        rows,
        answers: HashMap::new(),
    };
    if prepared.mapping.has(Field::Parent) {
        prepared.collect_answers()?;
    }
    if let Some(place) = included {
        prepared.collect_included(place)?;
    }
    Ok(prepared)
}

/// The column with the most sentences, for the example of how to say what it is.
fn likely_words(columns: &[Column]) -> String {
    let named = columns.iter().filter(|c| !c.name.is_empty()).rev();
    let found = named.max_by_key(|c| c.wordy());
    found.map_or("Text", |c| c.name.as_str()).to_owned()
}

type Included = Option<JsonPath>;

fn form(part: &FilePart, wish: &Wish) -> Result<(EncodingFound, Layout, Included), FileError> {
    if part.form == Form::Book {
        let found = EncodingFound::named("utf-8").ok_or_else(|| FileError::NoEncoding("utf-8".to_owned()))?;
        let sheet = book::read(part.bytes()?).map_err(|why| {
            FileError::NotThis(
                part.label.clone(),
                format!("a workbook with nothing to read: {why}"),
                "open it in Excel or LibreOffice and save the sheet with the reviews as CSV UTF-8".to_owned(),
            )
        })?;
        return Ok((found, Layout::Book(Arc::new(sheet)), None));
    }
    let encoding = match wish.encoding {
        Some(found) => found,
        None => encoding::find(part.open()?)?,
    };
    let mut beginning = Vec::new();
    cursor::text(part, encoding)?
        .take(BEGINNING)
        .read_to_end(&mut beginning)?;
    let whole = (beginning.len() as u64) < BEGINNING;
    let letters = beginning
        .strip_prefix(b"\xEF\xBB\xBF")
        .unwrap_or(&beginning)
        .trim_ascii_start();
    let ending = part.ending();
    let is_lines = match letters.first() {
        Some(b'{') => are_lines(letters, &ending),
        Some(b'[') if ending != "csv" && ending != "tsv" => false,
        _ if ending == "jsonl" || ending == "ndjson" => true,
        _ => return Ok((encoding, Layout::Table(table::find(&beginning, whole)?), None)),
    };
    if is_lines {
        return Ok((encoding, Layout::JsonLines, None));
    }
    let lists = Document::new(cursor::text(part, encoding)?, Vec::new()).lists()?;
    let Some((list, included)) = document::choose(&lists) else {
        return match letters.first() {
            Some(b'{') => Ok((encoding, Layout::JsonLines, None)),
            _ => Err(FileError::Unknown {
                label: part.label.clone(),
                why: "it is JSON without a list of objects".to_owned(),
                has: "none".to_owned(),
                example: "text".to_owned(),
            }),
        };
    };
    let included = included.map(|list| list.place.clone());
    Ok((encoding, Layout::Document(list.place.clone()), included))
}

/// Whether each line is an object of its own.
fn are_lines(letters: &[u8], ending: &str) -> bool {
    let mut lines = letters
        .split(|b| *b == b'\n')
        .map(<[u8]>::trim_ascii)
        .filter(|line| !line.is_empty());
    let first = lines.next().unwrap_or_default();
    let second = lines.next();
    let is_object = |line: &[u8]| line.starts_with(b"{") && line.ends_with(b"}");
    let named = ending == "jsonl" || ending == "ndjson";
    match second {
        Some(_) if is_object(first) && holds_reviews(first) => false,
        Some(second) => {
            let begins = |line: &[u8]| line.starts_with(b"{") && line.len() > 1;
            // A line that is broken does not make the others a document.
            (is_object(first) || is_object(second)) && (begins(first) || begins(second))
                || (named && is_object(first))
        }
        None => {
            // One line: a document if a list of objects stands in it under a name of lists.
            let lists = Document::new(first, Vec::new()).lists().unwrap_or_default();
            let is_document = document::choose(&lists).is_some_and(|(list, _)| {
                document::is_sure(list) || (document::is_named(list) && holds_no_item(first))
            });
            !is_document
        }
    }
}

/// Whether an object is no review but has reviews in it.
fn holds_reviews(object: &[u8]) -> bool {
    let lists = Document::new(object, Vec::new()).lists().unwrap_or_default();
    document::choose(&lists).is_some_and(|(list, _)| document::is_sure(list))
}

/// An object with words or stars of its own is an item, whatever lists it has.
fn holds_no_item(object: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(object) else {
        return true;
    };
    let Ok(entries) = json::entries(text) else {
        return true;
    };
    let own = [
        "body", "text", "rating", "content", "review", "comment", "stars", "score",
    ];
    !entries
        .iter()
        .any(|(key, raw)| own.contains(&key.as_str()) && !raw.get().starts_with(['[', '{']))
}

impl Prepared {
    pub fn header(&self) -> Option<Vec<u8>> {
        match &self.layout {
            Layout::Table(table) => Some(table.head.clone()),
            Layout::Book(sheet) => Some(cursor::row_of(&sheet.names)),
            Layout::JsonLines | Layout::Document(_) => None,
        }
    }

    pub fn holds(&self, fields: &[Field]) -> bool {
        let numbers = fields.iter().filter_map(|f| self.mapping.fields.get(f)).flatten();
        numbers.filter_map(|n| self.columns.get(*n)).any(|c| c.filled > 0)
    }

    /// Questions and messages have no stars.
    pub fn has_kinds(&self) -> bool {
        self.holds(&[Field::Kind])
    }

    /// The cell of a field: of several columns the first one that says something.
    pub fn cell<'a>(&'a self, cells: &'a Cells, field: Field) -> Option<(&'a str, &'a str)> {
        let numbers = self.mapping.fields.get(&field)?;
        let found = numbers.iter().find_map(|n| Some((*n, cells.get(*n)?)))?;
        let name = self.columns.get(found.0).map_or("", |c| c.plain.as_str());
        Some((name, found.1))
    }

    fn collect_answers(&mut self) -> Result<(), FileError> {
        let mut cursor = Cursor::open(self)?;
        let mut answers = HashMap::new();
        while let Some(entry) = cursor.entry()? {
            let Ok(cells) = &entry.cells else { continue };
            let Some(parent) = self.cell(cells, Field::Parent).map(|(_, p)| p.trim()) else {
                continue;
            };
            let Some((_, body)) = self.cell(cells, Field::Body) else {
                continue;
            };
            if parent == "0" {
                continue;
            }
            let at = self.cell(cells, Field::Published);
            let answer = Answer {
                body: body.to_owned(),
                at: at.map(|(_, at)| at.to_owned()),
                utc: at.is_some_and(|(name, _)| field::is_utc(name)),
                by: self.cell(cells, Field::Author).map(|(_, by)| by.to_owned()),
            };
            answers.insert(parent.to_owned(), answer);
        }
        self.answers = answers;
        Ok(())
    }

    /// JSON:API keeps what items refer to in a list of its own.
    fn collect_included(&mut self, place: JsonPath) -> Result<(), FileError> {
        let layout = Layout::Document(place);
        let mut cursor = Cursor::of(&self.part, self.encoding, &layout)?;
        while let Some(entry) = cursor.entry()? {
            let Ok(cells) = &entry.cells else { continue };
            let names = cursor.names();
            let find = |wanted: &[Field]| {
                cells.iter().find_map(|(number, cell)| {
                    let (_, plain) = names.all.get(number)?;
                    let may = field::candidates(plain);
                    may.iter()
                        .any(|(f, _)| wanted.contains(f))
                        .then(|| cell.to_owned())
                })
            };
            let id = cells.iter().find_map(|(number, cell)| {
                let (name, _) = names.all.get(number)?;
                (name == "id").then(|| cell.to_owned())
            });
            let last = cells.iter().find_map(|(number, cell)| {
                let (_, plain) = names.all.get(number)?;
                plain.contains("last_modified").then(|| cell.to_owned())
            });
            if let (Some(id), Some(body)) = (id, find(&[Field::Reply])) {
                let answer = Answer {
                    body,
                    at: last.or_else(|| find(&[Field::ReplyAt, Field::Published])),
                    utc: true,
                    by: None,
                };
                self.answers.insert(id, answer);
            }
        }
        Ok(())
    }

    pub fn about(&self) -> About {
        let shortened = self.mapping.fields.get(&Field::Id).map_or(0, |numbers| {
            let cut = if self.mapping.cut_ids { self.rows } else { 0 };
            numbers
                .iter()
                .filter_map(|n| self.columns.get(*n))
                .map(|c| c.shortened)
                .sum::<u64>()
                .max(cut)
        });
        About {
            label: self.part.label.clone(),
            shape: self.mapping.shape.map(|s| s.name),
            encoding: match self.layout {
                Layout::Book(_) => "",
                _ => self.encoding.name(),
            },
            form: match &self.layout {
                Layout::Table(table) => {
                    let by = match table.dialect.delimiter {
                        b';' => "semicolons",
                        b'\t' => "tabs",
                        b'|' => "bars",
                        _ => "commas",
                    };
                    let quotes = if table.dialect.quotes {
                        ""
                    } else {
                        ", quotes are letters"
                    };
                    format!("a table separated by {by}{quotes}")
                }
                Layout::JsonLines => "JSON Lines".to_owned(),
                Layout::Document(place) if place.is_empty() => "a JSON list".to_owned(),
                Layout::Document(place) => format!("a JSON document, list `{}`", List::said(place)),
                Layout::Book(sheet) => format!("a workbook, sheet {:?}", sheet.name),
            },
            used: self
                .mapping
                .used(&self.columns)
                .into_iter()
                .map(|(word, name)| (word, name.to_owned()))
                .collect(),
            unused: self
                .mapping
                .unused(&self.columns)
                .into_iter()
                .map(str::to_owned)
                .collect(),
            order: order_said(self.mapping.order, self.mapping.order_by),
            scale: self.mapping.scale,
            rows: self.rows,
            shortened,
        }
    }
}
