//! Tables of letters: by what their cells are separated, whether quotes are quotes in them, and which line holds the names of
//! their columns. All of it is found from the beginning of the file.

use std::io::BufRead;

use crate::domain::say::words;
use crate::source::file::FileError;
use crate::source::file::field;
use crate::source::file::lines::Dialect;
use crate::source::file::lines::Lines;
use crate::source::file::name;

const DELIMITERS: [u8; 4] = [b';', b'\t', b',', b'|'];
/// Lines above the names of the columns, such as a title or a date.
const ABOVE: usize = 8;

/// What a table is like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    pub dialect: Dialect,
    /// Lines before the names: `sep=;`, a title.
    pub above: usize,
    pub names: Vec<String>,
    pub head: Vec<u8>,
}

/// Looks at the beginning of a file, which is `whole` if there is no more.
pub fn find(beginning: &[u8], whole: bool) -> Result<Table, FileError> {
    let text = String::from_utf8_lossy(beginning);
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    if text.trim().is_empty() {
        return Err(FileError::NoHeader);
    }
    let told = text.lines().next().and_then(told);
    let skipped = usize::from(told.is_some());
    let mut best: Option<(usize, Table)> = None;
    let delimiters = told.map_or(DELIMITERS.to_vec(), |delimiter| vec![delimiter]);
    for delimiter in delimiters {
        let quoted = Dialect {
            delimiter,
            quotes: true,
        };
        for (above, line) in text.lines().enumerate().skip(skipped).take(ABOVE) {
            if line.trim().is_empty() {
                continue;
            }
            let Ok(names) = head(text, above, quoted) else {
                continue;
            };
            let known = names
                .iter()
                .filter(|n| !field::candidates(&name::plain(n)).is_empty())
                .count();
            // The names that are known count most, then how many there are; the first line that has them.
            let rank = known * 1000 + names.len().min(900);
            if known > 0 && best.as_ref().is_none_or(|(before, _)| rank > *before) {
                let table = Table {
                    dialect: quoted,
                    above,
                    names,
                    head: Vec::new(),
                };
                best = Some((rank, table));
            }
        }
    }
    let mut table = match best {
        Some((_, table)) => table,
        // No name is known: the delimiter that the first line has most of.
        None => {
            let line = text.lines().nth(skipped).unwrap_or_default();
            let most = DELIMITERS
                .into_iter()
                .max_by_key(|d| (line.bytes().filter(|b| b == d).count(), *d == b','));
            let dialect = Dialect {
                delimiter: told.or(most).unwrap_or(b','),
                quotes: true,
            };
            Table {
                names: head(text, skipped, dialect).map_err(FileError::BadHeader)?,
                dialect,
                above: skipped,
                head: Vec::new(),
            }
        }
    };
    table.dialect.quotes = are_quotes(text, &table, whole);
    let mut lines = Lines::new(text.as_bytes())?;
    table.head = header(&mut lines, &table)?;
    table.names = split(&String::from_utf8_lossy(&table.head), table.dialect)
        .map_err(FileError::BadHeader)?
        .iter()
        .map(|n| words::line(n))
        .collect();
    while table.names.last().is_some_and(String::is_empty) {
        table.names.pop();
    }
    Ok(table)
}

/// Reads on behind the names of the columns.
pub fn header<R: BufRead>(lines: &mut Lines<R>, table: &Table) -> Result<Vec<u8>, FileError> {
    for _ in 0..table.above {
        lines.line()?.ok_or(FileError::NoHeader)?;
    }
    let line = lines.record(table.dialect)?.ok_or(FileError::NoHeader)?;
    match line.fault {
        Some(why) => Err(FileError::BadHeader(why)),
        None => Ok(line.raw),
    }
}

