//! Slack's payloads as presses. Decoding is lenient: a field that is missing, null or new never loses a press, it at
//! worst becomes "I did not understand that", with the raw payload kept.

use serde_json::Value;
use sha2::Digest as _;

use crate::chat::slack::NAME;
use crate::chat::slack::file;
use crate::chat::slack::view;
use crate::chat::typed::typed;
use crate::domain::people::person::PersonId;
use crate::domain::press::action;
use crate::domain::press::action::Actor;
use crate::domain::press::action::Ask;
use crate::domain::press::action::Change;
use crate::domain::press::action::FormToken;
use crate::domain::press::action::ItemRef;
use crate::domain::press::action::Press;
use crate::domain::press::form::FormStep;
use crate::domain::press::list_action::ListAction;
use crate::domain::say::words;

/// The payload inside a body or a socket frame, whatever way it came.
pub fn payload(raw: &[u8]) -> Option<Value> {
    if raw.first() == Some(&b'{') {
        let value: Value = serde_json::from_slice(raw).ok()?;
        return match value.get("envelope_id") {
            Some(_) => value.get("payload").cloned(),
            None => Some(value),
        };
    }
    let fields: Vec<(String, String)> = url::form_urlencoded::parse(raw)
        .map(|(k, v)| (k.into_owned(), v.into_owned()))
        .collect();
    match fields.iter().find(|(k, _)| k == "payload") {
        Some((_, json)) => serde_json::from_str(json).ok(),
        None if fields.iter().any(|(k, _)| k == "command") => Some(Value::Object(
            fields.into_iter().map(|(k, v)| (k, Value::String(v))).collect(),
        )),
        None => None,
    }
}

/// The same for each delivery of the same thing.
pub fn key(raw: &[u8], payload: Option<&Value>) -> String {
    let Some(value) = payload else {
        return hash(&[&String::from_utf8_lossy(raw)]);
    };
    let word = |pointer: &str| text(value, pointer).unwrap_or_default();
    match word("/type") {
        "block_actions" => hash(&[
            "action",
            word("/team/id"),
            word("/user/id"),
            word("/container/message_ts"),
            word("/view/id"),
            word("/actions/0/action_id"),
            word("/actions/0/action_ts"),
            word("/trigger_id"),
        ]),
        // A form that came back with faults is submitted again from the same view: only the trigger is new.
        "view_submission" => hash(&[
            "submission",
            word("/view/id"),
            word("/view/hash"),
            word("/trigger_id"),
        ]),
        "view_closed" => hash(&["closed", word("/view/id"), word("/view/hash"), word("/user/id")]),
        "event_callback" => hash(&["event", word("/event_id")]),
        _ if value.get("command").is_some() => hash(&["command", word("/user_id"), word("/trigger_id")]),
        _ => hash(&[&String::from_utf8_lossy(raw)]),
    }
}

/// Whether the answer to this delivery carries what happens to the form.
pub fn is_submission(value: &Value) -> bool {
    text(value, "/type") == Some("view_submission")
}

/// `team` is ours; whoever comes from another one is an outsider.
pub fn read(raw: &[u8], team: &str) -> Press {
    let payload = payload(raw);
    decode(key(raw, payload.as_ref()), payload.as_ref(), team)
}

/// The same where its payload and its key are known already.
pub fn decode(key: String, payload: Option<&Value>, team: &str) -> Press {
    let Some(value) = payload else {
        return odd(key, &Value::Null, "neither JSON nor a form");
    };
    if value.get("command").is_some() {
        return command(key, value, team);
    }
    let (ask, room) = match text(value, "/type") {
        Some("block_actions") => (pressed(value), room(value)),
        Some("view_submission") => match token(value) {
            Some(form) => {
                let room = form.room.clone();
                let view = value.get("view").unwrap_or(&Value::Null);
                let mut values = view::values(view);
                let ask = match form.step {
                    FormStep::Import => Ask::HandIn {
                        source: values.remove("source").unwrap_or_default(),
                        file: file::handed(view, "file"),
                        said: values.remove("said").unwrap_or_default(),
                    },
                    _ => Ask::Submit { form, values },
                };
                (ask, room)
            }
            None => (
                Ask::Odd {
                    why: "a form that is not ours".into(),
                },
                String::new(),
            ),
        },
        // What happens in another company's workspace is nothing to us.
        Some("event_callback") if is_foreign(value, team) => (Ask::Nothing, String::new()),
        Some("event_callback") => (
            event(value),
            text(value, "/event/channel").unwrap_or_default().to_owned(),
        ),
        Some("view_closed") => match token(value) {
            Some(form) => {
                let room = form.room.clone();
                let values = view::values(value.get("view").unwrap_or(&Value::Null));
                (Ask::Closed { form, values }, room)
            }
            None => (Ask::Nothing, String::new()),
        },
        Some(other) => (
            Ask::Odd {
                why: format!("unknown type {:?}", words::short_line(other, 60)),
            },
            room(value),
        ),
        None => (
            Ask::Odd {
                why: "no type".into(),
            },
            String::new(),
        ),
    };
    let user = text(value, "/user/id")
        .or_else(|| text(value, "/event/user"))
        .unwrap_or_default();
    let home = text(value, "/user/team_id");
    Press {
        chat: NAME.into(),
        key,
        by: Actor {
            person: PersonId::new(NAME, user),
            name: name(value, user),
            // Not knowing who we are is no reason to let everybody in.
            outsider: home.is_some_and(|home| home != team) || is_foreign(value, team),
            vouched: None,
        },
        ask,
        room,
        thread: text(value, "/container/thread_ts").map(str::to_owned),
        answer_to: text(value, "/response_url").map(str::to_owned),
        opener: text(value, "/trigger_id").map(str::to_owned),
    }
}

