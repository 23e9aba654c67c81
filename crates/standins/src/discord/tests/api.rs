//! REST: who may call what, and what becomes of messages.

use chrono::TimeDelta;
use serde_json::Value;
use serde_json::json;

use super::super::Permission;
use super::super::Settings;
use super::ANNA;
use super::REVIEWS;
use super::Stage;
use super::card;
use super::stage;
use super::staged;

const MESSAGES: &str = "/channels/1300000000000000301/messages";

fn code(answered: &(u16, Value)) -> (u16, u64) {
    (answered.0, answered.1["code"].as_u64().unwrap_or(u64::MAX))
}

#[tokio::test]
async fn strangers_are_refused_in_discords_words() {
    let stage = stage().await;
    let url = format!("{}/discord/api/v10/users/@me", stage.base);
    let wrong = stage
        .http
        .get(&url)
        .header("authorization", "Bot other")
        .send()
        .await
        .unwrap();
    assert_eq!(wrong.status(), 401);
    assert_eq!(
        wrong.json::<Value>().await.unwrap(),
        json!({ "message": "401: Unauthorized", "code": 0 })
    );
    let unnamed = reqwest::Client::builder()
        .build()
        .unwrap()
        .get(&url)
        .header("authorization", "Bot discord-sandbox")
        .send();
    let unnamed: Value = unnamed.await.unwrap().json().await.unwrap();
    assert_eq!(unnamed["code"], 40333);
    assert_eq!(stage.discord.invalid_requests(), 2);
    assert_eq!(code(&stage.call("GET", "/no/such", Value::Null).await), (404, 0));
    let (_, me) = stage.call("GET", "/users/@me", Value::Null).await;
    assert_eq!((&me["username"], &me["bot"]), (&json!("zeitnah"), &json!(true)));
    let (_, app) = stage.call("GET", "/applications/@me", Value::Null).await;
    assert_eq!(app["verify_key"], stage.discord.settings().public_key());
}

#[tokio::test]
async fn places_refuse_as_discord_does() {
    let stage = stage().await;
    let nowhere = stage
        .call("POST", "/channels/5/messages", json!({ "content": "x" }))
        .await;
    assert_eq!(code(&nowhere), (404, 10003));
    assert_eq!(nowhere.1["message"], "Unknown Channel");
    for (permission, expected) in [
        (Permission::SendMessages, (403, 50013)),
        (Permission::EmbedLinks, (403, 50013)),
        (Permission::ViewChannel, (403, 50001)),
    ] {
        stage.discord.take_permission(REVIEWS, permission);
        assert_eq!(code(&stage.post(card()).await), expected);
        stage.discord.give_permission(REVIEWS, permission);
    }
    stage.card().await;
    assert!(stage.discord.delete_channel(REVIEWS));
    assert_eq!(code(&stage.post(card()).await), (404, 10003));
    assert_eq!(stage.discord.invalid_requests(), 3);
}

#[tokio::test]
async fn the_same_nonce_brings_the_first_message() {
    let stage = stage().await;
    let body =
        |text: &str| json!({ "content": text, "nonce": "z7k3m9q2v5x8c1b4n6a0d2f4h", "enforce_nonce": true });
    let first = stage.posted(body("one")).await;
    let (status, again) = stage.post(body("two")).await;
    assert_eq!(
        (status, again["id"].as_str(), &again["content"]),
        (200, Some(first.as_str()), &json!("one"))
    );
    assert_eq!(stage.discord.messages(REVIEWS).len(), 1);

    stage.discord.delete_message(REVIEWS, &first);
    assert_eq!(code(&stage.post(body("three")).await), (404, 10008));

    // Without enforcement, and after a while, it is a message like any other.
    stage
        .posted(json!({ "content": "loose", "nonce": "z7k3m9q2v5x8c1b4n6a0d2f4h" }))
        .await;
    stage.clock.advance(TimeDelta::minutes(4));
    assert_ne!(stage.posted(body("four")).await, first);
    assert_eq!(
        code(
            &stage
                .post(json!({ "content": "x", "nonce": "x".repeat(26) }))
                .await
        ),
        (400, 50035)
    );
}

