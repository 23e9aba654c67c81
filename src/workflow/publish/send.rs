//! An approved reply goes to its source, once. Before the first try it is made sure that nothing of somebody else's
//! is overwritten; after an unclear try the reply is read back; what stays unclear is shown to a person, who decides.

use chrono::TimeDelta;

use crate::domain::effect::NewEffect;
use crate::domain::effect::new::Listener;
use crate::domain::id::ReplyId;
use crate::domain::item::Item;
use crate::domain::item::SourceReply;
use crate::domain::item::Standing;
use crate::domain::item::caps::Retry;
use crate::domain::item::event::EventKind;
use crate::domain::item::handling::Handling;
use crate::domain::item::reply::Reply;
use crate::domain::item::reply::ReplyState;
use crate::domain::people::person::Mention;
use crate::port::PortError;
use crate::port::source::Published;
use crate::port::source::ReplyAction;
use crate::port::source::ReplyCall;
use crate::port::source::may_resend;
use crate::store::item;
use crate::store::outbox;
use crate::store::outbox::Leased;
use crate::store::outbox::Settled;
use crate::store::reply;
use crate::telemetry::meter;
use crate::workflow::Desk;
use crate::workflow::Result;
use crate::workflow::WorkflowError;
use crate::workflow::change::write::Change;
use crate::workflow::publish::standing::same_words;

/// First look after an unclear outcome, then the second.
const LOOK_AFTER: [i64; 2] = [2, 15];
/// So many tries that did not get through are worth a word to the author.
const TOLD_AFTER: i32 = 3;

/// Where a try of publishing ended.
enum Ended {
    Stands(Published),
    /// By an earlier try, whose answer was lost.
    Stood(Published),
    Foreign,
    /// The item is not there any more.
    Gone,
    Failed(String),
    /// Nobody can tell: a person has to look.
    Unclear,
    Settled(Settled),
}

impl Desk {
    pub(in crate::workflow) async fn publish_reply(&self, leased: &Leased, id: ReplyId) -> Result<()> {
        let Some((item, ours)) = self.begin_publishing(leased, id).await? else {
            return self.settle(leased, Settled::Done).await;
        };
        let ended = self.try_publishing(leased, &item, &ours).await?;
        let now = self.now();
        let how = match ended {
            Ended::Settled(how) => return self.settle(leased, how).await,
            Ended::Stood(_) => Settled::Found,
            Ended::Stands(_) | Ended::Foreign | Ended::Gone | Ended::Failed(_) | Ended::Unclear => {
                Settled::Done
            }
        };
        let resolved = match &ended {
            Ended::Stands(_) | Ended::Stood(_) | Ended::Foreign | Ended::Gone => "settled",
            Ended::Unclear => "person",
            Ended::Failed(_) | Ended::Settled(_) => "given_up",
        };
        let mut tx = self.store.begin().await?;
        let mut locked = item::lock(&mut tx, item.id)
            .await?
            .ok_or(WorkflowError::NoItem(item.id))?;
        let Some(mut ours) = reply::get(&mut *tx, id).await? else {
            return self.settle_in(tx, leased, how).await;
        };
        if ours.state != ReplyState::Sending {
            // A poll has seen it there before we could write it down.
            return self.settle_in(tx, leased, how).await;
        }
        let mut change = Change::of(item.id, now);
        match ended {
            Ended::Stands(published) | Ended::Stood(published) => {
                self.stands(&mut tx, &mut locked, &mut ours, published, &mut change)
                    .await?;
            }
            Ended::Foreign => {
                let why = self.rules.label(&item.source).to_owned();
                ours.state = ReplyState::Failed { why };
                reply::save(&mut tx, &ours).await?;
                // Unless a poll has told it before.
                if locked.handling.is_open() {
                    let elsewhere = self.elsewhere(&mut tx, &locked, &change, None).await?;
                    locked.handling = Handling::Answered { by: None, at: now };
                    change.event(None, elsewhere);
                }
            }
            Ended::Gone => {
                let why = self.rules.label(&item.source).to_owned();
                ours.state = ReplyState::Failed { why };
                reply::save(&mut tx, &ours).await?;
                if !matches!(locked.handling, Handling::Removed { .. }) {
                    locked.handling = Handling::Removed { at: now };
                    change.event(None, EventKind::RemovedAtSource);
                }
            }
            Ended::Failed(why) => {
                self.failed(&mut tx, &mut locked, &mut ours, why, &mut change)
                    .await?
            }
            Ended::Unclear => {
                ours.state = ReplyState::Unknown { since: now };
                reply::save(&mut tx, &ours).await?;
                change.event_with_ping(
                    None,
                    EventKind::Unclear,
                    vec![Mention::Person(ours.by.user.clone())],
                );
            }
            Ended::Settled(_) => {}
        }
        self.write(&mut tx, &mut locked, change).await?;
        self.settle_in(tx, leased, how).await?;
        if leased.unclear {
            meter::resolved(leased.effect.kind().as_str(), resolved);
        }
        Ok(())
    }

