//! The stand-in seen from outside: a real client over a real socket, on a clock that stands still.

#![expect(clippy::disallowed_methods, reason = "the far side is in this process")]

use std::sync::Arc;
use std::sync::Mutex;

use axum::Router;
use axum::http::HeaderMap;
use axum::http::StatusCode;
use axum::routing::post;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::TimeDelta;
use jsonwebtoken::Algorithm;
use jsonwebtoken::DecodingKey;
use jsonwebtoken::Validation;
use jsonwebtoken::jwk::JwkSet;
use reqwest::Client;
use reqwest::Response;
use serde_json::Value;
use serde_json::json;

use super::Google;
use super::Moderation;
use super::Push;
use super::Settings;
use crate::sites::Refusal;
use crate::sites::faults::Aim;
use crate::sites::faults::Fault;
use crate::sites::hold;
use crate::sites::tests::Clock;
use crate::sites::tests::open;

struct Site {
    google: Arc<Google>,
    clock: Clock,
    base: String,
    token: String,
    http: Client,
}

const REVIEWS: &str = "/google/v4/accounts/1071/locations/88213/reviews";

impl Site {
    async fn open(settings: Settings) -> Site {
        let clock = Clock::stopped();
        let google = Google::new(clock.now(), settings);
        let base = open(super::router(google.clone())).await;
        let mut site = Site {
            google,
            clock,
            base,
            token: String::new(),
            http: Client::new(),
        };
        let answer = site
            .sign_in("sandbox-client-secret", "sandbox-refresh-token")
            .await;
        let answer: Value = answer.json().await.unwrap();
        assert_eq!(answer["expires_in"], 3599);
        site.token = answer["access_token"].as_str().unwrap().to_owned();
        site
    }

    async fn sign_in(&self, secret: &str, refresh: &str) -> Response {
        let form = format!(
            "client_id=sandbox-client&client_secret={secret}&refresh_token={refresh}&grant_type=refresh_token"
        );
        self.http
            .post(format!("{}/google/token", self.base))
            .body(form)
            .send()
            .await
            .unwrap()
    }

    async fn get(&self, path: &str) -> Response {
        self.http
            .get(format!("{}{path}", self.base))
            .bearer_auth(&self.token)
            .send()
            .await
            .unwrap()
    }

    async fn read(&self, path: &str) -> Value {
        self.get(path).await.json().await.unwrap()
    }

    async fn reply(&self, review: &str, comment: &str) -> Result<Response, reqwest::Error> {
        let url = format!("{}{REVIEWS}/{review}/reply", self.base);
        self.http
            .put(url)
            .bearer_auth(&self.token)
            .json(&json!({"comment": comment}))
            .send()
            .await
    }
}

