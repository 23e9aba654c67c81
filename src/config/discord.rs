//! How we talk with Discord. Each way in needs something of its own, so the other way's need not exist.

use secrecy::SecretString;

use crate::config::DISCORD;
use crate::config::POST_EVERY_MS;
use crate::config::name;
use crate::config::name::Sort;
use crate::domain::promise::rules::Named;
use crate::reader::secret;
use crate::reader::secret::Origin;
use crate::reader::table::Table;
use crate::reader::url::url;

#[derive(Debug, Clone)]
pub struct Discord {
    pub way: Way,
    /// Without a slash at its end.
    pub api_url: String,
    pub bot_token: SecretString,
    /// The server that our channels and roles are in.
    pub server: String,
    /// Least milliseconds between two messages in one channel.
    pub post_every_ms: i64,
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

/// The section as far as it could be read, and where its secret comes from: enough to ask Discord about the rest.
#[derive(Debug, Clone)]
pub struct Given {
    pub api_url: Option<String>,
    pub bot_token: Option<SecretString>,
    pub bot_token_from: Origin,
    pub server: Option<String>,
    pub post_every_ms: Option<i64>,
    pub way: Option<Way>,
    pub mode_line: usize,
}

impl Given {
    pub fn whole(&self) -> Option<Discord> {
        Some(Discord {
            way: self.way.clone()?,
            api_url: self.api_url.clone()?,
            bot_token: self.bot_token.clone()?,
            server: self.server.clone()?,
            post_every_ms: self.post_every_ms?,
        })
    }
}

#[derive(Debug, Clone, Copy)]
enum Mode {
    Gateway,
    Http,
}

/// The section with its defaults; without it in the file there is no Discord.
pub fn read(table: Table) -> Given {
    let mode = table.choice("mode", &[("gateway", Mode::Gateway), ("http", Mode::Http)]);
    let api_url = url(&table, "api_url");
    let bot_token = secret::needed(&table, "bot_token");
    let server = table.needed("server", "\"1300000000000000001\"");
    let server = server.and_then(|id| name::id(&table, &id, Sort::Server));
    if let Some(server) = &server {
        let named = Named::Server(server.clone());
        table.reading.named(table.line_of("server"), DISCORD, named);
    }
    let post_every_ms = table.integer("post_every_ms", POST_EVERY_MS);
    let way = way(&table, mode);
    let bot_token_from = secret::origin(&table, "bot_token");
    let mode_line = table.line_of("mode");
    table.close();
    Given {
        api_url,
        bot_token,
        bot_token_from,
        server,
        post_every_ms,
        way,
        mode_line,
    }
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
