//! Blocks that came late to Slack or that zeitnah seldom sends. Their limits are checked as well; their rarer
//! fields are not.

use serde_json::{Map, Value};

use super::{Check, Need, Surface, length};

impl Check {
    pub(super) fn newer(&mut self, at: &str, kind: &str, fields: &Map<String, Value>) {
        match kind {
            "alert" if self.surface == Surface::Message => {
                self.say(at, "unsupported type: alert");
            }
            "alert" => self.any_text(at, fields, "text", Need::Must, 200),
            "card" => self.card(at, fields),
            "carousel" => {
                for (n, card) in self
                    .list(at, fields, "elements", Need::Must, 1, 10)
                    .iter()
                    .enumerate()
                {
                    self.block(&format!("{at}/elements/{n}"), card);
                }
            }
            "container" => {
                self.any_text(at, fields, "title", Need::May, 150);
                self.any_text(at, fields, "subtitle", Need::May, 150);
                let inner = self.list(at, fields, "child_blocks", Need::Must, 1, 10);
                self.blocks(&format!("{at}/child_blocks"), inner);
            }
            "context_actions" => self.context_actions(at, fields),
            "table" => self.table(at, fields),
            "data_table" => self.data_table(at, fields),
            "data_visualization" => self.chart(at, fields),
            "video" => self.video(at, fields),
            "task_card" | "plan" => self.string(at, fields, "title", Need::Must, 3000),
            "file" => self.string(at, fields, "external_id", Need::Must, 255),
            _ => self.say(at, format_args!("unsupported type: {kind}")),
        }
    }

    fn card(&mut self, at: &str, fields: &Map<String, Value>) {
        self.any_text(at, fields, "title", Need::May, 150);
        self.any_text(at, fields, "subtitle", Need::May, 150);
        self.any_text(at, fields, "body", Need::May, 200);
        self.any_text(at, fields, "subtext", Need::May, 200);
        for (n, action) in self
            .list(at, fields, "actions", Need::May, 0, 3)
            .iter()
            .enumerate()
        {
            let here = format!("{at}/actions/{n}");
            if let Some(button) = self.object(&here, action) {
                self.kind(&here, "button", button);
            }
        }
    }

    fn context_actions(&mut self, at: &str, fields: &Map<String, Value>) {
        for (n, element) in self
            .list(at, fields, "elements", Need::Must, 1, 5)
            .iter()
            .enumerate()
        {
            let here = format!("{at}/elements/{n}");
            let Some(element) = self.object(&here, element) else {
                continue;
            };
            match element.get("type").and_then(Value::as_str) {
                Some("feedback_buttons") => {
                    for side in ["positive_button", "negative_button"] {
                        let here = format!("{here}/{side}");
                        match element.get(side).and_then(Value::as_object) {
                            Some(button) => self.feedback(&here, button),
                            None => self.say(&here, "missing required field"),
                        }
                    }
                }
                Some("icon_button") => {
                    self.plain(&here, element, "text", Need::Must, 75);
                    self.list(&here, element, "visible_to_user_ids", Need::May, 0, 10);
                }
                kind => self.say(
                    &here,
                    format_args!("unsupported type: {}", kind.unwrap_or_default()),
                ),
            }
        }
    }

    fn feedback(&mut self, at: &str, button: &Map<String, Value>) {
        self.plain(at, button, "text", Need::Must, 75);
        self.string(at, button, "value", Need::Empty, 2000);
        self.string(at, button, "accessibility_label", Need::May, 75);
    }

    fn table(&mut self, at: &str, fields: &Map<String, Value>) {
        let rows = self.list(at, fields, "rows", Need::Must, 1, 100);
        let widths: Vec<usize> = rows
            .iter()
            .map(|row| row.as_array().map_or(0, Vec::len))
            .collect();
        let Some(width) = widths.first().copied() else {
            return;
        };
        if width > 20 {
            self.say(at, "no more than 20 columns allowed");
        }
        if widths.iter().any(|other| *other != width) {
            self.say(at, "every row must have the same number of cells");
        }
        let settings = self.list(at, fields, "column_settings", Need::May, 0, 20);
        if !settings.is_empty() && settings.len() != width {
            self.say(at, "column_settings must match the number of columns");
        }
    }

    fn data_table(&mut self, at: &str, fields: &Map<String, Value>) {
        let rows = self.list(at, fields, "rows", Need::Must, 2, 201);
        self.range(at, fields, "page_size", 1, 100);
        let mut content = 0;
        for (n, row) in rows.iter().enumerate() {
            let here = format!("{at}/rows/{n}");
            let cells = row.as_array().map_or(&[][..], Vec::as_slice);
            self.count(&here, cells.len(), 1, 20);
            for cell in cells {
                let text = cell["text"].as_str().unwrap_or_default();
                if text.is_empty() && cell["type"] != "rich_text" {
                    self.say(&here, "must be more than 0 characters");
                }
                content += length(text);
            }
        }
        if content > 20_000 {
            self.say(at, "must be less than 20001 characters");
        }
    }

    fn chart(&mut self, at: &str, fields: &Map<String, Value>) {
        self.string(at, fields, "title", Need::Must, 50);
        let here = format!("{at}/chart");
        let Some(chart) = fields.get("chart").and_then(Value::as_object) else {
            return self.say(at, "missing required field: chart");
        };
        if chart.get("type").is_some_and(|kind| kind == "pie") {
            for (n, segment) in self
                .list(&here, chart, "segments", Need::Must, 1, 12)
                .iter()
                .enumerate()
            {
                self.point(&format!("{here}/segments/{n}"), segment);
                if segment["value"].as_f64().is_none_or(|value| value <= 0.0) {
                    self.say(&here, "segment value must be above 0");
                }
            }
            return;
        }
        for (n, series) in self
            .list(&here, chart, "series", Need::Must, 1, 12)
            .iter()
            .enumerate()
        {
            let here = format!("{here}/series/{n}");
            if let Some(series) = self.object(&here, series) {
                self.string(&here, series, "name", Need::Must, 20);
                for (n, point) in self
                    .list(&here, series, "data", Need::Must, 1, 20)
                    .iter()
                    .enumerate()
                {
                    self.point(&format!("{here}/data/{n}"), point);
                }
            }
        }
        let Some(axis) = chart.get("axis_config").and_then(Value::as_object) else {
            return self.say(&here, "missing required field: axis_config");
        };
        self.string(&here, axis, "x_label", Need::May, 50);
        self.string(&here, axis, "y_label", Need::May, 50);
        for label in self.list(&here, axis, "categories", Need::Must, 1, 20) {
            self.long(&here, label.as_str().unwrap_or_default(), 1, 20);
        }
    }

    fn point(&mut self, at: &str, point: &Value) {
        if let Some(point) = self.object(at, point) {
            self.string(at, point, "label", Need::Must, 20);
        }
    }

    fn video(&mut self, at: &str, fields: &Map<String, Value>) {
        self.string(at, fields, "alt_text", Need::Must, 200);
        self.plain(at, fields, "title", Need::Must, 200);
        self.plain(at, fields, "description", Need::May, 200);
        self.string(at, fields, "author_name", Need::May, 50);
        self.string(at, fields, "provider_name", Need::May, 50);
        self.url(at, fields, "video_url", Need::Must, 3000);
        self.url(at, fields, "thumbnail_url", Need::Must, 3000);
    }
}
