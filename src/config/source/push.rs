//! A site of one's own: it sends us what customers write, and takes the answers at an address of its own.

use secrecy::SecretString;

use crate::domain::item::caps::Limit;
use crate::domain::item::caps::Unit;
use crate::reader::secret;
use crate::reader::table::Table;
use crate::reader::url;

/// What only this kind has.
pub const KEYS: [&str; 2] = ["secrets", "reply"];

#[derive(Debug, Clone)]
pub struct Push {
    /// Any of them may have signed a delivery.
    pub secrets: Vec<SecretString>,
    /// The variables or files that hold them.
    pub secrets_from: String,
    /// Without it, people answer on the site.
    pub reply: Option<ReplyTo>,
}

#[derive(Debug, Clone)]
pub struct ReplyTo {
    pub url: String,
    /// Signs what we send.
    pub secret: SecretString,
    pub limit: Option<Limit>,
    pub edit: bool,
    pub delete: bool,
    pub moderated: bool,
}

pub fn read(table: &Table, name: Option<&str>) -> Option<Push> {
    table.entry("secrets");
    let secrets = name.and_then(|name| secret::several(table, "secrets", name));
    let reply = table.optional("reply").map(|reply| read_reply(reply, name));
    Some(Push {
        secrets: secrets?,
        secrets_from: secret::origins(table, "secrets", name.unwrap_or_default()),
        reply: match reply {
            Some(reply) => Some(reply?),
            None => None,
        },
    })
}

fn read_reply(table: Table, name: Option<&str>) -> Option<ReplyTo> {
    let url = url::needed(&table, "url", "\"https://shop.example.com/reviews/replies\"");
    table.entry("secret");
    let secret = name.and_then(|name| secret::needed_of(&table, "secret", name));
    let limit = limit(&table);
    let (edit, delete, moderated) = (table.flag("edit"), table.flag("delete"), table.flag("moderated"));
    table.close();
    Some(ReplyTo {
        url: url?,
        secret: secret?,
        limit: limit?,
        edit: edit?,
        delete: delete?,
        moderated: moderated?,
    })
}

/// The outer `None` is a fault, the inner one no limit.
fn limit(table: &Table) -> Option<Option<Limit>> {
    let both = [("max_chars", Unit::Chars), ("max_bytes", Unit::Bytes)];
    let given: Vec<(&'static str, Unit)> = both.into_iter().filter(|(key, _)| table.has(key)).collect();
    let mut limits = Vec::new();
    for (key, unit) in both {
        let max = table
            .integer(key, 1..=1_000_000)
            .and_then(|n| usize::try_from(n).ok());
        limits.extend(max.map(|max| Limit { unit, max }));
    }
    if given.len() > 1 {
        let remedy = "take the one out that the site does not count in";
        table.fault("max_bytes", "`source.reply` has max_chars and max_bytes", remedy);
        return None;
    }
    (limits.len() == given.len()).then(|| limits.first().copied())
}
