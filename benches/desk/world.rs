//! One replica on a database of its own with one chat, reached by one of its ways, and a shop that writes.

use std::sync::Arc;
use std::time::Duration;

use standins::Now;
use standins::discord;
use standins::discord::Discord;
use standins::google;
use standins::google::Google;
use standins::shop;
use standins::shop::Kind;
use standins::shop::Shop;
use standins::sites;
use standins::slack;
use standins::slack::Slack;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use zeitnah::app::App;
use zeitnah::app::Parts;
use zeitnah::chat::discord as discord_chat;
use zeitnah::config::Config;
use zeitnah::port::clock::Clock;
use zeitnah::port::clock::SystemClock;
use zeitnah::store::Store;

use crate::team;

const CARE: &str = "C0CARE";
const ANNA: &str = "U0ANNA";
const D_CARE: &str = "1300000000000000101";
const D_ANNA: &str = "1300000000000000011";
const TAKE: &str = "Übernehmen";

/// How presses reach us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    SlackSocket,
    SlackHttp,
    DiscordGateway,
    DiscordHttp,
}

impl Way {
    pub const ALL: [Self; 4] = [
        Self::SlackSocket,
        Self::SlackHttp,
        Self::DiscordGateway,
        Self::DiscordHttp,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::SlackSocket => "Slack, socket",
            Self::SlackHttp => "Slack, HTTP",
            Self::DiscordGateway => "Discord, gateway",
            Self::DiscordHttp => "Discord, HTTP",
        }
    }

    fn is_slack(self) -> bool {
        matches!(self, Self::SlackSocket | Self::SlackHttp)
    }
}

pub struct World {
    pub way: Way,
    pub shop: Arc<Shop>,
    slack: Arc<Slack>,
    discord: Arc<Discord>,
    database: String,
    stop: CancellationToken,
    running: JoinHandle<std::io::Result<()>>,
}

impl World {
    pub async fn open(server: &str, way: Way) -> Self {
        let now: Now = Arc::new(|| SystemClock.now());
        let far = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let near = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", far.local_addr().unwrap());
        let hooks = format!("http://{}", near.local_addr().unwrap());
        let slack = slack_workspace(&now, &base, &hooks);
        let discord = discord_server(&now, &base, &hooks, way);
        let shop = Shop::new(
            now.clone(),
            shop::Settings {
                hook_url: Some(format!("{hooks}/hook/shop")),
                ..Default::default()
            },
        );
        let google = Google::new(now.clone(), google::Settings::default());
        let router = slack::router(slack.clone())
            .merge(discord::router(discord.clone()))
            .merge(sites::router(vec![google, shop.clone()], now));
        let stop = CancellationToken::new();
        let quit = stop.clone();
        tokio::spawn(async move {
            tokio::select! {
                served = axum::serve(far, router) => served.unwrap(),
                () = quit.cancelled() => {}
            }
        });

        let database = format!("zeitnah_bench_{}", std::process::id());
        let url = Store::ensure(server, &database).await.unwrap();
        let store = Store::open(&url, 16).await.unwrap();
        store.migrate().await.unwrap();
        let config = Config::parse("bench", &settings(way, &base), &secret).unwrap();
        let mut parts = Parts::of(&config, store, Arc::new(SystemClock)).unwrap();
        if let Some(discord) = config.chat::<discord_chat::Settings>() {
            // Neither chat is kept to its pace: what is measured is what we cost.
            parts.chats = vec![Arc::new(discord_chat::Settings {
                paced: false,
                ..discord.clone()
            })];
        }
        let mut app = App::assemble(parts).unwrap();
        app.drain = Duration::ZERO;
        app.introduce().await.unwrap();
        let running = tokio::spawn(app.run(near, stop.clone()));
        match way {
            Way::SlackSocket => assert!(slack.connected(2).await, "the sockets are up"),
            Way::DiscordGateway => assert!(discord.connected(1).await, "the gateway is up"),
            Way::SlackHttp | Way::DiscordHttp => {}
        }
        Self {
            way,
            shop,
            slack,
            discord,
            database,
            stop,
            running,
        }
    }

    pub fn write(&self, n: usize) -> String {
        let text = format!("Die Schere schneidet gut, aber der Griff ist nach {n} Tagen locker. Wer hilft?");
        self.shop
            .write("p-zaunkoenig", "Rolf", Kind::Review, Some(2), &text)
            .unwrap()
    }

