//! The slackblocks fixtures, read from the folder that `ZEITNAH_SPECS` names; skipped without it.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::super::{message, view};
use super::{actions, cases, input, modal, newer, rich};

fn folder() -> Option<PathBuf> {
    let found = std::env::var_os("ZEITNAH_SPECS").map(PathBuf::from)?;
    let inner = found.join("chat/slack-blockkit-unofficial/spec");
    Some(if inner.is_dir() { inner } else { found })
}

fn read(path: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// slackblocks counts code points; here the stricter UTF-16 counts, so 150 emoji are too long for a header. And it
/// does not mind that its example gives two blocks the same id.
const STRICTER: [&str; 3] = [
    "header_block_emoji_at_limit",
    "webhook_message_basic",
    "webhook_message_delete",
];
/// Not for messages: Slack takes alerts in modals only.
const MODAL_ONLY: [&str; 1] = ["alert_block"];

#[test]
fn valid_fixtures_pass() {
    let Some(folder) = folder() else {
        eprintln!("skipped: ZEITNAH_SPECS is not set");
        return;
    };
    let mut seen = 0;
    for kind in ["blocks", "views", "messages", "rich_text", "elements"] {
        let files = std::fs::read_dir(folder.join("fixtures/valid").join(kind)).unwrap();
        for path in files.map(|file| file.unwrap().path()) {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let fixture = read(&path);
            let part = fixture["type"].as_str().unwrap_or_default();
            let checked = match kind {
                "views" => view(&fixture),
                "messages" => message(fixture["blocks"].as_array().map_or(&[], Vec::as_slice)),
                "rich_text" if part.starts_with("rich_text_") => {
                    message(&[json!({ "type": "rich_text", "elements": [fixture] })])
                }
                "rich_text" => message(rich("rich_text_section", fixture).as_array().unwrap()),
                "elements" if matches!(part, "url" | "file_input") => continue,
                "elements" if part == "image" => {
                    message(&[json!({ "type": "context", "elements": [fixture] })])
                }
                "elements" if part.ends_with("_input") => message(input(fixture).as_array().unwrap()),
                "elements" => message(actions(fixture).as_array().unwrap()),
                _ if MODAL_ONLY.contains(&name.as_str()) => view(&modal(json!({ "blocks": [fixture] }))),
                _ => message(&[fixture]),
            };
            seen += 1;
            let expected = STRICTER.contains(&name.as_str());
            assert_eq!(checked.is_err(), expected, "{kind}/{name}: {checked:?}");
        }
    }
    assert!(seen > 60, "only {seen} fixtures found");
}

/// Left to Slack: pieces that no card of ours has.
const UNTRIED: [&str; 3] = [
    "url-source-url-empty",
    "url-source-url-too-long",
    "option-url-too-long",
];

#[test]
fn every_invalid_case_of_the_specification_is_tried() {
    let Some(folder) = folder() else {
        eprintln!("skipped: ZEITNAH_SPECS is not set");
        return;
    };
    let manifest = read(&folder.join("fixtures/invalid/manifest.json"));
    let tried: Vec<&str> = cases::cases()
        .into_iter()
        .chain(newer::cases())
        .map(|(name, ..)| name)
        .chain(super::FORM_CASES)
        .chain(UNTRIED)
        .collect();
    let wanted = manifest["cases"].as_array().unwrap().iter();
    let missing: Vec<&str> = wanted
        .map(|case| case["id"].as_str().unwrap())
        .filter(|id| !tried.contains(id))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}
