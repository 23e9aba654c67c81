//! A form comes back. The text a person typed is in the database before the form may close, whatever else happens;
//! sending is a second, separate step that names exactly what was read in the preview.

use std::collections::BTreeMap;

use chrono::TimeDelta;

use crate::domain::At;
use crate::domain::action::FormToken;
use crate::domain::action::Outcome;
use crate::domain::action::Press;
use crate::domain::action::Step;
use crate::domain::caps::Unit;
use crate::domain::effect::AlertTo;
use crate::domain::effect::Effect;
use crate::domain::effect::Lane;
use crate::domain::effect::NewEffect;
use crate::domain::event::What;
use crate::domain::handling::Escalation;
use crate::domain::handling::Handling;
use crate::domain::handling::Reason;
use crate::domain::handling::Refusal;
use crate::domain::id::EffectId;
use crate::domain::id::ItemId;
use crate::domain::id::ReplyId;
use crate::domain::item::Item;
use crate::domain::person::Mention;
use crate::domain::person::PersonId;
use crate::domain::reply::Reply;
use crate::domain::reply::ReplyState;
use crate::domain::snooze::Days;
use crate::domain::text::Voice;
use crate::domain::words;
use crate::port::chat::Kept;
use crate::store::StoreError;
use crate::store::Tx;
use crate::store::inbox;
use crate::store::item;
use crate::store::person;
use crate::store::reply;
use crate::store::timer;
use crate::workflow::Desk;
use crate::workflow::Result;
use crate::workflow::act::Judged;
use crate::workflow::decide::Case;
use crate::workflow::decide::Opening;
use crate::workflow::decide::Verdict;
use crate::workflow::decide::hold;
use crate::workflow::decide::not_now;
use crate::workflow::forms::Preview;
use crate::workflow::forms::seal;
use crate::workflow::tell::Change;
use crate::workflow::tell::room_key;

pub(crate) type Values = BTreeMap<String, String>;

impl Desk {
    pub(crate) async fn submit(
        &self,
        tx: &mut Tx,
        press: &Press,
        voice: Voice,
        form: &FormToken,
        values: &Values,
        now: At,
    ) -> Result<Judged> {
        self.meet(tx, press).await?;
        if form.step == Step::Read {
            return Ok(Judged::done("noted"));
        }
        let verb = form.step.verb();
        if let Some(no) = self
            .no_right(tx, press, voice, verb.needs(), Some(form.item), now)
            .await?
        {
            return match form.step {
                // Closing it would throw away what was typed by somebody who had the right a minute ago.
                Step::Write => Ok(Judged {
                    outcome: Outcome::Faults(BTreeMap::from([(
                        "text".to_owned(),
                        Self::no_right_plainly(press, voice, verb.needs()),
                    )])),
                    came_to: "forbidden",
                }),
                Step::Preview
                | Step::Escalate
                | Step::Handle
                | Step::Snooze
                | Step::HandOver
                | Step::SendAgain
                | Step::Read
                | Step::Import => {
                    self.whisper(tx, press, no, now).await?;
                    Ok(Judged::told("forbidden"))
                }
            };
        }
        let Some(locked) = item::lock(tx, form.item).await? else {
            self.whisper(tx, press, voice.say("refused-stale", &[]), now)
                .await?;
            return Ok(Judged::told("unknown_item"));
        };
        let reply = match locked.0.reply {
            Some(id) => reply::get(&mut **tx, id).await?,
            None => None,
        };
        let mut case = Case {
            press,
            voice,
            locked,
            reply,
            now,
        };
        let verdict = match form.step {
            Step::Write => self.keep_draft(tx, &mut case, form, values).await?,
            Step::Preview => self.send(tx, &mut case, form).await?,
            Step::Escalate => self.escalate_to(tx, &mut case, values).await?,
            Step::Handle => handle(&mut case, values),
            Step::Snooze => {
                let days = self.days_of(&case);
                snooze(&mut case, days, values)
            }
            Step::HandOver => self.give_by_form(tx, &mut case, values).await?,
            Step::SendAgain => self.send_again(tx, &mut case, form.read).await?,
            Step::Read | Step::Import => return Ok(Judged::done("noted")),
        };
        self.conclude(tx, &mut case, verdict, Opening::Form).await
    }

