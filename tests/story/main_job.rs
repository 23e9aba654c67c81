//! A review comes in, the team answers it from its card, customers see the answer, the card tells the truth. Each story
//! here is told once and runs once per chat.

use zeitnah::domain::lang::Lang;

use crate::desk::Desk;
use crate::desk::Wish;
use crate::seat::Chat;
use crate::seat::Room;
use crate::seat::Seat;
use crate::seat::Who::Anna;
use crate::seat::Who::Ben;
use crate::seat::Who::Gast;

/// Makes a test of each story for each chat.
macro_rules! in_each_chat {
    ($($story:ident;)+) => {
        mod slack {
            $(#[tokio::test]
            async fn $story() {
                super::$story(crate::seat::Chat::Slack).await;
            })+
        }
        mod discord {
            $(#[tokio::test]
            async fn $story() {
                super::$story(crate::seat::Chat::Discord).await;
            })+
        }
    };
}

in_each_chat! {
    a_review_is_answered_from_its_card;
    a_text_that_is_too_long_is_kept_and_shortened;
    a_case_is_taken_and_given_back_and_whoever_is_late_is_told;
    whoever_has_no_right_learns_who_has;
    a_case_is_escalated_and_handled_by_forms;
    a_snooze_ends_when_it_should;
    a_deadline_warns_and_calls_those_who_are_responsible_once;
    an_answer_can_be_taken_back_and_changed;
    commands_list_and_do_what_buttons_do;
    an_english_channel_speaks_english;
    the_digest_says_how_things_stand_and_leads_to_what_is_late;
}

async fn a_review_is_answered_from_its_card(chat: Chat) {
    let desk = Desk::with(chat.wish()).await;
    let seat = Seat::new(&desk, chat);
    let review = desk.review(2, "Nette Beratung, aber 40 Minuten Wartezeit.").await;

    let card = seat.card();
    insta::assert_snapshot!(chat.named("card_open"), seat.text(&card));

    seat.press(Anna, &card, "Antworten").await;
    insta::assert_snapshot!(chat.named("form_reply"), seat.form(Anna));
    seat.submit(
        Anna,
        &[("text", "Hallo Jule, das war zu lang. Wir stellen um. – Anna")],
    )
    .await;
    insta::assert_snapshot!(chat.named("form_preview"), seat.form(Anna));
    seat.submit(Anna, &[]).await;
    assert!(!seat.has_form(Anna), "the form is closed");
    insta::assert_snapshot!(chat.named("card_queued"), seat.text(&card));
    assert_eq!(
        desk.google.public(&review).unwrap().reply,
        None,
        "nothing leaves before the undo time is over"
    );

    desk.seconds(30).await;
    desk.minutes(1).await;
    let public = desk.google.public(&review).unwrap();
    assert_eq!(
        public.reply.as_deref(),
        Some("Hallo Jule, das war zu lang. Wir stellen um. – Anna")
    );
    assert_eq!(public.puts, 1);
    insta::assert_snapshot!(chat.named("card_answered"), seat.text(&card));
    insta::assert_snapshot!(chat.named("thread_answered"), seat.thread(&card).join("\n"));
    assert_eq!(seat.all(Room::Care).len(), 1, "one card, edited in place");
    desk.finish().await;
}

async fn a_text_that_is_too_long_is_kept_and_shortened(chat: Chat) {
    let desk = Desk::with(chat.wish()).await;
    let seat = Seat::new(&desk, chat);
    let long = match chat {
        Chat::Slack => {
            desk.question("Passt die Schere auch für Linkshänder?").await;
            "Ja, sehr gern. ".repeat(30)
        }
        // Discord's field takes no more letters than the source; bytes are what it cannot count.
        Chat::Discord => {
            desk.review(4, "Passt die Schere auch für Linkshänder?").await;
            "Ja, sehr gern. ".repeat(30) + "ü".repeat(2000).as_str()
        }
    };
    let card = seat.card();
    seat.press(Anna, &card, "Antworten").await;
    seat.submit(Anna, &[("text", &long)]).await;
    match chat {
        // The form stays open with the fault at its field.
        Chat::Slack => assert!(
            seat.form(Anna).contains("zu lang für Gartenshop"),
            "{}",
            seat.form(Anna)
        ),
        // The form is closed by then: the text is shown and opens again with it.
        Chat::Discord => {
            let told = seat.told(Anna);
            assert!(
                told.contains("zu lang für Google") && told.contains("Ja, sehr gern."),
                "{told}"
            );
            seat.press_private(Anna, "Weiterschreiben").await;
            assert!(
                seat.form(Anna).contains("Ja, sehr gern. Ja, sehr gern."),
                "{}",
                seat.form(Anna)
            );
        }
    }
    seat.submit(Anna, &[("text", "Ja, sie passt.")]).await;
    seat.submit(Anna, &[]).await;
    desk.seconds(30).await;
    assert!(
        seat.text(&card).contains("Beantwortet von Anna"),
        "{}",
        seat.text(&card)
    );
    assert!(!seat.thread(&card).is_empty());
    seat.whispers(Anna);
    desk.finish().await;
}

