//! Steps of a chain as those read them who are called, in both chats: one message at the deadline, with words for
//! whoever has the item; a step that finds nobody on duty says so, or waits; and no step says nothing.

use chrono::TimeDelta;
use zeitnah::domain::people::person::Mention;
use zeitnah::domain::promise::chain::Chain;
use zeitnah::domain::promise::chain::Condition;
use zeitnah::domain::promise::chain::Recipient;
use zeitnah::domain::promise::chain::Starts;
use zeitnah::domain::promise::chain::Step;
use zeitnah::domain::promise::rota::Plan;
use zeitnah::domain::promise::rota::Rota;
use zeitnah::domain::promise::rota::Shift;
use zeitnah::domain::promise::rules::Rules;

use crate::desk::Desk;
use crate::desk::GAST;
use crate::seat::Chat;
use crate::seat::Room;
use crate::seat::Seat;
use crate::seat::Who;
use crate::tune::step;
use crate::tune::watched_by;

const TEXT: &str = "Nette Beratung, aber 40 Minuten Wartezeit.";

async fn done(desk: Desk, chat: Chat) {
    Seat::new(&desk, chat).look_around(&[Room::Care, Room::Leads], &[Who::Anna, Who::Ben]);
    desk.finish().await;
}

fn chain(rules: &mut Rules, starts: Starts, minutes: i64, steps: Vec<Step>) {
    rules.digests.clear();
    let chain = Chain {
        name: "kette".into(),
        starts,
        steps,
        rounds: 1,
        acknowledge_minutes: 60,
    };
    watched_by(rules, minutes, chain);
}

/// Anna is on duty from Monday to Thursday; the stories begin on a Friday.
fn nobody_on_fridays(rules: &mut Rules, wait_for_duty: bool) {
    let chat = Chat::of(rules);
    let shift = Shift {
        days: [true, true, true, true, false, false, false],
        from: 9 * 60,
        to: 17 * 60,
        who: Mention::Person(chat.id(Who::Anna).into()),
    };
    let rota = Rota {
        name: "tag".into(),
        chat: chat.name().into(),
        zone: chrono_tz::Tz::Europe__Berlin,
        accept_minutes: None,
        plan: Plan::Shifts(vec![shift]),
    };
    rules.rotas = [("tag".to_owned(), rota)].into();
    let on_duty = Step {
        wait_for_duty,
        ..step(0, vec![Recipient::OnDuty("tag".into())])
    };
    chain(
        rules,
        Starts::AtOnce,
        2000,
        vec![on_duty, step(30, vec![Recipient::Channel])],
    );
}

#[tokio::test]
async fn a_step_that_finds_nobody_on_duty_says_so_and_what_comes_next() {
    for chat in [Chat::Slack, Chat::Discord] {
        let desk = chat.desk(2, |rules| nobody_on_fridays(rules, false)).await;
        let seat = Seat::new(&desk, chat);
        desk.review(2, TEXT).await;
        desk.seconds(3).await;
        let card = seat.card();
        let thread = seat.thread(&card);
        insta::assert_snapshot!(chat.named("step_in_vain"), thread.join("\n"));
        assert!(thread.iter().all(|line| !line.is_empty()), "{thread:?}");
        assert!(seat.calls(&card).is_empty());
        let story = desk.apps[0].desk.story("1").await.unwrap().unwrap().join("\n");
        assert!(story.contains("nobody is on duty in \"tag\""), "{story}");
        desk.go("2026-11-20T10:00:00Z", TimeDelta::minutes(10)).await;
        assert_eq!(seat.calls(&card).len(), 1, "the next step calls the channel");
        seat.answer(Who::Ben, &card, "Das tut uns leid. – Ben").await;
        done(desk, chat).await;
    }
}

/// A rota may name a group; who of it takes what it was called for needs no other right.
#[tokio::test]
async fn a_group_on_call_may_do_what_it_is_called_for() {
    fn on_call(rules: &mut Rules) {
        nobody_on_fridays(rules, false);
        for rota in rules.rotas.values_mut() {
            let Plan::Shifts(shifts) = &mut rota.plan else {
                return;
            };
            for shift in shifts {
                shift.days = [true; 7];
                shift.who = Mention::Group("S0RUF".into());
            }
        }
    }
    let chat = Chat::Slack;
    let desk = chat.desk(2, on_call).await;
    desk.slack.add_group("S0RUF", "rufdienst", &[GAST]);
    desk.minutes(15).await;
    desk.review(2, TEXT).await;
    desk.seconds(3).await;
    let seat = Seat::new(&desk, chat);
    let card = desk.card();
    desk.press(GAST, &card, "Übernehmen").await;
    assert!(desk.text(&card).contains("Gast ist dran"), "{}", desk.text(&card));
    let shown = seat.card();
    seat.answer(Who::Ben, &shown, "Das tut uns leid. – Ben").await;
    done(desk, chat).await;
}

