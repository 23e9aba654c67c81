//! Nothing public happens twice, and nothing that a person approved is lost: under lost answers, refusals, crashes,
//! moderation and second thoughts.

use chrono::TimeDelta;
use standins::sites::faults::Aim;
use standins::sites::faults::Fault;
use standins::slack::Fault as SlackFault;
use standins::slack::Kind as SlackKind;
use standins::slack::Message;
use zeitnah::domain::effect;
use zeitnah::domain::effect::Effect;
use zeitnah::domain::id::ReplyId;
use zeitnah::domain::item::Standing;
use zeitnah::port::clock::Clock as _;
use zeitnah::port::source::ReplyAction;
use zeitnah::port::source::ReplyCall;
use zeitnah::store::item;
use zeitnah::store::outbox;
use zeitnah::store::outbox::Leased;

use crate::desk::ANNA;
use crate::desk::BEN;
use crate::desk::CARE;
use crate::desk::Desk;
use crate::desk::STORE;
use crate::desk::Wish;
use crate::seat::Chat;
use crate::seat::Seat;
use crate::seat::Who;

const WORDS: &str = "Hallo Jule, das war zu lang. Wir stellen um. – Anna";
const OTHER: &str = "Liebe Jule, seit gestern sind wir zu dritt. – Anna";

/// A bad review and its card.
async fn bad_review(desk: &Desk) -> (String, Message) {
    let review = desk.review(2, "Nette Beratung, aber 40 Minuten Wartezeit.").await;
    (review, desk.card())
}

async fn asked(desk: &Desk) -> (String, Message) {
    let item = desk.question("Kann man die Klinge nachschleifen?").await;
    (item, desk.card())
}

/// Written, previewed and sent; still within the time in which it can be taken back.
async fn send(desk: &Desk, who: &str, card: &Message, text: &str) {
    desk.press(who, card, "Antworten").await;
    desk.submit(who, &[("text", text)]).await;
    desk.submit(who, &[]).await;
}

async fn change(desk: &Desk, who: &str, card: &Message, text: &str) {
    desk.press(who, card, "Antwort ändern").await;
    desk.submit(who, &[("text", text)]).await;
    desk.submit(who, &[]).await;
    desk.seconds(30).await;
}

fn puts(desk: &Desk, review: &str) -> u32 {
    desk.google.public(review).unwrap().puts
}

fn at_google(desk: &Desk, review: &str) -> Option<String> {
    desk.google.public(review).unwrap().reply
}

fn at_shop(desk: &Desk, item: &str) -> (Option<String>, u32) {
    let public = desk.shop.public(item).unwrap();
    (public.reply, public.publications)
}

/// How each try to do something about the only item ended.
async fn outcomes(desk: &Desk, kind: &str) -> Vec<String> {
    let pool = desk.store.pool();
    let id = item::by_number(pool, 1).await.unwrap().unwrap();
    let tries = outbox::tries(pool, id).await.unwrap();
    let of_kind = tries
        .into_iter()
        .filter(|t| t.kind == effect::KindName::from(kind.to_owned()));
    of_kind.map(|t| t.outcome).collect()
}

/// A colleague, or the owner, answers on Google's own page.
async fn answered_there(desk: &Desk, review: &str, body: &str) {
    let now = desk.clock.now();
    let call = ReplyCall {
        what: ReplyAction::Create {
            body: body.to_owned(),
        },
        key: ReplyId::new(now),
        scope: STORE.to_owned(),
        native_id: review.to_owned(),
        reply_native_id: None,
        language: None,
        revision: 1,
        raw: serde_json::Value::Null,
        at: now,
    };
    let google = &desk.apps[0].desk.sources["google"];
    let published = google.publish(&call).await.unwrap();
    assert_eq!(published.standing, Standing::Visible);
}

/// Leased by the first replica: from now on only it may carry this out.
async fn leased(desk: &Desk) -> Leased {
    let leased = desk.apps[0].desk.lease(16).await.unwrap();
    let publish = leased
        .into_iter()
        .find(|l| matches!(l.effect, Effect::PublishReply { .. }));
    publish.expect("a reply is due")
}

fn has(text: &str, part: &str) {
    assert!(text.contains(part), "{part:?} is not in\n{text}");
}

fn has_not(text: &str, part: &str) {
    assert!(!text.contains(part), "{part:?} is in\n{text}");
}

#[tokio::test]
async fn an_answer_lost_after_google_took_the_reply_is_read_back_and_not_sent_again() {
    let desk = Desk::open().await;
    let (review, card) = bad_review(&desk).await;
    desk.google.fault(Fault::AnswerLost, 1);
    desk.answer(ANNA, &card, WORDS).await;
    has(&desk.text(&card), "wird an Google gesendet");

    desk.seconds(2).await;
    has(&desk.text(&card), "✔ Beantwortet von Anna");
    desk.minutes(10).await;
    assert_eq!(
        (puts(&desk, &review), at_google(&desk, &review).as_deref()),
        (1, Some(WORDS))
    );
    assert_eq!(outcomes(&desk, "publish_reply").await, ["unknown", "found"]);
    desk.thread(&card);
    desk.finish().await;
}