async fn a_case_is_taken_and_given_back_and_whoever_is_late_is_told(chat: Chat) {
    let desk = Desk::with(chat.wish()).await;
    let seat = Seat::new(&desk, chat);
    desk.review(3, "Geht so.").await;
    let card = seat.card();
    seat.press(Anna, &card, "Übernehmen").await;
    assert!(seat.text(&card).contains("Anna Berger ist dran") || seat.text(&card).contains("Anna ist dran"));
    seat.press(Ben, &card, "Zurückgeben").await;
    assert!(seat.told(Ben).contains("Anna"), "{}", seat.told(Ben));
    seat.press(Anna, &card, "Zurückgeben").await;
    assert!(seat.text(&card).contains("frei"), "{}", seat.text(&card));
    assert_eq!(seat.thread(&card).len(), 2);
    desk.finish().await;
}

async fn whoever_has_no_right_learns_who_has(chat: Chat) {
    let desk = Desk::with(chat.wish()).await;
    let seat = Seat::new(&desk, chat);
    desk.review(1, "Nie wieder.").await;
    let card = seat.card();
    // Ben has pressed something before: in each chat his name is known by now, and it is nothing to a stranger.
    seat.press(Ben, &card, "Übernehmen").await;
    seat.press(Ben, &card, "Zurückgeben").await;
    desk.minutes(1).await;
    let before = seat.text(&card);
    seat.press(Gast, &card, "Übernehmen").await;
    let told = seat.told(Gast);
    assert!(
        told.contains("Antworten") && told.contains("@care-team"),
        "{told}"
    );
    assert!(!told.contains("Ben") && !told.contains("zeitnah,"), "{told}");
    assert_eq!(seat.text(&card), before);
    seat.thread(&card);
    desk.finish().await;
}

async fn a_case_is_escalated_and_handled_by_forms(chat: Chat) {
    let desk = Desk::with(chat.wish()).await;
    let seat = Seat::new(&desk, chat);
    desk.review(1, "Das Maß ist voll.").await;
    let card = seat.card();
    seat.press(Anna, &card, "Eskalieren").await;
    seat.submit(Anna, &[("to", "team"), ("why", "Klingt nach Ärger")])
        .await;
    assert!(
        seat.text(&card).contains("eskaliert an Care-Team"),
        "{}",
        seat.text(&card)
    );
    let alert = seat.all(Room::Leads).pop().expect("word where they look");
    assert!(seat.text(&alert).contains("Klingt nach Ärger"));
    let called = seat.notified();
    assert!(called.contains(chat.id(Ben)), "the group is called: {called:?}");
    seat.press(Ben, &alert, "Übernehmen").await;
    seat.press(Ben, &card, "Erledigt").await;
    seat.submit(Ben, &[("reason", "other"), ("note", "Telefonisch geklärt")])
        .await;
    let text = seat.text(&card);
    assert!(
        text.contains("Erledigt von Ben") && text.contains("Telefonisch geklärt"),
        "{text}"
    );
    assert!(seat.thread(&card).len() >= 3);
    seat.all(Room::Care);
    seat.whispers(Ben);
    seat.all(Room::Leads);
    desk.finish().await;
}

