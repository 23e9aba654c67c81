//! Buttons, menus and what they stand in: the older kind of message (rows below content and embeds) and the newer
//! one, where components are all there is.

use std::collections::BTreeSet;

use serde_json::Value;
use serde_json::json;

use super::Form;
use super::join;
use super::length;

pub const ROW: u64 = 1;
pub const BUTTON: u64 = 2;
pub const STRING_SELECT: u64 = 3;
pub const TEXT_INPUT: u64 = 4;
const MOST_NEW: usize = 40;
const MOST_TEXT: usize = 4_000;
const LINKS: [&str; 3] = ["http", "https", "discord"];

/// What has to hold over all components of one message or form.
#[derive(Default)]
pub struct Seen {
    custom_ids: BTreeSet<String>,
    count: usize,
    text: usize,
}

pub fn of_message(form: &mut Form, list: &[Value], newer: bool) {
    let mut seen = Seen::default();
    for (n, component) in list.iter().enumerate() {
        let at = format!("components.{n}");
        match component["type"].as_u64() {
            Some(ROW) => row(form, component, &at, &mut seen),
            Some(kind) if newer && (9..=17).contains(&kind) => new(form, component, &at, &mut seen),
            _ => form.choice(
                &join(&at, "type"),
                if newer { "1, 9, 10, 12, 13, 14, 17" } else { "1" },
            ),
        }
    }
    if !newer && list.len() > 5 {
        form.fault(
            "components",
            "BASE_TYPE_BAD_LENGTH",
            "Must be between 1 and 5 in length.",
        );
    }
    if newer && seen.count > MOST_NEW {
        let message = format!("Must be {MOST_NEW} or fewer components in total.");
        form.fault("components", "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED", message);
    }
    if newer && seen.text > MOST_TEXT {
        let message = format!("Displayable text size exceeds maximum size of {MOST_TEXT}");
        form.fault("components", "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED", message);
    }
}

fn row(form: &mut Form, row: &Value, at: &str, seen: &mut Seen) {
    seen.count += 1;
    let inner = form.list(row, at, "components", (1, 5));
    let menus = inner
        .iter()
        .filter(|c| c["type"].as_u64() != Some(BUTTON))
        .count();
    if menus > 0 && inner.len() > 1 {
        let message = "The specified component exceeds the maximum width";
        form.fault(
            &join(at, "components"),
            "COMPONENT_LAYOUT_WIDTH_EXCEEDED",
            message,
        );
    }
    for (n, component) in inner.iter().enumerate() {
        let at = format!("{at}.components.{n}");
        seen.count += 1;
        match component["type"].as_u64() {
            Some(BUTTON) => button(form, component, &at, seen),
            Some(STRING_SELECT | 5..=8) => select(form, component, &at, seen),
            _ => form.choice(&join(&at, "type"), "2, 3, 5, 6, 7, 8"),
        }
    }
}

fn button(form: &mut Form, button: &Value, at: &str, seen: &mut Seen) {
    let label = form.text(button, at, "label", (0, 80), false);
    let emoji = emoji(form, &button["emoji"], &join(at, "emoji"));
    let has_url = !button["url"].is_null();
    let has_id = !button["custom_id"].is_null();
    match button["style"].as_u64() {
        Some(1..=4) => {
            custom_id(form, button, at, seen);
            if has_url {
                let message = "A custom id and url cannot both be specified";
                form.fault(
                    &join(at, "url"),
                    "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE",
                    message,
                );
            }
        }
        Some(5) => {
            if !form.url(button, at, "url", 512, &LINKS) {
                let message = "A url is required";
                form.fault(at, "BUTTON_COMPONENT_URL_REQUIRED", message);
            }
            if has_id {
                let message = "A custom id and url cannot both be specified";
                form.fault(at, "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE", message);
            }
        }
        Some(6) => {}
        _ => form.choice(&join(at, "style"), "1, 2, 3, 4, 5, 6"),
    }
    if label.is_none_or(|label| label.trim().is_empty()) && !emoji && button["style"] != 6 {
        let message = "A button must have a label or emoji";
        form.fault(at, "BUTTON_COMPONENT_LABEL_OR_EMOJI_REQUIRED", message);
    }
}

/// Whether there is one.
fn emoji(form: &mut Form, emoji: &Value, at: &str) -> bool {
    if emoji.is_null() {
        return false;
    }
    let own = super::is_snowflake(&emoji["id"]);
    let name = emoji["name"].as_str().unwrap_or_default();
    // A picture character is never plain ASCII, but for the keys with a mark on them.
    let picture = !name.is_empty() && length(name) <= 32 && !name.is_ascii();
    if !own && !picture {
        form.fault(&join(at, "name"), "COMPONENT_INVALID_EMOJI", "Invalid emoji");
    }
    true
}

pub fn custom_id(form: &mut Form, of: &Value, at: &str, seen: &mut Seen) {
    let Some(id) = form.text(of, at, "custom_id", (1, 100), true) else {
        return;
    };
    if !seen.custom_ids.insert(id.to_owned()) {
        let message = "Component custom id cannot be duplicated";
        form.fault(&join(at, "custom_id"), "COMPONENT_CUSTOM_ID_DUPLICATED", message);
    }
}

