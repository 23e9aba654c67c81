//! Bazaarvoice seen from outside: a real client over a real socket, on a clock that stands still.

use std::future::IntoFuture;
use std::sync::Arc;
use std::sync::Mutex;

use chrono::DateTime;
use chrono::TimeDelta;
use chrono::Utc;
use serde_json::Value;
use serde_json::json;

use super::Bazaarvoice;
use super::Settings;
use super::api;
use crate::sites::faults::Fault;
use crate::sites::hold;
use crate::sites::site::Site as _;
use crate::sites::site::Verdict;

const PRODUCT: &str = "SKU-1002";
const KEYS: &str = "apiversion=5.4&passkey=sandbox-conversations";
const SUBMIT: &str = "/data/submitanswer.json?ApiVersion=5.4&PassKey=sandbox-conversations";

struct World {
    site: Arc<Bazaarvoice>,
    now: Arc<Mutex<DateTime<Utc>>>,
}

fn world() -> World {
    let at = DateTime::parse_from_rfc3339("2026-11-19T13:35:01Z")
        .unwrap()
        .to_utc();
    let now = Arc::new(Mutex::new(at));
    let reading = now.clone();
    let site = Bazaarvoice::new(Arc::new(move || *hold(&reading)), Settings::default());
    World { site, now }
}

