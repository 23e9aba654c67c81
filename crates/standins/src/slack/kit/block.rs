//! The blocks a card and a form are made of. The newer, rarer kinds are in `newer`.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::element::Place;
use super::{Check, ID, Need, Surface};

impl Check {
    pub(super) fn blocks(&mut self, at: &str, blocks: &[Value]) {
        for (n, block) in blocks.iter().enumerate() {
            self.block(&format!("{at}/{n}"), block);
        }
    }

    pub(super) fn block(&mut self, at: &str, block: &Value) {
        let Some(fields) = self.object(at, block) else {
            return;
        };
        self.string(at, fields, "block_id", Need::May, ID);
        if let Some(id) = fields.get("block_id").and_then(Value::as_str)
            && !self.block_ids.insert(id.to_owned())
        {
            self.say(
                &format!("{at}/block_id"),
                format_args!("block_id `{id}` already exists for another block"),
            );
        }
        match fields.get("type").and_then(Value::as_str).unwrap_or_default() {
            "section" => self.section(at, fields),
            "header" => {
                self.known(at, fields, &["type", "block_id", "text", "level"]);
                self.plain(at, fields, "text", Need::Must, 150);
            }
            "divider" => self.known(at, fields, &["type", "block_id"]),
            "context" => self.context(at, fields),
            "actions" => self.actions(at, fields),
            "input" => self.input(at, fields),
            "image" => {
                let known = ["type", "block_id", "image_url", "slack_file", "alt_text", "title"];
                self.image(at, fields, &known);
                self.plain(at, fields, "title", Need::May, 2000);
            }
            "rich_text" => self.rich_text(at, fields),
            "markdown" => {
                self.known(at, fields, &["type", "block_id", "text"]);
                self.string(at, fields, "text", Need::Must, 12_000);
            }
            kind => self.newer(at, kind, fields),
        }
    }

    fn section(&mut self, at: &str, fields: &Map<String, Value>) {
        let known = ["type", "block_id", "text", "fields", "accessory", "expand"];
        self.known(at, fields, &known);
        if fields.get("text").or(fields.get("fields")).is_none() {
            self.say(at, "one of text and fields is required");
        }
        self.any_text(at, fields, "text", Need::May, 3000);
        for (n, field) in self
            .list(at, fields, "fields", Need::May, 1, 10)
            .iter()
            .enumerate()
        {
            self.text(&format!("{at}/fields/{n}"), field, 2000);
        }
        if let Some(accessory) = fields.get("accessory").filter(|value| !value.is_null()) {
            self.element(
                &format!("{at}/accessory"),
                accessory,
                Place::Accessory,
                &mut HashSet::new(),
            );
        }
    }

    fn context(&mut self, at: &str, fields: &Map<String, Value>) {
        self.known(at, fields, &["type", "block_id", "elements"]);
        for (n, element) in self
            .list(at, fields, "elements", Need::Must, 1, 10)
            .iter()
            .enumerate()
        {
            let here = format!("{at}/elements/{n}");
            match (element["type"].as_str(), element.as_object()) {
                (Some("plain_text" | "mrkdwn"), _) => self.text(&here, element, 3000),
                (Some("image"), Some(image)) => {
                    self.image(&here, image, &["type", "image_url", "slack_file", "alt_text"]);
                }
                (kind, _) => self.say(
                    &here,
                    format_args!("unsupported type: {}", kind.unwrap_or_default()),
                ),
            }
        }
    }

    fn actions(&mut self, at: &str, fields: &Map<String, Value>) {
        self.known(at, fields, &["type", "block_id", "elements"]);
        let mut ids = HashSet::new();
        for (n, element) in self
            .list(at, fields, "elements", Need::Must, 1, 25)
            .iter()
            .enumerate()
        {
            self.element(&format!("{at}/elements/{n}"), element, Place::Actions, &mut ids);
        }
    }

    fn input(&mut self, at: &str, fields: &Map<String, Value>) {
        let known = [
            "type",
            "block_id",
            "label",
            "element",
            "hint",
            "optional",
            "dispatch_action",
        ];
        self.known(at, fields, &known);
        self.plain(at, fields, "label", Need::Must, 2000);
        self.plain(at, fields, "hint", Need::May, 2000);
        match fields.get("element") {
            None => self.say(at, "missing required field: element"),
            Some(element) => {
                self.element(
                    &format!("{at}/element"),
                    element,
                    Place::Input,
                    &mut HashSet::new(),
                );
                if self.surface == Surface::Message && element["type"] == "file_input" {
                    self.say(&format!("{at}/element"), "unsupported type: file_input");
                }
            }
        }
    }
}
