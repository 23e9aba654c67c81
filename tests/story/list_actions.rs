//! The buttons below a digest: overdue ones are taken from it, the oldest is taken by one press, lists come privately and
//! turn their pages. Rights are looked at on each press.

use serde_json::Value;
use zeitnah::domain::promise::rules::Rules;

use crate::desk::Desk;
use crate::desk::Wish;
use crate::seat::Chat;
use crate::seat::Room;
use crate::seat::Seat;
use crate::seat::Who;
use crate::seat::Who::Anna;
use crate::seat::Who::Ben;
use crate::seat::Who::Gast;

const BOTH: [Chat; 2] = [Chat::Slack, Chat::Discord];

fn unwarned(rules: &mut Rules) {
    rules.fallback.policy.marks.clear();
}

/// What can be done in the private message that somebody was told last.
fn offered(seat: &Seat<'_>, who: Who) -> Vec<String> {
    let last = seat.last_told(who);
    match seat.chat {
        Chat::Slack => {
            let private = seat.desk.slack.see_ephemerals(seat.chat.id(who)).pop().unwrap();
            let read_out = |b: &Value| {
                let label = b["accessibility_label"].as_str().or(b["text"]["text"].as_str());
                label.map(str::to_owned)
            };
            let elements = |block: &Value| -> Vec<Value> {
                let list = block["elements"].as_array().cloned().unwrap_or_default();
                match block["type"].as_str() {
                    Some("actions") => list,
                    _ => vec![block["accessory"].clone()],
                }
            };
            let all = private.blocks.iter().flat_map(elements);
            all.filter_map(|b| read_out(&b)).collect()
        }
        Chat::Discord => seat.buttons(&last),
    }
}

/// Twelve overdue ones and a digest that lists them.
async fn with_digest(chat: Chat) -> Desk {
    let desk = before_digest(chat).await;
    desk.hours(1).await;
    desk
}

/// An hour earlier.
async fn before_digest(chat: Chat) -> Desk {
    let desk = Desk::with(Wish {
        replicas: 2,
        tune: unwarned,
        ..chat.wish()
    })
    .await;
    desk.tick().await;
    for n in 1..=17 {
        let published = if n <= 12 { "2026-11-19T20" } else { "2026-11-20T08" };
        let body = format!(
            r#"{{"id":"r{n}","rating":2,"body":"Nummer {n}.","published_at":"{published}:{n:02}:00Z"}}"#
        );
        desk.push(&format!("d{n}"), body).await;
    }
    for _ in 0..21 {
        desk.hours(1).await;
    }
    desk
}

async fn done(desk: Desk, chat: Chat) {
    Seat::new(&desk, chat).look_around(&[Room::Care, Room::Leads], &[Anna, Ben, Gast]);
    desk.everything();
    desk.finish().await;
}

async fn holder(desk: &Desk, number: i64) -> Option<String> {
    desk.row(format!(
        "SELECT CASE WHEN state = 'claimed' THEN handling ->> 'by' END FROM item WHERE number = {number}"
    ))
    .await
}

#[tokio::test]
async fn what_is_overdue_is_taken_from_the_digest_and_each_press_is_judged_anew() {
    for chat in BOTH {
        let desk = with_digest(chat).await;
        let seat = Seat::new(&desk, chat);
        let digest = seat.card();
        let buttons = seat.buttons(&digest);
        assert_eq!(
            buttons,
            [
                "Übernehmen: Nr. 1",
                "Übernehmen: Nr. 2",
                "Übernehmen: Nr. 3",
                "Übernehmen: Nr. 4",
                "Übernehmen: Nr. 5",
                "Überfällige zeigen",
                "Den ältesten nehmen",
                "Ganze Liste öffnen",
            ]
        );
        seat.press(Ben, &digest, "Übernehmen: Nr. 2").await;
        assert_eq!(
            holder(&desk, 2).await.as_deref(),
            Some(person(chat, Ben).as_str())
        );
        seat.press(Anna, &digest, "Übernehmen: Nr. 2").await;
        assert!(seat.told(Anna).contains("Ben"), "{}", seat.told(Anna));
        for button in [
            "Übernehmen: Nr. 1",
            "Den ältesten nehmen",
            "Überfällige zeigen",
            "Ganze Liste öffnen",
        ] {
            seat.press(Gast, &digest, button).await;
            assert!(
                seat.told(Gast).contains("hast du hier das Recht")
                    || seat.told(Gast).contains("brauchst du hier das Recht"),
                "{button}: {}",
                seat.told(Gast)
            );
        }
        assert_eq!(holder(&desk, 1).await, None);
        done(desk, chat).await;
    }
}

