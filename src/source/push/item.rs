//! One item in our own words, as a shop sends it or a file holds it (`schema/push-item.schema.json`). A wrong type is
//! said with its path; what is merely useless, such as a link that no browser opens, is left out and stays in `raw`.

use chrono::DateTime;
use serde_json::Map;
use serde_json::Value;
use url::Url;

use crate::domain::At;
use crate::domain::item::Author;
use crate::domain::item::Details;
use crate::domain::item::Incoming;
use crate::domain::item::ItemKind;
use crate::domain::item::Rating;
use crate::domain::item::SourceReply;
use crate::domain::item::Standing;
use crate::domain::item::Subject;
use crate::domain::item::Votes;
use crate::domain::item::caps::ReplyCaps;
use crate::domain::say::language;
use crate::domain::say::words;
use crate::source::json;

pub const LONGEST_ID: usize = 255;
pub const LONGEST_TITLE: usize = 1000;
pub const LONGEST_DETAIL: usize = 200;
pub const LONGEST_BODY: usize = 100_000;
const LONGEST_NAME: usize = 1000;
const LONGEST_PLACE: usize = 120;
const LONGEST_URL: usize = 2000;

/// Reads `value`, which stands at `path` ("items[3]", or nothing at the top). Scope and caps are the source's business
/// and are filled in by it.
pub fn read(value: Value, path: &str) -> Result<Incoming, String> {
    let fields = Fields::of(&value, path)?;
    let native_id = fields.id("id")?.ok_or_else(|| fields.fault("id", "is missing"))?;
    let kind = match fields.string("kind", 40)? {
        None => ItemKind::Review,
        Some(word) => ItemKind::parse(word).ok_or_else(|| {
            fields.fault(
                "kind",
                format!(
                    "expected one of {}, found {word:?}",
                    ItemKind::ALL.map(ItemKind::as_str).join(", ")
                ),
            )
        })?,
    };
    let incoming = Incoming {
        scope: String::new(),
        native_id,
        kind,
        rating: rating(&fields)?,
        title: fields.text("title", LONGEST_TITLE)?,
        body: fields.text("body", LONGEST_BODY)?,
        language: fields
            .text("language", 100)?
            .as_deref()
            .and_then(language::declared),
        author: author(&fields)?,
        subject: subject(&fields)?,
        verified: verified(&fields)?,
        details: details(&fields)?,
        votes: votes(&fields)?,
        permalink: fields.text("permalink", LONGEST_BODY)?.as_deref().and_then(link),
        published_at: fields.instant("published_at")?,
        edited_at: fields.instant("edited_at")?,
        removed: fields.flag("removed")?.unwrap_or(false),
        caps: ReplyCaps::none(),
        reply: reply(&fields)?,
        raw: Value::Null,
    };
    Ok(Incoming {
        raw: json::storable(value),
        ..incoming
    })
}

/// What may stand in an item, by the object that it stands in.
const KNOWN: [(&str, &[&str]); 7] = [
    (
        "",
        &[
            "id",
            "kind",
            "rating",
            "title",
            "body",
            "language",
            "author",
            "subject",
            "verified",
            "details",
            "votes",
            "permalink",
            "published_at",
            "edited_at",
            "removed",
            "reply",
        ],
    ),
    ("rating", &["value", "min", "max"]),
    ("author", &["id", "name", "anonymous"]),
    ("subject", &["kind", "id", "sku", "name", "url"]),
    ("details", &["order", "version", "device", "country"]),
    ("votes", &["up", "down"]),
    ("reply", &["id", "body", "at", "state", "reason", "by"]),
];

/// Fields that nobody reads, by their place. Most are the sender's own business; some are a slip (`updated_at` for
/// `edited_at`), and whoever made it has to hear of it.
pub fn unread(value: &Value, path: &str) -> Vec<String> {
    let mut out = Vec::new();
    for (inside, known) in KNOWN {
        let object = if inside.is_empty() {
            Some(value)
        } else {
            value.get(inside)
        };
        let names = object.and_then(Value::as_object).into_iter().flat_map(Map::keys);
        for name in names.filter(|name| !known.contains(&name.as_str())) {
            let place = [path, inside, name.as_str()];
            let place: Vec<&str> = place.into_iter().filter(|part| !part.is_empty()).collect();
            out.push(words::short_line(&place.join("."), LONGEST_PLACE));
        }
    }
    out
}

