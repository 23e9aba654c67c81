//! Discord's gateway: one replica holds the line, another takes over, and whatever breaks in between, no press is lost
//! and none counts twice.

use std::time::Duration;

use standins::discord::Fault;
use standins::discord::Kind;
use tokio_util::sync::CancellationToken;

use crate::desk::D_ANNA;
use crate::desk::D_CARE;
use crate::desk::Desk;
use crate::desk::Wish;
use crate::seat::Chat;
use crate::seat::Seat;
use crate::seat::Shown;
use crate::seat::Who::Anna;

async fn on_the_line(replicas: usize) -> (Desk, Shown) {
    let mut desk = Desk::with(Wish {
        socket: true,
        replicas,
        ..Chat::Discord.wish()
    })
    .await;
    desk.hold_lines();
    assert!(desk.discord.connected(1).await, "the line is up");
    until(|| leader(&desk).is_some()).await;
    desk.review(2, "Nette Beratung, aber 40 Minuten Wartezeit.").await;
    let card = Seat::new(&desk, Chat::Discord).card();
    (desk, card)
}

fn leader(desk: &Desk) -> Option<usize> {
    desk.apps.iter().position(|app| app.leads())
}

/// What happens in a task of its own happens within seconds.
#[track_caller]
fn until(done: impl Fn() -> bool) -> impl Future<Output = ()> {
    let place = std::panic::Location::caller();
    async move {
        for _ in 0..400 {
            if done() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("it did not happen: {place}");
    }
}

async fn claimed(desk: &Desk) -> i64 {
    desk.row("SELECT count(*) FROM item_event WHERE what = 'claimed'")
        .await
}

/// The press may come late; then it counts all the same.
async fn is_claimed(desk: &Desk, card: &Shown) {
    for _ in 0..100 {
        desk.settle().await;
        if claimed(desk).await > 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    desk.settle().await;
    assert_eq!(claimed(desk).await, 1);
    let seat = Seat::new(desk, Chat::Discord);
    assert!(seat.text(card).contains("ist dran"), "{}", seat.text(card));
    seat.thread(card);
    seat.whispers(Anna);
}

#[tokio::test]
async fn presses_forms_and_commands_come_over_the_line() {
    let (desk, card) = on_the_line(1).await;
    let seat = Seat::new(&desk, Chat::Discord);
    seat.answer(Anna, &card, "Danke, Jule. – Anna").await;
    assert!(
        seat.text(&card).contains("Beantwortet von Anna"),
        "{}",
        seat.text(&card)
    );
    assert!(
        seat.command(Anna, "open", None)
            .await
            .contains("ist nichts offen")
    );
    let offered = desk
        .discord
        .autocomplete(D_ANNA, D_CARE, "/zeitnah reopen", ("number", ""))
        .await;
    assert_eq!(offered.choices.len(), 1, "{offered:?}");
    seat.thread(&card);
    desk.finish().await;
}

#[tokio::test]
async fn a_line_that_is_cut_is_resumed_and_what_came_meanwhile_is_done_once() {
    for fault in [Kind::DisconnectSockets, Kind::Reconnect] {
        let (desk, card) = on_the_line(1).await;
        desk.discord.fault(Fault::new(fault));
        desk.discord.fault(Fault::new(Kind::DuplicateDelivery));
        let _maybe_late = desk.discord.press(D_ANNA, D_CARE, &card.id, "Übernehmen").await;
        is_claimed(&desk, &card).await;
        assert_eq!(desk.discord.identified(), 1, "{fault:?}: resumed, not begun anew");
        desk.finish().await;
    }
}

#[tokio::test]
async fn a_line_on_which_nothing_comes_any_more_is_noticed_and_made_anew() {
    let (desk, card) = on_the_line(1).await;
    desk.discord.fault(Fault::new(Kind::DeafSocket));
    let _unheard = desk.discord.press(D_ANNA, D_CARE, &card.id, "Übernehmen").await;
    desk.discord.heal();
    is_claimed(&desk, &card).await;
    assert_eq!(desk.discord.identified(), 1, "resumed");
    desk.finish().await;
}

#[tokio::test]
async fn a_session_that_is_gone_is_begun_anew() {
    let (desk, card) = on_the_line(1).await;
    desk.discord.fault(Fault::new(Kind::InvalidSession));
    until(|| desk.discord.identified() == 2).await;
    let _maybe_early = desk.discord.press(D_ANNA, D_CARE, &card.id, "Übernehmen").await;
    is_claimed(&desk, &card).await;
    desk.finish().await;
}

#[tokio::test]
async fn a_press_that_could_not_be_kept_comes_again() {
    let (desk, card) = on_the_line(1).await;
    let mut held = desk.store.pool().begin().await.unwrap();
    sqlx::raw_sql("LOCK TABLE inbox IN ACCESS EXCLUSIVE MODE")
        .execute(&mut *held)
        .await
        .unwrap();
    let outcome = desk.discord.press(D_ANNA, D_CARE, &card.id, "Übernehmen").await;
    assert!(!outcome.acked, "she sees that it did not work");
    held.rollback().await.unwrap();
    is_claimed(&desk, &card).await;
    assert_eq!(desk.discord.identified(), 1);
    desk.finish().await;
}

/// A balancer sends hooks to every replica that is ready; only one of them can hold the line.
#[tokio::test]
async fn whoever_stands_by_for_the_line_is_ready_and_whoever_has_none_to_wait_for_is_not() {
    let mut desk = Desk::with(Wish {
        socket: true,
        replicas: 2,
        ..Chat::Discord.wish()
    })
    .await;
    for at in &desk.hooks {
        let (status, body) = ready(&desk, at).await;
        assert_eq!(status, 503);
        assert_eq!(body["reasons"][0], "none of 1 sockets to discord is connected");
    }
    desk.hold_lines();
    assert!(desk.discord.connected(1).await, "the line is up");
    until(|| leader(&desk).is_some()).await;
    let first = leader(&desk).unwrap();
    let standby = desk.hooks[1 - first].clone();
    for _ in 0..100 {
        if ready(&desk, &standby).await.0 == 200 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    for at in &desk.hooks {
        let (status, body) = ready(&desk, at).await;
        assert_eq!((status, &body["ready"]), (200, &true.into()), "{body}");
    }
    assert_eq!(desk.discord.connections(), 1, "and only one of them holds it");
    desk.finish().await;
}

async fn ready(desk: &Desk, at: &str) -> (u16, serde_json::Value) {
    let answer = desk.http.get(format!("{at}/health/ready")).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

#[tokio::test]
async fn when_the_leader_dies_another_replica_goes_on_where_it_stopped() {
    let (mut desk, card) = on_the_line(2).await;
    // The story's clock has just jumped over the end of the lease: who leads is settled anew. And what the leader knows
    // lies with its lease, written down every few seconds.
    tokio::time::sleep(Duration::from_secs(12)).await;
    until(|| desk.apps.iter().filter(|app| app.leads()).count() == 1).await;
    let first = leader(&desk).expect("one leads");
    assert_eq!(desk.discord.connections(), 1, "the other one stands by");
    desk.kill(first);
    until(|| desk.discord.connections() == 0).await;
    let _unheard = desk.discord.press(D_ANNA, D_CARE, &card.id, "Übernehmen").await;
    assert_eq!(claimed(&desk).await, 0);
    // The lease ends by the clock of the story; the other one looks every second of real time.
    desk.clock.advance(chrono::TimeDelta::seconds(11));
    until(|| leader(&desk).is_some()).await;
    is_claimed(&desk, &card).await;
    assert_eq!(desk.discord.identified(), 1, "taken over, not begun anew");
    desk.finish().await;
}

/// A deployment stops one replica after the other, and nobody's press may fall between two of them.
#[tokio::test]
async fn a_leader_that_is_told_to_stop_listens_until_the_next_one_has_taken_over() {
    let mut desk = Desk::with(Wish {
        socket: true,
        replicas: 2,
        ..Chat::Discord.wish()
    })
    .await;
    let stops = [CancellationToken::new(), CancellationToken::new()];
    for (app, stop) in desk.apps.iter_mut().zip(&stops) {
        for holding in app.hold_lines(stop) {
            tokio::spawn(async move { holding.await.unwrap() });
        }
    }
    until(|| leader(&desk).is_some()).await;
    desk.review(2, "Nette Beratung, aber 40 Minuten Wartezeit.").await;
    let card = Seat::new(&desk, Chat::Discord).card();
    // The story's clock has just jumped over the end of the lease.
    tokio::time::sleep(Duration::from_secs(4)).await;
    until(|| desk.apps.iter().filter(|app| app.leads()).count() == 1).await;
    let asked = "SELECT count(*) FROM leader WHERE name = 'discord gateway' AND asked_at IS NOT NULL";
    for _ in 0..100 {
        if desk.row::<i64>(asked).await == 1 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let first = leader(&desk).expect("one leads");
    stops[first].cancel();
    let mut presses = 0;
    while leader(&desk) != Some(1 - first) || presses < 4 {
        let what = if presses % 2 == 0 {
            "Übernehmen"
        } else {
            "Zurückgeben"
        };
        let outcome = desk.discord.press(D_ANNA, D_CARE, &card.id, what).await;
        assert!(outcome.acked, "press {presses}: {outcome:?}");
        desk.settle().await;
        presses += 1;
        assert!(presses < 200, "nobody takes over");
    }
    println!("{presses} presses were answered while the line changed hands");
    assert_eq!(desk.discord.identified(), 1, "handed over, not begun anew");
    let seat = Seat::new(&desk, Chat::Discord);
    seat.text(&card);
    seat.thread(&card);
    desk.finish().await;
}

#[tokio::test]
async fn a_first_answer_that_got_lost_is_given_again_and_opens_one_form() {
    let answer = "callback";
    for fault in [
        Fault::server_error(answer, 500),
        Fault::server_error(answer, 502).times(2),
        Fault::request_lost(answer),
        Fault::answer_lost(answer),
    ] {
        let (desk, card) = on_the_line(1).await;
        let seat = Seat::new(&desk, Chat::Discord);
        desk.discord.fault(fault.clone());
        let outcome = desk.discord.press(D_ANNA, D_CARE, &card.id, "Antworten").await;
        assert!(
            outcome.acked && outcome.took < Duration::from_secs(3),
            "{fault:?}: {outcome:?}"
        );
        desk.settle().await;
        assert!(desk.discord.modal(D_ANNA).is_some(), "{fault:?}");
        assert_eq!(
            seat.whispers(Anna),
            Vec::<String>::new(),
            "{fault:?}: nobody is told that it did not work"
        );
        seat.text(&card);
        seat.thread(&card);
        desk.finish().await;
    }
}

#[tokio::test]
async fn a_line_that_discord_refuses_is_asked_for_seldom_shown_and_taken_again() {
    for code in [4004, 4014] {
        let (desk, card) = on_the_line(2).await;
        tokio::time::sleep(Duration::from_secs(3)).await;
        desk.discord.fault(Fault {
            status: Some(code),
            ..Fault::new(Kind::RefusedLine)
        });
        let refused = "SELECT count(*) FROM rate WHERE shut ->> 'what' = 'line'";
        for _ in 0..100 {
            if desk.row::<i64>(refused).await == 1 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        until(|| leader(&desk).is_none()).await;
        // Time enough for every replica to try, if it would.
        tokio::time::sleep(Duration::from_secs(4)).await;
        assert!(desk.discord.refused() <= 1, "{} tries", desk.discord.refused());
        desk.clock.advance(chrono::TimeDelta::seconds(1));
        for at in &desk.hooks {
            let (status, body) = ready(&desk, at).await;
            assert_eq!(status, 503);
            let why = body["reasons"].to_string();
            assert!(
                why.contains("discord refuses the line; it is asked again at"),
                "{why}"
            );
        }
        desk.discord.heal();
        desk.clock.advance(chrono::TimeDelta::seconds(301));
        until(|| leader(&desk).is_some()).await;
        let _maybe_early = desk.discord.press(D_ANNA, D_CARE, &card.id, "Übernehmen").await;
        is_claimed(&desk, &card).await;
        desk.finish().await;
    }
}
