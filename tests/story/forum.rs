//! A Discord channel that is a forum: one post per card, tagged with how far it is and put away when it is dealt with, once
//! whatever happens on the way; and what is about no single card in two posts of its own.

use standins::discord::Channel;
use standins::discord::Fault;
use standins::discord::Kind;
use standins::discord::Permission;
use standins::discord::Tag;
use zeitnah::domain::promise::rules::Rules;
use zeitnah::domain::show::fold::Budget;

use crate::cut;
use crate::cut::Line;
use crate::desk::D_CARE;
use crate::desk::D_CARLA;
use crate::desk::Desk;
use crate::desk::Wish;
use crate::seat::Chat;
use crate::seat::Seat;
use crate::seat::Shown;
use crate::seat::Who::Anna;
use crate::seat::Who::Ben;
use crate::story::hostile;

const START: &str = "start_post";
const WORDS: &str = "Nette Beratung, aber 40 Minuten Wartezeit.";

fn wish(replicas: usize) -> Wish {
    Wish {
        replicas,
        forum: true,
        ..Chat::Discord.wish()
    }
}

/// A team with a forum in which the bot may make its tags.
async fn desk(replicas: usize) -> Desk {
    tuned(replicas, |_| {}).await
}

async fn tuned(replicas: usize, tune: fn(&mut Rules)) -> Desk {
    let desk = Desk::with(Wish {
        tune,
        ..wish(replicas)
    })
    .await;
    desk.discord.give_permission(D_CARE, Permission::ManageChannels);
    desk
}

fn seat(desk: &Desk) -> Seat<'_> {
    Seat::new(desk, Chat::Discord)
}

fn has(text: &str, part: &str) {
    assert!(text.contains(part), "{part:?} is not in\n{text}");
}

/// The posts that are cards.
fn posts(desk: &Desk) -> Vec<Channel> {
    let all = desk.discord.posts(D_CARE).into_iter();
    all.filter(|post| !["Übersicht", "Hinweise"].contains(&post.name.as_str()))
        .collect()
}

fn only(desk: &Desk) -> Channel {
    let mut all = posts(desk);
    assert_eq!(all.len(), 1, "{all:#?}");
    all.remove(0)
}

/// The card of a post: its first message.
fn card(post: &Channel) -> Shown {
    Shown {
        room: post.id.clone(),
        id: post.id.clone(),
    }
}

fn shared(desk: &Desk, name: &str) -> Vec<Channel> {
    let all = desk.discord.posts(D_CARE).into_iter();
    all.filter(|post| post.name == name).collect()
}

/// Tags, and whether it is put away.
fn state(desk: &Desk, post: &Channel) -> (Vec<String>, bool) {
    let now = desk.discord.channel(&post.id).expect("it is there");
    (
        desk.discord.tags(&post.id),
        now.thread.expect("a thread").archived,
    )
}

fn is(desk: &Desk, post: &Channel, tag: &str, away: bool) {
    assert_eq!(state(desk, post), (vec![tag.to_owned()], away));
}

fn read(desk: &Desk) {
    for post in desk.discord.posts(D_CARE) {
        desk.discord.see(&post.id);
    }
    desk.discord.see(crate::desk::D_LEADS);
    for who in [Anna, Ben] {
        seat(desk).whispers(who);
    }
    for user in [crate::desk::D_ANNA, crate::desk::D_BEN, D_CARLA] {
        if let Some(room) = desk.discord.dm(user) {
            desk.discord.see(&room);
        }
    }
}

async fn done(desk: Desk) {
    read(&desk);
    desk.finish().await;
}

/// An answer that can still be taken back.
async fn sent(seat: &Seat<'_>, card: &Shown, text: &str) {
    seat.press(Anna, card, "Antworten").await;
    seat.submit(Anna, &[("text", text)]).await;
    seat.submit(Anna, &[]).await;
}

async fn some_minutes(desk: &Desk, n: usize) {
    for _ in 0..n {
        desk.minutes(1).await;
    }
}

