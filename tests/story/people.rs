//! Several people at one card: who was first, who may, who is told what. A press is judged by what is true now, and
//! whoever does not get what they wanted gets a private sentence that says why.

use chrono::TimeDelta;
use standins::slack::Fault;
use standins::slack::Kind;
use standins::slack::Message;
use standins::slack::Ping;
use zeitnah::domain::item::policy::Policy;
use zeitnah::domain::people::person::Mention;
use zeitnah::domain::people::rights::Circle;
use zeitnah::domain::people::rights::Grant;
use zeitnah::domain::people::rights::Grantee;
use zeitnah::domain::people::rights::Role;
use zeitnah::domain::promise::rules::Rules;

use crate::desk::ANNA;
use crate::desk::BEN;
use crate::desk::CARE;
use crate::desk::CARLA;
use crate::desk::Desk;
use crate::desk::GAST;
use crate::desk::LEADS;
use crate::desk::TEAM;
use crate::desk::Wish;
use crate::seat::Chat;
use crate::seat::Room;
use crate::seat::Seat;
use crate::seat::Who::Anna;
use crate::seat::Who::Gast;

const TEXT: &str = "Nette Beratung, aber 40 Minuten Wartezeit.";
const ANSWER: &str = "Hallo Jule, das war zu lang. Wir stellen um. – Anna";
const OPEN_BUTTONS: [&str; 4] = ["Antworten", "Übernehmen", "Eskalieren", "Erledigt"];

async fn with_card() -> (Desk, Message) {
    let desk = Desk::open().await;
    desk.review(2, TEXT).await;
    let card = desk.card();
    (desk, card)
}

/// The newest private sentence.
fn told(desk: &Desk, who: &str) -> String {
    desk.whispers(who).pop().unwrap_or_default()
}

async fn happened(desk: &Desk, what: &str) -> i64 {
    desk.row(format!("SELECT count(*) FROM item_event WHERE what = '{what}'"))
        .await
}

async fn stale(desk: &Desk, who: &str, card: &Message, what: &str) -> String {
    let before = desk.whispers(who).len();
    let outcome = desk
        .slack
        .press_as_seen(who, &card.channel, &card.ts, &card.blocks, what)
        .await;
    assert!(outcome.acked, "{what}: {outcome:?}");
    desk.settle().await;
    let after = desk.whispers(who);
    assert_eq!(after.len(), before + 1, "{what}: one private sentence");
    after.last().unwrap().clone()
}

// Taking, releasing, running out

#[tokio::test]
async fn one_takes_it_another_is_told_who_and_until_when() {
    let (desk, card) = with_card().await;
    desk.press(ANNA, &card, "Übernehmen").await;
    assert!(
        desk.text(&card)
            .contains("Anna Berger ist dran (bis Fr 20.11. 10:20)")
            || desk.text(&card).contains("Anna ist dran (bis Fr 20.11. 10:20)")
    );
    assert_eq!(
        stale(&desk, BEN, &card, "Übernehmen").await,
        "Anna ist gerade dran (bis Fr 20.11. 10:20). Drück auf Antworten, wenn du trotzdem übernehmen willst."
    );
    desk.press(BEN, &card, "Zurückgeben").await;
    assert!(told(&desk, BEN).starts_with("Anna ist gerade dran"));
    desk.press(ANNA, &card, "Zurückgeben").await;
    desk.press(BEN, &card, "Übernehmen").await;
    assert!(desk.text(&card).contains("Ben ist dran"));
    insta::assert_snapshot!("thread_taken", desk.thread(&card).join("\n"));
    assert!(desk.whispers(ANNA).is_empty());
    desk.finish().await;
}

#[tokio::test]
async fn a_claim_ends_where_everybody_sees_it() {
    let (desk, card) = with_card().await;
    desk.press(ANNA, &card, "Übernehmen").await;
    desk.minutes(10).await;
    // Taking it again prolongs it, without another line in the thread.
    assert_eq!(stale_ok(&desk, ANNA, &card, "Übernehmen").await, 0);
    desk.minutes(6).await;
    assert!(desk.text(&card).contains("Anna ist dran (bis Fr 20.11. 10:30)"));
    desk.minutes(9).await;
    assert!(desk.text(&card).contains("· frei"), "{}", desk.text(&card));
    assert_eq!(desk.buttons(&card)[1], "Übernehmen");
    insta::assert_snapshot!("thread_claim_ended", desk.thread(&card).join("\n"));
    desk.press(BEN, &card, "Übernehmen").await;
    assert!(desk.text(&card).contains("Ben ist dran"));
    desk.thread(&card);
    desk.finish().await;
}

/// A press on an old picture of the card that is still possible; how many sentences it caused.
async fn stale_ok(desk: &Desk, who: &str, card: &Message, what: &str) -> usize {
    let before = desk.whispers(who).len();
    let outcome = desk
        .slack
        .press_as_seen(who, &card.channel, &card.ts, &card.blocks, what)
        .await;
    assert!(outcome.acked, "{outcome:?}");
    desk.settle().await;
    desk.whispers(who).len() - before
}

#[tokio::test]
async fn two_take_it_at_once_and_one_wins() {
    let (desk, card) = with_card().await;
    let press = |who| desk.slack.press(who, CARE, &card.ts, "Übernehmen");
    let (one, two) = tokio::join!(press(ANNA), press(BEN));
    assert!(one.acked && two.acked);
    desk.settle().await;
    assert_eq!(happened(&desk, "claimed").await, 1);
    let told = [desk.whispers(ANNA), desk.whispers(BEN)].concat();
    assert_eq!(told.len(), 1, "{told:?}");
    let winner = if desk.text(&card).contains("Anna ist dran") {
        "Anna"
    } else {
        "Ben"
    };
    assert!(
        told[0].starts_with(&format!("{winner} ist gerade dran")),
        "{told:?}"
    );
    assert_eq!(desk.thread(&card).len(), 1);
    desk.finish().await;
}

