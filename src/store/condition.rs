//! What an operator has to know about the database before relying on it. The one place that asks the server for its
//! time: how far it is from ours is what an operator has to know, and what our clock follows.

use sqlx::PgPool;

use crate::domain::At;
use crate::store::CHANNEL;
use crate::store::MIGRATOR;
use crate::store::Result;

/// Everything of ours, to look whether we may use it.
pub const TABLES: [&str; 33] = [
    "leader",
    "card",
    "circle",
    "delivery",
    "digest_plan",
    "digest_slot",
    "effect",
    "effect_attempt",
    "findable",
    "fold",
    "home",
    "import_file",
    "import_run",
    "inbox",
    "item",
    "item_event",
    "item_revision",
    "member",
    "notice",
    "odd_item",
    "person",
    "preference",
    "rate",
    "reply",
    "search",
    "setting",
    "source_state",
    "spelling",
    "stat_bucket",
    "stat_delta",
    "timer",
    "_sqlx_migrations",
    "item_number_seq",
];

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// As in `150018`.
    pub number: i32,
    pub version: String,
    pub encoding: String,
    /// A standby, or a server that was told so.
    pub read_only: bool,
    /// Where our tables are or would be made; none when no schema in the search path exists.
    pub schema: Option<String>,
    pub may_create: bool,
    pub most_connections: i32,
    /// Ours, and not ours to read and write.
    pub barred: Vec<String>,
    /// Migrations that a newer zeitnah has made.
    pub newer: Vec<i64>,
}

pub async fn of(pool: &PgPool) -> Result<Condition> {
    let row = sqlx::query!(
        r#"SELECT current_setting('server_version_num')::int AS "number!", current_setting('server_version') AS "version!",
             current_setting('server_encoding') AS "encoding!",
             (pg_is_in_recovery() OR current_setting('transaction_read_only')::bool) AS "read_only!",
             current_schema()::text AS schema,
             coalesce(has_schema_privilege(current_schema(), 'CREATE'), false) AS "may_create!",
             current_setting('max_connections')::int AS "most!""#
    )
    .fetch_one(pool)
    .await?;
    Ok(Condition {
        number: row.number,
        version: row.version,
        encoding: row.encoding,
        read_only: row.read_only,
        schema: row.schema,
        may_create: row.may_create,
        most_connections: row.most,
        barred: barred(pool).await?,
        newer: newer(pool).await?,
    })
}

async fn barred(pool: &PgPool) -> Result<Vec<String>> {
    let tables = TABLES.map(str::to_owned);
    Ok(sqlx::query_scalar!(
        r#"SELECT c.relname::text AS "name!" FROM unnest($1::text[]) AS ours(name) JOIN pg_class c ON c.oid = to_regclass(ours.name)
           WHERE NOT CASE c.relkind WHEN 'S' THEN has_sequence_privilege(c.oid, 'USAGE') ELSE
             has_table_privilege(c.oid, 'SELECT') AND has_table_privilege(c.oid, 'INSERT')
             AND has_table_privilege(c.oid, 'UPDATE') AND has_table_privilege(c.oid, 'DELETE') END
           ORDER BY c.relname"#,
        &tables
    )
    .fetch_all(pool)
    .await?)
}

async fn newer(pool: &PgPool) -> Result<Vec<i64>> {
    let known = sqlx::query_scalar!(
        r#"SELECT coalesce(has_table_privilege(to_regclass('_sqlx_migrations'), 'SELECT'), false) AS "known!""#
    )
    .fetch_one(pool)
    .await?;
    if !known {
        return Ok(Vec::new());
    }
    let mut connection = pool.acquire().await?;
    let applied =
        sqlx::migrate::Migrate::list_applied_migrations(&mut *connection, "_sqlx_migrations").await?;
    let ours = |version: i64| MIGRATOR.iter().any(|m| m.version == version);
    Ok(applied
        .into_iter()
        .map(|m| m.version)
        .filter(|v| !ours(*v))
        .collect())
}

/// The server's time.
pub async fn clock(pool: &PgPool) -> Result<At> {
    Ok(sqlx::query_scalar!(r#"SELECT clock_timestamp() AS "at!""#)
        .fetch_one(pool)
        .await?)
}

/// How many listen for effects, which is what a running replica does.
pub async fn replicas(pool: &PgPool) -> Result<i64> {
    Ok(sqlx::query_scalar!(
        r#"SELECT count(*) AS "n!" FROM pg_stat_activity
           WHERE datname = current_database() AND query LIKE 'LISTEN%' || $1 || '%' AND pid <> pg_backend_pid()"#,
        CHANNEL
    )
    .fetch_one(pool)
    .await?)
}
