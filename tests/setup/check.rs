//! `zeitnah check` finds everything at once, and green means that `serve` works.

use zeitnah::store::Store;
use zeitnah::store::condition;

use crate::setup::Bench;
use crate::setup::ROOM;

/// The lines about one area, without the times that move.
fn area(out: &str, name: &str) -> String {
    let from = out.lines().skip_while(|l| *l != name).skip(1);
    let lines: Vec<&str> = from.take_while(|l| l.starts_with("  ")).collect();
    lines.join("\n")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_all_is_in_order_it_is_green_and_says_what_was_looked_at() {
    let bench = Bench::sound().await;
    let said = bench.run(&["check"]).await;
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(
        said.out.ends_with("\nAll good: `zeitnah serve` will work.\n"),
        "{}",
        said.out
    );
    said.says(&[
        "Configuration\n  ✔ zeitnah.toml\n",
        "  ✔ PostgreSQL ",
        "  ✔ the schema is up to date\n",
        "  ✔ the bot token is taken, with the scopes that are needed\n",
        "  ✔ channel care (C0123ABC): the bot is in it\n",
        "  ✔ Socket Mode: the app-level token is taken\n",
        "  ✔ shop: waits for signed calls at https://…/hook/shop; it takes no replies\n",
        "  ✔ morning in channel care: next at ",
        "(Europe/Berlin)",
    ]);
    assert!(!said.out.contains('\u{1b}'), "no colour where no terminal is");
    assert_eq!(said.err, "");
    let digest = area(&said.out, "Digests");
    assert_eq!(digest.matches(" 08:00").count(), 3, "{digest}");

    let json = bench.run(&["check", "--json"]).await;
    let json: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!((&json["ok"], &json["faults"]), (&true.into(), &0.into()));

    let offline = bench.run(&["check", "--offline"]).await;
    assert_eq!(offline.code, Some(0));
    offline.says(&["All good: nothing wrong here; the database, the chats and the sources were not asked."]);
    bench.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn faults_of_every_sort_are_told_at_once_each_in_its_line() {
    let mut bench = Bench::sound().await;
    for scope in ["usergroups:read", "users:read", "im:write"] {
        bench.slack.set_scope(scope, false);
    }
    bench.slack.add_channel("C0OUT", "out", &[]);
    bench.slack.change_channel("C0OUT", |c| c.members.clear());
    bench.slack.add_channel("C0OLD", "old", &[]);
    bench.slack.change_channel("C0OLD", |c| c.archived = true);
    bench.change(&[
        (
            "time_zone = \"Europe/Berlin\"",
            "time_zone = \"Europe/Berln\"\nresponsible = [\"group:S0GONE\"]",
        ),
        (
            "[default_route]",
            r#"[[role]]
role = "admin"
slack_user = "U0GONE"
[[channel]]
name = "out"
slack = "C0OUT"
[[channel]]
name = "old"
slack = "C0OLD"
[[route]]
name = "all"
to = ["out", "old"]
[[route]]
name = "never"
to = ["care"]
stars = 1
[[source]]
name = "google"
kind = "google"
account = "4711"
locations = [{ id = "1", name = "Nowhere" }]
base_url = "BASE/google"
token_url = "BASE/google/token"
[default_route]"#,
        ),
        ("0 8 * * 1-5", "0 8 31 2 *"),
    ]);
    bench.set("SLACK_APP_TOKEN", Some("xapp-somebody-elses"));
    bench.set("SOURCE_SHOP_SECRET", Some("no-such-form"));
    bench.set("GOOGLE_REFRESH_TOKEN", Some("withdrawn-by-google"));
    let old = Store::open(&bench.database, 1).await.unwrap();
    sqlx::raw_sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        .execute(old.pool())
        .await
        .unwrap();
    old.close().await;
    let said = bench.run(&["check"]).await;
    assert_eq!(said.code, Some(1));
    let stable: Vec<&str> = said
        .out
        .lines()
        .filter(|l| !l.contains("✔ PostgreSQL "))
        .collect();
    insta::assert_snapshot!("faults_of_every_sort", stable.join("\n"));
    bench.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_database_slack_is_looked_at_all_the_same() {
    let mut bench = Bench::sound().await;
    bench
        .slack
        .change_channel(ROOM, |c| c.members.retain(|m| m == "U0ANNA"));
    bench.set("DATABASE_URL", Some("postgres://me:hunter2@127.0.0.1:9/zeitnah"));
    let said = bench.run(&["check"]).await;
    assert_eq!(said.code, Some(1));
    said.says(&[
        "✖ DATABASE_URL: no PostgreSQL answers at 127.0.0.1:9: the connection was refused\n      → start it, or correct DATABASE_URL",
        "✖ zeitnah.toml:7: The bot is not in channel C0123ABC\n      → Type /invite @zeitnah in that channel",
    ]);
    bench.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_token_is_told_once_and_by_its_variable() {
    let mut bench = Bench::sound().await;
    bench.set("SLACK_BOT_TOKEN", Some("xoxb-of-another-company"));
    let said = bench.run(&["check"]).await;
    assert_eq!(said.code, Some(1));
    assert_eq!(
        area(&said.out, "Slack"),
        "  ✖ zeitnah.toml:1 (SLACK_BOT_TOKEN): Slack does not take the bot token: auth.test: invalid_auth\n\
         \u{20}     → Copy the Bot User OAuth Token (xoxb-…) from \"OAuth & Permissions\" of the installed app\n\
         \u{20} ✔ Socket Mode: the app-level token is taken"
    );
    bench.set("SLACK_BOT_TOKEN", Some("xapp-in-its-place"));
    let swapped = bench.run(&["check"]).await;
    swapped.says(&["`slack.bot_token` begins with xapp-, so SLACK_BOT_TOKEN holds the App-Level Token"]);
    bench.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn http_mode_warns_of_what_cannot_be_seen_from_here() {
    let mut bench = Bench::sound().await;
    bench.change(&[("[slack]", "[slack]\nmode = \"http\"")]);
    bench.set("SLACK_APP_TOKEN", None);
    bench.set("SLACK_SIGNING_SECRET", Some("0123456789abcdef0123456789abcdef"));
    let said = bench.run(&["check"]).await;
    assert_eq!(said.code, Some(0), "{said:?}");
    said.says(&[
        "⚠ in HTTP mode only Slack can tell whether it reaches us",
        "1 warning, no fault: `zeitnah serve` will work.",
    ]);
    bench.finish().await;
}

#[expect(clippy::disallowed_methods, reason = "a test looks past the store")]
#[tokio::test]
async fn every_table_that_there_is_is_looked_at() {
    let url = crate::database::fresh().await;
    let store = Store::open(&url, 2).await.unwrap();
    let there: Vec<String> =
        sqlx::query_scalar("SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')")
            .fetch_all(store.pool())
            .await
            .unwrap();
    for table in &there {
        assert!(
            condition::TABLES.contains(&table.as_str()),
            "{table} is not in TABLES"
        );
    }
    let tables = condition::TABLES.iter().filter(|t| !t.ends_with("_seq")).count();
    assert_eq!(there.len(), tables);

    // Another user's tables are not ours to use.
    let guest = format!("guest_{}", std::process::id());
    sqlx::raw_sql(sqlx::AssertSqlSafe(format!(
        "CREATE ROLE {guest} LOGIN; GRANT USAGE ON SCHEMA public TO {guest}; GRANT SELECT ON item TO {guest}"
    )))
    .execute(store.pool())
    .await
    .unwrap();
    let mut address = url::Url::parse(&url).unwrap();
    address.set_username(&guest).unwrap();
    let theirs = Store::open(address.as_str(), 1).await.unwrap();
    let found = condition::of(theirs.pool()).await.unwrap();
    assert_eq!(found.barred.len(), condition::TABLES.len());
    assert!(!found.may_create && !found.read_only && found.newer.is_empty());
    assert_eq!(
        (
            found.encoding.as_str(),
            condition::of(store.pool()).await.unwrap().barred.len()
        ),
        ("UTF8", 0)
    );
    theirs.close().await;
    sqlx::raw_sql(sqlx::AssertSqlSafe(format!(
        "DROP OWNED BY {guest}; DROP ROLE {guest}"
    )))
    .execute(store.pool())
    .await
    .unwrap();
    store.close().await;
    crate::database::drop(&url).await;
}
