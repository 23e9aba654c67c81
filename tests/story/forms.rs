//! Forms as their people see them, in both chats: what they are about, what changed meanwhile, and what becomes of a case
//! when a form is put away.

use zeitnah::domain::lang::Lang;
use zeitnah::domain::promise::rules::Rules;

use crate::desk::Desk;
use crate::desk::Wish;
use crate::seat::Chat;
use crate::seat::Room;
use crate::seat::Seat;
use crate::seat::Shown;
use crate::seat::Who;
use crate::seat::Who::Anna;
use crate::seat::Who::Ben;

const BOTH: [Chat; 2] = [Chat::Slack, Chat::Discord];
const PRAISE: &str = "Nette Beratung, gerne wieder.";
const ANGER: &str = "Nach drei Tagen kaputt, nie wieder.";
const THANKS: &str = "Danke für die fünf Sterne. – Anna";

fn as_usual(_: &mut Rules) {}

fn has(text: &str, part: &str) {
    assert!(text.contains(part), "{part:?} is not in\n{text}");
}

fn has_not(text: &str, part: &str) {
    assert!(!text.contains(part), "{part:?} is in\n{text}");
}

/// The customer changes praise to one star, and every replica's next look at the source brings it.
async fn falls(desk: &Desk, review: &str) {
    desk.google.edit(review, Some(1), ANGER).unwrap();
    desk.minutes(5).await;
}

fn public(desk: &Desk, review: &str) -> Option<String> {
    desk.google.public(review).unwrap().reply
}

async fn done(desk: Desk, chat: Chat) {
    Seat::new(&desk, chat).look_around(&[Room::Care, Room::Leads], &[Anna, Ben]);
    desk.finish().await;
}

#[tokio::test]
async fn a_post_that_changed_while_somebody_wrote_is_shown_old_beside_new_and_asked_about() {
    for chat in BOTH {
        let desk = chat.desk(2, as_usual).await;
        let seat = Seat::new(&desk, chat);
        let review = desk.review(5, PRAISE).await;
        let card = seat.card();
        seat.press(Anna, &card, "Antworten").await;
        falls(&desk, &review).await;
        seat.submit(Anna, &[("text", THANKS)]).await;
        let preview = seat.form(Anna);
        insta::assert_snapshot!(chat.named("preview_changed"), preview);
        for part in [PRAISE, ANGER, "Vorher: ★★★★★", "★☆☆☆☆", THANKS] {
            has(&preview, part);
        }
        seat.submit(Anna, &[]).await;
        desk.minutes(2).await;
        assert_eq!(
            public(&desk, &review),
            None,
            "nothing leaves without being asked about"
        );
        insta::assert_snapshot!(chat.named("preview_again"), seat.form(Anna));
        seat.submit(Anna, &[]).await;
        desk.seconds(30).await;
        assert_eq!(
            public(&desk, &review).as_deref(),
            Some(THANKS),
            "it was asked once"
        );
        has_not(&seat.text(&card), "Beitrag wurde geändert");
        let thread = seat.thread(&card).join("\n");
        for part in ["jetzt 1 statt 5 Sterne", "Vorher:", PRAISE, "Jetzt:", ANGER] {
            has(&thread, part);
        }
        done(desk, chat).await;
    }
}

#[tokio::test]
async fn a_post_that_changed_after_the_preview_is_asked_about_before_anything_leaves() {
    for chat in BOTH {
        let desk = chat.desk(2, as_usual).await;
        let seat = Seat::new(&desk, chat);
        let review = desk.review(5, PRAISE).await;
        let card = seat.card();
        seat.press(Anna, &card, "Antworten").await;
        seat.submit(Anna, &[("text", THANKS)]).await;
        has_not(&seat.form(Anna), "Vorher");
        falls(&desk, &review).await;
        seat.submit(Anna, &[]).await;
        desk.minutes(2).await;
        assert_eq!(public(&desk, &review), None);
        let again = seat.form(Anna);
        for part in ["Trotzdem senden", PRAISE, ANGER, THANKS] {
            has(&again, part);
        }
        // It changes once more while the question is read.
        desk.google.edit(&review, Some(2), ANGER).unwrap();
        desk.minutes(5).await;
        seat.submit(Anna, &[]).await;
        desk.minutes(2).await;
        assert_eq!(public(&desk, &review), None);
        has(&seat.form(Anna), "★★☆☆☆");
        seat.submit(Anna, &[]).await;
        desk.seconds(30).await;
        assert_eq!(public(&desk, &review).as_deref(), Some(THANKS));
        done(desk, chat).await;
    }
}