#[tokio::test]
async fn an_answer_lost_after_the_shop_took_the_reply_is_read_back_and_not_sent_again() {
    let desk = Desk::open().await;
    let (question, card) = asked(&desk).await;
    desk.shop.fault(Fault::AnswerLost, 1);
    desk.answer(ANNA, &card, WORDS).await;
    desk.seconds(2).await;
    has(&desk.text(&card), "✔ Beantwortet von Anna");
    let posts = desk.shop.calls().iter().filter(|c| c.method == "POST").count();
    assert_eq!(posts, 1);
    assert_eq!(at_shop(&desk, &question), (Some(WORDS.to_owned()), 1));
    desk.thread(&card);
    desk.finish().await;
}

/// A shop says no in JSON, as shops do: people read its words, whoever looks into it reads all of it.
#[tokio::test]
async fn a_no_of_the_shop_is_told_in_its_words_and_never_as_it_came() {
    for chat in [Chat::Slack, Chat::Discord] {
        let desk = chat.desk(1, |rules| rules.digests.clear()).await;
        let seat = Seat::new(&desk, chat);
        desk.question("Kann man die Klinge nachschleifen?").await;
        let card = seat.card();
        desk.shop
            .fault_on(Aim::Writes, Fault::ServerError { status: 404 }, 1);
        seat.answer(Who::Anna, &card, WORDS).await;
        let told = format!("{}\n{}", seat.text(&card), seat.thread(&card).join("\n"));
        let said = "Meldung: „something broke on our side“";
        assert_eq!(told.matches(said).count(), 2, "on the card and below it: {told}");
        assert!(
            !told.contains('{') && !told.contains("404") && !told.contains("POST"),
            "{told}"
        );
        let story = desk.apps[0].desk.story("1").await.unwrap().unwrap().join("\n");
        assert!(story.contains("something broke on our side"), "{story}");
        seat.whispers(Who::Anna);
        desk.finish().await;
    }
}

#[tokio::test]
async fn a_request_that_never_arrived_is_looked_for_twice_and_then_sent_once() {
    let desk = Desk::open().await;
    let (review, card) = bad_review(&desk).await;
    desk.google.fault_on(Aim::Writes, Fault::RequestLost, 1);
    desk.answer(ANNA, &card, WORDS).await;
    desk.seconds(2).await;
    assert_eq!(
        puts(&desk, &review),
        0,
        "one look is not enough: platforms show things late"
    );
    desk.seconds(14).await;
    assert_eq!(puts(&desk, &review), 0);
    desk.seconds(1).await;
    assert_eq!(
        (puts(&desk, &review), at_google(&desk, &review).as_deref()),
        (1, Some(WORDS))
    );
    assert_eq!(
        outcomes(&desk, "publish_reply").await,
        ["unknown", "looked", "done"]
    );
    has(&desk.text(&card), "✔ Beantwortet von Anna");
    desk.thread(&card);
    desk.finish().await;
}

#[tokio::test]
async fn every_unclear_try_is_looked_for_twice_also_the_second_one() {
    let desk = Desk::open().await;
    let (review, card) = bad_review(&desk).await;
    desk.google.fault_on(Aim::Writes, Fault::RequestLost, 2);
    desk.answer(ANNA, &card, WORDS).await;
    for wait in [2, 15, 2] {
        desk.seconds(wait).await;
    }
    assert_eq!(puts(&desk, &review), 0, "the second try has been looked for once");
    desk.seconds(15).await;
    assert_eq!(puts(&desk, &review), 1);
    assert_eq!(
        outcomes(&desk, "publish_reply").await,
        ["unknown", "looked", "unknown", "looked", "done"]
    );
    desk.thread(&card);
    desk.whispers(ANNA);
    desk.finish().await;
}

#[tokio::test]
async fn a_limit_at_google_is_waited_out_and_an_old_token_is_replaced() {
    let desk = Desk::open().await;
    let (review, card) = bad_review(&desk).await;
    desk.google
        .fault_on(Aim::Writes, Fault::RateLimit { retry_after: 120 }, 1);
    desk.answer(ANNA, &card, WORDS).await;
    let before = desk.google.calls().len();
    desk.seconds(119).await;
    assert_eq!(
        desk.google.calls().len(),
        before,
        "nobody knocks before the time is over"
    );
    desk.google.expire_tokens();
    desk.google.fault_on(Aim::Writes, Fault::UnauthorizedOnce, 1);
    desk.seconds(2).await;
    assert_eq!(
        (puts(&desk, &review), at_google(&desk, &review).as_deref()),
        (1, Some(WORDS))
    );
    has(&desk.text(&card), "✔ Beantwortet von Anna");
    desk.thread(&card);
    desk.finish().await;
}

