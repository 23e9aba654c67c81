//! What is overdue and let go, in both chats: whoever had it was told alone, so when they have it no more, those who are
//! responsible hear of it once, as soon as they may be called, whichever way it came free.

use chrono::TimeDelta;
use zeitnah::domain::people::rights::Grant;
use zeitnah::domain::people::rights::Grantee;
use zeitnah::domain::people::rights::Role;
use zeitnah::domain::promise::rules::Rules;
use zeitnah::domain::time::calendar::Quiet;

use crate::desk::BEN;
use crate::desk::D_ANNA;
use crate::desk::Desk;
use crate::desk::TEAM;
use crate::seat::Chat;
use crate::seat::Room;
use crate::seat::Seat;
use crate::seat::Shown;
use crate::seat::Who;
use crate::tune;

const TEXT: &str = "Nette Beratung, aber 40 Minuten Wartezeit.";

/// Seen at 10:00 in Berlin, which is 9:00 UTC: due two hours later, without a warning and without a chain.
fn two_hours(rules: &mut Rules) {
    rules.digests.clear();
    rules.fallback.policy.first_answer = Some(120);
    rules.fallback.policy.marks.clear();
}

async fn done(desk: Desk, chat: Chat) {
    Seat::new(&desk, chat).look_around(&[Room::Care, Room::Leads], &[Who::Anna, Who::Ben]);
    desk.finish().await;
}

/// Anna has it when its time is over, and is told so alone.
async fn overdue_with_anna(desk: &Desk, seat: &Seat<'_>) -> Shown {
    desk.review(2, TEXT).await;
    let card = seat.card();
    desk.jump("2026-11-20T10:55:00Z").await;
    seat.press(Who::Anna, &card, "Übernehmen").await;
    desk.jump("2026-11-20T11:00:00Z").await;
    let calls = seat.calls(&card);
    assert_eq!(calls.len(), 1, "{calls:?}");
    assert!(
        calls[0].contains("Anna") && calls[0].contains("antworte jetzt oder gib zurück"),
        "{calls:?}"
    );
    let line = seat.last_line(&card);
    let buttons = seat.buttons(&line).join(" ");
    assert!(
        buttons.contains("Zurückgeben") && !buttons.contains("Übernehmen"),
        "nobody takes what is theirs: {buttons}"
    );
    card
}

/// The team is called about it once, and not again.
async fn team_is_called_once(desk: &Desk, seat: &Seat<'_>, card: &Shown, before: usize) {
    let calls = seat.calls(card);
    assert_eq!(calls.len(), before + 1, "{calls:?}");
    let last = calls.last().unwrap();
    assert!(last.starts_with("@care-team"), "{last}");
    assert!(
        last.contains("vorbei, und niemand ist mehr dran. Wer übernimmt?"),
        "{last}"
    );
    desk.minutes(20).await;
    desk.hours(3).await;
    assert_eq!(
        seat.calls(card).len(),
        before + 1,
        "and not again: {:?}",
        seat.calls(card)
    );
}

#[tokio::test]
async fn whose_time_is_up_lets_the_team_know_what_is_overdue() {
    for chat in [Chat::Slack, Chat::Discord] {
        let desk = chat.desk(3, two_hours).await;
        let seat = Seat::new(&desk, chat);
        let card = overdue_with_anna(&desk, &seat).await;
        desk.jump("2026-11-20T11:09:59Z").await;
        assert_eq!(seat.calls(&card).len(), 1, "not a second early");
        desk.jump("2026-11-20T11:10:00Z").await;
        team_is_called_once(&desk, &seat, &card, 1).await;
        // Somebody takes it and lets it go as well: nobody has it any more once more.
        seat.press(Who::Ben, &card, "Übernehmen").await;
        desk.minutes(15).await;
        team_is_called_once(&desk, &seat, &card, 2).await;
        seat.answer(Who::Ben, &card, "Das tut uns leid. – Ben").await;
        done(desk, chat).await;
    }
}

#[tokio::test]
async fn who_gives_back_what_is_overdue_lets_the_team_know() {
    for chat in [Chat::Slack, Chat::Discord] {
        let desk = chat.desk(2, two_hours).await;
        let seat = Seat::new(&desk, chat);
        let card = overdue_with_anna(&desk, &seat).await;
        seat.press(Who::Anna, &card, "Zurückgeben").await;
        team_is_called_once(&desk, &seat, &card, 1).await;
        // What is not overdue is given back without a word to anybody.
        desk.review(2, "Etwas anderes.").await;
        let other = seat.card();
        seat.press(Who::Anna, &other, "Übernehmen").await;
        seat.press(Who::Anna, &other, "Zurückgeben").await;
        assert!(seat.calls(&other).is_empty());
        done(desk, chat).await;
    }
}

