//! What the file says about a shop at Judge.me, and what can be said from it without asking Judge.me.

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
use crate::source::judgeme;
use crate::source::kind::About;
use crate::source::kind::Kind;
use crate::source::kind::Look;
use crate::source::kind::Settings;

pub const KIND: Kind = Kind {
    word: "judgeme",
    marks: &["judgeme"],
    brings: &[ItemKind::Review],
    read: |table, name| Some(Arc::new(read(table, name)?)),
};

#[derive(Debug, Clone)]
pub struct JudgemeSettings {
    pub shop_domain: String,
    pub api_token: SecretString,
    pub base_url: String,
    pub poll_minutes: u64,
    pub overlap_hours: i64,
    /// The answer goes to the customer by mail, too.
    pub mail_reviewer: bool,
    /// Signs what we are called with.
    pub webhook_secret: Option<SecretString>,
}

impl Settings for JudgemeSettings {
    fn open(&self, about: About) -> Result<Arc<dyn ReviewSource>, PortError> {
        Ok(Arc::new(judgeme::open(about, self.clone())?))
    }

    fn caps_for(&self, _incoming: &Incoming) -> ReplyCaps {
        judgeme::CAPS
    }

    fn scope_for(&self, _source: &str, _incoming: &Incoming) -> Result<String, String> {
        Ok(self.shop_domain.clone())
    }

    fn in_order(&self, look: &Look<'_>) -> String {
        let read = match look.asked {
            true => format!("the reviews of {} can be read", self.shop_domain),
            false => format!("reviews of {}", self.shop_domain),
        };
        match self.webhook_secret {
            Some(_) => format!("{read}; signed calls at {} tell what is new", look.hook),
            None => read,
        }
    }
}

pub fn read(table: &Table, name: Option<&str>) -> Option<JudgemeSettings> {
    let shop_domain = domain(table);
    let api_token = own(table, "api_token", name);
    let base_url = url::url(table, "base_url");
    let poll_minutes = table
        .integer("poll_minutes", 1..=1440)
        .and_then(|n| u64::try_from(n).ok());
    let overlap_hours = table.integer("overlap_hours", 1..=2160);
    let mail_reviewer = table.flag("mail_reviewer");
    let webhook = table.optional("webhook").map(|webhook| {
        let secret = own(&webhook, "secret", name);
        webhook.close();
        secret
    });
    Some(JudgemeSettings {
        shop_domain: shop_domain?,
        api_token: api_token?,
        base_url: base_url?,
        poll_minutes: poll_minutes?,
        overlap_hours: overlap_hours?,
        mail_reviewer: mail_reviewer?,
        webhook_secret: match webhook {
            Some(secret) => Some(secret?),
            None => None,
        },
    })
}

/// People copy it with https:// before it; Judge.me answers that as it answers a wrong token.
fn domain(table: &Table) -> Option<String> {
    let given = table.needed("shop_domain", "\"my-shop.myshopify.com\"")?;
    let bare = given
        .value
        .trim_start_matches("https://")
        .trim_start_matches("http://")
        .trim_end_matches('/')
        .to_lowercase();
    let sound = bare.contains('.')
        && bare
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-'));
    if sound {
        return Some(bare);
    }
    let what = format!(
        "`{}` = {:?} is no domain",
        table.dotted("shop_domain"),
        given.value
    );
    let remedy = "write the shop's domain alone, for example \"my-shop.myshopify.com\"";
    table.reading.fault(given.line, what, remedy);
    None
}

/// Its default variable is named after the source; without a name nothing can be looked up.
fn own(table: &Table, key: &'static str, name: Option<&str>) -> Option<SecretString> {
    table.entry(key);
    name.and_then(|name| secret::needed_of(table, key, name))
}
