//! Block Kit cases: at each limit it passes, one beyond it does not. The cases go by the names of the slackblocks
//! specification (`fixtures/invalid/manifest.json`).

mod cases;
mod fixtures;
mod newer;

use serde_json::{Value, json};

use super::{Flaw, message, view};

fn plain(text: impl Into<String>) -> Value {
    json!({ "type": "plain_text", "text": text.into() })
}

fn x(count: usize) -> String {
    "x".repeat(count)
}

fn option(text: usize, value: usize) -> Value {
    json!({ "text": plain(x(text)), "value": x(value) })
}

fn options(count: usize) -> Vec<Value> {
    (0..count)
        .map(|n| json!({ "text": plain("o"), "value": n.to_string() }))
        .collect()
}

fn actions(element: Value) -> Value {
    json!([{ "type": "actions", "elements": [element] }])
}

fn button(more: Value) -> Value {
    let mut button = json!({ "type": "button", "action_id": "a", "text": plain("b") });
    button
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    actions(button)
}

fn menu(kind: &str, options: Vec<Value>) -> Value {
    actions(json!({ "type": kind, "action_id": "a", "options": options }))
}

fn section(text: Value) -> Value {
    json!([{ "type": "section", "text": text }])
}

fn input(element: Value) -> Value {
    json!([{ "type": "input", "label": plain("l"), "element": element }])
}

fn typed(more: Value) -> Value {
    let mut element = json!({ "type": "plain_text_input", "action_id": "a" });
    element
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    input(element)
}

fn confirm(title: usize, text: usize, yes: usize, no: usize) -> Value {
    let dialog = json!({ "title": plain(x(title)), "text": plain(x(text)), "confirm": plain(x(yes)), "deny": plain(x(no)) });
    button(json!({ "confirm": dialog }))
}

fn image(url: usize, alt: usize) -> Value {
    let url = format!("https://a.example/{}", x(url - 18));
    json!([{ "type": "image", "image_url": url, "alt_text": x(alt) }])
}

fn rich(kind: &str, element: Value) -> Value {
    json!([{ "type": "rich_text", "elements": [{ "type": kind, "elements": [element] }] }])
}

#[test]
fn each_limit_holds_and_not_before() {
    for (name, fits, breaks) in cases::cases().into_iter().chain(newer::cases()) {
        let of = |blocks: &Value| message(blocks.as_array().unwrap());
        assert_eq!(of(&fits), Ok(()), "{name} refuses what fits");
        assert!(
            matches!(of(&breaks), Err(Flaw::Invalid(_))),
            "{name} lets through what does not fit"
        );
    }
}

#[test]
fn all_text_together_has_a_hidden_limit() {
    let blocks = |last: usize| {
        let lengths = [3000, 3000, 3000, 3000, last];
        lengths.map(|length| json!({ "type": "section", "text": plain(x(length)) }))
    };
    assert_eq!(message(&blocks(1200)), Ok(()));
    assert_eq!(message(&blocks(1201)), Err(Flaw::TooLong));
}

fn modal(more: Value) -> Value {
    let mut modal = json!({ "type": "modal", "title": plain("t"), "blocks": [{ "type": "divider" }] });
    modal
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    modal
}

/// What `forms_have_limits_of_their_own` covers of the specification.
const FORM_CASES: [&str; 7] = [
    "view-missing-blocks",
    "view-too-many-blocks",
    "view-private-metadata-too-long",
    "view-callback-id-too-long",
    "view-title-too-long",
    "view-close-too-long",
    "view-submit-too-long",
];

#[test]
fn forms_have_limits_of_their_own() {
    let dividers = |count: usize| json!({ "blocks": vec![json!({ "type": "divider" }); count] });
    let cases = [
        (json!({ "title": plain(x(24)) }), json!({ "title": plain(x(25)) })),
        (
            json!({ "submit": plain(x(24)) }),
            json!({ "submit": plain(x(25)) }),
        ),
        (json!({ "close": plain(x(24)) }), json!({ "close": plain(x(25)) })),
        (
            json!({ "private_metadata": x(3000) }),
            json!({ "private_metadata": x(3001) }),
        ),
        (json!({ "callback_id": x(255) }), json!({ "callback_id": x(256) })),
        (json!({ "external_id": x(255) }), json!({ "external_id": x(256) })),
        (dividers(100), dividers(101)),
        (dividers(1), dividers(0)),
        (
            json!({ "blocks": typed(json!({})), "submit": plain("s") }),
            json!({ "blocks": typed(json!({})) }),
        ),
    ];
    for (fits, breaks) in cases {
        assert_eq!(view(&modal(fits.clone())), Ok(()), "{fits}");
        assert!(view(&modal(breaks.clone())).is_err(), "{breaks}");
    }
}
