//! A replica that dies in the middle of something, at each word that it says to the database: another one goes on, and
//! every warning, deadline, step, hand-over and call outside still happens once. ZEITNAH_LONG=n dies n times as often.

use std::collections::BTreeMap;

use chrono::DateTime;
use chrono::TimeDelta;
use chrono::Utc;
use zeitnah::domain::item::policy::Mark;
use zeitnah::domain::promise::chain::Chain;
use zeitnah::domain::promise::chain::Recipient;
use zeitnah::domain::promise::chain::Starts;
use zeitnah::domain::promise::chain::Step;
use zeitnah::domain::promise::rules::Rules;
use zeitnah::port::clock::Clock as _;

use crate::cut;
use crate::cut::Line;
use crate::desk::Desk;
use crate::desk::Wish;
use crate::seat::Chat;
use crate::seat::Room;
use crate::seat::Seat;
use crate::seat::Who;
use crate::tune;
use crate::tune::step;

/// Words of which one is died at; a prime, so that what comes round is met at another place each time.
const STRIDE: usize = 223;

fn at(text: &str) -> DateTime<Utc> {
    format!("2026-11-20T{text}:00Z").parse().unwrap()
}

/// What happens when: a warning at 9:35, the end of a shift at 10:00, the deadline at 10:05, then two steps.
const INSTANTS: [&str; 7] = ["09:35", "10:00", "10:05", "10:15", "10:25", "10:30", "10:40"];

fn everything(rules: &mut Rules) {
    tune::shifts(rules, [6, 11, 22]);
    let last = Step {
        widen: Some("leads".into()),
        raise: true,
        webhook: Some("pager".into()),
        ..step(10, vec![Recipient::OnDuty("schicht".into())])
    };
    let chain = Chain {
        name: "kette".into(),
        starts: Starts::Due,
        steps: vec![step(10, vec![Recipient::Channel]), last],
        rounds: 1,
        acknowledge_minutes: 0,
    };
    rules.chains.insert(chain.name.clone(), chain);
    let policy = &mut rules.fallback.policy;
    policy.first_answer = Some(60);
    policy.marks = vec![Mark::Left(30)];
    policy.chain = Some("kette".into());
}

/// What it came to: how often each thing happened, whom the far side called how often, and what the pager heard.
#[derive(Debug, PartialEq, Eq)]
struct Came {
    happened: BTreeMap<String, i64>,
    pager: usize,
    /// Each message of the bot's that calls somebody belongs to one row that says so, and the other way round.
    calls_as_noted: bool,
}

/// The whole story, cut at a word of the database's line. None when it was over before that word came.
async fn told(chat: Chat, cut: Option<(usize, cut::At)>) -> Option<Came> {
    let mut desk = Desk::with(Wish {
        tune: everything,
        ..chat.wish()
    })
    .await;
    let is_free = "Das nimmt niemand.";
    for text in ["Das nimmt Anna.", is_free] {
        desk.google.write(crate::desk::STORE, "Jule K.", 2, text).unwrap();
    }
    desk.minutes(5).await;
    let card = Seat::new(&desk, chat).card();
    Seat::new(&desk, chat).press(Who::Anna, &card, "Übernehmen").await;
    let mut died = false;
    if let Some((word, how)) = cut {
        let line = Line::to(&desk.database, how).await;
        desk.line = Some(line.url.clone());
        desk.kill(0);
        desk.revive().await;
        line.cut_at(word);
        tokio::select! {
            biased;
            () = line.broken() => died = true,
            () = go_on(&desk) => {}
        }
        desk.line = None;
        desk.kill(0);
        desk.revive().await;
    }
    go_on(&desk).await;
    // Whatever the dead one had in its hands is looked after.
    for _ in 0..6 {
        desk.minutes(1).await;
    }
    let counted = "SELECT what || ' ' || count(*) FROM item_event GROUP BY what";
    let happened = desk.rows::<String>(counted).await;
    let happened = happened.into_iter().map(|line| {
        let (what, n) = line.rsplit_once(' ').unwrap();
        (what.to_owned(), n.parse().unwrap())
    });
    let noted: i64 = desk
        .row("SELECT count(DISTINCT effect_id) FROM notice WHERE settled_at IS NOT NULL AND NOT dropped")
        .await;
    let seat = Seat::new(&desk, chat);
    let mut calls = seat.direct(Who::Anna).len() + seat.direct(Who::Ben).len();
    for room in [Room::Care, Room::Leads] {
        for message in seat.all(room) {
            let is_call = |text: &&String| text.starts_with('@');
            calls += seat.thread(&message).iter().filter(is_call).count();
            calls += usize::from(seat.text(&message).starts_with('@'));
        }
    }
    let came = Came {
        happened: happened.collect(),
        pager: desk.shop.called().len(),
        calls_as_noted: usize::try_from(noted).unwrap() == calls,
    };
    seat.whispers(Who::Anna);
    desk.finish().await;
    (cut.is_none() || died).then_some(came)
}

/// Through all instants that have not come yet, beginning with the one that is now.
async fn go_on(desk: &Desk) {
    desk.tick().await;
    for instant in INSTANTS.map(at) {
        if desk.clock.now() < instant {
            desk.clock.set(instant);
            desk.tick().await;
            desk.clock.advance(TimeDelta::seconds(2));
            desk.tick().await;
        }
    }
}

#[tokio::test]
async fn whichever_word_a_replica_dies_at_everything_happens_once() {
    let long = std::env::var("ZEITNAH_LONG").ok().and_then(|n| n.parse().ok());
    let stride = (STRIDE / long.unwrap_or(1)).max(1);
    for chat in [Chat::Slack, Chat::Discord] {
        let undisturbed = told(chat, None).await.unwrap();
        let happened = |what: &str| undisturbed.happened.get(what).copied().unwrap_or(0);
        let expected = ["reminded", "overdue", "stepped", "offered", "not_accepted"].map(happened);
        assert_eq!(expected, [2, 2, 4, 1, 1], "{undisturbed:?}");
        assert_eq!((undisturbed.pager, undisturbed.calls_as_noted), (2, true));
        let ways = [cut::At::Before, cut::At::After];
        // Each chat in its own way, and on demand both in both.
        let mine = |how: &cut::At| long.is_some() || (*how == cut::At::Before) == (chat == Chat::Slack);
        for how in ways.into_iter().filter(mine) {
            let mut word = stride / 2;
            while let Some(came) = told(chat, Some((word, how))).await {
                assert_eq!(came, undisturbed, "died at word {word}, {how:?}, {chat:?}");
                word += stride;
            }
            assert!(word > 5 * stride, "it died {word} words on and nothing was tried");
        }
    }
}
