//! Setting up cannot go wrong: the real program, a folder, a database and a chat that may be anything but in order.

mod alone;
mod card;
mod check;
mod digest;
mod discord;
mod init;
mod probe;
mod settings;
mod start;

use std::path::PathBuf;
use std::process::Output;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering;

use standins::discord::Discord;
use standins::google;
use standins::google::Google;
use standins::shop;
use standins::shop::Shop;
use standins::sites;
use standins::slack;
use standins::slack::Slack;
use tokio::net::TcpListener;
use tokio::process::Command;
use zeitnah::port::clock::Clock;
use zeitnah::port::clock::SystemClock;

use crate::database;

pub const ROOM: &str = "C0123ABC";
/// The same in Discord.
pub const D_ROOM: &str = "1300000000000000003";
pub const D_ROLE: &str = "1300000000000000004";
pub const D_ANNA: &str = "1300000000000000011";

/// The smallest file that works, with the stand-in's addresses.
const SOUND: &str = r#"[slack]
api_url = "BASE/slack/api"
post_every_ms = 0

[[channel]]
name = "care"
slack = "C0123ABC"
language = "de"
time_zone = "Europe/Berlin"

[[source]]
name = "shop"
kind = "push"

[[role]]
role = "responder"
slack_channel = "C0123ABC"

[default_route]
to = ["care"]

[[digest]]
name = "morning"
channel = "care"
schedule = "0 8 * * 1-5"

[http]
listen = "127.0.0.1:0"
operator_listen = "127.0.0.1:0"
"#;

/// The same with Discord in Slack's place.
const SOUND_ON_DISCORD: &str = r#"[discord]
api_url = "BASE/discord/api/v10"
server = "1300000000000000001"
post_every_ms = 0

[[channel]]
name = "care"
discord = "1300000000000000003"
language = "de"
time_zone = "Europe/Berlin"
responsible = ["role:1300000000000000004"]

[[source]]
name = "shop"
kind = "push"

[[role]]
role = "responder"
discord_role = "1300000000000000004"

[default_route]
to = ["care"]

[http]
listen = "127.0.0.1:0"
operator_listen = "127.0.0.1:0"
"#;

static NEXT: AtomicU32 = AtomicU32::new(0);

pub struct Bench {
    pub slack: Arc<Slack>,
    pub discord: Arc<Discord>,
    pub base: String,
    pub folder: PathBuf,
    pub database: String,
    sound: &'static str,
    env: Vec<(String, Option<String>)>,
}

