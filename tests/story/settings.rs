//! Admins change the rules from the chat, in both chats, with three replicas: what is said holds for the next item
//! wherever it is taken in, for the deadlines that are open, and in the file that is exported.

use chrono::DateTime;
use chrono::TimeDelta;
use chrono::Utc;
use zeitnah::config::Config;
use zeitnah::config::written::Edition;
use zeitnah::domain::id::LeaseToken;
use zeitnah::domain::people::person::PersonId;
use zeitnah::port::clock::Clock as _;
use zeitnah::store::setting;
use zeitnah::workflow::holding;

use crate::desk::ANNA;
use crate::desk::BEN;
use crate::desk::CARE;
use crate::desk::Desk;
use crate::desk::Wish;
use crate::seat::Chat;
use crate::seat::Room;
use crate::seat::Seat;
use crate::seat::Shown;
use crate::seat::Who;

fn file(chat: Chat) -> String {
    format!(
        r#"# Das Team vom Gartencenter.
{head}
[[source]]
name = "google"
kind = "google"
label = "Google"
account = "1071"
locations = [{{ id = "88213", name = "Filiale München Ost" }}]

[[source]]
name = "shop"
kind = "push"
label = "Gartenshop"

[[route]]
name = "ruf"
keyword = ["Anwalt"]
to = ["care", "leads"]
deadline = "3h"

[[policy]]
name = "fest"
deadline = "2d"

[[route]]
name = "eilig"
keyword = ["sofort"]
to = ["care"]
policy = "fest"

[[route]]
name = "knapp"
keyword = ["Rückruf"]
to = ["care"]
deadline = "4h"
warn = ["1h"]

[default_route]
to = ["care"]
deadline = "24h" # ein Tag
warn = []

{roles}
[[digest]]
name = "morgens"
channel = "care"
schedule = "0 8 * * *"

[reply]
gather_seconds = 0
"#,
        head = chat.head().replacen("\"de\"", "\"de\" # unsere Sprache", 1),
        roles = chat.roles(&[("admin", Who::Anna), ("admin", Who::Ben), ("viewer", Who::Gast)]),
    )
}

async fn team(chat: Chat) -> Desk {
    Desk::with(Wish {
        replicas: 3,
        file: Some(file(chat)),
        ..chat.wish()
    })
    .await
}

async fn changes(desk: &Desk) -> i64 {
    desk.row("SELECT count(*) FROM setting").await
}

/// The newest item: where its cards are wanted, and when it is due, after it came.
async fn newest(desk: &Desk) -> (Vec<String>, Option<TimeDelta>) {
    let rooms = desk
        .rows("SELECT channel FROM card WHERE item_id = (SELECT id FROM item ORDER BY number DESC LIMIT 1) ORDER BY 1")
        .await;
    let due: Option<DateTime<Utc>> = desk
        .row("SELECT due_at FROM item ORDER BY number DESC LIMIT 1")
        .await;
    let from: DateTime<Utc> = desk
        .row("SELECT coalesce(published_at, first_seen_at) FROM item ORDER BY number DESC LIMIT 1")
        .await;
    (rooms, due.map(|due| due - from))
}

async fn exported(desk: &Desk, chat: Chat) -> Edition {
    let config = Config::parse("zeitnah.toml", &file(chat), &|name| Some(name.to_lowercase())).unwrap();
    let latest = setting::latest(desk.store.pool()).await.unwrap();
    config.written.under(&holding(&latest)).unwrap()
}

async fn done(desk: Desk, chat: Chat) {
    let seat = Seat::new(&desk, chat);
    seat.look_around(&[Room::Care, Room::Leads], &[Who::Anna, Who::Ben, Who::Gast]);
    for who in [Who::Anna, Who::Ben, Who::Gast] {
        seat.direct(who);
    }
    desk.finish().await;
}