#[tokio::test]
async fn a_change_that_nobody_would_see_asks_nothing() {
    for chat in BOTH {
        let desk = chat.desk(1, as_usual).await;
        let seat = Seat::new(&desk, chat);
        let review = desk.review(5, PRAISE).await;
        let card = seat.card();
        seat.press(Anna, &card, "Antworten").await;
        falls(&desk, &review).await;
        // And back again, before anybody sent anything.
        desk.google.edit(&review, Some(5), PRAISE).unwrap();
        desk.minutes(5).await;
        seat.submit(Anna, &[("text", THANKS)]).await;
        has_not(&seat.form(Anna), "Vorher");
        seat.submit(Anna, &[]).await;
        desk.seconds(30).await;
        assert_eq!(public(&desk, &review).as_deref(), Some(THANKS));
        done(desk, chat).await;
    }
}

#[tokio::test]
async fn an_answer_whose_post_changes_before_it_leaves_comes_back_and_calls_its_author() {
    for chat in BOTH {
        let desk = chat.desk(2, |rules| rules.undo_seconds = 600).await;
        let seat = Seat::new(&desk, chat);
        let review = desk.review(5, PRAISE).await;
        let card = seat.card();
        seat.press(Anna, &card, "Antworten").await;
        seat.submit(Anna, &[("text", THANKS)]).await;
        seat.submit(Anna, &[]).await;
        falls(&desk, &review).await;
        desk.minutes(10).await;
        assert_eq!(public(&desk, &review), None);
        let calls = seat.calls(&card);
        has(&calls.join("\n"), "nicht rausgegangen");
        seat.press(Anna, &card, "Weiterschreiben").await;
        let form = seat.form(Anna);
        for part in [PRAISE, ANGER, THANKS] {
            has(&form, part);
        }
        seat.submit(Anna, &[("text", "Das tut uns leid. – Anna")]).await;
        has_not(&seat.form(Anna), "Vorher");
        seat.submit(Anna, &[]).await;
        desk.minutes(10).await;
        assert_eq!(
            public(&desk, &review).as_deref(),
            Some("Das tut uns leid. – Anna")
        );
        done(desk, chat).await;
    }
}

#[tokio::test]
async fn a_changed_answer_is_asked_about_like_a_new_one() {
    for chat in BOTH {
        let desk = chat.desk(2, as_usual).await;
        let seat = Seat::new(&desk, chat);
        let review = desk.review(5, PRAISE).await;
        let card = seat.card();
        seat.answer(Anna, &card, THANKS).await;
        desk.minutes(1).await;
        seat.press(Ben, &card, "Antwort ändern").await;
        falls(&desk, &review).await;
        seat.submit(Ben, &[("text", "Danke. – Ben")]).await;
        has(&seat.form(Ben), "Vorher: ★★★★★");
        seat.submit(Ben, &[]).await;
        desk.minutes(1).await;
        assert_eq!(public(&desk, &review).as_deref(), Some(THANKS));
        seat.submit(Ben, &[]).await;
        desk.minutes(1).await;
        assert_eq!(public(&desk, &review).as_deref(), Some("Danke. – Ben"));
        done(desk, chat).await;
    }
}

#[tokio::test]
async fn a_snooze_beyond_the_deadline_says_so_and_the_card_keeps_the_deadline() {
    for chat in BOTH {
        for lang in [Lang::De, Lang::En] {
            let (snooze, late, stays, by) = match lang {
                Lang::De => (
                    "Zurückstellen",
                    "– nach der Frist",
                    "Diese Frist bleibt",
                    "Antwort bis",
                ),
                Lang::En => (
                    "Snooze",
                    "– after the deadline",
                    "this deadline stays",
                    "reply by",
                ),
            };
            let desk = Desk::with(Wish { lang, ..chat.wish() }).await;
            let seat = Seat::new(&desk, chat);
            desk.review(2, ANGER).await;
            let card = seat.card();
            seat.choose(Anna, &card, snooze).await;
            let form = seat.form(Anna);
            has(&form, stays);
            if chat == Chat::Slack {
                let view = desk.slack.view(chat.id(Anna)).unwrap().view.to_string();
                has(&view, late);
                insta::assert_snapshot!(format!("snooze_{}", lang.as_str()), form);
            }
            seat.submit(Anna, &[("until", "date"), ("day", "2026-11-24")])
                .await;
            has(&seat.text(&card), by);
            desk.hours(25).await;
            has(&seat.text(&card), "⚠");
            done(desk, chat).await;
        }
    }
}

