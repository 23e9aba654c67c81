//! The back-test against the real thing: days on a real desk, then the same rules tried on what happened. They must
//! find exactly what was really called, message for message; other rules must find something else.

use std::collections::BTreeMap;

use chrono::DateTime;
use chrono::NaiveDate;
use chrono::TimeDelta;
use chrono::Utc;
use standins::slack::Message;
use zeitnah::domain::id::ItemId;
use zeitnah::domain::item::event::Event;
use zeitnah::domain::item::policy::Mark;
use zeitnah::domain::item::policy::Metric;
use zeitnah::domain::item::policy::Policy;
use zeitnah::domain::people::person::Mention;
use zeitnah::domain::people::person::PersonId;
use zeitnah::domain::promise::backtest::Report;
use zeitnah::domain::promise::backtest::Sort;
use zeitnah::domain::promise::backtest::past::is_call;
use zeitnah::domain::promise::backtest::walk::walk;
use zeitnah::domain::promise::chain::Chain;
use zeitnah::domain::promise::chain::Condition;
use zeitnah::domain::promise::chain::Recipient;
use zeitnah::domain::promise::chain::Starts;
use zeitnah::domain::promise::chain::Step;
use zeitnah::domain::promise::recipients::Book;
use zeitnah::domain::promise::recipients::Preference;
use zeitnah::domain::promise::rota::Plan;
use zeitnah::domain::promise::rota::Rota;
use zeitnah::domain::promise::rota::Turns;
use zeitnah::domain::promise::rules::Rules;
use zeitnah::domain::time::calendar::Quiet;
use zeitnah::port::clock::Clock as _;
use zeitnah::workflow::probe::Page;
use zeitnah::workflow::probe::probe;

use crate::desk::ANNA;
use crate::desk::BEN;
use crate::desk::CARE;
use crate::desk::CARLA;
use crate::desk::Desk;
use crate::desk::STORE;
use crate::desk::TEAM;
use crate::desk::Wish;
use crate::desk::at;
use crate::desk::friday;
use crate::desk::rules;
use crate::tune::step;

/// All that a policy can say, at once.
fn strict(rules: &mut Rules) {
    rules.digests.clear();
    rules.gather_seconds = 60;
    for channel in rules.channels.values_mut() {
        channel.quiet = Quiet::parse("20:00-07:00");
    }
    rules.fallback.policy = Policy {
        first_answer: Some(10 * 60),
        next_answer: Some(4 * 60),
        resolution: Some(30 * 60),
        marks: vec![Mark::Used(50), Mark::Used(80)],
        chain: Some("kette".into()),
        ..Policy::default()
    };
    let turns = Turns {
        people: vec![Mention::Person(ANNA.into()), Mention::Person(BEN.into())],
        starts: NaiveDate::from_ymd_opt(2026, 11, 1).unwrap(),
        weekday: None,
        minute: 9 * 60,
    };
    let rota = Rota {
        name: "spaet".into(),
        chat: "slack".into(),
        zone: chrono_tz::Tz::Europe__Berlin,
        accept_minutes: None,
        plan: Plan::Turns(turns),
    };
    rules.rotas = [("spaet".to_owned(), rota)].into();
    let group = Recipient::Named {
        chat: "slack".into(),
        mention: Mention::Group(TEAM.into()),
    };
    let chain = Chain {
        name: "kette".into(),
        starts: Starts::Due,
        steps: vec![
            step(0, vec![Recipient::Holder, Recipient::Channel]),
            Step {
                widen: Some("leads".into()),
                only: Condition {
                    held: Some(false),
                    ..Condition::default()
                },
                ..step(45, vec![Recipient::OnDuty("spaet".into()), group])
            },
            Step {
                raise: true,
                ..step(
                    120,
                    vec![
                        Recipient::Direct(PersonId::new("slack", CARLA)),
                        Recipient::Channel,
                    ],
                )
            },
        ],
        rounds: 2,
        acknowledge_minutes: 60,
    };
    rules.chains = [("kette".to_owned(), chain)].into();
}

/// From one thing that is due to the next, so that nothing is late.
async fn go(desk: &Desk, to: &str) {
    let to = at(to);
    loop {
        let next: Option<DateTime<Utc>> = desk
            .row(
                "SELECT least((SELECT min(at) FROM timer WHERE fired_at IS NULL),
                     (SELECT min(run_at) FROM effect WHERE state = 'ready'))",
            )
            .await;
        let now = desk.clock.now();
        match next.filter(|next| *next <= to) {
            Some(next) => desk.clock.set(next.max(now)),
            None if now == to => return,
            None => desk.clock.set(to),
        }
        desk.tick().await;
    }
}

fn card(desk: &Desk, text: &str) -> Message {
    let all = desk.slack.see(CARE).into_iter();
    let mut found = all.filter(|m| desk.slack.visible_text(m).contains(text));
    found.next().unwrap_or_else(|| panic!("no card says {text}"))
}

