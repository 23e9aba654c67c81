//! An admin hands in an export from the chat, in both chats: nothing comes in before they say so, and then once, whoever
//! presses how often, on whichever replica, killed in between or not.

use chrono::TimeDelta;
use standins::discord;
use standins::slack;

use crate::desk::ANNA;
use crate::desk::D_ANNA;
use crate::desk::Desk;
use crate::desk::Wish;
use crate::seat::Chat;
use crate::seat::Room;
use crate::seat::Seat;
use crate::seat::Who;

fn file(chat: Chat) -> String {
    format!(
        r#"
{}
[[source]]
name = "shop"
kind = "push"
label = "Gartenshop"

[default_route]
to = ["care"]
deadline = "24h"

{}
[reply]
gather_seconds = 0
"#,
        chat.head(),
        chat.roles(&[("admin", Who::Anna), ("responder", Who::Gast)]),
    )
}

async fn team(chat: Chat, replicas: usize) -> Desk {
    Desk::with(Wish {
        replicas,
        file: Some(file(chat)),
        ..chat.wish()
    })
    .await
}

/// As a shop's portal writes it: two that are open, one answered, two old ones, one that cannot be read.
const EXPORT: &str = "Bewertungs-ID;Datum;Sterne;Name;Produkt;Text;Antwort;Filialcode\n\
    b-1;19.11.2026 14:30;2;Jule K.;Rasenmäher;Läuft nach zwei Wochen nicht mehr.;;M1\n\
    b-2;18.11.2026 09:05;5;Rolf;Säge;Sehr gut, gerne wieder;;M1\n\
    b-3;17.11.2026 10:00;1;Ines;Säge;Blatt stumpf;Das tut uns leid.;M1\n\
    b-4;03.02.2025 10:00;4;Ben;Schere;Ganz ordentlich;;M1\n\
    b-5;04.02.2025 10:00;3;Uwe;Schere;Geht so;;M1\n\
    b-6;05.02.2025 10:00;elf;Eva;Schere;Wie viele Sterne?;;M1\n";

impl Seat<'_> {
    /// `/zeitnah import`, a file from the device, sent.
    async fn hand_in(&self, who: Who, name: &str, bytes: &[u8]) {
        self.command(who, "import", None).await;
        let file = self.hold(who, name, bytes);
        self.submit(who, &[("source", "shop"), ("file", &file)]).await;
    }

    fn hold(&self, who: Who, name: &str, bytes: &[u8]) -> String {
        let id = self.chat.id(who);
        match self.chat {
            Chat::Slack => self.desk.slack.hold_file(id, name, bytes),
            Chat::Discord => self.desk.discord.hold_file(id, name, bytes),
        }
    }

    /// What was said about the file, without what came after it.
    fn said(&self, who: Who, words: &str) -> String {
        let all = self.whispers(who);
        let found = all.iter().find(|text| text.contains(words));
        found
            .unwrap_or_else(|| panic!("{words:?} is not among {all:#?}"))
            .clone()
    }

    fn times(&self, who: Who, words: &str) -> usize {
        self.whispers(who)
            .iter()
            .filter(|text| text.contains(words))
            .count()
    }
}

async fn items(desk: &Desk) -> i64 {
    desk.row("SELECT count(*) FROM item").await
}

async fn kept(desk: &Desk) -> i64 {
    desk.row("SELECT count(*) FROM import_file WHERE bytes IS NOT NULL")
        .await
}

