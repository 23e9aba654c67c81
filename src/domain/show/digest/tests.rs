//! Digests as people read them, in both languages; and that whatever is in one, it fits.

use chrono::TimeDelta;
use chrono_tz::Tz;

use super::*;
use crate::domain::item::Tone;
use crate::domain::item::stats::Fact;
use crate::domain::item::stats::Subject;
use crate::domain::lang::Lang;
use crate::domain::say::text::Arg;
use crate::domain::say::text::flat;

fn locale(lang: Lang) -> Locale {
    Locale {
        lang,
        zone: Tz::Europe__Berlin,
    }
}

fn utc(text: &str) -> At {
    text.parse().unwrap()
}

fn morning() -> At {
    utc("2026-11-21T07:00:00Z")
}

fn new(counts: &mut Counts, source: &str, tone: Tone, stars: i16, n: i64) {
    let subject = Subject {
        source: source.into(),
        kind: "product".into(),
        id: "p1".into(),
        name: None,
    };
    let fact = Fact::New {
        source: source.into(),
        tone,
        stars,
        subject: Some(subject),
    };
    counts.count(fact, n);
}

fn answered(counts: &mut Counts, by: Option<&str>, minutes: i64, in_time: bool) {
    let fact = Fact::Answered {
        by: by.map(str::to_owned),
        minutes: Some(minutes),
        in_time: Some(in_time),
    };
    counts.count(fact, 1);
}

fn counts(times: i64) -> Counts {
    let mut counts = Counts::default();
    new(&mut counts, "google", Tone::Complaint, 1, 2 * times);
    new(&mut counts, "google", Tone::Praise, 5, 5 * times);
    new(&mut counts, "google", Tone::Suggestion, 3, times);
    new(&mut counts, "shop", Tone::Question, 0, 4 * times);
    new(&mut counts, "shop", Tone::Neutral, 0, times);
    for n in 0..9 * times {
        answered(&mut counts, Some("slack:U0ANNA"), 7 + 13 * n, true);
    }
    answered(&mut counts, Some("slack:U0BEN"), 3000, false);
    answered(&mut counts, None, 55, true);
    counts.count(Fact::Handled, 2 * times);
    counts
}

/// As a line of a list says it.
fn due(number: i64, hours: Option<i64>, about: &str, url: &str) -> ListRow {
    let at = |hours| Arg::Brief {
        at: morning() + TimeDelta::hours(hours),
        now: morning(),
    };
    let link = Arg::Link {
        label: format!("Nr. {number}"),
        url: url.to_owned(),
    };
    let mut args = vec![("number", link), ("about", about.into())];
    args.extend(hours.map(|hours| ("at", at(hours))));
    let key = match hours {
        Some(hours) if hours <= 0 => "row-late",
        Some(_) => "row-due",
        None => "row-endless",
    };
    ListRow::plain(locale(Lang::De).say(key, &args))
}

fn one(number: i64, hours: Option<i64>) -> ListRow {
    let url = format!("https://care.example/archives/C0CARE/p{number}");
    due(number, hours, "★☆☆☆☆ „Nette Beratung, aber …“", &url)
}

fn full(times: i64) -> Numbers {
    Numbers {
        now: counts(times),
        before: Some(counts(1)),
        labels: [
            ("google".to_owned(), "Google".to_owned()),
            ("shop".to_owned(), "Gartenshop".to_owned()),
        ]
        .into(),
        open: 14,
        overdue: vec![one(41, Some(-23)), one(42, Some(-2))],
        overdue_count: 2,
        oldest: Some(morning() - TimeDelta::hours(23)),
        next: vec![one(43, Some(3)), one(44, None)],
        helpful: vec![
            Helpful {
                is_praise: true,
                votes: 1,
                words: "Sehr freundlich!\nImmer wieder.".into(),
                number: 39,
                head: "★★★★★  Lob · Google".into(),
                link: None,
            },
            Helpful {
                is_praise: false,
                votes: 12,
                words: "\u{202E}Nie wieder <!here> @everyone [x](https://evil.example) ".repeat(12),
                number: 41,
                head: "★☆☆☆☆  Kritik · Google".into(),
                link: Some("https://care.example/p41".into()),
            },
        ],
        unusual: vec![Unusual {
            subject: "Rasenmäher Zaunkönig 3000".into(),
            source: "shop".into(),
            n: 12,
            usual_tenths: 21,
        }],
        people: Some(vec![("Anna".into(), 9 * times), ("Ben".into(), 1)]),
        troubles: vec![
            Trouble {
                label: "Trustpilot".into(),
                since: Some(morning() - TimeDelta::hours(8)),
            },
            Trouble {
                label: "Forum".into(),
                since: None,
            },
        ],
        mine: None,
        days: Vec::new(),
        target_minutes: None,
    }
}

fn told(numbers: &Numbers, days: i64, lang: Lang) -> String {
    let digest = write(
        numbers,
        morning() - TimeDelta::days(days),
        morning(),
        locale(lang),
    );
    digest.all().map(|line| flat(line) + "\n").collect()
}

fn both(numbers: &Numbers, days: i64) -> String {
    format!(
        "{}\n{}",
        told(numbers, days, Lang::De),
        told(numbers, days, Lang::En)
    )
}

