//! Each command that the bot knows, typed in each chat: it does there what it says, and none is unknown.

use std::collections::BTreeSet;

use serde_json::json;
use thirtyfour::Key;

use super::person::Person;
use super::person::Screen;
use super::wrote;
use crate::demo::Demo;
use crate::demo::until;

/// What somebody sees who has sent a command.
#[derive(Clone, Copy)]
enum Comes {
    /// A sentence for them alone that holds these words.
    Said(&'static str),
    /// A form with this title, which is closed again.
    Form(&'static str),
    /// The case's card says it.
    Card(&'static str),
}

/// In the order in which one case can go through them; `N` is its number.
const COMMANDS: &[(&str, &str, Comes)] = &[
    ("help", "", Comes::Said("So geht es")),
    ("open", "", Comes::Said("offen")),
    ("mine", "", Comes::Said("nichts auf dem Tisch")),
    ("overdue", "", Comes::Said("berfällig")),
    ("home", "", Comes::Said("Das Team")),
    ("sources", "", Comes::Said("Gartenshop")),
    ("digest", "", Comes::Said("beantwortet")),
    ("stats", "30", Comes::Said("beantwortet")),
    ("find", "Regenrinne", Comes::Said("Zu „Regenrinne“")),
    ("quiet", "20:00-07:00", Comes::Said("20:00-07:00")),
    ("settings", "", Comes::Said("Das gilt gerade")),
    ("import", "", Comes::Form("Export hereinholen")),
    ("item", "N", Comes::Said("Regenrinne")),
    ("full", "N", Comes::Form("Ganzer Text")),
    ("why", "N", Comes::Form("Warum")),
    ("give", "N", Comes::Form("Weitergeben")),
    ("take", "N", Comes::Card("Carla ist dran")),
    ("release", "N", Comes::Card("· frei")),
    ("escalate", "N", Comes::Form("Eskalieren")),
    ("snooze", "N", Comes::Form("Zurückstellen")),
    ("reply", "N", Comes::Form("Antworten")),
    ("undo", "N", Comes::Said("nichts zurückzuholen")),
    ("handled", "N", Comes::Form("Erledigt")),
    ("reopen", "N", Comes::Said("hat sich inzwischen geändert")),
    ("change", "N", Comes::Said("nichts zurückzuholen oder zu ändern")),
];

/// Where things are on the page.
struct Chat {
    name: &'static str,
    field: &'static str,
    offers: &'static str,
    private: &'static str,
    form: &'static str,
}

const SLACK: Chat = Chat {
    name: "slack",
    field: "#say",
    offers: "#offers",
    private: "#messages .whisper",
    form: "#modal",
};

const DISCORD: Chat = Chat {
    name: "discord",
    field: "#discord-say",
    offers: "#discord-offers",
    private: "#discord-messages .private",
    form: "#discord-modal",
};

impl Chat {
    async fn sends(&self, person: &Person, line: &str) {
        person.types(self.field, line).await;
        person.hits(Key::Enter).await;
        let mut looks = 0;
        until(&format!("{}: {line:?} was sent", self.name), async || {
            let value = "return document.querySelector(arguments[0]).value";
            let is_sent = person.run(value, vec![json!(self.field)]).await == "";
            looks += 1;
            // A form that closed just before takes the focus along, and on a busy machine that is after the line was typed.
            if !is_sent && looks % 40 == 0 {
                let focus = "document.querySelector(arguments[0]).focus()";
                person.run(focus, vec![json!(self.field)]).await;
                person.hits(Key::Enter).await;
            }
            is_sent
        })
        .await;
    }

    /// The newest sentence for this person alone.
    async fn said(&self, person: &Person) -> (usize, String) {
        let newest = "const all = document.querySelectorAll(arguments[0]); return [all.length, all[all.length - 1]?.textContent ?? '']";
        let found = person.run(newest, vec![json!(self.private)]).await;
        let n = found[0].as_u64().unwrap_or(0);
        (
            usize::try_from(n).unwrap(),
            found[1].as_str().unwrap_or_default().to_owned(),
        )
    }

    async fn comes(&self, person: &Person, line: &str, card: &str, before: usize, what: Comes) {
        match what {
            Comes::Said(words) => {
                until(
                    &format!("{}: {line:?} is answered with {words:?}", self.name),
                    async || {
                        let (n, text) = self.said(person).await;
                        n > before && text.contains(words)
                    },
                )
                .await;
            }
            Comes::Card(words) => person.sees(card, words).await,
            Comes::Form(title) => {
                person.sees(&format!("{}[open] h3", self.form), title).await;
                person.hits(Key::Escape).await;
                until("the form is closed", async || {
                    person.text(&format!("{}[open]", self.form)).await.is_empty()
                })
                .await;
            }
        }
        let (_, text) = self.said(person).await;
        assert!(
            !text.contains("kenne ich nicht"),
            "{}: {line:?}: {text}",
            self.name
        );
    }
}

/// The words that the bot registers, so that a new command without a line above is noticed.
async fn registered(demo: &Demo) -> BTreeSet<String> {
    let state = demo.state("discord").await;
    let options = state["commands"][0]["options"].as_array().unwrap().clone();
    let name = |o: &serde_json::Value| o["name"].as_str().unwrap().to_owned();
    options.iter().map(name).collect()
}

async fn each_command_works(chat: Chat) {
    let demo = Demo::start();
    let tried: BTreeSet<String> = COMMANDS.iter().map(|c| c.0.to_owned()).collect();
    assert_eq!(tried, registered(&demo).await);
    let carla = Person::sits_down(&demo, Screen::Desk).await;
    carla.acts_as("U0CARLA").await;
    let words = "Die Regenrinne passt nicht an die Halter.";
    wrote(&demo, "Sol Muster", words).await;
    let card = match chat.name {
        "slack" => carla.card(words).await,
        _ => carla.discord_card(words).await,
    };
    let number = carla.attribute(&card, "data-item").await;
    for (word, rest, what) in COMMANDS {
        let rest = rest.replace('N', &number);
        let line = format!("/zeitnah {word} {rest}");
        let what = match (chat.name, *word) {
            // Discord tells who has a role only of whoever pressed something, and here that is Carla alone.
            ("discord", "give") => Comes::Said("noch niemanden"),
            // What is only to be read is a private message there, not a form.
            ("discord", "full") => Comes::Said("Ganzer Text"),
            ("discord", "why") => Comes::Said("Warum"),
            _ => *what,
        };
        let (before, _) = chat.said(&carla).await;
        chat.sends(&carla, line.trim()).await;
        chat.comes(&carla, &line, &card, before, what).await;
    }
    carla.shows(&format!("commands-{}", chat.name)).await;

    // The page offers each of them while one types.
    carla.types(chat.field, "/zeitnah ").await;
    carla.sees(chat.offers, "/zeitnah help").await;
    let offered = carla.text(chat.offers).await;
    for (word, _, _) in COMMANDS {
        assert!(offered.contains(&format!("/zeitnah {word}")), "{word}: {offered}");
    }
    carla.shows(&format!("commands-{}-offered", chat.name)).await;
    carla.types(chat.field, "/zeitnah sou").await;
    carla
        .sees(
            &format!("{} [aria-selected=true]", chat.offers),
            "Wie es den Quellen geht",
        )
        .await;
    let (before, _) = chat.said(&carla).await;
    carla.hits(Key::Tab).await;
    carla.hits(Key::Enter).await;
    chat.comes(
        &carla,
        "/zeitnah sou, Tab",
        &card,
        before,
        Comes::Said("Gartenshop"),
    )
    .await;
    let told = demo.told().await;
    assert!(
        told.iter().any(|line| line.starts_with("Nur für Carla")),
        "{told:?}"
    );
    assert!(
        !told.iter().any(|line| line.contains("13100000000")),
        "no number for a person: {told:?}"
    );
    carla.leaves().await;
    demo.stop().await;
}

#[tokio::test]
async fn each_command_works_in_slack() {
    each_command_works(SLACK).await;
}

#[tokio::test]
async fn each_command_works_in_discord() {
    each_command_works(DISCORD).await;
}

/// What stands for the command itself, and what is none.
#[tokio::test]
async fn slack_knows_its_commands_and_no_others() {
    let demo = Demo::start();
    let anna = Person::sits_down(&demo, Screen::Desk).await;
    SLACK.sends(&anna, "/zeitnah").await;
    anna.sees(SLACK.private, "So geht es").await;
    anna.types(SLACK.field, "/remind me").await;
    anna.hits(Key::Enter).await;
    anna.sees("#toast", "/remind ist so kein Befehl").await;
    let words = "Der Schlauch ist zu kurz.";
    wrote(&demo, "Sol Muster", words).await;
    let card = anna.card(words).await;
    anna.presses(&card, "Im Thread antworten").await;
    anna.types("#reply-text", "/zeitnah help").await;
    anna.hits(Key::Enter).await;
    anna.sees("#toast", "geht nicht in einem Thread").await;
    anna.leaves().await;
    demo.stop().await;
}

/// The number of a closed case is a number, too: Enter means what stands there, and not what only begins with it.
#[tokio::test]
async fn a_number_that_was_typed_is_the_one_that_is_sent() {
    let demo = Demo::start();
    let anna = Person::sits_down(&demo, Screen::Desk).await;
    // Number one lies four weeks back, and those that are open begin with a one, too.
    anna.card("Nach drei Wochen hält der Akku").await;
    until("there are numbers that begin with a one", async || {
        anna.types(DISCORD.field, "/zeitnah item 1").await;
        anna.text(DISCORD.offers).await.matches("Nr. 1").count() > 2
    })
    .await;
    anna.hits(Key::Enter).await;
    anna.sees(DISCORD.private, "Nr. 1 ·").await;
    anna.leaves().await;
    demo.stop().await;
}
