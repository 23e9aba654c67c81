//! The columns of a CSV file. Exports call the same thing by many names, so each field of an item has its synonyms;
//! a column that we do not know is kept in `raw`.

use std::io::BufRead;

use chrono::DateTime;
use chrono::NaiveDate;
use chrono::NaiveDateTime;
use chrono::SecondsFormat;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use crate::domain::At;
use crate::domain::item::Incoming;
use crate::domain::words;
use crate::source::file::FileError;
use crate::source::file::lines::Lines;
use crate::source::json;
use crate::source::push::item;

/// A field, and what exports call it: the first name that a file has is taken.
const NAMES: &[(Field, &[&str])] = &[
    (Field::Id, &["id", "review_id", "native_id"]),
    (Field::Kind, &["kind", "type"]),
    (Field::Rating, &["rating", "stars"]),
    (Field::RatingMin, &["rating_min"]),
    (Field::RatingMax, &["rating_max"]),
    (Field::Title, &["title"]),
    (Field::Body, &["body", "text", "comment"]),
    (Field::Language, &["language", "lang"]),
    (Field::Author, &["author", "author_name", "reviewer"]),
    (Field::AuthorId, &["author_id"]),
    (Field::Subject, &["subject", "product", "store"]),
    (Field::SubjectId, &["subject_id"]),
    (Field::SubjectKind, &["subject_kind"]),
    (Field::Up, &["votes_up", "helpful"]),
    (Field::Down, &["votes_down"]),
    (Field::Permalink, &["permalink", "url"]),
    (Field::Published, &["published_at", "date", "created_at"]),
    (Field::Edited, &["edited_at"]),
    (Field::Verified, &["verified"]),
];

#[derive(Debug, Clone, Copy, PartialEq)]
enum Field {
    Id,
    Kind,
    Rating,
    RatingMin,
    RatingMax,
    Title,
    Body,
    Language,
    Author,
    AuthorId,
    Subject,
    SubjectId,
    SubjectKind,
    Up,
    Down,
    Permalink,
    Published,
    Edited,
    Verified,
}

pub struct Columns {
    delimiter: u8,
    raw: Vec<u8>,
    /// As the file spells them.
    names: Vec<String>,
    /// Which column holds a field.
    fields: Vec<(Field, usize)>,
}

/// A row that has as many fields as there are columns.
struct Cells<'a> {
    columns: &'a Columns,
    cells: Vec<String>,
}

impl Columns {
    pub fn read<R: BufRead>(lines: &mut Lines<R>) -> Result<Self, FileError> {
        let header = loop {
            let line = lines.line()?.ok_or(FileError::NoHeader)?;
            if let Some(why) = line.fault {
                return Err(FileError::BadHeader(why));
            }
            if !line.raw.trim_ascii().is_empty() {
                break line.raw;
            }
        };
        let text =
            std::str::from_utf8(&header).map_err(|_| FileError::BadHeader("it is not UTF-8".to_owned()))?;
        let delimiter = sniff(text);
        let names = split(text, delimiter).map_err(FileError::BadHeader)?;
        let names: Vec<String> = names.iter().map(|n| words::line(n)).collect();
        let lower: Vec<String> = names
            .iter()
            .map(|n| n.to_lowercase().replace([' ', '-'], "_"))
            .collect();
        if let Some((i, _)) = lower
            .iter()
            .enumerate()
            .find(|(i, n)| !n.is_empty() && lower[..*i].contains(n))
        {
            return Err(FileError::Twice(names[i].clone()));
        }
        let column = |known: &&str| lower.iter().position(|n| n == known);
        let found = NAMES
            .iter()
            .filter_map(|(field, known)| Some((*field, known.iter().find_map(&column)?)));
        let fields: Vec<_> = found.collect();
        match fields.iter().any(|(field, _)| *field == Field::Id) {
            true => Ok(Self {
                delimiter,
                raw: header,
                names,
                fields,
            }),
            false => Err(FileError::NoId),
        }
    }

    pub fn delimiter(&self) -> u8 {
        self.delimiter
    }

    pub fn raw(&self) -> &[u8] {
        &self.raw
    }

    pub fn item(&self, row: &str) -> Result<Incoming, String> {
        let cells = split(row, self.delimiter)?;
        let (has, wants) = (cells.len(), self.names.len());
        if has != wants {
            let last = self
                .names
                .get(has.min(wants).saturating_sub(1))
                .map_or("", String::as_str);
            let place = if has < wants { "ends at" } else { "goes on behind" };
            return Err(format!(
                "the row has {has} fields, the first line has {wants}: it {place} column `{last}`"
            ));
        }
        let cells = Cells { columns: self, cells };
        let raw = json::storable(cells.raw());
        Ok(Incoming {
            raw,
            ..item::read(cells.item()?, "")?
        })
    }
}

