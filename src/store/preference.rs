//! What people have set for themselves.

use std::collections::BTreeMap;

use sqlx::types::Json;

use chrono::NaiveDateTime;
use chrono_tz::Tz;

use crate::domain::At;
use crate::domain::lang::Lang;
use crate::domain::people::person::PersonId;
use crate::domain::promise::recipients::Preference;
use crate::domain::show::daily;
use crate::domain::time::calendar::Quiet;
use crate::store::Read;
use crate::store::Result;
use crate::store::StoreError;
use crate::store::Tx;
use crate::store::readable;

/// By their own clock as far as it is known: as they told us, else as their profile in the chat says.
pub async fn of(tx: &mut Tx, people: &[PersonId]) -> Result<BTreeMap<PersonId, Preference>> {
    let ids: Vec<String> = people.iter().map(ToString::to_string).collect();
    let rows = sqlx::query!(
        r#"SELECT w.id AS "person!", p.quiet AS "quiet: Read<Quiet>", p.zone AS "zone?", q.zone AS "profile?"
           FROM unnest($1::text[]) AS w (id)
           LEFT JOIN preference p ON p.person = w.id LEFT JOIN person q ON q.id = w.id
           WHERE p.person IS NOT NULL OR q.zone IS NOT NULL"#,
        &ids
    )
    .fetch_all(&mut **tx)
    .await?;
    readable(rows.into_iter().map(|row| {
        let id = row.person.parse::<PersonId>();
        let id = id.map_err(|e| StoreError::odd("preference", "person", &row.person, e))?;
        let zone = of_profile(row.zone.as_deref()).or(of_profile(row.profile.as_deref()));
        let quiet = hours(row.quiet, &row.person);
        Ok((id, Preference { quiet, zone }))
    }))
    .map(BTreeMap::from_iter)
}

/// Hours that only a newer version can read keep nobody from being called: it is as if they had set none.
fn hours(quiet: Option<Read<Quiet>>, person: &str) -> Option<Quiet> {
    let read = readable(quiet.map(|read| read.of("preference", "quiet", person)));
    read.ok().and_then(|read| read.into_iter().next())
}

/// A zone that no version of ours knows is none.
fn of_profile(zone: Option<&str>) -> Option<Tz> {
    zone.and_then(|name| name.parse().ok())
}

/// The hours; and the zone, where one was told with them.
pub async fn rest(tx: &mut Tx, person: &PersonId, quiet: Option<Quiet>, zone: Option<Tz>) -> Result<()> {
    sqlx::query!(
        "INSERT INTO preference (person, quiet, zone) VALUES ($1, $2, $3)
         ON CONFLICT (person) DO UPDATE SET quiet = $2, zone = coalesce($3, preference.zone)",
        person.to_string(),
        quiet.as_ref().map(Json) as _,
        zone.map(|z| z.name())
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// By which clock somebody lives; none: as their profile says.
pub async fn live_by(tx: &mut Tx, person: &PersonId, zone: Option<Tz>) -> Result<()> {
    sqlx::query!(
        "INSERT INTO preference (person, zone) VALUES ($1, $2) ON CONFLICT (person) DO UPDATE SET zone = $2",
        person.to_string(),
        zone.map(|z| z.name())
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// What somebody wants of us besides being left alone at times.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wishes {
    /// How we speak to them alone.
    pub language: Option<Lang>,
    /// The channel of which they get the day's numbers.
    pub digest: Option<String>,
}

pub async fn wishes(connection: impl sqlx::PgExecutor<'_>, person: &PersonId) -> Result<Wishes> {
    let row = sqlx::query!(
        "SELECT language, digest FROM preference WHERE person = $1",
        person.to_string()
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map_or_else(Wishes::default, |row| Wishes {
        // A language that only a newer version speaks is none that we speak.
        language: row.language.as_deref().and_then(Lang::parse),
        digest: row.digest,
    }))
}

pub async fn speak(tx: &mut Tx, person: &PersonId, lang: Lang) -> Result<()> {
    sqlx::query!(
        "INSERT INTO preference (person, language) VALUES ($1, $2)
         ON CONFLICT (person) DO UPDATE SET language = $2",
        person.to_string(),
        lang.as_str()
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub async fn send_daily(tx: &mut Tx, person: &PersonId, channel: Option<&str>) -> Result<()> {
    sqlx::query!(
        "INSERT INTO preference (person, digest) VALUES ($1, $2)
         ON CONFLICT (person) DO UPDATE SET digest = $2",
        person.to_string(),
        channel
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Somebody who wants the day's numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Daily {
    pub person: PersonId,
    pub channel: String,
    pub own: Preference,
    /// The last slot that was claimed.
    pub last: Option<NaiveDateTime>,
    /// Slots before this are not caught up with.
    pub since: Option<At>,
}

/// All of them at once, with what they got: it is asked each second.
pub async fn daily(pool: &sqlx::PgPool) -> Result<Vec<Daily>> {
    let rows = sqlx::query!(
        r#"SELECT p.person, p.digest AS "digest!", p.quiet AS "quiet: Read<Quiet>", p.zone,
             (SELECT q.zone FROM person q WHERE q.id = p.person) AS profile,
             (SELECT max(s.slot) FROM digest_slot s WHERE s.digest = $1 AND s.room = p.person) AS last,
             (SELECT d.since FROM digest_plan d WHERE d.digest = $1 AND d.room = p.person) AS since
           FROM preference p WHERE p.digest IS NOT NULL ORDER BY p.person"#,
        daily::NAME
    )
    .fetch_all(pool)
    .await?;
    readable(rows.into_iter().map(|row| {
        let person = row.person.parse::<PersonId>();
        let person = person.map_err(|e| StoreError::odd("preference", "person", &row.person, e))?;
        let zone = of_profile(row.zone.as_deref()).or(of_profile(row.profile.as_deref()));
        Ok(Daily {
            person,
            channel: row.digest,
            own: Preference {
                quiet: hours(row.quiet, &row.person),
                zone,
            },
            last: row.last,
            since: row.since,
        })
    }))
}

/// Everybody who has set something, or whose clock is known.
pub async fn people(tx: &mut Tx) -> Result<Vec<PersonId>> {
    let ids = sqlx::query_scalar!(
        r#"SELECT person AS "person!" FROM preference UNION SELECT id FROM person WHERE zone IS NOT NULL
           ORDER BY 1"#
    )
    .fetch_all(&mut **tx)
    .await?;
    readable(ids.into_iter().map(|id| {
        let person = id.parse::<PersonId>();
        person.map_err(|e| StoreError::odd("preference", "person", id, e))
    }))
}
