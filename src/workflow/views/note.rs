//! What happened to an item, as the line that its thread shows.

use crate::domain::item::Item;
use crate::domain::item::event::Event;
use crate::domain::item::event::EventKind;
use crate::domain::item::event::Missing;
use crate::domain::people::person::PersonId;
use crate::domain::promise::practice;
use crate::domain::say::quoted;
use crate::domain::say::text::Arg;
use crate::domain::say::text::Locale;
use crate::domain::say::text::Seg;

/// Who has the item while a line about it is written.
pub struct Held {
    pub name: String,
    /// They are among those who are called by it.
    pub is_told: bool,
}

/// One line of an item's story, as it is told in the thread.
pub fn note(
    event: &Event,
    item: &Item,
    source: &str,
    locale: Locale,
    held: Option<Held>,
    called: impl Fn(&PersonId) -> String,
) -> Vec<Seg> {
    let name = || Arg::from(event.by.as_ref().map_or_else(String::new, &called));
    let source = || Arg::from(source);
    let short = |s: &str| Arg::from(crate::domain::say::words::short_line(s, 300));
    match &event.what {
        EventKind::Received { .. } | EventKind::Drafted => Vec::new(),
        EventKind::Edited {
            stars_before: Some(before),
            stars_now: Some(now),
            ..
        } => locale.say(
            "note-edited-stars",
            &[
                ("before", i64::from(*before).into()),
                ("now", i64::from(*now).into()),
            ],
        ),
        EventKind::Edited { .. } => locale.say("note-edited", &[]),
        EventKind::RemovedAtSource => locale.say("note-removed", &[("source", source())]),
        EventKind::BackAtSource => locale.say("note-back", &[("source", source())]),
        EventKind::AnsweredElsewhere { .. } => locale.say("note-elsewhere", &[("source", source())]),
        EventKind::Claimed { until } => {
            locale.say("note-claimed", &[("name", name()), ("until", (*until).into())])
        }
        EventKind::TakenOver { from, until } => locale.say(
            "note-taken-over",
            &[
                ("name", name()),
                ("from", called(from).into()),
                ("until", (*until).into()),
            ],
        ),
        EventKind::Released => locale.say("note-released", &[("name", name())]),
        EventKind::ClaimEnded { of, lost_right } => {
            let key = if *lost_right {
                "note-lost-right"
            } else {
                "note-claim-ended"
            };
            locale.say(key, &[("name", called(of).into())])
        }
        EventKind::Sent { .. } => locale.say("note-sent", &[("name", name())]),
        EventKind::TakenBack { of: Some(of) } => locale.say(
            "note-held-back",
            &[("name", called(of).into()), ("source", source())],
        ),
        EventKind::TakenBack { of: None } => locale.say("note-taken-back", &[("name", name())]),
        EventKind::Accepted { .. } => locale.say("note-accepted", &[("source", source())]),
        EventKind::Visible { minutes, .. } if item.source == practice::NAME => match minutes {
            Some(minutes) => locale.say("practice-visible", &[("span", locale.lang.span(*minutes).into())]),
            None => locale.say("practice-visible-again", &[]),
        },
        EventKind::Visible {
            minutes: Some(minutes),
            ..
        } => locale.say(
            "note-visible",
            &[("source", source()), ("span", locale.lang.span(*minutes).into())],
        ),
        EventKind::Visible { minutes: None, .. } => locale.say("note-visible-again", &[("source", source())]),
        EventKind::Rejected { why } => match quoted::words(why) {
            Some(why) => locale.say("note-rejected", &[("source", source()), ("why", short(&why))]),
            None => locale.say("note-rejected-silent", &[("source", source())]),
        },
        EventKind::Failed { why, .. } => match quoted::words(why) {
            Some(why) => locale.say("note-failed", &[("source", source()), ("why", short(&why))]),
            None => locale.say("note-failed-silent", &[("source", source())]),
        },
        EventKind::Unclear => locale.say("note-unclear", &[("source", source())]),
        EventKind::ConfirmedThere => locale.say("note-confirmed", &[("name", name())]),
        EventKind::SentAgain => locale.say("note-again", &[("name", name())]),
        EventKind::Handled { reason, note } => {
            let reason = Arg::from(locale.lang.text(&format!("reason-{}", reason.as_str()), &[]));
            match note {
                Some(note) => locale.say(
                    "note-handled-note",
                    &[("name", name()), ("reason", reason), ("note", short(note))],
                ),
                None => locale.say("note-handled", &[("name", name()), ("reason", reason)]),
            }
        }
        EventKind::Reopened { by_customer: true } => locale.say("note-reopened-customer", &[]),
        EventKind::Reopened { by_customer: false } => locale.say("note-reopened", &[("name", name())]),
        EventKind::Snoozed {
            until,
            why: Some(why),
            ..
        } => locale.say(
            "note-snoozed-why",
            &[("name", name()), ("until", (*until).into()), ("why", short(why))],
        ),
        EventKind::Snoozed { until, why: None, .. } => {
            locale.say("note-snoozed", &[("name", name()), ("until", (*until).into())])
        }
        EventKind::Woke => match item.deadline {
            Some(d) if d.due <= event.at => locale.say("note-woke-late", &[("due", d.due.into())]),
            Some(d) => locale.say("note-woke-due", &[("due", d.due.into())]),
            None => locale.say("note-woke", &[]),
        },
        EventKind::Escalated { why, .. } => match item.deadline {
            Some(d) => locale.say(
                "note-escalated-due",
                &[("name", name()), ("why", short(why)), ("due", d.due.into())],
            ),
            None => locale.say("note-escalated", &[("name", name()), ("why", short(why))]),
        },
        EventKind::Reminded { due, .. } => {
            let minutes = ((*due - event.at).num_seconds() + 30) / 60;
            let soon = if minutes <= 0 { "-soon" } else { "" };
            let mut args = vec![
                ("due", Arg::from(*due)),
                ("span", locale.lang.span(minutes).into()),
            ];
            let whose = whose(held, &mut args);
            locale.say(&format!("note-reminded{soon}{whose}"), &args)
        }
        EventKind::Overdue { due, again: true, .. } => {
            locale.say("note-overdue-again", &[("due", (*due).into())])
        }
        EventKind::Overdue { due, .. } => {
            let mut args = vec![("due", Arg::from(*due))];
            let whose = whose(held, &mut args);
            locale.say(&format!("note-overdue{whose}"), &args)
        }
        EventKind::Stepped {
            called,
            missing,
            raised,
            webhook,
            widened,
            ..
        } if called.is_empty() => {
            calls_nobody(missing, *raised, webhook.as_deref(), widened.as_deref(), locale)
        }
        EventKind::Stepped { round, .. } => calls(event, item, *round > 0, locale, held),
        EventKind::Assigned { word, .. } => {
            let mut line = match item.deadline {
                Some(d) => locale.say("note-assigned-due", &[("due", d.due.into())]),
                None => locale.say("note-assigned", &[]),
            };
            if let Some(word) = word {
                line.extend(locale.say("note-assigned-word", &[("word", short(word))]));
            }
            line
        }
        EventKind::Offered {
            of,
            until,
            to: Some(_),
            why,
            ..
        } => {
            let given = [("name", called(of).into()), ("until", (*until).into())];
            match why {
                Some(why) => {
                    let [name, until] = given;
                    locale.say("note-given-why", &[name, until, ("why", short(why))])
                }
                None => locale.say("note-given", &given),
            }
        }
        EventKind::Offered { of, until, .. } => locale.say(
            "note-offered",
            &[("name", called(of).into()), ("until", (*until).into())],
        ),
        EventKind::NotAccepted { of, to: Some(to) } => locale.say(
            "note-given-not",
            &[("name", called(of).into()), ("to", called(to).into())],
        ),
        EventKind::NotAccepted { of, to: None } => match item.deadline.filter(|d| d.due <= event.at) {
            Some(d) => locale.say(
                "note-not-accepted-late",
                &[("name", called(of).into()), ("due", d.due.into())],
            ),
            None => locale.say("note-not-accepted", &[("name", called(of).into())]),
        },
        EventKind::Acknowledged { until } => locale.say(
            "note-acknowledged",
            &[("name", name()), ("until", (*until).into())],
        ),
    }
}

