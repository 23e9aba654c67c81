//! Who may do what.

use crate::chat::KINDS;
use crate::chat::kind::ChatKind;
use crate::chat::kind::Grants;
use crate::config::Names;
use crate::config::chats;
use crate::domain::people::rights::Circle;
use crate::domain::people::rights::Grant;
use crate::domain::people::rights::Grantee;
use crate::domain::people::rights::Role;
use crate::domain::promise::rules::Named;
use crate::reader::reading::Reading;
use crate::reader::table::Table;

const ROLES: [Role; 4] = [Role::Viewer, Role::Responder, Role::Approver, Role::Admin];

pub fn read(table: Table, names: &Names) -> Option<Grant> {
    if table.entry("role").is_none() {
        table.missing("role", "\"responder\"");
    }
    let role = table.choice("role", &ROLES.map(|r| (r.as_str(), r)));
    let to = to(&table);
    let channels = table.references("channels", "channel", &names.channels);
    table.close();
    Some(Grant {
        role: role?,
        chat: to.as_ref()?.0.name.to_owned(),
        to: to?.1,
        channels: channels?,
    })
}

fn to(table: &Table) -> Option<(&'static ChatKind, Grantee)> {
    let mut found = None;
    let mut count = 0;
    for (chat, key, grants) in ways() {
        count += usize::from(table.has(key));
        // All are read, so that none counts as unknown.
        let Some(id) = chat.id(grants).of(table, key) else {
            continue;
        };
        let to = match grants {
            Grants::Group => Grantee::Circle(Circle::Group(id)),
            Grants::Person => Grantee::Person(id),
            Grants::Room => Grantee::Circle(Circle::Room(id)),
        };
        let named = match &to {
            Grantee::Circle(circle) => Named::Circle(circle.clone()),
            Grantee::Person(user) => Named::Person(user.clone()),
        };
        table.reading.named(table.line_of(key), chat.name, named);
        found = found.or(Some((chat, to)));
    }
    if count == 1 {
        return found;
    }
    let what = if count == 0 {
        "this role is given to nobody"
    } else {
        "this role is given in several ways"
    };
    let remedy = format!(
        "write exactly one of {}; use one [[role]] for each",
        chats::listed(&keys(), "and")
    );
    table.reading.fault(table.line, what, remedy);
    None
}

/// All the ways to give a role.
fn ways() -> impl Iterator<Item = (&'static ChatKind, &'static str, Grants)> {
    let of = |chat: &&'static ChatKind| {
        let chat = *chat;
        chat.keys
            .rights
            .iter()
            .map(move |(key, grants)| (chat, *key, *grants))
    };
    KINDS.iter().flat_map(of)
}

fn keys() -> Vec<&'static str> {
    ways().map(|(_, key, _)| key).collect()
}

/// A bot whose cards nobody may answer is set up wrong, in one channel or in all.
pub fn somebody_answers(reading: &Reading, grants: &[Grant], names: &Names) {
    let answers = |channel: Option<&String>| {
        let mut able = grants.iter().filter(|g| g.role >= Role::Responder);
        able.any(|g| g.channels.is_empty() || channel.is_none_or(|c| g.channels.contains(c)))
    };
    let remedy = format!(
        "add [[role]] with role = \"responder\" and {}",
        chats::listed(&keys(), "or")
    );
    if !answers(None) {
        reading.fault(
            0,
            "nobody may answer: no [[role]] is responder, approver or admin",
            remedy,
        );
        return;
    }
    for channel in names.channels.iter().filter(|c| !answers(Some(c))) {
        let what = format!("nobody may answer in channel {channel:?}");
        reading.warn(0, what, remedy.clone());
    }
}
