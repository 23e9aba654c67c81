//! Block Kit as Slack checks it. A card that the stand-in lets through must not be refused by the real one, so
//! where the documents leave room (what is a character?) the stricter reading counts.

mod block;
mod element;
mod newer;
mod object;
mod rich;
#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::fmt::Display;

use serde_json::{Map, Value};

/// Undocumented; measured by others (slackapi/bolt-js#2509).
const ALL_TEXT: usize = 13_200;
const MESSAGE_BLOCKS: usize = 50;
const VIEW_BLOCKS: usize = 100;
const ID: usize = 255;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Surface {
    Message,
    Modal,
    Home,
}

#[derive(Debug, PartialEq, Eq)]
pub enum Flaw {
    /// `invalid_blocks` with Slack's sentences for `response_metadata.messages`.
    Invalid(Vec<String>),
    TooLong,
}

/// Slack does not say whether it counts code points or UTF-16 units.
pub fn length(text: &str) -> usize {
    text.chars().count().max(text.encode_utf16().count())
}

pub fn message(blocks: &[Value]) -> Result<(), Flaw> {
    let mut check = Check::new(Surface::Message);
    check.count("/blocks", blocks.len(), 0, MESSAGE_BLOCKS);
    check.blocks("/blocks", blocks);
    check.verdict()?;
    if blocks.iter().map(all_text).sum::<usize>() > ALL_TEXT {
        return Err(Flaw::TooLong);
    }
    Ok(())
}

pub fn view(view: &Value) -> Result<(), Flaw> {
    let surface = match view["type"].as_str() {
        Some("modal") => Surface::Modal,
        Some("home") => Surface::Home,
        _ => {
            return Err(Flaw::Invalid(vec![sentence("/view/type", "unsupported type")]));
        }
    };
    let Some(fields) = view.as_object() else {
        return Err(Flaw::Invalid(vec![sentence("/view", "must be an object")]));
    };
    let mut check = Check::new(surface);
    check.known("/view", fields, &VIEW_FIELDS);
    if surface == Surface::Modal {
        check.plain("/view", fields, "title", Need::Must, 24);
        check.plain("/view", fields, "submit", Need::May, 24);
        check.plain("/view", fields, "close", Need::May, 24);
    }
    check.string("/view", fields, "private_metadata", Need::Empty, 3000);
    check.string("/view", fields, "callback_id", Need::Empty, ID);
    check.string("/view", fields, "external_id", Need::Empty, ID);
    let blocks = check.list("/view", fields, "blocks", Need::Must, 1, VIEW_BLOCKS);
    check.blocks("/view/blocks", blocks);
    let asks = blocks.iter().any(|block| block["type"] == "input");
    if surface == Surface::Modal && asks && fields.get("submit").is_none_or(Value::is_null) {
        check.say(
            "/view",
            "submit is required when an input block is in the blocks array",
        );
    }
    check.verdict()
}

const VIEW_FIELDS: [&str; 12] = [
    "type",
    "title",
    "submit",
    "close",
    "blocks",
    "private_metadata",
    "callback_id",
    "external_id",
    "clear_on_close",
    "notify_on_close",
    "submit_disabled",
    // Not documented for sending, but clients that send a stored view back have it.
    "hash",
];

/// Every `text` a person could read, wherever it stands.
fn all_text(value: &Value) -> usize {
    match value {
        Value::Object(fields) => fields
            .iter()
            .map(|(key, inner)| match inner {
                Value::String(text) if key == "text" => length(text),
                inner => all_text(inner),
            })
            .sum(),
        Value::Array(items) => items.iter().map(all_text).sum(),
        _ => 0,
    }
}

fn sentence(at: &str, what: impl Display) -> String {
    format!("[ERROR] {what} [json-pointer:{at}]")
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Need {
    Must,
    May,
    /// May be absent and may be the empty string.
    Empty,
}

struct Check {
    surface: Surface,
    problems: Vec<String>,
    block_ids: HashSet<String>,
}

static NOTHING: &[Value] = &[];

impl Check {
    fn new(surface: Surface) -> Self {
        Self {
            surface,
            problems: Vec::new(),
            block_ids: HashSet::new(),
        }
    }

    fn verdict(&self) -> Result<(), Flaw> {
        match self.problems.is_empty() {
            true => Ok(()),
            false => Err(Flaw::Invalid(self.problems.clone())),
        }
    }

    fn say(&mut self, at: &str, what: impl Display) {
        self.problems.push(sentence(at, what));
    }

    fn count(&mut self, at: &str, count: usize, min: usize, max: usize) {
        if count < min {
            self.say(at, format_args!("no less than {min} items required"));
        }
        if count > max {
            self.say(at, format_args!("no more than {max} items allowed"));
        }
    }

    fn long(&mut self, at: &str, text: &str, min: usize, max: usize) {
        let length = length(text);
        if length < min {
            self.say(at, format_args!("must be more than {} characters", min - 1));
        }
        if length > max {
            self.say(at, format_args!("must be less than {} characters", max + 1));
        }
    }

    /// Slack refuses what it does not know; a misspelt field must not pass here.
    fn known(&mut self, at: &str, fields: &Map<String, Value>, names: &[&str]) {
        for name in fields.keys().filter(|name| !names.contains(&name.as_str())) {
            self.say(at, format_args!("invalid additional property: {name}"));
        }
    }

    fn object<'a>(&mut self, at: &str, value: &'a Value) -> Option<&'a Map<String, Value>> {
        if !value.is_object() {
            self.say(at, "must be an object");
        }
        value.as_object()
    }

    fn string(&mut self, at: &str, fields: &Map<String, Value>, key: &str, need: Need, max: usize) {
        let here = format!("{at}/{key}");
        match fields.get(key) {
            Some(Value::String(text)) => {
                self.long(&here, text, usize::from(need != Need::Empty), max);
            }
            None | Some(Value::Null) if need != Need::Must => {}
            None | Some(Value::Null) => self.say(at, format_args!("missing required field: {key}")),
            Some(_) => self.say(&here, "must be a string"),
        }
    }

    fn list<'a>(
        &mut self,
        at: &str,
        fields: &'a Map<String, Value>,
        key: &str,
        need: Need,
        min: usize,
        max: usize,
    ) -> &'a [Value] {
        match fields.get(key) {
            Some(Value::Array(items)) => {
                self.count(&format!("{at}/{key}"), items.len(), min, max);
                items
            }
            None | Some(Value::Null) if need != Need::Must => NOTHING,
            None | Some(Value::Null) => {
                self.say(at, format_args!("missing required field: {key}"));
                NOTHING
            }
            Some(_) => {
                self.say(&format!("{at}/{key}"), "must be an array");
                NOTHING
            }
        }
    }

    fn url(&mut self, at: &str, fields: &Map<String, Value>, key: &str, need: Need, max: usize) {
        self.string(at, fields, key, need, max);
        let Some(text) = fields.get(key).and_then(Value::as_str) else {
            return;
        };
        let web =
            url::Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        if !web {
            self.say(&format!("{at}/{key}"), "must be a valid URL");
        }
    }

    fn one_of(&mut self, at: &str, fields: &Map<String, Value>, key: &str, allowed: &[&str]) {
        if let Some(value) = fields.get(key)
            && !value.as_str().is_some_and(|text| allowed.contains(&text))
        {
            self.say(
                &format!("{at}/{key}"),
                format_args!("must be one of {}", allowed.join(", ")),
            );
        }
    }
}
