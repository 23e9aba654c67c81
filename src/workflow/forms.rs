//! The forms that a press opens. All that a form shows comes from the database at that moment; what it is about rides
//! in its token.

use std::collections::BTreeSet;

use chrono::Datelike;
use chrono::TimeDelta;

use crate::domain::action::FormToken;
use crate::domain::action::Step;
use crate::domain::action::Verb;
use crate::domain::caps::Limit;
use crate::domain::card;
use crate::domain::card::stars;
use crate::domain::event::Event;
use crate::domain::form::Form;
use crate::domain::form::Lines;
use crate::domain::form::Part;
use crate::domain::handling::Handling;
use crate::domain::handling::Reason;
use crate::domain::id::ReplyId;
use crate::domain::item::Item;
use crate::domain::policy::Pause;
use crate::domain::practice;
use crate::domain::quoted as said;
use crate::domain::reply::Reply;
use crate::domain::reply::ReplyState;
use crate::domain::rules::Target;
use crate::domain::snooze::Days;
use crate::domain::text::Arg;
use crate::domain::text::Seg;
use crate::domain::text::Voice;
use crate::domain::words;
use crate::store::Tx;
use crate::store::reply;
use crate::workflow::Desk;
use crate::workflow::Result;
use crate::workflow::decide::Case;

/// What one block of a form holds in every chat.
const PIECE_UNITS: usize = 2800;
/// A text beyond this is read at the source.
const PIECES: usize = 20;
/// The customer's words above the field where one answers them.
const QUOTE_UNITS: usize = 1500;
/// More days than this are chosen from a calendar or not at all.
const DAYS_AHEAD: usize = 25;

impl Desk {
    /// The form for writing. `notice` says something first.
    pub(crate) async fn write_form(
        &self,
        tx: &mut Tx,
        case: &Case<'_>,
        changes: Option<&Reply>,
    ) -> Result<Form> {
        let me = &case.press.by.person;
        let item = &case.locked.0;
        let source = self.rules.label(&item.source);
        let mine = reply::draft_of(tx, item.id, me).await?;
        // Nothing of one's own: go on from what the team last wrote and did not get out.
        let team = case.reply.clone().filter(|r| r.state.is_writable());
        let draft = mine.or(team).or_else(|| changes.cloned());
        let mut parts = Vec::new();
        if let Handling::Claimed {
            by,
            until,
            offered: false,
        } = &item.handling
            && by != me
            && *until > case.now
        {
            let name = self.name(tx, by).await?;
            parts.push(Part::Say(case.voice.say(
                "form-reply-taken",
                &[("name", name.into()), ("until", (*until).into())],
            )));
        }
        if let Some(draft) = &draft {
            if draft.answers < item.revision {
                parts.push(Part::Say(case.voice.say("form-reply-edited", &[])));
            }
            if let ReplyState::Rejected { why } | ReplyState::Failed { why } = &draft.state {
                let source = ("source", Arg::from(source));
                parts.push(Part::Say(match said::words(why) {
                    Some(why) => {
                        let why = words::short_line(&why, 300);
                        case.voice
                            .say("form-reply-rejected", &[source, ("why", why.into())])
                    }
                    None => case.voice.say("form-reply-rejected-silent", &[source]),
                }));
            }
        }
        parts.extend(quoted(item, case.voice, source));
        parts.push(Part::Text {
            key: "text".into(),
            label: case.voice.lang.text("form-reply-label", &[]),
            hint: Some(limit_hint(item, source, case.voice)),
            placeholder: Some(case.voice.lang.text("form-reply-placeholder", &[])),
            initial: draft.as_ref().map(|d| d.body.clone()),
            lines: Lines::Many,
            limit: item.caps.limit,
            required: true,
        });
        let title = if changes.is_some() {
            "form-change-title"
        } else {
            "form-reply-title"
        };
        Ok(Form {
            token: self.token(case, Step::Write, changes.map(|r| r.id)),
            title: case.voice.lang.text(title, &[]),
            submit: Some(case.voice.lang.text("form-reply-submit", &[])),
            close: case.voice.lang.text("form-cancel", &[]),
            parts,
        })
    }

