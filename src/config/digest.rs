//! Summaries on a schedule.

use chrono_tz::Tz;

use crate::config::Names;
use crate::config::name;
use crate::config::zone::zone;
use crate::domain::At;
use crate::domain::people::person::PersonId;
use crate::domain::promise::rules::Channel;
use crate::domain::show::digest::plan::DigestPlan;
use crate::domain::time::schedule::Schedule;
use crate::reader::reading::Placed;
use crate::reader::table::Table;

pub fn read(table: Table, names: &Names, channels: &[Placed<Channel>]) -> Option<Placed<DigestPlan>> {
    let line = table.line_of("schedule");
    let name = name::name(&table);
    let channel = table.needed("channel", "\"a-channel\"");
    let channel = channel.filter(|c| table.refers("channel", "channel", c, &names.channels));
    let own = zone(&table, "time_zone");
    let theirs = channel
        .as_ref()
        .and_then(|c| channels.iter().find(|x| x.value.name == c.value));
    // A faulty zone has been told already; the expression is looked at all the same.
    let zone = own.or(theirs.map(|c| c.value.locale.zone)).unwrap_or(Tz::UTC);
    let schedule = schedule(&table, zone);
    let only_if_something = table.flag("only_if_something");
    let who_answered = table.flag("who_answered");
    let to = to(&table, theirs.map(|c| c.value.chat.as_str()));
    table.close();
    Some(Placed {
        value: DigestPlan {
            name: name?.value,
            channel: channel?.value,
            schedule: schedule?,
            only_if_something: only_if_something?,
            who_answered: who_answered?,
            to: to?,
        },
        line,
    })
}

/// The person who gets it directly; the inner `None`: it stands in the channel. What it links to is the channel's, so
/// the person has to be in the same chat.
fn to(table: &Table, chat: Option<&str>) -> Option<Option<PersonId>> {
    if table.entry("to").is_none() {
        return Some(None);
    }
    let person = name::person(table, "to")?;
    if let Some(chat) = chat.filter(|chat| *chat != person.chat) {
        let what = format!(
            "`digest.to` is a person in {}, and the channel is in {chat}",
            person.chat
        );
        table.fault("to", what, "name a person, or a channel, of the same chat");
        return None;
    }
    Some(Some(person))
}

fn schedule(table: &Table, zone: Tz) -> Option<Schedule> {
    let given = table.needed("schedule", "\"0 8 * * 1-5\"")?;
    let remedy = "write five fields: minute hour day-of-month month weekday, for example \"0 8 * * 1-5\"";
    match Schedule::parse(&given.value, zone) {
        Ok(schedule) if !schedule.upcoming(At::UNIX_EPOCH, 1).is_empty() => return Some(schedule),
        Ok(_) => table.fault(
            "schedule",
            format!("`digest.schedule` = {:?} never comes", given.value),
            remedy,
        ),
        Err(why) => {
            // The cron crate draws a picture over several lines.
            let why = why.to_string().split_whitespace().collect::<Vec<_>>().join(" ");
            table.fault("schedule", format!("`digest.schedule`: {why}"), remedy);
        }
    }
    None
}
