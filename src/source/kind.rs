//! A kind of source as its own folder describes it: its word in the file, how its settings are read, what they come to.
//! Whoever deals with sources goes by this and never asks which platform it is.

use std::fmt;
use std::sync::Arc;

use crate::domain::item::Incoming;
use crate::domain::item::ItemKind;
use crate::domain::item::caps::ReplyCaps;
use crate::port::PortError;
use crate::port::source::ReviewSource;
use crate::reader::table::Table;

/// A line of the table in `source/mod.rs`. Its defaults stand in `config.toml` of its folder.
pub struct Kind {
    /// What the file says for `kind`; the name of the folder, too.
    pub word: &'static str,
    /// Words that give the platform away. They stand in its folder and nowhere further in.
    pub marks: &'static [&'static str],
    /// What sorts of things it brings.
    pub brings: &'static [ItemKind],
    pub read: Read,
}

/// Reads what only this kind has, below a source's name as far as it has one. Every setting is asked for whatever is wrong
/// with another one, so that all faults are told at once, and so that what belongs to this kind is known without a list.
pub type Read = fn(&Table, Option<&str>) -> Option<Arc<dyn Settings>>;

/// What every source of the file has, whatever its kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    pub name: String,
    /// What people call it.
    pub label: String,
    /// What is older than so many days is history.
    pub backfill_days: i64,
}

/// The settings of one source, read and found to be in order. Printed, they show no secret.
pub trait Settings: fmt::Debug + Send + Sync {
    /// Opens nothing outside: it fails only with settings that can never work.
    fn open(&self, about: About) -> Result<Arc<dyn ReviewSource>, PortError>;

    /// How an item of this source can be answered, whichever way it came to us.
    fn caps_for(&self, incoming: &Incoming) -> ReplyCaps;

    /// Where an imported item belongs, so that it is the same item as the one that the source itself tells.
    fn scope_for(&self, source: &str, incoming: &Incoming) -> Result<String, String>;

    /// The variables or files that hold its secrets, where a fault should name them.
    fn secrets(&self) -> Option<&str> {
        None
    }

    /// What operators are told when nothing is wrong.
    fn in_order(&self, look: &Look<'_>) -> String;
}

/// How somebody looked at a source.
#[derive(Debug, Clone, Copy)]
pub struct Look<'a> {
    /// Where its calls reach us.
    pub hook: &'a str,
    /// The platform was asked, too.
    pub asked: bool,
}

impl fmt::Debug for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word)
    }
}
