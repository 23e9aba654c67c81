//! Promises, warnings and escalation as a team lives with them, from a real database, in both chats, with a clock that
//! the story moves: office hours, days off, clock changes, nights, several at once, chains, and who says "seen".

use std::collections::BTreeMap;

use chrono::DateTime;
use chrono::TimeDelta;
use chrono::Utc;
use chrono_tz::Tz;
use zeitnah::domain::id::LeaseToken;
use zeitnah::domain::item::policy::Hours;
use zeitnah::domain::item::policy::Mark;
use zeitnah::domain::item::policy::Pause;
use zeitnah::domain::item::policy::Policy;
use zeitnah::domain::people::person::PersonId;
use zeitnah::domain::promise::chain::Chain;
use zeitnah::domain::promise::chain::Condition;
use zeitnah::domain::promise::chain::Recipient;
use zeitnah::domain::promise::chain::Starts;
use zeitnah::domain::promise::chain::Step;
use zeitnah::domain::promise::route::Route;
use zeitnah::domain::promise::route::When;
use zeitnah::domain::promise::rules::Rules;
use zeitnah::domain::time::calendar::Calendar;
use zeitnah::domain::time::calendar::Quiet;
use zeitnah::domain::time::calendar::Window;
use zeitnah::port::clock::Clock as _;

use crate::desk::ANNA;
use crate::desk::Desk;
use crate::desk::Wish;
use crate::desk::at;
use crate::seat::Chat;
use crate::seat::Room;
use crate::seat::Seat;
use crate::seat::Who;
use crate::tune::step;
use crate::tune::watched_by;

const TEXT: &str = "Nette Beratung, aber 40 Minuten Wartezeit.";
const BERLIN: Tz = Tz::Europe__Berlin;

async fn done(desk: Desk, chat: Chat) {
    Seat::new(&desk, chat).look_around(&[Room::Care, Room::Leads], &[Who::Anna, Who::Ben]);
    desk.finish().await;
}

async fn due(desk: &Desk) -> DateTime<Utc> {
    desk.row("SELECT due_at FROM item ORDER BY number DESC LIMIT 1")
        .await
}

fn week(days: std::ops::Range<usize>, windows: &[Window]) -> [Vec<Window>; 7] {
    std::array::from_fn(|day| {
        if days.contains(&day) {
            windows.to_vec()
        } else {
            vec![]
        }
    })
}

fn office(rules: &mut Rules) {
    rules.digests.clear();
    let monday = BTreeMap::from([("2026-11-30".parse().unwrap(), "Betriebsausflug".to_owned())]);
    let office = Calendar::new(
        "office",
        BERLIN,
        week(0..5, &[(540, 1020)]),
        monday,
        BTreeMap::new(),
    );
    rules.calendars.insert("office".into(), office);
    rules.fallback.policy = Policy {
        first_answer: Some(240),
        next_answer: Some(60),
        hours: Hours::Of("office".into()),
        pauses: vec![Pause::Moderation, Pause::Customer],
        marks: vec![Mark::Used(50), Mark::Used(80)],
        ..Policy::default()
    };
}

#[tokio::test]
async fn four_working_hours_of_a_friday_afternoon_end_on_monday_and_say_why() {
    for chat in [Chat::Slack, Chat::Discord] {
        let desk = chat.desk(2, office).await;
        let seat = Seat::new(&desk, chat);
        desk.go("2026-11-20T15:30:00Z", TimeDelta::hours(1)).await;
        desk.review(2, TEXT).await;
        let card = seat.card();
        assert_eq!(due(&desk).await, at("2026-11-23T11:30:00Z"));
        seat.choose(Who::Anna, &card, "Warum diese Frist?").await;
        insta::assert_snapshot!(chat.named("promise_friday"), seat.form(Who::Anna));
        seat.close(Who::Anna);
        // The clock stands from Friday 17:00 to Monday 9:00, and so do the warnings.
        desk.go("2026-11-23T09:29:59Z", TimeDelta::hours(2)).await;
        assert!(seat.calls(&card).is_empty(), "nobody is called at the weekend");
        desk.go("2026-11-23T12:00:00Z", TimeDelta::minutes(10)).await;
        insta::assert_snapshot!(chat.named("promise_friday_calls"), seat.calls(&card).join("\n"));
        assert!(seat.text(&card).contains("Überfällig"));
        done(desk, chat).await;
    }
}

