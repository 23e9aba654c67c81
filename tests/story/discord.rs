//! What is Discord's own: two chats on one case, the gateway with its one leader, calls that are signed, limits, threads
//! that cannot be had, rights that are taken away, and what Discord's markdown would make of a customer's words.

use std::collections::BTreeSet;
use std::time::Duration;

use standins::discord::Fault;
use standins::discord::Kind;
use standins::discord::Permission;
use standins::discord::Style;
use zeitnah::domain::say::text::Seg;
use zeitnah::port::chat::Body;
use zeitnah::port::chat::Note;
use zeitnah::port::chat::Post;
use zeitnah::port::clock::Clock as _;
use zeitnah::store::outbox;
use zeitnah::worker::drain;

use crate::desk::ANNA;
use crate::desk::CARE;
use crate::desk::Chats;
use crate::desk::D_ANNA;
use crate::desk::D_BEN;
use crate::desk::D_CARE;
use crate::desk::D_CARLA;
use crate::desk::D_GAST;
use crate::desk::Desk;
use crate::desk::Wish;
use crate::seat::Chat;
use crate::seat::Room;
use crate::seat::Seat;
use crate::seat::Who::Anna;
use crate::seat::Who::Ben;
use crate::seat::Who::Gast;
use crate::story::hostile;

const POST: &str = "create_message";
const EDIT: &str = "edit_message";

fn has(text: &str, part: &str) {
    assert!(text.contains(part), "{part:?} is not in\n{text}");
}

async fn desk() -> Desk {
    Desk::with(Chat::Discord.wish()).await
}

fn seat(desk: &Desk) -> Seat<'_> {
    Seat::new(desk, Chat::Discord)
}

async fn events(desk: &Desk, what: &str) -> i64 {
    desk.row(format!("SELECT count(*) FROM item_event WHERE what = '{what}'"))
        .await
}

fn calls(desk: &Desk, name: &str) -> usize {
    desk.discord.calls().iter().filter(|c| c.name == name).count()
}

async fn a_minute(desk: &Desk) {
    for _ in 0..4 {
        desk.seconds(15).await;
    }
}

#[tokio::test]
async fn a_case_in_both_chats_stays_true_under_presses_from_both_at_once() {
    let desk = Desk::with(Wish {
        chats: Chats::Both,
        replicas: 2,
        ..Wish::default()
    })
    .await;
    desk.review(2, "Nette Beratung, aber 40 Minuten Wartezeit.").await;
    let (slack, discord) = (Seat::new(&desk, Chat::Slack), seat(&desk));
    let (here, there) = (slack.card(), discord.card());
    let (one, other) = futures::join!(
        desk.slack.press(ANNA, CARE, &here.id, "Übernehmen"),
        desk.discord.press(D_BEN, D_CARE, &there.id, "Übernehmen"),
    );
    assert!(one.acked && other.acked, "{one:?} {other:?}");
    desk.settle().await;
    assert_eq!(events(&desk, "claimed").await, 1, "one of the two has it");
    let winner = if slack.text(&here).contains("Anna") {
        "Anna"
    } else {
        "Ben"
    };
    has(&slack.text(&here), winner);
    has(&discord.text(&there), winner);
    let told = if winner == "Anna" {
        discord.told(Ben)
    } else {
        slack.told(Anna)
    };
    has(&told, winner);

    // Whoever has it answers; the other chat's card says so as well.
    if winner == "Anna" {
        slack.answer(Anna, &here, "Danke.").await;
    } else {
        discord.answer(Ben, &there, "Danke.").await;
    }
    has(&slack.text(&here), "Beantwortet von");
    has(&discord.text(&there), "Beantwortet von");
    assert_eq!(slack.buttons(&here).first(), discord.buttons(&there).first());
    // A press on a button that is long gone is judged by what is true now, from either side.
    discord.command(Ben, "take", Some(1)).await;
    has(&discord.told(Ben), "beantwortet");
    assert_eq!(slack.all(Room::Care).len(), 1);
    assert_eq!(discord.all(Room::Care).len(), 1);
    assert_eq!(slack.thread(&here).len(), discord.thread(&there).len());
    desk.finish().await;
}

#[tokio::test]
async fn both_chats_are_warned_and_each_calls_its_own_people() {
    let desk = Desk::with(Wish {
        chats: Chats::Both,
        ..Wish::default()
    })
    .await;
    desk.review(1, "Wo bleibt die Antwort?").await;
    let (slack, discord) = (Seat::new(&desk, Chat::Slack), seat(&desk));
    let (here, there) = (slack.card(), discord.card());
    desk.hours(22).await;
    assert_eq!(
        slack.notified(),
        [ANNA.to_owned(), crate::desk::BEN.to_owned()].into()
    );
    assert_eq!(discord.notified(), [D_ANNA.to_owned(), D_BEN.to_owned()].into());
    slack.thread(&here);
    discord.thread(&there);
    slack.all(Room::Care);
    discord.all(Room::Care);
    desk.finish().await;
}

#[tokio::test]
async fn the_address_is_taken_by_discord_and_only_signed_calls_of_now_are_heard() {
    let desk = desk().await;
    let url = format!("{}/discord/interactions", desk.hooks[0]);
    assert_eq!(desk.discord.register_interactions_url(&url).await, Ok(()));
    desk.review(2, "Na ja.").await;
    let card = seat(&desk).card();
    for kind in [Kind::BadSignature, Kind::ClockSkew] {
        desk.discord.fault(Fault::new(kind));
        let outcome = desk.discord.press(D_ANNA, D_CARE, &card.id, "Übernehmen").await;
        assert_eq!((outcome.acked, outcome.status), (false, Some(401)), "{kind:?}");
    }
    desk.settle().await;
    assert_eq!(events(&desk, "claimed").await, 0);
    desk.finish().await;
}