/// A form that is put away empty, told by the chat that tells it.
#[tokio::test]
async fn an_empty_form_that_is_put_away_gives_back_what_it_took() {
    let chat = Chat::Slack;
    let desk = chat.desk(2, as_usual).await;
    let seat = Seat::new(&desk, chat);
    desk.review(2, ANGER).await;
    let card = seat.card();
    seat.press(Anna, &card, "Antworten").await;
    has(&seat.text(&card), "Anna ist dran");
    puts_away(&seat, Anna).await;
    has(&seat.text(&card), "frei");
    seat.press(Ben, &card, "Übernehmen").await;
    has(&seat.text(&card), "Ben ist dran");
    assert!(seat.whispers(Anna).is_empty());
    done(desk, chat).await;
}

#[tokio::test]
async fn a_form_that_is_put_away_keeps_what_was_taken_on_purpose_or_written_on() {
    let chat = Chat::Slack;
    let desk = chat.desk(2, as_usual).await;
    let seat = Seat::new(&desk, chat);
    desk.review(2, ANGER).await;
    let card = seat.card();
    let holds = |seat: &Seat<'_>, card: &Shown| has(&seat.text(card), "Anna ist dran");
    // Taken before the form was opened.
    seat.press(Anna, &card, "Übernehmen").await;
    seat.press(Anna, &card, "Antworten").await;
    puts_away(&seat, Anna).await;
    holds(&seat, &card);
    seat.press(Anna, &card, "Zurückgeben").await;
    // Words were typed.
    seat.press(Anna, &card, "Antworten").await;
    let view = desk.slack.view(chat.id(Anna)).unwrap();
    desk.slack
        .enter(chat.id(Anna), &view.id, &[("text", "Hallo")])
        .unwrap();
    puts_away(&seat, Anna).await;
    holds(&seat, &card);
    seat.press(Anna, &card, "Zurückgeben").await;
    // Taken on purpose while it lay open.
    seat.press(Anna, &card, "Antworten").await;
    desk.minutes(1).await;
    seat.command(Anna, "take", Some(1)).await;
    puts_away(&seat, Anna).await;
    holds(&seat, &card);
    seat.press(Anna, &card, "Zurückgeben").await;
    // Previewed: the words are kept, and so is the case.
    seat.press(Anna, &card, "Antworten").await;
    seat.submit(Anna, &[("text", "Hallo")]).await;
    puts_away(&seat, Anna).await;
    holds(&seat, &card);
    // What is on its way is not given back, whatever is put away.
    seat.press(Anna, &card, "Weiterschreiben").await;
    seat.submit(Anna, &[("text", "Das tut uns leid.")]).await;
    seat.submit(Anna, &[]).await;
    desk.seconds(30).await;
    has(&seat.text(&card), "Beantwortet von Anna");
    done(desk, chat).await;
}

async fn puts_away(seat: &Seat<'_>, who: Who) {
    let outcome = seat.desk.slack.close_view(seat.chat.id(who)).await;
    assert!(outcome.acked, "{outcome:?}");
    seat.desk.settle().await;
}

/// Whoever goes back from the preview finds what they wrote, and may write on; the preview then shows the new words.
#[tokio::test]
async fn back_from_the_preview_leads_to_what_was_written() {
    for chat in BOTH {
        let desk = chat.desk(2, as_usual).await;
        let seat = Seat::new(&desk, chat);
        let review = desk.review(2, ANGER).await;
        let card = seat.card();
        seat.press(Anna, &card, "Antworten").await;
        seat.submit(Anna, &[("text", "Das tut uns leid.")]).await;
        has(&seat.form(Anna), "Vorschau");
        match chat {
            Chat::Slack => puts_away(&seat, Anna).await,
            Chat::Discord => seat.press(Anna, &seat.last_told(Anna), "Zurück").await,
        }
        has(&seat.form(Anna), "Deine Antwort");
        match chat {
            // Slack keeps what was entered in the form below.
            Chat::Slack => {
                let values = desk.slack.view(chat.id(Anna)).unwrap().values;
                assert_eq!(values["text"]["text"]["value"], "Das tut uns leid.");
            }
            Chat::Discord => has(&seat.form(Anna), "Das tut uns leid."),
        }
        has(&seat.text(&card), "ist dran");
        seat.submit(Anna, &[("text", "Das tut uns sehr leid.")]).await;
        has(&seat.form(Anna), "Das tut uns sehr leid.");
        seat.submit(Anna, &[]).await;
        desk.seconds(30).await;
        assert_eq!(public(&desk, &review).as_deref(), Some("Das tut uns sehr leid."));
        if chat == Chat::Slack {
            assert!(desk.slack.views(chat.id(Anna)).is_empty(), "all of it is closed");
        }
        done(desk, chat).await;
    }
}

