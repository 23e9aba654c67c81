//! How we talk with Discord: its section of the file, and what is opened by it. Each way in needs something of its own, so
//! the other way's need not exist.

use std::sync::Arc;

use async_trait::async_trait;
use secrecy::ExposeSecret as _;
use secrecy::SecretString;

use crate::chat::alone::Alone;
use crate::chat::discord::DiscordChat;
use crate::chat::discord::NAME;
use crate::chat::discord::door::Door;
use crate::chat::discord::gateway;
use crate::chat::discord::gateway::Gateway;
use crate::chat::discord::http;
use crate::chat::discord::http::Http;
use crate::chat::discord::kind::KIND;
use crate::chat::discord::kind::SERVER;
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
use crate::domain::promise::rules::Named;
use crate::port::PortError;
use crate::port::chat::ChatPlatform;
use crate::port::chat::Finding;
use crate::port::chat::Sockets;
use crate::port::clock::SystemClock;
use crate::reader::secret;
use crate::reader::secret::Origin;
use crate::reader::table::Table;
use crate::reader::url::url;

#[derive(Debug, Clone)]
pub struct Settings {
    pub way: Way,
    /// With the version and without a slash at its end, for example `https://discord.com/api/v10`.
    pub api_url: String,
    pub bot_token: SecretString,
    /// The server (guild) that our channels and roles are in.
    pub server: String,
    /// Least milliseconds between two messages in one channel.
    pub post_every_ms: i64,
    /// Keep Discord's limit for the whole bot.
    pub paced: bool,
}

/// How presses and commands reach us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Way {
    Gateway,
    Http {
        /// Not a secret: it only verifies.
        public_key: String,
    },
}

impl kind::Settings for Settings {
    fn kind(&self) -> &'static ChatKind {
        &KIND
    }

    fn mode(&self) -> &'static str {
        match self.way {
            Way::Gateway => "gateway",
            Way::Http { .. } => "http",
        }
    }

    fn post_every_ms(&self) -> i64 {
        self.post_every_ms
    }

    fn open(&self, tools: Tools) -> Result<Opened, PortError> {
        let Tools { clock, pace, lead } = tools;
        let chat = Arc::new(DiscordChat::open(self, pace, clock.clone())?);
        let platform = chat.clone();
        let way = self.way.clone();
        let connect = move |Inward { inbox, work }| -> Result<Reach, PortError> {
            let door = Door {
                chat,
                inbox,
                clock,
                work,
            };
            Ok(match way {
                Way::Http { public_key } => {
                    let verifier = http::verifier(&public_key)?;
                    Reach::Called(http::routes(Http { door, verifier }))
                }
                Way::Gateway => Reach::Held(hold(Gateway { door, lead })),
            })
        };
        Ok(Opened {
            platform,
            connect: Box::new(connect),
        })
    }
}

fn hold(gateway: Gateway) -> Line {
    let line = Arc::new(gateway::Line::default());
    let (watched, led) = (line.clone(), line.clone());
    Line {
        // All replicas share one; whoever stands by for it has none and wants none.
        sockets: Arc::new(move || Sockets {
            up: u32::from(watched.is_held_here()),
            wanted: u32::from(!watched.stands_by()),
        }),
        leads: Arc::new(move || led.is_held_here()),
        hold: Box::new(move |stop| Box::pin(gateway.run(line, stop))),
    }
}

/// The section as far as it could be read, and where its secret comes from: enough to ask Discord about the rest.
#[derive(Debug, Clone)]
pub struct Given {
    pub api_url: Option<String>,
    pub bot_token: Option<SecretString>,
    pub bot_token_from: Origin,
    pub server: Option<String>,
    pub post_every_ms: Option<i64>,
    pub way: Option<Way>,
    pub mode_at: Origin,
}

#[derive(Debug, Clone, Copy)]
enum Mode {
    Gateway,
    Http,
}

impl Given {
    /// The section with its defaults; without it in the file there is no Discord.
    pub fn read(table: Table) -> Self {
        let mode = table.choice("mode", &[("gateway", Mode::Gateway), ("http", Mode::Http)]);
        let api_url = url(&table, "api_url");
        let bot_token = secret::needed(&table, "bot_token");
        let server = table.needed("server", "\"1300000000000000001\"");
        let server = server.and_then(|id| SERVER.read(&table, &id));
        if let Some(server) = &server {
            let named = Named::Server(server.clone());
            table.reading.named(table.line_of("server"), NAME, named);
        }
        let post_every_ms = table.integer("post_every_ms", POST_EVERY_MS);
        let way = way(&table, mode);
        let bot_token_from = secret::origin(&table, "bot_token");
        let mode_at = Origin {
            name: "[discord] mode".to_owned(),
            line: table.line_of("mode"),
        };
        table.close();
        Self {
            api_url,
            bot_token,
            bot_token_from,
            server,
            post_every_ms,
            way,
            mode_at,
        }
    }

