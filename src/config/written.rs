//! The file as it was read at the start, to be read again under settings from a chat: with the same text and the same
//! environment, so that a file which somebody is just editing, or a secret that is just being changed, does not come
//! into force by half.

use std::collections::BTreeMap;
use std::fmt;

use secrecy::ExposeSecret;
use secrecy::SecretString;

use crate::config::Config;
use crate::config::Fault;
use crate::config::Sections;
use crate::config::Uses;
use crate::config::overlay;
use crate::domain::press::setting::Key;
use crate::domain::press::setting::Setting;

#[derive(Clone, Default)]
pub struct Written {
    pub file: String,
    pub text: String,
    /// The variables that were asked for.
    pub env: BTreeMap<String, Option<SecretString>>,
    /// The secrets that are used; the others have a stand-in each time.
    pub uses: Uses,
}

/// The file under some settings.
pub struct Edition {
    pub text: String,
    pub config: Config,
    /// Settings that this file does not allow, and why. The rest holds.
    pub left_out: Vec<(Key, Fault)>,
}

impl Written {
    /// All that the file allows of the settings; a fault only when the file alone has one.
    pub fn under(&self, settings: &[Setting]) -> Result<Edition, Vec<Fault>> {
        let whole: Vec<&Setting> = settings.iter().collect();
        if let Ok((text, config)) = self.with(&whole) {
            return Ok(Edition {
                text,
                config,
                left_out: Vec::new(),
            });
        }
        // One by one, and again until nothing more fits: one may make the place that another one needs.
        let mut kept: Vec<&Setting> = Vec::new();
        let mut waiting = whole;
        let mut left_out = Vec::new();
        let (mut text, mut config) = self.with(&[])?;
        loop {
            let before = kept.len();
            left_out.clear();
            let mut later = Vec::new();
            for setting in waiting {
                kept.push(setting);
                match self.with(&kept) {
                    Ok(found) => (text, config) = found,
                    Err(faults) => {
                        kept.pop();
                        later.push(setting);
                        let fault = faults.into_iter().next();
                        left_out.extend(fault.map(|fault| (setting.key.clone(), fault)));
                    }
                }
            }
            waiting = later;
            if kept.len() == before {
                return Ok(Edition {
                    text,
                    config,
                    left_out,
                });
            }
        }
    }

    fn with(&self, settings: &[&Setting]) -> Result<(String, Config), Vec<Fault>> {
        let text = if settings.is_empty() {
            self.text.clone()
        } else {
            overlay::patch(&self.text, settings).map_err(|fault| vec![fault])?
        };
        let env = |name: &str| {
            let found = self.env.get(name).and_then(Option::as_ref);
            found.map(|value| value.expose_secret().to_owned())
        };
        let read = Sections::parse_for(&self.file, &text, &env, self.uses).whole();
        let config = read.map_err(|faults| {
            let grave = |fault: &Fault| fault.gravity == crate::config::Gravity::Fault;
            faults.into_iter().filter(grave).collect::<Vec<_>>()
        })?;
        Ok((text, config))
    }
}

/// Whoever prints a configuration does not want to read the file again, and never the environment.
impl fmt::Debug for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Written").field(&self.file).finish()
    }
}