    /// What stands in the channel, by the chat's own ids.
    pub fn cards(&self) -> Vec<String> {
        if self.way.is_slack() {
            self.slack.messages(CARE).into_iter().map(|m| m.ts).collect()
        } else {
            self.discord.messages(D_CARE).into_iter().map(|m| m.id).collect()
        }
    }

    pub async fn shown(&self, wanted: usize) {
        loop {
            // Counting copies them all: rarely while many lack, so that it is not the counting that is measured.
            let lacking = wanted.saturating_sub(self.cards().len());
            if lacking == 0 {
                return;
            }
            let pause = if lacking > 1 { 20 } else { 1 };
            tokio::time::sleep(Duration::from_millis(pause)).await;
        }
    }

    /// How long Anna waited.
    pub fn press(&self, card: String) -> impl Future<Output = Duration> + Send + 'static {
        let (way, slack, discord) = (self.way, self.slack.clone(), self.discord.clone());
        async move {
            if way.is_slack() {
                let outcome = slack.press(ANNA, CARE, &card, TAKE).await;
                assert!(outcome.acked, "{outcome:?}");
                outcome.took
            } else {
                let outcome = discord.press(D_ANNA, D_CARE, &card, TAKE).await;
                assert!(outcome.acked, "{outcome:?}");
                outcome.took
            }
        }
    }

    pub async fn close(self, server: &str) {
        self.stop.cancel();
        self.running.await.unwrap().unwrap();
        Store::forget(server, &self.database).await.unwrap();
    }
}

fn slack_workspace(now: &Now, base: &str, hooks: &str) -> Arc<Slack> {
    let settings = slack::Settings {
        rate_limits: false,
        ..Default::default()
    };
    let slack = Slack::new(now.clone(), settings);
    slack.add_user(ANNA, "Anna", "Anna Berger");
    slack.add_channel(CARE, "care", &[ANNA]);
    slack.set_base(base);
    slack.set_request_urls(
        &format!("{hooks}/slack/events"),
        &format!("{hooks}/slack/interactions"),
        &format!("{hooks}/slack/commands"),
    );
    slack
}

fn discord_server(now: &Now, base: &str, hooks: &str, way: Way) -> Arc<Discord> {
    let settings = discord::Settings {
        rate_limits: false,
        ..Default::default()
    };
    let discord = Discord::new(now.clone(), settings);
    discord.add_user(D_ANNA, "anna", "Anna Berger");
    discord.add_channel(D_CARE, "care");
    discord.set_base(base);
    if way == Way::DiscordHttp {
        discord.set_interactions_url(Some(&format!("{hooks}/discord/interactions")));
    }
    discord
}

fn secret(name: &str) -> Option<String> {
    let (slack, shop) = (slack::Settings::default(), shop::Settings::default());
    match name {
        "SLACK_BOT_TOKEN" => Some(slack.bot_token),
        "SLACK_APP_TOKEN" => Some(slack.app_token),
        "SLACK_SIGNING_SECRET" => Some(slack.signing_secret),
        "DISCORD_BOT_TOKEN" => Some(discord::Settings::default().bot_token),
        "SOURCE_SHOP_SECRET" => Some(shop.hook_secret),
        "SOURCE_SHOP_REPLY_SECRET" => Some(shop.reply_secret),
        "DATABASE_URL" => Some("postgres://bench".into()),
        _ => None,
    }
}

fn settings(way: Way, base: &str) -> String {
    let there = discord::Settings::default();
    let on_slack = |mode: &str| format!("[slack]\nmode = \"{mode}\"\napi_url = \"{base}/slack/api\"");
    let on_discord = |mode: &str| {
        format!(
            "[discord]\nmode = \"{mode}\"\napi_url = \"{base}/discord/api/v10\"\nserver = \"{}\"",
            there.guild_id
        )
    };
    let chat = match way {
        Way::SlackSocket => on_slack("socket"),
        Way::SlackHttp => on_slack("http"),
        Way::DiscordGateway => on_discord("gateway"),
        Way::DiscordHttp => format!("{}\npublic_key = \"{}\"", on_discord("http"), there.public_key()),
    };
    let (room, person) = if way.is_slack() {
        (format!("slack = \"{CARE}\""), format!("slack_user = \"{ANNA}\""))
    } else {
        (
            format!("discord = \"{D_CARE}\""),
            format!("discord_user = \"{D_ANNA}\""),
        )
    };
    team::file(
        &format!("{chat}\npost_every_ms = 0"),
        &room,
        &person,
        &format!("[source.reply]\nurl = \"{base}/shop/replies\""),
    )
}
