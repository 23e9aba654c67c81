//! Threads: one per message, asleep and awake, locked.

use chrono::TimeDelta;
use serde_json::Value;
use serde_json::json;

use super::super::Fault;
use super::super::Kind;
use super::super::Permission;
use super::ANNA;
use super::REVIEWS;
use super::Stage;
use super::stage;

fn code(answered: &(u16, Value)) -> (u16, u64) {
    (answered.0, answered.1["code"].as_u64().unwrap_or(u64::MAX))
}

async fn started(stage: &Stage) -> String {
    let id = stage.card().await;
    let path = format!("/channels/{REVIEWS}/messages/{id}/threads");
    let (status, thread) = stage.call("POST", &path, json!({ "name": "Review 42" })).await;
    assert_eq!(
        (status, thread["id"].as_str()),
        (201, Some(id.as_str())),
        "{thread}"
    );
    id
}

#[tokio::test]
async fn a_message_has_one_thread_with_its_id() {
    let stage = stage().await;
    let id = started(&stage).await;
    let path = format!("/channels/{REVIEWS}/messages/{id}/threads");
    let again = stage.call("POST", &path, json!({ "name": "again" })).await;
    assert_eq!(code(&again), (400, 160_004));
    let nothing = format!("/channels/{REVIEWS}/messages/5/threads");
    assert_eq!(
        code(&stage.call("POST", &nothing, json!({ "name": "x" })).await),
        (404, 10008)
    );
    let nameless = stage.call("POST", &path, json!({ "name": " " })).await;
    assert_eq!(code(&nameless), (400, 50035));
    stage
        .discord
        .take_permission(REVIEWS, Permission::CreatePublicThreads);
    assert_eq!(
        code(&stage.call("POST", &path, json!({ "name": "x" })).await),
        (403, 50013)
    );

    let inside = format!("/channels/{id}/messages");
    let (status, said) = stage.call("POST", &inside, json!({ "content": "in here" })).await;
    assert_eq!((status, said["channel_id"].as_str()), (200, Some(id.as_str())));
    let (_, parent) = stage
        .call("GET", &format!("/channels/{REVIEWS}/messages/{id}"), Value::Null)
        .await;
    assert_eq!(parent["thread"]["message_count"], 1);
    assert_eq!(parent["flags"].as_u64().unwrap() & 32, 32);
    let (_, thread) = stage.call("GET", &format!("/channels/{id}"), Value::Null).await;
    assert_eq!(
        (&thread["type"], &thread["parent_id"]),
        (&json!(11), &json!(REVIEWS))
    );
    stage
        .discord
        .take_permission(REVIEWS, Permission::SendMessagesInThreads);
    assert_eq!(
        code(&stage.call("POST", &inside, json!({ "content": "x" })).await),
        (403, 50013)
    );
}

#[tokio::test]
async fn a_sleeping_thread_wakes_by_words_and_not_by_edits() {
    let stage = stage().await;
    let id = started(&stage).await;
    let inside = format!("/channels/{id}/messages");
    let (_, said) = stage.call("POST", &inside, json!({ "content": "one" })).await;
    let message = format!("{inside}/{}", said["id"].as_str().unwrap());
    assert!(stage.discord.set_thread(&id, true, false));
    let edited = stage.call("PATCH", &message, json!({ "content": "two" })).await;
    assert_eq!(code(&edited), (400, 50083));
    assert_eq!(
        stage.call("POST", &inside, json!({ "content": "awake" })).await.0,
        200
    );
    assert!(!stage.discord.channel(&id).unwrap().thread.unwrap().archived);

    // After its time it falls asleep by itself.
    stage.clock.advance(TimeDelta::days(4));
    stage.discord.let_threads_sleep();
    assert!(stage.discord.channel(&id).unwrap().thread.unwrap().archived);
    let woken = stage
        .call("PATCH", &format!("/channels/{id}"), json!({ "archived": false }))
        .await;
    assert_eq!(
        (woken.0, &woken.1["thread_metadata"]["archived"]),
        (200, &json!(false))
    );
}

#[tokio::test]
async fn a_locked_thread_takes_nothing() {
    let stage = stage().await;
    let id = started(&stage).await;
    let inside = format!("/channels/{id}/messages");
    stage.discord.set_thread(&id, false, true);
    assert_eq!(
        code(&stage.call("POST", &inside, json!({ "content": "x" })).await),
        (400, 160_005)
    );
    stage.discord.set_thread(&id, true, true);
    assert_eq!(
        code(&stage.call("POST", &inside, json!({ "content": "x" })).await),
        (400, 50083)
    );
    let woken = stage
        .call("PATCH", &format!("/channels/{id}"), json!({ "archived": false }))
        .await;
    assert_eq!(code(&woken), (403, 50013));
    assert!(
        stage
            .discord
            .say(ANNA, &id, "hello")
            .unwrap_err()
            .contains("locked")
    );
    stage.discord.give_permission(REVIEWS, Permission::ManageThreads);
    assert_eq!(
        stage.call("POST", &inside, json!({ "content": "x" })).await.0,
        200
    );
}

#[tokio::test]
async fn the_newest_thread_can_be_locked_as_a_fault() {
    let stage = stage().await;
    let id = started(&stage).await;
    stage.discord.fault(Fault::new(Kind::LockThread));
    let inside = format!("/channels/{id}/messages");
    assert_eq!(
        code(&stage.call("POST", &inside, json!({ "content": "x" })).await),
        (400, 50083)
    );
    stage.discord.heal();
    assert_eq!(
        stage.call("POST", &inside, json!({ "content": "x" })).await.0,
        200
    );
}

#[tokio::test]
async fn a_channel_takes_its_threads_along() {
    let stage = stage().await;
    let id = started(&stage).await;
    assert!(stage.discord.delete_channel(REVIEWS));
    assert_eq!(
        code(&stage.call("GET", &format!("/channels/{id}"), Value::Null).await),
        (404, 10003)
    );
}
