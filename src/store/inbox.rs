//! Deliveries from chats, written down before anybody tries to understand them. The key makes a second delivery of
//! the same press nothing, on whichever replica it arrives.

use sqlx::types::Json;

use crate::domain::At;
use crate::domain::action::Outcome;
use crate::store::Result;
use crate::store::Tx;

/// True for the first delivery with this key.
pub async fn keep(
    pool: &sqlx::PgPool,
    chat: &str,
    key: &str,
    raw: &[u8],
    now: At,
    lease_until: At,
) -> Result<bool> {
    let done = sqlx::query!(
        "INSERT INTO inbox (chat, key, raw, received_at, lease_until) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (chat, key) DO NOTHING",
        chat,
        key,
        raw,
        now,
        lease_until
    )
    .execute(pool)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// True for the one who finishes it; the same delivery is never acted on twice.
pub async fn finish(tx: &mut Tx, chat: &str, key: &str, now: At, note: Option<&str>) -> Result<bool> {
    let done = sqlx::query!(
        "UPDATE inbox SET done_at = $3, note = $4 WHERE chat = $1 AND key = $2 AND done_at IS NULL",
        chat,
        key,
        now,
        note
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Keeps what a delivery came to, in the transaction that finishes it.
pub async fn came_to(tx: &mut Tx, chat: &str, key: &str, outcome: &Outcome) -> Result<()> {
    sqlx::query!(
        "UPDATE inbox SET outcome = $3 WHERE chat = $1 AND key = $2",
        chat,
        key,
        Json(outcome) as _
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// What became of a delivery: none while somebody is at it, and nothing in it where that was not kept or cannot be read.
pub async fn outcome(pool: &sqlx::PgPool, chat: &str, key: &str) -> Result<Option<Option<Outcome>>> {
    let row = sqlx::query!(
        "SELECT done_at, outcome FROM inbox WHERE chat = $1 AND key = $2",
        chat,
        key
    )
    .fetch_optional(pool)
    .await?;
    Ok(match row {
        Some(row) if row.done_at.is_none() => None,
        Some(row) => Some(row.outcome.and_then(|kept| serde_json::from_value(kept).ok())),
        None => Some(None),
    })
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Left {
    pub chat: String,
    pub key: String,
    pub raw: Vec<u8>,
    pub received_at: At,
}

/// Deliveries of these chats that somebody kept and never finished.
pub async fn left(
    pool: &sqlx::PgPool,
    chats: &[String],
    now: At,
    lease_until: At,
    limit: i64,
) -> Result<Vec<Left>> {
    Ok(sqlx::query_as!(
        Left,
        "UPDATE inbox SET lease_until = $2 WHERE (chat, key) IN (
             SELECT chat, key FROM inbox WHERE done_at IS NULL AND lease_until < $1 AND chat = ANY($4)
             ORDER BY lease_until LIMIT $3 FOR UPDATE SKIP LOCKED)
         RETURNING chat, key, raw, received_at",
        now,
        lease_until,
        limit,
        chats
    )
    .fetch_all(pool)
    .await?)
}

pub async fn waiting(pool: &sqlx::PgPool) -> Result<i64> {
    Ok(
        sqlx::query_scalar!(r#"SELECT count(*) AS "n!" FROM inbox WHERE done_at IS NULL"#)
            .fetch_one(pool)
            .await?,
    )
}

/// Deletes deliveries that were finished before then, some at a time. Chats repeat a delivery within hours, so its key
/// is not needed any more either.
pub async fn forget(pool: &sqlx::PgPool, before: At, limit: i64) -> Result<u64> {
    let done = sqlx::query!(
        "DELETE FROM inbox WHERE (chat, key) IN (
             SELECT chat, key FROM inbox WHERE done_at < $1 ORDER BY done_at LIMIT $2 FOR UPDATE SKIP LOCKED)",
        before,
        limit
    )
    .execute(pool)
    .await?;
    Ok(done.rows_affected())
}
