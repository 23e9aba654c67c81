//! A reply on its way through its forms: kept as it was typed, previewed, sent.

use chrono::TimeDelta;

use crate::domain::At;
use crate::domain::effect::NewEffect;
use crate::domain::id::ReplyId;
use crate::domain::item::Item;
use crate::domain::item::Standing;
use crate::domain::item::caps::Unit;
use crate::domain::item::event::EventKind;
use crate::domain::item::handling::Handling;
use crate::domain::item::handling::Refusal;
use crate::domain::item::reply::Reply;
use crate::domain::item::reply::ReplyState;
use crate::domain::people::person::PersonId;
use crate::domain::press::action::FormToken;
use crate::domain::say::text::Locale;
use crate::domain::say::words;
use crate::port::source::Published;
use crate::store::Tx;
use crate::store::reply;
use crate::workflow::Desk;
use crate::workflow::Result;
use crate::workflow::change::write::Change;
use crate::workflow::press::forms::seal;
use crate::workflow::press::forms::writing::Preview;
use crate::workflow::press::judge::Case;
use crate::workflow::press::judge::Verdict;
use crate::workflow::press::submit::Values;
use crate::workflow::press::submit::fault;
use crate::workflow::press::submit::value;
use crate::workflow::press::verbs::hold;
use crate::workflow::press::verbs::not_now;

impl Desk {
    /// Keeps the text, takes the item over, and shows the preview.
    pub(in crate::workflow::press) async fn keep_draft(
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
            return Ok(fault("text", case.locale.lang.text("fault-empty", &[])));
        }
        let changed = self.changed_reply(tx, form).await?;
        // In a case that was opened again our earlier answer still stands there: the new one takes its place.
        let replaces = match &changed {
            Some(r) => Some(r.id),
            None if case.locked.caps.edit => reply::standing(tx, case.locked.id).await?.map(|r| r.id),
            None => None,
        };
        // What the form showed, not what it became while somebody wrote. A form of an earlier release does not say it.
        let read = form.read.unwrap_or(case.locked.revision);
        // Kept even when it is too long or too late: nothing that was typed is lost.
        let draft = match reply::draft_of(tx, case.locked.id, &me).await? {
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
                    ..draft(&case.locked, &me, text.clone(), read, case.now)
                };
                reply::insert(tx, &draft).await?;
                draft
            }
        };
        if let Some(too_long) = self.too_long(&case.locked, &text, case.locale) {
            return Ok(fault("text", too_long));
        }
        let mut change = Change::of(case.locked.id, case.now);
        change.event(Some(&me), EventKind::Drafted);
        if changed.is_none() {
            if let Some(no) = not_now(case) {
                return Ok(Verdict::Refused(no));
            }
            self.take_over(case, &mut change);
            // The card may say that somebody has begun.
            case.locked.reply = Some(draft.id);
        }
        let preview = self.preview_form(tx, case, &draft, read, Preview::First).await?;
        Ok(Verdict::Changed(Box::new(change), Some(preview)))
    }

    /// Whoever shows a preview is the one who answers; whoever held the item before sees it on the card.
    fn take_over(&self, case: &mut Case<'_>, change: &mut Change) {
        let me = &case.press.by.person;
        let until = case.now + TimeDelta::minutes(self.rules.claim_minutes);
        let held = Handling::held(me, until);
        hold(&mut case.locked, held, me, until, change);
    }

    /// Approves exactly what was previewed. It leaves when the time for taking it back is over.
    pub(in crate::workflow::press) async fn send(
        &self,
        tx: &mut Tx,
        case: &mut Case<'_>,
        form: &FormToken,
    ) -> Result<Verdict> {
        let me = case.press.by.person.clone();
        let Some(id) = form.reply else {
            return Ok(Verdict::Refused(Refusal::Stale));
        };
        let Some(mut draft) = reply::get(&mut **tx, id)
            .await?
            .filter(|r| r.item == case.locked.id)
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
        } = &case.locked.handling
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
        if self.before(tx, &case.locked, read).await?.is_some() {
            let again = self.preview_form(tx, case, &draft, read, Preview::Again).await?;
            return Ok(Verdict::Show(again));
        }
        if let Some(too_long) = self.too_long(&case.locked, &draft.body, case.locale) {
            return Ok(Verdict::Say(vec![crate::domain::say::text::Seg::Text(too_long)]));
        }
        if case.locked.caps.is_by_hand() {
            return self.stands_by_hand(tx, case, draft).await;
        }
        let until = case.now + TimeDelta::seconds(self.rules.undo_seconds);
        draft.state = ReplyState::Queued { until };
        draft.answers = case.locked.revision;
        draft.sent_at = Some(case.now);
        reply::save(tx, &draft).await?;
        let approval = reply::approve(tx, draft.id).await?;
        case.locked.reply = Some(draft.id);
        let mut change = Change::of(case.locked.id, case.now);
        change.event(Some(&me), EventKind::Sent { until });
        let item = (case.locked.id, case.locked.source.as_str());
        change.effect(NewEffect::publish_reply(
            item, draft.id, approval, until, case.now,
        ));
        case.reply = Some(draft);
        Ok(Verdict::Changed(Box::new(change), None))
    }

    /// They have put it there themselves, and say so.
    async fn stands_by_hand(&self, tx: &mut Tx, case: &mut Case<'_>, mut draft: Reply) -> Result<Verdict> {
        draft.answers = case.locked.revision;
        draft.sent_at = Some(case.now);
        case.locked.reply = Some(draft.id);
        let mut change = Change::of(case.locked.id, case.now);
        let there = Published {
            native_id: None,
            url: None,
            standing: Standing::Visible,
        };
        self.stands(tx, &mut case.locked, &mut draft, there, &mut change)
            .await?;
        case.reply = Some(draft);
        Ok(Verdict::Changed(Box::new(change), None))
    }

    /// The reply that a form changes, if it changes one that stands at the source.
    async fn changed_reply(&self, tx: &mut Tx, form: &FormToken) -> Result<Option<Reply>> {
        let Some(id) = form.reply else { return Ok(None) };
        let named = reply::get(&mut **tx, id).await?.filter(|r| r.item == form.item);
        Ok(named.filter(|r| r.state.stands_at_source()))
    }

    /// The reply that stands at the source and that this person's form, or the draft it became, was about.
    pub(in crate::workflow::press) async fn reply_to_change(
        &self,
        tx: &mut Tx,
        case: &Case<'_>,
        form: &FormToken,
    ) -> Result<Option<Reply>> {
        if let Some(changed) = self.changed_reply(tx, form).await? {
            return Ok(Some(changed));
        }
        let draft = reply::draft_of(tx, case.locked.id, &case.press.by.person).await?;
        let Some(id) = draft.and_then(|d| d.changes) else {
            return Ok(None);
        };
        let stands = case
            .reply
            .as_ref()
            .is_some_and(|r| r.id == id && r.state.stands_at_source());
        Ok(case.reply.clone().filter(|_| stands))
    }

    fn too_long(&self, item: &Item, text: &str, locale: Locale) -> Option<String> {
        let limit = item.caps.limit?;
        let over = limit.surplus(text)?;
        let key = match limit.unit {
            Unit::Chars => "fault-too-long",
            Unit::Bytes => "fault-too-long-bytes",
        };
        Some(locale.lang.text(
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

/// `read` is the customer's version that its author had before them.
pub(in crate::workflow::press) fn draft(
    item: &Item,
    by: &PersonId,
    body: String,
    read: i32,
    now: At,
) -> Reply {
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
