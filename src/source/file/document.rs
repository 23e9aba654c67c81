//! One JSON document with a list inside, cut into the list's elements while it is read, so that a document of any size takes
//! no more room than its largest element.

use std::io;
use std::io::BufRead;

use crate::source::file::LARGEST_ROW;
use crate::source::file::lines::Piece;

/// Deeper than this nobody keeps a list of reviews.
const DEEPEST: usize = 6;
/// Names of lists, the likeliest first.
const LISTS: &[&str] = &[
    "reviews",
    "items",
    "data",
    "results",
    "entry",
    "entries",
    "nodes",
    "edges",
    "records",
    "rows",
    "feedback",
    "feedbacks",
    "comments",
    "bewertungen",
    "rezensionen",
    "testimonials",
    "ratings",
    "messages",
    "questions",
    "list",
    "content",
];

/// Where a list stands: the names that lead to it.
pub type Place = Vec<String>;

/// A list of objects that a document has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    pub place: Place,
    pub objects: u64,
}

/// The list that holds the reviews, and the one that holds what they refer to (JSON:API).
pub fn choose(lists: &[List]) -> Option<(&List, Option<&List>)> {
    let rank = |list: &&List| {
        let name = list.place.last().map(|n| n.to_lowercase());
        let known = name.and_then(|name| LISTS.iter().position(|known| *known == name));
        let named = if list.place.is_empty() { Some(0) } else { known };
        (named.is_none(), list.place.len(), named, u64::MAX - list.objects)
    };
    let included = lists.iter().find(|l| l.place == ["included"]);
    let best = lists
        .iter()
        .filter(|l| l.objects > 0 && l.place != ["included"])
        .min_by_key(rank)?;
    Some((best, included))
}

