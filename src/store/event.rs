//! The append-only log. There is no update and no delete here, and the table refuses both.

use std::collections::BTreeMap;

use serde::Serialize;
use sqlx::types::Json;
use uuid::Uuid;

use crate::domain::At;
use crate::domain::id::EventId;
use crate::domain::id::ItemId;
use crate::domain::item::event::Event;
use crate::domain::item::event::EventKind;
use crate::domain::people::person::PersonId;
use crate::store::Read;
use crate::store::Result;
use crate::store::StoreError;
use crate::store::Tx;
use crate::store::readable;

#[derive(Serialize)]
struct New<'a> {
    id: EventId,
    item: ItemId,
    at: At,
    by: Option<&'a PersonId>,
    what: &'a str,
    detail: &'a EventKind,
}

pub async fn append(tx: &mut Tx, events: &[Event]) -> Result<()> {
    if events.is_empty() {
        return Ok(());
    }
    let rows: Vec<New> = events
        .iter()
        .map(|e| New {
            id: e.id,
            item: e.item,
            at: e.at,
            by: e.by.as_ref(),
            what: e.what.as_str(),
            detail: &e.what,
        })
        .collect();
    sqlx::query!(
        "INSERT INTO item_event (id, item_id, at, by_person, what, detail)
         SELECT id, item, at, by, what, detail
         FROM jsonb_to_recordset($1) AS r(id uuid, item uuid, at timestamptz, by text, what text, detail jsonb)",
        Json(rows) as _
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

struct Row {
    id: Uuid,
    item_id: Uuid,
    at: At,
    by_person: Option<String>,
    detail: Read<EventKind>,
}

impl TryFrom<Row> for Event {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self> {
        let by = row.by_person.map(|p| p.parse()).transpose();
        Ok(Self {
            id: EventId(row.id),
            item: ItemId(row.item_id),
            at: row.at,
            by: by.map_err(|e| StoreError::odd("item_event", "by_person", row.id, e))?,
            what: row.detail.of("item_event", "detail", row.id)?,
        })
    }
}

pub async fn get(pool: &sqlx::PgPool, id: EventId) -> Result<Option<Event>> {
    let row = sqlx::query_as!(
        Row,
        r#"SELECT id, item_id, at, by_person, detail AS "detail: Read<EventKind>" FROM item_event WHERE id = $1"#,
        id.0
    )
    .fetch_optional(pool)
    .await?;
    row.map(TryInto::try_into).transpose()
}

/// Some events, in no order; not those that a newer release wrote and we cannot read.
pub async fn of_ids(tx: &mut Tx, ids: &[EventId]) -> Result<Vec<Event>> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT id, item_id, at, by_person, detail AS "detail: Read<EventKind>" FROM item_event WHERE id = ANY($1)"#,
        &ids
    )
    .fetch_all(&mut **tx)
    .await?;
    readable(rows.into_iter().map(TryInto::try_into))
}

/// The whole story of an item, oldest first.
pub async fn of_item(connection: impl sqlx::PgExecutor<'_>, item: ItemId) -> Result<Vec<Event>> {
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT id, item_id, at, by_person, detail AS "detail: Read<EventKind>" FROM item_event
           WHERE item_id = $1 ORDER BY seq"#,
        item.0
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// The whole stories of some items, oldest first. Who has none is not in it.
pub async fn of_items(
    connection: impl sqlx::PgExecutor<'_>,
    items: &[ItemId],
) -> Result<BTreeMap<ItemId, Vec<Event>>> {
    let ids: Vec<Uuid> = items.iter().map(|id| id.0).collect();
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT id, item_id, at, by_person, detail AS "detail: Read<EventKind>" FROM item_event
           WHERE item_id = ANY($1) ORDER BY item_id, seq"#,
        &ids
    )
    .fetch_all(connection)
    .await?;
    let mut logs: BTreeMap<ItemId, Vec<Event>> = BTreeMap::new();
    for row in rows {
        let event = Event::try_from(row)?;
        logs.entry(event.item).or_default().push(event);
    }
    Ok(logs)
}

/// What was written lately about any item, in the order in which it was written.
pub async fn since(pool: &sqlx::PgPool, at: At, limit: i64) -> Result<Vec<Event>> {
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT id, item_id, at, by_person, detail AS "detail: Read<EventKind>" FROM item_event
           WHERE at >= $1 ORDER BY seq LIMIT $2"#,
        at,
        limit
    )
    .fetch_all(pool)
    .await?;
    readable(rows.into_iter().map(TryInto::try_into))
}