async fn a_snooze_ends_when_it_should(chat: Chat) {
    let desk = Desk::with(chat.wish()).await;
    let seat = Seat::new(&desk, chat);
    desk.review(4, "Ganz gut.").await;
    let card = seat.card();
    seat.choose(Anna, &card, "Zurückstellen").await;
    seat.submit(Anna, &[("until", "date"), ("day", "2026-11-23")])
        .await;
    assert!(
        seat.text(&card).contains("Zurückgestellt bis"),
        "{}",
        seat.text(&card)
    );
    desk.hours(72).await;
    assert!(
        !seat.text(&card).contains("Zurückgestellt"),
        "{}",
        seat.text(&card)
    );
    assert!(
        seat.notified().contains(chat.id(Anna)),
        "whoever put it aside is called"
    );
    seat.thread(&card);
    seat.all(Room::Care);
    desk.finish().await;
}

async fn a_deadline_warns_and_calls_those_who_are_responsible_once(chat: Chat) {
    let desk = Desk::with(chat.wish()).await;
    let seat = Seat::new(&desk, chat);
    desk.review(2, "Warte seit gestern auf Antwort.").await;
    let card = seat.card();
    assert!(seat.notified().is_empty(), "a new card calls nobody");
    desk.hours(22).await;
    let called = seat.notified();
    let team = [chat.id(Anna).to_owned(), chat.id(Ben).to_owned()];
    assert_eq!(called, team.into());
    desk.hours(3).await;
    desk.hours(1).await;
    assert!(seat.text(&card).contains("Überfällig"), "{}", seat.text(&card));
    let thread = seat.thread(&card);
    assert_eq!(thread.len(), 2, "reminded once, overdue once: {thread:?}");
    seat.all(Room::Care);
    desk.finish().await;
}

async fn an_answer_can_be_taken_back_and_changed(chat: Chat) {
    let desk = Desk::with(chat.wish()).await;
    let seat = Seat::new(&desk, chat);
    let review = desk.review(5, "Super.").await;
    let card = seat.card();
    seat.press(Anna, &card, "Antworten").await;
    seat.submit(Anna, &[("text", "Danke.")]).await;
    seat.submit(Anna, &[]).await;
    seat.press(Anna, &card, "Antwort zurückholen").await;
    seat.press(Anna, &card, "Weiterschreiben").await;
    seat.submit(Anna, &[("text", "Danke schön.")]).await;
    seat.submit(Anna, &[]).await;
    desk.seconds(30).await;
    assert_eq!(
        desk.google.public(&review).unwrap().reply.as_deref(),
        Some("Danke schön.")
    );
    seat.press(Anna, &card, "Antwort ändern").await;
    seat.submit(Anna, &[("text", "Danke sehr.")]).await;
    seat.submit(Anna, &[]).await;
    desk.seconds(30).await;
    assert_eq!(
        desk.google.public(&review).unwrap().reply.as_deref(),
        Some("Danke sehr.")
    );
    seat.press(Anna, &card, "Antwort ansehen").await;
    assert!(seat.form(Anna).contains("Danke sehr"), "{}", seat.form(Anna));
    seat.text(&card);
    seat.thread(&card);
    seat.whispers(Anna);
    desk.finish().await;
}

async fn commands_list_and_do_what_buttons_do(chat: Chat) {
    let desk = Desk::with(chat.wish()).await;
    let seat = Seat::new(&desk, chat);
    desk.review(2, "Zu laut.").await;
    let card = seat.card();
    let open = seat.command(Anna, "open", None).await;
    assert!(
        open.contains("ist ein Beitrag offen") && open.contains("Nr. 1"),
        "{open}"
    );
    seat.command(Anna, "take", Some(1)).await;
    assert!(seat.text(&card).contains("ist dran"), "{}", seat.text(&card));
    assert!(seat.command(Anna, "mine", None).await.contains("Nr. 1"));
    assert!(
        seat.command(Anna, "take", Some(99))
            .await
            .contains("Nr. 99 gibt es nicht")
    );
    assert!(seat.command(Anna, "help", None).await.contains("/zeitnah open"));
    seat.command(Anna, "reply", Some(1)).await;
    seat.submit(Anna, &[("text", "Das tut uns leid.")]).await;
    seat.submit(Anna, &[]).await;
    desk.seconds(30).await;
    assert!(
        seat.text(&card).contains("Beantwortet von Anna"),
        "{}",
        seat.text(&card)
    );
    seat.thread(&card);
    seat.whispers(Anna);
    desk.finish().await;
}

