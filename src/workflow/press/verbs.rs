//! What each verb does with an item that is locked: the state machine decides, the change is written down by whoever asked.

use chrono::TimeDelta;

use crate::domain::At;
use crate::domain::effect::new::publish_key;
use crate::domain::item::Item;
use crate::domain::item::event::EventKind;
use crate::domain::item::handling::Handling;
use crate::domain::item::handling::Refusal;
use crate::domain::item::reply::ReplyState;
use crate::domain::people::person::PersonId;
use crate::domain::press::action::FormToken;
use crate::domain::press::action::Verb;
use crate::domain::press::form::FormStep;
use crate::domain::say::text::Arg;
use crate::store::Tx;
use crate::store::event;
use crate::store::item;
use crate::store::outbox;
use crate::store::reply;
use crate::store::timer;
use crate::workflow::Desk;
use crate::workflow::Result;
use crate::workflow::base::turn::Turn;
use crate::workflow::change::write::Change;
use crate::workflow::press::judge::Case;
use crate::workflow::press::judge::Judged;
use crate::workflow::press::judge::Opening;
use crate::workflow::press::judge::Verdict;

/// A second press within this is the same one.
const DOUBLE_CLICK_SECONDS: i64 = 5;

impl Desk {
    pub(super) async fn decide(&self, tx: &mut Tx, case: &mut Case<'_>, verb: Verb) -> Result<Verdict> {
        let me = &case.press.by.person;
        let now = case.now;
        Ok(match verb {
            Verb::Reply => self.begin_reply(tx, case).await?,
            Verb::Take => {
                let until = now + TimeDelta::minutes(self.rules.claim_minutes);
                changed(case, |item, change| {
                    let claimed = item.handling.claim(me, until, now)?;
                    hold(item, claimed, me, until, change);
                    Ok(())
                })
            }
            Verb::Release => changed(case, |item, change| {
                item.handling = item.handling.release(me)?;
                change.event(Some(me), EventKind::Released);
                Ok(())
            }),
            Verb::Reopen => {
                let was = case.locked.handling.reopen();
                match (was, case.reply.as_ref().is_some_and(|r| r.state.is_on_its_way())) {
                    (_, true) => Verdict::Refused(Refusal::OnItsWay),
                    (Err(no), _) => Verdict::Refused(no),
                    (Ok(_), false) => {
                        let mut change = Change::of(case.locked.id, now);
                        change.event(Some(me), EventKind::Reopened { by_customer: false });
                        case.locked.handling = Handling::Open;
                        Verdict::Changed(Box::new(change), None)
                    }
                }
            }
            Verb::HandOver => self.begin_giving(tx, case).await?,
            Verb::Acknowledge => self.acknowledge(case),
            Verb::Undo => self.take_back(tx, case).await?,
            Verb::ConfirmThere => self.confirm_there(tx, case).await?,
            Verb::SendAgain => self.send_again(tx, case, None).await?,
            Verb::Escalate | Verb::Handle | Verb::Snooze => match not_now(case) {
                Some(no) => Verdict::Refused(no),
                None if verb == Verb::Escalate && self.targets(&case.press.chat).is_empty() => {
                    Verdict::Say(case.locale.say("refused-target", &[]))
                }
                None => Verdict::Show(self.form(case, verb, &[])),
            },
            Verb::ChangeReply => match &case.reply {
                Some(r) if r.state.stands_at_source() && case.locked.caps.edit => {
                    Verdict::Show(self.write_form(tx, case, Some(r)).await?)
                }
                Some(r) if r.state.is_on_its_way() => Verdict::Refused(Refusal::OnItsWay),
                _ => Verdict::Refused(Refusal::NothingThere),
            },
            Verb::ViewReply if case.reply.is_none() => Verdict::Refused(Refusal::NothingThere),
            Verb::Why => {
                let log = event::of_item(&mut **tx, case.locked.id).await?;
                Verdict::Show(self.form(case, verb, &log))
            }
            Verb::FullText | Verb::ViewReply | Verb::CopyText => Verdict::Show(self.form(case, verb, &[])),
            Verb::OpenSource => Verdict::Say(match &case.locked.permalink {
                Some(url) => {
                    let label = self.rules.label(&case.locked.source).to_owned();
                    let link = Arg::Link {
                        label,
                        url: url.clone(),
                    };
                    case.locale.say("told-open-at", &[("link", link)])
                }
                None => case.locale.say("told-no-link", &[]),
            }),
        })
    }