    /// The answer exactly as it will stand.
    pub(crate) fn preview_form(&self, case: &Case<'_>, draft: &Reply) -> Form {
        let item = &case.locked.0;
        let source = self.rules.label(&item.source);
        let voice = case.voice;
        let as_it_stands = if item.source == practice::NAME {
            voice.say("practice-as", &[])
        } else {
            voice.say("reply-as", &[("source", source.into())])
        };
        let mut parts = vec![Part::Say(as_it_stands)];
        parts.extend(
            words::pieces(&draft.body, PIECE_UNITS)
                .into_iter()
                .map(|p| Part::Quote(p.to_owned())),
        );
        let count = item
            .caps
            .limit
            .map_or_else(|| draft.body.chars().count(), |l| l.count(&draft.body));
        parts.push(Part::Say(match item.caps.limit {
            Some(limit) => voice.say(
                "form-preview-length",
                &[
                    ("count", voice.lang.number(count).into()),
                    ("max", voice.lang.number(limit.max).into()),
                    ("unit", unit(limit, voice).into()),
                ],
            ),
            None => voice.say(
                "form-preview-length-free",
                &[("count", voice.lang.number(count).into())],
            ),
        }));
        parts.extend(warnings(&draft.body, source, voice).into_iter().map(Part::Say));
        parts.push(Part::Say(voice.say(
            "form-preview-undo",
            &[("seconds", self.rules.undo_seconds.into())],
        )));
        if item.caps.moderated {
            parts.push(Part::Say(
                voice.say("form-preview-moderated", &[("source", source.into())]),
            ));
        }
        let mut token = self.token(case, Step::Preview, Some(draft.id));
        token.seal = Some(seal(&draft.body));
        Form {
            token,
            title: voice.lang.text("form-preview-title", &[]),
            submit: Some(voice.lang.text("form-preview-submit", &[])),
            close: voice.lang.text("form-preview-back", &[]),
            parts,
        }
    }

    /// Every other form. `log` is the item's, for the one that explains its deadline.
    pub(crate) fn form(&self, case: &Case<'_>, verb: Verb, log: &[Event]) -> Form {
        let lang = case.voice.lang;
        let item = &case.locked.0;
        let source = self.rules.label(&item.source);
        let (step, title, submit, parts) = match verb {
            Verb::Escalate => (
                Step::Escalate,
                "form-escalate-title",
                Some("form-escalate-submit"),
                self.escalate(case),
            ),
            Verb::Handle => (
                Step::Handle,
                "form-handled-title",
                Some("form-handled-submit"),
                handled(case.voice),
            ),
            Verb::Snooze => (
                Step::Snooze,
                "form-snooze-title",
                Some("form-snooze-submit"),
                snooze(
                    case,
                    self.days_of(case),
                    self.rules.route(&item.route).policy.pauses_for(Pause::Customer),
                ),
            ),
            Verb::Why => {
                let lines = self.reasons(log, item, case.voice, &case.press.chat);
                (
                    Step::Read,
                    "form-why-title",
                    None,
                    lines.into_iter().map(Part::Say).collect(),
                )
            }
            Verb::ViewReply => (Step::Read, "form-view-title", None, reply_parts(case)),
            Verb::CopyText => {
                let say = case.voice.say("form-copy-say", &[("source", source.into())]);
                let mut parts = vec![Part::Say(say)];
                parts.extend(full(item, case.voice));
                (Step::Read, "form-copy-title", None, parts)
            }
            Verb::ChangeReply => return self.change_form(case),
            Verb::Reply
            | Verb::Take
            | Verb::Release
            | Verb::Acknowledge
            | Verb::Undo
            | Verb::ConfirmThere
            | Verb::SendAgain
            | Verb::Reopen
            | Verb::FullText
            | Verb::OpenSource => (Step::Read, "form-full-title", None, full(item, case.voice)),
        };
        let close = if submit.is_some() {
            "form-cancel"
        } else {
            "form-close"
        };
        Form {
            token: self.token(case, step, None),
            title: lang.text(title, &[]),
            submit: submit.map(|key| lang.text(key, &[])),
            close: lang.text(close, &[]),
            parts,
        }
    }

