//! How we talk with Slack. Each way in has its own secret, so the other way's secret need not exist.

use secrecy::ExposeSecret;
use secrecy::SecretString;

use crate::config::secret;
use crate::config::table::Table;
use crate::config::url::url;

#[derive(Debug, Clone)]
pub struct Slack {
    pub way: Way,
    /// Without a slash at its end.
    pub api_url: String,
    pub bot_token: SecretString,
    pub read_back: ReadBack,
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

#[derive(Debug, Clone, Copy)]
enum Mode {
    Socket,
    Http,
}

/// Least milliseconds between two messages in one channel.
pub fn post_every_ms(table: &Table) -> Option<i64> {
    table.integer("post_every_ms", 0..=60_000)
}

/// The section with its defaults; without it in the file there is no Slack.
pub fn read(table: Table) -> Option<Slack> {
    let mode = table.choice("mode", &[("socket", Mode::Socket), ("http", Mode::Http)]);
    let api_url = url(&table, "api_url");
    let bot_token = token(&table, "bot_token", "xapp-");
    let read_back = table.choice(
        "read_back",
        &[("auto", ReadBack::Auto), ("never", ReadBack::Never)],
    );
    let connections = table
        .integer("connections", 1..=5)
        .and_then(|n| u8::try_from(n).ok());
    let way = way(&table, mode, connections);
    table.close();
    Some(Slack {
        way: way?,
        api_url: api_url?,
        bot_token: bot_token?,
        read_back: read_back?,
    })
}

fn way(table: &Table, mode: Option<Mode>, connections: Option<u8>) -> Option<Way> {
    match mode {
        Some(Mode::Socket) => {
            let app_token = token(table, "app_token", "xoxb-");
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

/// Slack hands out both tokens side by side; in each other's place they fail late and with a riddle.
fn token(table: &Table, key: &'static str, beginning_of_other: &str) -> Option<SecretString> {
    let token = secret::needed(table, key)?;
    if !token.expose_secret().starts_with(beginning_of_other) {
        return Some(token);
    }
    let what = format!(
        "`{}` begins with {beginning_of_other}: it is the other token",
        table.dotted(key)
    );
    table.fault(
        key,
        what,
        "bot_token begins with xoxb-, app_token with xapp-: swap them",
    );
    None
}
