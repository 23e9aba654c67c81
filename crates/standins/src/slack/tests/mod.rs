//! The stand-in seen through the clients that the bot uses, and through a small bot that answers it.

mod api;
mod faults;
mod forms;
mod hostile;
mod morphism;
mod odd;
mod presses;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::{Settings, Slack};

pub const ANNA: &str = "U0ANNA";
pub const REVIEWS: &str = "C0REVIEWS";

/// A clock that moves when told to.
#[derive(Clone)]
pub struct Clock(Arc<Mutex<DateTime<Utc>>>);

impl Clock {
    pub fn advance(&self, by: TimeDelta) {
        *self.0.lock().unwrap() += by;
    }
}

pub struct Stage {
    pub slack: Arc<Slack>,
    pub base: String,
    pub clock: Clock,
    pub http: reqwest::Client,
}

pub async fn stage() -> Stage {
    staged(Settings::default()).await
}

pub async fn staged(settings: Settings) -> Stage {
    let clock = Clock(Arc::new(Mutex::new("2026-11-21T12:00:00Z".parse().unwrap())));
    let hand = clock.clone();
    let slack = Slack::new(Arc::new(move || *hand.0.lock().unwrap()), settings);
    slack.add_user(ANNA, "anna", "Anna Berg");
    slack.add_user("U0BEN", "ben", "Ben Kurz");
    slack.add_channel(REVIEWS, "reviews", &[ANNA, "U0BEN"]);
    slack.add_group("S0LEADS", "leads", &[ANNA]);
    let base = slack.serve().await.unwrap();
    let http = reqwest::Client::builder()
        .pool_max_idle_per_host(0)
        .build()
        .unwrap();
    Stage {
        slack,
        base,
        clock,
        http,
    }
}

impl Stage {
    pub async fn send(&self, method: &str, body: Value) -> reqwest::Result<reqwest::Response> {
        let url = format!("{}/slack/api/{method}", self.base);
        self.http
            .post(url)
            .bearer_auth("xoxb-sandbox")
            .json(&body)
            .send()
            .await
    }

    pub async fn call(&self, method: &str, body: Value) -> Value {
        self.send(method, body).await.unwrap().json().await.unwrap()
    }

    pub async fn post(&self, text: &str) -> String {
        let posted = self
            .call("chat.postMessage", json!({ "channel": REVIEWS, "text": text }))
            .await;
        posted["ts"]
            .as_str()
            .unwrap_or_else(|| panic!("{posted}"))
            .to_owned()
    }

    pub async fn post_card(&self) -> String {
        let posted = self
            .call(
                "chat.postMessage",
                json!({ "channel": REVIEWS, "text": "card", "blocks": card() }),
            )
            .await;
        posted["ts"]
            .as_str()
            .unwrap_or_else(|| panic!("{posted}"))
            .to_owned()
    }

    /// A bot that answers whatever it is asked with these bodies, one after the other, and then with nothing.
    pub async fn bot(&self, answers: &[Value]) -> Bot {
        let bot = Bot::default();
        bot.0.lock().unwrap().answers = answers.iter().cloned().collect();
        let app = Router::new().fallback(receive).with_state(bot.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, app).await });
        self.slack.set_request_urls(&url, &url, &url);
        bot
    }
}

pub fn card() -> Value {
    json!([
        { "type": "section", "block_id": "body", "text": { "type": "mrkdwn", "text": "2 stars", "verbatim": true } },
        { "type": "actions", "block_id": "acts", "elements": [
            { "type": "button", "action_id": "claim", "value": "v1", "text": { "type": "plain_text", "text": "Claim & go" } },
            { "type": "overflow", "action_id": "more", "options": [
                { "text": { "type": "plain_text", "text": "Snooze" }, "value": "snooze" },
                { "text": { "type": "plain_text", "text": "Spam" }, "value": "spam" },
            ] },
        ] },
    ])
}

#[derive(Clone, Default)]
pub struct Bot(Arc<Mutex<Heard>>);

#[derive(Default)]
struct Heard {
    answers: VecDeque<Value>,
    requests: Vec<(HeaderMap, String)>,
}

impl Bot {
    pub fn requests(&self) -> Vec<(HeaderMap, String)> {
        self.0.lock().unwrap().requests.clone()
    }

    /// The newest interaction.
    pub fn payload(&self) -> Value {
        let (_, body) = self.requests().pop().unwrap();
        let (_, payload) = url::form_urlencoded::parse(body.as_bytes())
            .find(|(key, _)| key == "payload")
            .unwrap();
        serde_json::from_str(&payload).unwrap()
    }
}

async fn receive(State(bot): State<Bot>, headers: HeaderMap, body: String) -> Response {
    let mut heard = bot.0.lock().unwrap();
    heard.requests.push((headers, body));
    match heard.answers.pop_front() {
        None | Some(Value::Null) => StatusCode::OK.into_response(),
        Some(Value::Number(code)) => StatusCode::from_u16(u16::try_from(code.as_u64().unwrap()).unwrap())
            .unwrap()
            .into_response(),
        Some(body) => axum::Json(body).into_response(),
    }
}
