//! A Bazaarvoice that says its noes with 200, whose moderators tell nothing, and that shows responses late.

use chrono::TimeDelta;
use serde_json::Value;
use serde_json::json;

use crate::domain::At;
use crate::domain::id::ReplyId;
use crate::domain::item::ItemKind;
use crate::domain::item::Rating;
use crate::domain::item::Standing;
use crate::domain::item::caps::ReplyMode;
use crate::port::PortError;
use crate::port::source::ReplyAction;
use crate::port::source::ReplyCall;
use crate::port::source::ReviewSource as _;
use crate::source::bazaarvoice::Bazaarvoice;
use crate::source::bazaarvoice::open;
use crate::source::bazaarvoice::settings;
use crate::source::bazaarvoice::settings::BazaarvoiceSettings;
use crate::source::kind::About;
use crate::source::kind::Look;
use crate::source::kind::Settings as _;
use crate::source::tests::Asked;
use crate::source::tests::Far;
use crate::source::tests::Says;
use crate::source::tests::at;
use crate::source::tests::read;

macro_rules! fixture {
    ($name:literal) => {
        serde_json::from_str::<Value>(include_str!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/fixtures/source/bazaarvoice/",
            $name
        )))
        .unwrap()
    };
}

const REPLIES: &str = "[source.reply]\ndepartment = \"Kundenservice\"\n";
const ANSWERS: &str = "[source.answer]\nuser = \"service\"\nnickname = \"Gartenmarkt\"\n";

fn now() -> At {
    at("2026-11-21T09:00:00Z")
}

fn given(url: &str, sections: &str) -> Option<BazaarvoiceSettings> {
    let file = format!(
        "[[source]]\nname = \"shop\"\nkind = \"bazaarvoice\"\nclient = \"gartenmarkt\"\nbase_url = \"{url}\"\n{sections}"
    );
    read(&file, |table| settings::read(table, Some("shop")))
}

fn with(url: &str, sections: &str) -> Bazaarvoice {
    let about = About {
        name: "shop".into(),
        label: "Bazaarvoice".into(),
        backfill_days: 400,
    };
    open(about, given(url, sections).unwrap()).unwrap()
}

fn both(url: &str) -> Bazaarvoice {
    with(url, &format!("{REPLIES}{ANSWERS}"))
}

fn list(results: Value) -> Value {
    let total = results.as_array().unwrap().len();
    json!({ "Results": results, "TotalResults": total, "Offset": 0, "HasErrors": false, "Errors": [] })
}

/// One review and one question, and nothing below them.
fn usual(asked: &Asked) -> Says {
    match asked.path.as_str() {
        "/auth/v1/oauth2/token" => Says::Json(200, json!({ "access_token": "t0", "expires_in": 3600 })),
        "/data/reviews.json" => Says::Json(200, fixture!("reviews.json")),
        "/data/questions.json" => Says::Json(200, fixture!("questions.json")),
        "/data/answers.json" => Says::Json(200, list(json!([]))),
        "/data/products.json" => Says::Json(200, list(json!([{ "Id": "SKU-1002" }]))),
        "/data/submitanswer.json" => Says::Json(200, json!({ "HasErrors": false, "Answer": {} })),
        _ if asked.method == "GET" => Says::Json(200, json!({ "data": [] })),
        _ => Says::Json(200, json!({ "data": [response("g-1", "Danke.")] })),
    }
}

fn response(id: &str, text: &str) -> Value {
    json!({ "type": "clientResponse", "id": id,
        "attributes": { "department": "Kundenservice", "response": text, "created": "2026-11-20T09:00:00Z" } })
}

fn call(scope: &str, id: &str, what: ReplyAction) -> ReplyCall {
    ReplyCall {
        what,
        key: ReplyId::new(now()),
        scope: scope.into(),
        native_id: id.into(),
        reply_native_id: None,
        language: None,
        revision: 1,
        raw: json!({ "ContentLocale": "de_DE" }),
        at: now(),
    }
}

