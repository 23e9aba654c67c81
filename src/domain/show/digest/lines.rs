//! The sentences of a digest, each section a function, in the order in which they are read.

use chrono::TimeDelta;

use crate::domain::At;
use crate::domain::item::Tone;
use crate::domain::item::stats::Counts;
use crate::domain::say::text::Arg;
use crate::domain::say::text::Locale;
use crate::domain::say::text::Seg;
use crate::domain::say::words;
use crate::domain::show::digest::Digest;
use crate::domain::show::digest::Helpful;
use crate::domain::show::digest::Numbers;
use crate::domain::show::row;
use crate::domain::show::row::ListRow;

type Line = Vec<Seg>;

/// A subject's or a person's name is theirs, and may be as long as they like.
const NAME_UNITS: usize = 60;
const HEAD_UNITS: usize = 110;

/// How much of each list there is room for. A list that is cut says so, and all of it is one command away.
pub(super) struct Room {
    overdue: usize,
    next: usize,
    sources: usize,
    people: usize,
    unusual: usize,
    troubles: usize,
    quote_units: usize,
}

impl Room {
    /// Widest first.
    pub(super) const ALL: [Self; 3] = [
        Self {
            overdue: row::SHOWN,
            next: 3,
            sources: 12,
            people: 12,
            unusual: 3,
            troubles: 5,
            quote_units: 280,
        },
        Self {
            overdue: row::SHOWN,
            next: 2,
            sources: 8,
            people: 8,
            unusual: 3,
            troubles: 5,
            quote_units: 180,
        },
        Self {
            overdue: row::SHOWN,
            next: 0,
            sources: 6,
            people: 6,
            unusual: 2,
            troubles: 3,
            quote_units: 100,
        },
    ];
    /// With this little, even the longest names and addresses fit.
    pub(super) const LEAST: Self = Self {
        overdue: 3,
        next: 0,
        sources: 4,
        people: 4,
        unusual: 1,
        troubles: 2,
        quote_units: 0,
    };
}

pub(super) fn write(numbers: &Numbers, from: At, to: At, locale: Locale, room: &Room) -> Digest {
    if numbers.is_quiet() {
        let is_long = to - from > TimeDelta::days(4);
        let key = if is_long {
            "digest-quiet-long"
        } else {
            "digest-quiet"
        };
        return Digest {
            headline: locale.say(key, &[]),
            lead: Vec::new(),
            rows: Vec::new(),
            lines: troubles(numbers, locale, room),
        };
    }
    let mut lead: Vec<Line> = vec![locale.say("digest-period", &[("from", from.into()), ("to", to.into())])];
    lead.extend(mine(numbers, locale));
    let rows = overdue(numbers, locale, room);
    lead.extend((!rows.is_empty()).then(|| locale.say("digest-overdue", &[])));
    let mut lines = next(numbers, locale, room);
    lines.extend(by_source(numbers, locale, room));
    // The period before, where there is one to compare with.
    let before = numbers.before.as_ref();
    let beside = |key: &'static str, alone: &'static str| if before.is_some() { key } else { alone };
    let count_before = |of: fn(&Counts) -> i64| Arg::Num(before.map_or(0, of));
    lines.push(locale.say(
        beside("digest-new", "digest-new-alone"),
        &[
            ("n", Arg::Num(numbers.now.new_total())),
            ("before", count_before(Counts::new_total)),
        ],
    ));
    lines.extend(ratings(numbers, locale));
    lines.push(locale.say(
        beside("digest-totals", "digest-totals-alone"),
        &[
            ("answered", Arg::Num(numbers.now.answered())),
            ("answered_before", count_before(Counts::answered)),
            ("handled", Arg::Num(numbers.now.handled())),
            ("open", Arg::Num(numbers.open)),
        ],
    ));
    lines.extend(first_answers(numbers, locale));
    lines.extend(kept(numbers, locale));
    lines.extend(people(numbers, locale, room));
    lines.extend(helpful(numbers, locale, room));
    lines.extend(unusual(numbers, locale, room));
    lines.extend(troubles(numbers, locale, room));
    Digest {
        headline: headline(numbers, locale),
        lead,
        rows,
        lines,
    }
}

fn headline(numbers: &Numbers, locale: Locale) -> Line {
    let mut headline = locale.say(
        "digest-morning",
        &[
            ("new", Arg::Num(numbers.now.new_total())),
            ("answered", Arg::Num(numbers.now.answered())),
            ("overdue", Arg::Num(numbers.overdue_count)),
        ],
    );
    if let Some(oldest) = numbers.oldest {
        headline.extend(locale.say("digest-oldest", &[("at", oldest.into())]));
    }
    headline
}

