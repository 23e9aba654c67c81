//! What an onlooker is told of a day with faults: each happening once, in both languages, and only what happened.

use std::collections::BTreeSet;

use standins::sites::faults::Fault;
use standins::slack::Fault as SlackFault;
use zeitnah::domain::people::rights::Role;
use zeitnah::domain::show::news::Mood;
use zeitnah::domain::show::news::News;

use crate::desk::ANNA;
use crate::desk::CARE;
use crate::desk::Desk;
use crate::desk::GAST;
use crate::desk::friday;

async fn news(desk: &Desk) -> Vec<News> {
    let all = desk.apps[0].desk.news(friday()).await.unwrap();
    let keys: BTreeSet<&String> = all.iter().map(|(key, _)| key).collect();
    assert_eq!(keys.len(), all.len(), "each happening has a key of its own");
    assert_eq!(
        all,
        desk.apps[0].desk.news(friday()).await.unwrap(),
        "read again it is the same"
    );
    all.into_iter().map(|(_, news)| news).collect()
}

/// The German sentences, and their moods.
fn said(news: &[News], words: &str) -> Vec<Mood> {
    let hits = news.iter().filter(|n| n.de.contains(words));
    hits.map(|n| n.mood).collect()
}

#[tokio::test]
async fn a_lost_answer_is_told_to_its_good_end() {
    let desk = Desk::open().await;
    desk.question("Kann man die Klinge nachschleifen?").await;
    let card = desk.card();
    desk.shop.fault(Fault::AnswerLost, 1);
    desk.answer(ANNA, &card, "Ja, mit jedem feinen Stein. – Anna")
        .await;
    desk.seconds(2).await;
    let news = news(&desk).await;
    let lines: Vec<&str> = news.iter().map(|n| n.de.as_str()).collect();
    assert_eq!(said(&news, "nicht bestätigt"), [Mood::Warn], "{lines:#?}");
    assert_eq!(
        said(&news, "nachgesehen, gefunden, nicht noch einmal gesendet"),
        [Mood::Good],
        "{lines:#?}"
    );
    assert_eq!(said(&news, "die Frist ist gehalten"), [Mood::Good], "{lines:#?}");
    assert!(
        news.iter()
            .any(|n| n.en == "Lost answer: read back, found, not sent again")
    );
    assert!(
        news.iter()
            .all(|n| n.item == Some(1) || n.de.starts_with("Nur für")),
        "{news:#?}"
    );
    desk.thread(&card);
    desk.finish().await;
}

#[tokio::test]
async fn a_deleted_card_and_a_slow_chat_are_told() {
    let desk = Desk::open().await;
    desk.slack.fault(SlackFault::rate_limit("chat.postMessage", 5));
    desk.question("Kann man die Klinge nachschleifen?").await;
    desk.seconds(6).await;
    let card = desk.card();
    desk.slack.delete_message(CARE, &card.ts);
    desk.minutes(2).await;
    desk.minutes(2).await;
    let news = news(&desk).await;
    assert_eq!(said(&news, "429"), [Mood::Warn], "{news:#?}");
    assert_eq!(said(&news, "Nachgeholt"), [Mood::Good], "{news:#?}");
    assert_eq!(said(&news, "Karte war gelöscht"), [Mood::Good], "{news:#?}");
    desk.card();
    desk.finish().await;
}

#[tokio::test]
async fn who_may_not_is_told_and_roles_and_the_next_deadline_are_known() {
    let desk = Desk::open().await;
    desk.review(2, "Nette Beratung, aber 40 Minuten Wartezeit.").await;
    let card = desk.card();
    desk.press(ANNA, &card, "Übernehmen").await;
    desk.press(GAST, &card, "Antworten").await;
    let news = news(&desk).await;
    assert_eq!(
        said(&news, "Nur für Gast: „Dafür brauchst du hier das Recht"),
        [Mood::Plain],
        "{news:#?}"
    );
    assert_eq!(said(&news, "Anna hat übernommen"), [Mood::Plain], "{news:#?}");
    desk.whispers(GAST);

    let inside = &desk.apps[0].desk;
    let next = inside.next_due().await.unwrap().unwrap();
    assert_eq!((next.number, next.room.as_str()), (1, CARE));
    assert!(next.at > inside.now());
    let roles = inside
        .roles("slack", &[ANNA, GAST].map(str::to_owned))
        .await
        .unwrap();
    assert_eq!((roles[ANNA], roles[GAST]), (Some(Role::Responder), None));
    desk.thread(&card);
    desk.finish().await;
}
