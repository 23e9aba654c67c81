//! The ids of chats in the file. They are easily mixed up with names and with each other, so each is held against the form
//! that its chat gives it instead of failing at the first post.

use crate::reader::reading::Placed;
use crate::reader::table::Table;

/// What an id stands for, and how it looks.
pub struct IdForm {
    /// For example "Slack channel".
    pub what: &'static str,
    pub example: &'static str,
    /// Where people find it.
    pub found: &'static str,
    pub is: fn(&str) -> bool,
}

impl IdForm {
    /// The id that was written, or a fault in its line.
    pub fn read(&self, table: &Table, given: &Placed<String>) -> Option<String> {
        let id = &given.value;
        if (self.is)(id) {
            return Some(id.clone());
        }
        let what = format!("{id:?} is no id of a {}", self.what);
        let remedy = format!("{}; it looks like {:?}", self.found, self.example);
        table.reading.fault(given.line, what, remedy);
        None
    }

    /// The same of a setting that may be left out.
    pub fn of(&self, table: &Table, key: &'static str) -> Option<String> {
        let given = table.string(key)?;
        self.read(table, &given)
    }
}
