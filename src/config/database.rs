//! Where the truth lives.

use secrecy::SecretString;

use crate::domain::promise::rules::Keep;
use crate::reader::secret;
use crate::reader::secret::Origin;
use crate::reader::table::Table;

#[derive(Debug, Clone)]
pub struct Database {
    /// Secret, because it carries the password.
    pub url: SecretString,
    /// Connections of one process at most.
    pub connections: u32,
    pub url_from: Origin,
    pub keep: Keep,
}

pub fn read(table: Table) -> Option<Database> {
    let url = secret::needed(&table, "url");
    let connections = table
        .integer("connections", 2..=500)
        .and_then(|n| u32::try_from(n).ok());
    let url_from = secret::origin(&table, "url");
    let deliveries = table.integer("keep_deliveries_days", 1..=3650);
    let history = table.integer("keep_history_days", 30..=3650);
    table.close();
    Some(Database {
        url: url?,
        // Wrong is told, and any number will do for looking at the rest.
        connections: connections.unwrap_or(2),
        url_from,
        keep: Keep {
            deliveries: deliveries.unwrap_or(14),
            history: history.unwrap_or(90),
        },
    })
}