#[tokio::test]
async fn what_was_put_aside_overdue_comes_back_to_the_team() {
    for chat in [Chat::Slack, Chat::Discord] {
        let desk = chat.desk(2, two_hours).await;
        let seat = Seat::new(&desk, chat);
        let card = overdue_with_anna(&desk, &seat).await;
        seat.choose(Who::Anna, &card, "Zurückstellen").await;
        seat.submit(Who::Anna, &[("until", "evening")]).await;
        desk.go("2026-11-20T16:59:59Z", TimeDelta::minutes(30)).await;
        assert_eq!(seat.calls(&card).len(), 1, "put aside is put aside");
        desk.jump("2026-11-20T17:00:00Z").await;
        let calls = seat.calls(&card);
        assert!(
            calls[1].contains("Wieder da") && calls[1].contains("ist vorbei"),
            "whoever put it aside: {calls:?}"
        );
        team_is_called_once(&desk, &seat, &card, 2).await;
        done(desk, chat).await;
    }
}

#[tokio::test]
async fn what_nobody_accepts_at_a_shifts_end_says_that_it_is_overdue() {
    for chat in [Chat::Slack, Chat::Discord] {
        let desk = chat
            .desk(2, |rules| {
                two_hours(rules);
                tune::shifts(rules, [6, 14, 22]);
            })
            .await;
        let seat = Seat::new(&desk, chat);
        let card = overdue_with_anna(&desk, &seat).await;
        desk.jump("2026-11-20T13:00:00Z").await;
        assert_eq!(
            seat.calls(&card).len(),
            2,
            "Ben is asked: {:?}",
            seat.calls(&card)
        );
        desk.jump("2026-11-20T13:15:00Z").await;
        let calls = seat.calls(&card);
        assert_eq!(calls.len(), 3, "{calls:?}");
        assert!(
            calls[2].starts_with("@care-team") && calls[2].contains("angenommen, und die Frist"),
            "{calls:?}"
        );
        desk.hours(3).await;
        assert_eq!(seat.calls(&card).len(), 3, "told once: {:?}", seat.calls(&card));
        done(desk, chat).await;
    }
}

#[tokio::test]
async fn who_may_not_answer_any_more_holds_nothing() {
    for chat in [Chat::Slack, Chat::Discord] {
        let desk = chat
            .desk(2, |rules| {
                two_hours(rules);
                rules.claim_minutes = 600;
            })
            .await;
        let seat = Seat::new(&desk, chat);
        let card = overdue_with_anna(&desk, &seat).await;
        match chat {
            Chat::Slack => {
                assert!(desk.slack.set_group_users(TEAM, &[BEN]).await.acked);
                desk.settle().await;
                desk.tick().await;
            }
            // Discord tells who has which role with a press, and not before.
            Chat::Discord => {
                desk.discord.change_user(D_ANNA, |user| user.roles.clear());
                seat.press(Who::Anna, &card, "Antworten").await;
            }
        }
        let thread = seat.thread(&card).join("\n");
        assert!(thread.contains("darf hier nicht mehr antworten"), "{thread}");
        team_is_called_once(&desk, &seat, &card, 1).await;
        seat.answer(Who::Ben, &card, "Das tut uns leid. – Ben").await;
        done(desk, chat).await;
    }
}

/// As above, but it all happens in the night.
#[tokio::test]
async fn what_came_free_at_night_is_in_the_mornings_one_message() {
    for chat in [Chat::Slack, Chat::Discord] {
        let desk = chat
            .desk(2, |rules| {
                two_hours(rules);
                rules.gather_seconds = 60;
                // The whole story is in quiet hours, until 18:00 in Berlin.
                for channel in rules.channels.values_mut() {
                    channel.quiet = Quiet::parse("10:30-18:00");
                }
            })
            .await;
        let seat = Seat::new(&desk, chat);
        let mut cards = Vec::new();
        for text in ["Erstens.", "Zweitens."] {
            desk.review(2, text).await;
            cards.push(seat.card());
        }
        desk.jump("2026-11-20T10:58:00Z").await;
        // Anna has the first when its time is over; the second has nobody.
        seat.press(Who::Anna, &cards[0], "Übernehmen").await;
        desk.go("2026-11-20T16:59:00Z", TimeDelta::minutes(7)).await;
        assert!(
            cards.iter().all(|card| seat.calls(card).is_empty()),
            "nobody is called"
        );
        desk.go("2026-11-20T17:05:00Z", TimeDelta::minutes(2)).await;
        let told: Vec<String> = seat
            .all(Room::Care)
            .iter()
            .map(|message| seat.text(message))
            .filter(|text| text.contains("Antworten sind überfällig"))
            .collect();
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].contains("2 Antworten"), "both: {told:?}");
        let direct = seat.direct(Who::Anna);
        assert!(
            direct.is_empty() && cards.iter().all(|card| seat.calls(card).is_empty()),
            "Anna has nothing to answer for any more: {direct:?}"
        );
        for card in &cards {
            seat.answer(Who::Ben, card, "Das tut uns leid. – Ben").await;
        }
        done(desk, chat).await;
    }
}

