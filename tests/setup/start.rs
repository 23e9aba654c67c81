//! What goes wrong at the start is one sentence: what, where, what to do. No panic, no secret, and never exit code 0.

use std::net::SocketAddr;
use std::process::Stdio;
use std::time::Duration;

use rustix::process::Pid;
use rustix::process::Signal;
use standins::slack::Fault;
use tokio::io::AsyncReadExt as _;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpListener;
use tokio::net::TcpStream;
use tokio::process::Child;
use tokio::process::Command;
use zeitnah::store::Store;

use crate::cut;
use crate::cut::Line;
use crate::setup::Bench;
use crate::setup::ROOM;

/// A PostgreSQL that turns everybody away with this code.
async fn refusing(code: &'static str, message: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut guest, _)) = listener.accept().await {
            let mut heard = [0_u8; 1024];
            let ssl = [0, 0, 0, 8, 4, 210, 22, 47];
            let mut read = guest.read(&mut heard).await.unwrap_or(0);
            if heard[..read] == ssl {
                guest.write_all(b"N").await.ok();
                read = guest.read(&mut heard).await.unwrap_or(0);
            }
            if read == 0 {
                continue;
            }
            let fields = format!("SFATAL\0VFATAL\0C{code}\0M{message}\0\0");
            let mut answer = vec![b'E'];
            answer.extend(u32::try_from(fields.len() + 4).unwrap().to_be_bytes());
            answer.extend(fields.as_bytes());
            guest.write_all(&answer).await.ok();
            guest.shutdown().await.ok();
        }
    });
    format!("postgres://me:hunter2@127.0.0.1:{port}/zeitnah")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_reason_why_the_database_is_not_there_is_its_own_sentence() {
    let mut bench = Bench::sound().await;
    let nowhere = "postgres://me:hunter2@127.0.0.1:9/zeitnah".to_owned();
    let mut gone = url::Url::parse(&bench.database).unwrap();
    gone.set_path("no_such_database");
    let cases = [
        (
            nowhere,
            "no PostgreSQL answers at 127.0.0.1:9: the connection was refused; start it, or correct DATABASE_URL",
        ),
        (
            "postgres://me:hunter2@localhost/zeitnah?host=/nowhere/at/all".into(),
            "no PostgreSQL answers at /nowhere/at/all: there is no socket; start it, or correct DATABASE_URL",
        ),
        (
            refusing("28P01", "password authentication failed").await,
            "does not take this password of user me; correct DATABASE_URL",
        ),
        (
            refusing("28000", "role \"me\" does not exist").await,
            "does not let user me in: role \"me\" does not exist; make that user, or allow it in pg_hba.conf, or correct \
             DATABASE_URL",
        ),
        (
            gone.to_string(),
            "has no database no_such_database; make it with `createdb no_such_database`, or correct DATABASE_URL",
        ),
        (
            refusing("53300", "too many connections").await,
            "has no connection left; raise max_connections, or lower [database] connections",
        ),
        (
            "mysql://me:hunter2@localhost/x".into(),
            "DATABASE_URL is no address of a database; write postgres://user:password@host/database",
        ),
    ];
    for (url, sentence) in cases {
        bench.set("DATABASE_URL", Some(&url));
        let migrate = bench.run(&["migrate"]).await;
        assert!(migrate.sentence().ends_with(sentence), "{migrate:?}");
        // What may be different in a moment is waited for; what somebody has to correct ends it, and by a number of its
        // own, so that whoever starts it again and again can stop doing so.
        let passes = ["start it", "raise max_connections"]
            .iter()
            .any(|p| sentence.contains(p));
        assert_eq!(migrate.code, Some(if passes { 1 } else { 78 }), "{migrate:?}");
        if passes {
            let mut replica = Replica::of(&bench);
            let log = replica.says(&["we wait for it"]).await;
            assert!(!log.contains("hunter2"), "{log}");
            replica.end(0).await;
        } else {
            let serve = bench.run(&["serve"]).await;
            assert_eq!((serve.code, serve.sentence()), (Some(78), migrate.sentence()));
        }
    }
    bench.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_old_schema_is_named_and_not_half_used() {
    let bench = Bench::sound().await;
    let store = Store::open(&bench.database, 1).await.unwrap();
    sqlx::raw_sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        .execute(store.pool())
        .await
        .unwrap();
    store.close().await;
    let said = bench.run(&["serve"]).await;
    assert!(said.sentence().contains("run `zeitnah migrate`"), "{said:?}");
    bench.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tokens_that_slack_refuses_end_the_start() {
    let mut bench = Bench::sound().await;
    bench.set("SLACK_APP_TOKEN", Some("xapp-somebody-elses"));
    let said = bench.run(&["serve"]).await;
    assert_eq!(
        said.sentence(),
        "zeitnah: Slack does not take the app-level token: apps.connections.open: invalid_auth; make one with \
         connections:write under \"Basic Information\" (xapp-…), and see `zeitnah check`"
    );
    bench.set("SLACK_BOT_TOKEN", Some("xoxb-of-another-company"));
    let said = bench.run(&["serve"]).await;
    assert_eq!(
        said.sentence(),
        "zeitnah: Slack does not take the bot token: auth.test: invalid_auth; copy the Bot User OAuth Token (xoxb-…) \
         of the installed app again, and see `zeitnah check`"
    );
    assert_eq!(said.code, Some(78), "starting again would not help");
    bench.set("SLACK_BOT_TOKEN", None);
    let said = bench.run(&["serve"]).await;
    assert_eq!(said.code, Some(78));
    said.says(&[
        "zeitnah.toml:1: the environment variable SLACK_BOT_TOKEN is not set (`slack.bot_token`); set",
    ]);
    bench.finish().await;
}

/// A replica whose log is read.
pub(super) struct Replica {
    child: Child,
    log: Vec<u8>,
}

impl Replica {
    pub fn of(bench: &Bench) -> Self {
        Self::with(bench.command(&["serve"]))
    }

    pub fn with(mut command: Command) -> Self {
        let child = command.stderr(Stdio::piped()).spawn().unwrap();
        Self { child, log: vec![] }
    }

    pub async fn says(&mut self, wanted: &[&str]) -> String {
        let stderr = self.child.stderr.as_mut().unwrap();
        let mut piece = [0_u8; 4096];
        loop {
            let text = String::from_utf8_lossy(&self.log).into_owned();
            if wanted.iter().all(|w| text.contains(w)) {
                return text;
            }
            let reading = tokio::time::timeout(Duration::from_secs(50), stderr.read(&mut piece)).await;
            match reading
                .unwrap_or_else(|_| panic!("{wanted:?} never came: {text}"))
                .unwrap()
            {
                0 => panic!("it ended: {text}"),
                read => self.log.extend(&piece[..read]),
            }
        }
    }

    /// It is told to stop, and ends with this code.
    pub async fn end(mut self, code: i32) {
        self.tell(Signal::TERM);
        let ended = tokio::time::timeout(Duration::from_secs(50), self.child.wait()).await;
        assert_eq!(ended.expect("in time").unwrap().code(), Some(code));
    }

    pub fn tell(&self, signal: Signal) {
        let id = i32::try_from(self.child.id().expect("it runs")).unwrap();
        rustix::process::kill_process(Pid::from_raw(id).unwrap(), signal).unwrap();
    }

    pub async fn stop(mut self) {
        assert!(self.child.try_wait().unwrap().is_none(), "it goes on");
        self.child.start_kill().unwrap();
        self.child.wait().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_missing_scope_is_told_by_check_and_at_the_start_and_stops_nobody() {
    let bench = Bench::sound().await;
    bench.slack.set_scope("users:read", false);
    let check = bench.run(&["check"]).await;
    assert_eq!(check.code, Some(1));
    check.says(&[
        "✖ zeitnah.toml:1 (SLACK_BOT_TOKEN): The app lacks the scope users:read: cards show ids in place of names\n",
        "→ Add users:read under \"OAuth & Permissions\", \"Bot Token Scopes\", and reinstall the app there\n",
    ]);
    let mut replica = Replica::of(&bench);
    let log = replica
        .says(&["The app lacks the scope users:read", "\"started\""])
        .await;
    assert!(log.contains("reinstall the app"), "{log}");
    replica.stop().await;
    bench.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slack_that_is_away_at_the_start_is_waited_for() {
    let bench = Bench::sound().await;
    bench.slack.fault(Fault::server_error("auth.test", 503).times(2));
    let mut replica = Replica::of(&bench);
    let log = replica
        .says(&["it is asked again and again", "\"tries\":1"])
        .await;
    assert!(log.contains("auth.test: HTTP 503"), "{log}");
    assert!(bench.slack.connected(1).await, "and then it is there");
    replica.stop().await;
    bench.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_that_is_revoked_while_it_runs_is_told_with_what_to_do() {
    let bench = Bench::sound().await;
    let mut replica = Replica::of(&bench);
    assert!(bench.slack.connected(1).await);
    bench.slack.revoke();
    bench.write("reviews.csv", "id,stars,body\na-1,5,Gut\n");
    let taken = bench.run(&["import", "shop", "reviews.csv"]).await;
    taken.says(&["1 new, 0 changed, 0 known, 0 bad."]);
    let log = replica
        .says(&["Slack does not take the bot token any more"])
        .await;
    assert!(
        log.contains("token_revoked; ") && log.contains("install the app again"),
        "{log}"
    );
    replica.stop().await;
    let asked = bench.run(&["card"]).await;
    asked.says(&["Slack does not take the bot token: auth.test: token_revoked."]);
    assert_eq!(asked.code, Some(1));
    bench.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_is_away_at_the_start_is_waited_for() {
    let mut bench = Bench::sound().await;
    let port = free().await;
    let real = bench.database.clone();
    let mut there = url::Url::parse(&real).unwrap();
    there.set_query(Some("sslmode=disable"));
    there.set_host(Some("127.0.0.1")).unwrap();
    there.set_port(Some(port.port())).unwrap();
    bench.set("DATABASE_URL", Some(there.as_str()));
    let mut replica = Replica::of(&bench);
    let log = replica.says(&["we wait for it"]).await;
    assert!(log.contains("the connection was refused"), "{log}");
    let _line = Line::on(TcpListener::bind(port).await.unwrap(), &real, cut::At::Before);
    replica.says(&["the database is there", "\"started\""]).await;
    replica.end(0).await;
    bench.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replica_that_is_still_finishing_is_waited_for_and_one_that_goes_on_is_named() {
    let bench = Bench::sound().await;
    let (listen, operators) = (free().await.to_string(), free().await.to_string());
    bench.change(&[
        ("127.0.0.1:0", &listen),
        ("127.0.0.1:0", &format!("{operators}\"\ndrain_seconds = 3\n# \"")),
    ]);
    let mut first = Replica::of(&bench);
    first.says(&["\"started\""]).await;
    let said = bench.run(&["serve"]).await;
    assert_eq!(
        said.sentence(),
        format!(
            "zeitnah: at {listen} another replica of zeitnah runs; stop that one, or choose another port in [http] listen"
        )
    );
    assert_eq!(said.code, Some(1));
    first.tell(Signal::TERM);
    first.says(&["stopping: what was begun"]).await;
    let mut second = Replica::of(&bench);
    let log = second
        .says(&["is still finishing what it began at our address", "\"started\""])
        .await;
    assert!(!log.contains("another program"), "{log}");
    second.end(0).await;
    drop(first);
    bench.finish().await;
}

/// Clients that begin to ask and never go on, more than there are descriptors: they keep neither the world nor operators
/// from being answered.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_hundred_half_sent_requests_keep_nobody_from_being_answered() {
    let bench = Bench::sound().await;
    let (listen, operators) = (free().await.to_string(), free().await.to_string());
    bench.change(&[("127.0.0.1:0", &listen), ("127.0.0.1:0", &operators)]);
    let mut replica = Replica::with(bench.with_files(256));
    replica.says(&["\"started\""]).await;
    let mut half = Vec::new();
    for _ in 0..300 {
        let mut line = TcpStream::connect(&listen).await.unwrap();
        line.write_all(b"POST /hook/shop HTTP/1.1\r\nhost: x\r\ncontent-le")
            .await
            .unwrap();
        half.push(line);
    }
    let http = reqwest::Client::builder()
        .timeout(Duration::from_secs(5))
        .build()
        .unwrap();
    for at in [&listen, &operators] {
        let answer = http.get(format!("http://{at}/health/live")).send().await;
        assert_eq!(answer.expect("an answer in time").status().as_u16(), 200, "{at}");
        // Whatever it says, it says it in time.
        let answer = http.get(format!("http://{at}/health/ready")).send().await;
        answer.expect("an answer in time");
    }
    let figures = http
        .get(format!("http://{operators}/metrics"))
        .send()
        .await
        .unwrap();
    let figures = figures.text().await.unwrap();
    assert!(
        figures.contains("zeitnah_connections_sent_away_total{listener=\"world\"}"),
        "{figures}"
    );
    drop(half);
    replica.end(0).await;
    bench.finish().await;
}

async fn free() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    listener.local_addr().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_taken_port_is_named() {
    let bench = Bench::sound().await;
    let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = taken.local_addr().unwrap();
    bench.change(&[("127.0.0.1:0", &at.to_string())]);
    let said = bench.run(&["serve"]).await;
    assert_eq!(
        said.sentence(),
        format!(
            "zeitnah: {at} is taken by another program; stop that one, or choose another port in [http] listen"
        )
    );
    for command in ["demo", "sandbox"] {
        let said = bench.run(&[command, "--port", &at.port().to_string()]).await;
        assert_eq!(
            said.sentence(),
            format!(
                "zeitnah: {at} is taken by another program; stop that one, or choose another port with --port"
            )
        );
    }
    bench.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broken_file_is_told_whole_with_line_and_column() {
    let bench = Bench::sound().await;
    bench.write(
        "zeitnah.toml",
        "[slack]\nmode = \n\n[http]\nlisten = \"x\nlisten = \"y\"\n",
    );
    for command in [&["serve"][..], &["check"], &["migrate"], &["card"]] {
        let said = bench.run(command).await;
        assert_eq!(said.code, Some(if command[0] == "check" { 1 } else { 78 }));
        said.says(&[
            "zeitnah.toml:2:8: ",
            "zeitnah.toml:5:12: ",
            "this is no TOML",
            "see https://toml.io",
        ]);
    }
    bench.change(&[
        ("language = \"de\"", "language = \"fr\""),
        ("kind = \"push\"", "kind = \"pull\""),
    ]);
    let said = bench.run(&["serve"]).await;
    assert_eq!(said.err.lines().count(), 2, "{said:?}");
    said.says(&[
        "zeitnah.toml:8: `channel.language` does not know \"fr\"",
        "zeitnah.toml:13: `source.kind`",
    ]);
    let none = bench.run(&["--config", "nothing.toml", "serve"]).await;
    assert_eq!(
        none.err,
        "nothing.toml: there is no such file; write one with `zeitnah init`, or name yours by \
         --config or ZEITNAH_CONFIG\n"
    );
    bench.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_here_loses_nothing_and_says_so() {
    let bench = Bench::sound().await;
    // The device that is always full stands for the disk.
    let said = bench
        .run(&[
            "--config",
            "/dev/full",
            "init",
            "--channel",
            ROOM,
            "--yes",
            "--force",
        ])
        .await;
    assert_eq!(
        said.sentence(),
        "zeitnah: /dev/full could not be written: the disk is full; make room and run the same command again"
    );
    bench.write("reviews.csv", "id,stars,body\na-1,5,Gut\na-2,elf,?\n");
    let rejects = bench.folder.join("reviews.csv.rejects");
    std::os::unix::fs::symlink("/dev/full", &rejects).unwrap();
    let said = bench.run(&["import", "shop", "reviews.csv"]).await;
    assert!(
        said.sentence()
            .ends_with("the disk is full; make room and run the same command again"),
        "{said:?}"
    );
    std::fs::remove_file(&rejects).unwrap();
    let said = bench.run(&["import", "shop", "reviews.csv"]).await;
    // One row was refused, and whoever called it has to learn that.
    assert_eq!(said.code, Some(3), "{said:?}");
    said.says(&["1 new, 0 changed, 0 known, 1 bad."]);
    bench.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_of_postgres_is_told_by_what_it_means() {
    let bench = Bench::sound().await;
    let store = Store::open(&bench.database, 1).await.unwrap();
    sqlx::raw_sql(
        "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION USING ERRCODE = '53100',
         MESSAGE = 'could not extend file \"base/5/1259\": No space left on device'; END $$;
         CREATE TRIGGER full_disk BEFORE INSERT ON item FOR EACH STATEMENT EXECUTE FUNCTION full_disk()",
    )
    .execute(store.pool())
    .await
    .unwrap();
    bench.write("reviews.csv", "id,stars,body\na-1,5,Gut\n");
    let full = "is full: nothing new is accepted until there is room, and nothing accepted is lost; make room there, then \
                run the same command again";
    for command in [&["import", "shop", "reviews.csv"][..], &["card"]] {
        let said = bench.run(command).await;
        assert!(said.sentence().ends_with(full), "{said:?}");
    }
    sqlx::raw_sql("DROP TRIGGER full_disk ON item")
        .execute(store.pool())
        .await
        .unwrap();
    store.close().await;
    let said = bench.run(&["import", "shop", "reviews.csv"]).await;
    said.says(&["1 new, 0 changed, 0 known, 0 bad."]);
    bench.finish().await;
}
