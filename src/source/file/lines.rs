//! Cuts a stream into rows and counts bytes and lines while doing so. The `csv` crate does not tell which bytes a row
//! was, and a rejects file and a resumed import need just that; so rows are cut here and taken apart there, by the
//! same rules for quotes.

use std::io;
use std::io::BufRead;

use crate::source::file::LARGEST_ROW;

pub const BOM: &[u8] = b"\xEF\xBB\xBF";

/// A row, or what should have been one.
#[derive(Debug)]
pub struct Piece {
    pub line: u64,
    /// Without the line end.
    pub raw: Vec<u8>,
    pub fault: Option<String>,
}

/// How the cells of a table are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dialect {
    pub delimiter: u8,
    /// Else a quote is a letter like any other.
    pub quotes: bool,
}

pub struct Lines<R> {
    reader: R,
    /// Read already and given back, because a quote that never closes had swallowed it; from `back_at` on.
    back: Vec<u8>,
    back_at: usize,
    line: u64,
}

/// Where we are in a CSV row; the states of RFC 4180, as the `csv` crate has them.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    FieldStart,
    Bare,
    Quoted,
    /// Behind a quote in a quoted field: it closes the field, or it is half of a quote in the text.
    AfterQuote,
}

impl<R: BufRead> Lines<R> {
    pub fn new(reader: R) -> io::Result<Self> {
        let mut lines = Self {
            reader,
            back: Vec::new(),
            back_at: 0,
            line: 1,
        };
        // A small first read may hold less than the mark, so it is taken byte by byte and given back otherwise.
        let mut beginning = Vec::new();
        while beginning.len() < BOM.len() && BOM.starts_with(&beginning) {
            let Some(byte) = lines.byte()? else { break };
            beginning.push(byte);
        }
        if beginning != BOM {
            lines.give_back(beginning);
        }
        Ok(lines)
    }

    /// One line; blank ones too.
    pub fn line(&mut self) -> io::Result<Option<Piece>> {
        let line = self.line;
        let mut raw = Vec::new();
        let mut length = 0;
        loop {
            match self.byte()? {
                None if length == 0 => return Ok(None),
                None | Some(b'\n') => break,
                Some(byte) => {
                    length += 1;
                    if raw.len() < LARGEST_ROW {
                        raw.push(byte);
                    }
                }
            }
        }
        let fault = (length > LARGEST_ROW).then(|| {
            format!(
                "the line has {length} bytes, at most {LARGEST_ROW} are taken; only its beginning is kept"
            )
        });
        Ok(Some(self.piece(line, raw, fault)))
    }

    /// One row of a table, over as many lines as its quotes hold together.
    pub fn record(&mut self, dialect: Dialect) -> io::Result<Option<Piece>> {
        if !dialect.quotes {
            return self.line();
        }
        let delimiter = dialect.delimiter;
        let line = self.line;
        let mut raw = Vec::new();
        let mut place = Place::FieldStart;
        let mut stray = false;
        loop {
            if raw.len() > LARGEST_ROW {
                return self.runaway(line, raw).map(Some);
            }
            let Some(byte) = self.byte()? else { break };
            raw.push(byte);
            if byte == b'\n' && place != Place::Quoted {
                return Ok(Some(self.closed(line, raw, stray)));
            }
            stray |= place == Place::AfterQuote && byte != b'"' && byte != delimiter && byte != b'\r';
            place = match (place, byte) {
                (Place::FieldStart, b'"') | (Place::AfterQuote, b'"') => Place::Quoted,
                (Place::Quoted, b'"') => Place::AfterQuote,
                (Place::Quoted, _) => Place::Quoted,
                (_, byte) if byte == delimiter => Place::FieldStart,
                _ => Place::Bare,
            };
        }
        match place {
            _ if raw.is_empty() => Ok(None),
            Place::Quoted => Ok(Some(self.first_line(
                line,
                raw,
                "a quote is opened and never closed",
            ))),
            _ => Ok(Some(self.closed(line, raw, stray))),
        }
    }

    /// A row whose quotes are even. With words behind a closing quote, that quote was meant to open: the row before
    /// it had lost one, and without this check all the rows between the two would silently become one field.
    fn closed(&mut self, line: u64, raw: Vec<u8>, stray: bool) -> Piece {
        match stray {
            true => self.first_line(
                line,
                raw,
                "a quote stands inside a quoted field without being doubled",
            ),
            false => self.piece(line, raw, None),
        }
    }

    /// Only the first line is lost; what its quote swallowed is given back.
    fn first_line(&mut self, line: u64, mut raw: Vec<u8>, why: &str) -> Piece {
        if let Some(end) = raw.iter().position(|b| *b == b'\n') {
            let rest = raw.split_off(end + 1);
            raw.pop();
            self.give_back(rest);
        }
        self.piece(line, raw, Some(why.to_owned()))
    }

    fn runaway(&mut self, line: u64, mut raw: Vec<u8>) -> io::Result<Piece> {
        if raw.contains(&b'\n') {
            return Ok(self.first_line(line, raw, "a quote is opened here and not closed within 1 MiB"));
        }
        while self.byte()?.is_some_and(|b| b != b'\n') {}
        raw.truncate(LARGEST_ROW);
        let why = format!("the row has more than {LARGEST_ROW} bytes; only its beginning is kept");
        Ok(self.piece(line, raw, Some(why)))
    }

    fn piece(&self, line: u64, mut raw: Vec<u8>, fault: Option<String>) -> Piece {
        for end in [b'\n', b'\r'] {
            raw.pop_if(|last| *last == end);
        }
        Piece { line, raw, fault }
    }

    fn byte(&mut self) -> io::Result<Option<u8>> {
        let given = self.back.get(self.back_at).copied();
        let byte = match given {
            Some(byte) => {
                self.back_at += 1;
                byte
            }
            None => {
                let Some(byte) = self.fresh()? else {
                    return Ok(None);
                };
                byte
            }
        };
        self.line += u64::from(byte == b'\n');
        Ok(Some(byte))
    }

    fn fresh(&mut self) -> io::Result<Option<u8>> {
        loop {
            match self.reader.fill_buf() {
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
                Ok(buffer) => {
                    let Some(byte) = buffer.first().copied() else {
                        return Ok(None);
                    };
                    self.reader.consume(1);
                    return Ok(Some(byte));
                }
            }
        }
    }

    fn give_back(&mut self, mut bytes: Vec<u8>) {
        self.line -= bytes.iter().filter(|b| **b == b'\n').count() as u64;
        bytes.extend_from_slice(&self.back[self.back_at..]);
        (self.back, self.back_at) = (bytes, 0);
    }
}
