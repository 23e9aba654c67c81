//! What must not be overlooked, in both chats: a step that makes an item urgent and calls a service outside, the name of
//! whom it concerns personally, and people whom no direct message reaches.

use standins::sites::faults::Fault;
use zeitnah::domain::people::person::PersonId;
use zeitnah::domain::promise::chain::Chain;
use zeitnah::domain::promise::chain::Starts;
use zeitnah::domain::promise::chain::Step;
use zeitnah::domain::promise::rules::Rules;

use crate::desk::D_ANNA;
use crate::desk::Desk;
use crate::desk::Wish;
use crate::seat::Chat;
use crate::seat::Room;
use crate::seat::Seat;
use crate::seat::Shown;
use crate::seat::Who;
use crate::tune::step;
use crate::tune::watched_by;

const TEXT: &str = "Nette Beratung, aber 40 Minuten Wartezeit.";

async fn done(desk: Desk, chat: Chat) {
    let seat = Seat::new(&desk, chat);
    seat.look_around(&[Room::Care], &[Who::Anna, Who::Ben]);
    for who in [Who::Anna, Who::Ben] {
        seat.direct(who);
    }
    desk.finish().await;
}

/// An hour after it came: urgent, and the pager is called.
fn paged(rules: &mut Rules) {
    rules.digests.clear();
    let page = Step {
        raise: true,
        webhook: Some("pager".into()),
        ..step(60, Vec::new())
    };
    let chain = Chain {
        name: "alarm".into(),
        starts: Starts::AtOnce,
        steps: vec![page],
        rounds: 1,
        acknowledge_minutes: 0,
    };
    watched_by(rules, 600, chain);
}

#[tokio::test]
async fn an_urgent_item_says_so_stands_first_and_calls_a_service_once() {
    for chat in [Chat::Slack, Chat::Discord] {
        let desk = chat.desk(3, paged).await;
        let seat = Seat::new(&desk, chat);
        desk.review(1, TEXT).await;
        let urgent = seat.card();
        let answered = {
            desk.review(2, "Das wird vorher beantwortet.").await;
            seat.card()
        };
        desk.jump("2026-11-20T09:30:00Z").await;
        seat.answer(Who::Anna, &answered, "Das tut uns leid. – Anna")
            .await;
        // It has the call and its answer is lost; then it is away for a moment; then it is back.
        desk.shop.fault(Fault::AnswerLost, 1);
        desk.shop.fault(Fault::ServerError { status: 503 }, 1);
        desk.jump("2026-11-20T10:05:30Z").await;
        for _ in 0..3 {
            desk.minutes(1).await;
        }
        let tries = desk.shop.door().calls().into_iter();
        let tries = tries.filter(|call| call.path == "/shop/calls");
        let met: Vec<_> = tries.map(|call| call.fault).collect();
        assert_eq!(met, [Some("answer_lost"), Some("server_error"), None]);
        let calls = desk.shop.called();
        assert_eq!(
            calls.len(),
            1,
            "the same call however often it was tried: {calls:?}"
        );
        let data = &calls[0]["data"];
        assert_eq!(calls[0]["type"], "escalation.step");
        assert_eq!(
            (&data["urgent"], &data["item"]["stars"], &data["item"]["body"]),
            (&true.into(), &1.into(), &TEXT.into())
        );
        assert_eq!(data["deadline"], "2026-11-20T19:00:00Z");
        assert!(
            !calls[0].to_string().contains("Jule"),
            "without the customer's name"
        );
        assert!(
            seat.text(&urgent).contains("‼ Dringend"),
            "{}",
            seat.text(&urgent)
        );
        let thread = seat.thread(&urgent).join("\n");
        assert!(thread.contains("„pager“ ist verständigt."), "{thread}");
        // What came later is due earlier, and stands behind it.
        desk.review(2, "Das kam danach.").await;
        desk.seconds(1).await;
        let list = seat.command(Who::Anna, "open", None).await;
        let place = |number: &str| {
            list.find(number)
                .unwrap_or_else(|| panic!("{number} is in {list}"))
        };
        assert!(place("Nr. 1 ") < place("Nr. 3 "), "{list}");
        seat.answer(Who::Anna, &urgent, "Das tut uns leid. – Anna").await;
        assert!(!seat.text(&urgent).contains("Dringend"), "{}", seat.text(&urgent));
        let last = seat.card();
        seat.answer(Who::Anna, &last, "Das tut uns leid. – Anna").await;
        done(desk, chat).await;
    }
}

/// Anna's name on it, and a chain of direct messages.
fn personal(rules: &mut Rules) {
    rules.digests.clear();
    let chat = Chat::of(rules);
    rules.fallback.owner = Some(PersonId::new(chat.name(), chat.id(Who::Anna)));
}

#[tokio::test]
async fn a_card_and_a_list_say_whom_it_concerns_personally() {
    for chat in [Chat::Slack, Chat::Discord] {
        let desk = chat.desk(1, personal).await;
        let seat = Seat::new(&desk, chat);
        desk.review(1, TEXT).await;
        desk.minutes(1).await;
        let card = seat.card();
        assert!(
            seat.text(&card).contains("persönlich für Anna"),
            "{}",
            seat.text(&card)
        );
        let list = seat.command(Who::Ben, "open", None).await;
        assert!(list.contains("persönlich für Anna"), "{list}");
        seat.answer(Who::Anna, &card, "Das tut mir leid. – Anna").await;
        assert!(
            !seat.text(&card).contains("persönlich für"),
            "{}",
            seat.text(&card)
        );
        done(desk, chat).await;
    }
}

#[tokio::test]
async fn whom_no_direct_message_reaches_is_called_in_the_room() {
    for chat in [Chat::Slack, Chat::Discord] {
        let desk = Desk::with(Wish {
            replicas: 2,
            tune: |rules| {
                personal(rules);
                rules.gather_seconds = 60;
            },
            absent: &["conversations.open"],
            ..chat.wish()
        })
        .await;
        let seat = Seat::new(&desk, chat);
        desk.discord.change_user(D_ANNA, |anna| anna.closed = true);
        for text in ["Erstens.", "Zweitens."] {
            desk.google.write(crate::desk::STORE, "Jule K.", 2, text).unwrap();
        }
        desk.minutes(6).await;
        let cards = seat.all(Room::Care);
        assert_eq!(cards.len(), 3, "that they are hers personally is one message");
        let is_list = |m: &&Shown| seat.text(m).contains("2 Antworten");
        let (lists, cards): (Vec<&Shown>, Vec<&Shown>) = cards.iter().partition(is_list);
        assert!(seat.text(lists[0]).contains("Anna"), "{}", seat.text(lists[0]));
        // Due on Saturday at 10:00, the reminder at 8:00; both at once are one message, and she takes none.
        desk.jump("2026-11-21T07:30:00Z").await;
        desk.minutes(2).await;
        let messages = seat.all(Room::Care);
        assert!(seat.direct(Who::Anna).is_empty());
        assert_eq!(messages.len(), 4, "one message in the room");
        let list = seat.text(messages.last().unwrap());
        assert!(
            list.contains("Anna") && list.contains("2 Antworten bis"),
            "{list}"
        );
        for card in cards {
            seat.answer(Who::Anna, card, "Das tut mir leid. – Anna").await;
        }
        done(desk, chat).await;
    }
}