/// Three days with everything in them.
async fn three_days(desk: &Desk) -> DateTime<Utc> {
    for text in [
        "Niemand geht ans Telefon.",
        "Die Kasse war zu.",
        "Der Parkplatz war voll.",
    ] {
        desk.google.write(STORE, "Jule K.", 2, text).unwrap();
    }
    desk.minutes(5).await;
    desk.question("Passt der Akku?").await;
    desk.minutes(2).await;
    desk.question("Gibt es Ersatzklingen?").await;
    desk.press(BEN, &card(desk, "Ersatzklingen"), "Übernehmen").await;
    go(desk, "2026-11-20T10:30:00Z").await;
    desk.choose(ANNA, &card(desk, "Akku"), "Zurückstellen").await;
    desk.submit(ANNA, &[("until", "monday")]).await;
    go(desk, "2026-11-20T13:55:10Z").await;
    desk.press(ANNA, &card(desk, "Kasse"), "Übernehmen").await;
    go(desk, "2026-11-20T15:07:00Z").await;
    // The source looks at it for a day and says no.
    desk.answer(ANNA, &card(desk, "Kasse"), "Das tut uns leid.").await;
    go(desk, "2026-11-20T17:31:00Z").await;
    let voucher = desk
        .google
        .write(STORE, "Paul", 3, "Gutschein ging nicht.")
        .unwrap();
    desk.minutes(5).await;
    desk.review(1, "Ich schalte meinen Anwalt ein.").await;
    go(desk, "2026-11-20T18:50:00Z").await;
    // Of what the night keeps, one thing is dealt with before morning.
    go(desk, "2026-11-20T23:11:00Z").await;
    desk.press(BEN, &card(desk, "Parkplatz"), "Erledigt").await;
    desk.submit(BEN, &[]).await;
    desk.press(BEN, &card(desk, "Gutschein"), "Erledigt").await;
    desk.submit(BEN, &[]).await;
    go(desk, "2026-11-21T09:02:00Z").await;
    desk.google
        .edit(
            &voucher,
            Some(1),
            "Gutschein ging nicht, und jetzt ruft keiner zurück.",
        )
        .unwrap();
    desk.minutes(5).await;
    go(desk, "2026-11-21T16:03:00Z").await;
    let refused = desk.google.reviews();
    let refused = refused
        .iter()
        .find(|r| r.text.as_deref().is_some_and(|t| t.contains("Kasse")))
        .unwrap();
    desk.google.reject(&refused.id).unwrap();
    desk.minutes(5).await;
    go(desk, "2026-11-23T12:00:30Z").await;
    desk.clock.now()
}

async fn lived() -> (Desk, DateTime<Utc>) {
    let desk = Desk::with(Wish {
        held: true,
        tune: strict,
        ..Wish::default()
    })
    .await;
    sqlx::raw_sql(
        "INSERT INTO preference (person, quiet, zone)
         VALUES ('slack:U0BEN', '{\"from\": 540, \"to\": 840}', 'Europe/Berlin')",
    )
    .execute(desk.store.pool())
    .await
    .unwrap();
    let until = three_days(&desk).await;
    (desk, until)
}

fn ben() -> BTreeMap<PersonId, Preference> {
    let own = Preference {
        quiet: Quiet::parse("09:00-14:00"),
        zone: Some(chrono_tz::Tz::Europe__Berlin),
    };
    [(PersonId::new("slack", BEN), own)].into()
}

