//! The sentences of a digest, each section a function, in the order in which they are read.

use chrono::TimeDelta;

use crate::domain::At;
use crate::domain::digest::Digest;
use crate::domain::digest::Helpful;
use crate::domain::digest::Numbers;
use crate::domain::item::Tone;
use crate::domain::row;
use crate::domain::row::Row;
use crate::domain::stats::Counts;
use crate::domain::text::Arg;
use crate::domain::text::Seg;
use crate::domain::text::Voice;
use crate::domain::words;

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

pub(super) fn write(numbers: &Numbers, from: At, to: At, voice: Voice, room: &Room) -> Digest {
    if numbers.is_quiet() {
        let is_long = to - from > TimeDelta::days(4);
        let key = if is_long {
            "digest-quiet-long"
        } else {
            "digest-quiet"
        };
        return Digest {
            headline: voice.say(key, &[]),
            lead: Vec::new(),
            rows: Vec::new(),
            lines: troubles(numbers, voice, room),
        };
    }
    let mut lead: Vec<Line> = vec![voice.say("digest-period", &[("from", from.into()), ("to", to.into())])];
    lead.extend(mine(numbers, voice));
    let rows = overdue(numbers, voice, room);
    lead.extend((!rows.is_empty()).then(|| voice.say("digest-overdue", &[])));
    let mut lines = next(numbers, voice, room);
    lines.extend(by_source(numbers, voice, room));
    // The period before, where there is one to compare with.
    let before = numbers.before.as_ref();
    let beside = |key: &'static str, alone: &'static str| if before.is_some() { key } else { alone };
    let count_before = |of: fn(&Counts) -> i64| Arg::Num(before.map_or(0, of));
    lines.push(voice.say(
        beside("digest-new", "digest-new-alone"),
        &[
            ("n", Arg::Num(numbers.now.new_total())),
            ("before", count_before(Counts::new_total)),
        ],
    ));
    lines.extend(ratings(numbers, voice));
    lines.push(voice.say(
        beside("digest-totals", "digest-totals-alone"),
        &[
            ("answered", Arg::Num(numbers.now.answered())),
            ("answered_before", count_before(Counts::answered)),
            ("handled", Arg::Num(numbers.now.handled())),
            ("open", Arg::Num(numbers.open)),
        ],
    ));
    lines.extend(first_answers(numbers, voice));
    lines.extend(kept(numbers, voice));
    lines.extend(people(numbers, voice, room));
    lines.extend(helpful(numbers, voice, room));
    lines.extend(unusual(numbers, voice, room));
    lines.extend(troubles(numbers, voice, room));
    Digest {
        headline: headline(numbers, voice),
        lead,
        rows,
        lines,
    }
}

fn headline(numbers: &Numbers, voice: Voice) -> Line {
    let mut headline = voice.say(
        "digest-morning",
        &[
            ("new", Arg::Num(numbers.now.new_total())),
            ("answered", Arg::Num(numbers.now.answered())),
            ("overdue", Arg::Num(numbers.overdue_count)),
        ],
    );
    if let Some(oldest) = numbers.oldest {
        headline.extend(voice.say("digest-oldest", &[("at", oldest.into())]));
    }
    headline
}

fn mine(numbers: &Numbers, voice: Voice) -> Option<Line> {
    let mine = numbers.mine.as_ref()?;
    let mut line = voice.say("digest-mine", &[("n", Arg::Num(mine.held))]);
    if let Some(next) = mine.next {
        line.extend(voice.say("digest-mine-due", &[("due", next.into())]));
    }
    Some(line)
}

fn overdue(numbers: &Numbers, voice: Voice, room: &Room) -> Vec<Row> {
    let mut rows: Vec<Row> = numbers.overdue.iter().take(room.overdue).cloned().collect();
    let hidden = numbers.overdue_count - rows.len() as i64;
    if hidden > 0 && !rows.is_empty() {
        rows.push(Row::plain(voice.say("list-more", &[("n", Arg::Num(hidden))])));
    }
    rows
}

fn next(numbers: &Numbers, voice: Voice, room: &Room) -> Vec<Line> {
    let shown = numbers.next.iter().take(room.next);
    let mut lines: Vec<Line> = shown.map(|row| row.line.clone()).collect();
    if !lines.is_empty() {
        lines.insert(0, voice.say("digest-next", &[]));
    }
    lines
}

fn link(number: i64, head: &str, url: Option<&String>, voice: Voice) -> Arg {
    let head = words::short_line(head, HEAD_UNITS);
    let label = voice
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

fn by_source(numbers: &Numbers, voice: Voice, room: &Room) -> Vec<Line> {
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
                    voice.lang.text(&key, &[("n", Arg::Num(*n))])
                })
                .collect();
            let source = words::short_line(label(numbers, source), NAME_UNITS);
            voice.say(
                "digest-by-source",
                &[("source", source.into()), ("counts", counts.join(", ").into())],
            )
        })
        .collect();
    if hidden > 0 {
        lines.push(voice.say("digest-more-sources", &[("n", hidden.into())]));
    }
    lines
}

