//! One JSON document with a list inside, cut into the list's elements while it is read, so that a document of any size takes
//! no more room than its largest element.

use std::io;
use std::io::BufRead;

use crate::source::file::LARGEST_ROW;
use crate::source::file::field;
use crate::source::file::field::Field;
use crate::source::file::lines::Piece;
use crate::source::file::name;

/// Deeper than this nobody keeps a list of reviews.
const DEEPEST: usize = 8;
/// So many lists are told apart.
const MOST_LISTS: usize = 100;
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

/// What a list of reviews and nothing else is called, alone or with more: `reviews_data`, `alleBewertungen`.
const REVIEWS: &[&str] = &["review", "bewertung", "rezension", "feedback", "testimonial"];

/// A step on the way to a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PathStep {
    /// Into the entry of this name.
    Name(String),
    /// Into each element: shops, each with its own list.
    Each,
}

/// Where a list stands: the steps that lead to it.
pub type JsonPath = Vec<PathStep>;

/// A list of objects that a document has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    pub place: JsonPath,
    pub objects: u64,
    /// What its objects have names for, apart from what stands in lists of their own.
    has: Vec<Field>,
    /// They have an id that says that they are reviews.
    is_numbered: bool,
}

impl List {
    fn of(place: JsonPath) -> Self {
        Self {
            place,
            objects: 0,
            has: Vec::new(),
            is_numbered: false,
        }
    }

    /// As people write it: `stores[].reviews`.
    pub fn said(place: &[PathStep]) -> String {
        let mut said = String::new();
        for step in place {
            match step {
                PathStep::Each => said.push_str("[]"),
                PathStep::Name(name) if said.is_empty() => said.push_str(name),
                PathStep::Name(name) => said = format!("{said}.{name}"),
            }
        }
        said
    }

    fn name(&self) -> Option<String> {
        match self.place.last() {
            Some(PathStep::Name(name)) => Some(name.to_lowercase()),
            Some(PathStep::Each) | None => None,
        }
    }

    /// Whether it has a name that only lists of reviews have.
    fn is_called_so(&self) -> bool {
        let name = self.name();
        name.is_some_and(|name| REVIEWS.iter().any(|word| name.contains(word)))
    }

    /// Whether its objects may be reviews: words or stars, and something else that a review has.
    fn looks_so(&self) -> bool {
        let says = self.has.contains(&Field::Body) || self.has.contains(&Field::Rating);
        self.is_numbered || (says && self.has.len() > 1)
    }

    /// Whether nothing in it can be the reviews, because its objects are.
    fn is_it(&self, inner: &Self) -> bool {
        let own = self.is_numbered || (self.is_called_so() && self.looks_so());
        own || (self.looks_so() && !inner.is_called_so())
    }

    /// What a name among its objects says about them.
    fn meet(&mut self, key: &str) {
        let plain = name::plain(key);
        for (field, _) in field::candidates(&plain) {
            let known = match field {
                Field::Title | Field::Good | Field::Bad => Field::Body,
                Field::Published | Field::Rating | Field::Body | Field::Author | Field::Reply => field,
                Field::Id => {
                    self.is_numbered |= REVIEWS.iter().any(|word| plain.contains(word));
                    continue;
                }
                _ => continue,
            };
            if !self.has.contains(&known) {
                self.has.push(known);
            }
        }
    }
}

/// The list that holds the reviews, and the one that holds what they refer to (JSON:API).
pub fn choose(lists: &[List]) -> Option<(&List, Option<&List>)> {
    let rank = |list: &&List| {
        let name = list.name();
        let known = name.and_then(|name| LISTS.iter().position(|known| *known == name));
        let known = known.or(list.is_called_so().then_some(LISTS.len()));
        let named = if list.place.is_empty() { Some(0) } else { known };
        (named.is_none(), list.place.len(), named, u64::MAX - list.objects)
    };
    let is_included =
        |list: &&List| matches!(list.place.as_slice(), [PathStep::Name(name)] if name == "included");
    let included = lists.iter().find(is_included);
    let others = || lists.iter().filter(|l| l.objects > 0 && !is_included(l));
    let mut best = others().min_by_key(rank)?;
    // Shops or products may stand around the reviews, and have names, stars and words of their own.
    while let Some(inner) = others()
        .filter(|l| l.place.len() > best.place.len() && l.place.starts_with(&best.place))
        .filter(|l| l.looks_so() && !best.is_it(l))
        .min_by_key(rank)
    {
        best = inner;
    }
    Some((best, included))
}