    /// A form whose sending broke off: its person was told to send it again. Only words that are nowhere else are kept.
    pub(crate) async fn keep_what_was_typed(
        &self,
        kept: &Kept,
        press: &Press,
        form: &FormToken,
        values: &Values,
    ) -> Result<()> {
        let now = self.now();
        let mut tx = self.store.begin().await?;
        if !inbox::finish(&mut tx, &kept.chat, &kept.key, now, Some("sent in vain")).await? {
            return Ok(());
        }
        let text = words::stored(value(values, "text")).trim().to_owned();
        let me = &press.by.person;
        if form.step == Step::Write
            && !text.is_empty()
            && let Some(locked) = item::lock(&mut tx, form.item).await?
            && reply::draft_of(&mut tx, form.item, me).await?.is_none()
        {
            person::met(&mut tx, me, &press.by.name).await?;
            let read = form.read.unwrap_or(locked.0.revision);
            reply::insert(&mut tx, &draft(&locked.0, me, text, read, now)).await?;
        }
        tx.commit().await.map_err(StoreError::from)?;
        Ok(())
    }

    /// Keeps the text, takes the item over, and shows the preview.
    async fn keep_draft(
        &self,
        tx: &mut Tx,
        case: &mut Case<'_>,
        form: &FormToken,
        values: &Values,
    ) -> Result<Verdict> {
        let me = case.press.by.person.clone();
        let text = words::stored(value(values, "text")).trim().to_owned();
        // What nobody can see is no answer.
        if words::shown(&text).is_empty() {
            return Ok(fault("text", case.voice.lang.text("fault-empty", &[])));
        }
        let changed = self.changed_reply(tx, form).await?;
        // In a case that was opened again our earlier answer still stands there: the new one takes its place.
        let replaces = match &changed {
            Some(r) => Some(r.id),
            None if case.locked.0.caps.edit => reply::standing(tx, case.locked.0.id).await?.map(|r| r.id),
            None => None,
        };
        // What the form showed, not what it became while somebody wrote. A form of an earlier release does not say it.
        let read = form.read.unwrap_or(case.locked.0.revision);
        // Kept even when it is too long or too late: nothing that was typed is lost.
        let draft = match reply::draft_of(tx, case.locked.0.id, &me).await? {
            Some(mut draft) => {
                draft.body.clone_from(&text);
                draft.state = ReplyState::Draft;
                draft.answers = read;
                draft.changes = replaces;
                reply::save(tx, &draft).await?;
                draft
            }
            None => {
                let draft = Reply {
                    changes: replaces,
                    ..draft(&case.locked.0, &me, text.clone(), read, case.now)
                };
                reply::insert(tx, &draft).await?;
                draft
            }
        };
        if let Some(too_long) = self.too_long(&case.locked.0, &text, case.voice) {
            return Ok(fault("text", too_long));
        }
        let mut change = Change::of(case.locked.0.id, case.now);
        change.event(Some(&me), What::Drafted);
        if changed.is_none() {
            if let Some(no) = not_now(case) {
                return Ok(Verdict::Refused(no));
            }
            self.take_over(case, &mut change);
            // The card may say that somebody has begun.
            case.locked.0.reply = Some(draft.id);
        }
        let preview = self.preview_form(tx, case, &draft, read, Preview::First).await?;
        Ok(Verdict::Changed(Box::new(change), Some(preview)))
    }

    /// Whoever shows a preview is the one who answers; whoever held the item before sees it on the card.
    fn take_over(&self, case: &mut Case<'_>, change: &mut Change) {
        let me = &case.press.by.person;
        let until = case.now + TimeDelta::minutes(self.rules.claim_minutes);
        let held = Handling::held(me, until);
        hold(&mut case.locked.0, held, me, until, change);
    }

