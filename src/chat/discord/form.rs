//! Forms: as a modal where something is to be filled in, else as a message that only one person sees, with its buttons
//! below. A modal closes when it is sent and cannot lead to another one, so what follows is always such a message.

use std::collections::BTreeMap;

use serde_json::Value;
use serde_json::json;

use crate::chat::discord::markdown;
use crate::chat::discord::token;
use crate::domain::item::caps::Limit;
use crate::domain::press::action::FormToken;
use crate::domain::press::action::Upload;
use crate::domain::press::form::Form;
use crate::domain::press::form::FormPart;
use crate::domain::press::form::Lines;
use crate::domain::say::text::Locale;
use crate::domain::say::text::Seg;
use crate::domain::say::words;
use crate::domain::show::row::Told;

/// Only the one who pressed sees it.
pub const EPHEMERAL: u64 = 1 << 6;
const TITLE_UNITS: usize = 45;
const LABEL_UNITS: usize = 45;
const HINT_UNITS: usize = 100;
pub const INPUT_UNITS: usize = 4000;
const OPTION_UNITS: usize = 100;
const OPTIONS: usize = 25;
const SHOWN_UNITS: usize = 4000;
/// Two of these fit what all embeds of a message may hold together.
const PAGE_UNITS: usize = 2800;
const PAGES: usize = 2;
/// Escaped, it still fits a page.
const PIECE_UNITS: usize = 1300;
const BUTTON_UNITS: usize = 80;

/// How a form is shown.
pub enum Shown {
    Modal(Value),
    /// The first is the answer, the others follow it.
    Messages(Vec<Value>),
}

pub fn show(form: &Form) -> Shown {
    let asks = |part: &FormPart| {
        matches!(
            part,
            FormPart::Text { .. } | FormPart::Choice { .. } | FormPart::Date { .. } | FormPart::File { .. }
        )
    };
    if form.parts.iter().any(asks) {
        Shown::Modal(modal(form))
    } else {
        Shown::Messages(messages(&form.title, &form.parts, buttons(form)))
    }
}

fn modal(form: &Form) -> Value {
    let mut parts = Vec::new();
    let mut said: Vec<String> = Vec::new();
    for part in &form.parts {
        match part {
            FormPart::Say(text) => said.push(markdown::text(text)),
            FormPart::Quote(text) => said.push(markdown::quote(text)),
            FormPart::Rule => {}
            input => {
                parts.extend(display(&mut said));
                parts.extend(field(input));
            }
        }
    }
    parts.extend(display(&mut said));
    json!({
        "custom_id": token::submit(&form.token),
        "title": words::short_line(&form.title, TITLE_UNITS),
        "components": parts,
    })
}

/// What is only to be read, in one piece: a modal holds five.
fn display(said: &mut Vec<String>) -> Option<Value> {
    let text = markdown::fit(&said.join("\n"), SHOWN_UNITS);
    said.clear();
    (!text.trim().is_empty()).then(|| json!({ "type": 10, "content": text }))
}

fn field(part: &FormPart) -> Option<Value> {
    let (label, hint, component) = match part {
        FormPart::Text {
            key,
            label,
            hint,
            placeholder,
            initial,
            lines,
            limit,
            required,
        } => {
            let most = most_units(*limit, initial.as_deref());
            let mut input = json!({
                "type": 4,
                "custom_id": key,
                "style": if *lines == Lines::Many { 2 } else { 1 },
                "max_length": most,
                "required": required,
            });
            if let Some(placeholder) = placeholder {
                input["placeholder"] = json!(words::short_line(placeholder, HINT_UNITS));
            }
            if let Some(initial) = initial.as_deref().filter(|i| !i.is_empty()) {
                input["value"] = json!(words::cut(initial, most, usize::MAX));
            }
            (label, hint.as_deref(), input)
        }
        FormPart::Choice {
            key,
            label,
            options,
            initial,
        } => (label, None, select(key, options, initial.as_deref())),
        FormPart::Date {
            key,
            label,
            coming,
            initial,
        } => (label, None, select(key, coming, initial.as_deref())),
        FormPart::File { key, label, hint } => {
            let upload =
                json!({ "type": 19, "custom_id": key, "min_values": 1, "max_values": 1, "required": true });
            (label, Some(hint.as_str()), upload)
        }
        FormPart::Say(_) | FormPart::Quote(_) | FormPart::Rule => return None,
    };
    let mut field = json!({
        "type": 18,
        "label": words::short_line(label, LABEL_UNITS),
        "component": component,
    });
    if let Some(hint) = hint {
        field["description"] = json!(words::short_line(hint, HINT_UNITS));
    }
    Some(field)
}

/// What Discord lets somebody type. A unit is at least a byte, so a limit in bytes is never stricter like this than it
/// is; what still is too long is said when it is sent. Nothing that was typed before is cut off by it.
fn most_units(limit: Option<Limit>, initial: Option<&str>) -> usize {
    let typed = initial.map_or(0, markdown::units);
    let most = limit.map_or(INPUT_UNITS, |limit| limit.max.max(typed));
    most.clamp(1, INPUT_UNITS)
}