async fn brought_in_once(chat: Chat) {
    let desk = team(chat, 2).await;
    let seat = Seat::new(&desk, chat);

    let refused = seat.command(Who::Gast, "import", None).await;
    assert!(
        refused.contains("Admin") && !seat.has_form(Who::Gast),
        "{refused}"
    );

    seat.command(Who::Anna, "import", None).await;
    let form = seat.form(Who::Anna);
    assert!(
        form.contains("Export hereinholen") && form.contains("Von welcher Quelle"),
        "{form}"
    );
    let file = seat.hold(Who::Anna, "portal.csv", EXPORT.as_bytes());
    seat.submit(Who::Anna, &[("source", "shop"), ("file", &file)])
        .await;
    let shown = seat.last_told(Who::Anna);
    let preview = seat.said(Who::Anna, "Verwendet");
    for part in [
        "„portal.csv“ für Gartenshop: an den Spaltennamen erkannt, 6 Zeilen.",
        "Text = Text",
        "Sterne = Sterne",
        "Nicht verwendet: Filialcode",
        "★★☆☆☆ · Rasenmäher · „Läuft nach zwei Wochen nicht mehr.“ · Jule K.",
        "5 Beiträge: 2 offen, 1 schon beantwortet, 2 älter und abgeschlossen.",
        "5 neu, 0 geändert, 0 schon da.",
        "Eine Zeile kommt nicht mit",
        "portal.csv:7 „column",
        "je eine Karte mit Frist für 2 offene Beiträge",
    ] {
        assert!(preview.contains(part), "{part:?} is not in:\n{preview}");
    }
    assert!(
        preview.ends_with(
            "[Hereinholen] [Alles abgeschlossen hereinholen] [Auch Älteres offen hereinholen] [Liegen lassen]"
        ),
        "{preview}"
    );
    assert_eq!(
        (items(&desk).await, kept(&desk).await),
        (0, 1),
        "nothing before they say so"
    );

    // Pressed twice, the second time on the other replica.
    seat.press(Who::Anna, &shown, "Hereinholen").await;
    desk.point_at(1);
    seat.press(Who::Anna, &shown, "Hereinholen").await;
    seat.press(Who::Anna, &shown, "Liegen lassen").await;
    let report = seat.said(Who::Anna, "5 neu, 0 geändert, 0 schon da.\nVon den neuen");
    assert!(report.contains("„portal.csv“ ist herein."), "{report}");
    assert!(
        report.contains("offen: 2, beantwortet gekommen: 1, älter und abgeschlossen: 2"),
        "{report}"
    );
    assert!(report.contains("portal.csv:7 „column"), "{report}");
    assert_eq!(seat.times(Who::Anna, "ist schon herein"), 2);
    assert_eq!(items(&desk).await, 5);
    assert_eq!(kept(&desk).await, 0, "its bytes are not kept any longer");
    assert_eq!(seat.all(Room::Care).len(), 2, "a card each for what is open");
    let raw: String = desk
        .row("SELECT raw ->> 'Text' FROM item WHERE native_id = 'b-2'")
        .await;
    assert_eq!(raw, "Sehr gut, gerne wieder");

    // The same file again changes nothing, and says so before.
    seat.hand_in(Who::Anna, "portal-neu.csv", EXPORT.as_bytes()).await;
    assert!(
        seat.told(Who::Anna).contains("0 neu, 0 geändert, 5 schon da.")
            && seat.told(Who::Anna).contains("ändert sich nichts"),
        "{}",
        seat.told(Who::Anna)
    );
    seat.press(Who::Anna, &seat.last_told(Who::Anna), "Liegen lassen")
        .await;
    assert!(seat.told(Who::Anna).contains("bleibt liegen"));
    assert_eq!((items(&desk).await, kept(&desk).await), (5, 0));
    seat.look_around(&[Room::Care], &[Who::Anna, Who::Gast]);
    desk.finish().await;
}

async fn taken_out_again(chat: Chat) {
    let desk = team(chat, 2).await;
    let seat = Seat::new(&desk, chat);
    seat.hand_in(Who::Anna, "portal.csv", EXPORT.as_bytes()).await;
    seat.press(Who::Anna, &seat.last_told(Who::Anna), "Hereinholen")
        .await;
    assert_eq!(items(&desk).await, 5);
    let report = seat.last_told(Who::Anna);
    assert!(seat.told(Who::Anna).ends_with("[Wieder herausnehmen]"));
    seat.press(Who::Anna, &report, "Wieder herausnehmen").await;
    let said = seat.said(Who::Anna, "ist wieder herausgenommen: ");
    assert!(
        said.contains("3 Beiträge sind weg") && said.contains("2 hatten schon eine Karte"),
        "{said}"
    );
    seat.press(Who::Anna, &report, "Wieder herausnehmen").await;
    assert!(seat.told(Who::Anna).contains("schon wieder herausgenommen"));
    desk.seconds(5).await;
    seat.look_around(&[Room::Care], &[Who::Anna]);
    desk.finish().await;
}