#[tokio::test]
async fn the_same_interaction_twice_on_two_replicas_is_one_press() {
    let desk = Desk::with(Wish {
        replicas: 2,
        ..Chat::Discord.wish()
    })
    .await;
    desk.review(2, "Na ja.").await;
    let seat = seat(&desk);
    let card = seat.card();
    desk.discord.fault(Fault::new(Kind::DuplicateDelivery));
    seat.press(Anna, &card, "Übernehmen").await;
    assert_eq!(events(&desk, "claimed").await, 1);
    assert_eq!(seat.thread(&card).len(), 1);
    has(&seat.text(&card), "ist dran");
    desk.finish().await;
}

#[tokio::test]
async fn a_form_opens_and_its_preview_comes_though_each_arrives_on_two_replicas() {
    let desk = Desk::with(Wish {
        replicas: 2,
        ..Chat::Discord.wish()
    })
    .await;
    desk.review(2, "Na ja.").await;
    let seat = seat(&desk);
    let card = seat.card();
    // Whichever of the two answers first, it is the form, and then the preview; an empty one would take its place.
    for label in ["Antworten", "Weiterschreiben"] {
        desk.discord.fault(Fault::new(Kind::DuplicateDelivery));
        seat.press(Anna, &card, label).await;
        assert!(seat.has_form(Anna), "the form is open");
        desk.discord.fault(Fault::new(Kind::DuplicateDelivery));
        seat.submit(Anna, &[("text", "Danke für den Hinweis. – Anna")])
            .await;
        has(&seat.form(Anna), "Vorschau");
    }
    seat.text(&card);
    seat.thread(&card);
    desk.finish().await;
}

#[tokio::test]
async fn a_message_whose_answer_was_lost_is_one_message() {
    let desk = desk().await;
    let seat = seat(&desk);
    let faults = [
        Fault::answer_lost(POST),
        Fault::request_lost(POST),
        Fault::server_error(POST, 502),
    ];
    for (n, fault) in faults.into_iter().enumerate() {
        desk.discord.fault(fault);
        desk.review(2, "Was man nicht alles verliert.").await;
        a_minute(&desk).await;
        assert_eq!(seat.all(Room::Care).len(), n + 1);
    }
    let card = seat.card();
    desk.discord.fault(Fault::answer_lost(POST));
    seat.press(Anna, &card, "Übernehmen").await;
    a_minute(&desk).await;
    assert_eq!(seat.thread(&card).len(), 1, "{:?}", seat.thread(&card));
    desk.review(5, "Noch einer.").await;
    desk.discord.fault(Fault::answer_lost("start_thread"));
    let card = seat.card();
    seat.press(Anna, &card, "Übernehmen").await;
    a_minute(&desk).await;
    assert_eq!(
        seat.thread(&card).len(),
        1,
        "a thread that is there already is a thread"
    );
    seat.all(Room::Care);
    desk.finish().await;
}

#[tokio::test]
async fn a_card_that_somebody_deleted_stands_again() {
    let desk = desk().await;
    desk.review(2, "Weg damit?").await;
    let seat = seat(&desk);
    let card = seat.card();
    desk.discord.delete_message(D_CARE, &card.id);
    a_minute(&desk).await;
    let again = seat.card();
    assert_ne!(card, again);
    seat.press(Anna, &again, "Übernehmen").await;
    has(&seat.text(&again), "ist dran");
    seat.thread(&again);
    desk.finish().await;
}

#[tokio::test]
async fn what_cannot_stand_in_a_thread_stands_in_the_channel() {
    let desk = desk().await;
    desk.review(2, "Laut.").await;
    let seat = seat(&desk);
    let card = seat.card();
    seat.press(Anna, &card, "Übernehmen").await;
    assert_eq!(seat.thread(&card).len(), 1);
    desk.discord.fault(Fault::new(Kind::LockThread));
    seat.press(Anna, &card, "Zurückgeben").await;
    a_minute(&desk).await;
    assert_eq!(seat.thread(&card).len(), 1, "it is locked");
    let lines = seat.all(Room::Care);
    has(&seat.text(lines.last().unwrap()), "hat zurückgegeben");
    desk.discord.heal();
    // A thread that only sleeps wakes up by itself.
    desk.discord.let_threads_sleep();
    seat.press(Anna, &card, "Übernehmen").await;
    assert_eq!(seat.thread(&card).len(), 2);
    has(&seat.text(&card), "ist dran");

    // Locked while it is awake is another no of Discord's.
    assert!(desk.discord.set_thread(&card.id, false, true));
    seat.press(Anna, &card, "Zurückgeben").await;
    let lines = seat.all(Room::Care);
    assert_eq!(
        (lines.len(), seat.thread(&card).len()),
        (3, 2),
        "it stands in the channel"
    );
    desk.finish().await;
}

#[tokio::test]
async fn without_the_right_to_threads_each_line_stands_in_the_channel_at_once() {
    for lost in [Permission::CreatePublicThreads, Permission::SendMessagesInThreads] {
        let desk = desk().await;
        desk.review(2, "Laut.").await;
        let seat = seat(&desk);
        let card = seat.card();
        desk.discord.take_permission(D_CARE, lost);
        seat.press(Anna, &card, "Übernehmen").await;
        has(&seat.text(&card), "ist dran");
        // Again within the seconds in which Discord is not asked for what it has just refused.
        seat.press(Anna, &card, "Zurückgeben").await;
        has(&seat.text(&card), "frei");
        let lines = seat.all(Room::Care);
        assert_eq!(lines.len(), 3, "{lost:?}");
        has(&seat.text(&lines[1]), "hat übernommen");
        has(&seat.text(&lines[2]), "hat zurückgegeben");
        desk.finish().await;
    }
}

#[tokio::test]
async fn a_thread_that_a_moderator_deleted_is_begun_again() {
    let desk = desk().await;
    desk.review(2, "Laut.").await;
    let seat = seat(&desk);
    let card = seat.card();
    seat.press(Anna, &card, "Übernehmen").await;
    assert_eq!(seat.thread(&card).len(), 1);
    assert!(desk.discord.delete_channel(&card.id));
    seat.press(Anna, &card, "Zurückgeben").await;
    has(&seat.thread(&card).join("\n"), "hat zurückgegeben");
    assert_eq!(seat.all(Room::Care).len(), 1);
    desk.finish().await;
}