fn select(key: &str, options: &[(String, String)], initial: Option<&str>) -> Value {
    let options: Vec<Value> = options
        .iter()
        .take(OPTIONS)
        .map(|(value, label)| {
            json!({
                "label": words::short_line(label, OPTION_UNITS),
                "value": value,
                "default": Some(value.as_str()) == initial,
            })
        })
        .collect();
    json!({ "type": 3, "custom_id": key, "options": options, "required": true })
}

fn buttons(form: &Form) -> Vec<Value> {
    let Some(submit) = &form.submit else {
        return Vec::new();
    };
    // A preview leads back to writing; a question can only be left.
    let back = match form.token.step {
        crate::domain::press::form::FormStep::Preview => token::again(&form.token),
        _ => token::CLOSE.to_owned(),
    };
    vec![
        button(submit, &token::submit(&form.token), 3),
        button(&form.close, &back, 2),
    ]
}

fn button(label: &str, custom_id: &str, style: u8) -> Value {
    json!({
        "type": 2,
        "style": style,
        "label": words::short_line(label, BUTTON_UNITS),
        "custom_id": custom_id,
    })
}

/// A form that was sent and cannot be taken: what is wrong, the words that were typed, and the way back to them.
pub fn faults(
    locale: Locale,
    form: &FormToken,
    sentences: &BTreeMap<String, String>,
    typed: &BTreeMap<String, String>,
) -> Vec<Value> {
    let said = sentences
        .values()
        .map(|s| FormPart::Say(vec![Seg::Text(s.clone())]));
    let mut parts: Vec<FormPart> = said.collect();
    if let Some(text) = typed.get("text").filter(|t| !t.trim().is_empty()) {
        parts.push(FormPart::Say(locale.say("told-your-text", &[])));
        parts.extend(
            words::pieces(&words::stored(text), PIECE_UNITS)
                .into_iter()
                .map(|p| FormPart::Quote(p.to_owned())),
        );
    }
    let again = button(&locale.lang.text("button-write-on", &[]), &token::again(form), 1);
    messages("", &parts, vec![again])
}

/// One private sentence; in place of a form it takes the form's buttons away.
pub fn sentence(text: &[Seg]) -> Value {
    private(&[crate::chat::discord::message::said(text)], "", &[])
}

/// The same with what it lists and offers.
pub fn told(told: &Told) -> Value {
    let mut message = private(&[crate::chat::discord::message::told(told)], "", &[]);
    let rows = crate::chat::discord::message::below_told(told);
    if !rows.is_empty() {
        message["components"] = json!(rows);
    }
    message
}

fn messages(title: &str, parts: &[FormPart], buttons: Vec<Value>) -> Vec<Value> {
    let pages = pages(parts);
    let groups: Vec<&[String]> = pages.chunks(PAGES).collect();
    let last = groups.len().saturating_sub(1);
    groups
        .iter()
        .enumerate()
        .map(|(i, group)| {
            let title = if i == 0 { title } else { "" };
            let buttons: &[Value] = if i == last { &buttons } else { &[] };
            private(group, title, buttons)
        })
        .collect()
}

fn private(pages: &[String], title: &str, buttons: &[Value]) -> Value {
    let embeds: Vec<Value> = pages
        .iter()
        .enumerate()
        .map(|(i, page)| {
            let mut embed = json!({ "description": page });
            if i == 0 && !title.is_empty() {
                embed["title"] = json!(markdown::fit(&markdown::escape(title), 256));
            }
            embed
        })
        .collect();
    let rows = if buttons.is_empty() {
        json!([])
    } else {
        json!([{ "type": 1, "components": buttons }])
    };
    json!({
        "embeds": embeds,
        "components": rows,
        "flags": EPHEMERAL,
        "allowed_mentions": { "parse": [] },
    })
}

/// As few pages as hold it all.
fn pages(parts: &[FormPart]) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for part in parts {
        match part {
            FormPart::Say(text) => lines.push(markdown::fit(&markdown::text(text), PAGE_UNITS)),
            FormPart::Quote(text) => {
                for line in text.split('\n') {
                    let pieces = words::pieces(line, PIECE_UNITS);
                    if pieces.is_empty() {
                        lines.push("> ".to_owned());
                    }
                    lines.extend(pieces.into_iter().map(markdown::quote));
                }
            }
            FormPart::Rule => lines.push(String::new()),
            FormPart::Text { .. }
            | FormPart::Choice { .. }
            | FormPart::Date { .. }
            | FormPart::File { .. } => {}
        }
    }
    let mut pages = vec![String::new()];
    for line in lines {
        let full = pages
            .last()
            .is_some_and(|page| markdown::units(page) + markdown::units(&line) + 1 > PAGE_UNITS);
        if full {
            pages.push(String::new());
        }
        if let Some(page) = pages.last_mut() {
            if !page.is_empty() {
                page.push('\n');
            }
            page.push_str(&line);
        }
    }
    pages
        .into_iter()
        .map(|page| {
            if page.trim().is_empty() {
                "–".to_owned()
            } else {
                page
            }
        })
        .collect()
}

