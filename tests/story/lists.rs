//! Lists as they are read at eight on a phone: a line for each post, the time first, its button beside it, five at once and
//! the rest a press away; they say where they look, what is overdue and who has it, and several can be named in one command.

use zeitnah::domain::promise::rules::Rules;
use zeitnah::port::clock::Clock as _;

use crate::desk::ANNA;
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
/// With who has it: two rows of a phone, beside a button.
const LETTERS: usize = 80;

fn plain(rules: &mut Rules) {
    rules.digests.clear();
    rules.fallback.policy.marks.clear();
}

/// What concerns the leads stands with them alone.
fn apart(rules: &mut Rules) {
    plain(rules);
    for route in &mut rules.routes {
        route.to.retain(|name| name.starts_with("leads"));
    }
}

async fn with(chat: Chat, posts: usize) -> Desk {
    let desk = Desk::with(Wish {
        tune: plain,
        ..chat.wish()
    })
    .await;
    desk.tick().await;
    for n in 1..=posts {
        let body = format!(
            r#"{{"id":"r{n}","rating":2,"body":"Nummer {n}: Die Pumpe läuft *nicht* an, und _niemand_ hebt ab. :bomb: <!here>",
                 "published_at":"2026-11-20T08:{n:02}:00Z"}}"#
        );
        desk.push(&format!("d{n}"), body).await;
    }
    desk
}

async fn done(desk: Desk, chat: Chat) {
    Seat::new(&desk, chat).look_around(&[Room::Care, Room::Leads], &[Anna, Ben, Gast]);
    desk.everything();
    desk.finish().await;
}

/// The lines that are about a post.
fn posts(told: &str) -> Vec<String> {
    let lines = told
        .lines()
        .filter(|line| line.contains("Nr. ") && line.contains('★'));
    lines.map(str::to_owned).collect()
}

/// `take 1 2 3`, as each chat wants it typed.
async fn several(seat: &Seat<'_>, who: Who, word: &str, numbers: &str) -> String {
    let typed = match seat.chat {
        Chat::Slack => format!("{word} {numbers}"),
        Chat::Discord => format!("{word} number:{numbers}"),
    };
    seat.command(who, &typed, None).await
}

#[tokio::test]
async fn a_list_is_a_line_each_with_the_time_first_and_says_what_is_overdue_and_who_has_it() {
    for chat in BOTH {
        let desk = with(chat, 7).await;
        let seat = Seat::new(&desk, chat);
        // Due in the order in which they were written: three are overdue now.
        let due: chrono::DateTime<chrono::Utc> = desk.row("SELECT due_at FROM item WHERE number = 3").await;
        desk.seconds((due - desk.clock.now()).num_seconds() + 1).await;
        seat.command(Ben, "take", Some(2)).await;
        // Whoever had to be called because three are overdue.
        let called = seat.notified().len();
        let told = seat.command(Anna, "open", None).await;
        let title = told.lines().next().unwrap_or_default();
        assert_eq!(
            title, "In #care sind 7 Beiträge offen, 3 davon überfällig:",
            "{told}"
        );
        let lines = posts(&told);
        assert_eq!(lines.len(), 5, "{told}");
        for (n, line) in (1..).zip(&lines) {
            assert!(line.contains(&format!("Nr. {n} · ★★☆☆☆ „Nummer {n}")), "{line}");
            let first = if n <= 3 { "⚠ seit " } else { "bis " };
            assert!(line.starts_with(first), "{line}");
            let words = line.split(" [").next().unwrap_or_default();
            assert!(words.chars().count() <= LETTERS, "{line}");
        }
        assert!(
            lines[1].contains(" · Ben") && lines[1].contains(" ist dran"),
            "{}",
            lines[1]
        );
        let buttons = seat.buttons_told(Anna);
        assert!(!buttons.contains(&"Übernehmen: Nr. 2".to_owned()), "{buttons:?}");
        assert!(buttons.contains(&"Übernehmen: Nr. 3".to_owned()), "{buttons:?}");
        // Nothing that a customer wrote is read as a mark, calls anybody or leads anywhere.
        assert_eq!(seat.notified().len(), called, "{told}");
        if chat == Chat::Slack {
            assert!(told.contains("∗nicht∗") || told.contains("Die Pumpe"), "{told}");
        }
        done(desk, chat).await;
    }
}