#[tokio::test]
async fn a_day_off_on_a_monday_is_named_and_not_counted() {
    for chat in [Chat::Slack, Chat::Discord] {
        let desk = chat.desk(1, office).await;
        let seat = Seat::new(&desk, chat);
        desk.go("2026-11-27T15:30:00Z", TimeDelta::hours(12)).await;
        desk.review(2, TEXT).await;
        let card = seat.card();
        assert_eq!(due(&desk).await, at("2026-12-01T11:30:00Z"));
        seat.choose(Who::Anna, &card, "Warum diese Frist?").await;
        let why = seat.form(Who::Anna);
        assert!(why.contains("Mo 30.11. (Betriebsausflug)"), "{why}");
        seat.close(Who::Anna);
        desk.go("2026-12-01T08:00:00Z", TimeDelta::hours(1)).await;
        assert!(seat.calls(&card).is_empty(), "nobody is called on a day off");
        seat.answer(Who::Anna, &card, "Das tut uns leid. – Anna").await;
        done(desk, chat).await;
    }
}

/// A clock change is named where it moved the deadline, and only there.
#[tokio::test]
async fn why_names_a_clock_change_that_moved_the_deadline_and_no_other() {
    // The clocks of Berlin go back in the night to Sunday, 31 October 2027.
    let all_hours: fn(&mut Rules) = |rules| {
        rules.digests.clear();
        rules.fallback.policy.first_answer = Some(24 * 60);
    };
    for chat in [Chat::Slack, Chat::Discord] {
        for (tune, came, until, named) in [
            (all_hours, "2027-10-30T10:00:00Z", "2027-10-31T10:00:00Z", true),
            (office, "2027-10-29T14:00:00Z", "2027-11-01T11:00:00Z", false),
            (all_hours, "2027-10-29T10:00:00Z", "2027-10-30T10:00:00Z", false),
        ] {
            let desk = chat.desk(1, tune).await;
            let seat = Seat::new(&desk, chat);
            desk.clock.set(at(came));
            desk.review(2, TEXT).await;
            assert_eq!(due(&desk).await, at(until));
            let card = seat.card();
            seat.choose(Who::Anna, &card, "Warum diese Frist?").await;
            let why = seat.form(Who::Anna);
            assert_eq!(
                why.contains("wurden die Uhren um 1 Std. zurückgestellt"),
                named,
                "{why}"
            );
            seat.close(Who::Anna);
            seat.answer(Who::Anna, &card, "Das tut uns leid. – Anna").await;
            done(desk, chat).await;
        }
    }
}

/// "Tomorrow morning" of a team is the next morning on which somebody works, and one moment has one name.
#[tokio::test]
async fn put_aside_until_the_next_morning_on_which_somebody_works() {
    let works: fn(&mut Rules) = |rules| {
        office(rules);
        let care = rules.channels.get_mut("care").unwrap();
        care.calendar = Some("office".into());
    };
    let plain: fn(&mut Rules) = |rules| rules.digests.clear();
    for chat in [Chat::Slack, Chat::Discord] {
        for (tune, now, label, until) in [
            // On a Friday, with the Monday off.
            (
                works,
                "2026-11-27T10:00:00Z",
                "am nächsten Arbeitstag (Di 01.12. 09:00)",
                "2026-12-01T08:00:00Z",
            ),
            (
                works,
                "2026-11-25T10:00:00Z",
                "morgen früh (9:00)",
                "2026-11-26T08:00:00Z",
            ),
            // On a Sunday, where nobody says when somebody works.
            (
                plain,
                "2026-11-22T10:00:00Z",
                "morgen früh (9:00)",
                "2026-11-23T08:00:00Z",
            ),
        ] {
            let desk = chat.desk(1, tune).await;
            let seat = Seat::new(&desk, chat);
            desk.clock.set(at(now));
            desk.review(2, TEXT).await;
            let card = seat.card();
            seat.choose(Who::Anna, &card, "Zurückstellen").await;
            // Slack's choices lie in the form's blocks until one is chosen.
            let form = match chat {
                Chat::Slack => serde_json::to_string(&desk.slack.view(ANNA).unwrap().view["blocks"]).unwrap(),
                Chat::Discord => seat.form(Who::Anna),
            };
            if chat == Chat::Slack {
                assert!(form.contains(label), "{form}");
            }
            seat.submit(Who::Anna, &[("until", "morning")]).await;
            let woken: DateTime<Utc> = desk
                .row("SELECT (handling ->> 'until')::timestamptz FROM item")
                .await;
            assert_eq!(woken, at(until), "{now}");
            done(desk, chat).await;
        }
    }
}

