//! Which digests were sent, and what waits while one is written.

use std::collections::BTreeMap;

use chrono::NaiveDateTime;
use uuid::Uuid;

use crate::domain::At;
use crate::domain::id::ItemId;
use crate::domain::item::Item;
use crate::store::Result;
use crate::store::Tx;
use crate::store::item;

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

/// It is wanted from now on, and what the new time would have had earlier today is not caught up with. Whoever had one less
/// than half a day ago gets the next one tomorrow, whatever they change.
pub async fn wanted_by(tx: &mut Tx, digest: &str, place: &str, zone: &str, now: At) -> Result<()> {
    sqlx::query!(
        "INSERT INTO digest_plan (digest, room, since) VALUES ($1, $2, greatest($4,
             (SELECT max(slot) AT TIME ZONE $3 + interval '12 hours' FROM digest_slot WHERE digest = $1 AND room = $2)))
         ON CONFLICT (digest, room) DO UPDATE SET since = EXCLUDED.since",
        digest,
        place,
        zone,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// When somebody was last told that it does not reach them; none since it did.
pub async fn closed_since(pool: &sqlx::PgPool, digest: &str, place: &str) -> Result<Option<At>> {
    let found = sqlx::query_scalar!(
        "SELECT closed_at FROM digest_plan WHERE digest = $1 AND room = $2",
        digest,
        place
    )
    .fetch_optional(pool)
    .await?;
    Ok(found.flatten())
}

/// Somebody was told that it does not reach them; or it did.
pub async fn closed(tx: &mut Tx, digest: &str, place: &str, at: Option<At>) -> Result<()> {
    sqlx::query!(
        "UPDATE digest_plan SET closed_at = $3 WHERE digest = $1 AND room = $2 AND closed_at IS DISTINCT FROM $3",
        digest,
        place,
        at
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
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

/// Where the cards of some items stand in a room.
pub async fn card_messages(tx: &mut Tx, items: &[ItemId], room: &str) -> Result<BTreeMap<ItemId, String>> {
    let ids: Vec<Uuid> = items.iter().map(|id| id.0).collect();
    let rows = sqlx::query!(
        r#"SELECT item_id, message_id AS "message!" FROM card
           WHERE item_id = ANY($1) AND room = $2 AND message_id IS NOT NULL"#,
        &ids,
        room
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows.into_iter().map(|r| (ItemId(r.item_id), r.message)).collect())
}

/// What somebody owes an answer in a channel.
#[derive(Debug, Default)]
pub struct Waiting {
    pub open: i64,
    pub overdue_count: i64,
    /// The first of them, oldest deadline first.
    pub overdue: Vec<Item>,
    /// What is due next, or never.
    pub coming: Vec<Item>,
}

/// All that waits at an instant, and the first of what is overdue and of what is not; one source counts for nothing.
pub async fn waiting(
    tx: &mut Tx,
    channel: &str,
    without: &str,
    now: At,
    (overdue, coming): (i32, i32),
) -> Result<Waiting> {
    let row = sqlx::query!(
        // What waits is gone through once, and of most of it only the deadline is wanted.
        r#"WITH waits AS MATERIALIZED (
             SELECT id, due_at, number, coalesce(due_at < $3, false) AS late FROM item
             WHERE state IN ('open', 'claimed', 'snoozed') AND source <> $2
               -- One by one: the cards of what waits, not all that ever were.
               AND (SELECT true FROM card c WHERE c.item_id = item.id AND c.channel = $1 LIMIT 1))
           SELECT count(*) AS "open!", count(*) FILTER (WHERE late) AS "overdue_count!",
             coalesce((array_agg(id ORDER BY due_at, number) FILTER (WHERE late))[:$4], '{}') AS "overdue!",
             coalesce((array_agg(id ORDER BY due_at, number) FILTER (WHERE NOT late))[:$5], '{}') AS "coming!"
           FROM waits"#,
        channel,
        without,
        now,
        overdue,
        coming
    )
    .fetch_one(&mut **tx)
    .await?;
    let ids = |ids: &[Uuid]| -> Vec<ItemId> { ids.iter().copied().map(ItemId).collect() };
    Ok(Waiting {
        open: row.open,
        overdue_count: row.overdue_count,
        overdue: item::in_order(tx, &ids(&row.overdue)).await?,
        coming: item::in_order(tx, &ids(&row.coming)).await?,
    })
}

/// How many items one person holds, and the first deadline of them.
pub async fn held(tx: &mut Tx, person: &str, without: &str) -> Result<(i64, Option<At>)> {
    let row = sqlx::query!(
        r#"SELECT count(*) AS "n!", min(due_at) AS next FROM item
           WHERE state IN ('claimed', 'snoozed') AND handling ->> 'by' = $1 AND source <> $2"#,
        person,
        without
    )
    .fetch_one(&mut **tx)
    .await?;
    Ok((row.n, row.next))
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

/// A digest whose time was changed is wanted from now on at the new time: a slot that the new time would have had
/// earlier today is not caught up with.
pub async fn wanted_anew(tx: &mut Tx, digest: &str, now: At) -> Result<()> {
    sqlx::query!("UPDATE digest_plan SET since = $2 WHERE digest = $1", digest, now)
        .execute(&mut **tx)
        .await?;
    Ok(())
}
