//! `zeitnah demo`: the real bot on a real Postgres, with stand-ins for everything outside, on one page. Nothing to set
//! up; stopped and started again it goes on where it was.

use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::app::Parts;
use crate::cli::Failure;
use crate::cli::Outcome;
use crate::cli::environment;
use crate::cli::say;
use crate::cli::serve::told_to_stop;
use crate::config::Config;
use crate::domain::At;
use crate::port::clock::Clock;
use crate::port::clock::SystemClock;
use crate::postgres::Durability;
use crate::postgres::Server;
use crate::sandbox::Now;
use crate::sandbox::demo::Demo;
use crate::sandbox::demo::Shift;
use crate::sandbox::google;
use crate::sandbox::google::Google;
use crate::sandbox::shop;
use crate::sandbox::shop::Shop;
use crate::sandbox::slack;
use crate::sandbox::slack::Slack;
use crate::store::Store;
use crate::telemetry;

#[derive(Args)]
pub struct Options {
    /// Where the page is.
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Where the demo's memory is kept; remove it to begin anew.
    #[arg(long)]
    dir: Option<PathBuf>,
}

/// The stand-ins' clock, for the bot too.
struct DemoClock(Arc<Shift>);

impl Clock for DemoClock {
    fn now(&self) -> At {
        self.0.now()
    }
}

pub async fn run(options: Options) -> Outcome {
    telemetry::start(telemetry::Format::Text, "warn");
    let page = TcpListener::bind(("127.0.0.1", options.port))
        .await
        .map_err(|error| {
            Failure::Say(format!(
                "port {} cannot be used: {error}; choose another with --port",
                options.port
            ))
        })?;
    let base = format!("http://127.0.0.1:{}", page.local_addr()?.port());
    let dir = options.dir.unwrap_or_else(home);
    std::fs::create_dir_all(&dir).map_err(|e| {
        Failure::Say(format!(
            "{} cannot be made: {e}; choose another with --dir",
            dir.display()
        ))
    })?;
    say("Starting …");
    let (server, url) = database(&dir).await?;
    let store = Store::open(&url, 16).await?;
    store.migrate().await?;

    let bot = TcpListener::bind("127.0.0.1:0").await?;
    let hooks = format!("http://{}", bot.local_addr()?);
    let demo = far_side(&base, &hooks, &dir);
    demo.remember().map_err(|e| {
        Failure::Say(format!(
            "{} cannot be read: {e}; remove it to begin anew",
            demo.file.display()
        ))
    })?;
    let config = Config::parse("the demo's settings", &settings(&base), &secret).map_err(|faults| {
        faults.iter().for_each(|fault| say(&fault.to_string()));
        Failure::Said
    })?;
    let app = App::assemble(Parts::of(
        &config,
        store,
        Arc::new(DemoClock(demo.clock.clone())),
    )?)?;

    let stop = CancellationToken::new();
    let quit = CancellationToken::new();
    let far = tokio::spawn(demo.run(page, quit.clone()));
    let near = tokio::spawn(app.run(bot, stop.clone()));
    say(&format!(
        "Ready: {base}   (Ctrl-C ends it; started again it goes on where it was)"
    ));
    told_to_stop().await;
    say("Stopping …");
    stop.cancel();
    near.await??;
    quit.cancel();
    far.await??;
    if let Some(server) = server {
        tokio::task::spawn_blocking(move || server.stop()).await??;
    }
    Ok(())
}

/// A folder that also the account can reach that PostgreSQL runs as when we are root.
fn home() -> PathBuf {
    let lasting = Path::new("/var/tmp");
    let base = if lasting.is_dir() {
        lasting.to_path_buf()
    } else {
        std::env::temp_dir()
    };
    let who = environment("USER")
        .or_else(|| environment("LOGNAME"))
        .unwrap_or_else(|| "demo".into());
    base.join(format!("zeitnah-demo-{}", who.replace('/', "")))
}

/// A private server, or a database of our own on the one at DATABASE_URL.
async fn database(dir: &Path) -> Result<(Option<Server>, String), Failure> {
    if let Some(url) = environment("DATABASE_URL") {
        return Ok((None, Store::ensure(&url, "zeitnah_demo").await?));
    }
    let dir = dir.to_path_buf();
    let server = tokio::task::spawn_blocking(move || Server::start(&dir, Durability::Demo)).await??;
    let url = server.url();
    Ok((Some(server), url))
}

