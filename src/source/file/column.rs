//! What stands in each column, seen over the whole file, and which column holds which field. A name alone may mislead
//! ("Bewertung" is stars here and words there), so what stands below it has a say.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use chrono_tz::Tz;

use crate::domain::At;
use crate::port::export::Order;
use crate::source::file::date;
use crate::source::file::date::Vote;
use crate::source::file::field;
use crate::source::file::field::Field;
use crate::source::file::name;
use crate::source::file::shape;
use crate::source::file::shape::Shape;
use crate::source::file::stars;
use crate::source::file::stars::Stars;

/// So many cells tell what a column is.
const TOLD_BY: u64 = 1_000;

#[derive(Debug, Clone, Default)]
pub struct Column {
    pub name: String,
    pub plain: String,
    pub filled: u64,
    /// Of the first ones that are filled: which read as stars, which as dates, which are sentences.
    looked: u64,
    starry: u64,
    dated: u64,
    wordy: u64,
    day: u64,
    month: u64,
    either: u64,
    /// How many are not later than now, read in either way.
    over: [u64; 2],
    newest: [Option<At>; 2],
    rated: u64,
    above_five: u64,
    top: f64,
    /// Ids that a spreadsheet has shortened.
    pub shortened: u64,
    long_numbers: u64,
    ending_in_noughts: u64,
    may: Vec<(Field, usize)>,
}

impl Column {
    pub fn new(name: &str, plain: &str) -> Self {
        Self {
            name: name.to_owned(),
            plain: plain.to_owned(),
            may: field::candidates(plain),
            ..Self::default()
        }
    }

    pub fn look(&mut self, cell: &str, zone: Tz, now: At) {
        self.filled += 1;
        let is_short = cell.len() <= 60;
        if self.looked < TOLD_BY {
            self.looked += 1;
            self.starry += u64::from(is_short && stars::read(cell).is_some());
            self.dated += u64::from(is_short && date::vote(cell).is_some());
            self.wordy += u64::from(cell.split_whitespace().count() > 2);
        }
        let mostly = |n: u64| n * 2 >= self.looked;
        if is_short && mostly(self.dated) && self.dated > 0 {
            match date::vote(cell) {
                Some(Vote::Day) => self.day += 1,
                Some(Vote::Month) => self.month += 1,
                Some(Vote::Either) => self.either += 1,
                Some(Vote::Clear) | None => {}
            }
            for (i, order) in [Order::DayFirst, Order::MonthFirst].into_iter().enumerate() {
                if let Some(at) = date::read(cell, order, zone) {
                    self.newest[i] = self.newest[i].max(Some(at));
                    self.over[i] += u64::from(at <= now + TimeDelta::days(1));
                }
            }
        }
        if is_short
            && mostly(self.starry)
            && let Some(Stars::Value(value, None)) = stars::read(cell)
        {
            self.rated += 1;
            self.above_five += u64::from(value > 5.0);
            self.top = self.top.max(value);
        }
        if is_short {
            self.shortened += u64::from(is_shortened(cell));
            if cell.len() > 15 && cell.bytes().all(|b| b.is_ascii_digit()) {
                self.long_numbers += 1;
                self.ending_in_noughts += u64::from(cell.as_bytes()[15..].iter().all(|b| *b == b'0'));
            }
        }
    }

    /// How many of the first cells are sentences.
    pub fn wordy(&self) -> u64 {
        self.wordy
    }

    /// Forms have whole questions above their columns.
    fn asks(&self) -> bool {
        self.filled > 0 && (self.name.trim_end().ends_with('?') || self.name.split_whitespace().count() > 3)
    }

    /// How near it is to the stars of a form: a number for the question how somebody found it.
    fn asks_for_stars(&self) -> Option<usize> {
        const ASKED: &[&str] = &[
            "zufrieden",
            "satisf",
            "bewert",
            "rate",
            "experience",
            "erfahrung",
            "empfehl",
            "recommend",
        ];
        let is_rated = self.asks() && self.rated > 0 && self.starry * 2 > self.looked && self.top <= 10.0;
        is_rated.then(|| {
            let named = ASKED.iter().position(|word| self.plain.contains(word));
            named.unwrap_or(ASKED.len())
        })
    }

