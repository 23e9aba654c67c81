//! What the file says about a site of one's own: it sends us what customers write, and takes the answers at an address of
//! its own.

use std::sync::Arc;

use secrecy::SecretString;

use crate::domain::item::Incoming;
use crate::domain::item::ItemKind;
use crate::domain::item::caps::Limit;
use crate::domain::item::caps::ReplyCaps;
use crate::domain::item::caps::ReplyMode;
use crate::domain::item::caps::Retry;
use crate::domain::item::caps::Unit;
use crate::port::PortError;
use crate::port::source::ReviewSource;
use crate::reader::secret;
use crate::reader::table::Table;
use crate::reader::url;
use crate::source::kind::About;
use crate::source::kind::Kind;
use crate::source::kind::Look;
use crate::source::kind::Settings;
use crate::source::push;

pub const KIND: Kind = Kind {
    word: "push",
    // Whoever pushes is no platform of its own.
    marks: &[],
    brings: &ItemKind::ALL,
    read: |table, name| Some(Arc::new(read(table, name)?)),
};

#[derive(Debug, Clone)]
pub struct PushSettings {
    /// `whsec_…`: any of them may have signed a delivery.
    pub secrets: Vec<SecretString>,
    /// The variables or files that hold them.
    pub secrets_from: String,
    /// Without it, people answer on the site.
    pub reply: Option<ReplyTo>,
}

/// Where replies go and what the shop does with them.
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

impl Settings for PushSettings {
    fn open(&self, about: About) -> Result<Arc<dyn ReviewSource>, PortError> {
        Ok(Arc::new(push::open(about, self.clone())?))
    }

    fn caps_for(&self, incoming: &Incoming) -> ReplyCaps {
        match &self.reply {
            Some(reply) => ReplyCaps {
                mode: ReplyMode::Api,
                limit: reply.limit,
                edit: reply.edit,
                delete: reply.delete,
                moderated: reply.moderated,
                retry: Retry::IdempotencyKey,
            },
            None if incoming.permalink.is_some() => ReplyCaps::deep_link(),
            None => ReplyCaps::none(),
        }
    }

    fn scope_for(&self, source: &str, _incoming: &Incoming) -> Result<String, String> {
        Ok(source.to_owned())
    }

    fn secrets(&self) -> Option<&str> {
        Some(&self.secrets_from)
    }

    fn in_order(&self, look: &Look<'_>) -> String {
        let replies = match &self.reply {
            Some(reply) => format!("replies go to {}", reply.url),
            None => "it takes no replies".to_owned(),
        };
        format!("waits for signed calls at {}; {replies}", look.hook)
    }
}

pub fn read(table: &Table, name: Option<&str>) -> Option<PushSettings> {
    table.entry("secrets");
    // Default variables are named after the source; without a name nothing can be looked up.
    let secrets = name.and_then(|name| secret::several(table, "secrets", name));
    let reply = table.optional("reply").map(|reply| read_reply(reply, name));
    Some(PushSettings {
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
