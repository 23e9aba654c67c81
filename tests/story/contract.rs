//! From a customer's words to our answer below them, once with each kind of source, and what the team sees when its platform
//! does not play along. What is asked of the adapters alone stands in `tests/contract.rs`.

use std::sync::Arc;

use standins::slack::Message;

use crate::desk::ANNA;
use crate::desk::CARE;
use crate::desk::Desk;
use crate::desk::Wish;
use crate::far;
use crate::far::Far;
use crate::far::Seen;
use crate::far::way::Aim;
use crate::far::way::Trouble;

const WORDS: &str = "Hallo Jule, das war zu lang. Wir stellen um. – Anna";

async fn team(open: far::Open) -> (Desk, Arc<dyn Far>) {
    let desk = Desk::with(Wish {
        replicas: 2,
        only: Some(open),
        ..Wish::default()
    })
    .await;
    let far = desk.far.clone().unwrap();
    (desk, far)
}

/// The far side tells it, or is read.
async fn arrives(desk: &Desk) {
    desk.minutes(31).await;
    desk.far.as_ref().unwrap().tick().await;
    desk.settle().await;
}

async fn written(desk: &Desk, text: &str) -> (String, Message) {
    let id = desk.far.as_ref().unwrap().write(2, text);
    arrives(desk).await;
    (id, desk.card())
}

fn has(kind: &str, text: &str, part: &str) {
    assert!(text.contains(part), "{kind}: {part:?} is not in\n{text}");
}

#[tokio::test]
async fn an_answer_that_was_lost_on_its_way_back_stands_once_at_each_kind_of_source() {
    for (kind, open) in far::ALL {
        let (desk, far) = team(*open).await;
        let (id, card) = written(&desk, "Nette Beratung, aber 40 Minuten Wartezeit.").await;
        desk.way.strike(Aim::Writes, Trouble::Lost);
        desk.answer(ANNA, &card, WORDS).await;
        for _ in 0..3 {
            desk.seconds(15).await;
        }
        if !far.shows_answers() {
            // Nobody but a person can see what stands there.
            has(kind, &desk.text(&card), "Unklar, ob die Antwort angekommen ist");
            desk.press(ANNA, &card, "Sie ist da").await;
        }
        has(kind, &desk.text(&card), "✔ Beantwortet von Anna");
        arrives(&desk).await;
        let once = Seen {
            reply: Some(WORDS.to_owned()),
            publications: 1,
        };
        assert_eq!(far.seen(&id), once, "{kind}");
        desk.thread(&card);
        desk.finish().await;
    }
}

/// Platforms refuse some answers with a key that is good for all others: that is no reason to wait.
#[tokio::test]
async fn an_answer_that_is_refused_for_one_item_is_told_and_the_next_one_goes_out() {
    for (kind, open) in far::ALL {
        let (desk, far) = team(*open).await;
        let (refused, card) = written(&desk, "Nette Beratung, aber 40 Minuten Wartezeit.").await;
        desk.way.strike(Aim::Writes, Trouble::Status(403));
        desk.answer(ANNA, &card, WORDS).await;
        has(kind, &desk.text(&card), "Die Antwort konnte bei");
        assert_eq!(desk.buttons(&card)[0], "Neu schreiben", "{kind}");
        assert_eq!(far.seen(&refused).reply, None, "{kind}");
        desk.thread(&card);

        let (id, other) = written(&desk, "Zu teuer.").await;
        desk.answer(ANNA, &other, WORDS).await;
        has(kind, &desk.text(&other), "✔ Beantwortet von Anna");
        assert_eq!(far.seen(&id).reply.as_deref(), Some(WORDS), "{kind}");
        desk.thread(&other);
        desk.whispers(ANNA);
        desk.finish().await;
    }
}

#[tokio::test]
async fn what_a_customer_changes_after_our_answer_comes_back_at_each_kind_of_source() {
    for (kind, open) in far::ALL {
        let (desk, far) = team(*open).await;
        let (id, card) = written(&desk, "Geht so.").await;
        desk.answer(ANNA, &card, WORDS).await;
        arrives(&desk).await;
        has(kind, &desk.text(&card), "✔ Beantwortet von Anna");
        far.edit(&id, 1, "Geht gar nicht, nie wieder.");
        arrives(&desk).await;
        let now = desk.text(&card);
        has(kind, &now, "Geht gar nicht, nie wieder.");
        assert!(!now.contains("✔ Beantwortet"), "{kind}: {now}");
        assert_eq!(desk.slack.see(CARE).len(), 1, "{kind}: one item, one card");
        desk.thread(&card);
        desk.whispers(ANNA);
        desk.finish().await;
    }
}

/// What is gone there is gone for the team: said so, or missing in two whole lists. Nobody owes it an answer any more.
#[tokio::test]
async fn what_was_removed_there_is_marked_and_its_deadline_ends_at_each_kind_of_source() {
    for (kind, open) in far::ALL {
        let (desk, far) = team(*open).await;
        let (id, card) = written(&desk, "Geht so.").await;
        far.remove(&id);
        for _ in 0..3 {
            desk.hours(25).await;
            arrives(&desk).await;
        }
        let text = desk.text(&card);
        match far.window() {
            None => has(kind, &text, "⌫ Bei far gelöscht"),
            // Behind a window everything is missing.
            Some(_) => has(kind, &text, "Überfällig"),
        }
        // Three mornings have passed, each with its digest.
        desk.slack.see(CARE);
        desk.thread(&card);
        desk.whispers(ANNA);
        desk.finish().await;
    }
}

/// A platform may take an answer and let its moderators look later.
#[tokio::test]
async fn what_moderators_refuse_after_it_was_taken_is_told_and_written_anew_where_there_are_some() {
    let mut tried = 0;
    for (kind, open) in far::ALL {
        let (desk, far) = team(*open).await;
        let (id, card) = written(&desk, "Geht so.").await;
        desk.answer(ANNA, &card, WORDS).await;
        if far.refuse(&id) {
            tried += 1;
            for _ in 0..3 {
                arrives(&desk).await;
            }
            let text = desk.text(&card);
            assert!(!text.contains("✔ Beantwortet"), "{kind}: {text}");
            assert_eq!(desk.buttons(&card)[0], "Neu schreiben", "{kind}");
            assert_eq!(far.seen(&id).reply, None, "{kind}");
        }
        desk.thread(&card);
        desk.whispers(ANNA);
        desk.finish().await;
    }
    assert!(tried > 0, "some platform has moderators");
}
