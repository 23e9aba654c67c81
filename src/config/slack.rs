//! How we talk with Slack. Each way in has its own secret, so the other way's secret need not exist.

use secrecy::ExposeSecret;
use secrecy::SecretString;

use crate::config::POST_EVERY_MS;
use crate::reader::secret;
use crate::reader::secret::Origin;
use crate::reader::table::Table;
use crate::reader::url::url;

#[derive(Debug, Clone)]
pub struct Slack {
    pub way: Way,
    /// Without a slash at its end.
    pub api_url: String,
    pub bot_token: SecretString,
    pub read_back: ReadBack,
    /// Least milliseconds between two messages in one channel.
    pub post_every_ms: i64,
}

/// How presses and commands reach us.
#[derive(Debug, Clone)]
pub enum Way {
    Socket {
        app_token: SecretString,
        /// Sockets of one process.
        connections: u8,
    },
    Http {
        signing_secret: SecretString,
        /// Still accepted while the secret is being changed.
        previous: Option<SecretString>,
    },
}

/// Whether a channel's history may be read after an answer got lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReadBack {
    /// If the granted scopes allow it.
    Auto,
    Never,
}

/// The section as far as it could be read, and where its secrets come from: enough to ask Slack about the rest.
#[derive(Debug, Clone)]
pub struct Given {
    pub api_url: Option<String>,
    pub bot_token: Option<SecretString>,
    pub bot_token_from: Origin,
    pub app_token_from: Origin,
    pub read_back: Option<ReadBack>,
    pub post_every_ms: Option<i64>,
    pub way: Option<Way>,
}

impl Given {
    pub fn whole(&self) -> Option<Slack> {
        Some(Slack {
            way: self.way.clone()?,
            api_url: self.api_url.clone()?,
            bot_token: self.bot_token.clone()?,
            read_back: self.read_back?,
            post_every_ms: self.post_every_ms?,
        })
    }
}

#[derive(Debug, Clone, Copy)]
enum Mode {
    Socket,
    Http,
}

/// The section with its defaults; without it in the file there is no Slack.
pub fn read(table: Table) -> Given {
    let mode = table.choice("mode", &[("socket", Mode::Socket), ("http", Mode::Http)]);
    let api_url = url(&table, "api_url");
    let bot_token = token(&table, "bot_token", "xoxb-");
    let read_back = table.choice(
        "read_back",
        &[("auto", ReadBack::Auto), ("never", ReadBack::Never)],
    );
    let post_every_ms = table.integer("post_every_ms", POST_EVERY_MS);
    let connections = table
        .integer("connections", 1..=5)
        .and_then(|n| u8::try_from(n).ok());
    let way = way(&table, mode, connections);
    let (bot_token_from, app_token_from) = (
        secret::origin(&table, "bot_token"),
        secret::origin(&table, "app_token"),
    );
    table.close();
    Given {
        api_url,
        bot_token,
        bot_token_from,
        app_token_from,
        read_back,
        post_every_ms,
        way,
    }
}

fn way(table: &Table, mode: Option<Mode>, connections: Option<u8>) -> Option<Way> {
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
            Some(Way::Http {
                signing_secret: signing_secret?,
                previous,
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
