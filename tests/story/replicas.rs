//! Several replicas on one database, and what happens when one dies: each thing happens once, and none is lost.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::StatusCode;
use axum::http::Uri;
use chrono::TimeDelta;
use standins::discord::Fault as Lost;
use standins::shop::Kind as Written;
use standins::shop::webhook;
use standins::slack::Fault;
use standins::slack::Kind;
use standins::slack::Message;
use tokio::net::TcpListener;
use zeitnah::domain::effect::Effect;
use zeitnah::port::clock::Clock as _;
use zeitnah::store::inbox;
use zeitnah::store::item;
use zeitnah::store::outbox;
use zeitnah::workflow::Leased;

use crate::desk::ANNA;
use crate::desk::BEN;
use crate::desk::CARE;
use crate::desk::Desk;
use crate::desk::LEADS;
use crate::desk::SHEARS;
use crate::desk::STORE;
use crate::desk::Wish;
use crate::seat::Chat;
use crate::seat::Room;
use crate::seat::Seat;
use crate::seat::Who;
use crate::tune;

const WORDS: &str = "Hallo Jule, das war zu lang. Wir stellen um. – Anna";
const POST: &str = "chat.postMessage";

async fn desk_of(replicas: usize) -> Desk {
    Desk::with(Wish {
        replicas,
        ..Wish::default()
    })
    .await
}

fn has(text: &str, part: &str) {
    assert!(text.contains(part), "{part:?} is not in\n{text}");
}

fn told(thread: &[String], part: &str) -> usize {
    thread.iter().filter(|line| line.contains(part)).count()
}

struct Doubling {
    hooks: Vec<String>,
    http: reqwest::Client,
}

