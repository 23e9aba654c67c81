//! How far each source was read, which calls from it were answered how, and what could not be understood.

use serde_json::Value;
use uuid::Uuid;

use crate::domain::At;
use crate::domain::id::EventId;
use crate::domain::item::Incoming;
use crate::store::Read;
use crate::store::Result;
use crate::store::StoreError;
use crate::store::Tx;

/// Takes the source for reading if it is due and nobody else is at it. The inner option is its cursor.
pub async fn take(pool: &sqlx::PgPool, source: &str, now: At, until: At) -> Result<Option<Option<Value>>> {
    sqlx::query!(
        "INSERT INTO source_state (source, next_poll_at) VALUES ($1, $2) ON CONFLICT (source) DO NOTHING",
        source,
        now
    )
    .execute(pool)
    .await?;
    let row = sqlx::query!(
        // Put off while it is read: whoever wakes it meanwhile is still heard afterwards.
        "UPDATE source_state SET lease_until = $3, next_poll_at = $3
         WHERE source = $1 AND next_poll_at <= $2 AND (lease_until IS NULL OR lease_until < $2)
         RETURNING cursor",
        source,
        now,
        until
    )
    .fetch_optional(pool)
    .await?;
    Ok(row.map(|r| r.cursor))
}

/// The page is in: the cursor moves in the same transaction as the page's items. True: that it could not be read was told,
/// and that it can again is news.
pub async fn read_on(tx: &mut Tx, source: &str, cursor: &Value, next: At, now: At) -> Result<bool> {
    let was_told = sqlx::query_scalar!(
        "UPDATE source_state SET cursor = $2, next_poll_at = CASE WHEN next_poll_at < lease_until THEN next_poll_at ELSE $3 END,
             lease_until = NULL, last_ok_at = $4, failures = 0, trouble = NULL, failing_since = NULL
         WHERE source = $1 RETURNING trouble_is_told",
        source,
        cursor,
        next,
        now
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(was_told.unwrap_or(false))
}

/// How long reading a source fails already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failing {
    pub times: i32,
    pub since: At,
}

pub async fn failed(pool: &sqlx::PgPool, source: &str, why: &str, next: At, now: At) -> Result<Failing> {
    let row = sqlx::query!(
        r#"UPDATE source_state SET trouble = $2, next_poll_at = $3, lease_until = NULL, failures = failures + 1,
             failing_since = coalesce(failing_since, $4)
           WHERE source = $1 RETURNING failures, failing_since AS "since!""#,
        source,
        why,
        next,
        now
    )
    .fetch_optional(pool)
    .await?;
    Ok(row.map_or(Failing { times: 1, since: now }, |row| Failing {
        times: row.failures,
        since: row.since,
    }))
}

