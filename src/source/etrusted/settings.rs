//! What the file says about eTrusted, and what can be said from it without asking eTrusted.

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
use crate::source::etrusted;
use crate::source::kind::About;
use crate::source::kind::Kind;
use crate::source::kind::Look;
use crate::source::kind::Settings;
use crate::source::place;
use crate::source::place::Form;
use crate::source::place::Place;

pub const KIND: Kind = Kind {
    word: "etrusted",
    marks: &["etrusted"],
    brings: &[ItemKind::Review],
    read: |table, _| Some(Arc::new(read(table)?)),
};

const CHANNEL: Form = Form {
    example: "chl-3cd85eba-c280-441e-b90a-5760b8b80410",
    fits: is_channel,
    remedy: "write the channel's id as the Control Centre shows it; it begins with chl-",
};

#[derive(Debug, Clone)]
pub struct EtrustedSettings {
    pub channels: Vec<Place>,
    pub client_id: SecretString,
    pub client_secret: SecretString,
    pub base_url: String,
    pub token_url: String,
    pub poll_minutes: u64,
    pub overlap_hours: i64,
    /// 0 is only once, at the very beginning.
    pub sweep_hours: i64,
    pub notify_customers: bool,
}

impl Settings for EtrustedSettings {
    fn open(&self, about: About) -> Result<Arc<dyn ReviewSource>, PortError> {
        Ok(Arc::new(etrusted::open(about, self.clone())?))
    }

    /// What came by a file stands on the page, as far as anybody knows.
    fn caps_for(&self, _incoming: &Incoming) -> ReplyCaps {
        etrusted::CAPS
    }

    /// A review of a product does not say in which shop it was bought.
    fn scope_for(&self, _source: &str, incoming: &Incoming) -> Result<String, String> {
        let told = incoming.subject.as_ref().map(|s| s.id.as_str());
        match (told, self.channels.as_slice()) {
            (Some(id), all) if all.iter().any(|channel| channel.id == id) => Ok(id.to_owned()),
            (_, [only]) => Ok(only.id.clone()),
            _ => Err("the subject's id must be one of the configured channels".to_owned()),
        }
    }

    fn in_order(&self, look: &Look<'_>) -> String {
        let count = self.channels.len();
        match look.asked {
            true => format!("all {count} channels can be read"),
            false => format!("{count} channels"),
        }
    }
}

pub fn read(table: &Table) -> Option<EtrustedSettings> {
    let channels = place::several(table, "channels", CHANNEL);
    let client_id = secret::needed(table, "client_id");
    let client_secret = secret::needed(table, "client_secret");
    let (base_url, token_url) = (url::url(table, "base_url"), url::url(table, "token_url"));
    let poll_minutes = table
        .integer("poll_minutes", 1..=1440)
        .and_then(|n| u64::try_from(n).ok());
    let overlap_hours = table.integer("overlap_hours", 0..=8760);
    let sweep_hours = table.integer("sweep_hours", 0..=8760);
    let notify_customers = table.flag("notify_customers");
    Some(EtrustedSettings {
        channels: channels?,
        client_id: client_id?,
        client_secret: client_secret?,
        base_url: base_url?,
        token_url: token_url?,
        poll_minutes: poll_minutes?,
        overlap_hours: overlap_hours?,
        sweep_hours: sweep_hours?,
        notify_customers: notify_customers?,
    })
}

fn is_channel(text: &str) -> bool {
    let rest = text.strip_prefix("chl-").unwrap_or_default();
    (1..=60).contains(&rest.len()) && rest.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
}
