//! Nobody could find out whether an answer stands at its source: a person has looked, and says what is so.

use crate::domain::effect::NewEffect;
use crate::domain::item::Standing;
use crate::domain::item::event::EventKind;
use crate::domain::item::handling::Refusal;
use crate::domain::item::reply::ReplyState;
use crate::port::source::Published;
use crate::store::Tx;
use crate::store::reply;
use crate::workflow::Desk;
use crate::workflow::Result;
use crate::workflow::change::write::Change;
use crate::workflow::press::judge::Case;
use crate::workflow::press::judge::Verdict;

impl Desk {
    /// A person looked: the reply is there.
    pub(super) async fn confirm_there(&self, tx: &mut Tx, case: &mut Case<'_>) -> Result<Verdict> {
        let Some(mut ours) = case
            .reply
            .clone()
            .filter(|r| matches!(r.state, ReplyState::Unknown { .. }))
        else {
            return Ok(Verdict::Refused(Refusal::NothingThere));
        };
        let me = case.press.by.person.clone();
        let mut change = Change::of(case.locked.id, case.now);
        change.event(Some(&me), EventKind::ConfirmedThere);
        // Nobody could read the source's own id; it was told ours.
        let there = Published {
            native_id: Some(ours.native_id.clone().unwrap_or_else(|| ours.id.to_string())),
            url: None,
            standing: Standing::Visible,
        };
        self.stands(tx, &mut case.locked, &mut ours, there, &mut change)
            .await?;
        Ok(Verdict::Changed(Box::new(change), None))
    }

    /// A person looked: it is not there, and takes it on themselves to send it once more.
    /// `read` is the version that somebody had before them when they said so; a button that asks nothing says none.
    pub(super) async fn send_again(
        &self,
        tx: &mut Tx,
        case: &mut Case<'_>,
        read: Option<i32>,
    ) -> Result<Verdict> {
        let Some(mut ours) = case
            .reply
            .clone()
            .filter(|r| matches!(r.state, ReplyState::Unknown { .. }))
        else {
            return Ok(Verdict::Refused(Refusal::NothingThere));
        };
        let read = read.unwrap_or(ours.answers);
        if self.before(tx, &case.locked, read).await?.is_some() {
            return Ok(Verdict::Show(self.sure_form(tx, case, read).await?));
        }
        let me = case.press.by.person.clone();
        ours.state = ReplyState::Queued { until: case.now };
        ours.answers = case.locked.revision;
        reply::save(tx, &ours).await?;
        let approval = reply::approve(tx, ours.id).await?;
        let mut change = Change::of(case.locked.id, case.now);
        change.event(Some(&me), EventKind::SentAgain);
        let item = (case.locked.id, case.locked.source.as_str());
        change.effect(NewEffect::publish_reply(
            item, ours.id, approval, case.now, case.now,
        ));
        Ok(Verdict::Changed(Box::new(change), None))
    }
}
