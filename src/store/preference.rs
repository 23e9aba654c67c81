//! What people have set for themselves.

use std::collections::BTreeMap;

use sqlx::types::Json;

use crate::domain::calendar::Quiet;
use crate::domain::person::PersonId;
use crate::domain::whom::Preference;
use crate::store::Result;
use crate::store::StoreError;
use crate::store::Tx;

pub async fn of(tx: &mut Tx, people: &[PersonId]) -> Result<BTreeMap<PersonId, Preference>> {
    let ids: Vec<String> = people.iter().map(ToString::to_string).collect();
    let rows = sqlx::query!(
        r#"SELECT person, quiet AS "quiet: Json<Quiet>", zone FROM preference WHERE person = ANY($1)"#,
        &ids
    )
    .fetch_all(&mut **tx)
    .await?;
    let read = |e: String, column: &'static str, why: String| StoreError::odd("preference", column, e, why);
    rows.into_iter()
        .map(|row| {
            let id = row.person.parse::<PersonId>();
            let id = id.map_err(|e| read(row.person.clone(), "person", e.to_string()))?;
            let zone = row.zone.map(|z| z.parse::<chrono_tz::Tz>()).transpose();
            let zone = zone.map_err(|e| read(row.person, "zone", e.to_string()))?;
            let quiet = row.quiet.map(|j| j.0);
            Ok((id, Preference { quiet, zone }))
        })
        .collect()
}

pub async fn save(tx: &mut Tx, person: &PersonId, preference: Preference) -> Result<()> {
    sqlx::query!(
        "INSERT INTO preference (person, quiet, zone) VALUES ($1, $2, $3)
         ON CONFLICT (person) DO UPDATE SET quiet = $2, zone = $3",
        person.to_string(),
        preference.quiet.as_ref().map(Json) as _,
        preference.zone.map(|z| z.name())
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Everybody who has set something.
pub async fn people(tx: &mut Tx) -> Result<Vec<PersonId>> {
    let ids = sqlx::query_scalar!("SELECT person FROM preference ORDER BY person")
        .fetch_all(&mut **tx)
        .await?;
    ids.into_iter()
        .map(|id| {
            let person = id.parse::<PersonId>();
            person.map_err(|e| StoreError::odd("preference", "person", id, e))
        })
        .collect()
}