async fn an_english_channel_speaks_english(chat: Chat) {
    let desk = Desk::with(Wish {
        lang: Lang::En,
        ..chat.wish()
    })
    .await;
    let seat = Seat::new(&desk, chat);
    desk.review(2, "Nette Beratung, aber 40 Minuten Wartezeit.").await;
    let card = seat.card();
    let named = |name: &str| chat.named(&format!("en_{name}"));
    insta::assert_snapshot!(named("card_open"), seat.text(&card));
    seat.press(Anna, &card, "Reply").await;
    insta::assert_snapshot!(named("form_reply"), seat.form(Anna));
    seat.submit(Anna, &[("text", "Call us at 089 1234567, {{name}}.")])
        .await;
    insta::assert_snapshot!(named("form_preview"), seat.form(Anna));
    for (form, name) in [("Escalate", "escalate"), ("Mark handled", "mark_handled")] {
        seat.choose(Ben, &card, form).await;
        insta::assert_snapshot!(named(&format!("form_{name}")), seat.form(Ben));
        seat.close(Ben);
    }
    seat.choose(Ben, &card, "Snooze").await;
    insta::assert_snapshot!(named("form_snooze"), seat.form(Ben));
    seat.close(Ben);
    seat.choose(Ben, &card, "Why this deadline?").await;
    insta::assert_snapshot!(named("form_why"), seat.form(Ben));
    seat.submit(Anna, &[]).await;
    insta::assert_snapshot!(named("card_queued"), seat.text(&card));
    seat.press(Gast, &card, "Undo sending").await;
    seat.press(Anna, &card, "Undo sending").await;
    seat.press(Anna, &card, "Keep writing").await;
    seat.submit(Anna, &[("text", "Dear Jule, that was too long. – Anna")])
        .await;
    seat.submit(Anna, &[]).await;
    desk.seconds(30).await;
    desk.minutes(1).await;
    insta::assert_snapshot!(named("card_answered"), seat.text(&card));
    seat.press(Ben, &card, "View reply").await;
    insta::assert_snapshot!(named("thread"), seat.thread(&card).join("\n"));
    insta::assert_snapshot!(named("help"), seat.command(Anna, "help", None).await);
    let told = [Gast, Anna].map(|who| seat.whispers(who).join("\n"));
    insta::assert_snapshot!(named("whispers"), told.join("\n"));
    seat.whispers(Ben);
    desk.finish().await;
}

async fn the_digest_says_how_things_stand_and_leads_to_what_is_late(chat: Chat) {
    for (lang, name, verbs) in [
        (Lang::De, "digest_de", ["Antworten", "Erledigt"]),
        (Lang::En, "digest_en", ["Reply", "Mark handled"]),
    ] {
        let desk = Desk::with(Wish {
            lang,
            replicas: 2,
            ..chat.wish()
        })
        .await;
        let seat = Seat::new(&desk, chat);
        desk.tick().await;
        desk.review(1, "Nie wieder, 40 Minuten gewartet.").await;
        let angry = seat.card();
        desk.question("Passt der Akku?").await;
        let question = seat.card();
        let late = r#"{"id":"r2","rating":1,"body":"Defekt <!here> @everyone.","published_at":"2026-11-19T21:00:00Z"}"#;
        desk.push("d2", late).await;
        let late = seat.card();
        seat.press(Anna, &angry, verbs[0]).await;
        seat.submit(Anna, &[("text", "Das tut uns leid. – Anna")]).await;
        seat.submit(Anna, &[]).await;
        desk.seconds(30).await;
        seat.press(Ben, &question, verbs[1]).await;
        seat.submit(Ben, &[("reason", "other"), ("note", "…")]).await;
        // Eight in the morning, in the channel's own time.
        for _ in 0..22 {
            desk.hours(1).await;
        }
        let digest = seat.card();
        insta::assert_snapshot!(chat.named(name), seat.text(&digest));
        assert_eq!(seat.links(&digest)[0], seat.address(&late), "to what is late");
        assert!(
            seat.notified().contains(chat.id(Anna)),
            "the deadline called the team"
        );
        assert_eq!(seat.called_by(&digest), 0, "the digest calls nobody");
        for card in seat.all(Room::Care) {
            seat.thread(&card);
        }
        for who in [Anna, Ben] {
            seat.whispers(who);
        }
        desk.finish().await;
    }
}
