//! The official OpenAPI description as a judge of every request body, read from the folder that `ZEITNAH_SPECS`
//! names; skipped without it.

use std::collections::HashMap;
use std::sync::OnceLock;

use jsonschema::Validator;
use serde_json::Value;
use serde_json::json;

use super::super::Judge;

struct Official {
    document: Value,
    routes: HashMap<String, Value>,
}

fn official() -> Option<&'static Official> {
    static READ: OnceLock<Option<Official>> = OnceLock::new();
    let read = || {
        let folder = std::path::PathBuf::from(std::env::var_os("ZEITNAH_SPECS")?);
        let text = std::fs::read_to_string(folder.join("chat/discord/openapi.json")).ok()?;
        let mut document: Value = serde_json::from_str(&text).unwrap();
        // Known to differ from what Discord takes: the documents say text, the description says number.
        let schemas = document["components"]["schemas"].as_object_mut().unwrap();
        for schema in schemas.values_mut() {
            if let Some(bits) = schema.pointer_mut("/properties/default_member_permissions") {
                *bits = json!({ "type": ["string", "integer", "null"] });
            }
        }
        let mut routes = HashMap::new();
        for (path, verbs) in document["paths"].as_object().unwrap() {
            for (verb, route) in verbs.as_object().unwrap() {
                let schema = &route["requestBody"]["content"]["application/json"]["schema"];
                if !schema.is_null() {
                    routes.insert(format!("{} {path}", verb.to_uppercase()), schema.clone());
                }
            }
        }
        Some(Official { document, routes })
    };
    let read = READ.get_or_init(read);
    if read.is_none() {
        eprintln!("skipped: ZEITNAH_SPECS is not set");
    }
    read.as_ref()
}

fn validator(official: &Official, route: &str) -> Option<Validator> {
    let schema = official.routes.get(route)?;
    let whole = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "allOf": [schema],
        "components": official.document["components"],
    });
    Some(jsonschema::validator_for(&whole).unwrap())
}

pub fn judge() -> Option<Judge> {
    let official = official()?;
    let known: std::sync::Mutex<HashMap<String, Option<Validator>>> = std::sync::Mutex::default();
    Some(Judge::new(move |route, body| {
        let mut known = known.lock().unwrap();
        let found = known
            .entry(route.to_owned())
            .or_insert_with(|| validator(official, route));
        let Some(found) = found else { return Vec::new() };
        let faults = found.iter_errors(body);
        faults
            .map(|fault| format!("{}: {fault}", fault.instance_path()))
            .collect()
    }))
}

#[test]
fn the_official_description_takes_a_card_and_refuses_nonsense() {
    let Some(judge) = judge() else { return };
    let create = "POST /channels/{channel_id}/messages";
    assert_eq!(judge.complaints(create, &super::card()), Vec::<String>::new());
    let wrong = json!({ "embeds": [{ "title": "x".repeat(300) }] });
    assert!(!judge.complaints(create, &wrong).is_empty());
    let callback = "POST /interactions/{interaction_id}/{interaction_token}/callback";
    for answer in [
        super::whisper("hi"),
        super::form(),
        json!({ "type": 6 }),
        json!({ "type": 5 }),
    ] {
        assert_eq!(
            judge.complaints(callback, &answer),
            Vec::<String>::new(),
            "{answer}"
        );
    }
    assert!(!judge.complaints(callback, &json!({ "type": 99 })).is_empty());
}

/// The judge stands between the wire and the server also when the server's own checks would let something pass.
#[tokio::test]
async fn what_the_judge_complains_about_is_refused_and_odd() {
    let judge = Judge::new(|route, body| match body["content"] == "no" {
        true => vec![format!("{route} says no")],
        false => Vec::new(),
    });
    let settings = super::Settings {
        judge: Some(judge),
        ..super::Settings::default()
    };
    let stage = super::staged(settings).await;
    let (status, body) = stage.post(json!({ "content": "no" })).await;
    assert_eq!((status, &body["code"]), (400, &json!(50035)));
    assert!(
        body.to_string()
            .contains("POST /channels/{channel_id}/messages says no"),
        "{body}"
    );
    assert_eq!(stage.discord.odd().len(), 1);
    stage.posted(json!({ "content": "yes" })).await;
}
