//! What the file says about chats, whichever there are: which one an id or a word belongs to, and how faults name them all.

use crate::chat::KINDS;
use crate::chat::kind::ChatKind;

/// The one that is meant where nothing says which.
pub fn usual() -> &'static ChatKind {
    KINDS[0]
}

/// The chat that an id looks like one of.
pub fn of_id(id: &str) -> &'static ChatKind {
    let claims = |chat: &&&ChatKind| (chat.ids.claims)(id);
    KINDS.iter().find(claims).copied().unwrap_or(usual())
}

/// The chat whose groups are named by this word; where it is a word of several, the one that the id looks like.
pub fn of_group(word: &str, id: &str) -> Option<&'static ChatKind> {
    let mut known = KINDS.iter().copied().filter(|chat| chat.ids.group_word == word);
    let first = known.next()?;
    let claims = |chat: &&ChatKind| (chat.ids.claims)(id);
    Some(std::iter::once(first).chain(known).find(claims).unwrap_or(first))
}

/// All of them, each in a few words.
pub fn each(words: impl Fn(&ChatKind) -> String) -> Vec<String> {
    KINDS.iter().map(|chat| words(chat)).collect()
}

/// `a, b and c`.
pub fn listed<S: AsRef<str>>(all: &[S], last: &str) -> String {
    let words: Vec<&str> = all.iter().map(AsRef::as_ref).collect();
    match words.split_last() {
        Some((end, rest)) if !rest.is_empty() => format!("{} {last} {end}", rest.join(", ")),
        _ => words.concat(),
    }
}

/// How many, where it is about as many as there are chats.
pub fn count(of: usize) -> &'static str {
    match of {
        2 => "two",
        3 => "three",
        _ => "several",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_and_a_word_say_which_chat_they_are_of() {
        let name = |chat: &ChatKind| chat.name;
        assert_eq!(name(of_id("U0123ABC")), "slack");
        assert_eq!(name(of_id("1300000000000000001")), "discord");
        assert_eq!(name(of_id("")), "slack");
        assert_eq!(of_group("role", "S0123ABC").map(name), Some("discord"));
        assert_eq!(of_group("group", "1300000000000000001").map(name), Some("slack"));
        assert_eq!(of_group("team", "S0123ABC").map(name), None);
    }

    #[test]
    fn chats_are_listed_as_in_a_sentence() {
        assert_eq!(listed::<&str>(&[], "or"), "");
        assert_eq!(listed(&["a"], "or"), "a");
        assert_eq!(listed(&["a", "b", "c"], "or"), "a, b or c");
    }

    #[test]
    fn no_two_chats_share_a_name_or_a_setting() {
        let names = each(|chat| chat.name.to_owned()).into_iter();
        let settings = KINDS.iter().flat_map(|chat| {
            let rights = chat.keys.rights.iter().map(|(key, _)| *key);
            rights.chain([chat.keys.users]).map(str::to_owned)
        });
        let mut all: Vec<String> = names.chain(settings).collect();
        let count = all.len();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), count, "{all:?}");
    }
}
