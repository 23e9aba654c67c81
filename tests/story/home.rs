//! What concerns one person, in a tab of its own in Slack and as a private answer in Discord: it is brought up to date when
//! something changes for them, a few seconds apart however much it is, and an older one never takes a newer one's place.

use standins::slack::Fault;
use zeitnah::domain::promise::rules::Rules;

use crate::desk::ANNA;
use crate::desk::BEN;
use crate::desk::Desk;
use crate::desk::GAST;
use crate::desk::Wish;
use crate::seat::Chat;
use crate::seat::Room;
use crate::seat::Seat;
use crate::seat::Who::Anna;
use crate::seat::Who::Gast;

fn plain(rules: &mut Rules) {
    rules.digests.clear();
    rules.fallback.policy.marks.clear();
}

async fn open(chat: Chat, replicas: usize) -> Desk {
    let desk = Desk::with(Wish {
        replicas,
        tune: plain,
        ..chat.wish()
    })
    .await;
    desk.tick().await;
    desk
}

fn published(desk: &Desk) -> usize {
    let calls = desk.slack.calls();
    calls
        .iter()
        .filter(|c| c.method == "views.publish" && c.error.is_none())
        .count()
}

fn home(desk: &Desk, who: &str) -> String {
    let home = desk.slack.home(who).expect("a home");
    desk.slack.visible_view(&home).trim().to_owned()
}

async fn done(desk: Desk, chat: Chat) {
    Seat::new(&desk, chat).look_around(&[Room::Care], &[Anna, Gast]);
    desk.everything();
    desk.finish().await;
}

/// Nobody has to name channels so that the right one comes first.
#[tokio::test]
async fn a_home_speaks_as_most_channels_do_whatever_they_are_called() {
    let desk = Desk::with(Wish {
        tune: |rules| {
            plain(rules);
            let mut english = rules.channels["care"].clone();
            english.name = "abroad".into();
            english.room = "C0ABROAD".into();
            english.locale.lang = zeitnah::domain::lang::Lang::En;
            rules.channels.insert("abroad".into(), english);
        },
        ..Chat::Slack.wish()
    })
    .await;
    desk.slack.add_channel("C0ABROAD", "abroad", &[]);
    desk.tick().await;
    assert!(desk.slack.open_home(ANNA).await.acked);
    desk.settle().await;
    let home = home(&desk, ANNA);
    assert!(home.contains("Das Team"), "{home}");
    done(desk, Chat::Slack).await;
}

/// Whoever is asked for help sees in their own channel that they are.
#[tokio::test]
async fn what_was_escalated_to_a_channel_counts_there_though_no_card_is() {
    let desk = open(Chat::Slack, 1).await;
    desk.review(2, "Nette Beratung, aber 40 Minuten Wartezeit.").await;
    let card = desk.card();
    desk.press(ANNA, &card, "Eskalieren").await;
    desk.submit(ANNA, &[("to", "team"), ("why", "Bitte entscheiden.")])
        .await;
    desk.seconds(11).await;
    assert!(desk.slack.open_home(crate::desk::CARLA).await.acked);
    desk.seconds(11).await;
    let home = home(&desk, crate::desk::CARLA);
    assert!(home.contains("1 hierher eskaliert"), "{home}");
    desk.slack.see(crate::desk::LEADS);
    desk.thread(&card);
    done(desk, Chat::Slack).await;
}

#[tokio::test]
async fn a_home_shows_what_one_holds_how_the_team_does_and_what_is_set() {
    let desk = open(Chat::Slack, 2).await;
    desk.review(2, "Nette Beratung, aber 40 Minuten Wartezeit.").await;
    let card = desk.card();
    desk.question("Passt der Akku?").await;
    assert!(desk.slack.open_home(ANNA).await.acked);
    desk.settle().await;
    insta::assert_snapshot!("home_idle", home(&desk, ANNA));
    desk.press(ANNA, &card, "Übernehmen").await;
    desk.seconds(11).await;
    insta::assert_snapshot!("home_busy", home(&desk, ANNA));
    // Its buttons work from there.
    Seat::new(&desk, Chat::Slack)
        .set(Anna, "Ruhezeit 20:00-07:00")
        .await;
    desk.seconds(11).await;
    let now = home(&desk, ANNA);
    assert!(now.contains("Du wirst nicht gerufen: 20:00-07:00"), "{now}");
    assert!(desk.slack.press_at_home(ANNA, "Antworten auf Nr. 1").await.acked);
    desk.settle().await;
    desk.submit(ANNA, &[("text", "Das tut uns leid. – Anna")]).await;
    desk.submit(ANNA, &[]).await;
    desk.seconds(45).await;
    desk.seconds(11).await;
    let now = home(&desk, ANNA);
    assert!(now.contains("Du hast gerade keinen Beitrag"), "{now}");
    // What is said to who presses there comes directly.
    assert!(desk.slack.press_at_home(ANNA, "Ganze Liste öffnen").await.acked);
    desk.settle().await;
    let direct = desk.slack.see(&desk.slack.dm(ANNA).unwrap());
    assert!(
        desk.slack
            .visible_text(direct.last().unwrap())
            .contains("Nr. 2 ·")
    );
    done(desk, Chat::Slack).await;
}

#[tokio::test]
async fn whoever_has_no_role_sees_nothing_of_the_team() {
    let desk = open(Chat::Slack, 1).await;
    desk.review(2, "Nette Beratung.").await;
    assert!(desk.slack.open_home(GAST).await.acked);
    desk.settle().await;
    let shown = home(&desk, GAST);
    assert!(
        shown.contains("Du hast hier noch keine Rolle") && !shown.contains("offen"),
        "{shown}"
    );
    done(desk, Chat::Slack).await;
}

