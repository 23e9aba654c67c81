//! Buttons are honest: what a card shows can be done, what it does not show is refused with a sentence, and all of it
//! can be typed too.

use standins::slack::Fault;
use standins::slack::Message;
use zeitnah::domain::people::rights::Circle;
use zeitnah::domain::press::action::Verb;
use zeitnah::domain::promise::rules::Named;

use crate::desk::ANNA;
use crate::desk::BEN;
use crate::desk::CARE;
use crate::desk::CARLA;
use crate::desk::Desk;
use crate::desk::GAST;
use crate::desk::LEADS;
use crate::desk::STORE;
use crate::desk::TEAM;
use crate::desk::Wish;

const ANSWER: &str = "Hallo Jule, das war zu lang. – Anna";

/// Everything on a card that asks us something, as verbs.
fn shown(card: &Message) -> Vec<Verb> {
    let mut verbs = Vec::new();
    let mut take = |token: &serde_json::Value| {
        let mut parts = token.as_str().unwrap_or_default().split('.');
        if let (Some("z1"), Some(verb)) = (parts.next(), parts.next())
            && let Some(verb) = Verb::parse(verb)
        {
            verbs.push(verb);
        }
    };
    for block in card.blocks.iter().filter(|b| b["type"] == "actions") {
        for element in block["elements"].as_array().unwrap() {
            take(&element["action_id"]);
            for option in element["options"].as_array().into_iter().flatten() {
                take(&option["value"]);
            }
        }
    }
    verbs
}

