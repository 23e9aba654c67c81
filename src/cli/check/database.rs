//! The database: reachable, new enough, ours to write, up to date, and its clock near ours.

use chrono::TimeDelta;
use secrecy::ExposeSecret as _;

use crate::cli::check::report::Report;
use crate::cli::trouble;
use crate::config::Sections;
use crate::config::database::Database;
use crate::port::clock::Clock;
use crate::port::clock::SystemClock;
use crate::store::Store;
use crate::store::StoreError;
use crate::store::condition;
use crate::store::condition::Condition;
use crate::store::unread;
use crate::store::unread::Unread;
use crate::workflow::UNREAD_MINUTES;

const AREA: &str = "Database";
/// 14 is the oldest that PostgreSQL still mends.
const OLDEST: i32 = 140_000;
/// Times in the log come from ours, so a difference between machines is worth a word.
const SECONDS_APART: i64 = 5;

pub async fn look(sections: &Sections, report: &mut Report) {
    let Some(settings) = &sections.database else {
        return;
    };
    let place = sections.place(settings.url_from.line, &settings.url_from.name);
    let store = match Store::open(settings.url.expose_secret(), 2).await {
        Ok(store) => store,
        Err(error) => {
            let trouble = trouble::of_database(&error, settings);
            return report.fault(AREA, Some(place), trouble.what, &trouble.remedy);
        }
    };
    let chats = sections.chats.iter();
    let chats: Vec<String> = chats.map(|chat| chat.kind().name.to_owned()).collect();
    if let Err(error) = asked(&store, settings, &chats, &place, report).await {
        let trouble = trouble::of_database(&error, settings);
        report.fault(AREA, Some(place), trouble.what, &trouble.remedy);
    }
    store.close().await;
}

async fn asked(
    store: &Store,
    settings: &Database,
    chats: &[String],
    place: &str,
    report: &mut Report,
) -> Result<(), StoreError> {
    let found = condition::of(store.pool()).await?;
    report.good(AREA, format!("PostgreSQL {} answers", found.version));
    judge(&found, settings, place, report);
    let before = SystemClock.now();
    let theirs = condition::clock(store.pool()).await?;
    let middle = before + (SystemClock.now() - before) / 2;
    clocks((theirs - middle).num_seconds(), report);
    let lacking = store.lacking_migrations().await?;
    if !lacking.is_empty() {
        let what = if lacking.len() == Store::migrations() {
            "the database is empty".to_owned()
        } else {
            format!("the schema lacks {}", lacking.join(", "))
        };
        report.fault(AREA, Some(place.to_owned()), what, "run `zeitnah migrate`");
        return Ok(());
    }
    if found.newer.is_empty() {
        report.good(AREA, "the schema is up to date");
    }
    let waiting = unread::of(store.pool(), chats, before - TimeDelta::minutes(UNREAD_MINUTES)).await?;
    left_over(waiting, report);
    Ok(())
}

/// Nothing of it is lost, and nothing of it is done by this version.
fn left_over(waiting: Unread, report: &mut Report) {
    let sorts = [
        ("things to be done outside", waiting.effects),
        ("timers", waiting.timers),
        ("presses", waiting.presses),
        ("things that sources told", waiting.told),
    ];
    for (sort, n) in sorts.into_iter().filter(|(_, n)| *n > 0) {
        let what = format!("{n} {sort} wait for a version, or a configuration, that understands them");
        let remedy = "run the newest zeitnah that has worked on this database, with the chats and webhooks that it had";
        report.warning(AREA, None, what, remedy);
    }
}

/// Positive when the server's is ahead.
fn clocks(apart: i64, report: &mut Report) {
    if apart.abs() <= SECONDS_APART {
        return;
    }
    let direction = if apart > 0 { "ahead of" } else { "behind" };
    let what = format!(
        "the database's clock is {} s {direction} this machine's",
        apart.abs()
    );
    let remedy = "let both keep time by NTP: replicas whose clocks differ do not agree on what is due";
    report.warning(AREA, None, what, remedy);
}

