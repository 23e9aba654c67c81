//! What an import says before it writes anything: how each file was understood, which columns are used and which are not, the
//! first posts as they would look, how many there are, and what will happen.

use chrono::NaiveTime;
use chrono_tz::Tz;

use crate::cli::say;
use crate::config::source::Source;
use crate::domain::At;
use crate::domain::item::Incoming;
use crate::domain::say::words;
use crate::port::export::Export;
use crate::port::export::Order;
use crate::workflow::import::CARDS;
use crate::workflow::import::preview::Nothing;
use crate::workflow::import::preview::Preview;

/// Files that are described; more of the same say nothing new.
const DESCRIBED: usize = 4;

pub fn say_understood(export: &dyn Export) {
    let about = export.about();
    for file in about.iter().take(DESCRIBED) {
        let shape = file
            .shape
            .map_or_else(|| "by the names of its columns".to_owned(), str::to_owned);
        let encoding = if file.encoding.is_empty() {
            String::new()
        } else {
            format!(", {}", file.encoding)
        };
        say(&format!(
            "{}: {shape}; {}{encoding}, {} rows.",
            file.label, file.form, file.rows
        ));
        let used = file
            .used
            .iter()
            .map(|(field, column)| format!("{field} = {column}"));
        say(&format!("  used: {}", used.collect::<Vec<_>>().join(", ")));
        if !file.unused.is_empty() {
            say(&format!("  not used: {}", file.unused.join(", ")));
        }
        if let Some((order, why)) = &file.order {
            let (first, other) = match order {
                Order::DayFirst => ("day", "mdy"),
                Order::MonthFirst => ("month", "dmy"),
            };
            say(&format!(
                "  dates: the {first} comes first ({why}); --dates {other} reads them the other way"
            ));
        }
        match file.scale {
            (1.0, 5.0) => {}
            (worst, best) if worst > best => say(&format!(
                "  stars: marks, of which {best} is the best and {worst} the worst"
            )),
            (_, best) => say(&format!("  stars: of {best}; --scale 5 reads them of five")),
        }
        if file.shortened > 0 {
            say(
                "  ids: a spreadsheet has shortened them, so that two people may have one; they are kept apart by their words",
            );
        }
    }
    if about.len() > DESCRIBED {
        say(&format!("… and {} more files.", about.len() - DESCRIBED));
    }
    for skipped in export.skipped().iter().take(10) {
        say(&format!("{}: left out, {}", skipped.label, skipped.why));
    }
}

/// What the rows come to, and what will happen.
pub fn say_preview(preview: &Preview, source: &Source, zone: Tz, is_nothing: bool) {
    for incoming in &preview.first {
        say("");
        for line in card(incoming, zone) {
            say(&format!("  {line}"));
        }
    }
    say("");
    let number = |n: u64, what: &str| {
        if n > 0 {
            format!(", {n} {what}")
        } else {
            String::new()
        }
    };
    say(&format!(
        "{}: {} open, {} answered already, {} history{}{}.",
        posts(preview.items),
        preview.open,
        preview.answered,
        preview.past,
        number(preview.left_out, "left out (thrown away where they come from)"),
        match preview.bad {
            1 => ", 1 row that cannot be read".to_owned(),
            n => number(n, "rows that cannot be read"),
        },
    ));
    if preview.counted {
        say(&format!(
            "{} new, {} changed, {} known{}.",
            preview.new,
            preview.changed,
            preview.known,
            number(
                preview.older,
                "differ from what is known and are not newer: they change nothing"
            ),
        ));
    }
    for (place, why) in &preview.reasons {
        say(&format!("{place}: {why}"));
    }
    if preview.bad > preview.reasons.len() as u64 && !preview.reasons.is_empty() {
        say(&format!(
            "… and {} more.",
            preview.bad - preview.reasons.len() as u64
        ));
    }
    if is_nothing {
        return;
    }
    let days = source.about.backfill_days;
    // What is there already gets no second card.
    let all_known = preview.is_known();
    match preview.open {
        _ if all_known => say("What will happen: nothing, for all of it is there already."),
        0 => say(
            "What will happen: no cards and no deadlines; all of it can be found and is counted in its own time.",
        ),
        1 => say("What will happen: a card and a deadline for the open post."),
        n if n <= CARDS => say(&format!(
            "What will happen: a card and a deadline for each of {n} open posts."
        )),
        n => say(&format!(
            "What will happen: one message with a list of {n} open posts, each with its deadline."
        )),
    }
    if preview.answered + preview.past > 0 && preview.open > 0 && !all_known {
        say(&format!(
            "The others get neither card nor deadline: answered, or older than {days} days (`backfill_days`); --as open|history overrules."
        ));
    }
}

