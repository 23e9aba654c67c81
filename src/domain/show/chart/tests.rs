//! What a chart must hold whatever numbers come.

use chrono::TimeDelta;
use chrono_tz::Tz;
use proptest::prelude::*;

use super::draw::GROUND;
use super::draw::TARGET;
use super::draw::TIMES;
use super::draw::colour;
use super::*;

fn locale(lang: Lang) -> Locale {
    Locale {
        lang,
        zone: Tz::Europe__Berlin,
    }
}

fn monday() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 16).unwrap()
}

fn day(after: i64, new: [i64; 5], median_minutes: Option<i64>) -> Day {
    Day {
        date: monday() + TimeDelta::days(after),
        new,
        answered: median_minutes.map_or(0, |_| 3),
        median_minutes,
    }
}

/// A week as care teams have it: one quiet day, one that went wrong.
fn week() -> Vec<Day> {
    vec![
        day(0, [6, 1, 3, 2, 0], Some(95)),
        day(1, [4, 2, 5, 1, 1], Some(140)),
        day(2, [9, 0, 11, 4, 0], Some(390)),
        day(3, [3, 1, 2, 2, 0], Some(210)),
        day(4, [5, 0, 1, 3, 0], Some(60)),
        day(5, [2, 0, 0, 0, 0], None),
        day(6, [0, 0, 0, 0, 0], None),
    ]
}

#[test]
fn a_week_in_both_languages() {
    for lang in [Lang::De, Lang::En] {
        let chart = chart(&week(), Some(240), locale(lang)).unwrap();
        insta::assert_snapshot!(
            format!("chart_week_{}", lang.as_str()),
            format!("{}\n{}", chart.alt, chart.svg)
        );
    }
}

#[test]
fn one_day_a_quarter_and_huge_counts() {
    let quarter: Vec<Day> = (0..92)
        .map(|n| {
            day(
                n,
                [n % 9, n % 4, n % 5, i64::from(n % 11 == 0), 0],
                (n % 7 < 5).then_some(60 + 3 * n),
            )
        })
        .collect();
    let huge = [7_i64, 1_200_000, 88_000_000_000, i64::MAX / 3];
    let huge: Vec<Day> = (0..)
        .zip(huge)
        .map(|(n, new)| day(n, [new, new / 2, new, 1, 0], Some(new / 1000)))
        .collect();
    let quiet = [
        day(0, [0; 5], None),
        day(1, [1, 0, 0, 0, 0], None),
        day(2, [0; 5], None),
    ];
    for (name, days, lang) in [
        ("day", &[day(0, [4, 2, 9, 1, 0], Some(301))][..], Lang::De),
        ("quarter", &quarter[..], Lang::En),
        ("huge", &huge[..], Lang::De),
        ("quiet", &quiet[..], Lang::En),
    ] {
        let chart = chart(days, Some(240), locale(lang)).unwrap();
        insta::assert_snapshot!(format!("chart_{name}"), format!("{}\n{}", chart.alt, chart.svg));
    }
}

#[test]
fn nothing_to_see_is_no_picture() {
    assert_eq!(chart(&[], Some(240), locale(Lang::De)), None);
    assert_eq!(
        chart(
            &[day(0, [0; 5], None), day(1, [0; 5], None)],
            Some(240),
            locale(Lang::De)
        ),
        None
    );
    // An answer to what came in before is something.
    assert!(chart(&[day(0, [0; 5], Some(3))], None, locale(Lang::De)).is_some());
}

#[test]
fn days_that_share_a_bar_lose_nothing() {
    let days: Vec<Day> = (0..365)
        .map(|n| day(n, [n % 7, 1, 0, n % 3, 2], Some(60 + n)))
        .collect();
    let bars = bars(&days);
    assert!(bars.len() <= MOST_BARS);
    assert_eq!(sum(bars.iter().map(Bar::total)), sum(by_tone(&days)));
    let svg = chart(&days, Some(240), locale(Lang::En)).unwrap().svg;
    assert!(svg.contains("Each bar is 12 days"), "{svg}");
    assert_eq!(
        svg.matches("r=\"3.0\"").count(),
        365,
        "no median is made of medians"
    );
}

#[test]
fn a_promise_of_nothing_has_no_line() {
    for target in [None, Some(0), Some(-5)] {
        let chart = chart(&week(), target, locale(Lang::De)).unwrap();
        assert!(
            !chart.svg.contains(TARGET) && !chart.alt.contains("Ziel"),
            "{target:?}"
        );
    }
}

#[test]
fn big_numbers_are_short_at_the_edge_and_whole_in_words() {
    for (n, de, en) in [
        (9_999, "9.999", "9,999"),
        (12_540, "12,5 Tsd.", "12.5k"),
        (250_400, "250 Tsd.", "250k"),
        (3_000_000, "3 Mio.", "3M"),
        (i64::MAX, "> 999 Bio.", "> 999T"),
    ] {
        assert_eq!(short(Lang::De, n), de);
        assert_eq!(short(Lang::En, n), en);
    }
    let chart = chart(&[day(0, [1_234_567, 0, 0, 0, 0], None)], None, locale(Lang::De)).unwrap();
    assert!(chart.alt.contains("1.234.567 neue Beiträge"), "{}", chart.alt);
}