    /// Somebody has seen the escalation and takes care of it: it waits for them, and goes on if the item is still open
    /// then.
    fn acknowledge(&self, case: &mut Case<'_>) -> Verdict {
        if let Some(no) = not_now(case) {
            return Verdict::Refused(no);
        }
        let policy = &self.rules.route(&case.locked.route).policy;
        let chain = policy.chain.as_ref().and_then(|name| self.rules.chains.get(name));
        let Some(chain) = chain.filter(|chain| chain.acknowledge_minutes > 0) else {
            return Verdict::Say(case.locale.say("refused-nothing-to-see", &[]));
        };
        let until = case.now + TimeDelta::minutes(chain.acknowledge_minutes);
        let mut change = Change::of(case.locked.id, case.now);
        change.event(Some(&case.press.by.person), EventKind::Acknowledged { until });
        Verdict::Changed(Box::new(change), None)
    }

    /// The question that goes with a button, as a form of its own.
    pub(super) async fn ask_first(&self, tx: &mut Tx, case: &mut Case<'_>, verb: Verb) -> Result<Verdict> {
        match (verb, &case.reply) {
            (Verb::SendAgain, Some(r)) if matches!(r.state, ReplyState::Unknown { .. }) => {
                let read = r.answers;
                Ok(Verdict::Show(self.sure_form(tx, case, read).await?))
            }
            // Nothing to be sure about any more, or nothing ever: it is judged like any other press.
            _ => self.decide(tx, case, verb).await,
        }
    }

    /// The form that came back, open again; what was typed in it is a draft by now.
    pub(super) async fn begin_again(
        &self,
        tx: &mut Tx,
        case: &mut Case<'_>,
        form: &FormToken,
    ) -> Result<Verdict> {
        match form.step {
            FormStep::Write | FormStep::Preview => {
                if let Some(changed) = self.reply_to_change(tx, case, form).await? {
                    return Ok(Verdict::Show(self.write_form(tx, case, Some(&changed)).await?));
                }
                self.begin_reply(tx, case).await
            }
            FormStep::Escalate
            | FormStep::Handle
            | FormStep::Snooze
            | FormStep::HandOver
            | FormStep::SendAgain
            | FormStep::Read
            | FormStep::Import => self.decide(tx, case, form.step.verb()).await,
        }
    }

    /// Takes the item for whoever wants to write, and shows the form. Somebody else's lease is shown, not broken:
    /// only the preview takes over.
    async fn begin_reply(&self, tx: &mut Tx, case: &mut Case<'_>) -> Result<Verdict> {
        let item = &case.locked;
        if !item.caps.can_reply() {
            return Ok(Verdict::Refused(Refusal::NoReplyHere));
        }
        if let Some(no) = not_now(case) {
            return Ok(Verdict::Refused(no));
        }
        if case.press.opener.is_none() {
            return Ok(Verdict::Say(case.locale.say("told-press-again", &[])));
        }
        let me = case.press.by.person.clone();
        let mut form = self.write_form(tx, case, None).await?;
        let until = case.now + TimeDelta::minutes(self.rules.claim_minutes);
        let handling = &case.locked.handling;
        // Whoever only looks does not end what somebody put aside; the preview does.
        let aside = matches!(handling, Handling::Snoozed { .. });
        let claimed = match handling.claim(&me, until, case.now) {
            Ok(claimed) if !aside => claimed,
            _ => return Ok(Verdict::Show(form)),
        };
        // It was nobody's before: put away empty, the form gives it back.
        if handling.holder(case.now).is_none() {
            form.token.lease = Some(until);
        }
        let mut change = Change::of(case.locked.id, case.now);
        hold(&mut case.locked, claimed, &me, until, &mut change);
        Ok(Verdict::Changed(Box::new(change), Some(form)))
    }