fn person(chat: Chat, who: Who) -> String {
    let name = match chat {
        Chat::Slack => "slack",
        Chat::Discord => "discord",
    };
    format!("{name}:{}", chat.id(who))
}

#[tokio::test]
async fn the_oldest_is_taken_once_however_often_it_is_pressed() {
    for chat in BOTH {
        let desk = with_digest(chat).await;
        let seat = Seat::new(&desk, chat);
        let digest = seat.card();
        seat.press(Anna, &digest, "Den ältesten nehmen").await;
        let first = seat.told(Anna);
        assert!(
            first.contains("Nr. 1 ") && first.contains("ist jetzt deiner"),
            "{first}"
        );
        seat.press(Anna, &digest, "Den ältesten nehmen").await;
        let again = seat.told(Anna);
        assert!(
            again.contains("Nr. 1 ") && again.contains("hast du schon"),
            "{again}"
        );
        // Whoever comes next gets the next.
        seat.press(Ben, &digest, "Den ältesten nehmen").await;
        let bens = seat.told(Ben);
        assert!(
            bens.contains("Nr. 2 ") && bens.contains("ist jetzt deiner"),
            "{bens}"
        );
        let claimed: i64 = desk
            .row("SELECT count(*) FROM item_event WHERE what = 'claimed'")
            .await;
        assert_eq!(claimed, 2);
        done(desk, chat).await;
    }
}

#[tokio::test]
async fn what_somebody_is_at_has_no_button_and_what_sleeps_is_not_the_oldest() {
    for chat in BOTH {
        let desk = before_digest(chat).await;
        let seat = Seat::new(&desk, chat);
        let all = seat.all(Room::Care).into_iter();
        let mut first = all.filter(|card| seat.text(card).contains("Nummer 1."));
        let first = first.next().expect("its card");
        seat.choose(Anna, &first, "Zurückstellen").await;
        seat.submit(Anna, &[("until", "monday")]).await;
        desk.minutes(50).await;
        seat.command(Ben, "take", Some(2)).await;
        desk.minutes(10).await;
        let digest = seat.card();
        let buttons = seat.buttons(&digest);
        assert!(!buttons.contains(&"Übernehmen: Nr. 2".to_owned()), "{buttons:?}");
        assert!(buttons.contains(&"Übernehmen: Nr. 3".to_owned()), "{buttons:?}");
        seat.press(Anna, &digest, "Den ältesten nehmen").await;
        let oldest = seat.told(Anna);
        assert!(
            oldest.contains("Nr. 3 ") && oldest.contains("ist jetzt deiner"),
            "{oldest}"
        );
        done(desk, chat).await;
    }
}

