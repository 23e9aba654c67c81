//! Looking things up by typing, in both chats: items by words in any form and with slips of the finger, one item with
//! its buttons, the sources, the numbers; for whoever may look, and nobody else.

use standins::sites::faults::Fault;

use crate::desk::Desk;
use crate::desk::STORE;
use crate::seat::Chat;
use crate::seat::Room;
use crate::seat::Seat;
use crate::seat::Who;

async fn open(chat: Chat) -> Desk {
    let desk = Desk::with(crate::desk::Wish {
        tune: |rules| rules.digests.clear(),
        ..chat.wish()
    })
    .await;
    for (author, stars, text) in [
        (
            "Jule Kowalski",
            2,
            "Die Wartezeiten an der Kasse waren unzumutbar.",
        ),
        (
            "Ömer Öz",
            5,
            "Der Akku meines Rasenmähers hält ewig. Kein Warten mehr!",
        ),
        ("Ann Smith", 4, "The shop assistants were helping everybody."),
        (
            "Rolf",
            1,
            "<!everyone> *fett* @here 100% _Schrott_ '; DROP TABLE item; --",
        ),
    ] {
        desk.google.write(STORE, author, stars, text).unwrap();
    }
    desk.minutes(5).await;
    desk
}

async fn done(desk: Desk, chat: Chat) {
    Seat::new(&desk, chat).look_around(&[Room::Care], &[Who::Anna, Who::Ben, Who::Gast]);
    desk.finish().await;
}

/// Who wrote what is found, by the words that are typed.
fn found(told: &str) -> Vec<&'static str> {
    let all = [
        ("Jule", "Wartezeiten"),
        ("Ömer", "Rasenmähers"),
        ("Ann", "assistants"),
        ("Rolf", "Schrott"),
    ];
    all.into_iter()
        .filter(|(_, word)| told.contains(word))
        .map(|(who, _)| who)
        .collect()
}

#[tokio::test]
async fn what_somebody_remembers_of_it_finds_it_again() {
    for chat in [Chat::Slack, Chat::Discord] {
        let desk = open(chat).await;
        let seat = Seat::new(&desk, chat);
        let cases: [(&str, &[&str]); 16] = [
            // In another form, in both languages.
            ("Wartezeit", &["Jule"]),
            ("helps", &["Ann"]),
            ("akkus", &["Ömer"]),
            // By name, by both words, by one of them, without one.
            ("kowalski", &["Jule"]),
            ("Akku ewig", &["Ömer"]),
            ("Akku or assistant", &["Ömer", "Ann"]),
            ("\"hält ewig\"", &["Ömer"]),
            ("\"ewig hält\"", &[]),
            // Slips of the finger.
            ("Wartzeiten", &["Jule"]),
            ("akku Rasenmäer", &["Ömer"]),
            ("Rasenmäer", &["Ömer"]),
            // What is no word and what is none to look for.
            ("qzxwv", &[]),
            ("'; DROP TABLE item; --", &["Rolf"]),
            ("100%", &["Rolf"]),
            ("und der", &[]),
            ("-akku", &["Jule", "Ann", "Rolf"]),
        ];
        for (typed, expected) in cases {
            let told = seat.look(Who::Anna, "find", typed).await;
            assert_eq!(found(&told), expected, "{typed}: {told}");
        }
        let mut said = Vec::new();
        for typed in ["Wartezeit", "Wartzeiten", "qzxwv", "x", "*fett*"] {
            let told = seat.look(Who::Anna, "find", typed).await;
            said.push(format!("/zeitnah find {typed}\n{told}"));
        }
        insta::assert_snapshot!(chat.named("find"), said.join("\n\n"));
        let long = "Wartezeit ".repeat(200);
        let told = seat.look(Who::Anna, "find", &long).await;
        assert!(told.len() < 3000, "{told}");
        assert!(seat.notified().is_empty(), "finding calls nobody");
        let refused = seat.look(Who::Gast, "find", "Akku").await;
        assert!(
            found(&refused).is_empty() && refused.contains("das Recht"),
            "{refused}"
        );
        done(desk, chat).await;
    }
}

