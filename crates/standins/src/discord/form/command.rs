//! Commands as an app registers them.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Form;
use super::join;
use super::length;
use crate::discord::refused::Refused;

const MOST_CHAT: usize = 100;
const MOST_MENU: usize = 15;
const MOST_TEXT: usize = 8_000;

/// A whole list, which takes the place of all there is.
pub fn commands(list: &Value) -> Result<Vec<Value>, Refused> {
    let mut form = Form::default();
    let Value::Array(list) = list else {
        form.fault(
            "",
            "LIST_TYPE_CONVERT",
            "Only iterables may be used in a ListType",
        );
        return form.finish().map(|()| Vec::new());
    };
    let mut names = BTreeSet::new();
    for (n, command) in list.iter().enumerate() {
        let at = n.to_string();
        one(&mut form, command, &at);
        let key = (kind(command), command["name"].as_str().unwrap_or_default());
        if !names.insert(key) {
            let message = "Application command names must be unique";
            form.fault(&at, "APPLICATION_COMMANDS_DUPLICATE_NAME", message);
        }
    }
    form.finish()?;
    for (wanted, most, code) in [
        (1, MOST_CHAT, 30032),
        (2, MOST_MENU, 30033),
        (3, MOST_MENU, 30033),
    ] {
        if list.iter().filter(|command| kind(command) == wanted).count() > most {
            let message = format!("Maximum number of application commands reached ({most}).");
            return Err(Refused::new(400, code, &message));
        }
    }
    Ok(list.clone())
}

pub fn command(body: &Value) -> Result<(), Refused> {
    let mut form = Form::default();
    one(&mut form, body, "");
    form.finish()
}

fn kind(command: &Value) -> u64 {
    command["type"].as_u64().unwrap_or(1)
}

fn one(form: &mut Form, command: &Value, at: &str) {
    match kind(command) {
        1 => {
            name(form, command, at);
            form.text(command, at, "description", (1, 100), true);
            options(form, command, at, 0);
        }
        2 | 3 => {
            form.text(command, at, "name", (1, 32), true);
            if command["description"]
                .as_str()
                .is_some_and(|text| !text.is_empty())
            {
                let message = "Context menu commands cannot have description";
                form.fault(at, "APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION", message);
            }
        }
        _ => form.choice(&join(at, "type"), "1, 2, 3"),
    }
    localizations(form, command, at);
    let text: usize = words(command);
    if text > MOST_TEXT {
        let message = format!("Command exceeds maximum size ({MOST_TEXT})");
        form.fault(at, "APPLICATION_COMMAND_TOO_LARGE", message);
    }
    let rights = &command["default_member_permissions"];
    let known = match rights {
        Value::Null => true,
        Value::String(text) => text.parse::<u64>().is_ok(),
        Value::Number(number) => number.is_u64(),
        _ => false,
    };
    if !known {
        let place = join(at, "default_member_permissions");
        form.fault(&place, "NUMBER_TYPE_COERCE", "Value is not int.");
    }
    for (key, most, allowed) in [("contexts", 2, "0, 1, 2"), ("integration_types", 1, "0, 1")] {
        for (n, value) in form.list(command, at, key, (0, 3)).iter().enumerate() {
            if value.as_u64().is_none_or(|value| value > most) {
                form.choice(&format!("{}.{n}", join(at, key)), allowed);
            }
        }
    }
}

/// Small letters, digits, `_`, `-` and `'`, at most 32.
fn name(form: &mut Form, of: &Value, at: &str) {
    let Some(text) = form.text(of, at, "name", (1, 32), true) else {
        return;
    };
    if !is_name(text) {
        let message = "Command name is invalid";
        form.fault(&join(at, "name"), "APPLICATION_COMMAND_INVALID_NAME", message);
    }
}

fn is_name(text: &str) -> bool {
    let fits = |c: char| c.is_alphanumeric() || "-_'".contains(c);
    text.chars().all(fits) && text.to_lowercase() == text
}

