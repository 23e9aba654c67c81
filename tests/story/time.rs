//! Deadlines, reminders and digests, from a real database, with a clock that the story moves: each comes once, at its
//! time, however many replicas run, and not at all when it would be untrue.

use chrono::TimeDelta;
use standins::slack::Message;
use standins::slack::Ping;
use zeitnah::domain::lang::Lang;
use zeitnah::domain::promise::rules::Rules;

use crate::desk::ANNA;
use crate::desk::BEN;
use crate::desk::CARE;
use crate::desk::Desk;
use crate::desk::LEADS;
use crate::desk::TEAM;
use crate::desk::Wish;
use crate::desk::at;

const TEXT: &str = "Nette Beratung, aber 40 Minuten Wartezeit.";

fn without_digests(rules: &mut Rules) {
    rules.digests.clear();
}

/// Lines in the thread that call somebody, and whom.
fn calls(desk: &Desk, card: &Message) -> Vec<(String, Vec<Ping>)> {
    let thread = desk.slack.see_thread(&card.channel, &card.ts);
    thread
        .iter()
        .map(|m| (desk.slack.visible_text(m), desk.slack.pings(m)))
        .filter(|(_, pings)| !pings.is_empty())
        .collect()
}

async fn count(desk: &Desk, sql: &str) -> i64 {
    desk.row(sql).await
}

async fn with_card(replicas: usize) -> (Desk, Message) {
    let desk = Desk::with(Wish {
        replicas,
        tune: without_digests,
        ..Wish::default()
    })
    .await;
    desk.review(2, TEXT).await;
    let card = desk.card();
    (desk, card)
}

// Reminders

#[tokio::test]
async fn nobody_has_it_so_the_group_is_called_once_before_and_once_at_the_deadline() {
    for replicas in [1, 2] {
        let (desk, card) = with_card(replicas).await;
        desk.go("2026-11-21T06:59:59Z", TimeDelta::hours(1)).await;
        assert!(calls(&desk, &card).is_empty(), "not a second early");
        desk.go("2026-11-21T07:00:00Z", TimeDelta::seconds(1)).await;
        assert_eq!(calls(&desk, &card).len(), 1);
        desk.go("2026-11-21T08:59:59Z", TimeDelta::minutes(30)).await;
        assert_eq!(calls(&desk, &card).len(), 1);
        assert!(!desk.text(&card).contains("Überfällig"));
        desk.go("2026-11-21T09:00:00Z", TimeDelta::seconds(1)).await;
        desk.go("2026-11-22T09:00:00Z", TimeDelta::hours(3)).await;
        let calls = calls(&desk, &card);
        let lines: Vec<&str> = calls.iter().map(|(line, _)| line.as_str()).collect();
        insta::assert_snapshot!("reminders_group", lines.join("\n"));
        assert!(
            calls
                .iter()
                .all(|(_, pings)| *pings == [Ping::Group(TEAM.into())])
        );
        assert!(
            desk.text(&card)
                .contains("⚠ Überfällig seit Sa 21.11. 10:00 · niemand ist dran")
        );
        assert_eq!(desk.slack.messages(CARE).len(), 1, "in the thread, nowhere else");
        desk.finish().await;
    }
}

#[tokio::test]
async fn whoever_has_it_is_called_by_name_and_nobody_else() {
    let (desk, card) = with_card(1).await;
    desk.go("2026-11-21T06:50:00Z", TimeDelta::hours(6)).await;
    desk.press(ANNA, &card, "Übernehmen").await;
    desk.go("2026-11-21T07:00:00Z", TimeDelta::minutes(10)).await;
    desk.go("2026-11-21T08:55:00Z", TimeDelta::minutes(30)).await;
    desk.press(BEN, &card, "Übernehmen").await;
    desk.go("2026-11-21T09:00:00Z", TimeDelta::minutes(5)).await;
    let calls = calls(&desk, &card);
    let lines: Vec<&str> = calls.iter().map(|(line, _)| line.as_str()).collect();
    insta::assert_snapshot!("reminders_owner", lines.join("\n"));
    assert_eq!(
        calls.iter().map(|(_, p)| p.clone()).collect::<Vec<_>>(),
        [[Ping::User(ANNA.into())], [Ping::User(BEN.into())]]
    );
    desk.finish().await;
}

