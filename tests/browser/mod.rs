//! The demo as people use it: real clicks and keys in a headless Chromium, against the real binary. Each step leaves a
//! picture in `target/screenshots`.

mod commands;
mod discord;
mod driver;
mod hand;
mod person;

use serde_json::json;
use thirtyfour::Key;

use self::person::Person;
use self::person::Screen;
use crate::demo::Demo;
use crate::demo::until;

const SHEARS: &str = "p-zaunkoenig";

const KEEPS_HOW_THE_BOT_WAS: &str = r#"
const bot = document.getElementById("bot");
window.bot = [];
new MutationObserver(() => window.bot.push(bot.className)).observe(bot, { attributes: true });
"#;

/// A customer writes at the shop, by clicks.
async fn writes(person: &Person, author: &str, text: &str) {
    person.clicks("#tab-shop").await;
    person.clicks("#write-box summary").await;
    person.clicks("#stars label:has(input[value='2'])").await;
    person.clicks(&format!("#place option[value={SHEARS}]")).await;
    person.types("#author", author).await;
    person.types("#text", text).await;
    person.presses("#write", "Veröffentlichen").await;
    person.finds("#items article", text).await;
}

/// The same without a page, where the story is about something else.
async fn wrote(demo: &Demo, author: &str, text: &str) {
    let said = demo
        .tell(
            "sites/write",
            json!({ "site": "shop", "place": SHEARS, "author": author, "stars": 2, "kind": "review", "text": text }),
        )
        .await;
    assert_eq!(said["ok"], true, "{said}");
}

/// From the card to "sent", by clicks.
async fn answers(person: &Person, card: &str, text: &str) {
    person.presses(card, "Antworten").await;
    person.is_there("#modal[open] textarea").await;
    person.types("#modal textarea", text).await;
    person.presses("#modal", "Vorschau").await;
    person.sees("#modal h3", "Vorschau").await;
    person.sees("#modal .view", text).await;
}

async fn sends(person: &Person, card: &str) {
    person.presses("#modal", "Senden").await;
    until("the form is closed", async || {
        person.text("#modal[open]").await.is_empty()
    })
    .await;
    until("it can be taken back", async || {
        person.can_press(card, "Antwort zurückholen").await
    })
    .await;
}

async fn published_once(demo: &Demo, author: &str, text: &str) {
    until("the answer stands at the shop", async || {
        let item = demo.shop_item(author).await.unwrap();
        item["reply"]["text"] == text
    })
    .await;
    assert_eq!(demo.shop_item(author).await.unwrap()["publications"], 1);
}

#[tokio::test]
async fn a_review_is_answered_from_its_card() {
    let demo = Demo::start();
    let anna = Person::sits_down(&demo, Screen::Desk).await;
    anna.shows("1-welcome").await;
    let words = "Die Feder quietscht nach drei Wochen, und die Klinge hat Spiel.";
    writes(&anna, "Alex Probe", words).await;
    anna.shows("2-written").await;

    let card = anna.card(words).await;
    anna.shows("3-card").await;
    let reply = "Das tut mir leid. Ich schicke dir heute eine neue Feder, die Klinge tauschen wir gern. Anna";
    answers(&anna, &card, reply).await;
    anna.shows("4-preview").await;
    sends(&anna, &card).await;
    anna.shows("5-sent").await;

    demo.advance(31).await;
    published_once(&demo, "Alex Probe", reply).await;
    anna.sees(&card, "Beantwortet von Anna").await;
    let review = anna.finds("#items article", words).await;
    anna.sees(&review, reply).await;
    anna.sees(&review, "1× veröffentlicht").await;
    let other = anna.discord_card(words).await;
    anna.sees(&other, "Beantwortet von Anna").await;
    anna.looks_at(&card).await;
    anna.looks_at(&other).await;
    anna.looks_at(&review).await;
    anna.shows("6-answered").await;
    anna.leaves().await;
    demo.stop().await;
}