async fn what_is_set_holds_for_everybody(chat: Chat) {
    let desk = team(chat).await;
    let seat = Seat::new(&desk, chat);
    desk.question("Gibt es die Schere auch für Linkshänder?").await;
    assert_eq!(
        newest(&desk).await,
        (vec!["care".into()], Some(TimeDelta::hours(24)))
    );

    // Open deadlines move, whichever replica looks after them.
    let told = seat.settings(Who::Anna, "deadline default 6h").await;
    assert!(told.contains("deadline default: 24h → 6h"), "{told}");
    desk.tick().await;
    let me = LeaseToken::new(desk.clock.now()).0;
    let mut rounds = 0;
    while !desk.apps[2].desk.retime(me).await.unwrap() {
        rounds += 1;
        assert!(rounds < 9, "an end");
        assert_eq!(newest(&desk).await.1, Some(TimeDelta::hours(6)), "at once");
        desk.seconds(5).await;
    }
    assert!(rounds > 1, "and once more when everybody has heard of it");

    // Another admin, at a replica that has not heard of it yet: the log decides, not what it remembers.
    desk.point_at(1);
    let told = seat.settings(Who::Anna, "route shop leads").await;
    assert!(told.contains("route shop: care → leads"), "{told}");
    desk.point_at(2);
    let told = seat.settings(Who::Ben, "Route Shop Leads Care").await;
    assert!(told.contains("route shop: leads → leads care"), "{told}");
    let told = seat.settings(Who::Ben, "route shop leads").await;
    assert!(told.contains("leads care → leads"), "{told}");
    seat.settings(Who::Ben, "language leads en").await;
    seat.settings(Who::Anna, "deadline shop 2h").await;
    desk.tick().await;
    desk.question("Ist der Zaunkönig winterhart?").await;
    assert_eq!(
        newest(&desk).await,
        (vec!["leads".into()], Some(TimeDelta::hours(2)))
    );
    let card = seat.all(Room::Leads).pop().expect("a card");
    assert!(
        seat.buttons(&card).contains(&"Reply".to_owned()),
        "{:?}",
        seat.buttons(&card)
    );
    // What is narrower still comes first.
    desk.question("Soll ich erst meinen Anwalt fragen?").await;
    assert_eq!(
        newest(&desk).await,
        (vec!["care".into(), "leads".into()], Some(TimeDelta::hours(3)))
    );

    // Everybody has the same, a replica that starts now too, and so has whoever keeps the export.
    let edition = exported(&desk, chat).await;
    for part in [
        "# Das Team vom Gartencenter.",
        "language = \"de\" # unsere Sprache",
        "deadline = \"6h\" # ein Tag",
    ] {
        assert!(edition.text.contains(part), "{}", edition.text);
    }
    let kept = Config::parse("zeitnah.toml", &edition.text, &|name| Some(name.to_lowercase())).unwrap();
    let kept = format!("{:?}", kept.rules().with_practice());
    for app in &desk.apps {
        assert_eq!(format!("{:?}", app.desk.rules.now()), kept);
    }

    let told = seat.settings(Who::Ben, "").await;
    insta::assert_snapshot!(chat.named("settings"), told);

    // Back to the file: first what hangs on it.
    let told = seat.settings(Who::Ben, "reset route shop").await;
    assert!(
        told.contains("deadline shop") && told.contains("bleibt alles"),
        "{told}"
    );
    seat.settings(Who::Ben, "reset all").await;
    desk.tick().await;
    desk.question("Und im Topf?").await;
    assert_eq!(
        newest(&desk).await,
        (vec!["care".into()], Some(TimeDelta::hours(24)))
    );
    assert_eq!(exported(&desk, chat).await.text, file(chat));
    let me = LeaseToken::new(desk.clock.now()).0;
    desk.seconds(70).await;
    while !desk.apps[0].desk.retime(me).await.unwrap() {}
    desk.tick().await;
    done(desk, chat).await;
}

#[tokio::test]
async fn what_is_set_holds_for_everybody_in_slack() {
    what_is_set_holds_for_everybody(Chat::Slack).await;
}

#[tokio::test]
async fn what_is_set_holds_for_everybody_in_discord() {
    what_is_set_holds_for_everybody(Chat::Discord).await;
}

