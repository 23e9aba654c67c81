//! A Trustpilot that forgets tokens, lists only by writing and is imitated by strangers.

use chrono::TimeDelta;
use serde_json::Value;
use serde_json::json;

use crate::domain::At;
use crate::domain::id::ReplyId;
use crate::domain::item::Standing;
use crate::port::PortError;
use crate::port::source::Flaw;
use crate::port::source::HookCall;
use crate::port::source::HookNews;
use crate::port::source::HookRefusal;
use crate::port::source::ReplyAction;
use crate::port::source::ReplyCall;
use crate::port::source::ReviewSource;
use crate::source::kind::About;
use crate::source::kind::Look;
use crate::source::kind::Settings as _;
use crate::source::tests::Asked;
use crate::source::tests::Far;
use crate::source::tests::Says;
use crate::source::tests::at;
use crate::source::tests::read;
use crate::source::tests::sources;
use crate::source::trustpilot::Trustpilot;
use crate::source::trustpilot::open;
use crate::source::trustpilot::settings;
use crate::source::trustpilot::settings::TrustpilotSettings;

const UNIT: &str = "46d6a890000064000500e0c3";
const USER: &str = "5f2ab7e6f3c2a80001a9b1d4";
const REVIEW: &str = "673c1f0a9b1e4d0012aa77c1";
const TOKEN: &str = "f00dbabe0123456789abcdef";

macro_rules! fixture {
    ($name:literal) => {
        serde_json::from_str::<Value>(include_str!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/fixtures/source/trustpilot/",
            $name
        )))
        .unwrap()
    };
}

fn now() -> At {
    at("2026-11-21T09:00:00Z")
}

fn about() -> About {
    About {
        name: "opinions".into(),
        label: "Trustpilot".into(),
        backfill_days: 400,
    }
}

fn given(url: &str) -> TrustpilotSettings {
    let file = format!(
        r#"
[[source]]
name = "opinions"
kind = "trustpilot"
business_units = [{{ id = "{UNIT}", name = "Gartenshop" }}]
business_user = "{USER}"
base_url = "{url}"
token_url = "{url}/token"
"#
    );
    let settings = read(&file, settings::read).unwrap();
    TrustpilotSettings {
        hook_token: Some(TOKEN.into()),
        ..settings
    }
}

fn company(url: &str) -> Trustpilot {
    open(about(), given(url)).unwrap()
}

/// Grants tokens t0, t1, ... and answers the rest with `says`.
async fn trustpilot(says: impl Fn(&Asked, usize) -> Says + Send + Sync + 'static) -> Far {
    Far::open(move |asked, n| match asked.path.as_str() {
        "/token" => Says::Json(
            200,
            json!({ "access_token": format!("t{n}"), "expires_in": "359999" }),
        ),
        _ => says(asked, n),
    })
    .await
}

fn thanks(what: ReplyAction) -> ReplyCall {
    ReplyCall {
        what,
        key: ReplyId::new(now()),
        scope: UNIT.into(),
        native_id: REVIEW.into(),
        reply_native_id: None,
        language: None,
        revision: 1,
        raw: Value::Null,
        at: now(),
    }
}

#[tokio::test]
async fn reviews_become_items_and_nobody_keeps_the_customers_address() {
    let far = trustpilot(|_, _| Says::Json(200, fixture!("page.json"))).await;
    let page = company(&far.url).fetch(None, now()).await.unwrap();
    let asked = far.asked();
    assert_eq!(asked[0].body, "grant_type=client_credentials");
    assert!(asked[0].header("authorization").starts_with("Basic "));
    assert_eq!(
        asked[1].path,
        format!("/v1/private/business-units/{UNIT}/reviews")
    );
    assert_eq!(asked[1].query, "orderBy=createdat.desc&perPage=100&page=1");
    assert_eq!(asked[1].header("authorization"), "Bearer t0");
    assert_eq!(asked[1].header("apikey"), "trustpilot_api_key");

    let [late, glad] = page.items.as_slice() else {
        panic!("{page:?}")
    };
    assert_eq!((late.scope.as_str(), late.native_id.as_str()), (UNIT, REVIEW));
    assert_eq!(late.rating.unwrap().stars(), 3);
    assert_eq!(late.title.as_deref(), Some("Lieferung zu spät"));
    assert_eq!(late.language.as_deref(), Some("de"));
    assert_eq!(late.author.name.as_deref(), Some("Ute P."));
    assert_eq!(late.edited_at, Some(at("2026-11-20T10:00:00Z")));
    assert_eq!(late.verified.as_deref(), Some("verified"));
    assert_eq!(late.details.order.as_deref(), Some("DE-2026-4711"));
    assert_eq!(late.votes.up, Some(2));
    assert_eq!(
        late.permalink.as_deref(),
        Some("https://www.trustpilot.com/reviews/673c1f0a9b1e4d0012aa77c1")
    );
    let reply = late.reply.as_ref().unwrap();
    assert_eq!(
        (reply.body.as_str(), reply.by.as_deref(), &reply.standing),
        (
            "Das tut uns leid. – Anna",
            Some("Anna Berger"),
            &Standing::Visible
        )
    );
    assert_eq!(
        (
            glad.title.as_deref(),
            glad.verified.as_deref(),
            glad.reply.as_ref()
        ),
        (None, None, None)
    );
    assert_eq!((page.odd.len(), page.odd[0].index), (1, 2));
    let kept = format!("{page:?}");
    assert!(!kept.contains('@'), "{kept}");
    assert_eq!(late.raw["referenceId"], "DE-2026-4711");
}