/// Zones by the word that a review carries, each with hours of its own.
fn zones(rules: &mut Rules) {
    rules.digests.clear();
    let places: [(&str, Tz, &[Window]); 4] = [
        ("berlin", BERLIN, &[(60, 300)]),
        ("sydney", Tz::Australia__Lord_Howe, &[(60, 300)]),
        ("kolkata", Tz::Asia__Kolkata, &[(540, 1080)]),
        ("chatham", Tz::Pacific__Chatham, &[(540, 1080)]),
    ];
    rules.routes = places
        .iter()
        .map(|(name, zone, windows)| {
            let calendar = Calendar::new(
                *name,
                *zone,
                week(0..7, windows),
                BTreeMap::new(),
                BTreeMap::new(),
            );
            rules.calendars.insert((*name).into(), calendar);
            Route {
                name: (*name).into(),
                when: When {
                    keyword: vec![(*name).into()],
                    ..When::default()
                },
                to: vec!["care".into()],
                policy: Policy {
                    first_answer: Some(180),
                    hours: Hours::Of((*name).into()),
                    ..Policy::default()
                },
                owner: None,
            }
        })
        .collect();
}

#[tokio::test]
async fn hours_are_those_of_the_wall_when_clocks_change_on_leap_days_and_between_hours() {
    // Three hours of work each; windows in local time, instants in UTC.
    let cases = [
        // 28 March 2027, 2:00 becomes 3:00: of 1:00 to 5:00 only three hours exist, so it ends at 5:00 summer time.
        ("2027-03-27T12:00:00Z", "berlin", "2027-03-28T03:00:00Z"),
        // Lord Howe goes back by half an hour on 4 April 2027: 1:30 to 2:00 comes twice, so it ends at 3:30.
        ("2027-04-03T10:00:00Z", "sydney", "2027-04-03T17:00:00Z"),
        // Half an hour and three quarters off.
        ("2027-05-03T02:00:00Z", "kolkata", "2027-05-03T06:30:00Z"),
        ("2027-05-03T20:00:00Z", "chatham", "2027-05-03T23:15:00Z"),
        // 31 October 2027, 3:00 becomes 2:00: the hour counts twice, so three hours end at 3:00 winter time.
        ("2027-10-30T12:00:00Z", "berlin", "2027-10-31T02:00:00Z"),
        // A leap day is a day.
        ("2028-02-28T12:00:00Z", "berlin", "2028-02-29T03:00:00Z"),
    ];
    for chat in [Chat::Slack, Chat::Discord] {
        let desk = chat.desk(1, zones).await;
        let seat = Seat::new(&desk, chat);
        for (came, word, until) in cases {
            desk.clock.set(at(came));
            desk.review(2, &format!("Wie in {word}, nur anders")).await;
            assert_eq!(due(&desk).await, at(until), "{came} in {word}");
            let card = seat.card();
            desk.clock.set(at(until) - TimeDelta::seconds(1));
            desk.tick().await;
            assert!(
                !seat.text(&card).contains("Überfällig"),
                "{came} in {word}: a second early"
            );
            desk.clock.set(at(until));
            desk.tick().await;
            assert!(seat.text(&card).contains("Überfällig"), "{came} in {word}");
            assert_eq!(seat.calls(&card).len(), 1);
        }
        done(desk, chat).await;
    }
}

fn nights(rules: &mut Rules) {
    rules.digests.clear();
    for channel in rules.channels.values_mut() {
        channel.quiet = Quiet::parse("20:00-07:00");
    }
    // Seen on Friday at 10:05 in Berlin: due at 3:00 in the night, the warning an hour before.
    rules.fallback.policy = Policy {
        first_answer: Some(17 * 60),
        marks: vec![Mark::Left(60)],
        ..Policy::default()
    };
}

