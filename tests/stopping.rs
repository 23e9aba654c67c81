//! The real program is told to stop while it works: nothing that was accepted is lost, and it goes in time.

use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;
use std::time::Instant;

use rustix::process::Pid;
use rustix::process::Signal;
use serde_json::Value;
use standins::google;
use standins::google::Google;
use standins::shop;
use standins::shop::Shop;
use standins::sites;
use standins::slack;
use standins::slack::Fault;
use standins::slack::Slack;
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;
use tokio::process::Child;
use tokio::process::Command;
use zeitnah::port::clock::Clock as _;
use zeitnah::port::clock::SystemClock;
use zeitnah::store::Store;
use zeitnah::store::inbox;
use zeitnah::store::outbox;

use crate::database;

const ANNA: &str = "U0ANNA";
const CARE: &str = "C0CARE";
const SOON: Duration = Duration::from_secs(30);

struct World {
    slack: Arc<Slack>,
    shop: Arc<Shop>,
    http: reqwest::Client,
    hooks: String,
    operators: String,
    database: String,
    store: Store,
    folder: PathBuf,
}

impl World {
    async fn open() -> Self {
        rustls::crypto::ring::default_provider().install_default().ok();
        let now: standins::Now = Arc::new(|| SystemClock.now());
        let far = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", far.local_addr().unwrap());
        let slack = Slack::new(now.clone(), slack::Settings::default());
        slack.add_user(ANNA, "Anna", "Anna Berger");
        slack.add_channel(CARE, "care", &[ANNA]);
        slack.set_base(&base);
        let (hooks, operators) = (free().await, free().await);
        slack.set_request_urls(
            &format!("http://{hooks}/slack/events"),
            &format!("http://{hooks}/slack/interactions"),
            &format!("http://{hooks}/slack/commands"),
        );
        let google = Google::new(now.clone(), google::Settings::default());
        let shop = Shop::new(
            now.clone(),
            shop::Settings {
                hook_url: Some(format!("http://{hooks}/hook/shop")),
                ..Default::default()
            },
        );
        let router = slack::router(slack.clone()).merge(sites::router(vec![google, shop.clone()], now));
        tokio::spawn(async move { axum::serve(far, router).await.unwrap() });

        let database = database::fresh().await;
        let folder = std::env::temp_dir().join(format!("zeitnah-stop-{}-{}", std::process::id(), hooks));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("zeitnah.toml"), settings(&base, &hooks, &operators)).unwrap();
        Self {
            slack,
            shop,
            http: reqwest::Client::builder()
                .timeout(Duration::from_secs(5))
                .build()
                .unwrap(),
            hooks,
            operators,
            store: Store::open(&database, 2).await.unwrap(),
            database,
            folder,
        }
    }

    /// One replica, when it says that it is ready.
    async fn replica(&self) -> Child {
        let (slack, shop) = (slack::Settings::default(), shop::Settings::default());
        let child = Command::new(env!("CARGO_BIN_EXE_zeitnah"))
            .args(["serve", "--config"])
            .arg(self.folder.join("zeitnah.toml"))
            .env_remove("RUST_LOG")
            .env("DATABASE_URL", &self.database)
            .env("SLACK_BOT_TOKEN", slack.bot_token)
            .env("SLACK_SIGNING_SECRET", slack.signing_secret)
            .env("SOURCE_SHOP_SECRET", shop.hook_secret)
            .env("SOURCE_SHOP_REPLY_SECRET", shop.reply_secret)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        self.until("it is ready", async || {
            self.ready().await.is_some_and(|(status, _)| status == 200)
        })
        .await;
        child
    }

    async fn ready(&self) -> Option<(u16, Value)> {
        let asked = self.http.get(format!("http://{}/health/ready", self.hooks));
        let answer = asked.send().await.ok()?;
        Some((answer.status().as_u16(), answer.json().await.ok()?))
    }

    async fn until(&self, what: &str, holds: impl AsyncFn() -> bool) {
        let begun = Instant::now();
        while !holds().await {
            assert!(begun.elapsed() < SOON, "not in time: {what}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// A customer asks, and the card stands.
    async fn card(&self) -> String {
        self.shop
            .write(
                "p-zaunkoenig",
                "Rolf",
                shop::Kind::Question,
                None,
                "Und Ersatzfedern?",
            )
            .unwrap();
        self.until("the question is taken", async || {
            self.shop.tick().await;
            !self.slack.see(CARE).is_empty()
        })
        .await;
        self.slack.see(CARE)[0].ts.clone()
    }

    /// An edit has arrived: what it says stands there, whether or not its answer is on the way yet. Only Slack knows; of
    /// the effects that are being sent, one may be the card's own post, and one may not have left us.
    async fn edited(&self) {
        self.until("an edit arrived", async || {
            self.slack.calls().iter().any(|call| call.method == "chat.update")
        })
        .await;
    }

    async fn close(self) {
        std::fs::remove_dir_all(&self.folder).unwrap();
        self.store.close().await;
        database::drop(&self.database).await;
    }
}

fn tell(child: &Child, signal: Signal) {
    let id = i32::try_from(child.id().expect("it runs")).unwrap();
    rustix::process::kill_process(Pid::from_raw(id).unwrap(), signal).unwrap();
}

async fn free() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    listener.local_addr().unwrap().to_string()
}

/// What it said, line by line, each as an object.
async fn said(child: &mut Child) -> Vec<Value> {
    let mut text = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut text)
        .await
        .unwrap();
    let lines = text.lines().filter(|l| !l.starts_with("zeitnah: "));
    lines
        .map(|l| serde_json::from_str(l).unwrap_or_else(|e| panic!("{l}: {e}")))
        .collect()
}