#[tokio::test]
async fn a_list_says_where_it_looks_and_offers_the_rest() {
    for chat in BOTH {
        let desk = Desk::with(Wish {
            tune: apart,
            ..chat.wish()
        })
        .await;
        let seat = Seat::new(&desk, chat);
        desk.tick().await;
        desk.review(2, "Die Pumpe läuft nicht an.").await;
        desk.review(5, "Mein Anwalt ist begeistert.").await;
        for (word, title) in [("open", "In #care ist ein Beitrag offen:")] {
            let told = seat.command(Anna, word, None).await;
            assert!(told.starts_with(title), "{told}");
            assert!(!told.contains("Anwalt"), "{told}");
            seat.press(Anna, &seat.last_told(Anna), "In allen Kanälen zeigen")
                .await;
            let told = seat.told(Anna);
            assert!(
                told.starts_with("In allen deinen Kanälen sind 2 Beiträge offen:"),
                "{told}"
            );
            assert!(told.contains("Anwalt") && told.contains("#leads"), "{told}");
            seat.press(Anna, &seat.last_told(Anna), "Nur diesen Kanal zeigen")
                .await;
            assert!(seat.told(Anna).starts_with(title), "{}", seat.told(Anna));
        }
        let told = seat.look(Anna, "find", "Anwalt").await;
        assert!(told.starts_with("Zu „Anwalt“ gibt es in #care nichts"), "{told}");
        seat.press(Anna, &seat.last_told(Anna), "In allen Kanälen suchen")
            .await;
        let told = seat.told(Anna);
        assert!(told.starts_with("Zu „Anwalt“ in allen deinen Kanälen:"), "{told}");
        assert!(told.contains("Mein Anwalt ist begeistert."), "{told}");
        // Whoever has no right sees nothing, wherever they press from.
        let told = seat.command(Gast, "open", None).await;
        assert!(told.contains("das Recht"), "{told}");
        done(desk, chat).await;
    }
}

#[tokio::test]
async fn several_in_one_command_are_all_judged_and_one_answer_says_each_fate() {
    for chat in BOTH {
        let desk = with(chat, 4).await;
        let seat = Seat::new(&desk, chat);
        seat.command(Ben, "take", Some(2)).await;
        let before = seat.whispers(Anna).len();
        let told = several(&seat, Anna, "take", "3, 1 2 99").await;
        assert_eq!(seat.whispers(Anna).len(), before + 1, "one answer");
        let lines: Vec<&str> = told.lines().collect();
        assert_eq!(lines.len(), 4, "{told}");
        assert_eq!(
            lines[..2],
            ["Nr. 3: jetzt deiner.", "Nr. 1: jetzt deiner."],
            "{told}"
        );
        assert!(
            lines[2].starts_with("Nr. 2: Ben") && lines[2].contains("ist gerade dran"),
            "{told}"
        );
        assert!(
            lines[3].starts_with("Nr. 99: Eine Nr. 99 gibt es nicht."),
            "{told}"
        );
        let holders: i64 = desk
            .row("SELECT count(*) FROM item WHERE state = 'claimed' AND number IN (1, 3)")
            .await;
        assert_eq!(holders, 2);
        let told = several(&seat, Anna, "release", "1 und 3").await;
        assert_eq!(told.lines().count(), 2, "{told}");
        assert!(told.contains("Nr. 3: zurückgegeben, wieder frei."), "{told}");
        // What asks a question takes one, and says so.
        for word in ["handled", "snooze"] {
            let told = several(&seat, Anna, word, "1 3 4").await;
            assert!(
                told.contains(&format!("„{word}“ geht nur mit einer Nummer auf einmal"))
                    && told.contains(&format!("/zeitnah {word} 1")),
                "{told}"
            );
        }
        let done_with: i64 = desk
            .row("SELECT count(*) FROM item WHERE state IN ('handled', 'snoozed')")
            .await;
        assert_eq!(done_with, 0);
        // Whoever may nothing learns nothing, not even which numbers there are.
        let told = several(&seat, Gast, "take", "1 99").await;
        assert_eq!(told.matches("das Recht").count(), 2, "{told}");
        done(desk, chat).await;
    }
}

