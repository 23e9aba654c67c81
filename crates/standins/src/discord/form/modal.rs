//! Forms that pop up: labels with one input each, plain text between them, or the older rows with an input.

use serde_json::Value;

use super::Form;
use super::component::ROW;
use super::component::STRING_SELECT;
use super::component::Seen;
use super::component::TEXT_INPUT;
use super::component::custom_id;
use super::component::select;
use super::join;
use super::length;
use crate::discord::refused::Refused;

pub fn modal(data: &Value) -> Result<(), Refused> {
    let mut form = Form::default();
    let mut seen = Seen::default();
    form.text(data, "data", "custom_id", (1, 100), true);
    form.text(data, "data", "title", (1, 45), true);
    for (n, component) in form.list(data, "data", "components", (1, 5)).iter().enumerate() {
        let at = format!("data.components.{n}");
        match component["type"].as_u64() {
            Some(ROW) => {
                for (n, input) in form.list(component, &at, "components", (1, 1)).iter().enumerate() {
                    let at = format!("{at}.components.{n}");
                    match input["type"].as_u64() {
                        Some(TEXT_INPUT) => {
                            form.text(input, &at, "label", (1, 45), true);
                            text_input(&mut form, input, &at, &mut seen);
                        }
                        _ => form.choice(&join(&at, "type"), "4"),
                    }
                }
            }
            Some(10) => {
                form.text(component, &at, "content", (1, 4000), true);
            }
            Some(18) => label(&mut form, component, &at, &mut seen),
            _ => form.choice(&join(&at, "type"), "1, 10, 18"),
        }
    }
    form.finish()
}

fn label(form: &mut Form, label: &Value, at: &str, seen: &mut Seen) {
    form.text(label, at, "label", (1, 45), true);
    form.text(label, at, "description", (0, 100), false);
    let inner = &label["component"];
    let at = join(at, "component");
    match inner["type"].as_u64() {
        Some(TEXT_INPUT) => {
            if !inner["label"].is_null() {
                let message = "The label of an input in a label component must not be set";
                form.fault(&join(&at, "label"), "COMPONENT_LABEL_NOT_ALLOWED", message);
            }
            text_input(form, inner, &at, seen);
        }
        Some(STRING_SELECT | 5..=8) => select(form, inner, &at, seen),
        Some(19) => custom_id(form, inner, &at, seen),
        Some(21) => choices(form, inner, &at, seen, 2),
        Some(22) => choices(form, inner, &at, seen, 1),
        Some(23) => custom_id(form, inner, &at, seen),
        _ => form.choice(&join(&at, "type"), "3, 4, 5, 6, 7, 8, 19, 21, 22, 23"),
    }
}

fn choices(form: &mut Form, group: &Value, at: &str, seen: &mut Seen, least: usize) {
    custom_id(form, group, at, seen);
    for (n, option) in form.list(group, at, "options", (least, 10)).iter().enumerate() {
        let at = format!("{at}.options.{n}");
        form.text(option, &at, "label", (1, 100), true);
        form.text(option, &at, "value", (1, 100), true);
        form.text(option, &at, "description", (0, 100), false);
    }
}

fn text_input(form: &mut Form, input: &Value, at: &str, seen: &mut Seen) {
    custom_id(form, input, at, seen);
    if !matches!(input["style"].as_u64(), Some(1 | 2)) {
        form.choice(&join(at, "style"), "1, 2");
    }
    form.text(input, at, "placeholder", (0, 100), false);
    let min = form.number(input, at, "min_length", 0, 4000).unwrap_or(0);
    let max = form.number(input, at, "max_length", 1, 4000).unwrap_or(4000);
    if min > max {
        let message = format!("int value should be less than or equal to {max}.");
        form.fault(&join(at, "min_length"), "NUMBER_TYPE_MAX", message);
    }
    let value = form.text(input, at, "value", (0, 4000), false).map(length);
    let long = value.and_then(|value| i64::try_from(value).ok());
    if long.is_some_and(|long| long > max) {
        let message = format!("Must be {max} or fewer in length.");
        form.fault(&join(at, "value"), "BASE_TYPE_MAX_LENGTH", message);
    }
}
