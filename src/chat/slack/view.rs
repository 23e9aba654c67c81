//! Forms as modals, and what people filled in as values. A field's block id is its key, so values and faults find
//! their field whatever else the modal holds.

use std::collections::BTreeMap;

use serde_json::Value;
use serde_json::json;

use crate::chat::slack::blocks;
use crate::chat::slack::segments;
use crate::domain::press::form::Form;
use crate::domain::press::form::FormPart;
use crate::domain::press::form::Lines;
use crate::domain::say::words;

const TITLE_UNITS: usize = 24;
pub const INPUT_UNITS: usize = 3000;
const OPTION_UNITS: usize = 75;

pub fn modal(form: &Form) -> Value {
    let parts: Vec<Value> = form.parts.iter().map(part).collect();
    let mut view = json!({
        "type": "modal",
        "callback_id": "zeitnah",
        "private_metadata": serde_json::to_string(&form.token).unwrap_or_default(),
        "title": segments::plain_text(&words::short_line(&form.title, TITLE_UNITS)),
        "close": segments::plain_text(&words::short_line(&form.close, TITLE_UNITS)),
        "blocks": parts,
    });
    if let Some(submit) = &form.submit {
        view["submit"] = segments::plain_text(&words::short_line(submit, TITLE_UNITS));
    }
    if form.token.lease.is_some() {
        // Then an empty form gives back what it took.
        view["notify_on_close"] = json!(true);
    }
    view
}

fn part(part: &FormPart) -> Value {
    match part {
        FormPart::Say(text) => blocks::rich_text(vec![blocks::section(segments::rich(text))]),
        FormPart::Quote(text) => blocks::rich_text(vec![blocks::quote(text)]),
        FormPart::Rule => json!({ "type": "divider" }),
        FormPart::Text {
            key,
            label,
            hint,
            placeholder,
            initial,
            lines,
            limit: _,
            required,
        } => {
            let mut element = json!({
                "type": "plain_text_input",
                "action_id": key,
                "multiline": *lines == Lines::Many,
                "max_length": INPUT_UNITS,
            });
            if let Some(placeholder) = placeholder {
                element["placeholder"] = segments::plain_text(&words::short_line(placeholder, 150));
            }
            if let Some(initial) = initial.as_deref().filter(|i| !i.is_empty()) {
                element["initial_value"] = json!(words::cut(initial, INPUT_UNITS, usize::MAX));
            }
            input(key, label, hint.as_deref(), element, *required)
        }
        FormPart::Choice {
            key,
            label,
            options,
            initial,
        } => {
            let all: Vec<Value> = options
                .iter()
                .take(100)
                .map(|(value, label)| option(value, label))
                .collect();
            let first = options.iter().find(|(value, _)| Some(value) == initial.as_ref());
            let mut element = json!({ "type": "static_select", "action_id": key, "options": all });
            if let Some((value, label)) = first {
                element["initial_option"] = option(value, label);
            }
            input(key, label, None, element, true)
        }
        FormPart::File { key, label, hint } => {
            let element = json!({ "type": "file_input", "action_id": key, "max_files": 1 });
            input(key, label, Some(hint), element, true)
        }
        FormPart::Date {
            key, label, initial, ..
        } => {
            let mut element = json!({ "type": "datepicker", "action_id": key });
            if let Some(initial) = initial {
                element["initial_date"] = json!(initial);
            }
            input(key, label, None, element, false)
        }
    }
}

fn input(key: &str, label: &str, hint: Option<&str>, element: Value, required: bool) -> Value {
    let mut block = json!({
        "type": "input",
        "block_id": key,
        "label": segments::plain_text(label),
        "element": element,
        "optional": !required,
    });
    if let Some(hint) = hint {
        block["hint"] = segments::plain_text(hint);
    }
    block
}

fn option(value: &str, label: &str) -> Value {
    json!({ "text": segments::plain_text(&words::short_line(label, OPTION_UNITS)), "value": value })
}

/// `state.values` of a submitted modal, flat. What we do not know is left out, not an error.
pub fn values(view: &Value) -> BTreeMap<String, String> {
    let blocks = view.pointer("/state/values").and_then(Value::as_object);
    blocks
        .into_iter()
        .flatten()
        .filter_map(|(key, elements)| {
            // One element in a field's block.
            let element = elements.as_object()?.values().next()?;
            let places = [
                "/value",
                "/selected_option/value",
                "/selected_date",
                "/selected_user",
            ];
            let value = places
                .iter()
                .find_map(|p| element.pointer(p))
                .and_then(Value::as_str)?;
            Some((key.clone(), value.to_owned()))
        })
        .collect()
}
