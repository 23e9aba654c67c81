//! Forms that say something about an item: help is asked for, it is marked as handled, it is put aside.

use std::collections::BTreeMap;

use crate::domain::effect::AlertTo;
use crate::domain::effect::NewEffect;
use crate::domain::item::event::EventKind;
use crate::domain::item::handling::Escalation;
use crate::domain::item::handling::Reason;
use crate::domain::people::person::Mention;
use crate::domain::say::words;
use crate::domain::time::snooze::Days;
use crate::store::Tx;
use crate::store::timer;
use crate::workflow::Desk;
use crate::workflow::Result;
use crate::workflow::change::write::Change;
use crate::workflow::press::judge::Case;
use crate::workflow::press::judge::Verdict;
use crate::workflow::press::submit::Values;
use crate::workflow::press::submit::fault;
use crate::workflow::press::submit::value;
use crate::workflow::press::verbs::not_now;

impl Desk {
    /// Asks for help: a mark on the item, a line in the thread, and word where they look.
    pub(in crate::workflow::press) async fn escalate_to(
        &self,
        tx: &mut Tx,
        case: &mut Case<'_>,
        values: &Values,
    ) -> Result<Verdict> {
        let why = words::line(value(values, "why"));
        let mut faults = BTreeMap::new();
        if why.is_empty() {
            faults.insert("why".to_owned(), case.locale.lang.text("fault-empty", &[]));
        }
        let target = self
            .rules
            .target(value(values, "to"))
            .filter(|t| t.chat == case.press.chat);
        let Some(target) = target else {
            faults.insert("to".to_owned(), case.locale.lang.text("fault-choose", &[]));
            return Ok(Verdict::Faults(faults));
        };
        if !faults.is_empty() {
            return Ok(Verdict::Faults(faults));
        }
        if let Some(no) = not_now(case) {
            return Ok(Verdict::Refused(no));
        }
        let me = case.press.by.person.clone();
        let why = words::short_line(&why, 300);
        case.locked.escalation = Some(Escalation {
            by: me.clone(),
            at: case.now,
            to: target.label.clone(),
            why: why.clone(),
        });
        let mut change = Change::of(case.locked.id, case.now);
        let what = EventKind::Escalated {
            to: target.label.clone(),
            why,
        };
        // Which card: the one it was escalated from, so that the link leads back to the conversation.
        let cards = crate::store::card::of_item(tx, case.locked.id).await?;
        let from = cards
            .iter()
            .find(|c| c.room == case.press.room)
            .or_else(|| cards.iter().find(|c| c.chat == target.chat));
        let places = match &target.room {
            Some(room) => vec![AlertTo::Room {
                room: room.clone(),
                ping: target.ping.clone(),
            }],
            None => target
                .ping
                .iter()
                .filter_map(|m| match m {
                    Mention::Person(user) => Some(AlertTo::Person(user.clone())),
                    Mention::Group(_) => None,
                })
                .collect(),
        };
        // Whoever is called where they look is not called a second time below the card; a group has no other place.
        let loudly = target.ping.iter().filter(|mention| match mention {
            Mention::Person(_) => places.is_empty(),
            Mention::Group(_) => target.room.is_none(),
        });
        let event = change.event_with_ping(Some(&me), what, loudly.cloned().collect());
        if let Some(card) = from {
            for to in places {
                change.effect(NewEffect::alert(card.named(), event, to, case.now));
            }
        }
        Ok(Verdict::Changed(Box::new(change), None))
    }
}

pub(in crate::workflow::press) fn handle(case: &mut Case<'_>, values: &Values) -> Verdict {
    let Some(reason) = Reason::parse(value(values, "reason")) else {
        return fault("reason", case.locale.lang.text("fault-choose", &[]));
    };
    if let Some(no) = not_now(case) {
        return Verdict::Refused(no);
    }
    let note = Some(words::short_line(value(values, "note"), 300)).filter(|n| !n.is_empty());
    let me = &case.press.by.person;
    match case.locked.handling.handle(me, reason, note.clone(), case.now) {
        Err(no) => Verdict::Refused(no),
        Ok(handled) => {
            case.locked.handling = handled;
            let mut change = Change::of(case.locked.id, case.now);
            change.event(Some(me), EventKind::Handled { reason, note });
            Verdict::Changed(Box::new(change), None)
        }
    }
}

pub(in crate::workflow::press) fn snooze(case: &mut Case<'_>, days: Days<'_>, values: &Values) -> Verdict {
    let Some(until) = days.until(value(values, "until"), value(values, "day"), case.now) else {
        return fault("until", case.locale.lang.text("fault-choose", &[]));
    };
    if until <= case.now {
        return fault("until", case.locale.lang.text("fault-past", &[]));
    }
    if let Some(no) = not_now(case) {
        return Verdict::Refused(no);
    }
    let why = Some(words::short_line(value(values, "why"), 300)).filter(|w| !w.is_empty());
    let for_customer = value(values, "waits") == "customer";
    let me = &case.press.by.person;
    match case.locked.handling.snooze(me, until, why.clone(), for_customer) {
        Err(no) => Verdict::Refused(no),
        Ok(snoozed) => {
            case.locked.handling = snoozed;
            let mut change = Change::of(case.locked.id, case.now);
            change.timer(timer::SNOOZE_ENDS, until);
            change.event(
                Some(me),
                EventKind::Snoozed {
                    until,
                    why,
                    for_customer,
                },
            );
            Verdict::Changed(Box::new(change), None)
        }
    }
}
