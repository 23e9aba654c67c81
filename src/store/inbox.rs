//! Deliveries from chats, written down before anybody tries to understand them. The key makes a second delivery of
//! the same press nothing, on whichever replica it arrives.

use std::collections::BTreeSet;

use sqlx::types::Json;

use crate::domain::At;
use crate::domain::press::action::Outcome;
use crate::store::Result;
use crate::store::Tx;

/// A delivery as it came.
#[derive(Debug, Clone)]
pub struct New<'a> {
    pub chat: &'a str,
    pub key: &'a str,
    pub raw: &'a [u8],
    pub at: At,
    pub lease_until: At,
}

/// Writes some down at once. True for each that is the first with its key.
pub async fn keep(pool: &sqlx::PgPool, deliveries: &[New<'_>]) -> Result<Vec<bool>> {
    let each = || deliveries.iter();
    let chats: Vec<String> = each().map(|d| d.chat.to_owned()).collect();
    let keys: Vec<String> = each().map(|d| d.key.to_owned()).collect();
    let raws: Vec<Vec<u8>> = each().map(|d| d.raw.to_vec()).collect();
    let ats: Vec<At> = each().map(|d| d.at).collect();
    let leases: Vec<At> = each().map(|d| d.lease_until).collect();
    let written = sqlx::query!(
        "INSERT INTO inbox (chat, key, raw, received_at, lease_until)
         SELECT * FROM unnest($1::text[], $2::text[], $3::bytea[], $4::timestamptz[], $5::timestamptz[])
         ON CONFLICT (chat, key) DO NOTHING RETURNING chat, key",
        &chats,
        &keys,
        &raws,
        &ats,
        &leases
    )
    .fetch_all(pool)
    .await?;
    let mut first: BTreeSet<(String, String)> = written.into_iter().map(|r| (r.chat, r.key)).collect();
    let is_first = chats.into_iter().zip(keys).map(|name| first.remove(&name));
    Ok(is_first.collect())
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

/// The same for some of one chat that all came to this. False: somebody else had finished one of them, and nothing of this
/// transaction may stay.
pub async fn finish_all(
    tx: &mut Tx,
    chat: &str,
    keys: &[String],
    outcome: &Outcome,
    now: At,
) -> Result<bool> {
    let done = sqlx::query!(
        // One by one through the key, and then where they stand: named by a list, the planner would read the whole table when it
        // was small at the first look.
        "UPDATE inbox SET done_at = $3, outcome = $4 WHERE ctid = ANY(ARRAY(
             SELECT kept.ctid FROM unnest($2::text[]) AS told (key) CROSS JOIN LATERAL (
                 SELECT i.ctid FROM inbox i WHERE i.chat = $1 AND i.key = told.key AND i.done_at IS NULL
                 LIMIT 1 FOR UPDATE) kept))",
        chat,
        keys,
        now,
        Json(outcome) as _
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == keys.len() as u64)
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