/// A shop's team that may answer in the morning: the group was asked in the night, and before it could hear it Anna took
/// the item and let it go.
#[tokio::test]
async fn a_call_that_was_moot_when_it_could_be_heard_is_made_when_it_is_not() {
    for chat in [Chat::Slack, Chat::Discord] {
        let desk = chat
            .desk(1, |rules| {
                two_hours(rules);
                for channel in rules.channels.values_mut() {
                    channel.quiet = Quiet::parse("10:30-13:00");
                }
            })
            .await;
        let seat = Seat::new(&desk, chat);
        desk.review(2, TEXT).await;
        let card = seat.card();
        desk.jump("2026-11-20T11:55:00Z").await;
        seat.press(Who::Anna, &card, "Übernehmen").await;
        desk.jump("2026-11-20T12:05:00Z").await;
        assert!(seat.calls(&card).is_empty(), "Anna is on it");
        desk.jump("2026-11-20T12:10:00Z").await;
        team_is_called_once(&desk, &seat, &card, 0).await;
        done(desk, chat).await;
    }
}

/// The same by a line of the file, as soon as a replica has started with it. Whoever still may keeps what they have, and so
/// does whoever was called about it.
#[tokio::test]
async fn who_may_not_answer_any_more_by_the_file_holds_nothing() {
    fn only_ben(rules: &mut Rules) {
        two_hours(rules);
        let chat = Chat::of(rules);
        rules.grants = vec![Grant {
            role: Role::Responder,
            chat: chat.name().into(),
            to: Grantee::Person(chat.id(Who::Ben).into()),
            channels: vec![],
        }];
    }
    // By their whole name, once the chat was asked for it.
    let has_it = |card: &str, name: &str| card.contains(name) && card.contains("ist dran");
    for chat in [Chat::Slack, Chat::Discord] {
        let mut desk = chat.desk(1, two_hours).await;
        let looked = async |desk: &Desk| {
            let me = uuid::Uuid::from_u128(1);
            assert!(desk.apps[0].desk.unseat_by_file(me).await.unwrap());
            desk.settle().await;
        };
        looked(&desk).await;
        desk.review(2, TEXT).await;
        desk.review(3, "Die Klinge ist stumpf.").await;
        let cards = Seat::new(&desk, chat).all(Room::Care);
        let [annas, bens] = &cards[..] else {
            panic!("{cards:?}")
        };
        let seat = Seat::new(&desk, chat);
        seat.press(Who::Anna, annas, "Übernehmen").await;
        seat.press(Who::Ben, bens, "Übernehmen").await;
        desk.kill(0);
        desk.revive().await;
        looked(&desk).await;
        assert!(has_it(&Seat::new(&desk, chat).text(annas), "Anna"));

        desk.retune(only_ben);
        desk.kill(0);
        desk.revive().await;
        desk.tick().await;
        looked(&desk).await;
        let seat = Seat::new(&desk, chat);
        let thread = seat.thread(annas).join("\n");
        assert!(
            thread.contains("Anna") && thread.contains("darf hier nicht mehr antworten"),
            "{thread}"
        );
        assert!(seat.text(annas).contains("frei"), "{}", seat.text(annas));
        assert!(has_it(&seat.text(bens), "Ben"), "{}", seat.text(bens));
        seat.thread(bens);

        // Who was called about it while it was overdue took it for good.
        desk.jump("2026-11-20T11:00:00Z").await;
        if chat == Chat::Slack {
            seat.press(Who::Anna, annas, "Übernehmen").await;
            // Rights of before, as far as the next one knows.
            let forgotten = "DELETE FROM leader WHERE name = 'rights' RETURNING name";
            assert_eq!(desk.rows::<String>(forgotten).await.len(), 1);
            looked(&desk).await;
            assert!(has_it(&seat.text(annas), "Anna"), "{}", seat.text(annas));
        }
        for card in [annas, bens] {
            seat.thread(card);
        }
        done(desk, chat).await;
    }
}