fn settings(base: &str, hooks: &str, operators: &str) -> String {
    format!(
        r#"
[http]
listen = "{hooks}"
operator_listen = "{operators}"
drain_seconds = 6
[slack]
mode = "http"
api_url = "{base}/slack/api"
[[channel]]
name = "care"
slack = "{CARE}"
language = "de"
[default_route]
to = ["care"]
[[source]]
name = "shop"
kind = "push"
[source.reply]
url = "{base}/shop/replies"
[[role]]
role = "responder"
slack_user = "{ANNA}"
"#
    )
}

#[tokio::test]
async fn told_to_stop_it_says_so_finishes_what_was_begun_and_goes() {
    let world = World::open().await;
    let mut child = world.replica().await;
    let (_, body) = world.ready().await.unwrap();
    assert_eq!(
        body,
        serde_json::json!({ "ready": true, "reasons": [] }),
        "all that the world learns"
    );
    let figures = world.http.get(format!("http://{}/metrics", world.hooks));
    assert_eq!(figures.send().await.unwrap().status().as_u16(), 404);
    let card = world.card().await;
    // An edit is under way for longer than the pause, and presses keep coming in meanwhile.
    world.slack.fault(Fault::slow("chat.update", 7500));
    assert!(world.slack.press(ANNA, CARE, &card, "Übernehmen").await.acked);
    world.edited().await;
    let told = Instant::now();
    tell(&child, Signal::TERM);
    world
        .until("it says that it stops", async || {
            let answer = world.ready().await;
            answer.is_some_and(|(status, body)| {
                status == 503 && body["reasons"] == serde_json::json!(["we are stopping"])
            })
        })
        .await;
    let last = world.slack.press(ANNA, CARE, &card, "Zurückgeben").await;
    assert!(
        last.acked,
        "until the pause is over everything is taken: {last:?}"
    );
    let figures = world.http.get(format!("http://{}/metrics", world.operators));
    assert!(figures.send().await.unwrap().status().is_success());

    let lines = tokio::time::timeout(SOON, said(&mut child))
        .await
        .expect("in time");
    let status = tokio::time::timeout(SOON, child.wait()).await.unwrap().unwrap();
    assert_eq!(status.code(), Some(0));
    assert!(told.elapsed() < Duration::from_secs(35));

    assert_eq!(
        inbox::waiting(world.store.pool()).await.unwrap(),
        0,
        "all presses were judged"
    );
    let left = outbox::backlog(world.store.pool(), SystemClock.now())
        .await
        .unwrap();
    assert_eq!(
        (left.sending, left.unknown, left.dead),
        (0, 0, 0),
        "nothing was cut: {left:?}"
    );
    for line in &lines {
        let line = line.as_object().unwrap();
        assert!(line["timestamp"].as_str().unwrap().ends_with('Z'), "{line:?}");
        assert!(
            line.contains_key("level") && line.contains_key("message"),
            "{line:?}"
        );
        assert!(line.values().all(|v| !v.is_object()), "flat: {line:?}");
    }
    let started = lines
        .iter()
        .find(|l| l["message"] == "started")
        .expect("a first line");
    assert_eq!(started["chats"], "slack by http");
    assert_eq!(started["http.listen"], world.hooks.as_str());
    assert_eq!(lines.last().unwrap()["message"], "stopped");

    // Whatever it left, the next one does: the card tells the truth.
    let mut next = world.replica().await;
    world
        .until("the card is true", async || {
            let card = world.slack.see_message(CARE, &card).unwrap();
            world.slack.visible_text(&card).contains("frei")
        })
        .await;
    tell(&next, Signal::INT);
    let status = tokio::time::timeout(SOON, next.wait()).await.unwrap().unwrap();
    assert_eq!(status.code(), Some(0));
    world.close().await;
}

#[tokio::test]
async fn told_twice_it_ends_at_once_and_leaves_the_rest_to_others() {
    let world = World::open().await;
    let mut child = world.replica().await;
    let card = world.card().await;
    world.slack.fault(Fault::slow("chat.update", 12_000));
    assert!(world.slack.press(ANNA, CARE, &card, "Übernehmen").await.acked);
    world.edited().await;
    tell(&child, Signal::TERM);
    world
        .until("it has heard it", async || {
            world.ready().await.is_none_or(|(status, _)| status == 503)
        })
        .await;
    let told = Instant::now();
    tell(&child, Signal::TERM);
    let status = tokio::time::timeout(SOON, child.wait()).await.unwrap().unwrap();
    assert!(told.elapsed() < Duration::from_secs(5), "{:?}", told.elapsed());
    assert_eq!(status.code(), Some(1), "not as it should be, and it says so");
    let left = outbox::backlog(world.store.pool(), SystemClock.now())
        .await
        .unwrap();
    assert_eq!(
        left.sending, 1,
        "its lease runs out, and then it is looked up: {left:?}"
    );
    world.close().await;
}

#[tokio::test]
async fn a_caller_who_never_finishes_does_not_keep_it_from_going() {
    let world = World::open().await;
    let mut child = world.replica().await;
    let mut slow = tokio::net::TcpStream::connect(&world.hooks).await.unwrap();
    tokio::io::AsyncWriteExt::write_all(&mut slow, b"POST /hook/shop HTTP/1.1\r\nhost: x\r\ncontent-le")
        .await
        .unwrap();
    tell(&child, Signal::TERM);
    let status = tokio::time::timeout(Duration::from_secs(60), child.wait())
        .await
        .expect("in time")
        .unwrap();
    assert_eq!(status.code(), Some(0));
    drop(slow);
    world.close().await;
}