/// A line says why it is there, also where the words that it begins with do not.
#[tokio::test]
async fn each_find_shows_the_place_by_which_it_was_found() {
    for chat in [Chat::Slack, Chat::Discord] {
        let desk = Desk::with(crate::desk::Wish {
            tune: |rules| rules.digests.clear(),
            ..chat.wish()
        })
        .await;
        desk.tick().await;
        let seat = Seat::new(&desk, chat);
        let long = "Zuerst war alles gut und ich war lange sehr zufrieden damit. ".repeat(3);
        let all = serde_json::json!({ "type": "items", "data": [
            { "id": "r1", "rating": 2, "body": format!("{long}Dann brach die Federung.") },
            { "id": "r2", "rating": 5, "body": "Läuft.", "author": { "name": "Petra Winkelmann" } },
            { "id": "r3", "rating": 5, "body": "Wie neu.", "subject": { "kind": "product", "id": "p1", "name": "Astsäge" } },
            { "id": "r5", "rating": 1, "body": "Kam nie an.", "details": { "order": "DE-2026-4711", "country": "DE" } },
        ]});
        desk.push("d1", all.to_string()).await;
        let mut said = Vec::new();
        for typed in [
            "Federung",
            "winkelmann",
            "astsäge",
            "zuerst",
            "4711",
            "DE-2026-4711",
        ] {
            let told = seat.look(Who::Anna, "find", typed).await;
            said.push(format!("/zeitnah find {typed}\n{told}"));
        }
        insta::assert_snapshot!(chat.named("find_places"), said.join("\n\n"));
        let cards = seat.all(Room::Care);
        let told = cards.iter().map(|card| seat.text(card)).collect::<String>();
        assert!(
            told.contains("Bestellung DE-2026-4711") && told.contains("Land DE"),
            "{told}"
        );
        // "or" is no part of anybody's name.
        let gregor = r#"{"id":"r4","rating":5,"body":"The staff is helping.","author":{"name":"Gregor"}}"#;
        desk.push("d2", gregor.to_owned()).await;
        let told = seat.look(Who::Anna, "find", "helps or qzxwv").await;
        assert!(told.contains("helping") && !told.contains("von Gregor"), "{told}");
        done(desk, chat).await;
    }
}

/// The number of the item in each line, and the page.
fn lines(told: &str) -> (Vec<i64>, String) {
    let numbers = told.lines().filter_map(|line| {
        let (_, rest) = line.split_once("Nr. ")?;
        rest.split(' ').next()?.parse().ok()
    });
    let page = told.lines().find(|line| line.contains("Seite"));
    (numbers.collect(), page.unwrap_or_default().trim().to_owned())
}

