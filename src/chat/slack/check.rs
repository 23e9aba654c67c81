//! What an operator has to know before the first press: token, scopes, rooms, groups. A method that this Slack does
//! not have costs a feature and is a warning; it does not stop the bot.

use serde_json::Value;

use crate::chat::slack::SCOPES;
use crate::chat::slack::api::Api;
use crate::domain::rights::Circle;
use crate::port::PortError;
use crate::port::chat::Finding;
use crate::port::chat::Gravity;

pub async fn all(api: &Api, rooms: &[String], circles: &[Circle]) -> Vec<Finding> {
    let mut out = Vec::new();
    match api.read("auth.test", &[]).await {
        Ok(_) => {}
        Err(PortError::Later { why, .. } | PortError::Unknown { why }) => {
            out.push(fault(
                format!("Slack does not answer: {why}"),
                "Try again in a minute; if it stays so, check [slack] api_url and the way out to it.",
            ));
            return out;
        }
        Err(PortError::Denied { why } | PortError::Never { why } | PortError::Gone { why }) => {
            out.push(fault(
                format!("Slack does not take the bot token: {why}"),
                "Copy the Bot User OAuth Token (xoxb-…) of the installed app into SLACK_BOT_TOKEN.",
            ));
            return out;
        }
    }
    for room in rooms {
        out.extend(self::room(api, room).await);
    }
    for circle in circles {
        out.extend(self::circle(api, circle).await);
    }
    out
}

async fn room(api: &Api, room: &str) -> Option<Finding> {
    match api.read("conversations.info", &[("channel", room)]).await {
        Ok(answer) => {
            let is = |key: &str| answer.pointer(key).and_then(Value::as_bool);
            if is("/channel/is_archived") == Some(true) {
                return Some(fault(
                    format!("Channel {room} is archived."),
                    "Unarchive it in Slack, or name another channel in [[channel]].",
                ));
            }
            (is("/channel/is_member") == Some(false)).then(|| {
                fault(
                    format!("The bot is not in channel {room}."),
                    "Type /invite @zeitnah in that channel.",
                )
            })
        }
        Err(PortError::Never { why }) => Some(warning(
            format!("Channel {room} could not be looked at: {why}"),
            "Without this, only posting will show.",
        )),
        Err(PortError::Denied { why }) if why.contains("missing_scope") => Some(scope("channels:read", &why)),
        Err(error) => Some(fault(
            format!("Channel {room} cannot be used: {}", why(&error)),
            "Check the id (C…) in [[channel]] and invite the bot there.",
        )),
    }
}

async fn circle(api: &Api, circle: &Circle) -> Option<Finding> {
    let (method, args) = match circle {
        Circle::Group(id) => ("usergroups.users.list", [("usergroup", id.as_str())]),
        Circle::Room(id) => ("conversations.members", [("channel", id.as_str())]),
    };
    match api.read(method, &args).await {
        Ok(_) => None,
        Err(PortError::Never { why }) if why.contains("subteam") => Some(fault(
            format!("There is no user group {}: {why}", circle.id()),
            "Check the id (S…) in [[role]]: in Slack it is in the address of the group's page.",
        )),
        Err(PortError::Never { why }) => Some(warning(
            format!("Rights by {} cannot work here: {why}", circle.id()),
            "This Slack has no user groups (or the plan has none): give roles by slack_user or slack_channel.",
        )),
        Err(PortError::Denied { why }) if why.contains("missing_scope") => Some(match circle {
            Circle::Group(_) => scope("usergroups:read", &why),
            Circle::Room(_) => scope("channels:read", &why),
        }),
        Err(error) => Some(fault(
            format!("The members of {} cannot be read: {}", circle.id(), why(&error)),
            "Check the id in [[role]].",
        )),
    }
}

fn why(error: &PortError) -> &str {
    match error {
        PortError::Later { why, .. }
        | PortError::Never { why }
        | PortError::Gone { why }
        | PortError::Denied { why }
        | PortError::Unknown { why } => why,
    }
}

fn scope(name: &str, why: &str) -> Finding {
    let reason = SCOPES
        .iter()
        .find(|(scope, _)| *scope == name)
        .map_or("", |(_, reason)| reason);
    fault(
        format!("The app lacks the scope {name} ({reason}): {why}"),
        "Paste bot-manifest.yaml into the app's settings and reinstall it.",
    )
}

fn fault(text: String, remedy: &str) -> Finding {
    Finding {
        grave: Gravity::Fault,
        text,
        remedy: remedy.to_owned(),
    }
}

fn warning(text: String, remedy: &str) -> Finding {
    Finding {
        grave: Gravity::Warning,
        text,
        remedy: remedy.to_owned(),
    }
}
