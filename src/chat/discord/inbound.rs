//! Discord's interactions as presses. Decoding is lenient: a field, a type or a component that is missing, null or new
//! never loses a press, it at worst becomes "I did not understand that", with the raw bytes kept.

use serde_json::Value;
use sha2::Digest as _;

use crate::chat::discord::NAME;
use crate::chat::discord::form;
use crate::chat::discord::message;
use crate::chat::discord::token;
use crate::chat::discord::token::Meant;
use crate::chat::typed::typed;
use crate::domain::people::person::PersonId;
use crate::domain::people::rights::Circle;
use crate::domain::press::action::Actor;
use crate::domain::press::action::Ask;
use crate::domain::press::action::Change;
use crate::domain::press::action::ItemRef;
use crate::domain::press::action::Press;
use crate::domain::press::action::Verb;
use crate::domain::press::form::FormStep;
use crate::domain::say::words;

const THREADS: [u64; 3] = [10, 11, 12];

/// What kind of interaction it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InteractionKind {
    Ping,
    Command,
    Button,
    Typing,
    Submission,
    /// Not an interaction, or one that is newer than we are.
    Other,
}

/// The interaction inside a body or a gateway frame, whatever way it came.
pub fn payload(raw: &[u8]) -> Option<Value> {
    let value: Value = serde_json::from_slice(raw).ok()?;
    if value.get("op").is_none() {
        return Some(value);
    }
    let event = text(&value, "/t").unwrap_or_default().to_owned();
    let mut inner = value.get("d").cloned()?;
    if event != "INTERACTION_CREATE" {
        inner = serde_json::json!({ "event": event, "event_data": inner });
    }
    Some(inner)
}

pub fn kind(value: &Value) -> InteractionKind {
    match value.get("type").and_then(Value::as_u64) {
        Some(1) => InteractionKind::Ping,
        Some(2) => InteractionKind::Command,
        Some(3) => InteractionKind::Button,
        Some(4) => InteractionKind::Typing,
        Some(5) => InteractionKind::Submission,
        _ => InteractionKind::Other,
    }
}

/// The same for each delivery of the same thing, whichever connection it comes by.
pub fn key(raw: &[u8]) -> String {
    let id = payload(raw).and_then(|value| text(&value, "/id").map(str::to_owned));
    match id {
        Some(id) => format!("interaction:{id}"),
        None => hex::encode(sha2::Sha256::digest(raw)),
    }
}

/// Whether the message that a button stood on is one that only its person sees.
pub fn is_private(value: &Value) -> bool {
    let flags = value.pointer("/message/flags").and_then(Value::as_u64);
    flags.unwrap_or(0) & form::EPHEMERAL != 0
}

/// Whether its message has buttons about several items, or about none.
pub fn is_list(value: &Value) -> bool {
    let message = value.get("message").unwrap_or(&Value::Null);
    let meant = message::asked(message);
    let meant = meant.into_iter().filter_map(|id| token::read(id, ""));
    let mut items = Vec::new();
    for one in meant {
        match one {
            Meant::ListAction(_) => return true,
            Meant::Do { item, .. } if !items.contains(&item) => items.push(item),
            Meant::Do { .. } | Meant::Sure { .. } | Meant::Submit(_) | Meant::Again(_) | Meant::Close => {}
        }
    }
    items.len() > 1
}

/// `server` is ours; whoever presses in another one is an outsider.
pub fn read(raw: &[u8], server: &str) -> Press {
    let key = key(raw);
    let Some(value) = payload(raw) else {
        return press(key, &Value::Null, server, odd("no JSON"));
    };
    let room = room(&value);
    let ask = match kind(&value) {
        InteractionKind::Button => pressed(&value, &room),
        InteractionKind::Submission => submitted(&value, &room),
        InteractionKind::Command => command(&value, server),
        InteractionKind::Typing => typing(&value),
        InteractionKind::Ping => Ask::Nothing,
        // What happens in another server is nothing to us.
        InteractionKind::Other if home(&value).is_some_and(|home| home != server) => Ask::Nothing,
        InteractionKind::Other => event(&value),
    };
    press(key, &value, server, ask)
}

