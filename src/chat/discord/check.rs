//! What an operator has to know before the first press: token, server, rooms with what the bot may do there, roles and
//! people.

use std::collections::BTreeSet;

use serde_json::Value;
use serenity::model::permissions::Permissions;

use crate::chat::discord::PERMISSIONS;
use crate::chat::discord::api::Api;
use crate::chat::discord::api::Trouble;
use crate::chat::discord::forum;
use crate::chat::discord::forum::Forum;
use crate::domain::lang::Lang;
use crate::domain::promise::rules::Named;
use crate::port::chat::Finding;

const AGAIN: &str = "Try again in a minute; if it stays so, check [discord] api_url and the way out to it.";
const TAGS: &str = "In the forum's settings, make tags with these names, in either language; or let the bot make them: give its role \
    Manage Channel in this forum's own permissions, and take it back afterwards.";
const USER_ID: &str = "Check the id: developer mode, then right-click the person, Copy User ID.";

/// Answers that were asked for once, for all that is looked at.
struct Known<'a> {
    server: &'a str,
    roles: Value,
    me: Value,
}

pub async fn all(api: &Api, server: &str, named: &[Named]) -> Vec<Finding> {
    let bot = match api.get("/users/@me".into(), "get user", "@me").await {
        Ok(bot) => bot,
        Err(Trouble::Port(error)) => {
            let text = format!("Discord does not answer: {error}.");
            return vec![Finding::fault(None, text, AGAIN)];
        }
        Err(trouble) => {
            return vec![Finding::fault(
                None,
                format!("Discord does not take the bot token: {}.", why(&trouble)),
                "Copy the token of the page \"Bot\" in the developer portal again, or make a new one there.",
            )];
        }
    };
    let me = bot.get("id").and_then(Value::as_str).unwrap_or_default();
    let home = Named::Server(server.to_owned());
    let lists = async {
        let roles = api.get(format!("/guilds/{server}/roles"), "get roles", server);
        let roles = roles.await?;
        let member = format!("/guilds/{server}/members/{me}");
        Ok((roles, api.get(member, "get member", server).await?))
    };
    let (roles, me) = match lists.await {
        Ok(lists) => lists,
        Err(Trouble::Port(error)) => {
            let text = format!("The server {server} could not be read: {error}.");
            return vec![Finding::fault(Some(&home), text, AGAIN)];
        }
        Err(trouble) => {
            return vec![Finding::fault(
                Some(&home),
                format!("The server {server} cannot be read: {}.", why(&trouble)),
                "Compare the server's id, and invite the bot with the link of `zeitnah manifest discord`.",
            )];
        }
    };
    let known = Known { server, roles, me };
    let mut out = Vec::new();
    let mut seen = BTreeSet::new();
    for one in named.iter().filter(|one| seen.insert(*one)) {
        out.extend(look(api, &known, one).await);
    }
    out
}

async fn look(api: &Api, known: &Known<'_>, named: &Named) -> Vec<Finding> {
    match named {
        // Read already.
        Named::Server(_) => Vec::new(),
        Named::Room(id) => room(api, known, named, id).await,
        Named::Circle(circle) => role(known, named, circle.id()).into_iter().collect(),
        Named::Group(id) => role(known, named, id).into_iter().collect(),
        Named::Person(id) | Named::Confidant(id) => person(api, known, named, id).await.into_iter().collect(),
    }
}

fn role(known: &Known<'_>, named: &Named, id: &str) -> Option<Finding> {
    let mut roles = known.roles.as_array().into_iter().flatten();
    let is_there = roles.any(|r| r.get("id").and_then(Value::as_str) == Some(id));
    (!is_there).then(|| {
        Finding::fault(
            Some(named),
            format!("There is no role {id} on this server."),
            "Check the id: developer mode, then right-click the role, Copy Role ID.",
        )
    })
}

async fn person(api: &Api, known: &Known<'_>, named: &Named, id: &str) -> Option<Finding> {
    let path = format!("/guilds/{}/members/{id}", known.server);
    match api.get(path, "get member", known.server).await {
        Ok(member) => {
            let is_bot = member.pointer("/user/bot").and_then(Value::as_bool) == Some(true);
            is_bot.then(|| {
                let text = format!("{id} is a bot, which presses nothing.");
                Finding::warning(Some(named), text, USER_ID)
            })
        }
        Err(Trouble::Port(error)) => {
            let text = format!("{id} could not be looked at: {error}.");
            Some(Finding::fault(Some(named), text, AGAIN))
        }
        Err(trouble) => {
            let text = format!("Nobody with the id {id} is on this server: {}.", why(&trouble));
            Some(Finding::fault(Some(named), text, USER_ID))
        }
    }
}