async fn nothing_happens_by_accident(chat: Chat) {
    let desk = team(chat).await;
    let seat = Seat::new(&desk, chat);
    let mut said = Vec::new();
    let told = seat.settings(Who::Gast, "language care en").await;
    assert!(told.contains("Recht „Admin“"), "{told}");
    said.push(told);
    for odd in [
        "deadline default bald",
        "route shop nirgends",
        "language kare en",
        "digest morgens 25:00",
        "digest morgens 0 8 31 2 *",
        "deadline eilig 2h",
        "deadline knapp 30m",
        "farbe care rot",
        "reset language care",
        "language care de\"]",
    ] {
        said.push(seat.settings(Who::Anna, odd).await);
    }
    insta::assert_snapshot!(chat.named("settings_not"), said.join("\n\n"));
    assert_eq!(changes(&desk).await, 0);
    assert_eq!(desk.apps[0].desk.rules.since().seq, 0);
    desk.question("Gibt es die Schere auch für Linkshänder?").await;
    assert_eq!(
        newest(&desk).await,
        (vec!["care".into()], Some(TimeDelta::hours(24)))
    );

    // Twice the same is once; both admins at once are both.
    seat.settings(Who::Anna, "language care en").await;
    let told = seat.settings(Who::Anna, "language care en").await;
    assert!(told.contains("language care is en already"), "{told}");
    assert_eq!(changes(&desk).await, 1);
    futures::join!(
        seat.settings(Who::Anna, "language leads en"),
        seat.settings(Who::Ben, "deadline ruf 1h")
    );
    assert_eq!(changes(&desk).await, 3);
    desk.tick().await;
    for app in &desk.apps {
        assert_eq!(app.desk.rules.route("ruf").policy.first_answer, Some(60));
        assert_eq!(app.desk.rules.since().seq, desk.apps[0].desk.rules.since().seq);
    }
    done(desk, chat).await;
}

#[tokio::test]
async fn nothing_happens_by_accident_in_slack() {
    nothing_happens_by_accident(Chat::Slack).await;
}

#[tokio::test]
async fn nothing_happens_by_accident_in_discord() {
    nothing_happens_by_accident(Chat::Discord).await;
}

/// Whoever is an admin of one channel sets what concerns that one alone.
async fn of_one_channel(chat: Chat) {
    let ben = format!("_user = \"{}\"\n", chat.id(Who::Ben));
    let desk = Desk::with(Wish {
        file: Some(file(chat).replace(&ben, &format!("{ben}channels = [\"care\"]\n"))),
        ..chat.wish()
    })
    .await;
    let seat = Seat::new(&desk, chat);
    for others in ["language leads en", "route shop leads", "deadline default 6h"] {
        let told = seat.settings(Who::Ben, others).await;
        assert!(told.contains("Recht „Admin“"), "{others}: {told}");
    }
    assert_eq!(changes(&desk).await, 0);
    for own in ["language care en", "digest morgens 09:15"] {
        seat.settings(Who::Ben, own).await;
    }
    assert_eq!(changes(&desk).await, 2);
    done(desk, chat).await;
}

#[tokio::test]
async fn an_admin_of_one_channel_sets_what_concerns_that_one_in_slack() {
    of_one_channel(Chat::Slack).await;
}

#[tokio::test]
async fn an_admin_of_one_channel_sets_what_concerns_that_one_in_discord() {
    of_one_channel(Chat::Discord).await;
}

#[tokio::test]
async fn of_two_at_once_the_second_one_decides_on_what_the_first_one_left() {
    let desk = team(Chat::Slack).await;
    let mut first = desk.store.begin().await.unwrap();
    setting::lock(&mut first).await.unwrap();
    let ben = PersonId::new(Chat::Slack.name(), BEN);
    setting::add(&mut first, "deadline default", Some("6h"), &ben, desk.clock.now())
        .await
        .unwrap();
    let typed = desk
        .slack
        .command(ANNA, CARE, "/zeitnah", "settings deadline default 8h");
    let then = async {
        let waits = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
        while desk.row::<i64>(waits).await == 0 {}
        first.commit().await.unwrap();
    };
    let (outcome, ()) = futures::join!(typed, then);
    assert!(outcome.acked, "{outcome:?}");
    desk.settle().await;
    let told = desk.whispers(ANNA).pop().expect("it was said");
    assert!(told.contains("deadline default: 6h → 8h"), "{told}");
    done(desk, Chat::Slack).await;
}

