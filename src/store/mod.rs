//! SQL and nothing else: a file for each table and for each question about several, every query checked against the schema
//! when it is built. Functions take the time as an argument and run inside the caller's transaction, so that a decision and
//! what follows from it are written together or not at all.

pub mod card;
pub mod condition;
pub mod digest;
pub mod error;
pub mod event;
pub mod fold;
pub mod home;
pub mod import;
pub mod import_file;
pub mod inbox;
pub mod item;
pub mod leader;
pub mod notice;
pub mod outbox;
pub mod person;
pub mod picture;
pub mod preference;
mod read;
pub mod reply;
pub mod search;
pub mod setting;
pub mod source;
pub mod stats;
pub mod timer;
pub mod trouble;
pub mod unread;

use std::str::FromStr;
use std::time::Duration;

use sqlx::Connection as _;
use sqlx::PgPool;
use sqlx::Postgres;
use sqlx::postgres::PgConnectOptions;
use sqlx::postgres::PgListener;
use sqlx::postgres::PgPoolOptions;

pub use crate::store::error::StoreError;
use crate::store::read::Read;
use crate::store::read::readable;
pub use crate::store::trouble::Trouble;

pub type Tx = sqlx::Transaction<'static, Postgres>;
/// A transaction, or any connection of the pool.
pub trait Reads<'a>: sqlx::PgExecutor<'a> {}

impl<'a, E: sqlx::PgExecutor<'a>> Reads<'a> for E {}

pub type Result<T> = std::result::Result<T, StoreError>;

pub static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!();

/// Wakes whoever carries out effects.
const CHANNEL: &str = "zeitnah_effect";

/// More than there are in this folder.
const STATEMENTS: usize = 400;

/// A connection that answered so lately is taken for one that lives.
const TRUSTED_FOR: Duration = Duration::from_millis(250);

/// The only thing that replicas share.
#[derive(Debug, Clone)]
pub struct Store {
    pool: PgPool,
}

impl Store {
    pub async fn open(url: &str, connections: u32) -> Result<Self> {
        // The driver would take any scheme for its own.
        if !["postgres://", "postgresql://"]
            .iter()
            .any(|s| url.starts_with(s))
        {
            let why = "the address of a database begins with postgres://";
            return Err(sqlx::Error::Configuration(why.into()).into());
        }
        let options = PgConnectOptions::from_str(url)?
            .application_name("zeitnah")
            // All that we say fits in: a statement that falls out is parsed and planned anew with its next use.
            .statement_cache_capacity(STATEMENTS)
            .options([
                // A statement that waits this long is a fault to be seen, not to be waited for.
                ("statement_timeout", "15s"),
                ("lock_timeout", "10s"),
                ("idle_in_transaction_session_timeout", "30s"),
            ]);
        let pool = PgPoolOptions::new()
            .max_connections(connections)
            .acquire_timeout(Duration::from_secs(5))
            // Asked first whether it lives, each statement would be two round trips.
            .test_before_acquire(false)
            .before_acquire(|connection, meta| {
                Box::pin(async move {
                    if meta.idle_for > TRUSTED_FOR {
                        connection.ping().await?;
                    }
                    Ok(true)
                })
            })
            .connect_with(options.clone())
            .await;
        match pool {
            Ok(pool) => Ok(Self { pool }),
            // The pool was patient with a server that is only starting; who asks once more hears what is wrong.
            Err(late @ sqlx::Error::PoolTimedOut) => {
                sqlx::PgConnection::connect_with(&options).await?.close().await?;
                Err(late.into())
            }
            Err(other) => Err(other.into()),
        }
    }

    /// Where an address leads, for people: without the password.
    pub fn place(url: &str) -> Option<SourcePlace> {
        let options = PgConnectOptions::from_str(url).ok()?;
        let server = match options.get_socket() {
            Some(socket) => socket.display().to_string(),
            None => format!("{}:{}", options.get_host(), options.get_port()),
        };
        let user = options.get_username().to_owned();
        Some(SourcePlace {
            database: options.get_database().unwrap_or(&user).to_owned(),
            server,
            user,
        })
    }

    /// A database of this name on the server behind `url`, made if it is missing. Returns its address.
    pub async fn ensure(url: &str, name: &str) -> Result<String> {
        let options = PgConnectOptions::from_str(url)?;
        let mut admin = sqlx::PgConnection::connect_with(&options).await?;
        let there = sqlx::query_scalar!(
            r#"SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1) AS "there!""#,
            name
        )
        .fetch_one(&mut admin)
        .await?;
        if !there {
            // A name cannot be a parameter; this one is ours and is quoted all the same.
            let quoted = name.replace('"', "");
            let sql = sqlx::AssertSqlSafe(format!("CREATE DATABASE \"{quoted}\""));
            sqlx::raw_sql(sql).execute(&mut admin).await?;
        }
        admin.close().await?;
        let mut address =
            url::Url::parse(url).map_err(|e| StoreError::odd("DATABASE_URL", "address", "-", e))?;
        address.set_path(name);
        Ok(address.into())
    }

