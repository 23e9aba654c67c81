//! The controls as the demo page uses them.

#![expect(clippy::disallowed_methods, reason = "the far side is in this process")]

use std::sync::Arc;

use reqwest::Client;
use serde_json::Value;
use serde_json::json;

use super::Clock;
use super::open;
use crate::google::Google;
use crate::google::Moderation;
use crate::google::Settings;
use crate::shop::Shop;

async fn sites() -> (String, Arc<Google>) {
    let clock = Clock::stopped();
    let settings = Settings {
        moderation: Moderation::Held,
        ..Settings::default()
    };
    let google = Google::new(clock.now(), settings);
    let shop = Shop::new(clock.now(), Default::default());
    (
        format!(
            "{}/control/sites",
            open(crate::sites::router(vec![google.clone(), shop], clock.now())).await
        ),
        google,
    )
}

async fn told(base: &str, verb: &str, what: Value) -> Value {
    Client::new()
        .post(format!("{base}/{verb}"))
        .json(&what)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap()
}

async fn state(base: &str) -> Value {
    reqwest::get(format!("{base}/state"))
        .await
        .unwrap()
        .json()
        .await
        .unwrap()
}

#[tokio::test]
async fn a_customer_writes_edits_and_removes() {
    let (base, _) = sites().await;
    let write = json!({"site": "google", "place": "88213", "author": "Jule", "stars": 2, "text": "Hm."});
    let review = told(&base, "write", write).await["id"].clone();
    let write = json!({"site": "shop", "place": "p-zaunkoenig", "author": "Rike", "text": "Für links?"});
    let question = told(&base, "write", write).await["id"].clone();
    told(
        &base,
        "edit",
        json!({"site": "google", "id": review, "stars": 5, "text": "Doch gut."}),
    )
    .await;
    told(&base, "remove", json!({"site": "shop", "id": question})).await;
    let state = state(&base).await;
    let seen = &state["sites"][0]["places"][0]["items"][0];
    assert_eq!(
        (&seen["text"], &seen["stars"], &seen["puts"]),
        (&json!("Doch gut."), &json!(5), &json!(0))
    );
    let seen = &state["sites"][1]["places"][1]["items"][0];
    assert_eq!(seen["kind"], "question");
    assert!(seen["removed"].is_string());
    let no = told(
        &base,
        "write",
        json!({"site": "google", "place": "nowhere", "author": "x", "stars": 1}),
    )
    .await;
    assert_eq!(no, json!({"ok": false, "error": "no such place"}));
}

#[tokio::test]
async fn faults_are_listed_until_healed() {
    let (base, _) = sites().await;
    told(
        &base,
        "fault",
        json!({"site": "google", "name": "answer_lost", "count": 2}),
    )
    .await;
    told(&base, "fault", json!({"site": "shop", "name": "slow", "ms": 5})).await;
    assert_eq!(
        told(&base, "fault", json!({"site": "shop", "name": "earthquake"})).await["ok"],
        false
    );
    let faults = state(&base).await["faults"].clone();
    assert_eq!(
        faults[0],
        json!({"site": "google", "name": "answer_lost", "on": "writes", "count": 2})
    );
    assert_eq!(faults[1]["name"], "slow");
    told(&base, "heal", json!({})).await;
    assert_eq!(state(&base).await["faults"], json!([]));
}

#[tokio::test]
async fn a_long_poll_ends_with_the_change() {
    let (base, google) = sites().await;
    let revision = state(&base).await["revision"].as_u64().unwrap();
    let waiting = tokio::spawn(reqwest::get(format!("{base}/wait?since={revision}")));
    google.write("88213", "Jule", 2, "Hm.").unwrap();
    let state: Value = waiting.await.unwrap().unwrap().json().await.unwrap();
    assert!(state["revision"].as_u64().unwrap() > revision);
    assert_eq!(state["sites"][0]["places"][0]["items"][0]["author"], "Jule");
    let id = state["sites"][0]["places"][0]["items"][0]["id"].clone();
    let no = told(
        &base,
        "moderate",
        json!({"site": "google", "id": id, "verdict": "approve"}),
    )
    .await;
    assert_eq!(no["error"], "there is no reply to judge");
}

/// Whatever a site speaks with the bot: here it is written to, looked at, changed, kept and brought back like the others.
#[tokio::test]
async fn each_site_is_used_the_same_way_and_remembers() {
    let clock = Clock::stopped();
    let (sites, again) = (super::super::each(&clock.now()), super::super::each(&clock.now()));
    for (site, again) in sites.iter().zip(again) {
        let word = site.word();
        let place = site.places()[0]["id"].as_str().unwrap().to_owned();
        let written = crate::sites::site::Written {
            place: &place,
            author: "Ute",
            kind: crate::shop::Kind::Review,
            stars: Some(2),
            text: "Klemmt.",
        };
        let id = site.write(written).unwrap();
        let shown = |site: &dyn crate::sites::site::Site| site.places()[0]["items"][0].clone();
        let item = shown(&**site);
        assert_eq!(
            (&item["id"], &item["text"], &item["stars"]),
            (&json!(id), &json!("Klemmt."), &json!(2)),
            "{word}"
        );
        assert_eq!(item["reply"], Value::Null, "{word}");
        site.edit(&id, None, "Klemmt immer noch.").unwrap();
        let item = shown(&**site);
        assert_eq!(
            (&item["text"], &item["stars"]),
            (&json!("Klemmt immer noch."), &json!(2)),
            "{word}"
        );
        assert_eq!(site.written().len(), 1, "{word}");
        assert_eq!(site.written()[0].id, id, "{word}");
        again.import(site.export()).unwrap();
        assert_eq!(again.places(), site.places(), "{word}");
        site.remove(&id).unwrap();
        let after = shown(&**site);
        assert!(after.is_null() || after["removed"].is_string(), "{word}: {after}");
    }
}
