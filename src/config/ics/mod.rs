//! Calendar files (iCalendar, RFC 5545) as other programs export them. They come from elsewhere, so they are limited in
//! size and depth, and an event that is not understood is named instead of silently left out.

use std::fs::File;
use std::io::Read as _;

use chrono::NaiveDate;
use chrono::NaiveDateTime;
use chrono::TimeDelta;
use chrono_tz::Tz;
use icalendar::parser;
use icalendar::parser::Component;
use icalendar::parser::Property;

use crate::domain::time::calendar::local;
use crate::domain::time::recurrence::Recurrence;
use crate::domain::time::schedule::instant;
use crate::reader::fault::unread;
use crate::reader::reading::Placed;
use crate::reader::table::Table;

/// A year of events of a large team; what is larger is another sort of file.
const LARGEST: u64 = 2 * 1024 * 1024;
/// Components in components; calendars need three, and the parser goes down with them.
const DEEPEST: usize = 10;
const MOST_EVENTS: usize = 5_000;
/// An event that lasts longer was a slip.
const LONGEST: TimeDelta = TimeDelta::days(366);
/// How many events are named each for itself.
const MOST_TOLD: usize = 5;

pub struct Ics {
    pub events: Vec<Event>,
    /// What was not understood: its name, and why.
    pub odd: Vec<(String, String)>,
}

#[derive(Debug)]
pub struct Event {
    pub name: String,
    pub when: When,
}

#[derive(Debug)]
pub enum When {
    Days {
        starts: Recurrence,
        days: i64,
    },
    /// Local times of the zone.
    Times {
        starts: Recurrence,
        zone: Tz,
        length: TimeDelta,
    },
}

/// A date or time as it stands in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Moment {
    Day(NaiveDate),
    Time(NaiveDateTime, Tz),
}

/// The file that a setting names, seen from where our own file is. Times without a zone are meant in `home`.
pub fn load(table: &Table, given: &Placed<String>, home: Tz) -> Option<Ics> {
    let path = table.reading.beside(&given.value);
    let mut bytes = vec![];
    let read = File::open(&path).and_then(|file| file.take(LARGEST + 1).read_to_end(&mut bytes));
    let remedy = "name a calendar file (.ics) that this process can read; a relative path begins where zeitnah.toml is";
    if let Err(why) = read {
        let what = format!(
            "the calendar file {} cannot be read: {}",
            path.display(),
            unread(&why)
        );
        table.reading.fault(given.line, what, remedy);
        return None;
    }
    let is_too_large = bytes.len() as u64 > LARGEST;
    let parsed = match String::from_utf8(bytes) {
        _ if is_too_large => Err(format!("is larger than {} MiB", LARGEST / 1024 / 1024)),
        Ok(text) => parse(&text, home),
        Err(_) => Err("is no text in UTF-8".to_owned()),
    };
    match parsed {
        Ok(ics) => Some(ics),
        Err(why) => {
            let what = format!("the calendar file {} {why}", path.display());
            table
                .reading
                .fault(given.line, what, "export it again as iCalendar (.ics)");
            None
        }
    }
}

/// Names what was not understood, the first few one by one.
pub fn warn(table: &Table, given: &Placed<String>, odd: Vec<(String, String)>) {
    for (name, why) in odd.iter().take(MOST_TOLD) {
        let what = format!("in {:?} the event {name:?} is left out: {why}", given.value);
        table.reading.warn(
            given.line,
            what,
            "change it in the calendar, or take it out there",
        );
    }
    if let Some(more) = odd.len().checked_sub(MOST_TOLD).filter(|more| *more > 0) {
        let what = format!("in {:?} {more} more events are left out", given.value);
        table.reading.warn(given.line, what, "mend those above first");
    }
}