#[tokio::test]
async fn two_begin_to_write_at_once_and_the_second_sees_the_first() {
    let (desk, card) = with_card().await;
    let press = |who| desk.slack.press(who, CARE, &card.ts, "Antworten");
    let (one, two) = tokio::join!(press(ANNA), press(BEN));
    assert!(one.acked && two.acked);
    desk.settle().await;
    let warned = [ANNA, BEN].map(|who| desk.form(who).contains("ist gerade dran (bis"));
    assert_eq!(warned.iter().filter(|w| **w).count(), 1, "{warned:?}");
    assert_eq!(happened(&desk, "claimed").await, 1);
    desk.thread(&card);
    desk.finish().await;
}

#[tokio::test]
async fn send_pressed_twice_at_once_publishes_once() {
    let desk = Desk::open().await;
    let review = desk.review(2, TEXT).await;
    let card = desk.card();
    desk.press(ANNA, &card, "Antworten").await;
    desk.submit(ANNA, &[("text", ANSWER)]).await;
    let view = desk.slack.view(ANNA).unwrap();
    let (one, two) = tokio::join!(
        desk.slack.submit(ANNA, &view.id, &[]),
        desk.slack.submit(ANNA, &view.id, &[])
    );
    assert!(one.acked && two.acked);
    desk.settle().await;
    desk.minutes(2).await;
    assert_eq!(happened(&desk, "sent").await, 1);
    assert_eq!(happened(&desk, "visible").await, 1);
    assert_eq!(desk.google.public(&review).unwrap().puts, 1);
    desk.whispers(ANNA);
    desk.thread(&card);
    desk.finish().await;
}

#[tokio::test]
async fn every_button_pressed_twice_is_pressed_once() {
    let (desk, card) = with_card().await;
    let twice = async |what: &'static str| {
        let now = desk.slack.message(CARE, &card.ts).unwrap();
        let press = || desk.slack.press_as_seen(ANNA, CARE, &card.ts, &now.blocks, what);
        let (one, two) = tokio::join!(press(), press());
        assert!(one.acked && two.acked, "{what}");
        desk.settle().await;
    };
    twice("Übernehmen").await;
    twice("Zurückgeben").await;
    for form in ["Antworten", "Eskalieren", "Erledigt"] {
        twice(form).await;
        assert_eq!(desk.slack.views(ANNA).len(), 1, "{form}");
    }
    desk.submit(ANNA, &[]).await;
    twice("Wieder öffnen").await;
    desk.answer(ANNA, &card, ANSWER).await;
    desk.minutes(1).await;
    twice("Antwort ansehen").await;
    for (what, times) in [
        ("claimed", 3),
        ("released", 1),
        ("handled", 1),
        ("reopened", 1),
        ("sent", 1),
        ("visible", 1),
    ] {
        assert_eq!(happened(&desk, what).await, times, "{what}");
    }
    insta::assert_snapshot!("whispers_twice", desk.whispers(ANNA).join("\n"));
    desk.thread(&card);
    desk.finish().await;
}

#[tokio::test]
async fn the_same_delivery_twice_is_one_press() {
    let (desk, card) = with_card().await;
    desk.slack.fault(Fault::new(Kind::DuplicateDelivery));
    desk.press(ANNA, &card, "Übernehmen").await;
    assert_eq!(happened(&desk, "claimed").await, 1);
    assert!(desk.whispers(ANNA).is_empty());
    desk.thread(&card);
    desk.finish().await;
}

// Buttons that show the past

#[tokio::test]
async fn buttons_of_an_answered_item_say_who_was_faster() {
    let (desk, card) = with_card().await;
    desk.answer(ANNA, &card, ANSWER).await;
    desk.minutes(1).await;
    let lines = desk.thread(&card).len();
    for what in OPEN_BUTTONS {
        assert_eq!(
            stale(&desk, BEN, &card, what).await,
            "Anna war schneller: beantwortet Fr 20.11. 10:05. Die Karte ist jetzt aktuell.",
            "{what}"
        );
    }
    assert!(desk.slack.view(BEN).is_none(), "no form for what is over");
    assert_eq!(desk.thread(&card).len(), lines);
    desk.finish().await;
}

#[tokio::test]
async fn buttons_of_a_handled_item_say_who_was_faster() {
    let (desk, card) = with_card().await;
    desk.press(ANNA, &card, "Erledigt").await;
    desk.submit(ANNA, &[]).await;
    for what in OPEN_BUTTONS {
        assert_eq!(
            stale(&desk, BEN, &card, what).await,
            "Anna war schneller: erledigt Fr 20.11. 10:05. Die Karte ist jetzt aktuell.",
            "{what}"
        );
    }
    desk.thread(&card);
    desk.finish().await;
}

#[tokio::test]
async fn buttons_of_a_removed_item_say_that_it_is_gone() {
    let desk = Desk::open().await;
    let id = desk.question("Passt der Akku?").await;
    let card = desk.card();
    desk.shop.remove(&id).unwrap();
    desk.shop.tick().await;
    desk.settle().await;
    for what in OPEN_BUTTONS {
        assert_eq!(
            stale(&desk, BEN, &card, what).await,
            "Der Beitrag wurde Fr 20.11. 10:00 bei Gartenshop gelöscht. Es gibt nichts mehr zu beantworten.",
            "{what}"
        );
    }
    desk.thread(&card);
    desk.finish().await;
}

#[tokio::test]
async fn a_form_sent_too_late_keeps_its_text_for_the_next_time() {
    let (desk, card) = with_card().await;
    desk.press(ANNA, &card, "Antworten").await;
    desk.press(BEN, &card, "Erledigt").await;
    desk.submit(BEN, &[("reason", "spam"), ("note", "Werbung")]).await;
    desk.submit(ANNA, &[("text", ANSWER)]).await;
    assert!(told(&desk, ANNA).starts_with("Ben war schneller: erledigt"));
    assert!(desk.slack.view(ANNA).is_none());
    desk.press(BEN, &card, "Wieder öffnen").await;
    desk.press(ANNA, &card, "Antworten").await;
    assert!(desk.form(ANNA).contains(ANSWER), "{}", desk.form(ANNA));
    desk.thread(&card);
    desk.finish().await;
}

// Rights

