//! What a card says, the same five lines in the same order whatever the state: head, the customer's words, who wrote
//! them, the one line that changes, and the buttons that are possible now. No markup here: each chat adds its own.

use crate::domain::id::ItemId;
use crate::domain::item::Details;
use crate::domain::item::Item;
use crate::domain::item::Rating;
use crate::domain::item::Tone;
use crate::domain::item::caps::ReplyMode;
use crate::domain::item::handling::Handling;
use crate::domain::item::reply::Reply;
use crate::domain::item::reply::ReplyState;
use crate::domain::lang::Lang;
use crate::domain::people::person::PersonId;
use crate::domain::press::action::Verb;
use crate::domain::say::quoted;
use crate::domain::say::text::Arg;
use crate::domain::say::text::Locale;
use crate::domain::say::text::Seg;
use crate::domain::say::words;

/// What fits a card without pushing the next one away.
const WORDS_UNITS: usize = 600;
const WORDS_LINES: usize = 8;
const NAME_UNITS: usize = 60;
const DETAIL_UNITS: usize = 40;
/// Of our answer, where somebody is asked whether to send it again.
const AGAIN_UNITS: usize = 120;
const WHY_UNITS: usize = 160;
const TITLE_UNITS: usize = 100;

#[derive(Debug, Clone, PartialEq)]
pub struct Card {
    pub item: ItemId,
    pub tone: Tone,
    /// What a notification and a screen reader say.
    pub summary: String,
    pub head: String,
    /// What it is called where it stands in a list of many.
    pub title: String,
    pub words: String,
    /// How to get the rest, when the words are cut.
    pub rest: Option<String>,
    pub who: Vec<Vec<Seg>>,
    pub state: Vec<Seg>,
    pub buttons: Vec<Button>,
    /// What is pressed more rarely, and what a menu of it is called.
    pub more: Vec<Button>,
    pub more_label: String,
    pub stage: Stage,
    /// Nothing is expected of anybody any more, so it can be put away.
    pub is_over: bool,
}

/// How far an item is, in one word, where a chat can sort by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    Open,
    Taken,
    Answered,
    Handled,
}