/// What a calendar file says, or why it is none.
pub fn parse(text: &str, home: Tz) -> Result<Ics, String> {
    let text = text
        .trim_start_matches('\u{feff}')
        .replace("\r\n", "\n")
        .replace('\r', "\n");
    if deepest(&text) > DEEPEST {
        return Err("nests its parts too deeply".to_owned());
    }
    // One sort of line end: the parser would look for the other one through the whole file.
    let unfolded = parser::unfold(&text).replace('\n', "\r\n");
    let roots = parser::read_components(&unfolded).map_err(|_| "is no calendar".to_owned())?;
    let calendars: Vec<&Component> = roots.iter().filter(|root| root.name == "VCALENDAR").collect();
    if calendars.is_empty() {
        return Err("is no calendar".to_owned());
    }
    let parts = calendars.iter().flat_map(|calendar| &calendar.components);
    let written: Vec<&Component> = parts.filter(|part| part.name == "VEVENT").collect();
    match written.len() {
        0 => return Err("holds no event".to_owned()),
        n if n > MOST_EVENTS => return Err(format!("holds more than {MOST_EVENTS} events")),
        _ => {}
    }
    let (mut events, mut odd) = (vec![], vec![]);
    for component in &written {
        let cancelled =
            value(component, "STATUS").is_some_and(|status| status.eq_ignore_ascii_case("CANCELLED"));
        if cancelled {
            continue;
        }
        let name = value(component, "SUMMARY")
            .map(str::trim)
            .filter(|name| !name.is_empty());
        let name = name.unwrap_or("(no title)").chars().take(80).collect::<String>();
        match when(component, &written, home) {
            Ok(when) => events.push(Event { name, when }),
            Err(why) => odd.push((name, why)),
        }
    }
    Ok(Ics { events, odd })
}

/// How far components are nested.
fn deepest(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut deepest = 0;
    for line in text.lines() {
        let word = line.trim_start();
        let begins = |mark: &str| {
            word.get(..mark.len())
                .is_some_and(|head| head.eq_ignore_ascii_case(mark))
        };
        if begins("BEGIN:") {
            depth += 1;
        } else if begins("END:") {
            depth = depth.saturating_sub(1);
        }
        deepest = deepest.max(depth);
    }
    deepest
}

fn value<'a>(component: &'a Component, name: &str) -> Option<&'a str> {
    component.find_prop(name).map(|property| property.val.as_str())
}

fn all<'a>(component: &'a Component<'a>, name: &'static str) -> impl Iterator<Item = &'a Property<'a>> {
    component
        .properties
        .iter()
        .filter(move |property| property.name == name)
}

fn when(component: &Component, others: &[&Component], home: Tz) -> Result<When, String> {
    let start = component.find_prop("DTSTART").ok_or("it has no start")?;
    let start = moment(start, home)?;
    let (local, zone) = match start {
        Moment::Day(day) => (NaiveDateTime::from(day), home),
        Moment::Time(time, zone) => (time, zone),
    };
    let length = length(component, start, home)?;
    let is_day = matches!(start, Moment::Day(_));
    if length <= TimeDelta::zero() || length > LONGEST {
        return Err("it has no length, or one of more than a year".to_owned());
    }
    let rules: Vec<&Property> = all(component, "RRULE").collect();
    let mut starts = match rules[..] {
        [] => Recurrence::once(local),
        [rule] => Recurrence::by_rule(local, rule.val.as_str(), zone),
        _ => return Err("it repeats in several ways at once".to_owned()),
    }
    .map_err(|why| why.to_string())?;
    for property in all(component, "EXDATE") {
        for out in moments(property, home)? {
            starts.except(aligned(out, local, zone));
        }
    }
    for property in all(component, "RDATE") {
        for extra in moments(property, home)? {
            starts.also(aligned(extra, local, zone));
        }
    }
    // A single one of a series that was moved stands for itself, and no longer in the series.
    match component.find_prop("RECURRENCE-ID") {
        Some(moved) if moved.params.iter().any(|param| param.key == "RANGE") => {
            return Err("it moves all that follow as well, which is not understood".to_owned());
        }
        Some(_) => {}
        None if rules.is_empty() => {}
        None => {
            let uid = value(component, "UID");
            let same = |other: &&&Component| uid.is_some() && value(other, "UID") == uid;
            let moved = others
                .iter()
                .filter(same)
                .filter_map(|other| other.find_prop("RECURRENCE-ID"));
            for moved in moved {
                starts.except(aligned(moment(moved, home)?, local, zone));
            }
        }
    }
    Ok(match is_day {
        true => When::Days {
            starts,
            days: length.num_days().max(1),
        },
        false => When::Times { starts, zone, length },
    })
}

/// From its start to its end by the clock on the wall, so that a night shift ends at the same hour whatever the clocks do.
fn length(component: &Component, start: Moment, home: Tz) -> Result<TimeDelta, String> {
    if let Some(end) = component.find_prop("DTEND") {
        return match (start, moment(end, home)?) {
            (Moment::Day(start), Moment::Day(end)) => Ok(end - start),
            (Moment::Time(start, zone), end @ Moment::Time(..)) => Ok(aligned(end, start, zone) - start),
            _ => Err("its start is a day and its end a time, or the other way round".to_owned()),
        };
    }
    match (value(component, "DURATION"), start) {
        (Some(duration), _) => {
            span(duration).ok_or_else(|| format!("its duration {duration:?} is not understood"))
        }
        (None, Moment::Day(_)) => Ok(TimeDelta::days(1)),
        (None, Moment::Time(..)) => Err("it has no end".to_owned()),
    }
}

