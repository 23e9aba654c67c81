//! A row becomes an item. It is put into the shape that a push has, so that both are judged by the same rules; the row as it
//! came stays in `raw`.

use chrono::DateTime;
use chrono::SecondsFormat;
use chrono::TimeDelta;
use chrono::Timelike as _;
use chrono_tz::Tz;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use crate::domain::At;
use crate::domain::item::Incoming;
use crate::domain::item::ItemKind;
use crate::domain::say::language;
use crate::domain::say::words;
use crate::source::file::Told;
use crate::source::file::Wish;
use crate::source::file::column;
use crate::source::file::cursor::Entry;
use crate::source::file::date;
use crate::source::file::field;
use crate::source::file::field::Field;
use crate::source::file::identity;
use crate::source::file::identity::IdentityFacts;
use crate::source::file::record::Cells;
use crate::source::file::record::Names;
use crate::source::file::shape::Identity;
use crate::source::file::stars;
use crate::source::file::stars::Stars;
use crate::source::file::survey::Prepared;
use crate::source::html;
use crate::source::json;
use crate::source::push::item;

const KINDS: &[(&str, ItemKind)] = &[
    ("rezension", ItemKind::Review),
    ("bewertung", ItemKind::Review),
    ("feedback", ItemKind::Review),
    ("frage", ItemKind::Question),
    ("q&a", ItemKind::Question),
    ("kommentar", ItemKind::Comment),
    ("erwähnung", ItemKind::Mention),
    ("nachricht", ItemKind::Message),
    ("anfrage", ItemKind::Message),
];
/// Rows that nobody owes anything, because the platform or the shop has thrown them away.
const THROWN_AWAY: &[&str] = &[
    "spam",
    "trash",
    "post-trashed",
    "deleted",
    "removed",
    "gelöscht",
    "papierkorb",
    // Zendesk has asked, and nobody has answered.
    "offered",
    "unoffered",
];

/// How the rows of one file are read.
pub struct Reading<'a> {
    prepared: &'a Prepared,
    wish: &'a Wish,
}

/// The cells of one row.
struct Row<'a> {
    file: &'a Prepared,
    wish: &'a Wish,
    cells: &'a Cells,
}

impl<'a> Reading<'a> {
    pub fn of(prepared: &'a Prepared, wish: &'a Wish) -> Self {
        Self { prepared, wish }
    }

    pub fn told(&self, cells: &Cells, entry: &Entry, names: &Names) -> Result<Told, String> {
        let row = Row {
            file: self.prepared,
            wish: self.wish,
            cells,
        };
        if row.word(Field::Parent).is_some_and(|parent| parent != "0") && self.prepared.mapping.has(Field::Id)
        {
            return Ok(Told::Answer);
        }
        let status = row.word(Field::Status).map(str::to_lowercase);
        if status.is_some_and(|s| THROWN_AWAY.contains(&s.as_str())) {
            return Ok(Told::LeftOut("thrown away where it comes from"));
        }
        // A push tells of its own items; whoever exports a table of a shop's has thrown the row away.
        if let Some((name, cell)) = row.get(Field::Removed)
            && name != "removed"
            && yes_or_no(cell.trim()) == Value::Bool(true)
        {
            return Ok(Told::LeftOut("thrown away where it comes from"));
        }
        let raw = match &entry.object {
            Some(object) => object.clone(),
            None => raw(cells, names),
        };
        let item = item::read(row.item()?, "")?;
        let kind = row.kind()?.unwrap_or(item.kind);
        let language = item.language.or_else(|| {
            let words = [item.title.as_deref(), item.body.as_deref()];
            let words: Vec<&str> = words.into_iter().flatten().collect();
            let found = language::detect(&words.join("\n")).map(str::to_owned);
            found.or_else(|| self.wish.language.clone().filter(|_| !words.is_empty()))
        });
        Ok(Told::Item(Box::new(Incoming {
            kind,
            language,
            raw: json::storable(raw),
            ..item
        })))
    }
}

