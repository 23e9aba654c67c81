//! What an operator has to know before the first press: token, scopes, rooms, groups, people. A method that this Slack
//! does not have costs a feature and is a warning; it does not stop the bot.

use std::collections::BTreeSet;

use secrecy::SecretString;
use serde_json::Value;

use crate::chat::slack::SCOPES;
use crate::chat::slack::api::Api;
use crate::chat::slack::greet;
use crate::domain::people::rights::Circle;
use crate::domain::promise::rules::Named;
use crate::port::PortError;
use crate::port::chat::Finding;

const BOT_TOKEN: &str =
    "Copy the Bot User OAuth Token (xoxb-…) from \"OAuth & Permissions\" of the installed app.";
const APP_TOKEN: &str = "Make an App-Level Token (xapp-…) with connections:write under \"Basic Information\" in the app's settings.";
const AGAIN: &str = "Try again in a minute; if it stays so, check [slack] api_url and the way out to it.";
const USER_ID: &str = "Copy the member ID from the person's profile in Slack (the three dots there).";

pub async fn all(api: &Api, named: &[Named]) -> Vec<Finding> {
    let greeting = match api.greet().await {
        Ok(greeting) => greeting,
        Err(error) => return vec![unknown_token(&error, "the bot token", BOT_TOKEN)],
    };
    let mut out = Vec::new();
    let lacking = match &greeting.scopes {
        Some(granted) => lacking(granted),
        None => {
            out.push(Finding::warning(
                None,
                "This Slack does not tell which scopes the bot token has.",
                "Compare them with `zeitnah manifest slack`.",
            ));
            Vec::new()
        }
    };
    out.extend(lacking.iter().map(|name| scope(name, named)));
    let mut seen = BTreeSet::new();
    for one in named.iter().filter(|one| seen.insert(*one)) {
        match look(api, one).await {
            Ok(found) => out.extend(found),
            // Which scope lacks has been said once; it need not be said for each that it is about.
            Err(unlooked) if !lacking.is_empty() && unlooked.error.why().is("missing_scope") => {}
            Err(unlooked) => out.push(unlooked.finding(one)),
        }
    }
    out
}

/// Whether Slack would give us a line, in Socket Mode.
pub async fn line(api_url: &str, app_token: &SecretString) -> Option<Finding> {
    let error = greet::line(api_url, app_token).await.err()?;
    Some(unknown_token(&error, "the app-level token", APP_TOKEN))
}

/// What the manifest asks for and this token has not.
pub fn lacking(granted: &BTreeSet<String>) -> Vec<&'static str> {
    let names = SCOPES.iter().map(|(name, _)| *name);
    names.filter(|name| !granted.contains(*name)).collect()
}

/// A scope that nothing in the configuration needs is worth a word and no more.
pub fn scope(name: &'static str, named: &[Named]) -> Finding {
    let needed = match name {
        "usergroups:read" => named
            .iter()
            .any(|n| matches!(n, Named::Group(_) | Named::Circle(Circle::Group(_)))),
        "im:write" => named.iter().any(|n| matches!(n, Named::Confidant(_))),
        _ => true,
    };
    let without = match name {
        "chat:write" => "no card can be posted",
        "commands" => "/zeitnah does not work",
        "channels:read" => "nobody can tell who is in a public channel, nor whether it is archived",
        "groups:read" => "nobody can tell who is in a private channel, nor whether it is archived",
        "usergroups:read" => "rights by user group do not work",
        "users:read" => "cards show ids in place of names",
        "im:write" => "nobody gets a direct message on an escalation",
        "files:write" => "digests come without their chart",
        "files:read" => {
            "no file can be brought in from the chat, and the chart of a digest may be missing now and then"
        }
        _ => "something does not work",
    };
    let text = format!("The app lacks the scope {name}: {without}.");
    let remedy = format!(
        "Add {name} under \"OAuth & Permissions\", \"Bot Token Scopes\", and reinstall the app there."
    );
    if needed {
        Finding::fault(None, text, &remedy)
    } else {
        Finding::warning(None, text, &remedy)
    }
}

fn unknown_token(error: &PortError, which: &str, remedy: &str) -> Finding {
    match error {
        PortError::Later { why, .. } | PortError::Unclear { why } => {
            Finding::fault(None, format!("Slack does not answer: {why}."), AGAIN)
        }
        PortError::Denied { why } | PortError::Never { why } | PortError::Gone { why } => {
            Finding::fault(None, format!("Slack does not take {which}: {why}."), remedy)
        }
    }
}

/// Slack did not let us look at something, or not now.
struct Unlooked {
    what: String,
    error: PortError,
}

impl Unlooked {
    fn finding(&self, about: &Named) -> Finding {
        let (why, remedy) = match &self.error {
            PortError::Later { why, .. } | PortError::Unclear { why } => (why, AGAIN),
            PortError::Denied { why } | PortError::Never { why } | PortError::Gone { why } => {
                (why, "Check the id, the app's scopes and that the bot may enter.")
            }
        };
        let text = format!("{} could not be looked at: {why}.", self.what);
        Finding::fault(Some(about), text, remedy)
    }
}