#[tokio::test]
async fn at_night_nobody_is_called_and_in_the_morning_only_about_what_is_still_open() {
    for chat in [Chat::Slack, Chat::Discord] {
        let desk = chat.desk(2, nights).await;
        let seat = Seat::new(&desk, chat);
        desk.review(2, "Das bleibt liegen.").await;
        let left = seat.card();
        desk.review(2, "Das wird nachts beantwortet.").await;
        let answered = seat.card();
        desk.go("2026-11-21T05:00:00Z", TimeDelta::minutes(30)).await;
        assert!(
            seat.text(&left).contains("Überfällig"),
            "the card is true at night, too"
        );
        assert!(seat.calls(&left).is_empty() && seat.calls(&answered).is_empty());
        seat.answer(Who::Anna, &answered, "Das tut uns leid. – Anna")
            .await;
        desk.go("2026-11-21T05:59:59Z", TimeDelta::minutes(10)).await;
        assert!(seat.calls(&left).is_empty(), "not a second early");
        desk.go("2026-11-21T09:00:00Z", TimeDelta::minutes(10)).await;
        assert_eq!(
            seat.calls(&left).len(),
            1,
            "one for the warning and the deadline together"
        );
        assert!(
            seat.calls(&left)[0].contains("ist vorbei"),
            "the last word counts"
        );
        assert!(seat.calls(&answered).is_empty());
        done(desk, chat).await;
    }
}

#[tokio::test]
async fn who_sets_quiet_hours_for_themselves_is_left_alone_then() {
    for chat in [Chat::Slack, Chat::Discord] {
        let desk = chat
            .desk(1, |rules| {
                rules.digests.clear();
                rules.claim_minutes = 1440;
            })
            .await;
        let seat = Seat::new(&desk, chat);
        desk.review(2, TEXT).await;
        let card = seat.card();
        // The deadline is on Saturday at 10:00, the reminder at 8:00; Anna holds it and sleeps until 9:00.
        let mut said = Vec::new();
        for typed in ["", "abends", "22:00-09:00 Mars/Rover", "22:00-09:00", ""] {
            said.push(format!(
                "/zeitnah quiet {typed}\n{}",
                seat.quiet(Who::Anna, typed).await
            ));
        }
        insta::assert_snapshot!(chat.named("quiet_commands"), said.join("\n\n"));
        seat.press(Who::Anna, &card, "Übernehmen").await;
        desk.go("2026-11-21T07:59:59Z", TimeDelta::minutes(30)).await;
        assert!(seat.calls(&card).is_empty());
        desk.go("2026-11-21T08:10:00Z", TimeDelta::minutes(10)).await;
        assert_eq!(seat.calls(&card).len(), 1, "{:?}", seat.thread(&card));
        let off = seat.quiet(Who::Anna, "off").await;
        assert!(off.contains("keine eigene Ruhezeit mehr"), "{off}");
        seat.answer(Who::Anna, &card, "Das tut uns leid. – Anna").await;
        done(desk, chat).await;
    }
}

#[tokio::test]
async fn quiet_hours_end_by_the_clock_of_whoever_rests() {
    // Berlin is an hour ahead of Lisbon. Anna's profile says so, or she does; the channel rests until 9:00.
    for told in [false, true] {
        let desk = Chat::Slack
            .desk(1, |rules| {
                rules.digests.clear();
                rules.claim_minutes = 1440;
                for channel in rules.channels.values_mut() {
                    channel.quiet = Quiet::parse("22:00-09:00");
                }
            })
            .await;
        let seat = Seat::new(&desk, Chat::Slack);
        if !told {
            desk.slack
                .change_user(ANNA, |user| user.tz = "Europe/Lisbon".into());
            // As after the day in which a profile counts as known.
            desk.rows::<String>("UPDATE person SET looked_up_at = NULL RETURNING id")
                .await;
            desk.tick().await;
        }
        desk.review(2, TEXT).await;
        let card = seat.card();
        if told {
            let said = desk.command(ANNA, "zone Europe/Lisbon").await;
            assert!(said.contains("nach der Uhr von Europe/Lisbon"), "{said}");
        } else {
            let said = desk.command(ANNA, "zone").await;
            assert!(said.contains("nach der Uhr von Europe/Lisbon"), "{said}");
        }
        seat.press(Who::Anna, &card, "Übernehmen").await;
        // The reminder is due at 8:00 in Berlin; 9:00 in Lisbon is 10:00 there.
        desk.go("2026-11-21T08:59:00Z", TimeDelta::minutes(30)).await;
        assert!(seat.calls(&card).is_empty(), "{told}: {:?}", seat.thread(&card));
        desk.go("2026-11-21T09:10:00Z", TimeDelta::minutes(5)).await;
        assert!(!seat.calls(&card).is_empty(), "{told}: {:?}", seat.thread(&card));
        seat.answer(Who::Anna, &card, "Das tut uns leid. – Anna").await;
        done(desk, Chat::Slack).await;
    }
}

