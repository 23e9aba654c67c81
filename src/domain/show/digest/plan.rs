//! When a digest is due, where, and for whom.

use crate::domain::people::person::PersonId;
use crate::domain::time::schedule::Schedule;

#[derive(Debug, Clone)]
pub struct DigestPlan {
    pub name: String,
    /// Our name of the channel.
    pub channel: String,
    pub schedule: Schedule,
    pub only_if_something: bool,
    /// Names and numbers of those who answered stand in it.
    pub who_answered: bool,
    /// Who gets it as a direct message; nobody: it stands in the channel.
    pub to: Option<PersonId>,
}

impl DigestPlan {
    /// Where it goes, as its slots are known by.
    pub fn place(&self, room: &str) -> String {
        match &self.to {
            Some(person) => person.to_string(),
            None => room.to_owned(),
        }
    }
}
