//! Composition objects: texts, options, confirmations. Blocks and elements are made of these.

use serde_json::{Map, Value};

use super::{Check, Need};

impl Check {
    pub(super) fn plain(&mut self, at: &str, fields: &Map<String, Value>, key: &str, need: Need, max: usize) {
        if let Some(value) = self.field(at, fields, key, need) {
            let here = format!("{at}/{key}");
            if value["type"] == "mrkdwn" {
                self.say(&here, "must be a plain_text object");
            }
            self.text(&here, value, max);
        }
    }

    pub(super) fn any_text(
        &mut self,
        at: &str,
        fields: &Map<String, Value>,
        key: &str,
        need: Need,
        max: usize,
    ) {
        if let Some(value) = self.field(at, fields, key, need) {
            self.text(&format!("{at}/{key}"), value, max);
        }
    }

    fn field<'a>(
        &mut self,
        at: &str,
        fields: &'a Map<String, Value>,
        key: &str,
        need: Need,
    ) -> Option<&'a Value> {
        let value = fields.get(key).filter(|value| !value.is_null());
        if value.is_none() && need == Need::Must {
            self.say(at, format_args!("missing required field: {key}"));
        }
        value
    }

    pub(super) fn text(&mut self, at: &str, value: &Value, max: usize) {
        let Some(fields) = self.object(at, value) else {
            return;
        };
        match fields.get("type").and_then(Value::as_str) {
            Some("plain_text") => self.known(at, fields, &["type", "text", "emoji"]),
            Some("mrkdwn") => self.known(at, fields, &["type", "text", "verbatim"]),
            _ => self.say(&format!("{at}/type"), "must be plain_text or mrkdwn"),
        }
        self.string(at, fields, "text", Need::Must, max);
    }

    pub(super) fn confirm(&mut self, at: &str, fields: &Map<String, Value>) {
        let Some(value) = fields.get("confirm").filter(|value| !value.is_null()) else {
            return;
        };
        let here = format!("{at}/confirm");
        let Some(fields) = self.object(&here, value) else {
            return;
        };
        self.known(&here, fields, &["title", "text", "confirm", "deny", "style"]);
        self.plain(&here, fields, "title", Need::Must, 100);
        self.any_text(&here, fields, "text", Need::Must, 300);
        self.plain(&here, fields, "confirm", Need::Must, 30);
        self.plain(&here, fields, "deny", Need::Must, 30);
        self.one_of(&here, fields, "style", &["primary", "danger"]);
    }

    /// Options and groups; exactly one of the two.
    pub(super) fn choices(&mut self, at: &str, fields: &Map<String, Value>, min: usize, max: usize) {
        match (fields.get("options"), fields.get("option_groups")) {
            (Some(_), Some(_)) => self.say(at, "only one of options and option_groups is allowed"),
            (None, Some(_)) => {
                let groups = self.list(at, fields, "option_groups", Need::Must, 1, 100);
                for (n, group) in groups.iter().enumerate() {
                    self.option_group(&format!("{at}/option_groups/{n}"), group);
                }
            }
            _ => self.options(at, fields, "options", min, max),
        }
    }

    pub(super) fn option_group(&mut self, at: &str, group: &Value) {
        let Some(fields) = self.object(at, group) else {
            return;
        };
        self.known(at, fields, &["label", "options"]);
        self.plain(at, fields, "label", Need::Must, 75);
        self.options(at, fields, "options", 1, 100);
    }

    pub(super) fn options(
        &mut self,
        at: &str,
        fields: &Map<String, Value>,
        key: &str,
        min: usize,
        max: usize,
    ) {
        for (n, option) in self
            .list(at, fields, key, Need::Must, min, max)
            .iter()
            .enumerate()
        {
            self.option(&format!("{at}/{key}/{n}"), option);
        }
    }

    pub(super) fn option(&mut self, at: &str, option: &Value) {
        let Some(fields) = self.object(at, option) else {
            return;
        };
        self.known(at, fields, &["text", "value", "description", "url"]);
        self.any_text(at, fields, "text", Need::Must, 75);
        self.string(at, fields, "value", Need::Must, 150);
        self.any_text(at, fields, "description", Need::May, 75);
        if fields.contains_key("url") {
            self.url(at, fields, "url", Need::May, 3000);
        }
    }

    /// What is chosen beforehand must be among what can be chosen, else Slack refuses the whole view.
    pub(super) fn initial_is_offered(&mut self, at: &str, fields: &Map<String, Value>) {
        let offered: Vec<&Value> = offered(fields);
        let many = fields.get("initial_options").and_then(Value::as_array);
        let initial = fields
            .get("initial_option")
            .into_iter()
            .chain(many.into_iter().flatten());
        for option in initial {
            let known = offered
                .iter()
                .any(|o| o["value"] == option["value"] && o["text"]["text"] == option["text"]["text"]);
            if !known {
                self.say(at, "initial option must be one of the options");
            }
        }
    }
}

pub fn offered(fields: &Map<String, Value>) -> Vec<&Value> {
    let direct = fields
        .get("options")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    let grouped = fields
        .get("option_groups")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|group| group["options"].as_array())
        .flatten();
    direct.chain(grouped).collect()
}
