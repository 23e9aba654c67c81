//! When a team works: weekly hours, and the days that are holidays, from a list or a calendar file.

use std::collections::BTreeMap;

use chrono::Datelike;
use chrono::NaiveDate;
use chrono::NaiveDateTime;
use chrono::TimeDelta;
use chrono_tz::Tz;

use crate::config::hours::Hours;
use crate::config::hours::WEEKDAYS;
use crate::config::ics;
use crate::config::ics::When;
use crate::config::name;
use crate::config::zone::zone;
use crate::domain::time::calendar::Calendar;
use crate::domain::time::calendar::Window;
use crate::domain::time::calendar::written;
use crate::reader::reading::Placed;
use crate::reader::table::Table;

/// What comes each year is written out so far; nobody plans a bot's holidays beyond.
const LAST_YEAR: i32 = 2100;
/// More than all days of a hundred years: something that is no list of holidays.
const MOST_DAYS: usize = 20_000;

pub fn read(table: Table) -> Option<Placed<Calendar>> {
    let line = table.line;
    let name = name::name(&table);
    if table.entry("time_zone").is_none() {
        table.missing("time_zone", "\"Europe/Berlin\"");
    }
    let zone = zone(&table, "time_zone");
    let week = week(&table);
    let listed = listed(&table);
    // A faulty zone has been told already; the file is looked at all the same.
    let from_file = from_file(&table, zone.unwrap_or(Tz::UTC));
    table.close();
    let (listed, yearly) = listed?;
    // What a person wrote into our file is meant before what a calendar calls the same day.
    let mut holidays = from_file?;
    holidays.extend(listed);
    Some(Placed {
        value: Calendar::new(name?.value, zone?, week?, holidays, yearly),
        line,
    })
}

fn week(table: &Table) -> Option<[Vec<Window>; 7]> {
    if table.entry("hours").is_none() {
        table.missing("hours", "[\"mon-fri 09:00-17:00\"]");
        return None;
    }
    let given = table.list("hours")?;
    if given.is_empty() {
        let what = "`calendar.hours` is empty, so nothing would ever be due";
        table.fault("hours", what, "write for example \"mon-fri 09:00-17:00\"");
        return None;
    }
    let mut week: [Vec<Window>; 7] = Default::default();
    let mut is_sound = true;
    for line in given {
        match Hours::parse(&line.value) {
            Ok(hours) => {
                for (day, window) in hours.windows() {
                    let Some(other) = week[day].iter().find(|other| overlap(**other, window)) else {
                        week[day].push(window);
                        continue;
                    };
                    let what = format!(
                        "`calendar.hours`: {} overlaps {} on {}",
                        span(window),
                        span(*other),
                        WEEKDAYS[day]
                    );
                    table
                        .reading
                        .fault(line.line, what, "let one end where the other begins");
                    is_sound = false;
                }
            }
            Err(why) => {
                table
                    .reading
                    .fault(line.line, format!("`calendar.hours`: {why}"), why.remedy());
                is_sound = false;
            }
        }
    }
    is_sound.then_some(week)
}

fn overlap(a: Window, b: Window) -> bool {
    a.0 < b.1 && b.0 < a.1
}

fn span((from, to): Window) -> String {
    format!("{}-{}", written(from), written(to))
}

type Listed = (BTreeMap<NaiveDate, String>, BTreeMap<(u32, u32), String>);

/// `2026-12-24 Christmas Eve` once, `12-26` each year.
fn listed(table: &Table) -> Option<Listed> {
    let given = table.list("holidays")?;
    let mut is_sound = true;
    let (mut once, mut yearly) = Listed::default();
    let mut days = vec![];
    for holiday in given {
        let (day, name) = holiday
            .value
            .split_once(char::is_whitespace)
            .unwrap_or((&holiday.value, ""));
        let name = if name.trim().is_empty() { day } else { name.trim() };
        let placed = Placed {
            value: day.to_owned(),
            line: holiday.line,
        };
        // A leap year, because the 29th of February may be one.
        let in_leap_year = NaiveDate::parse_from_str(&format!("2024-{day}"), "%Y-%m-%d");
        match (day.parse::<NaiveDate>(), in_leap_year) {
            (Ok(date), _) => _ = once.insert(date, name.to_owned()),
            (_, Ok(date)) => _ = yearly.insert(month_and_day(date), name.to_owned()),
            _ => {
                let what = format!("`calendar.holidays`: {day:?} is no date");
                let remedy = "write \"2026-12-24 Name\" for one year or \"12-25 Name\" for each";
                table.reading.fault(holiday.line, what, remedy);
                is_sound = false;
                continue;
            }
        }
        days.push(placed);
    }
    table.reading.unique("holiday", &days);
    is_sound.then_some((once, yearly))
}

fn month_and_day(date: NaiveDate) -> (u32, u32) {
    (date.month(), date.day())
}

/// The whole days of a calendar file.
fn from_file(table: &Table, zone: Tz) -> Option<BTreeMap<NaiveDate, String>> {
    if table.entry("holidays_file").is_none() {
        return Some(BTreeMap::new());
    }
    let given = table.string("holidays_file")?;
    let file = ics::load(table, &given, zone)?;
    let mut out = BTreeMap::new();
    let mut odd = vec![];
    for event in file.events {
        let When::Days { starts, days } = event.when else {
            odd.push((
                event.name,
                "it has a time of day, and a holiday is a whole day".to_owned(),
            ));
            continue;
        };
        let end = NaiveDate::from_ymd_opt(LAST_YEAR, 1, 1).unwrap_or(NaiveDate::MAX);
        for start in starts.starts(starts.earliest(), NaiveDateTime::from(end)) {
            for day in 0..days {
                out.insert(start.date() + TimeDelta::days(day), event.name.clone());
            }
        }
        if out.len() > MOST_DAYS {
            let what = format!("{:?} makes more than {MOST_DAYS} days holidays", given.value);
            table
                .reading
                .fault(given.line, what, "name a file that holds holidays only");
            return None;
        }
    }
    let is_empty = out.is_empty();
    ics::warn(table, &given, file.odd.into_iter().chain(odd).collect());
    if is_empty {
        let what = format!("{:?} holds no holiday", given.value);
        let remedy = "name a calendar file (.ics) with whole-day events, or take holidays_file out";
        table.reading.fault(given.line, what, remedy);
        return None;
    }
    Some(out)
}
