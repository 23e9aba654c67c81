//! Every sentence that people read, in German and English, from two Fluent files side by side. A sentence comes out
//! as segments, because times, names and pings are not text: each chat shows them in its own safe way, and a
//! customer's words put into a sentence can never become one of them.

use std::sync::LazyLock;

use chrono::Datelike;
use chrono_tz::Tz;
use fluent_bundle::FluentArgs;
use fluent_bundle::FluentResource;
use fluent_bundle::FluentValue;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::types::FluentNumber;
use fluent_bundle::types::FluentNumberOptions;
use serde::Deserialize;
use serde::Serialize;

use crate::domain::At;
use crate::domain::lang::Lang;
use crate::domain::people::person::Mention;
use crate::domain::time::calendar::Window;

/// How we speak in one channel: language and time zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Locale {
    pub lang: Lang,
    pub zone: Tz,
}

/// A piece of a sentence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Seg {
    Text(String),
    Strong(String),
    /// Shown in the reader's own time zone; `fallback` is in the channel's.
    Time {
        at: At,
        fallback: String,
        #[serde(default, skip_serializing_if = "Shape::is_whole")]
        shape: Shape,
    },
    Link {
        label: String,
        url: String,
    },
    Ping(Mention),
    /// A room, which its chat shows by the name that it has there; `name` is ours, for where none is known.
    Room {
        id: String,
        name: String,
    },
}

/// How much of a time is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// The date in words, and the time.
    #[default]
    Whole,
    /// Date and time as short as the chat has them.
    Short,
    /// The time of day alone: it is today.
    Clock,
}

impl Shape {
    fn is_whole(&self) -> bool {
        *self == Self::Whole
    }
}

/// A value for a sentence.
#[derive(Debug, Clone)]
pub enum Arg {
    Str(String),
    /// With marks between the thousands, unless it is called `number`: that is an item's, and people type it.
    Num(i64),
    /// So many tenths: 43 is 4,3 or 4.3.
    Tenths(i64),
    Time(At),
    /// In a list: the time of day where it is today, else with the date, both as short as can be.
    Brief {
        at: At,
        now: At,
    },
    Strong(String),
    Ping(Mention),
    Link {
        label: String,
        url: String,
    },
    /// A sentence's piece that is put together elsewhere.
    Segs(Vec<Seg>),
    Room {
        id: String,
        name: String,
    },
}

impl From<&str> for Arg {
    fn from(s: &str) -> Self {
        Self::Str(s.to_owned())
    }
}

impl From<String> for Arg {
    fn from(s: String) -> Self {
        Self::Str(s)
    }
}

impl From<i64> for Arg {
    fn from(n: i64) -> Self {
        Self::Num(n)
    }
}

impl From<usize> for Arg {
    fn from(n: usize) -> Self {
        Self::Num(i64::try_from(n).unwrap_or(i64::MAX))
    }
}

impl From<At> for Arg {
    fn from(at: At) -> Self {
        Self::Time(at)
    }
}