#[tokio::test]
async fn a_server_error_at_the_shop_is_looked_up_before_anything_is_sent_again() {
    let desk = Desk::open().await;
    let (question, card) = asked(&desk).await;
    desk.shop
        .fault_on(Aim::Writes, Fault::ServerError { status: 500 }, 1);
    desk.answer(ANNA, &card, WORDS).await;
    desk.seconds(2).await;
    desk.seconds(15).await;
    assert_eq!(at_shop(&desk, &question), (Some(WORDS.to_owned()), 1));
    let methods: Vec<String> = desk.shop.calls().into_iter().map(|c| c.method).collect();
    assert_eq!(methods, ["POST", "GET", "GET", "POST"]);
    desk.thread(&card);
    desk.finish().await;
}

#[tokio::test]
async fn while_google_is_away_the_author_is_told_once_and_the_reply_leaves_when_it_is_back() {
    let desk = Desk::open().await;
    let (review, card) = bad_review(&desk).await;
    desk.google.fault(Fault::ServerError { status: 503 }, u32::MAX);
    desk.answer(ANNA, &card, WORDS).await;
    for _ in 0..60 {
        desk.seconds(60).await;
    }
    let told = desk.whispers(ANNA);
    assert_eq!(told.len(), 1, "{told:#?}");
    has(
        &told[0],
        "Google antwortet gerade nicht. Deine Antwort ist gespeichert",
    );
    assert_eq!(puts(&desk, &review), 0);
    has(&desk.text(&card), "wird an Google gesendet");

    // The room hears of it, too: what customers write does not come either.
    has(&desk.text(&desk.card()), "Google antwortet uns seit");

    desk.google.heal();
    desk.seconds(60).await;
    desk.seconds(60).await;
    assert_eq!(
        (puts(&desk, &review), at_google(&desk, &review).as_deref()),
        (1, Some(WORDS))
    );
    has(&desk.text(&card), "✔ Beantwortet von Anna");
    has(&desk.text(&desk.card()), "Google kann ich wieder lesen.");
    desk.thread(&card);
    desk.finish().await;
}

#[tokio::test]
async fn while_google_refuses_only_writes_the_author_is_told_once_too_and_google_is_left_in_peace() {
    let desk = Desk::open().await;
    let (review, card) = bad_review(&desk).await;
    desk.google
        .fault_on(Aim::Writes, Fault::ServerError { status: 503 }, u32::MAX);
    desk.answer(ANNA, &card, WORDS).await;
    let before = desk.google.calls().len();
    for _ in 0..120 {
        desk.seconds(5).await;
    }
    assert_eq!(desk.whispers(ANNA).len(), 1);
    let tries = desk.google.calls()[before..]
        .iter()
        .filter(|c| c.method == "PUT")
        .count();
    assert!(tries <= 60, "{tries} tries in ten minutes");
    desk.google.heal();
    desk.seconds(60).await;
    desk.seconds(60).await;
    assert_eq!(
        (puts(&desk, &review), at_google(&desk, &review).as_deref()),
        (1, Some(WORDS))
    );
    desk.thread(&card);
    desk.finish().await;
}

#[tokio::test]
async fn a_replica_that_dies_before_the_call_publishes_nothing_and_the_other_one_publishes_once() {
    let mut desk = Desk::with(Wish {
        replicas: 2,
        ..Wish::default()
    })
    .await;
    let (review, card) = bad_review(&desk).await;
    send(&desk, ANNA, &card, WORDS).await;
    desk.clock.advance(chrono::TimeDelta::seconds(30));
    drop(leased(&desk).await);
    desk.kill(0);
    desk.point_at(0);
    desk.seconds(60).await;
    assert_eq!(puts(&desk, &review), 0, "the dead one's lease still holds");
    desk.seconds(1).await;
    assert_eq!(
        puts(&desk, &review),
        0,
        "it may have sent it: the other one looks first"
    );
    desk.seconds(15).await;
    assert_eq!(
        (puts(&desk, &review), at_google(&desk, &review).as_deref()),
        (1, Some(WORDS))
    );
    assert_eq!(outcomes(&desk, "publish_reply").await, ["lost", "looked", "done"]);
    has(&desk.text(&card), "✔ Beantwortet von Anna");
    desk.thread(&card);
    desk.finish().await;
}

#[tokio::test]
async fn a_replica_that_dies_between_the_call_and_writing_it_down_has_published_once() {
    let mut desk = Desk::with(Wish {
        replicas: 2,
        ..Wish::default()
    })
    .await;
    let (review, card) = bad_review(&desk).await;
    send(&desk, ANNA, &card, WORDS).await;
    desk.clock.advance(chrono::TimeDelta::seconds(30));
    let effect = leased(&desk).await;
    let dying = desk.apps[0].desk.clone();
    let mut far_side = desk.google.door().revision();
    let task = tokio::spawn(async move { dying.perform(&effect).await });
    while puts(&desk, &review) == 0 {
        far_side.changed().await.unwrap();
    }
    task.abort();
    desk.kill(0);
    desk.point_at(0);

    desk.seconds(61).await;
    desk.minutes(10).await;
    assert_eq!(
        (puts(&desk, &review), at_google(&desk, &review).as_deref()),
        (1, Some(WORDS))
    );
    assert_eq!(outcomes(&desk, "publish_reply").await, ["lost", "found"]);
    has(&desk.text(&card), "✔ Beantwortet von Anna");
    desk.thread(&card);
    desk.finish().await;
}

