//! Which times a digest is about: its period, the one before, the time that says what is usual, and the days of which
//! its picture is made.

use chrono::NaiveDate;
use chrono::TimeDelta;
use chrono_tz::Tz;

use crate::domain::At;
use crate::domain::item::stats::Span;
use crate::domain::time::schedule::instant;

/// More days than this are drawn as weeks.
const MOST_DAYS: i64 = 45;
/// A picture of one day says nothing, so it shows the days before, too.
const LEAST_DAYS: i64 = 7;
/// What is usual is what the last four weeks say, and at least four periods.
const USUAL_DAYS: i64 = 28;
const USUAL_PERIODS: i32 = 4;
/// With less, the first hours after the start would say what is usual.
const LEAST_USUAL_DAYS: i64 = 7;

/// A day of the picture, or a week: from the digest's own time of day to the same time, so that the days of a period add
/// up to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Block {
    /// Its first day: the one on which most of the first twenty-four hours lie. What an evening digest calls today began
    /// yesterday evening.
    pub date: NaiveDate,
    pub from: At,
    pub to: At,
}

/// Oldest first.
pub fn blocks(from: At, to: At, zone: Tz) -> Vec<Block> {
    let end = to.with_timezone(&zone).naive_local();
    let ago = |days: i64| instant(zone, end - TimeDelta::days(days));
    let days = (1..).find(|n| ago(*n) <= from || *n > 4000).unwrap_or(1);
    let step = if days > MOST_DAYS { 7 } else { 1 };
    // What lies before the period is only shown to make a short one readable.
    let begin = if days < LEAST_DAYS { ago(LEAST_DAYS) } else { from };
    let mut out: Vec<Block> = Vec::new();
    let mut to = to;
    for n in 1.. {
        let from = ago(n * step).max(begin);
        if from < to {
            let middle = from + (to - from).min(TimeDelta::days(1)) / 2;
            let date = middle.with_timezone(&zone).date_naive();
            // A short first one, cut off where the period begins, is the day before.
            let date = match out.last() {
                Some(later) if later.date <= date => later.date - TimeDelta::days(1),
                _ => date,
            };
            out.push(Block { date, from, to });
        }
        to = from;
        if from <= begin {
            break;
        }
    }
    out.reverse();
    out
}

/// Where the period before begins: where the schedule says, if that is about as long (a month is compared with the month
/// before), else so far back that both are equally long (a weekend with the three days before, not with one day).
pub fn before(from: At, to: At, zone: Tz, usual: Option<At>) -> At {
    let length = to - from;
    let alike = |usual: &At| {
        let other = from - *usual;
        (other - length).abs() * 8 <= length
    };
    if let Some(usual) = usual.filter(alike) {
        return usual;
    }
    // Whole days are whole days when the clocks change, too.
    let days = (length + TimeDelta::hours(12)).num_days();
    if days > 0 && (length - TimeDelta::days(days)).abs() <= TimeDelta::hours(2) {
        return instant(
            zone,
            from.with_timezone(&zone).naive_local() - TimeDelta::days(days),
        );
    }
    from - length
}