async fn look(api: &Api, named: &Named) -> Result<Option<Finding>, Unlooked> {
    match named {
        // A token is for one workspace, so nobody has to name it.
        Named::Server(_) => Ok(None),
        Named::Room(id) => room(api, named, id).await,
        Named::Circle(Circle::Room(id)) => circle(api, named, "conversations.members", ("channel", id)).await,
        Named::Circle(Circle::Group(id)) | Named::Group(id) => {
            circle(api, named, "usergroups.users.list", ("usergroup", id)).await
        }
        Named::Person(id) | Named::Confidant(id) => person(api, named, id).await,
    }
}

async fn room(api: &Api, named: &Named, id: &str) -> Result<Option<Finding>, Unlooked> {
    let about = Some(named);
    let invite = "Type /invite @zeitnah in that channel.";
    let found = match api.read("conversations.info", &[("channel", id)]).await {
        Ok(answer) => {
            let is = |key: &str| answer.pointer(key).and_then(Value::as_bool);
            if is("/channel/is_archived") == Some(true) {
                let remedy = "Unarchive it in Slack, or name another channel.";
                return Ok(Some(Finding::fault(
                    about,
                    format!("Channel {id} is archived."),
                    remedy,
                )));
            }
            if is("/channel/is_member") == Some(false) {
                return Ok(Some(Finding::fault(
                    about,
                    format!("The bot is not in channel {id}."),
                    invite,
                )));
            }
            (is("/channel/is_read_only") == Some(true)).then(|| {
                Finding::fault(
                    about,
                    format!("Only some people may post in channel {id}, and the bot is not one of them."),
                    "Let the bot post under the channel's settings, \"Posting permissions\", or name another channel.",
                )
            })
        }
        Err(PortError::Never { why }) => Some(Finding::warning(
            about,
            format!("Channel {id} could not be looked at: {why}."),
            "Without this, only posting will show.",
        )),
        // A private channel that the bot is not in does not exist for it.
        Err(PortError::Denied { why }) if why.is("channel_not_found") => Some(no_channel(named, id)),
        Err(error) => {
            let what = format!("Channel {id}");
            return Err(Unlooked { what, error });
        }
    };
    Ok(found)
}

fn no_channel(named: &Named, id: &str) -> Finding {
    Finding::fault(
        Some(named),
        format!("There is no channel {id}, or it is private and the bot is not in it."),
        "Type /invite @zeitnah there if it is private; else compare the id: it stands at the end of the channel's details.",
    )
}

async fn circle(
    api: &Api,
    named: &Named,
    method: &'static str,
    args: (&'static str, &str),
) -> Result<Option<Finding>, Unlooked> {
    let about = Some(named);
    let id = args.1;
    let found = match api.read(method, &[(args.0, id)]).await {
        Ok(answer) => {
            let list = ["users", "members"].into_iter().find_map(|key| answer.get(key));
            let nobody = list.and_then(Value::as_array).is_some_and(Vec::is_empty);
            nobody.then(|| {
                let remedy = "Add people to it in Slack; this is read again every five minutes.";
                Finding::warning(about, format!("Nobody is in {id}."), remedy)
            })
        }
        Err(PortError::Never { why }) if why.is("no_such_subteam") || why.is("subteam_not_found") => {
            Some(Finding::fault(
                about,
                format!("There is no user group {id}, or it is switched off."),
                "Check the id (S…): in Slack it is in the address of the group's page.",
            ))
        }
        Err(PortError::Never { why }) => Some(Finding::warning(
            about,
            format!("Rights by {id} cannot work here: {why}."),
            "This Slack has no user groups (or the plan has none): give roles by slack_user or slack_channel.",
        )),
        Err(PortError::Denied { why }) if why.is("channel_not_found") => Some(no_channel(named, id)),
        Err(error) => {
            let what = format!("Who is in {id}");
            return Err(Unlooked { what, error });
        }
    };
    Ok(found)
}

async fn person(api: &Api, named: &Named, id: &str) -> Result<Option<Finding>, Unlooked> {
    let about = Some(named);
    let found = match api.read("users.info", &[("user", id)]).await {
        Ok(answer) => {
            let is = |key: &str| answer.pointer(key).and_then(Value::as_bool) == Some(true);
            if is("/user/deleted") {
                let text = format!("{id} has been deactivated in Slack.");
                return Ok(Some(Finding::fault(
                    about,
                    text,
                    "Name somebody else, or take the line out.",
                )));
            }
            is("/user/is_bot")
                .then(|| Finding::warning(about, format!("{id} is a bot, which presses nothing."), USER_ID))
        }
        Err(PortError::Denied { why }) if why.is("user_not_found") => Some(Finding::fault(
            about,
            format!("There is nobody with the id {id}."),
            USER_ID,
        )),
        Err(PortError::Never { why }) => Some(Finding::warning(
            about,
            format!("{id} could not be looked at: {why}."),
            "Without this, cards show ids in place of names.",
        )),
        Err(error) => {
            let what = id.to_owned();
            return Err(Unlooked { what, error });
        }
    };
    Ok(found)
}