/// The answer is lost and the shop cannot tell whether it has the reply.
async fn unclear(desk: &Desk, fault: Fault) -> (String, Message) {
    let (question, card) = asked(desk).await;
    desk.shop.fault_on(Aim::Writes, fault, 1);
    desk.shop
        .fault_on(Aim::Reads, Fault::ServerError { status: 501 }, u32::MAX);
    desk.answer(ANNA, &card, WORDS).await;
    desk.seconds(2).await;
    has(&desk.text(&card), "Unklar, ob die Antwort angekommen ist");
    assert_eq!(
        desk.buttons(&card)[..2],
        ["Sie ist da", "Noch einmal senden"].map(str::to_owned)
    );
    let line = desk.thread(&card).pop().unwrap();
    has(&line, "Bitte sieh dort nach und entscheide auf der Karte");
    desk.hours(1).await;
    let posts = desk.shop.calls().iter().filter(|c| c.method == "POST").count();
    assert_eq!(posts, 1, "nobody sends it again without a person's word");
    (question, card)
}

#[tokio::test]
async fn what_stays_unclear_is_confirmed_by_a_person_and_can_be_changed_afterwards() {
    let desk = Desk::open().await;
    let (question, card) = unclear(&desk, Fault::AnswerLost).await;
    desk.press(BEN, &card, "Sie ist da").await;
    has(&desk.text(&card), "✔ Beantwortet von Anna");
    has(
        &desk.thread(&card).join("\n"),
        "Ben hat nachgesehen: Die Antwort ist da.",
    );
    assert_eq!(at_shop(&desk, &question), (Some(WORDS.to_owned()), 1));

    desk.shop.heal();
    change(&desk, ANNA, &card, OTHER).await;
    assert_eq!(at_shop(&desk, &question), (Some(OTHER.to_owned()), 1));
    has(&desk.text(&card), "✔ Beantwortet von Anna");
    desk.thread(&card);
    desk.finish().await;
}

#[tokio::test]
async fn what_stays_unclear_is_sent_again_on_a_persons_word() {
    let desk = Desk::open().await;
    let (question, card) = unclear(&desk, Fault::RequestLost).await;
    desk.press(ANNA, &card, "Noch einmal senden").await;
    assert_eq!(at_shop(&desk, &question), (Some(WORDS.to_owned()), 1));
    has(&desk.text(&card), "✔ Beantwortet von Anna");
    desk.thread(&card);
    desk.finish().await;
}

#[tokio::test]
async fn sending_again_what_answers_other_words_by_now_asks_once_more() {
    let desk = Desk::open().await;
    let (question, card) = unclear(&desk, Fault::RequestLost).await;
    desk.shop.edit(&question, None, "Und den Griff?").unwrap();
    desk.shop.tick().await;
    desk.settle().await;
    let posts = || desk.shop.calls().iter().filter(|c| c.method == "POST").count();
    let before = posts();
    desk.press(ANNA, &card, "Noch einmal senden").await;
    desk.minutes(2).await;
    assert_eq!(posts(), before, "nothing leaves before the question is answered");
    let asked = desk.form(ANNA);
    for part in [
        "Noch einmal senden?",
        "Kann man die Klinge nachschleifen?",
        "Und den Griff?",
    ] {
        has(&asked, part);
    }
    desk.submit(ANNA, &[]).await;
    assert_eq!(at_shop(&desk, &question), (Some(WORDS.to_owned()), 1));
    assert!(desk.slack.view(ANNA).is_none(), "it was asked once");
    has(&desk.text(&card), "✔ Beantwortet von Anna");
    desk.thread(&card);
    desk.finish().await;
}

#[tokio::test]
async fn what_was_there_after_all_is_not_published_twice_by_sending_it_again() {
    let desk = Desk::open().await;
    let (question, card) = unclear(&desk, Fault::AnswerLost).await;
    desk.press(ANNA, &card, "Noch einmal senden").await;
    assert_eq!(at_shop(&desk, &question), (Some(WORDS.to_owned()), 1));
    has(&desk.text(&card), "✔ Beantwortet von Anna");
    desk.thread(&card);
    desk.finish().await;
}

#[tokio::test]
async fn both_words_on_an_unclear_reply_at_once_are_one() {
    let desk = Desk::open().await;
    let (question, card) = unclear(&desk, Fault::AnswerLost).await;
    let (there, again) = futures::join!(
        desk.slack.press(ANNA, CARE, &card.ts, "Sie ist da"),
        desk.slack.press(BEN, CARE, &card.ts, "Noch einmal senden"),
    );
    assert!(there.acked && again.acked);
    desk.settle().await;
    assert_eq!(at_shop(&desk, &question), (Some(WORDS.to_owned()), 1));
    has(&desk.text(&card), "✔ Beantwortet von Anna");
    assert_eq!(
        desk.whispers(ANNA).len() + desk.whispers(BEN).len(),
        1,
        "the slower one is told"
    );
    desk.thread(&card);
    desk.finish().await;
}

