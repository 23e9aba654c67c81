//! What serenity's types, which are strict, make of what is sent.

use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::json;
use serenity::model::application::Command;
use serenity::model::application::Interaction;
use serenity::model::channel::GuildChannel;
use serenity::model::channel::Message;
use serenity::model::event::Event;
use serenity::model::guild::Guild;
use serenity::model::guild::Member;
use serenity::model::guild::Role;

use super::super::Tag;
use super::ANNA;
use super::BEN;
use super::REVIEWS;
use super::stage;

fn reads<T: DeserializeOwned>(what: &str, value: &Value) -> T {
    serde_json::from_value(value.clone()).unwrap_or_else(|why| panic!("{what}: {why}: {value}"))
}

#[tokio::test]
async fn answers_are_of_serenitys_types() {
    let stage = stage().await;
    let id = stage.card().await;
    stage
        .call(
            "POST",
            &format!("/channels/{REVIEWS}/messages/{id}/threads"),
            json!({ "name": "t" }),
        )
        .await;
    let (_, message) = stage
        .call("GET", &format!("/channels/{REVIEWS}/messages/{id}"), Value::Null)
        .await;
    let message: Message = reads("message", &message);
    assert_eq!(
        (message.id.to_string(), message.components.len()),
        (id.clone(), 3)
    );
    let forum = "1300000000000000302";
    stage.discord.add_forum(forum, "posts");
    stage.discord.change_forum(forum, |forum| {
        forum.tags.push(Tag {
            id: "7".into(),
            name: "open".into(),
            ..Tag::default()
        })
    });
    let body = json!({ "name": "t", "applied_tags": ["7"], "message": { "content": "t" } });
    let (_, post) = stage
        .call("POST", &format!("/channels/{forum}/threads"), body)
        .await;
    reads::<GuildChannel>("post", &post);
    reads::<Message>("its message", &post["message"]);
    for channel in [REVIEWS, &id, forum] {
        let (_, channel) = stage
            .call("GET", &format!("/channels/{channel}"), Value::Null)
            .await;
        reads::<GuildChannel>("channel", &channel);
    }
    let guild = format!("/guilds/{}", stage.discord.settings().guild_id);
    let (_, roles) = stage.call("GET", &format!("{guild}/roles"), Value::Null).await;
    reads::<Vec<Role>>("roles", &roles);
    let (_, mut member) = stage
        .call("GET", &format!("{guild}/members/{ANNA}"), Value::Null)
        .await;
    // The library adds it itself before it reads.
    member["guild_id"] = json!(stage.discord.settings().guild_id);
    reads::<Member>("member", &member);
    let guild = stage.discord.look().guild_create();
    reads::<Guild>("guild", &guild);
}

#[tokio::test]
async fn interactions_are_of_serenitys_types() {
    let stage = stage().await;
    let old = json!({ "type": 9, "data": { "custom_id": "f", "title": "T", "components": [{ "type": 1, "components": [
        { "type": 4, "custom_id": "t", "style": 2, "label": "Text" },
    ] }] } });
    let app = stage.app(&[json!({ "type": 6 }), old]).await;
    let settings = stage.discord.settings();
    let path = format!(
        "/applications/{}/guilds/{}/commands",
        settings.application_id, settings.guild_id
    );
    let commands = json!([
        { "name": "find", "description": "d", "options": [
            { "type": 3, "name": "what", "description": "d", "autocomplete": true },
            { "type": 6, "name": "who", "description": "d" },
        ] },
        { "type": 3, "name": "Link" },
    ]);
    let (_, made) = stage.call("PUT", &path, commands).await;
    reads::<Vec<Command>>("commands", &made);
    let id = stage.card().await;
    let discord = &stage.discord;
    let _ = discord.choose(ANNA, REVIEWS, &id, "assign:42", &[BEN]).await;
    assert!(discord.press(ANNA, REVIEWS, &id, "Claim").await.acked);
    assert!(discord.submit(ANNA, &[("t", "words")]).await.acked);
    let _ = discord
        .command(ANNA, REVIEWS, &format!("/find what:x who:{BEN}"))
        .await;
    let _ = discord.autocomplete(ANNA, REVIEWS, "/find", ("what", "x")).await;
    let _ = discord.message_command(ANNA, REVIEWS, &id, "Link").await;
    let requests = app.requests();
    assert_eq!(requests.len(), 6);
    for payload in &requests {
        let read: Interaction = reads("interaction", payload);
        assert_eq!(
            u64::from(u8::from(read.kind())),
            payload["type"].as_u64().unwrap()
        );
        let event = json!({ "t": "INTERACTION_CREATE", "d": payload });
        assert!(matches!(
            reads::<Event>("event", &event),
            Event::InteractionCreate(_)
        ));
    }
}
