//! The day's numbers for one person, as they asked for them: each morning at eight by their own clock, or when their quiet
//! hours end, if these go on longer. On a day on which nothing happened nothing comes.

use chrono_tz::Tz;

use crate::domain::people::person::PersonId;
use crate::domain::show::digest::plan::DigestPlan;
use crate::domain::time::calendar::Quiet;
use crate::domain::time::schedule::NotASchedule;
use crate::domain::time::schedule::Schedule;

/// No name in a configuration has such a letter.
pub const NAME: &str = "@daily";
const EIGHT: u16 = 8 * 60;

/// The minute of the day at which it comes.
pub fn minute(quiet: Option<Quiet>) -> u16 {
    match quiet {
        Some(quiet) if quiet.has(EIGHT) => quiet.to,
        Some(_) | None => EIGHT,
    }
}

/// `08:00`.
pub fn time(quiet: Option<Quiet>) -> String {
    let minute = minute(quiet);
    format!("{:02}:{:02}", minute / 60 % 24, minute % 60)
}

pub fn plan(
    person: &PersonId,
    channel: &str,
    quiet: Option<Quiet>,
    zone: Tz,
) -> Result<DigestPlan, NotASchedule> {
    let minute = minute(quiet);
    Ok(DigestPlan {
        name: NAME.to_owned(),
        channel: channel.to_owned(),
        schedule: Schedule::parse(&format!("{} {} * * *", minute % 60, minute / 60 % 24), zone)?,
        only_if_something: true,
        who_answered: false,
        to: Some(person.clone()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_comes_at_eight_or_when_the_quiet_hours_end() {
        for (quiet, expected) in [
            (None, "08:00"),
            (Some("20:00-07:00"), "08:00"),
            (Some("18:00-08:00"), "08:00"),
            (Some("20:00-09:30"), "09:30"),
            (Some("07:00-12:00"), "12:00"),
            (Some("08:00-24:00"), "00:00"),
            (Some("09:00-08:30"), "08:30"),
            (Some("08:00-08:00"), "08:00"),
        ] {
            let quiet = quiet.map(|text| Quiet::parse(text).unwrap());
            assert_eq!(time(quiet), expected, "{quiet:?}");
            let person = PersonId::new("a", "b");
            let plan = plan(&person, "care", quiet, Tz::Europe__Berlin).unwrap();
            let next = plan.schedule.upcoming(crate::domain::At::UNIX_EPOCH, 1);
            assert_eq!(next[0].local.format("%H:%M").to_string(), expected, "{quiet:?}");
        }
    }
}