    fn settings(&self) -> Option<Settings> {
        Some(Settings {
            way: self.way.clone()?,
            api_url: self.api_url.clone()?,
            bot_token: self.bot_token.clone()?,
            server: self.server.clone()?,
            post_every_ms: self.post_every_ms?,
            paced: true,
        })
    }

    fn beside(&self) -> Option<Result<DiscordChat, PortError>> {
        let settings = Settings {
            // Asked once, no presses come.
            way: Way::Gateway,
            api_url: self.api_url.clone()?,
            bot_token: self.bot_token.clone()?,
            server: self.server.clone()?,
            post_every_ms: 0,
            paced: false,
        };
        Some(DiscordChat::open(
            &settings,
            Arc::new(Alone),
            Arc::new(SystemClock),
        ))
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
        let Some(token) = &self.bot_token else {
            return vec![];
        };
        if !is_at(self.api_url.as_deref(), "discord.com") {
            return vec![];
        }
        let from = &self.bot_token_from;
        let parts: Vec<&str> = token.expose_secret().split('.').collect();
        if parts.len() == 3 && parts.iter().all(|part| !part.is_empty()) {
            let what = format!("{} has the form of one of Discord's tokens", from.name);
            return vec![Remark::good(what)];
        }
        let what = format!(
            "{} is none of Discord's bot tokens, which are three parts with full stops between",
            from.name
        );
        let remedy = "copy the token of the page \"Bot\" in the developer portal again";
        vec![Remark::bad(Some(from), Finding::fault(None, what, remedy))]
    }

    fn ask(&self) -> Option<Result<Arc<dyn ChatPlatform>, PortError>> {
        let opened = self.beside()?;
        Some(opened.map(|chat| -> Arc<dyn ChatPlatform> { Arc::new(chat) }))
    }

    async fn reached(&self, public_url: Option<&str>) -> Vec<Remark> {
        let (Some(way), Some(Ok(chat))) = (&self.way, self.beside()) else {
            return vec![];
        };
        // Whatever keeps it from answering has been said.
        let Ok(endpoint) = chat.endpoint().await else {
            return vec![];
        };
        vec![delivery(way, endpoint.as_deref(), public_url, &self.mode_at)]
    }
}

/// Discord sends presses to one address or to the gateway, never to both.
fn delivery(way: &Way, endpoint: Option<&str>, public_url: Option<&str>, mode: &Origin) -> Remark {
    const FIELD: &str = "\"Interactions Endpoint URL\" under \"General Information\" in the developer portal";
    let ours = public_url.map(|url| format!("{}/discord/interactions", url.trim_end_matches('/')));
    let finding = match (way, endpoint) {
        (Way::Gateway, None) => return Remark::good("presses come by the gateway"),
        (Way::Gateway, Some(url)) => {
            let what = format!("Discord sends presses to {url}, so none come by the gateway");
            Finding::fault(None, what, &format!("empty {FIELD}"))
        }
        (Way::Http { .. }, None) => {
            let what = "Discord knows no address to call, so no press reaches us";
            let ours = ours.as_deref();
            let ours = ours.unwrap_or("your public address with /discord/interactions");
            let remedy = format!("start `zeitnah serve`, then write {ours} into {FIELD}");
            Finding::warning(None, what, &remedy)
        }
        (Way::Http { .. }, Some(url)) if ours.as_deref().is_some_and(|ours| ours != url) => {
            let what =
                format!("Discord calls {url}, which is not [http] public_url with /discord/interactions");
            Finding::warning(None, what, &format!("compare it with {FIELD}"))
        }
        (Way::Http { .. }, Some(url)) => return Remark::good(format!("Discord calls {url}")),
    };
    Remark::bad(Some(mode), finding)
}

fn way(table: &Table, mode: Option<Mode>) -> Option<Way> {
    match mode? {
        Mode::Gateway => Some(Way::Gateway),
        Mode::Http => {
            let key = table.needed("public_key", "\"…\", the 64 digits of \"General Information\"")?;
            let is_key = key.value.len() == 64 && key.value.bytes().all(|b| b.is_ascii_hexdigit());
            if is_key {
                return Some(Way::Http {
                    public_key: key.value,
                });
            }
            let remedy =
                "copy \"Public Key\" from \"General Information\" in the developer portal: 64 digits, 0 to f";
            table
                .reading
                .fault(key.line, "`discord.public_key` is no public key", remedy);
            None
        }
    }
}
