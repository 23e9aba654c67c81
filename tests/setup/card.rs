//! `zeitnah card`: the first card, before any review platform is connected, and every button of it.

use chrono::TimeDelta;
use zeitnah::domain::promise::practice;
use zeitnah::store::Store;
use zeitnah::store::item;
use zeitnah::store::item::Filter;
use zeitnah::worker::show;
use zeitnah::workflow::Asked;

use crate::desk::ANNA;
use crate::desk::BEN;
use crate::desk::CARE;
use crate::desk::Desk;
use crate::desk::LEADS;
use crate::setup::Bench;
use crate::setup::ROOM;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_card_stands_within_seconds_and_each_run_makes_one() {
    let bench = Bench::sound().await;
    let said = bench.run(&["card"]).await;
    assert_eq!((said.code, said.err.as_str()), (Some(0), ""), "{said:?}");
    let first = said.out.lines().next().unwrap();
    assert!(
        first.starts_with("Card 1 stands in channel care: https://zeitnah.slack.com/archives/C0123ABC/p"),
        "{first}"
    );
    said.says(&["Its buttons work as soon as `zeitnah serve` runs; none was seen on this database."]);
    let cards = bench.slack.see(ROOM);
    assert_eq!(cards.len(), 1);
    assert!(
        cards[0].text.contains("★★★☆☆ Vorschlag · Übung · Probekarte"),
        "{}",
        cards[0].text
    );

    let again = bench.run(&["card", ROOM]).await;
    again.says(&["Card 2 stands in channel care"]);
    assert_eq!(bench.slack.see(ROOM).len(), 2);

    let nowhere = bench.run(&["card", "cafe"]).await;
    assert_eq!(
        nowhere.sentence(),
        "zeitnah: there is no channel \"cafe\"; there is: care"
    );
    bench.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_would_keep_it_away_is_said_before_there_is_one() {
    let bench = Bench::sound().await;
    bench
        .slack
        .change_channel(ROOM, |c| c.members.retain(|m| m == "U0ANNA"));
    let said = bench.run(&["card"]).await;
    assert_eq!(said.code, Some(1));
    assert_eq!(
        said.err,
        "✖ The bot is not in channel C0123ABC. Type /invite @zeitnah in that channel.\n"
    );
    let store = Store::open(&bench.database, 1).await.unwrap();
    let open = item::count(store.pool(), Filter::Open { channels: None })
        .await
        .unwrap();
    assert_eq!(open, 0);
    store.close().await;
    bench.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_running_replica_shows_it_and_the_command_says_so() {
    let bench = Bench::sound().await;
    let mut replica = bench
        .command(&["serve"])
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    assert!(bench.slack.connected(1).await, "it holds the line");
    let said = bench.run(&["card"]).await;
    said.says(&[
        "Card 1 stands in channel care: ",
        "`zeitnah serve` runs, so its buttons work now.",
    ]);
    assert_eq!(bench.slack.see(ROOM).len(), 1);
    replica.start_kill().unwrap();
    replica.wait().await.unwrap();
    bench.finish().await;
}

#[tokio::test]
async fn every_button_of_it_works_and_nothing_is_published() {
    let desk = Desk::open().await;
    let app = &desk.apps[0];
    let made = app.desk.practise("leads").await.unwrap();
    let shown = show::until_shown(&app.desk, made.item, true).await.unwrap();
    assert!(shown.flatten().is_some(), "it has an address");
    assert_eq!((desk.slack.see(LEADS).len(), desk.slack.see(CARE).len()), (1, 0));

    app.desk.practise("care").await.unwrap();
    desk.settle().await;
    let card = desk.card();
    insta::assert_snapshot!("card_practice", desk.text(&card));
    desk.press(BEN, &card, "Übernehmen").await;
    desk.press(BEN, &card, "Zurückgeben").await;
    desk.press(ANNA, &card, "Antworten").await;
    let form = desk.form(ANNA);
    assert!(
        form.contains("Zur Übung: Die Antwort bleibt hier und wird nirgends veröffentlicht"),
        "{form}"
    );
    desk.submit(ANNA, &[("text", "Danke, ich übe. – Anna")]).await;
    let preview = desk.form(ANNA);
    assert!(
        preview.contains("So stünde es öffentlich. Zur Übung bleibt es hier:"),
        "{preview}"
    );
    assert!(!preview.contains("öffentlich bei"), "{preview}");
    desk.submit(ANNA, &[]).await;
    desk.press(ANNA, &card, "Antwort zurückholen").await;
    desk.press(ANNA, &card, "Weiterschreiben").await;
    desk.submit(ANNA, &[("text", "Danke, ich übe noch. – Anna")])
        .await;
    desk.submit(ANNA, &[]).await;
    desk.seconds(31).await;
    desk.minutes(1).await;
    let text = desk.text(&card);
    assert!(text.contains("✔ Beantwortet von Anna"), "{text}");
    let thread = desk.thread(&card).join("\n");
    assert!(thread.contains("Zur Übung gesendet"), "{thread}");
    assert!(!thread.contains("sichtbar"), "{thread}");

    desk.press(ANNA, &card, "Antwort ändern").await;
    desk.submit(ANNA, &[("text", "Danke, ich übe weiter. – Anna")])
        .await;
    desk.submit(ANNA, &[]).await;
    desk.seconds(31).await;
    desk.minutes(1).await;
    assert!(
        desk.thread(&card).join("\n").contains("Zur Übung geändert"),
        "{:?}",
        desk.thread(&card)
    );
    desk.choose(ANNA, &card, "Wieder öffnen").await;
    assert!(desk.text(&card).contains("frei"), "{}", desk.text(&card));
    let sent: Vec<String> = desk.rows("SELECT body FROM reply WHERE phase = 'visible'").await;
    assert_eq!(sent, ["Danke, ich übe weiter. – Anna"], "kept in our own table");
    desk.everything();
    desk.finish().await;
}

#[tokio::test]
async fn nobody_is_warned_about_it_and_no_digest_counts_it() {
    let desk = Desk::open().await;
    desk.review(5, "Sehr freundlich, danke.").await;
    let app = &desk.apps[0];
    app.desk.practise("care").await.unwrap();
    app.desk.practise("care").await.unwrap();
    desk.settle().await;
    let now = zeitnah::port::clock::Clock::now(&desk.clock);
    let care = app.desk.channel("care").unwrap();
    let digest = app
        .desk
        .write_digest(&Asked::lately(care, None, now + TimeDelta::minutes(1)))
        .await
        .unwrap();
    let told = zeitnah::domain::say::text::flat(&digest.headline);
    assert!(told.contains("Ein neuer Beitrag"), "{told}");
    let lines: String = digest
        .lines
        .iter()
        .map(|l| zeitnah::domain::say::text::flat(l))
        .collect();
    assert!(
        !lines.contains("Übung") && lines.contains("noch offen 1"),
        "{lines}"
    );

    desk.hours(30).await;
    let overdue: Vec<String> = desk
        .rows("SELECT i.source FROM item_event e JOIN item i ON i.id = e.item_id WHERE e.what IN ('reminded', 'overdue')")
        .await;
    assert!(
        !overdue.is_empty() && !overdue.contains(&practice::NAME.to_owned()),
        "{overdue:?}"
    );
    let card = desk.slack.see(CARE);
    let practice = card.iter().find(|m| m.text.contains("Übung")).unwrap();
    assert!(!desk.text(practice).contains("Überfällig"));
    let now = zeitnah::port::clock::Clock::now(&desk.clock);
    let digest = app
        .desk
        .write_digest(&Asked {
            from: now - TimeDelta::days(2),
            ..Asked::lately(care, None, now)
        })
        .await
        .unwrap();
    let lines: String = digest
        .lines
        .iter()
        .map(|l| zeitnah::domain::say::text::flat(l))
        .collect();
    assert!(!lines.contains("Übung"), "{lines}");
    desk.everything();
    desk.finish().await;
}
