//! Google Business Profile: read again and again, and hinted at by Pub/Sub where somebody set that up.

use secrecy::SecretString;

use crate::reader::secret;
use crate::reader::table::Table;
use crate::reader::url;

/// What only this kind has.
pub const KEYS: [&str; 10] = [
    "account",
    "locations",
    "client_id",
    "client_secret",
    "refresh_token",
    "base_url",
    "token_url",
    "poll_minutes",
    "overlap_hours",
    "push",
];

#[derive(Debug, Clone)]
pub struct Google {
    /// The number behind `accounts/`.
    pub account: String,
    pub locations: Vec<Location>,
    pub client_id: SecretString,
    pub client_secret: SecretString,
    pub refresh_token: SecretString,
    /// Without a slash at its end, like all addresses here.
    pub base_url: String,
    pub token_url: String,
    pub poll_minutes: i64,
    /// Hours that each poll looks back behind the last one.
    pub overlap_hours: i64,
    pub push: Option<PubSub>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    /// The number behind `locations/`.
    pub id: String,
    /// What people call it.
    pub name: String,
}

/// Who may tell us that there is something new, and how that is proven.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PubSub {
    pub audience: String,
    pub service_account: String,
    pub certs_url: String,
}

pub fn read(table: &Table) -> Option<Google> {
    let account = number(table, "account", "accounts/");
    let locations = locations(table);
    let client_id = secret::needed(table, "client_id");
    let client_secret = secret::needed(table, "client_secret");
    let refresh_token = secret::needed(table, "refresh_token");
    let (base_url, token_url) = (url::url(table, "base_url"), url::url(table, "token_url"));
    let poll_minutes = table.integer("poll_minutes", 1..=1440);
    let overlap_hours = table.integer("overlap_hours", 0..=720);
    let push = table.optional("push").map(pub_sub);
    Some(Google {
        account: account?,
        locations: locations?,
        client_id: client_id?,
        client_secret: client_secret?,
        refresh_token: refresh_token?,
        base_url: base_url?,
        token_url: token_url?,
        poll_minutes: poll_minutes?,
        overlap_hours: overlap_hours?,
        push: match push {
            Some(push) => Some(push?),
            None => None,
        },
    })
}

fn locations(table: &Table) -> Option<Vec<Location>> {
    let tables = table.tables("locations");
    if !table.has("locations") {
        table.missing("locations", "[{ id = \"88213\", name = \"Munich East\" }]");
        return None;
    }
    let all: Vec<Option<Location>> = tables.into_iter().map(location).collect();
    let all: Vec<Location> = all.into_iter().collect::<Option<_>>()?;
    if all.is_empty() {
        table.fault(
            "locations",
            "`source.locations` has no location",
            "name one: { id = \"…\", name = \"…\" }",
        );
        return None;
    }
    for (i, location) in all.iter().enumerate() {
        if all[..i].iter().any(|l| l.id == location.id) {
            let what = format!("location {:?} is there a second time", location.id);
            table.fault("locations", what, "take one of them out");
        }
    }
    Some(all)
}

fn location(table: Table) -> Option<Location> {
    let id = number(&table, "id", "locations/");
    let name = table.needed("name", "\"Munich East\"");
    table.close();
    Some(Location {
        id: id?,
        name: name?.value,
    })
}

/// Google shows these as `accounts/1071` and `locations/88213`; only the number is meant.
fn number(table: &Table, key: &'static str, before: &str) -> Option<String> {
    let given = table.needed(key, "\"1071…\"")?;
    let digits = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
    if digits(&given.value) {
        return Some(given.value);
    }
    let what = format!("`{}` = {:?} is no number", table.dotted(key), given.value);
    let remedy = match given.value.strip_prefix(before).filter(|rest| digits(rest)) {
        Some(rest) => format!("write {key} = {rest:?}"),
        None => format!("write the digits that Google shows behind {before}"),
    };
    table.reading.fault(given.line, what, remedy);
    None
}

fn pub_sub(table: Table) -> Option<PubSub> {
    let audience = table.needed("audience", "\"https://bot.example.com/hook/google\"");
    let service_account = table.needed("service_account", "\"push@project.iam.gserviceaccount.com\"");
    let certs_url = url::url(&table, "certs_url");
    table.close();
    Some(PubSub {
        audience: audience?.value,
        service_account: service_account?.value,
        certs_url: certs_url?,
    })
}
