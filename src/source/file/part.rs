//! What somebody hands over: files, folders and archives become parts, each of which is read by itself. What is none of the
//! kinds that we read is named, with what to do about it.

use std::fs::File;
use std::io;
use std::io::Read;
use std::io::Seek as _;
use std::io::SeekFrom;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;

use sha2::Digest as _;

use crate::port::export::Skipped;
use crate::source::file::FileError;

/// More than this is no export but an attack, or a mistake.
const MOST_PARTS: usize = 10_000;
const LARGEST_MEMBER: u64 = 4 * 1024 * 1024 * 1024;
/// Words shrink to a tenth; what shrinks to a two-hundredth is a bomb.
const TIGHTEST: u64 = 200;
const SMALL: u64 = 64 * 1024 * 1024;
const LARGEST_BOOK: u64 = 512 * 1024 * 1024;

/// Where the bytes are: in a file or a folder, or here, because somebody sent them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Handed {
    Path(PathBuf),
    Bytes { name: String, bytes: Arc<[u8]> },
}

impl Handed {
    pub fn label(&self) -> String {
        match self {
            Self::Path(path) => path.display().to_string(),
            Self::Bytes { name, .. } => name.clone(),
        }
    }

    fn open(&self) -> io::Result<Box<dyn Bytes>> {
        Ok(match self {
            Self::Path(path) => Box::new(File::open(path)?),
            Self::Bytes { bytes, .. } => Box::new(io::Cursor::new(bytes.clone())),
        })
    }
}

/// What can be read from any place in it.
trait Bytes: Read + io::Seek {}
impl<T: Read + io::Seek> Bytes for T {}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilePart {
    place: Handed,
    member: Option<Member>,
    /// As it is said: `reviews.csv`, `takeout.zip/reviews.json`.
    pub label: String,
    /// Somebody named it, so it has to hold reviews; else it only lay beside them.
    pub asked: bool,
    pub form: Form,
}

/// Where a file lies in an archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Member {
    begin: u64,
    packed: u64,
    size: u64,
    deflated: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Letters: a table or JSON.
    Text,
    Gzip,
    Book,
}

/// All parts, in the order in which they were named, and by their names within a folder or an archive.
pub fn find(handed: &[Handed]) -> Result<(Vec<FilePart>, Vec<Skipped>), FileError> {
    let mut found = Found::default();
    for one in handed {
        match one {
            Handed::Path(path) => found.path(path, true, 0)?,
            Handed::Bytes { name, bytes } => {
                let beginning = bytes.get(..4096).unwrap_or(bytes);
                found.file(one, name.clone(), true, beginning)?;
            }
        }
    }
    Ok((found.parts, found.skipped))
}

#[derive(Default)]
struct Found {
    parts: Vec<FilePart>,
    skipped: Vec<Skipped>,
}

impl Found {
    fn path(&mut self, path: &Path, asked: bool, depth: usize) -> Result<(), FileError> {
        let label = path.display().to_string();
        let about = path.metadata().map_err(|e| FileError::Away(label.clone(), e))?;
        if about.is_dir() {
            if depth > 8 {
                return Ok(());
            }
            let listed = std::fs::read_dir(path).map_err(|e| FileError::Away(label.clone(), e))?;
            let mut inner = listed
                .map(|e| Ok(e?.path()))
                .collect::<io::Result<Vec<PathBuf>>>()?;
            inner.sort();
            for path in inner {
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                if !name.starts_with('.') && !name.ends_with(".rejects") {
                    self.path(&path, false, depth + 1)?;
                }
            }
            return Ok(());
        }
        let mut beginning = Vec::new();
        if about.is_file() {
            let file = File::open(path).map_err(|e| FileError::Away(label.clone(), e))?;
            file.take(4096)
                .read_to_end(&mut beginning)
                .map_err(|e| FileError::Away(label.clone(), e))?;
        } else {
            return Err(FileError::NotThis(
                label,
                "no file".to_owned(),
                "write it into a file first".to_owned(),
            ));
        }
        self.file(&Handed::Path(path.to_owned()), label, asked, &beginning)
    }

    fn file(
        &mut self,
        place: &Handed,
        label: String,
        asked: bool,
        beginning: &[u8],
    ) -> Result<(), FileError> {
        if beginning.starts_with(b"PK\x03\x04") {
            return self.archive(place, &label, asked);
        }
        self.take(place, None, label, asked, beginning)
    }

