//! A file that is being read: its rows one after the other, each as cells under names, whatever form the file has.

use std::io;
use std::io::BufReader;
use std::io::Read;
use std::sync::Arc;

use serde_json::Value;

use crate::source::file::FileError;
use crate::source::file::book::Sheet;
use crate::source::file::document::Document;
use crate::source::file::document::JsonPath;
use crate::source::file::encoding::Decoded;
use crate::source::file::encoding::EncodingFound;
use crate::source::file::lines::Lines;
use crate::source::file::lines::Piece;
use crate::source::file::part::FilePart;
use crate::source::file::record::Cells;
use crate::source::file::record::Names;
use crate::source::file::survey::Prepared;
use crate::source::file::table;
use crate::source::file::table::Table;
use crate::source::json;

/// What a file is inside.
#[derive(Debug, Clone)]
pub enum Layout {
    Table(Table),
    JsonLines,
    /// One document, and where its list is.
    Document(JsonPath),
    Book(Arc<Sheet>),
}

/// One row.
pub struct Entry {
    pub line: u64,
    pub raw: Vec<u8>,
    pub cells: Result<Cells, String>,
    /// The object as it came, where it is one.
    pub object: Option<Value>,
}

type Text = Decoded<Box<dyn Read>>;

pub struct Cursor {
    form: Form,
    names: Names,
}

enum Form {
    Table(Table, Lines<BufReader<Text>>),
    JsonLines(Lines<BufReader<Text>>),
    Document(Box<Document<BufReader<Text>>>),
    Book(Arc<Sheet>, usize),
}

/// The words of a part.
pub fn text(part: &FilePart, found: EncodingFound) -> io::Result<BufReader<Text>> {
    Ok(BufReader::with_capacity(
        64 * 1024,
        Decoded::new(part.open()?, found),
    ))
}

impl Cursor {
    pub fn open(prepared: &Prepared) -> Result<Self, FileError> {
        Self::of(&prepared.part, prepared.encoding, &prepared.layout)
    }

    pub fn of(part: &FilePart, found: EncodingFound, layout: &Layout) -> Result<Self, FileError> {
        let mut names = Names::default();
        let form = match layout {
            Layout::Table(table) => {
                let mut lines = Lines::new(text(part, found)?)?;
                table::header(&mut lines, table)?;
                names = Names::of(&table.names);
                Form::Table(table.clone(), lines)
            }
            Layout::JsonLines => Form::JsonLines(Lines::new(text(part, found)?)?),
            Layout::Document(place) => {
                Form::Document(Box::new(Document::new(text(part, found)?, place.clone())))
            }
            Layout::Book(sheet) => {
                names = Names::of(&sheet.names);
                Form::Book(sheet.clone(), 0)
            }
        };
        Ok(Self { form, names })
    }

    pub fn names(&self) -> &Names {
        &self.names
    }

    pub fn entry(&mut self) -> io::Result<Option<Entry>> {
        loop {
            let piece = match &mut self.form {
                Form::Table(table, lines) => lines.record(table.dialect)?,
                Form::JsonLines(lines) => lines.line()?,
                Form::Document(document) => document.element()?,
                Form::Book(sheet, at) => {
                    let Some((number, row)) = sheet.rows.get(*at) else {
                        return Ok(None);
                    };
                    *at += 1;
                    let entry = Entry {
                        line: *number,
                        raw: row_of(row),
                        cells: Ok(Cells::of_row(row)),
                        object: None,
                    };
                    return Ok(Some(entry));
                }
            };
            let Some(piece) = piece else { return Ok(self.cut()) };
            if piece.raw.trim_ascii().is_empty() && piece.fault.is_none() {
                continue;
            }
            return Ok(Some(self.read(piece)));
        }
    }

    /// A document that ends too soon has lost rows, and nobody knows which.
    fn cut(&mut self) -> Option<Entry> {
        let Form::Document(document) = &mut self.form else {
            return None;
        };
        let line = document.line();
        document.is_cut().then(|| Entry {
            line,
            raw: Vec::new(),
            cells: Err("the file ends before it is whole: fetch it again".to_owned()),
            object: None,
        })
    }

    fn read(&mut self, piece: Piece) -> Entry {
        let Piece { line, raw, fault, .. } = piece;
        let mut object = None;
        let cells = match (fault, &self.form) {
            (Some(why), _) => Err(why),
            (None, Form::Table(table, _)) => row(&raw, table),
            (None, _) => letters(&json::repaired(&raw))
                .and_then(json::strict)
                .and_then(|value| {
                    let mut cells = match &value {
                        Value::Object(map) => Cells::of_object(map, &mut self.names),
                        other => return Err(format!("expected an object, found {}", json::type_of(other))),
                    };
                    if let Form::Document(document) = &self.form {
                        for (name, value) in document.around() {
                            cells.fill(&name, value, &mut self.names);
                        }
                    }
                    object = Some(value);
                    Ok(cells)
                }),
        };
        Entry {
            line,
            raw,
            cells,
            object,
        }
    }
}

fn letters(raw: &[u8]) -> Result<&str, String> {
    std::str::from_utf8(raw).map_err(|e| {
        let at = e.valid_up_to();
        format!("not UTF-8 at byte {at} of the row, though the file is: mend the letter, or name another --encoding")
    })
}

fn row(raw: &[u8], table: &Table) -> Result<Cells, String> {
    let row = letters(raw)?;
    let mut cells = table::split(row, table.dialect)?;
    let (has, wants) = (cells.len(), table.names.len());
    // Excel writes a separator too many, and rows of nothing else.
    if cells.iter().skip(wants).all(|c| c.trim().is_empty()) {
        cells.truncate(wants);
    }
    if cells.iter().all(|c| c.trim().is_empty()) {
        return Ok(Cells::default());
    }
    if cells.len() != wants {
        let last = table
            .names
            .get(has.min(wants).saturating_sub(1))
            .map_or("", String::as_str);
        let place = if has < wants { "ends at" } else { "goes on behind" };
        return Err(format!(
            "the row has {has} fields, the first line has {wants}: it {place} column `{last}`"
        ));
    }
    Ok(Cells::of_row(&cells))
}

/// A workbook's row as a line of a table, for the rejects file.
pub fn row_of(cells: &[String]) -> Vec<u8> {
    let mut writer = ::csv::Writer::from_writer(Vec::new());
    // Writing into memory does not fail.
    let _written = writer.write_record(cells);
    let mut row = writer.into_inner().unwrap_or_default();
    while row.last().is_some_and(|b| matches!(b, b'\n' | b'\r')) {
        row.pop();
    }
    row
}
