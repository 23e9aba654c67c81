//! What Discord refuses in a message, a form and a command, each with its place.

use serde_json::Value;
use serde_json::json;

use super::super::Settings;
use super::Stage;
use super::staged;

/// Without the official description, so that it is the own checks that refuse.
async fn bare() -> Stage {
    let stage = staged(Settings::default()).await;
    stage.discord.set_rate_limits(false);
    stage
}

fn row(components: Value) -> Value {
    json!({ "components": [{ "type": 1, "components": components }] })
}

fn button(of: Value) -> Value {
    let mut button = json!({ "type": 2, "style": 1, "label": "x", "custom_id": "c" });
    for (key, value) in of.as_object().unwrap() {
        button[key] = value.clone();
    }
    button
}

fn embed(of: Value) -> Value {
    json!({ "embeds": [of] })
}

fn menu(of: Value) -> Value {
    let mut menu = json!({ "type": 3, "custom_id": "c", "options": [{ "label": "a", "value": "a" }] });
    for (key, value) in of.as_object().unwrap() {
        menu[key] = value.clone();
    }
    row(json!([menu]))
}

#[tokio::test]
async fn messages_are_refused_with_a_place() {
    let stage = bare().await;
    let long = |n: usize| "x".repeat(n);
    let fields = |n: usize| -> Value { (0..n).map(|_| json!({ "name": "n", "value": "v" })).collect() };
    let cases: Vec<(Value, &str, &str)> = vec![
        (
            json!({ "content": long(2001) }),
            "/content",
            "BASE_TYPE_MAX_LENGTH",
        ),
        (json!({ "content": 5 }), "/content", "STRING_TYPE_CONVERT"),
        (
            json!({ "embeds": vec![json!({ "title": "x" }); 11] }),
            "/embeds",
            "BASE_TYPE_BAD_LENGTH",
        ),
        (
            embed(json!({ "title": long(257) })),
            "/embeds/0/title",
            "BASE_TYPE_MAX_LENGTH",
        ),
        (
            embed(json!({ "description": long(4097) })),
            "/embeds/0/description",
            "BASE_TYPE_MAX_LENGTH",
        ),
        (embed(json!({})), "/embeds/0/description", "BASE_TYPE_REQUIRED"),
        (
            embed(json!({ "fields": fields(26) })),
            "/embeds/0/fields",
            "BASE_TYPE_BAD_LENGTH",
        ),
        (
            embed(json!({ "fields": [{ "name": " ", "value": "v" }] })),
            "/embeds/0/fields/0/name",
            "BASE_TYPE_REQUIRED",
        ),
        (
            embed(json!({ "fields": [{ "name": "n", "value": long(1025) }] })),
            "/embeds/0/fields/0/value",
            "BASE_TYPE_MAX_LENGTH",
        ),
        (
            embed(json!({ "footer": { "text": long(2049) } })),
            "/embeds/0/footer/text",
            "BASE_TYPE_MAX_LENGTH",
        ),
        (
            embed(json!({ "author": { "name": "" } })),
            "/embeds/0/author/name",
            "BASE_TYPE_REQUIRED",
        ),
        (
            embed(json!({ "title": "x", "url": "javascript:alert(1)" })),
            "/embeds/0/url",
            "URL_TYPE_INVALID_SCHEME",
        ),
        (
            embed(json!({ "title": "x", "url": "no" })),
            "/embeds/0/url",
            "URL_TYPE_INVALID_URL",
        ),
        (
            embed(json!({ "title": "x", "timestamp": "yesterday" })),
            "/embeds/0/timestamp",
            "DATE_TYPE_PARSE",
        ),
        (
            embed(json!({ "title": "x", "color": 0x0100_0000 })),
            "/embeds/0/color",
            "NUMBER_TYPE_MAX",
        ),
        (
            json!({ "embeds": [{ "description": long(4000) }, { "description": long(2001) }] }),
            "/embeds",
            "MAX_EMBED_SIZE_EXCEEDED",
        ),
        (
            json!({ "content": "x", "components": [button(json!({}))] }),
            "/components/0/type",
            "BASE_TYPE_CHOICES",
        ),
        (
            json!({ "components": (0..6).map(|n| json!({ "type": 1, "components": [button(json!({ "custom_id": n.to_string() }))] })).collect::<Vec<_>>() }),
            "/components",
            "BASE_TYPE_BAD_LENGTH",
        ),
        (row(json!([])), "/components/0/components", "BASE_TYPE_REQUIRED"),
        (
            row((0..6)
                .map(|n| button(json!({ "custom_id": n.to_string() })))
                .collect()),
            "/components/0/components",
            "BASE_TYPE_BAD_LENGTH",
        ),
        (
            row(json!([button(json!({})), button(json!({}))])),
            "/components/0/components/1/custom_id",
            "COMPONENT_CUSTOM_ID_DUPLICATED",
        ),
        (
            row(json!([button(json!({ "label": long(81) }))])),
            "/components/0/components/0/label",
            "BASE_TYPE_MAX_LENGTH",
        ),
        (
            row(json!([button(json!({ "custom_id": long(101) }))])),
            "/components/0/components/0/custom_id",
            "BASE_TYPE_MAX_LENGTH",
        ),
        (
            row(json!([button(json!({ "custom_id": null }))])),
            "/components/0/components/0/custom_id",
            "BASE_TYPE_REQUIRED",
        ),
        (
            row(json!([button(json!({ "label": null }))])),
            "/components/0/components/0",
            "BUTTON_COMPONENT_LABEL_OR_EMOJI_REQUIRED",
        ),
        (
            row(json!([button(json!({ "style": 9 }))])),
            "/components/0/components/0/style",
            "BASE_TYPE_CHOICES",
        ),
        (
            row(json!([button(json!({ "style": 5, "custom_id": null }))])),
            "/components/0/components/0",
            "BUTTON_COMPONENT_URL_REQUIRED",
        ),
        (
            row(json!([button(
                json!({ "style": 5, "custom_id": null, "url": "javascript:x" })
            )])),
            "/components/0/components/0/url",
            "URL_TYPE_INVALID_SCHEME",
        ),
        (
            row(json!([button(json!({ "emoji": { "name": "ok" } }))])),
            "/components/0/components/0/emoji/name",
            "COMPONENT_INVALID_EMOJI",
        ),
        (
            row(json!([button(json!({})), { "type": 5, "custom_id": "d" }])),
            "/components/0/components",
            "COMPONENT_LAYOUT_WIDTH_EXCEEDED",
        ),
        (
            menu(json!({ "options": [] })),
            "/components/0/components/0/options",
            "BASE_TYPE_REQUIRED",
        ),
        (
            menu(
                json!({ "options": (0..26).map(|n| json!({ "label": "a", "value": n.to_string() })).collect::<Vec<_>>() }),
            ),
            "/components/0/components/0/options",
            "BASE_TYPE_BAD_LENGTH",
        ),
        (
            menu(json!({ "options": [{ "label": "a", "value": "a" }, { "label": "b", "value": "a" }] })),
            "/components/0/components/0/options/1/value",
            "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED",
        ),
        (
            menu(json!({ "placeholder": long(151) })),
            "/components/0/components/0/placeholder",
            "BASE_TYPE_MAX_LENGTH",
        ),
        (
            menu(json!({ "max_values": 26 })),
            "/components/0/components/0/max_values",
            "NUMBER_TYPE_MAX",
        ),
        (
            json!({ "content": "x", "allowed_mentions": { "parse": ["all"] } }),
            "/allowed_mentions/parse/0",
            "BASE_TYPE_CHOICES",
        ),
        (
            json!({ "content": "x", "allowed_mentions": { "parse": ["users"], "users": ["1"] } }),
            "/allowed_mentions",
            "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
        ),
        (
            json!({ "content": "x", "enforce_nonce": true }),
            "/nonce",
            "BASE_TYPE_REQUIRED",
        ),
        (
            json!({ "content": "x", "flags": 64 }),
            "/flags",
            "MESSAGE_FLAGS_INVALID",
        ),
        (
            json!({ "content": "x", "flags": 128 }),
            "/flags",
            "MESSAGE_FLAGS_INVALID",
        ),
        (
            json!({ "content": "x", "flags": 32768, "components": [{ "type": 10, "content": "y" }] }),
            "/content",
            "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
        ),
        (
            json!({ "flags": 32768, "components": [{ "type": 10, "content": long(2001) }, { "type": 10, "content": long(2000) }] }),
            "/components",
            "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED",
        ),
    ];
    let count = cases.len();
    for (body, place, code) in cases {
        let (status, answer) = stage.post(body.clone()).await;
        assert_eq!(
            (status, &answer["code"]),
            (400, &json!(50035)),
            "{body}: {answer}"
        );
        let faults = &answer["errors"]
            .pointer(place)
            .unwrap_or_else(|| panic!("{place}: {answer}"))["_errors"];
        assert_eq!(faults[0]["code"], code, "{place}: {answer}");
    }
    assert_eq!(stage.discord.odd().len(), count);
    assert!(stage.discord.messages(super::REVIEWS).is_empty());
}