/// One line waits for the other, unless a lease ran out; a person may also begin a thread at that moment.
#[tokio::test]
async fn two_who_begin_the_same_thread_at_once_share_it() {
    let desk = Desk::with(Wish {
        replicas: 2,
        ..Chat::Discord.wish()
    })
    .await;
    desk.review(2, "Laut.").await;
    let seat = seat(&desk);
    let card = seat.card();
    // Both have heard that there is no thread before either of them begins one.
    desk.discord.fault(Fault::slow(POST, 300).times(2));
    let line = |text: &str| Post {
        key: text.to_owned(),
        generation: 0,
        room: card.room.clone(),
        thread: Some(card.id.clone()),
        body: Body::Note(Note {
            ping: vec![],
            text: vec![Seg::Text(text.to_owned())],
            quotes: Vec::new(),
            buttons: vec![],
            item: None,
            each: vec![],
            about: "Laut".to_owned(),
        }),
    };
    let (one, other) = (line("eins"), line("zwei"));
    let [first, second] = [0, 1].map(|n: usize| desk.apps[n].desk.chats["discord"].clone());
    let (one, other) = futures::join!(first.post(&one), second.post(&other));
    assert!(one.unwrap().is_some() && other.unwrap().is_some());
    assert_eq!(calls(&desk, "start_thread"), 2, "both tried");
    assert_eq!(seat.thread(&card).len(), 2);
    assert_eq!(seat.all(Room::Care).len(), 1);
    desk.finish().await;
}

#[tokio::test]
async fn an_old_message_that_may_not_be_edited_now_is_edited_later() {
    let desk = desk().await;
    desk.review(2, "Alt.").await;
    let seat = seat(&desk);
    let card = seat.card();
    let minutes = Fault {
        retry_after: Some(300.0),
        ..Fault::new(Kind::OldEdit)
    };
    desk.discord.fault(minutes.times(3));
    seat.press(Anna, &card, "Übernehmen").await;
    a_minute(&desk).await;
    let tried = calls(&desk, EDIT);
    assert!(tried <= 2, "it is left alone for minutes: {tried}");
    for _ in 0..4 {
        desk.minutes(6).await;
    }
    // The lease has run out meanwhile; what counts is that the card says what is true now.
    has(&seat.text(&card), "frei");
    seat.thread(&card);
    desk.finish().await;
}

#[tokio::test]
async fn a_channel_that_is_closed_to_us_is_told_once_to_an_admin_and_caught_up_on() {
    let desk = desk().await;
    let seat = seat(&desk);
    desk.review(2, "Vorher.").await;
    let card = seat.card();
    desk.discord.take_permission(D_CARE, Permission::ViewChannel);
    desk.review(1, "Währenddessen.").await;
    for _ in 0..10 {
        desk.minutes(1).await;
    }
    let refused = desk.discord.calls().iter().filter(|c| c.status == 403).count();
    assert!(refused <= 60, "no storm: {refused} refusals in ten minutes");
    let room = desk.discord.dm(D_CARLA).expect("the admin was written to");
    let told = desk.discord.see(&room);
    assert_eq!(told.len(), 1, "once");
    has(&desk.discord.visible_text(&told[0]), "„care“");
    desk.discord.give_permission(D_CARE, Permission::ViewChannel);
    a_minute(&desk).await;
    a_minute(&desk).await;
    assert_eq!(seat.all(Room::Care).len(), 2, "what was missing is there");
    has(&seat.text(&card), "Vorher");
    desk.finish().await;
}

#[tokio::test]
async fn where_nothing_may_be_posted_the_cards_that_stand_stay_true() {
    let desk = desk().await;
    let seat = seat(&desk);
    desk.review(2, "Vorher.").await;
    let card = seat.card();
    desk.discord.take_permission(D_CARE, Permission::SendMessages);
    desk.review(1, "Währenddessen.").await;
    seat.press(Anna, &card, "Übernehmen").await;
    has(&seat.text(&card), "ist dran");
    assert_eq!(seat.thread(&card).len(), 1, "a thread has rights of its own");
    for _ in 0..10 {
        desk.minutes(1).await;
    }
    let refused = desk.discord.calls().iter().filter(|c| c.status == 403).count();
    assert!(refused <= 40, "no storm: {refused} refusals in ten minutes");
    let room = desk.discord.dm(D_CARLA).expect("the admin was written to");
    has(&desk.discord.visible_text(&desk.discord.see(&room)[0]), "„care“");
    desk.discord.give_permission(D_CARE, Permission::SendMessages);
    a_minute(&desk).await;
    assert_eq!(seat.all(Room::Care).len(), 2, "what was missing is there");
    desk.finish().await;
}

#[tokio::test]
async fn a_channel_that_was_deleted_is_told_once_and_what_it_showed_comes_back_with_it() {
    let desk = desk().await;
    let seat = seat(&desk);
    desk.review(2, "Vorher.").await;
    seat.card();
    assert!(desk.discord.delete_channel(D_CARE));
    desk.review(1, "Währenddessen.").await;
    for _ in 0..10 {
        desk.minutes(1).await;
    }
    let lost = desk.discord.calls().iter().filter(|c| c.status == 404).count();
    assert!(lost <= 60, "no storm: {lost} calls into nothing in ten minutes");
    let room = desk.discord.dm(D_CARLA).expect("the admin was written to");
    let told = desk.discord.see(&room);
    assert_eq!(told.len(), 1, "once");
    has(&desk.discord.visible_text(&told[0]), "„care“");
    let open: i64 = desk
        .row("SELECT count(*) FROM item WHERE handling ->> 'state' = 'open'")
        .await;
    assert_eq!(open, 2, "both wait, seen or not");
    // Somebody makes a channel in its place; in a story it may have the same id.
    desk.discord.add_channel(D_CARE, "care");
    a_minute(&desk).await;
    a_minute(&desk).await;
    let texts: Vec<String> = seat.all(Room::Care).iter().map(|c| seat.text(c)).collect();
    assert_eq!(texts.len(), 2, "{texts:#?}");
    for words in ["Vorher", "Währenddessen"] {
        assert!(texts.iter().any(|t| t.contains(words)), "{texts:#?}");
    }
    desk.finish().await;
}

