//! What Slack would make of hostile words, in each way of sending them.

use serde_json::{Value, json};

use super::super::{Message, Ping, Style};
use super::{REVIEWS, Stage, stage};

async fn posted(stage: &Stage, body: Value) -> Message {
    let mut body = body;
    body["channel"] = json!(REVIEWS);
    let answer = stage.call("chat.postMessage", body).await;
    let ts = answer["ts"].as_str().unwrap_or_else(|| panic!("{answer}"));
    stage.slack.see_message(REVIEWS, ts).unwrap()
}

fn mrkdwn(text: &str, verbatim: bool) -> Value {
    json!({ "text": "x", "blocks": [
        { "type": "section", "text": { "type": "mrkdwn", "text": text, "verbatim": verbatim } },
    ] })
}

fn quoted(text: &str) -> Value {
    json!({ "text": "x", "blocks": [{ "type": "rich_text", "elements": [
        { "type": "rich_text_quote", "elements": [{ "type": "text", "text": text }] },
    ] }] })
}

const HOSTILE: &str = "<!channel> <@U0ANNA> <!subteam^S0LEADS|x> @here *b* https://evil.example/p.png";

#[tokio::test]
async fn raw_mrkdwn_calls_everybody() {
    let stage = stage().await;
    let message = posted(&stage, mrkdwn(HOSTILE, false)).await;
    let pings = stage.slack.pings(&message);
    for ping in [
        Ping::Channel,
        Ping::Here,
        Ping::User("U0ANNA".into()),
        Ping::Group("S0LEADS".into()),
    ] {
        assert!(pings.contains(&ping), "{ping:?} in {pings:?}");
    }
    assert_eq!(stage.slack.notified(&message).len(), 2);
    assert_eq!(stage.slack.unfurls(&message), ["https://evil.example/p.png"]);
    assert!(
        stage
            .slack
            .formatted(&message)
            .iter()
            .any(|f| f.style == Style::Bold && f.text == "b")
    );
    assert_eq!(
        stage.slack.visible_text(&message),
        "@channel @anna @leads @here b https://evil.example/p.png"
    );
}

#[tokio::test]
async fn a_quote_of_rich_text_is_only_words() {
    let stage = stage().await;
    let message = posted(&stage, quoted(HOSTILE)).await;
    assert_eq!(stage.slack.pings(&message), []);
    assert!(stage.slack.links(&message).is_empty());
    assert_eq!(stage.slack.visible_text(&message), HOSTILE);
    let styles: Vec<Style> = stage.slack.formatted(&message).iter().map(|f| f.style).collect();
    assert_eq!(styles, [Style::Quote]);
}

#[tokio::test]
async fn escaping_and_verbatim_silence_mrkdwn() {
    let stage = stage().await;
    let escaped = HOSTILE
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    let message = posted(&stage, mrkdwn(&escaped, true)).await;
    assert_eq!(stage.slack.pings(&message), []);
    assert!(stage.slack.links(&message).is_empty());
    // Marks have no escape in mrkdwn.
    assert_eq!(stage.slack.formatted(&message).len(), 1);
}

#[tokio::test]
async fn the_text_beside_blocks_counts_as_well() {
    let stage = stage().await;
    let mut body = quoted("fine");
    body["text"] = json!("<!here> look");
    let message = posted(&stage, body).await;
    assert_eq!(stage.slack.pings(&message), [Ping::Here]);
}

#[tokio::test]
async fn words_become_mentions_only_when_asked_for() {
    let stage = stage().await;
    let calm = posted(&stage, json!({ "text": "@here @anna", "parse": "none" })).await;
    assert_eq!(stage.slack.pings(&calm), []);
    let loud = posted(&stage, json!({ "text": "@here @anna", "link_names": true })).await;
    assert_eq!(stage.slack.pings(&loud).len(), 2);
}

#[tokio::test]
async fn people_read_names_dates_and_labels() {
    let stage = stage().await;
    let text = "<@U0ANNA> has it until <!date^1763750000^{time}|14:30> in <#C0REVIEWS> &amp; <https://a.example|there>";
    let mut body = mrkdwn(text, true);
    body["blocks"]
        .as_array_mut()
        .unwrap()
        .push(super::card()[1].clone());
    let message = posted(&stage, body).await;
    assert_eq!(
        stage.slack.visible_text(&message),
        "@anna has it until 14:30 in #reviews & there\n[Claim & go] […]"
    );
    assert_eq!(stage.slack.buttons(&message), ["Claim & go"]);
    assert_eq!(stage.slack.choices(&message), ["Snooze", "Spam"]);
    assert!(stage.slack.unread().is_empty());
}

/// The collected hostile texts, from the folder that `ZEITNAH_SPECS` names.
fn collected() -> Option<Vec<(String, String)>> {
    let folder = std::path::PathBuf::from(std::env::var_os("ZEITNAH_SPECS")?);
    let file = std::fs::read_to_string(folder.join("chat/hostile/hostile-texts.json")).ok()?;
    let texts: Value = serde_json::from_str(&file).unwrap();
    let text = |case: &Value| {
        let words: String = case["input"].as_str()?.chars().take(500).collect();
        Some((case["id"].as_str()?.to_owned(), words))
    };
    Some(texts["cases"].as_array()?.iter().filter_map(text).collect())
}

#[tokio::test]
async fn every_collected_text_is_harmless_where_it_should_be() {
    let Some(texts) = collected() else {
        eprintln!("skipped: ZEITNAH_SPECS is not set");
        return;
    };
    assert!(texts.len() >= 25, "only {} texts", texts.len());
    let stage = stage().await;
    stage.slack.set_rate_limits(false);
    for (id, text) in texts {
        let plain = json!({ "text": "x", "blocks": [
            { "type": "section", "text": { "type": "plain_text", "text": text, "emoji": false } },
        ] });
        for body in [quoted(&text), plain] {
            let message = posted(&stage, body).await;
            assert_eq!(stage.slack.pings(&message), [], "{id}");
            assert!(stage.slack.unfurls(&message).is_empty(), "{id}");
            assert_eq!(
                stage.slack.visible_text(&message),
                text.trim_end_matches('\n'),
                "{id}"
            );
        }
        let escaped = text
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;");
        let message = posted(&stage, mrkdwn(&escaped, true)).await;
        assert_eq!(stage.slack.pings(&message), [], "{id}");
        assert!(stage.slack.links(&message).is_empty(), "{id}");
    }
}
