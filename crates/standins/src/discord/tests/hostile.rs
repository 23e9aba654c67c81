//! What Discord would make of hostile words, in each way of sending them.

use std::collections::BTreeSet;

use serde_json::Value;
use serde_json::json;

use super::super::Message;
use super::super::Ping;
use super::super::Style;
use super::ANNA;
use super::LEADS;
use super::REVIEWS;
use super::Stage;
use super::stage;

async fn posted(stage: &Stage, body: Value) -> Message {
    stage.discord.set_rate_limits(false);
    let id = stage.posted(body).await;
    stage.discord.see_message(REVIEWS, &id).unwrap()
}

fn hostile() -> String {
    format!(
        "@everyone @here <@{ANNA}> <@&{LEADS}> **b** [bank](https://evil.example) https://evil.example/p.png"
    )
}

#[tokio::test]
async fn raw_words_call_everybody_unless_told_not_to() {
    let stage = stage().await;
    let loud = posted(&stage, json!({ "content": hostile() })).await;
    let all = [
        Ping::User(ANNA.into()),
        Ping::Role(LEADS.into()),
        Ping::Here,
        Ping::Everyone,
    ];
    assert_eq!(stage.discord.pings(&loud), all);
    assert_eq!(stage.discord.notified(&loud).len(), 2);
    assert_eq!(
        stage.discord.unfurls(&loud),
        ["https://evil.example", "https://evil.example/p.png"]
    );

    let body = json!({ "content": hostile(), "allowed_mentions": { "parse": [] } });
    let calm = posted(&stage, body).await;
    assert_eq!(stage.discord.pings(&calm), []);
    let body = json!({ "content": hostile(), "allowed_mentions": { "parse": [], "roles": [LEADS] } });
    let one = posted(&stage, body).await;
    assert_eq!(stage.discord.notified(&one), BTreeSet::from([ANNA.to_owned()]));
    stage.discord.change_role(LEADS, |role| role.mentionable = false);
    let everyone = stage.discord.settings().guild_id;
    stage
        .discord
        .change_role(&everyone, |role| role.permissions &= !(1 << 17));
    let none = posted(&stage, json!({ "content": format!("@everyone <@&{LEADS}>") })).await;
    assert_eq!(stage.discord.pings(&none), []);
}

#[tokio::test]
async fn an_edit_that_says_nothing_of_mentions_lets_them_loose() {
    let stage = stage().await;
    let message = posted(
        &stage,
        json!({ "content": "@here", "allowed_mentions": { "parse": [] } }),
    )
    .await;
    let path = format!("/channels/{REVIEWS}/messages/{}", message.id);
    stage
        .call("PATCH", &path, json!({ "content": "@here again" }))
        .await;
    let loud = stage.discord.see_message(REVIEWS, &message.id).unwrap();
    assert_eq!(stage.discord.pings(&loud), [Ping::Here]);
    stage
        .call(
            "PATCH",
            &path,
            json!({ "content": "@here", "allowed_mentions": { "parse": [] } }),
        )
        .await;
    let calm = stage.discord.see_message(REVIEWS, &message.id).unwrap();
    assert_eq!(stage.discord.pings(&calm), []);
}

#[tokio::test]
async fn embeds_call_nobody_and_grow_no_preview_but_show_marks() {
    let stage = stage().await;
    let message = posted(&stage, json!({ "embeds": [{ "description": hostile() }] })).await;
    assert_eq!(stage.discord.pings(&message), []);
    assert!(stage.discord.unfurls(&message).is_empty());
    assert_eq!(stage.discord.links(&message).len(), 2);
    let bold = stage
        .discord
        .formatted(&message)
        .into_iter()
        .find(|f| f.style == Style::Bold);
    assert_eq!(bold.unwrap().text, "b");
    assert_eq!(
        stage.discord.visible_text(&message),
        "@everyone @here @Anna Berg @leads b bank https://evil.example/p.png"
    );
}

