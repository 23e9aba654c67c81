//! The end of a shift, in both chats: what somebody still holds is offered to whoever comes next, who has to accept it;
//! and what they have only seen is not seen by anybody any more.

use zeitnah::domain::promise::chain::Chain;
use zeitnah::domain::promise::chain::Recipient;
use zeitnah::domain::promise::chain::Starts;
use zeitnah::domain::promise::rules::Rules;

use crate::desk::Desk;
use crate::seat::Chat;
use crate::seat::Room;
use crate::seat::Seat;
use crate::seat::Shown;
use crate::seat::Who;
use crate::tune;
use crate::tune::step;
use crate::tune::watched_by;

const TEXT: &str = "Nette Beratung, aber 40 Minuten Wartezeit.";

/// Anna from 6 to 14, Ben from 14 to 22, in Berlin, where it is ten o'clock on a Friday now: hers ends at 13:00 UTC.
fn shifts(rules: &mut Rules) {
    tune::shifts(rules, [6, 14, 22]);
}

/// Whether the card says that they are on it.
fn holds(seat: &Seat, card: &Shown, name: &str) -> bool {
    let text = seat.text(card);
    let line = text.lines().find(|line| line.contains(" ist dran"));
    line.is_some_and(|line| line.contains(name))
}

async fn done(desk: Desk, chat: Chat) {
    Seat::new(&desk, chat).look_around(&[Room::Care, Room::Leads], &[Who::Anna, Who::Ben]);
    desk.finish().await;
}

#[tokio::test]
async fn what_is_held_at_the_end_of_a_shift_is_offered_to_the_next_and_accepted_once() {
    for chat in [Chat::Slack, Chat::Discord] {
        let desk = chat.desk(3, shifts).await;
        let seat = Seat::new(&desk, chat);
        desk.review(2, TEXT).await;
        let card = seat.card();
        seat.press(Who::Anna, &card, "Übernehmen").await;
        desk.jump("2026-11-20T12:59:59Z").await;
        assert!(seat.calls(&card).is_empty(), "not a second early");
        desk.jump("2026-11-20T13:00:00Z").await;
        insta::assert_snapshot!(
            chat.named("shift_offered"),
            format!(
                "{}\n\n{}\n\n{}",
                seat.text(&card),
                seat.buttons(&card).join(" "),
                seat.thread(&card).join("\n")
            )
        );
        let line = seat.last_line(&card);
        seat.press(Who::Ben, &line, "Annehmen").await;
        seat.press(Who::Ben, &line, "Annehmen").await;
        assert!(holds(&seat, &card, "Ben"), "{}", seat.text(&card));
        desk.jump("2026-11-20T13:20:00Z").await;
        let thread = seat.thread(&card).join("\n");
        assert_eq!(
            thread
                .lines()
                .filter(|line| line.contains(" hat von Anna"))
                .count(),
            1,
            "{thread}"
        );
        assert_eq!(seat.calls(&card).len(), 1, "nobody is called twice: {thread}");
        seat.answer(Who::Ben, &card, "Das tut uns leid. – Ben").await;
        done(desk, chat).await;
    }
}

#[tokio::test]
async fn what_nobody_accepts_is_free_again_and_the_room_is_told() {
    for chat in [Chat::Slack, Chat::Discord] {
        let desk = chat.desk(2, shifts).await;
        let seat = Seat::new(&desk, chat);
        desk.review(2, TEXT).await;
        let card = seat.card();
        seat.press(Who::Anna, &card, "Übernehmen").await;
        desk.jump("2026-11-20T13:00:00Z").await;
        desk.jump("2026-11-20T13:14:59Z").await;
        assert_eq!(seat.calls(&card).len(), 1);
        desk.jump("2026-11-20T13:15:00Z").await;
        let lines = seat.calls(&card);
        assert_eq!(lines.len(), 2, "{lines:?}");
        assert!(lines[1].contains("Niemand hat den Beitrag von Anna"), "{lines:?}");
        assert!(seat.buttons(&card).iter().any(|b| b.contains("Übernehmen")));
        seat.answer(Who::Ben, &card, "Das tut uns leid. – Ben").await;
        done(desk, chat).await;
    }
}

