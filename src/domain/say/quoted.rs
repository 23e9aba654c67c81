//! Why a far side said no: in our words, in its own, and as people can read it, which is never its JSON, its page or our
//! own call. What was kept by an earlier release is read the same way.

use std::fmt;

/// Where it is kept as one text, what stands between our words and those of the far side.
const ANSWERED: &str = ", answered: ";

/// Why something was not done, or may not have been.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Why {
    /// In our words: what was called and what came of it. Fit for a log.
    pub ours: String,
    /// In the far side's. They may repeat what customers or we wrote.
    pub answered: Option<String>,
    /// What the far side calls it, a word for programs.
    pub code: Option<String>,
    /// What stands in the way, where somebody wants to tell it apart.
    pub obstacle: Option<Obstacle>,
}

/// What keeps an effect from being carried out now, by name in the rows of its tries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Obstacle {
    /// The far side wants us slower.
    Limit,
    /// The room is put away.
    Archived,
    /// What it belongs to is not there yet.
    NotThereYet,
}

impl Obstacle {
    pub const ALL: [Self; 3] = [Self::Limit, Self::Archived, Self::NotThereYet];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Limit => "limit",
            Self::Archived => "archived",
            Self::NotThereYet => "not_there_yet",
        }
    }

    /// None: a newer version's, which it tells itself.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == name)
    }
}

impl Why {
    pub fn answered(self, said: impl Into<String>) -> Self {
        let answered = Some(said.into());
        Self { answered, ..self }
    }

    pub fn called(self, code: impl Into<String>) -> Self {
        let code = Some(code.into());
        Self { code, ..self }
    }

    pub fn by(self, obstacle: Obstacle) -> Self {
        let obstacle = Some(obstacle);
        Self { obstacle, ..self }
    }

    /// Whether the far side calls it so.
    pub fn is(&self, code: &str) -> bool {
        self.code.as_deref() == Some(code)
    }

    /// Both in one text, as rows keep it: for people and the database, not for a log.
    pub fn text(&self) -> String {
        match &self.answered {
            Some(said) => format!("{}{ANSWERED}{said}", self.ours),
            None => self.ours.clone(),
        }
    }
}

/// Fit for a log.
impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.ours)
    }
}

impl From<String> for Why {
    fn from(ours: String) -> Self {
        Self {
            ours,
            ..Self::default()
        }
    }
}

impl From<&str> for Why {
    fn from(ours: &str) -> Self {
        ours.to_owned().into()
    }
}

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

/// What people can be told of a failure's reason, as rows keep it. `None`: nobody said anything in words.
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
    fn both_sides_words_are_kept_in_one_text_and_only_ours_are_shown_to_a_log() {
        let why = Why::from("POST /replies: 404").answered("Gibt es nicht.");
        assert_eq!(why.text(), "POST /replies: 404, answered: Gibt es nicht.");
        assert_eq!(words(&why.text()).as_deref(), Some("Gibt es nicht."));
        assert_eq!(why.to_string(), "POST /replies: 404");
        for obstacle in Obstacle::ALL {
            assert_eq!(Obstacle::named(obstacle.as_str()), Some(obstacle));
        }
    }

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
