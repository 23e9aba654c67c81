//! Dates as exports write them. Whether the day or the month stands first is a question for the whole column, so a cell only
//! gives its vote.

use chrono::DateTime;
use chrono::FixedOffset;
use chrono::NaiveDate;
use chrono::NaiveDateTime;
use chrono::NaiveTime;
use chrono::TimeDelta;
use chrono::TimeZone;
use chrono_tz::Tz;

use crate::domain::At;
use crate::port::export::Order;

/// What a cell says about the order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Vote {
    /// It is written so that it can be read in one way only.
    Clear,
    Day,
    Month,
    /// Both would do.
    Either,
}

const MONTHS: [&[&str]; 12] = [
    &[
        "jan", "januar", "january", "jänner", "janvier", "enero", "gennaio", "janv", "ene", "gen",
    ],
    &[
        "feb", "februar", "february", "feber", "février", "febrero", "febbraio", "févr",
    ],
    &["mar", "mär", "märz", "maerz", "march", "mrz", "mars", "marzo"],
    &["apr", "april", "avril", "abril", "aprile", "avr", "abr"],
    &["may", "mai", "mayo", "maggio", "mag"],
    &["jun", "juni", "june", "juin", "junio", "giugno", "giu"],
    &["jul", "juli", "july", "juillet", "julio", "luglio", "juil", "lug"],
    &["aug", "august", "août", "agosto", "ago"],
    &[
        "sep",
        "sept",
        "september",
        "septembre",
        "septiembre",
        "settembre",
        "set",
    ],
    &[
        "oct", "okt", "oktober", "october", "octobre", "octubre", "ottobre", "ott",
    ],
    &["nov", "november", "novembre", "noviembre"],
    &[
        "dec",
        "dez",
        "dezember",
        "december",
        "décembre",
        "diciembre",
        "dicembre",
        "déc",
        "dic",
    ],
];
/// Abbreviations of zones that exports print, in minutes east of UTC.
const ZONES: &[(&str, i32)] = &[
    ("utc", 0),
    ("gmt", 0),
    ("z", 0),
    ("cet", 60),
    ("mez", 60),
    ("cest", 120),
    ("mesz", 120),
    ("bst", 60),
    ("est", -300),
    ("edt", -240),
    ("cst", -360),
    ("cdt", -300),
    ("mst", -420),
    ("mdt", -360),
    ("pst", -480),
    ("pdt", -420),
];

/// A date, with a time where there is one, and with an offset where there is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Written {
    day: NaiveDate,
    time: Option<NaiveTime>,
    offset: Option<FixedOffset>,
}

/// A time without an offset is the zone's. A day without a time begins when it has begun in the zone and in UTC, so that nobody
/// reads another day.
pub fn read(cell: &str, order: Order, zone: Tz) -> Option<At> {
    let cell = cell.trim();
    if let Some(at) = epoch(cell) {
        return Some(at);
    }
    if let Ok(at) = DateTime::parse_from_rfc3339(cell) {
        return Some(at.to_utc());
    }
    let written = parse(cell, order)?;
    let local = written.day.and_time(written.time.unwrap_or_default());
    match (written.offset, written.time) {
        (Some(offset), _) => offset.from_local_datetime(&local).single().map(|at| at.to_utc()),
        (None, Some(_)) => Some(in_zone(local, zone)),
        (None, None) => Some(in_zone(local, zone).max(local.and_utc())),
    }
}

pub fn vote(cell: &str) -> Option<Vote> {
    let cell = cell.trim();
    if epoch(cell).is_some() || DateTime::parse_from_rfc3339(cell).is_ok() {
        return Some(Vote::Clear);
    }
    let day = parse(cell, Order::DayFirst).map(|w| w.day);
    let month = parse(cell, Order::MonthFirst).map(|w| w.day);
    match (day, month) {
        (Some(a), Some(b)) if a == b => Some(Vote::Clear),
        (Some(_), Some(_)) => Some(Vote::Either),
        (Some(_), None) => Some(Vote::Day),
        (None, Some(_)) => Some(Vote::Month),
        (None, None) => None,
    }
}

/// A local time that a change of clocks skips is as much later; one that it repeats is the first of both.
fn in_zone(local: NaiveDateTime, zone: Tz) -> At {
    let mut local = local;
    for _ in 0..8 {
        if let Some(at) = zone.from_local_datetime(&local).earliest() {
            return at.to_utc();
        }
        local += TimeDelta::minutes(30);
    }
    local.and_utc()
}