/// `P1DT12H`, `P2W`.
fn span(text: &str) -> Option<TimeDelta> {
    let mut rest = text.trim().trim_start_matches('+').strip_prefix('P')?;
    let mut total = TimeDelta::zero();
    while !rest.is_empty() {
        rest = rest.strip_prefix('T').unwrap_or(rest);
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let (number, tail) = rest.split_at(digits);
        let seconds = match tail.chars().next()? {
            'W' => 7 * 86_400,
            'D' => 86_400,
            'H' => 3_600,
            'M' => 60,
            'S' => 1,
            _ => return None,
        };
        let seconds = number
            .parse::<i32>()
            .ok()
            .map(|number| i64::from(number) * seconds)?;
        total += TimeDelta::seconds(seconds);
        rest = tail.get(1..)?;
    }
    (!total.is_zero()).then_some(total)
}

/// A moment in the words of the series: its own zone, and its own time of day where only a date is given.
fn aligned(moment: Moment, start: NaiveDateTime, zone: Tz) -> NaiveDateTime {
    match moment {
        Moment::Day(day) => day.and_time(start.time()),
        Moment::Time(time, theirs) if theirs != zone => local(zone, instant(theirs, time)).unwrap_or(time),
        Moment::Time(time, _) => time,
    }
}

fn moments(property: &Property, home: Tz) -> Result<Vec<Moment>, String> {
    property
        .val
        .as_str()
        .split(',')
        .map(|text| one(property, text, home))
        .collect()
}

fn moment(property: &Property, home: Tz) -> Result<Moment, String> {
    one(property, property.val.as_str(), home)
}

fn one(property: &Property, text: &str, home: Tz) -> Result<Moment, String> {
    let text = text.trim();
    let wrong = || format!("its {} {text:?} is not understood", property.name);
    if let Ok(day) = NaiveDate::parse_from_str(text, "%Y%m%d") {
        return Ok(Moment::Day(day));
    }
    let time =
        NaiveDateTime::parse_from_str(text.trim_end_matches('Z'), "%Y%m%dT%H%M%S").map_err(|_| wrong())?;
    if text.ends_with('Z') {
        return Ok(Moment::Time(time, Tz::UTC));
    }
    let named = property.params.iter().find(|param| param.key == "TZID");
    let named = named
        .and_then(|param| param.val.as_ref())
        .map(|name| name.as_str().trim_matches('"'));
    match named {
        None => Ok(Moment::Time(time, home)),
        // Some programs put a path in front of the name.
        Some(name) => {
            let parts: Vec<&str> = name.split('/').filter(|part| !part.is_empty()).collect();
            let found = (0..parts.len()).find_map(|skip| parts[skip..].join("/").parse::<Tz>().ok());
            let known = found.or_else(|| elsewhere(name));
            let zone = known.ok_or_else(|| format!("its time zone {name:?} is not known"))?;
            Ok(Moment::Time(time, zone))
        }
    }
}

/// Names that Microsoft's programs give to the zones of most of our users (from the CLDR's table).
fn elsewhere(name: &str) -> Option<Tz> {
    let zones = [
        ("W. Europe Standard Time", Tz::Europe__Berlin),
        ("Central Europe Standard Time", Tz::Europe__Budapest),
        ("Central European Standard Time", Tz::Europe__Warsaw),
        ("Romance Standard Time", Tz::Europe__Paris),
        ("GMT Standard Time", Tz::Europe__London),
        ("FLE Standard Time", Tz::Europe__Kiev),
        ("GTB Standard Time", Tz::Europe__Bucharest),
        ("Eastern Standard Time", Tz::America__New_York),
        ("Central Standard Time", Tz::America__Chicago),
        ("Mountain Standard Time", Tz::America__Denver),
        ("Pacific Standard Time", Tz::America__Los_Angeles),
        ("India Standard Time", Tz::Asia__Kolkata),
    ];
    zones
        .iter()
        .find(|(theirs, _)| *theirs == name)
        .map(|(_, zone)| *zone)
}

#[cfg(test)]
mod tests;
