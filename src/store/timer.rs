//! "Look again at this time." Setting one twice is setting it once; firing is claiming it.

use serde::Serialize;

use crate::domain::At;
use crate::domain::id::ItemId;
use crate::domain::id::TimerId;
use crate::store::Result;
use crate::store::StoreError;
use crate::store::Tx;
use crate::store::exactly;

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NewTimer {
    pub id: TimerId,
    pub item: ItemId,
    pub kind: &'static str,
    pub at: At,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    pub id: TimerId,
    pub item: ItemId,
    pub kind: String,
    pub at: At,
}

pub const WARN: &str = "warn";
pub const STEP: &str = "step";
pub const DUE: &str = "due";
pub const CLAIM_ENDS: &str = "claim_ends";
pub const SNOOZE_ENDS: &str = "snooze_ends";
pub const KINDS: [&str; 5] = [WARN, DUE, STEP, CLAIM_ENDS, SNOOZE_ENDS];

pub async fn set(tx: &mut Tx, timers: &[NewTimer]) -> Result<()> {
    if timers.is_empty() {
        return Ok(());
    }
    let json = serde_json::to_value(timers).map_err(|e| StoreError::odd("timer", "*", "batch", e))?;
    sqlx::query!(
        "INSERT INTO timer (id, item_id, kind, at)
         SELECT id, item, kind, at FROM jsonb_to_recordset($1) AS r(id uuid, item uuid, kind text, at timestamptz)
         ON CONFLICT (item_id, kind, at) DO NOTHING",
        json
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Kinds as the database wants them. Those that only a newer version knows are left to it.
fn kinds() -> [String; 5] {
    KINDS.map(str::to_owned)
}

/// Takes some that are due and that nobody else has taken, the oldest first, but none of `without`. They are ours until
/// the transaction ends; who takes them is not yet who acts, because that needs the item's lock.
pub async fn take(tx: &mut Tx, now: At, without: &[ItemId], limit: i64) -> Result<Vec<Due>> {
    let without: Vec<uuid::Uuid> = without.iter().map(|id| id.0).collect();
    let rows = sqlx::query!(
        "SELECT id, item_id, kind, at FROM timer
         WHERE fired_at IS NULL AND at <= $1 AND item_id <> ALL($2) AND kind = ANY($4)
         ORDER BY at, id LIMIT $3 FOR NO KEY UPDATE SKIP LOCKED",
        now,
        &without,
        limit,
        &kinds()
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| Due {
            id: TimerId(r.id),
            item: ItemId(r.item_id),
            kind: r.kind,
            at: r.at,
        })
        .collect())
}

/// Which instant an item's timer was about that was fired then, if one was.
pub async fn fired_for(tx: &mut Tx, item: ItemId, fired_at: At) -> Result<Option<At>> {
    Ok(sqlx::query_scalar!(
        r#"SELECT min(at) FROM timer WHERE item_id = $1 AND fired_at = $2"#,
        item.0,
        fired_at
    )
    .fetch_one(&mut **tx)
    .await?)
}

/// When the next one is due that is not of `without`, or since when it has been.
pub async fn next(pool: &sqlx::PgPool, without: &[ItemId]) -> Result<Option<At>> {
    let without: Vec<uuid::Uuid> = without.iter().map(|id| id.0).collect();
    Ok(sqlx::query_scalar!(
        "SELECT at FROM timer WHERE fired_at IS NULL AND item_id <> ALL($1) AND kind = ANY($2) ORDER BY at, id LIMIT 1",
        &without,
        &kinds()
    )
    .fetch_optional(pool)
    .await?)
}

/// The oldest timer that is due and was not fired.
pub async fn oldest_due(pool: &sqlx::PgPool, now: At) -> Result<Option<At>> {
    Ok(sqlx::query_scalar!(
        "SELECT min(at) FROM timer WHERE fired_at IS NULL AND at <= $1 AND kind = ANY($2)",
        now,
        &kinds()
    )
    .fetch_one(pool)
    .await?)
}

/// Fires what was taken in this transaction.
pub async fn fire(tx: &mut Tx, taken: &[TimerId], now: At) -> Result<()> {
    let ids: Vec<uuid::Uuid> = taken.iter().map(|id| id.0).collect();
    let done = sqlx::query!(
        "UPDATE timer SET fired_at = $2 WHERE id = ANY($1) AND fired_at IS NULL",
        &ids,
        now
    )
    .execute(&mut **tx)
    .await?;
    exactly("timer", taken.len(), &done)
}

/// Deletes timers that were fired before then, some at a time. A timer decides nothing: should one be set again, it
/// finds nothing to do.
pub async fn forget(pool: &sqlx::PgPool, before: At, limit: i64) -> Result<u64> {
    let done = sqlx::query!(
        "DELETE FROM timer WHERE id IN (
             SELECT id FROM timer WHERE fired_at < $1 ORDER BY fired_at LIMIT $2 FOR UPDATE SKIP LOCKED)",
        before,
        limit
    )
    .execute(pool)
    .await?;
    Ok(done.rows_affected())
}
