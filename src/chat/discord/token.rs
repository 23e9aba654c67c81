//! What rides in a `custom_id`, which holds a hundred characters: the verb and the item, or which form about what.
//! The room is not in it: each interaction says where it comes from.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::Digest as _;
use uuid::Uuid;

use crate::domain::id::ItemId;
use crate::domain::id::ReplyId;
use crate::domain::press::action;
use crate::domain::press::action::FormToken;
use crate::domain::press::action::ItemRef;
use crate::domain::press::action::Verb;
use crate::domain::press::form::FormStep;
use crate::domain::press::list_action::ActionTarget;
use crate::domain::press::list_action::ListAction;

/// Closes a question that was answered with no.
pub const CLOSE: &str = "z1x";
/// A menu: what was chosen in it says what is meant.
const MENU: &str = "z1m";
const SUBMIT: &str = "z1f";
const AGAIN: &str = "z1a";
const SURE: &str = "z1c";

const STEPS: [(FormStep, &str); 9] = [
    (FormStep::Write, "w"),
    (FormStep::Preview, "p"),
    (FormStep::Escalate, "e"),
    (FormStep::Handle, "h"),
    (FormStep::Snooze, "s"),
    (FormStep::HandOver, "g"),
    (FormStep::SendAgain, "a"),
    (FormStep::Read, "r"),
    (FormStep::Import, "i"),
];

/// What a `custom_id` of ours means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meant {
    Do { verb: Verb, item: ItemRef },
    Sure { verb: Verb, item: ItemRef },
    Submit(FormToken),
    Again(FormToken),
    ListAction(ListAction),
    Close,
}

/// A button on a message that must be found again carries the message's mark behind the verb and the item.
pub fn press(verb: Verb, item: ItemId, mark: &str) -> String {
    format!("{}.{mark}", action::token(verb, item))
}

/// A button whose question Discord cannot ask itself.
pub fn sure(verb: Verb, item: ItemId, mark: &str) -> String {
    format!("{SURE}.{}.{item}.{mark}", verb.as_str())
}

/// The menu of an item's rarer buttons, each of which is an option with the button's own name.
pub fn menu(item: ItemId, mark: &str) -> String {
    format!("{MENU}.{item}.{mark}")
}

/// A button that is offered; on a private answer it needs no mark.
pub fn offer(deed: ActionTarget, mark: &str) -> String {
    match mark {
        "" => deed.token(),
        mark => format!("{}.{mark}", deed.token()),
    }
}

pub fn submit(form: &FormToken) -> String {
    pack(SUBMIT, form)
}

pub fn again(form: &FormToken) -> String {
    pack(AGAIN, form)
}

/// The mark of a message, short enough to stand behind everything else.
pub fn mark(key: &str, generation: i32) -> String {
    let hash = digest(key, generation);
    URL_SAFE_NO_PAD.encode(hash.get(..9).unwrap_or_default())
}

/// By which Discord knows a repeat: 25 characters at most.
pub fn nonce(key: &str, generation: i32) -> String {
    let hash = digest(key, generation);
    URL_SAFE_NO_PAD.encode(hash.get(..18).unwrap_or_default())
}

fn digest(key: &str, generation: i32) -> Vec<u8> {
    sha2::Sha256::digest(format!("{key}:{generation}").as_bytes()).to_vec()
}

pub fn read(custom_id: &str, room: &str) -> Option<Meant> {
    let parts: Vec<&str> = custom_id.split('.').collect();
    let (first, rest) = parts.split_first()?;
    match (*first, rest) {
        // Nothing was chosen in it.
        (CLOSE, []) | (MENU, _) => Some(Meant::Close),
        ("z1", [verb, item, ..]) => Some(Meant::Do {
            verb: Verb::parse(verb)?,
            item: ItemRef::Id(item.parse().ok()?),
        }),
        (SURE, [verb, item, ..]) => Some(Meant::Sure {
            verb: Verb::parse(verb)?,
            item: ItemRef::Id(item.parse().ok()?),
        }),
        (SUBMIT, packed) => unpack(packed, room).map(Meant::Submit),
        (AGAIN, packed) => unpack(packed, room).map(Meant::Again),
        _ => ListAction::read(custom_id).map(Meant::ListAction),
    }
}