impl Bench {
    /// Everything is in order.
    pub async fn sound() -> Self {
        rustls::crypto::ring::default_provider().install_default().ok();
        let now: standins::Now = Arc::new(|| SystemClock.now());
        let settings = slack::Settings::default();
        let tokens = [settings.bot_token.clone(), settings.app_token.clone()];
        let slack = Slack::new(now.clone(), settings);
        slack.add_user("U0ANNA", "Anna", "Anna Berger");
        slack.add_channel(ROOM, "care", &["U0ANNA"]);
        let discord = server(now.clone());
        let google = Google::new(now.clone(), google::Settings::default());
        let shop = Shop::new(now.clone(), shop::Settings::default());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        slack.set_base(&base);
        discord.set_base(&base);
        let router = slack::router(slack.clone())
            .merge(standins::discord::router(discord.clone()))
            .merge(sites::router(vec![google, shop], now));
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        let n = NEXT.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("zeitnah-setup-{}-{n}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let database = database::fresh().await;
        let [bot, app] = tokens;
        let google = google::Settings::default();
        let bench = Self {
            slack,
            base,
            folder,
            database: database.clone(),
            sound: SOUND,
            env: [
                ("DATABASE_URL", database),
                ("SLACK_BOT_TOKEN", bot),
                ("SLACK_APP_TOKEN", app),
                ("DISCORD_BOT_TOKEN", discord.settings().bot_token),
                ("SOURCE_SHOP_SECRET", shop::Settings::default().hook_secret),
                ("GOOGLE_CLIENT_ID", google.client_id),
                ("GOOGLE_CLIENT_SECRET", google.client_secret),
                ("GOOGLE_REFRESH_TOKEN", google.refresh_token),
            ]
            .map(|(name, value)| (name.to_owned(), Some(value)))
            .into(),
            discord,
        };
        bench.write("zeitnah.toml", SOUND);
        bench
    }

    /// Everything is in order, in Discord.
    pub async fn on_discord() -> Self {
        let bench = Self {
            sound: SOUND_ON_DISCORD,
            ..Self::sound().await
        };
        bench.write("zeitnah.toml", SOUND_ON_DISCORD);
        bench
    }

    pub fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.join(name);
        std::fs::write(&path, text.replace("BASE", &self.base)).unwrap();
        path
    }

    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.folder.join(name)).unwrap()
    }

    /// The sound file with some of it replaced.
    pub fn change(&self, changes: &[(&str, &str)]) {
        let text = changes.iter().fold(self.sound.to_owned(), |text, (old, new)| {
            assert!(text.contains(old), "{old}");
            text.replacen(old, new, 1)
        });
        self.write("zeitnah.toml", &text);
    }

    pub fn set(&mut self, name: &str, value: Option<&str>) {
        self.env.retain(|(n, _)| n != name);
        self.env.push((name.to_owned(), value.map(str::to_owned)));
    }

    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_zeitnah"));
        command
            .args(args)
            .current_dir(&self.folder)
            .stdin(Stdio::null())
            .env_remove("ZEITNAH_CONFIG")
            .env_remove("RUST_LOG")
            .kill_on_drop(true);
        for (name, value) in &self.env {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        command
    }

    /// `serve`, with no more files and connections than these.
    pub fn with_files(&self, most: u32) -> Command {
        let program = env!("CARGO_BIN_EXE_zeitnah");
        let plain = self.command(&[]);
        let mut command = Command::new("sh");
        command
            .args(["-c", &format!("ulimit -n {most} && exec \"{program}\" serve")])
            .current_dir(&self.folder)
            .stdin(Stdio::null())
            .kill_on_drop(true);
        for (name, value) in plain.as_std().get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        command
    }

    pub async fn run(&self, args: &[&str]) -> Said {
        let done = tokio::time::timeout(std::time::Duration::from_secs(60), self.command(args).output());
        self.said(done.await.expect("it ends by itself").unwrap())
    }

    /// What was said, with this run's own addresses taken out, and never a secret in it.
    pub fn said(&self, done: Output) -> Said {
        let mut secrets: Vec<&str> = self
            .env
            .iter()
            .filter(|(name, _)| name.contains("TOKEN") || name.contains("SECRET"))
            .filter_map(|(_, value)| value.as_deref())
            .filter(|v| v.len() > 4)
            .collect();
        secrets.push("hunter2");
        let text = |bytes: &[u8]| {
            let text = String::from_utf8_lossy(bytes).into_owned();
            for secret in &secrets {
                assert!(!text.contains(secret), "a secret in: {text}");
            }
            for word in ["panicked", "RUST_BACKTRACE", "stack backtrace"] {
                assert!(!text.contains(word), "{text}");
            }
            text.replace(&self.base, "BASE")
                .replace(self.folder.to_str().unwrap(), "FOLDER")
        };
        Said {
            code: done.status.code(),
            out: text(&done.stdout),
            err: text(&done.stderr),
        }
    }

    pub async fn finish(self) {
        database::drop(&self.database).await;
        std::fs::remove_dir_all(&self.folder).unwrap();
    }
}

/// A server with one channel and one team, and no more rights for the bot than its invitation asks for.
fn server(now: standins::Now) -> Arc<Discord> {
    let settings = standins::discord::Settings {
        bot_permissions: zeitnah::chat::discord::permissions(),
        ..Default::default()
    };
    let discord = Discord::new(now, settings);
    discord.add_user(D_ANNA, "anna", "Anna Berger");
    discord.add_channel(D_ROOM, "care");
    discord.add_role(D_ROLE, "care-team", &[D_ANNA]);
    discord
}

#[derive(Debug)]
pub struct Said {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Said {
    /// It ended with a fault, and this is the one sentence that says so.
    pub fn sentence(&self) -> &str {
        // 78: somebody has to correct the configuration.
        assert!(matches!(self.code, Some(1 | 78)), "{self:?}");
        let lines: Vec<&str> = self.err.lines().filter(|l| l.starts_with("zeitnah: ")).collect();
        assert_eq!(lines.len(), 1, "{self:?}");
        lines[0]
    }

    #[track_caller]
    pub fn says(&self, parts: &[&str]) {
        let all = format!("{}\n{}", self.out, self.err);
        for part in parts {
            assert!(all.contains(part), "{part:?} is not in:\n{all}");
        }
    }
}
