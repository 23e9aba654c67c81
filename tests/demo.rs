//! The demo as a person starts it: the real binary in a folder of its own, and what it says when it cannot start.

use std::io::BufRead;
use std::io::BufReader;
use std::path::PathBuf;
use std::process::Child;
use std::process::Command;
use std::process::Output;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering;
use std::sync::mpsc;
use std::time::Duration;
use std::time::Instant;

use serde_json::Value;
use serde_json::json;
use zeitnah::domain::item::stats::Span;
use zeitnah::store::Store;
use zeitnah::workflow::stats::verify;

static NEXT: AtomicU32 = AtomicU32::new(0);

/// A debug build on a busy machine; a person with a free one waits for three seconds.
const READY: Duration = Duration::from_secs(180);

pub fn folder() -> PathBuf {
    let n = NEXT.fetch_add(1, Ordering::Relaxed);
    let dir = std::env::temp_dir().join(format!("zeitnah-demo-test-{}-{n}", std::process::id()));
    std::fs::remove_dir_all(&dir).ok();
    dir
}

fn command(dir: &std::path::Path, port: u16) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_zeitnah"));
    command
        .args(["demo", "--port", &port.to_string(), "--dir"])
        .arg(dir);
    command.stdin(Stdio::null()).stderr(Stdio::piped());
    command
}

/// A running demo. Dropped, it is killed, and its bot goes with it.
pub struct Demo {
    process: Child,
    lines: mpsc::Receiver<String>,
    said: Arc<Mutex<Vec<String>>>,
    database: String,
    pub base: String,
    pub dir: PathBuf,
    pub http: reqwest::Client,
}

impl Demo {
    pub fn start() -> Self {
        Self::start_in(folder())
    }

    pub fn start_in(dir: PathBuf) -> Self {
        rustls::crypto::ring::default_provider().install_default().ok();
        let mut process = command(&dir, 0).spawn().unwrap();
        let words = BufReader::new(process.stderr.take().unwrap());
        let (say, lines) = mpsc::channel();
        let said = Arc::new(Mutex::new(Vec::new()));
        let kept = said.clone();
        std::thread::spawn(move || {
            for line in words.lines().map_while(Result::ok) {
                eprintln!("demo: {line}");
                kept.lock().unwrap().push(line.clone());
                say.send(line).ok();
            }
        });
        let mut demo = Self {
            process,
            lines,
            said,
            database: String::new(),
            base: String::new(),
            dir,
            http: reqwest::Client::builder()
                .timeout(Duration::from_secs(30))
                .build()
                .unwrap(),
        };
        let end = Instant::now() + READY;
        while demo.base.is_empty() {
            let left = end.saturating_duration_since(Instant::now());
            let line = demo.lines.recv_timeout(left).expect("the demo gets ready");
            if let Some(rest) = line.strip_prefix("Using the database ") {
                demo.database = rest.split(' ').next().unwrap().to_owned();
            }
            if let Some(rest) = line.strip_prefix("Ready: ") {
                demo.base = rest.split(' ').next().unwrap().to_owned();
            }
        }
        demo
    }

    pub async fn state(&self, of: &str) -> Value {
        let url = format!("{}/control/{of}/state", self.base);
        self.http.get(url).send().await.unwrap().json().await.unwrap()
    }

    pub async fn tell(&self, what: &str, body: Value) -> Value {
        let url = format!("{}/control/{what}", self.base);
        let answer = self.http.post(url).json(&body).send().await.unwrap();
        answer.json().await.unwrap()
    }

    pub async fn advance(&self, seconds: i64) {
        let said = self.tell("demo/advance", json!({ "seconds": seconds })).await;
        assert_eq!(said["ok"], true, "{said}");
    }

    /// The German sentences, oldest first.
    pub async fn told(&self) -> Vec<String> {
        let state = self.state("demo").await;
        let lines = state["lines"].as_array().unwrap();
        lines
            .iter()
            .map(|l| l["de"].as_str().unwrap().to_owned())
            .collect()
    }

    pub async fn until_told(&self, words: &str) {
        until(&format!("the line says {words:?}"), async || {
            self.told().await.iter().any(|line| line.contains(words))
        })
        .await;
    }

    /// What the shop has of the customer with this name.
    pub async fn shop_item(&self, author: &str) -> Option<Value> {
        let items = self.written_at("shop").await;
        items.into_iter().find(|i| i["author"] == author)
    }

    /// All that stands at a site.
    pub async fn written_at(&self, site: &str) -> Vec<Value> {
        let state = self.state("sites").await;
        let mut sites = state["sites"].as_array().unwrap().iter();
        let site = sites.find(|of| of["word"] == site).unwrap();
        let places = site["places"].as_array().unwrap().iter();
        places
            .flat_map(|place| place["items"].as_array().unwrap().clone())
            .collect()
    }

    async fn database_url(&self) -> String {
        let server = std::env::var("DATABASE_URL").unwrap();
        Store::ensure(&server, &self.database).await.unwrap()
    }

