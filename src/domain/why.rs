//! The answer to "why this deadline?", from the same facts that made it.

use crate::domain::At;
use crate::domain::deadline::Base;
use crate::domain::handling::Handling;
use crate::domain::item::Item;
use crate::domain::text::Seg;
use crate::domain::text::Voice;

/// One line a thought, in the order in which a person would ask.
pub fn deadline(item: &Item, source: &str, voice: Voice, now: At) -> Vec<Vec<Seg>> {
    let mut lines = Vec::new();
    lines.push(match item.published_at {
        Some(at) => voice.say(
            "why-received",
            &[("published", at.into()), ("seen", item.first_seen_at.into())],
        ),
        None => voice.say(
            "why-received-only",
            &[("seen", item.first_seen_at.into()), ("source", source.into())],
        ),
    });
    let Some(deadline) = item.deadline else {
        lines.push(voice.say("why-none", &[]));
        return lines;
    };
    let base = match deadline.base {
        Base::Published => "why-published",
        Base::FirstSeen => "why-first_seen",
        Base::LateArrival => "why-late_arrival",
        Base::Reopened => "why-reopened",
    };
    let span = voice.lang.span(deadline.target.minutes);
    lines.push(voice.say(
        base,
        &[
            ("span", span.into()),
            ("from", deadline.from.into()),
            ("due", deadline.due.into()),
        ],
    ));
    match &item.handling {
        Handling::Answered { at, .. } => {
            let key = if deadline.is_met_at(*at) {
                "why-met"
            } else {
                "why-missed"
            };
            lines.push(voice.say(key, &[("at", (*at).into())]));
        }
        Handling::Open | Handling::Claimed { .. } | Handling::Snoozed { .. } => {
            if now > deadline.due {
                lines.push(voice.say("why-past", &[]));
            } else if let Some(remind) = deadline.remind.filter(|at| *at > now) {
                lines.push(voice.say("why-remind", &[("at", remind.into())]));
            }
        }
        Handling::Handled { .. } | Handling::Removed { .. } => {}
    }
    lines.push(voice.say("why-route", &[("route", item.route.as_str().into())]));
    lines
}
