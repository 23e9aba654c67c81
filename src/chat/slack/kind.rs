//! Slack as a kind of chat: what configuration, `init`, `check` and `manifest` have to know of it.

use std::sync::Arc;

use crate::chat::id::IdForm;
use crate::chat::kind::ChatKind;
use crate::chat::kind::Grants;
use crate::chat::kind::Ids;
use crate::chat::kind::Keys;
use crate::chat::kind::Said;
use crate::chat::setup::Lines;
use crate::chat::setup::Room;
use crate::chat::setup::Setup;
use crate::chat::setup::Who;
use crate::chat::slack::NAME;
use crate::chat::slack::settings::Given;

const FOUND: &str = "Slack shows it under \"copy link\" or in the profile";

pub static KIND: ChatKind = ChatKind {
    name: NAME,
    title: "Slack",
    marks: &["slack", "block_kit", "trigger_id"],
    read: |table| Arc::new(Given::read(table)),
    ids: Ids {
        room: ROOM,
        person: PERSON,
        group: GROUP,
        group_word: "group",
        claims: |id| id.starts_with(|c: char| c.is_ascii_uppercase()),
        differ: "letters and digits",
    },
    keys: Keys {
        rights: &[
            ("slack_group", Grants::Group),
            ("slack_user", Grants::Person),
            ("slack_channel", Grants::Room),
        ],
        group: "slack_group",
        users: "slack_users",
        room: "slack_channel",
    },
    said: Said {
        add: "the line [slack]",
        mention: "write \"group:S0123ABC\" or \"user:U0123ABC\"",
        taken: "the bot token is taken, with the scopes that are needed",
        room: "the bot is in it",
    },
    setup: Setup {
        channel: "its id (C…, at the end of its details) or a link to it",
        found: "It looks like C0123ABC and stands at the end of the channel's details in Slack",
        flag: "its id (C0123ABC) or a link to it",
        room,
        who_asked: "\"channel\" (whoever is in it), a user group (S…) or a person (U…)",
        who_flag: "\"channel\" (whoever is in it), a user group (S0123ABC) or a person (U0123ABC)",
        who,
        lines,
        right,
    },
    manifest: |_| include_str!("../../../bot-manifest.yaml").trim_end().to_owned(),
};

const ROOM: IdForm = IdForm {
    what: "Slack channel",
    example: "C0123ABC",
    found: FOUND,
    is: |id| is_id(id, "CG"),
};
const PERSON: IdForm = IdForm {
    what: "Slack person",
    example: "U0123ABC",
    found: FOUND,
    is: |id| is_id(id, "UW"),
};
const GROUP: IdForm = IdForm {
    what: "Slack user group",
    example: "S0123ABC",
    found: FOUND,
    is: |id| is_id(id, "S"),
};

/// The first letter says what an id stands for.
fn is_id(id: &str, letters: &str) -> bool {
    let tail = id.get(1..).unwrap_or_default();
    (2..=20).contains(&tail.len())
        && tail.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit())
        && id.starts_with(|c| letters.contains(c))
}

/// An id, or a link as "Copy link" gives it: https://team.slack.com/archives/C0123ABC.
fn room(text: &str) -> Option<Result<Room, String>> {
    let tail = text.rsplit("/archives/").next().unwrap_or_default();
    let id = tail.split(['/', '?']).next().unwrap_or_default();
    (ROOM.is)(id).then(|| {
        Ok(Room {
            chat: &KIND,
            id: id.to_owned(),
            server: None,
        })
    })
}

fn who(text: &str) -> Result<Who, String> {
    if (GROUP.is)(text) {
        return Ok(Who::Group(text.to_owned()));
    }
    if (PERSON.is)(text) {
        return Ok(Who::Person(text.to_owned()));
    }
    Err(
        "write channel, or an id: S… of a user group (in the address of its page), U… of a person (in the profile)."
            .to_owned(),
    )
}

fn right(room: &Room, who: &Who) -> String {
    match who {
        Who::Channel => format!("slack_channel = \"{}\"", room.id),
        Who::Group(id) => format!("slack_group = \"{id}\""),
        Who::Person(id) => format!("slack_user = \"{id}\""),
    }
}

fn lines(room: &Room) -> Lines {
    Lines {
        tokens: "#   SLACK_BOT_TOKEN   xoxb-…   the app's settings, \"OAuth & Permissions\"\n\
                 #   SLACK_APP_TOKEN   xapp-…   the app's settings, \"Basic Information\", with connections:write",
        section: "# The line alone is enough: we call Slack (Socket Mode), so nothing here has to be reachable from \
                  outside.\n[slack]"
            .to_owned(),
        channel: format!("slack = \"{}\"", room.id),
        pings: "\"group:S0123ABC\", \"user:U0123ABC\"",
        circles: "slack_channel (whoever is in it), slack_group or\n# slack_user",
        first: "Next, in Slack in the channel:\n  /invite @zeitnah",
        exports: "SLACK_BOT_TOKEN=xoxb-… SLACK_APP_TOKEN=xapp-…",
    }
}
