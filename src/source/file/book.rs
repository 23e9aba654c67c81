//! Workbooks of Excel and LibreOffice. Of the sheets the first one is read that holds names which we know. A workbook is taken
//! into memory as a whole, because its cells are kept apart from their words.

use std::io::Cursor;

use calamine::Data;
use calamine::Reader as _;
use chrono::TimeDelta;

use crate::domain::say::words;
use crate::source::file::field;
use crate::source::file::name;

/// The rows of a sheet as words, with the number that each has there.
#[derive(Debug, Clone, Default)]
pub struct Sheet {
    pub name: String,
    pub names: Vec<String>,
    pub rows: Vec<(u64, Vec<String>)>,
}

/// `Err` says why there is nothing to read.
pub fn read(bytes: Vec<u8>) -> Result<Sheet, String> {
    let mut book = calamine::open_workbook_auto_from_rs(Cursor::new(bytes))
        .map_err(|e| format!("it cannot be opened ({})", words::short_line(&e.to_string(), 100)))?;
    let mut fault = None;
    for sheet in book.sheet_names() {
        let range = match book.worksheet_range(&sheet) {
            Ok(range) => range,
            Err(e) => {
                fault = Some(words::short_line(&e.to_string(), 100));
                continue;
            }
        };
        let first = range.start().map_or(0, |(row, _)| u64::from(row)) + 1;
        let rows = range.rows().zip(first..).map(|(cells, number)| {
            let cells: Vec<String> = cells.iter().map(cell).collect();
            (number, cells)
        });
        let rows: Vec<(u64, Vec<String>)> = rows.collect();
        let known = |cells: &[String]| {
            let known = cells
                .iter()
                .filter(|n| !field::candidates(&name::plain(n)).is_empty());
            known.count()
        };
        let head = rows
            .iter()
            .take(10)
            .enumerate()
            .max_by_key(|(at, (_, cells))| (known(cells), usize::MAX - at))
            .filter(|(_, (_, cells))| known(cells) >= 2);
        if let Some((at, (_, names))) = head {
            let names = names.iter().map(|n| words::line(n)).collect();
            return Ok(Sheet {
                name: sheet,
                names,
                rows: rows.into_iter().skip(at + 1).collect(),
            });
        }
    }
    Err(match fault {
        Some(fault) => format!("its sheets cannot be read ({fault})"),
        None => "none of its sheets has column names that we know".to_owned(),
    })
}

fn cell(cell: &Data) -> String {
    match cell {
        Data::Empty | Data::Error(_) => String::new(),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => text.clone(),
        Data::Bool(yes) => yes.to_string(),
        Data::Int(n) => n.to_string(),
        Data::Float(n) => number(*n),
        Data::DateTime(at) => moment(at.as_f64()).unwrap_or_else(|| number(at.as_f64())),
    }
}

fn number(n: f64) -> String {
    match n.fract() == 0.0 && n.abs() < 1e15 {
        true => format!("{n:.0}"),
        false => n.to_string(),
    }
}

/// Days since 30 December 1899, as spreadsheets count them, to the second.
fn moment(days: f64) -> Option<String> {
    let seconds = (days * 86_400.0).round();
    if !(0.0..=3e10).contains(&seconds) {
        return None;
    }
    let begin = chrono::NaiveDate::from_ymd_opt(1899, 12, 30)?.and_hms_opt(0, 0, 0)?;
    let at = begin.checked_add_signed(TimeDelta::seconds(seconds as i64))?;
    let format = if days.fract() == 0.0 {
        "%Y-%m-%d"
    } else {
        "%Y-%m-%d %H:%M:%S"
    };
    Some(at.format(format).to_string())
}