/// Killed after the form, killed after the decision, and two replicas at the same rows at once.
async fn killed_in_between(chat: Chat) {
    let mut desk = team(chat, 2).await;
    let rows: String = (1..=1200)
        .map(|n| format!("n-{n};19.11.2026;{};Leute {n};Text {n}\n", n % 5 + 1))
        .collect();
    let export = format!("Bewertungs-ID;Datum;Sterne;Name;Text\n{rows}");
    {
        let seat = Seat::new(&desk, chat);
        seat.command(Who::Anna, "import", None).await;
        let file = seat.hold(Who::Anna, "viele.csv", export.as_bytes());
        let fields = [("source", "shop"), ("file", file.as_str())];
        let acked = match chat {
            Chat::Slack => {
                let view = desk.slack.view(ANNA).unwrap();
                desk.slack.submit(ANNA, &view.id, &fields).await.acked
            }
            Chat::Discord => desk.discord.submit(D_ANNA, &fields).await.acked,
        };
        assert!(acked);
        desk.worked().await;
    }
    // The first replica has begun to read it and is gone.
    assert!(!desk.apps[0].desk.lease(16).await.unwrap().is_empty());
    desk.kill(0);
    desk.revive().await;
    desk.seconds(61).await;
    desk.seconds(5).await;
    let seat = Seat::new(&desk, chat);
    assert_eq!(
        seat.times(Who::Anna, "1.200 Beiträge: 1.200 offen"),
        1,
        "{:?}",
        seat.whispers(Who::Anna)
    );
    let shown = seat.last_told(Who::Anna);
    let id = chat.id(Who::Anna);
    match chat {
        Chat::Slack => assert!(
            desk.slack
                .press(id, &shown.room, &shown.id, "Hereinholen")
                .await
                .acked
        ),
        Chat::Discord => assert!(
            desk.discord
                .press(id, &shown.room, &shown.id, "Hereinholen")
                .await
                .acked
        ),
    }
    desk.worked().await;
    // One replica has it, and when its lease is over the other one begins with it, too.
    let mine = desk.apps[0].desk.lease(16).await.unwrap();
    let bring = |all: &[zeitnah::workflow::Leased]| {
        all.iter()
            .position(|l| l.effect.kind() == zeitnah::domain::effect::EffectKind::BringIn)
    };
    let first = bring(&mine).expect("it is mine");
    desk.clock.advance(TimeDelta::seconds(61));
    let mut theirs = desk.apps[1].desk.lease(16).await.unwrap();
    if bring(&theirs).is_none() {
        desk.clock.advance(TimeDelta::seconds(5));
        theirs = desk.apps[1].desk.lease(16).await.unwrap();
    }
    let second = bring(&theirs).expect("it is theirs by now");
    let (a, b) = tokio::join!(
        desk.apps[0].desk.perform(&mine[first]),
        desk.apps[1].desk.perform(&theirs[second])
    );
    a.unwrap();
    b.unwrap();
    desk.seconds(61).await;
    desk.seconds(5).await;
    assert_eq!(items(&desk).await, 1200, "each row once");
    assert_eq!(
        seat.times(Who::Anna, "„viele.csv“ ist herein."),
        1,
        "{:?}",
        seat.whispers(Who::Anna)
    );
    let counts: String = desk.row("SELECT counts::text FROM import_run").await;
    assert!(
        counts.contains("\"new\": 1200") && counts.contains("\"same\": 0"),
        "{counts}"
    );
    assert_eq!(seat.all(Room::Care).len(), 1, "one message for all that is open");
    seat.look_around(&[Room::Care], &[Who::Anna]);
    desk.finish().await;
}

