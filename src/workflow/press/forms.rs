//! The forms that a press opens. All that a form shows comes from the database at that moment; what it is about rides
//! in its token.

use std::collections::BTreeSet;

use chrono::Datelike;
use chrono::TimeDelta;

use crate::domain::action::FormToken;
use crate::domain::action::Step;
use crate::domain::action::Verb;
use crate::domain::caps::Unit;
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
use crate::domain::person::PersonId;
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
use crate::store::item;
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
/// The same where it stands beside our own, or beside what they were before.
const BESIDE_UNITS: usize = 600;
/// Of the words that say which post a form is about.
const ABOUT_UNITS: usize = 140;
/// More days than this are chosen from a calendar or not at all.
const DAYS_AHEAD: usize = 25;

/// What a customer had written when somebody read it, where it reads differently now.
pub(crate) struct Before {
    stars: Option<u8>,
    words: String,
}

/// How a preview comes about.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Preview {
    First,
    /// It was sent, and what it answers had changed: it is asked once more.
    Again,
}

impl Desk {
    /// What the post was in the version that somebody read, if a person would see a difference to what it is now.
    pub(crate) async fn before(&self, tx: &mut Tx, item: &Item, read: i32) -> Result<Option<Before>> {
        if read >= item.revision {
            return Ok(None);
        }
        // The versions before this one, oldest first, up to the one that this one replaced.
        let earlier = item::earlier_words(tx, &[item.id]).await?;
        let back = usize::try_from(item.revision - read).unwrap_or(usize::MAX);
        let then = earlier.len().checked_sub(back).and_then(|at| earlier.get(at));
        let Some((_, then)) = then else {
            return Ok(None);
        };
        let stars = then.rating.map(|r| r.stars());
        let words = card::joined(then.title.as_deref(), then.body.as_deref());
        let same_stars = stars == item.rating.map(|r| r.stars());
        let same_words = words
            .split_whitespace()
            .eq(card::full_words(item).split_whitespace());
        Ok((!same_stars || !same_words).then_some(Before { stars, words }))
    }

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
        // What somebody once began about something else does not slip into an answer that stands there.
        let mine = mine.filter(|d| changes.is_none_or(|r| d.changes == Some(r.id)));
        // Nothing of one's own: go on from what the team last wrote and did not get out.
        let team = case.reply.clone().filter(|r| r.state.is_writable());
        let draft = mine.or(team).or_else(|| changes.cloned());
        let mut parts = Vec::new();
        if let Handling::Claimed {
            by,
            until,
            offered: false,
            ..
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
            if let Some(before) = self.before(tx, item, draft.answers).await? {
                parts.push(Part::Say(case.voice.say("form-reply-edited", &[])));
                parts.extend(was(&before, case.voice));
                parts.push(Part::Say(case.voice.say("form-now", &[])));
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
        parts.extend(quoted(item, case.voice, source, QUOTE_UNITS));
        parts.push(Part::Text {
            key: "text".into(),
            label: case.voice.lang.text("form-reply-label", &[]),
            hint: Some(limit_hint(item, source, case.voice, self.typed(case)?)),
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

    /// What the chat's own field takes: no more can be written, whatever the source would take.
    fn typed(&self, case: &Case<'_>) -> Result<usize> {
        Ok(self.chat(&case.press.by.person.chat)?.longest_typed())
    }

    /// The answer exactly as it will stand, beside what it answers. `read` is the version that its author has read.
    pub(crate) async fn preview_form(
        &self,
        tx: &mut Tx,
        case: &Case<'_>,
        draft: &Reply,
        read: i32,
        how: Preview,
    ) -> Result<Form> {
        let item = &case.locked.0;
        let source = self.rules.label(&item.source);
        let voice = case.voice;
        let mut parts = Vec::new();
        if let Some(before) = self.before(tx, item, read).await? {
            let key = match how {
                Preview::First => "form-preview-changed",
                Preview::Again => "form-preview-again",
            };
            parts.push(Part::Say(voice.say(key, &[])));
            parts.extend(was(&before, voice));
            parts.push(Part::Say(voice.say("form-now", &[])));
        }
        parts.extend(quoted(item, voice, source, BESIDE_UNITS));
        parts.push(Part::Rule);
        let as_it_stands = if item.source == practice::NAME {
            voice.say("practice-as", &[])
        } else {
            let name = card::stands_as(item, source);
            voice.say("reply-as", &[("source", source.into()), ("name", name.into())])
        };
        parts.push(Part::Say(as_it_stands));
        parts.extend(
            words::pieces(&draft.body, PIECE_UNITS)
                .into_iter()
                .map(|p| Part::Quote(p.to_owned())),
        );
        parts.extend(
            length(item, &draft.body, source, voice, self.typed(case)?)
                .into_iter()
                .map(Part::Say),
        );
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
        let (title, submit) = match how {
            Preview::First => {
                token.read = Some(read);
                ("form-preview-title", "form-preview-submit")
            }
            Preview::Again => ("form-preview-again-title", "form-preview-anyway"),
        };
        Ok(Form {
            token,
            title: voice.lang.text(title, &[]),
            submit: Some(voice.lang.text(submit, &[])),
            close: voice.lang.text("form-preview-back", &[]),
            parts,
        })
    }

    /// Every other form. `log` is the item's, for the one that explains its deadline.
    pub(crate) fn form(&self, case: &Case<'_>, verb: Verb, log: &[Event]) -> Form {
        let lang = case.voice.lang;
        let item = &case.locked.0;
        let source = self.rules.label(&item.source);
        let about = || about(item, case.voice, source);
        let (step, title, submit, parts) = match verb {
            Verb::Escalate => (
                Step::Escalate,
                "form-escalate-title",
                Some("form-escalate-submit"),
                with(about(), self.escalate(case)),
            ),
            Verb::Handle => (
                Step::Handle,
                "form-handled-title",
                Some("form-handled-submit"),
                with(about(), handled(case.voice)),
            ),
            Verb::Snooze => (
                Step::Snooze,
                "form-snooze-title",
                Some("form-snooze-submit"),
                with(
                    about(),
                    snooze(
                        case,
                        self.days_of(case),
                        self.rules.route(&item.route).policy.pauses_for(Pause::Customer),
                    ),
                ),
            ),
            Verb::Why => {
                let lines = self.reasons(log, item, case.voice, &case.press.chat);
                let lines = lines.into_iter().map(Part::Say).collect();
                (Step::Read, "form-why-title", None, with(about(), lines))
            }
            Verb::ViewReply => (
                Step::Read,
                "form-view-title",
                None,
                with(about(), reply_parts(case)),
            ),
            Verb::CopyText => {
                let say = case.voice.say("form-copy-say", &[("source", source.into())]);
                let mut parts = vec![Part::Say(which(item, case.voice, source)), Part::Say(say)];
                parts.extend(full(item, case.voice));
                (Step::Read, "form-copy-title", None, parts)
            }
            Verb::Reply
            | Verb::ChangeReply
            | Verb::HandOver
            | Verb::Take
            | Verb::Release
            | Verb::Acknowledge
            | Verb::Undo
            | Verb::ConfirmThere
            | Verb::SendAgain
            | Verb::Reopen
            | Verb::FullText
            | Verb::OpenSource => {
                let head = vec![Part::Say(which(item, case.voice, source))];
                (
                    Step::Read,
                    "form-full-title",
                    None,
                    with(head, full(item, case.voice)),
                )
            }
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

    /// "Are you sure", where the chat's buttons cannot ask it themselves, or where what is answered has changed meanwhile.
    pub(crate) async fn sure_form(&self, tx: &mut Tx, case: &Case<'_>, read: i32) -> Result<Form> {
        let lang = case.voice.lang;
        let item = &case.locked.0;
        let source = self.rules.label(&item.source);
        let mut parts = Vec::new();
        if let Some(before) = self.before(tx, item, read).await? {
            parts.push(Part::Say(case.voice.say("form-preview-again", &[])));
            parts.extend(was(&before, case.voice));
            parts.push(Part::Say(case.voice.say("form-now", &[])));
        }
        parts.extend(about(item, case.voice, source));
        parts.push(Part::Say(
            case.voice.say("confirm-again-text", &[("source", source.into())]),
        ));
        if let Some(ours) = &case.reply {
            let name = card::stands_as(item, source);
            let stands = [("source", source.into()), ("name", name.into())];
            parts.push(Part::Rule);
            parts.push(Part::Say(case.voice.say("reply-as", &stands)));
            let pieces = words::pieces(&ours.body, PIECE_UNITS).into_iter();
            parts.extend(pieces.map(|piece| Part::Quote(piece.to_owned())));
        }
        Ok(Form {
            token: self.token(case, Step::SendAgain, None),
            title: lang.text("confirm-again-title", &[]),
            submit: Some(lang.text("confirm-again-yes", &[])),
            close: lang.text("confirm-no", &[]),
            parts,
        })
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

    /// To whom, of those who may answer here.
    pub(crate) fn give_form(&self, case: &Case<'_>, colleagues: &[(PersonId, String)]) -> Form {
        let lang = case.voice.lang;
        let item = &case.locked.0;
        let mut parts = about(item, case.voice, self.rules.label(&item.source));
        let minutes = ("n", self.rules.claim_minutes.into());
        parts.push(Part::Say(case.voice.say("form-give-how", &[minutes])));
        parts.push(Part::Choice {
            key: "to".into(),
            label: lang.text("form-give-to", &[]),
            options: colleagues
                .iter()
                .map(|(person, name)| (person.user.clone(), name.clone()))
                .collect(),
            initial: None,
        });
        parts.push(Part::Text {
            key: "why".into(),
            label: lang.text("form-give-why", &[]),
            hint: None,
            placeholder: None,
            initial: None,
            lines: Lines::One,
            limit: None,
            required: false,
        });
        Form {
            token: self.token(case, Step::HandOver, None),
            title: lang.text("form-give-title", &[]),
            submit: Some(lang.text("form-give-submit", &[])),
            close: lang.text("form-cancel", &[]),
            parts,
        }
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
            read: Some(case.locked.0.revision),
            lease: None,
        }
    }
}

/// Changes when a single character of the text does.
pub(crate) fn seal(body: &str) -> String {
    use sha2::Digest as _;
    let hash = sha2::Sha256::digest(body.as_bytes());
    hex::encode(hash.iter().take(8).copied().collect::<Vec<u8>>())
}

fn with(mut head: Vec<Part>, rest: Vec<Part>) -> Vec<Part> {
    head.extend(rest);
    head
}

/// `Nr. 12 · ★★☆☆☆  Kritik · Google · Filiale München Ost`
fn which(item: &Item, voice: Voice, source: &str) -> Vec<Seg> {
    let head = card::head(item, source, voice.lang);
    let number = item.number.to_string();
    let line = [("number", number.into()), ("head", head.into())];
    vec![Seg::Strong(voice.lang.text("list-line", &line))]
}

/// Which post a form is about that shows nothing of it otherwise.
fn about(item: &Item, voice: Voice, source: &str) -> Vec<Part> {
    let text = words::short_line(&card::full_words(item), ABOUT_UNITS);
    let words = if text.is_empty() {
        voice.lang.text("no-text", &[])
    } else {
        text
    };
    vec![Part::Say(which(item, voice, source)), Part::Quote(words)]
}

fn quoted(item: &Item, voice: Voice, source: &str, units: usize) -> Vec<Part> {
    let words = shortened(&card::full_words(item), units, voice);
    vec![Part::Say(which(item, voice, source)), Part::Quote(words)]
}

pub(crate) fn shortened(text: &str, units: usize, voice: Voice) -> String {
    if text.is_empty() {
        return voice.lang.text("no-text", &[]);
    }
    let kept = words::cut(text, units, 30);
    if kept.len() < text.len() {
        format!("{} …", kept.trim_end())
    } else {
        text.to_owned()
    }
}

/// Stars and words as they were.
fn was(before: &Before, voice: Voice) -> Vec<Part> {
    let head = match before.stars {
        Some(n) => voice.say("form-before-stars", &[("head", stars(n).into())]),
        None => voice.say("form-before", &[]),
    };
    let words = shortened(&before.words, BESIDE_UNITS, voice);
    vec![Part::Say(head), Part::Quote(words)]
}

/// How long the answer is, in what people count; in the source's own unit besides where that becomes tight.
fn length(item: &Item, body: &str, source: &str, voice: Voice, typed: usize) -> Vec<Vec<Seg>> {
    let count = ("count", body.chars().count().into());
    let Some(limit) = item.caps.limit else {
        return vec![voice.say("form-preview-length-free", &[count])];
    };
    match limit.unit {
        Unit::Chars => vec![voice.say("form-preview-length", &[count, ("max", limit.max.into())])],
        Unit::Bytes if limit.is_near(body) => {
            let bytes = [
                ("source", source.into()),
                ("count", limit.count(body).into()),
                ("max", limit.max.into()),
            ];
            vec![
                voice.say("form-preview-length-free", &[count]),
                voice.say("form-preview-bytes", &bytes),
            ]
        }
        Unit::Bytes => {
            let max = ("max", limit.room(body).min(typed).into());
            vec![voice.say("form-preview-length-about", &[count, max])]
        }
    }
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
    let due = case
        .locked
        .0
        .deadline
        .map(|d| d.due)
        .filter(|due| *due > case.now);
    let mut offered = BTreeSet::new();
    let options: Vec<(String, String)> = ["evening", "morning", "monday", "date"]
        .into_iter()
        .filter(|o| *o != "evening" || evening)
        .filter_map(|o| {
            let at = days.until(o, "", case.now);
            // The same moment under two names (Monday morning on a Sunday) is offered once.
            if at.is_some_and(|at| !offered.insert(at)) {
                return None;
            }
            let mut label = until_label(o, days, case);
            if at.zip(due).is_some_and(|(at, due)| at > due) {
                label.push_str(&lang.text("form-snooze-late", &[]));
            }
            Some((o.to_owned(), label))
        })
        .collect();
    let goes_on = match (case.locked.0.deadline, due) {
        (Some(_), Some(due)) => {
            let key = if can_stand {
                "form-snooze-due-unless"
            } else {
                "form-snooze-due"
            };
            Some(case.voice.say(key, &[("due", due.into())]))
        }
        (Some(d), None) => Some(case.voice.say("form-snooze-overdue", &[("due", d.due.into())])),
        (None, _) => None,
    };
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
    let goes_on = goes_on.map(Part::Say);
    goes_on.into_iter().chain(parts).chain(turn).collect()
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

fn limit_hint(item: &Item, source: &str, voice: Voice, typed: usize) -> String {
    if item.source == practice::NAME {
        return voice.lang.text("practice-hint", &[]);
    }
    match item.caps.limit {
        Some(limit) => {
            let room = limit.room("");
            let key = match limit.unit {
                Unit::Bytes if room <= typed => "form-reply-hint-about",
                Unit::Bytes | Unit::Chars => "form-reply-hint",
            };
            let max = ("max", room.min(typed).into());
            voice.lang.text(key, &[max, ("source", source.into())])
        }
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
