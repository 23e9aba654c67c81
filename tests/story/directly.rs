//! What reaches somebody alone, as they set it: in their language, once a day by their own clock, and where they take no
//! direct messages, a word in the room instead of silence. In both chats.

use chrono::DateTime;
use chrono::TimeDelta;
use chrono::Utc;
use zeitnah::domain::people::person::PersonId;
use zeitnah::domain::promise::rules::Rules;
use zeitnah::domain::show::digest::plan::DigestPlan;
use zeitnah::port::clock::Clock as _;

use crate::desk::ANNA;
use crate::desk::D_ANNA;
use crate::desk::Desk;
use crate::desk::STORE;
use crate::desk::Wish;
use crate::seat::Chat;
use crate::seat::Room;
use crate::seat::Seat;
use crate::seat::Who;
use crate::seat::Who::Anna;
use crate::seat::Who::Ben;
use crate::seat::Who::Gast;

fn plain(rules: &mut Rules) {
    rules.digests.clear();
    rules.fallback.policy.marks.clear();
}

async fn go(desk: &Desk, to: &str) {
    let to: DateTime<Utc> = to.parse().unwrap();
    while desk.clock.now() < to {
        let next = desk.clock.now() + TimeDelta::minutes(30);
        desk.clock.set(next.min(to));
        desk.tick().await;
    }
}

/// Presses a button of one's home, wherever the chat shows it.
async fn at_home(seat: &Seat<'_>, who: Who, what: &str) {
    match seat.chat {
        Chat::Slack => {
            let id = seat.chat.id(who);
            assert!(seat.desk.slack.open_home(id).await.acked);
            seat.desk.settle().await;
            seat.desk.seconds(11).await;
        }
        Chat::Discord => {
            seat.command(who, "home", None).await;
        }
    }
    seat.set(who, what).await;
}

/// What the last press was answered with.
fn answer(seat: &Seat<'_>, who: Who) -> String {
    match seat.chat {
        // Whoever presses in a place of their own is told directly.
        Chat::Slack => seat.direct(who).pop().unwrap_or_default(),
        Chat::Discord => seat.told(who),
    }
}

fn digests(seat: &Seat<'_>, who: Who) -> Vec<String> {
    let all = seat.direct(who).into_iter();
    let heads = ["new post", "Nothing new", "neuer Beitrag", "Nichts Neues"];
    all.filter(|text| heads.iter().any(|head| text.contains(head)))
        .collect()
}

async fn done(desk: Desk, chat: Chat) {
    let seat = Seat::new(&desk, chat);
    for room in [Room::Care, Room::Leads] {
        for message in seat.all(room) {
            seat.thread(&message);
        }
    }
    for who in [Anna, Ben, Gast] {
        seat.whispers(who);
        seat.direct(who);
    }
    desk.everything();
    desk.finish().await;
}