/// The server that it comes from; a conversation with one person belongs to none.
fn home(value: &Value) -> Option<&str> {
    text(value, "/guild_id").or_else(|| text(value, "/event_data/guild_id"))
}

fn press(key: String, value: &Value, server: &str, ask: Ask) -> Press {
    let user = text(value, "/member/user/id").or_else(|| text(value, "/user/id"));
    let user = user.unwrap_or_default();
    let home = home(value);
    let person = value.get("member").filter(|m| m.is_object()).unwrap_or(value);
    let vouched = (home == Some(server)).then(|| circles(person, server));
    let way = [
        text(value, "/application_id"),
        text(value, "/id"),
        text(value, "/token"),
    ];
    let opener = match kind(value) {
        InteractionKind::Button | InteractionKind::Command => text(value, "/id").map(str::to_owned),
        InteractionKind::Ping
        | InteractionKind::Typing
        | InteractionKind::Submission
        | InteractionKind::Other => None,
    };
    Press {
        chat: NAME.into(),
        key,
        by: Actor {
            person: PersonId::new(NAME, user),
            name: called(person, user),
            outsider: home.is_some_and(|home| home != server),
            vouched,
        },
        ask,
        room: room(value),
        thread: thread(value),
        answer_to: way.into_iter().collect::<Option<Vec<_>>>().map(|w| w.join("/")),
        opener,
    }
}

/// A member's roles; everybody is in the role that has the server's own id.
pub fn circles(member: &Value, server: &str) -> Vec<Circle> {
    let roles = member.get("roles").and_then(Value::as_array);
    let roles = roles.into_iter().flatten().filter_map(Value::as_str);
    roles
        .chain([server])
        .map(|role| Circle::Group(role.to_owned()))
        .collect()
}

/// What people call this member here.
pub fn called(member: &Value, user: &str) -> String {
    let names = [
        "/nick",
        "/user/global_name",
        "/user/username",
        "/global_name",
        "/username",
    ];
    names
        .iter()
        .filter_map(|p| text(member, p))
        .map(|n| words::short_line(n, 60))
        .find(|n| !n.is_empty())
        .unwrap_or_else(|| user.to_owned())
}

fn pressed(value: &Value, room: &str) -> Ask {
    let chosen = text(value, "/data/values/0");
    let Some(named) = chosen.or_else(|| text(value, "/data/custom_id")) else {
        return odd("a component without a name");
    };
    match token::read(named, room) {
        Some(Meant::Do { verb, item }) => Ask::Do { verb, item },
        Some(Meant::Sure { verb, item }) => Ask::Sure { verb, item },
        Some(Meant::Submit(form)) => Ask::Submit {
            form,
            values: std::collections::BTreeMap::new(),
        },
        Some(Meant::Again(form)) => Ask::Again { form },
        Some(Meant::ListAction(list_action)) => Ask::ListAction(list_action),
        Some(Meant::Close) => Ask::Nothing,
        None => odd(&format!("unknown component {:?}", words::short_line(named, 60))),
    }
}

fn submitted(value: &Value, room: &str) -> Ask {
    let data = value.get("data").unwrap_or(&Value::Null);
    match text(data, "/custom_id").and_then(|id| token::read(id, room)) {
        Some(Meant::Submit(form)) if form.step == FormStep::Import => {
            let mut values = form::values(data);
            Ask::HandIn {
                source: values.remove("source").unwrap_or_default(),
                file: form::handed(data, "file"),
                said: values.remove("said").unwrap_or_default(),
            }
        }
        Some(Meant::Submit(form)) => Ask::Submit {
            form,
            values: form::values(data),
        },
        _ => odd("a form that is not ours"),
    }
}

/// `/zeitnah take 42` is the subcommand `take` with the option `number`.
fn command(value: &Value, server: &str) -> Ask {
    let word = text(value, "/data/options/0/name").unwrap_or_default();
    let number = option(value);
    let person = person(value);
    let named = person.map(|id| format!("<@{id}>")).unwrap_or_default();
    let mut ask = typed(format!("{word} {number} {named}").trim());
    if let (Ask::Give { to, .. }, Some(id)) = (&mut ask, person) {
        to.known = resolved(value, id, server);
    }
    ask
}