#[tokio::test]
async fn each_chat_keeps_its_own_pace() {
    let desk = Desk::with(Wish {
        chats: Chats::Both,
        tune: |rules| {
            rules.post_every_ms = [("slack".to_owned(), 0), ("discord".to_owned(), 5_000)].into();
        },
        ..Wish::default()
    })
    .await;
    for n in 0..3 {
        desk.google
            .write(crate::desk::STORE, "Jule K.", 2, &format!("Nr. {n}"))
            .unwrap();
    }
    desk.minutes(5).await;
    let (slack, discord) = (Seat::new(&desk, Chat::Slack), seat(&desk));
    assert_eq!(
        (slack.all(Room::Care).len(), discord.all(Room::Care).len()),
        (3, 1)
    );
    desk.seconds(5).await;
    assert_eq!(discord.all(Room::Care).len(), 2);
    desk.seconds(5).await;
    assert_eq!(discord.all(Room::Care).len(), 3);
    desk.finish().await;
}

#[tokio::test]
async fn limits_that_are_over_are_forgotten_and_those_that_hold_are_kept() {
    let desk = Desk::with(Wish {
        paced: true,
        ..Chat::Discord.wish()
    })
    .await;
    desk.review(2, "Na ja.").await;
    let seat = seat(&desk);
    let card = seat.card();
    // Each way back to a press is a limit of its own.
    for _ in 0..3 {
        desk.discord.fault(Fault::rate_limit("create_followup", 2.0));
        seat.press(Gast, &card, "Übernehmen").await;
        a_minute(&desk).await;
    }
    assert_eq!(seat.whispers(Gast).len(), 3);
    let left = "SELECT key FROM rate WHERE key LIKE 'discord:follow up:%'";
    assert_eq!(desk.rows::<String>(left).await.len(), 3);
    let holds = desk.clock.now() + chrono::TimeDelta::hours(3);
    outbox::slow_down(desk.store.pool(), "discord:closed", holds)
        .await
        .unwrap();
    desk.clock.advance(chrono::TimeDelta::hours(2));
    while desk.apps[0].desk.forget().await.unwrap() {}
    assert_eq!(
        desk.rows::<String>("SELECT key FROM rate").await,
        ["discord:closed"]
    );
    desk.finish().await;
}

#[tokio::test]
async fn a_token_that_is_refused_is_not_shown_again_and_again() {
    let desk = desk().await;
    desk.discord.fault(Fault::new(Kind::Unauthorized).always());
    desk.review(2, "Eins.").await;
    desk.review(2, "Zwei.").await;
    a_minute(&desk).await;
    let refused = desk.discord.calls().iter().filter(|c| c.status == 401).count();
    assert!(refused <= 4, "{refused}");
    desk.discord.heal();
    for _ in 0..7 {
        desk.minutes(1).await;
    }
    assert_eq!(seat(&desk).all(Room::Care).len(), 2);
    desk.finish().await;
}

#[tokio::test]
async fn a_limit_is_kept_by_every_replica() {
    let desk = Desk::with(Wish {
        replicas: 2,
        paced: true,
        ..Chat::Discord.wish()
    })
    .await;
    desk.discord.fault(Fault::rate_limit(POST, 5.0));
    for n in 0..6 {
        desk.google
            .write(crate::desk::STORE, "Jule K.", 2, &format!("Nr. {n}"))
            .unwrap();
    }
    desk.minutes(5).await;
    for _ in 0..40 {
        desk.seconds(1).await;
    }
    assert_eq!(seat(&desk).all(Room::Care).len(), 6);
    assert!(
        desk.discord.limited() <= 2,
        "{} times over a limit",
        desk.discord.limited()
    );
    desk.finish().await;
}

#[tokio::test]
async fn in_a_conversation_the_roles_are_asked_for() {
    let desk = desk().await;
    let seat = seat(&desk);
    desk.review(1, "Hilfe.").await;
    let card = seat.card();
    seat.press(Anna, &card, "Eskalieren").await;
    seat.submit(Anna, &[("to", "leitung"), ("why", "Bitte ansehen")])
        .await;
    let room = desk.discord.dm(D_CARLA).expect("a direct message");
    let alert = desk.discord.see(&room).pop().unwrap();
    let outcome = desk.discord.press(D_CARLA, &room, &alert.id, "Übernehmen").await;
    assert!(outcome.acked, "{outcome:?}");
    desk.settle().await;
    has(&seat.text(&card), "ist dran");
    seat.thread(&card);
    seat.all(Room::Care);
    desk.finish().await;
}

#[tokio::test]
async fn a_form_that_would_come_too_late_is_promised_in_time_and_asked_for_again() {
    let desk = desk().await;
    desk.review(2, "Spät.").await;
    let seat = seat(&desk);
    let card = seat.card();
    // Somebody else works on the item for longer than Discord waits.
    let held = desk.hold_items().await;
    let outcome = desk.discord.press(D_ANNA, D_CARE, &card.id, "Antworten").await;
    assert!(
        outcome.acked && outcome.took < Duration::from_secs(3),
        "{outcome:?}"
    );
    assert!(desk.discord.modal(D_ANNA).is_none());
    drop(held);
    desk.settle().await;
    has(&seat.told(Anna), "noch einmal drücken");
    seat.press(Anna, &card, "Antworten").await;
    assert!(desk.discord.modal(D_ANNA).is_some());
    seat.thread(&card);
    seat.text(&card);
    desk.finish().await;
}