/// One review for each number, the newest first; two on a page would be enough for a walk, so pages are full.
fn full(asked: &Asked, pages: u32) -> Says {
    let number = |key: &str| -> u32 {
        let found = asked.query.split('&').find_map(|p| p.strip_prefix(key));
        found.unwrap().parse().unwrap()
    };
    let (page, size) = (number("page="), number("perPage="));
    let reviews = (0..if page > pages { 0 } else { size }).map(|n| {
        let hours = i64::from((page - 1) * size + n);
        let created = (now() - TimeDelta::hours(hours)).to_rfc3339();
        json!({ "id": format!("r{hours}"), "stars": 4, "text": "Gut.", "createdAt": created })
    });
    Says::Json(200, json!({ "reviews": reviews.collect::<Vec<_>>() }))
}

#[tokio::test]
async fn a_poll_reads_what_is_not_old_yet_and_a_sweep_everything() {
    let far = trustpilot(|asked, _| full(asked, 5)).await;
    let company = company(&far.url);
    let mut cursor = None;
    let mut round = async |now: At| {
        let mut pages = Vec::new();
        loop {
            let page = company.fetch(cursor.clone(), now).await.unwrap();
            cursor = Some(page.cursor.clone());
            let more = page.more;
            pages.push(page);
            if !more {
                return pages;
            }
        }
    };
    let first = round(now()).await;
    assert_eq!(first.len(), 6, "until a page is empty");
    let walk = first[5].complete.as_ref().unwrap();
    assert_eq!(
        (walk.scope.as_str(), walk.ids.len(), walk.since),
        (UNIT, 500, now())
    );
    let soon = round(now() + TimeDelta::hours(1)).await;
    assert_eq!(soon.len(), 2, "a week is 168 of these");
    assert!(soon.iter().all(|page| page.complete.is_none()));
    let tomorrow = round(now() + TimeDelta::hours(24)).await;
    assert_eq!(tomorrow.iter().filter(|page| page.complete.is_some()).count(), 1);
}

#[tokio::test]
async fn only_who_knows_the_address_is_heard_and_only_for_the_ids() {
    let far = trustpilot(|_, _| Says::Json(500, json!({}))).await;
    let company = company(&far.url);
    let call = |token: Option<&str>, body: Value| HookCall {
        token: token.map(str::to_owned),
        headers: Vec::new(),
        body: body.to_string().into(),
    };
    let named = HookNews::Named {
        scopes: vec![UNIT.into()],
        ids: vec!["673c1f0a9b1e4d0012aa77b0".into(), REVIEW.into()],
    };
    let told = company
        .hook(&call(Some(TOKEN), fixture!("called.json")), now())
        .await;
    assert_eq!(told, Ok(named));
    for token in [None, Some(""), Some("f00dbabe"), Some("F00DBABE0123456789ABCDEF")] {
        let told = company.hook(&call(token, fixture!("called.json")), now()).await;
        assert!(
            matches!(told, Err(HookRefusal::Unsigned(_))),
            "{token:?}: {told:?}"
        );
    }
    let test = company
        .hook(&call(Some(TOKEN), json!({ "events": [] })), now())
        .await;
    assert_eq!(test, Ok(HookNews::WakeUp));
    let odd = company.hook(&call(Some(TOKEN), json!([1])), now()).await;
    assert!(matches!(odd, Err(HookRefusal::Malformed(_))), "{odd:?}");
    assert!(far.asked().is_empty(), "it asks nobody before it has to");

    let silent = TrustpilotSettings {
        hook_token: None,
        ..given(&far.url)
    };
    let told = open(about(), silent).unwrap();
    let told = told
        .hook(&call(Some(TOKEN), fixture!("called.json")), now())
        .await;
    assert_eq!(told, Err(HookRefusal::NotHere));
}

#[tokio::test]
async fn a_review_is_read_on_its_own_and_one_of_another_company_is_none_of_ours() {
    let far = trustpilot(|asked, _| {
        let mut review = fixture!("page.json")["reviews"][0].take();
        match asked.path.as_str() {
            "/v1/private/reviews/gone" => return Says::Json(404, json!({})),
            "/v1/private/reviews/theirs" => review["businessUnit"]["id"] = json!("0"),
            _ => {}
        }
        Says::Json(200, review)
    })
    .await;
    let company = company(&far.url);
    let read = company.read(REVIEW, now()).await.unwrap();
    assert_eq!((read.scope.as_str(), read.native_id.as_str()), (UNIT, REVIEW));
    let theirs = company.read("theirs", now()).await;
    assert!(matches!(theirs, Err(PortError::Never { .. })), "{theirs:?}");
    let gone = company.read("gone", now()).await;
    assert!(matches!(gone, Err(PortError::Gone { .. })), "{gone:?}");
}

