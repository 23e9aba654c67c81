//! Review platforms. Each one is named here once; nobody outside this folder knows more of it than its settings and
//! the port.

pub mod file;
pub mod google;
pub(crate) mod http;
mod json;
pub mod practice;
pub mod push;
pub mod signature;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use serde::Deserialize;

use crate::domain::item::Incoming;
use crate::domain::item::caps::ReplyCaps;
use crate::port::PortError;
use crate::port::source::ReviewSource;

/// The values of `kind` in a source's settings.
pub const KINDS: [&str; 2] = ["push", "google"];

/// A source's own settings; secrets print as nothing.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Settings {
    Push(push::Settings),
    Google(google::Settings),
}

/// Opens nothing outside: it fails only with settings that can never work.
pub fn open(name: String, settings: Settings) -> Result<Arc<dyn ReviewSource>, PortError> {
    Ok(match settings {
        Settings::Push(settings) => Arc::new(push::open(name, settings)?),
        Settings::Google(settings) => Arc::new(google::open(name, settings)?),
    })
}

impl Settings {
    /// How an item of this source can be answered, whichever way it came to us.
    pub fn caps_for(&self, incoming: &Incoming) -> ReplyCaps {
        match self {
            Self::Push(settings) => settings.caps_for(incoming),
            Self::Google(settings) => settings.caps(),
        }
    }

    /// Where an imported item belongs, so that it is the same item as the one that the source itself tells.
    pub fn scope_for(&self, source: &str, incoming: &Incoming) -> Result<String, String> {
        match self {
            Self::Push(settings) => Ok(settings.scope(source).to_owned()),
            Self::Google(settings) => settings.scope_for(incoming),
        }
    }
}