#[tokio::test]
async fn an_edit_changes_what_it_names() {
    let stage = stage().await;
    let id = stage.card().await;
    let path = format!("{MESSAGES}/{id}");
    let (status, edited) = stage.call("PATCH", &path, json!({ "content": " hello " })).await;
    assert_eq!((status, &edited["content"]), (200, &json!("hello")));
    assert_eq!(edited["embeds"][0]["title"], "★★☆☆☆ Review");
    assert!(edited["edited_timestamp"].is_string());
    let (_, bare) = stage
        .call("PATCH", &path, json!({ "components": [], "embeds": null }))
        .await;
    assert_eq!((&bare["components"], &bare["embeds"]), (&json!([]), &json!([])));
    let empty = stage.call("PATCH", &path, json!({ "content": "" })).await;
    assert_eq!(code(&empty), (400, 50006));
    assert_eq!(stage.discord.message(REVIEWS, &id).unwrap().version, 3);

    let theirs = stage.discord.say(ANNA, REVIEWS, "mine").unwrap();
    let foreign = stage
        .call(
            "PATCH",
            &format!("{MESSAGES}/{theirs}"),
            json!({ "content": "x" }),
        )
        .await;
    assert_eq!(code(&foreign), (403, 50005));
    let removed = stage
        .call("DELETE", &format!("{MESSAGES}/{theirs}"), Value::Null)
        .await;
    assert_eq!(code(&removed), (403, 50013));
    assert_eq!(stage.call("DELETE", &path, Value::Null).await.0, 204);
    assert_eq!(code(&stage.call("GET", &path, Value::Null).await), (404, 10008));
    assert_eq!(
        code(&stage.call("PATCH", &path, json!({ "content": "x" })).await),
        (404, 10008)
    );
}

#[tokio::test]
async fn old_messages_are_edited_slowly() {
    let stage = stage().await;
    let id = stage.card().await;
    let path = format!("{MESSAGES}/{id}");
    stage.clock.advance(TimeDelta::minutes(61));
    for n in 0..3 {
        let (status, _) = stage
            .call("PATCH", &path, json!({ "content": format!("{n}") }))
            .await;
        assert_eq!(status, 200);
    }
    let refused = stage.call("PATCH", &path, json!({ "content": "x" })).await;
    assert_eq!(code(&refused), (429, 30046));
    assert_eq!(refused.1["retry_after"], 20.0);
    // It counts even where nothing is odd about it.
    assert!(stage.discord.odd().is_empty());
    stage.clock.advance(TimeDelta::seconds(20));
    assert_eq!(stage.call("PATCH", &path, json!({ "content": "x" })).await.0, 200);
}