#[tokio::test]
async fn an_answer_is_posted_replaced_and_taken_away_in_somebodys_name() {
    let far = trustpilot(|asked, n| match (asked.method.as_str(), n) {
        ("GET", 4) => Says::Json(200, json!({ "id": REVIEW, "companyReply": null })),
        ("GET", _) => Says::Json(200, fixture!("page.json")["reviews"][0].take()),
        ("DELETE", _) => Says::Json(200, json!({})),
        _ => Says::Json(201, json!({})),
    })
    .await;
    let company = company(&far.url);
    for what in [
        ReplyAction::Create {
            body: "Danke!".into(),
        },
        ReplyAction::Edit {
            body: "Danke!".into(),
        },
    ] {
        let stands = company.publish(&thanks(what)).await.unwrap();
        assert_eq!(stands.standing, Standing::Visible);
        let post = far.asked().pop().unwrap();
        assert_eq!(post.path, format!("/v1/private/reviews/{REVIEW}/reply"));
        assert_eq!(
            post.json(),
            json!({ "authorBusinessUserId": USER, "message": "Danke!" })
        );
    }
    let looked = company.look(&thanks(ReplyAction::Delete)).await.unwrap();
    assert_eq!(looked.unwrap().body, "Das tut uns leid. – Anna");
    assert_eq!(company.look(&thanks(ReplyAction::Delete)).await, Ok(None));
    company.publish(&thanks(ReplyAction::Delete)).await.unwrap();
    let odd = ReplyCall {
        native_id: "..".into(),
        ..thanks(ReplyAction::Delete)
    };
    far.asked();
    assert!(matches!(
        company.publish(&odd).await,
        Err(PortError::Never { .. })
    ));
    assert!(far.asked().is_empty());
}

#[test]
fn calls_are_counted_by_the_year_as_the_plan_says() {
    let budgets = |calls_a_year| {
        let settings = TrustpilotSettings {
            calls_a_year,
            ..given("http://127.0.0.1")
        };
        let budgets = open(about(), settings).unwrap().budgets().to_vec();
        budgets
            .iter()
            .map(|b| (b.most, b.per.num_minutes()))
            .collect::<Vec<_>>()
    };
    assert_eq!(budgets(0), [(833, 5)]);
    assert_eq!(budgets(200_000), [(833, 5), (200_000, 365 * 24 * 60)]);
}

#[test]
fn a_token_that_can_be_guessed_does_not_open() {
    for token in ["", "hook", "f00dbabe0123456789abcde", "f00dbabe/123456789abcdef"] {
        let settings = TrustpilotSettings {
            hook_token: Some(token.into()),
            ..given("http://127.0.0.1")
        };
        let refused = open(about(), settings).map(drop).unwrap_err();
        assert!(
            matches!(&refused, PortError::Never { why } if why.ours.contains("openssl")),
            "{refused:?}"
        );
    }
}

fn first(flaws: Vec<Flaw>) -> Flaw {
    assert_eq!(flaws.len(), 1, "{flaws:?}");
    flaws.into_iter().next().unwrap()
}

#[tokio::test]
async fn operators_are_told_what_is_wrong_and_what_is_right() {
    let refused = Far::open(|_, _| Says::Json(401, json!({ "error": "invalid_client" }))).await;
    let flaw = first(company(&refused.url).check(now()).await);
    assert!(flaw.what.contains("does not know api_key"), "{flaw:?}");
    let unknown = trustpilot(|_, _| Says::Json(404, json!({}))).await;
    let flaw = first(company(&unknown.url).check(now()).await);
    assert!(flaw.remedy.contains("business_units"), "{flaw:?}");
    let settings = given("http://127.0.0.1");
    let look = Look {
        hook: "https://bot.example/hook/opinions",
        asked: true,
    };
    assert_eq!(
        settings.in_order(&look),
        "all 1 business units can be read; it may call https://bot.example/hook/opinions/… with the token of source.hook"
    );
    let said = format!("{settings:?} {}", settings.in_order(&look));
    assert!(!said.contains(TOKEN), "{said}");
}

#[test]
fn an_imported_review_is_the_same_as_the_one_that_is_read() {
    let file = format!(
        "[[source]]\nname = \"o\"\nkind = \"trustpilot\"\nlabel = \"T\"\nbusiness_user = \"{USER}\"\n\
         business_units = [{{ id = \"{UNIT}\", name = \"Gartenshop\" }}]\n"
    );
    let all = sources(&file);
    let page = fixture!("page.json")["reviews"][0].take();
    let unit = &given("http://127.0.0.1").business_units[0];
    let mut incoming = super::wire::review(page, unit).unwrap();
    let scope = all[0].settings.scope_for("o", &incoming);
    assert_eq!(scope.as_deref(), Ok(UNIT));
    incoming.subject = None;
    let scope = all[0].settings.scope_for("o", &incoming);
    assert_eq!(scope.as_deref(), Ok(UNIT), "there is only one");
}
