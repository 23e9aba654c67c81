//! Runs of imports: how far each has come, written with the rows it covers, so that a killed import goes on where it was;
//! what they brought, so that it can be taken back; and what of a file is known already, before anything is written.

use serde::Deserialize;
use serde::Serialize;
use sqlx::types::Json;
use uuid::Uuid;

use crate::domain::At;
use crate::domain::id::ItemId;
use crate::store::Result;
use crate::store::Tx;

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    pub new: u64,
    pub changed: u64,
    pub same: u64,
    pub bad: u64,
    /// How long the rejects file was then.
    #[serde(default)]
    pub rejected_bytes: u64,
    /// Of the new ones: what came answered, and what else is history.
    #[serde(default)]
    pub answered: u64,
    #[serde(default)]
    pub past: u64,
    /// Of the known ones: versions that are not newer than what is known.
    #[serde(default)]
    pub older: u64,
    /// Rows of all files together; nought for a run of an earlier release.
    #[serde(default)]
    pub in_all: u64,
}

/// Where a run is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Progress {
    pub number: i64,
    pub rows: u64,
    pub counts: Counts,
}

impl Run {
    /// Somebody or something broke it off.
    pub fn is_unfinished(&self) -> bool {
        self.undone_at.is_none() && self.rows < self.counts.in_all
    }
}

/// A run as people see it in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    pub number: i64,
    pub source: String,
    pub name: Option<String>,
    pub rows: u64,
    pub counts: Counts,
    pub began_at: Option<At>,
    pub updated_at: At,
    pub undone_at: Option<At>,
}

pub async fn progress(pool: &sqlx::PgPool, source: &str, file: &str) -> Result<Option<Progress>> {
    let row = sqlx::query!(
        r#"SELECT number, rows, counts AS "counts: Json<Counts>" FROM import_run
           WHERE source = $1 AND file = $2 AND undone_at IS NULL"#,
        source,
        file
    )
    .fetch_optional(pool)
    .await?;
    // What an earlier release had begun is read anew: its items are known.
    Ok(row.and_then(|r| {
        Some(Progress {
            number: r.number,
            rows: u64::try_from(r.rows?).unwrap_or(0),
            counts: r.counts.0,
        })
    }))
}

/// A run begins, or begins again. Returns its number.
pub async fn begin(pool: &sqlx::PgPool, source: &str, file: &str, name: &str, now: At) -> Result<i64> {
    let mut tx = pool.begin().await?;
    let number = begin_in(&mut tx, source, file, name, now).await?;
    tx.commit().await?;
    Ok(number)
}

pub async fn begin_in(tx: &mut Tx, source: &str, file: &str, name: &str, now: At) -> Result<i64> {
    Ok(sqlx::query_scalar!(
        "INSERT INTO import_run (source, file, byte_offset, line, counts, updated_at, name, rows, began_at)
         VALUES ($1, $2, 0, 0, $4, $5, $3, 0, $5)
         ON CONFLICT (source, file) DO UPDATE SET byte_offset = 0, line = 0, counts = $4, updated_at = $5, name = $3,
             rows = 0, began_at = $5, undone_at = NULL
         RETURNING number",
        source,
        file,
        name,
        Json(Counts::default()) as _,
        now
    )
    .fetch_one(&mut **tx)
    .await?)
}

/// How many rows of a run are done. It is ours until the end of the transaction. `None`: there is none, or it was taken back.
pub async fn rows(tx: &mut Tx, number: i64) -> Result<Option<u64>> {
    let rows = sqlx::query_scalar!(
        "SELECT rows FROM import_run WHERE number = $1 AND undone_at IS NULL FOR UPDATE",
        number
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(rows.flatten().and_then(|rows| u64::try_from(rows).ok()))
}

pub async fn advance(tx: &mut Tx, progress: &Progress, now: At) -> Result<()> {
    sqlx::query!(
        "UPDATE import_run SET rows = $2, counts = $3, updated_at = $4 WHERE number = $1",
        progress.number,
        i64::try_from(progress.rows).unwrap_or(i64::MAX),
        Json(progress.counts) as _,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The newest first, or the one with this number.
pub async fn list(pool: &sqlx::PgPool, number: Option<i64>, limit: i64) -> Result<Vec<Run>> {
    let rows = sqlx::query!(
        r#"SELECT number, source, name, rows, counts AS "counts: Json<Counts>", began_at, updated_at, undone_at
           FROM import_run WHERE $2::bigint IS NULL OR number = $2 ORDER BY updated_at DESC, number DESC LIMIT $1"#,
        limit,
        number
    )
    .fetch_all(pool)
    .await?;
    let runs = rows.into_iter().map(|r| Run {
        number: r.number,
        source: r.source,
        name: r.name,
        rows: r.rows.and_then(|rows| u64::try_from(rows).ok()).unwrap_or(0),
        counts: r.counts.0,
        began_at: r.began_at,
        updated_at: r.updated_at,
        undone_at: r.undone_at,
    });
    Ok(runs.collect())
}

/// An item of a file that is there already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    pub scope: String,
    pub native_id: String,
    pub fingerprint: Vec<u8>,
    pub edition: Option<At>,
    pub as_of: Option<At>,
}

pub async fn known(
    pool: &sqlx::PgPool,
    source: &str,
    scopes: &[String],
    native_ids: &[String],
) -> Result<Vec<Known>> {
    Ok(sqlx::query_as!(
        Known,
        "SELECT scope, native_id, fingerprint, edition, as_of FROM item
         WHERE (source, scope, native_id) IN (SELECT $1, * FROM unnest($2::text[], $3::text[]))",
        source,
        scopes,
        native_ids
    )
    .fetch_all(pool)
    .await?)
}

/// A run's items that nobody has touched: no person did anything, the customer wrote nothing since, and the source itself
/// has not told of them. Those with a message in a chat are `shown`. They are ours until the end of the transaction.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Untouched {
    pub hidden: Vec<ItemId>,
    pub shown: Vec<ItemId>,
}

pub async fn untouched(tx: &mut Tx, run: i64, after: Option<ItemId>, limit: i64) -> Result<Untouched> {
    let rows = sqlx::query!(
        r#"SELECT i.id, EXISTS (SELECT 1 FROM card c WHERE c.item_id = i.id
               AND (c.message_id IS NOT NULL OR c.posted_at IS NOT NULL)) AS "is_shown!"
           FROM item i JOIN import_run r ON r.number = i.import_run
           WHERE i.import_run = $1 AND ($2::uuid IS NULL OR i.id > $2) AND i.revision = 1
             AND i.as_of <= r.updated_at AND i.state <> 'removed'
             AND NOT EXISTS (SELECT 1 FROM item_event e WHERE e.item_id = i.id AND (e.by_person IS NOT NULL
                 OR e.what NOT IN ('received', 'answered_elsewhere', 'assigned', 'reminded', 'overdue', 'stepped')))
             AND NOT EXISTS (SELECT 1 FROM reply p WHERE p.item_id = i.id)
             AND NOT EXISTS (SELECT 1 FROM effect f WHERE f.item_id = i.id AND f.state IN ('sending', 'unknown'))
           ORDER BY i.id LIMIT $3 FOR UPDATE OF i"#,
        run,
        after.map(|id| id.0),
        limit
    )
    .fetch_all(&mut **tx)
    .await?;
    let mut untouched = Untouched::default();
    for row in rows {
        let list = if row.is_shown {
            &mut untouched.shown
        } else {
            &mut untouched.hidden
        };
        list.push(ItemId(row.id));
    }
    Ok(untouched)
}