#[tokio::test]
async fn a_digest_shows_its_chart_in_both_chats_and_home_shows_what_is_mine() {
    let demo = Demo::start();
    let anna = Person::sits_down(&demo, Screen::Desk).await;
    anna.acts_as("U0ANNA").await;
    let words = "Der Griff ist nach einer Woche gebrochen.";
    wrote(&demo, "Kim Chart", words).await;
    let card = anna.card(words).await;
    anna.presses(&card, "Übernehmen").await;
    anna.sees(&card, "Anna").await;
    // The next digest of every four minutes.
    demo.advance(241).await;
    for place in ["#messages", "#discord-messages"] {
        let picture = format!("{place} img.shown");
        anna.is_there(&picture).await;
        let seen = "const i = document.querySelector(arguments[0]); return [i.naturalWidth, i.alt];";
        until("the picture is painted", async || {
            anna.run(seen, vec![json!(picture)]).await[0] == 1080
        })
        .await;
        let alt = anna.run(seen, vec![json!(picture)]).await;
        assert!(alt[1].as_str().unwrap().contains("Beitr"), "{alt}");
        anna.looks_at(&picture).await;
    }
    anna.shows("digest-1-chart").await;

    anna.enters("home").await;
    anna.sees("#messages .home", "Das Team").await;
    anna.sees("#messages .home", "Du hast").await;
    anna.shows("digest-2-home").await;
    anna.leaves().await;
    demo.stop().await;
}

#[tokio::test]
async fn two_press_at_once_and_one_without_rights_tries() {
    let demo = Demo::start();
    let (anna, ben) = tokio::join!(
        Person::sits_down(&demo, Screen::Desk),
        Person::sits_down(&demo, Screen::Desk)
    );
    anna.acts_as("U0ANNA").await;
    ben.acts_as("U0BEN").await;
    let words = "Beim ersten Ast hat sich die Schraube gelöst.";
    wrote(&demo, "Toni Muster", words).await;
    let (at_annas, at_bens) = tokio::join!(anna.card(words), ben.card(words));

    // Neither sees what the other one did before both have pressed.
    let late = json!({ "name": "rate_limit", "method": "chat.update", "retry_after": 1, "count": u32::MAX });
    assert_eq!(demo.tell("slack/fault", late).await["ok"], true);
    tokio::join!(
        anna.presses(&at_annas, "Übernehmen"),
        ben.presses(&at_bens, "Übernehmen")
    );
    let whisper = "#messages .whisper";
    until("one of them is told", async || {
        let (a, b) = tokio::join!(anna.text(whisper), ben.text(whisper));
        a.contains("Ben ist gerade dran") != b.contains("Anna ist gerade dran")
    })
    .await;
    assert_eq!(demo.tell("slack/heal", json!({})).await["ok"], true);
    let anna_lost = anna.text(whisper).await.contains("gerade dran");
    let (winner, loser) = if anna_lost { ("Ben", &anna) } else { ("Anna", &ben) };
    anna.sees(&at_annas, winner).await;
    ben.sees(&at_bens, winner).await;
    loser.sees(whisper, "Nur für dich sichtbar").await;
    loser.shows("two-one-was-first").await;

    ben.acts_as("U0GISELA").await;
    ben.sees_no(whisper, "gerade dran").await;
    ben.presses(&at_bens, "Antworten").await;
    ben.sees(whisper, "Dafür brauchst du hier das Recht „Antworten“")
        .await;
    assert_eq!(ben.text("#modal[open]").await, "", "no form for Gisela");
    ben.shows("two-gisela-may-not").await;
    tokio::join!(anna.leaves(), ben.leaves());
    demo.stop().await;
}

