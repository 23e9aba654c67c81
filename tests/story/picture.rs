//! A digest and its chart: the chart is brought once, stands in the message with words that say the same, and whatever goes
//! wrong on its way, the digest comes, once, and says what is missing.

use chrono::TimeDelta;
use standins::discord;
use standins::slack;
use standins::slack::Fault;
use standins::slack::Kind;
use zeitnah::domain::promise::rules::Rules;
use zeitnah::domain::time::schedule::Schedule;
use zeitnah::port::clock::Clock as _;

use crate::desk::CARE;
use crate::desk::D_CARE;
use crate::desk::Desk;
use crate::desk::Wish;
use crate::desk::at;
use crate::seat::Chat;
use crate::seat::Room;
use crate::seat::Seat;
use crate::seat::Who;

const MISSING: &str = "Das Diagramm fehlt heute";

fn size(png: &[u8]) -> (u32, u32) {
    let number = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap());
    assert!(png.starts_with(b"\x89PNG\r\n\x1a\n"));
    (number(16), number(20))
}

/// A day with three reviews, one minute before its digest.
async fn before_the_digest(chat: Chat, replicas: usize) -> Desk {
    let desk = Desk::with(Wish {
        replicas,
        // Nothing else is said at the digest's minute.
        tune: |rules| rules.fallback.policy.marks.clear(),
        ..chat.wish()
    })
    .await;
    desk.tick().await;
    for (n, stars) in [(1, 1), (2, 5), (3, 3)] {
        let body = format!(
            r#"{{"id":"r{n}","rating":{stars},"body":"Nummer {n}.","published_at":"2026-11-20T20:00:00Z"}}"#
        );
        desk.push(&format!("d{n}"), body).await;
    }
    desk.jump("2026-11-21T06:59:00Z").await;
    desk
}

fn slack_digests(desk: &Desk) -> Vec<slack::Message> {
    let mut all = desk.slack.see(CARE);
    all.retain(|m| {
        let key = m.metadata.as_ref().and_then(|d| d["event_payload"]["k"].as_str());
        key.is_some_and(|key| key.starts_with("digest:"))
    });
    all
}

fn discord_digests(desk: &Desk) -> Vec<discord::Message> {
    let mut all = desk.discord.see(D_CARE);
    // A card has a title.
    all.retain(|m| m.embeds.first().is_some_and(|embed| embed["title"].is_null()));
    all
}

/// The picture's id, if the message shows one.
fn shown(message: &slack::Message) -> Option<String> {
    let block = message.blocks.iter().find(|b| b["type"] == "image")?;
    block["slack_file"]["id"].as_str().map(str::to_owned)
}

fn look_at_all(desk: &Desk, chat: Chat) {
    Seat::new(desk, chat).look_around(&[Room::Care], &[Who::Anna, Who::Ben]);
    desk.everything();
}

#[tokio::test]
async fn a_digest_in_slack_shows_its_chart_with_the_numbers_in_words() {
    let desk = before_the_digest(Chat::Slack, 2).await;
    desk.minutes(1).await;
    let digests = slack_digests(&desk);
    assert_eq!(digests.len(), 1);
    let file = shown(&digests[0]).expect("a chart");
    let image = digests[0].blocks.iter().find(|b| b["type"] == "image").unwrap();
    let alt = image["alt_text"].as_str().unwrap();
    assert!(
        alt.contains("3 neue Beiträge in 7 Tagen. Lob 1, Vorschlag 1, Kritik 1."),
        "{alt}"
    );
    let files = desk.slack.files();
    assert_eq!(files.len(), 1, "two replicas, one file");
    assert_eq!(files[0].id, file);
    assert_eq!(size(&files[0].bytes).0, 1080, "sharp at a phone's width");
    assert!(!desk.text(&digests[0]).contains(MISSING));
    look_at_all(&desk, Chat::Slack);
    desk.finish().await;
}

