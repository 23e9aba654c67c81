//! Who is meant by what stands in an item, and what people are called.

use crate::domain::item::Item;
use crate::domain::item::handling::Handling;
use crate::domain::people::person::Mention;
use crate::domain::people::person::PersonId;
use crate::store::Tx;
use crate::store::person;
use crate::workflow::Desk;
use crate::workflow::Result;

pub(in crate::workflow) fn people_of(handling: &Handling) -> Vec<PersonId> {
    match handling {
        Handling::Claimed { by, to, .. } => std::iter::once(by).chain(to).cloned().collect(),
        Handling::Snoozed { by, .. } => vec![by.clone()],
        Handling::Answered { by, .. } | Handling::Handled { by, .. } => by.iter().cloned().collect(),
        Handling::Open | Handling::Removed { .. } => Vec::new(),
    }
}

/// Those of them who are called by name.
pub(in crate::workflow) fn people_in(chat: &str, ping: &[Mention]) -> Vec<PersonId> {
    let people = ping.iter().filter_map(|mention| match mention {
        Mention::Person(user) => Some(PersonId::new(chat, user.as_str())),
        Mention::Group(_) => None,
    });
    people.collect()
}

impl Desk {
    pub(in crate::workflow) async fn name(&self, tx: &mut Tx, person: &PersonId) -> Result<String> {
        let known = person::names(&mut **tx, std::slice::from_ref(person)).await?;
        Ok(known.into_values().next().unwrap_or_else(|| person.user.clone()))
    }

    /// Whom an item concerns personally.
    pub(in crate::workflow) fn owner(&self, item: &Item) -> Option<&PersonId> {
        self.rules.route(&item.route).owner.as_ref()
    }
}
