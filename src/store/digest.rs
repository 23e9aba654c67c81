//! Which digests were sent, and the numbers that go into one.

use chrono::NaiveDateTime;

use crate::domain::At;
use crate::store::Result;
use crate::store::Tx;

/// Since when this digest is wanted in this room; the first who asks decides.
pub async fn wanted_since(pool: &sqlx::PgPool, digest: &str, room: &str, now: At) -> Result<At> {
    sqlx::query!(
        "INSERT INTO digest_plan (digest, room, since) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        digest,
        room,
        now
    )
    .execute(pool)
    .await?;
    Ok(sqlx::query_scalar!(
        "SELECT since FROM digest_plan WHERE digest = $1 AND room = $2",
        digest,
        room
    )
    .fetch_one(pool)
    .await?)
}

/// True for the one replica that got the slot.
pub async fn claim(tx: &mut Tx, digest: &str, room: &str, slot: NaiveDateTime, now: At) -> Result<bool> {
    let done = sqlx::query!(
        "INSERT INTO digest_slot (digest, room, slot, claimed_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        digest,
        room,
        slot,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// The last slot before `slot` that somebody sent, where the period of the next digest begins.
pub async fn sent_before(
    tx: &mut Tx,
    digest: &str,
    room: &str,
    slot: NaiveDateTime,
) -> Result<Option<NaiveDateTime>> {
    Ok(sqlx::query_scalar!(
        "SELECT max(slot) FROM digest_slot WHERE digest = $1 AND room = $2 AND slot < $3",
        digest,
        room,
        slot
    )
    .fetch_one(&mut **tx)
    .await?)
}

pub async fn was_claimed(pool: &sqlx::PgPool, digest: &str, room: &str, slot: NaiveDateTime) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM digest_slot WHERE digest = $1 AND room = $2 AND slot = $3) AS "was!""#,
        digest,
        room,
        slot
    )
    .fetch_one(pool)
    .await?)
}

/// New items of a channel by source and tone; one source counts for nothing.
pub async fn new_items(
    pool: &sqlx::PgPool,
    channel: &str,
    without: &str,
    from: At,
    to: At,
) -> Result<Vec<(String, String, i64)>> {
    let rows = sqlx::query!(
        r#"SELECT i.source, i.tone, count(*) AS "n!" FROM item i
           WHERE i.first_seen_at >= $2 AND i.first_seen_at < $3 AND i.source <> $4
             AND EXISTS (SELECT 1 FROM card c WHERE c.item_id = i.id AND c.channel = $1)
           GROUP BY i.source, i.tone ORDER BY i.source, i.tone"#,
        channel,
        from,
        to,
        without
    )
    .fetch_all(pool)
    .await?;
    Ok(rows.into_iter().map(|r| (r.source, r.tone, r.n)).collect())
}

/// How many items of a channel something happened to in the period, by the log.
pub async fn happened(
    pool: &sqlx::PgPool,
    channel: &str,
    without: &str,
    what: &[String],
    from: At,
    to: At,
) -> Result<i64> {
    Ok(sqlx::query_scalar!(
        r#"SELECT count(DISTINCT e.item_id) AS "n!" FROM item_event e
           WHERE e.what = ANY($2) AND e.at >= $3 AND e.at < $4
             AND EXISTS (SELECT 1 FROM card c WHERE c.item_id = e.item_id AND c.channel = $1)
             AND EXISTS (SELECT 1 FROM item i WHERE i.id = e.item_id AND i.source <> $5)"#,
        channel,
        what,
        from,
        to,
        without
    )
    .fetch_one(pool)
    .await?)
}

/// Where an item's card stands in a room.
pub async fn card_message(pool: &sqlx::PgPool, item: uuid::Uuid, room: &str) -> Result<Option<String>> {
    let message = sqlx::query_scalar!(
        "SELECT message_id FROM card WHERE item_id = $1 AND room = $2",
        item,
        room
    )
    .fetch_optional(pool)
    .await?;
    Ok(message.flatten())
}

/// Deletes slots that were claimed before then, but never the last one of a digest: the next one begins where it ended,
/// and a yearly digest has nothing else to know that this year's was sent.
pub async fn forget(pool: &sqlx::PgPool, before: At, limit: i64) -> Result<u64> {
    let done = sqlx::query!(
        "DELETE FROM digest_slot WHERE (digest, room, slot) IN (
             SELECT s.digest, s.room, s.slot FROM digest_slot s WHERE s.claimed_at < $1
               AND EXISTS (SELECT 1 FROM digest_slot later
                   WHERE later.digest = s.digest AND later.room = s.room AND later.slot > s.slot)
             LIMIT $2 FOR UPDATE SKIP LOCKED)",
        before,
        limit
    )
    .execute(pool)
    .await?;
    Ok(done.rows_affected())
}
