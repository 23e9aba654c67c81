//! Registering commands, using them, and what is offered while somebody types.

use serde_json::Value;
use serde_json::json;

use super::super::Settings;
use super::ANNA;
use super::BEN;
use super::REVIEWS;
use super::Stage;
use super::stage;
use super::staged;
use super::whisper;

fn list() -> Value {
    json!([
        { "type": 1, "name": "zeitnah", "description": "Open reviews", "contexts": [0], "integration_types": [0], "options": [
            { "type": 1, "name": "mine", "description": "What is mine" },
            { "type": 1, "name": "show", "description": "One of them", "options": [
                { "type": 3, "name": "review", "description": "Which", "required": true, "autocomplete": true },
                { "type": 4, "name": "days", "description": "How long", "min_value": 1, "max_value": 90 },
                { "type": 6, "name": "who", "description": "Whose" },
                { "type": 4, "name": "stars", "description": "How many", "choices": [{ "name": "two", "value": 2 }] },
            ] },
        ] },
        { "type": 1, "name": "secret", "description": "For few", "default_member_permissions": "8" },
        { "type": 3, "name": "Link to a review" },
    ])
}

fn path(stage: &Stage) -> String {
    let settings = stage.discord.settings();
    format!(
        "/applications/{}/guilds/{}/commands",
        settings.application_id, settings.guild_id
    )
}

async fn registered() -> Stage {
    let stage = stage().await;
    let (status, made) = stage.call("PUT", &path(&stage), list()).await;
    assert_eq!((status, made.as_array().unwrap().len()), (200, 3), "{made}");
    stage
}

#[tokio::test]
async fn a_list_takes_the_place_of_all_and_known_ones_keep_their_id() {
    let stage = registered().await;
    let before = stage.call("GET", &path(&stage), Value::Null).await.1;
    let (_, after) = stage.call("PUT", &path(&stage), json!([list()[0]])).await;
    assert_eq!(
        (after.as_array().unwrap().len(), &after[0]["id"]),
        (1, &before[0]["id"])
    );
    let id = after[0]["id"].as_str().unwrap();
    assert_eq!(
        stage
            .call("DELETE", &format!("{}/{id}", path(&stage)), Value::Null)
            .await
            .0,
        204
    );
    assert_eq!(
        stage
            .call("DELETE", &format!("{}/{id}", path(&stage)), Value::Null)
            .await
            .1["code"],
        10063
    );
    let global = format!(
        "/applications/{}/commands",
        stage.discord.settings().application_id
    );
    assert_eq!(stage.call("POST", &global, list()[0].clone()).await.0, 201);
    assert_eq!(stage.call("POST", &global, list()[0].clone()).await.0, 200);
    let (_, shown) = stage.call("GET", &global, Value::Null).await;
    assert_eq!(
        (shown.as_array().unwrap().len(), shown[0].get("guild_id")),
        (1, None)
    );
    assert_eq!(
        stage.call("PUT", "/applications/1/commands", json!([])).await.1["code"],
        10002
    );
}

#[tokio::test]
async fn commands_are_refused_with_a_place() {
    let stage = staged(Settings {
        rate_limits: false,
        ..Settings::default()
    })
    .await;
    let with = |key: &str, value: Value| {
        let mut command = json!({ "name": "ok", "description": "fine" });
        command[key] = value;
        json!([command])
    };
    let option = |of: Value| with("options", json!([of]));
    for (body, place) in [
        (with("name", json!("Big")), "/0/name"),
        (with("name", json!("two words")), "/0/name"),
        (with("description", json!("")), "/0/description"),
        (with("description", json!("x".repeat(101))), "/0/description"),
        (with("type", json!(7)), "/0/type"),
        (with("contexts", json!([9])), "/0/contexts/0"),
        (
            with("name_localizations", json!({ "xx": "ok" })),
            "/0/name_localizations/xx",
        ),
        (
            with("name_localizations", json!({ "de": "Groß" })),
            "/0/name_localizations/de",
        ),
        (
            option(json!({ "type": 3, "name": "a" })),
            "/0/options/0/description",
        ),
        (
            option(
                json!({ "type": 3, "name": "a", "description": "b", "autocomplete": true, "choices": [{ "name": "c", "value": "c" }] }),
            ),
            "/0/options/0",
        ),
        (
            option(
                json!({ "type": 2, "name": "a", "description": "b", "options": [{ "type": 3, "name": "c", "description": "d" }] }),
            ),
            "/0/options/0/options/0/type",
        ),
        (
            with(
                "options",
                json!([
                    { "type": 3, "name": "a", "description": "b" },
                    { "type": 3, "name": "c", "description": "d", "required": true },
                ]),
            ),
            "/0/options/1",
        ),
        (
            json!([{ "name": "a", "description": "b" }, { "name": "a", "description": "c" }]),
            "/1",
        ),
    ] {
        let (status, answer) = stage.call("PUT", &path(&stage), body.clone()).await;
        assert_eq!((status, &answer["code"]), (400, &json!(50035)), "{body}");
        let faults = answer["errors"]
            .pointer(place)
            .unwrap_or_else(|| panic!("{place}: {answer}"));
        assert!(faults["_errors"].is_array(), "{place}: {answer}");
    }
    assert!(stage.discord.commands().is_empty());
}