#[test]
fn a_full_day_reads_well() {
    let numbers = Numbers {
        mine: Some(Mine {
            held: 3,
            next: Some(morning() + TimeDelta::hours(2)),
        }),
        ..full(1)
    };
    insta::assert_snapshot!("day", both(&numbers, 1));
}

#[test]
fn a_week_and_a_month_read_well() {
    insta::assert_snapshot!("week", both(&full(7), 7));
    let month = Numbers {
        people: None,
        troubles: Vec::new(),
        ..full(311)
    };
    insta::assert_snapshot!("month", both(&month, 31));
}

#[test]
fn one_of_each_is_said_as_one() {
    let mut counts = Counts::default();
    new(&mut counts, "google", Tone::Complaint, 2, 1);
    answered(&mut counts, Some("slack:U0ANNA"), 149, true);
    let numbers = Numbers {
        before: Some(counts.clone()),
        now: counts,
        open: 1,
        overdue: vec![one(41, Some(-23))],
        overdue_count: 1,
        oldest: Some(morning() - TimeDelta::hours(23)),
        mine: Some(Mine { held: 1, next: None }),
        ..Numbers::default()
    };
    insta::assert_snapshot!("one", both(&numbers, 1));
}

#[test]
fn what_hardly_ever_came_is_not_counted_in_tenths() {
    let mut numbers = full(1);
    numbers.unusual[0].usual_tenths = 0;
    for (lang, said) in [
        (
            Lang::De,
            "Mehr als sonst zu Rasenmäher Zaunkönig 3000: 12, sonst fast nie",
        ),
        (
            Lang::En,
            "More than usual about Rasenmäher Zaunkönig 3000: 12, hardly ever otherwise",
        ),
    ] {
        let told = told(&numbers, 1, lang);
        assert!(told.contains(said), "{told}");
    }
}

#[test]
fn where_nothing_happened_it_is_one_kind_line() {
    let quiet = Numbers {
        before: Some(counts(1)),
        ..Numbers::default()
    };
    insta::assert_snapshot!("quiet", [both(&quiet, 1), both(&quiet, 31)].join("\n"));
    let digest = write(&quiet, morning(), morning(), locale(Lang::De));
    assert!(digest.lines.is_empty(), "so it can be left out");
    // Quiet, because nothing can be heard.
    let deaf = Numbers {
        troubles: full(1).troubles,
        ..quiet
    };
    assert_eq!(
        write(&deaf, morning(), morning(), locale(Lang::De)).lines.len(),
        2
    );
}

#[test]
fn whatever_is_in_it_it_fits() {
    let long = "𝕏[*]".repeat(500);
    let head = format!("★☆☆☆☆  Kritik · {long}");
    let url = format!("https://care.example/{}", "x".repeat(180));
    let late = |n: i64| due(123_456_789_000 + n, Some(-5), &"𝕏*".repeat(60), &url);
    let mut numbers = full(99_999);
    for n in 0..40 {
        new(
            &mut numbers.now,
            &format!("{n}{long}"),
            Tone::Complaint,
            1,
            1_234_567,
        );
    }
    numbers.labels.clear();
    numbers.overdue = (0..10).map(late).collect();
    numbers.overdue_count = 99_999;
    numbers.next = (0..3).map(late).collect();
    numbers.people = Some((0..40).map(|n: i64| (format!("{n}{long}"), 5)).collect());
    numbers.unusual = (0..9)
        .map(|n| Unusual {
            subject: format!("{n}{long}"),
            ..numbers.unusual[0].clone()
        })
        .collect();
    for helpful in &mut numbers.helpful {
        (helpful.words, helpful.head, helpful.link) = (long.clone(), head.clone(), Some(url.clone()));
    }
    numbers.troubles = vec![
        Trouble {
            label: long.clone(),
            since: None
        };
        20
    ];
    for lang in [Lang::De, Lang::En] {
        let digest = write(&numbers, morning(), morning(), locale(lang));
        let used: usize = digest.all().map(|line| units(line)).sum();
        assert!(used <= MOST_UNITS, "{used}");
        let text: Vec<String> = digest.all().map(|l| flat(l)).collect();
        assert!(
            text.iter().any(|l| l.contains("99.9") || l.contains("99,9")),
            "{text:#?}"
        );
    }
}

#[test]
fn all_is_said_only_of_all() {
    let mut counts = Counts::default();
    for n in 0..400 {
        answered(&mut counts, None, n, n > 0);
    }
    let numbers = Numbers {
        now: counts,
        ..Numbers::default()
    };
    let told = told(&numbers, 1, Lang::De);
    assert!(told.contains("Frist gehalten: 99\u{a0}% (399 von 400)"), "{told}");
    assert!(
        told.contains("im Median 3 Std. 19 Min., bei neun von zehn höchstens 5 Std. 59 Min."),
        "{told}"
    );
}

#[test]
fn what_has_nothing_to_be_compared_with_is_told_alone() {
    let alone = Numbers {
        before: None,
        ..full(2)
    };
    for lang in [Lang::De, Lang::En] {
        let told = |numbers: &Numbers| {
            let digest = write(
                numbers,
                morning() - TimeDelta::minutes(4),
                morning(),
                locale(lang),
            );
            digest.all().map(|line| flat(line)).collect::<Vec<_>>().join("\n")
        };
        let before = if lang == Lang::De { "davor" } else { "before" };
        assert!(told(&full(2)).contains(before), "{}", told(&full(2)));
        assert!(!told(&alone).contains(before), "{}", told(&alone));
    }
}