/// The person that an option of a command names.
fn person(value: &Value) -> Option<&str> {
    let options = value.pointer("/data/options/0/options").and_then(Value::as_array);
    let mut options = options.into_iter().flatten();
    let named = options.find(|o| o.get("name").and_then(Value::as_str) == Some("person"))?;
    named.get("value").and_then(Value::as_str)
}

/// What the command's own delivery says about a person whom it names.
fn resolved(value: &Value, id: &str, server: &str) -> Option<Actor> {
    let mut member = value.pointer("/data/resolved/members")?.get(id)?.clone();
    let user = value.pointer("/data/resolved/users").and_then(|u| u.get(id));
    if let Some(fields) = member.as_object_mut() {
        fields.insert("user".to_owned(), user.cloned().unwrap_or_default());
    }
    let here = text(value, "/guild_id") == Some(server);
    here.then(|| Actor {
        person: PersonId::new(NAME, id),
        name: called(&member, id),
        outsider: false,
        vouched: Some(circles(&member, server)),
    })
}

/// Which verb is being typed after; what is typed so far is asked for by itself.
fn typing(value: &Value) -> Ask {
    let word = text(value, "/data/options/0/name").unwrap_or_default();
    match Verb::parse(word).or((word == "item").then_some(Verb::FullText)) {
        Some(verb) => Ask::Do {
            verb,
            item: ItemRef::Number(0),
        },
        None => Ask::Nothing,
    }
}