fn create(body: &str) -> ReplyAction {
    ReplyAction::Create { body: body.into() }
}

fn to_review(body: &str) -> ReplyCall {
    call("gartenmarkt", "29917345", create(body))
}

fn to_question(body: &str) -> ReplyCall {
    call("gartenmarkt/questions", "1483881", create(body))
}

#[tokio::test]
async fn reviews_and_questions_become_items_with_what_can_be_done_about_each() {
    let far = Far::open(|asked, _| usual(asked)).await;
    let source = both(&far.url);
    let first = source.fetch(None, now()).await.unwrap();
    let asked = far.asked();
    assert_eq!(asked[0].path, "/auth/v1/oauth2/token", "the token is kept alive");
    assert_eq!(
        asked[1].query,
        "apiversion=5.4&passkey=source_shop_passkey&Sort=LastModificationTime%3Adesc&Limit=100&Offset=0\
         &Include=Products"
    );
    let [own, other] = first.items.as_slice() else {
        panic!("{first:?}")
    };
    assert_eq!(
        (own.scope.as_str(), own.native_id.as_str()),
        ("gartenmarkt", "29917345")
    );
    assert_eq!(own.rating.map(Rating::stars), Some(2));
    assert_eq!(own.language.as_deref(), Some("de"));
    assert_eq!(own.published_at, Some(at("2026-11-18T09:00:00Z")));
    assert_eq!((own.edited_at, own.votes.up), (None, Some(4)));
    assert_eq!(own.verified.as_deref(), Some("buyer"));
    assert_eq!(
        own.permalink.as_deref(),
        Some("https://gartenmarkt.example/SKU-1002")
    );
    let subject = own.subject.as_ref().unwrap();
    assert_eq!(subject.name.as_deref(), Some("Mixer Brausewind"));
    let reply = own.reply.as_ref().unwrap();
    assert_eq!(
        (reply.body.as_str(), reply.by.as_deref()),
        ("Das tut uns leid.", Some("Anna")),
        "the newest of this client"
    );
    assert!(own.raw["UserLocation"].is_null() && own.raw["ContextDataValues"].is_null());
    assert_eq!(
        (own.caps.mode, own.caps.edit, own.caps.moderated),
        (ReplyMode::Api, true, false)
    );

    assert_eq!(other.rating.map(Rating::stars), Some(5), "9 of 10");
    assert_eq!(other.caps.mode, ReplyMode::DeepLink);
    assert_eq!(
        other.permalink.as_deref(),
        Some("https://silberreiher.example/reviews/29917344")
    );
    assert_eq!(first.odd.len(), 1, "{:?}", first.odd);
    assert_eq!(first.complete, None, "one of them cannot be named");

    let second = source.fetch(Some(first.cursor), now()).await.unwrap();
    let question = &second.items[0];
    assert_eq!(question.kind, ItemKind::Question);
    assert_eq!(question.scope, "gartenmarkt/questions");
    assert_eq!(
        question.title.as_deref(),
        Some("Passt der Aufsatz auf das Modell von 2019?")
    );
    assert_eq!(question.reply.as_ref().unwrap().body, "Ja, ab Baujahr 2018.");
    assert_eq!((question.caps.edit, question.caps.moderated), (false, true));
    assert_eq!(second.complete.unwrap().scope, "gartenmarkt/questions");
    assert!(!second.more);
}