#[tokio::test]
async fn what_was_taken_can_be_answered_from_where_it_was_said() {
    for chat in BOTH {
        let desk = Desk::with(Wish {
            tune: unwarned,
            ..chat.wish()
        })
        .await;
        let seat = Seat::new(&desk, chat);
        desk.tick().await;
        desk.review(2, "Nette Beratung, aber 40 Minuten Wartezeit.").await;
        for _ in 0..22 {
            desk.hours(1).await;
        }
        let digest = seat.card();
        assert_eq!(
            seat.buttons(&digest),
            ["Den ältesten nehmen", "Ganze Liste öffnen"],
            "nothing is overdue"
        );
        seat.press(Anna, &digest, "Den ältesten nehmen").await;
        let (private, said) = (seat.last_told(Anna), seat.told(Anna));
        assert!(said.contains("ist jetzt deiner"), "{said}");
        assert_eq!(offered(&seat, Anna), ["Antworten auf Nr. 1"]);
        seat.press(Anna, &private, "Antworten auf Nr. 1").await;
        assert!(
            seat.form(Anna).contains("40 Minuten Wartezeit"),
            "{}",
            seat.form(Anna)
        );
        seat.submit(Anna, &[("text", "Das tut uns leid. – Anna")]).await;
        assert!(
            seat.form(Anna).contains("Das tut uns leid."),
            "{}",
            seat.form(Anna)
        );
        done(desk, chat).await;
    }
}

#[tokio::test]
async fn lists_turn_their_pages_and_are_for_one_person() {
    for chat in BOTH {
        let desk = with_digest(chat).await;
        let seat = Seat::new(&desk, chat);
        let digest = seat.card();
        seat.press(Anna, &digest, "Überfällige zeigen").await;
        let overdue = seat.told(Anna);
        assert!(
            overdue.contains("sind 12 Beiträge überfällig") && !overdue.contains("Nr. 6 ·"),
            "{overdue}"
        );
        let takes = |numbers: std::ops::RangeInclusive<i64>| -> Vec<String> {
            numbers.map(|n| format!("Übernehmen: Nr. {n}")).collect()
        };
        let on = |more: &[&str]| more.iter().map(|label| (*label).to_owned()).collect::<Vec<_>>();
        let (next, back, all) = ("Weiter ›", "‹ Zurück", "In allen Kanälen zeigen");
        assert_eq!(offered(&seat, Anna), [takes(1..=5), on(&[next, all])].concat());
        assert!(overdue.contains("Seite 1 von 3"), "{overdue}");
        seat.press(Anna, &digest, "Ganze Liste öffnen").await;
        let (page, first) = (seat.last_told(Anna), seat.told(Anna));
        assert!(
            first.contains("sind 17 Beiträge offen, 12 davon überfällig:"),
            "{first}"
        );
        assert!(first.contains("Nr. 5 ·") && !first.contains("Nr. 6 ·"), "{first}");
        assert!(first.contains("Seite 1 von 4"), "{first}");
        assert_eq!(offered(&seat, Anna), [takes(1..=5), on(&[next, all])].concat());
        seat.press(Anna, &page, next).await;
        seat.press(Anna, &seat.last_told(Anna), next).await;
        seat.press(Anna, &seat.last_told(Anna), next).await;
        let (page, last) = (seat.last_told(Anna), seat.told(Anna));
        assert!(last.contains("Nr. 17 ·") && !last.contains("Nr. 15 ·"), "{last}");
        assert!(last.contains("Seite 4 von 4"), "{last}");
        assert_eq!(offered(&seat, Anna), [takes(16..=17), on(&[back, all])].concat());
        // Whoever has taken one writes from there; somebody else's has no button.
        seat.press(Anna, &page, "Übernehmen: Nr. 16").await;
        seat.press(Anna, &page, "‹ Zurück").await;
        seat.press(Anna, &seat.last_told(Anna), "Weiter ›").await;
        assert_eq!(
            offered(&seat, Anna),
            ["Übernehmen: Nr. 17", back, all],
            "the forum takes no answers"
        );
        seat.press(Anna, &page, "‹ Zurück").await;
        assert!(seat.told(Anna).contains("Seite 3 von 4"));
        assert!(seat.whispers(Ben).is_empty(), "nobody else saw it");
        done(desk, chat).await;
    }
}
