//! A database of its own for each test, in 13 ms: a copy of one template that was migrated once in this run. The
//! server is the one at DATABASE_URL, which `script/test` starts.

use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering;

use sqlx::AssertSqlSafe;
use sqlx::Connection;
use sqlx::PgConnection;
use tokio::sync::OnceCell;
use zeitnah::store::Store;

static TEMPLATE: OnceCell<String> = OnceCell::const_new();
static NEXT: AtomicU32 = AtomicU32::new(0);

fn server() -> String {
    std::env::var("DATABASE_URL")
        .expect("no DATABASE_URL: run `script/test`, which starts a private PostgreSQL")
}

/// The server's address with another database in it.
fn address(database: &str) -> String {
    let mut url = url::Url::parse(&server()).expect("DATABASE_URL is an address");
    url.set_path(database);
    url.into()
}

/// Each statement is planned once in a connection, whatever its arguments. A server plans it five times before it settles,
/// and the short lives of stories are mostly such first times.
fn planned_once(address: &str) -> String {
    let mut url = url::Url::parse(address).expect("an address");
    url.query_pairs_mut()
        .append_pair("options[plan_cache_mode]", "force_generic_plan");
    url.into()
}

async fn tell(sql: String) {
    let mut admin = PgConnection::connect(&server())
        .await
        .expect("PostgreSQL answers at DATABASE_URL");
    sqlx::raw_sql(AssertSqlSafe(sql))
        .execute(&mut admin)
        .await
        .expect("the statement works");
    admin.close().await.expect("the connection closes");
}

async fn template() -> String {
    let name = format!("zeitnah_template_{}", std::process::id());
    tell(format!("CREATE DATABASE {name}")).await;
    let store = Store::open(&address(&name), 2).await.expect("the template opens");
    store.migrate().await.expect("the migrations run");
    store.close().await;
    name
}

/// One without a table.
pub async fn empty() -> String {
    let name = format!(
        "zeitnah_empty_{}_{}",
        std::process::id(),
        NEXT.fetch_add(1, Ordering::Relaxed)
    );
    tell(format!("CREATE DATABASE {name}")).await;
    address(&name)
}

/// A fresh, migrated database.
pub async fn fresh() -> String {
    planned_once(&fresh_as_served().await)
}

/// The same, whose statements are planned as where the bot serves.
pub async fn fresh_as_served() -> String {
    let template = TEMPLATE.get_or_init(template).await;
    let name = format!(
        "zeitnah_test_{}_{}",
        std::process::id(),
        NEXT.fetch_add(1, Ordering::Relaxed)
    );
    tell(format!(
        "CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy"
    ))
    .await;
    address(&name)
}

/// Gone again; what a failed test leaves behind goes with the private server.
pub async fn drop(url: &str) {
    let name = url::Url::parse(url)
        .expect("an address")
        .path()
        .trim_start_matches('/')
        .to_owned();
    tell(format!("DROP DATABASE {name} WITH (FORCE)")).await;
}
