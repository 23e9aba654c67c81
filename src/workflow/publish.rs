//! An approved reply goes to its source, once. Before the first try it is made sure that nothing of somebody else's
//! is overwritten; after an unclear try the reply is read back; what stays unclear is shown to a person, who decides.

use chrono::TimeDelta;

use crate::domain::At;
use crate::domain::caps::Retry;
use crate::domain::effect::Effect;
use crate::domain::effect::Lane;
use crate::domain::effect::NewEffect;
use crate::domain::event::What;
use crate::domain::handling::Handling;
use crate::domain::id::EffectId;
use crate::domain::id::ReplyId;
use crate::domain::item::Item;
use crate::domain::item::SourceReply;
use crate::domain::item::Standing;
use crate::domain::person::Mention;
use crate::domain::reply::Reply;
use crate::domain::reply::ReplyState;
use crate::domain::rules::ClockStops;
use crate::port::PortError;
use crate::port::source::Published;
use crate::port::source::ReplyCall;
use crate::port::source::ReplyDeed;
use crate::port::source::may_resend;
use crate::store::Tx;
use crate::store::item;
use crate::store::item::Locked;
use crate::store::outbox;
use crate::store::outbox::Leased;
use crate::store::outbox::Settled;
use crate::store::reply;
use crate::telemetry::meter;
use crate::workflow::Desk;
use crate::workflow::Result;
use crate::workflow::WorkflowError;
use crate::workflow::act::Case;
use crate::workflow::act::Verdict;
use crate::workflow::ingest::same_words;
use crate::workflow::submit::publish;
use crate::workflow::submit::publish_serial;
use crate::workflow::tell::Change;

