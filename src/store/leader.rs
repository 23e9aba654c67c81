//! Work that only one replica may do at a time: a lease that its holder renews, and what the next holder needs.

use serde_json::Value;
use uuid::Uuid;

use crate::domain::At;
use crate::store::Result;

/// Takes or keeps the lead. `None`: somebody else has it. Else what the last holder left.
pub async fn take(
    pool: &sqlx::PgPool,
    name: &str,
    holder: Uuid,
    now: At,
    until: At,
) -> Result<Option<Option<Value>>> {
    Ok(sqlx::query_scalar!(
        "INSERT INTO leader (name, holder, until) VALUES ($1, $2, $4)
         ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until
         WHERE leader.holder = excluded.holder OR leader.until <= $3
         RETURNING state",
        name,
        holder,
        now,
        until
    )
    .fetch_optional(pool)
    .await?)
}

/// Leaves word that somebody waits for it.
pub async fn ask(pool: &sqlx::PgPool, name: &str, holder: Uuid, now: At) -> Result<()> {
    sqlx::query!(
        "UPDATE leader SET asked_at = $3 WHERE name = $1 AND holder <> $2",
        name,
        holder,
        now
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// Leaves word for the next holder. False: the lead was lost, and the word is the new holder's.
pub async fn note(pool: &sqlx::PgPool, name: &str, holder: Uuid, state: &Value) -> Result<bool> {
    let done = sqlx::query!(
        "UPDATE leader SET state = $3 WHERE name = $1 AND holder = $2",
        name,
        holder,
        state
    )
    .execute(pool)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Lets go, so that nobody has to wait for the lease to end. Says when somebody last asked for it in vain.
pub async fn release(pool: &sqlx::PgPool, name: &str, holder: Uuid, now: At) -> Result<Option<At>> {
    let asked = sqlx::query_scalar!(
        "UPDATE leader SET until = $3 WHERE name = $1 AND holder = $2 RETURNING asked_at",
        name,
        holder,
        now
    )
    .fetch_optional(pool)
    .await?;
    Ok(asked.flatten())
}