/// Why nothing was written.
pub fn said(nothing: &Nothing) -> String {
    match nothing {
        Nothing::Unreadable(1) => "its only row cannot be read; nothing was written".to_owned(),
        Nothing::Unreadable(rows) => format!("none of {rows} rows can be read; nothing was written"),
        Nothing::Empty => "there is no post in it; nothing was written".to_owned(),
        Nothing::Missing(fields) => {
            let named = fields.iter().map(|field| match *field {
                "body" => "words (body, title)",
                "rating" => "stars (rating)",
                _ => "dates (published_at)",
            });
            let field = fields.first().copied().unwrap_or("body");
            format!(
                "no row has {}; nothing was written. Say which column it is with --map {field}=\"…\", or that there is none with --map {field}=-",
                named.collect::<Vec<_>>().join(", nor ")
            )
        }
    }
}

pub fn posts(n: u64) -> String {
    match n {
        1 => "1 post".to_owned(),
        n => format!("{n} posts"),
    }
}

/// When it was written by the team's clock, so that it can be held against the file. A time that the file does not have
/// would be made up: midnight is how a day is read.
fn written(at: At, zone: Tz) -> String {
    let local = at.with_timezone(&zone);
    let is_day = |time: NaiveTime| time == NaiveTime::MIN;
    if is_day(local.time()) {
        return local.format("%-d %b %Y").to_string();
    }
    if is_day(at.time()) {
        return at.format("%-d %b %Y").to_string();
    }
    local.format("%-d %b %Y %H:%M").to_string()
}

/// A post as it would look.
fn card(incoming: &Incoming, zone: Tz) -> Vec<String> {
    let stars = match incoming.rating {
        Some(rating) => {
            let n = usize::from(rating.stars());
            let own = if (rating.min, rating.max) != (1.0, 5.0) {
                format!(" ({} of {})", rating.value, rating.max)
            } else if rating.value.fract() != 0.0 {
                format!(" ({})", rating.value)
            } else {
                String::new()
            };
            format!("{}{}{own}", "★".repeat(n), "☆".repeat(5 - n))
        }
        None => "no stars".to_owned(),
    };
    let subject = incoming
        .subject
        .as_ref()
        .map(|s| s.name.clone().unwrap_or_else(|| s.id.clone()));
    let head = [Some(stars), incoming.title.clone(), subject];
    let head: Vec<String> = head
        .into_iter()
        .flatten()
        .map(|part| words::short_line(&part, 80))
        .collect();
    let text = incoming
        .body
        .as_deref()
        .map_or_else(|| "(no words)".to_owned(), |b| words::short_line(b, 200));
    let mut foot: Vec<String> = Vec::new();
    foot.extend(incoming.author.name.as_deref().map(|n| words::short_line(n, 60)));
    foot.extend(incoming.published_at.map(|at| written(at, zone)));
    foot.extend(incoming.language.clone());
    foot.push(format!("id {}", words::short_line(&incoming.native_id, 60)));
    let mut lines = vec![head.join(" · "), text, foot.join(" · ")];
    if let Some(reply) = &incoming.reply {
        let at = reply
            .at
            .map(|at| format!(" on {}", written(at, zone)))
            .unwrap_or_default();
        lines.push(format!("answered{at}: {}", words::short_line(&reply.body, 120)));
    }
    lines
}
