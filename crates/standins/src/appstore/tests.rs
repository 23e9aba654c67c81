//! The stand-in seen from outside: a real client over a real socket, on a clock that stands still.

#![expect(clippy::disallowed_methods, reason = "the far side is in this process")]

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jsonwebtoken::Algorithm;
use jsonwebtoken::EncodingKey;
use jsonwebtoken::Header;
use reqwest::Client;
use reqwest::RequestBuilder;
use serde_json::Value;
use serde_json::json;

use super::AppStore;
use super::Settings;
use crate::sites::tests::Clock;
use crate::sites::tests::open;

const REVIEWS: &str = "/apps/1071000001/customerReviews?sort=-createdDate&include=response";

struct Site {
    store: Arc<AppStore>,
    clock: Clock,
    base: String,
    http: Client,
}

impl Site {
    async fn open() -> Site {
        let clock = Clock::stopped();
        let store = AppStore::new(clock.now(), Settings::default());
        let base = open(super::router(store.clone())).await;
        Site {
            store,
            clock,
            base: format!("{base}/appstore/v1"),
            http: Client::new(),
        }
    }

    fn token(&self, key_id: &str, audience: &str, lasts: i64) -> String {
        let pem = self.store.key_file();
        let lines = pem.lines().filter(|line| !line.starts_with("-----"));
        let key = EncodingKey::from_ec_der(&STANDARD.decode(lines.collect::<String>()).unwrap());
        let header = Header {
            kid: Some(key_id.into()),
            ..Header::new(Algorithm::ES256)
        };
        let now = self.clock.at().timestamp();
        let issuer = Settings::default().issuer_id;
        let claims = json!({ "iss": issuer, "aud": audience, "iat": now, "exp": now + lasts });
        jsonwebtoken::encode(&header, &claims, &key).unwrap()
    }

    async fn send(&self, request: RequestBuilder) -> (u16, Value) {
        let token = self.token("SANDBOXKEY", "appstoreconnect-v1", 900);
        let answer = request.bearer_auth(token).send().await.unwrap();
        let status = answer.status().as_u16();
        (status, answer.json().await.unwrap_or_default())
    }

    async fn read(&self, rest: &str) -> (u16, Value) {
        let url = match rest.starts_with("http") {
            true => rest.to_owned(),
            false => format!("{}{rest}", self.base),
        };
        self.send(self.http.get(url)).await
    }

    async fn respond(&self, review: &str, text: &str) -> (u16, Value) {
        let body = json!({ "data": {
            "type": "customerReviewResponses", "attributes": { "responseBody": text },
            "relationships": { "review": { "data": { "type": "customerReviews", "id": review } } },
        }});
        let url = format!("{}/customerReviewResponses", self.base);
        self.send(self.http.post(url).json(&body)).await
    }
}

#[tokio::test]
async fn only_a_short_token_of_the_right_key_opens() {
    let site = Site::open().await;
    for (key_id, audience, lasts, status) in [
        ("SANDBOXKEY", "appstoreconnect-v1", 900, 200),
        ("OTHER", "appstoreconnect-v1", 900, 401),
        ("SANDBOXKEY", "elsewhere", 900, 401),
        ("SANDBOXKEY", "appstoreconnect-v1", 1201, 401),
        ("SANDBOXKEY", "appstoreconnect-v1", 0, 401),
    ] {
        let request = site.http.get(format!("{}{REVIEWS}", site.base));
        let token = site.token(key_id, audience, lasts);
        let answer = request.bearer_auth(token).send().await.unwrap();
        assert_eq!(answer.status(), status, "{key_id} {audience} {lasts}");
    }
}

#[tokio::test]
async fn pages_are_linked_and_name_the_total() {
    let site = Site::open().await;
    for _ in 0..5 {
        site.clock.advance(1);
        site.store.write("ute", 3, "Na ja", "Geht so.").unwrap();
    }
    let (mut next, mut ids) = (format!("{REVIEWS}&limit=2"), Vec::new());
    loop {
        let (status, page) = site.read(&next).await;
        assert_eq!((status, &page["meta"]["paging"]["total"]), (200, &json!(5)));
        let data = page["data"].as_array().unwrap();
        ids.extend(
            data.iter()
                .map(|review| review["id"].as_str().unwrap().to_owned()),
        );
        match page["links"]["next"].as_str() {
            Some(link) => next = link.to_owned(),
            None => break,
        }
    }
    assert_eq!(ids.len(), 5);
    assert!(
        ids.windows(2).all(|pair| pair[0] > pair[1]),
        "newest first: {ids:?}"
    );
    assert_eq!(site.read(&format!("{REVIEWS}&limit=201")).await.0, 400);
    assert_eq!(site.read(&format!("{REVIEWS}&page=2")).await.0, 400);
    assert_eq!(site.read(&format!("{REVIEWS}&cursor=x")).await.0, 400);
    let other = REVIEWS.replace("1071000001", "1");
    assert_eq!(site.read(&other).await.0, 404);
}

#[tokio::test]
async fn a_response_is_shown_later_replaced_and_taken_back() {
    let site = Site::open().await;
    let id = site.store.write("ute", 2, "Langsam", "Sehr.").unwrap();
    let (status, told) = site.respond(&id, "Danke.").await;
    assert_eq!(
        (status, &told["data"]["attributes"]["state"]),
        (201, &json!("PENDING_PUBLISH"))
    );
    assert_eq!(site.store.public(&id).unwrap().response, None);
    site.clock.advance(8);
    assert_eq!(
        site.store.public(&id).unwrap().response.as_deref(),
        Some("Danke.")
    );
    let (_, page) = site.read(REVIEWS).await;
    assert_eq!(page["included"][0]["attributes"]["state"], "PUBLISHED");
    site.respond(&id, "Danke sehr.").await;
    let (_, one) = site
        .read(&format!("/customerReviews/{id}?include=response"))
        .await;
    let response = &one["included"][0];
    assert_eq!(response["attributes"]["responseBody"], "Danke sehr.");
    let url = format!(
        "{}/customerReviewResponses/{}",
        site.base,
        response["id"].as_str().unwrap()
    );
    assert_eq!(site.send(site.http.delete(&url)).await.0, 204);
    assert_eq!(site.send(site.http.delete(&url)).await.0, 404);
    assert_eq!(site.store.public(&id).unwrap().responses, 2);
}

#[tokio::test]
async fn what_is_not_documented_is_refused() {
    let site = Site::open().await;
    let id = site.store.write("ute", 2, "Langsam", "Sehr.").unwrap();
    assert_eq!(site.respond(&id, &"x".repeat(5_971)).await.0, 409);
    assert_eq!(site.respond(&id, "").await.0, 409);
    site.store.remove(&id).unwrap();
    let (status, told) = site.respond(&id, "Danke.").await;
    assert_eq!(
        (status, &told["errors"][0]["code"]),
        (409, &json!("ENTITY_ERROR.RELATIONSHIP.INVALID"))
    );
    assert_eq!(site.read(&format!("/customerReviews/{id}")).await.0, 404);
}