    /// As Ctrl-C does, and then everything that is left is cleared away.
    pub async fn stop(mut self) {
        assert!(self.end(), "the demo ends when it is told to");
        self.clear().await;
    }

    async fn clear(&self) {
        std::fs::remove_dir_all(&self.dir).ok();
        if !self.database.is_empty() {
            let server = std::env::var("DATABASE_URL").unwrap();
            Store::forget(&server, &self.database).await.unwrap();
        }
    }

    /// True when it ended by itself and well.
    pub fn end(&mut self) -> bool {
        let id = rustix::process::Pid::from_child(&self.process);
        rustix::process::kill_process(id, rustix::process::Signal::TERM).unwrap();
        let end = Instant::now() + Duration::from_secs(120);
        // Its words end when it ends.
        while let Ok(_) | Err(mpsc::RecvTimeoutError::Timeout) =
            self.lines.recv_timeout(Duration::from_millis(200))
        {
            if Instant::now() > end {
                return false;
            }
        }
        self.process.wait().unwrap().success()
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

/// Waits for something that has to become true.
pub async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(90);
    while !is_so().await {
        assert!(
            Instant::now() < end,
            "in 90 seconds it did not happen that {what}"
        );
        tokio::time::sleep(Duration::from_millis(60)).await;
    }
}

fn refused(dir: &std::path::Path, port: u16) -> String {
    let Output { status, stderr, .. } = command(dir, port).output().unwrap();
    assert!(!status.success());
    String::from_utf8(stderr).unwrap()
}

#[test]
fn a_port_in_use_is_said_with_its_remedy() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let said = refused(&folder(), port);
    assert_eq!(
        said,
        format!(
            "zeitnah: 127.0.0.1:{port} is taken by another program; stop that one, or choose another port with --port\n"
        )
    );
}

#[test]
fn a_folder_that_cannot_be_written_is_said_with_its_remedy() {
    let file = folder();
    std::fs::write(&file, "not a folder").unwrap();
    let said = refused(&file.join("demo"), 0);
    std::fs::remove_file(&file).unwrap();
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(said.ends_with("choose another with --dir\n"), "{said}");
}

