//! Discord's official OpenAPI description as a judge of every request body that a test makes. The file is no part of
//! this repository: `ZEITNAH_SPECS` names the folder with `chat/discord/openapi.json`; without it this check is skipped
//! and says so. The stand-in's own checks and twilight's are always on.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::OnceLock;

use jsonschema::Validator;
use serde_json::Value;
use serde_json::json;
use standins::discord::Judge;
use twilight_model::channel::message::Component;
use twilight_model::channel::message::Embed;
use twilight_validate::embed::EmbedValidationErrorType;

struct Official {
    document: Value,
    routes: HashMap<String, Value>,
    known: Mutex<HashMap<String, Option<Validator>>>,
}

fn official() -> Option<&'static Official> {
    static READ: OnceLock<Option<Official>> = OnceLock::new();
    READ.get_or_init(|| {
        let Some(folder) = std::env::var_os("ZEITNAH_SPECS") else {
            eprintln!(
                "skipped: ZEITNAH_SPECS is not set, so no body is held against the official description"
            );
            return None;
        };
        let path = std::path::PathBuf::from(folder).join("chat/discord/openapi.json");
        let mut document: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        let mut routes = HashMap::new();
        for (path, verbs) in document["paths"].take().as_object().unwrap() {
            for (verb, route) in verbs.as_object().unwrap() {
                let schema = &route["requestBody"]["content"]["application/json"]["schema"];
                if !schema.is_null() {
                    routes.insert(format!("{} {path}", verb.to_uppercase()), schema.clone());
                }
            }
        }
        Some(Official {
            document,
            routes,
            known: Mutex::default(),
        })
    })
    .as_ref()
}

impl Official {
    fn complaints(&self, route: &str, body: &Value) -> Vec<String> {
        let mut known = self.known.lock().unwrap();
        let validator = known.entry(route.to_owned()).or_insert_with(|| {
            let whole = json!({
                "$schema": "https://json-schema.org/draft/2020-12/schema",
                "allOf": [self.routes.get(route)?],
                "components": self.document["components"],
            });
            Some(jsonschema::validator_for(&whole).unwrap())
        });
        match validator {
            Some(validator) => validator.iter_errors(body).map(|e| e.to_string()).collect(),
            None => vec![format!("{route} is not in the official description")],
        }
    }
}

/// A second library's opinion on what every message of ours carries: shapes by its models, limits by its checks.
fn second_opinion(body: &Value) -> Vec<String> {
    let message = body.get("data").unwrap_or(body);
    let mut found = Vec::new();
    for embed in message["embeds"].as_array().into_iter().flatten() {
        let mut embed = embed.clone();
        // Discord fills this in; the model wants it.
        embed["type"] = json!("rich");
        match serde_json::from_value::<Embed>(embed) {
            // Its total counts bytes where Discord counts characters; the stand-in's own check counts these.
            Ok(embed) => found.extend(
                twilight_validate::embed::embed(&embed)
                    .err()
                    .filter(|e| !matches!(e.kind(), EmbedValidationErrorType::EmbedTooLarge { .. }))
                    .map(|e| e.to_string()),
            ),
            Err(error) => found.push(format!("no embed: {error}")),
        }
    }
    // Modals are newer than these models.
    let is_modal = message.get("custom_id").is_some();
    for component in message["components"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|_| !is_modal)
    {
        match serde_json::from_value::<Component>(component.clone()) {
            Ok(component) => {
                let fault = twilight_validate::component::component_v1(&component).err();
                found.extend(fault.map(|e| e.to_string()));
            }
            Err(error) => found.push(format!("no component: {error}")),
        }
    }
    let content = message["content"].as_str().unwrap_or_default();
    found.extend(
        twilight_validate::message::content(content)
            .err()
            .map(|e| e.to_string()),
    );
    found
}

pub fn judge() -> Option<Judge> {
    let official = official();
    Some(Judge::new(move |route, body| {
        let mut found = official.map_or_else(Vec::new, |official| official.complaints(route, body));
        found.extend(second_opinion(body));
        found
    }))
}

#[test]
fn the_judges_find_what_is_wrong() {
    let judge = judge().unwrap();
    let create = "POST /channels/{channel_id}/messages";
    let good = json!({ "embeds": [{ "description": "Hallo" }], "allowed_mentions": { "parse": [] } });
    assert_eq!(judge.complaints(create, &good), Vec::<String>::new());
    let long = json!({ "embeds": [{ "description": "x".repeat(4097) }] });
    assert!(!judge.complaints(create, &long).is_empty());
    let label = json!({ "components": [{ "type": 1, "components": [
        { "type": 2, "style": 1, "label": "x".repeat(81), "custom_id": "a" }] }] });
    assert!(!judge.complaints(create, &label).is_empty());
}