    /// A form that took the case was put away with nothing in it: the case is free again, as if nobody had looked. What
    /// was taken on purpose since, or written on, stays.
    pub(super) async fn put_away(
        &self,
        turn: &mut Turn<'_>,
        form: &FormToken,
        typed: bool,
    ) -> Result<Judged> {
        let Turn { press, .. } = *turn;
        let me = &press.by.person;
        let Some(lease) = form.lease.filter(|_| form.step == FormStep::Write && !typed) else {
            return Ok(Judged::done("noted"));
        };
        let Some(locked) = item::lock(turn.tx, form.item).await? else {
            return Ok(Judged::done("noted"));
        };
        let held = matches!(&locked.handling,
            Handling::Claimed { by, until, offered: false, .. } if by == me && *until == lease);
        if !held || reply::draft_of(turn.tx, form.item, me).await?.is_some() {
            return Ok(Judged::done("noted"));
        }
        let mut case = self.case(turn, locked).await?;
        if is_busy(&case) {
            return Ok(Judged::done("noted"));
        }
        let verdict = self.decide(turn.tx, &mut case, Verb::Release).await?;
        self.conclude(turn.tx, &mut case, verdict, Opening::Press).await
    }

    async fn take_back(&self, tx: &mut Tx, case: &mut Case<'_>) -> Result<Verdict> {
        let Some(mut ours) = case.reply.clone() else {
            return Ok(Verdict::Refused(Refusal::NothingThere));
        };
        match ours.state {
            ReplyState::Queued { .. } => {}
            ReplyState::Draft if self.just_taken_back(tx, case).await? => return Ok(Verdict::Repeated),
            ReplyState::Sending | ReplyState::Unknown { .. } => {
                return Ok(Verdict::Refused(Refusal::OnItsWay));
            }
            _ => return Ok(Verdict::Refused(Refusal::NothingThere)),
        }
        let approval = reply::approvals(tx, ours.id).await?;
        let key = publish_key(ours.id, approval);
        if !outbox::cancel(tx, &key, case.now).await? {
            return Ok(Verdict::Refused(Refusal::OnItsWay));
        }
        let me = &case.press.by.person;
        let mut change = Change::of(case.locked.id, case.now);
        self.back_to_draft(tx, &mut case.locked, &mut ours, me, &mut change)
            .await?;
        change.event(Some(me), EventKind::TakenBack { of: None });
        Ok(Verdict::Changed(Box::new(change), None))
    }

    /// The same person pressed it a moment ago: a double click is no question.
    async fn just_taken_back(&self, tx: &mut Tx, case: &Case<'_>) -> Result<bool> {
        let log = event::of_item(&mut **tx, case.locked.id).await?;
        let me = Some(&case.press.by.person);
        let last = log
            .iter()
            .rfind(|e| matches!(e.what, EventKind::TakenBack { .. }) && e.by.as_ref() == me);
        Ok(last.is_some_and(|e| e.at + TimeDelta::seconds(DOUBLE_CLICK_SECONDS) >= case.now))
    }
}

/// Why nobody can do anything about an answer now: it is there, or it is on its way or under review.
pub(super) fn not_now(case: &Case) -> Option<Refusal> {
    let done = case.locked.handling.still_open().err();
    done.or_else(|| is_busy(case).then_some(Refusal::OnItsWay))
}

fn is_busy(case: &Case) -> bool {
    let reply = case.reply.as_ref();
    reply.is_some_and(|r| r.state.is_on_its_way() || matches!(r.state, ReplyState::Pending { .. }))
}

/// The item is theirs until then, and the log says since when. Prolonging one's own lease leaves no trace there, unless
/// one keeps what one was to hand over.
pub(super) fn hold(item: &mut Item, held: Handling, me: &PersonId, until: At, change: &mut Change) {
    let before = item.handling.holder(change.now()).cloned();
    let was_offered = item.handling.is_offered();
    item.handling = held;
    change.timer(timer::CLAIM_ENDS, until);
    match before {
        Some(holder) if holder == *me && !was_offered => {}
        Some(from) if from != *me => {
            change.event(Some(me), EventKind::TakenOver { from, until });
        }
        Some(_) | None => {
            change.event(Some(me), EventKind::Claimed { until });
        }
    }
}

/// Applies a move of the state machine; one that is not possible is a refusal and changes nothing.
fn changed(
    case: &mut Case<'_>,
    change: impl FnOnce(&mut Item, &mut Change) -> std::result::Result<(), Refusal>,
) -> Verdict {
    if case.locked.handling.is_open() && is_busy(case) {
        return Verdict::Refused(Refusal::OnItsWay);
    }
    let mut written = Change::of(case.locked.id, case.now);
    match change(&mut case.locked, &mut written) {
        Ok(()) => Verdict::Changed(Box::new(written), None),
        Err(refusal) => Verdict::Refused(refusal),
    }
}