/// Where the time begins that says what is usual for a period, and how much of that time the period is as long as.
/// `known` is when anything was heard for the first time; `None`: too little is known.
pub fn usual(from: At, to: At, known: At) -> Option<(At, f64)> {
    let length = to - from;
    let wanted = (length * USUAL_PERIODS).max(TimeDelta::days(USUAL_DAYS));
    let begin = Span::Day.begin(from - wanted).max(Span::Day.next(known));
    let enough = from - begin >= (length * USUAL_PERIODS).max(TimeDelta::days(LEAST_USUAL_DAYS));
    let share = length.as_seconds_f64() / (from - begin).as_seconds_f64();
    (enough && length > TimeDelta::zero()).then_some((begin, share))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BERLIN: Tz = Tz::Europe__Berlin;

    fn utc(text: &str) -> At {
        text.parse().unwrap()
    }

    #[test]
    fn a_day_is_shown_with_its_week_and_a_month_in_its_days() {
        let day = blocks(utc("2026-11-20T07:00:00Z"), utc("2026-11-21T07:00:00Z"), BERLIN);
        assert_eq!((day.len(), day[0].date), (7, "2026-11-14".parse().unwrap()));
        assert_eq!(
            (day[6].from, day[6].to),
            (utc("2026-11-20T07:00:00Z"), utc("2026-11-21T07:00:00Z"))
        );
        // The clocks change on the 25th: its day is as long as the wall says.
        let month = blocks(utc("2026-09-30T22:00:00Z"), utc("2026-10-31T23:00:00Z"), BERLIN);
        assert_eq!(month.len(), 31);
        assert_eq!(month[0].from, utc("2026-09-30T22:00:00Z"));
        assert_eq!(month[24].to - month[24].from, TimeDelta::hours(25));
        assert!(month.windows(2).all(|w| w[0].to == w[1].from));
    }

    #[test]
    fn a_day_is_called_by_the_date_that_most_of_it_lies_on() {
        let last = |from: &str, to: &str| blocks(utc(from), utc(to), BERLIN).pop().unwrap().date;
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let (from, to) = ("2026-11-19T17:00:00Z", "2026-11-20T17:00:00Z");
        assert_eq!(
            last(from, to),
            day("2026-11-20"),
            "an evening digest is about today"
        );
        let (from, to) = ("2026-11-19T07:00:00Z", "2026-11-20T07:00:00Z");
        assert_eq!(last(from, to), day("2026-11-19"), "a morning one about yesterday");
        let (from, to) = ("2026-11-18T23:00:00Z", "2026-11-19T23:00:00Z");
        assert_eq!(last(from, to), day("2026-11-19"), "from midnight to midnight");
        // What was asked for this morning and has hardly begun.
        assert_eq!(
            last("2026-11-20T08:00:00Z", "2026-11-20T08:30:00Z"),
            day("2026-11-19")
        );
    }

    #[test]
    fn a_long_period_is_shown_in_weeks_and_begins_where_it_begins() {
        let (from, to) = (utc("2026-07-01T06:00:00Z"), utc("2026-10-01T06:00:00Z"));
        let quarter = blocks(from, to, BERLIN);
        assert_eq!(quarter.len(), 14, "13 weeks and a day");
        assert_eq!((quarter[0].from, quarter[13].to), (from, to));
        assert_eq!(quarter[0].to - from, TimeDelta::days(1));
        assert!(quarter.windows(2).all(|w| w[0].to == w[1].from));
    }

    #[test]
    fn a_period_is_compared_with_one_as_long() {
        let at = utc;
        let month = before(
            at("2026-03-01T08:00:00Z"),
            at("2026-04-01T07:00:00Z"),
            BERLIN,
            Some(at("2026-02-01T08:00:00Z")),
        );
        assert_eq!(month, at("2026-02-01T08:00:00Z"));
        // From Friday to Monday, and the slot before was a day earlier.
        let weekend = before(
            at("2026-10-23T06:00:00Z"),
            at("2026-10-26T07:00:00Z"),
            BERLIN,
            Some(at("2026-10-22T06:00:00Z")),
        );
        assert_eq!(weekend, at("2026-10-20T06:00:00Z"));
        let lately = before(
            at("2026-11-20T07:00:00Z"),
            at("2026-11-20T09:30:00Z"),
            BERLIN,
            None,
        );
        assert_eq!(lately, at("2026-11-20T04:30:00Z"));
    }

    #[test]
    fn what_is_usual_takes_four_weeks_or_four_periods() {
        let (from, to) = (utc("2026-11-20T07:00:00Z"), utc("2026-11-21T07:00:00Z"));
        let (begin, share) = usual(from, to, utc("2020-01-01T00:00:00Z")).unwrap();
        assert_eq!(begin, utc("2026-10-23T00:00:00Z"));
        assert!((1.0 / share - 28.0).abs() < 0.5);
        let (begin, _) = usual(from, to, utc("2026-11-12T10:00:00Z")).unwrap();
        assert_eq!(
            begin,
            utc("2026-11-13T00:00:00Z"),
            "nothing was known before, which is not nothing"
        );
        assert_eq!(
            usual(from, to, utc("2026-11-14T00:00:00Z")),
            None,
            "six days are too few"
        );
        let half_an_hour = utc("2026-11-20T07:30:00Z");
        assert_eq!(usual(from, half_an_hour, utc("2026-11-19T23:00:00Z")), None);
        let month = utc("2026-10-20T07:00:00Z");
        let (begin, _) = usual(month, from, utc("2020-01-01T00:00:00Z")).unwrap();
        assert_eq!(begin, utc("2026-06-18T00:00:00Z"));
    }
}