/// Whether a list has a name that lists of reviews have.
pub fn is_named(list: &List) -> bool {
    let name = list.name();
    name.is_some_and(|name| LISTS.contains(&name.as_str()))
}

/// Whether a list is called so and looks so: then an object around it is no review, whatever it has.
pub fn is_sure(list: &List) -> bool {
    !list.place.is_empty() && list.is_called_so() && list.looks_so()
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
    place: JsonPath,
    /// In a string, and behind a backslash in it.
    text: Option<bool>,
    /// The string that may be a name.
    name: Vec<u8>,
    /// Lists that were seen, where somebody asks for them.
    seen: Option<Vec<List>>,
    /// What stood around the list so far: how deep, under which name, what.
    around: Vec<(usize, String, String)>,
    /// A value that is neither object nor list is being read, and what it is if it is no text.
    bare: Option<Vec<u8>>,
    broken: bool,
}

impl<R: BufRead> Document<R> {
    pub fn new(reader: R, place: JsonPath) -> Self {
        Self {
            reader,
            levels: Vec::new(),
            line: 1,
            place,
            text: None,
            name: Vec::new(),
            seen: None,
            around: Vec::new(),
            bare: None,
            broken: false,
        }
    }

    /// Reads on to the end and says which lists there are.
    pub fn lists(mut self) -> io::Result<Vec<List>> {
        self.place = vec![PathStep::Name("\0".to_owned())];
        self.seen = Some(Vec::new());
        while self.element()?.is_some() {}
        Ok(self.seen.unwrap_or_default())
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
            && outer
                .iter()
                .zip(&self.place)
                .all(|(level, step)| match (level, step) {
                    (Level::Object(Some(key)), PathStep::Name(name)) => key == name,
                    (Level::Array, PathStep::Each) => true,
                    (Level::Object(_) | Level::Array, _) => false,
                })
    }

    /// The names and numbers of the shop or the product around the element that was read last.
    pub fn around(&self) -> impl Iterator<Item = (String, &str)> {
        self.around.iter().filter_map(|(depth, key, value)| {
            // One of several, whose own name says which one it is.
            let is_one = *depth > 1 && matches!(self.levels.get(depth - 2), Some(Level::Array));
            let plain = name::plain(key);
            let is_subject = |(field, _): &(Field, usize)| matches!(field, Field::Subject | Field::SubjectId);
            let column = match plain.as_str() {
                "name" | "title" if is_one => "subject_name".to_owned(),
                "id" if is_one => "subject_id".to_owned(),
                _ if field::candidates(&plain).iter().any(is_subject) => key.clone(),
                _ => return None,
            };
            Some((column, value.as_str()))
        })
    }

    /// A value has ended. Kept where it stands in an object on the way to the list.
    fn kept(&mut self) {
        let Some(bare) = self.bare.take() else { return };
        let depth = self.levels.len();
        let on_the_way = depth <= self.place.len() + 1 && self.around.len() < 50;
        if let (Some(Level::Object(Some(key))), true) = (self.levels.last(), on_the_way) {
            let text = std::mem::take(&mut self.name);
            let quoted = [b"\"".as_slice(), &text, b"\""].concat();
            let value = match bare.trim_ascii() {
                [] => serde_json::from_slice::<String>(&quoted).unwrap_or_default(),
                b"null" | b"true" | b"false" => return,
                number => String::from_utf8_lossy(number).into_owned(),
            };
            if !value.trim().is_empty() {
                self.around.push((depth, key.clone(), value));
            }
        }
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
                    self.meet(&key);
                    if let Some(Level::Object(current)) = self.levels.last_mut() {
                        *current = Some(key);
                    }
                    self.bare = raw.is_none().then(Vec::new);
                }
                b'{' | b'[' => {
                    self.bare = None;
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
                    self.kept();
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
                    let left = self.levels.len();
                    self.around.retain(|(depth, ..)| *depth <= left);
                    if let Some((_, _, began, _)) = &raw
                        && self.levels.len() == *began
                        && let Some((bytes, line, _, length)) = raw.take()
                    {
                        return Ok(Some(self.piece(bytes, line, length)));
                    }
                }
                b',' => self.kept(),
                byte => {
                    if let Some(bare) = self.bare.as_mut().filter(|bare| bare.len() < 40) {
                        bare.push(byte);
                    }
                }
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

