//! What happened to an item, as the line that its thread shows.

use crate::domain::event::Event;
use crate::domain::event::Missing;
use crate::domain::event::What;
use crate::domain::item::Item;
use crate::domain::person::PersonId;
use crate::domain::practice;
use crate::domain::quoted;
use crate::domain::text::Arg;
use crate::domain::text::Seg;
use crate::domain::text::Voice;

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
    voice: Voice,
    held: Option<Held>,
    called: impl Fn(&PersonId) -> String,
) -> Vec<Seg> {
    let name = || Arg::from(event.by.as_ref().map_or_else(String::new, &called));
    let source = || Arg::from(source);
    let short = |s: &str| Arg::from(crate::domain::words::short_line(s, 300));
    match &event.what {
        What::Received { .. } | What::Drafted => Vec::new(),
        What::Edited {
            stars_before: Some(before),
            stars_now: Some(now),
            ..
        } => voice.say(
            "note-edited-stars",
            &[
                ("before", i64::from(*before).into()),
                ("now", i64::from(*now).into()),
            ],
        ),
        What::Edited { .. } => voice.say("note-edited", &[]),
        What::RemovedAtSource => voice.say("note-removed", &[("source", source())]),
        What::BackAtSource => voice.say("note-back", &[("source", source())]),
        What::AnsweredElsewhere { .. } => voice.say("note-elsewhere", &[("source", source())]),
        What::Claimed { until } => voice.say("note-claimed", &[("name", name()), ("until", (*until).into())]),
        What::TakenOver { from, until } => voice.say(
            "note-taken-over",
            &[
                ("name", name()),
                ("from", called(from).into()),
                ("until", (*until).into()),
            ],
        ),
        What::Released => voice.say("note-released", &[("name", name())]),
        What::ClaimEnded { of, lost_right } => {
            let key = if *lost_right {
                "note-lost-right"
            } else {
                "note-claim-ended"
            };
            voice.say(key, &[("name", called(of).into())])
        }
        What::Sent { .. } => voice.say("note-sent", &[("name", name())]),
        What::TakenBack { of: Some(of) } => voice.say(
            "note-held-back",
            &[("name", called(of).into()), ("source", source())],
        ),
        What::TakenBack { of: None } => voice.say("note-taken-back", &[("name", name())]),
        What::Accepted { .. } => voice.say("note-accepted", &[("source", source())]),
        What::Visible { minutes, .. } if item.source == practice::NAME => match minutes {
            Some(minutes) => voice.say("practice-visible", &[("span", voice.lang.span(*minutes).into())]),
            None => voice.say("practice-visible-again", &[]),
        },
        What::Visible {
            minutes: Some(minutes),
            ..
        } => voice.say(
            "note-visible",
            &[("source", source()), ("span", voice.lang.span(*minutes).into())],
        ),
        What::Visible { minutes: None, .. } => voice.say("note-visible-again", &[("source", source())]),
        What::Rejected { why } => match quoted::words(why) {
            Some(why) => voice.say("note-rejected", &[("source", source()), ("why", short(&why))]),
            None => voice.say("note-rejected-silent", &[("source", source())]),
        },
        What::Failed { why, .. } => match quoted::words(why) {
            Some(why) => voice.say("note-failed", &[("source", source()), ("why", short(&why))]),
            None => voice.say("note-failed-silent", &[("source", source())]),
        },
        What::Unclear => voice.say("note-unclear", &[("source", source())]),
        What::ConfirmedThere => voice.say("note-confirmed", &[("name", name())]),
        What::SentAgain => voice.say("note-again", &[("name", name())]),
        What::Handled { reason, note } => {
            let reason = Arg::from(voice.lang.text(&format!("reason-{}", reason.as_str()), &[]));
            match note {
                Some(note) => voice.say(
                    "note-handled-note",
                    &[("name", name()), ("reason", reason), ("note", short(note))],
                ),
                None => voice.say("note-handled", &[("name", name()), ("reason", reason)]),
            }
        }
        What::Reopened { by_customer: true } => voice.say("note-reopened-customer", &[]),
        What::Reopened { by_customer: false } => voice.say("note-reopened", &[("name", name())]),
        What::Snoozed {
            until,
            why: Some(why),
            ..
        } => voice.say(
            "note-snoozed-why",
            &[("name", name()), ("until", (*until).into()), ("why", short(why))],
        ),
        What::Snoozed { until, why: None, .. } => {
            voice.say("note-snoozed", &[("name", name()), ("until", (*until).into())])
        }
        What::Woke => match item.deadline {
            Some(d) if d.due <= event.at => voice.say("note-woke-late", &[("due", d.due.into())]),
            Some(d) => voice.say("note-woke-due", &[("due", d.due.into())]),
            None => voice.say("note-woke", &[]),
        },
        What::Escalated { why, .. } => match item.deadline {
            Some(d) => voice.say(
                "note-escalated-due",
                &[("name", name()), ("why", short(why)), ("due", d.due.into())],
            ),
            None => voice.say("note-escalated", &[("name", name()), ("why", short(why))]),
        },
        What::Reminded { due, .. } => {
            let minutes = ((*due - event.at).num_seconds() + 30) / 60;
            let soon = if minutes <= 0 { "-soon" } else { "" };
            let mut args = vec![
                ("due", Arg::from(*due)),
                ("span", voice.lang.span(minutes).into()),
            ];
            let whose = whose(held, &mut args);
            voice.say(&format!("note-reminded{soon}{whose}"), &args)
        }
        What::Overdue { due, again: true, .. } => voice.say("note-overdue-again", &[("due", (*due).into())]),
        What::Overdue { due, .. } => {
            let mut args = vec![("due", Arg::from(*due))];
            let whose = whose(held, &mut args);
            voice.say(&format!("note-overdue{whose}"), &args)
        }
        What::Stepped {
            called,
            missing,
            raised,
            webhook,
            widened,
            ..
        } if called.is_empty() => {
            calls_nobody(missing, *raised, webhook.as_deref(), widened.as_deref(), voice)
        }
        What::Stepped { round, .. } => calls(event, item, *round > 0, voice, held),
        What::Assigned { word, .. } => {
            let mut line = match item.deadline {
                Some(d) => voice.say("note-assigned-due", &[("due", d.due.into())]),
                None => voice.say("note-assigned", &[]),
            };
            if let Some(word) = word {
                line.extend(voice.say("note-assigned-word", &[("word", short(word))]));
            }
            line
        }
        What::Offered {
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
                    voice.say("note-given-why", &[name, until, ("why", short(why))])
                }
                None => voice.say("note-given", &given),
            }
        }
        What::Offered { of, until, .. } => voice.say(
            "note-offered",
            &[("name", called(of).into()), ("until", (*until).into())],
        ),
        What::NotAccepted { of, to: Some(to) } => voice.say(
            "note-given-not",
            &[("name", called(of).into()), ("to", called(to).into())],
        ),
        What::NotAccepted { of, to: None } => match item.deadline.filter(|d| d.due <= event.at) {
            Some(d) => voice.say(
                "note-not-accepted-late",
                &[("name", called(of).into()), ("due", d.due.into())],
            ),
            None => voice.say("note-not-accepted", &[("name", called(of).into())]),
        },
        What::Acknowledged { until } => voice.say(
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
fn calls(event: &Event, item: &Item, again: bool, voice: Voice, held: Option<Held>) -> Vec<Seg> {
    let whose = match &held {
        Some(held) if held.is_told => "-owner",
        Some(_) => "-held",
        None => "",
    };
    let mut args = vec![("name", Arg::from(held.map_or_else(String::new, |held| held.name)))];
    let mut line = if again {
        voice.say("note-step-still", &[])
    } else {
        Vec::new()
    };
    let Some(deadline) = item.deadline else {
        line.extend(voice.say(&format!("note-step-endless{whose}"), &args));
        return line;
    };
    let minutes = (deadline.due - event.at).num_minutes();
    args.push(("due", deadline.due.into()));
    args.push(("span", voice.lang.span(minutes.abs()).into()));
    let when = match (deadline.due > event.at, minutes) {
        (true, 0) => "-soon",
        (true, _) => "",
        (false, 0) => "-now",
        (false, _) => "-late",
    };
    line.extend(voice.say(&format!("note-step{when}{whose}"), &args));
    line
}

/// What a step did that called nobody, a sentence for each thing; nothing where its condition did not hold.
fn calls_nobody(
    missing: &[Missing],
    raised: bool,
    webhook: Option<&str>,
    widened: Option<&str>,
    voice: Voice,
) -> Vec<Seg> {
    let mut said: Vec<Vec<Seg>> = missing
        .iter()
        .map(|one| match one {
            Missing::Holder => voice.say("note-missing-holder", &[]),
            Missing::OnDuty(rota) => voice.say("note-missing-on-duty", &[("name", rota.as_str().into())]),
            Missing::Channel => voice.say("note-missing-channel", &[]),
            Missing::Group => voice.say("note-missing-group", &[]),
        })
        .collect();
    let webhook = webhook.map(|name| [("name", Arg::from(name))]);
    said.extend(match (&webhook, raised) {
        (Some(name), true) => Some(voice.say("note-raised-webhook", name)),
        (Some(name), false) => Some(voice.say("note-webhook", name)),
        (None, true) => Some(voice.say("note-raised", &[])),
        (None, false) => None,
    });
    said.extend(widened.map(|name| voice.say("note-widened", &[("channel", name.into())])));
    said.join(&Seg::Text(" ".to_owned()))
}