/// A row of a table under its own names; the second of two equal ones is numbered.
fn raw(cells: &Cells, names: &Names) -> Value {
    let mut raw = Map::new();
    for (number, cell) in cells.iter() {
        let name = names.all.get(number).map_or("", |(name, _)| name.as_str());
        let mut key = name.to_owned();
        let mut n = 2;
        while raw.contains_key(&key) {
            key = format!("{name} {n}");
            n += 1;
        }
        raw.insert(key, Value::String(cell.to_owned()));
    }
    Value::Object(raw)
}

impl<'a> Row<'a> {
    fn get(&self, field: Field) -> Option<(&'a str, &'a str)> {
        self.file.cell(self.cells, field)
    }

    fn word(&self, field: Field) -> Option<&'a str> {
        self.get(field).map(|(_, cell)| cell.trim())
    }

    /// Plain words, whatever the platform stores.
    fn text(&self, field: Field) -> Option<String> {
        let (_, cell) = self.get(field)?;
        let text = html::words(cell).unwrap_or_else(|| cell.to_owned());
        (!text.trim().is_empty()).then_some(text)
    }

    fn identity(&self) -> Identity {
        self.file.mapping.shape.map_or(Identity::Column, |s| s.identity)
    }

    fn item(&self) -> Result<Value, String> {
        let (title, body) = (self.text(Field::Title), self.body());
        let author = self.author();
        let (subject, subject_id) = self.subject();
        let published = self.instant(Field::Published)?;
        let edited = self.instant(Field::Edited)?;
        // What platforms call an update is often the same moment, or a second later.
        let edited = edited.filter(|at| published.is_none_or(|p| *at > p + TimeDelta::seconds(1)));
        let facts = IdentityFacts {
            published: published.map(written),
            timed: published.is_some_and(|at| self.is_timed(at)),
            author: author.as_deref(),
            mail: self.word(Field::Mail).or(self.word(Field::AuthorId)),
            subject: subject_id.as_deref().or(subject.as_deref()),
            title: title.as_deref(),
            body: body.as_deref(),
        };
        let id = self.id(&facts);
        if title.is_none()
            && body.is_none()
            && self.get(Field::Rating).is_none()
            && self.get(Field::Id).is_none()
        {
            return Err("it holds no words, no stars and no id".to_owned());
        }
        let rating = self.rating()?;
        let reply = self.reply(author.as_deref())?;
        let subject_kind = self.word(Field::SubjectKind).map(str::to_owned);
        let subject_kind = subject_kind.or(self
            .file
            .mapping
            .shape
            .and_then(|s| s.subject_kind)
            .map(str::to_owned));
        Ok(json!({
            "id": id,
            "rating": rating,
            "title": title,
            "body": body,
            "language": self.word(Field::Language),
            "author": { "id": self.word(Field::AuthorId).filter(|id| *id != "0"), "name": author },
            "subject": subject.as_ref().or(subject_id.as_ref()).map(|_| json!({
                "kind": subject_kind, "id": subject_id, "name": subject
            })),
            "verified": self.word(Field::Verified).map(yes_or_no),
            "details": {
                "order": self.detail(Field::Order), "version": self.detail(Field::Version),
                "device": self.detail(Field::Device), "country": self.detail(Field::Country),
            },
            "votes": { "up": self.count(Field::Up), "down": self.count(Field::Down) },
            "permalink": self.word(Field::Permalink),
            "published_at": published.map(written),
            "edited_at": edited.map(written),
            "removed": self.word(Field::Removed).is_some_and(|w| w == "true"),
            "reply": reply,
        }))
    }

    /// What is longer is no number and no name, and no reason to refuse a row.
    fn detail(&self, field: Field) -> Option<&str> {
        self.word(field).filter(|word| word.len() <= item::LONGEST_DETAIL)
    }

    fn body(&self) -> Option<String> {
        let parts = [
            self.all_words(),
            self.text(Field::Good).map(|good| format!("+ {good}")),
            self.text(Field::Bad).map(|bad| format!("– {bad}")),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        (!parts.is_empty()).then(|| parts.join("\n\n"))
    }

    /// Some exports have words about the shop and words about the product; none of them is left out.
    fn all_words(&self) -> Option<String> {
        let first = self.text(Field::Body)?;
        let numbers = self.file.mapping.fields.get(&Field::Body);
        let (Some(_), Some(numbers)) = (self.file.mapping.shape, numbers) else {
            return Some(first);
        };
        let mut all = vec![first];
        for cell in numbers.iter().filter_map(|number| self.cells.get(*number)) {
            let text = html::words(cell).unwrap_or_else(|| cell.to_owned());
            if !text.trim().is_empty() && !all.iter().any(|known| known.trim() == text.trim()) {
                all.push(text);
            }
        }
        Some(all.join("\n\n"))
    }

    fn author(&self) -> Option<String> {
        let names = [self.text(Field::Author), self.text(Field::AuthorLast)];
        let names: Vec<String> = names.into_iter().flatten().collect();
        (!names.is_empty()).then(|| names.join(" "))
    }

    fn subject(&self) -> (Option<String>, Option<String>) {
        let id = self.word(Field::SubjectId);
        match self.identity() {
            // A place is known by its number; what it is called, the configuration says.
            Identity::EndOfPath => {
                let place = id.and_then(|path| identity::behind(path, "locations"));
                (None, place.map(str::to_owned))
            }
            _ => (self.text(Field::Subject), id.map(str::to_owned)),
        }
    }

    fn id(&self, facts: &IdentityFacts<'_>) -> String {
        let named = self.word(Field::Id);
        match self.identity() {
            Identity::InLink(part) => named.and_then(|link| identity::in_link(link, part)),
            Identity::EndOfPath => named.map(|path| identity::end_of_path(path).to_owned()),
            Identity::Stable(names) => {
                let cells: Vec<Option<&str>> = names
                    .iter()
                    .map(|name| {
                        let column = self.file.columns.iter().position(|c| c.plain == *name)?;
                        self.cells.get(column)
                    })
                    .collect();
                let whole = cells.iter().all(Option::is_some);
                whole.then(|| identity::digest(&cells))
            }
            Identity::Column => named.map(|id| {
                // JSON writes 501 and 501.0.
                let id = id.strip_suffix(".0").unwrap_or(id);
                let cut = self.file.mapping.cut_ids && id.len() > 15;
                match cut || column::is_shortened(id) {
                    true => facts.apart(id),
                    false => id.to_owned(),
                }
            }),
        }
        .unwrap_or_else(|| facts.id())
    }

    /// Midnight is how a day without a time is read.
    fn is_timed(&self, at: At) -> bool {
        let here = at.with_timezone(&self.wish.zone).time();
        let midnight = |t: chrono::NaiveTime| t.num_seconds_from_midnight() == 0;
        !midnight(at.time()) && !midnight(here)
    }

    fn kind(&self) -> Result<Option<ItemKind>, String> {
        let Some(word) = self.word(Field::Kind).map(str::to_lowercase) else {
            return Ok(self.file.mapping.shape.map(|s| s.kind));
        };
        let ours = ItemKind::parse(&word).or(ItemKind::parse(word.trim_end_matches('s')));
        let theirs = KINDS
            .iter()
            .find(|(name, _)| word.starts_with(name))
            .map(|(_, kind)| *kind);
        Ok(ours.or(theirs))
    }

    /// German exports write 4,5; some write words or signs.
    fn rating(&self) -> Result<Option<Value>, String> {
        let Some((name, cell)) = self.get(Field::Rating) else {
            return Ok(None);
        };
        let (min, max) = self.file.mapping.scale;
        // School marks: the worst is the greatest number.
        if min > max {
            return Ok(match stars::read(cell) {
                Some(Stars::Value(value, _)) => {
                    Some(json!({ "value": min + max - value, "min": max, "max": min }))
                }
                Some(Stars::None) => None,
                Some(Stars::Mood(_)) | None => return Err(self.wrong(name, "a mark such as 1,3", cell)),
            });
        }
        let own = |field| {
            self.word(field)
                .and_then(|w| w.replace(',', ".").parse::<f64>().ok())
        };
        let (own_min, own_max) = (own(Field::RatingMin), own(Field::RatingMax));
        let stars = stars::read(cell)
            .ok_or_else(|| self.wrong(name, "stars such as 4, 4,5, 4/5, ★★★★☆ or “four stars”", cell))?;
        Ok(match stars {
            Stars::None => None,
            Stars::Mood(value) => Some(json!({ "value": value, "min": -1.0, "max": 1.0 })),
            Stars::Value(value, Some(of)) => {
                let min = if of > 10.0 { 0.0 } else { 1.0 };
                Some(json!({ "value": value, "min": own_min.unwrap_or(min), "max": of }))
            }
            Stars::Value(value, None) => {
                Some(json!({ "value": value, "min": own_min.unwrap_or(min), "max": own_max.unwrap_or(max) }))
            }
        })
    }

    fn reply(&self, author: Option<&str>) -> Result<Option<Value>, String> {
        let reply = |body: &str, at: Option<At>| {
            let text = html::words(body).unwrap_or_else(|| body.to_owned());
            (!text.trim().is_empty()).then(|| {
                json!({
                    "id": self.word(Field::ReplyId), "body": text, "at": at.map(written),
                    "state": self.word(Field::ReplyState),
                    "by": self.word(Field::ReplyBy),
                })
            })
        };
        if let Some((_, body)) = self.get(Field::Reply)
            && !matches!(body.trim(), "-" | "–" | "false" | "0" | "none" | "null")
        {
            return Ok(reply(body, self.instant(Field::ReplyAt)?));
        }
        let own = self.word(Field::Id);
        let referred = self.cells.iter().find_map(|(number, cell)| {
            let column = self.file.columns.get(number)?;
            (column.plain.ends_with("response_data_id")).then_some(cell)
        });
        let answer = [referred, own]
            .into_iter()
            .flatten()
            .find_map(|id| self.file.answers.get(id));
        let Some(answer) = answer else { return Ok(None) };
        // Who writes below their own post does not answer it.
        if answer.by.is_some() && answer.by.as_deref() == author {
            return Ok(None);
        }
        let zone = if answer.utc {
            chrono_tz::UTC
        } else {
            self.wish.zone
        };
        let at = answer
            .at
            .as_deref()
            .and_then(|at| date::read(at, self.file.mapping.order, zone));
        Ok(reply(&answer.body, at).map(|mut found| {
            found["by"] = answer.by.clone().into();
            found
        }))
    }

    /// How many found it helpful is nothing to refuse a review for.
    fn count(&self, field: Field) -> Option<u32> {
        let word = self.word(field)?;
        word.strip_suffix(".0").unwrap_or(word).parse().ok()
    }

    fn instant(&self, field: Field) -> Result<Option<At>, String> {
        let Some((name, cell)) = self.get(field) else {
            return Ok(None);
        };
        let cell = cell.trim();
        if matches!(cell, "-" | "–" | "n/a" | "null" | "None" | "0000-00-00 00:00:00") {
            return Ok(None);
        }
        let at = date::read(cell, self.file.mapping.order, self.zone(name));
        at.map(Some).ok_or_else(|| {
            self.wrong(
                name,
                "a date such as 2026-11-21, 21.11.2026 09:00 or Nov 21, 2026",
                cell,
            )
        })
    }

    fn zone(&self, name: &str) -> Tz {
        match field::is_utc(name) || self.file.mapping.shape.is_some_and(|s| s.utc) {
            true => chrono_tz::UTC,
            false => self.wish.zone,
        }
    }

    fn wrong(&self, plain: &str, wanted: &str, cell: &str) -> String {
        let name = self.file.columns.iter().find(|c| c.plain == plain);
        format!(
            "column `{}`: expected {wanted}, found {:?}",
            name.map_or(plain, |c| c.name.as_str()),
            words::short_line(cell, 60)
        )
    }
}

fn written(at: At) -> String {
    DateTime::to_rfc3339_opts(&at, SecondsFormat::AutoSi, true)
}

fn yes_or_no(cell: &str) -> Value {
    match cell.to_lowercase().as_str() {
        "true" | "yes" | "y" | "1" | "ja" | "wahr" => Value::Bool(true),
        "false" | "no" | "n" | "0" | "nein" | "falsch" => Value::Bool(false),
        _ => Value::String(words::short_line(cell, 100)),
    }
}