#[tokio::test]
async fn a_post_goes_the_whole_way_from_open_to_answered_and_back() {
    let desk = desk(2).await;
    let review = desk.review(2, WORDS).await;
    let post = only(&desk);
    assert_eq!(post.name, format!("★★☆☆☆ Kritik · {WORDS}"));
    let seat = seat(&desk);
    let card = card(&post);
    has(&seat.text(&card), WORDS);
    is(&desk, &post, "offen", false);
    let link = desk.apps[0].desk.chats["discord"].link(D_CARE, &format!("{0}/{0}", post.id));
    has(&link.unwrap(), &format!("/{0}/{0}", post.id));

    seat.press(Anna, &card, "Übernehmen").await;
    is(&desk, &post, "übernommen", false);
    has(&seat.text(&card), "Anna");
    sent(&seat, &card, "Danke, das tut uns leid.").await;
    is(&desk, &post, "übernommen", false);
    assert!(seat.buttons(&card).contains(&"Antwort zurückholen".to_owned()));
    desk.seconds(31).await;
    is(&desk, &post, "beantwortet", true);
    has(&seat.text(&card), "Beantwortet von Anna");
    has(&seat.thread(&card).join("\n"), "Danke, das tut uns leid.");

    // Whoever presses something in it takes it out; within the hour it goes away again by itself.
    seat.press(Ben, &card, "Warum diese Frist?").await;
    is(&desk, &post, "beantwortet", false);
    desk.minutes(61).await;
    desk.discord.let_threads_sleep();
    is(&desk, &post, "beantwortet", true);

    // The customer writes again: it comes out, and its story goes on.
    desk.google
        .edit(&review, Some(1), "Jetzt bin ich sauer.")
        .unwrap();
    desk.minutes(6).await;
    is(&desk, &post, "offen", false);
    desk.minutes(61).await;
    desk.discord.let_threads_sleep();
    is(&desk, &post, "offen", false);
    has(&seat.text(&card), "Jetzt bin ich sauer.");
    has(&seat.thread(&card).join("\n"), "★");
    seat.press(Ben, &card, "Erledigt").await;
    seat.submit(Ben, &[("reason", "other"), ("note", "telefoniert")])
        .await;
    is(&desk, &post, "erledigt", true);
    has(&seat.thread(&card).join("\n"), "telefoniert");
    seat.press(Ben, &card, "Wieder öffnen").await;
    is(&desk, &post, "offen", false);
    // Nothing was ever renamed: Discord takes two new names in ten minutes.
    assert_eq!(only(&desk).name, post.name);
    // A line whose post the other replica archived at that moment is looked for and written again.
    desk.seconds(3).await;
    done(desk).await;
}

/// Another replica puts the post away when it was just seen to stand open.
#[tokio::test]
async fn a_card_whose_post_was_put_away_a_moment_ago_is_edited_at_once() {
    let desk = desk(1).await;
    desk.review(2, WORDS).await;
    let post = only(&desk);
    let seat = seat(&desk);
    let card = card(&post);
    let looked = || {
        let calls = desk.discord.calls();
        calls.iter().filter(|call| call.name == "get_channel").count()
    };
    let before = looked();
    desk.discord.fault(Fault::slow("get_channel", 300));
    let away = async {
        while looked() == before {
            tokio::task::yield_now().await;
        }
        assert!(desk.discord.set_thread(&post.id, true, false));
    };
    futures::join!(seat.press(Anna, &card, "Übernehmen"), away);
    has(&seat.text(&card), "ist dran");
    is(&desk, &post, "übernommen", false);
    seat.thread(&card);
    done(desk).await;
}

#[tokio::test]
async fn a_lost_answer_makes_no_second_post() {
    for fault in [
        Fault::answer_lost(START),
        Fault::request_lost(START),
        Fault::server_error(START, 502),
        Fault::answer_lost(START).times(2),
        Fault::answer_lost("modify_channel"),
        Fault::server_error("active_threads", 500),
        Fault::server_error("get_channel", 500),
        Fault::rate_limit(START, 3.0),
    ] {
        let desk = desk(2).await;
        desk.discord.fault(fault.clone());
        if fault.kind == Kind::ServerError && fault.method.as_deref() == Some("active_threads") {
            desk.discord.fault(Fault::answer_lost(START));
        }
        desk.review(2, WORDS).await;
        for _ in 0..20 {
            desk.seconds(5).await;
        }
        let post = only(&desk);
        assert_eq!(desk.discord.messages(&post.id).len(), 1, "{fault:?}");
        is(&desk, &post, "offen", false);
        seat(&desk).press(Anna, &card(&post), "Übernehmen").await;
        is(&desk, &post, "übernommen", false);
        done(desk).await;
    }
}

