//! rich_text: the only place where a customer's words can stand without being read as marks, so what it takes
//! and what it refuses matters most here.

use serde_json::{Map, Value};

use super::{Check, Need};

impl Check {
    pub(super) fn rich_text(&mut self, at: &str, fields: &Map<String, Value>) {
        self.known(at, fields, &["type", "block_id", "elements"]);
        for (n, element) in self
            .list(at, fields, "elements", Need::Must, 1, usize::MAX)
            .iter()
            .enumerate()
        {
            self.rich_part(&format!("{at}/elements/{n}"), element);
        }
    }

    fn rich_part(&mut self, at: &str, value: &Value) {
        let Some(fields) = self.object(at, value) else {
            return;
        };
        let kind = fields.get("type").and_then(Value::as_str).unwrap_or_default();
        match kind {
            "rich_text_section" => self.known(at, fields, &["type", "elements"]),
            "rich_text_quote" => self.known(at, fields, &["type", "elements", "border"]),
            "rich_text_preformatted" => self.known(at, fields, &["type", "elements", "border", "language"]),
            "rich_text_list" => {
                self.known(
                    at,
                    fields,
                    &["type", "elements", "style", "indent", "offset", "border"],
                );
                if !fields.contains_key("style") {
                    self.say(at, "missing required field: style");
                }
                self.one_of(at, fields, "style", &["bullet", "ordered"]);
                self.range(at, fields, "indent", 0, 8);
            }
            _ => return self.say(at, format_args!("unsupported type: {kind}")),
        }
        for (n, inner) in self
            .list(at, fields, "elements", Need::Must, 0, usize::MAX)
            .iter()
            .enumerate()
        {
            let here = format!("{at}/elements/{n}");
            match (kind, inner["type"].as_str().unwrap_or_default()) {
                ("rich_text_list", "rich_text_section") => self.rich_part(&here, inner),
                ("rich_text_list", other) => self.say(&here, format_args!("unsupported type: {other}")),
                ("rich_text_preformatted", other) if !matches!(other, "text" | "link") => {
                    self.say(&here, format_args!("unsupported type: {other}"));
                }
                _ => self.rich_leaf(&here, inner),
            }
        }
    }

    pub(super) fn rich_leaf(&mut self, at: &str, value: &Value) {
        let Some(fields) = self.object(at, value) else {
            return;
        };
        let id = |check: &mut Self, key: &str| {
            check.known(at, fields, &["type", key, "style"]);
            check.string(at, fields, key, Need::Must, 255);
        };
        match fields.get("type").and_then(Value::as_str).unwrap_or_default() {
            "text" => {
                self.known(at, fields, &["type", "text", "style"]);
                self.string(at, fields, "text", Need::Must, usize::MAX - 1);
            }
            "emoji" => {
                self.known(at, fields, &["type", "name", "unicode", "skin_tone", "style"]);
                self.string(at, fields, "name", Need::Must, 255);
            }
            "link" => {
                self.known(at, fields, &["type", "url", "text", "unsafe", "style"]);
                // Links of any scheme are taken here (mailto, tel); a button's url is stricter.
                self.string(at, fields, "url", Need::Must, 3000);
            }
            "user" => id(self, "user_id"),
            "usergroup" => id(self, "usergroup_id"),
            "channel" => id(self, "channel_id"),
            "team" => id(self, "team_id"),
            "color" => id(self, "value"),
            "broadcast" => {
                self.known(at, fields, &["type", "range", "style"]);
                if !fields.contains_key("range") {
                    self.say(at, "missing required field: range");
                }
                self.one_of(at, fields, "range", &["here", "channel", "everyone"]);
            }
            "date" => {
                self.known(
                    at,
                    fields,
                    &["type", "timestamp", "format", "url", "fallback", "style"],
                );
                if !fields.get("timestamp").is_some_and(Value::is_i64) {
                    self.say(at, "missing required field: timestamp");
                }
                self.string(at, fields, "format", Need::Must, 3000);
            }
            kind => self.say(at, format_args!("unsupported type: {kind}")),
        }
        self.style(at, fields);
    }

    fn style(&mut self, at: &str, fields: &Map<String, Value>) {
        let Some(style) = fields.get("style").filter(|value| !value.is_null()) else {
            return;
        };
        let here = format!("{at}/style");
        let Some(marks) = self.object(&here, style) else {
            return;
        };
        let known = [
            "bold",
            "italic",
            "strike",
            "code",
            "underline",
            "highlight",
            "client_highlight",
            "unlink",
        ];
        self.known(&here, marks, &known);
        if marks.values().any(|mark| !mark.is_boolean()) {
            self.say(&here, "must be a boolean");
        }
    }
}