pub type Args<'a> = &'a [(&'a str, Arg)];

// Values that are not text stand in the formatted sentence as a numbered placeholder between these two private
// characters, which the display filter takes out of every customer's text.
const OPEN: char = '\u{E000}';
const CLOSE: char = '\u{E001}';

const DE_SAID: &[&str] = &[
    include_str!("de.ftl"),
    #[cfg(feature = "demo")]
    include_str!("demo_de.ftl"),
];
const EN_SAID: &[&str] = &[
    include_str!("en.ftl"),
    #[cfg(feature = "demo")]
    include_str!("demo_en.ftl"),
];

static DE: LazyLock<FluentBundle<FluentResource>> = LazyLock::new(|| {
    let mut bundle = bundle("de", DE_SAID);
    bundle.set_formatter(Some(|value, _| number(value, Lang::De)));
    bundle
});
static EN: LazyLock<FluentBundle<FluentResource>> = LazyLock::new(|| {
    let mut bundle = bundle("en", EN_SAID);
    bundle.set_formatter(Some(|value, _| number(value, Lang::En)));
    bundle
});

/// `12044` as 12.044 or 12,044, and `4.3` as 4,3 or 4.3.
fn number(value: &FluentValue, lang: Lang) -> Option<String> {
    let FluentValue::Number(number) = value else {
        return None;
    };
    let plain = number.as_string();
    let (whole, rest) = plain.split_once('.').unwrap_or((&plain, ""));
    let whole = match whole.parse::<usize>() {
        Ok(n) => lang.number(n),
        Err(_) => whole.to_owned(),
    };
    let mark = match lang {
        Lang::De => ',',
        Lang::En => '.',
    };
    Some(if rest.is_empty() {
        whole
    } else {
        format!("{whole}{mark}{rest}")
    })
}

fn tenths(n: i64) -> FluentValue<'static> {
    let options = FluentNumberOptions {
        minimum_fraction_digits: Some(1),
        ..FluentNumberOptions::default()
    };
    // Fluent counts in floats; what is counted here stays far below what they hold exactly.
    FluentValue::Number(FluentNumber::new(n as f64 / 10.0, options))
}

fn bundle(language: &str, said: &[&str]) -> FluentBundle<FluentResource> {
    let mut bundle = FluentBundle::new_concurrent(language.parse().into_iter().collect());
    // Isolation marks are bidi controls, which we take out of what we show.
    bundle.set_use_isolating(false);
    for source in said {
        // What parsed is kept even when some of it did not: the tests check that all files are whole.
        let resource = FluentResource::try_new((*source).to_owned()).unwrap_or_else(|(kept, _)| kept);
        bundle.add_resource_overriding(resource);
    }
    bundle
}

impl Lang {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::De => "de",
            Self::En => "en",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        [Self::De, Self::En]
            .into_iter()
            .find(|lang| lang.as_str() == word)
    }

    fn bundle(self) -> &'static FluentBundle<FluentResource> {
        match self {
            Self::De => &DE,
            Self::En => &EN,
        }
    }

    /// The sentence `key` as plain text; for labels and whatever has no times or pings in it.
    pub fn text(self, key: &str, args: Args) -> String {
        Locale {
            lang: self,
            zone: Tz::UTC,
        }
        .text(key, args)
    }

    pub fn has(self, key: &str) -> bool {
        self.bundle().has_message(key)
    }

    /// `2310` as people write it: 2.310 or 2,310.
    pub fn number(self, n: usize) -> String {
        let digits = n.to_string();
        let mark = match self {
            Self::De => '.',
            Self::En => ',',
        };
        let mut out = String::new();
        for (i, c) in digits.chars().enumerate() {
            if i > 0 && (digits.len() - i).is_multiple_of(3) {
                out.push(mark);
            }
            out.push(c);
        }
        out
    }

    /// A length of time in words, to the minute, days told as hours: what is counted in hours is read in hours.
    pub fn exact_span(self, span: chrono::TimeDelta) -> String {
        let minutes = (span.num_seconds() + 30).div_euclid(60).max(0);
        let part = |key: &str, n: i64| (n > 0).then(|| self.text(key, &[("n", n.into())]));
        let parts: Vec<String> = [
            part("span-hours", minutes / 60),
            part("span-minutes", minutes % 60),
        ]
        .into_iter()
        .flatten()
        .collect();
        if parts.is_empty() {
            self.text("span-none", &[])
        } else {
            parts.join(" ")
        }
    }

    /// A length of time in words, to the minute.
    pub fn span(self, minutes: i64) -> String {
        let minutes = minutes.max(0);
        let (days, hours, rest) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
        let part = |key: &str, n: i64| (n > 0).then(|| self.text(key, &[("n", n.into())]));
        let parts: Vec<String> = if days > 0 {
            [part("span-days", days), part("span-hours", hours)]
                .into_iter()
                .flatten()
                .collect()
        } else {
            [part("span-hours", hours), part("span-minutes", rest)]
                .into_iter()
                .flatten()
                .collect()
        };
        if parts.is_empty() {
            self.text("span-none", &[])
        } else {
            parts.join(" ")
        }
    }
}

impl Locale {
    /// The sentence `key` as segments.
    pub fn say(self, key: &str, args: Args) -> Vec<Seg> {
        let mut values = FluentArgs::new();
        for (i, (name, arg)) in args.iter().enumerate() {
            let value = match arg {
                Arg::Str(s) => FluentValue::from(s.clone()),
                Arg::Num(n) if *name == "number" => FluentValue::from(n.to_string()),
                Arg::Num(n) => FluentValue::from(*n),
                Arg::Tenths(n) => tenths(*n),
                Arg::Time(_)
                | Arg::Brief { .. }
                | Arg::Strong(_)
                | Arg::Ping(_)
                | Arg::Link { .. }
                | Arg::Room { .. }
                | Arg::Segs(_) => FluentValue::from(format!("{OPEN}{i}{CLOSE}")),
            };
            values.set(*name, value);
        }
        let formatted = match self.lang.bundle().get_message(key).and_then(|m| m.value()) {
            Some(pattern) => {
                let mut faults = Vec::new();
                self.lang
                    .bundle()
                    .format_pattern(pattern, Some(&values), &mut faults)
                    .into_owned()
            }
            // A missing sentence shows its key, which a test would catch; a panic would lose the press.
            None => key.to_owned(),
        };
        self.split(&formatted, args)
    }

    pub fn text(self, key: &str, args: Args) -> String {
        flat(&self.say(key, args))
    }

