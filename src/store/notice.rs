//! What somebody has to be told because the clock says so. Rows wait until their addressee may be called; one effect
//! takes all that waits, so that ten deadlines are one message.

use serde::Serialize;
use sqlx::types::Json;

use crate::domain::At;
use crate::domain::effect::Addressee;
use crate::domain::id::EffectId;
use crate::domain::id::EventId;
use crate::domain::id::ItemId;
use crate::domain::id::NoticeId;
use crate::store::Result;
use crate::store::StoreError;
use crate::store::Tx;

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NewNotice {
    pub id: NoticeId,
    pub addressee: Addressee,
    pub item: ItemId,
    pub event: EventId,
    pub not_before: At,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    pub id: NoticeId,
    pub item: ItemId,
    pub event: EventId,
}

pub async fn put(tx: &mut Tx, notices: &[NewNotice]) -> Result<()> {
    if notices.is_empty() {
        return Ok(());
    }
    let json = serde_json::to_value(notices).map_err(|e| StoreError::odd("notice", "*", "batch", e))?;
    sqlx::query!(
        "INSERT INTO notice (id, addressee, item_id, event_id, not_before)
         SELECT id, addressee, item, event, not_before
         FROM jsonb_to_recordset($1) AS r(id uuid, addressee jsonb, item uuid, event uuid, not_before timestamptz)
         ON CONFLICT (event_id, addressee) DO NOTHING",
        json
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Takes all that waits for somebody, for the message of this effect; what it took in an earlier try, it has again.
pub async fn take(tx: &mut Tx, to: &Addressee, effect: EffectId, now: At) -> Result<Vec<Notice>> {
    let rows = sqlx::query!(
        "UPDATE notice SET effect_id = $2
         WHERE addressee = $1 AND settled_at IS NULL AND not_before <= $3 AND (effect_id IS NULL OR effect_id = $2)
         RETURNING id, item_id, event_id",
        Json(to) as _,
        effect.0,
        now
    )
    .fetch_all(&mut **tx)
    .await?;
    let mut notices: Vec<Notice> = rows
        .into_iter()
        .map(|r| Notice {
            id: NoticeId(r.id),
            item: ItemId(r.item_id),
            event: EventId(r.event_id),
        })
        .collect();
    notices.sort_by_key(|n| n.id);
    Ok(notices)
}

/// What somebody was or is to be told about an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    pub event: EventId,
    pub addressee: Addressee,
    pub not_before: At,
    pub settled_at: Option<At>,
    pub dropped: bool,
}

/// All of it that is kept, in the order in which it was decided.
pub async fn of_item(pool: &sqlx::PgPool, item: ItemId) -> Result<Vec<Told>> {
    let rows = sqlx::query!(
        r#"SELECT event_id, addressee AS "addressee: Json<Addressee>", not_before, settled_at, dropped
           FROM notice WHERE item_id = $1 ORDER BY id"#,
        item.0
    )
    .fetch_all(pool)
    .await?;
    let told = rows.into_iter().map(|r| Told {
        event: EventId(r.event_id),
        addressee: r.addressee.0,
        not_before: r.not_before,
        settled_at: r.settled_at,
        dropped: r.dropped,
    });
    Ok(told.collect())
}

/// They were told, or nobody has to know them any more.
pub async fn settle(tx: &mut Tx, notices: &[NoticeId], dropped: bool, now: At) -> Result<()> {
    let ids: Vec<uuid::Uuid> = notices.iter().map(|id| id.0).collect();
    sqlx::query!(
        "UPDATE notice SET settled_at = $2, dropped = $3 WHERE id = ANY($1) AND settled_at IS NULL",
        &ids,
        now,
        dropped
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The effect that took them was given up: the next one for the same addressee takes them.
pub async fn let_go(tx: &mut Tx, effect: EffectId) -> Result<()> {
    sqlx::query!(
        "UPDATE notice SET effect_id = NULL WHERE effect_id = $1 AND settled_at IS NULL",
        effect.0
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// They cannot be told now: whoever takes what waits for the addressee then takes them, too.
pub async fn put_off(tx: &mut Tx, notices: &[NoticeId], until: At) -> Result<()> {
    let ids: Vec<uuid::Uuid> = notices.iter().map(|id| id.0).collect();
    sqlx::query!(
        "UPDATE notice SET effect_id = NULL, not_before = $2 WHERE id = ANY($1) AND settled_at IS NULL",
        &ids,
        until
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Deletes what was settled before then, some at a time.
pub async fn forget(pool: &sqlx::PgPool, before: At, limit: i64) -> Result<u64> {
    let done = sqlx::query!(
        "DELETE FROM notice WHERE id IN (
             SELECT id FROM notice WHERE settled_at < $1 ORDER BY settled_at LIMIT $2 FOR UPDATE SKIP LOCKED)",
        before,
        limit
    )
    .execute(pool)
    .await?;
    Ok(done.rows_affected())
}