/// The number as it stands in the command, or as far as it is typed.
pub fn option(value: &Value) -> String {
    let options = value.pointer("/data/options/0/options");
    let options = options.and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let named = |o: &&Value| o.get("name").and_then(Value::as_str) == Some("number");
    // Whoever names a person may do so first.
    let option = options.iter().find(named).or(options.first());
    match option.and_then(|o| o.get("value")) {
        Some(Value::String(typed)) => typed.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}

/// Only what makes something worth another try.
fn event(value: &Value) -> Ask {
    match (text(value, "/event"), text(value, "/event_data/id")) {
        (Some("CHANNEL_UPDATE"), Some(id)) => Ask::Changed(Change::Room(id.to_owned())),
        (Some(_), _) => Ask::Nothing,
        (None, _) => odd("an interaction of an unknown type"),
    }
}

fn odd(why: &str) -> Ask {
    Ask::Odd { why: why.to_owned() }
}

fn is_thread(value: &Value) -> bool {
    let kind = value.pointer("/channel/type").and_then(Value::as_u64);
    kind.is_some_and(|kind| THREADS.contains(&kind))
}

/// A button in a card's thread belongs to the channel that the card stands in.
fn room(value: &Value) -> String {
    let parent = text(value, "/channel/parent_id").filter(|_| is_thread(value));
    let room = parent
        .or_else(|| text(value, "/channel_id"))
        .or_else(|| text(value, "/channel/id"));
    room.unwrap_or_default().to_owned()
}

/// Where a line can be left that calls somebody: the thread, or the card, whose thread has its id.
fn thread(value: &Value) -> Option<String> {
    if is_thread(value) {
        return text(value, "/channel/id").map(str::to_owned);
    }
    let on_card =
        kind(value) == InteractionKind::Button && !is_private(value) && value.get("guild_id").is_some();
    text(value, "/message/id").filter(|_| on_card).map(str::to_owned)
}

fn text<'a>(value: &'a Value, pointer: &str) -> Option<&'a str> {
    value
        .pointer(pointer)
        .and_then(Value::as_str)
        .filter(|s| !s.is_empty())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::domain::At;
    use crate::domain::id::ItemId;

    const SERVER: &str = "1300000000000000001";

    fn button(custom_id: &str) -> Value {
        json!({
            "id": "1300000000000000009", "application_id": "1300000000000000002", "token": "aW50", "type": 3,
            "guild_id": SERVER, "channel_id": "1300000000000000003",
            "member": { "nick": "Anna", "roles": ["1300000000000000004"], "user": { "id": "1300000000000000005" } },
            "message": { "id": "1300000000000000006", "flags": 0 },
            "data": { "component_type": 2, "custom_id": custom_id },
        })
    }

    #[test]
    fn a_press_says_who_where_and_what_they_are() {
        let item = ItemId::new(At::UNIX_EPOCH);
        let value = button(&token::press(Verb::Take, item, "mark"));
        let press = read(value.to_string().as_bytes(), SERVER);
        assert_eq!(
            press.ask,
            Ask::Do {
                verb: Verb::Take,
                item: ItemRef::Id(item)
            }
        );
        assert_eq!(press.by.name, "Anna");
        let role = Circle::Group("1300000000000000004".into());
        assert!(press.by.vouched.is_some_and(|v| v.contains(&role)));
        assert_eq!(press.thread.as_deref(), Some("1300000000000000006"));
        assert_eq!(
            press.answer_to.as_deref(),
            Some("1300000000000000002/1300000000000000009/aW50")
        );
        let elsewhere = read(value.to_string().as_bytes(), "1300000000000000007");
        assert!(
            elsewhere.by.outsider && elsewhere.by.vouched.is_none(),
            "another server's roles are not ours"
        );
    }

    #[test]
    fn whatever_another_server_sends_comes_from_outside() {
        let mut form = button(&token::press(Verb::Take, ItemId::new(At::UNIX_EPOCH), "mark"));
        form["type"] = json!(5);
        let mut typing = form.clone();
        typing["type"] = json!(4);
        let mut command = form.clone();
        command["type"] = json!(2);
        let mut newer = form.clone();
        newer["type"] = json!(9);
        for value in [form, typing, command, newer] {
            let raw = value.to_string();
            let (here, there) = (
                read(raw.as_bytes(), SERVER),
                read(raw.as_bytes(), "1300000000000000007"),
            );
            assert!(!here.by.outsider && there.by.outsider, "{raw}");
            assert_eq!(there.by.vouched, None);
        }
        let frame =
            json!({ "op": 0, "s": 7, "t": "CHANNEL_UPDATE", "d": { "id": "13", "guild_id": SERVER } });
        let raw = frame.to_string();
        assert_eq!(
            read(raw.as_bytes(), SERVER).ask,
            Ask::Changed(Change::Room("13".into()))
        );
        assert_eq!(read(raw.as_bytes(), "1300000000000000007").ask, Ask::Nothing);
    }

    #[test]
    fn a_button_in_a_thread_belongs_to_the_cards_channel() {
        let mut value = button("z1x");
        value["channel"] =
            json!({ "id": "1300000000000000006", "type": 11, "parent_id": "1300000000000000003" });
        value["channel_id"] = json!("1300000000000000006");
        let press = read(value.to_string().as_bytes(), SERVER);
        assert_eq!(press.room, "1300000000000000003");
        assert_eq!(press.thread.as_deref(), Some("1300000000000000006"));
    }

    #[test]
    fn the_same_interaction_has_the_same_key_by_both_ways() {
        let value = button("z1x");
        let frame = json!({ "op": 0, "s": 7, "t": "INTERACTION_CREATE", "d": value });
        assert_eq!(
            key(value.to_string().as_bytes()),
            key(frame.to_string().as_bytes())
        );
    }

    proptest! {
        #[test]
        fn no_bytes_are_too_odd(raw in proptest::collection::vec(any::<u8>(), 0..200)) {
            prop_assert_eq!(read(&raw, SERVER).key, key(&raw));
        }

        #[test]
        fn no_shape_is_too_odd(kind in 0u64..9, inner in "null|1|\"a\"|\\[\\]|\\{\\}|\\[null\\]") {
            let inner: Value = serde_json::from_str(&inner).unwrap();
            let value = json!({ "type": kind, "id": inner, "data": inner, "member": inner, "channel": inner,
                                "message": inner, "token": inner, "guild_id": inner });
            read(value.to_string().as_bytes(), SERVER);
        }
    }
}
