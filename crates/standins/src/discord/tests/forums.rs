//! Forums: a post is a thread with its first message in one, tags come from the forum's list, a repeat is another post.

use chrono::TimeDelta;
use serde_json::Value;
use serde_json::json;

use super::super::Permission;
use super::Answered;
use super::REVIEWS;
use super::Stage;
use super::stage;

const FORUM: &str = "1300000000000000302";

async fn forum() -> Stage {
    let stage = stage().await;
    stage.discord.add_forum(FORUM, "posts");
    stage
}

fn code(answered: &Answered) -> (u16, u64) {
    (answered.0, answered.1["code"].as_u64().unwrap_or(u64::MAX))
}

fn path(id: &str) -> String {
    format!("/channels/{id}")
}

async fn post(stage: &Stage, tags: Value) -> Answered {
    let body = json!({ "name": "★★☆☆☆ one", "applied_tags": tags, "message": super::card() });
    stage
        .call("POST", &format!("/channels/{FORUM}/threads"), body)
        .await
}

async fn posted(stage: &Stage, tags: Value) -> String {
    let (status, post) = post(stage, tags).await;
    assert_eq!(status, 201, "{post}");
    post["id"].as_str().unwrap().to_owned()
}

/// The ids of the tags with these names, made by whoever may.
async fn tagged(stage: &Stage, names: &[&str]) -> Vec<String> {
    stage.discord.give_permission(FORUM, Permission::ManageChannels);
    let list: Vec<Value> = names.iter().map(|name| json!({ "name": name })).collect();
    let (status, forum) = stage
        .call("PATCH", &path(FORUM), json!({ "available_tags": list }))
        .await;
    assert_eq!(status, 200, "{forum}");
    let tags = forum["available_tags"].as_array().unwrap();
    tags.iter()
        .map(|tag| tag["id"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn a_post_is_a_thread_whose_first_message_has_its_id() {
    let stage = forum().await;
    // Creating a post asks for nothing but the right to send messages.
    stage
        .discord
        .take_permission(FORUM, Permission::CreatePublicThreads);
    let (status, made) = post(&stage, json!([])).await;
    assert_eq!(status, 201, "{made}");
    let id = made["id"].as_str().unwrap();
    assert_eq!((&made["type"], &made["parent_id"]), (&json!(11), &json!(FORUM)));
    assert_eq!(
        (&made["message"]["id"], &made["message"]["channel_id"]),
        (&json!(id), &json!(id))
    );
    let first = stage
        .call("GET", &format!("/channels/{id}/messages/{id}"), Value::Null)
        .await;
    assert_eq!(
        (first.0, &first.1["embeds"][0]["title"]),
        (200, &json!("★★☆☆☆ Review"))
    );
    let plain = stage
        .call(
            "POST",
            &format!("/channels/{FORUM}/messages"),
            json!({ "content": "x" }),
        )
        .await;
    assert_eq!(code(&plain), (400, 40058));
    let empty = json!({ "name": "x", "message": {} });
    let empty = stage
        .call("POST", &format!("/channels/{FORUM}/threads"), empty)
        .await;
    assert_eq!(code(&empty), (400, 50006));
    let long = json!({ "name": "x".repeat(101), "message": { "content": "x" } });
    let long = stage
        .call("POST", &format!("/channels/{FORUM}/threads"), long)
        .await;
    assert_eq!(code(&long), (400, 50035));
    let text = json!({ "name": "x", "message": { "content": "x" } });
    let text = stage
        .call("POST", &format!("/channels/{REVIEWS}/threads"), text)
        .await;
    assert_eq!(code(&text), (400, 50024));
    stage.discord.take_permission(FORUM, Permission::SendMessages);
    assert_eq!(code(&post(&stage, json!([])).await), (403, 50013));
}

#[tokio::test]
async fn no_nonce_keeps_a_repeat_from_being_a_second_post() {
    let stage = super::staged(super::Settings::default()).await;
    stage.discord.add_forum(FORUM, "posts");
    for _ in 0..2 {
        let body = json!({ "name": "x", "message": { "content": "x", "nonce": "1", "enforce_nonce": true } });
        // The official description does not know it there, and Discord ignores it.
        let made = stage
            .call("POST", &format!("/channels/{FORUM}/threads"), body)
            .await;
        assert_eq!(made.0, 201);
    }
    assert_eq!(stage.discord.posts(FORUM).len(), 2);
}

#[tokio::test]
async fn tags_are_the_forums_own_and_at_most_five() {
    let stage = forum().await;
    let refused = stage
        .call(
            "PATCH",
            &path(FORUM),
            json!({ "available_tags": [{ "name": "a" }] }),
        )
        .await;
    assert_eq!(code(&refused), (403, 50013));
    let tags = tagged(&stage, &["a", "b", "c", "d", "e", "f"]).await;
    let twice = json!({ "available_tags": [{ "name": "a" }, { "name": "a" }] });
    assert_eq!(
        code(&stage.call("PATCH", &path(FORUM), twice).await),
        (400, 40061)
    );
    let many: Vec<Value> = (0..21).map(|n| json!({ "name": n.to_string() })).collect();
    let many = json!({ "available_tags": many });
    assert_eq!(code(&stage.call("PATCH", &path(FORUM), many).await), (400, 50035));
    assert_eq!(code(&post(&stage, json!(tags)).await), (400, 50035));
    assert_eq!(code(&post(&stage, json!(["5"])).await), (404, 10087));
    let id = posted(&stage, json!(tags[..2])).await;
    assert_eq!(stage.discord.tags(&id), ["a", "b"]);
    // What stays keeps its id, and what is left out disappears from the posts.
    let fewer = json!({ "available_tags": [{ "id": tags[1], "name": "B" }] });
    assert_eq!(stage.call("PATCH", &path(FORUM), fewer).await.0, 200);
    assert_eq!(stage.discord.tags(&id), ["B"]);

    stage
        .discord
        .change_forum(FORUM, |forum| forum.requires_tag = true);
    assert_eq!(code(&post(&stage, json!([])).await), (400, 40067));
    assert_eq!(post(&stage, json!([tags[1]])).await.0, 201);
    stage
        .discord
        .change_forum(FORUM, |forum| forum.tags[0].moderated = true);
    assert_eq!(code(&post(&stage, json!([tags[1]])).await), (403, 50013));
    stage.discord.give_permission(FORUM, Permission::ManageThreads);
    assert_eq!(post(&stage, json!([tags[1]])).await.0, 201);
}

#[tokio::test]
async fn whoever_made_a_post_tags_it_puts_it_away_and_takes_it_out_again() {
    let stage = forum().await;
    let tags = tagged(&stage, &["open", "done"]).await;
    let id = posted(&stage, json!([tags[0]])).await;
    let first = format!("/channels/{id}/messages/{id}");
    let away = json!({ "applied_tags": [tags[1]], "archived": true });
    assert_eq!(stage.call("PATCH", &path(&id), away.clone()).await.0, 200);
    assert_eq!(stage.discord.tags(&id), ["done"]);
    assert_eq!(code(&stage.call("PATCH", &path(&id), away).await), (400, 50083));
    assert_eq!(
        code(&stage.call("PATCH", &first, json!({ "content": "x" })).await),
        (400, 50083)
    );

    let list = format!("/channels/{FORUM}/threads/archived/public");
    let found = stage.call("GET", &format!("{list}?limit=2"), Value::Null).await;
    assert_eq!(found.1["threads"][0]["id"], json!(id));
    assert_eq!(
        code(&stage.call("GET", &format!("{list}?limit=1"), Value::Null).await),
        (400, 50035)
    );
    let before = format!("{list}?before=2026-11-21T12:00:00Z");
    let found = stage.call("GET", &before, Value::Null).await;
    assert_eq!(found.1["threads"], json!([]));
    stage
        .discord
        .take_permission(FORUM, Permission::ReadMessageHistory);
    assert_eq!(code(&stage.call("GET", &list, Value::Null).await), (403, 50013));

    assert_eq!(
        stage
            .call("PATCH", &path(&id), json!({ "archived": false }))
            .await
            .0,
        200
    );
    assert_eq!(
        stage.call("PATCH", &first, json!({ "content": "x" })).await.0,
        200
    );
    stage.discord.set_thread(&id, false, true);
    assert_eq!(
        code(&stage.call("PATCH", &first, json!({ "content": "y" })).await),
        (400, 160_005)
    );
    let tagged = json!({ "applied_tags": [tags[0]] });
    assert_eq!(code(&stage.call("PATCH", &path(&id), tagged).await), (403, 50013));
}

#[tokio::test]
async fn one_post_stands_above_all_others_until_it_is_put_away() {
    let stage = forum().await;
    let (one, other) = (posted(&stage, json!([])).await, posted(&stage, json!([])).await);
    let pin = json!({ "flags": 2 });
    assert_eq!(
        code(&stage.call("PATCH", &path(&one), pin.clone()).await),
        (403, 50013)
    );
    stage.discord.give_permission(FORUM, Permission::ManageThreads);
    assert_eq!(
        stage.call("PATCH", &path(&one), pin.clone()).await.1["flags"],
        json!(2)
    );
    assert_eq!(
        code(&stage.call("PATCH", &path(&other), pin.clone()).await),
        (400, 30047)
    );
    // It does not fall asleep.
    stage.clock.advance(TimeDelta::days(8));
    stage.discord.let_threads_sleep();
    let asleep = |id: &str| stage.discord.channel(id).unwrap().thread.unwrap().archived;
    assert_eq!((asleep(&one), asleep(&other)), (false, true));
    stage
        .call("PATCH", &path(&one), json!({ "archived": true }))
        .await;
    let (_, back) = stage
        .call("PATCH", &path(&one), json!({ "archived": false }))
        .await;
    assert_eq!(back["flags"], json!(0));
}
