//! A case is handed to a colleague by name, in both chats: it stays where it is until it is accepted, the colleague is called,
//! and whoever may not or cannot have it is said so before anything changes.

use zeitnah::domain::promise::rules::Rules;

use crate::desk::D_BEN;
use crate::desk::Desk;
use crate::seat::Chat;
use crate::seat::Room;
use crate::seat::Seat;
use crate::seat::Who::Anna;
use crate::seat::Who::Ben;
use crate::seat::Who::Gast;

const BOTH: [Chat; 2] = [Chat::Slack, Chat::Discord];
const TEXT: &str = "Nette Beratung, aber 40 Minuten Wartezeit.";

fn as_usual(_: &mut Rules) {}

fn has(text: &str, part: &str) {
    assert!(text.contains(part), "{part:?} is not in\n{text}");
}

/// What each chat calls them.
fn called(chat: Chat) -> (&'static str, &'static str) {
    match chat {
        Chat::Slack => ("Anna", "Ben"),
        Chat::Discord => ("Anna Berger", "Ben Okafor"),
    }
}

/// Of the case: on Discord there is one before it, by which Ben is known.
fn number(chat: Chat) -> &'static str {
    match chat {
        Chat::Slack => "Nr. 1",
        Chat::Discord => "Nr. 2",
    }
}

/// `/zeitnah give 1 @ben`, as each chat has it typed.
async fn give(seat: &Seat<'_>, name: &str, id: &str) -> String {
    let words = match seat.chat {
        Chat::Slack => format!("give 1 {name}"),
        Chat::Discord => format!("give number:2 person:{id}"),
    };
    seat.command(Anna, &words, None).await
}

/// Slack tells who is in a group; Discord says it of whoever presses something.
async fn known(seat: &Seat<'_>) {
    if seat.chat == Chat::Discord {
        seat.desk.review(4, "Ben macht das.").await;
        let card = seat.card();
        seat.press(Ben, &card, "Übernehmen").await;
        seat.press(Ben, &card, "Zurückgeben").await;
    }
    seat.desk.minutes(2).await;
}

async fn done(desk: Desk, chat: Chat) {
    Seat::new(&desk, chat).look_around(&[Room::Care, Room::Leads], &[Anna, Ben, Gast]);
    desk.finish().await;
}

#[tokio::test]
async fn a_case_is_handed_over_by_form_and_accepted_once() {
    for chat in BOTH {
        let desk = chat.desk(2, as_usual).await;
        let seat = Seat::new(&desk, chat);
        let (anna, ben) = called(chat);
        known(&seat).await;
        desk.review(2, TEXT).await;
        let card = seat.card();
        seat.press(Anna, &card, "Übernehmen").await;
        seat.choose(Anna, &card, "Weitergeben").await;
        has(&seat.form(Anna), number(chat));
        seat.submit(Anna, &[("to", chat.id(Ben)), ("why", "Du kennst die Filiale.")])
            .await;
        let text = seat.text(&card);
        has(&text, &format!("{anna} gibt an {ben} weiter"));
        let calls = seat.calls(&card);
        assert_eq!(calls.len(), 1, "{calls:?}");
        has(&calls[0], "Du kennst die Filiale.");
        if chat == Chat::Slack {
            insta::assert_snapshot!(
                "given",
                format!(
                    "{text}\n\n{}\n\n{}",
                    seat.buttons(&card).join(" "),
                    seat.thread(&card).join("\n")
                )
            );
        }
        assert!(seat.buttons(&card).iter().any(|b| b == "Annehmen"));
        // Until it is accepted it is Anna's.
        has(&seat.command(Anna, "mine", None).await, number(chat));
        // And on Ben's table, as what waits for him.
        let waits = seat.command(Ben, "mine", None).await;
        has(&waits, number(chat));
        has(&waits, "wird übergeben");
        has(&seat.command(Ben, "home", None).await, "Du hast einen Beitrag");
        let line = seat.last_line(&card);
        seat.press(Ben, &line, "Annehmen").await;
        seat.press(Ben, &line, "Annehmen").await;
        has(&seat.text(&card), &format!("{ben} ist dran"));
        desk.minutes(16).await;
        seat.answer(Ben, &card, "Das tut uns leid. – Ben").await;
        let thread = seat.thread(&card).join("\n");
        assert_eq!(
            thread.matches(&format!("hat von {anna} übernommen")).count(),
            1,
            "{thread}"
        );
        assert!(!thread.contains("nicht angenommen"), "{thread}");
        done(desk, chat).await;
    }
}

