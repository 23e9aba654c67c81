//! What becomes of an answer at its source, and of the item with it: accepted, visible, refused, or given by somebody else.

use chrono::TimeDelta;

use crate::domain::effect::NewEffect;
use crate::domain::item::Item;
use crate::domain::item::SourceReply;
use crate::domain::item::Standing;
use crate::domain::item::event::EventKind;
use crate::domain::item::handling::Handling;
use crate::domain::item::reply::Reply;
use crate::domain::item::reply::ReplyState;
use crate::domain::people::person::Mention;
use crate::domain::people::person::PersonId;
use crate::domain::promise::rules::ClockStops;
use crate::port::source::Published;
use crate::store::Tx;
use crate::store::item::Locked;
use crate::store::reply;
use crate::store::timer;
use crate::workflow::Desk;
use crate::workflow::Result;
use crate::workflow::change::write::Change;

impl Desk {
    /// The source has it, visible or not yet.
    pub(in crate::workflow) async fn stands(
        &self,
        tx: &mut Tx,
        locked: &mut Locked,
        ours: &mut Reply,
        published: Published,
        change: &mut Change,
    ) -> Result<()> {
        let now = change.now();
        ours.native_id = published.native_id.or(ours.native_id.take());
        ours.url = published.url.or(ours.url.take());
        if let Some(old) = ours.changes
            && let Some(mut old) = reply::get(&mut **tx, old).await?
        {
            // At the source it is still the same reply.
            ours.native_id = old.native_id.clone().or(ours.native_id.take());
            old.state = ReplyState::Withdrawn;
            reply::save(tx, &old).await?;
        }
        match published.standing {
            Standing::Visible => self.now_visible(tx, locked, ours, change).await,
            Standing::Rejected(why) => self.now_rejected(tx, locked, ours, why, change).await,
            Standing::Pending => {
                ours.state = ReplyState::Pending { since: now };
                reply::save(tx, ours).await?;
                let answers = self.rules.clock_stops == ClockStops::Accepted && locked.handling.is_open();
                let accepted = |minutes, in_time| EventKind::Accepted { minutes, in_time };
                let (minutes, in_time) = if answers {
                    let what = accepted(None, None);
                    let (since, in_time) = self.if_answered(tx, locked, change, what).await?;
                    (Some((now - since).num_minutes()), in_time)
                } else {
                    (None, None)
                };
                change.event(Some(&ours.by), accepted(minutes, in_time));
                if answers {
                    locked.handling = Handling::Answered {
                        by: Some(ours.by.clone()),
                        at: now,
                    };
                } else if matches!(locked.handling, Handling::Claimed { .. }) {
                    // Nobody has to hold what lies with the source.
                    locked.handling = Handling::Open;
                }
                change.effect(NewEffect::follow_reply((locked.id, &locked.source), ours.id, now));
                Ok(())
            }
        }
    }

    /// Customers can see it: the clock stops.
    pub(in crate::workflow) async fn now_visible(
        &self,
        tx: &mut Tx,
        locked: &mut Locked,
        ours: &mut Reply,
        change: &mut Change,
    ) -> Result<()> {
        let now = change.now();
        ours.state = ReplyState::Visible { at: now };
        reply::save(tx, ours).await?;
        let (minutes, in_time) = if locked.handling.is_open() {
            let answered = EventKind::Visible {
                minutes: None,
                in_time: None,
            };
            let (since, in_time) = self.if_answered(tx, locked, change, answered).await?;
            (Some((now - since).num_minutes()), in_time)
        } else {
            (None, None)
        };
        let item = &mut **locked;
        let first = item.handling.is_open();
        if first {
            item.handling = Handling::Answered {
                by: Some(ours.by.clone()),
                at: now,
            };
        }
        change.event(Some(&ours.by), EventKind::Visible { minutes, in_time });
        Ok(())
    }

    /// An answer that was not given through us, and whether it came in time.
    pub(in crate::workflow) async fn elsewhere(
        &self,
        tx: &mut Tx,
        item: &Item,
        change: &Change,
        theirs: Option<&SourceReply>,
    ) -> Result<EventKind> {
        let heard = |in_time| EventKind::AnsweredElsewhere {
            given: theirs.and_then(|t| t.at),
            in_time,
            words: theirs.map(|t| t.body.clone()),
            author: theirs.and_then(|t| t.by.clone()),
        };
        let (_, in_time) = self.if_answered(tx, item, change, heard(None)).await?;
        Ok(heard(in_time))
    }

    /// The source looked at it and said no: the item is open again and the text is kept.
    pub(in crate::workflow) async fn now_rejected(
        &self,
        tx: &mut Tx,
        locked: &mut Locked,
        ours: &mut Reply,
        why: String,
        change: &mut Change,
    ) -> Result<()> {
        let state = ReplyState::Rejected { why: why.clone() };
        sent_back(tx, ours, state, EventKind::Rejected { why }, change).await?;
        back_to_work(locked);
        Ok(())
    }

    /// The source did not take it.
    pub(super) async fn failed(
        &self,
        tx: &mut Tx,
        locked: &mut Locked,
        ours: &mut Reply,
        why: String,
        change: &mut Change,
    ) -> Result<()> {
        let earlier_stands = ours.changes.is_some();
        let state = ReplyState::Failed { why: why.clone() };
        let failed = EventKind::Failed { why, earlier_stands };
        sent_back(tx, ours, state, failed, change).await?;
        match ours.changes {
            // The text before the change still stands there.
            Some(old) => locked.reply = Some(old),
            None => back_to_work(locked),
        }
        Ok(())
    }
}

/// It does not stand there, and its author is called.
async fn sent_back(
    tx: &mut Tx,
    ours: &mut Reply,
    state: ReplyState,
    what: EventKind,
    change: &mut Change,
) -> Result<()> {
    ours.state = state;
    reply::save(tx, ours).await?;
    let ping = vec![Mention::Person(ours.by.user.clone())];
    change.event_with_ping(Some(&ours.by), what, ping);
    Ok(())
}

/// Somebody has to answer again; whether that is late by now, the log says.
fn back_to_work(locked: &mut Locked) {
    if matches!(
        locked.handling,
        Handling::Answered { .. } | Handling::Claimed { .. }
    ) {
        locked.handling = Handling::Open;
    }
}

/// Whether the text at the source is what we sent: platforms fold white space and trim.
pub(in crate::workflow) fn is_ours(reply: &Reply, theirs: &str) -> bool {
    let sent = reply.state.is_on_its_way() || reply.state.stands_at_source();
    sent && same_words(&reply.body, theirs)
}

pub(in crate::workflow) fn same_words(a: &str, b: &str) -> bool {
    a.split_whitespace().eq(b.split_whitespace())
}

impl Desk {
    /// A reply that has not left yet is a draft again, and `holder` goes on with it.
    pub(in crate::workflow) async fn back_to_draft(
        &self,
        tx: &mut Tx,
        locked: &mut Locked,
        ours: &mut Reply,
        holder: &PersonId,
        change: &mut Change,
    ) -> Result<()> {
        ours.state = ReplyState::Draft;
        ours.sent_at = None;
        reply::save(tx, ours).await?;
        if ours.changes.is_some() {
            // The card goes back to the reply that stands there.
            locked.reply = ours.changes;
        } else {
            // The lease may have run out while the reply was on its way, when nobody had to hold the item.
            let until = change.now() + TimeDelta::minutes(self.rules.claim_minutes);
            locked.handling = Handling::held(holder, until);
            change.timer(timer::CLAIM_ENDS, until);
        }
        Ok(())
    }
}
