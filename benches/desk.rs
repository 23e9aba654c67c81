//! What one replica costs and how fast it is, against the stand-ins in the same process and a real Postgres at
//! DATABASE_URL: `cargo bench --bench desk`. Prints a table; asserts nothing, because machines differ.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a measurement speaks to a terminal and may stop"
)]

use std::sync::Arc;
use std::time::Duration;
use std::time::Instant;

use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use zeitnah::app::App;
use zeitnah::app::Parts;
use zeitnah::config::Config;
use zeitnah::port::clock::Clock;
use zeitnah::port::clock::SystemClock;
use zeitnah::sandbox::Now;
use zeitnah::sandbox::google;
use zeitnah::sandbox::google::Google;
use zeitnah::sandbox::shop;
use zeitnah::sandbox::shop::Kind;
use zeitnah::sandbox::shop::Shop;
use zeitnah::sandbox::sites;
use zeitnah::sandbox::slack;
use zeitnah::sandbox::slack::Slack;
use zeitnah::store::Store;

const CARE: &str = "C0CARE";
const PRESSES_PER_SECOND: u64 = 50;
const SECONDS: u64 = 20;

#[tokio::main]
async fn main() {
    rustls::crypto::ring::default_provider().install_default().ok();
    let Ok(server) = std::env::var("DATABASE_URL") else {
        println!("set DATABASE_URL to a PostgreSQL server; a database `zeitnah_bench_*` is made there");
        return;
    };
    let began = Instant::now();
    let bench = Bench::open(&server).await;
    println!(
        "start to ready                      {:>9.1} ms",
        millis(began.elapsed())
    );
    bench.push_batches().await;
    bench.item_to_card().await;
    bench.presses().await;
    println!("memory of this process              {:>9.1} MB", memory());
    bench.stop.cancel();
}

struct Bench {
    slack: Arc<Slack>,
    shop: Arc<Shop>,
    stop: CancellationToken,
}

impl Bench {
    async fn open(server: &str) -> Self {
        let now: Now = Arc::new(|| SystemClock.now());
        let far = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let near = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", far.local_addr().unwrap());
        let hooks = format!("http://{}", near.local_addr().unwrap());
        let slack = Slack::new(
            now.clone(),
            slack::Settings {
                rate_limits: false,
                ..Default::default()
            },
        );
        slack.add_user("U0ANNA", "Anna", "Anna Berger");
        slack.add_channel(CARE, "care", &["U0ANNA"]);
        slack.set_base(&base);
        slack.set_request_urls(
            &format!("{hooks}/slack/events"),
            &format!("{hooks}/slack/interactions"),
            &format!("{hooks}/slack/commands"),
        );
        let shop = Shop::new(
            now.clone(),
            shop::Settings {
                hook_url: Some(format!("{hooks}/hook/shop")),
                ..Default::default()
            },
        );
        let google = Google::new(now, google::Settings::default());
        let stop = CancellationToken::new();
        let quit = stop.clone();
        let (far_slack, far_shop) = (slack.clone(), shop.clone());
        tokio::spawn(async move { sites::serve(far, far_slack, google, far_shop, quit).await });

        let name = format!("zeitnah_bench_{}", std::process::id());
        let store = Store::open(&Store::ensure(server, &name).await.unwrap(), 16)
            .await
            .unwrap();
        store.migrate().await.unwrap();
        let config = Config::parse("bench", &settings(&base), &secret).unwrap();
        let app = App::assemble(Parts::of(&config, store, Arc::new(SystemClock)).unwrap()).unwrap();
        app.introduce().await.unwrap();
        tokio::spawn(app.run(near, stop.clone()));
        Self { slack, shop, stop }
    }

    fn write(&self, n: usize) -> String {
        let text = format!("Die Schere schneidet gut, aber der Griff ist nach {n} Tagen locker. Wer hilft?");
        self.shop
            .write("p-zaunkoenig", "Rolf", Kind::Review, Some(2), &text)
            .unwrap()
    }