#[tokio::test]
async fn a_private_sentence_finds_another_way_and_is_never_said_aloud() {
    let desk = desk().await;
    desk.review(2, "Privat.").await;
    let seat = seat(&desk);
    let card = seat.card();
    let no_way_back = || Fault::new(Kind::Forbidden).on("create_followup");
    desk.discord.fault(no_way_back());
    seat.press(Gast, &card, "Übernehmen").await;
    let room = desk.discord.dm(D_GAST).expect("a direct message");
    let told = desk.discord.see(&room).pop().unwrap();
    has(&desk.discord.visible_text(&told), "brauchst du hier das Recht");

    desk.discord.change_user(D_GAST, |user| user.closed = true);
    desk.discord.fault(no_way_back());
    seat.press(Gast, &card, "Übernehmen").await;
    let line = seat.all(Room::Care).pop().unwrap();
    let text = seat.text(&line);
    has(&text, "keine Direktnachrichten");
    assert!(
        !text.contains("Recht"),
        "what it is about is theirs alone: {text}"
    );
    assert_eq!(seat.notified(), [D_GAST.to_owned()].into());
    desk.finish().await;
}

/// A quarter of an hour after a press its own token ends. That says nothing about the bot's.
#[tokio::test]
async fn a_private_sentence_whose_way_back_has_ended_is_a_direct_message_and_closes_nothing() {
    let desk = desk().await;
    desk.review(2, "Privat.").await;
    let seat = seat(&desk);
    let card = seat.card();
    desk.discord
        .fault(Fault::rate_limit("create_followup", 50.0).always());
    seat.press(Gast, &card, "Übernehmen").await;
    for _ in 0..16 {
        desk.minutes(1).await;
    }
    desk.discord.heal();
    for _ in 0..2 {
        desk.minutes(1).await;
    }
    let ended = desk.discord.calls().into_iter().filter(|c| c.code == Some(50027));
    assert_eq!(ended.count(), 1, "the token had ended, and that was heard once");
    let room = desk.discord.dm(D_GAST).expect("a direct message");
    let told = desk.discord.see(&room).pop().unwrap();
    has(&desk.discord.visible_text(&told), "brauchst du hier das Recht");
    desk.review(5, "Danach.").await;
    assert_eq!(seat.all(Room::Care).len(), 2, "everything else goes on");
    let closed = desk.rows::<String>("SELECT key FROM rate WHERE key LIKE 'discord:token:%'");
    assert_eq!(closed.await, Vec::<String>::new());
    desk.finish().await;
}

