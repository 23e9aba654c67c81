//! An eTrusted whose moderators look at reviews, and whose tokens last five minutes.

use chrono::TimeDelta;
use serde_json::Value;
use serde_json::json;

use crate::domain::At;
use crate::domain::id::ReplyId;
use crate::domain::item::Standing;
use crate::port::PortError;
use crate::port::source::Flaw;
use crate::port::source::HookCall;
use crate::port::source::HookRefusal;
use crate::port::source::ReplyAction;
use crate::port::source::ReplyCall;
use crate::port::source::ReviewSource;
use crate::source::etrusted::Etrusted;
use crate::source::etrusted::open;
use crate::source::etrusted::settings;
use crate::source::etrusted::settings::EtrustedSettings;
use crate::source::kind::About;
use crate::source::kind::Look;
use crate::source::kind::Settings as _;
use crate::source::tests::Asked;
use crate::source::tests::Far;
use crate::source::tests::Says;
use crate::source::tests::at;
use crate::source::tests::read;

const CHANNEL: &str = "chl-3cd85eba";

macro_rules! fixture {
    ($name:literal) => {
        serde_json::from_str::<Value>(include_str!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/fixtures/source/etrusted/",
            $name
        )))
        .unwrap()
    };
}

fn now() -> At {
    at("2026-11-21T09:00:00Z")
}

fn given(url: &str) -> EtrustedSettings {
    let file = format!(
        r#"
[[source]]
name = "shop"
kind = "etrusted"
channels = [{{ id = "{CHANNEL}", name = "Gartenshop" }}]
base_url = "{url}"
token_url = "{url}/token"
"#
    );
    read(&file, settings::read).unwrap()
}

fn shop_of(settings: EtrustedSettings) -> Etrusted {
    let about = About {
        name: "shop".into(),
        label: "Trusted Shops".into(),
        backfill_days: 400,
    };
    open(about, settings).unwrap()
}

fn shop(url: &str) -> Etrusted {
    shop_of(given(url))
}

/// Grants tokens t0, t1, ... and answers the rest with `says`.
async fn etrusted(says: impl Fn(&Asked, usize) -> Says + Send + Sync + 'static) -> Far {
    Far::open(move |asked, n| match asked.path.as_str() {
        "/token" => Says::Json(200, json!({ "access_token": format!("t{n}"), "expires_in": 300 })),
        _ => says(asked, n),
    })
    .await
}

fn answer(what: ReplyAction, state: &str) -> ReplyCall {
    ReplyCall {
        what,
        key: ReplyId::new(now()),
        scope: CHANNEL.into(),
        native_id: "rev-0004".into(),
        reply_native_id: None,
        language: None,
        revision: 1,
        raw: json!({ "state": state }),
        at: now(),
    }
}

fn thanks() -> ReplyAction {
    ReplyAction::Create {
        body: "Danke!".into(),
    }
}