/// Whether it comes from an installation of this app in a workspace that is not ours. Where a whole organisation has
/// installed it, no workspace is named.
fn is_foreign(value: &Value, team: &str) -> bool {
    let from = text(value, "/team/id").or_else(|| text(value, "/team_id"));
    from.is_some_and(|from| from != team)
}

fn pressed(value: &Value) -> Ask {
    let chosen = text(value, "/actions/0/selected_option/value");
    let Some(named) = chosen.or_else(|| text(value, "/actions/0/action_id")) else {
        return Ask::Odd {
            why: "an action without a name".into(),
        };
    };
    // Inside a form, a choice is not a press; a link opens by itself.
    let in_form =
        value.get("view").is_some_and(|v| !v.is_null()) && text(value, "/view/type") != Some("home");
    if named.starts_with("z1.link.") || in_form {
        return Ask::Nothing;
    }
    match (action::read_token(named), ListAction::read(named)) {
        (Some((verb, item)), _) => Ask::Do {
            verb,
            item: ItemRef::Id(item),
        },
        (None, Some(list_action)) => Ask::ListAction(list_action),
        (None, None) => Ask::Odd {
            why: format!("unknown action {:?}", words::short_line(named, 60)),
        },
    }
}

fn token(value: &Value) -> Option<FormToken> {
    serde_json::from_str(text(value, "/view/private_metadata")?).ok()
}

fn event(value: &Value) -> Ask {
    if text(value, "/event/type") == Some("app_home_opened") {
        // Where the tab is not said, it is this one.
        return match text(value, "/event/tab") {
            None | Some("home") => Ask::HomeOpened,
            Some(_) => Ask::Nothing,
        };
    }
    let change = match text(value, "/event/type") {
        Some("channel_archive" | "channel_unarchive" | "group_archive" | "group_unarchive") => {
            text(value, "/event/channel").map(|c| Change::Room(c.to_owned()))
        }
        Some("member_joined_channel" | "member_left_channel") => {
            text(value, "/event/channel").map(|c| Change::Room(c.to_owned()))
        }
        Some("subteam_members_changed") => {
            text(value, "/event/subteam_id").map(|g| Change::Circle(g.to_owned()))
        }
        Some("subteam_updated") => text(value, "/event/subteam/id").map(|g| Change::Circle(g.to_owned())),
        _ => None,
    };
    change.map_or(Ask::Nothing, Ask::Changed)
}

fn command(key: String, value: &Value, team: &str) -> Press {
    let word = |name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default();
    Press {
        chat: NAME.into(),
        key,
        by: Actor {
            person: PersonId::new(NAME, word("user_id")),
            name: words::short_line(word("user_name"), 60),
            outsider: is_foreign(value, team),
            vouched: None,
        },
        ask: typed(word("text")),
        room: word("channel_id").to_owned(),
        thread: None,
        answer_to: Some(word("response_url").to_owned()).filter(|u| !u.is_empty()),
        opener: Some(word("trigger_id").to_owned()).filter(|t| !t.is_empty()),
    }
}

fn odd(key: String, value: &Value, why: &str) -> Press {
    Press {
        chat: NAME.into(),
        key,
        by: Actor {
            person: PersonId::new(NAME, ""),
            name: String::new(),
            outsider: true,
            vouched: None,
        },
        ask: Ask::Odd { why: why.to_owned() },
        room: room(value),
        thread: None,
        answer_to: None,
        opener: None,
    }
}

