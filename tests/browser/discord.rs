//! The demo with both chats: one case, a card in each, and what is done in the one shows in the other.

use std::time::Duration;

use serde_json::json;
use thirtyfour::Key;

use super::person::Person;
use super::person::Screen;
use super::published_once;
use super::writes;
use super::wrote;
use crate::demo::Demo;
use crate::demo::until;

/// On a busy machine in a debug build; what was measured is printed.
const SOON: Duration = Duration::from_secs(5);

/// Between two presses of a person.
const A_BREATH: Duration = Duration::from_millis(2500);

const STIMMEN: &str = "1310000000000000201";
const PRIVATE: &str = "#discord-messages .private";

/// From the card to "sent" in Discord, by clicks.
async fn answers_in_discord(person: &Person, card: &str, text: &str) {
    person.presses(card, "Antworten").await;
    person.is_there("#discord-modal[open] textarea").await;
    person.types("#discord-modal textarea", text).await;
    person.presses("#discord-modal", "Absenden").await;
    person.sees(PRIVATE, "Vorschau").await;
    person.sees(PRIVATE, text).await;
}

async fn sends_in_discord(person: &Person, card: &str) {
    person.presses(PRIVATE, "Senden").await;
    until("it can be taken back", async || {
        person.can_press(card, "Antwort zurückholen").await
    })
    .await;
}

async fn fault_is(demo: &Demo, name: &str, active: bool) {
    until(&format!("{name} is in force: {active}"), async || {
        let state = demo.state("demo").await;
        let faults = state["faults"].as_array().unwrap().clone();
        faults.iter().any(|f| f["name"] == name && f["active"] == active)
    })
    .await;
}

#[tokio::test]
async fn what_is_pressed_in_one_chat_shows_in_the_other_at_once() {
    let demo = Demo::start();
    let anna = Person::sits_down(&demo, Screen::Desk).await;
    let words = "Der zweite Zaunpfahl war krumm, der erste wunderschön.";
    wrote(&demo, "Noa Muster", words).await;
    let (slack, discord) = (anna.card(words).await, anna.discord_card(words).await);
    anna.shows("both-1-cards").await;
    let mut slowest = (0.0_f64, 0.0_f64);
    for _ in 0..3 {
        for (here, there, name) in [
            (&discord, &slack, "Discord to Slack"),
            (&slack, &discord, "Slack to Discord"),
        ] {
            for (button, words) in [("Übernehmen", "Anna ist dran"), ("Zurückgeben", "· frei")] {
                // Whoever presses faster than a person meets Discord's limit of five edits in five seconds.
                tokio::time::sleep(A_BREATH).await;
                let (own, other) = anna.times(here, there, button, words).await;
                println!("{name}: own card after {own:.0} ms, the other after {other:.0} ms");
                slowest = (slowest.0.max(own), slowest.1.max(other));
            }
        }
    }
    println!(
        "slowest: own card {:.0} ms, the other {:.0} ms",
        slowest.0, slowest.1
    );
    assert!(slowest.1 < SOON.as_secs_f64() * 1000.0, "{slowest:?}");
    anna.shows("both-2-pressed").await;
    anna.leaves().await;
    demo.stop().await;
}

#[tokio::test]
async fn a_review_is_answered_from_discord() {
    let demo = Demo::start();
    let anna = Person::sits_down(&demo, Screen::Desk).await;
    let words = "Der Eimer leckt, und *niemand* antwortet <@1310000000000000101>.";
    writes(&anna, "Eike Probe", words).await;
    let (slack, discord) = (anna.card(words).await, anna.discord_card(words).await);
    anna.presses(&discord, "Antworten").await;
    anna.is_there("#discord-modal[open] textarea").await;
    anna.presses("#discord-modal", "Absenden").await;
    anna.sees("#discord-modal .error", "Bitte fülle dieses Feld aus.")
        .await;
    anna.shows("discord-1-form").await;
    anna.hits(Key::Escape).await;
    until("the form is closed", async || {
        anna.text("#discord-modal[open]").await.is_empty()
    })
    .await;

    let reply = "Das tut uns leid, der neue Eimer ist unterwegs. Anna";
    answers_in_discord(&anna, &discord, reply).await;
    anna.shows("discord-2-preview").await;
    sends_in_discord(&anna, &discord).await;
    anna.sees(&slack, "zurückholen bis").await;
    demo.advance(31).await;
    published_once(&demo, "Eike Probe", reply).await;
    anna.sees(&slack, "Beantwortet von Anna").await;
    anna.sees(&discord, "Beantwortet von Anna").await;

    anna.clicks(&format!("{discord} .thread-box")).await;
    anna.sees("#discord-replies", "Anna").await;
    anna.shows("discord-3-thread").await;
    anna.leaves().await;
    demo.stop().await;
}

