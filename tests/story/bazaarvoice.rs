//! Bazaarvoice beyond what all platforms have: questions, moderators who tell nothing, what other clients collected, and noes
//! inside a 200.

use std::sync::Arc;

use standins::shop::Kind;
use standins::sites::site::Site;
use standins::sites::site::Verdict;
use standins::sites::site::Written;
use standins::slack::Message;

use crate::desk::ANNA;
use crate::desk::CARE;
use crate::desk::Desk;
use crate::desk::Wish;
use crate::far;
use crate::far::Seen;
use crate::far::way::Aim;
use crate::far::way::Trouble;

const QUESTION: &str = "Passt der Aufsatz auf das Modell von 2019?";
const WORDS: &str = "Ja, er passt auf alle Modelle ab 2018.";

async fn team() -> (Desk, Arc<dyn Site>) {
    let desk = Desk::with(Wish {
        only: Some(far::bazaarvoice::open),
        ..Wish::default()
    })
    .await;
    let site = desk.far.as_ref().unwrap().site().unwrap();
    (desk, site)
}

/// It is read within a poll.
async fn written(
    desk: &Desk,
    site: &Arc<dyn Site>,
    kind: Kind,
    place: &str,
    text: &str,
) -> (String, Message) {
    let written = Written {
        place,
        author: "koch77",
        kind,
        stars: (kind == Kind::Review).then_some(2),
        text,
    };
    let id = site.write(written).unwrap();
    desk.minutes(11).await;
    (id, desk.card())
}

fn has(text: &str, part: &str) {
    assert!(text.contains(part), "{part:?} is not in\n{text}");
}

fn seen(desk: &Desk, id: &str) -> Seen {
    desk.far.as_ref().unwrap().seen(id)
}

fn once(words: &str) -> Seen {
    Seen {
        reply: Some(words.to_owned()),
        publications: 1,
    }
}

#[tokio::test]
async fn a_question_is_answered_and_counts_when_customers_see_it() {
    let (desk, site) = team().await;
    let (id, card) = written(&desk, &site, Kind::Question, "SKU-1002", QUESTION).await;
    has(&desk.text(&card), QUESTION);
    has(&desk.text(&card), "Mixer Brausewind");
    desk.answer(ANNA, &card, WORDS).await;
    has(&desk.text(&card), "prüft die Antwort");
    assert_eq!(seen(&desk, &id).publications, 0);

    site.judge(&id, Verdict::Approve).unwrap();
    desk.minutes(11).await;
    has(&desk.text(&card), "✔ Beantwortet von Anna");
    assert_eq!(seen(&desk, &id), once(WORDS));
    desk.thread(&card);
    desk.finish().await;
}

/// What they refuse they tell nobody, so after the days of the settings it counts as not published.
#[tokio::test]
async fn what_moderators_never_publish_is_told_and_written_anew() {
    let (desk, site) = team().await;
    let (id, card) = written(&desk, &site, Kind::Question, "SKU-1002", QUESTION).await;
    desk.answer(ANNA, &card, "Ruf an: 0151 2345678.").await;
    site.judge(&id, Verdict::Reject).unwrap();
    for _ in 0..6 {
        desk.hours(24).await;
    }
    has(&desk.text(&card), "prüft die Antwort");
    desk.hours(26).await;
    has(&desk.text(&card), "nicht veröffentlicht und keinen Grund genannt");
    assert_eq!(desk.buttons(&card)[0], "Neu schreiben");

    desk.press(ANNA, &card, "Neu schreiben").await;
    desk.submit(ANNA, &[("text", WORDS)]).await;
    desk.submit(ANNA, &[]).await;
    desk.seconds(30).await;
    site.judge(&id, Verdict::Approve).unwrap();
    desk.minutes(11).await;
    has(&desk.text(&card), "✔ Beantwortet von Anna");
    assert_eq!(seen(&desk, &id), once(WORDS));
    desk.thread(&card);
    desk.whispers(ANNA);
    desk.slack.see(CARE);
    desk.finish().await;
}

