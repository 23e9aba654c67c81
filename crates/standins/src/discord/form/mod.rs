//! The checks of what the bot sends, in Discord's manner: every fault with its place in the form, and all of them
//! at once.

mod command;
mod component;
mod embed;
mod message;
mod modal;

use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use super::refused::Refused;

pub use command::command;
pub use command::commands;
pub use component::all;
pub use message::Content;
pub use message::EPHEMERAL;
pub use message::LOADING;
pub use message::NEWER;
pub use message::message;
pub use modal::modal;

/// Collects what is wrong, by dotted places such as `embeds.0.title`.
#[derive(Debug, Default)]
pub struct Form {
    faults: Vec<(String, &'static str, String)>,
}

/// Discord does not say what it counts; this is the stricter of the candidates.
pub fn length(text: &str) -> usize {
    text.encode_utf16().count()
}

impl Form {
    pub fn fault(&mut self, at: &str, code: &'static str, message: impl Into<String>) {
        self.faults.push((at.to_owned(), code, message.into()));
    }

    pub fn required(&mut self, at: &str) {
        self.fault(at, "BASE_TYPE_REQUIRED", "This field is required");
    }

    pub fn choice(&mut self, at: &str, allowed: &str) {
        let message = format!("Value must be one of {{{allowed}}}.");
        self.fault(at, "BASE_TYPE_CHOICES", message);
    }

    /// A text of that many characters, white space around it not counted; absent is fine unless `min` says more
    /// and `required` is set.
    pub fn text<'a>(
        &mut self,
        of: &'a Value,
        at: &str,
        key: &str,
        range: (usize, usize),
        required: bool,
    ) -> Option<&'a str> {
        let place = join(at, key);
        let (min, max) = range;
        match &of[key] {
            Value::Null => {
                if required {
                    self.required(&place);
                }
                None
            }
            Value::String(text) => {
                let long = length(text.trim());
                match () {
                    () if long == 0 && min > 0 => self.required(&place),
                    () if long < min || (long > max && min > 1) => {
                        let message = format!("Must be between {min} and {max} in length.");
                        self.fault(&place, "BASE_TYPE_BAD_LENGTH", message);
                    }
                    () if long > max => {
                        let message = format!("Must be {max} or fewer in length.");
                        self.fault(&place, "BASE_TYPE_MAX_LENGTH", message);
                    }
                    () => {}
                }
                Some(text)
            }
            _ => {
                self.fault(&place, "STRING_TYPE_CONVERT", "Could not interpret as string.");
                None
            }
        }
    }

    pub fn number(&mut self, of: &Value, at: &str, key: &str, min: i64, max: i64) -> Option<i64> {
        let value = &of[key];
        if value.is_null() {
            return None;
        }
        let place = join(at, key);
        let Some(number) = value.as_i64() else {
            let code = "NUMBER_TYPE_COERCE";
            self.fault(&place, code, format!("Value \"{value}\" is not int."));
            return None;
        };
        if number < min {
            let message = format!("int value should be greater than or equal to {min}.");
            self.fault(&place, "NUMBER_TYPE_MIN", message);
        }
        if number > max {
            let message = format!("int value should be less than or equal to {max}.");
            self.fault(&place, "NUMBER_TYPE_MAX", message);
        }
        Some(number)
    }

    /// A list of that many entries; absent is empty.
    pub fn list<'a>(&mut self, of: &'a Value, at: &str, key: &str, range: (usize, usize)) -> &'a [Value] {
        let place = join(at, key);
        let (min, max) = range;
        let found = match &of[key] {
            Value::Null => &[],
            Value::Array(list) => list.as_slice(),
            _ => {
                self.fault(
                    &place,
                    "LIST_TYPE_CONVERT",
                    "Only iterables may be used in a ListType",
                );
                return &[];
            }
        };
        if found.is_empty() && min > 0 {
            self.required(&place);
        } else if found.len() > max || found.len() < min {
            let message = format!("Must be between {min} and {max} in length.");
            self.fault(&place, "BASE_TYPE_BAD_LENGTH", message);
        }
        found
    }

    /// Something a browser may be sent to.
    pub fn url(&mut self, of: &Value, at: &str, key: &str, max: usize, schemes: &[&str]) -> bool {
        let Some(text) = self.text(of, at, key, (1, max), false) else {
            return false;
        };
        let place = join(at, key);
        let parsed = url::Url::parse(text).ok();
        match parsed {
            None => self.fault(&place, "URL_TYPE_INVALID_URL", "Not a well formed URL."),
            Some(url) if !schemes.contains(&url.scheme()) => {
                let allowed: Vec<String> = schemes.iter().map(|s| format!("'{s}'")).collect();
                let message = format!(
                    "Scheme \"{}\" is not supported. Scheme must be one of ({}).",
                    url.scheme(),
                    allowed.join(", ")
                );
                self.fault(&place, "URL_TYPE_INVALID_SCHEME", message);
            }
            Some(_) => {}
        }
        true
    }

    pub fn finish(self) -> Result<(), Refused> {
        if self.faults.is_empty() {
            return Ok(());
        }
        let mut errors = Value::Object(Map::new());
        for (at, code, message) in self.faults {
            let mut place = &mut errors;
            for step in at.split('.').filter(|step| !step.is_empty()) {
                if !place[step].is_object() {
                    place[step] = json!({});
                }
                place = &mut place[step];
            }
            let fault = json!({ "code": code, "message": message });
            match place["_errors"].as_array_mut() {
                Some(list) => list.push(fault),
                None => place["_errors"] = json!([fault]),
            }
        }
        Err(Refused::invalid_form(errors))
    }
}

pub fn join(at: &str, key: &str) -> String {
    match at {
        "" => key.to_owned(),
        at => format!("{at}.{key}"),
    }
}

/// Ids are decimal texts; numbers are taken as well, as Discord does.
pub fn is_snowflake(value: &Value) -> bool {
    match value {
        Value::String(text) => {
            (1..=20).contains(&text.len())
                && text.bytes().all(|b| b.is_ascii_digit())
                && text.parse::<u64>().is_ok()
        }
        Value::Number(number) => number.as_u64().is_some(),
        _ => false,
    }
}