#[tokio::test]
async fn without_the_right_one_learns_who_has_it() {
    let (desk, card) = with_card().await;
    desk.seconds(30).await;
    for what in OPEN_BUTTONS {
        desk.press(GAST, &card, what).await;
        assert_eq!(
            told(&desk, GAST),
            "Dafür brauchst du hier das Recht „Antworten“. Das haben: @care-team. Fehlt dir das zu Unrecht, kann euer Admin es dir geben.",
            "{what}"
        );
    }
    for what in ["Zurückstellen", "Warum diese Frist?"] {
        desk.choose(GAST, &card, what).await;
    }
    assert_eq!(desk.whispers(GAST).len(), 6, "one sentence for each press");
    let notified = desk.slack.see_ephemerals(GAST).pop().unwrap().text;
    assert!(
        notified.contains("Das haben: <!subteam^S0CARE>."),
        "what a notification shows names the group, too: {notified}"
    );
    assert!(desk.slack.view(GAST).is_none(), "nothing opened");
    // The card says it in part, and whoever sees the card may read the rest.
    desk.choose(GAST, &card, "Ganzer Text").await;
    assert!(desk.form(GAST).contains("Wartezeit"), "{}", desk.form(GAST));
    assert!(desk.slack.close_view(GAST).await.acked);
    let elsewhere = desk.slack.command(GAST, LEADS, "/zeitnah", "full 1").await;
    assert!(elsewhere.acked);
    desk.settle().await;
    assert!(desk.slack.view(GAST).is_none(), "she does not see the card there");
    assert!(desk.thread(&card).is_empty(), "nothing happened");
    for typed in ["take 1", "reply 1", "open", "mine", "overdue", "why 1", "take 99"] {
        let answer = desk.command(GAST, typed).await;
        assert!(answer.contains("das Recht"), "{typed}: {answer}");
        assert!(!answer.contains("Kritik"), "{typed}: {answer}");
    }
    desk.finish().await;
}

/// Where a whole group has the right, it is named, and not only those whom the file names beside it.
#[tokio::test]
async fn who_has_the_right_is_a_group_before_it_is_a_name() {
    for chat in [Chat::Slack, Chat::Discord] {
        let desk = chat
            .desk(1, |rules| {
                let chat = Chat::of(rules);
                for (role, who) in [(Role::Responder, Anna), (Role::Viewer, Gast)] {
                    rules.grants.push(Grant {
                        role,
                        chat: chat.name().into(),
                        to: Grantee::Person(chat.id(who).into()),
                        channels: vec![],
                    });
                }
            })
            .await;
        desk.review(2, "Nette Beratung, aber 40 Minuten Wartezeit.").await;
        desk.tick().await;
        let seat = Seat::new(&desk, chat);
        seat.press(Gast, &seat.card(), "Übernehmen").await;
        let told = seat.told(Gast);
        let group = ["@care-team", "@Care-Team"]
            .into_iter()
            .find_map(|name| told.find(name));
        let name = told.find("Anna");
        assert!(
            group.is_some_and(|group| name.is_none_or(|name| group < name)),
            "{told}"
        );
        seat.look_around(&[Room::Care], &[Anna, Gast]);
        desk.finish().await;
    }
}

#[tokio::test]
async fn people_of_another_company_have_no_rights_unless_named() {
    fn tune(rules: &mut Rules) {
        let grant = |to| Grant {
            role: Role::Responder,
            chat: "slack".into(),
            to,
            channels: vec![],
        };
        rules
            .grants
            .push(grant(Grantee::Circle(Circle::Room(CARE.into()))));
        rules.grants.push(grant(Grantee::Person("U0NAMED".into())));
    }
    let desk = Desk::with(Wish {
        tune,
        ..Wish::default()
    })
    .await;
    desk.slack
        .add_user_of("T0OTHER", "U0EXTERN", "Emil", "Emil Extern");
    desk.slack.add_user_of("T0OTHER", "U0NAMED", "Nora", "Nora Nah");
    desk.slack.change_channel(CARE, |c| {
        c.is_ext_shared = true;
        c.members.extend(["U0EXTERN".to_owned(), "U0NAMED".to_owned()]);
    });
    desk.slack.change_group(TEAM, |g| g.users.push("U0EXTERN".into()));
    desk.review(2, TEXT).await;
    let card = desk.card();
    for what in OPEN_BUTTONS {
        desk.press("U0EXTERN", &card, what).await;
        assert_eq!(
            told(&desk, "U0EXTERN"),
            "Dieser Kanal ist mit eurer Firma geteilt; antworten kann hier nur das Team, dem er gehört."
        );
    }
    assert!(desk.thread(&card).is_empty());
    for typed in [
        "help",
        "open",
        "find Wartezeit",
        "take",
        "home",
        "settings",
        "quiet 20:00-07:00",
    ] {
        assert!(
            desk.command("U0EXTERN", typed)
                .await
                .starts_with("Dieser Kanal ist mit eurer Firma geteilt"),
            "{typed}: {}",
            told(&desk, "U0EXTERN")
        );
    }
    desk.press("U0NAMED", &card, "Übernehmen").await;
    assert!(desk.text(&card).contains("Nora ist dran"));
    desk.press(GAST, &card, "Zurückgeben").await;
    assert!(
        told(&desk, GAST).starts_with("Nora ist gerade dran"),
        "membership of the room is a right"
    );
    desk.thread(&card);
    desk.finish().await;
}

#[tokio::test]
async fn who_leaves_the_group_loses_the_right_and_keeps_the_text() {
    let (desk, card) = with_card().await;
    desk.press(ANNA, &card, "Antworten").await;
    let heard = desk.slack.set_group_users(TEAM, &[BEN]).await;
    assert!(heard.acked, "{heard:?}");
    desk.settle().await;
    desk.tick().await;
    desk.submit(ANNA, &[("text", ANSWER)]).await;
    let form = desk.form(ANNA);
    assert!(
        form.contains("! Dafür brauchst du hier das Recht „Antworten“."),
        "{form}"
    );
    assert_eq!(
        desk.slack.view(ANNA).unwrap().values["text"]["text"]["value"],
        ANSWER,
        "what was typed still stands in the form"
    );
    assert!(
        desk.thread(&card)
            .join("\n")
            .contains("Anna darf hier nicht mehr antworten"),
        "and holds nothing any more"
    );
    desk.press(ANNA, &card, "Übernehmen").await;
    assert!(
        told(&desk, ANNA).contains("Das haben: @care-team."),
        "{}",
        told(&desk, ANNA)
    );
    assert!(desk.slack.set_group_users(TEAM, &[ANNA, BEN]).await.acked);
    desk.settle().await;
    desk.tick().await;
    desk.submit(ANNA, &[("text", ANSWER)]).await;
    assert!(desk.form(ANNA).starts_with("Vorschau"));
    desk.thread(&card);
    desk.finish().await;
}