#[tokio::test]
async fn a_no_inside_a_200_is_a_no() {
    let cases = [
        ("ERROR_PARAM_INVALID_API_KEY", "denied"),
        ("ERROR_REQUEST_LIMIT_REACHED", "later"),
        ("ERROR_UNKNOWN", "later"),
        ("ERROR_PARAM_INVALID_LIMIT", "never"),
    ];
    for (code, means) in cases {
        let far = Far::open(move |_, _| {
            let errors = json!([{ "Code": code, "Message": "So nicht." }]);
            Says::Json(
                200,
                json!({ "HasErrors": true, "Errors": errors, "Results": [], "TotalResults": 0 }),
            )
        })
        .await;
        // With one list alone nothing else can be asked.
        let source = with(&far.url, "questions = false\n");
        let told = source.fetch(None, now()).await.unwrap_err();
        assert!(told.to_string().starts_with(means), "{code}: {told:?}");
        assert!(told.why().text().contains("So nicht."), "{told:?}");
    }
}

#[tokio::test]
async fn a_passkey_for_reviews_only_costs_the_questions_and_says_so_once() {
    let far = Far::open(|asked, _| match asked.path.as_str() {
        "/data/questions.json" => {
            let errors = json!([{ "Code": "ERROR_ACCESS_DENIED", "Message": "Not enabled." }]);
            Says::Json(200, json!({ "HasErrors": true, "Errors": errors }))
        }
        _ => usual(asked),
    })
    .await;
    let source = both(&far.url);
    let (mut cursor, mut told) = (None, Vec::new());
    for _ in 0..4 {
        let page = source.fetch(cursor, now()).await.unwrap();
        let odd = page
            .odd
            .iter()
            .filter(|odd| odd.why.contains("ERROR_ACCESS_DENIED"));
        told.extend(odd.map(|odd| odd.why.clone()));
        cursor = Some(page.cursor);
    }
    assert_eq!(told.len(), 1, "{told:?}");
}

#[tokio::test]
async fn too_many_calls_are_no_fault_of_the_account() {
    let says = |page: &'static str| move |_: &Asked, _: usize| Says::Json(403, json!(page));
    let far = Far::open(says("<h1>Developer Over Qps</h1>")).await;
    let told = both(&far.url).fetch(None, now()).await;
    assert!(
        matches!(told, Err(PortError::Later { after: Some(60), .. })),
        "{told:?}"
    );
    let far = Far::open(says("<h1>Developer Inactive</h1>")).await;
    let told = both(&far.url).fetch(None, now()).await;
    assert!(matches!(told, Err(PortError::Denied { .. })), "{told:?}");
}

#[tokio::test]
async fn a_list_that_says_less_than_it_should_removes_nothing() {
    for body in [
        json!({ "Results": [] }),
        json!({ "Results": [], "TotalResults": 7, "Offset": 100 }),
    ] {
        let told = body.clone();
        let far = Far::open(move |_, _| Says::Json(200, body.clone())).await;
        let page = with(&far.url, "questions = false\n")
            .fetch(None, now())
            .await
            .unwrap();
        assert_eq!(
            (page.items.len(), page.complete, page.more),
            (0, None, false),
            "{told}"
        );
    }
    // A passkey that shows nothing at all says nothing about one review.
    let far = Far::open(|_, _| Says::Json(200, list(json!([])))).await;
    let told = both(&far.url).look(&to_review("Danke.")).await;
    assert!(matches!(told, Err(PortError::Later { .. })), "{told:?}");
    let far = Far::open(|_, _| Says::Json(200, json!({ "Reviews": [] }))).await;
    let told = both(&far.url).fetch(None, now()).await;
    assert!(matches!(told, Err(PortError::Later { .. })), "{told:?}");
}