/// Cards that stand already are said anew in the language that their channel has now: those on which something is open,
/// each once, behind what people wait for, and nothing else.
#[tokio::test]
async fn cards_of_what_is_open_follow_the_language() {
    for chat in [Chat::Slack, Chat::Discord] {
        let desk = team(chat).await;
        let seat = Seat::new(&desk, chat);
        desk.question("Gibt es die Schere auch für Linkshänder?").await;
        desk.question("Ist der Zaunkönig winterhart?").await;
        desk.question("Soll ich erst meinen Anwalt fragen?").await;
        let cards = seat.all(Room::Care);
        let in_leads = seat.all(Room::Leads);
        assert_eq!((cards.len(), in_leads.len()), (3, 1));
        let speaks = |card: &Shown, word: &str| seat.buttons(card).contains(&word.to_owned());
        seat.press(Who::Ben, &cards[0], "Erledigt").await;
        seat.submit(Who::Ben, &[("reason", "no_need")]).await;
        desk.seconds(30).await;
        let edits = "SELECT count(*) FROM effect WHERE kind = 'edit_card'";
        let before: i64 = desk.row(edits).await;
        // Twice and back again within a moment is one edit that counts.
        for language in ["en", "de", "en"] {
            seat.settings(Who::Anna, &format!("language care {language}"))
                .await;
        }
        assert!(speaks(&cards[1], "Antworten"), "not at once");
        desk.seconds(30).await;
        desk.seconds(30).await;
        assert!(speaks(&cards[1], "Reply") && speaks(&cards[2], "Reply"));
        assert!(speaks(&in_leads[0], "Antworten"), "another channel");
        assert!(seat.text(&cards[0]).contains("Erledigt von Ben"), "it is over");
        let after: i64 = desk.row(edits).await;
        assert!(after - before <= 6, "{before} {after}");
        desk.minutes(10).await;
        assert_eq!(desk.row::<i64>(edits).await, after, "and then there is rest");
        done(desk, chat).await;
    }
}

#[tokio::test]
async fn a_digest_comes_at_its_new_time_and_not_twice() {
    let desk = team(Chat::Slack).await;
    let seat = Seat::new(&desk, Chat::Slack);
    // It is 10 o'clock. Today's came at 8, so a new time that is over today begins tomorrow.
    desk.tick().await;
    let told = seat.settings(Who::Anna, "digest morgens 09:15").await;
    assert!(told.contains("täglich 8:00 → täglich 9:15"), "{told}");
    assert!(told.contains("Die nächste kommt Sa 21.11. 09:15"), "{told}");
    desk.tick().await;
    let slots = "SELECT slot::text FROM digest_slot ORDER BY slot";
    assert_eq!(desk.rows::<String>(slots).await, Vec::<String>::new());
    desk.hours(22).await;
    assert_eq!(
        desk.rows::<String>(slots).await,
        Vec::<String>::new(),
        "8 o'clock"
    );
    desk.minutes(80).await;
    assert_eq!(desk.rows::<String>(slots).await, ["2026-11-21 09:15:00"]);
    done(desk, Chat::Slack).await;
}

/// The file was changed and has no place for a setting any more: a replica that starts on it leaves that one out.
#[tokio::test]
async fn a_changed_file_keeps_nobody_from_starting() {
    let mut desk = team(Chat::Slack).await;
    let seat = Seat::new(&desk, Chat::Slack);
    seat.settings(Who::Anna, "deadline ruf 1h").await;
    seat.settings(Who::Anna, "language care en").await;
    desk.rewrite(file(Chat::Slack).replace("name = \"ruf\"", "name = \"recht\""));
    desk.revive().await;
    desk.tick().await;
    let rules = &desk.apps[3].desk.rules;
    assert_eq!(rules.route("recht").policy.first_answer, Some(180));
    let seat = Seat::new(&desk, Chat::Slack);
    let told = seat.settings(Who::Anna, "").await;
    assert!(told.contains("deadline ruf no longer holds"), "{told}");
    done(desk, Chat::Slack).await;
}

/// Rules that come from no file cannot be changed from a chat.
#[tokio::test]
async fn without_a_file_there_is_nothing_to_set() {
    let desk = Desk::open().await;
    let told = desk
        .command(crate::desk::CARLA, "settings language care en")
        .await;
    assert!(told.contains("im Chat nichts umstellen"), "{told}");
    desk.finish().await;
}