#[tokio::test]
async fn membership_that_cannot_be_read_for_an_hour_is_no_membership() {
    let (desk, card) = with_card().await;
    desk.slack
        .fault(Fault::server_error("usergroups.users.list", 500).always());
    desk.minutes(40).await;
    desk.press(ANNA, &card, "Übernehmen").await;
    assert!(
        desk.text(&card).contains("Anna ist dran"),
        "a hiccup takes nobody's right"
    );
    desk.minutes(40).await;
    desk.press(ANNA, &card, "Übernehmen").await;
    assert!(told(&desk, ANNA).contains("das Recht „Antworten“"));
    desk.slack.heal();
    desk.minutes(1).await;
    desk.press(ANNA, &card, "Übernehmen").await;
    assert!(desk.text(&card).contains("Anna ist dran"));
    desk.thread(&card);
    desk.finish().await;
}

#[tokio::test]
async fn a_right_for_one_channel_reaches_that_channels_items_from_everywhere_and_no_others() {
    fn tune(rules: &mut Rules) {
        rules.grants = vec![Grant {
            role: Role::Responder,
            chat: "slack".into(),
            to: Grantee::Person(ANNA.into()),
            channels: vec!["care".into()],
        }];
        rules.grants.push(Grant {
            role: Role::Responder,
            chat: "slack".into(),
            to: Grantee::Person(CARLA.into()),
            channels: vec!["leads".into()],
        });
        rules.fallback.to = vec!["leads".into()];
        let care = zeitnah::domain::promise::route::Route {
            name: "fragen".into(),
            when: zeitnah::domain::promise::route::When {
                source: vec!["forum".into()],
                ..Default::default()
            },
            to: vec!["care".into()],
            ..rules.fallback.clone()
        };
        rules.routes = vec![care];
    }
    let desk = Desk::with(Wish {
        tune,
        ..Wish::default()
    })
    .await;
    desk.push("d1", r#"{"id":"r1","body":"Nur für care."}"#).await;
    desk.review(2, "Nur für leads.").await;
    let (care, leads) = (desk.card_in(CARE), desk.card_in(LEADS));
    // By number from care: only what belongs to care.
    assert!(
        desk.command(ANNA, "take 2")
            .await
            .contains("das Recht „Antworten“")
    );
    desk.command(ANNA, "take 1").await;
    assert!(desk.text(&care).contains("Anna ist dran"));
    assert!(desk.text(&leads).contains("· frei"));
    // And from a room that shows no cards, her right still holds for her items.
    desk.slack.add_channel("C0LUNCH", "lunch", &[ANNA]);
    let outcome = desk.slack.command(ANNA, "C0LUNCH", "/zeitnah", "release 1").await;
    assert!(outcome.acked);
    desk.settle().await;
    assert!(desk.text(&care).contains("· frei"), "{}", desk.text(&care));
    desk.press(CARLA, &leads, "Übernehmen").await;
    assert!(desk.text(&leads).contains("Carla ist dran"));
    for card in [&care, &leads] {
        desk.thread(card);
    }
    desk.finish().await;
}

// Two at one answer

#[tokio::test]
async fn the_preview_takes_over_and_the_others_text_is_kept_and_offered_again() {
    let (desk, card) = with_card().await;
    desk.press(ANNA, &card, "Antworten").await;
    desk.submit(ANNA, &[("text", "Von Anna.")]).await;
    desk.press(BEN, &card, "Weiterschreiben").await;
    insta::assert_snapshot!("form_held_by_another", desk.form(BEN));
    assert!(
        desk.text(&card).contains("Anna ist dran"),
        "opening a form breaks no lease"
    );
    desk.submit(BEN, &[("text", "Von Ben.")]).await;
    assert!(desk.text(&card).contains("Ben ist dran"));
    desk.submit(ANNA, &[]).await;
    assert!(
        told(&desk, ANNA).starts_with("Ben ist gerade dran"),
        "{:?}",
        desk.whispers(ANNA)
    );
    desk.press(ANNA, &card, "Weiterschreiben").await;
    assert!(desk.form(ANNA).contains("Von Anna."), "{}", desk.form(ANNA));
    desk.submit(BEN, &[]).await;
    desk.seconds(30).await;
    desk.minutes(1).await;
    let replies: Vec<String> = desk.rows("SELECT body FROM reply WHERE phase = 'visible'").await;
    assert_eq!(replies, ["Von Ben."]);
    insta::assert_snapshot!("thread_taken_over", desk.thread(&card).join("\n"));
    desk.finish().await;
}

#[tokio::test]
async fn a_draft_outlives_a_closed_form_and_a_dead_slack() {
    let (desk, card) = with_card().await;
    desk.press(ANNA, &card, "Antworten").await;
    desk.submit(ANNA, &[("text", ANSWER)]).await;
    assert!(desk.slack.close_view(ANNA).await.acked);
    assert_eq!(desk.buttons(&card)[0], "Weiterschreiben");
    desk.press(ANNA, &card, "Weiterschreiben").await;
    assert!(desk.form(ANNA).contains(ANSWER));
    desk.slack.fault(Fault::server_error("chat.update", 500).times(3));
    desk.submit(ANNA, &[("text", "Zweiter Anlauf.")]).await;
    assert!(desk.slack.close_view(ANNA).await.acked);
    desk.slack.fault(Fault::server_error("views.open", 503).times(1));
    desk.press(ANNA, &card, "Weiterschreiben").await;
    assert_eq!(
        told(&desk, ANNA),
        "Das ging gerade nicht, nichts ist verloren. Bitte in einer Minute noch einmal drücken."
    );
    desk.minutes(2).await;
    desk.press(ANNA, &card, "Weiterschreiben").await;
    assert!(desk.form(ANNA).contains("Zweiter Anlauf."));
    desk.thread(&card);
    desk.finish().await;
}

#[tokio::test]
async fn a_form_that_comes_too_late_is_a_private_sentence() {
    let (desk, card) = with_card().await;
    let call = desk.slack.calls().len();
    desk.slack.fault(Fault::server_error("views.open", 500));
    desk.press(ANNA, &card, "Erledigt").await;
    assert_eq!(
        told(&desk, ANNA),
        "Das ging gerade nicht, nichts ist verloren. Bitte in einer Minute noch einmal drücken."
    );
    let tries = desk.slack.calls()[call..]
        .iter()
        .filter(|c| c.method == "views.open")
        .count();
    assert_eq!(tries, 1, "a trigger works once; it is not tried again");
    desk.press(ANNA, &card, "Erledigt").await;
    assert!(desk.form(ANNA).starts_with("Erledigt"));
    desk.finish().await;
}

#[tokio::test]
async fn a_text_that_is_too_long_or_empty_stays_in_the_form_and_in_the_database() {
    let desk = Desk::open().await;
    desk.question("Passt der Akku?").await;
    let card = desk.card();
    desk.press(ANNA, &card, "Antworten").await;
    let long = "ü".repeat(362);
    desk.submit(ANNA, &[("text", &long)]).await;
    assert!(
        desk.form(ANNA)
            .ends_with("! 12 Zeichen zu lang für Gartenshop (362 von 350). Dein Text ist gespeichert."),
        "{}",
        desk.form(ANNA)
    );
    assert!(desk.slack.close_view(ANNA).await.acked);
    desk.press(ANNA, &card, "Antworten").await;
    assert!(desk.form(ANNA).contains(&long), "offered again");
    desk.submit(ANNA, &[("text", " \n ")]).await;
    assert!(
        desk.form(ANNA).ends_with("! Hier fehlt noch ein Text."),
        "{}",
        desk.form(ANNA)
    );
    desk.submit(ANNA, &[("text", &"ü".repeat(350))]).await;
    assert!(desk.form(ANNA).contains("350 von 350 Zeichen"));
    desk.thread(&card);
    desk.finish().await;
}

#[tokio::test]
async fn what_leaves_is_what_was_previewed() {
    let (desk, card) = with_card().await;
    desk.press(ANNA, &card, "Antworten").await;
    desk.submit(ANNA, &[("text", "Gelesen.")]).await;
    // The same person changed the text in another window.
    sqlx::raw_sql("UPDATE reply SET body = 'Anders.'")
        .execute(desk.store.pool())
        .await
        .unwrap();
    desk.submit(ANNA, &[]).await;
    let form = desk.form(ANNA);
    assert!(form.starts_with("Vorschau") && form.contains("Anders."), "{form}");
    assert_eq!(happened(&desk, "sent").await, 0);
    desk.submit(ANNA, &[]).await;
    assert_eq!(happened(&desk, "sent").await, 1);
    desk.seconds(30).await;
    desk.minutes(1).await;
    desk.thread(&card);
    desk.finish().await;
}

#[tokio::test]
async fn taken_back_near_the_end_of_the_claim_it_is_held_for_writing_on() {
    let (desk, card) = with_card().await;
    desk.press(ANNA, &card, "Antworten").await;
    desk.submit(ANNA, &[("text", ANSWER)]).await;
    desk.advance(TimeDelta::seconds(15 * 60 - 10)).await;
    desk.submit(ANNA, &[]).await;
    desk.seconds(15).await;
    desk.press(ANNA, &card, "Antwort zurückholen").await;
    assert!(
        desk.text(&card).contains("Anna ist dran (bis Fr 20.11. 10:35)"),
        "{}",
        desk.text(&card)
    );
    assert_eq!(desk.buttons(&card)[0], "Weiterschreiben");
    desk.minutes(15).await;
    assert!(
        desk.text(&card).contains("· frei"),
        "the claim ends like any other"
    );
    insta::assert_snapshot!("thread_taken_back", desk.thread(&card).join("\n"));
    desk.finish().await;
}

#[tokio::test]
async fn talk_in_the_thread_never_reaches_a_customer() {
    let (desk, card) = with_card().await;
    desk.slack
        .say(ANNA, CARE, Some(&card.ts), "Antworten: Das ist doch Unsinn.");
    desk.slack.say(ANNA, CARE, None, "/zeitnah reply 1 Unsinn");
    desk.minutes(5).await;
    let replies: i64 = desk.row("SELECT count(*) FROM reply").await;
    assert_eq!(replies, 0);
    desk.everything();
    desk.finish().await;
}

// Escalation

#[tokio::test]
async fn escalating_calls_exactly_who_is_configured_once_where_they_look() {
    let (desk, card) = with_card().await;
    desk.press(ANNA, &card, "Eskalieren").await;
    insta::assert_snapshot!("form_escalate", desk.form(ANNA));
    let view = desk.slack.view(ANNA).unwrap();
    let empty = desk.slack.submit(ANNA, &view.id, &[("to", "leitung")]).await;
    assert!(empty.error.is_some(), "Slack itself asks for the reason");
    desk.submit(ANNA, &[("why", " \u{200b} ")]).await;
    assert!(
        desk.form(ANNA).ends_with("! Hier fehlt noch ein Text."),
        "{}",
        desk.form(ANNA)
    );
    desk.submit(ANNA, &[("to", "leitung"), ("why", "Kunde droht mit Anwalt")])
        .await;
    assert!(desk.text(&card).contains("eskaliert an Leitung"));
    let room = desk.slack.dm(CARLA).expect("Carla has a direct message");
    let direct = desk.slack.see(&room);
    assert_eq!(direct.len(), 1);
    insta::assert_snapshot!("alert_direct", desk.text(&direct[0]));
    assert!(
        desk.slack
            .links(&direct[0])
            .iter()
            .any(|l| l.contains(&card.ts.replace('.', "")))
    );
    let pinged: Vec<Ping> = desk
        .everything()
        .iter()
        .flat_map(|m| desk.slack.pings(m))
        .collect();
    assert_eq!(pinged, [], "she is written to, and not called as well");

    // She takes it from where she looks.
    desk.press(CARLA, &direct[0], "Übernehmen").await;
    assert!(desk.text(&card).contains("Carla ist dran"));
    insta::assert_snapshot!("thread_escalated", desk.thread(&card).join("\n"));
    desk.finish().await;
}

#[tokio::test]
async fn escalating_to_a_group_calls_it_once_in_its_room() {
    let (desk, card) = with_card().await;
    desk.press(ANNA, &card, "Eskalieren").await;
    desk.submit(ANNA, &[("to", "Care-Team"), ("why", "Wer kennt den Fall?")])
        .await;
    let alert = desk.card_in(LEADS);
    assert!(desk.text(&alert).contains("Wer kennt den Fall?"));
    let pinged: Vec<(String, Ping)> = desk
        .everything()
        .iter()
        .flat_map(|m| desk.slack.pings(m).into_iter().map(|p| (m.channel.clone(), p)))
        .collect();
    assert_eq!(pinged, [(LEADS.to_owned(), Ping::Group(TEAM.into()))]);
    assert!(desk.slack.dm(CARLA).is_none() && desk.slack.dm(BEN).is_none());
    desk.finish().await;
}

#[tokio::test]
async fn whoever_is_asked_for_help_may_give_it_and_nothing_else() {
    fn tune(rules: &mut Rules) {
        rules.digests.clear();
        for target in &mut rules.targets {
            target.ping = vec![Mention::Person(GAST.into())];
        }
        rules.targets.truncate(1);
    }
    let desk = Desk::with(Wish {
        tune,
        ..Wish::default()
    })
    .await;
    desk.review(2, TEXT).await;
    let card = desk.card();
    desk.review(1, "Eine andere Sache.").await;
    let other = desk.card();
    desk.press(GAST, &card, "Übernehmen").await;
    assert!(told(&desk, GAST).starts_with("Dafür brauchst du hier das Recht"));
    desk.press(ANNA, &card, "Eskalieren").await;
    desk.submit(ANNA, &[("to", "leitung"), ("why", "Weißt du Rat?")])
        .await;
    let direct = desk.slack.see(&desk.slack.dm(GAST).expect("a direct message"));
    desk.press(GAST, &direct[0], "Übernehmen").await;
    assert!(desk.text(&card).contains("Gast ist dran"), "{}", desk.text(&card));
    desk.press(GAST, &card, "Antworten").await;
    desk.submit(GAST, &[("text", ANSWER)]).await;
    assert!(desk.form(GAST).starts_with("Vorschau"));
    assert!(desk.slack.close_view(GAST).await.acked);
    desk.press(GAST, &other, "Übernehmen").await;
    assert!(told(&desk, GAST).starts_with("Dafür brauchst du hier das Recht"));
    let settings = desk.command(GAST, "settings").await;
    assert!(
        settings.starts_with("Dafür brauchst du hier das Recht"),
        "{settings}"
    );
    desk.thread(&card);
    desk.thread(&other);
    desk.finish().await;
}

#[tokio::test]
async fn an_item_without_a_card_belongs_where_its_route_leads() {
    fn tune(rules: &mut Rules) {
        rules.digests.clear();
        for channel in ["leads", "care"] {
            rules.grants.push(Grant {
                role: Role::Viewer,
                chat: "slack".into(),
                to: Grantee::Person(if channel == "leads" { GAST } else { CARLA }.into()),
                channels: vec![channel.into()],
            });
        }
    }
    let desk = Desk::with(Wish {
        tune,
        ..Wish::default()
    })
    .await;
    // It came answered, so nobody had to see it.
    let answered =
        r#"{"id":"r1","rating":2,"body":"Der Griff ist locker.","reply":{"body":"Wir tauschen ihn."}}"#;
    assert_eq!(desk.push("d1", answered).await.0, 200);
    assert!(desk.slack.see(CARE).is_empty());
    for (who, room, may) in [(GAST, LEADS, false), (CARLA, LEADS, true), (ANNA, LEADS, true)] {
        let outcome = desk.slack.command(who, room, "/zeitnah", "item 1").await;
        assert!(outcome.acked);
        desk.settle().await;
        assert_eq!(
            told(&desk, who).contains("locker"),
            may,
            "{who}: {}",
            told(&desk, who)
        );
    }
    desk.finish().await;
}

#[tokio::test]
async fn pressed_twice_ones_own_answer_is_called_ones_own() {
    let (desk, card) = with_card().await;
    desk.press(ANNA, &card, "Antworten").await;
    desk.submit(ANNA, &[("text", ANSWER)]).await;
    let view = desk.slack.view(ANNA).unwrap();
    let send = || desk.slack.submit(ANNA, &view.id, &[]);
    let (one, two) = futures::join!(send(), send());
    assert!(one.acked && two.acked, "{one:?} {two:?}");
    desk.settle().await;
    assert_eq!(
        told(&desk, ANNA),
        "Deine Antwort ist schon unterwegs. Die Karte zeigt, wie es ausgeht."
    );
    desk.seconds(30).await;
    desk.minutes(1).await;
    desk.thread(&card);
    desk.finish().await;
}

#[tokio::test]
async fn whoever_is_at_it_is_called_when_the_customer_writes_something_else() {
    let mut said = Vec::new();
    for (quiet, at_once) in [("off", true), ("10:00-22:00", false)] {
        let desk = Desk::with(Wish {
            tune: |rules| {
                rules.digests.clear();
                rules.claim_minutes = 1440;
            },
            ..Wish::default()
        })
        .await;
        let review = desk.review(2, TEXT).await;
        let card = desk.card();
        desk.command(ANNA, &format!("quiet {quiet}")).await;
        desk.press(ANNA, &card, "Übernehmen").await;
        let pings = |thread: Vec<Message>| {
            thread
                .iter()
                .flat_map(|m| desk.slack.pings(m))
                .collect::<Vec<_>>()
        };
        desk.google
            .edit(&review, Some(1), "Und jetzt ist auch noch der Griff ab.")
            .unwrap();
        desk.minutes(5).await;
        let thread = desk.slack.see_thread(CARE, &card.ts);
        let called = if at_once {
            vec![Ping::User(ANNA.into())]
        } else {
            Vec::new()
        };
        assert_eq!(pings(thread), called, "{quiet}");
        if !at_once {
            desk.go("2026-11-20T22:10:00Z", TimeDelta::minutes(30)).await;
            let thread = desk.slack.see_thread(CARE, &card.ts);
            assert!(
                pings(thread).contains(&Ping::User(ANNA.into())),
                "afterwards she is called"
            );
        }
        // What happened is the item's and the call is hers: two messages that wait for nobody, so either is first.
        let mut lines = desk.thread(&card);
        lines.sort_by_key(|line| line.starts_with('@'));
        said.push(lines.join("\n"));
        desk.finish().await;
    }
    insta::assert_snapshot!("thread_rewritten", said.join("\n\n"));
}

// Handled, reopened, put aside

#[tokio::test]
async fn handled_needs_a_reason_and_may_have_a_note() {
    let mut said = Vec::new();
    let (desk, card) = with_card().await;
    for (reason, note) in [
        ("no_need", ""),
        ("elsewhere", "per Telefon"),
        ("spam", ""),
        ("duplicate", "siehe Nr. 7"),
        ("other", ""),
    ] {
        desk.press(ANNA, &card, "Erledigt").await;
        desk.submit(ANNA, &[("reason", reason), ("note", note)]).await;
        said.push(desk.text(&card).lines().nth(3).unwrap().to_owned());
        desk.press(BEN, &card, "Wieder öffnen").await;
        assert!(
            desk.text(&card).contains("Antwort bis Sa 21.11. 10:05 · frei"),
            "a fresh clock"
        );
    }
    insta::assert_snapshot!("handled_reasons", said.join("\n"));
    desk.thread(&card);
    desk.finish().await;
}

#[tokio::test]
async fn put_aside_it_wakes_when_it_was_promised() {
    // The choice, the day if any, and when it wakes: Friday the 20th, 10:05 in Berlin.
    let cases = [
        ("evening", "", "2026-11-20T17:00:00Z"),
        ("morning", "", "2026-11-21T08:00:00Z"),
        ("monday", "", "2026-11-23T08:00:00Z"),
        ("date", "2026-12-24", "2026-12-24T08:00:00Z"),
        // Summer time has begun by then, and ended again.
        ("date", "2027-03-28", "2027-03-28T07:00:00Z"),
        ("date", "2027-10-31", "2027-10-31T08:00:00Z"),
    ];
    for (choice, day, wakes) in cases {
        let desk = Desk::with(Wish {
            tune: |rules| {
                rules.fallback.policy = Policy::default();
                rules.digests.clear();
            },
            ..Wish::default()
        })
        .await;
        desk.push("d1", r#"{"id":"r1","body":"Später."}"#).await;
        let card = desk.card();
        desk.choose(ANNA, &card, "Zurückstellen").await;
        desk.submit(
            ANNA,
            &[("until", choice), ("day", day), ("why", "wartet auf Ersatzteil")],
        )
        .await;
        assert!(
            desk.text(&card).contains("⏸ Zurückgestellt bis"),
            "{}",
            desk.text(&card)
        );
        let wakes: chrono::DateTime<chrono::Utc> = wakes.parse().unwrap();
        desk.clock.set(wakes - TimeDelta::seconds(1));
        desk.tick().await;
        assert!(
            desk.text(&card).contains("⏸"),
            "{choice} {day}: not a second early"
        );
        desk.clock.set(wakes);
        desk.tick().await;
        assert!(
            desk.text(&card).contains("Offen · frei"),
            "{choice} {day}: {}",
            desk.text(&card)
        );
        let woke = desk.slack.see_thread(CARE, &card.ts).pop().unwrap();
        assert_eq!(desk.slack.pings(&woke), [Ping::User(ANNA.into())]);
        desk.finish().await;
    }
}

#[tokio::test]
async fn a_time_that_is_over_cannot_be_chosen() {
    let (desk, card) = with_card().await;
    desk.choose(ANNA, &card, "Zurückstellen").await;
    insta::assert_snapshot!("form_snooze", desk.form(ANNA));
    desk.submit(ANNA, &[("until", "date"), ("day", "2026-11-20")])
        .await;
    let form = desk.form(ANNA);
    assert!(form.ends_with("! Dieser Zeitpunkt ist schon vorbei."), "{form}");
    desk.submit(ANNA, &[("until", "evening")]).await;
    assert!(
        desk.text(&card)
            .contains("⏸ Zurückgestellt bis Fr 20.11. 18:00 von Anna")
    );
    // The evening is no choice when it is evening.
    desk.hours(9).await;
    desk.choose(BEN, &card, "Zurückstellen").await;
    assert!(
        !desk
            .slack
            .view(BEN)
            .unwrap()
            .view
            .to_string()
            .contains("heute Abend")
    );
    desk.thread(&card);
    desk.finish().await;
}

#[tokio::test]
async fn an_undone_snooze_does_not_ring() {
    let (desk, card) = with_card().await;
    desk.choose(ANNA, &card, "Zurückstellen").await;
    desk.submit(ANNA, &[("until", "evening")]).await;
    desk.press(BEN, &card, "Übernehmen").await;
    desk.press(BEN, &card, "Zurückgeben").await;
    desk.hours(9).await;
    assert_eq!(happened(&desk, "woke").await, 0);
    desk.everything();
    desk.finish().await;
}

// Reading

#[tokio::test]
async fn twenty_thousand_characters_are_one_press_away_and_whole() {
    let desk = Desk::open().await;
    let text: String = (0..2857).map(|n| format!("Wort{:03} ", n % 1000)).collect();
    let text = format!("{}Ende.", &text[..19_995]);
    assert_eq!(text.chars().count(), 20_000);
    let body = serde_json::json!({ "id": "lang", "rating": 2, "body": text });
    desk.push("d1", body.to_string()).await;
    let card = desk.card();
    assert!(
        desk.text(&card).contains("… ganzer Text: 20.000 Zeichen"),
        "{}",
        desk.text(&card)
    );
    assert!(desk.text(&card).len() < 2_000, "the card stays a card");
    desk.choose(ANNA, &card, "Text kopieren").await;
    let read = desk.form(ANNA);
    let squeezed = |s: &str| s.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        squeezed(&read).contains(&squeezed(&text)),
        "every word is there, in order"
    );
    desk.finish().await;
}

#[tokio::test]
async fn why_this_deadline_and_what_we_answered_can_be_read() {
    let (desk, card) = with_card().await;
    desk.choose(ANNA, &card, "Warum diese Frist?").await;
    insta::assert_snapshot!("form_why", desk.form(ANNA));
    desk.choose(ANNA, &card, "Ganzer Text").await;
    insta::assert_snapshot!("form_full", desk.form(ANNA));
    desk.answer(ANNA, &card, ANSWER).await;
    desk.minutes(1).await;
    desk.press(BEN, &card, "Antwort ansehen").await;
    insta::assert_snapshot!("form_view", desk.form(BEN));
    desk.choose(BEN, &card, "Warum diese Frist?").await;
    insta::assert_snapshot!("form_why_answered", desk.form(BEN));
    desk.thread(&card);
    desk.finish().await;
}

#[tokio::test]
async fn what_we_answered_can_be_asked_for_by_number() {
    let (desk, card) = with_card().await;
    assert!(
        desk.command(BEN, "view 1").await.contains("nichts"),
        "{}",
        told(&desk, BEN)
    );
    assert!(desk.slack.view(BEN).is_none());
    desk.answer(ANNA, &card, ANSWER).await;
    desk.minutes(1).await;
    desk.command(BEN, "view 1").await;
    assert!(desk.form(BEN).contains(ANSWER), "{}", desk.form(BEN));
    desk.thread(&card);
    desk.finish().await;
}

#[tokio::test]
async fn a_source_without_replies_and_without_a_page_offers_the_text() {
    let desk = Desk::open().await;
    desk.push(
        "d1",
        r#"{"id":"r1","rating":2,"title":"Schade","body":"Der Griff ist locker."}"#,
    )
    .await;
    let card = desk.card();
    assert_eq!(
        desk.buttons(&card),
        ["Übernehmen", "Eskalieren", "Erledigt"],
        "nowhere to go, so no button for it"
    );
    desk.choose(ANNA, &card, "Text kopieren").await;
    insta::assert_snapshot!("form_copy", desk.form(ANNA));
    let said = desk.command(ANNA, "reply 1").await;
    assert_eq!(
        said,
        "Gartenforum nimmt über uns keine Antworten an. Öffne den Beitrag dort."
    );
    desk.finish().await;
}

/// Where only the platform's own page takes answers, the text is written here and carried there by hand.
#[tokio::test]
async fn an_answer_that_we_cannot_publish_is_copied_and_said_to_be_there() {
    let desk = Desk::open().await;
    desk.push(
        "d1",
        r#"{"id":"r1","rating":2,"title":"Schade","body":"Der Griff ist locker.","permalink":"https://forum.example/r1"}"#,
    )
    .await;
    let card = desk.card();
    insta::assert_snapshot!("card_deep_link", desk.text(&card));
    // A link opens by itself; that Slack reports it is nothing to answer.
    desk.choose(ANNA, &card, "Bei Gartenforum öffnen").await;
    assert_eq!(desk.whispers(ANNA), Vec::<String>::new());
    desk.press(ANNA, &card, "Antworten").await;
    desk.submit(ANNA, &[("text", ANSWER)]).await;
    insta::assert_snapshot!("form_by_hand", desk.form(ANNA));
    assert!(desk.text(&card).contains("Anna"), "she has it meanwhile");
    desk.submit(ANNA, &[]).await;
    let answered = desk.text(&card);
    assert!(answered.contains("✔ Beantwortet von Anna"), "{answered}");
    assert_eq!(
        desk.row::<i64>("SELECT count(*) FROM effect WHERE kind = 'publish_reply'")
            .await,
        0,
        "nothing is sent"
    );
    desk.press(BEN, &card, "Antwort ansehen").await;
    assert!(desk.form(BEN).contains(ANSWER), "{}", desk.form(BEN));
    desk.thread(&card);
    desk.finish().await;
}

// The database is slow

#[tokio::test]
async fn a_form_that_cannot_be_kept_in_time_stays_with_its_words() {
    let (desk, card) = with_card().await;
    desk.press(ANNA, &card, "Antworten").await;
    let words = "Danke & <b>Gruß</b>";
    let lock = desk.hold_items().await;
    desk.submit(ANNA, &[("text", words)]).await;
    assert!(
        desk.form(ANNA)
            .contains("! Das ging gerade nicht, dein Text ist noch hier."),
        "{}",
        desk.form(ANNA)
    );
    lock.rollback().await.unwrap();
    desk.submit(ANNA, &[("text", words)]).await;
    assert!(desk.form(ANNA).contains(words));
    let lock = desk.hold_items().await;
    desk.submit(ANNA, &[]).await;
    let form = desk.form(ANNA);
    assert!(
        form.contains("Das ging gerade nicht"),
        "the preview says so: {form}"
    );
    assert!(
        form.contains(words) && !form.contains("&amp;"),
        "and is not spoilt: {form}"
    );
    lock.rollback().await.unwrap();
    desk.submit(ANNA, &[]).await;
    assert_eq!(happened(&desk, "sent").await, 1);
    desk.seconds(30).await;
    desk.minutes(1).await;
    desk.everything();
    desk.finish().await;
}

#[tokio::test]
async fn what_was_said_not_to_work_does_not_work_later() {
    let (desk, card) = with_card().await;
    desk.press(ANNA, &card, "Antworten").await;
    let lock = desk.hold_items().await;
    desk.submit(ANNA, &[("text", "Beim ersten Mal.")]).await;
    lock.rollback().await.unwrap();
    assert!(desk.slack.close_view(ANNA).await.acked);
    desk.minutes(1).await;
    desk.press(ANNA, &card, "Antworten").await;
    assert!(desk.form(ANNA).contains("Beim ersten Mal."), "no word is lost");
    desk.submit(ANNA, &[("text", "Beim zweiten Mal.")]).await;
    let lock = desk.hold_items().await;
    desk.submit(ANNA, &[]).await;
    lock.rollback().await.unwrap();
    assert!(desk.form(ANNA).contains("Das ging gerade nicht"));
    // She thinks better of it.
    assert!(desk.slack.close_view(ANNA).await.acked);
    desk.minutes(5).await;
    assert_eq!(
        happened(&desk, "sent").await,
        0,
        "nothing leaves that nobody sent"
    );
    desk.press(ANNA, &card, "Weiterschreiben").await;
    assert!(
        desk.form(ANNA).contains("Beim zweiten Mal."),
        "{}",
        desk.form(ANNA)
    );
    desk.thread(&card);
    desk.finish().await;
}
