//! The end of a shift, in both chats: what somebody still holds is offered to whoever comes next, who has to accept it;
//! and what they have only seen is not seen by anybody any more.

use chrono::DateTime;
use chrono::TimeDelta;
use chrono::Utc;
use zeitnah::domain::chain::Chain;
use zeitnah::domain::chain::Condition;
use zeitnah::domain::chain::Starts;
use zeitnah::domain::chain::Step;
use zeitnah::domain::chain::Whom;
use zeitnah::domain::person::Mention;
use zeitnah::domain::rota::Plan;
use zeitnah::domain::rota::Rota;
use zeitnah::domain::rota::Shift;
use zeitnah::domain::rules::Rules;

use crate::desk::ANNA;
use crate::desk::BEN;
use crate::desk::D_ANNA;
use crate::desk::D_BEN;
use crate::desk::Desk;
use crate::desk::Wish;
use crate::seat::Chat;
use crate::seat::Room;
use crate::seat::Seat;
use crate::seat::Shown;
use crate::seat::Who;

const TEXT: &str = "Nette Beratung, aber 40 Minuten Wartezeit.";

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// Anna from 6 to 14, Ben from 14 to 22, in Berlin, where it is ten o'clock on a Friday now.
fn shifts(rules: &mut Rules) {
    rules.digests.clear();
    rules.claim_minutes = 600;
    let chat = rules.channels["care"].chat.clone();
    let (anna, ben) = if chat == "slack" {
        (ANNA, BEN)
    } else {
        (D_ANNA, D_BEN)
    };
    let shift = |from: u16, to: u16, who: &str| Shift {
        days: [true; 7],
        from: from * 60,
        to: to * 60,
        who: Mention::Person(who.into()),
    };
    let rota = Rota {
        name: "schicht".into(),
        chat,
        zone: chrono_tz::Tz::Europe__Berlin,
        accept_minutes: Some(15),
        plan: Plan::Shifts(vec![shift(6, 14, anna), shift(14, 22, ben)]),
    };
    rules.rotas = [("schicht".to_owned(), rota)].into();
}

async fn open(chat: Chat, replicas: usize, tune: fn(&mut Rules)) -> Desk {
    Desk::with(Wish {
        replicas,
        tune,
        ..chat.wish()
    })
    .await
}

/// Until Friday at so many minutes after 13:00 UTC, when Anna's shift ends.
async fn go(desk: &Desk, minute: i64) {
    desk.clock
        .set(at("2026-11-20T13:00:00Z") + TimeDelta::minutes(minute));
    desk.tick().await;
}

fn calls(seat: &Seat, card: &Shown) -> Vec<String> {
    let lines = seat.thread(card);
    lines.into_iter().filter(|line| line.starts_with('@')).collect()
}

/// Whether the card says that they are on it.
fn holds(seat: &Seat, card: &Shown, name: &str) -> bool {
    let text = seat.text(card);
    let line = text.lines().find(|line| line.contains(" ist dran"));
    line.is_some_and(|line| line.contains(name))
}

async fn done(desk: Desk, chat: Chat) {
    let seat = Seat::new(&desk, chat);
    for room in [Room::Care, Room::Leads] {
        for message in seat.all(room) {
            seat.thread(&message);
        }
    }
    for who in [Who::Anna, Who::Ben] {
        seat.whispers(who);
    }
    desk.finish().await;
}

#[tokio::test]
async fn what_is_held_at_the_end_of_a_shift_is_offered_to_the_next_and_accepted_once() {
    for chat in [Chat::Slack, Chat::Discord] {
        let desk = open(chat, 3, shifts).await;
        let seat = Seat::new(&desk, chat);
        desk.review(2, TEXT).await;
        let card = seat.card();
        seat.press(Who::Anna, &card, "Übernehmen").await;
        desk.clock.set(at("2026-11-20T12:59:59Z"));
        desk.tick().await;
        assert!(calls(&seat, &card).is_empty(), "not a second early");
        go(&desk, 0).await;
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
        go(&desk, 20).await;
        let thread = seat.thread(&card).join("\n");
        assert_eq!(
            thread
                .lines()
                .filter(|line| line.contains(" hat von Anna"))
                .count(),
            1,
            "{thread}"
        );
        assert_eq!(calls(&seat, &card).len(), 1, "nobody is called twice: {thread}");
        seat.answer(Who::Ben, &card, "Das tut uns leid. – Ben").await;
        done(desk, chat).await;
    }
}

