//! The demo page's side: everything the server holds as one JSON, a long poll for changes, and what people do as
//! plain requests.

use std::sync::Arc;

use axum::Json;
use axum::Router;
use axum::extract::State;
use axum::routing::post;
use serde::Deserialize;
use serde_json::Value;
use serde_json::json;

use super::Discord;
use super::Outcome;
use super::Permission;
use crate::chat::control;
use crate::chat::control::done;

pub fn routes() -> Router<Arc<Discord>> {
    let people = Router::new()
        .route("/press", post(press))
        .route("/choose", post(choose))
        .route("/submit", post(submit))
        .route("/close", post(close))
        .route("/command", post(command))
        .route("/autocomplete", post(autocomplete))
        .route("/say", post(say))
        .route("/read", post(read))
        .route("/delete", post(delete))
        .route("/archive", post(archive))
        .route("/channel/delete", post(delete_channel))
        .route("/permission", post(permission))
        .merge(control::routes());
    Router::new().nest("/control/discord", people)
}

fn told(outcome: Outcome) -> Json<Value> {
    let ok = outcome.error.is_none();
    Json(json!({
        "ok": ok,
        "acked": outcome.acked,
        "error": outcome.error,
        "choices": outcome.choices,
    }))
}

#[derive(Deserialize)]
struct Press {
    user: String,
    channel: String,
    message: String,
    custom_id: String,
    #[serde(default)]
    values: Vec<String>,
}

async fn press(State(discord): State<Arc<Discord>>, Json(press): Json<Press>) -> Json<Value> {
    let Press {
        user,
        channel,
        message,
        custom_id,
        ..
    } = press;
    told(discord.press(&user, &channel, &message, &custom_id).await)
}

async fn choose(State(discord): State<Arc<Discord>>, Json(press): Json<Press>) -> Json<Value> {
    let Press {
        user,
        channel,
        message,
        custom_id,
        values,
    } = press;
    let values: Vec<&str> = values.iter().map(String::as_str).collect();
    told(
        discord
            .choose(&user, &channel, &message, &custom_id, &values)
            .await,
    )
}

#[derive(Deserialize)]
struct Submit {
    user: String,
    /// The open form's id, so that an old page does not send a new form.
    modal: String,
    /// Texts by custom id; lists of values for menus.
    #[serde(default)]
    values: Value,
}

async fn submit(State(discord): State<Arc<Discord>>, Json(form): Json<Submit>) -> Json<Value> {
    if discord.modal(&form.user).is_none_or(|open| open.id != form.modal) {
        return done(false, "that form is not open");
    }
    let given = form.values.as_object().into_iter().flatten();
    let fields: Vec<(String, String)> = given.map(|(id, value)| (id.clone(), written(value))).collect();
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(id, text)| (id.as_str(), text.as_str()))
        .collect();
    told(discord.submit(&form.user, &fields).await)
}

fn written(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(list) => list.iter().map(written).collect::<Vec<_>>().join("\n"),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

async fn close(State(discord): State<Arc<Discord>>, Json(form): Json<Submit>) -> Json<Value> {
    match discord
        .modal(&form.user)
        .is_some_and(|open| open.id == form.modal)
    {
        true => done(discord.close_modal(&form.user), "that form is not open"),
        false => done(false, "that form is not open"),
    }
}

#[derive(Deserialize)]
struct Said {
    user: String,
    channel: String,
    #[serde(default)]
    text: String,
    /// For a word half typed: the option and what stands in it.
    #[serde(default)]
    option: String,
    #[serde(default)]
    typed: String,
}

async fn command(State(discord): State<Arc<Discord>>, Json(said): Json<Said>) -> Json<Value> {
    told(discord.command(&said.user, &said.channel, &said.text).await)
}

async fn autocomplete(State(discord): State<Arc<Discord>>, Json(said): Json<Said>) -> Json<Value> {
    let focused = (said.option.as_str(), said.typed.as_str());
    told(
        discord
            .autocomplete(&said.user, &said.channel, &said.text, focused)
            .await,
    )
}

async fn say(State(discord): State<Arc<Discord>>, Json(said): Json<Said>) -> Json<Value> {
    match discord.say(&said.user, &said.channel, &said.text) {
        Ok(_) => done(true, ""),
        Err(why) => done(false, &why),
    }
}

/// Somebody looks at a channel; nothing in it is unread to them any more.
async fn read(State(discord): State<Arc<Discord>>, Json(said): Json<Said>) -> Json<Value> {
    discord.open_channel(&said.user, &said.channel);
    done(true, "")
}

#[derive(Deserialize)]
struct Target {
    channel: String,
    #[serde(default)]
    message: String,
    #[serde(default)]
    archived: bool,
    #[serde(default)]
    locked: bool,
    #[serde(default)]
    permission: String,
    #[serde(default)]
    given: bool,
}

async fn delete(State(discord): State<Arc<Discord>>, Json(target): Json<Target>) -> Json<Value> {
    let gone = discord.delete_message(&target.channel, &target.message);
    done(gone, "there is no such message")
}

async fn archive(State(discord): State<Arc<Discord>>, Json(target): Json<Target>) -> Json<Value> {
    let done_so = discord.set_thread(&target.channel, target.archived, target.locked);
    done(done_so, "there is no such thread")
}

async fn delete_channel(State(discord): State<Arc<Discord>>, Json(target): Json<Target>) -> Json<Value> {
    done(
        discord.delete_channel(&target.channel),
        "there is no such channel",
    )
}

async fn permission(State(discord): State<Arc<Discord>>, Json(target): Json<Target>) -> Json<Value> {
    let Some(permission) = Permission::named(&target.permission) else {
        return done(false, "there is no such permission");
    };
    match target.given {
        true => discord.give_permission(&target.channel, permission),
        false => discord.take_permission(&target.channel, permission),
    }
    done(true, "")
}
