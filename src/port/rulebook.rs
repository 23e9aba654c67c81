//! Where the rules come from, for those who change some of them while we run: the configuration, read anew under what
//! was set from a chat.

use crate::domain::press::setting::Key;
use crate::domain::press::setting::Setting;
use crate::domain::promise::rules::Rules;
use crate::port::PortError;

/// The rules under some settings.
pub struct Edition {
    pub rules: Rules,
    /// Settings that the configuration does not allow; all others hold.
    pub left_out: Vec<(Key, EditFault)>,
    /// Everything that can be set, with what holds.
    pub values: Vec<(Key, String)>,
    /// What is legal but hardly meant.
    pub warnings: Vec<EditFault>,
}

/// What is wrong, and what to do about it, in words for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditFault {
    pub what: String,
    pub remedy: String,
}

pub trait Rulebook: Send + Sync {
    /// The same settings make the same rules. Fails only when the configuration cannot be read without any of them.
    fn under(&self, settings: &[Setting]) -> Result<Edition, PortError>;
}