    async fn cards(&self, wanted: usize) {
        while self.slack.messages(CARE).len() < wanted {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    async fn push_batches(&self) {
        // The first one opens connections and compiles statements.
        let mut took = Vec::new();
        for round in 0..11 {
            let ids: Vec<String> = (0..100).map(|n| self.write(round * 100 + n)).collect();
            self.shop.push_batch(&ids).unwrap();
            let began = Instant::now();
            self.shop.tick().await;
            took.push(began.elapsed());
        }
        report("push of 100 items, committed", &mut took[1..]);
        let began = Instant::now();
        self.cards(1100).await;
        println!(
            "1,100 cards posted, no pace         {:>9.1} ms more",
            millis(began.elapsed())
        );
    }

    async fn item_to_card(&self) {
        let mut took = Vec::new();
        for n in 0..60 {
            let before = self.slack.messages(CARE).len();
            self.write(n);
            let began = Instant::now();
            self.shop.tick().await;
            self.cards(before + 1).await;
            took.push(began.elapsed());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        report("item pushed to card posted, idle", &mut took);
    }

    async fn presses(&self) {
        let cards = self.slack.messages(CARE);
        let mut tick = tokio::time::interval(Duration::from_millis(1000 / PRESSES_PER_SECOND));
        let mut under_way = Vec::new();
        for n in 0..usize::try_from(PRESSES_PER_SECOND * SECONDS).unwrap() {
            tick.tick().await;
            let (slack, ts) = (self.slack.clone(), cards[n % 1000].ts.clone());
            under_way.push(tokio::spawn(async move {
                slack.press("U0ANNA", CARE, &ts, "Übernehmen").await
            }));
        }
        let mut took = Vec::new();
        for press in under_way {
            let outcome = press.await.unwrap();
            assert!(outcome.acked, "{outcome:?}");
            took.push(outcome.took);
        }
        report(
            &format!("press acknowledged, {PRESSES_PER_SECOND}/s for {SECONDS} s"),
            &mut took,
        );
    }
}

fn report(what: &str, took: &mut [Duration]) {
    took.sort();
    let at = |share: f64| millis(took[((took.len() - 1) as f64 * share) as usize]);
    println!(
        "{what:<35} {:>9.1} ms p50 {:>9.1} ms p99 {:>6} samples",
        at(0.5),
        at(0.99),
        took.len()
    );
}

fn millis(took: Duration) -> f64 {
    took.as_secs_f64() * 1000.0
}

/// Resident, in MB.
fn memory() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status
        .lines()
        .find(|l| l.starts_with("VmRSS:"))
        .unwrap_or_default();
    let kilobytes = line.split_whitespace().nth(1).and_then(|n| n.parse::<f64>().ok());
    kilobytes.unwrap_or_default() / 1024.0
}

fn secret(name: &str) -> Option<String> {
    let (slack, shop) = (slack::Settings::default(), shop::Settings::default());
    match name {
        "SLACK_BOT_TOKEN" => Some(slack.bot_token),
        "SLACK_SIGNING_SECRET" => Some(slack.signing_secret),
        "SOURCE_SHOP_SECRET" => Some(shop.hook_secret),
        "SOURCE_SHOP_REPLY_SECRET" => Some(shop.reply_secret),
        "DATABASE_URL" => Some("postgres://bench".into()),
        _ => None,
    }
}

fn settings(base: &str) -> String {
    format!(
        r#"
[slack]
mode = "http"
api_url = "{base}/slack/api"
post_every_ms = 0
[[channel]]
name = "care"
slack = "{CARE}"
language = "de"
time_zone = "Europe/Berlin"
[default_route]
to = ["care"]
deadline = "24h"
[[source]]
name = "shop"
kind = "push"
[source.reply]
url = "{base}/shop/replies"
[[role]]
role = "responder"
slack_user = "U0ANNA"
"#
    )
}