#[tokio::test]
async fn a_step_may_wait_until_somebody_is_on_duty() {
    for chat in [Chat::Slack, Chat::Discord] {
        let desk = chat.desk(2, |rules| nobody_on_fridays(rules, true)).await;
        let seat = Seat::new(&desk, chat);
        desk.review(2, TEXT).await;
        let card = seat.card();
        desk.go("2026-11-23T07:59:59Z", TimeDelta::hours(8)).await;
        let called = |line: &String| line.contains("Anna");
        assert!(!seat.calls(&card).iter().any(called), "it waits for Monday");
        desk.jump("2026-11-23T08:00:00Z").await;
        let calls = seat.calls(&card);
        assert!(
            calls.last().is_some_and(called),
            "Monday, 9:00 in Berlin: {calls:?}"
        );
        seat.answer(Who::Anna, &card, "Das tut uns leid. – Anna").await;
        done(desk, chat).await;
    }
}

fn at_the_deadline(rules: &mut Rules) {
    rules.claim_minutes = 600;
    let first = step(0, vec![Recipient::Holder, Recipient::Channel]);
    chain(
        rules,
        Starts::Due,
        120,
        vec![first, step(60, vec![Recipient::Channel])],
    );
}

#[tokio::test]
async fn at_the_deadline_there_is_one_message_with_words_for_whoever_has_it() {
    for chat in [Chat::Slack, Chat::Discord] {
        let desk = chat.desk(2, at_the_deadline).await;
        let seat = Seat::new(&desk, chat);
        desk.review(2, TEXT).await;
        let held = seat.card();
        desk.review(2, "Das hat noch niemand.").await;
        let free = seat.card();
        desk.jump("2026-11-20T10:55:00Z").await;
        seat.press(Who::Anna, &held, "Übernehmen").await;
        let before = seat.thread(&held).len();
        desk.jump("2026-11-20T11:00:00Z").await;
        desk.minutes(6).await;
        let thread = seat.thread(&held);
        assert_eq!(thread.len(), before + 1, "one line: {thread:?}");
        assert_eq!(seat.thread(&free).len(), 1, "{:?}", seat.thread(&free));
        // An hour later Anna still has it: the words are for those who are to see to it.
        desk.jump("2026-11-20T12:00:00Z").await;
        desk.minutes(6).await;
        let line = seat.last_line(&held);
        insta::assert_snapshot!(
            chat.named("step_at_the_deadline"),
            format!(
                "{}\n{}\n\n{}",
                seat.calls(&held).join("\n"),
                seat.buttons(&line).join(" "),
                seat.calls(&free).join("\n")
            )
        );
        seat.answer(Who::Anna, &held, "Das tut uns leid. – Anna").await;
        seat.answer(Who::Ben, &free, "Das tut uns leid. – Ben").await;
        done(desk, chat).await;
    }
}

/// The step that would have called was for something else, or finds nobody: the deadline calls the team itself.
#[tokio::test]
async fn a_deadline_whose_step_calls_nobody_calls_the_team() {
    let unfit: fn(&mut Rules) = |rules| {
        let only = Condition {
            stars: Some((1, 1)),
            ..Condition::default()
        };
        let first = Step {
            only,
            ..step(0, vec![Recipient::Channel])
        };
        chain(rules, Starts::Due, 120, vec![first]);
    };
    let nobody: fn(&mut Rules) =
        |rules| chain(rules, Starts::Due, 120, vec![step(0, vec![Recipient::Holder])]);
    for chat in [Chat::Slack, Chat::Discord] {
        for tune in [unfit, nobody] {
            let desk = chat.desk(1, tune).await;
            let seat = Seat::new(&desk, chat);
            desk.review(2, TEXT).await;
            let card = seat.card();
            desk.jump("2026-11-20T11:00:00Z").await;
            desk.minutes(1).await;
            let calls = seat.calls(&card);
            assert_eq!(calls.len(), 1, "{calls:?}");
            assert!(calls[0].contains("ist vorbei. Bitte übernehmen"), "{calls:?}");
            assert!(seat.thread(&card).iter().all(|line| !line.is_empty()));
            done(desk, chat).await;
        }
    }
}

#[tokio::test]
async fn a_step_that_only_shows_it_elsewhere_says_where() {
    for chat in [Chat::Slack, Chat::Discord] {
        let desk = chat
            .desk(1, |rules| {
                let widen = Step {
                    widen: Some("leads".into()),
                    ..step(10, vec![])
                };
                chain(rules, Starts::Due, 120, vec![widen]);
            })
            .await;
        let seat = Seat::new(&desk, chat);
        desk.review(2, TEXT).await;
        let card = seat.card();
        desk.go("2026-11-20T11:15:00Z", TimeDelta::minutes(5)).await;
        let thread = seat.thread(&card);
        assert!(
            thread
                .iter()
                .any(|line| line == "Der Beitrag steht jetzt auch in „leads“."),
            "{thread:?}"
        );
        done(desk, chat).await;
    }
}
