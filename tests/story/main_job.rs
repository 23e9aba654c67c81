//! A review comes in, the team answers it from its card, customers see the answer, the card tells the truth.

use crate::desk::ANNA;
use crate::desk::CARE;
use crate::desk::Desk;

#[tokio::test]
async fn a_review_is_answered_from_its_card() {
    let desk = Desk::open().await;
    let review = desk.review(2, "Nette Beratung, aber 40 Minuten Wartezeit.").await;

    let card = desk.card();
    insta::assert_snapshot!("card_open", desk.text(&card));

    desk.press(ANNA, &card, "Antworten").await;
    insta::assert_snapshot!("form_reply", desk.form(ANNA));
    desk.submit(
        ANNA,
        &[("text", "Hallo Jule, das war zu lang. Wir stellen um. – Anna")],
    )
    .await;
    insta::assert_snapshot!("form_preview", desk.form(ANNA));
    desk.submit(ANNA, &[]).await;
    assert!(desk.slack.view(ANNA).is_none(), "the form is closed");
    insta::assert_snapshot!("card_queued", desk.text(&card));
    assert_eq!(
        desk.google.public(&review).unwrap().reply,
        None,
        "nothing leaves before the undo time is over"
    );

    desk.seconds(30).await;
    desk.minutes(1).await;
    let public = desk.google.public(&review).unwrap();
    assert_eq!(
        public.reply.as_deref(),
        Some("Hallo Jule, das war zu lang. Wir stellen um. – Anna")
    );
    assert_eq!(public.puts, 1);
    insta::assert_snapshot!("card_answered", desk.text(&card));
    insta::assert_snapshot!("thread_answered", desk.thread(&card).join("\n"));
    assert_eq!(desk.slack.messages(CARE).len(), 1, "one card, edited in place");
    desk.finish().await;
}