#[tokio::test]
async fn a_storm_of_changes_is_shown_in_a_few_and_the_last_is_true() {
    let desk = open(Chat::Slack, 3).await;
    for n in 1..=30 {
        desk.push(
            &format!("d{n}"),
            format!(r#"{{"id":"r{n}","rating":2,"body":"Nummer {n}."}}"#),
        )
        .await;
    }
    assert!(desk.slack.open_home(ANNA).await.acked);
    desk.settle().await;
    assert_eq!(published(&desk), 1);
    // Ben has never looked: nothing is drawn for him.
    for n in 1..=30 {
        desk.command(ANNA, &format!("take {n}")).await;
        desk.command(BEN, &format!("why {n}")).await;
    }
    for _ in 0..15 {
        desk.seconds(2).await;
    }
    assert!((2..=4).contains(&published(&desk)), "{}", published(&desk));
    assert!(
        home(&desk, ANNA).contains("Du hast 30 Beiträge"),
        "{}",
        home(&desk, ANNA)
    );
    assert!(desk.slack.home(BEN).is_none());
    desk.slack.views(BEN);
    done(desk, Chat::Slack).await;
}

#[tokio::test]
async fn what_a_colleague_does_is_seen_by_whoever_looks() {
    let desk = open(Chat::Slack, 2).await;
    for n in 1..=5 {
        desk.push(
            &format!("d{n}"),
            format!(r#"{{"id":"r{n}","rating":2,"body":"Nummer {n}."}}"#),
        )
        .await;
    }
    assert!(desk.slack.open_home(ANNA).await.acked);
    desk.settle().await;
    assert!(!home(&desk, ANNA).contains("Ben"), "{}", home(&desk, ANNA));
    for n in 1..=5 {
        desk.command(BEN, &format!("take {n}")).await;
    }
    for _ in 0..12 {
        desk.seconds(5).await;
    }
    assert!(home(&desk, ANNA).contains("Ben"), "{}", home(&desk, ANNA));
    let so_far = published(&desk);
    assert!((2..=3).contains(&so_far), "{so_far}");
    // When nothing happens, nothing is drawn; and for whoever looks no more, neither.
    desk.minutes(10).await;
    assert_eq!(published(&desk), so_far);
    desk.minutes(55).await;
    desk.command(BEN, "release 1").await;
    desk.minutes(5).await;
    assert_eq!(published(&desk), so_far);
    done(desk, Chat::Slack).await;
}

#[tokio::test]
async fn an_older_home_never_takes_a_newer_ones_place() {
    let desk = open(Chat::Slack, 2).await;
    desk.review(2, "Nette Beratung.").await;
    let card = desk.card();
    assert!(desk.slack.open_home(ANNA).await.acked);
    desk.settle().await;
    // Somebody else has shown one since: what this replica knows of it is old.
    let old: i64 = desk
        .row("UPDATE home SET seal = 'an-older-one' RETURNING shown")
        .await;
    assert_eq!(old, 1);
    desk.press(ANNA, &card, "Übernehmen").await;
    desk.seconds(11).await;
    desk.seconds(11).await;
    let conflicts = desk.slack.calls();
    let conflicts = conflicts
        .iter()
        .filter(|c| c.error.as_deref() == Some("hash_conflict"));
    assert_eq!(conflicts.count(), 1, "it was refused, read again and shown");
    assert!(
        home(&desk, ANNA).contains("Du hast einen Beitrag"),
        "{}",
        home(&desk, ANNA)
    );
    done(desk, Chat::Slack).await;
}

#[tokio::test]
async fn whatever_goes_wrong_on_the_way_the_home_is_true_in_the_end() {
    for fault in [
        Fault::answer_lost("views.publish"),
        Fault::request_lost("views.publish"),
        Fault::server_error("views.publish", 502).times(2),
        Fault::rate_limit("views.publish", 7),
    ] {
        let name = format!("{fault:?}");
        let mut desk = open(Chat::Slack, 2).await;
        desk.review(2, "Nette Beratung.").await;
        let card = desk.card();
        assert!(desk.slack.open_home(ANNA).await.acked);
        desk.settle().await;
        desk.slack.fault(fault);
        desk.press(ANNA, &card, "Übernehmen").await;
        desk.kill(0);
        desk.revive().await;
        for _ in 0..30 {
            desk.seconds(3).await;
        }
        assert!(
            home(&desk, ANNA).contains("Du hast einen Beitrag"),
            "{name}: {}",
            home(&desk, ANNA)
        );
        done(desk, Chat::Slack).await;
    }
}

#[tokio::test]
async fn in_discord_it_comes_as_a_private_answer() {
    let desk = open(Chat::Discord, 1).await;
    let seat = Seat::new(&desk, Chat::Discord);
    desk.review(2, "Nette Beratung, aber 40 Minuten Wartezeit.").await;
    let card = seat.card();
    seat.press(Anna, &card, "Übernehmen").await;
    insta::assert_snapshot!("discord_home_busy", seat.command(Anna, "home", None).await);
    seat.set(Anna, "Ruhezeit 20:00-07:00").await;
    assert!(
        seat.told(Anna).contains("Du wirst nicht mehr gerufen"),
        "{}",
        seat.told(Anna)
    );
    let told = seat.command(Gast, "home", None).await;
    assert!(!told.contains("offen"), "{told}");
    done(desk, Chat::Discord).await;
}
