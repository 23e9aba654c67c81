//! The stand-in seen from outside: a real client over a real socket, on a clock that stands still.

#![expect(clippy::disallowed_methods, reason = "the far side is in this process")]

use std::sync::Arc;

use reqwest::Client;
use reqwest::Response;
use serde_json::Value;
use serde_json::json;

use super::Etrusted;
use super::Settings;
use super::Stage;
use crate::sites::tests::Clock;
use crate::sites::tests::open;

const CHANNEL: &str = "chl-3cd85eba-c280-441e-b90a-5760b8b80410";

struct Site {
    etrusted: Arc<Etrusted>,
    clock: Clock,
    base: String,
    token: String,
    http: Client,
}

impl Site {
    async fn open(settings: Settings) -> Site {
        let clock = Clock::stopped();
        let etrusted = Etrusted::new(clock.now(), settings);
        let base = open(super::router(etrusted.clone())).await;
        let http = Client::new();
        let mut site = Site {
            etrusted,
            clock,
            base,
            token: String::new(),
            http,
        };
        let answer = site.sign_in("https%3A%2F%2Fapi.etrusted.com").await;
        let answer: Value = answer.json().await.unwrap();
        assert_eq!(answer["expires_in"], 300);
        site.token = answer["access_token"].as_str().unwrap().to_owned();
        site
    }

    async fn sign_in(&self, audience: &str) -> Response {
        let form = format!(
            "grant_type=client_credentials&client_id=sandbox-client&client_secret=sandbox-client-secret&audience={audience}"
        );
        let url = format!("{}/etrusted/oauth/token", self.base);
        self.http.post(url).body(form).send().await.unwrap()
    }

    async fn get(&self, path: &str) -> Response {
        let url = format!("{}/etrusted{path}", self.base);
        self.http.get(url).bearer_auth(&self.token).send().await.unwrap()
    }

    async fn ids(&self, query: &str) -> Vec<String> {
        let page: Value = self.get(&format!("/reviews?{query}")).await.json().await.unwrap();
        let items = page["items"].as_array().unwrap().iter();
        items
            .map(|item| item["id"].as_str().unwrap().to_owned())
            .collect()
    }

    async fn reply(&self, review: &str, body: Value) -> u16 {
        let url = format!("{}/etrusted/reviews/{review}/reply", self.base);
        let call = self.http.post(url).bearer_auth(&self.token).json(&body);
        call.send().await.unwrap().status().as_u16()
    }
}

#[tokio::test]
async fn reviews_are_read_on_from_review_to_review_and_those_changed_last_come_first_on_demand() {
    let site = Site::open(Settings::default()).await;
    let mut written = Vec::new();
    for _ in 0..3 {
        site.clock.advance(1);
        written.push(site.etrusted.write(CHANNEL, None, 4, "Gut.").unwrap());
    }
    let [first, second, third] = written.as_slice() else {
        panic!()
    };
    assert_eq!(site.ids("count=2").await, [third.as_str(), second.as_str()]);
    assert_eq!(
        site.ids(&format!("count=2&after={second}")).await,
        [first.as_str()]
    );
    assert_eq!(
        site.ids(&format!("before={first}")).await,
        [third.as_str(), second.as_str()]
    );
    site.etrusted.edit(first, 2, "Doch nicht.").unwrap();
    assert_eq!(site.ids("orderBy=lastEditedAt&count=1").await, [first.as_str()]);
    let page: Value = site.get("/reviews?count=2").await.json().await.unwrap();
    assert_eq!(page["paging"]["cursor"]["after"], json!(second));
    for bad in ["count=0", "count=1001", "orderBy=stars", "page=2", "after=rev-0"] {
        assert_eq!(site.get(&format!("/reviews?{bad}")).await.status(), 400, "{bad}");
    }
    assert_eq!(site.get("/reviews?channels=chl-0").await.status(), 404);
    site.etrusted.remove(first).unwrap();
    assert_eq!(site.get(&format!("/reviews/{first}")).await.status(), 404);
}

#[tokio::test]
async fn the_door_checks_who_knocks_and_for_what() {
    let site = Site::open(Settings::default()).await;
    assert_eq!(site.sign_in("https%3A%2F%2Fother.example").await.status(), 403);
    assert_eq!(site.get("/reviews").await.status(), 200);
    site.clock.advance(300);
    assert_eq!(site.get("/reviews").await.status(), 401);
}

#[tokio::test]
async fn an_answer_is_saved_once_and_customers_read_it_with_the_review() {
    let site = Site::open(Settings {
        held: true,
        ..Settings::default()
    })
    .await;
    let review = site.etrusted.write(CHANNEL, None, 2, "Hm.").unwrap();
    let saved = site
        .reply(&review, json!({ "comment": "Danke.", "sendNotification": false }))
        .await;
    assert_eq!(saved, 200);
    assert_eq!(site.etrusted.public(&review), None);
    site.etrusted.moderate(&review, Stage::Approved).unwrap();
    assert_eq!(
        site.reply(&review, json!({ "comment": "Vielen Dank." })).await,
        200
    );
    let seen = site.etrusted.public(&review).unwrap();
    assert_eq!(
        (seen.reply.as_deref(), seen.saves, seen.mails),
        (Some("Vielen Dank."), 2, 0)
    );
    for bad in [
        json!({ "comment": " " }),
        json!({ "message": "Danke." }),
        json!([]),
    ] {
        assert_eq!(site.reply(&review, bad.clone()).await, 400, "{bad}");
    }
}