fn ratings(numbers: &Numbers, voice: Voice) -> Option<Line> {
    let stars = numbers.now.stars();
    let mut args = vec![
        ("mean", Arg::Tenths(numbers.now.mean_tenths()?)),
        ("n", Arg::Num(stars.iter().sum())),
    ];
    let names = ["one", "two", "three", "four", "five"];
    args.extend(names.into_iter().zip(stars.map(Arg::Num)));
    let mut line = voice.say("digest-ratings", &args);
    if let Some(before) = numbers.before.as_ref().and_then(Counts::mean_tenths) {
        line.extend(voice.say("digest-before", &[("then", mean(before, voice).into())]));
    }
    Some(line)
}

fn mean(tenths: i64, voice: Voice) -> String {
    voice.lang.text("digest-mean", &[("mean", Arg::Tenths(tenths))])
}

fn first_answers(numbers: &Numbers, voice: Voice) -> Option<Line> {
    let spans = |counts: &Counts| {
        let (half, most) = (counts.minutes_of(50)?, counts.minutes_of(90)?);
        Some((voice.lang.span(half), voice.lang.span(most)))
    };
    let (half, most) = spans(&numbers.now)?;
    let args = [
        ("n", Arg::Num(numbers.now.first_answers())),
        ("half", half.into()),
        ("most", most.into()),
    ];
    let mut line = voice.say("digest-first-answers", &args);
    if let Some(before) = &numbers.before
        && let Some((half, most)) = spans(before)
    {
        let n = Arg::Num(before.first_answers());
        let args = [("n", n), ("half", half.into()), ("most", most.into())];
        line.extend(voice.say("digest-first-answers-before", &args));
    }
    Some(line)
}

fn kept(numbers: &Numbers, voice: Voice) -> Option<Line> {
    let (kept, all) = numbers.now.in_time();
    let args = [
        ("percent", Arg::Num(percent(kept, all)?)),
        ("kept", Arg::Num(kept)),
        ("n", Arg::Num(all)),
    ];
    let mut line = voice.say("digest-in-time", &args);
    let (kept, all) = numbers.before.as_ref().map_or((0, 0), Counts::in_time);
    if let Some(before) = percent(kept, all) {
        let what = voice
            .lang
            .text("digest-percent", &[("percent", Arg::Num(before))]);
        line.extend(voice.say("digest-before", &[("then", what.into())]));
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

fn people(numbers: &Numbers, voice: Voice, room: &Room) -> Option<Line> {
    let people = numbers.people.as_ref()?;
    let elsewhere = numbers.now.answered_elsewhere();
    let shown = people.iter().take(room.people);
    let mut parts: Vec<String> = shown
        .map(|(name, n)| {
            let name = words::short_line(name, NAME_UNITS);
            voice
                .lang
                .text("digest-person", &[("name", name.into()), ("n", Arg::Num(*n))])
        })
        .collect();
    let hidden = people.len() - parts.len();
    if hidden > 0 {
        parts.push(voice.lang.text("digest-more-people", &[("n", hidden.into())]));
    }
    if elsewhere > 0 {
        parts.push(voice.lang.text("digest-elsewhere", &[("n", Arg::Num(elsewhere))]));
    }
    (!parts.is_empty()).then(|| voice.say("digest-people", &[("who", parts.join(", ").into())]))
}

fn helpful(numbers: &Numbers, voice: Voice, room: &Room) -> Vec<Line> {
    let one = |helpful: &Helpful| {
        let key = if helpful.is_praise {
            "digest-helpful-praise"
        } else {
            "digest-helpful-critical"
        };
        let quoted = words::short_line(&helpful.words, room.quote_units);
        let mut line = voice.say(key, &[("n", Arg::Num(helpful.votes))]);
        if !quoted.is_empty() {
            line.extend(voice.say("digest-quote", &[("words", quoted.into())]));
        }
        let link = link(helpful.number, &helpful.head, helpful.link.as_ref(), voice);
        line.extend(voice.say("digest-quote-of", &[("link", link)]));
        line
    };
    numbers
        .helpful
        .iter()
        .filter(|_| room.quote_units > 0)
        .map(one)
        .collect()
}

fn unusual(numbers: &Numbers, voice: Voice, room: &Room) -> Vec<Line> {
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
                true => voice.say("digest-unusual-rare", &args),
                false => voice.say("digest-unusual", &args),
            }
        })
        .collect()
}

fn troubles(numbers: &Numbers, voice: Voice, room: &Room) -> Vec<Line> {
    let one = |trouble: &crate::domain::digest::Trouble| {
        let source = ("source", Arg::Str(words::short_line(&trouble.label, NAME_UNITS)));
        match trouble.since {
            Some(since) => voice.say("digest-trouble", &[source, ("since", since.into())]),
            None => voice.say("digest-trouble-always", &[source]),
        }
    };
    numbers.troubles.iter().take(room.troubles).map(one).collect()
}