/// A link that a browser opens as a page.
pub fn link(text: &str) -> Option<String> {
    let url = Url::parse(text.trim()).ok()?;
    let sound =
        matches!(url.scheme(), "http" | "https") && url.has_host() && url.as_str().len() <= LONGEST_URL;
    sound.then(|| url.into())
}

fn rating(item: &Fields<'_>) -> Result<Option<Rating>, String> {
    let Some(value) = item.get("rating") else {
        return Ok(None);
    };
    let (value, min, max) = match value {
        Value::Number(_) => (item.number("rating")?, None, None),
        Value::Object(_) => {
            let rating = Fields::of(value, &item.at("rating"))?;
            (
                rating.number("value")?,
                rating.number("min")?,
                rating.number("max")?,
            )
        }
        other => {
            return Err(item.fault(
                "rating",
                format!("expected a number or an object, found {}", json::type_of(other)),
            ));
        }
    };
    let Some(value) = value else { return Ok(None) };
    let (min, max) = (min.unwrap_or(1.0), max.unwrap_or(5.0));
    let rating = Rating::new(value, min, max);
    rating.map(Some).ok_or_else(|| {
        item.fault(
            "rating",
            format!("{value} does not lie on the scale {min} to {max}"),
        )
    })
}

fn author(item: &Fields<'_>) -> Result<Author, String> {
    let Some(author) = item.object("author")? else {
        return Ok(Author::default());
    };
    Ok(Author {
        native_id: author.text("id", LONGEST_NAME)?,
        name: author.text("name", LONGEST_NAME)?,
        anonymous: author.flag("anonymous")?.unwrap_or(false),
    })
}

fn subject(item: &Fields<'_>) -> Result<Option<Subject>, String> {
    let Some(subject) = item.object("subject")? else {
        return Ok(None);
    };
    let name = subject.text("name", LONGEST_NAME)?;
    let ids = [subject.id("id")?, subject.id("sku")?, name.clone()];
    let id = ids.into_iter().flatten().next();
    Ok(Some(Subject {
        kind: subject.text("kind", 40)?.unwrap_or_else(|| "product".to_owned()),
        id: id.ok_or_else(|| subject.fault("id", "is missing, and there is no sku and no name"))?,
        name,
        url: subject.text("url", LONGEST_BODY)?.as_deref().and_then(link),
    }))
}

/// "No" is not a kind of verified.
fn verified(item: &Fields<'_>) -> Result<Option<String>, String> {
    match item.get("verified") {
        Some(Value::Bool(yes)) => Ok(yes.then(|| "verified".to_owned())),
        _ => item.text("verified", 100),
    }
}

fn details(item: &Fields<'_>) -> Result<Details, String> {
    let Some(told) = item.object("details")? else {
        return Ok(Details::default());
    };
    // Most shops count their orders.
    let word = |field| match told.get(field) {
        Some(Value::Number(number)) => Ok(Some(number.to_string())),
        _ => told.text(field, LONGEST_DETAIL),
    };
    Ok(Details {
        order: word("order")?,
        version: word("version")?,
        device: word("device")?,
        country: word("country")?,
    })
}

fn votes(item: &Fields<'_>) -> Result<Votes, String> {
    let Some(votes) = item.object("votes")? else {
        return Ok(Votes::default());
    };
    Ok(Votes {
        up: votes.count("up")?,
        down: votes.count("down")?,
    })
}

fn reply(item: &Fields<'_>) -> Result<Option<SourceReply>, String> {
    let Some(reply) = item.object("reply")? else {
        return Ok(None);
    };
    let standing = match reply.string("state", 40)? {
        None | Some("visible") => Standing::Visible,
        Some("pending") => Standing::Pending,
        Some("rejected") => Standing::Rejected(reply.text("reason", LONGEST_TITLE)?.unwrap_or_default()),
        Some(word) => {
            return Err(reply.fault(
                "state",
                format!("expected one of visible, pending, rejected, found {word:?}"),
            ));
        }
    };
    Ok(Some(SourceReply {
        native_id: reply.id("id")?,
        body: reply
            .text("body", LONGEST_BODY)?
            .ok_or_else(|| reply.fault("body", "is missing"))?,
        at: reply.instant("at")?,
        standing,
        by: reply.text("by", LONGEST_NAME)?,
    }))
}