/// An address that hands every call to every replica at the same moment and answers with what the first one says.
async fn doubled(desk: &Desk) -> String {
    let http = reqwest::Client::builder()
        .tls_built_in_root_certs(false)
        .timeout(std::time::Duration::from_secs(10))
        .build()
        .unwrap();
    let doubling = Arc::new(Doubling {
        hooks: desk.hooks.clone(),
        http,
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new().fallback(to_all).with_state(doubling);
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    address
}

async fn to_all(
    State(doubling): State<Arc<Doubling>>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> (StatusCode, HeaderMap, Bytes) {
    let calls = doubling.hooks.iter().map(|hook| {
        let mut headers = headers.clone();
        headers.remove("host");
        let call = doubling.http.post(format!("{hook}{uri}")).headers(headers);
        let call = call.body(body.clone()).send();
        async move {
            let answer = call.await.unwrap();
            (
                answer.status(),
                answer.headers().clone(),
                answer.bytes().await.unwrap(),
            )
        }
    });
    let mut answers = futures::future::join_all(calls).await;
    assert!(
        answers.iter().all(|(status, ..)| status.is_success()),
        "{answers:?}"
    );
    // Slack takes what comes first, so whoever did not judge it has to say the same.
    let same = answers.iter().all(|(.., body)| *body == answers[0].2);
    assert!(same, "{answers:?}");
    let (status, headers, body) = answers.remove(0);
    let kind = headers
        .into_iter()
        .filter(|(name, _)| name.as_ref().is_some_and(|n| n == "content-type"));
    (
        status,
        kind.filter_map(|(name, value)| Some((name?, value))).collect(),
        body,
    )
}

fn doubled_presses(desk: &Desk, address: &str) {
    desk.slack.set_request_urls(
        &format!("{address}/slack/events"),
        &format!("{address}/slack/interactions"),
        &format!("{address}/slack/commands"),
    );
}

/// The same signed delivery to every replica at once.
async fn push_to_all(desk: &Desk, address: &str, id: &str, body: &str) {
    let now = desk.clock.now();
    let secret = standins::shop::Settings::default().hook_secret;
    let signature = webhook::sign(&secret, id, now, body.as_bytes()).unwrap();
    let http = reqwest::Client::builder()
        .tls_built_in_root_certs(false)
        .build()
        .unwrap();
    let answer = http
        .post(format!("{address}/hook/shop"))
        .header("content-type", "application/json")
        .header("webhook-id", id)
        .header("webhook-timestamp", now.timestamp())
        .header("webhook-signature", signature)
        .body(body.to_owned())
        .send()
        .await
        .unwrap();
    assert!(answer.status().is_success());
    desk.settle().await;
}

/// Each message stands for something else: none was posted twice.
fn all_different(messages: &[Message]) {
    let mut marks: Vec<String> = messages
        .iter()
        .map(|m| m.metadata.as_ref().unwrap()["event_payload"]["k"].to_string())
        .collect();
    let posted = marks.len();
    marks.sort();
    marks.dedup();
    assert_eq!(marks.len(), posted);
}

#[tokio::test]
async fn a_review_that_all_replicas_poll_is_one_card() {
    let desk = desk_of(3).await;
    for n in 0..5 {
        desk.google
            .write(STORE, "Jule K.", 2, &format!("Zum {n}. Mal gewartet."))
            .unwrap();
    }
    desk.minutes(5).await;
    desk.minutes(5).await;
    assert_eq!(desk.slack.see(CARE).len(), 5);
    desk.finish().await;
}

#[tokio::test]
async fn a_page_that_two_replicas_have_read_is_kept_once() {
    let desk = desk_of(2).await;
    desk.google.write(STORE, "Jule K.", 2, "Lange gewartet.").unwrap();
    desk.clock.advance(TimeDelta::minutes(5));
    let now = desk.clock.now();
    // Both have the page in hand, as after a lease that ran out.
    let page = desk.apps[0].desk.sources["google"]
        .fetch(None, now)
        .await
        .unwrap();
    let both = desk.apps.iter().map(|app| {
        let items = page.items.clone();
        async move {
            let mut tx = app.desk.store.begin().await.unwrap();
            let tally = app.desk.ingest(&mut tx, "google", items, now).await.unwrap();
            tx.commit().await.unwrap();
            tally.new
        }
    });
    let new: usize = futures::future::join_all(both).await.into_iter().sum();
    assert_eq!(new, 1);
    desk.settle().await;
    assert_eq!(desk.slack.see(CARE).len(), 1);
    desk.finish().await;
}

#[tokio::test]
async fn a_delivery_that_reaches_both_replicas_is_kept_once() {
    let desk = desk_of(2).await;
    let address = doubled(&desk).await;
    let question = desk
        .shop
        .write(SHEARS, "Rolf", Written::Question, None, "Und Ersatzfedern?")
        .unwrap();
    let body = desk.shop.deliveries()[0].body.clone();
    push_to_all(&desk, &address, "msg_both", &body).await;
    push_to_all(&desk, &address, "msg_both", &body).await;
    // The shop's own delivery, under another id.
    desk.shop.tick().await;
    desk.settle().await;
    assert_eq!(desk.slack.see(CARE).len(), 1);

    desk.shop
        .edit(&question, None, "Und Ersatzfedern und Griffe?")
        .unwrap();
    let body = desk.shop.deliveries()[1].body.clone();
    push_to_all(&desk, &address, "msg_edit", &body).await;
    desk.shop.tick().await;
    desk.settle().await;
    let card = desk.card();
    has(&desk.text(&card), "Griffe");
    assert_eq!(told(&desk.thread(&card), "Der Beitrag wurde geändert."), 1);
    desk.finish().await;
}

#[tokio::test]
async fn a_press_that_reaches_both_replicas_is_one_press_from_the_card_to_the_published_answer() {
    let desk = desk_of(2).await;
    let address = doubled(&desk).await;
    let review = desk.review(2, "Lange gewartet.").await;
    let card = desk.card();
    doubled_presses(&desk, &address);
    // And each of them twice.
    desk.slack.fault(Fault::new(Kind::DuplicateDelivery).times(3));
    desk.press(ANNA, &card, "Antworten").await;
    assert_eq!(desk.slack.views(ANNA).len(), 1, "one form");
    desk.submit(ANNA, &[("text", WORDS)]).await;
    // The second copy is acknowledged with nothing, which closes the form if it happens to be the faster one. The text
    // is kept all the same.
    if desk.slack.view(ANNA).is_none() {
        desk.press(ANNA, &card, "Weiterschreiben").await;
        assert!(desk.form(ANNA).contains(WORDS), "{}", desk.form(ANNA));
        desk.submit(ANNA, &[("text", WORDS)]).await;
    }
    desk.submit(ANNA, &[]).await;
    desk.seconds(30).await;
    desk.minutes(5).await;
    let public = desk.google.public(&review).unwrap();
    assert_eq!((public.puts, public.reply.as_deref()), (1, Some(WORDS)));
    let thread = desk.thread(&card);
    assert_eq!(thread.len(), 3, "{thread:#?}");
    assert_eq!(desk.whispers(ANNA).len(), 0);
    desk.finish().await;
}

#[tokio::test]
async fn two_people_at_two_replicas_at_once_one_wins_and_the_other_is_told() {
    let desk = desk_of(2).await;
    desk.question("Kann man die Klinge nachschleifen?").await;
    let card = desk.card();
    let (slack, ts) = (desk.slack.clone(), card.ts.clone());
    let one = tokio::spawn(async move { slack.press(ANNA, CARE, &ts, "Übernehmen").await });
    // It is on its way to the first replica now.
    tokio::task::yield_now().await;
    desk.point_at(1);
    let two = desk.slack.press(BEN, CARE, &card.ts, "Übernehmen").await;
    assert!(one.await.unwrap().acked && two.acked);
    desk.settle().await;
    assert_eq!(told(&desk.thread(&card), "hat übernommen"), 1);
    assert_eq!(desk.whispers(ANNA).len() + desk.whispers(BEN).len(), 1);
    desk.finish().await;
}

#[tokio::test]
async fn timers_and_digests_fire_once_however_many_replicas_there_are() {
    let desk = desk_of(3).await;
    desk.question("Kann man die Klinge nachschleifen?").await;
    let card = desk.card();
    desk.press(ANNA, &card, "Übernehmen").await;
    // A day and a half in steps that cross the lease's end, the reminder, the digest at eight, and the deadline.
    for _ in 0..36 {
        desk.hours(1).await;
    }
    let thread = desk.thread(&card);
    assert_eq!(told(&thread, "Die Zeit von"), 1, "{thread:#?}");
    assert_eq!(told(&thread, "Wer übernimmt?"), 1, "{thread:#?}");
    assert_eq!(told(&thread, "ist vorbei"), 1, "{thread:#?}");
    let posted = desk.slack.see(CARE);
    assert_eq!(posted.len(), 2, "the card and one digest");
    all_different(&posted);
    desk.finish().await;
}

#[tokio::test]
async fn after_an_outage_of_all_there_is_one_late_digest() {
    let mut desk = desk_of(2).await;
    desk.question("Kann man die Klinge nachschleifen?").await;
    let card = desk.card();
    desk.minutes(1).await;
    desk.kill(1);
    desk.kill(0);
    desk.clock.advance(TimeDelta::days(5));
    desk.revive().await;
    desk.revive().await;
    desk.tick().await;
    desk.minutes(1).await;
    assert_eq!(desk.slack.see(CARE).len(), 2, "the card and one digest, not five");
    let thread = desk.thread(&card);
    assert_eq!(told(&thread, "ist vorbei"), 1, "{thread:#?}");
    assert_eq!(
        told(&thread, "Wer übernimmt?"),
        0,
        "nobody is reminded of what is over: {thread:#?}"
    );
    desk.finish().await;
}

#[tokio::test]
async fn what_a_dead_replica_had_leased_is_done_by_the_other_one_after_a_look() {
    let mut desk = desk_of(2).await;
    for n in 0..3 {
        let text = format!("Mein Anwalt fragt zum {n}. Mal.");
        desk.shop
            .write(SHEARS, "Rolf", Written::Question, None, &text)
            .unwrap();
    }
    desk.shop.tick().await;
    // One in each room: the others wait behind them.
    let held = desk.apps[0].desk.lease(16).await.unwrap();
    assert_eq!(held.len(), 2);
    desk.kill(0);
    desk.point_at(0);
    desk.seconds(15).await;
    assert_eq!(
        desk.slack.messages(CARE).len() + desk.slack.messages(LEADS).len(),
        0
    );
    for _ in 0..4 {
        desk.seconds(15).await;
    }
    for room in [CARE, LEADS] {
        let cards = desk.slack.see(room);
        assert_eq!(cards.len(), 3);
        all_different(&cards);
    }
    let looks = desk
        .slack
        .calls()
        .iter()
        .filter(|c| c.method == "conversations.history")
        .count();
    assert_eq!(looks, 4, "two looks at each that may have been posted");
    desk.finish().await;
}

#[tokio::test]
async fn a_replica_that_dies_between_posting_and_writing_it_down_leaves_one_card() {
    // Slack's knowledge of repeats is a second net; here there is only the look.
    let mut desk = Desk::with(Wish {
        replicas: 2,
        repeats_refused: false,
        ..Wish::default()
    })
    .await;
    desk.shop
        .write(SHEARS, "Rolf", Written::Question, None, "Und Ersatzfedern?")
        .unwrap();
    desk.shop.tick().await;
    let held = desk.apps[0].desk.lease(16).await.unwrap().remove(0);
    desk.slack.fault(Fault::slow(POST, 5_000));
    let dying = desk.apps[0].desk.clone();
    let task = tokio::spawn(async move { dying.perform(&held).await });
    while desk.slack.messages(CARE).is_empty() {
        tokio::task::yield_now().await;
    }
    task.abort();
    desk.kill(0);
    desk.point_at(0);
    desk.seconds(61).await;
    desk.minutes(5).await;
    let cards = desk.slack.see(CARE);
    assert_eq!(cards.len(), 1);
    desk.press(ANNA, &cards[0], "Übernehmen").await;
    has(&desk.text(&cards[0]), "Anna ist dran");
    desk.thread(&cards[0]);
    let pool = desk.store.pool();
    let id = item::by_number(pool, 1).await.unwrap().unwrap();
    let tries = outbox::tries(pool, id).await.unwrap();
    assert_eq!(tries[0].outcome, "lost");
    desk.finish().await;
}

#[tokio::test]
async fn a_slow_replica_that_lost_its_lease_writes_nothing_down() {
    let desk = desk_of(2).await;
    desk.shop
        .write(SHEARS, "Rolf", Written::Question, None, "Und Ersatzfedern?")
        .unwrap();
    desk.shop.tick().await;
    let held = desk.apps[0].desk.lease(16).await.unwrap().remove(0);
    // It hangs for longer than its lease; the other one looks twice and posts; then it wakes and goes on.
    for _ in 0..6 {
        desk.seconds(20).await;
    }
    let card = desk.card();
    desk.press(ANNA, &card, "Übernehmen").await;
    desk.apps[0].desk.perform(&held).await.unwrap();
    desk.minutes(1).await;
    assert_eq!(desk.slack.see(CARE).len(), 1);
    has(&desk.text(&card), "Anna ist dran");
    desk.thread(&card);
    desk.finish().await;
}

/// Takes the next card that waits to be posted; a room's posts are a second apart.
async fn take(desk: &Desk) -> Leased {
    desk.clock.advance(TimeDelta::seconds(1));
    loop {
        let mut taken = desk.apps[0].desk.lease(1).await.unwrap();
        let taken = taken.pop().expect("something of the room can be done now");
        if matches!(taken.effect, Effect::PostCard { .. }) {
            return taken;
        }
        desk.apps[0].desk.perform(&taken).await.unwrap();
    }
}

#[tokio::test]
async fn in_slack_what_may_stand_there_is_looked_up_before_four_hundred_others() {
    looked_up_first(Chat::Slack).await;
}

#[tokio::test]
async fn in_discord_what_may_stand_there_is_looked_up_before_four_hundred_others() {
    looked_up_first(Chat::Discord).await;
}

async fn looked_up_first(chat: Chat) {
    let mut desk = Desk::with(Wish {
        replicas: 2,
        repeats_refused: false,
        tune: tune::boundless,
        ..chat.wish()
    })
    .await;
    for n in 0..400 {
        desk.google
            .write(STORE, "Jule K.", 2, &format!("Beitrag {n}"))
            .unwrap();
    }
    desk.clock.advance(TimeDelta::minutes(5));
    for name in desk.apps[0].desk.sources.keys() {
        while desk.apps[0].desk.poll(name).await.unwrap().is_some() {}
    }
    // The answer to the first one is lost: what waits goes on, until it is time to look.
    let lost = take(&desk).await;
    match chat {
        Chat::Slack => desk.slack.fault(Fault::answer_lost(POST)),
        Chat::Discord => desk.discord.fault(Lost::answer_lost("create_message")),
    }
    desk.apps[0].desk.perform(&lost).await.unwrap();
    let next = take(&desk).await;
    assert!(!next.unclear && next.key != lost.key, "{chat:?}: {next:?}");
    desk.apps[0].desk.perform(&next).await.unwrap();
    let looked = take(&desk).await;
    assert_eq!((looked.unclear, &looked.key), (true, &lost.key), "{chat:?}");
    desk.apps[0].desk.perform(&looked).await.unwrap();

    // A replica dies between posting and writing it down: its lease is short, and what it had in hand is the first.
    let held = take(&desk).await;
    match chat {
        Chat::Slack => desk.slack.fault(Fault::slow(POST, 5_000)),
        Chat::Discord => desk.discord.fault(Lost::slow("create_message", 5_000)),
    }
    let (dying, mine) = (desk.apps[0].desk.clone(), held.clone());
    let task = tokio::spawn(async move { dying.perform(&mine).await });
    let stand = Seat::new(&desk, chat).all(Room::Care).len();
    while Seat::new(&desk, chat).all(Room::Care).len() == stand {
        tokio::task::yield_now().await;
    }
    task.abort();
    desk.kill(0);
    desk.point_at(0);
    desk.clock.advance(TimeDelta::seconds(15));
    assert_eq!(
        desk.apps[0].desk.lease(1).await.unwrap(),
        [],
        "{chat:?}: it may still be at it"
    );
    let looked = take(&desk).await;
    assert_eq!((looked.unclear, &looked.key), (true, &held.key), "{chat:?}");
    desk.apps[0].desk.perform(&looked).await.unwrap();
    let waiting = "SELECT count(*) FROM effect WHERE state IN ('ready', 'sending', 'unknown')";
    while desk.row::<i64>(waiting).await > 0 {
        desk.seconds(15).await;
    }
    let seat = Seat::new(&desk, chat);
    let cards = seat.all(Room::Care);
    assert_eq!(cards.len(), 400, "{chat:?}");
    let texts: BTreeSet<String> = cards.iter().map(|card| seat.text(card)).collect();
    assert_eq!(texts.len(), 400, "{chat:?}: each once");
    desk.finish().await;
}

#[tokio::test]
async fn a_call_that_takes_its_time_keeps_its_lease_and_one_that_does_not_say_so_loses_it() {
    let desk = desk_of(2).await;
    desk.shop
        .write(SHEARS, "Rolf", Written::Question, None, "Und Ersatzfedern?")
        .unwrap();
    desk.shop.tick().await;
    let held = desk.apps[0].desk.lease(16).await.unwrap().remove(0);
    for _ in 0..8 {
        desk.clock.advance(TimeDelta::seconds(8));
        assert!(desk.apps[0].desk.hold_on(&held).await.unwrap());
        assert_eq!(desk.apps[1].desk.lease(16).await.unwrap(), []);
    }
    desk.clock.advance(TimeDelta::seconds(16));
    let looks = desk.apps[1].desk.lease(16).await.unwrap().remove(0);
    assert_eq!((looks.unclear, &looks.key), (true, &held.key));
    assert!(!desk.apps[0].desk.hold_on(&held).await.unwrap());
    desk.apps[1].desk.perform(&looks).await.unwrap();
    desk.minutes(1).await;
    desk.card();
    desk.finish().await;
}

#[tokio::test]
async fn many_who_press_at_once_are_judged_together_each_by_what_the_one_before_left() {
    for chat in [Chat::Slack, Chat::Discord] {
        let desk = Desk::with(Wish {
            replicas: 2,
            tune: tune::boundless,
            ..chat.wish()
        })
        .await;
        for n in 0..12 {
            desk.google
                .write(STORE, "Jule K.", 2, &format!("Beitrag {n}"))
                .unwrap();
        }
        desk.minutes(5).await;
        desk.minutes(1).await;
        let seat = Seat::new(&desk, chat);
        let cards = seat.all(Room::Care);
        assert_eq!(cards.len(), 12);
        // Anna and Ben both want each of them; one of the two gets it, and the other is told so.
        let anna = cards.iter().map(|card| seat.press(Who::Anna, card, "Übernehmen"));
        let ben = cards.iter().map(|card| seat.press(Who::Ben, card, "Übernehmen"));
        let (anna, ben) = (futures::future::join_all(anna), futures::future::join_all(ben));
        futures::future::join(anna, ben).await;
        desk.minutes(1).await;
        let taken: Vec<String> = desk
            .rows("SELECT handling ->> 'state' FROM item WHERE handling ->> 'state' = 'claimed'")
            .await;
        assert_eq!(taken.len(), 12, "{chat:?}");
        let claimed: i64 = desk
            .row("SELECT count(*) FROM item_event WHERE what = 'claimed'")
            .await;
        assert_eq!(claimed, 12, "{chat:?}");
        let kept: i64 = desk.row("SELECT count(*) FROM inbox WHERE done_at IS NULL").await;
        assert_eq!(kept, 0, "{chat:?}");
        let refused = seat.whispers(Who::Anna).len() + seat.whispers(Who::Ben).len();
        assert_eq!(refused, 12, "{chat:?}");
        // Written by fewer transactions than there were presses.
        let by: i64 = desk
            .row("SELECT count(DISTINCT xmin::text) FROM item_event WHERE what = 'claimed'")
            .await;
        assert!(by < 12, "{chat:?}: {by} transactions");
        for card in &cards {
            assert!(seat.text(card).contains("ist dran"), "{chat:?}");
            let told = seat.thread(card);
            let told = told.iter().filter(|line| line.contains("hat übernommen"));
            assert_eq!(told.count(), 1, "{chat:?}");
        }
        desk.finish().await;
    }
}

#[tokio::test]
async fn sixty_cards_with_a_death_in_the_middle_at_slacks_real_pace_are_sixty_cards() {
    let mut desk = Desk::with(Wish {
        replicas: 2,
        paced: true,
        tune: tune::boundless,
        ..Wish::default()
    })
    .await;
    for n in 0..60 {
        desk.google
            .write(STORE, "Jule K.", 2, &format!("Beitrag {n}"))
            .unwrap();
    }
    desk.minutes(5).await;
    for second in 0..150 {
        if second == 30 {
            drop(desk.apps[0].desk.lease(16).await.unwrap());
            desk.kill(0);
            desk.point_at(0);
        }
        if second == 40 {
            desk.revive().await;
        }
        desk.seconds(1).await;
    }
    let cards = desk.slack.see(CARE);
    assert_eq!(cards.len(), 60);
    all_different(&cards);
    assert_eq!(desk.slack.limited(), 0, "Slack never had to say no");
    for n in 0..60 {
        let text = format!("Beitrag {n}\n");
        let of_it = cards
            .iter()
            .filter(|c| desk.slack.visible_text(c).contains(&text));
        assert_eq!(of_it.count(), 1, "{text}");
    }
    desk.finish().await;
}

/// A press that a replica has kept, as far as it came before it died.
async fn kept_and_died(desk: &Desk, who: &str, card: &Message, what: &str) {
    // The far side of the replica's last breath: the row is committed, the judgement is not.
    let pool = desk.store.pool();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let (give, mut take) = tokio::sync::mpsc::channel::<Bytes>(1);
    let router = Router::new().fallback(move |body: Bytes| {
        let give = give.clone();
        async move { give.send(body).await.unwrap() }
    });
    let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    doubled_presses(desk, &address);
    let outcome = desk.slack.press(who, CARE, &card.ts, what).await;
    assert!(outcome.acked);
    let raw = take.recv().await.unwrap();
    server.abort();
    desk.point_at(0);
    let payload = zeitnah::chat::slack::inbound::payload(&raw);
    let key = zeitnah::chat::slack::inbound::key(&raw, payload.as_ref());
    let at = desk.clock.now();
    let kept = inbox::New {
        chat: "slack",
        key: &key,
        raw: &raw,
        at,
        lease_until: at + TimeDelta::seconds(20),
    };
    assert_eq!(inbox::keep(pool, &[kept]).await.unwrap(), [true]);
}

#[tokio::test]
async fn a_press_that_was_kept_and_not_judged_is_judged_by_another_replica() {
    let desk = desk_of(2).await;
    desk.question("Kann man die Klinge nachschleifen?").await;
    let card = desk.card();
    kept_and_died(&desk, ANNA, &card, "Übernehmen").await;
    desk.seconds(20).await;
    has(&desk.text(&card), "· frei");
    desk.seconds(1).await;
    has(&desk.text(&card), "Anna ist dran");
    desk.minutes(1).await;
    assert_eq!(told(&desk.thread(&card), "Anna hat übernommen"), 1);
    desk.finish().await;
}

#[tokio::test]
async fn a_press_for_a_form_that_was_kept_and_not_judged_is_asked_for_again() {
    for what in ["Antworten", "Eskalieren", "Erledigt"] {
        let desk = desk_of(2).await;
        desk.question("Kann man die Klinge nachschleifen?").await;
        let card = desk.card();
        kept_and_died(&desk, ANNA, &card, what).await;
        desk.seconds(21).await;
        assert!(desk.slack.view(ANNA).is_none(), "its moment is over");
        let whispers = desk.whispers(ANNA);
        assert_eq!(whispers.len(), 1, "{what}: {whispers:?}");
        has(
            &whispers[0],
            "nichts ist verloren. Bitte in einer Minute noch einmal drücken",
        );
        desk.press(ANNA, &card, what).await;
        assert!(desk.slack.view(ANNA).is_some());
        desk.thread(&card);
        desk.finish().await;
    }
}