    /// Date and time in the channel's zone: what people see where a chat cannot show their own.
    pub fn moment(self, at: At) -> String {
        let local = at.with_timezone(&self.zone);
        let day = self.lang.text(
            &format!("weekday-{}", local.weekday().num_days_from_monday()),
            &[],
        );
        match self.lang {
            Lang::De => format!("{day} {}", local.format("%d.%m. %H:%M")),
            Lang::En => format!("{day} {}", local.format("%-d %b %H:%M")),
        }
    }

    fn brief(self, at: At, now: At) -> Seg {
        let local = |at: At| at.with_timezone(&self.zone);
        if local(at).date_naive() == local(now).date_naive() {
            return Seg::Time {
                at,
                fallback: local(at).format("%H:%M").to_string(),
                shape: Shape::Clock,
            };
        }
        Seg::Time {
            at,
            fallback: self.moment(at),
            shape: Shape::Short,
        }
    }

    /// The same as somebody reads it at `now`: with the year, if that is another one.
    pub fn moment_seen(self, at: At, now: At) -> String {
        let local = at.with_timezone(&self.zone);
        if local.year() == now.with_timezone(&self.zone).year() {
            return self.moment(at);
        }
        format!(
            "{} {}",
            self.day_seen(local.date_naive(), now),
            local.format("%H:%M")
        )
    }

    /// A day without a time, with the year if that is another one than at `now`.
    pub fn day_seen(self, day: chrono::NaiveDate, now: At) -> String {
        let year = day.year();
        let plain = self.day(day);
        if year == now.with_timezone(&self.zone).year() {
            return plain;
        }
        match self.lang {
            Lang::De => format!("{plain}{year}"),
            Lang::En => format!("{plain} {year}"),
        }
    }

    /// The time of day to the second, in the channel's zone.
    pub fn clock(self, at: At) -> String {
        at.with_timezone(&self.zone).format("%H:%M:%S").to_string()
    }

    /// `Mon–Fri 09:00–17:00, Sat 10:00–14:00`, from first and last weekday (Monday is 0) and windows in minutes.
    pub fn hours(self, grouped: &[(u8, u8, Vec<Window>)]) -> String {
        let day = |n: &u8| self.lang.text(&format!("weekday-{n}"), &[]);
        let time = |minute: &u16| format!("{:02}:{:02}", minute / 60, minute % 60);
        let groups = grouped.iter().map(|(first, last, windows)| {
            let days = if first == last {
                day(first)
            } else {
                format!("{}–{}", day(first), day(last))
            };
            let windows: Vec<String> = windows
                .iter()
                .map(|(from, to)| format!("{}–{}", time(from), time(to)))
                .collect();
            format!("{days} {}", windows.join(" + "))
        });
        groups.collect::<Vec<_>>().join(", ")
    }

    /// A day without a time.
    pub fn day(self, day: chrono::NaiveDate) -> String {
        let weekday = format!("weekday-{}", day.weekday().num_days_from_monday());
        let weekday = self.lang.text(&weekday, &[]);
        match self.lang {
            Lang::De => format!("{weekday} {}", day.format("%d.%m.")),
            Lang::En => format!("{weekday} {}", day.format("%-d %b")),
        }
    }

    fn split(self, formatted: &str, args: Args) -> Vec<Seg> {
        let mut out = Vec::new();
        for (i, piece) in formatted.split(OPEN).enumerate() {
            let text = match (i, piece.split_once(CLOSE)) {
                (1.., Some((index, text))) => {
                    let arg = index.parse::<usize>().ok().and_then(|at| args.get(at));
                    if let Some((_, arg)) = arg {
                        out.extend(self.segments(arg));
                    }
                    text
                }
                _ => piece,
            };
            if !text.is_empty() {
                out.push(Seg::Text(text.to_owned()));
            }
        }
        out
    }

    fn segments(self, arg: &Arg) -> Vec<Seg> {
        let one = match arg {
            Arg::Segs(segs) => return segs.clone(),
            Arg::Str(s) => Seg::Text(s.clone()),
            Arg::Num(n) | Arg::Tenths(n) => Seg::Text(n.to_string()),
            Arg::Time(at) => Seg::Time {
                at: *at,
                fallback: self.moment(*at),
                shape: Shape::Whole,
            },
            Arg::Brief { at, now } => self.brief(*at, *now),
            Arg::Room { id, name } => Seg::Room {
                id: id.clone(),
                name: name.clone(),
            },
            Arg::Strong(s) => Seg::Strong(s.clone()),
            Arg::Ping(mention) => Seg::Ping(mention.clone()),
            Arg::Link { label, url } => Seg::Link {
                label: label.clone(),
                url: url.clone(),
            },
        };
        vec![one]
    }
}