async fn refused_kindly(chat: Chat) {
    let desk = team(chat, 1).await;
    let seat = Seat::new(&desk, chat);
    for (name, bytes, words) in [
        ("bericht.pdf", &b"%PDF-1.7 pages"[..], "lässt sich nicht lesen"),
        ("leer.csv", &b""[..], "lässt sich nicht lesen"),
        (
            "kunden.csv",
            &b"Kunde;Stadt\nJule;Kiel\n"[..],
            "lässt sich nicht lesen",
        ),
        (
            "ohne-sterne.csv",
            &b"ID;Datum;Text;Wertung XY\n1;19.11.2026;Gut;5\n"[..],
            "In keiner Zeile steht etwas f\u{fc}r: Sterne",
        ),
        (
            "nur-kaputt.csv",
            &b"ID;Datum;Sterne;Text\n1;gestern;5;Gut\n"[..],
            "Keine Zeile ist zu lesen",
        ),
    ] {
        seat.hand_in(Who::Anna, name, bytes).await;
        let said = seat.told(Who::Anna);
        assert!(said.contains(words), "{name}: {said}");
        assert!(
            !said.contains("[Hereinholen]"),
            "{name}: there is nothing to decide"
        );
        assert!(
            !said.contains("Wenn du zustimmst"),
            "{name}: nothing is asked: {said}"
        );
        assert!(
            !said.contains(&format!("„{name}: ")),
            "{name} is named twice: {said}"
        );
    }
    // What is too large is said before anything is fetched.
    seat.command(Who::Anna, "import", None).await;
    let large = seat.hold(Who::Anna, "gross.csv", &vec![b'x'; 20 * 1024 * 1024 + 1]);
    let fields = [("source", "shop"), ("file", large.as_str())];
    match chat {
        Chat::Slack => {
            let view = desk.slack.view(ANNA).unwrap();
            assert!(desk.slack.submit(ANNA, &view.id, &fields).await.acked);
            let errors = desk.slack.view(ANNA).unwrap().errors;
            assert!(errors["file"].contains("größer als 20 MB"), "{errors:?}");
            assert!(desk.slack.close_view(ANNA).await.acked);
        }
        Chat::Discord => {
            seat.submit(Who::Anna, &fields).await;
            assert!(
                seat.told(Who::Anna).contains("größer als 20 MB"),
                "{}",
                seat.told(Who::Anna)
            );
        }
    }
    assert_eq!((items(&desk).await, kept(&desk).await), (0, 0));
    seat.look_around(&[], &[Who::Anna]);
    desk.finish().await;
}

/// The chat is away when the file is to be fetched, and nobody decides for an hour.
async fn late(chat: Chat) {
    let desk = team(chat, 1).await;
    let seat = Seat::new(&desk, chat);
    match chat {
        Chat::Slack => desk.slack.fault(
            slack::Fault::new(slack::Kind::ServerError)
                .on("download")
                .times(2),
        ),
        Chat::Discord => desk.discord.fault(
            discord::Fault::new(discord::Kind::ServerError)
                .on("download")
                .times(2),
        ),
    }
    seat.hand_in(Who::Anna, "portal.csv", EXPORT.as_bytes()).await;
    assert!(seat.told(Who::Anna).contains("wird gelesen"));
    // By the time it is there, the press's own way back has ended.
    desk.clock.advance(TimeDelta::minutes(8));
    desk.seconds(10).await;
    desk.minutes(1).await;
    desk.minutes(8).await;
    let told: Vec<String> = seat
        .whispers(Who::Anna)
        .into_iter()
        .chain(seat.direct(Who::Anna))
        .collect();
    let shown = told
        .iter()
        .filter(|text| text.contains("5 Beiträge: 2 offen"))
        .count();
    assert_eq!(shown, 1, "{told:?}");
    assert_eq!(kept(&desk).await, 1);
    let number: i64 = desk.row("SELECT max(number) FROM import_file").await;
    assert_eq!(number, 1);
    desk.clock.advance(TimeDelta::hours(2));
    desk.apps[0].desk.forget().await.unwrap();
    assert_eq!(kept(&desk).await, 0, "nobody decided, so it is not kept");
    if seat
        .whispers(Who::Anna)
        .iter()
        .any(|text| text.contains("5 Beiträge: 2 offen"))
    {
        let shown = seat.last_told(Who::Anna);
        seat.press(Who::Anna, &shown, "Hereinholen").await;
        assert!(
            seat.told(Who::Anna).contains("liegt nicht mehr bereit"),
            "{}",
            seat.told(Who::Anna)
        );
    }
    assert_eq!(items(&desk).await, 0);
    seat.look_around(&[], &[Who::Anna]);
    desk.finish().await;
}