#[tokio::test]
async fn who_stays_on_keeps_it_and_who_took_it_off_duty_hands_nothing_over() {
    for chat in [Chat::Slack, Chat::Discord] {
        let desk = chat.desk(2, shifts).await;
        let seat = Seat::new(&desk, chat);
        desk.review(2, TEXT).await;
        let anna = seat.card();
        desk.review(2, "Ben nimmt das, obwohl er frei hat.").await;
        let ben = seat.card();
        seat.press(Who::Anna, &anna, "Übernehmen").await;
        seat.press(Who::Ben, &ben, "Übernehmen").await;
        desk.jump("2026-11-20T13:00:00Z").await;
        seat.press(Who::Anna, &anna, "Annehmen").await;
        desk.jump("2026-11-20T13:30:00Z").await;
        assert!(holds(&seat, &anna, "Anna"), "{}", seat.text(&anna));
        assert!(holds(&seat, &ben, "Ben"), "{}", seat.text(&ben));
        assert_eq!(seat.calls(&anna).len(), 1, "asked once");
        assert!(seat.calls(&ben).is_empty());
        for (who, card) in [(Who::Anna, &anna), (Who::Ben, &ben)] {
            seat.answer(who, card, "Das tut uns leid.").await;
        }
        done(desk, chat).await;
    }
}

/// Nobody ran when the shift ended, and the customer wrote meanwhile: it is from Anna's shift all the same.
#[tokio::test]
async fn what_was_taken_in_a_shift_is_offered_though_something_else_happened_since() {
    for chat in [Chat::Slack, Chat::Discord] {
        let desk = chat.desk(1, shifts).await;
        let seat = Seat::new(&desk, chat);
        let id = desk.review(2, TEXT).await;
        let card = seat.card();
        seat.press(Who::Anna, &card, "Übernehmen").await;
        desk.google
            .edit(&id, Some(2), "Nette Beratung, aber 50 Minuten Wartezeit.")
            .unwrap();
        desk.jump("2026-11-20T13:30:00Z").await;
        let text = seat.text(&card);
        assert!(text.contains("50 Minuten") && text.contains("gibt ab"), "{text}");
        let calls = seat.calls(&card);
        assert!(calls.iter().any(|line| line.contains("Ben")), "{calls:?}");
        seat.answer(Who::Ben, &card, "Das tut uns leid. – Ben").await;
        done(desk, chat).await;
    }
}

#[tokio::test]
async fn several_are_handed_over_in_one_message() {
    for chat in [Chat::Slack, Chat::Discord] {
        let desk = chat.desk(3, shifts).await;
        let seat = Seat::new(&desk, chat);
        let mut cards = Vec::new();
        for text in ["Erstens.", "Zweitens.", "Drittens."] {
            desk.review(2, text).await;
            let card = seat.card();
            seat.press(Who::Anna, &card, "Übernehmen").await;
            cards.push(card);
        }
        // Answered in time: nobody has to take it.
        seat.answer(Who::Anna, &cards[2], "Das tut uns leid. – Anna")
            .await;
        desk.jump("2026-11-20T13:00:00Z").await;
        desk.minutes(2).await;
        let told = seat.direct(Who::Ben);
        insta::assert_snapshot!(chat.named("shift_offered_many"), told.join("\n\n"));
        for card in &cards {
            assert!(seat.calls(card).is_empty(), "and no lines besides");
        }
        for card in &cards[..2] {
            seat.answer(Who::Ben, card, "Das tut uns leid. – Ben").await;
        }
        done(desk, chat).await;
    }
}

fn seen(rules: &mut Rules) {
    shifts(rules);
    let chain = Chain {
        name: "kette".into(),
        starts: Starts::AtOnce,
        steps: vec![step(30, vec![Recipient::OnDuty("schicht".into())])],
        rounds: 2,
        acknowledge_minutes: 480,
    };
    watched_by(rules, 2000, chain);
}

#[tokio::test]
async fn who_has_seen_it_has_seen_it_until_their_shift_ends() {
    for chat in [Chat::Slack, Chat::Discord] {
        let desk = chat.desk(2, seen).await;
        let seat = Seat::new(&desk, chat);
        desk.review(2, TEXT).await;
        let card = seat.card();
        desk.jump("2026-11-20T09:35:00Z").await;
        let line = seat.last_line(&card);
        seat.press(Who::Anna, &line, "Gesehen").await;
        desk.jump("2026-11-20T12:59:59Z").await;
        assert_eq!(seat.calls(&card).len(), 1, "held until 17:30 by what she said");
        desk.jump("2026-11-20T13:00:00Z").await;
        let lines = seat.calls(&card);
        assert_eq!(lines.len(), 2, "but her shift ended: {lines:?}");
        assert!(lines[1].contains("Ben"), "{lines:?}");
        seat.answer(Who::Ben, &card, "Das tut uns leid. – Ben").await;
        done(desk, chat).await;
    }
}