const LOCALES: [&str; 33] = [
    "id", "da", "de", "en-GB", "en-US", "es-ES", "es-419", "fr", "hr", "it", "lt", "hu", "nl", "no", "pl",
    "pt-BR", "ro", "fi", "sv-SE", "vi", "tr", "cs", "el", "bg", "ru", "uk", "hi", "th", "zh-CN", "ja",
    "zh-TW", "ko", "ar",
];

fn localizations(form: &mut Form, of: &Value, at: &str) {
    for (key, most, strict) in [
        ("name_localizations", 32, kind(of) == 1),
        ("description_localizations", 100, false),
    ] {
        for (locale, text) in of[key].as_object().into_iter().flatten() {
            let place = format!("{}.{locale}", join(at, key));
            if !LOCALES.contains(&locale.as_str()) {
                form.fault(&place, "LOCALE_INVALID", "Locale is not supported");
            }
            let text = text.as_str().unwrap_or_default();
            if text.is_empty() || length(text) > most {
                let message = format!("Must be between 1 and {most} in length.");
                form.fault(&place, "BASE_TYPE_BAD_LENGTH", message);
            } else if strict && !is_name(text) {
                form.fault(
                    &place,
                    "APPLICATION_COMMAND_INVALID_NAME",
                    "Command name is invalid",
                );
            }
        }
    }
}

fn options(form: &mut Form, of: &Value, at: &str, depth: u8) {
    let mut names = BTreeSet::new();
    let mut optional_before = false;
    for (n, option) in form.list(of, at, "options", (0, 25)).iter().enumerate() {
        let at = format!("{}.{n}", join(at, "options"));
        name(form, option, &at);
        form.text(option, &at, "description", (1, 100), true);
        localizations(form, option, &at);
        if !names.insert(option["name"].as_str().unwrap_or_default()) {
            let message = "Option names must be unique";
            form.fault(&at, "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS", message);
        }
        match option["type"].as_u64() {
            Some(1) if depth < 2 => options(form, option, &at, 2),
            Some(2) if depth == 0 => options(form, option, &at, 1),
            Some(3..=11) if depth != 1 => value_option(form, option, &at),
            _ => form.choice(&join(&at, "type"), "1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11"),
        }
        let required = option["required"] == true;
        if required && optional_before {
            let message = "Required options must be placed before non-required options";
            form.fault(&at, "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", message);
        }
        optional_before |= !required;
    }
}

fn value_option(form: &mut Form, option: &Value, at: &str) {
    let choices = form.list(option, at, "choices", (0, 25));
    for (n, choice) in choices.iter().enumerate() {
        let at = format!("{}.{n}", join(at, "choices"));
        form.text(choice, &at, "name", (1, 100), true);
        if option["type"] == 3 {
            form.text(choice, &at, "value", (1, 100), true);
        } else if !choice["value"].is_number() {
            form.fault(
                &join(&at, "value"),
                "NUMBER_TYPE_COERCE",
                "Value is not a number.",
            );
        }
    }
    if option["autocomplete"] == true {
        if !choices.is_empty() {
            let message = "Autocomplete and choices cannot both be set";
            form.fault(at, "APPLICATION_COMMAND_AUTOCOMPLETE_CHOICES", message);
        }
        if !matches!(option["type"].as_u64(), Some(3 | 4 | 10)) {
            let message = "Autocomplete is only for texts and numbers";
            form.fault(
                &join(at, "autocomplete"),
                "APPLICATION_COMMAND_AUTOCOMPLETE_TYPE",
                message,
            );
        }
    }
    form.number(option, at, "min_length", 0, 6000);
    form.number(option, at, "max_length", 1, 6000);
}

/// What counts for the size of a command: names, descriptions and values of it and of everything in it.
fn words(of: &Value) -> usize {
    let own = ["name", "description", "value"];
    let own: usize = own.iter().filter_map(|key| of[*key].as_str()).map(length).sum();
    let inner = ["options", "choices"].into_iter();
    let inner: usize = inner
        .filter_map(|key| of[key].as_array())
        .flatten()
        .map(words)
        .sum();
    own + inner
}
