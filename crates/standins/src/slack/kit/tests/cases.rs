//! The blocks a card and a form are made of.

use serde_json::{Value, json};

use super::{actions, button, confirm, image, input, menu, option, options, plain, rich, section, typed, x};

/// Name, blocks at the limit, blocks beyond it.
pub fn cases() -> Vec<(&'static str, Value, Value)> {
    let url = |length: usize| button(json!({ "url": format!("https://a.example/{}", x(length - 18)) }));
    let many = |block: Value, count: usize| Value::Array(vec![block; count]);
    let fields =
        |count: usize, length: usize| json!([{ "type": "section", "fields": vec![plain(x(length)); count] }]);
    let context = |count: usize| json!([{ "type": "context", "elements": vec![plain("c"); count] }]);
    let grid = |count: usize| {
        let buttons: Vec<Value> = (0..count)
            .map(|n| json!({ "type": "button", "action_id": n.to_string(), "text": plain("b") }))
            .collect();
        json!([{ "type": "actions", "elements": buttons }])
    };
    let named = |first: &str, second: &str| json!([{ "type": "divider", "block_id": first }, { "type": "divider", "block_id": second }]);
    let two = |first: &str, second: &str| {
        let button = |id: &str| json!({ "type": "button", "action_id": id, "text": plain("b") });
        json!([{ "type": "actions", "elements": [button(first), button(second)] }])
    };
    let table = |rows: usize| json!([{ "type": "table", "rows": vec![json!([{ "type": "raw_text", "text": "c" }]); rows] }]);
    let text = json!({ "type": "text", "text": "t" });
    vec![
        ("text-empty", section(plain("x")), section(plain(""))),
        ("text-too-long", section(plain(x(3000))), section(plain(x(3001)))),
        (
            "section-text-too-long",
            section(json!({ "type": "mrkdwn", "text": x(3000) })),
            section(json!({ "type": "mrkdwn", "text": x(3001) })),
        ),
        (
            "text in utf-16",
            section(plain("😀".repeat(1500))),
            section(plain("😀".repeat(1501))),
        ),
        (
            "text-kind",
            section(plain("x")),
            section(json!({ "type": "markdown", "text": "x" })),
        ),
        (
            "button-action-id-too-long",
            button(json!({ "action_id": x(255) })),
            button(json!({ "action_id": x(256) })),
        ),
        (
            "button-text-too-long",
            button(json!({ "text": plain(x(75)) })),
            button(json!({ "text": plain(x(76)) })),
        ),
        ("button-url-too-long", url(3000), url(3001)),
        (
            "button-url-scheme",
            url(30),
            button(json!({ "url": "javascript:alert(1)" })),
        ),
        (
            "button-value-too-long",
            button(json!({ "value": x(2000) })),
            button(json!({ "value": x(2001) })),
        ),
        (
            "button-style",
            button(json!({ "style": "danger" })),
            button(json!({ "style": "loud" })),
        ),
        (
            "button-accessibility-label-too-long",
            button(json!({ "accessibility_label": x(75) })),
            button(json!({ "accessibility_label": x(76) })),
        ),
        (
            "button-unknown-field",
            button(json!({})),
            button(json!({ "colour": "red" })),
        ),
        (
            "confirmation-title-too-long",
            confirm(100, 1, 1, 1),
            confirm(101, 1, 1, 1),
        ),
        (
            "confirmation-text-too-long",
            confirm(1, 300, 1, 1),
            confirm(1, 301, 1, 1),
        ),
        (
            "confirmation-confirm-too-long",
            confirm(1, 1, 30, 1),
            confirm(1, 1, 31, 1),
        ),
        (
            "confirmation-deny-too-long",
            confirm(1, 1, 1, 30),
            confirm(1, 1, 1, 31),
        ),
        (
            "option-text-too-long",
            menu("overflow", vec![option(75, 1)]),
            menu("overflow", vec![option(76, 1)]),
        ),
        (
            "option-value-too-long",
            menu("overflow", vec![option(1, 150)]),
            menu("overflow", vec![option(1, 151)]),
        ),
        (
            "overflow-empty",
            menu("overflow", options(1)),
            menu("overflow", vec![]),
        ),
        (
            "overflow-too-many-options",
            menu("overflow", options(5)),
            menu("overflow", options(6)),
        ),
        (
            "select-too-many-options",
            menu("static_select", options(100)),
            menu("static_select", options(101)),
        ),
        (
            "checkboxes-too-many-options",
            menu("checkboxes", options(10)),
            menu("checkboxes", options(11)),
        ),
        (
            "radio-buttons-too-many-options",
            menu("radio_buttons", options(10)),
            menu("radio_buttons", options(11)),
        ),
        (
            "initial option must be offered",
            actions(
                json!({ "type": "radio_buttons", "options": options(2), "initial_option": options(1)[0] }),
            ),
            actions(
                json!({ "type": "radio_buttons", "options": options(2), "initial_option": option(1, 1) }),
            ),
        ),
        (
            "datepicker",
            actions(json!({ "type": "datepicker", "initial_date": "2026-11-21" })),
            actions(json!({ "type": "datepicker", "initial_date": "21.11.2026" })),
        ),
        (
            "plain-text-input-max-length-too-large",
            typed(json!({ "max_length": 3000 })),
            typed(json!({ "max_length": 3001 })),
        ),
        (
            "plain-text-input-initial-value",
            typed(json!({ "max_length": 5, "initial_value": x(5) })),
            typed(json!({ "max_length": 5, "initial_value": x(6) })),
        ),
        (
            "select-placeholder-too-long",
            typed(json!({ "placeholder": plain(x(150)) })),
            typed(json!({ "placeholder": plain(x(151)) })),
        ),
        (
            "input-invalid-element",
            typed(json!({})),
            input(json!({ "type": "button", "text": plain("b") })),
        ),
        (
            "input-label-too-long",
            json!([{ "type": "input", "label": plain(x(2000)), "element": { "type": "plain_text_input" } }]),
            json!([{ "type": "input", "label": plain(x(2001)), "element": { "type": "plain_text_input" } }]),
        ),
        ("actions-too-many-elements", grid(25), grid(26)),
        ("context-too-many-elements", context(10), context(11)),
        (
            "context-invalid-element",
            context(1),
            json!([{ "type": "context", "elements": [{ "type": "button", "text": plain("b") }] }]),
        ),
        (
            "header-text-too-long",
            json!([{ "type": "header", "text": plain(x(150)) }]),
            json!([{ "type": "header", "text": plain(x(151)) }]),
        ),
        (
            "header is plain",
            json!([{ "type": "header", "text": plain("h") }]),
            json!([{ "type": "header", "text": { "type": "mrkdwn", "text": "h" } }]),
        ),
        ("image-url-too-long", image(3000, 1), image(3001, 1)),
        ("image-alt-text-too-long", image(30, 2000), image(30, 2001)),
        ("section-too-many-fields", fields(10, 1), fields(11, 1)),
        ("section-field-too-long", fields(1, 2000), fields(1, 2001)),
        (
            "section-missing-content",
            fields(1, 1),
            json!([{ "type": "section" }]),
        ),
        ("block-id-too-long", named(&x(255), "b"), named(&x(256), "b")),
        ("block ids are unique", named("a", "b"), named("a", "a")),
        ("action ids are unique in a block", two("a", "b"), two("a", "a")),
        (
            "blocks of a message",
            many(json!({ "type": "divider" }), 50),
            many(json!({ "type": "divider" }), 51),
        ),
        (
            "unknown block",
            json!([{ "type": "divider" }]),
            json!([{ "type": "curtain" }]),
        ),
        ("table-too-many-rows", table(100), table(101)),
        (
            "rich text part",
            rich("rich_text_quote", text.clone()),
            rich("rich_text_shout", text.clone()),
        ),
        (
            "preformatted takes text and links",
            rich("rich_text_preformatted", text.clone()),
            rich(
                "rich_text_preformatted",
                json!({ "type": "user", "user_id": "U1" }),
            ),
        ),
        (
            "rich text is not empty",
            rich("rich_text_section", text),
            rich("rich_text_section", json!({ "type": "text", "text": "" })),
        ),
        (
            "broadcast",
            rich(
                "rich_text_section",
                json!({ "type": "broadcast", "range": "here" }),
            ),
            rich(
                "rich_text_section",
                json!({ "type": "broadcast", "range": "all" }),
            ),
        ),
    ]
}
