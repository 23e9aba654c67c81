//! Hours of a week as people write them: `mon-fri 09:00-17:00`. Over midnight too: `fri 22:00-02:00` ends on Saturday.

use crate::domain::time::calendar::DAY;
use crate::domain::time::calendar::minute;

pub const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// On each of `days` (Monday first) from a minute to another one, which is beyond 1440 when it lies on the day after.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hours {
    pub days: [bool; 7],
    pub from: u16,
    pub to: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotHours {
    #[error("{0:?} is no weekday")]
    Weekday(String),
    #[error("{0:?} are no two times of day")]
    Time(String),
    #[error("{0:?} has no length")]
    Empty(String),
    #[error("{0:?} lacks the days or the times")]
    Form(String),
}

impl NotHours {
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::Weekday(_) => "write mon, tue, wed, thu, fri, sat, sun, or a range like mon-fri",
            Self::Time(_) => "write them like 09:00-17:00, up to 24:00",
            Self::Empty(_) => "for a whole day write 00:00-24:00",
            Self::Form(_) => "write for example \"mon-fri 09:00-17:00\"",
        }
    }
}

impl Hours {
    pub fn parse(text: &str) -> Result<Self, NotHours> {
        let form = || NotHours::Form(text.to_owned());
        let (days, times) = text.trim().split_once(char::is_whitespace).ok_or_else(form)?;
        let (days, times) = (weekdays(days)?, times.trim());
        let wrong = || NotHours::Time(times.to_owned());
        let (from, to) = times.split_once('-').ok_or_else(wrong)?;
        let from = minute(from).filter(|from| *from < DAY).ok_or_else(wrong)?;
        let to = minute(to).ok_or_else(wrong)?;
        if from == to {
            return Err(NotHours::Empty(times.to_owned()));
        }
        let to = if to < from { to + DAY } else { to };
        Ok(Self { days, from, to })
    }

    /// The windows of each weekday, cut at midnight.
    pub fn windows(&self) -> impl Iterator<Item = (usize, (u16, u16))> {
        let begun = (0..7).filter(|day| self.days[*day]);
        begun.flat_map(|day| {
            let today = (day, (self.from, self.to.min(DAY)));
            let after = (self.to > DAY).then(|| ((day + 1) % 7, (0, self.to - DAY)));
            [Some(today), after].into_iter().flatten()
        })
    }
}

/// `mon`, `mon-fri`, `sat,sun`, and over the week's end `fri-mon`.
fn weekdays(text: &str) -> Result<[bool; 7], NotHours> {
    let mut days = [false; 7];
    for part in text.split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let unknown = |word: &str| NotHours::Weekday(word.to_owned());
        let first = weekday(first).ok_or_else(|| unknown(first))?;
        let last = weekday(last).ok_or_else(|| unknown(last))?;
        let last = if last < first { last + 7 } else { last };
        for day in first..=last {
            days[day % 7] = true;
        }
    }
    Ok(days)
}

/// From Monday.
pub fn weekday(word: &str) -> Option<usize> {
    WEEKDAYS
        .iter()
        .position(|day| day.eq_ignore_ascii_case(word.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        let windows = Hours::parse(text).map(|hours| {
            let windows = hours.windows();
            let shown = windows.map(|(day, (from, to))| format!("{} {from}-{to}", WEEKDAYS[day]));
            shown.collect::<Vec<_>>().join(", ")
        });
        windows.unwrap_or_else(|why| why.to_string())
    }

    #[test]
    fn hours_are_read_as_people_write_them() {
        assert_eq!(read("mon,Wed  9:00 - 17:00"), "mon 540-1020, wed 540-1020");
        assert_eq!(read("sat-mon 00:00-24:00"), "mon 0-1440, sat 0-1440, sun 0-1440");
        assert_eq!(read("sun 22:00-02:00"), "sun 1320-1440, mon 0-120");
        assert_eq!(read("fri 22:00-00:00"), "fri 1320-1440");
    }

    #[test]
    fn what_is_no_hours_is_told() {
        assert!(read("mo-fr 09:00-17:00").starts_with("\"mo\" is no weekday"));
        assert!(read("mon-fri 9-17").starts_with("\"9-17\" are no two times of day"));
        assert!(read("mon 24:00-02:00").starts_with("\"24:00-02:00\" are no two times of day"));
        assert!(read("mon 09:00-09:00").contains("has no length"));
        assert!(read("09:00-17:00").contains("lacks the days"));
        for wrong in [
            "",
            " ",
            "mon",
            "mon- 9:00-10:00",
            ", 9:00-10:00",
            "mon 9:00",
            "mon 9:00-25:00",
        ] {
            assert!(Hours::parse(wrong).is_err(), "{wrong}");
        }
    }
}
