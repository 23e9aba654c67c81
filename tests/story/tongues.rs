//! A team with a German and an English channel: everything is said in the language of the place, or the person, that reads
//! it.

use chrono::TimeDelta;
use zeitnah::domain::lang::Lang;
use zeitnah::domain::promise::rules::Rules;

use crate::desk::ANNA;
use crate::desk::BEN;
use crate::desk::CARE;
use crate::desk::CARLA;
use crate::desk::Desk;
use crate::desk::LEADS;
use crate::desk::Wish;
use crate::tongue::foreign;

fn two_tongues(rules: &mut Rules) {
    rules.digests.clear();
    if let Some(leads) = rules.channels.get_mut("leads") {
        leads.locale.lang = Lang::En;
    }
}

async fn desk() -> Desk {
    Desk::with(Wish {
        tune: two_tongues,
        ..Wish::default()
    })
    .await
}

async fn typed(desk: &Desk, who: &str, room: &str, text: &str) -> String {
    let outcome = desk.slack.command(who, room, "/zeitnah", text).await;
    assert!(outcome.acked, "{outcome:?}");
    desk.settle().await;
    desk.whispers(who).pop().expect("an answer")
}

#[track_caller]
fn is_in(text: &str, lang: Lang) {
    assert_eq!(
        foreign(text, "", lang),
        None,
        "not all of it is in {lang:?}:\n{text}"
    );
}

#[tokio::test]
async fn what_is_escalated_from_a_german_channel_is_read_in_english_where_english_is_spoken() {
    let desk = desk().await;
    desk.review(2, "Nette Beratung, aber 40 Minuten Wartezeit.").await;
    let card = desk.card_in(CARE);
    desk.press(ANNA, &card, "Eskalieren").await;
    desk.submit(ANNA, &[("to", "Care-Team"), ("why", "Please have a look.")])
        .await;
    let alert = desk.text(&desk.card_in(LEADS));
    is_in(&alert, Lang::En);
    assert!(
        alert.contains("Complaint") && alert.contains("Please have a look."),
        "{alert}"
    );
    is_in(&desk.text(&card), Lang::De);
    // Both channels have a card of this one; it becomes late in both.
    desk.review(1, "Das sage ich meinem Anwalt.").await;
    desk.go("2026-11-23T12:00:00Z", TimeDelta::minutes(30)).await;
    desk.everything();
    desk.finish().await;
}

#[tokio::test]
async fn whispers_follow_the_room_and_homes_the_person() {
    let desk = desk().await;
    desk.review(2, "Nette Beratung, aber 40 Minuten Wartezeit.").await;
    desk.card_in(CARE);
    for (room, lang) in [(LEADS, Lang::En), (CARE, Lang::De)] {
        for text in [
            "item 1",
            "home",
            "open",
            "mine",
            "find Beratung",
            "stats",
            "sources",
            "help",
            "quiet",
            "zone",
        ] {
            is_in(&typed(&desk, ANNA, room, text).await, lang);
        }
        // A second later they look at their own page.
        assert!(desk.slack.open_home(ANNA).await.acked);
        desk.seconds(11).await;
        let home = desk.slack.home(ANNA).expect("a home");
        is_in(&desk.slack.visible_view(&home), lang);
    }
    // Whoever has said it once is spoken to like this everywhere.
    crate::seat::Seat::new(&desk, crate::seat::Chat::Slack)
        .set(crate::seat::Who::Anna, "In English")
        .await;
    desk.settle().await;
    for (room, text) in [
        (LEADS, "item 1"),
        (CARE, "item 1"),
        (CARE, "home"),
        (CARE, "open"),
    ] {
        is_in(&typed(&desk, ANNA, room, text).await, Lang::En);
    }
    desk.press(CARLA, &desk.card_in(CARE), "Übernehmen").await;
    desk.press(BEN, &desk.card_in(CARE), "Eskalieren").await;
    assert!(desk.slack.close_view(BEN).await.acked);
    desk.everything();
    for who in [ANNA, BEN, CARLA] {
        desk.whispers(who);
    }
    desk.finish().await;
}
