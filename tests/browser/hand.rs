//! The best moment of the demo: a review is answered, and whoever did it sees it through, wherever others write meanwhile.

use std::time::Duration;
use std::time::Instant;

use serde_json::Value;
use serde_json::json;
use thirtyfour::Key;

use super::answers;
use super::person::Person;
use super::person::Screen;
use super::published_once;
use super::sends;
use super::wrote;
use crate::demo::Demo;
use crate::demo::until;

/// How much of `arguments[0]` the list around it shows, from 0 to 1, and whether its last button is among it.
const SHOWN: &str = r#"
const node = document.querySelector(arguments[0]);
const box = node?.closest(".messages, .items");
if (!box) return [0, false];
const [a, b] = [node.getBoundingClientRect(), box.getBoundingClientRect()];
const part = Math.max(0, Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top)) / Math.min(a.height, b.height);
const last = [...node.querySelectorAll("button, a.button")].filter((n) => n.checkVisibility() && !n.closest(".tools")).at(-1)?.getBoundingClientRect();
return [part, !last || (last.top >= b.top - 1 && last.bottom <= b.bottom + 1)];
"#;

impl Person {
    /// All of it that can be.
    async fn sees_whole(&self, what: &str) {
        let seen = self.run(SHOWN, vec![json!(what)]).await;
        assert!(
            seen[0].as_f64().is_some_and(|part| part > 0.98) && seen[1] == true,
            "{what} is on the screen, with its last button: {seen}"
        );
    }
}

async fn written(demo: &Demo) -> usize {
    let state = demo.state("sites").await;
    let sites = state["sites"].as_array().unwrap().iter();
    let places = sites.flat_map(|site| site["places"].as_array().unwrap());
    places.map(|place| place["items"].as_array().unwrap().len()).sum()
}

async fn cards(demo: &Demo) -> usize {
    let slack = demo.state("slack").await;
    let all = slack["channels"].as_array().unwrap().iter();
    all.map(|channel| channel["messages"].as_array().unwrap().len())
        .sum()
}

#[tokio::test]
async fn what_one_answers_stays_in_sight_until_it_stands_at_the_shop() {
    let demo = Demo::start();
    let anna = Person::sits_down(&demo, Screen::Desk).await;
    let words = "Die Kanne tropft beim Gießen, und zwar immer auf dieselbe Stelle.";
    wrote(&demo, "Lou Muster", words).await;
    let (card, twin) = (anna.card(words).await, anna.discord_card(words).await);
    let reply = "Die neue Tülle ist unterwegs. Anna";
    answers(&anna, &card, reply).await;
    // Nobody writes by themselves while somebody has a case in hand.
    let before = written(&demo).await;
    let began = Instant::now();
    sends(&anna, &card).await;
    for place in [&card, &twin] {
        anna.sees(&format!("{place} .leaving"), "geht in").await;
        anna.sees_whole(place).await;
    }
    anna.shows("hand-1-sent").await;
    let left = async || -> i64 {
        let text = anna.text(&format!("{card} .leaving")).await;
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        digits.parse().unwrap_or(-1)
    };
    let first = left().await;
    until("it counts down", async || left().await < first).await;

    // A rush is somebody's own doing; also forty cards more do not push it away.
    let posted = cards(&demo).await;
    assert_eq!(
        demo.tell("demo/fault", json!({ "name": "rush" })).await["ok"],
        true
    );
    until("others have come", async || cards(&demo).await > posted + 8).await;
    for place in [&card, &twin] {
        anna.sees_whole(place).await;
        assert!(
            anna.can_press(place, "Antwort zurückholen").await,
            "{place} can be taken back"
        );
    }
    anna.shows("hand-2-rush").await;
    let since = began.elapsed();
    assert!(
        since < Duration::from_secs(28),
        "this story is about half a minute: {since:?}"
    );
    assert_eq!(written(&demo).await, before + 40, "only the rush wrote");

    demo.advance(31).await;
    published_once(&demo, "Lou Muster", reply).await;
    let review = anna.finds("#items article", words).await;
    anna.sees(&review, reply).await;
    anna.sees_whole(&format!("{review} .answer")).await;
    for place in [&card, &twin] {
        anna.sees(place, "Beantwortet von Anna").await;
        anna.sees_whole(place).await;
        assert_eq!(anna.text(&format!("{place} .leaving")).await, "", "it is gone");
    }
    anna.shows("hand-3-published").await;
    anna.leaves().await;
    demo.stop().await;
}