#[tokio::test]
async fn several_at_once_are_one_message_with_a_button_for_each() {
    for chat in [Chat::Slack, Chat::Discord] {
        let desk = chat
            .desk(3, |rules| {
                rules.digests.clear();
                rules.gather_seconds = 60;
            })
            .await;
        let seat = Seat::new(&desk, chat);
        for n in 1..=12 {
            desk.google
                .write(crate::desk::STORE, "Jule K.", 2, &format!("Kritik Nr. {n}"))
                .unwrap();
        }
        desk.minutes(5).await;
        let cards = seat.all(Room::Care);
        assert_eq!(cards.len(), 12);
        // Nobody ran when the reminders were due; the deadlines are an hour ahead.
        desk.jump("2026-11-21T08:00:00Z").await;
        desk.minutes(1).await;
        desk.minutes(5).await;
        let messages = seat.all(Room::Care);
        assert_eq!(messages.len(), 13, "one message");
        let list = &messages[12];
        insta::assert_snapshot!(
            chat.named("notify_many"),
            format!("{}\n{}", seat.text(list), seat.buttons(list).join("\n"))
        );
        assert!(
            cards.iter().all(|card| seat.calls(card).is_empty()),
            "and no lines besides"
        );
        let first = seat.buttons(list)[0].trim_matches(['[', ']']).to_owned();
        seat.press(Who::Ben, list, &first).await;
        let taken: Vec<bool> = cards.iter().map(|c| seat.text(c).contains("Ben")).collect();
        assert_eq!(
            taken.iter().filter(|t| **t).count(),
            1,
            "the button takes its item"
        );
        done(desk, chat).await;
    }
}

fn chained(rules: &mut Rules) {
    rules.digests.clear();
    let chat = rules.channels["care"].chat.clone();
    let group = rules.channels["care"].responsible[0].clone();
    let named = Recipient::Named { chat, mention: group };
    let widened = Step {
        widen: Some("leads".into()),
        only: Condition {
            held: Some(false),
            ..Condition::default()
        },
        ..step(30, vec![named])
    };
    let chain = Chain {
        name: "überfällig".into(),
        starts: Starts::Due,
        steps: vec![step(10, vec![Recipient::Channel]), widened],
        rounds: 2,
        acknowledge_minutes: 60,
    };
    watched_by(rules, 120, chain);
}

#[tokio::test]
async fn a_chain_calls_step_by_step_until_somebody_answers() {
    for chat in [Chat::Slack, Chat::Discord] {
        let desk = chat.desk(3, chained).await;
        let seat = Seat::new(&desk, chat);
        // Written at 10:00 in Berlin, due at 12:00.
        desk.review(2, TEXT).await;
        let card = seat.card();
        desk.go("2026-11-20T11:09:59Z", TimeDelta::minutes(5)).await;
        assert_eq!(seat.calls(&card).len(), 1, "the deadline itself");
        assert!(seat.all(Room::Leads).is_empty());
        desk.go("2026-11-20T11:10:00Z", TimeDelta::seconds(1)).await;
        assert_eq!(seat.calls(&card).len(), 2, "the first step");
        desk.go("2026-11-20T11:40:00Z", TimeDelta::minutes(5)).await;
        assert_eq!(
            seat.all(Room::Leads).len(),
            1,
            "the second shows it to the leads, too"
        );
        // The second round, and then it ends.
        desk.go("2026-11-20T23:00:00Z", TimeDelta::minutes(20)).await;
        insta::assert_snapshot!(chat.named("chain_calls"), seat.calls(&card).join("\n"));
        let steps: i64 = desk
            .row("SELECT count(*) FROM item_event WHERE what = 'stepped'")
            .await;
        assert_eq!(steps, 4);
        seat.answer(Who::Anna, &card, "Das tut uns leid. – Anna").await;
        done(desk, chat).await;
    }
}

