//! Socket Mode: presses come over a line that Slack ends whenever it likes. A press is acknowledged after it was
//! written down, or the person sees that it did not work; nothing in between.

use std::time::Duration;

use standins::slack::Disconnect;
use standins::slack::Fault;
use standins::slack::Kind;
use standins::slack::Message;
use standins::slack::Mode;
use tokio_util::sync::CancellationToken;

use crate::desk::ANNA;
use crate::desk::BEN;
use crate::desk::CARE;
use crate::desk::Desk;
use crate::desk::TEAM;
use crate::desk::Wish;

async fn on_the_line(replicas: usize) -> (Desk, Message, CancellationToken) {
    let mut desk = Desk::with(Wish {
        socket: true,
        replicas,
        ..Wish::default()
    })
    .await;
    desk.slack.set_mode(Mode::Socket);
    let line = desk.hold_lines();
    assert!(desk.slack.connected(replicas).await, "the lines are up");
    desk.review(2, "Nette Beratung, aber 40 Minuten Wartezeit.").await;
    let card = desk.card();
    (desk, card, line)
}

async fn claimed(desk: &Desk) -> i64 {
    desk.row("SELECT count(*) FROM item_event WHERE what = 'claimed'")
        .await
}

fn opened(desk: &Desk) -> usize {
    let calls = desk.slack.calls();
    calls
        .iter()
        .filter(|c| c.method == "apps.connections.open")
        .count()
}

/// Each press is acknowledged, or the person sees in Slack that it did not work.
async fn press_until_it_works(desk: &Desk, card: &Message) {
    for _ in 0..20 {
        assert!(desk.slack.connected(1).await, "the line comes back");
        let failures = desk.slack.failures().len();
        let outcome = desk.slack.press(ANNA, CARE, &card.ts, "Übernehmen").await;
        desk.settle().await;
        if outcome.acked {
            return;
        }
        assert_eq!(
            desk.slack.failures().len(),
            failures + 1,
            "she sees it: {outcome:?}"
        );
        if desk.buttons(card)[1] == "Zurückgeben" {
            return;
        }
    }
    panic!("no press came through");
}

#[tokio::test]
async fn buttons_forms_commands_and_events_come_over_the_line() {
    let (desk, card, line) = on_the_line(1).await;
    desk.press(ANNA, &card, "Antworten").await;
    desk.submit(ANNA, &[("text", "Danke, Jule. – Anna")]).await;
    assert!(
        desk.form(ANNA).starts_with("Vorschau"),
        "the preview came with the acknowledgement"
    );
    desk.submit(ANNA, &[]).await;
    assert!(desk.slack.view(ANNA).is_none());
    desk.seconds(30).await;
    desk.minutes(1).await;
    assert!(
        desk.text(&card).contains("✔ Beantwortet von Anna"),
        "{}",
        desk.text(&card)
    );
    let told = desk.command(BEN, "open").await;
    assert!(
        told.starts_with("In #care ist nichts offen. Schönen Tag."),
        "{told}"
    );
    assert!(desk.slack.set_group_users(TEAM, &[BEN]).await.acked);
    desk.settle().await;
    desk.tick().await;
    desk.choose(ANNA, &card, "Wieder öffnen").await;
    assert!(desk.whispers(ANNA)[0].starts_with("Dafür brauchst du hier das Recht"));
    desk.thread(&card);
    line.cancel();
    desk.finish().await;
}

#[tokio::test]
async fn whatever_the_reason_for_its_end_the_line_is_made_anew() {
    for why in [
        Disconnect::RefreshRequested,
        Disconnect::Warning,
        Disconnect::LinkDisabled,
        Disconnect::TooManyWebsockets,
    ] {
        let (desk, card, line) = on_the_line(1).await;
        desk.slack.disconnect_sockets(why);
        press_until_it_works(&desk, &card).await;
        assert!(desk.text(&card).contains("Anna ist dran"), "{why:?}");
        desk.thread(&card);
        line.cancel();
        desk.finish().await;
    }
}

#[tokio::test]
async fn the_same_envelope_twice_is_one_press() {
    let (desk, card, line) = on_the_line(2).await;
    desk.slack.fault(Fault::new(Kind::DuplicateDelivery));
    desk.press(ANNA, &card, "Übernehmen").await;
    assert_eq!(claimed(&desk).await, 1);
    assert!(desk.whispers(ANNA).is_empty());
    desk.thread(&card);
    line.cancel();
    desk.finish().await;
}

#[tokio::test]
async fn while_the_line_is_made_anew_a_press_works_or_is_seen_to_fail() {
    let (desk, card, line) = on_the_line(1).await;
    desk.slack.disconnect_sockets(Disconnect::RefreshRequested);
    press_until_it_works(&desk, &card).await;
    assert!(desk.text(&card).contains("Anna ist dran"));
    assert_eq!(claimed(&desk).await, 1);
    desk.thread(&card);
    line.cancel();
    desk.finish().await;
}