#[tokio::test]
async fn a_digest_in_discord_shows_its_chart_with_the_numbers_in_words() {
    let desk = before_the_digest(Chat::Discord, 2).await;
    desk.minutes(1).await;
    let digests = discord_digests(&desk);
    assert_eq!(digests.len(), 1);
    let [file] = &digests[0].attachments[..] else {
        panic!("{:?}", digests[0].attachments)
    };
    assert_eq!(digests[0].embeds[0]["image"]["url"], "attachment://chart.png");
    assert_eq!((file.filename.as_str(), file.width), ("chart.png", Some(1080)));
    let alt = file.description.as_deref().unwrap();
    assert!(
        alt.contains("3 neue Beiträge in 7 Tagen. Lob 1, Vorschlag 1, Kritik 1."),
        "{alt}"
    );
    look_at_all(&desk, Chat::Discord);
    desk.finish().await;
}

/// The far side's moods, and whether the chart stands there in the end.
#[tokio::test]
async fn whatever_slack_does_to_the_chart_the_digest_comes_once() {
    let missing_scope = |method| Fault::new(Kind::MissingScope).on(method);
    let stuck = |ms| Fault {
        ms,
        ..Fault::new(Kind::StuckFile)
    };
    for (fault, has_chart) in [
        (missing_scope("files.getUploadURLExternal").always(), false),
        (
            Fault::server_error("files.getUploadURLExternal", 503).always(),
            false,
        ),
        (Fault::server_error("files.getUploadURLExternal", 503), true),
        (Fault::request_lost("upload").always(), false),
        (Fault::server_error("upload", 500), true),
        (Fault::answer_lost("files.completeUploadExternal"), true),
        (Fault::fatal_error("files.completeUploadExternal").always(), false),
        (missing_scope("files.completeUploadExternal").always(), false),
        (Fault::rate_limit("files.completeUploadExternal", 20), true),
        (stuck(None), false),
        (stuck(Some(6_000)), true),
        (missing_scope("files.info").always(), true),
        (Fault::server_error("files.info", 502).times(3), true),
        (Fault::answer_lost("chat.postMessage"), true),
        (Fault::rate_limit("chat.postMessage", 30), true),
    ] {
        let name = format!("{fault:?}");
        let desk = before_the_digest(Chat::Slack, 2).await;
        desk.slack.fault(fault);
        desk.seconds(60).await;
        for _ in 0..20 {
            desk.seconds(4).await;
        }
        let digests = slack_digests(&desk);
        assert_eq!(digests.len(), 1, "{name}");
        assert_eq!(shown(&digests[0]).is_some(), has_chart, "{name}");
        let text = desk.text(&digests[0]);
        assert_eq!(text.contains(MISSING), !has_chart, "{name}: {text}");
        desk.slack.heal();
        look_at_all(&desk, Chat::Slack);
        desk.finish().await;
    }
}

#[tokio::test]
async fn a_message_that_has_to_be_sent_again_takes_the_file_that_is_there() {
    let desk = before_the_digest(Chat::Slack, 2).await;
    desk.slack
        .fault(Fault::rate_limit("chat.postMessage", 3).times(2));
    desk.seconds(60).await;
    for _ in 0..10 {
        desk.seconds(2).await;
    }
    let digests = slack_digests(&desk);
    assert_eq!(digests.len(), 1);
    let files = desk.slack.files();
    assert_eq!(files.len(), 1, "brought once: {files:?}");
    assert_eq!(shown(&digests[0]), Some(files[0].id.clone()));
    look_at_all(&desk, Chat::Slack);
    desk.finish().await;
}

#[tokio::test]
async fn whatever_discord_does_to_the_chart_the_digest_comes_once() {
    let on = |kind| discord::Fault {
        method: Some("create_message".into()),
        ..discord::Fault::new(kind)
    };
    for (fault, has_chart) in [
        // The right to send files is not there; the one to send words is.
        (on(discord::Kind::Forbidden), false),
        (on(discord::Kind::ServerError), true),
        (on(discord::Kind::AnswerLost), true),
        (on(discord::Kind::RequestLost), true),
        (on(discord::Kind::RateLimit), true),
    ] {
        let name = format!("{fault:?}");
        let desk = before_the_digest(Chat::Discord, 2).await;
        desk.discord.fault(fault);
        desk.seconds(60).await;
        for _ in 0..20 {
            desk.seconds(4).await;
        }
        let digests = discord_digests(&desk);
        assert_eq!(digests.len(), 1, "{name}");
        assert_eq!(!digests[0].attachments.is_empty(), has_chart, "{name}");
        let text = desk.discord.visible_text(&digests[0]);
        assert_eq!(text.contains(MISSING), !has_chart, "{name}: {text}");
        look_at_all(&desk, Chat::Discord);
        desk.finish().await;
    }
}

