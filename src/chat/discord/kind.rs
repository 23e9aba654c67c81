//! Discord as a kind of chat: what configuration, `init`, `check` and `manifest` have to know of it.

use std::sync::Arc;

use crate::chat::discord::NAME;
use crate::chat::discord::PERMISSIONS;
use crate::chat::discord::commands;
use crate::chat::discord::permissions;
use crate::chat::discord::settings::Given;
use crate::chat::id::IdForm;
use crate::chat::kind::Asked;
use crate::chat::kind::ChatKind;
use crate::chat::kind::Grants;
use crate::chat::kind::Ids;
use crate::chat::kind::Keys;
use crate::chat::kind::Said;
use crate::chat::setup::Lines;
use crate::chat::setup::Room;
use crate::chat::setup::Setup;
use crate::chat::setup::Who;

const SNOWFLAKE: &str = "1300000000000000001";
const FOUND: &str = "switch on Developer Mode in Discord, right-click it, \"Copy ID\"";

pub static KIND: ChatKind = ChatKind {
    name: NAME,
    title: "Discord",
    marks: &["discord", "embed", "embeds", "guild", "guilds"],
    read: |table| Arc::new(Given::read(table)),
    ids: Ids {
        room: ROOM,
        person: PERSON,
        group: ROLE,
        group_word: "role",
        claims: |id| id.starts_with(|c: char| c.is_ascii_digit()),
        differ: "a number",
    },
    keys: Keys {
        rights: &[("discord_role", Grants::Group), ("discord_user", Grants::Person)],
        group: "discord_role",
        users: "discord_users",
        room: "discord_channel",
    },
    said: Said {
        add: "[discord] with its server",
        mention: "write \"role:…\" or \"user:…\" with the id from Discord",
        taken: "the bot token is taken, and the server can be read",
        room: "the bot may do there what it has to",
    },
    setup: Setup {
        channel: "a link to it (right-click, Copy Link)",
        found: "in Discord right-click the channel, Copy Link",
        flag: "the channel's link",
        room,
        who_asked: "\"channel\" (whoever is on the server), role:ID or user:ID",
        who_flag: "\"channel\" (whoever is on the server), role:ID or user:ID",
        who,
        lines,
        right,
    },
    manifest,
};

const ROOM: IdForm = form("Discord channel");
const PERSON: IdForm = form("Discord person");
const ROLE: IdForm = form("Discord role");
pub const SERVER: IdForm = form("Discord server");

/// All of them are numbers, 17 to 20 digits.
const fn form(what: &'static str) -> IdForm {
    IdForm {
        what,
        example: SNOWFLAKE,
        found: FOUND,
        is: |id| {
            (17..=20).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_digit()) && !id.starts_with('0')
        },
    }
}

/// A link as "Copy Link" gives it, https://discord.com/channels/SERVER/CHANNEL, because only it names the server.
fn room(text: &str) -> Option<Result<Room, String>> {
    let Some((_, ids)) = text.split_once("/channels/") else {
        let what = "that is an id of Discord's, which does not say on which server. Right-click the channel, Copy Link.";
        return (ROOM.is)(text).then(|| Err(what.to_owned()));
    };
    let mut ids = ids.split(['/', '?']);
    let room = match (ids.next(), ids.next()) {
        (Some(server), Some(channel)) if (SERVER.is)(server) && (ROOM.is)(channel) => Ok(Room {
            chat: &KIND,
            id: channel.to_owned(),
            server: Some(server.to_owned()),
        }),
        _ => Err("that is no link to a channel of a server. Right-click the channel, Copy Link.".to_owned()),
    };
    Some(room)
}

fn who(text: &str) -> Result<Who, String> {
    let id = |prefix: &str, form: &IdForm| text.strip_prefix(prefix).filter(|id| (form.is)(id));
    match (id("role:", &ROLE), id("user:", &PERSON)) {
        (Some(role), _) => Ok(Who::Group(role.to_owned())),
        (None, Some(user)) => Ok(Who::Person(user.to_owned())),
        (None, None) => Err(
            "write channel, role:ID or user:ID. With developer mode, right-click the role or the person, Copy ID."
                .to_owned(),
        ),
    }
}

fn server(room: &Room) -> &str {
    room.server.as_deref().unwrap_or_default()
}

fn right(room: &Room, who: &Who) -> String {
    match who {
        // The role that everybody has carries the server's own id.
        Who::Channel => format!("discord_role = \"{}\" # @everyone", server(room)),
        Who::Group(id) => format!("discord_role = \"{id}\""),
        Who::Person(id) => format!("discord_user = \"{id}\""),
    }
}

fn lines(room: &Room) -> Lines {
    Lines {
        tokens: "#   DISCORD_BOT_TOKEN          the page \"Bot\" in the developer portal",
        section: format!(
            "# We call Discord (the gateway), so nothing here has to be reachable from outside.\n\
             [discord]\nserver = \"{}\"",
            server(room)
        ),
        channel: format!("discord = \"{}\"", room.id),
        pings: "\"role:1300000000000000004\", \"user:1300000000000000005\"",
        circles: "discord_role or discord_user",
        first: "Next, invite the bot with the link that this prints:\n  zeitnah manifest discord",
        exports: "DISCORD_BOT_TOKEN=…",
    }
}

/// The invitation with the least that works, and each permission with its reason.
fn manifest(asked: Asked) -> String {
    let application = asked.application.unwrap_or("YOUR_APPLICATION_ID");
    let mut out = format!(
        "# Invite the bot with this link (the application id is on \"General Information\" in the developer portal):\n\
         https://discord.com/oauth2/authorize?client_id={application}&scope=bot+applications.commands&permissions={}\n\
         \n# What it asks for, and why; no privileged intent is needed:\n",
        permissions()
    );
    for (_, name, why) in PERMISSIONS {
        out.push_str(&format!("#   {name}: {why}\n"));
    }
    out.push_str(
        "\n# With mode = \"http\": set \"Interactions Endpoint URL\" to {public_url}/discord/interactions.\n\
         # With mode = \"gateway\": leave it empty.\n\
         \n# A channel may be a forum: the same permissions do. `zeitnah check` says which tags to make there, or let the bot make\n\
         # them: give its role Manage Channel in that forum alone. Manage Threads there lets it pin its overview.\n\
         \n# There is nothing else to paste: the bot registers its commands itself (--commands prints them).",
    );
    if asked.commands {
        // As they are registered.
        let list = serde_json::to_string_pretty(&commands::list()).unwrap_or_default();
        out.push_str(&format!("\n\n# The commands:\n{list}"));
    }
    out
}