    /// From here on the reply cannot be taken back. None when there is nothing (more) to publish.
    async fn begin_publishing(&self, leased: &Leased, id: ReplyId) -> Result<Option<(Item, Reply)>> {
        let Some(item) = leased.item else { return Ok(None) };
        let mut tx = self.store.begin().await?;
        let Some(mut locked) = item::lock(&mut tx, item).await? else {
            return Ok(None);
        };
        let Some(mut ours) = reply::get(&mut *tx, id).await? else {
            return Ok(None);
        };
        match ours.state {
            // What it answers changed after it was sent: its author has to read that first.
            ReplyState::Queued { .. }
                if (locked.handling.is_open() || ours.changes.is_some())
                    && self.before(&mut tx, &locked, ours.answers).await?.is_some() =>
            {
                let author = Mention::Person(ours.by.user.clone());
                let mut change = Change::of(item, self.now());
                let by = ours.by.clone();
                self.back_to_draft(&mut tx, &mut locked, &mut ours, &by, &mut change)
                    .await?;
                change.event_with_ping(None, EventKind::TakenBack { of: Some(by) }, vec![author]);
                self.write(&mut tx, &mut locked, change).await?;
                tx.commit().await.map_err(crate::store::StoreError::from)?;
                return Ok(None);
            }
            ReplyState::Queued { .. } => {
                ours.state = ReplyState::Sending;
                reply::save(&mut tx, &ours).await?;
                let change = Change::of(item, self.now());
                self.write(&mut tx, &mut locked, change).await?;
                tx.commit().await.map_err(crate::store::StoreError::from)?;
            }
            ReplyState::Sending => {}
            ReplyState::Draft
            | ReplyState::Pending { .. }
            | ReplyState::Visible { .. }
            | ReplyState::Rejected { .. }
            | ReplyState::Failed { .. }
            | ReplyState::Unknown { .. }
            | ReplyState::Withdrawn => return Ok(None),
        }
        Ok(Some((locked.into_item(), ours)))
    }

    async fn try_publishing(&self, leased: &Leased, item: &Item, ours: &Reply) -> Result<Ended> {
        let source = self.source(&item.source)?;
        let call = self.reply_call(item, ours).await?;
        let creates = matches!(call.what, ReplyAction::Create { .. });
        // Where writing replaces what stands there, somebody else's answer must not be replaced by ours.
        if leased.unclear || (creates && item.caps.retry == Retry::Upsert) {
            let earlier = reply::sent(self.store.pool(), item.id).await?;
            match source.look(&call).await {
                Ok(Some(theirs)) if is_there(&theirs, ours, leased) => {
                    let theirs = found(theirs);
                    return Ok(if leased.unclear {
                        Ended::Stood(theirs)
                    } else {
                        Ended::Stands(theirs)
                    });
                }
                Ok(Some(theirs)) if creates && is_foreign(&theirs, &earlier) => {
                    return Ok(if leased.unclear {
                        Ended::Unclear
                    } else {
                        Ended::Foreign
                    });
                }
                // Not there, or still the text before our change.
                Ok(_) if leased.unclear => {
                    let looked = usize::try_from(leased.looks).unwrap_or(0) + 1;
                    if let Some(wait) = LOOK_AFTER.get(looked) {
                        let at = self.now() + TimeDelta::seconds(*wait);
                        return Ok(Ended::Settled(Settled::LookAgain { at }));
                    }
                    if !may_resend(item.caps.retry) {
                        return Ok(Ended::Unclear);
                    }
                }
                Ok(_) => {}
                Err(PortError::Gone { .. }) => return Ok(Ended::Gone),
                Err(PortError::Never { .. }) if leased.unclear => return Ok(Ended::Unclear),
                Err(PortError::Never { .. }) => {}
                // Looking changes nothing, so not being able to look is only "later".
                Err(PortError::Unclear { why }) => return Ok(Ended::Settled(self.patiently(leased, why))),
                Err(e) => return Ok(Ended::Settled(self.away(leased, ours, &e).await?)),
            }
        }
        Ok(match source.publish(&call).await {
            Ok(published) => Ended::Stands(published),
            Err(PortError::Never { why } | PortError::Gone { why }) => Ended::Failed(why.text()),
            // The same key may read there, so it is this answer that is not wanted: its author has to know.
            Err(PortError::Denied { why }) if source.look(&call).await.is_ok() => Ended::Failed(why.text()),
            Err(PortError::Unclear { why }) => {
                self.tell_if_away(leased, ours).await?;
                let at = self.now() + TimeDelta::seconds(LOOK_AFTER[0]);
                Ended::Settled(Settled::Unknown { at, why })
            }
            Err(e) => Ended::Settled(self.away(leased, ours, &e).await?),
        })
    }

