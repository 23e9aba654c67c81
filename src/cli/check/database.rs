//! The database: reachable, new enough, ours to write, up to date, and its clock near ours.

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
    if let Err(error) = asked(&store, settings, &place, report).await {
        let trouble = trouble::of_database(&error, settings);
        report.fault(AREA, Some(place), trouble.what, &trouble.remedy);
    }
    store.close().await;
}

async fn asked(
    store: &Store,
    settings: &Database,
    place: &str,
    report: &mut Report,
) -> Result<(), StoreError> {
    let found = condition::of(store.pool()).await?;
    report.good(AREA, format!("PostgreSQL {} answers", found.version));
    judge(&found, settings, place, report);
    let before = SystemClock.now();
    let theirs = condition::clock(store.pool()).await?;
    let middle = before + (SystemClock.now() - before) / 2;
    let apart = (theirs - middle).num_seconds();
    if apart.abs() > SECONDS_APART {
        let direction = if apart > 0 { "ahead of" } else { "behind" };
        report.warning(
            AREA,
            None,
            format!(
                "the database's clock is {} s {direction} this machine's",
                apart.abs()
            ),
            "let both keep time by NTP: two replicas whose clocks differ do not agree on what is due",
        );
    }
    let lacking = store.lacking_migrations().await?;
    if !lacking.is_empty() {
        let what = format!("the schema lacks {}", lacking.join(", "));
        report.fault(AREA, Some(place.to_owned()), what, "run `zeitnah migrate`");
    } else if found.newer.is_empty() {
        report.good(AREA, "the schema is up to date");
    }
    Ok(())
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