#[tokio::test]
async fn a_response_is_written_once_whatever_stands_there() {
    let far = Far::open(|asked, _| usual(asked)).await;
    let published = both(&far.url).publish(&to_review("Danke.")).await.unwrap();
    assert_eq!(
        (published.native_id.as_deref(), &published.standing),
        (Some("g-1"), &Standing::Visible)
    );
    let asked = far.asked();
    let [_, _, post] = asked.as_slice() else {
        panic!("{asked:?}")
    };
    assert_eq!(
        post.path,
        "/response/v1/clientResponses/gartenmarkt/reviews/29917345"
    );
    assert_eq!(post.query, "passkey=source_shop_response_passkey");
    assert_eq!(post.header("authorization"), "Bearer t0");
    assert_eq!(
        post.json(),
        json!({ "attributes": { "department": "Kundenservice", "response": "Danke." } })
    );

    // Written before, as far as the list knows.
    let far = Far::open(|asked, _| match asked.path.starts_with("/response") {
        true => Says::Json(
            200,
            json!({ "data": [response("g-0", "Früher."), response("g-7", "Danke.\n")] }),
        ),
        false => usual(asked),
    })
    .await;
    let published = both(&far.url).publish(&to_review("Danke.")).await.unwrap();
    assert_eq!(published.native_id.as_deref(), Some("g-7"));
    assert!(
        far.asked()
            .iter()
            .all(|a| a.path.ends_with("/token") || a.method == "GET")
    );

    // Written between our look and our writing.
    let far = Far::open(
        |asked, n| match (asked.method.as_str(), asked.path.starts_with("/response")) {
            ("POST", true) => {
                let error = json!({ "code": "INVALID_PROPERTY_VALUE", "field": "response",
                "message": "Duplicate 'Danke.' detected for ClientResponse.response" });
                Says::Json(
                    400,
                    json!({ "httpCode": 400, "requestURI": "/", "errors": [error] }),
                )
            }
            ("GET", true) if n > 2 => Says::Json(200, json!({ "data": [response("g-9", "Danke.")] })),
            _ => usual(asked),
        },
    )
    .await;
    let published = both(&far.url).publish(&to_review("Danke.")).await.unwrap();
    assert_eq!(published.native_id.as_deref(), Some("g-9"));
}

#[tokio::test]
async fn a_change_and_a_removal_are_about_the_response_that_we_know() {
    let far = Far::open(
        |asked, _| match (asked.method.as_str(), asked.path.starts_with("/response")) {
            ("GET", true) => Says::Json(
                200,
                json!({ "data": [response("g-1", "Alt."), response("g-2", "Fremd.")] }),
            ),
            ("PATCH", true) => Says::Json(200, response("g-1", "Neu.")),
            ("DELETE", true) => Says::Json(204, Value::Null),
            _ => usual(asked),
        },
    )
    .await;
    let source = both(&far.url);
    let known = |what: ReplyAction| ReplyCall {
        reply_native_id: Some("g-1".into()),
        ..call("gartenmarkt", "29917345", what)
    };
    let edit = known(ReplyAction::Edit { body: "Neu.".into() });
    assert_eq!(
        source.publish(&edit).await.unwrap().native_id.as_deref(),
        Some("g-1")
    );
    source.publish(&known(ReplyAction::Delete)).await.unwrap();
    let writes: Vec<(String, String)> = far
        .asked()
        .into_iter()
        .filter(|a| matches!(a.method.as_str(), "PATCH" | "DELETE"))
        .map(|a| (a.method, a.path))
        .collect();
    let path = "/response/v1/clientResponses/g-1".to_owned();
    assert_eq!(
        writes,
        [("PATCH".to_owned(), path.clone()), ("DELETE".to_owned(), path)]
    );
    let looked = source.look(&edit).await.unwrap().unwrap();
    assert_eq!(looked.native_id.as_deref(), Some("g-1"));
}

#[tokio::test]
async fn a_review_that_is_not_known_there_any_more_is_gone() {
    let far = Far::open(|asked, _| match asked.path.starts_with("/response") {
        true => {
            let error = json!({ "code": "INVALID_PROPERTY_VALUE", "field": "reviewId",
                "message": "Review Id does not exist for client" });
            Says::Json(
                400,
                json!({ "httpCode": 400, "requestURI": "/", "errors": [error] }),
            )
        }
        false => usual(asked),
    })
    .await;
    let told = both(&far.url).publish(&to_review("Danke.")).await;
    assert!(matches!(told, Err(PortError::Gone { .. })), "{told:?}");
    let told = both(&far.url).look(&call("gartenmarkt", "1", create("x"))).await;
    assert!(matches!(told, Err(PortError::Gone { .. })), "{told:?}");
}

