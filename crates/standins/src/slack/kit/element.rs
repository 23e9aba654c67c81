//! Interactive elements: what can be pressed, chosen or typed into, and in which block each may stand.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::{Check, ID, Need};

/// Where an element stands decides which kinds are allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Accessory,
    Actions,
    Input,
}

const CHOOSERS: [&str; 15] = [
    "static_select",
    "external_select",
    "users_select",
    "conversations_select",
    "channels_select",
    "multi_static_select",
    "multi_external_select",
    "multi_users_select",
    "multi_conversations_select",
    "multi_channels_select",
    "checkboxes",
    "radio_buttons",
    "datepicker",
    "timepicker",
    "datetimepicker",
];

impl Place {
    fn allows(self, kind: &str) -> bool {
        CHOOSERS.contains(&kind)
            || match self {
                Self::Accessory => {
                    matches!(kind, "button" | "image" | "overflow" | "workflow_button")
                }
                Self::Actions => matches!(
                    kind,
                    "button" | "overflow" | "workflow_button" | "rich_text_input"
                ),
                Self::Input => matches!(
                    kind,
                    "plain_text_input"
                        | "email_text_input"
                        | "url_text_input"
                        | "number_input"
                        | "file_input"
                        | "rich_text_input"
                ),
            }
    }
}

impl Check {
    pub(super) fn element(&mut self, at: &str, value: &Value, place: Place, ids: &mut HashSet<String>) {
        let Some(fields) = self.object(at, value) else {
            return;
        };
        let kind = fields.get("type").and_then(Value::as_str).unwrap_or_default();
        if !place.allows(kind) {
            return self.say(at, format_args!("unsupported type: {kind}"));
        }
        if let Some(id) = fields.get("action_id").and_then(Value::as_str)
            && !ids.insert(id.to_owned())
        {
            self.say(
                &format!("{at}/action_id"),
                format_args!("action_id `{id}` already exists for another element"),
            );
        }
        self.kind(at, kind, fields);
    }

    pub(super) fn kind(&mut self, at: &str, kind: &str, fields: &Map<String, Value>) {
        self.string(at, fields, "action_id", Need::May, ID);
        match kind {
            "image" => self.image(at, fields, &["type", "image_url", "slack_file", "alt_text"]),
            "button" => self.button(at, fields),
            "workflow_button" => self.plain(at, fields, "text", Need::Must, 75),
            "overflow" => {
                self.known(at, fields, &["type", "action_id", "options", "confirm"]);
                self.options(at, fields, "options", 1, 5);
                self.confirm(at, fields);
            }
            "checkboxes" | "radio_buttons" => self.boxes(at, fields),
            "plain_text_input" => self.typed(at, fields, 3000),
            "number_input" => self.number(at, fields),
            "file_input" => self.range(at, fields, "max_files", 1, 10),
            _ => self.chooser(at, kind, fields),
        }
    }

    pub(super) fn button(&mut self, at: &str, fields: &Map<String, Value>) {
        let known = [
            "type",
            "text",
            "action_id",
            "value",
            "url",
            "style",
            "confirm",
            "accessibility_label",
        ];
        self.known(at, fields, &known);
        self.plain(at, fields, "text", Need::Must, 75);
        self.string(at, fields, "value", Need::Empty, 2000);
        self.string(at, fields, "accessibility_label", Need::May, 75);
        if fields.get("url").is_some_and(|url| !url.is_null()) {
            self.url(at, fields, "url", Need::May, 3000);
        }
        self.one_of(at, fields, "style", &["primary", "danger"]);
        self.confirm(at, fields);
    }

    fn boxes(&mut self, at: &str, fields: &Map<String, Value>) {
        let known = [
            "type",
            "action_id",
            "options",
            "initial_option",
            "initial_options",
            "confirm",
            "focus_on_load",
        ];
        self.known(at, fields, &known);
        self.options(at, fields, "options", 1, 10);
        self.initial_is_offered(at, fields);
        self.confirm(at, fields);
    }

    fn typed(&mut self, at: &str, fields: &Map<String, Value>, most: u64) {
        let known = [
            "type",
            "action_id",
            "initial_value",
            "multiline",
            "min_length",
            "max_length",
            "dispatch_action_config",
            "focus_on_load",
            "placeholder",
        ];
        self.known(at, fields, &known);
        self.plain(at, fields, "placeholder", Need::May, 150);
        self.range(at, fields, "max_length", 1, most);
        self.range(at, fields, "min_length", 0, most);
        let max = fields
            .get("max_length")
            .and_then(Value::as_u64)
            .unwrap_or(most)
            .min(most);
        let min = fields.get("min_length").and_then(Value::as_u64).unwrap_or(0);
        if min > max {
            self.say(at, "min_length must not be above max_length");
        }
        let max = usize::try_from(max).unwrap_or(usize::MAX);
        self.string(at, fields, "initial_value", Need::Empty, max);
    }

    fn number(&mut self, at: &str, fields: &Map<String, Value>) {
        if !fields.get("is_decimal_allowed").is_some_and(Value::is_boolean) {
            self.say(at, "missing required field: is_decimal_allowed");
        }
        let limit = |key: &str| {
            let value = fields.get(key)?;
            value.as_f64().or_else(|| value.as_str()?.parse().ok())
        };
        if let (Some(min), Some(max)) = (limit("min_value"), limit("max_value"))
            && min > max
        {
            self.say(at, "min_value must not be above max_value");
        }
    }

    pub(super) fn range(&mut self, at: &str, fields: &Map<String, Value>, key: &str, min: u64, max: u64) {
        let Some(value) = fields.get(key).filter(|value| !value.is_null()) else {
            return;
        };
        if !value.as_u64().is_some_and(|n| (min..=max).contains(&n)) {
            self.say(
                &format!("{at}/{key}"),
                format_args!("must be between {min} and {max}"),
            );
        }
    }

    fn chooser(&mut self, at: &str, kind: &str, fields: &Map<String, Value>) {
        self.plain(at, fields, "placeholder", Need::May, 150);
        self.confirm(at, fields);
        if matches!(kind, "static_select" | "multi_static_select") {
            self.choices(at, fields, 1, 100);
            self.initial_is_offered(at, fields);
        }
        if let Some(date) = fields.get("initial_date") {
            let real = date
                .as_str()
                .is_some_and(|text| text.parse::<chrono::NaiveDate>().is_ok() && text.len() == 10);
            if !real {
                self.say(&format!("{at}/initial_date"), "must be a date as YYYY-MM-DD");
            }
        }
    }

    pub(super) fn image(&mut self, at: &str, fields: &Map<String, Value>, known: &[&str]) {
        self.known(at, fields, known);
        self.string(at, fields, "alt_text", Need::Must, 2000);
        match (fields.get("image_url"), fields.get("slack_file")) {
            (Some(_), Some(_)) => self.say(at, "only one of image_url and slack_file is allowed"),
            (Some(_), None) => self.url(at, fields, "image_url", Need::Must, 3000),
            (None, Some(_)) => {}
            (None, None) => self.say(at, "missing required field: image_url"),
        }
    }
}