/// Dies at a word that a replica says to the database while a post is made; none when it was over before that word.
async fn died_at(word: usize) -> bool {
    let mut desk = desk(1).await;
    desk.google
        .write(crate::desk::STORE, "Jule K.", 2, WORDS)
        .unwrap();
    let line = Line::to(&desk.database, cut::At::After).await;
    desk.line = Some(line.url.clone());
    desk.kill(0);
    desk.revive().await;
    line.cut_at(word);
    let mut died = false;
    tokio::select! {
        biased;
        () = line.broken() => died = true,
        () = desk.minutes(5) => {}
    }
    desk.line = None;
    desk.kill(0);
    desk.revive().await;
    some_minutes(&desk, 8).await;
    let post = only(&desk);
    assert_eq!(desk.discord.messages(&post.id).len(), 1, "cut at {word}");
    is(&desk, &post, "offen", false);
    done(desk).await;
    died
}

#[tokio::test]
async fn whoever_dies_while_a_post_is_made_leaves_one() {
    let mut died = 0;
    for word in (2..).step_by(5) {
        if !died_at(word).await {
            break;
        }
        died += 1;
    }
    assert!(died > 5, "{died}");
}

#[tokio::test]
async fn a_line_that_takes_a_post_out_puts_it_back_though_its_answer_is_lost() {
    for (method, fault) in [
        ("create_message", Fault::answer_lost("create_message")),
        ("modify_channel", Fault::answer_lost("modify_channel")),
        (
            "modify_channel",
            Fault::server_error("modify_channel", 500).times(2),
        ),
        ("get_channel", Fault::server_error("get_channel", 500)),
    ] {
        let desk = desk(2).await;
        desk.review(4, "Sehr schön.").await;
        let post = only(&desk);
        let seat = seat(&desk);
        sent(&seat, &card(&post), "Danke!").await;
        desk.discord.fault(fault);
        for _ in 0..12 {
            desk.seconds(10).await;
        }
        is(&desk, &post, "beantwortet", true);
        let told = seat.thread(&card(&post)).join("\n");
        assert_eq!(told.matches("Danke!").count(), 1, "{method}: {told}");
        done(desk).await;
    }
}

#[tokio::test]
async fn a_post_that_somebody_deletes_comes_back_once() {
    let desk = desk(2).await;
    desk.review(2, WORDS).await;
    let first = only(&desk);
    assert!(desk.discord.delete_channel(&first.id));
    some_minutes(&desk, 3).await;
    let second = only(&desk);
    assert_ne!(first.id, second.id);
    // Just before somebody answers.
    let seat = seat(&desk);
    seat.press(Anna, &card(&second), "Übernehmen").await;
    assert!(desk.discord.delete_channel(&second.id));
    seat.command(Anna, "release", Some(1)).await;
    some_minutes(&desk, 2).await;
    let third = only(&desk);
    is(&desk, &third, "offen", false);
    // Without its first message a post is nobody's any more, and says so.
    assert!(desk.discord.delete_message(&third.id, &third.id));
    some_minutes(&desk, 3).await;
    let all = posts(&desk);
    assert_eq!(all.len(), 2, "{all:#?}");
    is(&desk, &all[1], "offen", false);
    done(desk).await;
}

#[tokio::test]
async fn without_tags_posts_come_all_the_same_and_get_theirs_when_there_are_some() {
    let desk = Desk::with(wish(2)).await;
    desk.review(2, WORDS).await;
    let post = only(&desk);
    assert_eq!(state(&desk, &post), (vec![], false));
    // People make them in the other language, and put one of their own on it.
    let tag = |id: &str, name: &str| Tag {
        id: id.into(),
        name: name.into(),
        ..Tag::default()
    };
    desk.discord.change_forum(D_CARE, |forum| {
        forum.tags = vec![tag("1", "Open"), tag("2", "TAKEN"), tag("3", "Rasenmäher")];
    });
    desk.discord.set_tags(&post.id, &["3"]);
    desk.minutes(6).await;
    let seat = seat(&desk);
    seat.press(Anna, &card(&post), "Übernehmen").await;
    assert_eq!(desk.discord.tags(&post.id), ["TAKEN", "Rasenmäher"]);
    // One of ours is taken away: nothing fails, and what is left is true.
    desk.discord
        .change_forum(D_CARE, |forum| forum.tags.retain(|tag| tag.name != "Open"));
    seat.press(Anna, &card(&post), "Zurückgeben").await;
    some_minutes(&desk, 1).await;
    assert_eq!(desk.discord.tags(&post.id), ["Rasenmäher"]);
    // Only moderators may set this one.
    desk.discord
        .change_forum(D_CARE, |forum| forum.tags[0].moderated = true);
    seat.press(Anna, &card(&post), "Übernehmen").await;
    some_minutes(&desk, 1).await;
    has(&seat.text(&card(&post)), "Anna");
    desk.discord.give_permission(D_CARE, Permission::ManageThreads);
    seat.press(Anna, &card(&post), "Zurückgeben").await;
    seat.press(Anna, &card(&post), "Übernehmen").await;
    assert_eq!(desk.discord.tags(&post.id), ["TAKEN", "Rasenmäher"]);
    done(desk).await;
}

