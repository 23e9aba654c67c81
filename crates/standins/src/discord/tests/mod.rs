//! The stand-in seen through plain requests, and through a small app that answers it.

mod api;
mod commands;
mod control;
mod faults;
mod forms;
mod forums;
mod gateway;
mod hostile;
mod interactions;
mod odd;
mod official;
mod serenity;
mod threads;

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::Mutex;

use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::response::Response;
use chrono::DateTime;
use chrono::TimeDelta;
use chrono::Utc;
use ed25519_dalek::Signature;
use ed25519_dalek::Verifier;
use ed25519_dalek::VerifyingKey;
use serde_json::Value;
use serde_json::json;

use super::Discord;
use super::Settings;

pub const ANNA: &str = "1300000000000000101";
pub const BEN: &str = "1300000000000000102";
pub const LEADS: &str = "1300000000000000201";
pub const REVIEWS: &str = "1300000000000000301";

/// A clock that moves when told to.
#[derive(Clone)]
pub struct Clock(Arc<Mutex<DateTime<Utc>>>);

impl Clock {
    pub fn advance(&self, by: TimeDelta) {
        *self.0.lock().unwrap() += by;
    }
}

pub struct Stage {
    pub discord: Arc<Discord>,
    pub base: String,
    pub clock: Clock,
    pub http: reqwest::Client,
}

pub async fn stage() -> Stage {
    staged(Settings {
        judge: official::judge(),
        ..Settings::default()
    })
    .await
}

pub async fn staged(settings: Settings) -> Stage {
    let clock = Clock(Arc::new(Mutex::new("2026-11-21T12:00:00Z".parse().unwrap())));
    let hand = clock.clone();
    let discord = Discord::new(Arc::new(move || *hand.0.lock().unwrap()), settings);
    discord.add_user(ANNA, "anna", "Anna Berg");
    discord.add_user(BEN, "ben", "Ben Kurz");
    discord.add_role(LEADS, "leads", &[ANNA]);
    discord.add_channel(REVIEWS, "reviews");
    let base = discord.serve().await.unwrap();
    let http = reqwest::Client::builder()
        .pool_max_idle_per_host(0)
        .user_agent("DiscordBot (https://example.org, 1)")
        .build()
        .unwrap();
    Stage {
        discord,
        base,
        clock,
        http,
    }
}

/// Status and body, null when there is none.
pub type Answered = (u16, Value);

impl Stage {
    pub fn request(&self, verb: &str, path: &str) -> reqwest::RequestBuilder {
        let url = format!("{}/discord/api/v10{path}", self.base);
        let request = self.http.request(verb.parse().unwrap(), url);
        request.header("authorization", "Bot discord-sandbox")
    }

    pub async fn call(&self, verb: &str, path: &str, body: Value) -> Answered {
        let mut request = self.request(verb, path);
        if !body.is_null() {
            request = request.json(&body);
        }
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let text = response.text().await.unwrap();
        (status, serde_json::from_str(&text).unwrap_or(Value::Null))
    }

    pub async fn post(&self, body: Value) -> Answered {
        self.call("POST", &format!("/channels/{REVIEWS}/messages"), body)
            .await
    }

    /// The id of a new message.
    pub async fn posted(&self, body: Value) -> String {
        let (status, body) = self.post(body).await;
        assert_eq!(status, 200, "{body}");
        body["id"].as_str().unwrap().to_owned()
    }

    pub async fn card(&self) -> String {
        self.posted(card()).await
    }

    /// An app that answers whatever it is asked with these bodies, one after the other, and then with a deferral.
    pub async fn app(&self, answers: &[Value]) -> App {
        let key = self.discord.settings().public_key();
        let key: [u8; 32] = hex::decode(key).unwrap().try_into().unwrap();
        let app = App(Arc::new(Mutex::new(Heard {
            key: VerifyingKey::from_bytes(&key).unwrap(),
            answers: answers.iter().cloned().collect(),
            requests: Vec::new(),
        })));
        let router = Router::new().fallback(receive).with_state(app.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        self.discord.register_interactions_url(&url).await.unwrap();
        app.0.lock().unwrap().requests.clear();
        app
    }
}

pub fn card() -> Value {
    json!({
        "embeds": [{ "title": "★★☆☆☆ Review", "description": "The box was open", "color": 15_105_570,
            "footer": { "text": "shop · #42" }, "fields": [{ "name": "Due", "value": "soon", "inline": true }] }],
        "components": [
            { "type": 1, "components": [
                { "type": 2, "style": 1, "label": "Claim", "custom_id": "claim:42" },
                { "type": 2, "style": 2, "label": "Later", "custom_id": "later:42", "disabled": true },
                { "type": 2, "style": 5, "label": "Open", "url": "https://shop.example/42" },
            ] },
            { "type": 1, "components": [
                { "type": 3, "custom_id": "more:42", "placeholder": "More", "options": [
                    { "label": "Snooze", "value": "snooze" }, { "label": "Spam", "value": "spam" },
                ] },
            ] },
            { "type": 1, "components": [{ "type": 5, "custom_id": "assign:42", "placeholder": "Assign" }] },
        ],
        "allowed_mentions": { "parse": [] },
    })
}

pub fn whisper(text: &str) -> Value {
    json!({ "type": 4, "data": { "content": text, "flags": 64 } })
}

pub fn form() -> Value {
    json!({ "type": 9, "data": { "custom_id": "reply:42", "title": "Reply", "components": [
        { "type": 18, "label": "Text", "component":
            { "type": 4, "custom_id": "text", "style": 2, "min_length": 3, "max_length": 20 } },
        { "type": 18, "label": "Tone", "component": { "type": 3, "custom_id": "tone", "required": false, "options": [
            { "label": "Warm", "value": "warm" }, { "label": "Short", "value": "short" },
        ] } },
    ] } })
}

#[derive(Clone)]
pub struct App(Arc<Mutex<Heard>>);

struct Heard {
    key: VerifyingKey,
    answers: VecDeque<Value>,
    requests: Vec<Value>,
}

impl App {
    /// What came in with a good signature.
    pub fn requests(&self) -> Vec<Value> {
        self.0.lock().unwrap().requests.clone()
    }

    pub fn last(&self) -> Value {
        self.requests().pop().unwrap()
    }
}

async fn receive(State(app): State<App>, headers: HeaderMap, body: String) -> Response {
    let mut heard = app.0.lock().unwrap();
    let text = |name: &str| headers[name].to_str().unwrap().to_owned();
    let signature = hex::decode(text("x-signature-ed25519")).unwrap();
    let signed = format!("{}{body}", text("x-signature-timestamp"));
    let signature = Signature::from_slice(&signature).unwrap();
    if heard.key.verify(signed.as_bytes(), &signature).is_err() {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let payload: Value = serde_json::from_str(&body).unwrap();
    let ping = payload["type"] == 1;
    heard.requests.push(payload);
    if ping {
        return axum::Json(json!({ "type": 1 })).into_response();
    }
    match heard.answers.pop_front() {
        None => axum::Json(json!({ "type": 6 })).into_response(),
        Some(Value::Number(code)) => StatusCode::from_u16(u16::try_from(code.as_u64().unwrap()).unwrap())
            .unwrap()
            .into_response(),
        Some(body) => axum::Json(body).into_response(),
    }
}
