//! In which encoding a file was saved: by its mark, else by trial, else by a detector that browsers use. Nobody is asked who
//! could not know, and a wrong guess can be overruled.

use std::io;
use std::io::Read;

use chardetng::EncodingDetector;
use chardetng::Iso2022JpDetection;
use chardetng::Utf8Detection;
use encoding_rs::CoderResult;
use encoding_rs::Decoder;
use encoding_rs::Encoding;
use encoding_rs::ISO_8859_15;
use encoding_rs::UTF_8;
use encoding_rs::UTF_16BE;
use encoding_rs::UTF_16LE;
use encoding_rs::WINDOWS_1252;

const PIECE: usize = 64 * 1024;
/// Of a file without marks so much is shown to the detector; more changes nothing.
const LOOKED_AT: usize = 4 * 1024 * 1024;

/// What was found, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EncodingFound {
    pub encoding: &'static Encoding,
    /// A mark at the beginning says so.
    pub marked: bool,
}

impl EncodingFound {
    pub fn named(label: &str) -> Option<Self> {
        let encoding = match label.to_ascii_lowercase().as_str() {
            "utf-16" | "utf16" => UTF_16LE,
            "cp1252" | "ansi" => WINDOWS_1252,
            label => Encoding::for_label(label.as_bytes())?,
        };
        Some(Self {
            encoding,
            marked: false,
        })
    }

    pub fn is_utf8(self) -> bool {
        self.encoding == UTF_8
    }

    /// As people call it.
    pub fn name(self) -> &'static str {
        match self.encoding.name() {
            "windows-1252" => "Windows-1252",
            name => name,
        }
    }
}

/// Reads all of it. Errors are the reader's.
pub fn find(mut file: impl Read) -> io::Result<EncodingFound> {
    let mut piece = vec![0; PIECE];
    let mut tally = Tally::default();
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    let mut looked_at = 0;
    let mut is_first = true;
    loop {
        let read = fill(&mut file, &mut piece)?;
        let bytes = &piece[..read];
        if is_first && let Some((encoding, _)) = Encoding::for_bom(bytes) {
            return Ok(EncodingFound {
                encoding,
                marked: true,
            });
        }
        if is_first && let Some(encoding) = sixteen(bytes) {
            return Ok(EncodingFound {
                encoding,
                marked: false,
            });
        }
        is_first = false;
        tally.take(bytes);
        if looked_at < LOOKED_AT {
            detector.feed(bytes, read < PIECE);
            looked_at += read;
        }
        if read < PIECE {
            break;
        }
    }
    tally.end();
    let encoding = if tally.is_utf8() {
        UTF_8
    } else {
        match detector.guess(None, Utf8Detection::Deny) {
            // Where a letter of Windows stands nowhere, and the currency sign that nobody writes does, it is the euro.
            found if found == WINDOWS_1252 && tally.euro > 0 && tally.windows == 0 => ISO_8859_15,
            found => found,
        }
    };
    Ok(EncodingFound {
        encoding,
        marked: false,
    })
}