#[tokio::test]
async fn who_has_seen_it_and_forgets_it_is_asked_again() {
    for chat in [Chat::Slack, Chat::Discord] {
        let desk = chat.desk(2, chained).await;
        let seat = Seat::new(&desk, chat);
        desk.review(2, TEXT).await;
        let card = seat.card();
        desk.go("2026-11-20T11:10:00Z", TimeDelta::minutes(5)).await;
        let line = seat.last_line(&card);
        seat.press(Who::Ben, &line, "Gesehen").await;
        desk.go("2026-11-20T12:09:59Z", TimeDelta::minutes(5)).await;
        assert!(seat.all(Room::Leads).is_empty(), "it waits for Ben");
        desk.go("2026-11-20T12:10:00Z", TimeDelta::seconds(1)).await;
        assert_eq!(
            seat.all(Room::Leads).len(),
            1,
            "and goes on when his time is over"
        );
        let told = seat.thread(&card);
        assert_eq!(
            told.iter().filter(|l| l.contains("kümmert sich bis")).count(),
            1,
            "{told:?}"
        );
        // Whoever answers ends it, and a late "seen" is told so.
        seat.answer(Who::Anna, &card, "Das tut uns leid. – Anna").await;
        seat.press(Who::Anna, &line, "Gesehen").await;
        let said = seat.whispers(Who::Anna).pop().unwrap();
        assert!(said.contains("beantwortet"), "{said}");
        desk.go("2026-11-21T12:10:00Z", TimeDelta::hours(1)).await;
        let steps: i64 = desk
            .row("SELECT count(*) FROM item_event WHERE what = 'stepped'")
            .await;
        assert_eq!(steps, 2);
        done(desk, chat).await;
    }
}

fn personal(rules: &mut Rules) {
    rules.digests.clear();
    for channel in rules.channels.values_mut() {
        channel.quiet = Quiet::parse("09:00-18:00");
    }
    let chat = Chat::of(rules);
    let route = rules.routes.iter_mut().find(|r| r.name == "ruf").unwrap();
    route.to = vec!["care".into()];
    route.owner = Some(PersonId::new(chat.name(), chat.id(Who::Anna)));
    route.policy.at_night = true;
}

#[tokio::test]
async fn what_could_do_harm_goes_to_one_person_at_once_whatever_the_hour() {
    for chat in [Chat::Slack, Chat::Discord] {
        let desk = chat.desk(2, personal).await;
        let seat = Seat::new(&desk, chat);
        desk.review(1, "Das geht zum Anwalt.").await;
        desk.seconds(3).await;
        let card = seat.card();
        insta::assert_snapshot!(chat.named("personal"), seat.calls(&card).join("\n"));
        let word: String = desk
            .row("SELECT detail ->> 'word' FROM item_event WHERE what = 'assigned'")
            .await;
        assert_eq!(word, "Anwalt", "why is recorded");
        // An hour before its own deadline of four hours, she is called, not the group.
        desk.go("2026-11-20T12:30:00Z", TimeDelta::minutes(30)).await;
        let calls = seat.calls(&card);
        assert_eq!(calls.len(), 2);
        assert!(calls.iter().all(|c| !c.contains("care-team")), "{calls:?}");
        seat.answer(Who::Anna, &card, "Das tut uns leid. – Anna").await;
        done(desk, chat).await;
    }
}

#[tokio::test]
async fn while_it_is_the_customers_turn_the_clock_stands_and_their_word_starts_it() {
    for chat in [Chat::Slack, Chat::Discord] {
        let desk = chat
            .desk(1, |rules| {
                rules.digests.clear();
                rules.fallback.policy.pauses = vec![Pause::Customer];
                rules.fallback.policy.first_answer = Some(240);
                rules.fallback.policy.marks.clear();
            })
            .await;
        let seat = Seat::new(&desk, chat);
        let id = desk.review(2, TEXT).await;
        let card = seat.card();
        seat.choose(Who::Anna, &card, "Zurückstellen").await;
        seat.submit(Who::Anna, &[("until", "monday"), ("waits", "customer")])
            .await;
        let says = seat.text(&card);
        assert!(says.contains("so lange läuft keine Frist"), "{says}");
        desk.go("2026-11-21T09:05:00Z", TimeDelta::hours(1)).await;
        assert!(
            seat.calls(&card).is_empty(),
            "four hours have passed, and none was counted"
        );
        desk.google
            .edit(&id, Some(2), "Es war Filiale Ost, am Samstag.")
            .unwrap();
        desk.minutes(5).await;
        // Five minutes were used up before; seen again on Saturday at 10:10.
        assert_eq!(due(&desk).await, at("2026-11-21T13:05:00Z"));
        seat.choose(Who::Anna, &card, "Warum diese Frist?").await;
        let why = seat.form(Who::Anna);
        assert!(why.contains("da fehlte eine Rückmeldung der Kundschaft"), "{why}");
        seat.close(Who::Anna);
        seat.answer(Who::Anna, &card, "Das tut uns leid. – Anna").await;
        done(desk, chat).await;
    }
}