impl Stage {
    fn of(handling: &Handling) -> Self {
        match handling {
            Handling::Open => Self::Open,
            Handling::Claimed { .. } | Handling::Snoozed { .. } => Self::Taken,
            Handling::Answered { .. } => Self::Answered,
            Handling::Handled { .. } | Handling::Removed { .. } => Self::Handled,
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct Button {
    pub verb: Verb,
    pub label: String,
    pub main: bool,
    /// Opens this address instead of asking us.
    pub url: Option<String>,
    pub confirm: Option<Confirm>,
}

impl Button {
    /// It stops something that is under way, and looks like it where a chat can show that.
    pub fn stops(&self) -> bool {
        self.verb == Verb::Undo
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct Confirm {
    pub title: String,
    pub text: String,
    pub yes: String,
    pub no: String,
}

/// All that a card depends on; no time, so that a card never goes stale by itself.
pub struct CardFacts<'a> {
    pub item: &'a Item,
    pub reply: Option<&'a Reply>,
    pub source: &'a str,
    pub locale: Locale,
    pub name: &'a dyn Fn(&PersonId) -> String,
    /// Whom it concerns personally.
    pub owner: Option<&'a PersonId>,
    pub first_answer_minutes: Option<i64>,
}

pub fn build(facts: &CardFacts) -> Card {
    let CardFacts { item, locale, .. } = facts;
    let lang = locale.lang;
    let head = head(item, facts.source, lang);
    let body = full_words(item);
    let (words, rest) = if body.is_empty() {
        (lang.text("no-text", &[]), None)
    } else {
        let kept = words::cut(&body, WORDS_UNITS, WORDS_LINES);
        let rest = (kept.len() < body.len()).then(|| {
            lang.text(
                "whole-text",
                &[("count", lang.number(words::graphemes(&body)).into())],
            )
        });
        (kept.trim_end().to_owned(), rest)
    };
    let summary = words::short_line(&format!("{head} – {words}"), 280);
    let (buttons, more) = buttons(facts);
    Card {
        item: item.id,
        tone: item.tone,
        summary,
        title: title(item, &head, lang),
        head,
        words,
        rest,
        who: who(facts),
        state: state(facts),
        buttons,
        more,
        more_label: lang.text("button-more", &[]),
        stage: Stage::of(&item.handling),
        is_over: !item.handling.is_open() && !facts.reply.is_some_and(|r| r.state.is_on_its_way()),
    }
}

/// Under whose name an answer stands there: where the business itself was reviewed, under its name; else under the source's.
pub fn stands_as(item: &Item, source: &str) -> String {
    let place = item.subject.as_ref().filter(|s| s.kind == "store");
    place
        .and_then(|s| s.name.as_deref())
        .map(|name| words::short_line(name, NAME_UNITS))
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| source.to_owned())
}

/// `★★☆☆☆  Kritik · Google · Filiale München Ost`
pub fn head(item: &Item, source: &str, lang: Lang) -> String {
    let mark = mark(item);
    let mut parts = vec![
        lang.text(&format!("tone-{}", item.tone.as_str()), &[]),
        source.to_owned(),
    ];
    parts.extend(
        item.subject_name()
            .map(|s| words::short_line(s, NAME_UNITS))
            .filter(|s| !s.is_empty()),
    );
    format!("{mark}  {}", parts.join(" · "))
}

fn mark(item: &Item) -> String {
    match (item.tone, item.rating) {
        (Tone::Question, _) => "?".to_owned(),
        (_, Some(rating)) => rated(rating),
        (_, None) => "–".to_owned(),
    }
}

/// `★★☆☆☆ Kritik · Sehr lange gewartet, und dann …`
fn title(item: &Item, head: &str, lang: Lang) -> String {
    let words = words::line(&full_words(item));
    if words.is_empty() {
        return words::line(head);
    }
    let tone = lang.text(&format!("tone-{}", item.tone.as_str()), &[]);
    words::short_line(&format!("{} {tone} · {words}", mark(item)), TITLE_UNITS)
}

pub fn stars(n: u8) -> String {
    let full = usize::from(n.min(5));
    format!("{}{}", "★".repeat(full), "☆".repeat(5 - full))
}

/// `★★★★½`
pub fn rated(rating: Rating) -> String {
    let halves = usize::from(rating.half_stars());
    let (full, half) = (halves / 2, halves % 2);
    format!(
        "{}{}{}",
        "★".repeat(full),
        "½".repeat(half),
        "☆".repeat(5 - full - half)
    )
}

/// Title and body as they are shown, uncut.
pub fn full_words(item: &Item) -> String {
    joined(item.title.as_deref(), item.body.as_deref())
}

/// The same for words that are not the item's any more.
pub fn joined(title: Option<&str>, body: Option<&str>) -> String {
    let title = title.map(words::line).unwrap_or_default();
    let body = body.map(words::shown).unwrap_or_default();
    match (title.is_empty(), body.is_empty()) {
        (false, false) => format!("{title}\n{body}"),
        (false, true) => title,
        (true, _) => body,
    }
}

fn who(facts: &CardFacts) -> Vec<Vec<Seg>> {
    let CardFacts { item, locale, .. } = facts;
    let name = match item
        .author_name()
        .map(|n| words::short_line(n, NAME_UNITS))
        .filter(|n| !n.is_empty())
    {
        Some(name) => name,
        None => locale.lang.text("anonymous", &[]),
    };
    let mut parts = vec![locale.say("who-author", &[("name", name.into())])];
    parts.push(locale.say(
        "who-published",
        &[("at", item.published_at.unwrap_or(item.first_seen_at).into())],
    ));
    if let Some(at) = item
        .edited_at
        .filter(|at| item.published_at.is_none_or(|p| *at > p))
    {
        parts.push(locale.say("who-edited", &[("at", at.into())]));
    }
    if let Some(language) = item.language.as_deref().filter(|l| *l != locale.lang.as_str()) {
        let key = format!("language-{language}");
        let language = if locale.lang.has(&key) {
            locale.lang.text(&key, &[])
        } else {
            language.to_owned()
        };
        parts.push(locale.say("who-language", &[("language", language.into())]));
    }
    if let Some(up) = item.votes.up.filter(|n| *n > 0) {
        parts.push(locale.say("who-votes", &[("up", i64::from(up).into())]));
    }
    if item.verified.is_some() {
        parts.push(locale.say("who-verified", &[]));
    }
    parts.extend(details(&item.details, *locale));
    parts.push(locale.say("who-number", &[("number", item.number.to_string().into())]));
    parts
}

fn details(told: &Details, locale: Locale) -> Vec<Vec<Seg>> {
    [
        ("order", &told.order),
        ("version", &told.version),
        ("device", &told.device),
        ("country", &told.country),
    ]
    .into_iter()
    .filter_map(|(name, value)| {
        let value = words::short_line(value.as_deref()?, DETAIL_UNITS);
        (!value.is_empty()).then(|| locale.say(&format!("who-{name}"), &[(name, value.into())]))
    })
    .collect()
}

fn state(facts: &CardFacts) -> Vec<Seg> {
    let CardFacts {
        item,
        locale,
        name,
        owner,
        ..
    } = facts;
    let mut line = Vec::new();
    if item.raised_at.is_some() {
        line.extend(locale.say("state-urgent", &[]));
    }
    line.extend(state_base(facts));
    if let Some(owner) = owner.filter(|_| item.handling.is_open()) {
        line.extend(locale.say("state-personal", &[("name", name(owner).into())]));
    }
    if let Some(escalation) = item.escalation.as_ref().filter(|_| item.handling.is_open()) {
        line.extend(locale.say("state-escalated", &[("to", escalation.to.as_str().into())]));
    }
    if facts
        .reply
        .is_some_and(|r| r.state.stands_at_source() && r.answers < item.revision)
    {
        line.extend(locale.say("state-edited", &[]));
    }
    line
}

fn state_base(facts: &CardFacts) -> Vec<Seg> {
    let CardFacts {
        item,
        reply,
        source,
        locale,
        name,
        ..
    } = facts;
    if let Handling::Removed { at } = &item.handling {
        return locale.say(
            "state-removed",
            &[("source", (*source).into()), ("at", (*at).into())],
        );
    }
    if let Some(line) = reply.and_then(|r| reply_line(facts, r)) {
        return line;
    }
    match &item.handling {
        Handling::Open => match (item.overdue_at, item.deadline) {
            (Some(_), Some(d)) => locale.say("state-overdue", &[("due", d.due.into())]),
            (_, Some(d)) => locale.say("state-open", &[("due", d.due.into())]),
            (_, None) => locale.say("state-open-endless", &[]),
        },
        Handling::Claimed {
            by,
            until,
            offered: true,
            to: Some(to),
        } => {
            let mut args = vec![
                ("name", name(by).into()),
                ("to", name(to).into()),
                ("until", (*until).into()),
            ];
            args.extend(item.deadline.map(|d| ("due", d.due.into())));
            locale.say(
                match item.deadline {
                    Some(_) => "state-given",
                    None => "state-given-endless",
                },
                &args,
            )
        }
        Handling::Claimed {
            by,
            until,
            offered: true,
            to: None,
        } => {
            let holder = [("name", name(by).into()), ("until", (*until).into())];
            match item.deadline {
                Some(d) => locale.say("state-offered", &with_due(holder, d.due)),
                None => locale.say("state-offered-endless", &holder),
            }
        }
        Handling::Claimed { by, until, .. } => {
            let holder = [("name", name(by).into()), ("until", (*until).into())];
            match (item.overdue_at, item.deadline) {
                (Some(_), Some(d)) => locale.say("state-overdue-claimed", &with_due(holder, d.due)),
                (_, Some(d)) => locale.say("state-claimed", &with_due(holder, d.due)),
                (_, None) => locale.say("state-claimed-endless", &holder),
            }
        }
        Handling::Snoozed {
            by,
            until,
            why,
            for_customer,
        } => {
            let key = if why.is_some() {
                "state-snoozed-why"
            } else {
                "state-snoozed"
            };
            let why = words::short_line(why.as_deref().unwrap_or_default(), WHY_UNITS);
            let mut line = locale.say(
                key,
                &[
                    ("until", (*until).into()),
                    ("name", name(by).into()),
                    ("why", why.into()),
                ],
            );
            // Whether it goes on meanwhile is what one has to know.
            if let Some(deadline) = item.deadline {
                let key = if item.overdue_at.is_some() {
                    "state-then-overdue"
                } else {
                    "state-then-due"
                };
                line.extend(locale.say(key, &[("due", deadline.due.into())]));
            } else if *for_customer {
                line.extend(locale.say("state-then-stands", &[]));
            }
            line
        }
        Handling::Answered { by, at } => {
            let mut line = match by {
                Some(by) => locale.say(
                    "state-answered",
                    &[("name", name(by).into()), ("at", (*at).into())],
                ),
                None => locale.say(
                    "state-answered-elsewhere",
                    &[("source", (*source).into()), ("at", (*at).into())],
                ),
            };
            if let Some(minutes) = facts.first_answer_minutes {
                line.extend(locale.say(
                    "state-answered-after",
                    &[("span", locale.lang.span(minutes).into())],
                ));
            }
            if let Some(deadline) = item.deadline {
                let key = if deadline.is_met_at(*at) {
                    "state-kept"
                } else {
                    "state-missed"
                };
                line.extend(locale.say(key, &[]));
            }
            line
        }
        Handling::Handled { by: None, .. } => locale.say("state-past", &[]),
        Handling::Handled {
            by: Some(by),
            at,
            reason,
            note,
        } => {
            let key = if note.is_some() {
                "state-handled-note"
            } else {
                "state-handled"
            };
            let note = words::short_line(note.as_deref().unwrap_or_default(), WHY_UNITS);
            let reason = locale.lang.text(&format!("reason-{}", reason.as_str()), &[]);
            locale.say(
                key,
                &[
                    ("name", name(by).into()),
                    ("at", (*at).into()),
                    ("reason", reason.into()),
                    ("note", note.into()),
                ],
            )
        }
        Handling::Removed { at } => locale.say(
            "state-removed",
            &[("source", (*source).into()), ("at", (*at).into())],
        ),
    }
}

fn with_due(
    [name, until]: [(&'static str, crate::domain::say::text::Arg); 2],
    due: crate::domain::At,
) -> [(&'static str, crate::domain::say::text::Arg); 3] {
    [name, until, ("due", due.into())]
}

/// What the reply says about the item's state, when it says more than the handling does.
fn reply_line(facts: &CardFacts, reply: &Reply) -> Option<Vec<Seg>> {
    let CardFacts {
        item,
        source,
        locale,
        name,
        ..
    } = facts;
    let source_arg = ("source", (*source).into());
    let mut line = match &reply.state {
        ReplyState::Queued { until } => locale.say(
            "state-queued",
            &[
                ("name", name(&reply.by).into()),
                // To the second: it is about half a minute.
                ("until", locale.clock(*until).into()),
            ],
        ),
        ReplyState::Sending => locale.say("state-sending", &[("name", name(&reply.by).into()), source_arg]),
        ReplyState::Pending { since } => locale.say("state-pending", &[("at", (*since).into()), source_arg]),
        ReplyState::Unknown { .. } => locale.say("state-unknown", &[]),
        ReplyState::Rejected { why } if item.handling.is_open() => {
            said_why(*locale, "state-rejected", source_arg, why)
        }
        ReplyState::Failed { why } if item.handling.is_open() => {
            said_why(*locale, "state-failed", source_arg, why)
        }
        ReplyState::Draft
        | ReplyState::Visible { .. }
        | ReplyState::Withdrawn
        | ReplyState::Rejected { .. }
        | ReplyState::Failed { .. } => return None,
    };
    let dead_end = matches!(
        reply.state,
        ReplyState::Rejected { .. } | ReplyState::Failed { .. }
    );
    if let Some(deadline) = item.deadline.filter(|_| dead_end) {
        line.extend(locale.say("state-then-due", &[("due", deadline.due.into())]));
    }
    Some(line)
}

fn buttons(facts: &CardFacts) -> (Vec<Button>, Vec<Button>) {
    let CardFacts {
        item,
        reply,
        source,
        locale,
        ..
    } = facts;
    let lang = locale.lang;
    let plain = |verb: Verb| Button {
        verb,
        label: lang.text(
            &format!("button-{}", verb.as_str()),
            &[("source", (*source).into())],
        ),
        main: false,
        url: None,
        confirm: None,
    };
    let main = |button: Button| Button { main: true, ..button };
    let named = |verb: Verb, key: &str| Button {
        label: lang.text(key, &[]),
        ..plain(verb)
    };
    let link = |verb: Verb| {
        item.permalink.clone().map(|url| Button {
            url: Some(url),
            ..plain(verb)
        })
    };
    let long = [Verb::FullText].map(plain);
    let at_source = link(Verb::OpenSource);

    match (&item.handling, reply.map(|r| &r.state)) {
        (Handling::Removed { .. }, _) => (long.into(), Vec::new()),
        (_, Some(ReplyState::Queued { .. })) => (vec![plain(Verb::Undo)], Vec::new()),
        (_, Some(ReplyState::Sending)) => (vec![plain(Verb::ViewReply)], at_source.into_iter().collect()),
        (_, Some(ReplyState::Unknown { .. })) => {
            let ours = reply.map_or("", |reply| &reply.body);
            let ours = [("words", words::short_line(ours, AGAIN_UNITS).into())];
            let confirm = Confirm {
                title: lang.text("confirm-again-title", &[]),
                text: lang.text("confirm-again-text", &[("source", (*source).into())])
                    + &lang.text("confirm-again-ours", &ours),
                yes: lang.text("confirm-again-yes", &[]),
                no: lang.text("confirm-no", &[]),
            };
            let again = Button {
                confirm: Some(confirm),
                ..plain(Verb::SendAgain)
            };
            let buttons = [main(plain(Verb::ConfirmThere)), again, plain(Verb::ViewReply)];
            (buttons.into_iter().chain(at_source).collect(), Vec::new())
        }
        (Handling::Answered { .. }, state) => {
            let ours = state.is_some_and(ReplyState::stands_at_source);
            let mut row = Vec::new();
            if ours {
                row.push(plain(Verb::ViewReply));
                row.extend(item.caps.edit.then(|| plain(Verb::ChangeReply)));
            }
            row.extend((!ours).then(|| plain(Verb::FullText)));
            let more = [plain(Verb::Reopen), plain(Verb::Why)]
                .into_iter()
                .chain(at_source);
            (row, more.collect())
        }
        (Handling::Handled { .. }, _) => {
            let more = long.into_iter().chain([plain(Verb::Why)]).chain(at_source);
            (vec![plain(Verb::Reopen)], more.collect())
        }
        (_, Some(ReplyState::Pending { .. })) => {
            let mut row = vec![plain(Verb::ViewReply)];
            row.extend(item.caps.edit.then(|| plain(Verb::ChangeReply)));
            (
                row,
                long.into_iter()
                    .chain([plain(Verb::Why)])
                    .chain(at_source)
                    .collect(),
            )
        }
        (Handling::Open | Handling::Claimed { .. } | Handling::Snoozed { .. }, state) => {
            let take = match item.handling {
                Handling::Claimed { offered: true, .. } => named(Verb::Take, "button-accept"),
                Handling::Claimed { .. } => plain(Verb::Release),
                Handling::Open
                | Handling::Snoozed { .. }
                | Handling::Answered { .. }
                | Handling::Handled { .. }
                | Handling::Removed { .. } => plain(Verb::Take),
            };
            let rest = [plain(Verb::Escalate), plain(Verb::Handle)];
            match item.caps.mode {
                // Whoever writes needs little else. And where "undo" lay, a second click hits only what opens something to
                // read, however a narrow screen breaks the row.
                ReplyMode::Api | ReplyMode::DeepLink if matches!(state, Some(ReplyState::Draft)) => {
                    let write_on = main(named(Verb::Reply, "button-write-on"));
                    let row = [write_on, take, plain(Verb::FullText)];
                    let more = [Verb::Snooze, Verb::HandOver, Verb::Why].map(plain);
                    (
                        row.into_iter().chain(at_source).collect(),
                        rest.into_iter().chain(more).collect(),
                    )
                }
                ReplyMode::Api | ReplyMode::DeepLink => {
                    let first = match state {
                        Some(ReplyState::Rejected { .. } | ReplyState::Failed { .. }) => {
                            named(Verb::Reply, "button-write-again")
                        }
                        _ => plain(Verb::Reply),
                    };
                    let more = [Verb::Snooze, Verb::HandOver, Verb::FullText, Verb::Why].map(plain);
                    (
                        [main(first), take].into_iter().chain(rest).collect(),
                        more.into_iter().chain(at_source).collect(),
                    )
                }
                ReplyMode::None => {
                    let more = [Verb::Snooze, Verb::HandOver, Verb::CopyText, Verb::Why].map(plain);
                    ([take].into_iter().chain(rest).collect(), more.into())
                }
            }
        }
    }
}

/// With the source's own words, if it said why in words.
fn said_why(locale: Locale, key: &str, source: (&str, Arg), why: &str) -> Vec<Seg> {
    match quoted::words(why) {
        Some(why) => locale.say(key, &[source, ("why", words::short_line(&why, WHY_UNITS).into())]),
        None => locale.say(&format!("{key}-silent"), &[source]),
    }
}