fn half_hourly(rules: &mut Rules) {
    for plan in &mut rules.digests {
        plan.schedule = Schedule::parse("*/30 * * * *", plan.schedule.zone).unwrap();
    }
}

/// The night in which Berlin's clocks go back: five hours of real time, four on the wall.
#[tokio::test]
async fn each_slot_is_sent_once_by_three_replicas_with_wrong_clocks_that_die_one_after_the_other() {
    let mut desk = Desk::with(Wish {
        replicas: 3,
        skew: &[0, 30, -30, 15, -15, 25, -25],
        tune: half_hourly,
        ..Wish::default()
    })
    .await;
    desk.jump("2026-10-24T22:59:00Z").await;
    desk.push(
        "d1",
        r#"{"id":"r1","rating":1,"body":"Defekt.","published_at":"2026-10-24T22:00:00Z"}"#,
    )
    .await;
    let before = slack_digests(&desk).len();
    let end = at("2026-10-25T03:45:00Z");
    let mut killed = 0;
    while desk.clock.now() < end {
        desk.clock.advance(TimeDelta::minutes(1));
        if desk.clock.now().timestamp() % (30 * 60) == 0 {
            // Whoever claims the slot dies with it: before it is taken up, or with the effect in its hands.
            let first = &desk.apps[0].desk;
            first.schedule().await.unwrap();
            if killed % 2 == 0 {
                first.lease(10).await.unwrap();
            }
            killed += 1;
            desk.kill(0);
            desk.revive().await;
        }
        desk.tick().await;
    }
    let keys: Vec<String> = slack_digests(&desk)[before..]
        .iter()
        .map(|m| {
            m.metadata.as_ref().unwrap()["event_payload"]["k"]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect();
    // One o'clock on the wall until half past four: the hour from two to three is there once.
    let mut expected = Vec::new();
    let mut local = chrono::NaiveDate::from_ymd_opt(2026, 10, 25)
        .unwrap()
        .and_hms_opt(1, 0, 0)
        .unwrap();
    while local
        <= chrono::NaiveDate::from_ymd_opt(2026, 10, 25)
            .unwrap()
            .and_hms_opt(4, 30, 0)
            .unwrap()
    {
        expected.push(format!("digest:morgens:{CARE}:{local}:0"));
        local += TimeDelta::minutes(30);
    }
    assert_eq!(keys, expected);
    assert!(killed >= 9, "{killed}");
    look_at_all(&desk, Chat::Slack);
    desk.finish().await;
}

/// What an evening digest calls today began yesterday evening, and its bar is today's.
#[tokio::test]
async fn the_last_bar_of_an_evening_digest_is_called_by_the_day_that_it_shows() {
    for (slot, to, last) in [
        ("0 18 * * *", "2026-11-20T17:00:00Z", "bis Fr 20.11."),
        ("0 8 * * *", "2026-11-21T07:00:00Z", "bis Fr 20.11."),
    ] {
        let rules = match slot {
            "0 18 * * *" => |rules: &mut Rules| digest_at(rules, "0 18 * * *"),
            _ => |rules: &mut Rules| digest_at(rules, "0 8 * * *"),
        };
        let desk = Chat::Slack.desk(1, rules).await;
        desk.tick().await;
        desk.push("d1", r#"{"id":"r1","rating":1,"body":"Am Freitag um zehn."}"#)
            .await;
        desk.jump(to).await;
        let digest = slack_digests(&desk).remove(0);
        let image = digest.blocks.iter().find(|b| b["type"] == "image").unwrap();
        let alt = image["alt_text"].as_str().unwrap();
        assert!(
            alt.contains(last) && alt.contains("Am meisten am Fr 20.11.: 1"),
            "{slot}: {alt}"
        );
        look_at_all(&desk, Chat::Slack);
        desk.finish().await;
    }
}

fn digest_at(rules: &mut Rules, slot: &str) {
    rules.fallback.policy.marks.clear();
    let zone = rules.digests[0].schedule.zone;
    rules.digests[0].schedule = Schedule::parse(slot, zone).unwrap();
}
