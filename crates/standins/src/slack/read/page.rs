//! A message laid out: its lines as a person sees them, and everything in it that is more than words.

use std::collections::BTreeSet;

use serde_json::Value;

use super::marks::{self, Formatted, Style};
use super::mrkdwn::Reading;
use super::{Ping, words};
use crate::slack::state::{Handling, Message, World};

pub struct Page<'a> {
    pub world: &'a World,
    pub lines: Vec<String>,
    pub buttons: Vec<String>,
    pub choices: Vec<String>,
    pub pings: BTreeSet<Ping>,
    pub links: Vec<String>,
    pub formatted: Vec<Formatted>,
}

impl<'a> Page<'a> {
    pub fn of_message(world: &'a World, message: &Message) -> Self {
        Self::laid_out(world, &message.text, &message.blocks, &message.handling)
    }

    pub fn of(world: &'a World, text: &str, blocks: &[Value]) -> Self {
        Self::laid_out(world, text, blocks, &Handling::default())
    }

    fn laid_out(world: &'a World, text: &str, blocks: &[Value], handling: &Handling) -> Self {
        let mut page = Self {
            world,
            lines: Vec::new(),
            buttons: Vec::new(),
            choices: Vec::new(),
            pings: BTreeSet::new(),
            links: Vec::new(),
            formatted: Vec::new(),
        };
        let parse = handling.parse.as_deref();
        let reading = Reading {
            marks: !handling.plain,
            // "client" is what updating defaults to; it is read strictly here, so that a bot says "none".
            words: handling.link_names || matches!(parse, Some("full" | "client")),
            bare: parse != Some("none"),
        };
        let shown = page.mrkdwn(text, reading);
        if blocks.is_empty() {
            page.lines.push(shown);
        } else {
            // With blocks, the text is only the notification: it calls people and links, but shows no marks.
            page.formatted.clear();
        }
        for block in blocks {
            page.block(block);
        }
        page
    }

    pub fn text(&self) -> String {
        self.lines.join("\n")
    }

    fn block(&mut self, block: &Value) {
        match block["type"].as_str().unwrap_or_default() {
            "section" => self.section(block),
            "header" => {
                let line = self.object(&block["text"]);
                self.lines.push(line);
            }
            "divider" => self.lines.push("---".to_owned()),
            "context" | "actions" => {
                let parts: Vec<String> = items(&block["elements"])
                    .iter()
                    .map(|e| self.element(e))
                    .collect();
                self.lines.push(parts.join(" "));
            }
            "input" => {
                let label = self.object(&block["label"]);
                let element = self.element(&block["element"]);
                self.lines.push(format!("{label}: {element}"));
                if block["hint"].is_object() {
                    let hint = self.object(&block["hint"]);
                    self.lines.push(hint);
                }
            }
            "image" => {
                let line = self.element(block);
                self.lines.push(line);
            }
            "rich_text" => self.rich_text(block),
            "markdown" => {
                // The markdown block honours Slack's tokens and links by itself.
                let line = self.mrkdwn(
                    words(block),
                    Reading {
                        marks: true,
                        words: true,
                        bare: true,
                    },
                );
                self.lines.push(line);
            }
            "container" => items(&block["child_blocks"])
                .iter()
                .for_each(|inner| self.block(inner)),
            "table" | "data_table" => self.table(block),
            _ => self.anything(block),
        }
    }

    fn section(&mut self, block: &Value) {
        let mut first = Vec::new();
        if block["text"].is_object() {
            first.push(self.object(&block["text"]));
        }
        if block["accessory"].is_object() {
            first.push(self.element(&block["accessory"]));
        }
        if !first.is_empty() {
            self.lines.push(first.join(" "));
        }
        for field in items(&block["fields"]) {
            let line = self.object(field);
            self.lines.push(line);
        }
    }

