//! "Look again at this time." Setting one twice is setting it once; firing is claiming it.

use serde::Serialize;

use crate::domain::At;
use crate::domain::id::ItemId;
use crate::domain::id::TimerId;
use crate::store::Result;
use crate::store::StoreError;
use crate::store::Tx;

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

/// Items with timers that are due. Reading claims nothing: the item's lock and `fire` decide who acts.
pub async fn due(pool: &sqlx::PgPool, now: At, limit: i64) -> Result<Vec<Due>> {
    let rows = sqlx::query!(
        "SELECT id, item_id, kind, at FROM timer WHERE fired_at IS NULL AND at <= $1 ORDER BY at, id LIMIT $2",
        now,
        limit
    )
    .fetch_all(pool)
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
pub async fn fired_for(pool: &sqlx::PgPool, item: ItemId, fired_at: At) -> Result<Option<At>> {
    Ok(sqlx::query_scalar!(
        r#"SELECT min(at) FROM timer WHERE item_id = $1 AND fired_at = $2"#,
        item.0,
        fired_at
    )
    .fetch_one(pool)
    .await?)
}

/// The oldest timer that is due and was not fired.
pub async fn oldest_due(pool: &sqlx::PgPool, now: At) -> Result<Option<At>> {
    Ok(sqlx::query_scalar!(
        "SELECT min(at) FROM timer WHERE fired_at IS NULL AND at <= $1",
        now
    )
    .fetch_one(pool)
    .await?)
}

/// True for the one who fired it.
pub async fn fire(tx: &mut Tx, id: TimerId, now: At) -> Result<bool> {
    let done = sqlx::query!(
        "UPDATE timer SET fired_at = $2 WHERE id = $1 AND fired_at IS NULL",
        id.0,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
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