impl Cells<'_> {
    fn get(&self, field: Field) -> Option<(&str, &str)> {
        let (_, column) = self.columns.fields.iter().find(|(f, _)| *f == field)?;
        let cell = self.cells.get(*column)?.as_str();
        let name = self.columns.names.get(*column)?.as_str();
        (!cell.trim().is_empty()).then_some((name, cell))
    }

    fn text(&self, field: Field) -> Option<&str> {
        self.get(field).map(|(_, cell)| cell)
    }

    fn word(&self, field: Field) -> Option<&str> {
        self.text(field).map(str::trim)
    }

    /// The row in the shape that a push has, so that both are judged by the same rules.
    fn item(&self) -> Result<Value, String> {
        let rating = self.number(Field::Rating)?;
        let (min, max) = (self.number(Field::RatingMin)?, self.number(Field::RatingMax)?);
        let (subject, subject_id) = (self.text(Field::Subject), self.word(Field::SubjectId));
        Ok(json!({
            "id": self.word(Field::Id),
            "kind": self.word(Field::Kind).map(str::to_lowercase),
            "rating": rating.map(|value| json!({ "value": value, "min": min, "max": max })),
            "title": self.text(Field::Title),
            "body": self.text(Field::Body),
            "language": self.word(Field::Language),
            "author": { "id": self.word(Field::AuthorId), "name": self.text(Field::Author) },
            "subject": subject.or(subject_id).map(|_| json!({
                "kind": self.word(Field::SubjectKind), "id": subject_id, "name": subject
            })),
            "verified": self.word(Field::Verified).map(yes_or_no),
            "votes": { "up": self.count(Field::Up)?, "down": self.count(Field::Down)? },
            "permalink": self.word(Field::Permalink),
            "published_at": self.instant(Field::Published)?,
            "edited_at": self.instant(Field::Edited)?,
        }))
    }

    fn raw(&self) -> Value {
        let pairs = self.columns.names.iter().zip(&self.cells);
        Value::Object(
            pairs
                .map(|(n, c)| (n.clone(), Value::String(c.clone())))
                .collect::<Map<_, _>>(),
        )
    }

    /// German exports write 4,5.
    fn number(&self, field: Field) -> Result<Option<f64>, String> {
        let Some((name, cell)) = self.get(field) else {
            return Ok(None);
        };
        let number = cell
            .trim()
            .replace(',', ".")
            .parse::<f64>()
            .ok()
            .filter(|n| n.is_finite());
        number.map(Some).ok_or_else(|| wrong(name, "a number", cell))
    }

    fn count(&self, field: Field) -> Result<Option<u32>, String> {
        let Some((name, cell)) = self.get(field) else {
            return Ok(None);
        };
        cell.trim()
            .parse()
            .map(Some)
            .map_err(|_| wrong(name, "a whole number", cell))
    }

    fn instant(&self, field: Field) -> Result<Option<String>, String> {
        let Some((name, cell)) = self.get(field) else {
            return Ok(None);
        };
        let at = instant(cell.trim()).map(|at| at.to_rfc3339_opts(SecondsFormat::AutoSi, true));
        at.map(Some)
            .ok_or_else(|| wrong(name, "a date such as 2026-11-21 or 2026-11-21 09:00 (UTC)", cell))
    }
}

fn wrong(column: &str, wanted: &str, cell: &str) -> String {
    format!(
        "column `{column}`: expected {wanted}, found {:?}",
        words::short_line(cell, 60)
    )
}

/// A time without an offset is UTC.
fn instant(text: &str) -> Option<At> {
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Some(at.to_utc());
    }
    let text = text.replacen('T', " ", 1);
    let formats = ["%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M"];
    let time = formats
        .iter()
        .find_map(|f| NaiveDateTime::parse_from_str(&text, f).ok());
    let day = || {
        NaiveDate::parse_from_str(&text, "%Y-%m-%d")
            .ok()?
            .and_hms_opt(0, 0, 0)
    };
    time.or_else(day).map(|t| t.and_utc())
}

fn yes_or_no(cell: &str) -> Value {
    match cell.to_lowercase().as_str() {
        "true" | "yes" | "y" | "1" | "ja" => Value::Bool(true),
        "false" | "no" | "n" | "0" | "nein" => Value::Bool(false),
        _ => Value::String(cell.to_owned()),
    }
}

/// The separator that the first line has most of, outside quotes.
fn sniff(header: &str) -> u8 {
    let mut quoted = false;
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0)];
    for byte in header.bytes() {
        quoted ^= byte == b'"';
        for (delimiter, count) in &mut counts {
            *count += usize::from(!quoted && byte == *delimiter);
        }
    }
    counts
        .iter()
        .rev()
        .max_by_key(|(_, count)| *count)
        .map_or(b',', |(delimiter, _)| *delimiter)
}

fn split(row: &str, delimiter: u8) -> Result<Vec<String>, String> {
    let mut reader = ::csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .from_reader(row.as_bytes());
    let mut records = reader.records();
    let record = records
        .next()
        .transpose()
        .map_err(|e| e.to_string())?
        .unwrap_or_default();
    match records.next() {
        None => Ok(record.iter().map(str::to_owned).collect()),
        Some(_) => Err("a line break stands in the row outside of quotes".to_owned()),
    }
}