/// First look after an unclear outcome, then the second.
const LOOK_AFTER: [i64; 2] = [2, 15];
/// So many tries that did not get through are worth a word to the author.
const TOLD_AFTER: i32 = 3;
/// How often a moderated reply is looked at: soon at first, then patiently.
const FOLLOW_MINUTES: [(i64, i64); 4] = [(10, 1), (60, 5), (24 * 60, 15), (i64::MAX, 60)];

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
    pub(crate) async fn publish_reply(&self, leased: &Leased, id: ReplyId) -> Result<()> {
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
                self.stands(&mut tx, &mut locked, &mut ours, published, &mut change, now)
                    .await?;
            }
            Ended::Foreign => {
                let why = self.rules.label(&item.source).to_owned();
                ours.state = ReplyState::Failed { why };
                reply::save(&mut tx, &ours).await?;
                // Unless a poll has told it before.
                if locked.0.handling.is_open() {
                    let elsewhere = self.elsewhere(&mut tx, &locked.0, &change, None).await?;
                    locked.0.handling = Handling::Answered { by: None, at: now };
                    change.event(None, elsewhere);
                }
            }
            Ended::Gone => {
                let why = self.rules.label(&item.source).to_owned();
                ours.state = ReplyState::Failed { why };
                reply::save(&mut tx, &ours).await?;
                if !matches!(locked.0.handling, Handling::Removed { .. }) {
                    locked.0.handling = Handling::Removed { at: now };
                    change.event(None, What::RemovedAtSource);
                }
            }
            Ended::Failed(why) => {
                self.failed(&mut tx, &mut locked, &mut ours, why, &mut change)
                    .await?
            }
            Ended::Unclear => {
                ours.state = ReplyState::Unknown { since: now };
                reply::save(&mut tx, &ours).await?;
                change.event_with_ping(None, What::Unclear, vec![Mention::Person(ours.by.user.clone())]);
            }
            Ended::Settled(_) => {}
        }
        self.write(&mut tx, &mut locked, change).await?;
        self.settle_in(tx, leased, how).await?;
        if leased.unclear {
            meter::resolved(leased.effect.kind(), resolved);
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
        Ok(Some((locked.0, ours)))
    }

    async fn try_publishing(&self, leased: &Leased, item: &Item, ours: &Reply) -> Result<Ended> {
        let source = self.source(&item.source)?;
        let call = self.reply_call(item, ours).await?;
        let creates = matches!(call.what, ReplyDeed::Create { .. });
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
                Err(PortError::Unknown { why }) => return Ok(Ended::Settled(self.patiently(leased, why))),
                Err(e) => return Ok(Ended::Settled(self.away(leased, ours, &e).await?)),
            }
        }
        Ok(match source.publish(&call).await {
            Ok(published) => Ended::Stands(published),
            Err(PortError::Never { why } | PortError::Gone { why }) => Ended::Failed(why),
            Err(PortError::Unknown { why }) => {
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
            let text = self.voice_of(card).say(
                "told-source-away",
                &[("source", self.rules.label(&source).into())],
            );
            let effect = NewEffect {
                id: EffectId::new(now),
                key: format!("whisper:{}:away:{}", card.chat, leased.key),
                effect: Effect::Whisper {
                    room: card.room.clone(),
                    user: ours.by.user.clone(),
                    thread: None,
                    answer_to: None,
                    text,
                    offers: Vec::new(),
                },
                item: Some(item),
                lane: Lane::Urgent,
                serial: format!("whisper:{}:{}", card.chat, ours.by.user),
                pace: Some(format!("whisper:{}", card.chat)),
                run_at: now,
            };
            outbox::put(&mut tx, &[effect], now).await?;
        }
        tx.commit().await.map_err(crate::store::StoreError::from)?;
        Ok(())
    }

    async fn reply_call(&self, item: &Item, ours: &Reply) -> Result<ReplyCall> {
        let changed = match ours.changes {
            Some(id) => reply::get(self.store.pool(), id).await?,
            None => None,
        };
        let what = match changed {
            Some(_) => ReplyDeed::Edit {
                body: ours.body.clone(),
            },
            None => ReplyDeed::Create {
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

    /// The source has it, visible or not yet.
    pub(crate) async fn stands(
        &self,
        tx: &mut Tx,
        locked: &mut Locked,
        ours: &mut Reply,
        published: Published,
        change: &mut Change,
        now: At,
    ) -> Result<()> {
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
            Standing::Visible => self.now_visible(tx, locked, ours, change, now).await,
            Standing::Rejected(why) => self.now_rejected(tx, locked, ours, why, change).await,
            Standing::Pending => {
                ours.state = ReplyState::Pending { since: now };
                reply::save(tx, ours).await?;
                let answers = self.rules.clock_stops == ClockStops::Accepted && locked.0.handling.is_open();
                let accepted = |minutes, in_time| What::Accepted { minutes, in_time };
                let (minutes, in_time) = if answers {
                    let what = accepted(None, None);
                    let (since, in_time) = self.if_answered(tx, &locked.0, change, what).await?;
                    (Some((now - since).num_minutes()), in_time)
                } else {
                    (None, None)
                };
                change.event(Some(&ours.by), accepted(minutes, in_time));
                if answers {
                    locked.0.handling = Handling::Answered {
                        by: Some(ours.by.clone()),
                        at: now,
                    };
                } else if matches!(locked.0.handling, Handling::Claimed { .. }) {
                    // Nobody has to hold what lies with the source.
                    locked.0.handling = Handling::Open;
                }
                change.effect(follow(&locked.0, ours.id, now));
                Ok(())
            }
        }
    }

    /// Customers can see it: the clock stops.
    pub(crate) async fn now_visible(
        &self,
        tx: &mut Tx,
        locked: &mut Locked,
        ours: &mut Reply,
        change: &mut Change,
        now: At,
    ) -> Result<()> {
        ours.state = ReplyState::Visible { at: now };
        reply::save(tx, ours).await?;
        let (minutes, in_time) = if locked.0.handling.is_open() {
            let answered = What::Visible {
                minutes: None,
                in_time: None,
            };
            let (since, in_time) = self.if_answered(tx, &locked.0, change, answered).await?;
            (Some((now - since).num_minutes()), in_time)
        } else {
            (None, None)
        };
        let item = &mut locked.0;
        let first = item.handling.is_open();
        if first {
            item.handling = Handling::Answered {
                by: Some(ours.by.clone()),
                at: now,
            };
        }
        change.event(Some(&ours.by), What::Visible { minutes, in_time });
        Ok(())
    }

    /// An answer that was not given through us, and whether it came in time.
    pub(crate) async fn elsewhere(
        &self,
        tx: &mut Tx,
        item: &Item,
        change: &Change,
        given: Option<At>,
    ) -> Result<What> {
        let heard = |in_time| What::AnsweredElsewhere { given, in_time };
        let (_, in_time) = self.if_answered(tx, item, change, heard(None)).await?;
        Ok(heard(in_time))
    }

    /// The source looked at it and said no: the item is open again and the text is kept.
    pub(crate) async fn now_rejected(
        &self,
        tx: &mut Tx,
        locked: &mut Locked,
        ours: &mut Reply,
        why: String,
        change: &mut Change,
    ) -> Result<()> {
        ours.state = ReplyState::Rejected { why: why.clone() };
        reply::save(tx, ours).await?;
        let ping = vec![Mention::Person(ours.by.user.clone())];
        change.event_with_ping(Some(&ours.by), What::Rejected { why }, ping);
        back_to_work(locked);
        Ok(())
    }

    async fn failed(
        &self,
        tx: &mut Tx,
        locked: &mut Locked,
        ours: &mut Reply,
        why: String,
        change: &mut Change,
    ) -> Result<()> {
        ours.state = ReplyState::Failed { why: why.clone() };
        reply::save(tx, ours).await?;
        let ping = vec![Mention::Person(ours.by.user.clone())];
        let earlier_stands = ours.changes.is_some();
        let failed = What::Failed { why, earlier_stands };
        change.event_with_ping(Some(&ours.by), failed, ping);
        if let Some(old) = ours.changes {
            // The text before the change still stands there.
            locked.0.reply = Some(old);
            return Ok(());
        }
        back_to_work(locked);
        Ok(())
    }

    /// Looks whether a reply under moderation became visible.
    pub(crate) async fn follow_reply(&self, leased: &Leased, id: ReplyId, since: At) -> Result<()> {
        let now = self.now();
        let Some(item) = leased.item else {
            return self.settle(leased, Settled::Done).await;
        };
        let item = item::get(self.store.pool(), item)
            .await?
            .ok_or(WorkflowError::NoItem(item))?;
        let Some(ours) = reply::get(self.store.pool(), id).await? else {
            return self.settle(leased, Settled::Done).await;
        };
        if !matches!(ours.state, ReplyState::Pending { .. }) {
            return self.settle(leased, Settled::Done).await;
        }
        let call = self.reply_call(&item, &ours).await?;
        let theirs = match self.source(&item.source)?.look(&call).await {
            Ok(Some(theirs)) if same_words(&theirs.body, &ours.body) => theirs,
            // Replaced or removed at the source: what the poll hears decides.
            Ok(_) => {
                return self
                    .settle(
                        leased,
                        Settled::Again {
                            at: now + follow_wait(since, now),
                        },
                    )
                    .await;
            }
            Err(PortError::Gone { .. } | PortError::Never { .. }) => {
                return self.settle(leased, Settled::Done).await;
            }
            Err(PortError::Unknown { why }) => return self.settle(leased, self.patiently(leased, why)).await,
            Err(e) => return self.settle(leased, self.verdict(leased, &e)).await,
        };
        if theirs.standing == Standing::Pending {
            return self
                .settle(
                    leased,
                    Settled::Again {
                        at: now + follow_wait(since, now),
                    },
                )
                .await;
        }
        let mut tx = self.store.begin().await?;
        let mut locked = item::lock(&mut tx, item.id)
            .await?
            .ok_or(WorkflowError::NoItem(item.id))?;
        let Some(mut ours) = reply::get(&mut *tx, id).await? else {
            return Ok(());
        };
        if matches!(ours.state, ReplyState::Pending { .. }) {
            let mut change = Change::of(item.id, now);
            match theirs.standing {
                Standing::Visible => {
                    self.now_visible(&mut tx, &mut locked, &mut ours, &mut change, now)
                        .await?
                }
                Standing::Rejected(why) => {
                    self.now_rejected(&mut tx, &mut locked, &mut ours, why, &mut change)
                        .await?;
                }
                Standing::Pending => {}
            }
            self.write(&mut tx, &mut locked, change).await?;
        }
        self.settle_in(tx, leased, Settled::Done).await
    }

    /// A person looked: the reply is there.
    pub(crate) async fn confirm_there(&self, tx: &mut Tx, case: &mut Case<'_>) -> Result<Verdict> {
        let Some(mut ours) = case
            .reply
            .clone()
            .filter(|r| matches!(r.state, ReplyState::Unknown { .. }))
        else {
            return Ok(Verdict::Refused(crate::domain::handling::Refusal::NothingThere));
        };
        let me = case.press.by.person.clone();
        let mut change = Change::of(case.locked.0.id, case.now);
        change.event(Some(&me), What::ConfirmedThere);
        // Nobody could read the source's own id; it was told ours.
        let there = Published {
            native_id: Some(ours.native_id.clone().unwrap_or_else(|| ours.id.to_string())),
            url: None,
            standing: Standing::Visible,
        };
        self.stands(tx, &mut case.locked, &mut ours, there, &mut change, case.now)
            .await?;
        Ok(Verdict::Changed(Box::new(change), None))
    }

    /// A person looked: it is not there, and takes it on themselves to send it once more.
    pub(crate) async fn send_again(&self, tx: &mut Tx, case: &mut Case<'_>) -> Result<Verdict> {
        let Some(mut ours) = case
            .reply
            .clone()
            .filter(|r| matches!(r.state, ReplyState::Unknown { .. }))
        else {
            return Ok(Verdict::Refused(crate::domain::handling::Refusal::NothingThere));
        };
        let me = case.press.by.person.clone();
        ours.state = ReplyState::Queued { until: case.now };
        reply::save(tx, &ours).await?;
        let approval = reply::approve(tx, ours.id).await?;
        let mut change = Change::of(case.locked.0.id, case.now);
        change.event(Some(&me), What::SentAgain);
        change.effect(publish(&case.locked.0, ours.id, approval, case.now, case.now));
        Ok(Verdict::Changed(Box::new(change), None))
    }
}

/// Somebody has to answer again; whether that is late by now, the log says.
fn back_to_work(locked: &mut Locked) {
    if matches!(
        locked.0.handling,
        Handling::Answered { .. } | Handling::Claimed { .. }
    ) {
        locked.0.handling = Handling::Open;
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

pub(crate) fn found(theirs: SourceReply) -> Published {
    Published {
        native_id: theirs.native_id,
        url: None,
        standing: theirs.standing,
    }
}

fn follow(item: &Item, reply: ReplyId, now: At) -> NewEffect {
    NewEffect {
        id: EffectId::new(now),
        key: format!("follow:{reply}:{}", now.timestamp_micros()),
        effect: Effect::FollowReply { reply, since: now },
        item: Some(item.id),
        lane: Lane::Normal,
        serial: publish_serial(item.id),
        pace: Some(format!("source:{}", item.source)),
        run_at: now + TimeDelta::minutes(1),
    }
}

fn follow_wait(since: At, now: At) -> TimeDelta {
    let waited = (now - since).num_minutes();
    let minutes = FOLLOW_MINUTES
        .into_iter()
        .find(|(until, _)| waited < *until)
        .map_or(60, |(_, m)| m);
    TimeDelta::minutes(minutes)
}