fn ids(page: &Value) -> Vec<&str> {
    page["reviews"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| r["reviewId"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn reviews_come_newest_first_page_by_page() {
    let site = Site::open(Settings::default()).await;
    assert_eq!(site.read(REVIEWS).await, json!({}));
    let first = site
        .google
        .write("88213", "Jule K.", 2, "Nette Beratung, lange Schlange.")
        .unwrap();
    site.clock.advance(1);
    let second = site.google.write("88213", "T. Z.", 4, "").unwrap();
    site.google.write("88214", "anderswo", 1, "x").unwrap();
    site.clock.advance(1);
    site.google.edit(&first, Some(3), "Doch ganz gut.").unwrap();

    let page = site.read(&format!("{REVIEWS}?pageSize=1")).await;
    assert_eq!(ids(&page), [first.as_str()]);
    assert_eq!(page["reviews"][0]["starRating"], "THREE");
    assert_eq!(page["reviews"][0]["createTime"], "2026-11-21T09:00:00.250Z");
    assert_eq!(page["reviews"][0]["updateTime"], "2026-11-21T09:00:02.250Z");
    assert_eq!(
        (page["averageRating"].as_f64(), page["totalReviewCount"].as_u64()),
        (Some(3.5), Some(2))
    );
    let token = page["nextPageToken"].as_str().unwrap();
    let page = site
        .read(&format!("{REVIEWS}?pageSize=1&pageToken={token}"))
        .await;
    assert_eq!(ids(&page), [second.as_str()]);
    assert!(
        page["reviews"][0].get("comment").is_none(),
        "no key without words"
    );
    assert!(page.get("nextPageToken").is_none());
    assert_eq!(
        ids(&site.read(&format!("{REVIEWS}?orderBy=rating")).await),
        [first.as_str(), second.as_str()]
    );
    for bad in ["pageToken=zzz", "orderBy=updateTime", "pageSize=many"] {
        assert_eq!(site.get(&format!("{REVIEWS}?{bad}")).await.status(), 400, "{bad}");
    }

    site.google.remove(&first).unwrap();
    assert_eq!(site.get(&format!("{REVIEWS}/{first}")).await.status(), 404);
    assert_eq!(site.read(REVIEWS).await["totalReviewCount"], 1);
}

#[tokio::test]
async fn the_door_checks_who_knocks() {
    let site = Site::open(Settings::default()).await;
    let wrong = site.sign_in("guess", "sandbox-refresh-token").await;
    assert_eq!(wrong.status(), 401);
    assert_eq!(wrong.json::<Value>().await.unwrap()["error"], "invalid_client");
    let wrong = site.sign_in("sandbox-client-secret", "guess").await;
    assert_eq!(wrong.status(), 400);
    assert_eq!(wrong.json::<Value>().await.unwrap()["error"], "invalid_grant");

    let foreign = site.get("/google/v4/accounts/9/locations/88213/reviews").await;
    assert_eq!(foreign.status(), 403);
    assert_eq!(
        foreign.json::<Value>().await.unwrap()["error"]["status"],
        "PERMISSION_DENIED"
    );
    assert_eq!(
        site.get("/google/v4/accounts/1071/locations/1/reviews")
            .await
            .status(),
        404
    );
    site.clock.advance(3599);
    let late = site.get(REVIEWS).await;
    assert_eq!(late.status(), 401);
    assert_eq!(
        late.json::<Value>().await.unwrap()["error"]["status"],
        "UNAUTHENTICATED"
    );
}

#[tokio::test]
async fn a_reply_is_public_only_once_approved() {
    let moderation = Moderation::After(TimeDelta::seconds(30));
    let site = Site::open(Settings {
        moderation,
        ..Settings::default()
    })
    .await;
    let review = site
        .google
        .write("88213", "Jule K.", 2, "Lange Schlange.")
        .unwrap();
    let put: Value = site
        .reply(&review, "Danke, wir öffnen mehr Kassen.")
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(put["reviewReplyState"], "PENDING");
    assert_eq!(site.google.public(&review).unwrap().reply, None);

    site.clock.advance(30);
    let seen = site.google.public(&review).unwrap();
    assert_eq!(
        (seen.reply.as_deref(), seen.puts),
        (Some("Danke, wir öffnen mehr Kassen."), 1)
    );
    let path = format!("{REVIEWS}/{review}");
    assert_eq!(
        site.read(&path).await["reviewReply"]["reviewReplyState"],
        "APPROVED"
    );

    site.reply(&review, "Rufen Sie an: 089 1234567").await.unwrap();
    site.clock.advance(30);
    let reply = &site.read(&path).await["reviewReply"];
    assert_eq!(
        (
            reply["reviewReplyState"].as_str(),
            reply["policyViolation"].as_str()
        ),
        (Some("REJECTED"), Some("PHONE_NUMBER"))
    );
    assert_eq!(site.google.public(&review).unwrap().reply, None);

    let url = format!("{}{path}/reply", site.base);
    assert_eq!(
        site.http
            .delete(&url)
            .bearer_auth(&site.token)
            .send()
            .await
            .unwrap()
            .status(),
        200
    );
    assert!(site.read(&path).await.get("reviewReply").is_none());
    assert_eq!(
        site.http
            .delete(&url)
            .bearer_auth(&site.token)
            .send()
            .await
            .unwrap()
            .status(),
        404
    );
    let too_long = site.reply(&review, &"ä".repeat(2049)).await.unwrap();
    assert_eq!(too_long.status(), 400);
    assert_eq!(
        too_long.json::<Value>().await.unwrap()["error"]["status"],
        "INVALID_ARGUMENT"
    );
    assert_eq!(site.google.public(&review).unwrap().puts, 2);
}

#[tokio::test]
async fn a_held_reply_waits_for_a_verdict() {
    let site = Site::open(Settings {
        moderation: Moderation::Held,
        ..Settings::default()
    })
    .await;
    let review = site.google.write("88213", "Jule K.", 2, "Hm.").unwrap();
    assert_eq!(site.google.approve(&review), Err(Refusal::NoReply));
    site.reply(&review, "Danke.").await.unwrap();
    site.clock.advance(86_400 * 30);
    assert_eq!(site.google.public(&review).unwrap().reply, None);
    site.google.reject(&review).unwrap();
    assert!(
        site.google.reviews()[0]
            .reply
            .as_ref()
            .unwrap()
            .policy_violation
            .is_some()
    );
    site.google.approve(&review).unwrap();
    assert_eq!(
        site.google.public(&review).unwrap().reply.as_deref(),
        Some("Danke.")
    );
}

#[tokio::test]
async fn every_fault_shows_its_own_face() {
    let site = Site::open(Settings::default()).await;
    let faces = [
        (Fault::RateLimit { retry_after: 7 }, 429, "RESOURCE_EXHAUSTED"),
        (Fault::Quota, 429, "RESOURCE_EXHAUSTED"),
        (Fault::ServerError { status: 503 }, 503, "UNAVAILABLE"),
        (Fault::UnauthorizedOnce, 401, "UNAUTHENTICATED"),
        (Fault::Deny, 403, "PERMISSION_DENIED"),
    ];
    for (fault, code, status) in faces {
        site.google.fault(fault, 1);
        let answer = site.get(REVIEWS).await;
        assert_eq!(answer.status(), code);
        let wait = answer
            .headers()
            .get("retry-after")
            .map(|v| v.to_str().unwrap().to_owned());
        assert_eq!(wait.as_deref(), (fault.name() == "rate_limit").then_some("7"));
        assert_eq!(answer.json::<Value>().await.unwrap()["error"]["status"], status);
        assert_eq!(site.get(REVIEWS).await.status(), 200, "once is once");
    }
    site.google.fault(Fault::Slow { ms: 1 }, 1);
    assert_eq!(site.get(REVIEWS).await.status(), 200);
    site.google.fault_on(Aim::Reads, Fault::Deny, 9);
    site.google.heal();
    assert_eq!(site.get(REVIEWS).await.status(), 200);
    assert_eq!(site.google.calls().last().unwrap().status, Some(200));
}

#[tokio::test]
async fn a_lost_answer_leaves_the_reply_and_a_lost_request_does_not() {
    let site = Site::open(Settings::default()).await;
    let review = site.google.write("88213", "Jule K.", 2, "Hm.").unwrap();
    site.google.fault(Fault::RequestLost, 1);
    assert!(site.reply(&review, "Danke.").await.is_err());
    assert_eq!(site.google.public(&review).unwrap().puts, 0);
    site.google.fault(Fault::AnswerLost, 1);
    assert_eq!(site.get(REVIEWS).await.status(), 200, "it waits for a write");
    assert!(site.reply(&review, "Danke.").await.is_err());
    assert_eq!(site.google.public(&review).unwrap().puts, 1);
    let lost: Vec<_> = site
        .google
        .calls()
        .into_iter()
        .filter_map(|c| c.fault.map(|f| (f, c.status)))
        .collect();
    assert_eq!(lost, [("request_lost", None), ("answer_lost", None)]);
}

#[tokio::test]
async fn a_push_carries_a_token_that_our_keys_confirm() {
    let got: Arc<Mutex<Vec<(HeaderMap, Value)>>> = Arc::default();
    let keep = got.clone();
    let hook = Router::new().route(
        "/hook",
        post(async move |headers: HeaderMap, body: String| {
            let mut got = hold(&keep);
            got.push((headers, serde_json::from_str(&body).unwrap()));
            if got.len() == 1 {
                StatusCode::SERVICE_UNAVAILABLE
            } else {
                StatusCode::NO_CONTENT
            }
        }),
    );
    let push = Push {
        url: format!("{}/hook", open(hook).await),
        audience: "zeitnah".into(),
        service_account: "push@sandbox.example".into(),
        subscription: "projects/sandbox/subscriptions/reviews".into(),
    };
    let site = Site::open(Settings {
        push: Some(push),
        ..Settings::default()
    })
    .await;
    let review = site.google.write("88213", "Jule K.", 2, "Hm.").unwrap();
    site.google.tick().await;
    site.google.tick().await;
    assert_eq!(hold(&got).len(), 1, "the clock stands still, so nothing is due");
    site.clock.advance(10);
    site.google.tick().await;

    let certs = reqwest::get(format!("{}/google/certs", site.base))
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    let certs: JwkSet = serde_json::from_str(&certs).unwrap();
    let got = hold(&got);
    assert_eq!(got.len(), 2);
    let (headers, envelope) = &got[1];
    assert_eq!(envelope["message"]["messageId"], got[0].1["message"]["messageId"]);
    let token = headers["authorization"]
        .to_str()
        .unwrap()
        .strip_prefix("Bearer ")
        .unwrap();
    let kid = jsonwebtoken::decode_header(token).unwrap().kid.unwrap();
    let mut checks = Validation::new(Algorithm::RS256);
    checks.set_audience(&["zeitnah"]);
    checks.set_issuer(&["https://accounts.google.com"]);
    // The sandbox's clock stands still, the library's does not.
    checks.validate_exp = false;
    let key = DecodingKey::from_jwk(certs.find(&kid).unwrap()).unwrap();
    let claims = jsonwebtoken::decode::<Value>(token, &key, &checks)
        .unwrap()
        .claims;
    assert_eq!(claims["email"], "push@sandbox.example");
    let data = STANDARD
        .decode(envelope["message"]["data"].as_str().unwrap())
        .unwrap();
    let data: Value = serde_json::from_slice(&data).unwrap();
    assert_eq!(
        data["review_name"],
        format!("accounts/1071/locations/88213/reviews/{review}")
    );
}

#[tokio::test]
async fn a_restarted_site_goes_on_where_it_was() {
    let site = Site::open(Settings::default()).await;
    let review = site.google.write("88213", "Jule K.", 2, "Hm.").unwrap();
    site.reply(&review, "Danke.").await.unwrap();
    let again = Google::new(site.clock.now(), Settings::default());
    again.import(site.google.export()).unwrap();
    assert_eq!(again.reviews(), site.google.reviews());
    assert_ne!(again.write("88213", "B.", 5, "").unwrap(), review);
}