#[tokio::test]
async fn what_is_dealt_with_reminds_nobody() {
    // Answered, handled, removed.
    let (answered, card) = with_card(1).await;
    answered.answer(ANNA, &card, "Danke.").await;
    answered.go("2026-11-22T12:00:00Z", TimeDelta::hours(1)).await;
    assert!(calls(&answered, &card).is_empty());
    answered.finish().await;

    let (handled, card) = with_card(1).await;
    handled.press(ANNA, &card, "Erledigt").await;
    handled.submit(ANNA, &[]).await;
    handled.go("2026-11-22T12:00:00Z", TimeDelta::hours(1)).await;
    assert!(calls(&handled, &card).is_empty());
    handled.finish().await;

    let removed = Desk::with(Wish {
        tune: without_digests,
        ..Wish::default()
    })
    .await;
    let id = removed.question("Passt der Akku?").await;
    let card = removed.card();
    removed.shop.remove(&id).unwrap();
    removed.shop.tick().await;
    removed.go("2026-11-22T12:00:00Z", TimeDelta::hours(1)).await;
    assert!(calls(&removed, &card).is_empty());
    removed.finish().await;
}

#[tokio::test]
async fn while_the_answer_is_under_way_nobody_is_called() {
    let desk = Desk::with(Wish {
        held: true,
        tune: without_digests,
        ..Wish::default()
    })
    .await;
    let id = desk.review(2, TEXT).await;
    let card = desk.card();
    desk.answer(ANNA, &card, "Danke, Jule.").await;
    assert!(desk.text(&card).contains("⏳ Gesendet"), "{}", desk.text(&card));
    desk.go("2026-11-21T12:00:00Z", TimeDelta::hours(1)).await;
    assert!(calls(&desk, &card).is_empty(), "it lies with Google");
    // Said no after the deadline: now it is overdue, and everybody sees it.
    desk.google.reject(&id).unwrap();
    desk.go("2026-11-21T14:00:00Z", TimeDelta::minutes(30)).await;
    let lines: Vec<String> = calls(&desk, &card).into_iter().map(|(line, _)| line).collect();
    insta::assert_snapshot!("reminders_rejected", lines.join("\n"));
    assert_eq!(
        count(&desk, "SELECT count(*) FROM item_event WHERE what = 'overdue'").await,
        1
    );
    desk.finish().await;
}

#[tokio::test]
async fn put_aside_on_purpose_it_is_not_reminded_of_but_the_deadline_stands() {
    let (desk, card) = with_card(1).await;
    desk.choose(ANNA, &card, "Zurückstellen").await;
    desk.submit(ANNA, &[("until", "monday")]).await;
    desk.go("2026-11-22T09:00:00Z", TimeDelta::hours(1)).await;
    let lines: Vec<String> = calls(&desk, &card).into_iter().map(|(line, _)| line).collect();
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(
        lines[0].contains("Die Frist (Sa 21.11. 10:00) ist vorbei"),
        "{lines:?}"
    );
    desk.finish().await;
}

#[tokio::test]
async fn after_an_outage_only_what_is_still_true_is_said() {
    let (desk, card) = with_card(2).await;
    desk.jump("2026-11-21T12:00:00Z").await;
    let lines: Vec<String> = calls(&desk, &card).into_iter().map(|(line, _)| line).collect();
    assert_eq!(lines.len(), 1, "a reminder of what is over is noise: {lines:?}");
    assert!(lines[0].contains("ist vorbei"));
    desk.finish().await;
}