/// These never were: neither they nor anything about them is left, nor do they count. Returns the rooms in whose folds they
/// waited.
pub async fn take_back(tx: &mut Tx, items: &[ItemId]) -> Result<Vec<(String, String)>> {
    let ids: Vec<Uuid> = items.iter().map(|id| id.0).collect();
    sqlx::query!("SET LOCAL zeitnah.takes_back = 'yes'")
        .execute(&mut **tx)
        .await?;
    sqlx::query!(
        "INSERT INTO stat_delta (channel, at, measure, source, tone, stars, subject, person, minutes, in_time, n)
         SELECT c.channel, f.at, f.measure, f.source, f.tone, f.stars, f.subject, f.person, f.minutes, f.in_time, -1
         FROM (SELECT DISTINCT item_id, channel FROM card WHERE item_id = ANY($1)) c
         JOIN fact f ON f.item_id = c.item_id",
        &ids
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!("DELETE FROM notice WHERE item_id = ANY($1)", &ids)
        .execute(&mut **tx)
        .await?;
    sqlx::query!(
        "DELETE FROM effect_attempt WHERE effect_id IN (SELECT id FROM effect WHERE item_id = ANY($1))",
        &ids
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!("DELETE FROM effect WHERE item_id = ANY($1)", &ids)
        .execute(&mut **tx)
        .await?;
    sqlx::query!("DELETE FROM timer WHERE item_id = ANY($1)", &ids)
        .execute(&mut **tx)
        .await?;
    let rooms = sqlx::query!(
        "DELETE FROM card WHERE item_id = ANY($1) RETURNING chat, room, folded_at IS NOT NULL AND watched AS waited",
        &ids
    )
    .fetch_all(&mut **tx)
    .await?;
    sqlx::query!("DELETE FROM findable WHERE item_id = ANY($1)", &ids)
        .execute(&mut **tx)
        .await?;
    sqlx::query!("DELETE FROM item_event WHERE item_id = ANY($1)", &ids)
        .execute(&mut **tx)
        .await?;
    sqlx::query!("DELETE FROM item WHERE id = ANY($1)", &ids)
        .execute(&mut **tx)
        .await?;
    let mut rooms: Vec<(String, String)> = rooms
        .into_iter()
        .filter(|r| r.waited == Some(true))
        .map(|r| (r.chat, r.room))
        .collect();
    rooms.sort();
    rooms.dedup();
    Ok(rooms)
}

/// What a run brought and is still there.
pub async fn left(pool: &sqlx::PgPool, run: i64) -> Result<i64> {
    Ok(
        sqlx::query_scalar!(r#"SELECT count(*) AS "n!" FROM item WHERE import_run = $1"#, run)
            .fetch_one(pool)
            .await?,
    )
}

/// It is taken back: the same file again is read from its beginning. False: there is no such run.
pub async fn undone(tx: &mut Tx, run: i64, now: At) -> Result<bool> {
    let done = sqlx::query!(
        "UPDATE import_run SET undone_at = coalesce(undone_at, $2), rows = 0 WHERE number = $1",
        run,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Deletes how far imports came that nobody has gone on with since then. The same file again is read from its
/// beginning, and finds its items unchanged.
pub async fn forget(pool: &sqlx::PgPool, before: At, limit: i64) -> Result<u64> {
    let done = sqlx::query!(
        "DELETE FROM import_run WHERE (source, file) IN (
             SELECT source, file FROM import_run WHERE updated_at < $1 LIMIT $2 FOR UPDATE SKIP LOCKED)",
        before,
        limit
    )
    .execute(pool)
    .await?;
    Ok(done.rows_affected())
}