/// Segments as one plain line; pings are left out, because text never pings.
pub fn flat(segs: &[Seg]) -> String {
    segs.iter()
        .map(|seg| match seg {
            Seg::Text(s) | Seg::Strong(s) | Seg::Time { fallback: s, .. } | Seg::Link { label: s, .. } => {
                s.clone()
            }
            Seg::Room { name, .. } => format!("#{name}"),
            Seg::Ping(_) => String::new(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn keys(source: &str) -> BTreeSet<&str> {
        source
            .lines()
            .filter_map(|l| l.split_once(" ="))
            .map(|(k, _)| k)
            .filter(|k| !k.is_empty() && k.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'))
            .collect()
    }

    fn variables(source: &str) -> std::collections::BTreeMap<&str, BTreeSet<&str>> {
        let mut out = std::collections::BTreeMap::<&str, BTreeSet<&str>>::new();
        let mut key = "";
        for line in source.lines() {
            if let Some((k, _)) = line.split_once(" =")
                && !k.starts_with(' ')
            {
                key = k;
            }
            for piece in line.split('$').skip(1) {
                let end = piece
                    .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
                    .unwrap_or(piece.len());
                out.entry(key).or_default().insert(&piece[..end]);
            }
        }
        out
    }

    #[test]
    fn both_languages_parse_and_say_the_same_things() {
        assert_eq!(DE_SAID.len(), EN_SAID.len());
        for (de, en) in DE_SAID.iter().zip(EN_SAID) {
            for source in [de, en] {
                FluentResource::try_new((*source).to_owned()).unwrap();
            }
            assert_eq!(keys(de), keys(en));
            assert_eq!(variables(de), variables(en));
        }
    }

    #[test]
    fn counts_have_marks_and_what_people_type_has_none() {
        let args = [("n", Arg::Num(12_044)), ("before", Arg::Num(1))];
        assert_eq!(
            Lang::De.text("digest-new", &args),
            "Neu insgesamt: 12.044, davor 1"
        );
        assert_eq!(Lang::En.text("digest-new", &args), "New in all: 12,044, before 1");
        let typed = [("number", Arg::Num(12_044)), ("head", "x".into())];
        assert!(Lang::De.text("list-line", &typed).contains("12044"));
        let mean = [
            ("usual", Arg::Tenths(40)),
            ("n", Arg::Num(7)),
            ("subject", "x".into()),
        ];
        assert!(Lang::De.text("digest-unusual", &mean).contains("4,0"));
        assert!(Lang::En.text("digest-unusual", &mean).contains("4.0"));
    }

    #[test]
    fn times_are_segments_and_words_are_only_words() {
        let locale = Locale {
            lang: Lang::De,
            zone: Tz::Europe__Berlin,
        };
        let due = At::UNIX_EPOCH;
        let segs = locale.say("state-open", &[("due", due.into())]);
        assert!(segs.contains(&Seg::Time {
            at: due,
            fallback: "Do 01.01. 01:00".to_owned(),
            shape: Shape::Whole,
        }));
        let brief = |hours| locale.brief(due + chrono::TimeDelta::hours(hours), due);
        assert_eq!(
            flat(&[brief(22), Seg::Text(" ".into()), brief(23)]),
            "23:00 Fr 02.01. 00:00"
        );
        assert_eq!(
            flat(&locale.say("who-author", &[("name", "{ $x } <!here>".into())])),
            "von { $x } <!here>"
        );
    }

    #[test]
    fn another_year_is_named() {
        let at = |text: &str| text.parse::<At>().unwrap();
        let (then, now) = (at("2024-11-01T09:00:00Z"), at("2026-11-20T09:00:00Z"));
        let say = |lang, at| {
            Locale {
                lang,
                zone: Tz::Europe__Berlin,
            }
            .moment_seen(at, now)
        };
        assert_eq!(say(Lang::De, then), "Fr 01.11.2024 10:00");
        assert_eq!(say(Lang::En, then), "Fri 1 Nov 2024 10:00");
        assert_eq!(say(Lang::En, now), "Fri 20 Nov 10:00");
        // The year is the reader's, not that of Greenwich.
        assert_eq!(say(Lang::De, at("2025-12-31T23:30:00Z")), "Do 01.01. 00:30");
    }

    #[test]
    fn spans_and_numbers_read_like_people_write() {
        assert_eq!(Lang::De.span(149), "2 Std. 29 Min.");
        assert_eq!(Lang::En.span(60 * 25), "1 day 1 h");
        assert_eq!(Lang::De.span(0), "weniger als 1 Min.");
        assert_eq!(
            (Lang::De.number(2310), Lang::En.number(1_234_567)),
            ("2.310".into(), "1,234,567".into())
        );
    }
}
