//! A message or a form as it stands before a person's eyes, gathered from all its parts.

use chrono::DateTime;
use chrono::Utc;
use serde_json::Value;

use super::markdown;
use super::markdown::Formatted;
use crate::discord::state::Message;
use crate::discord::state::Modal;
use crate::discord::state::World;

const SUPPRESS_EMBEDS: u64 = 1 << 2;

pub struct Page<'a> {
    world: &'a World,
    now: DateTime<Utc>,
    lines: Vec<String>,
    pub buttons: Vec<String>,
    pub choices: Vec<String>,
    pub links: Vec<String>,
    pub unfurls: Vec<String>,
    pub formatted: Vec<Formatted>,
}

impl<'a> Page<'a> {
    fn empty(world: &'a World, now: DateTime<Utc>) -> Self {
        Self {
            world,
            now,
            lines: Vec::new(),
            buttons: Vec::new(),
            choices: Vec::new(),
            links: Vec::new(),
            unfurls: Vec::new(),
            formatted: Vec::new(),
        }
    }

    pub fn of(world: &'a World, message: &Message, now: DateTime<Utc>) -> Self {
        let mut page = Self::empty(world, now);
        page.markdown(&message.content);
        if message.flags & SUPPRESS_EMBEDS == 0 {
            page.unfurls = page.links.clone();
            message.embeds.iter().for_each(|embed| page.embed(embed));
        }
        page.components(&message.components);
        page
    }

    pub fn of_modal(world: &'a World, modal: &Modal, now: DateTime<Utc>) -> Self {
        let mut page = Self::empty(world, now);
        page.plain(&modal.title);
        page.components(&modal.components);
        page
    }

    pub fn text(&self) -> String {
        self.lines.join("\n")
    }

    fn plain(&mut self, text: &str) {
        if !text.is_empty() {
            self.lines.push(text.to_owned());
        }
    }

    fn markdown(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        let read = markdown::read(self.world, text, self.now);
        self.lines.push(read.text);
        self.formatted.extend(read.formatted);
        for link in read.links {
            if !self.links.contains(&link) {
                self.links.push(link);
            }
        }
    }

    fn embed(&mut self, embed: &Value) {
        let text = |of: &Value| of.as_str().unwrap_or_default().to_owned();
        self.plain(&text(&embed["author"]["name"]));
        self.markdown(&text(&embed["title"]));
        for key in [&embed["url"], &embed["author"]["url"]] {
            if let Some(url) = key.as_str()
                && !self.links.contains(&url.to_owned())
            {
                self.links.push(url.to_owned());
            }
        }
        self.markdown(&text(&embed["description"]));
        for field in embed["fields"].as_array().into_iter().flatten() {
            self.markdown(&text(&field["name"]));
            self.markdown(&text(&field["value"]));
        }
        self.plain(&text(&embed["footer"]["text"]));
    }

    fn components(&mut self, list: &[Value]) {
        for component in list {
            self.component(component);
        }
    }

    fn component(&mut self, component: &Value) {
        let inner = component["components"].as_array().map_or(&[][..], Vec::as_slice);
        match component["type"].as_u64() {
            Some(1) => {
                let words: Vec<String> = inner.iter().map(|c| self.control(c)).collect();
                self.lines.push(words.join(" "));
            }
            Some(9) => {
                self.components(inner);
                let accessory = &component["accessory"];
                if accessory["type"] == 2 {
                    let words = self.control(accessory);
                    self.lines.push(words);
                }
            }
            Some(10) => self.markdown(component["content"].as_str().unwrap_or_default()),
            Some(17) => self.components(inner),
            Some(18) => {
                self.plain(component["label"].as_str().unwrap_or_default());
                self.plain(component["description"].as_str().unwrap_or_default());
                let words = self.control(&component["component"]);
                self.lines.push(words);
            }
            _ => {}
        }
    }

    /// Words in brackets.
    fn control(&mut self, control: &Value) -> String {
        let text = |key: &str| control[key].as_str().unwrap_or_default().to_owned();
        if control["type"] == 2 {
            let emoji = control["emoji"]["name"].as_str().unwrap_or_default();
            let label = text("label");
            let words = [emoji, &label].into_iter().filter(|part| !part.is_empty());
            let words = words.collect::<Vec<_>>().join(" ");
            if control["disabled"] == true {
                return format!("({words})");
            }
            self.buttons.push(words.clone());
            return format!("[{words}]");
        }
        for option in control["options"].as_array().into_iter().flatten() {
            self.choices
                .push(option["label"].as_str().unwrap_or_default().to_owned());
        }
        match control["type"].as_u64() {
            Some(4) => {
                let label = text("label");
                let value = text("value");
                let shown = if value.is_empty() {
                    text("placeholder")
                } else {
                    value
                };
                if label.is_empty() {
                    format!("[{shown}]")
                } else {
                    format!("{label} [{shown}]")
                }
            }
            _ => format!("[{} ▾]", text("placeholder")),
        }
    }
}