#[tokio::test]
async fn an_answer_to_a_question_is_submitted_and_waits_until_it_is_told_as_not_published() {
    let far = Far::open(|asked, _| usual(asked)).await;
    let source = both(&far.url);
    let published = source.publish(&to_question("Ja & gern.")).await.unwrap();
    assert_eq!(published.standing, Standing::Pending);
    let asked = far.asked();
    let submit = asked.last().unwrap();
    assert_eq!(submit.query, "ApiVersion=5.4&PassKey=source_shop_passkey");
    assert_eq!(
        submit.body,
        "Action=Submit&QuestionId=1483881&AnswerText=Ja+%26+gern.&UserId=service&UserNickname=Gartenmarkt\
         &AgreedToTermsAndConditions=true&Locale=de_DE"
    );

    let waiting = |by: TimeDelta| ReplyCall {
        reply_native_id: published.native_id.clone(),
        at: now() + by,
        ..to_question("Ja & gern.")
    };
    let looked = |call: ReplyCall| {
        let source = &source;
        async move { source.look(&call).await.unwrap().map(|reply| reply.standing) }
    };
    assert_eq!(looked(waiting(TimeDelta::days(6))).await, Some(Standing::Pending));
    let refused = Standing::Rejected(String::new());
    assert_eq!(looked(waiting(TimeDelta::days(7))).await, Some(refused));
    assert_eq!(
        looked(to_question("Ja & gern.")).await,
        None,
        "nobody knows that it was submitted"
    );
}

#[tokio::test]
async fn an_answer_that_customers_see_is_not_submitted_again() {
    let far = Far::open(|asked, _| match asked.path.as_str() {
        "/data/answers.json" => {
            let answers = fixture!("questions.json")["Includes"]["Answers"].clone();
            Says::Json(200, list(json!([answers["41003002"], answers["41003001"]])))
        }
        _ => usual(asked),
    })
    .await;
    let source = both(&far.url);
    let published = source
        .publish(&to_question("Ja, ab  Baujahr 2018."))
        .await
        .unwrap();
    assert_eq!(
        (published.native_id.as_deref(), &published.standing),
        (Some("41003001"), &Standing::Visible)
    );
    assert!(far.asked().iter().all(|asked| asked.method == "GET"));
    let looked = source
        .look(&to_question("Etwas anderes."))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        looked.native_id.as_deref(),
        Some("41003001"),
        "a customer's answer is not ours"
    );
}

#[tokio::test]
async fn what_was_submitted_before_waits_and_what_a_field_says_is_told() {
    let submitting = |told: Value| {
        move |asked: &Asked, _: usize| match asked.path.as_str() {
            "/data/submitanswer.json" => Says::Json(200, told.clone()),
            _ => usual(asked),
        }
    };
    let errors = json!([{ "Code": "ERROR_DUPLICATE_SUBMISSION", "Message": "Again." }]);
    let far = Far::open(submitting(json!({ "HasErrors": true, "Errors": errors }))).await;
    let again = both(&far.url).publish(&to_question("Ja.")).await.unwrap();
    assert_eq!(again.standing, Standing::Pending);

    let field = json!({ "Field": "answertext", "Code": "ERROR_FORM_TOO_SHORT", "Message": "Too short." });
    let form = json!({ "FieldErrors": { "answertext": field } });
    let far = Far::open(submitting(
        json!({ "HasErrors": true, "Errors": [], "FormErrors": form }),
    ))
    .await;
    let told = both(&far.url).publish(&to_question("Ja.")).await;
    assert!(
        matches!(&told, Err(PortError::Never { why }) if why.text().contains("Too short.")),
        "{told:?}"
    );

    let errors = json!([{ "Code": "ERROR_UNKNOWN", "Message": "Please retry." }]);
    let far = Far::open(submitting(json!({ "HasErrors": true, "Errors": errors }))).await;
    let told = both(&far.url).publish(&to_question("Ja.")).await;
    assert!(matches!(told, Err(PortError::Unclear { .. })), "{told:?}");
    let far = Far::open(submitting(json!({}))).await;
    let told = both(&far.url).publish(&to_question("Ja.")).await;
    assert!(matches!(told, Err(PortError::Unclear { .. })), "{told:?}");
}