/// Rows of everything, to see that nothing was written.
async fn rows(desk: &Desk) -> Vec<String> {
    let tables: Vec<String> = desk
        .rows("SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        .await;
    let mut out = Vec::new();
    for table in tables {
        let rows: String = desk
            .row(format!(
                "SELECT '{table} ' || count(*) || ' ' || coalesce(md5(string_agg(t::text, ',' ORDER BY t::text)), '')
                 FROM \"{table}\" t"
            ))
            .await;
        out.push(rows);
    }
    out
}

/// When and what, without ids.
fn told(events: &[Event]) -> Vec<String> {
    let calls = events.iter().filter(|event| is_call(&event.what));
    calls
        .map(|event| format!("{} {:?}", event.at, event.what))
        .collect()
}

fn would(report: &Report) -> [u64; 3] {
    [Sort::Warning, Sort::Deadline, Sort::Step].map(|sort| report.calls[&sort].would)
}

fn really(report: &Report) -> [u64; 3] {
    [Sort::Warning, Sort::Deadline, Sort::Step].map(|sort| report.calls[&sort].really)
}

#[tokio::test]
async fn the_rules_in_force_find_exactly_what_really_happened() {
    let (desk, until) = lived().await;
    let rules = rules(&Wish {
        tune: strict,
        ..Wish::default()
    });
    let before = rows(&desk).await;
    let report = probe(&desk.store, &rules, friday(), until).await.unwrap();
    assert_eq!(rows(&desk).await, before, "nothing was written");

    let own = ben();
    let book = Book {
        rules: &rules,
        own: &own,
    };
    let start = (friday(), ItemId(uuid::Uuid::nil()));
    let page = Page::read(&desk.store, start, until).await.unwrap();
    assert_eq!((page.items.len(), report.items), (7, 7));
    for item in &page.items {
        let past = page.past(item);
        let walked = walk(book, &past, until);
        let words = item.body.as_deref().unwrap_or_default();
        assert_eq!(told(&walked.calls), told(past.log), "{words}");
    }
    assert_eq!(would(&report), really(&report));
    // The story has all of it, or the comparison would say nothing.
    let [warnings, deadlines, steps] = really(&report);
    assert!(warnings >= 6 && deadlines >= 5 && steps >= 10, "{report:?}");

    let (messages, dropped, pings): (i64, i64, i64) = (
        desk.row("SELECT count(DISTINCT effect_id) FROM notice WHERE settled_at IS NOT NULL AND NOT dropped")
            .await,
        desk.row("SELECT count(*) FROM notice WHERE dropped").await,
        desk.row(
            "SELECT coalesce(sum(n), 0)::bigint FROM (
                 SELECT DISTINCT effect_id, CASE WHEN addressee ? 'room'
                     THEN jsonb_array_length(addressee -> 'room' -> 'ping') ELSE 1 END AS n
                 FROM notice WHERE settled_at IS NOT NULL AND NOT dropped) AS sent",
        )
        .await,
    );
    let moot: u64 = report.calls.values().map(|count| count.moot).sum();
    assert_eq!(
        (report.messages, moot, report.pings),
        (
            u64::try_from(messages).unwrap(),
            u64::try_from(dropped).unwrap(),
            u64::try_from(pings).unwrap()
        )
    );
    assert!(dropped > 0, "something was dealt with while it waited");
    let told: u64 = report.calls.values().map(|count| count.told).sum();
    assert!(report.messages < told, "several in one message");
    let by_person: u64 = report.load.iter().map(|load| load.pings).sum();
    assert_eq!(by_person, report.pings);
    assert!(
        report
            .load
            .iter()
            .any(|l| l.who.mention == Mention::Person(CARLA.into()))
    );
    desk.everything();
    desk.finish().await;
}

#[tokio::test]
async fn other_rules_find_something_else_in_the_same_past() {
    let (desk, until) = lived().await;
    let wish = Wish {
        tune: strict,
        ..Wish::default()
    };
    let strict = probe(&desk.store, &rules(&wish), friday(), until).await.unwrap();

    let mut calm = rules(&wish);
    calm.fallback.policy = Policy {
        first_answer: Some(24 * 60),
        ..Policy::default()
    };
    let calm = probe(&desk.store, &calm, friday(), until).await.unwrap();
    assert_eq!(really(&calm), really(&strict), "the past is what it was");
    let warnings: i64 = desk
        .row("SELECT count(*) FROM item_event e JOIN item i ON i.id = e.item_id WHERE what = 'reminded' AND route = 'ruf'")
        .await;
    let [warned, deadlines, steps] = would(&calm);
    assert_eq!((i64::try_from(warned).unwrap(), steps), (warnings, 0));
    assert!(deadlines < would(&strict)[1] && calm.messages < strict.messages);
    let cases = calm.promises.iter().filter(|p| p.metric == Metric::Resolution);
    let promised: u64 = cases
        .map(|p| p.promise.met + p.promise.breached() + p.promise.running)
        .sum();
    assert_eq!(promised, 0, "these rules promise no end of the case");

    let mut nightly = rules(&wish);
    for route in nightly.routes.iter_mut().chain([&mut nightly.fallback]) {
        route.policy.at_night = true;
    }
    let nightly = probe(&desk.store, &nightly, friday(), until).await.unwrap();
    assert!(nightly.night_pings > strict.night_pings, "{nightly:?}");

    // Only a part of that time, and a time in which nothing came.
    let day = TimeDelta::days(1);
    let begun = probe(
        &desk.store,
        &rules(&wish),
        friday(),
        friday() + TimeDelta::hours(6),
    )
    .await
    .unwrap();
    assert_eq!(begun.items, 5);
    assert!(would(&begun)[0] < would(&strict)[0]);
    assert_eq!(would(&begun), really(&begun), "neither counts what came later");
    let nothing = probe(&desk.store, &rules(&wish), friday() - day - day, friday() - day)
        .await
        .unwrap();
    assert_eq!((nothing.items, nothing.messages), (0, 0));
    desk.everything();
    desk.finish().await;
}