#[tokio::test]
async fn two_demos_do_not_share_a_memory_and_one_goes_on_where_it_was() {
    let mut first = Demo::start();
    let said = refused(&first.dir, 0);
    assert!(said.contains("another demo uses"), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");

    first.until_told("meldet: ").await;
    first.advance(3600).await;
    // Their roles come when the bot has read the groups.
    let team = [
        (
            0,
            json!({ "user": "U0ANNA", "discord": "1310000000000000101", "role": "responder" }),
        ),
        (
            2,
            json!({ "user": "U0CARLA", "discord": "1310000000000000103", "role": "admin" }),
        ),
        (
            3,
            json!({ "user": "U0GISELA", "discord": "1310000000000000104", "role": null }),
        ),
    ];
    until("the bot has said who is who", async || {
        let people = first.state("demo").await["people"].take();
        team.iter().all(|(at, person)| people[*at] == *person)
    })
    .await;
    assert!(first.end());

    let again = Demo::start_in(first.dir.clone());
    assert!(
        again.told().await.iter().any(|line| line.contains("meldet: ")),
        "what was told is still there"
    );
    let now: chrono::DateTime<chrono::Utc> = again.state("demo").await["now"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    let ahead = now - zeitnah::port::clock::Clock::now(&zeitnah::port::clock::SystemClock);
    assert!(ahead.num_minutes() >= 59, "the clock is still ahead: {ahead}");
    again.stop().await;
}

/// Whoever plays with it looks at the page; what the bot logs meanwhile is in a file.
#[tokio::test]
async fn the_terminal_says_only_what_is_for_people() {
    let mut demo = Demo::start();
    demo.until_told("meldet: ").await;
    for name in ["discord_away", "discord_cut_off", "site_away"] {
        demo.tell("demo/fault", json!({ "name": name })).await;
    }
    demo.advance(120).await;
    let killed = demo.tell("demo/fault", json!({ "name": "bot_killed" })).await;
    assert_eq!(killed["ok"], true);
    demo.until_told("Der Bot läuft wieder").await;
    demo.tell("demo/heal", json!({})).await;
    let log = std::fs::read_to_string(demo.dir.join("log.txt")).unwrap();
    assert!(
        log.contains("WARN"),
        "the bot warns of what is wrong outside: {log}"
    );
    assert!(!log.contains('\u{1b}'), "no colours in a file: {log}");
    assert!(demo.end());
    let said = demo.said.lock().unwrap().clone();
    for line in &said {
        let known = [
            "Starting …",
            "Using the database ",
            "Ready: ",
            "What the bot logs is in ",
            "To ask it from another terminal: ",
            "Stopping …",
        ];
        assert!(known.iter().any(|words| line.starts_with(words)), "{said:#?}");
    }
    assert!(said.len() >= 4, "{said:#?}");
    demo.clear().await;
}

/// Four weeks lie behind the team, counted as if they had been lived through.
#[tokio::test]
async fn a_new_demo_has_a_past() {
    let demo = Demo::start();
    for site in ["google", "shop"] {
        let all = demo.written_at(site).await;
        let answered = all.iter().filter(|item| !item["reply"].is_null()).count();
        assert!(all.len() > 30 && answered > all.len() / 2, "{site}: {answered}");
    }
    let store = Store::open(&demo.database_url().await, 2).await.unwrap();
    let now: chrono::DateTime<chrono::Utc> =
        demo.state("demo").await["now"].as_str().unwrap().parse().unwrap();
    let mut tx = store.begin_reading().await.unwrap();
    let weeks = [28, 21, 14, 7].map(|days| {
        (
            now - chrono::TimeDelta::days(days),
            now - chrono::TimeDelta::days(days - 7),
        )
    });
    let sums = zeitnah::store::stats::sums(&mut tx, "kundenstimmen", &weeks)
        .await
        .unwrap();
    for week in &sums {
        let week = serde_json::to_value(week).unwrap();
        let kinds = |of: &str| week[of].as_array().map_or(0, Vec::len);
        assert!(
            kinds("new") > 4 && kinds("answered") > 1 && kinds("minutes") > 4,
            "{sums:#?}"
        );
    }
    for days in 1..29 {
        let day = Span::Day.begin(now - chrono::TimeDelta::days(days));
        let wrong = verify(&store, day).await.unwrap();
        assert!(wrong.is_empty(), "{wrong:?}");
    }
    tx.rollback().await.unwrap();
    // Nobody is called about it, and nothing of it is posted.
    demo.until_told("meldet: ").await;
    let slack = demo.state("slack").await;
    let cards: Vec<&Value> = slack["channels"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|c| c["messages"].as_array().unwrap())
        .collect();
    assert!(cards.len() < 12, "{}", cards.len());
    assert!(
        !demo.told().await.iter().any(|line| line.contains("vorbei")),
        "{:?}",
        demo.told().await
    );
    drop(store);

    // The same from a second terminal, as the first one says.
    let env = std::fs::read_to_string(demo.dir.join("env")).unwrap();
    let pairs = env.lines().filter_map(|line| {
        let (name, value) = line.strip_prefix("export ")?.split_once('=')?;
        Some((name.to_owned(), value.trim_matches('\'').to_owned()))
    });
    let mut probe = Command::new(env!("CARGO_BIN_EXE_zeitnah"));
    let Output {
        status,
        stdout,
        stderr,
    } = probe
        .args(["probe", "--last", "30d"])
        .envs(pairs)
        .output()
        .unwrap();
    let said = String::from_utf8(stdout).unwrap();
    assert!(status.success(), "{said}{}", String::from_utf8_lossy(&stderr));
    println!("{said}");
    let digits: String = said.chars().filter(char::is_ascii_digit).collect();
    assert!(
        said.lines().count() > 5 && digits.chars().any(|d| d != '0'),
        "{said}"
    );
    demo.stop().await;
}

#[tokio::test]
async fn a_killed_demo_leaves_no_bot_behind() {
    let mut demo = Demo::start();
    demo.process.kill().unwrap();
    demo.process.wait().unwrap();
    let far = demo.base.clone();
    until("no bot of it runs", async || {
        let processes = std::fs::read_dir("/proc").unwrap().filter_map(Result::ok);
        !processes
            .filter_map(|p| std::fs::read(p.path().join("cmdline")).ok())
            .any(|line| String::from_utf8_lossy(&line).contains(&format!("--far\0{far}\0")))
    })
    .await;
    demo.clear().await;
}

#[tokio::test]
async fn one_long_poll_tells_of_every_part() {
    let demo = Demo::start();
    let url = format!("{}/control/demo/any", demo.base);
    let ask = async |known: Value| -> Value {
        let known = known.as_object().unwrap().iter();
        let known: Vec<String> = known.map(|(part, n)| format!("{part}={n}")).collect();
        let answer = demo.http.get(format!("{url}?{}", known.join("&")));
        let answer = answer.send().await.unwrap();
        answer.json().await.unwrap()
    };
    let mut known = ask(json!({})).await;
    for (change, part) in [
        (
            (
                "discord/say",
                json!({ "user": "1310000000000000101", "channel": "1310000000000000201", "text": "hi" }),
            ),
            "discord",
        ),
        (
            (
                "slack/say",
                json!({ "user": "U0ANNA", "channel": "C0STIMMEN", "text": "hi" }),
            ),
            "slack",
        ),
        (("demo/advance", json!({ "seconds": 1 })), "demo"),
    ] {
        let (what, body) = change;
        demo.tell(what, body).await;
        let before = known.clone();
        until(&format!("the poll tells of {part}"), async || {
            known = ask(known.clone()).await;
            known[part] != before[part]
        })
        .await;
    }
    demo.stop().await;
}