#[tokio::test]
async fn what_was_found_turns_its_pages_on_any_replica() {
    for chat in [Chat::Slack, Chat::Discord] {
        let desk = Desk::with(crate::desk::Wish {
            replicas: 2,
            tune: |rules| rules.digests.clear(),
            ..chat.wish()
        })
        .await;
        desk.tick().await;
        let seat = Seat::new(&desk, chat);
        for n in 1..=23 {
            let body = format!(r#"{{"id":"r{n}","rating":2,"body":"Der Akku hält nicht, zum {n}. Mal."}}"#);
            desk.push(&format!("d{n}"), body).await;
        }
        let first = seat.look(Who::Anna, "find", "akku").await;
        let (one, page) = lines(&first);
        assert_eq!((one.len(), page.as_str()), (5, "Seite 1 von 5"), "{first}");
        let message = seat.last_told(Who::Anna);
        // Something new comes, and another replica is asked: the pages stay those of one list.
        desk.push(
            "d99",
            r#"{"id":"r99","rating":2,"body":"Akku, Akku, Akku."}"#.to_owned(),
        )
        .await;
        desk.point_at(1);
        seat.press(Who::Anna, &message, "Weiter ›").await;
        let (two, page) = lines(&seat.told(Who::Anna));
        assert_eq!((two.len(), page.as_str()), (5, "Seite 2 von 5"));
        let second = seat.last_told(Who::Anna);
        let mut all = [one.clone(), two].concat();
        for n in 3..=5 {
            seat.press(Who::Anna, &seat.last_told(Who::Anna), "Weiter ›")
                .await;
            let (more, page) = lines(&seat.told(Who::Anna));
            assert_eq!(page, format!("Seite {n} von 5"));
            all.extend(more);
        }
        all.sort_unstable();
        assert_eq!(all, (1..=23).collect::<Vec<i64>>(), "each once");
        let last = seat.last_told(Who::Anna);
        seat.press(Who::Anna, &last, "‹ Zurück").await;
        assert_eq!(lines(&seat.told(Who::Anna)).1, "Seite 4 von 5");
        // Somebody else's search is nobody else's, and one's own next one ends the last.
        seat.look(Who::Ben, "find", "akku").await;
        let bens = seat.last_told(Who::Ben);
        let other = seat.look(Who::Anna, "find", "Mal").await;
        assert_eq!(lines(&other).0.len(), 5, "{other}");
        if chat == Chat::Slack {
            // What stands there is what an outdated client still shows.
            seat.press(Who::Anna, &second, "Weiter ›").await;
            assert!(
                seat.told(Who::Anna).contains("gehört zu einer früheren Suche"),
                "{}",
                seat.told(Who::Anna)
            );
        }
        seat.press(Who::Ben, &bens, "Weiter ›").await;
        assert_eq!(lines(&seat.told(Who::Ben)).1, "Seite 2 von 5");
        // What was typed is not kept for ever.
        let kept = "SELECT count(*) FROM search";
        assert_eq!(desk.row::<i64>(kept).await, 2);
        desk.hours(24 * 40).await;
        while desk.apps[0].desk.forget().await.unwrap() {}
        assert_eq!(desk.row::<i64>(kept).await, 0);
        done(desk, chat).await;
    }
}

/// Whoever has the right in some channels only turns the pages of what they found in all that they see.
#[tokio::test]
async fn a_search_in_all_channels_turns_for_whoever_sees_only_some() {
    for chat in [Chat::Slack, Chat::Discord] {
        let desk = Desk::with(crate::desk::Wish {
            tune: |rules| {
                rules.digests.clear();
                for grant in &mut rules.grants {
                    grant.channels = vec!["care".into(), "leads".into()];
                }
            },
            ..chat.wish()
        })
        .await;
        desk.tick().await;
        let seat = Seat::new(&desk, chat);
        for n in 1..=12 {
            let body = format!(r#"{{"id":"r{n}","rating":2,"body":"Der Akku hält nicht, zum {n}. Mal."}}"#);
            desk.push(&format!("d{n}"), body).await;
        }
        seat.look(Who::Anna, "find", "akku").await;
        seat.press(Who::Anna, &seat.last_told(Who::Anna), "In allen Kanälen suchen")
            .await;
        let (one, page) = lines(&seat.told(Who::Anna));
        assert_eq!((one.len(), page.as_str()), (5, "Seite 1 von 3"));
        seat.press(Who::Anna, &seat.last_told(Who::Anna), "Weiter ›")
            .await;
        assert_eq!(lines(&seat.told(Who::Anna)).1, "Seite 2 von 3");
        done(desk, chat).await;
    }
}

#[tokio::test]
async fn what_we_answered_is_found_once_it_is_published() {
    for chat in [Chat::Slack, Chat::Discord] {
        let desk = open(chat).await;
        let seat = Seat::new(&desk, chat);
        let card = seat.card();
        seat.press(Who::Anna, &card, "Antworten").await;
        seat.submit(
            Who::Anna,
            &[(
                "text",
                "Guten Tag, danke für die Zeilen. Ihr Ersatzteil liegt am Schalter bereit. – Anna",
            )],
        )
        .await;
        let draft = seat.look(Who::Ben, "find", "Ersatzteile").await;
        assert!(
            draft.contains("nichts, auch nichts Ähnliches"),
            "a draft: {draft}"
        );
        seat.submit(Who::Anna, &[]).await;
        desk.seconds(60).await;
        let told = seat.look(Who::Ben, "find", "Ersatzteile").await;
        insta::assert_snapshot!(chat.named("find_ours"), told);
        // Where the customer says it, too, it is theirs.
        let told = seat.look(Who::Ben, "find", "Schrott or Ersatzteil").await;
        assert!(!told.contains("in unserer Antwort"), "{told}");
        // Another text takes its place: the old one is no longer ours.
        desk.row::<i64>("UPDATE reply SET body = 'Wir melden uns.' RETURNING 1::bigint")
            .await;
        let told = seat.look(Who::Ben, "find", "Ersatzteile").await;
        assert!(told.contains("nichts, auch nichts Ähnliches"), "{told}");
        desk.row::<i64>("UPDATE reply SET state = '{\"state\": \"withdrawn\"}' RETURNING 1::bigint")
            .await;
        assert_eq!(
            desk.row::<i64>("SELECT count(*) FROM findable WHERE ours").await,
            0
        );
        done(desk, chat).await;
    }
}

#[tokio::test]
async fn one_item_is_shown_with_buttons_that_work() {
    for chat in [Chat::Slack, Chat::Discord] {
        let desk = open(chat).await;
        let seat = Seat::new(&desk, chat);
        let shown = seat.command(Who::Ben, "item", Some(2)).await;
        insta::assert_snapshot!(chat.named("item_shown"), shown);
        let message = seat.last_told(Who::Ben);
        seat.press(Who::Ben, &message, "Übernehmen").await;
        // In Discord a private message has said all that it had to say with the first press.
        if chat == Chat::Slack {
            seat.press(Who::Ben, &message, "Übernehmen").await;
        }
        let taken: i64 = desk
            .row("SELECT count(*) FROM item_event WHERE what = 'claimed'")
            .await;
        assert_eq!(taken, 1);
        let holder: Option<String> = desk
            .row("SELECT handling ->> 'by' FROM item WHERE number = 2")
            .await;
        assert!(holder.is_some_and(|by| by.contains(chat.id(Who::Ben))));
        let unknown = seat.command(Who::Ben, "item", Some(99)).await;
        assert!(unknown.contains("99"), "{unknown}");
        let refused = seat.command(Who::Gast, "item", Some(2)).await;
        assert!(!refused.contains("Akku"), "{refused}");
        done(desk, chat).await;
    }
}

#[tokio::test]
async fn sources_and_numbers_are_told_at_any_time() {
    for chat in [Chat::Slack, Chat::Discord] {
        let desk = open(chat).await;
        let seat = Seat::new(&desk, chat);
        let well = seat.command(Who::Anna, "sources", None).await;
        desk.google.fault(Fault::ServerError { status: 503 }, 40);
        desk.minutes(30).await;
        desk.minutes(30).await;
        let ill = seat.command(Who::Anna, "sources", None).await;
        desk.google.heal();
        desk.minutes(30).await;
        let stats = seat.command(Who::Anna, "stats", None).await;
        insta::assert_snapshot!(
            chat.named("sources_and_stats"),
            format!("{well}\n\n{ill}\n\n{stats}")
        );
        let digest = seat.command(Who::Anna, "digest", None).await;
        assert!(digest.contains("4 neue"), "{digest}");
        for word in ["sources", "stats", "digest"] {
            let refused = seat.command(Who::Gast, word, None).await;
            assert!(refused.contains("das Recht"), "{word}: {refused}");
        }
        done(desk, chat).await;
    }
}
