//! What the file says about Google Business Profile, and what can be said from it without asking Google.

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
use crate::source::google;
use crate::source::kind::About;
use crate::source::kind::Kind;
use crate::source::kind::Look;
use crate::source::kind::Settings;

pub const KIND: Kind = Kind {
    word: "google",
    marks: &["google"],
    brings: &[ItemKind::Review],
    read: |table, _| Some(Arc::new(read(table)?)),
};

/// How often everything is listed to notice removed reviews.
const SWEEP_HOURS: i64 = 24;

#[derive(Debug, Clone)]
pub struct GoogleSettings {
    /// The number behind `accounts/`.
    pub account: String,
    pub locations: Vec<Location>,
    pub client_id: SecretString,
    pub client_secret: SecretString,
    pub refresh_token: SecretString,
    pub base_url: String,
    pub token_url: String,
    pub poll_minutes: u64,
    /// How far behind the newest known change each walk reads on.
    pub overlap_hours: i64,
    /// 0 is only once, at the very beginning.
    pub sweep_hours: i64,
    pub push: Option<PubSub>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    /// The number behind `locations/`.
    pub id: String,
    /// What people call it.
    pub name: String,
}

/// Who may tell us that there is something new, and how that is proven.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PubSub {
    pub audience: String,
    /// The e-mail address of the service account that signs the calls.
    pub service_account: String,
    pub certs_url: String,
}

impl Settings for GoogleSettings {
    fn open(&self, about: About) -> Result<Arc<dyn ReviewSource>, PortError> {
        Ok(Arc::new(google::open(about, self.clone())?))
    }

    /// Every review can be answered, and once.
    fn caps_for(&self, _incoming: &Incoming) -> ReplyCaps {
        google::CAPS
    }

    /// A review's id is unique in its location, so an imported one must say which location it is about.
    fn scope_for(&self, _source: &str, incoming: &Incoming) -> Result<String, String> {
        let told = incoming
            .subject
            .as_ref()
            .map(|s| s.id.trim_start_matches("locations/"));
        match (told, self.locations.as_slice()) {
            (Some(id), all) if all.iter().any(|l| l.id == id) => Ok(id.to_owned()),
            (None, [only]) => Ok(only.id.clone()),
            _ => Err("the subject's id must be one of the configured locations".to_owned()),
        }
    }

    fn in_order(&self, look: &Look<'_>) -> String {
        let count = self.locations.len();
        match look.asked {
            true => format!("all {count} locations can be read"),
            false => format!("{count} locations"),
        }
    }
}

pub fn read(table: &Table) -> Option<GoogleSettings> {
    let account = number(table, "account", "accounts/");
    let locations = locations(table);
    let client_id = secret::needed(table, "client_id");
    let client_secret = secret::needed(table, "client_secret");
    let refresh_token = secret::needed(table, "refresh_token");
    let (base_url, token_url) = (url::url(table, "base_url"), url::url(table, "token_url"));
    let poll_minutes = table
        .integer("poll_minutes", 1..=1440)
        .and_then(|n| u64::try_from(n).ok());
    let overlap_hours = table.integer("overlap_hours", 0..=720);
    let push = table.optional("push").map(pub_sub);
    Some(GoogleSettings {
        account: account?,
        locations: locations?,
        client_id: client_id?,
        client_secret: client_secret?,
        refresh_token: refresh_token?,
        base_url: host(base_url?),
        token_url: token_url?,
        poll_minutes: poll_minutes?,
        overlap_hours: overlap_hours?,
        sweep_hours: SWEEP_HOURS,
        push: match push {
            Some(push) => Some(push?),
            None => None,
        },
    })
}

/// The version of the interface is ours to say; the defaults of earlier releases said it, too.
fn host(base_url: String) -> String {
    base_url.trim_end_matches("/v4").to_owned()
}

fn locations(table: &Table) -> Option<Vec<Location>> {
    let tables = table.tables("locations");
    if !table.has("locations") {
        table.missing("locations", "[{ id = \"88213\", name = \"Munich East\" }]");
        return None;
    }
    let all: Vec<Option<Location>> = tables.into_iter().map(location).collect();
    let all: Vec<Location> = all.into_iter().collect::<Option<_>>()?;
    if all.is_empty() {
        table.fault(
            "locations",
            "`source.locations` has no location",
            "name one: { id = \"…\", name = \"…\" }",
        );
        return None;
    }
    for (i, location) in all.iter().enumerate() {
        if all[..i].iter().any(|l| l.id == location.id) {
            let what = format!("location {:?} is there a second time", location.id);
            table.fault("locations", what, "take one of them out");
        }
    }
    Some(all)
}

fn location(table: Table) -> Option<Location> {
    let id = number(&table, "id", "locations/");
    let name = table.needed("name", "\"Munich East\"");
    table.close();
    Some(Location {
        id: id?,
        name: name?.value,
    })
}

/// Google shows these as `accounts/1071` and `locations/88213`; only the number is meant.
fn number(table: &Table, key: &'static str, before: &str) -> Option<String> {
    let given = table.needed(key, "\"1071…\"")?;
    let digits = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
    if digits(&given.value) {
        return Some(given.value);
    }
    let what = format!("`{}` = {:?} is no number", table.dotted(key), given.value);
    let remedy = match given.value.strip_prefix(before).filter(|rest| digits(rest)) {
        Some(rest) => format!("write {key} = {rest:?}"),
        None => format!("write the digits that Google shows behind {before}"),
    };
    table.reading.fault(given.line, what, remedy);
    None
}

fn pub_sub(table: Table) -> Option<PubSub> {
    let audience = table.needed("audience", "\"https://bot.example.com/hook/google\"");
    let service_account = table.needed("service_account", "\"push@project.iam.gserviceaccount.com\"");
    let certs_url = url::url(&table, "certs_url");
    table.close();
    Some(PubSub {
        audience: audience?.value,
        service_account: service_account?.value,
        certs_url: certs_url?,
    })
}