/// Whether a list has a name that lists of reviews have.
pub fn is_named(place: &[String]) -> bool {
    place
        .last()
        .is_some_and(|name| LISTS.contains(&name.to_lowercase().as_str()))
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Level {
    /// With the name of the entry that is being read.
    Object(Option<String>),
    Array,
}

/// Reads a document piece by piece.
pub struct Document<R> {
    reader: R,
    levels: Vec<Level>,
    line: u64,
    /// What is wanted: the elements of the list there.
    place: Place,
    /// In a string, and behind a backslash in it.
    text: Option<bool>,
    /// The string that may be a name.
    name: Vec<u8>,
    /// Lists that were seen, and how many objects stood in them.
    seen: Vec<List>,
    broken: bool,
}

impl<R: BufRead> Document<R> {
    pub fn new(reader: R, place: Place) -> Self {
        Self {
            reader,
            levels: Vec::new(),
            line: 1,
            place,
            text: None,
            name: Vec::new(),
            seen: Vec::new(),
            broken: false,
        }
    }

    /// Reads on to the end and says which lists there are.
    pub fn lists(mut self) -> io::Result<Vec<List>> {
        self.place = vec!["\0".to_owned()];
        while self.element()?.is_some() {}
        Ok(self.seen)
    }

    pub fn line(&self) -> u64 {
        self.line
    }

    /// Whether it ends before it is whole; said once.
    pub fn is_cut(&mut self) -> bool {
        let is_cut = self.broken || !self.levels.is_empty() || self.text.is_some();
        (self.broken, self.text) = (false, None);
        self.levels.clear();
        is_cut
    }

    fn is_there(&self) -> bool {
        let Some((Level::Array, outer)) = self.levels.split_last() else {
            return false;
        };
        outer.len() == self.place.len()
            && outer.iter().zip(&self.place).all(|(level, name)| match level {
                Level::Object(Some(key)) => key == name,
                Level::Object(None) | Level::Array => false,
            })
    }

    fn byte(&mut self) -> io::Result<Option<u8>> {
        loop {
            match self.reader.fill_buf() {
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
                Ok(buffer) => {
                    let Some(byte) = buffer.first().copied() else {
                        return Ok(None);
                    };
                    self.reader.consume(1);
                    self.line += u64::from(byte == b'\n');
                    return Ok(Some(byte));
                }
            }
        }
    }

    /// The next element of the list.
    pub fn element(&mut self) -> io::Result<Option<Piece>> {
        // The element that is being read: its bytes, its line, and how deep it began.
        let mut raw: Option<(Vec<u8>, u64, usize, usize)> = None;
        while let Some(byte) = self.byte()? {
            let line = self.line;
            let depth = self.levels.len();
            if let Some((bytes, _, _, length)) = &mut raw {
                *length += 1;
                if bytes.len() <= LARGEST_ROW {
                    bytes.push(byte);
                }
            }
            match self.text {
                Some(true) => {
                    self.text = Some(false);
                    self.named(byte);
                    continue;
                }
                Some(false) => {
                    match byte {
                        b'\\' => {
                            self.text = Some(true);
                            self.named(byte);
                        }
                        b'"' => self.text = None,
                        byte => self.named(byte),
                    }
                    continue;
                }
                None => {}
            }
            match byte {
                b'"' => {
                    if raw.is_none() && self.is_there() {
                        raw = Some((vec![byte], line, depth, 1));
                    }
                    self.text = Some(false);
                    self.name.clear();
                }
                b':' => {
                    let name = std::mem::take(&mut self.name);
                    let text = [b"\"".as_slice(), &name, b"\""].concat();
                    let key = serde_json::from_slice::<String>(&text).unwrap_or_default();
                    if let Some(Level::Object(current)) = self.levels.last_mut() {
                        *current = Some(key);
                    }
                }
                b'{' | b'[' => {
                    if raw.is_none() && self.is_there() {
                        raw = Some((vec![byte], line, depth, 1));
                    }
                    if byte == b'{' {
                        self.count();
                        self.levels.push(Level::Object(None));
                    } else {
                        self.levels.push(Level::Array);
                    }
                    if self.levels.len() > 200 {
                        self.broken = true;
                        return Ok(None);
                    }
                }
                b'}' | b']' => {
                    let wanted = if byte == b'}' {
                        matches!(self.levels.last(), Some(Level::Object(_)))
                    } else {
                        matches!(self.levels.last(), Some(Level::Array))
                    };
                    if !wanted {
                        self.broken = true;
                        return Ok(raw.map(|(bytes, line, _, length)| self.piece(bytes, line, length)));
                    }
                    self.levels.pop();
                    if let Some((_, _, began, _)) = &raw
                        && self.levels.len() == *began
                        && let Some((bytes, line, _, length)) = raw.take()
                    {
                        return Ok(Some(self.piece(bytes, line, length)));
                    }
                }
                _ => {}
            }
            // A bare value that is no object: kept as an element, so that it is said.
            if let Some((_, _, began, _)) = &raw
                && self.text.is_none()
                && self.levels.len() == *began
                && matches!(byte, b',')
                && let Some((mut bytes, line, _, length)) = raw.take()
            {
                bytes.pop();
                return Ok(Some(self.piece(bytes, line, length)));
            }
        }
        Ok(raw.map(|(bytes, line, _, length)| self.piece(bytes, line, length)))
    }

    fn named(&mut self, byte: u8) {
        if self.name.len() < 200 {
            self.name.push(byte);
        }
    }

    /// An object begins; in which list, if it is in one that only objects lead to.
    fn count(&mut self) {
        let Some((Level::Array, outer)) = self.levels.split_last() else {
            return;
        };
        if outer.len() > DEEPEST {
            return;
        }
        let mut place = Vec::new();
        for level in outer {
            match level {
                Level::Object(Some(name)) => place.push(name.clone()),
                Level::Object(None) | Level::Array => return,
            }
        }
        if let Some(list) = self.seen.iter_mut().find(|list| list.place == place) {
            list.objects += 1;
            return;
        }
        if self.seen.len() < 100 {
            self.seen.push(List { place, objects: 1 });
        }
    }

    fn piece(&self, raw: Vec<u8>, line: u64, length: usize) -> Piece {
        let fault = (length > LARGEST_ROW).then(|| {
            format!(
                "the element has {length} bytes, at most {LARGEST_ROW} are taken; only its beginning is kept"
            )
        });
        Piece { line, raw, fault }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn elements(text: &str) -> (Place, Vec<(u64, String)>) {
        let lists = Document::new(text.as_bytes(), Vec::new()).lists().unwrap();
        let place = choose(&lists).unwrap().0.place.clone();
        let mut document = Document::new(text.as_bytes(), place.clone());
        let mut all = Vec::new();
        while let Some(piece) = document.element().unwrap() {
            all.push((piece.line, String::from_utf8(piece.raw).unwrap()));
        }
        (place, all)
    }

    #[test]
    fn the_list_of_reviews_is_found_and_cut() {
        let text = "{\"status\": {\"code\": 200}, \"response\": {\n \"bottomline\": [1, 2],\n \"reviews\": [\n  {\"id\": 1, \"tags\": [{\"a\": \"]}\"}]},\n  {\"id\": \"x\\\"}\"}\n ]}}";
        let (place, all) = elements(text);
        assert_eq!(place, ["response", "reviews"]);
        assert_eq!(
            all,
            [
                (4, "{\"id\": 1, \"tags\": [{\"a\": \"]}\"}]}".to_owned()),
                (5, "{\"id\": \"x\\\"}\"}".to_owned())
            ]
        );
        assert_eq!(elements("[{\"a\":1},{\"a\":2}]").1.len(), 2);
        assert_eq!(
            elements("{\"meta\":[{\"x\":1}],\"data\":[{\"a\":1}],\"included\":[{\"b\":1}]}").0,
            ["data"]
        );
    }

    #[test]
    fn what_ends_too_soon_is_known_to() {
        let mut document = Document::new("[{\"a\":1},{\"a\"".as_bytes(), Vec::new());
        assert!(document.element().unwrap().is_some());
        assert_eq!(document.element().unwrap().unwrap().raw, b"{\"a\"");
        assert!(document.element().unwrap().is_none() && document.is_cut());
    }
}
