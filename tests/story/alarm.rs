//! A source that cannot be read, or from which nothing comes for unusually long: the room where its posts go hears of it once,
//! and once when it is over.

use standins::sites::faults::Fault;

use crate::desk::Desk;
use crate::seat::Chat;
use crate::seat::Room;
use crate::seat::Seat;

/// What stands in the care room, oldest first.
fn lines(seat: &Seat<'_>) -> Vec<String> {
    let all = seat.all(Room::Care);
    all.iter().map(|shown| seat.text(shown)).collect()
}

/// Beside the digests of each morning.
fn silences(seat: &Seat<'_>) -> Vec<String> {
    let mut lines = lines(seat);
    lines.retain(|line| line.contains("nichts mehr"));
    lines
}

fn has(text: &str, part: &str) {
    assert!(text.contains(part), "{part:?} is not in\n{text}");
}

async fn quiet_for(desk: &Desk, hours: i64) {
    for _ in 0..hours * 4 {
        desk.minutes(15).await;
    }
}

#[tokio::test]
async fn an_access_that_was_taken_away_is_told_once_with_what_helps_and_once_when_it_is_back() {
    for chat in [Chat::Slack, Chat::Discord] {
        let desk = chat.desk(2, |_| {}).await;
        let seat = Seat::new(&desk, chat);
        desk.minutes(5).await;
        desk.google.fault(Fault::Deny, u32::MAX);
        desk.minutes(5).await;
        assert_eq!(lines(&seat), Vec::<String>::new(), "once may be an accident");

        desk.minutes(6).await;
        let told = lines(&seat);
        assert_eq!(told.len(), 1, "{told:#?}");
        has(&told[0], "Google lässt uns seit");
        has(&told[0], "nicht mehr lesen");
        has(&told[0], "„zeitnah check“");
        quiet_for(&desk, 12).await;
        assert_eq!(lines(&seat).len(), 1, "said once");

        desk.google.heal();
        desk.minutes(6).await;
        let told = lines(&seat);
        assert_eq!(told.len(), 2, "{told:#?}");
        has(&told[1], "Google kann ich wieder lesen.");
        // And what was written meanwhile comes.
        desk.google.fault(Fault::Deny, u32::MAX);
        desk.minutes(6).await;
        desk.minutes(6).await;
        assert_eq!(
            lines(&seat).len(),
            3,
            "the night is over, and this is another time"
        );
        for _ in 0..5 {
            desk.google.heal();
            desk.minutes(6).await;
            desk.google.fault(Fault::Deny, u32::MAX);
            desk.minutes(6).await;
            desk.minutes(6).await;
        }
        assert_eq!(lines(&seat).len(), 4, "coming and going is not told each time");
        desk.google.heal();
        desk.review(2, "Niemand geht ans Telefon.").await;
        desk.minutes(6).await;
        let told = lines(&seat);
        has(told.last().unwrap(), "Niemand geht ans Telefon.");
        assert_eq!(told.len(), 5, "{told:#?}");
        desk.finish().await;
    }
}

#[tokio::test]
async fn who_is_away_for_a_while_is_told_of_after_half_an_hour_and_nobody_is_asked_to_help() {
    for chat in [Chat::Slack, Chat::Discord] {
        let desk = chat.desk(2, |_| {}).await;
        let seat = Seat::new(&desk, chat);
        desk.minutes(5).await;
        desk.google.fault(Fault::ServerError { status: 503 }, u32::MAX);
        for _ in 0..20 {
            desk.minutes(1).await;
        }
        desk.google.heal();
        desk.minutes(6).await;
        assert_eq!(lines(&seat), Vec::<String>::new(), "nobody missed it");

        desk.google.fault(Fault::ServerError { status: 503 }, u32::MAX);
        quiet_for(&desk, 2).await;
        let told = lines(&seat);
        assert_eq!(told.len(), 1, "{told:#?}");
        has(&told[0], "Google antwortet uns seit");
        assert!(!told[0].contains("zeitnah check"), "{}", told[0]);
        desk.google.heal();
        desk.minutes(15).await;
        assert_eq!(lines(&seat).len(), 2);
        desk.finish().await;
    }
}

#[tokio::test]
async fn who_is_silent_for_longer_than_ever_is_told_of_once_and_again_after_the_next_silence() {
    for chat in [Chat::Slack, Chat::Discord] {
        let desk = chat.desk(2, |_| {}).await;
        let seat = Seat::new(&desk, chat);
        let written = async |n: i64| {
            let item = serde_json::json!({
                "id": format!("r{n}"), "rating": 5, "body": "Läuft.", "reply": { "body": "Danke." },
            });
            let (status, said) = desk.push(&format!("d{n}"), item.to_string()).await;
            assert!((200..300).contains(&status), "{status} {said}");
        };
        for n in 0..24 {
            written(n).await;
            desk.hours(18).await;
        }
        desk.hours(17).await;
        assert_eq!(silences(&seat), Vec::<String>::new());
        desk.hours(2).await;
        let told = silences(&seat);
        assert_eq!(told.len(), 1, "{told:#?}");
        has(&told[0], "höchstens 18 Std.");
        desk.hours(24).await;
        desk.hours(24).await;
        assert_eq!(silences(&seat).len(), 1, "said once");

        // It is measured against what is known now: that silence, too.
        written(24).await;
        desk.hours(100).await;
        assert_eq!(silences(&seat).len(), 1);
        desk.hours(100).await;
        assert_eq!(silences(&seat).len(), 2);
        desk.finish().await;
    }
}
