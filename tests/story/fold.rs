//! More than anybody can read: above a room's budget new cards wait in a fold, one message says what waits, and as soon as
//! there is room they come by themselves. What is urgent or taken comes through, and nothing is lost on the way.

use std::collections::BTreeMap;

use chrono::DateTime;
use chrono::TimeDelta;
use chrono::Utc;
use proptest::strategy::Strategy as _;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use standins::discord;
use standins::slack;
use zeitnah::domain::people::person::PersonId;
use zeitnah::domain::promise::rules::Rules;
use zeitnah::domain::show::fold::Budget;
use zeitnah::port::clock::Clock as _;

use crate::desk::Desk;
use crate::desk::Wish;
use crate::seat::Chat;
use crate::seat::Room;
use crate::seat::Seat;
use crate::seat::Shown;
use crate::seat::Who::Anna;
use crate::seat::Who::Ben;
use crate::seat::Who::Gast;

const BOTH: [Chat; 2] = [Chat::Slack, Chat::Discord];
const MOST: usize = 5;
const MINUTES: i64 = 10;

/// Five in ten minutes, and no warnings that would come between.
fn tight(rules: &mut Rules) {
    rules.fallback.policy.marks.clear();
    for channel in rules.channels.values_mut() {
        channel.budget = Some(Budget {
            messages: MOST as i64,
            minutes: MINUTES,
        });
    }
}

async fn full(chat: Chat, tune: fn(&mut Rules), items: usize) -> Desk {
    let desk = Desk::with(Wish {
        replicas: 2,
        tune,
        ..chat.wish()
    })
    .await;
    desk.tick().await;
    write(&desk, 1, items).await;
    desk
}

/// Posts that were published a minute apart, the first one the oldest, and come all at once.
async fn write(desk: &Desk, from: usize, to: usize) {
    for n in from..=to {
        let body = format!(
            r#"{{"id":"r{n}","rating":2,"body":"Nummer {n} klemmt.","published_at":"2026-11-20T08:{:02}:00Z"}}"#,
            n % 60
        );
        desk.push(&format!("d{n}"), body).await;
    }
}

/// The cards that stand in the room, by what the customer wrote.
fn cards(seat: &Seat<'_>) -> BTreeMap<usize, Shown> {
    let all = seat.all(Room::Care).into_iter();
    all.filter_map(|message| {
        let text = seat.text(&message);
        // A list names posts, too.
        let is_list = text.contains("zusammengefass") || text.contains("Antworten bis");
        let after = text.split("Nummer ").nth(1).filter(|_| !is_list)?;
        let number = after.split(' ').next()?.parse().ok()?;
        text.contains("klemmt").then_some((number, message))
    })
    .collect()
}

/// The messages about what waits, oldest first.
fn folds(seat: &Seat<'_>) -> Vec<Shown> {
    let mut all = seat.all(Room::Care);
    all.retain(|message| seat.text(message).contains("zusammengefass"));
    all
}

async fn done(desk: Desk, chat: Chat) {
    let seat = Seat::new(&desk, chat);
    for card in seat.all(Room::Care) {
        seat.thread(&card);
    }
    for who in [Anna, Ben, Gast] {
        seat.whispers(who);
    }
    desk.everything();
    desk.finish().await;
}

