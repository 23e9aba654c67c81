//! What stands in the fields of a form or a card: Slack's `state.values`, and the elements it belongs to.

use serde_json::{Map, Value, json};

/// `state.values`: one entry for everything that holds a value, keeping what was entered before.
pub fn values(blocks: &Value, before: &Value) -> Value {
    let mut values = Map::new();
    for (block, element) in elements(blocks) {
        let (Some(id), Some(fresh)) = (element["action_id"].as_str(), initial(element)) else {
            continue;
        };
        let kept = &before[block][id];
        let entry = if kept["type"] == element["type"] {
            kept.clone()
        } else {
            fresh
        };
        let of_block = values.entry(block).or_insert_with(|| json!({}));
        of_block[id] = entry;
    }
    Value::Object(values)
}

fn initial(element: &Value) -> Option<Value> {
    let kind = element["type"].as_str()?;
    let (key, value) = match kind {
        "plain_text_input" | "email_text_input" | "url_text_input" | "number_input" => {
            ("value", element["initial_value"].clone())
        }
        "static_select" | "external_select" | "radio_buttons" => {
            ("selected_option", element["initial_option"].clone())
        }
        "checkboxes" | "multi_static_select" | "multi_external_select" => {
            ("selected_options", list(&element["initial_options"]))
        }
        "users_select" => ("selected_user", element["initial_user"].clone()),
        "channels_select" => ("selected_channel", element["initial_channel"].clone()),
        "conversations_select" => ("selected_conversation", element["initial_conversation"].clone()),
        "multi_users_select" => ("selected_users", list(&element["initial_users"])),
        "multi_channels_select" => ("selected_channels", list(&element["initial_channels"])),
        "multi_conversations_select" => ("selected_conversations", list(&element["initial_conversations"])),
        "datepicker" => ("selected_date", element["initial_date"].clone()),
        "timepicker" => ("selected_time", element["initial_time"].clone()),
        "datetimepicker" => ("selected_date_time", element["initial_date_time"].clone()),
        "file_input" => ("files", json!([])),
        "rich_text_input" => ("rich_text_value", element["initial_value"].clone()),
        _ => return None,
    };
    Some(json!({ "type": kind, key: value }))
}

fn list(value: &Value) -> Value {
    if value.is_array() {
        value.clone()
    } else {
        json!([])
    }
}

/// Every interactive element with the id of the block it stands in.
pub fn elements(blocks: &Value) -> Vec<(&str, &Value)> {
    let mut found = Vec::new();
    for block in blocks.as_array().into_iter().flatten() {
        let id = block["block_id"].as_str().unwrap_or_default();
        let inner: Vec<&Value> = match block["type"].as_str() {
            Some("actions") => block["elements"].as_array().into_iter().flatten().collect(),
            Some("section") => block.get("accessory").into_iter().collect(),
            Some("input") => block.get("element").into_iter().collect(),
            Some("card") => block["actions"].as_array().into_iter().flatten().collect(),
            Some("container") => {
                found.extend(elements(&block["child_blocks"]));
                Vec::new()
            }
            _ => Vec::new(),
        };
        found.extend(
            inner
                .into_iter()
                .filter(|e| e["type"] != "image")
                .map(|element| (id, element)),
        );
    }
    found
}
