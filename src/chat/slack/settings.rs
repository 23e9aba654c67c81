//! How we talk with Slack: its section of the file, and what is opened by it. Each way in has its own secret, so the other
//! way's secret need not exist.

use std::sync::Arc;

use async_trait::async_trait;
use secrecy::ExposeSecret;
use secrecy::SecretString;

use crate::chat::kind;
use crate::chat::kind::ChatKind;
use crate::chat::kind::Inward;
use crate::chat::kind::Line;
use crate::chat::kind::Opened;
use crate::chat::kind::POST_EVERY_MS;
use crate::chat::kind::Reach;
use crate::chat::kind::Remark;
use crate::chat::kind::Section;
use crate::chat::kind::Tools;
use crate::chat::kind::is_at;
use crate::chat::slack::SlackChat;
use crate::chat::slack::check;
use crate::chat::slack::door::Door;
use crate::chat::slack::http;
use crate::chat::slack::http::Http;
use crate::chat::slack::kind::KIND;
use crate::chat::slack::socket;
use crate::chat::slack::socket::Socket;
use crate::port::PortError;
use crate::port::chat::ChatPlatform;
use crate::port::chat::Finding;
use crate::port::chat::Sockets;
use crate::reader::secret;
use crate::reader::secret::Origin;
use crate::reader::table::Table;
use crate::reader::url::url;

#[derive(Debug, Clone)]
pub struct Settings {
    pub way: Way,
    /// Without a slash at its end, for example `https://slack.com/api`.
    pub api_url: String,
    pub bot_token: SecretString,
    /// Look into the room's history after a lost answer, where the granted scopes allow it.
    pub read_back: bool,
    /// Least milliseconds between two messages in one channel.
    pub post_every_ms: i64,
}

/// How presses and commands reach us.
#[derive(Debug, Clone)]
pub enum Way {
    Socket {
        app_token: SecretString,
        /// Sockets of one process.
        connections: u32,
    },
    Http {
        /// Several while the secret is being changed.
        signing_secrets: Vec<SecretString>,
    },
}

impl kind::Settings for Settings {
    fn kind(&self) -> &'static ChatKind {
        &KIND
    }

    fn mode(&self) -> &'static str {
        match self.way {
            Way::Socket { .. } => "socket",
            Way::Http { .. } => "http",
        }
    }

    fn post_every_ms(&self) -> i64 {
        self.post_every_ms
    }

    fn open(&self, tools: Tools) -> Result<Opened, PortError> {
        let chat = Arc::new(SlackChat::open(self)?);
        let platform = chat.clone();
        let (way, api_url) = (self.way.clone(), self.api_url.clone());
        let connect = move |Inward { inbox, work }| -> Result<Reach, PortError> {
            let door = Door {
                chat,
                inbox,
                clock: tools.clock,
                work,
            };
            Ok(match way {
                Way::Http { signing_secrets } => Reach::Called(http::routes(Http {
                    door,
                    signing_secrets,
                })),
                Way::Socket {
                    app_token,
                    connections,
                } => Reach::Held(hold(Socket {
                    door,
                    api_url,
                    app_token,
                    connections,
                    pace: tools.pace,
                })),
            })
        };
        Ok(Opened {
            platform,
            connect: Box::new(connect),
        })
    }
}

fn hold(socket: Socket) -> Line {
    let line = Arc::new(socket::Line::default());
    let watched = line.clone();
    let wanted = socket.connections;
    Line {
        sockets: Arc::new(move || Sockets {
            up: watched.up(),
            wanted,
        }),
        // Each replica has sockets of its own.
        leads: Arc::new(|| false),
        hold: Box::new(move |stop| Box::pin(socket.run(line, stop))),
    }
}

/// The section as far as it could be read, and where its secrets come from: enough to ask Slack about the rest.
#[derive(Debug, Clone)]
pub struct Given {
    pub api_url: Option<String>,
    pub bot_token: Option<SecretString>,
    pub bot_token_from: Origin,
    pub app_token_from: Origin,
    pub read_back: Option<bool>,
    pub post_every_ms: Option<i64>,
    pub way: Option<Way>,
}

#[derive(Debug, Clone, Copy)]
enum Mode {
    Socket,
    Http,
}

impl Given {
    /// The section with its defaults; without it in the file there is no Slack.
    pub fn read(table: Table) -> Self {
        let mode = table.choice("mode", &[("socket", Mode::Socket), ("http", Mode::Http)]);
        let api_url = url(&table, "api_url");
        let bot_token = token(&table, "bot_token", "xoxb-");
        let read_back = table.choice("read_back", &[("auto", true), ("never", false)]);
        let post_every_ms = table.integer("post_every_ms", POST_EVERY_MS);
        let connections = table
            .integer("connections", 1..=5)
            .and_then(|n| u32::try_from(n).ok());
        let way = way(&table, mode, connections);
        let (bot_token_from, app_token_from) = (
            secret::origin(&table, "bot_token"),
            secret::origin(&table, "app_token"),
        );
        table.close();
        Self {
            api_url,
            bot_token,
            bot_token_from,
            app_token_from,
            read_back,
            post_every_ms,
            way,
        }
    }

    fn settings(&self) -> Option<Settings> {
        Some(Settings {
            way: self.way.clone()?,
            api_url: self.api_url.clone()?,
            bot_token: self.bot_token.clone()?,
            read_back: self.read_back?,
            post_every_ms: self.post_every_ms?,
        })
    }
}