    fn archive(&mut self, place: &Handed, label: &str, asked: bool) -> Result<(), FileError> {
        let broken = |e: zip::result::ZipError| {
            FileError::NotThis(
                label.to_owned(),
                format!("a ZIP archive that cannot be opened ({e})"),
                "fetch it again".to_owned(),
            )
        };
        let file = place.open().map_err(|e| FileError::Away(label.to_owned(), e))?;
        let mut archive = zip::ZipArchive::new(io::BufReader::new(file)).map_err(broken)?;
        let is_book = ["[Content_Types].xml", "mimetype"]
            .iter()
            .any(|name| archive.index_for_name(name).is_some());
        if is_book {
            self.parts.push(FilePart {
                place: place.clone(),
                member: None,
                label: label.to_owned(),
                asked,
                form: Form::Book,
            });
            return Ok(());
        }
        if archive.len() > MOST_PARTS {
            return Err(FileError::NotThis(
                label.to_owned(),
                format!("an archive of {} files", archive.len()),
                "unpack it and name the file with the reviews".to_owned(),
            ));
        }
        let mut members = Vec::new();
        for at in 0..archive.len() {
            let entry = archive.by_index_raw(at).map_err(broken)?;
            let name = entry.name().map_err(broken)?.into_owned();
            let last = name.rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
            if entry.is_dir() || name.starts_with("__MACOSX/") || last.starts_with('.') || last.is_empty() {
                continue;
            }
            let deflated = entry.compression() == zip::CompressionMethod::Deflated;
            let stored = entry.compression() == zip::CompressionMethod::Stored;
            let (size, packed) = (entry.size(), entry.compressed_size());
            let why = if entry.encrypted() {
                Some("it has a password: unpack it and name the file")
            } else if !(deflated || stored) {
                Some("it is packed in a way that is not read here: unpack it and name the file")
            } else if size > LARGEST_MEMBER || (size > SMALL && size / packed.max(1) > TIGHTEST) {
                Some("it is far larger than an export: unpack it and look at it first")
            } else {
                None
            };
            let label = format!("{label}/{name}");
            match why {
                Some(why) => self.skipped.push(Skipped {
                    label,
                    why: why.to_owned(),
                }),
                None => members.push((
                    label,
                    Member {
                        begin: entry.data_start().ok_or(FileError::Damaged(name))?,
                        packed,
                        size,
                        deflated,
                    },
                )),
            }
        }
        members.sort_by(|a, b| a.0.cmp(&b.0));
        for (label, member) in members {
            let mut beginning = Vec::new();
            open(place, Some(member))
                .and_then(|file| file.take(4096).read_to_end(&mut beginning))
                .map_err(|e| FileError::Away(label.clone(), e))?;
            self.take(place, Some(member), label, false, &beginning)?;
        }
        Ok(())
    }

    fn take(
        &mut self,
        place: &Handed,
        member: Option<Member>,
        label: String,
        asked: bool,
        beginning: &[u8],
    ) -> Result<(), FileError> {
        if self.parts.len() >= MOST_PARTS {
            return Err(FileError::NotThis(
                place.label(),
                format!("more than {MOST_PARTS} files"),
                "name the files with the reviews".to_owned(),
            ));
        }
        let form = match other(beginning) {
            Other::None => Form::Text,
            Other::Gzip => Form::Gzip,
            Other::Book => Form::Book,
            Other::Is(what, remedy) if asked => {
                return Err(FileError::NotThis(label, what.to_owned(), remedy.to_owned()));
            }
            Other::Is(what, _) => {
                let why = format!("it is {what}");
                self.skipped.push(Skipped { label, why });
                return Ok(());
            }
        };
        self.parts.push(FilePart {
            place: place.clone(),
            member,
            label,
            asked,
            form,
        });
        Ok(())
    }
}

enum Other {
    None,
    Gzip,
    Book,
    /// What it is, and what to do.
    Is(&'static str, &'static str),
}