/// What follows must not come before what it follows, whoever of us is faster.
#[tokio::test]
async fn what_is_told_after_a_command_does_not_overtake_its_first_answer() {
    for by_another_replica in [false, true] {
        let desk = Desk::with(Wish {
            replicas: 2,
            ..Chat::Discord.wish()
        })
        .await;
        let seat = seat(&desk);
        desk.discord.let_answers_travel(Duration::from_millis(60));
        let who_sends = &desk.apps[usize::from(by_another_replica)].desk;
        for n in 1..=4 {
            let sending = async {
                while seat.whispers(Anna).len() < n {
                    drain::until_quiet(who_sends).await.unwrap();
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
            };
            let started = std::time::Instant::now();
            let asking = desk.discord.command(D_ANNA, D_CARE, "/zeitnah open");
            let (outcome, sent) =
                futures::join!(asking, tokio::time::timeout(Duration::from_secs(3), sending));
            assert!(outcome.acked, "{outcome:?}");
            assert!(sent.is_ok(), "it did not come: the story's clock stands");
            println!("told after {:?}", started.elapsed());
        }
        let early = desk.discord.calls().into_iter();
        let early = early
            .filter(|c| c.name == "create_followup" && c.status == 404)
            .count();
        assert!(early == 0 || by_another_replica, "{early} came too early");
        desk.finish().await;
    }
}

#[tokio::test]
async fn what_discord_says_how_long_to_wait_is_what_is_waited() {
    let desk = desk().await;
    desk.discord.fault(Fault::rate_limit(POST, 10.0));
    desk.review(2, "Gleich.").await;
    for _ in 0..11 {
        desk.seconds(1).await;
    }
    assert_eq!(seat(&desk).all(Room::Care).len(), 1, "after 10 s and no more");
    desk.finish().await;
}

#[tokio::test]
async fn old_cards_are_edited_less_often_and_catch_up_when_discord_says() {
    let desk = desk().await;
    desk.review(2, "Alt.").await;
    let seat = seat(&desk);
    let card = seat.card();
    desk.minutes(70).await;
    let before = calls(&desk, EDIT);
    // Typed, because the card shows the button of an older state meanwhile.
    for n in 0..12 {
        let what = if n % 2 == 0 { "take" } else { "release" };
        seat.command(Anna, what, Some(1)).await;
    }
    let edits = calls(&desk, EDIT) - before;
    assert!((2..=6).contains(&edits), "{edits} edits for 12 changes");
    a_minute(&desk).await;
    has(&seat.text(&card), "frei");
    assert!(calls(&desk, EDIT) - before <= 7);

    // Discord has its own measure; what it says counts, for this message alone.
    desk.minutes(10).await;
    desk.discord.fault(Fault {
        retry_after: Some(40.0),
        ..Fault::new(Kind::OldEdit)
    });
    desk.review(5, "Neu.").await;
    let other = seat.card();
    seat.press(Anna, &card, "Übernehmen").await;
    seat.press(Ben, &other, "Übernehmen").await;
    has(&seat.text(&other), "ist dran");
    has(&seat.text(&card), "frei");
    let shown = "SELECT shut ->> 'why' FROM rate WHERE shut ->> 'what' = 'message'";
    has(&desk.row::<String>(shown).await, "(30046)");
    for _ in 0..42 {
        desk.seconds(1).await;
    }
    has(&seat.text(&card), "ist dran");
    for shown in [&card, &other] {
        seat.thread(shown);
    }
    seat.look_around(&[Room::Care], &[Anna, Ben]);
    desk.finish().await;
}

#[tokio::test]
async fn whoever_presses_on_a_card_that_cannot_be_edited_now_is_told_until_when() {
    let desk = desk().await;
    desk.review(2, "Alt.").await;
    let seat = seat(&desk);
    let card = seat.card();
    desk.minutes(70).await;
    let minutes = Fault {
        retry_after: Some(300.0),
        ..Fault::new(Kind::OldEdit)
    };
    desk.discord.fault(minutes);
    seat.press(Anna, &card, "Übernehmen").await;
    assert!(seat.whispers(Anna).is_empty(), "nobody knew it before");
    has(&seat.text(&card), "frei");
    // Ben sees a card that is free.
    seat.press(Ben, &card, "Übernehmen").await;
    let told = seat.told(Ben);
    has(&told, "Anna");
    has(&told, "Die Karte zeigt es erst ab ");
    // What she does holds, and she is told the same.
    let told = seat.command(Anna, "release", Some(1)).await;
    has(&told, "Die Karte zeigt es erst ab ");
    seat.press(Ben, &card, "Übernehmen").await;
    has(&seat.told(Ben), "Die Karte zeigt es erst ab ");
    assert_eq!(
        (events(&desk, "claimed").await, events(&desk, "released").await),
        (2, 1)
    );
    for _ in 0..5 {
        a_minute(&desk).await;
    }
    desk.seconds(2).await;
    let shown = seat.text(&card);
    assert!(shown.contains("Ben") && shown.contains("ist dran"), "{shown}");
    let before = seat.whispers(Ben).len();
    seat.press(Ben, &card, "Zurückgeben").await;
    assert_eq!(seat.whispers(Ben).len(), before, "nothing is late any more");
    seat.thread(&card);
    seat.look_around(&[Room::Care], &[Anna, Ben]);
    desk.finish().await;
}

#[tokio::test]
async fn the_rarer_actions_stand_in_a_menu_and_buttons_of_older_cards_still_work() {
    let desk = desk().await;
    desk.review(2, "Acht Knöpfe sind zu viele.").await;
    let seat = seat(&desk);
    let card = seat.card();
    let message = desk.discord.message(&card.room, &card.id).unwrap();
    assert_eq!(message.components.len(), 2, "one row of buttons and a menu");
    assert_eq!(message.components[1]["components"][0]["type"], 3);
    let buttons = desk.discord.buttons(&message);
    assert!(buttons.len() <= 5, "{buttons:?}");
    let chosen = desk.discord.choices(&message);
    for rarer in ["Zurückstellen", "Warum diese Frist?"] {
        assert!(chosen.iter().any(|c| c == rarer), "{rarer} is not in {chosen:?}");
    }
    for what in &chosen {
        seat.press(Anna, &card, what).await;
        desk.discord.close_modal(D_ANNA);
    }
    seat.whispers(Anna);
    // As a card of an earlier release shows it: a button of its own.
    let options = message.components[1]["components"][0]["options"]
        .as_array()
        .unwrap();
    let why = options
        .iter()
        .find(|o| o["label"] == "Warum diese Frist?")
        .unwrap();
    let old = serde_json::json!([{ "type": 1, "components": [
        { "type": 2, "style": 2, "label": "Warum diese Frist?", "custom_id": why["value"] }
    ] }]);
    let told = seat.whispers(Anna).len();
    let outcome = desk
        .discord
        .press_as_seen(
            D_ANNA,
            &card.room,
            &card.id,
            old.as_array().unwrap(),
            "Warum diese Frist?",
        )
        .await;
    assert!(outcome.acked, "{outcome:?}");
    desk.settle().await;
    assert_eq!(seat.whispers(Anna).len(), told + 1);
    seat.thread(&card);
    seat.text(&card);
    desk.finish().await;
}

/// How often each person is called aloud, by all that stands anywhere.
fn called_aloud(desk: &Desk, user: &str) -> usize {
    let channels = desk.discord.channels();
    let all = channels.iter().flat_map(|c| desk.discord.see(&c.id));
    all.filter(|m| desk.discord.notified(m).contains(user)).count()
}

#[tokio::test]
async fn an_escalation_calls_once_and_a_closed_conversation_is_told_below_the_card() {
    let desk = desk().await;
    let seat = seat(&desk);
    desk.review(1, "Hilfe.").await;
    let card = seat.card();
    seat.press(Anna, &card, "Eskalieren").await;
    seat.submit(Anna, &[("to", "leitung"), ("why", "Bitte ansehen")])
        .await;
    let room = desk.discord.dm(D_CARLA).expect("a direct message");
    assert_eq!(desk.discord.see(&room).len(), 1);
    assert_eq!(
        called_aloud(&desk, D_CARLA),
        0,
        "she was written to, and not called as well"
    );
    has(&seat.thread(&card).join("\n"), "Bitte ansehen");

    desk.discord.change_user(D_CARLA, |user| user.closed = true);
    desk.review(1, "Noch einmal Hilfe.").await;
    let card = seat.card();
    seat.press(Anna, &card, "Eskalieren").await;
    seat.submit(Anna, &[("to", "leitung"), ("why", "Auch das ansehen")])
        .await;
    assert_eq!(called_aloud(&desk, D_CARLA), 1, "she is called where she looks");
    has(&seat.calls(&card).join("\n"), "Auch das ansehen");
    let waiting: i64 = desk
        .row("SELECT count(*) FROM effect WHERE kind = 'alert' AND state <> 'done'")
        .await;
    assert_eq!(waiting, 0, "nothing is tried for ever");
    seat.all(Room::Care);
    desk.finish().await;
}

#[tokio::test]
async fn a_field_takes_what_the_source_takes() {
    let desk = desk().await;
    desk.question("Passt die Schere für Linkshänder?").await;
    let seat = seat(&desk);
    let card = seat.card();
    seat.press(Anna, &card, "Antworten").await;
    let modal = desk.discord.modal(D_ANNA).unwrap();
    let fields = modal.components.iter().map(|c| &c["component"]);
    let text = fields.into_iter().find(|c| c["custom_id"] == "text").unwrap();
    assert_eq!(text["max_length"], 350, "{text}");
    seat.thread(&card);
    seat.text(&card);
    desk.finish().await;
}

#[tokio::test]
async fn whoever_was_slower_is_told_that_their_text_is_kept() {
    for chat in [Chat::Slack, Chat::Discord] {
        let desk = Desk::with(chat.wish()).await;
        desk.review(2, "Wer zuerst?").await;
        let seat = Seat::new(&desk, chat);
        let card = seat.card();
        seat.press(Anna, &card, "Antworten").await;
        seat.answer(Ben, &card, "Ben war da.").await;
        seat.submit(Anna, &[("text", "Mein langer Text.")]).await;
        has(&seat.told(Anna), "Dein Text ist gespeichert");
        let kept: i64 = desk
            .row("SELECT count(*) FROM reply WHERE body = 'Mein langer Text.'")
            .await;
        assert_eq!(kept, 1);
        seat.thread(&card);
        seat.look_around(&[Room::Care], &[Anna, Ben]);
        desk.finish().await;
    }
}

#[tokio::test]
async fn numbers_are_suggested_while_one_types_to_whoever_may_see_them() {
    let desk = desk().await;
    desk.review(2, "Wartezeit viel zu lang.").await;
    desk.question("Passt die Schere für Linkshänder?").await;
    let seat = seat(&desk);
    let offered = desk
        .discord
        .autocomplete(D_ANNA, D_CARE, "/zeitnah take", ("number", ""))
        .await;
    assert_eq!(offered.choices.len(), 2, "{offered:?}");
    let offered = desk
        .discord
        .autocomplete(D_ANNA, D_CARE, "/zeitnah take", ("number", "2"))
        .await;
    assert_eq!(offered.choices.len(), 1, "{offered:?}");
    let offered = desk
        .discord
        .autocomplete(D_GAST, D_CARE, "/zeitnah take", ("number", ""))
        .await;
    assert_eq!(offered.choices.len(), 0, "who may see nothing is offered nothing");
    let offered = desk
        .discord
        .autocomplete(D_ANNA, D_CARE, "/zeitnah reopen", ("number", ""))
        .await;
    assert_eq!(offered.choices.len(), 0, "nothing is closed yet");
    seat.all(Room::Care);
    desk.finish().await;
}

/// Enter takes what is offered first.
#[tokio::test]
async fn a_whole_number_is_offered_first_also_when_its_case_is_closed() {
    let desk = desk().await;
    let seat = seat(&desk);
    for n in 1..=11 {
        desk.review(2, &format!("Die Wartezeit war lang, zum {n}. Mal."))
            .await;
    }
    seat.all(Room::Care);
    let offered = async |number: &str| -> Vec<String> {
        let offered = desk
            .discord
            .autocomplete(D_ANNA, D_CARE, "/zeitnah item", ("number", number))
            .await;
        let value = |choice: &serde_json::Value| choice["value"].as_str().unwrap_or_default().to_owned();
        offered.choices.iter().map(value).collect()
    };
    assert_eq!(offered("1").await, ["1", "10", "11"]);
    assert_eq!(offered("11").await, ["11"]);
    let done = desk
        .discord
        .command(D_ANNA, D_CARE, "/zeitnah handled number:1")
        .await;
    assert_eq!(done.error, None, "{done:?}");
    let done = desk.discord.submit(D_ANNA, &[]).await;
    assert_eq!(done.error, None, "{done:?}");
    desk.settle().await;
    seat.told(Anna);
    for card in seat.all(Room::Care) {
        seat.thread(&card);
    }
    assert_eq!(offered("1").await, ["1", "10", "11"], "the closed one, too");
    let strange = desk
        .discord
        .autocomplete(D_GAST, D_CARE, "/zeitnah item", ("number", "1"))
        .await;
    assert_eq!(strange.choices.len(), 0, "who may see nothing is offered nothing");
    desk.finish().await;
}

#[tokio::test]
async fn commands_are_registered_once() {
    let desk = Desk::with(Wish {
        replicas: 3,
        ..Chat::Discord.wish()
    })
    .await;
    assert_eq!(
        calls(&desk, "overwrite_guild_commands"),
        1,
        "the first replica did it"
    );
    let names: Vec<String> = desk
        .discord
        .commands()
        .iter()
        .map(|c| c["name"].as_str().unwrap_or_default().to_owned())
        .collect();
    assert_eq!(names, ["zeitnah"]);
    desk.finish().await;
}

/// Nobody is called, nothing is linked, and nothing is formatted but what is ours.
#[tokio::test]
async fn hostile_words_stay_words() {
    let desk = desk().await;
    let seat = seat(&desk);
    for case in hostile::cases() {
        let id = &case.id;
        // What a source says besides the words is short.
        let short = if case.typed.chars().count() <= 200 {
            case.json.as_str()
        } else {
            "\"lang\""
        };
        let body = format!(
            r#"{{"id":"{id}","rating":2,"body":{},"author":{{"name":{short}}},"title":{short}}}"#,
            case.json
        );
        let (status, answer) = desk.push(id, body).await;
        assert_eq!(status, 200, "{id}: {answer}");
        let card = seat.card();
        let message = desk.discord.see_message(D_CARE, &card.id).unwrap();
        assert_eq!(desk.discord.pings(&message), [], "{id}");
        assert!(desk.discord.notified(&message).is_empty(), "{id}");
        assert_eq!(desk.discord.unfurls(&message), Vec::<String>::new(), "{id}");
        assert_eq!(desk.discord.links(&message), Vec::<String>::new(), "{id}");
        for formatted in desk.discord.formatted(&message) {
            let ours = matches!(formatted.style, Style::Quote | Style::Small | Style::Time);
            assert!(ours, "{id}: {formatted:?}");
        }
        // And where it is read in full, and where a person passes it on.
        seat.press(Anna, &card, "Text kopieren").await;
        seat.press(Anna, &card, "Erledigt").await;
        let typed: String = case.typed.chars().filter(|c| *c != '\0').take(1000).collect();
        seat.submit(Anna, &[("reason", "other"), ("note", &typed)]).await;
        for line in desk.discord.see(&card.id) {
            assert_eq!(desk.discord.pings(&line), [], "{id}");
            assert_eq!(desk.discord.unfurls(&line), Vec::<String>::new(), "{id}");
        }
        for whisper in desk.discord.see_ephemerals(D_ANNA) {
            assert_eq!(desk.discord.pings(&whisper), [], "{id}");
            assert_eq!(desk.discord.links(&whisper), Vec::<String>::new(), "{id}");
        }
        seat.text(&card);
    }
    desk.finish().await;
}

/// What one person does with the card before them, if it can be done then.
#[derive(Debug, Clone, Copy)]
enum Move {
    Take,
    Release,
    Handle,
    Reopen,
    Answer,
    Nothing,
}

impl Move {
    fn button(self) -> Option<&'static str> {
        match self {
            Self::Take => Some("Übernehmen"),
            Self::Release => Some("Zurückgeben"),
            Self::Handle => Some("Erledigt"),
            Self::Reopen => Some("Wieder öffnen"),
            Self::Answer => Some("Antworten"),
            Self::Nothing => None,
        }
    }
}