async fn ids(stage: &Stage, query: &str) -> Vec<String> {
    let (status, list) = stage
        .call("GET", &format!("{MESSAGES}?{query}"), Value::Null)
        .await;
    assert_eq!(status, 200, "{list}");
    list.as_array()
        .unwrap()
        .iter()
        .map(|m| m["content"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn history_is_newest_first_and_paged() {
    let stage = stage().await;
    stage.discord.set_rate_limits(false);
    let mut posted = Vec::new();
    for n in 0..6 {
        posted.push(stage.posted(json!({ "content": format!("m{n}") })).await);
    }
    assert_eq!(ids(&stage, "limit=2").await, ["m5", "m4"]);
    assert_eq!(
        ids(&stage, &format!("before={}&limit=2", posted[4])).await,
        ["m3", "m2"]
    );
    assert_eq!(
        ids(&stage, &format!("after={}&limit=2", posted[1])).await,
        ["m3", "m2"]
    );
    assert_eq!(
        ids(&stage, &format!("around={}&limit=3", posted[2])).await,
        ["m3", "m2", "m1"]
    );
    assert_eq!(
        code(
            &stage
                .call("GET", &format!("{MESSAGES}?limit=101"), Value::Null)
                .await
        ),
        (400, 50035)
    );
    stage
        .discord
        .take_permission(REVIEWS, Permission::ReadMessageHistory);
    assert!(ids(&stage, "limit=2").await.is_empty());
    let one = stage
        .call("GET", &format!("{MESSAGES}/{}", posted[0]), Value::Null)
        .await;
    assert_eq!(code(&one), (403, 50013));
}

#[tokio::test]
async fn the_sixth_message_at_once_has_to_wait() {
    let stage = stage().await;
    for left in (0..5).rev() {
        let sent = stage
            .request("POST", MESSAGES)
            .json(&json!({ "content": "x" }))
            .send()
            .await
            .unwrap();
        assert_eq!(sent.headers()["x-ratelimit-remaining"], left.to_string().as_str());
        assert_eq!(sent.headers()["x-ratelimit-limit"], "5");
        assert_eq!(sent.headers()["x-ratelimit-bucket"].len(), 16);
    }
    let refused = stage
        .request("POST", MESSAGES)
        .json(&json!({ "content": "x" }))
        .send()
        .await
        .unwrap();
    assert_eq!(refused.status(), 429);
    assert_eq!(refused.headers()["retry-after"], "5");
    assert_eq!(refused.headers()["x-ratelimit-scope"], "user");
    assert_eq!(refused.headers()["x-ratelimit-reset-after"], "5.000");
    let body: Value = refused.json().await.unwrap();
    assert_eq!(
        (&body["retry_after"], &body["global"]),
        (&json!(5.0), &json!(false))
    );
    assert_eq!(
        (stage.discord.limited(), stage.discord.invalid_requests()),
        (1, 1)
    );
    stage.clock.advance(TimeDelta::seconds(5));
    stage.card().await;
}

#[tokio::test]
async fn fifty_a_second_is_all_there_is() {
    let stage = stage().await;
    for n in 0..50 {
        // Different routes, so that no bucket of one route is empty first.
        let path = ["/users/@me", "/applications/@me"][n % 2];
        assert_eq!(stage.call("GET", path, Value::Null).await.0, 200);
    }
    let refused = stage.request("GET", "/gateway").send().await.unwrap();
    assert_eq!(refused.headers()["x-ratelimit-global"], "true");
    let body: Value = refused.json().await.unwrap();
    assert_eq!(
        (&body["global"], &body["retry_after"]),
        (&json!(true), &json!(1.0))
    );
}

#[tokio::test]
async fn too_many_invalid_requests_end_in_a_ban() {
    let stage = stage().await;
    let now = stage.discord.now();
    stage
        .discord
        .change(|world, _| (0..10_000).for_each(|_| world.rates.count_invalid(now)));
    let banned = stage.request("GET", "/users/@me").send().await.unwrap();
    assert_eq!(banned.status(), 429);
    assert!(banned.text().await.unwrap().contains("1015"));
}

#[tokio::test]
async fn a_direct_message_needs_an_open_door() {
    let stage = stage().await;
    let dm = |id: &str| json!({ "recipient_id": id });
    assert_eq!(
        code(&stage.call("POST", "/users/@me/channels", dm("7")).await),
        (400, 50033)
    );
    let (_, channel) = stage.call("POST", "/users/@me/channels", dm(ANNA)).await;
    assert_eq!(
        (&channel["type"], &channel["recipients"][0]["id"]),
        (&json!(1), &json!(ANNA))
    );
    let (_, again) = stage.call("POST", "/users/@me/channels", dm(ANNA)).await;
    assert_eq!(again["id"], channel["id"]);
    let path = format!("/channels/{}/messages", channel["id"].as_str().unwrap());
    assert_eq!(
        stage.call("POST", &path, json!({ "content": "psst" })).await.0,
        200
    );
    stage.discord.change_user(ANNA, |anna| anna.closed = true);
    assert_eq!(
        code(&stage.call("POST", &path, json!({ "content": "psst" })).await),
        (403, 50007)
    );
}

#[tokio::test]
async fn members_are_told_one_by_one_unless_the_app_may_more() {
    let stage = stage().await;
    let guild = stage.discord.settings().guild_id;
    let (_, anna) = stage
        .call("GET", &format!("/guilds/{guild}/members/{ANNA}"), Value::Null)
        .await;
    assert_eq!(anna["roles"], json!([super::LEADS]));
    stage.discord.set_away(ANNA, true);
    let gone = stage
        .call("GET", &format!("/guilds/{guild}/members/{ANNA}"), Value::Null)
        .await;
    assert_eq!(code(&gone), (404, 10007));
    let list = format!("/guilds/{guild}/members?limit=100");
    assert_eq!(code(&stage.call("GET", &list, Value::Null).await), (403, 50001));
    let (_, roles) = stage
        .call("GET", &format!("/guilds/{guild}/roles"), Value::Null)
        .await;
    let names: Vec<&str> = roles
        .as_array()
        .unwrap()
        .iter()
        .map(|r| r["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["@everyone", "zeitnah", "leads"]);

    let trusted = staged(Settings {
        privileged_intents: 2,
        ..Settings::default()
    })
    .await;
    let (status, all) = trusted.call("GET", &list, Value::Null).await;
    assert_eq!((status, all.as_array().unwrap().len()), (200, 3));
}

#[tokio::test]
async fn ids_grow_while_the_clock_stands_still_and_the_memory_survives() {
    let stage = stage().await;
    let first = stage.card().await;
    let second = stage.card().await;
    assert!(second.parse::<u64>().unwrap() > first.parse::<u64>().unwrap());
    // 2026-11-21T12:00:00Z.
    assert_eq!(
        (first.parse::<u64>().unwrap() >> 22) + 1_420_070_400_000,
        1_795_262_400_000
    );

    let other = staged(Settings::default()).await;
    other.discord.import(stage.discord.export()).unwrap();
    assert_eq!(other.discord.messages(REVIEWS), stage.discord.messages(REVIEWS));
    let third: u64 = other.card().await.parse().unwrap();
    assert!(third > second.parse().unwrap());
    assert!(other.discord.import(json!({ "users": 1 })).is_err());
    assert_eq!(other.discord.messages(REVIEWS).len(), 3);
}