fn far_side(base: &str, hooks: &str, dir: &Path) -> Arc<Demo> {
    let clock = Shift::new(Arc::new(|| SystemClock.now()));
    let reading = clock.clone();
    let now: Now = Arc::new(move || reading.now());
    let slack = Slack::new(now.clone(), slack::Settings::default());
    for (id, name, real) in [
        ("U0ANNA", "Anna", "Anna Berger"),
        ("U0BEN", "Ben", "Ben Okafor"),
        ("U0CARLA", "Carla", "Carla Winter"),
        ("U0GISELA", "Gisela", "Gisela Rahn"),
    ] {
        slack.add_user(id, name, real);
    }
    let everybody = ["U0ANNA", "U0BEN", "U0CARLA", "U0GISELA"];
    slack.add_channel("C0STIMMEN", "kundenstimmen", &everybody);
    slack.add_channel("C0VOICES", "customer-voices", &everybody);
    slack.add_channel("C0LEITUNG", "leitung", &["U0CARLA"]);
    slack.add_group("S0CARE", "care-team", &["U0ANNA", "U0BEN"]);
    slack.set_base(base);
    slack.set_request_urls(
        &format!("{hooks}/slack/events"),
        &format!("{hooks}/slack/interactions"),
        &format!("{hooks}/slack/commands"),
    );
    let google = Google::new(
        now.clone(),
        google::Settings {
            push: Some(google::Push {
                url: format!("{hooks}/hook/google"),
                audience: "zeitnah-demo".into(),
                service_account: "demo@zeitnah.example".into(),
                subscription: "projects/demo/subscriptions/zeitnah".into(),
            }),
            public_url: base.to_owned(),
            ..Default::default()
        },
    );
    let shop = Shop::new(
        now,
        shop::Settings {
            hook_url: Some(format!("{hooks}/hook/shop")),
            public_url: base.to_owned(),
            ..Default::default()
        },
    );
    Demo::new(clock, slack, google, shop, dir.join("far-side.json"))
}

/// The stand-ins' secrets, by the names that the settings use.
fn secret(name: &str) -> Option<String> {
    let (slack, google, shop) = (
        slack::Settings::default(),
        google::Settings::default(),
        shop::Settings::default(),
    );
    match name {
        "SLACK_BOT_TOKEN" => Some(slack.bot_token),
        "SLACK_SIGNING_SECRET" => Some(slack.signing_secret),
        "GOOGLE_CLIENT_ID" => Some(google.client_id),
        "GOOGLE_CLIENT_SECRET" => Some(google.client_secret),
        "GOOGLE_REFRESH_TOKEN" => Some(google.refresh_token),
        "SOURCE_SHOP_SECRET" => Some(shop.hook_secret),
        "SOURCE_SHOP_REPLY_SECRET" => Some(shop.reply_secret),
        "DATABASE_URL" => Some("postgres://demo".into()),
        _ => None,
    }
}

/// A configuration like anybody's, with short deadlines so that one sees them pass.
fn settings(base: &str) -> String {
    let google = google::Settings::default();
    let locations: Vec<String> = google
        .locations
        .iter()
        .map(|l| format!("{{ id = {:?}, name = {:?} }}", l.id, l.name))
        .collect();
    format!(
        r#"
[slack]
mode = "http"
api_url = "{base}/slack/api"

[[channel]]
name = "stimmen"
slack = "C0STIMMEN"
language = "de"
time_zone = "Europe/Berlin"
responsible = ["group:S0CARE"]

[[channel]]
name = "voices"
slack = "C0VOICES"
language = "en"
time_zone = "Europe/London"
responsible = ["group:S0CARE"]

[[channel]]
name = "leitung"
slack = "C0LEITUNG"
language = "de"
time_zone = "Europe/Berlin"

[[route]]
name = "ruf"
keyword = ["Anwalt", "Presse", "lawyer", "press"]
to = ["stimmen", "leitung"]
deadline = "4m"
remind_before = "2m"

[[route]]
name = "kritik-en"
language = ["en"]
tone = ["complaint"]
to = ["voices"]
deadline = "6m"
remind_before = "3m"

[[route]]
name = "english"
language = ["en"]
to = ["voices"]
deadline = "24h"

[[route]]
name = "kritik"
tone = ["complaint"]
to = ["stimmen"]
deadline = "5m"
remind_before = "2m"

[default_route]
to = ["stimmen"]
deadline = "24h"

[[source]]
name = "google"
kind = "google"
label = "Google"
account = "{account}"
locations = [{locations}]
base_url = "{base}/google"
token_url = "{base}/google/token"
poll_minutes = 1
[source.push]
audience = "zeitnah-demo"
service_account = "demo@zeitnah.example"
certs_url = "{base}/google/certs"

[[source]]
name = "shop"
kind = "push"
label = "Gartenshop"
[source.reply]
url = "{base}/shop/replies"
max_chars = 2000
edit = true
delete = true

[[role]]
role = "responder"
slack_group = "S0CARE"

[[role]]
role = "admin"
slack_user = "U0CARLA"

[[escalation]]
name = "leitung"
label = "Leitung"
slack_users = ["U0CARLA"]
slack_channel = "C0LEITUNG"

[[escalation]]
name = "team"
label = "Care-Team"
slack_group = "S0CARE"

[[digest]]
name = "stimmen"
channel = "stimmen"
schedule = "*/5 * * * *"

[[digest]]
name = "voices"
channel = "voices"
schedule = "*/5 * * * *"
"#,
        account = google.account,
        locations = locations.join(", "),
    )
}
