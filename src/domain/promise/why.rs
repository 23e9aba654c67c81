//! The answer to "why this deadline?", from the same facts that made it: what started the clock, which hours were
//! counted, which were not and why, and what it came to.

use chrono::NaiveDate;
use chrono::TimeDelta;

use crate::domain::At;
use crate::domain::item::Item;
use crate::domain::item::policy::Metric;
use crate::domain::item::sla;
use crate::domain::item::sla::Base;
use crate::domain::item::sla::Gap;
use crate::domain::item::sla::Run;
use crate::domain::item::sla::State;
use crate::domain::item::sla::Terms;
use crate::domain::say::text::Arg;
use crate::domain::say::text::Locale;
use crate::domain::say::text::Seg;
use crate::domain::time::calendar;
use crate::domain::time::calendar::Calendar;
use crate::domain::time::calendar::Stretch;

/// More counted stretches than this are a list that nobody checks: the middle is summed up.
const STRETCHES: usize = 6;
/// Days without hours that are named.
const HOLIDAYS: usize = 5;

pub struct WhyFacts<'a> {
    pub item: &'a Item,
    /// What people call the source.
    pub source: &'a str,
    pub locale: Locale,
    pub now: At,
    pub terms: Terms<'a>,
    pub runs: &'a [Run],
    /// Where its cards belong.
    pub rooms: &'a [Arg],
}

fn room_line(rooms: &[Arg], locale: Locale) -> Vec<Seg> {
    let mut line = locale.say("why-rooms", &[]);
    for (n, room) in rooms.iter().enumerate() {
        if n > 0 {
            line.push(Seg::Text(", ".to_owned()));
        }
        line.extend(locale.say("why-room", &[("room", room.clone())]));
    }
    line
}

/// One line a thought, in the order in which a person would ask.
pub fn deadline(facts: &WhyFacts) -> Vec<Vec<Seg>> {
    let WhyFacts {
        item, source, locale, ..
    } = facts;
    let mut lines = vec![match item.published_at {
        Some(at) => locale.say(
            "why-received",
            &[("published", at.into()), ("seen", item.first_seen_at.into())],
        ),
        None => locale.say(
            "why-received-only",
            &[("seen", item.first_seen_at.into()), ("source", (*source).into())],
        ),
    }];
    let shown = shown(facts);
    if shown.is_empty() {
        lines.push(locale.say("why-none", &[]));
    }
    for run in &shown {
        lines.extend(of_run(facts, run, shown.len() > 1));
    }
    if !facts.rooms.is_empty() {
        lines.push(room_line(facts.rooms, *locale));
    }
    lines
}

/// The clocks that run; where none does, the one that people ask about when all is over.
fn shown<'a>(facts: &WhyFacts<'a>) -> Vec<&'a Run> {
    let running: Vec<&Run> = facts.runs.iter().filter(|run| run.end.is_none()).collect();
    if !running.is_empty() {
        return running;
    }
    sla::leading(facts.terms, facts.runs)
        .map(|(run, _)| run)
        .into_iter()
        .collect()
}

fn of_run(facts: &WhyFacts, run: &Run, several: bool) -> Vec<Vec<Seg>> {
    let WhyFacts { locale, terms, .. } = facts;
    let mut lines = Vec::new();
    if several || run.metric == Metric::Resolution {
        lines.push(locale.say(&format!("why-metric-{}", run.metric.as_str()), &[]));
    }
    let due = run.due(*terms);
    let base = match run.base {
        Base::Published => "why-published",
        Base::FirstSeen => "why-first_seen",
        Base::LateArrival => "why-late_arrival",
        Base::Reopened => "why-reopened",
    };
    let span = ("span", Arg::from(locale.lang.span(run.target.num_minutes())));
    let from = ("from", Arg::from(run.from));
    lines.push(match due {
        Some(due) => locale.say(base, &[span, from, ("due", due.into())]),
        None => locale.say("why-standing", &[span, from]),
    });
    let until = due.unwrap_or(facts.now);
    if let Some(calendar) = terms.calendar {
        lines.extend(counted(calendar, run, until, facts));
    }
    lines.extend(clock_changes(terms.calendar, run, until, facts));
    lines.extend(run.gaps.iter().map(|gap| gap_line(gap, facts)));
    lines.extend(state_line(facts, run, due));
    lines
}

fn gap_line(gap: &Gap, facts: &WhyFacts) -> Vec<Seg> {
    let locale = facts.locale;
    let mut args = vec![("from", Arg::from(gap.from)), ("source", facts.source.into())];
    let lasts = match gap.to {
        Some(to) => {
            args.push(("to", to.into()));
            ""
        }
        None => "-lasts",
    };
    locale.say(&format!("why-gap-{}{lasts}", gap.why.as_str()), &args)
}

