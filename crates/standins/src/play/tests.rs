//! The stand-in seen from outside: a real client over a real socket, on a clock that stands still.

#![expect(clippy::disallowed_methods, reason = "the far side is in this process")]

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jsonwebtoken::Algorithm;
use jsonwebtoken::EncodingKey;
use jsonwebtoken::Header;
use reqwest::Client;
use reqwest::Response;
use serde_json::Value;
use serde_json::json;

use super::Paging;
use super::Play;
use super::Settings;
use crate::sites::tests::Clock;
use crate::sites::tests::open;

const REVIEWS: &str = "/play/androidpublisher/v3/applications/com.example.garden/reviews";
/// What PKCS #8 puts before an RSA key of 2048 bits.
const WRAPPING: usize = 26;
const DAY: i64 = 24 * 60 * 60;

struct Site {
    play: Arc<Play>,
    clock: Clock,
    base: String,
    token: String,
    http: Client,
}

impl Site {
    async fn open(paging: Paging) -> Site {
        let clock = Clock::stopped();
        let settings = Settings {
            paging,
            ..Settings::default()
        };
        let play = Play::new(clock.now(), settings);
        let base = open(super::router(play.clone())).await;
        let mut site = Site {
            play,
            clock,
            base,
            token: String::new(),
            http: Client::new(),
        };
        site.sign_in().await;
        site
    }

    async fn sign_in(&mut self) {
        let answer = self.exchange(&self.claims()).await;
        let answer: Value = answer.json().await.unwrap();
        self.token = answer["access_token"].as_str().unwrap().to_owned();
    }

    fn claims(&self) -> Value {
        let file: Value = serde_json::from_str(&self.play.key_file()).unwrap();
        let now = self.clock.at().timestamp();
        json!({
            "iss": file["client_email"], "scope": super::access::SCOPE, "aud": format!("{}/play/token", self.base),
            "iat": now, "exp": now + 3600,
        })
    }

    async fn exchange(&self, claims: &Value) -> Response {
        let file: Value = serde_json::from_str(&self.play.key_file()).unwrap();
        let lines = file["private_key"].as_str().unwrap().lines();
        let digits: String = lines.filter(|line| !line.starts_with("-----")).collect();
        let key = EncodingKey::from_rsa_der(&STANDARD.decode(digits).unwrap()[WRAPPING..]);
        let assertion = jsonwebtoken::encode(&Header::new(Algorithm::RS256), claims, &key).unwrap();
        let form =
            format!("grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion={assertion}");
        self.http
            .post(format!("{}/play/token", self.base))
            .body(form)
            .send()
            .await
            .unwrap()
    }

    async fn get(&self, rest: &str) -> Response {
        self.http
            .get(format!("{}{REVIEWS}{rest}", self.base))
            .bearer_auth(&self.token)
            .send()
            .await
            .unwrap()
    }

    async fn read(&self, rest: &str) -> Value {
        self.get(rest).await.json().await.unwrap()
    }

    async fn reply(&self, review: &str, body: &Value) -> Response {
        self.http
            .post(format!("{}{REVIEWS}/{review}:reply", self.base))
            .bearer_auth(&self.token)
            .json(body)
            .send()
            .await
            .unwrap()
    }
}

fn ids(page: &Value) -> Vec<&str> {
    let reviews = page["reviews"].as_array().into_iter().flatten();
    reviews.map(|r| r["reviewId"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn only_a_fresh_assertion_of_the_account_gets_a_token_and_it_ends() {
    let mut site = Site::open(Paging::Documented).await;
    for (claim, bad) in [
        ("iss", json!("other@sandbox.iam.gserviceaccount.com")),
        ("aud", json!("https://elsewhere.example")),
        ("scope", json!("https://www.googleapis.com/auth/drive")),
        ("exp", json!(site.clock.at().timestamp() + 7200)),
        ("exp", json!(site.clock.at().timestamp() - 1)),
    ] {
        let mut claims = site.claims();
        claims[claim] = bad;
        assert_eq!(site.exchange(&claims).await.status(), 400, "{claim}");
    }
    assert_eq!(site.get("").await.status(), 200);
    site.clock.advance(3600);
    assert_eq!(site.get("").await.status(), 401);
    site.sign_in().await;
    site.play.expire_tokens();
    assert_eq!(site.get("").await.status(), 401);
}

#[tokio::test]
async fn a_week_is_shown_newest_change_first_and_only_words() {
    let mut site = Site::open(Paging::Documented).await;
    assert_eq!(site.read("").await, json!({}), "nothing at all");
    let first = site.play.write("Ute", 2, "Absturz", "Beim Start.").unwrap();
    site.play.write("Jens", 1, "", "").unwrap();
    site.clock.advance(DAY);
    site.sign_in().await;
    let second = site.play.write("Marta", 5, "", "Gut.").unwrap();
    let page = site.read("").await;
    assert_eq!(ids(&page), [&second, &first]);
    let said = &page["reviews"][1]["comments"][0]["userComment"];
    assert_eq!(said["text"], "Absturz\tBeim Start.");
    assert!(said["lastModified"]["seconds"].is_string());
    site.clock.advance(6 * DAY);
    site.sign_in().await;
    assert_eq!(ids(&site.read("").await), [&second]);
    assert_eq!(site.get(&format!("/{first}")).await.status(), 404);
    let text = json!({ "replyText": "Danke." });
    assert_eq!(site.reply(&first, &text).await.status(), 404);
    site.play.edit(&first, Some(1), "Immer noch.").unwrap();
    assert_eq!(
        ids(&site.read("").await),
        [&first, &second],
        "a change brings it back"
    );
}

#[tokio::test]
async fn pages_go_on_as_documented_or_as_people_report() {
    for (paging, pages) in [
        (Paging::Documented, 3),
        (Paging::NoToken, 1),
        (Paging::Repeating, 4),
    ] {
        let site = Site::open(paging).await;
        for _ in 0..205 {
            site.play.write("Ute", 3, "", "Geht so.").unwrap();
        }
        let (mut read, mut token) = (0, String::new());
        while read < 4 {
            let page = site.read(&format!("?maxResults=5000{token}")).await;
            read += 1;
            match page["tokenPagination"]["nextPageToken"].as_str() {
                Some(next) => token = format!("&token={next}"),
                None => break,
            }
        }
        assert_eq!(read, pages, "{paging:?}");
    }
}

#[tokio::test]
async fn there_is_one_reply_and_it_is_short_and_plain() {
    let site = Site::open(Paging::Documented).await;
    let id = site.play.write("Ute", 2, "", "Langsam.").unwrap();
    for bad in [
        json!({ "replyText": "x".repeat(351) }),
        json!({ "replyText": " " }),
        json!({ "text": "Danke." }),
        json!({ "replyText": "Danke.", "notify": true }),
    ] {
        assert_eq!(site.reply(&id, &bad).await.status(), 400, "{bad}");
    }
    let said = site
        .reply(&id, &json!({ "replyText": "Danke, <b>bald</b> ist 3 < 4." }))
        .await;
    let said: Value = said.json().await.unwrap();
    assert_eq!(said["result"]["replyText"], "Danke, bald ist 3 < 4.");
    site.play.answer(&id, "Aus der Konsole.").unwrap();
    let public = site.play.public(&id).unwrap();
    assert_eq!(
        (public.reply.as_deref(), public.replies),
        (Some("Aus der Konsole."), 2)
    );
    let one = site.read(&format!("/{id}")).await;
    assert_eq!(one["comments"][1]["developerComment"]["text"], "Aus der Konsole.");
}