/// What came of it stands below the page for ten seconds, whatever else happens.
#[tokio::test]
async fn the_line_about_ones_own_case_stays_ten_seconds() {
    let demo = Demo::start();
    let anna = Person::sits_down(&demo, Screen::Desk).await;
    let words = "Der Draht rostet schon im Karton.";
    wrote(&demo, "Kit Muster", words).await;
    let card = anna.card(words).await;
    let number = anna.attribute(&card, "data-item").await;
    answers(&anna, &card, "Verzinkter ist unterwegs. Anna").await;
    sends(&anna, &card).await;
    demo.advance(31).await;
    anna.sees("#line.good", &format!("Nr. {number}")).await;
    let began = Instant::now();
    let line = anna.text("#line.good .say").await;
    // Louder things happen to others.
    demo.tell("demo/fault", json!({ "name": "slack_rate_limit" }))
        .await;
    demo.tell("demo/fault", json!({ "name": "rush" })).await;
    demo.advance(240).await;
    until("others were told of", async || {
        let told: Value = demo.state("demo").await["lines"].clone();
        let last = told.as_array().unwrap().iter().rev().take(12);
        last.filter(|l| l["tone"] == "warn").count() > 0
    })
    .await;
    while began.elapsed() < Duration::from_secs(9) {
        assert_eq!(anna.text("#line .say").await, line, "after {:?}", began.elapsed());
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    anna.sees_no("#line .say", &line).await;
    anna.leaves().await;
    demo.stop().await;
}

/// What only one person sees, as the answer to what they did, is read where it stands, whatever else comes.
#[tokio::test]
async fn a_private_answer_stays_in_sight_while_it_is_read() {
    let demo = Demo::start();
    let anna = Person::sits_down(&demo, Screen::Desk).await;
    for (field, private, cards) in [
        ("#say", "#messages .whisper", "#messages"),
        ("#discord-say", "#discord-messages .private", "#discord-messages"),
    ] {
        anna.types(field, "/zeitnah sources").await;
        anna.hits(Key::Enter).await;
        anna.sees(cards, "zuletzt gelesen").await;
        let words = format!("Die Schaufel ist krumm, sagt {field}.");
        wrote(&demo, "Lou Muster", &words).await;
        anna.sees(cards, &words).await;
        let newest =
            "const all = document.querySelectorAll(arguments[0]); all[all.length - 1].id = arguments[1];";
        anna.run(newest, vec![json!(private), json!("answer-read")]).await;
        anna.sees_whole("#answer-read").await;
        anna.run(
            "document.querySelector('#answer-read').removeAttribute('id')",
            vec![],
        )
        .await;
    }
    anna.leaves().await;
    demo.stop().await;
}

/// Whoever scrolls away themselves is not brought back.
#[tokio::test]
async fn whoever_goes_elsewhere_is_left_alone() {
    let demo = Demo::start();
    let anna = Person::sits_down(&demo, Screen::Desk).await;
    let words = "Der Kompost riecht nach Parfüm.";
    wrote(&demo, "Ari Muster", words).await;
    let card = anna.card(words).await;
    // After it: a card that comes in a rush waits until the channel takes it.
    demo.tell("demo/fault", json!({ "name": "rush" })).await;
    until("there is something to scroll", async || cards(&demo).await > 12).await;
    anna.presses(&card, "Übernehmen").await;
    anna.sees(&card, "Anna ist dran").await;
    anna.sees_whole(&card).await;
    anna.run(
        "const box = document.querySelector('#messages'); box.dispatchEvent(new WheelEvent('wheel', { bubbles: true })); box.scrollTop = 0;",
        vec![],
    )
    .await;
    demo.tell(
        "slack/say",
        json!({ "user": "U0BEN", "channel": "C0STIMMEN", "text": "Bin gleich da." }),
    )
    .await;
    anna.sees("#messages", "Bin gleich da.").await;
    assert_eq!(
        anna.run("return document.querySelector('#messages').scrollTop", vec![])
            .await,
        0
    );
    anna.leaves().await;
    demo.stop().await;
}

/// Words that somebody has typed are thrown away only when they say so; an empty form closes at once.
#[tokio::test]
async fn typed_words_are_not_thrown_away_unasked() {
    let demo = Demo::start();
    let anna = Person::sits_down(&demo, Screen::Desk).await;
    let words = "Die Harke harkt nicht.";
    wrote(&demo, "Uwe Muster", words).await;
    for (card, form, close) in [
        (anna.card(words).await, "#modal", "Schließen"),
        (anna.discord_card(words).await, "#discord-modal", "Schließen"),
    ] {
        let open = format!("{form}[open] textarea");
        let is_closed = async || anna.text(&format!("{form}[open]")).await.is_empty();
        anna.presses(&card, "Antworten").await;
        anna.is_there(&open).await;
        anna.hits(Key::Escape).await;
        until("the empty form is closed", is_closed).await;
        let inside = "return document.querySelector(arguments[0]).contains(document.activeElement)";
        until(
            &format!("the focus is back at {card}, after {form}"),
            async || anna.run(inside, vec![json!(card)]).await == true,
        )
        .await;

        anna.presses(&card, "Antworten").await;
        anna.is_there(&open).await;
        anna.types(&open, "Das tut mir leid").await;
        // Each way out, twice: a browser lets a page say no only once.
        for _ in 0..2 {
            anna.hits(Key::Escape).await;
            anna.sees("#sure[open]", "Text verwerfen?").await;
            anna.shows(&format!("sure{}", form.replace('#', "-"))).await;
            anna.presses("#sure", "Weiterschreiben").await;
            anna.presses(form, close).await;
            anna.sees("#sure[open]", "Text verwerfen?").await;
            anna.hits(Key::Escape).await;
            until("the question is gone", async || {
                anna.text("#sure[open]").await.is_empty()
            })
            .await;
        }
        let typed = "return document.querySelector(arguments[0]).value";
        assert_eq!(anna.run(typed, vec![json!(open)]).await, "Das tut mir leid");
        anna.hits(Key::Escape).await;
        anna.presses("#sure", "Verwerfen").await;
        until("the form is closed", is_closed).await;
        until(
            &format!("the focus is back at {card}, after {form}"),
            async || anna.run(inside, vec![json!(card)]).await == true,
        )
        .await;
    }
    anna.leaves().await;
    demo.stop().await;
}

#[tokio::test]
async fn an_english_browser_is_spoken_to_in_english() {
    let demo = Demo::start();
    let gwen = Person::sits_down_speaking(&demo, Screen::Desk, "en-GB").await;
    assert_eq!(
        gwen.run("return document.documentElement.lang", vec![]).await,
        "en"
    );
    gwen.sees("#write-box summary", "Write a review").await;
    // And finds the rooms where English is written, before anything stands in them.
    for place in ["#channels", "#discord-rooms"] {
        gwen.sees(&format!("{place} [aria-current=true]"), "customer-voices")
            .await;
    }
    gwen.card("drove forty minutes").await;
    gwen.shows("english-browser").await;
    gwen.leaves().await;
    let paul = Person::sits_down_speaking(&demo, Screen::Desk, "fr").await;
    paul.sees("#write-box summary", "Write a review").await;
    paul.leaves().await;
    demo.stop().await;
}

#[tokio::test]
async fn home_begins_at_its_beginning_and_its_tab_is_whole() {
    let demo = Demo::start();
    let carla = Person::sits_down(&demo, Screen::Desk).await;
    carla.acts_as("U0CARLA").await;
    demo.tell("demo/fault", json!({ "name": "rush" })).await;
    until("there is something to scroll", async || cards(&demo).await > 12).await;
    let cut = r##"
        const box = document.querySelector("#channels").getBoundingClientRect();
        return [...document.querySelectorAll("#channels button")].filter((n) => n.getBoundingClientRect().right > box.right).length;
    "##;
    assert_eq!(carla.run(cut, vec![]).await, 0, "each room's button is whole");
    let cut = "const h = document.querySelector('#sites .half-head'); return h.scrollWidth - h.clientWidth;";
    assert_eq!(
        carla.run(cut, vec![]).await,
        0,
        "what customers see is said to its end"
    );
    carla.enters("home").await;
    carla.sees("#messages .home", "Das Team").await;
    assert_eq!(
        carla
            .run("return document.querySelector('#messages').scrollTop", vec![])
            .await,
        0
    );
    carla.shows("home").await;
    carla.leaves().await;
    demo.stop().await;
}