#[tokio::test]
async fn what_reaches_us_too_late_gets_the_full_time() {
    let desk = Desk::with(Wish {
        tune: without_digests,
        ..Wish::default()
    })
    .await;
    desk.push(
        "d1",
        r#"{"id":"r1","body":"Vor Tagen.","published_at":"2026-11-17T09:00:00Z"}"#,
    )
    .await;
    let card = desk.card();
    assert!(
        desk.text(&card).contains("Antwort bis Sa 21.11. 10:00"),
        "{}",
        desk.text(&card)
    );
    desk.choose(ANNA, &card, "Warum diese Frist?").await;
    insta::assert_snapshot!("form_why_late", desk.form(ANNA));
    desk.push(
        "d2",
        r#"{"id":"r2","body":"Gestern Abend.","published_at":"2026-11-19T20:00:00Z"}"#,
    )
    .await;
    assert!(desk.text(&desk.card()).contains("Antwort bis Fr 20.11. 21:00"));
    desk.finish().await;
}

#[tokio::test]
async fn each_route_has_its_own_deadline_and_two_channels_are_both_told() {
    let desk = Desk::with(Wish {
        tune: without_digests,
        ..Wish::default()
    })
    .await;
    desk.review(1, "Ich schalte meinen Anwalt ein.").await;
    let (care, leads) = (desk.card_in(CARE), desk.card_in(LEADS));
    for card in [&care, &leads] {
        assert!(
            desk.text(card).contains("Antwort bis Fr 20.11. 14:00"),
            "{}",
            desk.text(card)
        );
    }
    desk.go("2026-11-20T12:00:00Z", TimeDelta::minutes(30)).await;
    desk.go("2026-11-20T13:30:00Z", TimeDelta::minutes(30)).await;
    for card in [&care, &leads] {
        let lines: Vec<String> = calls(&desk, card).into_iter().map(|(line, _)| line).collect();
        assert_eq!(lines.len(), 2, "{lines:?}");
        assert!(lines[0].contains("Noch 1 Std. bis Fr 20.11. 14:00"), "{lines:?}");
    }
    desk.press(ANNA, &leads, "Übernehmen").await;
    assert!(desk.text(&care).contains("Anna ist dran"), "one case, one state");
    for card in [&care, &leads] {
        desk.thread(card);
    }
    desk.finish().await;
}

#[tokio::test]
async fn a_deadline_is_a_pure_function_of_the_log() {
    let (desk, card) = with_card(1).await;
    desk.press(ANNA, &card, "Erledigt").await;
    desk.submit(ANNA, &[]).await;
    desk.hours(5).await;
    desk.press(ANNA, &card, "Wieder öffnen").await;
    let anew: bool = desk
        .row(
            "SELECT (i.deadline ->> 'due')::timestamptz - max(e.at) = interval '24 hours'
             FROM item i JOIN item_event e ON e.item_id = i.id AND e.what = 'reopened' GROUP BY i.id",
        )
        .await;
    assert!(anew, "24 hours from when it was opened again");
    desk.go("2026-11-21T12:00:00Z", TimeDelta::hours(1)).await;
    assert!(
        calls(&desk, &card).is_empty(),
        "the timers of the old deadline ring for nobody"
    );
    desk.thread(&card);
    desk.finish().await;
}

// Digests

fn digests(desk: &Desk) -> Vec<Message> {
    let mut all = desk.slack.see(CARE);
    all.retain(|m| {
        m.metadata.as_ref().is_some_and(|d| {
            d["event_payload"]["k"]
                .as_str()
                .unwrap_or_default()
                .starts_with("digest:")
        })
    });
    all
}