    /// The source is away: the reply waits, and its author is told once.
    async fn away(&self, leased: &Leased, ours: &Reply, error: &PortError) -> Result<Settled> {
        self.heed(leased, error).await?;
        if let (
            PortError::Later {
                after: Some(seconds), ..
            },
            Some(far),
        ) = (
            error,
            leased.pace.as_deref().and_then(|p| p.strip_prefix("source:")),
        ) {
            meter::limited(far, "reply", *seconds);
        }
        self.tell_if_away(leased, ours).await?;
        Ok(self.verdict(leased, error))
    }

    /// The key makes it once for each approval, however long it lasts.
    async fn tell_if_away(&self, leased: &Leased, ours: &Reply) -> Result<()> {
        if leased.attempts < TOLD_AFTER {
            return Ok(());
        }
        let now = self.now();
        let Some(item) = leased.item else { return Ok(()) };
        let mut tx = self.store.begin().await?;
        let cards = crate::store::card::of_item(&mut tx, item).await?;
        let source = item::get(self.store.pool(), item)
            .await?
            .map(|i| i.source)
            .unwrap_or_default();
        if let Some(card) = cards.iter().find(|c| c.chat == ours.by.chat) {
            let text = self.locale_of(card).say(
                "told-source-away",
                &[("source", self.rules.label(&source).into())],
            );
            let to = Listener {
                chat: &card.chat,
                room: &card.room,
                user: &ours.by.user,
                thread: None,
                answer_to: None,
            };
            let what = format!("away:{}", leased.key);
            let effect = NewEffect::whisper_about(to, item, &what, text.into(), now);
            outbox::put(&mut tx, &[effect], now).await?;
        }
        tx.commit().await.map_err(crate::store::StoreError::from)?;
        Ok(())
    }

    pub(super) async fn reply_call(&self, item: &Item, ours: &Reply) -> Result<ReplyCall> {
        let changed = match ours.changes {
            Some(id) => reply::get(self.store.pool(), id).await?,
            None => None,
        };
        let what = match changed {
            Some(_) => ReplyAction::Edit {
                body: ours.body.clone(),
            },
            None => ReplyAction::Create {
                body: ours.body.clone(),
            },
        };
        Ok(ReplyCall {
            what,
            key: ours.id,
            scope: item.scope.clone(),
            native_id: item.native_id.clone(),
            reply_native_id: changed
                .and_then(|r| r.native_id)
                .or_else(|| ours.native_id.clone()),
            language: item.language.clone(),
            revision: item.revision,
            raw: item::raw(self.store.pool(), item.id).await?,
            at: self.now(),
        })
    }
}

/// Whether what stands there is what this effect was to bring there. A refused text that was there before we tried is
/// an earlier try of ours.
fn is_there(theirs: &SourceReply, ours: &Reply, leased: &Leased) -> bool {
    let refused = matches!(theirs.standing, Standing::Rejected(_));
    same_words(&theirs.body, &ours.body) && (leased.unclear || !refused)
}

/// Whether customers read somebody else's words there. What the source refused nobody reads, and what we sent earlier
/// is ours to replace.
fn is_foreign(theirs: &SourceReply, earlier: &[String]) -> bool {
    let refused = matches!(theirs.standing, Standing::Rejected(_));
    !refused && !earlier.iter().any(|body| same_words(body, &theirs.body))
}

pub(in crate::workflow) fn found(theirs: SourceReply) -> Published {
    Published {
        native_id: theirs.native_id,
        url: None,
        standing: theirs.standing,
    }
}