#[tokio::test]
async fn a_press_over_a_deaf_line_is_seen_to_fail_and_the_next_one_works() {
    let (desk, card, line) = on_the_line(1).await;
    desk.slack.fault(Fault::new(Kind::DeafSocket).times(1));
    let outcome = desk.slack.press(ANNA, CARE, &card.ts, "Übernehmen").await;
    assert!(!outcome.acked);
    assert_eq!(desk.slack.failures().len(), 1);
    desk.settle().await;
    assert_eq!(
        claimed(&desk).await,
        0,
        "what was not acknowledged did not happen"
    );
    desk.press(ANNA, &card, "Übernehmen").await;
    assert_eq!(claimed(&desk).await, 1);
    desk.thread(&card);
    line.cancel();
    desk.finish().await;
}

#[tokio::test]
async fn a_form_that_arrives_on_two_lines_shows_its_preview_and_a_sent_answer_closes_it() {
    let (desk, card, line) = on_the_line(2).await;
    desk.press(ANNA, &card, "Antworten").await;
    desk.slack.fault(Fault::new(Kind::DuplicateDelivery));
    desk.submit(ANNA, &[("text", "Danke, Jule. – Anna")]).await;
    assert!(desk.form(ANNA).starts_with("Vorschau"), "{}", desk.form(ANNA));
    desk.slack.fault(Fault::new(Kind::DuplicateDelivery));
    desk.submit(ANNA, &[]).await;
    assert!(desk.slack.view(ANNA).is_none());
    assert!(
        desk.whispers(ANNA).is_empty(),
        "she sent it once: {:?}",
        desk.whispers(ANNA)
    );
    desk.seconds(30).await;
    assert_eq!(desk.slack.failures(), Vec::new());
    desk.thread(&card);
    line.cancel();
    desk.finish().await;
}

#[tokio::test]
async fn what_is_sent_over_a_line_that_is_about_to_end_is_answered() {
    let (desk, card, line) = on_the_line(1).await;
    desk.press(ANNA, &card, "Antworten").await;
    // Slack has said that it will close the line, and brings her form over it all the same.
    desk.slack.disconnect_sockets(Disconnect::Warning);
    desk.submit(ANNA, &[("text", "Danke, Jule. – Anna")]).await;
    assert!(desk.form(ANNA).starts_with("Vorschau"), "{}", desk.form(ANNA));
    assert!(
        desk.slack.connected(2).await,
        "the next line stands before the old one ends"
    );
    desk.slack.close_oldest_socket();
    desk.submit(ANNA, &[]).await;
    assert!(desk.slack.view(ANNA).is_none());
    desk.seconds(30).await;
    assert_eq!(desk.slack.failures(), Vec::new());
    desk.thread(&card);
    line.cancel();
    desk.finish().await;
}

/// She presses *next*, and the connection is cut when her form has come and before its acknowledgement has left.
async fn cut_before_its_acknowledgement(desk: &Desk, words: &str) {
    let view = desk.slack.view(ANNA).unwrap();
    let lock = desk.hold_items().await;
    let cut = async {
        let came = "SELECT count(*) FROM inbox WHERE done_at IS NULL AND convert_from(raw, 'UTF8') LIKE '%view_submission%'";
        while desk.row::<i64>(came).await == 0 {
            tokio::task::yield_now().await;
        }
        desk.slack.cut_sockets();
        lock.rollback().await.unwrap();
    };
    let fields = [("text", words)];
    let failures = desk.slack.failures().len();
    let (outcome, ()) = futures::join!(desk.slack.submit(ANNA, &view.id, &fields), cut);
    assert!(!outcome.acked, "{outcome:?}");
    assert_eq!(
        desk.slack.failures().len(),
        failures + 1,
        "she sees that it did not work"
    );
    desk.settle().await;
    let open = desk.slack.view(ANNA).unwrap();
    assert_eq!(
        (&open.id, &open.values["text"]["text"]["value"]),
        (&view.id, &words.into())
    );
    assert!(desk.slack.connected(1).await, "the line comes back");
}

#[tokio::test]
async fn a_form_whose_acknowledgement_is_lost_keeps_its_text_and_goes_on() {
    let (desk, card, line) = on_the_line(1).await;
    let words = "Danke, Jule. Das geht besser. – Anna";
    desk.press(ANNA, &card, "Antworten").await;
    cut_before_its_acknowledgement(&desk, words).await;
    // She presses once more.
    desk.submit(ANNA, &[]).await;
    let preview = desk.form(ANNA);
    assert!(
        preview.starts_with("Vorschau") && preview.contains(words),
        "{preview}"
    );
    desk.submit(ANNA, &[]).await;
    desk.seconds(30).await;
    assert!(
        desk.text(&card).contains("✔ Beantwortet von Anna"),
        "{}",
        desk.text(&card)
    );
    let sent = "SELECT count(*) FROM item_event WHERE what = 'sent'";
    assert_eq!(desk.row::<i64>(sent).await, 1);
    desk.thread(&card);
    line.cancel();
    desk.finish().await;
}