#[tokio::test]
async fn the_digest_comes_at_eight_on_every_local_day_also_when_the_clocks_change() {
    for (begin, days) in [
        // Summer time ends on 25 October 2026 and on 31 October 2027, and begins on 28 March 2027.
        (
            "2026-10-23T10:00:00Z",
            [
                "2026-10-24T06:00:00Z",
                "2026-10-25T07:00:00Z",
                "2026-10-26T07:00:00Z",
            ],
        ),
        (
            "2027-03-26T10:00:00Z",
            [
                "2027-03-27T07:00:00Z",
                "2027-03-28T06:00:00Z",
                "2027-03-29T06:00:00Z",
            ],
        ),
        (
            "2027-10-29T10:00:00Z",
            [
                "2027-10-30T06:00:00Z",
                "2027-10-31T07:00:00Z",
                "2027-11-01T07:00:00Z",
            ],
        ),
    ] {
        let desk = Desk::with(Wish {
            replicas: 2,
            ..Wish::default()
        })
        .await;
        desk.jump(begin).await;
        for (n, day) in days.iter().enumerate() {
            desk.go(
                &(at(day) - TimeDelta::seconds(1)).to_rfc3339(),
                TimeDelta::hours(5),
            )
            .await;
            assert_eq!(digests(&desk).len(), n, "{day}: not a second early");
            desk.go(day, TimeDelta::seconds(1)).await;
            assert_eq!(digests(&desk).len(), n + 1, "{day}");
        }
        for digest in digests(&desk) {
            assert_eq!(desk.text(&digest), "Nichts Neues, nichts offen. Schönen Tag.");
        }
        desk.finish().await;
    }
}