#[tokio::test]
async fn a_case_is_handed_over_by_a_command_also_when_nobody_had_taken_it() {
    for chat in BOTH {
        let desk = chat.desk(1, as_usual).await;
        let seat = Seat::new(&desk, chat);
        let (_, ben) = called(chat);
        if chat == Chat::Slack {
            known(&seat).await;
        }
        desk.review(2, TEXT).await;
        let card = seat.card();
        // A command may name somebody of whom the chat has told nothing yet.
        let words = match chat {
            Chat::Slack => "give 1 @ben".to_owned(),
            Chat::Discord => format!("give number:1 person:{D_BEN}"),
        };
        seat.command(Anna, &words, None).await;
        has(&seat.text(&card), &format!("gibt an {ben} weiter"));
        seat.answer(Ben, &card, "Das tut uns leid. – Ben").await;
        has(&seat.text(&card), &format!("Beantwortet von {ben}"));
        done(desk, chat).await;
    }
}

#[tokio::test]
async fn what_is_not_accepted_is_free_again_and_the_giver_and_the_room_are_told() {
    for chat in BOTH {
        let desk = chat.desk(2, as_usual).await;
        let seat = Seat::new(&desk, chat);
        let (anna, ben) = called(chat);
        known(&seat).await;
        desk.review(2, TEXT).await;
        let card = seat.card();
        seat.press(Anna, &card, "Übernehmen").await;
        give(&seat, "ben", D_BEN).await;
        desk.minutes(14).await;
        has(&seat.text(&card), &format!("{anna} gibt an {ben} weiter"));
        desk.minutes(2).await;
        desk.minutes(2).await;
        let calls = seat.calls(&card).join("\n");
        has(
            &calls,
            &format!("{ben} hat den Beitrag von {anna} nicht angenommen"),
        );
        has(&seat.text(&card), "frei");
        seat.answer(Ben, &card, "Das tut uns leid. – Ben").await;
        done(desk, chat).await;
    }
}

#[tokio::test]
async fn who_gave_it_may_keep_it_and_who_holds_nothing_gives_nothing() {
    for chat in BOTH {
        let desk = chat.desk(1, as_usual).await;
        let seat = Seat::new(&desk, chat);
        let (anna, ben) = called(chat);
        known(&seat).await;
        desk.review(2, TEXT).await;
        let card = seat.card();
        seat.press(Ben, &card, "Übernehmen").await;
        has(
            &give(&seat, "ben", D_BEN).await,
            &format!("{ben} ist gerade dran"),
        );
        has(&seat.text(&card), &format!("{ben} ist dran"));
        seat.press(Ben, &card, "Zurückgeben").await;
        give(&seat, "ben", D_BEN).await;
        seat.press(Anna, &card, "Annehmen").await;
        has(&seat.text(&card), &format!("{anna} ist dran"));
        desk.minutes(5).await;
        seat.answer(Anna, &card, "Das tut uns leid. – Anna").await;
        has(&give(&seat, "ben", D_BEN).await, "schneller");
        done(desk, chat).await;
    }
}

#[tokio::test]
async fn nobody_gets_a_case_who_may_not_answer_or_does_not_want_to_be_called_now() {
    for chat in BOTH {
        let desk = chat.desk(1, as_usual).await;
        let seat = Seat::new(&desk, chat);
        known(&seat).await;
        desk.review(2, TEXT).await;
        let card = seat.card();
        let told = give(&seat, "Gast", chat.id(Gast)).await;
        has(&told, "bleibt, wie es ist");
        let told = give(&seat, &format!("<@{}>", chat.id(Anna)), chat.id(Anna)).await;
        has(&told, "Dir selbst");
        // It is ten in Berlin.
        seat.quiet(Ben, "10:00-12:00").await;
        let told = give(&seat, "@Ben", D_BEN).await;
        has(&told, "Ben");
        has(&told, "Ruhezeit");
        has(&seat.text(&card), "frei");
        // And whoever may not answer gives nothing either.
        let word = match chat {
            Chat::Slack => "give 1 ben".to_owned(),
            Chat::Discord => format!("give number:1 person:{D_BEN}"),
        };
        has(&seat.command(Gast, &word, None).await, "Recht");
        assert!(seat.thread(&card).is_empty());
        seat.answer(Anna, &card, "Das tut uns leid. – Anna").await;
        done(desk, chat).await;
    }
}
