//! Why a far side said no, as people can read it: its own words, where it said why in words, and never its JSON, its
//! page or our own call. What was kept by an earlier release is read the same way.

/// Between what was called and what the far side said to it.
pub const ANSWERED: &str = ", answered: ";

/// Where a far side says in JSON what is wrong, the most telling first.
const KEYS: [&str; 7] = [
    "message",
    "error_description",
    "detail",
    "description",
    "reason",
    "title",
    "error",
];
const METHODS: [&str; 6] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"];
/// What an earlier release kept where nothing had been said.
const NOTHING: &str = "no reason given";

/// What people can be told of a failure's reason. `None`: nobody said anything in words.
pub fn words(why: &str) -> Option<String> {
    match why.split_once(ANSWERED) {
        Some((_, said)) => said_in(said),
        None if is_call(why) || why == NOTHING => None,
        // A reason that was asked for and given, if only by its name: that is what there is to tell.
        None => said_in(why).or_else(|| Some(why.trim()).filter(|why| is_code(why)).map(in_words)),
    }
}

fn said_in(text: &str) -> Option<String> {
    let text = text.trim();
    match text.chars().next()? {
        '{' | '[' | '"' => KEYS.into_iter().find_map(|key| value(text, key)),
        // A page, made for a browser.
        '<' => None,
        _ => plain(text),
    }
}

/// The first text of this name. It may be cut off, so it is not parsed as a whole.
fn value(json: &str, key: &str) -> Option<String> {
    let name = format!("\"{key}\"");
    let mut rest = json;
    while let Some((_, after)) = rest.split_once(&name) {
        rest = after;
        let Some(quoted) = after.trim_start().strip_prefix(':').map(str::trim_start) else {
            continue;
        };
        let mut found = serde_json::Deserializer::from_str(quoted).into_iter::<serde_json::Value>();
        if let Some(Ok(serde_json::Value::String(text))) = found.next()
            && let Some(words) = plain(text.trim())
        {
            return Some(words);
        }
    }
    None
}

/// Without marks of a page; nothing where it is a code and no words.
fn plain(text: &str) -> Option<String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('<') {
        out.push_str(before);
        let is_mark = after.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!'));
        match after.split_once('>').filter(|_| is_mark) {
            Some((_, left)) => rest = left,
            None => {
                out.push('<');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    let said = out.split_whitespace().collect::<Vec<_>>().join(" ");
    (!said.is_empty() && !is_code(&said) && !said.starts_with(['{', '['])).then_some(said)
}

/// A name that programs know, like `NOT_FOUND`.
fn is_code(text: &str) -> bool {
    let letter = |c: char| c.is_ascii_alphanumeric() || c == '_';
    !text.is_empty()
        && text.chars().all(letter)
        && (text.contains('_') || text.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit()))
}

/// `OFF_TOPIC` as `off topic`.
fn in_words(code: &str) -> String {
    code.replace('_', " ").to_lowercase().trim().to_owned()
}

/// `POST /replies: 404`: what we did, which says nothing to anybody.
fn is_call(why: &str) -> bool {
    let mut words = why.split(' ');
    words.next().is_some_and(|first| METHODS.contains(&first))
        && words
            .next()
            .is_some_and(|second| second.starts_with('/') || second.starts_with("http"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_read_words_and_nothing_else() {
        for (why, read) in [
            ("POST /replies: 404", None),
            ("PUT https://shop.example/x: no answer in time", None),
            ("", None),
            ("no reason given", None),
            (
                "POST /replies: 404, answered: Gibt es nicht.",
                Some("Gibt es nicht."),
            ),
            (
                "POST /r: 404, answered: {\"error\":{\"code\":\"gone\",\"message\":\"Gibt es \\u201enicht\\u201c mehr.\"}}",
                Some("Gibt es „nicht“ mehr."),
            ),
            ("POST /r: 404, answered: {\"error\":\"not_found\"}", None),
            (
                "POST /r: 400, answered: {\"error\":\"Text is too long\",\"code\":7}",
                Some("Text is too long"),
            ),
            // Cut off in the middle, as an earlier release kept it.
            (
                "POST /r: 400, answered: {\"message\": \"Zu lang\", \"trace\": \"abc…",
                None.or(Some("Zu lang")),
            ),
            (
                "POST /r: 502, answered: <html><head><title>502 Bad Gateway</title>",
                None,
            ),
            ("POST /r: 502, answered: [1,2]", None),
            ("Keine <b>Links</b>, bitte", Some("Keine Links, bitte")),
            ("1 < 2 und 3 > 2", Some("1 < 2 und 3 > 2")),
            (
                "{\"reason\": \"SPAM\", \"title\": \"Sieht nach Werbung aus\"}",
                Some("Sieht nach Werbung aus"),
            ),
            ("Spam", Some("Spam")),
            ("OFF_TOPIC", Some("off topic")),
            (
                "the item already has an answer",
                Some("the item already has an answer"),
            ),
        ] {
            assert_eq!(words(why).as_deref(), read, "{why}");
        }
    }

    proptest::proptest! {
        #[test]
        fn whatever_is_said_no_json_and_no_page_is_read(text in "[{}<>\\[\\]\": a-z/]{0,60}") {
            if let Some(words) = words(&text) {
                proptest::prop_assert!(!words.is_empty() && !words.starts_with(['{', '[']), "{}", words);
            }
        }
    }
}