/// Seconds, milliseconds or microseconds since 1970, told apart by their size: from 1990 on, none could be another.
fn epoch(cell: &str) -> Option<At> {
    let whole = cell.strip_suffix(".0").unwrap_or(cell);
    if !whole.bytes().all(|b| b.is_ascii_digit()) || !(9..=16).contains(&whole.len()) {
        let number: f64 = cell.parse().ok()?;
        let is_fraction = cell.contains('.') && (600_000_000.0..10_000_000_000.0).contains(&number);
        return is_fraction.then(|| DateTime::from_timestamp_micros((number * 1_000_000.0) as i64))?;
    }
    let number: i64 = whole.parse().ok()?;
    match number {
        600_000_000..=9_999_999_999 => DateTime::from_timestamp(number, 0),
        600_000_000_000..=9_999_999_999_999 => DateTime::from_timestamp_millis(number),
        600_000_000_000_000..=9_999_999_999_999_999 => DateTime::from_timestamp_micros(number),
        _ => None,
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Number(u32, usize),
    Month(u32),
    Mark(char),
}

fn parse(cell: &str, order: Order) -> Option<Written> {
    let lower = cell.to_lowercase();
    let mut rest = lower.trim();
    if rest.len() > 60 || !rest.contains(|c: char| c.is_ascii_digit()) {
        return None;
    }
    // "Rezension aus Deutschland vom 20. November 2026", "Reviewed in Germany on 20 November 2026".
    for before in [" vom ", " on ", " am "] {
        if let Some((_, after)) = rest.rsplit_once(before) {
            // "7:12 am gmt+1" is a time of day.
            if before != " am " || after.starts_with(|c: char| c.is_ascii_digit()) {
                rest = after;
            }
        }
    }
    let (date, time, zone) = cut(rest);
    let offset = match zone.trim_matches([' ', '(', ')', ',']) {
        "" | "uhr" => None,
        zone => Some(offset(zone)?),
    };
    let time = match time {
        Some(time) => Some(clock(time)?),
        None => None,
    };
    let tokens = tokens(date)?;
    let day = day(&tokens, order)?;
    Some(Written { day, time, offset })
}

/// The date, the time of day, and what follows it.
fn cut(text: &str) -> (&str, Option<&str>, &str) {
    let Some(colon) = text.find(':') else {
        return (text, None, "");
    };
    let begin = text[..colon]
        .rfind(|c: char| !c.is_ascii_digit())
        .map_or(0, |at| at + text[at..].chars().next().map_or(1, char::len_utf8));
    let after = &text[colon..];
    let mut end = after
        .find(|c: char| !(c.is_ascii_digit() || c == ':' || c == '.' || c == ','))
        .map_or(text.len(), |at| colon + at);
    let tail = text[end..].trim_start();
    for half in ["am", "pm", "a.m.", "p.m."] {
        if let Some(after) = tail.strip_prefix(half) {
            end = text.len() - after.len();
            break;
        }
    }
    let date = text[..begin].trim_end_matches([' ', 't', ',', '\u{a0}']);
    // "20.11.2026 um 14:30", "20.11.2026, 14:30".
    let date = date
        .strip_suffix(" um")
        .or(date.strip_suffix(" at"))
        .unwrap_or(date);
    let time = text[begin..end].trim();
    let zone = text[end..].trim();
    // A year may stand behind: "Fri Nov 20 07:12:44 UTC 2026".
    let year = zone
        .rsplit(' ')
        .next()
        .filter(|y| y.len() == 4 && y.bytes().all(|b| b.is_ascii_digit()));
    match year {
        Some(_) if !date.contains(|c: char| c.is_ascii_digit()) => (text, None, ""),
        _ => (date, Some(time), zone),
    }
}

fn clock(text: &str) -> Option<NaiveTime> {
    let half = if text.ends_with("pm") || text.ends_with("p.m.") {
        Some(12)
    } else if text.ends_with("am") || text.ends_with("a.m.") {
        Some(0)
    } else {
        None
    };
    let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
    let mut parts = digits.split(':');
    let hour: u32 = parts.next()?.parse().ok()?;
    let minute: u32 = parts.next()?.parse().ok()?;
    let (second, fraction) = match parts.next() {
        None => (0, 0),
        Some(second) => {
            let (whole, fraction) = second.split_once(['.', ',']).unwrap_or((second, ""));
            let micros: String = fraction.chars().chain("000000".chars()).take(6).collect();
            (whole.parse().ok()?, micros.parse().ok()?)
        }
    };
    let hour = match half {
        Some(half) if (1..=12).contains(&hour) => hour % 12 + half,
        Some(_) => return None,
        None => hour,
    };
    parts
        .next()
        .is_none()
        .then(|| NaiveTime::from_hms_micro_opt(hour, minute, second, fraction))?
}

fn offset(zone: &str) -> Option<FixedOffset> {
    // "+0000 (utc)", "utc+1"
    let zone = zone.split_once(" (").map_or(zone, |(zone, _)| zone).trim();
    if let Some((_, minutes)) = ZONES.iter().find(|(name, _)| *name == zone) {
        return FixedOffset::east_opt(minutes * 60);
    }
    let zone = zone
        .strip_prefix("utc")
        .or(zone.strip_prefix("gmt"))
        .unwrap_or(zone);
    let sign = match zone.chars().next()? {
        '+' => 1,
        '-' | '−' => -1,
        _ => return None,
    };
    let digits: String = zone.chars().filter(char::is_ascii_digit).collect();
    let (hours, minutes) = match digits.len() {
        1 | 2 => (digits.as_str(), "0"),
        4 => digits.split_at(2),
        3 => digits.split_at(1),
        _ => return None,
    };
    let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.parse().ok()?);
    FixedOffset::east_opt(sign * (hours * 3600 + minutes * 60))
}