/// The age of a post says whether it is owed an answer, unless whoever hands it in says otherwise.
async fn by_choice(chat: Chat) {
    let desk = team(chat, 1).await;
    let seat = Seat::new(&desk, chat);
    let open = "SELECT count(*) FROM item WHERE state = 'open'";
    seat.hand_in(Who::Anna, "portal.csv", EXPORT.as_bytes()).await;
    seat.press(
        Who::Anna,
        &seat.last_told(Who::Anna),
        "Alles abgeschlossen hereinholen",
    )
    .await;
    assert!(
        seat.told(Who::Anna).contains("ist herein"),
        "{}",
        seat.told(Who::Anna)
    );
    assert_eq!((items(&desk).await, desk.row::<i64>(open).await), (5, 0));
    assert_eq!(seat.all(Room::Care).len(), 0);
    seat.press(Who::Anna, &seat.last_told(Who::Anna), "Wieder herausnehmen")
        .await;
    assert_eq!(items(&desk).await, 0);

    seat.hand_in(Who::Anna, "portal.csv", EXPORT.as_bytes()).await;
    let preview = seat.told(Who::Anna);
    assert!(
        preview.contains("Mit „Auch Älteres offen hereinholen“ sind es 4 offene Beiträge"),
        "{preview}"
    );
    assert!(
        preview.ends_with("[Auch Älteres offen hereinholen] [Liegen lassen]"),
        "what brings it in stands together: {preview}"
    );
    seat.press(
        Who::Anna,
        &seat.last_told(Who::Anna),
        "Auch Älteres offen hereinholen",
    )
    .await;
    assert!(
        seat.told(Who::Anna).contains("ist herein"),
        "{}",
        seat.told(Who::Anna)
    );
    assert_eq!(
        (items(&desk).await, desk.row::<i64>(open).await),
        (5, 4),
        "what was answered stays answered"
    );
    seat.look_around(&[Room::Care], &[Who::Anna]);
    desk.finish().await;
}