#[tokio::test]
async fn marks_are_read_as_discord_shows_them() {
    let stage = stage().await;
    for (text, shown, styles) in [
        (
            "**a** *b* _c_ __d__ ~~e~~ ||f||",
            "a b c d e f",
            vec![
                Style::Bold,
                Style::Italic,
                Style::Italic,
                Style::Underline,
                Style::Strike,
                Style::Spoiler,
            ],
        ),
        (
            "snake_case_name 2*3*4",
            "snake_case_name 234",
            vec![Style::Italic],
        ),
        ("a * b * c", "a * b * c", vec![]),
        ("`**a**` ``b`c``", "**a** b`c", vec![Style::Code, Style::Code]),
        (
            "x ```rust\nfn x(){}\n``` y",
            "x fn x(){} y",
            vec![Style::CodeBlock],
        ),
        (
            "# H1\n-# small\n- item\n1. one\n> quote",
            "H1\nsmall\n• item\n1. one\nquote",
            vec![
                Style::Heading,
                Style::Small,
                Style::List,
                Style::List,
                Style::Quote,
            ],
        ),
        (">>> a\nb", "a\nb", vec![Style::Quote]),
        (
            "\\*a\\* \\# x \\<t:0:R> \\[a](https://b.example)",
            "*a* # x <t:0:R> [a](https://b.example)",
            vec![Style::Link],
        ),
        (
            "<t:1795262400:t> <t:1795266000:R>",
            "12:00 in 1 hour",
            vec![Style::Time, Style::Time],
        ),
        (
            "<:pwn:123456789012345678> :boom:",
            ":pwn: :boom:",
            vec![Style::Emoji],
        ),
        (
            "</zeitnah done:816437322781949972> <id:browse>",
            "/zeitnah done #browse",
            vec![Style::Mention, Style::Mention],
        ),
        (
            "<#1300000000000000301> <@80351110224678912>",
            "#reviews @80351110224678912",
            vec![Style::Mention, Style::Mention],
        ),
        (
            "[https://bank.example](https://evil.example)",
            "[https://bank.example](https://evil.example)",
            vec![Style::Link],
        ),
        (
            "[x](javascript:alert(1)) <javascript:alert(1)>",
            "[x](javascript:alert(1)) <javascript:alert(1)>",
            vec![],
        ),
        (
            "(https://a.example/b).",
            "(https://a.example/b).",
            vec![Style::Link],
        ),
        ("**a", "**a", vec![]),
        ("****", "****", vec![]),
    ] {
        let body = json!({ "content": text, "allowed_mentions": { "parse": [] } });
        let message = posted(&stage, body).await;
        assert_eq!(stage.discord.visible_text(&message), shown, "{text}");
        let found: Vec<Style> = stage
            .discord
            .formatted(&message)
            .iter()
            .map(|f| f.style)
            .collect();
        assert_eq!(found, styles, "{text}");
    }
}

/// A backslash before every mark: what a careful bot does to words that are not its own.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if "\\*_~|`>#-+[]()<@:!.".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
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
async fn every_collected_text_is_words_when_escaped_and_calls_nobody() {
    let Some(texts) = collected() else {
        eprintln!("skipped: ZEITNAH_SPECS is not set");
        return;
    };
    assert!(texts.len() >= 25, "only {} texts", texts.len());
    let stage = stage().await;
    for (id, text) in texts {
        // What a display filter leaves of it; the escape comes after the filter.
        let text: String = text.chars().filter(|c| !c.is_control() || *c == '\n').collect();
        if text
            .trim()
            .chars()
            .all(|c| "\u{200b}\u{2060}\u{feff}".contains(c) || c.is_whitespace())
        {
            continue;
        }
        let body =
            json!({ "embeds": [{ "description": escaped(&text) }], "allowed_mentions": { "parse": [] } });
        let message = posted(&stage, body).await;
        assert_eq!(stage.discord.pings(&message), [], "{id}");
        assert!(
            stage.discord.links(&message).is_empty(),
            "{id}: {:?}",
            stage.discord.links(&message)
        );
        assert_eq!(stage.discord.formatted(&message), [], "{id}");
        assert_eq!(stage.discord.visible_text(&message), text, "{id}");
    }
}

#[tokio::test]
async fn people_read_buttons_menus_and_cards() {
    let stage = stage().await;
    let message = posted(&stage, super::card()).await;
    assert_eq!(
        stage.discord.visible_text(&message),
        "★★☆☆☆ Review\nThe box was open\nDue\nsoon\nshop · #42\n[Claim] (Later) [Open]\n[More ▾]\n[Assign ▾]"
    );
    assert_eq!(stage.discord.buttons(&message), ["Claim", "Open"]);
    assert_eq!(stage.discord.choices(&message), ["Snooze", "Spam"]);
    assert!(stage.discord.unread().is_empty());
    stage.card().await;
    assert_eq!(stage.discord.unread().len(), 1);
}