#[tokio::test]
async fn a_command_comes_with_typed_values() {
    let stage = registered().await;
    let app = stage.app(&[whisper("here you are")]).await;
    let text = format!("/zeitnah show review:the long one days:7 who:<@{BEN}> stars:2");
    let outcome = stage.discord.command(ANNA, REVIEWS, &text).await;
    assert!(outcome.acked, "{outcome:?}");
    let data = app.last()["data"].clone();
    let show = &data["options"][0];
    assert_eq!(
        (&data["name"], &show["name"]),
        (&json!("zeitnah"), &json!("show"))
    );
    assert_eq!(
        show["options"],
        json!([
            { "name": "review", "type": 3, "value": "the long one" },
            { "name": "days", "type": 4, "value": 7 },
            { "name": "who", "type": 6, "value": BEN },
            { "name": "stars", "type": 4, "value": 2 },
        ])
    );
    assert_eq!(data["resolved"]["users"][BEN]["username"], "ben");
    assert_eq!(stage.discord.see_ephemerals(ANNA)[0].content, "here you are");
    for wrong in [
        "/zeitnah",
        "/zeitnah no",
        "/zeitnah show",
        "/zeitnah show review:a days:x",
        "/zeitnah show review:a days:91",
        "/zeitnah show review:a stars:3",
        "/zeitnah mine x",
        "/other",
        "/secret",
    ] {
        assert!(
            !stage.discord.command(ANNA, REVIEWS, wrong).await.acked,
            "{wrong}"
        );
    }
    assert_eq!(app.requests().len(), 1);
}

#[tokio::test]
async fn choices_are_offered_while_somebody_types() {
    let stage = registered().await;
    let offer = json!({ "type": 8, "data": { "choices": [{ "name": "★★ The box", "value": "42" }] } });
    let many: Vec<Value> = (0..26)
        .map(|n| json!({ "name": "n", "value": n.to_string() }))
        .collect();
    let app = stage
        .app(&[
            offer,
            json!({ "type": 8, "data": { "choices": many } }),
            whisper("no"),
        ])
        .await;
    let typed = ("review", "bo");
    let outcome = stage
        .discord
        .autocomplete(ANNA, REVIEWS, "/zeitnah show", typed)
        .await;
    assert_eq!(
        (outcome.answer, &outcome.choices[0]["value"]),
        (Some(8), &json!("42"))
    );
    let option = &app.last()["data"]["options"][0]["options"][0];
    assert_eq!(
        (&option["value"], &option["focused"]),
        (&json!("bo"), &json!(true))
    );
    for _ in 0..2 {
        let refused = stage
            .discord
            .autocomplete(ANNA, REVIEWS, "/zeitnah show", typed)
            .await;
        assert!(refused.error.unwrap().starts_with("Loading options failed"));
    }
    let fixed = stage
        .discord
        .autocomplete(ANNA, REVIEWS, "/zeitnah show", ("days", "1"))
        .await;
    assert!(fixed.error.unwrap().contains("offers nothing"));
}

#[tokio::test]
async fn a_message_has_its_own_commands() {
    let stage = registered().await;
    let app = stage.app(&[whisper("https://shop.example/42")]).await;
    let id = stage.card().await;
    assert!(
        stage
            .discord
            .message_command(ANNA, REVIEWS, &id, "Link to a review")
            .await
            .acked
    );
    let data = app.last()["data"].clone();
    assert_eq!((&data["target_id"], &data["type"]), (&json!(id), &json!(3)));
    assert_eq!(data["resolved"]["messages"][&id]["id"], id);
}

#[tokio::test]
async fn a_command_that_nobody_answers_says_so() {
    let stage = registered().await;
    stage.app(&[json!(500)]).await;
    let outcome = stage.discord.command(ANNA, REVIEWS, "/zeitnah mine").await;
    assert!(
        outcome
            .error
            .unwrap()
            .starts_with("The application did not respond")
    );
}