fn pack(sort: &str, form: &FormToken) -> String {
    let step = STEPS
        .iter()
        .find(|(step, _)| *step == form.step)
        .map_or("r", |(_, s)| *s);
    let reply = form.reply.map(|r| id(r.0)).unwrap_or_default();
    let seal = form.seal.as_deref().unwrap_or_default();
    let read = form.read.map(|n| format!(".{n}")).unwrap_or_default();
    format!("{sort}.{step}.{}.{reply}.{seal}{read}", id(form.item.0))
}

fn unpack(packed: &[&str], room: &str) -> Option<FormToken> {
    // What the person had read stands there since a later release.
    let [step, item, reply, seal, read @ ..] = packed else {
        return None;
    };
    let read = match read {
        [] => None,
        [read] => Some(read.parse().ok()?),
        _ => return None,
    };
    let (step, _) = STEPS.iter().find(|(_, letter)| letter == step)?;
    let reply = match *reply {
        "" => None,
        reply => Some(ReplyId(uuid(reply)?)),
    };
    Some(FormToken {
        step: *step,
        item: ItemId(uuid(item)?),
        room: room.to_owned(),
        reply,
        seal: Some((*seal).to_owned()).filter(|s| !s.is_empty()),
        read,
        // A modal that is put away is not reported here.
        lease: None,
    })
}

fn id(id: Uuid) -> String {
    URL_SAFE_NO_PAD.encode(id.as_bytes())
}

fn uuid(packed: &str) -> Option<Uuid> {
    Uuid::from_slice(&URL_SAFE_NO_PAD.decode(packed).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::At;

    #[test]
    fn a_form_comes_back_as_it_went_and_fits() {
        let now = At::UNIX_EPOCH;
        for (step, _) in STEPS {
            for (reply, seal, seen) in [
                (None, None, None),
                (
                    Some(ReplyId::new(now)),
                    Some("0123456789abcdef".to_owned()),
                    Some(i32::MAX),
                ),
            ] {
                let form = FormToken {
                    step,
                    item: ItemId::new(now),
                    room: "1".into(),
                    reply,
                    seal,
                    read: seen,
                    lease: None,
                };
                assert!(submit(&form).len() <= 100, "{}", submit(&form).len());
                assert_eq!(read(&submit(&form), "1"), Some(Meant::Submit(form.clone())));
                assert_eq!(read(&again(&form), "1"), Some(Meant::Again(form)));
            }
        }
    }

    #[test]
    fn a_button_comes_back_whatever_mark_it_carries() {
        let item = ItemId::new(At::UNIX_EPOCH);
        let mark = mark("card:x", 0);
        for verb in Verb::ALL {
            let (verb, item) = (*verb, ItemRef::Id(item));
            let (ItemRef::Id(id), longest) = (item, 100) else {
                unreachable!()
            };
            assert!(press(verb, id, &mark).len() <= longest && sure(verb, id, &mark).len() <= longest);
            assert_eq!(read(&press(verb, id, &mark), ""), Some(Meant::Do { verb, item }));
            assert_eq!(read(&sure(verb, id, &mark), ""), Some(Meant::Sure { verb, item }));
        }
        let menu = menu(item, &mark);
        assert!(menu.len() <= 100 && menu.ends_with(&mark));
        assert_eq!(read(&menu, ""), Some(Meant::Close), "nothing was chosen");
        assert!(nonce("card:x", 0).len() <= 25);
        assert_ne!(
            nonce("card:x", 0),
            nonce("card:x", 1),
            "a new generation is a new message"
        );
        for odd in [
            "",
            "z1",
            "z2.reply.x",
            "z1.reply.no-id",
            "z1f.w",
            "z1f.q.a.b.c",
            "z1f.w.AAAAAAAAAAAAAAAAAAAAAA...x",
            "z1f.w.AAAAAAAAAAAAAAAAAAAAAA...1.2",
            "hello",
        ] {
            assert_eq!(read(odd, ""), None, "{odd}");
        }
    }
}