#[tokio::test]
async fn a_forum_that_wants_a_tag_and_has_none_is_told_to_those_who_can_mend_it() {
    let desk = Desk::with(wish(2)).await;
    desk.discord
        .change_forum(D_CARE, |forum| forum.requires_tag = true);
    desk.review(2, WORDS).await;
    assert!(posts(&desk).is_empty());
    let room = desk.discord.dm(D_CARLA).expect("the admin is told");
    let told = desk.discord.see(&room);
    has(&desk.discord.visible_text(&told[0]), "A tag is required");
    desk.discord.give_permission(D_CARE, Permission::ManageChannels);
    some_minutes(&desk, 1).await;
    is(&desk, &only(&desk), "offen", false);
    done(desk).await;
}

#[tokio::test]
async fn a_right_that_is_taken_away_is_told_and_the_post_comes_when_it_is_back() {
    let desk = desk(2).await;
    desk.discord.take_permission(D_CARE, Permission::SendMessages);
    desk.review(2, WORDS).await;
    assert!(posts(&desk).is_empty());
    assert!(desk.discord.dm(D_CARLA).is_some(), "the admin is told");
    desk.discord.give_permission(D_CARE, Permission::SendMessages);
    some_minutes(&desk, 2).await;
    let post = only(&desk);
    // What may not be written below it stands among the notices, with what it is about.
    desk.discord.set_thread(&post.id, false, true);
    seat(&desk).command(Anna, "take", Some(1)).await;
    desk.discord.set_thread(&post.id, true, true);
    seat(&desk).command(Anna, "release", Some(1)).await;
    some_minutes(&desk, 2).await;
    let notices = shared(&desk, "Hinweise");
    assert_eq!(notices.len(), 1, "{notices:#?}");
    let lines = desk.discord.see(&notices[0].id);
    let last = lines.last().unwrap();
    has(&desk.discord.visible_text(last), "Kritik");
    has(&desk.discord.links(last).join(" "), &post.id);
    desk.discord.set_thread(&post.id, false, false);
    for _ in 0..12 {
        desk.minutes(1).await;
    }
    is(&desk, &only(&desk), "offen", false);
    done(desk).await;
}

fn tight(rules: &mut Rules) {
    rules.fallback.policy.marks.clear();
    for channel in rules.channels.values_mut() {
        channel.budget = Some(Budget {
            messages: 5,
            minutes: 10,
        });
    }
}

#[tokio::test]
async fn a_flood_is_five_posts_and_a_list_in_the_overview() {
    let desk = tuned(2, tight).await;
    for n in 1..=12 {
        let body = format!(
            r#"{{"id":"r{n}","rating":2,"body":"Nummer {n} klemmt.","published_at":"2026-11-20T08:{n:02}:00Z"}}"#
        );
        assert_eq!(desk.push(&format!("d{n}"), body).await.0, 200);
    }
    desk.seconds(30).await;
    assert_eq!(posts(&desk).len(), 5);
    let overview = shared(&desk, "Übersicht");
    assert_eq!(overview.len(), 1, "{overview:#?}");
    assert_eq!(desk.discord.tags(&overview[0].id), ["Übersicht"]);
    let list = desk.discord.see(&overview[0].id);
    assert_eq!(list.len(), 2, "its first words, and the list");
    has(&desk.discord.visible_text(&list[1]), "Nummer 6");
    // From the list one takes what waits, and it comes.
    let menu = list[1].components[0]["components"][0]["custom_id"]
        .as_str()
        .unwrap()
        .to_owned();
    let value = list[1].components[0]["components"][0]["options"][0]["label"]
        .as_str()
        .unwrap()
        .to_owned();
    let outcome = desk
        .discord
        .choose(
            crate::desk::D_ANNA,
            &overview[0].id,
            &list[1].id,
            &menu,
            &[&value],
        )
        .await;
    assert!(outcome.acked, "{outcome:?}");
    desk.settle().await;
    assert_eq!(posts(&desk).len(), 6);
    some_minutes(&desk, 40).await;
    assert_eq!(posts(&desk).len(), 12);
    assert_eq!(shared(&desk, "Übersicht").len(), 1);
    done(desk).await;
}