/// What a file is by how it begins, if it is no text that we read.
fn other(beginning: &[u8]) -> Other {
    let sixteen = beginning.starts_with(&[0xFF, 0xFE]) || beginning.starts_with(&[0xFE, 0xFF]);
    let letters: Vec<u8> = match sixteen {
        true => beginning.iter().copied().filter(|b| *b != 0).skip(2).collect(),
        false => beginning.to_vec(),
    };
    let text = letters
        .strip_prefix(b"\xEF\xBB\xBF")
        .unwrap_or(&letters)
        .trim_ascii_start();
    let starts = |with: &str| {
        let head = text.get(..with.len()).unwrap_or_default();
        head.eq_ignore_ascii_case(with.as_bytes())
    };
    let has = |word: &str| {
        text.windows(word.len())
            .any(|w| w.eq_ignore_ascii_case(word.as_bytes()))
    };
    const SAVE: &str = "open it in Excel or LibreOffice and save it as CSV UTF-8 or as .xlsx";
    const EXPORT: &str = "look for an export as CSV, JSON or Excel where it comes from";
    if beginning.starts_with(b"\x1F\x8B") {
        return Other::Gzip;
    }
    if beginning.starts_with(b"PK\x03\x04") {
        return Other::Book;
    }
    if beginning.starts_with(b"%PDF") {
        return Other::Is("a PDF, which holds pages and no rows", EXPORT);
    }
    if beginning.starts_with(b"\xD0\xCF\x11\xE0") {
        return Other::Is("an old Excel or Word file", SAVE);
    }
    if beginning.starts_with(b"{\\rtf") {
        return Other::Is("a text document", SAVE);
    }
    if beginning.starts_with(b"\x89PNG")
        || beginning.starts_with(b"\xFF\xD8\xFF")
        || beginning.starts_with(b"GIF8")
    {
        return Other::Is("a picture", EXPORT);
    }
    if beginning.starts_with(b"Rar!") || beginning.starts_with(b"7z\xBC\xAF") {
        return Other::Is(
            "an archive that is not read here",
            "unpack it and name the file with the reviews",
        );
    }
    if starts("<!doctype html") || starts("<html") || (starts("<") && has("<html")) {
        return Other::Is("a web page", EXPORT);
    }
    if starts("<?xml") || (starts("<") && text.get(1).is_some_and(u8::is_ascii_alphabetic)) {
        return match has("<rss") || has("<feed") || has("standardclientfeed") || has("<products") {
            true => Other::Is(
                "an XML feed",
                "ask where it comes from for reviews as CSV or JSON, or let a script send them to the source's hook",
            ),
            false => Other::Is(
                "XML",
                "ask where it comes from for reviews as CSV or JSON, or open it in Excel and save it as CSV",
            ),
        };
    }
    if !sixteen
        && beginning.iter().filter(|b| **b == 0).count() > beginning.len() / 20
        && !looks_sixteen(beginning)
    {
        return Other::Is("no text", EXPORT);
    }
    Other::None
}

fn looks_sixteen(beginning: &[u8]) -> bool {
    let noughts = |at: usize| beginning.iter().skip(at).step_by(2).filter(|b| **b == 0).count();
    noughts(0).max(noughts(1)) > beginning.len() / 4
}

fn open(place: &Handed, member: Option<Member>) -> io::Result<Box<dyn Read>> {
    let mut file = place.open()?;
    let Some(member) = member else {
        return Ok(file);
    };
    file.seek(SeekFrom::Start(member.begin))?;
    let packed = io::BufReader::new(file.take(member.packed));
    Ok(match member.deflated {
        true => Box::new(Whole {
            reader: flate2::bufread::DeflateDecoder::new(packed),
            left: member.size,
        }),
        false => Box::new(packed),
    })
}

/// Gives as much as was promised, and complains where there is more or less.
struct Whole<R> {
    reader: R,
    left: u64,
}

impl<R: Read> Read for Whole<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(into)?;
        let odd = |what| io::Error::new(io::ErrorKind::InvalidData, what);
        self.left = match self.left.checked_sub(read as u64) {
            Some(left) => left,
            None => return Err(odd("it unpacks to more than the archive says")),
        };
        match read == 0 && self.left > 0 && !into.is_empty() {
            true => Err(odd("it unpacks to less than the archive says")),
            false => Ok(read),
        }
    }
}

pub fn fingerprint(place: &Handed) -> Result<String, FileError> {
    let away = |e| FileError::Away(place.label(), e);
    let mut file = place.open().map_err(away)?;
    let mut hash = sha2::Sha256::new();
    let mut piece = vec![0; 64 * 1024];
    loop {
        let read = file.read(&mut piece).map_err(away)?;
        if read == 0 {
            return Ok(hex::encode(hash.finalize()));
        }
        hash.update(&piece[..read]);
    }
}

impl FilePart {
    /// The file that it is, or lies in.
    pub fn handed(&self) -> &Handed {
        &self.place
    }

    /// From its beginning, unpacked.
    pub fn open(&self) -> io::Result<Box<dyn Read>> {
        let file = open(&self.place, self.member)?;
        Ok(match self.form {
            Form::Gzip => Box::new(flate2::read::MultiGzDecoder::new(file).take(LARGEST_MEMBER * 4)),
            Form::Text | Form::Book => file,
        })
    }

    /// All of it, for what cannot be read piece by piece.
    pub fn bytes(&self) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.open()?.take(LARGEST_BOOK + 1).read_to_end(&mut bytes)?;
        match bytes.len() as u64 > LARGEST_BOOK {
            true => Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "it has more than 512 MiB",
            )),
            false => Ok(bytes),
        }
    }

    pub fn ending(&self) -> String {
        let name = self.label.strip_suffix(".gz").unwrap_or(&self.label);
        let ending = Path::new(name).extension().and_then(|e| e.to_str());
        ending.unwrap_or_default().to_ascii_lowercase()
    }
}
