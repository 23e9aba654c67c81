//! Until when something can be put aside: moments that mean something to a team, by its own calendar if it has one.

use chrono::Datelike;
use chrono::NaiveDate;
use chrono::NaiveDateTime;
use chrono::TimeDelta;
use chrono_tz::Tz;

use crate::domain::At;
use crate::domain::time::calendar::Calendar;
use crate::domain::time::schedule::instant;

/// When a day begins for whoever put something aside, in minutes.
const MORNING: u16 = 9 * 60;
const EVENING: u16 = 18 * 60;
/// Nobody is closed for longer.
const DAYS: usize = 60;

/// By whose clock, and on which days somebody works.
#[derive(Debug, Clone, Copy)]
pub struct Days<'a> {
    pub zone: Tz,
    pub calendar: Option<&'a Calendar>,
}

impl Days<'_> {
    fn zone(&self) -> Tz {
        self.calendar.map_or(self.zone, |calendar| calendar.zone)
    }

    fn today(&self, now: At) -> NaiveDate {
        now.with_timezone(&self.zone()).date_naive()
    }

    /// `None`: there is no such choice, or no such day.
    pub fn until(&self, choice: &str, day: &str, now: At) -> Option<At> {
        let today = self.today(now);
        match choice {
            "evening" => self.at(today, EVENING),
            "morning" => self.next_morning(now),
            "monday" => {
                let ahead = 7 - i64::from(today.weekday().num_days_from_monday());
                self.at(today + TimeDelta::days(ahead), MORNING)
            }
            "date" => self.at(day.parse().ok()?, MORNING),
            _ => None,
        }
    }

    /// The morning of the next day on which the team works; of tomorrow, where nobody says when it does.
    pub fn next_morning(&self, now: At) -> Option<At> {
        let tomorrow = self.today(now).succ_opt()?;
        let Some(calendar) = self.calendar else {
            return self.at(tomorrow, MORNING);
        };
        let mut days = tomorrow.iter_days().take(DAYS);
        let opens = days.find_map(|day| Some((day, opens(calendar.windows(day))?)));
        let (day, minute) = opens.unwrap_or((tomorrow, MORNING));
        self.at(day, minute)
    }

    /// Whether that is what everybody understands by it.
    pub fn is_tomorrow_at_nine(&self, at: At, now: At) -> bool {
        let tomorrow = self.today(now).succ_opt();
        tomorrow.and_then(|day| self.at(day, MORNING)) == Some(at)
    }

    fn at(&self, day: NaiveDate, minute: u16) -> Option<At> {
        let local = NaiveDateTime::from(day).checked_add_signed(TimeDelta::minutes(minute.into()))?;
        Some(instant(self.zone(), local))
    }
}

/// Nine o'clock if somebody is there then, else when they come after it, else when they come at all.
fn opens(windows: &[(u16, u16)]) -> Option<u16> {
    let first_after = windows.iter().find(|(_, to)| *to > MORNING);
    let (from, _) = first_after.or(windows.first())?;
    Some(first_after.map_or(*from, |_| (*from).max(MORNING)))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    const BERLIN: Tz = Tz::Europe__Berlin;

    fn at(text: &str) -> At {
        text.parse().unwrap()
    }

    fn office(window: (u16, u16)) -> Calendar {
        let week = std::array::from_fn(|day| if day < 5 { vec![window] } else { vec![] });
        let off = BTreeMap::from([("2026-11-30".parse().unwrap(), "Betriebsausflug".to_owned())]);
        Calendar::new("office", BERLIN, week, off, BTreeMap::new())
    }

    #[test]
    fn tomorrow_morning_is_the_next_morning_on_which_somebody_works() {
        let plain = Days {
            zone: BERLIN,
            calendar: None,
        };
        // A Friday in Berlin, late in the evening in UTC.
        let friday = at("2026-11-27T15:00:00Z");
        assert_eq!(plain.next_morning(friday), Some(at("2026-11-28T08:00:00Z")));
        for (window, opens) in [
            ((480, 1020), "2026-12-01T08:00:00Z"),
            ((540, 1020), "2026-12-01T08:00:00Z"),
            ((630, 1020), "2026-12-01T09:30:00Z"),
            ((360, 480), "2026-12-01T05:00:00Z"),
        ] {
            let calendar = office(window);
            let days = Days {
                zone: Tz::UTC,
                calendar: Some(&calendar),
            };
            assert_eq!(
                days.next_morning(friday),
                Some(at(opens)),
                "Monday is off: {window:?}"
            );
            assert!(!days.is_tomorrow_at_nine(at(opens), friday));
            let tuesday = at("2026-12-01T10:00:00Z");
            let next = days.next_morning(tuesday).unwrap();
            assert_eq!(
                days.is_tomorrow_at_nine(next, tuesday),
                window.0 <= 540 && window.1 > 540
            );
        }
    }

    #[test]
    fn a_calendar_without_any_hours_counts_for_nothing() {
        let never = Calendar::new(
            "never",
            BERLIN,
            Default::default(),
            BTreeMap::new(),
            BTreeMap::new(),
        );
        let days = Days {
            zone: BERLIN,
            calendar: Some(&never),
        };
        let now = at("2026-11-27T15:00:00Z");
        assert_eq!(days.until("morning", "", now), Some(at("2026-11-28T08:00:00Z")));
        assert_eq!(days.until("date", "2026-02-30", now), None);
    }

    #[test]
    fn on_a_sunday_tomorrow_and_monday_are_one_moment() {
        let days = Days {
            zone: BERLIN,
            calendar: None,
        };
        let sunday = at("2026-11-22T10:00:00Z");
        let [morning, monday] = ["morning", "monday"].map(|choice| days.until(choice, "", sunday));
        assert_eq!(morning, monday);
        assert_eq!(
            days.until("evening", "", sunday),
            Some(at("2026-11-22T17:00:00Z"))
        );
    }
}