    /// "Are you sure", where the chat's buttons cannot ask it themselves.
    pub(crate) fn sure_form(&self, case: &Case<'_>) -> Form {
        let lang = case.voice.lang;
        let source = self.rules.label(&case.locked.0.source);
        let say = case.voice.say("confirm-again-text", &[("source", source.into())]);
        Form {
            token: self.token(case, Step::SendAgain, None),
            title: lang.text("confirm-again-title", &[]),
            submit: Some(lang.text("confirm-again-yes", &[])),
            close: lang.text("confirm-no", &[]),
            parts: vec![Part::Say(say)],
        }
    }

    fn change_form(&self, case: &Case<'_>) -> Form {
        let lang = case.voice.lang;
        let item = &case.locked.0;
        let source = self.rules.label(&item.source);
        let mut parts = quoted(item, case.voice, source);
        parts.push(Part::Text {
            key: "text".into(),
            label: lang.text("form-reply-label", &[]),
            hint: Some(limit_hint(item, source, case.voice)),
            placeholder: None,
            initial: case.reply.as_ref().map(|r| r.body.clone()),
            lines: Lines::Many,
            limit: item.caps.limit,
            required: true,
        });
        Form {
            token: self.token(case, Step::Write, case.reply.as_ref().map(|r| r.id)),
            title: lang.text("form-change-title", &[]),
            submit: Some(lang.text("form-reply-submit", &[])),
            close: lang.text("form-cancel", &[]),
            parts,
        }
    }