#[tokio::test]
async fn reviews_become_items_as_far_as_their_moderators_let_them() {
    let far = etrusted(|_, _| Says::Json(200, fixture!("page.json"))).await;
    let page = shop(&far.url).fetch(None, now()).await.unwrap();
    let asked = far.asked();
    assert_eq!(
        asked[0].body,
        "grant_type=client_credentials&client_id=etrusted_client_id&client_secret=etrusted_client_secret\
         &audience=https%3A%2F%2Fapi.etrusted.com"
    );
    assert_eq!(asked[1].path, "/reviews");
    assert_eq!(
        asked[1].query,
        format!("channels={CHANNEL}&orderBy=submittedAt&count=100")
    );
    assert_eq!(asked[1].header("authorization"), "Bearer t0");

    let [late, held, refused] = page.items.as_slice() else {
        panic!("{page:?}")
    };
    assert_eq!(
        (late.scope.as_str(), late.native_id.as_str()),
        (CHANNEL, "rev-0004")
    );
    assert_eq!(late.author.name.as_deref(), Some("Ute P."));
    assert_eq!(late.subject.as_ref().unwrap().id, CHANNEL);
    assert_eq!(late.published_at, Some(at("2026-11-19T07:12:44Z")));
    assert_eq!(late.edited_at, Some(at("2026-11-20T10:00:00Z")));
    assert_eq!(late.verified.as_deref(), Some("verified"));
    assert_eq!(late.details.order.as_deref(), Some("DE-2026-4711"));
    let reply = late.reply.as_ref().unwrap();
    assert_eq!(
        (reply.body.as_str(), &reply.standing),
        ("Das tut uns leid. – Anna", &Standing::Visible)
    );
    assert!(!late.caps.moderated && !late.removed);
    let product = held.subject.as_ref().unwrap();
    assert_eq!(
        (product.kind.as_str(), product.id.as_str()),
        ("product", "SHEARS-1")
    );
    assert!(held.caps.moderated && !held.removed);
    assert_eq!(held.reply.as_ref().unwrap().standing, Standing::Pending);
    assert_eq!((held.title.as_deref(), held.verified.as_deref()), (None, None));
    assert!(refused.removed, "nobody reads it");
    assert_eq!((page.odd.len(), page.odd[0].index, page.more), (1, 3, true));
    let kept = format!("{page:?}");
    for secret in ['@', '+'] {
        assert!(!kept.contains(secret), "{kept}");
    }
    assert!(!kept.contains("Petersen"), "{kept}");
    assert_eq!(late.raw["transaction"]["reference"], "DE-2026-4711");
}

/// Reviews of the last hours, one each, read on from review to review; the oldest was changed just now.
fn hours(asked: &Asked) -> Says {
    let value = |key: &str| asked.query.split('&').find_map(|p| p.strip_prefix(key));
    let size: i64 = value("count=").unwrap().parse().unwrap();
    let after = value("after=rev-").map_or(0, |n| n.parse::<i64>().unwrap() + 1);
    let review = |n: i64| {
        let submitted = (now() - TimeDelta::hours(n)).to_rfc3339();
        json!({ "id": format!("rev-{n}"), "rating": 4, "comment": "Gut.", "submittedAt": submitted })
    };
    if value("orderBy=") == Some("lastEditedAt") {
        let mut changed = review(249);
        changed["editedAt"] = json!(now().to_rfc3339());
        changed["comment"] = json!("Doch nicht.");
        let paging = json!({ "cursor": { "after": "rev-249" } });
        return Says::Json(200, json!({ "items": [changed], "paging": paging }));
    }
    let items: Vec<Value> = (after..250.min(after + size)).map(review).collect();
    let cursor = match after + size < 250 {
        true => json!({ "after": format!("rev-{}", after + size - 1) }),
        false => json!({}),
    };
    Says::Json(200, json!({ "items": items, "paging": { "cursor": cursor } }))
}

#[tokio::test]
async fn what_was_changed_long_after_it_was_written_is_seen_at_the_next_poll() {
    let far = etrusted(|asked, _| hours(asked)).await;
    let shop = shop(&far.url);
    let mut cursor = None;
    let mut round = async |now: At| {
        let mut pages = Vec::new();
        loop {
            let page = shop.fetch(cursor.clone(), now).await.unwrap();
            cursor = Some(page.cursor.clone());
            let more = page.more;
            pages.push(page);
            if !more {
                return pages;
            }
        }
    };
    let first = round(now()).await;
    assert_eq!(first.len(), 4, "three pages, and one of what was changed");
    let walk = first[2].complete.as_ref().unwrap();
    assert_eq!((walk.scope.as_str(), walk.ids.len()), (CHANNEL, 250));
    assert!(first[3].complete.is_none(), "this list is not all that there is");
    let soon = round(now() + TimeDelta::minutes(10)).await;
    assert_eq!(soon.len(), 3, "a week, and what was changed");
    let changed = &soon[2].items[0];
    assert_eq!(
        (changed.native_id.as_str(), changed.body.as_deref()),
        ("rev-249", Some("Doch nicht."))
    );
}