    /// A text object.
    fn object(&mut self, text: &Value) -> String {
        if text["type"] == "mrkdwn" {
            let live = text["verbatim"] != true;
            return self.mrkdwn(
                words(text),
                Reading {
                    marks: true,
                    words: live,
                    bare: live,
                },
            );
        }
        if text["emoji"] != false {
            let chars: Vec<char> = words(text).chars().collect();
            let emoji = marks::ranges(&chars)
                .into_iter()
                .filter(|range| range.style == Style::Emoji);
            let found = emoji.map(|range| chars[range.start..range.end].iter().collect::<String>());
            self.formatted.extend(found.map(|text| Formatted {
                style: Style::Emoji,
                text,
            }));
        }
        words(text).to_owned()
    }

    fn element(&mut self, element: &Value) -> String {
        let kind = element["type"].as_str().unwrap_or_default();
        match kind {
            "plain_text" | "mrkdwn" => self.object(element),
            "image" => format!("(image: {})", element["alt_text"].as_str().unwrap_or_default()),
            "button" | "workflow_button" => {
                let label = self.object(&element["text"]);
                // Read out, it is called by this, for whoever does not see where it stands.
                let read_out = element["accessibility_label"].as_str();
                self.buttons.push(read_out.unwrap_or(&label).to_owned());
                format!("[{label}]")
            }
            "overflow" => {
                self.offer(element);
                "[…]".to_owned()
            }
            "checkboxes" | "radio_buttons" => {
                let chosen = |option: &Value| {
                    option["value"] == element["initial_option"]["value"]
                        || items(&element["initial_options"])
                            .iter()
                            .any(|o| o["value"] == option["value"])
                };
                let boxes: Vec<String> = items(&element["options"])
                    .iter()
                    .map(|o| {
                        format!(
                            "[{}] {}",
                            if chosen(o) { "x" } else { " " },
                            self.object(&o["text"])
                        )
                    })
                    .collect();
                boxes.join(" ")
            }
            "users_select" if element["initial_user"].is_string() => {
                let id = element["initial_user"].as_str().unwrap_or_default();
                format!("[@{}]", self.world.user_name(id))
            }
            _ => {
                self.offer(element);
                let initial = [
                    &element["initial_value"],
                    &element["initial_date"],
                    &element["initial_option"]["text"]["text"],
                    &element["placeholder"]["text"],
                ];
                let shown = initial.into_iter().find_map(Value::as_str).unwrap_or_default();
                format!("[{shown}]")
            }
        }
    }

    fn offer(&mut self, element: &Value) {
        let grouped = items(&element["option_groups"])
            .iter()
            .flat_map(|group| items(&group["options"]));
        let offered = items(&element["options"]).iter().chain(grouped);
        self.choices
            .extend(offered.map(|option| words(&option["text"]).to_owned()));
    }

    fn table(&mut self, block: &Value) {
        for row in items(&block["rows"]) {
            let mut cells = Vec::new();
            for cell in items(row) {
                match cell["type"] == "rich_text" {
                    true => {
                        let before = self.lines.len();
                        self.rich_text(cell);
                        cells.push(self.lines.split_off(before).join(" "));
                    }
                    false => cells.push(words(cell).to_owned()),
                }
            }
            self.lines.push(cells.join(" | "));
        }
    }

    /// Blocks that are seldom sent: every text object in them, in order.
    fn anything(&mut self, value: &Value) {
        let is_text = matches!(value["type"].as_str(), Some("plain_text" | "mrkdwn"));
        match value {
            Value::Object(_) if is_text => {
                let line = self.object(value);
                self.lines.push(line);
            }
            Value::Object(_) if value["type"] == "button" => {
                let line = self.element(value);
                self.lines.push(line);
            }
            Value::Object(fields) => fields.values().for_each(|inner| self.anything(inner)),
            Value::Array(list) => list.iter().for_each(|inner| self.anything(inner)),
            _ => {}
        }
    }
}

fn items(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// Pictures and films unfurl by other rules than pages.
pub fn is_media(link: &str) -> bool {
    let path = link
        .split(['?', '#'])
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    let files = [".png", ".jpg", ".jpeg", ".gif", ".webp", ".mp4", ".mov", ".mp3"];
    let hosts = ["youtube.com/", "youtu.be/", "vimeo.com/"];
    files.iter().any(|ending| path.ends_with(ending)) || hosts.iter().any(|host| path.contains(host))
}