/// Whoever hands a file in says what no column says itself, and gets back what was not taken.
async fn read_otherwise(chat: Chat) {
    let desk = team(chat, 1).await;
    let seat = Seat::new(&desk, chat);
    let bad: String = (2..=11)
        .map(|n| format!("k-{n};19.11.2026;elf;Zeile {n}\n"))
        .collect();
    let export = format!("ID;Datum;Wertung XY;Anmerkung\nk-1;19.11.2026;4;Läuft nicht mehr, schade\n{bad}");
    seat.hand_in(Who::Anna, "portal.csv", export.as_bytes()).await;
    let refused = seat.told(Who::Anna);
    assert!(
        refused.contains("schreib im Feld „Was anders zu lesen ist“ dazu")
            && refused.contains("dazu, welche Spalte es ist: Text = Name der Spalte"),
        "{refused}"
    );

    seat.command(Who::Anna, "import", None).await;
    let form = seat.form(Who::Anna);
    assert!(form.contains("Was anders zu lesen ist"), "{form}");
    let file = seat.hold(Who::Anna, "portal.csv", export.as_bytes());
    let fields = |said| [("source", "shop"), ("file", file.as_str()), ("said", said)];
    let odd = fields("Text = Anmerkung\nTexte sind hinten");
    match chat {
        Chat::Slack => {
            let view = desk.slack.view(ANNA).unwrap();
            assert!(desk.slack.submit(ANNA, &view.id, &odd).await.acked);
            let errors = desk.slack.view(ANNA).unwrap().errors;
            assert!(errors["said"].contains("„Texte sind hinten“"), "{errors:?}");
        }
        Chat::Discord => {
            seat.submit(Who::Anna, &odd).await;
            assert!(
                seat.told(Who::Anna).contains("„Texte sind hinten“"),
                "{}",
                seat.told(Who::Anna)
            );
            seat.command(Who::Anna, "import", None).await;
        }
    }
    seat.submit(
        Who::Anna,
        &fields("Text = Anmerkung\nSterne = Wertung XY\nSkala = 10"),
    )
    .await;
    let preview = seat.told(Who::Anna);
    for part in [
        "Text = Anmerkung",
        "Sterne = Wertung XY",
        "Sterne: von höchstens 10",
        "★★½☆☆ · „Läuft nicht mehr, schade“",
        "10 Zeilen kommen nicht mit",
        "… und 5 weitere.",
    ] {
        assert!(preview.contains(part), "{part:?} is not in:\n{preview}");
    }
    seat.press(Who::Anna, &seat.last_told(Who::Anna), "Hereinholen")
        .await;
    assert_eq!(items(&desk).await, 1);
    let report = seat.last_told(Who::Anna);
    assert!(
        seat.told(Who::Anna)
            .ends_with("[Alle Zeilen, die fehlen] [Wieder herausnehmen]"),
        "{}",
        seat.told(Who::Anna)
    );
    seat.press(Who::Anna, &report, "Alle Zeilen, die fehlen").await;
    let first = seat.told(Who::Anna);
    assert!(
        first.contains("Aus „portal.csv“ kamen 10 Zeilen nicht mit, hier 1 bis 5:")
            && first.contains("portal.csv:3 „column")
            && first.contains("– „k-2;19.11.2026;elf;Zeile 2“")
            && !first.contains("Zeile 11"),
        "{first}"
    );
    seat.press(Who::Anna, &seat.last_told(Who::Anna), "Weiter ›")
        .await;
    let second = seat.told(Who::Anna);
    assert!(
        second.contains("hier 6 bis 10:")
            && second.contains("Zeile 11")
            && !second.contains("Zeile 2“")
            && second.contains("[‹ Zurück]"),
        "{second}"
    );
    seat.look_around(&[Room::Care], &[Who::Anna]);
    desk.finish().await;
}

macro_rules! both {
    ($($slack:ident, $discord:ident: $story:ident;)+) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $slack() {
            $story(Chat::Slack).await;
        }

        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $discord() {
            $story(Chat::Discord).await;
        }
    )+};
}

both! {
    an_export_comes_in_from_slack_once, an_export_comes_in_from_discord_once: brought_in_once;
    what_came_in_from_slack_goes_again, what_came_in_from_discord_goes_again: taken_out_again;
    a_kill_loses_no_row_in_slack, a_kill_loses_no_row_in_discord: killed_in_between;
    what_cannot_come_in_is_said_in_slack, what_cannot_come_in_is_said_in_discord: refused_kindly;
    an_admin_decides_what_is_open_in_slack, an_admin_decides_what_is_open_in_discord: by_choice;
    a_file_is_read_as_whoever_hands_it_in_says_in_slack, a_file_is_read_as_whoever_hands_it_in_says_in_discord: read_otherwise;
    what_comes_late_is_shown_in_slack, what_comes_late_is_shown_in_discord: late;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_the_scope_slack_shows_its_sign_in_page_and_that_is_said() {
    let desk = team(Chat::Slack, 1).await;
    let seat = Seat::new(&desk, Chat::Slack);
    desk.slack.set_scope("files:read", false);
    seat.hand_in(Who::Anna, "portal.csv", EXPORT.as_bytes()).await;
    desk.seconds(10).await;
    assert!(
        seat.told(Who::Anna).contains("gibt „portal.csv“ nicht heraus"),
        "{:?}",
        seat.whispers(Who::Anna)
    );
    assert_eq!(kept(&desk).await, 0);
    desk.finish().await;
}