#[async_trait]
impl Section for Given {
    fn kind(&self) -> &'static ChatKind {
        &KIND
    }

    fn whole(&self) -> Option<Arc<dyn kind::Settings>> {
        Some(Arc::new(self.settings()?))
    }

    fn token(&self) -> &Origin {
        &self.bot_token_from
    }

    fn secrets(&self) -> Vec<Remark> {
        if !is_at(self.api_url.as_deref(), "slack.com") {
            return vec![];
        }
        let bot = self.bot_token.as_ref();
        let bot = bot.map(|token| (token, "xoxb-", &self.bot_token_from));
        let app = match &self.way {
            Some(Way::Socket { app_token, .. }) => Some((app_token, "xapp-", &self.app_token_from)),
            Some(Way::Http { .. }) | None => None,
        };
        let look = |(token, beginning, from): (&SecretString, &str, &Origin)| {
            let name = &from.name;
            if token.expose_secret().starts_with(beginning) {
                return Remark::good(format!("{name} has the form of one of Slack's tokens"));
            }
            let what = format!("{name} is none of Slack's tokens, which begin here with {beginning}");
            let fault = Finding::fault(None, what, "copy it again from the app's settings");
            Remark::bad(Some(from), fault)
        };
        bot.into_iter().chain(app).map(look).collect()
    }

    fn ask(&self) -> Option<Result<Arc<dyn ChatPlatform>, PortError>> {
        let opened = SlackChat::asking(self.api_url.as_ref()?, self.bot_token.as_ref()?);
        Some(opened.map(|chat| -> Arc<dyn ChatPlatform> { Arc::new(chat) }))
    }

    async fn reached(&self, _public_url: Option<&str>) -> Vec<Remark> {
        let remark = match (&self.way, &self.api_url) {
            (Some(Way::Socket { app_token, .. }), Some(url)) => match check::line(url, app_token).await {
                Some(finding) => Remark::bad(Some(&self.app_token_from), finding),
                None => Remark::good("Socket Mode: the app-level token is taken"),
            },
            (Some(Way::Http { .. }), _) => Remark::bad(
                None,
                Finding::warning(
                    None,
                    "in HTTP mode only Slack can tell whether it reaches us",
                    "press a button or type /zeitnah help in the channel; if Slack shows an error, compare the three \
                     addresses in the app's settings with [http] public_url",
                ),
            ),
            (Some(Way::Socket { .. }) | None, _) => return vec![],
        };
        vec![remark]
    }
}

fn way(table: &Table, mode: Option<Mode>, connections: Option<u32>) -> Option<Way> {
    match mode {
        Some(Mode::Socket) => {
            let app_token = token(table, "app_token", "xapp-");
            secret::unused(table, "signing_secret");
            secret::unused(table, "previous_signing_secret");
            Some(Way::Socket {
                app_token: app_token?,
                connections: connections?,
            })
        }
        Some(Mode::Http) => {
            secret::unused(table, "app_token");
            let signing_secret = secret::needed(table, "signing_secret");
            if let Some(secret) = &signing_secret {
                like_a_signing_secret(table, secret);
            }
            let previous = secret::optional(table, "previous_signing_secret");
            let signing_secrets = std::iter::once(signing_secret?).chain(previous);
            Some(Way::Http {
                signing_secrets: signing_secrets.collect(),
            })
        }
        None => {
            for key in ["app_token", "signing_secret", "previous_signing_secret"] {
                secret::unused(table, key);
            }
            None
        }
    }
}

/// What Slack hands out side by side, by how it begins.
const BEGINNINGS: [(&str, &str); 7] = [
    ("xoxb-", "the Bot User OAuth Token"),
    ("xapp-", "the App-Level Token"),
    ("xoxp-", "a User OAuth Token"),
    ("xoxe", "a token for configurations or for rotation"),
    ("xoxa-", "a token of an older kind"),
    ("xoxr-", "a refresh token"),
    ("xoxc-", "a browser's token"),
];

/// In each other's place they fail late and with a riddle.
fn token(table: &Table, key: &'static str, beginning: &str) -> Option<SecretString> {
    let token = secret::needed(table, key)?;
    let given = token.expose_secret();
    let known = BEGINNINGS.iter().find(|(mark, _)| given.starts_with(mark));
    let Some((mark, sort)) = known.filter(|(mark, _)| *mark != beginning) else {
        return Some(token);
    };
    let what = format!(
        "`{}` begins with {mark}, so {} holds {sort}",
        table.dotted(key),
        secret::origin(table, key).name
    );
    let remedy = match beginning {
        "xapp-" => {
            "put the App-Level Token (xapp-…) there; it is under \"Basic Information\" in the app's settings"
        }
        _ => {
            "put the Bot User OAuth Token (xoxb-…) there; it is under \"OAuth & Permissions\" in the app's settings"
        }
    };
    table.fault(key, what, remedy);
    None
}

/// Slack's are 32 hexadecimal digits; a stand-in may have others. The client's secret stands right beside it.
fn like_a_signing_secret(table: &Table, secret: &SecretString) {
    let secret = secret.expose_secret();
    if secret.len() == 32 && secret.chars().all(|c| c.is_ascii_hexdigit()) {
        return;
    }
    let what = format!(
        "{} does not look like a signing secret, which has 32 digits from 0 to f (`slack.signing_secret`)",
        secret::origin(table, "signing_secret").name
    );
    let remedy =
        "copy \"Signing Secret\" from \"Basic Information\" in the app's settings, not \"Client Secret\"";
    table.reading.warn(table.line_of("signing_secret"), what, remedy);
}