pub fn select(form: &mut Form, menu: &Value, at: &str, seen: &mut Seen) {
    custom_id(form, menu, at, seen);
    form.text(menu, at, "placeholder", (0, 150), false);
    let least = form.number(menu, at, "min_values", 0, 25).unwrap_or(1);
    let most = form.number(menu, at, "max_values", 1, 25).unwrap_or(1);
    if least > most {
        let message = format!("int value should be less than or equal to {most}.");
        form.fault(&join(at, "min_values"), "NUMBER_TYPE_MAX", message);
    }
    if menu["type"].as_u64() == Some(STRING_SELECT) {
        options(form, menu, at, most);
    }
}

fn options(form: &mut Form, menu: &Value, at: &str, most: i64) {
    let mut values = BTreeSet::new();
    let mut chosen = 0;
    for (n, option) in form.list(menu, at, "options", (1, 25)).iter().enumerate() {
        let at = format!("{at}.options.{n}");
        form.text(option, &at, "label", (1, 100), true);
        form.text(option, &at, "description", (0, 100), false);
        emoji(form, &option["emoji"], &join(&at, "emoji"));
        let value = form.text(option, &at, "value", (1, 100), true);
        if value.is_some_and(|value| !values.insert(value.to_owned())) {
            let message = "The specified option value is already used";
            form.fault(
                &join(&at, "value"),
                "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED",
                message,
            );
        }
        chosen += i64::from(option["default"] == true);
    }
    if chosen > most {
        let message = "The number of default options exceeds the maximum number of values";
        form.fault(
            &join(at, "options"),
            "SELECT_COMPONENT_TOO_MANY_DEFAULT_OPTIONS",
            message,
        );
    }
}

/// The newer kinds: section, text, thumbnail, gallery, file, separator, container.
fn new(form: &mut Form, component: &Value, at: &str, seen: &mut Seen) {
    seen.count += 1;
    match component["type"].as_u64() {
        Some(9) => {
            let inner = form.list(component, at, "components", (1, 3));
            for (n, text) in inner.iter().enumerate() {
                let at = format!("{at}.components.{n}");
                match text["type"].as_u64() {
                    Some(10) => new(form, text, &at, seen),
                    _ => form.choice(&join(&at, "type"), "10"),
                }
            }
            let place = join(at, "accessory");
            match component["accessory"]["type"].as_u64() {
                Some(BUTTON) => button(form, &component["accessory"], &place, seen),
                Some(11) => {
                    let media = &component["accessory"]["media"];
                    picture(form, media, &join(&place, "media"));
                }
                _ => form.required(&place),
            }
            seen.count += 1;
        }
        Some(10) => {
            let text = form.text(component, at, "content", (1, MOST_TEXT), true);
            seen.text += text.map_or(0, length);
        }
        Some(12) => {
            for (n, item) in form.list(component, at, "items", (1, 10)).iter().enumerate() {
                picture(form, &item["media"], &format!("{at}.items.{n}.media"));
            }
        }
        Some(13) => picture(form, &component["file"], &join(at, "file")),
        Some(14) => {
            form.number(component, at, "spacing", 1, 2);
        }
        Some(17) => {
            form.number(component, at, "accent_color", 0, 0xff_ffff);
            let inner = form.list(component, at, "components", (1, MOST_NEW));
            for (n, part) in inner.iter().enumerate() {
                let at = format!("{at}.components.{n}");
                match part["type"].as_u64() {
                    Some(ROW) => row(form, part, &at, seen),
                    Some(9 | 10 | 12..=14) => new(form, part, &at, seen),
                    _ => form.choice(&join(&at, "type"), "1, 9, 10, 12, 13, 14"),
                }
            }
        }
        _ => form.choice(&join(at, "type"), "1, 9, 10, 12, 13, 14, 17"),
    }
}

fn picture(form: &mut Form, media: &Value, at: &str) {
    if !form.url(media, at, "url", 2048, &["http", "https", "attachment"]) {
        form.required(&join(at, "url"));
    }
}

/// As Discord hands them back: every component with a number.
pub fn numbered(list: &[Value]) -> Vec<Value> {
    let mut list = list.to_vec();
    let mut next = 1;
    list.iter_mut().for_each(|component| number(component, &mut next));
    list
}

fn number(component: &mut Value, next: &mut u64) {
    if component["id"].as_u64().unwrap_or(0) == 0 {
        component["id"] = json!(*next);
    }
    *next += 1;
    for key in ["components", "accessory", "component"] {
        match component.get_mut(key) {
            Some(Value::Array(inner)) => inner.iter_mut().for_each(|part| number(part, next)),
            Some(part @ Value::Object(_)) => number(part, next),
            _ => {}
        }
    }
}

/// Every component of a message or form, in the order in which they stand.
pub fn all(list: &[Value]) -> Vec<&Value> {
    let mut found = Vec::new();
    for component in list {
        found.push(component);
        found.extend(all(component["components"].as_array().map_or(&[], Vec::as_slice)));
        for key in ["component", "accessory"] {
            if component[key].is_object() {
                found.extend(all(std::slice::from_ref(&component[key])));
            }
        }
    }
    found
}
