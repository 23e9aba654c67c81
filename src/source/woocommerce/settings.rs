//! What the file says about a WooCommerce shop, and what can be said from it without asking the shop.

use std::sync::Arc;

use secrecy::SecretString;

use crate::domain::item::Incoming;
use crate::domain::item::ItemKind;
use crate::domain::item::caps::ReplyCaps;
use crate::port::PortError;
use crate::port::source::ReviewSource;
use crate::reader::secret;
use crate::reader::table::Table;
use crate::reader::url;
use crate::source::kind::About;
use crate::source::kind::Kind;
use crate::source::kind::Look;
use crate::source::kind::Settings;
use crate::source::woocommerce;

pub const KIND: Kind = Kind {
    word: "woocommerce",
    marks: &["woocommerce", "wordpress"],
    brings: &[ItemKind::Review],
    read: |table, name| Some(Arc::new(read(table, name)?)),
};

#[derive(Debug, Clone)]
pub struct WooSettings {
    /// The shop's own address; the interface lies below it.
    pub url: String,
    pub consumer_key: SecretString,
    pub consumer_secret: SecretString,
    pub poll_minutes: u64,
    pub overlap_hours: i64,
    /// Without it, people answer in the shop.
    pub reply: Option<Replier>,
    /// Signs what the shop calls us with.
    pub webhook_secret: Option<SecretString>,
}

/// Who answers there.
#[derive(Debug, Clone)]
pub struct Replier {
    pub user: String,
    pub password: SecretString,
}

impl WooSettings {
    pub fn caps(&self) -> ReplyCaps {
        match self.reply {
            Some(_) => woocommerce::CAPS,
            None => ReplyCaps::deep_link(),
        }
    }
}

impl Settings for WooSettings {
    fn open(&self, about: About) -> Result<Arc<dyn ReviewSource>, PortError> {
        Ok(Arc::new(woocommerce::open(about, self.clone())?))
    }

    fn caps_for(&self, _incoming: &Incoming) -> ReplyCaps {
        self.caps()
    }

    /// A source is one shop. Its address is no scope: shops move, and their reviews stay the same.
    fn scope_for(&self, source: &str, _incoming: &Incoming) -> Result<String, String> {
        Ok(source.to_owned())
    }

    fn in_order(&self, look: &Look<'_>) -> String {
        let read = match look.asked {
            true => format!("the reviews of {} can be read", self.url),
            false => format!("reviews of {}", self.url),
        };
        let answers = match &self.reply {
            Some(reply) => format!("{} answers them", reply.user),
            None => "people answer in the shop".to_owned(),
        };
        match self.webhook_secret {
            Some(_) => format!("{read}; {answers}; signed calls at {} wake it", look.hook),
            None => format!("{read}; {answers}"),
        }
    }
}

pub fn read(table: &Table, name: Option<&str>) -> Option<WooSettings> {
    let url = url::needed(table, "url", "\"https://shop.example.com\"");
    let consumer_key = own(table, "consumer_key", name);
    let consumer_secret = own(table, "consumer_secret", name);
    let poll_minutes = table
        .integer("poll_minutes", 1..=1440)
        .and_then(|n| u64::try_from(n).ok());
    let overlap_hours = table.integer("overlap_hours", 1..=2160);
    let reply = table.optional("reply").map(|reply| replier(reply, name));
    let webhook = table.optional("webhook").map(|webhook| {
        let secret = own(&webhook, "secret", name);
        webhook.close();
        secret
    });
    Some(WooSettings {
        url: url?,
        consumer_key: consumer_key?,
        consumer_secret: consumer_secret?,
        poll_minutes: poll_minutes?,
        overlap_hours: overlap_hours?,
        reply: match reply {
            Some(reply) => Some(reply?),
            None => None,
        },
        webhook_secret: match webhook {
            Some(secret) => Some(secret?),
            None => None,
        },
    })
}

fn replier(table: Table, name: Option<&str>) -> Option<Replier> {
    let user = table.needed("user", "\"service\"");
    let password = own(&table, "password", name);
    table.close();
    Some(Replier {
        user: user?.value,
        password: password?,
    })
}

/// Its default variable is named after the source; without a name nothing can be looked up.
fn own(table: &Table, key: &'static str, name: Option<&str>) -> Option<SecretString> {
    table.entry(key);
    name.and_then(|name| secret::needed_of(table, key, name))
}