#[tokio::test]
async fn what_nobody_accepts_is_free_again_and_the_room_is_told() {
    for chat in [Chat::Slack, Chat::Discord] {
        let desk = open(chat, 2, shifts).await;
        let seat = Seat::new(&desk, chat);
        desk.review(2, TEXT).await;
        let card = seat.card();
        seat.press(Who::Anna, &card, "Übernehmen").await;
        go(&desk, 0).await;
        desk.clock.set(at("2026-11-20T13:14:59Z"));
        desk.tick().await;
        assert_eq!(calls(&seat, &card).len(), 1);
        go(&desk, 15).await;
        let lines = calls(&seat, &card);
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
        let desk = open(chat, 2, shifts).await;
        let seat = Seat::new(&desk, chat);
        desk.review(2, TEXT).await;
        let anna = seat.card();
        desk.review(2, "Ben nimmt das, obwohl er frei hat.").await;
        let ben = seat.card();
        seat.press(Who::Anna, &anna, "Übernehmen").await;
        seat.press(Who::Ben, &ben, "Übernehmen").await;
        go(&desk, 0).await;
        seat.press(Who::Anna, &anna, "Annehmen").await;
        go(&desk, 30).await;
        assert!(holds(&seat, &anna, "Anna"), "{}", seat.text(&anna));
        assert!(holds(&seat, &ben, "Ben"), "{}", seat.text(&ben));
        assert_eq!(calls(&seat, &anna).len(), 1, "asked once");
        assert!(calls(&seat, &ben).is_empty());
        for (who, card) in [(Who::Anna, &anna), (Who::Ben, &ben)] {
            seat.answer(who, card, "Das tut uns leid.").await;
        }
        done(desk, chat).await;
    }
}

#[tokio::test]
async fn several_are_handed_over_in_one_message() {
    for chat in [Chat::Slack, Chat::Discord] {
        let desk = open(chat, 3, shifts).await;
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
        go(&desk, 0).await;
        desk.minutes(2).await;
        let told = seat.direct(Who::Ben);
        insta::assert_snapshot!(chat.named("shift_offered_many"), told.join("\n\n"));
        for card in &cards {
            assert!(calls(&seat, card).is_empty(), "and no lines besides");
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
        steps: vec![Step {
            wait: 30,
            call: vec![Whom::OnDuty("schicht".into())],
            widen: None,
            raise: false,
            webhook: None,
            only: Condition::default(),
        }],
        rounds: 2,
        acknowledge_minutes: 480,
    };
    rules.chains.insert(chain.name.clone(), chain);
    rules.fallback.policy.first_answer = Some(2000);
    rules.fallback.policy.marks.clear();
    rules.fallback.policy.chain = Some("kette".into());
}

#[tokio::test]
async fn who_has_seen_it_has_seen_it_until_their_shift_ends() {
    for chat in [Chat::Slack, Chat::Discord] {
        let desk = open(chat, 2, seen).await;
        let seat = Seat::new(&desk, chat);
        desk.review(2, TEXT).await;
        let card = seat.card();
        desk.clock.set(at("2026-11-20T09:35:00Z"));
        desk.tick().await;
        let line = seat.last_line(&card);
        seat.press(Who::Anna, &line, "Gesehen").await;
        desk.clock.set(at("2026-11-20T12:59:59Z"));
        desk.tick().await;
        assert_eq!(calls(&seat, &card).len(), 1, "held until 17:30 by what she said");
        go(&desk, 0).await;
        let lines = calls(&seat, &card);
        assert_eq!(lines.len(), 2, "but her shift ended: {lines:?}");
        assert!(lines[1].contains("Ben"), "{lines:?}");
        seat.answer(Who::Ben, &card, "Das tut uns leid. – Ben").await;
        done(desk, chat).await;
    }
}