    /// Drops the database of this name on the server behind `url`, with whoever is still connected to it.
    pub async fn forget(url: &str, name: &str) -> Result<()> {
        let mut admin = sqlx::PgConnection::connect_with(&PgConnectOptions::from_str(url)?).await?;
        let quoted = name.replace('"', "");
        let sql = sqlx::AssertSqlSafe(format!("DROP DATABASE IF EXISTS \"{quoted}\" WITH (FORCE)"));
        sqlx::raw_sql(sql).execute(&mut admin).await?;
        admin.close().await?;
        Ok(())
    }

    pub async fn begin(&self) -> Result<Tx> {
        Ok(self.pool.begin().await?)
    }

    /// For reading only, all of it as it is now: whatever tries to write is refused.
    pub async fn begin_reading(&self) -> Result<Tx> {
        let mut tx = self.pool.begin().await?;
        sqlx::query!("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            .execute(&mut *tx)
            .await?;
        Ok(tx)
    }

    pub fn pool(&self) -> &PgPool {
        &self.pool
    }

    pub async fn migrate(&self) -> Result<()> {
        // Migrations may take longer than any statement of daily work.
        let mut connection = self.pool.acquire().await?;
        sqlx::query!("SET statement_timeout = 0")
            .execute(&mut *connection)
            .await?;
        MIGRATOR.run(&mut *connection).await?;
        connection.close().await?;
        Ok(())
    }

    /// The migrations that the database still lacks, by name.
    pub async fn lacking_migrations(&self) -> Result<Vec<String>> {
        let known = sqlx::query_scalar!(r#"SELECT to_regclass('_sqlx_migrations') IS NOT NULL AS "known!""#)
            .fetch_one(&self.pool)
            .await?;
        let mut applied = Vec::new();
        if known {
            let mut connection = self.pool.acquire().await?;
            applied = sqlx::migrate::Migrate::list_applied_migrations(&mut *connection, "_sqlx_migrations")
                .await?
                .into_iter()
                .map(|m| m.version)
                .collect();
        }
        Ok(MIGRATOR
            .iter()
            .filter(|m| !applied.contains(&m.version))
            // The library shows the file's name without its lines.
            .map(|m| format!("{:04}_{}", m.version, m.description.replace(' ', "_")))
            .collect())
    }

    /// All of them, as an empty database lacks them.
    pub fn migrations() -> usize {
        MIGRATOR.iter().count()
    }

    /// Hears when effects were written; the poll is the net under it.
    pub async fn listen(&self) -> Result<Ears> {
        let mut listener = PgListener::connect_with(&self.pool).await?;
        listener.listen(CHANNEL).await?;
        Ok(Ears(listener))
    }

    /// Connections of this process: in use, idle, and how many there may be.
    pub fn connections(&self) -> (u32, u32, u32) {
        let idle = u32::try_from(self.pool.num_idle()).unwrap_or(0);
        let all = self.pool.size();
        (
            all.saturating_sub(idle),
            idle,
            self.pool.options().get_max_connections(),
        )
    }

    pub async fn close(&self) {
        self.pool.close().await;
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourcePlace {
    pub server: String,
    pub user: String,
    pub database: String,
}

pub struct Ears(PgListener);

impl Ears {
    /// Returns when something was written, or when the connection was lost and came back, which may have hidden it.
    pub async fn hear(&mut self) -> Result<()> {
        self.0.try_recv().await?;
        Ok(())
    }
}

/// What comes after this can be undone by itself.
pub async fn from_here(tx: &mut Tx) -> Result<()> {
    sqlx::query!("SAVEPOINT here").execute(&mut **tx).await?;
    Ok(())
}

/// As if nothing had been written since.
pub async fn back_to_here(tx: &mut Tx) -> Result<()> {
    sqlx::query!("ROLLBACK TO SAVEPOINT here")
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// An update that must have met exactly one row.
fn exactly_one(table: &'static str, result: &sqlx::postgres::PgQueryResult) -> Result<()> {
    exactly(table, 1, result)
}

/// An update that must have met so many rows.
fn exactly(table: &'static str, wanted: usize, result: &sqlx::postgres::PgQueryResult) -> Result<()> {
    let got = result.rows_affected();
    let wanted = wanted as u64;
    if got == wanted {
        return Ok(());
    }
    Err(StoreError::Rows { table, wanted, got })
}