/// Pressed, and the form that comes is sent: it is judged by what is true then, whatever the other chat did meanwhile.
async fn moves(desk: &Desk, chat: Chat, who: crate::seat::Who, what: Move) {
    let seat = Seat::new(desk, chat);
    let card = seat.card();
    let Some(button) = what
        .button()
        .filter(|b| seat.buttons(&card).iter().any(|shown| shown == b))
    else {
        return;
    };
    let id = chat.id(who);
    match chat {
        Chat::Slack => drop(desk.slack.press(id, &card.room, &card.id, button).await),
        Chat::Discord => drop(desk.discord.press(id, &card.room, &card.id, button).await),
    }
    desk.settle().await;
    let sends: &[&[(&str, &str)]] = match what {
        Move::Answer => &[&[("text", "Danke, wir kümmern uns.")], &[]],
        Move::Handle => &[&[("reason", "spam")]],
        Move::Take | Move::Release | Move::Reopen | Move::Nothing => &[],
    };
    for values in sends {
        if seat.has_form(who) {
            seat.submit(who, values).await;
        }
    }
}

/// One case, one state: whatever Anna does in Slack and Ben in Discord at the same time, both cards say the same
/// afterwards, and what is public is public once.
#[test]
fn whatever_two_chats_do_at_once_both_cards_say_the_same() {
    use proptest::prelude::Strategy;
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;

    let step = || {
        proptest::sample::select(vec![
            Move::Take,
            Move::Take,
            Move::Release,
            Move::Handle,
            Move::Reopen,
            Move::Answer,
            Move::Nothing,
        ])
    };
    let days = proptest::collection::vec((step(), step(), 0_i64..20), 6);
    // The same days each time: a fault that comes and goes helps nobody.
    let mut runner = TestRunner::deterministic();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let mut happened = BTreeSet::new();
    for _ in 0..6 {
        let day = days.new_tree(&mut runner).unwrap().current();
        happened.extend(runtime.block_on(a_day_in_both_chats(&day)));
    }
    for what in ["claimed", "released", "handled", "reopened", "visible"] {
        assert!(happened.contains(what), "{what} is not among {happened:?}");
    }
}

