//! What the file says about an app on Google Play, and what can be said from it without asking Google.

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
use crate::source::play;

pub const KIND: Kind = Kind {
    word: "play",
    marks: &["play", "androidpublisher"],
    brings: &[ItemKind::Review],
    read: |table, _| Some(Arc::new(read(table)?)),
};

#[derive(Debug, Clone)]
pub struct PlaySettings {
    pub app: App,
    /// The key file of the service account, whole.
    pub key: SecretString,
    pub base_url: String,
    pub token_url: String,
    pub poll_minutes: u64,
    /// How far behind the newest known change each walk reads on.
    pub overlap_hours: i64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct App {
    /// The package name.
    pub id: String,
    /// What people call it.
    pub name: String,
}

impl Settings for PlaySettings {
    fn open(&self, about: About) -> Result<Arc<dyn ReviewSource>, PortError> {
        Ok(Arc::new(play::open(about, self.clone())?))
    }

    /// Every review can be answered, and once.
    fn caps_for(&self, _incoming: &Incoming) -> ReplyCaps {
        play::CAPS
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
        let id = &self.app.id;
        let past = "Google shows the last 7 days; what is older comes with an export of the Play Console";
        match look.asked {
            true => format!("{id} can be read; {past}"),
            false => format!("{id}; {past}"),
        }
    }
}

pub fn read(table: &Table) -> Option<PlaySettings> {
    let app = app(table);
    let key = secret::needed(table, "key");
    let (base_url, token_url) = (url::url(table, "base_url"), url::url(table, "token_url"));
    let poll_minutes = table
        .integer("poll_minutes", 1..=1440)
        .and_then(|n| u64::try_from(n).ok());
    let overlap_hours = table.integer("overlap_hours", 0..=168);
    Some(PlaySettings {
        app: app?,
        key: key?,
        base_url: base_url?,
        token_url: token_url?,
        poll_minutes: poll_minutes?,
        overlap_hours: overlap_hours?,
    })
}

fn app(table: &Table) -> Option<App> {
    let Some(app) = table.optional("app") else {
        table.missing("app", "{ id = \"com.example.shop\", name = \"Example Shop\" }");
        return None;
    };
    let id = package(&app);
    let name = app.needed("name", "\"Example Shop\"");
    app.close();
    Some(App {
        id: id?,
        name: name?.value,
    })
}

/// `com.example.shop`, as it stands behind `id=` in the app's address.
fn package(table: &Table) -> Option<String> {
    let given = table.needed("id", "\"com.example.shop\"")?;
    let sound = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_alphabetic())
            && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    if given.value.contains('.') && given.value.split('.').all(sound) {
        return Some(given.value);
    }
    let what = format!("`{}` = {:?} is no package name", table.dotted("id"), given.value);
    table.reading.fault(
        given.line,
        what,
        "write what stands behind id= in the app's address in the store, for example \"com.example.shop\"",
    );
    None
}
