//! Finding what a person means ("the button that says Claim") and turning what they enter into Slack's shape.

use serde_json::{Value, json};

use crate::slack::entries::elements;
use crate::slack::state::World;

/// By action id, or by the words on it.
pub fn find<'a>(blocks: &'a Value, block: Option<&str>, what: &str) -> Result<(&'a str, &'a Value), String> {
    let all: Vec<(&str, &Value)> = elements(blocks)
        .into_iter()
        .filter(|(id, _)| block.is_none_or(|wanted| wanted == *id))
        .collect();
    let by_id = all.iter().find(|(_, element)| element["action_id"] == what);
    let by_label = || {
        all.iter()
            .find(|(id, element)| labels(blocks, id, element).contains(&what))
    };
    by_id.or_else(by_label).copied().ok_or_else(|| {
        let there: Vec<String> = all
            .iter()
            .map(|(id, element)| match labels(blocks, id, element).first() {
                Some(label) => format!("[{label}]"),
                None => element["action_id"].as_str().unwrap_or_default().to_owned(),
            })
            .collect();
        format!("there is no `{what}`; there is {}", there.join(" "))
    })
}

fn labels<'a>(blocks: &'a Value, block: &str, element: &'a Value) -> Vec<&'a str> {
    let around = blocks
        .as_array()
        .into_iter()
        .flatten()
        .find(|candidate| candidate["block_id"] == block && candidate["type"] == "input");
    let label = around.and_then(|input| input["label"]["text"].as_str());
    element["text"]["text"]
        .as_str()
        .into_iter()
        // What a screen reader says of it names it, too.
        .chain(element["accessibility_label"].as_str())
        .chain(element["placeholder"]["text"].as_str())
        .chain(label)
        .collect()
}

/// The element's part of `state.values` and of `actions[]`, with the key that holds it.
pub fn entered(world: &World, element: &Value, given: &str) -> Result<Value, String> {
    let kind = element["type"].as_str().unwrap_or_default();
    let (key, value) = match kind {
        "plain_text_input" | "email_text_input" | "url_text_input" | "number_input" => {
            let empty = given.is_empty();
            ("value", if empty { Value::Null } else { json!(given) })
        }
        "overflow" | "static_select" | "radio_buttons" => ("selected_option", option(element, given)?),
        "checkboxes" | "multi_static_select" => ("selected_options", options(element, given)?),
        "users_select" => ("selected_user", json!(person(world, given)?)),
        "channels_select" => ("selected_channel", json!(given)),
        "conversations_select" => ("selected_conversation", json!(given)),
        "datepicker" => ("selected_date", json!(given)),
        "file_input" => {
            let files: Result<Vec<Value>, String> = words(given).map(|word| world.handed(word)).collect();
            ("files", json!(files?))
        }
        "timepicker" => ("selected_time", json!(given)),
        "datetimepicker" => ("selected_date_time", json!(given.parse::<i64>().ok())),
        "multi_users_select" => {
            let people: Result<Vec<String>, String> = words(given).map(|word| person(world, word)).collect();
            ("selected_users", json!(people?))
        }
        _ => return Err(format!("nothing can be entered into a {kind}")),
    };
    Ok(json!({ "type": kind, key: value }))
}

impl World {
    /// A file that somebody holds, by its id or its name.
    pub fn handed(&self, given: &str) -> Result<Value, String> {
        let mut own = self.files.iter().rev().filter(|file| file.by.is_some());
        let found = own.find(|file| file.id == given || file.name == given);
        let file = found.ok_or_else(|| format!("there is no file `{given}`"))?;
        Ok(crate::slack::api::handed_file(self, file))
    }
}

/// Several choices are given with commas.
fn words(given: &str) -> impl Iterator<Item = &str> {
    given.split(',').map(str::trim).filter(|word| !word.is_empty())
}

fn options(element: &Value, given: &str) -> Result<Value, String> {
    let chosen: Result<Vec<Value>, String> = words(given).map(|word| option(element, word)).collect();
    Ok(json!(chosen?))
}

fn option(element: &Value, given: &str) -> Result<Value, String> {
    let none = Vec::new();
    let direct = element["options"].as_array().unwrap_or(&none).iter();
    let groups = element["option_groups"].as_array().unwrap_or(&none).iter();
    let all: Vec<&Value> = direct
        .chain(groups.flat_map(|group| group["options"].as_array().into_iter().flatten()))
        .collect();
    let found = all
        .iter()
        .find(|o| o["value"] == given || o["text"]["text"] == given);
    found.map(|option| (*option).clone()).ok_or_else(|| {
        let there: Vec<&str> = all.iter().filter_map(|o| o["text"]["text"].as_str()).collect();
        format!("there is no option `{given}`; there is {}", there.join(", "))
    })
}

fn person(world: &World, given: &str) -> Result<String, String> {
    world
        .users
        .iter()
        .find(|user| user.id == given || user.name == given)
        .map(|user| user.id.clone())
        .ok_or_else(|| format!("there is nobody called `{given}`"))
}
