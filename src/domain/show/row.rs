//! What is listed: a line each, the time first, then what it is about in a few words, and beside it what can be done about it.
//! A phone shows some forty letters, so everything else stands on the card.

use serde::Deserialize;
use serde::Serialize;

use crate::domain::At;
use crate::domain::item::Item;
use crate::domain::item::Tone;
use crate::domain::item::handling::Handling;
use crate::domain::lang::Lang;
use crate::domain::people::person::PersonId;
use crate::domain::press::action::Verb;
use crate::domain::press::list_action::QuickAction;
use crate::domain::say::text::Arg;
use crate::domain::say::text::Locale;
use crate::domain::say::text::Seg;
use crate::domain::say::words;
use crate::domain::show::card;

/// More than this at once is a wall; the rest is one press away.
pub const SHOWN: usize = 5;
/// So much of the customer's words as tells one from another.
const WORDS_UNITS: usize = 24;
/// Whoever searches wants to see whether it is the one.
pub const FOUND_UNITS: usize = 60;

/// A line of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListRow {
    pub line: Vec<Seg>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub act: Option<Act>,
}

/// What can be done about a line. Its offer says what it is about, for where the line is not seen beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Act {
    pub offer: QuickAction,
    /// What stands beside the line.
    pub label: String,
}

/// Several things of which one is chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Menu {
    pub label: String,
    pub offers: Vec<QuickAction>,
}

/// What one person is told: a sentence, and maybe what it lists, what follows it, and what can be done.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Told {
    pub text: Vec<Seg>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rows: Vec<ListRow>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<Seg>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub offers: Vec<QuickAction>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub menus: Vec<Menu>,
}

impl From<Vec<Seg>> for Told {
    fn from(text: Vec<Seg>) -> Self {
        Self {
            text,
            ..Self::default()
        }
    }
}

impl ListRow {
    pub fn plain(line: Vec<Seg>) -> Self {
        Self { line, act: None }
    }

    pub fn with(line: Vec<Seg>, offer: QuickAction, label: String) -> Self {
        let act = Some(Act { offer, label });
        Self { line, act }
    }
}

/// What a line about an item is made of.
pub struct RowFacts<'a> {
    pub item: &'a Item,
    /// Where its card stands.
    pub link: Option<String>,
    /// Who is at it, if that is not the reader.
    pub holder: Option<String>,
    /// Whom it concerns personally.
    pub owner: Option<String>,
    pub locale: Locale,
    pub now: At,
}

/// `⚠ seit 09:12 · Nr. 5 · ★★☆☆☆ „Nette Beratung, aber …“ · Ben ist dran`
pub fn line(facts: &RowFacts) -> Vec<Seg> {
    let RowFacts {
        item, locale, now, ..
    } = facts;
    let brief = |at: At| Arg::Brief { at, now: *now };
    let what = [
        ("number", number(facts)),
        ("about", about(item, locale.lang, WORDS_UNITS).into()),
    ];
    let [number, about] = what;
    let due = item.deadline.map(|d| d.due);
    let asleep = match item.handling {
        Handling::Snoozed { until, .. } => Some(until),
        Handling::Open
        | Handling::Claimed { .. }
        | Handling::Answered { .. }
        | Handling::Handled { .. }
        | Handling::Removed { .. } => None,
    };
    let mut line = Vec::new();
    if item.raised_at.is_some() {
        line.extend(locale.say("list-urgent", &[]));
    }
    line.extend(match (due, asleep) {
        (Some(due), _) if due <= *now => locale.say("row-late", &[("at", brief(due)), number, about]),
        (_, Some(until)) => locale.say("row-snoozed", &[("at", brief(until)), number, about]),
        (Some(due), None) => locale.say("row-due", &[("at", brief(due)), number, about]),
        (None, None) => locale.say("row-endless", &[number, about]),
    });
    if let (Some(due), Some(until)) = (due, asleep)
        && due <= *now
    {
        line.extend(locale.say("row-asleep", &[("until", brief(until))]));
    }
    if let Some(name) = &facts.holder {
        line.extend(locale.say("row-held", &[("name", name.as_str().into())]));
    }
    if item.is_answer_sent {
        line.extend(locale.say("row-sent", &[]));
    } else if item.handling.waits_for().is_some() {
        line.extend(locale.say("row-offered", &[]));
    }
    if let Some(name) = &facts.owner {
        line.extend(locale.say("state-personal", &[("name", name.as_str().into())]));
    }
    line
}

/// Where the words stand by which an item was found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum MatchPlace {
    /// At the beginning of the customer's words, which a line shows anyway.
    #[default]
    Start,
    /// Further on in them.
    Further(String),
    Author,
    Subject,
    Order,
    /// In an answer of ours only.
    Ours(String),
}

