//! Who may do what.

use crate::config::DISCORD;
use crate::config::Names;
use crate::config::SLACK;
use crate::config::name;
use crate::config::name::Sort;
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
        chat: to.as_ref()?.0.to_owned(),
        to: to?.1,
        channels: channels?,
    })
}

fn to(table: &Table) -> Option<(&'static str, Grantee)> {
    let keys = [
        "slack_group",
        "slack_user",
        "slack_channel",
        "discord_role",
        "discord_user",
    ];
    let given = keys.map(|key| table.has(key)).into_iter().filter(|has| *has);
    let count = given.count();
    let group = name::id_of(table, "slack_group", Sort::Group).map(|id| Grantee::Circle(Circle::Group(id)));
    let user = name::id_of(table, "slack_user", Sort::Person).map(Grantee::Person);
    let room = name::id_of(table, "slack_channel", Sort::Channel).map(|id| Grantee::Circle(Circle::Room(id)));
    let role = name::id_of(table, "discord_role", Sort::Role).map(|id| Grantee::Circle(Circle::Group(id)));
    let member = name::id_of(table, "discord_user", Sort::Member).map(Grantee::Person);
    for (chat, key, to) in [
        (SLACK, "slack_group", &group),
        (SLACK, "slack_user", &user),
        (SLACK, "slack_channel", &room),
        (DISCORD, "discord_role", &role),
        (DISCORD, "discord_user", &member),
    ] {
        let named = match to {
            Some(Grantee::Circle(circle)) => Named::Circle(circle.clone()),
            Some(Grantee::Person(user)) => Named::Person(user.clone()),
            None => continue,
        };
        table.reading.named(table.line_of(key), chat, named);
    }
    if count != 1 {
        let what = if count == 0 {
            "this role is given to nobody"
        } else {
            "this role is given in several ways"
        };
        let remedy = "write exactly one of slack_group, slack_user, slack_channel, discord_role and discord_user; use one [[role]] for each";
        table.reading.fault(table.line, what, remedy);
        return None;
    }
    let slack = group.or(user).or(room).map(|to| (SLACK, to));
    slack.or(role.or(member).map(|to| (DISCORD, to)))
}

/// A bot whose cards nobody may answer is set up wrong, in one channel or in all.
pub fn somebody_answers(reading: &Reading, grants: &[Grant], names: &Names) {
    let answers = |channel: Option<&String>| {
        let mut able = grants.iter().filter(|g| g.role >= Role::Responder);
        able.any(|g| g.channels.is_empty() || channel.is_none_or(|c| g.channels.contains(c)))
    };
    let remedy = "add [[role]] with role = \"responder\" and slack_group, slack_user, slack_channel, discord_role or discord_user";
    if !answers(None) {
        reading.fault(
            0,
            "nobody may answer: no [[role]] is responder, approver or admin",
            remedy,
        );
        return;
    }
    for channel in names.channels.iter().filter(|c| !answers(Some(c))) {
        reading.warn(0, format!("nobody may answer in channel {channel:?}"), remedy);
    }
}