#[tokio::test]
async fn what_just_fits_is_taken() {
    let stage = bare().await;
    let long = |n: usize| "x".repeat(n);
    let fields: Vec<Value> = (0..25).map(|_| json!({ "name": "n", "value": "v" })).collect();
    for body in [
        json!({ "content": long(2000) }),
        json!({ "embeds": [{ "title": long(256), "description": long(4096), "fields": fields }] }),
        json!({ "embeds": [{ "description": long(4000) }, { "description": long(2000) }] }),
        row(json!([button(
            json!({ "label": long(80), "custom_id": long(100) })
        )])),
        row(json!([button(
            json!({ "label": null, "emoji": { "name": "✅" } })
        )])),
        json!({ "flags": 32768, "components": [{ "type": 17, "components": [
            { "type": 10, "content": "words" }, { "type": 14 },
            { "type": 9, "components": [{ "type": 10, "content": "more" }], "accessory": button(json!({})) },
        ] }] }),
    ] {
        stage.posted(body).await;
    }
    let (status, answer) = stage.post(json!({ "content": " \n " })).await;
    assert_eq!((status, &answer["code"]), (400, &json!(50006)));
    // 1,001 characters outside the first plane count twice.
    assert_eq!(stage.post(json!({ "content": "😀".repeat(1001) })).await.0, 400);
}