#[tokio::test]
async fn a_form_whose_acknowledgement_is_lost_can_be_put_away_and_opened_with_its_text() {
    let (desk, card, line) = on_the_line(1).await;
    let words = "Danke, Jule. Das geht besser. – Anna";
    desk.press(ANNA, &card, "Antworten").await;
    cut_before_its_acknowledgement(&desk, words).await;
    assert!(desk.slack.close_view(ANNA).await.acked);
    desk.settle().await;
    desk.press(ANNA, &card, "Weiterschreiben").await;
    assert!(desk.form(ANNA).contains(words), "{}", desk.form(ANNA));
    desk.submit(ANNA, &[]).await;
    assert!(desk.form(ANNA).starts_with("Vorschau"), "{}", desk.form(ANNA));
    desk.submit(ANNA, &[]).await;
    desk.seconds(30).await;
    assert!(
        desk.text(&card).contains("✔ Beantwortet von Anna"),
        "{}",
        desk.text(&card)
    );
    desk.thread(&card);
    line.cancel();
    desk.finish().await;
}

/// Lets real time pass for the line alone, and says how many connections were asked for meanwhile.
async fn asked_within(desk: &Desk, time: Duration) -> usize {
    let before = opened(desk);
    assert!(
        tokio::time::timeout(time, desk.slack.connected(99))
            .await
            .is_err(),
        "nobody holds that many lines"
    );
    opened(desk) - before
}

#[tokio::test]
async fn one_end_is_one_new_connection() {
    let (desk, card, line) = on_the_line(1).await;
    desk.slack.disconnect_sockets(Disconnect::RefreshRequested);
    assert_eq!(asked_within(&desk, Duration::from_secs(5)).await, 1);
    assert_eq!(
        desk.slack.connections(),
        1,
        "the old line is closed, the new one stands"
    );
    desk.slack.disconnect_sockets(Disconnect::Warning);
    assert_eq!(asked_within(&desk, Duration::from_secs(5)).await, 1);
    assert_eq!(
        desk.slack.connections(),
        2,
        "the old line works until Slack closes it"
    );
    desk.slack.close_oldest_socket();
    assert_eq!(
        asked_within(&desk, Duration::from_secs(3)).await,
        0,
        "its place is taken"
    );
    assert_eq!(desk.slack.connections(), 1);
    assert!(desk.text(&card).contains("· frei"));
    line.cancel();
    desk.finish().await;
}

#[tokio::test]
async fn too_many_lines_are_no_reason_to_storm() {
    let (desk, card, line) = on_the_line(1).await;
    let before = opened(&desk);
    for _ in 0..6 {
        // Another installation took all the places.
        desk.slack.disconnect_sockets(Disconnect::TooManyWebsockets);
        asked_within(&desk, Duration::from_millis(700)).await;
    }
    let asked = opened(&desk) - before;
    assert!(asked <= 4, "{asked} connections within a few seconds");
    assert!(desk.slack.connected(1).await, "and it does come back by itself");
    desk.press(BEN, &card, "Übernehmen").await;
    assert!(desk.text(&card).contains("Ben ist dran"));
    desk.thread(&card);
    line.cancel();
    desk.finish().await;
}

#[tokio::test]
async fn a_line_that_slack_refuses_is_asked_for_seldom_shown_and_taken_again() {
    let (desk, card, line) = on_the_line(1).await;
    let revoked = Fault::new(Kind::RefusedToken).on("apps.connections.open");
    desk.slack.fault(revoked.always());
    desk.slack.disconnect_sockets(Disconnect::LinkDisabled);
    let refused =
        "SELECT count(*) FROM rate WHERE shut ->> 'what' = 'line' AND shut ->> 'why' LIKE '%invalid_auth'";
    for _ in 0..400 {
        if desk.row::<i64>(refused).await == 1 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(desk.row::<i64>(refused).await, 1, "it is written down");
    // Until the library has let go of the old connections.
    asked_within(&desk, Duration::from_secs(6)).await;
    assert_eq!(asked_within(&desk, Duration::from_secs(5)).await, 0, "no storm");
    desk.clock.advance(chrono::TimeDelta::seconds(1));
    let answer = desk.http.get(format!("{}/health/ready", desk.hooks[0])).send();
    let answer = answer.await.unwrap();
    assert_eq!(answer.status().as_u16(), 503);
    let body = answer.text().await.unwrap();
    assert!(
        body.contains("slack refuses the line; it is asked again at"),
        "{body}"
    );
    desk.slack.heal();
    desk.clock.advance(chrono::TimeDelta::seconds(301));
    assert!(desk.slack.connected(1).await, "it is taken again by itself");
    desk.press(BEN, &card, "Übernehmen").await;
    assert!(desk.text(&card).contains("Ben ist dran"));
    desk.thread(&card);
    line.cancel();
    desk.finish().await;
}