    /// Approves exactly what was previewed. It leaves when the time for taking it back is over.
    async fn send(&self, tx: &mut Tx, case: &mut Case<'_>, form: &FormToken) -> Result<Verdict> {
        let me = case.press.by.person.clone();
        let Some(id) = form.reply else {
            return Ok(Verdict::Refused(Refusal::Stale));
        };
        let Some(mut draft) = reply::get(&mut **tx, id)
            .await?
            .filter(|r| r.item == case.locked.0.id)
        else {
            return Ok(Verdict::Refused(Refusal::Stale));
        };
        if draft.state.is_on_its_way() {
            return Ok(Verdict::Refused(Refusal::OnItsWay));
        }
        if draft.state != ReplyState::Draft || draft.by != me {
            return Ok(Verdict::Refused(Refusal::Stale));
        }
        let changes =
            draft.changes.is_some() && case.reply.as_ref().is_some_and(|r| r.state.stands_at_source());
        if !changes && let Some(no) = not_now(case) {
            return Ok(Verdict::Refused(no));
        }
        if let Some(old) = draft.changes
            && !reply::get(&mut **tx, old)
                .await?
                .is_some_and(|r| r.state.stands_at_source())
        {
            // Somebody else's change came in between, and nobody has read this text beside it.
            return Ok(Verdict::Refused(Refusal::Stale));
        }
        if let Handling::Claimed {
            by,
            until,
            offered: false,
            ..
        } = &case.locked.0.handling
            && *by != me
            && *until > case.now
        {
            return Ok(Verdict::Refused(Refusal::Taken {
                by: by.clone(),
                until: *until,
            }));
        }
        if form.seal.as_deref() != Some(seal(&draft.body).as_str()) {
            // Changed in another window: what leaves must have been read as it is.
            let first = self
                .preview_form(tx, case, &draft, draft.answers, Preview::First)
                .await?;
            return Ok(Verdict::Show(first));
        }
        // What it answers is not what its author has read: they are asked once more, with both before them.
        let read = form.read.unwrap_or(draft.answers);
        if self.before(tx, &case.locked.0, read).await?.is_some() {
            let again = self.preview_form(tx, case, &draft, read, Preview::Again).await?;
            return Ok(Verdict::Show(again));
        }
        if let Some(too_long) = self.too_long(&case.locked.0, &draft.body, case.voice) {
            return Ok(Verdict::Say(vec![crate::domain::text::Seg::Text(too_long)]));
        }
        let until = case.now + TimeDelta::seconds(self.rules.undo_seconds);
        draft.state = ReplyState::Queued { until };
        draft.answers = case.locked.0.revision;
        draft.sent_at = Some(case.now);
        reply::save(tx, &draft).await?;
        let approval = reply::approve(tx, draft.id).await?;
        case.locked.0.reply = Some(draft.id);
        let mut change = Change::of(case.locked.0.id, case.now);
        change.event(Some(&me), What::Sent { until });
        change.effect(publish(&case.locked.0, draft.id, approval, until, case.now));
        case.reply = Some(draft);
        Ok(Verdict::Changed(Box::new(change), None))
    }

    /// Asks for help: a mark on the item, a line in the thread, and word where they look.
    async fn escalate_to(&self, tx: &mut Tx, case: &mut Case<'_>, values: &Values) -> Result<Verdict> {
        let why = words::line(value(values, "why"));
        let mut faults = BTreeMap::new();
        if why.is_empty() {
            faults.insert("why".to_owned(), case.voice.lang.text("fault-empty", &[]));
        }
        let target = self
            .rules
            .target(value(values, "to"))
            .filter(|t| t.chat == case.press.chat);
        let Some(target) = target else {
            faults.insert("to".to_owned(), case.voice.lang.text("fault-choose", &[]));
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
        case.locked.0.escalation = Some(Escalation {
            by: me.clone(),
            at: case.now,
            to: target.label.clone(),
            why: why.clone(),
        });
        let mut change = Change::of(case.locked.0.id, case.now);
        let what = What::Escalated {
            to: target.label.clone(),
            why,
        };
        // Which card: the one it was escalated from, so that the link leads back to the conversation.
        let cards = crate::store::card::of_item(tx, case.locked.0.id).await?;
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
                let place = match &to {
                    AlertTo::Room { room, .. } => room.clone(),
                    AlertTo::Person(user) => format!("direct:{user}"),
                };
                change.effect(NewEffect {
                    id: EffectId::new(case.now),
                    key: format!("alert:{event}:{place}"),
                    effect: Effect::Alert {
                        card: card.id,
                        event,
                        to,
                    },
                    item: Some(case.locked.0.id),
                    lane: Lane::Urgent,
                    serial: room_key(&card.chat, &place),
                    pace: Some(room_key(&card.chat, &place)),
                    run_at: case.now,
                });
            }
        }
        Ok(Verdict::Changed(Box::new(change), None))
    }

    /// The reply that a form changes, if it changes one that stands at the source.
    async fn changed_reply(&self, tx: &mut Tx, form: &FormToken) -> Result<Option<Reply>> {
        let Some(id) = form.reply else { return Ok(None) };
        let named = reply::get(&mut **tx, id).await?.filter(|r| r.item == form.item);
        Ok(named.filter(|r| r.state.stands_at_source()))
    }

    /// The reply that stands at the source and that this person's form, or the draft it became, was about.
    pub(crate) async fn reply_to_change(
        &self,
        tx: &mut Tx,
        case: &Case<'_>,
        form: &FormToken,
    ) -> Result<Option<Reply>> {
        if let Some(changed) = self.changed_reply(tx, form).await? {
            return Ok(Some(changed));
        }
        let draft = reply::draft_of(tx, case.locked.0.id, &case.press.by.person).await?;
        let Some(id) = draft.and_then(|d| d.changes) else {
            return Ok(None);
        };
        let stands = case
            .reply
            .as_ref()
            .is_some_and(|r| r.id == id && r.state.stands_at_source());
        Ok(case.reply.clone().filter(|_| stands))
    }

    fn too_long(&self, item: &Item, text: &str, voice: Voice) -> Option<String> {
        let limit = item.caps.limit?;
        let over = limit.surplus(text)?;
        let key = match limit.unit {
            Unit::Chars => "fault-too-long",
            Unit::Bytes => "fault-too-long-bytes",
        };
        Some(voice.lang.text(
            key,
            &[
                ("over", over.into()),
                ("source", self.rules.label(&item.source).into()),
                ("count", limit.count(text).into()),
                ("max", limit.max.into()),
            ],
        ))
    }
}

