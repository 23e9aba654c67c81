//! Services outside that a chain calls, signed so that they can tell it is us.

use secrecy::SecretString;

use crate::config::name;
use crate::reader::reading::Placed;
use crate::reader::secret;
use crate::reader::table::Table;
use crate::reader::url;

#[derive(Debug, Clone)]
pub struct Webhook {
    pub name: String,
    pub url: String,
    /// Signs what we send.
    pub secret: SecretString,
}

pub fn read(table: Table) -> Option<Placed<Webhook>> {
    let line = table.line;
    let name = name::name(&table);
    let url = url::needed(&table, "url", "\"https://pager.example.com/zeitnah\"");
    table.entry("secret");
    let secret = name
        .as_ref()
        .and_then(|name| secret::needed_of(&table, "secret", &name.value));
    table.close();
    Some(Placed {
        value: Webhook {
            name: name?.value,
            url: url?,
            secret: secret?,
        },
        line,
    })
}
