//! The picture in a digest: how much came in, by tone, and how long the first answer took against what was promised. From
//! numbers to a drawing and to words that say the same to who cannot see it. Drawn 720 wide, because a phone shows it at
//! half of that: big type, few labels, its own light ground under whatever colour the chat has.

mod axis;
mod draw;

use std::collections::BTreeSet;

use chrono::NaiveDate;

use crate::domain::item::Tone;
use crate::domain::lang::Lang;
use crate::domain::say::text::Arg;
use crate::domain::say::text::Locale;

/// More bars than this are hairs on a phone; several days share one then.
const MOST_BARS: usize = 31;
/// Nobody counts further than this; it has to fit the edge of a drawing all the same.
const FAR_MORE: i64 = 1_000_000_000_000_000;
/// What a picture's description may have in every chat.
const ALT_UNITS: usize = 1000;

/// One local day (or, in a long period, one week) of a period, as it is drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Day {
    /// Its first day.
    pub date: NaiveDate,
    /// New items by tone, in the order of `Tone::ALL`.
    pub new: [i64; Tone::ALL.len()],
    pub answered: i64,
    /// Median minutes to the first answer of those answered on it.
    pub median_minutes: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chart {
    pub svg: String,
    /// The numbers in words.
    pub alt: String,
}

/// What came in on one or more days next to each other.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Bar {
    date: NaiveDate,
    new: [i64; Tone::ALL.len()],
}

impl Bar {
    fn total(&self) -> i64 {
        sum(self.new)
    }
}

/// None where there is nothing to see: no day, nothing new and nothing answered.
pub fn chart(days: &[Day], target_minutes: Option<i64>, locale: Locale) -> Option<Chart> {
    let days = tidied(days);
    let something = days
        .iter()
        .any(|d| d.median_minutes.is_some() || d.new.iter().any(|n| *n > 0));
    if !something {
        return None;
    }
    // A promise of nothing is none.
    let target = target_minutes.filter(|minutes| *minutes > 0);
    Some(Chart {
        svg: draw::svg(&days, target, locale),
        alt: alt(&days, target, locale),
    })
}

/// In order, each day once, nothing below zero: a drawing must not break over a wrong number.
fn tidied(days: &[Day]) -> Vec<Day> {
    let mut seen = BTreeSet::new();
    let mut days: Vec<Day> = days.iter().filter(|d| seen.insert(d.date)).cloned().collect();
    days.sort_by_key(|d| d.date);
    for day in &mut days {
        day.new = day.new.map(|n| n.max(0));
        day.median_minutes = day.median_minutes.map(|m| m.max(0));
    }
    days
}

/// As many bars as can be told apart, each of as many days as the others (the last one of what is left).
fn bars(days: &[Day]) -> Vec<Bar> {
    let each = days.len().div_ceil(MOST_BARS).max(1);
    let bar = |days: &[Day]| {
        let date = days.first()?.date;
        let new = std::array::from_fn(|tone| sum(days.iter().map(|d| d.new[tone])));
        Some(Bar { date, new })
    };
    days.chunks(each).filter_map(bar).collect()
}

/// How many days one of these stands for.
fn days_apart(dates: &[NaiveDate]) -> i64 {
    match dates {
        [first, second, ..] => (*second - *first).num_days().max(1),
        [_] | [] => 1,
    }
}

/// How many days all of these are together: the last one is as long as the others.
fn length(days: &[Day]) -> i64 {
    let dates: Vec<NaiveDate> = days.iter().map(|day| day.date).collect();
    let between = match (dates.first(), dates.last()) {
        (Some(first), Some(last)) => (*last - *first).num_days(),
        _ => 0,
    };
    between + days_apart(dates.get(dates.len().saturating_sub(2)..).unwrap_or_default())
}

fn sum(counts: impl IntoIterator<Item = i64>) -> i64 {
    counts.into_iter().fold(0, i64::saturating_add)
}

fn by_tone(days: &[Day]) -> [i64; Tone::ALL.len()] {
    std::array::from_fn(|tone| sum(days.iter().map(|d| d.new[tone])))
}

/// `2310` as people write it.
fn number(lang: Lang, n: i64) -> String {
    lang.number(usize::try_from(n).unwrap_or(0))
}