#[tokio::test]
async fn the_days_numbers_come_once_each_morning_in_ones_own_language() {
    for chat in [Chat::Slack, Chat::Discord] {
        let desk = Desk::with(Wish {
            replicas: 3,
            skew: &[0, 30, -30],
            tune: plain,
            ..chat.wish()
        })
        .await;
        let seat = Seat::new(&desk, chat);
        desk.tick().await;
        desk.review(2, "Nette Beratung, aber 40 Minuten Wartezeit.").await;
        let mut said = Vec::new();
        for button in ["Tägliche Zahlen an mich", "In English"] {
            at_home(&seat, Anna, button).await;
            said.push(answer(&seat, Anna));
        }
        insta::assert_snapshot!(chat.named("own_settings"), said.join("\n\n"));
        // Alone with her it is English, and for everybody else nothing has changed.
        let mine = seat.command(Anna, "mine", None).await;
        assert!(mine.contains("You have"), "{mine}");
        let bens = seat.command(Ben, "mine", None).await;
        assert!(bens.contains("Du hast"), "{bens}");
        let card = seat.card();
        assert!(seat.buttons(&card).contains(&"Antworten".to_owned()));
        go(&desk, "2026-11-21T06:59:00Z").await;
        assert!(digests(&seat, Anna).is_empty(), "not before eight");
        go(&desk, "2026-11-21T07:05:00Z").await;
        let got = digests(&seat, Anna);
        assert_eq!(got.len(), 1, "{got:?}");
        assert!(got[0].contains("One new post"), "{got:?}");
        // Longer quiet hours move it, and not to a second one today.
        at_home(&seat, Anna, "Quiet hours 18:00-08:00").await;
        let told = seat.quiet(Anna, "20:00-09:00").await;
        assert!(told.contains("20:00-09:00"), "{told}");
        go(&desk, "2026-11-21T12:00:00Z").await;
        assert_eq!(digests(&seat, Anna).len(), 1);
        go(&desk, "2026-11-22T07:45:00Z").await;
        assert_eq!(digests(&seat, Anna).len(), 1, "her quiet hours end at nine");
        go(&desk, "2026-11-22T08:05:00Z").await;
        assert_eq!(digests(&seat, Anna).len(), 2);
        at_home(&seat, Anna, "No daily numbers any more").await;
        go(&desk, "2026-11-23T12:00:00Z").await;
        assert_eq!(digests(&seat, Anna).len(), 2);
        let slots = "SELECT slot::text FROM digest_slot ORDER BY slot";
        assert_eq!(
            desk.rows::<String>(slots).await,
            ["2026-11-21 08:00:00", "2026-11-22 09:00:00"]
        );
        done(desk, chat).await;
    }
}

#[tokio::test]
async fn whom_a_digest_does_not_reach_is_told_so_once_where_its_channel_is() {
    for chat in [Chat::Slack, Chat::Discord] {
        let desk = Desk::with(Wish {
            replicas: 2,
            tune: |rules| {
                rules.fallback.policy.marks.clear();
                let chat = rules.channels["care"].chat.clone();
                let anna = if chat == "slack" { ANNA } else { D_ANNA };
                rules.digests = vec![DigestPlan {
                    name: "anna".into(),
                    to: Some(PersonId::new(chat, anna)),
                    ..rules.digests[0].clone()
                }];
            },
            absent: &["conversations.open"],
            ..chat.wish()
        })
        .await;
        let seat = Seat::new(&desk, chat);
        desk.discord.change_user(D_ANNA, |anna| anna.closed = true);
        desk.tick().await;
        desk.google.write(STORE, "Jule K.", 2, "Nette Beratung.").unwrap();
        go(&desk, "2026-11-23T09:00:00Z").await;
        let notes = || -> Vec<String> {
            let all = seat.all(Room::Care);
            all.iter()
                .map(|m| seat.text(m))
                .filter(|text| text.contains("nicht direkt schicken"))
                .collect()
        };
        let told = notes();
        assert_eq!(told.len(), 1, "once, not each morning: {told:?}");
        insta::assert_snapshot!(chat.named("digest_closed"), told[0]);
        assert!(seat.direct(Anna).is_empty());
        let slots: i64 = desk.row("SELECT count(*) FROM digest_slot").await;
        assert_eq!(slots, 3, "and no slot is tried for ever");
        let left: i64 = desk
            .row("SELECT count(*) FROM effect WHERE kind = 'send_digest' AND state <> 'done'")
            .await;
        assert_eq!(left, 0);
        if chat == Chat::Discord {
            desk.discord.change_user(D_ANNA, |anna| anna.closed = false);
            go(&desk, "2026-11-24T09:00:00Z").await;
            assert_eq!(digests(&seat, Anna).len(), 1);
            desk.discord.change_user(D_ANNA, |anna| anna.closed = true);
            go(&desk, "2026-11-25T09:00:00Z").await;
            assert_eq!(notes().len(), 2, "it is news again");
        }
        done(desk, chat).await;
    }
}
