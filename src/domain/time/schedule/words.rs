//! A schedule as people say it: `werktags 8:00`, `every 4 minutes`. What no short sentence says exactly is not described
//! at all, because a wrong one would be believed.

use std::collections::BTreeSet;

use crate::domain::lang::Lang;
use crate::domain::time::schedule::Schedule;

/// More times a day than this are no sentence.
const TIMES: usize = 4;
const MINUTES: u32 = 60;

/// The five fields, each as the numbers that it allows. Sunday is 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fields {
    pub minutes: BTreeSet<u32>,
    pub hours: BTreeSet<u32>,
    pub days: BTreeSet<u32>,
    pub months: BTreeSet<u32>,
    pub weekdays: BTreeSet<u32>,
    /// Day of the month and weekday are both named, and either will do.
    pub either: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Days {
    Every,
    /// Monday is 0.
    Weekdays(Vec<u32>),
    OfMonth(Vec<u32>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Times {
    EveryMinutes(u32),
    /// So many minutes past each full hour.
    Hourly(u32),
    At(Vec<(u32, u32)>),
}

impl Schedule {
    /// For people; none where no short sentence says it.
    pub fn in_words(&self, lang: Lang) -> Option<String> {
        let (days, times) = self.fields.plain()?;
        let goes_on = !matches!(times, Times::At(_));
        let times = times.said(lang);
        Some(match days {
            Days::Every if goes_on => times,
            days => format!("{} {times}", days.said(lang)),
        })
    }
}

impl Fields {
    fn plain(&self) -> Option<(Days, Times)> {
        let every_day = self.days.len() == 31;
        let every_weekday = self.weekdays.len() == 7;
        if self.months.len() != 12 {
            return None;
        }
        let days = match (every_day, every_weekday) {
            (true, true) => Days::Every,
            // Either will do, and one is any: it is each day.
            _ if self.either && (every_day || every_weekday) => Days::Every,
            (true, false) => {
                let mut monday_first: Vec<u32> = self.weekdays.iter().map(|day| (day + 6) % 7).collect();
                monday_first.sort();
                Days::Weekdays(monday_first)
            }
            (false, true) => Days::OfMonth(self.days.iter().copied().collect()),
            (false, false) => return None,
        };
        Some((days, self.times()?))
    }

    fn times(&self) -> Option<Times> {
        let first = *self.minutes.first()?;
        if self.hours.len() == 24 {
            let step = MINUTES / u32::try_from(self.minutes.len()).ok()?;
            let even = first == 0
                && MINUTES.is_multiple_of(step)
                && (0..MINUTES)
                    .step_by(usize::try_from(step).ok()?)
                    .collect::<BTreeSet<_>>()
                    == self.minutes;
            return match self.minutes.len() {
                1 => Some(Times::Hourly(first)),
                _ if even => Some(Times::EveryMinutes(step)),
                _ => None,
            };
        }
        let all = self
            .hours
            .iter()
            .flat_map(|hour| self.minutes.iter().map(|minute| (*hour, *minute)));
        let all: Vec<(u32, u32)> = all.collect();
        (all.len() <= TIMES).then_some(Times::At(all))
    }
}

impl Days {
    fn said(&self, lang: Lang) -> String {
        match self {
            Self::Every => lang.text("schedule-daily", &[]),
            Self::Weekdays(days) if *days == [0, 1, 2, 3, 4] => lang.text("schedule-workdays", &[]),
            Self::Weekdays(days) if *days == [5, 6] => lang.text("schedule-weekend", &[]),
            Self::Weekdays(days) => {
                let names = days.iter().map(|day| lang.text(&format!("weekday-{day}"), &[]));
                names.collect::<Vec<_>>().join(", ")
            }
            Self::OfMonth(days) => {
                let days = days.iter().map(|day| (*day).to_string());
                let days = days.collect::<Vec<_>>().join(", ");
                lang.text("schedule-month", &[("dates", days.into())])
            }
        }
    }
}

impl Times {
    fn said(&self, lang: Lang) -> String {
        match self {
            Self::EveryMinutes(n) => lang.text("schedule-minutes", &[("n", i64::from(*n).into())]),
            Self::Hourly(minute) => lang.text("schedule-hourly", &[("minute", i64::from(*minute).into())]),
            Self::At(times) => {
                let times = times.iter().map(|(hour, minute)| format!("{hour}:{minute:02}"));
                times.collect::<Vec<_>>().join(", ")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::Datelike as _;
    use chrono::NaiveDateTime;
    use chrono::TimeDelta;
    use chrono::Timelike as _;
    use chrono_tz::Tz;
    use proptest::prelude::*;

    use super::*;
    use crate::domain::At;

    fn said(expression: &str, lang: Lang) -> String {
        let schedule = Schedule::parse(expression, Tz::Europe__Berlin).unwrap();
        schedule.in_words(lang).unwrap_or_default()
    }

    #[test]
    fn what_people_would_say() {
        for (expression, de, en) in [
            ("0 8 * * 1-5", "werktags 8:00", "weekdays 8:00"),
            ("30 7 * * *", "täglich 7:30", "daily 7:30"),
            (
                "0 8,16 * * mon-fri",
                "werktags 8:00, 16:00",
                "weekdays 8:00, 16:00",
            ),
            ("0 9 * * 6,7", "am Wochenende 9:00", "at weekends 9:00"),
            ("0 9 * * 1,3,0", "Mo, Mi, So 9:00", "Mon, Wed, Sun 9:00"),
            (
                "0 8 1,15 * *",
                "am 1, 15 des Monats 8:00",
                "on day 1, 15 of the month 8:00",
            ),
            ("*/4 * * * *", "alle 4 Minuten", "every 4 minutes"),
            ("* * * * *", "jede Minute", "every minute"),
            (
                "*/15 * * * 1-5",
                "werktags alle 15 Minuten",
                "weekdays every 15 minutes",
            ),
            ("0 * * * *", "zu jeder vollen Stunde", "every full hour"),
            (
                "5 * * * *",
                "stündlich, 5 Minuten nach voll",
                "hourly, 5 minutes past",
            ),
            ("0 8 * 1 *", "", ""),
            ("0 8 1 * 1", "", ""),
            ("*/7 * * * *", "", ""),
            ("0 9-17 * * *", "", ""),
        ] {
            assert_eq!(said(expression, Lang::De), de, "{expression}");
            assert_eq!(said(expression, Lang::En), en, "{expression}");
        }
    }

    /// Whether the sentence would be true of this minute.
    fn is_meant((days, times): &(Days, Times), at: NaiveDateTime) -> bool {
        let day = match days {
            Days::Every => true,
            Days::Weekdays(days) => days.contains(&at.weekday().num_days_from_monday()),
            Days::OfMonth(days) => days.contains(&at.day()),
        };
        day && match times {
            Times::EveryMinutes(n) => at.minute().is_multiple_of(*n),
            Times::Hourly(minute) => at.minute() == *minute,
            Times::At(times) => times.contains(&(at.hour(), at.minute())),
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(60))]

        #[test]
        fn a_sentence_is_true_of_each_slot_and_of_no_other_minute(
            minute in "0|30|7|5,35|\\*|\\*/4|\\*/15|\\*/7|0-59/20",
            hour in "8|8,16|\\*|0|9-17|\\*/12",
            day in "\\*|1|1,15|1-31",
            month in "\\*|1|1-12",
            weekday in "\\*|1-5|6,0|1,3|fri-mon|7|0-6",
        ) {
            let expression = format!("{minute} {hour} {day} {month} {weekday}");
            let schedule = Schedule::parse(&expression, Tz::UTC).unwrap();
            if let Some(plain) = schedule.fields.plain() {
                let from: At = "2026-11-20T09:00:00Z".parse().unwrap();
                let slots: BTreeSet<At> = schedule.upcoming(from, 60).into_iter().map(|slot| slot.at).collect();
                let last = *slots.last().unwrap();
                let mut at = from + TimeDelta::minutes(1);
                while at <= last {
                    prop_assert_eq!(slots.contains(&at), is_meant(&plain, at.naive_utc()), "{} at {}", expression, at);
                    at += TimeDelta::minutes(1);
                }
            }
        }
    }
}