#[tokio::test]
async fn opening_a_form_does_not_end_a_snooze() {
    for chat in BOTH {
        let desk = chat.desk(1, as_usual).await;
        let seat = Seat::new(&desk, chat);
        desk.review(4, PRAISE).await;
        let card = seat.card();
        seat.choose(Ben, &card, "Zurückstellen").await;
        seat.submit(Ben, &[("until", "date"), ("day", "2026-11-23")])
            .await;
        seat.press(Anna, &card, "Antworten").await;
        has(&seat.text(&card), "Zurückgestellt bis");
        seat.submit(Anna, &[("text", THANKS)]).await;
        let text = seat.text(&card);
        assert!(text.contains("Anna") && text.contains("ist dran"), "{text}");
        seat.submit(Anna, &[]).await;
        desk.seconds(30).await;
        has(&seat.text(&card), "Beantwortet von Anna");
        done(desk, chat).await;
    }
}

/// Which post a form is about, whichever form: nobody remembers it after three cards.
#[tokio::test]
async fn every_form_says_which_post_it_is_about() {
    for chat in BOTH {
        let desk = chat.desk(1, as_usual).await;
        let seat = Seat::new(&desk, chat);
        desk.review(2, ANGER).await;
        let card = seat.card();
        for what in ["Erledigt", "Eskalieren"] {
            seat.press(Anna, &card, what).await;
            let form = seat.form(Anna);
            for part in ["Nr. 1", "★★☆☆☆", ANGER] {
                has(&form, part);
            }
            has_not(&form, "freiwillig");
            seat.close(Anna);
        }
        for what in ["Zurückstellen", "Warum diese Frist?", "Ganzer Text"] {
            seat.choose(Anna, &card, what).await;
            let form = seat.form(Anna);
            has(&form, "Nr. 1");
            has(&form, "★★☆☆☆");
            has_not(&form, "freiwillig");
            seat.close(Anna);
        }
        done(desk, chat).await;
    }
}

#[tokio::test]
async fn the_same_moment_is_offered_once() {
    let chat = Chat::Slack;
    let desk = chat.desk(1, as_usual).await;
    let seat = Seat::new(&desk, chat);
    // A Sunday.
    desk.jump("2026-11-22T10:00:00Z").await;
    desk.review(2, ANGER).await;
    let card = seat.card();
    seat.choose(Anna, &card, "Zurückstellen").await;
    let view = desk.slack.view(chat.id(Anna)).unwrap().view.to_string();
    has(&view, "morgen früh (9:00)");
    has_not(&view, "Montag früh");
    seat.submit(Anna, &[("until", "morning")]).await;
    has(&seat.text(&card), "Zurückgestellt bis");
    done(desk, chat).await;
}

#[tokio::test]
async fn people_count_characters_and_near_the_limit_the_sources_own_unit_is_named() {
    for chat in BOTH {
        let desk = chat.desk(1, as_usual).await;
        let seat = Seat::new(&desk, chat);
        desk.review(5, PRAISE).await;
        let card = seat.card();
        seat.press(Anna, &card, "Antworten").await;
        has_not(&seat.form(Anna), "Bytes");
        // Slack's own field takes less than Google does.
        let most = match chat {
            Chat::Slack => "Höchstens 3.000 Zeichen",
            Chat::Discord => "Höchstens etwa 3.900 Zeichen",
        };
        has(&seat.form(Anna), most);
        seat.submit(Anna, &[("text", "Schöne Grüße. – Anna")]).await;
        let form = seat.form(Anna);
        has(&form, "20 Zeichen; Platz ist für etwa 3.");
        has_not(&form, "Bytes");
        seat.press(Anna, &card, "Weiterschreiben").await;
        seat.submit(Anna, &[("text", &"ä".repeat(1_900))]).await;
        has(&seat.form(Anna), "1.900 Zeichen");
        has(&seat.form(Anna), "Google zählt in Bytes: 3.800 von 4.096");
        seat.press(Anna, &card, "Weiterschreiben").await;
        seat.submit(Anna, &[("text", &"ä".repeat(2_050))]).await;
        has(&seat.form(Anna), "2 Zeichen zu lang für Google");
        seat.close(Anna);
        seat.press(Anna, &card, "Weiterschreiben").await;
        seat.submit(Anna, &[("text", "Schöne Grüße. – Anna")]).await;
        seat.submit(Anna, &[]).await;
        desk.seconds(30).await;
        seat.text(&card);
        done(desk, chat).await;
    }
}