fn tokens(date: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut letters = date.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter.is_ascii_digit() {
            let mut digits = String::from(letter);
            while let Some(digit) = letters.next_if(char::is_ascii_digit) {
                digits.push(digit);
            }
            tokens.push(Token::Number(digits.parse().ok()?, digits.len()));
        } else if letter.is_alphabetic() {
            let mut word = String::from(letter);
            while let Some(letter) = letters.next_if(|c| c.is_alphabetic()) {
                word.push(letter);
            }
            let month = MONTHS.iter().position(|names| names.contains(&word.as_str()));
            match month {
                Some(month) => tokens.push(Token::Month(u32::try_from(month).ok()? + 1)),
                None if is_beside(&word) => {}
                None => return None,
            }
        } else if !letter.is_whitespace() {
            tokens.push(Token::Mark(letter));
        }
    }
    Some(tokens)
}

/// Weekdays, ordinals and the little words of dates.
fn is_beside(word: &str) -> bool {
    const DAYS: &[&str] = &[
        "mon",
        "tue",
        "wed",
        "thu",
        "fri",
        "sat",
        "sun",
        "mo",
        "di",
        "mi",
        "do",
        "fr",
        "sa",
        "so",
        "montag",
        "dienstag",
        "mittwoch",
        "donnerstag",
        "freitag",
        "samstag",
        "sonntag",
        "sonnabend",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
    ];
    DAYS.contains(&word)
        || matches!(
            word,
            "st" | "nd" | "rd" | "th" | "de" | "of" | "den" | "der" | "le" | "el"
        )
}

fn day(tokens: &[Token], order: Order) -> Option<NaiveDate> {
    let numbers: Vec<(u32, usize)> = tokens
        .iter()
        .filter_map(|t| match t {
            Token::Number(n, digits) => Some((*n, *digits)),
            Token::Month(_) | Token::Mark(_) => None,
        })
        .collect();
    let months: Vec<u32> = tokens
        .iter()
        .filter_map(|t| match t {
            Token::Month(month) => Some(*month),
            Token::Number(..) | Token::Mark(_) => None,
        })
        .collect();
    match (months.as_slice(), numbers.as_slice()) {
        ([month], [(a, 4), (b, 1 | 2)]) => date(*a, *month, *b),
        ([month], [(a, 1 | 2), (b, digits @ (2 | 4))]) => date(year(*b, *digits), *month, *a),
        // kununu tells no day.
        ([month], [(y, 4)]) => date(*y, *month, 1),
        ([], [(n, 8)]) => date(n / 10_000, n / 100 % 100, n % 100),
        ([], [(y, 4), (m, 1 | 2), (d, 1 | 2)]) => date(*y, *m, *d),
        ([], [(a, 1 | 2), (b, 1 | 2), (y, digits @ (2 | 4))]) => {
            let dotted = tokens.contains(&Token::Mark('.'));
            let (day, month) = match order {
                Order::MonthFirst if !dotted => (b, a),
                Order::MonthFirst | Order::DayFirst => (a, b),
            };
            date(year(*y, *digits), *month, *day)
        }
        _ => None,
    }
}

fn year(year: u32, digits: usize) -> u32 {
    match digits {
        2 if year < 70 => 2000 + year,
        2 => 1900 + year,
        _ => year,
    }
}

