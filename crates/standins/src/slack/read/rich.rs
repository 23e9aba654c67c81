//! rich_text as a person reads it. Its text elements are never read for marks or tokens; only elements of their
//! own kind call, link or format.

use serde_json::Value;

use super::marks::{Formatted, Style};
use super::page::Page;
use super::words;

impl Page<'_> {
    pub fn rich_text(&mut self, block: &Value) {
        for part in parts(block) {
            match part["type"].as_str() {
                Some("rich_text_list") => self.list(part),
                kind => {
                    let text = self.line(part);
                    let style = match kind {
                        Some("rich_text_quote") => Some(Style::Quote),
                        Some("rich_text_preformatted") => Some(Style::Preformatted),
                        _ => None,
                    };
                    if let Some(style) = style {
                        self.formatted.push(Formatted {
                            style,
                            text: text.clone(),
                        });
                    }
                    self.lines.push(text.trim_end_matches('\n').to_owned());
                }
            }
        }
    }

    fn list(&mut self, part: &Value) {
        let ordered = part["style"] == "ordered";
        for (n, item) in parts(part).iter().enumerate() {
            let text = self.line(item);
            self.formatted.push(Formatted {
                style: Style::List,
                text: text.clone(),
            });
            let bullet = if ordered {
                format!("{}.", n + 1)
            } else {
                "•".to_owned()
            };
            self.lines.push(format!("{bullet} {text}"));
        }
    }

    fn line(&mut self, part: &Value) -> String {
        parts(part).iter().map(|leaf| self.leaf(leaf)).collect()
    }

    fn leaf(&mut self, leaf: &Value) -> String {
        let text = |key: &str| leaf[key].as_str().unwrap_or_default().to_owned();
        let shown = match leaf["type"].as_str().unwrap_or_default() {
            "user" => self.user(&text("user_id")),
            "usergroup" => self.group(&text("usergroup_id")),
            "channel" => self.channel(&text("channel_id")),
            "broadcast" => self.broadcast(&text("range")),
            "link" => {
                let label = leaf["text"].as_str().map(str::to_owned);
                self.link(text("url"), label)
            }
            "emoji" => {
                let shown = format!(":{}:", text("name"));
                self.formatted.push(Formatted {
                    style: Style::Emoji,
                    text: shown.clone(),
                });
                shown
            }
            "date" => {
                if let Some(url) = leaf["url"].as_str() {
                    self.link(url.to_owned(), None);
                }
                let shown = leaf["fallback"].as_str().unwrap_or("(date)").to_owned();
                self.formatted.push(Formatted {
                    style: Style::Date,
                    text: shown.clone(),
                });
                shown
            }
            _ => words(leaf).to_owned(),
        };
        let styles = [
            ("bold", Style::Bold),
            ("italic", Style::Italic),
            ("strike", Style::Strike),
            ("code", Style::Code),
        ];
        for (key, style) in styles {
            if leaf["style"][key] == true {
                self.formatted.push(Formatted {
                    style,
                    text: shown.clone(),
                });
            }
        }
        shown
    }
}

fn parts(value: &Value) -> &[Value] {
    value["elements"].as_array().map_or(&[], Vec::as_slice)
}