#[tokio::test]
async fn a_colleagues_answer_at_google_is_not_replaced_by_ours() {
    let desk = Desk::open().await;
    let (review, card) = bad_review(&desk).await;
    send(&desk, ANNA, &card, WORDS).await;
    answered_there(&desk, &review, "Das tut uns leid. – die Filiale").await;
    desk.seconds(30).await;
    desk.minutes(10).await;
    assert_eq!(puts(&desk, &review), 1, "theirs only");
    assert_eq!(
        at_google(&desk, &review).as_deref(),
        Some("Das tut uns leid. – die Filiale")
    );
    has(&desk.text(&card), "✔ Bei Google beantwortet");
    let thread = desk.thread(&card);
    let told = thread
        .iter()
        .filter(|l| l.contains("die nicht von hier kam"))
        .count();
    assert_eq!(told, 1, "{thread:#?}");
    desk.finish().await;
}

#[tokio::test]
async fn a_colleagues_answer_that_the_poll_sees_first_is_told_once_and_ours_stays() {
    let desk = Desk::open().await;
    let (review, card) = bad_review(&desk).await;
    desk.google
        .fault_on(Aim::Writes, Fault::RateLimit { retry_after: 600 }, 1);
    desk.answer(ANNA, &card, WORDS).await;
    answered_there(&desk, &review, "Das tut uns leid. – die Filiale").await;
    desk.minutes(5).await;
    desk.minutes(10).await;
    assert_eq!(puts(&desk, &review), 1, "theirs only");
    has(&desk.text(&card), "✔ Bei Google beantwortet");
    let thread = desk.thread(&card);
    let told = thread
        .iter()
        .filter(|l| l.contains("die nicht von hier kam"))
        .count();
    assert_eq!(told, 1, "{thread:#?}");
    desk.finish().await;
}

#[tokio::test]
async fn a_reply_taken_back_in_time_never_leaves_and_can_be_sent_later() {
    let desk = Desk::open().await;
    let (review, card) = bad_review(&desk).await;
    send(&desk, ANNA, &card, WORDS).await;
    desk.seconds(29).await;
    desk.press(ANNA, &card, "Antwort zurückholen").await;
    desk.minutes(5).await;
    assert_eq!(puts(&desk, &review), 0);
    assert!(desk.buttons(&card).contains(&"Weiterschreiben".to_owned()));

    desk.press(ANNA, &card, "Weiterschreiben").await;
    has(&desk.form(ANNA), WORDS);
    desk.submit(ANNA, &[]).await;
    desk.submit(ANNA, &[]).await;
    desk.seconds(30).await;
    assert_eq!(
        (puts(&desk, &review), at_google(&desk, &review).as_deref()),
        (1, Some(WORDS))
    );
    desk.thread(&card);
    desk.finish().await;
}

#[tokio::test]
async fn taking_back_too_late_gets_a_private_sentence() {
    let desk = Desk::open().await;
    let (review, card) = bad_review(&desk).await;
    send(&desk, ANNA, &card, WORDS).await;
    let seen = desk.slack.message(CARE, &card.ts).unwrap().blocks;
    desk.google
        .fault_on(Aim::Writes, Fault::RateLimit { retry_after: 60 }, 1);
    desk.seconds(30).await;
    let outcome = desk
        .slack
        .press_as_seen(ANNA, CARE, &card.ts, &seen, "Antwort zurückholen")
        .await;
    assert!(outcome.acked);
    desk.settle().await;
    has(&desk.whispers(ANNA).pop().unwrap(), "ist schon unterwegs");
    desk.minutes(2).await;
    let outcome = desk
        .slack
        .press_as_seen(ANNA, CARE, &card.ts, &seen, "Antwort zurückholen")
        .await;
    assert!(outcome.acked);
    desk.settle().await;
    has(&desk.whispers(ANNA).pop().unwrap(), "nichts zurückzuholen");
    assert_eq!(puts(&desk, &review), 1);
    desk.thread(&card);
    desk.finish().await;
}

#[tokio::test]
async fn a_double_click_on_taking_back_takes_back_once_and_asks_nothing() {
    let desk = Desk::open().await;
    let (review, card) = bad_review(&desk).await;
    send(&desk, ANNA, &card, WORDS).await;
    let seen = desk.slack.message(CARE, &card.ts).unwrap().blocks;
    let again = async || {
        let slack = &desk.slack;
        let outcome = slack
            .press_as_seen(ANNA, CARE, &card.ts, &seen, "Antwort zurückholen")
            .await;
        assert!(outcome.acked);
        desk.settle().await;
        desk.whispers(ANNA).len()
    };
    assert_eq!(again().await, 0);
    desk.clock.advance(TimeDelta::seconds(4));
    assert_eq!(again().await, 0, "the second click is no question");
    let taken_back = "SELECT count(*) FROM item_event WHERE what = 'taken_back'";
    assert_eq!(desk.row::<i64>(taken_back).await, 1);
    has(&desk.text(&card), "Anna ist dran");
    desk.clock.advance(TimeDelta::seconds(2));
    assert_eq!(again().await, 1, "later it is one");
    has(&desk.whispers(ANNA).pop().unwrap(), "nichts zurückzuholen");
    desk.minutes(2).await;
    assert_eq!((desk.row::<i64>(taken_back).await, puts(&desk, &review)), (1, 0));
    desk.thread(&card);
    desk.finish().await;
}