fn date(year: u32, month: u32, day: u32) -> Option<NaiveDate> {
    let year = i32::try_from(year).ok().filter(|y| (1970..=2200).contains(y))?;
    NaiveDate::from_ymd_opt(year, month, day)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> Option<At> {
        Some(text.parse().unwrap())
    }

    #[test]
    fn dates_of_all_countries_are_read() {
        let berlin = chrono_tz::Europe::Berlin;
        let read = |cell: &str| read(cell, Order::DayFirst, berlin);
        for (cell, wanted) in [
            ("2026-11-20T07:12:44Z", "2026-11-20T07:12:44Z"),
            ("2026-11-20T10:00:00+01:00", "2026-11-20T09:00:00Z"),
            ("2026-11-20 10:00:00 +0100", "2026-11-20T09:00:00Z"),
            ("2026-11-20 08:15:31 UTC", "2026-11-20T08:15:31Z"),
            ("2026-11-20 10:00", "2026-11-20T09:00:00Z"),
            ("2026-11-20T10:00:30", "2026-11-20T09:00:30Z"),
            ("2026-11-13T10:11:12.131415Z", "2026-11-13T10:11:12.131415Z"),
            ("2026-11-20", "2026-11-20T00:00:00Z"),
            ("2026/11/20", "2026-11-20T00:00:00Z"),
            ("20261120", "2026-11-20T00:00:00Z"),
            ("31.10.2026", "2026-10-31T00:00:00Z"),
            ("1.11.2026 14:30", "2026-11-01T13:30:00Z"),
            ("01.11.2026, 14:30 Uhr", "2026-11-01T13:30:00Z"),
            ("01.11.2026 um 14:30:05", "2026-11-01T13:30:05Z"),
            ("20.11.26", "2026-11-20T00:00:00Z"),
            ("20/11/2026", "2026-11-20T00:00:00Z"),
            ("20-11-2026 2:30 PM", "2026-11-20T13:30:00Z"),
            ("Nov 20, 2026", "2026-11-20T00:00:00Z"),
            ("November 20th, 2026", "2026-11-20T00:00:00Z"),
            ("20. November 2026", "2026-11-20T00:00:00Z"),
            ("5 März 2026", "2026-03-05T00:00:00Z"),
            ("20-Nov-26", "2026-11-20T00:00:00Z"),
            ("Fri, 20 Nov 2026 07:12:44 +0000", "2026-11-20T07:12:44Z"),
            ("Nov 20, 2026 7:12 AM GMT+1", "2026-11-20T06:12:00Z"),
            (
                "Rezension aus Deutschland vom 20. November 2026",
                "2026-11-20T00:00:00Z",
            ),
            (
                "Reviewed in the United States on November 20, 2026",
                "2026-11-20T00:00:00Z",
            ),
            ("1795158764", "2026-11-20T07:12:44Z"),
            ("1795158764000", "2026-11-20T07:12:44Z"),
            ("1795158764.0", "2026-11-20T07:12:44Z"),
            ("09 13, 2009", "2009-09-13T00:00:00Z"),
            ("November 2026", "2026-11-01T00:00:00Z"),
            ("2026/11/20 2:30:12 PM MEZ", "2026-11-20T13:30:12Z"),
        ] {
            if cell == "09 13, 2009" {
                assert_eq!(super::read(cell, Order::MonthFirst, berlin), at(wanted), "{cell}");
                continue;
            }
            assert_eq!(read(cell), at(wanted), "{cell}");
        }
        for cell in [
            "",
            "gestern",
            "501",
            "4/5",
            "32.13.2026",
            "B-1",
            "2026",
            "★★",
            "12.5",
            "2026-13-01",
        ] {
            assert_eq!(read(cell), None, "{cell}");
        }
    }

    #[test]
    fn the_first_of_two_numbers_is_a_question_for_the_column() {
        assert_eq!(vote("20/11/2026"), Some(Vote::Day));
        assert_eq!(vote("11/20/26"), Some(Vote::Month));
        assert_eq!(vote("10/11/2026"), Some(Vote::Either));
        assert_eq!(vote("11/11/2026"), Some(Vote::Clear));
        assert_eq!(vote("10.11.2026"), Some(Vote::Clear), "a dot is German");
        assert_eq!(vote("Nov 20, 2026"), Some(Vote::Clear));
        assert_eq!(vote("Gut"), None);
        let american = read("11/20/26", Order::MonthFirst, chrono_tz::America::New_York);
        assert_eq!(
            american,
            at("2026-11-20T05:00:00Z"),
            "a day begins where it is written"
        );
    }

    proptest! {
        #[test]
        fn what_chrono_writes_is_read_back(seconds in 700_000_000_i64..4_000_000_000, form in 0_usize..6) {
            let when = DateTime::from_timestamp(seconds, 0).unwrap();
            let format = ["%Y-%m-%d %H:%M:%S UTC", "%d.%m.%Y %H:%M:%S +0000", "%d/%m/%Y %H:%M:%S Z", "%b %d, %Y %I:%M:%S %p UTC",
                "%a, %d %b %Y %H:%M:%S GMT", "%s"][form];
            let text = when.format(format).to_string();
            prop_assert_eq!(read(&text, Order::DayFirst, chrono_tz::Europe::Berlin), Some(when), "{}", text);
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,40}", odd in "[0-9:/.ßpma +-]{0,30}") {
            for cell in [text, odd] {
                let _vote = vote(&cell);
                let _at = read(&cell, Order::MonthFirst, chrono_tz::Europe::Berlin);
            }
        }
    }
}