#[tokio::test]
async fn what_is_no_json_is_refused() {
    let stage = bare().await;
    let path = format!("/channels/{}/messages", super::REVIEWS);
    let broken = stage
        .request("POST", &path)
        .header("content-type", "application/json")
        .body("{");
    let answer: Value = broken.send().await.unwrap().json().await.unwrap();
    assert_eq!(answer["code"], 50109);
    let plain = stage
        .request("POST", &path)
        .body("content=x")
        .send()
        .await
        .unwrap();
    assert_eq!(plain.status(), 400);
    assert_eq!(stage.discord.odd().len(), 2);
}

#[test]
fn popups_are_refused_with_a_place() {
    let text = |of: Value| {
        let mut input = json!({ "type": 4, "custom_id": "t", "style": 1 });
        for (key, value) in of.as_object().unwrap() {
            input[key] = value.clone();
        }
        json!({ "type": 18, "label": "L", "component": input })
    };
    let with = |components: Value| json!({ "custom_id": "c", "title": "T", "components": components });
    let good = with(json!([text(json!({})), { "type": 10, "content": "words" }]));
    assert_eq!(super::super::form::modal(&good), Ok(()));
    let old = with(json!([{ "type": 1, "components": [
        { "type": 4, "custom_id": "t", "style": 2, "label": "old" },
    ] }]));
    assert_eq!(super::super::form::modal(&old), Ok(()));
    let mut titled = good.clone();
    titled["title"] = json!("x".repeat(46));
    let cases: Vec<(Value, &str)> = vec![
        (titled, "/data/title"),
        (with(json!([])), "/data/components"),
        (
            with(
                (0..6)
                    .map(|n| text(json!({ "custom_id": n.to_string() })))
                    .collect(),
            ),
            "/data/components",
        ),
        (
            with(json!([text(json!({})), text(json!({}))])),
            "/data/components/1/component/custom_id",
        ),
        (
            with(json!([text(json!({ "style": 3 }))])),
            "/data/components/0/component/style",
        ),
        (
            with(json!([text(json!({ "label": "x" }))])),
            "/data/components/0/component/label",
        ),
        (
            with(json!([text(json!({ "max_length": 4001 }))])),
            "/data/components/0/component/max_length",
        ),
        (
            with(json!([text(json!({ "min_length": 9, "max_length": 5 }))])),
            "/data/components/0/component/min_length",
        ),
        (
            with(json!([text(json!({ "value": "xxxx", "max_length": 3 }))])),
            "/data/components/0/component/value",
        ),
        (
            with(json!([{ "type": 2, "custom_id": "b", "label": "x", "style": 1 }])),
            "/data/components/0/type",
        ),
        (
            with(json!([{ "type": 18, "label": "x".repeat(46), "component": text(json!({}))["component"] }])),
            "/data/components/0/label",
        ),
    ];
    for (body, place) in cases {
        let refused = super::super::form::modal(&body).expect_err(place).body();
        let faults = refused["errors"]
            .pointer(place)
            .unwrap_or_else(|| panic!("{place}: {refused}"));
        assert!(faults["_errors"][0]["code"].is_string(), "{place}: {refused}");
    }
}