#[tokio::test]
async fn after_three_days_away_there_is_one_late_digest() {
    let desk = Desk::with(Wish {
        replicas: 2,
        ..Wish::default()
    })
    .await;
    desk.tick().await;
    desk.go("2026-11-21T07:00:00Z", TimeDelta::hours(1)).await;
    assert_eq!(digests(&desk).len(), 1);
    // Something came in before the lights went out, and no digest has told it yet.
    desk.hours(4).await;
    desk.push("d1", r#"{"id":"r1","rating":5,"body":"Gut."}"#).await;
    desk.jump("2026-11-24T10:30:00Z").await;
    desk.minutes(10).await;
    assert_eq!(digests(&desk).len(), 2, "one, not three");
    let late = desk.text(&digests(&desk)[1]);
    assert!(late.starts_with("Ein neuer Beitrag"), "{late}");
    assert!(late.contains("Sa 21.11. 08:00 bis Di 24.11. 08:00"), "{late}");
    desk.go("2026-11-25T07:00:00Z", TimeDelta::hours(4)).await;
    assert_eq!(digests(&desk).len(), 3);
    desk.everything();
    desk.finish().await;
}

/// A day with everything in it.
async fn busy(desk: &Desk) {
    desk.tick().await;
    desk.review(1, "Nie wieder, 40 Minuten gewartet.").await;
    let angry = desk.card();
    desk.review(5, "Sehr freundlich, gerne wieder.").await;
    desk.question("Passt der Akku?").await;
    let question = desk.card();
    desk.push(
        "d1",
        r#"{"id":"r1","rating":3,"body":"Könnte leiser sein.","published_at":"2026-11-19T20:00:00Z"}"#,
    )
    .await;
    desk.push(
        "d2",
        r#"{"id":"r2","rating":1,"body":"Defekt <!here>.","published_at":"2026-11-19T21:00:00Z"}"#,
    )
    .await;
    let verbs = match desk.buttons(&angry)[0].as_str() {
        "Reply" => ["Reply", "Mark handled"],
        _ => ["Antworten", "Erledigt"],
    };
    desk.press(ANNA, &angry, verbs[0]).await;
    desk.submit(ANNA, &[("text", "Das tut uns leid. – Anna")]).await;
    desk.submit(ANNA, &[]).await;
    desk.seconds(30).await;
    desk.press(BEN, &question, verbs[1]).await;
    desk.submit(BEN, &[]).await;
}

#[tokio::test]
async fn the_digest_counts_what_happened_and_links_to_what_is_overdue() {
    let desk = Desk::with(Wish {
        replicas: 2,
        ..Wish::default()
    })
    .await;
    busy(&desk).await;
    desk.go("2026-11-21T07:00:00Z", TimeDelta::hours(1)).await;
    let all = digests(&desk);
    assert_eq!(all.len(), 1, "two replicas, one digest");
    let text = desk.text(&all[0]);
    insta::assert_snapshot!("digest_de", text);

    let new = count(
        &desk,
        "SELECT count(*) FROM item WHERE first_seen_at >= '2026-11-20 07:00Z' AND first_seen_at < '2026-11-21 07:00Z'",
    )
    .await;
    let answered = count(
        &desk,
        "SELECT count(DISTINCT item_id) FROM reply WHERE phase = 'visible' AND sent_at < '2026-11-21 07:00Z'",
    )
    .await;
    let handled = count(
        &desk,
        "SELECT count(*) FROM item WHERE handling ->> 'state' = 'handled'",
    )
    .await;
    let open = count(
        &desk,
        "SELECT count(*) FROM item WHERE handling ->> 'state' IN ('open', 'claimed', 'snoozed')",
    )
    .await;
    let overdue = count(
        &desk,
        "SELECT count(*) FROM item WHERE handling ->> 'state' IN ('open', 'claimed', 'snoozed')
         AND (deadline ->> 'due')::timestamptz <= '2026-11-21 07:00Z'",
    )
    .await;
    assert_eq!((new, answered, handled, open, overdue), (5, 1, 1, 3, 2));
    assert!(
        text.starts_with("5 neue Beiträge, einer beantwortet, 2 überfällig."),
        "{text}"
    );
    assert!(
        text.contains("Beantwortet 1 (davor 0) · erledigt 1 · noch offen 3"),
        "{text}"
    );
    let late: Vec<String> = desk.rows("SELECT c.message_id FROM card c JOIN item i ON i.id = c.item_id WHERE i.native_id IN ('r1', 'r2') ORDER BY 1").await;
    // What is late comes first, then what is next.
    let mut links = desk.slack.links(&all[0]);
    assert_eq!(links.len(), 3);
    links.truncate(2);
    links.sort();
    for (link, ts) in links.iter().zip(&late) {
        assert!(
            link.ends_with(&format!("/archives/{CARE}/p{}", ts.replace('.', ""))),
            "{link}"
        );
    }
    assert!(desk.slack.notified(&all[0]).is_empty() && desk.slack.unfurls(&all[0]).is_empty());
    desk.everything();
    desk.finish().await;
}

#[tokio::test]
async fn the_english_digest_says_the_same() {
    let desk = Desk::with(Wish {
        lang: Lang::En,
        ..Wish::default()
    })
    .await;
    busy(&desk).await;
    desk.go("2026-11-21T07:00:00Z", TimeDelta::hours(1)).await;
    insta::assert_snapshot!("digest_en", desk.text(&digests(&desk)[0]));
    desk.everything();
    desk.finish().await;
}

#[tokio::test]
async fn a_digest_whose_answer_is_lost_is_still_one_digest() {
    let desk = Desk::open().await;
    desk.tick().await;
    desk.slack
        .fault(standins::slack::Fault::answer_lost("chat.postMessage"));
    desk.go("2026-11-21T07:00:00Z", TimeDelta::hours(21)).await;
    desk.minutes(3).await;
    assert_eq!(digests(&desk).len(), 1);
    desk.finish().await;
}

#[tokio::test]
async fn when_a_replica_dies_the_others_keep_the_promises() {
    let mut desk = Desk::with(Wish {
        replicas: 2,
        ..Wish::default()
    })
    .await;
    desk.review(2, TEXT).await;
    let card = desk.card();
    desk.tick().await;
    desk.kill(0);
    desk.go("2026-11-21T07:00:00Z", TimeDelta::hours(2)).await;
    assert_eq!((digests(&desk).len(), calls(&desk, &card).len()), (1, 1));
    desk.revive().await;
    desk.go("2026-11-21T09:00:00Z", TimeDelta::hours(1)).await;
    assert_eq!((digests(&desk).len(), calls(&desk, &card).len()), (1, 2));
    desk.press(ANNA, &card, "Übernehmen").await;
    assert!(desk.text(&card).contains("Anna ist dran"));
    desk.thread(&card);
    desk.finish().await;
}