/// Short enough for the edge of a drawing: `950`, `12,5 Tsd.`, `3 Mio.`.
fn short(lang: Lang, n: i64) -> String {
    const STEPS: [(i64, &str); 4] = [
        (1_000_000_000_000, "chart-trillions"),
        (1_000_000_000, "chart-billions"),
        (1_000_000, "chart-millions"),
        (1_000, "chart-thousands"),
    ];
    if n < 10_000 {
        return number(lang, n);
    }
    if n >= FAR_MORE {
        return format!("> {}", short(lang, FAR_MORE - 1));
    }
    let (unit, key) = STEPS
        .into_iter()
        .find(|(unit, _)| n >= *unit)
        .unwrap_or((1_000, "chart-thousands"));
    let tenths = n / (unit / 10);
    let mark = match lang {
        Lang::De => ',',
        Lang::En => '.',
    };
    let figure = match (tenths / 10, tenths % 10) {
        (whole, 0) => number(lang, whole),
        (whole, _) if whole >= 100 => number(lang, whole),
        (whole, tenth) => format!("{whole}{mark}{tenth}"),
    };
    lang.text(key, &[("n", figure.into())])
}

/// A day as it stands below a drawing: `16.11.`, `16 Nov`.
fn short_date(lang: Lang, date: NaiveDate) -> String {
    match lang {
        Lang::De => date.format("%d.%m.").to_string(),
        Lang::En => date.format("%-d %b").to_string(),
    }
}

fn alt(days: &[Day], target: Option<i64>, locale: Locale) -> String {
    let lang = locale.lang;
    let totals = by_tone(days);
    let all = sum(totals);
    let mut said = Vec::new();
    if let (Some(first), Some(last)) = (days.first(), days.last()) {
        said.push(match days {
            [only] => lang.text("chart-alt-day", &[("day", locale.day(only.date).into())]),
            _ => lang.text(
                "chart-alt-days",
                &[
                    ("from", locale.day(first.date).into()),
                    ("to", locale.day(last.date).into()),
                ],
            ),
        });
    }
    said.push(lang.text(
        "chart-new",
        &[
            ("n", all.into()),
            ("count", number(lang, all).into()),
            ("length", length(days).into()),
        ],
    ));
    let tones: Vec<String> = Tone::ALL
        .into_iter()
        .zip(totals)
        .filter(|(_, n)| *n > 0)
        .map(|(tone, n)| {
            format!(
                "{} {}",
                lang.text(&format!("tone-{}", tone.as_str()), &[]),
                number(lang, n)
            )
        })
        .collect();
    if !tones.is_empty() {
        said.push(tones.join(", "));
    }
    let most = days
        .iter()
        .max_by_key(|d| (sum(d.new), std::cmp::Reverse(d.date)));
    if let Some(most) = most.filter(|most| days.len() > 1 && sum(most.new) > 0) {
        said.push(lang.text(
            "chart-alt-most",
            &[
                ("day", locale.day(most.date).into()),
                ("count", number(lang, sum(most.new)).into()),
            ],
        ));
    }
    said.extend(alt_answers(days, target, locale));
    // Dates and units of time may end with their own full stop.
    let ended = |one: String| {
        if one.ends_with('.') {
            one
        } else {
            format!("{one}.")
        }
    };
    let said: Vec<String> = said.into_iter().map(ended).collect();
    crate::domain::say::words::short_line(&said.join(" "), ALT_UNITS)
}

fn alt_answers(days: &[Day], target: Option<i64>, locale: Locale) -> Vec<String> {
    let lang = locale.lang;
    let medians: Vec<(NaiveDate, i64)> = days
        .iter()
        .filter_map(|d| Some((d.date, d.median_minutes?)))
        .collect();
    let Some((last_day, last)) = medians.last().copied() else {
        return vec![lang.text("chart-no-answers", &[])];
    };
    let span = |minutes: i64| Arg::from(lang.span(minutes));
    let mut said = vec![match medians.as_slice() {
        [_] => lang.text("chart-alt-median", &[("span", span(last))]),
        _ => {
            let least = medians.iter().map(|(_, m)| *m).min().unwrap_or(last);
            let most = medians.iter().map(|(_, m)| *m).max().unwrap_or(last);
            lang.text(
                "chart-alt-medians",
                &[
                    ("least", span(least)),
                    ("most", span(most)),
                    ("last", span(last)),
                    ("day", locale.day(last_day).into()),
                ],
            )
        }
    }];
    if let Some(target) = target {
        let kept = medians.iter().filter(|(_, m)| *m <= target).count();
        said.push(match medians.len() {
            1 => lang.text("chart-target", &[("span", span(target))]),
            n => lang.text(
                "chart-alt-target",
                &[("span", span(target)), ("kept", kept.into()), ("n", n.into())],
            ),
        });
    }
    said
}

#[cfg(test)]
mod tests;