fn state_line(facts: &WhyFacts, run: &Run, due: Option<At>) -> Option<Vec<Seg>> {
    let WhyFacts {
        locale,
        now,
        terms,
        item,
        ..
    } = facts;
    let ended = run.end.map(|end| ("at", Arg::from(end.at)));
    match (run.state(*terms, item.first_seen_at, *now), ended) {
        (State::Met, Some(at)) => Some(locale.say("why-met", &[at])),
        (State::Missed, Some(at)) => Some(locale.say("why-missed", &[at])),
        (State::Cancelled, _) => Some(locale.say("why-cancelled", &[])),
        (State::Overdue, _) => Some(locale.say("why-past", &[])),
        (State::Pending | State::DueSoon, _) if due.is_some() => {
            let warnings = run.warnings(*terms, item.first_seen_at);
            let mut all = Vec::new();
            for (_, at) in warnings.into_iter().filter(|(_, at)| at > now) {
                if !all.is_empty() {
                    all.push(Seg::Text(", ".to_owned()));
                }
                all.extend(locale.say("why-remind-at", &[("at", at.into())]));
            }
            (!all.is_empty()).then(|| locale.say("why-remind", &[("at", Arg::Segs(all))]))
        }
        _ => None,
    }
}

/// The counted hours one by one, with what was left out between them.
fn counted(calendar: &Calendar, run: &Run, until: At, facts: &WhyFacts) -> Vec<Vec<Seg>> {
    let locale = facts.locale;
    let hours = locale.hours(&calendar.grouped_hours());
    let zone = calendar.zone.name();
    let mut lines = vec![locale.say("why-hours", &[("hours", hours.into()), ("zone", zone.into())])];
    let pieces = run.counted().into_iter();
    let stretches: Vec<Stretch> = pieces
        .flat_map(|(from, to)| {
            let to = to.map_or(until, |to| to.min(until));
            calendar.stretches(from, to).collect::<Vec<_>>()
        })
        .collect();
    let there = Locale {
        zone: calendar.zone,
        ..locale
    };
    let piece = |s: &Stretch| {
        locale
            .lang
            .text("why-stretch", &stretch_args(s, there, facts.now))
    };
    let mut told: Vec<String> = Vec::new();
    if stretches.len() <= STRETCHES {
        told.extend(stretches.iter().map(piece));
    } else {
        let (head, tail) = (STRETCHES / 2, STRETCHES - STRETCHES / 2 - 1);
        let middle = stretches.get(head..stretches.len() - tail).unwrap_or_default();
        told.extend(stretches.iter().take(head).map(piece));
        let sum: TimeDelta = middle.iter().map(Stretch::length).sum();
        let args = [
            ("n", Arg::from(middle.len())),
            ("span", locale.lang.exact_span(sum).into()),
        ];
        told.push(locale.lang.text("why-stretches", &args));
        told.extend(stretches.iter().skip(stretches.len() - tail).map(piece));
    }
    if !told.is_empty() {
        lines.push(locale.say("why-counted", &[("stretches", told.join(", ").into())]));
    }
    let holidays = calendar.holidays_between(run.from, until);
    if !holidays.is_empty() {
        let named: Vec<String> = holidays
            .iter()
            .take(HOLIDAYS)
            .map(|(day, name)| holiday(*day, name, locale, facts.now))
            .collect();
        let key = if holidays.len() > HOLIDAYS {
            "why-holidays-more"
        } else {
            "why-holidays"
        };
        lines.push(locale.say(
            key,
            &[
                ("days", named.join(", ").into()),
                ("n", (holidays.len() - named.len()).into()),
            ],
        ));
    }
    lines
}

/// The clock changes that moved this deadline, because they lie in the time that was counted.
fn clock_changes(calendar: Option<&Calendar>, run: &Run, until: At, facts: &WhyFacts) -> Vec<Vec<Seg>> {
    let locale = facts.locale;
    let there = Locale {
        zone: calendar.map_or(locale.zone, |calendar| calendar.zone),
        ..locale
    };
    let pieces = run.counted().into_iter().flat_map(|(from, to)| {
        let to = to.map_or(until, |to| to.min(until));
        match calendar {
            Some(calendar) => calendar.stretches(from, to).collect::<Vec<_>>(),
            None => vec![Stretch { from, to }],
        }
    });
    let mut lines = Vec::new();
    for piece in pieces {
        for (at, minutes) in calendar::clock_changes(there.zone, piece.from, piece.to) {
            // At the very end of what is counted it moves nothing.
            if at <= piece.from || at >= piece.to {
                continue;
            }
            let key = if minutes > 0 {
                "why-clock-forward"
            } else {
                "why-clock-back"
            };
            let span = locale.lang.span(minutes.abs());
            let day = there.day_seen(at.with_timezone(&there.zone).date_naive(), facts.now);
            lines.push(locale.say(key, &[("day", day.into()), ("span", span.into())]));
        }
    }
    lines
}

fn stretch_args(stretch: &Stretch, there: Locale, now: At) -> [(&'static str, Arg); 3] {
    let end = stretch.to.with_timezone(&there.zone);
    let same_day = stretch.from.with_timezone(&there.zone).date_naive() == end.date_naive();
    let to = if same_day {
        end.format("%H:%M").to_string()
    } else {
        there.moment_seen(stretch.to, now)
    };
    [
        ("from", there.moment_seen(stretch.from, now).into()),
        ("to", to.into()),
        ("span", there.lang.exact_span(stretch.length()).into()),
    ]
}

fn holiday(day: NaiveDate, name: &str, locale: Locale, now: At) -> String {
    let day = locale.day_seen(day, now);
    match name.is_empty() {
        true => day,
        false => format!("{day} ({name})"),
    }
}