#[tokio::test]
async fn pressing_send_twice_sends_once() {
    let desk = Desk::open().await;
    let (review, card) = bad_review(&desk).await;
    desk.press(ANNA, &card, "Antworten").await;
    desk.submit(ANNA, &[("text", WORDS)]).await;
    let preview = desk.slack.view(ANNA).unwrap();
    // Two presses, each delivered twice.
    desk.slack
        .fault(SlackFault::new(SlackKind::DuplicateDelivery).times(2));
    let (one, two) = futures::join!(
        desk.slack.submit(ANNA, &preview.id, &[]),
        desk.slack.submit(ANNA, &preview.id, &[]),
    );
    assert!(one.acked && two.acked, "{one:?} {two:?}");
    desk.settle().await;
    has(&desk.whispers(ANNA).pop().unwrap(), "ist schon unterwegs");
    desk.seconds(30).await;
    desk.minutes(5).await;
    assert_eq!(
        (puts(&desk, &review), at_google(&desk, &review).as_deref()),
        (1, Some(WORDS))
    );
    let thread = desk.thread(&card);
    let sent = thread.iter().filter(|l| l.contains("geht gleich raus")).count();
    assert_eq!(sent, 1, "{thread:#?}");
    desk.finish().await;
}

#[tokio::test]
async fn a_published_reply_is_changed_where_it_stands_again_and_again_at_google() {
    let desk = Desk::open().await;
    let (review, card) = bad_review(&desk).await;
    desk.answer(ANNA, &card, WORDS).await;
    change(&desk, ANNA, &card, OTHER).await;
    assert_eq!(
        (puts(&desk, &review), at_google(&desk, &review).as_deref()),
        (2, Some(OTHER))
    );
    has(&desk.text(&card), "✔ Beantwortet von Anna");
    change(&desk, BEN, &card, "Ein letztes Wort. – Ben").await;
    desk.minutes(10).await;
    assert_eq!(
        (puts(&desk, &review), at_google(&desk, &review).as_deref()),
        (3, Some("Ein letztes Wort. – Ben"))
    );
    let thread = desk.thread(&card);
    let changed = thread
        .iter()
        .filter(|l| l.contains("Die geänderte Antwort ist bei Google sichtbar"));
    assert_eq!(changed.count(), 2, "{thread:#?}");
    desk.finish().await;
}

#[tokio::test]
async fn a_published_reply_is_changed_where_it_stands_again_and_again_at_the_shop() {
    let desk = Desk::open().await;
    let (question, card) = asked(&desk).await;
    desk.answer(ANNA, &card, WORDS).await;
    change(&desk, ANNA, &card, OTHER).await;
    assert_eq!(at_shop(&desk, &question), (Some(OTHER.to_owned()), 1));
    change(&desk, BEN, &card, "Ein letztes Wort. – Ben").await;
    assert_eq!(
        at_shop(&desk, &question),
        (Some("Ein letztes Wort. – Ben".to_owned()), 1)
    );
    desk.thread(&card);
    desk.finish().await;
}

#[tokio::test]
async fn a_change_whose_answer_is_lost_is_read_back() {
    let desk = Desk::open().await;
    let (question, card) = asked(&desk).await;
    desk.answer(ANNA, &card, WORDS).await;
    desk.shop.fault(Fault::AnswerLost, 1);
    change(&desk, ANNA, &card, OTHER).await;
    desk.seconds(2).await;
    assert_eq!(at_shop(&desk, &question), (Some(OTHER.to_owned()), 1));
    has(&desk.text(&card), "✔ Beantwortet von Anna");
    let posts = desk.shop.calls().iter().filter(|c| c.method == "POST").count();
    assert_eq!(posts, 2);
    // And it can still be changed.
    change(&desk, ANNA, &card, WORDS).await;
    assert_eq!(at_shop(&desk, &question), (Some(WORDS.to_owned()), 1));
    desk.thread(&card);
    desk.finish().await;
}

#[tokio::test]
async fn a_change_taken_back_leaves_the_published_reply_as_it_is() {
    let desk = Desk::open().await;
    let (review, card) = bad_review(&desk).await;
    desk.answer(ANNA, &card, WORDS).await;
    desk.press(ANNA, &card, "Antwort ändern").await;
    desk.submit(ANNA, &[("text", OTHER)]).await;
    desk.submit(ANNA, &[]).await;
    desk.press(ANNA, &card, "Antwort zurückholen").await;
    desk.minutes(10).await;
    assert_eq!(
        (puts(&desk, &review), at_google(&desk, &review).as_deref()),
        (1, Some(WORDS))
    );
    has(&desk.text(&card), "✔ Beantwortet von Anna");
    desk.thread(&card);
    desk.finish().await;
}