/// Excel's first line `sep=;`.
fn told(line: &str) -> Option<u8> {
    let rest = line
        .trim_matches(['"', '\r', ' '])
        .strip_prefix("sep=")
        .or(line.strip_prefix("SEP="))?;
    let delimiter = rest.bytes().next()?;
    (rest.trim_end_matches(['\r', '"']).len() == 1).then_some(delimiter)
}

fn head(text: &str, above: usize, dialect: Dialect) -> Result<Vec<String>, String> {
    let rest: String = text.split_inclusive('\n').skip(above).collect();
    let mut lines = Lines::new(rest.as_bytes()).map_err(|e| e.to_string())?;
    let line = lines.record(dialect).map_err(|e| e.to_string())?;
    let line = line.ok_or("there is no line of column names")?;
    match line.fault {
        Some(why) => Err(why),
        None => split(&String::from_utf8_lossy(&line.raw), dialect),
    }
}

/// A quote is a quote where that gives fewer rows that do not fit.
fn are_quotes(text: &str, table: &Table, whole: bool) -> bool {
    let misfits = |quotes: bool| {
        let dialect = Dialect {
            quotes,
            ..table.dialect
        };
        let asked = Table {
            dialect,
            ..table.clone()
        };
        let Ok(mut lines) = Lines::new(text.as_bytes()) else {
            return 0;
        };
        if header(&mut lines, &asked).is_err() {
            return usize::MAX;
        }
        let mut rows = Vec::new();
        while let Ok(Some(line)) = lines.record(dialect) {
            let cells = split(&String::from_utf8_lossy(&line.raw), dialect);
            let is_blank = line.raw.trim_ascii().is_empty();
            let fits = line.fault.is_none()
                && cells.is_ok_and(|c| {
                    let names = table.names.len();
                    c.len() >= names && c.iter().skip(names).all(|extra| extra.trim().is_empty())
                });
            rows.push(fits || is_blank);
        }
        // The last row of a beginning is cut off.
        if !whole {
            rows.pop();
        }
        rows.iter().filter(|fits| !**fits).count()
    };
    !text.contains('"') || misfits(true) <= misfits(false)
}

/// The cells of a row.
pub fn split(row: &str, dialect: Dialect) -> Result<Vec<String>, String> {
    let delimiter = char::from(dialect.delimiter);
    if !dialect.quotes || !row.contains('"') {
        let row = row.trim_end_matches(['\r', '\n']);
        if row.contains(['\n', '\r']) && dialect.quotes {
            return Err("a line break stands in the row outside of quotes".to_owned());
        }
        return Ok(row.split(delimiter).map(str::to_owned).collect());
    }
    let mut reader = ::csv::ReaderBuilder::new()
        .delimiter(dialect.delimiter)
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

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> (char, bool, usize, Vec<String>) {
        let table = find(text.as_bytes(), true).unwrap();
        (
            char::from(table.dialect.delimiter),
            table.dialect.quotes,
            table.above,
            table.names,
        )
    }

    #[test]
    fn separators_quotes_and_the_line_of_names_are_found() {
        let names = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>();
        assert_eq!(found("id,text\n1,a\n"), (',', true, 0, names(&["id", "text"])));
        assert_eq!(
            found("sep=;\nid;text\n1;a, b, c\n"),
            (';', true, 1, names(&["id", "text"]))
        );
        assert_eq!(found("id|text\n1|a\n").0, '|');
        assert_eq!(
            found("Bericht vom 1.11.2026\n\nDatum;Sterne;Text\n1.11.2026;4;a\n"),
            (';', true, 2, names(&["Datum", "Sterne", "Text"]))
        );
        assert!(
            !found("id\ttext\n1\t\"Bester\" Topf\n2\t\"Alles gut\n").1,
            "letters like any other"
        );
        assert!(found("id,text\n1,\"a, b\"\n2,\"he said \"\"x\"\"\"\n").1);
        assert_eq!(
            found("id;text;;\n1;a;;\n").3,
            names(&["id", "text"]),
            "Excel's empty columns"
        );
    }
}