/// As much as fits, because a pipe gives less at a time.
fn fill(file: &mut impl Read, piece: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < piece.len() {
        match file.read(&mut piece[filled..]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    Ok(filled)
}

/// UTF-16 without a mark: in Western words every other byte is nought.
fn sixteen(bytes: &[u8]) -> Option<&'static Encoding> {
    let beginning = &bytes[..bytes.len().min(512) / 2 * 2];
    if beginning.len() < 4 {
        return None;
    }
    let noughts = |at: usize| beginning.iter().skip(at).step_by(2).filter(|b| **b == 0).count();
    let (high, low) = (noughts(0), noughts(1));
    let most = beginning.len() / 2 * 7 / 10;
    match (high > most, low > most) {
        (true, false) => Some(UTF_16BE),
        (false, true) => Some(UTF_16LE),
        _ => None,
    }
}

/// How much of a file is UTF-8.
#[derive(Default)]
struct Tally {
    rest: Vec<u8>,
    good: u64,
    bad: u64,
    /// 0xA4, which is the euro in ISO-8859-15.
    euro: u64,
    /// 0x80 to 0x9F, which are letters in Windows' encodings only.
    windows: u64,
}

impl Tally {
    fn take(&mut self, bytes: &[u8]) {
        self.euro += bytes.iter().filter(|b| **b == 0xA4).count() as u64;
        self.windows += bytes.iter().filter(|b| (0x80..0xA0).contains(*b)).count() as u64;
        let joined;
        let mut bytes = if self.rest.is_empty() {
            bytes
        } else {
            joined = [self.rest.as_slice(), bytes].concat();
            &joined
        };
        self.rest = loop {
            match std::str::from_utf8(bytes) {
                Ok(text) => {
                    self.good += text.bytes().filter(|b| *b >= 0xC0).count() as u64;
                    break Vec::new();
                }
                Err(e) => {
                    let (good, rest) = bytes.split_at(e.valid_up_to());
                    self.good += good.iter().filter(|b| **b >= 0xC0).count() as u64;
                    match e.error_len() {
                        None => break rest.to_vec(),
                        Some(length) => {
                            self.bad += 1;
                            bytes = &rest[length..];
                        }
                    }
                }
            }
        };
    }

    fn end(&mut self) {
        self.bad += u64::from(!self.rest.is_empty());
    }

    /// A few broken letters among many whole ones are broken letters, and their rows say so.
    fn is_utf8(&self) -> bool {
        self.bad == 0 || self.good > 20 * self.bad
    }
}

/// The file as UTF-8, without its mark. What is UTF-8 already is passed on as it is, so that a broken letter is seen in its row.
pub struct Decoded<R> {
    file: R,
    decoder: Option<Decoder>,
    input: Vec<u8>,
    read: usize,
    used: usize,
    ended: bool,
    output: Vec<u8>,
    given: usize,
}

impl<R: Read> Decoded<R> {
    pub fn new(file: R, found: EncodingFound) -> Self {
        let decoder = (!found.is_utf8()).then(|| found.encoding.new_decoder_with_bom_removal());
        Self {
            file,
            decoder,
            input: vec![0; PIECE],
            read: 0,
            used: 0,
            ended: false,
            output: Vec::new(),
            given: 0,
        }
    }
}

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let Some(decoder) = &mut self.decoder else {
            return self.file.read(into);
        };
        while self.given == self.output.len() {
            if self.used == self.read && !self.ended {
                self.read = self.file.read(&mut self.input)?;
                self.used = 0;
                self.ended = self.read == 0;
            }
            let input = &self.input[self.used..self.read];
            let room = decoder
                .max_utf8_buffer_length(input.len())
                .unwrap_or(PIECE * 3 + 16);
            self.output.resize(room.max(16), 0);
            let (result, used, written, _) = decoder.decode_to_utf8(input, &mut self.output, self.ended);
            self.used += used;
            self.output.truncate(written);
            self.given = 0;
            if self.ended && result == CoderResult::InputEmpty && written == 0 {
                self.decoder = None;
                return Ok(0);
            }
            if self.ended && written == 0 {
                return Ok(0);
            }
        }
        let n = into.len().min(self.output.len() - self.given);
        into[..n].copy_from_slice(&self.output[self.given..self.given + n]);
        self.given += n;
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> (&'static str, bool, String) {
        let found = find(bytes).unwrap();
        let mut text = String::new();
        Decoded::new(bytes, found).read_to_string(&mut text).unwrap();
        (found.name(), found.marked, text)
    }

    fn sixteen(text: &str, big: bool, mark: bool) -> Vec<u8> {
        let units = mark.then_some(0xFEFF).into_iter().chain(text.encode_utf16());
        units
            .flat_map(|u| if big { u.to_be_bytes() } else { u.to_le_bytes() })
            .collect()
    }

    const TEXT: &str = "Datum;Sterne;Kommentar\n1.11.2026;2;Größe falsch, Rückgabe mühsam – schade\n";

    #[test]
    fn a_file_is_read_in_the_encoding_it_was_saved_in() {
        assert_eq!(read(TEXT.as_bytes()), ("UTF-8", false, TEXT.to_owned()));
        for (big, name) in [(false, "UTF-16LE"), (true, "UTF-16BE")] {
            for mark in [true, false] {
                assert_eq!(read(&sixteen(TEXT, big, mark)), (name, mark, TEXT.to_owned()));
            }
        }
        let (windows, _, _) = WINDOWS_1252.encode(TEXT);
        assert_eq!(read(&windows), ("Windows-1252", false, TEXT.to_owned()));
        let euro = "Preis;Kommentar\n5 €;Größe und Tür\n";
        let (latin, _, _) = ISO_8859_15.encode(euro);
        assert_eq!(read(&latin), ("ISO-8859-15", false, euro.to_owned()));
    }

    #[test]
    fn one_broken_letter_is_no_other_encoding() {
        let mut bytes = "äöü".repeat(40).into_bytes();
        bytes.push(0xFC);
        assert!(find(bytes.as_slice()).unwrap().is_utf8());
        assert!(!find(b"gr\xfc\xdfe".as_slice()).unwrap().is_utf8());
        assert_eq!(read(b""), ("UTF-8", false, String::new()));
    }
}
