//! The shop seen from outside: a real client over a real socket, on a clock that stands still.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::DateTime;
use serde_json::Value;
use serde_json::json;

use super::Settings;
use super::Status;
use super::WooCommerce;
use super::api;
use super::hook;

fn shop(settings: Settings) -> Arc<WooCommerce> {
    let at = DateTime::parse_from_rfc3339("2026-11-18T16:59:17Z")
        .unwrap()
        .to_utc();
    WooCommerce::new(Arc::new(move || at), settings)
}

async fn ask(shop: &Arc<WooCommerce>, who: (&str, &str), call: &str, body: Option<Value>) -> (u16, Value) {
    use base64::Engine;
    use std::future::IntoFuture;
    let (method, path) = call.split_once(' ').unwrap();
    let basic = base64::engine::general_purpose::STANDARD.encode(format!("{}:{}", who.0, who.1));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let serving = tokio::spawn(axum::serve(listener, api::router(shop.clone())).into_future());
    let client = crate::sites::outbox::client().unwrap();
    let request = client
        .request(
            method.parse().unwrap(),
            format!("{base}/woocommerce/wp-json{path}"),
        )
        .header("authorization", format!("Basic {basic}"));
    let request = match body {
        Some(body) => request.json(&body),
        None => request,
    };
    let answer = request.send().await.unwrap();
    let status = answer.status().as_u16();
    let said = answer.bytes().await.unwrap();
    serving.abort();
    (status, serde_json::from_slice(&said).unwrap_or_default())
}

const KEY: (&str, &str) = ("ck_sandbox", "cs_sandbox");
const USER: (&str, &str) = ("service", "abcdEFGH1234ijklMNOP6789");

#[tokio::test]
async fn each_interface_takes_its_own_key_only() {
    let shop = shop(Settings::default());
    let reviews = "GET /wc/v3/products/reviews";
    let comments = "GET /wp/v2/comments?status=all";
    assert_eq!(ask(&shop, KEY, reviews, None).await.0, 200);
    assert_eq!(ask(&shop, USER, comments, None).await.0, 200);
    assert_eq!(ask(&shop, USER, reviews, None).await.0, 401);
    assert_eq!(ask(&shop, KEY, comments, None).await.0, 401);
    let (_, wrong) = ask(&shop, ("ck_sandbox", "x"), reviews, None).await;
    assert_eq!(wrong["code"], "woocommerce_rest_authentication_error");
}

#[tokio::test]
async fn the_same_answer_is_taken_once_and_nobody_looks_for_its_review() {
    let shop = shop(Settings::default());
    let id = shop.write("322", "Claudia S.", 1, "Deckel klemmt.").unwrap();
    let parent: u64 = id.parse().unwrap();
    let body = json!({ "post": 322, "parent": parent, "content": "Danke &amp; bis bald" });
    let (status, made) = ask(&shop, USER, "POST /wp/v2/comments", Some(body.clone())).await;
    assert_eq!((status, &made["status"]), (201, &json!("approved")));
    let (status, twice) = ask(&shop, USER, "POST /wp/v2/comments", Some(body.clone())).await;
    assert_eq!((status, &twice["code"]), (409, &json!("comment_duplicate")));
    assert_eq!(shop.public(&id).unwrap().replies, ["Danke & bis bald"]);
    shop.remove(&id).unwrap();
    let other = json!({ "post": 322, "parent": parent, "content": "Ins Leere" });
    assert_eq!(ask(&shop, USER, "POST /wp/v2/comments", Some(other)).await.0, 201);
    let unknown = json!({ "post": 322, "parent": parent, "text": "x" });
    assert_eq!(
        ask(&shop, USER, "POST /wp/v2/comments", Some(unknown)).await.0,
        400
    );
}

#[tokio::test]
async fn lists_leave_out_what_moderators_took_away_and_count_what_is_left() {
    let shop = shop(Settings::default());
    let ids: Vec<String> = (0..3)
        .map(|n| shop.write("322", "A", 5, &format!("{n}")).unwrap())
        .collect();
    shop.judge(&ids[1], Status::Trash).unwrap();
    let (_, all) = ask(&shop, KEY, "GET /wc/v3/products/reviews?per_page=100", None).await;
    assert_eq!(all.as_array().unwrap().len(), 2);
    let (status, one) = ask(
        &shop,
        KEY,
        &format!("GET /wc/v3/products/reviews/{}", ids[1]),
        None,
    )
    .await;
    assert_eq!(
        (status, &one["status"]),
        (200, &json!("trash")),
        "it is still there for whoever asks"
    );
    assert_eq!(
        ask(&shop, KEY, "GET /wc/v3/products/reviews/9", None).await.0,
        404
    );
    assert_eq!(
        ask(&shop, KEY, "GET /wc/v3/products/reviews?per_page=101", None)
            .await
            .0,
        400
    );
    assert_eq!(
        ask(&shop, KEY, "GET /wc/v3/products/reviews?since=1", None)
            .await
            .0,
        400
    );
}

/// Made with `openssl dgst -sha256 -hmac secret -binary | base64`.
#[test]
fn signs_like_openssl() {
    let signature = hook::sign("secret", br#"{"id":322}"#);
    assert_eq!(signature, "TYyguKV9aOCZlS/PJ1LKs14TqWhNy1mKRhzWWq8Vjwo=");
}

/// WooCommerce's own reference, where it lies: `ZEITNAH_SPECS` names the folder.
#[tokio::test]
async fn answers_and_questions_are_those_of_the_reference() {
    let Some(folder) = std::env::var_os("ZEITNAH_SPECS") else {
        eprintln!("skipped: ZEITNAH_SPECS is not set, so nothing is held against WooCommerce's reference");
        return;
    };
    let path = std::path::PathBuf::from(folder).join("woocommerce/product-reviews-v3.md");
    let text = std::fs::read_to_string(path).unwrap();
    let table = |after: &str| -> BTreeMap<String, String> {
        let part = text.split(after).nth(1).unwrap();
        let rows = part
            .lines()
            .skip_while(|l| !l.starts_with("| `"))
            .take_while(|l| l.starts_with('|'));
        let cells = rows.map(|row| {
            row.split('|')
                .map(|c| c.trim().trim_matches('`').to_owned())
                .collect()
        });
        cells.map(|c: Vec<String>| (c[1].clone(), c[2].clone())).collect()
    };
    let parameters = table("## List all product reviews ##");
    let known: Vec<&str> = parameters.keys().map(String::as_str).collect();
    let mut ours = api::OF_REVIEWS.to_vec();
    ours.sort_unstable();
    assert_eq!(ours, known);

    let shop = shop(Settings::default());
    shop.write("322", "Claudia S.", 1, "Deckel klemmt.").unwrap();
    let (_, all) = ask(&shop, KEY, "GET /wc/v3/products/reviews", None).await;
    let review = all[0].as_object().unwrap();
    let properties = table("## Product review properties ##");
    assert!(properties.len() >= 10, "{properties:?}");
    for (name, kind) in &properties {
        let fits = match kind.as_str() {
            "integer" => review[name].is_u64(),
            "string" => review[name].is_string(),
            "boolean" => review[name].is_boolean(),
            other => panic!("{name} is {other}"),
        };
        assert!(fits, "{name} should be {kind}: {}", review[name]);
    }
    // The reference's examples have these two, its table does not.
    let more = |name: &&String| !properties.contains_key(*name);
    let mut more: Vec<&String> = review.keys().filter(more).collect();
    more.sort();
    assert_eq!(more, ["_links", "reviewer_avatar_urls"]);
}