    /// How many sentences were written below a question.
    fn asks_for_words(&self) -> Option<u64> {
        let is_other = self.starry * 2 > self.looked || self.dated * 2 > self.looked;
        (self.asks() && self.wordy > 0 && !is_other).then_some(self.wordy)
    }

    fn is_mostly(&self, n: u64) -> bool {
        self.looked == 0 || n * 2 >= self.looked
    }

    fn fits(&self, field: Field) -> bool {
        match field {
            Field::Rating => self.is_mostly(self.starry),
            Field::Published | Field::Edited | Field::ReplyAt => self.is_mostly(self.dated),
            // Whoever writes only "5/5" below "text" wrote words; a name that may be something else is judged.
            Field::Body | Field::Title | Field::Reply | Field::Good | Field::Bad => {
                let is_doubtful = self
                    .may
                    .iter()
                    .any(|(f, _)| matches!(f, Field::Rating | Field::Published));
                let reads_otherwise = self.starry * 2 > self.looked || self.dated * 2 > self.looked;
                self.looked == 0 || self.wordy > 0 || !is_doubtful || !reads_otherwise
            }
            // "Ware", "Hotel": what it is called, or how many stars it gets of several.
            Field::Subject => self.rated == 0 || self.rated < self.filled || self.top > 10.0,
            _ => true,
        }
    }

    /// Numbers of more than 15 digits, all of which end in noughts: a spreadsheet had them.
    pub fn is_cut(&self) -> bool {
        self.long_numbers > 1 && self.long_numbers == self.ending_in_noughts
    }
}

/// `1.23457E+14`, `1,23457E+14`.
pub fn is_shortened(cell: &str) -> bool {
    let cell = cell.trim();
    let Some((mantissa, exponent)) = cell.split_once(['E', 'e']) else {
        return false;
    };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let whole = mantissa.replacen([',', '.'], "", 1);
    exponent.strip_prefix('+').is_some_and(digits) && digits(&whole) && mantissa.len() <= 17
}

/// What whoever imports says about the columns.
#[derive(Debug, Clone, Default)]
pub struct Wish {
    /// A field and the column that holds it; none where it shall not be looked for.
    pub map: Vec<(Field, Option<String>)>,
    pub scale: Option<(f64, f64)>,
    pub order: Option<Order>,
}

/// A form's export has its questions for names. Where no name says what the stars and the words are, the answers do.
fn ask(columns: &[Column], settled: &[Field], taken: &[usize], fields: &mut BTreeMap<Field, Vec<usize>>) {
    let free = || columns.iter().enumerate().filter(|(n, _)| !taken.contains(n));
    let is_open = |fields: &BTreeMap<Field, Vec<usize>>, field: Field| {
        let is_empty = |numbers: &Vec<usize>| numbers.iter().all(|n| columns[*n].filled == 0);
        !settled.contains(&field) && fields.get(&field).is_none_or(is_empty)
    };
    if is_open(fields, Field::Rating)
        && let Some((_, number)) = free().filter_map(|(n, c)| Some((c.asks_for_stars()?, n))).min()
    {
        fields.insert(Field::Rating, vec![number]);
    }
    let words = [Field::Body, Field::Good, Field::Bad];
    if words.into_iter().all(|field| is_open(fields, field)) {
        let most = free().filter_map(|(n, c)| Some((c.asks_for_words()?, std::cmp::Reverse(n))));
        if let Some((_, std::cmp::Reverse(number))) = most.max() {
            fields.insert(Field::Body, vec![number]);
        }
    }
}