#[tokio::test]
async fn the_same_person_may_the_same_in_both_chats() {
    let demo = Demo::start();
    let gisela = Person::sits_down(&demo, Screen::Desk).await;
    gisela.acts_as("U0GISELA").await;
    let words = "Die Gießkanne tropft am Griff.";
    wrote(&demo, "Renke Muster", words).await;
    let card = gisela.discord_card(words).await;
    gisela.presses(&card, "Antworten").await;
    gisela
        .sees(PRIVATE, "Dafür brauchst du hier das Recht „Antworten“")
        .await;
    gisela.sees(PRIVATE, "Nur für dich sichtbar").await;
    assert_eq!(
        gisela.text("#discord-modal[open]").await,
        "",
        "no form for Gisela"
    );
    gisela.shows("discord-gisela-may-not").await;
    gisela.presses(PRIVATE, "Nachricht verwerfen").await;
    gisela.sees_no("#discord-messages", "Dafür brauchst du").await;

    gisela.acts_as("U0BEN").await;
    gisela.presses(&card, "Übernehmen").await;
    gisela.sees(&card, "Ben ist dran").await;
    gisela.leaves().await;
    demo.stop().await;
}

#[tokio::test]
async fn the_keyboard_is_enough_in_discord() {
    let demo = Demo::start();
    let anna = Person::sits_down(&demo, Screen::Desk).await;
    let words = "Der Rechen hat einen Zinken verloren.";
    wrote(&demo, "Bente Muster", words).await;
    let card = anna.discord_card(words).await;
    anna.run("document.querySelector('#discord-rooms button').focus()", vec![])
        .await;
    anna.tabs_to_inside(&card, "Antworten").await;
    anna.hits(Key::Enter).await;
    anna.is_there("#discord-modal[open] textarea").await;
    until("the field has the focus", async || {
        anna.run("return document.activeElement.tagName", vec![]).await == "TEXTAREA"
    })
    .await;
    let reply = "Der Zinken kommt mit der Post. Anna";
    anna.keys(reply).await;
    anna.tabs_to("Absenden").await;
    anna.hits(Key::Enter).await;
    anna.sees(PRIVATE, reply).await;
    until("the focus is back in the chat", async || {
        let script = "return document.querySelector('#discord-messages').contains(document.activeElement)";
        anna.run(script, vec![]).await == true
    })
    .await;
    anna.tabs_to_inside(PRIVATE, "Senden").await;
    anna.shows("discord-keyboard-preview").await;
    anna.hits(Key::Enter).await;
    until("it can be taken back", async || {
        anna.can_press(&card, "Antwort zurückholen").await
    })
    .await;
    demo.advance(31).await;
    published_once(&demo, "Bente Muster", reply).await;

    anna.clicks("#discord-say").await;
    anna.keys("/zeitnah sh").await;
    anna.sees_no("#discord-offers", "/zeitnah").await;
    for _ in 0.."sh".len() {
        anna.hits(Key::Backspace).await;
    }
    anna.sees("#discord-offers [aria-selected=true]", "/zeitnah open")
        .await;
    anna.shows("discord-keyboard-offers").await;
    anna.hits(Key::Down).await;
    anna.hits(Key::Up).await;
    anna.hits(Key::Tab).await;
    anna.hits(Key::Enter).await;
    anna.sees(
        "#discord-messages .private .above",
        "Anna hat einen Befehl benutzt",
    )
    .await;
    anna.clicks("#discord-say").await;
    anna.keys("/zeitnah why ").await;
    anna.sees("#discord-offers", "Nr. ").await;
    anna.hits(Key::Enter).await;
    anna.shows("discord-keyboard-command").await;
    anna.hits(Key::Enter).await;
    until("the command was sent", async || {
        anna.run("return document.querySelector('#discord-say').value", vec![])
            .await
            == ""
    })
    .await;
    anna.leaves().await;
    demo.stop().await;
}