#[test]
fn what_stands_on_the_ground_can_be_read() {
    for (ink, least) in [(TIMES, 4.5), (TARGET, 4.5), ("#1d2129", 7.0), ("#565d68", 4.5)] {
        let contrast = contrast(rgb(ink), rgb(GROUND));
        assert!(contrast >= least, "{ink}: {contrast:.1}");
    }
}

#[test]
fn neighbours_differ_for_every_eye() {
    // Machado, Oliveira and Fernandes (2009), severity 1.0: no red, no green, no blue cones.
    let eyes: [(&str, [[f64; 3]; 3]); 4] = [
        ("all", [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]),
        (
            "protan",
            [
                [0.152_286, 1.052_583, -0.204_868],
                [0.114_503, 0.786_281, 0.099_216],
                [-0.003_882, -0.048_116, 1.051_998],
            ],
        ),
        (
            "deutan",
            [
                [0.367_322, 0.860_646, -0.227_968],
                [0.280_085, 0.672_501, 0.047_413],
                [-0.011_820, 0.042_940, 0.968_881],
            ],
        ),
        (
            "tritan",
            [
                [1.255_528, -0.076_749, -0.178_779],
                [-0.078_411, 0.930_809, 0.147_602],
                [0.004_733, 0.691_367, 0.303_900],
            ],
        ),
    ];
    let stack = [
        Tone::Complaint,
        Tone::Question,
        Tone::Suggestion,
        Tone::Neutral,
        Tone::Praise,
    ];
    for (eye, see) in eyes {
        let seen = |tone: Tone| lab(through(see, rgb(colour(tone))));
        for (n, one) in stack.into_iter().enumerate() {
            for other in stack.into_iter().skip(n + 1) {
                let apart = distance(seen(one), seen(other));
                assert!(apart >= 20.0, "{eye}: {one:?} and {other:?} are {apart:.0} apart");
            }
        }
    }
}

proptest! {
    // Each case is painted as well, which takes a while where nothing is optimised.
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn no_number_breaks_it(
        counts in proptest::collection::vec((any::<[i64; 5]>(), any::<Option<i64>>(), -400i64..400), 0..60),
        target in any::<Option<i64>>(),
        german in any::<bool>(),
    ) {
        let days: Vec<Day> = counts.into_iter().map(|(new, median, after)| day(after, new, median)).collect();
        let lang = if german { Lang::De } else { Lang::En };
        if let Some(chart) = chart(&days, target, locale(lang)) {
            prop_assert!(!chart.svg.contains("NaN") && !chart.svg.contains("inf"), "{}", chart.svg);
            prop_assert!(!chart.svg.contains("chart-") && !chart.alt.contains("chart-"), "a sentence is missing");
            prop_assert!(chart.alt.encode_utf16().count() <= ALT_UNITS);
            prop_assert!(crate::picture::png(&chart.svg).is_ok());
        }
    }

}

proptest! {
    #[test]
    fn marks_stay_on_the_sheet(new in proptest::collection::vec(proptest::array::uniform5(0i64..1_000_000), 1..40)) {
        let days: Vec<Day> = (0i64..).zip(new).map(|(n, new)| day(n, new, Some(new[0]))).collect();
        if let Some(chart) = chart(&days, Some(240), locale(Lang::En)) {
            for rect in chart.svg.lines().filter(|l| l.starts_with("<rect")) {
                let at = |name: &str| -> f64 {
                    let rest = rect.split(&format!(" {name}=\"")).nth(1).unwrap_or("x");
                    rest.split('"').next().unwrap_or("x").parse().unwrap()
                };
                prop_assert!(at("x") >= 0.0 && at("x") + at("width") <= 720.0, "{rect}");
                prop_assert!(at("y") >= 0.0 && at("height") >= 0.0, "{rect}");
            }
        }
    }
}

fn rgb(hex: &str) -> [f64; 3] {
    let part = |at: usize| f64::from(u8::from_str_radix(&hex[at..at + 2], 16).unwrap()) / 255.0;
    [part(1), part(3), part(5)].map(|c| {
        if c <= 0.04045 {
            c / 12.92
        } else {
            ((c + 0.055) / 1.055).powf(2.4)
        }
    })
}

fn through(see: [[f64; 3]; 3], colour: [f64; 3]) -> [f64; 3] {
    see.map(|row| {
        let seen: f64 = row.iter().zip(colour).map(|(m, c)| m * c).sum();
        seen.clamp(0.0, 1.0)
    })
}

fn luminance([r, g, b]: [f64; 3]) -> f64 {
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

fn contrast(one: [f64; 3], other: [f64; 3]) -> f64 {
    let (one, other) = (luminance(one) + 0.05, luminance(other) + 0.05);
    one.max(other) / one.min(other)
}

fn lab([r, g, b]: [f64; 3]) -> [f64; 3] {
    let x = (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505;
    let y = 0.2126 * r + 0.7152 * g + 0.0722 * b;
    let z = (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089;
    let f = |t: f64| {
        if t > 0.008_856 {
            t.cbrt()
        } else {
            7.787 * t + 16.0 / 116.0
        }
    };
    [116.0 * f(y) - 16.0, 500.0 * (f(x) - f(y)), 200.0 * (f(y) - f(z))]
}

fn distance(one: [f64; 3], other: [f64; 3]) -> f64 {
    one.iter()
        .zip(other)
        .map(|(a, b)| (a - b).powi(2))
        .sum::<f64>()
        .sqrt()
}