/// True for the one who shall tell that it cannot be read: it was not told yet, nor lately of an earlier time.
pub async fn tell_trouble(tx: &mut Tx, source: &str, lately: At, now: At) -> Result<bool> {
    let done = sqlx::query!(
        "UPDATE source_state SET trouble_is_told = true, trouble_told_at = $3
         WHERE source = $1 AND failing_since IS NOT NULL AND NOT trouble_is_told
           AND (trouble_told_at IS NULL OR trouble_told_at < $2)",
        source,
        lately,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

pub async fn trouble_is_over(tx: &mut Tx, source: &str) -> Result<()> {
    sqlx::query!(
        "UPDATE source_state SET trouble_is_told = false WHERE source = $1",
        source
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// True for the one who shall look whether it is silent; nobody else does before then.
pub async fn look_at_silence(pool: &sqlx::PgPool, source: &str, before: At, now: At) -> Result<bool> {
    let done = sqlx::query!(
        "INSERT INTO source_state (source, next_poll_at, silence_looked_at) VALUES ($1, $3, $3)
         ON CONFLICT (source) DO UPDATE SET silence_looked_at = $3
             WHERE source_state.silence_looked_at IS NULL OR source_state.silence_looked_at <= $2",
        source,
        before,
        now
    )
    .execute(pool)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// True for the one who shall tell that nothing came since then; it was not told yet.
pub async fn tell_silence(tx: &mut Tx, source: &str, since: At) -> Result<bool> {
    let done = sqlx::query!(
        "UPDATE source_state SET silence_told_after = $2
         WHERE source = $1 AND failing_since IS NULL AND silence_told_after IS DISTINCT FROM $2",
        source,
        since
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// When its last items came, newest first.
pub async fn arrivals(pool: &sqlx::PgPool, source: &str, since: At, limit: i64) -> Result<Vec<At>> {
    Ok(sqlx::query_scalar!(
        "SELECT first_seen_at FROM item WHERE source = $1 AND first_seen_at >= $2 ORDER BY first_seen_at DESC LIMIT $3",
        source,
        since,
        limit
    )
    .fetch_all(pool)
    .await?)
}

pub async fn failures(pool: &sqlx::PgPool, source: &str) -> Result<i32> {
    let n = sqlx::query_scalar!("SELECT failures FROM source_state WHERE source = $1", source)
        .fetch_optional(pool)
        .await?;
    Ok(n.unwrap_or(0))
}

/// Somebody says that there is news.
pub async fn wake(pool: &sqlx::PgPool, source: &str, now: At) -> Result<()> {
    sqlx::query!(
        "INSERT INTO source_state (source, next_poll_at) VALUES ($1, $2)
         ON CONFLICT (source) DO UPDATE SET next_poll_at = least(source_state.next_poll_at, $2)",
        source,
        now
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// What a delivery came to when it came before.
#[derive(Debug, Clone, PartialEq)]
pub struct Answered {
    pub answer: Value,
    /// None: it was taken by a version that did not keep it.
    pub body_hash: Option<Vec<u8>>,
}

/// The answer that this delivery got when it came before. Whoever gets it at the same time waits here until the first
/// one has answered.
pub async fn answered(tx: &mut Tx, source: &str, key: &str) -> Result<Option<Answered>> {
    sqlx::query!(
        "SELECT pg_advisory_xact_lock(hashtextextended($1 || ' ' || $2, 0))",
        source,
        key
    )
    .execute(&mut **tx)
    .await?;
    Ok(sqlx::query_as!(
        Answered,
        "SELECT answer, body_hash FROM delivery WHERE source = $1 AND key = $2",
        source,
        key
    )
    .fetch_optional(&mut **tx)
    .await?)
}

/// Remembers the answer.
pub async fn answer(
    tx: &mut Tx,
    source: &str,
    key: &str,
    answer: &Value,
    body_hash: &[u8],
    now: At,
) -> Result<()> {
    sqlx::query!(
        "INSERT INTO delivery (source, key, received_at, answer, body_hash) VALUES ($1, $2, $3, $4, $5)",
        source,
        key,
        now,
        answer,
        body_hash
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Keeps the address of something that could not be understood.
pub async fn odd(tx: &mut Tx, source: &str, native_id: Option<&str>, why: &str, now: At) -> Result<()> {
    sqlx::query!(
        "INSERT INTO odd_item (id, source, native_id, why, seen_at) VALUES ($1, $2, $3, $4, $5)",
        EventId::new(now).0,
        source,
        native_id,
        why,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Keeps what was told about an item that cannot be read, with what it was unless it can be had again.
pub async fn aside(
    tx: &mut Tx,
    source: &str,
    native_id: &str,
    why: &str,
    incoming: Option<&Incoming>,
    now: At,
) -> Result<()> {
    let incoming = incoming.map(serde_json::to_value).transpose();
    let incoming = incoming.map_err(|e| StoreError::odd("odd_item", "incoming", native_id, e))?;
    sqlx::query!(
        "INSERT INTO odd_item (id, source, native_id, why, seen_at, incoming) VALUES ($1, $2, $3, $4, $5, $6)",
        EventId::new(now).0,
        source,
        native_id,
        why,
        now,
        incoming
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

#[derive(Debug, Clone, PartialEq)]
pub struct SetAside {
    pub source: String,
    pub seen_at: At,
    pub incoming: Incoming,
}

/// What is set aside, in the order in which it came.
pub async fn all_aside(pool: &sqlx::PgPool, limit: i64) -> Result<Vec<Uuid>> {
    Ok(sqlx::query_scalar!(
        "SELECT id FROM odd_item WHERE incoming IS NOT NULL ORDER BY id LIMIT $1",
        limit
    )
    .fetch_all(pool)
    .await?)
}

/// One of them, ours until the end of the transaction; none when somebody else is at it, or was.
pub async fn lock_aside(tx: &mut Tx, id: Uuid) -> Result<Option<SetAside>> {
    let row = sqlx::query!(
        r#"SELECT source, seen_at, incoming AS "incoming!: Read<Incoming>" FROM odd_item
           WHERE id = $1 AND incoming IS NOT NULL FOR UPDATE SKIP LOCKED"#,
        id
    )
    .fetch_optional(&mut **tx)
    .await?;
    row.map(|r| {
        Ok(SetAside {
            source: r.source,
            seen_at: r.seen_at,
            incoming: r.incoming.of("odd_item", "incoming", id)?,
        })
    })
    .transpose()
}

/// It is over: only that it was odd for a while is kept.
pub async fn take_up(tx: &mut Tx, id: Uuid) -> Result<()> {
    sqlx::query!("UPDATE odd_item SET incoming = NULL WHERE id = $1", id)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// How reading a source goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Health {
    pub source: String,
    pub last_ok_at: Option<At>,
    pub failures: i32,
}

pub async fn health(connection: impl sqlx::PgExecutor<'_>) -> Result<Vec<Health>> {
    Ok(sqlx::query_as!(
        Health,
        "SELECT source, last_ok_at, failures FROM source_state ORDER BY source"
    )
    .fetch_all(connection)
    .await?)
}

/// Deletes answers that were given before then, some at a time. The same delivery would be read once more, and its
/// items be found unchanged.
pub async fn forget_answers(pool: &sqlx::PgPool, before: At, limit: i64) -> Result<u64> {
    let done = sqlx::query!(
        "DELETE FROM delivery WHERE (source, key) IN (
             SELECT source, key FROM delivery WHERE received_at < $1 ORDER BY received_at LIMIT $2
             FOR UPDATE SKIP LOCKED)",
        before,
        limit
    )
    .execute(pool)
    .await?;
    Ok(done.rows_affected())
}

/// What is set aside for a version that can read it is kept until it was taken up.
pub async fn forget_odd(pool: &sqlx::PgPool, before: At, limit: i64) -> Result<u64> {
    let done = sqlx::query!(
        "DELETE FROM odd_item WHERE id IN (
             SELECT id FROM odd_item WHERE seen_at < $1 AND incoming IS NULL ORDER BY seen_at LIMIT $2 FOR UPDATE SKIP LOCKED)",
        before,
        limit
    )
    .execute(pool)
    .await?;
    Ok(done.rows_affected())
}