#[tokio::test]
async fn a_discord_that_fails_makes_up_for_it() {
    let demo = Demo::start();
    let anna = Person::sits_down(&demo, Screen::Desk).await;
    let words = "Die Schaufel knickt im Lehm ab.";
    wrote(&demo, "Jona Muster", words).await;
    let (slack, discord) = (anna.card(words).await, anna.discord_card(words).await);

    anna.clicks("[data-fault=discord_away]").await;
    anna.is_there("[data-fault=discord_away].active").await;
    anna.presses(&slack, "Übernehmen").await;
    anna.sees(&slack, "Anna ist dran").await;
    assert!(
        anna.text(&discord).await.contains("· frei"),
        "Discord cannot know yet"
    );
    anna.shows("discord-away").await;
    anna.clicks("#heal").await;
    anna.sees(&discord, "Anna ist dran").await;

    anna.presses(&slack, "Zurückgeben").await;
    anna.sees(&discord, "· frei").await;

    // The line breaks, and the next press still arrives.
    anna.clicks("[data-fault=discord_cut_off]").await;
    anna.presses(&discord, "Übernehmen").await;
    anna.sees(&slack, "Anna ist dran").await;

    let message = discord.split('"').nth(1).unwrap();
    demo.tell(
        "discord/delete",
        json!({ "channel": STIMMEN, "message": message }),
    )
    .await;
    anna.sees_no("#discord-messages", words).await;
    demo.advance(61).await;
    let again = anna.discord_card(words).await;
    anna.presses(&again, "Zurückgeben").await;
    anna.sees(&slack, "· frei").await;

    anna.clicks("[data-fault=discord_thread_locked]").await;
    fault_is(&demo, "discord_thread_locked", true).await;
    anna.clicks("[data-fault=discord_forbidden]").await;
    fault_is(&demo, "discord_forbidden", true).await;
    let later = "Der Spaten ist stumpf geliefert worden.";
    wrote(&demo, "Kim Muster", later).await;
    anna.card(later).await;
    assert_eq!(
        anna.run(
            "return document.querySelector('#discord-messages').textContent.includes(arguments[0])",
            vec![json!(later)]
        )
        .await,
        false,
        "the bot may not write there"
    );
    anna.shows("discord-forbidden").await;
    anna.clicks("#heal").await;
    fault_is(&demo, "discord_thread_locked", false).await;
    fault_is(&demo, "discord_forbidden", false).await;
    demo.advance(61).await;
    anna.discord_card(later).await;
    anna.leaves().await;
    demo.stop().await;
}

#[tokio::test]
async fn discord_fits_on_a_phone() {
    let demo = Demo::start();
    let anna = Person::sits_down(&demo, Screen::Phone).await;
    anna.clicks("#welcome-close").await;
    let words = "Der Handschuh passt nur der linken Hand, der andere auch.";
    wrote(&demo, "Uli Muster", words).await;
    anna.clicks("#side-discord").await;
    let card = anna.discord_card(words).await;
    anna.fits().await;
    anna.shows("phone-discord-1-card").await;
    let head = "return document.querySelector('.halves').getBoundingClientRect().top / innerHeight";
    let above = anna.run(head, vec![]).await.as_f64().unwrap();
    assert!(
        above < 0.2,
        "what lies above the chat takes {above} of the screen"
    );
    answers_in_discord(&anna, &card, "Der zweite linke kommt als rechter. Anna").await;
    anna.fits().await;
    anna.shows("phone-discord-2-preview").await;
    sends_in_discord(&anna, &card).await;
    anna.clicks("#side-slack").await;
    let slack = anna.card(words).await;
    anna.sees(&slack, "zurückholen bis").await;
    anna.clicks("#tools").await;
    anna.fits().await;
    anna.shows("phone-discord-3-tools").await;
    anna.leaves().await;
    demo.stop().await;
}

#[tokio::test]
async fn both_chats_speak_english_in_the_dark() {
    let demo = Demo::start();
    let anna = Person::sits_down(&demo, Screen::Desk).await;
    anna.clicks("#theme option[value=dark]").await;
    anna.clicks("#lang option[value=en]").await;
    anna.enters("C0VOICES").await;
    anna.clicks("[data-room='1310000000000000202']").await;
    let card = anna.discord_card("drove forty minutes").await;
    anna.shows("english-dark-1").await;
    anna.presses(&card, "Reply").await;
    anna.sees("#discord-modal h3", "Reply").await;
    anna.sees("#discord-modal footer", "Submit").await;
    anna.shows("english-dark-2-form").await;
    anna.leaves().await;
    demo.stop().await;
}
