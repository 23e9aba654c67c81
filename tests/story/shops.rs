//! Shops whose calls say less than "here is an item": one that only tells that a product changed, and one that tells what
//! nobody asked for.

use serde_json::json;

use crate::desk::CARE;
use crate::desk::Desk;
use crate::desk::Wish;
use crate::far;

#[tokio::test]
async fn a_shops_call_brings_its_review_before_the_next_poll_and_its_first_try_brings_nothing() {
    let desk = Desk::with(Wish {
        only: Some(far::woocommerce::open),
        ..Wish::default()
    })
    .await;
    desk.minutes(6).await;
    let far = desk.far.clone().unwrap();
    far.write(1, "Deckel schließt nicht.");
    desk.tick().await;
    assert_eq!(desk.slack.see(CARE), [], "it is not read yet");

    let tried = desk.deliver(0, "far", &[], "webhook_id=14").await;
    assert_eq!(tried, (200, json!("")));
    let guessed = [
        ("x-wc-webhook-topic", "product.updated"),
        ("x-wc-webhook-signature", "AAAA"),
    ];
    let (status, refused) = desk.deliver(0, "far", &guessed, "{}").await;
    assert_eq!(
        (status, &refused["error"]["code"]),
        (401, &json!("bad_signature"))
    );
    desk.tick().await;
    assert_eq!(desk.slack.see(CARE), [], "strangers make us read nothing");

    far.tick().await;
    desk.tick().await;
    let text = desk.text(&desk.card());
    assert!(
        text.contains("Deckel schließt nicht.") && text.contains("Brotdose"),
        "{text}"
    );
    desk.finish().await;
}

/// The call itself carries the review.
#[tokio::test]
async fn a_signed_call_with_the_review_in_it_becomes_a_card_without_any_reading() {
    let desk = Desk::with(Wish {
        only: Some(far::judgeme::open),
        ..Wish::default()
    })
    .await;
    desk.minutes(6).await;
    let far = desk.far.clone().unwrap();
    let id = far.write(2, "Fällt klein aus.");
    far.tick().await;
    desk.settle().await;
    let card = desk.card();
    assert!(desk.text(&card).contains("Fällt klein aus."));
    far.edit(&id, 1, "Fällt klein aus und färbt ab.");
    far.tick().await;
    desk.settle().await;
    assert!(desk.text(&card).contains("färbt ab"), "{}", desk.text(&card));
    desk.thread(&card);
    desk.finish().await;
}
