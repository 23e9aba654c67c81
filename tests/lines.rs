//! Lines of a thread, whatever happened and whoever has the item: none of them is empty in either chat, and what has
//! nothing to say is not told at all.

use chrono::TimeDelta;
use proptest::prelude::*;
use serde_json::Value;
use zeitnah::chat::discord;
use zeitnah::chat::slack;
use zeitnah::domain::At;
use zeitnah::domain::id::EventId;
use zeitnah::domain::id::ItemId;
use zeitnah::domain::item::Author;
use zeitnah::domain::item::Details;
use zeitnah::domain::item::Item;
use zeitnah::domain::item::ItemKind;
use zeitnah::domain::item::Rating;
use zeitnah::domain::item::Tone;
use zeitnah::domain::item::Votes;
use zeitnah::domain::item::caps::ReplyCaps;
use zeitnah::domain::item::event::Called;
use zeitnah::domain::item::event::Event;
use zeitnah::domain::item::event::EventKind;
use zeitnah::domain::item::event::Missing;
use zeitnah::domain::item::handling::Handling;
use zeitnah::domain::item::handling::Reason;
use zeitnah::domain::item::policy::Metric;
use zeitnah::domain::item::sla::Base;
use zeitnah::domain::item::sla::Deadline;
use zeitnah::domain::lang::Lang;
use zeitnah::domain::people::person::Mention;
use zeitnah::domain::people::person::PersonId;
use zeitnah::domain::say::text::Locale;
use zeitnah::domain::say::text::flat;
use zeitnah::port::chat::Body;
use zeitnah::port::chat::Note;
use zeitnah::port::chat::Post;
use zeitnah::workflow::note::Held;
use zeitnah::workflow::note::note;

fn after(minutes: i64) -> At {
    At::UNIX_EPOCH + TimeDelta::minutes(minutes)
}

fn anna() -> PersonId {
    PersonId::new("slack", "U0ANNA")
}

fn item(deadline: Option<i64>) -> Item {
    let deadline = deadline.map(|due| Deadline {
        metric: Metric::FirstAnswer,
        base: Base::FirstSeen,
        from: after(0),
        due: after(due),
    });
    Item {
        id: ItemId::new(after(0)),
        number: 1,
        source: "shop".into(),
        scope: String::new(),
        native_id: "1".into(),
        kind: ItemKind::Review,
        tone: Tone::Complaint,
        rating: Rating::of_five(1.0),
        title: None,
        body: None,
        language: None,
        author: Author::default(),
        subject: None,
        verified: None,
        details: Details::default(),
        votes: Votes::default(),
        permalink: None,
        published_at: None,
        edited_at: None,
        first_seen_at: after(0),
        revision: 1,
        fingerprint: vec![],
        caps: ReplyCaps::none(),
        route: "default".into(),
        handling: Handling::Open,
        escalation: None,
        deadline,
        overdue_at: None,
        raised_at: None,
        reply: None,
        is_answer_sent: false,
        version: 1,
    }
}

fn stepped() -> impl Strategy<Value = EventKind> {
    let missing = prop_oneof![
        Just(Missing::Holder),
        Just(Missing::OnDuty("day".into())),
        Just(Missing::Channel),
        Just(Missing::Group),
    ];
    let called = Just(Called {
        chat: "slack".into(),
        mention: Mention::Person("U0ANNA".into()),
    });
    let named = || prop::option::of(Just("leads".to_owned()));
    (
        prop::collection::vec(called, 0..2),
        prop::collection::vec(missing, 0..3),
        named(),
        named(),
        any::<bool>(),
        0_u32..2,
    )
        .prop_map(
            |(called, missing, widened, webhook, raised, round)| EventKind::Stepped {
                chain: "overdue".into(),
                round,
                step: 0,
                called,
                missing,
                widened,
                raised,
                webhook,
            },
        )
}