#[tokio::test]
async fn a_review_from_which_one_cannot_read_on_any_more_is_worth_one_new_beginning() {
    let far = etrusted(|asked, _| match asked.query.contains("after=") {
        true => Says::Json(400, json!({ "message": "There is no such review." })),
        false => hours(asked),
    })
    .await;
    let shop = shop(&far.url);
    let first = shop.fetch(None, now()).await.unwrap();
    let again = shop.fetch(Some(first.cursor), now()).await.unwrap();
    assert!(again.items.is_empty() && again.more);
    let whole = shop.fetch(Some(again.cursor), now()).await.unwrap();
    assert_eq!(whole.items.len(), 100);
    let refused = shop.fetch(Some(whole.cursor), now()).await;
    assert!(matches!(refused, Err(PortError::Never { .. })), "{refused:?}");
}

#[tokio::test]
async fn an_answer_is_saved_and_followed_until_customers_can_read_it() {
    let far = etrusted(|asked, n| match (asked.method.as_str(), n) {
        ("GET", 3) => Says::Json(200, fixture!("page.json")["items"][1].take()),
        ("GET", 4) => Says::Json(200, fixture!("page.json")["items"][0].take()),
        ("GET", _) => Says::Json(200, fixture!("page.json")["items"][2].take()),
        _ => Says::Json(200, json!({})),
    })
    .await;
    let shop = shop(&far.url);
    let stands = shop.publish(&answer(thanks(), "APPROVED")).await.unwrap();
    assert_eq!(stands.standing, Standing::Visible);
    let post = far.asked().pop().unwrap();
    assert_eq!(
        (post.method.as_str(), post.path.as_str()),
        ("POST", "/reviews/rev-0004/reply")
    );
    assert_eq!(
        post.json(),
        json!({ "comment": "Danke!", "sendNotification": false })
    );
    let waits = shop.publish(&answer(thanks(), "MODERATION")).await.unwrap();
    assert_eq!(waits.standing, Standing::Pending);
    let look = answer(thanks(), "MODERATION");
    let standing = |looked: Result<Option<crate::domain::item::SourceReply>, PortError>| {
        looked.unwrap().unwrap().standing
    };
    assert_eq!(standing(shop.look(&look).await), Standing::Pending);
    assert_eq!(standing(shop.look(&look).await), Standing::Visible);
    let refused = shop.look(&look).await;
    assert!(matches!(refused, Err(PortError::Gone { .. })), "{refused:?}");
    shop.publish(&answer(ReplyAction::Delete, "APPROVED"))
        .await
        .unwrap();
    assert_eq!(far.asked().pop().unwrap().method, "DELETE");
}

#[tokio::test]
async fn customers_get_mail_only_where_the_file_says_so() {
    let far = etrusted(|_, _| Says::Json(200, json!({}))).await;
    let settings = EtrustedSettings {
        notify_customers: true,
        ..given(&far.url)
    };
    let shop = shop_of(settings);
    shop.publish(&answer(thanks(), "APPROVED")).await.unwrap();
    assert_eq!(far.asked().pop().unwrap().json()["sendNotification"], true);
}

fn first(flaws: Vec<Flaw>) -> Flaw {
    assert_eq!(flaws.len(), 1, "{flaws:?}");
    flaws.into_iter().next().unwrap()
}

#[tokio::test]
async fn operators_are_told_what_is_wrong_and_what_is_right() {
    let refused = Far::open(|_, _| Says::Json(401, json!({ "error": "invalid_client" }))).await;
    let flaw = first(shop(&refused.url).check(now()).await);
    assert!(flaw.what.contains("does not know client_id"), "{flaw:?}");
    let unknown = etrusted(|_, _| Says::Json(404, json!({}))).await;
    let flaw = first(shop(&unknown.url).check(now()).await);
    assert!(flaw.remedy.contains("Control Centre"), "{flaw:?}");
    let look = Look {
        hook: "https://bot.example/hook/shop",
        asked: true,
    };
    assert_eq!(
        given("http://127.0.0.1").in_order(&look),
        "all 1 channels can be read"
    );
    let told = shop(&unknown.url).hook(&HookCall::default(), now()).await;
    assert_eq!(told, Err(HookRefusal::NotHere));
}