/// Which column holds which field, and how it is read.
#[derive(Debug, Clone)]
pub struct Mapping {
    pub shape: Option<&'static Shape>,
    /// The columns of a field, the likeliest first.
    pub fields: BTreeMap<Field, Vec<usize>>,
    pub scale: (f64, f64),
    pub order: Order,
    /// How sure the order is.
    pub order_by: OrderBy,
    pub newest: Option<At>,
    /// Ids that stand for several people, as a spreadsheet left them.
    pub cut_ids: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderBy {
    /// No date could be read in two ways.
    Needless,
    Asked,
    /// So many cells can be read in one way only.
    Seen(u64),
    /// Read in the other way, some would lie in the future.
    Future,
    /// Nothing says so; the team's country does.
    Country,
}

/// Fields in the order in which they choose: those that can tell a column by what stands in it come first.
const CHOOSING: &[Field] = &[
    Field::Rating,
    Field::Published,
    Field::Edited,
    Field::ReplyAt,
    Field::Id,
    Field::Reply,
    Field::Body,
    Field::Title,
    Field::Good,
    Field::Bad,
    Field::Kind,
    Field::RatingMin,
    Field::RatingMax,
    Field::Language,
    Field::Author,
    Field::AuthorLast,
    Field::AuthorId,
    Field::Mail,
    Field::Subject,
    Field::SubjectId,
    Field::SubjectKind,
    Field::Up,
    Field::Down,
    Field::Permalink,
    Field::Verified,
    Field::Status,
    Field::Removed,
    Field::ReplyBy,
    Field::ReplyId,
    Field::ReplyState,
    Field::Parent,
    // Nice to have: they take what nothing else is.
    Field::Order,
    Field::Version,
    Field::Device,
    Field::Country,
];

impl Mapping {
    /// Errors are about what whoever imports asked for.
    pub fn of(columns: &[Column], wish: &Wish, zone: Tz) -> Result<Self, String> {
        let numbered = |plain: &str| columns.iter().position(|c| c.plain == plain);
        let shape = shape::of(|mark| numbered(mark).is_some());
        let mut fields: BTreeMap<Field, Vec<usize>> = BTreeMap::new();
        let mut taken: Vec<usize> = Vec::new();
        let mut settled: Vec<Field> = Vec::new();
        for (field, asked) in &wish.map {
            settled.push(*field);
            let Some(asked) = asked else { continue };
            let exact = columns
                .iter()
                .position(|c| c.name.trim().eq_ignore_ascii_case(asked.trim()));
            let found = exact.or_else(|| numbered(&name::plain(asked)));
            // Another file of the same import may have it.
            let Some(found) = found else { continue };
            fields.insert(*field, vec![found]);
            taken.push(found);
        }
        for (field, names) in shape.map_or(&[][..], |s| s.fields) {
            if settled.contains(field) {
                continue;
            }
            let found: Vec<usize> = names.iter().filter_map(|n| numbered(n)).collect();
            if found.is_empty() && !names.is_empty() {
                continue;
            }
            settled.push(*field);
            taken.extend(&found);
            if !found.is_empty() {
                fields.insert(*field, found);
            }
        }
        let not = shape.map_or(&[][..], |s| s.not);
        for field in CHOOSING {
            if settled.contains(field) {
                continue;
            }
            let mut may: Vec<(usize, usize)> = columns
                .iter()
                .enumerate()
                .filter(|(number, c)| !taken.contains(number) && !not.contains(&c.plain.as_str()))
                .filter_map(|(number, c)| {
                    let (_, rank) = c.may.iter().find(|(f, _)| f == field)?;
                    Some((*rank, number))
                })
                .collect();
            may.sort_unstable();
            let fitting = may.iter().filter(|(_, n)| columns[*n].fits(*field));
            let filled = fitting.clone().find(|(_, n)| columns[*n].filled > 0);
            // A column that says nothing readable is kept, so that its rows are refused and said, unless it may be words.
            let odd = may.iter().find(|(_, n)| {
                let words = columns[*n].may.iter().any(|(f, _)| *f == Field::Body);
                matches!(field, Field::Rating | Field::Published) && !words
            });
            let first = filled.or_else(|| fitting.clone().next()).or(odd);
            if let Some((_, number)) = first {
                // Objects of one file may say the same in two ways: `rating`, and `rating.value`.
                let own = &columns[*number].plain;
                let kin = |other: &str| {
                    other
                        .strip_prefix(own.as_str())
                        .is_some_and(|rest| rest.starts_with('_'))
                        || own.strip_prefix(other).is_some_and(|rest| rest.starts_with('_'))
                };
                let others = fitting.clone().map(|(_, n)| *n).filter(|n| n != number);
                let all: Vec<usize> = std::iter::once(*number)
                    .chain(others.filter(|n| kin(&columns[*n].plain)))
                    .collect();
                taken.extend(&all);
                fields.insert(*field, all);
            }
        }
        if shape.is_none() && fields.contains_key(&Field::Published) {
            ask(columns, &settled, &taken, &mut fields);
        }
        let mut mapping = Self {
            shape,
            fields,
            scale: (1.0, 5.0),
            order: Order::DayFirst,
            order_by: OrderBy::Needless,
            newest: None,
            cut_ids: false,
        };
        mapping.decide(columns, wish, zone);
        Ok(mapping)
    }