fn mine(numbers: &Numbers, locale: Locale) -> Option<Line> {
    let mine = numbers.mine.as_ref()?;
    let mut line = locale.say("digest-mine", &[("n", Arg::Num(mine.held))]);
    if let Some(next) = mine.next {
        line.extend(locale.say("digest-mine-due", &[("due", next.into())]));
    }
    Some(line)
}

fn overdue(numbers: &Numbers, locale: Locale, room: &Room) -> Vec<ListRow> {
    let mut rows: Vec<ListRow> = numbers.overdue.iter().take(room.overdue).cloned().collect();
    let hidden = numbers.overdue_count - rows.len() as i64;
    if hidden > 0 && !rows.is_empty() {
        rows.push(ListRow::plain(
            locale.say("list-more", &[("n", Arg::Num(hidden))]),
        ));
    }
    rows
}

fn next(numbers: &Numbers, locale: Locale, room: &Room) -> Vec<Line> {
    let shown = numbers.next.iter().take(room.next);
    let mut lines: Vec<Line> = shown.map(|row| row.line.clone()).collect();
    if !lines.is_empty() {
        lines.insert(0, locale.say("digest-next", &[]));
    }
    lines
}

fn link(number: i64, head: &str, url: Option<&String>, locale: Locale) -> Arg {
    let head = words::short_line(head, HEAD_UNITS);
    let label = locale
        .lang
        .text("list-line", &[("number", number.into()), ("head", head.into())]);
    match url {
        Some(url) => Arg::Link {
            label,
            url: url.clone(),
        },
        None => Arg::Str(label),
    }
}

fn label<'a>(numbers: &'a Numbers, source: &'a str) -> &'a str {
    numbers.labels.get(source).map_or(source, String::as_str)
}

fn by_source(numbers: &Numbers, locale: Locale, room: &Room) -> Vec<Line> {
    let by_source = numbers.now.new_by_source();
    let mut sources: Vec<_> = by_source.iter().collect();
    sources.sort_by_key(|(source, tones)| (-tones.iter().sum::<i64>(), label(numbers, source)));
    let hidden = sources.len().saturating_sub(room.sources);
    let shown = sources.into_iter().take(room.sources);
    let mut lines: Vec<Line> = shown
        .map(|(source, tones)| {
            let counts: Vec<String> = Tone::ALL
                .into_iter()
                .zip(tones)
                .filter(|(_, n)| **n > 0)
                .map(|(tone, n)| {
                    let key = format!("digest-count-{}", tone.as_str());
                    locale.lang.text(&key, &[("n", Arg::Num(*n))])
                })
                .collect();
            let source = words::short_line(label(numbers, source), NAME_UNITS);
            locale.say(
                "digest-by-source",
                &[("source", source.into()), ("counts", counts.join(", ").into())],
            )
        })
        .collect();
    if hidden > 0 {
        lines.push(locale.say("digest-more-sources", &[("n", hidden.into())]));
    }
    lines
}

fn ratings(numbers: &Numbers, locale: Locale) -> Option<Line> {
    let stars = numbers.now.stars();
    let mut args = vec![
        ("mean", Arg::Tenths(numbers.now.mean_tenths()?)),
        ("n", Arg::Num(stars.iter().sum())),
    ];
    let names = ["one", "two", "three", "four", "five"];
    args.extend(names.into_iter().zip(stars.map(Arg::Num)));
    let mut line = locale.say("digest-ratings", &args);
    if let Some(before) = numbers.before.as_ref().and_then(Counts::mean_tenths) {
        line.extend(locale.say("digest-before", &[("then", mean(before, locale).into())]));
    }
    Some(line)
}

fn mean(tenths: i64, locale: Locale) -> String {
    locale.lang.text("digest-mean", &[("mean", Arg::Tenths(tenths))])
}

fn first_answers(numbers: &Numbers, locale: Locale) -> Option<Line> {
    let spans = |counts: &Counts| {
        let (half, most) = (counts.minutes_of(50)?, counts.minutes_of(90)?);
        Some((locale.lang.span(half), locale.lang.span(most)))
    };
    let (half, most) = spans(&numbers.now)?;
    let args = [
        ("n", Arg::Num(numbers.now.first_answers())),
        ("half", half.into()),
        ("most", most.into()),
    ];
    let mut line = locale.say("digest-first-answers", &args);
    if let Some(before) = &numbers.before
        && let Some((half, most)) = spans(before)
    {
        let n = Arg::Num(before.first_answers());
        let args = [("n", n), ("half", half.into()), ("most", most.into())];
        line.extend(locale.say("digest-first-answers-before", &args));
    }
    Some(line)
}