    /// The list that is left when so many levels are left out, if one is open there.
    fn list(&mut self, outer: &[Level]) -> Option<&mut List> {
        let seen = self.seen.as_mut()?;
        if outer.len() > DEEPEST {
            return None;
        }
        let mut place = Vec::with_capacity(outer.len());
        for level in outer {
            match level {
                Level::Object(Some(name)) => place.push(PathStep::Name(name.clone())),
                Level::Array => place.push(PathStep::Each),
                Level::Object(None) => return None,
            }
        }
        if let Some(found) = seen.iter().position(|list| list.place == place) {
            return seen.get_mut(found);
        }
        if seen.len() >= MOST_LISTS {
            return None;
        }
        seen.push(List::of(place));
        seen.last_mut()
    }

    /// An object begins; in which list, if it is in one.
    fn count(&mut self) {
        let levels = std::mem::take(&mut self.levels);
        if let Some((Level::Array, outer)) = levels.split_last()
            && let Some(list) = self.list(outer)
        {
            list.objects += 1;
        }
        self.levels = levels;
    }

    /// A name among the objects of the innermost list; the first objects tell enough.
    fn meet(&mut self, key: &str) {
        const TOLD_BY: u64 = 200;
        let levels = std::mem::take(&mut self.levels);
        if let Some(at) = levels.iter().rposition(|level| *level == Level::Array)
            && let Some(list) = self.list(&levels[..at])
            && list.objects <= TOLD_BY
        {
            list.meet(key);
        }
        self.levels = levels;
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

    fn elements(text: &str) -> (String, Vec<(u64, String)>) {
        let lists = Document::new(text.as_bytes(), Vec::new()).lists().unwrap();
        let place = choose(&lists).unwrap().0.place.clone();
        let mut document = Document::new(text.as_bytes(), place.clone());
        let mut all = Vec::new();
        while let Some(piece) = document.element().unwrap() {
            all.push((piece.line, String::from_utf8(piece.raw).unwrap()));
        }
        (List::said(&place), all)
    }

    #[test]
    fn the_list_of_reviews_is_found_and_cut() {
        let text = "{\"status\": {\"code\": 200}, \"response\": {\n \"bottomline\": [1, 2],\n \"reviews\": [\n  {\"id\": 1, \"tags\": [{\"a\": \"]}\"}]},\n  {\"id\": \"x\\\"}\"}\n ]}}";
        let (place, all) = elements(text);
        assert_eq!(place, "response.reviews");
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
            "data"
        );
    }

    #[test]
    fn reviews_are_found_at_any_depth() {
        for (text, wanted) in [
            (
                r#"[{"name":"Ost","rating":4.5,"reviews":[{"text":"a","stars":1}]},{"name":"West","reviews":[]}]"#,
                "[].reviews",
            ),
            (
                r#"{"data":{"shops":[{"title":"T","description":"D","created_at":"2026-11-20","all_reviews":[{"text":"a","rating":1}]}]}}"#,
                "data.shops[].all_reviews",
            ),
            (r#"[[{"text":"a","score":1}],[{"text":"b","score":2}]]"#, "[]"),
            (
                r#"{"pages":[{"page":1,"entries":[{"text":"a","rating":1,"date":"2026-11-20"}]}]}"#,
                "pages[].entries",
            ),
            // What belongs to a review is none.
            (
                r#"{"reviews":[{"reviewId":"1","rating":1,"replies":[{"text":"x","date":"y"}],"answers":[{"question":"q","rating":3}]}]}"#,
                "reviews",
            ),
            (
                r#"[{"id":1,"text":"a","rating":2,"comments":[{"text":"x","author":"y","date":"z"}]}]"#,
                "",
            ),
            (
                r#"{"reviews":[{"reviewId":"1","authorName":"A","comments":[{"userComment":{"text":"a","starRating":2}}]}]}"#,
                "reviews",
            ),
        ] {
            assert_eq!(elements(text).0, wanted, "{text}");
        }
    }

    #[test]
    fn what_stands_around_a_review_says_what_it_is_about() {
        let text = r#"{"owner":"x","locationName":"Haus","shops":[{"name":"Ost","id":7,"tags":["a"],"open":true,"reviews":[{"text":"a","rating":1},{"text":"b","rating":2}]},{"reviews":[{"text":"c","rating":2}]}]}"#;
        let lists = Document::new(text.as_bytes(), Vec::new()).lists().unwrap();
        let place = choose(&lists).unwrap().0.place.clone();
        let mut document = Document::new(text.as_bytes(), place);
        let mut all = Vec::new();
        while document.element().unwrap().is_some() {
            let around: Vec<String> = document.around().map(|(k, v)| format!("{k}={v}")).collect();
            all.push(around.join(" "));
        }
        assert_eq!(
            all,
            [
                "locationName=Haus subject_name=Ost subject_id=7",
                "locationName=Haus subject_name=Ost subject_id=7",
                "locationName=Haus"
            ]
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
