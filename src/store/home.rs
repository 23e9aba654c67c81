//! Whose home is stale, and what stands there.

use crate::domain::At;
use crate::domain::people::person::PersonId;
use crate::store::Result;
use crate::store::StoreError;
use crate::store::Tx;
use crate::store::readable;

/// A home that has to be shown anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stale {
    pub person: PersonId,
    /// How often showing was begun: names the effect that will show it.
    pub begun: i64,
    pub shown_at: Option<At>,
}

/// What a try to show one begins with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Begun {
    pub wanted: i64,
    pub shown: i64,
    pub seal: Option<String>,
}

/// Somebody looks.
pub async fn opened(tx: &mut Tx, person: &PersonId, now: At) -> Result<Stale> {
    let row = sqlx::query!(
        "INSERT INTO home (person, opened_at) VALUES ($1, $2)
         ON CONFLICT (person) DO UPDATE SET opened_at = $2, wanted = home.wanted + 1
         RETURNING begun, shown_at",
        person.to_string(),
        now
    )
    .fetch_one(&mut **tx)
    .await?;
    Ok(Stale {
        person: person.clone(),
        begun: row.begun,
        shown_at: row.shown_at,
    })
}

/// Something changed for these; of them, those who have looked since.
pub async fn changed(tx: &mut Tx, people: &[PersonId], since: At) -> Result<Vec<Stale>> {
    let ids: Vec<String> = people.iter().map(ToString::to_string).collect();
    // Locked in one order, so that two that concern the same people do not wait for each other in a circle.
    let rows = sqlx::query!(
        "WITH mine AS (
             SELECT person FROM home WHERE person = ANY($1) AND opened_at >= $2 ORDER BY person FOR UPDATE)
         UPDATE home SET wanted = wanted + 1 FROM mine WHERE home.person = mine.person
         RETURNING home.person, home.begun, home.shown_at",
        &ids,
        since
    )
    .fetch_all(&mut **tx)
    .await?;
    readable(rows.into_iter().map(|row| {
        let person = row.person.parse::<PersonId>();
        Ok(Stale {
            person: person.map_err(|e| StoreError::odd("home", "person", row.person, e))?,
            begun: row.begun,
            shown_at: row.shown_at,
        })
    }))
}

/// Those who look now and whose home is older than the last thing that happened; a few at a time, and nobody waits.
pub async fn behind(
    tx: &mut Tx,
    looked: At,
    shown: At,
    margin: chrono::TimeDelta,
    limit: i64,
) -> Result<Vec<Stale>> {
    let newest = sqlx::query_scalar!("SELECT at FROM item_event ORDER BY id DESC LIMIT 1")
        .fetch_optional(&mut **tx)
        .await?;
    let Some(newest) = newest else {
        return Ok(Vec::new());
    };
    let rows = sqlx::query!(
        "WITH old AS (
             SELECT person FROM home
             WHERE opened_at >= $1 AND shown_at < $2 AND shown_at < $3 AND shown = wanted
             ORDER BY person LIMIT $4 FOR UPDATE SKIP LOCKED)
         UPDATE home SET wanted = wanted + 1 FROM old WHERE home.person = old.person
         RETURNING home.person, home.begun, home.shown_at",
        looked,
        shown,
        // Whoever wrote it may not have been done when the home was drawn, or have another clock.
        newest + margin,
        limit
    )
    .fetch_all(&mut **tx)
    .await?;
    readable(rows.into_iter().map(|row| {
        let person = row.person.parse::<PersonId>();
        Ok(Stale {
            person: person.map_err(|e| StoreError::odd("home", "person", row.person, e))?,
            begun: row.begun,
            shown_at: row.shown_at,
        })
    }))
}

/// From here on, what changes is for the next one to show.
pub async fn begin(pool: &sqlx::PgPool, person: &PersonId) -> Result<Option<Begun>> {
    let row = sqlx::query!(
        "UPDATE home SET begun = begun + 1 WHERE person = $1 RETURNING wanted, shown, seal",
        person.to_string()
    )
    .fetch_optional(pool)
    .await?;
    Ok(row.map(|r| Begun {
        wanted: r.wanted,
        shown: r.shown,
        seal: r.seal,
    }))
}

/// It stands there, as it was when `wanted` was read.
pub async fn shown(tx: &mut Tx, person: &PersonId, wanted: i64, seal: Option<&str>, now: At) -> Result<()> {
    sqlx::query!(
        "UPDATE home SET shown = greatest(shown, $2), seal = $3, shown_at = $4 WHERE person = $1",
        person.to_string(),
        wanted,
        seal,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Nobody knows what stands there any more: the next one is shown whatever it replaces.
pub async fn unseal(tx: &mut Tx, person: &PersonId) -> Result<()> {
    sqlx::query!(
        "UPDATE home SET seal = NULL WHERE person = $1",
        person.to_string()
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