async fn room(api: &Api, known: &Known<'_>, named: &Named, room: &str) -> Vec<Finding> {
    let about = Some(named);
    let server = known.server;
    let channel = match api.get(format!("/channels/{room}"), "get channel", room).await {
        Ok(channel) => channel,
        Err(Trouble::Port(error)) => {
            let text = format!("Channel {room} could not be looked at: {error}.");
            return vec![Finding::fault(about, text, AGAIN)];
        }
        Err(trouble) => {
            return vec![Finding::fault(
                about,
                format!("Channel {room} cannot be used: {}.", why(&trouble)),
                "Check the id, and that the bot may see the channel.",
            )];
        }
    };
    if channel.get("guild_id").and_then(Value::as_str) != Some(server) {
        return vec![Finding::fault(
            about,
            format!("Channel {room} is not on the server {server}."),
            "Name a channel of the server in [discord] server.",
        )];
    }
    let forum = Forum::read(&channel);
    if forum.is_none() && !matches!(channel.get("type").and_then(Value::as_u64), Some(0 | 5)) {
        return vec![Finding::fault(
            about,
            format!("Channel {room} is neither a text channel nor a forum."),
            "Name one of these: a card's story stands in a thread below it, or in its own post.",
        )];
    }
    let may = allowed(server, &known.roles, &known.me, &channel);
    let lacking = PERMISSIONS.iter().filter(|(p, _, _)| !may.contains(*p));
    // Whoever may send messages in a forum may make posts there.
    let lacking = lacking.filter(|(p, _, _)| forum.is_none() || *p != Permissions::CREATE_PUBLIC_THREADS);
    let lacking: Vec<String> = lacking.map(|(_, name, why)| format!("{name} ({why})")).collect();
    let lacking = (!lacking.is_empty()).then(|| {
        Finding::fault(
            about,
            format!("In channel {room} the bot lacks: {}.", lacking.join(", ")),
            "Give these to the bot's role in the channel's settings, or invite it anew with `zeitnah manifest discord`.",
        )
    });
    let tags = forum.map(|forum| tags(about, room, &forum, forum::requires_tag(&channel), may));
    lacking.into_iter().chain(tags.into_iter().flatten()).collect()
}

/// What keeps a forum's posts from carrying our tags.
fn tags(
    about: Option<&Named>,
    room: &str,
    forum: &Forum,
    requires_tag: bool,
    may: Permissions,
) -> Vec<Finding> {
    let mut out = Vec::new();
    let missing = forum.missing();
    let named: Vec<String> = missing
        .iter()
        .map(|mark| format!("{} ({})", mark.name(Lang::En), mark.name(Lang::De)))
        .collect();
    let are_made = may.contains(Permissions::MANAGE_CHANNELS) && forum.has_room_for(missing.len());
    if !are_made && !missing.is_empty() {
        let names = named.join(", ");
        out.push(match requires_tag {
            true => Finding::fault(
                about,
                format!(
                    "Forum {room} wants a tag on each post, and has none called {names}: posts are refused."
                ),
                TAGS,
            ),
            false => Finding::warning(
                about,
                format!("Forum {room} has no tags called {names}: posts come without."),
                TAGS,
            ),
        });
    }
    let moderated = forum.tags.iter().filter(|tag| tag.is_moderated).count();
    if moderated > 0 && !may.contains(Permissions::MANAGE_THREADS) {
        out.push(Finding::warning(
            about,
            format!("In forum {room} only moderators may set {moderated} of the bot's tags, and the bot is none."),
            "Give the bot's role Manage Threads in this forum, or let everybody set these tags in the forum's settings.",
        ));
    }
    out
}

/// The role that everybody has, then one's own, then the channel's exceptions in the order that Discord gives them.
fn allowed(server: &str, roles: &Value, me: &Value, channel: &Value) -> Permissions {
    let mine: Vec<&str> = me
        .get("roles")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let user = me.pointer("/user/id").and_then(Value::as_str).unwrap_or_default();
    let listed = roles.as_array().into_iter().flatten();
    let base = listed
        .filter(|r| {
            let id = r.get("id").and_then(Value::as_str).unwrap_or_default();
            id == server || mine.contains(&id)
        })
        .fold(Permissions::empty(), |all, r| all | bits(r, "permissions"));
    if base.contains(Permissions::ADMINISTRATOR) {
        return Permissions::all();
    }
    let exceptions = channel.get("permission_overwrites").and_then(Value::as_array);
    let exceptions: Vec<&Value> = exceptions.into_iter().flatten().collect();
    let of = |is: &dyn Fn(&str) -> bool| {
        let found = exceptions
            .iter()
            .filter(|e| e.get("id").and_then(Value::as_str).is_some_and(is));
        found.fold(
            (Permissions::empty(), Permissions::empty()),
            |(deny, allow), e| (deny | bits(e, "deny"), allow | bits(e, "allow")),
        )
    };
    let everybody = of(&|id| id == server);
    let by_role = of(&|id| mine.contains(&id));
    let personal = of(&|id| id == user);
    [everybody, by_role, personal]
        .into_iter()
        .fold(base, |may, (deny, allow)| (may - deny) | allow)
}

fn bits(value: &Value, key: &str) -> Permissions {
    let bits = value
        .get(key)
        .and_then(Value::as_str)
        .and_then(|b| b.parse().ok());
    Permissions::from_bits_truncate(bits.unwrap_or(0))
}

fn why(trouble: &Trouble) -> String {
    match trouble {
        Trouble::No { why, .. } => why.clone(),
        Trouble::Port(error) => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_channels_exceptions_count_in_their_order() {
        let view = Permissions::VIEW_CHANNEL.bits().to_string();
        let roles = json!([{ "id": "1", "permissions": view }, { "id": "2", "permissions": "0" }]);
        let me = json!({ "roles": ["2"], "user": { "id": "9" } });
        let channel = |exceptions: Value| json!({ "permission_overwrites": exceptions });
        let sees =
            |exceptions| allowed("1", &roles, &me, &channel(exceptions)).contains(Permissions::VIEW_CHANNEL);
        assert!(sees(json!([])));
        let closed = json!({ "id": "1", "type": 0, "allow": "0", "deny": view });
        assert!(!sees(json!([closed])));
        assert!(sees(
            json!([closed, { "id": "2", "type": 0, "allow": view, "deny": "0" }])
        ));
        assert!(!sees(
            json!([{ "id": "2", "allow": view, "deny": "0" }, { "id": "9", "allow": "0", "deny": view }])
        ));
    }
}