    /// By whose days something is put aside: those of the room where it is done, else of the item's first one.
    pub(crate) fn days_of(&self, case: &Case<'_>) -> Days<'static> {
        let rules = self.rules.now();
        let here = rules.channel_of_room(&case.press.chat, &case.press.room);
        let first = || rules.route(&case.locked.0.route).to.first();
        let channel = here.or_else(|| rules.channel(first()?));
        let calendar = channel.and_then(|channel| channel.calendar.as_ref());
        Days {
            zone: case.voice.zone,
            calendar: calendar.and_then(|name| rules.calendars.get(name)),
        }
    }

    fn escalate(&self, case: &Case<'_>) -> Vec<Part> {
        let lang = case.voice.lang;
        let options: Vec<(String, String)> = self
            .targets(&case.press.chat)
            .into_iter()
            .map(|t| (t.name.clone(), t.label.clone()))
            .collect();
        vec![
            Part::Choice {
                key: "to".into(),
                label: lang.text("form-escalate-to", &[]),
                initial: options.first().map(|(name, _)| name.clone()),
                options,
            },
            Part::Text {
                key: "why".into(),
                label: lang.text("form-escalate-why", &[]),
                hint: Some(lang.text("form-escalate-why-hint", &[])),
                placeholder: None,
                initial: None,
                lines: Lines::One,
                limit: None,
                required: true,
            },
        ]
    }

    pub(crate) fn targets(&self, chat: &str) -> Vec<&Target> {
        self.rules.targets.iter().filter(|t| t.chat == chat).collect()
    }

    fn token(&self, case: &Case<'_>, step: Step, reply: Option<ReplyId>) -> FormToken {
        FormToken {
            step,
            item: case.locked.0.id,
            room: case.press.room.clone(),
            reply,
            seal: None,
        }
    }
}

/// Changes when a single character of the text does.
pub(crate) fn seal(body: &str) -> String {
    use sha2::Digest as _;
    let hash = sha2::Sha256::digest(body.as_bytes());
    hex::encode(hash.iter().take(8).copied().collect::<Vec<u8>>())
}

fn quoted(item: &Item, voice: Voice, source: &str) -> Vec<Part> {
    let text = card::full_words(item);
    let head = card::head(item, source, voice.lang);
    let words = if text.is_empty() {
        voice.lang.text("no-text", &[])
    } else {
        let kept = words::cut(&text, QUOTE_UNITS, 30);
        if kept.len() < text.len() {
            format!("{} …", kept.trim_end())
        } else {
            text.clone()
        }
    };
    vec![Part::Say(vec![Seg::Strong(head)]), Part::Quote(words)]
}

fn full(item: &Item, voice: Voice) -> Vec<Part> {
    let text = card::full_words(item);
    if text.is_empty() {
        let rating = item.rating.map(|r| stars(r.stars())).unwrap_or_default();
        return vec![Part::Quote(
            format!("{rating} {}", voice.lang.text("no-text", &[]))
                .trim()
                .to_owned(),
        )];
    }
    words::pieces(&text, PIECE_UNITS)
        .into_iter()
        .take(PIECES)
        .map(|p| Part::Quote(p.to_owned()))
        .collect()
}

fn reply_parts(case: &Case) -> Vec<Part> {
    let body = case.reply.as_ref().map(|r| r.body.as_str()).unwrap_or_default();
    words::pieces(body, PIECE_UNITS)
        .into_iter()
        .take(PIECES)
        .map(|p| Part::Quote(p.to_owned()))
        .collect()
}

fn handled(voice: Voice) -> Vec<Part> {
    let options = Reason::ALL
        .into_iter()
        .map(|r| {
            (
                r.as_str().to_owned(),
                voice.lang.text(&format!("reason-{}", r.as_str()), &[]),
            )
        })
        .collect();
    vec![
        Part::Choice {
            key: "reason".into(),
            label: voice.lang.text("form-handled-why", &[]),
            options,
            initial: Some(Reason::NoNeed.as_str().to_owned()),
        },
        Part::Text {
            key: "note".into(),
            label: voice.lang.text("form-handled-note", &[]),
            hint: None,
            placeholder: None,
            initial: None,
            lines: Lines::One,
            limit: None,
            required: false,
        },
    ]
}

fn snooze(case: &Case, days: Days<'_>, can_stand: bool) -> Vec<Part> {
    let lang = case.voice.lang;
    let today = case.now.with_timezone(&case.voice.zone);
    let tomorrow = (today + TimeDelta::days(1)).date_naive();
    // This evening is over when it is evening.
    let evening = chrono::Timelike::hour(&today) < 18;
    let mut offered = BTreeSet::new();
    let options: Vec<(String, String)> = ["evening", "morning", "monday", "date"]
        .into_iter()
        .filter(|o| *o != "evening" || evening)
        // The same moment under two names (Monday morning on a Sunday) is offered once.
        .filter(|o| days.until(o, "", case.now).is_none_or(|at| offered.insert(at)))
        .map(|o| (o.to_owned(), until_label(o, days, case)))
        .collect();
    let turn = can_stand.then(|| Part::Choice {
        key: "waits".into(),
        label: lang.text("form-snooze-waits", &[]),
        options: ["us", "customer"]
            .map(|o| (o.to_owned(), lang.text(&format!("form-snooze-waits-{o}"), &[])))
            .into(),
        initial: Some("us".into()),
    });
    let parts = vec![
        Part::Choice {
            key: "until".into(),
            label: lang.text("form-snooze-until", &[]),
            options,
            initial: Some("morning".into()),
        },
        Part::Date {
            key: "day".into(),
            label: lang.text("form-snooze-day", &[]),
            coming: coming(tomorrow, case.voice),
            initial: Some(format!(
                "{:04}-{:02}-{:02}",
                tomorrow.year(),
                tomorrow.month(),
                tomorrow.day()
            )),
        },
        Part::Text {
            key: "why".into(),
            label: lang.text("form-snooze-why", &[]),
            hint: None,
            placeholder: None,
            initial: None,
            lines: Lines::One,
            limit: None,
            required: false,
        },
    ];
    parts.into_iter().chain(turn).collect()
}

/// What a choice is called; the next morning on which somebody works, by its day where that is not simply tomorrow at
/// nine.
fn until_label(choice: &str, days: Days<'_>, case: &Case) -> String {
    let lang = case.voice.lang;
    let plain = || lang.text(&format!("form-snooze-{choice}"), &[]);
    match days.next_morning(case.now).filter(|_| choice == "morning") {
        Some(at) if !days.is_tomorrow_at_nine(at, case.now) => {
            lang.text("form-snooze-workday", &[("at", case.voice.moment(at).into())])
        }
        _ => plain(),
    }
}

/// The next days, for chats that have no calendar to choose from.
fn coming(first: chrono::NaiveDate, voice: Voice) -> Vec<(String, String)> {
    let days = first.iter_days().take(DAYS_AHEAD);
    days.map(|day| (day.format("%Y-%m-%d").to_string(), voice.day(day)))
        .collect()
}

pub(crate) fn unit(limit: Limit, voice: Voice) -> String {
    let key = match limit.unit {
        crate::domain::caps::Unit::Bytes => "unit-bytes",
        crate::domain::caps::Unit::Chars => "unit-chars",
    };
    voice.lang.text(key, &[])
}

fn limit_hint(item: &Item, source: &str, voice: Voice) -> String {
    if item.source == practice::NAME {
        return voice.lang.text("practice-hint", &[]);
    }
    match item.caps.limit {
        Some(limit) => voice.lang.text(
            "form-reply-hint",
            &[
                ("max", voice.lang.number(limit.max).into()),
                ("unit", unit(limit, voice).into()),
                ("source", source.into()),
            ],
        ),
        None => voice
            .lang
            .text("form-reply-hint-free", &[("source", source.into())]),
    }
}

/// What a second pair of eyes would say before it is public.
fn warnings(body: &str, source: &str, voice: Voice) -> Vec<Vec<Seg>> {
    let mut out = Vec::new();
    let lower = body.to_lowercase();
    if ["bit.ly/", "t.co/", "tinyurl.com/", "goo.gl/", "ow.ly/"]
        .iter()
        .any(|s| lower.contains(s))
    {
        out.push(voice.say("warn-link", &[]));
    }
    if has_phone(body) {
        out.push(voice.say("warn-phone", &[("source", source.into())]));
    }
    if let Some(found) = placeholder(body) {
        out.push(voice.say(
            "warn-placeholder",
            &[("found", words::short_line(found, 60).into())],
        ));
    }
    out
}

/// Seven digits or more, with nothing but what people put between them.
fn has_phone(body: &str) -> bool {
    let mut digits = 0;
    for c in body.chars() {
        match c {
            '0'..='9' => digits += 1,
            ' ' | '-' | '/' | '(' | ')' | '+' | '.' if digits > 0 => {}
            _ => digits = 0,
        }
        if digits >= 7 {
            return true;
        }
    }
    false
}

/// `{{name}}`, `[Name]`, `<Name>`: left over from a template.
fn placeholder(body: &str) -> Option<&str> {
    [("{", "}"), ("[", "]"), ("<", ">")]
        .into_iter()
        .find_map(|(open, close)| {
            let start = body.find(open)?;
            let end = body[start..].find(close)? + start;
            let rest = &body[end..];
            let end = end + rest.len() - rest.trim_start_matches(close).len();
            (end - start <= 40).then(|| &body[start..end])
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phone_number_is_seen_and_a_price_is_not() {
        assert!(has_phone("Ruf an: 089 / 123 45-67"));
        assert!(has_phone("+49 (0)89 1234567"));
        assert!(!has_phone("Sie kostet 129,90 und wiegt 12 kg, seit 2024."));
    }

    #[test]
    fn leftovers_of_a_template_are_seen() {
        assert_eq!(placeholder("Liebe {{name}}, danke"), Some("{{name}}"));
        assert_eq!(placeholder("Hallo [Vorname]!"), Some("[Vorname]"));
        assert_eq!(placeholder("Gut (sehr gut)"), None);
    }
}