#[tokio::test]
async fn digests_stand_in_one_post_that_is_pinned_where_that_is_allowed() {
    let desk = desk(2).await;
    desk.discord.give_permission(D_CARE, Permission::ManageThreads);
    desk.review(5, "Wunderbar.").await;
    desk.jump("2026-11-21T07:00:05Z").await;
    some_minutes(&desk, 3).await;
    desk.jump("2026-11-22T07:00:05Z").await;
    some_minutes(&desk, 2).await;
    let overview = shared(&desk, "Übersicht");
    assert_eq!(overview.len(), 1, "{overview:#?}");
    let all = desk.discord.see(&overview[0].id);
    assert_eq!(all.len(), 3, "{all:#?}");
    assert!(overview[0].thread.as_ref().unwrap().pinned);
    // A list that one asks for in it belongs to the forum.
    let outcome = desk
        .discord
        .command(crate::desk::D_ANNA, &overview[0].id, "/zeitnah open")
        .await;
    assert!(outcome.acked, "{outcome:?}");
    desk.settle().await;
    has(&seat(&desk).told(Anna), "Wunderbar");

    // Somebody deletes it: the next one makes another, and one only.
    desk.discord.fault(Fault::answer_lost(START));
    assert!(desk.discord.delete_channel(&overview[0].id));
    desk.jump("2026-11-23T07:00:05Z").await;
    some_minutes(&desk, 2).await;
    assert_eq!(shared(&desk, "Übersicht").len(), 1);
    done(desk).await;
}

fn warned(rules: &mut Rules) {
    rules.fallback.policy.first_answer = Some(60);
    rules.fallback.policy.marks.clear();
}

#[tokio::test]
async fn who_is_called_is_called_in_the_post_and_for_several_among_the_notices() {
    let desk = tuned(2, warned).await;
    desk.review(2, WORDS).await;
    desk.minutes(61).await;
    let post = only(&desk);
    let calls = seat(&desk).calls(&card(&post));
    assert_eq!(calls.len(), 1, "{calls:?}");
    for text in ["Erstens.", "Zweitens."] {
        desk.google.write(crate::desk::STORE, "Jule K.", 2, text).unwrap();
    }
    desk.minutes(5).await;
    desk.minutes(61).await;
    let notices = shared(&desk, "Hinweise");
    assert_eq!(notices.len(), 1, "{notices:#?}");
    let said = desk.discord.see(&notices[0].id);
    let text = desk.discord.visible_text(said.last().unwrap());
    has(&text, "@care-team");
    assert_eq!(desk.discord.notified(said.last().unwrap()).len(), 2);
    done(desk).await;
}

#[tokio::test]
async fn whatever_a_customer_writes_a_title_is_words_and_fits() {
    let desk = desk(2).await;
    let cases = hostile::cases();
    for (n, case) in cases.iter().enumerate() {
        let body = format!(r#"{{"id":"h{n}","rating":1,"body":{}}}"#, case.json);
        desk.push(&format!("h{n}"), body).await;
        desk.minutes(1).await;
    }
    some_minutes(&desk, 20).await;
    let all = posts(&desk);
    assert_eq!(all.len(), cases.len());
    // A server may not want such words in a title; in the card they stand all the same.
    desk.discord
        .change_forum(D_CARE, |forum| forum.blocked = vec!["Unwort".into()]);
    desk.push("blocked", r#"{"id":"blocked","rating":1,"body":"Ein Unwort."}"#)
        .await;
    let last = posts(&desk).pop().unwrap();
    assert_eq!(last.name, "★☆☆☆☆ Kritik · Gartenforum");
    has(&seat(&desk).text(&card(&last)), "Ein Unwort.");
    for post in &all {
        assert!(post.name.starts_with("★☆☆☆☆ Kritik · "), "{}", post.name);
        assert!(post.name.encode_utf16().count() <= 100, "{}", post.name);
        assert!(!post.name.contains(char::is_control), "{:?}", post.name);
        for message in desk.discord.see(&post.id) {
            assert!(desk.discord.pings(&message).is_empty() || message.id != post.id);
        }
    }
    done(desk).await;
}
