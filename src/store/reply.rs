//! Our answers, as rows.

use std::collections::BTreeMap;

use sqlx::types::Json;
use uuid::Uuid;

use crate::domain::At;
use crate::domain::id::ItemId;
use crate::domain::id::ReplyId;
use crate::domain::item::reply::Reply;
use crate::domain::item::reply::ReplyState;
use crate::domain::people::person::PersonId;
use crate::store::Result;
use crate::store::StoreError;
use crate::store::Tx;
use crate::store::exactly_one;

struct Row {
    id: Uuid,
    item_id: Uuid,
    body: String,
    by_person: String,
    state: Json<ReplyState>,
    answers: i32,
    changes: Option<Uuid>,
    native_id: Option<String>,
    url: Option<String>,
    created_at: At,
    sent_at: Option<At>,
}

impl TryFrom<Row> for Reply {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: ReplyId(row.id),
            item: ItemId(row.item_id),
            by: row
                .by_person
                .parse()
                .map_err(|e| StoreError::odd("reply", "by_person", row.id, e))?,
            body: row.body,
            state: row.state.0,
            answers: row.answers,
            changes: row.changes.map(ReplyId),
            native_id: row.native_id,
            url: row.url,
            created_at: row.created_at,
            sent_at: row.sent_at,
        })
    }
}

macro_rules! replies {
    ($tail:literal, $($arg:expr),+) => {
        sqlx::query_as!(
            Row,
            r#"SELECT id, item_id, body, by_person, state AS "state: Json<ReplyState>", answers, changes, native_id,
                 url, created_at, sent_at FROM reply "# + $tail,
            $($arg),+
        )
    };
}

/// The item's lock protects its replies, so reading needs none of its own.
pub async fn get(connection: impl sqlx::PgExecutor<'_>, id: ReplyId) -> Result<Option<Reply>> {
    replies!("WHERE id = $1", id.0)
        .fetch_optional(connection)
        .await?
        .map(TryInto::try_into)
        .transpose()
}

/// What has become of each of these.
pub async fn states(
    connection: impl sqlx::PgExecutor<'_>,
    ids: &[ReplyId],
) -> Result<BTreeMap<ReplyId, ReplyState>> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let rows = sqlx::query!(
        r#"SELECT id, state AS "state: Json<ReplyState>" FROM reply WHERE id = ANY($1)"#,
        &ids
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|r| (ReplyId(r.id), r.state.0)).collect())
}

/// What this person wrote last about the item and has not sent, or got back.
pub async fn draft_of(tx: &mut Tx, item: ItemId, person: &PersonId) -> Result<Option<Reply>> {
    replies!(
        "WHERE item_id = $1 AND by_person = $2 AND phase IN ('draft', 'rejected', 'failed')
         ORDER BY created_at DESC LIMIT 1",
        item.0,
        person.to_string()
    )
    .fetch_optional(&mut **tx)
    .await?
    .map(TryInto::try_into)
    .transpose()
}

/// Our reply that stands at the source, also when somebody has begun another one since.
pub async fn standing(tx: &mut Tx, item: ItemId) -> Result<Option<Reply>> {
    replies!(
        "WHERE item_id = $1 AND phase IN ('pending', 'visible') ORDER BY created_at DESC LIMIT 1",
        item.0
    )
    .fetch_optional(&mut **tx)
    .await?
    .map(TryInto::try_into)
    .transpose()
}

/// Every text of ours that may have reached the source, so that it is never taken for somebody else's.
pub async fn sent(connection: impl sqlx::PgExecutor<'_>, item: ItemId) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar!(
        "SELECT body FROM reply WHERE item_id = $1 AND sent_at IS NOT NULL AND phase <> 'draft'",
        item.0
    )
    .fetch_all(connection)
    .await?)
}

pub async fn insert(tx: &mut Tx, reply: &Reply) -> Result<()> {
    sqlx::query!(
        "INSERT INTO reply (id, item_id, body, by_person, state, answers, changes, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        reply.id.0,
        reply.item.0,
        reply.body,
        reply.by.to_string(),
        Json(&reply.state) as _,
        reply.answers,
        reply.changes.map(|r| r.0),
        reply.created_at
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub async fn save(tx: &mut Tx, reply: &Reply) -> Result<()> {
    let done = sqlx::query!(
        "UPDATE reply SET body = $2, by_person = $3, state = $4, answers = $5, native_id = $6, url = $7, sent_at = $8,
             changes = $9 WHERE id = $1",
        reply.id.0,
        reply.body,
        reply.by.to_string(),
        Json(&reply.state) as _,
        reply.answers,
        reply.native_id,
        reply.url,
        reply.sent_at,
        reply.changes.map(|r| r.0)
    )
    .execute(&mut **tx)
    .await?;
    exactly_one("reply", &done)
}

/// Each approval may publish once: its number is part of the effect's key.
pub async fn approve(tx: &mut Tx, id: ReplyId) -> Result<i32> {
    Ok(sqlx::query_scalar!(
        "UPDATE reply SET approvals = approvals + 1 WHERE id = $1 RETURNING approvals",
        id.0
    )
    .fetch_one(&mut **tx)
    .await?)
}

pub async fn approvals(tx: &mut Tx, id: ReplyId) -> Result<i32> {
    Ok(
        sqlx::query_scalar!("SELECT approvals FROM reply WHERE id = $1", id.0)
            .fetch_one(&mut **tx)
            .await?,
    )
}
