//! What calendars and rotas say today, for people to see whether they mean what they wrote.

use chrono::DateTime;
use chrono::TimeDelta;
use chrono::Utc;
use chrono_tz::Tz;

use crate::cli::check::report::Report;
use crate::config::Sections;
use crate::domain::people::person::Mention;
use crate::domain::promise::rota::Rota;
use crate::domain::time::calendar::Calendar;
use crate::domain::time::calendar::local;
use crate::domain::time::calendar::written;

const CALENDARS: &str = "Calendars";
const ROTAS: &str = "On call";
/// Holidays that come at all come within so many days.
const AHEAD: TimeDelta = TimeDelta::days(400);

pub fn look(sections: &Sections, now: DateTime<Utc>, report: &mut Report) {
    for placed in &sections.calendars {
        report.good(CALENDARS, of_calendar(&placed.value, now));
    }
    for placed in &sections.rotas {
        report.good(ROTAS, of_rota(&placed.value, now));
    }
}

fn of_calendar(calendar: &Calendar, now: DateTime<Utc>) -> String {
    let today = local(calendar.zone, now).map(|now| now.date());
    let windows = today.map_or(&[][..], |today| calendar.windows(today));
    let windows: Vec<String> = windows
        .iter()
        .map(|(from, to)| format!("{}-{}", written(*from), written(*to)))
        .collect();
    let hours = if windows.is_empty() {
        "closed".to_owned()
    } else {
        windows.join(", ")
    };
    let next = calendar.holidays_between(now, now + AHEAD).into_iter().next();
    let next = match next {
        Some((date, name)) if name != date.to_string() => format!("next holiday {date} {name}"),
        Some((date, _)) => format!("next holiday {date}"),
        None => "no holiday ahead".to_owned(),
    };
    format!("{}: today {hours}; {next} ({})", calendar.name, calendar.zone)
}

fn of_rota(rota: &Rota, now: DateTime<Utc>) -> String {
    let who: Vec<String> = rota
        .on_duty(now)
        .iter()
        .map(|who| match who {
            Mention::Person(id) => id.clone(),
            Mention::Group(id) => format!("group {id}"),
        })
        .collect();
    let who = if who.is_empty() {
        "nobody".to_owned()
    } else {
        who.join(", ")
    };
    let until = match rota.next_change(now) {
        Some(at) => format!("until {}", shown(at, rota.zone)),
        None => "no change within 60 days".to_owned(),
    };
    format!("{}: now {who}, {until} ({})", rota.name, rota.zone)
}

fn shown(at: DateTime<Utc>, zone: Tz) -> String {
    at.with_timezone(&zone).format("%a %Y-%m-%d %H:%M").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    #[test]
    fn it_says_what_holds_today_and_what_comes_next() {
        let text = include_str!("../../../zeitnah.example.toml");
        let config = Config::parse("zeitnah.toml", text, &|name| Some(name.to_lowercase())).unwrap();
        let said = |at: &str| {
            let now = at.parse().unwrap();
            (
                of_calendar(&config.calendars[0], now),
                of_rota(&config.rotas[0], now),
            )
        };
        let (calendar, rota) = said("2026-11-21T12:00:00Z");
        assert_eq!(
            calendar,
            "office: today 10:00-14:00; next holiday 2026-12-25 Weihnachten (Europe/Berlin)"
        );
        assert_eq!(
            rota,
            "evening: now U0456BERT, until Mon 2026-11-23 09:00 (Europe/Berlin)"
        );
        let (calendar, rota) = said("2026-12-25T12:00:00Z");
        assert_eq!(
            calendar,
            "office: today closed; next holiday 2026-12-25 Weihnachten (Europe/Berlin)"
        );
        assert!(rota.starts_with("evening: now U0123ANNA, "), "{rota}");
    }
}