fn room(value: &Value) -> String {
    ["/channel/id", "/container/channel_id"]
        .iter()
        .find_map(|p| text(value, p))
        .unwrap_or_default()
        .to_owned()
}

fn name(value: &Value, user: &str) -> String {
    let names = ["/user/username", "/user/name"]
        .iter()
        .filter_map(|p| text(value, p));
    names
        .map(|n| words::short_line(n, 60))
        .find(|n| !n.is_empty())
        .unwrap_or_else(|| user.to_owned())
}

fn text<'a>(value: &'a Value, pointer: &str) -> Option<&'a str> {
    value
        .pointer(pointer)
        .and_then(Value::as_str)
        .filter(|s| !s.is_empty())
}

fn hash(parts: &[&str]) -> String {
    let mut hash = sha2::Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hex::encode(hash.finalize())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::domain::At;
    use crate::domain::id::ItemId;
    use crate::domain::press::action::Verb;

    #[test]
    fn a_button_and_an_overflow_choice_are_the_same_press() {
        let item = ItemId::new(At::UNIX_EPOCH);
        let token = action::token(Verb::Snooze, item);
        let body = |action: Value| {
            json!({ "type": "block_actions", "user": { "id": "U1", "team_id": "T1" }, "team": null,
                    "channel": { "id": "C1" }, "actions": [action] })
        };
        let button = body(json!({ "action_id": token }));
        let choice = body(json!({ "action_id": "z1.more", "selected_option": { "value": token } }));
        for value in [button, choice] {
            let press = read(value.to_string().as_bytes(), "T1");
            assert_eq!(
                press.ask,
                Ask::Do {
                    verb: Verb::Snooze,
                    item: ItemRef::Id(item)
                }
            );
            assert_eq!((press.room.as_str(), press.by.outsider), ("C1", false));
            assert!(read(value.to_string().as_bytes(), "T2").by.outsider);
        }
    }

    #[test]
    fn whatever_another_workspace_sends_comes_from_outside() {
        let command = b"command=%2Fzeitnah&text=open&team_id=T1&user_id=U1&channel_id=C1&trigger_id=1";
        let form =
            json!({ "type": "view_submission", "user": { "id": "U1" }, "team": { "id": "T1" }, "view": {} });
        let press = json!({ "type": "block_actions", "user": { "id": "U1" }, "team": { "id": "T1" },
                            "actions": [{ "action_id": "z1.home" }] });
        let odd = json!({ "type": "shortcut", "user": { "id": "U1" }, "team": { "id": "T1" } });
        let all = [form.to_string(), press.to_string(), odd.to_string()];
        for raw in all.iter().map(String::as_bytes).chain([&command[..]]) {
            assert!(!read(raw, "T1").by.outsider);
            assert!(read(raw, "T2").by.outsider, "{}", String::from_utf8_lossy(raw));
            assert!(
                read(raw, "").by.outsider,
                "before we know who we are, nobody is one of us"
            );
        }
        for (event, ours) in [
            (
                json!({ "type": "app_home_opened", "user": "U1", "tab": "home" }),
                Ask::HomeOpened,
            ),
            (
                json!({ "type": "subteam_members_changed", "subteam_id": "S1" }),
                Ask::Changed(Change::Circle("S1".into())),
            ),
            (
                json!({ "type": "channel_archive", "channel": "C1" }),
                Ask::Changed(Change::Room("C1".into())),
            ),
        ] {
            let raw = json!({ "type": "event_callback", "team_id": "T1", "event_id": "E1", "event": event });
            let raw = raw.to_string();
            assert_eq!(read(raw.as_bytes(), "T1").ask, ours);
            assert_eq!(read(raw.as_bytes(), "T2").ask, Ask::Nothing);
        }
    }

    proptest! {
        #[test]
        fn no_bytes_are_too_odd(raw in proptest::collection::vec(any::<u8>(), 0..200)) {
            let press = read(&raw, "T1");
            prop_assert_eq!(press.key, key(&raw, payload(&raw).as_ref()));
        }

        #[test]
        fn no_shape_is_too_odd(kind in "block_actions|view_submission|event_callback|shortcut|x", inner in "null|1|\"a\"|\\[\\]|\\{\\}") {
            let inner: Value = serde_json::from_str(&inner).unwrap();
            let value = json!({ "type": kind, "user": inner, "actions": inner, "view": inner, "event": inner, "channel": inner });
            read(value.to_string().as_bytes(), "T1");
        }
    }
}
