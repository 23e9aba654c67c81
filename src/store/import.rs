//! How far the import of a file has come, written with the rows it covers, so that a killed import goes on where it
//! was.

use serde::Deserialize;
use serde::Serialize;
use sqlx::types::Json;

use crate::domain::At;
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
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Progress {
    pub byte_offset: u64,
    pub line: u64,
    pub counts: Counts,
}

pub async fn progress(pool: &sqlx::PgPool, source: &str, file: &str) -> Result<Option<Progress>> {
    let row = sqlx::query!(
        r#"SELECT byte_offset, line, counts AS "counts: Json<Counts>" FROM import_run WHERE source = $1 AND file = $2"#,
        source,
        file
    )
    .fetch_optional(pool)
    .await?;
    Ok(row.map(|r| Progress {
        byte_offset: u64::try_from(r.byte_offset).unwrap_or(0),
        line: u64::try_from(r.line).unwrap_or(0),
        counts: r.counts.0,
    }))
}

pub async fn advance(tx: &mut Tx, source: &str, file: &str, progress: &Progress, now: At) -> Result<()> {
    sqlx::query!(
        "INSERT INTO import_run (source, file, byte_offset, line, counts, updated_at) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (source, file) DO UPDATE SET byte_offset = $3, line = $4, counts = $5, updated_at = $6",
        source,
        file,
        i64::try_from(progress.byte_offset).unwrap_or(i64::MAX),
        i64::try_from(progress.line).unwrap_or(i64::MAX),
        Json(progress.counts) as _,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
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