/// Returns what happened to the case.
async fn a_day_in_both_chats(day: &[(Move, Move, i64)]) -> Vec<String> {
    let desk = Desk::with(Wish {
        chats: Chats::Both,
        replicas: 2,
        ..Wish::default()
    })
    .await;
    desk.review(2, "Nette Beratung, aber 40 Minuten Wartezeit.").await;
    let (slack, discord) = (Seat::new(&desk, Chat::Slack), seat(&desk));
    let (here, there) = (slack.card(), discord.card());
    for (annas, bens, minutes) in day {
        futures::join!(
            moves(&desk, Chat::Slack, Anna, *annas),
            moves(&desk, Chat::Discord, Ben, *bens)
        );
        // At once, not only after the reconciler's round; and again when time has passed.
        for wait in [0, *minutes] {
            desk.minutes(wait).await;
            let (said_here, said_there) = (slack.text(&here), discord.text(&there));
            let states = [
                "frei",
                "ist dran",
                "geht gleich raus",
                "wird an",
                "Beantwortet von",
                "Erledigt von",
            ];
            for words in states.into_iter().chain(["Anna", "Ben"]) {
                assert_eq!(
                    said_here.contains(words),
                    said_there.contains(words),
                    "{words:?} after {day:?}\n{said_here}\n---\n{said_there}"
                );
            }
            assert_eq!(
                slack.buttons(&here).first(),
                discord.buttons(&there).first(),
                "{day:?}"
            );
            let shown: i64 = states
                .iter()
                .map(|words| i64::from(said_here.contains(words)))
                .sum();
            assert_eq!(shown, 1, "one state at a time: {said_here}");
        }
    }
    assert_eq!(
        (slack.all(Room::Care).len(), discord.all(Room::Care).len()),
        (1, 1)
    );
    let public: i64 = desk
        .row("SELECT count(*) FROM reply WHERE phase = 'visible'".to_owned())
        .await;
    assert!(public <= 1, "{public} are public after {day:?}");
    // What was said meanwhile is looked at, so that nothing is left unread.
    slack.thread(&here);
    discord.thread(&there);
    for who in [Anna, Ben] {
        slack.whispers(who);
        discord.whispers(who);
    }
    let happened = desk.rows("SELECT what FROM item_event").await;
    desk.finish().await;
    happened
}
