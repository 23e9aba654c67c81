//! The demo page's side: everything the workspace holds as one JSON, a long poll for changes, and what people do
//! as plain requests.

use std::sync::Arc;

use axum::extract::State;
use axum::routing::post;
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use super::people::Move;
use super::{Outcome, Slack};
use crate::chat::control;
use crate::chat::control::done;

pub fn routes() -> Router<Arc<Slack>> {
    let people = Router::new()
        .route("/press", post(press))
        .route("/choose", post(choose))
        .route("/submit", post(submit))
        .route("/close", post(close))
        .route("/command", post(command))
        .route("/home", post(home))
        .route("/say", post(say))
        .route("/delete", post(delete))
        .route("/archive", post(archive))
        .merge(control::routes());
    Router::new().nest("/control/slack", people)
}

fn told(outcome: Outcome) -> Json<Value> {
    let ok = outcome.error.is_none();
    Json(json!({ "ok": ok, "acked": outcome.acked, "error": outcome.error }))
}

#[derive(Deserialize)]
struct Press {
    user: String,
    #[serde(default)]
    channel: String,
    #[serde(default)]
    ts: String,
    action_id: String,
    block_id: Option<String>,
    view_id: Option<String>,
    value: Option<String>,
}

async fn press(State(slack): State<Arc<Slack>>, Json(press): Json<Press>) -> Json<Value> {
    told(slack.made(&Press { value: None, ..press }).await)
}

async fn choose(State(slack): State<Arc<Slack>>, Json(press): Json<Press>) -> Json<Value> {
    told(slack.made(&press).await)
}

impl Slack {
    async fn made(&self, press: &Press) -> Outcome {
        let made = Move {
            user: &press.user,
            block: press.block_id.as_deref(),
            what: &press.action_id,
            choice: press.value.as_deref(),
        };
        match &press.view_id {
            Some(view) => self.in_view(made, view).await,
            None => self.on_message(made, &press.channel, &press.ts, None).await,
        }
    }
}

#[derive(Deserialize)]
struct Submit {
    user: String,
    view_id: String,
    #[serde(default)]
    values: Value,
}

async fn submit(State(slack): State<Arc<Slack>>, Json(form): Json<Submit>) -> Json<Value> {
    told(slack.submit_values(&form.user, &form.view_id, &form.values).await)
}

async fn close(State(slack): State<Arc<Slack>>, Json(form): Json<Submit>) -> Json<Value> {
    match slack.view(&form.user).is_some_and(|top| top.id == form.view_id) {
        true => told(slack.close_view(&form.user).await),
        false => done(false, "that form is not on top"),
    }
}

#[derive(Deserialize)]
struct Said {
    user: String,
    channel: String,
    #[serde(default)]
    text: String,
    #[serde(default)]
    thread_ts: Option<String>,
}

#[derive(Deserialize)]
struct Person {
    user: String,
}

async fn home(State(slack): State<Arc<Slack>>, Json(who): Json<Person>) -> Json<Value> {
    let outcome = slack.open_home(&who.user).await;
    // Whoever does not listen to it shows nothing there; that is no failure.
    Json(json!({ "ok": true, "acked": outcome.acked, "error": null }))
}

async fn command(State(slack): State<Arc<Slack>>, Json(said): Json<Said>) -> Json<Value> {
    told(slack.type_command(&said.user, &said.channel, &said.text).await)
}

async fn say(State(slack): State<Arc<Slack>>, Json(said): Json<Said>) -> Json<Value> {
    slack.say(&said.user, &said.channel, said.thread_ts.as_deref(), &said.text);
    done(true, "")
}

#[derive(Deserialize)]
struct Target {
    channel: String,
    #[serde(default)]
    ts: String,
    #[serde(default)]
    archived: bool,
}

async fn delete(State(slack): State<Arc<Slack>>, Json(target): Json<Target>) -> Json<Value> {
    done(
        slack.delete_message(&target.channel, &target.ts),
        "there is no such message",
    )
}

async fn archive(State(slack): State<Arc<Slack>>, Json(target): Json<Target>) -> Json<Value> {
    if !slack
        .channels()
        .iter()
        .any(|channel| channel.id == target.channel)
    {
        return done(false, "there is no such channel");
    }
    // Whether the bot listens to it or not, the channel is archived.
    let outcome = match target.archived {
        true => slack.archive(&target.channel).await,
        false => slack.unarchive(&target.channel).await,
    };
    Json(json!({ "ok": true, "acked": outcome.acked, "error": null }))
}