/// An object and where it stands.
struct Fields<'a> {
    map: &'a Map<String, Value>,
    path: String,
}

impl<'a> Fields<'a> {
    fn of(value: &'a Value, path: &str) -> Result<Self, String> {
        match value {
            Value::Object(map) => Ok(Self {
                map,
                path: path.to_owned(),
            }),
            other => {
                let place = if path.is_empty() { "the item" } else { path };
                Err(format!(
                    "{place}: expected an object, found {}",
                    json::type_of(other)
                ))
            }
        }
    }

    fn at(&self, field: &str) -> String {
        if self.path.is_empty() {
            field.to_owned()
        } else {
            format!("{}.{field}", self.path)
        }
    }

    fn fault(&self, field: &str, why: impl std::fmt::Display) -> String {
        let why = words::short_line(&why.to_string(), 200);
        let colon = if why.starts_with("is ") { "" } else { ":" };
        format!("{}{colon} {why}", self.at(field))
    }

    fn wrong(&self, field: &str, wanted: &str, found: &Value) -> String {
        self.fault(
            field,
            format!("expected {wanted}, found {}", json::type_of(found)),
        )
    }

    /// Null says the same as nothing.
    fn get(&self, field: &str) -> Option<&'a Value> {
        self.map.get(field).filter(|v| !v.is_null())
    }

    fn object(&self, field: &str) -> Result<Option<Self>, String> {
        self.get(field).map(|v| Self::of(v, &self.at(field))).transpose()
    }

    fn string(&self, field: &str, longest: usize) -> Result<Option<&'a str>, String> {
        let Some(value) = self.get(field) else {
            return Ok(None);
        };
        let text = value
            .as_str()
            .ok_or_else(|| self.wrong(field, "a string", value))?;
        let chars = text.chars().count();
        match chars > longest {
            true => Err(self.fault(
                field,
                format!("has {chars} characters, at most {longest} are taken"),
            )),
            false => Ok(Some(text)),
        }
    }

    /// Words, less what no database holds; nothing visible is nothing.
    fn text(&self, field: &str, longest: usize) -> Result<Option<String>, String> {
        let text = self.string(field, longest)?.map(words::stored);
        Ok(text.filter(|t| !t.trim().is_empty()))
    }

    /// An id is compared, so it is never cleaned: two ids that differ in a NUL would become one.
    fn id(&self, field: &str) -> Result<Option<String>, String> {
        let Some(id) = self.string(field, LONGEST_ID)? else {
            return Ok(None);
        };
        if id.chars().any(char::is_control) {
            return Err(self.fault(field, "holds a control character, which an id must not"));
        }
        match id.trim().is_empty() {
            true => Err(self.fault(field, "is empty")),
            false => Ok(Some(id.to_owned())),
        }
    }

    fn number(&self, field: &str) -> Result<Option<f64>, String> {
        let Some(value) = self.get(field) else {
            return Ok(None);
        };
        value
            .as_f64()
            .map(Some)
            .ok_or_else(|| self.wrong(field, "a number", value))
    }

    fn count(&self, field: &str) -> Result<Option<i32>, String> {
        let Some(number) = self.number(field)? else {
            return Ok(None);
        };
        let most = f64::from(i32::MAX);
        match number.fract() == 0.0 && (0.0..=most).contains(&number) {
            true => Ok(Some(number as i32)),
            false => Err(self.fault(
                field,
                format!("expected a whole number from 0 to {most}, found {number}"),
            )),
        }
    }

    fn flag(&self, field: &str) -> Result<Option<bool>, String> {
        let Some(value) = self.get(field) else {
            return Ok(None);
        };
        value
            .as_bool()
            .map(Some)
            .ok_or_else(|| self.wrong(field, "a boolean", value))
    }

    fn instant(&self, field: &str) -> Result<Option<At>, String> {
        let Some(text) = self.string(field, 100)? else {
            return Ok(None);
        };
        let at = DateTime::parse_from_rfc3339(text);
        at.map(|at| Some(at.to_utc())).map_err(|_| {
            self.fault(
                field,
                format!("expected a time with its offset such as 2026-11-21T09:00:00Z, found {text:?}"),
            )
        })
    }
}