fn kept(numbers: &Numbers, locale: Locale) -> Option<Line> {
    let (kept, all) = numbers.now.in_time();
    let args = [
        ("percent", Arg::Num(percent(kept, all)?)),
        ("kept", Arg::Num(kept)),
        ("n", Arg::Num(all)),
    ];
    let mut line = locale.say("digest-in-time", &args);
    let (kept, all) = numbers.before.as_ref().map_or((0, 0), Counts::in_time);
    if let Some(before) = percent(kept, all) {
        let what = locale
            .lang
            .text("digest-percent", &[("percent", Arg::Num(before))]);
        line.extend(locale.say("digest-before", &[("then", what.into())]));
    }
    Some(line)
}

/// Half a percent up. All is said only of all, and none only of none.
fn percent(part: i64, all: i64) -> Option<i64> {
    let rounded = |all| (part * 200 + all) / (all * 2);
    match (part, all) {
        (_, 0) => None,
        (0, _) => Some(0),
        (part, all) if part == all => Some(100),
        (_, all) => Some(rounded(all).clamp(1, 99)),
    }
}

fn people(numbers: &Numbers, locale: Locale, room: &Room) -> Option<Line> {
    let people = numbers.people.as_ref()?;
    let elsewhere = numbers.now.answered_elsewhere();
    let shown = people.iter().take(room.people);
    let mut parts: Vec<String> = shown
        .map(|(name, n)| {
            let name = words::short_line(name, NAME_UNITS);
            locale
                .lang
                .text("digest-person", &[("name", name.into()), ("n", Arg::Num(*n))])
        })
        .collect();
    let hidden = people.len() - parts.len();
    if hidden > 0 {
        parts.push(locale.lang.text("digest-more-people", &[("n", hidden.into())]));
    }
    if elsewhere > 0 {
        parts.push(
            locale
                .lang
                .text("digest-elsewhere", &[("n", Arg::Num(elsewhere))]),
        );
    }
    (!parts.is_empty()).then(|| locale.say("digest-people", &[("who", parts.join(", ").into())]))
}

fn helpful(numbers: &Numbers, locale: Locale, room: &Room) -> Vec<Line> {
    let one = |helpful: &Helpful| {
        let key = if helpful.is_praise {
            "digest-helpful-praise"
        } else {
            "digest-helpful-critical"
        };
        let quoted = words::short_line(&helpful.words, room.quote_units);
        let mut line = locale.say(key, &[("n", Arg::Num(helpful.votes))]);
        if !quoted.is_empty() {
            line.extend(locale.say("digest-quote", &[("words", quoted.into())]));
        }
        let link = link(helpful.number, &helpful.head, helpful.link.as_ref(), locale);
        line.extend(locale.say("digest-quote-of", &[("link", link)]));
        line
    };
    numbers
        .helpful
        .iter()
        .filter(|_| room.quote_units > 0)
        .map(one)
        .collect()
}

fn unusual(numbers: &Numbers, locale: Locale, room: &Room) -> Vec<Line> {
    let shown = numbers.unusual.iter().take(room.unusual);
    shown
        .map(|unusual| {
            let subject = words::short_line(&unusual.subject, NAME_UNITS);
            let args = [
                ("subject", subject.into()),
                ("n", Arg::Num(unusual.n)),
                ("usual", Arg::Tenths(unusual.usual_tenths)),
            ];
            match unusual.is_rare() {
                true => locale.say("digest-unusual-rare", &args),
                false => locale.say("digest-unusual", &args),
            }
        })
        .collect()
}

fn troubles(numbers: &Numbers, locale: Locale, room: &Room) -> Vec<Line> {
    let one = |trouble: &crate::domain::show::digest::Trouble| {
        let source = ("source", Arg::Str(words::short_line(&trouble.label, NAME_UNITS)));
        match trouble.since {
            Some(since) => locale.say("digest-trouble", &[source, ("since", since.into())]),
            None => locale.say("digest-trouble-always", &[source]),
        }
    };
    numbers.troubles.iter().take(room.troubles).map(one).collect()
}