/// What was filled in, flat, however the modal wraps its fields. What we do not know is left out, not an error.
pub fn values(data: &Value) -> BTreeMap<String, String> {
    let mut out = BTreeMap::new();
    gather(data.get("components").unwrap_or(&Value::Null), 0, &mut out);
    out
}

fn gather(value: &Value, depth: usize, out: &mut BTreeMap<String, String>) {
    // Modals nest two deep; what is deeper is not a modal of ours.
    if depth > 6 {
        return;
    }
    if let Some(list) = value.as_array() {
        for inner in list {
            gather(inner, depth + 1, out);
        }
        return;
    }
    if let Some(key) = value.get("custom_id").and_then(Value::as_str) {
        let chosen = value.pointer("/values/0").or_else(|| value.get("value"));
        if let Some(chosen) = chosen.and_then(Value::as_str) {
            out.insert(key.to_owned(), chosen.to_owned());
        }
    }
    for inner in ["component", "components"] {
        if let Some(inner) = value.get(inner) {
            gather(inner, depth + 1, out);
        }
    }
}

/// What was handed in by a field for a file: the field has its id, the rest stands beside.
pub fn handed(data: &Value, key: &str) -> Option<Upload> {
    let id = values(data).remove(key)?;
    let file = data.pointer("/resolved/attachments")?.get(&id)?;
    let word = |name: &str| file.get(name).and_then(Value::as_str).filter(|w| !w.is_empty());
    Some(Upload {
        name: word("filename").unwrap_or(&id).to_owned(),
        size: file.get("size").and_then(Value::as_u64).unwrap_or(0),
        place: word("url")?.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_in_every_wrapping() {
        let data = json!({ "components": [
            { "type": 10, "id": 1 },
            { "type": 18, "component": { "type": 4, "custom_id": "text", "value": "Hallo" } },
            { "type": 18, "component": { "type": 3, "custom_id": "reason", "values": ["spam"] } },
            { "type": 1, "components": [{ "type": 4, "custom_id": "old", "value": "auch" }] },
            { "type": 99, "something": { "new": true } },
            null,
        ]});
        let found = values(&data);
        assert_eq!(found.get("text").map(String::as_str), Some("Hallo"));
        assert_eq!(found.get("reason").map(String::as_str), Some("spam"));
        assert_eq!(found.get("old").map(String::as_str), Some("auch"));
        assert_eq!(found.len(), 3);
    }

    #[test]
    fn a_file_is_named_in_its_field_and_told_beside_it() {
        let mut data = json!({
            "components": [{ "type": 18, "component": { "type": 19, "custom_id": "file", "values": ["13"] } }],
            "resolved": { "attachments": { "13": { "id": "13", "filename": "a.csv", "size": 12, "url": "https://x.example/a.csv" } } },
        });
        let found = handed(&data, "file").unwrap();
        assert_eq!(
            (found.name.as_str(), found.size, found.place.as_str()),
            ("a.csv", 12, "https://x.example/a.csv")
        );
        data["resolved"] = json!(null);
        assert_eq!(handed(&data, "file"), None);
        assert_eq!(handed(&json!({ "components": [] }), "file"), None);
    }

    #[test]
    fn a_field_takes_what_the_source_takes_and_never_cuts_what_was_typed() {
        use crate::domain::item::caps::Unit;
        let limit = |max| {
            Some(Limit {
                unit: Unit::Chars,
                max,
            })
        };
        assert_eq!(most_units(None, None), INPUT_UNITS);
        assert_eq!(most_units(limit(500), None), 500);
        assert_eq!(
            most_units(limit(500), Some(&"x".repeat(620))),
            620,
            "a draft is kept"
        );
        assert_eq!(most_units(limit(9_000), None), INPUT_UNITS, "Discord's own limit");
        assert_eq!(most_units(limit(0), None), 1);
    }

    #[test]
    fn a_long_text_is_shown_whole_and_every_page_fits() {
        for text in [
            "x".repeat(20_000),
            "*".repeat(9_000),
            "\n".repeat(3_000),
            "👨‍👩‍👧".repeat(900),
        ] {
            let messages = messages("Ganzer Text", &[FormPart::Quote(text.clone())], vec![]);
            let mut shown = String::new();
            for message in &messages {
                let pages = message["embeds"].as_array().unwrap();
                let all: usize = pages
                    .iter()
                    .map(|e| markdown::units(e["description"].as_str().unwrap()))
                    .sum();
                assert!(all + 256 <= 6000, "{all}");
                for page in pages {
                    shown.push_str(page["description"].as_str().unwrap());
                }
            }
            let kept = shown.replace(['\\', '\n', ' '], "").replace(['>', '–'], "");
            assert_eq!(kept, text.replace('\n', ""));
        }
    }
}
