//! What the file says about Trustpilot, and what can be said from it without asking Trustpilot.

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
use crate::source::place;
use crate::source::place::Form;
use crate::source::place::Place;
use crate::source::trustpilot;

pub const KIND: Kind = Kind {
    word: "trustpilot",
    marks: &["trustpilot"],
    brings: &[ItemKind::Review],
    read: |table, _| Some(Arc::new(read(table)?)),
};

const UNIT: Form = Form {
    example: "46d6a890000064000500e0c3",
    fits: is_id,
    remedy: "ask https://api.trustpilot.com/v1/business-units/find?name=YOUR-DOMAIN with the API key: `id` in its answer",
};
const USER: Form = Form {
    example: "5f2ab7e6f3c2a80001a9b1d4",
    remedy: "write the id of the business user as Trustpilot's business account shows it",
    ..UNIT
};

#[derive(Debug, Clone)]
pub struct TrustpilotSettings {
    pub business_units: Vec<Place>,
    /// In whose name answers stand there.
    pub business_user: String,
    pub api_key: SecretString,
    pub api_secret: SecretString,
    pub base_url: String,
    pub token_url: String,
    pub poll_minutes: u64,
    pub overlap_hours: i64,
    /// 0 is only once, at the very beginning.
    pub sweep_hours: i64,
    /// 0 is no limit.
    pub calls_a_year: i32,
    /// Who calls with this behind our name for the source was told the address.
    pub hook_token: Option<SecretString>,
}

impl Settings for TrustpilotSettings {
    fn open(&self, about: About) -> Result<Arc<dyn ReviewSource>, PortError> {
        Ok(Arc::new(trustpilot::open(about, self.clone())?))
    }

    /// Every review can be answered, and once.
    fn caps_for(&self, _incoming: &Incoming) -> ReplyCaps {
        trustpilot::CAPS
    }

    /// Ids are unique at Trustpilot, but the walk knows items by their business unit.
    fn scope_for(&self, _source: &str, incoming: &Incoming) -> Result<String, String> {
        let told = incoming.subject.as_ref().map(|s| s.id.as_str());
        match (told, self.business_units.as_slice()) {
            (Some(id), all) if all.iter().any(|unit| unit.id == id) => Ok(id.to_owned()),
            (_, [only]) => Ok(only.id.clone()),
            _ => Err("the subject's id must be one of the configured business units".to_owned()),
        }
    }

    fn in_order(&self, look: &Look<'_>) -> String {
        let count = self.business_units.len();
        let units = match look.asked {
            true => format!("all {count} business units can be read"),
            false => format!("{count} business units"),
        };
        match self.hook_token {
            Some(_) => format!(
                "{units}; it may call {}/… with the token of source.hook",
                look.hook
            ),
            None => units,
        }
    }
}

pub fn read(table: &Table) -> Option<TrustpilotSettings> {
    let business_units = place::several(table, "business_units", UNIT);
    let business_user = place::id(table, "business_user", USER);
    let api_key = secret::needed(table, "api_key");
    let api_secret = secret::needed(table, "api_secret");
    let (base_url, token_url) = (url::url(table, "base_url"), url::url(table, "token_url"));
    let poll_minutes = table
        .integer("poll_minutes", 1..=1440)
        .and_then(|n| u64::try_from(n).ok());
    let overlap_hours = table.integer("overlap_hours", 0..=8760);
    let sweep_hours = table.integer("sweep_hours", 0..=8760);
    let calls_a_year = table
        .integer("calls_a_year", 0..=100_000_000)
        .and_then(|n| i32::try_from(n).ok());
    let hook_token = table.optional("hook").map(|hook| {
        let token = secret::needed(&hook, "token");
        hook.close();
        token
    });
    Some(TrustpilotSettings {
        business_units: business_units?,
        business_user: business_user?,
        api_key: api_key?,
        api_secret: api_secret?,
        base_url: base_url?,
        token_url: token_url?,
        poll_minutes: poll_minutes?,
        overlap_hours: overlap_hours?,
        sweep_hours: sweep_hours?,
        calls_a_year: calls_a_year?,
        hook_token: match hook_token {
            Some(token) => Some(token?),
            None => None,
        },
    })
}

/// 12 bytes, as each id there is.
fn is_id(text: &str) -> bool {
    text.len() == 24 && text.chars().all(|c| c.is_ascii_hexdigit())
}