#[tokio::test]
async fn without_their_sections_people_answer_in_the_portal() {
    let far = Far::open(|asked, _| usual(asked)).await;
    let source = with(&far.url, "");
    let page = source.fetch(None, now()).await.unwrap();
    assert!(
        page.items
            .iter()
            .all(|item| item.caps.mode == ReplyMode::DeepLink)
    );
    for call in [to_review("Danke."), to_question("Ja.")] {
        let told = source.publish(&call).await;
        assert!(matches!(told, Err(PortError::Never { .. })), "{told:?}");
    }
    let shown = source.look(&to_review("Danke.")).await.unwrap().unwrap();
    assert_eq!(shown.body, "Das tut uns leid.", "as customers see it");
    assert!(far.asked().iter().all(|asked| asked.method == "GET"));
}

#[tokio::test]
async fn what_does_not_work_is_told_with_its_remedy() {
    let far = Far::open(|asked, _| match asked.path.as_str() {
        "/auth/v1/oauth2/token" => Says::Json(400, json!({ "error": "invalid_grant" })),
        "/data/questions.json" => Says::Json(403, json!("<h1>Developer Inactive</h1>")),
        _ => usual(asked),
    })
    .await;
    let flaws = both(&far.url).check(now()).await;
    let [questions, token] = flaws.as_slice() else {
        panic!("{flaws:?}")
    };
    assert!(questions.remedy.contains("questions = false"), "{questions:?}");
    assert!(token.what.contains("not used for seven days"), "{token:?}");
    // Reading needs no token.
    both(&far.url).fetch(None, now()).await.unwrap();
}

#[test]
fn settings_are_read_and_say_what_they_come_to() {
    let url = "https://api.example";
    assert!(
        given(
            url,
            "[source.answer]\nuser = \"a@b\"\nnickname = \"Gartenmarkt\"\n"
        )
        .is_none()
    );
    assert!(given(url, "[source.answer]\nuser = \"a\"\nnickname = \"Ann\"\n").is_none());
    assert!(given(url, "[source.reply]\n").is_none(), "a department is needed");
    let all = given(url, &format!("calls_per_minute = 500\n{REPLIES}{ANSWERS}")).unwrap();
    let look = Look {
        hook: "https://bot.example/hook/shop",
        asked: true,
    };
    assert_eq!(
        all.in_order(&look),
        "the reviews and questions of gartenmarkt can be read; Kundenservice answers reviews, Gartenmarkt questions"
    );
    let budgets = with(url, "calls_per_minute = 500\n").budgets().to_vec();
    assert_eq!((budgets[0].most, budgets[0].per), (500, TimeDelta::minutes(1)));
}

mod any {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::given;
    use crate::source::bazaarvoice::wire;
    use crate::source::bazaarvoice::wire::Content;

    proptest! {
        #[test]
        fn json_is_an_item_or_an_odd_one(
            value in crate::source::tests::any_json(),
            includes in crate::source::tests::any_json(),
        ) {
            let settings = given("https://api.example", super::ANSWERS).unwrap();
            for content in [Content::Review, Content::Question] {
                let read = wire::item(content, value.clone(), &includes, &settings);
                prop_assert_eq!(wire::id(&value).is_some(), read.is_ok());
            }
            let _others = (wire::responses(&value), wire::answer(&value), wire::changed(&Value::Null));
        }
    }
}