/// Nobody sees what moderators have not let pass, so nothing is submitted again before a person has looked.
#[tokio::test]
async fn an_answer_to_a_question_that_was_lost_after_it_was_taken_is_submitted_once() {
    let (desk, site) = team().await;
    let (id, card) = written(&desk, &site, Kind::Question, "SKU-1002", QUESTION).await;
    desk.way.strike(Aim::Writes, Trouble::Lost);
    desk.answer(ANNA, &card, WORDS).await;
    for _ in 0..4 {
        desk.minutes(1).await;
    }
    has(&desk.text(&card), "Unklar, ob die Antwort angekommen ist");
    site.judge(&id, Verdict::Approve).unwrap();
    assert!(
        site.judge(&id, Verdict::Approve).is_err(),
        "one waited, and no other"
    );
    desk.minutes(11).await;
    assert_eq!(seen(&desk, &id), once(WORDS));
    desk.thread(&card);
    desk.whispers(ANNA);
    desk.finish().await;
}

/// Customers see it late, which is no reason to write it again.
#[tokio::test]
async fn a_response_that_was_lost_after_it_was_applied_stands_once() {
    let (desk, site) = team().await;
    let (id, card) = written(&desk, &site, Kind::Review, "SKU-1002", "Sehr laut.").await;
    desk.way.strike(Aim::Writes, Trouble::Lost);
    desk.answer(ANNA, &card, WORDS).await;
    for _ in 0..3 {
        desk.seconds(15).await;
    }
    has(&desk.text(&card), "✔ Beantwortet von Anna");
    desk.minutes(31).await;
    assert_eq!(seen(&desk, &id), once(WORDS));
    desk.thread(&card);
    desk.finish().await;
}

#[tokio::test]
async fn what_another_client_collected_is_answered_on_its_own_page() {
    let (desk, site) = team().await;
    let (id, card) = written(&desk, &site, Kind::Review, "SKU-2040", "Wird heiß.").await;
    desk.press(ANNA, &card, "Antworten").await;
    desk.submit(ANNA, &[("text", "Danke.")]).await;
    let form = desk.form(ANNA);
    has(&form, "Dort antworten");
    let whole = format!("{:?}", desk.slack.view(ANNA));
    has(&whole, &format!("https://silberreiher.example/reviews/{id}"));
    desk.submit(ANNA, &[]).await;
    desk.seconds(30).await;
    assert_eq!(seen(&desk, &id).publications, 0);
    desk.thread(&card);
    desk.whispers(ANNA);
    desk.finish().await;
}

/// A list that is refused with 200 is no empty list: nothing counts as removed, and the team hears why nothing comes.
#[tokio::test]
async fn a_no_inside_a_200_is_told_and_removes_nothing() {
    const NO: &str = r#"{"HasErrors": true, "Results": [], "TotalResults": 0,
        "Errors": [{"Code": "ERROR_PARAM_INVALID_API_KEY", "Message": "The passKey provided is invalid."}]}"#;
    let (desk, site) = team().await;
    let (_, card) = written(&desk, &site, Kind::Review, "SKU-1002", "Sehr laut.").await;
    for _ in 0..3 {
        desk.way.strike(Aim::Reads, Trouble::Says(NO));
        desk.minutes(11).await;
    }
    let told: Vec<String> = desk.slack.see(CARE).iter().map(|m| desk.text(m)).collect();
    has(&told.join("\n"), "nicht mehr lesen");
    assert!(!desk.text(&card).contains("gelöscht"));
    desk.minutes(22).await;
    let told: Vec<String> = desk.slack.see(CARE).iter().map(|m| desk.text(m)).collect();
    has(&told.join("\n"), "kann ich wieder lesen");
    has(&desk.text(&card), "Sehr laut.");
    desk.thread(&card);
    desk.finish().await;
}