/// Each approval has its own key, so each can publish once.
pub(crate) fn publish_key(reply: ReplyId, approval: i32) -> String {
    format!("publish:{reply}:{approval}")
}

pub(crate) fn publish(item: &Item, reply: ReplyId, approval: i32, run_at: At, now: At) -> NewEffect {
    NewEffect {
        id: EffectId::new(now),
        key: publish_key(reply, approval),
        effect: Effect::PublishReply { reply },
        item: Some(item.id),
        lane: Lane::Urgent,
        serial: publish_serial(item.id),
        pace: Some(format!("source:{}", item.source)),
        run_at,
    }
}

/// Whatever we do to an item's reply at the source happens one after the other.
pub(crate) fn publish_serial(item: ItemId) -> String {
    format!("publish:{item}")
}

fn handle(case: &mut Case<'_>, values: &Values) -> Verdict {
    let Some(reason) = Reason::parse(value(values, "reason")) else {
        return fault("reason", case.voice.lang.text("fault-choose", &[]));
    };
    if let Some(no) = not_now(case) {
        return Verdict::Refused(no);
    }
    let note = Some(words::short_line(value(values, "note"), 300)).filter(|n| !n.is_empty());
    let me = &case.press.by.person;
    match case.locked.0.handling.handle(me, reason, note.clone(), case.now) {
        Err(no) => Verdict::Refused(no),
        Ok(handled) => {
            case.locked.0.handling = handled;
            let mut change = Change::of(case.locked.0.id, case.now);
            change.event(Some(me), What::Handled { reason, note });
            Verdict::Changed(Box::new(change), None)
        }
    }
}

fn snooze(case: &mut Case<'_>, days: Days<'_>, values: &Values) -> Verdict {
    let Some(until) = days.until(value(values, "until"), value(values, "day"), case.now) else {
        return fault("until", case.voice.lang.text("fault-choose", &[]));
    };
    if until <= case.now {
        return fault("until", case.voice.lang.text("fault-past", &[]));
    }
    if let Some(no) = not_now(case) {
        return Verdict::Refused(no);
    }
    let why = Some(words::short_line(value(values, "why"), 300)).filter(|w| !w.is_empty());
    let for_customer = value(values, "waits") == "customer";
    let me = &case.press.by.person;
    match case
        .locked
        .0
        .handling
        .snooze(me, until, why.clone(), for_customer)
    {
        Err(no) => Verdict::Refused(no),
        Ok(snoozed) => {
            case.locked.0.handling = snoozed;
            let mut change = Change::of(case.locked.0.id, case.now);
            change.timer(timer::SNOOZE_ENDS, until);
            change.event(
                Some(me),
                What::Snoozed {
                    until,
                    why,
                    for_customer,
                },
            );
            Verdict::Changed(Box::new(change), None)
        }
    }
}

/// `read` is the customer's version that its author had before them.
fn draft(item: &Item, by: &PersonId, body: String, read: i32, now: At) -> Reply {
    Reply {
        id: ReplyId::new(now),
        item: item.id,
        body,
        by: by.clone(),
        state: ReplyState::Draft,
        answers: read,
        changes: None,
        native_id: None,
        url: None,
        created_at: now,
        sent_at: None,
    }
}

pub(crate) fn value<'a>(values: &'a Values, key: &str) -> &'a str {
    values.get(key).map_or("", String::as_str)
}

pub(crate) fn fault(key: &str, sentence: String) -> Verdict {
    Verdict::Faults(BTreeMap::from([(key.to_owned(), sentence)]))
}