#[tokio::test]
async fn a_lost_answer_is_looked_up_and_not_sent_twice() {
    let demo = Demo::start();
    let anna = Person::sits_down(&demo, Screen::Desk).await;
    let words = "Der Griff ist nach einem Regentag aufgequollen.";
    wrote(&demo, "Robin Muster", words).await;
    let card = anna.card(words).await;
    anna.clicks("[data-fault=answer_lost]").await;
    anna.is_there("[data-fault=answer_lost].active").await;
    anna.shows("fault-set").await;
    answers(&anna, &card, "Das darf nicht sein, ich tausche ihn um. Anna").await;
    sends(&anna, &card).await;
    demo.advance(31).await;

    anna.clicks("#log-open").await;
    anna.sees("#log", "aber die Bestätigung ging unterwegs verloren")
        .await;
    anna.sees(
        "#log",
        "Antwort verloren gegangen: nachgesehen, gefunden, nicht noch einmal gesendet",
    )
    .await;
    anna.shows("fault-answer-lost").await;
    published_once(
        &demo,
        "Robin Muster",
        "Das darf nicht sein, ich tausche ihn um. Anna",
    )
    .await;
    anna.sees(&card, "Beantwortet von Anna").await;
    anna.leaves().await;
    demo.stop().await;
}

#[tokio::test]
async fn a_bot_that_is_killed_between_press_and_publication_loses_nothing() {
    let demo = Demo::start();
    let anna = Person::sits_down(&demo, Screen::Desk).await;
    let words = "Die Verpackung war offen und eine Schraube fehlte.";
    wrote(&demo, "Sascha Muster", words).await;
    let card = anna.card(words).await;
    answers(&anna, &card, "Die Schraube ist heute in der Post. Anna").await;
    sends(&anna, &card).await;

    // It is dead for three seconds, which whoever looks now and then may miss on a busy machine.
    anna.run(KEEPS_HOW_THE_BOT_WAS, vec![]).await;
    anna.clicks("[data-fault=bot_killed]").await;
    until("the page says that it is dead", async || {
        let was = anna.run("return window.bot", vec![]).await;
        was.as_array().is_some_and(|was| was.contains(&json!("bot down")))
    })
    .await;
    // Half a minute has to pass after the press, so what is not there yet was not published before its death.
    assert!(demo.shop_item("Sascha Muster").await.unwrap()["reply"].is_null());
    demo.advance(31).await;
    anna.shows("fault-bot-killed").await;
    anna.clicks("#log-open").await;
    anna.sees("#log", "Der Bot läuft wieder").await;
    anna.is_there("#bot.up").await;
    published_once(&demo, "Sascha Muster", "Die Schraube ist heute in der Post. Anna").await;
    anna.sees(&card, "Beantwortet von Anna").await;
    anna.shows("fault-bot-back").await;
    anna.leaves().await;
    demo.stop().await;
}

#[tokio::test]
async fn a_bot_that_is_killed_while_it_sends_has_sent_once() {
    let demo = Demo::start();
    let anna = Person::sits_down(&demo, Screen::Desk).await;
    let words = "Nach dem dritten Schnitt klemmt die Sperre.";
    wrote(&demo, "Mika Muster", words).await;
    let card = anna.card(words).await;
    answers(&anna, &card, "Das richten wir, ich melde mich heute. Anna").await;
    sends(&anna, &card).await;
    let slow = json!({ "site": "shop", "name": "slow", "ms": 5000, "on": "writes" });
    assert_eq!(demo.tell("sites/fault", slow).await["ok"], true);
    demo.advance(31).await;
    until("the bot has called and waits for its answer", async || {
        demo.state("sites").await["faults"] == json!([])
    })
    .await;
    // Not by a click: the answer waits for five seconds only.
    let killed = demo.tell("demo/fault", json!({ "name": "bot_killed" })).await;
    assert_eq!(killed["ok"], true);
    demo.until_told("Der Bot läuft wieder").await;
    // Nobody knows whether it arrived until the lease of the dead one has run out and somebody has looked, twice.
    demo.advance(61).await;
    demo.until_told("Mitten in der Arbeit abgebrochen").await;
    demo.advance(16).await;
    published_once(
        &demo,
        "Mika Muster",
        "Das richten wir, ich melde mich heute. Anna",
    )
    .await;
    anna.sees(&card, "Beantwortet von Anna").await;
    anna.leaves().await;
    demo.stop().await;
}