#[tokio::test]
async fn a_moderated_reply_is_followed_until_customers_see_it() {
    let desk = Desk::with(Wish {
        held: true,
        ..Wish::default()
    })
    .await;
    let (review, card) = bad_review(&desk).await;
    desk.answer(ANNA, &card, WORDS).await;
    has(&desk.text(&card), "Google prüft die Antwort");
    for _ in 0..6 {
        desk.minutes(10).await;
    }
    has(&desk.text(&card), "Google prüft die Antwort");
    // Nobody holds it any more, and nobody has to: lists say so, count it as whose answer it is, and offer nothing.
    let seat = Seat::new(&desk, Chat::Slack);
    let open = seat.command(Who::Ben, "open", None).await;
    has(&open, "Antwort ist unterwegs");
    assert!(!open.contains("[Übernehmen]"), "{open}");
    let home = seat.command(Who::Ben, "home", None).await;
    has(&home, "#care: 1 offen, 0 überfällig, 0 frei");
    has(&home, "Das haben: Anna 1");
    desk.google.approve(&review).unwrap();
    desk.minutes(5).await;
    has(&desk.text(&card), "✔ Beantwortet von Anna");
    assert_eq!(puts(&desk, &review), 1);
    let thread = desk.thread(&card);
    let seen = thread
        .iter()
        .filter(|l| l.contains("ist bei Google sichtbar"))
        .count();
    assert_eq!(seen, 1, "{thread:#?}");
    desk.finish().await;
}

#[tokio::test]
async fn a_rejected_reply_is_kept_written_anew_and_seen_in_the_end() {
    let desk = Desk::with(Wish {
        held: true,
        ..Wish::default()
    })
    .await;
    let (review, card) = bad_review(&desk).await;
    desk.answer(ANNA, &card, WORDS).await;
    desk.google.reject(&review).unwrap();
    desk.minutes(1).await;
    has(&desk.text(&card), "Google hat die Antwort abgelehnt: off topic");
    has(&desk.thread(&card).join("\n"), "Der Text ist aufgehoben; ");

    desk.press(ANNA, &card, "Neu schreiben").await;
    has(&desk.form(ANNA), WORDS);
    has(&desk.form(ANNA), "off topic");
    desk.submit(ANNA, &[("text", OTHER)]).await;
    desk.submit(ANNA, &[]).await;
    desk.seconds(30).await;
    has(&desk.text(&card), "Google prüft die Antwort");
    desk.google.approve(&review).unwrap();
    desk.minutes(5).await;
    has(&desk.text(&card), "✔ Beantwortet von Anna");
    assert_eq!(
        (puts(&desk, &review), at_google(&desk, &review).as_deref()),
        (2, Some(OTHER))
    );
    desk.thread(&card);
    desk.finish().await;
}

#[tokio::test]
async fn a_review_removed_while_somebody_writes_is_told_and_the_text_is_not_sent() {
    let desk = Desk::open().await;
    let (review, card) = bad_review(&desk).await;
    desk.press(ANNA, &card, "Antworten").await;
    desk.google.remove(&review).unwrap();
    desk.hours(25).await;
    desk.minutes(11).await;
    has(&desk.text(&card), "⌫ Bei Google gelöscht");
    desk.submit(ANNA, &[("text", WORDS)]).await;
    has(
        &desk.whispers(ANNA).pop().unwrap(),
        "Es gibt nichts mehr zu beantworten",
    );
    assert!(desk.slack.view(ANNA).is_none());
    desk.thread(&card);
    desk.slack.see(CARE);
    desk.finish().await;
}

#[tokio::test]
async fn a_review_removed_before_the_reply_leaves_is_shown_as_removed() {
    let desk = Desk::open().await;
    let (review, card) = bad_review(&desk).await;
    send(&desk, ANNA, &card, WORDS).await;
    desk.google.remove(&review).unwrap();
    desk.seconds(30).await;
    has(&desk.text(&card), "⌫ Bei Google gelöscht");
    let thread = desk.thread(&card).join("\n");
    has(&thread, "Der Beitrag wurde bei Google gelöscht.");
    has_not(&thread, "404");
    desk.minutes(30).await;
    desk.finish().await;
}

#[tokio::test]
async fn a_customer_who_changes_their_words_after_our_answer_gets_a_new_one_in_the_same_place() {
    let desk = Desk::open().await;
    let (review, card) = bad_review(&desk).await;
    desk.answer(ANNA, &card, WORDS).await;
    desk.hours(2).await;
    desk.google
        .edit(&review, Some(1), "Beim zweiten Besuch noch schlimmer.")
        .unwrap();
    desk.minutes(5).await;
    let text = desk.text(&card);
    has(&text, "Beim zweiten Besuch noch schlimmer.");
    has(&text, "Antwort bis Sa 21.11. 12:10 · frei");
    let thread = desk.thread(&card).join("\n");
    has(&thread, "jetzt 1 statt 2 Sterne");
    has(&thread, "Wieder offen, weil der Beitrag geändert wurde.");

    // Our earlier answer still stands there: it is changed, not taken for somebody else's.
    desk.press(ANNA, &card, "Antworten").await;
    desk.minutes(5).await;
    desk.submit(ANNA, &[("text", OTHER)]).await;
    desk.minutes(5).await;
    has(&desk.text(&card), "Anna ist dran");
    desk.submit(ANNA, &[]).await;
    desk.seconds(30).await;
    desk.minutes(10).await;
    assert_eq!(
        (puts(&desk, &review), at_google(&desk, &review).as_deref()),
        (2, Some(OTHER))
    );
    has(&desk.text(&card), "✔ Beantwortet von Anna");
    has_not(&desk.thread(&card).join("\n"), "die nicht von hier kam");
    desk.finish().await;
}

