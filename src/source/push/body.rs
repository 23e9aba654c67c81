//! What may stand in a push: one item or up to 500. The document is taken apart while it is still text, so that one
//! item with a number beyond all numbers, a thousand levels or two equal keys is a bad item and not a bad delivery.

use serde_json::Value;
use serde_json::value::RawValue;

use crate::domain::item::Incoming;
use crate::domain::say::words;
use crate::port::source::OddItem;
use crate::source::json;
use crate::source::push::item;

pub const MOST_ITEMS: usize = 500;
/// More of them say nothing new.
const MOST_UNREAD: usize = 20;
pub const LARGEST_BODY: usize = 1024 * 1024;

/// The items of a body, in its order, and those that could not be understood.
#[derive(Debug, Default, PartialEq)]
pub struct Batch {
    pub items: Vec<(usize, Incoming)>,
    pub odd: Vec<OddItem>,
    /// Fields that are kept with their item and not used, by their place; the first ones.
    pub unread: Vec<String>,
    /// How many there are of them.
    pub unread_count: usize,
}

/// Errors are about the document as a whole and name the place.
pub fn read(bytes: &[u8]) -> Result<Batch, String> {
    if bytes.len() > LARGEST_BODY {
        return Err(format!(
            "the body has {} bytes, at most {LARGEST_BODY} are taken",
            bytes.len()
        ));
    }
    let bytes = json::repaired(bytes);
    let text = std::str::from_utf8(&bytes)
        .map_err(|e| format!("the body is not UTF-8: the fault is at byte {}", e.valid_up_to()))?;
    let whole: &RawValue = serde_json::from_str(text).map_err(|e| format!("the body is not JSON: {e}"))?;
    if !whole.get().starts_with('{') {
        return Err("the body: expected an object with an item, or with `items`".to_owned());
    }
    let entries = json::entries(whole.get()).map_err(|e| format!("the body: {e}"))?;
    let entry = |name: &str| entries.iter().find(|(key, _)| key == name).map(|(_, raw)| *raw);

    if let Some(items) = entry("items") {
        return batch("items", items);
    }
    let Some(kind) = entry("type") else {
        return Ok(Batch::of([("", whole)], false));
    };
    let kind = match json::strict(kind.get()) {
        Ok(Value::String(kind)) => kind,
        _ => return Err("type: expected a string".to_owned()),
    };
    let data = entry("data").ok_or("data is missing")?;
    match kind.as_str() {
        "items" => batch("data", data),
        "item.created" | "item.updated" => single(data, false),
        "item.removed" => single(data, true),
        other => Err(format!(
            "type: expected item.created, item.updated, item.removed or items, found {:?}",
            words::short_line(other, 60)
        )),
    }
}

fn single(data: &RawValue, removed: bool) -> Result<Batch, String> {
    match data.get().starts_with('[') {
        true => Err("data: expected an object, found an array; a batch has the type \"items\"".to_owned()),
        false => Ok(Batch::of([("data", data)], removed)),
    }
}

fn batch(path: &str, data: &RawValue) -> Result<Batch, String> {
    if !data.get().starts_with('[') {
        return Err(format!("{path}: expected an array of items"));
    }
    let elements = json::elements(data.get()).map_err(|e| format!("{path}: {e}"))?;
    if elements.len() > MOST_ITEMS {
        return Err(format!(
            "{path}: {} items, at most {MOST_ITEMS} are taken at once",
            elements.len()
        ));
    }
    let placed = elements
        .into_iter()
        .enumerate()
        .map(|(i, raw)| (format!("{path}[{i}]"), raw));
    Ok(Batch::of(placed, false))
}

impl Batch {
    fn of<'a, P: AsRef<str>>(raws: impl IntoIterator<Item = (P, &'a RawValue)>, removed: bool) -> Self {
        let mut batch = Self::default();
        for (index, (path, raw)) in raws.into_iter().enumerate() {
            let path = path.as_ref();
            let value = json::strict(raw.get());
            let native_id = value.as_ref().ok().and_then(id_of);
            let value = value.map_err(|e| {
                if path.is_empty() {
                    e
                } else {
                    format!("{path}: {e}")
                }
            });
            let unread = value
                .as_ref()
                .map_or_else(|_| Vec::new(), |v| item::unread(v, path));
            batch.unread_count += unread.len();
            let room = MOST_UNREAD.saturating_sub(batch.unread.len());
            batch.unread.extend(unread.into_iter().take(room));
            match value.and_then(|v| item::read(v, path)) {
                Ok(incoming) => {
                    let removed = removed || incoming.removed;
                    batch.items.push((index, Incoming { removed, ..incoming }));
                }
                Err(why) => batch.odd.push(OddItem {
                    index,
                    native_id,
                    why,
                }),
            }
        }
        batch
    }
}

/// The id of an item that is otherwise not understood, for the report.
fn id_of(value: &Value) -> Option<String> {
    let id = words::line(value.get("id")?.as_str()?);
    (1..=item::LONGEST_ID).contains(&id.chars().count()).then_some(id)
}