    fn columns_of<'a>(&self, columns: &'a [Column], wanted: &[Field]) -> Vec<&'a Column> {
        let numbers = wanted.iter().filter_map(|f| self.fields.get(f)).flatten();
        numbers.filter_map(|n| columns.get(*n)).collect()
    }

    fn decide(&mut self, columns: &[Column], wish: &Wish, zone: Tz) {
        let dates = self.columns_of(columns, &[Field::Published, Field::Edited, Field::ReplyAt]);
        let sum = |what: fn(&Column) -> u64| dates.iter().map(|c| what(c)).sum::<u64>();
        let (day, month, either) = (sum(|c| c.day), sum(|c| c.month), sum(|c| c.either));
        let (by_day, by_month) = (sum(|c| c.over[0]), sum(|c| c.over[1]));
        (self.order, self.order_by) = match wish.order {
            Some(order) => (order, OrderBy::Asked),
            None if day > month => (Order::DayFirst, OrderBy::Seen(day)),
            None if month > day => (Order::MonthFirst, OrderBy::Seen(month)),
            None if either == 0 => (Order::DayFirst, OrderBy::Needless),
            None if by_day > by_month => (Order::DayFirst, OrderBy::Future),
            None if by_month > by_day => (Order::MonthFirst, OrderBy::Future),
            None if zone.name().starts_with("America/") || zone.name().starts_with("US/") => {
                (Order::MonthFirst, OrderBy::Country)
            }
            None => (Order::DayFirst, OrderBy::Country),
        };
        let at = usize::from(self.order == Order::MonthFirst);
        self.newest = dates.iter().filter_map(|c| c.newest[at]).max();
        let ratings = self.columns_of(columns, &[Field::Rating]);
        let (rated, above) = (
            ratings.iter().map(|c| c.rated).sum::<u64>(),
            ratings.iter().map(|c| c.above_five).sum::<u64>(),
        );
        let top = ratings.iter().map(|c| c.top).fold(0.0, f64::max);
        let named = ratings.iter().any(|c| {
            let ten = ["10", "ten", "zehn"]
                .iter()
                .any(|n| c.plain.ends_with(&format!("_{n}")));
            ten || c.plain.contains("out_of_10") || c.plain.contains("von_10")
        });
        let by_values = match top {
            // One that lies above is a slip; many are another scale.
            _ if above * 10 <= rated || above == 0 => (1.0, 5.0),
            top if top <= 10.0 => (1.0, 10.0),
            top if top <= 100.0 => (0.0, 100.0),
            _ => (1.0, 5.0),
        };
        let by_name = ratings.iter().find_map(|c| field::scaled(&c.plain));
        let told = wish.scale.or(self.shape.and_then(|s| s.scale));
        let told = told.or(by_name.map(|(_, scale)| scale));
        self.scale = told.unwrap_or(if named { (1.0, 10.0) } else { by_values });
        self.cut_ids = self.columns_of(columns, &[Field::Id]).iter().any(|c| c.is_cut());
    }

    pub fn has(&self, field: Field) -> bool {
        self.fields.contains_key(&field)
    }

    /// Columns that hold something and are used for nothing.
    pub fn unused<'a>(&self, columns: &'a [Column]) -> Vec<&'a str> {
        let used = |number: usize| self.fields.values().any(|all| all.contains(&number));
        let rest = columns
            .iter()
            .enumerate()
            .filter(|(n, c)| !used(*n) && c.filled > 0 && !c.name.is_empty());
        rest.map(|(_, c)| c.name.as_str()).collect()
    }

    /// The used columns with the words for their fields, in the order of the fields.
    pub fn used<'a>(&self, columns: &'a [Column]) -> Vec<(&'static str, &'a str)> {
        let mut all = Vec::new();
        for (field, numbers) in &self.fields {
            // Of several only those that are there.
            let filled = numbers
                .iter()
                .filter_map(|n| columns.get(*n))
                .filter(|c| c.filled > 0);
            all.extend(filled.map(|c| (field.word(), c.name.as_str())));
        }
        all
    }
}