#[tokio::test]
async fn a_shops_customer_who_changes_their_words_gets_a_new_answer_in_the_same_place() {
    let desk = Desk::open().await;
    let (question, card) = asked(&desk).await;
    desk.answer(ANNA, &card, WORDS).await;
    desk.minutes(5).await;
    desk.shop.edit(&question, None, "Und den Griff?").unwrap();
    desk.shop.tick().await;
    desk.settle().await;
    has(&desk.text(&card), "· frei");
    desk.answer(BEN, &card, OTHER).await;
    assert_eq!(at_shop(&desk, &question), (Some(OTHER.to_owned()), 1));
    has(&desk.text(&card), "✔ Beantwortet von Ben");
    desk.thread(&card);
    desk.finish().await;
}

#[tokio::test]
async fn a_case_opened_again_by_hand_stays_open_while_somebody_writes() {
    let desk = Desk::open().await;
    let (review, card) = bad_review(&desk).await;
    desk.answer(ANNA, &card, WORDS).await;
    desk.choose(BEN, &card, "Wieder öffnen").await;
    desk.press(BEN, &card, "Antworten").await;
    desk.submit(BEN, &[("text", OTHER)]).await;
    desk.minutes(5).await;
    has(&desk.text(&card), "Ben ist dran");
    desk.submit(BEN, &[]).await;
    desk.seconds(30).await;
    assert_eq!(
        (puts(&desk, &review), at_google(&desk, &review).as_deref()),
        (2, Some(OTHER))
    );
    has(&desk.text(&card), "✔ Beantwortet von Ben");
    desk.thread(&card);
    desk.finish().await;
}

#[tokio::test]
async fn a_review_answered_before_we_knew_it_gets_a_card_when_its_customer_is_not_content() {
    let desk = Desk::open().await;
    let review = desk.google.write(STORE, "Jule K.", 2, "Lange gewartet.").unwrap();
    answered_there(&desk, &review, "Das tut uns leid.").await;
    desk.minutes(5).await;
    assert_eq!(desk.slack.messages(CARE).len(), 0, "nobody owes anything");
    desk.google
        .edit(&review, Some(1), "Und das soll eine Antwort sein?")
        .unwrap();
    desk.minutes(5).await;
    let card = desk.card();
    has(&desk.text(&card), "Und das soll eine Antwort sein?");
    has(&desk.text(&card), "· frei");
    desk.thread(&card);
    desk.finish().await;
}

#[tokio::test]
async fn a_text_too_long_for_google_is_told_in_characters_with_googles_own_count() {
    let desk = Desk::open().await;
    let (review, card) = bad_review(&desk).await;
    desk.press(ANNA, &card, "Antworten").await;
    desk.submit(ANNA, &[("text", &"ä".repeat(2050))]).await;
    let errors = desk.slack.view(ANNA).unwrap().errors;
    assert_eq!(
        errors.values().next().map(String::as_str),
        Some(
            "2 Zeichen zu lang für Google. Dort zählen Bytes: 4.100 von 4.096; Umlaute zählen doppelt, Emojis vierfach. \
             Dein Text ist gespeichert."
        )
    );
    desk.submit(ANNA, &[("text", &"ä".repeat(2048))]).await;
    desk.submit(ANNA, &[]).await;
    desk.seconds(30).await;
    assert_eq!(at_google(&desk, &review), Some("ä".repeat(2048)));
    desk.thread(&card);
    desk.finish().await;
}

#[tokio::test]
async fn a_text_too_long_for_the_shop_is_told_in_characters_and_kept() {
    let desk = Desk::open().await;
    let (question, card) = asked(&desk).await;
    desk.press(ANNA, &card, "Antworten").await;
    desk.submit(ANNA, &[("text", &"ä".repeat(351))]).await;
    let errors = desk.slack.view(ANNA).unwrap().errors;
    assert_eq!(
        errors.values().next().map(String::as_str),
        Some("1 Zeichen zu lang für Gartenshop (351 von 350). Dein Text ist gespeichert.")
    );
    desk.slack.close_view(ANNA).await.acked.then_some(()).unwrap();
    desk.press(ANNA, &card, "Antworten").await;
    has(&desk.form(ANNA), &"ä".repeat(351));
    desk.submit(ANNA, &[("text", &"ä".repeat(350))]).await;
    desk.submit(ANNA, &[]).await;
    desk.seconds(30).await;
    assert_eq!(at_shop(&desk, &question), (Some("ä".repeat(350)), 1));
    desk.thread(&card);
    desk.finish().await;
}
