//! `zeitnah init` writes a file that works, from five answers or from flags, and over nothing that is there.

use std::process::Stdio;

use tokio::io::AsyncWriteExt as _;
use zeitnah::config::Config;

use crate::setup::Bench;
use crate::setup::Said;

async fn typing(bench: &Bench, args: &[&str], answers: &str) -> Said {
    let mut command = bench.command(args);
    command
        .env("TZ", "Etc/UTC")
        .env("LC_ALL", "de_DE.UTF-8")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // Who stops listening early has heard enough.
    stdin.write_all(answers.as_bytes()).await.ok();
    drop(stdin);
    bench.said(child.wait_with_output().await.unwrap())
}

async fn empty() -> Bench {
    let bench = Bench::sound().await;
    std::fs::remove_file(bench.folder.join("zeitnah.toml")).unwrap();
    bench
}

fn parsed(bench: &Bench) -> Config {
    let env = |name: &str| Some(name.to_lowercase());
    Config::parse("zeitnah.toml", &bench.read("zeitnah.toml"), &env).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_answers_make_a_file_that_works() {
    let bench = empty().await;
    let said = typing(
        &bench,
        &["init"],
        "#care\nC0123ABC\n\nVienna\nEurope/Vienna\nS0123CARE\nmail\npush\n",
    )
    .await;
    assert_eq!(said.code, Some(0), "{said:?}");
    insta::assert_snapshot!("init_asked", said.err);
    insta::assert_snapshot!("init_next", said.out);
    insta::assert_snapshot!("init_file", bench.read("zeitnah.toml"));
    let config = parsed(&bench);
    assert_eq!(config.warnings, []);
    assert_eq!(config.channels[0].locale.zone, chrono_tz::Tz::Europe__Vienna);
    bench.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_way_through_it_is_green_offline() {
    let bench = empty().await;
    for (flags, who, source) in [
        (
            &["--language", "en", "--time-zone", "Europe/London"][..],
            "channel",
            "later",
        ),
        (&["--language", "de"], "U0ANNA", "push"),
        (&["--google", "accounts/1071/locations/88213"], "S0CARE", "google"),
        (&[], "channel", "google"),
    ] {
        let mut args = vec![
            "init",
            "--channel",
            "C0123ABC",
            "--yes",
            "--force",
            "--who",
            who,
            "--source",
            source,
        ];
        args.extend(flags);
        let said = bench.run(&args).await;
        assert_eq!(said.code, Some(0), "{said:?}");
        assert_eq!(said.err, "", "nothing is asked");
        let checked = bench.run(&["check", "--offline"]).await;
        assert_eq!(
            checked.code,
            Some(0),
            "{}\n{checked:?}",
            bench.read("zeitnah.toml")
        );
        parsed(&bench);
    }
    bench.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_there_is_not_touched_without_a_word() {
    let bench = Bench::sound().await;
    let before = bench.read("zeitnah.toml");
    let said = bench.run(&["init", "--channel", "C0123ABC", "--yes"]).await;
    assert_eq!(
        said.sentence(),
        "zeitnah: zeitnah.toml is there already and was not touched; --force replaces it, --config names another"
    );
    assert_eq!(bench.read("zeitnah.toml"), before);
    let forced = bench
        .run(&["init", "--channel", "C0123ABC", "--yes", "--force"])
        .await;
    assert_eq!(forced.code, Some(0));
    assert_ne!(bench.read("zeitnah.toml"), before);
    assert!(!bench.folder.join("zeitnah.toml.new").exists());
    let other = bench
        .run(&["--config", "other.toml", "init", "--channel", "C0123ABC", "--yes"])
        .await;
    other.says(&["Written: other.toml", "zeitnah --config other.toml check"]);
    bench.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_nobody_answers_it_says_which_flags_do() {
    let bench = empty().await;
    let said = bench.run(&["init"]).await;
    assert_eq!(
        said.sentence(),
        "zeitnah: nobody answers the questions here; add --channel C0123ABC (in Discord the channel's link) and --yes for \
         the defaults, or each of --language, --time-zone, --who, --source"
    );
    let said = bench.run(&["init", "--yes"]).await;
    assert_eq!(
        said.sentence(),
        "zeitnah: nobody answers the questions here; add --channel C0123ABC (in Discord the channel's link)"
    );
    let halfway = typing(&bench, &["init", "--who", "channel"], "C0123ABC\n").await;
    assert!(
        halfway.sentence().contains("--language, --time-zone, --source"),
        "{halfway:?}"
    );
    let wrong = bench
        .run(&[
            "init",
            "--channel",
            "care",
            "--time-zone",
            "Europe/Berln",
            "--who",
            "@care",
            "--source",
            "mail",
        ])
        .await;
    assert_eq!(
        (wrong.code, wrong.err.lines().count()),
        (Some(1), 4),
        "all at once: {wrong:?}"
    );
    wrong.says(&["--time-zone: \"Europe/Berln\" is no time zone; did you mean \"Europe/Berlin\"?"]);
    assert!(
        !bench.folder.join("zeitnah.toml").exists(),
        "nothing half-made is left"
    );
    bench.finish().await;
}

/// The link names the server as well, so there is nothing more to ask.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_to_a_discord_channel_makes_a_file_for_discord() {
    let bench = empty().await;
    let link = "https://discord.com/channels/1300000000000000001/1300000000000000003";
    for who in ["role:1300000000000000004", "user:1300000000000000011", "channel"] {
        let said = bench
            .run(&[
                "init",
                "--channel",
                link,
                "--who",
                who,
                "--source",
                "push",
                "--yes",
                "--force",
            ])
            .await;
        assert_eq!(said.code, Some(0), "{said:?}");
        said.says(&["zeitnah manifest discord", "export DISCORD_BOT_TOKEN=…"]);
        let config = parsed(&bench);
        assert_eq!(config.warnings, []);
        assert_eq!(config.chats.len(), 1);
        let discord = config.chat::<zeitnah::chat::discord::Settings>().unwrap();
        assert_eq!(discord.server, "1300000000000000001");
        assert_eq!(config.channels[0].room, "1300000000000000003");
    }
    insta::assert_snapshot!("init_file_discord", bench.read("zeitnah.toml"));
    bench.finish().await;
}
