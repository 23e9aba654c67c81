//! A command is typed where the chats' tokens are not: it asks for what it uses, and for nothing else.

use crate::setup::Bench;

/// A source of each kind, a webhook and both chats: all that may have a secret.
const MORE: &str = r#"
[discord]
api_url = "BASE/discord/api/v10"
server = "1300000000000000001"

[[source]]
name = "google"
kind = "google"
account = "4711"
locations = [{ id = "1", name = "Munich" }]
base_url = "BASE/google"
token_url = "BASE/google/token"

[[source]]
name = "site"
kind = "push"
secrets = [{ file = "/nowhere/secret" }]
[source.reply]
url = "https://shop.example.com/replies"

[[webhook]]
name = "pager"
url = "https://pager.example.com/"
"#;

async fn alone() -> Bench {
    let mut bench = Bench::sound().await;
    let text = format!("{}\n{MORE}", bench.read("zeitnah.toml"));
    bench.write("zeitnah.toml", &text);
    for name in [
        "SLACK_BOT_TOKEN",
        "SLACK_APP_TOKEN",
        "DISCORD_BOT_TOKEN",
        "SOURCE_SHOP_SECRET",
        "GOOGLE_CLIENT_ID",
        "GOOGLE_CLIENT_SECRET",
        "GOOGLE_REFRESH_TOKEN",
    ] {
        bench.set(name, None);
    }
    bench
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn commands_that_only_look_into_the_database_want_only_its_address() {
    let bench = alone().await;
    bench.write("reviews.csv", "id,stars,body\na-1,2,Der Griff klemmt.\n");
    for (command, said) in [
        (&["migrate"][..], "up to date"),
        (&["import", "shop", "reviews.csv"], "1 new"),
        (&["why", "1"], "#1"),
        (&["stats", "--check"], "are what happened"),
        (&["stats", "--rebuild"], "are counted anew"),
        (&["digest", "morning", "--preview"], "beantwortet"),
        (&["digest", "morning", "--preview", "--next"], "Neu"),
        (&["probe", "--last", "30d"], "arrived from"),
        (&["settings"], "What holds"),
        (&["settings", "--export"], "[default_route]"),
    ] {
        let done = bench.run(command).await;
        assert_eq!(done.code, Some(0), "{command:?}: {done:?}");
        done.says(&[said]);
    }
    // What does need a token says so, and says which.
    for command in ["serve", "card"] {
        let done = bench.run(&[command]).await;
        assert_eq!(done.code, Some(78), "{done:?}");
        done.says(&["SLACK_BOT_TOKEN is not set", "DISCORD_BOT_TOKEN is not set"]);
    }
    bench.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn health_wants_nothing_and_says_what_to_do() {
    let mut bench = alone().await;
    bench.set("DATABASE_URL", None);
    let said = bench.run(&["health"]).await;
    assert_eq!(
        said.sentence(),
        "zeitnah: no replica runs at 127.0.0.1:0; start `zeitnah serve` with this configuration, or correct [http] \
         listen"
    );
    assert_eq!(said.code, Some(1));
    let said = bench.run(&["migrate"]).await;
    said.says(&["the environment variable DATABASE_URL is not set"]);
    for command in [
        &["completions", "bash"][..],
        &["completions", "zsh"],
        &["manifest", "discord"],
    ] {
        let said = bench.run(command).await;
        assert_eq!(said.code, Some(0), "{said:?}");
    }
    let said = bench.run(&["completions", "bash"]).await;
    said.says(&["_zeitnah", "completions", "--preview"]);
    let commands = bench.run(&["manifest", "discord", "--commands"]).await;
    commands.says(&["oauth2/authorize", "\"name\": \"zeitnah\""]);
    bench.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn offline_nobody_is_asked_and_a_token_that_can_be_none_is_named() {
    let mut bench = Bench::sound().await;
    bench.change(&[("api_url = \"BASE/slack/api\"\n", "")]);
    bench.set("DATABASE_URL", Some("postgres://me:hunter2@127.0.0.1:9/zeitnah"));
    bench.set("SLACK_BOT_TOKEN", Some("hello"));
    let said = bench.run(&["check", "--offline"]).await;
    assert_eq!(said.code, Some(1));
    said.says(&["✖ zeitnah.toml:1 (SLACK_BOT_TOKEN): SLACK_BOT_TOKEN is none of Slack's tokens"]);
    assert!(!said.out.contains("PostgreSQL"), "{}", said.out);
    bench.set("SLACK_BOT_TOKEN", Some("xoxb-1"));
    bench.set("SLACK_APP_TOKEN", Some("xapp-1"));
    let said = bench.run(&["check", "--offline"]).await;
    assert_eq!(said.code, Some(0), "{said:?}");
    bench.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_empty_file_is_told_all_that_it_lacks() {
    let bench = Bench::sound().await;
    bench.write("zeitnah.toml", "");
    let said = bench.run(&["check", "--offline"]).await;
    said.says(&[
        "[default_route] is missing",
        "there is no [slack] and no [discord], so nobody will see a card",
        "there is no [[source]], so nothing will arrive",
    ]);
    let folder = bench.folder.to_str().unwrap().to_owned();
    let said = bench.run(&["--config", &folder, "check", "--offline"]).await;
    said.says(&["this is a folder", "name the file in it"]);
    bench.finish().await;
}
