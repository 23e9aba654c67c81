//! What the file says about an app in the App Store, and what can be said from it without asking Apple.

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
use crate::source::appstore;
use crate::source::kind::About;
use crate::source::kind::Kind;
use crate::source::kind::Look;
use crate::source::kind::Settings;

pub const KIND: Kind = Kind {
    word: "appstore",
    marks: &["appstore", "appstoreconnect"],
    brings: &[ItemKind::Review],
    read: |table, _| Some(Arc::new(read(table)?)),
};

/// How often everything is listed to notice removed reviews, and edits of old ones.
const SWEEP_HOURS: i64 = 24;

#[derive(Debug, Clone)]
pub struct AppStoreSettings {
    pub app: App,
    pub issuer_id: String,
    pub key_id: String,
    pub key: SecretString,
    pub base_url: String,
    pub poll_minutes: u64,
    /// How far behind the newest known review each walk reads on.
    pub overlap_days: i64,
    pub sweep_hours: i64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct App {
    /// Apple's number for it.
    pub id: String,
    /// What people call it.
    pub name: String,
}

impl Settings for AppStoreSettings {
    fn open(&self, about: About) -> Result<Arc<dyn ReviewSource>, PortError> {
        Ok(Arc::new(appstore::open(about, self.clone())?))
    }

    /// Every review can be answered, and once.
    fn caps_for(&self, _incoming: &Incoming) -> ReplyCaps {
        appstore::CAPS
    }

    /// An export that names no app is about this one.
    fn scope_for(&self, _source: &str, incoming: &Incoming) -> Result<String, String> {
        match &incoming.subject {
            Some(subject) if subject.id != self.app.id => {
                Err(format!("the subject's id must be {}", self.app.id))
            }
            _ => Ok(self.app.id.clone()),
        }
    }

    fn in_order(&self, look: &Look<'_>) -> String {
        let (id, key) = (&self.app.id, &self.key_id);
        match look.asked {
            true => format!("app {id} can be read with key {key}"),
            false => format!("app {id} with key {key}"),
        }
    }
}

pub fn read(table: &Table) -> Option<AppStoreSettings> {
    let app = app(table);
    let issuer_id = table.needed("issuer_id", "\"69a6de70-…\"");
    let key_id = table.needed("key_id", "\"2X9R4HXF34\"");
    let key = secret::needed(table, "key");
    let base_url = url::url(table, "base_url");
    let poll_minutes = table
        .integer("poll_minutes", 1..=1440)
        .and_then(|n| u64::try_from(n).ok());
    let overlap_days = table.integer("overlap_days", 0..=365);
    Some(AppStoreSettings {
        app: app?,
        issuer_id: issuer_id?.value,
        key_id: key_id?.value,
        key: key?,
        base_url: base_url?,
        poll_minutes: poll_minutes?,
        overlap_days: overlap_days?,
        sweep_hours: SWEEP_HOURS,
    })
}

fn app(table: &Table) -> Option<App> {
    let Some(app) = table.optional("app") else {
        table.missing("app", "{ id = \"1234567890\", name = \"Example Shop\" }");
        return None;
    };
    let id = number(&app);
    let name = app.needed("name", "\"Example Shop\"");
    app.close();
    Some(App {
        id: id?,
        name: name?.value,
    })
}

/// The store writes it as `id1234567890`; only the number is meant.
fn number(table: &Table) -> Option<String> {
    let given = table.needed("id", "\"1234567890\"")?;
    let digits = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
    if digits(&given.value) {
        return Some(given.value);
    }
    let what = format!("`{}` = {:?} is no number", table.dotted("id"), given.value);
    let remedy = match given.value.strip_prefix("id").filter(|rest| digits(rest)) {
        Some(rest) => format!("write id = {rest:?}"),
        None => "write the Apple ID that App Store Connect shows under App Information".to_owned(),
    };
    table.reading.fault(given.line, what, remedy);
    None
}