/// The same for what was found: when it was written, what became of it, and the place by which it was found.
pub fn found(facts: &RowFacts, place: &MatchPlace) -> Vec<Seg> {
    let RowFacts {
        item, locale, now, ..
    } = facts;
    let at = item.published_at.unwrap_or(item.first_seen_at);
    let state = locale
        .lang
        .text(&format!("found-{}", item.handling.as_str()), &[]);
    let (key, words) = match place {
        MatchPlace::Ours(words) => ("find-line-ours", words.as_str()),
        MatchPlace::Start
        | MatchPlace::Further(_)
        | MatchPlace::Author
        | MatchPlace::Subject
        | MatchPlace::Order => ("find-line", ""),
    };
    let about = match place {
        MatchPlace::Further(words) => said(item, locale.lang, &format!("… {words}")),
        _ => about(item, locale.lang, FOUND_UNITS),
    };
    let args = [
        ("at", Arg::Brief { at, now: *now }),
        ("number", number(facts)),
        ("about", about.into()),
        ("state", state.into()),
        ("words", words.into()),
    ];
    let mut line = locale.say(key, &args);
    let named = |name: Option<&str>| words::short_line(name.unwrap_or_default(), WORDS_UNITS).into();
    match place {
        MatchPlace::Author => {
            line.extend(locale.say("find-who", &[("name", named(item.author.name.as_deref()))]))
        }
        MatchPlace::Subject => {
            line.extend(locale.say("find-about", &[("subject", named(item.subject_name()))]))
        }
        MatchPlace::Order => {
            line.extend(locale.say("find-order", &[("order", named(item.details.order.as_deref()))]))
        }
        MatchPlace::Start | MatchPlace::Further(_) | MatchPlace::Ours(_) => {}
    }
    line
}

/// `Nr. 5`, leading to its card where there is one.
fn number(facts: &RowFacts) -> Arg {
    let number = [("number", facts.item.number.to_string().into())];
    let label = facts.locale.lang.text("row-number", &number);
    match &facts.link {
        Some(url) => Arg::Link {
            label,
            url: url.clone(),
        },
        None => Arg::Str(label),
    }
}

/// `★★☆☆☆ „Nette Beratung, aber 40 …“`; without words, what it is about, or else what it is.
fn about(item: &Item, lang: Lang, units: usize) -> String {
    let words = words::short_line(&card::full_words(item), units);
    if !words.is_empty() {
        return said(item, lang, &words);
    }
    let few = words::short_line(item.subject_name().unwrap_or_default(), units);
    match few.is_empty() {
        false => format!("{} {few}", mark(item, lang)),
        true => format!("{} {}", mark(item, lang), lang.text("no-text", &[])),
    }
}

fn said(item: &Item, lang: Lang, words: &str) -> String {
    let words = lang.text("row-words", &[("words", words.into())]);
    format!("{} {words}", mark(item, lang))
}

fn mark(item: &Item, lang: Lang) -> String {
    match (item.tone, item.rating) {
        (Tone::Question, _) => "?".to_owned(),
        (_, Some(rating)) => card::rated(rating),
        (_, None) => lang.text(&format!("tone-{}", item.tone.as_str()), &[]),
    }
}

/// What somebody can do at once about one item of a list.
pub fn at_once(item: &Item, me: Option<&PersonId>, lang: Lang, now: At) -> Option<Act> {
    if item.is_answer_sent {
        return None;
    }
    let verb = match item.handling.holder(now) {
        Some(_) if me.is_some() && item.handling.waits_for() == me => Verb::Take,
        Some(holder) if Some(holder) == me && item.caps.can_reply() => Verb::Reply,
        None if matches!(item.handling, Handling::Snoozed { .. }) => return None,
        None if item.handling.is_open() => Verb::Take,
        _ => return None,
    };
    Some(act(verb, item, lang))
}

pub fn act(verb: Verb, item: &Item, lang: Lang) -> Act {
    let number = [("number", item.number.to_string().into())];
    let whole = lang.text(&format!("button-{}-number", verb.as_str()), &number);
    Act {
        offer: QuickAction::item(verb, item.id, whole),
        label: lang.text(&format!("button-{}", verb.as_str()), &[]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::say::text::flat;

    #[test]
    fn what_an_earlier_release_wrote_down_is_still_told() {
        let old = r#"{"text": [{"text": "Hallo "}, {"time": {"at": "2026-11-20T09:00:00Z", "fallback": "Fr"}}], "offers": []}"#;
        let told: Told = serde_json::from_str(old).unwrap();
        assert_eq!(flat(&told.text), "Hallo Fr");
        assert!(told.rows.is_empty() && told.menus.is_empty());
        // And what has nothing new in it is written as it was.
        let written = serde_json::to_value(Told::from(told.text)).unwrap();
        assert_eq!(
            written,
            serde_json::json!({ "text": [{"text": "Hallo "}, {"time": {"at": "2026-11-20T09:00:00Z", "fallback": "Fr"}}] })
        );
    }
}