#[tokio::test]
async fn what_is_put_off_counts_the_same_everywhere_and_is_marked() {
    for chat in BOTH {
        let desk = with(chat, 3).await;
        let seat = Seat::new(&desk, chat);
        let card = seat.card();
        seat.choose(Anna, &card, "Zurückstellen").await;
        seat.submit(Anna, &[("until", "monday")]).await;
        seat.command(Anna, "take", Some(1)).await;
        let mine = seat.command(Anna, "mine", None).await;
        assert!(mine.starts_with("Du hast 2 Beiträge:"), "{mine}");
        assert!(mine.lines().any(|line| line.starts_with("⏸ bis ")), "{mine}");
        let home = seat.command(Anna, "home", None).await;
        assert!(
            home.contains("Du hast 2 Beiträge, davon zurückgestellt: 1"),
            "{home}"
        );
        assert!(home.contains("#care: 3 offen, 0 überfällig, 1 frei"), "{home}");
        let who = " 2, 1 zurückgestellt";
        assert!(home.contains(who), "{home}");
        let stats = seat.command(Anna, "stats", None).await;
        assert!(stats.contains(who), "who has what, at a glance: {stats}");
        desk.hours(30).await;
        let home = seat.command(Anna, "home", None).await;
        assert!(home.contains("überfällig"), "{home}");
        seat.press(Anna, &seat.last_told(Anna), "Überfällige zeigen")
            .await;
        assert!(seat.told(Anna).contains("überfällig:"), "{}", seat.told(Anna));
        done(desk, chat).await;
    }
}

#[tokio::test]
async fn in_slack_each_line_has_its_button_beside_it_and_the_home_has_three() {
    let desk = with(Chat::Slack, 7).await;
    let seat = Seat::new(&desk, Chat::Slack);
    seat.command(Anna, "open", None).await;
    let blocks = desk.slack.see_ephemerals(ANNA).pop().unwrap().blocks;
    let beside = blocks
        .iter()
        .filter(|b| b["type"] == "section" && b["accessory"]["type"] == "button");
    assert_eq!(beside.count(), 5, "{blocks:#?}");
    let below = blocks.iter().filter(|b| b["type"] == "actions");
    let below: usize = below.map(|b| b["elements"].as_array().map_or(0, Vec::len)).sum();
    assert_eq!(below, 2, "more, and everywhere: {blocks:#?}");
    several(&seat, Anna, "take", "1 2").await;
    assert!(desk.slack.open_home(ANNA).await.acked);
    desk.settle().await;
    let home = desk.slack.home(ANNA).expect("a home");
    let blocks = home.view["blocks"].as_array().cloned().unwrap_or_default();
    let at = |wanted: &dyn Fn(&serde_json::Value) -> bool| blocks.iter().position(wanted);
    let reply = at(&|b| {
        b["accessory"]["text"]["text"] == "Antworten" || b["accessory"]["text"]["text"] == "Übernehmen"
    });
    let first = at(&|b| b["type"] == "actions");
    assert!(reply < first || reply.is_none(), "{blocks:#?}");
    let buttons = blocks.iter().filter(|b| b["type"] == "actions").flat_map(|b| {
        let elements = b["elements"].as_array().cloned().unwrap_or_default();
        elements.into_iter().filter(|e| e["type"] == "button")
    });
    assert!(buttons.count() <= 3, "{blocks:#?}");
    done(desk, Chat::Slack).await;
}