/// Which of the sentences it is: for nobody in particular, to whoever has the item, or to others about them.
fn whose(held: Option<Held>, args: &mut Vec<(&'static str, Arg)>) -> &'static str {
    let Some(held) = held else { return "" };
    args.push(("name", held.name.into()));
    if held.is_told { "-owner" } else { "-held" }
}

/// Why somebody is called by a step, how much time is left, and who is on it.
fn calls(event: &Event, item: &Item, again: bool, locale: Locale, held: Option<Held>) -> Vec<Seg> {
    let whose = match &held {
        Some(held) if held.is_told => "-owner",
        Some(_) => "-held",
        None => "",
    };
    let mut args = vec![("name", Arg::from(held.map_or_else(String::new, |held| held.name)))];
    let mut line = if again {
        locale.say("note-step-still", &[])
    } else {
        Vec::new()
    };
    let Some(deadline) = item.deadline else {
        line.extend(locale.say(&format!("note-step-endless{whose}"), &args));
        return line;
    };
    let minutes = (deadline.due - event.at).num_minutes();
    args.push(("due", deadline.due.into()));
    args.push(("span", locale.lang.span(minutes.abs()).into()));
    let when = match (deadline.due > event.at, minutes) {
        (true, 0) => "-soon",
        (true, _) => "",
        (false, 0) => "-now",
        (false, _) => "-late",
    };
    line.extend(locale.say(&format!("note-step{when}{whose}"), &args));
    line
}

/// What a step did that called nobody, a sentence for each thing; nothing where its condition did not hold.
fn calls_nobody(
    missing: &[Missing],
    raised: bool,
    webhook: Option<&str>,
    widened: Option<&str>,
    locale: Locale,
) -> Vec<Seg> {
    let mut said: Vec<Vec<Seg>> = missing
        .iter()
        .map(|one| match one {
            Missing::Holder => locale.say("note-missing-holder", &[]),
            Missing::OnDuty(rota) => locale.say("note-missing-on-duty", &[("name", rota.as_str().into())]),
            Missing::Channel => locale.say("note-missing-channel", &[]),
            Missing::Group => locale.say("note-missing-group", &[]),
        })
        .collect();
    let webhook = webhook.map(|name| [("name", Arg::from(name))]);
    said.extend(match (&webhook, raised) {
        (Some(name), true) => Some(locale.say("note-raised-webhook", name)),
        (Some(name), false) => Some(locale.say("note-webhook", name)),
        (None, true) => Some(locale.say("note-raised", &[])),
        (None, false) => None,
    });
    said.extend(widened.map(|name| locale.say("note-widened", &[("channel", name.into())])));
    said.join(&Seg::Text(" ".to_owned()))
}