enum Body {
    None,
    Form(Vec<(&'static str, String)>),
    Json(Value),
}

impl World {
    fn later(&self, by: TimeDelta) {
        *hold(&self.now) += by;
    }

    async fn ask(&self, call: &str, token: &str, body: Body) -> (u16, Value) {
        let (method, path) = call.split_once(' ').unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let serving = tokio::spawn(axum::serve(listener, api::router(self.site.clone())).into_future());
        let client = crate::sites::outbox::client().unwrap();
        let request = client
            .request(method.parse().unwrap(), format!("{base}/bazaarvoice{path}"))
            .bearer_auth(token);
        let request = match body {
            Body::None => request,
            Body::Form(form) => request.form(&form),
            Body::Json(body) => request.json(&body),
        };
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        let said = answer.bytes().await.unwrap();
        serving.abort();
        (status, serde_json::from_slice(&said).unwrap_or_default())
    }

    async fn get(&self, path: &str) -> Value {
        self.ask(&format!("GET {path}"), "", Body::None).await.1
    }

    async fn token(&self) -> String {
        let form = vec![
            ("grant_type", "refresh_token".to_owned()),
            ("client_id", "sandbox-client".to_owned()),
            ("client_secret", "sandbox-client-secret".to_owned()),
            ("refresh_token", "sandbox-refresh".to_owned()),
        ];
        let call = "POST /auth/v1/oauth2/token?passkey=sandbox-response";
        let (status, granted) = self.ask(call, "", Body::Form(form)).await;
        assert_eq!(status, 200);
        granted["access_token"].as_str().unwrap().to_owned()
    }

    async fn submit(&self, question: &str, text: &str) -> Value {
        let form = vec![
            ("Action", "Submit".to_owned()),
            ("QuestionId", question.to_owned()),
            ("AnswerText", text.to_owned()),
            ("UserId", "service-gartenmarkt".to_owned()),
        ];
        let call = format!("POST {SUBMIT}");
        self.ask(&call, "", Body::Form(form)).await.1
    }
}

fn response(text: &str) -> Body {
    Body::Json(json!({ "attributes": { "department": "Service", "response": text } }))
}

#[tokio::test]
async fn a_wrong_key_is_refused_with_200_and_a_code() {
    let world = world();
    let (status, told) = world
        .ask(
            "GET /data/reviews.json?apiversion=5.4&passkey=guessed",
            "",
            Body::None,
        )
        .await;
    assert_eq!((status, &told["HasErrors"]), (200, &json!(true)));
    assert_eq!(told["Errors"][0]["Code"], "ERROR_PARAM_INVALID_API_KEY");
    for asked in [
        "Limit=101",
        "Offset=300001",
        "Sort=Mood:desc",
        "Filter=Mood:eq:1",
        "Colour=red",
    ] {
        let told = world.get(&format!("/data/reviews.json?{KEYS}&{asked}")).await;
        assert_eq!(told["HasErrors"], true, "{asked}: {told}");
    }
}

#[tokio::test]
async fn what_changed_last_is_listed_first() {
    let world = world();
    let first = world.site.review(PRODUCT, "koch77", 2, "Laut.").unwrap();
    world.later(TimeDelta::minutes(1));
    let second = world.site.review(PRODUCT, "hafen", 4, "Gut.").unwrap();
    let list = format!("/data/reviews.json?{KEYS}&Sort=LastModificationTime:desc&Include=Products&Limit=1");
    let page = world.get(&list).await;
    assert_eq!(
        (&page["Results"][0]["Id"], &page["TotalResults"]),
        (&json!(second), &json!(2))
    );
    assert_eq!(page["Includes"]["Products"][PRODUCT]["Name"], "Mixer Brausewind");
    world.later(TimeDelta::minutes(1));
    world.site.edit(&first, Some(1), "Sehr laut.").unwrap();
    assert_eq!(world.get(&list).await["Results"][0]["Id"], json!(first));
    let page = world.get(&format!("{list}&Offset=1")).await;
    assert_eq!(page["Results"][0]["Id"], json!(second));
}

#[tokio::test]
async fn an_answer_waits_for_moderators_and_one_that_they_refuse_is_never_shown() {
    let world = world();
    let question = world.site.ask(PRODUCT, "koch77", "Passt er auch?").unwrap();
    let told = world.submit(&question, "Ja.").await;
    assert_eq!(told["HasErrors"], false);
    let shown = async || {
        let path = format!("/data/answers.json?{KEYS}&Filter=QuestionId:eq:{question}");
        world.get(&path).await["TotalResults"].clone()
    };
    assert_eq!(shown().await, 0);
    world.site.judge(&question, Verdict::Reject).unwrap();
    assert_eq!(shown().await, 0);
    let again = world.submit(&question, "Ja.").await;
    assert_eq!(again["Errors"][0]["Code"], "ERROR_DUPLICATE_SUBMISSION");
    world.submit(&question, "Ja, ab 2019.").await;
    world.later(TimeDelta::seconds(20));
    world.site.tick().await;
    assert_eq!(shown().await, 1);
    let list = format!("/data/questions.json?{KEYS}&Include=Products,Answers");
    let page = world.get(&list).await;
    let answers = page["Includes"]["Answers"].as_object().unwrap();
    assert_eq!(answers.values().next().unwrap()["AnswerText"], "Ja, ab 2019.");
    assert_eq!(world.site.public(&question).unwrap().publications, 1);
    assert_eq!(world.site.submitted(&question), 2);
}

#[tokio::test]
async fn a_response_needs_a_token_and_is_taken_once() {
    let world = world();
    let review = world.site.review(PRODUCT, "koch77", 2, "Laut.").unwrap();
    let at = |review: &str| {
        format!("/response/v1/clientResponses/gartenmarkt/reviews/{review}?passkey=sandbox-response")
    };
    let post = format!("POST {}", at(&review));
    assert_eq!(world.ask(&post, "guessed", response("Danke.")).await.0, 401);
    let token = world.token().await;
    let (status, told) = world.ask(&post, &token, response("Danke.")).await;
    assert_eq!(
        (status, &told["data"][0]["attributes"]["response"]),
        (200, &json!("Danke."))
    );
    let (status, told) = world.ask(&post, &token, response("Danke.")).await;
    assert_eq!((status, &told["errors"][0]["field"]), (400, &json!("response")));
    let unknown = format!("GET {}", at("1"));
    let (status, told) = world.ask(&unknown, &token, Body::None).await;
    assert_eq!((status, &told["errors"][0]["field"]), (400, &json!("reviewId")));
    world.later(TimeDelta::minutes(60));
    assert_eq!(world.ask(&post, &token, response("Noch einmal.")).await.0, 401);
    assert_eq!(world.site.public(&review).unwrap().replies, ["Danke."]);
}

/// Whoever reads back from the list for customers would write it twice.
#[tokio::test]
async fn customers_see_a_response_later_than_the_response_interface() {
    let world = world();
    let review = world.site.review(PRODUCT, "koch77", 2, "Laut.").unwrap();
    let token = world.token().await;
    let call = format!("/response/v1/clientResponses/gartenmarkt/reviews/{review}?passkey=sandbox-response");
    world
        .ask(&format!("POST {call}"), &token, response("Danke."))
        .await;
    let list = format!("/data/reviews.json?{KEYS}");
    assert_eq!(world.get(&list).await["Results"][0]["ClientResponses"], json!([]));
    let (_, told) = world.ask(&format!("GET {call}"), &token, Body::None).await;
    assert_eq!(told["data"].as_array().unwrap().len(), 1);
    world.later(TimeDelta::minutes(10));
    let shown = world.get(&list).await;
    assert_eq!(shown["Results"][0]["ClientResponses"][0]["Response"], "Danke.");
}

#[tokio::test]
async fn what_another_client_collected_is_shown_and_not_answered() {
    let world = world();
    let review = world.site.review("SKU-2040", "koch77", 2, "Laut.").unwrap();
    let shown = world.get(&format!("/data/reviews.json?{KEYS}")).await;
    assert_eq!(shown["Results"][0]["IsSyndicated"], true);
    let token = world.token().await;
    let call =
        format!("POST /response/v1/clientResponses/gartenmarkt/reviews/{review}?passkey=sandbox-response");
    assert_eq!(world.ask(&call, &token, response("Danke.")).await.0, 400);
}

#[tokio::test]
async fn too_many_calls_are_told_by_a_page_of_the_doorkeeper() {
    let world = world();
    world.site.fault(Fault::Quota, 1);
    let (status, told) = world
        .ask(&format!("GET /data/reviews.json?{KEYS}"), "", Body::None)
        .await;
    assert_eq!((status, told), (403, Value::Null));
    assert_eq!(world.site.calls()[0].fault, Some("quota"));
}