#[tokio::test]
async fn what_the_room_does_not_take_is_one_message_and_comes_by_itself() {
    for chat in BOTH {
        let desk = full(chat, tight, 12).await;
        let seat = Seat::new(&desk, chat);
        assert_eq!(cards(&seat).into_keys().collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
        desk.seconds(2).await;
        let [fold] = &folds(&seat)[..] else {
            panic!("one message: {:?}", folds(&seat))
        };
        let text = seat.text(fold);
        for part in [
            "7 weitere Beiträge warten hier zusammengefasst",
            "7× Kritik",
            "Nr. 6 ·",
            "Nr. 10 ·",
            "Mehr als 5 Meldungen in 10 Min. zeigt der Kanal nicht",
        ] {
            assert!(text.contains(part), "{part:?} is not in\n{text}");
        }
        let opens = ["ab 20 November 2026 09:10", "ab Fr 20.11. 10:10"];
        assert!(opens.iter().any(|at| text.contains(at)), "{text}");
        assert!(!text.contains("Nr. 11 ·"), "five are named: {text}");
        let takes = (6..=10).map(|n| format!("Übernehmen: Nr. {n}"));
        let all = ["Zusammengefasste zeigen", "Den ältesten nehmen"].map(str::to_owned);
        assert_eq!(seat.buttons(fold), takes.chain(all).collect::<Vec<_>>());

        // Minute by minute; nobody does anything.
        let mut came: BTreeMap<usize, i64> = cards(&seat).into_keys().map(|n| (n, 0)).collect();
        for minute in 1..=40 {
            desk.minutes(1).await;
            for number in cards(&seat).into_keys() {
                came.entry(number).or_insert(minute);
            }
        }
        assert_eq!(came.len(), 12, "all came: {came:?}");
        let times: Vec<i64> = came.values().copied().collect();
        assert!(times.is_sorted(), "what is due first came first: {came:?}");
        for from in 0..=40 {
            let within = times.iter().filter(|at| **at >= from && **at < from + MINUTES);
            assert!(within.count() <= MOST, "from {from}: {came:?}");
        }
        let [fold] = &folds(&seat)[..] else {
            panic!("still one message")
        };
        let text = seat.text(fold);
        assert!(
            text.contains("Alle 7 zusammengefassten Beiträge sind erledigt oder stehen einzeln im Kanal."),
            "{text}"
        );
        assert!(seat.buttons(fold).is_empty());
        done(desk, chat).await;
    }
}

#[tokio::test]
async fn what_waits_is_reached_from_the_list_and_taken_from_it() {
    for chat in BOTH {
        let desk = full(chat, tight, 26).await;
        let seat = Seat::new(&desk, chat);
        desk.seconds(2).await;
        let fold = folds(&seat).pop().unwrap();
        seat.press(Ben, &fold, "Zusammengefasste zeigen").await;
        let list = seat.told(Ben);
        assert!(list.contains("21 Beiträge warten zusammengefasst"), "{list}");
        let mut reached: Vec<bool> = (1..=26).map(|n| list.contains(&format!("Nr. {n} ·"))).collect();
        for _ in 0..4 {
            seat.press(Ben, &seat.last_told(Ben), "Weiter ›").await;
            let list = seat.told(Ben);
            for (n, known) in (1..=26).zip(&mut reached) {
                *known |= list.contains(&format!("Nr. {n} ·"));
            }
        }
        seat.press(Ben, &seat.last_told(Ben), "‹ Zurück").await;
        let page = seat.last_told(Ben);
        assert_eq!(reached, [vec![false; 5], vec![true; 21]].concat(), "every one");

        // Taken from the list, it stands there at once, however full the room is.
        seat.press(Ben, &page, "Übernehmen: Nr. 22").await;
        let card = cards(&seat).remove(&22).expect("its card");
        let text = seat.text(&card);
        assert!(text.contains("Ben") && text.contains("ist dran"), "{text}");
        seat.press(Ben, &page, "Übernehmen: Nr. 22").await;
        seat.press(Anna, &fold, "Den ältesten nehmen").await;
        seat.press(Anna, &fold, "Den ältesten nehmen").await;
        desk.seconds(10).await;
        let text = seat.text(&fold);
        assert!(text.contains("20 weitere"), "{text}");
        // Who has no right here gets nothing out.
        for button in ["Zusammengefasste zeigen", "Den ältesten nehmen"] {
            seat.press(Gast, &fold, button).await;
            assert!(seat.told(Gast).contains("das Recht"), "{}", seat.told(Gast));
        }
        assert_eq!(cards(&seat).len(), MOST + 1);

        // What is dealt with while it waits needs no card any more; reopened, it comes.
        seat.command(Ben, "handled", Some(12)).await;
        seat.submit(Ben, &[("reason", "spam")]).await;
        desk.seconds(12).await;
        assert!(seat.text(&fold).contains("19 weitere"), "{}", seat.text(&fold));
        for _ in 0..60 {
            desk.minutes(1).await;
        }
        let shown: Vec<usize> = cards(&seat).into_keys().collect();
        assert_eq!(shown.len(), 25);
        assert!(!shown.contains(&12), "{shown:?}");
        seat.command(Ben, "reopen", Some(12)).await;
        desk.minutes(2).await;
        assert!(cards(&seat).contains_key(&12));
        done(desk, chat).await;
    }
}

fn annas(rules: &mut Rules) {
    tight(rules);
    let chat = rules.channels.values().next().unwrap().chat.clone();
    let user = if chat == "slack" {
        crate::desk::ANNA
    } else {
        crate::desk::D_ANNA
    };
    for route in &mut rules.routes {
        route.owner = Some(PersonId {
            chat: chat.clone(),
            user: user.into(),
        });
    }
}

#[tokio::test]
async fn what_is_somebodys_own_comes_through() {
    for chat in BOTH {
        let desk = full(chat, annas, 9).await;
        let seat = Seat::new(&desk, chat);
        assert_eq!(cards(&seat).len(), MOST);
        // The route `ruf` brings it to both rooms.
        desk.review(1, "Nummer 77 klemmt, mein Anwalt schreibt Ihnen.")
            .await;
        assert!(cards(&seat).contains_key(&77), "{:?}", cards(&seat));
        seat.all(Room::Leads);
        assert_eq!(folds(&seat).len(), 1);
        for _ in 0..30 {
            desk.minutes(1).await;
        }
        assert_eq!(cards(&seat).len(), 10);
        for card in seat.all(Room::Leads) {
            seat.thread(&card);
        }
        seat.direct(Anna);
        done(desk, chat).await;
    }
}

fn warned(rules: &mut Rules) {
    tight(rules);
    rules.fallback.policy.first_answer = Some(60);
    rules.fallback.policy.marks = vec![zeitnah::domain::item::policy::Mark::Left(30)];
}

#[tokio::test]
async fn a_warning_about_what_waits_is_a_line_that_one_can_act_on() {
    for chat in BOTH {
        // Published at 8:01 and later, so due at 9:01 and later: in Berlin it is ten.
        let desk = full(chat, warned, 8).await;
        let seat = Seat::new(&desk, chat);
        for _ in 0..8 {
            desk.minutes(1).await;
        }
        let calls: Vec<Shown> = seat.all(Room::Care);
        let call = calls
            .iter()
            .find(|message| seat.buttons(message).contains(&"Übernehmen: Nr. 7".to_owned()))
            .expect("what waits is named in the list");
        seat.press(Anna, call, "Übernehmen: Nr. 7").await;
        assert!(cards(&seat).contains_key(&7), "taken, it stands there");
        for _ in 0..60 {
            desk.minutes(1).await;
        }
        assert_eq!(cards(&seat).len(), 8);
        done(desk, chat).await;
    }
}

fn wide(rules: &mut Rules) {
    rules.fallback.policy.marks.clear();
    for channel in rules.channels.values_mut() {
        channel.budget = None;
    }
}

#[tokio::test]
async fn without_a_budget_all_come_at_once_and_what_waited_comes_with_them() {
    for chat in BOTH {
        let mut desk = full(chat, tight, 12).await;
        desk.seconds(2).await;
        desk.kill(1);
        desk.kill(0);
        desk.retune(wide);
        desk.revive().await;
        desk.minutes(11).await;
        desk.minutes(1).await;
        let seat = Seat::new(&desk, chat);
        assert_eq!(cards(&seat).len(), 12);
        write(&desk, 13, 40).await;
        assert_eq!(cards(&seat).len(), 40);
        done(desk, chat).await;
    }
}

/// Whatever becomes of the message, the fold opens, and there is one message at the end that is true.
#[tokio::test]
async fn a_message_that_fails_keeps_no_card_from_coming() {
    let slack = |n: usize| -> Option<Vec<slack::Fault>> {
        use slack::Fault;
        let (post, update) = ("chat.postMessage", "chat.update");
        Some(match n {
            0 => vec![Fault::answer_lost(post)],
            1 => vec![Fault::request_lost(post)],
            2 => vec![Fault::server_error(post, 503)],
            3 => vec![Fault::rate_limit(post, 20)],
            4 => vec![Fault::answer_lost(update)],
            5 => vec![Fault::fatal_error(update).times(3)],
            6 => vec![Fault::rate_limit(update, 30)],
            _ => return None,
        })
    };
    let discord = |n: usize| -> Option<Vec<discord::Fault>> {
        use discord::Fault;
        let (post, edit) = ("create_message", "edit_message");
        Some(match n {
            0 => vec![Fault::answer_lost(post)],
            1 => vec![Fault::request_lost(post)],
            2 => vec![Fault::server_error(post, 503)],
            3 => vec![Fault::rate_limit(post, 20.0)],
            4 => vec![Fault::answer_lost(edit)],
            5 => vec![Fault::server_error(edit, 500).times(3)],
            6 => vec![Fault::rate_limit(edit, 30.0)],
            _ => return None,
        })
    };
    for chat in BOTH {
        for n in 0..8 {
            let desk = full(chat, tight, 12).await;
            let seat = Seat::new(&desk, chat);
            assert_eq!(cards(&seat).len(), MOST);
            // The next call of that kind is the fold's message, or its change.
            let struck = match chat {
                Chat::Slack => slack(n).map(|faults| faults.into_iter().for_each(|f| desk.slack.fault(f))),
                Chat::Discord => {
                    discord(n).map(|faults| faults.into_iter().for_each(|f| desk.discord.fault(f)))
                }
            };
            desk.seconds(2).await;
            if struck.is_none() {
                // Somebody deletes it.
                let fold = folds(&seat).pop().unwrap();
                let gone = match chat {
                    Chat::Slack => desk.slack.delete_message(&fold.room, &fold.id),
                    Chat::Discord => desk.discord.delete_message(&fold.room, &fold.id),
                };
                assert!(gone);
            }
            for _ in 0..60 {
                desk.seconds(30).await;
            }
            let left = match chat {
                Chat::Slack => desk.slack.faults().len(),
                Chat::Discord => desk.discord.faults().len(),
            };
            assert_eq!(left, 0, "{n}: it struck");
            assert_eq!(cards(&seat).len(), 12, "{n}");
            let all = folds(&seat);
            assert_eq!(all.len(), 1, "{n}: one message");
            assert!(
                seat.text(&all[0]).contains("Alle 7 "),
                "{n}: {}",
                seat.text(&all[0])
            );
            done(desk, chat).await;
        }
    }
}

/// Floods, presses and pauses as they come, three replicas of which one or another dies: no span of ten minutes holds more
/// than the budget besides what was taken, and in the end each post has one card.
#[tokio::test]
async fn however_it_comes_the_budget_holds_and_nothing_is_lost() {
    let mut runner = TestRunner::deterministic();
    let lives = proptest::collection::vec((0..6, 0_usize..1000), 30);
    for seed in 0..4 {
        let chat = BOTH[seed % 2];
        let steps: Vec<(i32, usize)> = lives.new_tree(&mut runner).unwrap().current();
        let mut desk = Desk::with(Wish {
            replicas: 3,
            tune: tight,
            ..chat.wish()
        })
        .await;
        desk.tick().await;
        let mut written = 0;
        let mut taken = 0;
        let mut seen: BTreeMap<String, DateTime<Utc>> = BTreeMap::new();
        let look = |desk: &Desk, seen: &mut BTreeMap<String, DateTime<Utc>>| {
            let seat = Seat::new(desk, chat);
            for message in seat.all(Room::Care) {
                seen.entry(message.id).or_insert(desk.clock.now());
            }
        };
        let mut calls: Vec<DateTime<Utc>> = Vec::new();
        for (what, n) in steps {
            match what {
                0 | 1 => {
                    let more = 1 + n % 7;
                    write(&desk, written + 1, written + more).await;
                    written += more;
                }
                2 if written > 0 => {
                    let number = 1 + (n % written) as i64;
                    let open: bool = desk
                        .row(format!("SELECT state = 'open' FROM item WHERE number = {number}"))
                        .await;
                    if open {
                        calls.push(desk.clock.now());
                        taken += 1;
                    }
                    Seat::new(&desk, chat).command(Anna, "take", Some(number)).await;
                }
                3 => {
                    desk.kill(n % 3);
                    desk.seconds(1).await;
                    desk.revive().await;
                }
                _ => {
                    for _ in 0..1 + n % 19 {
                        desk.seconds(30).await;
                        look(&desk, &mut seen);
                    }
                }
            }
            look(&desk, &mut seen);
        }
        // As long as it takes, and not longer.
        for _ in 0..written.div_ceil(MOST) * MINUTES as usize {
            desk.minutes(1).await;
            look(&desk, &mut seen);
        }
        let seat = Seat::new(&desk, chat);
        assert_eq!(cards(&seat).len(), written, "{seed}: each has its card");
        assert_eq!(
            seat.all(Room::Care).len(),
            written + folds(&seat).len(),
            "{seed}: and one only"
        );
        assert!(
            written > 20 && taken > 0,
            "{seed}: {written} came, {taken} were taken"
        );
        for from in seen.values() {
            let to = *from + TimeDelta::minutes(MINUTES);
            let within = |at: &&DateTime<Utc>| **at >= *from && **at < to;
            let urgent = calls.iter().filter(within).count();
            // Each fold may say so once; what is not a card counts, but is not kept from coming.
            let told = folds(&seat).iter().filter(|f| within(&&seen[&f.id])).count();
            let all = seen.values().filter(within).count();
            assert!(
                all <= MOST + urgent + told,
                "{seed}: {all} from {from}, {urgent} urgent"
            );
        }
        done(desk, chat).await;
    }
}