#[tokio::test]
async fn the_page_speaks_both_languages() {
    let demo = Demo::start();
    let anna = Person::sits_down(&demo, Screen::Desk).await;
    anna.sees("#write-box summary", "Bewertung schreiben").await;
    anna.clicks("#lang option[value=en]").await;
    anna.sees("#write-box summary", "Write a review").await;
    assert_eq!(
        anna.run("return document.documentElement.lang", vec![]).await,
        "en"
    );
    anna.enters("C0VOICES").await;
    let card = anna.card("drove forty minutes").await;
    anna.clicks("#log-open").await;
    anna.sees("#log", "reports: ").await;
    anna.clicks("#log-open").await;
    anna.presses(&card, "Reply").await;
    anna.sees("#modal h3", "Reply").await;
    anna.sees("#modal footer", "Preview").await;
    anna.shows("english").await;
    anna.leaves().await;
    demo.stop().await;
}

#[tokio::test]
async fn the_whole_path_fits_on_a_phone() {
    let demo = Demo::start();
    let anna = Person::sits_down(&demo, Screen::Phone).await;
    anna.fits().await;
    anna.shows("phone-1-chat").await;
    anna.clicks("#side-sites").await;
    let words = "Nach dem Winter war die Klinge verrostet, trotz Öl.";
    writes(&anna, "Luca Muster", words).await;
    anna.fits().await;
    anna.shows("phone-2-written").await;
    anna.clicks("#side-slack").await;
    let card = anna.card(words).await;
    let reply = "Schick sie uns, wir schleifen und ölen sie kostenlos. Anna";
    anna.fits().await;
    answers(&anna, &card, reply).await;
    anna.fits().await;
    anna.shows("phone-3-preview").await;
    sends(&anna, &card).await;
    demo.advance(31).await;
    published_once(&demo, "Luca Muster", reply).await;
    anna.sees(&card, "Beantwortet von Anna").await;
    anna.looks_at(&card).await;
    anna.shows("phone-4-card").await;
    anna.clicks("#side-sites").await;
    let review = anna.finds("#items article", words).await;
    anna.sees(&review, reply).await;
    anna.fits().await;
    anna.looks_at(&review).await;
    anna.shows("phone-5-answered").await;
    anna.leaves().await;
    demo.stop().await;
}

#[tokio::test]
async fn the_keyboard_is_enough() {
    let demo = Demo::start();
    let anna = Person::sits_down(&demo, Screen::Desk).await;
    let words = "Liegt gut in der Hand, schneidet aber nur weiches Holz.";
    wrote(&demo, "Charlie Muster", words).await;
    let card = anna.card(words).await;
    anna.tabs_to_inside(&card, "Antworten").await;
    anna.shows("keyboard-1-focus").await;
    anna.hits(Key::Enter).await;
    anna.is_there("#modal[open] textarea").await;
    until("the field has the focus", async || {
        anna.run("return document.activeElement.tagName", vec![]).await == "TEXTAREA"
    })
    .await;
    let reply = "Danke für den Hinweis, das steht jetzt klarer in der Beschreibung. Anna";
    anna.keys(reply).await;
    anna.tabs_to("Vorschau").await;
    anna.hits(Key::Enter).await;
    anna.sees("#modal h3", "Vorschau").await;
    anna.tabs_to("Senden").await;
    anna.shows("keyboard-2-preview").await;
    anna.hits(Key::Enter).await;
    until("the form is closed", async || {
        anna.text("#modal[open]").await.is_empty()
    })
    .await;
    until("the focus is back at the card", async || {
        let script = "return document.querySelector(arguments[0]).contains(document.activeElement)";
        anna.run(script, vec![json!(card)]).await == true
    })
    .await;
    demo.advance(31).await;
    published_once(&demo, "Charlie Muster", reply).await;
    anna.leaves().await;
    demo.stop().await;
}