#[tokio::test]
async fn three_replicas_whose_clocks_differ_say_everything_once_though_one_after_the_other_dies() {
    for chat in [Chat::Slack, Chat::Discord] {
        let mut desk = Desk::with(Wish {
            replicas: 3,
            skew: &[0, 30, -30],
            tune: chained,
            ..chat.wish()
        })
        .await;
        desk.review(2, TEXT).await;
        desk.question("Passt der Akku?").await;
        let cards = Seat::new(&desk, chat).all(Room::Care);
        let end = at("2026-11-20T14:00:00Z");
        let mut round = 0;
        while desk.clock.now() < end {
            desk.clock.advance(TimeDelta::minutes(1));
            desk.tick().await;
            round += 1;
            if round % 40 == 0 {
                // The oldest one dies between a round and the next; another takes its place.
                desk.kill(0);
                desk.revive().await;
            }
        }
        let count = |what: &str| format!("SELECT count(*) FROM item_event WHERE what = '{what}'");
        assert_eq!(desk.row::<i64>(count("overdue")).await, 2);
        assert_eq!(desk.row::<i64>(count("stepped")).await, 8);
        let doubled: i64 = desk
            .row("SELECT count(*) FROM (SELECT 1 FROM item_event WHERE what = 'stepped' GROUP BY item_id, detail ->> 'round', detail ->> 'step' HAVING count(*) > 1) d")
            .await;
        assert_eq!(doubled, 0);
        let seat = Seat::new(&desk, chat);
        // For each item the deadline and four steps; the third calls those of both rooms, because it stands in both.
        let notices: i64 = desk
            .row("SELECT count(*) FROM notice WHERE NOT dropped AND settled_at IS NOT NULL")
            .await;
        let lines: usize = cards.iter().map(|card| seat.calls(card).len()).sum();
        assert_eq!(notices, 12);
        assert_eq!(
            lines,
            10,
            "{:#?}",
            cards.iter().map(|c| seat.thread(c)).collect::<Vec<_>>()
        );
        done(desk, chat).await;
    }
}

#[tokio::test]
async fn a_promise_that_is_changed_holds_for_what_is_open() {
    for chat in [Chat::Slack, Chat::Discord] {
        let mut desk = chat.desk(1, |rules| rules.digests.clear()).await;
        desk.review(2, TEXT).await;
        assert_eq!(due(&desk).await, at("2026-11-21T09:00:00Z"));
        desk.retune(|rules| {
            rules.digests.clear();
            rules.fallback.policy.first_answer = Some(120);
            rules.fallback.policy.marks = vec![Mark::Used(50)];
        });
        desk.kill(0);
        desk.revive().await;
        let me = LeaseToken::new(desk.clock.now()).0;
        while !desk.apps[0].desk.retime(me).await.unwrap() {}
        desk.settle().await;
        assert_eq!(due(&desk).await, at("2026-11-20T11:00:00Z"));
        let seat = Seat::new(&desk, chat);
        let card = seat.card();
        desk.go("2026-11-20T10:00:00Z", TimeDelta::minutes(5)).await;
        assert_eq!(seat.calls(&card).len(), 1, "by the new promise");
        let version: i64 = desk.row("SELECT version FROM item").await;
        let again = LeaseToken::new(desk.clock.now()).0;
        desk.minutes(2).await;
        while !desk.apps[0].desk.retime(again).await.unwrap() {}
        assert_eq!(version, desk.row::<i64>("SELECT version FROM item").await, "once");
        seat.answer(Who::Anna, &card, "Das tut uns leid. – Anna").await;
        done(desk, chat).await;
    }
}