/// Of each kind one, and of those with choices in them all choices.
fn what() -> impl Strategy<Value = EventKind> {
    let (at, text) = (after(90), || "x".to_owned());
    let plain: Vec<EventKind> = vec![
        EventKind::Drafted,
        EventKind::RemovedAtSource,
        EventKind::BackAtSource,
        EventKind::Edited {
            revision: 2,
            stars_before: None,
            stars_now: None,
        },
        EventKind::Edited {
            revision: 2,
            stars_before: Some(5),
            stars_now: Some(1),
        },
        EventKind::AnsweredElsewhere {
            given: None,
            in_time: None,
            words: None,
            author: None,
        },
        EventKind::Claimed { until: at },
        EventKind::TakenOver {
            from: anna(),
            until: at,
        },
        EventKind::Released,
        EventKind::Sent { until: at },
        EventKind::TakenBack { of: None },
        EventKind::Accepted {
            minutes: None,
            in_time: None,
        },
        EventKind::Rejected { why: text() },
        EventKind::Failed {
            why: String::new(),
            earlier_stands: false,
        },
        EventKind::Unclear,
        EventKind::ConfirmedThere,
        EventKind::SentAgain,
        EventKind::Woke,
        EventKind::Escalated {
            to: text(),
            why: String::new(),
        },
        EventKind::Acknowledged { until: at },
        EventKind::Offered {
            rota: text(),
            of: anna(),
            until: at,
            called: vec![],
            to: None,
            why: None,
        },
        EventKind::NotAccepted { of: anna(), to: None },
        EventKind::NotAccepted {
            of: anna(),
            to: Some(PersonId::new("slack", "U0BEN")),
        },
    ];
    prop_oneof![
        3 => stepped(),
        3 => prop::sample::select(plain),
        1 => any::<bool>().prop_map(|lost_right| EventKind::ClaimEnded { of: anna(), lost_right }),
        1 => (0_i64..200, any::<bool>()).prop_map(|(due, again)| EventKind::Overdue {
            due: after(due), metric: Metric::FirstAnswer, holder: None, again,
        }),
        1 => (0_i64..200).prop_map(|due| EventKind::Reminded { due: after(due), metric: Metric::FirstAnswer, mark: None }),
        1 => prop::option::of(0_i64..9).prop_map(|minutes| EventKind::Visible { minutes, in_time: None }),
        1 => prop::option::of(Just("n".to_owned())).prop_map(|note| EventKind::Handled { reason: Reason::Spam, note }),
        1 => any::<bool>().prop_map(|by_customer| EventKind::Reopened { by_customer }),
        1 => prop::option::of(Just("w".to_owned())).prop_map(move |why| EventKind::Snoozed {
            until: at, why, for_customer: false,
        }),
        1 => prop::option::of(Just("Anwalt".to_owned())).prop_map(|word| EventKind::Assigned { to: anna(), word }),
    ]
}

/// What a reader would see of it, however it is built.
fn seen(value: &Value) -> String {
    match value {
        Value::Object(map) => map
            .iter()
            .map(|(key, value)| match (key.as_str(), value) {
                ("text" | "content" | "description" | "fallback", Value::String(text)) => text.clone(),
                _ => seen(value),
            })
            .collect(),
        Value::Array(all) => all.iter().map(seen).collect(),
        _ => String::new(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_line_is_empty_and_what_says_nothing_is_not_told(
        what in what(),
        due in prop::option::of(0_i64..200),
        held in prop::option::of(any::<bool>()),
        lang in prop_oneof![Just(Lang::De), Just(Lang::En)],
    ) {
        let locale = Locale { lang, zone: chrono_tz::Tz::Europe__Berlin };
        let event = Event { id: EventId::new(after(100)), item: item(None).id, at: after(100), by: Some(anna()), what };
        let held = held.map(|is_told| Held { name: "Anna".into(), is_told });
        let text = note(&event, &item(due), "Gartenshop", locale, held, |_| "Anna".to_owned());
        prop_assert_eq!(event.what.is_told(), !flat(&text).trim().is_empty(), "{:?}", event.what);
        if event.what.is_told() {
            let said = flat(&text);
            prop_assert!(!said.contains("less than 1 min left") && !said.contains("for less than"), "{}", said);
            let line = Note {
                ping: vec![], text, quotes: vec![], buttons: vec![], item: None, each: vec![], about: String::new(),
            };
            let post = Post {
                key: "note:1".into(), generation: 0, room: "1".into(), thread: None, body: Body::Note(line),
            };
            for message in [slack::blocks::message(&post), discord::message::create(&post, None)] {
                prop_assert!(!seen(&message).trim().is_empty(), "{}", message);
            }
        }
    }
}