/// Brings a fresh item into a state.
async fn bring(state: &str) -> (Desk, Message) {
    let desk = Desk::with(Wish {
        held: state == "pending",
        tune: |rules| rules.digests.clear(),
        ..Wish::default()
    })
    .await;
    if state == "deep link" || state == "no link" {
        let link = if state == "deep link" {
            r#","permalink":"https://forum.example/r1""#
        } else {
            ""
        };
        desk.push(
            "d1",
            format!(r#"{{"id":"r1","rating":2,"body":"Schade."{link}}}"#),
        )
        .await;
        let card = desk.card();
        return (desk, card);
    }
    if state == "answered elsewhere" {
        desk.push("d1", r#"{"id":"r1","rating":2,"body":"Schade."}"#)
            .await;
        desk.push(
            "d2",
            r#"{"id":"r1","rating":2,"body":"Schade.","reply":{"body":"Tut uns leid."}}"#,
        )
        .await;
        let card = desk.card();
        desk.thread(&card);
        return (desk, card);
    }
    if state == "removed" {
        let id = desk.question("Passt der Akku?").await;
        desk.shop.remove(&id).unwrap();
        desk.shop.tick().await;
        desk.settle().await;
        let card = desk.card();
        desk.thread(&card);
        return (desk, card);
    }
    desk.review(2, "Nette Beratung, aber 40 Minuten Wartezeit.").await;
    let card = desk.card();
    match state {
        "open" => {}
        "claimed" => desk.press(ANNA, &card, "Übernehmen").await,
        "drafted" => {
            desk.press(ANNA, &card, "Antworten").await;
            desk.submit(ANNA, &[("text", ANSWER)]).await;
            // The preview lies above the form.
            assert!(desk.slack.close_view(ANNA).await.acked);
            assert!(desk.slack.close_view(ANNA).await.acked);
        }
        "queued" => {
            desk.press(ANNA, &card, "Antworten").await;
            desk.submit(ANNA, &[("text", ANSWER)]).await;
            desk.submit(ANNA, &[]).await;
        }
        "snoozed" => {
            desk.choose(ANNA, &card, "Zurückstellen").await;
            desk.submit(ANNA, &[("until", "monday")]).await;
        }
        "handled" => {
            desk.press(ANNA, &card, "Erledigt").await;
            desk.submit(ANNA, &[]).await;
        }
        "overdue" => desk.hours(30).await,
        "answered" | "pending" => {
            desk.answer(ANNA, &card, ANSWER).await;
            desk.minutes(1).await;
        }
        other => panic!("no state is called {other}"),
    }
    desk.thread(&card);
    (desk, card)
}

/// In an order in which each leaves the state as the next one needs it: first what only reads or opens a form.
const ORDER: [Verb; 17] = [
    Verb::FullText,
    Verb::Why,
    Verb::ViewReply,
    Verb::CopyText,
    Verb::ConfirmThere,
    Verb::SendAgain,
    Verb::ChangeReply,
    Verb::Escalate,
    Verb::Handle,
    Verb::HandOver,
    Verb::Acknowledge,
    Verb::Snooze,
    Verb::Reply,
    Verb::Take,
    Verb::Undo,
    Verb::Release,
    Verb::Reopen,
];

#[tokio::test]
async fn what_a_card_shows_is_what_can_be_done() {
    let mut table = Vec::new();
    for state in [
        "open",
        "claimed",
        "drafted",
        "queued",
        "snoozed",
        "overdue",
        "pending",
        "answered",
        "answered elsewhere",
        "handled",
        "removed",
        "deep link",
        "no link",
    ] {
        let (desk, card) = bring(state).await;
        let now = desk.slack.message(CARE, &card.ts).unwrap();
        let offered = shown(&now);
        table.push(format!(
            "{state}: {} | {}",
            desk.slack.buttons(&now).join(" · "),
            desk.slack.choices(&now).join(" · ")
        ));
        // What is not offered is refused with a sentence and changes nothing.
        for verb in ORDER.into_iter().filter(|v| !offered.contains(v) && !reads(*v)) {
            if verb == Verb::Take && offered.contains(&Verb::Release) {
                // Taking one's own again prolongs it, without a button.
                continue;
            }
            let (version, told) = (version(&desk).await, desk.whispers(ANNA).len());
            desk.command(ANNA, &format!("{} 1", verb.as_str())).await;
            assert_eq!(
                self::version(&desk).await,
                version,
                "{state}: {verb:?} changed something"
            );
            assert_eq!(
                desk.whispers(ANNA).len(),
                told + 1,
                "{state}: {verb:?} said nothing"
            );
            assert!(desk.slack.view(ANNA).is_none(), "{state}: {verb:?} opened a form");
        }
        // What is offered happens, without a word.
        for verb in ORDER.into_iter().filter(|v| offered.contains(v)) {
            let (version, told) = (version(&desk).await, desk.whispers(ANNA).len());
            desk.command(ANNA, &format!("{} 1", verb.as_str())).await;
            let opened = desk.slack.view(ANNA).is_some();
            assert!(
                opened || self::version(&desk).await > version,
                "{state}: {verb:?} did nothing: {:?}",
                desk.whispers(ANNA)
            );
            assert_eq!(
                desk.whispers(ANNA).len(),
                told,
                "{state}: {verb:?}: {:?}",
                desk.whispers(ANNA)
            );
            if opened {
                assert!(desk.slack.close_view(ANNA).await.acked);
            }
        }
        desk.thread(&card);
        desk.finish().await;
    }
    insta::assert_snapshot!("buttons_by_state", table.join("\n"));
}

fn reads(verb: Verb) -> bool {
    matches!(
        verb,
        Verb::FullText | Verb::Why | Verb::ViewReply | Verb::OpenSource | Verb::CopyText
    )
}

async fn version(desk: &Desk) -> i64 {
    desk.row("SELECT sum(version)::bigint FROM item").await
}

#[test]
fn every_verb_is_tried() {
    for verb in Verb::ALL {
        assert!(ORDER.contains(verb) || *verb == Verb::OpenSource, "{verb:?}");
    }
}

#[tokio::test]
async fn what_is_typed_wrongly_is_answered_kindly() {
    let (desk, card) = bring("open").await;
    let mut said = Vec::new();
    for typed in [
        "",
        "hilfe",
        "tanzen",
        "tanzen 1",
        "take",
        "take eins",
        "take 1.5",
        "take -1",
        "take 99999999999999999999",
        "take 42",
        "why 42",
        "undo 1",
        "there 1",
        "reply 1 Danke für nichts",
        "stats -3",
        "stats 1000",
        "mine alle",
        "open sesame",
        "take 1 jetzt",
        "handled 1 2 3",
        "quiet 20:00-07:00 Europe/Berlin bitte",
        "quiet off morgen",
        "open 1",
    ] {
        let before = desk.whispers(ANNA).len();
        let answer = desk.command(ANNA, typed).await;
        let told = desk.whispers(ANNA).len() - before;
        let answer = if told == 0 { "(a form)".to_owned() } else { answer };
        said.push(format!("/zeitnah {typed}\n{answer}"));
    }
    insta::assert_snapshot!("commands_wrong", said.join("\n\n"));
    assert!(
        desk.slack.view(ANNA).is_none(),
        "what is not understood opens nothing"
    );
    desk.thread(&card);
    desk.finish().await;
}

#[tokio::test]
async fn lists_show_what_is_open_mine_and_overdue() {
    let desk = Desk::with(Wish {
        tune: |rules| rules.digests.clear(),
        ..Wish::default()
    })
    .await;
    let mut said = Vec::new();
    let mut list = async |desk: &Desk, when: &str| {
        for what in ["open", "mine", "overdue"] {
            said.push(format!(
                "{when}: /zeitnah {what}\n{}",
                desk.command(ANNA, what).await
            ));
        }
    };
    list(&desk, "nothing").await;
    desk.google.write(STORE, "Jule K.", 2, "Lange gewartet.").unwrap();
    desk.review(5, "Mein Anwalt ist begeistert.").await;
    desk.question("Passt der Akku?").await;
    desk.command(ANNA, "take 3").await;
    list(&desk, "three").await;
    desk.hours(14).await;
    list(&desk, "later").await;
    insta::assert_snapshot!("lists", said.join("\n\n"));

    for n in 0..20 {
        desk.push(
            &format!("d{n}"),
            format!(r#"{{"id":"r{n}","rating":1,"body":"Schlecht."}}"#),
        )
        .await;
    }
    let long = desk.command(ANNA, "open").await;
    assert_eq!(long.lines().count(), 1 + 5 + 1 + 1, "{long}");
    assert!(long.contains("\nSeite 1 von 5\n[Weiter ›]"), "{long}");
    assert!(long.ends_with("[In allen Kanälen zeigen]"), "{long}");
    // Each channel lists its own.
    assert!(desk.slack.command(CARLA, LEADS, "/zeitnah", "open").await.acked);
    desk.settle().await;
    assert!(
        desk.whispers(CARLA)
            .pop()
            .unwrap()
            .starts_with("In #leads ist ein Beitrag offen")
    );
    assert!(
        desk.command(GAST, "open")
            .await
            .starts_with("Dafür brauchst du hier das Recht „Lesen“")
    );
    assert!(
        desk.command(BEN, "mine")
            .await
            .starts_with("Du hast gerade nichts")
    );
    desk.everything();
    desk.finish().await;
}

#[tokio::test]
async fn a_slack_compatible_server_without_user_groups_runs_with_less() {
    let desk = Desk::with(Wish {
        absent: &["usergroups.users.list", "usergroups.list"],
        ..Wish::default()
    })
    .await;
    let named = [
        Named::Room(CARE.into()),
        Named::Circle(Circle::Group(TEAM.into())),
        Named::Person(CARLA.into()),
    ];
    let found = desk.apps[0].desk.chat("slack").unwrap().check(&named).await;
    let found: Vec<String> = found
        .iter()
        .map(|f| format!("{:?}: {} {}", f.grave, f.text, f.remedy))
        .collect();
    insta::assert_snapshot!("check_without_groups", found.join("\n"));

    desk.review(2, "Nette Beratung, aber 40 Minuten Wartezeit.").await;
    let card = desk.card();
    desk.press(ANNA, &card, "Übernehmen").await;
    assert!(
        desk.whispers(ANNA)[0].starts_with("Dafür brauchst du"),
        "nobody is known to be in the group"
    );
    desk.press(CARLA, &card, "Übernehmen").await;
    desk.answer(CARLA, &card, ANSWER).await;
    desk.minutes(1).await;
    assert!(desk.text(&card).contains("✔ Beantwortet von Carla"));
    desk.thread(&card);
    desk.finish().await;
}

#[tokio::test]
async fn check_tells_each_fault_with_its_remedy() {
    let desk = Desk::open().await;
    desk.slack.add_channel("C0OLD", "old", &[ANNA]);
    desk.slack.change_channel("C0OLD", |c| c.archived = true);
    desk.slack.add_channel("C0OUT", "out", &[ANNA]);
    desk.slack
        .change_channel("C0OUT", |c| c.members.retain(|m| m == ANNA));
    desk.slack.add_user("U0LEFT", "Lena", "Lena Left");
    desk.slack.change_user("U0LEFT", |u| u.deleted = true);
    desk.slack.add_group("S0EMPTY", "empty", &[]);
    let named = [
        Named::Room("C0OLD".into()),
        Named::Room("C0OUT".into()),
        Named::Room("C0NONE".into()),
        Named::Room(CARE.into()),
        Named::Circle(Circle::Group("S0NOBODY".into())),
        Named::Circle(Circle::Group("S0EMPTY".into())),
        Named::Circle(Circle::Room("C0NONE".into())),
        Named::Group(TEAM.into()),
        Named::Person("U0LEFT".into()),
        Named::Person("U0NOBODY".into()),
        Named::Confidant(CARLA.into()),
    ];
    let chat = desk.apps[0].desk.chat("slack").unwrap();
    let mut found = chat.check(&named).await;
    for scope in ["usergroups:read", "im:write"] {
        desk.slack.set_scope(scope, false);
    }
    found.extend(chat.check(&named[4..5]).await);
    desk.slack.fault(Fault::server_error("auth.test", 500));
    found.extend(chat.check(&named).await);
    let found: Vec<String> = found
        .iter()
        .map(|f| format!("{:?}: {} {}", f.grave, f.text, f.remedy))
        .collect();
    insta::assert_snapshot!("check_faults", found.join("\n"));
    desk.finish().await;
}
