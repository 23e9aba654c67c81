//! The stand-in seen from outside: a real client over a real socket, on a clock that stands still.

#![expect(clippy::disallowed_methods, reason = "the far side is in this process")]

use std::sync::Arc;
use std::sync::Mutex;

use axum::Router;
use axum::http::StatusCode;
use axum::routing::post;
use reqwest::Client;
use reqwest::Response;
use serde_json::Value;
use serde_json::json;

use super::Settings;
use super::Trustpilot;
use crate::sites::hold;
use crate::sites::tests::Clock;
use crate::sites::tests::open;

const UNIT: &str = "46d6a890000064000500e0c3";

struct Site {
    trustpilot: Arc<Trustpilot>,
    clock: Clock,
    base: String,
    token: String,
    http: Client,
}

impl Site {
    async fn open(settings: Settings) -> Site {
        let clock = Clock::stopped();
        let trustpilot = Trustpilot::new(clock.now(), settings);
        let base = open(super::router(trustpilot.clone())).await;
        let mut site = Site {
            trustpilot,
            clock,
            base,
            token: String::new(),
            http: Client::new(),
        };
        let answer: Value = site.sign_in("sandbox-secret").await.json().await.unwrap();
        site.token = answer["access_token"].as_str().unwrap().to_owned();
        site
    }

    async fn sign_in(&self, secret: &str) -> Response {
        let path = "/trustpilot/v1/oauth/oauth-business-users-for-applications/accesstoken";
        let call = self.http.post(format!("{}{path}", self.base));
        let call = call.basic_auth("sandbox-key", Some(secret));
        call.body("grant_type=client_credentials").send().await.unwrap()
    }

    async fn get(&self, path: &str) -> Response {
        let url = format!("{}/trustpilot/v1/private{path}", self.base);
        let call = self.http.get(url).bearer_auth(&self.token);
        call.header("apikey", "sandbox-key").send().await.unwrap()
    }

    async fn ids(&self, query: &str) -> Vec<String> {
        let path = format!("/business-units/{UNIT}/reviews?{query}");
        let page: Value = self.get(&path).await.json().await.unwrap();
        let all = page["reviews"].as_array().unwrap().iter();
        all.map(|review| review["id"].as_str().unwrap().to_owned())
            .collect()
    }

    async fn reply(&self, review: &str, body: Value) -> u16 {
        let url = format!("{}/trustpilot/v1/private/reviews/{review}/reply", self.base);
        let call = self.http.post(url).bearer_auth(&self.token);
        let call = call.header("apikey", "sandbox-key").json(&body);
        call.send().await.unwrap().status().as_u16()
    }
}

#[tokio::test]
async fn a_change_does_not_come_up_again_and_a_page_behind_the_last_one_is_empty() {
    let site = Site::open(Settings::default()).await;
    let first = site
        .trustpilot
        .write(UNIT, "Ute P.", 3, "Spät", "Zu spät.")
        .unwrap();
    site.clock.advance(1);
    let second = site
        .trustpilot
        .write(UNIT, "Tom", 5, "Gern", "Gern wieder.")
        .unwrap();
    site.trustpilot.edit(&first, 1, "Nie gekommen.").unwrap();
    assert_eq!(site.ids("").await, [second.as_str(), first.as_str()]);
    assert_eq!(site.ids("perPage=1&page=2").await, [first.as_str()]);
    assert_eq!(site.ids("page=2").await, [""; 0]);
    for bad in ["perPage=101", "page=0", "orderBy=updatedat.desc", "sort=x"] {
        let path = format!("/business-units/{UNIT}/reviews?{bad}");
        assert_eq!(site.get(&path).await.status(), 400, "{bad}");
    }
    let review: Value = site.get(&format!("/reviews/{first}")).await.json().await.unwrap();
    assert_eq!(review["updatedAt"], "2026-11-21T09:00:01.250Z");
    assert!(review["referralEmail"].as_str().unwrap().contains('@'));
}

#[tokio::test]
async fn the_door_checks_who_knocks_and_how_often() {
    let site = Site::open(Settings::default()).await;
    assert_eq!(site.sign_in("guess").await.status(), 401);
    for _ in 0..833 {
        assert_eq!(site.get("/reviews/x").await.status(), 404);
    }
    assert_eq!(site.get("/reviews/x").await.status(), 429);
    site.clock.advance(300);
    assert_eq!(site.get("/reviews/x").await.status(), 404);
    site.trustpilot.expire_tokens();
    assert_eq!(site.get("/reviews/x").await.status(), 401);
}

#[tokio::test]
async fn there_is_room_for_one_answer_by_somebody_who_is_known() {
    let site = Site::open(Settings::default()).await;
    let review = site.trustpilot.write(UNIT, "Tom", 2, "Hm", "Hm.").unwrap();
    let by = |user: &str, message: &str| json!({ "authorBusinessUserId": user, "message": message });
    let user = Settings::default().business_user;
    for message in ["Danke.", "Vielen Dank."] {
        assert_eq!(site.reply(&review, by(&user, message)).await, 201);
    }
    let seen = site.trustpilot.public(&review).unwrap();
    assert_eq!((seen.reply.as_deref(), seen.posts), (Some("Vielen Dank."), 2));
    assert_eq!(site.reply(&review, by("nobody", "Danke.")).await, 400);
    assert_eq!(site.reply(&review, by(&user, " ")).await, 400);
    assert_eq!(site.reply(&review, json!({ "text": "Danke." })).await, 400);
}

#[tokio::test]
async fn a_call_names_the_event_and_carries_no_signature() {
    let got: Arc<Mutex<Vec<Value>>> = Arc::default();
    let keep = got.clone();
    let hook = Router::new().route(
        "/hook",
        post(async move |body: String| {
            hold(&keep).push(serde_json::from_str(&body).unwrap());
            StatusCode::NO_CONTENT
        }),
    );
    let site = Site::open(Settings {
        hook_url: Some(format!("{}/hook", open(hook).await)),
        ..Settings::default()
    })
    .await;
    let review = site.trustpilot.write(UNIT, "Tom", 2, "Hm", "Hm.").unwrap();
    site.trustpilot.edit(&review, 1, "Nein.").unwrap();
    site.trustpilot.remove(&review).unwrap();
    site.trustpilot.tick().await;
    let got = hold(&got);
    let said = |n: usize| {
        let event = &got[n]["events"][0];
        (
            event["eventName"].as_str().unwrap(),
            event["eventData"]["stars"].as_u64(),
        )
    };
    assert_eq!(
        (said(0), said(1), said(2)),
        (
            ("service-review-created", Some(2)),
            ("service-review-updated", Some(1)),
            ("service-review-deleted", None)
        )
    );
    assert!(
        got.iter()
            .all(|call| call["events"][0]["eventData"]["id"] == review.as_str())
    );
    assert!(!format!("{got:?}").contains('@'));
}
