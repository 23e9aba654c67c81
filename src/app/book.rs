//! The configuration file as the workflows' rulebook.

use crate::config;
use crate::config::overlay;
use crate::config::written::Written;
use crate::domain::press::setting::Setting;
use crate::port::PortError;
use crate::port::rulebook::EditFault;
use crate::port::rulebook::Edition;
use crate::port::rulebook::Rulebook;

impl Rulebook for Written {
    fn under(&self, settings: &[Setting]) -> Result<Edition, PortError> {
        let edition = self.under(settings).map_err(|faults| {
            let first = faults.first().map(ToString::to_string);
            PortError::never(first.unwrap_or_default())
        })?;
        let left_out = edition.left_out.into_iter();
        Ok(Edition {
            rules: edition.config.rules(),
            left_out: left_out.map(|(key, fault)| (key, said(fault))).collect(),
            values: overlay::values(&edition.text),
            warnings: edition.config.warnings.into_iter().map(said).collect(),
        })
    }
}

fn said(fault: config::Fault) -> EditFault {
    EditFault {
        what: fault.what,
        remedy: fault.remedy,
    }
}