fn judge(found: &Condition, settings: &Database, place: &str, report: &mut Report) {
    let mut fault = |what: String, remedy: &str| report.fault(AREA, Some(place.to_owned()), what, remedy);
    if found.number < OLDEST {
        let what = format!("PostgreSQL {} is too old", found.version);
        fault(what, "use version 14 or newer");
    }
    if found.encoding != "UTF8" {
        fault(
            format!(
                "the database's encoding is {}, which cannot hold what customers write",
                found.encoding
            ),
            "make it anew with `createdb --encoding=UTF8 --template=template0`",
        );
    }
    if found.read_only {
        let remedy = "name the primary server, not a standby, and let default_transaction_read_only be off";
        fault("the database can only be read".into(), remedy);
    }
    if !found.newer.is_empty() {
        let versions: Vec<String> = found.newer.iter().map(|v| format!("{v:04}")).collect();
        let what = format!("a newer zeitnah has changed the schema ({})", versions.join(", "));
        fault(what, "run that version here too");
    }
    if !found.barred.is_empty() {
        let what = format!("we may not read and write {}", found.barred.join(", "));
        fault(
            what,
            "let the owner of these tables run zeitnah, or grant all on them to this user",
        );
    }
    match &found.schema {
        None => fault(
            "no schema of the search path exists".into(),
            "make one, for example with `CREATE SCHEMA public`",
        ),
        Some(schema) if !found.may_create => {
            let what = format!("we may not make tables in schema {schema}, so `zeitnah migrate` cannot work");
            let remedy = format!("as its owner: GRANT CREATE ON SCHEMA {schema} TO the user of DATABASE_URL");
            report.warning(AREA, Some(place.to_owned()), what, &remedy);
        }
        Some(_) => {}
    }
    if i64::from(settings.connections) >= i64::from(found.most_connections) {
        let what = format!(
            "one process may open {} connections, the server allows {} to everybody",
            settings.connections, found.most_connections
        );
        let remedy = "write fewer in [database] connections, or raise max_connections";
        report.warning(AREA, Some(place.to_owned()), what, remedy);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::promise::rules::Keep;
    use crate::reader::secret::Origin;

    fn told(found: &Condition) -> String {
        let settings = Database {
            url: "postgres://db".to_owned().into(),
            connections: 16,
            url_from: Origin {
                name: "DATABASE_URL".into(),
                line: 0,
            },
            keep: Keep {
                deliveries: 14,
                history: 90,
            },
        };
        let mut report = Report::default();
        judge(found, &settings, "DATABASE_URL", &mut report);
        report.text(false, true)
    }

    #[test]
    fn a_sound_database_is_not_talked_about() {
        let sound = Condition {
            number: 150_018,
            version: "15.18".into(),
            encoding: "UTF8".into(),
            read_only: false,
            schema: Some("public".into()),
            may_create: true,
            most_connections: 100,
            barred: vec![],
            newer: vec![],
        };
        assert!(told(&sound).ends_with("All good: `zeitnah serve` will work.\n"));
    }

    #[test]
    fn all_that_is_wrong_with_it_is_told_at_once() {
        let said = told(&Condition {
            number: 130_011,
            version: "13.11".into(),
            encoding: "SQL_ASCII".into(),
            read_only: true,
            schema: None,
            may_create: false,
            most_connections: 10,
            barred: vec!["item".into(), "reply".into()],
            newer: vec![7],
        });
        for part in [
            "✖ DATABASE_URL: PostgreSQL 13.11 is too old",
            "encoding is SQL_ASCII",
            "can only be read",
            "a newer zeitnah has changed the schema (0007)",
            "we may not read and write item, reply",
            "no schema of the search path exists",
            "one process may open 16 connections, the server allows 10",
            "6 faults, 1 warning.",
        ] {
            assert!(said.contains(part), "{part:?} is not in:\n{said}");
        }
    }

    #[test]
    fn clocks_that_differ_are_worth_a_word() {
        for (apart, words) in [
            (5, None),
            (-6, Some("6 s behind this machine's")),
            (60, Some("60 s ahead of")),
        ] {
            let mut report = Report::default();
            clocks(apart, &mut report);
            let said = report.text(false, true);
            assert_eq!(said.contains("⚠"), words.is_some());
            assert!(words.is_none_or(|w| said.contains(w)), "{said}");
        }
    }
}
